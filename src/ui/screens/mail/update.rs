//! How Mail changes.

use super::state::Pane;
use super::view::areas;
use crate::domain::counter::Counter;
use crate::domain::folder::{self, Role};
use crate::domain::handling::Handling;
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::thread::{PageKey, ThreadRow};
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};
use std::collections::HashSet;

/// Rows of one page.
const PAGE: usize = 200;

/// The screen is shown: read what it needs.
pub fn enter(state: &mut State, out: &mut Effects) {
    load_folders(state, out);
    load_threads(state, out);
}

/// Reads the folders again.
pub fn load_folders(state: &mut State, out: &mut Effects) {
    if let Some(generation) = state.mail.folders.refresh(&mut state.generation) {
        out.push(Effect::LoadFolders { generation });
    }
}

/// Reads the folder's threads again: as many as are shown.
pub fn load_threads(state: &mut State, out: &mut Effects) {
    let mail = &mut state.mail;
    let Some(folder) = mail.folder else { return };
    let shown = mail.threads.value.as_ref().map_or(0, Vec::len);
    mail.limit = shown.max(PAGE);
    if let Some(generation) = mail.threads.refresh(&mut state.generation) {
        mail.continues = false;
        out.push(Effect::LoadThreads { generation, folder, after: None, limit: mail.limit });
    }
}

fn load_more(state: &mut State, out: &mut Effects) {
    let mail = &mut state.mail;
    if let (Some(folder), Some(after)) = (mail.folder, mail.after.take()) {
        mail.continues = true;
        let generation = mail.threads.ask(&mut state.generation);
        out.push(Effect::LoadThreads { generation, folder, after: Some(after), limit: PAGE });
    }
}

/// The folders came. The first time the first inbox is opened.
pub fn folders_loaded(state: &mut State, generation: Generation, rows: Vec<folder::Row>, out: &mut Effects) {
    let mail = &mut state.mail;
    if !mail.folders.take(generation) {
        return;
    }
    mail.folder_cursor.set(rows.iter().map(|row| row.id).collect());
    let there = mail.folder.is_some_and(|id| rows.iter().any(|row| row.id == id));
    let first = rows.iter().find(|row| row.role == Some(Role::Inbox)).or_else(|| rows.first()).map(|row| row.id);
    mail.folders.value = Some(rows);
    let again = mail.folders.wants_again();
    if let (false, Some(folder)) = (there, first) {
        mail.folder_cursor.select(folder);
        show(state, folder, out);
    }
    if again {
        load_folders(state, out);
    }
}

/// Opens a folder from elsewhere.
pub fn select_folder(state: &mut State, folder: id::Folder, out: &mut Effects) {
    state.mail.folder_cursor.select(folder);
    show(state, folder, out);
}

fn show(state: &mut State, folder: id::Folder, out: &mut Effects) {
    let mail = &mut state.mail;
    if mail.folder == Some(folder) {
        return;
    }
    mail.folder = Some(folder);
    mail.threads = crate::ui::slot::Slot::default();
    mail.cursor = crate::ui::widgets::cursor::Cursor::default();
    mail.marked.clear();
    mail.after = None;
    mail.reader.show(None, &mut state.generation, out);
    load_threads(state, out);
}

/// A page of threads came.
pub fn threads_loaded(
    state: &mut State,
    generation: Generation,
    rows: Vec<ThreadRow>,
    after: Option<PageKey>,
    out: &mut Effects,
) {
    let mail = &mut state.mail;
    if !mail.threads.take(generation) {
        return;
    }
    let mut all = if mail.continues { mail.threads.value.take().unwrap_or_default() } else { Vec::new() };
    let known: HashSet<id::Thread> = all.iter().map(|row| row.id).collect();
    all.extend(rows.into_iter().filter(|row| !known.contains(&row.id)));
    mail.cursor.set(all.iter().map(|row| row.id).collect());
    // Nothing is done with what is not in sight.
    mail.marked.retain(|thread| all.iter().any(|row| row.id == *thread));
    mail.threads.value = Some(all);
    mail.after = after;
    if mail.threads.wants_again() {
        load_threads(state, out);
    }
    follow(state, out);
}

/// The preview follows the selected thread, except while I read.
fn follow(state: &mut State, out: &mut Effects) {
    let body = state.body();
    let mail = &mut state.mail;
    if mail.pane == Pane::Reader {
        return;
    }
    let thread = mail.row().map(|row| row.id);
    let beside = !areas(body, Pane::Threads).reader.is_empty();
    // Without a preview beside, what was read stays loaded until something else is opened.
    if beside {
        mail.reader.show(thread, &mut state.generation, out);
    }
    if mail.after.is_some() && mail.cursor.index + 50 > mail.cursor.len() {
        load_more(state, out);
    }
}

/// An act cleared these counters of a thread: shown at once.
pub fn cleared(state: &mut State, thread: id::Thread, counters: &[Counter]) {
    for row in state.mail.threads.value.iter_mut().flatten().filter(|row| row.id == thread) {
        row.counters.retain(|counter| !counters.contains(counter));
        if counters.contains(&Counter::Unread) {
            row.unseen = 0;
        }
    }
}

/// An act was done with these threads: shown at once. What the store says replaces it.
pub fn handled(state: &mut State, handling: &Handling, threads: &[id::Thread], out: &mut Effects) {
    let here: HashSet<id::Thread> = threads.iter().copied().collect();
    let mail = &mut state.mail;
    if handling.moves() {
        if let Some(rows) = &mut mail.threads.value {
            rows.retain(|row| !here.contains(&row.id));
            mail.cursor.set(rows.iter().map(|row| row.id).collect());
        }
        mail.marked.clear();
        if mail.pane == Pane::Reader {
            mail.pane = Pane::Threads;
        }
        return follow(state, out);
    }
    for row in mail.threads.value.iter_mut().flatten().filter(|row| here.contains(&row.id)) {
        match handling {
            Handling::Flag(true) => row.flags = row.flags.with(Flags::FLAGGED),
            Handling::Flag(false) => row.flags = row.flags.without(Flags::FLAGGED),
            Handling::Seen(true) => row.unseen = 0,
            Handling::Seen(false) => row.unseen = row.unseen.max(1),
            _ => {}
        }
    }
}

/// Takes an action; true when it was one of Mail's.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::NextPane => turn(state, 1, out),
        Action::PreviousPane => turn(state, -1, out),
        Action::Open => open(state, out),
        Action::Back => {
            let pane = if state.mail.pane == Pane::Reader { Pane::Threads } else { Pane::Folders };
            focus(state, pane, false, out);
        }
        _ if state.mail.pane == Pane::Reader => return false,
        _ => match crate::ui::screens::rows(action, page(state)) {
            Some(rows) => step(state, rows, out),
            None => return false,
        },
    }
    true
}

fn page(state: &State) -> isize {
    let height = areas(state.body(), Pane::Threads).threads.height;
    isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1)
}

fn step(state: &mut State, rows: isize, out: &mut Effects) {
    if state.mail.pane == Pane::Folders {
        state.mail.folder_cursor.step(rows);
        if let Some(folder) = state.mail.folder_cursor.key() {
            show(state, folder, out);
        }
    } else {
        state.mail.cursor.step(rows);
        follow(state, out);
    }
}

fn turn(state: &mut State, by: isize, out: &mut Effects) {
    const ORDER: [Pane; 3] = [Pane::Folders, Pane::Threads, Pane::Reader];
    let place = ORDER.iter().position(|pane| *pane == state.mail.pane).unwrap_or(0);
    let next = place.saturating_add_signed(by + 3) % ORDER.len();
    let mut pane = ORDER.get(next).copied().unwrap_or_default();
    if pane == Pane::Reader && state.mail.row().is_none() {
        pane = if by > 0 { Pane::Folders } else { Pane::Threads };
    }
    tab_to(state, pane, out);
}

/// Tab only moves to a conversation that is in sight anyway; where it opens it, it is read.
fn tab_to(state: &mut State, pane: Pane, out: &mut Effects) {
    let body = state.body();
    let in_sight = areas(body, Pane::Threads).reader == areas(body, Pane::Reader).reader;
    let opens = pane != Pane::Reader || !in_sight;
    focus(state, pane, opens, out);
}

fn focus(state: &mut State, pane: Pane, opens: bool, out: &mut Effects) {
    state.mail.pane = pane;
    if pane == Pane::Reader {
        let thread = state.mail.row().map(|row| row.id);
        let mail = &mut state.mail;
        mail.reader.show(thread, &mut state.generation, out);
        if opens {
            mail.reader.open(out);
        }
    } else {
        follow(state, out);
    }
}

fn open(state: &mut State, out: &mut Effects) {
    match state.mail.pane {
        Pane::Folders => focus(state, Pane::Threads, false, out),
        Pane::Threads if state.mail.row().is_some() => focus(state, Pane::Reader, true, out),
        _ => {}
    }
}
