//! Letters from files: mbox, Maildir, single letters. They go the way of letters from a server (threading, filing), into a
//! folder that is kept on this machine alone.
//!
//! Each batch is one transaction, together with how far the file was read, so that an import that was cut goes on where it was.
//! A letter that is in its folder already, whatever file it came from, is not entered again: repeating an import changes nothing.

mod sources;

pub use sources::{Found, Source, SourceKind, find};

use super::ingest::{Arrival, Destination, ingest};
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::mime::mbox::{LARGEST, MboxReader, flags_of};
use crate::store::{ImportMark, KEPT_HERE_NUMBERING, Packer, Store};
use jiff::Timestamp;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

/// Letters of one transaction.
const BATCH: usize = if cfg!(test) { 3 } else { 200 };
/// Bytes of one transaction.
const MOST_HELD: usize = 16 * 1024 * 1024;

/// What an import tells while it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Importing {
    /// The folder that letters come into.
    pub folder: Text,
    /// Bytes read.
    pub done: u64,
    /// Of so many in all files.
    pub of: u64,
    /// Letters read so far.
    pub letters: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Letters that were not here.
    pub new: u64,
    /// Letters that were here already, or came twice.
    pub known: u64,
    /// Of the new ones, those that could not be read as letters; they are kept as they came.
    pub raw: u64,
    /// Files of which a part had been read by an import that did not end.
    pub continued: u64,
    /// What was left out, and why.
    pub left_out: Vec<Text>,
}

/// Where letters are brought in.
#[derive(Clone, Copy)]
pub struct Importer<'a> {
    /// The store.
    pub store: &'a Store,
    /// Whose letters they become.
    pub account: id::Account,
    /// My own addresses and domains.
    pub own: &'a Own,
    /// Now.
    pub now: Timestamp,
}

/// One letter of a file.
struct Letter {
    bytes: Vec<u8>,
    flags: Flags,
    arrived_at: Option<Timestamp>,
}

impl Importer<'_> {
    /// Brings everything in.
    ///
    /// # Errors
    /// When the store cannot be written. A file that cannot be read is left out, with its reason.
    pub fn run(&self, found: &Found, tell: &mut dyn FnMut(&Importing)) -> Result<Imported> {
        let of = found.sources.iter().map(|source| source.size).sum();
        let mut run = Run {
            importer: *self,
            outcome: Imported { left_out: found.left_out.clone(), ..Imported::default() },
            progress: Importing { folder: Text::default(), done: 0, of, letters: 0 },
            tell,
            held: Vec::new(),
            bytes_held: 0,
        };
        let mut done = 0;
        for source in &found.sources {
            run.progress.folder = source.folder.clone();
            if let Err(problem) = run.source(source) {
                if problem.kind != Kind::Input {
                    return Err(problem);
                }
                run.outcome.left_out.push(Text::line(&problem.sentence));
            }
            done += source.size;
            run.progress.done = done;
            (run.tell)(&run.progress);
        }
        Ok(run.outcome)
    }
}

struct Run<'a, 't> {
    importer: Importer<'a>,
    outcome: Imported,
    progress: Importing,
    tell: &'t mut dyn FnMut(&Importing),
    held: Vec<Letter>,
    bytes_held: usize,
}

impl Run<'_, '_> {
    fn source(&mut self, source: &Source) -> Result<()> {
        let folder = self.importer.store.kept_here_folder(self.importer.account, &source.folder)?;
        match &source.kind {
            SourceKind::Mbox(file) => self.mbox(file, folder),
            SourceKind::Letters(files) => {
                for file in files {
                    match letter_of(&file.path, file.flags) {
                        Ok(letter) => self.progress.done += self.hold(letter) as u64,
                        Err(problem) => self.outcome.left_out.push(Text::line(&problem.sentence)),
                    }
                    if self.full() {
                        self.keep(folder, None)?;
                    }
                }
                self.keep(folder, None)
            }
        }
    }

    fn mbox(&mut self, path: &Path, folder: id::Folder) -> Result<()> {
        let cannot = |error: std::io::Error| cannot_read(path, &error);
        let mut file = File::open(path).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        let name = std::fs::canonicalize(path).map_err(cannot)?.to_string_lossy().into_owned();
        let mut mark =
            ImportMark { size: metadata.len(), modified: milliseconds(metadata.modified().ok()), read_to: 0 };
        let known = self.importer.store.import_mark(&name)?;
        if let Some(known) = known.filter(|known| known.size == mark.size && known.modified == mark.modified) {
            mark.read_to = known.read_to;
            self.outcome.continued += 1;
            self.progress.done += known.read_to;
        }
        file.seek(SeekFrom::Start(mark.read_to)).map_err(cannot)?;
        let mut reader = MboxReader::new(BufReader::with_capacity(1 << 18, file), mark.read_to);
        let read = loop {
            let letter = match reader.next_letter() {
                Ok(Some(letter)) => letter,
                Ok(None) => break Ok(()),
                Err(error) => break Err(cannot(error)),
            };
            if letter.cut {
                self.outcome.left_out.push(Text::from(format!(
                    "the end of a letter over {} MB in {}",
                    LARGEST >> 20,
                    path.display()
                )));
            }
            self.progress.done += letter.end.saturating_sub(mark.read_to);
            mark.read_to = letter.end;
            let flags = flags_of(&letter.bytes);
            self.hold(Letter { bytes: letter.bytes, flags, arrived_at: letter.arrived_at });
            if self.full() {
                self.keep(folder, Some((&name, Some(&mark))))?;
            }
        };
        // What came before a place that cannot be read is kept; the next import tries that place again.
        self.keep(folder, Some((&name, read.is_err().then_some(&mark))))?;
        read
    }

    fn hold(&mut self, letter: Letter) -> usize {
        let size = letter.bytes.len();
        self.bytes_held += size;
        self.held.push(letter);
        size
    }

    fn full(&self) -> bool {
        self.held.len() >= BATCH || self.bytes_held > MOST_HELD
    }

    /// Stores what is held and how far its file was read: one transaction.
    fn keep(&mut self, folder: id::Folder, mark: Option<(&str, Option<&ImportMark>)>) -> Result<()> {
        let Importer { store, account, own, now } = self.importer;
        let held = std::mem::take(&mut self.held);
        self.bytes_held = 0;
        let count = held.len() as u64;
        let (new, raw) = store.write(|| {
            let last = store.last_message()?;
            let (arrivals, new) = self.importer.arrivals(folder, held)?;
            let destination = Destination { account, folder, uid_validity: KEPT_HERE_NUMBERING, own };
            ingest(store, &destination, &arrivals, now)?;
            if let Some((name, mark)) = mark {
                store.set_import_mark(name, mark)?;
            }
            Ok((new, store.degraded_after(last)?))
        })?;
        self.outcome.new += new;
        self.outcome.known += count - new;
        self.outcome.raw += raw;
        self.progress.letters += count;
        (self.tell)(&self.progress);
        Ok(())
    }
}

impl Importer<'_> {
    /// The letters that this folder does not have, numbered; and how many of them are nowhere here.
    fn arrivals(&self, folder: id::Folder, held: Vec<Letter>) -> Result<(Vec<Arrival>, u64)> {
        let mut number = self.store.next_number(folder)?;
        let mut new = 0;
        let mut met = HashSet::new();
        let mut arrivals = Vec::with_capacity(held.len());
        for letter in held {
            let digest = mime::digest_of(&letter.bytes);
            if !met.insert(digest) {
                continue;
            }
            let flags = match self.store.message_with_digest(self.account, &digest)? {
                Some((message, _)) => {
                    let (flags, here) = self.store.known_in(message, folder)?;
                    if here {
                        continue;
                    }
                    // What is known of it here says more than an old file: an unread letter stays unread.
                    flags
                }
                None => {
                    new += 1;
                    letter.flags
                }
            };
            arrivals.push(Arrival {
                uid: number,
                flags,
                keywords: Vec::new(),
                internal_date: letter.arrived_at,
                bytes: letter.bytes,
                left: None,
            });
            number = number.saturating_add(1);
        }
        Ok((arrivals, new))
    }
}

/// Puts the words of every letter whose bytes are here into the index, after a store was made anew.
///
/// # Errors
/// When the store cannot be read or written.
pub fn index_again(store: &Store) -> Result<()> {
    let mut packer = Packer::new()?;
    let mut last = id::Message(0);
    loop {
        let letters = store.stored_letters(last, 1, 200)?;
        let Some((end, _)) = letters.last() else { return Ok(()) };
        last = *end;
        store.write(|| {
            for (letter, _) in &letters {
                if let Some(bytes) = store.raw(*letter)? {
                    store.index_again(*letter, &packer.keep(&mime::read(&bytes), &bytes)?)?;
                }
            }
            Ok(())
        })?;
    }
}

/// A file with one letter; it arrived when the file was made.
fn letter_of(path: &Path, flags: Option<Flags>) -> Result<Letter> {
    let cannot = |error: std::io::Error| cannot_read(path, &error);
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.len() > LARGEST as u64 {
        let sentence = format!("{} is over {} MB", path.display(), LARGEST >> 20);
        return Err(Problem::new(Kind::Input, sentence));
    }
    let bytes = std::fs::read(path).map_err(cannot)?;
    let arrived_at = Timestamp::from_millisecond(milliseconds(metadata.modified().ok())).ok();
    Ok(Letter { flags: flags.unwrap_or_else(|| flags_of(&bytes)), bytes, arrived_at })
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(Kind::Input, format!("{} cannot be read: {error}", path.display()))
}

fn milliseconds(time: Option<SystemTime>) -> i64 {
    let since = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}
