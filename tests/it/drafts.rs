//! Drafts and a real server's Drafts folder: one of each on both sides, whoever wrote it.

use jiff::Timestamp;
use postbook::domain::address::{Address, Mailbox};
use postbook::domain::outbox::Letter;
use postbook::domain::text::Text;
use postbook::sync::drafts::{DraftBox, DraftNews};

use super::outbox::account;
use super::support::*;
use super::sync::{ANNA, Desk};

fn letter(desk: &Desk, text: &str) -> Letter {
    let mut letter = Letter::new(&account(desk), &Text::own("Анна"));
    letter.to = vec![Mailbox::new("Jan", "jan@klient.example").unwrap()];
    letter.subject = "Оферта на двадцать столов".to_owned();
    letter.text = text.to_owned();
    letter
}

/// Long ago: nobody types in it any more.
fn quiet(minute: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + minute * 60).unwrap()
}

fn sync(desk: &Desk, dovecot: &Dovecot) -> Vec<DraftNews> {
    let mut session = desk.session(dovecot);
    desk.try_sync(&mut session).unwrap();
    let email = Address::parse(ANNA).unwrap();
    let drafts = DraftBox { store: &desk.store, account: desk.account, email: &email, own: &desk.own };
    let news = drafts.sync(&mut session, &mut |_| {}).unwrap();
    session.logout();
    news
}

/// What lies in Drafts and is not marked deleted, without what the server added.
fn there(dovecot: &Dovecot) -> Vec<String> {
    let mut client = Client::connect(dovecot.imap_port, ANNA);
    client.select("Drafts");
    let letters = client.letters();
    let kept = letters.iter().filter(|letter| !letter.flags.iter().any(|flag| flag == "\\Deleted"));
    kept.map(|letter| postbook::mime::read(&letter.bytes).text.as_str().trim_end().to_owned()).collect()
}

fn here(desk: &Desk) -> Vec<String> {
    let rows = desk.store.drafts().unwrap();
    rows.iter().map(|row| desk.store.draft(row.id).unwrap().unwrap().text.trim_end().to_owned()).collect()
}

#[test]
fn a_draft_is_on_both_sides_once() {
    let dovecot = Dovecot::builder().user(ANNA).start();
    let desk = Desk::new();
    Client::connect(dovecot.imap_port, ANNA).try_run("CREATE Drafts");
    let draft = desk.store.save_draft(None, &letter(&desk, "first"), quiet(0)).unwrap();
    sync(&desk, &dovecot);
    assert_eq!(there(&dovecot), ["first"]);
    desk.store
        .save_draft(Some(draft), &letter(&desk, "second, with a long line: ".repeat(20).trim()), quiet(1))
        .unwrap();
    sync(&desk, &dovecot);
    sync(&desk, &dovecot);
    assert_eq!(there(&dovecot), here(&desk));
    assert_eq!(there(&dovecot).len(), 1);

    // Another device replaces it, as most clients do: a new letter, and the old one away.
    let mut phone = Client::connect(dovecot.imap_port, ANNA);
    phone.select("Drafts");
    phone.delete("1:*");
    let text = "From: anna@firma.example\r\nTo: jan@klient.example\r\nSubject: =?utf-8?B?0J7RhNC10YDRgtCwINC90LAg0LTQstCw0LTRhtCw0YLRjCDRgdGC0L7Qu9C+0LI=?=\r\nMessage-ID: <x@phone.example>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\n\r\nfrom the phone\r\n";
    assert!(phone.append("Drafts", text.as_bytes(), "\\Draft \\Seen"));
    assert_eq!(sync(&desk, &dovecot), [DraftNews::Replaced(draft)]);
    assert_eq!((here(&desk), there(&dovecot)), (vec!["from the phone".to_owned()], vec!["from the phone".to_owned()]));

    // Sent or discarded here.
    desk.store.remove_draft(draft).unwrap();
    sync(&desk, &dovecot);
    sync(&desk, &dovecot);
    assert!(there(&dovecot).is_empty() && here(&desk).is_empty());
}

#[test]
fn a_second_postbook_sees_the_same_draft() {
    let dovecot = Dovecot::builder().user(ANNA).start();
    Client::connect(dovecot.imap_port, ANNA).try_run("CREATE Drafts");
    let (office, train) = (Desk::new(), Desk::new());
    let draft = office.store.save_draft(None, &letter(&office, "begun in the office"), quiet(0)).unwrap();
    sync(&office, &dovecot);
    let news = sync(&train, &dovecot);
    let [DraftNews::Came(same)] = news.as_slice() else { panic!("{news:?}") };
    assert_eq!(here(&train), ["begun in the office"]);
    let mut other = train.store.draft(*same).unwrap().unwrap();
    other.text = "finished on the train".to_owned();
    train.store.save_draft(Some(*same), &other, Timestamp::now()).unwrap();
    // While somebody types, nothing goes there; a few seconds after the last key it does.
    poll_until(DEADLINE, "the change on the server", || {
        sync(&train, &dovecot);
        (there(&dovecot) == ["finished on the train"]).then_some(())
    });
    assert_eq!(sync(&office, &dovecot), [DraftNews::Replaced(draft)]);
    assert_eq!((here(&office), there(&dovecot)), (here(&train), vec!["finished on the train".to_owned()]));
}
