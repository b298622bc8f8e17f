//! Hints: what to know before writing to a client, each a plain rule that says its reason.

use super::activity;
use super::address::Address;
use super::deal::{DealRow, PaymentRow, State};
use super::opt_out::OptedOut;
use super::promise::Promise;
use super::text::{Text, plural};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// How many days ahead a birthday is told.
pub const BIRTHDAY_DAYS: i32 = 7;

/// One hint: what is said, the rule that says it, and what made the rule true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What is said.
    pub words: Text,
    /// The rule in words.
    pub rule: &'static str,
    /// What in the store makes it true.
    pub evidence: Text,
}

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.words.as_str())
    }
}

impl PartialEq<Text> for Hint {
    fn eq(&self, words: &Text) -> bool {
        self.words == *words
    }
}

/// What the rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts<'a> {
    /// A lead that nobody has looked at: when it came.
    pub new_lead_since: Option<Timestamp>,
    /// Their payments.
    pub payments: &'a [PaymentRow],
    /// The conversation that waits longest for my answer: since when, and its subject.
    pub waiting: Option<(Timestamp, Text)>,
    /// Planned activities: when, what, about what.
    pub planned: &'a [(Timestamp, activity::Kind, Text)],
    /// Promises in their letters and in mine to them, of which nothing was decided.
    pub promises: &'a [Promise],
    /// Their deals.
    pub deals: &'a [DealRow],
    /// `MM-DD`.
    pub birthday: Option<&'a str>,
    /// Their addresses that letters do not reach, each with the report in words.
    pub unreachable: &'a [(Address, Text)],
    /// Their addresses that opted out of mailings.
    pub opted_out: &'a [OptedOut],
}

/// Applies each rule, the most pressing first.
#[must_use]
pub fn hints(facts: &Facts<'_>, now: &Zoned) -> Vec<Hint> {
    let today = now.date();
    let day_of = |at: Timestamp| at.to_zoned(now.time_zone().clone()).date();
    let mut hints: Vec<Hint> = Vec::new();
    let mut say = |words: String, rule, evidence: String| {
        hints.push(Hint { words: Text::from(words), rule, evidence: Text::from(evidence) });
    };
    if let Some(since) = facts.new_lead_since {
        let came = day(day_of(since), today);
        say(
            format!("nobody has looked at this lead since it came on {came}"),
            "a stranger wrote, and nobody made a contact of them, kept or ignored them",
            format!("the first letter is of {came}"),
        );
    }
    for out in facts.opted_out {
        let since = day(day_of(out.at), today);
        say(
            format!("{} opted out of mailings", out.address),
            "they asked for no more letters to many; only your own word takes it back (palette: mailings again)",
            format!("since {since}: {}", out.evidence),
        );
    }
    for (address, report) in facts.unreachable {
        say(
            format!("letters to {address} do not arrive"),
            "a delivery report names the address, and nobody wrote from it since",
            report.to_string(),
        );
    }
    for payment in facts.payments.iter().filter(|p| p.is_overdue(today)) {
        let due = day(payment.due_on, today);
        say(
            format!("payment “{}” of {} overdue since {due}", payment.title, payment.amount),
            "a payment of one of their deals is past its due day and not paid",
            format!("“{}”, {}, was due on {due}", payment.title, payment.amount),
        );
    }
    if let Some((since, subject)) = &facts.waiting {
        let waits = match days_between(day_of(*since), today) {
            0 => "since today".to_owned(),
            days => plural_days(days),
        };
        say(
            format!("waits {waits} for an answer to “{subject}”"),
            "the last letter of a person in a conversation came from them, and it is neither done nor snoozed",
            format!("the first letter that waits is of {}", day(day_of(*since), today)),
        );
    }
    for (due, kind, subject) in facts.planned.iter().filter(|(due, ..)| *due < now.timestamp()) {
        let kind = kind.word().replace('_', " ");
        let on = day(day_of(*due), today);
        let words = match days_between(day_of(*due), today) {
            0 => format!("{kind} “{subject}” was due earlier today"),
            _ => format!("{kind} “{subject}” overdue since {on}"),
        };
        say(words, "something planned with them is past its time and not done", format!("it was planned for {on}"));
    }
    for promise in facts.promises {
        let (due, who) = (day(promise.due_on, today), if promise.mine { "you" } else { "they" });
        say(
            format!("{who} promised by {due}: “{}”", promise.sentence),
            "a letter of the last weeks promises something by a day, and nobody has said whether it is a task",
            format!("“{}”, due on {due}; B in the letter makes a task of it", promise.sentence),
        );
    }
    for deal in facts.deals.iter().filter(|d| d.state == State::Open && d.next_activity.is_none()) {
        say(
            format!("no next activity on the open deal “{}”", deal.title),
            "an open deal has nothing planned",
            format!("“{}” is at {} ({}); , plans something", deal.title, deal.stage, deal.amount),
        );
    }
    if let Some(words) = facts.birthday.and_then(|birthday| birthday_hint(birthday, today)) {
        let evidence = format!("the card says {}", facts.birthday.unwrap_or_default());
        say(words, "their birthday is within a week", evidence);
    }
    hints
}

/// A birthday, `MM-DD`, as month and day; `None` for what is no day of the year.
#[must_use]
pub fn parse_birthday(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2000, month, day).ok()?; // a leap year: 29 February is a birthday
    Some((month, day))
}

fn birthday_hint(birthday: &str, today: Date) -> Option<String> {
    let (month, day_of_month) = parse_birthday(birthday)?;
    // Who was born on 29 February has the 28th in other years.
    let in_year = |year: i16| Date::new(year, month, day_of_month).or_else(|_| Date::new(year, month, 28)).ok();
    let next = in_year(today.year()).filter(|date| *date >= today).or_else(|| in_year(today.year().checked_add(1)?))?;
    match days_between(today, next) {
        0 => Some("birthday today".to_owned()),
        1 => Some("birthday tomorrow".to_owned()),
        days if days <= BIRTHDAY_DAYS => Some(format!("birthday in {}, on {}", plural_days(days), day(next, today))),
        _ => None,
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    to.since(from).map_or(0, |span| span.get_days())
}

fn plural_days(days: i32) -> String {
    plural(u64::try_from(days).unwrap_or(0), "day", "days")
}

/// `19 Nov`, with the year where it is another one.
fn day(date: Date, today: Date) -> String {
    date.strftime(if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id;
    use crate::domain::money::Money;

    fn now() -> Zoned {
        "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
    }

    fn said(facts: &Facts<'_>) -> Vec<String> {
        hints(facts, &now()).into_iter().map(|hint| hint.words.into()).collect()
    }

    fn payment(due_on: &str, paid_on: Option<&str>) -> PaymentRow {
        PaymentRow {
            id: id::Payment(1),
            deal: id::Deal(1),
            title: Text::own("Deposit"),
            due_on: due_on.parse().unwrap(),
            amount: Money::parse("100", "PLN").unwrap(),
            paid_on: paid_on.map(|day| day.parse().unwrap()),
        }
    }

    #[test]
    fn a_payment_is_overdue_from_the_day_after() {
        let payments = [
            payment("2026-11-19", None),
            payment("2025-12-31", None),
            payment("2026-11-23", None),
            payment("2026-11-01", Some("2026-11-20")),
        ];
        assert_eq!(
            said(&Facts { payments: &payments, ..Facts::default() }),
            [
                "payment “Deposit” of 100.00\u{a0}PLN overdue since 19 Nov",
                "payment “Deposit” of 100.00\u{a0}PLN overdue since 31 Dec 2025"
            ]
        );
    }

    #[test]
    fn waiting_is_counted_in_days_of_the_calendar() {
        for (since, words) in [
            ("2026-11-23T06:00:00Z", "waits since today for an answer to “Price”"),
            ("2026-11-22T22:59:00Z", "waits 1 day for an answer to “Price”"),
            ("2026-11-22T23:01:00Z", "waits since today for an answer to “Price”"), // 00:01 in Warsaw
            ("2026-09-23T08:00:00Z", "waits 61 days for an answer to “Price”"),
        ] {
            let facts = Facts { waiting: Some((since.parse().unwrap(), Text::own("Price"))), ..Facts::default() };
            assert_eq!(said(&facts), [words], "{since}");
        }
    }

    #[test]
    fn plans_that_passed_are_told() {
        let planned = [
            ("2026-11-20T09:00:00Z".parse().unwrap(), activity::Kind::Task, Text::own("send offer")),
            ("2026-11-23T08:00:00Z".parse().unwrap(), activity::Kind::GroupMeeting, Text::own("kick-off")),
            ("2026-11-23T12:00:00Z".parse().unwrap(), activity::Kind::Call, Text::own("later")),
        ];
        assert_eq!(
            said(&Facts { planned: &planned, ..Facts::default() }),
            ["task “send offer” overdue since 20 Nov", "group meeting “kick-off” was due earlier today"]
        );
    }

    #[test]
    fn open_promises_are_told() {
        let promise = |mine, sentence: &'static str| Promise {
            id: id::Promise(1),
            message: None,
            mine,
            sentence: Text::own(sentence),
            due_on: "2026-11-27".parse().unwrap(),
            due_time: None,
        };
        let promises = [promise(true, "I'll send it by Friday."), promise(false, "We will pay by Friday.")];
        assert_eq!(
            said(&Facts { promises: &promises, ..Facts::default() }),
            ["you promised by 27 Nov: “I'll send it by Friday.”", "they promised by 27 Nov: “We will pay by Friday.”"]
        );
    }

    #[test]
    fn birthdays_are_told_a_week_ahead_across_the_year() {
        for (birthday, today, words) in [
            ("11-23", "2026-11-23", Some("birthday today")),
            ("11-24", "2026-11-23", Some("birthday tomorrow")),
            ("11-30", "2026-11-23", Some("birthday in 7 days, on 30 Nov")),
            ("12-01", "2026-11-23", None),
            ("11-22", "2026-11-23", None),
            ("01-02", "2026-12-29", Some("birthday in 4 days, on 2 Jan 2027")),
            ("02-29", "2026-02-26", Some("birthday in 2 days, on 28 Feb")),
            ("02-29", "2028-02-26", Some("birthday in 3 days, on 29 Feb")),
            ("13-01", "2026-12-29", None),
            ("soon", "2026-12-29", None),
        ] {
            assert_eq!(birthday_hint(birthday, today.parse().unwrap()).as_deref(), words, "{birthday} on {today}");
        }
    }

    #[test]
    fn a_lead_that_nobody_looked_at_and_an_idle_deal_are_told() {
        let mut deal = DealRow {
            pipeline: Text::default(),
            stage_since: Timestamp::UNIX_EPOCH,
            closed_at: None,
            owner: Text::default(),
            watched: false,
            id: id::Deal(1),
            title: Text::own("Desks"),
            company: None,
            contact: None,
            contact_name: None,
            stage: Text::own("offer"),
            state: State::Open,
            amount: Money::parse("1", "PLN").unwrap(),
            expected_close: None,
            next_activity: None,
            overdue_payments: 0,
            last_at: None,
        };
        let deals = [deal.clone()];
        let facts =
            Facts { new_lead_since: Some("2026-11-21T10:00:00Z".parse().unwrap()), deals: &deals, ..Facts::default() };
        assert_eq!(
            said(&facts),
            ["nobody has looked at this lead since it came on 21 Nov", "no next activity on the open deal “Desks”"]
        );
        deal.next_activity = Some((now().timestamp(), Text::own("call")));
        assert!(said(&Facts { deals: &[deal.clone()], ..Facts::default() }).is_empty());
        deal.state = State::Won;
        deal.next_activity = None;
        assert!(said(&Facts { deals: &[deal], ..Facts::default() }).is_empty());
    }
}
