//! Finding letters by their words.

use super::{Store, moment, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Hit, Query};
use crate::domain::text::Text;
use rusqlite::{OptionalExtension, params};

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
    /// The newest letters that hold every word, at most `limit`, and how many there are in all.
    ///
    /// # Errors
    /// When the store cannot be read; never because of what was typed.
    pub fn search(&self, query: &Query, limit: u32) -> Result<(u64, Vec<Hit>)> {
        if query.is_empty() {
            return Ok((0, Vec::new()));
        }
        let fts = query.to_fts();
        let total: i64 = self
            .sql()
            .prepare_cached("SELECT count(*) FROM message_fts WHERE message_fts MATCH ?1")?
            .query_row([&fts], |row| row.get(0))?;
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id, m.thread_id, m.date, coalesce(nullif(m.from_name, ''), m.from_address) AS who, m.subject, m.snippet,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS contact
             FROM message_fts x JOIN message m ON m.id = x.rowid
             LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL LEFT JOIN contact c ON c.id = f.contact_id
             WHERE message_fts MATCH ?1 ORDER BY m.date DESC LIMIT ?2",
        )?;
        let hits = statement
            .query_map(params![fts, limit], |row| {
                Ok(Hit {
                    message: id::Message(row.get("id")?),
                    thread: id::Thread(row.get("thread_id")?),
                    date: moment(row.get("date")?),
                    from: text_at(row, "who")?,
                    subject: text_at(row, "subject")?,
                    snippet: text_at(row, "snippet")?,
                    contact: optional_text_at(row, "contact")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok((u64::try_from(total).unwrap_or(0), hits))
    }

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
