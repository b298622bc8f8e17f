//! How Outgoing changes.

use super::state::Tab;
use super::view::areas;
use crate::domain::id;
use crate::domain::outbox::{DraftRow, OutgoingRow};
use crate::domain::problem::Problem;
use crate::domain::sequence::SequenceRow;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::TemplateRow;
use crate::ui::keymap::Action;
use crate::ui::mailing_act::{MailingQuestion, Timed};
use crate::ui::state::{Effects, State};

/// Reads the list shown again.
pub fn load(state: &mut State, out: &mut Effects) {
    let (outgoing, last) = (&mut state.outgoing, &mut state.generation);
    let effect = match outgoing.tab {
        Tab::Outbox => outgoing.outbox.refresh(last).map(|generation| Effect::LoadOutbox { generation }),
        Tab::Drafts => outgoing.drafts.refresh(last).map(|generation| Effect::LoadDrafts { generation }),
        Tab::Templates => outgoing.templates.refresh(last).map(|generation| Effect::LoadTemplates { generation }),
        Tab::FollowUps => outgoing.follow_ups.refresh(last).map(|generation| Effect::LoadFollowUps { generation }),
        Tab::Mailings => {
            let question = MailingQuestion::All;
            outgoing.mailings.refresh(last).map(|generation| Effect::AskMailings { generation, question })
        }
    };
    out.extend(effect);
}

/// The outbox came.
pub fn outbox_loaded(state: &mut State, generation: Generation, rows: Vec<OutgoingRow>, out: &mut Effects) {
    let outgoing = &mut state.outgoing;
    if !outgoing.outbox.take(generation) {
        return;
    }
    outgoing.cursor.set(rows.iter().map(|row| row.id).collect());
    outgoing.outbox.value = Some(rows);
    if let Some(wanted) = outgoing.wanted.take() {
        outgoing.cursor.select(wanted);
    }
    if outgoing.outbox.wants_again() {
        load(state, out);
    }
}

/// The drafts came.
pub fn drafts_loaded(state: &mut State, generation: Generation, rows: Vec<DraftRow>, out: &mut Effects) {
    let outgoing = &mut state.outgoing;
    if !outgoing.drafts.take(generation) {
        return;
    }
    outgoing.draft_cursor.set(rows.iter().map(|row| row.id).collect());
    outgoing.drafts.value = Some(rows);
    if outgoing.drafts.wants_again() {
        load(state, out);
    }
}

/// The templates came.
pub fn templates_loaded(state: &mut State, generation: Generation, rows: &[TemplateRow]) -> bool {
    let outgoing = &mut state.outgoing;
    if !outgoing.templates.take(generation) {
        return false;
    }
    outgoing.template_cursor.set((0..rows.len()).collect());
    outgoing.templates.value = Some(rows.to_vec());
    true
}

/// The mailings came.
pub fn mailings_loaded(state: &mut State, generation: Generation, rows: &[Timed], out: &mut Effects) {
    let outgoing = &mut state.outgoing;
    if !outgoing.mailings.take(generation) {
        return;
    }
    let newest_known = outgoing.mailings.value.as_ref().map(|known| known.iter().map(|(row, _)| row.id).max());
    outgoing.mailing_cursor.set(rows.iter().map(|(row, _)| row.id).collect());
    outgoing.mailings.value = Some(rows.to_vec());
    // One that was just prepared is what the next key is for, not the one that was chosen before.
    if let (Some(newest_known), Some(newest)) = (newest_known, rows.iter().map(|(row, _)| row.id).max())
        && newest_known.is_none_or(|known| newest > known)
    {
        outgoing.mailing_cursor.select(newest);
    }
    if outgoing.mailings.wants_again() {
        load(state, out);
    }
}

/// The letters that wait for an answer came.
pub fn follow_ups_loaded(state: &mut State, generation: Generation, rows: Vec<SequenceRow>, out: &mut Effects) {
    let outgoing = &mut state.outgoing;
    if !outgoing.follow_ups.take(generation) {
        return;
    }
    outgoing.follow_up_cursor.set(rows.iter().map(|row| row.id).collect());
    outgoing.follow_ups.value = Some(rows);
    if outgoing.follow_ups.wants_again() {
        load(state, out);
    }
}

/// A load failed; true when it was one of these.
pub fn failed(state: &mut State, generation: Generation, problem: &Problem) -> bool {
    let outgoing = &mut state.outgoing;
    outgoing.outbox.fail(generation, problem)
        || outgoing.drafts.fail(generation, problem)
        || outgoing.templates.fail(generation, problem)
        || outgoing.mailings.fail(generation, problem)
        || outgoing.follow_ups.fail(generation, problem)
}

/// Shows a letter of the outbox.
pub fn select(state: &mut State, wanted: id::Outgoing, out: &mut Effects) {
    show_tab(state, Tab::Outbox, out);
    if !state.outgoing.cursor.select(wanted) {
        state.outgoing.wanted = Some(wanted);
    }
}

/// Shows another list.
pub fn show_tab(state: &mut State, tab: Tab, out: &mut Effects) {
    state.outgoing.tab = tab;
    load(state, out);
}

/// Takes an action; true when it was one of Outgoing's.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let page = isize::try_from(areas(state.body()).list.height.saturating_sub(2).max(1)).unwrap_or(1);
    match action {
        Action::NextTab | Action::NextPane => turn(state, 1, out),
        Action::PreviousTab | Action::PreviousPane => turn(state, -1, out),
        Action::Open => open(state, out),
        _ => match crate::ui::screens::rows(action, page) {
            Some(rows) => step(state, rows),
            None => return false,
        },
    }
    true
}

fn step(state: &mut State, rows: isize) {
    let outgoing = &mut state.outgoing;
    match outgoing.tab {
        Tab::Outbox => outgoing.cursor.step(rows),
        Tab::Drafts => outgoing.draft_cursor.step(rows),
        Tab::Templates => outgoing.template_cursor.step(rows),
        Tab::Mailings => outgoing.mailing_cursor.step(rows),
        Tab::FollowUps => outgoing.follow_up_cursor.step(rows),
    }
}

fn turn(state: &mut State, by: isize, out: &mut Effects) {
    let place = Tab::ALL.iter().position(|tab| *tab == state.outgoing.tab).unwrap_or(0);
    let many = Tab::ALL.len();
    let tab = Tab::ALL.get((place + many).saturating_add_signed(by) % many).copied().unwrap_or_default();
    show_tab(state, tab, out);
}

/// A letter in the outbox, or one that waits for an answer, opens its conversation.
fn open(state: &mut State, out: &mut Effects) {
    let thread = match state.outgoing.tab {
        Tab::Outbox => state.outgoing.row().and_then(|row| row.thread),
        Tab::FollowUps => state.outgoing.follow_up().and_then(|row| row.thread),
        Tab::Drafts | Tab::Templates | Tab::Mailings => None,
    };
    if let Some(thread) = thread {
        crate::ui::acts::push_reader(state, thread, None, out);
    }
}
