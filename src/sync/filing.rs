//! Filing a thread: looks up what the rules of `domain::filing` ask for, and enters their decision into the ledger.
//!
//! Letters are taken in the order they were written, whatever order they arrived in: the thread belongs where its
//! first letter that tells belongs, and later ones follow it (rule 2). So a first sync, which comes newest first, ends
//! with the same filing as mail that arrived day by day.

mod again;
mod reread;
mod told;

pub use again::{add_from_letter, file_letters_again, file_old_mail, settle};
pub use reread::read_some_again;

use crate::domain::address::{Address, Own};
use crate::domain::filing::{
    Candidate, Carried, DealChoice, Decision, Facts, Known, Learned, Place, Proof, Rule, choose_deal, decide, doubts,
    lead_evidence, tags_in,
};
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::{Filed, FiledLetter, Store};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How much of what stands is asked anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// A firm decision stands, unless a letter older than others came: this is the date of the oldest new one (milliseconds).
    Onward(i64),
    /// Cards changed: a firm decision stands unless the rules name another client.
    Again,
}

/// Files a thread after letters came into it; call inside [`Store::write`]. `oldest_new` is the date of the oldest letter that came
/// (milliseconds): one older than what was here may be the first that tells, so the rules are asked anew.
///
/// # Errors
/// When the store cannot be read or written.
pub fn file_thread(store: &Store, own: &Own, thread: id::Thread, oldest_new: i64, now: Timestamp) -> Result<()> {
    look_at(store, own, thread, Look::Onward(oldest_new), now)
}

fn look_at(store: &Store, own: &Own, thread: id::Thread, look: Look, now: Timestamp) -> Result<()> {
    let standing = store.filing(thread)?;
    if let Some(mine) = standing.as_ref().filter(|filed| filed.rule == Rule::Mine) {
        return ask_mine_again(store, thread, mine, now);
    }
    let letters = store.letters_to_file(thread)?;
    let mut work = Work { store, own, thread, added: None, now };
    let firm = match &standing {
        Some(filed) => work.is_firm(filed)?,
        None => false,
    };
    let found = match (&standing, look) {
        (Some(filed), Look::Onward(oldest)) if firm && !came_before(&letters, oldest) => Some(Found::standing(filed)),
        (Some(filed), Look::Again) if firm => {
            let found = work.first_that_tells(&letters)?.filter(|found| found.rule != Rule::Lead);
            Some(found.unwrap_or_else(|| Found::standing(filed)))
        }
        _ => work.first_that_tells(&letters)?,
    };
    let before = standing.as_ref().and_then(|filed| filed.place.contact);
    let after = found.as_ref().and_then(|found| found.place.contact);
    match found {
        Some(found) => {
            let filed = work.with_deal(found, standing.as_ref(), &letters)?;
            store.file(thread, &filed)?;
        }
        None if standing.is_some() => store.unfile(thread, now)?,
        None => {}
    }
    if let Some(lead) = before.filter(|before| Some(*before) != after) {
        drop_lead(store, own, lead, now)?;
    }
    // A new lead files old mail too: what I wrote to them before.
    if let Some((lead, address)) = work.added {
        for other in store.threads_with(address.as_str())? {
            if other != thread && store.filing(other)?.is_none() && store.is_new_lead(lead)? {
                file_thread(store, own, other, i64::MAX, now)?;
            }
        }
    }
    Ok(())
}

/// A lead that no thread tells of any more goes, where nobody has looked at it; what stood under it is filed anew.
///
/// # Errors
/// When the store cannot be read or written.
pub fn drop_lead(store: &Store, own: &Own, lead: id::Contact, now: Timestamp) -> Result<()> {
    for left in store.drop_unused_lead(lead, now)? {
        file_thread(store, own, left, i64::MAX, now)?;
    }
    Ok(())
}

/// My decision about the client stands; where I said nothing of the deal yet, it is asked among those that are open now, or the only
/// one is taken.
fn ask_mine_again(store: &Store, thread: id::Thread, mine: &Filed, now: Timestamp) -> Result<()> {
    if mine.deal_decided {
        return Ok(());
    }
    let filed = with_deal_of_mine(store, thread, mine.clone(), now)?;
    store.file(thread, &Filed { decided_at: now, ..filed })
}

/// My decision about the client of a thread, with the deal that follows: the only open one, none, or the question which.
///
/// # Errors
/// When the store cannot be read.
pub fn with_deal_of_mine(store: &Store, thread: id::Thread, mine: Filed, now: Timestamp) -> Result<Filed> {
    let letters = store.letters_to_file(thread)?;
    let own = Own::default();
    let mut work = Work { store, own: &own, thread, added: None, now };
    let mut found = Found::standing(&mine);
    found.place.deal = None;
    work.with_deal(found, None, &letters)
}

/// The letter that came is older than another of the thread.
fn came_before(letters: &[FiledLetter], oldest_new: i64) -> bool {
    letters.last().is_some_and(|newest| oldest_new < newest.date.as_millisecond())
}

/// What a rule found: itself, where, why, by which letter.
#[derive(Debug, Clone)]
struct Found {
    rule: Rule,
    place: Place,
    evidence: Text,
    told_by: Option<id::Message>,
    considered: Vec<Text>,
}

impl Found {
    fn standing(filed: &Filed) -> Self {
        Self {
            rule: filed.rule,
            place: filed.place.clone(),
            evidence: filed.evidence.clone(),
            told_by: filed.told_by,
            considered: Vec::new(),
        }
    }
}

/// One thread being filed.
struct Work<'a> {
    store: &'a Store,
    own: &'a Own,
    thread: id::Thread,
    /// The lead that was made, with its address.
    added: Option<(id::Contact, Address)>,
    now: Timestamp,
}

impl Work<'_> {
    /// A decision that names a person stands; one that names only a company may still find its person, and a lead that
    /// nobody has looked at may still turn out to be somebody else.
    fn is_firm(&self, filed: &Filed) -> Result<bool> {
        Ok(match filed.place.contact {
            Some(contact) => !self.store.is_new_lead(contact)?,
            None => false,
        })
    }

    /// The first letter, in the order of writing, for which a rule finds a client.
    ///
    /// Leads that nobody has looked at come last: they are here or not depending on what arrived before, so they must not
    /// decide about letters that tell of somebody by themselves. Only where nothing else does, a thread in which I wrote
    /// to such a lead stands under them.
    fn first_that_tells(&mut self, letters: &[FiledLetter]) -> Result<Option<Found>> {
        let proven = self.store.proven_deals(self.thread)?;
        let tells = |letter: &&FiledLetter| letter.counts || letter.direction == Direction::Outbound;
        let mut considered: Vec<Text> = Vec::new();
        for letter in letters.iter().filter(tells) {
            let mut facts = self.facts_of(letter, false)?;
            facts.tags.splice(0..0, proven.iter().cloned());
            considered.extend(doubts(&facts));
            let found = match decide(&facts) {
                Decision::File { rule, place, evidence } => {
                    self.learn_order(letter, &place)?;
                    considered.extend(self.others(&facts, &place)?);
                    Some(Found { rule, place, evidence, told_by: Some(letter.message), considered: Vec::new() })
                }
                Decision::NewLead(_) => self.lead_of(letter, &facts)?,
                Decision::Keep | Decision::Nothing => continue,
            };
            return Ok(found.map(|found| Found { considered, ..found }));
        }
        for letter in letters.iter().filter(tells).filter(|letter| letter.direction == Direction::Outbound) {
            if let Decision::File { rule, place, evidence } = decide(&self.facts_of(letter, true)?) {
                return Ok(Some(Found { rule, place, evidence, told_by: Some(letter.message), considered }));
            }
        }
        Ok(None)
    }

    fn facts_of(&self, letter: &FiledLetter, new_leads: bool) -> Result<Facts> {
        let (people, carried) = self.people_of(letter);
        let mut outside = Vec::new();
        for address in people {
            let contact = match self.store.contact_by_address(&address)? {
                Some((contact, _)) if !new_leads && self.store.is_new_lead(contact)? => None,
                known => known,
            };
            let learned = match contact {
                None if outside.is_empty() && letter.direction == Direction::Inbound => {
                    self.store.learned_place(&address, self.thread)?
                }
                _ => None,
            };
            let learned = learned.map(|(place, at)| Learned { place, when: day_of(at) });
            outside.push(Known { contact, company: self.store.company_by_domain(address.domain())?, learned, address });
        }
        let sender_is_outside = letter.people.first().is_some_and(|sender| !self.own.is_us(sender));
        let wrote = letter.direction == Direction::Inbound && sender_is_outside;
        let mut tags = Vec::new();
        for deal in tags_in(&letter.subject) {
            tags.extend(self.store.tagged(deal, Proof::Subject)?);
        }
        Ok(Facts {
            standing: None,
            tags,
            outside,
            ours: letter.direction != Direction::Inbound,
            may_be_lead: letter.counts && (wrote || carried.is_some()),
            carried,
        })
    }

    /// The outside people of a letter in order of weight, and who carried it where somebody else wrote it.
    fn people_of(&self, letter: &FiledLetter) -> (Vec<Address>, Option<Carried>) {
        let mut people: Vec<Address> =
            letter.people.iter().filter(|address| !self.own.is_us(address)).cloned().collect();
        let writer = letter.origin.iter().map(|mailbox| &mailbox.address).find(|address| !self.own.is_us(address));
        let (Some(writer), Some(sender)) = (writer, letter.people.first()) else { return (people, None) };
        let carried = match letter.direction {
            Direction::Inbound => {
                people.retain(|address| address != sender);
                Carried::OrderBy(sender.clone())
            }
            _ if writer.is_robot() => return (people, None),
            _ => Carried::ForwardedBy(sender.clone()),
        };
        people.retain(|address| address != writer);
        people.insert(0, writer.clone());
        (people, Some(carried))
    }

    /// Other clients that the letter names, for the ledger.
    fn others(&self, facts: &Facts, place: &Place) -> Result<Vec<Text>> {
        let mut words = Vec::new();
        for known in facts.outside.iter().take(10) {
            if let Some((contact, company)) = known.contact
                && place.contact != Some(contact)
                && (company.is_none() || company != place.company)
            {
                words.push(Text::from(format!("{} of another client is named in the letter too", known.address)));
            }
        }
        Ok(words)
    }

    /// Adds the deal: the standing one, the only open one, or a question.
    fn with_deal(&mut self, found: Found, standing: Option<&Filed>, letters: &[FiledLetter]) -> Result<Filed> {
        let Found { rule, mut place, evidence, told_by, considered } = found;
        if let Some(company) = place.contact.map(|contact| self.store.contact_company(contact)).transpose()?.flatten() {
            // Their company as the card has it now.
            place.company = if rule == Rule::Mine { place.company.or(Some(company)) } else { Some(company) };
        }
        let mut filed = Filed { told_by, considered, ..Filed::new(place, rule, evidence, self.now) };
        if rule == Rule::Tag && filed.place.deal.is_some() {
            return Ok(filed);
        }
        if let Some(before) = standing.filter(|before| {
            before.place.deal.is_some()
                && before.place.contact == filed.place.contact
                && (filed.place.contact.is_some() || before.place.company == filed.place.company)
        }) {
            filed.place.deal = before.place.deal;
            return Ok(filed);
        }
        filed.place.deal = None;
        let candidates = self.candidates(&filed.place, letters)?;
        match choose_deal(&candidates, &words_of(letters)) {
            DealChoice::None => {}
            DealChoice::One(deal) => filed.place.deal = Some(deal),
            DealChoice::Ask(scored) => {
                filed.deal_decided = false;
                filed.considered.extend(scored.iter().map(|one| Text::from(format!("“{}”: {}", one.title, one.why()))));
                filed.alternatives = scored.into_iter().map(|one| one.deal).collect();
            }
        }
        Ok(filed)
    }

    fn candidates(&self, place: &Place, letters: &[FiledLetter]) -> Result<Vec<Candidate>> {
        let mut candidates = self.store.open_deals_of(place.contact, place.company, self.now)?;
        if candidates.len() > 1 {
            let writers: Vec<Address> = letters
                .iter()
                .filter(|letter| letter.direction == Direction::Inbound)
                .filter_map(|letter| letter.people.first().cloned())
                .collect();
            self.store.add_my_decisions(&mut candidates, &writers, self.thread)?;
            let mut tagged: Vec<id::Deal> = letters.iter().flat_map(|letter| tags_in(&letter.subject)).collect();
            tagged.extend(self.store.proven_deals(self.thread)?.into_iter().map(|tagged| tagged.deal));
            for candidate in &mut candidates {
                candidate.tagged = tagged.contains(&candidate.deal);
            }
        }
        Ok(candidates)
    }
}

/// The open deals of a conversation's client with the reasons for each, best first.
///
/// # Errors
/// When the store cannot be read.
pub fn deals_for(store: &Store, thread: id::Thread, now: Timestamp) -> Result<Vec<crate::domain::filing::Scored>> {
    let Some(filed) = store.filing(thread)? else { return Ok(Vec::new()) };
    let letters = store.letters_to_file(thread)?;
    let own = Own::default();
    let work = Work { store, own: &own, thread, added: None, now };
    Ok(crate::domain::filing::score(&work.candidates(&filed.place, &letters)?, &words_of(&letters)))
}

fn words_of(letters: &[FiledLetter]) -> String {
    // Each once: a subject that every answer repeats weighs no more for it.
    let mut words: BTreeMap<&str, ()> = BTreeMap::new();
    for letter in letters {
        words.insert(letter.subject.as_str(), ());
        words.insert(letter.snippet.as_str(), ());
    }
    words.into_keys().collect::<Vec<_>>().join(" ")
}

/// "12 Nov 2026".
fn day_of(at: Timestamp) -> Text {
    Text::from(at.strftime("%-d %b %Y").to_string())
}
