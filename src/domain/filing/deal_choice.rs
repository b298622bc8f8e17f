//! Which of a client's open deals a conversation belongs to: scored, and asked where there are several.

use super::super::id;
use super::super::text::{Text, plural};

/// Which deal a filed thread goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealChoice {
    /// No open deal: contact only.
    None,
    /// Exactly one open deal.
    One(id::Deal),
    /// Several: asked, never guessed. Best first.
    Ask(Vec<Scored>),
}

/// An open deal with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// The contact of the deal takes part in the thread.
    pub participant: bool,
    /// Days since something happened in it.
    pub idle_days: i64,
    /// A letter of the thread names it by a tag.
    pub tagged: bool,
    /// How many conversations of the same people I filed there myself.
    pub decisions: u32,
    /// Words of conversations that I filed there myself.
    pub words: String,
}

impl Candidate {
    /// A deal that nothing speaks for yet.
    #[must_use]
    pub fn new(deal: id::Deal, title: Text) -> Self {
        let (participant, tagged, decisions, words) = (false, false, 0, String::new());
        Self { deal, title, participant, idle_days: i64::MAX, tagged, decisions, words }
    }
}

/// A candidate with its score and the reasons for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// The deal.
    pub deal: id::Deal,
    /// Its title.
    pub title: Text,
    /// Higher is likelier.
    pub score: i64,
    /// In words, the weightiest first; empty when nothing speaks for it.
    pub reasons: Vec<Text>,
}

impl Scored {
    /// The reasons in one line.
    #[must_use]
    pub fn why(&self) -> Text {
        if self.reasons.is_empty() {
            return Text::own("nothing speaks for it");
        }
        Text::from(self.reasons.iter().map(Text::as_str).collect::<Vec<_>>().join("; "))
    }
}

/// None, the only one, or the question. Closed deals are not candidates.
#[must_use]
pub fn choose_deal(candidates: &[Candidate], subject_and_text: &str) -> DealChoice {
    match candidates {
        [] => DealChoice::None,
        [only] => DealChoice::One(only.deal),
        several => DealChoice::Ask(score(several, subject_and_text)),
    }
}

/// Scores open deals by tag, words shared with the thread, participants, recency and my earlier decisions; best first.
#[must_use]
pub fn score(candidates: &[Candidate], subject_and_text: &str) -> Vec<Scored> {
    let text = super::super::query::words(subject_and_text);
    let mut scored: Vec<Scored> = candidates.iter().map(|candidate| score_one(candidate, &text)).collect();
    scored.sort_by_key(|one| (-one.score, one.deal.0));
    scored
}

/// Words of earlier decisions that count at the most: a long history must not outweigh what this letter says.
const MOST_LEARNED_WORDS: usize = 4;

fn score_one(candidate: &Candidate, text: &[String]) -> Scored {
    let mut parts: Vec<(i64, String)> = Vec::new();
    if candidate.tagged {
        parts.push((100, "a letter names its tag".to_owned()));
    }
    let shared = shared_words(candidate.title.as_str(), text);
    if !shared.is_empty() {
        parts.push((10 * count(shared.len()), format!("its title shares “{}”", shared.join("”, “"))));
    }
    if candidate.decisions > 0 {
        let filed = plural(u64::from(candidate.decisions), "conversation", "conversations");
        parts.push((6 + 2 * i64::from(candidate.decisions.min(4)), format!("you filed {filed} of theirs here")));
    }
    let mut learned = shared_words(&candidate.words, text);
    learned.retain(|word| !shared.contains(word));
    learned.truncate(MOST_LEARNED_WORDS);
    if !learned.is_empty() {
        parts.push((3 * count(learned.len()), format!("letters you filed here share “{}”", learned.join("”, “"))));
    }
    if candidate.participant {
        parts.push((5, "agreed with them".to_owned()));
    }
    let recent = (30 - candidate.idle_days.clamp(0, 30)) / 6;
    if recent > 0 {
        let when = match candidate.idle_days {
            ..=0 => "today".to_owned(),
            days => format!("{} ago", plural(days.unsigned_abs(), "day", "days")),
        };
        parts.push((recent, format!("something happened in it {when}")));
    }
    let score = parts.iter().map(|(points, _)| points).sum();
    parts.sort_by_key(|(points, _)| -points);
    let reasons = parts.into_iter().map(|(_, reason)| Text::from(reason)).collect();
    Scored { deal: candidate.deal, title: candidate.title.clone(), score, reasons }
}

fn count(words: usize) -> i64 {
    i64::try_from(words).unwrap_or(0)
}

/// The words of the one that occur in the other, each once.
pub(super) fn shared_words(words: &str, text: &[String]) -> Vec<String> {
    let mut shared: Vec<String> = Vec::new();
    for word in super::super::query::words(words) {
        let tells = word.chars().count() > 2 && text.iter().any(|other| shares_stem(&word, other));
        if tells && !shared.iter().any(|known| shares_stem(known, &word)) {
            shared.push(word);
        }
    }
    shared
}

/// Two words with the same beginning: endings change with case and number in all our languages.
fn shares_stem(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let shorter = a.chars().count().min(b.chars().count());
    common >= 4.max(shorter.saturating_sub(2)) || (shorter >= 3 && a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(deal: i64, title: &str, participant: bool, idle_days: i64) -> Candidate {
        Candidate { participant, idle_days, ..Candidate::new(id::Deal(deal), Text::line(title)) }
    }

    fn order(choice: DealChoice) -> Vec<i64> {
        match choice {
            DealChoice::Ask(scored) => scored.into_iter().map(|one| one.deal.0).collect(),
            other => panic!("not asked: {other:?}"),
        }
    }

    #[test]
    fn several_deals_are_asked_best_first() {
        assert_eq!(choose_deal(&[], "x"), DealChoice::None);
        assert_eq!(choose_deal(&[candidate(1, "Desks", false, 90)], "coffee"), DealChoice::One(id::Deal(1)));
        let deals = [candidate(1, "Столы для офиса", true, 1), candidate(2, "Кофемашины", false, 40)];
        assert_eq!(order(choose_deal(&deals, "вопрос по кофемашинам")), [2, 1]);
        assert_eq!(order(choose_deal(&deals, "добрый день")), [1, 2]);
    }

    #[test]
    fn each_reason_weighs_and_is_told() {
        let plain = || candidate(1, "Chairs", false, 90);
        for (better, reason) in [
            (Candidate { tagged: true, ..candidate(2, "Desks", false, 90) }, "a letter names its tag"),
            (candidate(2, "Offices", false, 90), "its title shares “offices”"),
            (
                Candidate { decisions: 2, ..candidate(2, "Desks", false, 90) },
                "you filed 2 conversations of theirs here",
            ),
            (
                Candidate { words: "price for the office".to_owned(), ..candidate(2, "Desks", false, 90) },
                "letters you filed here share “office”",
            ),
            (candidate(2, "Desks", true, 90), "agreed with them"),
            (candidate(2, "Desks", false, 1), "something happened in it 1 day ago"),
        ] {
            let scored = score(&[plain(), better], "new office");
            assert_eq!(scored[0].deal, id::Deal(2), "{reason}");
            assert_eq!(scored[0].why().as_str(), reason);
            assert_eq!(scored[1].why().as_str(), "nothing speaks for it");
        }
    }

    #[test]
    fn my_decisions_weigh_more_than_habit_and_less_than_this_letters_words() {
        let filed = Candidate { decisions: 4, ..candidate(1, "Chairs", false, 90) };
        assert_eq!(order(choose_deal(&[filed.clone(), candidate(2, "Desks", true, 0)], "hello")), [1, 2]);
        assert_eq!(order(choose_deal(&[filed, candidate(2, "Desks and lamps", false, 90)], "lamps for desks")), [2, 1]);
    }
}
