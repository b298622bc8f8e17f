//! Today when there is no row: all clear, in words, or why that cannot be said.

use crate::ui::state::State;
use crate::ui::widgets::list;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn view(state: &State, frame: &mut Frame, area: Rect) {
    let styles = &state.styles;
    if let Some(trouble) = state.bar.trouble() {
        // What did not come cannot be counted: this is not “all clear”.
        let lines = [
            ("Nothing waits among the letters that are here; newer ones may not have come.", styles.text),
            ("", styles.dim),
            (trouble.as_str(), styles.bad),
            ("", styles.dim),
            ("s tries again.", styles.dim),
        ];
        return list::notice(frame, area, &lines);
    }
    if state.is_first_sync() {
        let lines = [
            ("Your letters are on their way, the newest first.", styles.text),
            ("", styles.dim),
            ("What waits for an answer appears here as they come. 2 opens the mail.", styles.dim),
        ];
        return list::notice(frame, area, &lines);
    }
    if let Some(counter) = state.today.only {
        let at_zero = format!("{} is at zero", counter.label());
        let lines =
            [(at_zero.as_str(), styles.good), ("", styles.dim), ("Esc shows everything that waits.", styles.dim)];
        return list::notice(frame, area, &lines);
    }
    let mut lines = vec![("All clear".to_owned(), styles.good), (String::new(), styles.dim)];
    lines.push(("Nobody waits for you.".to_owned(), styles.text));
    if let Some(rest) = &state.today.rest {
        lines.extend(rest.done_today().map(|done| (format!("{done}."), styles.text)));
        lines.push((String::new(), styles.dim));
        let when = |at: Timestamp| state.clock().full(at);
        let next = rest.wakes.as_ref().map(|(at, subject)| format!("“{subject}” comes back {}.", when(*at)));
        let planned = rest.planned.as_ref().map(|(at, what)| format!("Next planned: {what}, {}.", when(*at)));
        let awaited = (rest.awaited > 0).then(|| {
            let waits = if rest.awaited == 1 { "conversation waits" } else { "conversations wait" };
            format!("{} {waits} until they answer.", rest.awaited)
        });
        lines.extend([next, planned, awaited].into_iter().flatten().map(|words| (words, styles.dim)));
    }
    lines.push(("2 opens the mail, 4 the deals, n begins a letter.".to_owned(), styles.dim));
    let lines: Vec<_> = lines.iter().map(|(words, style)| (words.as_str(), *style)).collect();
    list::notice(frame, area, &lines);
}
