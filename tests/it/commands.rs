//! The commands, end to end: the real program, a real IMAP server, a real SMTP server.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::support::{Account, Dovecot, Fault, Home, PASSWORD, PASSWORD_VARIABLE, Phase, SmtpServer, home};

const ME: &str = "me@firma.example";
const ANNA: &str = "anna@klient.example";

/// A letter of a client.
fn letter(id: &str, subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Anna Kowalska <{ANNA}>\r\nTo: Me <{ME}>\r\nSubject: {subject}\r\nMessage-ID: <{id}@klient.example>\r\n\
         Date: Mon, 16 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

/// Servers with a mailbox, and a home that knows them.
struct Office {
    dovecot: Dovecot,
    smtp: SmtpServer,
    home: Home,
}

fn office() -> Office {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    Office { dovecot, smtp, home }
}

impl Office {
    #[track_caller]
    fn sync(&self) {
        self.home.postbook(&["sync"]).success();
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.home.postbook(&arguments).success().json()
    }

    /// The folder's row of `status`.
    #[track_caller]
    fn folder(&self, name: &str) -> Value {
        let status = self.json(&["status"]);
        let folders = status["accounts"][0]["folders"].as_array().expect("folders").clone();
        folders.into_iter().find(|folder| folder["name"] == name).unwrap_or_else(|| panic!("no {name} in {status}"))
    }

    #[track_caller]
    fn counter(&self, name: &str) -> u64 {
        self.json(&["status"])["counters"][name].as_u64().expect("a number")
    }
}

#[test]
fn a_sync_is_complete_and_a_second_one_changes_nothing() {
    let office = office();
    for number in 0..7 {
        office.dovecot.deliver(ME, "INBOX", &letter(&format!("n{number}"), "Offer", "Hello"), "");
    }
    office.dovecot.deliver(ME, "Klienci.Nowi", &letter("k", "Other", "x"), "S");
    let first = office.home.postbook(&["sync"]).success();
    assert!(first.stdout.contains("work/INBOX: 7 new (7 letters)"), "{}", first.stdout);
    for (name, local, unseen) in [("INBOX", 7, 7), ("Klienci.Nowi", 1, 0)] {
        let folder = office.folder(name);
        assert_eq!(
            (folder["local"].as_u64(), folder["server"].as_u64(), folder["unseen"].as_u64()),
            (Some(local), Some(local), Some(unseen)),
            "{folder}"
        );
        assert_eq!(folder["complete"], true);
    }
    let before = office.json(&["status"])["counters"].clone();
    let second = office.home.postbook(&["sync", "--json"]).success();
    let lines: Vec<Value> = second.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let summary = lines.last().expect("a summary");
    for key in ["new", "changed", "deleted", "wishes", "sent"] {
        assert_eq!(summary[key], 0, "{summary}");
    }
    assert!(lines.iter().filter(|line| line["event"] == "folder").count() >= 2, "{lines:?}");
    assert_eq!(office.json(&["status"])["counters"], before);
}

/// Deliver a template that needs nothing of the client.
fn with_template(home: &Home) {
    home.write(
        "templates/thanks.en.md",
        "---\nname: thanks\nlanguage: en\nsubject: Thanks\n---\nThank you, {{ contact.first_name or \"friend\" }}.\n",
    );
    home.write(
        "templates/needy.en.md",
        "---\nname: needy\nlanguage: en\nsubject: X\n---\nDear {{ contact.first_name }},\n",
    );
}

#[test]
fn an_answer_arrives_once_is_copied_once_and_clears_the_counter() {
    let office = office();
    with_template(&office.home);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    office.sync();
    assert_eq!((office.counter("unread"), office.counter("unanswered")), (1, 1));
    let found = office.json(&["search", "desks"]);
    assert_eq!(found["total"], 1, "{found}");
    let id = found["messages"][0]["id"].as_str().expect("an id").to_owned();
    let sent = office.json(&["reply", &id, "--template", "thanks", "--yes"]);
    assert_eq!(sent["state"], "sent", "{sent}");
    let accepted = office.smtp.accepted();
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].to, [ANNA]);
    let text = accepted[0].text();
    assert!(text.contains("In-Reply-To: <q1@klient.example>") && text.contains("Thank you,"), "{text}");
    let msg_id = format!("<{}>", sent["message_id"].as_str().expect("a Message-ID"));
    for _ in 0..2 {
        office.sync();
        assert_eq!(office.dovecot.find(ME, "Sent", &msg_id).len(), 1, "one copy");
    }
    assert_eq!(office.smtp.accepted().len(), 1, "sent once");
    assert_eq!(office.counter("unanswered"), 0);
    let flags = office.dovecot.flags(ME, "INBOX");
    assert!(flags[0].1.contains(&"\\Answered".to_owned()), "{flags:?}");
    let shown = office.json(&["show", &id]);
    assert_eq!(shown["answered"], true, "{shown}");
    assert_eq!(office.json(&["status"])["accounts"][0]["wishes_pending"], 0);
}

#[test]
fn a_letter_with_a_hole_or_a_concern_stays_here() {
    let office = office();
    with_template(&office.home);
    let anonymous = String::from_utf8(letter("q1", "Offer", "Hello")).expect("text").replace("Anna Kowalska ", "");
    office.dovecot.deliver(ME, "INBOX", anonymous.as_bytes(), "");
    office.sync();
    let holes = office.home.postbook(&["reply", "1", "--template", "needy", "--yes"]);
    assert_eq!(holes.status.code(), Some(1));
    assert!(holes.stderr.contains("first name") && holes.stderr.contains(ANNA), "{}", holes.stderr);
    let none = office.home.postbook(&["reply", "1", "--template", "nothing-like-it"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(none.stderr.contains("there is no template nothing-like-it"), "{}", none.stderr);
    let send = |more: &[&str], text: &[u8]| {
        let mut arguments = vec!["send", "--to", "somebody@new.example"];
        arguments.extend(more);
        office.home.postbook_with(&arguments, text, &[])
    };
    let warned = send(&["--subject", ""], b"Hello\n");
    assert_eq!(warned.status.code(), Some(1), "{}", warned.stdout);
    assert!(warned.stderr.contains("--yes sends it all the same"), "{}", warned.stderr);
    assert_eq!(office.smtp.accepted().len(), 0);
    assert_eq!(office.json(&["outbox"])["outbox"].as_array().map(Vec::len), Some(0));
    let sent = send(&["--subject", "", "--yes"], b"Hello\n").success();
    assert!(sent.stdout.contains("was sent") && sent.stdout.contains("Message-ID: <"), "{}", sent.stdout);
    assert_eq!(office.smtp.accepted().len(), 1);
}

#[test]
fn a_refused_letter_can_be_sent_again_or_discarded() {
    let office = office();
    let fault = Fault::Answer(Phase::Rcpt, 550, "no such user".to_owned());
    office.smtp.fail(&fault);
    for _ in 0..2 {
        let refused =
            office.home.postbook_with(&["send", "--to", ANNA, "--subject", "Offer", "--yes"], b"Hello\n", &[]);
        assert_eq!(refused.status.code(), Some(1), "{}", refused.stdout);
        assert!(refused.stderr.contains("refused") && refused.stderr.contains("resend"), "{}", refused.stderr);
    }
    assert_eq!(office.counter("outbox_trouble"), 2);
    office.smtp.clear();
    office.home.postbook(&["outbox", "resend", "1"]).success();
    office.home.postbook(&["outbox", "discard", "2"]).success();
    assert_eq!(office.home.postbook(&["outbox", "discard", "77"]).status.code(), Some(1));
    office.sync();
    assert_eq!((office.smtp.accepted().len(), office.counter("outbox_trouble")), (1, 0));
    assert_eq!(office.home.postbook(&["outbox", "resend", "1"]).status.code(), Some(1), "sent is final");
    office.sync();
    assert_eq!(office.dovecot.count(ME, "Sent"), 1);
}

#[test]
fn what_is_wrong_says_what_to_do_and_tells_no_secret() {
    let office = office();
    office.dovecot.deliver(ME, "INBOX", &letter("a", "Offer", "Hello"), "");
    let wrong = "Wrong-Canary-1187";
    for arguments in [&["sync"][..], &["sync", "--json"], &["doctor"], &["doctor", "--json"]] {
        let refused = office.home.postbook_with(arguments, b"", &[(PASSWORD_VARIABLE, wrong)]);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?} {}", refused.stdout);
        let told = format!("{}{}", refused.stdout, refused.stderr);
        assert!(told.contains("work") && told.contains("password"), "{told}");
        assert!(!told.contains(wrong) && !told.contains(PASSWORD), "{told}");
    }
    let log = std::fs::read_to_string(office.home.data_dir().join("postbook.log")).expect("a log");
    assert!(!log.contains(wrong), "{log}");
    let status = office.json(&["status"]);
    assert_eq!(status["accounts"][0]["online"], false, "{status}");
    let empty = home().postbook(&["status"]);
    assert_eq!(empty.status.code(), Some(1));
    assert!(empty.stderr.contains("there is no configuration at") && empty.stderr.contains("demo"), "{}", empty.stderr);
    let config = std::fs::read_to_string(office.home.config_file()).expect("our configuration");
    office.home.write_config_text(&config.replacen("kind =", "kidn =", 1));
    let unknown = office.home.postbook(&["sync"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(unknown.stderr.contains("kidn") && unknown.stderr.contains("kind"), "{}", unknown.stderr);
    assert_eq!(office.home.postbook(&["no-such-command"]).status.code(), Some(2));
}

#[test]
fn what_is_here_is_read_without_network_and_password() {
    let mut office = office();
    office.dovecot.deliver(ME, "INBOX", &letter("a", "Offer \u{1b}[31mred", "Hello \u{1b}]52;c;x\u{7} there"), "");
    office.sync();
    office.dovecot.stop();
    let offline = |arguments: &[&str]| office.home.postbook_with(arguments, b"", &[(PASSWORD_VARIABLE, "")]).success();
    for arguments in [
        &["status"][..],
        &["search", "offer"],
        &["show", "1"],
        &["show", "t1"],
        &["show", "1", "--text"],
        &["contacts"],
        &["companies"],
        &["deals"],
        &["activities"],
        &["templates"],
        &["templates", "check"],
        &["outbox"],
    ] {
        let told = offline(arguments);
        assert!(!told.stdout.is_empty() && !told.stdout.contains('\u{1b}'), "{arguments:?} {:?}", told.stdout);
        let json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        if !arguments.contains(&"--text") {
            let told = offline(&json);
            assert!(told.json().is_object() && !told.stdout.contains('\u{1b}'), "{json:?}");
        }
    }
    assert_eq!(
        offline(&["show", "1", "--raw"]).stdout.as_bytes(),
        letter("a", "Offer \u{1b}[31mred", "Hello \u{1b}]52;c;x\u{7} there")
    );
    assert_eq!(offline(&["search", "nothing"]).stdout, "Nothing was found.\n");
    assert_eq!(office.home.postbook(&["show", "99"]).status.code(), Some(1));
    assert_eq!(office.counter("unread"), 1, "reading from a script marks nothing");
    let failed = office.home.postbook(&["sync"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stderr.contains("account work"), "{}", failed.stderr);
}

#[test]
fn people_and_what_was_done_with_them() {
    let office = office();
    office.dovecot.deliver(ME, "INBOX", &letter("a", "Offer", "Hello"), "");
    office.sync();
    assert_eq!(office.counter("new_leads"), 1);
    let added = office.json(&[
        "contacts",
        "add",
        "--given-name",
        "Anna",
        "--family-name",
        "Kowalska",
        "--address",
        ANNA,
        "--company",
        "Klient",
        "--language",
        "pl",
        "--phone",
        "+48 1",
    ]);
    assert_eq!((added["kind"].as_str(), added["company"].as_str()), (Some("contact"), Some("Klient")), "{added}");
    assert_eq!(added["addresses"], serde_json::json!([ANNA]));
    assert_eq!(office.counter("new_leads"), 0, "the lead became the contact");
    let shown = office.json(&["show", "1"]);
    assert_eq!((shown["contact"].as_str(), shown["company"].as_str()), (Some("Anna Kowalska"), Some("Klient")));
    let again = office.home.postbook(&["contacts", "add", "--given-name", "X", "--address", ANNA]);
    assert_eq!(again.status.code(), Some(1), "{}", again.stdout);
    assert_eq!(office.json(&["contacts"])["contacts"].as_array().map(Vec::len), Some(1));
    assert_eq!(office.json(&["companies"])["companies"][0]["name"], "Klient");
    let call = office.json(&["log", "call", "--contact", ANNA, "--duration", "25", "--result", "wants desks"]);
    assert_eq!((call["kind"].as_str(), call["contact"].as_str()), (Some("call"), Some("Anna Kowalska")), "{call}");
    assert_eq!((call["duration_minutes"].as_i64(), call["result"].as_str()), (Some(25), Some("wants desks")));
    office
        .home
        .postbook(&["log", "task", "--contact", "1", "--subject", "Offer", "--due", "2020-01-02 10:00"])
        .success();
    assert_eq!(office.counter("due"), 1);
    assert_eq!(office.json(&["activities"])["activities"].as_array().map(Vec::len), Some(2));
    for wrong in [&["log", "call", "--contact", "nobody@x.example"][..], &["log", "call", "--deal", "Nothing"]] {
        assert_eq!(office.home.postbook(wrong).status.code(), Some(1));
    }
    assert_eq!(office.home.postbook(&["log", "call", "--at", "2199-01-01"]).status.code(), Some(2));
}

#[test]
fn what_another_device_does_is_seen_here() {
    let office = office();
    for id in ["a", "b"] {
        office.dovecot.deliver(ME, "INBOX", &letter(id, &format!("Offer {id}"), "Hello"), "");
    }
    office.sync();
    assert_eq!(office.counter("unread"), 2);
    office.dovecot.store(ME, "INBOX", "1", "+FLAGS (\\Seen)");
    office.sync();
    assert_eq!((office.counter("unread"), office.folder("INBOX")["unseen"].as_u64()), (1, Some(1)));
    office.dovecot.store(ME, "INBOX", "1", "-FLAGS (\\Seen)");
    office.sync();
    assert_eq!(office.counter("unread"), 2);
    office.dovecot.expunge(ME, "INBOX", "1");
    office.sync();
    assert_eq!((office.counter("unread"), office.folder("INBOX")["local"].as_u64()), (1, Some(1)));
}

#[test]
fn a_sync_that_the_server_cuts_goes_on_later() {
    let mut office = office();
    for number in 0..400 {
        office.dovecot.deliver(ME, "INBOX", &letter(&format!("n{number}"), "Offer", &"word ".repeat(400)), "");
    }
    let mut child = office
        .home
        .command(&["sync", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("start the program");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert!(first.contains("\"event\":\"fetching\""), "{first}");
    office.dovecot.kill();
    let rest: Vec<String> = lines.map_while(std::result::Result::ok).collect();
    let status = child.wait().expect("the program ends");
    office.dovecot.restart();
    if status.success() {
        assert!(rest.iter().any(|line| line.contains("summary")), "faster than the knife: {rest:?}");
    }
    office.sync();
    let inbox = office.folder("INBOX");
    assert_eq!((inbox["local"].as_u64(), inbox["complete"].as_bool()), (Some(400), Some(true)), "{inbox}");
    assert_eq!(office.json(&["search", "offer", "--limit", "1"])["total"], 400, "none twice");
    let doctor = office.home.postbook(&["doctor"]).success();
    assert!(doctor.stdout.contains("account work: INBOX: 0 missing of 400"), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("account work: all folders: 0 missing of 400"), "{}", doctor.stdout);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let office = office();
    office.dovecot.deliver(ME, "INBOX", &letter("a", "Offer", "Hello"), "");
    let before = office.json(&["doctor"]);
    let check = |report: &Value, name: &str| {
        let checks = report["checks"].as_array().expect("checks").clone();
        checks.into_iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))
    };
    let inbox = check(&before, "account work: INBOX");
    assert_eq!((inbox["state"].as_str(), inbox["missing"].as_u64()), (Some("warning"), Some(1)));
    for name in ["configuration", "permissions", "store", "account work: IMAP", "account work: SMTP"] {
        assert_eq!(check(&before, name)["state"], "ok", "{name}");
    }
    office.sync();
    assert_eq!(check(&office.json(&["doctor"]), "account work: INBOX")["missing"], 0);
    office.home.write("templates/bad.en.md", "---\nsubject: X\n---\n{{ contact.frist_name }}\n");
    let wrong = office.home.postbook(&["doctor"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(wrong.stdout.contains("failed   templates: "), "{}", wrong.stdout);
    let checked = office.home.postbook(&["templates", "check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(checked.stderr.contains("bad.en.md") && checked.stderr.contains("first_name"), "{}", checked.stderr);
}

#[test]
fn one_account_that_fails_does_not_stop_the_others() {
    let dovecot = Dovecot::start(&[ME, "other@firma.example"]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    let mut broken = Account::new("broken", "other@firma.example", &dovecot, &smtp);
    broken.trusted = false;
    home.write_config(&[broken, Account::new("work", ME, &dovecot, &smtp)]);
    dovecot.deliver(ME, "INBOX", &letter("a", "Offer", "Hello"), "");
    let synced = home.postbook(&["sync"]);
    assert_eq!(synced.status.code(), Some(1));
    assert!(synced.stdout.contains("work/INBOX: 1 new"), "{}", synced.stdout);
    assert!(synced.stderr.contains("1 account of 2 could not be synced: broken"), "{}", synced.stderr);
    assert!(synced.stderr.contains("certificate"), "{}", synced.stderr);
    home.postbook(&["sync", "--account", "work"]).success();
    assert_eq!(home.postbook(&["sync", "--account", "nobody"]).status.code(), Some(1));
}

#[test]
fn watching_brings_what_comes_and_sends_what_is_queued_until_it_is_stopped() {
    let office = office();
    let mut child = office
        .home
        .command(&["sync", "--watch", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("start the program");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut until = |wanted: &str| {
        let found = lines.by_ref().map_while(std::result::Result::ok).find(|line| line.contains(wanted));
        found.unwrap_or_else(|| panic!("it ended before {wanted}"))
    };
    until("\"folder\":\"INBOX\"");
    let asked = office.home.postbook(&["sync"]).success();
    assert!(asked.stdout.contains("Done by the Postbook that runs"), "one owner of the network: {}", asked.stdout);
    office.home.postbook(&["status"]).success();
    let sent = office
        .home
        .postbook_with(&["send", "--to", ANNA, "--subject", "Offer", "--yes", "--json"], b"Hello\n", &[])
        .success()
        .json();
    assert_eq!(sent["state"], "held", "the other one sends it: {sent}");
    office.smtp.wait_accepted(1);
    until("\"state\":\"sent\"");
    signal(child.id());
    assert!(until("\"event\":\"summary\"").contains("\"sent\":1"));
    assert!(child.wait().expect("it ends").success());
}

/// Asks a process to end.
fn signal(process: u32) {
    let asked = std::process::Command::new("kill").arg("-TERM").arg(process.to_string()).status().expect("run kill");
    assert!(asked.success());
}

#[test]
fn on_a_terminal_the_letter_is_shown_and_asked_for() {
    let office = office();
    with_template(&office.home);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    office.sync();
    for (key, code, letters) in [("n\r", 1, 0), ("y\r", 0, 1)] {
        let mut terminal = office.home.terminal(&["reply", "t1", "--template", "thanks"], 100, 40);
        let screen = terminal.wait_for_text("Send it? [y/N]");
        assert!(screen.contains(&format!("<{ANNA}>")) && screen.contains("Subject  Re: Offer for desks"), "{screen}");
        terminal.type_keys(key);
        assert_eq!(terminal.wait_exit().exit_code(), code);
        assert_eq!(office.smtp.accepted().len(), letters);
    }
}

#[test]
fn a_letter_of_unknown_fate_is_never_sent_again_by_itself() {
    let office = office();
    office.sync();
    office.smtp.fail_next(1, &Fault::Close(Phase::Acknowledgement));
    let sent = office.home.postbook_with(&["send", "--to", ANNA, "--subject", "Offer", "--yes"], b"Hello\n", &[]);
    assert_eq!(sent.status.code(), Some(1), "{}", sent.stdout);
    assert!(sent.stderr.contains("nobody knows whether letter 1"), "{}", sent.stderr);
    office.sync();
    office.sync();
    assert_eq!(office.smtp.accepted().len(), 1, "accepted once, though the server could not say so");
    assert_eq!(office.json(&["outbox"])["outbox"][0]["state"], "uncertain");
    // Another device, or the provider, put a copy into Sent: now its fate is known.
    let copy = office.smtp.accepted()[0].bytes.clone();
    office.dovecot.append(ME, "Sent", &copy, &["\\Seen"]);
    office.sync();
    office.sync();
    assert_eq!(office.json(&["outbox"])["outbox"][0]["state"], "sent");
    assert_eq!((office.smtp.accepted().len(), office.dovecot.count(ME, "Sent")), (1, 1));
}

#[test]
fn a_letter_written_offline_leaves_with_the_next_sync() {
    let mut office = office();
    office.sync();
    office.smtp.stop();
    let sent = office
        .home
        .postbook_with(&["send", "--to", ANNA, "--subject", "Offer", "--yes", "--json"], b"Hello\n", &[])
        .success()
        .json();
    assert_eq!(sent["state"], "queued", "{sent}");
    office.smtp.restart();
    // It would wait half a minute for its next try; who asks for a sync need not.
    let synced = office.home.postbook(&["sync"]).success();
    assert!(synced.stdout.contains(&format!("letter 1 to {ANNA} was sent")), "{}", synced.stdout);
    assert_eq!(office.smtp.accepted().len(), 1);
}

#[test]
fn a_letter_that_nobody_answers_is_followed_up_until_they_write() {
    let office = office();
    office.sync();
    let send = |after: &str| {
        let command = ["send", "--to", ANNA, "--subject", "Offer", "--follow-up", after, "--yes"];
        office.home.postbook_with(&command, b"Hello\n", &[])
    };
    let wrong = send("soon");
    assert_eq!(wrong.status.code(), Some(1), "{}", wrong.stdout);
    assert!(wrong.stderr.contains("no pack “soon”") && wrong.stderr.contains("such as 3"), "{}", wrong.stderr);
    assert_eq!(office.smtp.accepted().len(), 0, "nothing was sent");
    send("offer 4").success();
    let listed = || office.json(&["follow-ups"])["follow_ups"][0].clone();
    let waits = listed();
    assert_eq!(
        (&waits["state"], &waits["template"], &waits["working_days"]),
        (&"waiting".into(), &"follow-up".into(), &4.into())
    );
    assert!(waits["until"].is_string() && waits["thread"].is_i64(), "{waits}");
    // Another word of theirs, from nowhere near the conversation.
    let letter = format!(
        "From: Anna <{ANNA}>\r\nTo: <{ME}>\r\nSubject: Something else\r\nMessage-ID: <else@klient.example>\r\nDate: {}\r\n\r\nGood day.\r\n",
        jiff::fmt::rfc2822::to_string(&jiff::Zoned::now()).unwrap()
    );
    office.dovecot.deliver(ME, "INBOX", letter.as_bytes(), "");
    office.sync();
    let stopped = listed();
    assert_eq!(stopped["state"], "stopped", "{stopped}");
    assert!(stopped["why"].as_str().unwrap().starts_with("they wrote on "), "{stopped}");
}
