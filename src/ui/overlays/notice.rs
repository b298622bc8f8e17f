//! Something to be told: why a template cannot be filled.

use super::{Overlay, room, window};
use crate::domain::text::Text;
use crate::ui::keymap;
use crate::ui::state::State;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A title and lines.
#[derive(Debug)]
pub struct Notice {
    /// What it is about.
    pub title: String,
    /// What is said.
    pub lines: Vec<Text>,
    /// The first line on the screen.
    pub scroll: usize,
}

impl Notice {
    pub(super) fn key(mut self, key: KeyEvent) -> Option<Overlay> {
        match keymap::name(key).as_deref() {
            Some("j" | "down" | "pgdn") => self.scroll = (self.scroll + 1).min(self.lines.len().saturating_sub(1)),
            Some("k" | "up" | "pgup") => self.scroll = self.scroll.saturating_sub(1),
            Some("esc" | "q" | "enter") => return None,
            _ => {}
        }
        Some(Overlay::Notice(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let columns = room(body, 72);
        let mut lines = Vec::new();
        for text in &self.lines {
            lines.extend(textwrap::wrap(text.as_str(), columns).into_iter().map(|line| Line::from(line.into_owned())));
        }
        let inner = window(frame, body, &self.title, columns, lines.len(), &state.styles);
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(self.scroll)) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }
}
