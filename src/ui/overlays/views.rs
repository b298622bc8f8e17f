//! The saved searches: opened again, worked down as a queue of Today, or seen as a list of people.

use super::{Confirm, Form, Overlay, Yes, room, window};
use crate::domain::query::{Total, ViewRow};
use crate::domain::text::Text;
use crate::ui::effect::{Effect, ViewAct};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The list.
#[derive(Debug, Default)]
pub struct Views {
    /// The searches.
    pub slot: Slot<Vec<ViewRow>>,
    at: usize,
}

/// Opens the list.
pub fn open(state: &mut State, out: &mut Effects) {
    let mut views = Views::default();
    out.push(Effect::LoadViews { generation: views.slot.ask(&mut state.generation) });
    state.overlays.push(Overlay::Views(views));
}

/// Something changed: read again.
pub fn changed(state: &mut State, out: &mut Effects) {
    let mut last = state.generation;
    for overlay in &mut state.overlays {
        if let Overlay::Views(views) = overlay
            && let Some(generation) = views.slot.refresh(&mut last)
        {
            out.push(Effect::LoadViews { generation });
        }
    }
    state.generation = last;
}

impl Views {
    fn row(&self) -> Option<&ViewRow> {
        self.slot.value.as_ref()?.get(self.at)
    }

    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.slot.value.as_ref().map_or(0, Vec::len).saturating_sub(1);
        let name = keymap::name(key);
        match (name.as_deref(), self.row().map(|row| row.view.clone())) {
            (Some("j" | "down"), _) => self.at = (self.at + 1).min(last),
            (Some("k" | "up"), _) => self.at = self.at.saturating_sub(1),
            (Some("esc" | "q" | "V"), _) => return None,
            (Some("/"), _) => {
                super::search::open(state, "", out);
                return None;
            }
            (Some("u"), _) => out.push(Effect::Undo),
            (Some("enter"), Some(view)) => {
                super::search::open(state, view.query.as_str(), out);
                return None;
            }
            (Some("c"), Some(view)) => {
                super::search::open(state, &format!("kind:contact {}", view.query), out);
                return None;
            }
            (Some("t"), Some(view)) => {
                crate::ui::screens::today::show_view(state, Some(view), out);
                return None;
            }
            (Some("r"), Some(view)) => {
                state.overlays.push(Overlay::Form(Box::new(Form::rename_view(view.id, &view.name))));
            }
            (Some("d" | "x" | "delete"), Some(view)) => {
                let question = format!("Forget the search “{}”? u brings it back.", view.name);
                let yes = Yes::Do(vec![Effect::View(ViewAct::Remove(view.id))]);
                state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
            }
            _ => {}
        }
        Some(Overlay::Views(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let inner = window(frame, body, "Saved searches", room(body, 100), rows.len().max(4), styles);
        if pane::missing(frame, inner, &self.slot, "the saved searches", styles) {
            return;
        }
        if rows.is_empty() {
            let lines = [
                ("No search is kept yet.", styles.text),
                ("/ searches, and Ctrl-S there keeps the search under a name.", styles.dim),
            ];
            return list::notice(frame, inner, &lines);
        }
        let columns = usize::from(inner.width).saturating_sub(3);
        let names =
            rows.iter().map(|row| format::width(row.view.name.as_str())).max().unwrap_or(0).clamp(8, columns / 2);
        list::chosen(frame, inner, (self.at, rows.len()), styles, |index, columns| {
            let Some(row) = rows.get(index) else { return Line::default() };
            let left = format!("{}  {}", format::fit(row.view.name.as_str(), names), row.view.query);
            Line::styled(format::ends(&left, &found(row), columns), styles.text)
        });
    }
}

/// `12 letters, 3 contacts`.
fn found(row: &ViewRow) -> String {
    let nothing = |total: &Total| total.count == 0;
    let parts: Vec<String> = [(row.letters, "letter", "letters"), (row.contacts, "contact", "contacts")]
        .into_iter()
        .filter(|(total, ..)| !nothing(total))
        .map(|(total, one, many)| total.in_words(one, many))
        .collect();
    if parts.is_empty() { Text::own("nothing now").into() } else { parts.join(", ") }
}
