//! People: leads that nobody has qualified, and contacts.

use super::activity;
use super::address::Address;
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

    /// A proposal for the parts of a display name, to be confirmed: never taken silently.
    ///
    /// A patronymic is known by its ending (`-ович`, `-івна`); what stands before it is the given name, and the
    /// family name stands at the other end, as in both usual orders.
    #[must_use]
    pub fn split(display: &Text) -> Self {
        let plain = display.as_str().trim_matches(|c: char| matches!(c, '"' | '\'' | ' '));
        let name = |given: &str, patronymic: &str, family: &str| Self {
            display: display.clone(),
            given: Text::line(given),
            patronymic: Text::line(patronymic),
            family: Text::line(family),
        };
        if let Some((family, given)) = plain.split_once(", ") {
            return name(given.trim(), "", family.trim());
        }
        let words: Vec<&str> = plain.split_whitespace().collect();
        match words.as_slice() {
            [] => name("", "", ""),
            [given] => name(given, "", ""),
            [given, patronymic] if is_patronymic(patronymic) => name(given, patronymic, ""),
            [given, family] => name(given, "", family),
            [family, given, patronymic] if is_patronymic(patronymic) => name(given, patronymic, family),
            [given, patronymic, family @ ..] if is_patronymic(patronymic) => name(given, patronymic, &family.join(" ")),
            [given, family @ ..] => name(given, "", &family.join(" ")),
        }
    }
}

fn is_patronymic(word: &str) -> bool {
    let word = super::text::fold(word);
    ["ович", "евич", "йович", "ьич", "овна", "евна", "ична", "инична", "івна", "ївна"]
        .iter()
        .any(|ending| word.ends_with(ending) && word.chars().count() > ending.chars().count() + 1)
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
    /// a letter's is even, an activity's odd.
    #[must_use]
    pub fn page_key(&self) -> PageKey {
        let id = match self.what {
            Happening::Letter { message, .. } => message.0.saturating_mul(2),
            Happening::Activity { activity, .. } => activity.0.saturating_mul(2).saturating_add(1),
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
    /// Tags.
    pub tags: Vec<Text>,
    /// My note.
    pub note: Text,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_as_people_write_it() {
        for (display, given, patronymic, family) in [
            ("Anna Kowalska", "Anna", "", "Kowalska"),
            ("Kowalska, Anna", "Anna", "", "Kowalska"),
            ("Іваненко Олена Петрівна", "Олена", "Петрівна", "Іваненко"),
            ("Сергей Ильич Дуров", "Сергей", "Ильич", "Дуров"),
            ("Мария Сергеевна", "Мария", "Сергеевна", ""),
            ("Jan van der Berg", "Jan", "", "van der Berg"),
            ("Cher", "Cher", "", ""),
            ("", "", "", ""),
        ] {
            let name = Name::split(&Text::line(display));
            assert_eq!(
                (name.given.as_str(), name.patronymic.as_str(), name.family.as_str()),
                (given, patronymic, family)
            );
        }
    }
}
