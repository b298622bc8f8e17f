//! A mailing through a server that does everything wrong, with the program killed again and again: everybody who may have a letter gets
//! exactly one, of unknown fate are only those whose letter may have been read, and nobody gets two.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{Account, Dovecot, Fault, Home, Phase, SmtpServer, home, try_until};

const ME: &str = "me@firma.example";

/// How many contacts; the judges take 2000.
fn size() -> usize {
    std::env::var("POSTBOOK_MAILING_SIZE").ok().and_then(|size| size.parse().ok()).unwrap_or(60)
}

struct Office {
    dovecot: Dovecot,
    smtp: SmtpServer,
    home: Home,
}

impl Office {
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.home.postbook(&arguments).success().json()
    }

    fn mailing(&self) -> Value {
        self.json(&["mailings", "show", "1"])
    }
}

/// A name like nobody else's: three syllables.
fn name(number: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "wy"];
    let part = |place: u32| SYLLABLES[number / 16_usize.pow(place) % 16];
    format!("{}{}{}", part(0), part(1), part(2))
}

fn address(number: usize) -> String {
    format!("{}@klient{}.example", name(number), number % 40)
}

/// An office with so many contacts tagged `news`, and with some that must get no letter.
fn office(people: usize) -> Office {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    let config = std::fs::read_to_string(home.config_file()).unwrap();
    home.write_config_text(&format!("{config}\n[sending]\nmailing_per_minute = 100000\nmailing_per_day = 1000000\n"));
    home.write(
        "templates/news.en.md",
        "---\nname: news\nlanguage: en\nsubject: News for {{ contact.first_name }}\n---\nDear {{ contact.first_name }},\n\nwe moved.\n",
    );
    let mut list = String::from("Given name,Family name,E-mail,Tags\n");
    for number in 0..people {
        list.push_str(&format!("{},{},{},news\n", name(number + 7), name(number), address(number)));
    }
    list.push_str("Kolega,Nasz,kolega@firma.example,news\n");
    list.push_str("Bez,Adresu,,news\n");
    list.push_str(",Bezimienny,noname@inny.example,news\n");
    list.push_str("Opted,Out,leave@inny.example,news\n");
    let file = home.write("people.csv", list);
    home.postbook(&["contacts", "import", file.to_str().unwrap()]).success();
    home.postbook(&["sync"]).success();
    Office { dovecot, smtp, home }
}

#[test]
fn a_mailing_survives_everything_and_nobody_gets_two() {
    let people = size();
    let office = office(people);
    office.home.postbook(&["mailings", "opt-out", "leave@inny.example"]).success();
    let checked = office.json(&["mailings", "new", "--template", "news", "--segment", "tag:news", "--any-hour"]);
    let skipped: BTreeSet<(&str, &str)> = checked["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["address"].as_str().unwrap(), one["skipped"].as_str().unwrap()))
        .collect();
    let expected = [
        ("", "no address"),
        ("kolega@firma.example", "colleague"),
        ("leave@inny.example", "opted out"),
        ("noname@inny.example", "missing"),
    ];
    assert_eq!(skipped, expected.into_iter().collect(), "{checked:#}");
    assert_eq!(checked["counts"]["waiting"], people, "{checked:#}");
    // A value is missing: it does not begin.
    let refused = office.home.postbook(&["mailings", "start", "1"]);
    assert!(!refused.status.success() && refused.stderr.contains("lacks a value"), "{}", refused.stderr);
    let dry = office.json(&["mailings", "dry-run", "1"]);
    assert_eq!(dry["letters"].as_array().unwrap().len(), people);
    assert_eq!(office.smtp.accepted().len(), 0, "nothing left by checking");
    office.home.postbook(&["mailings", "start", "1", "--without-missing"]).success();

    let random = RandomState::new();
    let mut dice = 0_u64;
    let mut chance = |of: u64| {
        dice += 1;
        random.hash_one(dice) % of
    };
    let gone: BTreeSet<String> = (0..people).step_by(23).map(address).collect();
    let refuse_gone = || {
        for address in &gone {
            office.smtp.fail(&Fault::RefuseRecipient(address.clone(), 550, "5.1.1 no such user".to_owned()));
        }
    };
    refuse_gone();
    let answer = |phase, code: u16| Fault::Answer(phase, code, "not now".to_owned());
    let mut faults = [
        answer(Phase::Banner, 421),
        answer(Phase::Mail, 452),
        answer(Phase::Rcpt, 450),
        answer(Phase::EndOfData, 451),
        answer(Phase::Data, 421),
        Fault::Close(Phase::Data),
        Fault::Close(Phase::EndOfData),
        Fault::Close(Phase::Acknowledgement),
        Fault::Stall(Phase::EndOfData, Duration::from_millis(700)),
        Fault::Stall(Phase::Acknowledgement, Duration::from_millis(700)),
    ]
    .into_iter()
    .cycle();
    let deadline = Instant::now() + Duration::from_secs(60 + people as u64);
    let mut kills = 0;
    while Instant::now() < deadline {
        let state = office.mailing();
        if state["counts"]["waiting"] == 0 {
            break;
        }
        if state["state"] == "paused" {
            assert!(state["why"].as_str().unwrap().contains("in a row"), "it says why: {state}");
            office.home.postbook(&["mailings", "start", "1"]).success();
        }
        // Both ways in which letters leave; the first tries at once what waits after a failure.
        let arguments: &[&str] = if kills % 3 == 2 { &["sync", "--watch"] } else { &["sync"] };
        let before = office.smtp.sessions();
        for _ in 0..3 {
            office.smtp.fail_next(1, &faults.next().unwrap());
        }
        let mut command = office.home.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Killed amid its letters, whatever the machine is doing beside.
        let wanted = before + 5 + chance(12 + people as u64 / 20);
        let amid = || (office.smtp.sessions() >= wanted || child.try_wait().unwrap().is_some()).then_some(());
        try_until(Duration::from_secs(6), amid);
        // And a little later, at no moment in particular.
        try_until(Duration::from_millis(chance(120)), || None::<()>);
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        office.smtp.clear();
        refuse_gone();
    }
    // In peace it comes to its end by itself.
    for _ in 0..10 {
        let state = office.mailing();
        if state["state"] == "done" {
            break;
        }
        if state["state"] == "paused" {
            office.home.postbook(&["mailings", "start", "1"]).success();
        }
        office.home.postbook(&["sync"]);
    }
    judge(&office, people, &gone, kills);
}

fn judge(office: &Office, people: usize, gone: &BTreeSet<String>, kills: u32) {
    let mailing = office.mailing();
    assert_eq!(mailing["state"], "done", "{}", mailing["counts"]);
    let mut accepted: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for letter in office.smtp.accepted() {
        assert_eq!(letter.to.len(), 1, "one personal letter each");
        let text = letter.text();
        let name = text.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned();
        assert!(names.insert(name), "each has a Message-ID of its own");
        assert!(text.contains("List-Unsubscribe: <mailto:me@firma.example?subject=unsubscribe-r"), "{text}");
        *accepted.entry(letter.to[0].clone()).or_default() += 1;
    }
    let twice: Vec<_> = accepted.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "twice: {twice:?}");
    let mut uncertain = 0;
    let recipients = mailing["recipients"].as_array().unwrap();
    assert_eq!(recipients.len(), people + 4);
    for one in recipients {
        let (address, state) = (one["address"].as_str().unwrap(), one["state"].as_str().unwrap());
        let had = accepted.contains_key(address);
        match state {
            "sent" => assert!(had, "{address} is said to have a letter"),
            "refused" => assert!(gone.contains(address) && !had, "{one}"),
            "uncertain" => uncertain += 1,
            "skipped" => assert!(!had && one["skipped"].is_string(), "{one}"),
            _ => panic!("left out: {one}"),
        }
        assert!(state == "refused" || !gone.contains(address) || state == "uncertain", "{one}");
    }
    eprintln!("mailing: {people} people, {kills} kills, {uncertain} of unknown fate, {} accepted", accepted.len());
    assert!(uncertain < people / 2, "{uncertain} of {people} are of unknown fate");
    assert!(kills >= 3, "it was over after {kills} kills");
    // What the program does by itself from now on changes nothing.
    let before = office.smtp.accepted().len();
    for _ in 0..people.div_ceil(50) + 1 {
        office.home.postbook(&["sync"]);
    }
    assert_eq!(office.smtp.accepted().len(), before);
    let copies = accepted.len() - lost(&mailing, &accepted);
    assert_eq!(office.dovecot.count(ME, "Sent"), copies, "each sent letter stands in Sent once");
}

/// Letters that arrived although nobody knows: those have no copy in Sent.
fn lost(mailing: &Value, accepted: &BTreeMap<String, usize>) -> usize {
    let recipients = mailing["recipients"].as_array().unwrap();
    recipients
        .iter()
        .filter(|one| one["state"] == "uncertain" && accepted.contains_key(one["address"].as_str().unwrap()))
        .count()
}

#[test]
fn whoever_leaves_gets_nothing_any_more() {
    let office = office(3);
    office.json(&["mailings", "new", "--template", "news", "--segment", "tag:news", "--any-hour"]);
    office.home.postbook(&["mailings", "start", "1", "--without-missing"]).success();
    office.home.postbook(&["sync"]).success();
    let letters = office.smtp.wait_accepted(3);
    let field = |letter: &str, name: &str| {
        letter
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("{name} in {letter}"))
            .trim()
            .to_owned()
    };
    let wrote = |from: &str, name: &str, subject: &str, head: &str, body: &str| {
        let letter = format!(
            "From: <{from}>\r\nTo: <{ME}>\r\nSubject: {subject}\r\nMessage-ID: <{name}@out.example>\r\n{head}\
             Date: Sat, 28 Nov 2026 10:00:00 +0100\r\n\r\n{body}\r\n"
        );
        office.dovecot.deliver(ME, "INBOX", letter.as_bytes(), "");
    };
    let by_address =
        |number: usize| letters.iter().find(|letter| letter.to[0] == address(number)).expect("a letter").text();
    // The first by the button of a mail program, from another address of theirs; the second in words; of the third somebody else
    // makes up a token.
    let link = field(&by_address(0), "List-Unsubscribe: ");
    let token = link.split_once("subject=").unwrap().1.trim_end_matches('>').to_owned();
    wrote("private@else.example", "one", &token, "", "");
    let answered = field(&by_address(1), "Message-ID: ");
    wrote(&address(1), "two", "Re: News", &format!("In-Reply-To: {answered}\r\n"), "Отпишите меня\r\n> we moved");
    let forged = token.replace(['a', '1'], "b");
    wrote("evil@else.example", "three", &forged, "", "");
    office.home.postbook(&["sync"]).success();
    let out = office.json(&["mailings", "opted-out"]);
    let out: BTreeMap<&str, &str> = out["opted_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["address"].as_str().unwrap(), one["how"].as_str().unwrap()))
        .collect();
    let expected: BTreeMap<String, &str> = [(address(0), "token"), (address(1), "answer")].into_iter().collect();
    let expected: BTreeMap<&str, &str> = expected.iter().map(|(address, how)| (address.as_str(), *how)).collect();
    assert_eq!(out, expected);
    assert_eq!(office.mailing()["counts"]["opted_out"], 2);
    // The wishes were obeyed and wait for nobody; the forged one does.
    let counters = office.json(&["status"])["counters"].clone();
    // What a mail program wrote is read by nobody.
    assert_eq!((&counters["unanswered"], &counters["unread"]), (&1.into(), &2.into()), "{counters}");
    // The next mailing leaves them out.
    let next = office.json(&["mailings", "new", "--template", "news", "--segment", "tag:news", "--any-hour"]);
    assert_eq!(next["counts"]["waiting"], 2, "{next:#}");
    // A single letter is held up, and can be sent with my word.
    let to = address(0);
    let send = ["send", "--to", &to, "--subject", "Prices"];
    let refused = office.home.postbook_with(&send, b"Good morning, here are our prices.\n", &[]);
    assert!(refused.stderr.contains("asked for no more letters"), "{}", refused.stderr);
    // It outlives the card and its import; only my own word takes it back.
    let again = office.home.postbook(&["mailings", "opt-in", &to]);
    assert!(!again.status.success() && again.stderr.contains("--yes"), "{}", again.stderr);
    office.home.postbook(&["mailings", "opt-in", &to, "--yes"]).success();
    let next = office.json(&["mailings", "check", "2"]);
    assert_eq!(next["counts"]["waiting"], 3, "{next:#}");
    office.home.postbook(&["undo"]).success();
    assert_eq!(office.json(&["mailings", "opted-out"])["opted_out"].as_array().unwrap().len(), 2);
}
