//! Storing what came: MIME, threading, filing, and the copies, in one transaction with the cursor.

use super::filing::file_thread;
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::message::{Direction, Flags, Parsed};
use crate::domain::problem::Result;
use crate::domain::threading::links;
use crate::mime;
use crate::store::{NewCopy, NewMessage, Store};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A letter with the copy it came as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// UID in its folder.
    pub uid: u32,
    /// Flags on the server.
    pub flags: Flags,
    /// Keywords on the server.
    pub keywords: Vec<String>,
    /// When the server got it.
    pub internal_date: Option<Timestamp>,
    /// The letter as it came.
    pub bytes: Vec<u8>,
}

/// Where letters arrive.
#[derive(Debug, Clone)]
pub struct Destination<'a> {
    /// The account.
    pub account: id::Account,
    /// The folder.
    pub folder: id::Folder,
    /// Its numbering.
    pub uid_validity: u32,
    /// My own addresses and domains.
    pub own: &'a Own,
}

/// Threads that letters came into, each with the date of the oldest of them.
#[derive(Debug, Default)]
struct Touched(BTreeMap<id::Thread, i64>);

/// Stores letters with their copies; call inside [`Store::write`] together with the cursor. Gives the threads they belong to.
///
/// # Errors
/// When the store cannot be written. A letter that cannot be understood is stored all the same.
pub fn ingest(
    store: &Store,
    destination: &Destination<'_>,
    arrivals: &[Arrival],
    now: Timestamp,
) -> Result<Vec<id::Thread>> {
    let mut touched = Touched::default();
    for arrival in arrivals {
        let parsed = mime::read(&arrival.bytes);
        let message = match store.message_with_digest(destination.account, &parsed.digest)? {
            Some((message, thread)) => {
                touched.0.entry(thread).or_insert(i64::MAX);
                store.found_again(message, &parsed)?;
                message
            }
            None => {
                let arrived_at = arrival.internal_date.unwrap_or(now);
                let (message, thread) = store_letter(store, destination, &parsed, &arrival.bytes, arrived_at, false)?;
                let date = parsed.date.unwrap_or(arrived_at).as_millisecond();
                touched.0.entry(thread).and_modify(|oldest| *oldest = date.min(*oldest)).or_insert(date);
                message
            }
        };
        store.add_copy(&NewCopy {
            folder: destination.folder,
            uid_validity: destination.uid_validity,
            uid: arrival.uid,
            message,
            flags: arrival.flags,
            keywords: arrival.keywords.clone(),
        })?;
    }
    let mut threads = Vec::with_capacity(touched.0.len());
    for (thread, oldest) in touched.0 {
        // A later letter of the same batch may have merged it into another.
        let Some(thread) = store.standing_thread(thread)? else { continue };
        store.refresh_lists(thread)?;
        file_thread(store, destination.own, thread, oldest, now)?;
        threads.push(thread);
    }
    Ok(threads)
}

/// Stores a letter that was sent from here, before any copy of it is on the server; call inside [`Store::write`].
///
/// # Errors
/// When the store cannot be written.
pub fn keep_sent(store: &Store, account: id::Account, own: &Own, bytes: &[u8], now: Timestamp) -> Result<id::Thread> {
    let parsed = mime::read(bytes);
    let destination = Destination { account, folder: id::Folder(0), uid_validity: 0, own };
    let thread = match store.message_with_digest(account, &parsed.digest)? {
        Some((_, thread)) => thread,
        None => store_letter(store, &destination, &parsed, bytes, now, true)?.1,
    };
    store.refresh_lists(thread)?;
    file_thread(store, own, thread, i64::MAX, now)?;
    Ok(thread)
}

fn store_letter(
    store: &Store,
    destination: &Destination<'_>,
    parsed: &Parsed,
    bytes: &[u8],
    arrived_at: Timestamp,
    local_origin: bool,
) -> Result<(id::Message, id::Thread)> {
    let thread = store.thread_for(destination.account, &links(parsed), &parsed.subject)?;
    let ignored = match parsed.from.first() {
        Some(sender) => store.is_ignored(&sender.address)?,
        None => false,
    };
    let message = store.add_message(&NewMessage {
        account: destination.account,
        thread,
        parsed,
        snippet: &mime::snippet(&parsed.text),
        asks: asks(parsed),
        direction: direction(parsed, destination.own),
        ignored,
        arrived_at,
        local_origin,
        bytes,
    })?;
    Ok((message, thread))
}

/// Which way a letter went. One of mine that only colleagues got answers no client: it is internal.
fn direction(parsed: &Parsed, own: &Own) -> Direction {
    let Some(sender) = parsed.from.first().map(|mailbox| &mailbox.address) else { return Direction::Inbound };
    let mut recipients = parsed.to.iter().chain(&parsed.cc).chain(&parsed.bcc).peekable();
    let among_us = recipients.peek().is_some() && recipients.all(|mailbox| own.is_us(&mailbox.address));
    if own.speaks_for_me(sender) && !among_us {
        Direction::Outbound
    } else if own.is_us(sender) {
        Direction::Internal
    } else {
        Direction::Inbound
    }
}

/// The letter's own words (not its quotes) hold a question.
fn asks(parsed: &Parsed) -> bool {
    parsed
        .text
        .lines()
        .take_while(|line| *line != "-- ")
        .any(|line| !line.starts_with('>') && line.contains(['?', '？']) && !line.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;

    #[test]
    fn which_way_a_letter_went() {
        let own = Own::new([Address::parse("me@firma.example").unwrap()]);
        for (from, to, expected) in [
            ("client@x.example", "me@firma.example", Direction::Inbound),
            ("me@firma.example", "client@x.example", Direction::Outbound),
            ("me@firma.example", "boss@firma.example", Direction::Internal),
            ("me@firma.example", "boss@firma.example, client@x.example", Direction::Outbound),
            ("boss@firma.example", "client@x.example", Direction::Internal),
            ("Me@Firma.example", "undisclosed-recipients:;", Direction::Outbound),
        ] {
            let letter = format!("From: {from}\r\nTo: {to}\r\nSubject: x\r\n\r\nhello\r\n");
            assert_eq!(direction(&mime::read(letter.as_bytes()), &own), expected, "{from} to {to}");
        }
    }

    #[test]
    fn in_a_teams_mailbox_a_colleagues_answer_is_ours() {
        let own = Own::new([Address::parse("sales@firma.example").unwrap()]).of_team();
        for (from, to, expected) in [
            ("jan@firma.example", "client@x.example, sales@firma.example", Direction::Outbound),
            ("sales@firma.example", "client@x.example", Direction::Outbound),
            ("jan@firma.example", "sales@firma.example", Direction::Internal),
            ("client@x.example", "sales@firma.example", Direction::Inbound),
        ] {
            let letter = format!("From: {from}\r\nTo: {to}\r\nSubject: x\r\n\r\nhello\r\n");
            assert_eq!(direction(&mime::read(letter.as_bytes()), &own), expected, "{from} to {to}");
        }
    }

    #[test]
    fn a_quoted_question_is_not_asked() {
        for (body, expected) in [
            ("Could you confirm?", true),
            ("Yes.\r\n> Could you confirm?", false),
            ("See https://x.example/?a=1", false),
        ] {
            let letter = format!("From: a@b.example\r\nContent-Type: text/plain\r\n\r\n{body}\r\n");
            assert_eq!(asks(&mime::read(letter.as_bytes())), expected, "{body}");
        }
    }
}
