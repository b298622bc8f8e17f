//! What to do at a provider's own sign-in, while it is waited for.

use crate::domain::oauth::Prompt;
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::theme::Styles;
use ratatui::text::Line;

/// The lines, `seconds` after it began. The page's address stands in whole lines of its own, without a mark or an indent, so that
/// it can be selected.
#[must_use]
pub fn lines(prompt: Option<&Prompt>, seconds: u64, columns: usize, styles: &Styles) -> Vec<Line<'static>> {
    let Some(prompt) = prompt else {
        return vec![Line::styled(format!("Asking the provider … {seconds} s"), styles.accent)];
    };
    let words = match (&prompt.code, prompt.opened) {
        (Some(_), _) => {
            let minutes = plural(prompt.minutes, "minute", "minutes");
            format!("Open this page on any device within {minutes}, and type the code there:")
        }
        (None, true) => {
            "Agree in the browser that has opened. Nothing opened? Open this page on this computer:".to_owned()
        }
        (None, false) => "No browser was found. Open this page in one on this computer:".to_owned(),
    };
    let mut lines = vec![Line::styled(format!("Waiting for you to agree … {seconds} s"), styles.accent)];
    lines.extend(textwrap::wrap(&words, columns).into_iter().map(|line| Line::styled(line.into_owned(), styles.text)));
    // A little air where there is room for it.
    let air = || (columns >= 50).then(Line::default);
    lines.extend(air());
    let whole: Vec<char> = prompt.page.as_str().chars().collect();
    lines.extend(
        whole.chunks(columns.max(1)).map(|piece| Line::styled(piece.iter().collect::<String>(), styles.accent)),
    );
    if let Some(code) = &prompt.code {
        lines.extend(air());
        lines.push(Line::styled(format::cut(code.as_str(), columns), styles.strong));
    }
    lines
}

/// As many of the lines as there is room for; an address that is cut says so.
#[must_use]
pub fn fitting(mut lines: Vec<Line<'static>>, room: usize, styles: &Styles) -> Vec<Line<'static>> {
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(Line::styled("… the rest: in a larger window", styles.dim));
    }
    lines
}
