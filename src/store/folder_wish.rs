//! Folders made and renamed here, as the server takes it or refuses it; and those it renamed itself.

use super::folder::FolderRecord;
use super::{Store, text_at};
use crate::domain::folder_name;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::params;

/// A folder that the server is to make or rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderWish {
    /// The folder.
    pub folder: id::Folder,
    /// Its name on the wire as the server knows it, or as it is to be made.
    pub raw_name: String,
    /// Its name to show.
    pub name: Text,
    /// The name it is to get; `None`: it is to be made.
    pub wanted: Option<String>,
}

impl Store {
    /// Gives a folder and those below it another name, on the wire or on the screen.
    fn rename_below(&self, folder: id::Folder, column: &str, to: &str) -> Result<()> {
        self.sql().execute(
            &format!(
                "UPDATE folder SET {column} = ?2 || substr(folder.{column}, length(top.{column}) + 1) FROM folder top
                 WHERE top.id = ?1 AND folder.account_id = top.account_id AND (folder.id = top.id
                     OR substr(folder.{column}, 1, length(top.{column}) + 1) = top.{column} || top.delimiter)"
            ),
            params![folder.0, to],
        )?;
        Ok(())
    }

    /// Folders the server is to make or rename: those above before those below.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_wishes(&self, account: id::Account) -> Result<Vec<FolderWish>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, raw_name, name, wanted_raw_name FROM folder
             WHERE account_id = ?1 AND (to_create = 1 OR wanted_raw_name IS NOT NULL) ORDER BY to_create, length(raw_name), id",
        )?;
        let wishes = statement
            .query_map([account.0], |row| {
                Ok(FolderWish {
                    folder: id::Folder(row.get(0)?),
                    raw_name: row.get(1)?,
                    name: text_at(row, "name")?,
                    wanted: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(wishes)
    }

    /// The server has made this folder.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn folder_made(&self, folder: id::Folder) -> Result<()> {
        self.sql().execute("UPDATE folder SET to_create = 0 WHERE id = ?1", [folder.0])?;
        Ok(())
    }

    /// The server knows this folder, and those below it, by another name now. It stays the same folder, with its copies. A row of that name
    /// that never held anything gives way.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn folder_renamed(&self, folder: id::Folder, raw_name: &str) -> Result<()> {
        self.sql().execute(
            "DELETE FROM folder WHERE raw_name = ?2 AND id <> ?1 AND account_id = (SELECT account_id FROM folder WHERE id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM copy WHERE folder_id = folder.id OR wanted_folder = folder.id)
                 AND NOT EXISTS (SELECT 1 FROM folder_thread WHERE folder_id = folder.id)",
            params![folder.0, raw_name],
        )?;
        self.rename_below(folder, "raw_name", raw_name)?;
        self.rename_below(folder, "name", &folder_name::shown(raw_name))?;
        self.sql().execute("UPDATE folder SET wanted_raw_name = NULL, gone = 0 WHERE id = ?1", [folder.0])?;
        Ok(())
    }

    /// The server refused to make or rename this folder: it is as it was. What was to be moved into one that is not made stays where it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn folder_refused(&self, wish: &FolderWish) -> Result<()> {
        if wish.wanted.is_some() {
            self.sql().execute("UPDATE folder SET wanted_raw_name = NULL WHERE id = ?1", [wish.folder.0])?;
            return self.rename_below(wish.folder, "name", &folder_name::shown(&wish.raw_name));
        }
        let mut statement = self.sql().prepare_cached(
            "UPDATE copy SET wanted_folder = NULL WHERE wanted_folder = ?1 RETURNING (SELECT thread_id FROM message WHERE id = message_id)",
        )?;
        let threads: Vec<i64> =
            statement.query_map([wish.folder.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for thread in threads {
            self.refresh_lists(id::Thread(thread))?;
        }
        self.sql().execute("DELETE FROM folder_thread WHERE folder_id = ?1", [wish.folder.0])?;
        self.sql().execute("DELETE FROM folder WHERE id = ?1", [wish.folder.0])?;
        Ok(())
    }

    /// Keeps the server's own, lasting name of a folder (MAILBOXID, RFC 8474).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_mailbox_id(&self, folder: id::Folder, mailbox_id: &str) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE folder SET mailbox_id = ?2 WHERE id = ?1 AND mailbox_id IS NOT ?2")?
            .execute(params![folder.0, mailbox_id])?;
        Ok(())
    }

    /// The server's lasting name of a folder, where it has one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailbox_id(&self, folder: id::Folder) -> Result<Option<String>> {
        Ok(self.sql().query_row("SELECT mailbox_id FROM folder WHERE id = ?1", [folder.0], |row| row.get(0))?)
    }

    /// Folders of an account that hold letters and are not among these names: renamed or deleted on the server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folders_missing(&self, account: id::Account, listed: &[String]) -> Result<Vec<FolderRecord>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, raw_name, name, role FROM folder WHERE account_id = ?1 AND to_create = 0 AND kept_here = 0
                 AND EXISTS (SELECT 1 FROM copy WHERE folder_id = folder.id)",
        )?;
        let mut missing: Vec<FolderRecord> =
            statement.query_map([account.0], super::folder::listed_at)?.collect::<rusqlite::Result<_>>()?;
        missing.retain(|folder| !listed.contains(&folder.raw_name));
        for folder in &mut missing {
            folder.cursor = self.cursor(folder.id)?;
        }
        Ok(missing)
    }
}
