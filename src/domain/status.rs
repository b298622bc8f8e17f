//! What `postbook status` and the status line say.

use super::account::Kind;
use super::auto_reply::Absence;
use super::counter::Counters;
use super::folder::Role;
use super::id;
use super::problem::{self, Problem};
use super::text::Text;
use super::wish::Refusal;
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

/// How the work on one account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Never tried.
    #[default]
    Never,
    /// A connection is being made.
    Connecting,
    /// Connected, everything is looked through for the first time on this connection.
    Syncing,
    /// Connected; news are waited for.
    Online,
    /// The server cannot be reached or used; it is tried again later.
    Waiting,
    /// The user has to do something first: a password or certificate was refused, the configuration cannot be used.
    Refused,
    /// It was fine when the last program that worked on it ended.
    Closed,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 7] =
        [Self::Never, Self::Connecting, Self::Syncing, Self::Online, Self::Waiting, Self::Refused, Self::Closed];

    /// The word of the store and of JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Connecting => "connecting",
            Self::Syncing => "syncing",
            Self::Online => "online",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Closed => "closed",
        }
    }

    /// The reverse of [`Phase::word`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|phase| phase.word() == word).unwrap_or_default()
    }

    /// In words, for screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Never => "not tried yet",
            Self::Connecting => "connecting",
            Self::Syncing => "connected, syncing",
            Self::Online => "connected",
            Self::Waiting => "not reached",
            Self::Refused => "needs you",
            Self::Closed => "not connected",
        }
    }

    /// A failure brought it here.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Waiting | Self::Refused)
    }
}

/// How one account stands with its servers: what every screen, list and script can show without asking the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// Its key.
    pub id: id::Account,
    /// Its name.
    pub name: Text,
    /// Personal or shared.
    pub kind: Kind,
    /// How the work goes, as whoever does it last said.
    pub phase: Phase,
    /// When it is tried again, after a failure.
    pub next_try: Option<Timestamp>,
    /// When the last attempt ended, well or not.
    pub last_try: Option<Timestamp>,
    /// When the last sync ended well.
    pub last_sync: Option<Timestamp>,
    /// What went wrong at the last attempt.
    pub last_error: Option<Text>,
    /// What to do about it.
    pub hint: Option<Text>,
}

impl AccountState {
    /// The last attempt reached the server.
    #[must_use]
    pub fn online(&self) -> bool {
        self.last_error.is_none() && self.last_sync.is_some()
    }

    /// The last error as a problem, for the places that show problems.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let kind = if self.phase == Phase::Refused { problem::Kind::Auth } else { problem::Kind::Network };
        let error = self.last_error.as_ref()?;
        let problem = Problem::new(kind, error.as_str());
        Some(match &self.hint {
            Some(hint) => problem.hint(hint.as_str()),
            None => problem,
        })
    }
}

/// One account with its folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// How it stands with its servers.
    pub state: AccountState,
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
    /// What servers refused and nobody has looked at, newest first.
    pub refusals: Vec<Refusal>,
    /// The counters.
    pub counters: Counters,
    /// I am away, or will be.
    pub away: Option<Absence>,
}
