//! Letters that are read once more, because what is kept of them now was not kept when they came.

use super::Store;
use crate::domain::id;
use crate::domain::problem::Result;
use rusqlite::params;

impl Store {
    /// Letters of colleagues of which it is not known yet whose letters they pass on, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn to_reread(&self, limit: u32) -> Result<Vec<id::Message>> {
        let mut statement =
            self.sql().prepare_cached("SELECT message_id FROM reread ORDER BY message_id DESC LIMIT ?1")?;
        Ok(statement.query_map([limit], |row| row.get(0).map(id::Message))?.collect::<rusqlite::Result<_>>()?)
    }

    /// It was read again: it passes on these people's letters, one a line; or nobody's. Gives its conversation when that is new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn reread(&self, message: id::Message, origin: &str) -> Result<Option<id::Thread>> {
        self.sql().prepare_cached("DELETE FROM reread WHERE message_id = ?1")?.execute([message.0])?;
        let changed = self
            .sql()
            .prepare_cached(
                "UPDATE message SET origin = ?2 WHERE id = ?1 AND origin = '' AND ?2 <> '' AND direction = 'internal'",
            )?
            .execute(params![message.0, origin])?;
        if changed == 0 { Ok(None) } else { Ok(self.message_facts(message)?.map(|(thread, ..)| thread)) }
    }
}
