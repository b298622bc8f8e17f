//! The outbox: one letter leaves once, whatever breaks.

use super::server::Cut;
use super::*;
use crate::domain::account::{Account, Kind};
use crate::domain::address::Mailbox;
use crate::domain::outbox::{Letter, Outcome, State};
use crate::net::smtp::Report;
use crate::store::{Attempt, NewOutgoing};
use crate::sync::outbox::{send_due, settle_uncertain, store_copies};

const TO: [&str; 2] = ["anna@acme.example", "jan@gmail.com"];

/// A synced world in whose inbox Anna's letter waits, and my answer to it in the outbox.
fn with_answer() -> (World, id::Outgoing) {
    let mut server = Server::new(FOLDERS);
    server.deliver("INBOX", &letter("asked", TO[0], "me@firma.example", 0, &[], "How much?"), Flags::SEEN);
    let mut world = World::new(server);
    world.sync();
    let account = Account {
        id: world.account,
        name: Text::own("work"),
        email: address("me@firma.example"),
        kind: Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    let mut answer = Letter::new(&account, &Text::own("Me"));
    answer.to = TO.iter().map(|to| Mailbox::new("", to).unwrap()).collect();
    answer.subject = "Re: About asked".to_owned();
    answer.thread = Some(world.thread("asked"));
    answer.answers = Some(world.message("asked"));
    let bytes = letter("answer", "me@firma.example", &TO.join(", "), 60, &["asked"], "Ten");
    let new = NewOutgoing {
        letter: &answer,
        msg_id: &MsgId::parse("answer@test.example").unwrap(),
        bytes: &bytes,
        not_before: now().timestamp(),
        overridden: "",
        draft: None,
    };
    // The worker takes the time from the clock: what waits until long ago leaves at once.
    let outgoing = world.store.queue(&new, now().timestamp()).unwrap();
    world.store.run("UPDATE outgoing SET not_before = 0");
    (world, outgoing)
}

fn state(world: &World) -> State {
    world.store.outbox(10).unwrap()[0].state
}

fn report(outcome: Outcome) -> Report {
    Report { outcome, refused: Vec::new(), signed_in: true }
}

/// Lets the worker run; how often it opened the socket, and to whom.
fn send(world: &World, mut answer: impl FnMut(&Attempt) -> Report) -> Vec<Vec<String>> {
    let mut sent = Vec::new();
    let mut socket = |attempt: &Attempt, handing_over: &mut dyn FnMut() -> crate::domain::problem::Result<()>| {
        handing_over().unwrap();
        sent.push(attempt.to.iter().map(ToString::to_string).collect());
        answer(attempt)
    };
    send_due(&world.store, world.account, &world.own, &mut socket, &mut |_| {}).unwrap();
    sent
}

fn said(text: &str) -> Text {
    Text::line(text)
}

#[test]
fn sending_is_on_disk_before_the_socket_opens() {
    let (world, outgoing) = with_answer();
    let second = Store::open(&world._folder.path().join("postbook.sqlite")).unwrap();
    let sent = send(&world, |_| {
        assert_eq!(second.rows("SELECT state, attempts FROM outgoing"), ["sending | 1"]);
        assert_eq!(second.take_back(outgoing).unwrap(), None, "it is leaving");
        assert_eq!(second.discard(outgoing).unwrap(), None);
        assert!(second.begin_sending(world.account, now().timestamp()).unwrap().is_none(), "nobody else takes it");
        report(Outcome::Accepted(said("250 ok")))
    });
    assert_eq!(sent, [TO]);
    assert_eq!(state(&world), State::Sent);
    assert_eq!(world.thread("answer"), world.thread("asked"));
    assert_eq!(world.counter(Counter::Unanswered), 0);
    assert_eq!(second.rows("SELECT wanted_flags & 2 FROM copy"), ["2"], "their letter is marked answered");
}

#[test]
fn what_was_sent_never_changes() {
    let (world, outgoing) = with_answer();
    let mut attempt = None;
    send(&world, |a| {
        attempt = Some(a.clone());
        report(Outcome::Accepted(said("250 ok")))
    });
    let attempt = attempt.unwrap();
    for outcome in [Outcome::Unknown(said("x")), Outcome::TryLater(said("x")), Outcome::Refused(said("x"))] {
        let state = world.store.end_sending(&attempt, &outcome, &[], now().timestamp(), || Ok(())).unwrap();
        assert_eq!(state, None);
    }
    assert!(!world.store.send_again(outgoing, now().timestamp()).unwrap());
    assert_eq!(world.store.take_back(outgoing).unwrap(), None);
    assert_eq!(world.store.discard(outgoing).unwrap(), None);
    assert_eq!(world.store.outbox_after_crash().unwrap(), 0);
    assert_eq!(state(&world), State::Sent);
    assert_eq!(world.store.outbox(1).unwrap()[0].last_answer.as_str(), "250 ok", "nor what the server said");
    assert!(send(&world, |_| panic!("sent twice")).is_empty());
}

#[test]
fn only_what_waits_or_was_refused_can_be_taken_back() {
    for word in ["held", "queued", "refused"] {
        let (world, outgoing) = with_answer();
        world.store.run(&format!("UPDATE outgoing SET state = '{word}'"));
        assert_eq!(world.store.take_back(outgoing).unwrap().unwrap().subject, "Re: About asked");
        assert!(send(&world, |_| panic!("it was taken back")).is_empty());
    }
    for word in ["sending", "sent", "uncertain"] {
        let (world, outgoing) = with_answer();
        world.store.run(&format!("UPDATE outgoing SET state = '{word}'"));
        assert_eq!(world.store.take_back(outgoing).unwrap(), None, "{word}");
        assert_eq!(world.store.rows("SELECT state FROM outgoing"), [word]);
    }
}

#[test]
fn a_crash_while_sending_is_asked_about_and_found_in_sent() {
    for found_there in [true, false] {
        let (mut world, outgoing) = with_answer();
        assert!(world.store.begin_sending(world.account, now().timestamp()).unwrap().is_some());
        world.store.handing_over(outgoing).unwrap();
        // The program dies here and is started again.
        assert_eq!(world.store.outbox_after_crash().unwrap(), 1);
        assert_eq!(state(&world), State::Uncertain);
        assert_eq!(world.counter(Counter::OutboxTrouble), 1);
        assert_eq!(world.counter(Counter::Unanswered), 1, "not answered before it is certain");
        assert!(send(&world, |_| panic!("sent again by itself")).is_empty());
        if found_there {
            let copy = letter("answer", "me@firma.example", &TO.join(", "), 60, &["asked"], "Ten");
            world.server.deliver("Sent", &copy, Flags::SEEN);
        }
        settle_uncertain(&world.store, &mut world.server, world.account, &world.own, &mut |_| {}).unwrap();
        assert_eq!(state(&world), if found_there { State::Sent } else { State::Uncertain });
        store_copies(&world.store, &mut world.server, world.account, false).unwrap();
        world.settle();
        assert_eq!(world.server.folder("Sent").letters.len(), usize::from(found_there), "no second copy");
        assert!(send(&world, |_| panic!("sent again by itself")).is_empty());
    }
}

#[test]
fn a_crash_before_the_end_of_the_letter_was_written_goes_again_by_itself() {
    let (world, _) = with_answer();
    assert!(world.store.begin_sending(world.account, now().timestamp()).unwrap().is_some());
    // The program dies here: connecting, signing in, or in the middle of the letter.
    assert_eq!(world.store.outbox_after_crash().unwrap(), 0);
    assert_eq!(state(&world), State::Queued);
    assert_eq!(send(&world, |_| report(Outcome::Accepted(said("250")))).len(), 1);
    assert_eq!(state(&world), State::Sent);
}

#[test]
fn a_letter_of_unknown_fate_goes_again_only_with_my_word() {
    let (world, outgoing) = with_answer();
    assert_eq!(send(&world, |_| report(Outcome::Unknown(said("lost")))).len(), 1);
    assert_eq!(state(&world), State::Uncertain);
    assert!(send(&world, |_| panic!("sent again by itself")).is_empty());
    assert!(world.store.send_again(outgoing, Timestamp::UNIX_EPOCH).unwrap());
    assert_eq!(send(&world, |_| report(Outcome::Accepted(said("250")))).len(), 1);
    assert_eq!(state(&world), State::Sent);
}

#[test]
fn a_refused_password_is_no_fault_of_the_letters() {
    let (world, first) = with_answer();
    world.store.run("INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, draft, created_at, not_before)
        SELECT account_id, 'queued', 'second@firma.example', sender, subject, shown_to, bytes, draft, created_at, 1 FROM outgoing");
    let mut tries = 0;
    let mut locked = |_: &Attempt, _: &mut dyn FnMut() -> crate::domain::problem::Result<()>| {
        tries += 1;
        Report { outcome: Outcome::Refused(said("535 wrong password")), refused: Vec::new(), signed_in: false }
    };
    let told = send_due(&world.store, world.account, &world.own, &mut locked, &mut |_| {}).unwrap_err();
    assert!(told.sentence.contains("535 wrong password"), "{told}");
    assert_eq!(tries, 1, "the second letter would meet the same");
    assert_eq!(world.store.rows("SELECT DISTINCT state FROM outgoing"), ["queued"]);
    assert!(world.store.send_again(first, now().timestamp()).unwrap(), "what waits is tried at once with my word");
    assert_eq!(world.store.rows("SELECT DISTINCT state FROM outgoing"), ["queued"]);
}

#[test]
fn a_try_later_waits() {
    let (world, _) = with_answer();
    assert_eq!(send(&world, |_| report(Outcome::TryLater(said("451 later")))).len(), 1, "once, not in a loop");
    assert_eq!(state(&world), State::Queued);
    let next = world.store.next_departure().unwrap().unwrap();
    assert!(next > Timestamp::now(), "{next}");
}

#[test]
fn a_retry_goes_only_to_those_who_were_not_refused() {
    let (world, _) = with_answer();
    let jan = (address(TO[1]), said("550 no such user"));
    let sent = send(&world, |_| Report {
        outcome: Outcome::TryLater(said("lost")),
        refused: vec![jan.clone()],
        signed_in: true,
    });
    assert_eq!(sent, [TO]);
    world.store.run("UPDATE outgoing SET not_before = 0");
    let sent = send(&world, |_| report(Outcome::Accepted(said("250"))));
    assert_eq!(sent, [[TO[0]]]);
    assert_eq!(
        world.store.rows("SELECT state FROM outgoing ORDER BY id"),
        ["sent", "refused"],
        "Jan waits for my word"
    );
}

#[test]
fn the_copy_in_sent_is_made_once_wherever_it_breaks() {
    let probe = |cut| {
        let (mut world, _) = with_answer();
        send(&world, |_| report(Outcome::Accepted(said("250"))));
        let before = world.server.calls;
        world.server.cut = cut;
        for _ in 0..3 {
            if store_copies(&world.store, &mut world.server, world.account, false).is_err() {
                world.server.connect();
            }
        }
        world.settle();
        assert_eq!(world.server.folder("Sent").letters.len(), 1, "{cut:?}");
        assert_eq!(
            world.store.rows("SELECT count(*) FROM copy"),
            ["2"],
            "the copy is known as the letter that was sent"
        );
        assert_eq!(world.store.rows("SELECT copy_state FROM outgoing"), ["done"]);
        before
    };
    let before = probe(None);
    for at in 0..4 {
        for cut in [Cut::Before, Cut::After] {
            probe(Some((before + at, cut)));
        }
    }
}

#[test]
fn a_full_mailbox_stops_neither_the_letters_that_come_nor_the_copy_for_good() {
    let (mut world, _) = with_answer();
    send(&world, |_| report(Outcome::Accepted(said("250"))));
    world.server.denies = Some(crate::domain::problem::Kind::NotNow);
    for _ in 0..2 {
        store_copies(&world.store, &mut world.server, world.account, false).unwrap();
        world.sync();
    }
    assert_eq!(world.server.folder("Sent").letters.len(), 0);
    world.server.denies = None;
    store_copies(&world.store, &mut world.server, world.account, false).unwrap();
    world.settle();
    assert_eq!(world.server.folder("Sent").letters.len(), 1);
    assert_eq!(world.store.rows("SELECT copy_state FROM outgoing"), ["done"]);
}

#[test]
fn a_provider_that_keeps_its_own_copy_gets_none() {
    let (mut world, _) = with_answer();
    send(&world, |_| report(Outcome::Accepted(said("250"))));
    store_copies(&world.store, &mut world.server, world.account, true).unwrap();
    assert_eq!(world.server.folder("Sent").letters.len(), 0);
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 1, "only the mark on their letter");
}

#[test]
fn who_was_refused_while_others_got_it_is_a_letter_of_its_own() {
    let (world, _) = with_answer();
    let jan = address(TO[1]);
    send(&world, |_| Report {
        outcome: Outcome::Accepted(said("250 ok")),
        refused: vec![(jan.clone(), said("550 no such user"))],
        signed_in: true,
    });
    let rows = world.store.outbox(10).unwrap();
    let told: Vec<(State, &str, &str)> =
        rows.iter().map(|row| (row.state, row.to.as_str(), row.last_answer.as_str())).collect();
    let part = "the others got it; jan@gmail.com: 550 no such user";
    assert_eq!(
        told,
        [(State::Refused, "jan@gmail.com", part), (State::Sent, "anna@acme.example, jan@gmail.com", "250 ok")]
    );
    assert_eq!(world.counter(Counter::OutboxTrouble), 1);
    // Sent again it goes to him alone, under a name of its own, so that the first one is not taken for it.
    assert!(world.store.send_again(rows[0].id, now().timestamp()).unwrap());
    world.store.run("UPDATE outgoing SET not_before = 0 WHERE state = 'queued'");
    let mut bytes = Vec::new();
    let sent = send(&world, |attempt| {
        bytes.clone_from(&attempt.bytes);
        report(Outcome::Accepted(said("250 ok")))
    });
    assert_eq!(sent, [["jan@gmail.com"]]);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("Message-ID: <answer.again@test.example>"), "{text}");
    assert!(text.contains("To: anna@acme.example, jan@gmail.com"), "he sees who else has it: {text}");
    assert_eq!(world.counter(Counter::OutboxTrouble), 0);
}

#[test]
fn a_ladder_of_evidence_for_a_letter() {
    let (mut world, outgoing) = with_answer();
    let told = |world: &World| -> Vec<String> {
        world.store.evidence(outgoing).unwrap().into_iter().map(|rung| rung.what.into()).collect()
    };
    assert_eq!(told(&world), [""; 0], "nothing is known before it was sent");
    send(&world, |_| report(Outcome::Accepted(said("250 ok"))));
    assert_eq!(told(&world), ["accepted by the server"]);
    // What comes after it is dated after it.
    world.store.run("UPDATE outgoing SET sent_at = 1750000000000");
    let date = |minutes: i64| {
        let at = jiff::Timestamp::from_second(1_750_000_000 + minutes * 60).unwrap();
        at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
    };
    let report = |minutes: i64, kind: &str, part: &str, fields: &str, folder: &str, world: &mut World| {
        let bytes = format!(
            "From: MAILER-DAEMON@mx.firma.example\r\nTo: me@firma.example\r\nDate: {}\r\nMessage-ID: <r{minutes}@mx.firma.example>\r\nSubject: Report\r\n\
             Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/{part}\r\n\r\n\
             {fields}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <answer@test.example>\r\n\r\n--b--\r\n",
            date(minutes)
        );
        world.server.deliver(folder, bytes.as_bytes(), Flags::SEEN);
    };
    let recipient = |to: &str, action: &str| {
        format!("Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: 2.0.0\r\n")
    };
    report(1, "delivery-status", "delivery-status", &recipient(TO[0], "delivered"), "INBOX", &mut world);
    let gone = recipient(TO[1], "failed").replace("2.0.0", "5.1.1");
    report(2, "delivery-status", "delivery-status", &gone, "INBOX", &mut world);
    let read = format!(
        "Final-Recipient: rfc822; {}\r\nOriginal-Message-ID: <answer@test.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
        TO[0]
    );
    report(3, "disposition-notification", "disposition-notification", &read, "INBOX", &mut world);
    report(4, "disposition-notification", "disposition-notification", &read.replace(TO[0], TO[1]), "Junk", &mut world);
    let mut answer = String::from_utf8(letter("thanks", TO[0], "me@firma.example", 0, &["answer"], "Good")).unwrap();
    let old = answer.lines().find(|line| line.starts_with("Date:")).unwrap().to_owned();
    answer = answer.replace(&old, &format!("Date: {}", date(5)));
    world.server.deliver("INBOX", answer.as_bytes(), Flags::SEEN);
    world.sync();
    assert_eq!(
        told(&world),
        [
            "accepted by the server",
            "delivered to anna@acme.example",
            "not delivered to jan@gmail.com: the address takes no letters",
            "read by anna@acme.example",
            "answered by anna@acme.example",
        ]
    );
}

#[test]
fn an_automatic_answer_says_when_they_are_back() {
    let (mut world, _) = with_answer();
    let mut away = |uid: u32, head: &str, text: &str| {
        let bytes = format!(
            "From: Anna <{}>\r\nTo: me@firma.example\r\nDate: Sat, 28 Nov 2026 10:00:0{uid} +0000\r\nMessage-ID: <away{uid}@acme.example>\r\n{head}\r\n\r\n{text}\r\n",
            TO[0]
        );
        world.server.deliver("INBOX", bytes.as_bytes(), Flags::SEEN);
        world.sync();
        let today = "2026-11-28".parse().unwrap();
        let anna = crate::domain::address::Address::parse(TO[0]).unwrap();
        world.store.away_until(&anna, today).unwrap().map(|day| day.to_string())
    };
    assert_eq!(
        away(1, "Subject: Notice\r\nAuto-Submitted: auto-generated", "The shop is closed until 12 December."),
        None
    );
    let away_head = "Subject: Automatic reply: Offer\r\nAuto-Submitted: auto-replied";
    assert_eq!(away(2, away_head, "I am out of the office until 12 December."), Some("2026-12-13".to_owned()));
    assert_eq!(
        away(3, away_head, "I am back on 7 December.\r\n\r\n> until 20 December"),
        Some("2026-12-07".to_owned())
    );
    assert_eq!(away(4, "Subject: Offer", "Yes, and I am in until 12 December."), None, "they wrote themselves");
    // Letters that came before this was kept are read once more.
    let kept = || world.store.rows("SELECT message_id, address, returns_on FROM away ORDER BY message_id");
    let before = kept();
    world
        .store
        .run("DELETE FROM away; INSERT INTO reread (message_id) SELECT id FROM message WHERE nature = 'automatic'");
    let own = crate::domain::address::Own::new([crate::domain::address::Address::parse("me@firma.example").unwrap()]);
    crate::sync::filing::read_some_again(&world.store, &own, "2026-11-29T10:00:00Z".parse().unwrap()).unwrap();
    assert_eq!((before.len(), kept()), (2, before));
}
