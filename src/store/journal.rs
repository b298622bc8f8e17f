//! Undo: one mechanism for every act of the user.
//!
//! An act runs inside [`Store::record`]. Triggers on the tables below keep the before-image of each row it touches
//! (the automatic undo technique of SQLite's documentation, <https://www.sqlite.org/undoredo.html>); undo puts them
//! back in reverse order. What sync does is not recorded: it runs outside `record`, where the triggers are quiet.

use super::{Store, moment, ms, text_at};
use crate::domain::change::Change;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

/// Tables whose rows an act may touch, and the columns an act may change there (none named: all of them).
const RECORDED: &[(&str, &[&str])] = &[
    ("company", &[]),
    ("company_domain", &[]),
    ("contact", &[]),
    ("contact_address", &[]),
    ("contact_phone", &[]),
    ("provenance", &[]),
    ("ignored_sender", &[]),
    ("deal", &[]),
    ("offer_line", &[]),
    ("payment", &[]),
    ("activity", &[]),
    ("thread_state", &[]),
    ("junk_confirmed", &[]),
    ("filing", &[]),
    ("draft", &[]),
    // Sync owns the rest of these rows.
    ("copy", &["wanted_flags", "wanted_folder", "wanted_gone", "wanted_keywords"]),
    ("message", &["ignored"]),
];

/// Beside a copy's columns: the move that an act wants. The server grants it by a copy of another row, so that the row alone
/// could not be put back.
const MOVED: &str = "moved";
const MOVE: &str = "json(CASE WHEN NEW.wanted_folder IS NOT OLD.wanted_folder AND NEW.wanted_folder IS NOT NULL
    THEN json_object('message', OLD.message_id, 'from', OLD.folder_id, 'to', NEW.wanted_folder) END)";

/// (Re)creates the triggers for the columns the tables have now.
pub(super) fn install_triggers(connection: &Connection) -> Result<()> {
    for (table, only) in RECORDED {
        let key = key_column(connection, table)?;
        let columns =
            if only.is_empty() { columns(connection, table)? } else { only.iter().map(|c| (*c).to_owned()).collect() };
        let mut image: Vec<String> = columns.iter().map(|c| format!("'{c}', {}", image_of(table, c))).collect();
        if *table == "copy" {
            image.push(format!("'{MOVED}', {MOVE}"));
        }
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
        if only.is_empty() {
            sql += &format!(
                "DROP TRIGGER IF EXISTS {table}_coming; DROP TRIGGER IF EXISTS {table}_going;
                 CREATE TRIGGER {table}_coming AFTER INSERT ON {table} WHEN EXISTS (SELECT 1 FROM change_current) BEGIN {} END;
                 CREATE TRIGGER {table}_going BEFORE DELETE ON {table} WHEN EXISTS (SELECT 1 FROM change_current) BEGIN {} END;",
                insert("NEW", "NULL"),
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

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

/// The integer primary key of a recorded table.
fn key_column(connection: &Connection, table: &str) -> Result<String> {
    Ok(connection
        .query_row(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"), [], |row| row.get(0))?)
}

impl Store {
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

    /// Takes back the newest act that still stands; `None` when there is none.
    ///
    /// # Errors
    /// When what happened since makes it impossible; then nothing was changed.
    pub fn undo(&self, now: Timestamp) -> Result<Option<Change>> {
        self.write(|| {
            let Some(change) = self.newest_standing()? else { return Ok(None) };
            self.sql().pragma_update(None, "defer_foreign_keys", true)?;
            let threads = self.put_back(change.id).map_err(|problem| {
                Problem::new(
                    Kind::Store,
                    format!(
                        "“{}” cannot be undone: something else was built on it since ({})",
                        change.title, problem.sentence
                    ),
                )
            })?;
            self.sql().execute("UPDATE change SET undone_at = ?2 WHERE id = ?1", params![change.id.0, ms(now)])?;
            for thread in threads {
                self.refresh_lists(thread)?;
            }
            Ok(Some(Change { undone: true, ..change }))
        })
    }

    /// The acts of the user, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes(&self, limit: u32) -> Result<Vec<Change>> {
        let mut statement =
            self.sql().prepare_cached("SELECT id, title, at, undone_at FROM change ORDER BY id DESC LIMIT ?1")?;
        let changes = statement.query_map([limit], change_from)?.collect::<rusqlite::Result<_>>()?;
        Ok(changes)
    }

    fn newest_standing(&self) -> Result<Option<Change>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, title, at, undone_at FROM change WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1",
        )?;
        Ok(statement.query_row([], change_from).optional()?)
    }

    /// Restores the before-images, newest first. Gives the threads whose letters changed.
    fn put_back(&self, change: id::Change) -> Result<Vec<id::Thread>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT noun, row_id, before FROM change_row WHERE change_id = ?1 ORDER BY id DESC")?;
        let rows: Vec<(String, i64, Option<String>)> = statement
            .query_map([change.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut threads = Vec::new();
        for (table, row_id, before) in rows {
            if !RECORDED.iter().any(|(known, _)| *known == table) {
                continue;
            }
            let key = key_column(self.sql(), &table)?;
            match before {
                None => {
                    self.sql().execute(&format!("DELETE FROM {table} WHERE {key} = ?1"), [row_id])?;
                }
                Some(image) => {
                    restore_row(self.sql(), &table, &key, row_id, &image)?;
                    if table == "copy" {
                        threads.extend(self.want_back(row_id, &image)?);
                    }
                }
            }
            let of_letter = match table.as_str() {
                "message" => "SELECT thread_id FROM message WHERE id = ?1",
                "copy" => "SELECT thread_id FROM message WHERE id = (SELECT message_id FROM copy WHERE id = ?1)",
                _ => continue,
            };
            // The copy may be gone since: then there is nothing to put back.
            let thread: Option<i64> = self.sql().query_row(of_letter, [row_id], |row| row.get(0)).optional()?;
            threads.extend(thread.map(id::Thread));
        }
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }
}

impl Store {
    /// The server has granted a move that is undone: the copy that it made is wanted where the letter was. Gives its thread.
    fn want_back(&self, row_id: i64, image: &str) -> Result<Option<id::Thread>> {
        let image: Value = serde_json::from_str(image).unwrap_or_default();
        let part = |name: &str| image.get(MOVED).and_then(|moved| moved.get(name)).and_then(Value::as_i64);
        let (Some(message), Some(from), Some(to)) = (part("message"), part("from"), part("to")) else {
            return Ok(None);
        };
        let stands = "SELECT EXISTS (SELECT 1 FROM copy WHERE id = ?1 AND folder_id = ?2 AND flags & 16 = 0)";
        if self.sql().query_row(stands, params![row_id, from], |row| row.get(0))? {
            return Ok(None);
        }
        self.sql().execute(
            "UPDATE copy SET wanted_folder = ?3 WHERE message_id = ?1 AND folder_id = ?2",
            params![message, to, from],
        )?;
        let thread = "SELECT thread_id FROM message WHERE id = ?1";
        Ok(self.sql().query_row(thread, [message], |row| row.get(0)).optional()?.map(id::Thread))
    }
}

fn change_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        id: id::Change(row.get("id")?),
        title: text_at(row, "title")?,
        at: moment(row.get("at")?),
        undone: row.get::<_, Option<i64>>("undone_at")?.is_some(),
    })
}

/// Writes one before-image: into the row where it stands, as a new row where it went.
fn restore_row(connection: &Connection, table: &str, key: &str, row_id: i64, image: &str) -> Result<()> {
    let mut image: Map<String, Value> = serde_json::from_str(image)
        .map_err(|error| Problem::new(Kind::Store, format!("the journal of {table} cannot be read: {error}")))?;
    image.remove(MOVED);
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
    let there: bool =
        connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {key} = ?1)"), [row_id], |row| {
            row.get(0)
        })?;
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
