//! "If nobody answers in so many working days": what follows a letter of mine, and what stops it.

use super::id;
use super::language;
use super::message::MsgId;
use super::problem::{Kind, Problem, Result};
use super::template::Pack;
use super::text::{Text, plural};
use super::work_time::WorkTime;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// The template that reminds of a letter which is in no pack.
pub const REMINDER: &str = "reminder";
/// The farthest somebody is given to answer, in working days.
const FARTHEST: u16 = 250;

/// What follows a letter when nobody answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// After so many working days; at least 1.
    pub days: u16,
    /// The template of the letter that follows.
    pub template: String,
    /// The pack it stands in; empty: it is one reminder, and nothing follows that.
    pub pack: String,
    /// Its step there, from 1; 0 without a pack.
    pub step: u16,
}

impl FollowUp {
    /// One reminder.
    #[must_use]
    pub fn reminder(days: u16) -> Self {
        Self { days, template: REMINDER.to_owned(), pack: String::new(), step: 0 }
    }

    /// The step of a pack that comes after `step`; `None` after the last one.
    #[must_use]
    pub fn after(pack: &Pack, step: u16) -> Option<Self> {
        let next = pack.steps.get(usize::from(step))?;
        let (template, pack) = (next.template.clone(), pack.name.clone());
        Some(Self { days: next.after.max(1), template, pack, step: step + 1 })
    }

    /// What follows a letter made from this template, where it stands in a pack.
    #[must_use]
    pub fn after_template(template: &str, packs: &[Pack]) -> Option<Self> {
        packs.iter().find_map(|pack| Self::after(pack, place_in(pack, template)?))
    }

    /// Reads what was typed: `3` (working days), `offer` (a pack: the step after the letter's own), `offer 5`, or nothing for
    /// nothing.
    ///
    /// # Errors
    /// There is no such pack, it ends with this letter, or the days are none.
    pub fn read(typed: &str, template: Option<&str>, packs: &[Pack]) -> Result<Option<Self>> {
        let wrong = |sentence: String| {
            let names: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
            let hint = match names.as_slice() {
                [] => "write a number of working days, such as 3".to_owned(),
                names => format!("write working days, such as 3, or a pack: {}", names.join(", ")),
            };
            Problem::new(Kind::Input, sentence).hint(hint)
        };
        let words: Vec<&str> = typed.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !matches!(*word, "working" | "day" | "days")).collect();
        let days = |word: &str| match word.parse::<u16>() {
            Ok(days) if (1..=FARTHEST).contains(&days) => Ok(days),
            _ => Err(wrong(format!("“{}” is no number of working days from 1 to {FARTHEST}", Text::line(word)))),
        };
        let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
        let (name, number) = match words.as_slice() {
            [] => return Ok(None),
            [only] if is_number(only) => return Ok(Some(Self::reminder(days(only)?))),
            [rest @ .., last] if is_number(last) => (rest.join(" "), Some(days(last)?)),
            all => (all.join(" "), None),
        };
        let pack = Pack::named(packs, &name);
        let pack = pack.ok_or_else(|| wrong(format!("there is no pack “{}”", Text::line(&name))))?;
        // A letter written without a template stands for the first of the pack.
        let step = template.and_then(|template| place_in(pack, template)).unwrap_or(1);
        let next = Self::after(pack, step);
        let mut next =
            next.ok_or_else(|| wrong(format!("nothing follows this letter in the pack {}", Text::line(&pack.name))))?;
        next.days = number.unwrap_or(next.days);
        Ok(Some(next))
    }

    /// As it is typed.
    #[must_use]
    pub fn typed(&self) -> String {
        if self.pack.is_empty() { self.days.to_string() } else { format!("{} {}", self.pack, self.days) }
    }

    /// `if nobody answers within 3 working days, the letter follow-up is due (pack offer, step 2)`.
    #[must_use]
    pub fn words(&self) -> String {
        let days = plural(u64::from(self.days), "working day", "working days");
        format!("if nobody answers within {days}, the letter {} is due{}", Text::line(&self.template), self.of_pack())
    }

    /// ` (pack offer, step 2)`; nothing without a pack.
    #[must_use]
    pub fn of_pack(&self) -> String {
        match self.pack.as_str() {
            "" => String::new(),
            pack => format!(" (pack {}, step {})", Text::line(pack), self.step),
        }
    }
}

/// The step of a template in a pack, from 1.
fn place_in(pack: &Pack, template: &str) -> Option<u16> {
    let place = pack.steps.iter().position(|step| step.template.eq_ignore_ascii_case(template))?;
    u16::try_from(place + 1).ok()
}

/// A letter of mine that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its key.
    pub id: id::Sequence,
    /// My letter.
    pub msg_id: MsgId,
    /// Who is to answer.
    pub contact: id::Contact,
    /// The deal it is about.
    pub deal: Option<id::Deal>,
    /// What follows.
    pub follow_up: FollowUp,
    /// When my letter was sent.
    pub since: Timestamp,
    /// The letter that follows is offered, or on its way.
    pub offered: Option<id::Offered>,
}

/// What the store says of a letter that waits for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signs {
    /// Somebody answered in the conversation.
    pub answered: Option<Timestamp>,
    /// They wrote elsewhere: from any of their addresses, or somebody about the deal.
    pub wrote: Option<Timestamp>,
    /// The letter did not arrive: the evidence.
    pub bounced: Option<Text>,
    /// They want no such letters: the evidence.
    pub opted_out: Option<Text>,
    /// A meeting with them or about the deal, after the letter.
    pub meeting: Option<Timestamp>,
    /// The deal is closed: `won` or `lost`.
    pub closed: Option<Text>,
    /// Nobody can be written to any more: ignored, or without an address.
    pub unreachable: bool,
    /// My newest letter in the conversation.
    pub mine: Option<Timestamp>,
    /// They are away, and back on that day.
    pub back_on: Option<Date>,
}

/// What is to be done about it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing before that day.
    Waits(Date),
    /// The letter that follows is due since that day.
    Due(Date),
    /// Nothing follows any more, for this reason.
    Stop(Text),
}

/// Why nothing follows any more; `None` while it goes on.
#[must_use]
pub fn stop(signs: &Signs, now: &Zoned) -> Option<Text> {
    let day = |at: Timestamp| language::date("en", at.to_zoned(now.time_zone().clone()).date());
    let words = if let Some(at) = signs.answered {
        format!("they answered on {}", day(at))
    } else if let Some(at) = signs.wrote {
        format!("they wrote on {}", day(at))
    } else if let Some(evidence) = &signs.bounced {
        evidence.to_string()
    } else if let Some(evidence) = &signs.opted_out {
        format!("they want no such letters: {evidence}")
    } else if let Some(at) = signs.meeting {
        let verb = if at > now.timestamp() { "a meeting is booked for" } else { "you met on" };
        format!("{verb} {}", day(at))
    } else if let Some(state) = &signs.closed {
        format!("the deal is {state}")
    } else if signs.unreachable {
        "they cannot be written to any more".to_owned()
    } else {
        return None;
    };
    Some(Text::from(words))
}

/// What is to be done: an absence moves the day, and so does a later letter of mine.
#[must_use]
pub fn judge(sequence: &Sequence, signs: &Signs, now: &Zoned, work: &WorkTime) -> Verdict {
    if let Some(why) = stop(signs, now) {
        return Verdict::Stop(why);
    }
    let since = signs.mine.map_or(sequence.since, |mine| mine.max(sequence.since));
    let sent_on = since.to_zoned(now.time_zone().clone()).date();
    let mut day = work.days_after(sent_on, u32::from(sequence.follow_up.days));
    if let Some(back_on) = signs.back_on {
        day = day.max(work.days_after(back_on, 1));
    }
    // Not at midnight: what is due today is due when the working day begins.
    if now.date() > day || (now.date() == day && now.time() >= work.from) {
        Verdict::Due(day)
    } else {
        Verdict::Waits(day)
    }
}

/// A sequence as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceRow {
    /// Its key.
    pub id: id::Sequence,
    /// Who is to answer.
    pub who: Text,
    /// The subject of my letter.
    pub subject: Text,
    /// Its conversation.
    pub thread: Option<id::Thread>,
    /// The person.
    pub contact: id::Contact,
    /// What follows.
    pub follow_up: FollowUp,
    /// When my letter was sent.
    pub since: Timestamp,
    /// Where it stands.
    pub standing: Standing,
}

/// What ended a sequence whose next letter I began.
pub const BEGUN: &str = "you began the next letter";

/// Where a sequence stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It waits for an answer until that day.
    Waits(Date),
    /// The letter that follows waits for my word in Today.
    Offered,
    /// The letter that follows is in the outbox.
    Leaving,
    /// The letter that follows was begun: it is a draft, or was one.
    Begun,
    /// It went on: the letter that follows was sent, or a later letter took its place.
    Done,
    /// Nothing follows, for this reason.
    Stopped(Text),
}

impl Standing {
    /// Something may still follow.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Waits(_) | Self::Offered | Self::Leaving)
    }

    /// In a few words, without the reason.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Waits(day) => format!("until {}", day.strftime("%-d %b")),
            Self::Offered => "due, see Today".to_owned(),
            Self::Leaving => "in the outbox".to_owned(),
            Self::Begun => "letter begun".to_owned(),
            Self::Done => "went on".to_owned(),
            Self::Stopped(_) => "stopped".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
