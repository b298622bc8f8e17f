//! One language for letters and cards: what the user types into search, as a tree the store can evaluate without ever failing on it.

mod amount;
mod complete;
mod dates;
mod explain;
mod found;
mod lexer;
mod parser;
pub mod stem;
#[cfg(test)]
mod tests;
mod tree;

pub use amount::Amount;
pub use complete::{Names, completed, completions};
pub use dates::When;
pub use explain::explain;
pub use found::{Answer, CardHit, Cards, Hit, Order, Rank, Total, View, ViewRow};
pub use parser::FIELDS;
pub use tree::{Has, Is, Kind, Node, Phrase, Test};

use super::text::{Text, fold_each};

/// A search: what was typed, and how it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is asked.
    pub root: Node,
    /// What could not be understood, each a sentence.
    pub notes: Vec<Text>,
}

impl Query {
    /// Takes any text; never fails.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let (root, notes) = parser::parse(typed);
        Self { root, notes }
    }

    /// Nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_everything()
    }

    /// The kinds that can be among what is found: a question that only letters can answer leaves out cards.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let of_letters = self.root.has(&|node| matches!(node, Node::Test(test) if test.is_of_letters()));
        let only: Vec<Kind> = match &self.root {
            Node::Test(Test::Kind(kind)) => vec![*kind],
            Node::All(nodes) => nodes
                .iter()
                .filter_map(|node| match node {
                    Node::Test(Test::Kind(kind)) => Some(*kind),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let wanted = |kind: &Kind| (*kind == Kind::Letter || !of_letters) && only.iter().all(|only| only == kind);
        Kind::ALL.into_iter().filter(wanted).collect()
    }
}

/// The words of a text as the index holds them: folded, letters and digits only.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    folded_words(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The same words in one text, a blank between them: made for every letter that comes, so in one pass.
#[must_use]
pub fn folded_words(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = true;
    fold_each(text, |c| {
        // Nearly all there is, without a look into Unicode's tables.
        if matches!(c, 'a'..='z' | '0'..='9' | 'а'..='я') || c.is_alphanumeric() {
            folded.push(c);
            parted = false;
        } else if !parted {
            folded.push(' ');
            parted = true;
        }
    });
    if parted {
        folded.pop();
    }
    folded
}
