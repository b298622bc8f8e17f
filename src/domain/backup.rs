//! Backups of what no server has: when one is due, and which old ones may go.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// A backup is made when the last one is older.
pub const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Days, weeks and months of which the newest backup is kept.
const DAYS: usize = 7;
const WEEKS: usize = 4;
const MONTHS: usize = 12;

/// True when it is time for another one.
#[must_use]
pub fn is_due(backups: &[Timestamp], now: Timestamp) -> bool {
    // One from the future was made by a clock that went wrong: it says nothing.
    let last = backups.iter().filter(|made| **made <= now).max();
    last.is_none_or(|last| now.duration_since(*last) >= EVERY)
}

/// The backups that may go: all but the newest of each of the last days, weeks and months that have one.
#[must_use]
pub fn outdated(backups: &[Timestamp]) -> Vec<Timestamp> {
    let mut newest_first = backups.to_vec();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    let mut kept: BTreeSet<Timestamp> = newest_first.first().copied().into_iter().collect();
    let day = |made: &Timestamp| made.to_zoned(TimeZone::UTC).date();
    kept.extend(newest_of(&newest_first, DAYS, |made| day(made)));
    kept.extend(newest_of(&newest_first, WEEKS, |made| {
        let week = day(made).iso_week_date();
        (week.year(), week.week())
    }));
    kept.extend(newest_of(&newest_first, MONTHS, |made| {
        let day: Date = day(made);
        (day.year(), day.month())
    }));
    newest_first.into_iter().filter(|made| !kept.contains(made)).collect()
}

/// The newest of each of the first `count` periods.
fn newest_of<P: PartialEq>(
    newest_first: &[Timestamp],
    count: usize,
    period: impl Fn(&Timestamp) -> P,
) -> Vec<Timestamp> {
    let mut newest: Vec<(P, Timestamp)> = Vec::new();
    for made in newest_first {
        let period = period(made);
        if newest.last().is_none_or(|(last, _)| *last != period) {
            newest.push((period, *made));
        }
    }
    newest.into_iter().take(count).map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn one_a_day() {
        let now = at("2026-11-23T10:00:00Z");
        for (last, due) in [
            (None, true),
            (Some("2026-11-22T10:00:00Z"), true),
            (Some("2026-11-22T10:00:01Z"), false),
            (Some("2026-11-23T09:00:00Z"), false),
            (Some("2027-01-01T00:00:00Z"), true),
        ] {
            let backups: Vec<Timestamp> = last.into_iter().map(at).collect();
            assert_eq!(is_due(&backups, now), due, "{last:?}");
        }
    }

    #[test]
    fn days_weeks_and_months_are_kept() {
        // Two a day for 500 days.
        let start = at("2025-07-10T06:00:00Z");
        let all: Vec<Timestamp> =
            (0..1000).map(|half| start.checked_add(SignedDuration::from_hours(12 * half)).unwrap()).collect();
        let gone = outdated(&all);
        let kept: Vec<&Timestamp> = all.iter().filter(|made| !gone.contains(made)).collect();
        assert!(kept.len() <= DAYS + WEEKS + MONTHS && kept.len() >= 18, "{}", kept.len());
        assert_eq!(kept.last(), Some(&all.last().unwrap()), "the newest stays");
        assert!(kept.first().unwrap().duration_since(start).as_hours() > 24 * 100, "the oldest goes");
        // As it really happens: one more each day, what is outdated goes at once. In the end the same months are there.
        let mut living = Vec::new();
        for made in all.iter().step_by(2) {
            living.push(*made);
            let gone = outdated(&living);
            living.retain(|made| !gone.contains(made));
        }
        assert!((18..=DAYS + WEEKS + MONTHS).contains(&living.len()), "{}", living.len());
        let age = living.last().unwrap().duration_since(*living.first().unwrap()).as_hours() / 24;
        assert!((300..=370).contains(&age), "{age} days back");
        assert_eq!(outdated(&all[..1]), []);
    }
}
