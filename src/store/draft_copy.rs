//! Which letter in Drafts is which draft, and which side changed it since.

use super::{Store, moment, ms};
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

/// A draft as the server knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCopy {
    /// The draft.
    pub draft: id::Draft,
    /// What its letters in Drafts are called.
    pub name: String,
    /// The letter in Drafts that holds it.
    pub message: Option<id::Message>,
    /// What both sides had last.
    pub agreed: String,
    /// What is being given to the server.
    pub pushing: String,
    /// The draft is still here.
    pub here: bool,
    /// It was changed here since both sides had the same.
    pub changed: bool,
}

const COLUMNS: &str = "c.draft_id, c.name, c.message_id, c.agreed, c.pushing, d.id IS NOT NULL AS here,
    coalesce(d.saved_at > c.agreed_at, 0) AS changed";

fn copy_at(row: &Row<'_>) -> rusqlite::Result<DraftCopy> {
    Ok(DraftCopy {
        draft: id::Draft(row.get("draft_id")?),
        name: row.get("name")?,
        message: row.get::<_, Option<i64>>("message_id")?.map(id::Message),
        agreed: row.get("agreed")?,
        pushing: row.get("pushing")?,
        here: row.get("here")?,
        changed: row.get("changed")?,
    })
}

impl Store {
    /// The draft whose letters have this name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft_named(&self, name: &str) -> Result<Option<DraftCopy>> {
        let sql =
            format!("SELECT {COLUMNS} FROM draft_copy c LEFT JOIN draft d ON d.id = c.draft_id WHERE c.name = ?1");
        Ok(self.sql().prepare_cached(&sql)?.query_row([name], copy_at).optional()?)
    }

    /// The draft that a letter in Drafts holds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft_of(&self, message: id::Message) -> Result<Option<id::Draft>> {
        let sql = "SELECT c.draft_id FROM draft_copy c JOIN draft d ON d.id = c.draft_id WHERE c.message_id = ?1";
        Ok(self.sql().prepare_cached(sql)?.query_row([message.0], |row| row.get(0).map(id::Draft)).optional()?)
    }

    /// Letters of a Drafts folder of which nobody knows yet which draft they are, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unknown_drafts(&self, folder: id::Folder, limit: u32) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT message_id FROM copy
             WHERE folder_id = ?1 AND wanted_gone = 0 AND wanted_folder IS NULL AND flags & 16 = 0
                 AND message_id NOT IN (SELECT message_id FROM draft_copy WHERE message_id IS NOT NULL)
             ORDER BY message_id DESC LIMIT ?2",
        )?;
        let found = statement
            .query_map(params![folder.0, limit], |row| row.get(0).map(id::Message))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Drafts of an account whose letter is no longer in its folder: somebody took or replaced it there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drafts_without_copy(&self, account: id::Account, folder: id::Folder) -> Result<Vec<DraftCopy>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM draft d JOIN draft_copy c ON c.draft_id = d.id
             WHERE d.account_id = ?1 AND c.message_id IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM copy k WHERE k.message_id = c.message_id AND k.folder_id = ?2 AND k.flags & 16 = 0)"
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let found = statement.query_map(params![account.0, folder.0], copy_at)?.collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Both sides have the same now: `message` holds the draft as it was saved at `at` (`None`: as it is). Older letters of it are wanted gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn draft_agreed(
        &self,
        draft: id::Draft,
        name: &str,
        message: id::Message,
        state: &str,
        at: Option<Timestamp>,
    ) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE copy SET wanted_gone = 1 WHERE message_id <> ?2
                     AND message_id = (SELECT message_id FROM draft_copy WHERE draft_id = ?1)
                     AND folder_id IN (SELECT id FROM folder WHERE role = 'drafts')",
            )?
            .execute(params![draft.0, message.0])?;
        self.sql()
            .prepare_cached(
                "INSERT INTO draft_copy (draft_id, name, message_id, agreed, agreed_at) VALUES (?1, ?2, ?3, ?4, coalesce(?5, (SELECT saved_at FROM draft WHERE id = ?1), 0))
                 ON CONFLICT (draft_id) DO UPDATE SET name = excluded.name, message_id = excluded.message_id,
                     agreed = excluded.agreed, agreed_at = excluded.agreed_at, pushing = '', pushing_at = 0",
            )?
            .execute(params![draft.0, name, message.0, state, at.map(ms)])?;
        Ok(())
    }

    /// When the state that is being given to the server was saved, or that which both sides have.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft_state_at(&self, draft: id::Draft, pushing: bool) -> Result<Timestamp> {
        let column = if pushing { "pushing_at" } else { "agreed_at" };
        let at: Option<i64> = self
            .sql()
            .query_row(&format!("SELECT {column} FROM draft_copy WHERE draft_id = ?1"), [draft.0], |row| row.get(0))
            .optional()?;
        Ok(moment(at.unwrap_or(0)))
    }

    /// The server no longer has the draft, or has another one in its place: what is here is a change to be given to it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn draft_alone(&self, draft: id::Draft, name: &str) -> Result<()> {
        self.sql().execute(
            "UPDATE draft_copy SET name = ?2, message_id = NULL, agreed = '', agreed_at = 0, pushing = '', pushing_at = 0
             WHERE draft_id = ?1",
            params![draft.0, name],
        )?;
        Ok(())
    }

    /// A letter in Drafts holds what was sent or thrown away here: it is wanted gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_draft_gone(&self, message: id::Message, folder: id::Folder) -> Result<()> {
        self.sql().execute(
            "UPDATE copy SET wanted_gone = 1 WHERE message_id = ?1 AND folder_id = ?2",
            params![message.0, folder.0],
        )?;
        Ok(())
    }

    /// Drafts of an account that were changed here since the server had them, and not touched since `quiet`; oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drafts_to_push(&self, account: id::Account, quiet: Timestamp) -> Result<Vec<(id::Draft, Timestamp)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT d.id, d.saved_at FROM draft d LEFT JOIN draft_copy c ON c.draft_id = d.id
             WHERE d.account_id = ?1 AND d.saved_at > coalesce(c.agreed_at, 0) AND d.saved_at <= ?2 ORDER BY d.saved_at",
        )?;
        let found = statement
            .query_map(params![account.0, ms(quiet)], |row| Ok((id::Draft(row.get(0)?), moment(row.get(1)?))))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// What its letters in Drafts are called; `None` when it was never there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft_copy(&self, draft: id::Draft) -> Result<Option<DraftCopy>> {
        let sql =
            format!("SELECT {COLUMNS} FROM draft_copy c LEFT JOIN draft d ON d.id = c.draft_id WHERE c.draft_id = ?1");
        Ok(self.sql().prepare_cached(&sql)?.query_row([draft.0], copy_at).optional()?)
    }

    /// This state of a draft is about to be given to the server.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_push(&self, draft: id::Draft, name: &str, state: &str, at: Timestamp) -> Result<()> {
        self.sql().execute(
            "INSERT INTO draft_copy (draft_id, name, pushing, pushing_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (draft_id) DO UPDATE SET pushing = excluded.pushing, pushing_at = excluded.pushing_at",
            params![draft.0, name, state, ms(at)],
        )?;
        Ok(())
    }

    /// The draft was saved again without a change, or cannot be given to the server: nothing is to be done before it changes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn nothing_to_push(&self, draft: id::Draft, name: &str, at: Timestamp) -> Result<()> {
        self.sql().execute(
            "INSERT INTO draft_copy (draft_id, name, agreed_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (draft_id) DO UPDATE SET agreed_at = excluded.agreed_at",
            params![draft.0, name, ms(at)],
        )?;
        Ok(())
    }

    /// Puts what another device wrote into a draft. Nothing of it when the draft was changed here meanwhile.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn replace_draft(&self, draft: id::Draft, letter: &Letter, now: Timestamp) -> Result<()> {
        self.save_draft(Some(draft), letter, now).map(drop)
    }
}
