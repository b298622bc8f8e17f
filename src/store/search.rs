//! Finding letters by their words.

use super::{Store, moment, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Hit, Query};
use rusqlite::params;

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
}
