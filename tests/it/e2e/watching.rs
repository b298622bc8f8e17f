//! `postbook sync --watch`: the same without a screen, alone and beside the screens.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use super::*;

/// A running `postbook sync --watch`. Dropping it kills it.
pub struct Watcher {
    child: Child,
    told: Arc<Mutex<String>>,
}

impl Watcher {
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        let arguments: Vec<&str> = ["sync", "--watch"].iter().chain(arguments).copied().collect();
        let mut command = home.command(&arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in pipes {
            let told = Arc::clone(&told);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    told.lock().unwrap().push_str(&format!("{line}\n"));
                }
            });
        }
        Self { child, told }
    }

    pub fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Waits until this was told.
    #[track_caller]
    pub fn wait_told(&self, text: &str) -> String {
        match try_until(DEADLINE, || Some(self.told()).filter(|told| told.contains(text))) {
            Some(told) => told,
            None => panic!("the watcher did not tell {text:?}\n{}", self.told()),
        }
    }

    #[track_caller]
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -s {name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success(), "{kill}");
    }

    #[track_caller]
    pub fn wait_exit(&mut self) -> std::process::ExitStatus {
        let ended = try_until(DEADLINE, || self.child.try_wait().unwrap());
        ended.unwrap_or_else(|| panic!("the watcher did not end\n{}", self.told()))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_watcher_tells_what_comes_and_ends_at_a_signal() {
    let office = office(0);
    let mut watcher = Watcher::start(&office.home, &[]);
    watcher.wait_told("Watching;");
    office.dovecot.deliver(ME, "INBOX", &letter("w1", "Price list", "Please send it."), "");
    watcher.wait_told("work/INBOX: 1 new");
    watcher.signal("TERM");
    assert!(watcher.wait_exit().success(), "{}", watcher.told());
    assert!(watcher.told().contains("Altogether 1 new"), "{}", watcher.told());

    let mut watcher = Watcher::start(&office.home, &["--json"]);
    watcher.wait_told("\"state\":\"online\"");
    office.dovecot.deliver(ME, "INBOX", &letter("w2", "Desks", "How many?"), "");
    watcher.wait_told("\"new\":1");
    watcher.signal("TERM");
    assert!(watcher.wait_exit().success());
    for line in watcher.told().lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["event"].is_string(), "{line}");
    }
    assert_eq!(serde_json::from_str::<Value>(watcher.told().lines().last().unwrap()).unwrap()["event"], "summary");
}

#[test]
fn screens_and_a_watcher_share_the_work() {
    let office = office(0);
    let mut watcher = Watcher::start(&office.home, &[]);
    watcher.wait_told("Watching;");
    let mut terminal = office.open();
    terminal.wait_for_text("synced by another Postbook");
    // What the watcher brings, both see.
    office.dovecot.deliver(ME, "INBOX", &letter("s1", "Offer for desks", "What do they cost?"), "");
    watcher.wait_told("work/INBOX: 1 new");
    terminal.wait_for_text("Offer for desks");
    // What is done and written here, the watcher carries out.
    terminal.type_keys("t");
    choose(&terminal, "quick");
    terminal.wait_for_text("Thank you,");
    send(&terminal);
    let accepted = office.smtp.wait_accepted(1);
    assert!(accepted[0].text().contains("In-Reply-To: <s1@klient.example>"));
    watcher.wait_told("was sent");
    wait_counter(&terminal, "unanswered", None);
    office.wait_flag("\\Answered");
    // s asks the owner.
    let before = office.json(&["status"])["accounts"][0]["last_sync"].clone();
    terminal.type_keys("s");
    poll_until(DEADLINE, "a sync that was asked for", || {
        (office.json(&["status"])["accounts"][0]["last_sync"] != before).then_some(())
    });
    let asked = office.home.postbook(&["sync"]).success();
    assert!(asked.stdout.contains("Done by the Postbook that runs"), "{}", asked.stdout);
    // It dies as a crash would end it: the screens take over.
    watcher.signal("KILL");
    watcher.wait_exit();
    terminal.wait_gone("synced by another Postbook");
    office.dovecot.deliver(ME, "INBOX", &letter("s2", "Chairs as well", "And chairs?"), "");
    terminal.wait_for_text("Chairs as well");
    assert_eq!(office.smtp.accepted().len(), 1, "sent once");
    // The other way round: the screens have the network, a watcher waits for it.
    let watcher = Watcher::start(&office.home, &[]);
    watcher.wait_told("Another Postbook on this store");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    watcher.wait_told("Watching;");
    office.dovecot.deliver(ME, "INBOX", &letter("s3", "Lamps", "And lamps?"), "");
    watcher.wait_told("work/INBOX: 1 new");
}

#[test]
fn a_unit_for_systemd_is_printed_and_installed() {
    let office = office(0);
    let printed = office.home.postbook(&["unit"]).success();
    assert!(
        printed.stdout.contains("\nExecStart=/") && printed.stdout.contains(" sync --watch\n"),
        "{}",
        printed.stdout
    );
    let config = office.home.config_file().display().to_string();
    assert!(printed.stdout.contains(&format!("--config {config} ")), "{}", printed.stdout);
    assert!(printed.stderr.contains("systemctl --user enable --now postbook.service"), "{}", printed.stderr);
    let installed = office.home.postbook(&["unit", "--install"]).success();
    let file = office.home.path().join(".config/systemd/user/postbook.service");
    assert!(installed.stdout.contains(&file.display().to_string()), "{}", installed.stdout);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed.stdout);
    // Where systemd is, it has no complaint.
    if let Ok(checked) = Command::new("systemd-analyze").args(["--user", "verify"]).arg(&file).output() {
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(!said.contains("postbook.service:"), "{said}");
    }
}
