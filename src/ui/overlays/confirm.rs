//! A yes or no.

use super::{Overlay, room, window};
use crate::ui::effect::Effect;
use crate::ui::keymap;
use crate::ui::state::{Effects, State};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// What yes does.
#[derive(Debug)]
pub enum Yes {
    /// These.
    Do(Vec<Effect>),
    /// Leaves the letter being written: its draft is kept, and the program ends.
    SaveAndQuit,
    /// A pasted path is a file to attach; no pastes it as text.
    Attach {
        /// The path.
        path: String,
        /// As it was pasted.
        pasted: String,
    },
}

/// A question.
#[derive(Debug)]
pub struct Confirm {
    /// The question, with what follows from yes.
    pub question: String,
    /// What yes does.
    pub yes: Yes,
}

impl Confirm {
    pub(super) fn key(self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        match keymap::name(key).as_deref() {
            Some("y" | "Y" | "enter") => match self.yes {
                Yes::Do(effects) => out.extend(effects),
                Yes::Attach { path, .. } => out.push(Effect::ReadFile { path }),
                Yes::SaveAndQuit => {
                    crate::ui::compose::save_now(state, out);
                    out.push(Effect::Quit);
                }
            },
            Some("n" | "N" | "esc" | "q") => {
                if let Yes::Attach { pasted, .. } = &self.yes {
                    crate::ui::compose::paste_text(state, pasted);
                }
            }
            _ => return Some(Overlay::Confirm(self)),
        }
        None
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let columns = room(body, 60);
        let lines = textwrap::wrap(&self.question, columns);
        let inner = window(frame, body, "Sure?", columns, lines.len() + 2, &state.styles);
        for (y, line) in (inner.y..inner.bottom()).zip(&lines) {
            frame.render_widget(Line::from(line.as_ref()), Rect { y, height: 1, ..inner });
        }
        if inner.height > 1 {
            let keys = Line::styled("y yes   n no", state.styles.accent);
            frame.render_widget(keys, Rect { y: inner.bottom() - 1, height: 1, ..inner });
        }
    }
}
