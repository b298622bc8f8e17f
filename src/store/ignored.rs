//! Senders whose letters are hidden: by address, by domain, by pattern. Nothing is deleted, and taking a pattern away shows them again.

use super::Store;
use crate::domain::address::{Address, matches};
use crate::domain::filing::Ignored;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use rusqlite::params;

impl Store {
    /// Hides senders: their letters raise no counter and make no lead. Nothing is deleted. Gives the threads that must be
    /// refreshed and filed anew.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ignore_sender(&self, pattern: &str) -> Result<Vec<id::Thread>> {
        let pattern = pattern.to_lowercase();
        self.sql().execute("INSERT INTO ignored_sender (address) VALUES (?1) ON CONFLICT DO NOTHING", [&pattern])?;
        self.set_ignored(&pattern, true)
    }

    /// Shows their letters again, where no other pattern hides them. Gives the threads that must be refreshed and filed anew.
    ///
    /// # Errors
    /// When there is no such pattern, or the store cannot be written.
    pub fn unignore_sender(&self, pattern: &str) -> Result<Vec<id::Thread>> {
        let pattern = pattern.trim().to_lowercase();
        if self.sql().execute("DELETE FROM ignored_sender WHERE address = ?1", [&pattern])? == 0 {
            return Err(Problem::new(Kind::NotFound, format!("{} is not ignored", Text::line(&pattern)))
                .hint("`postbook ignored` lists what is"));
        }
        self.set_ignored(&pattern, false)
    }

    fn set_ignored(&self, pattern: &str, ignored: bool) -> Result<Vec<id::Thread>> {
        let mut update = self.sql().prepare_cached(
            "UPDATE message SET ignored = ?2 WHERE from_address = ?1 AND ignored <> ?2 RETURNING thread_id",
        )?;
        let mut threads: Vec<id::Thread> = Vec::new();
        for sender in self.senders_that_fit(pattern)? {
            if !ignored && self.is_ignored(&sender)? {
                continue;
            }
            let found = update.query_map(params![sender.as_str(), ignored], |row| row.get(0).map(id::Thread))?;
            threads.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }

    /// Senders that a pattern hides. Each step of the index goes to the next sender, not to the next letter.
    fn senders_that_fit(&self, pattern: &str) -> Result<Vec<Address>> {
        let begin = pattern.split(['*', '@']).next().unwrap_or_default().to_owned();
        let mut next = self
            .sql()
            .prepare_cached("SELECT from_address FROM message WHERE from_address > ?1 ORDER BY from_address LIMIT 1")?;
        let mut first = self.sql().prepare_cached(
            "SELECT from_address FROM message WHERE from_address >= ?1 ORDER BY from_address LIMIT 1",
        )?;
        let mut fits = Vec::new();
        let read = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let mut rows = first.query_map([&begin], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        while let Some(sender) = rows.pop().filter(|sender| sender.starts_with(&begin)) {
            fits.extend(Address::parse(&sender).filter(|address| matches(pattern, address)));
            rows = next.query_map([&sender], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        }
        Ok(fits)
    }

    /// True when letters of this address are hidden.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_ignored(&self, address: &Address) -> Result<bool> {
        let plain: bool = self
            .sql()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM ignored_sender WHERE address IN (?1, ?2, '*@' || ?3))")?
            .query_row(params![address.as_str(), address.base().as_str(), address.domain()], |row| row.get(0))?;
        if plain {
            return Ok(true);
        }
        let mut patterns = self.sql().prepare_cached("SELECT address FROM ignored_sender WHERE instr(address, '*')")?;
        let mut rows = patterns.query([])?;
        while let Some(row) = rows.next()? {
            if matches(row.get_ref(0)?.as_str().unwrap_or_default(), address) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every pattern, with how many letters it hides.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn ignored(&self) -> Result<Vec<Ignored>> {
        let mut statement = self.sql().prepare_cached("SELECT address FROM ignored_sender ORDER BY address")?;
        let patterns: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut count = self.sql().prepare_cached("SELECT count(*) FROM message WHERE from_address = ?1")?;
        let mut rows = Vec::new();
        for pattern in patterns {
            let mut letters = 0;
            for sender in self.senders_that_fit(&pattern)? {
                letters += count.query_row([sender.as_str()], |row| super::count_at(row, "count(*)"))?;
            }
            rows.push(Ignored { pattern: Text::line(&pattern), letters });
        }
        Ok(rows)
    }
}
