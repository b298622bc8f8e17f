//! What I say of a thread: done, snoozed, put off until they answer, given to a colleague, read; and of a letter in Junk.

use super::{Store, moment, ms};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

impl Store {
    /// No reply needed: holds until a newer letter of a person arrives. Letters in Junk are confirmed to be junk.
    ///
    /// # Errors
    /// When the store cannot be written, or nobody wrote in this thread.
    pub fn mark_done(&self, thread: id::Thread, now: Timestamp) -> Result<()> {
        let last = self.last_human(thread)?;
        self.sql()
            .prepare_cached(
                "INSERT INTO thread_state (thread_id, done_message_id) VALUES (?1, ?2)
                 ON CONFLICT (thread_id) DO UPDATE SET done_message_id = excluded.done_message_id, snoozed_message_id = NULL, snoozed_until = NULL,
                     awaiting = 0, awaited_after = NULL",
            )?
            .execute(params![thread.0, last])?;
        self.confirm_junk(thread, now)
    }

    /// The letters of a thread that lie in Junk are junk indeed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn confirm_junk(&self, thread: id::Thread, now: Timestamp) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO junk_confirmed (message_id, confirmed_at) SELECT id, ?2 FROM message WHERE thread_id = ?1 AND place = 'junk'
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![thread.0, ms(now)])?;
        Ok(())
    }

    /// Hides a thread from the counters until a moment, or until a newer letter of a person arrives.
    ///
    /// # Errors
    /// When the store cannot be written, or nobody wrote in this thread.
    pub fn snooze(&self, thread: id::Thread, until: Timestamp) -> Result<()> {
        let last = self.last_human(thread)?.ok_or_else(|| {
            Problem::new(Kind::Input, "this conversation holds no letter of a person, so nothing in it waits")
                .hint("e marks it done")
        })?;
        self.sql()
            .prepare_cached(
                "INSERT INTO thread_state (thread_id, snoozed_message_id, snoozed_until) VALUES (?1, ?2, ?3)
                 ON CONFLICT (thread_id) DO UPDATE SET snoozed_message_id = excluded.snoozed_message_id, snoozed_until = excluded.snoozed_until,
                     done_message_id = NULL, awaiting = 0, awaited_after = NULL",
            )?
            .execute(params![thread.0, last, ms(until)])?;
        Ok(())
    }

    /// Hides a thread from the counters until they write: no time wakes it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn await_answer(&self, thread: id::Thread) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO thread_state (thread_id, awaiting, awaited_after)
                 SELECT id, 1, last_inbound_message_id FROM thread WHERE id = ?1
                 ON CONFLICT (thread_id) DO UPDATE SET awaiting = 1, awaited_after = excluded.awaited_after,
                     done_message_id = NULL, snoozed_message_id = NULL, snoozed_until = NULL",
            )?
            .execute([thread.0])?;
        Ok(())
    }

    fn last_human(&self, thread: id::Thread) -> Result<Option<i64>> {
        let last: Option<Option<i64>> = self
            .sql()
            .prepare_cached("SELECT last_human_message_id FROM thread WHERE id = ?1")?
            .query_row([thread.0], |row| row.get(0))
            .optional()?;
        Ok(last.flatten())
    }

    /// The next moment after `now` at which a snoozed thread wakes; the screen reads the counters again then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_wake(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let next: Option<i64> = self.sql().query_row(
            "SELECT min(snoozed_until) FROM thread_state WHERE snoozed_until > ?1",
            [ms(now)],
            |row| row.get(0),
        )?;
        Ok(next.map(moment))
    }

    /// Sets or clears `\Seen` on every copy of a thread's letters, here at once and on the server when it can be.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_seen(&self, thread: id::Thread, seen: bool) -> Result<()> {
        self.want_flag("m.thread_id = ?1", thread.0, Flags::SEEN, seen)
    }

    /// Who answers a letter has seen it, and what stands before it in its conversation; not what came since.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_seen_through(&self, answered: id::Message) -> Result<()> {
        let older = "m.thread_id = (SELECT thread_id FROM message WHERE id = ?1) AND m.date <= (SELECT date FROM message WHERE id = ?1)";
        self.want_flag(older, answered.0, Flags::SEEN, true)
    }

    /// Sets `\Answered` on every copy of a letter.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_answered(&self, message: id::Message) -> Result<()> {
        self.want_flag("m.id = ?1", message.0, Flags::ANSWERED, true)
    }

    pub(super) fn want_flag(&self, letters: &str, key: i64, flag: Flags, on: bool) -> Result<()> {
        let wanted = if on { "wanted_flags | ?2" } else { "wanted_flags & ~?2" };
        self.sql()
            .prepare_cached(&format!(
                "UPDATE copy SET wanted_flags = {wanted} WHERE message_id IN (SELECT m.id FROM message m WHERE {letters}) AND wanted_flags <> {wanted}"
            ))?
            .execute(params![key, flag.0])?;
        Ok(())
    }
}
