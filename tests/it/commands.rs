//! The commands, end to end: the real program, a real IMAP server, a real SMTP server.

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
