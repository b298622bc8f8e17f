//! What every copy of a letter shares, as a fingerprint.

use super::headers::Headers;
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

/// SHA-256 over the body and the sender's fields.
///
/// Servers differ in line endings and in blank lines at the end, and fold headers anew: none of that counts.
pub(super) fn digest(headers: &Headers<'_>, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
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
    hasher.update(b"\n");
    for line in body.trim_ascii_end().split(|b| *b == b'\n') {
        hasher.update(line.strip_suffix(b"\r").unwrap_or(line));
        hasher.update(b"\n");
    }
    hasher.finalize().into()
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
}
