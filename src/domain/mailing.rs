//! Mailings: one template, sent one by one to everybody a search finds.
//!
//! ```text
//! prepared ──start──▶ running ──the last one has left──▶ done
//!    the list is         │ ▲
//!    frozen, checked     ▼ │ pause and resume; pauses itself when connections break in a row
//!                      paused
//! ```
//! A recipient waits, or is skipped with a reason, or was handed to the outbox: from then on the letter is a letter like any other, with its
//! states and its promises ([`super::outbox`]), and nothing makes a second one.

use super::bounce;
use super::id;
use super::outbox;
use super::text::{Text, grouped, plural};
use jiff::{SignedDuration, Timestamp};

/// Where a mailing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Its list is frozen; nothing has left.
    Prepared,
    /// Letters leave, at the pace of the account.
    Running,
    /// Nothing leaves until I say so.
    Paused,
    /// Every letter has left, or was refused, or is of unknown fate.
    Done,
}

super::contact::words!(State, Prepared = "prepared", Running = "running", Paused = "paused", Done = "done");

/// Why somebody on the list gets no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// A value of the template is missing: the mailing does not start before it is entered, or they are left out by my word.
    Missing,
    /// They want none any more.
    OptedOut,
    /// Letters do not arrive there.
    Unreachable,
    /// One of us.
    Colleague,
    /// The card has no address.
    NoAddress,
    /// Another card on the list has the same address.
    SameAddress,
    /// Another card on the list is probably the same person.
    SamePerson,
    /// Their letters are ignored.
    Ignored,
    /// Nobody reads that address.
    Robot,
    /// The card is not there any more.
    Gone,
    /// The letter cannot be written: an address or a header that no server takes.
    Unfit,
    /// Left out by hand.
    ByHand,
    /// The letter was taken out of the outbox by hand.
    TakenOut,
}

super::contact::words!(
    Skip,
    Missing = "missing",
    OptedOut = "opted out",
    Unreachable = "unreachable",
    Colleague = "colleague",
    NoAddress = "no address",
    SameAddress = "same address",
    SamePerson = "same person",
    Ignored = "ignored",
    Robot = "robot",
    Gone = "gone",
    Unfit = "unfit",
    ByHand = "by hand",
    TakenOut = "taken out"
);

impl Skip {
    /// As a heading of the check says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "a value is missing",
            Self::OptedOut => "opted out",
            Self::Unreachable => "letters do not arrive",
            Self::Colleague => "colleagues",
            Self::NoAddress => "no address",
            Self::SameAddress => "the same address twice",
            Self::SamePerson => "probably the same person twice",
            Self::Ignored => "ignored senders",
            Self::Robot => "addresses of machines",
            Self::Gone => "cards that are gone",
            Self::Unfit => "cannot be written",
            Self::ByHand => "left out by hand",
            Self::TakenOut => "taken out of the outbox",
        }
    }

    /// My word is enough to write to them all the same.
    #[must_use]
    pub fn can_be_overridden(self) -> bool {
        matches!(self, Self::SamePerson | Self::Ignored | Self::ByHand)
    }
}

/// Where one recipient stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stand {
    /// Their turn comes.
    Waiting,
    /// Being sent, or tried again soon.
    Sending,
    /// Accepted by my server.
    Sent,
    /// The server said no for good.
    Refused,
    /// Nobody knows: never sent again by itself.
    Uncertain,
    /// Gets no letter.
    Skipped,
}

super::contact::words!(
    Stand,
    Waiting = "waiting",
    Sending = "sending",
    Sent = "sent",
    Refused = "refused",
    Uncertain = "uncertain",
    Skipped = "skipped"
);

impl Stand {
    /// Of a letter in the outbox.
    #[must_use]
    pub fn of(state: outbox::State) -> Self {
        match state {
            outbox::State::Held | outbox::State::Queued | outbox::State::Sending => Self::Sending,
            outbox::State::Sent => Self::Sent,
            outbox::State::Refused => Self::Refused,
            outbox::State::Uncertain => Self::Uncertain,
        }
    }
}

/// Whether a report of not arriving is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounced {
    /// The address is gone.
    Hard,
    /// It may arrive another time.
    Soft,
}

super::contact::words!(Bounced, Hard = "hard", Soft = "soft");

impl Bounced {
    /// Of the reason in a delivery report.
    #[must_use]
    pub fn of(reason: bounce::Reason) -> Self {
        match reason {
            bounce::Reason::Gone => Self::Hard,
            bounce::Reason::Full | bounce::Reason::Late | bounce::Reason::Refused => Self::Soft,
        }
    }
}

/// A mailing to be prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMailing {
    /// What I call it.
    pub title: Text,
    /// The search whose people get it, as typed.
    pub segment: Text,
    /// The template's name.
    pub template: Text,
    /// Its language; empty: each in their own.
    pub language: Text,
    /// Leaves from this account; `None`: the first.
    pub account: Option<id::Account>,
    /// Only while a recipient is likely at work.
    pub working_hours: bool,
}

/// How many of its recipients stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Their turn comes.
    pub waiting: u64,
    /// On their way.
    pub sending: u64,
    /// Accepted.
    pub sent: u64,
    /// Refused.
    pub refused: u64,
    /// Of unknown fate.
    pub uncertain: u64,
    /// Get none.
    pub skipped: u64,
    /// Of the skipped: a value of the template is missing.
    pub missing: u64,
    /// Did not arrive, for ever.
    pub hard: u64,
    /// Did not arrive this time.
    pub soft: u64,
    /// A person answered.
    pub answered: u64,
    /// Asked for no more.
    pub opted_out: u64,
    /// Of those waiting: they got a mailing of the same template within the last weeks.
    pub again: u64,
}

impl Counts {
    /// All that get a letter, had one, or may have.
    #[must_use]
    pub fn of(&self) -> u64 {
        self.waiting + self.sending + self.sent + self.refused + self.uncertain
    }

    /// Those whose letter has left or never will.
    #[must_use]
    pub fn over(&self) -> u64 {
        self.sent + self.refused + self.uncertain
    }
}

/// A mailing, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailingRow {
    /// Its key.
    pub id: id::Mailing,
    /// What I call it.
    pub title: Text,
    /// The account's key.
    pub account: id::Account,
    /// The account's name.
    pub account_name: Text,
    /// The search.
    pub segment: Text,
    /// The template's name.
    pub template: Text,
    /// Its language; empty: each in their own.
    pub language: Text,
    /// Only while a recipient is likely at work.
    pub working_hours: bool,
    /// Where it stands.
    pub state: State,
    /// Why it paused itself.
    pub why: Text,
    /// When it was prepared.
    pub created_at: Timestamp,
    /// When all of it was checked last.
    pub checked_at: Option<Timestamp>,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When its next letter may leave.
    pub next_at: Option<Timestamp>,
    /// Its recipients.
    pub counts: Counts,
}

/// A recipient, as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRow {
    /// The key.
    pub id: id::Recipient,
    /// Their card.
    pub contact: Option<id::Contact>,
    /// Their name.
    pub name: Text,
    /// Where it goes; empty when the card has no address.
    pub address: Text,
    /// Where they stand.
    pub stand: Stand,
    /// Why they are skipped.
    pub skip: Option<Skip>,
    /// Why they are skipped, the server's last word, or when they are at work.
    pub reason: Text,
    /// Not before this, where their working hours are waited for.
    pub not_before: Option<Timestamp>,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
    /// The letter in the outbox.
    pub outgoing: Option<id::Outgoing>,
    /// Its conversation.
    pub thread: Option<id::Thread>,
    /// It did not arrive.
    pub bounced: Option<Bounced>,
    /// A person answered.
    pub answered: bool,
    /// They asked for no more.
    pub opted_out: bool,
}

/// How fast letters of mailings leave from an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// At most so many in a minute, evenly.
    pub per_minute: u32,
    /// At most so many letters in 24 hours, those I write myself among them.
    pub per_day: u32,
}

/// For servers whose limits nobody has told.
pub const USUAL: Throttle = Throttle { per_minute: 20, per_day: 1000 };

impl Throttle {
    /// The time between two letters.
    #[must_use]
    pub fn pause(&self) -> SignedDuration {
        SignedDuration::from_millis(60_000 / i64::from(self.per_minute.max(1)))
    }

    /// How long so many letters take from here, when nothing goes wrong and everybody is at work.
    #[must_use]
    pub fn time_for(&self, letters: u64, sent_today: u64) -> SignedDuration {
        let at_once = u64::from(self.per_day).saturating_sub(sent_today);
        let pause = self.pause().as_millis();
        let letters_ms = i128::from(letters).saturating_mul(pause);
        let days = if letters > at_once && self.per_day > 0 {
            (letters - at_once).div_ceil(u64::from(self.per_day))
        } else {
            0
        };
        let ms = i64::try_from(letters_ms)
            .unwrap_or(i64::MAX)
            .max(i64::try_from(days).unwrap_or(0).saturating_mul(86_400_000));
        SignedDuration::from_millis(ms)
    }
}

/// After "later" so many times in a row: from five seconds, doubling, up to an hour.
#[must_use]
pub fn back_off(trouble: u32) -> SignedDuration {
    SignedDuration::from_secs(5_i64.saturating_mul(1_i64 << trouble.saturating_sub(1).min(10)).min(3600))
}

/// Connections that broke so many times in a row stop a mailing: every further letter would be tried for nothing.
pub const MOST_DROPS: u32 = 6;
/// Letters in a row of unknown fate that stop a mailing: each of them is somebody who may have no letter.
pub const MOST_LOST: u32 = 3;

/// What an attempt at a letter of a mailing came to, for the mailing as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// The server takes letters.
    Fine,
    /// The server says later (4xx), or cannot be reached: the whole mailing waits.
    Later,
    /// The connection broke before the letter's end.
    Dropped,
    /// The connection broke after the letter's end.
    Lost,
}

impl Lesson {
    /// `reached`: the server was there and took the password.
    #[must_use]
    pub fn of(outcome: &outbox::Outcome, reached: bool) -> Self {
        match outcome {
            // A server that says no to one address works.
            outbox::Outcome::Accepted(_) | outbox::Outcome::Refused(_) => Self::Fine,
            outbox::Outcome::Unknown(_) => Self::Lost,
            outbox::Outcome::TryLater(answer) if reached && !is_answer(answer.as_str()) => Self::Dropped,
            outbox::Outcome::TryLater(_) => Self::Later,
        }
    }
}

/// It holds a reply code of SMTP, such as `RCPT: 450 greylisted`: the server could say it.
fn is_answer(text: &str) -> bool {
    text.split([' ', ':'])
        .any(|word| word.len() == 3 && word.starts_with('4') && word.bytes().all(|b| b.is_ascii_digit()))
}

/// `312 of 2,000, about 40 minutes left`
#[must_use]
pub fn progress(counts: &Counts, state: State, left: SignedDuration) -> String {
    let of = format!("{} of {}", grouped(counts.over()), grouped(counts.of()));
    match state {
        State::Running if counts.waiting + counts.sending > 0 => format!("{of}, about {} left", about(left)),
        _ => of,
    }
}

/// `40 minutes`, `3 hours`, `2 days`
#[must_use]
pub fn about(time: SignedDuration) -> String {
    let minutes = u64::try_from(time.as_secs()).unwrap_or(0).div_ceil(60).max(1);
    match minutes {
        0..90 => plural(minutes, "minute", "minutes"),
        90..2880 => plural((minutes + 30) / 60, "hour", "hours"),
        _ => plural(minutes.div_ceil(1440), "day", "days"),
    }
}

/// What came of it, in words: `1,980 accepted, 12 refused, 8 not known`; only what there is.
#[must_use]
pub fn results(counts: &Counts) -> String {
    let parts: Vec<String> = [
        (counts.sent, "accepted"),
        (counts.hard, "bounced for good"),
        (counts.soft, "bounced this time"),
        (counts.answered, "answered"),
        (counts.opted_out, "opted out"),
        (counts.refused, "refused"),
        (counts.uncertain, "not known"),
        (counts.skipped, "skipped"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{} {word}", grouped(number)))
    .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outbox::Outcome;

    #[test]
    fn progress_is_told_in_words() {
        let counts = Counts { waiting: 1680, sending: 8, sent: 300, refused: 10, uncertain: 2, ..Counts::default() };
        let throttle = Throttle { per_minute: 40, per_day: 5000 };
        let left = throttle.time_for(counts.waiting + counts.sending, 0);
        assert_eq!(progress(&counts, State::Running, left), "312 of 2,000, about 43 minutes left");
        assert_eq!(progress(&counts, State::Paused, left), "312 of 2,000");
        for (letters, today, expected) in [
            (1, 0, "1 minute"),
            (400, 0, "10 minutes"),
            (4000, 0, "2 hours"),
            (5000, 5000, "24 hours"),
            (10_001, 0, "2 days"),
        ] {
            assert_eq!(about(throttle.time_for(letters, today)), expected, "{letters} after {today}");
        }
    }

    #[test]
    fn a_servers_word_is_told_from_a_broken_connection() {
        let later = |text: &str| Outcome::TryLater(Text::line(text));
        for (outcome, reached, lesson) in [
            (Outcome::Accepted(Text::own("250 ok")), true, Lesson::Fine),
            (Outcome::Refused(Text::own("RCPT: 550 no")), true, Lesson::Fine),
            (later("RCPT: 450 4.2.1 greylisted"), true, Lesson::Later),
            (later("the greeting: 421 too many"), false, Lesson::Later),
            (later("the connection was closed"), true, Lesson::Dropped),
            (later("localhost:4025 cannot be reached"), false, Lesson::Later),
            (Outcome::Unknown(Text::own("closed")), true, Lesson::Lost),
        ] {
            assert_eq!(Lesson::of(&outcome, reached), lesson, "{outcome:?}");
        }
    }

    #[test]
    fn it_waits_longer_each_time() {
        let seconds: Vec<i64> = [1, 2, 3, 10, 11, 40].iter().map(|n| back_off(*n).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 2560, 3600, 3600]);
        assert_eq!(Throttle { per_minute: 0, per_day: 1 }.pause().as_secs(), 60);
    }
}
