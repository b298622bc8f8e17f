//! Wishes that a server refused: shown until somebody looks at them.

use super::{Store, moment, ms, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::wish::Refusal;
use jiff::Timestamp;
use rusqlite::params;

impl Store {
    /// Keeps that a server refused a wish. The wish itself is taken back in the same transaction by whoever calls this.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn refuse(
        &self,
        account: id::Account,
        thread: Option<id::Thread>,
        wish: &Text,
        said: &Text,
        at: Timestamp,
    ) -> Result<()> {
        self.sql()
            .prepare_cached("INSERT INTO refusal (account_id, thread_id, wish, said, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![account.0, thread.map(|thread| thread.0), wish.as_str(), said.as_str(), ms(at)])?;
        Ok(())
    }

    /// The refusals nobody has looked at, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refusals(&self) -> Result<Vec<Refusal>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.name, r.thread_id, r.wish, r.said, r.at FROM refusal r JOIN account a ON a.id = r.account_id
             WHERE r.seen_at IS NULL ORDER BY r.at DESC, r.id DESC",
        )?;
        let refusals = statement
            .query_map([], |row| {
                Ok(Refusal {
                    account: text_at(row, "name")?,
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                    wish: text_at(row, "wish")?,
                    said: text_at(row, "said")?,
                    at: moment(row.get("at")?),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(refusals)
    }

    /// Somebody looked at the refusals that came until `at`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn refusals_seen(&self, at: Timestamp) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE refusal SET seen_at = ?1 WHERE seen_at IS NULL AND at <= ?1")?
            .execute([ms(at)])?;
        Ok(())
    }
}
