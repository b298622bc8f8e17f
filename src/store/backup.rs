//! Backups: a small store of what no server has. Letters are left out; they come again by sync.
//!
//! A backup is a store of its own, so that restoring it is giving it the store's name. Of the mail it holds only the
//! conversations that something was decided about, with the digests of their letters: when sync brings a letter again it is
//! known by its digest, and finds its thread, its client and what I decided. Rows keep their keys, so nothing has to be translated.

use super::Store;
use crate::domain::problem::{Kind, Problem, Result};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::path::Path;

/// How much of a table goes into a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Every row.
    Whole,
    /// The rows for which this holds; `kept` has the threads that are kept.
    Rows(&'static str),
    /// None: it is made anew from what sync brings, or has no meaning without it.
    Nothing,
}

const OF_KEPT_LETTERS: Part =
    Part::Rows("message_id IN (SELECT m.id FROM source.message m WHERE m.thread_id IN (SELECT id FROM kept))");
const OF_KEPT_THREADS: Part = Part::Rows("thread_id IN (SELECT id FROM kept)");

/// Every table of the store. Those that are not named here are kept whole: what is new is not lost by oversight.
pub(super) const PARTS: &[(&str, Part)] = &[
    ("account", Part::Whole),
    ("folder", Part::Whole),
    ("thread", Part::Rows("id IN (SELECT id FROM kept)")),
    ("message", OF_KEPT_THREADS),
    ("participant", OF_KEPT_LETTERS),
    ("link", OF_KEPT_THREADS),
    ("promise", OF_KEPT_LETTERS),
    ("bounced", OF_KEPT_LETTERS),
    ("receipt", OF_KEPT_LETTERS),
    ("away", OF_KEPT_LETTERS),
    ("auto_reply", OF_KEPT_LETTERS),
    // Made when the first sync is through.
    ("auto_reply_cursor", Part::Nothing),
    ("filing", OF_KEPT_THREADS),
    ("private_thread", OF_KEPT_THREADS),
    // Only what is wanted of letters and not yet so on the server; and letters of this machine alone whose bytes go along.
    ("copy", Part::Rows(WISHED)),
    // Letters sent from here of which no server has a copy yet.
    ("raw", Part::Rows(NOWHERE_ELSE)),
    // Sync makes them anew.
    ("folder_thread", Part::Nothing),
    ("import_progress", Part::Nothing),
    // They speak of bytes that are not in a backup.
    ("attachment", Part::Nothing),
    ("left_on_server", Part::Nothing),
    ("whole_wanted", Part::Nothing),
    // What it speaks of is filed again when its letters come.
    ("changed_owner", Part::Nothing),
    ("order_form", Part::Nothing),
    // Letters that come again are read anew.
    ("reread", Part::Nothing),
    // The cards' words are found anew from the cards.
    ("card_stale", Part::Nothing),
    // Made anew from the cards.
    ("likeness", Part::Nothing),
    ("likeness_stale", Part::Nothing),
    ("candidate", Part::Nothing),
    // Undo speaks of rows by their keys, and those of letters get others.
    ("change", Part::Nothing),
    ("change_row", Part::Nothing),
    ("change_current", Part::Nothing),
];

const WISHED: &str = "CASE WHEN folder_id IN (SELECT id FROM source.folder WHERE kept_here = 1)
    THEN message_id IN (SELECT message_id FROM main.raw)
    ELSE flags <> wanted_flags OR keywords <> wanted_keywords OR wanted_folder IS NOT NULL OR wanted_gone = 1 END";
const NOWHERE_ELSE: &str = "message_id IN (SELECT id FROM source.message m WHERE local_origin = 1
    AND NOT EXISTS (SELECT 1 FROM source.copy c WHERE c.message_id = m.id))";

/// The threads about which there is more than a server and the filing rules can tell: my decisions, deals, letters on their
/// way, drafts, wishes, where a lead comes from.
const KEPT: &str = "
    CREATE TEMP TABLE kept (id INTEGER PRIMARY KEY);
    INSERT OR IGNORE INTO kept
        SELECT thread_id FROM source.thread_state
        UNION SELECT thread_id FROM source.private_thread
        UNION SELECT thread_id FROM source.filing WHERE rule = 'mine' OR deal_id IS NOT NULL
        UNION SELECT thread_id FROM source.outgoing WHERE thread_id IS NOT NULL
        UNION SELECT thread_id FROM source.refusal WHERE thread_id IS NOT NULL
        UNION SELECT json_extract(letter, '$.thread') FROM source.draft WHERE json_valid(letter) AND json_extract(letter, '$.thread') IS NOT NULL
        UNION SELECT thread_id FROM source.thread_apart UNION SELECT other_id FROM source.thread_apart
        UNION SELECT thread_id FROM source.thread_joined UNION SELECT other_id FROM source.thread_joined
        UNION SELECT thread_id FROM source.message WHERE local_origin = 1 OR id IN (
            SELECT answers_id FROM source.outgoing UNION SELECT message_id FROM source.junk_confirmed
            UNION SELECT message_id FROM source.provenance
            UNION SELECT message_id FROM source.activity WHERE message_id IS NOT NULL
            UNION SELECT message_id FROM source.promise WHERE decided <> ''
            UNION SELECT json_extract(letter, '$.answers') FROM source.draft WHERE json_valid(letter)
            UNION SELECT message_id FROM source.copy WHERE flags <> wanted_flags OR keywords <> wanted_keywords
                OR wanted_folder IS NOT NULL OR wanted_gone = 1);
    INSERT OR IGNORE INTO kept SELECT merged_into FROM source.thread WHERE merged_into IS NOT NULL AND id IN (SELECT id FROM kept);
    INSERT OR IGNORE INTO kept SELECT id FROM source.thread WHERE merged_into IN (SELECT id FROM kept);
    DELETE FROM kept WHERE id NOT IN (SELECT id FROM source.thread);";

/// A backup stands for a store before its first sync: nothing is known of any folder of a server, and no letter has a place.
/// Wishes stand under the numbering 0, from which they go over to whatever number the letter has when it comes again.
/// Letters that were sent long ago need no bytes, only the word that they were sent.
const TIDY: &str = "
    UPDATE folder SET uid_validity = 0, uid_next = 0, highest_modseq = 0, server_count = NULL, complete = 0 WHERE kept_here = 0;
    UPDATE OR REPLACE copy SET uid_validity = 0 WHERE folder_id IN (SELECT id FROM folder WHERE kept_here = 0);
    UPDATE message SET place = 'gone' WHERE local_origin = 0 AND id NOT IN (
        SELECT message_id FROM copy WHERE folder_id IN (SELECT id FROM folder WHERE kept_here = 1));
    UPDATE message SET place = 'live' WHERE local_origin = 1;
    UPDATE outgoing SET bytes = x'', draft = '{}' WHERE state = 'sent' AND copy_state IN ('none', 'done');
    UPDATE draft_copy SET message_id = NULL;
    DELETE FROM changed_owner;
    UPDATE account SET last_sync_at = NULL, last_try_at = NULL, last_error = NULL;";

/// Writes a backup of the store to a new file. The store is only read, from one moment, and nobody waits for it.
///
/// # Errors
/// When the store cannot be read, or the file cannot be written or is there already.
pub fn write_backup(store_file: &Path, to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        return Err(Problem::new(Kind::Input, format!("{} is there already", to.display())).hint("name a new file"));
    }
    let aside = beside(to, ".part");
    // Left behind by a program that was killed while it wrote.
    remove(&aside);
    let written = reduce(store_file, &aside, false).and_then(|()| give_name(&aside, to));
    if written.is_err() {
        remove(&aside);
    }
    written.map_err(|problem| problem.at(format!("the backup {}", to.display())))
}

/// What belongs into a backup, from one store into a new one; `with_bytes` with every letter whose bytes the source has.
pub(super) fn reduce(store_file: &Path, to: &Path, with_bytes: bool) -> Result<()> {
    if !store_file.is_file() {
        return Err(Problem::new(Kind::NotFound, format!("there is no store {}", store_file.display())));
    }
    super::damage::look(store_file)?;
    let store = Store::open(to)?;
    let sql = store.sql();
    // Of the source nearly every page is read: mapped, all of it would count as memory of this program (650 MB at 100,000 letters).
    sql.pragma_update(None, "mmap_size", 0)?;
    sql.execute("ATTACH ?1 AS source", [store_file.to_string_lossy()])?;
    sql.pragma_update(None, "foreign_keys", false)?;
    sql.pragma_update(None, "synchronous", "off")?;
    without_waiting(&store, || {
        sql.execute_batch(KEPT)?;
        if with_bytes {
            sql.execute_batch(
                "INSERT OR IGNORE INTO kept SELECT thread_id FROM source.message WHERE id IN (SELECT message_id FROM source.raw)",
            )?;
        }
        for table in tables(sql, "main")? {
            match part_of(&table) {
                Part::Rows(NOWHERE_ELSE) if with_bytes => copy_rows(sql, &table, "1")?,
                Part::Whole => copy_rows(sql, &table, "1")?,
                Part::Rows(condition) => copy_rows(sql, &table, condition)?,
                Part::Nothing => {}
            }
        }
        sql.execute_batch(TIDY)?;
        mend(sql)
    })?;
    sql.execute_batch("DROP TABLE temp.kept; DETACH source")?;
    close_up(&store)
}

/// One transaction in a new store that reads another one. [`Store::write`] would begin to write in both, so that whoever works
/// with the other had to wait.
pub(super) fn without_waiting(store: &Store, work: impl FnOnce() -> Result<()>) -> Result<()> {
    store.sql().execute_batch("BEGIN DEFERRED")?;
    work().and_then(|()| Ok(store.sql().execute_batch("COMMIT")?))
}

pub(super) fn part_of(table: &str) -> Part {
    PARTS.iter().find(|(name, _)| *name == table).map_or(Part::Whole, |(_, part)| *part)
}

/// Tables with rows of their own: not SQLite's, and not those behind the index of words.
pub(super) fn tables(sql: &Connection, schema: &str) -> Result<Vec<String>> {
    let mut statement = sql.prepare(&format!(
        "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND sql NOT LIKE 'CREATE VIRTUAL%'
             AND NOT EXISTS (SELECT 1 FROM {schema}.sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL%' AND sqlite_schema.name LIKE v.name || '\\_%' ESCAPE '\\')
         ORDER BY rowid"
    ))?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The columns of a table that can be written.
pub(super) fn columns(sql: &Connection, schema: &str, table: &str) -> Result<Vec<String>> {
    let mut statement = sql.prepare("SELECT name FROM pragma_table_info(?1, ?2)")?;
    Ok(statement.query_map([table, schema], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn copy_rows(sql: &Connection, table: &str, condition: &str) -> Result<()> {
    // Both have the same schema: the source was opened as a store before.
    let columns = columns(sql, "main", table)?.join(", ");
    sql.execute(
        &format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table} WHERE {condition}"),
        [],
    )?;
    Ok(())
}

/// Rows that speak of rows that are not there: forgets what they speak of where they can do without, else they go.
pub(super) fn mend(sql: &Connection) -> Result<()> {
    // Only here: what is attached may be damaged.
    for _ in 0..20 {
        let broken: Vec<(String, Option<i64>, i64)> = sql
            .prepare("PRAGMA main.foreign_key_check")?
            .query_map([], |row| Ok((row.get("table")?, row.get("rowid")?, row.get("fkid")?)))?
            .collect::<rusqlite::Result<_>>()?;
        if broken.is_empty() {
            break;
        }
        for (table, row, key) in broken {
            let Some(row) = row else {
                remove_orphans(sql, &table, key)?;
                continue;
            };
            let (column, required): (String, bool) = sql.query_row(
                "SELECT f.\"from\", i.\"notnull\" OR i.pk FROM pragma_foreign_key_list(?1) f JOIN pragma_table_info(?1) i ON i.name = f.\"from\" WHERE f.id = ?2",
                params![table, key],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            if required {
                sql.execute(&format!("DELETE FROM {table} WHERE rowid = ?1"), [row])?;
            } else {
                sql.execute(&format!("UPDATE {table} SET {column} = NULL WHERE rowid = ?1"), [row])?;
            }
        }
    }
    Ok(())
}

/// Of a table without row numbers, all rows at once.
fn remove_orphans(sql: &Connection, table: &str, key: i64) -> Result<()> {
    let (column, parent): (String, String) = sql.query_row(
        "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?1) WHERE id = ?2",
        params![table, key],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    sql.execute(&format!("DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {parent})"), [])?;
    Ok(())
}

/// Makes one file of a store, on disk, with everything in it proved readable.
pub(super) fn close_up(store: &Store) -> Result<()> {
    let sql = store.sql();
    let state: String = sql.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if state != "ok" {
        return Err(Problem::new(Kind::Store, format!("what was written cannot be read: {state}")));
    }
    sql.query_row("PRAGMA journal_mode = delete", [], |_| Ok(()))?;
    Ok(())
}

/// A new file, whole and on disk, gets its name.
pub(super) fn give_name(aside: &Path, to: &Path) -> Result<()> {
    let named = std::fs::File::open(aside).and_then(|file| {
        file.sync_all()?;
        std::fs::rename(aside, to)?;
        match to.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    });
    named.map_err(|error| Problem::new(Kind::Store, format!("{} cannot be written: {error}", to.display())))
}

pub(super) fn beside(file: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(super) fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = std::fs::remove_file(beside(file, suffix));
    }
}

impl Store {
    /// After a store was made from a backup: nobody knows what became since of letters that were on their way when it was
    /// made, so none of them leaves by itself; sync looks for each in Sent. Computes anew what stands for letters. Gives how
    /// many letters wait for a decision.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn settle_restored(&self, made: Timestamp) -> Result<usize> {
        self.write(|| {
            let sql = self.sql();
            let day = made.strftime("%Y-%m-%d %H:%M UTC");
            let held = sql.execute(
                "UPDATE outgoing SET state = 'uncertain', handed_over = 1, last_answer = ?1 WHERE state IN ('held', 'queued', 'sending')",
                [format!("Postbook was restored to how it was at {day}; nobody knows whether this letter was sent since")],
            )?;
            sql.execute(
                "UPDATE mailing SET state = 'paused', why = ?1 WHERE state = 'running'",
                [format!("Postbook was restored to how it was at {day}: letters that left since are not known here")],
            )?;
            // It may be in Sent already: it is looked for there before it is put there.
            sql.execute("UPDATE outgoing SET copy_state = 'appending' WHERE copy_state = 'wanted'", [])?;
            self.refresh_every_thread()?;
            Ok(held)
        })
    }
}
