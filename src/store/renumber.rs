//! Copies whose numbers are in doubt, and what they are recognised by.

use super::{NewCopy, Store};
use crate::domain::id;
use crate::domain::problem::Result;
use rusqlite::params;

/// What a letter here is recognised by without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// UID under the numbering it was asked for.
    pub uid: u32,
    /// The letter.
    pub message: id::Message,
    /// Its Message-ID header.
    pub msg_id: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// When it arrived, in milliseconds.
    pub arrived_at: i64,
}

impl Store {
    /// The letters of a folder that are known under another numbering than `uid_validity`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stale_marks(&self, folder: id::Folder, uid_validity: u32) -> Result<Vec<Mark>> {
        // Only what is here whole: after a rebuild from a backup the bytes and words of a letter may be missing, and it has to be fetched.
        let whole = "c.uid_validity <> ?2 AND ?3 >= 0 AND m.place <> 'gone' AND EXISTS (SELECT 1 FROM raw WHERE message_id = m.id)
             AND EXISTS (SELECT 1 FROM message_fts WHERE rowid = m.id) ORDER BY c.id";
        self.marks(whole, folder, uid_validity, 0)
    }

    /// Some letters of a folder under a numbering, the newest: enough to tell whether it is the same folder.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sample_marks(&self, folder: id::Folder, uid_validity: u32, count: u32) -> Result<Vec<Mark>> {
        self.marks("c.uid_validity = ?2 ORDER BY c.uid DESC LIMIT ?3", folder, uid_validity, count)
    }

    fn marks(&self, which: &str, folder: id::Folder, uid_validity: u32, count: u32) -> Result<Vec<Mark>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT c.uid, m.id, m.msg_id, m.size, m.arrived_at FROM copy c JOIN message m ON m.id = c.message_id
             WHERE c.folder_id = ?1 AND {which}"
        ))?;
        let marks = statement
            .query_map(params![folder.0, uid_validity, count], |row| {
                Ok(Mark {
                    uid: row.get(0)?,
                    message: id::Message(row.get(1)?),
                    msg_id: row.get(2)?,
                    size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
                    arrived_at: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(marks)
    }

    /// True when a folder has copies under another numbering than this.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_stale_copies(&self, folder: id::Folder, uid_validity: u32) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM copy WHERE folder_id = ?1 AND uid_validity < ?2)
                     OR EXISTS (SELECT 1 FROM copy WHERE folder_id = ?1 AND uid_validity > ?2)",
            )?
            .query_row(params![folder.0, uid_validity], |row| row.get(0))?)
    }

    /// The numbers of a folder's copies mean nothing any more though UIDVALIDITY is the same: they are kept under a numbering that no server
    /// has, until each letter was found again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn doubt_numbering(&self, folder: id::Folder) -> Result<()> {
        self.sql().execute(
            "UPDATE copy SET uid_validity = (SELECT min(0, min(uid_validity)) - 1 FROM copy WHERE folder_id = ?1)
             WHERE folder_id = ?1 AND uid_validity > 0",
            [folder.0],
        )?;
        self.sql().execute(
            "UPDATE folder SET uid_validity = 0, uid_next = 0, highest_modseq = 0, complete = 0 WHERE id = ?1",
            [folder.0],
        )?;
        Ok(())
    }

    /// Of these UIDs those that are here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn uids_here(&self, folder: id::Folder, uid_validity: u32, uids: &[u32]) -> Result<Vec<u32>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3)",
        )?;
        let mut here = Vec::new();
        for uid in uids {
            if statement.query_row(params![folder.0, uid_validity, uid], |row| row.get::<_, bool>(0))? {
                here.push(*uid);
            }
        }
        Ok(here)
    }

    /// The UIDs here from `first` to `last`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn uids_between(&self, folder: id::Folder, uid_validity: u32, first: u32, last: u32) -> Result<Vec<u32>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT uid FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid BETWEEN ?3 AND ?4 ORDER BY uid",
        )?;
        let uids = statement
            .query_map(params![folder.0, uid_validity, first, last], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(uids)
    }

    /// How many copies of a folder are here under one numbering.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn copy_count_of(&self, folder: id::Folder, uid_validity: u32) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached("SELECT count(*) FROM copy WHERE folder_id = ?1 AND uid_validity = ?2")?
            .query_row(params![folder.0, uid_validity], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// True when one of these copies is the last of its letter: without it the letter would be out of sight.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_last_copy(&self, folder: id::Folder, uid_validity: u32, uids: &[u32]) -> Result<bool> {
        let mut statement = self.sql().prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM copy c WHERE c.folder_id = ?1 AND c.uid_validity = ?2 AND c.uid = ?3
                 AND NOT EXISTS (SELECT 1 FROM copy o WHERE o.message_id = c.message_id AND o.folder_id <> c.folder_id))",
        )?;
        for uid in uids {
            if statement.query_row(params![folder.0, uid_validity, uid], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Enters copies of letters that are here already under their new numbers.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn recognised(&self, copies: &[NewCopy]) -> Result<()> {
        copies.iter().try_for_each(|copy| self.add_copy(copy))
    }
}
