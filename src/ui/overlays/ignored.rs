//! Senders that are hidden: by address, by domain, by pattern; more are added and shown again here.

use super::{Overlay, room, window};
use crate::domain::filing::{ByHand, Ignored as Row, Question};
use crate::domain::text::plural;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The list, with a line to add to it.
#[derive(Debug, Default)]
pub struct Ignored {
    field: Field,
    /// The patterns.
    pub slot: Slot<Vec<Row>>,
    at: usize,
}

impl Ignored {
    /// Asks for the list.
    pub fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        out.push(Effect::AskFiling { generation: self.slot.ask(last), question: Question::Ignored });
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        self.field.paste(pasted);
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let last = rows.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Enter if !self.field.text().trim().is_empty() => {
                out.push(Effect::ByHand(Box::new(ByHand::Ignore(self.field.text().trim().to_owned()))));
                self.field = Field::default();
                self.ask(&mut state.generation, out);
            }
            KeyCode::Delete => {
                if let Some(row) = rows.get(self.at) {
                    out.push(Effect::ByHand(Box::new(ByHand::Unignore(row.pattern.to_string()))));
                    self.ask(&mut state.generation, out);
                }
            }
            _ => drop(self.field.key(key)),
        }
        Some(Overlay::Ignored(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 70);
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let inner = window(frame, body, "Ignored senders", columns, rows.len().clamp(4, 14) + 2, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("+ ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        let place = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        if pane::missing(frame, place, &self.slot, "the senders", styles) {
            return;
        }
        if rows.is_empty() {
            let how = "Type an address, *@x.example or newsletter*@*, then Enter. Letters are hidden, not deleted.";
            return list::notice(frame, place, &[("Nobody is ignored.", styles.text), (how, styles.dim)]);
        }
        list::chosen(frame, place, (self.at, rows.len()), styles, |index, columns| {
            let Some(row) = rows.get(index) else { return Line::default() };
            let letters = plural(row.letters, "letter", "letters");
            Line::styled(format::ends(row.pattern.as_str(), &letters, columns), styles.text)
        });
    }
}
