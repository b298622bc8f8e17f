//! The same story on Dovecot, Courier and Cyrus ends in the same store, and in the same mailbox.

use std::any::Any;
use std::collections::BTreeSet;
use std::path::Path;

use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::net::Timeouts;
use postbook::net::imap::Session;
use postbook::store::Source;

use super::cuts::session;
use super::support::client::Mailbox;
use super::support::*;
use super::sync::{ANNA, Desk};

/// A server with one user, and how it names folders.
struct Place {
    kind: &'static str,
    port: u16,
    user: &'static str,
    /// Before the names of all folders but INBOX.
    prefix: &'static str,
    delimiter: &'static str,
    /// Kept running.
    _server: Box<dyn Any>,
}

impl Place {
    /// All that can be had here; everything on Debian.
    fn all() -> Vec<Self> {
        let dovecot = Dovecot::start(&[ANNA]);
        let courier = Courier::start("anna");
        let cyrus = [("Cyrus", "", false), ("Cyrus below INBOX", "INBOX/", true)];
        let cyrus = cyrus.into_iter().filter_map(|(kind, prefix, prefixed)| {
            let server = Cyrus::start("anna", prefixed)?;
            Some(Self { kind, port: server.port, user: "anna", prefix, delimiter: "/", _server: Box::new(server) })
        });
        let dovecot = Self {
            kind: "Dovecot",
            port: dovecot.imap_port,
            user: ANNA,
            prefix: "",
            delimiter: ".",
            _server: Box::new(dovecot),
        };
        let courier = courier.map(|server| Self {
            kind: "Courier",
            port: server.port,
            user: "anna",
            prefix: "INBOX.",
            delimiter: ".",
            _server: Box::new(server),
        });
        std::iter::once(dovecot).chain(courier).chain(cyrus).collect()
    }

    /// A folder's name on this server's wire; `path` has `/` between its parts.
    fn wire(&self, path: &str) -> String {
        if path == "INBOX" {
            return path.to_owned();
        }
        let parts: Vec<String> = path.split('/').map(wire_name).collect();
        format!("{}{}", self.prefix, parts.join(self.delimiter))
    }

    /// The reverse, of a name on the wire.
    fn plain_wire(&self, wire: &str) -> String {
        wire.strip_prefix(self.prefix).unwrap_or(wire).replace(self.delimiter, "/")
    }

    fn client(&self) -> Client {
        Client::connect(self.port, self.user)
    }

    fn session(&self) -> Session {
        session(self.port, self.user, &Timeouts::default()).unwrap_or_else(|problem| panic!("{}: {problem}", self.kind))
    }
}

/// Special ones first; Courier has none of them by itself.
const SPECIAL: [&str; 5] = ["Sent", "Drafts", "Junk", "Trash", "Archive"];
const FOLDERS: [&str; 9] = [
    "Клиенты",
    "Zażółć gęślą jaźń",
    "顧客 一覧",
    "Offers and answers",
    "R&D",
    "Umowy",
    "Umowy/2026",
    "Umowy/2026/Zużyte & stare",
    "Empty",
];
/// Folders that come later.
const CAME: [&str; 5] =
    ["Klienci nowi", "Umowy/2027", "Umowy/2027/Zużyte & stare", "Nowe umowy", "Oferty i odpowiedzi"];
/// Letters that were made by the hundred, and where they lie.
const MADE: usize = 320;

fn folder_of(number: usize) -> &'static str {
    match number % 16 {
        0..=5 => "INBOX",
        6 => "Sent",
        7 => "Junk",
        8 => "Archive",
        9 => "Trash",
        rest => FOLDERS[rest - 10],
    }
}

fn name(number: usize) -> String {
    format!("letter{number}@klient.example")
}

/// Every fourth letter answers the one sixteen before it, which lies in the same folder.
fn letter(number: usize) -> Vec<u8> {
    let (hour, minute) = (number / 60, number % 60);
    let from = if folder_of(number) == "Sent" {
        ANNA.to_owned()
    } else {
        format!("p{}@klient{}.example", number % 7, number % 3)
    };
    let answers = match number.checked_sub(16) {
        Some(before) if number.is_multiple_of(4) => format!("In-Reply-To: <{}>\r\n", name(before)),
        _ => String::new(),
    };
    format!(
        "From: =?utf-8?b?0K/QvQ==?= <{from}>\r\nTo: <{ANNA}>\r\nSubject: Offer {number}\r\n\
         Date: Mon, 16 Nov 2026 {hour:02}:{minute:02}:00 +0000\r\nMessage-ID: <{}>\r\n{answers}\r\nHow much is number {number}?\r\n",
        name(number)
    )
    .into_bytes()
}

fn flags(number: usize) -> &'static str {
    match number % 9 {
        0 => "\\Seen",
        1 => "\\Seen \\Answered",
        2 => "\\Flagged",
        3 => "\\Seen $Forwarded",
        4 => "Later $Work",
        _ => "",
    }
}

/// The letters of `tests/mail` that every server takes: Cyrus refuses a NUL byte and a letter without a header.
fn odd_letters() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let refused = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        !name.ends_with(".eml") || name.starts_with("nul-bytes") || name.starts_with("no-header-at-all")
    };
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read(path).unwrap();
        let mut whole = Vec::new();
        for byte in text {
            if byte == b'\n' && whole.last() != Some(&b'\r') {
                whole.push(b'\r');
            }
            whole.push(byte);
        }
        whole
    };
    files.iter().filter(|path| !refused(path)).map(read).collect()
}

fn fill(place: &Place) {
    let mut other = place.client();
    let there: BTreeSet<String> = other.folders().into_iter().collect();
    for folder in SPECIAL.iter().chain(&FOLDERS).map(|folder| place.wire(folder)) {
        if !there.contains(&folder) {
            other.run(&format!("CREATE \"{folder}\""));
        }
    }
    for number in 0..MADE {
        assert!(other.append(&place.wire(folder_of(number)), &letter(number), flags(number)), "{}", place.kind);
    }
    let odd = odd_letters();
    assert!(odd.len() >= 25);
    for (number, bytes) in odd.iter().enumerate() {
        let shown = String::from_utf8_lossy(bytes);
        assert!(other.append(&place.wire("顧客 一覧"), bytes, flags(number)), "{} refuses:\n{shown}", place.kind);
    }
}

/// One desk at one server.
struct Story {
    place: Place,
    desk: Desk,
}

impl Story {
    /// Syncs until nothing more happens.
    fn settle(&self, chapter: &str) {
        for _ in 0..4 {
            let mut session = self.place.session();
            let reports =
                self.desk.try_sync(&mut session).unwrap_or_else(|problem| panic!("{}: {problem}", self.place.kind));
            session.logout();
            if reports.iter().all(|r| (r.new, r.changed, r.deleted, r.wishes) == (0, 0, 0, 0)) {
                return;
            }
        }
        panic!("{}, {chapter}: the sync does not come to rest", self.place.kind);
    }

    /// A folder's name here, the same for every server.
    fn plain(&self, name: &str) -> String {
        self.place.plain_wire(name)
    }

    fn dump(&self) -> Vec<String> {
        dump::dump(&self.desk.file(), &|name| self.plain(name))
    }

    /// The mailbox on the server, with folders as people call them.
    fn server(&self) -> Mailbox {
        let wire = self.place.client().mailbox(&|name| self.place.plain_wire(name));
        let paths = SPECIAL.iter().chain(&FOLDERS).chain(&CAME);
        let names: Vec<(String, String)> =
            paths.map(|path| (self.place.plain_wire(&self.place.wire(path)), (*path).to_owned())).collect();
        let known =
            |wire: String| names.iter().find(|(name, _)| *name == wire).map_or(wire.clone(), |(_, path)| path.clone());
        wire.into_iter().map(|(name, letters)| (known(name), letters)).collect()
    }

    fn here(&self) -> Mailbox {
        dump::mailbox(&self.desk.file(), &|name| self.plain(name))
    }

    fn thread(&self, number: usize) -> id::Thread {
        let named = self.desk.store.messages_named(&MsgId::parse(&name(number)).unwrap()).unwrap();
        self.desk.store.message_facts(named[0]).unwrap().unwrap().0
    }

    /// What another program does while nobody looks.
    fn others_work(&self) {
        let mut other = self.place.client();
        let wire = |path: &str| self.place.wire(path);
        let uid = |other: &mut Client, number: usize| {
            let uids = other.named(&name(number));
            assert_eq!(uids.len(), 1, "{}: letter {number}", self.place.kind);
            uids[0].to_string()
        };
        other.select("INBOX");
        for (number, change) in [
            (0, "-FLAGS.SILENT (\\Seen)"),
            (1, "+FLAGS.SILENT (\\Flagged \\Answered)"),
            (2, "+FLAGS.SILENT (\\Seen $Forwarded)"),
            (4, "-FLAGS.SILENT ($Work)"),
        ] {
            let uid = uid(&mut other, number);
            other.run(&format!("UID STORE {uid} {change}"));
        }
        let (moved, far, deleted) = (uid(&mut other, 5), uid(&mut other, 16), uid(&mut other, 17));
        other.move_to(&moved, &wire("Клиенты"));
        other.move_to(&far, &wire("Umowy/2026/Zużyte & stare"));
        other.delete(&deleted);
        other.select(&wire("Zażółć gęślą jaźń"));
        let all = "1:*";
        other.run(&format!("UID STORE {all} +FLAGS.SILENT (\\Seen)"));
        other.run(&format!("CREATE \"{}\"", wire("Klienci nowi")));
        for number in MADE..MADE + 5 {
            assert!(other.append(&wire("Klienci nowi"), &letter(number), flags(number)));
            assert!(other.append("INBOX", &letter(number + 5), ""));
        }
        other.run(&format!("RENAME \"{}\" \"{}\"", wire("Umowy/2026"), wire("Umowy/2027")));
        other.run(&format!("DELETE \"{}\"", wire("Empty")));
    }

    /// What I do here meanwhile, without a connection.
    fn my_work(&self) {
        let store = &self.desk.store;
        store.set_seen(self.thread(3), true).unwrap();
        store.set_seen(self.thread(18), true).unwrap();
        store.set_seen(self.thread(19), false).unwrap();
        store.set_answered(store.messages_named(&MsgId::parse(&name(20)).unwrap()).unwrap()[0]).unwrap();
        store.rescue_junk(self.thread(7)).unwrap();
        let folder = |path: &str| store.folder_named(self.desk.account, &self.place.wire(path)).unwrap().unwrap();
        store
            .write(|| {
                store.want_moved(&[self.thread(33)], Source::Nearest, folder("R&D"))?;
                store.want_moved(&[self.thread(19)], Source::Nearest, folder("Umowy/2027/Zużyte & stare"))?;
                store.want_gone(&[self.thread(34)], Source::Nearest)?;
                store.want_flagged(&[self.thread(35)], true)?;
                let made = store.want_folder(self.desk.account, "Nowe umowy", None)?;
                store.want_moved(&[self.thread(37)], Source::Nearest, made)?;
                store.want_renamed(folder("Offers and answers"), "Oferty i odpowiedzi")
            })
            .unwrap();
    }
}

/// Every server tells the same, and here is what each server has.
#[track_caller]
fn compare(stories: &[Story], chapter: &str) {
    let first = &stories[0];
    let (expected, mailbox) = (first.dump(), first.server());
    for story in stories {
        let kind = story.place.kind;
        let server = story.server();
        dump::assert_same(&mailbox, &server, &format!("{chapter}: Dovecot's mailbox and that of {kind}"));
        dump::assert_same(&server, &story.here(), &format!("{chapter}: {kind} and what is here"));
        let found = story.dump();
        assert!(found == expected, "{chapter}: Dovecot and {kind}\n{}", dump::difference(&expected, &found));
    }
}

#[test]
fn three_servers_one_result() {
    let stories: Vec<Story> = Place::all()
        .into_iter()
        .map(|place| {
            fill(&place);
            Story { place, desk: Desk::new() }
        })
        .collect();
    let chapter = |title: &str, work: &dyn Fn(&Story)| {
        for story in &stories {
            work(story);
            story.settle(title);
        }
        compare(&stories, title);
    };
    chapter("first sync", &|_| {});
    chapter("others work", &Story::others_work);
    chapter("I work", &Story::my_work);
    chapter("numbered anew", &|story| {
        // Wishes that wait while it happens.
        story.desk.store.set_seen(story.thread(13), true).unwrap();
        let mut other = story.place.client();
        other.number_anew(&story.place.wire("Oferty i odpowiedzi"));
        other.number_anew(&story.place.wire("Клиенты"));
    });
    eprintln!("compared: {}", stories.iter().map(|story| story.place.kind).collect::<Vec<_>>().join(", "));
}

/// A mailbox that has never had another folder: that folders belong below INBOX is known only from NAMESPACE.
#[test]
fn the_first_folder_of_a_mailbox_lies_where_the_server_takes_it() {
    for place in Place::all().into_iter().filter(|place| !place.prefix.is_empty()) {
        let mut other = place.client();
        for folder in other.folders().into_iter().filter(|folder| folder != "INBOX") {
            // Cyrus keeps those that have a special use; Courier begins with none.
            other.try_run(&format!("DELETE \"{folder}\""));
        }
        assert!(other.append("INBOX", &letter(1), ""));
        let story = Story { place, desk: Desk::new() };
        story.settle("first sync");
        let store = &story.desk.store;
        store
            .write(|| {
                let made = store.want_folder(story.desk.account, "Umowy", None)?;
                store.want_moved(&[story.thread(1)], Source::Nearest, made)
            })
            .unwrap();
        story.settle("a folder made");
        let kind = story.place.kind;
        let there = story.server();
        assert_eq!(there.get("Umowy").map(Vec::len), Some(1), "{kind}: {there:?}");
        dump::assert_same(&there, &story.here(), kind);
    }
}
