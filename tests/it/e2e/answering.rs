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
    terminal.wait_for_text("Make a contact of Anna Kowalska");
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
