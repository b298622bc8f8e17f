//! Letters of mine that did not arrive: the address is marked, the guard and the card say so.

use super::*;
use crate::domain::guard::Kind as Concern;
use crate::domain::outbox::Letter as Draft;
use crate::runtime::writing::Writer;

/// A delivery report about one recipient.
fn report(id: &str, recipient: &str, status: &str, answer: &str) -> Letter {
    letter(id, "MAILER-DAEMON@mx.firma.example")
        .about("Undelivered Mail Returned to Sender")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=b")
        .body(&format!(
            "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.firma.example\r\n\r\n\
             Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {answer}\r\n--b--"
        ))
}

/// What the guard says of letters that do not arrive, writing to Anna.
fn guard(desk: &Desk, now: &Zoned) -> Vec<String> {
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let writer = Writer { store: &desk.store, office: &office, now };
    let written = writer.new_letter(Some(desk.person("anna@acme.example"))).unwrap();
    let said = writer.check(&Draft { text: "Good day.".to_owned(), subject: "Offer".to_owned(), ..written }).unwrap();
    let about = said.into_iter().filter(|concern| concern.kind == Concern::Unreachable);
    about.map(|concern| format!("{}: {}", concern.reason, concern.evidence)).collect()
}

fn hints(desk: &Desk, now: &Zoned) -> Vec<String> {
    let card = desk.store.contact_card(desk.person("anna@acme.example"), now, 0).unwrap().unwrap();
    card.hints.iter().filter(|hint| hint.rule.contains("delivery report")).map(ToString::to_string).collect()
}

fn desk() -> Desk {
    let desk = Desk::open();
    desk.contact("Anna", &["anna@acme.example"], None);
    desk.sends(letter("s1", ME));
    desk
}

#[test]
fn an_address_that_is_gone_is_told_until_they_write_from_it() {
    let desk = desk();
    assert_eq!(guard(&desk, &now()), [""; 0]);
    desk.arrives(report("b1", "Anna@Acme.example", "5.1.1", "550 5.1.1 User unknown").seen());
    // A report is no letter of a person: nothing waits.
    desk.expect(&[], &[]);
    let later = now().saturating_add(jiff::Span::new().days(90));
    for when in [now(), later] {
        let said = guard(&desk, &when);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].starts_with("anna@acme.example should not be written to: a letter did not arrive, "),
            "{said:?}"
        );
        assert!(said[0].ends_with("2026: the address takes no letters (550 5.1.1 User unknown)"), "{said:?}");
        assert_eq!(hints(&desk, &when), ["letters to anna@acme.example do not arrive"]);
    }
    desk.arrives(letter("a1", "anna@acme.example").seen());
    assert_eq!((guard(&desk, &now()), hints(&desk, &now())), (vec![], vec![]));
}

#[test]
fn a_full_mailbox_is_told_for_a_week() {
    let desk = desk();
    desk.arrives(report("b1", "anna@acme.example", "5.2.2", "552 5.2.2 Mailbox full").seen());
    assert_eq!(guard(&desk, &now()).len(), 1);
    assert_eq!(guard(&desk, &now().saturating_add(jiff::Span::new().days(8))), [""; 0]);
}

#[test]
fn reports_in_junk_and_about_others_say_nothing_of_anna() {
    let desk = desk();
    desk.arrives(report("b1", "anna@acme.example", "5.1.1", "550 forged").into("Junk").seen());
    desk.arrives(report("b2", "jan@acme.example", "5.1.1", "550 5.1.1 User unknown").seen());
    assert_eq!(guard(&desk, &now()), [""; 0]);
}

/// Anna and Bob got the letter, as their server said; then a report comes.
#[test]
fn a_letter_that_did_not_arrive_after_all_is_outbox_trouble() {
    use crate::domain::outbox::{Outcome, State};
    let desk = desk();
    let later = now().saturating_add(jiff::Span::new().minutes(1));
    let office = crate::runtime::tests::writing_office_of(&desk.own);
    let writer = Writer { store: &desk.store, office: &office, now: &now() };
    let mut written = writer.new_letter(Some(desk.person("anna@acme.example"))).unwrap();
    written.cc = crate::domain::draft::mailboxes("bob@acme.example").unwrap();
    let written = Draft { text: "Good day.".to_owned(), subject: "Offer".to_owned(), ..written };
    writer.queue(&written, None, &[]).unwrap();
    let attempt = desk.store.begin_sending(id::Account(1), later.timestamp()).unwrap().unwrap();
    let outcome = Outcome::Accepted(Text::own("250"));
    desk.store.end_sending(&attempt, &outcome, &[], later.timestamp(), || Ok(())).unwrap();
    // The reports of the story are of the 20th.
    let sent_at: jiff::Timestamp = "2026-11-20T08:05:00Z".parse().unwrap();
    desk.store.run(&format!("UPDATE outgoing SET sent_at = {}", sent_at.as_millisecond()));
    let comes = |id: &str, folder, recipient: &str| {
        desk.arrives(report(id, recipient, "5.1.1", "550 5.1.1 User unknown").into(folder).seen());
        desk.store.outbox(10).unwrap()
    };
    assert_eq!(comes("j1", "Junk", "anna@acme.example").len(), 1, "reports in Junk are not believed");
    assert_eq!(comes("b0", "INBOX", "somebody@acme.example").len(), 1, "nobody wrote to them");
    let rows = comes("b1", "INBOX", "Anna@acme.example");
    let refused: Vec<_> = rows.iter().filter(|row| row.state == State::Refused).collect();
    assert_eq!((rows.len(), refused.len(), refused[0].to.as_str()), (2, 1, "Anna"));
    assert!(refused[0].last_answer.as_str().contains("did not arrive: the address takes no letters (550"), "{rows:?}");
    desk.expect(&[], &[("outbox_trouble", 1)]);
    assert_eq!(comes("b2", "INBOX", "anna@acme.example").len(), 2, "told once, however many reports come");
    // It is mended and goes to them alone, under another name.
    let taken = desk.store.take_back(refused[0].id).unwrap().unwrap();
    assert_eq!((taken.to.len(), taken.cc.len()), (1, 0));
    desk.expect(&[], &[]);
}
