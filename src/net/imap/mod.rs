//! IMAP (RFC 3501) for the sync layer: one [`Session`] is one connection, signed in.
//!
//! The `imap` crate signs in and issues the commands; their answers are read here, line by line as they arrive. The
//! crate's own readers collect a whole answer before they look at it, look at a letter again for each of its lines,
//! and meet an untagged `NO` in SELECT or a refused IDLE with a panic (3.0.0-alpha.15).

mod answer;
mod fetch;
mod identity;
mod idle;
mod list;
mod notify;
mod open;
mod run;
mod set;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod wire;

pub use identity::RemoteIdentity;
pub use list::{RemoteFolder, decode_name};
pub use notify::Told;
pub use open::reach;
pub use set::ranges;
pub use state::FolderState;

use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use answer::{Answer, Condition, Status};
use imap_proto::ResponseCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use run::{Ended, quoted};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use wire::Pipe;

/// How long a server may take over LOGOUT: it is a courtesy, nothing depends on it.
const LOGOUT_LIMIT: Duration = Duration::from_secs(5);
/// What the server can do, after signing in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
// They are independent facts about a server, each with its RFC: not a state machine in disguise.
#[allow(clippy::struct_excessive_bools)]
pub struct Capabilities {
    /// MODSEQ and CHANGEDSINCE (RFC 7162).
    pub condstore: bool,
    /// VANISHED (RFC 7162).
    pub qresync: bool,
    /// UID EXPUNGE (RFC 4315). Without it an EXPUNGE would delete what others marked as well.
    pub uidplus: bool,
    /// MOVE (RFC 6851).
    pub moves: bool,
    /// IDLE (RFC 2177).
    pub idle: bool,
    /// Folders tell what they are for (RFC 6154).
    pub special_use: bool,
    /// Literals need no permission (RFC 7888).
    pub literal_plus: bool,
    /// NAMESPACE (RFC 2342).
    pub namespace: bool,
    /// ENABLE (RFC 5161).
    pub enable: bool,
    /// ID (RFC 2971).
    pub id: bool,
    /// Gmail's extensions: this is Gmail, which keeps copies of what it sends.
    pub gmail: bool,
    /// The server tells what happens in folders that are not open (RFC 5465).
    pub notify: bool,
    /// LIST tells how each folder stands (RFC 5819).
    pub list_status: bool,
    /// LIST takes options (RFC 5258).
    list_extended: bool,
    /// LOGIN is forbidden here.
    login_disabled: bool,
    /// AUTHENTICATE PLAIN is offered.
    auth_plain: bool,
    /// AUTHENTICATE OAUTHBEARER is offered (RFC 7628).
    auth_oauthbearer: bool,
    /// AUTHENTICATE XOAUTH2 is offered.
    auth_xoauth2: bool,
    /// The first message of a sign-in may stand in the command (RFC 4959).
    sasl_ir: bool,
}

impl Capabilities {
    /// From the names the server told, in capitals.
    fn from_names(names: &[String]) -> Self {
        let has = |name: &str| names.iter().any(|known| known == name);
        Self {
            // QRESYNC implies CONDSTORE (RFC 7162, 3.2.3).
            condstore: has("CONDSTORE") || has("QRESYNC"),
            qresync: has("QRESYNC"),
            uidplus: has("UIDPLUS"),
            moves: has("MOVE"),
            idle: has("IDLE"),
            special_use: has("SPECIAL-USE"),
            literal_plus: has("LITERAL+"),
            namespace: has("NAMESPACE"),
            enable: has("ENABLE"),
            id: has("ID"),
            gmail: has("X-GM-EXT-1"),
            notify: has("NOTIFY"),
            list_status: has("LIST-STATUS"),
            list_extended: has("LIST-EXTENDED"),
            login_disabled: has("LOGINDISABLED"),
            auth_plain: has("AUTH=PLAIN"),
            auth_oauthbearer: has("AUTH=OAUTHBEARER"),
            auth_xoauth2: has("AUTH=XOAUTH2"),
            sasl_ir: has("SASL-IR"),
        }
    }
}

/// What the server says about a folder when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selected {
    /// UIDs mean the same letters as long as this stays; `None` when the server does not say, or says 0.
    pub uid_validity: Option<u32>,
    /// The UID the next letter gets at least; `None` when the server does not say, or says 0.
    pub uid_next: Option<u32>,
    /// Letters in the folder.
    pub exists: u32,
    /// The highest MODSEQ; `None` when the folder keeps none (NOMODSEQ, 0, negative).
    pub highest_modseq: Option<u64>,
    /// Nothing can be changed.
    pub read_only: bool,
}

/// The flags of one letter on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFlags {
    /// Its UID.
    pub uid: u32,
    /// The flags Postbook understands.
    pub flags: Flags,
    /// The others, as the server writes them (not sanitised), without those that begin with a backslash.
    pub keywords: Vec<String>,
    /// Its MODSEQ; `None` when the server keeps none.
    pub modseq: Option<u64>,
}

/// One letter from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID.
    pub uid: u32,
    /// The flags Postbook understands.
    pub flags: Flags,
    /// The others, as the server writes them (not sanitised), without those that begin with a backslash.
    pub keywords: Vec<String>,
    /// When it arrived, where the server can say.
    pub internal_date: Option<Timestamp>,
    /// Its size in bytes as the server counts, where it can say; not proof of anything.
    pub size: Option<u64>,
    /// Its MODSEQ; `None` when the server keeps none.
    pub modseq: Option<u64>,
    /// Its bytes. `None` when the server answered without them (Exchange does, for letters that still exist), or
    /// they are over 256 MiB.
    pub body: Option<Vec<u8>>,
}

/// Tells whether something more urgent waits than the letters that are being fetched.
pub type Urgent = Arc<dyn Fn() -> bool + Send + Sync>;

/// One connection, signed in.
///
/// After a [`Kind::Network`] or [`Kind::Untrusted`] problem it is of no more use: open another. After
/// [`Kind::Refused`] it goes on.
pub struct Session {
    imap: imap::Session<Pipe>,
    pipe: Pipe,
    capabilities: Capabilities,
    /// Letters in the selected folder, kept up as the server tells; `None` before it has told.
    exists: Option<u32>,
    /// Something changed that nobody has been told of.
    news: bool,
    /// What the server told of other folders; `None` when it was not asked to (see [`Session::notify`]).
    told: Option<Told>,
    /// A way to end the connection from another thread.
    lifeline: Option<super::connect::Lifeline>,
    /// Says that something more urgent waits; and whether letters were fetched since it was asked for.
    urgent: Option<(Urgent, bool)>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("capabilities", &self.capabilities).finish_non_exhaustive()
    }
}

impl Session {
    /// What the server can do.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// A way to end this connection from another thread; `None` when the system gives none.
    #[must_use]
    pub fn lifeline(&self) -> Option<super::connect::Lifeline> {
        self.lifeline.clone()
    }

    /// From now on [`Session::fetch`] stops with [`Kind::Interrupted`] when `urgent` says so, but never before it has fetched once: a
    /// backlog of years makes way for the letter that just came, and still comes to its end.
    pub fn make_way_for(&mut self, urgent: Urgent) {
        self.urgent = Some((urgent, false));
    }

    fn make_way(&mut self) -> Result<()> {
        let Some((urgent, fetched)) = &mut self.urgent else { return Ok(()) };
        if std::mem::replace(fetched, true) && urgent() {
            return Err(Problem::new(Kind::Interrupted, "stopped for something more urgent"));
        }
        Ok(())
    }

    /// Answer lines that had to be repaired or dropped since the connection was opened.
    #[must_use]
    pub fn repairs(&self) -> u64 {
        self.pipe.wire().repairs()
    }

    /// All folders of the account.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn list(&mut self) -> Result<Vec<RemoteFolder>> {
        // RFC 6154, 2: Cyrus tells what a folder is for only when asked.
        if self.capabilities.special_use && self.capabilities.list_extended {
            match self.list_with("LIST \"\" \"*\" RETURN (SPECIAL-USE)") {
                Err(problem) if problem.kind == Kind::Refused => self.capabilities.list_extended = false,
                other => return other,
            }
        }
        self.list_with("LIST \"\" \"*\"")
    }

    fn list_with(&mut self, command: &str) -> Result<Vec<RemoteFolder>> {
        let mut lines = Vec::new();
        self.run(command, &mut |answer| {
            if let Answer::List(line) = answer {
                lines.push(line);
            }
            Ok(())
        })?;
        Ok(list::folders(lines))
    }

    /// Opens a folder to read and change it.
    ///
    /// # Errors
    /// [`Kind::Network`]; [`Kind::Refused`] when there is no such folder.
    pub fn select(&mut self, raw_name: &str) -> Result<Selected> {
        self.open_folder("SELECT", raw_name)
    }

    /// Opens a folder to read it; nothing can be changed by accident.
    ///
    /// # Errors
    /// As [`Session::select`].
    pub fn examine(&mut self, raw_name: &str) -> Result<Selected> {
        Ok(Selected { read_only: true, ..self.open_folder("EXAMINE", raw_name)? })
    }

    fn open_folder(&mut self, verb: &str, raw_name: &str) -> Result<Selected> {
        let name = quoted(raw_name)?;
        if self.capabilities.condstore {
            match self.open_folder_with(&format!("{verb} {name} (CONDSTORE)")) {
                // The server does not know what it promised: it is not asked again.
                Err(Ended::Said(condition)) if condition.status == Status::Bad => self.capabilities.condstore = false,
                other => return other.map_err(|ended| ended.problem(self.pipe.wire().place(), verb)),
            }
        }
        let opened = self.open_folder_with(&format!("{verb} {name}"));
        opened.map_err(|ended| ended.problem(self.pipe.wire().place(), verb))
    }

    fn open_folder_with(&mut self, command: &str) -> std::result::Result<Selected, Ended> {
        let mut selected = Selected::default();
        self.exists = None;
        let condition = self.run_raw(command, &mut |answer| {
            match answer {
                Answer::Exists(count) => selected.exists = count,
                Answer::Condition(condition) => note_code(&mut selected, &condition),
                _ => {}
            }
            Ok(())
        })?;
        note_code(&mut selected, &condition);
        // What happened while it was opened is in what was told.
        self.news = false;
        Ok(selected)
    }

    /// Letters in the selected folder as far as the server has told; `None` before it told.
    #[must_use]
    pub fn exists(&self) -> Option<u32> {
        self.exists
    }

    /// The UIDs of all letters in the selected folder, in order, each once. The list is complete when it is as long as
    /// [`Session::exists`] says; a shorter one must not be taken for deletions.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn uids(&mut self) -> Result<Vec<u32>> {
        let found = match self.search("ALL") {
            Ok(found) => found,
            // The server cannot search: FETCH tells the same.
            Err(problem) if problem.kind == Kind::Refused => None,
            Err(problem) => return Err(problem),
        };
        let complete = match (self.exists, &found) {
            (Some(0), _) => true,
            (Some(exists), Some(found)) => found.len() >= exists as usize,
            (None, found) => found.is_some(),
            (Some(_), None) => false,
        };
        let mut found = found.unwrap_or_default();
        if !complete {
            self.run("UID FETCH 1:* (UID)", &mut |answer| {
                if let Answer::Fetch(line) = answer {
                    found.extend(line.uid);
                }
                Ok(())
            })?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// UIDs of the letters that `criteria` finds; `None` when the answer could not be read or did not come.
    fn search(&mut self, criteria: &str) -> Result<Option<Vec<u32>>> {
        let mut found: Option<Vec<u32>> = None;
        let mut readable = true;
        self.run(&format!("UID SEARCH {criteria}"), &mut |answer| {
            match answer {
                Answer::Search(Some(uids)) => found.get_or_insert_default().extend(uids),
                Answer::Search(None) => readable = false,
                _ => {}
            }
            Ok(())
        })?;
        Ok(found.filter(|_| readable))
    }

    /// Flags of the letters in `set` (a sequence set of UIDs, `1:*`); with `changed_since` only of those whose
    /// MODSEQ is higher, where the server can tell, else of all.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`]; [`Kind::Internal`] when `set` is not one.
    pub fn flags(&mut self, set: &str, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>> {
        if set.is_empty() || !set.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b',' | b'*')) {
            return Err(Problem::new(Kind::Internal, format!("{set:?} is not a set of UIDs")));
        }
        let command = match (self.capabilities.condstore, changed_since) {
            (true, Some(modseq)) => format!("UID FETCH {set} (UID FLAGS MODSEQ) (CHANGEDSINCE {modseq})"),
            (true, None) => format!("UID FETCH {set} (UID FLAGS MODSEQ)"),
            (false, _) => format!("UID FETCH {set} (UID FLAGS)"),
        };
        let mut all: HashMap<u32, RemoteFlags> = HashMap::new();
        self.run(&command, &mut |answer| {
            if let Answer::Fetch(line) = answer
                && let (Some(uid), Some((flags, keywords))) = (line.uid, line.flags)
            {
                // The last word counts: flags may change while the answer is under way.
                all.insert(uid, RemoteFlags { uid, flags, keywords, modseq: line.modseq });
            }
            Ok(())
        })?;
        let mut all: Vec<RemoteFlags> = all.into_values().collect();
        all.sort_unstable_by_key(|letter| letter.uid);
        Ok(all)
    }

    /// Fetches letters and hands each to `each` as it arrives; nothing is marked seen. The order is the server's.
    /// UIDs the server says nothing about are left out: that alone does not mean they are deleted.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`], [`Kind::Interrupted`] (see [`Session::make_way_for`]), and what `each` returns: then no more letters are handed on.
    pub fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()> {
        self.make_way()?;
        let wanted: HashSet<u32> = uids.iter().copied().collect();
        let modseq = if self.capabilities.condstore { " MODSEQ" } else { "" };
        let mut handed: HashSet<u32> = HashSet::new();
        let mut flags_before: HashMap<u32, (Flags, Vec<String>)> = HashMap::new();
        for set in ranges(uids) {
            let command = format!("UID FETCH {set} (UID FLAGS INTERNALDATE RFC822.SIZE{modseq} BODY.PEEK[])");
            self.run(&command, &mut |answer| {
                let Answer::Fetch(line) = answer else { return Ok(()) };
                let Some(uid) = line.uid.filter(|uid| wanted.contains(uid)) else { return Ok(()) };
                if !line.is_letter {
                    // News about flags; a server may also split one answer into two.
                    flags_before.extend(line.flags.map(|flags| (uid, flags)));
                    return Ok(());
                }
                if !handed.insert(uid) {
                    return Ok(());
                }
                let (flags, keywords) = line.flags.or_else(|| flags_before.remove(&uid)).unwrap_or_default();
                let (internal_date, size, modseq) = (line.internal_date, line.size, line.modseq);
                // Nothing, where the server itself counts bytes: it could not read the letter now. Not a letter without a word.
                let body = line.body.filter(|bytes| !bytes.is_empty() || size.is_none_or(|size| size == 0));
                each(Fetched { uid, flags, keywords, internal_date, size, modseq, body })
            })?;
        }
        Ok(())
    }

    /// Sets and takes away flags.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        for set in ranges(uids) {
            for (sign, flags) in [('+', add), ('-', remove)] {
                let names = flags.names().join(" ");
                if !names.is_empty() {
                    self.run(&format!("UID STORE {set} {sign}FLAGS.SILENT ({names})"), &mut |_| Ok(()))?;
                }
            }
        }
        Ok(())
    }

    /// Moves letters of the selected folder to another: MOVE (RFC 6851) where the server has it, else a copy and the deletion of
    /// exactly these letters (UID EXPUNGE, RFC 4315). Without either they are only marked deleted, because a plain EXPUNGE
    /// would also take away what other clients marked.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<()> {
        let name = quoted(raw_name)?;
        for set in ranges(uids) {
            if self.capabilities.moves {
                self.run(&format!("UID MOVE {set} {name}"), &mut |_| Ok(()))?;
                continue;
            }
            self.run(&format!("UID COPY {set} {name}"), &mut |_| Ok(()))?;
            self.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), &mut |_| Ok(()))?;
            if self.capabilities.uidplus {
                self.run(&format!("UID EXPUNGE {set}"), &mut |_| Ok(()))?;
            }
        }
        Ok(())
    }

    /// Puts a letter into a folder. After [`Kind::Network`] it may be there or not: look for it before trying again.
    ///
    /// # Errors
    /// [`Kind::Network`]; [`Kind::Refused`], also when the folder does not exist.
    pub fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, date: Option<Timestamp>) -> Result<()> {
        let bytes = super::crlf(bytes);
        let name = quoted(raw_name)?;
        let names = flags.names().join(" ");
        let date = date
            .map(|date| date.to_zoned(TimeZone::UTC).strftime("\"%d-%b-%Y %H:%M:%S +0000\" ").to_string())
            .unwrap_or_default();
        self.command(&format!("APPEND {name} ({names}) {date}{{{}}}", bytes.len()))
            .map_err(|ended| ended.problem(self.pipe.wire().place(), "APPEND"))?;
        let mut given = false;
        // The crate's own APPEND takes any line before the "+", such as EXISTS, for a refusal.
        let pipe = self.pipe.clone();
        self.finish(&mut |answer| {
            if answer == Answer::Continue && !given {
                given = true;
                let mut wire = pipe.wire();
                for piece in bytes.chunks(64 * 1024) {
                    wire.send(piece)?;
                }
                wire.send(b"\r\n")?;
            }
            Ok(())
        })
        .map_err(|ended| ended.problem(self.pipe.wire().place(), "APPEND"))?;
        if given {
            return Ok(());
        }
        // OK without ever taking the letter: nothing was stored.
        Err(Problem::new(Kind::Refused, format!("{} did not take the letter", self.pipe.wire().place())))
    }

    /// UIDs of the letters with this Message-ID in the selected folder.
    ///
    /// # Errors
    /// [`Kind::Network`]; [`Kind::Refused`] when the server cannot search or its answer cannot be read: that is not
    /// "not found". [`Kind::Input`] for an id that cannot be searched for.
    pub fn find_msg_id(&mut self, msg_id: &MsgId) -> Result<Vec<u32>> {
        if !msg_id.as_str().is_ascii() {
            return Err(Problem::new(Kind::Input, format!("the Message-ID {msg_id} cannot be searched for")));
        }
        // HEADER finds parts of the value (RFC 3501, 6.4.4); the brackets make it the whole.
        let id = quoted(&format!("<{msg_id}>"))?;
        let mut found = self.search(&format!("HEADER Message-ID {id}"))?.ok_or_else(|| {
            Problem::new(Kind::Refused, format!("{} gave no readable search result", self.pipe.wire().place()))
        })?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Asks the server whether it is still there.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn noop(&mut self) -> Result<()> {
        self.run("NOOP", &mut |_| Ok(())).map(drop)
    }

    /// Says goodbye and closes the connection. The server gets a few seconds to answer, whatever it answers.
    pub fn logout(mut self) {
        self.pipe.wire().leave_within(LOGOUT_LIMIT);
        if let Err(problem) = self.run("LOGOUT", &mut |_| Ok(())) {
            tracing::debug!(%problem, "the server did not take leave");
        }
    }
}

/// What a response code says about the folder (RFC 3501, 7.1; RFC 7162, 3.1.2). Zero is what servers say that do not know.
fn note_code(selected: &mut Selected, condition: &Condition) {
    match &condition.code {
        Some(ResponseCode::UidValidity(value)) => selected.uid_validity = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::UidNext(value)) => selected.uid_next = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::HighestModSeq(value)) => selected.highest_modseq = Some(*value).filter(|value| *value > 0),
        Some(ResponseCode::ReadOnly) => selected.read_only = true,
        _ if condition.code_word == "NOMODSEQ" => selected.highest_modseq = None,
        _ => {}
    }
}
