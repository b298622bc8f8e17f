//! The MIME structure of a letter (RFC 2045, 2046), in one pass over its lines.
//!
//! Ours instead of mail-parser's, which looks for each missing closing boundary through the rest of the letter
//! (quadratic in depth), nests a message in a message without a limit (dropping 10,000 of them overflows the stack
//! of a worker), and decodes undeclared 8-bit text to `�` before anyone can guess. Depth and number are capped here;
//! what lies beyond is seen in the raw view.

use super::charset;
use super::headers::{Headers, first_line};
use super::structured::Structured;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use std::borrow::Cow;

/// Multiparts inside each other. Real letters, forwarded five times with signatures, stay under 20.
const DEEPEST: usize = 50;
/// Parts that are listed.
const MOST_PARTS: usize = 1000;

/// One part: a multipart or a leaf.
#[derive(Debug)]
pub(super) struct Part<'x> {
    /// Its own header block; of the first part, the letter's.
    pub headers: Headers<'x>,
    /// `text/plain`, in lower case.
    pub media_type: String,
    content_type: Option<Structured>,
    disposition: Option<Structured>,
    /// The multipart it is in.
    pub parent: Option<usize>,
    /// Parts inside it. Empty for a leaf.
    pub children: Vec<usize>,
    /// Its body as it stands in the letter, still encoded.
    pub raw: &'x [u8],
}

/// A letter taken apart. There is always at least one part, the letter itself.
#[derive(Debug)]
pub(super) struct Parts<'x> {
    /// In the order in which they begin.
    pub all: Vec<Part<'x>>,
    /// The bytes after the letter's own header.
    pub body: &'x [u8],
    /// Some parts were left out.
    pub capped: bool,
}

struct Open {
    part: usize,
    boundary: Vec<u8>,
}

/// What a line does to the open multiparts.
enum Delimiter {
    Next(usize),
    End(usize),
}

impl<'x> Parts<'x> {
    /// Takes a letter apart.
    pub(super) fn read(bytes: &'x [u8]) -> Self {
        let (headers, at) = Headers::read(bytes, |_| false);
        // Bytes without any header are a body (a fetch that lost its header, a text file).
        let at = if headers.is_empty() { 0 } else { at };
        let body = bytes.get(at..).unwrap_or_default();
        let mut walk = Walk { bytes, all: Vec::new(), open: Vec::new(), starts: Vec::new(), capped: false };
        walk.begin(headers, at);
        walk.run(at);
        Self { all: walk.all, body, capped: walk.capped }
    }

    /// The letter's own headers.
    pub(super) fn headers(&self) -> Option<&Headers<'x>> {
        self.all.first().map(|part| &part.headers)
    }

    /// A part by its place.
    pub(super) fn get(&self, index: usize) -> Option<&Part<'x>> {
        self.all.get(index)
    }

    /// The number of a part as IMAP counts them, `2.1` (RFC 3501, 6.4.5); empty for the letter itself.
    pub(super) fn number(&self, index: usize) -> String {
        let mut numbers: Vec<String> = Vec::new();
        let mut at = index;
        // A part comes after the multipart it is in: the walk ends.
        while let Some(parent) = self.get(at).and_then(|part| part.parent) {
            let place = self.get(parent).and_then(|parent| parent.children.iter().position(|child| *child == at));
            numbers.push((place.unwrap_or(0) + 1).to_string());
            at = parent;
        }
        numbers.reverse();
        numbers.join(".")
    }

    /// The media type of the multipart that a part is in; empty at the top.
    pub(super) fn parent_type(&self, part: &Part<'_>) -> &str {
        part.parent.and_then(|parent| self.get(parent)).map_or("", |parent| parent.media_type.as_str())
    }
}

struct Walk<'x> {
    bytes: &'x [u8],
    all: Vec<Part<'x>>,
    /// Where each part's body begins.
    starts: Vec<usize>,
    open: Vec<Open>,
    capped: bool,
}

impl<'x> Walk<'x> {
    fn begin(&mut self, headers: Headers<'x>, body: usize) {
        let parent = self.open.last().map(|open| open.part);
        let content_type = headers.structured("content-type");
        let in_digest = parent.and_then(|p| self.all.get(p)).is_some_and(|p| p.media_type == "multipart/digest");
        let media_type = match &content_type {
            Some(t) => t.value.clone(),
            // RFC 2046, 5.1.5.
            None if in_digest => "message/rfc822".to_owned(),
            None => "text/plain".to_owned(),
        };
        let boundary = content_type.as_ref().and_then(|t| t.parameter("boundary")).unwrap_or("").trim_end();
        let index = self.all.len();
        // A multipart that does not say its boundary cannot be taken apart, but it can be read.
        let media_type =
            if is_multipart(&media_type) && boundary.is_empty() { "text/plain".to_owned() } else { media_type };
        if is_multipart(&media_type) {
            if self.open.len() < DEEPEST {
                self.open.push(Open { part: index, boundary: boundary.as_bytes().to_vec() });
            } else {
                self.capped = true;
            }
        }
        if let Some(parent) = parent.and_then(|p| self.all.get_mut(p)) {
            parent.children.push(index);
        }
        let disposition = headers.structured("content-disposition");
        let raw = self.bytes.get(body..).unwrap_or_default();
        self.starts.push(body);
        self.all.push(Part { headers, media_type, content_type, disposition, parent, children: Vec::new(), raw });
    }

    fn run(&mut self, mut at: usize) {
        // The leaf that is being read; none inside a preamble or after a closing boundary.
        let mut leaf = if self.open.is_empty() { Some(0) } else { None };
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let line = first_line(rest);
            let Some(delimiter) = delimiter(&self.open, line) else {
                at += line.len();
                continue;
            };
            let (level, is_end) = match delimiter {
                Delimiter::Next(level) => (level, false),
                Delimiter::End(level) => (level, true),
            };
            if let Some(leaf) = leaf.take() {
                self.end(leaf, at);
            }
            while self.open.len() > level + 1 {
                self.close(at);
            }
            at += line.len();
            if is_end {
                self.close(at);
                continue;
            }
            if self.all.len() >= MOST_PARTS {
                self.capped = true;
                break;
            }
            let open = &self.open;
            let rest = self.bytes.get(at..).unwrap_or_default();
            let (headers, length) = Headers::read(rest, |line| delimiter_of(open, line));
            at += length;
            let before = self.open.len();
            self.begin(headers, at);
            leaf = (self.open.len() == before).then(|| self.all.len() - 1);
        }
        while !self.open.is_empty() {
            self.close(self.bytes.len());
        }
    }

    /// The innermost multipart ends. One in which no part was found (its boundary is wrong) is shown as text.
    fn close(&mut self, at: usize) {
        if let Some(open) = self.open.pop() {
            self.end(open.part, at);
            if let Some(part) = self.all.get_mut(open.part).filter(|part| part.children.is_empty()) {
                part.media_type = "text/plain".to_owned();
                part.content_type = None;
            }
        }
    }

    /// The body of a part ends before the line break that precedes the boundary (RFC 2046, 5.1.1).
    fn end(&mut self, part: usize, at: usize) {
        let start = self.starts.get(part).copied().unwrap_or(at);
        if let Some(part) = self.all.get_mut(part) {
            let raw = self.bytes.get(start..at).unwrap_or_default();
            let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
            part.raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        }
    }
}

fn is_multipart(media_type: &str) -> bool {
    media_type.starts_with("multipart/")
}

fn delimiter_of(open: &[Open], line: &[u8]) -> bool {
    delimiter(open, line).is_some()
}

/// Innermost first: a boundary that is missing inside is found by the one around it.
fn delimiter(open: &[Open], line: &[u8]) -> Option<Delimiter> {
    let rest = line.strip_prefix(b"--")?.trim_ascii_end();
    open.iter().enumerate().rev().find_map(|(level, open)| match rest.strip_prefix(open.boundary.as_slice())? {
        b"" => Some(Delimiter::Next(level)),
        b"--" => Some(Delimiter::End(level)),
        _ => None,
    })
}

impl Part<'_> {
    /// A parameter of `Content-Type`.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.content_type.as_ref().and_then(|t| t.parameter(name))
    }

    /// The file name the sender gave, by RFC 2231 or, as most do, RFC 2047. Not sanitised.
    pub(super) fn file_name(&self) -> Option<String> {
        let given = self.disposition.as_ref().and_then(|d| d.parameter("filename"));
        given.or_else(|| self.parameter("name")).filter(|name| !name.trim().is_empty()).map(str::to_owned)
    }

    /// `Content-Disposition: attachment`.
    pub(super) fn is_attached(&self) -> bool {
        self.disposition.as_ref().is_some_and(|d| d.value == "attachment")
    }

    /// A file beside the letter's text that may be left on the server: it has a name, and is no text unless it is said to be attached.
    pub(super) fn may_be_left(&self) -> bool {
        let shown = self.media_type.starts_with("text/") && !self.is_attached();
        self.parent.is_some() && self.children.is_empty() && !shown && self.file_name().is_some()
    }

    /// `Content-Disposition: inline`.
    pub(super) fn is_inline(&self) -> bool {
        self.disposition.as_ref().is_some_and(|d| d.value == "inline")
    }

    /// The body without its transfer encoding.
    pub(super) fn decoded(&self) -> Cow<'_, [u8]> {
        let encoding = self.headers.unfolded("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
        match encoding.split(['(', ';']).next().unwrap_or("").trim() {
            "base64" => Cow::Owned(base64(self.raw)),
            "quoted-printable" => Cow::Owned(quoted_printable(self.raw)),
            _ => Cow::Borrowed(self.raw),
        }
    }

    /// The body as text, by its charset.
    pub(super) fn text(&self) -> String {
        charset::decode(&self.decoded(), self.parameter("charset"))
    }
}

/// Base64 with whatever does not belong in it left out (RFC 2045, 6.8): mailing lists add a footer in plain text below.
pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    base64_decode(bytes).unwrap_or_else(|| {
        let belongs = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
        let clean: Vec<u8> = lines.filter(|line| line.iter().all(belongs)).flatten().copied().collect();
        if !clean.is_empty() {
            return base64_decode(&clean).unwrap_or_default();
        }
        let clean: Vec<u8> = bytes.iter().copied().filter(belongs).collect();
        base64_decode(&clean).unwrap_or_default()
    })
}

/// Quoted-printable; a `=` that encodes nothing stays as it is (RFC 2045, 6.7, note 2).
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    quoted_printable_decode(bytes).unwrap_or_else(|| {
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'=' {
                decoded.push(byte);
                continue;
            }
            match after {
                [b'\r', b'\n', after @ ..] | [b'\n', after @ ..] => rest = after,
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    decoded.push(hex(*high) << 4 | hex(*low));
                    rest = after;
                }
                _ => decoded.push(b'='),
            }
        }
        decoded
    })
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(letter: &str) -> Vec<(String, Option<usize>)> {
        Parts::read(letter.as_bytes()).all.into_iter().map(|p| (p.media_type, p.parent)).collect()
    }

    #[test]
    fn nesting_is_followed() {
        let letter = "Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\nContent-Type: multipart/alternative;\n \
                      boundary=\"ab\"\n\n--ab\n\nplain\n--ab\nContent-Type: text/html\n\nhtml\n--ab--\nepilogue\n--a\n\
                      Content-Type: image/png\n\npng\n--a--\nafter\n";
        assert_eq!(
            types(letter),
            [
                ("multipart/mixed".into(), None),
                ("multipart/alternative".into(), Some(0)),
                ("text/plain".into(), Some(1)),
                ("text/html".into(), Some(1)),
                ("image/png".into(), Some(0)),
            ]
        );
        let parts = Parts::read(letter.as_bytes());
        let bodies: Vec<_> = parts.all.iter().filter(|p| p.children.is_empty()).map(|p| p.raw).collect();
        assert_eq!(bodies, [&b"plain"[..], b"html", b"png"]);
    }

    #[test]
    fn broken_nesting_loses_nothing() {
        // No closing boundaries at all; and a boundary that never comes.
        let open = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny";
        assert_eq!(types(open).len(), 4);
        let parts = Parts::read(open.as_bytes());
        assert_eq!((parts.all[2].raw, parts.all[3].raw), (&b"x"[..], &b"y"[..]));
        let wrong = "Content-Type: multipart/mixed; boundary=a\n\nhello\n--other\n";
        assert_eq!(types(wrong), [("text/plain".into(), None)]);
        assert_eq!(Parts::read(wrong.as_bytes()).all[0].text(), "hello\n--other");
    }

    #[test]
    fn depth_and_number_are_capped() {
        let mut deep = String::from("Subject: deep\n");
        for level in 0..10_000 {
            deep.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
        }
        let parts = Parts::read(deep.as_bytes());
        assert!(parts.capped && parts.all.len() <= DEEPEST + 1, "{}", parts.all.len());
        let wide = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
        let parts = Parts::read(wide.as_bytes());
        assert!(parts.capped);
        assert_eq!(parts.all.len(), MOST_PARTS);
    }

    #[test]
    fn transfer_encodings_forgive() {
        assert_eq!(base64(b"aGVs\r\nbG8=\r\n_____\r\nlist footer?"), b"hello");
        assert_eq!(base64(b"aGV*sbG8="), b"hello");
        assert_eq!(base64(b"aGVsbG8"), b"hello");
        assert_eq!(quoted_printable(b"a=3Db =\r\nc"), b"a=b c");
        assert_eq!(quoted_printable(b"x=1y =E4 100 % = ok=\nz"), b"x=1y \xe4 100 % = okz");
    }
}
