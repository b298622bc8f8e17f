//! Letters without their large files: which files are still on the server, which of them are wanted, and how such a letter
//! becomes whole.

use super::kept::Kept;
use super::{Store, ms};
use crate::domain::id;
use crate::domain::message::{LeftFile, MsgId, Parsed};
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A letter to be fetched whole, and where on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeWanted {
    /// The letter.
    pub message: id::Message,
    /// The folder's name on the wire.
    pub folder: String,
    /// Of this UIDVALIDITY.
    pub uid_validity: u32,
    /// Under this UID.
    pub uid: u32,
}

impl Store {
    /// The files of a letter that are still on the server; none for a letter that is whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn left_on_server(&self, message: id::Message) -> Result<Vec<LeftFile>> {
        let mut statement =
            self.sql().prepare_cached("SELECT file, size FROM left_on_server WHERE message_id = ?1 ORDER BY file")?;
        let files = statement
            .query_map([message.0], |row| {
                let number = |value: i64| u64::try_from(value).unwrap_or(0);
                let index = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX);
                Ok(LeftFile { index, size: number(row.get(1)?) })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(files)
    }

    /// Letters that are not whole here: their large files are on the server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_without_files(&self) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached("SELECT DISTINCT message_id FROM left_on_server")?;
        Ok(statement.query_map([], |row| row.get(0).map(id::Message))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Says of a letter whose bytes were just stored that these files of it are still on the server, where it has `size` bytes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn leave_on_server(
        &self,
        message: id::Message,
        digest: &[u8; 32],
        size: u64,
        files: &[LeftFile],
    ) -> Result<()> {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.sql().prepare_cached("DELETE FROM left_on_server WHERE message_id = ?1")?.execute([message.0])?;
        let mut statement =
            self.sql().prepare_cached("INSERT INTO left_on_server (message_id, file, size) VALUES (?1, ?2, ?3)")?;
        for file in files {
            statement.execute(params![message.0, number(file.index as u64), number(file.size)])?;
        }
        self.sql().prepare_cached("UPDATE message SET digest = ?2, size = ?3 WHERE id = ?1")?.execute(params![
            message.0,
            digest,
            number(size)
        ])?;
        Ok(())
    }

    /// A letter came whole that was here without its large files: its bytes take the place of those that were here. Everything that
    /// is known of it stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn make_whole(&self, message: id::Message, digest: &[u8; 32], kept: &Kept) -> Result<()> {
        let size = i64::try_from(kept.size).unwrap_or(i64::MAX);
        self.sql()
            .prepare_cached(
                "INSERT INTO raw (message_id, size, bytes) VALUES (?1, ?2, ?3)
                 ON CONFLICT (message_id) DO UPDATE SET size = excluded.size, bytes = excluded.bytes",
            )?
            .execute(params![message.0, size, kept.packed])?;
        self.files_came(message)?;
        self.sql().prepare_cached("DELETE FROM left_on_server WHERE message_id = ?1")?.execute([message.0])?;
        self.sql().prepare_cached("DELETE FROM whole_wanted WHERE message_id = ?1")?.execute([message.0])?;
        // The same letter may be here twice, when neither of its copies could be known by the other.
        self.sql()
            .prepare_cached(
                "UPDATE message SET size = ?3, digest = CASE WHEN EXISTS (
                     SELECT 1 FROM message o WHERE o.account_id = message.account_id AND o.digest = ?2) THEN digest ELSE ?2 END WHERE id = ?1",
            )?
            .execute(params![message.0, digest, size])?;
        Ok(())
    }

    /// Letters of an account that have this Message-ID, sender and subject, with their threads: one of them may be the letter that
    /// came without its files.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_like(&self, account: id::Account, parsed: &Parsed) -> Result<Vec<(id::Message, id::Thread)>> {
        let Some(msg_id) = &parsed.msg_id else { return Ok(Vec::new()) };
        let from = parsed.from.first().map_or("", |mailbox| mailbox.address.as_str());
        let mut statement = self.sql().prepare_cached(
            "SELECT id, thread_id FROM message
             WHERE msg_id = ?1 AND account_id = ?2 AND from_address = ?3 AND subject = ?4 AND (?5 IS NULL OR date = ?5)",
        )?;
        let found = statement
            .query_map(
                params![MsgId::as_str(msg_id), account.0, from, parsed.subject.as_str(), parsed.date.map(ms)],
                |row| Ok((id::Message(row.get(0)?), id::Thread(row.get(1)?))),
            )?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Wants a letter whole. Nothing happens to one that is whole. `false` then.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_whole(&self, message: id::Message, now: Timestamp) -> Result<bool> {
        let wanted = self
            .sql()
            .prepare_cached(
                "INSERT INTO whole_wanted (message_id, asked_at)
                 SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM left_on_server WHERE message_id = ?1)
                 ON CONFLICT (message_id) DO UPDATE SET asked_at = excluded.asked_at",
            )?
            .execute(params![message.0, ms(now)])?;
        Ok(wanted > 0)
    }

    /// How many letters of an account are wanted whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_whole_wanted(&self, account: id::Account) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached(
                "SELECT count(*) FROM whole_wanted w JOIN message m ON m.id = w.message_id WHERE m.account_id = ?1",
            )?
            .query_row([account.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// When a letter was last wanted whole, of all; tells whether somebody wants one now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_whole_wanted(&self) -> Result<Option<i64>> {
        Ok(self.sql().prepare_cached("SELECT max(asked_at) FROM whole_wanted")?.query_row([], |row| row.get(0))?)
    }

    /// The letters of an account that are wanted whole, every copy of each, those asked for last first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn whole_wanted(&self, account: id::Account) -> Result<Vec<WholeWanted>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT w.message_id, f.raw_name, c.uid_validity, c.uid FROM whole_wanted w JOIN copy c ON c.message_id = w.message_id
                 JOIN folder f ON f.id = c.folder_id
             WHERE f.account_id = ?1 AND f.kept_here = 0 AND f.gone = 0 AND c.uid_validity > 0 ORDER BY w.asked_at DESC, f.id",
        )?;
        let wanted = statement
            .query_map([account.0], |row| {
                Ok(WholeWanted {
                    message: id::Message(row.get(0)?),
                    folder: row.get(1)?,
                    uid_validity: row.get(2)?,
                    uid: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(wanted)
    }

    /// Letters that no folder has any more are not wanted whole any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_whole_wanted_of_gone(&self) -> Result<()> {
        self.sql()
            .prepare_cached("DELETE FROM whole_wanted WHERE NOT EXISTS (SELECT 1 FROM copy c WHERE c.message_id = whole_wanted.message_id)")?
            .execute([])?;
        Ok(())
    }

    /// True when a letter's bytes are here, all that there are or without its large files.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_bytes(&self, message: id::Message) -> Result<bool> {
        let found = self
            .sql()
            .prepare_cached("SELECT 1 FROM raw WHERE message_id = ?1")?
            .query_row([message.0], |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }
}
