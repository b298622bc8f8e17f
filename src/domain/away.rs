//! When somebody is back, as their out-of-office answer says it: in English, German, Polish, Russian and Ukrainian.
//!
//! Pure: days are read relative to the day on which the answer was sent. What is not sure is none.

use super::text::fold;
use super::when::{self, Basis, Found, Toward, Word};
use super::work_time::WorkTime;
use jiff::ToSpan;
use jiff::civil::{Date, Time};

/// Nobody is away longer and says the day.
const FARTHEST_DAYS: i64 = 270;
/// Characters of an answer that are read; below them are quotes.
const MOST_CHARACTERS: usize = 3_000;
/// Words before a day that may belong to it.
const BEFORE: usize = 7;
/// Words behind a day that may belong to it: German has its verb there.
const BEHIND: usize = 4;

/// Before the last day of an absence; folded.
const UNTIL: &[&str] =
    &["until", "till", "through", "thru", "after", "bis", "nach", "до", "по", "после", "після", "do", "po", "włącznie"];
/// Between the two days of an absence.
const TO: &[&str] = &["to", "and", "a"];
/// Before the first day of something.
const START: &[&str] = &[
    "from",
    "since",
    "starting",
    "between",
    "ab",
    "vom",
    "von",
    "seit",
    "с",
    "со",
    "з",
    "із",
    "зі",
    "від",
    "от",
    "od",
    "poczawszy",
    "miedzy",
];
/// Somebody comes back.
const BACK: &[&str] = &[
    "back",
    "return*",
    "again",
    "resume*",
    "wieder*",
    "zuruck*",
    "ruckkehr*",
    "верн*",
    "возвр*",
    "снова",
    "выйду",
    "выхожу",
    "поверн*",
    "знову",
    "wracam",
    "wroc*",
    "wraca",
    "powrot*",
    "powroc*",
    "ponownie",
    "znow*",
];
/// Between a cue and its day.
const FILLER: &[&str] = &[
    "the",
    "and",
    "including",
    "incl",
    "on",
    "zum",
    "dem",
    "den",
    "am",
    "einschliesslich",
    "i",
    "w",
    "we",
    "в",
    "во",
    "у",
    "day",
    "dnia",
    "день",
    "дня",
];
const GERMAN: &[(&str, &str)] = &[
    ("januar", "january"),
    ("janner", "january"),
    ("februar", "february"),
    ("marz", "march"),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("oktober", "october"),
    ("okt", "october"),
    ("dezember", "december"),
    ("dez", "december"),
    ("montag", "monday"),
    ("dienstag", "tuesday"),
    ("mittwoch", "wednesday"),
    ("donnerstag", "thursday"),
    ("freitag", "friday"),
    ("samstag", "saturday"),
    ("sonnabend", "saturday"),
    ("sonntag", "sunday"),
    ("morgen", "tomorrow"),
];

/// What the words beside a day make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// The day itself.
    Back,
    /// The last day away.
    Until,
}

/// The day on which they are back, if the text says it and it is to come: the day after the last one away, or the day they name.
#[must_use]
pub fn returns_on(text: &str, sent: Date) -> Option<Date> {
    let text = spaced(&text.chars().take(MOST_CHARACTERS).collect::<String>());
    let words: Vec<Word> = when::words(&text).into_iter().map(in_english).collect();
    let work = WorkTime::default();
    let basis = Basis { now: sent.to_datetime(Time::midnight()), work: &work, toward: Toward::Future };
    let mut said: Vec<(Cue, Date)> = Vec::new();
    let mut last: Option<(Cue, usize)> = None;
    for found in when::find(&words, basis) {
        // "On Monday, 7 December": the date is surer than its weekday.
        let repeats = last.filter(|(_, end)| found.from <= *end + 1).map(|(cue, _)| cue);
        let cue = cue(&text, &words, &found).or(repeats);
        last = cue.map(|cue| (cue, found.to));
        let Some(cue) = cue else { continue };
        if repeats == Some(cue) {
            said.pop();
        }
        let day = if cue == Cue::Until { found.when.day.tomorrow().ok()? } else { found.when.day };
        said.push((cue, day));
    }
    let farthest = sent.checked_add(FARTHEST_DAYS.days()).ok()?;
    said.retain(|(_, day)| *day > sent && *day <= farthest);
    let named = said.iter().find(|(cue, _)| *cue == Cue::Back).map(|(_, day)| *day);
    named.or_else(|| said.iter().map(|(_, day)| *day).max())
}

/// "1.12. – 12.12.", "1–12 December": a dash between days is a word.
fn spaced(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or(' ');
    let mut spaced = String::with_capacity(text.len());
    for (index, c) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map_or(' ', at);
        let is_long = matches!(c, '–' | '—');
        let is_free = *c == '-' && before == ' ' && at(index + 1) == ' ';
        // Not the hyphens of 2026-12-07.
        let digits = |mut place: usize, step: isize| {
            let mut count = 0;
            while at(place).is_ascii_digit() && count < 5 {
                count += 1;
                let Some(next) = place.checked_add_signed(step) else { break };
                place = next;
            }
            (count, at(place))
        };
        let (left, outer) = index.checked_sub(1).map_or((0, ' '), |place| digits(place, -1));
        let (right, behind) = digits(index + 1, 1);
        let is_range =
            *c == '-' && (1..=2).contains(&left) && (1..=2).contains(&right) && outer != '-' && behind != '-';
        let is_dotted = *c == '-' && before == '.' && at(index + 1).is_ascii_digit();
        if is_long || is_free || is_range || is_dotted {
            spaced.push_str(" to ");
        } else {
            spaced.push(*c);
        }
    }
    spaced
}

fn in_english(word: Word) -> Word {
    let english = GERMAN.iter().find(|(german, _)| *german == word.folded).map(|(_, english)| (*english).to_owned());
    Word { folded: english.unwrap_or(word.folded), ..word }
}

fn cue(text: &str, words: &[Word], found: &Found) -> Option<Cue> {
    let word = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let is = |at: usize, list: &[&str]| when::is_one_of(word(at), list);
    // The reader of times takes "until" and «до» into the day.
    if is(found.from, UNTIL) {
        return Some(Cue::Until);
    }
    let mut at = found.from;
    while at > 0
        && (is(at - 1, FILLER) && !is(at - 1, BACK) || when::is_day_or_month(word(at - 1)))
        && found.from - at < BEFORE
    {
        at -= 1;
    }
    let before = at.checked_sub(1);
    if before.is_some_and(|before| is(before, UNTIL)) {
        return Some(Cue::Until);
    }
    let starts = |before: usize| (before.saturating_sub(5)..before).any(|start| is(start, START));
    let is_day = |at: usize| word(at).starts_with(|c: char| c.is_ascii_digit()) || when::is_day_or_month(word(at));
    let ends_range =
        before.is_some_and(|before| is(before, TO) && (starts(before) || before > 0 && is_day(before - 1)));
    if ends_range {
        return Some(Cue::Until);
    }
    let together = |one: usize, other: usize| {
        let (from, to) = (words.get(one).map_or(0, |w| w.to), words.get(other).map_or(0, |w| w.from));
        text.get(from..to)
            .is_none_or(|between| !between.contains(['!', '?']) && !between.contains("\n\n") && !ends_sentence(between))
    };
    let above = (found.from.saturating_sub(BEFORE)..found.from)
        .any(|at| is(at, BACK) && (at..found.from).all(|one| together(one, one + 1)));
    // Another day takes the words behind it.
    let behind = (found.to..words.len().min(found.to + BEHIND))
        .take_while(|at| !is(*at, UNTIL) && !is_day(*at))
        .any(|at| is(at, BACK) && (found.to.saturating_sub(1)..at).all(|one| together(one, one + 1)));
    (above || behind).then_some(Cue::Back)
}

/// A full stop and more than a blank behind an ordinal: "back. On 7 December".
fn ends_sentence(between: &str) -> bool {
    between.trim_start_matches([')', '"']).starts_with(". ") && between.len() > 2 || between.starts_with(".\n")
}

/// Words that only an answer of somebody away has, in its subject: Exchange's in its languages, and what people write by hand.
#[must_use]
pub fn is_away_subject(subject: &str) -> bool {
    const AWAY: &[&str] = &[
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "auto-response",
        "automatic response",
        "auto:",
        "out of office",
        "out-of-office",
        "out of the office",
        "on vacation:",
        "away from the office",
        "ooo:",
        "automatische antwort",
        "abwesenheitsnotiz",
        "abwesenheit:",
        "abwesend:",
        "nicht im buro",
        "автоответ",
        "автоматический ответ",
        "автоматичний відгук",
        "автоматична відповідь",
        "автовідповідь",
        "нет на месте:",
        "вне офиса",
        "поза офісом",
        "odpowiedz automatyczna",
        "automatyczna odpowiedz",
        "autoodpowiedz",
        "autoresponder:",
        "nieobecnosc:",
        "poza biurem",
        "jestem na urlopie",
        "reponse automatique",
        "absence du bureau",
        "respuesta automatica",
        "fuera de la oficina",
        "risposta automatica",
        "fuori sede",
        "resposta automatica",
        "automatisch antwoord",
        "automatiskt svar",
        "automatisk svar",
        "automaticka odpoved",
        "自動応答",
        "自動返信",
    ];
    let subject = fold(subject);
    AWAY.iter().any(|away| subject.trim_start().starts_with(away))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: &str, text: &str, expected: &str) {
        let found = returns_on(text, sent.parse().unwrap()).map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{sent}: {text}");
    }

    #[test]
    fn the_day_of_return_in_five_languages() {
        let mut tried = 0;
        for (text, expected) in [
            ("I am out of the office until 12 December.", "2026-12-13"),
            ("I am out of the office until December 12th with no access to mail.", "2026-12-13"),
            ("I'm away from 1 to 12 December.", "2026-12-13"),
            ("I will be out 1-12 December.", "2026-12-13"),
            ("Away from 1 December through 12 December 2026.", "2026-12-13"),
            ("I am back on Monday 7 Dec.", "2026-12-07"),
            ("I will be back in the office on Monday, 7 December.", "2026-12-07"),
            ("I will return on 2 January.", "2027-01-02"),
            ("I'll be returning to the office on Wednesday.", "2026-12-02"),
            ("I am on leave and available again from 7 December.", "2026-12-07"),
            ("I'm out until 2026-12-04.", "2026-12-05"),
            ("I will answer after 10 January.", "2027-01-11"),
            ("I am out of the office from 1 December until 4 December, back on 7 December.", "2026-12-07"),
            ("Ich bin bis zum 12.12. nicht im Büro.", "2026-12-13"),
            ("Ich bin bis einschließlich 12. Dezember abwesend.", "2026-12-13"),
            ("Ich bin vom 1. bis 12. Dezember im Urlaub.", "2026-12-13"),
            ("Ich bin am 7. Dezember wieder erreichbar.", "2026-12-07"),
            ("Ab dem 07.12.2026 bin ich wieder im Büro.", "2026-12-07"),
            ("Abwesend 01.12.2026 - 12.12.2026", "2026-12-13"),
            ("Am Montag bin ich wieder da.", "2026-11-30"),
            ("Меня не будет в офисе до 12 декабря.", "2026-12-13"),
            ("Я в отпуске с 1 по 12 декабря.", "2026-12-13"),
            ("Вернусь 7 декабря и отвечу.", "2026-12-07"),
            ("Я в отпуске, буду снова на связи с 14 декабря.", "2026-12-14"),
            ("Отвечу после 10 января.", "2027-01-11"),
            ("Jestem na urlopie do 12 grudnia.", "2026-12-13"),
            ("Urlop od 1 do 12 grudnia 2026 r.", "2026-12-13"),
            ("Wracam do biura 7 grudnia.", "2026-12-07"),
            ("Wrócę w poniedziałek.", "2026-11-30"),
            ("Я у відпустці з 1 по 12 грудня.", "2026-12-13"),
            ("Мене не буде до 12 грудня.", "2026-12-13"),
            ("Повернуся 7 грудня.", "2026-12-07"),
        ] {
            check("2026-11-28", text, expected);
            tried += 1;
        }
        assert!(tried >= 30);
    }

    #[test]
    fn what_names_no_return_gives_none() {
        for text in [
            "I am out of the office from 1 December.",
            "I am out of the office until further notice.",
            "I am currently out of the office with limited access to email.",
            "Thank you for your letter of 20 November. We will answer soon.",
            "I was away until 12 November.",
            "Ab 1. Dezember bin ich im Urlaub.",
            "Ich bin derzeit nicht im Büro.",
            "С 1 декабря я в отпуске.",
            "Jestem nieobecny od 1 grudnia.",
            "З 1 грудня я у відпустці.",
            "Меня нет в офисе.",
            "Call Anna at 030 12 12 12. I will be back.",
            "",
        ] {
            check("2026-11-28", text, "");
        }
    }

    #[test]
    fn the_year_rolls_over_and_nothing_is_in_the_past() {
        check("2026-12-28", "I am back on 4 January.", "2027-01-04");
        check("2026-12-28", "Urlop do 3 stycznia.", "2027-01-04");
        check("2026-12-12", "I am out until 12 December.", "2026-12-13");
        check("2026-12-13", "I am out until 12 December.", "");
        check("2026-12-07", "Back on 7 December 2026.", "");
    }

    #[test]
    fn subjects_of_people_away() {
        for (subject, expected) in [
            ("Automatic reply: Offer", true),
            ("Abwesenheitsnotiz: Angebot", true),
            ("Odpowiedź automatyczna: Oferta", true),
            ("Автоматичний відгук: Пропозиція", true),
            ("Нет на месте: Счёт", true),
            ("Réponse automatique : devis", true),
            ("Re: Automatic reply: Offer", false),
            ("Our office hours", false),
        ] {
            assert_eq!(is_away_subject(subject), expected, "{subject}");
        }
    }
}
