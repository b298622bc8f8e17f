//! Which word of a name is which.

use super::words::{ends_as_family, ends_as_patronymic, is_patronymic_of_a_name};
use super::{Confidence, is_capitals, is_given, is_initial, is_particle, written};
use crate::domain::contact::Name;
use crate::domain::text::Text;

/// The parts, how sure they are, and why.
pub(super) type Parts = (Name, Confidence, &'static str);

fn name(given: &[&str], patronymic: &str, family: &[&str]) -> Name {
    let join = |words: &[&str]| Text::from(words.iter().map(|word| written(word)).collect::<Vec<_>>().join(" "));
    Name {
        display: Text::default(),
        given: join(given),
        patronymic: Text::from(if patronymic.is_empty() { String::new() } else { written(patronymic) }),
        family: join(family),
    }
}

/// `Kowalski, Jan`; `Петров, Иван Сергеевич`.
pub(super) fn behind_comma(family: &[&str], behind: &[&str]) -> Parts {
    let why = "the family name stands before a comma";
    match behind {
        [given, patronymic] if ends_as_patronymic(patronymic) => {
            (name(&[given], patronymic, family), Confidence::Good, why)
        }
        given => (name(given, "", family), Confidence::Good, why),
    }
}

/// The words of a name without titles.
pub(super) fn of(words: &[&str]) -> Parts {
    if let Some(parts) = with_capitals(words) {
        return parts;
    }
    if let Some(parts) = with_patronymic(words) {
        return parts;
    }
    match words {
        [] => (Name::default(), Confidence::None, "nothing is left of it"),
        [only] => one(only),
        _ if words.iter().any(|word| is_initial(word)) => with_initials(words),
        _ if words.iter().any(|word| is_particle(word)) => with_particle(words),
        [first, second] => two(first, second),
        [first, .., last] => many(words, first, last),
    }
}

fn one(only: &str) -> Parts {
    if is_given(only) {
        return (name(&[only], "", &[]), Confidence::Fair, "one word, and a usual given name");
    }
    if ends_as_family(only) {
        return (name(&[], "", &[only]), Confidence::Weak, "one word that ends as family names do");
    }
    (name(&[only], "", &[]), Confidence::Weak, "one word, taken for the given name")
}

/// `KOWALSKI Jan`: capitals mean the family name, where not all of it is in capitals.
fn with_capitals(words: &[&str]) -> Option<Parts> {
    let large: Vec<&str> = words.iter().copied().filter(|word| is_capitals(word)).collect();
    let rest: Vec<&str> = words.iter().copied().filter(|word| !is_capitals(word)).collect();
    if large.is_empty() || rest.is_empty() || rest.iter().all(|word| is_initial(word) || is_particle(word)) {
        return None;
    }
    // One part in capitals must stand at an end: in the middle it is an abbreviation.
    let at_an_end =
        words.first().is_some_and(|word| is_capitals(word)) || words.last().is_some_and(|word| is_capitals(word));
    let why = "the part in capitals is the family name";
    match rest.as_slice() {
        _ if !at_an_end => None,
        [given, patronymic] if ends_as_patronymic(patronymic) => {
            Some((name(&[given], patronymic, &large), Confidence::Good, why))
        }
        given => Some((name(given, "", &large), Confidence::Good, why)),
    }
}

/// A patronymic stands behind the given name; the family name at the other end, in both usual orders.
fn with_patronymic(words: &[&str]) -> Option<Parts> {
    let sure = "the patronymic tells: the given name stands before it";
    match words {
        [given, last] if ends_as_patronymic(last) && is_patronymic_of_a_name(last) => {
            let (confidence, why) = if is_given(given) {
                (Confidence::Fair, "a given name and a patronymic; “-ович” may also be a family name")
            } else {
                (Confidence::Weak, "the second word may be a patronymic or a family name")
            };
            Some((name(&[given], last, &[]), confidence, why))
        }
        [_, _] => None,
        // "Adam Petrovich Sidorov" and "Sidorov Adam Petrovich" both have it; "Анна Иванова Рабинович" has none.
        [given, patronymic, family @ ..] if ends_as_patronymic(patronymic) && !family.is_empty() => {
            let good = is_given(given) || is_patronymic_of_a_name(patronymic) || is_initial(given);
            let confidence = if good { Confidence::Good } else { Confidence::Fair };
            Some((name(&[given], patronymic, family), confidence, sure))
        }
        [family @ .., given, patronymic]
            if ends_as_patronymic(patronymic)
                && (is_patronymic_of_a_name(patronymic) || !is_given(family.first()?)) =>
        {
            let good = is_given(given) || is_patronymic_of_a_name(patronymic);
            let confidence = if good { Confidence::Good } else { Confidence::Fair };
            Some((name(&[given], patronymic, family), confidence, sure))
        }
        _ => None,
    }
}

/// `J. Kowalski`, `Петров И. П.`, `John F. Kennedy`.
fn with_initials(words: &[&str]) -> Parts {
    let why = "an initial stands for the given name";
    let initials: Vec<&str> = words.iter().copied().filter(|word| is_initial(word)).collect();
    let full: Vec<&str> = words.iter().copied().filter(|word| !is_initial(word)).collect();
    let at_an_end =
        words.first().is_some_and(|word| is_initial(word)) || words.last().is_some_and(|word| is_initial(word));
    match (full.as_slice(), at_an_end) {
        ([], _) => (Name::default(), Confidence::None, "nothing but initials"),
        ([family], true) if !is_given(family) || words.first().is_some_and(|word| is_initial(word)) => {
            (name(&initials, "", &[family]), Confidence::Good, why)
        }
        // "Anna K."
        ([given], _) => {
            (name(&[given], "", &initials), Confidence::Fair, "a given name, and an initial of the family name")
        }
        ([given, family], false) => {
            let mut all = vec![*given];
            all.extend(initials);
            (name(&all, "", &[family]), Confidence::Good, "a second given name is an initial")
        }
        ([first, rest @ ..], _) => {
            if is_given(first) {
                (name(&[first], "", rest), Confidence::Fair, "the first word is a usual given name")
            } else {
                (name(&initials, "", &full), Confidence::Fair, why)
            }
        }
    }
}

/// `Jan van der Berg`, `van der Berg`, `María de la Cruz`.
fn with_particle(words: &[&str]) -> Parts {
    let at = words.iter().position(|word| is_particle(word)).unwrap_or(0);
    let (given, family) = words.split_at(at);
    if given.is_empty() {
        return (name(&[], "", family), Confidence::Fair, "it begins as family names of several words do");
    }
    if at + 1 == words.len() {
        let (first, rest) = words.split_at(1);
        return (name(first, "", rest), Confidence::Weak, "taken in the usual order");
    }
    (name(given, "", family), Confidence::Good, "a family name of several words")
}

fn two(first: &str, second: &str) -> Parts {
    let usual = || name(&[first], "", &[second]);
    let turned = || name(&[second], "", &[first]);
    match ((is_given(first), is_given(second)), (ends_as_family(first), ends_as_family(second))) {
        ((true, false), _) => (usual(), Confidence::Good, "the first word is a usual given name"),
        ((false, true), _) => (turned(), Confidence::Good, "the second word is a usual given name"),
        ((true, true), (true, false)) => {
            (turned(), Confidence::Fair, "both are given names; the first ends as family names do")
        }
        ((true, true), _) => (usual(), Confidence::Fair, "both are given names; taken in the usual order"),
        (_, (true, false)) => (turned(), Confidence::Fair, "the first word ends as family names do"),
        (_, (false, true)) => (usual(), Confidence::Fair, "the second word ends as family names do"),
        _ => (usual(), Confidence::Weak, "taken in the usual order"),
    }
}

fn many(words: &[&str], first: &str, last: &str) -> Parts {
    let leading = words.iter().take_while(|word| is_given(word)).count().min(words.len() - 1);
    if leading > 0 {
        let (given, family) = words.split_at(leading);
        return (name(given, "", family), Confidence::Good, "it begins with usual given names");
    }
    let trailing = words.iter().rev().take_while(|word| is_given(word)).count().min(words.len() - 1);
    if trailing > 0 {
        let (family, given) = words.split_at(words.len() - trailing);
        return (name(given, "", family), Confidence::Good, "it ends with usual given names");
    }
    let rest = words.get(1..).unwrap_or_default();
    if ends_as_family(first) && !ends_as_family(last) {
        return (name(rest, "", &[first]), Confidence::Weak, "the first word ends as family names do");
    }
    (name(&[first], "", rest), Confidence::Weak, "taken in the usual order")
}
