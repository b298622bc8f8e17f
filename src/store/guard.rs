//! What the guard asks the store: who belongs around a letter, and to whom I wrote before.

use super::{Store, moment, optional_text_at, text_at};
use crate::domain::address::{Address, is_free_mail};
use crate::domain::filing::{InSpite, Place};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::{OptionalExtension, params};

impl Store {
    /// All addresses of the contact, of the company's people, and of the deal's contact.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people_around(&self, place: &Place) -> Result<Vec<Address>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.address FROM contact_address a JOIN contact c ON c.id = a.contact_id
             WHERE c.id = ?1 OR c.company_id = ?2 OR c.company_id = (SELECT company_id FROM contact WHERE id = ?1)
                OR c.id = (SELECT contact_id FROM deal WHERE id = ?3)",
        )?;
        let found: Vec<String> = statement
            .query_map(
                params![place.contact.map(|c| c.0), place.company.map(|c| c.0), place.deal.map(|d| d.0)],
                |row| row.get(0),
            )?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found.iter().filter_map(|address| Address::parse(address)).collect())
    }

    /// Everybody named in the letters filed under a deal: its lawyer, its carrier. No proof that they are who they say.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn named_in_deal(&self, deal: id::Deal) -> Result<Vec<Address>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT p.address FROM filing f JOIN message m ON m.thread_id = f.thread_id JOIN participant p ON p.message_id = m.id
             WHERE f.deal_id = ?1 AND f.superseded_at IS NULL AND m.place = 'live' AND p.field IN ('from', 'to', 'cc')",
        )?;
        let found: Vec<String> = statement.query_map([deal.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(found.iter().filter_map(|address| Address::parse(address)).collect())
    }

    /// Mail domains of all known clients: of companies, and of contacts outside free-mail.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn client_domains(&self) -> Result<Vec<String>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT domain FROM company_domain UNION
             SELECT substr(a.address, instr(a.address, '@') + 1) FROM contact_address a JOIN contact c ON c.id = a.contact_id WHERE c.kind = 'contact'",
        )?;
        let domains: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(domains.into_iter().filter(|domain| !is_free_mail(domain)).collect())
    }

    /// The client of an address: the company of its contact, else of its domain, else of a contact at that domain (a colleague of
    /// theirs who is on no card); else the contact, who buys for themselves.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_of_address(&self, address: &Address) -> Result<Option<Text>> {
        let domain = Some(address.domain()).filter(|domain| !is_free_mail(domain));
        let name = self
            .sql()
            .prepare_cached(
                "SELECT coalesce(
                     (SELECT co.name FROM contact_address a JOIN contact c ON c.id = a.contact_id JOIN company co ON co.id = c.company_id WHERE a.address = ?1),
                     (SELECT co.name FROM company_domain d JOIN company co ON co.id = d.company_id WHERE d.domain = ?2),
                     (SELECT co.name FROM contact_address a JOIN contact c ON c.id = a.contact_id JOIN company co ON co.id = c.company_id
                      WHERE substr(a.address, instr(a.address, '@') + 1) = ?3 AND c.kind = 'contact' LIMIT 1),
                     (SELECT coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) FROM contact_address a JOIN contact c ON c.id = a.contact_id
                      WHERE a.address = ?1 AND c.kind = 'contact')) AS name",
            )?
            .query_row(params![address.as_str(), address.domain(), domain], |row| optional_text_at(row, "name"))
            .optional()?;
        Ok(name.flatten())
    }

    /// The address is one of a supplier or partner.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_no_client(&self, address: &Address) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM contact_address a JOIN contact c ON c.id = a.contact_id
                 WHERE a.address = ?1 AND c.role <> 'client')",
            )?
            .query_row([address.as_str()], |row| row.get(0))?)
    }

    /// Letters of a conversation that I let go in spite of the guard, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sent_in_spite(&self, thread: id::Thread) -> Result<Vec<InSpite>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT created_at, shown_to, override FROM outgoing WHERE override <> '' AND id IN (
                 SELECT id FROM outgoing WHERE thread_id = ?1
                 UNION SELECT o.id FROM message m JOIN outgoing o ON o.msg_id = m.msg_id WHERE m.thread_id = ?1)
             ORDER BY created_at DESC, id DESC",
        )?;
        let found = statement.query_map([thread.0], |row| {
            let reasons: String = row.get("override")?;
            Ok(InSpite {
                at: moment(row.get("created_at")?),
                to: text_at(row, "shown_to")?,
                reasons: reasons.lines().map(Text::line).collect(),
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// True when a letter that I wrote went to this domain before; an automatic answer goes to whoever asks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn ever_wrote_to_domain(&self, domain: &str) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM participant p JOIN message m ON m.id = p.message_id
                 WHERE substr(p.address, instr(p.address, '@') + 1) = ?1 AND p.field IN ('to', 'cc', 'bcc') AND m.direction = 'outbound'
                   AND m.place NOT IN ('draft', 'gone') AND m.nature <> 'automatic')",
            )?
            .query_row([domain], |row| row.get(0))?)
    }
}
