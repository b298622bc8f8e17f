//! Every act of the user, undone, gives back the same bytes; letters are checked and filled from the store.

use super::acts::Acts;
use crate::domain::activity::{Activity, Kind};
use crate::domain::address::{Address, Own};
use crate::domain::contact::{Kind as ContactKind, Name};
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::store::{NewContact, NewDeal, NewPayment, Registration, Store};
use crate::sync::ingest::{Arrival, Destination, ingest};
use jiff::{Timestamp, Zoned};

struct Office {
    _folder: tempfile::TempDir,
    store: Store,
    own: Own,
    now: Zoned,
}

/// Ann is a contact with a deal, a payment and a call to make; Leo a new lead; a letter of Ann's lies in Junk.
fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
    let registration = Registration {
        name: "work".to_owned(),
        email: Address::parse("me@firma.example").unwrap(),
        kind: crate::domain::account::Kind::Personal,
    };
    let account = store.register_account(&registration).unwrap();
    let own = store.own().unwrap();
    let at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let ann = NewContact {
        addresses: vec![Address::parse("ann@acme.example").unwrap()],
        reviewed_at: Some(at),
        ..NewContact::new(ContactKind::Contact, at)
    };
    let ann = store.add_contact(&ann).unwrap();
    for title in ["Desks", "Chairs"] {
        let deal = NewDeal {
            title: Text::line(title),
            company: None,
            contact: Some(ann),
            stage: Text::own("offer"),
            amount: Money::parse("100", "PLN").unwrap(),
            expected_close: None,
            lines: Vec::new(),
            created_at: at,
        };
        let deal = store.add_deal(&deal).unwrap();
        let payment = NewPayment {
            deal,
            title: Text::own("Deposit"),
            due_on: "2026-11-19".parse().unwrap(),
            amount: Money::parse("10", "PLN").unwrap(),
        };
        store.add_payment(&payment).unwrap();
    }
    store.add_activity(&call(ann)).unwrap();
    for (name, role, from, subject) in [
        ("INBOX", Role::Inbox, "ann@acme.example", "Desks?"),
        ("INBOX", Role::Inbox, "leo@lead.example", "Good day?"),
        ("Junk", Role::Junk, "ann@acme.example", "In Junk"),
    ] {
        let record = store.register_folder(account, name, &Text::line(name), None, Some(role)).unwrap();
        let bytes = format!(
            "From: Somebody <{from}>\r\nTo: me@firma.example\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{from}-{name}>\r\n\r\nWhat about it?\r\n"
        );
        let uid = u32::try_from(bytes.len()).unwrap();
        let arrival = Arrival {
            uid,
            flags: Flags::FLAGGED,
            keywords: Vec::new(),
            internal_date: Some(at),
            bytes: bytes.into_bytes(),
        };
        let destination = Destination { account, folder: record.id, uid_validity: 1, own: &own };
        store.write(|| ingest(&store, &destination, &[arrival], at)).unwrap();
    }
    Office { _folder: folder, store, own, now: "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap() }
}

fn call(contact: id::Contact) -> Activity {
    Activity {
        id: None,
        kind: Kind::Call,
        contact: Some(contact),
        deal: None,
        subject: Text::own("ask"),
        place: Text::default(),
        due_at: Some("2026-11-23T08:00:00Z".parse().unwrap()),
        done_at: None,
        duration_minutes: None,
        result: Text::default(),
        trigger: None,
    }
}

/// Every table but the journal itself.
fn dump(store: &Store) -> Vec<String> {
    let tables = store.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'change%' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%fts%'",
    );
    let mut lines = Vec::new();
    for table in tables {
        let mut rows = store.rows(&format!("SELECT * FROM {table}"));
        rows.sort();
        lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    lines
}

#[test]
fn every_act_undone_gives_the_same_bytes() {
    let (desks, lead, junk) = (id::Thread(1), id::Thread(2), id::Thread(3));
    let leo = id::Contact(2);
    let soon: Timestamp = "2026-11-30T08:00:00Z".parse().unwrap();
    let name = || Name { given: Text::own("Leo"), family: Text::own("Lis"), ..Name::default() };
    type Act<'a> = (&'static str, Box<dyn Fn(&Acts<'_>) -> Result<Option<Text>> + 'a>);
    let acts: Vec<Act<'_>> = vec![
        ("mark_done", Box::new(|a| a.mark_done(desks))),
        ("snooze", Box::new(|a| a.snooze(desks, soon))),
        ("file_under a deal", Box::new(|a| a.file_under(desks, Some(id::Deal(2))))),
        ("file_under no deal", Box::new(|a| a.file_under(desks, None))),
        ("rescue_junk", Box::new(|a| a.rescue_junk(junk))),
        ("confirm_junk", Box::new(|a| a.confirm_junk(junk))),
        ("convert_lead", Box::new(|a| a.convert_lead(leo, &name()))),
        ("keep_lead", Box::new(|a| a.keep_lead(leo))),
        ("ignore_sender", Box::new(|a| a.ignore_sender(leo))),
        ("mark_done of a lead", Box::new(|a| a.mark_done(lead))),
        ("activity_done", Box::new(|a| a.activity_done(id::Activity(1), "agreed"))),
        ("activity_move", Box::new(|a| a.activity_move(id::Activity(1), soon))),
        ("add_activity", Box::new(|a| a.add_activity(&call(id::Contact(1))))),
        ("payment_paid", Box::new(|a| a.payment_paid(id::Payment(1)))),
        ("payment_move", Box::new(|a| a.payment_move(id::Payment(1), "2026-12-01".parse().unwrap()))),
    ];
    let office = office();
    let acting = Acts { store: &office.store, own: &office.own, now: &office.now };
    let untouched = dump(&office.store);
    for (what, act) in &acts {
        assert!(act(&acting).unwrap().is_some(), "{what} does nothing");
        assert_ne!(dump(&office.store), untouched, "{what} does nothing");
        assert!(office.store.undo(office.now.timestamp()).unwrap().is_some(), "{what}");
        let found = dump(&office.store);
        let differs: Vec<_> = untouched.iter().filter(|line| !found.contains(line)).collect();
        assert_eq!(found, untouched, "{what}: {differs:#?}");
    }
    // All of them one after the other, then back to the beginning.
    let done = acts.iter().filter(|(_, act)| matches!(act(&acting), Ok(Some(_)))).count();
    assert!(done > 10, "{done}");
    let mut undone = 0;
    while office.store.undo(office.now.timestamp()).unwrap().is_some() {
        undone += 1;
    }
    assert_eq!(undone, done);
    assert_eq!(dump(&office.store), untouched);
}

/// Who writes, in a test: Ann's letter was answered by nobody yet.
fn writing_office(office: &Office) -> super::writing::Office {
    let account = crate::domain::account::Account {
        id: id::Account(1),
        name: Text::own("work"),
        email: Address::parse("me@firma.example").unwrap(),
        kind: crate::domain::account::Kind::Personal,
        signature: Text::default(),
    };
    super::writing::Office {
        me: crate::domain::account::Me { name: Text::own("Me"), ..Default::default() },
        accounts: vec![account],
        own: office.own.clone(),
        templates: crate::domain::template::bundled(),
        broken_templates: Vec::new(),
        undo: jiff::SignedDuration::from_secs(10),
    }
}

#[test]
fn the_guard_knows_who_was_written_to() {
    use crate::domain::address::Mailbox;
    use crate::domain::guard::Kind;
    let office = office();
    let desk = writing_office(&office);
    let writer = super::writing::Writer { store: &office.store, office: &desk, now: &office.now };
    let concerns = |to: &str| -> Vec<Kind> {
        let mut letter = writer.new_letter(None).unwrap();
        letter.to = vec![Mailbox::new("", to).unwrap()];
        letter.subject = "Hello".to_owned();
        letter.text = "Good morning, how are you?".to_owned();
        writer.check(&letter).unwrap().into_iter().map(|concern| concern.kind).collect()
    };
    assert_eq!(concerns("stranger@elsewhere.example"), [Kind::NewDomain]);
    assert_eq!(concerns("ann@acme.example"), []);
    assert_eq!(concerns("me@firma.example"), []);
    // An answer to the letter that came raises nothing.
    let mut answer = writer.reply(writer.newest_to_answer(id::Thread(2)).unwrap(), false).unwrap();
    answer.text = format!("Good day.\n{}", answer.text);
    assert_eq!(writer.check(&answer).unwrap(), []);
}

#[test]
fn a_hole_in_a_template_blocks_and_names_the_card() {
    use super::writing::{Filling, Writer};
    let office = office();
    let mut desk = writing_office(&office);
    let file = "---\nname: hello\nlanguage: en\nsubject: Hello\n---\nDear {{ contact.first_name }},\n";
    desk.templates = vec![crate::domain::template::Template::parse("hello.en.md", file).unwrap()];
    let writer = Writer { store: &office.store, office: &desk, now: &office.now };
    let letter = writer.reply(writer.newest_to_answer(id::Thread(2)).unwrap(), false).unwrap();
    let Filling::Holes(holes) = writer.fill("hello", None, letter.clone(), None).unwrap() else {
        panic!("it was filled")
    };
    let sentence = holes[0].sentence();
    assert!(sentence.as_str().contains("first name") && sentence.as_str().contains("contact.first_name"), "{sentence}");
    let name = Name { given: Text::own("Leo"), family: Text::own("Lis"), ..Name::default() };
    office.store.convert_lead(id::Contact(2), &name, None, office.now.timestamp()).unwrap();
    let Filling::Letter(filled) = writer.fill("hello", None, letter, None).unwrap() else {
        panic!("it was not filled")
    };
    assert!(filled.text.starts_with("Dear Leo,"), "{}", filled.text);
}
