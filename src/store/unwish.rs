//! Taking wishes back when the server may have granted them already.
//!
//! A row that stands is put back by the journal. What the server has done since, another row tells of: a moved letter has a copy
//! in the other folder, a folder has another name, a deleted letter has nothing.

use super::Store;
use super::wish::split;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::wish::merge_keywords;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

/// What the journal keeps of a copy beside its columns: its letter, the place it was in and the one it was given (`from` and `to`,
/// as lists show them; `at` on the server), and what else is wanted of it now. A `ghost` has been moved before, by a server that
/// lists the old copy on: its other copy tells.
pub(super) const BESIDE_COPY: &str = "json_object('message', OLD.message_id, 'at', OLD.folder_id,
    'from', coalesce(OLD.wanted_folder, OLD.folder_id), 'to', coalesce(NEW.wanted_folder, NEW.folder_id),
    'ghost', OLD.wanted_folder IS NOT NULL AND OLD.flags & 16 <> 0, 'gone', NEW.wanted_gone, 'keywords', NEW.wanted_keywords)";

fn number(facts: &Value, name: &str) -> Option<i64> {
    facts.get(name).and_then(Value::as_i64)
}

fn words(text: Option<&Value>) -> Vec<String> {
    split(text.and_then(Value::as_str).unwrap_or_default())
}

impl Store {
    /// The row still is the copy that the journal speaks of, in the folder it was in: SQLite gives numbers of deleted rows to new ones.
    pub(super) fn is_copy_of(&self, row_id: i64, beside: &Value) -> Result<bool> {
        let found: Option<(i64, i64)> = self
            .sql()
            .prepare_cached("SELECT message_id, folder_id FROM copy WHERE id = ?1")?
            .query_row([row_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let same = |name: &str, value: i64| number(beside, name).is_none_or(|known| known == value);
        Ok(found.is_some_and(|(message, folder)| same("message", message) && same("at", folder)))
    }

    /// The thread of a copy's letter.
    pub(super) fn thread_of_row(&self, row_id: i64, beside: &Value) -> Result<Option<id::Thread>> {
        let message = match number(beside, "message") {
            Some(message) => Some(message),
            None => self
                .sql()
                .prepare_cached("SELECT message_id FROM copy WHERE id = ?1")?
                .query_row([row_id], |row| row.get(0))
                .optional()?,
        };
        message.map_or(Ok(None), |message| self.thread_of(id::Message(message)))
    }

    /// The thread of a letter.
    pub(super) fn thread_of(&self, message: id::Message) -> Result<Option<id::Thread>> {
        let thread = self
            .sql()
            .prepare_cached("SELECT thread_id FROM message WHERE id = ?1")?
            .query_row([message.0], |row| row.get(0).map(id::Thread))
            .optional()?;
        Ok(thread)
    }

    /// The copy stands and was put back. Where the server has granted the move that is undone, the copy it made is wanted where the
    /// letter was.
    pub(super) fn want_back(&self, row_id: i64, beside: &Value) -> Result<()> {
        let (Some(message), Some(from), Some(to)) =
            (number(beside, "message"), number(beside, "from"), number(beside, "to"))
        else {
            return Ok(());
        };
        let waits: bool = self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM copy WHERE id = ?1 AND flags & 16 = 0)")?
            .query_row([row_id], |row| row.get(0))?;
        if !waits && from != to && number(beside, "ghost") != Some(1) {
            self.send_back(message, to, from)?;
        }
        Ok(())
    }

    /// The copy that is now in `to` is wanted in `from`: the newest one, which the move made.
    fn send_back(&self, message: i64, to: i64, from: i64) -> Result<usize> {
        Ok(self
            .sql()
            .prepare_cached(
                "UPDATE copy SET wanted_folder = nullif(?3, folder_id)
                 WHERE id = (SELECT max(id) FROM copy WHERE message_id = ?1 AND coalesce(wanted_folder, folder_id) = ?2)",
            )?
            .execute(params![message, to, from])?)
    }

    /// The copy is gone: what was wanted of it is undone on those the letter has now. False when the letter was deleted for good.
    pub(super) fn follow_copy(&self, image: &Map<String, Value>, beside: &Value) -> Result<bool> {
        let Some(message) = number(beside, "message") else { return Ok(true) };
        let sql = self.sql();
        if let Some((bits, of)) =
            image.get("wanted_flags").and_then(|flags| number(flags, "bits").zip(number(flags, "of")))
        {
            sql.prepare_cached(
                "UPDATE copy SET wanted_flags = (wanted_flags & ~?3) | (?2 & ?3) WHERE message_id = ?1 AND ?3 <> 0",
            )?
            .execute(params![message, bits, of])?;
        }
        self.keywords_back(message, &words(image.get("wanted_keywords")), &words(beside.get("keywords")))?;
        let (from, to) = (number(beside, "from"), number(beside, "to"));
        if let (Some(from), Some(to)) = (from, to.filter(|to| Some(*to) != from)) {
            self.send_back(message, to, from)?;
        }
        if image.get("wanted_gone").and_then(Value::as_i64) == Some(0) && number(beside, "gone") == Some(1) {
            // Numbered anew, it may wait still.
            let kept = sql
                .prepare_cached(
                    "UPDATE copy SET wanted_gone = 0
                     WHERE message_id = ?1 AND wanted_gone = 1 AND coalesce(wanted_folder, folder_id) = ?2",
                )?
                .execute(params![message, from])?;
            return Ok(kept > 0);
        }
        Ok(true)
    }

    fn keywords_back(&self, message: i64, before: &[String], wanted: &[String]) -> Result<()> {
        if before == wanted {
            return Ok(());
        }
        for (copy, now) in self.wanted_keywords_of(message)? {
            self.want_keywords(copy, &merge_keywords(wanted, before, &now))?;
        }
        Ok(())
    }

    /// A folder made here goes again, unless the server has it by now.
    pub(super) fn unmake_folder(&self, folder: id::Folder) -> Result<()> {
        self.sql()
            .prepare_cached(
                "DELETE FROM folder WHERE id = ?1 AND to_create = 1
                     AND NOT EXISTS (SELECT 1 FROM copy WHERE folder_id = ?1)
                     AND NOT EXISTS (SELECT 1 FROM copy WHERE wanted_folder = ?1)",
            )?
            .execute([folder.0])?;
        Ok(())
    }

    /// A folder that the server has renamed already gets its old name as a wish.
    pub(super) fn name_back(&self, folder: id::Folder, beside: &Value) -> Result<()> {
        let Some(raw_name) = beside.get("raw_name").and_then(Value::as_str) else { return Ok(()) };
        self.sql()
            .prepare_cached(
                "UPDATE folder SET wanted_raw_name = ?2 WHERE id = ?1 AND raw_name <> ?2 AND wanted_raw_name IS NULL",
            )?
            .execute(params![folder.0, raw_name])?;
        Ok(())
    }
}
