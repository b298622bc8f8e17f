//! Whom I wrote to, and the files of letters: what is offered where a letter is written.

use super::attachment::file_at;
use super::{Store, moment, text_at};
use crate::domain::address::{Address, Mailbox};
use crate::domain::addressee::Written;
use crate::domain::contact::FileRow;
use crate::domain::id;
use crate::domain::problem::Result;
use rusqlite::params;

/// Among so many of the newest letters those of mine are looked for: a key waits for it.
const LETTERS: u32 = 20_000;
const RECIPIENTS: u32 = 4_000;

const WRITTEN: &str = "SELECT p.address, p.name, m.date FROM
    (SELECT id, date, direction, place, nature FROM message ORDER BY date DESC LIMIT ?1) m
    JOIN participant p ON p.message_id = m.id
    WHERE m.direction = 'outbound' AND m.place NOT IN ('draft', 'gone') AND m.nature <> 'automatic' AND p.field IN ('to', 'cc', 'bcc')
    ORDER BY m.date DESC LIMIT ?2";

const FILES: &str = "SELECT a.message_id AS id, a.file, a.name, a.size, m.thread_id, m.date, m.direction, m.subject,
        EXISTS (SELECT 1 FROM left_on_server l WHERE l.message_id = a.message_id AND l.file = a.file) AS on_server
    FROM attachment a JOIN message m ON m.id = a.message_id";

impl Store {
    /// To whom I wrote lately, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn written_to(&self) -> Result<Vec<Written>> {
        let mut statement = self.sql().prepare_cached(WRITTEN)?;
        let rows = statement.query_map(params![LETTERS, RECIPIENTS], |row| {
            Ok((row.get::<_, String>(0)?, text_at(row, "name")?, row.get(2)?))
        })?;
        let mut written = Vec::new();
        for row in rows {
            let (address, name, at) = row?;
            let address = Address::parse(&address);
            written.extend(address.map(|address| Written { to: Mailbox { name, address }, at: moment(at) }));
        }
        Ok(written)
    }

    /// Files of letters to attach: those of a conversation first, then those of the newest letters; none out of Junk, Trash or Drafts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn files_to_attach(&self, thread: Option<id::Thread>, limit: u32) -> Result<Vec<FileRow>> {
        let mut files = Vec::new();
        if let Some(thread) = thread {
            let sql =
                format!("{FILES} WHERE m.thread_id = ?1 AND m.place = 'live' ORDER BY m.date DESC, a.file LIMIT ?2");
            files = self.files_found(&sql, params![thread.0, limit])?;
        }
        // The plus keeps the place from leading: newest files first, each with its letter, no sort of all.
        let sql = format!("{FILES} WHERE +m.place = 'live' ORDER BY a.message_id DESC, a.file LIMIT ?1");
        for file in self.files_found(&sql, params![limit])? {
            if !files.iter().any(|known| (known.message, known.index) == (file.message, file.index)) {
                files.push(file);
            }
        }
        Ok(files)
    }

    fn files_found(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<FileRow>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let files = statement.query_map(parameters, file_at)?.collect::<rusqlite::Result<_>>()?;
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_wait_for_all_letters() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        let plan =
            store.rows(&format!("EXPLAIN QUERY PLAN {}", WRITTEN.replace("?1", "10").replace("?2", "10"))).join("\n");
        assert!(
            plan.contains("message USING INDEX message_date") && plan.contains("SEARCH p USING PRIMARY KEY"),
            "{plan}"
        );
        let newest =
            format!("EXPLAIN QUERY PLAN {FILES} WHERE +m.place = 'live' ORDER BY a.message_id DESC, a.file LIMIT 10");
        let plan = store.rows(&newest).join("\n");
        assert!(plan.contains("SEARCH m USING INTEGER PRIMARY KEY"), "{plan}");
    }
}
