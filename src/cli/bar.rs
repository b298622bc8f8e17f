//! Progress of what takes long: one line that changes, on a terminal only.

use super::table::cut;
use std::io::{self, IsTerminal, Write};

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A document a line.
    Json,
    /// One line that changes, on standard error.
    Bar,
    /// A line for each thing that is done.
    Lines,
}

impl Style {
    /// In JSON where that is asked for, with a bar on a terminal, else in lines.
    #[must_use]
    pub fn new(as_json: bool) -> Self {
        match (as_json, io::stderr().is_terminal() && io::stdout().is_terminal()) {
            (true, _) => Self::Json,
            (false, true) => Self::Bar,
            (false, false) => Self::Lines,
        }
    }
}

/// The line that changes; it is cleared before anything else is printed, and at the end.
#[derive(Debug, Default)]
pub struct Bar {
    shown: bool,
}

impl Bar {
    /// Shows this instead of what the line said before.
    pub fn show(&mut self, text: &str) {
        let width = crossterm::terminal::size().map_or(79, |(columns, _)| usize::from(columns).saturating_sub(1));
        let _ = io::stderr().lock().write_all(format!("\r\x1b[K{}", cut(text, Some(width))).as_bytes());
        self.shown = true;
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = io::stderr().lock().write_all(b"\r\x1b[K");
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `[#####...............]`; of nothing all is done.
#[must_use]
pub fn filled(done: u64, of: u64) -> String {
    const WIDTH: u64 = 20;
    let part = done.saturating_mul(WIDTH).checked_div(of).unwrap_or(WIDTH).min(WIDTH);
    let (done, open) = (usize::try_from(part).unwrap_or(0), usize::try_from(WIDTH - part).unwrap_or(0));
    format!("[{}{}]", "#".repeat(done), ".".repeat(open))
}
