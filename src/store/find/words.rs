//! Words in FTS5's language: every one quoted, so that none can be an operator; and their other forms, which are looked up
//! among the words that letters and cards hold, so that no letter has to be indexed twice.

use super::bits::Bits;
use crate::domain::problem::Result;
use crate::domain::query::{Node, Phrase, stem};
use crate::store::Store;
use std::cell::RefCell;
use std::collections::HashMap;

/// The most forms of a word that are looked for; the most words that are looked at to find them.
const MOST_FORMS: usize = 64;
const MOST_LOOKED_AT: usize = 600;

/// An index of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Index {
    /// The letters'.
    Letters,
    /// The cards'.
    Cards,
}

impl Index {
    fn table(self) -> &'static str {
        match self {
            Self::Letters => "message_fts",
            Self::Cards => "card_fts",
        }
    }

    fn vocabulary(self) -> &'static str {
        match self {
            Self::Letters => "message_vocab",
            Self::Cards => "card_vocab",
        }
    }
}

/// Other forms of words, each found once for a search.
#[derive(Debug, Default)]
pub(super) struct Forms(RefCell<HashMap<(Index, String), Vec<String>>>);

impl Forms {
    /// The other forms of a word that the index holds.
    pub(super) fn of(&self, store: &Store, index: Index, word: &str) -> Result<Vec<String>> {
        let key = (index, word.to_owned());
        if let Some(known) = self.0.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = forms(store, index, word)?;
        self.0.borrow_mut().insert(key, found.clone());
        Ok(found)
    }
}

/// Walks the index of words from each beginning that forms may have, word by word: the walk jumps over where they stand.
fn forms(store: &Store, index: Index, word: &str) -> Result<Vec<String>> {
    let stems = stem::stems(word);
    let mut found = Vec::new();
    let sql = format!("SELECT term FROM {} WHERE term > ?1 LIMIT 1", index.vocabulary());
    let first = format!("SELECT term FROM {} WHERE term >= ?1 LIMIT 1", index.vocabulary());
    let (mut next, mut begin) = (store.sql().prepare_cached(&sql)?, store.sql().prepare_cached(&first)?);
    for root in stem::beginnings(word) {
        let mut at: Option<String> = None;
        for _ in 0..MOST_LOOKED_AT {
            let mut rows = match &at {
                None => begin.query([&root])?,
                Some(last) => next.query([last])?,
            };
            let Some(row) = rows.next()? else { break };
            let term: String = row.get(0)?;
            if !term.starts_with(&root) || found.len() >= MOST_FORMS {
                break;
            }
            if term != word && stem::same(&stems, &term) {
                found.push(term.clone());
            }
            at = Some(term);
        }
    }
    Ok(found)
}

/// What is asked of an index.
pub(super) struct Asked<'a> {
    pub(super) store: &'a Store,
    pub(super) index: Index,
    pub(super) forms: &'a Forms,
    /// Other forms of words count as well.
    pub(super) with_forms: bool,
}

impl Asked<'_> {
    /// A phrase, or one word in any of its forms.
    pub(super) fn phrase(&self, phrase: &Phrase) -> Result<String> {
        let star = if phrase.prefix { " *" } else { "" };
        let mut text = format!("\"{}\"{star}", phrase.words.join(" "));
        if let ([word], false, true) = (phrase.words.as_slice(), phrase.exact, self.with_forms) {
            let begun = |form: &String| phrase.prefix && form.starts_with(word.as_str());
            for form in self.forms.of(self.store, self.index, word)?.iter().filter(|form| !begun(form)) {
                text += &format!(" OR \"{form}\"");
            }
        }
        Ok(format!("({text})"))
    }

    /// A tree of nothing but words; `None` where there is something else in it.
    pub(super) fn tree(&self, node: &Node) -> Result<Option<String>> {
        let (nodes, sign) = match node {
            Node::Words(phrase) => return self.phrase(phrase).map(Some),
            Node::All(nodes) => (nodes, " AND "),
            Node::Any(nodes) => (nodes, " OR "),
            Node::Not(_) | Node::Test(_) => return Ok(None),
        };
        let mut parts = Vec::new();
        for node in nodes {
            match self.tree(node)? {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        Ok((!parts.is_empty()).then(|| format!("({})", parts.join(sign))))
    }

    /// The keys of what holds it.
    pub(super) fn keys(&self, matches: &str) -> Result<Bits> {
        let table = self.index.table();
        let mut statement =
            self.store.sql().prepare_cached(&format!("SELECT rowid FROM {table} WHERE {table} MATCH ?1"))?;
        let mut bits = Bits::default();
        let mut rows = statement.query([matches])?;
        while let Some(row) = rows.next()? {
            bits.insert(row.get(0)?);
        }
        Ok(bits)
    }
}
