//! What lists tell of a letter beyond its own text.

use super::{Store, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::OptionalExtension;

/// What lists tell of a letter beyond its own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The account's name.
    pub account: Text,
    /// Somebody answered it, here or on another device.
    pub answered: bool,
    /// Its first words.
    pub snippet: Text,
    /// The client's name.
    pub contact: Option<Text>,
    /// The company's name.
    pub company: Option<Text>,
    /// The deal's title.
    pub deal: Option<Text>,
}

impl Store {
    /// What lists tell of a letter; `None` when there is no such letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn listed(&self, message: id::Message) -> Result<Option<Listed>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.name AS account, m.flags & 2 AS answered, m.snippet, co.name AS company, d.title AS deal,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS contact
             FROM message m JOIN account a ON a.id = m.account_id
             LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL
             LEFT JOIN contact c ON c.id = f.contact_id
             LEFT JOIN company co ON co.id = coalesce(f.company_id, c.company_id)
             LEFT JOIN deal d ON d.id = f.deal_id WHERE m.id = ?1",
        )?;
        let listed = statement
            .query_row([message.0], |row| {
                Ok(Listed {
                    account: text_at(row, "account")?,
                    answered: row.get::<_, i64>("answered")? != 0,
                    snippet: text_at(row, "snippet")?,
                    contact: optional_text_at(row, "contact")?,
                    company: optional_text_at(row, "company")?,
                    deal: optional_text_at(row, "deal")?,
                })
            })
            .optional()?;
        Ok(listed)
    }
}
