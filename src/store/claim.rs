//! Claims: who took a conversation of a team's mailbox (`domain::claim`).

use super::Store;
use super::wish::split;
use crate::domain::claim::{CLAIMED, Claimant, holder};
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Who has a conversation, as far as is known here: what I want counts, as everywhere.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn claimed_by(&self, thread: id::Thread) -> Result<Option<Claimant>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.wanted_keywords FROM message m JOIN copy c ON c.message_id = m.id
             WHERE m.thread_id = ?1 AND c.wanted_keywords LIKE '%' || ?2 || '%' AND c.wanted_gone = 0",
        )?;
        let found: Vec<String> =
            statement.query_map(params![thread.0, CLAIMED], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(holder(found.iter().flat_map(|keywords| keywords.split_whitespace())))
    }

    /// Wants the claim on a conversation's first letter: the same letter for every colleague.
    ///
    /// # Errors
    /// When the store cannot be written; when the server has no letter of somebody outside in it.
    pub fn want_claim(&self, thread: id::Thread, me: &Claimant) -> Result<()> {
        let copy: Option<(i64, String)> = self
            .sql()
            .prepare_cached(
                "SELECT c.id, c.wanted_keywords FROM message m JOIN copy c ON c.message_id = m.id JOIN folder f ON f.id = c.folder_id
                 WHERE m.thread_id = ?1 AND m.direction = 'inbound' AND c.wanted_gone = 0 AND f.kept_here = 0
                 ORDER BY m.date, m.digest, coalesce(f.role, '') <> 'inbox', f.raw_name, c.uid LIMIT 1",
            )?
            .query_row([thread.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((copy, keywords)) = copy else {
            return Err(Problem::new(Kind::Input, "no letter of somebody outside is in this conversation"));
        };
        let mut keywords = split(&keywords);
        keywords.push(me.claim());
        keywords.sort_unstable();
        keywords.dedup();
        self.want_keywords(copy, &keywords)
    }

    /// Wants my claim taken off a conversation.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_release(&self, thread: id::Thread, me: &Claimant) -> Result<()> {
        let mut statement = self.sql().prepare_cached("SELECT id FROM message WHERE thread_id = ?1")?;
        let letters: Vec<i64> = statement.query_map([thread.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mine = me.claim();
        for letter in letters {
            for (copy, mut keywords) in self.wanted_keywords_of(letter)? {
                keywords.retain(|keyword| !keyword.eq_ignore_ascii_case(&mine));
                self.want_keywords(copy, &keywords)?;
            }
        }
        Ok(())
    }

    /// How long a copy's oldest wish waits, in milliseconds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wish_age(&self, folder: id::Folder, uid_validity: u32, uid: u32, now: jiff::Timestamp) -> Result<i64> {
        let since: Option<Option<i64>> = self
            .sql()
            .prepare_cached("SELECT wished_at FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?
            .query_row(params![folder.0, uid_validity, uid], |row| row.get(0))
            .optional()?;
        Ok(since.flatten().map_or(0, |since| super::ms(now) - since))
    }

    /// Marks a conversation private, or takes the mark off.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_private(&self, thread: id::Thread, private: bool, now: jiff::Timestamp) -> Result<()> {
        if private {
            self.sql()
                .prepare_cached("INSERT INTO private_thread (thread_id, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![thread.0, super::ms(now)])?;
        } else {
            self.sql().prepare_cached("DELETE FROM private_thread WHERE thread_id = ?1")?.execute([thread.0])?;
        }
        Ok(())
    }

    /// How many conversations with a client no colleague is to see.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn private_threads_of(&self, whose: Whose) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM private_thread WHERE thread_id IN ({})",
            super::timeline::threads_of(whose)
        );
        let count: i64 = self
            .sql()
            .prepare_cached(&sql)?
            .query_row(rusqlite::named_params! { ":id": super::timeline::key_of(whose) }, |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// No colleague is to see this conversation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_private(&self, thread: id::Thread) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM private_thread WHERE thread_id = ?1)")?
            .query_row([thread.0], |row| row.get(0))?)
    }
}
