//! Which sale it is about: one open deal, several, none; tags, tokens, closing and opening, and what I decided before.

use super::*;
use crate::domain::filing::tag_of;
use crate::sync::filing::deals_for;

/// Anna of Acme with these open deals.
fn with_deals(titles: &[&str]) -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    let anna = desk.contact("Anna", &["anna@acme.example"], Some(acme));
    for title in titles {
        desk.deal(title, Some(anna), Some(acme));
    }
    desk
}

fn deal(desk: &Desk, title: &str) -> id::Deal {
    id::Deal(desk.store.rows(&format!("SELECT id FROM deal WHERE title = '{title}'"))[0].parse().unwrap())
}

fn order(desk: &Desk, id: &str) -> Vec<String> {
    let scored = deals_for(&desk.store, desk.thread(id), now().timestamp()).unwrap();
    scored.into_iter().map(|one| one.title.into()).collect()
}

#[test]
fn the_only_open_deal_takes_the_letter_and_no_deal_takes_none() {
    let desk = with_deals(&[]);
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.expect(&[("a1", ("Anna", "-", "address"))], &[("unanswered", 1)]);
    let desk = with_deals(&["Desks"]);
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.expect(&[("a1", ("Anna", "Desks", "address"))], &[("unanswered", 1)]);
    desk.arrives(letter("n1", "new@acme.example").seen());
    desk.expect(&[("n1", ("Acme", "Desks", "domain"))], &[("unanswered", 2)]);
}

#[test]
fn several_open_deals_are_asked_and_one_key_answers() {
    let desk = with_deals(&["Desks", "Chairs"]);
    desk.arrives(letter("a1", "anna@acme.example").about("Price of the chairs").seen());
    desk.expect(&[("a1", ("Anna?", "-", "address"))], &[("unanswered", 1), ("unfiled", 1)]);
    assert_eq!(order(&desk, "a1"), ["Chairs", "Desks"]);
    assert!(desk.considered("a1").contains("“Chairs”: its title shares “chairs”"), "{}", desk.considered("a1"));
    let chairs = deal(&desk, "Chairs");
    desk.act_and_back(|acts| acts.file_under(desk.thread("a1"), Some(chairs)));
    desk.expect(&[("a1", ("Anna", "Chairs", "mine"))], &[("unanswered", 1)]);
    // The reply stays where its conversation is, whatever it speaks of.
    desk.arrives(letter("a2", "anna@acme.example").about("Desks!").answers(&["a1"]).seen());
    desk.expect(&[("a2", ("Anna", "Chairs", "mine"))], &[("unanswered", 1)]);
    // A new conversation is asked again; no deal is an answer too.
    desk.arrives(letter("b1", "anna@acme.example").about("Christmas").seen());
    desk.expect(&[("b1", ("Anna?", "-", "address"))], &[("unanswered", 2), ("unfiled", 1)]);
    desk.act(|acts| acts.file_under(desk.thread("b1"), None));
    desk.expect(&[("b1", ("Anna", "-", "mine"))], &[("unanswered", 2)]);
}

#[test]
fn a_tag_in_the_subject_names_the_deal() {
    let desk = with_deals(&["Desks", "Chairs"]);
    let chairs = deal(&desk, "Chairs");
    desk.arrives(letter("a1", "anna@acme.example").about(&format!("{} price", tag_of(chairs))).seen());
    desk.expect(&[("a1", ("Anna", "Chairs", "tag"))], &[("unanswered", 1)]);
    // Of a colleague at the company nobody knows yet too.
    desk.arrives(letter("n1", "new@acme.example").about(&format!("Re: {} price", tag_of(chairs))).seen());
    desk.expect(&[("n1", ("Anna", "Chairs", "tag"))], &[("unanswered", 2)]);
    // My own letter as well.
    desk.arrives(letter("s1", ME).about(&format!("{} offer", tag_of(chairs))));
    desk.expect(&[("s1", ("Anna", "Chairs", "tag"))], &[("unanswered", 2)]);
    // A closed deal is never chosen, and no deal of that number neither.
    desk.close(chairs);
    desk.arrives(letter("a2", "anna@acme.example").about(&format!("{} again", tag_of(chairs))).seen());
    desk.arrives(letter("a3", "anna@acme.example").about("[D-999] again").seen());
    desk.expect(&[("a2", ("Anna", "Desks", "address")), ("a3", ("Anna", "Desks", "address"))], &[("unanswered", 4)]);
}

#[test]
fn a_forged_tag_decides_nothing_and_is_noted() {
    let desk = with_deals(&["Desks", "Chairs"]);
    let desks = deal(&desk, "Desks");
    desk.arrives(letter("e1", "Eve <eve@evil.example>").about(&format!("{} new bank account", tag_of(desks))));
    desk.expect(&[("e1", ("Eve", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    assert_eq!(
        desk.considered("e1"),
        "the subject names [D-1], “Desks”; eve@evil.example is nobody of that deal, so it decides nothing"
    );
    // Another client's letter is filed under that client.
    desk.contact("Jan", &["jan@gmail.com"], None);
    desk.arrives(letter("j1", "jan@gmail.com").about(&format!("{} mine?", tag_of(desks))));
    desk.expect(&[("j1", ("Jan", "-", "address"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
}

#[test]
fn an_answer_to_a_letter_written_in_a_deal_comes_home_without_its_conversation() {
    let desk = with_deals(&["Desks", "Chairs"]);
    let chairs = deal(&desk, "Chairs");
    let over = format!("pb.abcdef.d{chairs}");
    let checksum = desk.store.write(|| desk.store.deal_checksum(&over, true)).unwrap().unwrap();
    let token = format!("{over}.{checksum}@firma.example");
    // Our letter is not here (another program's mailbox, another account): the name alone tells.
    desk.arrives(letter("k1", "kim@partner.example").answers(&[&token]).about("Something else").seen());
    desk.expect(&[("k1", ("Anna", "Chairs", "tag"))], &[("unanswered", 1)]);
    assert_eq!(desk.evidence("k1"), "it answers a letter that you wrote in “Chairs” [D-2]");
    // A made-up one tells nothing.
    let forged = format!("pb.other.d{chairs}.{checksum}@firma.example");
    desk.arrives(letter("e1", "eve@evil.example").answers(&[&forged]).seen());
    desk.expect(&[("e1", ("eve@evil.example", "-", "lead"))], &[("unanswered", 2), ("new_leads", 1)]);
}

#[test]
fn what_postbook_sends_in_a_deal_is_filed_there() {
    let desk = with_deals(&["Desks", "Chairs"]);
    let chairs = deal(&desk, "Chairs");
    let over = format!("pb.abcdef.d{chairs}");
    let checksum = desk.store.write(|| desk.store.deal_checksum(&over, true)).unwrap().unwrap();
    let token = format!("{over}.{checksum}@firma.example");
    desk.sends(letter(&token, ME).about("Offer"));
    desk.expect(&[(&token, ("Anna", "Chairs", "tag"))], &[]);
    desk.arrives(letter("a1", "anna@acme.example").answers(&[&token]));
    desk.expect(&[("a1", ("Anna", "Chairs", "tag"))], &[("unread", 1), ("unanswered", 1)]);
}

#[test]
fn closing_and_opening_deals() {
    let desk = with_deals(&["Desks", "Chairs"]);
    let (desks, chairs) = (deal(&desk, "Desks"), deal(&desk, "Chairs"));
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.expect(&[("a1", ("Anna?", "-", "address"))], &[("unanswered", 1), ("unfiled", 1)]);
    // One remains: it is the one.
    desk.close(chairs);
    desk.expect(&[("a1", ("Anna", "Desks", "address"))], &[("unanswered", 1)]);
    desk.undo();
    desk.expect(&[("a1", ("Anna?", "-", "address"))], &[("unanswered", 1), ("unfiled", 1)]);
    desk.close(chairs);
    // What is filed stays when a second one is opened; what is new is asked.
    let anna = desk.person("anna@acme.example");
    desk.deal("Lamps", Some(anna), None);
    desk.arrives(letter("a2", "anna@acme.example").seen());
    desk.expect(
        &[("a1", ("Anna", "Desks", "address")), ("a2", ("Anna?", "-", "address"))],
        &[("unanswered", 2), ("unfiled", 1)],
    );
    // Its own deal closes: the conversation stays in it, new ones go to the remaining one.
    desk.close(desks);
    desk.arrives(letter("a3", "anna@acme.example").seen());
    desk.arrives(letter("a4", "anna@acme.example").answers(&["a1"]).seen());
    desk.expect(
        &[
            ("a4", ("Anna", "Desks", "address")),
            ("a2", ("Anna", "Lamps", "address")),
            ("a3", ("Anna", "Lamps", "address")),
        ],
        &[("unanswered", 3)],
    );
}

#[test]
fn the_first_deal_of_a_client_takes_the_conversation_it_comes_from() {
    let desk = with_deals(&[]);
    desk.arrives(letter("a1", "anna@acme.example").seen());
    desk.act(|acts| acts.file_under(desk.thread("a1"), None));
    desk.arrives(letter("a2", "anna@acme.example").seen());
    desk.deal("Desks", Some(desk.person("anna@acme.example")), None);
    // My own word stands.
    desk.expect(&[("a1", ("Anna", "-", "mine")), ("a2", ("Anna", "Desks", "address"))], &[("unanswered", 2)]);
}

#[test]
fn my_decisions_teach_which_deal_is_meant() {
    let desk = with_deals(&["Desks", "Chairs"]);
    desk.arrives(letter("a1", "anna@acme.example").about("Delivery to the warehouse").seen());
    assert_eq!(order(&desk, "a1"), ["Desks", "Chairs"], "nothing speaks for either");
    let chairs = deal(&desk, "Chairs");
    desk.act(|acts| acts.file_under(desk.thread("a1"), Some(chairs)));
    // The next letter of hers: asked, with Chairs first.
    desk.arrives(letter("a2", "anna@acme.example").about("Hello").seen());
    desk.expect(&[("a2", ("Anna?", "-", "address"))], &[("unanswered", 2), ("unfiled", 1)]);
    assert_eq!(order(&desk, "a2"), ["Chairs", "Desks"]);
    assert!(desk.considered("a2").contains("you filed 1 conversation of theirs here"), "{}", desk.considered("a2"));
    // A colleague's, by its words.
    desk.arrives(letter("n1", "new@acme.example").about("The warehouse").seen());
    assert_eq!(order(&desk, "n1"), ["Chairs", "Desks"]);
    // And when I change my mind, so does the next.
    let desks = deal(&desk, "Desks");
    desk.act(|acts| acts.file_under(desk.thread("a1"), Some(desks)));
    assert_eq!(order(&desk, "a2"), ["Desks", "Chairs"]);
}

#[test]
fn letters_with_deals_are_filed_the_same_in_any_order() {
    let letters = [
        letter("a1", "anna@acme.example").about("[D-2] chairs"),
        letter("a2", "anna@acme.example").about("desks").answers(&["a1"]),
        letter("n1", "new@acme.example").about("desks"),
        letter("n2", "anna@acme.example").about("[D-1] desks").answers(&["n1"]),
        letter("e1", "eve@evil.example").about("[D-1] forged"),
        letter("s1", ME).to("eve@evil.example").answers(&["e1"]),
    ];
    let desk = Desk::retold(|| with_deals(&["Desks", "Chairs"]), &letters);
    desk.expect(
        &[
            ("a2", ("Anna", "Chairs", "tag")),
            ("n2", ("Acme?", "-", "domain")),
            ("e1", ("eve@evil.example", "-", "lead")),
        ],
        &[("unread", 5), ("unanswered", 2), ("unfiled", 1), ("new_leads", 1)],
    );
}

#[test]
fn a_letter_begun_from_a_deals_card_belongs_to_it() {
    let desk = with_deals(&["Desks", "Chairs", "Lamps"]);
    let chairs = deal(&desk, "Chairs");
    let office = super::super::tests::writing_office_of(&desk.own);
    let now = now();
    let writer = super::super::writing::Writer { store: &desk.store, office: &office, now: &now };
    let mut written = writer.new_letter_about(chairs, None).unwrap();
    assert_eq!(written.to[0].address.as_str(), "anna@acme.example");
    written.subject = "Offer".to_owned();
    written.text = "Good day.".to_owned();
    // As a draft it still knows.
    let draft = desk.store.save_draft(None, &written, now.timestamp()).unwrap();
    let written = desk.store.draft(draft).unwrap().unwrap();
    let (outgoing, _) = writer.queue(&written, Some(draft), &[]).unwrap();
    let msg_id = desk.store.outgoing_msg_id(outgoing).unwrap().unwrap();
    let bytes = crate::mime::write(&written, &msg_id, &now, &crate::domain::style::Style::default()).unwrap();
    let thread = desk.store.write(|| keep_sent(&desk.store, desk.account, &desk.own, &bytes, now.timestamp())).unwrap();
    let filed = desk.store.filing(thread).unwrap().unwrap();
    assert_eq!(
        (filed.place.deal, filed.deal_decided, filed.rule),
        (Some(chairs), true, crate::domain::filing::Rule::Tag)
    );
    desk.expect(&[], &[]);
    // Begun from her own card nobody has said which of the three.
    let plain = writer.new_letter(Some(desk.person("anna@acme.example"))).unwrap();
    assert_eq!(plain.deal, None);
}
