//! Something to be told: why a template cannot be filled.

use super::{Overlay, room, window};
use crate::domain::text::Text;
use crate::ui::keymap;
use crate::ui::state::State;
use crate::ui::widgets::list;
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
        let name = keymap::name(key);
        if matches!(name.as_deref(), Some("esc" | "q" | "enter")) {
            return None;
        }
        if let Some(to) = list::moved(name.as_deref(), self.scroll) {
            self.scroll = to.min(self.lines.len().saturating_sub(1));
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
        list::lines(frame, inner, &lines, self.scroll, &state.styles);
    }
}
