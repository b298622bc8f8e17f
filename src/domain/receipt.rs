//! What is known of a letter after the server took it: a ladder of evidence, each rung with who and when.

use super::address::Address;
use super::message::MsgId;
use super::text::Text;
use jiff::Timestamp;

/// What a report says that became of a letter of mine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It lies in the recipient's mailbox (RFC 3464, `Action: delivered`).
    Delivered,
    /// It went on to a server that sends no reports (`relayed`), or to several mailboxes (`expanded`).
    Relayed,
    /// It was shown to the recipient, who let it be told (RFC 8098, `displayed`).
    Read,
    /// It was deleted without having been shown (RFC 8098, `deleted`).
    Deleted,
}

super::contact::words!(Fate, Delivered = "delivered", Relayed = "relayed", Read = "read", Deleted = "deleted");

/// One recipient of a report of good news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// My letter.
    pub letter: MsgId,
    /// Whom the report is about.
    pub recipient: Address,
    /// What became of it there.
    pub fate: Fate,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// When it happened, or when the report says so.
    pub at: Timestamp,
    /// What: `accepted by the server`, `delivered to anna@acme.example`.
    pub what: Text,
}
