//! What was done, newest first, and what `u` takes back; of each act what it changed.

use super::{Overlay, room, window};
use crate::domain::change::Change;
use crate::domain::history::{Details, How};
use crate::domain::text::Text;
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
    /// The chosen act.
    at: usize,
    /// What the chosen act changed, while that is shown.
    pub details: Slot<Box<Details>>,
    open: bool,
    /// The first line of that.
    scroll: usize,
}

impl Changes {
    /// One act is shown, not the list.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.slot.value.as_ref().map_or(0, Vec::len).saturating_sub(1);
        let name = keymap::name(key);
        let by = match name.as_deref() {
            Some("j" | "down") => 1,
            Some("k" | "up") => -1,
            Some("pgdn" | "space") => 10,
            Some("pgup") => -10,
            Some("G" | "end") => isize::MAX,
            Some("g" | "home") => isize::MIN,
            _ => 0,
        };
        match name.as_deref() {
            _ if by != 0 && self.open => self.scroll = self.scroll.saturating_add_signed(by).min(self.longest()),
            _ if by != 0 => self.at = self.at.saturating_add_signed(by).min(last),
            Some("u") => out.push(Effect::Undo),
            Some("ctrl-r") => out.push(Effect::Redo),
            Some("enter" | "l" | "right") if !self.open => {
                if let Some(change) = self.chosen() {
                    let (change, generation) = (change.id, self.details.ask(&mut state.generation));
                    (self.details.value, self.scroll, self.open) = (None, 0, true);
                    out.push(Effect::LoadChange { generation, change });
                }
            }
            Some("esc" | "q" | "h" | "left" | "enter" | "backspace") if self.open => self.open = false,
            Some("esc" | "q") => return None,
            _ => {}
        }
        Some(Overlay::Changes(self))
    }

    fn chosen(&self) -> Option<&Change> {
        self.slot.value.as_ref()?.get(self.at)
    }

    /// The last line that can stand at the top.
    fn longest(&self) -> usize {
        let details = self.details.value.as_ref();
        details.map_or(0, |details| details.touched.iter().map(|touched| touched.facts.len() + 1).sum())
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        if self.open {
            return self.view_details(state, frame, body);
        }
        let styles = &state.styles;
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let inner = window(frame, body, "What was done", room(body, 96), rows.len().max(3), styles);
        if pane::missing(frame, inner, &self.slot, "the history", styles) {
            return;
        }
        if rows.is_empty() {
            return list::notice(frame, inner, &[("Nothing was done yet.", styles.dim)]);
        }
        let clock = state.clock();
        let next = rows.iter().position(|row| !row.undone);
        let columns = usize::from(inner.width).saturating_sub(1);
        let first = (self.at + 1).saturating_sub(usize::from(inner.height).max(1));
        let when = rows.iter().map(|row| format::width(&clock.full(row.at))).max().unwrap_or(0).min(columns / 3);
        for (y, (index, row)) in (inner.y..inner.bottom()).zip(rows.iter().enumerate().skip(first)) {
            let chosen = if index == self.at { ">" } else { " " };
            let mark = if Some(index) == next { "u" } else { " " };
            let state_word = if row.undone { "taken back" } else { "" };
            let left = format!("{} {}", format::fit(&clock.full(row.at), when), row.title);
            let text = format::ends(&left, state_word, columns.saturating_sub(3));
            let style = if row.undone { styles.dim } else { styles.text };
            let spans =
                vec![Span::raw(chosen), Span::styled(format!("{mark} "), styles.accent), Span::styled(text, style)];
            let place = Rect { y, height: 1, width: inner.width.saturating_sub(1), ..inner };
            frame.render_widget(Line::from(spans), place);
            if index == self.at {
                frame.buffer_mut().set_style(place, styles.selected);
            }
        }
        list::scroll_bar(frame, inner, rows.len(), first, styles);
    }

    fn view_details(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let lines = self.detail_lines(state, room(body, 96));
        let title = self.chosen().map_or_else(String::new, |change| change.title.to_string());
        let inner = window(frame, body, &title, room(body, 96), lines.len().max(4), styles);
        if pane::missing(frame, inner, &self.details, "what it changed", styles) {
            return;
        }
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(self.scroll)) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        list::scroll_bar(frame, inner, lines.len(), self.scroll, styles);
    }

    fn detail_lines(&self, state: &State, columns: usize) -> Vec<Line<'static>> {
        let (styles, clock) = (&state.styles, state.clock());
        let mut lines = Vec::new();
        if let Some(change) = self.chosen() {
            let undone = if change.undone { ", taken back since" } else { "" };
            lines.push(Line::styled(format!("{}{undone}", clock.full(change.at)), styles.dim));
        }
        let Some(details) = &self.details.value else { return lines };
        for touched in &details.touched {
            let how = match touched.how {
                How::Came => "new",
                How::Changed => "",
                How::Went => "gone",
            };
            lines
                .push(Line::styled(format::ends(touched.what.as_str(), how, columns.saturating_sub(1)), styles.strong));
            for fact in &touched.facts {
                let words = match touched.how {
                    How::Came => fact.now.to_string(),
                    How::Went => fact.then.to_string(),
                    How::Changed => format!("{} → {}", or_nothing(&fact.then), or_nothing(&fact.now)),
                };
                let name = format::fit(fact.name.as_str(), 14);
                let words = format::cut(&words, columns.saturating_sub(18));
                lines.push(Line::from(vec![
                    Span::styled(format!("  {name} "), styles.dim),
                    Span::styled(words, styles.text),
                ]));
            }
        }
        if details.more > 0 {
            lines.push(Line::styled(format!("and {} more", details.more), styles.dim));
        }
        lines
    }
}

/// A value, or that there is none.
pub(super) fn or_nothing(text: &Text) -> &str {
    if text.is_empty() { "nothing" } else { text.as_str() }
}
