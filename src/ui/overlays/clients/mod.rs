//! What is done with people beyond their cards: names to be split, cards that may be one, a lead that becomes a contact.

mod converting;
mod duplicates;
mod joining;
mod names;

pub use converting::Converting;
pub use duplicates::Duplicates;
pub use joining::Joining;
pub use names::Names;

use super::Overlay;
use crate::domain::problem::Problem;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::Event;
use crate::ui::format;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// One of them.
#[derive(Debug)]
pub enum Work {
    /// The queue of names.
    Names(Box<Names>),
    /// Cards that may be one.
    Duplicates(Duplicates),
    /// Two cards, side by side.
    Joining(Joining),
    /// A lead, side by side with the contact it becomes.
    Converting(Box<Converting>),
}

impl Work {
    pub(super) fn key(self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let stays = match self {
            Self::Names(names) => names.key(state, key, out).map(Self::Names),
            Self::Duplicates(duplicates) => duplicates.key(state, key, out).map(Self::Duplicates),
            Self::Joining(joining) => joining.key(state, key, out).map(Self::Joining),
            Self::Converting(converting) => converting.key(state, key, out).map(Self::Converting),
        };
        stays.map(|work| Overlay::Clients(Box::new(work)))
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        match self {
            Self::Names(names) => names.paste(pasted),
            Self::Converting(converting) => converting.paste(pasted),
            Self::Duplicates(_) | Self::Joining(_) => {}
        }
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        match self {
            Self::Names(names) => names.view(state, frame, body),
            Self::Duplicates(duplicates) => duplicates.view(state, frame, body),
            Self::Joining(joining) => joining.view(state, frame, body),
            Self::Converting(converting) => converting.view(state, frame, body),
        }
    }

    /// Keys with a word each.
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Names(names) => names.hints(),
            Self::Duplicates(_) => &[
                ("enter", "side by side"),
                ("x", "different people"),
                ("w", "weak ones too"),
                ("u", "undo"),
                ("j", "down"),
                ("esc", "close"),
            ],
            Self::Joining(_) => &[
                ("enter", "make one card"),
                ("space", "the other value"),
                ("t", "keep the other card"),
                ("x", "different people"),
                ("esc", "close"),
            ],
            Self::Converting(converting) => converting.hints(),
        }
    }

    /// An answer came.
    pub fn loaded(&mut self, event: &Event) {
        match (self, event) {
            (Self::Names(names), Event::NamesLoaded { generation, rows, total }) => {
                names.loaded(*generation, rows, *total)
            }
            (Self::Duplicates(list), Event::DuplicatesLoaded { generation, rows, comparing }) => {
                list.loaded(*generation, rows, *comparing);
            }
            (Self::Joining(joining), Event::SidesLoaded { generation, sides }) => joining.loaded(*generation, sides),
            (Self::Converting(converting), Event::ConversionLoaded { generation, proposal }) => {
                converting.loaded(*generation, proposal);
            }
            _ => {}
        }
    }

    /// A load failed.
    pub fn failed(&mut self, generation: Generation, problem: &Problem) {
        match self {
            Self::Names(names) => drop(names.slot.fail(generation, problem)),
            Self::Duplicates(list) => drop(list.slot.fail(generation, problem)),
            Self::Joining(joining) => drop(joining.slot.fail(generation, problem)),
            Self::Converting(converting) => drop(converting.slot.fail(generation, problem)),
        }
    }

    /// The store changed: lists read again. What is typed stays.
    pub fn changed(&mut self, everything: bool, last: &mut Generation, out: &mut Effects) {
        match self {
            Self::Names(names) if everything => names.reload(last, out),
            Self::Duplicates(list) => list.reload(last, out),
            _ => {}
        }
    }
}

/// Opens the two cards side by side.
pub(super) fn open_sides(state: &mut State, pair: crate::domain::duplicate::Pair, out: &mut Effects) {
    let mut joining = Joining::default();
    out.push(Effect::LoadSides { generation: joining.slot.ask(&mut state.generation), pair });
    state.overlays.push(Overlay::Clients(Box::new(Work::Joining(joining))));
}

/// Draws lines from `first` on.
fn lines(frame: &mut Frame, area: Rect, lines: &[Line<'static>], first: usize) {
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(first)) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

/// A name in a column, a value wrapped beside it.
fn fact(label: &str, value: &str, columns: usize, style: Style, styles: &Styles) -> Vec<Line<'static>> {
    let beside = 13.min(columns / 3);
    let wrapped = textwrap::wrap(value, columns.saturating_sub(beside).max(8));
    let mut lines = Vec::new();
    for (index, part) in wrapped.into_iter().enumerate() {
        let label = if index == 0 { format::fit(label, beside) } else { " ".repeat(beside) };
        lines.push(Line::from(vec![Span::styled(label, styles.dim), Span::styled(part.into_owned(), style)]));
    }
    lines
}
