//! How Deals changes.

use super::state::{Deals, Shape};
use super::view::{areas, board_lines, sheet};
use crate::domain::board::{Column, Filter, Kind};
use crate::domain::deal::DealRow;
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::card::Of;
use crate::ui::deal_act::{BoardAsk, ColumnAsk, PAGE};
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::pane;

/// Reads the deals again.
pub fn load(state: &mut State, out: &mut Effects) {
    if let Some(generation) = state.deals.slot.refresh(&mut state.generation) {
        let ask = ask(state);
        out.push(Effect::LoadDeals { generation, ask });
    }
    if state.deals.shape == Shape::Forecast
        && let Some(generation) = state.deals.forecast.refresh(&mut state.generation)
    {
        out.push(Effect::LoadForecast { generation });
    }
}

/// Reads other deals than before: what is on its way is not wanted any more.
fn load_others(state: &mut State, out: &mut Effects) {
    (state.deals.column, state.deals.at, state.deals.scroll) = (0, Vec::new(), Vec::new());
    // Those of before are not to be acted on any more.
    state.deals.slot.value = None;
    state.deals.laid = None;
    state.deals.page = crate::ui::slot::Slot::default();
    let generation = state.deals.slot.ask(&mut state.generation);
    let ask = ask(state);
    out.push(Effect::LoadDeals { generation, ask });
    follow(state, out);
}

fn ask(state: &State) -> Box<BoardAsk> {
    let deals = &state.deals;
    let more = deals.columns().iter().filter(|column| column.rows.len() > PAGE);
    Box::new(BoardAsk {
        pipeline: deals.pipeline_name(&state.setup.practice.pipelines).to_owned(),
        filter: deals.filter,
        closed: deals.closed,
        wanted: more.map(|column| (column.title.clone(), column.rows.len())).collect(),
    })
}

/// The deals came: the chosen one stays chosen, wherever it stands now.
pub fn loaded(state: &mut State, generation: Generation, columns: Vec<Column>, out: &mut Effects) {
    let deals = &mut state.deals;
    if !deals.slot.take(generation) {
        return;
    }
    let chosen = deals.follow.take().or_else(|| deals.row().map(|row| row.id));
    let before: Vec<(Text, usize, usize)> = deals
        .columns()
        .iter()
        .enumerate()
        .map(|(index, column)| {
            (column.title.clone(), deals.place(index), deals.scroll.get(index).copied().unwrap_or(0))
        })
        .collect();
    let was = deals.column().map(|column| column.title.clone());
    // A column may have come or gone: each keeps its own place.
    let of = |column: &Column| before.iter().find(|(title, ..)| *title == column.title);
    deals.at = columns.iter().map(|column| of(column).map_or(0, |(_, at, _)| *at)).collect();
    deals.scroll = columns.iter().map(|column| of(column).map_or(0, |(.., scroll)| *scroll)).collect();
    deals.column = columns.iter().position(|column| Some(&column.title) == was.as_ref()).unwrap_or(0);
    if was.is_none() {
        deals.column = columns.iter().position(|column| !column.rows.is_empty()).unwrap_or(0);
    }
    deals.slot.value = Some(columns);
    deals.page = crate::ui::slot::Slot::default();
    deals.laid = None;
    if let Some(deal) = chosen {
        choose(deals, deal);
    }
    if deals.slot.wants_again() {
        load(state, out);
    }
    settle(state);
    follow(state, out);
}

/// More deals of a column came.
pub fn column_loaded(state: &mut State, generation: Generation, title: &Text, rows: Vec<DealRow>, out: &mut Effects) {
    let deals = &mut state.deals;
    if !deals.page.take(generation) {
        return;
    }
    deals.laid = None;
    let column = deals.slot.value.iter_mut().flatten().find(|column| column.title == *title);
    if let Some(column) = column {
        if rows.is_empty() {
            // Some have gone meanwhile: there are no more.
            column.deals = u64::try_from(column.rows.len()).unwrap_or(u64::MAX);
        }
        column.rows.extend(rows);
    }
    more(state, out);
    settle(state);
}

/// Chooses a deal where it stands.
fn choose(deals: &mut Deals, deal: id::Deal) {
    let found = deals
        .columns()
        .iter()
        .enumerate()
        .find_map(|(column, held)| held.rows.iter().position(|row| row.id == deal).map(|row| (column, row)));
    if let Some((column, row)) = found {
        deals.column = column;
        if let Some(at) = deals.at.get_mut(column) {
            *at = row;
        }
    }
}

/// A deal goes into another stage: it is shown there at once, and followed; its sums come with the next reading.
pub fn moved(state: &mut State, deal: id::Deal, pipeline: &Text, stage: &Text) {
    let deals = &mut state.deals;
    deals.follow = Some(deal);
    let Some(columns) = deals.slot.value.as_mut() else { return };
    let Some(goal) = columns.iter().position(|column| column.title == *stage && matches!(column.kind, Kind::Stage(_)))
    else {
        return;
    };
    let taken = columns.iter_mut().find_map(|column| {
        let row = column.rows.iter().position(|row| row.id == deal)?;
        column.deals = column.deals.saturating_sub(1);
        Some(column.rows.remove(row))
    });
    if let (Some(mut row), Some(column)) = (taken, columns.get_mut(goal)) {
        (row.pipeline, row.stage) = (pipeline.clone(), stage.clone());
        let key = |row: &DealRow| (row.expected_close.is_none(), row.expected_close, row.id);
        let place = column.rows.iter().position(|other| key(other) > key(&row)).unwrap_or(column.rows.len());
        column.rows.insert(place, row);
        column.deals += 1;
    }
    deals.laid = None;
    choose(deals, deal);
    settle(state);
}

/// Asks for the next deals of the column in use, before its end is reached.
fn more(state: &mut State, out: &mut Effects) {
    let deals = &mut state.deals;
    let Some(column) = deals.column() else { return };
    let shown = column.rows.len();
    let has_more = u64::try_from(shown).unwrap_or(u64::MAX) < column.deals;
    if !has_more || deals.place(deals.column) + PAGE / 2 < shown {
        return;
    }
    let Some(last) = column.rows.last().cloned() else { return };
    let ask = ColumnAsk {
        column: column.title.clone(),
        places: column.places.clone(),
        filter: deals.filter,
        after: Box::new(last),
    };
    if let Some(generation) = deals.page.refresh(&mut state.generation) {
        out.push(Effect::LoadColumn { generation, ask: Box::new(ask) });
    }
}

/// Lays the list out and keeps the chosen deals on the screen, when something changed.
pub fn settle(state: &mut State) {
    let area = areas(state.body(), state.deals.on_card).list;
    let inner = pane::inner(area, false);
    let deals = &mut state.deals;
    let counts: Vec<usize> = deals.columns().iter().map(|column| column.rows.len()).collect();
    deals.column = deals.column.min(counts.len().saturating_sub(1));
    deals.at.resize(counts.len(), 0);
    deals.scroll.resize(counts.len(), 0);
    let lines = board_lines(inner);
    for ((at, scroll), count) in deals.at.iter_mut().zip(&mut deals.scroll).zip(counts) {
        *at = (*at).min(count.saturating_sub(1));
        *scroll = (*scroll).min(*at).max((*at + 1).saturating_sub(lines)).min(count.saturating_sub(1));
    }
    let place = (inner.width, inner.height, state.now.as_second() / 60);
    if inner.is_empty() || deals.laid == Some(place) {
        return;
    }
    let (clock, styles) = (state.clock(), state.styles);
    let pipelines = &state.setup.practice.pipelines;
    let chosen = state.deals.row().map(|row| row.id);
    let sheet = sheet(state.deals.columns(), usize::from(inner.width.saturating_sub(3)), &clock, pipelines, &styles);
    state.deals.doc.set(sheet, usize::from(inner.height));
    if let Some(deal) = chosen {
        state.deals.doc.stand_on(&deal);
    }
    state.deals.laid = Some(place);
}

/// The card follows the selected deal, except while I read it.
pub fn follow(state: &mut State, out: &mut Effects) {
    let deals = &mut state.deals;
    if !deals.on_card {
        let of = deals.row().map(|row| Of::Deal(row.id));
        deals.card.show(of, &mut state.generation, out);
    }
}

/// Shows a filter's deals.
pub fn filter(state: &mut State, filter: Filter, out: &mut Effects) {
    state.deals.filter = filter;
    load_others(state, out);
}

/// Takes an action; true when it was one of Deals'.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NextPane | Action::PreviousPane => state.deals.on_card = !state.deals.on_card,
        Action::Back if state.deals.on_card => {
            state.deals.on_card = false;
            crate::ui::acts::deals::left_card(state);
        }
        Action::Back if state.deals.shape == Shape::Forecast => shape(state, Shape::Board, out),
        Action::Back => {}
        Action::Open if state.deals.on_card => crate::ui::acts::open_item(state, out),
        Action::Open => state.deals.on_card = state.deals.card.of().is_some(),
        Action::Closed => {
            state.deals.closed = !state.deals.closed;
            load_others(state, out);
        }
        Action::Shape => {
            let next = if state.deals.shape == Shape::Board { Shape::List } else { Shape::Board };
            shape(state, next, out);
        }
        Action::Forecast => {
            let next = if state.deals.shape == Shape::Forecast { Shape::Board } else { Shape::Forecast };
            shape(state, next, out);
        }
        Action::NextPipeline => pipeline(state, 1, out),
        Action::PreviousPipeline => pipeline(state, -1, out),
        _ if state.deals.on_card => return false,
        Action::NextColumn => column(&mut state.deals, 1),
        Action::PreviousColumn => column(&mut state.deals, -1),
        _ => return step(state, action, out),
    }
    more(state, out);
    follow(state, out);
    true
}

fn step(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let page = isize::try_from(board_lines(pane::inner(areas(state.body(), false).list, false)).max(1)).unwrap_or(1);
    let by = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => return false,
    };
    let deals = &mut state.deals;
    match deals.shape {
        Shape::Forecast => deals.rolled = deals.rolled.saturating_add_signed(by).min(super::forecast::most(deals)),
        Shape::Board => {
            if let Some(at) = deals.at.get_mut(deals.column) {
                *at = at.saturating_add_signed(by);
            }
        }
        Shape::List => in_list(deals, by),
    }
    settle(state);
    more(state, out);
    follow(state, out);
    true
}

/// In the list the columns stand one below the other. The end of a column whose deals are still on their way is not passed.
fn in_list(deals: &mut Deals, by: isize) {
    let (column, at) = (deals.column, deals.place(deals.column));
    let waits = deals.column().is_some_and(|held| u64::try_from(held.rows.len()).unwrap_or(u64::MAX) < held.deals);
    let last = deals.column().map_or(0, |held| held.rows.len()).saturating_sub(1);
    if by > 0 && waits && at.saturating_add_signed(by) > last {
        if let Some(at) = deals.at.get_mut(column) {
            *at = last;
        }
    } else {
        let ids: Vec<id::Deal> = deals.columns().iter().flat_map(|held| held.rows.iter().map(|row| row.id)).collect();
        let before: usize = deals.columns().iter().take(column).map(|held| held.rows.len()).sum();
        let next = (before + at).saturating_add_signed(by).min(ids.len().saturating_sub(1));
        if let Some(deal) = ids.get(next) {
            choose(deals, *deal);
        }
    }
    if let Some(deal) = deals.row().map(|row| row.id) {
        deals.doc.stand_on(&deal);
    }
}

/// Chooses the deal of the line that was clicked in the list.
pub fn clicked(deals: &mut Deals) {
    if let Some(deal) = deals.doc.chosen().copied() {
        choose(deals, deal);
    }
}

fn column(deals: &mut Deals, by: isize) {
    let last = deals.columns().len().saturating_sub(1);
    deals.column = deals.column.saturating_add_signed(by).min(last);
}

fn shape(state: &mut State, shape: Shape, out: &mut Effects) {
    (state.deals.shape, state.deals.laid, state.deals.rolled) = (shape, None, 0);
    if shape == Shape::Forecast {
        let generation = state.deals.forecast.ask(&mut state.generation);
        out.push(Effect::LoadForecast { generation });
    }
}

fn pipeline(state: &mut State, by: isize, out: &mut Effects) {
    let pipelines = &state.setup.practice.pipelines.0;
    if pipelines.len() < 2 {
        return crate::ui::acts::say(state, "There is one pipeline: [[pipeline]] in the configuration makes more.");
    }
    let count = isize::try_from(pipelines.len()).unwrap_or(1);
    let here = isize::try_from(state.deals.pipeline).unwrap_or(0);
    state.deals.pipeline = usize::try_from((here + by).rem_euclid(count)).unwrap_or(0);
    load_others(state, out);
}
