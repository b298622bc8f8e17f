//! Every action by name: what can be used here first, what works elsewhere when it was asked for.

use super::{Overlay, room, window};
use crate::ui::format;
use crate::ui::keymap::{self, BINDINGS, Binding};
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::list;
use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The palette.
#[derive(Debug)]
pub struct Palette {
    field: Field,
    here: Vec<&'static Binding>,
    found: Vec<&'static Binding>,
    at: usize,
}

impl Palette {
    /// With every action that can be used now.
    #[must_use]
    pub fn new(state: &State) -> Self {
        let target = state.target();
        let here: Vec<&'static Binding> =
            BINDINGS.iter().filter(|binding| crate::ui::hints::can(state, &target, binding.at)).collect();
        Self { field: Field::default(), found: here.clone(), here, at: 0 }
    }

    fn find(&mut self) {
        self.at = 0;
        if self.field.text().trim().is_empty() {
            self.found.clone_from(&self.here);
            return;
        }
        // Whole pieces of words; single letters in their order only where nothing has the pieces.
        self.found = self.matching(AtomKind::Substring);
        if self.found.is_empty() {
            self.found = self.matching(AtomKind::Fuzzy);
        }
    }

    fn matching(&self, kind: AtomKind) -> Vec<&'static Binding> {
        let pattern = Pattern::new(self.field.text(), CaseMatching::Ignore, Normalization::Smart, kind);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(bool, u32, &'static Binding)> = Vec::new();
        for binding in BINDINGS {
            let words = format!("{} {:?} {}", binding.title, binding.action, binding.short);
            let text = nucleo_matcher::Utf32Str::new(&words, &mut buffer);
            if let Some(score) = pattern.score(text, &mut matcher) {
                scored.push((self.is_here(binding), score, binding));
            }
        }
        scored.sort_by_key(|(here, score, _)| std::cmp::Reverse((*here, *score)));
        scored.into_iter().map(|(.., binding)| binding).collect()
    }

    fn is_here(&self, binding: &Binding) -> bool {
        self.here.iter().any(|here| here.action == binding.action)
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
                match self.found.get(self.at) {
                    Some(binding) if self.is_here(binding) => crate::ui::acts::act(state, binding.action, out),
                    Some(binding) => {
                        let key = binding.keys.first().map_or_else(String::new, |key| keymap::shown(key));
                        crate::ui::tell::elsewhere(state, binding, &key);
                    }
                    None => {}
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
            return list::notice(frame, rows, &[("Nothing is called that.", styles.dim)]);
        }
        list::chosen(frame, rows, (self.at, self.found.len()), styles, |index, columns| {
            let Some(binding) = self.found.get(index) else { return Line::default() };
            let keys: Vec<String> = binding.keys.iter().take(2).map(|key| keymap::shown(key)).collect();
            let keys = keys.join(", ");
            let keys = if self.is_here(binding) { keys } else { format!("not here  {keys}") };
            let style = if self.is_here(binding) { styles.text } else { styles.dim };
            Line::styled(format::ends(binding.title, &keys, columns), style)
        });
    }
}
