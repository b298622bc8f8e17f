//! A new person or company: what is typed stays until it is entered.

use super::{Overlay, room, window};
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::field::Noun;
use crate::domain::problem::Problem;
use crate::ui::card::Of;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The form.
#[derive(Debug)]
pub struct Enter {
    noun: Noun,
    facts: Vec<(Fact, Field)>,
    at: usize,
    wrong: Option<String>,
    waits: bool,
}

impl Enter {
    /// Empty.
    #[must_use]
    pub fn new(noun: Noun) -> Self {
        let facts: &[Fact] = match noun {
            Noun::Company => &[Fact::Name, Fact::Domains, Fact::Tags],
            _ => &[Fact::Given, Fact::Family, Fact::Addresses, Fact::Phones, Fact::Company, Fact::Position, Fact::Tags],
        };
        let facts = facts.iter().map(|fact| (fact.clone(), Field::default())).collect();
        Self { noun, facts, at: 0, wrong: None, waits: false }
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if let Some((_, field)) = self.facts.get_mut(self.at) {
            field.paste(pasted);
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.facts.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            _ if self.waits => {}
            KeyCode::Enter => self.submit(state, out),
            KeyCode::Tab | KeyCode::Down => self.at = if self.at >= last { 0 } else { self.at + 1 },
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            _ => {
                self.wrong = None;
                if let Some((_, field)) = self.facts.get_mut(self.at) {
                    field.key(key);
                }
            }
        }
        Some(Overlay::Enter(self))
    }

    fn submit(&mut self, state: &State, out: &mut Effects) {
        for (place, (fact, field)) in self.facts.iter().enumerate() {
            if let Err(wrong) = fact.check(field.text(), self.noun, &state.setup.practice) {
                (self.at, self.wrong) = (place, Some(wrong));
                return;
            }
        }
        self.waits = true;
        let edits = self.facts.iter().map(|(fact, field)| (fact.clone(), field.text().to_owned()));
        out.push(Effect::EnterCard { noun: self.noun, edits: edits.collect() });
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 64);
        let (said, style) = match &self.wrong {
            Some(wrong) => (wrong.as_str(), styles.bad),
            None if self.noun == Noun::Company => {
                ("Letters of its domains are filed under it. Enter enters it.", styles.dim)
            }
            None => ("Old letters of the addresses are filed under them. Enter enters them.", styles.dim),
        };
        let said = textwrap::wrap(said, columns);
        let title = if self.noun == Noun::Company { "New company" } else { "New contact" };
        let inner = window(frame, body, title, columns, self.facts.len() + 1 + said.len(), styles);
        let label = 14.min(inner.width);
        for (y, (index, (fact, field))) in (inner.y..inner.bottom()).zip(self.facts.iter().enumerate()) {
            let in_use = index == self.at;
            let mark = if in_use { ">" } else { " " };
            let style = if in_use { styles.accent } else { styles.dim };
            let text = format!("{mark}{}", format::fit(fact.label().as_str(), usize::from(label).saturating_sub(1)));
            frame.render_widget(Span::styled(text, style), Rect { y, height: 1, width: label, ..inner });
            let place = Rect { x: inner.x + label, y, width: inner.width - label, height: 1 };
            field.view(frame, place, in_use, styles);
        }
        let top = inner.y + u16::try_from(self.facts.len()).unwrap_or(0) + 1;
        for (y, line) in (top..inner.bottom()).zip(said) {
            frame.render_widget(Line::styled(line.into_owned(), style), Rect { y, height: 1, ..inner });
        }
    }
}

/// It was entered and its card opens, or what is wrong is said and all of it stays.
pub fn entered(state: &mut State, outcome: Result<Whose, Problem>, out: &mut Effects) {
    let place = state.overlays.iter().position(|overlay| matches!(overlay, Overlay::Enter(enter) if enter.waits));
    match (outcome, place) {
        (Ok(whose), place) => {
            if let Some(place) = place {
                state.overlays.remove(place);
                crate::ui::acts::push_card(state, Of::from(whose), out);
            }
        }
        (Err(problem), Some(place)) => {
            if let Some(Overlay::Enter(enter)) = state.overlays.get_mut(place) {
                let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
                enter.wrong = Some(format!("{}{hint}", problem.sentence));
                enter.waits = false;
            }
        }
        (Err(problem), None) => {
            let now = state.now;
            state.bar.problem(problem, now);
        }
    }
}
