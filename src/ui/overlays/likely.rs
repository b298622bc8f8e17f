//! Conversations of the same client that may be one with this: proposed with what speaks for each, joined by my word.

use super::{Overlay, room, window};
use crate::domain::filing::{ByHand, Likely as Row, Question};
use crate::domain::id;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The proposals.
#[derive(Debug)]
pub struct Likely {
    title: String,
    thread: id::Thread,
    /// What may belong to it.
    pub slot: Slot<Vec<Row>>,
    at: usize,
}

impl Likely {
    /// For this conversation; asks the store.
    #[must_use]
    pub fn new(title: String, thread: id::Thread, last: &mut Generation, out: &mut Effects) -> Self {
        let mut likely = Self { title, thread, slot: Slot::default(), at: 0 };
        out.push(Effect::AskFiling { generation: likely.slot.ask(last), question: Question::Likely(thread) });
        likely
    }

    pub(super) fn key(mut self: Box<Self>, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let rows = self.slot.value.as_deref().unwrap_or_default();
        match keymap::name(key).as_deref() {
            Some("j" | "down" | "tab") => self.at = (self.at + 1).min(rows.len().saturating_sub(1)),
            Some("k" | "up" | "shift-tab") => self.at = self.at.saturating_sub(1),
            Some("esc" | "q") => return None,
            Some("enter") => {
                if let Some(other) = rows.get(self.at).map(|row| row.thread) {
                    out.push(Effect::ByHand(Box::new(ByHand::Join(vec![self.thread, other]))));
                    return None;
                }
            }
            _ => {}
        }
        Some(Overlay::Likely(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let (styles, clock) = (&state.styles, state.clock());
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let columns = room(body, 80);
        let title = format!("May be one with: {}", self.title);
        let inner = window(frame, body, &title, columns, (rows.len() * 2).clamp(4, 20), styles);
        if pane::missing(frame, inner, &self.slot, "the conversations", styles) {
            return;
        }
        if rows.is_empty() {
            let how = "Mark those that belong together with Space, then & joins them.";
            let none = "No other conversation of this client looks like this one.";
            return list::notice(frame, inner, &[(none, styles.text), (how, styles.dim)]);
        }
        let columns = usize::from(inner.width).saturating_sub(3);
        let shown = usize::from(inner.height / 2).max(1);
        let first = (self.at + 1).saturating_sub(shown);
        for (slot, (index, row)) in (0..u16::try_from(shown).unwrap_or(1)).zip(rows.iter().enumerate().skip(first)) {
            let place = Rect { y: inner.y + slot * 2, height: 2, ..inner };
            let mark = if index == self.at { ">" } else { " " };
            let text = format::ends(row.subject.as_str(), &clock.moment(row.last_at), columns);
            frame.render_widget(Line::styled(format!("{mark} {text}"), styles.text), Rect { height: 1, ..place });
            let why = format::cut(row.evidence.as_str(), columns.saturating_sub(2));
            let below = Rect { y: place.y + 1, height: 1, ..place };
            frame.render_widget(Line::styled(format!("    {why}"), styles.dim), below);
            if index == self.at {
                frame.buffer_mut().set_style(place, styles.selected);
            }
        }
        list::scroll_bar(frame, inner, rows.len(), first, styles);
    }
}
