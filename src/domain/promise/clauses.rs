//! Which times of a sentence are the deadline of what its verb says, and which belong to something else in it.

use super::verbs::is_condition;
use crate::domain::when::{Found, Word, one_of};

/// Behind these another clause begins, whose time is its own: "confirm that", «сообщите, сможете ли», "czy".
const CLAUSES: [&str; 18] = [
    "whether",
    "when",
    "that",
    "because",
    "which",
    "who",
    "что",
    "чтобы",
    "который*",
    "которые",
    "ли",
    "що",
    "щоб",
    "чи",
    "який",
    "ze",
    "czy",
    "ktor*",
];
/// What holds until then, or was reckoned until then, and is done by nobody.
const HOLDS: [&str; 42] = [
    "valid",
    "open",
    "closed",
    "available",
    "hold",
    "holds",
    "away",
    "period",
    "off",
    "discount",
    "free",
    "busy",
    "действ*",
    "актуальн*",
    "открыт*",
    "закрыт*",
    "доступн*",
    "период*",
    "скидк*",
    "занят*",
    "свобод*",
    "дійсн*",
    "чинн*",
    "відкрит*",
    "зачинен*",
    "знижк*",
    "період*",
    "зайнят*",
    "вільн*",
    "wazn*",
    "aktualn*",
    "czynn*",
    "otwart*",
    "zamkniet*",
    "obowiazuj*",
    "dostepn*",
    "rabat*",
    "znizk*",
    "okres*",
    "zajet*",
    "wolny",
    "wolna",
];
/// It comes again and again.
const EVERY: [&str; 8] = ["every", "each", "кажд*", "кожн*", "щодня", "kazd*", "co", "щотижня"];
/// "Within 14 days of the invoice": reckoned from something that has no day yet.
const FROM: [&str; 12] =
    ["of", "after", "following", "upon", "since", "once", "после", "після", "від", "от", "od", "po"];
/// Words that a sentence may begin with before its time: "OK, tomorrow I will call".
const OPENING: usize = 2;
/// So many words before a time say what it is about.
const NEAR: usize = 3;

/// The time is when the verb at `at` is to be done by.
pub(super) fn is_deadline(words: &[Word], at: usize, found: &Found) -> bool {
    let word = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let any = |from: usize, to: usize, list: &[&str]| (from..to).any(|at| one_of(word(at), list));
    // "The fair ends on Friday and I'll send the photos": a time before the verb opens its sentence, or is a deadline in words.
    if found.from < at && !found.when.by && found.from > OPENING {
        return false;
    }
    let of_a_clause = (at + 1..found.from).any(|at| is_condition(word(at)) || one_of(word(at), &CLAUSES));
    let before = found.from.saturating_sub(NEAR);
    let holds = any(before, found.from, &HOLDS);
    let recurs = any(found.from.saturating_sub(1), found.from + 1, &EVERY);
    // "Tomorrow after 14:00" is a time all the same.
    let counted = one_of(word(found.to), &FROM) && !word(found.to + 1).starts_with(|c: char| c.is_ascii_digit());
    let from_a_moment = one_of(word(found.to), &["с", "з"]) && one_of(word(found.to + 1), &["момент*", "дат*", "дня"]);
    !(of_a_clause || holds || recurs || counted || from_a_moment)
}
