//! How Today changes.

use super::state::Pane;
use super::view::{areas, page};
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::domain::id;
use crate::domain::query::View;
use crate::domain::rest::Rest;
use crate::domain::text::plural;
use crate::ui::card::Of;
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, Screen, State};
use crate::ui::widgets::cursor::Cursor;

/// Rows of one load.
const PAGE: usize = 80;

/// An answer of the store.
#[derive(Debug)]
pub struct Loaded {
    /// The rows, the most pressing first.
    pub rows: Vec<Waiting>,
    /// There are more.
    pub more: bool,
    /// What is said when there are none.
    pub rest: Option<Box<Rest>>,
}

/// Reads the rows again.
pub fn load(state: &mut State, out: &mut Effects) {
    let today = &mut state.today;
    today.limit = today.limit.max(PAGE);
    if let Some(generation) = today.slot.refresh(&mut state.generation) {
        let view = view_of(today);
        out.push(Effect::LoadToday { generation, only: today.only, limit: today.limit, view });
    }
}

fn view_of(today: &super::Today) -> Option<String> {
    today.view.as_ref().map(|view| view.query.as_str().to_owned())
}

/// Shows only what a saved search finds, or everything again.
pub fn show_view(state: &mut State, view: Option<View>, out: &mut Effects) {
    if view.is_some() {
        // What stands there belongs to another list.
        state.today.slot = Slot::default();
    }
    state.today.view = view;
    only(state, None, out);
    if state.screen != Screen::Today || !state.pages.is_empty() {
        crate::ui::update::go(state, Screen::Today, out);
    }
}

/// The rows came.
pub fn loaded(state: &mut State, generation: Generation, answer: Loaded, out: &mut Effects) {
    if !state.today.slot.take(generation) {
        return;
    }
    // The newest letters come first, the oldest waits at the top: a first sync would leave the board in its middle.
    let filling = state.is_first_sync() && !state.today.cursor.is_chosen() && state.today.pane == Pane::List;
    let in_sight = state.today.cursor.offset + page(state);
    let (today, now) = (&mut state.today, state.now);
    today.order.fresh |= filling;
    let shown = today.slot.value.take().unwrap_or_default();
    let arranged = today.order.arrange(&shown, in_sight, answer.rows, now);
    let keys = arranged.rows.iter().map(|row| row.subject).collect();
    let line = today.cursor.line();
    if filling {
        today.cursor.set_from_the_first(keys)
    } else {
        today.cursor.set(keys)
    }
    if let Some(subject) = arranged.select {
        today.cursor.put(subject, line);
    }
    // Nothing is done with what is not in sight.
    today.marked.retain(|thread| arranged.rows.iter().any(|row| row.subject == Subject::Thread(*thread)));
    today.slot.value = Some(arranged.rows);
    (today.more, today.rest) = (answer.more, answer.rest);
    if today.slot.wants_again() {
        load(state, out);
    }
    if arranged.new_round {
        next_round(state);
    }
    // While I read, the conversation stays before me even when its row is gone.
    if state.today.pane == Pane::List {
        follow(state, out);
    }
}

fn next_round(state: &mut State) {
    let rows = state.today.cursor.len();
    let words = plural(u64::try_from(rows).unwrap_or(0), "skipped row is", "skipped rows are");
    crate::ui::acts::say(state, &format!("The next round: the {words} left."));
}

/// An act was recorded, failed, or was taken back.
pub fn recorded(state: &mut State, undone: bool) {
    state.today.order.acted();
    state.today.order.undone = undone;
}

/// Shows the conversation and the card of the selected row, and asks for more rows near the end.
pub fn follow(state: &mut State, out: &mut Effects) {
    let row = state.today.row();
    let (thread, contact) = (row.and_then(|row| row.thread), row.and_then(|row| row.contact));
    let letter = row.and_then(|row| row.letter);
    let (deal, company) = (row.and_then(|row| row.deal), row.and_then(|row| row.company_id));
    let of = contact.map(Of::Contact).or(deal.map(Of::Deal)).or(company.map(Of::Company));
    let today = &mut state.today;
    if today.reader.thread() != thread || letter.is_some() {
        today.reader.show(thread, &mut state.generation, out);
        today.reader.begin_at(letter);
    }
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
    let (today, now) = (&mut state.today, state.now);
    let selected = today.cursor.key() == Some(subject);
    let only = today.only;
    let Some(rows) = &mut today.slot.value else { return };
    for row in rows.iter_mut().filter(|row| row.subject == subject) {
        row.counters.retain(|counter| !counters.contains(counter));
    }
    let stays = |row: &Waiting| !row.counters.is_empty() && only.is_none_or(|only| row.counters.contains(&only));
    if rows.iter().any(|row| row.subject == subject && !stays(row)) {
        today.order.cleared(rows, subject, now);
    }
    rows.retain(|row| row.subject != subject || stays(row));
    let new_round = today.order.skipped_last(rows);
    today.cursor.set(rows.iter().map(|row| row.subject).collect());
    let empty = rows.is_empty();
    if new_round {
        next_round(state);
    }
    if selected && state.today.cursor.key() != Some(subject) {
        state.today.pane = Pane::List;
        follow(state, out);
    }
    if empty {
        // What was done, and what came meanwhile.
        load(state, out);
    }
}

/// A letter that was offered is decided: its row goes at once.
pub fn decided(state: &mut State, offered: id::Offered, out: &mut Effects) {
    let subject = Subject::Offered(offered);
    let (today, now) = (&mut state.today, state.now);
    let Some(rows) = &mut today.slot.value else { return };
    today.order.cleared(rows, subject, now);
    rows.retain(|row| row.subject != subject);
    today.cursor.set(rows.iter().map(|row| row.subject).collect());
    if rows.is_empty() { load(state, out) } else { follow(state, out) }
}

/// Shows only what raises a counter, or everything.
pub fn only(state: &mut State, counter: Option<Counter>, out: &mut Effects) {
    let today = &mut state.today;
    today.only = counter;
    today.pane = Pane::List;
    today.order.fresh = true;
    today.cursor = Cursor::default();
    today.limit = PAGE;
    let view = view_of(today);
    let generation = today.slot.ask(&mut state.generation);
    out.push(Effect::LoadToday { generation, only: counter, limit: PAGE, view });
}

/// The next or previous queue: everything, then each counter that is not at zero.
fn queue(state: &mut State, by: isize, out: &mut Effects) {
    let counters = state.counters.value.unwrap_or_default();
    let waits = Counter::ALL.into_iter().filter(|c| counters.get(*c) > 0 || state.today.only == Some(*c)).map(Some);
    let queues: Vec<Option<Counter>> = std::iter::once(None).chain(waits).collect();
    let at = queues.iter().position(|queue| *queue == state.today.only).unwrap_or(0);
    // Round and round: from everything, one key back is the last of them.
    let to = (at + queues.len()).saturating_add_signed(by) % queues.len().max(1);
    if to != at {
        only(state, queues.get(to).copied().flatten(), out);
    }
}

/// Puts the row at the end of this round, or back; the store knows nothing of it.
fn skip(state: &mut State, out: &mut Effects) {
    let today = &mut state.today;
    let Some(subject) = today.cursor.key() else { return };
    let Some(rows) = &mut today.slot.value else { return };
    let skipped = today.order.skip(subject);
    let line = today.cursor.line();
    let mut others = rows.iter().map(|row| row.subject).filter(|key| *key != subject);
    let next = others.nth(today.cursor.index);
    let new_round = today.order.skipped_last(rows);
    if !skipped {
        today.order.fresh = true;
    }
    today.cursor.set(rows.iter().map(|row| row.subject).collect());
    if let Some(next) = next.filter(|_| skipped && !new_round) {
        today.cursor.put(next, line);
    }
    if new_round {
        next_round(state);
    }
    if !skipped {
        load(state, out);
    }
    follow_open(state, out);
}

/// The next or previous row; its conversation is read where one was read before.
fn walk_rows(state: &mut State, rows: isize, out: &mut Effects) {
    state.today.cursor.step(rows);
    follow_open(state, out);
}

fn follow_open(state: &mut State, out: &mut Effects) {
    follow(state, out);
    if state.today.pane != Pane::List {
        let reading = state.today.pane == Pane::Reader && state.today.reader.thread().is_some();
        focus(state, if reading { Pane::Reader } else { Pane::List }, reading, out);
    }
}

/// The store's order, with what came meanwhile.
fn to_the_top(state: &mut State, out: &mut Effects) {
    let today = &mut state.today;
    let arrived = std::mem::take(&mut today.order.arrived);
    if !arrived.is_empty()
        && let Some(rows) = &mut today.slot.value
    {
        rows.splice(0..0, arrived);
        today.cursor.set(rows.iter().map(|row| row.subject).collect());
    }
    today.order.fresh = true;
    today.cursor.step(isize::MIN);
    today.cursor.offset = 0;
    load(state, out);
    follow(state, out);
}

/// Takes an action; true when it was one of Today's.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NextPane => turn(state, 1, out),
        Action::PreviousPane => turn(state, -1, out),
        Action::Open => open(state, out),
        Action::Skip => skip(state, out),
        Action::NextRow => walk_rows(state, 1, out),
        Action::PreviousRow => walk_rows(state, -1, out),
        Action::Back if state.today.pane == Pane::List && state.today.only.is_some() => only(state, None, out),
        Action::Back if state.today.pane == Pane::List && state.today.view.is_some() => show_view(state, None, out),
        Action::Back => focus(state, Pane::List, false, out),
        _ if state.today.pane != Pane::List => return false,
        Action::NextTab => queue(state, 1, out),
        Action::PreviousTab => queue(state, -1, out),
        Action::Top => to_the_top(state, out),
        _ => match crate::ui::screens::rows(action, isize::try_from(page(state).max(2) - 1).unwrap_or(1)) {
            Some(rows) => step(state, rows, out),
            None => return false,
        },
    }
    true
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
        (Subject::Offered(offered), ..) => out.push(Effect::TakeOffered(offered)),
        (Subject::Activity(activity), ..) => crate::ui::acts::activities::open(state, activity, out),
        (_, Some(_), _) => focus(state, Pane::Reader, true, out),
        (Subject::Payment(_), None, Some(deal)) => crate::ui::acts::push_card(state, Of::Deal(deal), out),
        (_, None, _) => {
            if state.today.card.of().is_some() {
                state.today.pane = Pane::Card;
            }
        }
    }
}
