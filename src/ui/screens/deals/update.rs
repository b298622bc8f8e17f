//! How Deals changes.

use super::view::{areas, sheet};
use crate::domain::deal::DealRow;
use crate::ui::card::Of;
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::pane;

/// Reads the deals again.
pub fn load(state: &mut State, out: &mut Effects) {
    let deals = &mut state.deals;
    if let Some(generation) = deals.slot.refresh(&mut state.generation) {
        out.push(Effect::LoadDeals { generation, closed: deals.closed });
    }
}

/// The deals came.
pub fn loaded(state: &mut State, generation: Generation, rows: Vec<DealRow>, out: &mut Effects) {
    let deals = &mut state.deals;
    if !deals.slot.take(generation) {
        return;
    }
    deals.slot.value = Some(rows);
    deals.laid = None;
    if deals.slot.wants_again() {
        load(state, out);
    }
    settle(state);
    follow(state, out);
}

/// Lays the list out, when something changed.
pub fn settle(state: &mut State) {
    let area = areas(state.body(), state.deals.on_card).list;
    let inner = pane::inner(area, false);
    let place = (inner.width, inner.height, state.now.as_second() / 60);
    if inner.is_empty() || state.deals.laid == Some(place) {
        return;
    }
    let (clock, styles) = (state.clock(), state.styles);
    if let Some(rows) = &state.deals.slot.value {
        let sheet = sheet(rows, usize::from(inner.width.saturating_sub(3)), &clock, &styles);
        state.deals.doc.set(sheet, usize::from(inner.height));
        state.deals.laid = Some(place);
    }
}

/// The card follows the selected deal, except while I read it.
pub fn follow(state: &mut State, out: &mut Effects) {
    let deals = &mut state.deals;
    if !deals.on_card {
        let of = deals.row().map(|row| Of::Deal(row.id));
        deals.card.show(of, &mut state.generation, out);
    }
}

/// Takes an action; true when it was one of Deals'.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let deals = &mut state.deals;
    match action {
        Action::NextPane | Action::PreviousPane => deals.on_card = !deals.on_card,
        Action::Back => deals.on_card = false,
        Action::Open if deals.on_card => crate::ui::acts::open_item(state, out),
        Action::Open => deals.on_card = deals.card.of().is_some(),
        Action::Closed => {
            deals.closed = !deals.closed;
            let (generation, closed) = (deals.slot.ask(&mut state.generation), deals.closed);
            out.push(Effect::LoadDeals { generation, closed });
        }
        _ if deals.on_card => return false,
        Action::Down => deals.doc.step(1),
        Action::Up => deals.doc.step(-1),
        Action::PageDown => deals.doc.page(1),
        Action::PageUp => deals.doc.page(-1),
        Action::Top => deals.doc.top(),
        Action::Bottom => deals.doc.bottom(),
        _ => return false,
    }
    follow(state, out);
    true
}
