//! A fact that is edited in its place on the card: typed, checked in words, kept or left. Nothing typed is lost when it does not fit.

use super::{Card, Holding, Item};
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::field::Noun;
use crate::domain::practice::Practice;
use crate::domain::problem::Problem;
use crate::domain::text::{Text, fold};
use crate::ui::effect::{Effect, Generation, WordsOf};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crossterm::event::{KeyCode, KeyEvent};

/// The fact being edited.
#[derive(Debug)]
pub struct Edit {
    /// Which.
    pub fact: Fact,
    /// What is typed.
    pub field: Field,
    /// Why it does not fit.
    pub wrong: Option<String>,
    /// The store is asked to keep it.
    pub waits: bool,
    /// Words that are known there.
    pub words: Slot<Vec<Text>>,
}

impl Edit {
    /// The part that is completed: of a list the last one.
    fn part(&self) -> &str {
        let text = self.field.text();
        if self.fact == Fact::Tags {
            text.rsplit(',').next().unwrap_or(text).trim().trim_start_matches('#')
        } else {
            text.trim()
        }
    }

    /// Known words that begin as what is typed, and are not there yet.
    pub fn matching(&self) -> Vec<&Text> {
        let part = fold(self.part());
        let there: Vec<String> = self.field.text().split(',').map(|word| fold(word.trim())).collect();
        let words = self.words.value.as_deref().unwrap_or_default();
        let fits = |word: &&Text| {
            let folded = fold(word.as_str());
            folded.starts_with(&part) && folded != part && !there.contains(&folded)
        };
        words.iter().filter(fits).collect()
    }

    fn complete(&mut self) {
        let Some(word) = self.matching().first().map(ToString::to_string) else { return };
        let text = self.field.text();
        let before = match text.rfind(',').filter(|_| self.fact == Fact::Tags) {
            Some(comma) => format!("{}, ", text.get(..comma).unwrap_or_default()),
            None => String::new(),
        };
        self.field = Field::new(&format!("{before}{word}"));
    }
}

/// Where known words come from.
fn words_of(fact: &Fact, typed: &str) -> Option<WordsOf> {
    match fact {
        Fact::Tags => Some(WordsOf::Tags),
        Fact::Owner => Some(WordsOf::Owners),
        Fact::Company => Some(WordsOf::Companies(typed.trim().to_owned())),
        Fact::Contact => Some(WordsOf::People(typed.trim().to_owned())),
        _ => None,
    }
}

impl Card {
    /// The domain's key of whose it is.
    #[must_use]
    pub fn whose(&self) -> Option<Whose> {
        self.of().map(Whose::from)
    }

    /// What kind of card.
    #[must_use]
    pub fn noun(&self) -> Option<Noun> {
        Some(match self.of()? {
            super::Of::Contact(_) => Noun::Contact,
            super::Of::Company(_) => Noun::Company,
            super::Of::Deal(_) => Noun::Deal,
        })
    }

    /// What stands in a fact, as it is typed.
    #[must_use]
    pub fn value(&self, fact: &Fact) -> String {
        self.slot.value.as_ref().map(|holding| super::facts::value(holding, fact)).unwrap_or_default()
    }

    /// Something is being edited.
    #[must_use]
    pub fn is_editing(&self) -> bool {
        self.edit.is_some()
    }

    /// Begins to edit a fact in its place.
    pub fn begin(&mut self, fact: Fact, practice: &Practice, last: &mut Generation, out: &mut Effects) {
        let Some(noun) = self.noun().filter(|_| self.slot.value.is_some()) else { return };
        let value = self.value(&fact);
        let mut words = Slot::with(fact.choices(noun, practice));
        if let Some(of) = words_of(&fact, &value) {
            out.push(Effect::LoadWords { generation: words.ask(last), of });
        }
        self.edit = Some(Edit { field: Field::new(&value), wrong: None, waits: false, words, fact: fact.clone() });
        self.lay_again();
        self.wanted = Some(Item::Fact(fact));
    }

    /// Takes words that were asked for; true when they were this card's.
    pub fn words_loaded(&mut self, generation: Generation, words: &[Text]) -> bool {
        let Some(edit) = &mut self.edit else { return false };
        let mine = edit.words.take(generation);
        if mine {
            edit.words.value = Some(words.to_vec());
            self.lay_again();
        }
        mine
    }

    /// The store kept what was typed, or says why not; true when this card asked.
    pub fn edited(&mut self, whose: Whose, outcome: &Result<(), Problem>) -> bool {
        let asked = self.edit.as_ref().is_some_and(|edit| edit.waits) && self.whose() == Some(whose);
        if !asked {
            return false;
        }
        self.lay_again();
        match (outcome, &mut self.edit) {
            (Err(problem), Some(edit)) => {
                edit.waits = false;
                let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
                edit.wrong = Some(format!("{}{hint}", problem.sentence));
            }
            _ => self.edit = None,
        }
        true
    }

    /// Pasted text goes into what is edited.
    pub fn paste(&mut self, pasted: &str) -> bool {
        let Some(edit) = self.edit.as_mut().filter(|edit| !edit.waits) else { return false };
        edit.field.paste(pasted);
        edit.wrong = None;
        self.lay_again();
        true
    }
}

/// Gives a key to the fact being edited; false when none is.
pub fn key(state: &mut State, key: KeyEvent, out: &mut Effects) -> bool {
    let practice = state.setup.practice.clone();
    let now = state.here_and_now();
    let mut last = state.generation;
    let Some(card) = state.card_mut().filter(|card| card.is_editing()) else { return false };
    card.lay_again();
    let (Some(noun), Some(whose)) = (card.noun(), card.whose()) else { return false };
    let Some(edit) = &mut card.edit else { return false };
    match key.code {
        KeyCode::Esc => card.edit = None,
        _ if edit.waits => {}
        KeyCode::Tab => edit.complete(),
        KeyCode::Enter => {
            let mut typed = edit.field.text().to_owned();
            // A day as people write it.
            if edit.fact == Fact::Close
                && let Some(day) = crate::domain::when::read_day(typed.trim(), now.date())
            {
                typed = day.to_string();
            }
            match edit.fact.check(&typed, noun, &practice) {
                Ok(()) => {
                    edit.waits = true;
                    edit.wrong = None;
                    out.push(Effect::EditCard { whose, edits: vec![(edit.fact.clone(), typed)] });
                }
                Err(wrong) => edit.wrong = Some(wrong),
            }
        }
        _ => {
            edit.wrong = None;
            if edit.field.key(key)
                && let Some(of @ (WordsOf::Companies(_) | WordsOf::People(_))) = words_of(&edit.fact, edit.field.text())
            {
                out.push(Effect::LoadWords { generation: edit.words.ask(&mut last), of });
            }
        }
    }
    state.generation = last;
    true
}

/// Only [`Holding`] knows what a card has of its own.
impl Holding {
    /// Own fields of a card, with their values.
    pub(super) fn common(&self) -> &crate::domain::card::Common {
        match self {
            Self::Contact(card) => &card.common,
            Self::Company(card) => &card.common,
            Self::Deal(card) => &card.common,
        }
    }
}
