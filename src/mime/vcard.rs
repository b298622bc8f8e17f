//! vCard 3 and 4 (RFC 2426, RFC 6350; 2.1 is read as well), as rows of an exchange.
//!
//! What a card of ours has and the format has not goes under names of its own, `X-POSTBOOK-…`.

use super::charset;
use crate::domain::card::Fact;
use crate::domain::exchange::{Column, Entry, heading};
use crate::domain::text::Text;
use calcard::common::PartialDateTime;
use calcard::vcard::{VCard, VCardEntry, VCardParameter, VCardParameterName, VCardProperty, VCardValue, VCardVersion};

/// Begins the names of what only our cards have.
const OWN: &str = "X-POSTBOOK-";

/// True when a file is one of cards.
#[must_use]
pub fn is_vcard(bytes: &[u8]) -> bool {
    let begin = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    begin.get(..11).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCARD"))
}

/// Reads every card. One that does not end, or is none, is told with its line.
#[must_use]
pub fn read(bytes: &[u8]) -> Vec<Result<Entry, (u64, String)>> {
    let text = charset::decode(bytes, None);
    let mut cards: Vec<(u64, String)> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().eq_ignore_ascii_case("BEGIN:VCARD") {
            cards.push((number, String::new()));
        }
        if let Some((_, card)) = cards.last_mut() {
            card.push_str(line);
            card.push_str("\r\n");
        }
    }
    cards.into_iter().map(|(line, card)| read_one(line, &card)).collect()
}

fn read_one(line: u64, card: &str) -> Result<Entry, (u64, String)> {
    if !card.lines().any(|line| line.trim().eq_ignore_ascii_case("END:VCARD")) {
        return Err((line, "the card does not end: END:VCARD is missing".to_owned()));
    }
    let Ok(card) = VCard::parse(card) else { return Err((line, "this is no card".to_owned())) };
    let mut values = Vec::new();
    for entry in &card.entries {
        for (column, value) in columns_of(entry) {
            if !value.trim().is_empty() {
                values.push((column, Text::block(value.trim()).into()));
            }
        }
    }
    Ok(Entry { line, values })
}

fn columns_of(entry: &VCardEntry) -> Vec<(Column, String)> {
    let text = |place: usize| entry.values.get(place).map(in_words).unwrap_or_default();
    let fact = |fact: Fact, value: String| (Column::Fact(fact), value);
    match &entry.name {
        VCardProperty::Fn => vec![(Column::FullName, text(0))],
        VCardProperty::N => {
            vec![fact(Fact::Family, text(0)), fact(Fact::Given, text(1)), fact(Fact::Patronymic, text(2))]
        }
        VCardProperty::Email => vec![fact(Fact::Addresses, without(&text(0), "mailto:"))],
        VCardProperty::Tel => vec![fact(Fact::Phones, without(&text(0), "tel:"))],
        VCardProperty::Org => vec![fact(Fact::Company, text(0))],
        VCardProperty::Title => vec![fact(Fact::Position, text(0))],
        VCardProperty::Bday => {
            entry.values.first().and_then(birthday).map(|day| fact(Fact::Birthday, day)).into_iter().collect()
        }
        VCardProperty::Note => vec![fact(Fact::Note, text(0))],
        VCardProperty::Lang => vec![fact(Fact::Language, text(0).chars().take_while(|c| *c != '-').collect())],
        VCardProperty::Categories => {
            vec![fact(Fact::Tags, entry.values.iter().map(in_words).collect::<Vec<_>>().join("\n"))]
        }
        VCardProperty::Other(name) => own(name, text(0)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What stands under one of our own names; an own field's name is written with `-` for what a property's name cannot have.
fn own(name: &str, value: String) -> Option<(Column, String)> {
    let name = name.to_ascii_uppercase();
    let name = name.strip_prefix(OWN)?;
    if name == "FIELD" {
        let (name, value) = value.split_once('=')?;
        return Some((Column::Fact(Fact::Own(Text::line(name.trim()))), value.to_owned()));
    }
    let column = match name {
        "KIND" => Column::Kind,
        "ROLE" => Column::Fact(Fact::Role),
        "OWNER" => Column::Fact(Fact::Owner),
        "WATCHED" => Column::Fact(Fact::Watched),
        _ => return None,
    };
    Some((column, value))
}

fn in_words(value: &VCardValue) -> String {
    match value {
        VCardValue::Text(text) => text.clone(),
        VCardValue::Component(parts) => parts.join(" "),
        VCardValue::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}

fn without(value: &str, scheme: &str) -> String {
    match value.get(..scheme.len()) {
        Some(begin) if begin.eq_ignore_ascii_case(scheme) => value.get(scheme.len()..).unwrap_or_default().to_owned(),
        _ => value.to_owned(),
    }
}

/// `MM-DD`.
fn birthday(value: &VCardValue) -> Option<String> {
    match value {
        VCardValue::PartialDateTime(PartialDateTime { month: Some(month), day: Some(day), .. }) => {
            Some(format!("{month:02}-{day:02}"))
        }
        VCardValue::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Which vCard is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// RFC 2426: what phones and Outlook read.
    Three,
    /// RFC 6350.
    Four,
}

/// Writes cards.
#[must_use]
pub fn write<'a>(entries: impl IntoIterator<Item = &'a Entry>, version: Version) -> String {
    let mut written = String::new();
    let as_version = match version {
        Version::Three => VCardVersion::V3_0,
        Version::Four => VCardVersion::V4_0,
    };
    for entry in entries {
        // Writing into a String cannot fail.
        let _ = card_of(entry, version).write_to(&mut written, as_version);
    }
    written
}

fn card_of(entry: &Entry, version: Version) -> VCard {
    let text = |value: String| VCardValue::Text(value);
    let mut entries = Vec::new();
    let mut put = |name: VCardProperty, values: Vec<VCardValue>, params: Vec<VCardParameter>| {
        if values.iter().any(|value| !in_words(value).is_empty() || matches!(value, VCardValue::PartialDateTime(_))) {
            entries.push(VCardEntry { group: None, name, params, values });
        }
    };
    let name = [Fact::Family, Fact::Given, Fact::Patronymic].map(|part| text(entry.fact(&part)));
    put(VCardProperty::N, name.into_iter().chain([text(String::new()), text(String::new())]).collect(), Vec::new());
    put(VCardProperty::Fn, vec![text(full_name(entry))], Vec::new());
    for (place, address) in (1..).zip(entry.fact(&Fact::Addresses).lines()) {
        // The first one is the one to write to.
        let first = match (place, version) {
            (1, Version::Three) => vec![VCardParameter::new(VCardParameterName::Type, "PREF".to_owned())],
            (1, Version::Four) => vec![VCardParameter { name: VCardParameterName::Pref, value: 1_u32.into() }],
            _ => Vec::new(),
        };
        put(VCardProperty::Email, vec![text(address.to_owned())], first);
    }
    for phone in entry.fact(&Fact::Phones).lines() {
        put(VCardProperty::Tel, vec![text(phone.to_owned())], Vec::new());
    }
    put(VCardProperty::Org, vec![text(entry.fact(&Fact::Company))], Vec::new());
    put(VCardProperty::Title, vec![text(entry.fact(&Fact::Position))], Vec::new());
    if let Some(day) = as_date(&entry.fact(&Fact::Birthday), version) {
        put(VCardProperty::Bday, vec![day], Vec::new());
    }
    put(VCardProperty::Note, vec![text(entry.fact(&Fact::Note))], Vec::new());
    put(VCardProperty::Lang, vec![text(entry.fact(&Fact::Language))], Vec::new());
    let tags = entry.fact(&Fact::Tags);
    put(VCardProperty::Categories, tags.lines().map(|tag| text(tag.to_owned())).collect(), Vec::new());
    let own = |name: &str| VCardProperty::Other(format!("{OWN}{name}"));
    put(own("KIND"), vec![text(entry.joined(&Column::Kind))], Vec::new());
    for (fact, name) in [(Fact::Role, "ROLE"), (Fact::Owner, "OWNER"), (Fact::Watched, "WATCHED")] {
        put(own(name), vec![text(entry.fact(&fact))], Vec::new());
    }
    for (column, value) in &entry.values {
        if matches!(column, Column::Fact(Fact::Own(_))) && !value.is_empty() {
            put(own("FIELD"), vec![text(format!("{}={value}", heading(column)))], Vec::new());
        }
    }
    VCard { entries }
}

/// A card has to have a name: the one that is written, else its parts, else the address.
fn full_name(entry: &Entry) -> String {
    let written = entry.joined(&Column::FullName);
    let written = if written.is_empty() { entry.fact(&Fact::Display) } else { written };
    if !written.is_empty() {
        return written;
    }
    let parts = [Fact::Given, Fact::Patronymic, Fact::Family].map(|part| entry.fact(&part));
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { entry.fact(&Fact::Addresses).lines().next().unwrap_or_default().to_owned() } else { name }
}

/// A birthday without its year: version 3 has no such date, so there it gets the year that phones take for none.
fn as_date(birthday: &str, version: Version) -> Option<VCardValue> {
    let (month, day) = birthday.split_once('-')?;
    let year = if version == Version::Three { Some(1604) } else { None };
    Some(VCardValue::PartialDateTime(PartialDateTime {
        year,
        month: month.parse().ok(),
        day: day.parse().ok(),
        ..PartialDateTime::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(entry: &Entry) -> Vec<(String, String)> {
        entry.values.iter().map(|(column, value)| (heading(column), value.clone())).collect()
    }

    fn pairs(entry: &Entry) -> Vec<String> {
        all(entry).into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn cards_of_every_version_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Kowalska;Anna;Maria;Dr.;\r\nFN:Anna Kowalska\r\nitem1.EMAIL;TYPE=INTERNET,PREF:anna@x.example\r\n\
            TEL;TYPE=CELL:+48 600\r\nORG:Acme Sp. z o.o.;Sales\r\nTITLE:Boss\r\nBDAY:1980-11-30\r\nNOTE:two\\nlines\\, really\r\n\
            CATEGORIES:vip,north\r\nX-POSTBOOK-ROLE:partner\r\nX-POSTBOOK-FIELD:shoe size=42\r\nPHOTO:data:none\r\nEND:VCARD\r\n\
            begin:vcard\nVERSION:4.0\nFN:Ivan\nEMAIL;PREF=1:mailto:i@x.example\nTEL;VALUE=uri:tel:+380-44\nBDAY:--1130\nLANG:uk-UA\nend:vcard\n\
            BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2;=D0=90\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:open\r\n";
        let cards = read(text.as_bytes());
        let first = pairs(cards[0].as_ref().unwrap());
        assert_eq!(
            first,
            [
                "family_name: Kowalska",
                "given_name: Anna",
                "patronymic: Maria",
                "full_name: Anna Kowalska",
                "addresses: anna@x.example",
                "phones: +48 600",
                "company: Acme Sp. z o.o.",
                "position: Boss",
                "birthday: 11-30",
                "note: two\nlines, really",
                "tags: vip\nnorth",
                "role: partner",
                "shoe size: 42",
            ]
        );
        assert_eq!(
            pairs(cards[1].as_ref().unwrap()),
            ["full_name: Ivan", "addresses: i@x.example", "phones: +380-44", "birthday: 11-30", "language: uk"]
        );
        assert_eq!(cards[1].as_ref().unwrap().line, 16);
        assert_eq!(pairs(cards[2].as_ref().unwrap()), ["family_name: Ив", "given_name: А"]);
        assert_eq!(cards[3].as_ref().unwrap_err().0, 28);
        assert_eq!(cards.len(), 4);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let values = [
            (Column::Fact(Fact::Family), "Петренко"),
            (Column::Fact(Fact::Given), "Оксана"),
            (Column::Fact(Fact::Patronymic), "Іванівна"),
            (Column::FullName, "Оксана; Петренко, \\ «ТОВ»"),
            (Column::Fact(Fact::Addresses), "o@x.example\no2@x.example"),
            (Column::Fact(Fact::Phones), "+380 44"),
            (Column::Fact(Fact::Company), "ТОВ «Зоря», відділ; склад"),
            (Column::Fact(Fact::Birthday), "02-29"),
            (
                Column::Fact(Fact::Note),
                "one\ntwo: three; four, five and a very long line that has to be folded because it is over 75 octets",
            ),
            (Column::Fact(Fact::Tags), "vip\nnorth"),
            (Column::Kind, "contact"),
            (Column::Fact(Fact::Role), "client"),
            (Column::Fact(Fact::Own(Text::own("shoe size"))), "42"),
        ];
        let entry = Entry { line: 1, values: values.map(|(column, value)| (column, value.to_owned())).into() };
        for version in [Version::Three, Version::Four] {
            let written = write([&entry], version);
            assert!(is_vcard(written.as_bytes()));
            assert!(written.contains(if version == Version::Three { "VERSION:3.0" } else { "VERSION:4.0" }));
            assert!(written.split("\r\n").all(|line| line.len() <= 76), "{written}");
            let back = read(written.as_bytes()).remove(0).unwrap();
            for (column, _) in &entry.values {
                assert_eq!(back.joined(column), entry.joined(column), "{version:?} {written}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut card = b"BEGIN:VCARD\r\n".to_vec();
            card.extend(bytes);
            card.extend(b"\r\nEND:VCARD\r\n");
            let _ = read(&card);
        }
    }
}
