//! The connection breaks, or the program is killed, at every moment of a letter's way out: it is never sent twice, never lost,
//! and of unknown fate only when its end may have been read by a server that could not say so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Zoned;
use postbook::domain::account::{Endpoint, Security as Protection};
use postbook::domain::outbox::State;
use postbook::net::{Timeouts, smtp};
use postbook::store::Attempt;
use postbook::sync::outbox::{send_due, settle_uncertain, store_copies};

use super::cuts::{PATIENCE, commits, desk_with, hold, log_of, session};
use super::outbox::queue;
use super::support::*;
use super::sync::{ANNA, Desk, login};

const JAN: &str = "jan@klient.example";

struct Office {
    dovecot: Dovecot,
    smtp: SmtpServer,
    /// Synced once, so that Sent is known.
    store: Vec<u8>,
}

impl Office {
    fn open() -> Self {
        let dovecot = Dovecot::start(&[ANNA, JAN]);
        let smtp = SmtpServer::start(&dovecot);
        let desk = desk_with(&[], &[]);
        desk.sync(&dovecot);
        let whole = rusqlite::Connection::open(desk.file()).unwrap();
        whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let store = std::fs::read(desk.file()).unwrap();
        Self { dovecot, smtp, store }
    }

    /// A desk with one letter of this name in its outbox.
    fn desk(&self, name: &str) -> Desk {
        let desk = desk_with(&self.store, &[]);
        queue(&desk, name);
        desk
    }

    /// How often a letter of this name was accepted.
    fn accepted(&self, name: &str) -> usize {
        let mark = format!("<{name}@firma.example>");
        self.smtp.accepted().iter().filter(|letter| letter.text().contains(&mark)).count()
    }

    /// Lets the program do all it does by itself, twice; where the letter stands then.
    fn go_on(&self, desk: &Desk) -> State {
        desk.store.outbox_after_crash().unwrap();
        let mut imap = session(self.dovecot.imap_port, ANNA, &Timeouts::default()).unwrap();
        for _ in 0..2 {
            desk.store.retry_now(desk.account, Zoned::now().timestamp()).unwrap();
            work(desk, self.smtp.plaintext_port, &Timeouts::default());
            settle_uncertain(&desk.store, &mut imap, desk.account, &desk.own, &mut |_| {}).unwrap();
            store_copies(&desk.store, &mut imap, desk.account, false).unwrap();
        }
        state(desk)
    }

    fn copies(&self, name: &str) -> usize {
        self.dovecot.find(ANNA, "Sent", &format!("<{name}@firma.example>")).len()
    }
}

fn state(desk: &Desk) -> State {
    desk.store.outbox(1).unwrap()[0].state
}

/// The outbox worker runs once.
fn work(desk: &Desk, port: u16, timeouts: &Timeouts) {
    let endpoint = Endpoint { security: Protection::Plaintext, ca_file: None, ..desk.endpoint(port) };
    let mut send = |attempt: &Attempt, handing_over: &mut dyn FnMut() -> postbook::domain::problem::Result<()>| {
        smtp::send(&endpoint, Some(&login()), &attempt.from, &attempt.to, &attempt.bytes, timeouts, handing_over)
    };
    // A server that cannot be used is told; where the letter stands is what counts here.
    let _ = send_due(&desk.store, desk.account, &desk.own, &mut send, &mut |_| {});
}

fn short() -> Timeouts {
    Timeouts { read: PATIENCE, write: PATIENCE, after_data: PATIENCE, ..Timeouts::default() }
}

/// What the undisturbed sending of one letter is made of.
struct Model {
    moments: usize,
    /// The server asks for the letter (354): before it has, nobody can doubt that nothing was sent.
    asked: usize,
    /// The server's answer to the letter passes.
    answered: usize,
    /// Commits on the disk before each moment, and at the end.
    commits: Vec<usize>,
}

fn model(office: &Office) -> Model {
    let proxy = Proxy::start(office.smtp.plaintext_port);
    let desk = office.desk("model");
    let held = hold(&desk);
    let seen: Arc<Mutex<Vec<(usize, String)>>> = Arc::default();
    let (known, log) = (seen.clone(), log_of(&desk));
    proxy.watch(move |_, bytes| {
        let count = commits(&std::fs::read(&log).unwrap_or_default()).len();
        known.lock().unwrap().push((count, String::from_utf8_lossy(bytes).into_owned()));
    });
    work(&desk, proxy.port, &Timeouts::default());
    assert_eq!((state(&desk), office.accepted("model")), (State::Sent, 1));
    // QUIT and its answer may still be under way.
    proxy.calm();
    let seen = seen.lock().unwrap();
    let place = |text: &str| seen.iter().position(|(_, said)| said.starts_with(text)).unwrap();
    let (asked, end) = (place("354"), place(".\r\n"));
    assert!(seen[end + 1].1.starts_with("250"), "{seen:?}");
    let mut counts: Vec<usize> = seen.iter().map(|(count, _)| *count).collect();
    counts.push(commits(&std::fs::read(log_of(&desk)).unwrap()).len());
    drop(held);
    Model { moments: seen.len(), asked, answered: end + 1, commits: counts }
}

/// A letter after its disturbance: nothing twice, nothing lost, nothing in doubt that need not be.
fn judge(office: &Office, desk: &Desk, name: &str, may_be_uncertain: bool, what: &str) {
    let arrived = office.accepted(name);
    let ended = office.go_on(desk);
    let accepted = office.accepted(name);
    assert!(accepted <= 1, "{what}: sent {accepted} times");
    match ended {
        State::Sent => assert_eq!((accepted, office.copies(name)), (1, 1), "{what}: sent, and its copy"),
        State::Uncertain => {
            assert!(may_be_uncertain, "{what}: there was no reason for doubt");
            assert_eq!(accepted, arrived, "{what}: in doubt, and sent again by itself");
            assert_eq!(office.copies(name), 0, "{what}: in doubt, and a copy in Sent");
        }
        other => panic!("{what}: it stands in {other:?}"),
    }
}

#[test]
fn a_letter_cut_anywhere_on_its_way_is_sent_once_or_in_doubt() {
    let office = Office::open();
    let model = model(&office);
    let proxy = Proxy::start(office.smtp.plaintext_port);
    let mut played = 0;
    for moment in 0..model.moments {
        for how in [Break::Before, Break::Amid, Break::Silence, Break::SilenceAmid] {
            let silent = matches!(how, Break::Silence | Break::SilenceAmid);
            if silent && moment % 5 != 0 && moment != model.answered {
                continue;
            }
            let what = format!("{how:?} at moment {moment} of {}", model.moments);
            let name = format!("cut-{moment}-{how:?}").to_lowercase();
            let desk = office.desk(&name);
            proxy.break_at(moment, how);
            work(&desk, proxy.port, &if silent { short() } else { Timeouts::default() });
            if !proxy.broke() {
                // QUIT is a courtesy and need not come to pass.
                assert!(moment > model.answered, "{what}: nothing broke");
                continue;
            }
            proxy.calm();
            played += 1;
            if moment > model.answered {
                assert_eq!(state(&desk), State::Sent, "{what}: the server had said that it has it");
            }
            judge(&office, &desk, &name, moment > model.asked && moment <= model.answered, &what);
        }
    }
    eprintln!("sending: {} moments, {played} breaks", model.moments);
    assert!(played >= 60, "{played}");
}

#[test]
fn killed_at_any_commit_a_letter_is_sent_once_or_in_doubt() {
    let office = Office::open();
    let model = model(&office);
    let proxy = Proxy::start(office.smtp.plaintext_port);
    let mut played = 0;
    let mut before = 0;
    for (moment, count) in model.commits.iter().enumerate() {
        for commit in before..=*count {
            let what = format!("killed at moment {moment}, after {commit} of {} commits", model.commits[model.moments]);
            let name = format!("kill-{moment}-{commit}");
            let desk = desk_with(&office.store, &[]);
            let held = hold(&desk);
            // Queueing the letter is the first commit: the program was not killed before the letter was there.
            queue(&desk, &name);
            let first = commits(&std::fs::read(log_of(&desk)).unwrap()).len();
            let wanted = commit.max(first);
            if moment < model.moments {
                proxy.break_at(moment, Break::Before);
            } else {
                proxy.calm();
            }
            work(&desk, proxy.port, &Timeouts::default());
            proxy.calm();
            let (file, log) = (std::fs::read(desk.file()).unwrap(), std::fs::read(log_of(&desk)).unwrap());
            let ends = commits(&log);
            let end = ends[wanted.min(ends.len()) - 1];
            drop((desk, held));
            let left_behind = desk_with(&file, &log[..end]);
            played += 1;
            judge(&office, &left_behind, &name, moment > model.asked, &what);
        }
        before = *count;
    }
    eprintln!("sending: {played} kills");
    assert!(played >= model.moments && model.commits[model.moments] >= 4, "{played}");
}

#[test]
fn the_copy_in_sent_cut_anywhere_stands_there_once() {
    let office = Office::open();
    let proxy = Proxy::start(office.dovecot.imap_port);
    let mut played = 0;
    for moment in 0.. {
        let mut reached = false;
        for how in [Break::Before, Break::Amid] {
            let name = format!("copy-{moment}-{how:?}").to_lowercase();
            let desk = office.desk(&name);
            work(&desk, office.smtp.plaintext_port, &Timeouts::default());
            proxy.break_at(moment, how);
            let timeouts = Timeouts { read: Duration::from_secs(5), ..Timeouts::default() };
            let outcome = session(proxy.port, ANNA, &timeouts)
                .and_then(|mut imap| store_copies(&desk.store, &mut imap, desk.account, false));
            let broke = proxy.broke();
            proxy.calm();
            assert_ne!(broke, outcome.is_ok(), "{how:?} at moment {moment}: {outcome:?}");
            if broke {
                reached = true;
                played += 1;
            }
            assert_eq!(office.go_on(&desk), State::Sent);
            assert_eq!((office.copies(&name), office.accepted(&name)), (1, 1), "{how:?} at moment {moment}");
        }
        if !reached {
            break;
        }
    }
    eprintln!("copy in Sent: {played} breaks");
    assert!(played >= 30, "{played}");
}
