//! The part of a report that is made for programs (RFC 3464), as its own part or as servers paste it into a text.

use super::super::headers::Headers;
use super::super::parts::Parts;
use super::super::receipt::address;
use super::MOST_RECIPIENTS;
use super::answer::{is_put_off, shortened, status_in, status_of};
use crate::domain::address::Address;
use crate::domain::bounce::{Bounce, reason};
use crate::domain::text::Text;

/// What the groups of a report say.
#[derive(Default)]
pub(super) struct Told {
    /// Those who did not get the letter, or get it late.
    pub missed: Vec<Bounce>,
    /// It says of somebody that the letter arrived.
    pub is_good_news: bool,
}

/// From every `message/delivery-status`.
pub(super) fn in_parts(parts: &Parts<'_>) -> Told {
    let mut told = Told::default();
    for part in parts.all.iter().filter(|part| part.media_type.ends_with("delivery-status")) {
        told.add(&part.decoded());
    }
    told
}

/// From a text that has such groups between its words: PMDF without boundaries, relays that wrap a whole report into a new one.
pub(super) fn in_text(text: &str) -> Told {
    let mut told = Told::default();
    if text.to_ascii_lowercase().contains("\nfinal-recipient:") {
        told.add(text.as_bytes());
    }
    told
}

/// From a report that a relay passes on inside a report of its own without such parts (TrendMicro, Exchange behind a gateway).
pub(super) fn in_wrapped(parts: &Parts<'_>) -> Told {
    let inner = parts.all.iter().find(|part| part.media_type == "message/rfc822");
    inner.map(|part| in_parts(&Parts::read(part.decoded().trim_ascii_start()))).unwrap_or_default()
}

impl Told {
    fn add(&mut self, report: &[u8]) {
        for group in groups(report) {
            match action(&group).as_str() {
                "delivered" | "relayed" | "expanded" | "deliverable" => self.is_good_news = true,
                _ => self.missed.extend(recipient(&group)),
            }
        }
    }
}

/// The groups themselves, some at most: the first is about the letter, each other about one recipient.
pub(in crate::mime) fn groups(report: &[u8]) -> Vec<Headers<'_>> {
    let mut found = Vec::new();
    let mut rest = report.trim_ascii_start();
    while !rest.is_empty() && found.len() <= MOST_RECIPIENTS {
        let (group, end) = Headers::read(rest, |_| false);
        found.push(group);
        rest = rest.get(end.max(1)..).unwrap_or_default().trim_ascii_start();
    }
    found
}

fn action(group: &Headers<'_>) -> String {
    let action = group.text("action").unwrap_or_default().to_ascii_lowercase();
    action.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_owned()
}

fn recipient(group: &Headers<'_>) -> Option<Bounce> {
    let recipient = final_recipient(group)?;
    let diagnosis = group.text("diagnostic-code").unwrap_or_default();
    let answer = diagnosis.split_once(';').map_or(diagnosis.as_str(), |(_, answer)| answer);
    let action = action(group);
    let stated = group.text("status").and_then(|value| status_in(&value));
    let status = nearer(stated, status_of(answer));
    let permanent = !status.starts_with('4') && action != "delayed" && !is_put_off(answer);
    let reason = reason(&status, answer, permanent);
    Some(Bounce { recipient, status: Text::from(status), answer: shortened(answer), permanent, reason })
}

/// Postfix and sendmail state a code of their own where the other server's answer has a truer one ("5.1.1" beside "552 5.2.2 Over quota").
fn nearer(stated: Option<String>, answered: Option<String>) -> String {
    match (stated, answered) {
        (Some(stated), Some(answered)) if answered.ends_with(".0.0") => stated,
        (_, Some(answered)) => answered,
        (stated, None) => stated.unwrap_or_default(),
    }
}

/// Who was to get it. Sun's server names a user of its own machine (`anna@ims-ms-daemon`): then whom I wrote to.
fn final_recipient(group: &Headers<'_>) -> Option<Address> {
    let last = address(group, "final-recipient").filter(|last| last.domain().contains('.'));
    if last.is_some() {
        return last;
    }
    ["original-recipient", "final-recipient", "x-actual-recipient"].into_iter().find_map(|name| {
        address(group, name).or_else(|| {
            let value = group.unfolded(name)?;
            super::answer::addresses_on(&value).next()
        })
    })
}
