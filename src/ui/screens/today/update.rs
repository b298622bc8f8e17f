//! How Today changes.

use super::state::Pane;
use super::view::areas;
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::ui::card::Of;
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, Screen, State};

/// Rows of one load.
const PAGE: usize = 80;

/// Reads the rows again.
pub fn load(state: &mut State, out: &mut Effects) {
    let today = &mut state.today;
    today.limit = today.limit.max(PAGE);
    if let Some(generation) = today.slot.refresh(&mut state.generation) {
        out.push(Effect::LoadToday { generation, limit: today.limit });
    }
}

/// The rows came.
pub fn loaded(state: &mut State, generation: Generation, rows: Vec<Waiting>, more: bool, out: &mut Effects) {
    if !state.today.slot.take(generation) {
        return;
    }
    let keys = rows.iter().map(|row| row.subject).collect();
    // The newest letters come first, the oldest waits at the top: a first sync would leave the board in its middle.
    if state.today.pane == Pane::List {
        state.today.cursor.set_from_the_first(keys)
    } else {
        state.today.cursor.set(keys)
    }
    // Nothing is done with what is not in sight.
    state.today.marked.retain(|thread| rows.iter().any(|row| row.subject == Subject::Thread(*thread)));
    state.today.slot.value = Some(rows);
    state.today.more = more;
    if state.today.slot.wants_again() {
        load(state, out);
    }
    // While I read, the conversation stays before me even when its row is gone.
    if state.today.pane == Pane::List {
        follow(state, out);
    }
}

/// Shows the conversation and the card of the selected row, and asks for more rows near the end.
pub fn follow(state: &mut State, out: &mut Effects) {
    let row = state.today.row();
    let (thread, contact) = (row.and_then(|row| row.thread), row.and_then(|row| row.contact));
    let (deal, company) = (row.and_then(|row| row.deal), row.and_then(|row| row.company_id));
    let of = contact.map(Of::Contact).or(deal.map(Of::Deal)).or(company.map(Of::Company));
    let today = &mut state.today;
    today.reader.show(thread, &mut state.generation, out);
    today.card.show(of, &mut state.generation, out);
    if today.more && today.cursor.index + 20 > today.cursor.len() {
        today.limit += PAGE;
        load(state, out);
    }
}

/// An act clears counters of the selected row: at once here, without waiting for the store, so that a second
/// key meets the next row and not the same one. What the store says replaces it.
pub fn cleared(state: &mut State, subject: Option<Subject>, counters: &[Counter], out: &mut Effects) {
    let Some(subject) = subject else { return };
    let selected = state.today.cursor.key() == Some(subject);
    let Some(rows) = &mut state.today.slot.value else { return };
    for row in rows.iter_mut().filter(|row| row.subject == subject) {
        row.counters.retain(|counter| !counters.contains(counter));
    }
    rows.retain(|row| !row.counters.is_empty());
    state.today.cursor.set(rows.iter().map(|row| row.subject).collect());
    if selected && state.today.cursor.key() != Some(subject) {
        state.today.pane = Pane::List;
        follow(state, out);
    }
}

/// Takes an action; true when it was one of Today's.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NextPane => turn(state, 1, out),
        Action::PreviousPane => turn(state, -1, out),
        Action::Open => open(state, out),
        Action::Back => focus(state, Pane::List, false, out),
        _ if state.today.pane != Pane::List => return false,
        _ => match crate::ui::screens::rows(action, page(state)) {
            Some(rows) => step(state, rows, out),
            None => return false,
        },
    }
    true
}

fn page(state: &State) -> isize {
    let height = areas(state.body(), Pane::List).list.height;
    isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1)
}

fn step(state: &mut State, rows: isize, out: &mut Effects) {
    state.today.cursor.step(rows);
    follow(state, out);
}

fn turn(state: &mut State, by: isize, out: &mut Effects) {
    const ORDER: [Pane; 3] = [Pane::List, Pane::Reader, Pane::Card];
    let mut place = ORDER.iter().position(|pane| *pane == state.today.pane).unwrap_or(0);
    for _ in 0..ORDER.len() {
        place = place.saturating_add_signed(by + 3) % ORDER.len();
        let pane = ORDER.get(place).copied().unwrap_or_default();
        let empty = match pane {
            Pane::List => false,
            Pane::Reader => state.today.reader.thread().is_none(),
            Pane::Card => state.today.card.of().is_none(),
        };
        if !empty {
            return tab_to(state, pane, out);
        }
    }
}

/// Tab only moves to a conversation that is in sight anyway; where it opens it, it is read.
fn tab_to(state: &mut State, pane: Pane, out: &mut Effects) {
    let body = state.body();
    let in_sight = areas(body, Pane::List).reader == areas(body, Pane::Reader).reader;
    let opens = pane != Pane::Reader || !in_sight;
    focus(state, pane, opens, out);
}

fn focus(state: &mut State, pane: Pane, opens: bool, out: &mut Effects) {
    state.today.pane = pane;
    if pane == Pane::List {
        follow(state, out);
    }
    if pane == Pane::Reader && opens {
        let subject = state.today.row().map(|row| row.subject);
        state.today.reader.open(out);
        // Opening is reading: the row stays, its "unread" goes.
        if let Some(rows) = &mut state.today.slot.value {
            for row in rows.iter_mut().filter(|row| Some(row.subject) == subject && row.counters.len() > 1) {
                row.counters.retain(|counter| *counter != Counter::Unread);
            }
        }
    }
}

fn open(state: &mut State, out: &mut Effects) {
    if state.today.pane == Pane::Card {
        return crate::ui::acts::open_item(state, out);
    }
    let Some(row) = state.today.row() else { return };
    match (row.subject, row.thread, row.deal) {
        (Subject::Outgoing(outgoing), ..) => {
            crate::ui::update::go(state, Screen::Outgoing, out);
            crate::ui::screens::outgoing::select(state, outgoing, out);
        }
        (_, Some(_), _) => focus(state, Pane::Reader, true, out),
        (Subject::Activity(activity), ..) => crate::ui::acts::activities::open(state, activity, out),
        (Subject::Payment(_), None, Some(deal)) => crate::ui::acts::push_card(state, Of::Deal(deal), out),
        (_, None, _) => {
            if state.today.card.of().is_some() {
                state.today.pane = Pane::Card;
            }
        }
    }
}
