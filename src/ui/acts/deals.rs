//! What the actions do to deals.

use super::say;
use crate::domain::board::Filter;
use crate::domain::deal::{DealRow, State as DealState};
use crate::domain::id;
use crate::domain::pipeline::Pipelines;
use crate::domain::text::Text;
use crate::ui::card::{Holding, Of};
use crate::ui::deal_act::DealAct;
use crate::ui::effect::{Effect, FillFor};
use crate::ui::keymap::Action;
use crate::ui::overlays::{
    Bank, Choice, Choose, Confirm, Form, Lines, Overlay, Payments, Pick, PickClient, Yes, new_deal, wants_next,
};
use crate::ui::screens::deals;
use crate::ui::state::{Effects, Page, Screen, State};

/// What choosing a line of a menu does to deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealPick {
    /// Lost, for that reason.
    Lost(id::Deal, Text),
    /// Lost, for a reason that is typed.
    LostTyped(id::Deal),
    /// Shows these deals.
    Show(Filter),
}

/// The deal an action is about: the one whose card is in use, or the chosen one of the board.
pub(in crate::ui) fn row_here(state: &State) -> Option<&DealRow> {
    match state.card() {
        Some(card) => match &card.slot.value {
            Some(Holding::Deal(card)) => Some(&card.row),
            _ => None,
        },
        None if state.pages.is_empty() && state.screen == Screen::Deals => state.deals.row(),
        None => None,
    }
}

/// Takes an action; true when it was about deals.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NewDeal => pick_client(state, out),
        Action::NewDealWith => {
            let target = state.target();
            new_deal(state, target.contact, target.company, &target.who);
        }
        Action::Statement => state.overlays.push(Overlay::Form(Box::new(Form::statement()))),
        Action::ShowOnly => show_only(state),
        _ => {
            let Some(row) = row_here(state).cloned() else { return false };
            return of_deal(state, action, &row, out);
        }
    }
    true
}

fn of_deal(state: &mut State, action: Action, row: &DealRow, out: &mut Effects) -> bool {
    match action {
        Action::StageForward => to_stage(state, row, 1, out),
        Action::StageBack => to_stage(state, row, -1, out),
        Action::Won if row.state == DealState::Open => {
            out.push(Effect::Deal(Box::new(DealAct::Won(row.id))));
            offer_farewell(state, row);
        }
        Action::Lost if row.state == DealState::Open => ask_why(state, row),
        Action::Won | Action::Lost => say(state, "This deal is closed: R opens it again."),
        Action::Reopen if row.state == DealState::Open => say(state, "This deal is open."),
        Action::Reopen => out.push(Effect::Deal(Box::new(DealAct::Reopen(row.id)))),
        Action::Payments => {
            let mut payments = Payments::new(row.id);
            payments.load(&mut state.generation, out);
            state.overlays.push(Overlay::Payments(Box::new(payments)));
        }
        Action::OfferLines => {
            let mut lines = Lines::new(row.id);
            lines.load(&mut state.generation, out);
            state.overlays.push(Overlay::Lines(Box::new(lines)));
        }
        _ => return false,
    }
    true
}

fn pick_client(state: &mut State, out: &mut Effects) {
    let mut picker = PickClient::default();
    picker.ask(&mut state.generation, out);
    state.overlays.push(Overlay::PickClient(Box::new(picker)));
}

/// The stage beside; a deal whose stage is gone goes into the first or the last one.
fn beside(pipelines: &Pipelines, row: &DealRow, by: isize) -> Option<(Text, Text)> {
    let pipeline = pipelines.named(row.pipeline.as_str())?;
    let known = pipelines.has(row.pipeline.as_str());
    let at = pipeline.stages.iter().position(|stage| known && stage.name == row.stage);
    let stage = match at {
        Some(at) => pipeline.stages.get(at.checked_add_signed(by)?)?,
        None if by > 0 => pipeline.stages.first()?,
        None => pipeline.stages.last()?,
    };
    Some((pipeline.name.clone(), stage.name.clone()))
}

fn to_stage(state: &mut State, row: &DealRow, by: isize, out: &mut Effects) {
    if row.state != DealState::Open {
        return say(state, "This deal is closed: R opens it again.");
    }
    match beside(&state.setup.practice.pipelines, row, by) {
        Some((pipeline, stage)) => {
            deals::moved(state, row.id, &pipeline, &stage);
            out.push(Effect::Deal(Box::new(DealAct::Move { deal: row.id, pipeline, stage })));
        }
        None if by > 0 => say(state, "It stands in the last stage: Y is won, X is lost."),
        None => say(state, "It stands in the first stage."),
    }
}

fn ask_why(state: &mut State, row: &DealRow) {
    let reasons = state.setup.practice.deals.lost_reasons.iter();
    let choice = |left: Text, pick: DealPick| Choice { left, right: Text::default(), pick: Pick::OfDeal(pick) };
    let mut rows: Vec<Choice> =
        reasons.map(|reason| choice(reason.clone(), DealPick::Lost(row.id, reason.clone()))).collect();
    rows.push(choice(Text::own("Another reason…"), DealPick::LostTyped(row.id)));
    let choose = Choose::new(format!("Lost: {}. Why?", row.title), rows);
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

fn show_only(state: &mut State) {
    let row = |filter: Filter| {
        let right = if filter == state.deals.filter { "shown now" } else { "" };
        let pick = Pick::OfDeal(DealPick::Show(filter));
        Choice { left: Text::own(filter.title()), right: Text::own(right), pick }
    };
    let choose = Choose::new("Show which deals?".to_owned(), Filter::ALL.map(row).into());
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// A line of a menu was chosen.
pub(in crate::ui) fn picked(state: &mut State, pick: DealPick, out: &mut Effects) {
    match pick {
        DealPick::Lost(deal, reason) => lost(state, deal, reason, out),
        DealPick::LostTyped(deal) => state.overlays.push(Overlay::Form(Box::new(Form::lost(deal)))),
        DealPick::Show(filter) => deals::filter(state, filter, out),
    }
}

/// It was lost; the farewell letter is offered.
pub(in crate::ui) fn lost(state: &mut State, deal: id::Deal, reason: Text, out: &mut Effects) {
    out.push(Effect::Deal(Box::new(DealAct::Lost(deal, reason))));
    if let Some(row) = row_here(state).filter(|row| row.id == deal).cloned() {
        offer_farewell(state, &row);
    }
}

/// Whoever bought or did not is asked how it was.
fn offer_farewell(state: &mut State, row: &DealRow) {
    let Some((_, name)) = row.contact.zip(row.contact_name.as_ref()) else { return };
    let question =
        format!("Write the farewell letter, with its question how it was, to {name}? Enter begins it, Esc does not.");
    let to = FillFor::Deal(row.id);
    let fill = Effect::FillTemplate { name: "farewell".to_owned(), language: None, to };
    state.overlays.push(Overlay::Confirm(Confirm { question, yes: Yes::Do(vec![fill]) }));
}

/// The card of the deals screen was left: an open deal without a next activity is asked about.
pub(in crate::ui) fn left_card(state: &mut State) {
    if let Some(Holding::Deal(card)) = &state.deals.card.slot.value {
        let row = card.row.clone();
        ask_next(state, &row);
    }
}

/// A page is left: where it is such a deal's card it is asked about.
pub(in crate::ui) fn left_page(state: &mut State, page: &Page) {
    if let Page::Card(card) = page
        && let (Some(Of::Deal(_)), Some(Holding::Deal(card))) = (card.of(), &card.slot.value)
    {
        let row = card.row.clone();
        ask_next(state, &row);
    }
}

fn ask_next(state: &mut State, row: &DealRow) {
    if state.setup.practice.deals.ask_next && wants_next(row) {
        let form = Form::next_activity(row.id, row.contact, &row.title);
        state.overlays.push(Overlay::Form(Box::new(form)));
    }
}

/// The last planned activity of an open deal was done: what is next is asked, unless something else is being done.
pub(in crate::ui) fn next_wanted(state: &mut State, row: &DealRow) {
    if state.overlays.is_empty() && state.writing.is_none() {
        ask_next(state, row);
    }
}

/// Reads a bank statement.
pub(in crate::ui) fn open_statement(state: &mut State, path: &str, out: &mut Effects) {
    let mut bank = Bank::default();
    out.push(Effect::LoadStatement { generation: bank.slot.ask(&mut state.generation), path: path.to_owned() });
    state.overlays.push(Overlay::Bank(Box::new(bank)));
}
