//! Days as searches ask for them: `2026-11-01`, `01.11.2026`, `yesterday`, `7d`, `november`, «ноябрь».

use crate::domain::text::fold;
use jiff::civil::{Date, date};
use jiff::{Span, Timestamp, Zoned};

/// A day, a month or a year; those that are said from today stay so, also in a search that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// This day.
    Day(Date),
    /// So many days ago; before 0 it is to come.
    DaysAgo(i32),
    /// So many months ago, on the same day.
    MonthsAgo(i32),
    /// This month, of the year; without one the last that has begun.
    Month(Option<i16>, i8),
    /// This year.
    Year(i16),
}

/// Farther back nobody looks, and the calendar ends.
const LONGEST: i32 = 40_000;

const DAYS: [(&[&str], i32); 3] = [
    (&["today", "сегодня", "сьогодні", "dzis", "dzisiaj"], 0),
    (&["yesterday", "вчера", "вчора", "wczoraj"], 1),
    (&["tomorrow", "завтра", "jutro"], -1),
];

/// English, Russian, Ukrainian, Polish; as they are called and as they stand in a date.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "январь", "января", "янв", "січень", "січня", "styczen", "stycznia", "sty"],
    &["february", "feb", "февраль", "февраля", "фев", "лютий", "лютого", "luty", "lutego", "lut"],
    &["march", "mar", "март", "марта", "мар", "березень", "березня", "marzec", "marca"],
    &["april", "apr", "апрель", "апреля", "апр", "квітень", "квітня", "kwiecien", "kwietnia", "kwi"],
    &["may", "май", "мая", "травень", "травня", "maj", "maja"],
    &["june", "jun", "июнь", "июня", "июн", "червень", "червня", "czerwiec", "czerwca", "cze"],
    &["july", "jul", "июль", "июля", "июл", "липень", "липня", "lipiec", "lipca", "lip"],
    &["august", "aug", "август", "августа", "авг", "серпень", "серпня", "sierpien", "sierpnia", "sie"],
    &["september", "sep", "sept", "сентябрь", "сентября", "сен", "вересень", "вересня", "wrzesien", "wrzesnia", "wrz"],
    &["october", "oct", "октябрь", "октября", "окт", "жовтень", "жовтня", "pazdziernik", "pazdziernika", "paz"],
    &["november", "nov", "ноябрь", "ноября", "ноя", "листопад", "листопада", "listopad", "listopada", "lis"],
    &["december", "dec", "декабрь", "декабря", "дек", "грудень", "грудня", "grudzien", "grudnia", "gru"],
];

impl When {
    /// `None` when it is no day.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let word = fold(typed.trim());
        if let Some((_, days)) = DAYS.iter().find(|(words, _)| words.contains(&word.as_str())) {
            return Some(Self::DaysAgo(*days));
        }
        let month =
            |word: &str| MONTHS.iter().position(|names| names.contains(&word)).and_then(|at| i8::try_from(at + 1).ok());
        if let Some(month) = month(&word) {
            return Some(Self::Month(None, month));
        }
        if let Some((name, year)) = word.split_once(['-', '.'])
            && let Some(month) = month(name)
        {
            return Some(Self::Month(Some(year_of(year)?), month));
        }
        ago(&word).or_else(|| numbers(&word))
    }

    /// Its first and its last day.
    #[must_use]
    pub fn days(self, now: &Zoned) -> (Date, Date) {
        let today = now.date();
        match self {
            Self::Day(day) => (day, day),
            Self::DaysAgo(days) => {
                let day = today.saturating_sub(Span::new().days(i64::from(days.clamp(-LONGEST, LONGEST))));
                (day, day)
            }
            Self::MonthsAgo(months) => {
                let day = today.saturating_sub(Span::new().months(i64::from(months.clamp(-LONGEST, LONGEST))));
                (day, day)
            }
            Self::Month(year, month) => {
                let year = year.unwrap_or(if month > today.month() { today.year() - 1 } else { today.year() });
                let first = Date::new(year, month, 1).unwrap_or(today);
                (first, first.last_of_month())
            }
            Self::Year(year) => {
                let first = Date::new(year, 1, 1).unwrap_or(today);
                (first, first.last_of_year())
            }
        }
    }

    /// The moment its first day begins, and the one its last day has ended.
    #[must_use]
    pub fn moments(self, now: &Zoned) -> (Timestamp, Timestamp) {
        let (first, last) = self.days(now);
        let begin = |day: Date, else_: Timestamp| {
            day.to_zoned(now.time_zone().clone()).map_or(else_, |zoned| zoned.timestamp())
        };
        let after = last.tomorrow().map_or(Timestamp::MAX, |day| begin(day, Timestamp::MAX));
        (begin(first, Timestamp::MIN), after)
    }

    /// `2026-11-01`, `7 days ago`, `november`.
    #[must_use]
    pub fn in_words(self) -> String {
        let count = |n: i32, one: &str| if n == 1 { format!("1 {one} ago") } else { format!("{n} {one}s ago") };
        match self {
            Self::Day(day) => day.to_string(),
            Self::DaysAgo(0) => "today".to_owned(),
            Self::DaysAgo(1) => "yesterday".to_owned(),
            Self::DaysAgo(-1) => "tomorrow".to_owned(),
            Self::DaysAgo(days) => count(days, "day"),
            Self::MonthsAgo(months) => count(months, "month"),
            Self::Month(year, month) => {
                let name =
                    usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).and_then(|names| names.first());
                let year = year.map(|year| format!(" {year}")).unwrap_or_default();
                format!("{}{year}", name.copied().unwrap_or_default())
            }
            Self::Year(year) => year.to_string(),
        }
    }
}

/// `7d`, `2w`, `3m`, `1y`; in Cyrillic letters too.
fn ago(word: &str) -> Option<When> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let count: i32 = digits.parse().ok().filter(|count| (0..=LONGEST).contains(count))?;
    match word.get(digits.len()..)? {
        "d" | "д" => Some(When::DaysAgo(count)),
        "w" | "н" | "т" => Some(When::DaysAgo(count.saturating_mul(7))),
        "m" | "м" => Some(When::MonthsAgo(count)),
        "y" | "г" | "р" => Some(When::MonthsAgo(count.saturating_mul(12))),
        _ => None,
    }
}

/// `2026-11-01`, `01.11.2026`, `1/11/2026` (the day first), `2026-11`, `11.2026`, `2026`.
fn numbers(word: &str) -> Option<When> {
    let parts: Vec<&str> = word.split(['-', '.', '/']).collect();
    let small = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            Some(When::Day(Date::new(year_of(year)?, small(month)?, small(day)?).ok()?))
        }
        [day, month, year] => Some(When::Day(Date::new(year_of(year)?, small(month)?, small(day)?).ok()?)),
        [year, month] if year.len() == 4 => month_of(year, month),
        [month, year] if year.len() == 4 => month_of(year, month),
        [year] => Some(When::Year(year_of(year)?)),
        _ => None,
    }
}

fn month_of(year: &str, month: &str) -> Option<When> {
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(When::Month(Some(year_of(year)?), month))
}

fn year_of(text: &str) -> Option<i16> {
    const FIRST: Date = date(1900, 1, 1);
    let year: i16 = text.parse().ok().filter(|_| text.len() == 4)?;
    (FIRST.year()..=2200).contains(&year).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let now: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        for (typed, first, last) in [
            ("2026-11-01", "2026-11-01", "2026-11-01"),
            ("01.11.2026", "2026-11-01", "2026-11-01"),
            ("1/2/2026", "2026-02-01", "2026-02-01"),
            ("today", "2026-11-23", "2026-11-23"),
            ("Yesterday", "2026-11-22", "2026-11-22"),
            ("вчера", "2026-11-22", "2026-11-22"),
            ("dziś", "2026-11-23", "2026-11-23"),
            ("7d", "2026-11-16", "2026-11-16"),
            ("2w", "2026-11-09", "2026-11-09"),
            ("3m", "2026-08-23", "2026-08-23"),
            ("1y", "2025-11-23", "2025-11-23"),
            ("november", "2026-11-01", "2026-11-30"),
            ("Ноябрь", "2026-11-01", "2026-11-30"),
            ("листопада", "2026-11-01", "2026-11-30"),
            ("październik", "2026-10-01", "2026-10-31"),
            ("december", "2025-12-01", "2025-12-31"),
            ("dec-2024", "2024-12-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("02.2024", "2024-02-01", "2024-02-29"),
            ("2024", "2024-01-01", "2024-12-31"),
        ] {
            let (from, to) = When::parse(typed).unwrap_or_else(|| panic!("{typed}")).days(&now);
            assert_eq!((from.to_string().as_str(), to.to_string().as_str()), (first, last), "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for typed in
            ["", "foo", "2026-13-01", "31.02.2026", "99", "7x", "-7d", "99999999999d", "0000", "1.1", "2026-1-2-3"]
        {
            assert_eq!(When::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_day_is_the_users_day() {
        let now: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        let (from, to) = When::parse("2026-11-01").unwrap().moments(&now);
        assert_eq!(
            (from.to_string().as_str(), to.to_string().as_str()),
            ("2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z")
        );
    }
}
