//! Storing what came: MIME, threading, filing, and the copies, in one transaction with the cursor.

use super::filing::{file_thread, settle};
use super::large::Left;
use super::said::{self, Said as ToUs};
use crate::domain::address::Own;
use crate::domain::away::returns_on;
use crate::domain::id;
use crate::domain::message::{Direction, Flags, MsgId, Nature, Parsed};
use crate::domain::problem::Result;
use crate::domain::promise::{self, Said};
use crate::domain::text::Text;
use crate::domain::threading::links;
use crate::domain::work_time::WorkTime;
use crate::mime;
use crate::store::{DeliveryReport, Kept, NewCopy, NewMessage, Packer, Store};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
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
    /// What of it stayed on the server; `None`: it came whole.
    pub left: Option<Left>,
}

/// A letter smaller than this has no file that could have stayed on the server (see the configuration's smallest limit).
const SMALLEST_PARTIAL: usize = if cfg!(test) { 1 } else { 64 * 1024 };

/// In letters older than this no promises are looked for.
const PROMISES_KEEP: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A letter that was read and made ready: what is left is to store it.
#[derive(Debug)]
pub struct Prepared {
    uid: u32,
    flags: Flags,
    keywords: Vec<String>,
    internal_date: Option<Timestamp>,
    parsed: Parsed,
    kept: Kept,
    snippet: Text,
    asks: bool,
    /// Whose letters it passes on, one a line.
    originals: String,
    promises: Vec<Said>,
    /// What it says that is acted on.
    said: ToUs,
    /// The day on which who answered by a program is back.
    returns: Option<Date>,
    /// What stayed on the server. Then the digest is of what a whole copy shares with it.
    left: Option<Left>,
    /// By which a letter that came whole is known when it is here without its files.
    without_files: Option<[u8; 32]>,
    /// Bytes of the letter as it came.
    pub size: usize,
}

impl Prepared {
    /// UID in its folder.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Reads a letter; needs no store, so that it can be done beside the writer.
    ///
    /// # Errors
    /// When there is no memory. A letter that cannot be understood is prepared all the same.
    pub fn new(arrival: Arrival, packer: &mut Packer, now: Timestamp) -> Result<Self> {
        let Arrival { uid, flags, keywords, internal_date, bytes, left } = arrival;
        let (mut parsed, kept) = read_and_keep(&bytes, packer)?;
        let may_be_partial = left.is_some() || (bytes.len() >= SMALLEST_PARTIAL && !parsed.attachments.is_empty());
        let mut without_files = if may_be_partial { mime::digest_without_files(&bytes) } else { None };
        if left.is_some() {
            parsed.digest = without_files.take().unwrap_or(parsed.digest);
        }
        let (snippet, asks) = (mime::snippet(&parsed.text), asks(&parsed));
        let originals = originals(&parsed, &bytes);
        let promises = promises(&parsed, &bytes, internal_date, now);
        let said = ToUs::of(&parsed);
        let returns = returns(&parsed, internal_date.unwrap_or(now));
        // Its words are in `kept`; the text itself would only fill the memory while it waits.
        let parsed = Parsed { text: Text::default(), ..parsed };
        let size = bytes.len();
        Ok(Self {
            uid,
            flags,
            keywords,
            internal_date,
            parsed,
            kept,
            snippet,
            asks,
            originals,
            promises,
            said,
            returns,
            left,
            without_files,
            size,
        })
    }

    /// The letter here that this is a copy of, with its thread; and true when that is here without its files, and this is whole.
    fn known(&self, store: &Store, account: id::Account) -> Result<Option<(id::Message, id::Thread, bool)>> {
        if let Some((message, thread)) = store.message_with_digest(account, &self.parsed.digest)? {
            return Ok(Some((message, thread, false)));
        }
        if self.left.is_none() {
            let Some(digest) = &self.without_files else { return Ok(None) };
            let found = store.message_with_digest(account, digest)?;
            return Ok(found.map(|(message, thread)| (message, thread, true)));
        }
        for (message, thread) in store.letters_like(account, &self.parsed)? {
            // One without its bytes is known from a backup, by what was asked for.
            let same = match store.raw(message)? {
                Some(bytes) => mime::digest_without_files(&bytes) == Some(self.parsed.digest),
                None => true,
            };
            if same {
                return Ok(Some((message, thread, false)));
            }
        }
        Ok(None)
    }

    /// Takes the place of what is here of this letter.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn complete(&self, store: &Store, message: id::Message) -> Result<()> {
        store.make_whole(message, &self.parsed.digest, &self.kept)
    }

    /// Stores it as a copy of a letter that is known. True when its words have to be indexed.
    fn joins(&self, store: &Store, message: id::Message, completes: bool) -> Result<bool> {
        let had_bytes = self.left.is_none() || store.has_bytes(message)?;
        let index = store.came_again(message, &self.parsed, &self.kept)?;
        match &self.left {
            Some(left) if !had_bytes => {
                store.leave_on_server(message, &self.parsed.digest, left.size, &left.files)?;
            }
            None if completes => self.complete(store, message)?,
            _ => {}
        }
        Ok(index)
    }
}

fn read_and_keep(bytes: &[u8], packer: &mut Packer) -> Result<(Parsed, Kept)> {
    let parsed = mime::read(bytes);
    let kept = packer.keep(&parsed, bytes)?;
    Ok((parsed, kept))
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

/// Reads letters and stores them; see [`enter`].
///
/// # Errors
/// When the store cannot be written. A letter that cannot be understood is stored all the same.
pub fn ingest(
    store: &Store,
    destination: &Destination<'_>,
    arrivals: &[Arrival],
    now: Timestamp,
) -> Result<Vec<id::Thread>> {
    let mut packer = Packer::new()?;
    let prepared = arrivals.iter().map(|arrival| Prepared::new(arrival.clone(), &mut packer, now));
    enter(store, destination, &prepared.collect::<Result<Vec<_>>>()?, now)
}

/// Stores letters with their copies; call inside [`Store::write`] together with the cursor. Gives the threads they belong to.
///
/// # Errors
/// When the store cannot be written.
pub fn enter(
    store: &Store,
    destination: &Destination<'_>,
    letters: &[Prepared],
    now: Timestamp,
) -> Result<Vec<id::Thread>> {
    let mut touched = Touched::default();
    let mut to_index = Vec::with_capacity(letters.len());
    let mut invited = Vec::new();
    let mut to_us = Vec::new();
    for letter in letters {
        let message = match letter.known(store, destination.account)? {
            Some((message, thread, completes)) => {
                touched.0.entry(thread).or_insert(i64::MAX);
                if letter.joins(store, message, completes)? {
                    to_index.push((message, &letter.kept));
                }
                message
            }
            None => {
                let arrived_at = letter.internal_date.unwrap_or(now);
                let new = NewLetter {
                    parsed: &letter.parsed,
                    kept: &letter.kept,
                    snippet: &letter.snippet,
                    asks: letter.asks,
                    originals: &letter.originals,
                    promises: &letter.promises,
                    returns: letter.returns,
                    arrived_at,
                    local_origin: false,
                };
                let (message, thread) = store_letter(store, destination, &new)?;
                if let Some(left) = &letter.left {
                    store.leave_on_server(message, &letter.parsed.digest, left.size, &left.files)?;
                }
                let date = letter.parsed.date.unwrap_or(arrived_at).as_millisecond();
                touched.0.entry(thread).and_modify(|oldest| *oldest = date.min(*oldest)).or_insert(date);
                to_index.push((message, &letter.kept));
                if letter.parsed.invitation.is_some() {
                    invited.push((message, thread, &letter.parsed));
                }
                if !letter.said.is_nothing() && direction(&letter.parsed, destination.own) == Direction::Inbound {
                    to_us.push((message, thread, letter));
                }
                message
            }
        };
        store.add_copy(&NewCopy {
            folder: destination.folder,
            uid_validity: destination.uid_validity,
            uid: letter.uid,
            message,
            flags: letter.flags,
            keywords: letter.keywords.clone(),
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
    // What an act changed without filing anything (another program's, one that was cut) is not left so.
    settle(store, destination.own, now)?;
    for (message, thread, parsed) in invited {
        super::meetings::enter(store, destination.own, (message, thread), parsed, now)?;
    }
    for (message, thread, letter) in to_us {
        said::enter(store, (message, thread), &letter.parsed, &letter.said, now)?;
    }
    for (message, kept) in to_index {
        store.index_words(message, kept)?;
    }
    Ok(threads)
}

/// Stores a letter that was sent from here, before any copy of it is on the server; call inside [`Store::write`].
///
/// # Errors
/// When the store cannot be written.
pub fn keep_sent(store: &Store, account: id::Account, own: &Own, bytes: &[u8], now: Timestamp) -> Result<id::Thread> {
    let (parsed, kept) = read_and_keep(bytes, &mut Packer::new()?)?;
    let destination = Destination { account, folder: id::Folder(0), uid_validity: 0, own };
    let (thread, to_index) = match store.message_with_digest(account, &parsed.digest)? {
        Some((_, thread)) => (thread, None),
        None => {
            let new = NewLetter {
                parsed: &parsed,
                kept: &kept,
                snippet: &mime::snippet(&parsed.text),
                asks: asks(&parsed),
                originals: &originals(&parsed, bytes),
                promises: &promises(&parsed, bytes, None, now),
                returns: None,
                arrived_at: now,
                local_origin: true,
            };
            let (message, thread) = store_letter(store, &destination, &new)?;
            (thread, Some(message))
        }
    };
    store.refresh_lists(thread)?;
    file_thread(store, own, thread, i64::MAX, now)?;
    if let Some(message) = to_index {
        super::meetings::enter(store, own, (message, thread), &parsed, now)?;
        store.index_words(message, &kept)?;
    }
    Ok(thread)
}

/// A letter the store does not have.
struct NewLetter<'a> {
    parsed: &'a Parsed,
    kept: &'a Kept,
    snippet: &'a Text,
    asks: bool,
    originals: &'a str,
    promises: &'a [Said],
    returns: Option<Date>,
    arrived_at: Timestamp,
    local_origin: bool,
}

fn store_letter(
    store: &Store,
    destination: &Destination<'_>,
    new: &NewLetter<'_>,
) -> Result<(id::Message, id::Thread)> {
    let parsed = new.parsed;
    let thread = store.thread_for(destination.account, &links(parsed), &parsed.subject)?;
    let ignored = match parsed.from.first() {
        Some(sender) => store.is_ignored(&sender.address)?,
        None => false,
    };
    let order = order(destination.own, parsed, new.kept)?;
    let direction = if order.is_some() { Direction::Inbound } else { direction(parsed, destination.own) };
    // Only a colleague passes on: what a client forwards is the client's own letter.
    let passed_on = if direction == Direction::Internal { new.originals } else { "" };
    let message = store.add_message(&NewMessage {
        account: destination.account,
        thread,
        parsed,
        snippet: new.snippet,
        asks: new.asks,
        direction,
        ignored,
        order: order.is_some(),
        origin: order.as_deref().unwrap_or(passed_on),
        arrived_at: new.arrived_at,
        local_origin: new.local_origin,
        kept: new.kept,
    })?;
    if !ignored {
        store.keep_promises(message, parsed.msg_id.as_ref().map(MsgId::as_str), direction, new.promises)?;
    }
    // A report comes from my own domain where its server is ours.
    if matches!(parsed.nature, Nature::Bounce(_)) && direction != Direction::Outbound {
        let bounces = mime::bounces_of_others(&new.kept.bytes()?, destination.own);
        store.keep_bounces(message, &bounces)?;
        let date = parsed.date.unwrap_or(new.arrived_at);
        let report = DeliveryReport { message, folder: destination.folder, date, now: new.arrived_at };
        // A letter of mine that cannot be parted is no reason to leave the report on the server.
        if let Err(problem) = store.part(|| store.letters_bounced(&report, &bounces)) {
            tracing::warn!(%problem, "a letter that did not arrive could not be put back into the outbox");
        }
    }
    if let (Some(sender), Some(day)) = (parsed.from.first(), new.returns.filter(|_| direction != Direction::Outbound)) {
        store.keep_away(message, &sender.address, day)?;
    }
    if matches!(parsed.nature, Nature::Bounce(_) | Nature::Automatic(_)) && direction != Direction::Outbound {
        store.keep_receipts(message, &mime::receipts(&new.kept.bytes()?))?;
    }
    Ok((message, thread))
}

/// The day of return that an automatic answer names.
pub(super) fn returns(parsed: &Parsed, arrived: Timestamp) -> Option<Date> {
    let sent = Offset::UTC.to_datetime(parsed.date.unwrap_or(arrived)).date();
    parsed.nature.is_answer().then(|| returns_on(&mime::own_text(&parsed.text), sent)).flatten()
}

/// Whose letters this one passes on, one a line.
fn originals(parsed: &Parsed, bytes: &[u8]) -> String {
    let found: Vec<String> = mime::originals(parsed, bytes).iter().map(ToString::to_string).collect();
    found.join("\n")
}

/// The customer for whom a shop's robot wrote the letter, where it is one of the order forms of the configuration.
fn order(own: &Own, parsed: &Parsed, kept: &Kept) -> Result<Option<String>> {
    let Some(form) = own.order_form(&parsed.from, &parsed.subject) else { return Ok(None) };
    let whole = mime::read(&kept.bytes()?);
    Ok(form.read(&whole.text, &parsed.reply_to).map(|order| order.customer.to_string()))
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

/// What a letter of a person promises, where it is new: of old ones every promise is long kept or forgotten, and a first sync brings
/// very many of them.
fn promises(parsed: &Parsed, bytes: &[u8], arrived: Option<Timestamp>, now: Timestamp) -> Vec<Said> {
    let written = parsed.date.or(arrived).unwrap_or(now);
    if now.duration_since(written) > PROMISES_KEEP || !matches!(parsed.nature, Nature::Human) {
        return Vec::new();
    }
    let here = mime::written_on(bytes).unwrap_or_else(|| Offset::UTC.to_datetime(written));
    promise::find(&mime::own_text(&parsed.text), here, &WorkTime::default())
}

/// The letter's own words (not its quotes) hold a question, or ask for something without one.
fn asks(parsed: &Parsed) -> bool {
    let question = parsed
        .text
        .lines()
        .take_while(|line| *line != "-- ")
        .any(|line| !line.starts_with('>') && line.contains(['?', '？']) && !line.contains("://"));
    question || promise::asks(&mime::own_text(&parsed.text))
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
            ("Please confirm the order.", true),
            ("Thank you.\r\n> Please confirm the order.", false),
        ] {
            let letter = format!("From: a@b.example\r\nContent-Type: text/plain\r\n\r\n{body}\r\n");
            assert_eq!(asks(&mime::read(letter.as_bytes())), expected, "{body}");
        }
    }
}
