//! How Mail looks.

use super::state::Pane;
use crate::domain::folder::{self, Role};
use crate::domain::message::Flags;
use crate::domain::text::plural;
use crate::domain::thread::ThreadRow;
use crate::ui::format;
use crate::ui::screens::today::short;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where the panes are; an empty place is not drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Areas {
    /// Folders.
    pub folders: Rect,
    /// Threads.
    pub threads: Rect,
    /// The conversation.
    pub reader: Rect,
}

/// Three panes where there is room; else folders and threads, and the reader takes the whole screen.
#[must_use]
pub fn areas(body: Rect, in_use: Pane) -> Areas {
    let Rect { x, width, .. } = body;
    let folders = if width >= 160 { 24 } else { 22 };
    if width >= 120 {
        let threads = (width - folders) * if width >= 160 { 52 } else { 46 } / 100;
        return Areas {
            folders: Rect { width: folders, ..body },
            threads: Rect { x: x + folders, width: threads, ..body },
            reader: Rect { x: x + folders + threads, width: width - folders - threads, ..body },
        };
    }
    match in_use {
        Pane::Reader => Areas { reader: body, ..Areas::default() },
        _ if width >= 64 => Areas {
            folders: Rect { width: folders, ..body },
            threads: Rect { x: x + folders, width: width - folders, ..body },
            ..Areas::default()
        },
        Pane::Folders => Areas { folders: body, ..Areas::default() },
        Pane::Threads => Areas { threads: body, ..Areas::default() },
    }
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (mail, styles) = (&state.mail, &state.styles);
    let areas = areas(body, mail.pane);
    if !areas.folders.is_empty() {
        folders(state, frame, areas.folders);
    }
    if !areas.threads.is_empty() {
        threads(state, frame, areas.threads);
    }
    if !areas.reader.is_empty() {
        mail.reader.view(frame, areas.reader, areas.reader.x > 0, mail.pane == Pane::Reader, styles);
    }
}

fn folders(state: &State, frame: &mut Frame, area: Rect) {
    let (mail, styles) = (&state.mail, &state.styles);
    let in_use = mail.pane == Pane::Folders;
    let inner = pane::view(frame, area, false, "Folders", "", in_use, styles);
    if pane::missing(frame, inner, &mail.folders, "the folders", styles) {
        return;
    }
    let rows = mail.folders.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return list::notice(frame, inner, &[("No folders yet.", styles.text), ("s syncs.", styles.dim)]);
    }
    let several = mail.has_several_accounts();
    list::view(frame, inner, &mail.folder_cursor, in_use, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| {
            // Where letters arrive it matters that none can.
            let trouble = row.role == Some(Role::Inbox)
                && state.accounts.iter().any(|account| account.id == row.account && account.phase.is_trouble());
            // The account leads its first folder; the room is for the names of the others.
            let leads =
                index.checked_sub(1).and_then(|above| rows.get(above)).is_none_or(|above| above.account != row.account);
            let name = match (several, leads) {
                (true, true) => long_name(row),
                (true, false) => format!(" {}", folder_name(row)),
                (false, _) => folder_name(row),
            };
            folder_line(row, &name, trouble, columns, styles)
        })
    });
}

/// Its name, and how many letters were not seen.
fn folder_line(row: &folder::Row, name: &str, trouble: bool, columns: usize, styles: &Styles) -> Line<'static> {
    if trouble {
        let said = ["no new mail: g a", "no mail: g a", "g a"].into_iter();
        let room = columns.saturating_sub(format::width(name) + 1);
        let said = said.into_iter().find(|words| words.len() <= room).unwrap_or("!");
        return Line::styled(format::ends(name, said, columns), styles.bad);
    }
    let unseen = if row.unseen > 0 { row.unseen.to_string() } else { String::new() };
    let style = if row.unseen > 0 { styles.strong } else { styles.text };
    Line::styled(format::ends(name, &unseen, columns), style)
}

/// With the account it belongs to.
fn long_name(row: &folder::Row) -> String {
    format!("{}/{}", row.account_name, folder_name(row))
}

fn folder_name(row: &folder::Row) -> String {
    match row.role {
        Some(Role::Inbox) => "Inbox".to_owned(),
        _ => row.name.to_string(),
    }
}

fn threads(state: &State, frame: &mut Frame, area: Rect) {
    let (mail, styles) = (&state.mail, &state.styles);
    let in_use = mail.pane == Pane::Threads;
    let folder = mail.folder_row();
    let name = if mail.has_several_accounts() { long_name } else { folder_name };
    let title = folder.map_or_else(|| "Conversations".to_owned(), name);
    let mut note = folder.map_or_else(String::new, |row| plural(row.local, "letter", "letters"));
    if !mail.marked.is_empty() {
        note = format!("{} marked · {note}", mail.marked.len());
    }
    let inner = pane::view(frame, area, area.x > 0, &title, &note, in_use, styles);
    if mail.folder.is_none() {
        let what = if mail.folders.is_loading() { "Loading…" } else { "Choose a folder." };
        return list::notice(frame, inner, &[(what, styles.dim)]);
    }
    if pane::missing(frame, inner, &mail.threads, "the conversations", styles) {
        return;
    }
    let rows = mail.threads.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return list::notice(frame, inner, &[("This folder is empty.", styles.text)]);
    }
    let clock = state.clock();
    let marked = |index: usize| rows.get(index).is_some_and(|row| mail.marked.contains(&row.id));
    list::view_marked(frame, inner, &mail.cursor, in_use, marked, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| thread_line(row, columns, &clock, styles))
    });
}

/// Marks, people, subject with first words, counters in words, time.
fn thread_line(row: &ThreadRow, columns: usize, clock: &Clock, styles: &Styles) -> Line<'static> {
    let when = clock.moment(row.last_at);
    let when_columns = if columns < 44 { 6 } else { 11.min(format::width(&when).max(6)) };
    let words: Vec<&str> = row.counters.iter().map(|counter| short(*counter)).filter(|word| *word != "new").collect();
    let words = words.join(" ");
    let marks = if columns < 56 { 0 } else { 12 };
    let people_columns = ((columns * 3) / 10).clamp(8, 26);
    let rest = columns.saturating_sub(2 + people_columns + 1 + marks + 1 + when_columns + 1);
    let style = if row.unseen > 0 { styles.strong } else { styles.text };
    let mut people = row.contact.as_ref().unwrap_or(&row.people).to_string();
    if row.messages > 1 {
        let count = format!(" ({})", row.messages);
        people = format!("{}{count}", format::cut(&people, people_columns.saturating_sub(format::width(&count))));
    }
    let subject = if row.subject.is_empty() { "(no subject)" } else { row.subject.as_str() };
    let subject = format::cut(subject, rest);
    let room = rest.saturating_sub(format::width(&subject));
    let snippet = if room > 6 { format!(" · {}", row.snippet) } else { String::new() };
    let mut spans = vec![
        Span::styled(format!("{} ", mark(row)), styles.accent),
        Span::styled(format::fit(&people, people_columns), style),
        Span::raw(" "),
        Span::styled(subject, style),
        Span::styled(format::fit(&snippet, room), styles.dim),
        Span::raw(" "),
    ];
    if marks > 0 {
        spans.push(Span::styled(format::fit_right(&words, marks), styles.waits));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::styled(format::fit_right(&when, when_columns), styles.dim));
    Line::from(spans)
}

/// One letter before a row: N new, R answered, ! flagged, @ with files. The help explains it.
fn mark(row: &ThreadRow) -> &'static str {
    if row.unseen > 0 {
        "N"
    } else if row.flags.has(Flags::FLAGGED) {
        "!"
    } else if row.flags.has(Flags::ANSWERED) {
        "R"
    } else if row.attachments {
        "@"
    } else {
        " "
    }
}
