//! Words of a text with their places, and the word lists of four languages. All are folded (`domain::text::fold`).

use crate::domain::text::fold;
use jiff::civil::Weekday;

/// A word or a number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub folded: String,
    /// Where it begins in the text.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

/// The words of a text. Numbers keep what stands between their digits: `25.11`, `14:30`, `1,5`, `2026-11-25`, `+3`.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let at = |index: usize| characters.get(index).map(|(_, c)| *c);
    let mut words = Vec::new();
    let mut index = 0;
    while let Some((from, first)) = characters.get(index).copied() {
        let signed = first == '+' && at(index + 1).is_some_and(|next| next.is_ascii_digit());
        if !first.is_alphanumeric() && !signed {
            index += 1;
            continue;
        }
        index += 1;
        while let Some(c) = at(index) {
            let (before, after) = (at(index - 1).unwrap_or(' '), at(index + 1).unwrap_or(' '));
            let joins = match c {
                '\'' | '’' | 'ʼ' | '`' => before.is_alphabetic() && after.is_alphabetic(),
                '.' | ':' | ',' | '/' => before.is_ascii_digit() && after.is_ascii_digit(),
                '-' => before.is_ascii_digit() && after.is_alphanumeric(),
                _ => c.is_alphanumeric(),
            };
            if !joins {
                break;
            }
            index += 1;
        }
        let to = characters.get(index).map_or(text.len(), |(to, _)| *to);
        let folded = fold(text.get(from..to).unwrap_or_default());
        words.push(Word { folded, from, to });
    }
    words
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}

/// True when the word is one of these: whole, or with `*` any word that begins so.
pub(in crate::domain) fn one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| match known.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == *known,
    })
}

pub(super) fn unit(word: &str) -> Option<Unit> {
    const UNITS: [(&[&str], Unit); 6] = [
        (
            &[
                "min",
                "mins",
                "minute",
                "minutes",
                "мин",
                "минут",
                "минуты",
                "минуту",
                "хв",
                "хвилин*",
                "minut",
                "minuty",
                "minute",
            ],
            Unit::Minute,
        ),
        (
            &[
                "h",
                "hr",
                "hrs",
                "hour",
                "hours",
                "час",
                "часа",
                "часов",
                "годин*",
                "godz",
                "godzin",
                "godzine",
                "godziny",
            ],
            Unit::Hour,
        ),
        (&["day", "days", "день", "дня", "дней", "дни", "днi", "днів", "дні", "дн", "dzien", "dni", "dnia"], Unit::Day),
        (&["week", "weeks", "недел*", "тиждень", "тижні", "тижнів", "тижня", "tydzien", "tygodni*", "tyg"], Unit::Week),
        (&["month", "months", "месяц*", "місяц*", "miesiac*", "miesiec*"], Unit::Month),
        (&["year", "years", "год", "года", "лет", "рік", "роки", "років", "rok", "lata", "lat"], Unit::Year),
    ];
    UNITS.iter().find(|(list, _)| one_of(word, list)).map(|(_, unit)| *unit)
}

/// "Working" in "3 working days".
pub(super) fn is_working(word: &str) -> bool {
    one_of(word, &["working", "business", "рабоч*", "робоч*", "robocz*"])
}

pub(super) fn number(word: &str) -> Option<i64> {
    const NUMBERS: [(&[&str], i64); 10] = [
        (&["a", "an", "one", "один", "одну", "одна", "jeden", "jedna"], 1),
        (&["two", "couple", "два", "две", "дві", "пару", "dwa", "dwie", "pare"], 2),
        (&["three", "три", "trzy"], 3),
        (&["four", "четыре", "чотири", "cztery"], 4),
        (&["five", "пять", "п'ять", "piec"], 5),
        (&["six", "шесть", "шість", "szesc"], 6),
        (&["seven", "семь", "сім", "siedem"], 7),
        (&["eight", "восемь", "вісім", "osiem"], 8),
        (&["nine", "девять", "дев'ять", "dziewiec"], 9),
        (&["ten", "десять", "dziesiec"], 10),
    ];
    if word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    NUMBERS.iter().find(|(list, _)| list.contains(&word)).map(|(_, number)| *number)
}

/// A day of the week, and whether the word can be nothing else: `sat` and `sun`, `wt` and `ср` are also other things.
pub(super) fn weekday(word: &str) -> Option<(Weekday, bool)> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    const FULL: [(&[&str], Weekday); 7] = [
        (&["monday", "mondays", "понедельник*", "понеділ*", "poniedzial*"], Monday),
        (&["tuesday", "вторник*", "вівтор*", "wtorek", "wtorku", "wtorki"], Tuesday),
        (
            &[
                "wednesday",
                "среда",
                "среду",
                "среды",
                "среде",
                "середа",
                "середу",
                "середи",
                "середі",
                "sroda",
                "srode",
                "srody",
            ],
            Wednesday,
        ),
        (&["thursday", "четверг*", "четвер", "четверга", "czwartek", "czwartku"], Thursday),
        (&["friday", "пятниц*", "п'ятниц*", "piatek", "piatku", "piatki"], Friday),
        (&["saturday", "суббот*", "субот*", "sobota", "sobote", "soboty"], Saturday),
        (&["sunday", "воскресень*", "неділя", "неділю", "неділі", "niedziela", "niedziele", "niedzieli"], Sunday),
    ];
    const SHORT: [(&[&str], Weekday); 7] = [
        (&["mon", "пн", "пон", "pon"], Monday),
        (&["tue", "tues", "вт", "wt"], Tuesday),
        (&["wed", "ср", "sr"], Wednesday),
        (&["thu", "thur", "thurs", "чт", "czw"], Thursday),
        (&["fri", "пт", "pt", "piat"], Friday),
        (&["sat", "сб", "sob"], Saturday),
        (&["sun", "вс", "нд", "niedz", "nd"], Sunday),
    ];
    let among = |list: &[(&[&str], Weekday)]| list.iter().find(|(known, _)| one_of(word, known)).map(|(_, day)| *day);
    among(&FULL).map(|day| (day, true)).or_else(|| among(&SHORT).map(|day| (day, false)))
}

/// A month by its name as it stands in a date.
pub(super) fn month(word: &str) -> Option<i8> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan", "январ*", "янв", "січн*", "січ", "stycz*", "sty"],
        &["february", "feb", "феврал*", "фев", "лют*", "luty", "lutego", "lut"],
        &["march", "mar", "марта", "март", "мар", "берез*", "бер", "marca", "marzec"],
        &["april", "apr", "апрел*", "апр", "квіт*", "kwiet*", "kwi"],
        &["may", "мая", "май", "трав*", "maja", "maj"],
        &["june", "jun", "июн*", "черв*", "czerw*", "cze"],
        &["july", "jul", "июл*", "лип*", "lipca", "lipiec", "lip"],
        &["august", "aug", "август*", "авг", "серп*", "sierp*", "sie"],
        &["september", "sep", "sept", "сентябр*", "сен", "верес*", "wrzes*", "wrz"],
        &["october", "oct", "октябр*", "окт", "жовт*", "pazdz*", "paz"],
        &["november", "nov", "ноябр*", "ноя", "листопад*", "listopad*", "lis"],
        &["december", "dec", "декабр*", "дек", "груд*", "grud*", "gru"],
    ];
    let place = MONTHS.iter().position(|names| one_of(word, names))?;
    i8::try_from(place + 1).ok()
}

/// Which of several the day of the week, the week or the month is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    This,
    Next,
    Last,
}

pub(super) fn which(word: &str) -> Option<Which> {
    const NEXT: [&str; 5] = ["next", "следующ*", "наступн*", "przyszl*", "nastepn*"];
    const THIS: [&str; 22] = [
        "this",
        "coming",
        "upcoming",
        "этот",
        "эту",
        "этой",
        "этого",
        "ближайш*",
        "цей",
        "цю",
        "цієї",
        "цього",
        "найближч*",
        "ten",
        "te",
        "tej",
        "tego",
        "najblizsz*",
        "текущ*",
        "поточн*",
        "biezac*",
        "эта",
    ];
    const LAST: [&str; 6] = ["last", "прошл*", "минул*", "zeszl*", "ubiegl*", "ostatni*"];
    if one_of(word, &NEXT) {
        Some(Which::Next)
    } else if one_of(word, &THIS) {
        Some(Which::This)
    } else if one_of(word, &LAST) {
        Some(Which::Last)
    } else {
        None
    }
}

/// "End" in "end of the week".
pub(super) fn is_end(word: &str) -> bool {
    one_of(word, &["end", "конца", "концу", "конец", "конце", "кінця", "кінець", "кінці", "koniec", "konca", "koncu"])
}

/// The day so many days from today that one word says.
pub(super) fn relative_day(word: &str) -> Option<i64> {
    const DAYS: [(&[&str], i64); 5] = [
        (&["today", "сегодня", "сьогодні", "dzis", "dzisiaj"], 0),
        (&["tomorrow", "завтра", "jutro", "jutra", "завтрашнего"], 1),
        (&["послезавтра", "післязавтра", "pojutrze", "pojutrza"], 2),
        (&["yesterday", "вчера", "вчора", "учора", "wczoraj"], -1),
        (&["позавчера", "позавчора", "przedwczoraj"], -2),
    ];
    DAYS.iter().find(|(list, _)| list.contains(&word)).map(|(_, days)| *days)
}
