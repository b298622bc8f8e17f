//! Filing a thread: looks up what the rules of `domain::filing` ask for, and enters their decision into the ledger.
//!
//! Letters are taken in the order they were written, whatever order they arrived in: the thread belongs where its
//! first letter that tells belongs, and later ones follow it (rule 2). So a first sync, which comes newest first, ends
//! with the same filing as mail that arrived day by day.

use crate::domain::address::{Address, Own};
use crate::domain::filing::{Candidate, DealChoice, Decision, Facts, Known, Place, Rule, choose_deal, decide};
use crate::domain::id;
use crate::domain::lead;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::mime;
use crate::store::{Filed, FiledLetter, Store};
use jiff::Timestamp;

/// Files a thread after letters came into it; call inside [`Store::write`]. `oldest_new` is the date of the oldest letter that came
/// (milliseconds): one older than what was here may be the first that tells, so the rules are asked anew.
///
/// # Errors
/// When the store cannot be read or written.
pub fn file_thread(store: &Store, own: &Own, thread: id::Thread, oldest_new: i64, now: Timestamp) -> Result<()> {
    let standing = store.filing(thread)?;
    if standing.as_ref().is_some_and(|filed| filed.rule == Rule::Mine) {
        return Ok(());
    }
    let letters = store.letters_to_file(thread)?;
    let firm = match &standing {
        Some(filed) => is_firm(store, filed)? && !came_before(&letters, oldest_new),
        None => false,
    };
    let mut added = None;
    let found = match standing.as_ref().filter(|_| firm) {
        Some(filed) => Some((filed.rule, filed.place.clone(), filed.evidence.clone())),
        None => first_that_tells(store, own, &letters, &mut added)?,
    };
    let before = standing.as_ref().and_then(|filed| filed.place.contact);
    let after = found.as_ref().and_then(|(_, place, _)| place.contact);
    match found {
        Some((rule, place, evidence)) => {
            let filed = with_deal(store, rule, place, evidence, standing.as_ref(), &letters, now)?;
            store.file(thread, &filed)?;
        }
        None if standing.is_some() => store.unfile(thread, now)?,
        None => {}
    }
    if let Some(lead) = before.filter(|before| Some(*before) != after) {
        for left in store.drop_unused_lead(lead, now)? {
            file_thread(store, own, left, i64::MAX, now)?;
        }
    }
    // A new lead files old mail too: what I wrote to them before.
    if let Some((lead, address)) = added {
        for other in store.threads_with(address.as_str())? {
            if other != thread && store.filing(other)?.is_none() && store.is_new_lead(lead)? {
                file_thread(store, own, other, i64::MAX, now)?;
            }
        }
    }
    Ok(())
}

/// Files the threads of an address or of a domain (`@x.example`) anew, because a contact or a company got it.
///
/// # Errors
/// When the store cannot be read or written.
pub fn file_old_mail(store: &Store, own: &Own, address_or_domain: &str, now: Timestamp) -> Result<usize> {
    let threads = store.threads_with(address_or_domain)?;
    for thread in &threads {
        file_thread(store, own, *thread, i64::MAX, now)?;
    }
    Ok(threads.len())
}

/// A decision that names a person stands; one that names only a company may still find its person, and a lead that
/// nobody has looked at may still turn out to be somebody else.
fn is_firm(store: &Store, filed: &Filed) -> Result<bool> {
    Ok(match filed.place.contact {
        Some(contact) => !store.is_new_lead(contact)?,
        None => false,
    })
}

/// The letter that came is older than another of the thread.
fn came_before(letters: &[FiledLetter], oldest_new: i64) -> bool {
    letters.last().is_some_and(|newest| oldest_new < newest.date.as_millisecond())
}

/// What a rule found: itself, where, and why.
type Found = (Rule, Place, Text);

/// The first letter, in the order of writing, for which a rule finds a client.
///
/// Leads that nobody has looked at come last: they are here or not depending on what arrived before, so they must not
/// decide about letters that tell of somebody by themselves. Only where nothing else does, a thread in which I wrote
/// to such a lead stands under them.
fn first_that_tells(
    store: &Store,
    own: &Own,
    letters: &[FiledLetter],
    added: &mut Option<(id::Contact, Address)>,
) -> Result<Option<Found>> {
    let telling = || letters.iter().filter(|letter| letter.counts || letter.direction == Direction::Outbound);
    for letter in telling() {
        let facts = facts_of(store, own, letter, false)?;
        match decide(&facts) {
            Decision::File { rule, place, evidence } => return Ok(Some((rule, place, evidence))),
            Decision::NewLead(_) => return lead_of(store, letter, added),
            Decision::Keep | Decision::Nothing => {}
        }
    }
    for letter in telling().filter(|letter| letter.direction == Direction::Outbound) {
        if let Decision::File { rule, place, evidence } = decide(&facts_of(store, own, letter, true)?) {
            return Ok(Some((rule, place, evidence)));
        }
    }
    Ok(None)
}

fn facts_of(store: &Store, own: &Own, letter: &FiledLetter, new_leads: bool) -> Result<Facts> {
    let mut outside = Vec::new();
    for address in letter.people.iter().filter(|address| !own.is_us(address)) {
        let contact = match store.contact_by_address(address)? {
            Some((contact, _)) if !new_leads && store.is_new_lead(contact)? => None,
            known => known,
        };
        outside.push(Known { contact, company: store.company_by_domain(address.domain())?, address: address.clone() });
    }
    let sender_is_outside = letter.people.first().is_some_and(|sender| !own.is_us(sender));
    let may_be_lead = letter.direction == Direction::Inbound && letter.counts && sender_is_outside;
    Ok(Facts { standing: None, outside, may_be_lead })
}

/// The letter's sender as a lead, with what their first letter tells about them.
fn lead_of(store: &Store, letter: &FiledLetter, added: &mut Option<(id::Contact, Address)>) -> Result<Option<Found>> {
    let Some(sender) = letter.people.first() else { return Ok(None) };
    let known = store.contact_by_address(sender)?.map(|(contact, _)| contact);
    let contact = match known {
        // Only the first letter tells who they are, and only then it is read again.
        Some(contact) if store.new_lead_since(contact)?.is_none_or(|since| letter.date >= since) => contact,
        known => {
            let Some(bytes) = store.raw(letter.message)? else { return Ok(None) };
            let parsed = mime::read(&bytes);
            let Some(sender) = parsed.from.first() else { return Ok(None) };
            let facts = lead::facts(sender, &parsed.subject, &parsed.text);
            match known {
                Some(contact) => {
                    store.learn_lead(contact, sender, &facts, letter.message, letter.date)?;
                    contact
                }
                None => {
                    let contact = store.add_lead(sender, &facts, letter.message, letter.date)?;
                    *added = Some((contact, sender.address.clone()));
                    contact
                }
            }
        }
    };
    let evidence = Text::from(format!("{sender} was unknown and wrote “{}”", letter.subject));
    Ok(Some((Rule::Lead, Place { contact: Some(contact), ..Place::default() }, evidence)))
}

/// Adds the deal: the standing one, the only open one, or a question.
fn with_deal(
    store: &Store,
    rule: Rule,
    place: Place,
    evidence: Text,
    standing: Option<&Filed>,
    letters: &[FiledLetter],
    now: Timestamp,
) -> Result<Filed> {
    let mut filed = Filed { place, deal_decided: true, rule, evidence, alternatives: Vec::new(), decided_at: now };
    if let Some(before) =
        standing.filter(|before| before.place.contact == filed.place.contact && before.place.deal.is_some())
    {
        filed.place.deal = before.place.deal;
        return Ok(filed);
    }
    let candidates: Vec<Candidate> = store.open_deals_of(filed.place.contact, filed.place.company, now)?;
    let words: Vec<&str> =
        letters.iter().flat_map(|letter| [letter.subject.as_str(), letter.snippet.as_str()]).collect();
    match choose_deal(&candidates, &words.join(" ")) {
        DealChoice::None => {}
        DealChoice::One(deal) => filed.place.deal = Some(deal),
        DealChoice::Ask(deals) => {
            filed.deal_decided = false;
            filed.alternatives = deals;
        }
    }
    Ok(filed)
}
