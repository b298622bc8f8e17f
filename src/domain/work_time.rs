//! When I work: what "in two working days" and "within four working hours" mean.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, Zoned};

/// Working days further away than this are not looked for (holidays could go on for ever).
const FARTHEST_DAYS: u32 = 3_660;

/// `[work]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkTime {
    /// The day begins.
    pub from: Time,
    /// The day ends; later than it begins.
    pub to: Time,
    /// Days of the week; never empty.
    pub weekdays: Vec<Weekday>,
    /// Days on which nobody works all the same.
    pub holidays: Vec<Date>,
    /// How soon a client should have an answer, in minutes of working time.
    pub answer_within_minutes: u32,
    /// Working days after which an answer they owe me is late.
    pub follow_up_days: u32,
}

impl Default for WorkTime {
    fn default() -> Self {
        Self {
            from: Time::constant(9, 0, 0, 0),
            to: Time::constant(17, 0, 0, 0),
            weekdays: vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday],
            holidays: Vec::new(),
            answer_within_minutes: 8 * 60,
            follow_up_days: 3,
        }
    }
}

impl WorkTime {
    /// Somebody works on that day.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        self.weekdays.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// The day that many working days after `from`; with 0 `from` itself, or the next working day after it.
    #[must_use]
    pub fn days_after(&self, from: Date, days: u32) -> Date {
        self.walk(from, days, Date::tomorrow)
    }

    /// The day that many working days before `from`; with 0 `from` itself, or the working day before it.
    #[must_use]
    pub fn days_before(&self, from: Date, days: u32) -> Date {
        self.walk(from, days, Date::yesterday)
    }

    fn walk(&self, from: Date, days: u32, step: impl Fn(Date) -> Result<Date, jiff::Error>) -> Date {
        let (mut day, mut left) = (from, days);
        for _ in 0..FARTHEST_DAYS {
            if left == 0 && self.is_working_day(day) {
                break;
            }
            let Ok(next) = step(day) else { break };
            day = next;
            left = left.saturating_sub(u32::from(self.is_working_day(day)));
        }
        day
    }

    /// Minutes of working time between two moments, in the zone of `zone_of`; 0 when the second is not later.
    #[must_use]
    pub fn minutes_between(&self, from: Timestamp, to: Timestamp, zone_of: &Zoned) -> i64 {
        let zone = zone_of.time_zone();
        let (first, last) = (from.to_zoned(zone.clone()).date(), to.to_zoned(zone.clone()).date());
        let mut seconds = 0;
        let mut day = first;
        for _ in 0..FARTHEST_DAYS {
            if day > last {
                break;
            }
            if self.is_working_day(day)
                && let (Ok(opens), Ok(closes)) =
                    (day.to_datetime(self.from).to_zoned(zone.clone()), day.to_datetime(self.to).to_zoned(zone.clone()))
            {
                let begins = opens.timestamp().max(from).as_second();
                let ends = closes.timestamp().min(to).as_second();
                seconds += (ends - begins).max(0);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        seconds / 60
    }
}

impl WorkTime {
    /// The latest moment from which that many minutes of working time have passed until `now`.
    #[must_use]
    pub fn minutes_before(&self, now: &Zoned, minutes: u32) -> Timestamp {
        let mut left = i64::from(minutes) * 60;
        let mut day = now.date();
        for _ in 0..FARTHEST_DAYS {
            if self.is_working_day(day)
                && let (Ok(opens), Ok(closes)) = (
                    day.to_datetime(self.from).to_zoned(now.time_zone().clone()),
                    day.to_datetime(self.to).to_zoned(now.time_zone().clone()),
                )
            {
                let ends = closes.timestamp().min(now.timestamp());
                let worked = (ends.as_second() - opens.timestamp().as_second()).max(0);
                if worked > 0 && worked >= left {
                    return ends.checked_sub(jiff::SignedDuration::from_secs(left)).unwrap_or(ends);
                }
                left -= worked;
            }
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        Timestamp::UNIX_EPOCH
    }

    /// When somebody who works as I do is at work next; `None` when they are now.
    #[must_use]
    pub fn next_opening(&self, now: &Zoned) -> Option<Zoned> {
        let (day, time) = (now.date(), now.time());
        if self.is_working_day(day) && time >= self.from && time < self.to {
            return None;
        }
        let first = if time < self.from { day } else { day.tomorrow().unwrap_or(day) };
        self.days_after(first, 0).to_datetime(self.from).to_zoned(now.time_zone().clone()).ok()
    }

    /// Minutes of one working day; never 0.
    #[must_use]
    pub fn day_minutes(&self) -> i64 {
        (i64::from(self.to.hour()) * 60 + i64::from(self.to.minute())
            - i64::from(self.from.hour()) * 60
            - i64::from(self.from.minute()))
        .max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn who_is_not_at_work_is_next_morning() {
        let work = WorkTime { holidays: vec![date(2026, 11, 11)], ..WorkTime::default() };
        for (now, opens) in [
            ("2026-11-06T12:00[Europe/Warsaw]", None),
            ("2026-11-06T08:00[Europe/Warsaw]", Some("2026-11-06T09:00[Europe/Warsaw]")),
            ("2026-11-06T17:00[Europe/Warsaw]", Some("2026-11-09T09:00[Europe/Warsaw]")), // Friday
            ("2026-11-08T12:00[Europe/Warsaw]", Some("2026-11-09T09:00[Europe/Warsaw]")),
            ("2026-11-10T20:00[Europe/Warsaw]", Some("2026-11-12T09:00[Europe/Warsaw]")), // over the 11th
        ] {
            let now: Zoned = now.parse().unwrap();
            assert_eq!(work.next_opening(&now), opens.map(|at| at.parse::<Zoned>().unwrap()), "{now}");
        }
    }

    #[test]
    fn so_many_working_minutes_ago() {
        let work = WorkTime { holidays: vec![date(2026, 11, 11)], ..WorkTime::default() };
        for (now, minutes, before) in [
            ("2026-11-06T12:00[Europe/Warsaw]", 120, "2026-11-06T10:00[Europe/Warsaw]"),
            ("2026-11-09T10:00[Europe/Warsaw]", 120, "2026-11-06T16:00[Europe/Warsaw]"), // over a weekend
            ("2026-11-08T20:00[Europe/Warsaw]", 60, "2026-11-06T16:00[Europe/Warsaw]"),  // on Sunday
            ("2026-11-12T10:00[Europe/Warsaw]", 480, "2026-11-10T10:00[Europe/Warsaw]"), // over the 11th
            ("2026-11-06T20:00[Europe/Warsaw]", 480, "2026-11-06T09:00[Europe/Warsaw]"),
        ] {
            let (now, before): (Zoned, Zoned) = (now.parse().unwrap(), before.parse().unwrap());
            assert_eq!(work.minutes_before(&now, minutes), before.timestamp(), "{now} - {minutes}");
            assert_eq!(work.minutes_between(before.timestamp(), now.timestamp(), &now), i64::from(minutes));
        }
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let work = WorkTime { holidays: vec![date(2026, 11, 11)], ..WorkTime::default() };
        for (from, days, after) in [
            (date(2026, 11, 6), 1, date(2026, 11, 9)),  // Friday → Monday
            (date(2026, 11, 6), 3, date(2026, 11, 12)), // over the 11th
            (date(2026, 11, 7), 0, date(2026, 11, 9)),  // Saturday itself is none
            (date(2026, 11, 9), 0, date(2026, 11, 9)),
        ] {
            assert_eq!(work.days_after(from, days), after, "{from} + {days}");
        }
        assert_eq!(work.days_before(date(2026, 11, 12), 1), date(2026, 11, 10));
        assert_eq!(work.days_before(date(2026, 11, 9), 1), date(2026, 11, 6));
    }

    #[test]
    fn nobody_works_on_no_day_and_it_ends() {
        let work = WorkTime { holidays: Vec::new(), weekdays: Vec::new(), ..WorkTime::default() };
        assert!(work.days_after(date(2026, 11, 6), 1) > date(2026, 11, 6));
    }

    #[test]
    fn working_minutes_are_those_of_the_office() {
        let work = WorkTime::default();
        let zone: Zoned = "2026-11-06T12:00[Europe/Warsaw]".parse().unwrap();
        let at = |text: &str| text.parse::<Zoned>().unwrap().timestamp();
        for (from, to, minutes) in [
            ("2026-11-06T10:00[Europe/Warsaw]", "2026-11-06T11:30[Europe/Warsaw]", 90),
            ("2026-11-06T16:00[Europe/Warsaw]", "2026-11-09T10:00[Europe/Warsaw]", 120), // over a weekend
            ("2026-11-06T20:00[Europe/Warsaw]", "2026-11-08T20:00[Europe/Warsaw]", 0),
            ("2026-11-06T11:00[Europe/Warsaw]", "2026-11-06T10:00[Europe/Warsaw]", 0),
            ("2026-11-05T08:00[Europe/Warsaw]", "2026-11-06T18:00[Europe/Warsaw]", 960),
        ] {
            assert_eq!(work.minutes_between(at(from), at(to), &zone), minutes, "{from} {to}");
        }
    }
}
