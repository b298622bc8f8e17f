//! Letters and answers: what each number counts, and how it is found by walking conversations.
//!
//! Only letters of people count (`human` of PRODUCT.md), only those that are neither in Junk or Trash nor gone, each once
//! however many folders it lies in.

use super::period::{Period, Step};
use crate::domain::id;
use crate::domain::rhythm::Spread;
use crate::domain::rhythm::is_answer;
use crate::domain::work_time::WorkTime;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;

/// One letter of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// When it was written.
    pub at: Timestamp,
    /// A client wrote it; else it is mine, or a colleague's from our shared account.
    pub inbound: bool,
    /// It was seen.
    pub seen: bool,
    /// The account it belongs to.
    pub account: id::Account,
}

/// A client of a report: a company with all its people, or a person without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// A company.
    Company(id::Company),
    /// A person.
    Contact(id::Contact),
}

/// Where a conversation belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Belongs {
    /// Whose it is.
    pub client: Option<Client>,
    /// In which deal.
    pub deal: Option<id::Deal>,
    /// It was marked as needing no reply at its last letter.
    pub settled: bool,
}

/// Response times, in minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times(Vec<i64>);

impl Times {
    /// One more.
    pub fn push(&mut self, minutes: i64) {
        self.0.push(minutes);
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.0.iter().sum()
    }

    /// The usual case and the slow one; `None` of none.
    #[must_use]
    pub fn spread(&self) -> Option<Spread> {
        Spread::of(self.0.clone())
    }

    /// Half of them took no longer.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        self.spread().map(|spread| spread.median_minutes)
    }

    /// Nine of ten took no longer.
    #[must_use]
    pub fn p90(&self) -> Option<i64> {
        self.spread().map(|spread| spread.p90_minutes)
    }
}

/// The numbers of a period, or of one of its steps, accounts, clients or deals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Letters that clients wrote in the period.
    pub received: u64,
    /// Of those, how many nobody has seen by now.
    pub unseen: u64,
    /// Of those, how many were followed by a letter of mine in their conversation, by now.
    pub answered: u64,
    /// Of those, how many were not, and their conversation was marked as needing no reply.
    pub settled: u64,
    /// Letters that I wrote in the period.
    pub sent: u64,
    /// Of those, how many went into a conversation in which a client had written before.
    pub replies_sent: u64,
    /// For each of my letters of the period that ended a client's wait: minutes since the first letter that waited.
    pub response: Times,
    /// The same in minutes of my working time.
    pub response_working: Times,
}

impl Tally {
    /// Received letters that still wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.received.saturating_sub(self.answered + self.settled)
    }

    /// Nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.received == 0 && self.sent == 0
    }
}

/// A letter's part in the numbers.
#[derive(Debug, Clone, Copy)]
enum Part {
    Received { seen: bool },
    Answered,
    Settled,
    Sent { reply: bool, wait: Option<(i64, i64)> },
}

impl Tally {
    fn take(&mut self, part: Part) {
        match part {
            Part::Received { seen } => {
                self.received += 1;
                self.unseen += u64::from(!seen);
            }
            Part::Answered => self.answered += 1,
            Part::Settled => self.settled += 1,
            Part::Sent { reply, wait } => {
                self.sent += 1;
                self.replies_sent += u64::from(reply);
                if let Some((minutes, working)) = wait {
                    self.response.push(minutes);
                    self.response_working.push(working);
                }
            }
        }
    }
}

/// The letters of a period, in every way they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// All of them.
    pub total: Tally,
    /// Step by step, each with its first and last day.
    pub steps: Vec<(Date, Date, Tally)>,
    /// By account.
    pub accounts: BTreeMap<id::Account, Tally>,
    /// By client.
    pub clients: BTreeMap<Client, Tally>,
    /// By deal.
    pub deals: BTreeMap<id::Deal, Tally>,
}

/// Walks conversations and counts.
#[derive(Debug)]
pub struct Walk<'a> {
    letters: Letters,
    bounds: (Timestamp, Timestamp),
    /// The first moment of each step.
    begins: Vec<Timestamp>,
    work: &'a WorkTime,
    here: &'a Zoned,
}

impl<'a> Walk<'a> {
    /// Nothing counted yet; days are those of the zone of `here`.
    #[must_use]
    pub fn new(period: &Period, step: Step, work: &'a WorkTime, here: &'a Zoned) -> Self {
        let zone = here.time_zone();
        let steps = period.steps(step);
        let begins = steps.iter().map(|(from, to)| Period { from: *from, to: *to, ..*period }.bounds(zone).0).collect();
        let letters = Letters {
            total: Tally::default(),
            steps: steps.into_iter().map(|(from, to)| (from, to, Tally::default())).collect(),
            accounts: BTreeMap::new(),
            clients: BTreeMap::new(),
            deals: BTreeMap::new(),
        };
        Self { letters, bounds: period.bounds(zone), begins, work, here }
    }

    /// Counts one conversation: all its letters, those before and after the period too, in the order they were written.
    pub fn conversation(&mut self, letters: &[Letter], belongs: Belongs) {
        let mut waiting: Vec<&Letter> = Vec::new();
        let mut wrote_before = false;
        for letter in letters {
            if letter.inbound {
                if self.is_inside(letter.at) {
                    self.count(letter, belongs, Part::Received { seen: letter.seen });
                }
                waiting.push(letter);
                wrote_before = true;
                continue;
            }
            if self.is_inside(letter.at) {
                // After so long it begins something new: nothing waits any more, but nobody answered within any time either.
                let asked = waiting.first().filter(|first| is_answer(first.at, letter.at));
                let wait = asked.map(|first| self.minutes(first.at, letter.at));
                self.count(letter, belongs, Part::Sent { reply: wrote_before, wait });
            }
            self.count_each(&waiting, belongs, Part::Answered);
            waiting.clear();
        }
        if belongs.settled {
            self.count_each(&waiting, belongs, Part::Settled);
        }
    }

    /// What was counted.
    #[must_use]
    pub fn end(self) -> Letters {
        self.letters
    }

    fn is_inside(&self, at: Timestamp) -> bool {
        (self.bounds.0..self.bounds.1).contains(&at)
    }

    fn minutes(&self, from: Timestamp, to: Timestamp) -> (i64, i64) {
        ((to.as_second() - from.as_second()) / 60, self.work.minutes_between(from, to, self.here))
    }

    fn count_each(&mut self, letters: &[&Letter], belongs: Belongs, part: Part) {
        for letter in letters {
            if self.is_inside(letter.at) {
                self.count(letter, belongs, part);
            }
        }
    }

    fn count(&mut self, letter: &Letter, belongs: Belongs, part: Part) {
        let all = &mut self.letters;
        all.total.take(part);
        let step = self.begins.partition_point(|begins| *begins <= letter.at).checked_sub(1);
        if let Some((_, _, tally)) = step.and_then(|step| all.steps.get_mut(step)) {
            tally.take(part);
        }
        all.accounts.entry(letter.account).or_default().take(part);
        if let Some(client) = belongs.client {
            all.clients.entry(client).or_default().take(part);
        }
        if let Some(deal) = belongs.deal {
            all.deals.entry(deal).or_default().take(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::period::Span;
    use jiff::civil::date;

    fn letter(at: &str, inbound: bool) -> Letter {
        Letter { at: format!("2026-{at}:00Z").parse().unwrap(), inbound, seen: true, account: id::Account(1) }
    }

    fn november(conversations: &[(&[Letter], Belongs)]) -> Letters {
        let here: Zoned = "2026-11-23T10:00[UTC]".parse().unwrap();
        let work = WorkTime::default();
        let period = Period::of(Span::Month, date(2026, 11, 1));
        let mut walk = Walk::new(&period, Step::Week, &work, &here);
        for (letters, belongs) in conversations {
            walk.conversation(letters, *belongs);
        }
        walk.end()
    }

    fn total(letters: &[Letter]) -> Tally {
        november(&[(letters, Belongs::default())]).total
    }

    #[test]
    fn a_turn_is_timed_from_its_first_letter_to_my_next_one() {
        // Two letters of theirs, one answer, and my second letter, which ends no wait.
        let tally = total(&[
            letter("11-05T08:00", true),
            letter("11-05T10:00", true),
            letter("11-05T12:30", false),
            letter("11-06T09:00", false),
        ]);
        assert_eq!((tally.received, tally.answered, tally.sent, tally.replies_sent), (2, 2, 2, 2));
        assert_eq!((tally.response, tally.response_working), (Times(vec![270]), Times(vec![210])));
    }

    #[test]
    fn each_number_belongs_to_the_day_of_its_letter() {
        // Written in October, answered in November: the answer is November's, the letter is not.
        let tally = total(&[letter("10-30T10:00", true), letter("11-02T10:00", false)]);
        assert_eq!((tally.received, tally.answered, tally.sent, tally.response.median()), (0, 0, 1, Some(3 * 1_440)));
        assert_eq!(tally.response_working.median(), Some(8 * 60), "a weekend is no working time");
        // Written in November, answered in December: answered by now, but no answer of November.
        let tally = total(&[letter("11-30T10:00", true), letter("12-01T10:00", false)]);
        assert_eq!((tally.received, tally.answered, tally.sent, tally.response.len()), (1, 1, 0, 0));
        // A letter I begin with ends no wait and is no reply.
        let tally = total(&[letter("11-10T10:00", false), letter("11-11T10:00", true)]);
        assert_eq!((tally.sent, tally.replies_sent, tally.waiting()), (1, 0, 1));
    }

    #[test]
    fn after_sixty_days_a_letter_is_no_answer_that_took_a_time() {
        for (asked, response) in [("09-11T10:00", Some(60 * 1_440)), ("09-11T09:59", None)] {
            let tally = total(&[letter(asked, true), letter("11-10T10:00", false)]);
            assert_eq!((tally.sent, tally.replies_sent, tally.response.median()), (1, 1, response), "{asked}");
        }
    }

    #[test]
    fn what_needs_no_reply_does_not_wait() {
        let letters = [Letter { seen: false, ..letter("11-10T10:00", true) }];
        let belongs = Belongs { settled: true, ..Belongs::default() };
        let tally = november(&[(&letters, belongs)]).total;
        assert_eq!((tally.received, tally.unseen, tally.settled, tally.waiting()), (1, 1, 1, 0));
    }

    #[test]
    fn steps_accounts_clients_and_deals_add_up() {
        let acme = Client::Company(id::Company(1));
        let first = [letter("11-01T10:00", true), letter("11-02T10:00", false)];
        let second = [Letter { account: id::Account(2), ..letter("11-16T10:00", true) }];
        let letters = november(&[
            (&first, Belongs { client: Some(acme), deal: Some(id::Deal(7)), settled: false }),
            (&second, Belongs { client: Some(acme), deal: None, settled: false }),
        ]);
        let received: Vec<u64> = letters.steps.iter().map(|(_, _, tally)| tally.received).collect();
        let sent: Vec<u64> = letters.steps.iter().map(|(_, _, tally)| tally.sent).collect();
        assert_eq!((received, sent), (vec![1, 0, 0, 1, 0, 0], vec![0, 1, 0, 0, 0, 0]));
        assert_eq!(letters.accounts.values().map(|tally| tally.received).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(letters.clients[&acme].received, 2);
        assert_eq!((letters.deals.len(), letters.deals[&id::Deal(7)].answered), (1, 1));
    }

    #[test]
    fn the_middle_and_nine_of_ten() {
        for (times, median, p90) in [
            (vec![], None, None),
            (vec![5], Some(5), Some(5)),
            (vec![10, 1], Some(1), Some(10)),
            (vec![3, 1, 2], Some(2), Some(3)),
            ((1..=10).collect(), Some(5), Some(9)),
            ((1..=11).collect(), Some(6), Some(10)),
            ((1..=100).rev().collect(), Some(50), Some(90)),
        ] {
            let times = Times(times);
            assert_eq!((times.median(), times.p90()), (median, p90), "{times:?}");
        }
    }
}
