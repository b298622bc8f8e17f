//! Letters into files: mbox, single letters, Maildir. Their bytes are written as they came; nothing is ever overwritten, and
//! only the owner can read what is written.

use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::mime::mbox::write_mbox;
use crate::store::{Outward, Store};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Characters of a subject that go into a file's name.
const LONGEST_NAME: usize = 60;

/// Where letters go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All into one file (mboxrd).
    Mbox(PathBuf),
    /// A file for each into this folder.
    Letters(PathBuf),
    /// A Maildir, with flags.
    Maildir(PathBuf),
}

/// What came of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Letters written.
    pub written: u64,
    /// Letters whose file was there already, the same byte by byte.
    pub there: u64,
    /// Letters whose bytes are not here.
    pub missing: u64,
    /// Letters that were not written, because large files of them are still on the server: half a letter would look like a whole one.
    pub on_server: u64,
}

/// Writes letters, in their order. `tell` gets how many are done.
///
/// # Errors
/// When something of that name is there already, or cannot be written; the store cannot be read.
pub fn export(store: &Store, letters: &[Outward], target: &Target, tell: &mut dyn FnMut(u64)) -> Result<Exported> {
    match target {
        Target::Mbox(file) => to_mbox(store, letters, file, tell),
        Target::Letters(folder) => {
            private_folder(folder).map_err(|error| cannot(folder, &error))?;
            each(store, letters, tell, |letter, bytes| {
                let name = file_name(letter);
                keep(letter, bytes, (0..1000).map(|n| folder.join(numbered(&name, n))))
            })
        }
        Target::Maildir(folder) => {
            for part in ["cur", "new", "tmp"] {
                private_folder(&folder.join(part)).map_err(|error| cannot(folder, &error))?;
            }
            each(store, letters, tell, |letter, bytes| {
                let (name, flags) = (maildir_name(letter), maildir_flags(letter.flags));
                keep(letter, bytes, std::iter::once(folder.join("cur").join(format!("{name}:2,{flags}"))))
            })
        }
    }
}

/// Hands each letter with its bytes to `write`; that says whether the file was there already.
fn each(
    store: &Store,
    letters: &[Outward],
    tell: &mut dyn FnMut(u64),
    mut write: impl FnMut(&Outward, &[u8]) -> Result<bool>,
) -> Result<Exported> {
    let mut outcome = Exported::default();
    for (letter, done) in letters.iter().zip(1..) {
        match store.raw(letter.message)? {
            None => outcome.missing += 1,
            Some(_) if !store.left_on_server(letter.message)?.is_empty() => outcome.on_server += 1,
            Some(bytes) if write(letter, &bytes)? => outcome.there += 1,
            Some(_) => outcome.written += 1,
        }
        tell(done);
    }
    Ok(outcome)
}

/// Written aside and given its name at the end: half an mbox looks like a whole one.
fn to_mbox(store: &Store, letters: &[Outward], file: &Path, tell: &mut dyn FnMut(u64)) -> Result<Exported> {
    if file.symlink_metadata().is_ok() {
        return Err(exists(file));
    }
    let mut aside = file.as_os_str().to_owned();
    aside.push(".part");
    let aside = PathBuf::from(aside);
    let opened = create(&aside).map_err(|error| cannot(&aside, &error))?;
    let mut out = BufWriter::with_capacity(1 << 18, opened);
    let written = each(store, letters, tell, |letter, bytes| {
        write_mbox(&mut out, bytes, letter.sender.as_str(), letter.arrived_at)
            .map_err(|error| cannot(&aside, &error))?;
        Ok(false)
    });
    let named = written.and_then(|outcome| {
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|error| cannot(&aside, &error))?;
        if file.symlink_metadata().is_ok() {
            return Err(exists(file));
        }
        std::fs::rename(&aside, file).map_err(|error| cannot(file, &error))?;
        Ok(outcome)
    });
    if named.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    named
}

/// Writes a letter under the first of these names that is free; `true` when one of them holds it already.
fn keep(letter: &Outward, bytes: &[u8], names: impl Iterator<Item = PathBuf>) -> Result<bool> {
    for path in names {
        match create(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.set_modified(arrival(letter)));
                return written.map(|()| false).map_err(|error| {
                    // Half a letter is none.
                    let _ = std::fs::remove_file(&path);
                    cannot(&path, &error)
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if same(&path, bytes) {
                    return Ok(true);
                }
            }
            Err(error) => return Err(cannot(&path, &error)),
        }
    }
    Err(Problem::new(Kind::Input, "there is another letter under the name that this one has")
        .hint("name an empty folder"))
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    let size = std::fs::metadata(path).map(|metadata| metadata.len());
    size.is_ok_and(|size| size == bytes.len() as u64) && std::fs::read(path).is_ok_and(|there| there == bytes)
}

/// A file's time tells an import when the letter arrived.
fn arrival(letter: &Outward) -> SystemTime {
    let since = u64::try_from(letter.arrived_at.as_millisecond()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_millis(since)
}

/// `2026-11-16 Offer for desks [1f0c82ab].eml`
fn file_name(letter: &Outward) -> String {
    let day = letter.date.strftime("%Y-%m-%d");
    let subject: String = letter.subject.as_str().chars().take(LONGEST_NAME).collect();
    // A slash would begin a name of its own.
    let subject = subject.replace(['/', '\\'], "-");
    let name = Text::from(format!("{day} {} [{}].eml", subject.trim(), short(letter)));
    mime::file_name(&name, 0)
}

/// The first letters of the digest: the same letter has the same name in every export.
fn short(letter: &Outward) -> String {
    letter.digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn numbered(name: &str, number: u32) -> String {
    match name.strip_suffix(".eml") {
        Some(stem) if number > 0 => format!("{stem} ({number}).eml"),
        _ => name.to_owned(),
    }
}

fn maildir_name(letter: &Outward) -> String {
    let digest: String = letter.digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{digest}.postbook", letter.arrived_at.as_second().max(0))
}

/// In the order of the alphabet, as the format wants it.
fn maildir_flags(flags: Flags) -> String {
    let letters = [(Flags::DRAFT, 'D'), (Flags::FLAGGED, 'F'), (Flags::ANSWERED, 'R'), (Flags::SEEN, 'S')];
    letters.into_iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, letter)| letter).collect()
}

/// A new file that only its owner can read.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write_new(file: &Path, bytes: &[u8]) -> Result<()> {
    match create(file).and_then(|mut opened| opened.write_all(bytes)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(file)),
        Err(error) => Err(cannot(file, &error)),
        Ok(()) => Ok(()),
    }
}

/// A new folder that only its owner can open.
///
/// # Errors
/// It is there already, or cannot be made.
pub fn new_folder(folder: &Path) -> Result<()> {
    if folder.symlink_metadata().is_ok() {
        return Err(exists(folder));
    }
    private_folder(folder).map_err(|error| cannot(folder, &error))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn exists(file: &Path) -> Problem {
    Problem::new(Kind::Input, format!("{} is there already", file.display()))
        .hint("name a new file: nothing is overwritten")
}

fn cannot(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Kind::Store, format!("{} cannot be written: {error}", path.display()))
}
