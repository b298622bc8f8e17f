//! IMAP (RFC 3501) for the sync layer: one [`Session`] is one connection, signed in.
//!
//! The `imap` crate signs in and issues the commands; their answers are read here, line by line as they arrive. The
//! crate's own readers collect a whole answer before they look at it, look at a letter again for each of its lines,
//! and meet an untagged `NO` in SELECT or a refused IDLE with a panic (3.0.0-alpha.15).

mod answer;
mod change;
mod fetch;
mod identity;
mod idle;
mod list;
mod notify;
mod open;
mod opening;
mod partial;
mod run;
mod set;
mod state;
mod structure;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_servers;
mod token;
mod wire;

pub use change::Moved;
pub use identity::Identity;
pub use list::RemoteFolder;
pub use notify::Told;
pub use open::reach;
pub use opening::{Changes, Resync, Selected};
pub use partial::{LeftPart, Partial};
pub use set::{Ranges, ranges};
pub use state::FolderState;

use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use answer::Answer;
use fetch::FetchLine;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use run::quoted;
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
    /// XLIST: what special use grew from (old Gmail, Zoho, Yandex).
    xlist: bool,
    /// SEARCH answers with ranges (RFC 4731).
    esearch: bool,
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
            xlist: has("XLIST"),
            esearch: has("ESEARCH"),
            login_disabled: has("LOGINDISABLED"),
            auth_plain: has("AUTH=PLAIN"),
            auth_oauthbearer: has("AUTH=OAUTHBEARER"),
            auth_xoauth2: has("AUTH=XOAUTH2"),
            sasl_ir: has("SASL-IR"),
        }
    }
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
    /// The server confirmed QRESYNC on this connection.
    qresync_enabled: bool,
    /// Folders are opened to be read alone.
    looks_only: bool,
    /// What the server told of other folders; `None` when it was not asked to (see [`Session::notify`]).
    told: Option<Told>,
    /// A way to end the connection from another thread.
    lifeline: Option<super::connect::Lifeline>,
    /// Says that something more urgent waits; and whether letters were fetched since it was asked for.
    urgent: Option<(Urgent, bool)>,
    /// Letters over this many bytes may come without their large files.
    largest: Option<u64>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("capabilities", &self.capabilities).finish_non_exhaustive()
    }
}

impl Session {
    /// A connection that was signed in, before anything is known of it.
    fn new(imap: imap::Session<Pipe>, pipe: Pipe, lifeline: Option<super::connect::Lifeline>) -> Self {
        let capabilities = Capabilities::default();
        Self {
            imap,
            pipe,
            capabilities,
            exists: None,
            news: false,
            qresync_enabled: false,
            looks_only: false,
            told: None,
            lifeline,
            urgent: None,
            largest: None,
        }
    }

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

    /// All folders of the account, each with how it stands where the server can tell that with the names (LIST-STATUS).
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn list(&mut self) -> Result<Vec<RemoteFolder>> {
        loop {
            let can = &self.capabilities;
            let status = can.list_status && can.list_extended;
            // RFC 6154, 2: Cyrus tells what a folder is for only when asked.
            let special_use = can.special_use && can.list_extended;
            let mut options: Vec<&str> = Vec::new();
            options.extend(special_use.then_some("SPECIAL-USE"));
            options.extend(status.then_some(match can.condstore {
                true => "STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)",
                false => "STATUS (MESSAGES UIDNEXT UIDVALIDITY)",
            }));
            let xlist = can.xlist && !can.special_use;
            let command = match (options.is_empty(), xlist) {
                (false, _) => format!("LIST \"\" \"*\" RETURN ({})", options.join(" ")),
                (true, true) => "XLIST \"\" \"*\"".to_owned(),
                (true, false) => "LIST \"\" \"*\"".to_owned(),
            };
            match self.list_with(&command, xlist && options.is_empty()) {
                // The server does not know what it promised: the next less is asked for, and not more again.
                Err(problem) if problem.is_refusal() && status => self.capabilities.list_status = false,
                Err(problem) if problem.is_refusal() && special_use => self.capabilities.list_extended = false,
                Err(problem) if problem.is_refusal() && xlist => self.capabilities.xlist = false,
                other => return other,
            }
        }
    }

    fn list_with(&mut self, command: &str, xlist: bool) -> Result<Vec<RemoteFolder>> {
        let mut lines = Vec::new();
        let mut states = Vec::new();
        self.run(command, &mut |answer| {
            match answer {
                Answer::List(line) if xlist => lines.push(list::named_inbox(line)),
                Answer::List(line) => lines.push(line),
                Answer::Status(line) => states.push(line),
                _ => {}
            }
            Ok(())
        })?;
        Ok(list::with_states(list::folders(lines), &states))
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
            Err(problem) if problem.is_refusal() => None,
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
        if self.capabilities.esearch {
            match self.search_ranges(criteria) {
                Err(problem) if !problem.is_refusal() => return Err(problem),
                Ok(Some(found)) => return Ok(Some(found)),
                // It does not know what it promised.
                _ => self.capabilities.esearch = false,
            }
        }
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

    /// The same answered in ranges: a hundred thousand neighbours in a dozen bytes.
    fn search_ranges(&mut self, criteria: &str) -> Result<Option<Vec<u32>>> {
        /// More letters than any folder has: a range that says so is no answer.
        const MOST: usize = 20_000_000;
        let mut found: Option<Vec<u32>> = None;
        self.run(&format!("UID SEARCH RETURN (ALL) {criteria}"), &mut |answer| {
            if let Answer::Found(Some(ranges)) = answer {
                found = set::counted_out(&ranges, MOST);
            }
            Ok(())
        })?;
        Ok(found)
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
            if let Answer::Fetch(line) = answer {
                collected(&mut all, *line);
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

/// Keeps the flags of a FETCH line. The last word counts: flags may change while the answer is under way.
fn collected(all: &mut HashMap<u32, RemoteFlags>, line: FetchLine) {
    if let (Some(uid), Some((flags, keywords))) = (line.uid, line.flags) {
        all.insert(uid, RemoteFlags { uid, flags, keywords, modseq: line.modseq });
    }
}
