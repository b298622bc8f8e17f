//! Leads that letters make, and what letters tell of people.

use super::{Found, Work, lead_evidence};
use crate::domain::address::{Address, Mailbox};
use crate::domain::filing::{Carried, Facts, Place, Rule};
use crate::domain::id;
use crate::domain::lead;
use crate::domain::message::Parsed;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::mime;
use crate::store::{FiledLetter, Told};

impl Work<'_> {
    /// The letter's writer as a lead, with what their first letter tells about them.
    pub(super) fn lead_of(&mut self, letter: &FiledLetter, facts: &Facts) -> Result<Option<Found>> {
        let Some(writer) = facts.outside.first().map(|known| known.address.clone()) else { return Ok(None) };
        let (store, known) = (self.store, self.store.contact_by_address(&writer)?.map(|(contact, _)| contact));
        let contact = match known {
            // Only the first letter tells who they are, and only then it is read again.
            Some(contact) if store.new_lead_since(contact)?.is_none_or(|since| letter.date >= since) => contact,
            known => {
                let Some(bytes) = store.raw(letter.message)? else { return Ok(None) };
                let Some(told) = self.told(letter, &mime::read(&bytes), facts) else { return Ok(None) };
                match known {
                    Some(contact) => {
                        store.learn_lead(contact, &told, letter.message, letter.date)?;
                        contact
                    }
                    None => {
                        let contact = store.add_lead(&told, letter.message, letter.date)?;
                        self.added = Some((contact, told.who.address));
                        contact
                    }
                }
            }
        };
        Ok(Some(Found {
            rule: Rule::Lead,
            place: Place { contact: Some(contact), ..Place::default() },
            evidence: lead_evidence(facts, &writer, &letter.subject),
            told_by: Some(letter.message),
            considered: Vec::new(),
        }))
    }

    /// What a letter tells of its writer.
    fn told(&self, letter: &FiledLetter, parsed: &Parsed, facts: &Facts) -> Option<Told> {
        let writer = &facts.outside.first()?.address;
        let carried_by = |mailbox: &&Mailbox| mailbox.address == *writer;
        match &facts.carried {
            None => {
                let who = parsed.from.first()?.clone();
                let found = lead::facts(&who, &parsed.subject, &parsed.text);
                Some(Told { facts: named(found), who, own_fields: Vec::new() })
            }
            Some(Carried::ForwardedBy(colleague)) => {
                let who = letter.origin.iter().find(carried_by)?.clone();
                let mut found = named(lead::facts(&who, &parsed.subject, &below_the_head(parsed, &who)));
                found.push(("forwarded by".to_owned(), Text::line(colleague.as_str())));
                Some(Told { who, facts: found, own_fields: Vec::new() })
            }
            Some(Carried::OrderBy(_)) => {
                let form = self.own.order_form(&parsed.from, &parsed.subject)?;
                let order = form.read(&parsed.text, &parsed.reply_to)?;
                let own_fields = order.own_fields().cloned().collect();
                Some(Told { facts: order.facts(), who: order.customer, own_fields })
            }
        }
    }

    /// An order of somebody who is known already stands on their card with where it comes from.
    pub(super) fn learn_order(&self, letter: &FiledLetter, place: &Place) -> Result<()> {
        let is_order = !letter.origin.is_empty() && letter.direction == crate::domain::message::Direction::Inbound;
        let (true, Some(contact)) = (is_order, place.contact) else { return Ok(()) };
        let Some(bytes) = self.store.raw(letter.message)? else { return Ok(()) };
        let parsed = mime::read(&bytes);
        let form = self.own.order_form(&parsed.from, &parsed.subject);
        match form.and_then(|form| form.read(&parsed.text, &parsed.reply_to)) {
            Some(order) => self.store.learn_of(contact, &order.facts(), letter.message),
            None => Ok(()),
        }
    }
}

fn named(facts: Vec<(&'static str, Text)>) -> Vec<(String, Text)> {
    facts.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

/// The words of a letter that was passed on: what stands below its writer, without the marks of quotes.
fn below_the_head(parsed: &Parsed, writer: &Mailbox) -> Text {
    let lines: Vec<&str> = parsed.text.lines().collect();
    let head =
        lines.iter().position(|line| line.to_lowercase().contains(writer.address.as_str())).map_or(0, |at| at + 1);
    let below = lines.get(head..).unwrap_or_default();
    let unquoted = below.iter().map(|line| line.trim_start_matches(['>', ' ']));
    Text::block(&unquoted.collect::<Vec<_>>().join("\n"))
}

/// Who, the facts about them with their names, and the letter that told them.
pub(super) type Sender = (Mailbox, Vec<(String, Text)>, id::Message);

/// Somebody whom a letter names, as it names them.
pub(super) fn named_in(letter: id::Message, parsed: &Parsed, address: &Address) -> Option<Sender> {
    let mut named = parsed.from.iter().chain(&parsed.to).chain(&parsed.cc);
    let who = named.find(|mailbox| mailbox.address == *address)?.clone();
    let name = (!who.name.is_empty()).then(|| ("name".to_owned(), who.name.clone()));
    let facts = name.into_iter().chain([("address".to_owned(), Text::line(address.as_str()))]);
    Some((who, facts.collect(), letter))
}

/// A letter's sender as they name themselves.
pub(super) fn sender_of(letter: id::Message, parsed: &Parsed) -> Option<Sender> {
    let who = parsed.from.first()?.clone();
    let found = named(lead::facts(&who, &parsed.subject, &parsed.text));
    Some((who, found, letter))
}
