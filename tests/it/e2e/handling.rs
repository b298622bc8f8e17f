//! Conversations put away in the screens, seen on the server, taken back, and seen there again.

use super::*;

const SUBJECTS: [&str; 3] = ["Offer for desks", "Delivery of chairs", "Lamps in the hall"];

/// The Mail screen over an inbox with three letters, each of them in sight.
fn three_letters() -> (Office, Terminal) {
    let office = office(0);
    for (number, subject) in SUBJECTS.iter().enumerate() {
        office.dovecot.deliver(ME, "INBOX", &letter(&format!("q{number}"), subject, "What do they cost?"), "");
    }
    office.dovecot.create_folder(ME, "Klienci");
    let terminal = office.open();
    terminal.wait_for_text(SUBJECTS[0]);
    // The first sync is over when all of its folders are known.
    poll_until(DEADLINE, "a first sync", || (office.json(&["status"])["accounts"][0]["online"] == true).then_some(()));
    terminal.type_keys("2");
    wait_rows(&terminal, &SUBJECTS);
    (office, terminal)
}

/// Waits until the list shows exactly these of the letters.
#[track_caller]
fn wait_rows(terminal: &Terminal, wanted: &[&str]) {
    terminal.wait_for(&format!("a list of {wanted:?}"), DEADLINE, |screen| {
        // Today names them too; so do news at the bottom.
        if !screen.contains("━ Inbox ━") {
            return false;
        }
        let list: Vec<&str> = screen.lines().take_while(|line| !line.contains("u takes it back")).collect();
        SUBJECTS.iter().all(|subject| list.iter().any(|line| line.contains(subject)) == wanted.contains(subject))
    });
}

impl Office {
    /// Waits until the folders of the server hold so many letters, and until that is known here.
    #[track_caller]
    fn wait_counts(&self, counts: &[(&str, usize)]) {
        let there = || counts.iter().all(|(folder, count)| self.dovecot.count(ME, folder) == *count);
        let here = || {
            let folders = self.json(&["status"])["accounts"][0]["folders"].as_array().expect("folders").clone();
            counts.iter().all(|(name, count)| {
                folders
                    .iter()
                    .any(|folder| folder["name"] == *name && folder["local"] == *count && folder["server"] == *count)
            })
        };
        poll_until(DEADLINE, &format!("{counts:?} on the server and here"), || (there() && here()).then_some(()));
    }
}

#[test]
fn what_is_put_away_is_put_away_on_the_server_and_comes_back() {
    let (office, mut terminal) = three_letters();
    // All of them, marked.
    terminal.type_keys("*");
    terminal.wait_for_text("3 marked");
    terminal.type_keys("E");
    terminal.wait_for_text("Archived 3 conversations · u takes it back");
    office.wait_counts(&[("INBOX", 0), ("Archive", 3)]);
    terminal.type_keys("u");
    terminal.wait_for_text("Taken back: Archived 3 conversations");
    wait_rows(&terminal, &SUBJECTS);
    office.wait_counts(&[("INBOX", 3), ("Archive", 0)]);
    // One of them, the row under the cursor, each way.
    for (keys, said, folder) in
        [("E", "Archived: ", "Archive"), ("d", "Deleted: ", "Trash"), ("J", "Marked as junk: ", "Junk")]
    {
        terminal.type_keys(keys);
        terminal.wait_for_text(said);
        office.wait_counts(&[("INBOX", 2), (folder, 1)]);
        terminal.type_keys("u");
        terminal.wait_for_text(&format!("Taken back: {said}"));
        wait_rows(&terminal, &SUBJECTS);
        office.wait_counts(&[("INBOX", 3), (folder, 0)]);
    }
    // Into a folder found by a few of its letters.
    terminal.type_keys("M");
    terminal.wait_for_text("Move to:");
    terminal.wait_for_text("Klienci");
    terminal.type_keys("klie");
    terminal.wait_for("the folder alone", DEADLINE, |screen| {
        screen.contains("> Klienci") && !screen.lines().any(|line| line.contains("│   Drafts"))
    });
    terminal.type_keys(ENTER);
    terminal.wait_for_text("Moved to Klienci");
    office.wait_counts(&[("INBOX", 2), ("Klienci", 1)]);
    terminal.type_keys("u");
    office.wait_counts(&[("INBOX", 3), ("Klienci", 0)]);
    wait_rows(&terminal, &SUBJECTS);
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    office.sync();
    let status = office.json(&["status"]);
    assert_eq!(status["accounts"][0]["wishes_pending"], 0, "{status}");
}

#[test]
fn what_waits_while_the_server_is_away_is_shown_with_the_reason() {
    let (mut office, mut terminal) = three_letters();
    office.dovecot.kill();
    terminal.type_keys("*E");
    terminal.wait_for_text("Archived 3 conversations");
    wait_rows(&terminal, &[]);
    terminal.type_keys("P");
    terminal.wait_for_text("work: move 3 letters from INBOX to Archive");
    terminal.type_keys("s");
    terminal.wait_for("the reason", DEADLINE, |screen| screen.contains("the account is not reached"));
    assert_eq!(office.json(&["status"])["accounts"][0]["wishes_pending"], 3);
    office.dovecot.restart();
    terminal.type_keys("s");
    terminal.wait_for_text("Nothing waits.");
    office.wait_counts(&[("INBOX", 0), ("Archive", 3)]);
    terminal.type_keys(ESC);
    terminal.wait_gone("Nothing waits.");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
}
