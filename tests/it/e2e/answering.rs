//! A client writes, and gets one answer.

use super::*;

#[test]
fn from_an_empty_folder_to_an_answered_letter() {
    let office = office(3);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let mut terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    wait_counter(&terminal, "unanswered", Some(1));
    wait_counter(&terminal, "unread", Some(1));
    wait_counter(&terminal, "leads", Some(1));
    terminal.type_keys("c");
    terminal.wait_for_text("Enter makes the contact");
    terminal.type_keys(ENTER);
    wait_counter(&terminal, "leads", None);
    terminal.type_keys(ENTER);
    terminal.wait_for_text("Enter fold");
    wait_counter(&terminal, "unread", None);
    office.wait_flag("\\Seen");
    terminal.type_keys("t");
    choose(&terminal, "quick");
    terminal.wait_for_text("Thank you, Anna.");
    send(&terminal);
    terminal.wait_for_text("Sending to Anna Kowalska in");
    assert_eq!(office.smtp.accepted().len(), 0, "it is held");
    let accepted = office.smtp.wait_accepted(1);
    assert_eq!((accepted[0].from.as_str(), accepted[0].to.as_slice()), (ME, &[ANNA.to_owned()][..]));
    let text = accepted[0].text();
    assert!(text.contains("In-Reply-To: <q1@klient.example>") && text.contains("Thank you, Anna."), "{text}");
    wait_counter(&terminal, "unanswered", None);
    office.wait_flag("\\Answered");
    let message_id = message_id(&text);
    poll_until(DEADLINE, "a copy in Sent", || (office.dovecot.find(ME, "Sent", &message_id).len() == 1).then_some(()));
    assert_eq!(office.dovecot.find(ANNA, "INBOX", &message_id).len(), 1, "it arrived");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    office.sync();
    assert_eq!(office.dovecot.count(ME, "Sent"), 1, "one copy");
    assert_eq!(office.smtp.accepted().len(), 1, "sent once");
    assert_eq!(office.counter("unanswered"), 0);
}

#[test]
fn a_letter_that_comes_while_the_screens_are_open_appears_by_itself() {
    let office = office(0);
    let terminal = office.open();
    terminal.wait_for_text("All clear");
    // The first sync is over when its folders are known, and only then is the server watched.
    poll_until(DEADLINE, "a first sync", || (office.json(&["status"])["accounts"][0]["online"] == true).then_some(()));
    office.dovecot.deliver(ME, "INBOX", &letter("new", "Price list", "Please send it."), "");
    terminal.wait_for_text("Price list");
    wait_counter(&terminal, "unanswered", Some(1));
    // Read on another device: it is read here, without a key.
    wait_counter(&terminal, "unread", Some(1));
    office.dovecot.store(ME, "INBOX", "1", "+FLAGS (\\Seen)");
    wait_counter(&terminal, "unread", None);
}

#[test]
fn done_is_undone_and_a_letter_taken_back_never_leaves() {
    let office = office(600);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let mut terminal = office.open();
    wait_counter(&terminal, "unanswered", Some(1));
    // The header may be there before the list, and a key means the row under the cursor.
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("e");
    wait_counter(&terminal, "unanswered", None);
    office.wait_flag("\\Seen");
    terminal.type_keys("u");
    terminal.wait_for_text("Taken back: No reply needed");
    wait_counter(&terminal, "unanswered", Some(1));
    wait_counter(&terminal, "unread", Some(1));
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("t");
    choose(&terminal, "quick");
    terminal.wait_for_text("Thank you,");
    send(&terminal);
    terminal.wait_for_text("Sending to Anna Kowalska in");
    assert_eq!(office.json(&["status"])["outbox"]["held"], 1);
    terminal.type_keys("U");
    terminal.wait_for_text("Ctrl-S look and send");
    let outbox = office.json(&["status"])["outbox"].clone();
    for state in ["held", "queued", "sending", "refused", "uncertain"] {
        assert_eq!(outbox[state], 0, "{outbox}");
    }
    terminal.type_keys(ESC);
    terminal.wait_for_text("The draft is kept");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    office.sync();
    assert_eq!((office.smtp.sessions(), office.smtp.accepted().len()), (0, 0), "never sent");
    assert_eq!(office.counter("unanswered"), 1);
}

#[test]
fn a_template_with_a_hole_is_blocked_and_says_what_is_missing_where() {
    let office = office(0);
    template(&office.home, "needy", "Dear {{ contact.first_name }}, about {{ deal.title }}");
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("t");
    choose(&terminal, "needy");
    let screen = terminal.wait_for_text("needs more");
    assert!(screen.contains("first name") && screen.contains("Anna Kowalska"), "{screen}");
    assert!(screen.contains("deal.title"), "{screen}");
    terminal.type_keys(ESC);
    terminal.wait_gone("needs more");
    assert!(!terminal.screen().contains("Ctrl-S look and send"), "no letter was begun");
}

#[test]
fn the_guard_warns_of_outsiders_and_of_forgotten_files() {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &letter("q1", "Offer for desks", "What do they cost?"), "");
    let terminal = office.open();
    terminal.wait_for_text("Offer for desks");
    terminal.type_keys("r");
    terminal.wait_for_text("Ctrl-S look and send");
    terminal.type_keys("Please find the offer attached.");
    // From the text back to the copies, and a stranger among them.
    terminal.type_keys("\x1b[Z\x1b[Z");
    terminal.type_keys("eve@stranger.example");
    terminal.wait_for_text("eve@stranger.example");
    terminal.type_keys(CTRL_S);
    let screen = terminal.wait_for_text("f fixes");
    assert!(screen.contains("eve@stranger.example is outside this deal"), "{screen}");
    assert!(screen.contains("promises a file and none is attached"), "{screen}");
    terminal.type_keys(ENTER);
    terminal.wait_for_text("stand in the way");
    assert_eq!(office.json(&["status"])["outbox"]["queued"], 0, "nothing leaves while something stands in the way");
    // One key takes the stranger off, one sends without the file.
    terminal.type_keys("f");
    terminal.wait_gone("eve@stranger.example");
    terminal.wait_for_text("f fixes");
    terminal.type_keys("o");
    terminal.wait_for_text("Ready: Enter sends");
    terminal.type_keys(ENTER);
    let accepted = office.smtp.wait_accepted(1);
    assert_eq!(accepted[0].to, [ANNA]);
}
