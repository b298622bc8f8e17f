//! How Clients looks.

use super::state::{Clients, People, Tab};
use crate::domain::client_filter::Order;
use crate::domain::company::CompanyRow;
use crate::domain::contact::{ContactRow, Numbers};
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// From so many columns on a list shows more of everybody.
const WIDE: usize = 80;

/// Where the panes are; an empty place is not drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Areas {
    /// The list.
    pub list: Rect,
    /// The card.
    pub card: Rect,
}

/// List and card side by side where there is room; else the one in use.
#[must_use]
pub fn areas(body: Rect, on_card: bool) -> Areas {
    if body.width >= 100 {
        let list = body.width * 55 / 100;
        return Areas {
            list: Rect { width: list, ..body },
            card: Rect { x: body.x + list, width: body.width - list, ..body },
        };
    }
    if on_card { Areas { card: body, ..Areas::default() } } else { Areas { list: body, ..Areas::default() } }
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (clients, styles) = (&state.clients, &state.styles);
    let areas = areas(body, clients.on_card);
    if !areas.list.is_empty() {
        lists(state, frame, areas.list);
    }
    if !areas.card.is_empty() {
        clients.card.view(frame, areas.card, areas.card.x > 0, clients.on_card, styles);
    }
}

/// The tabs in the title, the one in use in brackets.
fn tabs(clients: &Clients) -> String {
    Tab::ALL
        .iter()
        .map(|tab| if *tab == clients.tab { format!("[{}]", tab.title()) } else { tab.title().to_owned() })
        .collect::<Vec<_>>()
        .join("  ")
}

fn lists(state: &State, frame: &mut Frame, area: Rect) {
    let (clients, styles) = (&state.clients, &state.styles);
    let in_use = !clients.on_card;
    let mut note = if clients.filter.is_empty() { String::new() } else { format!("with “{}”", clients.filter) };
    if clients.order == Order::LastContact && clients.tab != Tab::Companies {
        let comma = if note.is_empty() { "" } else { ", " };
        note.push_str(comma);
        note.push_str("by last contact");
    }
    let inner = pane::view(frame, area, false, &tabs(clients), &note, in_use, styles);
    let clock = state.clock();
    match clients.tab {
        Tab::Contacts => people(state, frame, inner, &clients.contacts, "contacts", &clock),
        Tab::Leads => people(state, frame, inner, &clients.leads, "leads", &clock),
        Tab::Companies => companies(state, frame, inner),
    }
}

fn nobody(state: &State, frame: &mut Frame, area: Rect, words: &str) {
    let styles = &state.styles;
    if state.clients.filter.is_empty() {
        list::notice(frame, area, &[(words, styles.text)]);
    } else {
        let found = format!("Nothing with “{}”.", state.clients.filter);
        list::notice(
            frame,
            area,
            &[(&found, styles.text), ("Esc shows all again, / looks for something else.", styles.dim)],
        );
    }
}

fn people(state: &State, frame: &mut Frame, area: Rect, people: &People, what: &str, clock: &Clock) {
    let styles = &state.styles;
    if pane::missing(frame, area, &people.slot, what, styles) {
        return;
    }
    let rows = people.slot.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        let words = if what == "leads" { "No leads: everybody who wrote is known." } else { "No contacts yet." };
        return nobody(state, frame, area, words);
    }
    let marks = rows.iter().map(|row| format::width(&waits(&row.numbers))).max().unwrap_or(0);
    list::view(frame, area, &people.cursor, !state.clients.on_card, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| person_line(row, columns, marks, clock, styles))
    });
}

/// Name, company or address, what waits, when we last heard.
fn person_line(row: &ContactRow, columns: usize, marks: usize, clock: &Clock, styles: &Styles) -> Line<'static> {
    let last = row.last_at.map_or_else(String::new, |at| clock.age(at));
    let waits = waits(&row.numbers);
    let marks = if columns < 40 { 0 } else { marks.min(columns * 3 / 10) };
    let rest = columns.saturating_sub(5 + marks + 2);
    let name = rest * 11 / 20;
    let place = match (&row.company, &row.address) {
        (Some(company), _) => company.to_string(),
        (None, Some(address)) => address.to_string(),
        (None, None) => String::new(),
    };
    let full = row.name.full();
    let full = match (&row.address, full.is_empty()) {
        (Some(address), true) => address.to_string(),
        _ => full.to_string(),
    };
    let full = if row.watched { format!("★ {full}") } else { full };
    let weight = if waits.is_empty() { styles.text } else { styles.strong };
    // A wide list has room for the address beside the company, and for who handles them.
    if let (true, Some(_), Some(address)) = (columns >= WIDE, &row.company, &row.address) {
        let owner = if row.owner.is_empty() { String::new() } else { format!("@{}", row.owner) };
        let (name, place_columns, owner_columns) = (rest * 3 / 10, rest * 3 / 10, rest / 8);
        return list::columns(&[
            (&full, name, weight),
            (&place, place_columns, styles.dim),
            (address.as_str(), rest.saturating_sub(name + place_columns + owner_columns + 3), styles.dim),
            (&owner, owner_columns, styles.dim),
            (&format::fit_right(&waits, marks), marks, styles.waits),
            (&format::fit_right(&last, 5), 5, styles.dim),
        ]);
    }
    list::columns(&[
        (&full, name, weight),
        (&place, rest.saturating_sub(name + 1), styles.dim),
        (&format::fit_right(&waits, marks), marks, styles.waits),
        (&format::fit_right(&last, 5), 5, styles.dim),
    ])
}

fn waits(numbers: &Numbers) -> String {
    let counts = [
        (numbers.unread, "new"),
        (numbers.unanswered, "answer"),
        (numbers.due, "due"),
        (numbers.overdue_payments, "pay"),
    ];
    counts.iter().filter(|(count, _)| *count > 0).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn companies(state: &State, frame: &mut Frame, area: Rect) {
    let (clients, styles) = (&state.clients, &state.styles);
    if pane::missing(frame, area, &clients.companies, "the companies", styles) {
        return;
    }
    let rows = clients.companies.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return nobody(state, frame, area, "No companies yet.");
    }
    list::view(frame, area, &clients.company_cursor, !clients.on_card, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| company_line(row, columns, styles))
    });
}

fn company_line(row: &CompanyRow, columns: usize, styles: &Styles) -> Line<'static> {
    let counts =
        format!("{}, {}", plural(row.contacts, "person", "people"), plural(row.open_deals, "open deal", "open deals"));
    let counts_columns = if columns < 44 { 0 } else { 24 };
    let rest = columns.saturating_sub(counts_columns + 2);
    let name = rest * 3 / 5;
    let domains = row.domains.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let watched = if row.watched { format!("★ {}", row.name) } else { row.name.to_string() };
    list::columns(&[
        (&watched, name, styles.text),
        (&domains, rest.saturating_sub(name), styles.dim),
        (&format::fit_right(&counts, counts_columns), counts_columns, styles.dim),
    ])
}
