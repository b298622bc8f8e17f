//! The header block of a letter or a part, field by field, as the bytes stand.
//!
//! Ours instead of mail-parser's, which answers with the last of two `From` fields, takes raw 8-bit text for broken
//! UTF-8, and reads a field of any size. Single values still go to its parsers, cut to a sane size first.

use super::structured::Structured;
use super::{charset, words};
use crate::domain::message::MsgId;
use jiff::Timestamp;
use jiff::tz::Offset;
use mail_parser::DateTime;

/// Fields kept of one block; mailing lists and long routes stay far below.
const MOST_FIELDS: usize = 1000;
/// Bytes of a text field (subject, type, date) that are looked at.
const LONGEST_TEXT: usize = 32 * 1024;
/// Bytes of an address or reference field that are looked at: some 10,000 recipients.
const LONGEST_LIST: usize = 512 * 1024;
/// References that are kept: the nearest.
const MOST_REFERENCES: usize = 500;

/// The fields in their order.
#[derive(Debug, Default)]
pub(super) struct Headers<'x> {
    fields: Vec<(&'x [u8], &'x [u8])>,
}

impl<'x> Headers<'x> {
    /// Reads the block at the start of `bytes`; the second value is where the body begins.
    ///
    /// `ends` says that a line ends the block though it is not empty (a MIME boundary).
    pub(super) fn read(bytes: &'x [u8], ends: impl Fn(&[u8]) -> bool) -> (Self, usize) {
        let mut fields: Vec<(&'x [u8], &'x [u8])> = Vec::new();
        let mut at = 0;
        let mut open: Option<(&'x [u8], usize)> = None;
        let body = loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let line = first_line(rest);
            let trimmed = line.trim_ascii_end();
            let is_continuation = line.first().is_some_and(|b| matches!(b, b' ' | b'\t'));
            if rest.is_empty() || trimmed.is_empty() && !is_continuation || ends(line) {
                close(&mut fields, &mut open, bytes, at);
                let blank = !rest.is_empty() && trimmed.is_empty();
                break if blank { at + line.len() } else { at };
            }
            if !is_continuation {
                close(&mut fields, &mut open, bytes, at);
                open = name_of(line).map(|(name, value)| (name, at + value));
            }
            at += line.len();
        };
        (Self { fields }, body)
    }

    /// True when nothing in the block looked like a header field.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The raw values of every field of this name, in order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'x [u8]> {
        self.fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| *value)
    }

    /// True when there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The first field of this name, unfolded and read as characters, its encoded words as they stand.
    pub(super) fn unfolded(&self, name: &str) -> Option<String> {
        self.all(name).next().map(|value| unfold(value, LONGEST_TEXT))
    }

    /// The first field of this name, unfolded and decoded. Not sanitised.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.unfolded(name).map(|value| words::decode(value.trim()))
    }

    /// Every field of this name, unfolded, for lists of addresses.
    pub(super) fn lists(&self, name: &str) -> Vec<String> {
        self.all(name).map(|value| unfold(value, LONGEST_LIST)).collect()
    }

    /// A field with parameters: `Content-Type`, `Content-Disposition`.
    pub(super) fn structured(&self, name: &str) -> Option<Structured> {
        Structured::read(&unfold(self.all(name).next()?, LONGEST_TEXT))
    }

    /// The `Date`, where it is one and the year can be true.
    pub(super) fn date(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.date_parts()?.to_timestamp()).ok()
    }

    /// The offset from UTC in the `Date`: where the writer's clock is.
    pub(super) fn date_offset(&self) -> Option<Offset> {
        let date = self.date_parts()?;
        let seconds = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
        Offset::from_seconds(if date.tz_before_gmt { -seconds } else { seconds }).ok()
    }

    fn date_parts(&self) -> Option<DateTime> {
        let mut value = unfold(self.all("date").next()?, 256);
        value.push('\n');
        DateTime::parse_rfc822(&value).filter(|date| date.is_valid() && (1980..=2100).contains(&date.year))
    }

    /// The names in `Message-ID`, `In-Reply-To` or `References`, in order, the nearest kept when there are too many.
    pub(super) fn msg_ids(&self, name: &str) -> Vec<MsgId> {
        let mut ids: Vec<MsgId> = Vec::new();
        for value in self.all(name) {
            ids.extend(ids_in(&unfold(value, LONGEST_LIST)));
        }
        let surplus = ids.len().saturating_sub(MOST_REFERENCES);
        ids.split_off(surplus)
    }
}

/// `<a@x> <b@y>`; without brackets, every word with an `@` (broken clients, and prose in `In-Reply-To` is skipped).
fn ids_in(value: &str) -> Vec<MsgId> {
    if value.contains('<') {
        // A name that was folded in the middle has a blank in it.
        let inside = value.split('<').skip(1).filter_map(|rest| rest.split('>').next());
        inside.filter_map(|id| MsgId::parse(&id.split_whitespace().collect::<String>())).collect()
    } else {
        value.split_whitespace().filter(|word| word.contains('@')).filter_map(MsgId::parse).collect()
    }
}

fn close<'x>(
    fields: &mut Vec<(&'x [u8], &'x [u8])>,
    open: &mut Option<(&'x [u8], usize)>,
    bytes: &'x [u8],
    end: usize,
) {
    if let Some((name, start)) = open.take()
        && fields.len() < MOST_FIELDS
    {
        fields.push((name, bytes.get(start..end).unwrap_or_default().trim_ascii()));
    }
}

/// The name of the field that begins on this line, and where its value begins. `None` for a line that begins none:
/// mbox's `From ` line, or garbage, which is skipped with its continuation.
fn name_of(line: &[u8]) -> Option<(&[u8], usize)> {
    let colon = line.iter().take(200).position(|b| *b == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let fit = !name.is_empty() && name.iter().all(|b| b.is_ascii_graphic());
    fit.then_some((name, colon + 1))
}

/// The first line with its line ending.
pub(super) fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}

/// A raw value as characters on one line: folds become a blank, 8-bit text is guessed.
fn unfold(value: &[u8], longest: usize) -> String {
    let value = value.get(..longest).unwrap_or(value);
    let mut text = charset::decode(value, None);
    if text.contains('\n') {
        text = text.replace("\r\n", "\n").replace("\n\t", " ").replace("\n ", " ").replace('\n', " ");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Headers<'_> {
        Headers::read(text.as_bytes(), |_| false).0
    }

    #[test]
    fn fields_are_found_where_senders_put_them() {
        let (fields, body) = Headers::read(
            b"From box@host Mon\nSubject : one\r\n two\n garbage line\nTO:x\nNo colon here\n cont\nTo: y\n\nBody",
            |_| false,
        );
        assert_eq!(fields.text("subject").as_deref(), Some("one two garbage line"));
        assert_eq!(fields.lists("To"), ["x", "y"]);
        assert_eq!(body, 84);
        assert!(headers("just a text\n\n").is_empty());
    }

    #[test]
    fn dates_are_sane_or_none() {
        for (value, second) in [
            ("Mon, 1 Jan 2024 10:00:00 +0100", Some(1_704_099_600)),
            ("1 Jan 2024 10:00:00 GMT", Some(1_704_103_200)),
            ("Mon, 1 Jan 2024 10:00:00 +0000 (UTC)", Some(1_704_103_200)),
            ("Mon, 1 Jan 1904 10:00:00 +0000", None),
            ("Mon, 1 Jan 2900 10:00:00 +0000", None),
            ("Mon, 41 Jan 2024 99:00:00 +0000", None),
            ("yesterday", None),
            ("", None),
        ] {
            let text = format!("Date: {value}\n\n");
            assert_eq!(headers(&text).date().map(Timestamp::as_second), second, "{value}");
        }
    }

    #[test]
    fn names_of_letters() {
        for (value, expected) in [
            ("<a@x> <b@y>", vec!["a@x", "b@y"]),
            ("<a@x>\n\t<b\n @y>", vec!["a@x", "b@y"]),
            ("a@x b@y", vec!["a@x", "b@y"]),
            ("Your letter of Monday <a@x>", vec!["a@x"]),
            ("Message from Anna of Monday", vec![]),
            ("<>", vec![]),
        ] {
            let text = format!("References: {value}\n\n");
            let ids = headers(&text).msg_ids("references");
            assert_eq!(ids.iter().map(MsgId::as_str).collect::<Vec<_>>(), expected, "{value}");
        }
    }

    #[test]
    fn a_million_semicolons_are_quick() {
        let text = format!("Content-Type: text/plain{}\n\n", "; a=b".repeat(200_000));
        assert_eq!(headers(&text).structured("content-type").unwrap().value, "text/plain");
    }
}
