//! What happens that a letter is due for: the `event` of a template's front matter.

use super::front::nearest;
use std::fmt;

/// A happening that offers a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occasion {
    /// A stranger wrote: `new_lead`.
    NewLead,
    /// An order came through an order form: `order_placed`.
    OrderPlaced,
    /// A deal came into this stage: `stage contract`.
    Stage(String),
    /// A deal was won: `deal_won`.
    Won,
    /// A deal was lost: `deal_lost`.
    Lost,
    /// A payment is due in so many days: `payment_due 3`.
    Due(u16),
    /// A payment is so many days past due: `payment_overdue 1`.
    Overdue(u16),
    /// Somebody's birthday: `birthday`.
    Birthday,
    /// A holiday of their country, of this name or any: `holiday`, `holiday new_year`.
    Holiday(String),
    /// My requisites changed: `changed_requisites`.
    Requisites,
    /// My address changed: `changed_address`.
    Address,
    /// Nobody answered a letter in time: no template names it, the letter's plan does.
    NoAnswer,
}

/// Days before the due day where the template says none.
const DUE: u16 = 3;
/// Days after the due day where the template says none.
const OVERDUE: u16 = 1;
/// More days than that are a slip.
const MOST_DAYS: u16 = 365;

/// Every word an event begins with.
const WORDS: [&str; 11] = [
    "new_lead",
    "order_placed",
    "stage",
    "deal_won",
    "deal_lost",
    "payment_due",
    "payment_overdue",
    "birthday",
    "holiday",
    "changed_requisites",
    "changed_address",
];

impl Occasion {
    /// Reads the value of `event:`.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn parse(value: &str) -> Result<Self, (String, String)> {
        let (word, rest) = value.trim().split_once(char::is_whitespace).unwrap_or((value.trim(), ""));
        let rest = rest.trim();
        let days = |fallback: u16, least: u16| match rest.trim_end_matches("days").trim_end_matches("day").trim() {
            "" => Ok(fallback),
            number => match number.parse() {
                Ok(days) if (least..=MOST_DAYS).contains(&days) => Ok(days),
                _ => Err((format!("“{rest}” is no number of days"), format!("write {word} {fallback}"))),
            },
        };
        let found = match word {
            "payment_due" => Self::Due(days(DUE, 0)?),
            "payment_overdue" => Self::Overdue(days(OVERDUE, 1)?),
            "stage" if rest.is_empty() => {
                return Err((
                    "the event names no stage".into(),
                    "write the stage after it: event: stage contract".into(),
                ));
            }
            "stage" => Self::Stage(rest.to_owned()),
            "holiday" => Self::Holiday(rest.to_owned()),
            _ => {
                let plain = match word {
                    "new_lead" => Self::NewLead,
                    "order_placed" => Self::OrderPlaced,
                    "deal_won" => Self::Won,
                    "deal_lost" => Self::Lost,
                    "birthday" => Self::Birthday,
                    "changed_requisites" => Self::Requisites,
                    "changed_address" => Self::Address,
                    _ => {
                        let near = nearest(word, WORDS.into_iter());
                        return Err((format!("unknown event {word}"), format!("did you mean {near}?")));
                    }
                };
                if !rest.is_empty() {
                    return Err((format!("{word} says nothing more than itself"), format!("write event: {word}")));
                }
                plain
            }
        };
        Ok(found)
    }

    /// What happened, in words, for a list.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::NewLead => "somebody new wrote".to_owned(),
            Self::OrderPlaced => "an order came through an order form".to_owned(),
            Self::Stage(stage) => format!("a deal came into the stage {stage}"),
            Self::Won => "a deal was won".to_owned(),
            Self::Lost => "a deal was lost".to_owned(),
            Self::Due(0) => "a payment is due today".to_owned(),
            Self::Due(1) => "a payment is due tomorrow".to_owned(),
            Self::Due(days) => format!("a payment is due within {days} days"),
            Self::Overdue(1) => "a payment is past due".to_owned(),
            Self::Overdue(days) => format!("a payment is {days} days past due"),
            Self::Birthday => "it is their birthday".to_owned(),
            Self::Holiday(name) if name.is_empty() => "a holiday comes in their country".to_owned(),
            Self::Holiday(name) => format!("the holiday {name} comes in their country"),
            Self::Requisites => "my requisites changed".to_owned(),
            Self::Address => "my address changed".to_owned(),
            Self::NoAnswer => "nobody answered in time".to_owned(),
        }
    }
}

/// As it is written in the front matter; the store keeps it like this.
impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewLead => f.write_str("new_lead"),
            Self::OrderPlaced => f.write_str("order_placed"),
            Self::Stage(stage) => write!(f, "stage {stage}"),
            Self::Won => f.write_str("deal_won"),
            Self::Lost => f.write_str("deal_lost"),
            Self::Due(days) => write!(f, "payment_due {days}"),
            Self::Overdue(days) => write!(f, "payment_overdue {days}"),
            Self::Birthday => f.write_str("birthday"),
            Self::Holiday(name) if name.is_empty() => f.write_str("holiday"),
            Self::Holiday(name) => write!(f, "holiday {name}"),
            Self::Requisites => f.write_str("changed_requisites"),
            Self::Address => f.write_str("changed_address"),
            Self::NoAnswer => f.write_str("no_answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_event_is_read_as_it_is_written() {
        for (written, kept) in [
            ("new_lead", "new_lead"),
            ("order_placed", "order_placed"),
            ("stage  In delivery ", "stage In delivery"),
            ("deal_won", "deal_won"),
            ("deal_lost", "deal_lost"),
            ("payment_due", "payment_due 3"),
            ("payment_due 0", "payment_due 0"),
            ("payment_due 7 days", "payment_due 7"),
            ("payment_overdue", "payment_overdue 1"),
            ("payment_overdue 14", "payment_overdue 14"),
            ("birthday", "birthday"),
            ("holiday", "holiday"),
            ("holiday new_year", "holiday new_year"),
            ("changed_requisites", "changed_requisites"),
            ("changed_address", "changed_address"),
        ] {
            let read = Occasion::parse(written).unwrap();
            assert_eq!(read.to_string(), kept);
            assert_eq!(Occasion::parse(kept).unwrap(), read);
            assert!(!read.in_words().is_empty());
        }
        for word in WORDS.into_iter().filter(|word| *word != "stage") {
            assert!(Occasion::parse(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn what_is_no_event_is_told_with_the_nearest() {
        for (written, problem, hint) in [
            ("birthdy", "unknown event birthdy", "did you mean birthday?"),
            ("stage", "the event names no stage", "write the stage after it: event: stage contract"),
            ("payment_overdue 0", "“0” is no number of days", "write payment_overdue 1"),
            ("payment_due soon", "“soon” is no number of days", "write payment_due 3"),
            ("new_lead 3", "new_lead says nothing more than itself", "write event: new_lead"),
        ] {
            assert_eq!(Occasion::parse(written), Err((problem.to_owned(), hint.to_owned())));
        }
    }
}
