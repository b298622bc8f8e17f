//! Fields with parameters: `Content-Type`, `Content-Disposition` (RFC 2045, 5.1; RFC 2231; RFC 2047 as everyone does it).
//!
//! Ours instead of mail-parser's, which decodes each piece of a long RFC 2231 name by itself: a Cyrillic letter cut
//! between two pieces comes out as two `�`. It also compares every parameter with every other.

use super::{charset, words};

/// Parameters kept; a real field has three.
const MOST: usize = 100;

/// A field's value and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Structured {
    /// `text/plain`, `attachment`: in lower case, without blanks.
    pub value: String,
    parameters: Vec<(String, String)>,
}

/// One piece of a parameter as it stands: `filename*1*=…` is piece 1 of `filename`, in percent encoding.
struct Piece {
    name: String,
    place: u32,
    encoded: bool,
    value: String,
}

impl Structured {
    /// Reads an unfolded value; `None` when there is nothing before the parameters.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut pieces = split(text).into_iter();
        // A mailer forgot the semicolon before the first parameter: `text/plain` / `charset="iso-2022-jp"`.
        let words = pieces.next()?;
        let words = words.split_whitespace().take_while(|word| !word.contains('='));
        let value = words.collect::<String>().trim_matches('"').to_ascii_lowercase();
        if value.is_empty() {
            return None;
        }
        // `Content-Type: text`, `text/`: what RFC 822 mailers wrote.
        let value = value.strip_suffix('/').map_or_else(|| value.clone(), str::to_owned);
        let value = if value == "text" { "text/plain".to_owned() } else { value };
        let mut pieces: Vec<Piece> = pieces.filter_map(|text| piece(&text)).collect();
        pieces.sort_by(|a, b| (&a.name, a.place).cmp(&(&b.name, b.place)));
        let mut parameters = Vec::new();
        for group in pieces.chunk_by(|a, b| a.name == b.name) {
            if let Some(first) = group.first() {
                parameters.push((first.name.clone(), joined(group)));
            }
        }
        Some(Self { value, parameters })
    }

    /// A parameter, decoded; its name in lower case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The value and the parameters, split at semicolons outside quotes, comments left out. Quotes stay for [`piece`].
fn split(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut escaped, mut comment) = (false, false, 0_u32);
    for c in text.chars() {
        let Some(last) = pieces.last_mut() else { break };
        if escaped {
            escaped = false;
        } else if quoted || comment > 0 {
            match c {
                '\\' => escaped = true,
                '"' if comment == 0 => quoted = false,
                '(' if !quoted => comment += 1,
                ')' if !quoted => {
                    comment -= 1;
                    continue;
                }
                _ => {}
            }
        } else {
            match c {
                '"' => quoted = true,
                '(' if last.ends_with(char::is_whitespace) || last.is_empty() => comment += 1,
                ';' => {
                    if pieces.len() > MOST {
                        break;
                    }
                    pieces.push(String::new());
                    continue;
                }
                _ => {}
            }
        }
        if comment == 0 {
            last.push(c);
        }
    }
    pieces
}

fn piece(text: &str) -> Option<Piece> {
    let (name, value) = text.split_once('=')?;
    let mut name = name.trim().to_ascii_lowercase();
    let value = value.trim();
    // RFC 2231 knows no quotes around encoded values; senders write them.
    let value = match value.strip_prefix('"') {
        Some(inside) => unescape(inside.strip_suffix('"').unwrap_or(inside)),
        None => value.to_owned(),
    };
    let encoded = name.ends_with('*');
    if encoded {
        name.pop();
    }
    // Without a number: `filename*` is the truth (RFC 2231, 4), a plain `filename` beside it is for old readers.
    let mut place = if encoded { 0 } else { u32::MAX };
    if let Some((bare, number)) = name.clone().split_once('*') {
        place = number.parse().ok()?;
        name = bare.to_owned();
    }
    (!name.is_empty()).then_some(Piece { name, place, encoded, value })
}

fn unescape(text: &str) -> String {
    // A Windows path in quotes is no escape: `\\` and `\"` are.
    text.replace("\\\\", "\\").replace("\\\"", "\"")
}

/// The pieces of one parameter, in order. A plain one (sorted last) counts only when there is no other.
fn joined(group: &[Piece]) -> String {
    let Some(first) = group.first() else { return String::new() };
    if first.place == u32::MAX {
        return words::decode(&first.value);
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut name: Option<String> = None;
    for (expected, piece) in (0_u32..).zip(group.iter().filter(|piece| piece.place != u32::MAX)) {
        if piece.place != expected {
            break;
        }
        if !piece.encoded {
            bytes.extend_from_slice(piece.value.as_bytes());
            continue;
        }
        let mut value = piece.value.as_str();
        // `utf-8'ru'…` in the first piece.
        if expected == 0
            && let Some((charset, rest)) = value.split_once('\'')
            && let Some((_, rest)) = rest.split_once('\'')
        {
            name = Some(charset.to_owned());
            value = rest;
        }
        percent_decoded(value, &mut bytes);
    }
    let text = charset::decode(&bytes, name.as_deref());
    // Some mailers put encoded words into the pieces.
    if name.is_none() { words::decode(&text) } else { text }
}

fn percent_decoded(value: &str, bytes: &mut Vec<u8>) {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_read_as_senders_write_them() {
        for (field, expected) in [
            ("attachment; filename=a.txt", Some("a.txt")),
            ("attachment; filename=\"a b;c.txt\"", Some("a b;c.txt")),
            ("attachment; filename=a b.txt", Some("a b.txt")),
            ("attachment; FILENAME = \"a.txt\" ; size=3", Some("a.txt")),
            ("attachment; filename=\"=?utf-8?B?0L/RgNC40LLQtdGCLnR4dA==?=\"", Some("привет.txt")),
            ("attachment; filename==?utf-8?B?0L/RgNC40LLQtdGCLnR4dA==?=", Some("привет.txt")),
            ("attachment; filename*=utf-8''%D0%B8.txt", Some("и.txt")),
            ("attachment; filename*=koi8-r'ru'%C9.txt", Some("и.txt")),
            ("attachment; filename=\"_.txt\"; filename*=utf-8''%D0%B8.txt", Some("и.txt")),
            ("attachment; filename*=utf-8''%D0%B8.txt; filename=\"_.txt\"", Some("и.txt")),
            // A letter cut between two pieces, out of order, the last one plain.
            ("attachment; filename*1*=%B8%D0%B9; filename*0*=utf-8''%D0; filename*2=.txt", Some("ий.txt")),
            ("attachment; filename*0=\"long \"; filename*1=\"name.pdf\"", Some("long name.pdf")),
            ("attachment; filename*0=a; filename*2=c", Some("a")),
            ("attachment; filename=\"say \\\"hi\\\".txt\"", Some("say \"hi\".txt")),
            ("attachment; filename=\"open.txt", Some("open.txt")),
            ("attachment; filename*=utf-8''%ZZ%4", Some("%ZZ%4")),
            ("attachment (a comment; filename=no)", None),
            ("attachment; filename", None),
        ] {
            assert_eq!(Structured::read(field).unwrap().parameter("filename"), expected, "{field}");
        }
        assert_eq!(Structured::read("Text / Plain; charset=UTF-8").unwrap().value, "text/plain");
        assert_eq!(Structured::read("TEXT").unwrap().value, "text/plain");
        assert_eq!(Structured::read("; x=y"), None);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(field in ".*|(;|\\*|=|\"|'|%|0|1|a|\\(|\\)|\\\\| ){0,60}") {
            Structured::read(&field);
        }
    }
}
