//! The list of mailings, and the selected one in full.

use crate::domain::mailing::{MailingRow, State as Stands, progress, results};
use crate::ui::mailing_act::Timed;
use crate::ui::state::State;
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use jiff::SignedDuration;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// A pause that is longer than the pace of any mailing.
const SOON: SignedDuration = SignedDuration::from_mins(3);

/// Draws the list.
pub(super) fn list(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    if pane::missing(frame, area, &outgoing.mailings, "the mailings", styles) {
        return;
    }
    let rows = outgoing.mailings.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        let lines = [
            ("No mailings yet.", styles.text),
            ("N prepares one: a template, and a search over people. Nothing leaves before you start it.", styles.dim),
        ];
        return list::notice(frame, area, &lines);
    }
    list::view(frame, area, &outgoing.mailing_cursor, true, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |(row, left)| {
            let far = far(row, *left, state);
            let far_columns = if columns < 60 { 16 } else { 40 };
            list::columns(&[
                (row.state.word(), 9, style(row, styles)),
                (row.title.as_str(), columns.saturating_sub(far_columns + 12), styles.text),
                (&far, far_columns, styles.dim),
            ])
        })
    });
}

/// How far it is; where nothing leaves for a while (their working hours, a server that said "later") when the next one does.
fn far(row: &MailingRow, left: SignedDuration, state: &State) -> String {
    let idle = row.next_at.filter(|at| row.state == Stands::Running && at.duration_since(state.now) > SOON);
    match idle {
        Some(at) => format!("{} of {}, next {}", row.counts.over(), row.counts.of(), state.clock().full(at)),
        None => progress(&row.counts, row.state, left),
    }
}

fn style(row: &MailingRow, styles: &Styles) -> Style {
    match row.state {
        Stands::Prepared => styles.text,
        Stands::Running => styles.waits,
        Stands::Paused if !row.why.is_empty() => styles.bad,
        Stands::Paused => styles.waits,
        Stands::Done => styles.good,
    }
}

/// The selected one: its title, and lines about it.
pub(super) fn selected(state: &State) -> Option<(String, Vec<(String, Style)>)> {
    let (outgoing, styles, clock) = (&state.outgoing, &state.styles, state.clock());
    let (row, left): &Timed = outgoing.mailings.value.as_ref()?.get(outgoing.mailing_cursor.index)?;
    let language =
        if row.language.is_empty() { "each in their own language".to_owned() } else { format!("in {}", row.language) };
    let hours = if row.working_hours { "in their working hours" } else { "at any hour" };
    let mut lines = vec![
        (format!("{}: {}", row.state.word(), far(row, *left, state)), style(row, styles)),
        (
            format!("Template {} to {}, {language}, {hours}, from {}", row.template, row.segment, row.account_name),
            styles.text,
        ),
    ];
    if !row.why.is_empty() {
        lines.push((format!("Paused because {}", row.why), styles.bad));
    }
    let came = results(&row.counts);
    if !came.is_empty() {
        lines.push((format!("So far: {came}"), styles.text));
    }
    if row.counts.again > 0 {
        lines.push((format!("{} of them got a mailing of this template lately", row.counts.again), styles.bad));
    }
    if row.counts.missing > 0 {
        lines.push((
            format!("{} lack a value of the template: Enter shows which field of whose card", row.counts.missing),
            styles.bad,
        ));
    }
    if let (Stands::Running, Some(at)) = (row.state, row.next_at)
        && at > state.now
    {
        lines.push((format!("The next letter leaves {}", clock.full(at)), styles.dim));
    }
    lines.push((format!("Prepared {}", clock.full(row.created_at)), styles.dim));
    lines.push((String::new(), styles.dim));
    let advice = match row.state {
        Stands::Prepared => {
            "Enter shows every letter, c checks all again, d tries it without sending, s sends, x forgets it."
        }
        Stands::Running => "Enter shows where each recipient stands, p pauses.",
        Stands::Paused => "s goes on, Enter shows where each recipient stands.",
        Stands::Done => "Every letter has left. Enter shows what came of each.",
    };
    lines.push((advice.to_owned(), styles.dim));
    Some((row.title.to_string(), lines))
}
