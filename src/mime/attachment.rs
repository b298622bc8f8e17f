//! Files in letters: listing, decoding, and saving them where they cannot do harm.

use super::body::{self, Body};
use super::parts::{Part, Parts};
use crate::domain::message::Attachment;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, is_unsafe};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes of a file name; most file systems take 255, and ` (2)` may follow.
const LONGEST_NAME: usize = 150;
/// Names tried before giving up.
const MOST_COPIES: u32 = 1000;

/// The decoded bytes of `Parsed.attachments[index]`; `None` when the letter has no such file.
#[must_use]
pub fn attachment(bytes: &[u8], index: usize) -> Option<Vec<u8>> {
    let parts = Parts::read(bytes);
    let body = body::find(&parts);
    let (_, part) = files(&parts, &body).nth(index)?;
    Some(part.decoded().into_owned())
}

/// Where among `Parsed.attachments` the parts with these IMAP numbers stand, that were left on the server when the letter was fetched.
/// `None` when one of them is not there, is not empty, or would be shown as the letter's text: then it was put together wrongly.
#[must_use]
pub fn left_files<'n>(bytes: &[u8], numbers: impl IntoIterator<Item = &'n str>) -> Option<Vec<usize>> {
    let parts = Parts::read(bytes);
    if parts.capped {
        return None;
    }
    let body = body::find(&parts);
    let files: Vec<(usize, String)> = files(&parts, &body)
        .enumerate()
        .filter(|(_, (_, part))| part.may_be_left() && part.raw.trim_ascii().is_empty())
        .map(|(place, (index, _))| (place, parts.number(index)))
        .collect();
    let place = |number: &str| files.iter().find(|(_, known)| known == number).map(|(place, _)| *place);
    numbers.into_iter().map(place).collect()
}

/// The files of a letter, each with the name as decoded (not sanitised), in the order in which they stand.
pub(super) fn list(parts: &Parts<'_>, body: &Body) -> Vec<(Attachment, String)> {
    let one = |(index, (_, part)): (usize, (usize, &Part<'_>))| {
        let name = part.file_name().unwrap_or_else(|| made_up_name(part, index));
        let is_picture = part.media_type.starts_with("image/");
        let inline = is_picture
            && !part.is_attached()
            && (part.is_inline() || part.headers.has("content-id") || parts.parent_type(part) == "multipart/related");
        let attachment = Attachment {
            index,
            name: Text::line(name.trim()),
            media_type: Text::line(&part.media_type),
            size: u64::try_from(part.decoded().len()).unwrap_or(u64::MAX),
            inline,
            on_server: false,
        };
        (attachment, name)
    };
    files(parts, body).enumerate().map(one).collect()
}

/// Every leaf that is not the letter's own text.
fn files<'p, 'x>(parts: &'p Parts<'x>, body: &'p Body) -> impl Iterator<Item = (usize, &'p Part<'x>)> {
    parts.all.iter().enumerate().filter(|(index, part)| {
        part.children.is_empty() && !body.shown.contains(index) && !(part.raw.is_empty() && part.file_name().is_none())
    })
}

/// For a file without a name: what it is, with the usual extension.
fn made_up_name(part: &Part<'_>, index: usize) -> String {
    if part.media_type == "message/rfc822" {
        let subject = Parts::read(part.raw).headers().and_then(|h| h.text("subject")).unwrap_or_default();
        let subject: String = subject.chars().take(60).collect();
        return if subject.trim().is_empty() { "letter.eml".to_owned() } else { format!("{}.eml", subject.trim()) };
    }
    let extension = match part.media_type.as_str() {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => return "invitation.ics".to_owned(),
        "text/vcard" | "text/x-vcard" => "vcf",
        "message/delivery-status" => return "delivery-status.txt".to_owned(),
        "text/rfc822-headers" => return "headers.txt".to_owned(),
        "application/pgp-signature" => return "signature.asc".to_owned(),
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => return "smime.p7s".to_owned(),
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/ms-tnef" => return "winmail.dat".to_owned(),
        _ => "bin",
    };
    format!("file-{}.{extension}", index + 1)
}

/// A base name that is safe in any folder on any system: no path, no leading dot, no control or bidirectional
/// characters, no name that Windows reserves, at most 150 bytes with its extension kept.
#[must_use]
pub fn file_name(name: &Text, index: usize) -> String {
    let base = name.as_str().rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = base
        .chars()
        // The sanitiser's marks stand for something hidden; in a file name they would only be in the way.
        .filter(|c| !is_unsafe(*c) && !matches!(c, '\u{fffd}' | '\u{2400}'..='\u{2421}'))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    // Windows drops dots and blanks at the end.
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.is_empty() {
        return format!("attachment-{}", index + 1);
    }
    let stem = clean.split('.').next().unwrap_or("").trim().to_ascii_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit());
    let safe = if is_device { format!("_{clean}") } else { clean.to_owned() };
    let (stem, extension) = split(&safe);
    format!("{}{extension}", shortened(stem, LONGEST_NAME - extension.len()))
}

/// The stem and the extension with its dot. A long "extension" is part of a sentence, not one.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 20 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn shortened(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("").trim_end()
}

/// Writes a file into `folder` under `name` (from [`file_name`]), or `name (2).ext` when that is taken; gives its path.
///
/// Never overwrites and never follows a link that stands in the way; on Unix only the owner may read it.
///
/// # Errors
/// `Kind::Input` when the folder cannot be written or `name` is not a base name.
pub fn save_attachment(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let safe = file_name(&Text::line(name), 0);
    let (stem, extension) = split(&safe);
    for copy in 1..=MOST_COPIES {
        let candidate = if copy == 1 { safe.clone() } else { format!("{stem} ({copy}){extension}") };
        let path = folder.join(candidate);
        let mut options = OpenOptions::new();
        // `create_new` is O_EXCL: it fails on a file and on a symbolic link alike.
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                return file.write_all(bytes).map(|()| path.clone()).map_err(|e| {
                    // Half a file under a good name would pass for the whole.
                    let _ = std::fs::remove_file(&path);
                    cannot_save(&path, &e)
                });
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(cannot_save(&path, &e)),
        }
    }
    Err(Problem::new(Kind::Input, format!("{} already holds {MOST_COPIES} files named {safe}", folder.display()))
        .hint("choose another folder"))
}

fn cannot_save(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(Kind::Input, format!("The attachment cannot be saved as {}: {error}", path.display()))
        .hint("choose another folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe() {
        for (name, expected) in [
            ("offer.pdf", "offer.pdf"),
            ("Коммерческое предложение.docx", "Коммерческое предложение.docx"),
            ("../../etc/passwd", "passwd"),
            ("/etc/shadow", "shadow"),
            ("C:\\Windows\\system32\\evil.exe", "evil.exe"),
            ("..", "attachment-4"),
            ("", "attachment-4"),
            ("folder/", "attachment-4"),
            (".bashrc", "bashrc"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("a\0b\x1b[31m.txt", "ab[31m.txt"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1.log", "_com1.log"),
            ("company.log", "company.log"),
            ("a:b*c?.txt", "a_b_c_.txt"),
            ("name. . ", "name"),
        ] {
            assert_eq!(file_name(&Text::line(name), 3), expected, "{name:?}");
        }
        let long = file_name(&Text::line(&format!("{}.pdf", "я".repeat(300))), 0);
        assert!(long.len() <= LONGEST_NAME && long.ends_with(".pdf"), "{long}");
        let sentence = file_name(&Text::line(&format!("a.{}", "b".repeat(300))), 0);
        assert!(sentence.len() <= LONGEST_NAME);
    }

    #[test]
    fn saving_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let first = save_attachment(folder.path(), "a.txt", b"one").unwrap();
        let second = save_attachment(folder.path(), "a.txt", b"two").unwrap();
        let outside = save_attachment(folder.path(), "../a.txt", b"three").unwrap();
        assert_eq!(second.file_name().unwrap(), "a (2).txt");
        assert_eq!(outside, folder.path().join("a (3).txt"));
        assert_eq!(std::fs::read(&first).unwrap(), b"one");
        assert!(save_attachment(&folder.path().join("missing"), "a", b"").is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(first.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let target = folder.path().join("target");
            std::os::unix::fs::symlink(&target, folder.path().join("link.txt")).unwrap();
            let saved = save_attachment(folder.path(), "link.txt", b"x").unwrap();
            assert_eq!(saved.file_name().unwrap(), "link (2).txt");
            assert!(!target.exists());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_safe(name in "\\PC{0,80}|[./\\\\a\\x00-\\x1f ]{0,300}") {
            let safe = file_name(&Text::line(&name), 0);
            proptest::prop_assert!(!safe.is_empty() && safe.len() <= LONGEST_NAME && !safe.starts_with('.'));
            proptest::prop_assert!(!safe.contains(['/', '\\', '\0']) && !safe.chars().any(is_unsafe));
        }
    }
}
