//! My own answers while I am away (RFC 3834): to which letters one leaves, where it goes, and why there is none.
//!
//! Pure: what is known of a letter is handed in, with the time.

use super::address::{Address, Mailbox, Own};
use super::contact::words;
use super::id;
use super::message::{Direction, Nature};
use super::template::Away;
use super::text::Text;
use super::work_time::WorkTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// One person gets one answer in so many days, where I say nothing else.
pub const USUAL_PAUSE: u32 = 7;

/// The longest pause that can be asked for: a year.
pub const LONGEST_PAUSE: u32 = 366;

/// What came longer ago is answered by nobody but me.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// The template of the answer, where I name no other.
pub const TEMPLATE: &str = "away";

/// When I am away, and what is answered then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Its key.
    pub id: id::Absence,
    /// Letters to this account alone; `None`: to every personal one. A team's mailbox is answered by those who are there.
    pub account: Option<id::Account>,
    /// What comes from then on is answered.
    pub begins_at: Timestamp,
    /// The last day away.
    pub last_day: Date,
    /// The name of the template; its variant is that of the client's language.
    pub template: Text,
    /// One person gets one answer in so many days, and one conversation too.
    pub pause_days: u32,
    /// Answers of it that are on their way or were sent.
    pub answered: u64,
}

impl Absence {
    /// The first day away.
    #[must_use]
    pub fn first_day(&self, zone: &TimeZone) -> Date {
        self.begins_at.to_zoned(zone.clone()).date()
    }

    /// The day of return: the first working day after the last one away.
    #[must_use]
    pub fn back_on(&self, work: &WorkTime) -> Date {
        self.last_day.tomorrow().map_or(self.last_day, |day| work.days_after(day, 0))
    }

    /// Its days, as a template tells them.
    #[must_use]
    pub fn days(&self, zone: &TimeZone, work: &WorkTime) -> Away {
        Away { from: self.first_day(zone), until: self.last_day, back_on: self.back_on(work) }
    }

    /// It has begun and is not over.
    #[must_use]
    pub fn is_on(&self, now: &Zoned) -> bool {
        self.begins_at <= now.timestamp() && !self.is_over(now)
    }

    /// The last day is over.
    #[must_use]
    pub fn is_over(&self, now: &Zoned) -> bool {
        now.date() > self.last_day
    }
}

/// An absence as I ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoingAway {
    /// The first day away; today where I say none.
    pub from: Option<Date>,
    /// The last day away.
    pub until: Date,
    /// The template's name.
    pub template: String,
    /// One person gets one answer in so many days.
    pub pause_days: u32,
    /// Letters to this account alone.
    pub account: Option<id::Account>,
}

/// Where the letter's envelope says answers go (RFC 5321, 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReturnPath {
    /// The server did not write it down.
    #[default]
    Unknown,
    /// `<>`, or nothing that is an address: whoever wrote it takes no answers.
    Nobody,
    /// There.
    To(Address),
}

/// What the head of a letter says of answers to it; words in lower case, empty where there is no such field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// `Return-Path`.
    pub return_path: ReturnPath,
    /// `Sender`.
    pub sender: Option<Address>,
    /// `Auto-Submitted` (RFC 3834, 5).
    pub auto_submitted: String,
    /// `Precedence`.
    pub precedence: String,
    /// `X-Auto-Response-Suppress` of Exchange: a list of words.
    pub suppress: String,
    /// It has a field of a mailing list (RFC 2369, 2919).
    pub list: bool,
    /// A filter says that it is spam.
    pub spam: bool,
}

/// A letter that came while I am away, with what the store knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What its head says.
    pub marks: Marks,
    /// Who wrote it: a person, a list, a machine.
    pub nature: Nature,
    /// Which way it went.
    pub direction: Direction,
    /// From.
    pub from: Vec<Mailbox>,
    /// Everyone in To and Cc.
    pub named: Vec<Address>,
    /// When it was written, or came where it does not say.
    pub date: Timestamp,
    /// When the server got it.
    pub arrived_at: Timestamp,
    /// It is in Junk.
    pub junk: bool,
    /// It waits in the inbox or a folder that a rule of the server put it into; not in Trash, Archive or Drafts.
    pub waits: bool,
    /// From a sender I ignore.
    pub ignored: bool,
    /// They want no letters.
    pub opted_out: bool,
    /// Letters do not reach them.
    pub unreachable: bool,
    /// I answered it, here or elsewhere, or an answer is on its way.
    pub answered: bool,
    /// When this person was answered by itself last, from whichever address.
    pub person_answered: Option<Timestamp>,
    /// When this conversation was.
    pub thread_answered: Option<Timestamp>,
}

/// Why a letter gets no automatic answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is from one of my own addresses.
    Own,
    /// Its return path is null.
    NullSender,
    /// A program wrote it (`Auto-Submitted`, a no-reply address, a report).
    Automatic,
    /// It came over a mailing list.
    List,
    /// `Precedence: bulk` and its kin; a newsletter.
    Bulk,
    /// `X-Auto-Response-Suppress` says that none is wanted.
    Suppressed,
    /// Answers would go to `mailer-daemon`, `owner-…`, `…-request`.
    Robot,
    /// It names no sender.
    NoSender,
    /// None of my addresses is in To or Cc.
    NotNamed,
    /// It is in Junk.
    Junk,
    /// It was put away already.
    PutAway,
    /// I ignore its sender.
    Ignored,
    /// They opted out.
    OptedOut,
    /// Letters to them come back.
    Unreachable,
    /// It came before I went away.
    Early,
    /// It came more than a day ago.
    Old,
    /// I answered it myself.
    Answered,
    /// This person got one in these days.
    Again,
    /// This conversation got one in these days.
    Conversation,
    /// The template lacks a value, or cannot be used.
    Unwritable,
}

words!(
    Refusal,
    Own = "own",
    NullSender = "null_sender",
    Automatic = "automatic",
    List = "list",
    Bulk = "bulk",
    Suppressed = "suppressed",
    Robot = "robot",
    NoSender = "no_sender",
    NotNamed = "not_named",
    Junk = "junk",
    PutAway = "put_away",
    Ignored = "ignored",
    OptedOut = "opted_out",
    Unreachable = "unreachable",
    Early = "early",
    Old = "old",
    Answered = "answered",
    Again = "again",
    Conversation = "conversation",
    Unwritable = "unwritable"
);

impl Refusal {
    /// The reason as it is shown.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Own => "it is from an address of mine",
            Self::NullSender => "its sender takes no answers (null return path)",
            Self::Automatic => "a program wrote it",
            Self::List => "it came over a mailing list",
            Self::Bulk => "it went to many",
            Self::Suppressed => "its sender wants no automatic answers",
            Self::Robot => "its answers go to a robot",
            Self::NoSender => "it names no sender",
            Self::NotNamed => "none of my addresses is in To or Cc",
            Self::Junk => "it is in Junk",
            Self::PutAway => "it was put away already",
            Self::Ignored => "its sender is ignored",
            Self::OptedOut => "they opted out",
            Self::Unreachable => "letters to them come back",
            Self::Early => "it came before the absence began",
            Self::Old => "it came more than a day ago",
            Self::Answered => "I answered it",
            Self::Again => "they got an automatic answer in these days",
            Self::Conversation => "the conversation got an automatic answer in these days",
            Self::Unwritable => "the template cannot be filled for them",
        }
    }
}

/// Where the answer to a letter goes: its return path (RFC 3834, 4), else its sender.
///
/// # Errors
/// The first reason why none leaves.
pub fn destination(asked: &Asked, absence: &Absence, mine: &Own, now: &Zoned) -> Result<Address, Refusal> {
    let writer = asked.from.first().map(|mailbox| &mailbox.address).ok_or(Refusal::NoSender)?;
    let sender = asked.marks.sender.as_ref();
    let to = match &asked.marks.return_path {
        ReturnPath::To(address) => address,
        ReturnPath::Nobody => return Err(Refusal::NullSender),
        ReturnPath::Unknown => sender.unwrap_or(writer),
    };
    let everyone = || [Some(writer), sender, Some(to)].into_iter().flatten();
    if asked.direction == Direction::Outbound || everyone().any(|address| mine.is_me(address)) {
        return Err(Refusal::Own);
    }
    of_a_person(asked)?;
    if everyone().any(takes_none) {
        return Err(Refusal::Robot);
    }
    if !asked.named.iter().any(|address| mine.is_me(address)) {
        return Err(Refusal::NotNamed);
    }
    let standing = [
        (asked.junk || asked.marks.spam, Refusal::Junk),
        (asked.ignored, Refusal::Ignored),
        (asked.opted_out, Refusal::OptedOut),
        (asked.unreachable, Refusal::Unreachable),
        (asked.answered, Refusal::Answered),
        (!asked.waits, Refusal::PutAway),
    ];
    if let Some((_, refusal)) = standing.into_iter().find(|(holds, _)| *holds) {
        return Err(refusal);
    }
    in_time(asked, absence, now)?;
    Ok(to.clone())
}

/// A person wrote it to me, not a program and not to many.
fn of_a_person(asked: &Asked) -> Result<(), Refusal> {
    let marks = &asked.marks;
    if !matches!(marks.auto_submitted.as_str(), "" | "no") {
        return Err(Refusal::Automatic);
    }
    if marks.list {
        return Err(Refusal::List);
    }
    match marks.precedence.as_str() {
        "list" => return Err(Refusal::List),
        "bulk" | "junk" => return Err(Refusal::Bulk),
        "auto_reply" => return Err(Refusal::Automatic),
        _ => {}
    }
    // DR, RN and NRN are of receipts.
    let words = marks.suppress.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    if words.into_iter().any(|word| matches!(word, "all" | "oof" | "autoreply")) {
        return Err(Refusal::Suppressed);
    }
    match asked.nature {
        Nature::Human => Ok(()),
        Nature::Bounce(_) => Err(Refusal::NullSender),
        Nature::Automatic(_) => Err(Refusal::Automatic),
        Nature::Bulk(_) => Err(Refusal::Bulk),
    }
}

/// RFC 3834, 2: no answer to list owners, list robots and mail servers, whatever the head says.
fn takes_none(address: &Address) -> bool {
    const ROBOTS: &[&str] = &["listserv", "majordomo", "mailman", "sympa", "daemon", "root", "nobody", "auto", "robot"];
    let local = address.local();
    let is_tagged = |word: &str| local.split(['+', '-', '_', '.', '=']).any(|part| part == word);
    address.is_robot()
        || ["owner-", "bounce-", "bounces-", "request-"].iter().any(|start| local.starts_with(start))
        || ["-owner", "-request", "-bounce", "-bounces", "-relay", "-errors", "-return"]
            .iter()
            .any(|end| local.ends_with(end) || local.contains(&format!("{end}+")) || local.contains(&format!("{end}-")))
        || is_tagged("bounce")
        || is_tagged("bounces")
        || is_tagged("noreply")
        || ROBOTS.contains(&local)
}

/// It came while I am away, not long ago, and nobody gets two.
fn in_time(asked: &Asked, absence: &Absence, now: &Zoned) -> Result<(), Refusal> {
    // A letter may have been written long before it came, and an old one may come into a new mailbox.
    let earliest = asked.date.min(asked.arrived_at);
    if earliest < absence.begins_at || !absence.is_on(now) {
        return Err(Refusal::Early);
    }
    let within = |moment: Timestamp, span: SignedDuration| now.timestamp().duration_since(moment) < span;
    if !within(earliest, OLDEST) {
        return Err(Refusal::Old);
    }
    let pause = SignedDuration::from_hours(24 * i64::from(absence.pause_days.clamp(1, LONGEST_PAUSE)));
    if asked.person_answered.is_some_and(|last| within(last, pause)) {
        return Err(Refusal::Again);
    }
    if asked.thread_answered.is_some_and(|last| within(last, pause)) {
        return Err(Refusal::Conversation);
    }
    Ok(())
}

/// `Auto: Offer for desks` (RFC 3834, 3.1.5): the subject of the letter as it stands.
#[must_use]
pub fn subject(answered: &Text) -> String {
    format!("Auto: {answered}").trim_end().to_owned()
}

/// What is said of an absence in a few words: `away until 12 December: 3 answered`.
#[must_use]
pub fn in_words(absence: &Absence, now: &Zoned) -> Text {
    let day = |day: Date| {
        let year = if day.year() == now.year() { String::new() } else { format!(" {}", day.year()) };
        format!("{}{year}", day.strftime("%-d %B"))
    };
    if absence.begins_at > now.timestamp() {
        return Text::from(format!("away from {}", day(absence.first_day(now.time_zone()))));
    }
    Text::from(format!("away until {}: {} answered", day(absence.last_day), absence.answered))
}

#[cfg(test)]
mod tests;
