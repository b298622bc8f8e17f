//! Search through all letters, as it is typed.

use super::{Overlay, room, window};
use crate::domain::query::Hit;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Clock, Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The search.
#[derive(Debug, Default)]
pub struct Search {
    field: Field,
    /// What was found.
    pub slot: Slot<Vec<Hit>>,
    at: usize,
}

/// Asks for what stands in the topmost search.
pub(super) fn ask(state: &mut State, out: &mut Effects) {
    if let Some(Overlay::Search(search)) = state.overlays.last_mut() {
        search.ask(&mut state.generation, out);
    }
}

impl Search {
    fn ask(&mut self, last: &mut u64, out: &mut Effects) {
        self.at = 0;
        let query = self.field.text().trim().to_owned();
        if query.is_empty() {
            self.slot = Slot::default();
        } else {
            out.push(Effect::LoadSearch { generation: self.slot.ask(last), query });
        }
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        self.field.paste(pasted);
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.slot.value.as_ref().map_or(0, Vec::len).saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::Enter => {
                if let Some(hit) = self.slot.value.as_ref().and_then(|hits| hits.get(self.at)) {
                    let (thread, letter) = (hit.thread, hit.message);
                    crate::ui::acts::push_reader(state, thread, Some(letter), out);
                    // Back from the letter leads to what was found.
                    state.parked = Some((state.pages.len(), Overlay::Search(self)));
                    return None;
                }
            }
            _ => {
                if self.field.key(key) {
                    self.ask(&mut state.generation, out);
                }
            }
        }
        Some(Overlay::Search(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 110);
        let inner = window(frame, body, "Search all letters", columns, usize::from(body.height), styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("/", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 1, width: line.width.saturating_sub(1), ..line }, true, styles);
        let rows = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        if self.field.text().trim().is_empty() {
            let hint = "Words of a letter, a name, an address. All of them must occur; \"in quotes\" in this order.";
            return list::notice(frame, rows, &[(hint, styles.dim)]);
        }
        if pane::missing(frame, rows, &self.slot, "what was found", styles) {
            return;
        }
        let hits = self.slot.value.as_deref().unwrap_or_default();
        if hits.is_empty() {
            let words = self.field.text().chars().any(char::is_alphanumeric);
            let said = if words { "No letter has all these words." } else { "Only words can be searched for." };
            let hint = "A name, an address or the begin of a word is enough; fewer words find more.";
            return list::notice(frame, rows, &[(said, styles.text), (hint, styles.dim)]);
        }
        let clock = state.clock();
        let height = usize::from(rows.height / 2).max(1);
        let first = (self.at + 1).saturating_sub(height);
        let mut y = rows.y;
        for (index, hit) in hits.iter().enumerate().skip(first) {
            if y + 1 >= rows.bottom() {
                break;
            }
            let place = Rect { y, height: 2, width: rows.width.saturating_sub(1), ..rows };
            for (offset, line) in (0..).zip(hit_lines(hit, index == self.at, usize::from(place.width), &clock, styles))
            {
                frame.render_widget(line, Rect { y: y + offset, height: 1, ..place });
            }
            if index == self.at {
                frame.buffer_mut().set_style(place, styles.selected);
            }
            y += 2;
        }
        list::scroll_bar(frame, rows, hits.len() * 2, first * 2, styles);
    }
}

/// Who and when with the subject, and the words around what was found.
fn hit_lines(hit: &Hit, selected: bool, columns: usize, clock: &Clock, styles: &Styles) -> [Line<'static>; 2] {
    let mark = if selected { "> " } else { "  " };
    let who = hit.contact.as_ref().unwrap_or(&hit.from);
    let who_columns = (columns / 3).min(28);
    let subject = if hit.subject.is_empty() { "(no subject)" } else { hit.subject.as_str() };
    let head = format!("{} {subject}", format::fit(who.as_str(), who_columns));
    let head = format::ends(&head, &clock.moment(hit.date), columns.saturating_sub(2));
    let snippet = format::cut(hit.snippet.as_str(), columns.saturating_sub(4));
    [
        Line::from(vec![Span::raw(mark), Span::styled(head, styles.text)]),
        Line::styled(format!("    {snippet}"), styles.dim),
    ]
}
