//! What sync needs of a server: the real one is `net::imap::Session`; tests have one in memory that fails on purpose.

use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::Result;
use crate::net::imap::{Fetched, RemoteFlags, RemoteFolder, Selected, Session};
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
    /// Letters of the open folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or `each` fails.
    fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()>;
    /// Changes flags in the open folder.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()>;
    /// Moves letters of the open folder to another.
    ///
    /// # Errors
    /// When the server cannot be asked, or says no.
    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<()>;
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
    fn uids(&mut self) -> Result<Vec<u32>> {
        Session::uids(self)
    }
    fn flags(&mut self, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>> {
        Session::flags(self, "1:*", changed_since)
    }
    fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()> {
        Session::fetch(self, uids, each)
    }
    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        Session::store_flags(self, uids, add, remove)
    }
    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<()> {
        Session::move_to(self, uids, raw_name)
    }
    fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, date: Option<Timestamp>) -> Result<()> {
        Session::append(self, raw_name, bytes, flags, date)
    }
    fn find_msg_id(&mut self, msg_id: &MsgId) -> Result<Vec<u32>> {
        Session::find_msg_id(self, msg_id)
    }
}
