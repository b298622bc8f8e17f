//! The outbox worker: sends what may leave, keeps what came of it, puts the copy into Sent once.

use super::account::{SENT_FLAGS, sent_folder};
use super::ingest::keep_sent;
use super::remote::Remote;
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::outbox::{Outcome, State};
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::smtp::Report;
use crate::store::{Attempt, Store};
use jiff::Timestamp;

/// What happened to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The letter.
    pub id: id::Outgoing,
    /// Where it stands now.
    pub state: State,
    /// The thread it was stored in, when it was sent.
    pub thread: Option<id::Thread>,
}

/// Opens the socket for one attempt. Calls its second argument when everything but the letter's end was written: what is
/// killed before that was certainly not sent.
pub type Send<'a> = dyn FnMut(&Attempt, &mut dyn FnMut() -> Result<()>) -> Report + 'a;

/// Sends every letter of an account that may leave now, one by one. `send` opens the socket; it is called only after
/// the letter was committed as `sending`.
///
/// When the server cannot be reached or refuses the password, the letter waits as the others do, and nothing more is tried now:
/// offline, twenty letters would wait for twenty time limits, and some servers lock an account after a few wrong passwords.
///
/// # Errors
/// When the store cannot be read or written, or the account's server cannot be used.
pub fn send_due(
    store: &Store,
    account: id::Account,
    own: &Own,
    send: &mut Send<'_>,
    tell: &mut dyn FnMut(Sent),
) -> Result<()> {
    while let Some(attempt) = store.begin_sending(account, Timestamp::now())? {
        tell(Sent { id: attempt.id, state: State::Sending, thread: None });
        let report = send(&attempt, &mut || store.handing_over(attempt.id));
        let now = Timestamp::now();
        let mut thread = None;
        let outcome = match report.outcome {
            Outcome::Refused(answer) if !report.signed_in => Outcome::TryLater(answer),
            outcome => outcome,
        };
        let state = store.end_sending(&attempt, &outcome, &report.refused, now, || {
            thread = keep(store, account, own, &attempt, now)?;
            plan_next(store, attempt.id, now);
            Ok(())
        })?;
        store.mailing_learns(attempt.id, &outcome, report.signed_in, now)?;
        if let Some(state) = state {
            tell(Sent { id: attempt.id, state, thread });
        }
        if let (Outcome::TryLater(answer), false) = (&outcome, report.signed_in) {
            return Err(Problem::new(Kind::Network, format!("letters cannot leave: {answer}"))
                .hint("they wait in the outbox and are tried again"));
        }
    }
    Ok(())
}

/// Stores a sent letter as a message, and marks the one it answers. A redirected one is somebody else's and is here already: a copy in
/// Sent would look like a letter they wrote just now.
fn keep(
    store: &Store,
    account: id::Account,
    own: &Own,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Option<id::Thread>> {
    let letter = store.outgoing_letter(attempt.id)?;
    if letter.as_ref().is_some_and(|letter| letter.redirects.is_some()) {
        store.copy_done(attempt.id)?;
        return Ok(None);
    }
    let thread = keep_sent(store, account, own, &attempt.bytes, now)?;
    if let Some(answered) = letter.and_then(|letter| letter.answers) {
        store.set_answered(answered)?;
    }
    Ok(Some(thread))
}

/// Keeps what follows a letter when nobody answers it. Whatever goes wrong there is no reason to doubt that the letter left.
fn plan_next(store: &Store, outgoing: id::Outgoing, now: Timestamp) {
    if let Err(problem) = store.part(|| store.letter_left(outgoing, now)) {
        tracing::warn!(%problem, %outgoing, "what follows a letter could not be kept");
    }
}

/// Looks for letters of unknown fate: in the store (a copy came with a sync) and in Sent on the server. One that is found was
/// sent; one that is not found stays uncertain, because not finding it proves nothing.
///
/// # Errors
/// When the server or the store fails.
pub fn settle_uncertain(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    own: &Own,
    tell: &mut dyn FnMut(Sent),
) -> Result<()> {
    let uncertain = store.uncertain(account)?;
    if uncertain.is_empty() {
        return Ok(());
    }
    let sent = sent_folder(store, account)?;
    let opened = match &sent {
        None => false,
        Some(folder) => match remote.select(&folder.raw_name) {
            // It cannot be looked into now: they stay uncertain, and the letters that came are not to wait for them.
            Err(problem) if problem.is_refusal() => false,
            other => other.map(|_| true)?,
        },
    };
    for attempt in uncertain {
        let here = !store.messages_named(&attempt.msg_id)?.is_empty();
        let there = opened && !remote.find_msg_id(&attempt.msg_id)?.is_empty();
        if here || there {
            let now = Timestamp::now();
            let mut thread = None;
            let found = store.found_on_server(&attempt, now, || {
                thread = keep(store, account, own, &attempt, now)?;
                plan_next(store, attempt.id, now);
                Ok(())
            })?;
            if found {
                tell(Sent { id: attempt.id, state: State::Sent, thread });
            }
        }
    }
    Ok(())
}

/// Puts the copies of sent letters into the account's Sent folder, each once: its Message-ID is looked for first, because an
/// earlier try may have succeeded without our hearing of it, and because some providers keep a copy themselves.
///
/// A server that refuses a copy (the mailbox is full) is asked again at the next sync; the letters that come in do not wait for that.
///
/// # Errors
/// When the server or the store fails; the copies stay wanted.
pub fn store_copies(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    provider_keeps_copy: bool,
) -> Result<()> {
    match try_store_copies(store, remote, account, provider_keeps_copy) {
        Err(problem) if problem.is_refusal() => {
            tracing::warn!(%problem, "a copy of a sent letter is not in Sent yet");
            Ok(())
        }
        other => other,
    }
}

fn try_store_copies(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    provider_keeps_copy: bool,
) -> Result<()> {
    let copies = store.begin_copies(account)?;
    if copies.is_empty() {
        return Ok(());
    }
    let Some(folder) = sent_folder(store, account)?.filter(|_| !provider_keeps_copy) else {
        return copies.iter().try_for_each(|copy| store.copy_done(copy.id));
    };
    remote.select(&folder.raw_name)?;
    for copy in copies {
        if remote.find_msg_id(&copy.msg_id)?.is_empty() {
            remote.append(&folder.raw_name, &copy.bytes, SENT_FLAGS, Some(copy.sent_at))?;
            // It was listed before the copy was there.
            store.look_again(folder.id)?;
        }
        store.copy_done(copy.id)?;
    }
    Ok(())
}

/// Providers that put every letter sent through their SMTP server into Sent themselves (FIELD-NOTES, Servers).
#[must_use]
pub fn provider_keeps_copy(smtp_host: &str) -> bool {
    ["gmail.com", "googlemail.com", "office365.com", "outlook.com"]
        .iter()
        .any(|host| smtp_host == *host || smtp_host.ends_with(&format!(".{host}")))
}
