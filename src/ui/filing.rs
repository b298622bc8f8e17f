//! Filing by hand on the screens: under another client, joined, taken apart; the ledger; senders to ignore.

use super::acts::{ask, cleared, say};
use super::effect::Effect;
use super::handling;
use super::keymap::Action;
use super::overlays::{Ignored, Ledger, Likely, Overlay, Refile};
use super::state::{Effects, State};
use crate::domain::address::Address;
use crate::domain::counter::{Counter, Subject};
use crate::domain::filing::{ByHand, Client, Question};
use crate::domain::handling::counted;
use crate::domain::id;

/// Takes an action; true when it was one of these.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::FileClient => pick_client(state, out),
        Action::FileBest => file_best(state, out),
        Action::Join => join(state, out),
        Action::SplitHere => on_letter(state, ByHand::SplitFrom, out),
        Action::MoveOut => on_letter(state, ByHand::MoveOut, out),
        Action::AddSender => on_letter(state, ByHand::AddSender, out),
        Action::Ledger => ledger(state, out),
        Action::IgnoredSenders => {
            let mut ignored = Ignored::default();
            ignored.ask(&mut state.generation, out);
            state.overlays.push(Overlay::Ignored(Box::new(ignored)));
        }
        _ => return false,
    }
    true
}

/// The conversations an act is done with: those that are marked, else the one in use.
fn threads(state: &State) -> Vec<id::Thread> {
    if handling::marked(state) > 0 {
        return handling::chosen(state).threads;
    }
    state.target().thread.into_iter().collect()
}

fn pick_client(state: &mut State, out: &mut Effects) {
    let threads = threads(state);
    let what = match threads.as_slice() {
        [] => return,
        [_] => state.target().title.to_string(),
        several => counted(several.len()),
    };
    let mut clients = Refile::new(format!("Whose is it: {what}"), threads);
    clients.ask(&mut state.generation, out);
    state.overlays.push(Overlay::Refile(Box::new(clients)));
}

/// My decision whose conversations these are.
pub(super) fn file_under(state: &mut State, threads: Vec<id::Thread>, client: Client, out: &mut Effects) {
    for thread in &threads {
        cleared(state, Some(Subject::Thread(*thread)), Some(*thread), &[Counter::NewLeads, Counter::Unfiled], out);
    }
    handling::unmark(state);
    out.push(Effect::ByHand(Box::new(ByHand::Client(threads, client))));
}

fn file_best(state: &mut State, out: &mut Effects) {
    let target = state.target();
    let Some(thread) = target.thread else { return };
    out.push(Effect::ByHand(Box::new(ByHand::BestDeal(thread))));
    cleared(state, target.subject, Some(thread), &[Counter::Unfiled], out);
}

/// Those that are marked; else what may belong to the one in use is proposed.
fn join(state: &mut State, out: &mut Effects) {
    let threads = threads(state);
    if let [thread] = threads.as_slice() {
        let title = state.target().title.to_string();
        let likely = Likely::new(title, *thread, &mut state.generation, out);
        return state.overlays.push(Overlay::Likely(Box::new(likely)));
    }
    if threads.is_empty() {
        return say(state, "Mark the conversations that belong together with Space, then & joins them.");
    }
    let question = format!("Join {} into one? u takes them apart again.", counted(threads.len()));
    ask(state, &question, Some(Effect::ByHand(Box::new(ByHand::Join(threads)))));
    handling::unmark(state);
}

fn on_letter(state: &mut State, act: fn(id::Message) -> ByHand, out: &mut Effects) {
    match state.reader().and_then(super::reader::Reader::letter).map(|letter| letter.id) {
        Some(letter) => out.push(Effect::ByHand(Box::new(act(letter)))),
        None => say(state, "Open the conversation first (Enter), and go to the letter with ] and [."),
    }
}

/// Somebody on no card, chosen on a card: asked before they get one.
pub(super) fn offer_person(state: &mut State, address: Address, letter: id::Message) {
    let question = format!("Add {address} as a contact of this client?");
    ask(state, &question, Some(Effect::ByHand(Box::new(ByHand::AddPerson(letter, address)))));
}

fn ledger(state: &mut State, out: &mut Effects) {
    let target = state.target();
    let Some(thread) = target.thread else {
        return say(state, "Choose a conversation first: every decision about it is kept.");
    };
    let mut ledger = Ledger::new(target.title.to_string());
    let generation = ledger.slot.ask(&mut state.generation);
    out.push(Effect::AskFiling { generation, question: Question::Ledger(thread) });
    state.overlays.push(Overlay::Ledger(ledger));
}
