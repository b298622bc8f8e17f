//! A damaged store: noticed, put aside, and what can be read of it saved.
//!
//! SQLite keeps no sums over its pages, so that damage shows only where a page no longer makes sense. At start only the first
//! bytes are looked at, which costs nothing; after a program that did not end well all of the file is read in the background.

use super::Store;
use super::backup::{
    Part, beside, close_up, columns, give_name, mend, part_of, reduce, remove, tables, without_waiting,
};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement, params_from_iter};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The hint of every problem of a damaged store.
pub(super) const WHAT_TO_DO: &str = "the file is damaged: postbook doctor --rebuild puts it aside and makes a new one from it, the newest backup and the servers";

/// The first bytes of every store (<https://www.sqlite.org/fileformat.html>).
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The folder of backups, beside the store.
pub const BACKUPS: &str = "backups";

/// A file of this name beside the store says that it was found damaged.
const SUSPECT: &str = "store.damaged";

/// Looks at the first bytes of a store and at its length.
///
/// # Errors
/// [`Kind::Damaged`] when they cannot be those of a store.
pub fn look(file: &Path) -> Result<()> {
    let Ok(mut opened) = std::fs::File::open(file) else { return Ok(()) };
    let length = opened.metadata().map_or(0, |metadata| metadata.len());
    let mut head = Vec::new();
    let read = opened.by_ref().take(100).read_to_end(&mut head);
    let damaged = |what: String| {
        Err(Problem::new(Kind::Damaged, format!("the store {} {what}", file.display())).hint(WHAT_TO_DO))
    };
    if let Err(error) = read {
        return damaged(format!("cannot be read: {error}"));
    }
    if head.is_empty() {
        // New, or cut off to nothing: the latter where it had backups.
        let had_backups = file.parent().is_some_and(|folder| holds_files(&folder.join(BACKUPS)));
        return if had_backups { damaged("is empty, and there are backups of it".to_owned()) } else { Ok(()) };
    }
    if !head.starts_with(MAGIC) {
        return damaged("does not begin as a store does".to_owned());
    }
    let number = |at: usize, bytes: usize| {
        head.get(at..at + bytes).unwrap_or_default().iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let page = match number(16, 2) {
        1 => 65_536,
        size if size >= 512 && size.is_power_of_two() => size,
        _ => return damaged("has a first page that makes no sense".to_owned()),
    };
    let whole = page * number(28, 4);
    let log = std::fs::metadata(beside(file, "-wal")).map_or(0, |metadata| metadata.len());
    // The count is to be believed when both of these are equal; with a log the file may lag behind.
    if log == 0 && number(24, 4) == number(92, 4) && length < whole {
        return damaged(format!("is cut off: {length} bytes of {whole}"));
    }
    Ok(())
}

/// The last program did not end well, or another one has the store open: its log holds something.
#[must_use]
pub fn left_open(file: &Path) -> bool {
    std::fs::metadata(beside(file, "-wal")).is_ok_and(|metadata| metadata.len() > 0)
}

/// Keeps in mind that the store was found damaged, for the next start.
///
/// # Errors
/// When that cannot be written.
pub fn set_suspect(file: &Path, found: Option<&str>) -> std::io::Result<()> {
    let mark = file.with_file_name(SUSPECT);
    match found {
        Some(found) => std::fs::write(mark, found),
        None => match std::fs::remove_file(mark) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

/// What an earlier look found, when it found damage.
#[must_use]
pub fn suspect(file: &Path) -> Option<Problem> {
    let found = std::fs::read_to_string(file.with_file_name(SUSPECT)).ok()?;
    let sentence = format!("the store {} is damaged: {}", file.display(), Text::line(&found));
    Some(Problem::new(Kind::Damaged, sentence).hint(WHAT_TO_DO))
}

/// Gives the store another name, with its log; nothing is deleted. Gives that name; `None` when there is no store.
///
/// # Errors
/// When the system does not let us.
pub fn put_aside(file: &Path, word: &str, now: Timestamp) -> Result<Option<PathBuf>> {
    if !file.exists() {
        return Ok(None);
    }
    let stamp = now.strftime("%Y%m%d-%H%M%S");
    let mut aside = beside(file, &format!(".{word}-{stamp}"));
    for number in 2..100 {
        if !aside.exists() {
            break;
        }
        aside = beside(file, &format!(".{word}-{stamp}-{number}"));
    }
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (beside(file, suffix), beside(&aside, suffix));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Problem::new(Kind::Store, format!("{} cannot be put aside: {error}", from.display())));
            }
            _ => {}
        }
    }
    Ok(Some(aside))
}

/// A new store, made aside, takes the place of the old one, which must have been put aside.
///
/// # Errors
/// When the system does not let us.
pub fn put_in_place(made: &Path, file: &Path) -> Result<()> {
    give_name(made, file)
}

/// Makes a new store at `to` from a backup, or from a whole store: what a backup holds, and the letters whose bytes are there.
///
/// # Errors
/// When it cannot be read, or `to` cannot be written.
pub fn unfold(backup: &Path, to: &Path) -> Result<()> {
    let copy = beside(to, ".spare");
    [to, &copy].iter().for_each(|file| remove(file));
    let made = copy_store(backup, &copy).and_then(|()| {
        // Brings one of an older version to this.
        let defect = Store::open(&copy)?.quick_check()?;
        match defect {
            Some(defect) => Err(Problem::new(Kind::Damaged, defect.as_str())),
            None => reduce(&copy, to, true),
        }
    });
    remove(&copy);
    made
}

/// What could be read of a damaged store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Salvage {
    /// Its tables could be found at all.
    pub opened: bool,
    /// Rows of these could not be read, or made no sense; those of the backup stand for them.
    pub hurt: Vec<String>,
}

/// Makes a new store at `to` from what can be read of a damaged one and, for what cannot, from a backup. The damaged file and
/// the backup are only read.
///
/// # Errors
/// When `to` cannot be written; when neither of the two can be read.
pub fn salvage(damaged: &Path, backup: Option<&Path>, to: &Path) -> Result<Salvage> {
    let (work, patient, spare) = (beside(to, ".work"), beside(to, ".patient"), beside(to, ".spare"));
    let all = [to, &work, &patient, &spare];
    all.iter().for_each(|file| remove(file));
    let outcome = gather(damaged, backup, &work, &patient, &spare).and_then(|outcome| {
        reduce(&work, to, true)?;
        Ok(outcome)
    });
    [&work, &patient, &spare].iter().for_each(|file| remove(file));
    outcome
}

fn gather(damaged: &Path, backup: Option<&Path>, work: &Path, patient: &Path, spare: &Path) -> Result<Salvage> {
    let store = Store::open(work)?;
    let sql = store.sql();
    sql.pragma_update(None, "foreign_keys", false)?;
    sql.pragma_update(None, "synchronous", "off")?;
    if let Some(backup) = backup {
        copy_store(backup, spare)?;
        // Brings an old backup to this version.
        drop(Store::open(spare)?);
        sql.execute("ATTACH ?1 AS spare", [spare.to_string_lossy()])?;
    }
    // A copy, because reading a store writes its log into it; on a connection of its own, because after a page that could not
    // be read SQLite does not commit what was written elsewhere on the same one.
    let _ = copy_store(damaged, patient);
    let source = Connection::open(patient).ok();
    let source = source
        .filter(|source| tables(source, "main").is_ok_and(|tables| tables.iter().any(|table| table == "contact")));
    if source.is_none() && backup.is_none() {
        let sentence = "nothing of the damaged store can be read, and there is no backup of it";
        return Err(Problem::new(Kind::NotFound, sentence));
    }
    let mut outcome = Salvage { opened: source.is_some(), hurt: Vec::new() };
    without_waiting(&store, || {
        for table in tables(sql, "main")? {
            if part_of(&table) == Part::Nothing {
                continue;
            }
            let whole = match &source {
                Some(source) if table != "raw" => read_table(source, sql, &table)?,
                _ => false,
            };
            if !whole && backup.is_some() {
                from_spare(sql, &table)?;
            }
            if !whole && table != "raw" {
                outcome.hurt.push(table);
            }
        }
        if let Some(source) = &source {
            read_bytes(source, sql)?;
        }
        mend(sql)
    })?;
    if backup.is_some() {
        sql.execute_batch("DETACH spare")?;
    }
    close_up(&store)?;
    Ok(outcome)
}

/// A store with its log, which may hold the newest of it.
fn copy_store(from: &Path, to: &Path) -> Result<()> {
    copy_file(from, to)?;
    let log = beside(from, "-wal");
    if log.exists() { copy_file(&log, &beside(to, "-wal")) } else { Ok(()) }
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let copied = super::create_private(to).and_then(|()| {
        let mut to = std::fs::OpenOptions::new().write(true).open(to)?;
        std::io::copy(&mut std::fs::File::open(from)?, &mut to)
    });
    match copied {
        Ok(_) => Ok(()),
        Err(error) => {
            // An empty file would stand for something.
            let _ = std::fs::remove_file(to);
            Err(Problem::new(Kind::Store, format!("{} cannot be read: {error}", from.display())))
        }
    }
}

/// Reads a table row by row, from both ends where its middle is damaged. `false`: some rows are missing.
fn read_table(source: &Connection, sql: &Connection, table: &str) -> Result<bool> {
    let there = columns(source, "main", table).unwrap_or_default();
    let shared: Vec<String> = columns(sql, "main", table)?.into_iter().filter(|name| there.contains(name)).collect();
    if shared.is_empty() {
        return Ok(false);
    }
    let marks: Vec<String> = (1..=shared.len()).map(|number| format!("?{number}")).collect();
    let shared = shared.join(", ");
    let mut insert =
        sql.prepare(&format!("INSERT OR IGNORE INTO main.{table} ({shared}) VALUES ({})", marks.join(", ")))?;
    let forward = format!("SELECT {shared} FROM {table}");
    if read_rows(source, &forward, &mut insert) {
        return Ok(true);
    }
    let key: String = sql.query_row(
        "SELECT coalesce((SELECT group_concat(name || ' DESC', ', ') FROM (SELECT name FROM pragma_table_info(?1, 'main') WHERE pk > 0 ORDER BY pk)), 'rowid DESC')",
        [table],
        |row| row.get(0),
    )?;
    read_rows(source, &format!("{forward} ORDER BY {key}"), &mut insert);
    Ok(false)
}

/// Takes over rows until one cannot be read. `true`: all of them were read, and all made sense.
fn read_rows(source: &Connection, query: &str, insert: &mut Statement<'_>) -> bool {
    let Ok(mut statement) = source.prepare(query) else { return false };
    let columns = statement.column_count();
    let Ok(mut rows) = statement.query([]) else { return false };
    let mut sane = true;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return sane,
            Err(_) => return false,
        };
        let values: Option<Vec<ValueRef<'_>>> = (0..columns)
            .map(|column| {
                row.get_ref(column)
                    .ok()
                    .filter(|value| !matches!(value, ValueRef::Text(text) if std::str::from_utf8(text).is_err()))
            })
            .collect();
        // A value of the wrong type, outside its range, or twice where it can be once is damage, too.
        let taken = values.map(|values| {
            let values = values.into_iter().map(rusqlite::types::ToSqlOutput::Borrowed);
            insert.execute(params_from_iter(values)).unwrap_or(0)
        });
        sane &= taken == Some(1);
    }
}

/// Rows that could not be read, as the backup has them.
fn from_spare(sql: &Connection, table: &str) -> Result<()> {
    let there = columns(sql, "spare", table)?;
    let shared: Vec<String> = columns(sql, "main", table)?.into_iter().filter(|name| there.contains(name)).collect();
    if !shared.is_empty() {
        let shared = shared.join(", ");
        sql.execute(&format!("INSERT OR IGNORE INTO main.{table} ({shared}) SELECT {shared} FROM spare.{table}"), [])?;
    }
    Ok(())
}

/// The bytes of letters that no server has: those brought in from files, and those sent from here whose copy is nowhere yet.
fn read_bytes(source: &Connection, sql: &Connection) -> Result<()> {
    let mut statement = sql.prepare(
        "SELECT message_id FROM copy WHERE folder_id IN (SELECT id FROM folder WHERE kept_here = 1)
         UNION SELECT id FROM message WHERE local_origin = 1 AND id NOT IN (SELECT message_id FROM copy)",
    )?;
    let letters: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let Ok(mut read) = source.prepare("SELECT size, bytes FROM raw WHERE message_id = ?1") else { return Ok(()) };
    let mut keep = sql.prepare("INSERT OR IGNORE INTO main.raw (message_id, size, bytes) VALUES (?1, ?2, ?3)")?;
    for letter in letters {
        let found: rusqlite::Result<(i64, Vec<u8>)> = read.query_row([letter], |row| Ok((row.get(0)?, row.get(1)?)));
        let Ok((size, bytes)) = found else { continue };
        if super::kept::unpack(&bytes, usize::try_from(size).unwrap_or(0)).is_ok() {
            keep.execute(rusqlite::params![letter, size, bytes])?;
        }
    }
    Ok(())
}

fn holds_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
