//! Finding letters by their words.

use super::{Store, moment, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::{Hit, Query};
use crate::domain::text::Text;
use rusqlite::OptionalExtension;

/// So many letters' dates are looked up one by one; of more the newest stand near the end of the mailbox.
const FEW: usize = if cfg!(test) { 20 } else { 3000 };

/// What lists tell of a letter beyond its own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The account's name.
    pub account: Text,
    /// Somebody answered it, here or on another device.
    pub answered: bool,
    /// Its first words.
    pub snippet: Text,
    /// The client's name.
    pub contact: Option<Text>,
    /// The company's name.
    pub company: Option<Text>,
    /// The deal's title.
    pub deal: Option<Text>,
}

impl Store {
    /// The newest letters that hold every word, at most `limit`, and how many there are in all.
    ///
    /// # Errors
    /// When the store cannot be read; never because of what was typed.
    pub fn search(&self, query: &Query, limit: u32) -> Result<(u64, Vec<Hit>)> {
        if query.is_empty() {
            return Ok((0, Vec::new()));
        }
        // In ascending order, as FTS5 gives them.
        let found: Vec<i64> = self
            .sql()
            .prepare_cached("SELECT rowid FROM message_fts WHERE message_fts MATCH ?1")?
            .query_map([query.to_fts()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut hits = Vec::new();
        for message in self.newest_of(&found, limit as usize)? {
            hits.extend(self.hit(message)?);
        }
        Ok((found.len() as u64, hits))
    }

    /// The newest of these letters, which are in ascending order. To look up the date of each would cost more than all
    /// the rest when a word is in every other letter: then the mailbox is gone through from its newest letter on.
    fn newest_of(&self, found: &[i64], limit: usize) -> Result<Vec<i64>> {
        if found.len() > FEW {
            let mut statement = self.sql().prepare_cached("SELECT id FROM message ORDER BY date DESC, id DESC")?;
            let newest = statement.query_map([], |row| row.get::<_, i64>(0))?;
            let is_found = |id: &rusqlite::Result<i64>| id.as_ref().is_ok_and(|id| found.binary_search(id).is_ok());
            return Ok(newest.filter(is_found).take(limit).collect::<rusqlite::Result<_>>()?);
        }
        let mut date = self.sql().prepare_cached("SELECT date FROM message WHERE id = ?1")?;
        let mut dated: Vec<(i64, i64)> = Vec::with_capacity(found.len());
        for id in found {
            dated.extend(date.query_row([id], |row| Ok((row.get(0)?, *id))).optional()?);
        }
        dated.sort_unstable_by(|one, other| other.cmp(one));
        Ok(dated.into_iter().take(limit).map(|(_, id)| id).collect())
    }

    fn hit(&self, message: i64) -> Result<Option<Hit>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.id, m.thread_id, m.date, coalesce(nullif(m.from_name, ''), m.from_address) AS who, m.subject, m.snippet,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS contact
             FROM message m
             LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL LEFT JOIN contact c ON c.id = f.contact_id
             WHERE m.id = ?1",
        )?;
        let hit = statement
            .query_row([message], |row| {
                Ok(Hit {
                    message: id::Message(row.get("id")?),
                    thread: id::Thread(row.get("thread_id")?),
                    date: moment(row.get("date")?),
                    from: text_at(row, "who")?,
                    subject: text_at(row, "subject")?,
                    snippet: text_at(row, "snippet")?,
                    contact: optional_text_at(row, "contact")?,
                })
            })
            .optional()?;
        Ok(hit)
    }

    /// What lists tell of a letter; `None` when there is no such letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn listed(&self, message: id::Message) -> Result<Option<Listed>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.name AS account, m.flags & 2 AS answered, m.snippet, co.name AS company, d.title AS deal,
                    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS contact
             FROM message m JOIN account a ON a.id = m.account_id
             LEFT JOIN filing f ON f.thread_id = m.thread_id AND f.superseded_at IS NULL
             LEFT JOIN contact c ON c.id = f.contact_id
             LEFT JOIN company co ON co.id = coalesce(f.company_id, c.company_id)
             LEFT JOIN deal d ON d.id = f.deal_id WHERE m.id = ?1",
        )?;
        let listed = statement
            .query_row([message.0], |row| {
                Ok(Listed {
                    account: text_at(row, "account")?,
                    answered: row.get::<_, i64>("answered")? != 0,
                    snippet: text_at(row, "snippet")?,
                    contact: optional_text_at(row, "contact")?,
                    company: optional_text_at(row, "company")?,
                    deal: optional_text_at(row, "deal")?,
                })
            })
            .optional()?;
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::Shop;
    use super::FEW;
    use crate::domain::query::Query;

    #[test]
    fn of_many_and_of_few_the_newest_come_first() {
        let shop = Shop::open();
        // Arrived in another order than they were written, two at the same time.
        shop.store.run(
            "INSERT INTO thread (id, account_id, subject) VALUES (1, 1, 't');
             CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n;
             INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name,
                 from_address, subject, snippet, size, attachments, degraded, asks)
             SELECT i, 1, 1, randomblob(32), (i * 37 % 101) / 2, 0, 'inbound', 'human', '', '', 'a@b.example', 'x', 'y', 1, 0, 0, 0 FROM n;
             INSERT INTO message_fts (rowid, subject, people, body, files)
             SELECT i, iif(i % 10 = 0, 'common rare', 'common'), '', '', '' FROM n;",
        );
        let expected = |rule: &str| {
            shop.store.rows(&format!("SELECT id FROM message WHERE {rule} ORDER BY date DESC, id DESC LIMIT 7"))
        };
        for (words, rule, count) in [("rare", "id % 10 = 0", 10), ("commo", "1", 100)] {
            let (total, hits) = shop.store.search(&Query::parse(words), 7).unwrap();
            assert_eq!(total, count, "{words}");
            assert_eq!(count > FEW as u64, words == "commo", "each way is taken once");
            let found: Vec<String> = hits.iter().map(|hit| hit.message.to_string()).collect();
            assert_eq!(found, expected(rule), "{words}");
        }
    }
}
