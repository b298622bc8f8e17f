//! Killed at any moment: nothing is lost, nothing goes out twice.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::*;

/// What `kill -9` at this moment must lead to: how often it was delivered, and whether its fate stays unknown.
#[track_caller]
fn killed_while_sending(phase: Phase, deliveries: usize, uncertain: u64) {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let mut terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    office.smtp.fail_next(1, &Fault::Stall(phase, Duration::from_secs(120)));
    terminal.type_keys("t");
    choose(&terminal, "quick");
    terminal.wait_for_text("Thank you,");
    send(&terminal);
    poll_until(DEADLINE, "a server that takes its time", || (office.smtp.stalls() == 1).then_some(()));
    assert_eq!(office.json(&["status"])["outbox"]["sending"], 1, "{phase:?}");
    terminal.kill9();
    let terminal = office.open();
    if uncertain > 0 {
        wait_counter(&terminal, "trouble", Some(uncertain));
    }
    let outbox = poll_until(DEADLINE, "a settled outbox", || {
        let outbox = office.json(&["status"])["outbox"].clone();
        let settled = ["held", "queued", "sending", "refused"].iter().all(|state| outbox[state] == 0);
        settled.then_some(outbox)
    });
    assert_eq!(outbox["uncertain"], uncertain, "{phase:?}: {outbox}");
    // Whatever the program does by itself from now on, it does not send it again.
    drop(terminal);
    office.sync();
    office.sync();
    assert_eq!(office.smtp.accepted().len(), deliveries, "{phase:?}");
    assert_eq!(office.dovecot.count(ANNA, "INBOX"), deliveries, "{phase:?}");
    assert_eq!(office.counter("outbox_trouble"), uncertain, "{phase:?}");
    assert_eq!(office.counter("unanswered"), uncertain, "{phase:?}: an answer of unknown fate is no answer");
}

#[test]
fn killed_before_the_letter_is_handed_over_it_leaves_later_once() {
    killed_while_sending(Phase::Data, 1, 0);
}

#[test]
fn killed_before_the_server_took_the_letter_it_is_shown_as_uncertain() {
    killed_while_sending(Phase::EndOfData, 0, 1);
}

#[test]
fn killed_before_the_server_could_say_so_the_letter_is_not_sent_again() {
    killed_while_sending(Phase::Acknowledgement, 1, 1);
}

const FOLDERS: [(&str, usize); 3] = [("INBOX", 200), ("Klienci", 150), ("Archive", 60)];

/// Runs `postbook sync` and kills it after this time; gives how long it ran.
fn sync_killed_after(home: &Home, time: Duration) -> Duration {
    let started = Instant::now();
    let mut command = home.command(&["sync"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let ended = try_until(time, || child.try_wait().unwrap());
    if ended.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    started.elapsed()
}

/// What must be the same however the sync went.
fn picture(home: &Home) -> (Value, BTreeSet<String>, usize) {
    let json = |arguments: &[&str]| home.postbook(arguments).success().json();
    let status = json(&["status", "--json"]);
    let found = json(&["search", "desks", "--limit", "1000", "--json"]);
    let messages = found["messages"].as_array().unwrap();
    let threads: BTreeSet<&str> = messages.iter().map(|message| message["thread"].as_str().unwrap()).collect();
    let shown = messages.iter().map(|message| {
        let facts = ["folders", "date", "from", "to", "subject", "snippet", "seen", "answered", "contact", "deal"];
        facts.map(|fact| message[fact].to_string()).join(" ")
    });
    let counts = serde_json::json!([status["counters"], status["accounts"][0]["folders"], found["total"]]);
    (counts, shown.collect(), threads.len())
}

#[test]
fn fifty_kills_and_one_sync_give_what_one_sync_gives() {
    let office = office(0);
    let mut number = 0;
    let mut deliver = |folder: &str| {
        number += 1;
        // Every third letter answers the one before it.
        let (id, before) = (format!("n{number}"), number - 1);
        let text = String::from_utf8(letter(&id, &format!("Desks {number}"), "How many desks?")).unwrap();
        let text = text.replacen("10:00:00", &format!("{:02}:{:02}:00", number / 60, number % 60), 1);
        let answer = format!("In-Reply-To: <n{before}@klient.example>\r\nDate:");
        let text = if number % 3 == 0 { text.replacen("Date:", &answer, 1) } else { text };
        // And every seventh comes from somebody else.
        let text = if number % 7 == 0 { text.replacen(ANNA, &format!("p{number}@else.example"), 1) } else { text };
        office.dovecot.deliver(ME, folder, text.as_bytes(), if number % 5 == 0 { "S" } else { "" });
    };
    for (folder, count) in FOLDERS {
        (0..count).for_each(|_| deliver(folder));
    }
    let random = RandomState::new();
    let mut longest = Duration::from_millis(400);
    let mut killed = 0;
    for round in 0_u64..50 {
        let share = random.hash_one(round) % 1000;
        let time = longest * u32::try_from(share).unwrap() / 1000;
        let ran = sync_killed_after(&office.home, time);
        killed += u32::from(ran >= time);
        // One that came to its end tells how long one takes now.
        longest = if ran < time { ran } else { longest };
        if round % 10 == 9 {
            deliver("INBOX");
            office.dovecot.store(ME, "Klienci", &(round + 1).to_string(), "+FLAGS (\\Seen \\Answered)");
        }
    }
    assert!(killed >= 20, "only {killed} were killed amid their work");
    office.sync();
    let calm = home();
    calm.write_config_text(&std::fs::read_to_string(office.home.config_file()).unwrap());
    calm.postbook(&["sync"]).success();
    let (after_kills, undisturbed) = (picture(&office.home), picture(&calm));
    assert_eq!(after_kills.0, undisturbed.0, "counts");
    let differences: Vec<_> = after_kills.1.symmetric_difference(&undisturbed.1).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(after_kills.2, undisturbed.2, "threads");
    assert_eq!(undisturbed.1.len(), 415);
}
