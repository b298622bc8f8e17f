//! The top: the screens with their keys, and the counters, or `all clear`.

use crate::domain::counter::{Counter, Counters};
use crate::ui::format;
use crate::ui::screens::today::short;
use crate::ui::state::{Screen, State};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The places of the screens in the first line: start and end column.
#[must_use]
pub fn tabs(state: &State) -> Vec<(Screen, String, usize, usize)> {
    let names = |long: bool| -> Vec<String> {
        (1..)
            .zip(Screen::ALL)
            .map(|(key, screen)| match (screen == state.screen, long) {
                (true, _) => format!("[{key} {}]", screen.title()),
                (false, true) => format!(" {key} {} ", screen.title()),
                (false, false) => format!(" {key} "),
            })
            .collect()
    };
    let long = names(true);
    let fits = long.iter().map(|name| format::width(name)).sum::<usize>() <= usize::from(state.width);
    let mut column = 0;
    let mut tabs = Vec::new();
    for (screen, name) in Screen::ALL.into_iter().zip(if fits { long } else { names(false) }) {
        let end = column + format::width(&name);
        tabs.push((screen, name, column, end));
        column = end;
    }
    tabs
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, area: Rect) {
    let styles = &state.styles;
    let mut spans = Vec::new();
    let mut used = 0;
    for (screen, name, _, end) in tabs(state) {
        used = end;
        spans.push(Span::styled(name, if screen == state.screen { styles.accent } else { styles.text }));
    }
    let room = usize::from(area.width).saturating_sub(used);
    let mut note = state.here_and_now().strftime("%a %-d %b %H:%M").to_string();
    if state.setup.demo {
        note = format!("demo: nothing is sent · {note}");
    }
    if format::width(&note) + 2 > room {
        let words = ["demo: nothing is sent", "demo"].into_iter().find(|words| words.len() + 2 <= room);
        note = words.filter(|_| state.setup.demo).unwrap_or_default().to_owned();
    }
    spans.push(Span::styled(format::fit_right(&format!("{note} "), room), styles.dim));
    frame.render_widget(Line::from(spans), Rect { height: 1, ..area });
    if area.height > 1 {
        let line = counters(state, usize::from(area.width));
        frame.render_widget(line, Rect { y: area.y + 1, height: 1, ..area });
    }
}

/// The counters: all nine in full where they fit, those that are not zero in full, or in short words; the zeros dim.
fn counters(state: &State, columns: usize) -> Line<'static> {
    let styles = &state.styles;
    let Some(counters) = &state.counters.value else {
        let words = if state.counters.problem.is_some() { " the counters cannot be read" } else { "" };
        return Line::styled(words, styles.bad);
    };
    if counters.all_clear() && state.bar.trouble().is_some() {
        return Line::styled(" nothing waits here, but not all mail has come", styles.bad);
    }
    if counters.all_clear() && state.is_first_sync() {
        return Line::styled(" the first letters are on their way", styles.waits);
    }
    if counters.all_clear() {
        return Line::styled(" all clear", styles.good);
    }
    let (parts, gap, fits) = chosen(counters, columns);
    // Where not all of them fit, the last column says that there are more.
    let mut room = columns.saturating_sub(1 + usize::from(!fits));
    let mut spans = vec![Span::raw(" ")];
    for (counter, number, word) in &parts {
        let needed = number.len() + word.len() + 1;
        if needed > room {
            spans.push(Span::styled("…", styles.dim));
            break;
        }
        room = room.saturating_sub(needed + gap);
        // The one that Today is limited to.
        let only = state.screen == Screen::Today && state.today.only == Some(*counter);
        let style = if number == "0" { styles.dim } else { styles.waits };
        spans.push(Span::styled(format!("{word} "), if only { styles.accent } else { styles.dim }));
        spans.push(Span::styled(format!("{number}{}", " ".repeat(gap)), style));
    }
    Line::from(spans)
}

/// A counter with its number and its word.
type Part = (Counter, String, &'static str);

/// What is shown of the counters in so many columns, how far apart, and whether all of it fits.
fn chosen(counters: &Counters, columns: usize) -> (Vec<Part>, usize, bool) {
    let waits = |counter: &Counter| counters.get(*counter) > 0;
    let all = parts(counters, |_| true, Counter::label);
    let long = parts(counters, waits, Counter::label);
    let brief = parts(counters, waits, short);
    let room = columns.saturating_sub(1);
    let (parts, gap) = [(all, 2), (long, 2), (brief.clone(), 2)]
        .into_iter()
        .find(|(parts, gap)| wide(parts, *gap) <= room)
        .unwrap_or((brief, 1));
    let fits = wide(&parts, gap) <= room;
    (parts, gap, fits)
}

/// The counter that is drawn at a column of the second line.
#[must_use]
pub fn counter_at(state: &State, column: usize) -> Option<Counter> {
    let counters = state.counters.value.as_ref().filter(|counters| !counters.all_clear())?;
    let (parts, gap, _) = chosen(counters, usize::from(state.width));
    let mut begins = 1;
    for (counter, number, word) in parts {
        let ends = begins + number.len() + word.len() + 1;
        if (begins..ends).contains(&column) {
            return Some(counter);
        }
        begins = ends + gap;
    }
    None
}

fn wide(parts: &[Part], gap: usize) -> usize {
    parts.iter().map(|(_, number, word)| number.len() + word.len() + 1 + gap).sum::<usize>().saturating_sub(gap)
}

fn parts(counters: &Counters, wanted: impl Fn(&Counter) -> bool, word: impl Fn(Counter) -> &'static str) -> Vec<Part> {
    let part = |counter: Counter| (counter, counters.get(counter).to_string(), word(counter));
    Counter::ALL.into_iter().filter(wanted).map(part).collect()
}
