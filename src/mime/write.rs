//! A letter to bytes: plain, standard MIME (RFC 5322, 2045, 2047, 2231).
//!
//! mail-builder makes the body: parts, boundaries, transfer encodings. The header lines are written here, because it
//! puts encoded words inside quotes (RFC 2047, 5 forbids it; strict readers show `=?utf-8?…`), knows no RFC 2231
//! file names, and would pass on a CR or LF that came out of a card.

use super::words;
use crate::domain::address::Mailbox;
use crate::domain::message::MsgId;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use jiff::Zoned;
use mail_builder::encoders::base64::base64_encode_mime;
use mail_builder::mime::{BodyPart, MimePart};

/// RFC 5322, 2.1.1: lines should stay within 78 characters.
const LINE: usize = 78;
/// RFC 5322, 2.1.1: and must stay within 998; a name of a letter is not folded, so a longer one is left out.
const LONGEST_ID: usize = 900;
/// References written: the first and the nearest. RFC 5537, 3.4.4 trims the same way.
const MOST_REFERENCES: usize = 60;

/// The letter as it goes to the server, lines ending in CRLF. Bcc is for the envelope only and is not in it.
///
/// # Errors
/// `Kind::Input`, naming the field: a line break, NUL or ESC in a header value; nobody in To, Cc and Bcc; an address
/// that is not ASCII.
pub fn write(letter: &Letter, msg_id: &MsgId, date: &Zoned) -> Result<Vec<u8>> {
    let recipients = letter.to.len() + letter.cc.len() + letter.bcc.len();
    if recipients == 0 {
        return Err(input("The letter has no recipient").hint("give at least one address in To, Cc or Bcc"));
    }
    let mut head = String::new();
    field(&mut head, "Message-ID", &[format!("<{}>", checked("Message-ID", msg_id.as_str())?)]);
    let date = jiff::fmt::rfc2822::to_string(date)
        .map_err(|_| Problem::new(Kind::Internal, format!("The date {date} cannot be written in a letter")))?;
    field(&mut head, "Date", &[date]);
    people(&mut head, "From", std::slice::from_ref(&letter.from))?;
    people(&mut head, "To", &letter.to)?;
    people(&mut head, "Cc", &letter.cc)?;
    field(&mut head, "Subject", &unstructured(checked("Subject", &letter.subject)?));
    field(&mut head, "In-Reply-To", &letter.in_reply_to.iter().filter_map(written_id).collect::<Vec<_>>());
    field(&mut head, "References", &references(&letter.references));
    if letter.receipts {
        people(&mut head, "Disposition-Notification-To", std::slice::from_ref(&letter.from))?;
    }
    field(&mut head, "User-Agent", &[concat!("Postbook/", env!("CARGO_PKG_VERSION")).to_owned()]);
    field(&mut head, "MIME-Version", &["1.0".to_owned()]);

    let mut bytes = head.into_bytes();
    body(letter)?
        .write_part(&mut bytes)
        .map_err(|e| Problem::new(Kind::Internal, format!("The letter cannot be written: {e}")))?;
    Ok(bytes)
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
    if name.len() > 60 || !name.is_ascii() || name.contains("=?") {
        words::encode(name)
    } else if single_blanks && name.chars().all(is_plain) {
        name.split(' ').map(str::to_owned).collect()
    } else {
        vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
    }
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

/// The text, and the files beside it.
fn body(letter: &Letter) -> Result<MimePart<'_>> {
    // mail-builder then chooses 7bit, quoted-printable or base64 by what the text holds; none has a long line.
    let lines = letter.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    let mut text = lines.trim_end_matches('\n').replace('\n', "\r\n");
    text.push_str("\r\n");
    let text = MimePart::new("text/plain", BodyPart::Text(text.into()));
    if letter.files.is_empty() {
        return Ok(text);
    }
    let mut parts = vec![text];
    for file in &letter.files {
        parts.push(attached(file)?);
    }
    Ok(MimePart::new("multipart/mixed", parts))
}

/// One file, always in base64: nothing on the way may touch its bytes, not even the line ends of a text.
fn attached(file: &File) -> Result<MimePart<'static>> {
    let name = checked("An attachment's name", &file.name)?;
    let media_type = media_type(&file.media_type);
    // `name` in encoded words is for Outlook and old gateways, `filename` by RFC 2231 for everyone else.
    let (type_name, file_name) = if is_plain_name(name) {
        (format!("; name=\"{name}\""), format!("; filename=\"{name}\""))
    } else {
        (format!(";\r\n name=\"{}\"", words::encode(name).join("\r\n ")), extended(name))
    };
    let mut part = format!(
        "Content-Type: {media_type}{type_name}\r\nContent-Disposition: attachment{file_name}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    base64_encode_mime(&file.bytes, &mut part, false)
        .map_err(|e| Problem::new(Kind::Internal, format!("The attachment {name} cannot be written: {e}")))?;
    // mail-builder would fold our folded values again, so it gets the part ready-made.
    Ok(MimePart::raw(BodyPart::Binary(part.into())))
}

/// `filename*0*=utf-8''…` in pieces that fit a line (RFC 2231, 3 and 4).
fn extended(name: &str) -> String {
    let mut pieces = vec![String::new()];
    for byte in name.bytes() {
        let keep = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let encoded = if keep { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        if pieces.last().is_some_and(|piece| piece.len() + encoded.len() > 50) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(&encoded);
        }
    }
    match pieces.as_slice() {
        [only] => format!(";\r\n filename*=utf-8''{only}"),
        several => {
            let one = |(place, piece): (usize, &String)| {
                let charset = if place == 0 { "utf-8''" } else { "" };
                format!(";\r\n filename*{place}*={charset}{piece}")
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

/// What a guess or a card said, where it is one; a multipart or a message would be taken apart by the reader.
fn media_type(given: &str) -> &str {
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | '_'))
    };
    match given.split_once('/') {
        Some((kind, rest))
            if given.len() < 100
                && token(kind)
                && token(rest)
                && !matches!(kind.to_ascii_lowercase().as_str(), "multipart" | "message") =>
        {
            given
        }
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{self, Account};
    use crate::domain::address::Address;
    use crate::domain::id;
    use crate::domain::text::Text;
    use crate::mime::{attachment, read};
    use proptest::prelude::*;

    fn mailbox(name: &str, address: &str) -> Mailbox {
        Mailbox::new(name, address).unwrap()
    }

    fn letter() -> Letter {
        let account = Account {
            id: id::Account(1),
            name: Text::own("work"),
            email: Address::parse("me@firma.example").unwrap(),
            kind: account::Kind::Personal,
            signature: Text::default(),
        };
        let mut letter = Letter::new(&account, &Text::own("Łukasz Żółć"));
        letter.to = vec![mailbox("Анна Ковальська", "anna@client.example"), mailbox("", "b@client.example")];
        letter.cc = vec![mailbox("Smith, John \"JJ\"", "john@client.example")];
        letter.bcc = vec![mailbox("Secret", "boss@firma.example")];
        letter.subject = "Wycena biurek".to_owned();
        letter.text = "Dzień dobry,\n\nw załączeniu.\n-- \nŁukasz".to_owned();
        letter
    }

    fn written(letter: &Letter) -> Vec<u8> {
        let date: Zoned = "2026-03-05T10:15:00+01:00[Europe/Warsaw]".parse().unwrap();
        write(letter, &new_msg_id(&[7; 16], "firma.example"), &date).unwrap()
    }

    #[test]
    fn the_header_is_standard() {
        let mut letter = letter();
        letter.in_reply_to = MsgId::parse("<q@client.example>");
        letter.references = (0..100).map(|n| MsgId::parse(&format!("<r{n}@client.example>")).unwrap()).collect();
        let bytes = written(&letter);
        let text = String::from_utf8(bytes).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("Message-ID: <pb."), "{head}");
        for line in [
            "Date: Thu, 5 Mar 2026 10:15:00 +0100",
            "Cc: \"Smith, John \\\"JJ\\\"\" <john@client.example>",
            "Subject: Wycena biurek",
            "In-Reply-To: <q@client.example>",
            "MIME-Version: 1.0",
            concat!("User-Agent: Postbook/", env!("CARGO_PKG_VERSION")),
            "Content-Type: text/plain; charset=\"utf-8\"",
        ] {
            assert!(head.lines().any(|l| l == line), "{line} is not in\n{head}");
        }
        assert!(!text.contains("boss@"), "Bcc leaked");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare line break");
        assert!(text.lines().all(|line| line.len() <= 78), "a long line");
        let parsed = read(text.as_bytes());
        assert_eq!(parsed.references.first().map(MsgId::as_str), Some("r0@client.example"));
        assert_eq!(parsed.references.last().map(MsgId::as_str), Some("r99@client.example"));
        assert_eq!(parsed.warnings, []);
    }

    #[test]
    fn a_hole_in_a_value_is_refused_by_name() {
        let refused = |change: &dyn Fn(&mut Letter), field: &str| {
            let mut letter = letter();
            change(&mut letter);
            let date = Zoned::default();
            let problem = write(&letter, &new_msg_id(&[0; 16], "x.example"), &date).unwrap_err();
            assert_eq!(problem.kind, Kind::Input);
            assert!(problem.sentence.contains(field), "{problem}");
        };
        for evil in ["a\r\nBcc: x@y.example", "a\nb", "a\0b", "a\u{1b}[31m", "a\u{9b}1m"] {
            refused(&|l| l.subject = evil.to_owned(), "Subject");
            refused(
                &|l| {
                    l.files = vec![File { name: evil.to_owned(), media_type: String::new(), bytes: vec![] }];
                },
                "attachment's name",
            );
        }
        refused(&|l| l.to = vec![mailbox("", "анна@пошта.укр")], "To");
        refused(
            &|l| {
                l.to.clear();
                l.cc.clear();
                l.bcc.clear();
            },
            "recipient",
        );
    }

    #[test]
    fn a_name_of_a_letter_is_random_and_clean() {
        let a = new_msg_id(&[255; 16], "firma.example");
        assert!(a.as_str().starts_with("pb.") && a.as_str().ends_with("@firma.example"), "{a}");
        assert_ne!(a, new_msg_id(&[254; 16], "firma.example"));
        assert_eq!(new_msg_id(&[1; 16], "a\r\n>b").as_str().rsplit_once('@').unwrap().1, "ab");
        assert!(MsgId::parse(new_msg_id(&[1; 16], "").as_str()).is_some());
    }

    #[test]
    fn files_arrive_as_they_left() {
        let mut letter = letter();
        let names = [
            "offer.pdf",
            "Коммерческое предложение для компании «Ромашка» от 5 марта 2026 года.docx",
            "ślad \"x\".txt",
            "a=?b?=.txt",
        ];
        letter.files = names
            .iter()
            .map(|name| File {
                name: (*name).to_owned(),
                media_type: "text/plain; evil\r\nX: y".to_owned(),
                bytes: b"line\r\nline\nFrom me\r.\r\n".to_vec(),
            })
            .collect();
        let bytes = written(&letter);
        let parsed = read(&bytes);
        assert_eq!(parsed.attachments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), names);
        for (index, file) in letter.files.iter().enumerate() {
            assert_eq!(attachment(&bytes, index).as_deref(), Some(file.bytes.as_slice()));
        }
        assert!(String::from_utf8(bytes).unwrap().lines().all(|line| line.len() <= 90));
    }

    fn text() -> impl Strategy<Value = String> {
        // Words of our languages, with what breaks encoders: `=`, `?`, quotes, emoji, long runs.
        proptest::collection::vec(
            prop_oneof![
                "[a-zA-Z0-9=?_\"<>@,.:;()\\\\]{1,20}",
                "[а-яёіїєґА-Я]{1,20}",
                "[ąęćłńóśźżĄ-Ż]{1,9}",
                "[🙂-🙏]{1,4}",
                "[a-z]{70,120}",
            ],
            1..12,
        )
        .prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn what_is_written_is_read(subject in text(), name in text(), body in proptest::collection::vec(text(), 1..6), file in text()) {
            let mut letter = letter();
            letter.subject = subject;
            letter.to = vec![mailbox(&name, "anna@client.example"), mailbox("Second", "b@client.example")];
            letter.text = body.join("\n");
            letter.references = vec![MsgId::parse("<a@x>").unwrap(), MsgId::parse("<b@x>").unwrap()];
            letter.in_reply_to = MsgId::parse("<b@x>");
            letter.files = vec![File { name: file, media_type: "application/pdf".into(), bytes: body.concat().into_bytes() }];
            let bytes = written(&letter);
            prop_assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
            let parsed = read(&bytes);
            prop_assert_eq!(parsed.subject.as_str(), letter.subject.as_str());
            prop_assert_eq!(&parsed.to, &letter.to);
            prop_assert_eq!(&parsed.from, &vec![letter.from.clone()]);
            prop_assert_eq!(parsed.text.as_str(), letter.text.as_str());
            prop_assert_eq!(&parsed.references, &letter.references);
            prop_assert_eq!(parsed.in_reply_to, letter.in_reply_to.clone().into_iter().collect::<Vec<_>>());
            prop_assert_eq!(parsed.attachments.len(), 1);
            prop_assert_eq!(parsed.attachments[0].name.as_str(), letter.files[0].name.as_str());
            prop_assert_eq!(attachment(&bytes, 0), Some(letter.files[0].bytes.clone()));
        }
    }
}
