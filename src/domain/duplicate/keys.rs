//! What two spellings of the same have in common: of a phone, a name, a mailbox, a company.

use crate::domain::address::{Address, is_free_mail};
use crate::domain::contact::Name;
use crate::domain::latin::latin;
use crate::domain::legal_form;
use crate::domain::name_split;
use crate::domain::query::words;
use crate::domain::text::{Text, fold};

/// The last nine digits: `+48 600 100 200` and `600-100-200` are one number, as are `8 727 …` and `+7 727 …`.
#[must_use]
pub fn phone(written: &str) -> Option<String> {
    let digits: Vec<char> = written.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().checked_sub(9)?;
    Some(digits.get(from..)?.iter().collect())
}

/// How a word sounds, near enough to join its spellings: `Шевченко`, `Shevchenko` and `Szewczenko` give one.
#[must_use]
pub fn sound(word: &str) -> String {
    // Apostrophes and hyphens are no sounds.
    let mut joined: String = latin(&fold(word)).chars().filter(|c| c.is_alphanumeric()).collect();
    // Large letters stand for sounds that several letters write.
    for (written, sound) in [
        ("szcz", "SC"),
        ("shch", "SC"),
        ("sz", "S"),
        ("sh", "S"),
        ("cz", "C"),
        ("tch", "C"),
        ("kh", "h"),
        ("ch", "C"),
        ("zh", "z"),
        ("ts", "c"),
        ("tz", "c"),
        ("ph", "f"),
        ("ck", "k"),
        ("x", "ks"),
        ("q", "k"),
        ("w", "v"),
        ("g", "h"),
        ("y", "i"),
        ("j", "i"),
    ] {
        joined = joined.replace(written, sound);
    }
    let letters: Vec<char> = joined.chars().collect();
    let mut sound = String::new();
    for (index, c) in letters.iter().enumerate() {
        let next = letters.get(index + 1);
        // "Nataliia", "Natalja", "Наталья": what stands between i and a vowel is written in many ways.
        let glides = *c == 'i' && next.is_some_and(|next| matches!(next, 'a' | 'e' | 'o' | 'u' | 'i'));
        if !glides && !sound.ends_with(*c) {
            sound.push(*c);
        }
    }
    sound
}

/// Given and family name by their sound; `None` where one of them is not known.
#[must_use]
pub fn name(name: &Name) -> Option<String> {
    let (given, family) = parts(name)?;
    let first = given.as_str().split(' ').next().unwrap_or_default();
    let (given, family) = (sound(first), sound(family.as_str()));
    // An initial is no name.
    (given.chars().count() > 1 && family.chars().count() > 1).then(|| format!("{given} {family}"))
}

/// Given and family name: mine where I confirmed them, else as they would be proposed.
#[must_use]
pub fn parts(name: &Name) -> Option<(Text, Text)> {
    let known = !name.given.is_empty() || !name.family.is_empty();
    let name = if known { name.clone() } else { name_split::propose(&name.display, None).name };
    (!name.given.is_empty() && !name.family.is_empty()).then_some((name.given, name.family))
}

/// A mailbox without its `+tag`; where the provider does not see points, without those.
#[must_use]
pub fn mailbox(address: &Address) -> String {
    let base = address.base();
    match base.domain() {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", base.local().replace('.', "")),
        domain => format!("{}@{domain}", base.local()),
    }
}

/// The sound of the part before `@`, letters only; `None` where few are left.
#[must_use]
pub fn local(address: &Address) -> Option<String> {
    let letters: String = address.base().local().chars().filter(|c| c.is_alphabetic()).collect();
    let sound = sound(&letters);
    (sound.chars().count() >= 4).then_some(sound)
}

/// A company's name by its sound, without its legal form.
#[must_use]
pub fn company(name: &str) -> Option<String> {
    let words: Vec<String> =
        legal_form::without(name).iter().map(|word| sound(word)).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    (joined.chars().count() >= 3).then_some(joined)
}

/// The name in a mail domain: `acme` of `acme.pl` and of `mail.acme.co.uk`.
#[must_use]
pub fn domain_root(domain: &str) -> Option<String> {
    if is_free_mail(domain) {
        return None;
    }
    let mut labels: Vec<&str> = domain.split('.').collect();
    labels.pop();
    if labels.len() > 1
        && labels.last().is_some_and(|label| {
            matches!(
                *label,
                "co" | "com" | "org" | "net" | "gov" | "edu" | "biz" | "info" | "in" | "kiev" | "kyiv" | "lviv" | "waw"
            )
        })
    {
        labels.pop();
    }
    labels.pop().filter(|label| label.chars().count() >= 4).map(str::to_owned)
}

/// Register and tax numbers in requisites: what stands behind NIP, REGON, KRS, ЄДРПОУ, ІПН, ИНН, БИН, IČO, VAT, "Company no.".
#[must_use]
pub fn numbers(requisites: &str) -> Vec<String> {
    const NAMES: [&str; 17] = [
        "nip",
        "regon",
        "krs",
        "єдрпоу",
        "едрпоу",
        "іпн",
        "инн",
        "бин",
        "иин",
        "унп",
        "ico",
        "dic",
        "vat",
        "огрн",
        "no",
        "number",
        "рнокпп",
    ];
    let words = words(requisites);
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate().filter(|(_, word)| NAMES.contains(&word.as_str())) {
        // "NIP 679-000-00-31" is four words; "VAT PL6790000031" one with its country.
        let digits: String = words
            .iter()
            .skip(index + 1)
            .take_while(|part| part.chars().any(|c| c.is_ascii_digit()))
            .flat_map(|part| part.chars().filter(char::is_ascii_digit))
            .collect();
        let fits = |digits: &String| (8..=14).contains(&digits.len()) && digits.chars().any(|c| c != '0');
        if word != "no" || digits.len() <= 10 {
            found.extend(Some(digits).filter(fits));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_sound_alike() {
        for alike in [
            &["Шевченко", "Shevchenko", "Szewczenko", "SHEVCHENKO"][..],
            &["Иванов", "Ivanov", "Iwanow"],
            &["Наталья", "Наталія", "Natalia", "Nataliia", "Natalya"],
            &["Ковальчук", "Kovalchuk", "Kowalczuk"],
            &["Юрий", "Юрій", "Yuri", "Yurii", "Juri"],
            &["Щербаков", "Shcherbakov", "Szczerbakow"],
            &["Хоменко", "Khomenko", "Homenko"],
            &["Вишневский", "Vishnevsky", "Wiszniewski"],
            &["Мар'яна", "Maryana", "Мар’яна"],
            &["Łukasz", "Lukasz"],
            &["Фёдоров", "Федоров", "Fedorov"],
        ] {
            let sounds: Vec<String> = alike.iter().map(|word| sound(word)).collect();
            assert!(sounds.windows(2).all(|pair| pair[0] == pair[1]), "{alike:?}: {sounds:?}");
        }
        for (one, other) in [("Kowalska", "Kowalski"), ("Петров", "Петрова"), ("Jan", "Anna"), ("Иванов", "Иваненко")]
        {
            assert_ne!(sound(one), sound(other), "{one}");
        }
    }

    #[test]
    fn numbers_and_mailboxes_are_compared_without_their_dress() {
        for (written, key) in [
            ("+48 600 100 200", Some("600100200")),
            ("600-100-200", Some("600100200")),
            ("0048600100200", Some("600100200")),
            ("8 (727) 123-45-67", Some("271234567")),
            ("+7 727 123 45 67", Some("271234567")),
            ("112", None),
        ] {
            assert_eq!(phone(written).as_deref(), key, "{written}");
        }
        let address = |text: &str| Address::parse(text).unwrap();
        for (written, key) in [
            ("Anna.Kowalska+shop@gmail.com", "annakowalska@gmail.com"),
            ("annakowalska@googlemail.com", "annakowalska@gmail.com"),
            ("anna.k+x@acme.example", "anna.k@acme.example"),
        ] {
            assert_eq!(mailbox(&address(written)), key);
        }
        for (domain, root) in [
            ("acme-desks.pl", Some("acme-desks")),
            ("mail.acmedesks.co.uk", Some("acmedesks")),
            ("zoria.com.ua", Some("zoria")),
            ("abc.pl", None),
            ("gmail.com", None),
        ] {
            assert_eq!(domain_root(domain).as_deref(), root, "{domain}");
        }
        for (requisites, found) in [
            ("NIP 679-000-00-31, ul. Ślusarska 9, 30-702 Kraków", &["6790000031"][..]),
            ("ЄДРПОУ 00000042, вул. Городоцька 214, 79022 Львів", &["00000042"]),
            ("БИН 000040000042, пр. Достык 128", &["000040000042"]),
            ("ИНН: 7707083893 КПП 770701001", &["7707083893"]),
            ("VAT PL6790000031", &["6790000031"]),
            ("Company no. 00000123, Tariff Works", &["00000123"]),
            ("ul. Prosta 1, 90-001 Łódź", &[]),
        ] {
            assert_eq!(numbers(requisites), found, "{requisites}");
        }
        assert_eq!(company("ООО «Ромашка»"), company("Romashka Ltd"));
        assert_eq!(company("Acme Sp. z o.o."), company("ACME"));
        assert_ne!(company("Acme Desks"), company("Acme Chairs"));
    }
}
