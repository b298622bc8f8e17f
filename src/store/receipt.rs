//! What is known of a letter of mine after the server took it.

use super::{Store, moment};
use crate::domain::bounce::Reason;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::receipt::{Evidence, Fate, Receipt};
use crate::domain::text::Text;
use rusqlite::{OptionalExtension, params};

/// A report that an address failed belongs to a letter sent so long before, in milliseconds: servers try for five days.
const REPORTS_COME: i64 = 7 * 24 * 3600 * 1000;

impl Store {
    /// Keeps what a report tells of letters of mine that arrived or were read.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_receipts(&self, report: id::Message, receipts: &[Receipt]) -> Result<()> {
        let mut insert = self.sql().prepare_cached(
            "INSERT OR IGNORE INTO receipt (message_id, msg_id, address, fate) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for receipt in receipts {
            let (letter, address) = (receipt.letter.as_str(), receipt.recipient.as_str());
            insert.execute(params![report.0, letter, address, receipt.fate.word()])?;
        }
        Ok(())
    }

    /// The ladder of a letter that was sent: accepted, delivered or not, read, answered; each rung with its time. Reports in Junk are
    /// not believed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn evidence(&self, outgoing: id::Outgoing) -> Result<Vec<Evidence>> {
        let sent: Option<(i64, String, Option<i64>)> = self
            .sql()
            .prepare_cached("SELECT sent_at, msg_id, thread_id FROM outgoing WHERE id = ?1 AND sent_at IS NOT NULL")?
            .query_row([outgoing.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((sent_at, msg_id, thread)) = sent else { return Ok(Vec::new()) };
        let mut ladder = vec![Evidence { at: moment(sent_at), what: Text::own("accepted by the server") }];
        ladder.extend(self.refused_for(outgoing, sent_at)?);
        ladder.extend(self.reported(&msg_id)?);
        ladder.extend(self.failed(outgoing, sent_at)?);
        ladder.extend(self.answered_in(&msg_id, thread, sent_at)?);
        ladder.sort_by_key(|rung| rung.at);
        Ok(ladder)
    }

    /// Recipients whom the server did not take it for; they have a letter of their own in the outbox.
    fn refused_for(&self, outgoing: id::Outgoing, sent_at: i64) -> Result<Vec<Evidence>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT address, answer FROM recipient WHERE outgoing_id = ?1 AND answer <> '' AND answer NOT LIKE 'it was sent, and%' ORDER BY address",
        )?;
        let rungs = statement
            .query_map([outgoing.0], |row| {
                let what = format!("not accepted for {}: {}", row.get::<_, String>(0)?, row.get::<_, String>(1)?);
                Ok(Evidence { at: moment(sent_at), what: Text::from(what) })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rungs)
    }

    fn reported(&self, msg_id: &str) -> Result<Vec<Evidence>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT r.address, r.fate, min(m.date) FROM receipt r JOIN message m ON m.id = r.message_id
             WHERE r.msg_id = ?1 AND m.place <> 'junk' GROUP BY r.address, r.fate",
        )?;
        let rungs = statement
            .query_map([msg_id], |row| {
                let address: String = row.get(0)?;
                let what = match Fate::from_word(&row.get::<_, String>(1)?) {
                    Some(Fate::Read) => format!("read by {address}"),
                    Some(Fate::Deleted) => format!("deleted unread by {address}"),
                    Some(Fate::Relayed) => format!("passed on for {address} to a server without reports"),
                    _ => format!("delivered to {address}"),
                };
                Ok(Evidence { at: moment(row.get(2)?), what: Text::from(what) })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rungs)
    }

    fn failed(&self, outgoing: id::Outgoing, sent_at: i64) -> Result<Vec<Evidence>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT b.address, b.reason, min(m.date) FROM recipient r JOIN bounced b ON b.address = r.address JOIN message m ON m.id = b.message_id
             WHERE r.outgoing_id = ?1 AND m.place <> 'junk' AND m.date BETWEEN ?2 AND ?3 GROUP BY b.address, b.reason",
        )?;
        // A report is dated in whole seconds by another clock.
        let rungs = statement
            .query_map(params![outgoing.0, sent_at - 60_000, sent_at + REPORTS_COME], |row| {
                let reason = Reason::from_word(&row.get::<_, String>(1)?).unwrap_or(Reason::Refused);
                let what = format!("not delivered to {}: {}", row.get::<_, String>(0)?, reason.sentence());
                Ok(Evidence { at: moment(row.get(2)?), what: Text::from(what) })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rungs)
    }

    /// Their first letter in its conversation since.
    fn answered_in(&self, msg_id: &str, thread: Option<i64>, sent_at: i64) -> Result<Option<Evidence>> {
        let rung = self
            .sql()
            .prepare_cached(
                "SELECT m.from_address, m.date FROM message m
                 WHERE m.thread_id = coalesce((SELECT l.thread_id FROM link l WHERE l.msg_id = ?1 LIMIT 1), ?2)
                    AND m.place = 'live' AND m.direction = 'inbound' AND m.nature = 'human' AND m.date >= ?3
                 ORDER BY m.date, m.id LIMIT 1",
            )?
            .query_row(params![msg_id, thread, sent_at], |row| {
                let what = Text::from(format!("answered by {}", row.get::<_, String>(0)?));
                Ok(Evidence { at: moment(row.get(1)?), what })
            })
            .optional()?;
        Ok(rung)
    }
}
