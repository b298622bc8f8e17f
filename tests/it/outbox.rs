//! Sending through a real SMTP server that fails in every phase.

use std::time::Duration;

use jiff::Zoned;
use postbook::domain::account::{Account, Kind};
use postbook::domain::address::{Address, Mailbox};
use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::domain::outbox::{Letter, Outcome, State};
use postbook::domain::text::Text;
use postbook::net::{Timeouts, smtp};
use postbook::store::NewOutgoing;
use postbook::sync::outbox::{send_due, settle_uncertain, store_copies};

use super::support::*;
use super::sync::{ANNA, Desk, login};

const JAN: &str = "jan@klient.example";
const OLA: &str = "ola@klient.example";

fn letter(name: &str) -> Vec<u8> {
    format!("From: <{ANNA}>\r\nTo: <{JAN}>\r\nSubject: Offer\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@firma.example>\r\n\r\nTen.\r\n")
        .into_bytes()
}

fn short() -> Timeouts {
    Timeouts { read: Duration::from_secs(10), after_data: Duration::from_millis(700), ..Timeouts::default() }
}

/// The word for an outcome.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::TryLater(_) => "try later",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    }
}

#[test]
fn every_fault_has_its_certain_outcome() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let smtp = SmtpServer::start(&dovecot);
    let desk = Desk::new();
    let endpoint = desk.endpoint(smtp.tls_port);
    let address = |text: &str| Address::parse(text).unwrap();
    let to = [address(JAN), address(OLA)];
    let answer = |phase, code| Fault::Answer(phase, code, "no".to_owned());
    let mut accepted = 0;
    for (fault, expected, arrives) in [
        (None, "accepted", true),
        (Some(answer(Phase::Banner, 421)), "try later", false),
        (Some(answer(Phase::Banner, 554)), "refused", false),
        (Some(Fault::Close(Phase::Banner)), "try later", false),
        (Some(answer(Phase::Auth, 535)), "refused", false),
        (Some(answer(Phase::Auth, 454)), "try later", false),
        (Some(Fault::Close(Phase::Auth)), "try later", false),
        (Some(answer(Phase::Mail, 451)), "try later", false),
        (Some(answer(Phase::Mail, 550)), "refused", false),
        (Some(answer(Phase::Rcpt, 452)), "try later", false),
        (Some(answer(Phase::Rcpt, 550)), "refused", false),
        (Some(Fault::RefuseRecipient(OLA.to_owned(), 550, "who".to_owned())), "accepted", true),
        (Some(Fault::RefuseRecipient(OLA.to_owned(), 450, "greylisted".to_owned())), "try later", false),
        (Some(answer(Phase::Data, 451)), "try later", false),
        (Some(Fault::Close(Phase::Data)), "try later", false),
        (Some(answer(Phase::EndOfData, 451)), "try later", false),
        (Some(answer(Phase::EndOfData, 554)), "refused", false),
        (Some(Fault::Close(Phase::EndOfData)), "unknown", false),
        (Some(Fault::Stall(Phase::EndOfData, Duration::from_secs(3))), "unknown", false),
        (Some(Fault::Close(Phase::Acknowledgement)), "unknown", true),
    ] {
        smtp.clear();
        if let Some(fault) = &fault {
            smtp.fail_next(1, fault);
        }
        let report =
            smtp::send(&endpoint, Some(&login()), &address(ANNA), &to, &letter("one"), &short(), &mut || Ok(()));
        assert_eq!(word(&report.outcome), expected, "{fault:?}: {report:?}");
        let refused = matches!(&fault, Some(Fault::RefuseRecipient(_, 550, _)));
        assert_eq!(report.refused.len(), usize::from(refused), "{fault:?}: {report:?}");
        accepted += usize::from(arrives);
        assert_eq!(smtp.accepted().len(), accepted, "{fault:?}");
    }
}

/// A desk whose outbox holds one letter to Jan that may leave now.
fn with_letter(name: &str) -> Desk {
    let desk = Desk::new();
    queue(&desk, name);
    desk
}

/// Anna's account.
pub fn account(desk: &Desk) -> Account {
    Account {
        id: desk.account,
        name: Text::own("work"),
        email: Address::parse(ANNA).unwrap(),
        kind: Kind::Personal,
        signature: Text::default(),
        style: postbook::domain::style::Style::default(),
    }
}

/// Puts a letter to Jan into the outbox; it may leave now.
pub fn queue(desk: &Desk, name: &str) -> id::Outgoing {
    let account = account(desk);
    let mut written = Letter::new(&account, &Text::own("Anna"));
    written.to = vec![Mailbox::new("Jan", JAN).unwrap()];
    let now = Zoned::now().timestamp();
    let new = NewOutgoing {
        letter: &written,
        msg_id: &MsgId::parse(&format!("{name}@firma.example")).unwrap(),
        bytes: &letter(name),
        not_before: now,
        overridden: "",
        draft: None,
    };
    desk.store.queue(&new, now).unwrap()
}

/// Lets the worker run once; where the letter stands then.
fn work(desk: &Desk, smtp: &SmtpServer) -> State {
    let endpoint = desk.endpoint(smtp.tls_port);
    let mut send = |attempt: &postbook::store::Attempt,
                    handing_over: &mut dyn FnMut() -> postbook::domain::problem::Result<()>| {
        smtp::send(&endpoint, Some(&login()), &attempt.from, &attempt.to, &attempt.bytes, &short(), handing_over)
    };
    // A server that cannot be used is told; where the letter stands is what counts here.
    let _ = send_due(&desk.store, desk.account, &desk.own, &mut send, &mut |_| {});
    desk.store.outbox(1).unwrap()[0].state
}

#[test]
fn a_letter_is_sent_once_and_stands_in_sent_once() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let smtp = SmtpServer::start(&dovecot);
    let desk = with_letter("plain");
    desk.sync(&dovecot);
    assert_eq!(work(&desk, &smtp), State::Sent);
    let mut session = desk.session(&dovecot);
    for _ in 0..2 {
        store_copies(&desk.store, &mut session, desk.account, false).unwrap();
        desk.sync(&dovecot);
        assert_eq!(work(&desk, &smtp), State::Sent);
    }
    assert_eq!((dovecot.count(JAN, "INBOX"), dovecot.count(ANNA, "Sent"), smtp.accepted().len()), (1, 1, 1));
    assert_eq!(dovecot.flags(ANNA, "Sent")[0].1, ["\\Seen"]);
    let named = desk.store.messages_named(&MsgId::parse("plain@firma.example").unwrap()).unwrap();
    assert_eq!(named.len(), 1, "the copy in Sent is the letter that was sent");
}

#[test]
fn a_letter_of_unknown_fate_waits_for_evidence() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let mut smtp = SmtpServer::start(&dovecot);
    let desk = with_letter("fate");
    desk.sync(&dovecot);
    smtp.fail_next(1, &Fault::Close(Phase::Acknowledgement));
    assert_eq!(work(&desk, &smtp), State::Uncertain);
    let mut session = desk.session(&dovecot);
    for _ in 0..3 {
        assert_eq!(work(&desk, &smtp), State::Uncertain);
        settle_uncertain(&desk.store, &mut session, desk.account, &desk.own, &mut |_| {}).unwrap();
        store_copies(&desk.store, &mut session, desk.account, false).unwrap();
    }
    assert_eq!((smtp.accepted().len(), dovecot.count(ANNA, "Sent")), (1, 0), "never again by itself");
    // The provider's own copy appears.
    dovecot.append(ANNA, "Sent", &letter("fate"), &["\\Seen"]);
    settle_uncertain(&desk.store, &mut session, desk.account, &desk.own, &mut |_| {}).unwrap();
    assert_eq!(work(&desk, &smtp), State::Sent);
    store_copies(&desk.store, &mut session, desk.account, false).unwrap();
    desk.sync(&dovecot);
    assert_eq!((smtp.accepted().len(), dovecot.count(ANNA, "Sent"), dovecot.count(JAN, "INBOX")), (1, 1, 1));
    smtp.stop();
}

#[test]
fn a_server_that_is_away_gets_the_letter_later() {
    let dovecot = Dovecot::start(&[ANNA, JAN]);
    let mut smtp = SmtpServer::start(&dovecot);
    let desk = with_letter("later");
    smtp.stop();
    assert_eq!(work(&desk, &smtp), State::Queued);
    smtp.restart();
    let row = desk.store.outbox(1).unwrap().remove(0);
    assert_eq!(row.attempts, 1);
    assert!(row.not_before.unwrap() > Zoned::now().timestamp(), "it waits before it tries again");
    assert!(!row.last_answer.is_empty());
    assert_eq!(smtp.accepted().len(), 0);
}
