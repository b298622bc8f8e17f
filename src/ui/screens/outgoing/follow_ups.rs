//! The list of letters that wait for an answer, and the selected one in full.

use crate::domain::sequence::{SequenceRow, Standing};
use crate::ui::format;
use crate::ui::state::State;
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// Columns of where one stands: `due, see Today`.
const STANDING: usize = 14;

/// Draws the list.
pub(super) fn list(state: &State, frame: &mut Frame, area: Rect) {
    let (outgoing, styles) = (&state.outgoing, &state.styles);
    if pane::missing(frame, area, &outgoing.follow_ups, "the follow-ups", styles) {
        return;
    }
    let rows = outgoing.follow_ups.value.as_deref().unwrap_or_default();
    if rows.is_empty() {
        let lines = [
            ("No letter waits for an answer.", styles.text),
            ("n at the last look says what follows when nobody answers;", styles.dim),
            ("g n says it for a letter that has left.", styles.dim),
        ];
        return list::notice(frame, area, &lines);
    }
    list::view(frame, area, &outgoing.follow_up_cursor, true, styles, |index, columns| {
        rows.get(index).map_or_else(Line::default, |row| {
            let (next, rest) = (next(row), columns.saturating_sub(STANDING + 3));
            let (next_columns, who) = ((rest / 4).min(24), (rest / 3).min(28));
            list::columns(&[
                (&row.standing.words(), STANDING, style(&row.standing, styles)),
                (row.who.as_str(), who, styles.text),
                (row.subject.as_str(), rest.saturating_sub(who + next_columns), styles.text),
                (&format::fit_right(&next, next_columns), next_columns, styles.dim),
            ])
        })
    });
}

/// What follows, in two words.
fn next(row: &SequenceRow) -> String {
    match row.follow_up.step {
        0 => "reminder".to_owned(),
        step => format!("{}, step {step}", row.follow_up.pack),
    }
}

fn style(standing: &Standing, styles: &Styles) -> Style {
    match standing {
        Standing::Waits(_) => styles.text,
        Standing::Offered | Standing::Leaving => styles.waits,
        Standing::Begun => styles.text,
        Standing::Done => styles.good,
        Standing::Stopped(_) => styles.dim,
    }
}

/// The selected one: its title, and lines about it.
pub(super) fn selected(state: &State) -> Option<(String, Vec<(String, Style)>)> {
    let (styles, clock) = (&state.styles, state.clock());
    let row = state.outgoing.follow_up()?;
    let mut lines = vec![
        (format!("Your letter to {} left {}", row.who, clock.full(row.since)), styles.text),
        (format!("{}.", sentence(&row.follow_up.words())), styles.text),
    ];
    let stands = match &row.standing {
        Standing::Waits(day) => format!("Nothing follows before {}.", day.strftime("%A, %-d %B")),
        Standing::Offered => "It is due: the letter is offered at the end of Today.".to_owned(),
        Standing::Leaving => {
            "The letter is in the outbox; it leaves when the mailbox was looked at once more.".to_owned()
        }
        Standing::Begun => "The next letter was begun: it stands among the drafts until it is sent.".to_owned(),
        Standing::Done => "It went on: the next letter was sent, or a later one took its place.".to_owned(),
        Standing::Stopped(why) => format!("It was stopped: {why}."),
    };
    lines.push((stands, style(&row.standing, styles)));
    lines.push((String::new(), styles.dim));
    let advice = match row.standing {
        Standing::Waits(_) | Standing::Offered | Standing::Leaving => {
            "Any letter of theirs, a meeting, a bounce, an opt-out or the end of the deal stops it by itself; an \
             out-of-office moves it. x stops it, Enter opens the conversation."
        }
        Standing::Begun | Standing::Done | Standing::Stopped(_) => "Enter opens the conversation.",
    };
    lines.push((advice.to_owned(), styles.dim));
    Some((row.subject.to_string(), lines))
}

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
