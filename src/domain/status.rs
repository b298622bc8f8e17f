//! What `postbook status` and the status line say.

use super::account::Kind;
use super::counter::Counters;
use super::folder::Role;
use super::text::Text;
use jiff::Timestamp;

/// One folder's completeness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderStatus {
    /// Its name.
    pub name: Text,
    /// What it is for.
    pub role: Option<Role>,
    /// Copies here.
    pub local: u64,
    /// Copies the server said it has, at the last sync; `None` before the first.
    pub server: Option<u64>,
    /// Not seen here.
    pub unseen: u64,
    /// Every letter of the server is here.
    pub complete: bool,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// Its name.
    pub name: Text,
    /// Personal or shared.
    pub kind: Kind,
    /// The last attempt reached the server.
    pub online: bool,
    /// When the last sync ended well.
    pub last_sync: Option<Timestamp>,
    /// What went wrong at the last attempt.
    pub last_error: Option<Text>,
    /// Wanted changes not yet on the server.
    pub wishes_pending: u64,
    /// Its folders.
    pub folders: Vec<FolderStatus>,
}

/// Letters in the outbox by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxStatus {
    /// Held back for a while.
    pub held: u64,
    /// Waiting for their turn.
    pub queued: u64,
    /// On the wire.
    pub sending: u64,
    /// Accepted.
    pub sent: u64,
    /// Said no to.
    pub refused: u64,
    /// Nobody knows.
    pub uncertain: u64,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Each account.
    pub accounts: Vec<AccountStatus>,
    /// The outbox.
    pub outbox: OutboxStatus,
    /// The counters.
    pub counters: Counters,
}
