//! A person's card: everything that is known about them, with what to know before writing.

use super::counter::UNANSWERED;
use super::timeline::{activities_of, key_of, threads_of};
use super::{Store, moment, ms, text_at};
use crate::domain::activity;
use crate::domain::contact::{ContactCard, Kind, Provenance, Whose};
use crate::domain::hint::{Facts, hints};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, named_params};

/// Promises that a card's hints tell.
const PROMISES: u32 = 3;

impl Store {
    /// Everything on a person's card, with the first `timeline_limit` rows of the timeline; `None` when there is no
    /// such person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_card(&self, contact: id::Contact, now: &Zoned, timeline_limit: u32) -> Result<Option<ContactCard>> {
        let Some(row) = self.contact_row(contact, now)? else { return Ok(None) };
        let whose = Whose::Contact(contact);
        let (deals, payments) = (self.deals_on_card(whose, now.date())?, self.payments_on_card(whose)?);
        let mut statement = self.sql().prepare_cached(
            "SELECT company_id, position, language, birthday, created_at, reviewed_at FROM contact WHERE id = ?1",
        )?;
        let common = self.common_of(whose)?;
        let mut new_lead_since = None;
        let mut card = statement.query_row([contact.0], |facts| {
            if row.kind == Kind::Lead && facts.get::<_, Option<i64>>("reviewed_at")?.is_none() {
                new_lead_since = Some(moment(facts.get("created_at")?));
            }
            Ok(ContactCard {
                row,
                company: facts.get::<_, Option<i64>>("company_id")?.map(id::Company),
                position: text_at(facts, "position")?,
                addresses: Vec::new(),
                phones: Vec::new(),
                language: text_at(facts, "language")?,
                birthday: facts.get("birthday")?,
                common,
                provenance: Vec::new(),
                deals,
                payments,
                hints: Vec::new(),
                timeline: Vec::new(),
            })
        })?;
        card.addresses = self.addresses_of(contact)?;
        card.phones = self.phones_of(contact)?;
        card.provenance = self.provenance_of(contact)?;
        card.timeline = self.timeline(whose, None, timeline_limit)?;
        let planned = self.planned(whose)?;
        let week_ago = now.date().checked_sub(jiff::SignedDuration::from_hours(7 * 24)).unwrap_or(now.date());
        let promises = self.open_promises_of(whose, week_ago, PROMISES)?;
        let unreachable = self.unreachable(&card.addresses, now)?;
        let opted_out = self.contact_opted_out(contact)?;
        let facts = Facts {
            new_lead_since,
            payments: &card.payments,
            waiting: self.longest_waiting(whose, now)?,
            planned: &planned,
            promises: &promises,
            deals: &card.deals,
            birthday: card.birthday.as_deref(),
            unreachable: &unreachable,
            opted_out: &opted_out,
        };
        card.hints = hints(&facts, now);
        Ok(Some(card))
    }

    /// A person's birthday, `MM-DD`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn birthday_of(&self, contact: id::Contact) -> Result<Option<String>> {
        let birthday: Option<Option<String>> = self
            .sql()
            .prepare_cached("SELECT birthday FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        Ok(birthday.flatten())
    }

    pub(super) fn provenance_of(&self, contact: id::Contact) -> Result<Vec<Provenance>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT p.field, p.value, p.message_id, m.thread_id, m.date, m.subject
             FROM provenance p LEFT JOIN message m ON m.id = p.message_id WHERE p.contact_id = ?1 ORDER BY p.id",
        )?;
        let facts = statement.query_map([contact.0], |row| {
            let thread = row.get::<_, Option<i64>>("thread_id")?.map(id::Thread);
            let letter = match thread {
                Some(thread) => Some((thread, moment(row.get("date")?), text_at(row, "subject")?)),
                None => None,
            };
            Ok(Provenance {
                field: text_at(row, "field")?,
                value: text_at(row, "value")?,
                message: row.get::<_, Option<i64>>("message_id")?.map(id::Message),
                letter,
            })
        })?;
        Ok(facts.collect::<rusqlite::Result<_>>()?)
    }

    /// The conversation that waits longest for my answer.
    pub(super) fn longest_waiting(&self, whose: Whose, now: &Zoned) -> Result<Option<(Timestamp, Text)>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT t.subject, t.waiting_since FROM ({}) f CROSS JOIN thread t WHERE t.id = f.thread_id AND {UNANSWERED}
             ORDER BY t.waiting_since, t.id LIMIT 1",
            threads_of(whose)
        ))?;
        let parameters = named_params! { ":id": key_of(whose), ":now": ms(now.timestamp()) };
        Ok(statement
            .query_row(parameters, |row| Ok((moment(row.get("waiting_since")?), text_at(row, "subject")?)))
            .optional()?)
    }

    /// What is planned with them, first things first.
    fn planned(&self, whose: Whose) -> Result<Vec<(Timestamp, activity::Kind, Text)>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT a.kind, a.subject, a.due_at FROM ({}) a WHERE a.done_at IS NULL ORDER BY a.due_at, a.id",
            activities_of(whose)
        ))?;
        let planned = statement.query_map(named_params! { ":id": key_of(whose) }, |row| {
            let kind = activity::Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(activity::Kind::Task);
            Ok((moment(row.get("due_at")?), kind, text_at(row, "subject")?))
        })?;
        Ok(planned.collect::<rusqlite::Result<_>>()?)
    }
}
