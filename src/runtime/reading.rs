//! Opening what the store keeps: letters from their bytes, threads, attachments.

use crate::domain::contact::ContactCard;
use crate::domain::filing::Rule;
use crate::domain::habit;
use crate::domain::id;
use crate::domain::message::{Attachment, Opened};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::promise::SaidIn;
use crate::domain::text::Text;
use crate::domain::thread::ThreadView;
use crate::domain::work_time::WorkTime;
use crate::mime;
use crate::store::{Filed, Store};
use jiff::Zoned;
use std::path::{Path, PathBuf};

/// The most letters of one thread that are opened at once: a conversation longer than this is read from its end.
const MOST_OPENED: usize = 200;

/// One letter with everything that reading its bytes gives; `None` when there is no such letter.
///
/// # Errors
/// When the store cannot be read.
pub fn opened(store: &Store, message: id::Message) -> Result<Option<Opened>> {
    let Some((thread, date, direction, seen)) = store.message_facts(message)? else { return Ok(None) };
    let Some(bytes) = store.raw(message)? else { return Ok(None) };
    let folders = store.folders_of(message)?;
    let mut parsed = mime::read(&bytes);
    for left in store.left_on_server(message)? {
        if let Some(file) = parsed.attachments.get_mut(left.index) {
            (file.on_server, file.size) = (true, left.size);
        }
    }
    if let Some(invitation) = &mut parsed.invitation {
        invitation.overtaken = store.overtaken(invitation.uid.as_str(), invitation.sequence, date)?;
    }
    Ok(Some(Opened { id: message, thread, date, direction, seen, parsed, folders }))
}

/// The same, where the letter must be there.
///
/// # Errors
/// When it is not there, or the store cannot be read.
pub fn must_open(store: &Store, message: id::Message) -> Result<Opened> {
    opened(store, message)?.ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no letter {message}")))
}

/// A conversation with its newest letters; `None` when there is no such thread.
///
/// # Errors
/// When the store cannot be read.
pub fn thread_view(store: &Store, thread: id::Thread, now: &Zoned, work: &WorkTime) -> Result<Option<ThreadView>> {
    let Some(thread) = store.standing_thread(thread)? else { return Ok(None) };
    let Some(mut row) = store.thread_row(thread)? else { return Ok(None) };
    row.counters = store.counters_of(thread, now, work)?;
    let keys = store.messages_of(thread)?;
    let from = keys.len().saturating_sub(MOST_OPENED);
    let mut messages = Vec::new();
    for key in keys.get(from..).unwrap_or_default() {
        messages.extend(opened(store, *key)?);
    }
    let filed = store.filing(thread)?;
    let place = filed.as_ref().map(|filed| filed.place.clone()).unwrap_or_default();
    let mut filed_by = filed.as_ref().map(in_words).unwrap_or_default();
    let unknown = filed.as_ref().map(|_| store.people_on_no_card(thread)).transpose()?.unwrap_or_default();
    if let Some(stranger) = unknown.first() {
        filed_by =
            Text::from(format!("{filed_by}; {} is on no card: y in the open letter adds them", stranger.address));
    }
    if let Some(other) = super::filing::may_be_one(store, thread)?.first() {
        filed_by =
            Text::from(format!("{filed_by}; may be one with “{}” ({}): & joins them", other.subject, other.evidence));
    }
    let on_its_way = store.on_its_way(thread)?;
    let mut promises = Vec::new();
    for letter in &messages {
        promises.extend(store.open_promises(SaidIn::Message(letter.id))?);
    }
    Ok(Some(ThreadView {
        row,
        messages,
        lead: place.contact.is_some_and(|contact| store.is_lead(contact).unwrap_or(false)),
        contact: place.contact,
        company: place.company,
        deal: place.deal,
        filed_by,
        on_its_way,
        promises,
        taken_by: store.claimed_by(thread)?.map(|claimant| claimant.shown()),
        private: store.is_private(thread)?,
    }))
}

/// A person's card with every hint; `None` when there is no such person.
///
/// # Errors
/// When the store cannot be read.
pub fn contact_card(
    store: &Store,
    contact: id::Contact,
    now: &Zoned,
    work: &WorkTime,
    timeline: u32,
) -> Result<Option<ContactCard>> {
    let Some(mut card) = store.contact_card(contact, now, timeline)? else { return Ok(None) };
    card.hints.extend(habit::hints(&store.habits(contact, now, work)?, now, work));
    Ok(Some(card))
}

/// How a thread was filed, one sentence.
#[must_use]
pub fn in_words(filed: &Filed) -> Text {
    let by = match filed.rule {
        Rule::Mine => "by you",
        Rule::Thread => "with its conversation",
        Rule::Tag => "by its deal tag",
        Rule::Address => "by address",
        Rule::Domain => "by domain",
        Rule::Lead => "as a lead",
    };
    let open = if filed.deal_decided { "" } else { "; several open deals: f chooses one" };
    Text::from(format!("{by}: {}{open}", filed.evidence))
}

/// The file of a letter, where it is still on the server.
///
/// # Errors
/// When the store cannot be read, or there is no such letter.
pub fn left_on_server(store: &Store, message: id::Message, index: usize) -> Result<Option<Attachment>> {
    if store.left_on_server(message)?.is_empty() {
        return Ok(None);
    }
    let opened = must_open(store, message)?;
    Ok(opened.parsed.attachments.into_iter().find(|file| file.index == index && file.on_server))
}

/// Writes an attachment into a folder under a safe name of its own; gives the path.
///
/// # Errors
/// When there is no such attachment, or it cannot be written.
pub fn save_attachment(store: &Store, message: id::Message, index: usize, folder: &Path) -> Result<PathBuf> {
    let missing = || Problem::new(Kind::NotFound, format!("letter {message} has no attachment {}", index + 1));
    if let Some(file) = left_on_server(store, message, index)? {
        // Half a file under a good name would pass for the whole.
        return Err(Problem::new(Kind::NotFound, format!("{} is still on the server", file.name)));
    }
    let bytes = store.raw(message)?.ok_or_else(missing)?;
    let parsed = mime::read(&bytes);
    let attachment = parsed.attachments.iter().find(|file| file.index == index).ok_or_else(missing)?;
    let content = mime::attachment(&bytes, index).ok_or_else(missing)?;
    mime::save_attachment(folder, &mime::file_name(&attachment.name, index), &content)
}
