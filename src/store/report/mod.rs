//! What reports are made of. Letters are read by their dates, a period at a time; deals and activities by their indexes.
//!
//! A long report makes way: a store that is told by [`Store::stop_when`] asks every few thousand steps whether anybody still wants it.

mod doings;
mod sales;

use super::{Store, moment, ms};
use crate::domain::id;
use crate::domain::practice::Practice;
use crate::domain::problem::Result;
use crate::domain::report::letters::{Belongs, Client, Letter, Letters, Tally, Walk};
use crate::domain::report::{ClientRow, DealReport, Question, Report};
use crate::domain::text::Text;
use crate::domain::{deal::State, money::Money};
use doings::Effort;
use jiff::Zoned;
use rusqlite::{OptionalExtension, named_params};
use std::collections::BTreeMap;

/// Clients and deals of a report that are told by name.
const MOST_ROWS: usize = 500;

/// SQLite asks so often whether to stop: some tenths of a millisecond apart.
const ASK_EVERY: i32 = 5_000;

/// All letters of people in the conversations in which one was written in the period, conversation by conversation.
const LETTERS: &str = "
    SELECT m.thread_id, m.date, m.direction, m.seen, m.account_id, t.settled, f.contact_id, f.company_id, f.deal_id,
           (SELECT c.company_id FROM contact c WHERE c.id = f.contact_id) AS their_company
    FROM (SELECT DISTINCT thread_id FROM message WHERE date >= :from AND date < :until AND place = 'live') p
    CROSS JOIN thread t ON t.id = p.thread_id
    LEFT JOIN filing f ON f.thread_id = p.thread_id AND f.superseded_at IS NULL
    CROSS JOIN message m INDEXED BY message_people ON m.thread_id = p.thread_id
    WHERE m.place = 'live' AND m.nature = 'human' AND m.ignored = 0 AND m.direction IN ('inbound', 'outbound')
        AND (:account IS NULL OR m.account_id = :account)
    ORDER BY p.thread_id, m.date, m.id";

impl Store {
    /// From now on whatever this connection reads ends with [`crate::domain::problem::Kind::Interrupted`] as soon as `stop` says so.
    ///
    /// # Errors
    /// When the connection cannot be asked.
    pub fn stop_when(&mut self, stop: impl Fn() -> bool + Send + 'static) -> Result<()> {
        Ok(self.connection.progress_handler(ASK_EVERY, Some(stop))?)
    }

    /// A whole report.
    ///
    /// # Errors
    /// When the store cannot be read, or it was stopped.
    pub fn report(&self, question: &Question, practice: &Practice, now: &Zoned) -> Result<Report> {
        // From one moment: letters that come meanwhile would make its parts disagree.
        self.read_at_once(|| self.report_at_once(question, practice, now))
    }

    /// Several readings of one and the same state.
    fn read_at_once<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.sql().is_autocommit() {
            return read();
        }
        self.sql().execute_batch("BEGIN DEFERRED")?;
        let outcome = read();
        if !self.sql().is_autocommit() {
            self.sql().execute_batch("ROLLBACK")?;
        }
        outcome
    }

    fn report_at_once(&self, question: &Question, practice: &Practice, now: &Zoned) -> Result<Report> {
        let bounds = question.period.bounds(now.time_zone());
        let letters = self.letters(question, practice, now)?;
        let effort = self.effort(bounds)?;
        let accounts = letters
            .accounts
            .iter()
            .map(|(account, tally)| Ok((self.account_called(*account)?, tally.clone())))
            .collect::<Result<_>>()?;
        Ok(Report {
            question: *question,
            accounts,
            clients: self.client_rows(&letters, &effort)?,
            deals: self.deal_rows(&letters, &effort)?,
            letters,
            activities: self.doings(bounds, now.timestamp())?,
            sales: self.sales(bounds, &practice.pipelines, now.date())?,
            counters: self.counter_days(question.period.from, question.period.to)?,
            waits: self.counters(now, &practice.work)?,
        })
    }

    fn letters(&self, question: &Question, practice: &Practice, now: &Zoned) -> Result<Letters> {
        let (from, until) = question.period.bounds(now.time_zone());
        let mut walk = Walk::new(&question.period, question.step, &practice.work, now);
        let mut statement = self.sql().prepare_cached(LETTERS)?;
        let account = question.account.map(|account| account.0);
        let mut rows =
            statement.query(named_params! { ":from": ms(from), ":until": ms(until), ":account": account })?;
        let (mut thread, mut belongs, mut letters) = (0_i64, Belongs::default(), Vec::new());
        while let Some(row) = rows.next()? {
            let of: i64 = row.get("thread_id")?;
            if of != thread {
                walk.conversation(&letters, belongs);
                letters.clear();
                thread = of;
                belongs = belongs_to(row)?;
            }
            letters.push(Letter {
                at: moment(row.get("date")?),
                inbound: row.get_ref("direction")?.as_str().map_err(rusqlite::Error::from)? == "inbound",
                seen: row.get("seen")?,
                account: id::Account(row.get("account_id")?),
            });
        }
        walk.conversation(&letters, belongs);
        Ok(walk.end())
    }

    /// Clients with letters or activities, the busiest first.
    fn client_rows(&self, letters: &Letters, effort: &Effort) -> Result<Vec<ClientRow>> {
        let none = Tally::default();
        let mut rows = busiest(&letters.clients, &effort.clients);
        rows.truncate(MOST_ROWS);
        rows.into_iter()
            .map(|client| {
                let (activities, minutes) = effort.clients.get(&client).copied().unwrap_or_default();
                let letters = letters.clients.get(&client).unwrap_or(&none).clone();
                Ok(ClientRow { client, name: self.client_called(client)?, letters, activities, minutes })
            })
            .collect()
    }

    fn client_called(&self, client: Client) -> Result<Text> {
        let (sql, key) = match client {
            Client::Company(company) => ("SELECT name FROM company WHERE id = ?1", company.0),
            Client::Contact(contact) => (
                "SELECT coalesce(nullif(trim(given || ' ' || family), ''), display) FROM contact WHERE id = ?1",
                contact.0,
            ),
        };
        self.text_of(sql, key)
    }

    fn account_called(&self, account: id::Account) -> Result<Text> {
        self.text_of("SELECT name FROM account WHERE id = ?1", account.0)
    }

    fn text_of(&self, sql: &str, key: i64) -> Result<Text> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let text = statement.query_row([key], |row| Ok(Text::line(row.get_ref(0)?.as_str()?))).optional()?;
        Ok(text.unwrap_or_default())
    }

    /// Deals with letters or activities, the busiest first.
    fn deal_rows(&self, letters: &Letters, effort: &Effort) -> Result<Vec<DealReport>> {
        let none = Tally::default();
        let mut rows = busiest(&letters.deals, &effort.deals);
        rows.truncate(MOST_ROWS);
        let mut statement = self.sql().prepare_cached(
            "SELECT d.title, d.stage, d.state, d.amount_minor, d.currency,
                 coalesce((SELECT name FROM company WHERE id = d.company_id),
                     (SELECT coalesce(nullif(trim(given || ' ' || family), ''), display) FROM contact WHERE id = d.contact_id), '') AS client
             FROM deal d WHERE d.id = ?1",
        )?;
        let mut found = Vec::new();
        for deal in rows {
            let (activities, minutes) = effort.deals.get(&deal).copied().unwrap_or_default();
            let letters = letters.deals.get(&deal).unwrap_or(&none).clone();
            let row = statement.query_row([deal.0], |row| {
                let open = row.get_ref("state")?.as_str()? == State::Open.word();
                Ok(DealReport {
                    deal,
                    title: super::text_at(row, "title")?,
                    client: super::text_at(row, "client")?,
                    stands: super::text_at(row, if open { "stage" } else { "state" })?,
                    amount: Money { minor: row.get("amount_minor")?, currency: row.get("currency")? },
                    letters,
                    activities,
                    minutes,
                })
            });
            found.extend(row.optional()?);
        }
        Ok(found)
    }
}

fn belongs_to(row: &rusqlite::Row<'_>) -> Result<Belongs> {
    let company: Option<i64> = row.get("company_id")?;
    let company = company.or(row.get("their_company")?).map(|company| Client::Company(id::Company(company)));
    let contact: Option<i64> = row.get("contact_id")?;
    Ok(Belongs {
        client: company.or(contact.map(|contact| Client::Contact(id::Contact(contact)))),
        deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
        settled: row.get("settled")?,
    })
}

/// Keys of both, those with the most letters and activities first.
fn busiest<K: Copy + Ord>(letters: &BTreeMap<K, Tally>, effort: &BTreeMap<K, (u64, i64)>) -> Vec<K> {
    let mut counts: BTreeMap<K, u64> = BTreeMap::new();
    for (key, tally) in letters {
        *counts.entry(*key).or_default() += tally.received + tally.sent;
    }
    for (key, (activities, _)) in effort {
        *counts.entry(*key).or_default() += activities;
    }
    let mut counts: Vec<(K, u64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), *key));
    counts.into_iter().map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests;
