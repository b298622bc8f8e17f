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
