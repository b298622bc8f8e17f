//! How much waited day by day: what was seen, noted when somebody looked. Never read as a counter.

use super::Store;
use crate::domain::counter::{Counter, Counters};
use crate::domain::problem::Result;
use crate::domain::report::CounterDay;
use crate::domain::work_time::WorkTime;
use jiff::Zoned;
use jiff::civil::Date;
use rusqlite::params;

impl Store {
    /// Notes what waits now as the last look of this day, and as its first one where there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_counters(&self, now: &Zoned, work: &WorkTime) -> Result<()> {
        let counters = self.counters(now, work)?;
        let day = now.date().to_string();
        self.write(|| {
            let mut statement = self.sql().prepare_cached(
                "INSERT INTO counter_day (day, counter, first, last) VALUES (?1, ?2, ?3, ?3)
                 ON CONFLICT (day, counter) DO UPDATE SET last = excluded.last WHERE last <> excluded.last",
            )?;
            for counter in Counter::ALL {
                statement.execute(params![
                    day,
                    counter.word(),
                    i64::try_from(counters.get(counter)).unwrap_or(i64::MAX)
                ])?;
            }
            Ok(())
        })
    }

    /// What was noted on these days, in their order; days nobody looked are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counter_days(&self, from: Date, to: Date) -> Result<Vec<CounterDay>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT day, counter, first, last FROM counter_day WHERE day BETWEEN ?1 AND ?2 ORDER BY day",
        )?;
        let mut rows = statement.query([from.to_string(), to.to_string()])?;
        let mut days: Vec<CounterDay> = Vec::new();
        while let Some(row) = rows.next()? {
            let Ok(day) = row.get::<_, String>("day")?.parse::<Date>() else { continue };
            let word: String = row.get("counter")?;
            let Some(counter) = Counter::ALL.into_iter().find(|counter| counter.word() == word) else { continue };
            if days.last().is_none_or(|last| last.day != day) {
                days.push(CounterDay { day, first: Counters::default(), last: Counters::default() });
            }
            if let Some(noted) = days.last_mut() {
                noted.first.set(counter, super::count_at(row, "first")?);
                noted.last.set(counter, super::count_at(row, "last")?);
            }
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, now};
    use super::*;

    #[test]
    fn a_day_has_its_first_and_its_last_look() {
        let shop = Shop::open();
        let thread = shop.thread("offer", None, None, None);
        shop.store.note_counters(&now(), &WorkTime::default()).unwrap();
        shop.letter(thread, "2026-11-20T08:00:00Z", "inbound");
        shop.store.note_counters(&now(), &WorkTime::default()).unwrap();
        let tomorrow = now().tomorrow().unwrap();
        shop.store.note_counters(&tomorrow, &WorkTime::default()).unwrap();
        let days = shop.store.counter_days(now().date(), tomorrow.date()).unwrap();
        let unread: Vec<(u64, u64)> =
            days.iter().map(|day| (day.first.get(Counter::Unread), day.last.get(Counter::Unread))).collect();
        assert_eq!(unread, [(0, 1), (1, 1)]);
        assert_eq!(days[0].total(), 2, "unread and unanswered");
        assert_eq!(shop.store.counter_days(tomorrow.date(), tomorrow.date()).unwrap().len(), 1);
    }
}
