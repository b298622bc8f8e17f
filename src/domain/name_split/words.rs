//! What single words of a display name tell: given names, patronymics, endings of family names, titles, jobs, robots.

use crate::domain::text::fold;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Titles and forms of address, folded, without points.
const TITLES: &[&str] = &[
    "dr",
    "prof",
    "professor",
    "mgr",
    "inz",
    "hab",
    "lic",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "sir",
    "dame",
    "rev",
    "ing",
    "dipl",
    "phd",
    "md",
    "mba",
    "msc",
    "bsc",
    "llm",
    "cpa",
    "esq",
    "jr",
    "sr",
    "pan",
    "pani",
    "p",
    "herr",
    "frau",
    "mme",
    "mlle",
    "doc",
    "arch",
    "mec",
    "adw",
    "пан",
    "панi",
    "пані",
    "г-н",
    "г-жа",
    "господин",
    "госпожа",
    "гн",
    "гжа",
    "д-р",
    "др",
    "проф",
    "профессор",
    "професор",
    "доц",
    "доцент",
    "инж",
    "інж",
    "ктн",
    "дтн",
    "кен",
    "кэн",
    "кмн",
    "дмн",
    "адв",
];

/// What people put before or after their name to say what they do; folded.
const JOBS: &[&str] = &[
    "менеджер",
    "директор",
    "бухгалтер",
    "юрист",
    "инженер",
    "інженер",
    "секретарь",
    "секретар",
    "администратор",
    "адміністратор",
    "консультант",
    "специалист",
    "спеціаліст",
    "продавец",
    "manager",
    "director",
    "ceo",
    "cto",
    "cfo",
    "coo",
    "founder",
    "accountant",
    "engineer",
    "consultant",
    "assistant",
    "kierownik",
    "dyrektor",
    "ksiegowa",
    "ksiegowy",
    "specjalista",
    "handlowiec",
    "prezes",
    "asystentka",
    "менеджерка",
    "директорка",
    "бухгалтерка",
    "асистент",
    "асистентка",
    "owner",
    "sales",
    "marketing",
    "head",
    "buyer",
    "purchasing",
    "procurement",
    "logistics",
    "kupiec",
    "zakupy",
    "zakupow",
    "sprzedaz",
    "ksiegowosc",
    "начальник",
    "руководитель",
    "керівник",
    "закупки",
    "закупок",
    "закупівлі",
    "закупівель",
    "снабжение",
    "бухгалтерия",
    "бухгалтерія",
];

/// Words of mailboxes that are no person's; folded.
const ROBOTS: &[&str] = &[
    "support",
    "team",
    "info",
    "office",
    "noreply",
    "no-reply",
    "service",
    "services",
    "newsletter",
    "notifications",
    "notification",
    "admin",
    "administrator",
    "billing",
    "accounts",
    "accounting",
    "helpdesk",
    "help",
    "desk",
    "contact",
    "hello",
    "shop",
    "store",
    "bot",
    "robot",
    "mailer",
    "daemon",
    "postmaster",
    "webmaster",
    "orders",
    "delivery",
    "hr",
    "jobs",
    "careers",
    "press",
    "news",
    "biuro",
    "dzial",
    "sklep",
    "obsluga",
    "kontakt",
    "sekretariat",
    "zamowienia",
    "faktury",
    "ksiegowosc",
    "serwis",
    "redakcja",
    "отдел",
    "служба",
    "поддержка",
    "поддержки",
    "магазин",
    "бухгалтерия",
    "бухгалтерія",
    "приемная",
    "рассылка",
    "редакция",
    "редакція",
    "відділ",
    "підтримка",
    "підтримки",
    "крамниця",
    "секретаріат",
    "офис",
    "офіс",
    "заказы",
    "замовлення",
    "доставка",
    "команда",
    "клиника",
    "клініка",
    "bank",
    "банк",
    "hotel",
    "отель",
    "готель",
    "school",
    "школа",
    "group",
    "group",
    "группа",
    "група",
    "studio",
    "студия",
    "студія",
    "agency",
    "agencja",
    "procurement",
    "reception",
    "purchasing",
    "zakupy",
    "снабжение",
    "закупки",
    "закупівлі",
];

/// Words that begin a family name of several words: `van der Berg`, `de la Cruz`.
const PARTICLES: &[&str] = &[
    "van", "von", "der", "den", "de", "la", "le", "del", "della", "da", "di", "du", "dos", "das", "do", "ten", "ter",
    "zu", "zur", "af", "av", "al", "el", "bin", "ben", "ibn", "st", "san", "фон", "ван", "де", "дер",
];

const PATRONYMICS: &[&str] = &[
    "йович",
    "ьович",
    "ович",
    "евич",
    "ьич",
    "ич",
    "йовна",
    "ьовна",
    "овна",
    "евна",
    "инична",
    "ична",
    "івна",
    "ївна",
    "yovych",
    "iovych",
    "ovych",
    "evych",
    "ovich",
    "evich",
    "yevich",
    "ievich",
    "ovna",
    "evna",
    "yevna",
    "ievna",
    "ivna",
    "yivna",
    "iivna",
    "inichna",
    "ichna",
    "yich",
    "ich",
];

const FAMILY: &[&str] = &[
    // Cyrillic
    "ов",
    "ев",
    "ёв",
    "ова",
    "ева",
    "ин",
    "ина",
    "ын",
    "ына",
    "ский",
    "ская",
    "цкий",
    "цкая",
    "ський",
    "ська",
    "цький",
    "цька",
    "зький",
    "зька",
    "енко",
    "єнко",
    "ко",
    "чук",
    "щук",
    "юк",
    "ук",
    "як",
    "ак",
    "ець",
    "ович",
    "евич",
    "ёнок",
    "ый",
    "ий",
    "ых",
    "их",
    "ун",
    "ло",
    "дзе",
    "швили",
    "ян",
    "янц",
    "уля",
    "ик",
    "ник",
    "ар",
    "ко",
    "ишин",
    "їв",
    "ів",
    "єв",
    "ай",
    "баев",
    "аев",
    // Latin
    "ov",
    "ev",
    "off",
    "eff",
    "ova",
    "eva",
    "yov",
    "in",
    "ina",
    "yn",
    "yna",
    "sky",
    "skyi",
    "skiy",
    "skyy",
    "skii",
    "skaya",
    "skaia",
    "ska",
    "ski",
    "cki",
    "cka",
    "dzki",
    "dzka",
    "tsky",
    "tskyi",
    "enko",
    "chenko",
    "ko",
    "chuk",
    "chyk",
    "czuk",
    "czyk",
    "yk",
    "uk",
    "iuk",
    "yuk",
    "ak",
    "iak",
    "yak",
    "ek",
    "wicz",
    "vych",
    "vich",
    "owicz",
    "ewicz",
    "ewski",
    "owski",
    "dze",
    "shvili",
    "ian",
    "yan",
    "son",
    "sen",
    "ssen",
    "man",
    "mann",
    "berg",
    "stein",
    "ton",
    "ley",
    "ford",
    "wood",
    "smith",
    "ez",
    "ic",
    "iv",
    "yshyn",
    "yshin",
];

fn given_names() -> &'static HashSet<String> {
    static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
        include_str!("../../../assets/given-names.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .map(fold)
            .collect()
    });
    &NAMES
}

/// A word as the lists have it: folded, without points and quotes at its ends.
pub(super) fn bare(word: &str) -> String {
    fold(word.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// A given name of the list. Of two with a hyphen between them, the first tells.
pub(super) fn is_given(word: &str) -> bool {
    let word = bare(word);
    given_names().contains(&word) || word.split_once('-').is_some_and(|(first, _)| given_names().contains(first))
}

/// `dr`, `inż.`, `Prof.`, `к.т.н.`
pub(super) fn is_title(word: &str) -> bool {
    let bare: String = fold(word).chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    // One letter with a point is an initial, but for the Polish "p. Kowalska", which nobody writes of themselves.
    bare.chars().count() > 1 && TITLES.contains(&bare.as_str())
}

pub(super) fn is_job(word: &str) -> bool {
    JOBS.contains(&bare(word).as_str())
}

/// A word of a mailbox that is nobody's own.
pub(super) fn is_robot(word: &str) -> bool {
    ROBOTS.contains(&bare(word).as_str())
}

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&bare(word).as_str())
}

/// `J.`, `И.П.`, also without the point: `J`.
pub(super) fn is_initial(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let pointed = word.contains('.');
    let single = word.split('.').filter(|part| !part.is_empty()).all(|part| part.chars().count() == 1);
    single
        && (1..=3).contains(&letters)
        && (pointed || letters == 1)
        && word.chars().all(|c| c.is_alphabetic() || c == '.')
}

/// It ends like a patronymic: `-ович`, `-івна`, `-ovich`.
pub(super) fn ends_as_patronymic(word: &str) -> bool {
    let word = bare(word);
    // "Ильич", "Кузьмич", "Ilyich" are; "Мажич" and "Babich" are family names.
    let short = |ending: &str| matches!(ending, "ич" | "ich");
    PATRONYMICS.iter().any(|ending| {
        word.strip_suffix(ending).is_some_and(|stem| {
            stem.chars().count() > 1
                && (!short(ending)
                    || matches!(
                        word.as_str(),
                        "ильич" | "кузьмич" | "лукич" | "фомич" | "никитич" | "ilyich" | "kuzmich"
                    ))
        })
    })
}

/// It is made of a given name: `Петрович` of `Пётр`. Of `Рабинович` there is none: that is a family name.
pub(super) fn is_patronymic_of_a_name(word: &str) -> bool {
    let word = bare(word);
    if matches!(
        word.as_str(),
        "ильич"
            | "кузьмич"
            | "лукич"
            | "фомич"
            | "никитич"
            | "ilyich"
            | "kuzmich"
            | "ильинична"
            | "кузьминична"
            | "никитична"
    ) {
        return true;
    }
    PATRONYMICS.iter().any(|ending| {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.chars().count() > 1) else { return false };
        ["", "й", "ь", "о", "а", "я", "ій", "ий", "и", "і", "y", "iy", "ii", "i", "o", "a", "ey", "ei", "el", "ел"]
            .iter()
            .any(|tail| given_names().contains(&format!("{stem}{tail}")))
            // The names that lose a vowel: Павел - Павлович, Лев - Львович, Пётр - Petrovich.
            || matches!(stem, "павл" | "льв" | "pavl" | "петр" | "petr" | "лаврент" | "игнат" | "аркад" | "arkad" | "григор" | "grigor" | "hryhor" | "анатол" | "anatol" | "юр" | "yur" | "валер" | "valer" | "дмитр" | "dmitr" | "dmytr" | "васил" | "vasil" | "vasyl" | "георг" | "евген" | "євген" | "геннад" | "витал" | "vital" | "віталі")
    })
}

/// It ends as family names do.
pub(super) fn ends_as_family(word: &str) -> bool {
    let word = bare(word);
    let length = word.chars().count();
    FAMILY.iter().any(|ending| word.ends_with(ending) && length > ending.chars().count() + 1)
        || word.starts_with("o'")
        || word.starts_with("mc")
}

/// All of it in capitals, and more than an initial.
pub(super) fn is_capitals(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    letters.len() > 1 && letters.iter().all(|c| c.is_uppercase()) && !word.contains('.')
}

/// A script or spelling this module does not judge: Vietnamese, and all that is neither Latin nor Cyrillic.
pub(super) fn is_foreign(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).any(|c| {
        let latin = matches!(c, '\u{41}'..='\u{24f}');
        let cyrillic = matches!(c, '\u{400}'..='\u{52f}');
        let vietnamese = matches!(c, 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{1ea0}'..='\u{1ef9}');
        let marks = matches!(c, '\u{2b0}'..='\u{2ff}');
        vietnamese || !(latin || cyrillic || marks)
    })
}

/// A word as a name is written: "KOWALSKI" and "kowalski" become "Kowalski"; what has small and large letters stays.
pub(super) fn written(word: &str) -> String {
    let all_small = word.chars().filter(|c| c.is_alphabetic()).all(char::is_lowercase);
    if (all_small && !is_particle(word)) || is_capitals(word) {
        let mut begins = true;
        return word
            .chars()
            .flat_map(|c| {
                let cased: Vec<char> = if begins { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
                begins = matches!(c, '-' | '\'' | '’');
                cased
            })
            .collect();
    }
    word.to_owned()
}
