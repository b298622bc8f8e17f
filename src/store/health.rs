//! Is the store what it says it is? Asked by `postbook doctor`, and after a program that did not end well.

use super::{Store, text_at};
use crate::domain::id;
use crate::domain::problem::{Kind, Result};
use crate::domain::text::{Text, plural};
use rusqlite::{OptionalExtension, params};

/// Most defects of one kind that are named.
const NAMED: usize = 20;

/// What a letter's place and flags are, by its copies: the words of the triggers in 001-first-light.sql.
const BY_ITS_COPIES: &str = "
    SELECT c.message_id, max(c.wanted_flags & 1) AS seen,
        max(c.wanted_flags & 1) | max(c.wanted_flags & 2) | max(c.wanted_flags & 4) | max(c.wanted_flags & 8) AS flags,
        CASE WHEN max(coalesce(f.role, '') NOT IN ('drafts', 'junk', 'trash')) THEN 'live'
             WHEN max(f.role = 'drafts') THEN 'draft' WHEN max(f.role = 'junk') THEN 'junk' ELSE 'trash' END AS place
    FROM copy c JOIN folder f ON f.id = coalesce(c.wanted_folder, c.folder_id) GROUP BY c.message_id";
const OTHERWISE: &str =
    "message.seen <> c.seen OR message.flags <> c.flags OR (message.local_origin = 0 AND message.place <> c.place)";

impl Store {
    /// The first page that makes no sense; `None` is the rule. Reads all of the file.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn quick_check(&self) -> Result<Option<Text>> {
        let mut statement = self.sql().prepare("PRAGMA quick_check(1)")?;
        let found = statement.query_row([], |row| text_at(row, "quick_check")).optional()?;
        Ok(found.filter(|text| text.as_str() != "ok"))
    }

    /// What is wrong with the store itself; nothing is the rule: pages and indexes, rows that belong to nothing, the index of
    /// words. Reads all of it: seconds for a big one.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn defects(&self) -> Result<Vec<Text>> {
        let mut statement = self.sql().prepare(&format!("PRAGMA integrity_check({NAMED})"))?;
        let mut found: Vec<Text> =
            statement.query_map([], |row| text_at(row, "integrity_check"))?.collect::<rusqlite::Result<_>>()?;
        found.retain(|text| text.as_str() != "ok");
        let mut statement = self.sql().prepare("PRAGMA foreign_key_check")?;
        let orphans = statement.query_map([], |row| text_at(row, "table"))?.collect::<rusqlite::Result<Vec<_>>>()?;
        found
            .extend(orphans.iter().take(NAMED).map(|table| Text::from(format!("a row of {table} belongs to nothing"))));
        let mut statement =
            self.sql().prepare("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5 (%'")?;
        let indexes: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for index in indexes {
            let checked = self.sql().execute(&format!("INSERT INTO {index} ({index}) VALUES ('integrity-check')"), []);
            if let Err(error) = checked {
                let problem = crate::domain::problem::Problem::from(error);
                if problem.kind != Kind::Damaged {
                    return Err(problem);
                }
                found.push(Text::from(format!("the index of words {index} does not agree with itself")));
            }
        }
        Ok(found)
    }

    /// Facts that are kept beside the letters they are computed from, and are not what these say. `deep` computes every thread
    /// anew and compares.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drifted(&self, deep: bool) -> Result<Vec<Text>> {
        let mut found = Vec::new();
        let count = format!(
            "SELECT count(*) FROM message JOIN ({BY_ITS_COPIES}) c ON c.message_id = message.id WHERE {OTHERWISE}"
        );
        let letters: i64 = self.sql().query_row(&count, [], |row| row.get(0))?;
        if let Some(letters) = u64::try_from(letters).ok().filter(|letters| *letters > 0) {
            let what = plural(letters, "letter stands", "letters stand");
            found.push(Text::from(format!("{what} otherwise than its copies say")));
        }
        if deep {
            let threads = self.drifted_threads()?;
            if threads > 0 {
                let what = plural(threads, "conversation does", "conversations do");
                found.push(Text::from(format!("{what} not agree with the letters in it, and counters with it")));
            }
        }
        Ok(found)
    }

    /// Computes anew what [`Store::drifted`] finds.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn compute_anew(&self) -> Result<()> {
        self.write(|| {
            self.sql().execute(
                &format!(
                    "UPDATE message SET seen = c.seen, flags = c.flags, place = iif(local_origin, 'live', c.place)
                     FROM ({BY_ITS_COPIES}) c WHERE c.message_id = message.id AND ({OTHERWISE})"
                ),
                [],
            )?;
            self.refresh_every_thread()
        })
    }

    /// Computes the facts of every thread, and its place in lists, anew.
    pub(super) fn refresh_every_thread(&self) -> Result<()> {
        let threads: Vec<i64> = self
            .sql()
            .prepare("SELECT id FROM thread")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        threads.into_iter().try_for_each(|thread| self.refresh_lists(id::Thread(thread)))
    }

    /// Threads whose facts change when they are computed anew; nothing is kept of it.
    fn drifted_threads(&self) -> Result<u64> {
        const FACTS: &str = "SELECT last_at || ' ' || message_count || ' ' || coalesce(last_human_message_id, '') || ' ' || last_human_at || ' '
            || coalesce(last_human_direction, '') || ' ' || waiting_since || ' ' || asks FROM thread WHERE id = ?1";
        let mut drifted = 0;
        let mut last = 0_i64;
        loop {
            let threads: Vec<i64> = self
                .sql()
                .prepare_cached("SELECT id FROM thread WHERE id > ?1 ORDER BY id LIMIT 500")?
                .query_map([last], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let Some(end) = threads.last() else { return Ok(drifted) };
            last = *end;
            self.sql().execute_batch("BEGIN IMMEDIATE")?;
            let compared = threads.iter().try_for_each(|thread| {
                let mut facts = self.sql().prepare_cached(FACTS)?;
                let before: String = facts.query_row([thread], |row| row.get(0))?;
                self.refresh_thread(id::Thread(*thread))?;
                let after: String = facts.query_row([thread], |row| row.get(0))?;
                drifted += u64::from(before != after);
                Ok::<(), crate::domain::problem::Problem>(())
            });
            self.sql().execute_batch("ROLLBACK")?;
            compared?;
        }
    }

    /// Letters whose bytes are here, each with the digest they must have, after `last`: every one, or one of `every`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stored_letters(&self, last: id::Message, every: u32, limit: u32) -> Result<Vec<(id::Message, [u8; 32])>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id, m.digest FROM raw r JOIN message m ON m.id = r.message_id WHERE m.id > ?1 AND m.id % ?2 = 0 ORDER BY m.id LIMIT ?3",
        )?;
        let letters = statement
            .query_map(params![last.0, every.max(1), limit], |row| Ok((id::Message(row.get(0)?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(letters)
    }

    /// Letters that have a place on a server and whose bytes are not here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_without_bytes(&self) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT c.message_id FROM copy c WHERE NOT EXISTS (SELECT 1 FROM raw r WHERE r.message_id = c.message_id)",
        )?;
        Ok(statement.query_map([], |row| row.get(0).map(id::Message))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Forgets the bytes of letters that a server has, and puts their copies under the numbering 0, so that the next sync
    /// fetches them again and takes over what is wanted of them.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn fetch_again(&self, letters: &[id::Message]) -> Result<()> {
        const ON_SERVER: &str = "message_id = ?1 AND folder_id IN (SELECT id FROM folder WHERE kept_here = 0)";
        self.write(|| {
            for letter in letters {
                self.sql().execute(
                    &format!(
                        "UPDATE folder SET complete = 0 WHERE id IN (SELECT folder_id FROM copy WHERE {ON_SERVER})"
                    ),
                    [letter.0],
                )?;
                let again = self
                    .sql()
                    .execute(&format!("UPDATE OR REPLACE copy SET uid_validity = 0 WHERE {ON_SERVER}"), [letter.0])?;
                // Where no server has it, half a letter is better than none.
                if again > 0 {
                    self.sql().execute("DELETE FROM raw WHERE message_id = ?1", [letter.0])?;
                    self.sql().execute("DELETE FROM left_on_server WHERE message_id = ?1", [letter.0])?;
                }
            }
            Ok(())
        })
    }

    /// What the copies of a folder are: number, letter, its Message-ID, the size of the bytes here. One whose large files are
    /// on the server counts as large as it is there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn identities(&self, folder: id::Folder, uid_validity: u32) -> Result<Vec<Identity>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.uid, c.message_id, m.msg_id, (SELECT count(*) FROM copy o WHERE o.message_id = c.message_id) = 1 AS only,
                    CASE WHEN r.size IS NOT NULL AND EXISTS (SELECT 1 FROM left_on_server l WHERE l.message_id = m.id) THEN m.size ELSE r.size END AS size
             FROM copy c JOIN message m ON m.id = c.message_id LEFT JOIN raw r ON r.message_id = c.message_id
             WHERE c.folder_id = ?1 AND c.uid_validity = ?2 ORDER BY c.uid",
        )?;
        let identities = statement
            .query_map(params![folder.0, uid_validity], |row| {
                Ok(Identity {
                    uid: row.get("uid")?,
                    message: id::Message(row.get("message_id")?),
                    msg_id: row.get("msg_id")?,
                    size: row.get::<_, Option<i64>>("size")?.and_then(|size| u64::try_from(size).ok()),
                    only: row.get("only")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(identities)
    }
}

/// What a copy is, to be compared with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its number in the folder.
    pub uid: u32,
    /// The letter.
    pub message: id::Message,
    /// The letter's Message-ID, as a stranger wrote it.
    pub msg_id: Option<String>,
    /// Bytes of the letter here; `None` when they are not here.
    pub size: Option<u64>,
    /// The letter has no other copy: those differ in the headers that servers add.
    pub only: bool,
}
