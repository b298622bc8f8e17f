//! A client writes, and I am told; about nobody else.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn from(sender: &str, id: &str, subject: &str, more: &str) -> Vec<u8> {
    let letter = String::from_utf8(letter(id, subject, "What do they cost?")).unwrap();
    letter
        .replace(&format!("Anna Kowalska <{ANNA}>"), sender)
        .replace("Subject:", &format!("{more}Subject:"))
        .into_bytes()
}

#[test]
fn my_program_is_told_of_clients_and_of_nobody_else() {
    let office = office(0);
    let told = office.home.path().join("told");
    let script = format!("#!/bin/sh\n(env | grep ^POSTBOOK_; echo end) >> {}\n", told.display());
    let program = office.home.write("tell", script);
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let office = office.configured(&format!("[notices]\ncommand = \"{}\"\nbell = true", program.display()));
    let add = ["contacts", "add", "--given-name", "Anna", "--family-name", "Kowalska", "--address", ANNA];
    office.home.postbook(&add).success();
    // What a first sync brings is no news, however fresh.
    office.dovecot.deliver(ME, "INBOX", &letter("old", "Before the first sync", "Hello?"), "");
    let terminal = office.open();
    terminal.wait_for_text("Before the first sync");
    poll_until(DEADLINE, "a first sync", || {
        (office.json(&["status"])["accounts"][0]["state"] == "online").then_some(())
    });
    for (sender, id, more) in [
        ("Stranger <who@stranger.example>", "n1", ""),
        ("Anna Kowalska <anna@klient.example>", "n2", "List-Id: <news.klient.example>\r\n"),
    ] {
        office.dovecot.deliver(ME, "INBOX", &from(sender, id, "Not for me", more), "");
    }
    terminal.wait_for_text("Not for me");
    office.dovecot.deliver(ME, "Junk", &letter("n3", "Junk of a client", "Hello?"), "");
    office.dovecot.deliver(ME, "INBOX", &letter("n4", "Read elsewhere", "Hello?"), "S");
    office.dovecot.deliver(ME, "INBOX", &letter("n5", "Offer for desks", "What do they cost?"), "");
    let text = poll_until(DEADLINE, "a notice", || {
        std::fs::read_to_string(&told).ok().filter(|text| text.lines().any(|line| line == "end"))
    });
    for line in [
        "POSTBOOK_SENDER=Anna Kowalska",
        "POSTBOOK_ADDRESS=anna@klient.example",
        "POSTBOOK_SUBJECT=Offer for desks",
        "POSTBOOK_CLIENT=Anna Kowalska",
        "POSTBOOK_ACCOUNT=work",
        "POSTBOOK_LETTERS=1",
        "POSTBOOK_SUMMARY=Anna Kowalska: Offer for desks",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
    assert_eq!(text.matches("POSTBOOK_SUBJECT").count(), 1, "{text}");
    poll_until(DEADLINE, "the bell", || (terminal.bells() == 1).then_some(()));
    // A watcher beside the screens: the owner tells, the screens ring.
    drop(terminal);
    let watcher = Watcher::start(&office.home, &[]);
    watcher.wait_told("Watching;");
    let terminal = office.open();
    terminal.wait_for_text("synced by another Postbook");
    office.dovecot.deliver(ME, "INBOX", &letter("n6", "Chairs", "And chairs?"), "");
    poll_until(DEADLINE, "a second notice", || {
        std::fs::read_to_string(&told).ok().filter(|text| text.contains("POSTBOOK_SUBJECT=Chairs"))
    });
    poll_until(DEADLINE, "the bell", || (terminal.bells() == 1).then_some(()));
    let text = std::fs::read_to_string(&told).unwrap();
    assert_eq!(text.matches("POSTBOOK_SUBJECT=Chairs").count(), 1, "{text}");
}
