//! What the screens ask about people beyond their cards: what a lead may become, names to be split, cards that may be one.

use super::clerk::Clerk;
use super::reading;
use crate::domain::address::is_free_mail;
use crate::domain::contact::{ContactCard, Kind, Name, Whose};
use crate::domain::conversion::{CompanyOffer, Proposal, position};
use crate::domain::duplicate::{Candidate, Pair};
use crate::domain::id;
use crate::domain::language::Language;
use crate::domain::legal_form;
use crate::domain::merge::Sides;
use crate::domain::name_split::{Confidence, Split, propose};
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::store::Store;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::Event;
use jiff::Zoned;

/// Cards compared while somebody waits for the list of duplicates; the rest is compared beside everything else.
const COMPARED_AT_ONCE: u32 = 200;
/// Pairs shown at once.
const MOST_PAIRS: u32 = 500;
/// Names of one page.
const NAMES: u32 = 200;

impl Clerk {
    /// Answers these questions; `None` when the effect is none of them.
    pub(super) fn answer_about_clients(&self, effect: &Effect) -> Option<(Generation, Result<Event>)> {
        let store = &self.store;
        Some(match effect {
            Effect::LoadConversion { generation: g, contact } => {
                let proposal = proposal(store, *contact, &self.now());
                (*g, proposal.map(|proposal| Event::ConversionLoaded { generation: *g, proposal: Box::new(proposal) }))
            }
            Effect::LoadNames { generation: g, after } => (
                *g,
                store.names_waiting(*after, NAMES).map(|(rows, total)| Event::NamesLoaded {
                    generation: *g,
                    rows,
                    total,
                }),
            ),
            Effect::LoadDuplicates { generation: g, of } => (
                *g,
                duplicates(store, *of).map(|(rows, comparing)| Event::DuplicatesLoaded {
                    generation: *g,
                    rows,
                    comparing,
                }),
            ),
            Effect::LoadSides { generation: g, pair } => {
                (*g, sides(store, *pair).map(|sides| Event::SidesLoaded { generation: *g, sides: Box::new(sides) }))
            }
            _ => return None,
        })
    }
}

/// The likeliest duplicates, and how many cards are still to be compared.
///
/// # Errors
/// When the store cannot be read.
pub fn duplicates(store: &Store, of: Option<Whose>) -> Result<(Vec<Candidate>, u64)> {
    let comparing = store.compare_changed(COMPARED_AT_ONCE)?;
    Ok((store.duplicates(of, MOST_PAIRS)?, comparing))
}

fn sides(store: &Store, pair: Pair) -> Result<Sides> {
    let pair = store.kept_first(pair)?;
    store
        .sides(pair)?
        .ok_or_else(|| Problem::new(problem::Kind::NotFound, "one of the two cards is not there any more"))
}

/// What a lead may become.
///
/// # Errors
/// When there is no such person, or the store cannot be read.
pub fn proposal(store: &Store, lead: id::Contact, now: &Zoned) -> Result<Proposal> {
    let card = store
        .contact_card(lead, now, 1)?
        .ok_or_else(|| Problem::new(problem::Kind::NotFound, "this person is not there any more"))?;
    if card.row.kind != Kind::Lead {
        return Err(Problem::new(problem::Kind::Input, format!("{} is a contact already", card.row.name.full())));
    }
    let split = split_of(&card.row.name, &card);
    let first = card.provenance.iter().find_map(|fact| fact.message);
    let letter = match first {
        Some(message) => reading::opened(store, message)?,
        None => None,
    };
    let text = letter.as_ref().map(|letter| letter.parsed.text.clone()).unwrap_or_default();
    let language = if card.language.is_empty() && !text.is_empty() {
        Text::own(Language::detect(text.as_str()).word())
    } else {
        card.language.clone()
    };
    let domain = match card.row.address.as_ref().map(|address| address.domain().to_owned()) {
        Some(domain) if !is_free_mail(&domain) => Some(domain),
        _ => None,
    };
    let owner = match &domain {
        Some(domain) => store.company_by_domain(domain)?,
        None => None,
    };
    // Only a look at those that share something with this one: the others were compared when they changed.
    store.compare_changed(COMPARED_AT_ONCE)?;
    let same = store
        .duplicates(Some(Whose::Contact(lead)), 5)?
        .into_iter()
        .filter(|candidate| candidate.score >= 50)
        .collect();
    Ok(Proposal {
        lead,
        companies: companies(store, &card, &split, owner)?,
        position: if card.position.is_empty() {
            position(&text, &split.name).unwrap_or_default()
        } else {
            card.position.clone()
        },
        split,
        addresses: card.addresses,
        phones: card.phones,
        language,
        provenance: card.provenance,
        domain: domain.filter(|_| owner.is_none()).map(Text::from),
        subject: letter.map(|letter| letter.parsed.subject).unwrap_or_default(),
        currency: store.usual_currency()?,
        same,
    })
}

/// The name as I confirmed it, else as it is proposed.
fn split_of(name: &Name, card: &ContactCard) -> Split {
    let mut split = propose(&name.display, card.row.address.as_ref());
    if !name.given.is_empty() || !name.family.is_empty() {
        split.name = name.clone();
        (split.person, split.confidence, split.why) = (true, Confidence::Good, Text::own("as you confirmed it"));
    }
    split
}

/// Whose domain it is, whose name stands in the display name or the letter; those that are not known would be new.
fn companies(
    store: &Store,
    card: &ContactCard,
    split: &Split,
    owner: Option<id::Company>,
) -> Result<Vec<CompanyOffer>> {
    let mut offers: Vec<CompanyOffer> = Vec::new();
    if let Some(row) = card.company.or(owner).map(|company| store.company_row(company)).transpose()?.flatten() {
        let why = if card.company.is_some() { "as it stands on the card" } else { "their mail domain is its" };
        offers.push(CompanyOffer { company: Some(row.id), name: row.name, why: Text::own(why) });
    }
    let written = split.company.iter().map(|name| (name.clone(), "it stands in their name"));
    let found = card.provenance.iter().filter(|fact| fact.field.as_str() == "company");
    let found = found.map(|fact| (fact.value.clone(), "it stands in their letter"));
    for (name, why) in written.chain(found) {
        let plain = legal_form::without(name.as_str());
        if offers.iter().any(|offer| legal_form::without(offer.name.as_str()) == plain) {
            continue;
        }
        let known = store
            .companies(&plain.join(" "), None, 20)?
            .into_iter()
            .find(|row| legal_form::without(row.name.as_str()) == plain);
        offers.push(match known {
            Some(row) => CompanyOffer { company: Some(row.id), name: row.name, why: Text::own(why) },
            None => CompanyOffer { company: None, name, why: Text::own(why) },
        });
    }
    Ok(offers)
}
