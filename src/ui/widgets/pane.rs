//! A pane: a titled line on top, a line at its left where another pane is, and what it holds.

use crate::domain::problem::Problem;
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::theme::Styles;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where a pane's content goes: below the title, right of the line.
#[must_use]
pub fn inner(area: Rect, line_at_left: bool) -> Rect {
    let left = u16::from(line_at_left).min(area.width);
    Rect {
        x: area.x + left,
        y: area.y + area.height.min(1),
        width: area.width - left,
        height: area.height.saturating_sub(1),
    }
}

/// Draws title and line; gives the place for the content. The pane in use has a heavy line: never by colour alone.
pub fn view(
    frame: &mut Frame,
    area: Rect,
    line_at_left: bool,
    title: &str,
    note: &str,
    in_use: bool,
    styles: &Styles,
) -> Rect {
    if area.is_empty() {
        return area;
    }
    let inner = inner(area, line_at_left);
    let rule = if in_use { "━" } else { "─" };
    let columns = usize::from(inner.width);
    let note = if note.is_empty() { String::new() } else { format!(" {} ", format::cut(note, columns / 2)) };
    let room = columns.saturating_sub(format::width(&note) + 6);
    let title = if title.is_empty() { String::new() } else { format!(" {} ", format::cut(title, room)) };
    let rest = columns.saturating_sub(format::width(&title) + format::width(&note) + 2);
    let line_style = if in_use { styles.accent } else { styles.line };
    let title_style = if in_use { styles.accent } else { styles.strong };
    let line = Line::from(vec![
        Span::styled(rule, line_style),
        Span::styled(title, title_style),
        Span::styled(rule.repeat(rest), line_style),
        Span::styled(note, styles.dim),
        Span::styled(rule, line_style),
    ]);
    frame.render_widget(line, Rect { height: 1, x: inner.x, width: inner.width, y: area.y });
    if line_at_left {
        for y in area.y..area.bottom() {
            let mark = if y == area.y { "┬" } else { "│" };
            frame.render_widget(Span::styled(mark, styles.line), Rect { y, width: 1, height: 1, x: area.x });
        }
    }
    inner
}

/// Draws "loading" or what went wrong instead of a value that is not there; true when it did.
pub fn missing<T>(frame: &mut Frame, area: Rect, slot: &Slot<T>, what: &str, styles: &Styles) -> bool {
    if let Some(problem) = &slot.problem {
        broken(frame, area, problem, styles);
        return true;
    }
    if slot.is_loading() {
        super::list::notice(frame, area, &[(&format!("Loading {what}…"), styles.dim)]);
    }
    slot.value.is_none()
}

/// Draws what went wrong and what to do.
pub fn broken(frame: &mut Frame, area: Rect, problem: &Problem, styles: &Styles) {
    // A problem is our own sentence, but it may quote a server or a file.
    let sentence = crate::domain::text::Text::line(&problem.sentence);
    let hint = crate::domain::text::Text::line(problem.hint.as_deref().unwrap_or("Ctrl-L tries again"));
    super::list::notice(frame, area, &[(sentence.as_str(), styles.bad), ("", styles.dim), (hint.as_str(), styles.dim)]);
}
