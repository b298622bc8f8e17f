//! The days a report is about, and the steps in which it is drawn.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Whole days, the first and the last one counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// What kind of period it is: `[` and `]` go to the one before and after.
    pub span: Span,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Kinds of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// Monday to Sunday.
    Week,
    /// Of the calendar.
    Month,
    /// Three months.
    Quarter,
    /// Of the calendar.
    Year,
    /// Any days.
    Days,
}

impl Span {
    /// Those with a name, from the shortest.
    pub const NAMED: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Days => "days",
        }
    }
}

/// How fine a period is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A bar for each day.
    Day,
    /// A bar for each week, Monday to Sunday.
    Week,
    /// A bar for each month.
    Month,
}

impl Step {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// The most steps of one report: a century of weeks is drawn by months.
const MOST_STEPS: usize = 4_000;

impl Period {
    /// The week, month, quarter or year that a day lies in.
    #[must_use]
    pub fn of(span: Span, day: Date) -> Self {
        let (from, to) = match span {
            Span::Week => {
                let from = day.checked_sub(i64::from(day.weekday().since(Weekday::Monday)).days()).unwrap_or(day);
                (from, from.checked_add(6.days()).unwrap_or(day))
            }
            Span::Month => (day.first_of_month(), day.last_of_month()),
            Span::Quarter => {
                let into = i64::from((day.month() - 1) % 3);
                let from = day.first_of_month().checked_sub(into.months()).unwrap_or(day);
                (from, from.checked_add(2.months()).unwrap_or(day).last_of_month())
            }
            Span::Year => (day.first_of_year(), day.last_of_year()),
            Span::Days => (day, day),
        };
        Self { span, from, to }
    }

    /// These days; `None` when they end before they begin.
    #[must_use]
    pub fn days(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { span: Span::Days, from, to })
    }

    /// How many days.
    #[must_use]
    pub fn len(&self) -> i64 {
        days_between(self.from, self.to) + 1
    }

    /// Never: a period has a day at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The period so many after this one (before it, where it is negative).
    #[must_use]
    pub fn step(&self, by: i64) -> Self {
        let moved = match self.span {
            Span::Week => self.from.checked_add((7 * by).days()),
            Span::Month => self.from.checked_add(by.months()),
            Span::Quarter => self.from.checked_add((3 * by).months()),
            Span::Year => self.from.checked_add(by.years()),
            Span::Days => self.from.checked_add((self.len() * by).days()),
        };
        let Ok(from) = moved else { return *self };
        match self.span {
            Span::Days => {
                from.checked_add((self.len() - 1).days()).map_or(*self, |to| Self { span: Span::Days, from, to })
            }
            named => Self::of(named, from),
        }
    }

    /// Its first moment, and the first after it, in a zone.
    #[must_use]
    pub fn bounds(&self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        (first_moment(self.from, zone), first_moment(self.to.tomorrow().unwrap_or(self.to), zone))
    }

    /// As people say it: `November 2026`, `16 – 22 Nov 2026`.
    #[must_use]
    pub fn title(&self) -> String {
        let day = |date: Date, format: &str| date.strftime(format).to_string();
        match self.span {
            Span::Month => day(self.from, "%B %Y"),
            Span::Year => day(self.from, "%Y"),
            Span::Quarter => format!("{} – {}", day(self.from, "%b"), day(self.to, "%b %Y")),
            Span::Week | Span::Days if self.from == self.to => day(self.from, "%a %-d %b %Y"),
            Span::Week | Span::Days => {
                let first = match (self.from.year() == self.to.year(), self.from.month() == self.to.month()) {
                    (true, true) => day(self.from, "%-d"),
                    (true, false) => day(self.from, "%-d %b"),
                    (false, _) => day(self.from, "%-d %b %Y"),
                };
                format!("{first} – {}", day(self.to, "%-d %b %Y"))
            }
        }
    }

    /// How fine it is drawn where nobody says: by days up to five weeks, by weeks up to half a year.
    #[must_use]
    pub fn own_step(&self) -> Step {
        match self.len() {
            ..=35 => Step::Day,
            36..=190 => Step::Week,
            _ => Step::Month,
        }
    }

    /// Its steps in order, each with its first and last day; the first and the last step end where the period does.
    #[must_use]
    pub fn steps(&self, step: Step) -> Vec<(Date, Date)> {
        let mut steps = Vec::new();
        let mut from = self.from;
        while from <= self.to && steps.len() < MOST_STEPS {
            let end = match step {
                Step::Day => from,
                Step::Week => Self::of(Span::Week, from).to,
                Step::Month => from.last_of_month(),
            };
            let end = end.min(self.to);
            steps.push((from, end));
            let Ok(next) = end.tomorrow() else { break };
            from = next;
        }
        steps
    }

    /// What is typed: `week`, `last month`, `2026`, `2026-11`, `2026-11-01 2026-11-15`, `1.11 - 15.11`, `30 days`.
    #[must_use]
    pub fn read(typed: &str, today: Date) -> Option<Self> {
        let typed = typed.trim().to_lowercase();
        let (words, last) = match typed.strip_prefix("last ") {
            Some(rest) => (rest.trim(), true),
            None => (typed.strip_prefix("this ").unwrap_or(&typed).trim(), false),
        };
        if let Some(span) = Span::NAMED.into_iter().find(|span| span.word() == words) {
            return Some(Self::of(span, today).step(-i64::from(last)));
        }
        if let Some(days) = words.strip_suffix("days").and_then(|days| days.trim().parse::<u16>().ok()) {
            let from = today.checked_sub((i64::from(days).max(1) - 1).days()).ok()?;
            return Self::days(from, today);
        }
        if words == "today" {
            return Self::days(today, today);
        }
        if words == "yesterday" {
            let day = today.yesterday().ok()?;
            return Self::days(day, day);
        }
        let one = |text: &str| read_one(text.trim(), today);
        let parts: Vec<&str> = match words.split_once("..").or_else(|| words.split_once(" - ")) {
            Some((from, to)) => vec![from, to],
            None => words.split_whitespace().collect(),
        };
        match parts.as_slice() {
            [only] => one(only),
            [from, to] => {
                let (from, to) = (one(from)?, one(to)?);
                Self::days(from.from, to.to)
            }
            _ => None,
        }
    }
}

/// A year, a month or a day.
fn read_one(text: &str, today: Date) -> Option<Period> {
    let mut parts = text.split('-');
    let numbers = [parts.next(), parts.next(), parts.next()].map(|part| part.and_then(|part| part.parse::<i16>().ok()));
    let dashes = text.matches('-').count();
    match (numbers, dashes) {
        ([Some(year), None, None], 0) if text.len() == 4 => Some(Period::of(Span::Year, Date::new(year, 1, 1).ok()?)),
        ([Some(year), Some(month), None], 1) => {
            Some(Period::of(Span::Month, Date::new(year, i8::try_from(month).ok()?, 1).ok()?))
        }
        ([Some(_), Some(_), Some(_)], 2) => {
            let day: Date = text.parse().ok()?;
            Period::days(day, day)
        }
        _ => {
            let mut parts = text.trim_end_matches('.').split(['.', '/']);
            let day: i8 = parts.next()?.parse().ok()?;
            let month: i8 = parts.next()?.parse().ok()?;
            let year = match parts.next() {
                Some(year) => year.parse::<i16>().ok()?,
                None => today.year(),
            };
            let day = Date::new(if year < 100 { 2000 + year } else { year }, month, day).ok()?;
            Period::days(day, day)
        }
    }
}

fn first_moment(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |at| at.timestamp())
}

/// Whole days from one to the other.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until((jiff::Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn today() -> Date {
        date(2026, 11, 23)
    }

    #[test]
    fn periods_of_the_calendar() {
        for (span, from, to, title) in [
            (Span::Week, date(2026, 11, 23), date(2026, 11, 29), "23 – 29 Nov 2026"),
            (Span::Month, date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
            (Span::Quarter, date(2026, 10, 1), date(2026, 12, 31), "Oct – Dec 2026"),
            (Span::Year, date(2026, 1, 1), date(2026, 12, 31), "2026"),
            (Span::Days, today(), today(), "Mon 23 Nov 2026"),
        ] {
            let period = Period::of(span, today());
            assert_eq!((period.from, period.to, period.title()), (from, to, title.to_owned()), "{span:?}");
            assert_eq!(period.step(1).step(-1), period, "{span:?}: there and back");
            assert_eq!(period.step(1).from, period.to.tomorrow().unwrap(), "{span:?}: the next begins where it ends");
        }
        assert_eq!(Period::of(Span::Week, date(2026, 11, 29)).from, date(2026, 11, 23), "Sunday ends its week");
        assert_eq!(Period::days(date(2026, 12, 28), date(2027, 1, 3)).unwrap().title(), "28 Dec 2026 – 3 Jan 2027");
        assert_eq!(Period::days(today(), date(2026, 11, 22)), None);
    }

    #[test]
    fn what_is_typed() {
        let days = |from, to| Period::days(from, to);
        for (typed, expected) in [
            ("week", Some(Period::of(Span::Week, today()))),
            ("this quarter", Some(Period::of(Span::Quarter, today()))),
            ("Last month", Some(Period::of(Span::Month, date(2026, 10, 1)))),
            ("2025", Some(Period::of(Span::Year, date(2025, 5, 5)))),
            ("2026-02", Some(Period::of(Span::Month, date(2026, 2, 9)))),
            ("2026-11-03", days(date(2026, 11, 3), date(2026, 11, 3))),
            ("2026-11-01 2026-11-15", days(date(2026, 11, 1), date(2026, 11, 15))),
            ("2026-09..2026-10", days(date(2026, 9, 1), date(2026, 10, 31))),
            ("1.11 - 15.11", days(date(2026, 11, 1), date(2026, 11, 15))),
            ("1.11.25 15/12/25", days(date(2025, 11, 1), date(2025, 12, 15))),
            ("30 days", days(date(2026, 10, 25), today())),
            ("today", days(today(), today())),
            ("yesterday", days(date(2026, 11, 22), date(2026, 11, 22))),
            ("15.11 1.11", None),
            ("31.02", None),
            ("2026-13", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(Period::read(typed, today()), expected, "{typed}");
        }
    }

    #[test]
    fn the_steps_cover_every_day_once() {
        for (span, step, count) in [
            (Span::Month, Step::Day, 30),
            (Span::Quarter, Step::Week, 14),
            (Span::Year, Step::Month, 12),
            (Span::Year, Step::Week, 53),
        ] {
            let period = Period::of(span, today());
            let steps = period.steps(step);
            assert_eq!(steps.len(), count, "{span:?}");
            let days: i64 = steps.iter().map(|(from, to)| days_between(*from, *to) + 1).sum();
            assert_eq!(days, period.len(), "{span:?}");
        }
        let own = [Span::Week, Span::Month, Span::Quarter, Span::Year].map(|span| Period::of(span, today()).own_step());
        assert_eq!(own, [Step::Day, Step::Day, Step::Week, Step::Month]);
    }

    #[test]
    fn a_day_begins_where_the_user_is() {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let (from, to) = Period::of(Span::Month, date(2026, 10, 5)).bounds(&zone);
        // Summer time ends on the 25th.
        assert_eq!((from.to_string(), to.to_string()), ("2026-09-30T22:00:00Z".into(), "2026-10-31T23:00:00Z".into()));
    }
}
