//! While I am away letters of people are answered by themselves, each person once, and nothing answers an answer.

use super::*;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

/// A letter that was written a moment ago, with these lines in its head.
fn news(id: &str, head: &str) -> Vec<u8> {
    let date = jiff::fmt::rfc2822::to_string(&Zoned::now()).unwrap();
    format!(
        "{head}\r\nDate: {date}\r\nMessage-ID: <{id}@klient.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWhat do the desks cost?\r\n"
    )
    .into_bytes()
}

fn of_anna(id: &str, subject: &str) -> Vec<u8> {
    news(id, &format!("Return-Path: <{ANNA}>\r\nFrom: Anna Kowalska <{ANNA}>\r\nTo: Me <{ME}>\r\nSubject: {subject}"))
}

fn until() -> String {
    Zoned::now().date().checked_add(9.days()).unwrap().to_string()
}

#[test]
fn each_person_is_answered_once_and_my_own_answer_is_still_owed() {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &of_anna("old", "Before the first sync"), "");
    office.sync();
    let not_yet = office.json(&["away"]);
    assert!(not_yet["away"].is_null(), "{not_yet}");
    let away = office.json(&["away", "until", &until()]);
    assert_eq!((&away["away"]["until"], &away["away"]["answered"]), (&Value::from(until()), &Value::from(0)), "{away}");

    let terminal = office.open();
    terminal.wait_for_text("Before the first sync");
    terminal.wait_for_text("0 answered");
    office.dovecot.deliver(ME, "INBOX", &of_anna("q1", "Offer for desks"), "");
    let accepted = office.smtp.wait_accepted(1);
    assert_eq!((accepted[0].from.as_str(), accepted[0].to.as_slice()), ("", &[ANNA.to_owned()][..]), "no sender");
    let text = accepted[0].text();
    for field in [
        "Auto-Submitted: auto-replied",
        "Subject: Auto: Offer for desks",
        "In-Reply-To: <q1@klient.example>",
        "References: <q1@klient.example>",
    ] {
        assert!(text.contains(field), "{field}: {text}");
    }
    office.dovecot.deliver(ME, "INBOX", &of_anna("q2", "And chairs"), "");
    let list = format!(
        "Return-Path: <news-bounces@shop.example>\r\nFrom: Shop <shop@shop.example>\r\nTo: {ME}\r\nSubject: News\r\nList-Id: <news.shop.example>"
    );
    office.dovecot.deliver(ME, "INBOX", &news("l1", &list), "");
    let robot = format!(
        "Return-Path: <>\r\nFrom: Jan <jan@inny.example>\r\nTo: {ME}\r\nSubject: Automatic\r\nAuto-Submitted: auto-replied"
    );
    office.dovecot.deliver(ME, "INBOX", &news("r1", &robot), "");
    terminal.wait_for_text("1 answered");
    let looked = poll_until(DEADLINE, "every letter looked at", || {
        Some(office.json(&["away"])).filter(|away| away["letters"].as_array().unwrap().len() == 4)
    });
    let refusal = |subject: &str| {
        let letters = looked["letters"].as_array().unwrap();
        letters.iter().find(|letter| letter["subject"] == subject).unwrap_or_else(|| panic!("{subject}: {looked}"))["refusal"].clone()
    };
    assert_eq!(refusal("Offer for desks"), Value::Null);
    assert_eq!(
        (refusal("And chairs"), refusal("News"), refusal("Automatic")),
        ("again".into(), "list".into(), "null_sender".into())
    );
    // It stands in Sent as every letter does, and is not mine: Anna still waits.
    let name = message_id(&text);
    poll_until(DEADLINE, "a copy in Sent", || (office.dovecot.find(ME, "Sent", &name).len() == 1).then_some(()));
    wait_counter(&terminal, "unanswered", Some(3));
    assert!(office.dovecot.flags(ME, "INBOX").iter().all(|(_, flags)| !flags.iter().any(|flag| flag == "\\Answered")));
    drop(terminal);
    office.sync();
    assert_eq!(office.smtp.accepted().len(), 1, "once");
    assert!(office.home.postbook(&["away", "off"]).success().stdout.contains("Not away"));
    office.dovecot.deliver(
        ME,
        "INBOX",
        &news("q3", &format!("From: Ewa <ewa@inny.example>\r\nTo: {ME}\r\nSubject: Are you back?")),
        "",
    );
    office.sync();
    office.sync();
    assert_eq!(office.smtp.accepted().len(), 1, "I am back");
}

#[test]
fn two_who_are_away_do_not_answer_each_other_for_ever() {
    let office = office(0);
    let annas = home();
    annas.write_config(&[Account::new("work", ANNA, &office.dovecot, &office.smtp)]);
    for home in [&office.home, &annas] {
        home.postbook(&["sync"]).success();
        home.postbook(&["away", "until", &until()]).success();
    }
    office.dovecot.deliver(ME, "INBOX", &of_anna("q1", "Offer for desks"), "");
    for _ in 0..4 {
        for home in [&office.home, &annas] {
            home.postbook(&["sync"]).success();
        }
    }
    let accepted = office.smtp.accepted();
    assert_eq!(accepted.len(), 1, "{:#?}", accepted.iter().map(|letter| letter.text()).collect::<Vec<_>>());
    assert_eq!(accepted[0].to, [ANNA]);
    let letters = annas.postbook(&["away", "--json"]).success().json();
    assert_eq!(letters["letters"][0]["refusal"], "null_sender", "{letters}");
}

#[test]
fn killed_while_it_is_held_it_leaves_once() {
    let office = office(3);
    office.sync();
    office.json(&["away", "until", &until()]);
    for round in 0..3 {
        let from = format!("ewa{round}@inny.example");
        let watcher = Watcher::start(&office.home, &[]);
        watcher.wait_told("Watching;");
        let head = format!("Return-Path: <{from}>\r\nFrom: Ewa <{from}>\r\nTo: {ME}\r\nSubject: Round {round}");
        office.dovecot.deliver(ME, "INBOX", &news(&format!("k{round}"), &head), "");
        let queued = || {
            office.json(&["outbox"])["outbox"]
                .as_array()
                .is_some_and(|rows| rows.iter().any(|row| row["state"] == "held"))
        };
        poll_until(DEADLINE, "an answer that is held", || queued().then_some(()));
        watcher.signal("KILL");
        drop(watcher);
        let watcher = Watcher::start(&office.home, &[]);
        let accepted = office.smtp.wait_accepted(round + 1);
        assert_eq!(accepted.iter().filter(|letter| letter.to == [from.clone()]).count(), 1);
        drop(watcher);
    }
    office.sync();
    assert_eq!(office.smtp.accepted().len(), 3, "each once");
}

#[test]
fn a_day_is_needed_and_has_to_be_to_come() {
    let office = office(0);
    let yesterday = (Timestamp::now() - SignedDuration::from_hours(30)).to_string();
    for (arguments, code) in [
        (&["away", "from", "2026-12-01"][..], 2),
        (&["away", "until", "someday"], 2),
        (&["away", "until", &yesterday[..10]], 1),
        (&["away", "until", "+9", "--template", "nothing"], 1),
        (&["away", "until", "+9", "--every", "0"], 2),
    ] {
        let output = office.home.postbook(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", output.stderr);
    }
    assert!(office.json(&["away"])["away"].is_null());
    assert!(office.home.postbook(&["away", "until", "+9"]).success().stdout.starts_with("Away until "));
}
