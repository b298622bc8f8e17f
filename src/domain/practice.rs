//! How I trade, as the configuration says: handed around as one plain value.

use super::field::{Field, Noun};
use super::pipeline::Pipelines;
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
}

impl Practice {
    /// The own fields of a kind of card.
    pub fn fields_of(&self, noun: Noun) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.of == noun)
    }
}
