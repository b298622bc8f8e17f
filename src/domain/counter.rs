//! The nine counters of PRODUCT.md: what waits for me, each by one exact rule.
//!
//! Each rule stands here in words ([`Counter::rule`]); the query that counts it is in `store/counter.rs`.

use super::id;
use super::text::Text;
use super::urgency::{Client, Raise};
use super::work_time::WorkTime;
use jiff::{Timestamp, Zoned};

/// One of the counters, in the order the header shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Inbound human messages not seen.
    Unread,
    /// Threads whose last human message is inbound, not done, not snoozed.
    Unanswered,
    /// Leads nobody has looked at.
    NewLeads,
    /// Threads of a known client with several open deals and no decision.
    Unfiled,
    /// Planned activities due today or overdue.
    Due,
    /// Payments past due and unpaid.
    OverduePayments,
    /// Threads where they owe an answer past the follow-up time.
    Silent,
    /// Refused or uncertain letters.
    OutboxTrouble,
    /// Messages of a known client in Junk.
    JunkWatch,
}

impl Counter {
    /// Every counter, in the order of the header.
    pub const ALL: [Self; 9] = [
        Self::Unread,
        Self::Unanswered,
        Self::NewLeads,
        Self::Unfiled,
        Self::Due,
        Self::OverduePayments,
        Self::Silent,
        Self::OutboxTrouble,
        Self::JunkWatch,
    ];

    /// The name in JSON and in searches.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Unanswered => "unanswered",
            Self::NewLeads => "new_leads",
            Self::Unfiled => "unfiled",
            Self::Due => "due",
            Self::OverduePayments => "overdue_payments",
            Self::Silent => "silent",
            Self::OutboxTrouble => "outbox_trouble",
            Self::JunkWatch => "junk_watch",
        }
    }

    /// The name on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NewLeads => "new leads",
            Self::OverduePayments => "overdue payments",
            Self::OutboxTrouble => "outbox trouble",
            Self::JunkWatch => "junk watch",
            other => other.word(),
        }
    }

    /// The rule in words, for `w`.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Unread => "a letter a person wrote to you that was not seen, here or on another device",
            Self::Unanswered => {
                "the last letter a person wrote in this conversation came to you, and it is neither done nor snoozed"
            }
            Self::NewLeads => "somebody unknown wrote to you and nobody has looked at them",
            Self::Unfiled => {
                "the client has several open deals, and nobody has said which one this conversation belongs to"
            }
            Self::Due => "a planned activity is due today or overdue",
            Self::OverduePayments => "a payment is past its due day and not paid",
            Self::Silent => {
                "your last letter to this client asked something, they have not written to you since, and the answer is past the follow-up time"
            }
            Self::OutboxTrouble => "a letter of yours was refused, or nobody knows whether it was sent",
            Self::JunkWatch => "a letter of a known client is in Junk",
        }
    }

    /// What clears it, with the keys, for `w`.
    #[must_use]
    pub fn cleared_by(self) -> &'static str {
        match self {
            Self::Unread => "Enter opens it; m marks it read",
            Self::Unanswered => "r answers, t answers with a template, once it was sent; e: no reply needed; z snoozes",
            Self::NewLeads => "c makes them a contact; K keeps them as a lead; I ignores the sender",
            Self::Unfiled => "f chooses the deal, or no deal",
            Self::Due => "e marks it done; z moves it",
            Self::OverduePayments => "p marks it paid; z moves the due day",
            Self::Silent => "r follows up; e drops it; z waits longer; any letter of theirs clears it",
            Self::OutboxTrouble => "5 opens Outgoing: send again, edit or discard",
            Self::JunkWatch => "i rescues it to the inbox; e confirms that it is junk",
        }
    }
}

/// The total of each counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters([u64; 9]);

impl Counters {
    /// The total of one.
    #[must_use]
    pub fn get(&self, counter: Counter) -> u64 {
        self.0.get(counter as usize).copied().unwrap_or(0)
    }

    /// Sets the total of one.
    pub fn set(&mut self, counter: Counter, total: u64) {
        if let Some(slot) = self.0.get_mut(counter as usize) {
            *slot = total;
        }
    }

    /// Nothing waits.
    #[must_use]
    pub fn all_clear(&self) -> bool {
        self.0.iter().all(|total| *total == 0)
    }
}

/// What a row of Today is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A conversation.
    Thread(id::Thread),
    /// A lead.
    Lead(id::Contact),
    /// A planned activity.
    Activity(id::Activity),
    /// A payment due.
    Payment(id::Payment),
    /// A letter in the outbox.
    Outgoing(id::Outgoing),
    /// A letter that something which happened is due for: it raises no counter.
    Offered(id::Offered),
}

/// One row of Today: something that waits, with every counter it raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is about; the row's identity.
    pub subject: Subject,
    /// The counters it raises, in the order of the header; empty only for a letter that is offered.
    pub counters: Vec<Counter>,
    /// Since when it waits; rows that are raised alike are ordered oldest first.
    pub since: Timestamp,
    /// What puts it above rows that wait longer.
    pub raised: Vec<Raise>,
    /// The colleague who is to see to it; empty is me.
    pub assigned: Text,
    /// A letter of mine in this conversation is on its way; the counter falls when it was sent.
    pub on_its_way: bool,
    /// Who waits: the client's or sender's name.
    pub who: Text,
    /// Their company.
    pub company: Option<Text>,
    /// Subject of the letter or activity, or what a payment is for.
    pub title: Text,
    /// First words, or amount.
    pub detail: Text,
    /// The person, for the card beside.
    pub contact: Option<id::Contact>,
    /// The company, where it is known.
    pub company_id: Option<id::Company>,
    /// The deal.
    pub deal: Option<id::Deal>,
    /// The conversation, for the preview: also of a lead.
    pub thread: Option<id::Thread>,
    /// The letter of it that the preview begins at, where it is not the newest.
    pub letter: Option<id::Message>,
}

impl Waiting {
    /// The client as one: rows of a company stand together, else those of a person.
    #[must_use]
    pub fn client(&self) -> Option<Client> {
        let person = || self.contact.map(|contact| Client::Contact(contact.0));
        self.company_id.map(|company| Client::Company(company.0)).or_else(person)
    }
}

/// Why a row waits: for `w`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Which counter; none for a letter that is offered.
    pub counter: Option<Counter>,
    /// What in the store makes the rule true: letters with sender and time, the filing, the dates.
    pub evidence: Vec<Text>,
}

/// The moment before which my unanswered letters are "silent": so many working days before `now`.
#[must_use]
pub fn silent_before(now: &Zoned, work: &WorkTime) -> Timestamp {
    let day = work.days_before(now.date(), work.follow_up_days);
    day.to_datetime(now.time()).to_zoned(now.time_zone().clone()).map_or(now.timestamp(), |at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counter_has_its_own_slot() {
        let mut counters = Counters::default();
        assert!(counters.all_clear());
        for (total, counter) in (1..).zip(Counter::ALL) {
            counters.set(counter, total);
        }
        let totals: Vec<u64> = Counter::ALL.iter().map(|c| counters.get(*c)).collect();
        assert_eq!(totals, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_weekend_and_a_holiday_do_not_count_as_silence() {
        let holiday = WorkTime { holidays: vec!["2026-11-19".parse().unwrap()], ..WorkTime::default() };
        let patient = WorkTime { follow_up_days: 5, ..WorkTime::default() };
        for (now, work, before) in [
            ("2026-11-23T10:00[Europe/Warsaw]", &WorkTime::default(), "2026-11-18T09:00:00Z"), // Monday back to Wednesday
            ("2026-11-20T10:00[Europe/Warsaw]", &WorkTime::default(), "2026-11-17T09:00:00Z"), // Friday back to Tuesday
            ("2026-11-22T10:00[Europe/Warsaw]", &WorkTime::default(), "2026-11-18T09:00:00Z"), // Sunday
            ("2026-11-23T10:00[Europe/Warsaw]", &holiday, "2026-11-17T09:00:00Z"),
            ("2026-11-23T10:00[Europe/Warsaw]", &patient, "2026-11-16T09:00:00Z"),
        ] {
            assert_eq!(silent_before(&now.parse().unwrap(), work), before.parse().unwrap(), "{now}");
        }
    }
}
