//! What every copy of a letter shares, as a fingerprint.

use super::headers::Headers;
use super::parts::Parts;
use sha2::{Digest, Sha256};

/// The fields that the sender wrote. Everything else (Received, Return-Path, Delivered-To, DKIM, X-…, Status, Bcc)
/// is added, changed or dropped on the way, differently for each copy.
const FIELDS: [&str; 6] = ["from", "to", "cc", "date", "subject", "message-id"];

/// The fingerprint alone, without reading the rest of the letter: what [`super::read`] gives as its digest.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> [u8; 32] {
    let (headers, at) = Headers::read(bytes, |_| false);
    // Bytes without any header are a body, as `Parts::read` has it.
    let at = if headers.is_empty() { 0 } else { at };
    digest(&headers, bytes.get(at..).unwrap_or_default())
}

/// The fingerprint of a letter whose files are left out of account: the same for a letter that came whole and for one whose large files
/// stayed on the server. `None` when nothing of it could have stayed there.
///
/// Over the sender's fields, how the letter is built, and every part but the files that may be left, of which the name and type count.
#[must_use]
pub fn digest_without_files(bytes: &[u8]) -> Option<[u8; 32]> {
    let parts = Parts::read(bytes);
    if parts.capped || !parts.all.iter().any(|part| part.may_be_left()) {
        return None;
    }
    let mut hasher = Sha256::new();
    // Never the fingerprint of a whole letter.
    hasher.update(b"without files\n");
    fields(&mut hasher, parts.headers()?);
    for (index, part) in parts.all.iter().enumerate() {
        let name = part.file_name().unwrap_or_default();
        hasher.update(format!("\n{} {} {name:?}\n", parts.number(index), part.media_type).as_bytes());
        if part.children.is_empty() && !part.may_be_left() {
            lines(&mut hasher, part.raw);
        }
    }
    Some(hasher.finalize().into())
}

/// SHA-256 over the body and the sender's fields.
///
/// Servers differ in line endings and in blank lines at the end, and fold headers anew: none of that counts.
pub(super) fn digest(headers: &Headers<'_>, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    fields(&mut hasher, headers);
    hasher.update(b"\n");
    lines(&mut hasher, body);
    hasher.finalize().into()
}

fn fields(hasher: &mut Sha256, headers: &Headers<'_>) {
    for name in FIELDS {
        for value in headers.all(name) {
            hasher.update(name.as_bytes());
            hasher.update(b":");
            for word in value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
                hasher.update(word);
                hasher.update(b" ");
            }
            hasher.update(b"\n");
        }
    }
}

fn lines(hasher: &mut Sha256, body: &[u8]) {
    for line in body.trim_ascii_end().split(|b| *b == b'\n') {
        hasher.update(line.strip_suffix(b"\r").unwrap_or(line));
        hasher.update(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn copies_share_it_and_letters_do_not() {
        let letter = b"From: a@x.example\nTo: b@y.example,\n c@y.example\nSubject: Hi\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nText\nmore\n";
        let digest = |bytes: &[u8]| {
            assert_eq!(super::digest_of(bytes), read(bytes).digest, "the short way is the same");
            read(bytes).digest
        };
        let original = digest(letter);
        let text = String::from_utf8_lossy(letter);
        for copy in [
            text.replace('\n', "\r\n"),
            format!("Received: by mx\n\tfor b@y.example\nReturn-Path: <a@x.example>\n{text}\n\n"),
            text.replace(",\n c@", ", c@"),
            text.replacen("Subject", "X-Spam: no\nStatus: RO\nBcc: d@z.example\nSubject", 1),
        ] {
            assert_eq!(digest(copy.as_bytes()), original, "{copy}");
        }
        for other in [text.replace("Text", "Test"), text.replace("Hi", "Ho"), text.replace("10:00", "10:01")] {
            assert_ne!(digest(other.as_bytes()), original, "{other}");
        }
    }

    #[test]
    fn a_letter_without_its_files_is_known() {
        let letter = |text: &str, name: &str, file: &str| {
            format!(
                "Received: by mx{}\r\nFrom: a@x.example\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: application/pdf; name={name}\r\n\r\n{file}\r\n--b--\r\n",
                file.len()
            )
        };
        let without = |letter: String| super::digest_without_files(letter.as_bytes());
        let whole = without(letter("hello", "a.pdf", "AAAA"));
        assert!(whole.is_some());
        assert_eq!(without(letter("hello", "a.pdf", "")), whole, "the file was left");
        assert_eq!(without(letter("hello", "a.pdf", "").replace("\r\n", "\n")), whole);
        assert_ne!(whole.unwrap(), read(letter("hello", "a.pdf", "").as_bytes()).digest);
        for other in [
            letter("hallo", "a.pdf", ""),
            letter("hello", "b.pdf", ""),
            letter("hello", "a.pdf", "").replace("<1@", "<2@"),
        ] {
            assert_ne!(without(other), whole);
        }
        let text = letter("hello", "a.pdf", "").replace("application/pdf", "text/plain");
        assert_eq!(without(text), None, "a text that is shown cannot be left");
    }
}
