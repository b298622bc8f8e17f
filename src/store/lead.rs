//! Leads: unknown people who wrote, with where each fact about them comes from.

use super::{NewContact, Store, moment, ms};
use crate::domain::address::Mailbox;
use crate::domain::contact::Kind;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// What a first letter tells about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who they are.
    pub who: Mailbox,
    /// Facts by their names in the ledger.
    pub facts: Vec<(String, Text)>,
    /// Fields of my own that an order form fills.
    pub own_fields: Vec<(String, Text)>,
}

impl Store {
    /// Enters the sender of a letter as a lead. The name stays as written: it is split only with my word.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn add_lead(&self, told: &Told, message: id::Message, arrived_at: Timestamp) -> Result<id::Contact> {
        let mut new = NewContact::new(Kind::Lead, arrived_at);
        new.name.display = told.who.short();
        new.addresses = vec![told.who.address.clone()];
        new.phones =
            told.facts.iter().filter(|(field, _)| field == "phone").map(|(_, value)| value.clone().into()).collect();
        let contact = self.add_contact(&new)?;
        self.set_own_fields(contact, told)?;
        self.add_provenance(contact, &told.facts, message)?;
        Ok(contact)
    }

    fn set_own_fields(&self, lead: id::Contact, told: &Told) -> Result<()> {
        let fields: serde_json::Map<String, serde_json::Value> =
            told.own_fields.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        if !fields.is_empty() {
            self.sql()
                .prepare_cached("UPDATE contact SET fields = ?2 WHERE id = ?1")?
                .execute(params![lead.0, serde_json::Value::Object(fields).to_string()])?;
        }
        Ok(())
    }

    /// Adds where facts about a person come from; what is known from the same letter is not added twice.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn learn_of(&self, contact: id::Contact, facts: &[(String, Text)], message: id::Message) -> Result<()> {
        let known: bool = self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM provenance WHERE contact_id = ?1 AND message_id = ?2)")?
            .query_row(params![contact.0, message.0], |row| row.get(0))?;
        if known { Ok(()) } else { self.add_provenance(contact, facts, message) }
    }

    fn add_provenance(&self, lead: id::Contact, facts: &[(String, Text)], message: id::Message) -> Result<()> {
        for (field, value) in facts {
            self.sql()
                .prepare_cached(
                    "INSERT INTO provenance (contact_id, field, value, message_id) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![lead.0, field, value.as_str(), message.0])?;
        }
        Ok(())
    }

    /// When the first known letter of a lead that nobody has looked at was written; `None` for everybody else.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new_lead_since(&self, contact: id::Contact) -> Result<Option<Timestamp>> {
        let since = self
            .sql()
            .prepare_cached("SELECT created_at FROM contact WHERE id = ?1 AND kind = 'lead' AND reviewed_at IS NULL")?
            .query_row([contact.0], |row| row.get(0).map(moment))
            .optional()?;
        Ok(since)
    }

    /// Learns a lead anew from an older letter: the first one tells who they are, whatever arrived first. A name that was
    /// entered by hand stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn learn_lead(
        &self,
        lead: id::Contact,
        told: &Told,
        message: id::Message,
        arrived_at: Timestamp,
    ) -> Result<()> {
        let (sql, sender) = (self.sql(), &told.who);
        sql.prepare_cached("UPDATE contact SET created_at = ?2 WHERE id = ?1")?
            .execute(params![lead.0, ms(arrived_at)])?;
        sql.prepare_cached(
            "UPDATE contact SET display = ?2, folded = ?3 WHERE id = ?1 AND given = '' AND patronymic = '' AND family = ''",
        )?
        .execute(params![lead.0, sender.short().as_str(), fold(sender.short().as_str())])?;
        // Their mailbox as this letter spells it, not with the tag that a later one had.
        sql.prepare_cached(
            "UPDATE contact_address SET address = ?2 WHERE contact_id = ?1 AND canonical = ?3 AND address <> ?2
             AND NOT EXISTS (SELECT 1 FROM contact_address WHERE address = ?2)",
        )?
        .execute(params![lead.0, sender.address.as_str(), sender.address.canonical().as_str()])?;
        sql.prepare_cached(
            "DELETE FROM contact_phone WHERE contact_id = ?1
             AND phone IN (SELECT value FROM provenance WHERE contact_id = ?1 AND field = 'phone')",
        )?
        .execute([lead.0])?;
        sql.prepare_cached("DELETE FROM provenance WHERE contact_id = ?1")?.execute([lead.0])?;
        for (_, phone) in told.facts.iter().filter(|(field, _)| field == "phone") {
            sql.prepare_cached("INSERT INTO contact_phone (contact_id, phone) VALUES (?1, ?2)")?
                .execute(params![lead.0, phone.as_str()])?;
        }
        self.set_own_fields(lead, told)?;
        self.add_provenance(lead, &told.facts, message)
    }

    /// True for a lead.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_lead(&self, contact: id::Contact) -> Result<bool> {
        let found = self
            .sql()
            .prepare_cached("SELECT kind = 'lead' FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or(false))
    }

    /// True for a lead that nobody has looked at: a rule may still change its mind about it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_new_lead(&self, contact: id::Contact) -> Result<bool> {
        let found = self
            .sql()
            .prepare_cached("SELECT kind = 'lead' AND reviewed_at IS NULL FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or(false))
    }

    /// Takes away a lead that nobody has looked at, when no thread tells of them any more: none is filed under them because
    /// they wrote in it. Gives the threads that stood under them for another reason (I wrote to them): they are unfiled
    /// and must be filed anew.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn drop_unused_lead(&self, lead: id::Contact, now: Timestamp) -> Result<Vec<id::Thread>> {
        let used: bool = self.sql().query_row(
            "SELECT EXISTS (SELECT 1 FROM filing WHERE contact_id = ?1 AND superseded_at IS NULL AND rule IN ('lead', 'mine'))
                 OR EXISTS (SELECT 1 FROM activity WHERE contact_id = ?1) OR EXISTS (SELECT 1 FROM activity_person WHERE contact_id = ?1)
                 OR EXISTS (SELECT 1 FROM deal WHERE contact_id = ?1)
                 OR EXISTS (SELECT 1 FROM contact WHERE id = ?1 AND (given <> '' OR family <> ''))",
            [lead.0],
            |row| row.get(0),
        )?;
        if used || !self.is_new_lead(lead)? {
            return Ok(Vec::new());
        }
        let mut statement = self.sql().prepare_cached(
            "UPDATE filing SET superseded_at = ?2 WHERE contact_id = ?1 AND superseded_at IS NULL RETURNING thread_id",
        )?;
        let threads = statement
            .query_map(params![lead.0, ms(now)], |row| row.get(0).map(id::Thread))?
            .collect::<rusqlite::Result<_>>()?;
        self.sql().execute("UPDATE filing SET contact_id = NULL WHERE contact_id = ?1", [lead.0])?;
        for table in ["provenance", "contact_phone", "contact_address"] {
            self.sql().execute(&format!("DELETE FROM {table} WHERE contact_id = ?1"), [lead.0])?;
        }
        self.sql().execute("DELETE FROM contact WHERE id = ?1", [lead.0])?;
        Ok(threads)
    }
}
