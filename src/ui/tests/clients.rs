//! Names, duplicates, and leads that become contacts: keys give exactly these effects, and both sides are seen.

use super::Program;
use super::fixtures::{at, card, t};
use super::looks::look;
use crate::domain::address::Address;
use crate::domain::contact::{Kind, Name, Whose};
use crate::domain::conversion::{CompanyOffer, CompanyWish, Conversion, Proposal};
use crate::domain::duplicate::{Candidate, Pair};
use crate::domain::id;
use crate::domain::merge::{Choice, Joined, Merge, Sides};
use crate::domain::money::Money;
use crate::domain::name_split::{Waiting, propose};
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::{Changed, Event};

/// What the store says.
pub(super) fn answer(effect: &Effect, generation: Generation) -> Event {
    match effect {
        Effect::LoadConversion { .. } => Event::ConversionLoaded { generation, proposal: Box::new(proposal()) },
        Effect::LoadNames { after, .. } => {
            let rows = if after.is_none() { names() } else { Vec::new() };
            Event::NamesLoaded { generation, rows, total: 3 }
        }
        Effect::LoadDuplicates { .. } => Event::DuplicatesLoaded { generation, rows: duplicates(), comparing: 0 },
        _ => Event::SidesLoaded { generation, sides: Box::new(sides()) },
    }
}

fn proposal() -> Proposal {
    let card = card(9);
    Proposal {
        lead: id::Contact(9),
        split: propose(&t("Сергей Ильич Дуров"), None),
        addresses: card.addresses,
        phones: vec![t("+7 900 000-00-00")],
        position: t("менеджер по закупкам"),
        language: t("ru"),
        provenance: card.provenance,
        companies: vec![
            CompanyOffer {
                company: Some(id::Company(2)),
                name: t("ООО «Ромашка»"),
                why: t("it stands in their letter"),
            },
            CompanyOffer { company: None, name: t("Дуров и сыновья"), why: t("it stands in their name") },
        ],
        domain: Some(t("mail.example")),
        subject: t("Вопрос по доставке"),
        currency: "PLN".to_owned(),
        same: vec![Candidate {
            pair: Pair::Contacts(id::Contact(5), id::Contact(9)),
            names: (t("Сергей Дуров"), t("Сергей Ильич Дуров")),
            places: (t("durov@romashka.example"), t("s.durov@mail.example")),
            score: 80,
            evidence: vec![t("the same phone +7 900 000-00-00")],
        }],
    }
}

fn names() -> Vec<Waiting> {
    let row = |key, display: &str, mail: &str| {
        let address = Address::parse(mail);
        Waiting {
            contact: id::Contact(key),
            kind: Kind::Lead,
            display: t(display),
            split: propose(&t(display), address.as_ref()),
            address,
            company: None,
        }
    };
    vec![
        row(11, "dr inż. Jan Kowalski | Acme Sp. z o.o.", "jan@acme.example"),
        row(12, "Zhang Wei", "zhang@acme.example"),
        row(13, "Acme Support", "support@acme.example"),
    ]
}

fn duplicates() -> Vec<Candidate> {
    let row = |one, other, names: (&str, &str), score, evidence: &str| Candidate {
        pair: Pair::Contacts(id::Contact(one), id::Contact(other)),
        names: (t(names.0), t(names.1)),
        places: (t("anna@mebleplus.example, Meble Plus"), t("a.kowalska@gmail.com")),
        score,
        evidence: vec![t(evidence)],
    };
    vec![
        row(1, 7, ("Anna Kowalska", "Kowalska Anna"), 85, "the same phone +48 600 000 000; the same name"),
        row(
            2,
            8,
            ("Олена Іваненко", "Olena Ivanenko"),
            65,
            "the same name, written Олена Іваненко and Olena Ivanenko, and a similar mailbox",
        ),
        row(3, 9, ("Jan Nowak", "Jan Nowak"), 20, "the same name Jan Nowak"),
    ]
}

fn sides() -> Sides {
    let choice =
        |key: &str, kept: &str, gone: &str| Choice { key: key.to_owned(), label: t(key), kept: t(kept), gone: t(gone) };
    Sides {
        pair: Pair::Contacts(id::Contact(1), id::Contact(7)),
        names: (t("Anna Kowalska"), t("Kowalska Anna")),
        choices: vec![
            choice("name", "Anna Kowalska", "Kowalska Anna"),
            choice("position", "", "kierownik biura"),
            choice("role", "client", "client"),
        ],
        joined: vec![Joined { label: t("mail"), kept: t("anna@mebleplus.example"), gone: t("a.kowalska@gmail.com") }],
        evidence: vec![t("the same phone +48 600 000 000")],
    }
}

fn name(given: &str, patronymic: &str, family: &str) -> Name {
    Name { display: Text::default(), given: t(given), patronymic: t(patronymic), family: t(family) }
}

fn converted(keys: &str) -> Conversion {
    let mut program = Program::full(120, 40);
    program.press(keys);
    let mut asked = program.asked();
    let Some(Effect::Convert(conversion)) = asked.pop() else { panic!("{keys}: {asked:?}") };
    *conversion
}

#[test]
fn a_lead_becomes_a_contact_as_it_is_proposed_or_corrected() {
    let plain = converted("jjjjjc<enter>");
    let mut split = propose(&t("Сергей Ильич Дуров"), None).name;
    assert_eq!(plain.name, split);
    assert_eq!(
        plain.company,
        Some(CompanyWish { known: Some(id::Company(2)), name: t("ООО «Ромашка»"), domain: None })
    );
    assert_eq!((plain.lead, plain.deal, plain.phones.len()), (id::Contact(9), None, 1));
    // On the list of leads the same key does the same.
    assert_eq!(converted("3<right><right>c<enter>").lead, id::Contact(9));

    let swapped = converted("jjjjjc<ctrl-s><enter>");
    std::mem::swap(&mut split.given, &mut split.family);
    assert_eq!(swapped.name, split);

    let other = converted("jjjjjc<tab><tab><tab><ctrl-n><tab><space><enter>");
    let company =
        CompanyWish { known: None, name: t("Дуров и сыновья"), domain: Some("mail.example".to_owned()) };
    assert_eq!(other.company, Some(company));
    assert_eq!(converted("jjjjjc<tab><tab><tab><ctrl-n><ctrl-n><enter>").company, None);

    let deal = converted("jjjjjc<up><up><up><ctrl-t><tab>12400.50<enter>");
    assert_eq!(deal.deal, Some((t("Вопрос по доставке"), Money::parse("12400.50", "PLN").unwrap())));
}

#[test]
fn what_is_wrong_is_said_before_anything_is_done() {
    let mut program = Program::full(80, 24);
    program.press("jjjjjc<up><up><up>Desks<tab>much<enter>");
    assert_eq!(program.asked(), []);
    assert!(program.screen().contains("An amount is a number"), "{}", program.screen());
    let mut program = Program::full(80, 24);
    program.press("jjjjjc<ctrl-u><tab><tab><ctrl-u><enter>");
    assert_eq!(program.asked(), []);
    assert!(program.screen().contains("needs a given or a family name"), "{}", program.screen());
}

#[test]
fn a_lead_that_is_a_contact_already_joins_that_card() {
    let mut program = Program::full(120, 40);
    program.press("jjjjjc<ctrl-a>");
    assert!(program.screen().contains("Make one card of two"), "{}", program.screen());
    program.press("<enter>");
    let take = vec!["position".to_owned()];
    assert_eq!(program.asked(), [Effect::Merge(Box::new(Merge { pair: sides().pair, take }))]);
}

#[test]
fn names_are_taken_one_key_each() {
    for (keys, expected) in [
        ("gl<enter>", Effect::NamePerson { contact: id::Contact(11), name: propose(&names()[0].display, None).name }),
        ("glx", Effect::NotPerson(id::Contact(11))),
        ("gljjx", Effect::NotPerson(id::Contact(13))),
        (
            "gl<space>s<enter>",
            Effect::NamePerson {
                contact: id::Contact(12),
                name: Name { display: t("Zhang Wei"), ..name("Wei", "", "Zhang") },
            },
        ),
        (
            "gl<space>e<ctrl-u>Wei<tab><tab><ctrl-u>Zhang<enter>",
            Effect::NamePerson { contact: id::Contact(12), name: name("Wei", "", "Zhang") },
        ),
        ("glu", Effect::Undo),
    ] {
        let mut program = Program::full(80, 24);
        program.press(keys);
        assert_eq!(program.asked(), [expected], "{keys}");
    }
    // Each one goes to the next, at once.
    let mut program = Program::full(80, 24);
    program.answers = false;
    program.press("gl");
    program.event(Event::NamesLoaded { generation: program.state.generation, rows: names(), total: 3 });
    program.press("<enter><enter>x");
    assert_eq!(program.asked().len(), 3);
    assert!(program.screen().contains("Every name is split"), "{}", program.screen());
}

#[test]
fn duplicates_are_joined_or_called_different() {
    let pair = duplicates()[0].pair;
    for (keys, expected) in [
        (
            "gD<enter><enter>",
            vec![Effect::Merge(Box::new(Merge { pair: sides().pair, take: vec!["position".to_owned()] }))],
        ),
        (
            "gD<enter><space><enter>",
            vec![Effect::Merge(Box::new(Merge {
                pair: sides().pair,
                take: vec!["position".to_owned(), "name".to_owned()],
            }))],
        ),
        (
            "gD<enter>t<enter>",
            vec![Effect::Merge(Box::new(Merge { pair: sides().pair.turned(), take: vec!["name".to_owned()] }))],
        ),
        ("gD<enter>x", vec![Effect::Different(sides().pair)]),
        ("gDx", vec![Effect::Different(pair)]),
        ("gDjx", vec![Effect::Different(duplicates()[1].pair)]),
        ("gDjjx", vec![Effect::Different(duplicates()[1].pair)]), // the weak one is not shown
        ("gDwjjx", vec![Effect::Different(duplicates()[2].pair)]),
        ("3Dx", vec![Effect::Different(pair)]),
    ] {
        let mut program = Program::full(120, 40);
        program.press(keys);
        assert_eq!(program.asked(), expected, "{keys}");
    }
}

#[test]
fn of_one_card_its_own_duplicates_are_asked() {
    let mut program = Program::full(120, 40);
    program.press("3");
    let effects = crate::ui::update(&mut program.state, Event::Key(super::key("D")));
    let whose = Whose::Contact(id::Contact(1));
    assert!(matches!(effects.as_slice(), [Effect::LoadDuplicates { of: Some(of), .. }] if *of == whose), "{effects:?}");
    assert!(program.screen().contains("May be the same as Anna Kowalska"), "{}", program.screen());
}

#[test]
fn an_address_is_split_off_the_card() {
    let mut program = Program::full(120, 40);
    program.press("3<enter>:split off<enter>2");
    let address = Address::parse("anna.kowalska@poczta.example").unwrap();
    assert_eq!(program.asked(), [Effect::SplitOff { contact: id::Contact(1), address }]);
}

#[test]
fn the_list_reads_again_when_something_changed_and_what_is_typed_stays() {
    let mut program = Program::full(120, 40);
    program.press("gD");
    program.store.today.clear();
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("May be one client"));
    program.press("<esc>gl<space>e!");
    program.event(Event::Changed(vec![Changed::Everything]));
    assert!(program.screen().contains("Zhang!") || program.screen().contains("Wei!"), "{}", program.screen());
    assert_eq!(at("11-01 10:00:00"), card(9).provenance[0].letter.clone().unwrap().1);
}

#[test]
fn both_sides_are_seen() {
    for (name, keys, width, height) in [
        ("converting", "jjjjjc", 80, 24),
        ("converting_wide", "jjjjjc", 120, 40),
        ("names", "gl", 80, 24),
        ("names_typed", "gl<space>e", 80, 24),
        ("names_no_person", "gljj", 80, 24),
        ("duplicates", "gDw", 80, 24),
        ("duplicates_wide", "gD", 120, 40),
        ("joining", "gD<enter>", 80, 24),
        ("provenance", "3<right><right><enter>", 80, 24),
    ] {
        let mut program = Program::full(width, height);
        program.press(keys);
        look(&format!("clients_{name}"), &program);
    }
}
