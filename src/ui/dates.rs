//! Times to come: what the snooze menu offers, and days as people type them.

use crate::domain::work_time::WorkTime;
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, Zoned};

/// The hour at which things come back.
const MORNING: i8 = 8;
/// The hour of "tonight".
const EVENING: i8 = 19;

/// The moments the snooze menu offers, each with its name.
#[must_use]
pub fn offers(now: &Zoned) -> Vec<(&'static str, Timestamp)> {
    let today = now.date();
    let mut offers = Vec::new();
    if now.hour() < EVENING - 1 {
        offers.push(("Tonight", at(now, today, EVENING)));
    }
    if let Ok(tomorrow) = today.tomorrow() {
        offers.push(("Tomorrow", at(now, tomorrow, MORNING)));
    }
    if let Ok(monday) = today.nth_weekday(1, Weekday::Monday) {
        offers.push(("Monday", at(now, monday, MORNING)));
    }
    offers
}

/// The most working days that something can be put off by.
const MOST_DAYS: u32 = 366;

/// The morning that many working days from now; `None` for none or too many.
#[must_use]
pub fn in_working_days(now: &Zoned, days: u32, work: &WorkTime) -> Option<Timestamp> {
    (1..=MOST_DAYS).contains(&days).then(|| at(now, work.days_after(now.date(), days), MORNING))
}

/// A moment as typed: a day (`25.11`, `25.11.2026`, `2026-11-25`, `+3`, `fri`, `tomorrow`), an hour (`14:30`,
/// `14`), or both. A day alone means its morning. `None` for what cannot be read or has passed.
#[must_use]
pub fn read(typed: &str, now: &Zoned) -> Option<Timestamp> {
    let typed = typed.trim().to_lowercase();
    let parts: Vec<&str> = typed.split_whitespace().collect();
    let moment = match parts.as_slice() {
        [one] => match read_day(one, now.date()) {
            Some(day) => at_hour(now, day, MORNING, 0)?,
            None => {
                let (hour, minute) = read_hour(one).filter(|_| one.contains(':'))?;
                at_hour(now, now.date(), hour, minute)?
            }
        },
        [day, hour] => {
            let (hour, minute) = read_hour(hour)?;
            at_hour(now, read_day(day, now.date())?, hour, minute)?
        }
        _ => return None,
    };
    (moment > now.timestamp()).then_some(moment)
}

/// A day as typed, today or later.
#[must_use]
pub fn read_day(typed: &str, today: Date) -> Option<Date> {
    let typed = typed.trim().to_lowercase();
    if let Some(days) = typed.strip_prefix('+') {
        return today.checked_add(i64::from(days.parse::<u16>().ok()?).days()).ok();
    }
    match typed.as_str() {
        "today" => return Some(today),
        "tomorrow" => return today.tomorrow().ok(),
        _ => {}
    }
    if let Some(weekday) = read_weekday(&typed) {
        return today.nth_weekday(1, weekday).ok();
    }
    let date = if typed.contains('-') {
        typed.parse().ok()?
    } else {
        let mut parts = typed.trim_end_matches('.').split(['.', '/']);
        let day: i8 = parts.next()?.parse().ok()?;
        let month: i8 = parts.next()?.parse().ok()?;
        match parts.next() {
            Some(year) => {
                let year: i16 = year.parse().ok()?;
                Date::new(if year < 100 { 2000 + year } else { year }, month, day).ok()?
            }
            None => {
                let this_year = Date::new(today.year(), month, day).ok()?;
                if this_year < today { Date::new(today.year() + 1, month, day).ok()? } else { this_year }
            }
        }
    };
    (date >= today).then_some(date)
}

fn read_weekday(typed: &str) -> Option<Weekday> {
    let start: String = typed.chars().take(3).collect();
    let weekday = match start.as_str() {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    };
    typed.chars().all(char::is_alphabetic).then_some(weekday)
}

fn read_hour(typed: &str) -> Option<(i8, i8)> {
    let (hour, minute) = typed.split_once(':').unwrap_or((typed, "0"));
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

fn at(now: &Zoned, day: Date, hour: i8) -> Timestamp {
    at_hour(now, day, hour, 0).unwrap_or_else(|| now.timestamp())
}

fn at_hour(now: &Zoned, day: Date, hour: i8, minute: i8) -> Option<Timestamp> {
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    Some(day.to_datetime(time).to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monday_morning() -> Zoned {
        "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
    }

    fn shown(at: Timestamp) -> String {
        at.to_zoned(monday_morning().time_zone().clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn the_menu_offers_times_to_come() {
        let offers: Vec<String> =
            offers(&monday_morning()).iter().map(|(name, at)| format!("{name} {}", shown(*at))).collect();
        assert_eq!(offers, ["Tonight 2026-11-23 19:00", "Tomorrow 2026-11-24 08:00", "Monday 2026-11-30 08:00"]);
        let late = super::offers(&"2026-11-26T21:00[Europe/Warsaw]".parse().unwrap());
        assert_eq!(late.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["Tomorrow", "Monday"]);
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let work = WorkTime { holidays: vec!["2026-11-25".parse().unwrap()], ..WorkTime::default() };
        for (days, expected) in [
            (0, None),
            (1, Some("2026-11-24 08:00")),
            (2, Some("2026-11-26 08:00")), // over a holiday
            (4, Some("2026-11-30 08:00")), // over a weekend
            (400, None),
        ] {
            assert_eq!(in_working_days(&monday_morning(), days, &work).map(shown).as_deref(), expected, "{days}");
        }
    }

    #[test]
    fn days_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("25.11", Some("2026-11-25 08:00")),
            ("1.2", Some("2027-02-01 08:00")),
            ("25.11.2026 14:30", Some("2026-11-25 14:30")),
            ("25/11/26 9", Some("2026-11-25 09:00")),
            ("2026-12-01", Some("2026-12-01 08:00")),
            ("+3", Some("2026-11-26 08:00")),
            ("fri", Some("2026-11-27 08:00")),
            ("Friday 16:00", Some("2026-11-27 16:00")),
            ("tomorrow", Some("2026-11-24 08:00")),
            ("14:30", Some("2026-11-23 14:30")),
            ("9:30", None),
            ("today", None),
            ("2025-01-01", None),
            ("31.02", None),
            ("+99999", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(typed, &monday_morning()).map(shown).as_deref(), expected, "{typed}");
        }
    }
}
