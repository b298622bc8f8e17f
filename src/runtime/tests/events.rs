//! What happens is offered once, to whom it concerns, while it is still so; what leaves by itself is checked before it does.

use super::*;
use crate::domain::counter::Subject;
use crate::domain::offered::Offered;
use crate::domain::template::Template;
use crate::runtime::events::look;
use crate::runtime::writing::{Office as Writing, Writer};
use crate::store::ContactEdit;
use crate::ui::deal_act::DealAct;
use jiff::SignedDuration;

const ANN: id::Contact = id::Contact(1);

fn template(name: &str, lines: &str) -> Template {
    let text = format!("---\nname: {name}\nlanguage: en\nsubject: About {name}\n{lines}\n---\nHello\n");
    Template::parse(&format!("{name}.en.md"), &text).unwrap()
}

/// Events are looked for since October; only these templates are there.
fn begun(templates: Vec<Template>) -> (Office, Writing) {
    let office = office();
    let mut desk = writing_office(&office);
    desk.templates = templates;
    office.store.set_event_state("begun", "", "2026-10-01T08:00:00Z".parse().unwrap()).unwrap();
    (office, desk)
}

fn offered(office: &Office) -> Vec<Offered> {
    office.store.to_approve(office.now.date(), 100).unwrap()
}

/// Template, whom, and why.
fn rows(office: &Office) -> Vec<String> {
    offered(office)
        .iter()
        .map(|o| format!("{} to {}: {}", o.template, o.contact, o.because).replace('\u{a0}', " "))
        .collect()
}

fn birthday(office: &Office, contact: id::Contact, day: &str) {
    let edit = ContactEdit { birthday: Some(Some(day.to_owned())), ..ContactEdit::default() };
    office.store.update_contact(contact, &edit).unwrap();
}

#[test]
fn each_event_is_offered_once_and_only_while_it_is_so() {
    let (office, desk) = begun(vec![
        template("late", "event: payment_overdue 2"),
        template("very-late", "event: payment_overdue 30"),
        template("soon", "event: payment_due 3"),
        template("hello", "event: new_lead"),
        template("best-wishes", "event: birthday"),
        template("contract", "event: stage negotiation"),
        template("thanks", "event: deal_won"),
    ]);
    birthday(&office, ANN, "11-23");
    assert!(look(&office.store, &desk, &office.now).unwrap());
    let first = [
        "best-wishes to 1: their birthday is 23 November 2026",
        "hello to 2: they wrote for the first time on 20 November 2026",
        "late to 1: 10.00 PLN Deposit was due on 2026-11-19 and is not paid",
        "late to 1: 10.00 PLN Deposit was due on 2026-11-19 and is not paid",
    ];
    let sorted = || {
        let mut found = rows(&office);
        found.sort();
        found
    };
    assert_eq!(sorted(), first);
    assert!(!look(&office.store, &desk, &office.now).unwrap(), "each once");
    assert_eq!(sorted(), first);
    // They stand below what waits and raise no counter.
    let (waiting, _) = office.store.today(&office.now, &WorkTime::default(), None, 100).unwrap();
    let counted = waiting.iter().position(|row| matches!(row.subject, Subject::Offered(_))).unwrap();
    assert!(
        waiting
            .iter()
            .skip(counted)
            .all(|row| row.counters.is_empty() && desk.templates.iter().any(|t| t.name == row.title.as_str()))
    );
    assert_eq!(waiting.len() - counted, 4);
    // Paid: nobody is reminded; taken back: it is offered again.
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    acts.payment_paid(id::Payment(1)).unwrap();
    assert_eq!(rows(&office).len(), 3);
    office.store.undo(office.now.timestamp()).unwrap().unwrap();
    assert_eq!(rows(&office).len(), 4);
    // The stage that a template names, and no other; gone with the stage.
    let stage = |name| DealAct::Move { deal: id::Deal(1), pipeline: Text::default(), stage: Text::own(name) };
    acts.deal(&stage("contract")).unwrap();
    assert!(!look(&office.store, &desk, &office.now).unwrap());
    acts.deal(&stage("negotiation")).unwrap();
    assert!(look(&office.store, &desk, &office.now).unwrap());
    let of_stage = offered(&office).into_iter().find(|o| o.template.as_str() == "contract").unwrap();
    assert_eq!(
        (of_stage.deal, of_stage.because.as_str().contains("Desks [D-1] came into the stage negotiation")),
        (Some(id::Deal(1)), true),
        "{of_stage:?}"
    );
    acts.deal(&DealAct::Won(id::Deal(1))).unwrap();
    look(&office.store, &desk, &office.now).unwrap();
    let names: Vec<_> = offered(&office).into_iter().map(|o| o.template.to_string()).collect();
    assert!(names.contains(&"thanks".to_owned()) && !names.contains(&"contract".to_owned()), "{names:?}");
    // A month later nobody is wished a happy birthday.
    let later = office.now.checked_add(SignedDuration::from_hours(24 * 40)).unwrap();
    let later = office.store.to_approve(later.date(), 100).unwrap();
    assert!(later.is_empty(), "{later:?}");
}

#[test]
fn nobody_is_offered_who_may_not_be_written_to() {
    let (office, desk) = begun(vec![template("best-wishes", "event: birthday"), template("hello", "event: new_lead")]);
    birthday(&office, ANN, "11-23");
    office.store.ignore_sender("ann@acme.example").unwrap();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    acts.ignore_sender(id::Contact(2)).unwrap();
    look(&office.store, &desk, &office.now).unwrap();
    assert_eq!(rows(&office), [""; 0]);
    // What happened before the first look is no news.
    let fresh = super::office();
    look(&fresh.store, &desk, &fresh.now).unwrap();
    assert_eq!(rows(&fresh), [""; 0]);
}

#[test]
fn who_buys_from_me_is_told_of_other_requisites() {
    let (office, mut desk) = begun(vec![template("details", "event: changed_requisites")]);
    let look_with = |desk: &Writing| look(&office.store, desk, &office.now).unwrap();
    desk.me.requisites = Text::own("NIP 1");
    assert!(!look_with(&desk), "the first ones are no change");
    desk.me.requisites = Text::own("NIP 2");
    assert!(look_with(&desk));
    assert_eq!(
        rows(&office),
        ["details to 1: my requisites changed on 23 November 2026; they buy from me, or did within a year"]
    );
    assert!(!look_with(&desk));
    // Taken away is no change to tell of.
    desk.me.requisites = Text::default();
    assert!(!look_with(&desk));
}

#[test]
fn greetings_follow_the_country() {
    let (mut office, desk) = begun(vec![template("greeting", "event: holiday")]);
    let edit = ContactEdit { language: Some(Text::own("pl")), ..ContactEdit::default() };
    office.store.update_contact(ANN, &edit).unwrap();
    office.now = "2026-12-22T10:00[Europe/Warsaw]".parse().unwrap();
    look(&office.store, &desk, &office.now).unwrap();
    assert_eq!(rows(&office), ["greeting to 1: Christmas is on 25 December 2026 in their country (pl)"]);
    assert_eq!(offered(&office)[0].holiday(), Some("christmas"));
    office.now = "2026-12-26T10:00[Europe/Warsaw]".parse().unwrap();
    assert_eq!(rows(&office), [""; 0], "too late");
}

/// The outbox, and whether anything may leave.
fn leaves(office: &Office) -> bool {
    office.store.begin_sending(id::Account(1), office.now.timestamp()).unwrap().is_some()
}

#[test]
fn what_leaves_by_itself_waits_for_a_look_at_the_mailbox() {
    let (mut office, desk) = begun(vec![template("best-wishes", "event: birthday\nauto: true")]);
    birthday(&office, ANN, "11-23");
    assert!(look(&office.store, &desk, &office.now).unwrap());
    assert_eq!(rows(&office), [""; 0], "it needs no approval");
    assert_eq!(office.store.outbox(0).unwrap().len(), 1);
    look(&office.store, &desk, &office.now).unwrap();
    assert_eq!(office.store.outbox(0).unwrap().len(), 1, "once");
    office.now = office.now.checked_add(SignedDuration::from_secs(60)).unwrap();
    let look_at_mailbox =
        |office: &Office| office.store.look_before_leaving(id::Account(1), office.now.timestamp()).unwrap();
    assert!(!leaves(&office), "not looked at yet");
    assert!(look_at_mailbox(&office) && office.store.waits_for_a_look(id::Account(1)).unwrap());
    assert!(!leaves(&office));
    office.store.note_sync(id::Account(1), office.now.timestamp(), Ok(())).unwrap();
    assert!(!look_at_mailbox(&office));
    // A look of ten minutes ago says nothing.
    let later = office.now.checked_add(SignedDuration::from_mins(10)).unwrap();
    assert!(office.store.begin_sending(id::Account(1), later.timestamp()).unwrap().is_none());
    assert!(leaves(&office));
}

#[test]
fn who_wrote_meanwhile_gets_no_letter_by_itself() {
    let (mut office, desk) = begun(vec![template("best-wishes", "event: birthday\nauto: true")]);
    birthday(&office, ANN, "11-23");
    look(&office.store, &desk, &office.now).unwrap();
    office.now = office.now.checked_add(SignedDuration::from_secs(60)).unwrap();
    let bytes = "From: Ann <ann@home.example>\r\nTo: me@firma.example\r\nSubject: Wait\r\nDate: Mon, 23 Nov 2026 09:00:30 +0000\r\nMessage-ID: <wait@home>\r\n\r\nAnother thing.\r\n";
    let arrival = Arrival {
        uid: 900,
        flags: Flags::SEEN,
        keywords: Vec::new(),
        internal_date: Some(office.now.timestamp()),
        bytes: bytes.as_bytes().to_vec(),
        left: None,
    };
    let destination = Destination { account: id::Account(1), folder: id::Folder(1), uid_validity: 1, own: &office.own };
    office.store.write(|| ingest(&office.store, &destination, &[arrival], office.now.timestamp())).unwrap();
    office.store.note_sync(id::Account(1), office.now.timestamp(), Ok(())).unwrap();
    office.store.look_before_leaving(id::Account(1), office.now.timestamp()).unwrap();
    assert!(!leaves(&office) && office.store.outbox(0).unwrap().is_empty());
    assert_eq!(
        rows(&office),
        ["best-wishes to 1: their birthday is 23 November 2026\nit did not leave by itself: they wrote meanwhile"]
    );
    look(&office.store, &desk, &office.now).unwrap();
    assert!(office.store.outbox(0).unwrap().is_empty(), "not again");
}

#[test]
fn what_the_guard_or_a_hole_speaks_against_is_offered() {
    let file =
        "---\nname: hole\nlanguage: en\nsubject: Hi\nevent: birthday\nauto: true\n---\nDear {{ contact.position }}\n";
    let (office, desk) = begun(vec![Template::parse("hole.en.md", file).unwrap()]);
    birthday(&office, ANN, "11-23");
    look(&office.store, &desk, &office.now).unwrap();
    assert!(office.store.outbox(0).unwrap().is_empty());
    let found = rows(&office);
    assert!(
        found[0].contains("it does not leave by itself: the card of") && found[0].contains("has no position"),
        "{found:?}"
    );
    // A file that the text promises is missing: the guard says so.
    let file = file.replace("{{ contact.position }}", "Ann, I attached the price list.");
    let (office, desk) = begun(vec![Template::parse("hole.en.md", &file).unwrap()]);
    birthday(&office, ANN, "11-23");
    look(&office.store, &desk, &office.now).unwrap();
    assert!(office.store.outbox(0).unwrap().is_empty());
    assert!(rows(&office)[0].contains("it does not leave by itself"), "{:?}", rows(&office));
}

#[test]
fn a_letter_that_is_offered_is_begun_as_a_draft_or_dismissed_and_both_are_undone() {
    let (office, desk) = begun(vec![template("late", "event: payment_overdue 2")]);
    look(&office.store, &desk, &office.now).unwrap();
    let all = offered(&office);
    let writer = Writer { store: &office.store, office: &desk, now: &office.now };
    let super::super::writing::Filling::Letter(letter) = writer.fill_offered(&all[0]).unwrap() else {
        panic!("it was not filled")
    };
    assert_eq!((letter.subject.as_str(), letter.deal), ("About late", all[0].deal));
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let untouched = dump(&office.store);
    let (title, draft) = acts.take_offered(&all[0], &letter).unwrap();
    assert!(title.is_some() && office.store.draft(draft.unwrap()).unwrap().is_some());
    assert_eq!(rows(&office).len(), 1);
    office.store.undo(office.now.timestamp()).unwrap().unwrap();
    assert_eq!(dump(&office.store), untouched);
    assert!(acts.dismiss_offered(all[0].id).unwrap().is_some());
    assert!(acts.dismiss_offered(all[0].id).unwrap().is_none());
    assert_eq!(rows(&office).len(), 1);
    look(&office.store, &desk, &office.now).unwrap();
    assert_eq!(rows(&office).len(), 1, "dismissed is decided");
    office.store.undo(office.now.timestamp()).unwrap().unwrap();
    assert_eq!(dump(&office.store), untouched);
}
