//! Letters of clients that a notice may tell of.

use super::contact::full_name_from;
use super::{Store, moment, ms, optional_text_at, text_at};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::notice::Candidate;
use crate::domain::problem::Result;
use jiff::Timestamp;

impl Store {
    /// The letter stored last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_message(&self) -> Result<id::Message> {
        let newest: Option<i64> =
            self.sql().prepare_cached("SELECT max(id) FROM message")?.query_row([], |row| row.get(0))?;
        Ok(id::Message(newest.unwrap_or(0)))
    }

    /// Letters stored after `last` that arrived at `since` or later, are unread, from a person who is not ignored, not in Junk or Trash,
    /// and filed under a contact or a company (a lead is nobody's client yet). The oldest first; at most a thousand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn client_letters_after(&self, last: id::Message, since: Timestamp) -> Result<Vec<Candidate>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id, m.account_id, a.name AS account_name, m.from_name, m.from_address, m.subject, m.arrived_at,
                    c.display, c.given, c.patronymic, c.family, company.name AS company, deal.title AS deal
             FROM message m JOIN account a ON a.id = m.account_id
                  JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL
                  LEFT JOIN contact c ON c.id = f.contact_id AND c.kind = 'contact'
                  LEFT JOIN company ON company.id = f.company_id
                  LEFT JOIN deal ON deal.id = f.deal_id
             WHERE m.id > ?1 AND m.arrived_at >= ?2 AND m.seen = 0 AND m.place = 'live' AND m.human_in = 1
                   AND (c.id IS NOT NULL OR company.id IS NOT NULL)
             ORDER BY m.id LIMIT 1000",
        )?;
        let letters = statement
            .query_map((last.0, ms(since)), |row| {
                Ok(Candidate {
                    message: id::Message(row.get("id")?),
                    account: id::Account(row.get("account_id")?),
                    account_name: text_at(row, "account_name")?,
                    sender: text_at(row, "from_name")?,
                    address: Address::parse(&row.get::<_, String>("from_address")?),
                    subject: text_at(row, "subject")?,
                    client: full_name_from(row)?,
                    company: optional_text_at(row, "company")?,
                    deal: optional_text_at(row, "deal")?,
                    arrived_at: moment(row.get("arrived_at")?),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(letters)
    }
}
