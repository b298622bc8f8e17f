//! What happened that a letter may be due for: each finder reads a few rows by an index.

use super::{Store, moment, ms, text_at};
use crate::domain::activity::Kind;
use crate::domain::address::{Address, Mailbox};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

/// Order letters looked through, the newest first.
const MOST_ORDERS: u32 = 200;

/// A deal that came into a stage, or was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTaken {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// With whom.
    pub contact: id::Contact,
    /// When.
    pub at: Timestamp,
}

/// A payment of somebody that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDue {
    /// The payment.
    pub payment: id::Payment,
    /// What for.
    pub title: Text,
    /// How much.
    pub amount: Money,
    /// When it is due.
    pub due_on: Date,
    /// Its deal.
    pub deal: id::Deal,
    /// Who is to pay.
    pub contact: id::Contact,
}

/// A letter that carries somebody else's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// Who sent it.
    pub from: Mailbox,
    /// Its subject.
    pub subject: Text,
    /// Whose words it carries.
    pub origin: Option<Mailbox>,
    /// When it was written.
    pub at: Timestamp,
}

/// Somebody to be greeted, with what tells their country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeted {
    /// Who.
    pub contact: id::Contact,
    /// Their phones.
    pub phones: Vec<String>,
    /// The domains of their addresses.
    pub domains: Vec<String>,
    /// The language they are written to in.
    pub language: String,
}

impl Store {
    /// Leads that came after that moment, that nobody looked at and nobody answered, each with when it came.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn leads_to_thank(&self, since: Timestamp) -> Result<Vec<(id::Contact, Timestamp)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.id, c.created_at FROM contact c WHERE c.kind = 'lead' AND c.reviewed_at IS NULL AND c.created_at > ?1
                 AND EXISTS (SELECT 1 FROM thread t WHERE t.client_contact_id = c.id AND t.last_inbound_at > ?1)
                 AND NOT EXISTS (SELECT 1 FROM thread t WHERE t.client_contact_id = c.id AND t.last_human_direction = 'outbound')
             ORDER BY c.created_at, c.id",
        )?;
        let found = statement.query_map([ms(since)], |row| Ok((id::Contact(row.get(0)?), moment(row.get(1)?))))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters after that moment that carry somebody else's words.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn passed_on_since(&self, since: Timestamp) -> Result<Vec<PassedOn>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT from_name, from_address, subject, origin, date FROM
                 (SELECT * FROM message WHERE origin <> '' ORDER BY id DESC LIMIT ?2) WHERE date > ?1 AND place = 'live' ORDER BY date",
        )?;
        let found = statement.query_map(params![ms(since), MOST_ORDERS], |row| {
            let from = Mailbox::new(&row.get::<_, String>("from_name")?, &row.get::<_, String>("from_address")?);
            let origin = row.get::<_, String>("origin")?.lines().find_map(Mailbox::parse);
            let (subject, at) = (text_at(row, "subject")?, moment(row.get("date")?));
            Ok(from.map(|from| PassedOn { from, subject, origin, at }))
        })?;
        Ok(found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Deals that came into a stage after that moment and stand there still.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn came_into(&self, stage: &str, since: Timestamp) -> Result<Vec<StepTaken>> {
        self.steps_taken("s.state = 'open' AND s.stage = ?2 AND d.state = 'open' AND d.stage = ?2", stage, since)
    }

    /// Deals that were won (`won`) or lost (`lost`) after that moment and are still.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn closed_as(&self, state: &str, since: Timestamp) -> Result<Vec<StepTaken>> {
        self.steps_taken("s.state = ?2 AND d.state = ?2", state, since)
    }

    fn steps_taken(&self, condition: &str, word: &str, since: Timestamp) -> Result<Vec<StepTaken>> {
        // A step may say only that the amount is another one: the stage before it is looked at.
        let sql = format!(
            "SELECT d.id, d.title, d.contact_id, s.at FROM deal_stage s JOIN deal d ON d.id = s.deal_id
             WHERE s.at > ?1 AND d.contact_id IS NOT NULL AND {condition}
                 AND NOT EXISTS (SELECT 1 FROM deal_stage b WHERE b.deal_id = s.deal_id AND b.stage = s.stage AND b.state = s.state
                     AND b.id = (SELECT max(l.id) FROM deal_stage l WHERE l.deal_id = s.deal_id AND l.id < s.id))
             ORDER BY s.at, s.id"
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let found = statement.query_map(params![ms(since), word], |row| {
            Ok(StepTaken {
                deal: id::Deal(row.get("id")?),
                title: text_at(row, "title")?,
                contact: id::Contact(row.get("contact_id")?),
                at: moment(row.get("at")?),
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Unpaid payments due on these days, both included, of deals that name a person and are not lost.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payments_due_between(&self, first: Date, last: Date) -> Result<Vec<PaymentDue>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT p.id, p.title, p.amount_minor, p.currency, p.due_on, p.deal_id, d.contact_id FROM payment p JOIN deal d ON d.id = p.deal_id
             WHERE p.paid_on IS NULL AND p.due_on BETWEEN ?1 AND ?2 AND d.state <> 'lost' AND d.contact_id IS NOT NULL ORDER BY p.due_on, p.id",
        )?;
        let found = statement.query_map(params![first.to_string(), last.to_string()], |row| {
            let due_on = row.get::<_, String>("due_on")?.parse().unwrap_or(first);
            Ok(PaymentDue {
                payment: id::Payment(row.get("id")?),
                title: text_at(row, "title")?,
                amount: Money { minor: row.get("amount_minor")?, currency: row.get("currency")? },
                due_on,
                deal: id::Deal(row.get("deal_id")?),
                contact: id::Contact(row.get("contact_id")?),
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Contacts whose birthday is that day of the year (`11-30`).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn born_on(&self, month_day: &str) -> Result<Vec<id::Contact>> {
        self.contacts_of(
            "SELECT id FROM contact WHERE birthday = ?1 AND kind = 'contact' ORDER BY id",
            params![month_day],
        )
    }

    /// Clients and partners with whom something was going on after that moment: a letter of theirs, an open deal, one won since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn to_greet(&self, since: Timestamp) -> Result<Vec<Greeted>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.id, c.language,
                 coalesce((SELECT group_concat(phone, char(10)) FROM contact_phone p WHERE p.contact_id = c.id), '') AS phones,
                 coalesce((SELECT group_concat(substr(address, instr(address, '@') + 1), char(10)) FROM contact_address a WHERE a.contact_id = c.id), '') AS domains
             FROM contact c WHERE c.kind = 'contact' AND c.role IN ('client', 'partner') AND (
                 EXISTS (SELECT 1 FROM thread t WHERE t.client_contact_id = c.id AND t.last_inbound_at > ?1)
                 OR EXISTS (SELECT 1 FROM deal d WHERE d.contact_id = c.id AND (d.state = 'open' OR (d.state = 'won' AND d.closed_at > ?1))))
             ORDER BY c.id",
        )?;
        let lines = |written: String| written.lines().map(str::to_owned).collect();
        let found = statement.query_map([ms(since)], |row| {
            Ok(Greeted {
                contact: id::Contact(row.get("id")?),
                phones: lines(row.get("phones")?),
                domains: lines(row.get("domains")?),
                language: row.get("language")?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Whom it concerns when my requisites or my address change: who buys from me now, owes me something, or bought since then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn buyers_since(&self, since: Timestamp) -> Result<Vec<id::Contact>> {
        self.contacts_of(
            "SELECT DISTINCT d.contact_id FROM deal d WHERE d.contact_id IS NOT NULL AND (d.state = 'open'
                 OR (d.state = 'won' AND d.closed_at > ?1)
                 OR (d.state <> 'lost' AND EXISTS (SELECT 1 FROM payment p WHERE p.deal_id = d.id AND p.paid_on IS NULL)))
             ORDER BY d.contact_id",
            params![ms(since)],
        )
    }

    fn contacts_of(&self, sql: &str, given: impl rusqlite::Params) -> Result<Vec<id::Contact>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let found = statement.query_map(given, |row| row.get(0).map(id::Contact))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What of these kinds is planned next with somebody: in the deal, else with them. Subject, place, when.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn planned_next(
        &self,
        contact: id::Contact,
        deal: Option<id::Deal>,
        now: Timestamp,
        kinds: &[Kind],
    ) -> Result<Option<(Text, Text, Timestamp)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT kind, subject, place, due_at FROM activity WHERE done_at IS NULL AND due_at > ?3 AND (deal_id = ?2 OR contact_id = ?1)
             ORDER BY deal_id IS NOT ?2, due_at, id",
        )?;
        let mut rows = statement.query(params![contact.0, deal.map(|deal| deal.0), ms(now)])?;
        while let Some(row) = rows.next()? {
            if Kind::from_word(&row.get::<_, String>("kind")?).is_some_and(|kind| kinds.contains(&kind)) {
                return Ok(Some((text_at(row, "subject")?, text_at(row, "place")?, moment(row.get("due_at")?))));
            }
        }
        Ok(None)
    }

    /// A client or other contact, the one whose card was made last: for a template that is tried.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_client(&self) -> Result<Option<id::Contact>> {
        let sql = "SELECT id FROM contact WHERE kind = 'contact' ORDER BY id DESC LIMIT 1";
        Ok(self.sql().prepare_cached(sql)?.query_row([], |row| row.get(0).map(id::Contact)).optional()?)
    }

    /// The address somebody is written to at; `None` where there is none, or they are ignored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn address_to_write_to(&self, contact: id::Contact) -> Result<Option<Address>> {
        let written: Option<String> = self
            .sql()
            .prepare_cached("SELECT address FROM contact_address WHERE contact_id = ?1 ORDER BY position, id LIMIT 1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        let Some(address) = written.as_deref().and_then(Address::parse) else { return Ok(None) };
        Ok(if self.is_ignored(&address)? { None } else { Some(address) })
    }
}
