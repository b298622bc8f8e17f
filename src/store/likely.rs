//! What is compared to find conversations of one client that may be one.

use super::{Store, moment, ms, text_at};
use crate::domain::filing::{Compared, NEAR};
use crate::domain::id;
use crate::domain::problem::Result;
use rusqlite::{OptionalExtension, Row, params};

/// Conversations of a client that are compared, the nearest in time first.
const MOST: u32 = 60;

/// The conversations in which a person was heard from within a span, or only I wrote (then nobody was heard, and the span is zero).
const OF_PERSON: &str = "SELECT o.id, o.subject, o.last_at, f.deal_id FROM thread o
     LEFT JOIN filing f ON f.thread_id = o.id AND f.superseded_at IS NULL
     WHERE o.client_contact_id = ?1 AND o.last_inbound_at BETWEEN ?2 AND ?3 AND o.merged_into IS NULL AND o.account_id = ?4
       AND NOT EXISTS (SELECT 1 FROM thread_apart a WHERE a.thread_id = ?5 AND a.other_id = o.id)
       AND NOT EXISTS (SELECT 1 FROM thread_apart a WHERE a.other_id = ?5 AND a.thread_id = o.id)
     ORDER BY o.last_inbound_at DESC, o.id DESC LIMIT ?6";

fn compared(row: &Row<'_>) -> rusqlite::Result<Compared> {
    Ok(Compared {
        thread: id::Thread(row.get("id")?),
        subject: text_at(row, "subject")?,
        last_at: moment(row.get("last_at")?),
        deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
    })
}

impl Store {
    /// A conversation, and others of its person in the same mailbox from about the same time; those that were taken apart from it by
    /// hand are left out. `None` where it is filed under no person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn to_compare(&self, thread: id::Thread) -> Result<Option<(Compared, Vec<Compared>)>> {
        let found: Option<(Compared, i64, i64)> = self
            .sql()
            .prepare_cached(
                "SELECT t.id, t.subject, t.last_at, f.deal_id, t.client_contact_id, t.account_id FROM thread t
                 LEFT JOIN filing f ON f.thread_id = t.id AND f.superseded_at IS NULL
                 WHERE t.id = ?1 AND t.client_contact_id IS NOT NULL",
            )?
            .query_row([thread.0], |row| Ok((compared(row)?, row.get("client_contact_id")?, row.get("account_id")?)))
            .optional()?;
        let Some((this, person, account)) = found else { return Ok(None) };
        let from = this.last_at.saturating_sub(NEAR).map_or(i64::MIN, ms);
        let to = this.last_at.saturating_add(NEAR).map_or(i64::MAX, ms);
        let mut statement = self.sql().prepare_cached(OF_PERSON)?;
        let mut others: Vec<Compared> = Vec::new();
        for (from, to) in [(from, to), (0, 0)] {
            let found = statement.query_map(params![person, from, to, account, thread.0, MOST], compared)?;
            others.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(Some((this, others)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversations_to_compare_are_found_by_whom_they_are_with() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        let mut sql = OF_PERSON.to_owned();
        for number in (1..=6).rev() {
            sql = sql.replace(&format!("?{number}"), &number.to_string());
        }
        let plan = store.rows(&format!("EXPLAIN QUERY PLAN {sql}")).join("\n");
        assert!(plan.contains("USING INDEX thread_heard"), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
