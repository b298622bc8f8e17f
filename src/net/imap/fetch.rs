//! FETCH answers (RFC 3501, 7.4.2), read so that one odd value never costs the letter.

use super::structure::{self, Structure};
use super::token::{Cursor, Value};
use super::wire::Frame;
use crate::domain::message::Flags;
use jiff::Timestamp;

/// One `* n FETCH (…)` line; what the server did not say is `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FetchLine {
    pub uid: Option<u32>,
    pub flags: Option<(Flags, Vec<String>)>,
    pub internal_date: Option<Timestamp>,
    pub size: Option<u64>,
    pub modseq: Option<u64>,
    pub body: Option<Vec<u8>>,
    /// Some of its header fields.
    pub header: Option<Vec<u8>>,
    /// How it is built, where that can be relied on.
    pub structure: Option<Structure>,
    /// Sections of it by their names, `1.MIME`; what the server says has nothing in it (NIL) is left out.
    pub sections: Vec<(String, Vec<u8>)>,
    /// MODSEQ stands there and is none: 0 or -1 (Zoho). RFC 7162 knows only positive ones.
    pub modseq_absurd: bool,
    /// It holds more than flags: it answers a question for the letter.
    pub is_letter: bool,
}

/// Reads the line; `true` beside it when something had to be mended. `None` when nothing can be made of it.
pub(super) fn read(frame: Frame) -> Option<(FetchLine, bool)> {
    let mut cursor = Cursor::new(frame);
    // "*", the sequence number, "FETCH"
    for _ in 0..3 {
        cursor.word();
    }
    cursor.skip_blanks();
    if cursor.peek() != Some(b'(') {
        return None;
    }
    cursor.step();
    let mut line = FetchLine::default();
    loop {
        cursor.skip_blanks();
        match cursor.peek() {
            None => break,
            // Domino puts single items in parentheses of their own.
            Some(b'(') => {
                cursor.mended = true;
                cursor.step();
            }
            Some(b')') => cursor.step(),
            Some(_) => item(&mut cursor, &mut line)?,
        }
    }
    // An empty line, or one without a UID, belongs to no letter we know of.
    Some((line, cursor.mended))
}

fn item(cursor: &mut Cursor, line: &mut FetchLine) -> Option<()> {
    let name = cursor.item_name().to_ascii_uppercase();
    cursor.skip_blanks();
    if name == b"BODYSTRUCTURE" {
        // An odd one costs the line: the letter is fetched whole.
        line.structure = Some(structure::read(cursor)?);
        line.is_letter = true;
        return Some(());
    }
    let value = cursor.value()?;
    match name.as_slice() {
        b"UID" => line.uid = number(cursor, &value).and_then(|uid| u32::try_from(uid).ok()).filter(|uid| *uid > 0),
        b"FLAGS" => line.flags = Some(flags(cursor, value)),
        b"MODSEQ" => {
            line.modseq = number(cursor, &value).filter(|modseq| *modseq > 0);
            line.modseq_absurd = line.modseq.is_none();
        }
        b"RFC822.SIZE" => {
            line.size = number(cursor, &value);
            line.is_letter = true;
        }
        b"INTERNALDATE" => {
            line.internal_date = date(cursor, &value);
            line.is_letter = true;
        }
        b"BODY[]" | b"BODY[]<0>" | b"RFC822" => {
            line.body = match value {
                Value::Literal(bytes) => bytes,
                Value::Quoted(bytes) => Some(bytes),
                _ => {
                    cursor.mended = true;
                    None
                }
            };
            line.is_letter = true;
        }
        name if name.starts_with(b"BODY[HEADER") => {
            if let Value::Literal(Some(bytes)) | Value::Quoted(bytes) = value {
                match name {
                    b"BODY[HEADER]" => line.sections.push(("HEADER".to_owned(), bytes)),
                    _ => line.header = Some(bytes),
                }
            }
            line.is_letter = true;
        }
        name if name.starts_with(b"BODY[") => {
            let section = name.strip_prefix(b"BODY[").and_then(|name| name.strip_suffix(b"]")).unwrap_or_default();
            if let Value::Literal(Some(bytes)) | Value::Quoted(bytes) = value {
                line.sections.push((String::from_utf8_lossy(section).into_owned(), bytes));
            }
            line.is_letter = true;
        }
        // An item nobody asked for; its value is read and left.
        _ => {}
    }
    Some(())
}

/// A number, also as servers write it: in parentheses (MODSEQ), over 32 bits, `9.3736e+06` (Mail.ru), `-1` (Zoho).
fn number(cursor: &mut Cursor, value: &Value) -> Option<u64> {
    let digits = match value {
        Value::Atom(atom) | Value::Quoted(atom) => atom.as_slice(),
        Value::List(atoms) => atoms.first()?.as_slice(),
        _ => b"",
    };
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        return lenient_number(digits);
    }
    cursor.mended = true;
    lenient_number(digits)
}

/// A number without regard to how it is written.
pub(super) fn lenient_number(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    if let Ok(number) = text.parse::<u64>() {
        return Some(number);
    }
    let float = text.parse::<f64>().ok().filter(|float| (0.0..9e18).contains(float))?;
    // The range above makes the conversion exact enough for a size; digits behind the point were rounded away there.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(float as u64)
}

fn flags(cursor: &mut Cursor, value: Value) -> (Flags, Vec<String>) {
    let names = match value {
        Value::List(names) => names,
        Value::Atom(name) => {
            cursor.mended = true;
            vec![name]
        }
        _ => {
            cursor.mended = true;
            Vec::new()
        }
    };
    let names: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let known = Flags::from_names(names.iter().map(String::as_str));
    // System flags begin with a backslash; \Recent and unknown ones are nobody's keyword.
    let keywords = names.into_iter().filter(|name| !name.starts_with('\\')).collect();
    (known, keywords)
}

/// `"17-Jul-1996 02:44:25 -0700"`, the day with a blank or zero before it (RFC 3501, date-time).
fn date(cursor: &mut Cursor, value: &Value) -> Option<Timestamp> {
    if let Value::Quoted(bytes) = value {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(date) = Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()) {
            return Some(date);
        }
    }
    cursor.mended = true;
    None
}
