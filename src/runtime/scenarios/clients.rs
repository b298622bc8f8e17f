//! Whose letter it is: contacts, companies, leads, Cc, aliases, shared mailboxes, colleagues, forwarded letters, Junk.

use super::*;
use crate::domain::conversion::Conversion;

/// Anna and Bob at Acme (acme.example), no deals.
fn acme() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Anna", &["anna@acme.example"], Some(acme));
    desk.contact("Bob", &["bob@acme.example", "bob@home.example"], Some(acme));
    desk
}

const ANNA: (&str, &str, &str) = ("Anna", "-", "address");
const ACME: (&str, &str, &str) = ("Acme", "-", "domain");

#[test]
fn a_known_address_a_domain_and_a_stranger() {
    let desk = acme();
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.expect(&[("a1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    desk.arrives(letter("b1", "bob@home.example"));
    desk.expect(&[("b1", ("Bob", "-", "address"))], &[("unread", 2), ("unanswered", 2)]);
    desk.arrives(letter("c1", "new@acme.example"));
    desk.expect(&[("c1", ACME)], &[("unread", 3), ("unanswered", 3)]);
    desk.arrives(letter("d1", "Dora Doe <dora@start.example>"));
    desk.expect(&[("d1", ("Dora Doe", "-", "lead"))], &[("unread", 4), ("unanswered", 4), ("new_leads", 1)]);
    desk.arrives(letter("d2", "dora@start.example"));
    desk.expect(&[("d2", ("Dora Doe", "-", "lead"))], &[("unread", 5), ("unanswered", 5), ("new_leads", 1)]);
    desk.arrives(letter("s1", ME).answers(&["a1"]));
    desk.expect(&[("s1", ANNA)], &[("unread", 5), ("unanswered", 4), ("new_leads", 1)]);
}

#[test]
fn strangers_at_free_mail_are_no_colleagues_of_each_other() {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Jan", &["jan@gmail.com"], Some(acme));
    desk.arrives(letter("j1", "jan@gmail.com"));
    desk.expect(&[("j1", ("Jan", "-", "address"))], &[("unread", 1), ("unanswered", 1)]);
    desk.arrives(letter("o1", "ola@gmail.com"));
    desk.expect(&[("o1", ("ola@gmail.com", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
}

#[test]
fn plus_tags_and_dots_are_one_mailbox() {
    let desk = Desk::open();
    desk.contact("Jan", &["j.an@gmail.com"], None);
    desk.contact("Eva", &["eva+work@x.example"], None);
    for (id, from, who) in [
        ("p1", "jan+shop@gmail.com", "Jan"),
        ("p2", "ja.n@googlemail.com", "Jan"),
        ("p3", "eva@x.example", "Eva"),
        ("p4", "eva+private@x.example", "Eva"),
    ] {
        desk.arrives(letter(id, from).seen());
        assert_eq!(desk.filed(id).0, who, "{from}");
    }
    // Elsewhere dots part people.
    desk.arrives(letter("p5", "e.va@x.example").seen());
    desk.expect(&[("p5", ("e.va@x.example", "-", "lead"))], &[("unanswered", 5), ("new_leads", 1)]);
}

#[test]
fn somebody_in_cc_who_replies_is_no_second_lead() {
    let desk = acme();
    desk.arrives(letter("a1", "anna@acme.example").cc("kim@partner.example").seen());
    desk.arrives(letter("s1", ME).to("anna@acme.example").cc("kim@partner.example").answers(&["a1"]));
    desk.expect(&[("s1", ANNA)], &[]);
    desk.arrives(letter("k1", "Kim Partner <kim@partner.example>").answers(&["a1", "s1"]));
    desk.expect(&[("k1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    assert!(!desk.is_known("kim@partner.example"));
    let offered = desk.store.people_on_no_card(desk.thread("k1")).unwrap();
    assert_eq!(offered.len(), 1, "Kim is offered for a card");
    desk.act(|acts| acts.add_sender(desk.message("k1")));
    assert_eq!(desk.store.people_on_no_card(desk.thread("k1")).unwrap(), []);
    assert_eq!(desk.store.rows("SELECT value FROM provenance WHERE field = 'address'"), ["kim@partner.example"]);
    desk.expect(&[("k1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
    desk.undo();
    assert!(!desk.is_known("kim@partner.example"));
}

#[test]
fn a_conversation_that_i_began_with_two_people_stays_with_the_client() {
    let letters = [
        letter("s1", ME).to("kim@partner.example").cc("anna@acme.example"),
        letter("k1", "kim@partner.example").answers(&["s1"]),
        letter("a1", "anna@acme.example").answers(&["s1", "k1"]),
    ];
    let desk = Desk::retold(acme, &letters);
    desk.expect(&[("k1", ANNA)], &[("unread", 2), ("unanswered", 1)]);
    assert!(!desk.is_known("kim@partner.example"));
}

#[test]
fn info_belongs_to_the_company_and_makes_no_person_of_its_colleagues() {
    let desk = acme();
    desk.arrives(letter("i1", "Acme <info@acme.example>"));
    desk.expect(&[("i1", ACME)], &[("unread", 1), ("unanswered", 1)]);
    // Unknown info@ of an unknown company is somebody to look at.
    desk.arrives(letter("u1", "Biuro <biuro@nowa.example>"));
    desk.expect(&[("u1", ("Biuro", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
    // A named person there is somebody else.
    desk.arrives(letter("u2", "Ewa <ewa@nowa.example>"));
    desk.expect(&[("u2", ("Ewa", "-", "lead"))], &[("unread", 3), ("unanswered", 3), ("new_leads", 2)]);
    // Somebody new who writes beside info@ is filed under the company, not under whoever has info@ on their card.
    desk.add_address(desk.person("anna@acme.example"), "info@acme.example");
    desk.arrives(letter("n1", "new@acme.example").cc("info@acme.example"));
    desk.expect(&[("n1", ACME)], &[("unread", 4), ("unanswered", 4), ("new_leads", 2)]);
}

#[test]
fn colleagues_newsletters_and_robots_are_hidden() {
    let desk = acme();
    desk.arrives(letter("boss", "boss@firma.example"));
    desk.arrives(letter("news", "shop@news.example").header("List-Id: <news>"));
    desk.arrives(letter("bank", "no-reply@bank.example"));
    desk.arrives(letter("away", "anna@acme.example").header("Auto-Submitted: auto-replied"));
    desk.expect(&[("boss", NOWHERE), ("news", NOWHERE), ("bank", NOWHERE)], &[]);
    desk.arrives(letter("mine", ME).to("boss@firma.example"));
    desk.expect(&[("mine", NOWHERE)], &[]);
    // A colleague who writes to a client: the client's history, nothing that waits.
    desk.arrives(letter("sale", "boss@firma.example").to("anna@acme.example").cc(ME));
    desk.expect(&[("sale", ANNA)], &[]);
}

#[test]
fn a_letter_that_a_colleague_passes_on_is_its_writers() {
    let desk = acme();
    desk.arrives(
        letter("f1", "boss@firma.example")
            .about("Fwd: Desks")
            .body("Please take over\n\n---------- Forwarded message ---------\nFrom: Anna Nowak <anna@acme.example>\nDate: Mon\nSubject: Desks\n\nHow much?"),
    );
    desk.expect(&[("f1", ANNA)], &[]);
    assert_eq!(desk.evidence("f1"), "forwarded by boss@firma.example: anna@acme.example is an address of this contact");
    // Of somebody unknown: a lead, with where it comes from; the colleague is none.
    desk.arrives(
        letter("f2", "boss@firma.example")
            .about("PD: Zapytanie")
            .body("---------- Wiadomość przekazana ---------\nOd: Ewa Lis <ewa@nowa.example>\nTemat: Zapytanie\n\nProszę o ofertę, tel. +48 600 100 200"),
    );
    desk.expect(&[("f2", ("Ewa Lis", "-", "lead"))], &[("new_leads", 1)]);
    assert!(!desk.is_known("boss@firma.example"));
    let facts = desk.store.rows("SELECT field, value FROM provenance ORDER BY id");
    assert_eq!(
        facts,
        [
            "name | Ewa Lis",
            "address | ewa@nowa.example",
            "phone | +48 600 100 200",
            "forwarded by | boss@firma.example"
        ]
    );
    // Her own letter is hers too.
    desk.arrives(letter("e1", "Ewa Lis <ewa@nowa.example>"));
    desk.expect(&[("e1", ("Ewa Lis", "-", "lead"))], &[("new_leads", 1), ("unread", 1), ("unanswered", 1)]);
    // What a client passes on is the client's letter.
    desk.arrives(
        letter("f3", "anna@acme.example")
            .body("---------- Forwarded message ---------\nFrom: eve@evil.example\nSubject: x\n\nx"),
    );
    desk.expect(&[("f3", ANNA)], &[("new_leads", 1), ("unread", 2), ("unanswered", 2)]);
}

#[test]
fn what_a_colleague_passed_on_is_filed_the_same_in_any_order() {
    let letters = [
        letter("f2", "boss@firma.example")
            .body("-----Original Message-----\nFrom: Ewa Lis [mailto:ewa@nowa.example]\nSent: Monday\n\nHello"),
        letter("e1", "Ewa <ewa@nowa.example>"),
        letter("e2", "Ewa <ewa@nowa.example>").answers(&["e1"]),
        letter("f1", "boss@firma.example")
            .body("Begin forwarded message:\n\n> From: Anna <anna@acme.example>\n> Subject: x\n\nx"),
    ];
    let desk = Desk::retold(acme, &letters);
    desk.expect(
        &[("f2", ("Ewa Lis", "-", "lead")), ("e2", ("Ewa Lis", "-", "lead")), ("f1", ANNA)],
        &[("unread", 2), ("unanswered", 1), ("new_leads", 1)],
    );
}

#[test]
fn a_known_client_in_junk_is_noticed_also_when_known_later() {
    let desk = acme();
    desk.arrives(letter("j1", "anna@acme.example").into("Junk"));
    desk.arrives(letter("j2", "anna+shop@acme.example").into("Junk"));
    desk.arrives(letter("j3", "new@acme.example").into("Junk"));
    desk.arrives(letter("j4", "zoe@late.example").into("Junk"));
    desk.expect(&[("j4", NOWHERE)], &[("junk_watch", 3)]);
    let zoe = desk.contact("Zoe", &["zoe@late.example"], None);
    desk.expect(&[], &[("junk_watch", 4)]);
    desk.act(|acts| acts.confirm_junk(desk.thread("j1")));
    desk.expect(&[], &[("junk_watch", 3)]);
    desk.add_address(zoe, "zoe@other.example");
    desk.arrives(letter("j5", "zoe@other.example").into("Junk"));
    desk.expect(&[], &[("junk_watch", 4)]);
}

#[test]
fn old_mail_is_filed_when_a_contact_an_address_or_a_domain_appears() {
    let desk = Desk::open();
    desk.arrives(letter("d1", "Dora <dora@start.example>"));
    desk.arrives(letter("e1", "Eve <eve@start.example>"));
    desk.arrives(letter("s1", ME).to("zoe@else.example"));
    desk.expect(&[("s1", NOWHERE)], &[("unread", 2), ("unanswered", 2), ("new_leads", 2)]);
    // A contact: with whom I only wrote.
    let zoe = desk.contact("Zoe", &["zoe@else.example"], None);
    desk.expect(&[("s1", ("Zoe", "-", "address"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 2)]);
    // A company with the leads' domain: nobody there is a stranger any more.
    let start = desk.company("Start", &[]);
    desk.add_domain(start, "start.example");
    desk.expect(
        &[("d1", ("Start", "-", "domain")), ("e1", ("Start", "-", "domain"))],
        &[("unread", 2), ("unanswered", 2)],
    );
    // An address on a card.
    desk.add_address(zoe, "eve@start.example");
    desk.expect(
        &[("e1", ("Zoe", "-", "address")), ("d1", ("Start", "-", "domain"))],
        &[("unread", 2), ("unanswered", 2)],
    );
    desk.undo();
    desk.undo();
    desk.expect(&[("e1", ("Eve", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 2)]);
}

#[test]
fn a_lead_that_is_converted_keeps_the_conversation() {
    let desk = Desk::open();
    desk.arrives(letter("d1", "Dora <dora@start.example>"));
    let name = Name { given: Text::own("Dora"), family: Text::own("Doe"), ..Name::default() };
    let dora = desk.person("dora@start.example");
    let converted = Conversion {
        lead: dora,
        name,
        company: None,
        position: Text::default(),
        phones: Vec::new(),
        language: Text::default(),
        deal: None,
    };
    desk.act_and_back(|acts| acts.convert(&converted, &Text::own("new")));
    desk.expect(&[("d1", ("Dora Doe", "-", "address"))], &[("unread", 1), ("unanswered", 1)]);
    // She joins a company later: her conversations are the company's too.
    let start = desk.company("Start", &[]);
    desk.on_cards(|store| {
        store.update_contact(dora, &ContactEdit { company: Some(Some(start)), ..ContactEdit::default() })
    });
    assert_eq!(desk.store.filing(desk.thread("d1")).unwrap().unwrap().place.company, Some(start));
}

#[test]
fn undoing_a_card_gives_back_what_came_since() {
    let desk = Desk::open();
    desk.contact("Zoe", &["zoe@else.example"], None);
    desk.arrives(letter("z1", "Zoe Zet <zoe@else.example>"));
    desk.expect(&[("z1", ("Zoe", "-", "address"))], &[("unread", 1), ("unanswered", 1)]);
    desk.undo();
    desk.expect(&[("z1", ("Zoe Zet", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
}

#[test]
fn a_colleague_of_the_client_in_cc_is_offered_for_a_card() {
    let desk = acme();
    let cc = "Max Muster <max@acme.example>, info@acme.example, kim@partner.example, bob@acme.example";
    desk.arrives(letter("a1", "anna@acme.example").cc(cc));
    // Kim is at no company of this client and has not written; info@ is no person; Bob is known.
    let offered = |desk: &Desk| -> Vec<String> {
        let people = desk.store.people_on_no_card(desk.thread("a1")).unwrap();
        people.into_iter().map(|stranger| stranger.address.to_string()).collect()
    };
    assert_eq!(offered(&desk), ["max@acme.example"]);
    let anna = desk.person("anna@acme.example");
    let whose = crate::domain::contact::Whose::Contact(anna);
    let beside = desk.store.strangers_beside(whose).unwrap();
    assert_eq!((beside.len(), beside[0].name.as_str(), beside[0].letter), (1, "Max Muster", desk.message("a1")));
    // y on Anna's letter: she has a card, he gets one, in the same company, with where it comes from.
    desk.act(|acts| acts.add_sender(desk.message("a1")));
    let max = desk.person("max@acme.example");
    assert_eq!(desk.store.contact_company(max).unwrap(), desk.store.contact_company(anna).unwrap());
    assert_eq!(
        desk.store.rows("SELECT field, value FROM provenance ORDER BY field"),
        ["address | max@acme.example", "name | Max Muster"]
    );
    assert_eq!(offered(&desk), [""; 0]);
    assert_eq!(desk.store.strangers_beside(whose).unwrap(), []);
    desk.undo();
    desk.act(|acts| acts.add_person(desk.message("a1"), &address("max@acme.example")));
    assert!(desk.is_known("max@acme.example"));
    desk.expect(&[("a1", ANNA)], &[("unread", 1), ("unanswered", 1)]);
}

/// Letters that came before it was kept whose letters they pass on: read once more, a few at a time, then never again.
#[test]
fn what_colleagues_passed_on_long_ago_is_read_again_once() {
    let desk = acme();
    for number in 0..45 {
        let body =
            format!("---------- Forwarded message ---------\nFrom: P{number} <p{number}@new{number}.example>\n\nHello");
        desk.arrives(letter(&format!("f{number}"), "boss@firma.example").body(&body));
    }
    desk.arrives(letter("f", "boss@firma.example").body("Only a note"));
    let known = desk.dump();
    desk.expect(&[], &[("new_leads", 45)]);
    // As a store of before has it.
    desk.store.run(
        "UPDATE message SET origin = ''; DELETE FROM filing; DELETE FROM provenance; DELETE FROM contact_address WHERE contact_id IN
         (SELECT id FROM contact WHERE kind = 'lead'); DELETE FROM contact WHERE kind = 'lead'; DELETE FROM changed_owner;
         INSERT INTO reread SELECT id FROM message WHERE direction = 'internal'",
    );
    desk.expect(&[("f3", NOWHERE)], &[]);
    let mut steps = 0;
    while crate::sync::filing::read_some_again(&desk.store, &desk.own, now().timestamp()).unwrap() {
        steps += 1;
    }
    assert_eq!(steps, 3);
    assert_eq!(desk.dump(), known);
    desk.expect(&[("f3", ("P3", "-", "lead"))], &[("new_leads", 45)]);
}
