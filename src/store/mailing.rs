//! Mailings: the frozen list, whose turn it is, and what the outbox learns for all of them.
//!
//! A recipient goes from `waiting` to `handed` in the one transaction that makes the letter's row in the outbox, and never back. So a letter
//! is made once, whenever the program is killed, and what becomes of it is the outbox's business.

use super::{Store, ms};
use crate::domain::id;
use crate::domain::mailing::{self, Lesson, MOST_DROPS, MOST_LOST, NewMailing, Skip, State};
use crate::domain::message::MsgId;
use crate::domain::outbox::Outcome;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// One of the list, as the check found them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnList {
    /// Their card.
    pub contact: Option<id::Contact>,
    /// Their name.
    pub name: Text,
    /// Where the letter goes; empty when the card has no address.
    pub address: String,
    /// The mailbox, however it is spelled.
    pub canonical: String,
    /// Why they get none, and in words.
    pub skip: Option<(Skip, Text)>,
    /// Taken in by my word, where the check would leave them out.
    pub insisted: bool,
}

/// Somebody whose letter is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The key.
    pub id: id::Recipient,
    /// The mailing.
    pub mailing: id::Mailing,
    /// Their card.
    pub contact: Option<id::Contact>,
    /// Where it goes.
    pub address: String,
    /// The mailbox.
    pub canonical: String,
}

impl Store {
    /// Keeps a mailing with its list; nothing leaves.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn add_mailing(
        &self,
        new: &NewMailing,
        account: id::Account,
        list: &[OnList],
        now: Timestamp,
    ) -> Result<id::Mailing> {
        self.write(|| {
            self.sql().execute(
                "INSERT INTO mailing (account_id, title, segment, template, language, working_hours, state, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'prepared', ?7)",
                params![
                    account.0,
                    new.title.as_str(),
                    new.segment.as_str(),
                    new.template.as_str(),
                    new.language.as_str(),
                    new.working_hours,
                    ms(now)
                ],
            )?;
            let mailing = id::Mailing(self.sql().last_insert_rowid());
            let mut insert = self.sql().prepare_cached(
                "INSERT INTO mailing_recipient (mailing_id, contact_id, name, address, canonical, state, skip, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for one in list {
                let (state, skip, reason) = words(one.skip.as_ref());
                let contact = one.contact.map(|contact| contact.0);
                insert.execute(params![
                    mailing.0,
                    contact,
                    one.name.as_str(),
                    one.address,
                    one.canonical,
                    state,
                    skip,
                    reason
                ])?;
            }
            self.sql().execute("UPDATE mailing SET checked_at = ?2 WHERE id = ?1", params![mailing.0, ms(now)])?;
            Ok(mailing)
        })
    }

    /// Everybody on the list to whom no letter was made yet, in its order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unmade(&self, mailing: id::Mailing) -> Result<Vec<(id::Recipient, OnList)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, contact_id, name, address, canonical, skip, reason, insisted FROM mailing_recipient
             WHERE mailing_id = ?1 AND handed_at IS NULL ORDER BY id",
        )?;
        let rows = statement.query_map([mailing.0], |row| {
            let skip = Skip::from_word(&row.get::<_, String>("skip")?);
            let reason = super::text_at(row, "reason")?;
            let listed = OnList {
                contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                name: super::text_at(row, "name")?,
                address: row.get("address")?,
                canonical: row.get("canonical")?,
                skip: skip.map(|skip| (skip, reason)),
                insisted: row.get("insisted")?,
            };
            Ok((id::Recipient(row.get("id")?), listed))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a check found anew of those to whom no letter was made.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_check(&self, mailing: id::Mailing, found: &[(id::Recipient, OnList)], now: Timestamp) -> Result<()> {
        self.write(|| {
            // First nobody has a place, so that two can change theirs.
            self.sql().execute(
                "UPDATE mailing_recipient SET state = 'skipped', skip = 'by hand' WHERE mailing_id = ?1 AND handed_at IS NULL",
                [mailing.0],
            )?;
            let mut update = self.sql().prepare_cached(
                "UPDATE mailing_recipient SET name = ?2, address = ?3, canonical = ?4, state = ?5, skip = ?6, reason = ?7
                 WHERE id = ?1 AND handed_at IS NULL",
            )?;
            for (recipient, one) in found {
                let (state, skip, reason) = words(one.skip.as_ref());
                update.execute(params![recipient.0, one.name.as_str(), one.address, one.canonical, state, skip, reason])?;
            }
            self.sql().execute("UPDATE mailing SET checked_at = ?2 WHERE id = ?1", params![mailing.0, ms(now)])?;
            Ok(())
        })
    }

    /// Leaves somebody out, or takes them in again, before their letter is made. False when it is too late.
    ///
    /// # Errors
    /// When the store cannot be written, or somebody else on the list has the address.
    pub fn set_listed(&self, recipient: id::Recipient, skip: Option<(Skip, Text)>) -> Result<bool> {
        let (state, skip, reason) = words(skip.as_ref());
        let set = self.sql().execute(
            "UPDATE mailing_recipient SET state = ?2, skip = ?3, reason = ?4, insisted = ?2 = 'waiting', not_before = 0 WHERE id = ?1 AND handed_at IS NULL AND (?2 = 'skipped' OR address <> '')",
            params![recipient.0, state, skip, reason],
        );
        match set {
            Ok(rows) => {
                // The mailing may have had nobody left.
                self.sql().execute(
                    "UPDATE mailing SET next_at = coalesce(next_at, 0) WHERE state = 'running' AND id = (SELECT mailing_id FROM mailing_recipient WHERE id = ?1 AND state = 'waiting')",
                    [recipient.0],
                )?;
                Ok(rows > 0)
            }
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Err(Problem::new(Kind::Input, "somebody else on this list has the same address"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Letters leave from now on. False when it runs, or is done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn run_mailing(&self, mailing: id::Mailing, now: Timestamp) -> Result<bool> {
        let rows = self.sql().execute(
            "UPDATE mailing SET state = 'running', why = '', trouble = 0, drops = 0, lost = 0, next_at = ?2, started_at = coalesce(started_at, ?2)
             WHERE id = ?1 AND state IN ('prepared', 'paused')",
            params![mailing.0, ms(now)],
        )?;
        Ok(rows > 0)
    }

    /// Nothing leaves until I say so; why, where it is not my own word. False when it does not run.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn pause_mailing(&self, mailing: id::Mailing, why: &str) -> Result<bool> {
        let rows = self.sql().execute(
            "UPDATE mailing SET state = 'paused', why = ?2 WHERE id = ?1 AND state = 'running'",
            params![mailing.0, why],
        )?;
        Ok(rows > 0)
    }

    /// Forgets a mailing of which nothing has left. False when something may have.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_mailing(&self, mailing: id::Mailing) -> Result<bool> {
        let rows = self.sql().execute(
            "DELETE FROM mailing WHERE id = ?1 AND state <> 'running'
                AND NOT EXISTS (SELECT 1 FROM mailing_recipient r WHERE r.mailing_id = ?1 AND r.handed_at IS NOT NULL)",
            [mailing.0],
        )?;
        Ok(rows > 0)
    }

    /// The running mailing of an account whose turn it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailing_due(&self, account: id::Account, now: Timestamp) -> Result<Option<id::Mailing>> {
        let found: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT id FROM mailing WHERE state = 'running' AND account_id = ?1 AND next_at <= ?2 ORDER BY next_at, id LIMIT 1",
            )?
            .query_row(params![account.0, ms(now)], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Mailing))
    }

    /// Who of a mailing is next; those whose working hours come later are not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recipient_due(&self, mailing: id::Mailing, now: Timestamp) -> Result<Option<Due>> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT id, contact_id, address, canonical FROM mailing_recipient
                 WHERE state = 'waiting' AND mailing_id = ?1 AND not_before <= ?2 ORDER BY not_before, id LIMIT 1",
            )?
            .query_row(params![mailing.0, ms(now)], |row| {
                Ok(Due {
                    id: id::Recipient(row.get("id")?),
                    mailing,
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    address: row.get("address")?,
                    canonical: row.get("canonical")?,
                })
            })
            .optional()?)
    }

    /// Their working hours begin then.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn delay_recipient(&self, recipient: id::Recipient, until: Timestamp, why: &Text) -> Result<()> {
        self.sql().execute(
            "UPDATE mailing_recipient SET not_before = ?2, reason = ?3 WHERE id = ?1 AND state = 'waiting'",
            params![recipient.0, ms(until), why.as_str()],
        )?;
        Ok(())
    }

    /// Their letter stands in the outbox: call it inside the transaction that put it there.
    ///
    /// # Errors
    /// When it was made before, or the store cannot be written; then the letter must not stay in the outbox.
    pub fn hand_over(&self, due: &Due, outgoing: id::Outgoing, msg_id: &MsgId, now: Timestamp) -> Result<()> {
        let rows = self.sql().execute(
            "UPDATE mailing_recipient SET state = 'handed', reason = '', msg_id = ?2, outgoing_id = ?3, handed_at = ?4 WHERE id = ?1 AND state = 'waiting'",
            params![due.id.0, msg_id.as_str(), outgoing.0, ms(now)],
        )?;
        if rows == 0 {
            return Err(Problem::new(Kind::Internal, "this recipient's letter was made before"));
        }
        self.sql().execute("UPDATE outgoing SET mailing_id = ?2 WHERE id = ?1", params![outgoing.0, due.mailing.0])?;
        Ok(())
    }

    /// After a letter was made: the next one of this account's mailings leaves not before then. Where nobody is left to be written to, the
    /// mailing waits for nothing more, or for somebody's working hours.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn schedule_mailing(&self, mailing: id::Mailing, next: Timestamp) -> Result<()> {
        let first: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT min(not_before) FROM mailing_recipient WHERE state = 'waiting' AND mailing_id = ?1",
            )?
            .query_row([mailing.0], |row| row.get(0))?;
        self.sql().execute(
            "UPDATE mailing SET next_at = max(next_at, ?2) WHERE state = 'running' AND account_id = (SELECT account_id FROM mailing WHERE id = ?1)",
            params![mailing.0, ms(next)],
        )?;
        self.sql().execute(
            "UPDATE mailing SET next_at = CASE WHEN ?2 IS NULL THEN NULL ELSE max(next_at, ?2) END WHERE id = ?1 AND state = 'running'",
            params![mailing.0, first],
        )?;
        self.finish_mailing(mailing)
    }

    /// A mailing of which nothing is left is done.
    fn finish_mailing(&self, mailing: id::Mailing) -> Result<()> {
        self.sql().execute(
            "UPDATE mailing SET state = 'done', next_at = NULL WHERE id = ?1 AND state = 'running'
                AND NOT EXISTS (SELECT 1 FROM mailing_recipient r WHERE r.mailing_id = ?1 AND r.state = 'waiting')
                AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.mailing_id = ?1 AND o.state IN ('held', 'queued', 'sending'))",
            [mailing.0],
        )?;
        Ok(())
    }

    /// Letters that left from an account since then, or are about to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn left_since(&self, account: id::Account, since: Timestamp) -> Result<u64> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT (SELECT count(*) FROM outgoing WHERE state = 'sent' AND sent_at > ?2 AND account_id = ?1)
                      + (SELECT count(*) FROM outgoing WHERE state <> 'sent' AND state IN ('queued', 'sending') AND account_id = ?1)",
            )?
            .query_row(params![account.0, ms(since)], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// The first of the letters that left from an account since then.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn first_left_since(&self, account: id::Account, since: Timestamp) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT min(sent_at) FROM outgoing WHERE state = 'sent' AND sent_at > ?2 AND account_id = ?1",
            )?
            .query_row(params![account.0, ms(since)], |row| row.get(0))?;
        Ok(at.map(super::moment))
    }

    /// After an attempt at a letter: what it means for the mailings of its account. Nothing, where it is no letter of a mailing.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mailing_learns(
        &self,
        outgoing: id::Outgoing,
        outcome: &Outcome,
        reached: bool,
        now: Timestamp,
    ) -> Result<()> {
        let found: Option<(i64, i64)> = self
            .sql()
            .prepare_cached(
                "SELECT m.id, m.account_id FROM outgoing o JOIN mailing m ON m.id = o.mailing_id WHERE o.id = ?1",
            )?
            .query_row([outgoing.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((mailing, account)) = found else { return Ok(()) };
        let lesson = Lesson::of(outcome, reached);
        self.write(|| {
            let column = match lesson {
                Lesson::Fine => {
                    self.sql().execute(
                        "UPDATE mailing SET trouble = 0, drops = 0, lost = 0 WHERE account_id = ?1 AND state = 'running' AND trouble + drops + lost > 0",
                        [account],
                    )?;
                    return self.finish_mailing(id::Mailing(mailing));
                }
                Lesson::Later => "trouble",
                Lesson::Dropped => "drops",
                Lesson::Lost => "lost",
            };
            self.sql().execute(
                &format!("UPDATE mailing SET {column} = {column} + 1 WHERE account_id = ?1 AND state = 'running'"),
                [account],
            )?;
            let mut running = self
                .sql()
                .prepare_cached("SELECT id, trouble + drops, drops, lost FROM mailing WHERE account_id = ?1 AND state = 'running'")?;
            let rows: Vec<(i64, u32, u32, u32)> = running
                .query_map([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (key, trouble, drops, lost) in rows {
                if let Some(why) = too_much(drops, lost) {
                    self.pause_mailing(id::Mailing(key), &why)?;
                    continue;
                }
                // A letter of unknown fate says nothing about the next one's time.
                if lesson != Lesson::Lost {
                    let at = now.checked_add(mailing::back_off(trouble)).unwrap_or(now);
                    self.sql().execute("UPDATE mailing SET next_at = max(next_at, ?2) WHERE id = ?1", params![key, ms(at)])?;
                }
            }
            self.finish_mailing(id::Mailing(mailing))
        })
    }

    /// Where a mailing stands; `None` when there is no such mailing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailing_state(&self, mailing: id::Mailing) -> Result<Option<State>> {
        let word: Option<String> = self
            .sql()
            .query_row("SELECT state FROM mailing WHERE id = ?1", [mailing.0], |row| row.get(0))
            .optional()?;
        Ok(word.as_deref().and_then(State::from_word))
    }

    /// A card on a list that is probably the same person as `contact`, among those before it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn likely_same(&self, contact: id::Contact) -> Result<Vec<id::Contact>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT low_id FROM candidate WHERE noun = 'contact' AND high_id = ?1 UNION SELECT high_id FROM candidate WHERE noun = 'contact' AND low_id = ?1",
        )?;
        Ok(statement.query_map([contact.0], |row| row.get(0).map(id::Contact))?.collect::<rusqlite::Result<_>>()?)
    }
}

/// Why a mailing stops by itself.
fn too_much(drops: u32, lost: u32) -> Option<String> {
    if lost >= MOST_LOST {
        return Some(format!(
            "the connection broke {lost} times in a row when the server should have confirmed a letter; these letters may have arrived or not"
        ));
    }
    (drops >= MOST_DROPS).then(|| {
        format!("the connection broke {drops} times in a row in the middle of a letter; none of these was sent yet")
    })
}

fn words(skip: Option<&(Skip, Text)>) -> (&'static str, &'static str, &str) {
    match skip {
        Some((skip, reason)) => ("skipped", skip.word(), reason.as_str()),
        None => ("waiting", "", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{self, Account};
    use crate::domain::address::Mailbox;
    use crate::domain::outbox::Letter;
    use crate::store::NewOutgoing;
    use crate::store::cards_fixture::{Shop, address, at, now, person};

    fn account() -> Account {
        Account {
            id: id::Account(1),
            name: Text::own("work"),
            email: address("me@firma.example"),
            kind: account::Kind::Personal,
            signature: Text::default(),
            style: crate::domain::style::Style::default(),
        }
    }

    fn one(number: u32) -> OnList {
        OnList {
            contact: None,
            name: Text::from(format!("Person {number}")),
            address: format!("p{number}@x.example"),
            canonical: format!("p{number}@x.example"),
            skip: None,
            insisted: false,
        }
    }

    /// A shop with a running mailing to so many.
    fn running(people: u32) -> (Shop, id::Mailing) {
        let shop = Shop::open();
        let new = NewMailing {
            title: Text::own("News"),
            segment: Text::own("tag:news"),
            template: Text::own("news"),
            language: Text::default(),
            account: None,
            working_hours: false,
        };
        let list: Vec<OnList> = (1..=people).map(one).collect();
        let mailing = shop.store.add_mailing(&new, id::Account(1), &list, now().timestamp()).unwrap();
        assert!(shop.store.run_mailing(mailing, now().timestamp()).unwrap());
        (shop, mailing)
    }

    /// Makes the next letter, as whoever feeds the outbox does.
    fn make(shop: &Shop, mailing: id::Mailing) -> Option<id::Outgoing> {
        let now = now().timestamp();
        let due = shop.store.recipient_due(mailing, now).unwrap()?;
        Some(queue(shop, Some(&due), &due.address))
    }

    fn queue(shop: &Shop, due: Option<&Due>, to: &str) -> id::Outgoing {
        let now = now().timestamp();
        let mut letter = Letter::new(&account(), &Text::own("Me"));
        letter.to.extend(Mailbox::new("", to));
        let msg_id = MsgId::parse(&format!("{}@firma.example", to.replace('@', "."))).unwrap();
        let new = NewOutgoing::of_its_own(&letter, &msg_id, b"x", now);
        let made = shop.store.write(|| {
            let outgoing = shop.store.queue(&new, now)?;
            if let Some(due) = due {
                shop.store.hand_over(due, outgoing, &msg_id, now)?;
            }
            Ok(outgoing)
        });
        made.unwrap()
    }

    #[test]
    fn a_letter_is_made_once_and_mine_go_first() {
        let (shop, mailing) = running(2);
        let due = shop.store.recipient_due(mailing, now().timestamp()).unwrap().unwrap();
        let first = make(&shop, mailing).unwrap();
        let again = shop
            .store
            .write(|| shop.store.hand_over(&due, first, &MsgId::parse("again@x.example").unwrap(), now().timestamp()));
        assert!(again.is_err(), "the same recipient twice");
        let mine = queue(&shop, None, "anna@acme.example");
        let attempt = shop.store.begin_sending(id::Account(1), now().timestamp()).unwrap().unwrap();
        assert_eq!(attempt.id, mine, "though it was queued later");
        // Paused: nothing of it leaves, also not what stands in the outbox.
        assert!(shop.store.pause_mailing(mailing, "").unwrap());
        assert_eq!(shop.store.begin_sending(id::Account(1), now().timestamp()).unwrap(), None);
        assert_eq!(shop.store.next_departure_from(id::Account(1)).unwrap(), None);
        assert!(shop.store.run_mailing(mailing, now().timestamp()).unwrap());
        let attempt = shop.store.begin_sending(id::Account(1), now().timestamp()).unwrap().unwrap();
        assert_eq!(attempt.id, first);
    }

    #[test]
    fn taken_out_of_the_outbox_it_is_not_made_again() {
        let (shop, mailing) = running(1);
        let outgoing = make(&shop, mailing).unwrap();
        assert!(shop.store.discard(outgoing).unwrap().is_some());
        assert_eq!(make(&shop, mailing), None);
        let row = shop.store.recipients(mailing, None, None, 9).unwrap().remove(0);
        assert_eq!(row.skip, Some(Skip::TakenOut));
        assert!(!shop.store.set_listed(row.id, None).unwrap(), "nor by my word");
        assert!(!shop.store.remove_mailing(mailing).unwrap(), "something may have left");
    }

    #[test]
    fn one_letter_to_an_address() {
        let (shop, mailing) = running(1);
        let twice = shop.store.sql().execute(
            "INSERT INTO mailing_recipient (mailing_id, name, address, canonical, state) VALUES (?1, 'x', 'p1@x.example', 'p1@x.example', 'waiting')",
            [mailing.0],
        );
        assert!(twice.is_err());
    }

    #[test]
    fn trouble_slows_it_and_stops_it() {
        let (shop, mailing) = running(9);
        let outgoing = make(&shop, mailing).unwrap();
        let learn = |outcome: Outcome, reached| {
            shop.store.mailing_learns(outgoing, &outcome, reached, now().timestamp()).unwrap()
        };
        let next = || {
            shop.store.mailing(mailing).unwrap().unwrap().next_at.unwrap().duration_since(now().timestamp()).as_secs()
        };
        for seconds in [5, 10, 20] {
            learn(Outcome::TryLater(Text::own("RCPT: 450 later")), true);
            assert_eq!(next(), seconds);
        }
        learn(Outcome::Refused(Text::own("RCPT: 550 no")), true);
        for _ in 0..MOST_LOST {
            assert_eq!(shop.store.mailing_state(mailing).unwrap(), Some(State::Running));
            learn(Outcome::Unknown(Text::own("closed")), true);
        }
        let row = shop.store.mailing(mailing).unwrap().unwrap();
        assert_eq!(row.state, State::Paused);
        assert!(row.why.as_str().contains("3 times in a row"), "{}", row.why);
        assert!(shop.store.run_mailing(mailing, now().timestamp()).unwrap());
        for _ in 0..MOST_DROPS {
            learn(Outcome::TryLater(Text::own("the connection was closed")), true);
        }
        assert_eq!(shop.store.mailing_state(mailing).unwrap(), Some(State::Paused));
    }

    #[test]
    fn a_restored_store_sends_nothing() {
        let (shop, mailing) = running(2);
        make(&shop, mailing).unwrap();
        shop.store.settle_restored(at("2026-11-20T10:00:00Z")).unwrap();
        let row = shop.store.mailing(mailing).unwrap().unwrap();
        assert_eq!((row.state, row.counts.uncertain), (State::Paused, 1));
    }

    #[test]
    fn opted_out_is_of_a_mailbox_and_outlives_cards() {
        use crate::domain::opt_out::How;
        use crate::store::NewOptOut;
        let shop = Shop::open();
        let store = &shop.store;
        let contact = store.add_contact(&person("Anna", "Nowak", &["a.nna@gmail.com", "anna@acme.example"])).unwrap();
        let address_of = address("anna+shop@gmail.com");
        let new = NewOptOut { address: &address_of, how: How::Hand, evidence: "told me", msg_id: None, mailing: None };
        assert!(store.opt_out(&new, now().timestamp()).unwrap());
        assert!(!store.opt_out(&new, now().timestamp()).unwrap(), "once");
        for other in ["anna@gmail.com", "anna@acme.example"] {
            assert!(store.person_opted_out(&address(other)).unwrap().is_some(), "{other}");
        }
        store
            .record("remove", now().timestamp(), || store.remove_card(crate::domain::contact::Whose::Contact(contact)))
            .unwrap();
        assert!(store.opted_out(&address("anna@gmail.com")).unwrap().is_some());
        assert!(store.opted_out(&address("anna@acme.example")).unwrap().is_none());
    }

    #[test]
    fn lists_are_read_by_index() {
        let (shop, _) = running(1);
        for (sql, index) in [
            (
                "SELECT id FROM mailing WHERE state = 'running' AND account_id = 1 AND next_at <= 5 ORDER BY next_at, id LIMIT 1",
                "mailing_running",
            ),
            (
                "SELECT id FROM mailing_recipient WHERE state = 'waiting' AND mailing_id = 1 AND not_before <= 5 ORDER BY not_before, id LIMIT 1",
                "mailing_recipient_next",
            ),
            (
                "SELECT id FROM mailing_recipient WHERE mailing_id = 1 AND id > 7 ORDER BY id LIMIT 50",
                "mailing_recipient_all",
            ),
            (
                "SELECT address FROM mailing_recipient WHERE msg_id = 'x' AND msg_id IS NOT NULL",
                "mailing_recipient_msg_id",
            ),
        ] {
            let plan = shop.plan(sql);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }
}
