//! Who is away, and until when, as their automatic answers say it.

use super::Store;
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::problem::Result;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Keeps the day of return that an automatic answer names.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_away(&self, answer: id::Message, address: &Address, returns_on: Date) -> Result<()> {
        self.sql()
            .prepare_cached("INSERT OR IGNORE INTO away (message_id, address, returns_on) VALUES (?1, ?2, ?3)")?
            .execute(params![answer.0, address.as_str(), returns_on.to_string()])?;
        Ok(())
    }

    /// The day on which somebody is back, where their newest automatic answer names one after `today`. None once they have written
    /// themselves; answers in Junk are not believed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn away_until(&self, address: &Address, today: Date) -> Result<Option<Date>> {
        let newest: Option<String> = self
            .sql()
            .prepare_cached(
                "SELECT a.returns_on FROM away a JOIN message m ON m.id = a.message_id
                 WHERE a.address = ?1 AND m.place <> 'junk'
                    AND NOT EXISTS (SELECT 1 FROM message l WHERE l.from_address = ?1 AND l.date > m.date AND l.direction = 'inbound' AND l.nature = 'human')
                 ORDER BY m.date DESC, m.id DESC LIMIT 1",
            )?
            .query_row([address.as_str()], |row| row.get(0))
            .optional()?;
        Ok(newest.and_then(|day| day.parse::<Date>().ok()).filter(|day| *day > today))
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, now, person};
    use super::*;
    use crate::domain::counter::Counter;
    use crate::domain::work_time::WorkTime;
    use jiff::{ToSpan, Zoned};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// A client owes an answer, and their program said that they are away.
    fn owed() -> (Shop, id::Thread, id::Message, Address) {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let thread = shop.thread("Desks", Some(anna), None, None);
        let mine = shop.letter(thread, "2026-11-10T10:00:00Z", "outbound");
        shop.mail(&format!("UPDATE message SET asks = 1 WHERE id = {}", mine.0));
        let answer = shop.letter(thread, "2026-11-10T10:00:05Z", "inbound");
        let address = Address::parse("anna@acme.example").unwrap();
        shop.mail(&format!(
            "UPDATE message SET nature = 'automatic', from_address = '{address}' WHERE id = {}",
            answer.0
        ));
        shop.store.refresh_thread(thread).unwrap();
        (shop, thread, answer, address)
    }

    fn silent(shop: &Shop, now: &Zoned) -> u64 {
        shop.store.counters(now, &WorkTime::default()).unwrap().get(Counter::Silent)
    }

    #[test]
    fn the_newest_answer_says_until_when_and_a_letter_of_theirs_ends_it() {
        let (shop, thread, answer, anna) = owed();
        let until = |today: &str| shop.store.away_until(&anna, day(today)).unwrap();
        assert_eq!(until("2026-11-20"), None);
        shop.store.keep_away(answer, &anna, day("2026-12-07")).unwrap();
        assert_eq!(until("2026-11-20"), Some(day("2026-12-07")));
        assert_eq!(until("2026-12-07"), None, "they are back");
        shop.mail(&format!("UPDATE message SET place = 'junk' WHERE id = {}", answer.0));
        assert_eq!(until("2026-11-20"), None, "Junk is not believed");
        shop.mail(&format!("UPDATE message SET place = 'live' WHERE id = {}", answer.0));
        let letter = shop.letter(thread, "2026-11-12T10:00:00Z", "inbound");
        shop.mail(&format!("UPDATE message SET from_address = '{anna}' WHERE id = {}", letter.0));
        assert_eq!(until("2026-11-20"), None, "they wrote themselves");
    }

    #[test]
    fn who_is_away_is_not_silent_until_the_working_day_after_their_return() {
        let (shop, thread, answer, anna) = owed();
        assert_eq!(silent(&shop, &now()), 1, "an automatic answer is no answer");
        let today = now().date();
        // Back on a Friday: the first working day after that is Monday.
        let friday = (1..8).filter_map(|days| today.checked_add(days.days()).ok());
        let friday = friday.into_iter().find(|day| day.weekday() == jiff::civil::Weekday::Friday).unwrap();
        shop.store.keep_away(answer, &anna, friday).unwrap();
        let on = |days: i64| {
            let day = friday.checked_add(days.days()).unwrap();
            day.to_datetime(now().time()).to_zoned(now().time_zone().clone()).unwrap()
        };
        for (days, expected) in [(-1, 0), (0, 0), (1, 0), (2, 0), (3, 1)] {
            assert_eq!(silent(&shop, &on(days)), expected, "{days} days after");
        }
        let whys = shop.store.why(thread, &on(3), &WorkTime::default()).unwrap();
        let words: Vec<&str> = whys.iter().flat_map(|why| &why.evidence).map(|words| words.as_str()).collect();
        assert!(words.iter().any(|words| words.starts_with("they were away until ")), "{words:?}");
    }
}
