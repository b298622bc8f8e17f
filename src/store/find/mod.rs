//! Search: one language over letters and cards, evaluated so that neither a common word nor a rare one walks the mailbox.
//!
//! Each leaf of a question becomes a set of keys (bits), where an index gives it, or a look at a row. Letters of which few can
//! be meant are looked at one by one; of many the mailbox is gone through from its newest letter on, class by class, until the page
//! is full. Nothing that was typed reaches FTS5 or SQL but as a quoted word or a parameter.

mod bits;
mod cards;
mod classes;
mod index;
mod letters;
#[cfg(test)]
mod obvious;
mod plan;
#[cfg(test)]
mod tests;
mod words;

use super::Store;
use crate::domain::counter::Subject;
use crate::domain::id;
use crate::domain::practice::Practice;
use crate::domain::problem::Result;
use crate::domain::query::{Answer, Cards, Kind, Names, Node, Order, Query, Rank, Total};
use crate::domain::text::{Text, grouped};
use bits::Bits;
use jiff::Zoned;
use plan::{Plan, Planner};
use words::Forms;

/// What a rowid of the cards' index says of the kind: 4 × id + this (migration 015).
const CONTACT: i64 = 0;
const COMPANY: i64 = 1;
const DEAL: i64 = 2;
const ACTIVITY: i64 = 3;

/// What somebody who is going to type may wait for.
pub const FEW_CARDS: usize = 200;

/// How a question is asked.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Days are the user's.
    pub now: &'a Zoned,
    /// After how many days a deal is stale, when an answer is owed.
    pub practice: &'a Practice,
    /// In which order letters come.
    pub order: Order,
    /// Letters after this place.
    pub after: Option<Rank>,
    /// At most so many letters.
    pub limit: usize,
    /// At most so many cards of each kind.
    pub cards: usize,
    /// Letters are counted up to this.
    pub count: u64,
    /// Of cards that changed since, so many are indexed first. A screen leaves the others to whoever does it beside.
    pub new_cards: usize,
}

impl<'a> Ask<'a> {
    /// A first page of so many.
    #[must_use]
    pub fn first(now: &'a Zoned, practice: &'a Practice, limit: usize) -> Self {
        let count = limit as u64;
        Self { now, practice, order: Order::Best, after: None, limit, cards: limit, count, new_cards: usize::MAX }
    }
}

impl Store {
    /// What a question finds.
    ///
    /// # Errors
    /// When the store cannot be read; never because of what was typed.
    pub fn find(&self, query: &Query, ask: &Ask<'_>) -> Result<Answer> {
        let mut answer = Answer { notes: query.notes.clone(), ..Answer::default() };
        if query.is_empty() {
            return Ok(answer);
        }
        let left = self.index_cards(ask.new_cards)?;
        if left > 0 {
            answer
                .notes
                .push(Text::from(format!("{} cards are being indexed still: look again in a moment", grouped(left))));
        }
        let kinds = query.kinds();
        let forms = Forms::default();
        let plan = self.search_plan(query, ask, &forms, &kinds)?;
        // A later page is of letters alone.
        for kind in kinds.iter().filter(|kind| **kind != Kind::Letter && ask.after.is_none()) {
            let (total, rows) = self.cards_found(*kind, &plan, ask)?;
            if total.count > 0 {
                answer.cards.push(Cards { kind: *kind, total, rows });
            }
        }
        if kinds.contains(&Kind::Letter) {
            (answer.letters, answer.hits) = self.letters_found(&plan, ask)?;
        }
        answer.shown = self.shown_words(&query.root, &forms)?;
        Ok(answer)
    }

    /// How many letters and how many people a search finds, counted as far as `ask` says.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count(&self, query: &Query, ask: &Ask<'_>) -> Result<(Total, Total)> {
        let nothing = Total { count: 0, exact: true };
        if query.is_empty() {
            return Ok((nothing, nothing));
        }
        self.index_cards(ask.new_cards)?;
        let (kinds, forms) = (query.kinds(), Forms::default());
        let plan = self.search_plan(query, ask, &forms, &kinds)?;
        let letters = if kinds.contains(&Kind::Letter) { self.letters_found(&plan, ask)?.0 } else { nothing };
        let people = kinds.contains(&Kind::Contact).then(|| self.count_cards(Kind::Contact, &plan, ask.cards));
        Ok((letters, people.transpose()?.unwrap_or(nothing)))
    }

    fn search_plan(&self, query: &Query, ask: &Ask<'_>, forms: &Forms, kinds: &[Kind]) -> Result<Plan> {
        let letters = kinds.contains(&Kind::Letter);
        let cards = kinds.iter().any(|kind| *kind != Kind::Letter);
        Planner { store: self, ask, forms, letters, cards }.plan(&query.root)
    }

    /// The newest letters that a search finds, and how many letters there are in all.
    ///
    /// # Errors
    /// When the store cannot be read; never because of what was typed.
    #[cfg(test)]
    pub(crate) fn search(&self, query: &Query, limit: u32) -> Result<(u64, Vec<crate::domain::query::Hit>)> {
        let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
        let practice = Practice::default();
        let ask = Ask { order: Order::Newest, count: u64::MAX, ..Ask::first(&now, &practice, limit as usize) };
        self.find(query, &ask).map(|answer| (answer.letters.count, answer.hits))
    }

    /// Every letter a search finds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn every_letter_of(&self, query: &Query, now: Option<&Zoned>) -> Result<Vec<id::Message>> {
        let long_ago = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
        let practice = Practice::default();
        let ask = Ask { order: Order::Newest, ..Ask::first(now.unwrap_or(&long_ago), &practice, usize::MAX) };
        let plan = self.search_plan(query, &ask, &Forms::default(), &[Kind::Letter])?;
        self.every_letter(&plan, &ask)
    }

    /// The people a search finds, in the order of their names: a segment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn segment(&self, query: &Query, ask: &Ask<'_>) -> Result<Vec<id::Contact>> {
        // Nothing that was understood is nobody, not everybody: a mailing goes to a segment.
        if query.is_empty() || !query.kinds().contains(&Kind::Contact) {
            return Ok(Vec::new());
        }
        self.index_cards(ask.new_cards)?;
        let plan = self.search_plan(query, ask, &Forms::default(), &[Kind::Contact])?;
        self.all_contacts(&plan)
    }

    /// What decides whether rows of Today belong to a search.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn matcher(&self, query: &Query, ask: &Ask<'_>) -> Result<Matcher<'_>> {
        self.index_cards(ask.new_cards)?;
        let plan = self.search_plan(query, ask, &Forms::default(), &Kind::ALL)?;
        let of_letters = query.root.has(&|node| matches!(node, Node::Test(test) if test.is_of_letters()));
        let threads = self.threads_meant(&plan)?;
        Ok(Matcher { store: self, plan, threads, of_letters })
    }

    /// The words as they stand in what is found, `*` behind the beginning of one.
    fn shown_words(&self, root: &Node, forms: &Forms) -> Result<Vec<String>> {
        let mut phrases = Vec::new();
        root.phrases(&mut phrases);
        let mut shown = Vec::new();
        for phrase in phrases {
            let last = phrase.words.len().saturating_sub(1);
            for (at, word) in phrase.words.iter().enumerate() {
                shown.push(if phrase.prefix && at == last { format!("{word}*") } else { word.clone() });
            }
            if let ([word], false) = (phrase.words.as_slice(), phrase.exact) {
                shown.extend(forms.of(self, words::Index::Letters, word)?);
            }
        }
        shown.sort_unstable();
        shown.dedup();
        Ok(shown)
    }

    /// Names that a search's values are completed from. Asked before anything is typed: what is new on cards is indexed meanwhile.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search_names(&self) -> Result<Names> {
        self.index_cards(FEW_CARDS)?;
        let named =
            |sql: &str| -> Result<Vec<Text>> { Ok(self.texts(sql)?.iter().map(|text| Text::line(text)).collect()) };
        let mut tags: Vec<Text> = Vec::new();
        for table in ["contact", "company", "deal"] {
            for lines in self.texts(&format!("SELECT DISTINCT tags FROM {table} WHERE tags <> '' LIMIT 2000"))? {
                tags.extend(lines.lines().map(Text::line));
            }
        }
        tags.sort_unstable();
        tags.dedup();
        Ok(Names {
            folders: named("SELECT DISTINCT name FROM folder WHERE gone = 0 ORDER BY name LIMIT 500")?,
            tags,
            stages: named("SELECT DISTINCT stage FROM deal ORDER BY stage LIMIT 200")?,
            owners: named(
                "SELECT owner FROM contact WHERE owner <> '' UNION SELECT owner FROM company WHERE owner <> ''
                 UNION SELECT owner FROM deal WHERE owner <> '' LIMIT 200",
            )?,
        })
    }

    /// The first column of each row.
    fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Asked while the store is read: true ends the question with an error, for nobody waits for its answer any more.
    ///
    /// # Errors
    /// When the connection cannot be told.
    pub fn give_up_when(&mut self, given_up: impl FnMut() -> bool + Send + 'static) -> Result<()> {
        Ok(self.connection.progress_handler(1000, Some(given_up))?)
    }
}

/// Says of rows of Today whether a search finds them.
pub struct Matcher<'a> {
    store: &'a Store,
    plan: Plan,
    /// Where few letters can be meant: those of these threads.
    threads: Option<Bits>,
    of_letters: bool,
}

impl std::fmt::Debug for Matcher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher").finish_non_exhaustive()
    }
}

impl Matcher<'_> {
    /// Threads of which no letter can be meant are not read.
    fn thread_matches(&self, thread: id::Thread) -> Result<bool> {
        if self.threads.as_ref().is_some_and(|threads| !threads.contains(thread.0)) {
            return Ok(false);
        }
        self.store.thread_fits(thread, &self.plan)
    }

    /// A thread belongs when one of its letters does, a payment when its deal does.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn matches(&self, subject: Subject) -> Result<bool> {
        let card = |kind, key| if self.of_letters { Ok(false) } else { self.store.card_fits(kind, key, &self.plan) };
        match subject {
            Subject::Thread(thread) => self.thread_matches(thread),
            Subject::Lead(lead) => card(Kind::Contact, lead.0),
            Subject::Activity(activity) => card(Kind::Activity, activity.0),
            Subject::Payment(payment) => {
                match self.store.key("SELECT deal_id FROM payment WHERE id = ?1", payment.0)? {
                    Some(deal) => card(Kind::Deal, deal),
                    None => Ok(false),
                }
            }
            Subject::Offered(_) => Ok(false),
            Subject::Outgoing(outgoing) => {
                match self.store.key("SELECT thread_id FROM outgoing WHERE id = ?1", outgoing.0)? {
                    Some(thread) => self.thread_matches(id::Thread(thread)),
                    None => Ok(false),
                }
            }
        }
    }
}

impl Store {
    fn key(&self, sql: &str, of: i64) -> Result<Option<i64>> {
        use rusqlite::OptionalExtension;
        let key: Option<Option<i64>> = self.sql().prepare_cached(sql)?.query_row([of], |row| row.get(0)).optional()?;
        Ok(key.flatten())
    }
}
