//! Filing old mail: whenever a card gets or loses an address, a company a domain, a client a deal, the conversations concerned are filed
//! again. What changed is noted by the store itself (`changed_owner`, filled by triggers), so that no act can forget it.

use super::{Look, look_at, told};
use crate::domain::address::{Address, Own};
use crate::domain::contact::{Kind, Name};
use crate::domain::filing::Rule;
use crate::domain::id;
use crate::domain::problem::{Kind as ProblemKind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::store::{ChangedOwner, NewContact, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// A deal that is opened takes conversations of its client that have none and were alive within this time.
const ALIVE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Filing may change cards (a lead comes or goes) and so go on; not for ever.
const MOST_ROUNDS: usize = 5;

/// Files the mail of everything whose client or deals changed since this was called last. Call inside [`Store::write`] or
/// [`Store::record`], after what changed it. Gives the conversations that were looked at.
///
/// # Errors
/// When the store cannot be read or written.
pub fn settle(store: &Store, own: &Own, now: Timestamp) -> Result<Vec<id::Thread>> {
    let mut looked_at = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let changed = store.take_changed_owners()?;
        if changed.is_empty() {
            break;
        }
        let (mut mail, mut deals) = (BTreeSet::new(), BTreeSet::new());
        for owner in &changed {
            match owner {
                ChangedOwner::Mail(address) => mail.extend(store.threads_with(address)?),
                _ => deals.extend(store.threads_without_deal(owner, now.saturating_sub(ALIVE).unwrap_or(now))?),
            }
        }
        for thread in mail.union(&deals) {
            know_orders(store, own, *thread)?;
            look_at(store, own, *thread, Look::Again, now)?;
        }
        looked_at.extend(mail.union(&deals).copied());
    }
    Ok(looked_at)
}

/// Files conversations again whose letters came or went by hand: joined, taken apart, ignored.
///
/// # Errors
/// When the store cannot be read or written.
pub fn file_letters_again(store: &Store, own: &Own, threads: &[id::Thread], now: Timestamp) -> Result<()> {
    for thread in threads {
        store.refresh_lists(*thread)?;
        // A client stays where the rules would only find nobody: hiding letters takes no history from a card.
        look_at(store, own, *thread, Look::Again, now)?;
    }
    Ok(())
}

/// Letters that came before their order form was in the configuration.
fn know_orders(store: &Store, own: &Own, thread: id::Thread) -> Result<()> {
    let mut known = false;
    for letter in store.letters_to_file(thread)? {
        let Some(sender) = letter.people.first().filter(|_| letter.origin.is_empty()) else { continue };
        let sender = crate::domain::address::Mailbox { name: Text::default(), address: sender.clone() };
        if own.order_form(std::slice::from_ref(&sender), &Text::line(&letter.subject)).is_none() {
            continue;
        }
        let Some(bytes) = store.raw(letter.message)? else { continue };
        let parsed = mime::read(&bytes);
        let form = own.order_form(&parsed.from, &parsed.subject);
        if let Some(order) = form.and_then(|form| form.read(&parsed.text, &parsed.reply_to)) {
            known |= store.set_order(letter.message, &order.customer.to_string())?;
        }
    }
    if known { store.refresh_lists(thread) } else { Ok(()) }
}

/// Enters the writer of a letter, or `person` whom it names, as a contact of the client under whom its conversation is filed, with what
/// the letter tells of them as provenance. Call inside [`Store::record`].
///
/// # Errors
/// When the writer is known already or is one of us, the conversation has no client, or the store cannot be written.
pub fn add_from_letter(
    store: &Store,
    own: &Own,
    letter: id::Message,
    person: Option<&Address>,
    now: Timestamp,
) -> Result<id::Contact> {
    let missing = || Problem::new(ProblemKind::NotFound, format!("there is no letter {letter}"));
    let bytes = store.raw(letter)?.ok_or_else(missing)?;
    let (thread, ..) = store.message_facts(letter)?.ok_or_else(missing)?;
    let parsed = mime::read(&bytes);
    let (who, facts, message) = match person {
        Some(address) => told::named_in(letter, &parsed, address).ok_or_else(missing)?,
        None => told::sender_of(letter, &parsed).ok_or_else(missing)?,
    };
    let known = store.contact_by_address(&who.address)?;
    if known.is_some() || own.is_us(&who.address) {
        return Err(Problem::new(ProblemKind::Input, format!("{} is on a card already", who.address)));
    }
    let place = store.filing(thread)?.filter(|filed| filed.rule != Rule::Lead).map(|filed| filed.place);
    let place = place.unwrap_or_default();
    let company = match (place.company, place.contact) {
        (Some(company), _) => Some(company),
        (None, Some(contact)) => store.contact_company(contact)?,
        (None, None) => None,
    };
    let mut new = NewContact::new(Kind::Contact, now);
    new.name = Name { display: who.short(), ..Name::default() };
    new.company = company;
    new.addresses = vec![who.address];
    new.phones = facts.iter().filter(|(field, _)| field == "phone").map(|(_, value)| value.clone().into()).collect();
    new.reviewed_at = Some(now);
    let contact = store.add_contact(&new)?;
    store.learn_of(contact, &facts, message)?;
    Ok(contact)
}

/// Files the mail of an address or of a domain (`@x.example`) again, and that of everything else that changed.
///
/// # Errors
/// When the store cannot be read or written.
pub fn file_old_mail(store: &Store, own: &Own, address_or_domain: &str, now: Timestamp) -> Result<usize> {
    let threads = store.threads_with(address_or_domain)?;
    for thread in &threads {
        look_at(store, own, *thread, Look::Again, now)?;
    }
    settle(store, own, now)?;
    Ok(threads.len())
}
