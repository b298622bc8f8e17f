//! Work that still waits, in one place: wishes for servers, letters on their way, and what servers refused.

use super::outbox::OutgoingRow;
use super::text::Text;
use super::wish::Refusal;
use jiff::Timestamp;

/// Wishes of one kind, waiting for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// The account's name.
    pub account: Text,
    /// What is wanted: "move 3 letters from INBOX to Archive".
    pub words: Text,
    /// Letters or folders it is about.
    pub count: u64,
    /// Since when the oldest of them waits; `None` where nobody noted it.
    pub since: Option<Timestamp>,
}

/// Everything that waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pending {
    /// Wishes for servers, the oldest first.
    pub wishes: Vec<Wished>,
    /// Letters in the outbox that did not leave, the newest first.
    pub letters: Vec<OutgoingRow>,
    /// What servers refused and nobody has looked at, newest first.
    pub refusals: Vec<Refusal>,
}

impl Pending {
    /// How many wishes and letters wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let letters = u64::try_from(self.letters.len()).unwrap_or(u64::MAX);
        self.wishes.iter().map(|wished| wished.count).sum::<u64>().saturating_add(letters)
    }
}
