//! Letters that something which happened is due for: offered for approval, or sent by themselves where their template says so.

use super::id;
use super::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;

/// Something that happened to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Whom the letter is for.
    pub contact: id::Contact,
    /// The deal it is about.
    pub deal: Option<id::Deal>,
    /// The payment it is about.
    pub payment: Option<id::Payment>,
    /// Whom or what it happened to, for ever the same words: `payment 12`.
    pub subject: String,
    /// Which time, so that each is offered once: a due day, a year.
    pub occurrence: String,
    /// What happened, in words.
    pub because: Text,
    /// It is not offered after that day.
    pub expires_on: Date,
}

/// A letter that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its key.
    pub id: id::Offered,
    /// What happened, as the template's front matter writes it.
    pub event: Text,
    /// The template's name.
    pub template: Text,
    /// Whom it is for, by name.
    pub who: Text,
    /// Their company.
    pub company: Option<Text>,
    /// The person.
    pub contact: id::Contact,
    /// Their company's key.
    pub company_id: Option<id::Company>,
    /// The deal it is about.
    pub deal: Option<id::Deal>,
    /// The payment it is about.
    pub payment: Option<id::Payment>,
    /// Their newest conversation.
    pub thread: Option<id::Thread>,
    /// Which time it happened.
    pub occurrence: Text,
    /// What happened, in words; further lines say why it did not leave by itself.
    pub because: Text,
    /// Since when it is offered.
    pub noted_at: Timestamp,
}

impl Offered {
    /// The holiday it is about: its name in the templates.
    #[must_use]
    pub fn holiday(&self) -> Option<&str> {
        let rest = self.occurrence.as_str().split_once(' ')?.1;
        self.event.as_str().starts_with("holiday").then_some(rest)
    }
}
