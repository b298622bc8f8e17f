//! Conversations joined and taken apart by hand: so they stay, whatever letters come later, and undo puts them back.

use super::Store;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Joins conversations into the oldest of them, which is given back.
    ///
    /// # Errors
    /// When there are not two, or they are in mailboxes of different accounts.
    pub fn join_by_hand(&self, threads: &[id::Thread]) -> Result<id::Thread> {
        let mut standing = Vec::new();
        for thread in threads {
            standing.extend(self.standing_thread(*thread)?);
        }
        standing.sort_unstable();
        standing.dedup();
        let (Some(into), others) = (standing.first().copied(), standing.get(1..).unwrap_or_default()) else {
            return Err(too_few());
        };
        if others.is_empty() {
            return Err(too_few());
        }
        for other in others {
            if self.account_of_thread(*other)? != self.account_of_thread(into)? {
                return Err(Problem::new(Kind::Input, "these conversations are in mailboxes of different accounts")
                    .hint("join conversations of one account"));
            }
            self.sql()
                .prepare_cached("DELETE FROM thread_apart WHERE (thread_id = ?1 AND other_id = ?2) OR (thread_id = ?2 AND other_id = ?1)")?
                .execute(params![into.0, other.0])?;
            self.merge_threads(into, *other)?;
            self.sql()
                .prepare_cached("INSERT INTO thread_joined (thread_id, other_id) VALUES (?1, ?2)")?
                .execute(params![into.0, other.0])?;
        }
        self.refresh_lists(into)?;
        Ok(into)
    }

    /// Takes letters out of a conversation into one of their own, which is given back.
    ///
    /// # Errors
    /// When nothing would be left, or none of the letters is in it.
    pub fn split_by_hand(&self, thread: id::Thread, letters: &[id::Message]) -> Result<id::Thread> {
        let sql = self.sql();
        let here: Vec<i64> = sql
            .prepare_cached("SELECT id FROM message WHERE thread_id = ?1 AND place <> 'gone'")?
            .query_map([thread.0], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let stays = here.iter().filter(|key| !letters.contains(&id::Message(**key))).count();
        let moves = here.len() - stays;
        if stays == 0 || moves == 0 {
            return Err(Problem::new(Kind::Input, "both conversations need a letter")
                .hint("choose a letter that is not the first of the conversation"));
        }
        let settled = self.state_of(thread)?;
        sql.prepare_cached(
            "INSERT INTO thread (account_id, subject, split_from) SELECT account_id, subject, id FROM thread WHERE id = ?1",
        )?
        .execute([thread.0])?;
        let new = id::Thread(sql.last_insert_rowid());
        sql.prepare_cached("INSERT INTO thread_apart (thread_id, other_id) VALUES (?1, ?2)")?
            .execute(params![thread.0, new.0])?;
        // What no colleague is to see stays so.
        sql.prepare_cached(
            "INSERT INTO private_thread (thread_id, since) SELECT ?2, since FROM private_thread WHERE thread_id = ?1",
        )?
        .execute(params![thread.0, new.0])?;
        for letter in letters {
            sql.prepare_cached("UPDATE message SET thread_id = ?2 WHERE id = ?3 AND thread_id = ?1")?
                .execute(params![thread.0, new.0, letter.0])?;
        }
        // Who answers one of these letters by its name goes with it.
        sql.prepare_cached(
            "UPDATE link SET thread_id = ?2 WHERE thread_id = ?1
             AND msg_id IN (SELECT msg_id FROM message WHERE thread_id = ?2 AND msg_id IS NOT NULL)
             AND msg_id NOT IN (SELECT msg_id FROM message WHERE thread_id = ?1 AND msg_id IS NOT NULL)",
        )?
        .execute(params![thread.0, new.0])?;
        sql.prepare_cached(
            "UPDATE outgoing SET thread_id = ?2 WHERE thread_id = ?1 AND answers_id IN (SELECT id FROM message WHERE thread_id = ?2)",
        )?
        .execute(params![thread.0, new.0])?;
        self.refresh_lists(thread)?;
        self.refresh_lists(new)?;
        self.settle_halves(thread, new, settled)?;
        Ok(new)
    }

    /// Of a conversation that was done or snoozed as a whole both halves are.
    fn settle_halves(&self, thread: id::Thread, new: id::Thread, settled: Settled) -> Result<()> {
        let Settled { done, snoozed_until } = settled;
        if !done && snoozed_until.is_none() {
            return Ok(());
        }
        for half in [thread, new] {
            let last = "(SELECT last_human_message_id FROM thread WHERE id = ?1)";
            self.sql().prepare_cached("DELETE FROM thread_state WHERE thread_id = ?1")?.execute([half.0])?;
            self.sql()
                .prepare_cached(&format!(
                    "INSERT INTO thread_state (thread_id, done_message_id, snoozed_message_id, snoozed_until)
                     SELECT ?1, iif(?2, {last}, NULL), iif(?3 IS NULL, NULL, {last}), ?3"
                ))?
                .execute(params![half.0, done, snoozed_until])?;
        }
        Ok(())
    }

    fn state_of(&self, thread: id::Thread) -> Result<Settled> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT t.settled, iif(t.snoozed, s.snoozed_until, NULL) FROM thread t LEFT JOIN thread_state s ON s.thread_id = t.id WHERE t.id = ?1",
            )?
            .query_row([thread.0], |row| Ok(Settled { done: row.get(0)?, snoozed_until: row.get(1)? }))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// The letters of a conversation from one on, in the order they were written.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_from(&self, letter: id::Message) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id FROM message f JOIN message m ON m.thread_id = f.thread_id AND (m.date, m.id) >= (f.date, f.id) WHERE f.id = ?1",
        )?;
        Ok(statement.query_map([letter.0], |row| row.get(0).map(id::Message))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Conversations that were taken apart from this one by hand.
    pub(super) fn apart_from(&self, thread: id::Thread) -> Result<Vec<id::Thread>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT other_id FROM thread_apart WHERE thread_id = ?1 UNION SELECT thread_id FROM thread_apart WHERE other_id = ?1",
        )?;
        Ok(statement.query_map([thread.0], |row| row.get(0).map(id::Thread))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Undoes the beginning of a conversation by hand: whatever came into it since goes back to where its letters were taken from.
    pub(super) fn unmake_thread(&self, thread: id::Thread) -> Result<()> {
        let from: Option<i64> = self
            .sql()
            .query_row("SELECT split_from FROM thread WHERE id = ?1", [thread.0], |row| row.get(0))
            .optional()?
            .flatten();
        let Some(from) = from.map(|from| self.standing_thread(id::Thread(from))).transpose()?.flatten() else {
            return Ok(());
        };
        self.merge_threads(from, thread)?;
        self.refresh_lists(from)?;
        self.sql().execute(
            "DELETE FROM thread WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM refusal WHERE thread_id = ?1)
             AND NOT EXISTS (SELECT 1 FROM draft WHERE json_valid(letter) AND json_extract(letter, '$.thread') = ?1)",
            [thread.0],
        )?;
        Ok(())
    }
}

/// What was decided about a conversation as it stands.
#[derive(Debug, Clone, Copy, Default)]
struct Settled {
    done: bool,
    snoozed_until: Option<i64>,
}

fn too_few() -> Problem {
    Problem::new(Kind::Input, "two conversations are needed to be joined").hint("mark them with Space first")
}
