//! What a list of clients is narrowed to: words, and signs for what cards have in common.

use super::contact::Role;
use super::text::{Text, fold};

/// A filter as it is typed: `meble #vip @ola is:watched`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFilter {
    /// Looked for in name, address, domain and company, folded.
    pub words: String,
    /// They have a tag that begins so, each of these.
    pub tags: Vec<Text>,
    /// Somebody whose name begins so handles them; empty is me.
    pub owner: Option<Text>,
    /// Only those I watch.
    pub watched: bool,
    /// Only of this role.
    pub role: Option<Role>,
}

impl ClientFilter {
    /// Reads what was typed; what is no sign is a word.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let mut filter = Self::default();
        let mut words: Vec<&str> = Vec::new();
        for part in typed.split_whitespace() {
            let role = part.strip_prefix("is:").and_then(Role::from_word);
            match (part.strip_prefix('#'), part.strip_prefix('@')) {
                (Some(tag), _) if !tag.is_empty() => filter.tags.push(Text::line(tag)),
                (_, Some(owner)) if !owner.is_empty() => filter.owner = Some(super::card::owner(owner)),
                _ if part == "is:watched" => filter.watched = true,
                _ if role.is_some() => filter.role = role,
                _ => words.push(part),
            }
        }
        filter.words = fold(&words.join(" "));
        filter
    }

    /// Nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// In which order people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// Who wrote, was written to or talked to last comes first.
    LastContact,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_words_are_told_apart() {
        let filter = ClientFilter::parse(" Łódź #vip is:watched is:supplier @Ola meble is:odd # @");
        let expected = ClientFilter {
            words: "lodz meble is:odd # @".to_owned(),
            tags: vec![Text::own("vip")],
            owner: Some(Text::own("Ola")),
            watched: true,
            role: Some(Role::Supplier),
        };
        assert_eq!(filter, expected);
        assert_eq!(ClientFilter::parse("@me").owner, Some(Text::default()));
        assert!(ClientFilter::parse("  ").is_empty());
    }
}
