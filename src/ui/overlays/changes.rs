//! What was done, newest first, and what `u` takes back.

use super::{Overlay, room, window};
use crate::domain::change::Change;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The history.
#[derive(Debug, Default)]
pub struct Changes {
    /// The acts.
    pub slot: Slot<Vec<Change>>,
    /// The first line on the screen.
    pub scroll: usize,
}

impl Changes {
    pub(super) fn key(mut self, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let rows = self.slot.value.as_ref().map_or(0, Vec::len);
        match keymap::name(key).as_deref() {
            Some("u") => out.push(Effect::Undo),
            Some("j" | "down") => self.scroll = (self.scroll + 1).min(rows.saturating_sub(1)),
            Some("k" | "up") => self.scroll = self.scroll.saturating_sub(1),
            Some("pgdn" | "space") => self.scroll = (self.scroll + 10).min(rows.saturating_sub(1)),
            Some("pgup") => self.scroll = self.scroll.saturating_sub(10),
            Some("esc" | "q" | "enter") => return None,
            _ => {}
        }
        Some(Overlay::Changes(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let inner = window(frame, body, "What was done", room(body, 76), rows.len().max(3), styles);
        if pane::missing(frame, inner, &self.slot, "the history", styles) {
            return;
        }
        if rows.is_empty() {
            return list::notice(frame, inner, &[("Nothing was done yet.", styles.dim)]);
        }
        let clock = state.clock();
        let next = rows.iter().position(|row| !row.undone);
        let columns = usize::from(inner.width).saturating_sub(1);
        for (y, (index, row)) in (inner.y..inner.bottom()).zip(rows.iter().enumerate().skip(self.scroll)) {
            let mark = if Some(index) == next { "u" } else { " " };
            let state_word = if row.undone { "taken back" } else { "" };
            let left = format!("{} {}", format::fit(&clock.moment(row.at), 7), row.title);
            let text = format::ends(&left, state_word, columns.saturating_sub(2));
            let style = if row.undone { styles.dim } else { styles.text };
            let line = Line::from(vec![Span::styled(format!("{mark} "), styles.accent), Span::styled(text, style)]);
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        list::scroll_bar(frame, inner, rows.len(), self.scroll, styles);
    }
}
