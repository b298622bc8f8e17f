//! Promises in letters: what somebody said they would do by a day, and what they ask me to do by one.
//!
//! Found by plain rules, sentence by sentence: somebody who does (or is asked to do) one of the things that people promise, and
//! a day to come. What only might be one is none: a wrong offer costs more than a missed one.

mod clauses;
#[cfg(test)]
mod tests;
mod verbs;

use super::id;
use super::message::Direction;
use super::text::Text;
use super::when::{Basis, Found, Toward, When, Word, find as find_times, words};
use super::work_time::WorkTime;
use clauses::is_deadline;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use verbs::{Speaker, is_condition, is_general, is_negation, is_start_of_a_time, speaker};

/// The longest text that is looked through, in bytes: a promise stands near the top or in none.
const LONGEST: usize = 16_000;
/// The longest sentence that is kept, in characters.
const LONGEST_SENTENCE: usize = 240;
/// The most promises one letter can hold.
const MOST: usize = 8;
/// A day further away is no deadline of daily work.
const FARTHEST_DAYS: i32 = 183;

/// A promise in a letter's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who has to do it: the writer of the letter, else its reader.
    pub by_writer: bool,
    /// The sentence.
    pub sentence: Text,
    /// By when.
    pub due: When,
}

impl Said {
    /// Whether I am the one who has to do it; `None` where it concerns nobody here: what I ask others for.
    #[must_use]
    pub fn is_mine(&self, direction: Direction) -> Option<bool> {
        match (direction, self.by_writer) {
            (Direction::Outbound, true) | (Direction::Inbound, false) => Some(true),
            (Direction::Inbound, true) => Some(false),
            _ => None,
        }
    }
}

/// The letter a promise stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidIn {
    /// A letter of the store.
    Message(id::Message),
    /// A letter that was queued here and is not in the store yet.
    Outgoing(id::Outgoing),
}

/// A promise as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its key.
    pub id: id::Promise,
    /// The letter that holds it, where that is stored.
    pub message: Option<id::Message>,
    /// I have to do it; else they.
    pub mine: bool,
    /// The sentence.
    pub sentence: Text,
    /// The day.
    pub due_on: Date,
    /// The time, where one was said.
    pub due_time: Option<Time>,
}

impl Promise {
    /// By when.
    #[must_use]
    pub fn due(&self) -> When {
        When { day: self.due_on, time: self.due_time, by: true }
    }
}

/// The promises in the words of a letter (without quotes and signature), written then.
#[must_use]
pub fn find(own_text: &str, written: DateTime, work: &WorkTime) -> Vec<Said> {
    let text = own_text.get(..own_text.floor_char_boundary(LONGEST)).unwrap_or(own_text);
    let mut said: Vec<Said> = Vec::new();
    for sentence in sentences(text) {
        // Nearly every sentence ends here: no word of it can begin a time.
        if said.len() >= MOST {
            break;
        }
        let words = words(sentence);
        if !words.iter().any(|word| is_start_of_a_time(&word.folded)) {
            continue;
        }
        let basis = Basis { now: written, work, toward: Toward::Future };
        let Some(promise) = in_sentence(sentence, &words, basis) else { continue };
        if !said.iter().any(|known| known.sentence == promise.sentence) {
            said.push(promise);
        }
    }
    said
}

/// The words of a letter (without quotes and signature) ask their reader to do something, whatever the day: "please confirm",
/// «жду вашего ответа», "proszę potwierdzić". What is asked only in a case that may never come ("let me know if") asks nothing.
#[must_use]
pub fn asks(own_text: &str) -> bool {
    let text = own_text.get(..own_text.floor_char_boundary(LONGEST)).unwrap_or(own_text);
    sentences(text).into_iter().any(|sentence| {
        let words = words(sentence);
        let Some((Speaker::Reader, at)) = speaker(&words, false) else { return false };
        let near = words.get(at.saturating_sub(3)..(at + 3).min(words.len())).unwrap_or_default();
        !words.iter().any(|word| is_condition(&word.folded)) && !near.iter().any(|word| is_negation(&word.folded))
    })
}

fn in_sentence(sentence: &str, words: &[Word], basis: Basis<'_>) -> Option<Said> {
    let question = sentence.ends_with('?');
    let (speaker, at) = speaker(words, question)?;
    if speaker == Speaker::Writer && is_third_person(sentence, words.get(at)?) {
        return None;
    }
    let before = words.get(..at).unwrap_or_default();
    // "If you confirm, I will send it": nobody has promised yet.
    if before.iter().any(|word| is_condition(&word.folded)) {
        return None;
    }
    // "No later than" denies nothing.
    let denies = |at: usize| {
        let word = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
        is_negation(word(at)) && !matches!(word(at + 1), "later" | "позднее" | "позже" | "пізніше" | "pozniej")
    };
    if (at.saturating_sub(3)..at + 3).any(denies) {
        return None;
    }
    // What I promise on a day is promised; what I am asked for needs a deadline, or to be asked for.
    let fits = |found: &Found| match speaker {
        Speaker::Writer => !question,
        Speaker::Reader => found.when.by || question && !is_general(words, at),
    };
    let latest = basis.now.date().checked_add(FARTHEST_DAYS.days()).ok()?;
    let mut times: Vec<When> = find_times(words, basis)
        .into_iter()
        .filter(|found| fits(found) && !follows_after(words, found.from) && is_deadline(words, at, found))
        .map(|found| found.when)
        .filter(|when| when.day >= basis.now.date() && when.day <= latest)
        .collect();
    // "The machines leave on Tuesday, I will send their numbers by Friday."
    times.sort_by_key(|when| !when.by);
    let due = times.into_iter().next()?;
    Some(Said { by_writer: speaker == Speaker::Writer, sentence: shortened(sentence), due: When { by: true, ..due } })
}

/// "Jan wyśle" is somebody else's, "wyślę" is the writer's: told apart where the writer sets the signs of Polish letters.
fn is_third_person(sentence: &str, verb: &Word) -> bool {
    let written = sentence.get(verb.from..verb.to).unwrap_or_default();
    // «Będzie gotowe» is promised by whoever writes it.
    verb.folded != "bedzie"
        && verb.folded.ends_with('e')
        && written.ends_with('e')
        && sentence.contains(['ą', 'ć', 'ę', 'ł', 'ń', 'ó', 'ś', 'ź', 'ż'])
}

/// "After Friday", «после пятницы», "od poniedziałku": a time that something begins at is no deadline.
fn follows_after(words: &[Word], from: usize) -> bool {
    const AFTER: [&str; 10] = ["after", "from", "since", "после", "с", "со", "після", "з", "po", "od"];
    let is_after = |at: usize| words.get(at).is_some_and(|word| AFTER.contains(&word.folded.as_str()));
    is_after(from) || from.checked_sub(1).is_some_and(is_after)
}

fn shortened(sentence: &str) -> Text {
    let line = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_SENTENCE) {
        Some((end, _)) => Text::from(format!("{}…", line.get(..end).unwrap_or_default())),
        None => Text::line(&line),
    }
}

/// The sentences of a text, each with its mark at the end. A line break ends one only where the next line begins anew.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let next = rest.chars().next().unwrap_or(' ');
        let ends = match c {
            '!' | '?' | '…' | ';' => next.is_whitespace(),
            // "25.11. at noon", "np. jutro": a small letter goes on.
            '.' => {
                next.is_whitespace() && !rest.trim_start().starts_with(char::is_lowercase) && !before.is_ascii_digit()
            }
            '\n' => {
                let line = rest.split('\n').next().unwrap_or_default().trim_start();
                line.is_empty()
                    || line.starts_with(['-', '*', '•', '–'])
                    || before == ':'
                    || before == ',' && text.get(from..at).is_some_and(|words| words.split_whitespace().count() < 4)
            }
            _ => false,
        };
        if ends {
            let sentence = text.get(from..at + c.len_utf8()).unwrap_or_default().trim();
            if !sentence.is_empty() {
                found.push(sentence);
            }
            from = at + c.len_utf8();
        }
        before = c;
    }
    let last = text.get(from..).unwrap_or_default().trim();
    if !last.is_empty() {
        found.push(last);
    }
    found
}
