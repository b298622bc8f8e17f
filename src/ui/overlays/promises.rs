//! The promises found in a letter: which become tasks is chosen here, and nowhere by itself.

use super::{Overlay, room, window};
use crate::domain::id;
use crate::domain::promise::{Promise, SaidIn};
use crate::domain::text::Text;
use crate::ui::effect::{ActivityAct, ActivityQuestion, Effect, Generation};
use crate::ui::event::ActivityAnswer;
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
pub struct Promises {
    slot: Slot<Vec<Promise>>,
    at: usize,
    /// Those that become tasks.
    chosen: Vec<id::Promise>,
}

impl Promises {
    /// Asks for the promises of a letter.
    pub(in crate::ui) fn ask(place: SaidIn, last: &mut Generation, out: &mut Effects) -> Self {
        let mut promises = Self::default();
        let question = ActivityQuestion::Promises(place);
        out.push(Effect::AskActivities { generation: promises.slot.ask(last), question });
        promises
    }

    /// They came.
    pub(in crate::ui) fn answered(&mut self, generation: Generation, answer: &ActivityAnswer) {
        if let ActivityAnswer::Promises(promises) = answer
            && self.slot.take(generation)
        {
            // Mine are what this is for; theirs are chosen one by one.
            self.chosen = promises.iter().filter(|promise| promise.mine).map(|promise| promise.id).collect();
            if self.chosen.is_empty() {
                self.chosen.extend(promises.iter().map(|promise| promise.id));
            }
            self.slot.value = Some(promises.clone());
        }
    }

    /// A load failed.
    pub(in crate::ui) fn failed(&mut self, generation: Generation, problem: &crate::domain::problem::Problem) {
        let _ = self.slot.fail(generation, problem);
    }

    /// The sentence of the first, once they are here and where there is one.
    pub(in crate::ui) fn first(&self) -> Option<&Text> {
        self.slot.value.as_ref().and_then(|promises| promises.first()).map(|promise| &promise.sentence)
    }

    /// No answer came yet.
    pub(in crate::ui) fn is_asked(&self) -> bool {
        self.slot.is_waiting()
    }

    pub(super) fn key(mut self, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let promises = self.slot.value.as_deref().unwrap_or_default();
        let here = promises.get(self.at).map(|promise| promise.id);
        match keymap::name(key).as_deref() {
            Some("j" | "down" | "tab") => self.at = (self.at + 1).min(promises.len().saturating_sub(1)),
            Some("k" | "up" | "shift-tab") => self.at = self.at.saturating_sub(1),
            Some("space") => {
                if let Some(here) = here {
                    match self.chosen.iter().position(|chosen| *chosen == here) {
                        Some(place) => drop(self.chosen.remove(place)),
                        None => self.chosen.push(here),
                    }
                }
            }
            Some("enter") => {
                if !self.chosen.is_empty() {
                    out.push(Effect::Activity(ActivityAct::Promises { make: self.chosen, decline: Vec::new() }));
                }
                return None;
            }
            Some("x") => {
                let decline: Vec<id::Promise> = promises.iter().map(|promise| promise.id).collect();
                if !decline.is_empty() {
                    out.push(Effect::Activity(ActivityAct::Promises { make: Vec::new(), decline }));
                }
                return None;
            }
            Some("esc" | "q") => return None,
            _ => {}
        }
        Some(Overlay::Promises(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let promises = self.slot.value.as_deref().unwrap_or_default();
        let columns = room(body, 76);
        let wrapped: Vec<Vec<String>> = promises.iter().map(|promise| self.lines(state, promise, columns)).collect();
        let lines = wrapped.iter().map(Vec::len).sum::<usize>().max(2);
        let inner = window(frame, body, "Promises in this letter: make a task?", columns, lines, styles);
        if pane::missing(frame, inner, &self.slot, "the promises", styles) {
            return;
        }
        if promises.is_empty() {
            let hint = "Looked for in letters of the last 60 days; what was decided is not offered again.";
            return list::notice(
                frame,
                inner,
                &[("No promise was found in this letter.", styles.text), (hint, styles.dim)],
            );
        }
        let mut y = inner.y;
        for (index, lines) in wrapped.iter().enumerate() {
            for line in lines {
                if y >= inner.bottom() {
                    return;
                }
                let place = Rect { y, height: 1, ..inner };
                frame.render_widget(Line::styled(line.clone(), styles.text), place);
                if index == self.at {
                    frame.buffer_mut().set_style(place, styles.selected);
                }
                y += 1;
            }
        }
    }

    fn lines(&self, state: &State, promise: &Promise, columns: usize) -> Vec<String> {
        let mark = if self.chosen.contains(&promise.id) { "[x]" } else { "[ ]" };
        let now = state.here_and_now();
        let due =
            promise.due().at(&now, &state.setup.practice.work).map(|at| state.clock().full(at)).unwrap_or_default();
        let whose = if promise.mine { "yours" } else { "theirs" };
        let text = format!("{mark} {whose}, due {due}: “{}”", promise.sentence);
        let options = textwrap::Options::new(columns).subsequent_indent("    ");
        textwrap::wrap(&text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
    }
}
