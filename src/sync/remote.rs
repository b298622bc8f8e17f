//! What sync needs of a server: the real one is `net::imap::Session`; tests have one in memory that fails on purpose.

use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::Result;
use crate::net::imap::{Fetched, Identity, Moved, Partial, RemoteFlags, RemoteFolder, Resync, Selected, Session};
use jiff::Timestamp;

/// An IMAP server as sync sees it. Every call may fail at any time; nothing it did before is undone. `Send`: letters are
/// fetched on a thread of their own, see `fetching`.
pub trait Remote: Send {
    /// Every folder.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn list(&mut self) -> Result<Vec<RemoteFolder>>;
    /// Opens a folder for reading and writing.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn select(&mut self, raw_name: &str) -> Result<Selected>;
    /// From now on folders are opened to be read alone, or to be changed as well.
    fn look_only(&mut self, only: bool);
    /// Opens a folder, and learns in the same breath what changed in it since a modification sequence, where the server can.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn resync(&mut self, raw_name: &str, uid_validity: u32, modseq: u64) -> Result<Resync>;
    /// False when the server has no modification sequences, or such as cannot be relied on: found out on the way.
    fn keeps_modseq(&self) -> bool;
    /// UIDs of the open folder, ascending: a complete listing.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn uids(&mut self) -> Result<Vec<u32>>;
    /// Flags of the open folder, all or those that changed since a modification sequence.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn flags(&mut self, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>>;
    /// What tells these letters of the open folder apart, without fetching them; `None`: all of them.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn identify(&mut self, uids: Option<&[u32]>) -> Result<Vec<Identity>>;
    /// Letters of the open folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or `each` fails.
    fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()>;
    /// Letters over this many bytes come without their large files; `None`: all come whole.
    fn largest(&self) -> Option<u64>;
    /// Those of these letters of the open folder that have more bytes than the limit.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn larger_than(&mut self, limit: u64, uids: &[u32]) -> Result<Vec<u32>>;
    /// A letter of the open folder without its largest files; `None`: it has to be fetched whole.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn fetch_partial(&mut self, uid: u32, limit: u64) -> Result<Option<Partial>>;
    /// Changes flags in the open folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()>;
    /// Changes keywords in the open folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn store_keywords(&mut self, uids: &[u32], add: &[String], remove: &[String]) -> Result<()>;
    /// Moves letters of the open folder to another.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<Moved>;
    /// True when a move is one command: it can be repeated without making a second copy.
    fn moves_at_once(&self) -> bool;
    /// Takes letters marked `\Deleted` out of the open folder; `false`: they stay marked, because a server without UIDPLUS would
    /// take those of others too.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn expunge(&mut self, uids: &[u32]) -> Result<bool>;
    /// Makes a folder; one that is there already is fine.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn create(&mut self, raw_name: &str) -> Result<()>;
    /// Gives a folder another name.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Stores a letter in a folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, date: Option<Timestamp>) -> Result<()>;
    /// UIDs of the open folder's letters with this Message-ID.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn find_msg_id(&mut self, msg_id: &MsgId) -> Result<Vec<u32>>;
}

impl Remote for Session {
    fn list(&mut self) -> Result<Vec<RemoteFolder>> {
        Session::list(self)
    }
    fn select(&mut self, raw_name: &str) -> Result<Selected> {
        Session::select(self, raw_name)
    }
    fn look_only(&mut self, only: bool) {
        Session::look_only(self, only);
    }
    fn resync(&mut self, raw_name: &str, uid_validity: u32, modseq: u64) -> Result<Resync> {
        Session::resync(self, raw_name, uid_validity, modseq)
    }
    fn keeps_modseq(&self) -> bool {
        self.capabilities().condstore
    }
    fn uids(&mut self) -> Result<Vec<u32>> {
        Session::uids(self)
    }
    fn flags(&mut self, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>> {
        Session::flags(self, "1:*", changed_since)
    }
    fn identify(&mut self, uids: Option<&[u32]>) -> Result<Vec<Identity>> {
        Session::identify(self, uids)
    }
    fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()> {
        Session::fetch(self, uids, each)
    }
    fn largest(&self) -> Option<u64> {
        Session::largest(self)
    }
    fn larger_than(&mut self, limit: u64, uids: &[u32]) -> Result<Vec<u32>> {
        Session::larger_than(self, limit, uids)
    }
    fn fetch_partial(&mut self, uid: u32, limit: u64) -> Result<Option<Partial>> {
        Session::fetch_partial(self, uid, limit)
    }
    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        Session::store_flags(self, uids, add, remove)
    }
    fn store_keywords(&mut self, uids: &[u32], add: &[String], remove: &[String]) -> Result<()> {
        Session::store_keywords(self, uids, add, remove)
    }
    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<Moved> {
        Session::move_to(self, uids, raw_name)
    }
    fn moves_at_once(&self) -> bool {
        self.capabilities().moves
    }
    fn expunge(&mut self, uids: &[u32]) -> Result<bool> {
        Session::expunge(self, uids)
    }
    fn create(&mut self, raw_name: &str) -> Result<()> {
        Session::create(self, raw_name)
    }
    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        Session::rename(self, from, to)
    }
    fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, date: Option<Timestamp>) -> Result<()> {
        Session::append(self, raw_name, bytes, flags, date)
    }
    fn find_msg_id(&mut self, msg_id: &MsgId) -> Result<Vec<u32>> {
        Session::find_msg_id(self, msg_id)
    }
}
