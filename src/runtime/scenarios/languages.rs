//! In which language a client is written to.

use super::*;
use crate::runtime::writing::{Filling, Writer};

/// How a letter with a bundled template begins that answers this one, of somebody whose card says no language.
fn thanks(words: &str) -> String {
    let desk = Desk::open();
    desk.contact("Anna", &["anna@acme.example"], None);
    desk.arrives(letter("q1", "anna@acme.example").body(words));
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let office = crate::runtime::writing::Office { templates: crate::domain::template::bundled(), ..office };
    let now = now();
    let writer = Writer { store: &desk.store, office: &office, now: &now };
    let answer = writer.reply(desk.message("q1"), false).unwrap();
    let Filling::Letter(filled) = writer.fill("birthday", None, answer, None).unwrap() else { panic!("holes") };
    filled.text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn who_has_no_language_on_the_card_is_answered_in_that_of_the_letter() {
    for (words, begins) in [
        ("Здравствуйте! Пришлите, пожалуйста, счёт.", "Здравствуйте"),
        ("Добрий день! Надішліть, будь ласка, рахунок.", "Добрий день"),
        ("Dzień dobry, proszę o ofertę na biurka.", "Dzień dobry"),
        ("Hello, thank you for the offer, please call.", "Hello"),
    ] {
        let text = thanks(words);
        assert!(text.starts_with(begins), "{words}: {text}");
    }
}

#[test]
fn where_no_letter_tells_the_country_does() {
    for (address, phone, begins) in [
        ("olha@kvit.example", "+380 44 123 45 67", "Добрий день"),
        ("biuro@meble.pl", "", "Dzień dobry"),
        ("info@zavod.ru", "", "Здравствуйте"),
        ("sales@desks.co.uk", "", "Hello"),
        ("anna@acme.example", "+49 30 1234567", "Hello"),
    ] {
        let desk = Desk::open();
        let contact = desk.contact("Olha", &[address], None);
        desk.on_cards(|store| {
            let phones = Some([phone].into_iter().filter(|p| !p.is_empty()).map(str::to_owned).collect());
            store.update_contact(contact, &ContactEdit { phones, ..ContactEdit::default() })
        });
        let office = crate::runtime::tests::writing_office_of(&desk.own);
        let now = now();
        let writer = Writer { store: &desk.store, office: &office, now: &now };
        let letter = writer.new_letter(Some(contact)).unwrap();
        let Filling::Letter(filled) = writer.fill("birthday", None, letter, Some(contact)).unwrap() else {
            panic!("holes")
        };
        assert!(filled.text.starts_with(begins), "{address}: {}", filled.text);
    }
}
