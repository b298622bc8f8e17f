use super::super::cards_fixture::{Shop, address, at, now, person};
use super::*;
use crate::domain::message::MsgId;
use crate::domain::outbox::Letter;
use crate::store::NewOutgoing;

fn absence(last_day: &str) -> NewAbsence {
    NewAbsence {
        account: None,
        begins_at: at("2026-11-20T08:00:00Z"),
        last_day: last_day.parse().unwrap(),
        template: Text::own("away"),
        pause_days: 7,
    }
}

fn letter_to_send(subject: &str) -> Letter {
    let account = crate::domain::account::Account {
        id: id::Account(1),
        name: Text::own("work"),
        email: address("me@firma.example"),
        kind: crate::domain::account::Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    Letter { subject: subject.to_owned(), ..Letter::new(&account, &Text::own("Me")) }
}

fn queued(shop: &Shop, thread: id::Thread, answers: Option<id::Message>) -> id::Outgoing {
    let letter = Letter { thread: Some(thread), answers, ..letter_to_send("Auto: x") };
    let msg_id = MsgId::own(&format!("pb.{}", answers.map_or(0, |message| message.0)), "firma.example");
    let new = NewOutgoing::of_its_own(&letter, &msg_id, b"Subject: x\r\n\r\nx", now().timestamp());
    shop.store.queue(&new, now().timestamp()).unwrap()
}

#[test]
fn one_absence_at_a_time_until_its_last_day() {
    let shop = Shop::open();
    let today = || shop.store.absence(&now()).unwrap().map(|absence| absence.last_day.to_string());
    assert_eq!(today(), None);
    shop.store.begin_absence(&absence("2026-11-27"), now().timestamp()).unwrap();
    assert_eq!(today().as_deref(), Some("2026-11-27"));
    shop.store.begin_absence(&absence("2026-11-30"), now().timestamp()).unwrap();
    assert_eq!(today().as_deref(), Some("2026-11-30"), "the later one takes its place");
    assert!(shop.store.end_absence(now().timestamp()).unwrap());
    assert_eq!(today(), None, "the one before does not come back");
    assert!(!shop.store.end_absence(now().timestamp()).unwrap());
    shop.store.begin_absence(&absence("2026-11-22"), now().timestamp()).unwrap();
    assert_eq!(today(), None, "its last day is over");
}

#[test]
fn what_is_kept_of_a_letter_is_kept_once() {
    let shop = Shop::open();
    let away = shop.store.begin_absence(&absence("2026-11-30"), now().timestamp()).unwrap();
    let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example", "ak@home.example"])).unwrap();
    let thread = shop.thread("Desks", Some(anna), None, None);
    let [first, second] =
        ["2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z"].map(|date| shop.letter(thread, date, "inbound"));
    let keep = |message, answer: std::result::Result<id::Outgoing, (Refusal, &Text)>| {
        shop.store.keep_auto_reply(away, message, &address("Anna+x@acme.example"), answer, now().timestamp())
    };
    assert_eq!(shop.store.person_auto_replied(&address("anna@acme.example")).unwrap(), None);
    assert_eq!(shop.store.facts_for_auto_reply(second).unwrap().unwrap().thread_answered, None);
    let answer = queued(&shop, thread, None);
    keep(first, Ok(answer)).unwrap();
    assert!(keep(first, Ok(answer)).is_err(), "a second answer to it cannot be kept");
    assert_eq!(shop.store.facts_for_auto_reply(first).unwrap(), None, "it was looked at");
    for known in ["anna@acme.example", "anna+y@acme.example", "ak@home.example"] {
        assert_eq!(shop.store.person_auto_replied(&address(known)).unwrap(), Some(now().timestamp()), "{known}");
    }
    assert_eq!(shop.store.person_auto_replied(&address("jan@acme.example")).unwrap(), None);
    let facts = shop.store.facts_for_auto_reply(second).unwrap().unwrap();
    assert_eq!(facts.thread_answered, Some(now().timestamp()));
    assert!(!facts.answered, "what leaves by itself is no answer of mine");
    let why = Text::own("the letter has no contact");
    keep(second, Err((Refusal::Unwritable, &why))).unwrap();
    let looked = shop.store.looked_at_in(away, 9).unwrap();
    let told: Vec<_> = looked.iter().map(|looked| (looked.message, looked.refusal, looked.why.as_str())).collect();
    assert_eq!(told, [(second, Some(Refusal::Unwritable), why.as_str()), (first, None, "")]);
    assert_eq!(shop.store.absence(&now()).unwrap().unwrap().answered, 1);
    // The conversation is not taken for one that I answer.
    assert_eq!(shop.store.on_its_way(thread).unwrap(), 0);
    queued(&shop, thread, Some(second));
    assert_eq!(shop.store.on_its_way(thread).unwrap(), 1);
}

#[test]
fn my_answer_is_seen_wherever_it_was_written() {
    let shop = Shop::open();
    let answered = |message| shop.store.facts_for_auto_reply(message).unwrap().unwrap().answered;
    let thread = shop.thread("Desks", None, None, None);
    let before = shop.letter(thread, "2026-11-23T07:00:00Z", "outbound");
    let letter = shop.letter(thread, "2026-11-23T08:00:00Z", "inbound");
    assert!(!answered(letter), "mine is older");
    let automatic = shop.letter(thread, "2026-11-23T08:10:00Z", "outbound");
    shop.mail(&format!("UPDATE message SET nature = 'automatic' WHERE id = {}", automatic.0));
    assert!(!answered(letter));
    shop.mail(&format!("UPDATE message SET date = date + 7200000 WHERE id = {}", before.0));
    assert!(answered(letter));
    let flagged = shop.letter(shop.thread("Chairs", None, None, None), "2026-11-23T08:00:00Z", "inbound");
    assert!(!answered(flagged));
    shop.mail(&format!("UPDATE message SET flags = 2 WHERE id = {}", flagged.0));
    assert!(answered(flagged));
}

#[test]
fn the_cursor_only_goes_forward() {
    let shop = Shop::open();
    let account = id::Account(1);
    assert_eq!(shop.store.auto_reply_cursor(account).unwrap(), None);
    assert_eq!(shop.store.newest_letter(account).unwrap(), (id::Message(0), false));
    shop.store.move_auto_reply_cursor(account, id::Message(7)).unwrap();
    shop.store.move_auto_reply_cursor(account, id::Message(3)).unwrap();
    assert_eq!(shop.store.auto_reply_cursor(account).unwrap(), Some(id::Message(7)));
}

#[test]
fn the_look_reads_no_table_from_end_to_end() {
    let shop = Shop::open();
    let facts = format!(
        "SELECT {ANSWERED}, (SELECT max(r.at) FROM message l JOIN auto_reply r ON r.message_id = l.id
        WHERE l.thread_id = m.thread_id AND r.refusal = '') FROM message m WHERE m.id = 1"
    );
    let person = "SELECT max(r.at) FROM auto_reply r WHERE r.refusal = '' AND r.canonical IN (SELECT 'x' UNION SELECT other.canonical
        FROM contact_address a JOIN contact_address other ON other.contact_id = a.contact_id WHERE a.canonical = 'x')";
    let behind = "SELECT id FROM message WHERE id > 5 AND account_id = 1 AND arrived_at >= 3 AND direction <> 'outbound' ORDER BY id";
    let address = ADDRESS_ANSWERED.replace("?1", "'x'");
    for sql in [facts.as_str(), person, behind, address.as_str(), ABSENCE] {
        let plan = shop.store.rows(&format!("EXPLAIN QUERY PLAN {sql}"));
        let scans: Vec<&String> =
            plan.iter().filter(|line| line.contains("SCAN") && !line.contains("CONSTANT ROW")).collect();
        // There are as many absences as I had.
        let scans: Vec<_> = scans.into_iter().filter(|line| sql != ABSENCE || !line.contains("SCAN a")).collect();
        assert!(scans.is_empty(), "{sql}: {plan:#?}");
    }
}
