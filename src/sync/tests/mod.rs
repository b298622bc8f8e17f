//! The sync engine against a server in memory that breaks wherever it can.

mod archive;
mod clearing;
mod cut;
mod drafts;
mod engine;
mod large;
mod merging;
mod order;
mod outbox;
mod rebuild;
mod recount;
mod refiling;
mod server;
mod shared;
mod taking_back;
mod wishes;

use crate::domain::address::{Address, Own};
use crate::domain::contact::{Kind as ContactKind, Name};
use crate::domain::counter::Counter;
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::{Flags, MsgId};
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::store::{NewCompany, NewContact, NewDeal, Registration, Store};
use crate::sync::account::{FolderReport, sync_account};
use jiff::{Timestamp, Zoned};
use server::Server;

const FOLDERS: &[(&str, Option<Role>)] =
    &[("INBOX", Some(Role::Inbox)), ("Sent", Some(Role::Sent)), ("Klienci", None), ("Junk", Some(Role::Junk))];

/// Monday, 10:00 in Warsaw.
fn now() -> Zoned {
    "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A letter; `minutes` after the start of the story. `names` are the Message-IDs it answers, oldest first.
fn letter(id: &str, from: &str, to: &str, minutes: i64, names: &[&str], body: &str) -> Vec<u8> {
    let start: Timestamp = "2026-11-10T08:00:00Z".parse().unwrap();
    let date = start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
    let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let references: Vec<String> = names.iter().map(|name| format!("<{name}@test.example>")).collect();
    let references = match references.last() {
        Some(last) => format!("In-Reply-To: {last}\r\nReferences: {}\r\n", references.join(" ")),
        None => String::new(),
    };
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: About {id}\r\nDate: {date}\r\nMessage-ID: <{id}@test.example>\r\n{references}\r\n{body}\r\n"
    )
    .into_bytes()
}

/// The file of a store in which nothing is; made once, because making it costs more than a sync.
fn empty_store() -> &'static [u8] {
    static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        drop(Store::open(&file).unwrap());
        std::fs::read(&file).unwrap()
    })
}

/// A store, a server, and a client that is known: Anna of Acme, with two open deals, and Jan with one.
struct World {
    _folder: tempfile::TempDir,
    store: Store,
    server: Server,
    account: id::Account,
    own: Own,
}

impl World {
    fn new(server: Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        std::fs::write(&file, empty_store()).unwrap();
        let store = Store::open(&file).unwrap();
        // What is tested here is what is written, not how long the disk takes.
        store.run("PRAGMA synchronous = off");
        let registration = Registration {
            name: "work".to_owned(),
            email: address("me@firma.example"),
            kind: crate::domain::account::Kind::Personal,
            read_only: false,
        };
        let account = store.register_account(&registration).unwrap();
        let own = store.own().unwrap();
        let world = Self { _folder: folder, store, server, account, own };
        world.clients();
        world
    }

    fn clients(&self) {
        let at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
        let acme = NewCompany {
            name: Text::own("Acme"),
            domains: vec!["acme.example".to_owned()],
            requisites: Text::default(),
            note: Text::default(),
        };
        let acme = self.store.add_company(&acme).unwrap();
        let person = |given: &str, mail: &str, company| {
            let new = NewContact {
                name: Name { given: Text::line(given), ..Name::default() },
                addresses: vec![address(mail)],
                company,
                reviewed_at: Some(at),
                ..NewContact::new(ContactKind::Contact, at)
            };
            self.store.add_contact(&new).unwrap()
        };
        let anna = person("Anna", "anna@acme.example", Some(acme));
        let jan = person("Jan", "jan@gmail.com", None);
        for (title, contact, company) in
            [("Desks", anna, Some(acme)), ("Chairs", anna, Some(acme)), ("Lamps", jan, None)]
        {
            let deal = NewDeal {
                pipeline: Text::default(),
                title: Text::line(title),
                company,
                contact: Some(contact),
                stage: Text::own("offer"),
                amount: Money::parse("100", "PLN").unwrap(),
                expected_close: None,
                lines: Vec::new(),
                created_at: at,
            };
            self.store.add_deal(&deal).unwrap();
        }
    }

    fn try_sync(&mut self) -> Result<Vec<FolderReport>> {
        sync_account(&self.store, &mut self.server, self.account, &self.own, &mut |_| {})
    }

    /// Syncs; when the connection breaks, connects again and goes on.
    fn sync(&mut self) -> Vec<FolderReport> {
        for _ in 0..5 {
            match self.try_sync() {
                Ok(reports) => return reports,
                Err(problem) if problem.kind == crate::domain::problem::Kind::Network => self.server.connect(),
                Err(problem) => panic!("{problem}"),
            }
        }
        panic!("the server broke more often than it was told to")
    }

    /// Syncs until nothing more happens.
    fn settle(&mut self) {
        for _ in 0..4 {
            let reports = self.sync();
            if reports.iter().all(|r| (r.new, r.changed, r.deleted, r.wishes) == (0, 0, 0, 0)) {
                return;
            }
        }
        panic!("the sync does not come to rest: {:?}", self.sync());
    }

    fn message(&self, msg_id: &str) -> id::Message {
        let found = self.store.messages_named(&MsgId::parse(&format!("{msg_id}@test.example")).unwrap()).unwrap();
        assert_eq!(found.len(), 1, "letters named {msg_id}");
        found[0]
    }

    fn thread(&self, msg_id: &str) -> id::Thread {
        self.store.message_facts(self.message(msg_id)).unwrap().unwrap().0
    }

    fn counter(&self, counter: Counter) -> u64 {
        self.store.counters(&now(), &WorkTime::default()).unwrap().get(counter)
    }

    fn seen(&self, msg_id: &str) -> bool {
        self.store.message_facts(self.message(msg_id)).unwrap().unwrap().3
    }

    fn place(&self, msg_id: &str) -> String {
        self.store.rows(&format!("SELECT place FROM message WHERE msg_id = '{msg_id}@test.example'")).join(",")
    }

    fn folder(&self, name: &str) -> id::Folder {
        let key = self.store.rows(&format!("SELECT id FROM folder WHERE name = '{name}'")).join(",");
        id::Folder(key.parse().unwrap_or_else(|_| panic!("no folder {name}")))
    }

    fn want(&self, msg_id: &str, folder: &str, what: &str) {
        let (message, folder) = (self.message(msg_id), self.folder(folder));
        self.store.run(&format!("UPDATE copy SET {what} WHERE message_id = {message} AND folder_id = {folder}"));
        self.store.refresh_lists(self.thread(msg_id)).unwrap();
    }

    fn want_moved(&self, msg_id: &str, from: &str, to: &str) {
        self.want(msg_id, from, &format!("wanted_folder = {}", self.folder(to)));
    }

    fn want_gone(&self, msg_id: &str, folder: &str) {
        self.want(msg_id, folder, "wanted_gone = 1");
    }

    fn want_keywords(&self, msg_id: &str, folder: &str, keywords: &str) {
        self.want(msg_id, folder, &format!("wanted_keywords = '{keywords}'"));
    }

    fn want_folder(&self, name: &str) {
        self.store.run(&format!(
            "INSERT INTO folder (account_id, raw_name, name, delimiter, to_create) VALUES ({}, '{name}', '{name}', '/', 1)",
            self.account
        ));
    }

    /// Everything the store says, without its keys: the same letters give the same lines.
    fn dump(&self) -> Vec<String> {
        // A thread is called by the names of its letters.
        const NAME: &str = "(SELECT group_concat(msg_id, ' ') FROM (SELECT msg_id FROM message x WHERE x.thread_id = t.id ORDER BY msg_id))";
        let named = |key: &str| format!("(SELECT msg_id FROM message WHERE id = {key})");
        let mut lines = Vec::new();
        for (what, sql) in [
            (
                "message",
                "SELECT hex(digest), msg_id, date, direction, nature, ignored, from_address, subject, asks, seen, flags, place FROM message".to_owned(),
            ),
            ("words", "SELECT msg_id, (SELECT count(*) FROM message_fts WHERE rowid = m.id) FROM message m".to_owned()),
            (
                "copy",
                "SELECT f.name, f.uid_validity = c.uid_validity, m.msg_id, c.flags, c.wanted_flags, c.keywords, c.wanted_keywords, c.wanted_gone, c.wished_at, c.wanted_folder
                 FROM copy c JOIN folder f ON f.id = c.folder_id JOIN message m ON m.id = c.message_id".to_owned(),
            ),
            ("folder", "SELECT name, raw_name, uid_validity, server_count, complete, gone, to_create, wanted_raw_name FROM folder".to_owned()),
            ("refusal", "SELECT wish, said FROM refusal".to_owned()),
            (
                "thread",
                format!(
                    "SELECT {NAME}, last_at, message_count, {}, last_human_at, last_human_direction, waiting_since, asks,
                     EXISTS (SELECT 1 FROM message WHERE thread_id = t.id AND subject = t.subject) FROM thread t WHERE merged_into IS NULL",
                    named("last_human_message_id")
                ),
            ),
            (
                "list",
                format!("SELECT f.name, {NAME}, l.last_at FROM folder_thread l JOIN folder f ON f.id = l.folder_id JOIN thread t ON t.id = l.thread_id"),
            ),
            (
                "filing",
                format!(
                    "SELECT {NAME}, (SELECT group_concat(address) FROM contact_address a WHERE a.contact_id = x.contact_id),
                     (SELECT name FROM company WHERE id = x.company_id), (SELECT title FROM deal WHERE id = x.deal_id), deal_decided, rule
                     FROM filing x JOIN thread t ON t.id = x.thread_id WHERE superseded_at IS NULL"
                ),
            ),
            (
                "contact",
                "SELECT kind, display, created_at, (SELECT group_concat(address) FROM contact_address a WHERE a.contact_id = c.id) FROM contact c".to_owned(),
            ),
            (
                "fact",
                "SELECT (SELECT group_concat(address) FROM contact_address a WHERE a.contact_id = p.contact_id), field, value FROM provenance p".to_owned(),
            ),
            (
                "state",
                format!("SELECT {NAME}, {}, {}, snoozed_until FROM thread_state s JOIN thread t ON t.id = s.thread_id", named("done_message_id"), named("snoozed_message_id")),
            ),
        ] {
            let mut rows = self.store.rows(&sql);
            rows.sort();
            lines.extend(rows.into_iter().map(|row| format!("{what} {row}")));
        }
        let counters = self.store.counters(&now(), &WorkTime::default()).unwrap();
        lines.extend(
            Counter::ALL.iter().map(|counter| format!("counter {} {}", counter.word(), counters.get(*counter))),
        );
        let (today, _) = self.store.today(&now(), &WorkTime::default(), None, 1000).unwrap();
        lines.extend(
            today.iter().map(|row| format!("today {} {:?} {} {:?}", row.since, row.who, row.title, row.counters)),
        );
        lines.extend(self.server.dump());
        lines.sort();
        lines
    }

    /// Nothing may be wrong inside, whatever happened.
    fn check(&self) {
        assert_eq!(self.store.rows("PRAGMA foreign_key_check"), [""; 0]);
        assert_eq!(self.store.rows("PRAGMA integrity_check"), ["ok"]);
    }
}

/// Where two dumps differ.
fn difference(expected: &[String], found: &[String]) -> String {
    let times = |lines: &[String], line: &String| lines.iter().filter(|other| *other == line).count();
    let fewer = |here: &[String], there: &[String], mark: &str| -> Vec<String> {
        here.iter().filter(|line| times(here, line) > times(there, line)).map(|line| format!("{mark} {line}")).collect()
    };
    [fewer(expected, found, "-"), fewer(found, expected, "+")].concat().join("\n")
}

/// The letters of the story: (folder, flags, bytes). Threads that grow, merge and cross folders; one letter in two
/// folders; newsletters, colleagues, leads in Cc and in To; junk of a known client.
fn story() -> Vec<(&'static str, Flags, Vec<u8>)> {
    const ME: &str = "me@firma.example";
    let (none, seen) = (Flags::default(), Flags::SEEN);
    let mut all = Vec::new();
    // Six conversations with Anna: she asks, I answer, she asks again.
    for n in 0..6 {
        let (a, b, c) = (format!("anna{n}-1"), format!("anna{n}-2"), format!("anna{n}-3"));
        all.push(("INBOX", seen, letter(&a, "Anna <anna@acme.example>", ME, n * 60, &[], "How much?")));
        all.push(("Sent", seen, letter(&b, ME, "anna@acme.example", n * 60 + 5, &[&a], "Ten. Do you agree?")));
        if n % 2 == 0 {
            all.push(("INBOX", none, letter(&c, "anna@acme.example", ME, n * 60 + 9, &[&a, &b], "Let me think")));
        }
    }
    // Two conversations that a later letter joins into one, which stands in another folder.
    all.push(("INBOX", seen, letter("join-left", "ola@nowa.example", ME, 400, &[], "Left")));
    all.push(("Klienci", none, letter("join-right", "ola@nowa.example", ME, 410, &[], "Right")));
    all.push(("INBOX", none, letter("join-both", "ola@nowa.example", ME, 420, &["join-left", "join-right"], "Both")));
    // A letter in two folders.
    for folder in ["INBOX", "Klienci"] {
        all.push((
            folder,
            if folder == "INBOX" { none } else { Flags::FLAGGED },
            letter("double", "jan@gmail.com", ME, 500, &[], "Twice?"),
        ));
    }
    // A colleague, a newsletter, a machine.
    all.push(("INBOX", none, letter("colleague", "boss@firma.example", ME, 510, &[], "Lunch?")));
    let news = String::from_utf8(letter("news", "shop@news.example", ME, 520, &[], "Buy")).unwrap();
    all.push(("INBOX", none, news.replacen("Subject:", "List-Id: <news>\r\nSubject:", 1).into_bytes()));
    all.push(("INBOX", none, letter("robot", "no-reply@bank.example", ME, 530, &[], "Code 1")));
    // Somebody new, who later stands in Cc of somebody else's letter, and to whom I wrote before.
    all.push(("Sent", seen, letter("to-piotr", ME, "piotr@start.example", 540, &[], "Hello. Interested?")));
    all.push((
        "INBOX",
        none,
        letter("piotr", "Piotr Zet <piotr@start.example>", ME, 550, &[], "Call me: +48 601 602 603"),
    ));
    all.push(("INBOX", none, letter("piotr-later", "P. Zet <piotr@start.example>", ME, 800, &[], "Well?")));
    all.push((
        "INBOX",
        none,
        letter("ewa", "Ewa <ewa@other.example>", "me@firma.example, piotr@start.example", 560, &[], "A question?"),
    ));
    all.push(("INBOX", none, letter("ewa-2", "Ewa <ewa@other.example>", ME, 570, &["ewa"], "And one more")));
    // Begun by somebody unknown, in a conversation of Anna's.
    all.push((
        "INBOX",
        none,
        letter("kolega", "kolega@gmail.com", ME, 7, &["anna0-1", "anna0-2"], "I am Anna's colleague"),
    ));
    // Jan from Junk; a stranger's junk makes no lead.
    all.push(("Junk", none, letter("jan-junk", "jan@gmail.com", ME, 600, &[], "Where is it?")));
    all.push(("Junk", none, letter("spam", "win@prize.example", ME, 610, &[], "You won")));
    // Somebody at Acme who is not Anna.
    all.push(("Klienci", none, letter("acme-new", "new@acme.example", ME, 620, &[], "Also a question?")));
    all.push(("Klienci", none, letter("acme-anna", "anna@acme.example", ME, 630, &["acme-new"], "I take over")));
    all
}

fn server_with(story: &[(&str, Flags, Vec<u8>)]) -> Server {
    let mut server = Server::new(FOLDERS);
    for (folder, flags, bytes) in story {
        server.deliver(folder, bytes, *flags);
    }
    server
}

/// A small generator, so that a failure can be played again from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}
