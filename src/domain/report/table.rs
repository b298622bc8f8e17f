//! A report as tables: one for each way to part it, the same on the screen's export, on the command line and in CSV.

use super::letters::Tally;
use super::{Report, total};
use crate::domain::counter::Counter;
use crate::domain::money::Money;

/// How a report is parted into rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// Letters, day by day, week by week or month by month, as the question says.
    Step,
    /// Letters by account.
    Account,
    /// Letters and activities by client.
    Client,
    /// Letters and activities by deal.
    Deal,
    /// Activities by kind.
    Activity,
    /// Open deals by stage.
    Stage,
    /// How deals went through the stages.
    Passage,
    /// What open deals are expected to bring, month by month.
    Forecast,
    /// What waited, day by day.
    Counter,
}

impl By {
    /// Its word, also in the names of files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Step => "letters",
            Self::Account => "account",
            Self::Client => "client",
            Self::Deal => "deal",
            Self::Activity => "activity",
            Self::Stage => "stage",
            Self::Passage => "conversion",
            Self::Forecast => "forecast",
            Self::Counter => "counter",
        }
    }
}

/// Columns with their names, and rows of plain cells: whole numbers, amounts with a point, days in ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<&'static str>,
    /// The rows, as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
    /// The first so many columns hold words, the others numbers.
    pub words: usize,
}

const OF_LETTERS: [&str; 10] = [
    "received",
    "unseen",
    "answered",
    "no_reply_needed",
    "waiting",
    "sent",
    "replies_sent",
    "median_minutes",
    "p90_minutes",
    "median_working_minutes",
];

/// The table of a report.
#[must_use]
pub fn table(report: &Report, by: By) -> Table {
    match by {
        By::Step => of_letters(
            &["from", "to"],
            report.letters.steps.iter().map(|(from, to, tally)| (vec![from.to_string(), to.to_string()], tally)),
        ),
        By::Account => {
            of_letters(&["account"], report.accounts.iter().map(|(name, tally)| (vec![name.to_string()], tally)))
        }
        By::Client => with_activities(
            of_letters(&["client"], report.clients.iter().map(|row| (vec![row.name.to_string()], &row.letters))),
            report.clients.iter().map(|row| (row.activities, row.minutes)),
        ),
        By::Deal => with_activities(
            of_letters(
                &["deal", "client", "stage", "amount", "currency"],
                report.deals.iter().map(|row| {
                    let [amount, currency] = money(&row.amount);
                    (
                        vec![row.title.to_string(), row.client.to_string(), row.stands.to_string(), amount, currency],
                        &row.letters,
                    )
                }),
            ),
            report.deals.iter().map(|row| (row.activities, row.minutes)),
        ),
        By::Activity => activities(report),
        By::Stage => stages(report),
        By::Passage => passages(report),
        By::Forecast => forecast(report),
        By::Counter => counters(report),
    }
}

fn of_letters<'a>(words: &[&'static str], rows: impl Iterator<Item = (Vec<String>, &'a Tally)>) -> Table {
    let header = words.iter().chain(&OF_LETTERS).copied().collect();
    let rows = rows.map(|(mut cells, tally)| {
        let times = [tally.response.median(), tally.response.p90(), tally.response_working.median()];
        let counts = [
            tally.received,
            tally.unseen,
            tally.answered,
            tally.settled,
            tally.waiting(),
            tally.sent,
            tally.replies_sent,
        ];
        cells.extend(counts.iter().map(ToString::to_string));
        cells.extend(times.into_iter().map(optional));
        cells
    });
    Table { header, rows: rows.collect(), words: words.len() }
}

fn with_activities(mut table: Table, effort: impl Iterator<Item = (u64, i64)>) -> Table {
    table.header.extend(["activities", "activity_minutes"]);
    for (row, (activities, minutes)) in table.rows.iter_mut().zip(effort) {
        row.extend([activities.to_string(), minutes.to_string()]);
    }
    table
}

fn activities(report: &Report) -> Table {
    let rows = report.activities.iter().map(|doings| {
        vec![
            doings.kind.word().replace('_', " "),
            doings.done.to_string(),
            doings.durations.sum().to_string(),
            optional(doings.durations.median()),
            doings.planned.to_string(),
            doings.overdue.to_string(),
        ]
    });
    let header = vec!["activity", "done", "minutes", "median_minutes", "planned", "overdue"];
    Table { header, rows: rows.collect(), words: 1 }
}

fn stages(report: &Report) -> Table {
    let rows = report.sales.pipeline.iter().map(|row| {
        let [amount, currency] = money(&row.amount);
        vec![
            row.pipeline.to_string(),
            row.stage.to_string(),
            currency,
            row.deals.to_string(),
            amount,
            row.weighted.plain(),
        ]
    });
    Table {
        header: vec!["pipeline", "stage", "currency", "deals", "amount", "weighted"],
        rows: rows.collect(),
        words: 3,
    }
}

fn passages(report: &Report) -> Table {
    let rows = report.sales.passage.iter().map(|row| {
        vec![
            row.pipeline.to_string(),
            row.stage.to_string(),
            row.entered.to_string(),
            row.went_on.to_string(),
            row.lost.to_string(),
            row.conversion().map(|percent| percent.to_string()).unwrap_or_default(),
            optional(row.days.median()),
        ]
    });
    Table {
        header: vec!["pipeline", "stage", "entered", "went_on", "lost", "conversion_percent", "median_days"],
        rows: rows.collect(),
        words: 2,
    }
}

fn forecast(report: &Report) -> Table {
    let rows = report.sales.forecast.iter().map(|row| {
        let [amount, currency] = money(&row.amount);
        vec![row.month.word(), currency, row.deals.to_string(), amount, row.weighted.plain()]
    });
    Table { header: vec!["month", "currency", "deals", "amount", "weighted"], rows: rows.collect(), words: 2 }
}

fn counters(report: &Report) -> Table {
    let mut header = vec!["day"];
    header.extend(Counter::ALL.iter().map(|counter| counter.word()));
    header.extend(["total", "total_at_first_look"]);
    let rows = report.counters.iter().map(|day| {
        let mut cells = vec![day.day.to_string()];
        cells.extend(Counter::ALL.iter().map(|counter| day.last.get(*counter).to_string()));
        cells.extend([day.total().to_string(), total(&day.first).to_string()]);
        cells
    });
    Table { header, rows: rows.collect(), words: 1 }
}

fn money(amount: &Money) -> [String; 2] {
    [amount.plain(), amount.currency.clone()]
}

fn optional(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
