//! The mouse: a click selects, a second click opens, the wheel scrolls.

use super::acts;
use super::keymap::Action;
use super::screens::{clients, deals, mail, outgoing, reports, today};
use super::state::{Effects, Page, Screen, State};
use super::widgets::{header, list, pane};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

/// Lines of one turn of the wheel.
const WHEEL: isize = 3;

/// Takes a click or the wheel.
pub(super) fn update(state: &mut State, mouse: MouseEvent, out: &mut Effects) {
    let at = Position::new(mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::ScrollDown => wheel(state, at, 1, out),
        MouseEventKind::ScrollUp => wheel(state, at, -1, out),
        MouseEventKind::Down(MouseButton::Left) => click(state, at, out),
        _ => {}
    }
}

fn wheel(state: &mut State, at: Position, by: isize, out: &mut Effects) {
    if !state.overlays.is_empty() {
        let code = if by > 0 { KeyCode::Down } else { KeyCode::Up };
        return super::overlays::key(state, KeyEvent::new(code, KeyModifiers::NONE), out);
    }
    let action = if by > 0 { Action::Down } else { Action::Up };
    if state.writing.is_some() {
        acts::act(state, action, out);
        return;
    }
    match place(state, at) {
        Some(Place::Reader(_)) => {
            if let Some(reader) = shown_reader(state) {
                reader.roll(by * WHEEL);
            }
        }
        Some(Place::Card(_, column)) => {
            let mut last = state.generation;
            if let Some(card) = shown_card(state) {
                card.roll(by * WHEEL, column);
                card.go_on(&mut last, out);
            }
            state.generation = last;
        }
        Some(Place::List(..)) => {
            to_list(state);
            acts::act(state, action, out);
        }
        Some(Place::Folders(_)) => {
            state.mail.pane = mail::Pane::Folders;
            acts::act(state, action, out);
        }
        None => {}
    }
}

/// What lies under the mouse, with the line in it; of a list with the column as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    List(usize, usize),
    Folders(usize),
    Reader(usize),
    Card(usize, usize),
}

fn place(state: &State, at: Position) -> Option<Place> {
    let body = state.body();
    let line = |area: Rect, beside: bool| {
        let inner = pane::inner(area, beside);
        inner.contains(at).then(|| usize::from(at.y - inner.y))
    };
    let row = |area: Rect, beside: bool| {
        line(area, beside).map(|line| Place::List(line, usize::from(at.x - pane::inner(area, beside).x)))
    };
    let card = |area: Rect, beside: bool| {
        line(area, beside).map(|line| Place::Card(line, usize::from(at.x - pane::inner(area, beside).x)))
    };
    match state.pages.last() {
        Some(Page::Reader(_)) => return line(body, false).map(Place::Reader),
        Some(Page::Card(_)) => return card(body, false),
        None => {}
    }
    match state.screen {
        Screen::Today => {
            let areas = today::areas_now(state);
            let reader = line(areas.reader, areas.reader_beside).map(Place::Reader);
            row(areas.list, false).or(reader).or(card(areas.card, areas.card.x > 0))
        }
        Screen::Mail => {
            let areas = mail::areas(body, state.mail.pane);
            let reader = line(areas.reader, areas.reader.x > 0).map(Place::Reader);
            line(areas.folders, false).map(Place::Folders).or(row(areas.threads, true)).or(reader)
        }
        Screen::Clients | Screen::Deals => {
            let on_card = if state.screen == Screen::Deals { state.deals.on_card } else { state.clients.on_card };
            let areas = clients::areas(body, on_card);
            row(areas.list, false).or(card(areas.card, areas.card.x > 0))
        }
        Screen::Outgoing => row(outgoing::areas(body).list, false),
        Screen::Reports => {
            let inner = reports::place(body);
            inner.contains(at).then(|| Place::List(usize::from(at.y - inner.y), usize::from(at.x - inner.x)))
        }
    }
}

fn shown_reader(state: &mut State) -> Option<&mut super::reader::Reader> {
    match (state.pages.last_mut(), state.screen) {
        (Some(Page::Reader(reader)), _) => Some(reader),
        (None, Screen::Today) => Some(&mut state.today.reader),
        (None, Screen::Mail) => Some(&mut state.mail.reader),
        _ => None,
    }
}

fn shown_card(state: &mut State) -> Option<&mut super::card::Card> {
    match (state.pages.last_mut(), state.screen) {
        (Some(Page::Card(card)), _) => Some(card),
        (None, Screen::Today) => Some(&mut state.today.card),
        (None, Screen::Clients) => Some(&mut state.clients.card),
        (None, Screen::Deals) => Some(&mut state.deals.card),
        _ => None,
    }
}

fn to_list(state: &mut State) {
    match state.screen {
        Screen::Today => state.today.pane = today::Pane::List,
        Screen::Mail => state.mail.pane = mail::Pane::Threads,
        Screen::Clients => state.clients.on_card = false,
        Screen::Deals => state.deals.on_card = false,
        Screen::Outgoing | Screen::Reports => {}
    }
}

fn click(state: &mut State, at: Position, out: &mut Effects) {
    if !state.overlays.is_empty() || state.writing.is_some() {
        return;
    }
    if at.y == 0 {
        let tab = header::tabs(state).into_iter().find(|(_, _, from, to)| (*from..*to).contains(&usize::from(at.x)));
        if let Some((screen, ..)) = tab {
            super::update::go(state, screen, out);
        }
        return;
    }
    if at.y == 1
        && let Some(counter) = header::counter_at(state, usize::from(at.x))
    {
        // The same counter again shows everything.
        let again = state.screen == Screen::Today && state.today.only == Some(counter);
        super::update::go(state, Screen::Today, out);
        return today::only(state, (!again).then_some(counter), out);
    }
    match place(state, at) {
        Some(Place::List(line, _)) if state.screen == Screen::Deals && state.deals.shape == deals::Shape::Board => {
            click_board(state, at.x, line, out);
        }
        Some(Place::List(line, column)) => {
            click_list(state, line, column < list::MARKS && super::handling::can_mark(state), out);
        }
        Some(Place::Folders(line)) => {
            let index = state.mail.folder_cursor.offset + line;
            state.mail.pane = mail::Pane::Folders;
            if index < state.mail.folder_cursor.len() {
                state.mail.folder_cursor.index = index;
                if let Some(folder) = state.mail.folder_cursor.key() {
                    mail::select_folder(state, folder, out);
                }
            }
        }
        Some(Place::Reader(line)) => {
            match state.screen {
                Screen::Today if state.pages.is_empty() => state.today.pane = today::Pane::Reader,
                Screen::Mail if state.pages.is_empty() => state.mail.pane = mail::Pane::Reader,
                _ => {}
            }
            if let Some(reader) = shown_reader(state) {
                reader.open(out);
                reader.click(line);
            }
        }
        Some(Place::Card(line, column)) => {
            match state.screen {
                Screen::Today if state.pages.is_empty() => state.today.pane = today::Pane::Card,
                Screen::Clients if state.pages.is_empty() => state.clients.on_card = true,
                Screen::Deals if state.pages.is_empty() => state.deals.on_card = true,
                _ => {}
            }
            if shown_card(state).is_some_and(|card| card.click(line, column)) {
                acts::open_item(state, out);
            }
        }
        None => {}
    }
}

/// Selects the deal; the selected one opens.
fn click_board(state: &mut State, x: u16, line: usize, out: &mut Effects) {
    let was_on_card = std::mem::replace(&mut state.deals.on_card, false);
    let inner = pane::inner(deals::areas(state.body(), was_on_card).list, false);
    let Some((column, row)) = deals::at(&state.deals, inner, x, u16::try_from(line).unwrap_or(u16::MAX)) else {
        return;
    };
    if (column, row) == (state.deals.column, state.deals.place(column)) {
        return acts::act(state, Action::Open, out);
    }
    state.deals.column = column;
    if let Some(at) = state.deals.at.get_mut(column) {
        *at = row;
    }
    deals::follow(state, out);
}

/// Selects the row; the selected one opens. On its margin it is marked.
fn click_list(state: &mut State, line: usize, on_margin: bool, out: &mut Effects) {
    to_list(state);
    let (index, now, rows) = match state.screen {
        Screen::Today => at_line(&state.today.cursor, line),
        Screen::Mail => at_line(&state.mail.cursor, line),
        Screen::Clients => match state.clients.tab {
            clients::Tab::Contacts => at_line(&state.clients.contacts.cursor, line),
            clients::Tab::Leads => at_line(&state.clients.leads.cursor, line),
            clients::Tab::Companies => at_line(&state.clients.company_cursor, line),
        },
        Screen::Deals if state.deals.shape == deals::Shape::Forecast => return,
        Screen::Deals if state.deals.shape == deals::Shape::Board => return,
        Screen::Deals => {
            if state.deals.doc.click(line) {
                acts::act(state, Action::Open, out);
            } else {
                deals::clicked(&mut state.deals);
                deals::follow(state, out);
            }
            return;
        }
        Screen::Outgoing => match state.outgoing.tab {
            outgoing::Tab::Outbox => at_line(&state.outgoing.cursor, line),
            outgoing::Tab::Drafts => at_line(&state.outgoing.draft_cursor, line),
            outgoing::Tab::Templates => at_line(&state.outgoing.template_cursor, line),
            outgoing::Tab::Mailings => at_line(&state.outgoing.mailing_cursor, line),
            outgoing::Tab::FollowUps => at_line(&state.outgoing.follow_up_cursor, line),
        },
        Screen::Reports => {
            if state.reports.doc.click(line) {
                acts::act(state, Action::Open, out);
            }
            return;
        }
    };
    if index >= rows {
        return;
    }
    if on_margin && matches!(state.screen, Screen::Today | Screen::Mail) {
        walk(state, index, now, out);
        return super::handling::mark_here(state);
    }
    if index == now {
        return acts::act(state, Action::Open, out);
    }
    walk(state, index, now, out);
}

/// From the selected row to another.
fn walk(state: &mut State, index: usize, now: usize, out: &mut Effects) {
    let step = if index > now { Action::Down } else { Action::Up };
    for _ in 0..index.abs_diff(now) {
        acts::act(state, step, out);
    }
}

fn at_line<K: Copy + PartialEq>(cursor: &super::widgets::cursor::Cursor<K>, line: usize) -> (usize, usize, usize) {
    (cursor.offset + line, cursor.index, cursor.len())
}
