//! Undo: one mechanism for every act of the user.
//!
//! An act runs inside [`Store::record`]. Triggers on the tables below keep the before-image of each row it touches
//! (the automatic undo technique of SQLite's documentation, <https://www.sqlite.org/undoredo.html>); undo puts them
//! back in reverse order. What sync does is not recorded: it runs outside `record`, where the triggers are quiet.

use super::{Store, moment, ms, text_at};
use crate::domain::change::Change;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Tables whose rows an act may touch, and the columns an act may change there (none named: all of them).
const RECORDED: &[(&str, &[&str])] = &[
    ("company", &[]),
    ("company_domain", &[]),
    ("contact", &[]),
    ("contact_address", &[]),
    ("contact_phone", &[]),
    ("provenance", &[]),
    ("merged", &[]),
    ("different", &[]),
    ("ignored_sender", &[]),
    ("opted_out", &[]),
    ("mailing_recipient", &["contact_id"]),
    ("deal", &[]),
    ("deal_stage", &[]),
    ("offer_line", &[]),
    ("payment", &[]),
    ("bank_line", &[]),
    ("activity", &[]),
    ("activity_person", &[]),
    ("invitation", &["activity_id"]),
    ("promise", &["decided", "activity_id"]),
    ("thread_state", &[]),
    ("junk_confirmed", &[]),
    ("filing", &[]),
    ("draft", &[]),
    ("offered", &[]),
    ("sequence", &[]),
    ("automatic", &["contact_id"]),
    ("absence", &[]),
    ("saved_view", &[]),
    ("private_thread", &[]),
    // Sync owns the rest of these rows.
    ("copy", &["wanted_flags", "wanted_folder", "wanted_gone", "wanted_keywords"]),
    ("message", &["ignored", "thread_id"]),
    // Joined and taken apart by hand.
    ("link", &["thread_id"]),
    ("outgoing", &["thread_id"]),
    ("thread", &["merged_into"]),
    ("thread_apart", &[]),
    ("thread_joined", &[]),
    ("folder", &["name", "wanted_raw_name", "to_create", "gone"]),
];

/// Tables whose new rows an act makes, though only some columns of the others are its own.
const MADE: &[&str] = &["folder", "thread"];

/// Beside a row's columns: what is needed to put it back when the server has done meanwhile what was wanted. It grants a move by a
/// copy of another row, and a name by another `raw_name`, so that the row alone could not be put back.
const BESIDE: &str = "moved";

#[cfg(test)]
pub(super) fn recorded() -> impl Iterator<Item = &'static str> {
    RECORDED.iter().map(|(table, _)| *table)
}

fn beside(table: &str) -> Option<&'static str> {
    match table {
        "copy" => Some(super::unwish::BESIDE_COPY),
        "folder" => Some("json_object('raw_name', OLD.raw_name)"),
        _ => None,
    }
}

/// (Re)creates the triggers for the columns the tables have now.
pub(super) fn install_triggers(connection: &Connection) -> Result<()> {
    for (table, only) in RECORDED {
        // A table that a later step makes, when the triggers of an older version are made (tests do).
        if columns(connection, table)?.is_empty() {
            continue;
        }
        let key = key_column(connection, table)?;
        let columns =
            if only.is_empty() { columns(connection, table)? } else { only.iter().map(|c| (*c).to_owned()).collect() };
        let mut image: Vec<String> = columns.iter().map(|c| format!("'{c}', {}", image_of(table, c))).collect();
        image.extend(beside(table).map(|facts| format!("'{BESIDE}', {facts}")));
        let image = image.join(", ");
        let insert = |row: &str, before: &str| {
            format!(
                "INSERT INTO change_row (change_id, noun, row_id, before) SELECT change_id, '{table}', {row}.{key}, {before} FROM change_current;"
            )
        };
        let mut sql = format!("DROP TRIGGER IF EXISTS {table}_changing;");
        sql += &format!(
            "CREATE TRIGGER {table}_changing BEFORE UPDATE OF {} ON {table} WHEN EXISTS (SELECT 1 FROM change_current) BEGIN {} END;",
            columns.join(", "),
            insert("OLD", &format!("json_object({image})"))
        );
        if only.is_empty() || MADE.contains(table) {
            sql += &format!(
                "DROP TRIGGER IF EXISTS {table}_coming;
                 CREATE TRIGGER {table}_coming AFTER INSERT ON {table} WHEN EXISTS (SELECT 1 FROM change_current) BEGIN {} END;",
                insert("NEW", "NULL")
            );
        }
        if only.is_empty() {
            sql += &format!(
                "DROP TRIGGER IF EXISTS {table}_going;
                 CREATE TRIGGER {table}_going BEFORE DELETE ON {table} WHEN EXISTS (SELECT 1 FROM change_current) BEGIN {} END;",
                insert("OLD", &format!("json_object({image})"))
            );
        }
        connection.execute_batch(&sql)?;
    }
    Ok(())
}

/// How a column is kept before it changes. Of wanted flags only the bits that the act changes are kept: the others follow the
/// server, before and after an undo.
fn image_of(table: &str, column: &str) -> String {
    match (table, column) {
        ("copy", "wanted_flags") => format!(
            "json_object('bits', OLD.{column}, 'of', (OLD.{column} | NEW.{column}) & ~(OLD.{column} & NEW.{column}))"
        ),
        _ => format!("OLD.{column}"),
    }
}

pub(super) fn columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

/// The integer primary key of a recorded table.
pub(super) fn key_column(connection: &Connection, table: &str) -> Result<String> {
    Ok(connection
        .query_row(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"), [], |row| row.get(0))?)
}

impl Store {
    /// Acts on this table are recorded.
    #[allow(clippy::unused_self)]
    pub(super) fn is_recorded(&self, table: &str) -> bool {
        RECORDED.iter().any(|(known, _)| *known == table)
    }

    /// Runs one act of the user as one undoable change. `None` when it changed nothing.
    ///
    /// # Errors
    /// Whatever `act` gives; then nothing was changed.
    pub fn record<T>(
        &self,
        title: &str,
        now: Timestamp,
        act: impl FnOnce() -> Result<T>,
    ) -> Result<(T, Option<id::Change>)> {
        self.write(|| {
            let sql = self.sql();
            sql.execute("INSERT INTO change (title, at) VALUES (?1, ?2)", params![title, ms(now)])?;
            let change = sql.last_insert_rowid();
            sql.execute("INSERT INTO change_current (change_id) VALUES (?1)", [change])?;
            let value = act()?;
            sql.execute("DELETE FROM change_current", [])?;
            let touched: bool =
                sql.query_row("SELECT EXISTS (SELECT 1 FROM change_row WHERE change_id = ?1)", [change], |row| {
                    row.get(0)
                })?;
            if !touched {
                sql.execute("DELETE FROM change WHERE id = ?1", [change])?;
            }
            Ok((value, touched.then_some(id::Change(change))))
        })
    }

    /// Takes back the newest act that still stands; `None` when there is none. What the server has deleted for good does not come
    /// back: then the title says so, and where nothing else was done the change is not `undone`.
    ///
    /// # Errors
    /// When what happened since makes it impossible; then nothing was changed.
    pub fn undo(&self, now: Timestamp) -> Result<Option<Change>> {
        Ok(self.undo_and_tell(now)?.map(|(change, _)| change))
    }

    /// The same; gives also the conversations whose place sync has decided on what was taken back: they must be filed anew.
    ///
    /// # Errors
    /// As [`Store::undo`].
    pub fn undo_and_tell(&self, now: Timestamp) -> Result<Option<(Change, Vec<id::Thread>)>> {
        self.write(|| {
            let Some(mut change) = self.newest_standing()? else { return Ok(None) };
            self.refuse_faded(&change)?;
            let addresses = self.addresses_touched_by(change.id)?;
            let mut back =
                self.recorded_as(change.id, "undo", now, || self.put_back(change.id, now)).map_err(|problem| {
                    Problem::new(
                        Kind::Store,
                        format!(
                            "“{}” cannot be undone: something else was built on it since ({})",
                            change.title, problem.sentence
                        ),
                    )
                })?;
            if back.lost > 0 {
                let letters = plural(back.lost, "letter", "letters");
                change.title = Text::from(format!("{} (the server has deleted {letters} already)", change.title));
            }
            self.sql().execute(
                "UPDATE change SET undone_at = ?2, title = ?3 WHERE id = ?1",
                params![change.id.0, ms(now), change.title.as_str()],
            )?;
            self.refresh_after(&back)?;
            back.refile.extend(self.filed_since(&addresses, change.at)?);
            back.refile.sort_unstable();
            back.refile.dedup();
            Ok(Some((Change { undone: back.lost == 0 || back.rows > 0, ..change }, back.refile)))
        })
        .map_err(|problem| super::redo::without_ground(problem, "undone"))
    }

    /// The acts of the user, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes(&self, limit: u32) -> Result<Vec<Change>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, title, at, undone_at FROM change WHERE way = 'act' ORDER BY id DESC LIMIT ?1",
        )?;
        let changes = statement.query_map([limit], change_from)?.collect::<rusqlite::Result<_>>()?;
        Ok(changes)
    }

    /// One act; `None` when there is none of that key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn change(&self, change: id::Change) -> Result<Option<Change>> {
        let mut statement =
            self.sql().prepare_cached("SELECT id, title, at, undone_at FROM change WHERE id = ?1 AND way = 'act'")?;
        Ok(statement.query_row([change.0], change_from).optional()?)
    }

    fn newest_standing(&self) -> Result<Option<Change>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, title, at, undone_at FROM change WHERE way = 'act' AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
        )?;
        Ok(statement.query_row([], change_from).optional()?)
    }

    /// Brings the lists of the threads in order whose letters were put back.
    pub(super) fn refresh_after(&self, back: &Back) -> Result<()> {
        back.threads.iter().try_for_each(|thread| self.refresh_lists(*thread))
    }

    /// Restores the before-images, newest first.
    pub(super) fn put_back(&self, change: id::Change, now: Timestamp) -> Result<Back> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT noun, row_id, before FROM change_row WHERE change_id = ?1 ORDER BY id DESC")?;
        let rows: Vec<(String, i64, Option<String>)> = statement
            .query_map([change.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut back = Back::default();
        let mut keys: BTreeMap<String, String> = BTreeMap::new();
        for (table, row_id, before) in rows {
            if !RECORDED.iter().any(|(known, _)| *known == table) {
                continue;
            }
            let key = match keys.get(&table) {
                Some(key) => key.clone(),
                None => keys.entry(table.clone()).or_insert(key_column(self.sql(), &table)?).clone(),
            };
            match (table.as_str(), before) {
                ("folder", None) => self.unmake_folder(id::Folder(row_id))?,
                ("thread", None) => self.unmake_thread(id::Thread(row_id))?,
                ("contact" | "company" | "deal", None) => {
                    self.forget_in_filing(&table, row_id)?;
                    self.sql().execute(&format!("DELETE FROM {table} WHERE {key} = ?1"), [row_id])?;
                }
                (_, None) => {
                    self.sql().execute(&format!("DELETE FROM {table} WHERE {key} = ?1"), [row_id])?;
                }
                (_, Some(image)) => {
                    if table == "filing" {
                        back.refile.extend(self.end_newer_filing(row_id, &image, now)?);
                    }
                    self.restore(&table, &key, row_id, &image, &mut back)?;
                }
            }
        }
        back.threads.sort_unstable();
        back.threads.dedup();
        Ok(back)
    }

    /// What sync filed since under a card that goes again is no reason to keep it: its letters are filed anew.
    fn forget_in_filing(&self, table: &str, row_id: i64) -> Result<()> {
        let ends = match table {
            "deal" => "deal_decided = iif(superseded_at IS NULL, 0, deal_decided)",
            _ => "superseded_at = coalesce(superseded_at, decided_at)",
        };
        let mut statement = self.sql().prepare(&format!(
            "UPDATE filing SET {table}_id = NULL, {ends} WHERE {table}_id = ?1 RETURNING thread_id"
        ))?;
        let threads: Vec<i64> = statement.query_map([row_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for thread in threads {
            self.sql().execute(
                "INSERT INTO changed_owner (what) SELECT from_address FROM message WHERE thread_id = ?1 AND direction = 'inbound'",
                [thread],
            )?;
        }
        Ok(())
    }

    fn restore(&self, table: &str, key: &str, row_id: i64, image: &str, back: &mut Back) -> Result<()> {
        let mut image: Map<String, Value> = serde_json::from_str(image)
            .map_err(|error| Problem::new(Kind::Store, format!("the journal of {table} cannot be read: {error}")))?;
        let beside = image.remove(BESIDE).unwrap_or_default();
        if table == "message" {
            // The conversation it is in now loses it.
            back.threads.extend(self.thread_of(id::Message(row_id))?);
        }
        if table == "copy" && !self.is_copy_of(row_id, &beside)? {
            // The server has it under another number, or not at all.
            let found = self.follow_copy(&image, &beside)?;
            *(if found { &mut back.rows } else { &mut back.lost }) += 1;
        } else {
            restore_row(self.sql(), table, key, row_id, &image)?;
            back.rows += 1;
            match table {
                "copy" => self.want_back(row_id, &beside)?,
                "folder" => self.name_back(id::Folder(row_id), &beside)?,
                _ => {}
            }
        }
        back.threads.extend(match table {
            "message" => self.thread_of(id::Message(row_id))?,
            "thread" => Some(id::Thread(row_id)),
            "copy" => self.thread_of_row(row_id, &beside)?,
            _ => None,
        });
        Ok(())
    }
}

/// What an undo did.
#[derive(Debug, Default)]
pub(super) struct Back {
    /// The threads whose letters changed.
    threads: Vec<id::Thread>,
    /// The threads that sync has filed by what was taken back.
    refile: Vec<id::Thread>,
    /// Rows that were put back.
    rows: u64,
    /// Letters that are gone for good.
    pub(super) lost: u64,
}

pub(super) fn change_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        id: id::Change(row.get("id")?),
        title: text_at(row, "title")?,
        at: moment(row.get("at")?),
        undone: row.get::<_, Option<i64>>("undone_at")?.is_some(),
    })
}

/// Writes one before-image: into the row where it stands, as a new row where it went.
fn restore_row(connection: &Connection, table: &str, key: &str, row_id: i64, image: &Map<String, Value>) -> Result<()> {
    let there: bool =
        connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {key} = ?1)"), [row_id], |row| {
            row.get(0)
        })?;
    let mut image = image.clone();
    // To write a row's own number again makes SQLite look whether anything refers to it.
    if there {
        image.remove(key);
    }
    let columns: Vec<&String> = image.keys().collect();
    let values: Vec<rusqlite::types::Value> = image.values().map(sql_value).collect();
    let assignments: Vec<String> = (1..)
        .zip(&image)
        .map(|(i, (column, value))| match value.get("of").and_then(Value::as_i64) {
            Some(bits) => format!("{column} = ({column} & ~{bits}) | (?{i} & {bits})"),
            None => format!("{column} = ?{i}"),
        })
        .collect();
    let parameters = rusqlite::params_from_iter(values.iter());
    if there {
        connection
            .execute(&format!("UPDATE {table} SET {} WHERE {key} = {row_id}", assignments.join(", ")), parameters)?;
    } else if image.contains_key(key) {
        let names: Vec<&str> = columns.iter().map(|c| c.as_str()).collect();
        let marks: Vec<String> = (1..=names.len()).map(|i| format!("?{i}")).collect();
        connection.execute(
            &format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), marks.join(", ")),
            parameters,
        )?;
    }
    Ok(())
}

fn sql_value(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Number(number) => number.as_i64().map_or(rusqlite::types::Value::Null, rusqlite::types::Value::Integer),
        Value::String(text) => rusqlite::types::Value::Text(text.clone()),
        Value::Object(bits) => bits.get("bits").map_or(rusqlite::types::Value::Null, sql_value),
        other => rusqlite::types::Value::Text(other.to_string()),
    }
}
