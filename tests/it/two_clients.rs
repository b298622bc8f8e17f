//! Another program and Postbook work in one mailbox at the same time. When both have stopped, both have the same, and nothing is
//! lost that nobody deleted.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::domain::work_time::WorkTime;
use postbook::net::Timeouts;
use postbook::store::Source;

use super::cuts::{folder, session};
use super::support::dump::{self, assert_same};
use super::support::*;
use super::sync::{ANNA, Desk};

/// Letters at the start.
const LETTERS: usize = 60;
/// What the other program does in all.
const ACTS: usize = 120;
/// So many of them while I sync once.
const ACTS_PER_SYNC: usize = 8;
const FOLDERS: [&str; 5] = ["INBOX", "Archive", "Junk", "Trash", "&BBoEOwQ4BDUEPQRCBEs-"];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn letter(name: &str) -> Vec<u8> {
    format!(
        "From: {name}@klient.example\r\nTo: <{ANNA}>\r\nSubject: About {name}\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\n\
         Message-ID: <{name}@x.example>\r\n\r\nHow much is {name}?\r\n"
    )
    .into_bytes()
}

/// The other program works until it has done all; what it delivered and what it deleted.
fn other(port: u16, seed: u64, syncs: &AtomicUsize) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut random = Random(seed);
    let mut client = Client::connect(port, ANNA);
    let (mut delivered, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    for act in 0..ACTS {
        // At the pace of the syncs, so that they do meet.
        try_until(DEADLINE, || (syncs.load(Ordering::SeqCst) * ACTS_PER_SYNC >= act).then_some(()));
        let here = FOLDERS[random.below(FOLDERS.len())];
        client.select(here);
        if act % 10 == 0 {
            let name = format!("new{act}");
            assert!(client.append(here, &letter(&name), ""));
            delivered.insert(format!("{name}@x.example"));
            continue;
        }
        let letters = client.letters();
        let Some(chosen) = letters.get(random.below(letters.len())) else { continue };
        let (uid, name) = (chosen.uid, client::letter_name(&chosen.bytes));
        match random.below(8) {
            0 => {
                // Deleted only if it is still there: I may move it at this very moment.
                client.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"));
                client.run(&format!("UID EXPUNGE {uid}"));
                deleted.insert(name);
            }
            1 | 2 => {
                let there = FOLDERS[random.below(FOLDERS.len())];
                // It may be gone by now, which is a refusal on some servers.
                client.try_run(&format!("UID MOVE {uid} \"{there}\""));
            }
            flag => {
                let sign = if random.below(3) == 0 { '-' } else { '+' };
                let flag = ["\\Seen", "\\Flagged", "\\Answered", "$Later", "\\Seen \\Flagged"][flag - 3];
                client.run(&format!("UID STORE {uid} {sign}FLAGS.SILENT ({flag})"));
            }
        }
    }
    (delivered, deleted)
}

/// I do something to one letter that is here; its name when I deleted it.
fn act(desk: &Desk, random: &mut Random, names: &[String]) -> Option<String> {
    let name = &names[random.below(names.len())];
    let message = *desk.store.messages_named(&MsgId::parse(name).unwrap()).unwrap().first()?;
    let thread = desk.store.message_facts(message).unwrap().unwrap().0;
    let mut deleted = None;
    let work = || {
        match random.below(9) {
            0 => {
                if desk.store.want_gone(&[thread], Source::Nearest)? > 0 {
                    deleted = Some(name.clone());
                }
            }
            1..=3 => {
                let there = FOLDERS[random.below(FOLDERS.len())];
                let there: Option<id::Folder> = desk.store.folder_named(desk.account, there)?;
                desk.store.want_moved(&[thread], Source::Nearest, there.unwrap())?;
            }
            4 | 5 => desk.store.want_flagged(&[thread], random.below(2) == 0)?,
            6 => desk.store.set_answered(message)?,
            _ => desk.store.want_seen(&[thread], random.below(2) == 0)?,
        }
        Ok(())
    };
    desk.store.write(work).unwrap();
    deleted
}

fn work_together(seed: u64, without: &[&str]) {
    let what = format!("seed {seed}, without {without:?}");
    let dovecot = Dovecot::builder().user(ANNA).without(without).start();
    let mut names = Vec::new();
    for number in 0..LETTERS {
        let name = format!("letter{number}");
        dovecot.deliver(ANNA, FOLDERS[number % FOLDERS.len()], &letter(&name), if number % 3 == 0 { "S" } else { "" });
        names.push(format!("{name}@x.example"));
    }
    let desk = Desk::in_folder(folder());
    let sync = || desk.try_sync(&mut session(dovecot.imap_port, ANNA, &Timeouts::default()).unwrap());
    sync().unwrap();
    let (over, started) = (AtomicBool::new(false), Instant::now());
    let mut random = Random(seed.wrapping_mul(31) + 7);
    let mut mine = BTreeSet::new();
    let (syncs, port) = (AtomicUsize::new(0), dovecot.imap_port);
    let (delivered, theirs) = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let done = other(port, seed, &syncs);
            over.store(true, Ordering::SeqCst);
            done
        });
        while !over.load(Ordering::SeqCst) && started.elapsed() < DEADLINE {
            for _ in 0..random.below(4) {
                mine.extend(act(&desk, &mut random, &names));
            }
            sync().unwrap_or_else(|problem| panic!("{what}: {problem}"));
            syncs.fetch_add(1, Ordering::SeqCst);
        }
        other.join().unwrap()
    });
    let rest =
        |report: &postbook::sync::account::FolderReport| (report.new, report.changed, report.deleted, report.wishes);
    let at_rest = (0..8).any(|_| sync().unwrap().iter().all(|report| rest(report) == (0, 0, 0, 0)));
    assert!(at_rest, "{what}: it does not come to rest");
    let plain = |wire: &str| if wire == FOLDERS[4] { "Клиенты".to_owned() } else { wire.to_owned() };
    let server = Client::connect(port, ANNA).mailbox(&plain);
    assert_same(&server, &dump::mailbox(&desk.file(), &str::to_owned), &what);
    assert_eq!(
        desk.store.status(&jiff::Zoned::now(), &WorkTime::default()).unwrap().accounts[0].wishes_pending,
        0,
        "{what}"
    );
    let there: BTreeSet<String> = server.values().flatten().map(|(name, _)| name.clone()).collect();
    let deleted: BTreeSet<String> = theirs.union(&mine).cloned().collect();
    let all: BTreeSet<String> = names.into_iter().chain(delivered).collect();
    let lost: Vec<_> = all.difference(&deleted).filter(|name| !there.contains(*name)).collect();
    assert!(lost.is_empty(), "{what}: lost {lost:?}");
    let syncs = syncs.into_inner();
    let copies: usize = server.values().map(Vec::len).sum();
    eprintln!(
        "{what}: {syncs} syncs, {} deleted by the other, {} by me, {} letters in {copies} copies, {:?}",
        theirs.len(),
        mine.len(),
        there.len(),
        started.elapsed()
    );
    assert!(syncs >= 10 && !mine.is_empty(), "{what}: only {syncs} syncs beside the other's work");
}

#[test]
fn two_programs_in_one_mailbox_end_with_the_same() {
    for seed in 1..=4 {
        work_together(seed, &[]);
    }
    let poor = ["CONDSTORE", "QRESYNC", "ESEARCH"];
    for seed in 5..=6 {
        work_together(seed, &poor);
    }
}
