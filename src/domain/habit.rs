//! Hints that come from how it usually goes with a client: who waits longer than is usual, who wrote to them before me.
//!
//! Each is a plain rule with its evidence, so that it can be explained.

use super::hint::Hint;
use super::rhythm::{Rhythm, Spread};
use super::text::{Text, plural};
use super::urgency::span_in_words;
use super::work_time::WorkTime;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// A colleague who wrote to a client before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// Who.
    pub name: Text,
    /// How many letters.
    pub letters: u64,
    /// When the last one.
    pub last_at: Timestamp,
}

/// What the rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Habits {
    /// How soon each side usually answers.
    pub rhythm: Rhythm,
    /// The conversation that waits longest for my answer: since when, and its subject.
    pub waiting: Option<(Timestamp, Text)>,
    /// The newest conversation in which they owe me an answer: since when, and its subject.
    pub awaited: Option<(Timestamp, Text)>,
    /// Colleagues who wrote to them, the last first.
    pub handlers: Vec<Handler>,
    /// Who their card belonged to before.
    pub former_owner: Option<Text>,
    /// Who is to see to them now; empty is me.
    pub owner: Text,
}

/// Applies each rule, the most pressing first.
#[must_use]
pub fn hints(habits: &Habits, now: &Zoned, work: &WorkTime) -> Vec<Hint> {
    let day = |at: Timestamp| in_year(at.to_zoned(now.time_zone().clone()).date(), now.date());
    let mut hints = Vec::new();
    hints.extend(waits_longer(habits, now, work));
    hints.extend(silent_longer(habits, now));
    if !habits.owner.is_empty() {
        hints.push(Hint {
            words: Text::from(format!("{} sees to them", habits.owner)),
            rule: "the card, or its newest conversation that waits, was assigned to somebody else",
            evidence: Text::from(format!("assigned to {}; ; assigns anew", habits.owner)),
        });
    }
    match (habits.handlers.first(), &habits.former_owner) {
        (Some(handler), _) => {
            let letters = plural(handler.letters, "letter", "letters");
            let others: Vec<&str> = habits.handlers.iter().skip(1).map(|handler| handler.name.as_str()).collect();
            let also = if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            hints.push(Hint {
                words: Text::from(format!("{} wrote to them before you", handler.name)),
                rule: "a colleague at a domain of yours wrote in a conversation with this client",
                evidence: Text::from(format!("{letters}, the last on {}{also}", day(handler.last_at))),
            });
        }
        (None, Some(owner)) => hints.push(Hint {
            words: Text::from(format!("{owner} had this client before")),
            rule: "the card had another owner",
            evidence: Text::from(format!("the owner was {owner}, as your history has it")),
        }),
        (None, None) => {}
    }
    hints
}

/// Mine is measured in working time, as the target is.
fn waits_longer(habits: &Habits, now: &Zoned, work: &WorkTime) -> Option<Hint> {
    let (since, subject) = habits.waiting.as_ref()?;
    let usual = habits.rhythm.mine?;
    let minutes = work.minutes_between(*since, now.timestamp(), now);
    usual.is_unusual(minutes).then(|| {
        let day = work.day_minutes();
        let usually = span_in_words(usual.median_minutes, day);
        Hint {
            words: Text::from(format!(
                "you usually answer them in {usually}; “{subject}” waits {}",
                span_in_words(minutes, day)
            )),
            rule: "it waits longer, in working time, than nine of ten of your answers to them took",
            evidence: spread(usual, day, "your"),
        }
    })
}

/// Theirs by the clock on the wall.
fn silent_longer(habits: &Habits, now: &Zoned) -> Option<Hint> {
    const DAY: i64 = 24 * 60;
    let (since, subject) = habits.awaited.as_ref()?;
    let usual = habits.rhythm.theirs?;
    let minutes = (now.timestamp().as_second() - since.as_second()) / 60;
    usual.is_unusual(minutes).then(|| Hint {
        words: Text::from(format!(
            "they usually answer in {}; “{subject}” is without an answer for {}",
            span_in_words(usual.median_minutes, DAY),
            span_in_words(minutes, DAY)
        )),
        rule: "your question is without an answer longer than nine of ten of their answers took",
        evidence: spread(usual, DAY, "their"),
    })
}

fn spread(usual: Spread, day: i64, whose: &str) -> Text {
    let count = u64::try_from(usual.count).unwrap_or(0);
    Text::from(format!(
        "of {whose} {} half took {} at most, nine of ten {}",
        plural(count, "answer", "answers"),
        span_in_words(usual.median_minutes, day),
        span_in_words(usual.p90_minutes, day)
    ))
}

/// `19 Nov`, with the year where it is another one.
fn in_year(date: Date, today: Date) -> String {
    date.strftime(if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
    }

    fn said(habits: &Habits) -> Vec<String> {
        hints(habits, &now(), &WorkTime::default()).into_iter().map(|hint| hint.words.into()).collect()
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}[Europe/Warsaw]").parse::<Zoned>().unwrap().timestamp()
    }

    #[test]
    fn what_waits_longer_than_usual_is_told() {
        let usual = Spread { count: 12, median_minutes: 180, p90_minutes: 400 };
        let mine = Rhythm { mine: Some(usual), theirs: None };
        let theirs = Rhythm { mine: None, theirs: Some(usual) };
        let few = Rhythm { mine: Some(Spread { count: 2, ..usual }), theirs: None };
        for (rhythm, since, expected) in [
            // Friday 10:00 to Monday 10:00 are eight working hours.
            (mine, "2026-11-20T10:00", vec!["you usually answer them in 3 h; “Price” waits 1 d"]),
            (mine, "2026-11-20T12:00", vec![]), // six are usual
            (few, "2026-10-20T10:00", vec![]),  // no habit yet
            (theirs, "2026-11-20T10:00", vec!["they usually answer in 3 h; “Price” is without an answer for 3 d"]),
            (theirs, "2026-11-23T08:00", vec![]),
        ] {
            let waits = Some((at(since), Text::own("Price")));
            let habits = Habits { rhythm, waiting: waits.clone(), awaited: waits, ..Habits::default() };
            assert_eq!(said(&habits), expected, "{since}");
        }
        let waits = Some((at("2026-11-20T10:00"), Text::own("Price")));
        let habits = Habits { rhythm: mine, waiting: waits, ..Habits::default() };
        let hint = hints(&habits, &now(), &WorkTime::default()).remove(0);
        assert_eq!(hint.evidence.as_str(), "of your 12 answers half took 3 h at most, nine of ten 6 h");
    }

    #[test]
    fn who_was_there_before_is_told() {
        let handler =
            |name: &'static str, letters| Handler { name: Text::own(name), letters, last_at: at("2026-10-12T10:00") };
        let habits = Habits { handlers: vec![handler("Ola", 3), handler("Jan", 1)], ..Habits::default() };
        let told = hints(&habits, &now(), &WorkTime::default());
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].words.as_str(), "Ola wrote to them before you");
        assert_eq!(told[0].evidence.as_str(), "3 letters, the last on 12 Oct; also Jan");
        let owned = Habits { former_owner: Some(Text::own("Ewa")), owner: Text::own("Ola"), ..Habits::default() };
        assert_eq!(said(&owned), ["Ola sees to them", "Ewa had this client before"]);
        assert!(said(&Habits::default()).is_empty());
    }
}
