//! Whose letter a forwarded letter holds: inside its text, in the ways mail programs write it, or attached whole.

use super::attachment::attachment;
use super::read::read;
use crate::domain::address::{Address, Mailbox};
use crate::domain::message::Parsed;
use crate::domain::text::fold;

/// Lines that are looked through.
const MOST_LINES: usize = 600;
/// Lines below a rule in which the writer is named.
const HEAD_LINES: usize = 12;
/// The most writers of letters within letters.
const MOST: usize = 5;

/// Words that a line between the two letters holds, folded.
const RULES: [&str; 24] = [
    "forwarded message",
    "begin forwarded message",
    "original message",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "перенаправленное сообщение",
    "переадресованное сообщение",
    "переадресованного сообщения",
    "пересылаемого сообщения",
    "исходное сообщение",
    "переслане повідомлення",
    "переадресоване повідомлення",
    "пересланого повідомлення",
    "вихідне повідомлення",
    "wiadomosc przekazana",
    "przekazana wiadomosc",
    "przekazywana wiadomosc",
    "przekazanej wiadomosci",
    "przekazywanej wiadomosci",
    "wiadomosc oryginalna",
    "oryginalna wiadomosc",
    "weitergeleitete nachricht",
    "ursprungliche nachricht",
    "message transfere",
];
/// What stands before the writer.
const FROM: [&str; 13] = [
    "from",
    "от",
    "от кого",
    "отправитель",
    "від",
    "від кого",
    "відправник",
    "od",
    "nadawca",
    "von",
    "absender",
    "de",
    "expediteur",
];
/// What stands before the other facts of a letter.
const OTHERS: [&str; 33] = [
    "to",
    "sent",
    "date",
    "subject",
    "cc",
    "кому",
    "отправлено",
    "дата",
    "тема",
    "копия",
    "надіслано",
    "копія",
    "do",
    "wyslano",
    "wyslane",
    "adresat",
    "kopia",
    "получатель",
    "одержувач",
    "data",
    "temat",
    "dw",
    "an",
    "gesendet",
    "datum",
    "betreff",
    "envoye",
    "a",
    "objet",
    "reply-to",
    "кому:",
    "sent:",
    "importance",
];

/// Everybody whose letter is passed on in this one, the nearest first. Nobody where it passes on none.
#[must_use]
pub fn originals(letter: &Parsed, bytes: &[u8]) -> Vec<Mailbox> {
    let mut found: Vec<Mailbox> = Vec::new();
    let mut add = |mailbox: Mailbox| {
        if found.len() < MOST && !found.iter().any(|known| known.address == mailbox.address) {
            found.push(mailbox);
        }
    };
    let lines: Vec<&str> = letter.text.lines().take(MOST_LINES).map(unquoted).collect();
    for (at, line) in lines.iter().enumerate() {
        let below = lines.get(at + 1..).unwrap_or_default();
        if is_rule(line) {
            let head = below.iter().filter(|line| !line.is_empty()).take(HEAD_LINES);
            head.take_while(|line| !is_rule(line))
                .find_map(|line| writer(line).or_else(|| dated_writer(line)))
                .into_iter()
                .for_each(&mut add);
        } else if let Some(mailbox) = writer(line).filter(|_| is_head(below)) {
            add(mailbox);
        }
    }
    for file in letter.attachments.iter().filter(|file| file.media_type.as_str().eq_ignore_ascii_case("message/rfc822"))
    {
        if let Some(inner) = attachment(bytes, file.index) {
            read(&inner).from.into_iter().take(1).for_each(&mut add);
        }
    }
    found
}

fn unquoted(line: &str) -> &str {
    line.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).trim_end()
}

fn is_rule(line: &str) -> bool {
    if line.len() > 200 || line.is_empty() {
        return false;
    }
    let drawn = line.starts_with("--") || line.starts_with("__") || line.ends_with(':');
    let folded = fold(line);
    drawn && RULES.iter().any(|rule| folded.contains(rule))
}

/// What stands before the colon, folded, where it is one of these words; and what stands after it.
fn labelled<'a>(line: &'a str, labels: &[&str]) -> Option<&'a str> {
    let (label, rest) = line.split_once([':', '：'])?;
    if label.len() > 60 {
        return None;
    }
    let label = fold(label.trim_matches(|c: char| c == '*' || c.is_whitespace()));
    labels.contains(&label.as_str()).then(|| rest.trim_matches(|c: char| c == '*' || c.is_whitespace()))
}

/// `From: Anna <anna@x.example>` and its like.
fn writer(line: &str) -> Option<Mailbox> {
    mailbox(labelled(line, &FROM)?)
}

/// As Yandex writes it: `12.11.2026, 10:23, "Anna" <anna@x.example>:`.
fn dated_writer(line: &str) -> Option<Mailbox> {
    let fits = line.starts_with(|c: char| c.is_ascii_digit()) && line.ends_with(':') && line.contains('<');
    let name_from = line.rfind([',', ';'])?;
    mailbox(line.get(name_from + 1..)?).filter(|_| fits)
}

/// The first address of a line, and the words before it.
fn mailbox(written: &str) -> Option<Mailbox> {
    const AROUND: [char; 11] = ['<', '>', '[', ']', '(', ')', '"', '\'', ';', ',', '“'];
    let at = written.find('@')?;
    let parts = |c: char| c.is_whitespace() || AROUND.contains(&c);
    let start = written
        .get(..at)?
        .rfind(parts)
        .map_or(0, |place| place + written.get(place..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let end = written.get(at..)?.find(parts).map_or(written.len(), |place| at + place);
    let address = written.get(start..end)?.trim_end_matches([':', '.']);
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let name = written.get(..start)?.trim_matches(parts);
    Address::parse(address)?;
    Mailbox::new(name, address)
}

/// The lines below are the rest of a letter's head, as Outlook writes it without a rule above.
fn is_head(below: &[&str]) -> bool {
    let labels = below.iter().filter(|line| !line.is_empty()).take(4).filter(|line| labelled(line, &OTHERS).is_some());
    labels.count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(letter: &str) -> Vec<String> {
        let bytes = letter.replace('\n', "\r\n").into_bytes();
        originals(&read(&bytes), &bytes).iter().map(ToString::to_string).collect()
    }

    fn in_text(body: &str) -> Vec<String> {
        of(&format!("From: boss@firma.example\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"))
    }

    #[test]
    fn the_writer_is_found_however_programs_pass_it_on() {
        const ANNA: &str = "Anna Nowak <anna@acme.example>";
        for body in [
            "See below\n\n---------- Forwarded message ---------\nFrom: Anna Nowak <anna@acme.example>\nDate: Mon\nSubject: x\n",
            "-----Original Message-----\nFrom: Anna Nowak [mailto:anna@acme.example]\nSent: Monday\n",
            "---------- Пересылаемое сообщение ---------\nОт: Anna Nowak <anna@acme.example>\n",
            "-------- Пересылаемое сообщение --------\nОт кого: Anna Nowak <anna@acme.example>\nКому: x\n",
            "-------- Пересылаемое сообщение--------\n12.11.2026, 10:23, \"Anna Nowak\" <anna@acme.example>:\n",
            "---------- Переслане повідомлення ---------\nВід: Anna Nowak <anna@acme.example>\n",
            "---------- Wiadomość przekazana ---------\nOd: Anna Nowak <anna@acme.example>\n",
            "-------- Przekazana wiadomość --------\nTemat: Oferta\nData: Pon\nOd: Anna Nowak <anna@acme.example>\n",
            "Begin forwarded message:\n\n> From: Anna Nowak <anna@acme.example>\n> Subject: Offer\n",
            "Regards\n________________________________\nFrom: Anna Nowak <anna@acme.example>\nSent: Monday\nTo: boss@firma.example\nSubject: x\n",
            "Od: Anna Nowak <anna@acme.example>\nWysłano: poniedziałek\nDo: boss@firma.example\nTemat: x\n",
            "*From:* Anna Nowak <anna@acme.example>\n*Date:* Monday\n*To:* boss\n",
        ] {
            assert_eq!(in_text(body), [ANNA], "{body}");
        }
    }

    #[test]
    fn a_letter_that_passes_nothing_on_has_no_other_writer() {
        for body in [
            "From: our side all is done.\nTo: be continued",
            "On Monday Anna <anna@acme.example> wrote:\n> Hello\n",
            "From: anna@acme.example came a letter\nHello\n",
            "---------- Forwarded message ---------\nno head here\n",
            "Forwarded message from anna@acme.example\n",
        ] {
            assert_eq!(in_text(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn letters_within_letters_are_found_nearest_first() {
        let body = "-----Original Message-----\nFrom: jan@firma.example\n\n> ---------- Forwarded message ---------\n> From: anna@acme.example\n";
        assert_eq!(in_text(body), ["jan@firma.example", "anna@acme.example"]);
    }

    #[test]
    fn an_attached_letter_tells_its_writer() {
        let letter = "From: boss@firma.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\nContent-Type: message/rfc822\n\nFrom: Anna <anna@acme.example>\nSubject: Offer\n\nHello\n--b--\n";
        assert_eq!(of(letter), ["Anna <anna@acme.example>"]);
    }
}
