//! What a search finds.

use super::tree::Kind;
use crate::domain::id;
use crate::domain::text::Text;
use jiff::Timestamp;

/// In which order letters are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Clients' letters before those of others, these before newsletters; the words as typed before their other forms; then the newest.
    #[default]
    Best,
    /// The newest.
    Newest,
}

/// Where a letter stands in the order: the place a page ends at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    /// 0 a client's, 1 a person's, 2 a machine's or a newsletter, 3 in Junk or Trash.
    pub class: u8,
    /// Only another form of a word was found.
    pub form: bool,
    /// Newest first.
    pub newest: std::cmp::Reverse<(i64, i64)>,
}

/// One letter found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its key.
    pub message: id::Message,
    /// Its thread.
    pub thread: id::Thread,
    /// Its place in the order.
    pub rank: Rank,
    /// When it was written.
    pub date: Timestamp,
    /// Who wrote it.
    pub from: Text,
    /// Subject.
    pub subject: Text,
    /// First words, or those around what was found.
    pub snippet: Text,
    /// The client's name.
    pub contact: Option<Text>,
    /// The client, when it is filed under one.
    pub contact_id: Option<id::Contact>,
    /// The company.
    pub company_id: Option<id::Company>,
    /// The deal.
    pub deal_id: Option<id::Deal>,
    /// It was not seen.
    pub unread: bool,
    /// It is flagged.
    pub flagged: bool,
    /// Files are attached.
    pub files: bool,
}

/// One card found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardHit {
    /// What it is.
    pub kind: Kind,
    /// Its key, of that kind.
    pub id: i64,
    /// Name or title.
    pub title: Text,
    /// What tells it from others of that name.
    pub detail: Text,
    /// When it was or is due: of an activity.
    pub at: Option<Timestamp>,
    /// A person who is a lead.
    pub lead: bool,
    /// The person an activity or a deal is with.
    pub contact: Option<id::Contact>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// At least so many.
    pub count: u64,
    /// And no more.
    pub exact: bool,
}

impl Total {
    /// `12`, `more than 1000`.
    #[must_use]
    pub fn in_words(self, one: &str, many: &str) -> String {
        let count = crate::domain::text::grouped(self.count);
        let noun = if self.count == 1 { one } else { many };
        if self.exact { format!("{count} {noun}") } else { format!("{count}+ {noun}") }
    }
}

/// Cards of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cards {
    /// Of which kind.
    pub kind: Kind,
    /// How many there are.
    pub total: Total,
    /// The first of them.
    pub rows: Vec<CardHit>,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Cards, kind by kind; kinds without any are left out.
    pub cards: Vec<Cards>,
    /// How many letters.
    pub letters: Total,
    /// The first of them.
    pub hits: Vec<Hit>,
    /// What could not be understood, each a sentence.
    pub notes: Vec<Text>,
    /// The words as they stand in what was found, other forms included: to be made visible.
    pub shown: Vec<String>,
}

/// A search kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its key.
    pub id: id::View,
    /// Its name.
    pub name: Text,
    /// As it was typed.
    pub query: Text,
}

/// A saved search with how much it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// The search.
    pub view: View,
    /// How many letters.
    pub letters: Total,
    /// How many people.
    pub contacts: Total,
}
