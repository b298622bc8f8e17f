//! Conversations put elsewhere or marked: those that are marked, else the one under the cursor.

use super::acts::{ask, back, cleared, say};
use super::effect::Effect;
use super::keymap::Action;
use super::overlays::{Form, Goals, Overlay};
use super::screens::{mail, today};
use super::state::{Effects, Page, Screen, State};
use crate::domain::counter::{Counter, Subject};
use crate::domain::folder::Role;
use crate::domain::handling::{Handling, Order, counted};
use crate::domain::id;
use crate::domain::message::Flags;
use std::collections::BTreeSet;

/// What an act is done with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The conversations, in the order they are shown.
    pub threads: Vec<id::Thread>,
    /// The folder whose letters are meant.
    pub folder: Option<id::Folder>,
    /// What that folder is for.
    role: Option<Role>,
    /// Something in one of them was not seen.
    unread: bool,
    /// All of them are flagged.
    flagged: bool,
    /// All of them lie in Junk.
    junk: bool,
}

/// The list of conversations in use, when there is one.
enum List {
    Mail,
    Today,
}

fn list(state: &State) -> Option<List> {
    match state.screen {
        _ if !state.pages.is_empty() || state.writing.is_some() => None,
        Screen::Mail if state.mail.pane == mail::Pane::Threads => Some(List::Mail),
        Screen::Today if state.today.pane == today::Pane::List => Some(List::Today),
        _ => None,
    }
}

/// Rows can be marked here.
pub(super) fn can_mark(state: &State) -> bool {
    match list(state) {
        Some(List::Mail) => state.mail.row().is_some(),
        Some(List::Today) => state.today.row().is_some(),
        None => false,
    }
}

/// Something here can be put elsewhere or marked.
pub(super) fn can(state: &State) -> bool {
    !chosen(state).threads.is_empty()
}

/// How many rows of the list in use are marked.
pub(super) fn marked(state: &State) -> usize {
    match list(state) {
        Some(List::Mail) => state.mail.marked.len(),
        Some(List::Today) => state.today.marked.len(),
        None => 0,
    }
}

/// What an act would be done with lies in Junk.
pub(super) fn in_junk(state: &State) -> bool {
    chosen(state).junk
}

/// What an act would be done with.
pub(super) fn chosen(state: &State) -> Chosen {
    if let Some(found) = &state.found {
        let threads = found.thread.into_iter().collect();
        return Chosen { threads, unread: found.unread, flagged: found.flagged, ..Chosen::default() };
    }
    match (state.pages.last(), state.screen) {
        (Some(Page::Card(_)), _) => Chosen::default(),
        (Some(Page::Reader(_)), _) => read(state),
        (None, Screen::Mail) => chosen_in_mail(state),
        (None, Screen::Today) => chosen_on_today(state),
        (None, _) => Chosen::default(),
    }
}

/// The conversation that is read.
fn read(state: &State) -> Chosen {
    let target = state.target();
    let row = state.reader().and_then(|reader| reader.slot.value.as_ref()).map(|view| &view.row);
    Chosen {
        threads: target.thread.into_iter().collect(),
        unread: target.unread,
        flagged: row.is_some_and(|row| row.flags.has(Flags::FLAGGED)),
        junk: super::hints::junk(&target),
        ..Chosen::default()
    }
}

fn chosen_in_mail(state: &State) -> Chosen {
    let mail = &state.mail;
    let rows = mail.threads.value.as_deref().unwrap_or_default();
    let role = mail.folder_row().and_then(|row| row.role);
    let wanted: Vec<_> = match mail.pane {
        mail::Pane::Folders => Vec::new(),
        mail::Pane::Threads if !mail.marked.is_empty() => {
            rows.iter().filter(|row| mail.marked.contains(&row.id)).collect()
        }
        mail::Pane::Threads => mail.row().into_iter().collect(),
        mail::Pane::Reader => rows.iter().filter(|row| Some(row.id) == mail.reader.thread()).collect(),
    };
    Chosen {
        threads: wanted.iter().map(|row| row.id).collect(),
        folder: mail.folder,
        role,
        unread: wanted.iter().any(|row| row.unseen > 0),
        flagged: wanted.iter().all(|row| row.flags.has(Flags::FLAGGED)),
        junk: role == Some(Role::Junk),
    }
}

fn chosen_on_today(state: &State) -> Chosen {
    let today = &state.today;
    if today.pane == today::Pane::Reader {
        return Chosen { junk: super::hints::junk(&state.target()), ..read(state) };
    }
    let rows = today.slot.value.iter().flatten();
    let wanted: Vec<_> = match today.pane {
        today::Pane::List if !today.marked.is_empty() => {
            rows.filter(|row| thread_of(row.subject).is_some_and(|thread| today.marked.contains(&thread))).collect()
        }
        today::Pane::List => today.row().into_iter().collect(),
        _ => Vec::new(),
    };
    let threads: Vec<id::Thread> = wanted.iter().filter_map(|row| thread_of(row.subject)).collect();
    // The preview knows the flag of the row under the cursor.
    let shown = today.reader.slot.value.as_ref().map(|view| &view.row);
    let flagged = shown.is_some_and(|row| threads == [row.id] && row.flags.has(Flags::FLAGGED));
    Chosen {
        unread: wanted.iter().any(|row| row.counters.contains(&Counter::Unread)),
        junk: !wanted.is_empty() && wanted.iter().all(|row| row.counters.contains(&Counter::JunkWatch)),
        threads,
        flagged,
        ..Chosen::default()
    }
}

/// The conversation a row of Today is about; a payment or an activity is about none.
pub(super) fn thread_of(subject: Subject) -> Option<id::Thread> {
    match subject {
        Subject::Thread(thread) => Some(thread),
        _ => None,
    }
}

/// Takes an action; true when it was one of these.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::Mark => mark(state, Action::Down, out),
        Action::MarkUp => mark(state, Action::Up, out),
        Action::MarkAll => mark_all(state),
        Action::Unmark => unmark(state),
        Action::Archive => order(state, Handling::Archive, out),
        Action::Delete => order(state, Handling::Delete, out),
        Action::Junk => {
            let handling = if in_junk(state) { Handling::NotJunk } else { Handling::Junk };
            order(state, handling, out);
        }
        Action::Flag => {
            let on = !chosen(state).flagged;
            order(state, Handling::Flag(on), out);
        }
        Action::ToggleRead => toggle_read(state, out),
        Action::Move => pick_goal(state, out),
        Action::RenameFolder => rename(state),
        Action::EmptyFolder => empty(state),
        _ => return false,
    }
    true
}

/// Marks or unmarks the row and goes on.
fn mark(state: &mut State, step: Action, out: &mut Effects) {
    mark_here(state);
    match list(state) {
        Some(List::Mail) => drop(mail::act(state, step, out)),
        Some(List::Today) => drop(today::act(state, step, out)),
        None => {}
    }
}

/// Marks or unmarks the row.
pub(super) fn mark_here(state: &mut State) {
    let toggle = |marked: &mut BTreeSet<id::Thread>, thread| {
        if !marked.remove(&thread) {
            marked.insert(thread);
        }
    };
    match list(state) {
        Some(List::Mail) => {
            if let Some(thread) = state.mail.row().map(|row| row.id) {
                toggle(&mut state.mail.marked, thread);
            }
        }
        Some(List::Today) => match state.today.row().and_then(|row| thread_of(row.subject)) {
            Some(thread) => toggle(&mut state.today.marked, thread),
            None => say(state, "Only conversations can be marked."),
        },
        None => {}
    }
}

/// Nothing is marked any more.
pub(super) fn unmark(state: &mut State) {
    state.mail.marked.clear();
    state.today.marked.clear();
}

fn mark_all(state: &mut State) {
    match list(state) {
        Some(List::Mail) => {
            let all: BTreeSet<_> = state.mail.threads.value.iter().flatten().map(|row| row.id).collect();
            state.mail.marked = if state.mail.marked == all { BTreeSet::new() } else { all };
        }
        Some(List::Today) => {
            let rows = state.today.slot.value.iter().flatten();
            let all: BTreeSet<_> = rows.filter_map(|row| thread_of(row.subject)).collect();
            state.today.marked = if state.today.marked == all { BTreeSet::new() } else { all };
        }
        None => {}
    }
}

/// Also where nothing can be put elsewhere: on a card's letter, in the outbox.
fn toggle_read(state: &mut State, out: &mut Effects) {
    let mut chosen = chosen(state);
    if chosen.threads.is_empty() {
        let target = state.target();
        chosen = Chosen { threads: target.thread.into_iter().collect(), unread: target.unread, ..chosen };
    }
    let seen = chosen.unread;
    give(state, Handling::Seen(seen), &chosen, out);
}

/// Orders it for what is chosen.
pub(super) fn order(state: &mut State, handling: Handling, out: &mut Effects) {
    let chosen = chosen(state);
    give(state, handling, &chosen, out);
}

/// Orders it for these, and shows at once what it does.
pub(super) fn give(state: &mut State, handling: Handling, chosen: &Chosen, out: &mut Effects) {
    if chosen.threads.is_empty() {
        return;
    }
    // What is deleted for good is asked first and stays in its place until then.
    let asks = handling == Handling::Delete && chosen.role == Some(Role::Trash);
    let order =
        Order { handling: handling.clone(), threads: chosen.threads.clone(), folder: chosen.folder, confirmed: false };
    out.push(Effect::Handle(Box::new(order)));
    if asks {
        return;
    }
    match (state.pages.last(), state.screen) {
        // What is under the search is read again when it was done.
        _ if state.found.is_some() => {}
        (Some(Page::Reader(_)), _) if handling.moves() => back(state),
        (None, Screen::Mail) => mail::handled(state, &handling, &chosen.threads, out),
        (None, Screen::Today) => on_today(state, &handling, chosen, out),
        _ => {}
    }
}

/// Rows of Today stay as long as they wait: what is only put away waits on.
fn on_today(state: &mut State, handling: &Handling, chosen: &Chosen, out: &mut Effects) {
    let counters: &[Counter] = match handling {
        Handling::Delete | Handling::Junk => {
            &[Counter::Unread, Counter::Unanswered, Counter::Silent, Counter::JunkWatch]
        }
        Handling::NotJunk => &[Counter::JunkWatch],
        Handling::Seen(true) => &[Counter::Unread],
        _ => &[],
    };
    let row = state.today.cursor.key();
    for thread in &chosen.threads {
        cleared(state, Some(Subject::Thread(*thread)), Some(*thread), counters, out);
    }
    if handling.moves() {
        state.today.marked.clear();
        // Its row may be there still: the next one all the same.
        if state.today.cursor.key() == row && row.and_then(thread_of).is_some_and(|thread| chosen.threads == [thread]) {
            state.today.pane = today::Pane::List;
            today::act(state, Action::Down, out);
        }
    }
}

fn pick_goal(state: &mut State, out: &mut Effects) {
    let chosen = chosen(state);
    let what = match chosen.threads.as_slice() {
        [_] => state.target().title.to_string(),
        several => counted(several.len()),
    };
    let mut goals = Goals::new(format!("Move to: {what}"), chosen);
    goals.ask(&mut state.generation, out);
    state.overlays.push(Overlay::Goals(Box::new(goals)));
}

fn rename(state: &mut State) {
    let Some(row) = state.mail.folder_row() else { return };
    if row.role == Some(Role::Inbox) {
        return say(state, "The inbox cannot be renamed: every server calls it INBOX.");
    }
    let form = Form::rename(row.id, &row.name);
    state.overlays.push(Overlay::Form(Box::new(form)));
}

fn empty(state: &mut State) {
    let Some(row) = state.mail.folder_row() else { return };
    let (folder, name) = (row.id, row.name.clone());
    match row.role {
        Some(Role::Trash | Role::Junk) => {
            let letters = crate::domain::text::plural(row.local, "letter", "letters");
            let question = format!(
                "Delete everything in {name} for good ({letters})? u takes it back only until the server has done it."
            );
            ask(state, &question, Some(Effect::EmptyFolder(folder)));
        }
        _ => say(state, "Only Trash and Junk can be emptied at once; d deletes conversations."),
    }
}
