//! Whose conversation it is: clients by name, address, company or domain, a page at a time from the store.

use super::{Overlay, room, window};
use crate::domain::filing::{ClientRow, Question};
use crate::domain::id;
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

/// The picker.
#[derive(Debug)]
pub struct Refile {
    title: String,
    threads: Vec<id::Thread>,
    field: Field,
    /// Who fits what was typed.
    pub slot: Slot<Vec<ClientRow>>,
    at: usize,
}

impl Refile {
    /// For these conversations.
    #[must_use]
    pub fn new(title: String, threads: Vec<id::Thread>) -> Self {
        Self { title, threads, field: Field::default(), slot: Slot::default(), at: 0 }
    }

    /// Asks for those who fit what stands there.
    pub fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        self.at = 0;
        let question = Question::Clients(self.field.text().trim().to_owned());
        out.push(Effect::AskFiling { generation: self.slot.ask(last), question });
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
            KeyCode::Enter => {
                if let Some(client) = rows.get(self.at).map(|row| row.client) {
                    crate::ui::filing::file_under(state, self.threads, client, out);
                    return None;
                }
            }
            _ => {
                if self.field.key(key) {
                    self.ask(&mut state.generation, out);
                }
            }
        }
        Some(Overlay::Refile(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let inner = window(frame, body, &self.title, columns, 16, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("@ ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        let place = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        if pane::missing(frame, place, &self.slot, "the clients", styles) {
            return;
        }
        let rows = self.slot.value.as_deref().unwrap_or_default();
        if rows.is_empty() {
            return list::notice(frame, place, &[("No client is called so.", styles.dim)]);
        }
        list::chosen(frame, place, (self.at, rows.len()), styles, |index, columns| {
            let Some(row) = rows.get(index) else { return Line::default() };
            Line::styled(format::ends(row.name.as_str(), row.detail.as_str(), columns), styles.text)
        });
    }
}
