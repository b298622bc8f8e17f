//! Colleagues take conversations of one mailbox at the same moment: each has one winner, and everybody sees who.

use std::sync::Barrier;

use postbook::domain::address::Address;
use postbook::domain::claim::Claimant;
use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::net::Timeouts;

use super::cuts::{folder, session};
use super::support::*;
use super::sync::{ANNA, Desk};

const LETTERS: usize = 12;

fn letter(number: usize) -> Vec<u8> {
    format!(
        "From: buyer{number}@klient.example\r\nTo: <{ANNA}>\r\nSubject: About {number}\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\n\
         Message-ID: <letter{number}@x.example>\r\n\r\nHow much?\r\n"
    )
    .into_bytes()
}

fn thread(desk: &Desk, number: usize) -> id::Thread {
    let name = MsgId::parse(&format!("letter{number}@x.example")).unwrap();
    let message = *desk.store.messages_named(&name).unwrap().first().unwrap();
    desk.store.message_facts(message).unwrap().unwrap().0
}

/// One colleague: wants everything at once with the others, and syncs until nothing waits.
fn work(port: u16, who: &str, start: &Barrier) -> Vec<Option<Claimant>> {
    let me = Claimant::of(&Address::parse(&format!("{who}@firma.example")).unwrap());
    let desk = Desk::in_folder(folder());
    let sync = || desk.try_sync(&mut session(port, ANNA, &Timeouts::default()).unwrap()).unwrap();
    sync();
    start.wait();
    for number in 0..LETTERS {
        desk.store.write(|| desk.store.want_claim(thread(&desk, number), &me)).unwrap();
    }
    let decided = try_until(DEADLINE, || {
        sync();
        (desk.store.wishes_pending(desk.account).unwrap() == 0).then_some(())
    });
    assert!(decided.is_some(), "{who}: every claim is decided");
    start.wait();
    sync();
    (0..LETTERS).map(|number| desk.store.claimed_by(thread(&desk, number)).unwrap()).collect()
}

#[test]
fn of_two_claims_at_once_one_wins() {
    for without in [&[][..], &["CONDSTORE", "QRESYNC"]] {
        let dovecot = Dovecot::builder().user(ANNA).without(without).start();
        for number in 0..LETTERS {
            dovecot.deliver(ANNA, "INBOX", &letter(number), "");
        }
        let (port, start) = (dovecot.imap_port, Barrier::new(2));
        let (anna, ola) = std::thread::scope(|scope| {
            let ola = scope.spawn(|| work(port, "ola", &start));
            (work(port, "anna", &start), ola.join().unwrap())
        });
        assert_eq!(anna, ola, "both see the same");
        assert!(anna.iter().all(Option::is_some), "{anna:?}");
        let mut client = Client::connect(port, ANNA);
        client.select("INBOX");
        for letter in client.letters() {
            let claims: Vec<_> = letter.flags.iter().filter(|flag| flag.starts_with("$claim")).collect();
            assert_eq!(claims.len(), 1, "{claims:?}");
        }
    }
}
