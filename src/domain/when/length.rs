//! How long something took: `15m`, `1h30`, `20 мин`, `1,5 godz`, `полчаса`.

use super::words::{Word, one_of, words};

/// Longer than this is no duration of an activity.
const LONGEST: f64 = 100_000.0;

/// Minutes, where the whole of a typed text is a duration; a number alone is minutes.
#[must_use]
pub fn length(typed: &str) -> Option<i64> {
    // What is no word would be passed over: less than nothing is no duration.
    if typed.trim_start().starts_with('-') {
        return None;
    }
    let words = words(typed);
    if let [only] = words.as_slice()
        && let Some(minutes) = decimal(&only.folded)
    {
        return whole(minutes);
    }
    let (to, minutes) = length_at(&words, 0)?;
    (to == words.len()).then_some(minutes)
}

/// A duration that begins at this word: the word after it, and the minutes.
#[must_use]
pub fn length_at(words: &[Word], at: usize) -> Option<(usize, i64)> {
    let word = |index: usize| words.get(index).map_or("", |word| word.folded.as_str());
    if one_of(word(at), &["полчаса", "півгодини"]) {
        return Some((at + 1, 30));
    }
    if one_of(word(at), &["half", "пів", "pol"]) {
        let skip = usize::from(one_of(word(at + 1), &["an", "a"]));
        return (unit(word(at + 1 + skip)) == Some(60.0)).then_some((at + 2 + skip, 30));
    }
    let (mut next, first) = piece(&word, at)?;
    let mut total = first.0 * first.1;
    // "1h30", "1h 30m", "1 час 20 минут"
    let second = first.2.map(|rest| (next, (rest, 1.0, None))).or_else(|| piece(&word, next));
    if first.1 > 1.0
        && let Some((after, second)) = second.filter(|(_, second)| second.1 < first.1)
    {
        (next, total) = (after, total + second.0 * second.1);
    }
    whole(total).map(|minutes| (next, minutes))
}

/// A number, its unit in minutes, and digits that follow it in the same word (`1h30`).
type Piece = (f64, f64, Option<f64>);

fn piece<'a>(word: &impl Fn(usize) -> &'a str, at: usize) -> Option<(usize, Piece)> {
    let first = word(at);
    let digits = first.find(|c: char| c.is_alphabetic()).unwrap_or(first.len());
    let (number, rest) = first.split_at_checked(digits)?;
    let number = decimal(number)?;
    if rest.is_empty() {
        let unit = unit(word(at + 1))?;
        return Some((at + 2, (number, unit, None)));
    }
    let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (name, more) = rest.split_at_checked(letters)?;
    // "1h30" and "1h30m"
    let more =
        if more.is_empty() { None } else { Some(more.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok()?) };
    Some((at + 1, (number, unit(name)?, more)))
}

fn decimal(text: &str) -> Option<f64> {
    let plain =
        !text.is_empty() && text.len() <= 6 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    if plain { text.replace(',', ".").parse().ok() } else { None }
}

fn unit(word: &str) -> Option<f64> {
    let minutes = ["m", "min", "mins", "minut*", "м", "мин", "минут*", "хв", "хвилин*"];
    let hours = ["h", "hr", "hrs", "hour*", "ч", "час", "часа", "часов", "год", "годин*", "g", "godz", "godzin*"];
    if one_of(word, &minutes) {
        Some(1.0)
    } else if one_of(word, &hours) {
        Some(60.0)
    } else {
        None
    }
}

fn whole(minutes: f64) -> Option<i64> {
    // Checked: it fits, and there is nothing behind the point but what is rounded away.
    #[expect(clippy::cast_possible_truncation)]
    (0.0..=LONGEST).contains(&minutes).then(|| minutes.round() as i64)
}
