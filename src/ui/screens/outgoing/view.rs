//! How Outgoing looks.

use super::state::Tab;
use super::{follow_ups, mailings};
use crate::domain::outbox::{DraftRow, OutgoingRow, State as Stand};
use crate::domain::text::{Text, plural};
use crate::ui::event::TemplateRow;
use crate::ui::format;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// Where the panes are.
#[derive(Debug, Clone, Copy)]
pub struct Areas {
    /// The list.
    pub list: Rect,
    /// What the selected row is, in full.
    pub detail: Rect,
}

/// The list, and below it the selected row in full.
#[must_use]
pub fn areas(body: Rect) -> Areas {
    if body.height < 12 {
        return Areas { list: body, detail: Rect::default() };
    }
    let top = body.height * 11 / 20;
    Areas { list: Rect { height: top, ..body }, detail: Rect { y: body.y + top, height: body.height - top, ..body } }
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    let areas = areas(body);
    let tabs: Vec<String> = Tab::ALL
        .iter()
        .map(|tab| if *tab == outgoing.tab { format!("[{}]", tab.title()) } else { tab.title().to_owned() })
        .collect();
    let inner = pane::view(frame, areas.list, false, &tabs.join("  "), "", true, styles);
    match outgoing.tab {
        Tab::Outbox => outbox(state, frame, inner),
        Tab::Drafts => drafts(state, frame, inner),
        Tab::Templates => templates(state, frame, inner),
        Tab::Mailings => mailings::list(state, frame, inner),
        Tab::FollowUps => follow_ups::list(state, frame, inner),
    }
    if !areas.detail.is_empty() {
        detail(state, frame, areas.detail);
    }
}

/// The state of a letter in words.
#[must_use]
pub fn stand(row: &OutgoingRow, clock: &Clock, styles: &Styles) -> (String, Style) {
    let seconds = row.not_before.map_or(0, |at| at.as_second() - clock.now.as_second());
    match row.state {
        Stand::Held if seconds > 90 => {
            (format!("leaves {}", row.not_before.map_or_else(String::new, |at| clock.full(at))), styles.waits)
        }
        Stand::Held => (format!("leaves in {} s", seconds.max(0)), styles.waits),
        Stand::Queued if seconds > 0 => (format!("tries again in {}", soon(seconds)), styles.waits),
        Stand::Queued => ("waits for its turn".to_owned(), styles.text),
        Stand::Sending => ("being sent".to_owned(), styles.text),
        Stand::Sent => furthest(row, styles),
        Stand::Refused => ("refused".to_owned(), styles.bad),
        Stand::Uncertain => ("maybe sent".to_owned(), styles.bad),
    }
}

/// How far a sent letter came, as its ladder tells.
fn furthest(row: &OutgoingRow, styles: &Styles) -> (String, Style) {
    let has = |begins: &str| row.evidence.iter().any(|rung| rung.what.as_str().starts_with(begins));
    let (words, style) = if has("answered by") {
        ("answered", styles.good)
    } else if has("not delivered to") {
        ("not delivered", styles.bad)
    } else if has("not accepted for") {
        ("sent, not to everybody", styles.bad)
    } else if has("read by") {
        ("read", styles.good)
    } else if has("delivered to") {
        ("delivered", styles.good)
    } else {
        ("sent", styles.good)
    };
    (words.to_owned(), style)
}

fn soon(seconds: i64) -> String {
    if seconds < 90 { format!("{seconds} s") } else { format!("{} min", (seconds + 30) / 60) }
}

fn outbox(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    if pane::missing(frame, area, &outgoing.outbox, "the outbox", styles) {
        return;
    }
    let rows = outgoing.outbox.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        let lines = [("Nothing is on its way.", styles.text), ("n begins a letter.", styles.dim)];
        return list::notice(frame, area, &lines);
    }
    let clock = state.clock();
    list::view(frame, area, &outgoing.cursor, true, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| {
            let (words, style) = stand(row, &clock, styles);
            let state_columns = if columns < 50 { 13 } else { 24 };
            three(
                &words,
                state_columns,
                style,
                row.to.as_str(),
                row.subject.as_str(),
                &clock.moment(row.created_at),
                columns,
                styles,
            )
        })
    });
}

fn drafts(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    if pane::missing(frame, area, &outgoing.drafts, "the drafts", styles) {
        return;
    }
    let rows = outgoing.drafts.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return list::notice(frame, area, &[("No drafts.", styles.text), ("n begins a letter.", styles.dim)]);
    }
    let clock = state.clock();
    list::view(frame, area, &outgoing.draft_cursor, true, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| {
            let to = if row.to.is_empty() { "(to nobody yet)" } else { row.to.as_str() };
            three("", 0, styles.text, to, row.subject.as_str(), &clock.moment(row.saved_at), columns, styles)
        })
    });
}

fn templates(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    if pane::missing(frame, area, &outgoing.templates, "the templates", styles) {
        return;
    }
    let rows = outgoing.templates.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        return list::notice(frame, area, &[("No templates yet.", styles.text)]);
    }
    list::view(frame, area, &outgoing.template_cursor, true, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| {
            let (subject, style) = match &row.problem {
                Some(_) => ("cannot be used, see below", styles.bad),
                None => (row.subject.as_str(), styles.dim),
            };
            let name = (columns / 3).min(30);
            list::columns(&[
                (row.name.as_str(), name, styles.text),
                (row.language.as_str(), 3, styles.dim),
                (subject, columns.saturating_sub(name + 5), style),
            ])
        })
    });
}

/// State, to whom, subject, when.
#[allow(clippy::too_many_arguments)]
fn three(
    state: &str,
    state_columns: usize,
    state_style: Style,
    to: &str,
    subject: &str,
    when: &str,
    columns: usize,
    styles: &Styles,
) -> Line<'static> {
    let when_columns = if columns < 40 { 0 } else { 7 };
    let rest = columns.saturating_sub(state_columns + usize::from(state_columns > 0) + when_columns + 2);
    let to_columns = (rest * 2 / 5).min(34);
    let subject = if subject.is_empty() { "(no subject)" } else { subject };
    list::columns(&[
        (state, state_columns, state_style),
        (to, to_columns, styles.text),
        (subject, rest.saturating_sub(to_columns), styles.text),
        (&format::fit_right(when, when_columns), when_columns, styles.dim),
    ])
}

/// The selected row in full.
fn detail(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    let (title, lines) = match outgoing.tab {
        Tab::Outbox => outgoing.row().map(|row| (row.subject.to_string(), letter(row, &state.clock(), styles))),
        Tab::Drafts => outgoing.draft().map(|row| (row.subject.to_string(), draft(row, &state.clock(), styles))),
        Tab::Templates => outgoing.template().map(|row| (row.name.to_string(), template(row, styles))),
        Tab::Mailings => mailings::selected(state),
        Tab::FollowUps => follow_ups::selected(state),
    }
    .unwrap_or_default();
    if lines.is_empty() {
        return;
    }
    let inner = pane::view(frame, area, false, &title, "", false, styles);
    let columns = usize::from(inner.width).saturating_sub(3).max(1);
    let mut y = inner.y;
    for (text, style) in lines {
        for part in textwrap::wrap(&text, columns) {
            if y >= inner.bottom() {
                return;
            }
            let line = Line::styled(format!("  {part}"), style);
            frame.render_widget(line, Rect { y, height: 1, ..inner });
            y += 1;
        }
    }
}

fn letter(row: &OutgoingRow, clock: &Clock, styles: &Styles) -> Vec<(String, Style)> {
    let (words, style) = stand(row, clock, styles);
    let mut lines = vec![
        (format!("To {} from account {}, queued {}", row.to, row.account, clock.full(row.created_at)), styles.text),
        (format!("State: {words}"), style),
    ];
    if row.attempts > 0 {
        lines.push((format!("Tried {}", plural(u64::from(row.attempts), "time", "times")), styles.text));
    }
    if !row.last_answer.is_empty() {
        // What was never tried was answered by no server.
        let who = if row.attempts > 0 { "The server said: " } else { "" };
        lines.push((format!("{who}{}", row.last_answer), styles.text));
    }
    if !row.overridden.is_empty() {
        let spite: Vec<&str> = row.overridden.lines().collect();
        lines.push((format!("Sent in spite of: {}", spite.join("; ")), styles.text));
    }
    for rung in &row.evidence {
        lines.push((format!("{}  {}", clock.full(rung.at), rung.what), styles.text));
    }
    lines.push((String::new(), styles.dim));
    let advice = match row.state {
        Stand::Held => "U takes it back into the editor, r sends it at once, x throws it away.",
        Stand::Queued => "U takes it back into the editor, r tries at once, x throws it away.",
        Stand::Sending => "It is on the wire; nothing can be done for a moment.",
        Stand::Sent => "",
        Stand::Refused => {
            "It was not sent. U takes it back into the editor, r sends it again as it is, x throws it away."
        }
        Stand::Uncertain => {
            "The connection broke before the server answered: it may have arrived, and is never sent again by itself. \
             x when it did, r sends it again when it did not. Ask them, or look into Sent."
        }
    };
    lines.push((advice.to_owned(), styles.dim));
    lines
}

fn draft(row: &DraftRow, clock: &Clock, styles: &Styles) -> Vec<(String, Style)> {
    vec![
        (format!("Last saved {}", clock.full(row.saved_at)), styles.dim),
        (row.snippet.to_string(), styles.text),
        (String::new(), styles.dim),
        ("Enter goes on writing, x throws it away.".to_owned(), styles.dim),
    ]
}

fn template(row: &TemplateRow, styles: &Styles) -> Vec<(String, Style)> {
    let mut lines = Vec::new();
    if let Some(problem) = &row.problem {
        lines.push((Text::line(&problem.to_string()).into(), styles.bad));
        lines.push((String::new(), styles.dim));
    }
    let from = match (row.mine, row.file.is_empty()) {
        (_, true) => String::new(),
        (true, _) => format!("Your file {}", row.file),
        (false, _) => format!("{} comes with Postbook; e makes it a file of yours", row.file),
    };
    let facts = [from.as_str(), row.purpose.as_str()].into_iter().filter(|fact| !fact.is_empty());
    lines.extend(facts.map(|fact| (fact.to_owned(), styles.dim)));
    lines.push((format!("Subject: {}", row.subject), styles.strong));
    lines.push((String::new(), styles.dim));
    lines.extend(row.preview.lines().map(|line| (line.to_owned(), styles.text)));
    lines
}
