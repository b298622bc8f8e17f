//! Rhythm: how soon I answer a client, and how soon they answer me.
//!
//! An answer is a person's letter the other way in the same conversation. Several letters in a row ask once, at the first of them. What
//! comes after [`LONGEST_DAYS`] is a new beginning and no answer.

use super::id;
use super::message::Direction;
use super::work_time::WorkTime;
use jiff::{SignedDuration, Timestamp, Zoned};

/// After so many days nobody answers any more: the next letter begins something new.
pub const LONGEST_DAYS: i64 = 60;

/// Fewer answers than this are no habit yet.
pub const FEWEST: usize = 3;

/// A person's letter in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The conversation.
    pub thread: id::Thread,
    /// When it was written.
    pub at: Timestamp,
    /// Inbound: theirs; outbound: mine. What colleagues write to each other is no turn.
    pub direction: Direction,
}

/// One letter that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Outbound: I answered; inbound: they did.
    pub direction: Direction,
    /// When it was asked: the first letter that waited.
    pub asked_at: Timestamp,
    /// When it was answered.
    pub answered_at: Timestamp,
    /// How long it took: mine in minutes of working time, theirs by the clock on the wall.
    pub minutes: i64,
}

/// A letter the other way is an answer, and took a time, unless it comes so late that it begins something new: the one rule, for cards and
/// for reports.
#[must_use]
pub fn is_answer(asked_at: Timestamp, written_at: Timestamp) -> bool {
    written_at.duration_since(asked_at) <= SignedDuration::from_hours(LONGEST_DAYS * 24)
}

/// Finds every answer in letters of any number of conversations, in any order. `zone_of` says where I work.
#[must_use]
pub fn answers(mut turns: Vec<Turn>, work: &WorkTime, zone_of: &Zoned) -> Vec<Answer> {
    turns.retain(|turn| turn.direction != Direction::Internal);
    turns.sort_by_key(|turn| (turn.thread, turn.at));
    let mut answers = Vec::new();
    let mut waits: Option<Turn> = None;
    for turn in turns {
        match waits {
            Some(asked) if asked.thread == turn.thread && asked.direction == turn.direction => continue,
            Some(asked) if asked.thread == turn.thread => {
                let wall = (turn.at.as_second() - asked.at.as_second()) / 60;
                if is_answer(asked.at, turn.at) {
                    let minutes = match turn.direction {
                        Direction::Outbound => work.minutes_between(asked.at, turn.at, zone_of),
                        _ => wall,
                    };
                    let (asked_at, answered_at) = (asked.at, turn.at);
                    answers.push(Answer { direction: turn.direction, asked_at, answered_at, minutes });
                }
            }
            _ => {}
        }
        waits = Some(turn);
    }
    answers
}

/// How long answers take: the usual and the slow case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Answers looked at.
    pub count: usize,
    /// Half of them took no longer.
    pub median_minutes: i64,
    /// Nine of ten took no longer.
    pub p90_minutes: i64,
}

impl Spread {
    /// Of these minutes, in any order; `None` of none. Both numbers are answers that were given (nearest rank).
    #[must_use]
    pub fn of(mut minutes: Vec<i64>) -> Option<Self> {
        minutes.sort_unstable();
        let count = minutes.len();
        let rank = |percent: usize| minutes.get((count * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { count, median_minutes: rank(50)?, p90_minutes: rank(90)? })
    }

    /// Longer than nine of ten answers took: worth a word. `false` while there are too few to know a habit.
    #[must_use]
    pub fn is_unusual(&self, minutes: i64) -> bool {
        self.count >= FEWEST && minutes > self.p90_minutes
    }
}

/// Response times of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// How soon I answer, in minutes of working time.
    pub mine: Option<Spread>,
    /// How soon they answer, in minutes.
    pub theirs: Option<Spread>,
}

impl Rhythm {
    /// Of these answers.
    #[must_use]
    pub fn of(answers: &[Answer]) -> Self {
        let side = |direction| {
            Spread::of(answers.iter().filter(|answer| answer.direction == direction).map(|a| a.minutes).collect())
        };
        Self { mine: side(Direction::Outbound), theirs: side(Direction::Inbound) }
    }
}

/// A length of time in words: `25 min`, `3 h`, `2 d`.
#[must_use]
pub fn long(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{minutes} min"),
        60..2_880 => format!("{} h", (minutes + 30) / 60),
        _ => format!("{} d", (minutes + 720) / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(thread: i64, at: &str, direction: Direction) -> Turn {
        let at = format!("{at}[Europe/Warsaw]").parse::<Zoned>().unwrap().timestamp();
        Turn { thread: id::Thread(thread), at, direction }
    }

    fn zone() -> Zoned {
        "2026-11-06T12:00[Europe/Warsaw]".parse().unwrap()
    }

    #[test]
    fn an_answer_is_the_next_letter_the_other_way() {
        use Direction::{Inbound, Internal, Outbound};
        let turns = vec![
            turn(1, "2026-11-06T16:00", Inbound),
            turn(1, "2026-11-06T16:30", Inbound), // asks again: still since 16:00
            turn(1, "2026-11-06T16:40", Internal),
            turn(1, "2026-11-09T10:00", Outbound), // an hour on Friday, an hour on Monday
            turn(1, "2026-11-09T11:00", Outbound),
            turn(1, "2026-11-10T10:00", Inbound), // a day by the clock
            turn(2, "2026-11-06T10:00", Outbound),
            turn(2, "2027-03-01T10:00", Inbound), // a new beginning
            turn(2, "2027-03-01T10:30", Outbound),
            turn(3, "2027-03-01T10:40", Inbound), // another conversation
        ];
        let minutes = |turns: Vec<Turn>| -> Vec<(Direction, i64)> {
            answers(turns, &WorkTime::default(), &zone()).iter().map(|a| (a.direction, a.minutes)).collect()
        };
        let expected = [(Outbound, 120), (Inbound, 1440), (Outbound, 30)];
        assert_eq!(minutes(turns.clone()), expected);
        assert_eq!(minutes(turns.into_iter().rev().collect()), expected, "in any order");
        assert_eq!(minutes(Vec::new()), []);
    }

    #[test]
    fn the_usual_and_the_slow_case_are_answers_that_were_given() {
        for (minutes, spread) in [
            (vec![], None),
            (vec![7], Some((1, 7, 7))),
            (vec![9, 1], Some((2, 1, 9))),
            (vec![10, 20, 30, 40, 50, 60, 70, 80, 90, 1000], Some((10, 50, 90))),
            ((1..=11).collect(), Some((11, 6, 10))),
        ] {
            let found = Spread::of(minutes.clone()).map(|s| (s.count, s.median_minutes, s.p90_minutes));
            assert_eq!(found, spread, "{minutes:?}");
        }
    }

    #[test]
    fn only_a_habit_can_be_broken() {
        let spread = |minutes| Spread::of(minutes).unwrap();
        assert!(!spread(vec![5, 6]).is_unusual(1_000));
        assert!(spread(vec![5, 6, 7]).is_unusual(8));
        assert!(!spread(vec![5, 6, 7]).is_unusual(7));
    }

    #[test]
    fn lengths_are_said_in_words() {
        for (minutes, words) in
            [(0, "0 min"), (59, "59 min"), (60, "1 h"), (95, "2 h"), (2_879, "48 h"), (2_880, "2 d"), (4_400, "3 d")]
        {
            assert_eq!(long(minutes), words);
        }
    }

    #[test]
    fn each_side_has_its_own() {
        let answer = |direction, minutes| {
            let at = zone().timestamp();
            Answer { direction, asked_at: at, answered_at: at, minutes }
        };
        let rhythm = Rhythm::of(&[answer(Direction::Inbound, 3), answer(Direction::Outbound, 5)]);
        assert_eq!(rhythm.mine.map(|s| s.median_minutes), Some(5));
        assert_eq!(rhythm.theirs.map(|s| s.median_minutes), Some(3));
        assert_eq!(Rhythm::of(&[]), Rhythm::default());
    }
}
