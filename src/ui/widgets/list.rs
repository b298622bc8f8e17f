//! Rows with a selected one, and the bar that says where we are.

use super::cursor::Cursor;
use crate::ui::format;
use crate::ui::theme::Styles;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Scrollbar, ScrollbarOrientation, ScrollbarState};

/// Columns before a row: the mark of the selected one, and the `*` of those that are marked.
pub const MARKS: usize = 2;

/// Draws the rows on the screen, each by `row(index, columns)`, with a mark before the selected one.
pub fn view<K: Copy + PartialEq>(
    frame: &mut Frame,
    area: Rect,
    cursor: &Cursor<K>,
    in_use: bool,
    styles: &Styles,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    view_marked(frame, area, cursor, in_use, |_| false, styles, row);
}

/// The same where rows can be marked: a `*` beside the mark of the selected one.
pub fn view_marked<K: Copy + PartialEq>(
    frame: &mut Frame,
    area: Rect,
    cursor: &Cursor<K>,
    in_use: bool,
    marked: impl Fn(usize) -> bool,
    styles: &Styles,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    let columns = usize::from(area.width).saturating_sub(3);
    for (y, index) in (area.y..area.bottom()).zip(cursor.offset..cursor.len()) {
        let selected = index == cursor.index;
        let mut line = row(index, columns);
        line.spans.insert(0, Span::raw(if selected { ">" } else { " " }));
        line.spans.insert(1, Span::styled(if marked(index) { "*" } else { " " }, styles.waits));
        let place = Rect { y, height: 1, width: area.width.saturating_sub(1), ..area };
        frame.render_widget(&line, place);
        if selected {
            frame.buffer_mut().set_style(place, if in_use { styles.selected } else { styles.idle });
        }
    }
    scroll_bar(frame, area, cursor.len(), cursor.offset, styles);
}

/// The rows of a list in a window, each by `row(index, columns)`, so far down that the chosen one is seen.
pub fn chosen(
    frame: &mut Frame,
    area: Rect,
    (at, count): (usize, usize),
    styles: &Styles,
    row: impl Fn(usize, usize) -> Line<'static>,
) {
    let first = (at + 1).saturating_sub(usize::from(area.height).max(1));
    let columns = usize::from(area.width).saturating_sub(3);
    for (y, index) in (area.y..area.bottom()).zip(first..count) {
        let mut line = row(index, columns);
        line.spans.insert(0, Span::raw(if index == at { "> " } else { "  " }));
        let place = Rect { y, height: 1, ..area };
        frame.render_widget(line, place);
        if index == at {
            frame.buffer_mut().set_style(place, styles.selected);
        }
    }
    scroll_bar(frame, area, count, first, styles);
}

/// Lines that are only read, from `scroll` on, but no further down than their end needs.
pub fn lines(frame: &mut Frame, area: Rect, lines: &[Line<'static>], scroll: usize, styles: &Styles) {
    let first = scroll.min(lines.len().saturating_sub(usize::from(area.height)));
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(first)) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
    scroll_bar(frame, area, lines.len(), first, styles);
}

/// Where the keys of a window's list or lines lead from `at`; `None` when this key is none of them. The end is the caller's.
#[must_use]
pub fn moved(key: Option<&str>, at: usize) -> Option<usize> {
    match key? {
        "j" | "down" => Some(at.saturating_add(1)),
        "k" | "up" => Some(at.saturating_sub(1)),
        "pgdn" | "space" => Some(at.saturating_add(10)),
        "pgup" => Some(at.saturating_sub(10)),
        _ => None,
    }
}

/// The bar at the right edge, when there is more than fits.
pub fn scroll_bar(frame: &mut Frame, area: Rect, rows: usize, offset: usize, styles: &Styles) {
    let height = usize::from(area.height);
    if rows <= height || height < 2 {
        return;
    }
    let mut state = ScrollbarState::new(rows - height + 1).position(offset).viewport_content_length(height);
    let bar = Scrollbar::new(ScrollbarOrientation::VerticalRight)
        .begin_symbol(None)
        .end_symbol(None)
        .track_symbol(None)
        .thumb_symbol("▐")
        .style(styles.line);
    frame.render_stateful_widget(bar, area, &mut state);
}

/// A message in the middle of an empty pane: what it means, and what to do.
pub fn notice(frame: &mut Frame, area: Rect, lines: &[(&str, ratatui::style::Style)]) {
    let columns = usize::from(area.width).saturating_sub(2).max(1);
    let mut rows = Vec::new();
    for (text, style) in lines {
        for part in textwrap::wrap(text, columns) {
            rows.push(Line::styled(part.into_owned(), *style).centered());
        }
    }
    let count = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(count) / 3;
    for (y, line) in (top..area.bottom()).zip(rows) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

/// Columns of a row: each text cut and filled to its width, parted by one blank.
#[must_use]
pub fn columns(cells: &[(&str, usize, ratatui::style::Style)]) -> Line<'static> {
    let mut spans = Vec::new();
    for (text, width, style) in cells {
        if *width > 0 {
            spans.push(Span::styled(format::fit(text, *width), *style));
            spans.push(Span::raw(" "));
        }
    }
    spans.pop();
    Line::from(spans)
}
