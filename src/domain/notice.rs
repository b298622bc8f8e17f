//! Notices: whether a letter that came is worth disturbing me, and in which words.
//!
//! Only letters of clients that arrived just now. An old letter that a first sync brings, bulk mail, junk and ignored
//! senders never disturb: a notice that is mostly noise is soon switched off.

use super::address::Address;
use super::id;
use super::text::{Text, plural};
use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, Timestamp, Zoned};

/// A letter older than this disturbs nobody: it came while the computer slept or there was no network.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// A server's clock and ours differ; a letter that arrived this much before the last sync ended may still be new.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// When notices are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours {
    /// Not from the first time to the second; over midnight where the second is the earlier one.
    pub quiet: Option<(Time, Time)>,
    /// Only on these days; empty: on all.
    pub weekdays: Vec<Weekday>,
}

impl Hours {
    /// True when a notice may disturb now, where the user is.
    #[must_use]
    pub fn allow(&self, now: &Zoned) -> bool {
        let time = now.time();
        let quiet = self
            .quiet
            .is_some_and(|(from, to)| if from <= to { from <= time && time < to } else { from <= time || time < to });
        !quiet && (self.weekdays.is_empty() || self.weekdays.contains(&now.weekday()))
    }
}

/// How I want to be told (`[notices]` in the configuration).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Channels {
    /// By the desktop.
    pub desktop: bool,
    /// By the terminal's bell.
    pub bell: bool,
    /// By a program of mine: its name and its arguments.
    pub command: Option<(String, Vec<String>)>,
    /// When.
    pub hours: Hours,
}

impl Channels {
    /// There is a way to tell me.
    #[must_use]
    pub fn any(&self) -> bool {
        self.desktop || self.bell || self.command.is_some()
    }
}

/// `20:00-08:00`; `None` when it is not two times.
#[must_use]
pub fn quiet_hours(written: &str) -> Option<(Time, Time)> {
    let (from, to) = written.split_once('-')?;
    let time = |written: &str| {
        let (hour, minute) = written.trim().split_once(':')?;
        let number = |digits: &str| {
            let fits = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            if fits { digits.parse::<i8>().ok() } else { None }
        };
        Time::new(number(hour)?, number(minute)?, 0, 0).ok()
    };
    Some((time(from)?, time(to)?)).filter(|(from, to)| from != to)
}

/// `mon`, `Monday`; `None` when it is no day.
#[must_use]
pub fn weekday(written: &str) -> Option<Weekday> {
    Some(match written.trim().to_lowercase().as_str() {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// An unread letter of a known client, as the store found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The letter.
    pub message: id::Message,
    /// Its account's key.
    pub account: id::Account,
    /// Its account's name.
    pub account_name: Text,
    /// The sender's name; empty when there is none.
    pub sender: Text,
    /// The sender's real address.
    pub address: Option<Address>,
    /// The subject.
    pub subject: Text,
    /// The client it is filed under.
    pub client: Option<Text>,
    /// The client's company.
    pub company: Option<Text>,
    /// The deal it is filed under.
    pub deal: Option<Text>,
    /// When the server got it.
    pub arrived_at: Timestamp,
}

impl Candidate {
    /// True when it arrived after the account's mail was last known, and not long ago. Without a last time nothing is new:
    /// a first sync brings letters of years.
    #[must_use]
    pub fn is_news(&self, last_known: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(last_known) = last_known else { return false };
        let after = |limit: Timestamp, back: SignedDuration| {
            limit.checked_sub(back).is_ok_and(|limit| self.arrived_at >= limit)
        };
        after(last_known, CLOCKS_DIFFER) && after(now, FRESH)
    }

    /// Who wrote: the client's name, else the sender's, else the address.
    #[must_use]
    pub fn who(&self) -> Text {
        let name = self.client.clone().or_else(|| Some(self.sender.clone()).filter(|name| !name.is_empty()));
        name.or_else(|| self.address.as_ref().map(|address| Text::line(address.as_str()))).unwrap_or_default()
    }
}

/// What is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The newest letter.
    pub newest: Candidate,
    /// How many letters it tells of.
    pub letters: u64,
    /// Of so many clients.
    pub clients: u64,
}

impl Notice {
    /// Sums up what came; `None` when nothing did, or when now is no time to disturb.
    #[must_use]
    pub fn of(came: &[Candidate], hours: &Hours, now: &Zoned) -> Option<Self> {
        if !hours.allow(now) {
            return None;
        }
        let newest = came.iter().max_by_key(|letter| (letter.arrived_at, letter.message))?.clone();
        let mut clients: Vec<Text> = came.iter().map(Candidate::who).collect();
        clients.sort();
        clients.dedup();
        Some(Self { newest, letters: came.len() as u64, clients: clients.len() as u64 })
    }

    /// The first line: who wrote, or how much came.
    #[must_use]
    pub fn title(&self) -> Text {
        if self.letters == 1 {
            let who = self.newest.who();
            return match self.newest.company.as_ref().filter(|company| **company != who) {
                Some(company) => Text::from(format!("{who}, {company}")),
                None => who,
            };
        }
        let clients = plural(self.clients, "client", "clients");
        Text::from(format!("{} from {clients}", plural(self.letters, "new letter", "new letters")))
    }

    /// The second line: the subject; of several letters the newest with who wrote it.
    #[must_use]
    pub fn body(&self) -> Text {
        let subject = if self.newest.subject.is_empty() { "(no subject)" } else { self.newest.subject.as_str() };
        if self.letters == 1 { Text::line(subject) } else { Text::from(format!("{}: {subject}", self.newest.who())) }
    }

    /// Everything in one line.
    #[must_use]
    pub fn summary(&self) -> Text {
        if self.letters == 1 { Text::from(format!("{}: {}", self.title(), self.body())) } else { self.title() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(message: i64, client: &str, arrived_at: &str) -> Candidate {
        Candidate {
            message: id::Message(message),
            account: id::Account(1),
            account_name: Text::own("work"),
            sender: Text::line("A. K."),
            address: Address::parse("anna@klient.example"),
            subject: Text::line(&format!("Offer {message}")),
            client: Some(client).filter(|client| !client.is_empty()).map(Text::line),
            company: Some(Text::own("Acme")),
            deal: None,
            arrived_at: arrived_at.parse().unwrap(),
        }
    }

    #[test]
    fn hours_over_midnight_and_days() {
        let quiet = |written: &str| Hours { quiet: quiet_hours(written), weekdays: Vec::new() };
        let work = Hours { quiet: None, weekdays: vec![Weekday::Monday, Weekday::Friday] };
        for (hours, now, expected) in [
            (Hours::default(), "2026-11-23T03:00", true),
            (quiet("20:00-08:00"), "2026-11-23T19:59:59", true),
            (quiet("20:00-08:00"), "2026-11-23T20:00", false),
            (quiet("20:00-08:00"), "2026-11-24T00:00", false),
            (quiet("20:00-08:00"), "2026-11-24T07:59:59", false),
            (quiet("20:00-08:00"), "2026-11-24T08:00", true),
            (quiet("12:00-13:30"), "2026-11-23T13:00", false),
            (quiet("12:00-13:30"), "2026-11-23T13:30", true),
            (quiet("12:00-13:30"), "2026-11-23T11:59", true),
            (work.clone(), "2026-11-23T12:00", true),
            (work, "2026-11-22T12:00", false),
        ] {
            let now: Zoned = format!("{now}[Europe/Warsaw]").parse().unwrap();
            assert_eq!(hours.allow(&now), expected, "{hours:?} {now}");
        }
    }

    #[test]
    fn quiet_hours_as_they_are_written() {
        for (written, good) in [
            ("20:00-08:00", true),
            (" 20:00 - 8:00 ", true),
            ("20-8", false),
            ("24:00-08:00", false),
            ("20:60-08:00", false),
            ("20:00", false),
            ("08:00-08:00", false),
            ("+2:00-08:00", false),
            ("", false),
        ] {
            assert_eq!(quiet_hours(written).is_some(), good, "{written}");
        }
        assert_eq!(
            (weekday("Fri"), weekday("sunday"), weekday("пт")),
            (Some(Weekday::Friday), Some(Weekday::Sunday), None)
        );
    }

    #[test]
    fn only_what_came_just_now_is_news() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        for (what, arrived, last_known, expected) in [
            ("just now", "2026-11-23T09:59:58Z", Some("2026-11-23T09:59:00Z"), true),
            ("a first sync", "2026-11-23T09:59:58Z", None, false),
            ("known before", "2026-11-23T09:50:00Z", Some("2026-11-23T09:59:00Z"), false),
            ("the clocks differ", "2026-11-23T09:57:30Z", Some("2026-11-23T09:59:00Z"), true),
            ("at night", "2026-11-23T03:00:00Z", Some("2026-11-22T18:00:00Z"), false),
            ("while we were closed for half an hour", "2026-11-23T09:40:00Z", Some("2026-11-23T09:30:00Z"), true),
            ("the server's clock is ahead", "2026-11-23T10:05:00Z", Some("2026-11-23T09:59:00Z"), true),
        ] {
            let letter = letter(1, "Anna", arrived);
            assert_eq!(letter.is_news(last_known.map(|at| at.parse().unwrap()), now), expected, "{what}");
        }
    }

    #[test]
    fn several_are_summed_up() {
        let now: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        let hours = Hours::default();
        assert_eq!(Notice::of(&[], &hours, &now), None);
        let one = Notice::of(&[letter(1, "Anna Nowak", "2026-11-23T08:59:00Z")], &hours, &now).unwrap();
        assert_eq!(one.summary().as_str(), "Anna Nowak, Acme: Offer 1");
        let came = [
            letter(1, "Anna Nowak", "2026-11-23T08:59:00Z"),
            letter(3, "Jan", "2026-11-23T08:59:59Z"),
            letter(2, "Anna Nowak", "2026-11-23T08:59:30Z"),
        ];
        let many = Notice::of(&came, &hours, &now).unwrap();
        assert_eq!(many.summary().as_str(), "3 new letters from 2 clients");
        assert_eq!(many.body().as_str(), "Jan: Offer 3");
        let night = Hours { quiet: quiet_hours("09:00-11:00"), weekdays: Vec::new() };
        assert_eq!(Notice::of(&came, &night, &now), None);
        assert_eq!(letter(1, "", "2026-11-23T08:59:00Z").who().as_str(), "A. K.");
    }
}
