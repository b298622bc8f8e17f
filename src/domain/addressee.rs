//! Whom a letter may be for: people I write to, those I write to often and lately first, spelled as I spelled them last.

use super::address::Mailbox;
use super::text::{Text, fold};
use jiff::Timestamp;

/// After so many days a letter counts half.
const HALF: f64 = 30.0;

/// Somebody in a letter of mine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Name and address as they stood there.
    pub to: Mailbox,
    /// When.
    pub at: Timestamp,
}

/// The likeliest first; `letters` newest first. Where nothing was typed everybody matches.
#[must_use]
pub fn rank(letters: &[Written], typed: &str, now: Timestamp, most: usize) -> Vec<Mailbox> {
    let words: Vec<String> = fold(typed).split_whitespace().map(str::to_owned).collect();
    let mut people: Vec<(f64, Mailbox)> = Vec::new();
    for Written { to, at } in letters {
        let days = now.duration_since(*at).as_secs_f64().max(0.0) / 86_400.0;
        let weight = HALF / (HALF + days);
        match people.iter_mut().find(|(_, known)| known.address == to.address) {
            Some((score, known)) => {
                *score += weight;
                // The newest name that was written; a letter without one takes none away.
                if known.name.is_empty() {
                    known.name.clone_from(&to.name);
                }
            }
            None => people.push((weight, to.clone())),
        }
    }
    people.retain(|(_, mailbox)| matches(mailbox, &words));
    people.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    people.into_iter().take(most).map(|(_, mailbox)| mailbox).collect()
}

/// Every word begins a word of the name, or a part of the address.
fn matches(mailbox: &Mailbox, words: &[String]) -> bool {
    let text = fold(&format!("{} {}", mailbox.name, mailbox.address));
    let starts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().all(|word| {
        starts.iter().any(|start| start.starts_with(word.as_str()))
            || text.contains(word.as_str()) && word.contains(['@', '.'])
    })
}

/// People I wrote to, and then those on cards whom I did not, each once.
#[must_use]
pub fn joined(mut first: Vec<Mailbox>, then: Vec<Mailbox>, most: usize) -> Vec<Mailbox> {
    for mailbox in then {
        match first.iter_mut().find(|known| known.address == mailbox.address) {
            Some(known) if known.name == Text::default() => known.name = mailbox.name,
            Some(_) => {}
            None => first.push(mailbox),
        }
    }
    first.truncate(most);
    first
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(list: &[(&str, &str, i64)]) -> Vec<Written> {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let ago = |days: &i64| now.checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap();
        list.iter().map(|(name, to, days)| Written { to: Mailbox::new(name, to).unwrap(), at: ago(days) }).collect()
    }

    #[test]
    fn the_likeliest_stands_first_and_is_spelled_as_i_spell_it() {
        let letters = written(&[
            ("Anna K.", "anna@new.example", 1),
            ("", "anna@often.example", 2),
            ("Аня", "anna@often.example", 3),
            ("Anna Nowak", "anna@often.example", 4),
            ("Jan", "jan@x.example", 0),
            ("Anna Old", "anna@old.example", 900),
            ("Anna Old", "anna@old.example", 901),
        ]);
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        for (typed, expected) in [
            ("ann", vec!["Аня <anna@often.example>", "Anna K. <anna@new.example>", "Anna Old <anna@old.example>"]),
            ("ан", vec!["Аня <anna@often.example>"]),
            ("anna old", vec!["Anna Old <anna@old.example>"]),
            ("x.exa", vec!["Jan <jan@x.example>"]),
            ("nna", vec![]),
        ] {
            let found: Vec<String> = rank(&letters, typed, now, 10).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{typed}");
        }
        assert_eq!(rank(&letters, "", now, 2).len(), 2);
    }

    #[test]
    fn cards_come_after_habits() {
        let mine = vec![Mailbox::new("", "a@x.example").unwrap(), Mailbox::new("Bé", "b@x.example").unwrap()];
        let cards = ["a@x.example", "b@x.example", "c@x.example"].map(|a| Mailbox::new("Card", a).unwrap()).to_vec();
        let shown: Vec<String> = joined(mine, cards, 3).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["Card <a@x.example>", "Bé <b@x.example>", "Card <c@x.example>"]);
    }
}
