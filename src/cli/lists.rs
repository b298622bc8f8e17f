//! `postbook contacts`, `companies`, `activities`: everything, in the order of the screens. Needs no network and no
//! password; an empty list is no error.

use super::context::Context;
use super::desk::Desk;
use super::json::{self, Entry, Person};
use super::output;
use super::table::{Side, Table, cell, number, time, time_or_empty};
use super::views::view_called;
use crate::domain::activity::ActivityRow;
use crate::domain::address::Address;
use crate::domain::company::CompanyRow;
use crate::domain::contact::ContactRow;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::query::Query;
use crate::domain::text::Text;
use crate::store::{Ask, Store};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::Value;

/// How many rows are asked for at once.
const PAGE: u32 = 500;

/// Every row, page by page; `page` gives those after the one it is handed.
fn every<T>(page: impl Fn(Option<&T>) -> Result<Vec<T>>) -> Result<Vec<T>> {
    let mut rows: Vec<T> = Vec::new();
    loop {
        let more = page(rows.last())?;
        let full = more.len() >= PAGE as usize;
        rows.extend(more);
        if !full {
            return Ok(rows);
        }
    }
}

/// Lists people: all of them, or those whom a saved search finds.
///
/// # Errors
/// When the store cannot be read, or there is no such search.
pub fn contacts(context: &Context, segment: Option<&str>, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let rows = match segment {
        None => every(|last: Option<&ContactRow>| desk.store.contacts(None, "", last.map(|row| row.id), PAGE, &now))?,
        Some(name) => {
            let query = Query::parse(view_called(&desk.store, name)?.query.as_str());
            let people = desk.store.segment(&query, &Ask::first(&now, &context.config.practice, 0))?;
            let rows = people.into_iter().filter_map(|person| desk.store.contact_row(person, &now).transpose());
            rows.collect::<Result<_>>()?
        }
    };
    if !as_json {
        return output::print(&contacts_in_words(&rows, segment.is_some(), &desk.config.zone)).map(drop);
    }
    let mut people = Vec::with_capacity(rows.len());
    for row in &rows {
        people.push(person_document(&desk.store, row)?);
    }
    output::json(&serde_json::json!({ "contacts": people })).map(drop)
}

/// One person as the list tells them; `None` when there is no such person.
///
/// # Errors
/// When the store cannot be read.
pub fn contact_document(store: &Store, contact: id::Contact, now: &Zoned) -> Result<Option<Value>> {
    store.contact_row(contact, now)?.map(|row| person_document(store, &row)).transpose()
}

fn person_document(store: &Store, row: &ContactRow) -> Result<Value> {
    let (addresses, phones, tags) = store.contact_details(row.id)?;
    Ok(json::contact_json(&Person { row, addresses: &addresses, phones: &phones, tags: &tags }))
}

/// One activity as the list tells it; `None` when there is no such.
///
/// # Errors
/// When the store cannot be read.
pub fn activity_document(store: &Store, activity: id::Activity) -> Result<Option<Value>> {
    Ok(store.activity(activity)?.map(|row| json::activity_json(&entry(&row))))
}

fn contacts_in_words(rows: &[ContactRow], segment: bool, zone: &TimeZone) -> String {
    if rows.is_empty() && segment {
        return "This search finds nobody.".to_owned();
    }
    if rows.is_empty() {
        return "Nobody yet. People who write to you become leads; postbook contacts add enters one.".to_owned();
    }
    let columns = [
        ("id", Side::Right),
        ("kind", Side::Left),
        ("name", Side::Left),
        ("address", Side::Left),
        ("company", Side::Left),
        ("role", Side::Left),
        ("deals", Side::Right),
        ("unanswered", Side::Right),
        ("last", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        table.row(vec![
            number(row.id),
            Text::own(row.kind.word()),
            row.name.full(),
            row.address.as_ref().map(|address: &Address| Text::line(address.as_str())).unwrap_or_default(),
            cell(row.company.as_ref()),
            Text::own(row.role.word()),
            number(row.open_deals),
            number(row.numbers.unanswered),
            time_or_empty(row.last_at, zone),
        ]);
    }
    table.print("")
}

/// Lists companies.
///
/// # Errors
/// When the store cannot be read.
pub fn companies(context: &Context, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let rows = every(|last: Option<&CompanyRow>| desk.store.companies("", last.map(|row| row.id), PAGE))?;
    if as_json {
        return output::json(&json::companies_json(&rows)).map(drop);
    }
    output::print(&companies_in_words(&rows)).map(drop)
}

fn companies_in_words(rows: &[CompanyRow]) -> String {
    if rows.is_empty() {
        return "No companies yet.".to_owned();
    }
    let columns = [
        ("id", Side::Right),
        ("name", Side::Left),
        ("people", Side::Right),
        ("open deals", Side::Right),
        ("domains", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        let domains = row.domains.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        table.row(vec![
            number(row.id),
            row.name.clone(),
            number(row.contacts),
            number(row.open_deals),
            Text::from(domains),
        ]);
    }
    table.print("")
}

/// An activity as JSON tells it.
#[must_use]
pub fn entry(row: &ActivityRow) -> Entry<'_> {
    Entry {
        activity: &row.activity,
        contact: row.contact_name.as_ref(),
        company: row.company_name.as_ref(),
        people: &row.people,
        deal: row.deal_title.as_ref(),
    }
}

/// The list of activities.
#[must_use]
pub fn activities_in_words(rows: &[ActivityRow], zone: &TimeZone) -> String {
    if rows.is_empty() {
        return "No activities yet. postbook log enters one.".to_owned();
    }
    let columns = [
        ("id", Side::Right),
        ("when", Side::Left),
        ("", Side::Left),
        ("kind", Side::Left),
        ("with", Side::Left),
        ("minutes", Side::Right),
        ("about", Side::Left),
        ("result", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for row in rows {
        let activity = &row.activity;
        let (at, state) = match (activity.done_at, activity.due_at) {
            (Some(at), _) => (time(at, zone), "done"),
            (None, Some(at)) => (time(at, zone), "planned"),
            (None, None) => (Text::default(), ""),
        };
        table.row(vec![
            activity.id.map(number).unwrap_or_default(),
            at,
            Text::own(state),
            Text::own(activity.kind.word()),
            row.with(),
            activity.duration_minutes.map(number).unwrap_or_default(),
            activity.subject.clone(),
            Text::line(activity.result.as_str()),
        ]);
    }
    table.print("")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages_are_joined_until_one_is_short() {
        let whole: Vec<u32> = (0..1_234).collect();
        let page = |last: Option<&u32>| {
            let from = last.map_or(0, |last| last + 1);
            Ok((from..(from + PAGE).min(1_234)).collect())
        };
        assert_eq!(every(page).unwrap(), whole);
    }

    #[test]
    fn empty_lists_say_so() {
        assert!(contacts_in_words(&[], false, &TimeZone::UTC).starts_with("Nobody yet."));
        assert_eq!(companies_in_words(&[]), "No companies yet.");
        assert!(activities_in_words(&[], &TimeZone::UTC).starts_with("No activities yet."));
    }

    #[test]
    fn a_row_of_companies() {
        let row = CompanyRow {
            id: id::Company(4),
            name: Text::own("Zażółć"),
            domains: vec![Text::own("a.example"), Text::own("b.example")],
            contacts: 12,
            open_deals: 1,
            owner: Text::default(),
            watched: false,
        };
        assert_eq!(
            companies_in_words(&[row]),
            "id  name    people  open deals  domains\n 4  Zażółć      12           1  a.example, b.example"
        );
    }
}
