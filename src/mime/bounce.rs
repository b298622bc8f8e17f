//! Delivery reports (RFC 3464): who did not get a letter, and why.

use super::body;
use super::headers::Headers;
use super::mailboxes;
use super::nature::nature;
use super::parts::Parts;
use super::receipt::address;
use crate::domain::address::Address;
use crate::domain::bounce::{Bounce, Reason, reason};
use crate::domain::message::Nature;
use crate::domain::text::Text;

/// Recipients of one report that are looked at.
const MOST_RECIPIENTS: usize = 100;
/// Lines of a report in prose that are looked at.
const MOST_LINES: usize = 500;
/// Characters of an answer that are kept.
const LONGEST_ANSWER: usize = 500;

/// The recipients of a delivery report who did not get the letter, or get it late, whom it is about first; empty for any other letter.
#[must_use]
pub fn bounces(bytes: &[u8]) -> Vec<Bounce> {
    let parts = Parts::read(bytes);
    let mut found: Vec<Bounce> = Vec::new();
    for part in parts.all.iter().filter(|p| p.media_type.ends_with("delivery-status")) {
        found.extend(recipients(&part.decoded()));
    }
    found.sort_by_key(|bounce| !bounce.permanent);
    if found.is_empty() { in_prose(&parts) } else { found }
}

/// The groups of a `message/delivery-status` part: the first is about the letter, each other about one recipient.
fn recipients(report: &[u8]) -> Vec<Bounce> {
    groups(report).iter().filter_map(recipient).collect()
}

/// The groups themselves, some at most.
pub(super) fn groups(report: &[u8]) -> Vec<Headers<'_>> {
    let mut found = Vec::new();
    let mut rest = report.trim_ascii_start();
    while !rest.is_empty() && found.len() <= MOST_RECIPIENTS {
        let (group, end) = Headers::read(rest, |_| false);
        found.push(group);
        rest = rest.get(end.max(1)..).unwrap_or_default().trim_ascii_start();
    }
    found
}

fn recipient(group: &Headers<'_>) -> Option<Bounce> {
    let address = |name| address(group, name);
    let action = group.text("action").unwrap_or_default().to_ascii_lowercase();
    if matches!(action.split_whitespace().next(), Some("delivered" | "relayed" | "expanded")) {
        return None;
    }
    let recipient = address("final-recipient").or_else(|| address("original-recipient"))?;
    let diagnosis = group.text("diagnostic-code").unwrap_or_default();
    let answer = diagnosis.split_once(';').map_or(diagnosis.as_str(), |(_, answer)| answer);
    let status =
        group.text("status").and_then(|value| status_in(&value)).or_else(|| status_in(answer)).unwrap_or_default();
    let permanent = !status.starts_with('4') && !action.starts_with("delayed");
    let reason = reason(&status, answer, permanent);
    Some(Bounce { recipient, status: Text::from(status), answer: shortened(answer), permanent, reason })
}

/// Reports of servers that do not know RFC 3464: Exim names the recipients in a header, qmail and others in the text.
fn in_prose(parts: &Parts<'_>) -> Vec<Bounce> {
    let Some(headers) = parts.headers() else { return Vec::new() };
    let from = mailboxes::read(&headers.lists("from")).mailboxes;
    if !matches!(nature(headers, &from), Nature::Bounce(_)) {
        return Vec::new();
    }
    let (text, _) = body::find(parts).text();
    let lines: Vec<&str> = text.lines().map(str::trim).take(MOST_LINES).take_while(|line| !is_original(line)).collect();
    let named = headers.unfolded("x-failed-recipients").unwrap_or_default();
    let named: Vec<Address> = named.split(',').take(MOST_RECIPIENTS).filter_map(Address::parse).collect();
    if !named.is_empty() {
        return named.into_iter().map(|recipient| told(&lines, place_of(&lines, &recipient), recipient)).collect();
    }
    // The report goes to me: my own address in it is not who was missed.
    let mine = mailboxes::read(&headers.lists("to")).mailboxes;
    let is_other = |address: &Address| from.iter().chain(&mine).all(|m| m.address != *address);
    let first = |robots: bool| {
        let missed = |line: &str| addresses_on(line).find(|it| is_other(it) && it.is_robot() == robots);
        lines.iter().enumerate().find_map(|(place, line)| Some((Some(place), missed(line)?)))
    };
    // "postmaster@mx" is mostly whom to ask; where nobody else is named, it is who was missed.
    first(false).or_else(|| first(true)).map(|(place, recipient)| told(&lines, place, recipient)).into_iter().collect()
}

fn place_of(lines: &[&str], recipient: &Address) -> Option<usize> {
    lines.iter().position(|line| line.to_lowercase().contains(recipient.as_str()))
}

/// What the lines from `place` on tell of this recipient.
fn told(lines: &[&str], place: Option<usize>, recipient: Address) -> Bounce {
    let after = || lines.iter().skip(place.unwrap_or(0)).take(20);
    let status = after().find_map(|line| status_in(line)).unwrap_or_default();
    let telling = after().find(|line| status_in(line).is_some() || reply_code(line).is_some());
    let is_late =
        status.starts_with('4') || status.is_empty() && telling.and_then(|line| reply_code(line)) == Some('4');
    // Exim's "Unrouteable address" stands without any code below the address, Gmail's and Exchange's reasons further down.
    let reason_of = |line: &str| reason(&status, line, !is_late);
    let plain = || after().skip(1).filter(|line| !line.is_empty() && !line.ends_with(':'));
    let said = telling.or_else(|| plain().find(|line| reason_of(line) != Reason::Refused)).or_else(|| plain().next());
    let answer = said.copied().unwrap_or_default();
    let reason = match reason_of(answer) {
        Reason::Refused if status.is_empty() => {
            plain().map(|line| reason_of(line)).find(|reason| *reason != Reason::Refused).unwrap_or(Reason::Refused)
        }
        told => told,
    };
    Bounce { recipient, status: Text::from(status), answer: shortened(answer), permanent: !is_late, reason }
}

/// The addresses on a line, as reports write them: `<anna@x.example>:`, `"anna@x.example"`, `User unknown: anna@x.example`.
fn addresses_on(line: &str) -> impl Iterator<Item = Address> {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';'));
    let addresses = words.filter(|word| word.contains('@')).map(|word| word.trim_end_matches([':', '.', '!']));
    addresses.filter_map(Address::parse)
}

/// From here on a report repeats my letter.
fn is_original(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.starts_with("---") && lower.contains("message")
        || lower.starts_with("original message")
        || lower.starts_with("message headers follow")
        || lower.starts_with("received:")
        || lower.starts_with("message-id:")
}

/// An enhanced status code of trouble: `4.2.2`, `5.1.1`.
fn status_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find_map(|word| {
        let mut numbers = word.split('.');
        let class = numbers.next().filter(|class| matches!(*class, "4" | "5"));
        let fit = |number: Option<&str>| number.is_some_and(|n| (1..=3).contains(&n.len()));
        (class.is_some() && fit(numbers.next()) && fit(numbers.next()) && numbers.next().is_none())
            .then(|| word.to_owned())
    })
}

/// The class of an SMTP reply code in an answer: `550 No such user`.
fn reply_code(line: &str) -> Option<char> {
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|code| code.chars().next())
}

fn shortened(answer: &str) -> Text {
    let words: Vec<&str> = answer.split_whitespace().collect();
    Text::from(words.join(" ").chars().take(LONGEST_ANSWER).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(groups: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{groups}\n--b--\n"
        )
    }

    #[test]
    fn a_reason_without_a_code_is_found_below_the_address() {
        for (text, expected) in [
            ("The following address(es) failed:\n\n  gone@x.example\n    Unrouteable address\n", Reason::Gone),
            ("gone@x.example on Mon\n    The recipient name is not recognized\n", Reason::Gone),
            ("gone@x.example\n\nTechnical details of permanent failure:\nretry timeout exceeded\n", Reason::Late),
            (
                "postmaster@x.example\n\n --- Why ---\nThe number of messages in recipient's mailbox exceeded the limit.\n",
                Reason::Full,
            ),
            ("gone@x.example\n    550 Sender verify failed\n", Reason::Refused),
        ] {
            let letter = format!("From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n\n{text}");
            let found =
                bounces(letter.as_bytes()).first().map(|bounce| (bounce.reason, bounce.recipient.domain().to_owned()));
            assert_eq!(found, Some((expected, "x.example".to_owned())), "{text}");
        }
    }

    #[test]
    fn every_recipient_of_a_report_is_named() {
        let two = report(
            "Final-Recipient: rfc822; late@x.example\nAction: delayed\nStatus: 4.4.1\n\n\
             Final-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.1.1",
        );
        let exim = "From: MAILER-DAEMON@mx.example\nX-Failed-Recipients: one@x.example,\n two@x.example\n\n  one@x.example\n    Unrouteable address\n  two@x.example\n    mailbox full\n";
        for (letter, expected) in [
            (two.as_str(), ["gone@x.example gone", "late@x.example late"]),
            (exim, ["one@x.example gone", "two@x.example full"]),
        ] {
            let found: Vec<String> =
                bounces(letter.as_bytes()).iter().map(|b| format!("{} {}", b.recipient, b.reason.word())).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn reports_name_who_and_why() {
        let prose = |text: &str| format!("From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n\n{text}\n");
        for (letter, expected) in [
            (
                report(
                    "Final-Recipient: rfc822; Anna@Client.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1\n  No such user",
                ),
                Some(("anna@client.example", "5.1.1", "550 5.1.1 No such user", true)),
            ),
            (
                report("Final-Recipient: rfc822; <a@x.example>\nAction: delayed\nStatus: 4.4.7 (expired)"),
                Some(("a@x.example", "4.4.7", "", false)),
            ),
            (
                report(
                    "Final-Recipient: rfc822; ok@x.example\nAction: delivered\nStatus: 2.0.0\n\n\
                     Final-Recipient: rfc822; late@x.example\nAction: delayed\nStatus: 4.0.0\n\n\
                     Original-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.0.0",
                ),
                Some(("gone@x.example", "5.0.0", "", true)),
            ),
            (
                prose("<gone@x.example>:\nRemote host said: 550 no mailbox here"),
                Some(("gone@x.example", "", "Remote host said: 550 no mailbox here", true)),
            ),
            (
                format!(
                    "X-Failed-Recipients: gone@x.example\n{}",
                    prose("  gone@x.example\n    host mx: 452 4.2.2 full")
                ),
                Some(("gone@x.example", "4.2.2", "host mx: 452 4.2.2 full", false)),
            ),
            (
                "From: MAILER-DAEMON <>\nTo: me@firma.example\n\nHi me@firma.example, no delivery to <gone@x.example>.\n\n552 5.2.2 full\n\n\
                 Message headers follow.\n\nTo: other@x.example\n"
                    .to_owned(),
                Some(("gone@x.example", "5.2.2", "552 5.2.2 full", true)),
            ),
            ("From: anna@x.example\n\n<gone@x.example>:\n550 no\n".to_owned(), None),
        ] {
            let found = bounces(letter.as_bytes());
            let found =
                found.first().map(|b| (b.recipient.as_str(), b.status.as_str(), b.answer.as_str(), b.permanent));
            assert_eq!(found, expected, "{letter}");
        }
    }
}
