//! Words by which a letter promises a file (`assets/attachment-words.txt`).

use crate::domain::text::fold;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// A word of a phrase.
struct Stem {
    letters: String,
    /// Matches every word that begins so.
    open: bool,
}

type Phrase = Vec<Stem>;

/// Phrases that promise a file, and those that look so and do not.
static PHRASES: LazyLock<(Vec<Phrase>, Vec<Phrase>)> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/attachment-words.txt").lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (not, yes): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('-'));
    (yes.into_iter().map(phrase).collect(), not.into_iter().map(|line| phrase(line.trim_start_matches('-'))).collect())
});

fn phrase(line: &str) -> Phrase {
    let stem = |word: &str| Stem { letters: fold(word.trim_end_matches('*')), open: word.ends_with('*') };
    line.split_whitespace().map(stem).collect()
}

/// A word of the letter, folded, and the line it stands on.
struct Word<'a> {
    letters: String,
    line: &'a str,
    /// Part of a phrase that promises nothing.
    spent: bool,
}

/// The line that promises a file.
pub(super) fn promise(text: &str) -> Option<String> {
    // A Mac's editor may write й as two characters, which folding would take for и.
    let text: String = text.nfc().collect();
    let mut words: Vec<Word<'_>> = Vec::new();
    for line in text.lines() {
        for word in line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            words.push(Word { letters: fold(word), line, spent: false });
        }
    }
    let (promises, harmless) = &*PHRASES;
    for start in 0..words.len() {
        for phrase in harmless {
            if matches(&words, start, phrase) {
                words.iter_mut().skip(start).take(phrase.len()).for_each(|word| word.spent = true);
            }
        }
    }
    let starts_promise = |start: &usize| {
        promises.iter().any(|phrase| {
            matches(&words, *start, phrase) && !words.iter().skip(*start).take(phrase.len()).any(|word| word.spent)
        })
    };
    let start = (0..words.len()).find(starts_promise)?;
    words.get(start).map(|word| word.line.trim().to_owned())
}

fn matches(words: &[Word<'_>], start: usize, phrase: &Phrase) -> bool {
    let Some(here) = words.get(start..start + phrase.len()) else { return false };
    here.iter().zip(phrase).all(|(word, stem)| {
        if stem.open { word.letters.starts_with(&stem.letters) } else { word.letters == stem.letters }
    })
}
