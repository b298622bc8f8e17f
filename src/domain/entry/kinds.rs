//! The words that begin a line, in four languages, folded.

use crate::domain::activity::Kind;
use crate::domain::when::Word;

/// Whether the word itself says that it was done or is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    /// "called", «звонил», "dzwoniłem".
    Past,
    /// "call": what else the line says decides.
    Now,
    /// «позвонить», "zadzwonić".
    Plan,
}

const KINDS: [(&str, Kind, Tense); 22] = [
    ("group meeting, spotkanie grupowe, совещание, нарада, narada, групповая встреча", Kind::GroupMeeting, Tense::Now),
    ("call, phone, ring, звонок, дзвінок, telefon, rozmowa, созвон", Kind::Call, Tense::Now),
    (
        "called, phoned, rang, spoke, talked, звонил, звонила, позвонил, позвонила, созвонился, созвонились, говорил, дзвонив, дзвонила, подзвонив, \
         подзвонила, зателефонував, зателефонувала, говорив, dzwonilem, dzwonilam, zadzwonilem, zadzwonilam, rozmawialem, rozmawialam, dzwonil, dzwonila",
        Kind::Call,
        Tense::Past,
    ),
    ("позвонить, перезвонить, подзвонити, передзвонити, зателефонувати, zadzwonic, oddzwonic", Kind::Call, Tense::Plan),
    ("meeting, meet, visit, встреча, визит, зустріч, візит, spotkanie, wizyta", Kind::Meeting, Tense::Now),
    (
        "met, visited, встретился, встретилась, встретились, зустрівся, зустрілась, зустрілися, зустрілись, spotkalem sie, spotkalam sie, spotkalem, spotkalam",
        Kind::Meeting,
        Tense::Past,
    ),
    ("встретиться, зустрітися, зустрітись, spotkac sie, spotkac", Kind::Meeting, Tense::Plan),
    ("sms, смс", Kind::Sms, Tense::Now),
    ("texted", Kind::Sms, Tense::Past),
    ("chat, whatsapp, telegram, viber, signal, messenger, чат, телеграм, вайбер, ватсап, czat", Kind::Chat, Tense::Now),
    ("chatted", Kind::Chat, Tense::Past),
    ("email, mail, e mail, письмо, имейл, лист, mejl, mail", Kind::Email, Tense::Now),
    ("emailed, wrote, написал, написала, написав, napisalem, napisalam", Kind::Email, Tense::Past),
    ("написать, написати, napisac", Kind::Email, Tense::Plan),
    ("linkedin, facebook, instagram, social, соцсеть, соцмережа", Kind::Social, Tense::Now),
    ("survey, опрос, анкета, опитування, ankieta", Kind::Survey, Tense::Now),
    ("note, заметка, нотатка, notatka", Kind::Note, Tense::Now),
    ("noted, записал, записала", Kind::Note, Tense::Past),
    ("task, todo, to do, задача, дело, завдання, zadanie", Kind::Task, Tense::Now),
    ("remind me to, remind, напомнить, нагадати, przypomniec", Kind::Task, Tense::Plan),
    (
        "сделать, подготовить, отправить, зробити, підготувати, надіслати, zrobic, przygotowac, wyslac",
        Kind::Task,
        Tense::Plan,
    ),
    ("sent, отправил, отправила, надіслав, надіслала, wyslalem, wyslalam", Kind::Email, Tense::Past),
];

/// The kind that a line begins with: the word behind it, the kind, and what the word says of time.
pub(super) fn kind(words: &[Word]) -> (usize, Option<Kind>, Tense) {
    let word = |at: usize| words.get(at).map_or("", |word| word.folded.as_str());
    let from = usize::from(matches!(word(0), "i" | "we" | "я" | "мы" | "ми" | "my"));
    for (phrases, kind, tense) in KINDS {
        for phrase in phrases.split(',').map(str::trim) {
            let mut length = 0;
            let fits = phrase.split(' ').all(|part| {
                length += 1;
                word(from + length - 1) == part
            });
            if fits {
                // What says what to do is part of what is to be done.
                let kept =
                    kind == Kind::Task && tense == Tense::Plan && !phrase.starts_with("remind") && !is_reminder(phrase);
                return (if kept { from } else { from + length }, Some(kind), tense);
            }
        }
    }
    (0, None, Tense::Now)
}

fn is_reminder(word: &str) -> bool {
    matches!(word, "напомнить" | "нагадати" | "przypomniec")
}

/// What stands between the kind and the name.
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "with"
            | "to"
            | "from"
            | "for"
            | "с"
            | "со"
            | "от"
            | "к"
            | "з"
            | "із"
            | "до"
            | "від"
            | "z"
            | "ze"
            | "do"
            | "od"
            | "dla"
    )
}

/// "About" at the begin of what a plan is about.
pub(super) fn is_introduction(word: &str) -> bool {
    matches!(word, "about" | "re" | "про" | "насчёт" | "насчет" | "щодо")
}

/// Somebody wants something.
pub(super) fn is_wish(word: &str) -> bool {
    matches!(
        word,
        "wants"
            | "want"
            | "needs"
            | "need"
            | "asked"
            | "asks"
            | "хочет"
            | "хотят"
            | "просит"
            | "просят"
            | "нужен"
            | "нужна"
            | "нужно"
            | "нужны"
            | "надо"
            | "ждет"
            | "ждут"
            | "хоче"
            | "хочуть"
            | "просить"
            | "потрібно"
            | "потрібен"
            | "потрібна"
            | "треба"
            | "чекає"
            | "chce"
            | "chca"
            | "prosi"
            | "prosza"
            | "potrzebuje"
            | "potrzebuja"
            | "czeka"
            | "czekaja"
            | "trzeba"
    )
}

/// What may stand between "wants" and the thing.
pub(super) fn is_article(word: &str) -> bool {
    matches!(word, "a" | "an" | "the" | "for" | "to" | "o" | "na" | "и" | "and")
}
