//! Addresses offered while one is typed: people I write to, and people on cards, whose name or address has these letters.

use super::state::{Compose, Part};
use crate::domain::address::Mailbox;
use crate::ui::effect::{Effect, Generation, WritingQuestion};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;

/// What is offered for the address being typed.
#[derive(Debug, Default)]
pub struct Suggest {
    slot: Slot<Vec<Mailbox>>,
    /// The chosen one.
    pub at: usize,
}

impl Suggest {
    /// What is offered: those I write to often and lately first, spelled as I spelled them last.
    #[must_use]
    pub fn offers(&self) -> Vec<Mailbox> {
        self.slot.value.clone().unwrap_or_default()
    }

    /// Nothing is offered any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// People came; true when they were asked for here.
    pub fn take(&mut self, generation: Generation, rows: &[Mailbox]) -> bool {
        let mine = self.slot.is_awaited(generation);
        self.slot.fill(generation, &rows.to_vec());
        self.at = 0;
        mine
    }
}

/// What stands after the last comma: the address being typed.
fn typed(text: &str) -> &str {
    text.rsplit([',', ';']).next().unwrap_or("").trim()
}

/// Asks for people, when a part of an address was typed.
pub(super) fn ask(state: &mut State, out: &mut Effects) {
    let Some(writing) = &mut state.writing else { return };
    let part = writing.part;
    let words = match part {
        Part::To | Part::Cc | Part::Bcc => writing.field_mut(part).map(|field| typed(field.text()).to_owned()),
        Part::Subject | Part::Body => None,
    };
    // A finished address, `Anna <anna@x.example>`, needs no offer.
    match words.filter(|words| words.chars().count() >= 2 && !words.contains('>')) {
        Some(filter) => {
            let generation = writing.suggest.slot.ask(&mut state.generation);
            out.push(Effect::AskWriting { generation, question: WritingQuestion::People(filter) });
        }
        None => writing.suggest.forget(),
    }
}

/// Puts the chosen offer in the place of what was typed.
pub(super) fn accept(writing: &mut Compose) -> bool {
    let offers = writing.suggest.offers();
    let Some(chosen) = offers.get(writing.suggest.at) else { return false };
    let part = writing.part;
    let Some(field) = writing.field_mut(part) else { return false };
    let before = field.text().rfind([',', ';']).map_or("", |comma| field.text().get(..comma).unwrap_or(""));
    let list = crate::domain::draft::mailbox_list(std::slice::from_ref(chosen));
    let text = if before.trim().is_empty() { list } else { format!("{}, {list}", before.trim_end()) };
    // The next one can be typed at once.
    *field = Field::new(&format!("{text}, "));
    writing.suggest.forget();
    writing.dirty = true;
    true
}
