//! People: leads that nobody has qualified, and contacts.

use super::activity;
use super::address::Address;
use super::card::Common;
use super::deal::{DealRow, PaymentRow};
use super::hint::Hint;
use super::id;
use super::message::Direction;
use super::text::Text;
use super::thread::PageKey;
use jiff::Timestamp;

/// Where a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Not yet qualified.
    Lead,
    /// Known.
    Contact,
}

/// What a person is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Buys.
    Client,
    /// Sells to us.
    Supplier,
    /// Works with us.
    Partner,
}

macro_rules! words {
    ($type:ty, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word of PRODUCT.md, used in the store and in JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The reverse of `word`.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
            /// Every value, in the order it is shown.
            pub const EACH: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}
pub(crate) use words;

words!(Kind, Lead = "lead", Contact = "contact");
words!(Role, Client = "client", Supplier = "supplier", Partner = "partner");

/// A person's name in its parts. A lead has only `display` until I confirm the split.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// As the person writes it.
    pub display: Text,
    /// First name.
    pub given: Text,
    /// Patronymic.
    pub patronymic: Text,
    /// Family name.
    pub family: Text,
}

impl Name {
    /// Given and family name where known, else the display name.
    #[must_use]
    pub fn full(&self) -> Text {
        if self.given.is_empty() && self.family.is_empty() {
            return self.display.clone();
        }
        let parts = [&self.given, &self.patronymic, &self.family];
        Text::from(parts.into_iter().filter(|t| !t.is_empty()).map(Text::as_str).collect::<Vec<_>>().join(" "))
    }

    /// A proposal for the parts of a display name, to be confirmed: never taken silently ([`super::name_split`]).
    #[must_use]
    pub fn split(display: &Text) -> Self {
        super::name_split::propose(display, None).name
    }
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Their key.
    pub id: id::Contact,
    /// Lead or contact.
    pub kind: Kind,
    /// Their name.
    pub name: Name,
    /// Their first address.
    pub address: Option<Address>,
    /// Their company's name.
    pub company: Option<Text>,
    /// Client, supplier, partner.
    pub role: Role,
    /// Open deals.
    pub open_deals: u64,
    /// The newest letter or activity.
    pub last_at: Option<Timestamp>,
    /// What waits.
    pub numbers: Numbers,
    /// Who handles them; empty is me.
    pub owner: Text,
    /// I want to see everything of them.
    pub watched: bool,
}

/// A card's own counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Inbound human messages not seen.
    pub unread: u64,
    /// Threads that wait for my answer.
    pub unanswered: u64,
    /// Planned activities due.
    pub due: u64,
    /// Payments past due.
    pub overdue_payments: u64,
}

/// A fact about a lead with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// `name`, `address`, `phone`, `company`, `order`, `arrival`.
    pub field: Text,
    /// What was found.
    pub value: Text,
    /// The letter it was found in.
    pub message: Option<id::Message>,
    /// That letter's conversation, when it was written, and its subject.
    pub letter: Option<(id::Thread, Timestamp, Text)>,
}

/// Whose card it is: a timeline and its counters are read for one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A person's.
    Contact(id::Contact),
    /// A company's.
    Company(id::Company),
    /// A deal's.
    Deal(id::Deal),
}

impl Whose {
    /// The key of the row.
    #[must_use]
    pub fn key(self) -> i64 {
        match self {
            Self::Contact(contact) => contact.0,
            Self::Company(company) => company.0,
            Self::Deal(deal) => deal.0,
        }
    }
}

/// One line of a card's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRow {
    /// When it happened, or is planned.
    pub at: Timestamp,
    /// What it is.
    pub what: Happening,
    /// Subject of the letter or activity.
    pub title: Text,
    /// First words of the letter, result of the activity.
    pub detail: Text,
    /// The deal it belongs to.
    pub deal: Option<Text>,
}

impl TimelineRow {
    /// Where the page after this row begins. Letters and activities share one list, so their keys are kept apart:
    /// a letter's is even, an activity's odd, and those of what happened to deals are below zero.
    #[must_use]
    pub fn page_key(&self) -> PageKey {
        let id = match self.what {
            Happening::Letter { message, .. } => message.0.saturating_mul(2),
            Happening::Activity { activity, .. } => activity.0.saturating_mul(2).saturating_add(1),
            Happening::Step { step, .. } => step.saturating_mul(-2),
            Happening::Paid { payment, .. } => payment.0.saturating_mul(-2).saturating_sub(1),
        };
        PageKey { at: self.at, id }
    }
}

/// What stands in a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A letter.
    Letter {
        /// Its key.
        message: id::Message,
        /// Its thread.
        thread: id::Thread,
        /// Which way it went.
        direction: Direction,
        /// Has files.
        attachments: bool,
    },
    /// An activity.
    Activity {
        /// Its key.
        activity: id::Activity,
        /// Call, meeting, note.
        kind: activity::Kind,
        /// Not done yet.
        planned: bool,
    },
    /// A deal came into a stage, was won or lost, or is worth another amount.
    Step {
        /// Its place in the deal's history.
        step: i64,
        /// The deal.
        deal: id::Deal,
        /// How it stood then.
        state: super::deal::State,
    },
    /// A payment came.
    Paid {
        /// Its key.
        payment: id::Payment,
        /// Its deal.
        deal: id::Deal,
    },
}

/// A file of a client's letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The letter.
    pub message: id::Message,
    /// Its conversation.
    pub thread: id::Thread,
    /// Its place among the letter's attachments; asks for its bytes.
    pub index: usize,
    /// Its name, as the sender gave it.
    pub name: Text,
    /// How many bytes it has, about.
    pub size: u64,
    /// It is still on the server.
    pub on_server: bool,
    /// When the letter was written.
    pub at: Timestamp,
    /// Which way the letter went.
    pub direction: Direction,
    /// The letter's subject.
    pub subject: Text,
}

/// Everything on a person's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactCard {
    /// The list row's facts.
    pub row: ContactRow,
    /// Their company.
    pub company: Option<id::Company>,
    /// Position in the company.
    pub position: Text,
    /// All addresses.
    pub addresses: Vec<Address>,
    /// All phones.
    pub phones: Vec<Text>,
    /// Language they are written to in: `pl`, `uk`.
    pub language: Text,
    /// `MM-DD`.
    pub birthday: Option<String>,
    /// Owner, tags, note, own fields.
    pub common: Common,
    /// For a lead: where each fact comes from.
    pub provenance: Vec<Provenance>,
    /// Deals, open first.
    pub deals: Vec<DealRow>,
    /// Payments due and paid.
    pub payments: Vec<PaymentRow>,
    /// What to know before writing: "waits 3 days longer than usual", "payment overdue since 19 Nov".
    pub hints: Vec<Hint>,
    /// Newest first.
    pub timeline: Vec<TimelineRow>,
}
