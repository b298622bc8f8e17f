//! The dates of the demo, which move with today: `@@date -12 09:14@@` in letters, `-12 09:14` in `crm.toml`.

use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan, Zoned};

/// What stands on both sides of a placeholder.
const MARK: &[u8] = b"@@";
/// No placeholder is longer; two marks further apart are not one.
const LONGEST: usize = 40;

/// Now, in the zone the demo's office works in.
pub(super) struct Calendar {
    now: Zoned,
}

impl Calendar {
    pub(super) fn new(now: &Zoned) -> Self {
        Self { now: now.with_time_zone(zone()) }
    }

    pub(super) fn now(&self) -> &Zoned {
        &self.now
    }

    /// `-3`, `+5`: a day.
    pub(super) fn day(&self, words: &str) -> Result<Date> {
        let days = words.trim().parse::<i64>().ok().filter(|days| days.abs() < 10_000);
        days.and_then(|days| self.now.date().checked_add(days.days()).ok()).ok_or_else(|| unfit(words))
    }

    /// `-12 09:14`: a moment. One that the clock skips (summer time begins) is an hour later.
    pub(super) fn moment(&self, words: &str) -> Result<Zoned> {
        let (day, time) = words.trim().split_once(' ').ok_or_else(|| unfit(words))?;
        let time: Time = time.trim().parse().map_err(|_| unfit(words))?;
        self.day(day)?.to_datetime(time).to_zoned(self.now.time_zone().clone()).map_err(|_| unfit(words))
    }

    /// When a letter was written: a time of today is a share of the day so far, so that it is never in the future and
    /// letters of one conversation keep their order.
    fn written(&self, words: &str) -> Result<Zoned> {
        let at = self.moment(words)?;
        if at.date() != self.now.date() {
            return Ok(at.min(self.now.clone()));
        }
        let midnight = self.now.start_of_day().map_err(|_| unfit(words))?;
        let so_far = self.now.duration_since(&midnight).as_secs();
        let seconds = at.duration_since(&midnight).as_secs().saturating_mul(so_far) / 90_000; // the longest day has 25 hours
        midnight.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| unfit(words))
    }

    /// A letter with its placeholders replaced.
    ///
    /// # Errors
    /// When one of them is not understood.
    pub(super) fn replace(&self, letter: &[u8]) -> Result<Vec<u8>> {
        let mut replaced = Vec::with_capacity(letter.len());
        let mut rest = letter;
        while let Some(start) = find(rest) {
            let (before, from) = rest.split_at(start);
            let (_, inside) = from.split_at(MARK.len());
            let words = find(inside).filter(|end| *end <= LONGEST).and_then(|end| inside.get(..end));
            replaced.extend_from_slice(before);
            match words.and_then(|words| std::str::from_utf8(words).ok()) {
                Some(words) => {
                    replaced.extend_from_slice(self.value(words)?.as_bytes());
                    rest = inside.get(words.len() + MARK.len()..).unwrap_or_default();
                }
                None => {
                    replaced.extend_from_slice(MARK);
                    rest = inside;
                }
            }
        }
        replaced.extend_from_slice(rest);
        Ok(replaced)
    }

    fn value(&self, words: &str) -> Result<String> {
        let (kind, when) = words.split_once(' ').ok_or_else(|| unfit(words))?;
        match kind {
            "date" => header(&self.written(when)?),
            "ago" => {
                let minutes: i64 = when.trim().parse().map_err(|_| unfit(words))?;
                header(&self.now.checked_sub(minutes.minutes()).map_err(|_| unfit(words))?)
            }
            "iso" => Ok(self.day(when)?.to_string()),
            "ics" => Ok(self.moment(when)?.with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()),
            _ => Err(unfit(words)),
        }
    }
}

/// Warsaw, by its rule: a machine without a time zone database has the demo too.
fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

fn header(at: &Zoned) -> Result<String> {
    jiff::fmt::rfc2822::to_string(at).map_err(|_| unfit(&at.to_string()))
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MARK.len()).position(|window| window == MARK)
}

fn unfit(words: &str) -> Problem {
    Problem::new(Kind::Internal, format!("the demo holds a date that is not understood: {}", Text::line(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(now: &str, letter: &str) -> String {
        let now: Zoned = now.parse().unwrap();
        String::from_utf8(Calendar::new(&now).replace(letter.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn dates_move_with_today() {
        let monday = "2026-11-23T09:00[Europe/Warsaw]";
        for (now, letter, expected) in [
            (monday, "Date: @@date -12 09:14@@", "Date: Wed, 11 Nov 2026 09:14:00 +0100"),
            (monday, "@@ago 95@@", "Mon, 23 Nov 2026 07:25:00 +0100"),
            (monday, "on @@iso -3@@ and @@iso +4@@.", "on 2026-11-20 and 2026-11-27."),
            (monday, "DTSTART:@@ics +2 10:00@@", "DTSTART:20261125T090000Z"),
            (monday, "a@@b", "a@@b"),
            ("2026-11-23T00:05[Europe/Warsaw]", "@@ago 335@@", "Sun, 22 Nov 2026 18:30:00 +0100"),
            // Elsewhere it is still Sunday; the office is in Warsaw.
            ("2026-11-22T20:00[America/New_York]", "@@iso 0@@", "2026-11-23"),
            // Summer time began at two o'clock that night.
            ("2026-03-30T09:00[Europe/Warsaw]", "@@date -1 02:30@@", "Sun, 29 Mar 2026 03:30:00 +0200"),
            ("2026-10-25T09:00[Europe/Warsaw]", "@@date -1 09:00@@", "Sat, 24 Oct 2026 09:00:00 +0200"),
        ] {
            assert_eq!(replaced(now, letter), expected, "{letter}");
        }
    }

    #[test]
    fn a_letter_of_today_is_in_the_past_and_in_order() {
        for now in
            ["2026-11-23T00:05[Europe/Warsaw]", "2026-10-25T23:59[Europe/Warsaw]", "2026-03-29T03:00[Europe/Warsaw]"]
        {
            let now: Zoned = now.parse().unwrap();
            let calendar = Calendar::new(&now);
            let mut last = now.start_of_day().unwrap();
            for hour in 0..24 {
                let at = calendar.written(&format!("0 {hour:02}:30")).unwrap();
                assert!(at >= last && at <= now, "{now} {hour} {at}");
                last = at;
            }
            assert_eq!(calendar.written("+3 10:00").unwrap(), now);
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let now: Zoned = "2026-11-23T09:00[Europe/Warsaw]".parse().unwrap();
        for bad in ["@@dat -3@@", "@@date -3@@", "@@ago x@@", "@@iso 99999999999@@", "@@@@"] {
            assert!(Calendar::new(&now).replace(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
