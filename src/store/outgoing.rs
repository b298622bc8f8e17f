//! The outbox's rows. Every step of a letter's fate is one transaction that is on disk before the next act.

use super::draft::{letter_from_json, letter_to_json};
use super::kept::{pack, unpack};
use super::{Store, moment, ms, text_at};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::outbox::{Happening, Letter, Outcome, OutgoingRow, State, back_off, next};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A letter to be queued, its bytes final.
#[derive(Debug)]
pub struct NewOutgoing<'a> {
    /// The letter as written.
    pub letter: &'a Letter,
    /// Its Message-ID, fixed from now on.
    pub msg_id: &'a MsgId,
    /// The letter exactly as it leaves.
    pub bytes: &'a [u8],
    /// Held until then.
    pub not_before: Timestamp,
    /// Concerns of the guard that I overrode.
    pub overridden: &'a str,
    /// The draft it was, which goes in the same transaction.
    pub draft: Option<id::Draft>,
}

impl<'a> NewOutgoing<'a> {
    /// A letter that was no draft and that nobody had to let through the guard.
    #[must_use]
    pub fn of_its_own(letter: &'a Letter, msg_id: &'a MsgId, bytes: &'a [u8], not_before: Timestamp) -> Self {
        Self { letter, msg_id, bytes, not_before, overridden: "", draft: None }
    }
}

/// A letter handed to the worker, already committed as `sending`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its key.
    pub id: id::Outgoing,
    /// Its name.
    pub msg_id: MsgId,
    /// Envelope sender.
    pub from: Address,
    /// Envelope recipients that were not refused before.
    pub to: Vec<Address>,
    /// The letter.
    pub bytes: Vec<u8>,
}

/// A letter that was sent and whose copy in Sent is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCopy {
    /// Its key.
    pub id: id::Outgoing,
    /// Its name, to look for on the server before it is appended.
    pub msg_id: MsgId,
    /// The letter.
    pub bytes: Vec<u8>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// An earlier APPEND may have succeeded without an answer.
    pub maybe_there: bool,
}

/// Letters of a paused mailing stay; `o` is the letter.
const LEAVES: &str = "(o.mailing_id IS NULL OR EXISTS (SELECT 1 FROM mailing m WHERE m.id = o.mailing_id AND m.state IN ('running', 'done')))";

impl Store {
    /// Queues a letter: outbox row made and draft removed in one transaction.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn queue(&self, new: &NewOutgoing<'_>, now: Timestamp) -> Result<id::Outgoing> {
        self.write(|| {
            let letter = new.letter;
            let shown: Vec<String> = letter.to.iter().chain(&letter.cc).chain(&letter.bcc).map(|m| m.short().into()).collect();
            self.sql().execute(
                "INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, thread_id, answers_id, draft, override, created_at, not_before)
                 VALUES (?1, 'held', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    letter.account.0,
                    new.msg_id.as_str(),
                    letter.from.address.as_str(),
                    letter.subject,
                    shown.join(", "),
                    pack(new.bytes)?,
                    letter.thread.map(|t| t.0),
                    letter.answers.map(|m| m.0),
                    letter_to_json(letter),
                    new.overridden,
                    ms(now),
                    ms(new.not_before),
                ],
            )?;
            let outgoing = id::Outgoing(self.sql().last_insert_rowid());
            for address in letter.recipients() {
                self.sql().execute("INSERT INTO recipient (outgoing_id, address) VALUES (?1, ?2)", params![outgoing.0, address.as_str()])?;
            }
            if let Some(draft) = new.draft {
                self.remove_draft(draft)?;
            }
            Ok(outgoing)
        })
    }

    /// Moves a letter along the machine of `domain::outbox`; `None` when that cannot happen to it now.
    fn step(&self, outgoing: id::Outgoing, happening: &Happening) -> Result<Option<State>> {
        let word: Option<String> = self
            .sql()
            .query_row("SELECT state FROM outgoing WHERE id = ?1", [outgoing.0], |row| row.get(0))
            .optional()?;
        let Some(to) = word.as_deref().and_then(State::from_word).and_then(|state| next(state, happening)) else {
            return Ok(None);
        };
        self.sql().execute("UPDATE outgoing SET state = ?2 WHERE id = ?1", params![outgoing.0, to.word()])?;
        Ok(Some(to))
    }

    /// At start: letters found in `sending` were interrupted. Those whose end was not written wait for the next try; of the
    /// others nobody knows. Only the owner of the network may ask this. Gives how many are uncertain.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn outbox_after_crash(&self) -> Result<u64> {
        self.write(|| {
            let mut count = 0;
            for outgoing in self.in_state(State::Sending)? {
                let handed_over =
                    self.sql()
                        .query_row("SELECT handed_over FROM outgoing WHERE id = ?1", [outgoing.0], |row| row.get(0))?;
                match self.step(outgoing, &Happening::FoundSending { handed_over })? {
                    Some(State::Uncertain) => {
                        self.answer(outgoing, "Postbook was stopped while the server was taking this letter")?;
                        count += 1;
                    }
                    _ => self.answer(outgoing, "Postbook was stopped before this letter was handed over")?,
                }
            }
            Ok(count)
        })
    }

    /// The letter's end is about to be written: from here on nobody knows until the server answers.
    ///
    /// # Errors
    /// When the store cannot be written; then the end must not be written.
    pub fn handing_over(&self, outgoing: id::Outgoing) -> Result<()> {
        self.write(|| {
            self.sql().execute("UPDATE outgoing SET handed_over = 1 WHERE id = ?1", [outgoing.0])?;
            Ok(())
        })
    }

    fn in_state(&self, state: State) -> Result<Vec<id::Outgoing>> {
        let mut statement = self.sql().prepare_cached("SELECT id FROM outgoing WHERE state = ?1 ORDER BY id")?;
        let found = statement
            .query_map([state.word()], |row| row.get(0).map(id::Outgoing))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    fn answer(&self, outgoing: id::Outgoing, answer: &str) -> Result<()> {
        self.sql().execute("UPDATE outgoing SET last_answer = ?2 WHERE id = ?1", params![outgoing.0, answer])?;
        Ok(())
    }

    /// The next letter of an account that may leave now, committed as `sending` before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_sending(&self, account: id::Account, now: Timestamp) -> Result<Option<Attempt>> {
        self.write(|| {
            self.keep_own_pace(account, now)?;
            self.sql().execute(
                "UPDATE outgoing SET state = 'queued' WHERE state = 'held' AND account_id = ?1 AND not_before <= ?2",
                params![account.0, ms(now)],
            )?;
            let found: Option<i64> = self
                .sql()
                .query_row(
                    // My own letters first; those of a mailing that is paused not at all. An automatic letter leaves only
                    // right after the mailbox was looked at (`look_before_leaving`).
                    &format!(
                        "SELECT o.id FROM outgoing o WHERE o.state = 'queued' AND o.account_id = ?1 AND o.not_before <= ?2 AND {LEAVES}
                             AND NOT EXISTS (SELECT 1 FROM automatic a WHERE a.outgoing_id = o.id AND coalesce(a.checked_at, 0) < ?2 - 120000)
                         ORDER BY o.mailing_id IS NOT NULL, o.not_before, o.id LIMIT 1"
                    ),
                    params![account.0, ms(now)],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(outgoing) = found.map(id::Outgoing) else { return Ok(None) };
            self.step(outgoing, &Happening::Begin)?;
            self.sql().execute("UPDATE outgoing SET attempts = attempts + 1, handed_over = 0 WHERE id = ?1", [outgoing.0])?;
            self.attempt(outgoing).map(Some)
        })
    }

    pub(super) fn attempt(&self, outgoing: id::Outgoing) -> Result<Attempt> {
        let broken = || Problem::new(Kind::Store, "a letter in the outbox cannot be read");
        let (msg_id, sender, bytes) =
            self.sql().query_row("SELECT msg_id, sender, bytes FROM outgoing WHERE id = ?1", [outgoing.0], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
            })?;
        let mut statement = self
            .sql()
            .prepare_cached("SELECT address FROM recipient WHERE outgoing_id = ?1 AND answer = '' ORDER BY address")?;
        let to: Vec<String> = statement.query_map([outgoing.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(Attempt {
            id: outgoing,
            msg_id: MsgId::parse(&msg_id).ok_or_else(broken)?,
            from: Address::parse(&sender).ok_or_else(broken)?,
            to: to.iter().filter_map(|address| Address::parse(address)).collect(),
            bytes: unpack_any(&bytes)?,
        })
    }

    /// Keeps what an attempt came to. For an accepted letter `keep` stores it as a message of its thread, in the same
    /// transaction, so that the counter falls exactly when the letter was sent. `None` when it is not being sent: nothing changes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_sending(
        &self,
        attempt: &Attempt,
        outcome: &Outcome,
        refused: &[(Address, Text)],
        now: Timestamp,
        keep: impl FnOnce() -> Result<()>,
    ) -> Result<Option<State>> {
        self.write(|| {
            let Some(state) = self.step(attempt.id, &Happening::Ended(outcome.clone()))? else { return Ok(None) };
            let (Outcome::Accepted(answer)
            | Outcome::TryLater(answer)
            | Outcome::Refused(answer)
            | Outcome::Unknown(answer)) = outcome;
            self.answer(attempt.id, answer.as_str())?;
            for (address, answer) in refused {
                self.sql().execute(
                    "UPDATE recipient SET answer = ?3 WHERE outgoing_id = ?1 AND address = ?2",
                    params![attempt.id.0, address.as_str(), answer.as_str()],
                )?;
                self.keep_refused_recipient(address, answer.as_str(), now)?;
            }
            // Where everybody was refused the answer names each with the server's word.
            if let (State::Refused, Outcome::Refused(answer)) = (state, outcome) {
                for address in &attempt.to {
                    if let Some((_, word)) = answer.as_str().split_once(&format!("{address}: ")) {
                        let word = word.split("; ").next().unwrap_or_default();
                        self.keep_refused_recipient(address, word, now)?;
                    }
                }
            }
            match state {
                State::Sent => {
                    self.mark_sent(attempt.id, now)?;
                    keep()?;
                    self.part_refused(attempt.id, now)?;
                }
                State::Queued => {
                    let attempts: u32 =
                        self.sql().query_row("SELECT attempts FROM outgoing WHERE id = ?1", [attempt.id.0], |row| {
                            row.get(0)
                        })?;
                    let at = now.checked_add(back_off(attempts)).unwrap_or(now);
                    self.sql()
                        .execute("UPDATE outgoing SET not_before = ?2 WHERE id = ?1", params![attempt.id.0, ms(at)])?;
                }
                _ => {}
            }
            Ok(Some(state))
        })
    }

    fn mark_sent(&self, outgoing: id::Outgoing, now: Timestamp) -> Result<()> {
        self.sql().execute(
            "UPDATE outgoing SET sent_at = ?2, copy_state = 'wanted' WHERE id = ?1",
            params![outgoing.0, ms(now)],
        )?;
        Ok(())
    }

    /// Letters of unknown fate, to be looked for on the server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn uncertain(&self, account: id::Account) -> Result<Vec<Attempt>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT id FROM outgoing WHERE state = 'uncertain' AND account_id = ?1 ORDER BY id")?;
        let found: Vec<i64> = statement.query_map([account.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().map(|key| self.attempt(id::Outgoing(key))).collect()
    }

    /// The letter's Message-ID was found on the server: it was sent after all.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn found_on_server(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        keep: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        self.write(|| {
            if self.step(attempt.id, &Happening::FoundOnServer)? != Some(State::Sent) {
                return Ok(false);
            }
            self.answer(attempt.id, "found on the server: it was sent")?;
            self.mark_sent(attempt.id, now)?;
            keep()?;
            self.part_refused(attempt.id, now)?;
            Ok(true)
        })
    }

    /// Sent letters whose copy in Sent is wanted, committed as `appending` before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn begin_copies(&self, account: id::Account) -> Result<Vec<SentCopy>> {
        self.write(|| {
            let mut statement = self.sql().prepare_cached(
                "SELECT id, msg_id, bytes, sent_at, copy_state FROM outgoing WHERE account_id = ?1 AND copy_state IN ('wanted', 'appending') ORDER BY id LIMIT 50",
            )?;
            let rows: Vec<(i64, String, Vec<u8>, i64, String)> = statement
                .query_map([account.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let mut copies = Vec::new();
            for (key, msg_id, bytes, sent_at, copy_state) in rows {
                self.sql().execute("UPDATE outgoing SET copy_state = 'appending' WHERE id = ?1", [key])?;
                let Some(msg_id) = MsgId::parse(&msg_id) else { continue };
                let maybe_there = copy_state == "appending";
                copies.push(SentCopy { id: id::Outgoing(key), msg_id, bytes: unpack_any(&bytes)?, sent_at: moment(sent_at), maybe_there });
            }
            Ok(copies)
        })
    }

    /// The copy stands in Sent (or the account has no such folder).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn copy_done(&self, outgoing: id::Outgoing) -> Result<()> {
        self.sql().execute("UPDATE outgoing SET copy_state = 'done' WHERE id = ?1", [outgoing.0])?;
        Ok(())
    }

    /// The user asks for a sync now: letters that wait only because an earlier try failed are tried at once. Held ones keep
    /// their time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retry_now(&self, account: id::Account, now: Timestamp) -> Result<()> {
        self.sql().execute(
            "UPDATE outgoing SET not_before = ?2 WHERE account_id = ?1 AND state = 'queued' AND not_before > ?2",
            params![account.0, ms(now)],
        )?;
        self.sql().execute(
            "UPDATE mailing SET next_at = ?2 WHERE account_id = ?1 AND state = 'running' AND next_at > ?2 AND trouble + drops > 0",
            params![account.0, ms(now)],
        )?;
        Ok(())
    }

    /// When the next letter of any account may leave, of the outbox or of a running mailing; `None` when none waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_departure(&self) -> Result<Option<Timestamp>> {
        let sql = format!("SELECT min(at) FROM (SELECT min(not_before) AS at FROM outgoing o WHERE state IN ('held', 'queued') AND {LEAVES}
            UNION ALL SELECT min(next_at) FROM mailing WHERE state = 'running')");
        let at: Option<i64> = self.sql().prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
        Ok(at.map(moment))
    }

    /// When the next letter of an account may leave, of the outbox or of a running mailing; `None` when none waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_departure_from(&self, account: id::Account) -> Result<Option<Timestamp>> {
        let sql = format!("SELECT min(at) FROM (SELECT min(not_before) AS at FROM outgoing o WHERE state IN ('held', 'queued') AND account_id = ?1 AND {LEAVES}
            UNION ALL SELECT min(next_at) FROM mailing WHERE state = 'running' AND account_id = ?1)");
        let at: Option<i64> = self.sql().prepare_cached(&sql)?.query_row([account.0], |row| row.get(0))?;
        Ok(at.map(moment))
    }

    /// Letters on their way and in trouble, newest first; then the last `sent` ones.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outbox(&self, sent: u32) -> Result<Vec<OutgoingRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT o.id, a.name AS account, o.state, o.shown_to, o.subject, o.created_at, o.not_before, o.attempts, o.last_answer, o.override,
                    coalesce(o.thread_id, (SELECT m.thread_id FROM message m WHERE m.msg_id = o.msg_id AND m.direction <> 'inbound' LIMIT 1)) AS thread_id
             FROM outgoing o JOIN account a ON a.id = o.account_id
             WHERE o.state <> 'sent' OR o.id IN (SELECT id FROM outgoing WHERE state = 'sent' AND mailing_id IS NULL ORDER BY id DESC LIMIT ?1)
             ORDER BY o.state = 'sent', o.id DESC",
        )?;
        let mut rows: Vec<OutgoingRow> = statement
            .query_map([sent], |row| {
                let state = State::from_word(&row.get::<_, String>("state")?).unwrap_or(State::Uncertain);
                let waits = matches!(state, State::Held | State::Queued);
                Ok(OutgoingRow {
                    id: id::Outgoing(row.get("id")?),
                    account: text_at(row, "account")?,
                    state,
                    to: text_at(row, "shown_to")?,
                    subject: text_at(row, "subject")?,
                    created_at: moment(row.get("created_at")?),
                    not_before: waits.then_some(moment(row.get("not_before")?)),
                    attempts: row.get("attempts")?,
                    last_answer: text_at(row, "last_answer")?,
                    overridden: Text::block(&row.get::<_, String>("override")?),
                    evidence: Vec::new(),
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        for row in rows.iter_mut().filter(|row| row.state == State::Sent) {
            row.evidence = self.evidence(row.id)?;
        }
        Ok(rows)
    }

    /// Takes a letter back that has not left, or was refused: it becomes the draft it was. `None` when it has left, is leaving, or
    /// belongs to a mailing, which is mended on the card.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn take_back(&self, outgoing: id::Outgoing) -> Result<Option<Letter>> {
        self.write(|| self.remove_outgoing(outgoing, "state IN ('held', 'queued', 'refused') AND mailing_id IS NULL"))
    }

    /// Removes a refused, uncertain or waiting letter from the outbox for good. `None` when it is being sent or was sent.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn discard(&self, outgoing: id::Outgoing) -> Result<Option<Letter>> {
        self.write(|| self.remove_outgoing(outgoing, "state IN ('held', 'queued', 'refused', 'uncertain')"))
    }

    fn remove_outgoing(&self, outgoing: id::Outgoing, condition: &str) -> Result<Option<Letter>> {
        let draft: Option<String> = self
            .sql()
            .query_row(
                &format!("DELETE FROM outgoing WHERE id = ?1 AND {condition} RETURNING draft"),
                [outgoing.0],
                |row| row.get(0),
            )
            .optional()?;
        draft.map(|json| letter_from_json(&json)).transpose()
    }

    /// Queues a refused or uncertain letter again, or tries a waiting one at once, with my word. False when it is in none of these
    /// states.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn send_again(&self, outgoing: id::Outgoing, now: Timestamp) -> Result<bool> {
        self.write(|| {
            let queued = self.step(outgoing, &Happening::SendAgain)?.is_some();
            if queued {
                self.sql().execute(
                    "UPDATE outgoing SET not_before = ?2, attempts = 0 WHERE id = ?1",
                    params![outgoing.0, ms(now)],
                )?;
                self.sql().execute("UPDATE recipient SET answer = '' WHERE outgoing_id = ?1", [outgoing.0])?;
            }
            Ok(queued)
        })
    }

    /// A letter's Message-ID, fixed when it was queued; `None` when there is no such letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outgoing_msg_id(&self, outgoing: id::Outgoing) -> Result<Option<MsgId>> {
        let msg_id: Option<String> = self
            .sql()
            .query_row("SELECT msg_id FROM outgoing WHERE id = ?1", [outgoing.0], |row| row.get(0))
            .optional()?;
        Ok(msg_id.as_deref().and_then(MsgId::parse))
    }

    /// The bytes of a letter in the outbox, as they leave.
    ///
    /// # Errors
    /// When there is no such letter, or it cannot be read.
    pub fn outgoing_bytes(&self, outgoing: id::Outgoing) -> Result<Vec<u8>> {
        Ok(self.attempt(outgoing)?.bytes)
    }

    /// The letter as it was written, and its thread and answered message.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outgoing_letter(&self, outgoing: id::Outgoing) -> Result<Option<Letter>> {
        let draft: Option<String> = self
            .sql()
            .query_row("SELECT draft FROM outgoing WHERE id = ?1", [outgoing.0], |row| row.get(0))
            .optional()?;
        draft.map(|json| letter_from_json(&json)).transpose()
    }
}

/// Letters of the outbox carry no size beside them; zstd's frame header does.
fn unpack_any(packed: &[u8]) -> Result<Vec<u8>> {
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().unwrap_or(0);
    unpack(packed, usize::try_from(size).unwrap_or(0))
}
