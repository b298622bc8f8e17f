//! Where conversations are moved to: folders by name, fuzzily, the last used first; or a new one.

use super::{Overlay, room, window};
use crate::domain::folder::Goal;
use crate::domain::handling::Handling;
use crate::domain::id;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::handling::{Chosen, give};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The picker.
#[derive(Debug)]
pub struct Goals {
    title: String,
    chosen: Chosen,
    field: Field,
    /// Every folder, the last used first.
    pub slot: Slot<Vec<Goal>>,
    /// Those that match, best first, by their place in the list.
    found: Vec<usize>,
    at: usize,
}

impl Goals {
    /// For these conversations.
    #[must_use]
    pub(in crate::ui) fn new(title: String, chosen: Chosen) -> Self {
        Self { title, chosen, field: Field::default(), slot: Slot::default(), found: Vec::new(), at: 0 }
    }

    /// Asks for the folders.
    pub(in crate::ui) fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        let threads = self.chosen.threads.clone();
        out.push(Effect::ListGoalsFor { generation: self.slot.ask(last), threads });
    }

    /// The folders came. The one in view is no goal.
    pub fn loaded(&mut self, generation: Generation, goals: &[Goal]) {
        if self.slot.take(generation) {
            let view = self.chosen.folder;
            self.slot.value = Some(goals.iter().filter(|goal| Some(goal.row.id) != view).cloned().collect());
            self.find();
        }
    }

    fn goals(&self) -> &[Goal] {
        self.slot.value.as_deref().unwrap_or_default()
    }

    fn find(&mut self) {
        self.at = 0;
        let pattern = Pattern::parse(self.field.text().trim(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (index, goal) in self.goals().iter().enumerate() {
            let name = Utf32Str::new(goal.row.name.as_str(), &mut buffer);
            scored.extend(pattern.score(name, &mut matcher).map(|score| (score, index)));
        }
        // Of equals the last used comes first: that is their order.
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = scored.into_iter().map(|(_, index)| index).collect();
    }

    /// What was typed, where no folder has just this name.
    fn new_name(&self) -> Option<&str> {
        let typed = self.field.text().trim();
        let known = |goal: &Goal| goal.row.name.as_str().to_lowercase() == typed.to_lowercase();
        (!typed.is_empty() && self.slot.value.is_some() && !self.goals().iter().any(known)).then_some(typed)
    }

    fn rows(&self) -> usize {
        self.found.len() + usize::from(self.new_name().is_some())
    }

    fn folder(&self) -> Option<id::Folder> {
        self.found.get(self.at).and_then(|index| self.goals().get(*index)).map(|goal| goal.row.id)
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if self.field.paste(pasted) {
            self.find();
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.rows().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Enter => {
                let handling = match (self.folder(), self.new_name()) {
                    (Some(folder), _) => Handling::Move(folder),
                    (None, Some(name)) => Handling::MoveToNew(name.to_owned()),
                    (None, None) => return Some(Overlay::Goals(self)),
                };
                give(state, handling, &self.chosen, out);
                return None;
            }
            _ => {
                if self.field.key(key) {
                    self.find();
                }
            }
        }
        Some(Overlay::Goals(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 60);
        let inner = window(frame, body, &self.title, columns, 16, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("→ ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        if pane::missing(frame, rows, &self.slot, "the folders", styles) {
            return;
        }
        if self.rows() == 0 {
            return list::notice(frame, rows, &[("No other folder. Type the name of a new one.", styles.dim)]);
        }
        list::chosen(frame, rows, (self.at, self.rows()), styles, |index, columns| {
            Line::styled(self.row(index, columns), styles.text)
        });
    }

    /// A folder with what it is for, or the new one.
    fn row(&self, index: usize, columns: usize) -> String {
        let Some(goal) = self.found.get(index).and_then(|index| self.goals().get(*index)) else {
            return format::cut(&format!("create folder “{}”", self.new_name().unwrap_or_default()), columns);
        };
        let right = match (goal.recent, goal.row.role) {
            (true, _) => "used lately",
            (false, Some(role)) => role.word(),
            (false, None) => "",
        };
        format::ends(goal.row.name.as_str(), right, columns)
    }
}
