//! What is asked about mailings and done to them, as plain data.

use crate::domain::id;
use crate::domain::mailing::{MailingRow, NewMailing, RecipientRow, Stand};
use crate::domain::text::Text;
use jiff::SignedDuration;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailingQuestion {
    /// All of them, newest first.
    All,
    /// One, with a page of its recipients.
    One {
        /// Which.
        mailing: id::Mailing,
        /// Only those who stand so.
        only: Option<Stand>,
        /// Where the page begins.
        after: Option<id::Recipient>,
    },
    /// The letter of one recipient.
    Letter(id::Recipient),
}

/// A mailing with how long the rest of it takes.
pub type Timed = (MailingRow, SignedDuration);

/// A recipient's letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Whose.
    pub recipient: id::Recipient,
    /// The subject; why there is no letter, where there is none.
    pub subject: Text,
    /// The text (a block); empty where there is no letter.
    pub text: Text,
    /// What the guard says of it.
    pub notes: Vec<Text>,
    /// There is a letter.
    pub letter: bool,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailingAnswer {
    /// All of them.
    All(Vec<Timed>),
    /// One, with a page of recipients.
    One {
        /// The mailing.
        row: Box<Timed>,
        /// Where the page began.
        after: Option<id::Recipient>,
        /// The page.
        page: Vec<RecipientRow>,
        /// There are more behind it.
        more: bool,
    },
    /// A letter.
    Letter(Box<Preview>),
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailingAct {
    /// Prepares one and checks all of it.
    Prepare(NewMailing),
    /// Checks everybody who has no letter yet.
    Check(id::Mailing),
    /// Makes every letter and sends none.
    DryRun(id::Mailing),
    /// Lets it run.
    Start {
        /// Which.
        mailing: id::Mailing,
        /// Those who lack a value are left out.
        without_missing: bool,
    },
    /// Holds it.
    Pause(id::Mailing),
    /// Forgets it.
    Remove(id::Mailing),
    /// Leaves one recipient out, or takes them in again.
    Set {
        /// Whom.
        recipient: id::Recipient,
        /// Left out.
        out: bool,
    },
    /// A person wants no mailings any more.
    OptOut(id::Contact),
    /// They want mailings again.
    OptIn(id::Contact),
}
