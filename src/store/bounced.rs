//! Whom letters of mine did not reach, as delivery reports say it.

use super::{Store, moment, ms, text_at};
use crate::domain::address::Address;
use crate::domain::bounce::{self, Bounce, Reason};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::{SignedDuration, Timestamp, Zoned};
use rusqlite::{OptionalExtension, params};

/// How long a full mailbox, a server that was not reached or a refusal is told before the next letter.
const PASSING: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Store {
    /// Keeps what a delivery report says of each recipient.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_bounces(&self, report: id::Message, bounces: &[Bounce]) -> Result<()> {
        let mut insert = self.sql().prepare_cached(
            "INSERT OR IGNORE INTO bounced (message_id, address, reason, status, answer) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for bounce in bounces {
            let (address, reason) = (bounce.recipient.as_str(), bounce.reason.word());
            insert.execute(params![report.0, address, reason, bounce.status.as_str(), bounce.answer.as_str()])?;
        }
        Ok(())
    }

    /// A server refused a recipient while a letter was handed over; kept where it says that there is nobody of that name.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_refused_recipient(&self, address: &Address, answer: &str, now: Timestamp) -> Result<()> {
        let is_status = |word: &&str| {
            let mut parts = word.split('.').map(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
            (parts.next(), parts.next(), parts.next(), parts.next()) == (Some(true), Some(true), Some(true), None)
        };
        let status = answer.split([' ', '-', '#']).find(is_status).unwrap_or_default();
        if bounce::reason(status, answer, true) != Reason::Gone {
            return Ok(());
        }
        self.sql()
            .prepare_cached("INSERT OR REPLACE INTO nobodys (address, at, answer) VALUES (?1, ?2, ?3)")?
            .execute(params![address.as_str(), ms(now), answer])?;
        Ok(())
    }

    fn is_nobodys(&self, address: &Address, now: &Zoned) -> Result<Option<Text>> {
        let told: Option<(i64, Text)> = self
            .sql()
            .prepare_cached(
                "SELECT at, answer FROM nobodys WHERE address = ?1
                 AND NOT EXISTS (SELECT 1 FROM message l WHERE l.from_address = ?1 AND l.date > at AND l.direction = 'inbound' AND l.nature = 'human')
                 AND NOT EXISTS (SELECT 1 FROM recipient r JOIN outgoing o ON o.id = r.outgoing_id WHERE r.address = ?1 AND r.answer = '' AND o.sent_at > at)",
            )?
            .query_row([address.as_str()], |row| Ok((row.get(0)?, text_at(row, "answer")?)))
            .optional()?;
        Ok(told.map(|(at, answer)| {
            let day = moment(at).to_zoned(now.time_zone().clone()).strftime("%-d %b %Y").to_string();
            Text::from(format!("the server refused it, {day}: {} ({answer})", Reason::Gone.sentence()))
        }))
    }

    /// Those of the addresses that letters do not reach, each with the newest report in words. An address that is gone stays so until
    /// they write from it again; whatever else passes is told for a week. Reports in Junk are not believed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unreachable<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a Address>,
        now: &Zoned,
    ) -> Result<Vec<(Address, Text)>> {
        let mut newest = self.sql().prepare_cached(
            "SELECT b.reason, b.status, b.answer, m.date FROM bounced b JOIN message m ON m.id = b.message_id
             WHERE b.address = ?1 AND m.place <> 'junk' AND (b.reason = 'gone' OR m.date > ?2)
                AND NOT EXISTS (SELECT 1 FROM message l WHERE l.from_address = ?1 AND l.date > m.date AND l.direction = 'inbound' AND l.nature = 'human')
             ORDER BY m.date DESC, m.id DESC LIMIT 1",
        )?;
        let since = ms(now.timestamp().saturating_sub(PASSING).unwrap_or(now.timestamp()));
        let mut found = Vec::new();
        for address in addresses {
            let told = newest.query_row(params![address.as_str(), since], |row| {
                let reason = Reason::from_word(&row.get::<_, String>("reason")?).unwrap_or(Reason::Refused);
                let day = moment(row.get("date")?).to_zoned(now.time_zone().clone()).strftime("%-d %b %Y").to_string();
                let (status, answer) = (text_at(row, "status")?, text_at(row, "answer")?);
                let said = if answer.is_empty() { status } else { answer };
                let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
                Ok(Text::from(format!("a letter did not arrive, {day}: {}{said}", reason.sentence())))
            });
            let told = match told.optional()? {
                None => self.is_nobodys(address, now)?,
                told => told,
            };
            found.extend(told.map(|words| (address.clone(), words)));
        }
        Ok(found)
    }
}
