//! Scores: an answer to a letter that asks for one.

/// How an answer scores, and of how much, where it says that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The score.
    pub value: u32,
    /// `10` in `8/10`.
    pub of: Option<u32>,
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.of {
            Some(of) => write!(f, "{}/{of}", self.value),
            None => write!(f, "{}", self.value),
        }
    }
}

/// Nobody asks for more than this.
const HIGHEST: u32 = 10;

/// The score in the first line of an answer's own words: `8`, `8/10`, `оценка 9`, `ocena: 7`, `5 - very well`. A line that is a sentence with
/// a number in it is none.
#[must_use]
pub fn score(own_words: &str) -> Option<Score> {
    let line = own_words.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = super::text::fold(line).replace(" /", "/").replace("/ ", "/");
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | ',' | '.')).collect();
    let words: Vec<&str> =
        words.iter().map(|word| word.trim_matches([',', '.'])).filter(|word| !word.is_empty()).collect();
    let place = words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    // Before it stands nothing, or a word for a score.
    let before = words.get(..place)?;
    if before.len() > 3 || !(before.is_empty() || before.iter().any(|word| is_score_word(word))) {
        return None;
    }
    let (number, of) = match words.get(place)?.split_once('/') {
        Some((number, of)) => (number, Some(of.parse().ok()?)),
        None => (*words.get(place)?, of_after(words.get(place + 1..)?)),
    };
    let value: u32 = number.parse().ok()?;
    // What follows a bare number is why, after a sign; `3 questions` is no score.
    let said_so = !before.is_empty() || of.is_some();
    let after = line.split_once(number).map_or("", |(_, after)| after);
    let alone = after.trim_start().is_empty() || after.trim_start().starts_with(|c: char| !c.is_alphanumeric());
    let fits = of.map_or(value <= HIGHEST, |of| of > 0 && of <= 100 && value <= of);
    (fits && (said_so || alone)).then_some(Score { value, of })
}

/// `of 10`, `out of 10`, `из 10`, `na 10`, `з 10`
fn of_after(words: &[&str]) -> Option<u32> {
    let mut words = words.iter();
    let mut word = words.next()?;
    if *word == "out" {
        word = words.next()?;
    }
    if !["of", "from", "из", "na", "z", "з", "із"].contains(word) {
        return None;
    }
    words.next()?.parse().ok()
}

fn is_score_word(word: &str) -> bool {
    ["score", "rating", "rate", "mark", "оценк", "балл", "ставл", "ocen", "daje", "оцінк", "бал"]
        .iter()
        .any(|stem| word.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_as_people_write_them() {
        for (text, expected) in [
            ("8", Some("8")),
            ("8/10", Some("8/10")),
            ("10 / 10", Some("10/10")),
            ("оценка 9", Some("9")),
            ("Оценка: 9 из 10", Some("9/10")),
            ("ocena: 7", Some("7")),
            ("Daję 4", Some("4")),
            ("оцінка - 5", Some("5")),
            ("5 - very well", Some("5")),
            ("5, everything was fine", Some("5")),
            ("\n  4.\n\nJan", Some("4")),
            ("Score 9 out of 10!", Some("9/10")),
            ("4 na 5", Some("4/5")),
            ("3 questions before I answer", None),
            ("We ordered 8 desks", None),
            ("11", None),
            ("12/10", None),
            ("Thank you!\n8", None),
            ("", None),
            ("0", Some("0")),
        ] {
            assert_eq!(score(text).map(|score| score.to_string()).as_deref(), expected, "{text}");
        }
    }
}
