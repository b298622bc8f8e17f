//! Meetings that come again (RFC 5545, 3.3.10): when the next one is.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Days after the first meeting that are looked at: about eleven years.
const FARTHEST_DAYS: i32 = 4_000;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Days.
    Day,
    /// Weeks, which begin on Monday.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// The rule by which a meeting comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The unit.
    pub every: Every,
    /// Every so many of them; at least 1.
    pub interval: i32,
    /// At most so many meetings.
    pub count: Option<u32>,
    /// None later than this.
    pub until: Option<Timestamp>,
    /// On these days of the week: of each week, or the n-th of the month (negative: from its end, 0: every one).
    pub on: Vec<(i8, Weekday)>,
    /// On these days of the month.
    pub month_days: Vec<i8>,
    /// Left out.
    pub except: Vec<Timestamp>,
    /// Its times are this zone's, through summer and winter.
    pub zone: TimeZone,
}

impl Repeat {
    /// The first meeting after `after`, where the first of all is at `start`; `None` when there is none any more.
    #[must_use]
    pub fn next(&self, start: Timestamp, after: Timestamp) -> Option<Timestamp> {
        let first = start.to_zoned(self.zone.clone());
        let (begin, time) = (first.date(), first.time());
        let mut day = begin;
        let mut met = 0_u32;
        for _ in 0..FARTHEST_DAYS {
            if day == begin || self.falls_on(begin, day) {
                met += 1;
                let at = day.to_datetime(time).to_zoned(self.zone.clone()).ok()?.timestamp();
                if self.count.is_some_and(|count| met > count) || self.until.is_some_and(|until| at > until) {
                    return None;
                }
                if at > after && !self.except.contains(&at) {
                    return Some(at);
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn falls_on(&self, begin: Date, day: Date) -> bool {
        let interval = self.interval.max(1);
        let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
        let on_weekday = || self.on.iter().any(|(nth, weekday)| day.weekday() == *weekday && is_nth(day, *nth));
        let on_month_day = || {
            let from_end = day.days_in_month() + 1;
            self.month_days
                .iter()
                .any(|wanted| *wanted == day.day() || (*wanted < 0 && from_end + *wanted == day.day()))
        };
        match self.every {
            Every::Day => days(begin, day) % interval == 0 && (self.on.is_empty() || on_weekday()),
            Every::Week => {
                let weekday = self.on.iter().any(|(_, weekday)| day.weekday() == *weekday);
                let fits = if self.on.is_empty() { day.weekday() == begin.weekday() } else { weekday };
                fits && days(monday(begin), monday(day)) / 7 % interval == 0
            }
            Every::Month | Every::Year => {
                let apart = months(day) - months(begin);
                let every = if self.every == Every::Year { interval.saturating_mul(12) } else { interval };
                let fits = match (self.on.is_empty(), self.month_days.is_empty()) {
                    (true, true) => day.day() == begin.day(),
                    (false, true) => on_weekday(),
                    (true, false) => on_month_day(),
                    (false, false) => on_weekday() && on_month_day(),
                };
                apart % every == 0 && fits
            }
        }
    }
}

fn days(from: Date, to: Date) -> i32 {
    i32::try_from(to.duration_since(from).as_hours() / 24).unwrap_or(i32::MAX)
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(SignedDuration::from_hours(24 * back)).unwrap_or(day)
}

/// The n-th of its weekday in its month; from the end where negative.
fn is_nth(day: Date, nth: i8) -> bool {
    match nth {
        0 => true,
        1.. => (day.day() - 1) / 7 + 1 == nth,
        _ => (day.days_in_month() - day.day()) / 7 + 1 == -nth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(every: Every, interval: i32) -> Repeat {
        Repeat {
            every,
            interval,
            count: None,
            until: None,
            on: Vec::new(),
            month_days: Vec::new(),
            except: Vec::new(),
            zone: TimeZone::get("Europe/Warsaw").unwrap(),
        }
    }

    #[test]
    fn the_next_one_is_found_by_its_rule() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // Thursday, 5 March 2026, 10:00 in Warsaw.
        let start = at("2026-03-05T09:00:00Z");
        let after = at("2026-11-23T09:00:00Z");
        let weekly = rule(Every::Week, 1);
        for (repeat, expected) in [
            (rule(Every::Day, 1), Some("2026-11-24T09:00:00Z")),
            (weekly.clone(), Some("2026-11-26T09:00:00Z")),
            (rule(Every::Week, 2), Some("2026-11-26T09:00:00Z")),
            (rule(Every::Week, 3), Some("2026-12-03T09:00:00Z")),
            (
                Repeat { on: vec![(0, Weekday::Monday), (0, Weekday::Wednesday)], ..weekly.clone() },
                Some("2026-11-25T09:00:00Z"),
            ),
            (rule(Every::Month, 1), Some("2026-12-05T09:00:00Z")),
            (Repeat { on: vec![(-1, Weekday::Friday)], ..rule(Every::Month, 1) }, Some("2026-11-27T09:00:00Z")),
            (Repeat { on: vec![(1, Weekday::Tuesday)], ..rule(Every::Month, 1) }, Some("2026-12-01T09:00:00Z")),
            (Repeat { month_days: vec![-1], ..rule(Every::Month, 1) }, Some("2026-11-30T09:00:00Z")),
            (rule(Every::Year, 1), Some("2027-03-05T09:00:00Z")),
            (Repeat { count: Some(3), ..weekly.clone() }, None),
            (Repeat { until: Some(at("2026-06-01T00:00:00Z")), ..weekly.clone() }, None),
            (Repeat { except: vec![at("2026-11-26T09:00:00Z")], ..weekly.clone() }, Some("2026-12-03T09:00:00Z")),
        ] {
            assert_eq!(repeat.next(start, after), expected.map(at), "{repeat:?}");
        }
        // In summer the same hour is another moment.
        assert_eq!(weekly.next(start, at("2026-07-01T00:00:00Z")), Some(at("2026-07-02T08:00:00Z")));
        assert_eq!(weekly.next(start, at("2026-01-01T00:00:00Z")), Some(start));
    }
}
