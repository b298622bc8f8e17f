//! Times as people type and write them, in English, Russian, Ukrainian and Polish: the one reader of dates.
//!
//! Used for what comes back later, for activities, for the line that enters one, and for promises in letters. Pure:
//! what "tomorrow" means is said by `now`, and what "by Friday" and "in 3 working days" mean by [`WorkTime`].

mod clock;
mod length;
mod reader;
#[cfg(test)]
mod tests;
mod words;

pub use length::{length, length_at};
pub(super) use words::one_of;
pub use words::{Word, words};

use super::work_time::WorkTime;
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, Zoned};
use reader::Reader;

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The day.
    pub day: Date,
    /// The time of day, where one was said.
    pub time: Option<Time>,
    /// "By" then, not "then": a day alone means its end.
    pub by: bool,
}

/// Which way a day without a year, or a day of the week, is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Toward {
    /// The next one.
    #[default]
    Future,
    /// The last one.
    Past,
}

/// What reading goes by.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// Now, where whoever wrote it is.
    pub now: DateTime,
    /// Working days and hours.
    pub work: &'a WorkTime,
    /// Which way it is meant.
    pub toward: Toward,
}

/// A time in a text: the words from `from` up to, not with, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The first of its words.
    pub from: usize,
    /// The word after its last one.
    pub to: usize,
    /// What they say.
    pub when: When,
}

impl When {
    /// The moment meant: of a day alone its working day's begin, or its end where something is due by then.
    #[must_use]
    pub fn at(&self, now: &Zoned, work: &WorkTime) -> Option<Timestamp> {
        let time = self.time.unwrap_or(if self.by { work.to } else { work.from });
        Some(self.day.to_datetime(time).to_zoned(now.time_zone().clone()).ok()?.timestamp())
    }
}

/// The time that the whole of a typed text says; `None` when it says none, or something else beside.
#[must_use]
pub fn read(typed: &str, basis: Basis<'_>) -> Option<When> {
    let words = words(typed);
    let reader = Reader { words: &words, basis, prose: false };
    let (to, when) = reader.when(0)?;
    // What is no word may stand behind it: `25.11.`
    (to == words.len()).then_some(when)
}

/// A moment to come, as typed; a day alone means the begin of its working day.
#[must_use]
pub fn read_to_come(typed: &str, now: &Zoned, work: &WorkTime) -> Option<Timestamp> {
    let basis = Basis { now: now.datetime(), work, toward: Toward::Future };
    let moment = read(typed, basis)?.at(now, work)?;
    (moment > now.timestamp()).then_some(moment)
}

/// A day as typed, today or later.
#[must_use]
pub fn read_day(typed: &str, today: Date) -> Option<Date> {
    let work = WorkTime::default();
    let basis = Basis { now: today.to_datetime(Time::midnight()), work: &work, toward: Toward::Future };
    let when = read(typed, basis).filter(|when| when.time.is_none())?;
    (when.day >= today).then_some(when.day)
}

/// The word is a day of the week or a month.
#[must_use]
pub fn is_day_or_month(folded: &str) -> bool {
    words::weekday(folded).is_some() || words::month(folded).is_some()
}

/// The word is one of these: whole, or with `*` any word that begins so.
#[must_use]
pub fn is_one_of(word: &str, list: &[&str]) -> bool {
    words::one_of(word, list)
}

/// A time that begins at this word: the word after it, and what it says. Only what can be nothing else.
#[must_use]
pub fn when_at(words: &[Word], at: usize, basis: Basis<'_>) -> Option<(usize, When)> {
    Reader { words, basis, prose: true }.when(at)
}

/// Every time that stands in a text, in order; words that only look like one are left alone.
#[must_use]
pub fn find(words: &[Word], basis: Basis<'_>) -> Vec<Found> {
    let reader = Reader { words, basis, prose: true };
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match reader.when(at) {
            Some((to, when)) => {
                found.push(Found { from: at, to, when });
                at = to;
            }
            None => at += 1,
        }
    }
    found
}
