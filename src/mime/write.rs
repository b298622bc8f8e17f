//! A letter to bytes: plain, standard MIME (RFC 5322, 2045, 2047, 2231).
//!
//! Header lines and bodies are written here, because mail-builder puts encoded words inside quotes (RFC 2047, 5 forbids it;
//! strict readers show `=?utf-8?…`), knows no RFC 2231 file names, no `format=flowed` and no attached letters, and would pass
//! on a CR or LF that came out of a card.

mod body;
mod flowed;
mod rich;

use super::words;
use crate::domain::address::Mailbox;
use crate::domain::message::MsgId;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::style::Style;
use jiff::Zoned;

/// RFC 5322, 2.1.1: lines should stay within 78 characters.
const LINE: usize = 78;
/// RFC 5322, 2.1.1: and must stay within 998; a name of a letter is not folded, so a longer one is left out.
const LONGEST_ID: usize = 900;
/// References written: the first and the nearest. RFC 5537, 3.4.4 trims the same way.
const MOST_REFERENCES: usize = 60;

/// Says which draft of mine a letter in Drafts is, and of which state: `<name> <state>`, and `html` where it is to have an alternative.
pub const DRAFT_HEADER: &str = "X-Postbook-Draft";

/// The letter as it goes to the server, lines ending in CRLF. Bcc is for the envelope only and is not in it.
///
/// # Errors
/// `Kind::Input`, naming the field: a line break, NUL or ESC in a header value; nobody in To, Cc and Bcc; an address
/// that is not ASCII.
pub fn write(letter: &Letter, msg_id: &MsgId, date: &Zoned, style: &Style) -> Result<Vec<u8>> {
    somebody(letter)?;
    let mut head = String::new();
    stamp(&mut head, "", msg_id, date)?;
    people(&mut head, "From", std::slice::from_ref(&letter.from))?;
    people(&mut head, "To", &letter.to)?;
    people(&mut head, "Cc", &letter.cc)?;
    rest(&mut head, letter)?;
    body::letter(letter, msg_id, style)?.into_letter(head)
}

/// A letter that is still being written, as it is kept in Drafts on the server: with Bcc, whoever is missing, and what tells it
/// from every other (`mark`, see [`DRAFT_HEADER`]).
///
/// # Errors
/// As [`write()`].
pub fn write_draft(letter: &Letter, msg_id: &MsgId, date: &Zoned, mark: &str) -> Result<Vec<u8>> {
    let mut head = String::new();
    stamp(&mut head, "", msg_id, date)?;
    people(&mut head, "From", std::slice::from_ref(&letter.from))?;
    people(&mut head, "To", &letter.to)?;
    people(&mut head, "Cc", &letter.cc)?;
    people(&mut head, "Bcc", &letter.bcc)?;
    rest(&mut head, letter)?;
    field(&mut head, DRAFT_HEADER, &[checked(DRAFT_HEADER, mark)?.to_owned()]);
    // The alternative is made when the letter leaves: two texts of a draft would drift apart.
    let plain = Letter { html: false, ..letter.clone() };
    body::letter(&plain, msg_id, &Style::default())?.into_letter(head)
}

/// Somebody else's letter sent on as it came (RFC 5322, 3.6.6): who sends it on, when and to whom stands above its own header, and not
/// a byte of it is changed. `letter` says from whom and to whom.
///
/// # Errors
/// As [`write()`].
pub fn redirect(original: &[u8], letter: &Letter, msg_id: &MsgId, date: &Zoned) -> Result<Vec<u8>> {
    somebody(letter)?;
    let mut head = String::new();
    stamp(&mut head, "Resent-", msg_id, date)?;
    people(&mut head, "Resent-From", std::slice::from_ref(&letter.from))?;
    people(&mut head, "Resent-To", &letter.to)?;
    people(&mut head, "Resent-Cc", &letter.cc)?;
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(original);
    Ok(bytes)
}

/// The letter with one more header field at its begin; nothing, where the value could end the line.
#[must_use]
pub fn with_field(bytes: &[u8], name: &str, value: &str) -> Vec<u8> {
    if checked(name, value).is_err() || !value.is_ascii() {
        return bytes.to_vec();
    }
    let mut head = String::new();
    field(&mut head, name, &[value.to_owned()]);
    let mut whole = head.into_bytes();
    whole.extend_from_slice(bytes);
    whole
}

fn somebody(letter: &Letter) -> Result<()> {
    if letter.recipients().is_empty() {
        return Err(input("The letter has no recipient").hint("give at least one address in To, Cc or Bcc"));
    }
    Ok(())
}

/// Its name and its date.
fn stamp(head: &mut String, prefix: &str, msg_id: &MsgId, date: &Zoned) -> Result<()> {
    field(head, &format!("{prefix}Message-ID"), &[format!("<{}>", checked("Message-ID", msg_id.as_str())?)]);
    let date = jiff::fmt::rfc2822::to_string(date)
        .map_err(|_| Problem::new(Kind::Internal, format!("The date {date} cannot be written in a letter")))?;
    field(head, &format!("{prefix}Date"), &[date]);
    Ok(())
}

/// What stands below the people.
fn rest(head: &mut String, letter: &Letter) -> Result<()> {
    field(head, "Subject", &unstructured(checked("Subject", &letter.subject)?));
    field(head, "In-Reply-To", &letter.in_reply_to.iter().filter_map(written_id).collect::<Vec<_>>());
    field(head, "References", &references(&letter.references));
    if letter.receipts {
        people(head, "Disposition-Notification-To", std::slice::from_ref(&letter.from))?;
    }
    field(head, "User-Agent", &[concat!("Postbook/", env!("CARGO_PKG_VERSION")).to_owned()]);
    field(head, "MIME-Version", &["1.0".to_owned()]);
    Ok(())
}

/// A name for a letter of ours: `pb.<random>@<domain>`, the random part in base 32.
#[must_use]
pub fn new_msg_id(random: &[u8; 16], domain: &str) -> MsgId {
    const DIGITS: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v',
        'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
    ];
    let number = u128::from_be_bytes(*random);
    let digits = (0..26).map(|place| (number >> (place * 5)) & 31);
    let text: String = digits.filter_map(|digit| DIGITS.get(usize::try_from(digit).ok()?)).collect();
    MsgId::own(&format!("pb.{text}"), if domain.is_ascii() && !domain.is_empty() { domain } else { "postbook.invalid" })
}

fn input(sentence: impl Into<String>) -> Problem {
    Problem::new(Kind::Input, sentence)
}

/// Refuses what could end a header line or reach somebody's terminal. It comes from cards and imports.
fn checked<'v>(field: &str, value: &'v str) -> Result<&'v str> {
    let what = value.chars().find_map(|c| match c {
        '\r' | '\n' => Some("a line break"),
        '\0' => Some("a NUL character"),
        '\u{1b}' => Some("an escape character"),
        '\t' => None,
        _ if c.is_control() => Some("a control character"),
        _ => None,
    });
    match what {
        Some(what) => Err(input(format!("{field} contains {what}")).hint("remove it from the card or the letter")),
        None => Ok(value),
    }
}

/// Writes `name: words…`, folded between words. Nothing when there are none, except for the subject.
fn field(head: &mut String, name: &str, words: &[String]) {
    if words.is_empty() && name != "Subject" {
        return;
    }
    head.push_str(name);
    head.push(':');
    let mut column = name.len() + 1;
    for (place, word) in words.iter().enumerate() {
        if place > 0 && column + 1 + word.len() > LINE {
            head.push_str("\r\n");
            column = 0;
        }
        head.push(' ');
        head.push_str(word);
        column += 1 + word.len();
    }
    head.push_str("\r\n");
}

/// A field of addresses. The names and addresses come apart as words, so that long lists fold.
fn people(head: &mut String, field_name: &str, mailboxes: &[Mailbox]) -> Result<()> {
    let mut all = Vec::new();
    for (place, mailbox) in mailboxes.iter().enumerate() {
        let address = checked(field_name, mailbox.address.as_str())?;
        if !address.is_ascii() || address.len() > LONGEST_ID {
            return Err(input(format!("{field_name}: the address {address} has letters that mail servers refuse"))
                .hint("write its domain in the form xn--…"));
        }
        let comma = if place + 1 < mailboxes.len() { "," } else { "" };
        let name = checked(&format!("The name in {field_name}"), mailbox.name.as_str())?.trim();
        if name.is_empty() {
            all.push(format!("{address}{comma}"));
        } else {
            all.extend(phrase(name));
            all.push(format!("<{address}>{comma}"));
        }
    }
    field(head, field_name, &all);
    Ok(())
}

/// A display name: words where they are plain, a quoted string for punctuation, encoded words for the rest.
fn phrase(name: &str) -> Vec<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '\'' | '+' | '!' | '/');
    let single_blanks = !name.contains("  ") && !name.contains('\t');
    if !name.is_ascii() || name.contains("=?") {
        encoded_phrase(name)
    } else if single_blanks && name.chars().all(is_plain) && name.split(' ').all(|word| word.len() <= 70) {
        name.split(' ').map(str::to_owned).collect()
    } else if name.len() <= 60 {
        vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
    } else {
        encoded_phrase(name)
    }
}

/// Encoded words that end where words of the name do, with the blank inside: some readers put a blank of their own between two of
/// them (Python's among others), and it must not fall into the middle of a name.
fn encoded_phrase(name: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in name.split_inclusive([' ', '-']) {
        match pieces.last_mut() {
            Some(piece) if piece.len() + word.len() <= words::BYTES_IN_A_WORD => piece.push_str(word),
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces.iter().flat_map(|piece| words::encode(piece)).collect()
}

/// A subject: its words where they are ASCII and fold, else encoded words.
fn unstructured(text: &str) -> Vec<String> {
    let folds = |word: &str| !word.is_empty() && word.len() <= 70;
    let plain = text.is_ascii() && !text.contains("=?") && !text.contains('\t') && text.split(' ').all(folds);
    if plain { text.split(' ').map(str::to_owned).collect() } else { words::encode(text) }
}

fn written_id(id: &MsgId) -> Option<String> {
    (id.as_str().is_ascii() && id.as_str().len() <= LONGEST_ID).then(|| format!("<{id}>"))
}

fn references(ids: &[MsgId]) -> Vec<String> {
    let written: Vec<String> = ids.iter().filter_map(written_id).collect();
    let surplus = written.len().saturating_sub(MOST_REFERENCES);
    let kept = |(place, id): (usize, String)| (place == 0 || place > surplus).then_some(id);
    written.into_iter().enumerate().filter_map(kept).collect()
}

/// `filename*0*=utf-8''…` in pieces that fit a line and end where characters do (RFC 2231, 3 and 4).
fn extended(parameter: &str, name: &str) -> String {
    let mut pieces = vec![String::new()];
    for c in name.chars() {
        let keep = c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let mut utf8 = [0; 4];
        let encoded = match keep {
            true => c.to_string(),
            false => c.encode_utf8(&mut utf8).bytes().map(|byte| format!("%{byte:02X}")).collect(),
        };
        if pieces.last().is_some_and(|piece| piece.len() + encoded.len() > 50) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(&encoded);
        }
    }
    match pieces.as_slice() {
        [only] => format!(";\r\n {parameter}*=utf-8''{only}"),
        several => {
            let one = |(place, piece): (usize, &String)| {
                let charset = if place == 0 { "utf-8''" } else { "" };
                format!(";\r\n {parameter}*{place}*={charset}{piece}")
            };
            several.iter().enumerate().map(one).collect()
        }
    }
}

/// Short and without anything that needs care inside quotes.
fn is_plain_name(name: &str) -> bool {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')' | '+' | ',');
    !name.is_empty() && name.len() <= 40 && name.chars().all(fit)
}

#[cfg(test)]
mod tests;
