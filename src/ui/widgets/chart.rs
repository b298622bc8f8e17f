//! Charts of block characters, with their numbers in words beside them: they are read without any colour.

use crate::ui::format;
use crate::ui::theme::Styles;
use ratatui::text::{Line, Span};

/// Eighths of a cell, from the bottom.
const RISING: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Eighths of a cell, from the left.
const GROWING: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A bar that grows to the right: `columns` for `most`. What is not nothing is never drawn as nothing.
#[must_use]
pub fn bar(value: u64, most: u64, columns: usize) -> String {
    let eighths = share(value, most, columns * 8);
    let mut bar = "█".repeat(eighths / 8);
    bar.extend(GROWING.get(eighths % 8).filter(|part| **part != ' '));
    bar
}

/// So many parts of `parts` as `value` is of `most`; at least one where it is not nothing.
fn share(value: u64, most: u64, parts: usize) -> usize {
    let parts_wide = u128::try_from(parts).unwrap_or(0);
    let part = (u128::from(value.min(most)) * parts_wide).checked_div(u128::from(most)).unwrap_or(0);
    usize::try_from(part).unwrap_or(parts).max(usize::from(value > 0))
}

/// One line of small columns, for a row of a table.
#[must_use]
pub fn spark(values: &[u64], columns: usize) -> String {
    let (values, _) = narrowed(values, columns);
    let most = values.iter().copied().max().unwrap_or(0);
    values.iter().map(|value| RISING.get(share(*value, most, 8)).copied().unwrap_or(' ')).collect()
}

/// Neighbours become one where there are more values than columns: their mean, rounded up so that something stays something.
/// Gives how many became one.
fn narrowed(values: &[u64], columns: usize) -> (Vec<u64>, usize) {
    let each = values.len().div_ceil(columns.max(1)).max(1);
    let mean = |part: &[u64]| {
        let sum: u64 = part.iter().sum();
        sum.div_ceil(u64::try_from(part.len()).unwrap_or(1).max(1))
    };
    (values.chunks(each).map(mean).collect(), each)
}

/// Columns that rise: a chart of `height` lines and a line of labels below.
pub struct Rising<'a> {
    /// The values, in order.
    pub values: &'a [u64],
    /// A label for each value; those that have room are written.
    pub labels: &'a [String],
    /// A number as it is written at the left edge.
    pub number: &'a dyn Fn(u64) -> String,
    /// Lines of the chart.
    pub height: usize,
    /// Columns it may take.
    pub columns: usize,
}

impl Rising<'_> {
    /// Its lines.
    #[must_use]
    pub fn lines(&self, styles: &Styles) -> Vec<Line<'static>> {
        let most = self.values.iter().copied().max().unwrap_or(0);
        let edge = format::width(&(self.number)(most)).max(1) + 4;
        let room = self.columns.saturating_sub(edge).max(1);
        let (values, each) = narrowed(self.values, room);
        let wide = (room / values.len().max(1)).clamp(1, 7);
        let most = values.iter().copied().max().unwrap_or(0);
        let mut lines = Vec::new();
        for level in (0..self.height).rev() {
            let number = match level {
                0 => (self.number)(0),
                top if top + 1 == self.height => (self.number)(most),
                _ => String::new(),
            };
            let mark = if number.is_empty() { "│" } else { "┤" };
            let mut columns = String::new();
            for value in &values {
                let filled = share(*value, most, self.height * 8).saturating_sub(level * 8).min(8);
                let cell = RISING.get(filled).copied().unwrap_or(' ');
                columns.extend(std::iter::repeat_n(cell, wide.saturating_sub(1).max(1)));
                if wide > 1 {
                    columns.push(' ');
                }
            }
            lines.push(Line::from(vec![
                Span::styled(format!("  {} {mark}", format::fit_right(&number, edge - 4)), styles.dim),
                Span::styled(columns, styles.accent),
            ]));
        }
        lines.push(Line::styled(format!("{}{}", " ".repeat(edge), self.under(each, wide, values.len())), styles.dim));
        lines
    }

    /// The labels that have room, each under the first column it is about.
    fn under(&self, each: usize, wide: usize, count: usize) -> String {
        let mut line = String::new();
        for (place, label) in self.labels.iter().step_by(each).enumerate().take(count) {
            let column = place * wide;
            let used = format::width(&line);
            if (used == 0 || used < column) && column + format::width(label) <= count * wide + 6 {
                line.push_str(&" ".repeat(column - used.min(column)));
                line.push_str(label);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Theme;

    #[test]
    fn bars_grow_with_their_values() {
        for (value, most, columns, expected) in [
            (0, 10, 8, ""),
            (10, 10, 8, "████████"),
            (5, 10, 8, "████"),
            (1, 10_000, 8, "▏"),
            (9, 16, 2, "█▏"),
            (3, 0, 4, "▏"),
        ] {
            assert_eq!(bar(value, most, columns), expected, "{value} of {most}");
        }
        assert_eq!(spark(&[0, 1, 4, 8], 10), " ▁▄█");
        assert_eq!(spark(&[0, 2, 4, 4], 2), "▂█", "more values than columns");
    }

    #[test]
    fn a_chart_has_numbers_and_labels() {
        let labels: Vec<String> = ["1 Nov", "2 Nov", "3 Nov"].map(str::to_owned).to_vec();
        let chart = |values: &[u64], columns| -> Vec<String> {
            let chart = Rising { values, labels: &labels, number: &|n| n.to_string(), height: 3, columns };
            chart.lines(&Theme::None.styles()).iter().map(|line| line.to_string().trim_end().to_owned()).collect()
        };
        assert_eq!(
            chart(&[0, 3, 12], 40),
            [
                "  12 ┤              ██████",
                "     │              ██████",
                "   0 ┤       ▆▆▆▆▆▆ ██████",
                "      1 Nov  2 Nov  3 Nov"
            ]
        );
        assert_eq!(
            chart(&[4, 4, 4], 16).last().unwrap().trim(),
            "1 Nov 3 Nov",
            "labels that have no room are left out"
        );
        assert_eq!(chart(&[], 12), ["  0 ┤", "    │", "  0 ┤", ""]);
    }
}
