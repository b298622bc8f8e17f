//! The connection breaks, or the program is killed, at every moment of a sync with a real server: what is resumed ends as what
//! was never disturbed, here and on the server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use postbook::domain::account::{Endpoint, Login, Secret, Security as Protection};
use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::domain::problem::Result;
use postbook::net::Timeouts;
use postbook::net::imap::Session;
use postbook::store::Source;
use tempfile::TempDir;

use super::support::client::Mailbox;
use super::support::dump::{assert_same, difference, dump};
use super::support::*;
use super::sync::{ANNA, Desk};

/// Threads that play.
const PLAYERS: usize = 3;
/// «Клиенты» in modified UTF-7.
const CLIENTS: &str = "&BBoEOwQ4BDUEPQRCBEs-";
/// How long a server may be silent in a test of silence.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// In memory if that can be: what is tested is what is written, not how long a disk takes.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(memory()).unwrap()
}

/// A store in which `file`, and `log` as its write-ahead log, were left behind.
pub fn desk_with(file: &[u8], log: &[u8]) -> Desk {
    let dir = folder();
    std::fs::write(dir.path().join("postbook.sqlite"), file).unwrap();
    if !log.is_empty() {
        std::fs::write(dir.path().join("postbook.sqlite-wal"), log).unwrap();
    }
    Desk::in_folder(dir)
}

fn letter(name: &str, answers: &str) -> Vec<u8> {
    let minute = name.bytes().fold(0_u32, |sum, byte| (sum * 7 + u32::from(byte)) % 600);
    let answers = if answers.is_empty() { String::new() } else { format!("In-Reply-To: <{answers}@x.example>\r\n") };
    format!(
        "From: Jan <jan@klient.example>\r\nTo: <{ANNA}>\r\nSubject: About {name}\r\nDate: Mon, 16 Nov 2026 {:02}:{:02}:00 +0000\r\n\
         Message-ID: <{name}@x.example>\r\n{answers}\r\nHow much is {name}?\r\n",
        minute / 60,
        minute % 60
    )
    .into_bytes()
}

/// A store and a mailbox on the server, as they are before the sync that is disturbed.
struct Stage {
    dovecot: Dovecot,
    store: Vec<u8>,
    copies: AtomicUsize,
}

/// How a play ended.
#[derive(Clone, PartialEq, Eq)]
struct End {
    here: Vec<String>,
    server: Mailbox,
}

impl Stage {
    /// A server with twelve letters in three folders; nothing is here yet.
    fn new(without: &[&str]) -> Self {
        let dovecot = Dovecot::builder().user(ANNA).without(without).copies(4000).start();
        for (folder, names) in [
            ("INBOX", &["a1", "a2", "a3", "a4", "a5", "a6"][..]),
            (CLIENTS, &["c1", "c2", "c3"]),
            ("Junk", &["j1"]),
            ("Sent", &["s1", "s2"]),
        ] {
            for (number, name) in names.iter().enumerate() {
                let answers = if *name == "c3" { "a1" } else { "" };
                dovecot.deliver(ANNA, folder, &letter(name, answers), if number % 2 == 0 { "" } else { "S" });
            }
        }
        let stage = Self { dovecot, store: Vec::new(), copies: AtomicUsize::new(0) };
        stage.with_store(&Desk::in_folder(folder()))
    }

    fn with_store(mut self, desk: &Desk) -> Self {
        // What is in the write-ahead log goes into the file.
        let whole = rusqlite::Connection::open(desk.file()).unwrap();
        whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        self.store = std::fs::read(desk.file()).unwrap();
        self
    }

    /// The next act: what is synced so far, and what `act` does then to the store and the server.
    fn then(mut self, act: impl FnOnce(&Desk, &mut Dovecot)) -> Self {
        let desk = desk_with(&self.store, &[]);
        settle(&desk, &mut session(self.dovecot.imap_port, ANNA, &Timeouts::default()).unwrap());
        act(&desk, &mut self.dovecot);
        // Its processes write what they know when they end.
        self.dovecot.restart();
        self.with_store(&desk)
    }

    /// A user whose mailbox nobody has touched.
    fn user(&self) -> String {
        let user = format!("copy{}", self.copies.fetch_add(1, Ordering::SeqCst));
        self.dovecot.copy_user(ANNA, &user);
        user
    }

    /// Syncs to the end, undisturbed, and looks at what came of it.
    fn end(&self, desk: &Desk, user: &str) -> End {
        settle(desk, &mut session(self.dovecot.imap_port, user, &Timeouts::default()).unwrap());
        let server = Client::connect(self.dovecot.imap_port, user).mailbox(&plain_name);
        self.dovecot.forget_user(user);
        let here = dump::mailbox(&desk.file(), &str::to_owned);
        assert_same(&server, &here, "the server and what is here");
        End { here: dump(&desk.file(), &str::to_owned), server }
    }
}

fn plain_name(wire: &str) -> String {
    for name in ["Клиенты", "Zażółć"] {
        if wire == wire_name(name) {
            return name.to_owned();
        }
    }
    wire.to_owned()
}

pub fn session(port: u16, user: &str, timeouts: &Timeouts) -> Result<Session> {
    let host = "127.0.0.1".to_owned();
    let endpoint = Endpoint { host, port, security: Protection::Plaintext, ca_file: None, pin: None };
    let login = Login { user: user.to_owned(), secret: Secret::new(PASSWORD.to_owned()) };
    Session::open(&endpoint, &login, timeouts)
}

/// Syncs until nothing more happens.
fn settle(desk: &Desk, session: &mut Session) {
    for _ in 0..4 {
        let reports = desk.try_sync(session).unwrap();
        if reports.iter().all(|r| (r.new, r.changed, r.deleted, r.wishes) == (0, 0, 0, 0)) {
            return;
        }
    }
    panic!("the sync does not come to rest");
}

fn message(desk: &Desk, name: &str) -> id::Message {
    desk.store.messages_named(&MsgId::parse(&format!("{name}@x.example")).unwrap()).unwrap()[0]
}

fn thread(desk: &Desk, name: &str) -> id::Thread {
    desk.store.message_facts(message(desk, name)).unwrap().unwrap().0
}

/// What is done to one sync.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    /// The connection breaks at this moment; the sync fails and ends.
    Broken(usize, Break),
    /// The program is killed at this moment (the connections end with it), when so many commits were on the disk.
    Killed(usize, usize),
}

/// The undisturbed play.
struct Model {
    end: End,
    moments: usize,
    /// Commits on the disk before each moment, and at the end.
    commits: Vec<usize>,
    /// All that was said.
    said: String,
}

/// Holds a store's state of now: from now on nothing leaves the write-ahead log for the file, so that the log tells every commit.
pub fn hold(desk: &Desk) -> rusqlite::Connection {
    let reader = rusqlite::Connection::open(desk.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM folder;").unwrap();
    reader
}

pub fn log_of(desk: &Desk) -> std::path::PathBuf {
    desk.file().with_extension("sqlite-wal")
}

/// Where the commits in a write-ahead log end (SQLite, "Write-Ahead Log File Format").
pub fn commits(log: &[u8]) -> Vec<usize> {
    let Some(page) = log.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes) else {
        return Vec::new();
    };
    let frame = 24 + usize::try_from(page).unwrap();
    let salt = &log[16..24];
    let ends = (32..).step_by(frame).map(|start| (start, start + frame)).take_while(|(_, end)| *end <= log.len());
    ends.filter(|(start, _)| &log[start + 8..start + 16] == salt && log[start + 4..start + 8] != [0; 4])
        .map(|(_, end)| end)
        .collect()
}

fn model(stage: &Stage) -> Model {
    let proxy = Proxy::start(stage.dovecot.imap_port);
    let desk = desk_with(&stage.store, &[]);
    let held = hold(&desk);
    let seen: Arc<Mutex<(Vec<usize>, String)>> = Arc::default();
    let (known, log) = (seen.clone(), log_of(&desk));
    proxy.watch(move |_, bytes| {
        let mut known = known.lock().unwrap();
        known.0.push(commits(&std::fs::read(&log).unwrap_or_default()).len());
        known.1.push_str(&String::from_utf8_lossy(bytes));
    });
    let user = stage.user();
    desk.try_sync(&mut session(proxy.port, &user, &Timeouts::default()).unwrap()).unwrap();
    let moments = proxy.moments();
    let (mut commits_at, said) = seen.lock().unwrap().clone();
    commits_at.truncate(moments);
    commits_at.push(commits(&std::fs::read(log_of(&desk)).unwrap()).len());
    drop(held);
    Model { end: stage.end(&desk, &user), moments, commits: commits_at, said }
}

fn play(stage: &Stage, proxy: &Proxy, disturbance: Disturbance) -> Option<End> {
    let (moment, how) = match disturbance {
        Disturbance::Broken(moment, how) => (moment, how),
        Disturbance::Killed(moment, _) => (moment, Break::Before),
    };
    let silent = matches!(how, Break::Silence | Break::SilenceAmid);
    let timeouts = if silent {
        Timeouts { read: PATIENCE, write: PATIENCE, connect: PATIENCE, ..Timeouts::default() }
    } else {
        Timeouts::default()
    };
    let desk = desk_with(&stage.store, &[]);
    let held = matches!(disturbance, Disturbance::Killed(..)).then(|| hold(&desk));
    let user = stage.user();
    proxy.break_at(moment, how);
    let started = Instant::now();
    let outcome = session(proxy.port, &user, &timeouts).and_then(|mut session| desk.try_sync(&mut session));
    let took = started.elapsed();
    if !proxy.broke() {
        // It ended before that moment: nothing was disturbed.
        return None;
    }
    assert!(!silent || took < Duration::from_secs(20), "{disturbance:?}: it waited {took:?}");
    proxy.calm();
    let Disturbance::Killed(_, wanted) = disturbance else {
        assert!(outcome.is_err(), "{disturbance:?}: a broken connection was not noticed");
        return Some(stage.end(&desk, &user));
    };
    let (file, log) = (std::fs::read(desk.file()).unwrap(), std::fs::read(log_of(&desk)).unwrap_or_default());
    let ends = commits(&log);
    let kept = wanted.checked_sub(1).map_or(0, |last| ends.get(last).or(ends.last()).copied().unwrap_or(0));
    drop((desk, held));
    let left_behind = desk_with(&file, &log[..kept]);
    Some(stage.end(&left_behind, &user))
}

/// Plays every disturbance; how many there were. `commands` are among those that the sync gives.
fn disturb(stage: &Stage, title: &str, commands: &[&str]) -> usize {
    let started = Instant::now();
    let model = model(stage);
    for command in commands {
        assert!(model.said.contains(command), "{title}: no {command} in this sync:\n{}", model.said);
    }
    let mut disturbances = Vec::new();
    for moment in 0..model.moments {
        disturbances.extend([Break::Before, Break::Amid].map(|how| Disturbance::Broken(moment, how)));
        // They cost their patience: every eleventh will do.
        if moment % 11 == 0 {
            disturbances
                .push(Disturbance::Broken(moment, if moment % 2 == 0 { Break::Silence } else { Break::SilenceAmid }));
        }
    }
    let (mut before, mut kills) = (0, 0);
    for (moment, count) in model.commits.iter().enumerate() {
        for commit in before..=*count {
            if (commit > before || moment == 0) && moment < model.moments {
                disturbances.push(Disturbance::Killed(moment, commit));
                kills += 1;
            }
        }
        before = *count;
    }
    let (next, played) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..PLAYERS {
            scope.spawn(|| {
                let proxy = Proxy::start(stage.dovecot.imap_port);
                while let Some(disturbance) = disturbances.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let Some(end) = play(stage, &proxy, *disturbance) else { continue };
                    played.fetch_add(1, Ordering::SeqCst);
                    if end != model.end {
                        let here = difference(&model.end.here, &end.here);
                        let server = format!("server: {:#?}\nand not: {:#?}", end.server, model.end.server);
                        let server = if end.server == model.end.server { String::new() } else { server };
                        failures.lock().unwrap().push(format!("{title}, {disturbance:?}:\n{here}\n{server}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let played = played.into_inner();
    eprintln!(
        "{title}: {} moments, {} commits ({kills} kills), {played} disturbances played in {:?}",
        model.moments,
        before,
        started.elapsed()
    );
    assert!(failures.is_empty(), "{} of {played} ended otherwise; the first:\n{}", failures.len(), failures[0]);
    assert!(kills >= 3, "{title}: only {kills} kills");
    played
}

/// Wishes of every kind: moved, deleted for good, flagged, and into a folder that is made and one that is renamed.
fn wish(desk: &Desk) {
    let store = &desk.store;
    let found = |raw: &str| store.folder_named(desk.account, raw).unwrap().unwrap();
    store
        .write(|| {
            store.want_moved(&[thread(desk, "s1")], Source::Shown(found("Sent")), found("Archive"))?;
            store.want_gone(&[thread(desk, "a6")], Source::Nearest)?;
            store.want_flagged(&[thread(desk, "c2")], true)?;
            let made = store.want_folder(desk.account, "Umowy", None)?;
            store.want_moved(&[thread(desk, "a5")], Source::Nearest, made)?;
            store.want_renamed(found(CLIENTS), "Zażółć")
        })
        .unwrap();
}

/// What other programs and I did since the last sync, on a server of this kind.
fn both_worked(without: &[&str]) -> Stage {
    Stage::new(without).then(|desk, dovecot| {
        dovecot.store(ANNA, "INBOX", "1", "+FLAGS (\\Flagged)");
        dovecot.store(ANNA, CLIENTS, "1", "+FLAGS (\\Seen $Work)");
        dovecot.expunge(ANNA, "INBOX", "2");
        dovecot.move_to(ANNA, "INBOX", "3", CLIENTS);
        dovecot.append(ANNA, "INBOX", &letter("a7", "a4"), &[]);
        dovecot.create_folder(ANNA, "Nowe");
        dovecot.append(ANNA, "Nowe", &letter("n1", ""), &["\\Seen"]);
        desk.store.set_seen(thread(desk, "a5"), true).unwrap();
        desk.store.set_seen(thread(desk, "s2"), false).unwrap();
        desk.store.set_answered(message(desk, "a4")).unwrap();
        desk.store.rescue_junk(thread(desk, "j1")).unwrap();
        wish(desk);
    })
}

#[test]
fn a_first_sync_cut_anywhere() {
    let played = disturb(&Stage::new(&[]), "first sync", &["BODY.PEEK[]"]);
    assert!(played >= 300, "{played}");
}

#[test]
fn changes_of_both_sides_cut_anywhere() {
    let played = disturb(&both_worked(&[]), "both worked", &["UID STORE", "UID MOVE", "BODY.PEEK[]"]);
    assert!(played >= 300, "{played}");
}

#[test]
fn changes_of_both_sides_cut_anywhere_on_a_poor_server() {
    let poor = ["CONDSTORE", "QRESYNC", "MOVE", "ESEARCH", "LIST-EXTENDED", "SPECIAL-USE"];
    let played = disturb(&both_worked(&poor), "both worked, poor server", &["UID STORE", "UID COPY", "BODY.PEEK[]"]);
    assert!(played >= 300, "{played}");
}

#[test]
fn letters_numbered_anew_cut_anywhere() {
    let stage = both_worked(&[]).then(|desk, dovecot| {
        desk.store.set_seen(thread(desk, "c2"), true).unwrap();
        dovecot.reset_uid_validity(ANNA, &wire_name("Zażółć"));
        dovecot.reset_uid_validity(ANNA, "INBOX");
    });
    let played = disturb(&stage, "numbered anew", &["HEADER.FIELDS (MESSAGE-ID)"]);
    assert!(played >= 200, "{played}");
}

#[test]
fn a_stream_in_small_pieces_is_the_same_stream() {
    let stage = both_worked(&[]);
    let expected = model(&stage).end;
    for bytes in [1, 3, 17] {
        let proxy = Proxy::start(stage.dovecot.imap_port);
        proxy.in_pieces(bytes);
        let (desk, user) = (desk_with(&stage.store, &[]), stage.user());
        desk.try_sync(&mut session(proxy.port, &user, &Timeouts::default()).unwrap()).unwrap();
        let end = stage.end(&desk, &user);
        assert!(end == expected, "{}", difference(&expected.here, &end.here));
    }
}
