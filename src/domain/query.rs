//! What the user types into search, as a query the store can run without ever failing on it.

use super::id;
use super::text::{Text, fold_each};
use jiff::Timestamp;

/// Words to find: every one must occur; the last may be the beginning of a word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words and phrases, folded; a phrase holds several words.
    pub phrases: Vec<Vec<String>>,
    /// The last word was still being typed.
    pub prefix: bool,
}

impl Query {
    /// Takes any text. Quotes make phrases; everything that is not a letter or digit parts words, so that no
    /// operator of the index can be reached.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let mut phrases = Vec::new();
        for (index, part) in typed.split('"').enumerate() {
            let found: Vec<String> = words(part);
            if index % 2 == 1 {
                if !found.is_empty() {
                    phrases.push(found);
                }
            } else {
                phrases.extend(found.into_iter().map(|word| vec![word]));
            }
        }
        let prefix = typed.chars().next_back().is_some_and(char::is_alphanumeric);
        Self { phrases, prefix }
    }

    /// Nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The query in FTS5's language, every word quoted.
    #[must_use]
    pub fn to_fts(&self) -> String {
        let mut parts: Vec<String> = self.phrases.iter().map(|words| format!("\"{}\"", words.join(" "))).collect();
        if let (true, Some(last)) = (self.prefix, parts.last_mut()) {
            last.push('*');
        }
        parts.join(" ")
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

/// One letter found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its key.
    pub message: id::Message,
    /// Its thread.
    pub thread: id::Thread,
    /// When it was written.
    pub date: Timestamp,
    /// Who wrote it.
    pub from: Text,
    /// Subject.
    pub subject: Text,
    /// First words.
    pub snippet: Text,
    /// The client's name.
    pub contact: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_can_be_typed() {
        for (typed, fts) in [
            ("offer desks", r#""offer" "desks"*"#),
            ("offer ", r#""offer""#),
            ("\"two words\" Łódź", r#""two words" "lodz"*"#),
            ("NEAR(a b) OR *", r#""near" "a" "b" "or""#),
            ("'; drop table--", r#""drop" "table""#),
            ("anna@x.example", r#""anna" "x" "example"*"#),
            ("\"", ""),
            ("", ""),
        ] {
            assert_eq!(Query::parse(typed).to_fts(), fts, "{typed:?}");
        }
    }
}
