//! What can be said when nothing waits: what was done today, and what comes next.

use super::text::{Text, plural};
use jiff::Timestamp;

/// The end of a day's work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// How many things were cleared today: done, snoozed, filed, paid, moved, looked at.
    pub cleared: u64,
    /// Letters that went out today as answers.
    pub answered: u64,
    /// The next conversation that comes back: when, and its subject.
    pub wakes: Option<(Timestamp, Text)>,
    /// The next planned activity: when, and what.
    pub planned: Option<(Timestamp, Text)>,
    /// Conversations that are put off until they answer.
    pub awaited: u64,
}

impl Rest {
    /// `34 cleared today, 12 letters answered`; `None` when nothing was done.
    #[must_use]
    pub fn done_today(&self) -> Option<String> {
        let answered = plural(self.answered, "letter answered", "letters answered");
        match (self.cleared, self.answered) {
            (0, 0) => None,
            (0, _) => Some(format!("{answered} today")),
            (cleared, 0) => Some(format!("{cleared} cleared today")),
            (cleared, _) => Some(format!("{cleared} cleared today, {answered}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_a_sentence() {
        for (cleared, answered, words) in [
            (0, 0, None),
            (0, 1, Some("1 letter answered today")),
            (3, 0, Some("3 cleared today")),
            (34, 12, Some("34 cleared today, 12 letters answered")),
        ] {
            let rest = Rest { cleared, answered, ..Rest::default() };
            assert_eq!(rest.done_today().as_deref(), words);
        }
    }
}
