//! Wishes on their way to the server: what waits, what it took, and what it refused.

use super::message::{flags_at, keywords_of};
use super::{Store, text_at};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::wish::merge_keywords;
use rusqlite::{OptionalExtension, params};

/// A copy that should be in another folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveWanted {
    /// The folder it is in.
    pub from: id::Folder,
    /// Its UIDVALIDITY.
    pub uid_validity: u32,
    /// Its UID there.
    pub uid: u32,
    /// The folder it should be in.
    pub to: id::Folder,
    /// That folder's name on the wire.
    pub to_raw_name: String,
    /// That folder's name to show.
    pub to_name: Text,
}

/// What is wanted of a copy, apart from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishKind {
    /// Other flags.
    Flags,
    /// Other keywords.
    Keywords,
    /// Another folder.
    Move,
    /// Deletion for good.
    Gone,
}

/// Keywords to set, and to clear.
pub type KeywordWish = (Vec<String>, Vec<String>);

/// Where a letter is now that the server moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The folder.
    pub folder: id::Folder,
    /// Its UIDVALIDITY.
    pub uid_validity: u32,
    /// Its UID there.
    pub uid: u32,
}

impl Store {
    /// True when anything is wanted of a folder's copies.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wishes_wait(&self, folder: id::Folder) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM copy WHERE folder_id = ?1 AND wished_at IS NOT NULL)")?
            .query_row([folder.0], |row| row.get(0))?)
    }

    /// Copies of an account that should be in another folder and are not marked deleted where they are, in the order the wishes were
    /// made. Those to a folder that the server does not have yet wait for it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn moves_wanted(&self, account: id::Account) -> Result<Vec<MoveWanted>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.folder_id, c.uid_validity, c.uid, f.id, f.raw_name, f.name FROM copy c JOIN folder f ON f.id = c.wanted_folder
             WHERE c.folder_id IN (SELECT id FROM folder WHERE account_id = ?1 AND kept_here = 0) AND c.wished_at IS NOT NULL
                 AND c.wanted_folder <> c.folder_id AND c.flags & 16 = 0 AND c.wanted_gone = 0 AND f.to_create = 0
                 AND c.uid_validity = (SELECT uid_validity FROM folder WHERE id = c.folder_id)
             ORDER BY c.wished_at, c.id",
        )?;
        let moves = statement
            .query_map([account.0], |row| {
                Ok(MoveWanted {
                    from: id::Folder(row.get(0)?),
                    uid_validity: row.get(1)?,
                    uid: row.get(2)?,
                    to: id::Folder(row.get(3)?),
                    to_raw_name: row.get(4)?,
                    to_name: text_at(row, "name")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(moves)
    }

    /// UIDs of a folder's copies that are to be deleted for good.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gone_wanted(&self, folder: id::Folder, uid_validity: u32) -> Result<Vec<u32>> {
        // The plus keeps SQLite from walking all copies of the folder by their numbers instead of the few in `copy_gone`.
        let mut statement = self.sql().prepare_cached(
            "SELECT uid FROM copy WHERE folder_id = ?1 AND +uid_validity = ?2 AND wanted_gone = 1 ORDER BY uid",
        )?;
        let uids =
            statement.query_map(params![folder.0, uid_validity], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(uids)
    }

    /// Copies of a folder whose flags on the server are not what we want: (UID, (to add, to remove)).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn flag_wishes(&self, folder: id::Folder, uid_validity: u32) -> Result<Vec<(u32, (Flags, Flags))>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT uid, wanted_flags & ~flags & ~stays, flags & ~wanted_flags & ~stays FROM copy,
                 (SELECT a.read_only * 5 AS stays FROM folder f JOIN account a ON a.id = f.account_id WHERE f.id = ?1)
             WHERE folder_id = ?1 AND uid_validity = ?2 AND wished_at IS NOT NULL
                 AND (flags | wanted_flags) & ~(flags & wanted_flags) & ~stays <> 0 ORDER BY wished_at, id",
        )?;
        let wishes = statement
            .query_map(params![folder.0, uid_validity], |row| {
                Ok((row.get(0)?, (flags_at(row, 1)?, flags_at(row, 2)?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(wishes)
    }

    /// Copies of a folder whose keywords on the server are not what we want: (UID, (to add, to remove)).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn keyword_wishes(&self, folder: id::Folder, uid_validity: u32) -> Result<Vec<(u32, KeywordWish)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT uid, keywords, wanted_keywords FROM copy
             WHERE folder_id = ?1 AND uid_validity = ?2 AND wished_at IS NOT NULL AND keywords <> wanted_keywords ORDER BY wished_at, id",
        )?;
        let rows: Vec<(u32, String, String)> = statement
            .query_map(params![folder.0, uid_validity], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows
            .into_iter()
            .map(|(uid, had, wanted)| {
                let (had, wanted) = (keywords_of(&had), keywords_of(&wanted));
                let beyond = |set: &[String], other: &[String]| -> Vec<String> {
                    set.iter().filter(|word| !other.contains(word)).cloned().collect()
                };
                (uid, (beyond(&wanted, &had), beyond(&had, &wanted)))
            })
            .collect())
    }

    /// The server took these flags for these copies.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn flags_granted(
        &self,
        folder: id::Folder,
        uid_validity: u32,
        uids: &[u32],
        added: Flags,
        removed: Flags,
    ) -> Result<()> {
        let mut statement = self.sql().prepare_cached(
            "UPDATE copy SET flags = (flags | ?4) & ~?5 WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3",
        )?;
        for uid in uids {
            statement.execute(params![folder.0, uid_validity, uid, added.0, removed.0])?;
        }
        Ok(())
    }

    /// The server took these keywords for these copies.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keywords_granted(
        &self,
        folder: id::Folder,
        uid_validity: u32,
        uids: &[u32],
        added: &[String],
        removed: &[String],
    ) -> Result<()> {
        let mut read = self
            .sql()
            .prepare_cached("SELECT id, keywords FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?;
        let mut write = self.sql().prepare_cached("UPDATE copy SET keywords = ?2 WHERE id = ?1")?;
        for uid in uids {
            let known: Option<(i64, String)> = read
                .query_row(params![folder.0, uid_validity, uid], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((copy, had)) = known {
                write.execute(params![copy, merge_keywords(removed, added, &keywords_of(&had)).join(" ")])?;
            }
        }
        Ok(())
    }

    /// A move is about to be tried that is not one command: see `copy.move_begun`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_move(&self, moves: &[MoveWanted]) -> Result<()> {
        let mut statement = self
            .sql()
            .prepare_cached("UPDATE copy SET move_begun = 1 WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?;
        for one in moves {
            statement.execute(params![one.from.0, one.uid_validity, one.uid])?;
        }
        Ok(())
    }

    /// True when this move may have been made by an earlier try whose end nobody heard.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn move_was_begun(&self, wanted: &MoveWanted) -> Result<bool> {
        let begun = self
            .sql()
            .prepare_cached("SELECT move_begun FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?
            .query_row(params![wanted.from.0, wanted.uid_validity, wanted.uid], |row| row.get(0))
            .optional()?;
        Ok(begun.unwrap_or(false))
    }

    /// The server moved this copy; `place` is where, if it told. Then the copy is in its new place at once, and never out of
    /// sight. Otherwise it stays listed until the folders are read: its mark `\Deleted` (16) says that it is not to be moved again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn move_granted(&self, wanted: &MoveWanted, place: Option<Placed>) -> Result<()> {
        let key = params![wanted.from.0, wanted.uid_validity, wanted.uid];
        if let Some(place) = place {
            let thread = self.subject_of_copy(wanted.from, wanted.uid_validity, wanted.uid)?;
            // Another row, before the old one goes: undo knows a move that was granted by that (see `unwish`). One that was found
            // there already stays as it is.
            let both =
                params![wanted.from.0, wanted.uid_validity, wanted.uid, place.folder.0, place.uid_validity, place.uid];
            let made = self
                .sql()
                .prepare_cached(
                    "INSERT OR IGNORE INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags, keywords)
                     SELECT ?4, ?5, ?6, message_id, flags, flags, keywords FROM copy
                     WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3",
                )?
                .execute(both)?;
            if made > 0 {
                self.sql()
                    .prepare_cached(
                        "UPDATE copy SET wanted_flags = old.wanted_flags, wanted_keywords = old.wanted_keywords FROM copy old
                         WHERE copy.folder_id = ?4 AND copy.uid_validity = ?5 AND copy.uid = ?6
                             AND old.folder_id = ?1 AND old.uid_validity = ?2 AND old.uid = ?3
                             AND (old.wished_at IS NOT NULL OR old.flags <> old.wanted_flags)",
                    )?
                    .execute(both)?;
            }
            self.sql()
                .prepare_cached("DELETE FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?
                .execute(key)?;
            return thread.map_or(Ok(()), |(thread, _)| self.refresh_lists(thread));
        }
        self.sql()
            .prepare_cached(
                "UPDATE copy SET flags = flags | 16, wanted_flags = wanted_flags | 16, move_begun = 0
                 WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .execute(key)?;
        Ok(())
    }

    /// The conversation of a copy's letter, and its subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn subject_of_copy(
        &self,
        folder: id::Folder,
        uid_validity: u32,
        uid: u32,
    ) -> Result<Option<(id::Thread, Text)>> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT m.thread_id, m.subject FROM copy c JOIN message m ON m.id = c.message_id
                 WHERE c.folder_id = ?1 AND c.uid_validity = ?2 AND c.uid = ?3",
            )?
            .query_row(params![folder.0, uid_validity, uid], |row| {
                Ok((id::Thread(row.get(0)?), text_at(row, "subject")?))
            })
            .optional()?;
        Ok(found)
    }

    /// The Message-ID of a copy's letter; `None` when it has none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn msg_id_of_copy(&self, folder: id::Folder, uid_validity: u32, uid: u32) -> Result<Option<String>> {
        let found: Option<Option<String>> = self
            .sql()
            .prepare_cached(
                "SELECT m.msg_id FROM copy c JOIN message m ON m.id = c.message_id
                 WHERE c.folder_id = ?1 AND c.uid_validity = ?2 AND c.uid = ?3",
            )?
            .query_row(params![folder.0, uid_validity, uid], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// Takes back what was wanted of copies, because the server refused it: the wanted side is what the server has.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn unwish(&self, folder: id::Folder, uid_validity: u32, uids: &[u32], kind: WishKind) -> Result<()> {
        let back = match kind {
            WishKind::Flags => "wanted_flags = flags",
            WishKind::Keywords => "wanted_keywords = keywords",
            WishKind::Move => "wanted_folder = NULL, move_begun = 0",
            WishKind::Gone => "wanted_gone = 0",
        };
        let mut statement = self.sql().prepare_cached(&format!(
            "UPDATE copy SET {back} WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3"
        ))?;
        for uid in uids {
            statement.execute(params![folder.0, uid_validity, uid])?;
            if let Some((thread, _)) = self.subject_of_copy(folder, uid_validity, *uid)? {
                self.refresh_lists(thread)?;
            }
        }
        Ok(())
    }
}
