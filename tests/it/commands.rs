//! The commands, end to end: the real program, a real IMAP server, a real SMTP server.

use std::os::unix::fs::PermissionsExt;

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
