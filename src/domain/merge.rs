//! Two cards that become one: field by field, which value is kept.

use super::duplicate::Pair;
use super::text::Text;

/// A field of which one value is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the store: `name`, `position`, `field:Region`.
    pub key: String,
    /// Its name on the screen.
    pub label: Text,
    /// The value on the card that is kept.
    pub kept: Text,
    /// The value on the card that goes.
    pub gone: Text,
}

impl Choice {
    /// The value of the card that goes is the only one there is.
    #[must_use]
    pub fn takes_gone(&self) -> bool {
        self.kept.is_empty() && !self.gone.is_empty()
    }

    /// There is something to choose.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.kept != self.gone
    }
}

/// Something of which both cards' values stay: addresses, phones, conversations, deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// What.
    pub label: Text,
    /// On the card that is kept.
    pub kept: Text,
    /// On the card that goes.
    pub gone: Text,
}

/// Both sides of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    /// The card that is kept first.
    pub pair: Pair,
    /// Their names.
    pub names: (Text, Text),
    /// Fields with one value, those where both say something else and those where only one says something.
    pub choices: Vec<Choice>,
    /// What stays of both.
    pub joined: Vec<Joined>,
    /// What speaks for their being one.
    pub evidence: Vec<Text>,
}

/// What to do: the pair, the kept one first, and the fields whose value comes from the card that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The two.
    pub pair: Pair,
    /// Keys of [`Choice`].
    pub take: Vec<String>,
}

impl Merge {
    /// As it is proposed: each field keeps its value, and takes the other's where it has none.
    #[must_use]
    pub fn proposed(sides: &Sides) -> Self {
        let take = sides.choices.iter().filter(|choice| choice.takes_gone()).map(|choice| choice.key.clone());
        Self { pair: sides.pair, take: take.collect() }
    }
}
