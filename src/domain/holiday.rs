//! Holidays on which one greets clients: which there are in a country, and when (`assets/holidays.toml`).

use super::language::Language;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What templates call it: `new_year`.
    pub name: String,
    /// The countries that have it, in two letters.
    pub countries: Vec<String>,
    /// When: `12-25`, `easter+0`, `orthodox+0`, `11-22..11-28 thursday`.
    day: String,
    /// Days before it on which a greeting may be written.
    pub before: u8,
    /// Its name by language.
    title: BTreeMap<String, String>,
    /// What one wishes, by language.
    greeting: BTreeMap<String, String>,
}

/// A holiday on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feast<'a> {
    /// Which.
    pub holiday: &'a Holiday,
    /// When it is.
    pub day: Date,
}

#[derive(Deserialize)]
struct File {
    holiday: Vec<Holiday>,
}

/// All that the program knows; a test reads the file.
#[must_use]
pub fn all() -> &'static [Holiday] {
    static ALL: OnceLock<Vec<Holiday>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read = toml::from_str::<File>(include_str!("../../assets/holidays.toml"));
        read.map(|file| file.holiday).unwrap_or_default()
    })
}

impl Holiday {
    /// Its name for readers of a language; English where that is not known.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        word(&self.title, language)
    }

    /// What one wishes, for readers of a language.
    #[must_use]
    pub fn greeting(&self, language: &str) -> &str {
        word(&self.greeting, language)
    }

    /// Its day in a year.
    #[must_use]
    pub fn day_in(&self, year: i16) -> Option<Date> {
        let after = |start: Option<Date>, days: &str| start?.checked_add(days.parse::<i64>().ok()?.days()).ok();
        if let Some(days) = self.day.strip_prefix("easter+") {
            return after(easter(year), days);
        }
        if let Some(days) = self.day.strip_prefix("orthodox+") {
            return after(orthodox_easter(year), days);
        }
        let date = |month_day: &str| format!("{year:04}-{month_day}").parse::<Date>().ok();
        match self.day.split_once("..") {
            None => date(&self.day),
            Some((first, rest)) => {
                let (last, weekday) = rest.split_once(' ')?;
                let (mut day, last) = (date(first)?, date(last)?);
                while day <= last {
                    if format!("{:?}", day.weekday()).eq_ignore_ascii_case(weekday) {
                        return Some(day);
                    }
                    day = day.tomorrow().ok()?;
                }
                None
            }
        }
    }
}

/// The holidays for which a greeting may be written today: from some days before until the day itself.
#[must_use]
pub fn coming(today: Date) -> Vec<Feast<'static>> {
    let years = [today.year(), today.year().saturating_add(1)];
    let each = all().iter().flat_map(|holiday| years.map(|year| (holiday, holiday.day_in(year))));
    let feasts = each.filter_map(|(holiday, day)| Some(Feast { holiday, day: day? }));
    feasts
        .filter(|feast| {
            let first = feast.day.checked_sub(i64::from(feast.holiday.before).days());
            feast.day >= today && first.is_ok_and(|first| first <= today)
        })
        .collect()
}

/// The country somebody is in, as far as their card tells: by the prefix of a phone, else the end of a mail domain,
/// else their language where it is of one country. `None` where nothing tells: nobody is greeted at random.
#[must_use]
pub fn country(phones: &[&str], domains: &[&str], language: &str) -> Option<&'static str> {
    let of_phone = |phone: &&str| {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let digits = phone.trim().starts_with('+').then_some(digits)?;
        PREFIXES.iter().find(|(prefix, _)| digits.starts_with(prefix)).map(|(_, country)| *country)
    };
    let of_domain = |domain: &&str| {
        let end = domain.rsplit('.').next().unwrap_or("").to_lowercase();
        // Ends of two letters are countries; the few that are sold to everybody are not.
        ENDS.iter().find(|country| **country == end || (end == "uk" && **country == "gb")).copied()
    };
    let of_language = match Language::of_code(language) {
        Some(Language::Polish) => Some("pl"),
        Some(Language::Ukrainian) => Some("ua"),
        _ => None,
    };
    phones.iter().find_map(of_phone).or_else(|| domains.iter().find_map(of_domain)).or(of_language)
}

/// International prefixes; longer ones before those they begin with.
const PREFIXES: [(&str, &str); 33] = [
    ("380", "ua"),
    ("375", "by"),
    ("373", "md"),
    ("372", "ee"),
    ("371", "lv"),
    ("370", "lt"),
    ("359", "bg"),
    ("358", "fi"),
    ("353", "ie"),
    ("351", "pt"),
    ("420", "cz"),
    ("421", "sk"),
    ("374", "am"),
    ("995", "ge"),
    ("77", "kz"),
    ("76", "kz"),
    ("7", "ru"),
    ("48", "pl"),
    ("49", "de"),
    ("47", "no"),
    ("46", "se"),
    ("45", "dk"),
    ("44", "gb"),
    ("43", "at"),
    ("41", "ch"),
    ("40", "ro"),
    ("39", "it"),
    ("36", "hu"),
    ("34", "es"),
    ("33", "fr"),
    ("32", "be"),
    ("31", "nl"),
    ("30", "gr"),
];

/// Ends of mail domains that are countries with a holiday here.
const ENDS: [&str; 33] = [
    "pl", "ua", "ru", "by", "kz", "gb", "ie", "us", "ca", "au", "de", "at", "ch", "fr", "es", "it", "nl", "be", "cz",
    "sk", "lt", "lv", "ee", "se", "no", "dk", "fi", "pt", "hu", "ro", "bg", "gr", "md",
];

fn word<'a>(words: &'a BTreeMap<String, String>, language: &str) -> &'a str {
    let code = Language::of_code(language).map_or("en", Language::word);
    words.get(code).or_else(|| words.get("en")).map_or("", String::as_str)
}

/// Easter of the western churches (the anonymous Gregorian algorithm).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let (month, day) = ((h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Easter of the eastern churches, on the day of our calendar (Meeus, 13 days apart from 1900 to 2099).
fn orthodox_easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 4, y % 7, y % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let (month, day) = ((d + e + 114) / 31, (d + e + 114) % 31 + 1);
    let julian = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    julian.checked_add(13.days()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_holiday_has_its_day_and_its_words() {
        assert!(all().len() >= 8);
        for holiday in all() {
            for year in 2024..2040 {
                assert!(holiday.day_in(year).is_some(), "{} {year}", holiday.name);
            }
            for language in ["en", "pl", "ru", "uk"] {
                assert!(!holiday.title(language).is_empty() && !holiday.greeting(language).is_empty());
                assert!(holiday.title.contains_key(language) && holiday.greeting.contains_key(language));
            }
            assert!(holiday.countries.iter().all(|code| code.len() == 2));
        }
    }

    #[test]
    fn easter_is_when_the_churches_say() {
        for (year, western, eastern) in [
            (2024, date(2024, 3, 31), date(2024, 5, 5)),
            (2025, date(2025, 4, 20), date(2025, 4, 20)),
            (2026, date(2026, 4, 5), date(2026, 4, 12)),
            (2027, date(2027, 3, 28), date(2027, 5, 2)),
            (2038, date(2038, 4, 25), date(2038, 4, 25)),
        ] {
            assert_eq!((easter(year), orthodox_easter(year)), (Some(western), Some(eastern)));
        }
        let thanksgiving = all().iter().find(|holiday| holiday.name == "thanksgiving").unwrap();
        assert_eq!(thanksgiving.day_in(2026), Some(date(2026, 11, 26)));
    }

    #[test]
    fn a_greeting_is_written_some_days_before_until_the_day() {
        let names = |day| coming(day).into_iter().map(|feast| feast.holiday.name.as_str()).collect::<Vec<_>>();
        for (day, found) in [
            (date(2026, 12, 19), &[][..]),
            (date(2026, 12, 20), &["christmas"]),
            (date(2026, 12, 25), &["christmas"]),
            (date(2026, 12, 26), &[]),
            (date(2026, 12, 27), &["new_year"]),
            (date(2027, 1, 1), &["new_year"]),
            (date(2027, 1, 2), &[]),
            (date(2026, 11, 28), &[]),
            (date(2026, 11, 10), &["independence_day_pl"]),
        ] {
            assert_eq!(names(day), found, "{day}");
        }
    }

    #[test]
    fn the_country_is_told_by_phone_then_domain_then_language() {
        for (phones, domains, language, expected) in [
            (&["+380 44 1"][..], &["acme.pl"][..], "ru", Some("ua")),
            (&["+7 495 1"], &[], "", Some("ru")),
            (&["+7 771 1"], &[], "", Some("kz")),
            (&["22 555 10 10"], &["acme.com.pl"], "en", Some("pl")),
            (&[], &["acme.co.uk"], "", Some("gb")),
            (&[], &["acme.example"], "uk", Some("ua")),
            (&[], &["acme.example"], "ru", None),
            (&[], &["acme.io"], "en", None),
        ] {
            assert_eq!(country(phones, domains, language), expected, "{phones:?} {domains:?} {language}");
        }
        assert!(PREFIXES.iter().enumerate().all(|(at, (prefix, _))| {
            PREFIXES.iter().take(at).all(|(earlier, _)| !prefix.starts_with(earlier) || earlier == prefix)
        }));
    }
}
