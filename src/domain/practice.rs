//! How I trade, as the configuration says: handed around as one plain value.

use super::field::{Field, Noun};
use super::pipeline::Pipelines;
use super::text::Text;
use super::work_time::WorkTime;

/// Pipelines, own fields, working time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Practice {
    /// The stages deals go through.
    pub pipelines: Pipelines,
    /// Fields of my own on cards, in the order they are shown.
    pub fields: Vec<Field>,
    /// When I work, and how soon I answer.
    pub work: WorkTime,
    /// How deals are handled.
    pub deals: Habits,
}

/// `[deals]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habits {
    /// An open deal without a next activity is asked about when its card is left and when its last activity is done.
    pub ask_next: bool,
    /// Why deals are lost: offered when one is.
    pub lost_reasons: Vec<Text>,
    /// The currency of amounts that name none; empty is that of the deal, or EUR.
    pub currency: String,
}

impl Default for Habits {
    fn default() -> Self {
        let reasons =
            ["price", "delivery time", "chose another supplier", "no budget", "no answer", "not needed any more"];
        Self { ask_next: true, lost_reasons: reasons.map(Text::own).into(), currency: "EUR".to_owned() }
    }
}

impl Practice {
    /// The own fields of a kind of card.
    pub fn fields_of(&self, noun: Noun) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.of == noun)
    }
}
