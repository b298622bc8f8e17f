//! The only place that speaks SQL: one file per noun.
//!
//! A [`Store`] is one connection; each thread opens its own. Reads are plain calls; writes that belong together run
//! inside [`Store::write`], acts of the user inside [`Store::record`] (see `journal`), so that they can be undone.

mod account;
mod activity;
mod activity_list;
mod addressee;
mod archive;
mod assign;
mod attachment;
mod auto_reply;
mod away;
pub mod backup;
mod bank;
mod board;
mod bounced;
mod card;
#[cfg(test)]
mod cards_fixture;
mod claim;
mod client_find;
mod client_list;
mod common;
mod company;
mod contact;
mod counter;
mod counter_day;
pub mod damage;
mod deal;
mod deal_stage;
mod draft;
mod draft_copy;
mod events;
mod exchange;
mod figures;
mod filing;
mod find;
mod folder;
mod folder_wish;
mod granting;
mod guard;
mod habit;
mod hand;
mod health;
mod history;
mod ignored;
mod invitation;
mod journal;
mod kept;
mod known;
mod large;
mod lead;
mod likely;
mod likeness;
mod listed;
#[cfg(test)]
mod look;
mod mailing;
mod mailing_rows;
mod merge;
mod message;
mod migrate;
mod naming;
mod notice;
mod offered;
mod opted_out;
mod outgoing;
mod pace;
mod partly_refused;
mod payment;
mod pending;
mod promise;
mod receipt;
mod redo;
mod refusal;
mod renumber;
mod report;
mod reread;
mod rest;
mod rhythm;
mod sequence;
mod state;
mod status;
mod stranger;
mod thread;
mod timeline;
mod timeline_deals;
mod timeline_filter;
mod today;
mod today_order;
mod undone;
mod unwish;
mod urgency;
mod view;
mod wish;

pub use account::Registration;
pub use activity_list::ActivityFilter;
pub use archive::{ImportMark, KEPT_HERE_NUMBERING, Outward, Selection};
pub use auto_reply::{LetterFacts, LookedAt, NewAbsence};
pub use bank::{BankLine, Verdict};
pub use board::Chosen;
pub use company::{CompanyEdit, NewCompany};
pub use contact::{ContactEdit, NewContact};
pub use deal::{DealEdit, NewDeal};
pub use draft_copy::DraftCopy;
pub use events::{Greeted, PassedOn, PaymentDue, StepTaken};
pub use filing::{Filed, FiledLetter, LedgerRow};
pub use find::{Ask, FEW_CARDS, Matcher};
pub use folder::{Cursor, FolderRecord};
pub use folder_wish::FolderWish;
pub use granting::{KeywordWish, MoveWanted, Placed, WishKind};
pub use health::Identity;
pub use invitation::Meeting;
pub use kept::{Kept, Packer};
pub use known::ChangedOwner;
pub use large::WholeWanted;
pub use lead::Told;
pub use listed::Listed;
pub use mailing::{Due, OnList};
pub use message::{CopyFlags, NewCopy, NewMessage};
pub use opted_out::NewOptOut;
pub use outgoing::{Attempt, NewOutgoing, SentCopy};
pub use partly_refused::DeliveryReport;
pub use payment::{NewPayment, Overdue};
pub use promise::Decision;
pub use renumber::Mark;
pub use sequence::ListedSequence;

pub use wish::Source;

use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Commits of all connections of this program.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// One connection to the store.
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the store, creating it (mode 0600) and bringing its schema up to date where needed.
    ///
    /// # Errors
    /// When the file cannot be opened, is not a store, or was written by a newer version.
    pub fn open(file: &Path) -> Result<Self> {
        damage::look(file)?;
        create_private(file).map_err(|error| {
            Problem::new(Kind::Store, format!("the store {} cannot be created: {error}", file.display()))
                .hint("name another folder with --data-dir")
        })?;
        let mut connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(|error| Problem::from(error).at(file.display()))?;
        connection.commit_hook(Some(|| {
            WRITES.fetch_add(1, Ordering::Relaxed);
            false // the commit goes on
        }))?;
        let mut store = Self { connection };
        store.prepare().map_err(|problem| problem.at(format!("the store {}", file.display())))?;
        Ok(store)
    }

    /// Settings of a connection: write-ahead log, so that readers never wait for the writer; a letter's fate is on
    /// disk before the socket opens (`synchronous=FULL`).
    fn prepare(&mut self) -> Result<()> {
        self.connection.busy_handler(Some(wait_a_moment))?;
        // A plan is made once for a statement. Without this every run of one that compares a parameter with what a partial
        // index asks for (`flags <> ?`, and each trigger behind it) makes its plan anew: 40 % of a first sync.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        keep_log(&self.connection, wait_a_moment)?;
        // The pages that every letter changes are copied back once for several transactions (32 MB).
        self.connection.pragma_update(None, "wal_autocheckpoint", 8000)?;
        self.connection.pragma_update(None, "synchronous", "full")?;
        self.connection.pragma_update(None, "foreign_keys", true)?;
        self.connection.pragma_update(None, "cache_size", -32_000)?;
        self.connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
        self.connection.pragma_update(None, "temp_store", "memory")?;
        self.connection.set_prepared_statement_cache_capacity(128);
        migrate::migrate(&self.connection)
    }

    /// Runs `work` in one transaction: all of it is stored, or nothing.
    ///
    /// # Errors
    /// Whatever `work` gives; then nothing was changed.
    pub fn write<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.connection.is_autocommit() {
            return work(); // already inside one
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let outcome = work().and_then(|value| {
            self.connection.execute_batch("COMMIT")?;
            Ok(value)
        });
        if outcome.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        outcome
    }

    /// A number that changes whenever somebody else wrote: another connection, of this program or of another one. Asking costs
    /// next to nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// How often this program has written to any store: tells its own writes from those of others.
    #[must_use]
    pub fn writes() -> u64 {
        WRITES.load(Ordering::Relaxed)
    }

    /// As [`Store::write`], for what a server gives again: a commit does not wait for the disk (`synchronous=NORMAL`). After
    /// a power cut the last of these are missing as a whole, with their cursor, and are fetched again. A later commit
    /// of another kind takes them to the disk with it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_again_possible<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        const NORMAL: i64 = 1;
        let before: i64 = self.connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        if before <= NORMAL || !self.connection.is_autocommit() {
            return self.write(work);
        }
        self.connection.pragma_update(None, "synchronous", NORMAL)?;
        let outcome = self.write(work);
        self.connection.pragma_update(None, "synchronous", before)?;
        outcome
    }

    /// Settings of a connection that is about to write very much: its own pages instead of the mapped file, which would count
    /// as memory of this program until all of the store stands in it.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn expect_much(&self) -> Result<()> {
        self.connection.pragma_update(None, "mmap_size", 0)?;
        Ok(self.connection.pragma_update(None, "cache_size", -64_000)?)
    }

    /// The raw connection, for the store's own files.
    fn sql(&self) -> &Connection {
        &self.connection
    }
}

/// What a connection does while another writes: looks again every millisecond, for half a minute. SQLite's own handler
/// looks ever more seldom, and between the batches of a first sync it would hardly ever find its turn.
fn wait_a_moment(tries: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    tries < 30_000
}

/// Turns to the write-ahead log. Two programs that make the store at once both read it and then want to change it: SQLite tells
/// the second at once that it is busy and never asks the busy handler, for the first waits until the second reads no more. So it lets
/// go and asks again.
fn keep_log(connection: &Connection, mut wait: impl FnMut(i32) -> bool) -> Result<()> {
    let mut tries = 0;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && wait(tries) => tries += 1,
            outcome => return Ok(outcome?),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Creates an empty file that only its owner can read; leaves an existing one and corrects its mode.
fn create_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        let opened = options.open(file)?;
        opened.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(file).map(drop)
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let sentence = format!("the store did not answer as it should: {}", Text::line(&error.to_string()));
        let damaged = matches!(code, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase));
        let problem = Self::new(if damaged { Kind::Damaged } else { Kind::Store }, sentence);
        match code {
            Some(rusqlite::ErrorCode::OperationInterrupted) => {
                Self::new(Kind::Interrupted, "this was stopped, because something else was asked for")
            }
            _ if damaged => problem.hint(damage::WHAT_TO_DO),
            Some(rusqlite::ErrorCode::DiskFull) => problem.hint("the disk is full: free some space and try again"),
            Some(rusqlite::ErrorCode::DatabaseBusy) => {
                problem.hint("another Postbook holds the store: close it and try again")
            }
            _ => problem,
        }
    }
}

/// A moment as the store keeps it: milliseconds since 1970.
fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The reverse of [`ms`]; what cannot be a moment is 1970.
fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A row's text column, sanitised.
fn text_at(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Text> {
    Ok(Text::line(row.get_ref(column)?.as_str()?))
}

/// A row's text column that may be NULL, sanitised.
fn optional_text_at(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<Text>> {
    Ok(row.get_ref(column)?.as_str_or_null()?.map(Text::line))
}

/// A row's count.
fn count_at(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
