//! mbox files: letters one after the other, each led by a `From ` line (RFC 4155).
//!
//! There is no one format. mboxrd and mboxo quote such lines of a body with `>`, mboxcl quotes and counts, mboxcl2 only
//! counts (`Content-Length`); real files mix them, and some quote nothing. So a line parts letters only when it looks like a
//! `From ` line in full (a blank line before it, a date in it, a header after it), a count is believed only when a letter or
//! the end follows where it says, and then such lines inside need no quotes. What is written here is mboxrd, which can be undone.

use crate::domain::message::Flags;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

/// No letter is larger; what is has lost its end, or is some other file. As the IMAP side has it.
pub const LARGEST: usize = 256 * 1024 * 1024;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A letter that does not say who wrote it, so it may have no header at all, as a report of a mail server or broken bytes.
const NOBODY: &[u8] = b"From MAILER-DAEMON ";

/// One letter of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MboxLetter {
    /// Its bytes, quotes taken away.
    pub bytes: Vec<u8>,
    /// When it arrived, as its `From ` line says.
    pub arrived_at: Option<Timestamp>,
    /// Where the next letter begins, in bytes from the start of the file: reading can go on there.
    pub end: u64,
    /// It was longer than [`LARGEST`]; the rest was left out.
    pub cut: bool,
}

/// Reads a file letter by letter, one in memory at a time.
pub struct MboxReader<R> {
    input: R,
    /// Where in the file the next byte comes from.
    at: u64,
    /// Lines read ahead, the next last.
    ahead: Vec<Vec<u8>>,
}

impl<R: BufRead + Seek> MboxReader<R> {
    /// Reads from where `input` stands, `at` bytes from the start of the file: there begins a `From ` line.
    pub fn new(input: R, at: u64) -> Self {
        Self { input, at, ahead: Vec::new() }
    }

    /// The next letter; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_letter(&mut self) -> io::Result<Option<MboxLetter>> {
        let envelope = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.starts_with(b"From ") => break line,
                // Blank lines, or what stands before the first letter.
                Some(_) => {}
            }
        };
        let arrived_at = date_of(&envelope);
        let mut letter = Body::default();
        let length = self.header(&mut letter)?;
        let counted = match length {
            Some(length) => self.counted_body(length, &mut letter)?,
            None => false,
        };
        if !counted {
            self.body(&mut letter)?;
        }
        Ok(Some(MboxLetter { bytes: letter.bytes, arrived_at, end: self.at, cut: letter.cut }))
    }

    /// The header with its blank line. Gives what its `Content-Length` says.
    fn header(&mut self, letter: &mut Body) -> io::Result<Option<u64>> {
        let mut length = None;
        while let Some(line) = self.line()? {
            if is_envelope(&line) {
                // A letter without a body and without the blank line before the next.
                self.unread(line);
                return Ok(None);
            }
            let field = split_field(&line);
            if letter.bytes.is_empty() && field.is_none() && !is_blank(&line) {
                // There is no header: all of it is body.
                self.unread(line);
                return Ok(None);
            }
            if let Some((name, value)) = field
                && name.eq_ignore_ascii_case(b"content-length")
            {
                length = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse().ok());
            }
            letter.push(unquoted(&line));
            if is_blank(&line) {
                return Ok(length);
            }
        }
        Ok(None)
    }

    /// The body by its count, when a letter or the end follows there; else nothing is read and the answer is no.
    fn counted_body(&mut self, length: u64, letter: &mut Body) -> io::Result<bool> {
        let start = self.at;
        if length > LARGEST as u64 || !self.ahead.is_empty() {
            return Ok(false);
        }
        let mut body = Vec::new();
        let read = (&mut self.input).take(length).read_to_end(&mut body)?;
        self.at += read as u64;
        let whole = read as u64 == length && (body.is_empty() || body.ends_with(b"\n") || length == 0);
        let mut follows = self.line()?;
        while follows.as_ref().is_some_and(|line| is_blank(line)) {
            follows = self.line()?;
        }
        if whole && follows.as_ref().is_none_or(|line| is_envelope(line)) {
            if let Some(line) = follows {
                self.unread(line);
            }
            // Bare `From ` lines inside: it counts instead of quoting, and a quote is the writer's own.
            let bare = body.split_inclusive(|byte| *byte == b'\n').any(is_envelope);
            for line in body.split_inclusive(|byte| *byte == b'\n') {
                letter.push(if bare { line } else { unquoted(line) });
            }
            return Ok(true);
        }
        self.input.seek(SeekFrom::Start(start))?;
        (self.at, self.ahead) = (start, Vec::new());
        Ok(false)
    }

    /// The body up to the next letter or the end. The blank line that parts letters is not part of it.
    fn body(&mut self, letter: &mut Body) -> io::Result<()> {
        let mut blank: Option<Vec<u8>> = None;
        // The header's own blank line parts as well, when the body is empty.
        let mut after_blank = true;
        while let Some(line) = self.line()? {
            if after_blank && is_envelope(&line) && (line.starts_with(NOBODY) || self.header_follows()?) {
                self.unread(line);
                return Ok(());
            }
            if let Some(line) = blank.take() {
                letter.push(&line);
            }
            after_blank = is_blank(&line);
            if after_blank {
                blank = Some(line);
            } else {
                letter.push(unquoted(&line));
            }
        }
        Ok(())
    }

    /// After a `From ` line comes a header, or a blank line where a letter has none; else it was a sentence.
    fn header_follows(&mut self) -> io::Result<bool> {
        let Some(line) = self.line()? else { return Ok(true) };
        let fits = is_blank(&line) || split_field(&line).is_some();
        self.unread(line);
        Ok(fits)
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = match self.ahead.pop() {
            Some(line) => line,
            None => {
                let mut line = Vec::new();
                (&mut self.input).take(LARGEST as u64).read_until(b'\n', &mut line)?;
                line
            }
        };
        self.at += line.len() as u64;
        Ok(Some(line).filter(|line| !line.is_empty()))
    }

    fn unread(&mut self, line: Vec<u8>) {
        self.at -= line.len() as u64;
        self.ahead.push(line);
    }
}

/// A letter that grows up to [`LARGEST`].
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    cut: bool,
}

impl Body {
    fn push(&mut self, line: &[u8]) {
        if self.bytes.len() + line.len() > LARGEST {
            self.cut = true;
        } else {
            self.bytes.extend_from_slice(line);
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// `Name: value`. Some writers put `>From ` lines between the fields.
fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if line.starts_with(b">From ") {
        return Some((b"", b""));
    }
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    (!name.is_empty() && name.iter().all(|byte| (33..127).contains(byte))).then_some((name, value))
}

/// A `From ` line with a date in it.
fn is_envelope(line: &[u8]) -> bool {
    line.starts_with(b"From ") && date_of(line).is_some()
}

/// A line without one quote of mboxrd.
fn unquoted(line: &[u8]) -> &[u8] {
    if is_quotable(line) && line.first() == Some(&b'>') { line.get(1..).unwrap_or_default() } else { line }
}

fn is_quotable(line: &[u8]) -> bool {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "))
}

/// The date of `From anna@x.example Mon Nov 16 09:30:00 2026`, also with a zone before or after the year
/// (`Mon Nov 16 09:30:00 +0000 2026` is Gmail's).
fn date_of(envelope: &[u8]) -> Option<Timestamp> {
    let line = std::str::from_utf8(envelope.get(..envelope.len().min(500))?).ok()?;
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let place = words.iter().rposition(|word| MONTHS.contains(word))?;
    let month = MONTHS.iter().position(|month| words.get(place) == Some(month))?;
    let day: i8 = words.get(place + 1)?.parse().ok()?;
    let mut time = words.get(place + 2)?.split(':').map(str::parse::<i8>);
    let (hour, minute) = (time.next()?.ok()?, time.next()?.ok()?);
    let second = time.next().unwrap_or(Ok(0)).ok()?;
    let rest = words.get(place + 3..)?;
    let year: i16 = rest.iter().find(|word| word.len() == 4)?.parse().ok()?;
    let zone = rest.iter().find_map(|word| offset(word)).unwrap_or(0);
    let date = Date::new(year, i8::try_from(month + 1).ok()?, day).ok()?;
    let local = date.to_datetime(jiff::civil::Time::new(hour, minute, second.min(59), 0).ok()?);
    let utc = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
    utc.checked_sub(jiff::SignedDuration::from_mins(zone)).ok()
}

/// Minutes of `+0130`.
fn offset(word: &str) -> Option<i64> {
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    Some(sign * (number / 100 * 60 + number % 100))
}

/// The flags that mail programs write into a letter's header: `Status` and `X-Status` (mutt, Pine), `X-Mozilla-Status`
/// (Thunderbird), `X-Gmail-Labels` (Takeout). A letter that says nothing of it is taken for read: it lay in an archive.
#[must_use]
pub fn flags_of(bytes: &[u8]) -> Flags {
    let mut flags = Flags::default();
    let mut told = false;
    for line in bytes.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty()) {
        let Some((name, value)) = split_field(line) else { continue };
        let value = String::from_utf8_lossy(value);
        let value = value.trim();
        let mut set = |flag: Flags, wanted: bool| {
            if wanted {
                flags = flags.with(flag);
            }
        };
        match name.to_ascii_lowercase().as_slice() {
            b"status" => {
                told = true;
                set(Flags::SEEN, value.contains('R'));
            }
            b"x-status" => {
                set(Flags::ANSWERED, value.contains('A'));
                set(Flags::FLAGGED, value.contains('F'));
            }
            b"x-mozilla-status" => {
                let bits = u16::from_str_radix(value, 16).unwrap_or(1);
                told = true;
                set(Flags::SEEN, bits & 1 != 0);
                set(Flags::ANSWERED, bits & 2 != 0);
                set(Flags::FLAGGED, bits & 4 != 0);
            }
            b"x-gmail-labels" => {
                let has = |label: &str| value.split(',').any(|word| word.trim() == label);
                told = true;
                set(Flags::SEEN, !has("Unread"));
                set(Flags::FLAGGED, has("Starred"));
            }
            _ => {}
        }
    }
    if told { flags } else { flags.with(Flags::SEEN) }
}

/// Writes a letter as mboxrd has it: its own bytes, quotes before what looks like a `From ` line, the line ends as they are.
///
/// # Errors
/// When it cannot be written.
pub fn write_mbox(out: &mut impl Write, bytes: &[u8], sender: &str, arrived_at: Timestamp) -> io::Result<()> {
    let line_end: &[u8] = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && bytes.get(at - 1) != Some(&b'\r') => b"\n",
        _ => b"\r\n",
    };
    // A word without blanks, as the line wants it.
    let fit = |c: char| !c.is_whitespace() && !c.is_control();
    let sender: String = sender.chars().filter(|c| fit(*c)).collect();
    let sender = if sender.is_empty() { "MAILER-DAEMON" } else { &sender };
    let date = arrived_at.strftime("%a %b %e %H:%M:%S %Y");
    write!(out, "From {sender} {date}")?;
    out.write_all(line_end)?;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if is_quotable(line) {
            out.write_all(b">")?;
        }
        out.write_all(line)?;
    }
    if !bytes.ends_with(b"\n") {
        out.write_all(line_end)?;
    }
    out.write_all(line_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const LINE: &str = "From anna@x.example Mon Nov 16 09:30:00 2026";

    fn letters(file: &str) -> Vec<MboxLetter> {
        let mut reader = MboxReader::new(Cursor::new(file.as_bytes()), 0);
        std::iter::from_fn(|| reader.next_letter().unwrap()).collect()
    }

    fn texts(file: &str) -> Vec<String> {
        letters(file).into_iter().map(|letter| String::from_utf8(letter.bytes).unwrap()).collect()
    }

    #[test]
    fn every_kind_of_mbox() {
        for (what, file, expected) in [
            (
                "two letters",
                format!("{LINE}\nA: 1\n\none\n\n{LINE}\nB: 2\n\ntwo\n"),
                vec!["A: 1\n\none\n", "B: 2\n\ntwo\n"],
            ),
            (
                "CRLF",
                format!("{LINE}\r\nA: 1\r\n\r\none\r\n\r\n{LINE}\r\nB: 2\r\n\r\n"),
                vec!["A: 1\r\n\r\none\r\n", "B: 2\r\n\r\n"],
            ),
            (
                "mboxrd and mboxo quote",
                format!("{LINE}\nA: 1\n\n>From me\n>>From you\n> From\n\n"),
                vec!["A: 1\n\nFrom me\n>From you\n> From\n"],
            ),
            (
                "a sentence that begins with From",
                format!("{LINE}\nA: 1\n\nHello\n\nFrom here on all is well\n\n{LINE}, he said\nand went\n"),
                vec![
                    "A: 1\n\nHello\n\nFrom here on all is well\n\nFrom anna@x.example Mon Nov 16 09:30:00 2026, he said\nand went\n",
                ],
            ),
            (
                "a whole From line quoted as text, without a header after it",
                format!("{LINE}\nA: 1\n\nsee:\n\n{LINE}\nthat was it\n"),
                vec!["A: 1\n\nsee:\n\nFrom anna@x.example Mon Nov 16 09:30:00 2026\nthat was it\n"],
            ),
            (
                "mboxcl2 counts and quotes nothing",
                format!(
                    "{LINE}\nContent-Length: {}\n\n\n{LINE}\nB: 2\n\n>From x\n\n{LINE}\nC: 3\n\nthree\n",
                    2 + LINE.len() + 14
                ),
                vec![
                    "Content-Length: 60\n\n\nFrom anna@x.example Mon Nov 16 09:30:00 2026\nB: 2\n\n>From x\n",
                    "C: 3\n\nthree\n",
                ],
            ),
            (
                "mboxcl counts and quotes",
                format!("{LINE}\nContent-Length: 9\n\n>From me\n\n{LINE}\nC: 3\n\nthree\n"),
                vec!["Content-Length: 9\n\nFrom me\n", "C: 3\n\nthree\n"],
            ),
            (
                "a count that lies",
                format!("{LINE}\nContent-Length: 3\n\none\ntwo\n\n{LINE}\nC: 3\n\n"),
                vec!["Content-Length: 3\n\none\ntwo\n", "C: 3\n\n"],
            ),
            (
                "a count over the end",
                format!("{LINE}\nContent-Length: 3000\n\none\n"),
                vec!["Content-Length: 3000\n\none\n"],
            ),
            ("no header at all", format!("{LINE}\n\nonly text\n\n{LINE}\nC: 3\n\n"), vec!["\nonly text\n", "C: 3\n\n"]),
            (
                "nobody wrote it and it has no header",
                format!("{LINE}\nA: 1\n\none\n\nFrom MAILER-DAEMON Mon Nov 16 09:30:00 2026\nonly text\n\n"),
                vec!["A: 1\n\none\n", "only text\n"],
            ),
            ("no body and no blank line", format!("{LINE}\nA: 1\n{LINE}\nB: 2\n\n"), vec!["A: 1\n", "B: 2\n\n"]),
            ("no line end at the end", format!("{LINE}\nA: 1\n\none"), vec!["A: 1\n\none"]),
            (
                "blank lines between and before",
                format!("\n\n{LINE}\nA: 1\n\none\n\n\n\n{LINE}\nB: 2\n\n"),
                vec!["A: 1\n\none\n\n\n", "B: 2\n\n"],
            ),
            ("nothing", String::new(), vec![]),
        ] {
            assert_eq!(texts(&file), expected, "{what}");
        }
    }

    #[test]
    fn reading_goes_on_where_a_letter_ended() {
        let file = format!("{LINE}\nA: 1\n\none\n\n{LINE}\nContent-Length: 4\n\ntwo\n\n{LINE}\nC: 3\n\nthree\n");
        let all = letters(&file);
        assert_eq!(all.len(), 3);
        for (index, letter) in all.iter().enumerate() {
            let mut input = Cursor::new(file.as_bytes());
            input.seek(SeekFrom::Start(letter.end)).unwrap();
            let mut reader = MboxReader::new(input, letter.end);
            let rest: Vec<_> = std::iter::from_fn(|| reader.next_letter().unwrap()).collect();
            assert_eq!(rest, all[index + 1..]);
        }
    }

    #[test]
    fn when_a_letter_arrived() {
        for (line, expected) in [
            (LINE, Some("2026-11-16T09:30:00Z")),
            ("From - Mon Nov  6 09:30:00 2006", Some("2006-11-06T09:30:00Z")),
            ("From 17@xxx Mon Nov 16 09:30:00 +0200 2026", Some("2026-11-16T07:30:00Z")),
            ("From x Mon Nov 16 09:30 2026 -0130", Some("2026-11-16T11:00:00Z")),
            ("From here on", None),
            ("From x Mon Feb 31 09:30:00 2026", None),
            ("From May to Nov 9 2026", None),
        ] {
            assert_eq!(date_of(line.as_bytes()), expected.map(|at| at.parse().unwrap()), "{line}");
        }
    }

    #[test]
    fn what_other_programs_say_of_a_letter() {
        let all = Flags::SEEN.with(Flags::ANSWERED).with(Flags::FLAGGED);
        for (header, flags) in [
            ("Subject: x", Flags::SEEN),
            ("Status: O", Flags::default()),
            ("Status: RO\nX-Status: AF", all),
            ("X-Mozilla-Status: 0007", all),
            ("X-Mozilla-Status: 0000", Flags::default()),
            ("X-Gmail-Labels: Inbox,Unread,Starred", Flags::FLAGGED),
            ("Subject: x\n\nStatus: O", Flags::SEEN),
        ] {
            assert_eq!(flags_of(header.as_bytes()), flags, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(
            bodies in proptest::collection::vec("(From |>From |>|a|\\PC|\r\n|\n|\n\nFrom a Mon Nov 16 09:30:00 2026\nA: b\n){0,12}", 1..4),
        ) {
            let letters: Vec<Vec<u8>> = bodies.iter().map(|body| format!("A: 1\n\n{body}\n").into_bytes()).collect();
            let mut file = Vec::new();
            for letter in &letters {
                write_mbox(&mut file, letter, "a b@x", "2026-11-16T09:30:00Z".parse().unwrap()).unwrap();
            }
            let mut reader = MboxReader::new(Cursor::new(&file), 0);
            for letter in &letters {
                let read = reader.next_letter().unwrap().unwrap();
                proptest::prop_assert_eq!(String::from_utf8_lossy(&read.bytes), String::from_utf8_lossy(letter));
            }
            proptest::prop_assert_eq!(reader.next_letter().unwrap(), None);
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let mut reader = MboxReader::new(Cursor::new(&bytes), 0);
            while reader.next_letter().unwrap().is_some() {}
        }
    }
}
