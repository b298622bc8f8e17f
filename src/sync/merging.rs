//! Cards that become one, and an address that becomes a card of its own: the letters are filed as if it had always been so. My own decisions
//! stay.

use super::filing::file_thread;
use crate::domain::address::{Address, Own};
use crate::domain::duplicate::Pair;
use crate::domain::filing::{Candidate, DealChoice, Rule, choose_deal};
use crate::domain::id;
use crate::domain::merge::Merge;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::{Filed, Store};
use jiff::Timestamp;

/// Makes one card of two and files their letters anew; call inside [`Store::record`].
///
/// # Errors
/// When one of them is not there, or the store cannot be written.
pub fn merge(store: &Store, merge: &Merge, now: Timestamp) -> Result<()> {
    store.merge_cards(merge, now)?;
    for thread in store.filed_by_rule(merge.pair)? {
        file_as_one(store, thread, merge.pair, now)?;
    }
    Ok(())
}

/// What the rules say of a thread now that its client is one. A deal that was decided stays: two cards that become one are no reason to
/// ask again what was known. Where none is, it is chosen as if they had been one client when its last letter came: among several deals
/// that were open then it is asked.
fn file_as_one(store: &Store, thread: id::Thread, pair: Pair, now: Timestamp) -> Result<()> {
    let (Some(standing), Some(last)) = (store.filing(thread)?, store.last_letter_at(thread)?) else { return Ok(()) };
    let mut place = standing.place.clone();
    if let (Pair::Contacts(..), Rule::Address | Rule::Lead, Some(contact)) = (pair, standing.rule, place.contact) {
        place.company = store.contact_company(contact)?.or(place.company);
    }
    let mut open: Vec<Candidate> = Vec::new();
    for candidate in store.open_deals_of(place.contact, place.company, now)? {
        if store.deal_opened_at(candidate.deal)?.is_some_and(|at| at <= last) {
            open.push(candidate);
        }
    }
    let decided = place.deal.is_some();
    let mut filed = Filed { place, deal_decided: true, alternatives: Vec::new(), decided_at: now, ..standing.clone() };
    if !decided {
        let words = store.letters_to_file(thread)?;
        let words: Vec<&str> =
            words.iter().flat_map(|letter| [letter.subject.as_str(), letter.snippet.as_str()]).collect();
        match choose_deal(&open, &words.join(" ")) {
            DealChoice::None => {}
            DealChoice::One(deal) => filed.place.deal = Some(deal),
            DealChoice::Ask(scored) => {
                filed.deal_decided = false;
                filed.alternatives = scored.into_iter().map(|one| one.deal).collect();
            }
        }
    }
    if filed.place != standing.place || filed.deal_decided != standing.deal_decided {
        filed.evidence = Text::from(format!("{}; two cards became one", standing.evidence));
    }
    store.file(thread, &filed)
}

/// Makes a card of its own of an address and files its letters there; call inside [`Store::record`].
///
/// # Errors
/// When the address is not theirs, or their only one.
pub fn split_off(
    store: &Store,
    own: &Own,
    contact: id::Contact,
    address: &Address,
    now: Timestamp,
) -> Result<id::Contact> {
    let split = store.split_off(contact, address, now)?;
    for thread in store.threads_with(address.as_str())? {
        file_anew(store, own, thread, now)?;
    }
    Ok(split)
}

/// Asks the rules about a thread as if nothing had been decided; my own decision stays.
///
/// # Errors
/// When the store cannot be written.
pub fn file_anew(store: &Store, own: &Own, thread: id::Thread, now: Timestamp) -> Result<()> {
    file_thread(store, own, thread, i64::MIN, now)
}
