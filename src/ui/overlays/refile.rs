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
        let height = usize::from(place.height).max(1);
        let first = (self.at + 1).saturating_sub(height);
        for (y, (index, row)) in (place.y..place.bottom()).zip(rows.iter().enumerate().skip(first)) {
            let mark = if index == self.at { "> " } else { "  " };
            let text = format::ends(row.name.as_str(), row.detail.as_str(), usize::from(place.width).saturating_sub(3));
            let at = Rect { y, height: 1, ..place };
            frame.render_widget(Line::styled(format!("{mark}{text}"), styles.text), at);
            if index == self.at {
                frame.buffer_mut().set_style(at, styles.selected);
            }
        }
        list::scroll_bar(frame, place, rows.len(), first, styles);
    }
}
