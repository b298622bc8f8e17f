//! How Today looks.

use super::state::{Pane, Today};
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::domain::urgency::{self, Raise};
use crate::domain::work_time::WorkTime;
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

/// Where the panes are now: the card has the preview's place where there is no conversation, and no place of its own.
#[must_use]
pub fn areas_now(state: &State) -> Areas {
    let (today, body) = (&state.today, state.body());
    let areas = areas(body, today.pane);
    if areas.card.is_empty() && !areas.list.is_empty() && today.reader.thread().is_none() && today.card.of().is_some() {
        return Areas { card: areas.reader, reader: Rect::default(), ..areas };
    }
    areas
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (today, styles) = (&state.today, &state.styles);
    // Nothing waits: nothing to preview either.
    if today.pane == Pane::List && today.slot.value.as_ref().is_none_or(Vec::is_empty) {
        return waiting(state, frame, body);
    }
    let areas = areas_now(state);
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

/// How many rows the list shows.
#[must_use]
pub fn page(state: &State) -> usize {
    usize::from(pane::inner(areas(state.body(), Pane::List).list, false).height).max(1)
}

fn waiting(state: &State, frame: &mut Frame, area: Rect) {
    let (today, styles) = (&state.today, &state.styles);
    let in_use = today.pane == Pane::List;
    let title = match (today.only, &today.view) {
        (Some(counter), Some(view)) => format!("{}: only {}, oldest first", view.name, counter.label()),
        (Some(counter), None) => format!("Only {}, oldest first", counter.label()),
        (None, Some(view)) => format!("{}: what waits, oldest first", view.name),
        (None, None) => "What waits, oldest first".to_owned(),
    };
    let inner = pane::view(frame, area, false, &title, &count(today), in_use, styles);
    if pane::missing(frame, inner, &today.slot, "what waits", styles) {
        return;
    }
    let rows = today.slot.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return super::clear::view(state, frame, inner);
    }
    let clock = state.clock();
    let work = &state.setup.practice.work;
    let marks = rows.iter().map(|row| format::width(&words(row, false, work))).max().unwrap_or(0);
    let thread = |index: usize| rows.get(index).and_then(|row| thread_of(row.subject));
    let marked = |index: usize| thread(index).is_some_and(|thread| today.marked.contains(&thread));
    list::view_marked(frame, inner, &today.cursor, in_use, marked, styles, |index, columns| {
        let follows = today.follows(index);
        rows.get(index).map_or_else(Line::default, |row| line(row, follows, columns, marks, &clock, work, styles))
    });
}

fn count(today: &Today) -> String {
    let rows = today.cursor.len();
    if rows == 0 {
        return String::new();
    }
    let mut parts = Vec::new();
    if !today.marked.is_empty() {
        parts.push(format!("{} marked", today.marked.len()));
    }
    if !today.order.arrived.is_empty() {
        parts.push(format!("{} new above, gg", today.order.arrived.len()));
    }
    if !today.order.skipped.is_empty() {
        parts.push(format!("{} skipped", today.order.skipped.len()));
    }
    let of = if today.more { "of more than" } else { "of" };
    parts.push(format!("{} {of} {rows}", today.cursor.index + 1));
    parts.join(" · ")
}

/// Age, who and company, title, and what it raises in words. What is raised has a mark for each time.
/// Below another row of the same client the company is not named again.
fn line(
    row: &Waiting,
    follows: bool,
    columns: usize,
    marks: usize,
    clock: &Clock,
    work: &WorkTime,
    styles: &Styles,
) -> Line<'static> {
    let age = match row.subject {
        Subject::Activity(_) if row.since > clock.now => clock.moment(row.since),
        _ => clock.age(row.since),
    };
    let marks = marks.min(if columns < 50 { 6 } else { columns * 2 / 5 });
    let rest = columns.saturating_sub(6 + marks + 2);
    let who = (rest * 2 / 5).min(34);
    let title = rest.saturating_sub(who);
    let name = match &row.company {
        _ if follows => format!("  {}", row.who),
        Some(company) if !company.is_empty() => format!("{}, {company}", row.who),
        _ => row.who.to_string(),
    };
    let unread = row.counters.contains(&Counter::Unread);
    let weight = if unread { styles.strong } else { styles.text };
    let mut text = if row.title.is_empty() { "(no subject)".to_owned() } else { row.title.to_string() };
    if !row.assigned.is_empty() {
        text = format!("[{}] {text}", row.assigned);
    }
    // First: what nobody need answer twice is read in a narrow list too.
    if row.on_its_way {
        text = format!("answer on its way: {text}");
    }
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
        Span::styled(format::fit_right(&words(row, marks < 12, work), marks), styles.waits),
    ])
}

/// What raises a row, how late my answer is, and its counters in short words; `one` only the most pressing of these.
fn words(row: &Waiting, one: bool, work: &WorkTime) -> String {
    if let Subject::Offered(_) = row.subject {
        return "letter".to_owned();
    }
    let mut words: Vec<&str> = row.counters.iter().map(|counter| short(*counter)).collect();
    if one {
        // "answer" says more than "new".
        let skip = usize::from(words.len() > 1 && words.first() == Some(&"new"));
        words.rotate_left(skip);
        words.truncate(1);
        return words.join(" ");
    }
    let late = row.raised.iter().find_map(|raise| match raise {
        Raise::PastTarget(minutes) => Some(urgency::over_in_words(*minutes, work)),
        _ => None,
    });
    let mut parts = Vec::new();
    // By their client, not by their age.
    let dear = row.raised.len().saturating_sub(usize::from(late.is_some()));
    if dear > 0 {
        parts.push("^".repeat(dear));
    }
    parts.extend(late);
    parts.extend(words.into_iter().map(str::to_owned));
    parts.join(" ")
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
