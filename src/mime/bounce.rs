//! Delivery reports (RFC 3464): who did not get a letter, and why.

use super::body;
use super::headers::Headers;
use super::mailboxes;
use super::nature::nature;
use super::parts::Parts;
use crate::domain::address::Address;
use crate::domain::message::Nature;
use crate::domain::text::Text;

/// Recipients of one report that are looked at.
const MOST_RECIPIENTS: usize = 100;
/// Lines of a report in prose that are looked at.
const MOST_LINES: usize = 500;
/// Characters of an answer that are kept.
const LONGEST_ANSWER: usize = 500;

/// What a mail server reports about a letter of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Who did not get it.
    pub recipient: Address,
    /// Enhanced status code (RFC 3463), `5.1.1`; empty when the report gives none.
    pub status: Text,
    /// What the other server answered; empty when the report does not say.
    pub answer: Text,
    /// Trying again would be the same: it failed, and not with a 4.x.x status.
    pub permanent: bool,
}

/// The first recipient of a delivery report who did not get the letter, or gets it late; `None` for any other letter.
#[must_use]
pub fn bounce(bytes: &[u8]) -> Option<Bounce> {
    let parts = Parts::read(bytes);
    let mut found: Vec<Bounce> = Vec::new();
    for part in parts.all.iter().filter(|p| p.media_type.ends_with("delivery-status")) {
        found.extend(recipients(&part.decoded()));
    }
    let failed = found.iter().position(|bounce| bounce.permanent);
    match failed.or(if found.is_empty() { None } else { Some(0) }) {
        Some(place) => found.into_iter().nth(place),
        None => in_prose(&parts),
    }
}

/// The groups of a `message/delivery-status` part: the first is about the letter, each other about one recipient.
fn recipients(report: &[u8]) -> Vec<Bounce> {
    let mut found = Vec::new();
    let mut rest = report.trim_ascii_start();
    while !rest.is_empty() && found.len() < MOST_RECIPIENTS {
        let (group, end) = Headers::read(rest, |_| false);
        found.extend(recipient(&group));
        rest = rest.get(end.max(1)..).unwrap_or_default().trim_ascii_start();
    }
    found
}

fn recipient(group: &Headers<'_>) -> Option<Bounce> {
    // `rfc822; anna@x.example`; some write the address alone, some in brackets.
    let address = |name: &str| {
        let value = group.unfolded(name)?;
        let address = value.split_once(';').map_or(value.as_str(), |(_, address)| address);
        Address::parse(address.trim().trim_end_matches('.'))
    };
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
    Some(Bounce { recipient, status: Text::from(status), answer: shortened(answer), permanent })
}

/// Reports of servers that do not know RFC 3464: Exim names the recipients in a header, qmail and others in the text.
fn in_prose(parts: &Parts<'_>) -> Option<Bounce> {
    let headers = parts.headers()?;
    let from = mailboxes::read(&headers.lists("from")).mailboxes;
    if !matches!(nature(headers, &from), Nature::Bounce(_)) {
        return None;
    }
    let (text, _) = body::find(parts).text();
    let lines: Vec<&str> = text.lines().map(str::trim).take(MOST_LINES).take_while(|line| !is_original(line)).collect();
    let named = headers.unfolded("x-failed-recipients").and_then(|value| Address::parse(value.split(',').next()?));
    // The report goes to me: my own address in it is not who was missed.
    let mine = mailboxes::read(&headers.lists("to")).mailboxes;
    let is_other = |address: &Address| from.iter().chain(&mine).all(|m| m.address != *address);
    let missed = |line: &str| addresses_on(line).find(is_other);
    let place = lines.iter().position(|line| match &named {
        Some(address) => line.to_lowercase().contains(address.as_str()),
        None => missed(line).is_some(),
    });
    let recipient = named.or_else(|| missed(lines.get(place?)?))?;
    let after = || lines.iter().skip(place.unwrap_or(0)).take(20);
    let status = after().find_map(|line| status_in(line)).unwrap_or_default();
    let telling = after().find(|line| status_in(line).is_some() || reply_code(line).is_some());
    let answer = telling.map_or_else(Text::default, |line| shortened(line));
    let is_late =
        status.starts_with('4') || status.is_empty() && telling.and_then(|line| reply_code(line)) == Some('4');
    Some(Bounce { recipient, status: Text::from(status), answer, permanent: !is_late })
}

/// The addresses on a line, as reports write them: `<anna@x.example>:`, `"anna@x.example"`, `User unknown: anna@x.example`.
fn addresses_on(line: &str) -> impl Iterator<Item = Address> {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';'));
    let addresses = words.filter(|word| word.contains('@')).map(|word| word.trim_end_matches([':', '.', '!']));
    addresses.filter_map(Address::parse).filter(|address| !address.is_robot())
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
            let found = bounce(letter.as_bytes());
            let found =
                found.as_ref().map(|b| (b.recipient.as_str(), b.status.as_str(), b.answer.as_str(), b.permanent));
            assert_eq!(found, expected, "{letter}");
        }
    }
}
