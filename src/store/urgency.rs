//! What raises a row of Today, looked up once for all rows: who has a payment overdue, who the largest clients are.

use super::Store;
use super::counter::{Moments, OVERDUE_PAYMENT, query_with_moments};
use crate::domain::counter::Counter;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::urgency::{Client, Raise, can_be_raised, largest, late_before, minutes_over};
use crate::domain::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whose row it is: a person, a company, both or nobody known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whose {
    pub(super) contact: Option<i64>,
    pub(super) company: Option<i64>,
}

impl Whose {
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

    /// No client is raised: age alone gives the order, since the oldest are also those past the target.
    pub(super) fn by_age_alone(&self) -> bool {
        self.overdue.is_empty() && self.large.is_empty()
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

/// Both the company and the person of each such deal: a conversation may be filed under either.
fn overdue_sql() -> String {
    format!(
        "SELECT d.contact_id, coalesce(d.company_id, (SELECT c.company_id FROM contact c WHERE c.id = d.contact_id))
         FROM payment p CROSS JOIN deal d WHERE {OVERDUE_PAYMENT} AND d.id = p.deal_id"
    )
}

/// What was won, in the order of the index: nothing is sorted, and no deal is touched.
const WON: &str = "SELECT company_id, contact_id, currency, sum(amount_minor) AS minor FROM deal INDEXED BY deal_won
    WHERE state = 'won' GROUP BY company_id, contact_id, currency";

impl Store {
    fn clients_with_overdue_payments(&self, moments: &Moments) -> Result<HashSet<Client>> {
        let found = query_with_moments(self, &overdue_sql(), moments, None, |row| {
            Ok(Whose { contact: row.get(0)?, company: row.get(1)? })
        })?;
        Ok(found.into_iter().flat_map(Whose::clients).collect())
    }

    /// What was won, by company, or by the person where there is none.
    fn won_by_client(&self) -> Result<Vec<(Client, Money)>> {
        let mut statement = self.sql().prepare_cached(WON)?;
        let mut rows = statement.query([])?;
        let mut won: BTreeMap<(Client, String), i64> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let contact: Option<i64> = row.get("contact_id")?;
            let company = match (row.get::<_, Option<i64>>("company_id")?, contact) {
                (None, Some(contact)) => self.contact_company(id::Contact(contact))?.map(|company| company.0),
                (company, _) => company,
            };
            if let Some(client) = company.map(Client::Company).or(contact.map(Client::Contact)) {
                let sum = won.entry((client, row.get("currency")?)).or_default();
                *sum = sum.saturating_add(row.get("minor")?);
            }
        }
        Ok(won.into_iter().map(|((client, currency), minor)| (client, Money { minor, currency })).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, at, now, person, sale};
    use super::*;
    use crate::domain::deal::State;
    use crate::domain::text::Text;
    use crate::store::{ContactEdit, NewCompany};

    #[test]
    fn what_raises_is_read_from_indexes_alone() {
        let shop = Shop::open();
        let won = shop.plan(WON);
        assert!(won.contains("USING COVERING INDEX deal_won") && !won.contains("TEMP B-TREE"), "{won}");
        let overdue = shop.plan(&overdue_sql());
        assert!(overdue.contains("USING COVERING INDEX payment_unpaid (due_on<?)"), "{overdue}");
        assert!(
            overdue.contains("SEARCH d USING INTEGER PRIMARY KEY") && !overdue.contains("TEMP B-TREE"),
            "{overdue}"
        );
    }

    #[test]
    fn what_their_people_bought_counts_for_the_company() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let (anna, jan) = (
            shop.store.add_contact(&person("Anna", "", &[])).unwrap(),
            shop.store.add_contact(&person("Jan", "", &[])).unwrap(),
        );
        for (contact, company) in [(anna, None), (anna, Some(acme)), (jan, None), (jan, None)] {
            let deal = shop.store.add_deal(&sale("Desks", Some(contact), company)).unwrap();
            shop.store.close_deal(deal, State::Won, &Text::default(), at("2026-11-20T10:00:00Z")).unwrap();
        }
        let edit = ContactEdit { company: Some(Some(acme)), ..ContactEdit::default() };
        shop.store.update_contact(anna, &edit).unwrap();
        let won: Vec<(Client, i64)> =
            shop.store.won_by_client().unwrap().into_iter().map(|(client, money)| (client, money.minor)).collect();
        assert_eq!(won, [(Client::Company(acme.0), 240_000), (Client::Contact(jan.0), 240_000)]);
        assert!(Raises::of(&shop.store, &now(), &WorkTime::default()).is_ok());
    }
}
