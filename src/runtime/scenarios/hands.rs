//! Filing by hand: under another client, conversations joined and taken apart; and changed subjects.

use super::*;
use crate::domain::filing::Client;

fn acme() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    desk.contact("Anna", &["anna@acme.example"], Some(acme));
    let jan = desk.contact("Jan", &["jan@gmail.com"], None);
    desk.deal("Lamps", Some(jan), None);
    desk
}

const ANNA: (&str, &str, &str) = ("Anna", "-", "address");
const JAN: (&str, &str, &str) = ("Jan", "Lamps", "address");

#[test]
fn the_same_subject_joins_nothing_and_a_changed_one_parts_nothing() {
    let desk = acme();
    desk.arrives(letter("a1", "anna@acme.example").about("Offer"));
    desk.arrives(letter("j1", "jan@gmail.com").about("Offer"));
    desk.arrives(letter("a2", "anna@acme.example").about("Re: Offer"));
    assert_ne!(desk.thread("a1"), desk.thread("j1"));
    // Outlook drops References when the subject changes, or the subject alone stays: only my hand joins these.
    assert_ne!(desk.thread("a1"), desk.thread("a2"));
    desk.arrives(letter("a3", "anna@acme.example").about("Delivery").answers(&["a1"]));
    assert_eq!(desk.thread("a1"), desk.thread("a3"));
    desk.expect(&[("a1", ANNA), ("a2", ANNA), ("j1", JAN)], &[("unread", 4), ("unanswered", 3)]);
    desk.act_and_back(|acts| acts.join(&[desk.thread("a1"), desk.thread("a2")]));
    assert_eq!(desk.thread("a1"), desk.thread("a2"));
    desk.expect(&[("a2", ANNA), ("j1", JAN)], &[("unread", 4), ("unanswered", 2)]);
    // The next answer to either comes here.
    desk.arrives(letter("a4", "anna@acme.example").answers(&["a2"]));
    assert_eq!(desk.thread("a4"), desk.thread("a1"));
    desk.expect(&[("a4", ANNA)], &[("unread", 5), ("unanswered", 2)]);
}

#[test]
fn a_letter_moved_out_stays_out() {
    let desk = acme();
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.arrives(letter("j1", "jan@gmail.com").answers(&["a1"]).seen());
    desk.arrives(letter("a2", "anna@acme.example").answers(&["a1", "j1"]).seen());
    desk.expect(&[("j1", ANNA)], &[("unanswered", 1)]);
    desk.act_and_back(|acts| acts.move_out(desk.message("j1")));
    desk.expect(&[("j1", JAN), ("a1", ANNA), ("a2", ANNA)], &[("unanswered", 2)]);
    assert_eq!(desk.thread("a1"), desk.thread("a2"));
    // Who answers it goes with it; who answers the others stays; both named: the nearest.
    desk.arrives(letter("j2", "jan@gmail.com").answers(&["a1", "j1"]).seen());
    assert_eq!(desk.thread("j2"), desk.thread("j1"));
    desk.arrives(letter("a3", "anna@acme.example").answers(&["j1", "a2"]).seen());
    assert_eq!(desk.thread("a3"), desk.thread("a1"));
    assert_ne!(desk.thread("a3"), desk.thread("j1"));
    desk.arrives(letter("s1", ME).to("jan@gmail.com").answers(&["j2"]));
    desk.expect(&[("s1", JAN), ("a3", ANNA)], &[("unanswered", 1)]);
}

#[test]
fn a_conversation_taken_apart_stays_apart_and_undo_brings_back_what_came_since() {
    let desk = acme();
    for (id, from, names) in [
        ("c1", "anna@acme.example", &[][..]),
        ("c2", "anna@acme.example", &["c1"]),
        ("c3", "jan@gmail.com", &["c1", "c2"]),
        ("c4", "jan@gmail.com", &["c1", "c2", "c3"]),
    ] {
        desk.arrives(letter(id, from).answers(names).seen());
    }
    desk.expect(&[("c4", ANNA)], &[("unanswered", 1)]);
    desk.act_and_back(|acts| acts.split_from(desk.message("c3")));
    desk.expect(&[("c2", ANNA), ("c3", JAN), ("c4", JAN)], &[("unanswered", 2)]);
    desk.arrives(letter("c5", "jan@gmail.com").answers(&["c1", "c2", "c3", "c4"]).seen());
    assert_eq!(desk.thread("c5"), desk.thread("c3"));
    desk.expect(&[("c2", ANNA), ("c5", JAN)], &[("unanswered", 2)]);
    desk.undo();
    assert_eq!(desk.thread("c5"), desk.thread("c1"), "what came since goes back too");
    desk.expect(&[("c5", ANNA)], &[("unanswered", 1)]);
    // The first letter cannot begin a second conversation.
    let now = now();
    let acts = Acts { store: &desk.store, own: &desk.own, now: &now };
    assert!(acts.split_from(desk.message("c1")).is_err());
}

#[test]
fn what_was_done_stays_done_when_it_is_taken_apart() {
    let desk = acme();
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.arrives(letter("a2", "anna@acme.example").answers(&["a1"]));
    desk.act(|acts| acts.mark_done(&[desk.thread("a1")]));
    desk.expect(&[], &[]);
    desk.act_and_back(|acts| acts.split_from(desk.message("a2")));
    desk.expect(&[("a2", ANNA)], &[]);
    desk.arrives(letter("a3", "anna@acme.example").answers(&["a2"]));
    desk.expect(&[("a3", ANNA)], &[("unread", 1), ("unanswered", 1)]);
}

#[test]
fn joining_a_lead_with_a_client_leaves_the_client() {
    let desk = acme();
    desk.arrives(letter("x1", "Anna at home <anna@home.example>"));
    desk.arrives(letter("a1", "anna@acme.example"));
    desk.expect(&[("x1", ("Anna at home", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
    desk.act_and_back(|acts| acts.join(&[desk.thread("x1"), desk.thread("a1")]));
    desk.expect(&[("x1", ("Anna", "-", "mine"))], &[("unread", 2), ("unanswered", 1)]);
    assert!(!desk.is_known("anna@home.example"));
    // The next letter from there knows where it belongs.
    desk.arrives(letter("x2", "anna@home.example"));
    desk.expect(&[("x2", ("Anna", "-", "address"))], &[("unread", 3), ("unanswered", 2)]);
    assert!(desk.evidence("x2").starts_with("you filed anna@home.example here on "), "{}", desk.evidence("x2"));
}

#[test]
fn filing_under_another_client_teaches_and_is_never_overridden() {
    let desk = acme();
    let anna = desk.person("anna@acme.example");
    desk.arrives(letter("k1", "Kim <kim@private.example>"));
    desk.arrives(letter("k2", "Kim <kim@private.example>"));
    desk.expect(&[("k1", ("Kim", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
    desk.act_and_back(|acts| acts.file_under_client(&[desk.thread("k1")], Client::Contact(anna)));
    // The other conversation follows, and there is no lead any more.
    desk.expect(
        &[("k1", ("Anna", "-", "mine")), ("k2", ("Anna", "-", "address"))],
        &[("unread", 2), ("unanswered", 2)],
    );
    desk.arrives(letter("k3", "kim@private.example"));
    desk.expect(&[("k3", ("Anna", "-", "address"))], &[("unread", 3), ("unanswered", 3)]);
    // Kim gets a card: rules file by it, my decision stands.
    desk.contact("Kim K", &["kim@private.example"], None);
    desk.expect(
        &[("k1", ("Anna", "-", "mine")), ("k3", ("Kim K", "-", "address"))],
        &[("unread", 3), ("unanswered", 3)],
    );
}

#[test]
fn filing_under_a_client_with_deals_asks_which() {
    let desk = acme();
    let jan = desk.person("jan@gmail.com");
    desk.arrives(letter("k1", "kim@private.example").seen());
    desk.act(|acts| acts.file_under_client(&[desk.thread("k1")], Client::Contact(jan)));
    desk.expect(&[("k1", ("Jan", "Lamps", "mine"))], &[("unanswered", 1)]);
    desk.deal("Shades", Some(jan), None);
    desk.arrives(letter("m1", "max@private.example").seen());
    desk.act(|acts| acts.file_under_client(&[desk.thread("m1")], Client::Contact(jan)));
    desk.expect(&[("m1", ("Jan?", "-", "mine"))], &[("unanswered", 2), ("unfiled", 1)]);
    desk.act(|acts| acts.file_under(desk.thread("m1"), None));
    desk.expect(&[("m1", ("Jan", "-", "mine"))], &[("unanswered", 2)]);
    // And under a company alone.
    let acme = desk.store.company_by_domain("acme.example").unwrap().unwrap();
    desk.act_and_back(|acts| acts.file_under_client(&[desk.thread("k1"), desk.thread("m1")], Client::Company(acme)));
    desk.expect(&[("k1", ("Acme", "-", "mine")), ("m1", ("Acme", "-", "mine"))], &[("unanswered", 2)]);
}

#[test]
fn the_ledger_keeps_every_decision() {
    let desk = acme();
    desk.arrives(letter("k1", "kim@private.example"));
    desk.act(|acts| acts.file_under_client(&[desk.thread("k1")], Client::Contact(desk.person("anna@acme.example"))));
    desk.act(|acts| acts.file_under_client(&[desk.thread("k1")], Client::Contact(desk.person("jan@gmail.com"))));
    let ledger = desk.store.ledger(desk.thread("k1")).unwrap();
    let rows: Vec<(&str, &str, bool)> =
        ledger.iter().map(|row| (row.filed.rule.word(), row.filed.evidence.as_str(), row.until.is_none())).collect();
    assert_eq!(
        rows,
        [
            ("mine", "you chose Jan", true),
            ("mine", "you chose Anna", false),
            ("lead", "kim@private.example was unknown and wrote “About k1”", false)
        ]
    );
    assert_eq!(ledger[2].filed.told_by, Some(desk.message("k1")));
}

/// Never done silently: proposed with its evidence, where the same client wrote about the same thing without an answer's mark.
#[test]
fn what_may_be_one_conversation_is_proposed_and_joined_by_my_word() {
    let desk = acme();
    desk.arrives(letter("s1", ME).to("anna@acme.example").about("Offer for 20 desks"));
    desk.arrives(letter("a1", "anna@acme.example").about("Re: Offer for 20 desks").seen());
    desk.arrives(letter("a2", "anna@acme.example").about("Invoice").seen());
    desk.arrives(letter("j1", "jan@gmail.com").about("Offer for 20 desks").seen());
    desk.expect(&[("a1", ANNA), ("j1", JAN)], &[("unanswered", 3)]);
    let proposed = |id: &str| -> Vec<(id::Thread, String)> {
        let found = crate::runtime::filing::may_be_one(&desk.store, desk.thread(id)).unwrap();
        found.into_iter().map(|one| (one.thread, one.evidence.into())).collect()
    };
    let same = "the same client, the same subject, on the same day".to_owned();
    assert_eq!(proposed("a1"), [(desk.thread("s1"), same.clone())]);
    assert_eq!(proposed("s1"), [(desk.thread("a1"), same)]);
    assert_eq!((proposed("a2"), proposed("j1")), (Vec::new(), Vec::new()));
    let now = now();
    let view = crate::runtime::reading::thread_view(
        &desk.store,
        desk.thread("a1"),
        &now,
        &crate::domain::work_time::WorkTime::default(),
    );
    let said = view.unwrap().unwrap().filed_by;
    assert!(said.as_str().contains("may be one with “Offer for 20 desks”"), "{said}");
    desk.act_and_back(|acts| acts.join(&[desk.thread("a1"), desk.thread("s1")]));
    assert_eq!(proposed("a1"), []);
    desk.expect(&[("s1", ANNA)], &[("unanswered", 3)]);
    // What I took apart is not proposed again.
    desk.act(|acts| acts.split_from(desk.message("a1")));
    assert_ne!(desk.thread("a1"), desk.thread("s1"));
    assert_eq!(proposed("a1"), []);
}
