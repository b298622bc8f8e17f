//! Every action that can be used here, found by a few of its letters.

use super::{Overlay, room, window};
use crate::ui::format;
use crate::ui::keymap::{self, BINDINGS, Binding};
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::list;
use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The palette.
#[derive(Debug)]
pub struct Palette {
    field: Field,
    all: Vec<&'static Binding>,
    found: Vec<&'static Binding>,
    at: usize,
}

impl Palette {
    /// With every action that can be used now.
    #[must_use]
    pub fn new(state: &State) -> Self {
        let target = state.target();
        let all: Vec<&'static Binding> =
            BINDINGS.iter().filter(|binding| crate::ui::hints::can(state, &target, binding.at)).collect();
        Self { field: Field::default(), found: all.clone(), all, at: 0 }
    }

    fn find(&mut self) {
        let pattern = Pattern::parse(self.field.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, &'static Binding)> = Vec::new();
        for binding in &self.all {
            let words = format!("{} {:?} {}", binding.title, binding.action, binding.short);
            let text = nucleo_matcher::Utf32Str::new(&words, &mut buffer);
            if let Some(score) = pattern.score(text, &mut matcher) {
                scored.push((score, binding));
            }
        }
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = scored.into_iter().map(|(_, binding)| binding).collect();
        self.at = 0;
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if self.field.paste(pasted) {
            self.find();
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Enter => {
                if let Some(binding) = self.found.get(self.at) {
                    crate::ui::acts::act(state, binding.action, out);
                }
                return None;
            }
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(self.found.len().saturating_sub(1)),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            _ => {
                if self.field.key(key) {
                    self.find();
                }
            }
        }
        Some(Overlay::Palette(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 70);
        let inner = window(frame, body, "What to do", columns, 18, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled(":", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 1, width: line.width.saturating_sub(1), ..line }, true, styles);
        let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        if self.found.is_empty() {
            return list::notice(frame, rows, &[("Nothing is called that here.", styles.dim)]);
        }
        let height = usize::from(rows.height).max(1);
        let first = (self.at + 1).saturating_sub(height);
        for (y, (index, binding)) in (rows.y..rows.bottom()).zip(self.found.iter().enumerate().skip(first)) {
            let keys: Vec<String> = binding.keys.iter().take(2).map(|key| keymap::shown(key)).collect();
            let mark = if index == self.at { "> " } else { "  " };
            let text = format::ends(binding.title, &keys.join(", "), usize::from(rows.width).saturating_sub(2));
            let place = Rect { y, height: 1, ..rows };
            frame.render_widget(Line::from(format!("{mark}{text}")), place);
            if index == self.at {
                frame.buffer_mut().set_style(place, styles.selected);
            }
        }
    }
}
