//! Times to come that the snooze menu offers. What is typed instead is read by `domain::when`.

use crate::domain::work_time::WorkTime;
use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, Zoned};

/// The hour of "tonight".
const EVENING: i8 = 19;

/// The moments the snooze menu offers, each with its name; a day means the begin of its working day.
#[must_use]
pub fn offers(now: &Zoned, work: &WorkTime) -> Vec<(&'static str, Timestamp)> {
    let today = now.date();
    let mut offers = Vec::new();
    if let (true, Ok(evening)) = (now.hour() < EVENING - 1, Time::new(EVENING, 0, 0, 0)) {
        offers.push(("Tonight", at(now, today, evening)));
    }
    if let Ok(tomorrow) = today.tomorrow() {
        offers.push(("Tomorrow", at(now, tomorrow, work.from)));
    }
    if let Ok(monday) = today.nth_weekday(1, Weekday::Monday) {
        offers.push(("Monday", at(now, monday, work.from)));
    }
    offers
}

/// The most working days that something can be put off by.
const MOST_DAYS: u32 = 366;

/// The begin of the working day that many working days from now; `None` for none or too many.
#[must_use]
pub fn in_working_days(now: &Zoned, days: u32, work: &WorkTime) -> Option<Timestamp> {
    (1..=MOST_DAYS).contains(&days).then(|| at(now, work.days_after(now.date(), days), work.from))
}

fn at(now: &Zoned, day: Date, time: Time) -> Timestamp {
    day.to_datetime(time).to_zoned(now.time_zone().clone()).map_or_else(|_| now.timestamp(), |at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(at: Timestamp) -> String {
        let zone = jiff::tz::TimeZone::get("Europe/Warsaw").unwrap();
        at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn the_menu_offers_times_to_come() {
        let work = WorkTime::default();
        let monday: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        let offers: Vec<String> =
            offers(&monday, &work).iter().map(|(name, at)| format!("{name} {}", shown(*at))).collect();
        assert_eq!(offers, ["Tonight 2026-11-23 19:00", "Tomorrow 2026-11-24 09:00", "Monday 2026-11-30 09:00"]);
        let late = super::offers(&"2026-11-26T21:00[Europe/Warsaw]".parse().unwrap(), &work);
        assert_eq!(late.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["Tomorrow", "Monday"]);
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let work = WorkTime { holidays: vec!["2026-11-25".parse().unwrap()], ..WorkTime::default() };
        let monday: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        for (days, expected) in [
            (0, None),
            (1, Some("2026-11-24 09:00")),
            (2, Some("2026-11-26 09:00")), // over a holiday
            (4, Some("2026-11-30 09:00")), // over a weekend
            (400, None),
        ] {
            assert_eq!(in_working_days(&monday, days, &work).map(shown).as_deref(), expected, "{days}");
        }
    }
}
