//! No more letters from one account than its provider takes: what is beyond waits its turn, and says so.

use super::{Store, ms};
use crate::domain::id;
use crate::domain::mailing::Throttle;
use crate::domain::problem::Result;
use crate::domain::text::plural;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// The pace of an account from now on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_pace(&self, account: id::Account, pace: &Throttle) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO pace (account_id, per_minute, per_day) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account_id) DO UPDATE SET per_minute = excluded.per_minute, per_day = excluded.per_day
                 WHERE per_minute <> excluded.per_minute OR per_day <> excluded.per_day",
            )?
            .execute(params![account.0, pace.per_minute, pace.per_day])?;
        Ok(())
    }

    /// Puts off what is beyond the account's pace, where one was set: asked before each letter.
    pub(super) fn keep_own_pace(&self, account: id::Account, now: Timestamp) -> Result<()> {
        let pace = self
            .sql()
            .prepare_cached("SELECT per_minute, per_day FROM pace WHERE account_id = ?1")?
            .query_row([account.0], |row| Ok(Throttle { per_minute: row.get(0)?, per_day: row.get(1)? }))
            .optional()?;
        pace.map_or(Ok(()), |pace| self.keep_pace(account, &pace, now).map(drop))
    }

    /// Puts off single letters that are due and beyond the account's pace, until there is room again. Gives how many. A mailing that
    /// runs holds none of mine back: it keeps a pace of its own, which leaves a fifth of the day's letters to me.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn keep_pace(&self, account: id::Account, pace: &Throttle, now: Timestamp) -> Result<u64> {
        let mut put_off = 0;
        let all_day = pace.per_day.saturating_add(pace.per_day / 4);
        for (window, most, words, counted) in
            [(MINUTE, pace.per_minute, "a minute", "mailing_id IS NULL"), (DAY, all_day, "a day", "1")]
        {
            let since = now.saturating_sub(window).unwrap_or(now);
            let (sent, first): (i64, Option<i64>) = self
                .sql()
                .prepare_cached(&format!(
                    "SELECT count(*), min(sent_at) FROM outgoing WHERE account_id = ?1 AND state = 'sent' AND sent_at > ?2 AND {counted}"
                ))?
                .query_row(params![account.0, ms(since)], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let room = i64::from(most).saturating_sub(sent).max(0);
            let again = first.unwrap_or(ms(now)).saturating_add(window.as_millis().try_into().unwrap_or(i64::MAX));
            let letters = plural(u64::from(most), "letter", "letters");
            let why = format!("it waits its turn: at most {letters} {words} leave from this account");
            let changed = self
                .sql()
                .prepare_cached(
                    "UPDATE outgoing SET not_before = max(?3, ?4 + 1), last_answer = ?5 WHERE id IN (
                         SELECT id FROM outgoing WHERE account_id = ?1 AND state IN ('held', 'queued') AND mailing_id IS NULL AND not_before <= ?4
                         ORDER BY not_before, id LIMIT -1 OFFSET ?2)",
                )?
                .execute(params![account.0, room, again, ms(now), why])?;
            put_off += u64::try_from(changed).unwrap_or(0);
        }
        Ok(put_off)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::Shop;
    use super::*;
    use crate::domain::outbox::State;

    #[test]
    fn what_is_beyond_the_pace_waits_and_says_so() {
        let shop = Shop::open();
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for number in 0..5 {
            shop.mail(&format!(
                "INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, draft, override, created_at, not_before)
                 VALUES (1, 'queued', 'm{number}@x', 'me@firma.example', 's', 'a', x'', '{{}}', '', 0, {number})"
            ));
        }
        let pace = |per_minute, per_day| Throttle { per_minute, per_day };
        let due = |now: Timestamp| {
            let sql = format!("SELECT count(*) FROM outgoing WHERE state = 'queued' AND not_before <= {}", ms(now));
            shop.store.rows(&sql).remove(0)
        };
        let send = |now: Timestamp| {
            shop.mail(&format!(
                "UPDATE outgoing SET state = 'sent', sent_at = {0} WHERE state = 'queued' AND not_before <= {0}",
                ms(now)
            ));
        };
        assert_eq!(shop.store.keep_pace(id::Account(1), &pace(2, 100), now).unwrap(), 3);
        assert_eq!(due(now), "2");
        let waits = shop.store.outbox(9).unwrap().into_iter().filter(|row| row.state == State::Queued);
        let told: Vec<_> = waits.map(|row| row.last_answer.to_string()).filter(|words| !words.is_empty()).collect();
        assert_eq!(told, ["it waits its turn: at most 2 letters a minute leave from this account"; 3]);
        send(now);
        // Half a minute later there is no room; after the minute there is for two.
        let half = now + SignedDuration::from_secs(30);
        assert_eq!(
            (shop.store.keep_pace(id::Account(1), &pace(2, 100), half).unwrap(), due(half)),
            (0, "0".to_owned())
        );
        let later = now + SignedDuration::from_secs(61);
        assert_eq!(
            (shop.store.keep_pace(id::Account(1), &pace(2, 100), later).unwrap(), due(later)),
            (1, "2".to_owned())
        );
        send(later);
        // The day is full: the last one leaves tomorrow. A mailing would have stopped at three, the fourth was mine.
        let evening = now + SignedDuration::from_hours(8);
        assert_eq!(shop.store.keep_pace(id::Account(1), &pace(2, 4), evening).unwrap(), 0);
        assert_eq!(shop.store.keep_pace(id::Account(1), &pace(2, 3), evening).unwrap(), 1);
        let tomorrow = now + SignedDuration::from_secs(24 * 3600 + 62);
        assert_eq!((due(evening), due(tomorrow)), ("0".to_owned(), "1".to_owned()));
        assert_eq!(shop.store.keep_pace(id::Account(1), &pace(2, 4), tomorrow).unwrap(), 0);
        // Other accounts have a pace of their own.
        assert_eq!(shop.store.keep_pace(id::Account(2), &pace(0, 0), tomorrow).unwrap(), 0);
    }

    #[test]
    fn each_letter_is_asked_for_itself() {
        let shop = Shop::open();
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let account = id::Account(1);
        let queue = |number: i64| {
            shop.mail(&format!(
                "INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, draft, override, created_at, not_before)
                 VALUES (1, 'queued', 'm{number}@x', 'me@firma.example', 's', 'a', x'', '{{}}', '', 0, {number})"
            ));
        };
        shop.store.set_pace(account, &Throttle { per_minute: 3, per_day: 100 }).unwrap();
        // They come while others are being sent.
        let mut sent = 0;
        for number in 0..7 {
            queue(number);
            let at = now + SignedDuration::from_millis(number * 10);
            shop.store.keep_own_pace(account, at).unwrap();
            let due = format!("state = 'queued' AND not_before <= {}", ms(at));
            sent += shop.store.rows(&format!("SELECT id FROM outgoing WHERE {due}")).len();
            shop.mail(&format!("UPDATE outgoing SET state = 'sent', sent_at = {} WHERE {due}", ms(at)));
        }
        assert_eq!(sent, 3);
    }
}
