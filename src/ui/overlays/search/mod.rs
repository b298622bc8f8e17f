//! Search over letters and cards, as it is typed. Tab goes from the line into the list, where the keys of a list work.

mod acts;
mod rows;
mod view;

use super::{Form, Overlay};
use crate::domain::query::{Answer, Names, Order, completed, completions};
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation, ViewAct};
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State, Target};
use crate::ui::widgets::field::Field;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use rows::{Key, Row};

/// Rows before the end at which the next page is asked for.
const NEAR_THE_END: usize = 30;

/// The search.
#[derive(Debug, Default)]
pub struct Search {
    field: Field,
    /// What was found.
    pub slot: Slot<Box<Answer>>,
    /// A later page of letters.
    more: Slot<Box<Answer>>,
    /// There is no later page.
    all: bool,
    names: Slot<Box<Names>>,
    /// What was looked for lately, the latest first; and which of them stands in the line.
    history: Vec<Text>,
    recalled: Option<usize>,
    /// The selected row.
    at: usize,
    /// Keys go to the list, not to the line.
    in_list: bool,
    order: Order,
    /// The language is explained, from this line on.
    help: Option<usize>,
}

/// Opens a search, with something in its line.
pub fn open(state: &mut State, typed: &str, out: &mut Effects) {
    let mut search = Box::new(Search { field: Field::new(typed), ..Search::default() });
    out.push(Effect::LoadSearchNames { generation: search.names.ask(&mut state.generation) });
    if !typed.is_empty() {
        search.in_list = true;
        search.ask(&mut state.generation, out);
    }
    state.overlays.push(Overlay::Search(search));
}

/// Asks for what stands in the topmost search.
pub(super) fn ask(state: &mut State, out: &mut Effects) {
    if let Some(Overlay::Search(search)) = state.overlays.last_mut() {
        search.ask(&mut state.generation, out);
    }
}

/// Something changed: what was found is read again, where it is seen.
pub fn changed(state: &mut State, out: &mut Effects) {
    let mut last = state.generation;
    for overlay in &mut state.overlays {
        if let Overlay::Search(search) = overlay
            && !search.typed().is_empty()
            && let Some(generation) = search.slot.refresh(&mut last)
        {
            out.push(search.question(generation));
        }
    }
    state.generation = last;
}

impl Search {
    fn typed(&self) -> &str {
        self.field.text().trim()
    }

    /// With the blank at its end: after it no word is being typed any more.
    fn question(&self, generation: Generation) -> Effect {
        let query = self.field.text().trim_start().to_owned();
        Effect::LoadSearch { generation, query, order: self.order, after: None }
    }

    fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        self.at = 0;
        (self.more, self.all) = (Slot::default(), false);
        if self.typed().is_empty() {
            self.slot = Slot::default();
            self.in_list = false;
        } else {
            let generation = self.slot.ask(last);
            out.push(self.question(generation));
        }
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        self.field.paste(pasted);
        self.in_list = false;
    }

    /// What was found came: the selected row stays the selected one.
    pub fn loaded(&mut self, generation: Generation, answer: &Answer) {
        let selected = self.row().map(|row| row.key());
        if self.slot.take(generation) {
            self.slot.value = Some(Box::new(answer.clone()));
            self.at = selected.and_then(|key| self.rows().iter().position(|row| row.key() == key)).unwrap_or(self.at);
            self.at = self.at.min(self.rows().len().saturating_sub(1));
            (self.more, self.all) = (Slot::default(), false);
        } else if self.more.take(generation)
            && let Some(so_far) = &mut self.slot.value
        {
            self.all = answer.hits.is_empty();
            so_far.hits.extend(answer.hits.iter().cloned());
        }
    }

    /// Names to complete from, and what was looked for lately, came.
    pub fn names_loaded(&mut self, generation: Generation, names: &Names, history: &[Text]) {
        if self.names.take(generation) {
            self.names.value = Some(Box::new(names.clone()));
            self.history = history.to_vec();
        }
    }

    /// A load failed.
    pub fn failed(&mut self, generation: Generation, problem: &crate::domain::problem::Problem) {
        let _ = self.slot.fail(generation, problem)
            || self.more.fail(generation, problem)
            || self.names.fail(generation, problem);
    }

    fn rows(&self) -> Vec<Row<'_>> {
        self.slot.value.as_deref().map(rows::of).unwrap_or_default()
    }

    fn row(&self) -> Option<Row<'_>> {
        self.rows().get(self.at).copied()
    }

    /// What an action would act on: the selected row, where keys go to the list.
    pub fn target(&self) -> Option<Target> {
        self.row().filter(|_| self.in_list).map(|row| row.target())
    }

    /// The language is explained.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.help.is_some()
    }

    /// True while keys go to the list.
    #[must_use]
    pub fn is_in_list(&self) -> bool {
        self.in_list
    }

    fn completions(&self) -> Vec<(String, &'static str)> {
        let nothing = Names::default();
        completions(self.field.text(), self.names.value.as_deref().unwrap_or(&nothing))
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if let Some(first) = self.help {
            self.help = match key.code {
                KeyCode::Down | KeyCode::PageDown | KeyCode::Char('j' | ' ') => Some((first + 4).min(view::HELP_LINES)),
                KeyCode::Up | KeyCode::PageUp | KeyCode::Char('k') => Some(first.saturating_sub(4)),
                _ => None,
            };
            return Some(Overlay::Search(self));
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::F(1) => self.help = Some(0),
            KeyCode::Char('s') if control => return self.keep(state, out),
            KeyCode::Char('o') if control => self.turn_order(state, out),
            KeyCode::Down => self.down(state, out),
            KeyCode::PageDown => self.step(10, state, out),
            KeyCode::PageUp => self.step(-10, state, out),
            KeyCode::Enter => return self.open_row(state, out),
            _ if self.in_list => return self.key_in_list(state, key, out),
            KeyCode::Esc => return self.close(out),
            KeyCode::Tab => self.complete(state, out),
            KeyCode::Up => self.up(state, out),
            KeyCode::Char('?') if self.field.text().is_empty() => self.help = Some(0),
            KeyCode::Char('V') if self.field.text().is_empty() => {
                super::views::open(state, out);
                return None;
            }
            _ => {
                if self.field.key(key) {
                    self.recalled = None;
                    self.ask(&mut state.generation, out);
                }
            }
        }
        Some(Overlay::Search(self))
    }

    fn key_in_list(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let name = keymap::name(key);
        match name.as_deref() {
            Some("esc" | "tab" | "shift-tab" | "/") => self.in_list = false,
            Some("j") => self.step(1, state, out),
            Some("k" | "up") => self.step(-1, state, out),
            Some("home") => self.at = 0,
            Some("end" | "G") => self.step(isize::MAX, state, out),
            Some("o") => self.turn_order(state, out),
            Some("?") => self.help = Some(0),
            Some("V") => {
                super::views::open(state, out);
                return None;
            }
            Some(name) => return acts::key(self, state, name, out),
            None => {}
        }
        Some(Overlay::Search(self))
    }

    fn close(&self, out: &mut Effects) -> Option<Overlay> {
        self.remember(out);
        None
    }

    fn remember(&self, out: &mut Effects) {
        if self.typed().chars().count() > 1 && self.history.first().map(Text::as_str) != Some(self.typed()) {
            out.push(Effect::View(ViewAct::Remember(self.typed().to_owned())));
        }
    }

    fn turn_order(&mut self, state: &mut State, out: &mut Effects) {
        self.order = match self.order {
            Order::Best => Order::Newest,
            Order::Newest => Order::Best,
        };
        self.ask(&mut state.generation, out);
    }

    /// Keeps the search under a name.
    fn keep(self: Box<Self>, state: &mut State, _: &mut Effects) -> Option<Overlay> {
        if self.typed().is_empty() {
            crate::ui::acts::say(state, "Type what to look for; Ctrl-S keeps it under a name.");
        } else {
            let form = Form::save_view(self.typed());
            state.overlays.push(Overlay::Form(Box::new(form)));
        }
        Some(Overlay::Search(self))
    }

    fn down(&mut self, state: &mut State, out: &mut Effects) {
        match self.recalled {
            Some(place) if !self.in_list => self.recall(place.checked_sub(1), state, out),
            _ => self.step(1, state, out),
        }
    }

    /// At the first row the way up leads to what was looked for before.
    fn up(&mut self, state: &mut State, out: &mut Effects) {
        if self.at > 0 {
            return self.step(-1, state, out);
        }
        let next = self.recalled.map_or(0, |place| place + 1);
        if next < self.history.len() {
            self.recall(Some(next), state, out);
        }
    }

    fn recall(&mut self, place: Option<usize>, state: &mut State, out: &mut Effects) {
        self.recalled = place;
        let text = place.and_then(|place| self.history.get(place)).map_or("", Text::as_str);
        self.field = Field::new(text);
        self.ask(&mut state.generation, out);
    }

    fn step(&mut self, by: isize, state: &mut State, out: &mut Effects) {
        let rows = self.rows().len();
        self.at = self.at.saturating_add_signed(by).min(rows.saturating_sub(1));
        self.ask_more(state, out);
    }

    /// Asks for the next letters near the end of those that are here.
    fn ask_more(&mut self, state: &mut State, out: &mut Effects) {
        let near = self.at + NEAR_THE_END > self.rows().len();
        let last = self.slot.value.as_ref().and_then(|answer| {
            let more = !answer.letters.exact || answer.letters.count > answer.hits.len() as u64;
            answer.hits.last().filter(|_| more).map(|hit| hit.rank)
        });
        if near
            && !self.all
            && !self.more.is_loading()
            && let Some(after) = last
        {
            self.more.value = None;
            let generation = self.more.ask(&mut state.generation);
            let query = self.field.text().trim_start().to_owned();
            out.push(Effect::LoadSearch { generation, query, order: self.order, after: Some(after) });
        }
    }

    /// Tab completes what is being typed; where nothing can be completed it goes into the list.
    fn complete(&mut self, state: &mut State, out: &mut Effects) {
        if let Some((completion, _)) = self.completions().first() {
            self.field = Field::new(&completed(self.field.text(), completion));
            self.ask(&mut state.generation, out);
        } else if !self.rows().is_empty() {
            self.in_list = true;
        }
    }

    fn open_row(mut self: Box<Self>, state: &mut State, out: &mut Effects) -> Option<Overlay> {
        let Some(key) = self.row().map(|row| row.key()) else { return Some(Overlay::Search(self)) };
        match key {
            Key::Letter(thread, letter) => crate::ui::acts::push_reader(state, thread, Some(letter), out),
            Key::Card(of) => crate::ui::acts::push_card(state, of, out),
            Key::Activity(_, Some(of)) => crate::ui::acts::push_card(state, of, out),
            Key::Activity(_, None) => return Some(Overlay::Search(self)),
            Key::More(kind) => {
                self.field = Field::new(&format!("kind:{} {}", kind.word(), self.typed()));
                self.ask(&mut state.generation, out);
                return Some(Overlay::Search(self));
            }
        }
        self.remember(out);
        // Back from there leads to what was found.
        state.parked = Some((state.pages.len(), Overlay::Search(self)));
        None
    }
}
