//! Lists for people: columns aligned by display width, times in the user's zone.

use crate::domain::text::{Text, plural};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::io::IsTerminal;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Where the words of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Columns and rows of sanitised text.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(&'static str, Side)>,
    rows: Vec<Vec<Text>>,
}

impl Table {
    /// A table with these columns. The last one may be cut on a narrow terminal.
    #[must_use]
    pub fn new(columns: &[(&'static str, Side)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// One more row.
    pub fn row(&mut self, cells: Vec<Text>) {
        self.rows.push(cells);
    }

    /// The lines, the header first; cut to `width` columns where that is known.
    #[must_use]
    pub fn lines(&self, width: Option<usize>) -> Vec<String> {
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, (name, _))| {
                let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.as_str().width());
                cells.chain([name.width()]).max().unwrap_or(0)
            })
            .collect();
        let header: Vec<Text> = self.columns.iter().map(|(name, _)| Text::own(name)).collect();
        std::iter::once(&header).chain(&self.rows).map(|row| cut(&self.line(row, &widths), width)).collect()
    }

    fn line(&self, row: &[Text], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, (_, side)), width) in row.iter().zip(&self.columns).zip(widths) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let blanks = " ".repeat(width.saturating_sub(cell.as_str().width()));
            match side {
                Side::Left => line.extend([cell.as_str(), &blanks]),
                Side::Right => line.extend([&blanks, cell.as_str()]),
            }
        }
        line.trim_end().to_owned()
    }

    /// The table as it is printed, each line led by `indent`.
    #[must_use]
    pub fn print(&self, indent: &str) -> String {
        let width = terminal_width().map(|width| width.saturating_sub(indent.width()));
        self.lines(width).iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
    }
}

/// How wide standard output is; `None` when it is no terminal: then nothing is cut.
#[must_use]
pub fn terminal_width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns)).filter(|columns| *columns >= 20)
}

/// As much of a line as fits, with `…` where something is left out; never half a character.
#[must_use]
pub fn cut(line: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| line.width() > *width) else { return line.to_owned() };
    let mut kept = String::new();
    let mut taken = 0;
    for part in line.graphemes(true) {
        if taken + part.width() + 1 > width {
            break;
        }
        taken += part.width();
        kept.push_str(part);
    }
    kept.push('…');
    kept
}

/// `2026-11-23 14:05` where the user is.
#[must_use]
pub fn time(at: Timestamp, zone: &TimeZone) -> Text {
    Text::from(at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
}

/// The same, or nothing.
#[must_use]
pub fn time_or_empty(at: Option<Timestamp>, zone: &TimeZone) -> Text {
    at.map(|at| time(at, zone)).unwrap_or_default()
}

/// `5 minutes ago`, in the largest unit that says it.
#[must_use]
pub fn ago(at: Timestamp, now: &Zoned) -> String {
    let seconds = u64::try_from(now.timestamp().as_second() - at.as_second()).unwrap_or(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => format!("{} ago", plural(seconds / 60, "minute", "minutes")),
        3_600..86_400 => format!("{} ago", plural(seconds / 3_600, "hour", "hours")),
        _ => format!("{} ago", plural(seconds / 86_400, "day", "days")),
    }
}

/// A number as a cell.
#[must_use]
pub fn number(number: impl std::fmt::Display) -> Text {
    Text::from(number.to_string())
}

/// A cell that may be empty.
#[must_use]
pub fn cell(text: Option<&Text>) -> Text {
    text.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_the_screen_shows() {
        let mut table = Table::new(&[("name", Side::Left), ("n", Side::Right), ("subject", Side::Left)]);
        table.row(vec![Text::own("Łódź"), number(7), Text::own("a")]);
        table.row(vec![Text::own("株式会社"), number(120), Text::own("b")]);
        assert_eq!(table.lines(None), ["name        n  subject", "Łódź        7  a", "株式会社  120  b"]);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        for (line, width, expected) in [
            ("short", Some(10), "short"),
            ("exactly10!", Some(10), "exactly10!"),
            ("a longer line", Some(8), "a longe…"),
            ("株式会社", Some(6), "株式…"),
            ("株式会社", None, "株式会社"),
        ] {
            assert_eq!(cut(line, width), expected);
        }
    }

    #[test]
    fn how_long_ago() {
        let now: Zoned = "2026-11-23T10:00:00+01:00[Europe/Warsaw]".parse().unwrap();
        for (at, expected) in [
            ("2026-11-23T09:00:00Z", "just now"),
            ("2026-11-23T09:05:00Z", "just now"),
            ("2026-11-23T08:59:00Z", "1 minute ago"),
            ("2026-11-23T06:00:00Z", "3 hours ago"),
            ("2026-11-20T06:00:00Z", "3 days ago"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), &now), expected, "{at}");
        }
        assert_eq!(time("2026-11-23T06:00:00Z".parse().unwrap(), now.time_zone()).as_str(), "2026-11-23 07:00");
    }
}
