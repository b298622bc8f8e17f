//! Invitations to meetings become planned meetings: those of clients and colleagues, as long as they lie ahead.
//!
//! It is no act of the user: nothing is recorded for undo, but the meeting can be taken out, and then does not come back.

use crate::domain::activity::{Activity, Kind};
use crate::domain::address::{Address, Mailbox, Own};
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::message::{Invitation, Parsed};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::{Meeting, Store};
use jiff::Timestamp;

/// Enters the meeting of a letter; call inside [`Store::write`], after its thread was filed.
///
/// # Errors
/// When the store cannot be read or written.
pub(super) fn enter(
    store: &Store,
    own: &Own,
    (message, thread): (id::Message, id::Thread),
    parsed: &Parsed,
    now: Timestamp,
) -> Result<()> {
    let Some(invitation) = parsed.invitation.as_ref().filter(|invitation| !invitation.uid.is_empty()) else {
        return Ok(());
    };
    let cancelled = invitation.cancelled || invitation.method.as_str() == "CANCEL";
    if !cancelled && invitation.method.as_str() != "REQUEST" {
        return Ok(());
    }
    let thread = store.standing_thread(thread)?;
    let place = match thread {
        Some(thread) => store.filing(thread)?.map(|filed| filed.place).unwrap_or_default(),
        None => Place::default(),
    };
    if !is_known(store, own, parsed, &place)? {
        return Ok(());
    }
    let written_at = parsed.date.unwrap_or(now);
    let version =
        |planned| Meeting { uid: invitation.uid.to_string(), sequence: invitation.sequence, written_at, planned };
    if cancelled {
        return store.enter_meeting(&version(None));
    }
    let next = match (&invitation.repeat, invitation.starts_at) {
        (Some(repeat), Some(start)) => repeat.next(start, now),
        (None, start) => start.filter(|start| *start > now),
        (Some(_), None) => None,
    };
    let Some(starts) = next else { return Ok(()) };
    let planned = meeting(store, own, invitation, &place, starts)?;
    store.enter_meeting(&version(Some(Activity { message: Some(message), ..planned })))
}

/// A stranger's invitation is shown in their letter and enters nothing: calendars are a way of spam, too.
fn is_known(store: &Store, own: &Own, parsed: &Parsed, place: &Place) -> Result<bool> {
    if place.company.is_some() || parsed.from.first().is_some_and(|sender| own.is_us(&sender.address)) {
        return Ok(true);
    }
    match place.contact {
        Some(contact) => Ok(!store.is_new_lead(contact)?),
        None => Ok(false),
    }
}

fn meeting(store: &Store, own: &Own, invitation: &Invitation, place: &Place, starts: Timestamp) -> Result<Activity> {
    let mut others: Vec<&Mailbox> = Vec::new();
    for person in invitation.organiser.iter().chain(&invitation.attendees) {
        if !own.is_us(&person.address) && !others.iter().any(|known| known.address == person.address) {
            others.push(person);
        }
    }
    let mut people: Vec<id::Contact> = place.contact.into_iter().collect();
    let mut guests = Vec::new();
    for person in &others {
        let address: &Address = &person.address;
        match store.contact_by_address(address)? {
            Some((contact, _)) if people.contains(&contact) => {}
            Some((contact, _)) => people.push(contact),
            None => guests.push(Text::from(person.to_string())),
        }
    }
    let kind = if people.len() + guests.len() > 1 { Kind::GroupMeeting } else { Kind::Meeting };
    let minutes = match (invitation.starts_at, invitation.ends_at) {
        (Some(start), Some(end)) => Some(end.duration_since(start).as_mins()).filter(|minutes| *minutes > 0),
        _ => None,
    };
    let subject = if invitation.summary.is_empty() { Text::own("Meeting") } else { invitation.summary.clone() };
    let mut people = people.into_iter();
    Ok(Activity {
        contact: people.next(),
        people: people.collect(),
        guests,
        company: place.company,
        deal: place.deal,
        place: invitation.place.clone(),
        due_at: Some(starts),
        duration_minutes: minutes,
        ..Activity::new(kind, subject)
    })
}
