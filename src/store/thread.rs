//! Threads: the facts that are computed from their letters, and the lists and pages of the Mail screen.

use super::{Store, count_at, moment, ms, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::thread::{PageKey, ThreadRow};
use crate::domain::threading::{Joining, join};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Computes a thread's facts anew from its letters; its title is that of the oldest. Called whenever one comes, goes or changes its place.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn refresh_thread(&self, thread: id::Thread) -> Result<()> {
        self.sql()
            .prepare_cached(
                "WITH live AS (
                     SELECT id, date, digest, direction, asks, human_in OR (direction = 'outbound' AND nature = 'human') AS human
                     FROM message WHERE thread_id = ?1 AND place = 'live'),
                 last AS (SELECT id, date, direction, asks FROM live WHERE human ORDER BY date DESC, digest DESC LIMIT 1),
                 heard AS (SELECT id, date FROM live WHERE human AND direction = 'inbound' ORDER BY date DESC, digest DESC LIMIT 1)
                 UPDATE thread SET
                     subject = coalesce((SELECT subject FROM message WHERE thread_id = ?1 ORDER BY date, id LIMIT 1), subject),
                     last_at = coalesce((SELECT max(date) FROM live), (SELECT max(date) FROM message WHERE thread_id = ?1), 0),
                     message_count = (SELECT count(*) FROM live),
                     last_human_message_id = (SELECT id FROM last),
                     last_human_at = coalesce((SELECT date FROM last), 0),
                     last_human_direction = (SELECT direction FROM last),
                     last_inbound_message_id = (SELECT id FROM heard),
                     last_inbound_at = coalesce((SELECT date FROM heard), 0),
                     asks = coalesce((SELECT asks FROM last WHERE direction = 'outbound'), 0),
                     waiting_since = coalesce((SELECT min(date) FROM live WHERE human AND direction = 'inbound' AND date >
                         coalesce((SELECT max(date) FROM live WHERE human AND direction = 'outbound'), -9e15)), 0)
                 WHERE id = ?1",
            )?
            .execute([thread.0])?;
        Ok(())
    }

    /// The thread that a letter with these links belongs to: begun, joined, or merged from several.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn thread_for(&self, account: id::Account, links: &[MsgId], subject: &Text) -> Result<id::Thread> {
        let mut find = self.sql().prepare_cached("SELECT thread_id FROM link WHERE account_id = ?1 AND msg_id = ?2")?;
        let (mut found, mut new) = (Vec::new(), Vec::new());
        for link in links {
            match find.query_row(params![account.0, link.as_str()], |row| row.get(0)).optional()? {
                Some(thread) => found.push(id::Thread(thread)),
                None => new.push(link),
            }
        }
        let thread = match join(self.not_apart(found)?) {
            Joining::New => {
                self.sql()
                    .prepare_cached("INSERT INTO thread (account_id, subject) VALUES (?1, ?2)")?
                    .execute(params![account.0, subject.as_str()])?;
                id::Thread(self.sql().last_insert_rowid())
            }
            Joining::Join { into, merged } => {
                for other in merged {
                    self.merge_threads(into, other)?;
                }
                into
            }
        };
        let mut keep = self
            .sql()
            .prepare_cached("INSERT OR IGNORE INTO link (account_id, msg_id, thread_id) VALUES (?1, ?2, ?3)")?;
        for link in new {
            keep.execute(params![account.0, link.as_str(), thread.0])?;
        }
        Ok(thread)
    }

    /// Of conversations that were taken apart by hand only the one of the nearest name, and what is not apart from it.
    fn not_apart(&self, found: Vec<id::Thread>) -> Result<Vec<id::Thread>> {
        if found.iter().all(|thread| Some(thread) == found.first()) {
            return Ok(found);
        }
        let mut together: Vec<id::Thread> = Vec::new();
        for thread in found {
            if together.contains(&thread) {
                continue;
            }
            let apart = self.apart_from(thread)?;
            if !apart.iter().any(|other| together.contains(other)) {
                together.push(thread);
            }
        }
        Ok(together)
    }

    /// Moves everything of `other` into `into`. My own decision about either thread stays in force, of two the later one; of two
    /// rules' decisions the one of `into`.
    pub(super) fn merge_threads(&self, into: id::Thread, other: id::Thread) -> Result<()> {
        let sql = self.sql();
        let pair = params![into.0, other.0];
        self.merge_states(into, other)?;
        sql.prepare_cached("UPDATE message SET thread_id = ?1 WHERE thread_id = ?2")?.execute(pair)?;
        sql.prepare_cached("UPDATE link SET thread_id = ?1 WHERE thread_id = ?2")?.execute(pair)?;
        sql.prepare_cached("UPDATE outgoing SET thread_id = ?1 WHERE thread_id = ?2")?.execute(pair)?;
        // What no colleague is to see of one of them, none is to see of both.
        sql.prepare_cached(
            "INSERT OR IGNORE INTO private_thread (thread_id, since) SELECT ?1, since FROM private_thread WHERE thread_id = ?2",
        )?
        .execute(pair)?;
        sql.prepare_cached("DELETE FROM private_thread WHERE thread_id = ?1")?.execute([other.0])?;
        sql.prepare_cached(
            "UPDATE filing SET superseded_at = max(decided_at, (SELECT decided_at FROM filing WHERE thread_id = ?2 AND superseded_at IS NULL))
             WHERE thread_id = ?1 AND superseded_at IS NULL
             AND EXISTS (SELECT 1 FROM filing o WHERE o.thread_id = ?2 AND o.superseded_at IS NULL AND o.rule = 'mine'
                 AND (filing.rule <> 'mine' OR o.decided_at > filing.decided_at))",
        )?
        .execute(pair)?;
        sql.prepare_cached(
            "UPDATE filing SET superseded_at = decided_at WHERE thread_id = ?2 AND superseded_at IS NULL
             AND EXISTS (SELECT 1 FROM filing WHERE thread_id = ?1 AND superseded_at IS NULL)",
        )?
        .execute(pair)?;
        sql.prepare_cached("UPDATE filing SET thread_id = ?1 WHERE thread_id = ?2")?.execute(pair)?;
        for (table, column, beside) in [
            ("thread_apart", "thread_id", "other_id"),
            ("thread_apart", "other_id", "thread_id"),
            ("thread_joined", "thread_id", "other_id"),
        ] {
            sql.prepare_cached(&format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2 AND {beside} <> ?1"))?
                .execute(pair)?;
        }
        sql.prepare_cached("UPDATE thread SET merged_into = ?1 WHERE id = ?2")?.execute(pair)?;
        sql.prepare_cached("UPDATE thread SET merged_into = ?1 WHERE merged_into = ?2")?.execute(pair)?;
        // Of the other one nothing is left, also in the lists of folders.
        self.refresh_lists(other)
    }

    /// What was decided holds for the letter it was decided about: of two threads' states that of the later letter stays.
    fn merge_states(&self, into: id::Thread, other: id::Thread) -> Result<()> {
        let sql = self.sql();
        let pair = params![into.0, other.0];
        const LATER: &str = "SELECT max(m.date) FROM thread_state s JOIN message m ON m.id IN (s.done_message_id, s.snoozed_message_id, s.awaited_after) WHERE s.thread_id";
        let later: Option<bool> = sql
            .prepare_cached(&format!(
                "SELECT coalesce(({LATER} = ?2), -9e15) > coalesce(({LATER} = ?1), -9e15) FROM thread_state WHERE thread_id = ?2"
            ))?
            .query_row(pair, |row| row.get(0))
            .optional()?;
        let Some(later) = later else { return Ok(()) };
        if later {
            sql.prepare_cached("DELETE FROM thread_state WHERE thread_id = ?1")?.execute([into.0])?;
        }
        // Not by changing the key: undo knows a row by it.
        sql.prepare_cached(
            "INSERT OR IGNORE INTO thread_state (thread_id, done_message_id, snoozed_message_id, snoozed_until, awaiting, awaited_after, assigned)
             SELECT ?1, done_message_id, snoozed_message_id, snoozed_until, awaiting, awaited_after, assigned FROM thread_state WHERE thread_id = ?2",
        )?
        .execute(pair)?;
        sql.prepare_cached("DELETE FROM thread_state WHERE thread_id = ?1")?.execute([other.0])?;
        Ok(())
    }

    /// The thread a key leads to now, when it was merged into another since.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn standing_thread(&self, thread: id::Thread) -> Result<Option<id::Thread>> {
        let found: Option<i64> = self
            .sql()
            .prepare_cached("SELECT coalesce(merged_into, id) FROM thread WHERE id = ?1")?
            .query_row([thread.0], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Thread))
    }

    /// A page of a folder's threads, newest first, after `after`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn threads_in(&self, folder: id::Folder, after: Option<PageKey>, limit: u32) -> Result<Vec<ThreadRow>> {
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (ms(page.at), page.id));
        let mut statement = self.sql().prepare_cached(
            "SELECT t.id, ft.last_at FROM folder_thread ft JOIN thread t ON t.id = ft.thread_id
             WHERE ft.folder_id = ?1 AND (ft.last_at, ft.thread_id) < (?2, ?3)
             ORDER BY ft.last_at DESC, ft.thread_id DESC LIMIT ?4",
        )?;
        let threads: Vec<(i64, i64)> = statement
            .query_map(params![folder.0, at, key, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        // The time by which the list is sorted: my answer in Sent does not move a row of the inbox.
        let row =
            |(thread, at)| Ok(self.thread_row(id::Thread(thread))?.map(|row| ThreadRow { last_at: moment(at), ..row }));
        threads.into_iter().filter_map(|found| row(found).transpose()).collect()
    }

    /// Where a thread stands in a folder's list: the key of the page after it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn place_in_folder(&self, folder: id::Folder, thread: Option<id::Thread>) -> Result<Option<PageKey>> {
        let Some(thread) = thread else { return Ok(None) };
        let at: Option<i64> = self
            .sql()
            .prepare_cached("SELECT last_at FROM folder_thread WHERE thread_id = ?1 AND folder_id = ?2")?
            .query_row(params![thread.0, folder.0], |row| row.get(0))
            .optional()?;
        Ok(at.map(|at| PageKey { at: moment(at), id: thread.0 }))
    }

    /// One thread's row; `None` when there is no such thread.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_row(&self, thread: id::Thread) -> Result<Option<ThreadRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT t.id, t.subject, t.last_at, t.message_count,
                    (SELECT count(*) FROM message m WHERE m.thread_id = t.id AND m.seen = 0 AND m.place <> 'gone' AND m.direction <> 'outbound') AS unseen,
                    (SELECT max(flags & 2) | max(flags & 4) FROM message m WHERE m.thread_id = t.id) AS flags,
                    (SELECT max(attachments) FROM message m WHERE m.thread_id = t.id) AS attachments,
                    (SELECT snippet FROM message m WHERE m.thread_id = t.id AND m.place <> 'gone' ORDER BY m.place = 'draft' OR m.direction = 'outbound' AND m.nature = 'automatic', date DESC, id DESC LIMIT 1) AS snippet,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display, co.name) AS contact,
                    d.title AS deal
             FROM thread t
             LEFT JOIN filing f ON f.thread_id = t.id AND f.superseded_at IS NULL
             LEFT JOIN contact c ON c.id = f.contact_id
             LEFT JOIN company co ON co.id = f.company_id
             LEFT JOIN deal d ON d.id = f.deal_id
             WHERE t.id = ?1",
        )?;
        let row = statement
            .query_row([thread.0], |row| {
                Ok(ThreadRow {
                    id: id::Thread(row.get("id")?),
                    subject: text_at(row, "subject")?,
                    people: Text::default(),
                    snippet: optional_text_at(row, "snippet")?.unwrap_or_default(),
                    last_at: moment(row.get("last_at")?),
                    messages: count_at(row, "message_count")?,
                    unseen: count_at(row, "unseen")?,
                    flags: Flags(row.get::<_, Option<u32>>("flags")?.unwrap_or(0)),
                    attachments: row.get::<_, Option<i64>>("attachments")?.unwrap_or(0) > 0,
                    contact: optional_text_at(row, "contact")?,
                    deal: optional_text_at(row, "deal")?,
                    counters: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut row) = row else { return Ok(None) };
        row.people = self.people_of(thread)?;
        if let Some(claimant) = self.claimed_by(thread)? {
            let short = claimant.shown();
            let short = short.as_str().split('@').next().unwrap_or_default();
            row.people = Text::from(format!("[{short}] {}", row.people));
        }
        Ok(Some(row))
    }

    /// Who takes part besides me, newest first; of a thread with only my letters, to whom I wrote.
    fn people_of(&self, thread: id::Thread) -> Result<Text> {
        let mut statement = self.sql().prepare_cached(
            "SELECT name, max(date) AS last FROM (
                 SELECT coalesce(nullif(from_name, ''), from_address) AS name, date FROM message WHERE thread_id = ?1 AND direction <> 'outbound' AND place <> 'gone')
             GROUP BY name ORDER BY last DESC LIMIT 4",
        )?;
        let mut names: Vec<String> =
            statement.query_map([thread.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if names.is_empty() {
            let mut statement = self.sql().prepare_cached(
                "SELECT DISTINCT coalesce(nullif(p.name, ''), p.address) FROM message m JOIN participant p ON p.message_id = m.id
                 WHERE m.thread_id = ?1 AND p.field = 'to' LIMIT 4",
            )?;
            names = statement
                .query_map([thread.0], |row| row.get::<_, String>(0).map(|name| format!("to {name}")))?
                .collect::<rusqlite::Result<_>>()?;
        }
        Ok(Text::from(names.join(", ")))
    }
}
