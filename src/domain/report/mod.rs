//! Reports: what came and went, how fast it was answered, what was done, what was sold.
//!
//! What each number counts is said where it stands, here, in [`letters`] and in [`sales`]. Everything is computed from the store when it
//! is asked for; only [`CounterDay`] is kept, because nobody can compute later how much waited on a day that has passed.

pub mod letters;
pub mod period;
pub mod sales;
pub mod table;

use super::activity::Kind;
use super::counter::{Counter, Counters};
use super::id;
use super::money::Money;
use super::text::Text;
use jiff::civil::Date;
use letters::{Client, Letters, Tally, Times};
use period::{Period, Step};
use sales::Sales;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Of which days.
    pub period: Period,
    /// How fine.
    pub step: Step,
    /// Letters of this account only; activities, deals and counters have no account.
    pub account: Option<id::Account>,
}

impl Question {
    /// A period, as fine as suits it, of all accounts.
    #[must_use]
    pub fn of(period: Period) -> Self {
        Self { period, step: period.own_step(), account: None }
    }
}

/// Everything a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was asked.
    pub question: Question,
    /// Letters: in all and step by step.
    pub letters: Letters,
    /// By account, with its name.
    pub accounts: Vec<(Text, Tally)>,
    /// By client, those with the most letters and activities first.
    pub clients: Vec<ClientRow>,
    /// By deal, in the same order.
    pub deals: Vec<DealReport>,
    /// By kind, those with anything to tell.
    pub activities: Vec<Doings>,
    /// Deals: pipeline, wins, stages, forecast.
    pub sales: Sales,
    /// What waited day by day, as far as it was noted.
    pub counters: Vec<CounterDay>,
    /// What waits now.
    pub waits: Counters,
}

/// A client's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// Who.
    pub client: Client,
    /// Their name.
    pub name: Text,
    /// Their letters, and mine to them.
    pub letters: Tally,
    /// Activities done with them.
    pub activities: u64,
    /// Minutes these took.
    pub minutes: i64,
}

/// A deal's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealReport {
    /// Which.
    pub deal: id::Deal,
    /// What is sold.
    pub title: Text,
    /// To whom.
    pub client: Text,
    /// Open, won or lost; of an open one its stage.
    pub stands: Text,
    /// What it is worth.
    pub amount: Money,
    /// Letters in its conversations.
    pub letters: Tally,
    /// Activities done in it.
    pub activities: u64,
    /// Minutes these took.
    pub minutes: i64,
}

/// Activities of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doings {
    /// The kind.
    pub kind: Kind,
    /// Those done in the period.
    pub done: u64,
    /// How long these took, where that was entered.
    pub durations: Times,
    /// Those that are planned for a time in the period and not done.
    pub planned: u64,
    /// Of the planned, those whose time has passed.
    pub overdue: u64,
}

impl Doings {
    /// Of one kind, nothing yet.
    #[must_use]
    pub fn none(kind: Kind) -> Self {
        Self { kind, done: 0, durations: Times::default(), planned: 0, overdue: 0 }
    }
}

/// What waited on a day, as it was seen: the first and the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterDay {
    /// The day.
    pub day: Date,
    /// At the first look of that day.
    pub first: Counters,
    /// At the last one.
    pub last: Counters,
}

impl CounterDay {
    /// All that waited, at the last look.
    #[must_use]
    pub fn total(&self) -> u64 {
        total(&self.last)
    }
}

/// Everything that waits.
#[must_use]
pub fn total(counters: &Counters) -> u64 {
    Counter::ALL.into_iter().map(|counter| counters.get(counter)).sum()
}

/// `1 h 05 min`, `3 d 4 h` (a day has 24 hours here), `12 min`.
#[must_use]
pub fn minutes_in_words(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{} min", minutes.max(0)),
        60..1_440 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes % 1_440 / 60),
    }
}

/// The same of working time, in hours: a working day has no 24 of them.
#[must_use]
pub fn working_minutes_in_words(minutes: i64) -> String {
    if minutes < 60 { format!("{} min", minutes.max(0)) } else { format!("{} h {:02} min", minutes / 60, minutes % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_said_in_words() {
        for (minutes, wall, working) in [
            (0, "0 min", "0 min"),
            (59, "59 min", "59 min"),
            (65, "1 h 05 min", "1 h 05 min"),
            (1_500, "1 d 1 h", "25 h 00 min"),
        ] {
            assert_eq!((minutes_in_words(minutes), working_minutes_in_words(minutes)), (wall.into(), working.into()));
        }
    }
}
