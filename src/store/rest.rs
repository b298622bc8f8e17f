//! What is said when nothing waits: what was done today, and what comes next.

use super::{Store, count_at, moment, ms, text_at};
use crate::domain::activity::Kind;
use crate::domain::problem::Result;
use crate::domain::rest::Rest;
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, params};

/// Things cleared by acts since a moment that were not taken back, each counted once. A new card or an edited one is none of them.
const CLEARED: &str = "SELECT count(DISTINCT r.noun || ' ' || r.row_id) AS count FROM change c JOIN change_row r ON r.change_id = c.id
    WHERE c.at >= ?1 AND c.undone_at IS NULL AND (
        r.noun IN ('thread_state', 'junk_confirmed')
        OR (r.noun = 'filing' AND r.before IS NULL)
        OR (r.noun IN ('payment', 'activity') AND r.before IS NOT NULL)
        OR (r.noun = 'contact' AND json_extract(r.before, '$.kind') = 'lead' AND json_extract(r.before, '$.reviewed_at') IS NULL))";

const ANSWERED: &str =
    "SELECT count(*) AS count FROM outgoing WHERE state = 'sent' AND sent_at >= ?1 AND answers_id IS NOT NULL";

const WAKES: &str = "SELECT s.snoozed_until AS at, t.subject FROM thread_state s JOIN thread t ON t.id = s.thread_id
    WHERE s.snoozed_until > ?1 AND t.snoozed = 1 AND t.settled = 0 ORDER BY s.snoozed_until LIMIT 1";

const PLANNED: &str = "SELECT due_at AS at, kind, subject FROM activity WHERE done_at IS NULL AND due_at > ?1 ORDER BY due_at, id LIMIT 1";

const AWAITED: &str = "SELECT count(*) AS count FROM thread_state s JOIN thread t ON t.id = s.thread_id
    WHERE s.awaiting = 1 AND t.settled = 1 AND s.awaited_after IS t.last_inbound_message_id";

impl Store {
    /// What was done today, and what comes next.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn rest(&self, now: &Zoned) -> Result<Rest> {
        let start = now.start_of_day().map_or(now.timestamp(), |start| start.timestamp());
        let count = |sql: &str| -> Result<u64> {
            Ok(self.sql().prepare_cached(sql)?.query_row([ms(start)], |row| count_at(row, "count"))?)
        };
        Ok(Rest {
            cleared: count(CLEARED)?,
            answered: count(ANSWERED)?,
            wakes: self.next_of(WAKES, now.timestamp(), |row| text_at(row, "subject"))?,
            planned: self.next_of(PLANNED, now.timestamp(), |row| {
                let kind =
                    Kind::from_word(row.get_ref("kind")?.as_str()?).map_or("activity", Kind::word).replace('_', " ");
                Ok(Text::from(format!("{kind}: {}", text_at(row, "subject")?)))
            })?,
            awaited: self.sql().prepare_cached(AWAITED)?.query_row([], |row| count_at(row, "count"))?,
        })
    }

    fn next_of(
        &self,
        sql: &str,
        now: Timestamp,
        what: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Text>,
    ) -> Result<Option<(Timestamp, Text)>> {
        Ok(self
            .sql()
            .prepare_cached(sql)?
            .query_row(params![ms(now)], |row| Ok((moment(row.get("at")?), what(row)?)))
            .optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, at, now};
    use super::*;
    use crate::domain::id;

    #[test]
    fn what_was_done_today_and_what_comes_next() {
        let shop = Shop::open();
        assert_eq!(shop.store.rest(&now()).unwrap(), Rest::default());
        for thread in 1..=4 {
            let mail = format!(
                "INSERT INTO thread (id, account_id, subject) VALUES ({thread}, 1, 'Letter {thread}');
                 INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address,
                     subject, snippet, size, attachments, degraded, asks, place)
                 VALUES ({thread}, 1, {thread}, x'0{thread}', {thread}, 0, 'inbound', 'human', '', '', 'a@b.example', 'Letter {thread}', '', 1, 0, 0, 0, 'live');"
            );
            shop.store.run(&mail);
            shop.store.refresh_thread(id::Thread(thread)).unwrap();
        }
        let record = |title: &str, act: &dyn Fn() -> Result<()>| {
            shop.store.record(title, now().timestamp(), act).unwrap();
        };
        record("done", &|| shop.store.mark_done(id::Thread(1), now().timestamp()));
        record("later", &|| shop.store.snooze(id::Thread(2), at("2026-11-23T14:00:00Z")));
        record("later still", &|| shop.store.snooze(id::Thread(3), at("2026-11-24T14:00:00Z")));
        record("when they answer", &|| shop.store.await_answer(id::Thread(4)));
        record("taken back", &|| shop.store.mark_done(id::Thread(3), now().timestamp()));
        shop.store.undo(now().timestamp()).unwrap();
        shop.store.run(
            "INSERT INTO activity (kind, subject, due_at) VALUES ('call', 'Anna', 1795600000000), ('task', 'earlier', 1);
             INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, draft, created_at, not_before, answers_id, sent_at)
                 VALUES (1, 'sent', 'a', '', '', '', x'', '', 0, 0, 1, 1795426400000), (1, 'sent', 'b', '', '', '', x'', '', 0, 0, 1, 1),
                 (1, 'sent', 'c', '', '', '', x'', '', 0, 0, NULL, 1795426400000), (1, 'queued', 'd', '', '', '', x'', '', 0, 0, 1, NULL);",
        );
        let rest = shop.store.rest(&now()).unwrap();
        assert_eq!((rest.cleared, rest.answered, rest.awaited), (4, 1, 1));
        assert_eq!(rest.wakes, Some((at("2026-11-23T14:00:00Z"), Text::own("Letter 2"))));
        assert_eq!(rest.planned.map(|(_, what)| what), Some(Text::own("call: Anna")));
        // A day later nothing was done yet.
        let tomorrow = now().checked_add(jiff::ToSpan::day(1)).unwrap();
        assert_eq!(shop.store.rest(&tomorrow).unwrap().cleared, 0);
    }
}
