//! Letters in files, backups, a doctor that goes letter by letter, and a store that was damaged.

use std::io::Write;

use serde_json::Value;

use super::support::{Account, Dovecot, Home, SmtpServer, home};

const ME: &str = "me@firma.example";
const ANNA: &str = "anna@klient.example";

fn letter(id: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Anna Kowalska <{ANNA}>\r\nTo: Me <{ME}>\r\nSubject: Offer {id}\r\nMessage-ID: <{id}@klient.example>\r\n\
         Date: Mon, 16 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

struct Office {
    dovecot: Dovecot,
    _smtp: SmtpServer,
    home: Home,
}

/// An office with this many letters on the server, and a client with an activity.
fn office(letters: usize) -> Office {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    for number in 0..letters {
        dovecot.deliver(ME, "INBOX", &letter(&format!("n{number}"), &"words ".repeat(number * 20)), "");
    }
    let office = Office { dovecot, _smtp: smtp, home };
    office.json(&["contacts", "add", "--given-name", "Anna", "--family-name", "Kowalska", "--address", ANNA]);
    office.json(&["log", "call", "--contact", ANNA, "--result", "will order"]);
    office
}

impl Office {
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.home.postbook(&arguments).success().json()
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        self.home.postbook(arguments).success().stdout
    }

    /// Clients, activities and the number of letters: what must not change.
    fn state(&self) -> (Value, Value, Value) {
        let mut counters = self.json(&["status"])["counters"].clone();
        counters["outbox_trouble"] = Value::Null;
        (self.json(&["contacts"]), self.json(&["activities"]), counters)
    }

    fn store(&self) -> std::path::PathBuf {
        self.home.data_dir().join("postbook.db")
    }

    /// Overwrites a part of the store's file.
    fn damage(&self, at: impl Fn(usize) -> std::ops::Range<usize>) {
        let mut bytes = std::fs::read(self.store()).unwrap();
        let range = at(bytes.len());
        bytes[range].fill(0xa5);
        std::fs::write(self.store(), bytes).unwrap();
    }

    /// Files beside the store whose names hold this word.
    fn kept(&self, word: &str) -> usize {
        let entries = std::fs::read_dir(self.home.data_dir()).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(word)).count()
    }
}

#[test]
fn letters_go_from_file_to_file() {
    let office = office(3);
    office.run(&["sync"]);
    let mbox = office.home.path().join("all.mbox").display().to_string();
    assert_eq!(office.run(&["export", "--mbox", &mbox, "--folder", "INBOX"]), "3 letters written.\n");
    let again = office.home.postbook(&["export", "--mbox", &mbox]);
    assert!(!again.status.success() && again.stderr.contains("is there already"), "{}", again.stderr);
    // Two of these are here, one is new, one is no letter.
    let mut file = std::fs::OpenOptions::new().append(true).open(&mbox).unwrap();
    write!(file, "From x Mon Nov 16 09:30:00 2026\nFrom: jan@gmail.com\nTo: {ME}\nSubject: From long ago\n\nold\n\n")
        .unwrap();
    write!(file, "From MAILER-DAEMON Mon Nov 16 09:30:00 2026\nonly words\n\n").unwrap();
    drop(file);
    let said = office.run(&["import", &mbox]);
    assert_eq!(said, "5 letters, 3 already here, 1 could not be read as a letter and is kept raw.\n");
    let lines = office.home.postbook(&["import", &mbox, "--json"]).success().stdout;
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((last["new"].as_u64(), last["known"].as_u64()), (Some(0), Some(5)), "{lines}");
    assert_eq!(office.json(&["search", "long ago"])["total"], 1);
    let folders = office.json(&["status"])["accounts"][0]["folders"].as_array().unwrap().clone();
    let imported = folders.iter().find(|folder| folder["name"] == "Imported/all").expect("shown");
    assert_eq!((imported["local"].as_u64(), imported["complete"].as_bool()), (Some(5), Some(true)));
    office.run(&["sync"]);
    assert_eq!(office.json(&["search", "long ago"])["total"], 1, "no sync takes it away");
    assert_eq!(office.dovecot.count(ME, "INBOX"), 3, "and none brings it to the server");
    let nothing = office.home.postbook(&["import", "nowhere"]);
    assert!(!nothing.status.success() && nothing.stderr.contains("nowhere"), "{}", nothing.stderr);
}

#[test]
fn the_doctor_proves_letter_by_letter_and_fetches_what_is_missing() {
    let office = office(12);
    office.run(&["sync"]);
    let report = office.json(&["doctor", "--deep"]);
    let check = |report: &Value, name: &str| {
        let checks = report["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))
    };
    for name in ["store", "counters", "stored letters", "backup", "account work: INBOX"] {
        assert_eq!(check(&report, name)["state"], "ok", "{report}");
    }
    assert_eq!(check(&report, "account work: INBOX")["found"], "0 missing of 12");
    assert_eq!(check(&report, "stored letters")["found"], "12 opened (all of them), each is as it came");
    // One here has lost its bytes.
    let store = postbook::store::Store::open(&office.store()).unwrap();
    let victim = store.messages_named(&postbook::domain::message::MsgId::parse("n3@klient.example").unwrap()).unwrap();
    store.fetch_again(&victim).unwrap();
    drop(store);
    office.dovecot.expunge(ME, "INBOX", "1");
    let found = check(&office.home.postbook(&["doctor", "--json"]).json(), "account work: INBOX");
    assert_eq!((found["missing"].as_u64(), found["of"].as_u64()), (Some(1), Some(11)), "{found}");
    let letters = found["letters"].as_array().unwrap();
    assert!(letters.iter().any(|letter| letter["state"] == "missing" && letter["message_id"] == "n3@klient.example"));
    assert!(letters.iter().any(|letter| letter["state"] == "extra" && letter["number"] == 1), "{found}");
    let repaired = office.run(&["doctor", "--repair"]);
    assert!(repaired.contains("looking again") && repaired.contains("INBOX: 0 missing of 11"), "{repaired}");
}

#[test]
fn a_damaged_store_is_noticed_kept_and_made_anew() {
    for (what, at) in [
        ("header", (|_| 0..100) as fn(usize) -> std::ops::Range<usize>),
        ("the end", |length| length / 2..length),
        ("the middle", |length| 40 * 4096..length.min(80 * 4096)),
    ] {
        let office = office(12);
        office.run(&["sync"]);
        office.run(&["backup"]);
        let before = office.state();
        assert_eq!(office.kept("damaged"), 0);
        office.damage(at);
        let damaged = std::fs::read(office.store()).unwrap();
        let doctor = office.home.postbook(&["doctor"]);
        assert!(!doctor.status.success(), "{what}");
        let told = format!("{}{}", doctor.stdout, doctor.stderr);
        assert!(told.contains("doctor --rebuild"), "{what}: {told}");
        let rebuilt = office.run(&["doctor", "--rebuild"]);
        assert!(rebuilt.contains("The damaged store is kept as"), "{what}: {rebuilt}");
        assert_eq!(office.state(), before, "{what}: {rebuilt}");
        let doctor = office.run(&["doctor", "--deep"]);
        assert!(doctor.contains("all folders: 0 missing of 12"), "{what}: {doctor}");
        let entries = std::fs::read_dir(office.home.data_dir()).unwrap().map(|entry| entry.unwrap().path());
        let aside: Vec<_> = entries.filter(|path| path.to_string_lossy().contains(".db.damaged-")).collect();
        assert!(
            aside.iter().any(|path| std::fs::read(path).unwrap() == damaged),
            "{what}: kept byte by byte {aside:?}"
        );
        let whole = office.home.postbook(&["doctor", "--rebuild"]);
        assert!(!whole.status.success() && whole.stderr.contains("the store is whole"), "{}", whole.stderr);
    }
}

#[test]
fn the_screens_ask_before_a_damaged_store_is_made_anew() {
    let office = office(2);
    office.run(&["sync"]);
    let before = office.state();
    office.damage(|_| 0..100);
    let mut no = office.home.terminal(&[], 100, 30);
    no.wait_for_text("Make it anew now? [y/n]");
    no.type_keys("n\r");
    assert!(!no.wait_exit().success());
    assert_eq!(office.kept(".db.damaged-"), 0, "left alone");
    let mut yes = office.home.terminal(&[], 100, 30);
    yes.wait_for_text("Make it anew now? [y/n]");
    yes.type_keys("y\r");
    yes.wait_for_text("Offer n1");
    yes.type_keys("q");
    assert!(yes.wait_exit().success());
    office.run(&["sync"]);
    assert_eq!(office.state(), before);
    assert!(office.kept(".db.damaged-") > 0);
}

#[test]
fn a_backup_is_made_by_itself_and_brings_back_what_was() {
    let office = office(3);
    assert_eq!(office.json(&["restore"])["backups"].as_array().unwrap().len(), 0);
    office.run(&["sync"]);
    office.run(&["sync"]);
    let backups = office.json(&["restore"])["backups"].as_array().unwrap().clone();
    assert_eq!(backups.len(), 1, "one a day");
    let file = backups[0]["file"].as_str().unwrap().to_owned();
    let mode = |path: &str| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode(&file), mode(office.home.data_dir().join("backups").to_str().unwrap())), (0o600, 0o700));
    let before = office.state();
    office.json(&["contacts", "add", "--given-name", "Later", "--address", "later@x.example"]);
    let own = office.home.path().join("own.db").display().to_string();
    office.run(&["backup", "--to", &own]);
    let later = office.state();
    assert!(!office.home.postbook(&["backup", "--to", &own]).status.success(), "nothing is overwritten");
    let said = office.run(&["restore", &file]);
    assert!(said.contains("is kept as") && said.contains("Restored to how it was"), "{said}");
    assert_eq!(office.state(), before);
    office.run(&["restore", &own]);
    assert_eq!(office.state(), later);
    assert_eq!(office.kept("before-restore") % 2, 0);
    let wrong = office.home.postbook(&["restore", &office.home.config_file().display().to_string()]);
    assert!(!wrong.status.success(), "{}", wrong.stdout);
    assert_eq!(office.state(), later, "a file that is no backup changes nothing");
}
