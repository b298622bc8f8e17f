//! Mailings and their recipients as lists show them; what came of the letters is computed from the outbox, the reports and the answers.

use super::{Store, moment, text_at};
use crate::domain::bounce::Reason;
use crate::domain::id;
use crate::domain::mailing::{Bounced, Counts, MailingRow, RecipientRow, Skip, Stand, State};
use crate::domain::outbox;
use crate::domain::problem::Result;
use rusqlite::{OptionalExtension, Row, params};

/// What a recipient's row is made of. A report counts that came after the letter, with five minutes for clocks that differ.
const FACTS: &str = "r.id, r.contact_id, r.name, r.address, r.state, r.skip, r.reason, r.not_before, r.outgoing_id,
    o.state AS letter, o.sent_at, o.last_answer,
    (SELECT m.thread_id FROM message m WHERE m.msg_id = r.msg_id LIMIT 1) AS thread_id,
    CASE WHEN o.sent_at IS NOT NULL THEN
        (SELECT b.reason FROM bounced b JOIN message m ON m.id = b.message_id
         WHERE b.address = r.address AND m.date > o.sent_at - 300000 AND m.place <> 'junk' ORDER BY b.reason <> 'gone', m.date DESC LIMIT 1)
    END AS bounced,
    o.sent_at IS NOT NULL AND EXISTS (SELECT 1 FROM message s JOIN message a ON a.thread_id = s.thread_id
        WHERE s.msg_id = r.msg_id AND a.direction = 'inbound' AND a.nature = 'human' AND a.date > s.date - 300000) AS answered,
    EXISTS (SELECT 1 FROM opted_out x WHERE x.canonical = r.canonical AND x.mailing_id = r.mailing_id) AS opted_out";

/// "Lately", in milliseconds: thirty days.
const SAME_TEMPLATE: i64 = 30 * 24 * 3_600_000;

const FROM: &str = "FROM mailing_recipient r LEFT JOIN outgoing o ON o.id = r.outgoing_id";

fn recipient_from(row: &Row<'_>) -> rusqlite::Result<RecipientRow> {
    let state: String = row.get("state")?;
    let letter: Option<String> = row.get("letter")?;
    let stand = match (state.as_str(), letter.as_deref().and_then(outbox::State::from_word)) {
        ("waiting", _) => Stand::Waiting,
        ("handed", Some(state)) => Stand::of(state),
        // A letter that was handed over and of which nothing is known any more.
        ("handed", None) => Stand::Uncertain,
        _ => Stand::Skipped,
    };
    let reason = if letter.is_some() && stand != Stand::Skipped {
        text_at(row, "last_answer")?
    } else {
        text_at(row, "reason")?
    };
    let not_before: i64 = row.get("not_before")?;
    let bounced: Option<String> = row.get("bounced")?;
    Ok(RecipientRow {
        id: id::Recipient(row.get("id")?),
        contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
        name: text_at(row, "name")?,
        address: text_at(row, "address")?,
        stand,
        skip: Skip::from_word(&row.get::<_, String>("skip")?),
        reason,
        not_before: (not_before > 0 && stand == Stand::Waiting).then(|| moment(not_before)),
        sent_at: row.get::<_, Option<i64>>("sent_at")?.map(moment),
        outgoing: row.get::<_, Option<i64>>("outgoing_id")?.map(id::Outgoing),
        thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
        bounced: bounced.and_then(|word| Reason::from_word(&word)).map(Bounced::of),
        answered: row.get("answered")?,
        opted_out: row.get("opted_out")?,
    })
}

impl Store {
    /// Mailings, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailings(&self, limit: u32) -> Result<Vec<MailingRow>> {
        let mut statement = self.sql().prepare_cached("SELECT id FROM mailing ORDER BY id DESC LIMIT ?1")?;
        let keys: Vec<i64> = statement.query_map([limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        keys.into_iter().filter_map(|key| self.mailing(id::Mailing(key)).transpose()).collect()
    }

    /// One mailing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailing(&self, mailing: id::Mailing) -> Result<Option<MailingRow>> {
        let row = self
            .sql()
            .prepare_cached(
                "SELECT m.*, a.name AS account_name FROM mailing m JOIN account a ON a.id = m.account_id WHERE m.id = ?1",
            )?
            .query_row([mailing.0], |row| {
                let moment_at = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(moment));
                Ok(MailingRow {
                    id: mailing,
                    title: text_at(row, "title")?,
                    account: id::Account(row.get("account_id")?),
                    account_name: text_at(row, "account_name")?,
                    segment: text_at(row, "segment")?,
                    template: text_at(row, "template")?,
                    language: text_at(row, "language")?,
                    working_hours: row.get("working_hours")?,
                    state: State::from_word(&row.get::<_, String>("state")?).unwrap_or(State::Paused),
                    why: text_at(row, "why")?,
                    created_at: moment(row.get("created_at")?),
                    checked_at: moment_at("checked_at")?,
                    started_at: moment_at("started_at")?,
                    next_at: moment_at("next_at")?,
                    counts: Counts::default(),
                })
            })
            .optional()?;
        let Some(mut row) = row else { return Ok(None) };
        row.counts = self.mailing_counts(mailing)?;
        Ok(Some(row))
    }

    fn mailing_counts(&self, mailing: id::Mailing) -> Result<Counts> {
        let sql = format!(
            "SELECT state, letter, skip = 'missing' AS missing, bounced, answered, opted_out, count(*) AS number
             FROM (SELECT {FACTS} {FROM} WHERE r.mailing_id = ?1) GROUP BY 1, 2, 3, 4, 5, 6"
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let mut rows = statement.query([mailing.0])?;
        let mut counts = Counts::default();
        while let Some(row) = rows.next()? {
            let number = row.get::<_, i64>("number")?.unsigned_abs();
            let (state, letter): (String, Option<String>) = (row.get("state")?, row.get("letter")?);
            let place = match (state.as_str(), letter.as_deref().and_then(outbox::State::from_word).map(Stand::of)) {
                ("waiting", _) => &mut counts.waiting,
                ("skipped", _) => &mut counts.skipped,
                (_, Some(Stand::Sending)) => &mut counts.sending,
                (_, Some(Stand::Sent)) => &mut counts.sent,
                (_, Some(Stand::Refused)) => &mut counts.refused,
                _ => &mut counts.uncertain,
            };
            *place += number;
            let bounced: Option<String> = row.get("bounced")?;
            match bounced.and_then(|word| Reason::from_word(&word)).map(Bounced::of) {
                Some(Bounced::Hard) => counts.hard += number,
                Some(Bounced::Soft) => counts.soft += number,
                None => {}
            }
            counts.missing += if row.get("missing")? { number } else { 0 };
            counts.answered += if row.get("answered")? { number } else { 0 };
            counts.opted_out += if row.get("opted_out")? { number } else { 0 };
        }
        counts.again = self.got_it_before(mailing)?;
        Ok(counts)
    }

    /// Who waits for a letter that another mailing of the same template brought them in the weeks before this one was prepared.
    fn got_it_before(&self, mailing: id::Mailing) -> Result<u64> {
        let again: i64 = self
            .sql()
            .prepare_cached(
                "SELECT count(DISTINCT r.canonical) FROM mailing m JOIN mailing_recipient r ON r.mailing_id = m.id AND r.state = 'waiting'
                 JOIN mailing_recipient b ON b.canonical = r.canonical AND b.mailing_id <> m.id AND b.state <> 'skipped' AND b.handed_at IS NOT NULL
                 JOIN mailing n ON n.id = b.mailing_id AND n.template = m.template AND n.created_at > m.created_at - ?2
                 WHERE m.id = ?1 AND m.state = 'prepared'",
            )?
            .query_row(params![mailing.0, SAME_TEMPLATE], |row| row.get(0))?;
        Ok(again.unsigned_abs())
    }

    /// A page of a mailing's recipients in the order of its list, after `after`; only those in one stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recipients(
        &self,
        mailing: id::Mailing,
        only: Option<Stand>,
        after: Option<id::Recipient>,
        limit: u32,
    ) -> Result<Vec<RecipientRow>> {
        let condition = match only {
            None => "1",
            Some(Stand::Waiting) => "r.state = 'waiting'",
            Some(Stand::Skipped) => "r.state = 'skipped'",
            Some(Stand::Sending) => "r.state = 'handed' AND o.state IN ('held', 'queued', 'sending')",
            Some(Stand::Sent) => "r.state = 'handed' AND o.state = 'sent'",
            Some(Stand::Refused) => "r.state = 'handed' AND o.state = 'refused'",
            Some(Stand::Uncertain) => "r.state = 'handed' AND coalesce(o.state, 'uncertain') = 'uncertain'",
        };
        let sql = format!(
            "SELECT {FACTS} {FROM} WHERE r.mailing_id = ?1 AND r.id > ?2 AND {condition} ORDER BY r.id LIMIT ?3"
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let rows = statement.query_map(params![mailing.0, after.map_or(0, |after| after.0), limit], recipient_from)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One recipient, and the mailing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recipient(&self, recipient: id::Recipient) -> Result<Option<(id::Mailing, RecipientRow)>> {
        let sql = format!("SELECT {FACTS}, r.mailing_id {FROM} WHERE r.id = ?1");
        let mut statement = self.sql().prepare_cached(&sql)?;
        Ok(statement
            .query_row([recipient.0], |row| Ok((id::Mailing(row.get("mailing_id")?), recipient_from(row)?)))
            .optional()?)
    }
}
