//! Filing a thread: looks up what the rules of `domain::filing` ask for, and enters their decision into the ledger.
//!
//! Letters are taken in the order they were written, whatever order they arrived in: the thread belongs where its
//! first letter that tells belongs, and later ones follow it (rule 2). So a first sync, which comes newest first, ends
//! with the same filing as mail that arrived day by day.

use crate::domain::address::Own;
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
        Some(filed) => is_firm(store, filed)? && !came_before(store, &letters, oldest_new)?,
        None => false,
    };
    let found = match standing.as_ref().filter(|_| firm) {
        Some(filed) => Some((filed.rule, filed.place.clone(), filed.evidence.clone())),
        None => first_that_tells(store, own, &letters)?,
    };
    let old_lead = standing.as_ref().filter(|filed| filed.rule == Rule::Lead).and_then(|filed| filed.place.contact);
    match found {
        Some((rule, place, evidence)) => {
            let filed = with_deal(store, rule, place, evidence, standing.as_ref(), &letters, now)?;
            store.file(thread, &filed)?;
        }
        None if standing.is_some() => store.unfile(thread, now)?,
        None => {}
    }
    if let Some(lead) = old_lead {
        store.drop_unused_lead(lead)?;
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
fn came_before(store: &Store, letters: &[FiledLetter], oldest_new: i64) -> Result<bool> {
    let Some(newest) = letters.last() else { return Ok(false) };
    Ok(store.message_facts(newest.message)?.is_some_and(|(_, date, _, _)| oldest_new < date.as_millisecond()))
}

/// The first letter, in the order of writing, for which a rule finds a client.
fn first_that_tells(store: &Store, own: &Own, letters: &[FiledLetter]) -> Result<Option<(Rule, Place, Text)>> {
    for letter in letters.iter().filter(|letter| letter.counts || letter.direction == Direction::Outbound) {
        let facts = facts_of(store, own, letter)?;
        match decide(&facts) {
            Decision::File { rule, place, evidence } => return Ok(Some((rule, place, evidence))),
            Decision::NewLead(_) => return new_lead(store, letter),
            Decision::Keep | Decision::Nothing => {}
        }
    }
    Ok(None)
}

fn facts_of(store: &Store, own: &Own, letter: &FiledLetter) -> Result<Facts> {
    let mut outside = Vec::new();
    for address in letter.people.iter().filter(|address| !own.is_us(address)) {
        outside.push(Known {
            contact: store.contact_by_address(address)?,
            company: store.company_by_domain(address.domain())?,
            address: address.clone(),
        });
    }
    let sender_is_outside = letter.people.first().is_some_and(|sender| !own.is_us(sender));
    let may_be_lead = letter.direction == Direction::Inbound && letter.counts && sender_is_outside;
    Ok(Facts { standing: None, outside, may_be_lead })
}

/// Makes the letter's sender a lead, with what the letter tells about them.
fn new_lead(store: &Store, letter: &FiledLetter) -> Result<Option<(Rule, Place, Text)>> {
    let Some(bytes) = store.raw(letter.message)? else { return Ok(None) };
    let Some((_, date, _, _)) = store.message_facts(letter.message)? else { return Ok(None) };
    let parsed = mime::read(&bytes);
    let Some(sender) = parsed.from.first() else { return Ok(None) };
    let facts = lead::facts(sender, &parsed.subject, &parsed.text);
    let contact = store.add_lead(sender, &facts, letter.message, date)?;
    let evidence = Text::from(format!("{} was unknown and wrote “{}”", sender.address, parsed.subject));
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
