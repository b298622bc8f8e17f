//! In which order rows of Today stand: the oldest waiting client first, raised by what makes a client's waiting dear.
//!
//! Three things raise a row, each by one step: the client has a payment overdue, the client is one of the largest, my
//! answer is past the target I set myself. Rows raised higher come first; among those raised alike the oldest.

use super::counter::{Counter, Waiting};
use super::money::Money;
use super::text::Text;
use super::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use std::collections::{BTreeMap, HashMap};

/// Beyond so many days a number says nothing.
const WORKING_DAYS_OF_A_YEAR: i64 = 250;

/// No more clients than this are called large.
const MOST_LARGE: usize = 50;

/// Why a row stands above others that wait longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raise {
    /// The client has a payment overdue.
    OverduePayment,
    /// The client is one of the largest: the place among them, and what they bought so far.
    LargeClient(usize, Money),
    /// My answer is past its target by so many minutes of working time.
    PastTarget(i64),
}

/// A client as it is counted: the company, or a person without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// A company.
    Company(i64),
    /// A person.
    Contact(i64),
}

/// Rows that only tell of something new, not of a client who waits, are not raised.
#[must_use]
pub fn can_be_raised(counter: Counter) -> bool {
    matches!(
        counter,
        Counter::Unanswered | Counter::Silent | Counter::Unfiled | Counter::Due | Counter::OverduePayments
    )
}

/// The largest clients: those who together made half of what was won, in each currency by itself (there is no rate), those who
/// bought as much as the smallest of them included. Each with its place and amount; the better place where there are two.
#[must_use]
pub fn largest(won: &[(Client, Money)]) -> HashMap<Client, (usize, Money)> {
    let mut by_currency: BTreeMap<&str, BTreeMap<Client, i64>> = BTreeMap::new();
    for (client, money) in won.iter().filter(|(_, money)| money.minor > 0) {
        let sum = by_currency.entry(&money.currency).or_default().entry(*client).or_default();
        *sum = sum.saturating_add(money.minor);
    }
    let mut largest: HashMap<Client, (usize, Money)> = HashMap::new();
    for (currency, sums) in by_currency {
        let total: i64 = sums.values().fold(0, |total, sum| total.saturating_add(*sum));
        let mut order: Vec<(i64, Client)> = sums.into_iter().map(|(client, sum)| (sum, client)).collect();
        order.sort_by_key(|(sum, client)| (std::cmp::Reverse(*sum), *client));
        let (mut before, mut last) = (0_i64, i64::MAX);
        for (place, (sum, client)) in (1..=MOST_LARGE).zip(order) {
            if before.saturating_mul(2) >= total && sum < last {
                break;
            }
            (before, last) = (before.saturating_add(sum), sum);
            let money = Money { minor: sum, currency: currency.to_owned() };
            let better = largest.get(&client).is_none_or(|(known, _)| place < *known);
            if better {
                largest.insert(client, (place, money));
            }
        }
    }
    largest
}

/// A moment before which a letter that waits for my answer is past the target.
#[must_use]
pub fn late_before(now: &Zoned, work: &WorkTime) -> Timestamp {
    work.minutes_before(now, work.answer_within_minutes)
}

/// By how many working minutes an answer is past the target.
#[must_use]
pub fn minutes_over(since: Timestamp, now: &Zoned, work: &WorkTime) -> i64 {
    work.minutes_between(since, now.timestamp(), now) - i64::from(work.answer_within_minutes)
}

/// `40 min over`, `2 h over`, `3 d over`: days are working days, beyond a year of them `years over`.
#[must_use]
pub fn over_in_words(minutes: i64, work: &WorkTime) -> String {
    if minutes / work.day_minutes().max(1) > WORKING_DAYS_OF_A_YEAR {
        return "years over".to_owned();
    }
    format!("{} over", span_in_words(minutes, work.day_minutes()))
}

/// `40 min`, `2 h`, `3 d`: a day has so many minutes.
#[must_use]
pub fn span_in_words(minutes: i64, day: i64) -> String {
    match minutes {
        _ if minutes >= day => format!("{} d", minutes / day.max(1)),
        _ if minutes >= 60 => format!("{} h", minutes / 60),
        _ => format!("{} min", minutes.max(1)),
    }
}

/// Why a row stands where it stands, for `w`; `follows` when it stands below another row of its client.
#[must_use]
pub fn place_in_words(row: &Waiting, follows: bool, work: &WorkTime) -> Text {
    let reasons: Vec<String> = row
        .raised
        .iter()
        .map(|raise| match raise {
            Raise::OverduePayment => "they have a payment overdue".to_owned(),
            Raise::LargeClient(1, money) => format!("your largest client, {money} won"),
            Raise::LargeClient(place, money) => format!("your {} largest client, {money} won", ordinal(*place)),
            Raise::PastTarget(minutes) => format!("your answer is {} its target", over_in_words(*minutes, work)),
        })
        .collect();
    let times = match reasons.len() {
        0 | 1 => "",
        2 => " twice",
        _ => " three times",
    };
    Text::from(match reasons.as_slice() {
        [] if follows => {
            "with the other rows of this client, which stand where the most pressing of them stands".to_owned()
        }
        several if follows => format!("with the other rows of this client; raised{times}: {}", several.join("; ")),
        [] => "by its age: the client who waits longest first".to_owned(),
        [one] => format!("raised: {one}; among rows raised once, the oldest first"),
        several => {
            format!("raised{times}: {}; among those, the oldest first", several.join("; "))
        }
    })
}

/// `2nd`, `3rd`, `11th`.
fn ordinal(place: usize) -> String {
    let ending = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money { minor, currency: currency.to_owned() }
    }

    #[test]
    fn the_largest_clients_made_half_of_what_was_won() {
        use Client::{Company, Contact};
        let check = |won: &[(Client, Money)], expected: &[(Client, usize)]| {
            let mut found: Vec<(Client, usize)> = largest(won).into_iter().map(|(c, (place, _))| (c, place)).collect();
            found.sort();
            assert_eq!(found, expected);
        };
        check(&[], &[]);
        check(&[(Company(1), money(5, "PLN"))], &[(Company(1), 1)]);
        // The first made more than half.
        check(&[(Company(1), money(10_000, "PLN")), (Contact(2), money(100, "PLN"))], &[(Company(1), 1)]);
        // Several deals of one client are one client.
        check(
            &[(Company(1), money(40, "PLN")), (Contact(2), money(30, "PLN")), (Contact(2), money(30, "PLN"))],
            &[(Contact(2), 1)],
        );
        // Who bought as much as the last of them is one of them.
        check(
            &[(Company(1), money(10, "PLN")), (Company(2), money(10, "PLN")), (Company(3), money(10, "PLN"))],
            &[(Company(1), 1), (Company(2), 2), (Company(3), 3)],
        );
        // Each currency by itself: a thousand yen is not more than a hundred euros.
        check(
            &[(Company(1), money(1000, "JPY")), (Company(2), money(100, "EUR"))],
            &[(Company(1), 1), (Company(2), 1)],
        );
        check(&[(Company(1), money(0, "PLN"))], &[]);
        let many: Vec<_> = (0..500).map(|n| (Company(n), money(1_000_000 + n, "PLN"))).collect();
        assert_eq!(largest(&many).len(), MOST_LARGE);
    }

    #[test]
    fn how_late_is_said_in_working_time() {
        let work = WorkTime::default();
        for (minutes, words) in [
            (0, "1 min over"),
            (40, "40 min over"),
            (60, "1 h over"),
            (150, "2 h over"),
            (479, "7 h over"),
            (480, "1 d over"),
            (1500, "3 d over"),
            (250 * 480, "250 d over"),
            (251 * 480, "years over"),
        ] {
            assert_eq!(over_in_words(minutes, &work), words);
        }
        let now: Zoned = "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap();
        let friday = "2026-11-20T10:00[Europe/Warsaw]".parse::<Zoned>().unwrap().timestamp();
        assert_eq!(minutes_over(friday, &now, &work), 0);
        assert_eq!(late_before(&now, &work), friday);
    }

    #[test]
    fn places_are_counted_in_words() {
        let said: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 22, 50].into_iter().map(ordinal).collect();
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "50th"]);
    }
}
