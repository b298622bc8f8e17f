//! Orders that a shop's robot writes: a lead with a filled card, or a known customer; and what waits.

use super::*;
use crate::domain::order_form::{OrderForm, pattern};

const ORDER: &str = "Order #10452\nName: Ivan Petrenko\nE-mail: ivan@buyer.example\nPhone: +380 44 123 45 67\nCompany: Buyer Ltd\nTown: Lviv\n";

fn form() -> OrderForm {
    let fields = [
        ("name", "^Name: (.+)$"),
        ("email", "^E-mail: (\\S+)"),
        ("phone", "^Phone: (.+)$"),
        ("company", "^Company: (.+)$"),
        ("order", "#(\\d+)"),
        ("town", "^Town: (.+)$"),
    ];
    let fields = fields.iter().map(|(name, written)| ((*name).to_owned(), pattern(written).unwrap())).collect();
    OrderForm::new(Some("shop@site.example"), Some(pattern("order").unwrap()), fields)
}

fn shop() -> Desk {
    let mut desk = Desk::open();
    desk.own = desk.own.clone().with_order_forms(vec![form()]);
    desk
}

fn order(id: &str) -> Letter {
    letter(id, "Shop <shop@site.example>").about("New order").body(ORDER)
}

#[test]
fn an_order_makes_the_customer_a_lead_with_a_filled_card() {
    let desk = shop();
    desk.arrives(order("o1"));
    desk.expect(&[("o1", ("Ivan Petrenko", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    assert!(!desk.is_known("shop@site.example"));
    assert_eq!(
        desk.evidence("o1"),
        "ordered through shop@site.example: ivan@buyer.example was unknown, in “New order”"
    );
    let facts = desk.store.rows("SELECT field, value FROM provenance ORDER BY id");
    assert_eq!(
        facts,
        [
            "name | Ivan Petrenko",
            "address | ivan@buyer.example",
            "phone | +380 44 123 45 67",
            "company | Buyer Ltd",
            "order | 10452",
            "town | Lviv"
        ]
    );
    assert_eq!(desk.store.rows("SELECT fields FROM contact"), ["{\"town\":\"Lviv\"}"]);
    assert_eq!(desk.store.rows("SELECT phone FROM contact_phone"), ["+380 44 123 45 67"]);
    // The answer to the customer ends the waiting; his own letter is filed with it.
    desk.arrives(letter("s1", ME).to("ivan@buyer.example").answers(&["o1"]));
    desk.expect(&[], &[("unread", 1), ("new_leads", 1)]);
    desk.arrives(letter("i1", "ivan@buyer.example"));
    desk.expect(&[("i1", ("Ivan Petrenko", "-", "lead"))], &[("unread", 2), ("unanswered", 1), ("new_leads", 1)]);
}

#[test]
fn a_no_reply_robot_waits_as_well_and_other_letters_of_the_shop_do_not() {
    let mut desk = Desk::open();
    let fields = vec![("email".to_owned(), pattern("E-mail: (\\S+)").unwrap())];
    desk.own = desk.own.clone().with_order_forms(vec![OrderForm::new(
        Some("no-reply@firma.example"),
        Some(pattern("^order").unwrap()),
        fields,
    )]);
    // The robot is even at my own domain.
    desk.arrives(letter("o1", "no-reply@firma.example").about("Order 1").body("E-mail: ola@x.example"));
    desk.expect(&[("o1", ("ola@x.example", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    desk.arrives(letter("o2", "no-reply@firma.example").about("Backup done").body("E-mail: eve@x.example"));
    desk.expect(&[("o2", NOWHERE)], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    desk.arrives(letter("o3", "no-reply@firma.example").about("Order 3").body("no customer in it"));
    desk.expect(&[("o3", NOWHERE)], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
}

#[test]
fn a_known_customers_order_is_filed_under_them() {
    let desk = shop();
    let ivan = desk.contact("Ivan", &["ivan@buyer.example"], None);
    desk.deal("Repeat", Some(ivan), None);
    desk.arrives(order("o1"));
    desk.expect(&[("o1", ("Ivan", "Repeat", "address"))], &[("unread", 1), ("unanswered", 1)]);
    assert_eq!(desk.store.rows("SELECT value FROM provenance WHERE field = 'order'"), ["10452"]);
}

#[test]
fn orders_are_filed_the_same_in_any_order_of_arrival() {
    let letters = [
        order("o1"),
        letter("i1", "I. Petrenko <ivan@buyer.example>"),
        order("o2").body("Order #2\nName: Ivan P\nE-mail: ivan@buyer.example\n"),
        letter("s1", ME).to("ivan@buyer.example").answers(&["o2"]),
    ];
    let desk = Desk::retold(shop, &letters);
    desk.expect(
        &[("o2", ("Ivan Petrenko", "-", "lead")), ("i1", ("Ivan Petrenko", "-", "lead"))],
        &[("unread", 3), ("unanswered", 2), ("new_leads", 1)],
    );
}

#[test]
fn a_form_that_is_configured_later_reads_old_orders() {
    let mut desk = Desk::open();
    desk.arrives(order("o1"));
    desk.expect(&[("o1", ("Shop", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    desk.own = desk.own.clone().with_order_forms(vec![form()]);
    let words = vec![(form().sender().to_owned(), form().in_words())];
    desk.store.remember_order_forms(&words).unwrap();
    desk.store.write(|| crate::sync::filing::settle(&desk.store, &desk.own, now().timestamp())).unwrap();
    desk.expect(&[("o1", ("Ivan Petrenko", "-", "lead"))], &[("unread", 1), ("unanswered", 1), ("new_leads", 1)]);
    assert!(!desk.is_known("shop@site.example"));
    desk.store.remember_order_forms(&words).unwrap();
    assert_eq!(desk.store.rows("SELECT count(*) FROM changed_owner"), ["0"], "the same forms change nothing");
}

/// The robot says "do not answer": an answer goes to the customer, whatever reads it; theirs comes back to the same conversation.
#[test]
fn an_order_is_answered_to_the_customer() {
    let mut desk = shop();
    let patterns = ["name", "email"].map(|name| {
        let written = if name == "name" { "^Name: (.+)$" } else { "^E-mail: (\\S+)" };
        (name.to_owned(), pattern(written).unwrap())
    });
    let robot = OrderForm::new(Some("no-reply@site.example"), None, patterns.to_vec());
    desk.own = desk.own.clone().with_order_forms(vec![form(), robot]);
    for (id, from) in [("o1", "Shop <shop@site.example>"), ("o2", "Shop <no-reply@site.example>")] {
        let order = order(id).cc("warehouse@site.example").header("Reply-To: no-reply@site.example");
        desk.arrives(Letter { from: from.to_owned(), ..order });
        let office = super::super::tests::writing_office_of(&desk.own);
        let now = now();
        let writer = super::super::writing::Writer { store: &desk.store, office: &office, now: &now };
        for all in [false, true] {
            let answer = writer.reply(desk.message(id), all).unwrap();
            let to: Vec<&str> = answer.to.iter().map(|mailbox| mailbox.address.as_str()).collect();
            assert_eq!(to, ["ivan@buyer.example"], "{from}, to all: {all}");
            let others = answer.cc.iter().chain(&answer.bcc);
            assert!(others.clone().all(|mailbox| !mailbox.address.is_robot()), "{from}: {:?}", answer.cc);
        }
    }
    desk.expect(&[("o1", ("Ivan Petrenko", "-", "lead"))], &[("unread", 2), ("unanswered", 2), ("new_leads", 1)]);
    desk.sends(letter("s1", ME).to("ivan@buyer.example").answers(&["o1"]));
    desk.arrives(letter("i1", "Ivan <ivan@buyer.example>").answers(&["o1", "s1"]));
    assert_eq!(desk.thread("i1"), desk.thread("o1"));
    desk.expect(&[("i1", ("Ivan Petrenko", "-", "lead"))], &[("unread", 3), ("unanswered", 2), ("new_leads", 1)]);
}

#[test]
fn the_answer_to_an_order_goes_to_the_customer_and_raises_no_alarm() {
    let desk = shop();
    desk.arrives(order("o1"));
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let now = now();
    let writer = crate::runtime::writing::Writer { store: &desk.store, office: &office, now: &now };
    let mut answer = writer.reply(desk.message("o1"), false).unwrap();
    answer.text = format!("Thank you for the order.{}", answer.text);
    assert_eq!(crate::domain::draft::mailbox_list(&answer.to), "Ivan Petrenko <ivan@buyer.example>");
    assert_eq!(writer.check(&answer).unwrap(), []);
}
