//! How Reports changes.

use super::sheets::sheet;
use super::state::{Of, Tab};
use super::view::place;
use crate::domain::problem::Problem;
use crate::domain::report::Report;
use crate::domain::report::letters::Client;
use crate::domain::report::period::{Period, Span, Step};
use crate::domain::report::table::{By, table};
use crate::domain::text::Text;
use crate::ui::acts::{push_card, say};
use crate::ui::card::Of as Card;
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::overlays::{Choice, Choose, Overlay, Pick};
use crate::ui::state::{Effects, State};
use jiff::Timestamp;

/// What changes asks for the report again after so many seconds at the soonest: letters come by the hundred.
const REST: i64 = 3;

/// Reads the report again.
pub fn load(state: &mut State, out: &mut Effects) {
    let today = state.today_date();
    let reports = &mut state.reports;
    if let Some(generation) = reports.slot.refresh(&mut state.generation) {
        (reports.asked_at, reports.stale) = (Some(state.now), false);
        out.push(Effect::LoadReport { generation, question: reports.question(today) });
    }
}

/// Something in the store changed.
pub fn changed(state: &mut State, out: &mut Effects) {
    if state.reports.asked_at.is_some_and(|at| state.now.as_second() - at.as_second() < REST) {
        state.reports.stale = true;
    } else {
        load(state, out);
    }
}

/// Time goes by.
pub fn tick(state: &mut State, out: &mut Effects) {
    if state.reports.stale {
        changed(state, out);
    }
}

/// Another question: the answer to the one before is no longer wanted.
fn ask(state: &mut State, out: &mut Effects) {
    let today = state.today_date();
    let reports = &mut state.reports;
    let generation = reports.slot.ask(&mut state.generation);
    (reports.asked_at, reports.stale) = (Some(state.now), false);
    out.push(Effect::LoadReport { generation, question: reports.question(today) });
}

/// The report came.
pub fn loaded(state: &mut State, generation: Generation, report: Box<Report>, out: &mut Effects) {
    let reports = &mut state.reports;
    if !reports.slot.take(generation) {
        return;
    }
    reports.slot.value = Some(report);
    reports.laid = None;
    if reports.slot.wants_again() {
        changed(state, out);
    }
}

/// A load failed; true when it was this one.
pub fn failed(state: &mut State, generation: Generation, problem: &Problem) -> bool {
    state.reports.slot.fail(generation, problem)
}

/// Shows these days.
pub fn show(state: &mut State, period: Period, out: &mut Effects) {
    state.reports.period = Some(period);
    // Days of a month would be too many of a year.
    state.reports.step = None;
    ask(state, out);
}

/// Lays the lines out, when something changed.
pub fn settle(state: &mut State) {
    let inner = place(state.body());
    let key = (state.reports.tab, inner.width, inner.height);
    if inner.is_empty() || state.reports.laid == Some(key) {
        return;
    }
    let (clock, styles) = (state.clock(), state.styles);
    let reports = &mut state.reports;
    if let Some(report) = &reports.slot.value {
        let sheet = sheet(report, reports.tab, usize::from(inner.width.saturating_sub(2)), &clock, &styles);
        if reports.laid.is_none_or(|(tab, ..)| tab != reports.tab) && reports.laid.is_some() {
            reports.doc.top();
        }
        reports.doc.set(sheet, usize::from(inner.height));
        reports.laid = Some(key);
    }
}

/// Takes an action; true when it was one of Reports'.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let today = state.today_date();
    let doc = &mut state.reports.doc;
    match action {
        Action::NextTab | Action::NextPane => turn(state, 1),
        Action::PreviousTab | Action::PreviousPane => turn(state, 4),
        Action::Earlier | Action::Later => {
            let by = if action == Action::Later { 1 } else { -1 };
            let period = state.reports.question(today).period.step(by);
            let step = state.reports.step;
            show(state, period, out);
            if step.is_some() {
                state.reports.step = step;
                ask(state, out);
            }
        }
        Action::Period => choose_period(state),
        Action::Finer => finer(state, out),
        Action::NextAccount => next_account(state, out),
        Action::SaveReport => save(state, out),
        Action::Open => open(state, out),
        Action::Down => doc.step(1),
        Action::Up => doc.step(-1),
        Action::PageDown => doc.page(1),
        Action::PageUp => doc.page(-1),
        Action::Top => doc.top(),
        Action::Bottom => doc.bottom(),
        _ => return false,
    }
    true
}

fn turn(state: &mut State, by: usize) {
    let place = Tab::ALL.iter().position(|tab| *tab == state.reports.tab).unwrap_or(0);
    state.reports.tab = Tab::ALL.get((place + by) % Tab::ALL.len()).copied().unwrap_or_default();
}

/// The card behind the chosen row.
fn open(state: &mut State, out: &mut Effects) {
    match state.reports.doc.chosen() {
        Some(Of::Client(Client::Company(company))) => push_card(state, Card::Company(*company), out),
        Some(Of::Client(Client::Contact(contact))) => push_card(state, Card::Contact(*contact), out),
        Some(Of::Deal(deal)) => push_card(state, Card::Deal(*deal), out),
        None => say(state, "Rows of Clients and Deals open a card; [ and ] go to another period."),
    }
}

fn choose_period(state: &mut State) {
    let today = state.today_date();
    let mut rows: Vec<Choice> = Vec::new();
    for span in Span::NAMED {
        for (word, by) in [("This", 0), ("Last", -1)] {
            let period = Period::of(span, today).step(by);
            let left = Text::from(format!("{word} {}", span.word()));
            rows.push(Choice { left, right: Text::from(period.title()), pick: Pick::Period(period) });
        }
    }
    rows.push(Choice { left: Text::own("Other days…"), right: Text::default(), pick: Pick::TypedPeriod });
    state.overlays.push(Overlay::Choose(Box::new(Choose::new("Which days?".to_owned(), rows))));
}

/// By days, by weeks, by months.
fn finer(state: &mut State, out: &mut Effects) {
    let question = state.reports.question(state.today_date());
    let next = match question.step {
        Step::Day => Step::Week,
        Step::Week => Step::Month,
        Step::Month => Step::Day,
    };
    state.reports.step = Some(next);
    ask(state, out);
}

/// All accounts, then each of them.
fn next_account(state: &mut State, out: &mut Effects) {
    let accounts: Vec<_> = state.setup.accounts.iter().map(|account| account.id).collect();
    if accounts.len() < 2 {
        return say(state, "There is one account only.");
    }
    state.reports.account = match state.reports.account {
        None => accounts.first().copied(),
        Some(account) => {
            let place = accounts.iter().position(|known| *known == account);
            place.and_then(|place| accounts.get(place + 1)).copied()
        }
    };
    ask(state, out);
}

/// Writes the table of the part shown into the folder of downloads.
fn save(state: &mut State, out: &mut Effects) {
    let Some(report) = &state.reports.slot.value else { return };
    let by = match state.reports.tab {
        Tab::Letters => By::Step,
        Tab::Clients => By::Client,
        Tab::Activities => By::Activity,
        Tab::Deals => By::Stage,
        Tab::Counters => By::Counter,
    };
    let table = table(report, by);
    if table.rows.is_empty() {
        return say(state, "There is nothing to write in this period.");
    }
    let period = report.question.period;
    let name = format!("report-{}-{}-{}.csv", by.word(), period.from, period.to);
    out.push(Effect::SaveTable { name, table: Box::new(table) });
}

/// Since when an answer is waited for, in whole seconds; `None` where none is.
pub(super) fn waiting_for(state: &State) -> Option<i64> {
    let asked: Timestamp = state.reports.asked_at.filter(|_| state.reports.slot.is_asked())?;
    Some(state.now.as_second() - asked.as_second())
}
