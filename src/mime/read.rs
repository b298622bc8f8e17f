//! Bytes to a letter. Never fails: what cannot be read is degraded, with a warning.

use super::attachment;
use super::body;
use super::digest::digest;
use super::headers::Headers;
use super::invitation;
use super::mailboxes::{self, List};
use super::nature::nature;
use super::parts::Parts;
use super::suspicion;
use crate::domain::address::Mailbox;
use crate::domain::message::{Parsed, Warning};
use crate::domain::text::{Text, plural};

/// Characters of a subject; the rest is in the raw view.
const LONGEST_SUBJECT: usize = 2000;
/// Hosts named in the warning about remote pictures.
const HOSTS_NAMED: usize = 5;

/// Takes a letter apart. Any bytes give an answer.
#[must_use]
pub fn read(bytes: &[u8]) -> Parsed {
    let parts = Parts::read(bytes);
    let none = Headers::default();
    let headers = parts.headers().unwrap_or(&none);
    let body = body::find(&parts);
    let from = mailboxes::read(&headers.lists("from"));
    let sender = mailboxes::read(&headers.lists("sender"));
    let (text, remote) = body.text();
    let subject = subject(headers);
    let attachments = attachment::list(&parts, &body);

    let mut warnings = Vec::new();
    if headers.is_empty() && !bytes.is_empty() {
        warnings.push(Warning::Degraded(Text::own("This letter has no header; all of it is shown as text.")));
    }
    if parts.capped {
        warnings.push(Warning::Degraded(Text::own(
            "This letter has more parts than can be shown. The raw view has all of it.",
        )));
    }
    warnings.extend(suspicion::of_sender(&from, &sender));
    warnings.extend(suspicion::of_scripts(&from));
    let names = attachments.iter().map(|(_, name)| name.as_str());
    warnings.extend(suspicion::of_controls(&subject, &from, names));
    warnings.extend(remote_warning(&remote));

    let nature = nature(headers, &from.mailboxes, &parts, &text);
    Parsed {
        msg_id: headers.msg_ids("message-id").into_iter().next(),
        in_reply_to: headers.msg_ids("in-reply-to"),
        references: headers.msg_ids("references"),
        date: headers.date(),
        from: shown_senders(from, sender),
        reply_to: people(headers, "reply-to"),
        to: people(headers, "to"),
        cc: people(headers, "cc"),
        bcc: people(headers, "bcc"),
        subject: Text::line(&subject),
        text: Text::block(&text),
        has_html: body.has_html(),
        nature,
        invitation: invitation::find(&parts),
        attachments: attachments.into_iter().map(|(attachment, _)| attachment).collect(),
        warnings,
        digest: digest(headers, parts.body),
    }
}

/// When the letter was written by its writer's clock: what "tomorrow" in it goes by.
#[must_use]
pub fn written_on(bytes: &[u8]) -> Option<jiff::civil::DateTime> {
    let (headers, _) = Headers::read(bytes, |_| false);
    Some(headers.date_offset()?.to_datetime(headers.date()?))
}

/// The writer's clock: the offset from UTC in the letter's `Date`.
#[must_use]
pub fn clock(bytes: &[u8]) -> Option<jiff::tz::Offset> {
    Headers::read(bytes, |_| false).0.date_offset()
}

/// The HTML part made readable, even when there is a plain part; `None` when the letter has no HTML.
#[must_use]
pub fn html_as_text(bytes: &[u8]) -> Option<Text> {
    body::find(&Parts::read(bytes)).html_text().map(|text| Text::block(&text))
}

/// The whole source as it stands, sanitised; bytes that are not UTF-8 become `�`.
#[must_use]
pub fn raw_as_text(bytes: &[u8]) -> Text {
    Text::block(&String::from_utf8_lossy(bytes))
}

fn people(headers: &Headers<'_>, name: &str) -> Vec<Mailbox> {
    mailboxes::read(&headers.lists(name)).mailboxes
}

/// Without any From, whoever handed the letter in (RFC 5322, 3.6.2) is better than nobody; there is a warning.
fn shown_senders(from: List, sender: List) -> Vec<Mailbox> {
    if from.mailboxes.is_empty() { sender.mailboxes } else { from.mailboxes }
}

fn subject(headers: &Headers<'_>) -> String {
    let subject = headers.text("subject").unwrap_or_default();
    if subject.len() <= LONGEST_SUBJECT { subject } else { subject.chars().take(LONGEST_SUBJECT).collect() }
}

fn remote_warning(remote: &super::html::Remote) -> Option<Warning> {
    let count = u64::try_from(remote.count).unwrap_or(u64::MAX);
    let trackers = u64::try_from(remote.trackers).unwrap_or(u64::MAX);
    if count == 0 {
        return None;
    }
    let mut sentence = format!("{} not loaded", plural(count, "remote item was", "remote items were"));
    if trackers > 0 {
        sentence.push_str(&format!(", {} among them", plural(trackers, "tracker", "trackers")));
    }
    let named: Vec<&str> = remote.hosts.iter().take(HOSTS_NAMED).map(String::as_str).collect();
    sentence.push_str(&format!(": {}", named.join(", ")));
    if remote.hosts.len() > named.len() {
        sentence.push_str(&format!(" and {} more", remote.hosts.len() - named.len()));
    }
    Some(Warning::Remote(Text::from(sentence)))
}
/// Which draft of mine a letter in Drafts is, as its header says.
#[must_use]
pub fn draft_mark(bytes: &[u8]) -> Option<String> {
    let (headers, _) = Headers::read(bytes, |_| false);
    let mark = headers.unfolded(super::DRAFT_HEADER)?;
    let mark = mark.trim();
    // It was written by us, or by whoever can write into the mailbox.
    let plain = !mark.is_empty() && mark.len() <= 64 && mark.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| mark.to_owned())
}
