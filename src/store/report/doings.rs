//! Activities of a period: by kind, and what went into each client and deal.

use crate::domain::activity::Kind;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::report::Doings;
use crate::domain::report::letters::Client;
use crate::store::{Store, ms};
use jiff::Timestamp;
use rusqlite::params;
use std::collections::BTreeMap;

/// How many activities were done with whom, and the minutes they took.
#[derive(Debug, Default)]
pub(super) struct Effort {
    pub(super) clients: BTreeMap<Client, (u64, i64)>,
    pub(super) deals: BTreeMap<id::Deal, (u64, i64)>,
}

impl Store {
    pub(super) fn effort(&self, (from, until): (Timestamp, Timestamp)) -> Result<Effort> {
        let mut statement = self.sql().prepare_cached(
            "SELECT coalesce(a.company_id, (SELECT company_id FROM contact WHERE id = a.contact_id)) AS company_id, a.contact_id, a.deal_id,
                 a.duration_minutes FROM activity a WHERE a.done_at >= ?1 AND a.done_at < ?2",
        )?;
        let mut rows = statement.query([ms(from), ms(until)])?;
        let mut effort = Effort::default();
        while let Some(row) = rows.next()? {
            let minutes = row.get::<_, Option<i64>>("duration_minutes")?.unwrap_or(0);
            let add = |(count, sum): &mut (u64, i64)| (*count, *sum) = (*count + 1, *sum + minutes);
            let company = row.get::<_, Option<i64>>("company_id")?.map(|key| Client::Company(id::Company(key)));
            let contact = row.get::<_, Option<i64>>("contact_id")?.map(|key| Client::Contact(id::Contact(key)));
            if let Some(client) = company.or(contact) {
                add(effort.clients.entry(client).or_default());
            }
            if let Some(deal) = row.get::<_, Option<i64>>("deal_id")? {
                add(effort.deals.entry(id::Deal(deal)).or_default());
            }
        }
        Ok(effort)
    }

    /// By kind, in the order the kinds are shown; those without anything to tell are left out.
    pub(super) fn doings(&self, (from, until): (Timestamp, Timestamp), now: Timestamp) -> Result<Vec<Doings>> {
        let mut kinds: Vec<Doings> = Kind::EACH.iter().copied().map(Doings::none).collect();
        let mut count = |word: &str, take: &dyn Fn(&mut Doings)| {
            kinds.iter_mut().filter(|doings| doings.kind.word() == word).for_each(take);
        };
        let mut done = self
            .sql()
            .prepare_cached("SELECT kind, duration_minutes FROM activity WHERE done_at >= ?1 AND done_at < ?2")?;
        let mut rows = done.query([ms(from), ms(until)])?;
        while let Some(row) = rows.next()? {
            let minutes: Option<i64> = row.get("duration_minutes")?;
            let kind: String = row.get("kind")?;
            count(&kind, &|doings| {
                doings.done += 1;
                minutes.into_iter().for_each(|minutes| doings.durations.push(minutes));
            });
        }
        let mut planned = self.sql().prepare_cached(
            "SELECT kind, due_at < ?3 AS late FROM activity WHERE done_at IS NULL AND due_at >= ?1 AND due_at < ?2",
        )?;
        let mut rows = planned.query(params![ms(from), ms(until), ms(now)])?;
        while let Some(row) = rows.next()? {
            let late: bool = row.get("late")?;
            let kind: String = row.get("kind")?;
            count(&kind, &|doings| {
                doings.planned += 1;
                doings.overdue += u64::from(late);
            });
        }
        kinds.retain(|doings| doings.done + doings.planned > 0);
        Ok(kinds)
    }
}
