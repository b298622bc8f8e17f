//! Arguments of what looks back: reports and changes.

use super::{Moment, moment, number};
use crate::domain::report::period::{Period, Span, Step};
use crate::domain::report::table::By;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;

/// `report`
#[derive(Debug, clap::Args)]
pub struct Report {
    /// First day: 2026-11-01, or a month, or a year
    #[arg(long, value_name = "DAY", value_parser = days)]
    pub from: Option<Days>,
    /// Last day; without it today
    #[arg(long, value_name = "DAY", value_parser = days)]
    pub to: Option<Days>,
    /// Instead: week, month, quarter, year, "last month", "30 days"; without anything this month
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["from", "to"])]
    pub period: Option<String>,
    /// The rows of the table: letters by day, week, month, account, client or deal; activities; deals by stage, conversion, forecast;
    /// counters
    #[arg(long, value_name = "WHAT", value_parser = parts())]
    pub by: Option<Part>,
    /// Only letters of this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Everything in one JSON document on standard output
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// The table as CSV on standard output
    #[arg(long)]
    pub csv: bool,
}

/// `changes`
#[derive(Debug, clap::Args)]
pub struct Changes {
    /// What this one touched, by its number
    #[arg(value_parser = number)]
    pub id: Option<i64>,
    /// At most so many, newest first
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// Only what was done since then, such as 2026-11-23 or "2026-11-23 14:00"
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub since: Option<Moment>,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

/// A day, or the days of a month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

fn days(typed: &str) -> Result<Days, String> {
    // A day without its year would need to know which year it is.
    let period = typed.starts_with(|c: char| c.is_ascii_digit()).then(|| Period::read(typed, Date::ZERO)).flatten();
    let period = period.filter(|period| period.from.year() >= 1000 && !typed.contains(' '));
    let period = period.ok_or_else(|| "write a day as 2026-11-23, a month as 2026-11, or a year".to_owned())?;
    Ok(Days { first: period.from, last: period.to })
}

/// How a report is parted: the table, and how fine where it is of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The table.
    pub by: By,
    /// How fine.
    pub step: Option<Step>,
}

const PARTS: [(&str, Part); 11] = [
    ("day", Part { by: By::Step, step: Some(Step::Day) }),
    ("week", Part { by: By::Step, step: Some(Step::Week) }),
    ("month", Part { by: By::Step, step: Some(Step::Month) }),
    ("account", Part { by: By::Account, step: None }),
    ("client", Part { by: By::Client, step: None }),
    ("deal", Part { by: By::Deal, step: None }),
    ("activity", Part { by: By::Activity, step: None }),
    ("stage", Part { by: By::Stage, step: None }),
    ("conversion", Part { by: By::Passage, step: None }),
    ("forecast", Part { by: By::Forecast, step: None }),
    ("counter", Part { by: By::Counter, step: None }),
];

fn parts() -> impl TypedValueParser<Value = Part> {
    PossibleValuesParser::new(PARTS.iter().map(|(word, _)| *word))
        .try_map(|word| PARTS.iter().find(|(known, _)| *known == word).map(|(_, part)| *part).ok_or("unknown part"))
}

impl Report {
    /// The days that are asked about; `None` when the words are none, or the last day comes before the first.
    #[must_use]
    pub fn days(&self, today: Date) -> Option<Period> {
        match (&self.period, self.from, self.to) {
            (Some(words), ..) => Period::read(words, today),
            (None, None, None) => Some(Period::of(Span::Month, today)),
            (None, Some(from), None) if from.last >= today => Period::days(from.first, from.last),
            (None, Some(from), None) => Period::days(from.first, today),
            (None, None, Some(to)) => Period::days(to.last.first_of_month(), to.last),
            (None, Some(from), Some(to)) => Period::days(from.first, to.last),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use crate::cli::args::{Args, Command};
    use clap::Parser;
    use jiff::civil::date;

    #[test]
    fn days_are_read() {
        let today = date(2026, 11, 23);
        for (line, expected) in [
            ("", Some((date(2026, 11, 1), date(2026, 11, 30)))),
            ("--from 2026-11-05", Some((date(2026, 11, 5), today))),
            ("--from 2026-09", Some((date(2026, 9, 1), today))),
            ("--from 2026-12", Some((date(2026, 12, 1), date(2026, 12, 31)))),
            ("--from 2025 --to 2025", Some((date(2025, 1, 1), date(2025, 12, 31)))),
            ("--to 2026-10-20", Some((date(2026, 10, 1), date(2026, 10, 20)))),
            ("--period 'last month'", Some((date(2026, 10, 1), date(2026, 10, 31)))),
            ("--from 2026-11-20 --to 2026-11-10", None),
            ("--period someday", None),
        ] {
            let words = shell_words::split(&format!("postbook report {line}")).unwrap();
            let Some(Command::Report(report)) = Args::try_parse_from(words).unwrap().command else { panic!("{line}") };
            assert_eq!(report.days(today).map(|period| (period.from, period.to)), expected, "{line}");
        }
    }
}
