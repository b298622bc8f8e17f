//! Every act of the user, undone, gives back the same bytes; letters are checked and filled from the store.

use super::acts::{Acts, Title};
use super::handling::Outcome;
use crate::domain::account::Account;
use crate::domain::activity::{Activity, Kind};
use crate::domain::address::{Address, Own};
use crate::domain::contact::{Kind as ContactKind, Name};
use crate::domain::conversion::{CompanyWish, Conversion};
use crate::domain::folder::Role;
use crate::domain::handling::{Handling, Order};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::money::Money;
use crate::domain::outbox::Letter;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::store::{NewContact, NewDeal, NewPayment, Registration, Store};
use crate::sync::ingest::{Arrival, Destination, ingest};
use crate::ui::effect::ActivityAct;
use jiff::{Timestamp, Zoned};

mod auto_replies;
mod events;
mod follow_ups;
mod undone;

use undone::dump;

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
        read_only: false,
    };
    let account = store.register_account(&registration).unwrap();
    let own = store.own().unwrap();
    let at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let ann = NewContact {
        addresses: ["ann@acme.example", "ann@home.example"].map(|written| Address::parse(written).unwrap()).into(),
        reviewed_at: Some(at),
        ..NewContact::new(ContactKind::Contact, at)
    };
    let ann = store.add_contact(&ann).unwrap();
    for title in ["Desks", "Chairs"] {
        let deal = NewDeal {
            pipeline: Text::default(),
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
            left: None,
        };
        let destination = Destination { account, folder: record.id, uid_validity: 1, own: &own };
        store.write(|| ingest(&store, &destination, &[arrival], at)).unwrap();
    }
    let [mine, _] = accounts(account);
    store.save_draft(None, &Letter::new(&mine, &Text::own("Me")), at).unwrap();
    Office { _folder: folder, store, own, now: "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap() }
}

/// The mailbox as one of a team, and my own.
fn accounts(id: id::Account) -> [Account; 2] {
    use crate::domain::account::Kind;
    let account = |id, email, kind| Account {
        id,
        name: Text::own("work"),
        email: Address::parse(email).unwrap(),
        kind,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    [account(id, "sales@firma.example", Kind::Shared), account(id::Account(99), "me@firma.example", Kind::Personal)]
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
        people: Vec::new(),
        guests: Vec::new(),
        company: None,
        way: None,
        message: None,
    }
}

fn enter(activity: Activity, next: Option<Activity>) -> ActivityAct {
    ActivityAct::Enter { activity: Box::new(activity), next: next.map(Box::new) }
}

fn activity(acts: &Acts<'_>, act: ActivityAct) -> Result<Title> {
    acts.activity_act(act, &crate::domain::work_time::WorkTime::default())
}

/// With a new company that gets the domain, and a deal.
fn conversion(lead: id::Contact, name: &Name) -> Conversion {
    Conversion {
        lead,
        name: name.clone(),
        company: Some(CompanyWish {
            known: None,
            name: Text::own("Lead Ltd"),
            domain: Some("lead.example".to_owned()),
        }),
        position: Text::own("buyer"),
        phones: vec![Text::own("+48 600 100 200")],
        language: Text::own("en"),
        deal: Some((Text::own("Lamps"), Money::parse("1200", "PLN").unwrap())),
    }
}

#[test]
fn a_conversion_makes_contact_company_and_deal_at_once() {
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let (leo, lead) = (id::Contact(2), id::Thread(2));
    let proposal = super::clients::proposal(&office.store, leo, &office.now).unwrap();
    assert_eq!(proposal.domain, Some(Text::own("lead.example")));
    assert_eq!(
        (proposal.subject.as_str(), proposal.language.as_str(), proposal.currency.as_str()),
        ("Good day?", "en", "PLN")
    );
    assert!(proposal.provenance.iter().all(|fact| fact.letter.as_ref().is_some_and(|(thread, ..)| *thread == lead)));
    let name = Name { given: Text::own("Leo"), family: Text::own("Lis"), ..Name::default() };
    acts.convert(&conversion(leo, &name), &Text::own("new")).unwrap();
    let card = office.store.contact_card(leo, &office.now, 10).unwrap().unwrap();
    assert_eq!((card.row.kind, card.row.name.full().as_str()), (ContactKind::Contact, "Leo Lis"));
    assert_eq!((card.row.company.as_ref().map(Text::as_str), card.position.as_str()), (Some("Lead Ltd"), "buyer"));
    assert_eq!(card.phones, [Text::own("+48 600 100 200")]);
    assert_eq!(card.deals.iter().map(|deal| deal.title.as_str()).collect::<Vec<_>>(), ["Lamps"]);
    assert_eq!(card.timeline.len(), 2, "the history is kept, and the deal began");
    assert!(!card.provenance.is_empty(), "and where it came from");
    assert_eq!(office.store.company_by_domain("lead.example").unwrap(), card.company);
    assert!(super::clients::proposal(&office.store, leo, &office.now).is_err(), "a contact is no lead");
    let counters = office.store.counters(&office.now, &crate::domain::work_time::WorkTime::default()).unwrap();
    assert_eq!(counters.get(crate::domain::counter::Counter::NewLeads), 0);
    // A company of that name is not made twice, nor is a domain taken from another.
    let again = CompanyWish { known: None, name: Text::own("LEAD ltd"), domain: None };
    assert_eq!(office.store.company_called(again.name.as_str()).unwrap(), card.company);
    assert!(acts.undo().unwrap().is_some());
    assert!(office.store.is_new_lead(leo).unwrap());
    assert_eq!(office.store.company_by_domain("lead.example").unwrap(), None);
}

/// Does it with a yes to whatever is asked.
fn handle(acts: &Acts<'_>, handling: Handling, threads: &[id::Thread]) -> Result<Option<Text>> {
    let order = Order { handling, threads: threads.to_vec(), folder: None, confirmed: true };
    match acts.handle(&order)? {
        Outcome::Done(title) => Ok(title),
        Outcome::Ask(question) => panic!("asked: {question}"),
    }
}

#[test]
fn a_folder_that_is_missing_is_asked_for_and_made() {
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let (desks, lead) = (id::Thread(1), id::Thread(2));
    let order = Order {
        handling: Handling::Archive,
        threads: vec![desks, lead],
        folder: Some(id::Folder(1)),
        confirmed: false,
    };
    let untouched = dump(&office.store);
    let Outcome::Ask(question) = acts.handle(&order).unwrap() else { panic!("it was not asked") };
    assert!(question.as_str().contains("work") && question.as_str().contains("“Archive”"), "{question}");
    assert_eq!(dump(&office.store), untouched, "nothing was done yet");
    let done = acts.handle(&Order { confirmed: true, ..order.clone() }).unwrap();
    assert_eq!(done, Outcome::Done(Some(Text::own("Archived 2 conversations"))));
    let made = "SELECT name, role, to_create FROM folder WHERE raw_name = 'Archive'";
    assert_eq!(office.store.rows(made), ["Archive | archive | 1"]);
    let archive = office.store.folders().unwrap().into_iter().find(|row| row.role == Some(Role::Archive)).unwrap();
    assert_eq!((archive.local, archive.unseen), (2, 2), "its letters are there already");
    assert_eq!(office.store.threads_in(archive.id, None, 10).unwrap().len(), 2);
    assert_eq!(office.store.threads_in(id::Folder(1), None, 10).unwrap(), []);
    // Put away, they wait on.
    assert_eq!(
        office
            .store
            .counters(&office.now, &WorkTime::default())
            .unwrap()
            .get(crate::domain::counter::Counter::Unanswered),
        2
    );
    // The folder is known now: nothing is asked, and there is nothing left to do in the inbox.
    assert!(acts.handle(&order).is_err());
    assert_eq!(office.store.wishes_pending(id::Account(1)).unwrap(), 3, "two letters and a folder");
}

#[test]
fn what_is_thrown_away_waits_no_more() {
    use crate::domain::counter::Counter;
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let count = |counter| office.store.counters(&office.now, &WorkTime::default()).unwrap().get(counter);
    assert_eq!((count(Counter::Unread), count(Counter::NewLeads), count(Counter::JunkWatch)), (2, 1, 1));
    handle(&acts, Handling::Junk, &[id::Thread(1), id::Thread(2)]).unwrap();
    // A client's letter that I call junk is not asked about, and a spammer is no lead.
    assert_eq!((count(Counter::Unread), count(Counter::NewLeads), count(Counter::JunkWatch)), (0, 0, 1));
    assert_eq!(
        office.store.rows("SELECT DISTINCT wanted_keywords FROM copy WHERE folder_id = 1"),
        ["$Junk"],
        "the server's filter learns"
    );
    handle(&acts, Handling::NotJunk, &[id::Thread(1)]).unwrap();
    assert_eq!(count(Counter::Unread), 1);
    let back =
        "SELECT wanted_folder, wanted_keywords FROM copy JOIN message ON message.id = message_id WHERE thread_id = 1";
    assert_eq!(office.store.rows(back), ["- | $NotJunk"]);
    handle(&acts, Handling::Delete, &[id::Thread(1)]).unwrap();
    assert_eq!((count(Counter::Unread), count(Counter::Unanswered)), (0, 0));
}

#[test]
fn letters_in_trash_are_deleted_for_good_after_a_yes() {
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let desks = id::Thread(1);
    handle(&acts, Handling::Delete, &[desks]).unwrap();
    let trash = office.store.folder_with_role(id::Account(1), Role::Trash).unwrap().unwrap().id;
    for folder in [Some(trash), None] {
        let order = Order { handling: Handling::Delete, threads: vec![desks], folder, confirmed: false };
        let Outcome::Ask(question) = acts.handle(&order).unwrap() else { panic!("it was not asked") };
        assert!(question.as_str().contains("for good"), "{question}");
        let Outcome::Done(Some(title)) = acts.handle(&Order { confirmed: true, ..order }).unwrap() else {
            panic!("it was not done")
        };
        assert_eq!(title.as_str(), "Deleted for good: Desks?");
        assert_eq!(office.store.threads_in(trash, None, 10).unwrap(), [], "no list shows it");
        assert_eq!(office.store.rows("SELECT sum(wanted_gone) FROM copy"), ["1"]);
        office.store.undo(office.now.timestamp()).unwrap().unwrap();
        assert_eq!(office.store.threads_in(trash, None, 10).unwrap().len(), 1);
    }
}

#[test]
fn the_folder_in_view_says_which_letters_are_meant() {
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    // A copy of Ann's letter in Junk as well: a message with copies in two folders.
    office.store.run(
        "INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) VALUES (2, 1, 9999, 1, 0, 0)",
    );
    let order = Order {
        handling: Handling::MoveToNew("Clients".to_owned()),
        threads: vec![id::Thread(1)],
        folder: Some(id::Folder(1)),
        confirmed: false,
    };
    acts.handle(&order).unwrap();
    let places = "SELECT f.name FROM copy c JOIN folder f ON f.id = coalesce(c.wanted_folder, c.folder_id) WHERE message_id = 1 ORDER BY 1";
    assert_eq!(office.store.rows(places), ["Clients", "Junk"]);
    assert_eq!(office.store.recent_goals().unwrap().len(), 1);
    // Back again before any server heard of it: the wish is gone.
    acts.handle(&Order { handling: Handling::Move(id::Folder(1)), folder: Some(id::Folder(3)), ..order }).unwrap();
    assert_eq!(office.store.rows("SELECT count(*) FROM copy WHERE wanted_folder IS NOT NULL"), ["0"]);
}

#[test]
fn what_waits_is_told_in_words_with_its_age() {
    let office = office();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let words = || -> Vec<String> {
        let pending = office.store.pending().unwrap();
        assert_eq!(pending.waiting(), pending.wishes.iter().map(|wished| wished.count).sum::<u64>());
        pending.wishes.iter().map(|wished| wished.words.to_string()).collect()
    };
    assert_eq!(words(), Vec::<String>::new());
    handle(&acts, Handling::Seen(true), &[id::Thread(1)]).unwrap();
    assert_eq!(words(), ["mark “Desks?” read"]);
    assert!(office.store.pending().unwrap().wishes[0].since.is_some());
    handle(&acts, Handling::MoveToNew("Clients".to_owned()), &[id::Thread(1), id::Thread(2)]).unwrap();
    let mut now = words();
    now.sort();
    assert_eq!(now, ["make the folder Clients", "mark “Desks?” read", "move 2 letters from INBOX to Clients"]);
    assert_eq!(office.store.wishes_pending(id::Account(1)).unwrap(), 3, "each letter once, and the folder");
    acts.rename_folder(id::Folder(2), "Spam").unwrap();
    assert!(words().contains(&"rename the folder Junk to Spam".to_owned()), "{:?}", words());
    assert!(acts.rename_folder(id::Folder(1), "Mine").is_err(), "never the inbox");
    assert!(acts.rename_folder(id::Folder(2), "Clients").is_err(), "two folders of one name");
}

/// A thousand marked conversations are one change and one reload.
#[test]
fn a_thousand_conversations_are_one_change() {
    let office = office();
    office.store.run(
        "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 101 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) SELECT i FROM n;
         INSERT INTO thread (id, account_id, subject) SELECT i, 1, 'thread ' || i FROM n;
         INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address,
             subject, snippet, size, attachments, degraded, asks)
         SELECT i, 1, i, randomblob(32), i, 0, 'inbound', 'human', '', '', 'ann@acme.example', 'x', 'y', 1, 0, 0, 0 FROM n;
         INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) SELECT 1, 1, 10000 + i, i, 1, 1 FROM n;",
    );
    let threads: Vec<id::Thread> = (101..=1100).map(id::Thread).collect();
    office.store.write(|| threads.iter().try_for_each(|thread| office.store.refresh_lists(*thread))).unwrap();
    let acts = Acts { store: &office.store, own: &office.own, now: &office.now };
    let untouched = dump(&office.store);
    let changes = office.store.changes(10).unwrap().len();
    let title = handle(&acts, Handling::Archive, &threads).unwrap().unwrap();
    assert_eq!(title.as_str(), "Archived 1000 conversations");
    assert_eq!(office.store.changes(10).unwrap().len(), changes + 1);
    assert_eq!(office.store.threads_in(id::Folder(1), None, 2000).unwrap().len(), 2);
    office.store.undo(office.now.timestamp()).unwrap().unwrap();
    assert_eq!(dump(&office.store), untouched);
}

/// Who writes, in a test: Ann's letter was answered by nobody yet.
fn writing_office(office: &Office) -> super::writing::Office {
    writing_office_of(&office.own)
}

/// The same for any store whose first account is that of `me@firma.example`.
pub(super) fn writing_office_of(own: &Own) -> super::writing::Office {
    let account = crate::domain::account::Account {
        id: id::Account(1),
        name: Text::own("work"),
        email: Address::parse("me@firma.example").unwrap(),
        kind: crate::domain::account::Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    super::writing::Office {
        me: crate::domain::account::Me { name: Text::own("Me"), ..Default::default() },
        accounts: vec![account],
        own: own.clone(),
        templates: crate::domain::template::bundled(),
        broken_templates: Vec::new(),
        templates_dir: std::path::PathBuf::new(),
        undo: jiff::SignedDuration::from_secs(10),
        practice: crate::domain::practice::Practice::default(),
        pace: Vec::new(),
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
