//! A client by name: people and companies, found while their name is typed.

use super::{Form, Overlay, room, window};
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::ClientRow;
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The picker of a new deal's client.
#[derive(Debug, Default)]
pub struct PickClient {
    field: Field,
    /// Those that were found.
    pub slot: Slot<Vec<ClientRow>>,
    at: usize,
}

impl PickClient {
    /// Asks for those whose name has the words typed.
    pub(in crate::ui) fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        let words = self.field.text().trim().to_owned();
        out.push(Effect::FindBuyers { generation: self.slot.ask(last), words });
        self.at = 0;
    }

    pub(super) fn paste(&mut self, pasted: &str, last: &mut Generation, out: &mut Effects) {
        if self.field.paste(pasted) {
            self.ask(last, out);
        }
    }

    fn rows(&self) -> &[ClientRow] {
        self.slot.value.as_deref().unwrap_or_default()
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        // The last line is "nobody yet".
        let last = self.rows().len();
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Enter => {
                let (contact, company, who) = match self.rows().get(self.at) {
                    Some(row) => (row.contact, row.company, row.name.clone()),
                    None => (None, None, Text::default()),
                };
                new_deal(state, contact, company, &who);
                return None;
            }
            _ => {
                if self.field.key(key) {
                    self.ask(&mut state.generation, out);
                }
            }
        }
        Some(Overlay::PickClient(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let inner = window(frame, body, "New deal: with whom?", room(body, 60), 14, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("/ ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        if pane::missing(frame, rows, &self.slot, "the clients", styles) {
            return;
        }
        list::chosen(frame, rows, (self.at, self.rows().len() + 1), styles, |index, columns| {
            let text = match self.rows().get(index) {
                Some(row) => format::ends(row.name.as_str(), row.detail.as_str(), columns),
                None => "nobody yet".to_owned(),
            };
            Line::styled(text, styles.text)
        });
    }
}

/// Opens the form of a new deal, in the pipeline that is shown.
pub(in crate::ui) fn new_deal(
    state: &mut State,
    contact: Option<id::Contact>,
    company: Option<id::Company>,
    who: &Text,
) {
    let pipelines = &state.setup.practice.pipelines;
    let pipeline = state.deals.pipeline_name(pipelines);
    let stage = pipelines.named(pipeline).and_then(|pipeline| pipeline.stages.first());
    let stage = stage.map_or("", |stage| stage.name.as_str());
    let form = Form::new_deal(contact, company, who.as_str(), stage, pipeline);
    state.overlays.push(Overlay::Form(Box::new(form)));
}
