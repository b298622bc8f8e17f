//! Undo, where sync has gone on meanwhile: letters came and were filed by what is taken back now. The letters stay; how they are filed
//! is decided anew.

use super::{Store, moment, ms};
use crate::domain::id;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

impl Store {
    /// A decision comes into force again: one that sync entered since ends. Gives its thread.
    pub(super) fn end_newer_filing(&self, row: i64, image: &str, now: Timestamp) -> Result<Option<id::Thread>> {
        let image: Value = serde_json::from_str(image).unwrap_or_default();
        let thread = image.get("thread_id").and_then(Value::as_i64);
        let in_force = image.get("superseded_at").is_some_and(Value::is_null);
        let Some(thread) = thread.filter(|_| in_force) else { return Ok(None) };
        let ended = self
            .sql()
            .prepare_cached(
                "UPDATE filing SET superseded_at = ?3 WHERE thread_id = ?1 AND superseded_at IS NULL AND id <> ?2",
            )?
            .execute(params![thread, row, ms(now)])?;
        Ok((ended > 0).then_some(id::Thread(thread)))
    }

    /// The addresses, and domains as `@x.example`, that an act gave to somebody or took from them.
    pub(super) fn addresses_touched_by(&self, change: id::Change) -> Result<Vec<String>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT json_extract(before, '$.address') FROM change_row WHERE change_id = ?1 AND noun = 'contact_address'
             UNION SELECT a.address FROM change_row r JOIN contact_address a ON a.id = r.row_id WHERE r.change_id = ?1 AND r.noun = 'contact_address'
             UNION SELECT '@' || json_extract(before, '$.domain') FROM change_row WHERE change_id = ?1 AND noun = 'company_domain'
             UNION SELECT '@' || d.domain FROM change_row r JOIN company_domain d ON d.id = r.row_id WHERE r.change_id = ?1 AND r.noun = 'company_domain'",
        )?;
        let found: Vec<Option<String>> =
            statement.query_map([change.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Threads with one of these addresses that a rule has filed after this moment.
    pub(super) fn filed_since(&self, addresses: &[String], at: Timestamp) -> Result<Vec<id::Thread>> {
        let mut found = Vec::new();
        for address in addresses {
            for thread in self.threads_with(address)? {
                let since: bool = self
                    .sql()
                    .prepare_cached(
                        "SELECT EXISTS (SELECT 1 FROM filing WHERE thread_id = ?1 AND superseded_at IS NULL AND rule <> 'mine' AND decided_at > ?2)",
                    )?
                    .query_row(params![thread.0, ms(at)], |row| row.get(0))?;
                if since {
                    found.push(thread);
                }
            }
        }
        Ok(found)
    }

    /// When a thread's newest letter was written; `None` where it has none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_letter_at(&self, thread: id::Thread) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self
            .sql()
            .prepare_cached("SELECT max(date) FROM message WHERE thread_id = ?1 AND place = 'live'")?
            .query_row([thread.0], |row| row.get(0))?;
        Ok(at.map(moment))
    }

    /// When a deal was entered; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_opened_at(&self, deal: id::Deal) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self
            .sql()
            .prepare_cached("SELECT created_at FROM deal WHERE id = ?1")?
            .query_row([deal.0], |row| row.get(0))
            .optional()?;
        Ok(at.map(moment))
    }
}
