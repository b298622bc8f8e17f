//! Reports of letters that did not arrive: who did not get it, and why.
//!
//! A report in parts (RFC 3464) is read from its `message/delivery-status`; whatever else servers write, from its words ([`prose`]).

mod answer;
mod original;
mod prose;
mod status;
mod topic;

use super::body;
use super::headers::Headers;
use super::mailboxes;
use super::nature::nature;
use super::parts::Parts;
use crate::domain::address::{Address, Own};
use crate::domain::bounce::{Bounce, Reason};
use crate::domain::message::Nature;
pub(super) use original::is_in as quotes_a_letter;
pub(super) use prose::{begins_as_report, tells_of_failure};
pub(super) use status::groups;
pub(super) use topic::is_bounce as is_topic;

/// Recipients of one report that are looked at.
const MOST_RECIPIENTS: usize = 100;

/// What a report says of others: never of me, whoever wrote it (a forger, a forwarding of my own that failed).
#[must_use]
pub fn bounces_of_others(bytes: &[u8], own: &Own) -> Vec<Bounce> {
    bounces(bytes).into_iter().filter(|bounce| !own.is_me(&bounce.recipient)).collect()
}

/// The recipients of a delivery report who did not get the letter, or get it late, whom it is about first; empty for any other letter.
#[must_use]
pub fn bounces(bytes: &[u8]) -> Vec<Bounce> {
    let parts = Parts::read(bytes);
    let Some(headers) = parts.headers() else { return Vec::new() };
    if is_complaint(&parts) {
        return Vec::new();
    }
    let told = status::in_parts(&parts);
    let mut found = told.missed;
    if found.is_empty() && !told.is_good_news {
        found = in_words(&parts, headers);
    } else if found.iter().any(is_unclear) {
        found = better_told(&parts, headers, &body::find(&parts).text().0, found);
    }
    found.sort_by_key(|bounce| !bounce.permanent);
    found
}

/// "5.0.0" and "Service unavailable": the reason, if any, is in the words (Domino, sendmail).
fn is_unclear(bounce: &Bounce) -> bool {
    bounce.permanent && bounce.reason == Reason::Refused && says_little(bounce.status.as_str())
}

/// A status that tells nothing but that it failed.
fn says_little(status: &str) -> bool {
    status.is_empty() || status.ends_with(".0.0") || status.ends_with(".5.0")
}

/// The same, with the reason that the words give where the status is unclear.
fn better_told(parts: &Parts<'_>, headers: &Headers<'_>, text: &str, bounces: Vec<Bounce>) -> Vec<Bounce> {
    // All at once: what is said of one is not told of another.
    let told = prose::read(parts, headers, text, bounces.iter().map(|bounce| bounce.recipient.clone()).collect());
    let better = |bounce: Bounce| {
        let said = told.iter().find(|told| told.recipient == bounce.recipient);
        match said.filter(|told| is_unclear(&bounce) && told.permanent && told.reason != Reason::Refused).cloned() {
            Some(told) => Bounce {
                reason: told.reason,
                answer: if bounce.answer.is_empty() { told.answer } else { bounce.answer },
                ..bounce
            },
            None => bounce,
        }
    };
    bounces.into_iter().map(better).collect()
}

/// Somebody pressed "this is spam" (RFC 5965): the letter did arrive.
fn is_complaint(parts: &Parts<'_>) -> bool {
    parts.all.iter().any(|part| part.media_type == "message/feedback-report")
}

/// What a report says outside parts that are made for programs.
fn in_words(parts: &Parts<'_>, headers: &Headers<'_>) -> Vec<Bounce> {
    let from = mailboxes::read(&headers.lists("from")).mailboxes;
    let (text, _) = body::find(parts).text();
    if !matches!(nature(headers, &from, parts, &text), Nature::Bounce(_)) {
        return Vec::new();
    }
    if headers.has(topic::HEADER) {
        return topic::bounces(&text);
    }
    let told = status::in_text(&text);
    if !told.missed.is_empty() || told.is_good_news {
        return better_told(parts, headers, &text, told.missed);
    }
    let wrapped = status::in_wrapped(parts);
    if !wrapped.missed.is_empty() {
        return wrapped.missed;
    }
    let named = headers.unfolded("x-failed-recipients").unwrap_or_default();
    let named: Vec<Address> = named.split(',').take(MOST_RECIPIENTS).filter_map(Address::parse).collect();
    prose::read(parts, headers, &text, named)
}

#[cfg(test)]
mod tests;
