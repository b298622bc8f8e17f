//! Two cards side by side, before they become one: field by field, which value is kept.

use crate::domain::merge::{Merge, Sides};
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::overlays::{room, window};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The two.
#[derive(Debug, Default)]
pub struct Joining {
    /// Both sides.
    pub slot: Slot<Box<Sides>>,
    /// Keys of the fields whose value comes from the card that goes.
    take: Vec<String>,
    at: usize,
}

impl Joining {
    pub(super) fn loaded(&mut self, generation: Generation, sides: &Sides) {
        if self.slot.take(generation) {
            self.show(sides.clone());
        }
    }

    fn show(&mut self, sides: Sides) {
        self.take = Merge::proposed(&sides).take;
        self.slot.value = Some(Box::new(sides));
    }

    pub(super) fn key(mut self, _state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Self> {
        let name = keymap::name(key);
        let Some(sides) = self.slot.value.as_deref() else {
            return (!matches!(name.as_deref(), Some("esc" | "q"))).then_some(self);
        };
        let (pair, rows) = (sides.pair, sides.choices.len());
        let field = sides.choices.get(self.at).filter(|choice| choice.differs()).map(|choice| choice.key.clone());
        match name.as_deref() {
            Some("enter") => {
                out.push(Effect::Merge(Box::new(Merge { pair, take: self.take })));
                return None;
            }
            Some("x") => {
                out.push(Effect::Different(pair));
                return None;
            }
            Some("space" | "left" | "right" | "h" | "l") => {
                if let Some(field) = field {
                    match self.take.iter().position(|taken| *taken == field) {
                        Some(taken) => drop(self.take.remove(taken)),
                        None => self.take.push(field),
                    }
                }
            }
            Some("t") => self.turn(),
            Some("j" | "down" | "tab") => self.at = (self.at + 1).min(rows.saturating_sub(1)),
            Some("k" | "up" | "shift-tab") => self.at = self.at.saturating_sub(1),
            Some("esc" | "q") => return None,
            _ => {}
        }
        Some(self)
    }

    /// Keeps the other card. The same values stay chosen.
    fn turn(&mut self) {
        let Some(mut sides) = self.slot.value.take() else { return };
        let taken = |key: &String| self.take.contains(key);
        let differing: Vec<String> =
            sides.choices.iter().filter(|choice| choice.differs()).map(|choice| choice.key.clone()).collect();
        let take = differing.into_iter().filter(|key| !taken(key)).collect();
        sides.pair = sides.pair.turned();
        sides.names = (sides.names.1, sides.names.0);
        for choice in &mut sides.choices {
            std::mem::swap(&mut choice.kept, &mut choice.gone);
        }
        for joined in &mut sides.joined {
            std::mem::swap(&mut joined.kept, &mut joined.gone);
        }
        self.take = take;
        self.slot.value = Some(sides);
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let inner =
            window(frame, body, "Make one card of two", room(body, 100), usize::from(body.height).min(26), styles);
        if pane::missing(frame, inner, &self.slot, "the two cards", styles) {
            return;
        }
        let Some(sides) = self.slot.value.as_deref() else { return };
        let columns = usize::from(inner.width).saturating_sub(1);
        let label = 14.min(columns / 4);
        let half = columns.saturating_sub(label + 2) / 2;
        let row = |name: &str, kept: &Text, gone: &Text, marks: (&str, &str), look: (Style, Style)| {
            Line::from(vec![
                Span::styled(format::fit(name, label), styles.dim),
                Span::styled(format!("{}{}", marks.0, format::fit(kept.as_str(), half.saturating_sub(2))), look.0),
                Span::styled(format!("{}{}", marks.1, format::fit(gone.as_str(), half.saturating_sub(2))), look.1),
            ])
        };
        let mut shown: Vec<Line<'static>> = Vec::new();
        let evidence = sides.evidence.iter().map(Text::as_str).collect::<Vec<_>>().join("; ");
        for line in textwrap::wrap(&evidence, columns) {
            shown.push(Line::styled(line.into_owned(), styles.dim));
        }
        shown.push(row("", &Text::own("stays"), &Text::own("goes"), ("  ", "  "), (styles.accent, styles.accent)));
        let first_choice = shown.len();
        for (index, choice) in sides.choices.iter().enumerate() {
            let taken = self.take.contains(&choice.key);
            let marks = match (choice.differs(), taken) {
                (false, _) => ("  ", "  "),
                (true, false) => ("● ", "  "),
                (true, true) => ("  ", "● "),
            };
            let look = match (choice.differs(), taken) {
                (false, _) => (styles.text, styles.text),
                (true, false) => (styles.strong, styles.dim),
                (true, true) => (styles.dim, styles.strong),
            };
            let mark = if index == self.at { ">" } else { " " };
            shown.push(row(&format!("{mark} {}", choice.label), &choice.kept, &choice.gone, marks, look));
        }
        shown.push(Line::styled("Both stay:", styles.accent));
        for joined in &sides.joined {
            shown.push(row(
                &format!("  {}", joined.label),
                &joined.kept,
                &joined.gone,
                ("+ ", "+ "),
                (styles.text, styles.text),
            ));
        }
        let height = usize::from(inner.height);
        let wanted = (first_choice + self.at + 2).saturating_sub(height);
        let first = wanted.min(shown.len().saturating_sub(height));
        super::lines(frame, inner, &shown, first);
        list::scroll_bar(frame, inner, shown.len(), first, styles);
    }
}
