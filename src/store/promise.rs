//! Promises found in letters, and what I decided about each.

use super::Store;
use super::contact::must_be_there;
use super::timeline::{key_of, threads_of};
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::promise::{Promise, Said, SaidIn};
use crate::domain::text::Text;
use jiff::civil::{Date, Time};
use rusqlite::{OptionalExtension, Row, named_params, params};

/// What I said about a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is a task now.
    Made(id::Activity),
    /// It is none.
    Declined,
}

const COLUMNS: &str = "p.id, p.message_id, p.mine, p.sentence, p.due_on, p.due_time";

impl Store {
    /// Keeps the promises of a letter that came, undecided. A letter that was queued here has its own already: they go over to it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_promises(
        &self,
        message: id::Message,
        msg_id: Option<&str>,
        direction: Direction,
        said: &[Said],
    ) -> Result<()> {
        if direction == Direction::Outbound && self.take_over_promises(message, msg_id)? {
            return Ok(());
        }
        self.enter_promises(SaidIn::Message(message), direction, said)
    }

    /// Keeps the promises of a letter that is being queued.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_promises_queued(&self, outgoing: id::Outgoing, said: &[Said]) -> Result<()> {
        self.enter_promises(SaidIn::Outgoing(outgoing), Direction::Outbound, said)
    }

    fn enter_promises(&self, place: SaidIn, direction: Direction, said: &[Said]) -> Result<()> {
        let (message, outgoing) = keys(place);
        for (mine, said) in said.iter().filter_map(|said| Some((said.is_mine(direction)?, said))) {
            let time = said.due.time.map(|time| time.strftime("%H:%M").to_string());
            self.sql()
                .prepare_cached(
                    "INSERT INTO promise (message_id, outgoing_id, mine, sentence, due_on, due_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    message,
                    outgoing,
                    mine,
                    said.sentence.as_str(),
                    said.due.day.to_string(),
                    time.unwrap_or_default()
                ])?;
        }
        Ok(())
    }

    fn take_over_promises(&self, message: id::Message, msg_id: Option<&str>) -> Result<bool> {
        let Some(msg_id) = msg_id else { return Ok(false) };
        let outgoing: Option<i64> = self
            .sql()
            .prepare_cached("SELECT id FROM outgoing WHERE msg_id = ?1")?
            .query_row([msg_id], |row| row.get(0))
            .optional()?;
        let Some(outgoing) = outgoing else { return Ok(false) };
        self.sql()
            .prepare_cached("UPDATE promise SET message_id = ?1, outgoing_id = NULL WHERE outgoing_id = ?2")?
            .execute([message.0, outgoing])?;
        self.sql()
            .prepare_cached(
                "UPDATE activity SET message_id = ?1
                 WHERE id IN (SELECT activity_id FROM promise WHERE message_id = ?1 AND activity_id IS NOT NULL)",
            )?
            .execute([message.0])?;
        // Written here, it was looked through when it was queued.
        Ok(true)
    }

    /// The promises of a letter that nothing was decided about.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_promises(&self, place: SaidIn) -> Result<Vec<Promise>> {
        let (column, key) = match place {
            SaidIn::Message(message) => ("message_id", message.0),
            SaidIn::Outgoing(outgoing) => ("outgoing_id", outgoing.0),
        };
        let sql = format!("SELECT {COLUMNS} FROM promise p WHERE p.{column} = ?1 AND p.decided = '' ORDER BY p.id");
        let mut statement = self.sql().prepare_cached(&sql)?;
        Ok(statement.query_map([key], promise_from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The promises of a client's letters that nothing was decided about, due from `from` on, the first due first: what their card
    /// and Today tell. Begins at the promises, of which there are few, and not at the client's letters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_promises_of(&self, whose: Whose, from: Date, limit: u32) -> Result<Vec<Promise>> {
        let mut statement = self.sql().prepare_cached(&open_promises_sql(whose))?;
        let parameters = named_params! { ":id": key_of(whose), ":from": from.to_string(), ":limit": limit };
        Ok(statement.query_map(parameters, promise_from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// One promise; `None` when there is no such.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn promise(&self, promise: id::Promise) -> Result<Option<Promise>> {
        let mut statement = self.sql().prepare_cached(&format!("SELECT {COLUMNS} FROM promise p WHERE p.id = ?1"))?;
        Ok(statement.query_row([promise.0], promise_from).optional()?)
    }

    /// The conversation that a promise's letter stands in, or answers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_of_promise(&self, promise: id::Promise) -> Result<Option<id::Thread>> {
        let thread: Option<Option<i64>> = self
            .sql()
            .prepare_cached(
                "SELECT coalesce((SELECT thread_id FROM message WHERE id = p.message_id), (SELECT thread_id FROM outgoing WHERE id = p.outgoing_id))
                 FROM promise p WHERE p.id = ?1",
            )?
            .query_row([promise.0], |row| row.get(0))
            .optional()?;
        Ok(thread.flatten().map(id::Thread))
    }

    /// Keeps what I said about a promise; it is not offered again.
    ///
    /// # Errors
    /// When there is no such promise, or something was decided about it before.
    pub fn decide_promise(&self, promise: id::Promise, decision: Decision) -> Result<()> {
        let (word, activity) = match decision {
            Decision::Made(activity) => ("made", Some(activity.0)),
            Decision::Declined => ("declined", None),
        };
        let rows = self
            .sql()
            .prepare_cached("UPDATE promise SET decided = ?2, activity_id = ?3 WHERE id = ?1 AND decided = ''")?
            .execute(params![promise.0, word, activity])?;
        must_be_there(rows, "open promise", promise)
    }
}

fn keys(place: SaidIn) -> (Option<i64>, Option<i64>) {
    match place {
        SaidIn::Message(message) => (Some(message.0), None),
        SaidIn::Outgoing(outgoing) => (None, Some(outgoing.0)),
    }
}

fn open_promises_sql(whose: Whose) -> String {
    format!(
        "SELECT {COLUMNS} FROM promise p CROSS JOIN message m
         WHERE p.decided = '' AND p.due_on >= :from AND m.id = p.message_id AND m.place = 'live' AND m.thread_id IN ({})
         ORDER BY p.due_on, p.id LIMIT :limit",
        threads_of(whose)
    )
}

fn promise_from(row: &Row<'_>) -> rusqlite::Result<Promise> {
    let day = row.get_ref("due_on")?.as_str()?.parse().unwrap_or(Date::ZERO);
    let time = row.get_ref("due_time")?.as_str()?;
    Ok(Promise {
        id: id::Promise(row.get("id")?),
        message: row.get::<_, Option<i64>>("message_id")?.map(id::Message),
        mine: row.get("mine")?,
        sentence: Text::line(row.get_ref("sentence")?.as_str()?),
        due_on: day,
        due_time: Time::strptime("%H:%M", time).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{Activity, Kind};
    use crate::domain::when::When;
    use crate::store::cards_fixture::{Shop, at, person};

    fn said(sentence: &str, by_writer: bool, day: &str) -> Said {
        let due = When { day: day.parse().unwrap(), time: Some("14:00".parse().unwrap()), by: true };
        Said { by_writer, sentence: Text::line(sentence), due }
    }

    fn sentences(promises: Vec<Promise>) -> Vec<String> {
        promises.into_iter().map(|promise| promise.sentence.into()).collect()
    }

    #[test]
    fn what_was_found_is_offered_until_it_is_decided() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "X", &[])).unwrap();
        let letter = shop.letter(shop.thread("desks", Some(anna), None, None), "2026-11-20T08:00:00Z", "inbound");
        let found = [said("I'll send it", true, "2026-11-27"), said("can you pay?", false, "2026-11-25")];
        shop.store.keep_promises(letter, None, Direction::Inbound, &found).unwrap();
        let open = shop.store.open_promises(SaidIn::Message(letter)).unwrap();
        assert_eq!(open.iter().map(|promise| promise.mine).collect::<Vec<_>>(), [false, true]);
        assert_eq!(open[0].due(), found[0].due);
        let of_anna = |from: &str| {
            sentences(shop.store.open_promises_of(Whose::Contact(anna), from.parse().unwrap(), 9).unwrap())
        };
        assert_eq!(of_anna("2026-11-20"), ["can you pay?", "I'll send it"]);
        assert_eq!(of_anna("2026-11-26"), ["I'll send it"]);
        shop.act(|store| store.decide_promise(open[0].id, Decision::Declined));
        assert_eq!(of_anna("2026-11-20"), ["can you pay?"]);
        shop.act(|store| {
            let task =
                Activity { due_at: Some(at("2026-11-25T08:00:00Z")), ..Activity::new(Kind::Task, Text::own("pay")) };
            let task = store.add_activity(&Activity { message: Some(letter), ..task })?;
            store.decide_promise(open[1].id, Decision::Made(task))
        });
        assert!(of_anna("2026-11-20").is_empty());
        assert!(
            shop.refused(|store| store.decide_promise(open[1].id, Decision::Declined)).starts_with("there is no open")
        );
        assert_eq!(shop.store.thread_of_promise(open[0].id).unwrap().map(|thread| thread.0), Some(1));
    }

    #[test]
    fn a_queued_letters_promises_go_over_to_the_letter() {
        let shop = Shop::open();
        shop.mail(
            "INSERT INTO outgoing (id, account_id, state, msg_id, sender, subject, shown_to, bytes, draft, created_at, not_before)
             VALUES (5, 1, 'queued', 'm5@x', 'me@firma.example', 's', 't', x'00', '', 1, 0)",
        );
        let queued = id::Outgoing(5);
        shop.store
            .keep_promises_queued(
                queued,
                &[said("I'll send it", true, "2026-11-27"), said("can you?", false, "2026-11-25")],
            )
            .unwrap();
        let open = shop.store.open_promises(SaidIn::Outgoing(queued)).unwrap();
        assert_eq!(sentences(open.clone()), ["I'll send it"], "what I ask for is nobody's promise");
        let task = shop.act(|store| {
            let task =
                Activity { due_at: Some(at("2026-11-27T08:00:00Z")), ..Activity::new(Kind::Task, Text::own("send")) };
            let task = store.add_activity(&task)?;
            store.decide_promise(open[0].id, Decision::Made(task)).map(|()| task)
        });
        let letter = shop.letter(shop.thread("desks", None, None, None), "2026-11-20T08:00:00Z", "outbound");
        let again = [said("I'll send it", true, "2026-11-27")];
        shop.store.keep_promises(letter, Some("m5@x"), Direction::Outbound, &again).unwrap();
        assert!(shop.store.open_promises(SaidIn::Message(letter)).unwrap().is_empty(), "it is not offered again");
        assert_eq!(shop.store.activity(task).unwrap().unwrap().activity.message, Some(letter));
    }

    #[test]
    fn a_clients_promises_begin_at_the_promises() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            let plan = shop.plan(&open_promises_sql(whose));
            assert!(plan.starts_with("SEARCH p USING INDEX promise_open"), "{plan}");
            assert!(!plan.contains("SCAN m"), "{plan}");
        }
    }
}
