//! What lies behind the paths that were named, told by content and not by name.

use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The name of the folder for letters of files that say none.
const IMPORTED: &str = "Imported";
/// Folders in each other; more is a mistake.
const DEEPEST: usize = 30;
/// Bytes of a file that tell what it is.
const LOOKED_AT: u64 = 4096;

/// Files that belong into one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The folder's name here.
    pub folder: Text,
    /// The files.
    pub kind: SourceKind,
    /// Bytes in all.
    pub size: u64,
}

/// How letters lie in files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// Many in one file.
    Mbox(PathBuf),
    /// A file for each: a Maildir, or a folder of `.eml` files.
    Letters(Vec<LetterFile>),
}

/// A file that is one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its flags, where its name tells them (Maildir).
    pub flags: Option<Flags>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// To be brought in, in this order.
    pub sources: Vec<Source>,
    /// Files that are no mail, and what could not be looked into.
    pub left_out: Vec<Text>,
}

/// Looks at the paths, and into folders. `folder` is the name that letters come under; without it one is made of the files'.
///
/// # Errors
/// When a path that was named is not there.
pub fn find(paths: &[PathBuf], folder: Option<&str>) -> Result<Found> {
    let mut found = Found::default();
    let base = Text::line(folder.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(IMPORTED));
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| {
            let sentence = format!("{} cannot be read: {error}", Text::line(&path.to_string_lossy()));
            Problem::new(Kind::NotFound, sentence).hint("name an mbox file, a Maildir, a letter, or a folder of them")
        })?;
        if metadata.is_dir() {
            let name = if folder.is_some() { base.clone() } else { below(&base, file_name(path)) };
            found.folder(path, &name, 0);
        } else {
            // A single letter has no folder of its own.
            let own = folder.is_none().then(|| path.file_stem().unwrap_or_default());
            let mut letters = Vec::new();
            found.file(path, &base, own, &mut letters);
            found.letters(letters, &base);
        }
    }
    Ok(found)
}

impl Found {
    fn folder(&mut self, path: &Path, name: &Text, depth: usize) {
        let entries = match entries_of(path) {
            Ok(entries) if depth < DEEPEST => entries,
            Ok(_) => {
                return self.left_out.push(Text::from(format!("{}: too many folders in each other", path.display())));
            }
            Err(error) => return self.left_out.push(Text::from(format!("{} cannot be read: {error}", path.display()))),
        };
        let maildir = path.join("cur").is_dir() && path.join("new").is_dir();
        let mut letters = if maildir { maildir_letters(path) } else { Vec::new() };
        for entry in entries {
            let Some(metadata) = std::fs::symlink_metadata(&entry).ok() else { continue };
            let file = file_name(&entry).to_string_lossy().into_owned();
            if metadata.is_dir() {
                if maildir && ["cur", "new", "tmp"].contains(&file.as_str()) {
                    continue;
                }
                // Maildir++ names folders in folders `.Clients.Poland`.
                let inner = file.strip_prefix('.').map(|rest| rest.replace('.', "/"));
                let is_maildir = entry.join("cur").is_dir();
                match inner {
                    Some(inner) if is_maildir => self.folder(&entry, &below(name, decoded(&inner).as_ref()), depth + 1),
                    // .git, .thumbnails
                    Some(_) => {}
                    None => self.folder(&entry, &below(name, file.as_ref()), depth + 1),
                }
            } else if metadata.is_file() && !maildir && !file.starts_with('.') {
                let stem = entry.file_stem().unwrap_or_default().to_owned();
                self.file(&entry, name, Some(&stem), &mut letters);
            }
        }
        self.letters(letters, name);
    }

    fn letters(&mut self, letters: Vec<LetterFile>, name: &Text) {
        if letters.is_empty() {
            return;
        }
        let size = letters.iter().map(|letter| size_of(&letter.path)).sum();
        self.sources.push(Source { folder: name.clone(), kind: SourceKind::Letters(letters), size });
    }

    /// An mbox is a folder of its own, called `own` below `name`; a letter joins the others.
    fn file(&mut self, path: &Path, name: &Text, own: Option<&OsStr>, letters: &mut Vec<LetterFile>) {
        match look(path) {
            Ok(Content::Mbox) => self.sources.push(Source {
                folder: own.map_or_else(|| name.clone(), |own| below(name, own)),
                kind: SourceKind::Mbox(path.to_owned()),
                size: size_of(path),
            }),
            Ok(Content::Letter) => letters.push(LetterFile { path: path.to_owned(), flags: None }),
            Ok(Content::Empty) => {}
            Ok(Content::Other) => self.left_out.push(Text::from(format!("{} is no mail", path.display()))),
            Err(error) => self.left_out.push(Text::from(format!("{} cannot be read: {error}", path.display()))),
        }
    }
}

enum Content {
    Mbox,
    Letter,
    Empty,
    Other,
}

/// What a file is: an mbox begins with a `From ` line, a letter with a header field. A file that calls itself a letter is
/// believed: what cannot be read as one is kept as it is.
fn look(path: &Path) -> std::io::Result<Content> {
    let mut head = Vec::new();
    File::open(path)?.take(LOOKED_AT).read_to_end(&mut head)?;
    let head = head.trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let says_letter = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
    Ok(if head.is_empty() {
        Content::Empty
    } else if head.starts_with(b"From ") {
        Content::Mbox
    } else if says_letter || is_header(head) {
        Content::Letter
    } else {
        Content::Other
    })
}

/// The first lines are header fields, and one of them is one that every letter has.
fn is_header(head: &[u8]) -> bool {
    const USUAL: [&[u8]; 8] =
        [b"from", b"date", b"received", b"return-path", b"message-id", b"delivered-to", b"subject", b"to"];
    let mut usual = false;
    for line in head.split(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        if name.len() == line.len() || !name.iter().all(|byte| (33..127).contains(byte)) {
            return usual && line.len() + 1 >= head.len().min(80);
        }
        usual |= USUAL.contains(&name.to_ascii_lowercase().as_slice());
    }
    usual
}

/// The letters of a Maildir: `cur` with flags after `:2,`, `new` without any.
fn maildir_letters(path: &Path) -> Vec<LetterFile> {
    let mut letters = Vec::new();
    for part in ["cur", "new"] {
        for file in entries_of(&path.join(part)).unwrap_or_default() {
            let name = file_name(&file).to_string_lossy().into_owned();
            if !name.starts_with('.') && file.is_file() {
                letters.push(LetterFile { path: file, flags: Some(maildir_flags(&name)) });
            }
        }
    }
    letters
}

/// The flags in a Maildir's file name (`…:2,FRS`; `;2,` and `!2,` where a colon cannot stand in a name).
fn maildir_flags(name: &str) -> Flags {
    let Some((before, info)) = name.rsplit_once("2,") else { return Flags::default() };
    if !before.ends_with([':', ';', '!']) {
        return Flags::default();
    }
    info.chars().fold(Flags::default(), |flags, letter| match letter {
        'S' => flags.with(Flags::SEEN),
        'R' => flags.with(Flags::ANSWERED),
        'F' => flags.with(Flags::FLAGGED),
        'D' => flags.with(Flags::DRAFT),
        'T' => flags.with(Flags::DELETED),
        _ => flags,
    })
}

/// A folder's name as people read it: Maildir++ writes it as IMAP does, in modified UTF-7.
fn decoded(name: &str) -> String {
    crate::domain::folder_name::shown(name)
}

fn below(base: &Text, name: &OsStr) -> Text {
    Text::from(format!("{base}/{}", Text::line(&name.to_string_lossy())))
}

fn file_name(path: &Path) -> &OsStr {
    path.file_name().unwrap_or_default()
}

fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn entries_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_in_file_names() {
        for (name, flags) in [
            ("1.2.host:2,", Flags::default()),
            ("1.2.host:2,S", Flags::SEEN),
            ("1.2.host:2,FRSab", Flags::SEEN.with(Flags::ANSWERED).with(Flags::FLAGGED)),
            ("1.2.host;2,DT", Flags::DRAFT.with(Flags::DELETED)),
            ("1.2.host,S=12,W=13:2,S", Flags::SEEN),
            ("1.22,S", Flags::default()),
            ("1.2.host", Flags::default()),
        ] {
            assert_eq!(maildir_flags(name), flags, "{name}");
        }
    }

    #[test]
    fn files_are_known_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        write("takeout/All mail.mbox", "From x Mon Nov 16 09:30:00 2026\nA: 1\n\n");
        write("takeout/letter", "Received: x\n\ty\nSubject: z\n\nbody");
        write("takeout/broken.eml", "no header here");
        write("takeout/notes.txt", "Shopping: milk\nand bread");
        write("takeout/empty", "");
        write("takeout/.hidden/x.eml", "Subject: x\n\n");
        write("takeout/deep/x.eml", "Subject: x\n\n");
        write("Maildir/cur/1.a:2,S", "Subject: x\n\n");
        write("Maildir/new/2.a", "Subject: x\n\n");
        write("Maildir/tmp/3.a", "Subject: x\n\n");
        write("Maildir/dovecot-uidlist", "3 V1");
        write("Maildir/.&BBoEOwQ4BDUEPQRCBEs-.2026/cur/1.b:2,", "Subject: x\n\n");
        write("Maildir/.&BBoEOwQ4BDUEPQRCBEs-.2026/new/.keep", "");
        let paths = [folder.path().join("takeout"), folder.path().join("Maildir")];
        let found = find(&paths, None).unwrap();
        let told: Vec<String> = found
            .sources
            .iter()
            .map(|source| match &source.kind {
                SourceKind::Mbox(_) => format!("{}: mbox", source.folder),
                SourceKind::Letters(letters) => format!("{}: {}", source.folder, letters.len()),
            })
            .collect();
        assert_eq!(
            told,
            [
                "Imported/takeout/All mail: mbox",
                "Imported/takeout/deep: 1",
                "Imported/takeout: 2",
                "Imported/Maildir/Клиенты/2026: 1",
                "Imported/Maildir: 2",
            ]
        );
        assert_eq!(found.left_out.len(), 1, "{:?}", found.left_out);
        let named = find(&paths[1..], Some("Old mail")).unwrap();
        assert_eq!(named.sources.last().unwrap().folder.as_str(), "Old mail");
        assert!(find(&[folder.path().join("nowhere")], None).is_err());
    }
}
