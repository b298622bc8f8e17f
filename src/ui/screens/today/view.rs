//! How Today looks.

use super::state::{Pane, Today};
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::ui::format;
use crate::ui::handling::thread_of;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where the panes are; an empty place is not drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Areas {
    /// What waits.
    pub list: Rect,
    /// The conversation.
    pub reader: Rect,
    /// There is a pane at its left.
    pub reader_beside: bool,
    /// The client's card.
    pub card: Rect,
}

/// Three panes side by side on a wide terminal; list above preview, with the card beside, on a middle one; list
/// and a small preview on a narrow one, where a pane in use takes the whole screen.
#[must_use]
pub fn areas(body: Rect, in_use: Pane) -> Areas {
    let Rect { x, y, width, height } = body;
    if width >= 140 && height >= 20 {
        let (list, card) = (width * 46 / 100, width * 24 / 100);
        let reader = width - list - card;
        return Areas {
            list: Rect { width: list, ..body },
            reader: Rect { x: x + list, width: reader, ..body },
            reader_beside: true,
            card: Rect { x: x + list + reader, width: card, ..body },
        };
    }
    let whole = |pane| if in_use == pane { body } else { Rect::default() };
    if width >= 100 && height >= 14 {
        let card = width * 36 / 100;
        let left = width - card;
        let top = (height / 2).clamp(5, 18);
        return Areas {
            list: Rect { width: left, height: top, ..body },
            reader: Rect { width: left, y: y + top, height: height - top, x },
            reader_beside: false,
            card: Rect { x: x + left, width: card, ..body },
        };
    }
    if in_use != Pane::List {
        return Areas { reader: whole(Pane::Reader), card: whole(Pane::Card), ..Areas::default() };
    }
    if height >= 16 {
        let top = height * 3 / 5;
        let reader = Rect { y: y + top, height: height - top, ..body };
        return Areas { list: Rect { height: top, ..body }, reader, ..Areas::default() };
    }
    Areas { list: body, ..Areas::default() }
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (today, styles) = (&state.today, &state.styles);
    // Nobody waits: nothing to preview either.
    if today.pane == Pane::List && today.slot.value.as_ref().is_none_or(Vec::is_empty) {
        return waiting(state, frame, body);
    }
    let areas = areas(body, today.pane);
    if !areas.list.is_empty() {
        waiting(state, frame, areas.list);
    }
    if !areas.reader.is_empty() {
        today.reader.view(frame, areas.reader, areas.reader_beside, today.pane == Pane::Reader, styles);
    }
    if !areas.card.is_empty() {
        today.card.view(frame, areas.card, areas.card.x > 0, today.pane == Pane::Card, styles);
    }
}

fn waiting(state: &State, frame: &mut Frame, area: Rect) {
    let (today, styles) = (&state.today, &state.styles);
    let in_use = today.pane == Pane::List;
    let title = match &today.view {
        Some(view) => format!("{}: what waits, oldest first", view.name),
        None => "What waits, oldest first".to_owned(),
    };
    let inner = pane::view(frame, area, false, &title, &count(today), in_use, styles);
    if pane::missing(frame, inner, &today.slot, "what waits", styles) {
        return;
    }
    let rows = today.slot.value.as_deref().unwrap_or_default();
    if let (true, Some(trouble)) = (rows.is_empty(), state.bar.trouble()) {
        // What did not come cannot be counted: this is not “all clear”.
        let lines = [
            ("Nothing waits among the letters that are here; newer ones may not have come.", styles.text),
            ("", styles.dim),
            (trouble.as_str(), styles.bad),
            ("", styles.dim),
            ("s tries again.", styles.dim),
        ];
        return list::notice(frame, inner, &lines);
    }
    if rows.is_empty() && state.is_first_sync() {
        let lines = [
            ("Your letters are on their way, the newest first.", styles.text),
            ("", styles.dim),
            ("What waits for an answer appears here as they come. 2 opens the mail.", styles.dim),
        ];
        return list::notice(frame, inner, &lines);
    }
    if let (true, Some(view)) = (rows.is_empty(), &today.view) {
        let said = format!("Nothing of “{}” waits.", view.name);
        let lines = [
            (said.as_str(), styles.good),
            ("", styles.dim),
            ("Esc shows everything that waits, V the saved searches.", styles.dim),
        ];
        return list::notice(frame, inner, &lines);
    }
    if rows.is_empty() {
        let lines = [
            ("All clear", styles.good),
            ("", styles.dim),
            ("Nobody waits for you.", styles.text),
            ("2 opens the mail, 4 the deals, n begins a letter.", styles.dim),
        ];
        return list::notice(frame, inner, &lines);
    }
    let clock = state.clock();
    let marks = rows.iter().map(|row| format::width(&words(row, false))).max().unwrap_or(0);
    let thread = |index: usize| rows.get(index).and_then(|row| thread_of(row.subject));
    let marked = |index: usize| thread(index).is_some_and(|thread| today.marked.contains(&thread));
    list::view_marked(frame, inner, &today.cursor, in_use, marked, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| line(row, columns, marks, &clock, styles))
    });
}

fn count(today: &Today) -> String {
    let rows = today.cursor.len();
    let marked = if today.marked.is_empty() { String::new() } else { format!("{} marked · ", today.marked.len()) };
    match rows {
        0 => String::new(),
        _ if today.more => format!("{marked}{} of more than {rows}", today.cursor.index + 1),
        _ => format!("{marked}{} of {rows}", today.cursor.index + 1),
    }
}

/// Age, who and company, title, and what it raises in words.
fn line(row: &Waiting, columns: usize, marks: usize, clock: &Clock, styles: &Styles) -> Line<'static> {
    let age = match row.subject {
        Subject::Activity(_) if row.since > clock.now => clock.moment(row.since),
        _ => clock.age(row.since),
    };
    let marks = marks.min(if columns < 50 { 6 } else { columns * 3 / 10 });
    let rest = columns.saturating_sub(6 + marks + 2);
    let who = (rest * 2 / 5).min(34);
    let title = rest.saturating_sub(who);
    let name = match &row.company {
        Some(company) if !company.is_empty() => format!("{}, {company}", row.who),
        _ => row.who.to_string(),
    };
    let unread = row.counters.contains(&Counter::Unread);
    let weight = if unread { styles.strong } else { styles.text };
    let mut text = if row.title.is_empty() { "(no subject)".to_owned() } else { row.title.to_string() };
    if !row.detail.is_empty() {
        text = format!("{text} · {}", row.detail);
    }
    Line::from(vec![
        Span::styled(format::fit_right(&age, 5), styles.dim),
        Span::raw(" "),
        Span::styled(format::fit(&name, who), weight),
        Span::raw(" "),
        Span::styled(format::fit(&text, title), weight),
        Span::raw(" "),
        Span::styled(format::fit_right(&words(row, marks < 12), marks), styles.waits),
    ])
}

/// The counters of a row in short words; `one` only the most pressing.
fn words(row: &Waiting, one: bool) -> String {
    let mut words: Vec<&str> = row.counters.iter().map(|counter| short(*counter)).collect();
    if one {
        // "answer" says more than "new".
        let skip = usize::from(words.len() > 1 && words.first() == Some(&"new"));
        words.rotate_left(skip);
        words.truncate(1);
    }
    words.join(" ")
}

/// A counter in one short word, as the rows of Today show it. The help explains them.
#[must_use]
pub fn short(counter: Counter) -> &'static str {
    match counter {
        Counter::Unread => "new",
        Counter::Unanswered => "answer",
        Counter::NewLeads => "lead",
        Counter::Unfiled => "file",
        Counter::Due => "due",
        Counter::OverduePayments => "pay",
        Counter::Silent => "silent",
        Counter::OutboxTrouble => "outbox",
        Counter::JunkWatch => "junk",
    }
}
