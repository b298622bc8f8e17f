//! What does not work is said, and goes on by itself when it can.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

#[test]
fn a_wrong_password_says_what_to_do_and_is_written_nowhere() {
    let office = office(0);
    let wrong = "Wrong-Canary-40962";
    let mut terminal = office.home.terminal_with(&[], &[(PASSWORD_VARIABLE, wrong)], 80, 24);
    terminal.wait_for_text("refused user me@firma.example");
    let screen = terminal.wait_for_text("s tries again");
    assert!(screen.contains("check user and password"), "{screen}");
    assert!(!screen.to_lowercase().contains("all clear"), "nobody knows that: {screen}");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    let refused = office.home.postbook_with(&["sync"], b"", &[(PASSWORD_VARIABLE, wrong)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stderr.contains("password"), "{}", refused.stderr);
    let told = [terminal.raw_output(), refused.stdout.into_bytes(), refused.stderr.into_bytes()].concat();
    office.sync();
    for secret in [wrong, PASSWORD] {
        let said = String::from_utf8_lossy(&told);
        assert!(!said.contains(secret), "{said}");
        for (file, bytes) in files(&office.home.data_dir()) {
            assert!(!holds(&bytes, secret), "{secret} is in {file}");
        }
    }
    assert!(files(&office.home.data_dir()).iter().any(|(file, _)| file.ends_with("postbook.log")));
}

#[test]
fn a_server_that_dies_amid_hundreds_of_letters_loses_none() {
    let mut office = office(0);
    for number in 0..600 {
        let body = format!("Letter {number}. {}", "What do desks cost? ".repeat(200));
        office.dovecot.deliver(ME, "INBOX", &letter(&format!("n{number}"), &format!("Offer {number}"), &body), "");
    }
    let mut terminal = office.open();
    terminal.wait_for("a sync that goes on", DEADLINE, |screen| screen.contains(" of 600"));
    office.dovecot.kill();
    terminal.wait_for("trouble", DEADLINE, |screen| screen.contains("Sync:") || screen.contains("Sync of work:"));
    let cut = office.json(&["status"])["accounts"][0].clone();
    assert_eq!(cut["online"], false, "{cut}");
    office.dovecot.restart();
    terminal.type_keys("s");
    poll_until(DEADLINE, "a complete sync", || {
        let account = office.json(&["status"])["accounts"][0].clone();
        let folders = account["folders"].as_array().expect("folders").clone();
        let whole = |folder: &Value| folder["complete"] == true && folder["local"] == folder["server"];
        let inbox = folders.iter().any(|folder| folder["name"] == "INBOX" && folder["local"] == 600);
        (account["online"] == true && inbox && folders.iter().all(whole)).then_some(())
    });
    wait_counter(&terminal, "unread", Some(600));
    terminal.wait_for("a bottom without trouble", DEADLINE, |screen| !screen.contains("Sync"));
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
}

#[test]
fn only_i_can_read_what_is_kept() {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let mut terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&office.home.data_dir()), 0o700);
    assert_eq!(mode(&office.home.config_file()), 0o600);
    let kept = files(&office.home.data_dir());
    assert!(kept.len() >= 2, "a store and a log");
    for (file, _) in kept {
        assert_eq!(mode(Path::new(&file)), 0o600, "{file}");
    }
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).expect("readable")));
        }
    }
    found
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}
