//! An IMAP server in memory that breaks when told to.

use crate::domain::folder::Role;
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::net::imap::{Fetched, RemoteFlags, RemoteFolder, Selected};
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
    pub name: &'static str,
    role: Option<Role>,
    pub uid_validity: u32,
    next: u32,
    highest: u64,
    pub letters: BTreeMap<u32, Letter>,
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
    /// MOVE, or UIDPLUS: a moved letter leaves its folder.
    pub moves: bool,
    /// These UIDs are left out of listings.
    pub hide: Vec<u32>,
    /// These UIDs are given without their letter.
    pub empty: Vec<u32>,
    /// Expunged when the first letter of the next fetch was given.
    pub expunge_while_fetching: Option<u32>,
    /// Commands in this folder are refused.
    pub refuse: Option<&'static str>,
}

impl Server {
    pub fn new(folders: &[(&'static str, Option<Role>)]) -> Self {
        let folders = (1..).zip(folders).map(|(number, (name, role))| Folder {
            name,
            role: *role,
            uid_validity: number,
            next: 1,
            highest: 1,
            letters: BTreeMap::new(),
        });
        Self {
            folders: folders.collect(),
            selected: None,
            calls: 0,
            cut: None,
            broken: false,
            condstore: true,
            moves: true,
            hide: Vec::new(),
            empty: Vec::new(),
            expunge_while_fetching: None,
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
        let name = self.open().name;
        if self.refuse == Some(name) {
            return Err(Problem::new(Kind::Refused, format!("{what} is not allowed in {name}")));
        }
        Ok(())
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
        self.highest += 1;
        self.letters.remove(&uid)
    }
}

impl Remote for Server {
    fn list(&mut self) -> Result<Vec<RemoteFolder>> {
        self.command(|server| {
            Ok(server
                .folders
                .iter()
                .map(|folder| RemoteFolder {
                    raw_name: folder.name.to_owned(),
                    name: Text::line(folder.name),
                    delimiter: Some('/'),
                    role: folder.role,
                    selectable: true,
                })
                .collect())
        })
    }

    fn select(&mut self, raw_name: &str) -> Result<Selected> {
        self.command(|server| {
            let position = server.folders.iter().position(|folder| folder.name == raw_name);
            server.selected = Some(position.ok_or_else(|| Problem::new(Kind::Refused, "no such folder"))?);
            server.check("SELECT")?;
            let condstore = server.condstore;
            let folder = server.open();
            Ok(Selected {
                uid_validity: Some(folder.uid_validity),
                uid_next: Some(folder.next),
                exists: u32::try_from(folder.letters.len()).unwrap(),
                highest_modseq: condstore.then_some(folder.highest),
                read_only: false,
            })
        })
    }

    fn uids(&mut self) -> Result<Vec<u32>> {
        self.command(|server| {
            let hidden = server.hide.clone();
            Ok(server.open().letters.keys().filter(|uid| !hidden.contains(uid)).copied().collect())
        })
    }

    fn flags(&mut self, changed_since: Option<u64>) -> Result<Vec<RemoteFlags>> {
        self.command(|server| {
            let condstore = server.condstore;
            let since = changed_since.filter(|_| condstore).unwrap_or(0);
            let letters = server.open().letters.iter();
            Ok(letters
                .filter(|(_, letter)| letter.modseq > since)
                .map(|(uid, letter)| RemoteFlags {
                    uid: *uid,
                    flags: letter.flags,
                    keywords: letter.keywords.clone(),
                    modseq: condstore.then_some(letter.modseq),
                })
                .collect())
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

    fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        self.command(|server| {
            server.check("STORE")?;
            for uid in uids {
                server.open().flag(*uid, add, remove);
            }
            Ok(())
        })
    }

    fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<()> {
        self.command(|server| {
            for uid in uids {
                let Some(letter) = server.open().letters.get(uid).cloned() else { continue };
                server.folder(raw_name).add(letter);
                if server.moves {
                    server.open().expunge(*uid);
                } else {
                    server.open().flag(*uid, Flags::DELETED, Flags::default());
                }
            }
            Ok(())
        })
    }

    fn append(&mut self, raw_name: &str, bytes: &[u8], flags: Flags, _date: Option<Timestamp>) -> Result<()> {
        self.command(|server| {
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
