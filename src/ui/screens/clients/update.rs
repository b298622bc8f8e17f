//! How Clients changes.

use super::state::{People, Tab};
use super::view::areas;
use crate::domain::client_filter::Order;
use crate::domain::company::CompanyRow;
use crate::domain::contact::ContactRow;
use crate::domain::id;
use crate::domain::problem::Problem;
use crate::domain::thread::PageKey;
use crate::ui::card::Of;
use crate::ui::effect::{self, Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};

/// Rows of one page.
const PAGE: usize = 200;

/// Reads the list again.
pub fn load(state: &mut State, out: &mut Effects) {
    let clients = &mut state.clients;
    let (filter, order) = (clients.filter.clone(), clients.order);
    let (people, which) = match clients.tab {
        Tab::Contacts => (&mut clients.contacts, effect::Clients::Contacts),
        Tab::Leads => (&mut clients.leads, effect::Clients::Leads),
        Tab::Companies => {
            let limit = clients.companies.value.as_ref().map_or(0, Vec::len).max(PAGE);
            if let Some(generation) = clients.companies.refresh(&mut state.generation) {
                clients.companies_continue = false;
                out.push(Effect::LoadCompanies { generation, filter, after: None, limit });
            }
            return;
        }
    };
    let limit = people.slot.value.as_ref().map_or(0, Vec::len).max(PAGE);
    if let Some(generation) = people.slot.refresh(&mut state.generation) {
        people.continues = false;
        out.push(Effect::LoadContacts { generation, clients: which, filter, order, after: None, limit });
    }
}

fn load_more(state: &mut State, out: &mut Effects) {
    let clients = &mut state.clients;
    let (filter, order) = (clients.filter.clone(), clients.order);
    let (people, which) = match clients.tab {
        Tab::Contacts => (&mut clients.contacts, effect::Clients::Contacts),
        Tab::Leads => (&mut clients.leads, effect::Clients::Leads),
        Tab::Companies => {
            let cursor = &clients.company_cursor;
            if cursor.index + 50 > cursor.len() && std::mem::take(&mut clients.companies_more) {
                clients.companies_continue = true;
                let after = clients.companies.value.as_ref().and_then(|rows| rows.last()).map(|row| row.id);
                let generation = clients.companies.ask(&mut state.generation);
                out.push(Effect::LoadCompanies { generation, filter, after, limit: PAGE });
            }
            return;
        }
    };
    if people.cursor.index + 50 > people.cursor.len()
        && let Some(after) = people.after.take()
    {
        people.continues = true;
        let generation = people.slot.ask(&mut state.generation);
        out.push(Effect::LoadContacts { generation, clients: which, filter, order, after: Some(after), limit: PAGE });
    }
}

/// Only clients with these words.
pub fn filter(state: &mut State, filter: &str, out: &mut Effects) {
    if state.clients.filter == filter {
        return;
    }
    state.clients.filter = filter.to_owned();
    forget(state, out);
}

/// People in the other order.
pub fn reorder(state: &mut State, out: &mut Effects) {
    let clients = &mut state.clients;
    clients.order = if clients.order == Order::Name { Order::LastContact } else { Order::Name };
    forget(state, out);
}

/// The lists are read anew from their beginning.
fn forget(state: &mut State, out: &mut Effects) {
    let tab = state.clients.tab;
    // What was found for other words is forgotten on every tab.
    state.clients.contacts = People::default();
    state.clients.leads = People::default();
    state.clients.companies = crate::ui::slot::Slot::default();
    state.clients.company_cursor = crate::ui::widgets::cursor::Cursor::default();
    state.clients.on_card = false;
    show_tab(state, tab, out);
}

/// A page of people came.
pub fn contacts_loaded(
    state: &mut State,
    generation: Generation,
    rows: Vec<ContactRow>,
    after: Option<PageKey>,
    out: &mut Effects,
) {
    for people in [&mut state.clients.contacts, &mut state.clients.leads] {
        if people.slot.take(generation) {
            let mut all = if people.continues { people.slot.value.take().unwrap_or_default() } else { Vec::new() };
            let known: std::collections::HashSet<id::Contact> = all.iter().map(|row| row.id).collect();
            all.extend(rows.into_iter().filter(|row| !known.contains(&row.id)));
            people.cursor.set(all.iter().map(|row| row.id).collect());
            people.slot.value = Some(all);
            people.after = after;
            break;
        }
    }
    if state.clients.contacts.slot.wants_again() || state.clients.leads.slot.wants_again() {
        load(state, out);
    }
    follow(state, out);
}

/// The companies came.
pub fn companies_loaded(
    state: &mut State,
    generation: Generation,
    mut rows: Vec<CompanyRow>,
    more: bool,
    out: &mut Effects,
) {
    let clients = &mut state.clients;
    if !clients.companies.take(generation) {
        return;
    }
    clients.companies_more = more;
    if clients.companies_continue {
        let mut all = clients.companies.value.take().unwrap_or_default();
        all.append(&mut rows);
        rows = all;
    }
    clients.company_cursor.set(rows.iter().map(|row| row.id).collect());
    clients.companies.value = Some(rows);
    if clients.companies.wants_again() {
        load(state, out);
    }
    follow(state, out);
}

/// A load failed; true when it was one of these.
pub fn failed(state: &mut State, generation: Generation, problem: &Problem) -> bool {
    let clients = &mut state.clients;
    clients.contacts.slot.fail(generation, problem)
        || clients.leads.slot.fail(generation, problem)
        || clients.companies.fail(generation, problem)
}

/// The card follows the selected row, except while I read it.
fn follow(state: &mut State, out: &mut Effects) {
    let clients = &mut state.clients;
    if clients.on_card {
        return;
    }
    let of = match clients.tab {
        Tab::Companies => clients.company_cursor.key().map(Of::Company),
        _ => clients.person().map(|row| Of::Contact(row.id)),
    };
    clients.card.show(of, &mut state.generation, out);
    load_more(state, out);
}

/// Shows another list.
pub fn show_tab(state: &mut State, tab: Tab, out: &mut Effects) {
    state.clients.tab = tab;
    state.clients.on_card = false;
    load(state, out);
    follow(state, out);
}

/// A lead was converted, kept or ignored: gone from the list at once.
pub fn cleared(state: &mut State, contact: id::Contact, out: &mut Effects) {
    let leads = &mut state.clients.leads;
    if let Some(rows) = &mut leads.slot.value {
        rows.retain(|row| row.id != contact);
        leads.cursor.set(rows.iter().map(|row| row.id).collect());
    }
    follow(state, out);
}

/// Takes an action; true when it was one of Clients'.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NextPane | Action::PreviousPane => state.clients.on_card = !state.clients.on_card,
        Action::Back if !state.clients.on_card && !state.clients.filter.is_empty() => filter(state, "", out),
        Action::Back => state.clients.on_card = false,
        Action::Open if state.clients.on_card => crate::ui::acts::open_item(state, out),
        Action::Open => state.clients.on_card = state.clients.card.of().is_some(),
        Action::NextTab => turn(state, 1, out),
        Action::PreviousTab => turn(state, -1, out),
        _ if state.clients.on_card => return false,
        _ => match crate::ui::screens::rows(action, page(state)) {
            Some(rows) => step(state, rows, out),
            None => return false,
        },
    }
    if !state.clients.on_card {
        follow(state, out);
    }
    true
}

fn page(state: &State) -> isize {
    let height = areas(state.body(), false).list.height;
    isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1)
}

fn step(state: &mut State, rows: isize, out: &mut Effects) {
    let clients = &mut state.clients;
    match clients.tab {
        Tab::Contacts => clients.contacts.cursor.step(rows),
        Tab::Leads => clients.leads.cursor.step(rows),
        Tab::Companies => clients.company_cursor.step(rows),
    }
    follow(state, out);
}

fn turn(state: &mut State, by: isize, out: &mut Effects) {
    let place = Tab::ALL.iter().position(|tab| *tab == state.clients.tab).unwrap_or(0);
    let tab = Tab::ALL.get(place.saturating_add_signed(by + 3) % 3).copied().unwrap_or_default();
    show_tab(state, tab, out);
}
