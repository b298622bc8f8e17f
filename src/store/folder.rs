//! Folders: their place on the server and how far they are known.

use super::{Store, count_at, text_at};
use crate::domain::folder::{Role, Row, Standing};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// How far a folder is known. Stored in the same transaction as the letters and flags it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// UIDVALIDITY of the copies here; 0 before the first sync.
    pub uid_validity: u32,
    /// UIDNEXT when the folder was last complete.
    pub uid_next: u32,
    /// Flags are known up to this modification sequence (RFC 7162); 0 where the server has none.
    pub highest_modseq: u64,
    /// Copies the server had when it was last looked at completely.
    pub server_count: Option<u32>,
    /// Every copy of the server is here.
    pub complete: bool,
}

/// A folder that the server lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRecord {
    /// Its key.
    pub id: id::Folder,
    /// Name on the wire.
    pub raw_name: String,
    /// Name to show.
    pub name: Text,
    /// What it is for.
    pub role: Option<Role>,
    /// How far it is known.
    pub cursor: Cursor,
    /// How it stood on the server when it was listed, where the server tells that.
    pub state: Option<Standing>,
}

/// A row of `id, raw_name, name, role`; how far it is known is read apart.
pub(super) fn listed_at(row: &rusqlite::Row<'_>) -> rusqlite::Result<FolderRecord> {
    Ok(FolderRecord {
        id: id::Folder(row.get("id")?),
        raw_name: row.get("raw_name")?,
        name: text_at(row, "name")?,
        role: row.get::<_, Option<String>>("role")?.as_deref().and_then(Role::from_word),
        cursor: Cursor::default(),
        state: None,
    })
}

impl Store {
    /// Enters a folder that the server lists, or brings what is known of it up to date.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn register_folder(
        &self,
        account: id::Account,
        raw_name: &str,
        name: &Text,
        delimiter: Option<char>,
        role: Option<Role>,
    ) -> Result<FolderRecord> {
        let role_word = role.map(Role::word);
        let said = params![account.0, raw_name, name.as_str(), delimiter.map(String::from), role_word];
        // Known already as it is, the usual case: nothing is written.
        let known = self
            .sql()
            .prepare_cached(
                "SELECT id FROM folder WHERE account_id = ?1 AND raw_name = ?2 AND (wanted_raw_name IS NOT NULL OR name = ?3)
                     AND delimiter IS ?4 AND role IS ?5 AND to_create = 0 AND gone = 0",
            )?
            .query_row(said, |row| row.get(0))
            .optional()?;
        let key: i64 = match known {
            Some(key) => key,
            None => self
            .sql()
            .prepare_cached(
                "INSERT INTO folder (account_id, raw_name, name, delimiter, role) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (account_id, raw_name) DO UPDATE SET
                     name = CASE WHEN wanted_raw_name IS NULL THEN excluded.name ELSE name END, to_create = 0, delimiter = excluded.delimiter, role = excluded.role, gone = 0
                 RETURNING id",
            )?
            .query_row(said, |row| row.get(0))?,
        };
        let folder = id::Folder(key);
        Ok(FolderRecord {
            id: folder,
            raw_name: raw_name.to_owned(),
            name: name.clone(),
            role,
            cursor: self.cursor(folder)?,
            state: None,
        })
    }

    /// Something was done to the folder on the server: the next sync opens it, whatever it looks like from outside.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn look_again(&self, folder: id::Folder) -> Result<()> {
        self.sql().prepare_cached("UPDATE folder SET complete = 0 WHERE id = ?1")?.execute([folder.0])?;
        Ok(())
    }

    /// Marks the folders of an account that the server no longer lists. Their letters stay until a sync has seen
    /// where they went.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn folders_listed(&self, account: id::Account, listed: &[id::Folder]) -> Result<()> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id FROM folder WHERE account_id = ?1 AND gone = 0 AND to_create = 0 AND kept_here = 0",
        )?;
        let known: Vec<i64> = statement.query_map([account.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for folder in known.into_iter().map(id::Folder).filter(|folder| !listed.contains(folder)) {
            self.sql().execute("UPDATE folder SET gone = 1, complete = 0 WHERE id = ?1", [folder.0])?;
        }
        Ok(())
    }

    /// The folder of this name on the wire; `None` when no sync has seen it yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_named(&self, account: id::Account, raw_name: &str) -> Result<Option<id::Folder>> {
        let found = self
            .sql()
            .prepare_cached("SELECT id FROM folder WHERE account_id = ?1 AND raw_name = ?2")?
            .query_row(params![account.0, raw_name], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Folder))
    }

    /// The folders of an account that the server lists, those that matter most first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_records(&self, account: id::Account) -> Result<Vec<FolderRecord>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, raw_name, name, role FROM folder WHERE account_id = ?1 AND gone = 0 AND to_create = 0 AND kept_here = 0 ORDER BY id",
        )?;
        let mut records: Vec<FolderRecord> =
            statement.query_map([account.0], listed_at)?.collect::<rusqlite::Result<_>>()?;
        for record in &mut records {
            record.cursor = self.cursor(record.id)?;
        }
        records.sort_by_key(|record| record.role.map_or(usize::MAX, |role| role as usize));
        Ok(records)
    }

    /// How many copies of a folder are not seen, as the server knows it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unseen_on_server(&self, folder: id::Folder) -> Result<u64> {
        let mut statement =
            self.sql().prepare_cached("SELECT count(*) AS unseen FROM copy WHERE folder_id = ?1 AND flags & 1 = 0")?;
        Ok(statement.query_row([folder.0], |row| count_at(row, "unseen"))?)
    }

    /// How far a folder is known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn cursor(&self, folder: id::Folder) -> Result<Cursor> {
        let cursor = self
            .sql()
            .prepare_cached(
                "SELECT uid_validity, uid_next, highest_modseq, server_count, complete FROM folder WHERE id = ?1",
            )?
            .query_row([folder.0], |row| {
                Ok(Cursor {
                    uid_validity: row.get(0)?,
                    uid_next: row.get(1)?,
                    highest_modseq: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                    server_count: row.get(3)?,
                    complete: row.get(4)?,
                })
            })
            .optional()?;
        Ok(cursor.unwrap_or_default())
    }

    /// Keeps how far a folder is known. Inside the transaction that stores what the cursor speaks of.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_cursor(&self, folder: id::Folder, cursor: &Cursor) -> Result<()> {
        let modseq = i64::try_from(cursor.highest_modseq).unwrap_or(0);
        self.sql()
            .prepare_cached(
                "UPDATE folder SET uid_validity = ?2, uid_next = ?3, highest_modseq = ?4, server_count = ?5, complete = ?6 WHERE id = ?1",
            )?
            .execute(params![folder.0, cursor.uid_validity, cursor.uid_next, modseq, cursor.server_count, cursor.complete])?;
        Ok(())
    }

    /// The account's folder with a role.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_with_role(&self, account: id::Account, role: Role) -> Result<Option<FolderRecord>> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT id, raw_name, name FROM folder WHERE account_id = ?1 AND role = ?2 AND gone = 0 LIMIT 1",
            )?
            .query_row(params![account.0, role.word()], |row| {
                Ok((id::Folder(row.get("id")?), row.get::<_, String>("raw_name")?, text_at(row, "name")?))
            })
            .optional()?;
        let Some((folder, raw_name, name)) = found else { return Ok(None) };
        Ok(Some(FolderRecord {
            id: folder,
            raw_name,
            name,
            role: Some(role),
            cursor: self.cursor(folder)?,
            state: None,
        }))
    }

    /// The folders of every account, for the Mail screen: by role, then by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folders(&self) -> Result<Vec<Row>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT f.id, f.account_id, a.name AS account_name, f.name, f.role,
                    (SELECT count(*) FROM copy c WHERE c.folder_id = f.id) AS local,
                    (SELECT count(*) FROM copy c WHERE c.folder_id = f.id AND c.wanted_flags & 1 = 0) AS unseen
             FROM folder f JOIN account a ON a.id = f.account_id WHERE f.gone = 0 OR EXISTS (SELECT 1 FROM copy c WHERE c.folder_id = f.id)",
        )?;
        let mut rows: Vec<Row> = statement
            .query_map([], |row| {
                Ok(Row {
                    id: id::Folder(row.get("id")?),
                    account: id::Account(row.get("account_id")?),
                    account_name: text_at(row, "account_name")?,
                    name: text_at(row, "name")?,
                    role: row.get::<_, Option<String>>("role")?.as_deref().and_then(Role::from_word),
                    local: count_at(row, "local")?,
                    unseen: count_at(row, "unseen")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let in_flight = self.in_flight()?;
        for row in &mut rows {
            if let Some((letters, unseen)) = in_flight.get(&row.id) {
                row.local = row.local.saturating_add_signed(*letters);
                row.unseen = row.unseen.saturating_add_signed(*unseen);
            }
        }
        rows.sort_by_key(|row| (row.account, row.role.map_or(usize::MAX, |role| role as usize), row.name.clone()));
        Ok(rows)
    }

    /// UIDs of a folder's copies with the flags last known of the server and the flags wanted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn copies(&self, folder: id::Folder, uid_validity: u32) -> Result<BTreeMap<u32, super::CopyFlags>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT uid, flags, wanted_flags FROM copy WHERE folder_id = ?1 AND uid_validity = ?2")?;
        let copies = statement
            .query_map(params![folder.0, uid_validity], |row| {
                Ok((
                    row.get(0)?,
                    super::CopyFlags {
                        server: super::message::flags_at(row, 1)?,
                        wanted: super::message::flags_at(row, 2)?,
                    },
                ))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(copies)
    }

    /// How many copies of a folder are here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn copy_count(&self, folder: id::Folder) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached("SELECT count(*) FROM copy WHERE folder_id = ?1")?
            .query_row([folder.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
