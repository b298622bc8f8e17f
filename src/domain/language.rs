//! The four languages letters are mostly written in: which one a text is in, and how each writes dates and money.

use super::money::Money;
use jiff::{Zoned, civil::Date};

/// A language with its own way of writing dates, money and the line above a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Polish.
    Polish,
    /// Russian.
    Russian,
    /// Ukrainian.
    Ukrainian,
}

super::contact::words!(Language, English = "en", Polish = "pl", Russian = "ru", Ukrainian = "uk");

/// Letters that occur in one of the languages only.
const UKRAINIAN_LETTERS: &str = "іїєґ";
const RUSSIAN_LETTERS: &str = "ыэёъ";
const POLISH_LETTERS: &str = "ąćęłńśźż";

/// Frequent words, folded, that tell a language where its letters do not.
const RUSSIAN_WORDS: [&str; 10] =
    ["и", "что", "как", "спасибо", "здравствуйте", "пожалуйста", "уважением", "или", "если", "вас"];
const UKRAINIAN_WORDS: [&str; 10] = ["та", "що", "як", "дякую", "вітаю", "ласка", "повагою", "або", "якщо", "прошу"];
const POLISH_WORDS: [&str; 14] = [
    "dzien",
    "jest",
    "sie",
    "nie",
    "prosze",
    "dziekuje",
    "pozdrawiam",
    "czy",
    "oraz",
    "witam",
    "oferta",
    "oferte",
    "pani",
    "panie",
];
const ENGLISH_WORDS: [&str; 10] = ["the", "and", "you", "for", "thank", "thanks", "please", "regards", "hello", "dear"];

impl Language {
    /// From what a card or a header says: `pl`, `PL`, `pl-PL`, `uk_UA`; `None` for every other language.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let code = code.trim().to_lowercase();
        let main = code.split(['-', '_']).next().unwrap_or("");
        // `ua` is the country; people write it for the language.
        Self::from_word(if main == "ua" { "uk" } else { main })
    }

    /// The language a text is written in, told by its letters and frequent words; English when nothing tells.
    ///
    /// Only the first few thousand characters are looked at.
    #[must_use]
    pub fn detect(text: &str) -> Self {
        Self::told(text).unwrap_or(Self::English)
    }

    /// Like [`Self::detect`]; `None` when nothing tells: a few words, or a language that is none of these.
    #[must_use]
    pub fn told(text: &str) -> Option<Self> {
        let sample: String = text.chars().take(4000).collect::<String>().to_lowercase();
        let letters = |set: &str| sample.chars().filter(|c| set.contains(*c)).count();
        let words = super::query::words(&sample);
        let count = |known: &[&str]| words.iter().filter(|w| known.contains(&w.as_str())).count();
        let cyrillic = sample.chars().filter(|c| matches!(c, '\u{400}'..='\u{52f}')).count();
        let latin = sample.chars().filter(|c| c.is_alphabetic() && *c < '\u{250}').count();
        if cyrillic > latin {
            let ukrainian = letters(UKRAINIAN_LETTERS) + count(&UKRAINIAN_WORDS);
            let russian = letters(RUSSIAN_LETTERS) + count(&RUSSIAN_WORDS);
            return Some(if ukrainian > russian { Self::Ukrainian } else { Self::Russian });
        }
        // A Polish name in an English letter has a letter or two; an accent weighs less than a word.
        let polish = letters(POLISH_LETTERS) / 2 + count(&POLISH_WORDS);
        match count(&ENGLISH_WORDS) {
            english if polish > english => Some(Self::Polish),
            0 => None,
            _ => Some(Self::English),
        }
    }

    /// What business letters to a country are written in, where that is one of these; an ISO 3166 code in small letters.
    #[must_use]
    pub fn of_country(code: &str) -> Option<Self> {
        Some(match code {
            "pl" => Self::Polish,
            "ua" => Self::Ukrainian,
            "ru" | "by" | "kz" | "kg" => Self::Russian,
            "gb" | "us" | "ie" | "au" | "nz" | "ca" => Self::English,
            _ => return None,
        })
    }

    /// A day: `23 November 2026`, `23 listopada 2026`, `23 ноября 2026 г.`, `23 листопада 2026 р.`
    #[must_use]
    pub fn date(self, day: Date) -> String {
        let index = usize::try_from(day.month().saturating_sub(1)).unwrap_or(0);
        let month = self.months().get(index).copied().unwrap_or("");
        let date = format!("{} {month} {}", day.day(), day.year());
        match self {
            Self::English | Self::Polish => date,
            Self::Russian => date + " г.",
            Self::Ukrainian => date + " р.",
        }
    }

    /// Months as they stand after a day.
    fn months(self) -> [&'static str; 12] {
        match self {
            Self::English => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Polish => [
                "stycznia",
                "lutego",
                "marca",
                "kwietnia",
                "maja",
                "czerwca",
                "lipca",
                "sierpnia",
                "września",
                "października",
                "listopada",
                "grudnia",
            ],
            Self::Russian => [
                "января",
                "февраля",
                "марта",
                "апреля",
                "мая",
                "июня",
                "июля",
                "августа",
                "сентября",
                "октября",
                "ноября",
                "декабря",
            ],
            Self::Ukrainian => [
                "січня",
                "лютого",
                "березня",
                "квітня",
                "травня",
                "червня",
                "липня",
                "серпня",
                "вересня",
                "жовтня",
                "листопада",
                "грудня",
            ],
        }
    }

    /// An amount: `12 400,00 zł`, `€1,240.50`. Blanks in it never break.
    #[must_use]
    pub fn money(self, amount: &Money) -> String {
        let plain = amount.plain();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let (group, point) = if self == Self::English { (',', '.') } else { ('\u{a0}', ',') };
        let mut number = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                number.push(group);
            }
            number.push(digit);
        }
        if !fraction.is_empty() {
            number.push(point);
            number.push_str(fraction);
        }
        let currency = self.currency(&amount.currency);
        match currency {
            "€" | "$" | "£" if self == Self::English => format!("{sign}{currency}{number}"),
            _ => format!("{sign}{number}\u{a0}{currency}"),
        }
    }

    /// The sign of a currency where readers of this language expect one, else its ISO code.
    fn currency(self, code: &str) -> &str {
        match (self, code) {
            (_, "EUR") => "€",
            (_, "USD") => "$",
            (Self::English, "GBP") => "£",
            (Self::Polish, "PLN") => "zł",
            (Self::Russian | Self::Ukrainian, "UAH") => "грн",
            (Self::Russian, "RUB") => "₽",
            _ => code,
        }
    }

    /// The line above a quote: who wrote it and when, in the reader's time zone.
    #[must_use]
    pub fn attribution(self, at: &Zoned, who: &str) -> String {
        let date = self.date(at.date());
        let time = format!("{:02}:{:02}", at.hour(), at.minute());
        match self {
            Self::English => format!("On {date} at {time}, {who} wrote:"),
            Self::Polish => format!("W dniu {date} o {time} {who} pisze:"),
            Self::Russian => format!("{date} в {time} {who} пишет:"),
            Self::Ukrainian => format!("{date} о {time} {who} пише:"),
        }
    }
}

/// A day for a template in any language: as its readers write it, else ISO 8601.
#[must_use]
pub fn date(code: &str, day: Date) -> String {
    Language::of_code(code).map_or_else(|| day.to_string(), |language| language.date(day))
}

/// An amount for a template in any language: as its readers write it, else with its ISO code.
#[must_use]
pub fn money(code: &str, amount: &Money) -> String {
    Language::of_code(code).map_or_else(|| amount.to_string(), |language| language.money(amount))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            ("Dear Anna, thank you for the offer.", Language::English),
            ("Dear Łukasz Żółć, thank you for your letter and the price list.", Language::English),
            ("Dzień dobry, proszę o ofertę na biurka.", Language::Polish),
            ("Dzien dobry, prosze o oferte", Language::Polish),
            ("Здравствуйте! Пришлите, пожалуйста, счёт.", Language::Russian),
            ("Спасибо, согласен", Language::Russian),
            ("Добрий день! Надішліть, будь ласка, рахунок.", Language::Ukrainian),
            ("Дякую, чекаю на договір", Language::Ukrainian),
            ("ok", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::detect(text), language, "{text}");
        }
        assert_eq!(Language::told("Dear Anna, thank you for the offer."), Some(Language::English));
        for nothing in ["", "ok", "Sehr geehrte Frau Lis, wir nehmen das Angebot an."] {
            assert_eq!(Language::told(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn dates_and_money_as_readers_write_them() {
        let day = jiff::civil::date(2026, 11, 23);
        for (code, shown) in [
            ("en", "23 November 2026"),
            ("pl-PL", "23 listopada 2026"),
            ("ru", "23 ноября 2026 г."),
            ("UA", "23 листопада 2026 р."),
            ("de", "2026-11-23"),
        ] {
            assert_eq!(date(code, day), shown);
        }
        for (code, currency, shown) in [
            ("pl", "PLN", "12\u{a0}400,00\u{a0}zł"),
            ("en", "PLN", "12,400.00\u{a0}PLN"),
            ("en", "EUR", "€12,400.00"),
            ("uk", "UAH", "12\u{a0}400,00\u{a0}грн"),
            ("ru", "RUB", "12\u{a0}400,00\u{a0}₽"),
            ("de", "EUR", "12\u{a0}400.00\u{a0}EUR"),
        ] {
            assert_eq!(money(code, &Money::parse("12400", currency).unwrap()), shown);
        }
        assert_eq!(Language::English.money(&Money { minor: -5, currency: "USD".into() }), "-$0.05");
    }
}
