//! Syncing with a real server: counts, flags both ways, what other clients do, and what a crash leaves.

use std::path::PathBuf;

use jiff::Zoned;
use postbook::domain::account::{Endpoint, Kind, Login, Secret, Security as Protection};
use postbook::domain::address::{Address, Own};
use postbook::domain::counter::Counter;
use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::domain::problem::{Kind as ProblemKind, Result};
use postbook::domain::work_time::WorkTime;
use postbook::net::Timeouts;
use postbook::net::imap::Session;
use postbook::store::{Registration, Store};
use postbook::sync::account::{FolderReport, Progress, sync_account};
use tempfile::TempDir;

use super::support::*;

pub const ANNA: &str = "anna@firma.example";
/// «Клиенты» in modified UTF-7.
const CLIENTS: &str = "&BBoEOwQ4BDUEPQRCBEs-";

/// A store of its own for Anna, and the way to her servers.
pub struct Desk {
    dir: TempDir,
    pub store: Store,
    pub account: id::Account,
    pub own: Own,
}

impl Desk {
    pub fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    /// With the store that lies in this folder, or a new one.
    pub fn in_folder(dir: TempDir) -> Self {
        let store = Store::open(&dir.path().join("postbook.sqlite")).unwrap();
        let email = Address::parse(ANNA).unwrap();
        let registration = Registration { name: "work".to_owned(), email, kind: Kind::Personal, read_only: false };
        let account = store.register_account(&registration).unwrap();
        let own = store.own().unwrap();
        Self { dir, store, account, own }
    }

    /// A server of ours at this port, over TLS, trusted by our authority's certificate.
    pub fn endpoint(&self, port: u16) -> Endpoint {
        let ca_file: PathBuf = self.dir.path().join("ca.pem");
        std::fs::write(&ca_file, ca::ca_pem()).unwrap();
        Endpoint { host: "localhost".to_owned(), port, security: Protection::Tls, ca_file: Some(ca_file), pin: None }
    }

    pub fn session(&self, dovecot: &Dovecot) -> Session {
        Session::open(&self.endpoint(dovecot.imaps_port), &login(), &Timeouts::default()).unwrap()
    }

    /// The store's file.
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("postbook.sqlite")
    }

    pub fn sync(&self, dovecot: &Dovecot) -> Vec<FolderReport> {
        self.try_sync(&mut self.session(dovecot)).unwrap()
    }

    pub fn try_sync(&self, session: &mut Session) -> Result<Vec<FolderReport>> {
        sync_account(&self.store, session, self.account, &self.own, &mut |_| {})
    }

    pub fn message(&self, name: &str) -> id::Message {
        self.store.messages_named(&MsgId::parse(&format!("{name}@x.example")).unwrap()).unwrap()[0]
    }

    fn seen(&self, name: &str) -> bool {
        self.store.message_facts(self.message(name)).unwrap().unwrap().3
    }

    fn folders_of(&self, name: &str) -> Vec<String> {
        self.store.folders_of(self.message(name)).unwrap().into_iter().map(String::from).collect()
    }

    /// Every folder here against the server: name, letters here, letters there.
    fn check(&self, dovecot: &Dovecot) -> usize {
        let status = self.store.status(&Zoned::now(), &WorkTime::default()).unwrap();
        let mut all = 0;
        for folder in &status.accounts[0].folders {
            let raw = if folder.name.as_str() == "Клиенты" { CLIENTS } else { folder.name.as_str() };
            let there = dovecot.count(ANNA, raw);
            assert_eq!((folder.local, folder.server), (there as u64, Some(there as u64)), "{}", folder.name);
            assert!(folder.complete, "{}", folder.name);
            all += there;
        }
        assert_eq!(status.accounts[0].wishes_pending, 0);
        all
    }
}

pub fn login() -> Login {
    Login { user: ANNA.to_owned(), secret: Secret::new(PASSWORD.to_owned()) }
}

fn letter(name: &str, number: usize) -> Vec<u8> {
    let minute = number % 60;
    let hour = number / 60;
    format!(
        "From: =?utf-8?b?0K/QvQ==?= <jan@klient.example>\r\nTo: <{ANNA}>\r\nSubject: Offer {name}\r\n\
         Date: Mon, 16 Nov 2026 {hour:02}:{minute:02}:00 +0000\r\nMessage-ID: <{name}@x.example>\r\n\r\nHow much?\r\n"
    )
    .into_bytes()
}

/// A server with 300 letters in three folders.
fn full(builder: dovecot::Builder) -> Dovecot {
    let dovecot = builder.user(ANNA).start();
    for number in 0..300 {
        let folder = match number % 10 {
            0..=6 => "INBOX",
            7 | 8 => CLIENTS,
            _ => "Umowy.2026",
        };
        dovecot.deliver(
            ANNA,
            folder,
            &letter(&format!("letter{number}"), number),
            if number % 3 == 0 { "S" } else { "" },
        );
    }
    dovecot
}

fn servers() -> [(&'static str, Dovecot); 2] {
    let poor = ["CONDSTORE", "QRESYNC", "MOVE", "UIDPLUS", "SPECIAL-USE", "LIST-EXTENDED", "ESEARCH"];
    [("rich", full(Dovecot::builder())), ("poor", full(Dovecot::builder().without(&poor)))]
}

#[test]
fn everything_comes_once_and_follows_both_sides() {
    for (kind, dovecot) in servers() {
        let desk = Desk::new();
        let reports = desk.sync(&dovecot);
        assert_eq!(reports.iter().map(|report| report.new).sum::<usize>(), 300, "{kind}");
        assert_eq!(desk.check(&dovecot), 300, "{kind}");
        assert_eq!(
            desk.store.counters(&Zoned::now(), &WorkTime::default()).unwrap().get(Counter::Unread),
            200,
            "{kind}"
        );
        assert!(desk.folders_of("letter7").contains(&"Клиенты".to_owned()), "{:?}", desk.folders_of("letter7"));

        for report in desk.sync(&dovecot) {
            assert_eq!((report.new, report.changed, report.deleted, report.wishes), (0, 0, 0, 0), "{kind} {report:?}");
        }

        // Another client reads, stars, deletes and moves; here one is read meanwhile.
        dovecot.store(ANNA, "INBOX", "2", "+FLAGS (\\Seen)");
        dovecot.store(ANNA, "INBOX", "1", "-FLAGS (\\Seen)");
        dovecot.expunge(ANNA, "INBOX", "4");
        dovecot.move_to(ANNA, "INBOX", "5", CLIENTS);
        dovecot.append(ANNA, "INBOX", &letter("new-one", 400), &[]);
        let read_here = desk.store.message_facts(desk.message("letter5")).unwrap().unwrap().0;
        desk.store.set_seen(read_here, true).unwrap();
        desk.sync(&dovecot);
        assert_eq!(desk.check(&dovecot), 300, "{kind}");
        assert!(desk.seen("letter1") && !desk.seen("letter0") && desk.seen("letter5"), "{kind}");
        assert_eq!(desk.folders_of("letter3"), [""; 0], "{kind}");
        assert_eq!(desk.folders_of("letter4"), ["Клиенты"], "{kind}");
        assert_eq!(desk.folders_of("new-one"), ["INBOX"], "{kind}");
        let there = dovecot.flags(ANNA, "INBOX");
        assert!(
            there.iter().any(|(uid, flags)| *uid == 6 && flags.contains(&"\\Seen".to_owned())),
            "{kind}: {there:?}"
        );
        for report in desk.sync(&dovecot) {
            assert_eq!((report.new, report.changed, report.deleted, report.wishes), (0, 0, 0, 0), "{kind} {report:?}");
        }
    }
}

#[test]
fn a_sync_that_the_server_breaks_goes_on_where_it_was() {
    let mut dovecot = full(Dovecot::builder());
    let desk = Desk::new();
    let mut session = desk.session(&dovecot);
    let broken = sync_account(&desk.store, &mut session, desk.account, &desk.own, &mut |progress| {
        if let Progress::Fetching { .. } = progress {
            dovecot.kill();
        }
    });
    assert_eq!(broken.unwrap_err().kind, ProblemKind::Network);
    // What was on its way when the server died is stored too: how much that is depends on the machine.
    let stored: u64 = desk.store.folders().unwrap().iter().map(|folder| folder.local).sum();
    assert!((1..300).contains(&stored), "{stored} were kept");
    dovecot.restart();
    let reports = desk.sync(&dovecot);
    let fetched: usize = reports.iter().map(|report| report.new).sum();
    assert_eq!(fetched as u64 + stored, 300, "and are not fetched again");
    assert_eq!(desk.check(&dovecot), 300);
}

#[test]
fn letters_numbered_anew_are_the_same_letters() {
    let mut dovecot = full(Dovecot::builder());
    let desk = Desk::new();
    desk.sync(&dovecot);
    let thread = desk.store.message_facts(desk.message("letter1")).unwrap().unwrap().0;
    let now = Zoned::now();
    desk.store.mark_done(thread, now.timestamp()).unwrap();
    let before = (
        desk.message("letter1"),
        desk.store.counters(&now, &WorkTime::default()).unwrap(),
        desk.store.filing(thread).unwrap(),
    );
    dovecot.reset_uid_validity(ANNA, "INBOX");
    desk.sync(&dovecot);
    assert_eq!(desk.check(&dovecot), 300);
    assert_eq!(
        (
            desk.message("letter1"),
            desk.store.counters(&now, &WorkTime::default()).unwrap(),
            desk.store.filing(thread).unwrap()
        ),
        before
    );
}

#[test]
fn a_rescued_letter_moves_once_on_any_server() {
    let poor: &[&str] = &["MOVE", "UIDPLUS"];
    for without in [&[][..], &poor[..1], poor] {
        let dovecot = Dovecot::builder().user(ANNA).without(without).start();
        dovecot.deliver(ANNA, "Junk", &letter("rescued", 1), "");
        let desk = Desk::new();
        desk.sync(&dovecot);
        let thread = desk.store.message_facts(desk.message("rescued")).unwrap().unwrap().0;
        desk.store.rescue_junk(thread).unwrap();
        for _ in 0..3 {
            desk.sync(&dovecot);
            assert_eq!(dovecot.count(ANNA, "INBOX"), 1, "without {without:?}");
            assert_eq!(
                desk.store.counters(&Zoned::now(), &WorkTime::default()).unwrap().get(Counter::Unread),
                1,
                "without {without:?}"
            );
        }
        desk.check(&dovecot);
    }
}
