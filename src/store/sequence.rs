//! Letters of mine that wait for an answer: what was planned, what speaks against it, and what became of it.

use super::contact::NewContact;
use super::draft::letter_from_json;
use super::{Store, moment, ms, text_at};
use crate::domain::address::{Address, Mailbox};
use crate::domain::contact::Kind;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::name_split;
use crate::domain::problem::Result;
use crate::domain::sequence::{BEGUN, FollowUp, Sequence, Signs};
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, Row, params};

/// A letter that came after mine may bear an earlier date: clocks go wrong, and servers hold letters back. What is older than so
/// many milliseconds before mine came with a first sync.
const CLOCKS: i64 = 7 * 24 * 3_600_000;

const COLUMNS: &str = "s.id, s.msg_id, s.contact_id, s.deal_id, s.template, s.pack, s.step, s.days, s.since, s.offered_id FROM sequence s";

/// A letter of theirs after mine: `?2` my letter's moment, `?3` its key.
const AFTER: &str =
    "m.direction = 'inbound' AND m.nature = 'human' AND (m.date > ?2 OR m.id > ?3 AND m.date > ?2 - ?4)";

/// A sequence that ended or goes on, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSequence {
    /// What waits.
    pub sequence: Sequence,
    /// Who is to answer.
    pub who: Text,
    /// My letter's subject.
    pub subject: Text,
    /// Its conversation.
    pub thread: Option<id::Thread>,
    /// `waiting`, `offered`, `done`, `stopped`.
    pub state: String,
    /// The letter that follows is in the outbox.
    pub leaving: bool,
    /// What ended it.
    pub why: Text,
}

impl Store {
    /// A letter has left: what was to follow it is kept, and the sequence it belonged to has gone on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn letter_left(&self, outgoing: id::Outgoing, now: Timestamp) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE sequence SET state = 'done', ended_at = ?2 WHERE state = 'offered'
                 AND offered_id = (SELECT offered_id FROM automatic WHERE outgoing_id = ?1)",
            )?
            .execute(params![outgoing.0, ms(now)])?;
        let Some(letter) = self.outgoing_letter(outgoing)? else { return Ok(()) };
        let (Some(follow_up), Some(msg_id)) = (letter.follow_up, self.outgoing_msg_id(outgoing)?) else {
            return Ok(());
        };
        let Some((message, thread, _)) = self.letter_of_mine(&msg_id)? else { return Ok(()) };
        self.begin_sequence(message, thread, &msg_id, &letter.to, letter.deal, &follow_up, now, now).map(drop)
    }

    /// From now on something follows a letter that was sent before. False when that letter is not mine or names nobody.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn follow_letter(&self, message: id::Message, follow_up: &FollowUp, now: Timestamp) -> Result<bool> {
        let found: Option<(Option<String>, i64, i64)> = self
            .sql()
            .prepare_cached("SELECT msg_id, thread_id, date FROM message WHERE id = ?1 AND direction <> 'inbound'")?
            .query_row([message.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((Some(msg_id), thread, date)) = found else { return Ok(false) };
        let Some(msg_id) = MsgId::parse(&msg_id) else { return Ok(false) };
        let to = self.to_of(message)?;
        self.begin_sequence(message, id::Thread(thread), &msg_id, &to, None, follow_up, moment(date), now)
    }

    #[allow(clippy::too_many_arguments)]
    fn begin_sequence(
        &self,
        message: id::Message,
        thread: id::Thread,
        msg_id: &MsgId,
        to: &[Mailbox],
        deal: Option<id::Deal>,
        follow_up: &FollowUp,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let filed = self.filing(thread)?.map(|filed| filed.place).unwrap_or_default();
        let Some(contact) = self.who_is_to_answer(to, filed.contact, now)? else { return Ok(false) };
        // One plan for a conversation: the newest letter's.
        self.sql()
            .prepare_cached(
                "UPDATE sequence SET state = 'done', why = 'a later letter took its place', ended_at = ?2
                 WHERE state IN ('waiting', 'offered') AND msg_id <> ?3
                   AND msg_id IN (SELECT msg_id FROM message WHERE thread_id = ?1 AND id <> ?4)",
            )?
            .execute(params![thread.0, ms(now), msg_id.as_str(), message.0])?;
        self.sql()
            .prepare_cached(
                "INSERT INTO sequence (msg_id, contact_id, deal_id, template, pack, step, days, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (msg_id) DO UPDATE SET template = excluded.template, pack = excluded.pack, step = excluded.step,
                     days = excluded.days, state = 'waiting', why = '', ended_at = NULL, offered_id = NULL",
            )?
            .execute(params![
                msg_id.as_str(),
                contact.0,
                deal.or(filed.deal).map(|deal| deal.0),
                follow_up.template,
                follow_up.pack,
                follow_up.step,
                follow_up.days,
                ms(since),
            ])?;
        Ok(true)
    }

    /// The first of the recipients who is on a card, else the client of the conversation, else the first recipient, on a new card:
    /// whose answer is waited for is no stranger any more.
    fn who_is_to_answer(
        &self,
        to: &[Mailbox],
        client: Option<id::Contact>,
        now: Timestamp,
    ) -> Result<Option<id::Contact>> {
        for mailbox in to {
            if let Some((contact, _)) = self.contact_by_address(&mailbox.address)? {
                return Ok(Some(contact));
            }
        }
        let Some(first) = to.iter().find(|mailbox| !mailbox.address.is_robot()) else { return Ok(client) };
        if client.is_some() {
            return Ok(client);
        }
        let mut new = NewContact::new(Kind::Contact, now);
        new.name = name_split::propose(&first.name, Some(&first.address)).name;
        new.name.display = first.short();
        new.addresses = vec![first.address.clone()];
        Ok(Some(self.add_contact(&new)?))
    }

    /// A letter of mine by its name: its key, its conversation and its moment. Strangers can write any Message-ID.
    fn letter_of_mine(&self, msg_id: &MsgId) -> Result<Option<(id::Message, id::Thread, Timestamp)>> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT id, thread_id, date FROM message WHERE msg_id = ?1 AND direction <> 'inbound' ORDER BY id LIMIT 1",
            )?
            .query_row([msg_id.as_str()], |row| {
                Ok((id::Message(row.get(0)?), id::Thread(row.get(1)?), moment(row.get(2)?)))
            })
            .optional()?)
    }

    /// The To header of a letter.
    fn to_of(&self, message: id::Message) -> Result<Vec<Mailbox>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT name, address FROM participant WHERE message_id = ?1 AND field = 'to' ORDER BY position",
        )?;
        let found = statement.query_map([message.0], |row| {
            Ok(Address::parse(row.get_ref(1)?.as_str()?).map(|address| (text_at(row, "name"), address)))
        })?;
        let mut all = Vec::new();
        for one in found {
            if let Some((name, address)) = one? {
                all.push(Mailbox { name: name?, address });
            }
        }
        Ok(all)
    }

    /// Every letter that waits for an answer, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sequences_going(&self) -> Result<Vec<Sequence>> {
        let sql = format!("SELECT {COLUMNS} WHERE s.state IN ('waiting', 'offered') ORDER BY s.since, s.id");
        let mut statement = self.sql().prepare_cached(&sql)?;
        Ok(statement.query_map([], sequence_from)?.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    /// The sequence whose next letter this is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sequence_of(&self, offered: id::Offered) -> Result<Option<Sequence>> {
        let sql = format!("SELECT {COLUMNS} WHERE s.offered_id = ?1");
        Ok(self.sql().prepare_cached(&sql)?.query_row([offered.0], sequence_from).optional()?)
    }

    /// My letter, where it is here: after a restore it comes with the next sync.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letter_that_waits(&self, sequence: &Sequence) -> Result<Option<id::Message>> {
        Ok(self.letter_of_mine(&sequence.msg_id)?.map(|(message, _, _)| message))
    }

    /// The subject of my letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn subject_that_waits(&self, sequence: &Sequence) -> Result<Text> {
        let Some(message) = self.letter_that_waits(sequence)? else { return Ok(Text::default()) };
        Ok(self
            .sql()
            .prepare_cached("SELECT subject FROM message WHERE id = ?1")?
            .query_row([message.0], |row| text_at(row, "subject"))?)
    }

    /// What speaks for and against what follows; `None` while my letter is not here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn signs(&self, sequence: &Sequence, now: &Zoned) -> Result<Option<Signs>> {
        let Some((message, thread, _)) = self.letter_of_mine(&sequence.msg_id)? else { return Ok(None) };
        let (since, contact) = (ms(sequence.since), sequence.contact.0);
        let first = |sql: &str, key: i64| -> Result<Option<Timestamp>> {
            let found: Option<i64> = self
                .sql()
                .prepare_cached(&format!("{sql} AND {AFTER}"))?
                .query_row(params![key, since, message.0, CLOCKS], |row| row.get(0))?;
            Ok(found.map(moment))
        };
        let mut wrote = first(
            "SELECT min(m.date) FROM contact_address a JOIN message m ON m.from_address = a.address WHERE a.contact_id = ?1",
            contact,
        )?;
        // A shop's program brings what they ordered.
        wrote = wrote.or(self
            .sql()
            .prepare_cached(
                "SELECT min(m.date) FROM message m JOIN contact_address a ON a.address = m.origin
                 WHERE m.origin <> '' AND m.id > ?2 AND a.contact_id = ?1 AND m.date > ?3",
            )?
            .query_row(params![contact, message.0, since - CLOCKS], |row| row.get::<_, Option<i64>>(0))?
            .map(moment));
        if let (None, Some(deal)) = (wrote, sequence.deal) {
            wrote = first(
                "SELECT min(m.date) FROM filing f JOIN message m ON m.thread_id = f.thread_id WHERE f.deal_id = ?1 AND f.superseded_at IS NULL",
                deal.0,
            )?;
        }
        let written_to: Vec<Address> = self.to_of(message)?.into_iter().map(|mailbox| mailbox.address).collect();
        let mut signs = Signs {
            answered: first("SELECT min(m.date) FROM message m WHERE m.thread_id = ?1", thread.0)?,
            wrote,
            bounced: self.unreachable(&written_to, now)?.into_iter().next().map(|(_, evidence)| evidence),
            opted_out: self.contact_opted_out(sequence.contact)?.into_iter().next().map(|out| out.evidence),
            meeting: self.met_since(sequence)?,
            closed: self.closed_deal(sequence.deal)?,
            unreachable: self.address_to_write_to(sequence.contact)?.is_none(),
            mine: self.newest_of_mine(thread)?,
            back_on: None,
        };
        for address in &written_to {
            signs.back_on = signs.back_on.max(self.away_until(address, now.date())?);
        }
        Ok(Some(signs))
    }

    fn met_since(&self, sequence: &Sequence) -> Result<Option<Timestamp>> {
        let met: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT min(coalesce(a.done_at, a.due_at)) FROM activity a
                 WHERE a.kind IN ('meeting', 'group_meeting') AND coalesce(a.done_at, a.due_at) > ?3
                   AND (a.contact_id = ?1 OR a.deal_id = ?2 OR a.id IN (SELECT p.activity_id FROM activity_person p WHERE p.contact_id = ?1))",
            )?
            .query_row(
                params![sequence.contact.0, sequence.deal.map(|deal| deal.0), ms(sequence.since)],
                |row| row.get(0),
            )?;
        Ok(met.map(moment))
    }

    fn closed_deal(&self, deal: Option<id::Deal>) -> Result<Option<Text>> {
        let Some(deal) = deal else { return Ok(None) };
        Ok(self
            .sql()
            .prepare_cached("SELECT state FROM deal WHERE id = ?1 AND state <> 'open'")?
            .query_row([deal.0], |row| text_at(row, "state"))
            .optional()?)
    }

    /// When I wrote last in a conversation myself.
    fn newest_of_mine(&self, thread: id::Thread) -> Result<Option<Timestamp>> {
        let newest: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT max(date) FROM message WHERE thread_id = ?1 AND direction = 'outbound' AND nature = 'human' AND place NOT IN ('draft', 'gone')",
            )?
            .query_row([thread.0], |row| row.get(0))?;
        Ok(newest.map(moment))
    }

    /// The letter that follows is offered.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sequence_is_offered(
        &self,
        sequence: id::Sequence,
        event: &str,
        subject: &str,
        occurrence: &str,
    ) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE sequence SET state = 'offered',
                     offered_id = (SELECT id FROM offered WHERE event = ?2 AND subject = ?3 AND occurrence = ?4)
                 WHERE id = ?1",
            )?
            .execute(params![sequence.0, event, subject, occurrence])?;
        Ok(())
    }

    /// The letter that follows is not due yet after all: what was offered goes, also where it was on its way into the outbox.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sequence_waits_again(&self, sequence: &Sequence) -> Result<()> {
        if let Some(offered) = sequence.offered {
            self.withdraw(offered)?;
        }
        self.sql()
            .prepare_cached("UPDATE sequence SET state = 'waiting', offered_id = NULL WHERE id = ?1")?
            .execute([sequence.id.0])?;
        Ok(())
    }

    /// Nothing follows any more. False when it had ended before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn stop_sequence(&self, sequence: &Sequence, why: &str, now: Timestamp) -> Result<bool> {
        let why = Text::line(why);
        let changed = self
            .sql()
            .prepare_cached(
                "UPDATE sequence SET state = 'stopped', why = ?2, ended_at = ?3 WHERE id = ?1 AND state IN ('waiting', 'offered')",
            )?
            .execute(params![sequence.id.0, why.as_str(), ms(now)])?;
        if let (Some(offered), true) = (sequence.offered, changed > 0) {
            self.withdraw(offered)?;
        }
        Ok(changed > 0)
    }

    /// The letter that follows was begun by me, or I want none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sequence_decided(&self, offered: id::Offered, taken: bool, now: Timestamp) -> Result<()> {
        let (state, why) = if taken { ("done", BEGUN) } else { ("stopped", "you wanted no letter") };
        self.sql()
            .prepare_cached(
                "UPDATE sequence SET state = ?2, why = ?3, ended_at = ?4 WHERE offered_id = ?1 AND state = 'offered'",
            )?
            .execute(params![offered.0, state, why, ms(now)])?;
        Ok(())
    }

    /// One that goes on, by its key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sequence(&self, sequence: id::Sequence) -> Result<Option<Sequence>> {
        let sql = format!("SELECT {COLUMNS} WHERE s.id = ?1 AND s.state IN ('waiting', 'offered')");
        Ok(self.sql().prepare_cached(&sql)?.query_row([sequence.0], sequence_from).optional()?)
    }

    /// What follows a letter of mine, in words, or why nothing does any more; empty where nothing was planned.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn follow_up_of(&self, msg_id: &MsgId) -> Result<Text> {
        let sql = format!("SELECT s.state, s.why, {COLUMNS} WHERE s.msg_id = ?1");
        let found = self
            .sql()
            .prepare_cached(&sql)?
            .query_row([msg_id.as_str()], |row| {
                Ok((sequence_from(row)?, row.get::<_, String>("state")?, row.get::<_, String>("why")?))
            })
            .optional()?;
        Ok(found.map_or_else(Text::default, |(sequence, state, why)| {
            Text::from(match state.as_str() {
                "waiting" => sequence.follow_up.words(),
                "offered" => format!("nobody answered: the letter {} is due, see Today", sequence.follow_up.template),
                "stopped" => format!("no follow-up: {why}"),
                _ => String::new(),
            })
        }))
    }

    /// The newest letter of people in a conversation, and whether it is mine.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_word(&self, thread: id::Thread) -> Result<Option<(id::Message, bool)>> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT id, direction = 'outbound' FROM message WHERE thread_id = ?1 AND direction <> 'internal' AND nature = 'human'
                     AND place NOT IN ('draft', 'gone') ORDER BY date DESC, id DESC LIMIT 1",
            )?
            .query_row([thread.0], |row| Ok((id::Message(row.get(0)?), row.get(1)?)))
            .optional()?)
    }

    /// The template a sent letter was made from, where it left from here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn template_of_sent(&self, message: id::Message) -> Result<Option<String>> {
        let draft: Option<String> = self
            .sql()
            .prepare_cached(
                "SELECT o.draft FROM message m JOIN outgoing o ON o.msg_id = m.msg_id WHERE m.id = ?1 LIMIT 1",
            )?
            .query_row([message.0], |row| row.get(0))
            .optional()?;
        Ok(draft.and_then(|json| letter_from_json(&json).ok()).and_then(|letter| letter.template))
    }

    /// Those that go on, the oldest first, then so many that ended, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sequences(&self, ended: u32) -> Result<Vec<ListedSequence>> {
        let columns = "SELECT s.id, s.msg_id, s.contact_id, s.deal_id, s.template, s.pack, s.step, s.days, s.since, s.offered_id, s.state, s.why,
                coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS who,
                coalesce((SELECT m.subject FROM message m WHERE m.msg_id = s.msg_id AND m.direction <> 'inbound' ORDER BY m.id LIMIT 1), '') AS subject,
                (SELECT m.thread_id FROM message m WHERE m.msg_id = s.msg_id AND m.direction <> 'inbound' ORDER BY m.id LIMIT 1) AS thread_id,
                EXISTS (SELECT 1 FROM offered o WHERE o.id = s.offered_id AND o.state = 'leaving') AS leaving
             FROM sequence s JOIN contact c ON c.id = s.contact_id";
        let mut all = Vec::new();
        let going = format!("{columns} WHERE s.state IN ('waiting', 'offered') ORDER BY s.since, s.id");
        let mut statement = self.sql().prepare_cached(&going)?;
        all.extend(statement.query_map([], listed_from)?.collect::<rusqlite::Result<Vec<_>>>()?);
        let over = format!("{columns} WHERE s.ended_at IS NOT NULL ORDER BY s.ended_at DESC LIMIT ?1");
        let mut statement = self.sql().prepare_cached(&over)?;
        all.extend(statement.query_map([ended], listed_from)?.collect::<rusqlite::Result<Vec<_>>>()?);
        Ok(all)
    }
}

fn sequence_from(row: &Row<'_>) -> rusqlite::Result<Sequence> {
    Ok(Sequence {
        id: id::Sequence(row.get("id")?),
        msg_id: MsgId::parse(&row.get::<_, String>("msg_id")?).ok_or(rusqlite::Error::InvalidQuery)?,
        contact: id::Contact(row.get("contact_id")?),
        deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
        follow_up: FollowUp {
            days: row.get("days")?,
            template: row.get("template")?,
            pack: row.get("pack")?,
            step: row.get("step")?,
        },
        since: moment(row.get("since")?),
        offered: row.get::<_, Option<i64>>("offered_id")?.map(id::Offered),
    })
}

fn listed_from(row: &Row<'_>) -> rusqlite::Result<ListedSequence> {
    Ok(ListedSequence {
        sequence: sequence_from(row)?,
        who: text_at(row, "who")?,
        subject: text_at(row, "subject")?,
        thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
        state: row.get("state")?,
        leaving: row.get("leaving")?,
        why: text_at(row, "why")?,
    })
}
