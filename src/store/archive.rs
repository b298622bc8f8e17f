//! Letters kept on this machine alone, how far files were brought in, and letters to be written out.

use super::timeline::threads_of;
use super::{Store, moment, text_at};
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::Result;
use crate::domain::query::Query;
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, params, params_from_iter};

/// The numbering of folders that no server numbers.
pub const KEPT_HERE_NUMBERING: u32 = 1;

/// Stands before the names of folders kept here where servers' names on the wire stand: no server can name one so, because
/// a name with a line end cannot be said to it.
const KEPT_HERE: &str = "\n";

/// How far a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportMark {
    /// Its size when it was begun.
    pub size: u64,
    /// When it was changed last before that, in milliseconds.
    pub modified: i64,
    /// Bytes that are done.
    pub read_to: u64,
}

/// Which letters to write out; nothing named is every letter that has a place.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Of this account.
    pub account: Option<id::Account>,
    /// With a copy in a folder of this name.
    pub folder: Option<String>,
    /// That hold these words.
    pub query: Option<Query>,
    /// The moment the search is asked at, where the user is: its days are counted from it.
    pub asked_at: Option<Zoned>,
    /// In conversations filed under this contact.
    pub contact: Option<id::Contact>,
    /// In conversations filed under this company, or under its people.
    pub company: Option<id::Company>,
    /// In conversations filed under this deal.
    pub deal: Option<id::Deal>,
    /// Without those that no colleague is to see.
    pub without_private: bool,
}

/// A letter to be written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outward {
    /// Its key.
    pub message: id::Message,
    /// What every copy of it shares.
    pub digest: [u8; 32],
    /// When it was written.
    pub date: Timestamp,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// Who wrote it.
    pub sender: Text,
    /// Subject.
    pub subject: Text,
    /// As they are here.
    pub flags: Flags,
}

impl Store {
    /// The folder of this name that is kept on this machine alone, made when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn kept_here_folder(&self, account: id::Account, name: &Text) -> Result<id::Folder> {
        let key = self
            .sql()
            .prepare_cached(
                "INSERT INTO folder (account_id, raw_name, name, delimiter, uid_validity, complete, kept_here) VALUES (?1, ?2, ?3, '/', ?4, 1, 1)
                 ON CONFLICT (account_id, raw_name) DO UPDATE SET gone = 0 RETURNING id",
            )?
            .query_row(params![account.0, format!("{KEPT_HERE}{name}"), name.as_str(), KEPT_HERE_NUMBERING], |row| row.get(0))?;
        Ok(id::Folder(key))
    }

    /// The number that the next letter of a folder kept here gets.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_number(&self, folder: id::Folder) -> Result<u32> {
        Ok(self
            .sql()
            .prepare_cached("SELECT coalesce(max(uid), 0) + 1 FROM copy WHERE folder_id = ?1")?
            .query_row([folder.0], |row| row.get(0))?)
    }

    /// Of a letter that is here: its flags, and whether this folder needs no copy of it, because it has one, or because the
    /// letter was thrown away elsewhere and is not to come back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_in(&self, message: id::Message, folder: id::Folder) -> Result<(Flags, bool)> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT flags, place NOT IN ('live', 'gone') OR EXISTS (SELECT 1 FROM copy WHERE message_id = ?1 AND folder_id = ?2)
                 FROM message WHERE id = ?1",
            )?
            .query_row([message.0, folder.0], |row| Ok((super::message::flags_at(row, 0)?, row.get(1)?)))?)
    }

    /// How many letters that could not be understood came after this one (their numbers grow).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn degraded_after(&self, last: id::Message) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached("SELECT count(*) FROM message WHERE id > ?1 AND degraded = 1")?
            .query_row([last.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The letter stored last; 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_message(&self) -> Result<id::Message> {
        Ok(id::Message(
            self.sql().prepare_cached("SELECT coalesce(max(id), 0) FROM message")?.query_row([], |row| row.get(0))?,
        ))
    }

    /// How far a file was read by an import that did not end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn import_mark(&self, source: &str) -> Result<Option<ImportMark>> {
        let number = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(self
            .sql()
            .prepare_cached("SELECT size, modified, read_to FROM import_progress WHERE source = ?1")?
            .query_row([source], |row| {
                Ok(ImportMark { size: number(row.get(0)?), modified: row.get(1)?, read_to: number(row.get(2)?) })
            })
            .optional()?)
    }

    /// Keeps how far a file was read; inside the transaction with its letters. `None`: it is done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_import_mark(&self, source: &str, mark: Option<&ImportMark>) -> Result<()> {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        match mark {
            Some(mark) => self
                .sql()
                .prepare_cached(
                    "INSERT INTO import_progress (source, size, modified, read_to) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (source) DO UPDATE SET size = excluded.size, modified = excluded.modified, read_to = excluded.read_to",
                )?
                .execute(params![source, number(mark.size), mark.modified, number(mark.read_to)])?,
            None => self.sql().prepare_cached("DELETE FROM import_progress WHERE source = ?1")?.execute([source])?,
        };
        Ok(())
    }

    /// The letters to write out, oldest first; of the same moment in an order that is the same in every store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outward(&self, selection: &Selection) -> Result<Vec<Outward>> {
        use rusqlite::types::Value;
        let mut sql = String::from(
            "SELECT m.id, m.digest, m.date, m.arrived_at, m.from_address, m.subject, m.flags FROM message m
             WHERE (m.place <> 'gone' OR m.local_origin = 1)",
        );
        let mut values = Vec::new();
        let mut only = |condition: &str, value: Value| {
            values.push(value);
            sql.push_str(&condition.replace('?', &format!("?{}", values.len())));
        };
        if let Some(account) = selection.account {
            only(" AND m.account_id = ?", Value::Integer(account.0));
        }
        if let Some(folder) = &selection.folder {
            only(
                " AND EXISTS (SELECT 1 FROM copy c JOIN folder f ON f.id = coalesce(c.wanted_folder, c.folder_id) WHERE c.message_id = m.id AND f.name = ? COLLATE NOCASE)",
                Value::Text(folder.clone()),
            );
        }
        if let Some(query) = &selection.query {
            let found = self.every_letter_of(query, selection.asked_at.as_ref())?;
            let keys = serde_json::Value::from(found.iter().map(|message| message.0).collect::<Vec<_>>());
            only(" AND m.id IN (SELECT value FROM json_each(?))", Value::Text(keys.to_string()));
        }
        let filed = " AND m.thread_id IN (SELECT thread_id FROM filing WHERE superseded_at IS NULL AND";
        if let Some(contact) = selection.contact {
            only(&format!("{filed} contact_id = ?)"), Value::Integer(contact.0));
        }
        if let Some(deal) = selection.deal {
            only(&format!("{filed} deal_id = ?)"), Value::Integer(deal.0));
        }
        if let Some(company) = selection.company {
            let threads = threads_of(Whose::Company(company)).replace(":id", &company.0.to_string());
            sql.push_str(&format!(" AND m.thread_id IN ({threads})"));
        }
        if selection.without_private {
            sql.push_str(" AND m.thread_id NOT IN (SELECT thread_id FROM private_thread)");
        }
        sql.push_str(" ORDER BY m.date, m.digest");
        let mut statement = self.sql().prepare(&sql)?;
        let letters = statement
            .query_map(params_from_iter(values), |row| {
                Ok(Outward {
                    message: id::Message(row.get("id")?),
                    digest: row.get("digest")?,
                    date: moment(row.get("date")?),
                    arrived_at: moment(row.get("arrived_at")?),
                    sender: text_at(row, "from_address")?,
                    subject: text_at(row, "subject")?,
                    flags: Flags(row.get("flags")?),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(letters)
    }

    /// Whether a folder of this name is here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_folder_called(&self, name: &str) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM folder WHERE name = ?1 COLLATE NOCASE)")?
            .query_row([name], |row| row.get(0))?)
    }
}
