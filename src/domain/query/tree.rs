//! What a search asks for, as a tree: words and tests, joined by and, or, not.

use super::amount::Amount;
use super::dates::When;
use crate::domain::counter::Counter;

/// Words that stand one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Folded; never empty.
    pub words: Vec<String>,
    /// The last one may be the beginning of a word.
    pub prefix: bool,
    /// In quotes: no other forms of the words.
    pub exact: bool,
}

impl Phrase {
    /// True where a text's words (as `folded_words` writes them) hold these.
    #[must_use]
    pub fn is_in(&self, folded: &str) -> bool {
        let wanted = self.words.join(" ");
        let mut from = 0;
        while let Some(at) = folded.get(from..).and_then(|rest| rest.find(&wanted)).map(|at| at + from) {
            let (before, rest) = folded.split_at(at);
            let after = rest.get(wanted.len()..).unwrap_or_default();
            let ends = self.prefix || after.is_empty() || after.starts_with(' ');
            if ends && (before.is_empty() || before.ends_with(' ')) {
                return true;
            }
            // Found again from the next letter on: what is looked for may overlap itself.
            from = at + rest.chars().next().map_or(1, char::len_utf8);
        }
        false
    }
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person: contact or lead.
    Contact,
    /// An organisation.
    Company,
    /// A sale.
    Deal,
    /// Something done or planned.
    Activity,
    /// A letter.
    Letter,
}

impl Kind {
    /// Every kind, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Contact, Self::Company, Self::Deal, Self::Activity, Self::Letter];

    /// Its word in `kind:`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
            Self::Deal => "deal",
            Self::Activity => "activity",
            Self::Letter => "letter",
        }
    }

    /// More than one of it.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Company => "companies",
            Self::Deal => "deals",
            Self::Activity => "activities",
            Self::Letter => "letters",
        }
    }
}

/// What `is:` can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Is {
    /// Not seen.
    Unread,
    /// Seen.
    Read,
    /// Flagged.
    Flagged,
    /// Answered, here or elsewhere.
    Answered,
    /// Not sent yet.
    Draft,
    /// Written by me.
    Sent,
    /// Of a client.
    Client,
    /// Of a lead.
    Lead,
    /// Written by a person.
    Human,
    /// A newsletter.
    Bulk,
    /// Written by a machine.
    Automatic,
    /// In Junk.
    Junk,
    /// The client, company or deal is watched.
    Watched,
    /// It waits for my answer.
    Waiting,
    /// The deal goes on.
    Open,
    /// The deal was won.
    Won,
    /// The deal was lost.
    Lost,
    /// Past its time: an activity, a payment, a deal's close.
    Overdue,
    /// Nothing happened in the deal for long.
    Stale,
}

impl Is {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 19] = [
        Self::Unread,
        Self::Read,
        Self::Flagged,
        Self::Answered,
        Self::Draft,
        Self::Sent,
        Self::Client,
        Self::Lead,
        Self::Human,
        Self::Bulk,
        Self::Automatic,
        Self::Junk,
        Self::Watched,
        Self::Waiting,
        Self::Open,
        Self::Won,
        Self::Lost,
        Self::Overdue,
        Self::Stale,
    ];

    /// As it is typed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Flagged => "flagged",
            Self::Answered => "answered",
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Client => "client",
            Self::Lead => "lead",
            Self::Human => "human",
            Self::Bulk => "bulk",
            Self::Automatic => "automatic",
            Self::Junk => "junk",
            Self::Watched => "watched",
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Overdue => "overdue",
            Self::Stale => "stale",
        }
    }

    /// Only a letter can be so: then no cards are looked through.
    #[must_use]
    pub fn is_of_letters(self) -> bool {
        use Is::{Answered, Automatic, Bulk, Draft, Flagged, Human, Junk, Read, Sent, Unread};
        matches!(self, Unread | Read | Flagged | Answered | Draft | Sent | Human | Bulk | Automatic | Junk)
    }
}

/// What `has:` can ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Has {
    /// Any file.
    File,
    /// An invitation to a meeting.
    Invitation,
    /// The address of a page in its text.
    Link,
    /// A file with these words in its name.
    Named(Phrase),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// The sender's name or address.
    From(Phrase),
    /// A recipient's name or address, copies included.
    To(Phrase),
    /// In the subject.
    Subject(Phrase),
    /// In a folder of this role or name.
    In(Phrase),
    /// With this beside its text.
    Has(Has),
    /// In this state.
    Is(Is),
    /// Before the first day of it.
    Before(When),
    /// From its first day on.
    After(When),
    /// Within it.
    On(When),
    /// The person.
    Contact(Phrase),
    /// The company.
    Company(Phrase),
    /// The deal.
    Deal(Phrase),
    /// The deal's stage.
    Stage(Phrase),
    /// The deal's amount.
    Amount(Amount),
    /// A tag of contact, company or deal.
    Tag(Phrase),
    /// Who handles contact, company or deal.
    Owner(Phrase),
    /// Counted there.
    Counter(Counter),
    /// Only what is of this kind.
    Kind(Kind),
}

impl Test {
    /// Only letters can be asked this.
    #[must_use]
    pub fn is_of_letters(&self) -> bool {
        match self {
            Self::From(_) | Self::To(_) | Self::Subject(_) | Self::In(_) | Self::Has(_) => true,
            Self::Is(is) => is.is_of_letters(),
            _ => false,
        }
    }
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// Each of them holds; none asks for everything.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// The words stand somewhere.
    Words(Phrase),
    /// A condition.
    Test(Test),
}

impl Node {
    /// Asks for nothing at all.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(nodes) if nodes.is_empty())
    }

    /// Some part of the tree is such a leaf.
    pub fn has(&self, wanted: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|node| node.has(wanted)),
            Self::Not(node) => node.has(wanted),
            leaf => wanted(leaf),
        }
    }

    /// Each phrase that is looked for in texts and not ruled out, to be shown where it was found.
    pub fn phrases<'a>(&'a self, found: &mut Vec<&'a Phrase>) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.phrases(found)),
            Self::Words(phrase)
            | Self::Test(
                Test::Subject(phrase)
                | Test::From(phrase)
                | Test::Contact(phrase)
                | Test::Company(phrase)
                | Test::Deal(phrase),
            ) => found.push(phrase),
            Self::Not(_) | Self::Test(_) => {}
        }
    }
}
