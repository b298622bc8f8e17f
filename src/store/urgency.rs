//! What raises a row of Today, looked up once for all rows: who has a payment overdue, who the largest clients are.

use super::Store;
use super::counter::{Moments, OVERDUE_PAYMENT, query_with_moments};
use crate::domain::counter::Counter;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::urgency::{Client, Raise, can_be_raised, largest, late_before, minutes_over};
use crate::domain::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use std::collections::{HashMap, HashSet};

/// Whose row it is: a person, a company, both or nobody known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whose {
    pub(super) contact: Option<i64>,
    pub(super) company: Option<i64>,
}

impl Whose {
    /// The client as one: the company where it is known.
    pub(super) fn client(self) -> Option<Client> {
        self.clients().next()
    }

    fn clients(self) -> impl Iterator<Item = Client> {
        self.company.map(Client::Company).into_iter().chain(self.contact.map(Client::Contact))
    }
}

/// What the order of Today looks at beside age.
#[derive(Debug)]
pub(super) struct Raises {
    overdue: HashSet<Client>,
    large: HashMap<Client, (usize, Money)>,
    late_before: Timestamp,
}

impl Raises {
    pub(super) fn of(store: &Store, now: &Zoned, work: &WorkTime) -> Result<Self> {
        Ok(Self {
            overdue: store.clients_with_overdue_payments(&Moments::of(now, work))?,
            large: largest(&store.won_by_client()?),
            late_before: late_before(now, work),
        })
    }

    /// How often a row is raised.
    pub(super) fn steps(&self, counter: Counter, since: Timestamp, whose: Whose) -> u8 {
        if !can_be_raised(counter) {
            return 0;
        }
        let late = counter == Counter::Unanswered && since < self.late_before;
        let overdue = whose.clients().any(|client| self.overdue.contains(&client));
        let large = whose.clients().any(|client| self.large.contains_key(&client));
        u8::from(late) + u8::from(overdue) + u8::from(large)
    }

    /// The same in words' shape: `waits` is since when it waits for my answer, where it does.
    pub(super) fn reasons(
        &self,
        counters: &[Counter],
        waits: Option<Timestamp>,
        whose: Whose,
        now: &Zoned,
        work: &WorkTime,
    ) -> Vec<Raise> {
        if !counters.iter().any(|counter| can_be_raised(*counter)) {
            return Vec::new();
        }
        let overdue = whose.clients().any(|client| self.overdue.contains(&client)).then_some(Raise::OverduePayment);
        let large = whose.clients().find_map(|client| self.large.get(&client)).cloned();
        let late = waits.filter(|since| *since < self.late_before && counters.contains(&Counter::Unanswered));
        overdue
            .into_iter()
            .chain(large.map(|(place, money)| Raise::LargeClient(place, money)))
            .chain(late.map(|since| Raise::PastTarget(minutes_over(since, now, work))))
            .collect()
    }
}

impl Store {
    /// Both the company and the person of each such deal: a conversation may be filed under either.
    fn clients_with_overdue_payments(&self, moments: &Moments) -> Result<HashSet<Client>> {
        let sql = format!(
            "SELECT DISTINCT d.contact_id, coalesce(d.company_id, c.company_id) FROM payment p JOIN deal d ON d.id = p.deal_id
             LEFT JOIN contact c ON c.id = d.contact_id WHERE {OVERDUE_PAYMENT}"
        );
        let found = query_with_moments(self, &sql, moments, None, |row| {
            Ok(Whose { contact: row.get(0)?, company: row.get(1)? })
        })?;
        Ok(found.into_iter().flat_map(Whose::clients).collect())
    }

    /// What was won, by company, or by the person where there is none.
    fn won_by_client(&self) -> Result<Vec<(Client, Money)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT coalesce(d.company_id, c.company_id) AS company, d.contact_id, d.currency, sum(d.amount_minor) AS minor
             FROM deal d LEFT JOIN contact c ON c.id = d.contact_id WHERE d.state = 'won' GROUP BY 1, iif(company IS NULL, d.contact_id, 0), 3",
        )?;
        let rows = statement.query_map([], |row| {
            let company: Option<i64> = row.get("company")?;
            let contact: Option<i64> = row.get("contact_id")?;
            let money = Money { minor: row.get("minor")?, currency: row.get("currency")? };
            Ok(company.map(Client::Company).or(contact.map(Client::Contact)).map(|client| (client, money)))
        })?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}
