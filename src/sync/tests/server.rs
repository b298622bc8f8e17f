//! An IMAP server in memory that breaks when told to.

use crate::domain::folder::{Role, Standing};
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::net::imap::{
    Changes, Fetched, Identity, LeftPart, Moved, Partial, RemoteFlags, RemoteFolder, Resync, Selected,
};
use crate::sync::remote::Remote;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A letter on the server.
#[derive(Debug, Clone)]
pub struct Letter {
    pub bytes: Vec<u8>,
    pub flags: Flags,
    pub keywords: Vec<String>,
    pub date: Timestamp,
    modseq: u64,
}

/// A folder on the server.
#[derive(Debug, Clone)]
pub struct Folder {
    pub name: String,
    role: Option<Role>,
    pub uid_validity: u32,
    pub next: u32,
    highest: u64,
    pub letters: BTreeMap<u32, Letter>,
    /// UIDs that went, and the modification sequence of their going.
    expunged: BTreeMap<u32, u64>,
}

/// When the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Before the server did what was asked.
    Before,
    /// After it did, before we heard of it; a fetch has handed on half of its letters.
    After,
}

/// The server, and how it misbehaves.
#[derive(Debug, Clone)]
pub struct Server {
    pub folders: Vec<Folder>,
    pub selected: Option<usize>,
    /// Commands since the start.
    pub calls: usize,
    /// Breaks at this command.
    pub cut: Option<(usize, Cut)>,
    /// The connection is broken.
    pub broken: bool,
    pub condstore: bool,
    /// SELECT tells what changed and what went.
    pub qresync: bool,
    /// LIST tells how folders stand.
    pub list_status: bool,
    /// MOVE.
    pub moves: bool,
    /// UIDPLUS: exactly the letters named are expunged, and COPYUID tells where they are.
    pub uidplus: bool,
    /// QRESYNC forgets what went.
    pub forgetful: bool,
    /// No UIDVALIDITY is told.
    pub unnumbered: bool,
    /// Every change wanted of letters or folders is answered like this.
    pub denies: Option<Kind>,
    /// Only changes of these UIDs are denied; empty: all.
    pub denied: Vec<u32>,
    /// This folder can only be read.
    pub read_only: Option<&'static str>,
    /// Moved by another client from here to there when the first listing or account of changes of the second folder was given.
    pub moves_meanwhile: Option<(&'static str, &'static str, &'static str)>,
    /// Letters given whole.
    pub given: usize,
    /// Bytes of letters given.
    pub bytes_given: usize,
    /// Letters over this may be given without their files.
    pub largest: Option<u64>,
    /// How letters are built is not told.
    pub unstructured: bool,
    /// Commands that change something.
    pub writes: usize,
    /// Complete listings given: of UIDs, or of all flags.
    pub listings: usize,
    /// Folders opened.
    pub opened: usize,
    /// These UIDs are left out of listings.
    pub hide: Vec<u32>,
    /// These UIDs are given without their letter.
    pub empty: Vec<u32>,
    /// Expunged when the first letter of the next fetch was given.
    pub expunge_while_fetching: Option<u32>,
    /// Commands in this folder are refused.
    pub refuse: Option<&'static str>,
    /// Folders are opened to be read alone.
    pub looks_only: bool,
}

impl Server {
    pub fn new(folders: &[(&'static str, Option<Role>)]) -> Self {
        let folders = (1..).zip(folders).map(|(number, (name, role))| Folder {
            name: (*name).to_owned(),
            role: *role,
            uid_validity: number,
            next: 1,
            highest: 1,
            letters: BTreeMap::new(),
            expunged: BTreeMap::new(),
        });
        Self {
            folders: folders.collect(),
            selected: None,
            calls: 0,
            cut: None,
            broken: false,
            condstore: true,
            qresync: true,
            list_status: true,
            moves: true,
            uidplus: true,
            forgetful: false,
            unnumbered: false,
            denies: None,
            denied: Vec::new(),
            read_only: None,
            moves_meanwhile: None,
            given: 0,
            bytes_given: 0,
            largest: None,
            unstructured: false,
            writes: 0,
            listings: 0,
            opened: 0,
            hide: Vec::new(),
            empty: Vec::new(),
            expunge_while_fetching: None,
            looks_only: false,
            refuse: None,
        }
    }

    /// A new connection.
    pub fn connect(&mut self) {
        self.broken = false;
        self.selected = None;
    }

    pub fn folder(&mut self, name: &str) -> &mut Folder {
        self.folders.iter_mut().find(|folder| folder.name == name).unwrap()
    }

    pub fn deliver(&mut self, folder: &str, bytes: &[u8], flags: Flags) -> u32 {
        self.folder(folder).add(Letter {
            bytes: bytes.to_vec(),
            flags,
            keywords: Vec::new(),
            date: "2026-11-22T12:00:00Z".parse().unwrap(),
            modseq: 0,
        })
    }

    /// The UID of the letter with this Message-ID.
    pub fn uid(&mut self, folder: &str, msg_id: &str) -> u32 {
        let header = format!("Message-ID: <{msg_id}@test.example>");
        let folder = self.folder(folder);
        let found = folder.letters.iter().find(|(_, letter)| String::from_utf8_lossy(&letter.bytes).contains(&header));
        *found.unwrap_or_else(|| panic!("{msg_id} is not in {}", folder.name)).0
    }

    pub fn flag(&mut self, folder: &str, msg_id: &str, add: Flags, remove: Flags) {
        let uid = self.uid(folder, msg_id);
        self.folder(folder).flag(uid, add, remove);
    }

    /// Another client sets exactly these keywords.
    pub fn set_keywords(&mut self, folder: &str, msg_id: &str, words: &[String]) {
        let uid = self.uid(folder, msg_id);
        let folder = self.folder(folder);
        folder.highest += 1;
        let letter = folder.letters.get_mut(&uid).unwrap();
        (letter.keywords, letter.modseq) = (words.to_vec(), folder.highest);
    }

    pub fn expunge(&mut self, folder: &str, msg_id: &str) {
        let uid = self.uid(folder, msg_id);
        self.folder(folder).expunge(uid);
    }

    pub fn transfer(&mut self, from: &str, msg_id: &str, to: &str) {
        let uid = self.uid(from, msg_id);
        let letter = self.folder(from).expunge(uid).unwrap();
        self.folder(to).add(letter);
    }

    /// Numbers a folder anew: other UIDs for the same letters.
    pub fn renumber(&mut self, name: &str) {
        let folder = self.folder(name);
        folder.uid_validity += 100;
        folder.next = 501;
        folder.expunged.clear();
        let letters = std::mem::take(&mut folder.letters);
        for (_, letter) in letters {
            folder.add(letter);
        }
    }

    /// Folder, Message-ID and flags of every letter.
    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for folder in &self.folders {
            for letter in folder.letters.values() {
                let text = String::from_utf8_lossy(&letter.bytes).into_owned();
                let id = text.lines().find(|line| line.starts_with("Message-ID")).unwrap_or_default().to_owned();
                lines.push(format!("server {} {id} {:?} {:?}", folder.name, letter.flags.names(), letter.keywords));
            }
        }
        lines.sort();
        lines
    }

    fn begin(&mut self) -> Result<Option<Cut>> {
        let call = self.calls;
        self.calls += 1;
        match self.cut {
            Some((at, cut)) if at == call => {
                self.broken = true;
                if cut == Cut::Before { Err(lost()) } else { Ok(Some(cut)) }
            }
            _ if self.broken => Err(lost()),
            _ => Ok(None),
        }
    }

    /// Does `work`, unless the connection breaks first; it may break right after.
    fn command<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let cut = self.begin()?;
        let done = work(self)?;
        if cut.is_some() { Err(lost()) } else { Ok(done) }
    }

    fn open(&mut self) -> &mut Folder {
        let selected = self.selected.expect("a folder is open");
        &mut self.folders[selected]
    }

    fn check(&mut self, what: &str) -> Result<()> {
        let name = self.open().name.clone();
        if self.refuse == Some(name.as_str()) {
            return Err(Problem::new(Kind::Refused, format!("{what} is not allowed in {name}")));
        }
        Ok(())
    }

    /// A change that somebody wants.
    fn allow(&mut self, what: &str, uids: &[u32]) -> Result<()> {
        self.writes += 1;
        let changes_letters = matches!(what, "STORE" | "EXPUNGE" | "MOVE");
        assert!(!(changes_letters && self.looks_only), "{what} in a folder that was opened to be read alone");
        match self.denies {
            Some(kind) if self.denied.is_empty() || uids.iter().any(|uid| self.denied.contains(uid)) => {
                Err(Problem::new(kind, format!("{what} is denied")))
            }
            _ => Ok(()),
        }
    }

    /// Takes letters marked deleted out of the open folder; `false` when others would go with them.
    fn sweep(&mut self, uids: &[u32]) -> bool {
        let uidplus = self.uidplus;
        let folder = self.open();
        let marked = |letter: &Letter| letter.flags.has(Flags::DELETED);
        if !uidplus && folder.letters.iter().any(|(uid, letter)| marked(letter) && !uids.contains(uid)) {
            return false;
        }
        for uid in uids {
            if folder.letters.get(uid).is_some_and(marked) {
                folder.expunge(*uid);
            }
        }
        true
    }

    fn meanwhile(&mut self) {
        if let Some((from, id, to)) = self.moves_meanwhile
            && self.open().name == to
        {
            self.moves_meanwhile = None;
            self.transfer(from, id, to);
        }
    }

    fn position(&self, raw_name: &str) -> Result<usize> {
        let position = self.folders.iter().position(|folder| folder.name == raw_name);
        position.ok_or_else(|| Problem::new(Kind::Refused, format!("there is no folder {raw_name}")))
    }

    fn opening(&mut self, raw_name: &str) -> Result<Selected> {
        self.selected = Some(self.position(raw_name)?);
        self.check("SELECT")?;
        self.opened += 1;
        let (condstore, unnumbered) = (self.condstore, self.unnumbered);
        let read_only = self.looks_only || self.read_only == Some(raw_name);
        let folder = self.open();
        Ok(Selected {
            uid_validity: Some(folder.uid_validity).filter(|_| !unnumbered),
            uid_next: Some(folder.next),
            exists: u32::try_from(folder.letters.len()).unwrap(),
            highest_modseq: condstore.then_some(folder.highest),
            read_only,
            ..Selected::default()
        })
    }

    fn changed(&mut self, since: u64) -> Vec<RemoteFlags> {
        let condstore = self.condstore;
        let letters = self.open().letters.iter().filter(|(_, letter)| letter.modseq > since);
        let told = |(uid, letter): (&u32, &Letter)| RemoteFlags {
            uid: *uid,
            flags: letter.flags,
            keywords: letter.keywords.clone(),
            modseq: condstore.then_some(letter.modseq),
        };
        letters.map(told).collect()
    }

    /// Makes a folder, as another client or an administrator does.
    pub fn add_folder(&mut self, name: &str) {
        let number = 50 + u32::try_from(self.folders.len()).unwrap();
        let mut made = Self::new(&[("", None)]).folders.remove(0);
        (made.name, made.uid_validity) = (name.to_owned(), number);
        self.folders.push(made);
    }

    /// Gives a folder and those below it another name.
    pub fn rename_folder(&mut self, from: &str, to: &str) {
        let below = format!("{from}/");
        for folder in &mut self.folders {
            if folder.name == from || folder.name.starts_with(&below) {
                folder.name.replace_range(..from.len(), to);
            }
        }
    }
}

fn lost() -> Problem {
    Problem::new(Kind::Network, "the connection broke")
}

impl Folder {
    fn add(&mut self, letter: Letter) -> u32 {
        self.highest += 1;
        let uid = self.next;
        self.next += 1;
        self.letters.insert(uid, Letter { modseq: self.highest, ..letter });
        uid
    }

    fn flag(&mut self, uid: u32, add: Flags, remove: Flags) {
        let Some(letter) = self.letters.get_mut(&uid) else { return };
        let flags = letter.flags.with(add).without(remove);
        if flags != letter.flags {
            self.highest += 1;
            letter.flags = flags;
            letter.modseq = self.highest;
        }
    }

    fn expunge(&mut self, uid: u32) -> Option<Letter> {
        let letter = self.letters.remove(&uid)?;
        self.highest += 1;
        self.expunged.insert(uid, self.highest);
        Some(letter)
    }
}

impl Remote for Server {
    fn list(&mut self) -> Result<Vec<RemoteFolder>> {
        self.command(|server| {
            Ok(server
                .folders
                .iter()
                .map(|folder| RemoteFolder {
                    raw_name: folder.name.clone(),
                    name: Text::line(&folder.name),
                    delimiter: Some('/'),
                    role: folder.role,
                    selectable: true,
                    status: server.list_status.then(|| Standing {
                        uid_validity: Some(folder.uid_validity).filter(|_| !server.unnumbered),
                        uid_next: Some(folder.next),
                        messages: u32::try_from(folder.letters.len()).ok(),
                        highest_modseq: server.condstore.then_some(folder.highest),
                    }),
                })
                .collect())
        })
    }

    fn select(&mut self, raw_name: &str) -> Result<Selected> {
        self.command(|server| server.opening(raw_name))
    }

    fn look_only(&mut self, only: bool) {
        self.looks_only = only;
    }

    fn resync(&mut self, raw_name: &str, uid_validity: u32, modseq: u64) -> Result<Resync> {
        self.command(|server| {
            let selected = server.opening(raw_name)?;
            let told = server.qresync
                && selected.uid_validity == Some(uid_validity)
                && selected.highest_modseq.is_some_and(|now| now >= modseq);
            let flags = server.changed(modseq);
            let went = server.open().expunged.iter().filter(|(_, at)| **at > modseq);
            let vanished: Vec<_> = went.map(|(uid, _)| *uid..=*uid).collect();
            let vanished = if server.forgetful { Vec::new() } else { vanished };
            server.meanwhile();
            Ok(Resync { selected, changes: told.then_some(Changes { vanished, flags }) })
        })
    }

    fn keeps_modseq(&self) -> bool {
        self.condstore
    }

    fn uids(&mut self) -> Result<Vec<u32>> {
        self.command(|server| {
            server.listings += 1;
            let hidden = server.hide.clone();
            let listed = server.open().letters.keys().filter(|uid| !hidden.contains(uid)).copied().collect();
            server.meanwhile();
            Ok(listed)
        })
    }

    fn flags(&mut self, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>> {
        self.command(|server| {
            let condstore = server.condstore;
            let since = changed_since.filter(|_| condstore);
            server.listings += usize::from(since.is_none());
            let hidden = server.hide.clone();
            let mut told = server.changed(since.unwrap_or(0));
            told.retain(|letter| !hidden.contains(&letter.uid));
            server.meanwhile();
            Ok(told)
        })
    }

    fn identify(&mut self, uids: Option<&[u32]>) -> Result<Vec<Identity>> {
        self.command(|server| {
            let asked = |uid: &u32| uids.is_none_or(|uids| uids.contains(uid));
            let letters = server.open().letters.iter().filter(|(uid, _)| asked(uid));
            let told = |(uid, letter): (&u32, &Letter)| {
                let text = String::from_utf8_lossy(&letter.bytes).into_owned();
                let header = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default();
                Identity {
                    uid: *uid,
                    flags: letter.flags,
                    keywords: letter.keywords.clone(),
                    internal_date: Some(letter.date),
                    size: Some(letter.bytes.len() as u64),
                    msg_id: MsgId::parse(header),
                }
            };
            Ok(letters.map(told).collect())
        })
    }

    fn fetch(&mut self, uids: &[u32], each: &mut dyn FnMut(Fetched) -> Result<()>) -> Result<()> {
        let cut = self.begin()?;
        let mut uids = uids.to_vec();
        // Servers answer in their own order.
        uids.sort_unstable();
        let half = uids.len() / 2;
        for (count, uid) in uids.into_iter().enumerate() {
            if cut.is_some() && count == half {
                return Err(lost());
            }
            let without = self.empty.contains(&uid);
            let Some(letter) = self.open().letters.get(&uid).cloned() else { continue };
            self.given += 1;
            self.bytes_given += letter.bytes.len();
            each(Fetched {
                uid,
                flags: letter.flags,
                keywords: letter.keywords,
                internal_date: Some(letter.date),
                size: Some(letter.bytes.len() as u64),
                modseq: Some(letter.modseq),
                body: (!without).then_some(letter.bytes),
            })?;
            if let Some(gone) = self.expunge_while_fetching.take() {
                self.open().expunge(gone);
            }
        }
        if cut.is_some() { Err(lost()) } else { Ok(()) }
    }

    fn largest(&self) -> Option<u64> {
        self.largest
    }

    fn larger_than(&mut self, limit: u64, uids: &[u32]) -> Result<Vec<u32>> {
        self.command(|server| {
            let letters = &server.open().letters;
            let large = |uid: &u32| letters.get(uid).is_some_and(|letter| letter.bytes.len() as u64 > limit);
            Ok(uids.iter().copied().filter(large).collect())
        })
    }

    /// The part number 2 is the file.
    fn fetch_partial(&mut self, uid: u32, _limit: u64) -> Result<Option<Partial>> {
        self.command(|server| {
            if server.unstructured {
                return Ok(None);
            }
            let Some(letter) = server.open().letters.get(&uid).cloned() else { return Ok(None) };
            let text = String::from_utf8(letter.bytes.clone()).unwrap();
            let Some((before, file)) = text.split_once("name=big.bin\r\n\r\n") else { return Ok(None) };
            let (file, after) = file.split_once("\r\n--").unwrap();
            let bytes = format!("{before}name=big.bin\r\n\r\n\r\n--{after}").into_bytes();
            server.bytes_given += bytes.len();
            let Letter { flags, keywords, date, modseq, .. } = letter;
            let size = Some(letter.bytes.len() as u64);
            let (internal_date, modseq, body) = (Some(date), Some(modseq), Some(bytes));
            let letter = Fetched { uid, flags, keywords, internal_date, size, modseq, body };
            Ok(Some(Partial { letter, left: vec![LeftPart { number: "2".to_owned(), size: file.len() as u64 }] }))
        })
    }

    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        self.command(|server| {
            server.check("STORE")?;
            server.allow("STORE", uids)?;
            for uid in uids {
                server.open().flag(*uid, add, remove);
            }
            Ok(())
        })
    }

    fn store_keywords(&mut self, uids: &[u32], add: &[String], remove: &[String]) -> Result<()> {
        self.command(|server| {
            server.allow("STORE", uids)?;
            for uid in uids {
                let folder = server.open();
                folder.highest += 1;
                let highest = folder.highest;
                let Some(letter) = folder.letters.get_mut(uid) else { continue };
                letter.keywords.retain(|word| !remove.contains(word) && !add.contains(word));
                letter.keywords.extend_from_slice(add);
                letter.modseq = highest;
            }
            Ok(())
        })
    }

    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<Moved> {
        self.command(|server| {
            server.allow("MOVE", uids)?;
            let target = server.position(raw_name)?;
            let mut pairs = Vec::new();
            for uid in uids {
                let Some(letter) = server.open().letters.get(uid).cloned() else { continue };
                pairs.push((*uid, server.folders[target].add(letter)));
                if server.moves {
                    server.open().expunge(*uid);
                } else {
                    server.open().flag(*uid, Flags::DELETED, Flags::default());
                }
            }
            let left = server.moves || server.sweep(uids);
            let copied = (server.uidplus && !pairs.is_empty()).then(|| (server.folders[target].uid_validity, pairs));
            Ok(Moved { copied, left })
        })
    }

    fn moves_at_once(&self) -> bool {
        self.moves
    }

    fn expunge(&mut self, uids: &[u32]) -> Result<bool> {
        self.command(|server| {
            server.allow("EXPUNGE", uids)?;
            Ok(server.sweep(uids))
        })
    }

    fn create(&mut self, raw_name: &str) -> Result<()> {
        self.command(|server| {
            server.allow("CREATE", &[])?;
            if server.position(raw_name).is_err() {
                server.add_folder(raw_name);
            }
            Ok(())
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.command(|server| {
            server.allow("RENAME", &[])?;
            server.position(from)?;
            server.rename_folder(from, to);
            Ok(())
        })
    }

    fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, _date: Option<Timestamp>) -> Result<()> {
        self.command(|server| {
            server.allow("APPEND", &[])?;
            server.deliver(raw_name, bytes, flags);
            Ok(())
        })
    }

    fn find_msg_id(&mut self, msg_id: &MsgId) -> Result<Vec<u32>> {
        self.command(|server| {
            let header = format!("Message-ID: <{msg_id}>");
            let letters = server.open().letters.iter();
            let found = letters.filter(|(_, letter)| String::from_utf8_lossy(&letter.bytes).contains(&header));
            Ok(found.map(|(uid, _)| *uid).collect())
        })
    }
}
