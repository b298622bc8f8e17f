//! A letter that was sent to some and refused for others: those others are a letter of their own in the outbox, so that nobody is
//! left out unnoticed and nobody gets it twice.

use super::{NewOutgoing, Store, ms};
use crate::domain::address::{Address, Mailbox};
use crate::domain::bounce::Bounce;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::outbox::Letter;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// Servers try for five days, some for seven; in milliseconds.
const REPORTS_COME: i64 = 8 * 24 * 3_600_000;
/// A report is dated by another clock.
const CLOCKS: i64 = 10 * 60_000;

/// A delivery report that has just come.
#[derive(Debug)]
pub struct DeliveryReport {
    /// The letter.
    pub message: id::Message,
    /// Where it lies.
    pub folder: id::Folder,
    /// When it was sent.
    pub date: Timestamp,
    /// When it came.
    pub now: Timestamp,
}

impl Store {
    /// Parts a letter that was just sent: the recipients whom the server refused become a refused letter, to be mended, sent again or
    /// thrown away. Its bytes are the same but for the Message-ID: under the old one it would be found in Sent and taken for sent.
    pub(super) fn part_refused(&self, outgoing: id::Outgoing, now: Timestamp) -> Result<()> {
        let refused = self.refused_of(outgoing)?;
        let words: Vec<String> = refused.iter().map(|(address, answer)| format!("{address}: {answer}")).collect();
        let refused: Vec<Address> = refused.into_iter().map(|(address, _)| address).collect();
        let answer = format!("the others got it; {}", words.join("; "));
        self.part_off(outgoing, &refused, "again", &answer, now)
    }

    /// A delivery report came: letters of mine that it speaks of did not arrive after all. Whom they did not reach is a refused
    /// letter, so that nobody believes to have answered. Reports in Junk are not believed; mailings keep their own accounts.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn letters_bounced(&self, report: &DeliveryReport, bounces: &[Bounce]) -> Result<()> {
        let junk = self
            .sql()
            .prepare_cached("SELECT 1 FROM folder WHERE id = ?1 AND role = 'junk'")?
            .exists([report.folder.0])?;
        for bounce in bounces.iter().filter(|_| !junk) {
            let sent: Option<i64> = self
                .sql()
                .prepare_cached(
                    "SELECT o.id FROM recipient r JOIN outgoing o ON o.id = r.outgoing_id
                     WHERE r.address = ?1 AND r.answer = '' AND o.state = 'sent' AND o.mailing_id IS NULL AND o.sent_at BETWEEN ?2 - ?3 AND ?2 + ?4
                     ORDER BY o.sent_at DESC LIMIT 1",
                )?
                .query_row(params![bounce.recipient.as_str(), ms(report.date), REPORTS_COME, CLOCKS], |row| row.get(0))
                .optional()?;
            let Some(outgoing) = sent.map(id::Outgoing) else { continue };
            let answer = format!("it was sent, and did not arrive: {}", bounce.in_words());
            self.sql().execute(
                "UPDATE recipient SET answer = ?3 WHERE outgoing_id = ?1 AND address = ?2",
                params![outgoing.0, bounce.recipient.as_str(), answer],
            )?;
            let name = format!("bounced{}", report.message);
            self.part_off(outgoing, std::slice::from_ref(&bounce.recipient), &name, &answer, report.now)?;
        }
        Ok(())
    }

    fn part_off(
        &self,
        outgoing: id::Outgoing,
        refused: &[Address],
        name: &str,
        answer: &str,
        now: Timestamp,
    ) -> Result<()> {
        let Some(letter) = self.outgoing_letter(outgoing)?.filter(|_| !refused.is_empty()) else { return Ok(()) };
        let attempt = self.attempt(outgoing)?;
        let msg_id = called(&attempt.msg_id, name);
        let bytes = named(&attempt.bytes, &attempt.msg_id, &msg_id);
        let only = |people: &[Mailbox]| -> Vec<Mailbox> {
            people.iter().filter(|m| refused.contains(&m.address)).cloned().collect()
        };
        let letter = Letter { to: only(&letter.to), cc: only(&letter.cc), bcc: only(&letter.bcc), ..letter };
        let new = NewOutgoing::of_its_own(&letter, &msg_id, &bytes, now);
        let part = self.queue(&new, now)?;
        self.sql().execute(
            "UPDATE outgoing SET state = 'refused', attempts = 1, last_answer = ?2 WHERE id = ?1",
            params![part.0, answer],
        )?;
        Ok(())
    }

    fn refused_of(&self, outgoing: id::Outgoing) -> Result<Vec<(Address, String)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT address, answer FROM recipient WHERE outgoing_id = ?1 AND answer <> '' ORDER BY address",
        )?;
        let rows: Vec<(String, String)> = statement
            .query_map([outgoing.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(address, answer)| Some((Address::parse(&address)?, answer))).collect())
    }
}

/// The name of the part of a letter that goes once more.
fn called(msg_id: &MsgId, name: &str) -> MsgId {
    let (left, right) = msg_id.as_str().rsplit_once('@').unwrap_or((msg_id.as_str(), "postbook.invalid"));
    MsgId::own(&format!("{left}.{name}"), right)
}

/// The letter under another name; ours stands first in its head.
fn named(bytes: &[u8], old: &MsgId, new: &MsgId) -> Vec<u8> {
    let old = old.as_str().as_bytes();
    match bytes.windows(old.len()).position(|window| window == old) {
        Some(at) => {
            let (before, rest) = bytes.split_at(at);
            [before, new.as_str().as_bytes(), rest.get(old.len()..).unwrap_or_default()].concat()
        }
        None => bytes.to_vec(),
    }
}
