//! When I am away, and which letters were answered by themselves then.

use super::{Store, count_at, moment, ms, text_at};
use crate::domain::address::Address;
use crate::domain::auto_reply::{Absence, Refusal};
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};
use rusqlite::{OptionalExtension, Row, params};

/// An answer that could not leave for so long is late: nobody waits for it any more.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// An absence to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAbsence {
    /// Letters to this account alone; `None`: to every personal one.
    pub account: Option<id::Account>,
    /// What comes from then on is answered.
    pub begins_at: Timestamp,
    /// The last day away.
    pub last_day: Date,
    /// The template's name.
    pub template: Text,
    /// One person gets one answer in so many days.
    pub pause_days: u32,
}

/// What the store knows of a letter that may be answered by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFacts {
    /// Which way it went.
    pub direction: Direction,
    /// When it was written.
    pub date: Timestamp,
    /// When the server got it.
    pub arrived_at: Timestamp,
    /// It is in Junk.
    pub junk: bool,
    /// It is in the inbox or a folder without a role.
    pub waits: bool,
    /// Its sender is ignored.
    pub ignored: bool,
    /// I answered it, here or elsewhere, or my answer is on its way.
    pub answered: bool,
    /// When its conversation was answered by itself last.
    pub thread_answered: Option<Timestamp>,
}

/// One letter that was looked at in an absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// The letter.
    pub message: id::Message,
    /// From whom.
    pub from: Text,
    /// Its subject.
    pub subject: Text,
    /// When it was looked at.
    pub at: Timestamp,
    /// Why there is no answer; `None`: it was answered.
    pub refusal: Option<Refusal>,
    /// More of that in words.
    pub why: Text,
}

/// I answered the letter `m`, here or elsewhere, or an answer of mine is on its way. What left by itself is none.
const ANSWERED: &str = "(m.flags & 2 <> 0
    OR EXISTS (SELECT 1 FROM message l WHERE l.thread_id = m.thread_id AND l.direction = 'outbound' AND l.nature = 'human'
        AND l.date >= m.date AND l.place = 'live')
    OR EXISTS (SELECT 1 FROM outgoing o WHERE o.thread_id = m.thread_id AND o.answers_id = m.id))";

const ADDRESS_ANSWERED: &str =
    "SELECT max(r.at) FROM auto_reply r JOIN recipient x ON x.outgoing_id = r.outgoing_id AND x.address = ?1
    WHERE r.outgoing_id IS NOT NULL AND r.refusal = ''";

const ABSENCE: &str = "SELECT id, account_id, begins_at, last_day, template, pause_days,
    (SELECT count(*) FROM auto_reply r WHERE r.absence_id = a.id AND r.outgoing_id IS NOT NULL) AS answered
    FROM absence a WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1";

impl Store {
    /// Begins an absence; the one before ends.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_absence(&self, new: &NewAbsence, now: Timestamp) -> Result<id::Absence> {
        self.end_absence(now)?;
        self.sql().execute(
            "INSERT INTO absence (account_id, begins_at, last_day, template, pause_days) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                new.account.map(|account| account.0),
                ms(new.begins_at),
                new.last_day.to_string(),
                new.template.as_str(),
                new.pause_days,
            ],
        )?;
        Ok(id::Absence(self.sql().last_insert_rowid()))
    }

    /// Ends the absence. False when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_absence(&self, now: Timestamp) -> Result<bool> {
        Ok(self.sql().execute("UPDATE absence SET ended_at = ?1 WHERE ended_at IS NULL", [ms(now)])? > 0)
    }

    /// The absence that was not ended and whose last day is not over; it may begin later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn absence(&self, now: &Zoned) -> Result<Option<Absence>> {
        let found = self.sql().prepare_cached(ABSENCE)?.query_row([], absence_from).optional()?;
        Ok(found.flatten().filter(|absence| !absence.is_over(now)))
    }

    /// Up to which letter of an account was looked; `None` before its first sync is through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn auto_reply_cursor(&self, account: id::Account) -> Result<Option<id::Message>> {
        let found = self
            .sql()
            .prepare_cached("SELECT message_id FROM auto_reply_cursor WHERE account_id = ?1")?
            .query_row([account.0], |row| row.get(0).map(id::Message));
        Ok(found.optional()?)
    }

    /// Everything of the account was looked at up to this letter.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn move_auto_reply_cursor(&self, account: id::Account, to: id::Message) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO auto_reply_cursor (account_id, message_id) VALUES (?1, ?2)
                 ON CONFLICT (account_id) DO UPDATE SET message_id = max(message_id, excluded.message_id)",
            )?
            .execute(params![account.0, to.0])?;
        Ok(())
    }

    /// The newest letter of all, and whether a sync of this account has ever come to its end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_letter(&self, account: id::Account) -> Result<(id::Message, bool)> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT (SELECT coalesce(max(id), 0) FROM message), EXISTS (SELECT 1 FROM account WHERE id = ?1 AND last_sync_at IS NOT NULL)",
            )?
            .query_row([account.0], |row| Ok((id::Message(row.get(0)?), row.get(1)?)))?)
    }

    /// The letters of an account behind the cursor that came since then, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_behind(
        &self,
        account: id::Account,
        cursor: id::Message,
        since: Timestamp,
    ) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id FROM message WHERE id > ?2 AND account_id = ?1 AND arrived_at >= ?3 AND direction <> 'outbound' ORDER BY id",
        )?;
        let found = statement.query_map(params![account.0, cursor.0, ms(since)], |row| row.get(0).map(id::Message))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What is known of a letter; `None` when there is none, or it was looked at before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts_for_auto_reply(&self, message: id::Message) -> Result<Option<LetterFacts>> {
        let sql = format!(
            "SELECT m.direction, m.date, m.arrived_at, m.place, m.ignored, {ANSWERED} AS answered,
                EXISTS (SELECT 1 FROM copy c JOIN folder f ON f.id = c.folder_id WHERE c.message_id = m.id AND f.kept_here = 0
                    AND c.wanted_folder IS NULL AND c.wanted_gone = 0 AND coalesce(f.role, 'inbox') IN ('inbox', 'all')) AS waits,
                (SELECT max(r.at) FROM message l JOIN auto_reply r ON r.message_id = l.id
                    WHERE l.thread_id = m.thread_id AND r.refusal = '') AS thread_answered
             FROM message m WHERE m.id = ?1 AND NOT EXISTS (SELECT 1 FROM auto_reply r WHERE r.message_id = m.id)"
        );
        let facts = self.sql().prepare_cached(&sql)?.query_row([message.0], |row| {
            let place: String = row.get("place")?;
            Ok(LetterFacts {
                direction: Direction::from_word(&row.get::<_, String>("direction")?),
                date: moment(row.get("date")?),
                arrived_at: moment(row.get("arrived_at")?),
                junk: place == "junk",
                waits: place == "live" && row.get::<_, bool>("waits")?,
                ignored: row.get("ignored")?,
                answered: row.get("answered")?,
                thread_answered: row.get::<_, Option<i64>>("thread_answered")?.map(moment),
            })
        });
        Ok(facts.optional()?)
    }

    /// When the person behind an address was answered by itself last: with this address, or another one on the same card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn person_auto_replied(&self, address: &Address) -> Result<Option<Timestamp>> {
        let canonical = address.canonical();
        let at: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT max(r.at) FROM auto_reply r WHERE r.refusal = '' AND r.canonical IN (
                     SELECT ?1 UNION SELECT other.canonical FROM contact_address a
                        JOIN contact_address other ON other.contact_id = a.contact_id WHERE a.canonical = ?1)",
            )?
            .query_row([canonical.as_str()], |row| row.get(0))?;
        Ok(at.map(moment))
    }

    /// When an answer went to this address last, whoever wrote: many names may share one return path.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn address_auto_replied(&self, to: &Address) -> Result<Option<Timestamp>> {
        let at: Option<i64> =
            self.sql().prepare_cached(ADDRESS_ANSWERED)?.query_row([to.as_str()], |row| row.get(0))?;
        Ok(at.map(moment))
    }

    /// Keeps that a letter was answered by itself; call inside [`Store::write`] with the answer's row in the outbox.
    ///
    /// # Errors
    /// When the store cannot be written; a letter that was looked at before is an error.
    pub fn keep_auto_reply(
        &self,
        absence: id::Absence,
        message: id::Message,
        writer: &Address,
        answer: std::result::Result<id::Outgoing, (Refusal, &Text)>,
        now: Timestamp,
    ) -> Result<()> {
        let (outgoing, refusal, why) = match answer {
            Ok(outgoing) => (Some(outgoing.0), "", ""),
            Err((refusal, why)) => (None, refusal.word(), why.as_str()),
        };
        self.sql()
            .prepare_cached(
                "INSERT INTO auto_reply (message_id, absence_id, canonical, at, outgoing_id, refusal, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![message.0, absence.0, writer.canonical().as_str(), ms(now), outgoing, refusal, why])?;
        Ok(())
    }

    /// The letters that were looked at in an absence, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn looked_at_in(&self, absence: id::Absence, limit: u32) -> Result<Vec<LookedAt>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT r.message_id, coalesce(nullif(m.from_name, ''), m.from_address) AS writer, m.subject, r.at, r.refusal, r.why
             FROM auto_reply r JOIN message m ON m.id = r.message_id WHERE r.absence_id = ?1 ORDER BY r.at DESC, r.message_id DESC LIMIT ?2",
        )?;
        let found = statement.query_map(params![absence.0, limit], |row| {
            Ok(LookedAt {
                message: id::Message(row.get("message_id")?),
                from: text_at(row, "writer")?,
                subject: text_at(row, "subject")?,
                at: moment(row.get("at")?),
                refusal: Refusal::from_word(&row.get::<_, String>("refusal")?),
                why: text_at(row, "why")?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes automatic answers out of the outbox that may not leave any more: I answered myself, the absence is over, or they waited
    /// for the network too long. What is being sent, or was, stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn drop_late_auto_replies(&self, account: id::Account, now: &Zoned) -> Result<()> {
        let waiting = "SELECT 1 FROM auto_reply r JOIN outgoing o ON o.id = r.outgoing_id WHERE o.account_id = ?1 AND o.state IN ('held', 'queued')";
        if !self.sql().prepare_cached(waiting)?.exists([account.0])? {
            return Ok(());
        }
        let sql = format!(
            "SELECT r.message_id, o.id, {ANSWERED} AS answered, o.created_at < ?2 AS late
             FROM auto_reply r JOIN outgoing o ON o.id = r.outgoing_id JOIN message m ON m.id = r.message_id
             WHERE o.account_id = ?1 AND o.state IN ('held', 'queued')
                AND (answered OR late OR NOT EXISTS (SELECT 1 FROM absence a WHERE a.ended_at IS NULL AND a.last_day >= ?3))"
        );
        let late = ms(now.timestamp().saturating_sub(LATE).unwrap_or(now.timestamp()));
        self.write(|| {
            let due: Vec<(i64, i64, bool, bool)> = self
                .sql()
                .prepare_cached(&sql)?
                .query_map(params![account.0, late, now.date().to_string()], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            for (message, outgoing, answered, late) in due {
                let refusal = match (answered, late) {
                    (true, _) => Refusal::Answered,
                    (_, true) => Refusal::Old,
                    _ => Refusal::Early,
                };
                self.sql().execute("DELETE FROM outgoing WHERE id = ?1", [outgoing])?;
                self.sql().execute(
                    "UPDATE auto_reply SET refusal = ?2, why = 'taken out of the outbox before it left' WHERE message_id = ?1",
                    params![message, refusal.word()],
                )?;
            }
            Ok(())
        })
    }
}

fn absence_from(row: &Row<'_>) -> rusqlite::Result<Option<Absence>> {
    let Ok(last_day) = row.get::<_, String>("last_day")?.parse::<Date>() else { return Ok(None) };
    Ok(Some(Absence {
        id: id::Absence(row.get("id")?),
        account: row.get::<_, Option<i64>>("account_id")?.map(id::Account),
        begins_at: moment(row.get("begins_at")?),
        last_day,
        template: text_at(row, "template")?,
        pause_days: row.get("pause_days")?,
        answered: count_at(row, "answered")?,
    }))
}

#[cfg(test)]
mod tests;
