//! Letters that are offered because something happened, and those that leave by themselves.

use super::{Store, moment, ms, optional_text_at, text_at};
use crate::domain::id;
use crate::domain::offered::{Happened, Offered};
use crate::domain::problem::Result;
use crate::domain::sequence;
use crate::domain::template::Occasion;
use crate::domain::text::Text;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

/// A mailbox that was looked at so long ago says nothing of what came since.
const FRESH: SignedDuration = SignedDuration::from_secs(120);

/// What a row says is still so: the payment unpaid and due on that day, the deal in that stage, the stranger not answered yet,
/// nobody ignored. `o` is the offered letter.
const STILL_SO: &str = "(o.expires_on >= ?1)
    AND (o.payment_id IS NULL OR EXISTS (SELECT 1 FROM payment p JOIN deal d ON d.id = p.deal_id
        WHERE p.id = o.payment_id AND p.paid_on IS NULL AND p.due_on = o.occurrence AND d.state <> 'lost'))
    AND (o.event NOT LIKE 'stage %' OR EXISTS (SELECT 1 FROM deal d WHERE d.id = o.deal_id AND d.state = 'open' AND d.stage = substr(o.event, 7)))
    AND (o.event NOT IN ('deal_won', 'deal_lost') OR EXISTS (SELECT 1 FROM deal d WHERE d.id = o.deal_id AND d.state = substr(o.event, 6)))
    AND (o.event NOT IN ('new_lead', 'order_placed') OR NOT EXISTS (SELECT 1 FROM thread t
        WHERE t.client_contact_id = o.contact_id AND t.last_human_direction = 'outbound'))
    AND (o.event <> 'no_answer' OR EXISTS (SELECT 1 FROM sequence s WHERE s.offered_id = o.id AND s.state = 'offered'
        AND NOT EXISTS (SELECT 1 FROM contact_address a JOIN message m ON m.from_address = a.address
            WHERE a.contact_id = s.contact_id AND m.direction = 'inbound' AND m.nature = 'human' AND m.date > s.since)))
    AND NOT EXISTS (SELECT 1 FROM contact_address a JOIN ignored_sender i ON i.address = a.address WHERE a.contact_id = o.contact_id)";

const COLUMNS: &str =
    "o.id, o.event, o.template, o.contact_id, o.deal_id, o.payment_id, o.occurrence, o.because, o.noted_at,
    coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS who, co.id AS company_id, co.name AS company,
    (SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
        AND f.contact_id = o.contact_id ORDER BY t.last_at DESC LIMIT 1) AS thread_id
    FROM offered o JOIN contact c ON c.id = o.contact_id LEFT JOIN deal d ON d.id = o.deal_id
    LEFT JOIN company co ON co.id = coalesce(d.company_id, c.company_id)";

impl Store {
    /// Offers a letter, unless that event of that subject was offered before. True when it is new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn offer(
        &self,
        event: &Occasion,
        template: &str,
        auto: bool,
        happened: &Happened,
        now: Timestamp,
    ) -> Result<bool> {
        let added = self
            .sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO offered
                     (event, subject, occurrence, template, contact_id, deal_id, payment_id, because, auto, expires_on, noted_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                event.to_string(),
                happened.subject,
                happened.occurrence,
                template,
                happened.contact.0,
                happened.deal.map(|deal| deal.0),
                happened.payment.map(|payment| payment.0),
                happened.because.as_str(),
                auto,
                happened.expires_on.to_string(),
                ms(now),
            ])?;
        Ok(added > 0)
    }

    /// That event of that subject was offered before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn was_offered(&self, event: &Occasion, happened: &Happened) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached("SELECT 1 FROM offered WHERE event = ?1 AND subject = ?2 AND occurrence = ?3")?
            .exists(params![event.to_string(), happened.subject, happened.occurrence])?)
    }

    /// The letters offered for approval, the oldest first, at most so many.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn to_approve(&self, today: Date, limit: usize) -> Result<Vec<Offered>> {
        self.offered_where("o.auto = 0", today, limit)
    }

    /// The letters that are to leave by themselves and are not in the outbox yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn to_leave_by_themselves(&self, today: Date, limit: usize) -> Result<Vec<Offered>> {
        self.offered_where("o.auto = 1", today, limit)
    }

    fn offered_where(&self, which: &str, today: Date, limit: usize) -> Result<Vec<Offered>> {
        let sql = format!(
            "SELECT {COLUMNS} WHERE o.state = 'open' AND {which} AND {STILL_SO} ORDER BY o.noted_at, o.id LIMIT ?2"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.sql().prepare_cached(&sql)?;
        let found = statement.query_map(params![today.to_string(), limit], offered_from)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// One of them while it is open; `None` where it was decided.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn offered_letter(&self, offered: id::Offered) -> Result<Option<Offered>> {
        let sql = format!("SELECT {COLUMNS} WHERE o.id = ?1 AND o.state = 'open'");
        Ok(self.sql().prepare_cached(&sql)?.query_row([offered.0], offered_from).optional()?)
    }

    /// I began the letter, or want none. False when that was decided before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn decide_offered(&self, offered: id::Offered, taken: bool) -> Result<bool> {
        let state = if taken { "taken" } else { "dismissed" };
        let changed = self
            .sql()
            .prepare_cached("UPDATE offered SET state = ?2 WHERE id = ?1 AND state = 'open'")?
            .execute(params![offered.0, state])?;
        Ok(changed > 0)
    }

    /// Something speaks against that it leaves by itself: it is offered, with the reason.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold_back(&self, offered: id::Offered, why: &str) -> Result<()> {
        let why = Text::line(why);
        self.sql()
            .prepare_cached(
                "UPDATE offered SET state = 'open', auto = 0, because = because || char(10) || ?2 WHERE id = ?1",
            )?
            .execute(params![offered.0, why.as_str()])?;
        Ok(())
    }

    /// What was offered is not due any more; a letter of it that waits in the outbox goes as well.
    pub(super) fn withdraw(&self, offered: id::Offered) -> Result<()> {
        self.sql()
            .prepare_cached(
                "DELETE FROM outgoing WHERE state IN ('held', 'queued') AND id = (SELECT outgoing_id FROM automatic WHERE offered_id = ?1)",
            )?
            .execute([offered.0])?;
        self.sql()
            .prepare_cached("DELETE FROM offered WHERE id = ?1 AND state IN ('open', 'leaving')")?
            .execute([offered.0])?;
        Ok(())
    }

    /// A letter in the outbox leaves by itself: only after the mailbox was looked at once more, and only when nothing of theirs
    /// comes from now on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn leave_by_itself(
        &self,
        outgoing: id::Outgoing,
        contact: id::Contact,
        offered: Option<id::Offered>,
    ) -> Result<()> {
        self.sql().execute(
            "INSERT INTO automatic (outgoing_id, contact_id, offered_id, since)
             VALUES (?1, ?2, ?3, (SELECT coalesce(max(id), 0) FROM message))",
            params![outgoing.0, contact.0, offered.map(|offered| offered.0)],
        )?;
        if let Some(offered) = offered {
            self.sql().execute("UPDATE offered SET state = 'leaving' WHERE id = ?1", [offered.0])?;
        }
        Ok(())
    }

    /// Looks at the automatic letters of an account that may leave now: what the client answered meanwhile is taken out of the
    /// outbox and offered instead; the others leave when the mailbox was looked at a moment ago. True when the mailbox has to be
    /// looked at before one of them leaves.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn look_before_leaving(&self, account: id::Account, now: Timestamp) -> Result<bool> {
        self.write(|| {
            let fresh = now.saturating_sub(FRESH).unwrap_or(now);
            let due: Vec<(i64, Option<i64>, bool)> = self
                .sql()
                .prepare_cached(
                    "SELECT a.outgoing_id, a.offered_id, EXISTS (SELECT 1 FROM contact_address ca JOIN message m ON m.from_address = ca.address
                         WHERE ca.contact_id = a.contact_id AND m.direction = 'inbound' AND m.id > a.since AND m.date > o.created_at - 604800000)
                     FROM automatic a JOIN outgoing o ON o.id = a.outgoing_id
                     WHERE o.account_id = ?1 AND o.state IN ('held', 'queued') AND o.not_before <= ?2",
                )?
                .query_map(params![account.0, ms(now)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            if due.is_empty() {
                return Ok(false);
            }
            let looked_at = self.looked_at_after(account, ms(fresh))?;
            let mut wanted = false;
            for (outgoing, offered, wrote) in due {
                if let Some(offered) = offered
                    && self.is_not_to_follow(id::Offered(offered), now)?
                {
                    continue;
                }
                if wrote {
                    self.sql().execute("DELETE FROM outgoing WHERE id = ?1", [outgoing])?;
                    if let Some(offered) = offered {
                        self.hold_back(id::Offered(offered), "it did not leave by itself: they wrote meanwhile")?;
                    }
                    continue;
                }
                let since: i64 = self.sql().query_row(
                    "SELECT created_at FROM outgoing WHERE id = ?1",
                    [outgoing],
                    |row| row.get(0),
                )?;
                // The look has to be later than the letter: what came before it was seen when it was written.
                let checked = looked_at.filter(|at| *at >= since);
                wanted |= checked.is_none();
                self.sql().execute(
                    "UPDATE automatic SET checked_at = ?2 WHERE outgoing_id = ?1",
                    params![outgoing, checked.map(|_| ms(now))],
                )?;
            }
            Ok(wanted)
        })
    }

    /// True when the letter was to follow one that nobody answered, and something speaks against it by now: it goes out of the
    /// outbox, and the sequence ends or waits on.
    fn is_not_to_follow(&self, offered: id::Offered, now: Timestamp) -> Result<bool> {
        let Some(sequence) = self.sequence_of(offered)? else { return Ok(false) };
        let now = now.to_zoned(jiff::tz::TimeZone::UTC);
        let Some(signs) = self.signs(&sequence, &now)? else { return Ok(false) };
        if let Some(why) = sequence::stop(&signs, &now) {
            self.stop_sequence(&sequence, why.as_str(), now.timestamp())?;
            return Ok(true);
        }
        if signs.back_on.is_some() {
            self.sequence_waits_again(&sequence)?;
        }
        Ok(signs.back_on.is_some())
    }

    /// A letter of the account that is due waits for a look at the mailbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn waits_for_a_look(&self, account: id::Account) -> Result<bool> {
        Ok(self
            .sql()
            .prepare_cached(
                "SELECT 1 FROM automatic a JOIN outgoing o ON o.id = a.outgoing_id
                 WHERE o.account_id = ?1 AND o.state IN ('held', 'queued') AND a.checked_at IS NULL",
            )?
            .exists([account.0])?)
    }

    /// Asks whoever owns the network to look at every mailbox, not more often than twice a minute.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ask_for_a_look(&self, now: Timestamp) -> Result<()> {
        self.sql().execute("UPDATE account SET asked_at = ?1 WHERE coalesce(asked_at, 0) < ?1 - 30000", [ms(now)])?;
        Ok(())
    }

    /// When the mailbox that was looked at longest ago was, where all were after `fresh`: this account's, and every other that
    /// was in use within the hour, because they may write to any.
    fn looked_at_after(&self, account: id::Account, fresh: i64) -> Result<Option<i64>> {
        let oldest: Option<i64> = self.sql().query_row(
            "SELECT min(coalesce(last_sync_at, 0)) FROM account WHERE id = ?1 OR last_sync_at > ?2 - 3600000",
            [account.0, fresh],
            |row| row.get(0),
        )?;
        Ok(oldest.filter(|at| *at >= fresh))
    }

    /// What an event is compared with: the text, and since when.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn event_state(&self, what: &str) -> Result<Option<(String, Timestamp)>> {
        Ok(self
            .sql()
            .prepare_cached("SELECT text, at FROM event_state WHERE what = ?1")?
            .query_row([what], |row| Ok((row.get(0)?, moment(row.get(1)?))))
            .optional()?)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_event_state(&self, what: &str, text: &str, at: Timestamp) -> Result<()> {
        self.sql().execute(
            "INSERT INTO event_state (what, text, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (what) DO UPDATE SET text = excluded.text, at = excluded.at",
            params![what, text, ms(at)],
        )?;
        Ok(())
    }
}

fn offered_from(row: &Row<'_>) -> rusqlite::Result<Offered> {
    Ok(Offered {
        id: id::Offered(row.get("id")?),
        event: text_at(row, "event")?,
        template: text_at(row, "template")?,
        who: text_at(row, "who")?,
        company: optional_text_at(row, "company")?,
        contact: id::Contact(row.get("contact_id")?),
        company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
        deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
        payment: row.get::<_, Option<i64>>("payment_id")?.map(id::Payment),
        thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
        occurrence: text_at(row, "occurrence")?,
        because: Text::block(&row.get::<_, String>("because")?),
        noted_at: moment(row.get("noted_at")?),
    })
}
