//! A store that is lost: restored from a backup, or made anew from what can be read of it, it comes to the same end.

use super::*;
use crate::domain::account::{Account, Kind};
use crate::domain::address::Mailbox;
use crate::domain::filing::{Place, Rule};
use crate::domain::outbox::{Letter, State};
use crate::store::backup::write_backup;
use crate::store::{Filed, NewOutgoing, damage};
use crate::sync::import::{Importer, find, index_again};
use crate::sync::outbox::{send_due, settle_uncertain};
use std::path::{Path, PathBuf};

/// A store somebody has worked with: decisions, wishes no server knows of, a letter on its way, an old letter from a file.
fn lived_in() -> World {
    let mut world = World::new(server_with(&story()));
    let file = world._folder.path().join("old.eml");
    std::fs::write(&file, letter("old", "anna@acme.example", "me@firma.example", -5000, &[], "Old times")).unwrap();
    let importer = Importer { store: &world.store, account: world.account, own: &world.own, now: now().timestamp() };
    importer.run(&find(&[file], None).unwrap(), &mut |_| {}).unwrap();
    world.settle();
    let at = now().timestamp();
    let store = &world.store;
    let act = |title: &str, work: &dyn Fn() -> Result<()>| store.record(title, at, work).unwrap();
    act("done", &|| store.mark_done(world.thread("anna0-1"), at));
    act("file", &|| {
        let place = Place { contact: Some(id::Contact(2)), company: None, deal: Some(id::Deal(3)) };
        let evidence = Text::own("I say so");
        let filed = Filed::new(place, Rule::Mine, evidence, at);
        store.file(world.thread("ewa"), &filed)
    });
    act("seen", &|| store.set_seen(world.thread("double"), true));
    act("rescue", &|| store.rescue_junk(world.thread("jan-junk")));
    queue(&world, "answer");
    world.check();
    world
}

fn queue(world: &World, name: &str) -> id::Outgoing {
    let account = Account {
        id: world.account,
        name: Text::own("work"),
        email: address("me@firma.example"),
        kind: Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    let mut answer = Letter::new(&account, &Text::own("Me"));
    answer.to = vec![Mailbox::new("", "anna@acme.example").unwrap()];
    answer.thread = Some(world.thread("anna2-3"));
    answer.answers = Some(world.message("anna2-3"));
    let new = NewOutgoing {
        letter: &answer,
        msg_id: &MsgId::parse(&format!("{name}@test.example")).unwrap(),
        bytes: &letter(name, "me@firma.example", "anna@acme.example", 3000, &["anna2-3"], "Ten"),
        not_before: now().timestamp(),
        overridden: "",
        draft: None,
    };
    world.store.queue(&new, now().timestamp()).unwrap()
}

fn store_file(world: &World) -> PathBuf {
    world._folder.path().join("postbook.sqlite")
}

/// The store that `make` writes, with the server as it is now.
fn successor(world: &World, make: impl FnOnce(&Path)) -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postbook.sqlite");
    make(&file);
    let store = Store::open(&file).unwrap();
    store.run("PRAGMA synchronous = off");
    index_again(&store).unwrap();
    store.settle_restored(now().timestamp()).unwrap();
    let mut server = world.server.clone();
    server.connect();
    let own = store.own().unwrap();
    World { _folder: folder, store, server, account: world.account, own }
}

/// What clients and decisions are, and what is on its way, with keys.
fn crm(store: &Store) -> Vec<String> {
    ["company", "company_domain", "contact", "contact_address", "deal", "activity", "draft", "ignored_sender"]
        .iter()
        .flat_map(|table| store.rows(&format!("SELECT '{table}', * FROM {table} ORDER BY id")))
        .chain(store.rows("SELECT 'outgoing', id, msg_id, thread_id, answers_id, draft FROM outgoing ORDER BY id"))
        .chain(store.rows("SELECT 'state', * FROM thread_state ORDER BY thread_id"))
        .chain(store.rows("SELECT 'mine', thread_id, contact_id, company_id, deal_id, evidence FROM filing WHERE rule = 'mine' ORDER BY id"))
        .collect()
}

/// Lines that follow from the outbox, which a restored store holds back on purpose, and the letter that only a file had.
fn shared(lines: &[String], without: &[&str]) -> Vec<String> {
    lines.iter().filter(|line| !without.iter().any(|word| line.contains(word))).cloned().collect()
}

#[test]
fn a_backup_and_the_server_give_the_whole_store() {
    let mut world = lived_in();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    write_backup(&store_file(&world), &backup).unwrap();
    let mut restored = successor(&world, |to| damage::unfold(&backup, to).unwrap());
    assert_eq!(crm(&restored.store), crm(&world.store));
    restored.check();
    restored.settle();
    world.settle();
    // The letter from a file is not in a backup: only its words in lists would be there, without a letter behind them.
    let without = ["old@test.example", "outbox_trouble", "Imported", "counter unanswered", "counter unfiled", "today"];
    let (expected, found) = (shared(&world.dump(), &without), shared(&restored.dump(), &without));
    assert_eq!(difference(&expected, &found), "");
    assert_eq!(
        restored
            .store
            .rows("SELECT count(*) FROM copy c WHERE NOT EXISTS (SELECT 1 FROM raw WHERE message_id = c.message_id)"),
        ["0"]
    );
    restored.check();
    assert!(restored.store.drifted(true).unwrap().is_empty());
    let twice = write_backup(&store_file(&world), &backup).unwrap_err();
    assert!(twice.sentence.contains("is there already"), "{twice}");
}

#[test]
fn a_letter_that_was_sent_after_the_backup_is_not_sent_again() {
    let mut world = lived_in();
    world.store.run("UPDATE outgoing SET not_before = 0");
    let backup = world._folder.path().join("backup.db");
    write_backup(&store_file(&world), &backup).unwrap();
    // Sent meanwhile, and its copy is on the server.
    world.server.deliver(
        "Sent",
        &letter("answer", "me@firma.example", "anna@acme.example", 3000, &["anna2-3"], "Ten"),
        Flags::SEEN,
    );
    let mut restored = successor(&world, |to| damage::unfold(&backup, to).unwrap());
    let state = |world: &World| world.store.outbox(10).unwrap()[0].state;
    assert_eq!(state(&restored), State::Uncertain);
    let mut socket = |_: &crate::store::Attempt, _: &mut dyn FnMut() -> Result<()>| panic!("it was sent again");
    send_due(&restored.store, restored.account, &restored.own, &mut socket, &mut |_| {}).unwrap();
    restored.settle();
    settle_uncertain(&restored.store, &mut restored.server, restored.account, &restored.own, &mut |_| {}).unwrap();
    assert_eq!(state(&restored), State::Sent, "found in Sent");
    let sent = restored.server.folder("Sent").letters.len();
    restored.settle();
    assert_eq!(restored.server.folder("Sent").letters.len(), sent, "its copy is there once");

    // Of one that was not sent nobody can know: it waits for a word.
    let mut other = successor(&lived_in(), |to| {
        damage::unfold(&backup, to).unwrap();
    });
    other.settle();
    settle_uncertain(&other.store, &mut other.server, other.account, &other.own, &mut |_| {}).unwrap();
    assert_eq!(state(&other), State::Uncertain);
}

#[test]
fn whatever_page_is_damaged_the_clients_are_saved() {
    let mut world = lived_in();
    let backup = world._folder.path().join("backup.db");
    write_backup(&store_file(&world), &backup).unwrap();
    world.store.run("PRAGMA wal_checkpoint(TRUNCATE)");
    let whole = std::fs::read(store_file(&world)).unwrap();
    let (clients, server) = (crm(&world.store), world.server.clone());
    world.settle();
    let without = ["outbox_trouble", "old@test.example", "Imported", "counter unanswered", "counter unfiled", "today"];
    let expected = shared(&world.dump(), &without);
    world.server = server;
    let pages = whole.len() / 4096;
    let mut random = Random(7);
    for round in 0..24 {
        let mut bytes = whole.clone();
        match round {
            0 => bytes[..16].copy_from_slice(b"no longer SQLite"),
            1 => bytes.truncate(whole.len() / 2),
            2 => bytes.truncate(10),
            3 => bytes.clear(),
            _ => {
                for _ in 0..=random.below(if round % 3 == 0 { 40 } else { 3 }) {
                    let page = random.below(pages) * 4096;
                    let noise: Vec<u8> = (0..4096).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
                    let noise = if random.one_in(2) { noise } else { vec![0; 4096] };
                    bytes[page..page + 4096].copy_from_slice(&noise);
                }
            }
        }
        let damaged = world._folder.path().join("damaged.db");
        std::fs::write(&damaged, &bytes).unwrap();
        let mut salvaged = successor(&world, |to| {
            damage::salvage(&damaged, Some(&backup), to).unwrap();
        });
        assert_eq!(std::fs::read(&damaged).unwrap(), bytes, "round {round}: the damaged file is left as it is");
        assert_eq!(difference(&clients, &crm(&salvaged.store)), "", "round {round}");
        salvaged.check();
        salvaged.settle();
        assert_eq!(difference(&expected, &shared(&salvaged.dump(), &without)), "", "round {round}");
        std::fs::remove_file(&damaged).unwrap();
    }
}

#[test]
fn what_is_newer_than_the_backup_is_read_from_the_damaged_store() {
    let world = lived_in();
    let backup = world._folder.path().join("backup.db");
    write_backup(&store_file(&world), &backup).unwrap();
    let at = now().timestamp();
    let person = NewContact {
        name: Name { given: Text::own("Newcomer"), ..Name::default() },
        addresses: vec![address("new@comer.example")],
        ..NewContact::new(ContactKind::Contact, at)
    };
    world.store.add_contact(&person).unwrap();
    world.store.run("PRAGMA wal_checkpoint(TRUNCATE)");
    let damaged = world._folder.path().join("damaged.db");
    let mut bytes = std::fs::read(store_file(&world)).unwrap();
    // A page of the letters' bytes.
    let root: usize = world.store.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'raw'")[0].parse().unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0);
    std::fs::write(&damaged, &bytes).unwrap();
    let salvaged = successor(&world, |to| {
        let salvage = damage::salvage(&damaged, Some(&backup), to).unwrap();
        assert!(salvage.opened && salvage.hurt.is_empty(), "{salvage:?}");
    });
    assert_eq!(crm(&salvaged.store), crm(&world.store));
    // Without any backup it is the same.
    let alone = successor(&world, |to| drop(damage::salvage(&damaged, None, to).unwrap()));
    assert_eq!(crm(&alone.store), crm(&world.store));
}

#[test]
fn a_letter_that_only_this_machine_has_is_saved_from_the_damaged_store() {
    let mut world = lived_in();
    world.store.run("PRAGMA wal_checkpoint(TRUNCATE)");
    let mut salvaged = successor(&world, |to| drop(damage::salvage(&store_file(&world), None, to).unwrap()));
    salvaged.settle();
    world.settle();
    let without = ["outbox_trouble", "uncertain"];
    assert_eq!(difference(&shared(&world.dump(), &without), &shared(&salvaged.dump(), &without)), "");
    assert!(salvaged.store.raw(salvaged.message("old")).unwrap().is_some());
    assert_eq!(salvaged.place("old"), "live");
}

#[test]
fn a_damaged_letter_is_fetched_again() {
    let mut world = lived_in();
    world.settle();
    let before = world.dump();
    let letter = world.message("ewa");
    world.store.run(&format!("UPDATE raw SET bytes = zeroblob(50) WHERE message_id = {}", letter.0));
    let looked = crate::sync::proof::look_at_letters(&world.store, true, &mut |_| {}).unwrap();
    assert_eq!(looked.damaged, [letter]);
    world.store.fetch_again(&looked.damaged).unwrap();
    world.settle();
    assert!(crate::sync::proof::look_at_letters(&world.store, true, &mut |_| {}).unwrap().damaged.is_empty());
    assert_eq!(difference(&before, &world.dump()), "");
    // What drifted is found, and computed anew.
    world
        .store
        .run("UPDATE thread SET waiting_since = 5 WHERE id = 1; UPDATE message SET seen = 1 - seen WHERE id = 3");
    assert_eq!(world.store.drifted(true).unwrap().len(), 2);
    world.store.compute_anew().unwrap();
    assert!(world.store.drifted(true).unwrap().is_empty());
    assert_eq!(difference(&before, &world.dump()), "");
}

/// What I joined and took apart by hand no header tells: it is in the backup, and holds for letters that come later.
#[test]
fn conversations_joined_and_taken_apart_stay_so_in_a_restored_store() {
    use crate::sync::filing::file_letters_again;
    let mut world = lived_in();
    let at = now().timestamp();
    let (left, right) = (world.thread("anna0-1"), world.thread("anna2-1"));
    let apart = world.message("anna4-3");
    world
        .store
        .record("by hand", at, || {
            let into = world.store.join_by_hand(&[left, right])?;
            let from = world.store.message_facts(apart)?.unwrap().0;
            let new = world.store.split_by_hand(from, &[apart])?;
            file_letters_again(&world.store, &world.own, &[into, from, new], at)
        })
        .unwrap();
    let together = |world: &World, one: &str, other: &str| world.thread(one) == world.thread(other);
    assert!(together(&world, "anna0-1", "anna2-3") && !together(&world, "anna4-1", "anna4-3"));
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    write_backup(&store_file(&world), &backup).unwrap();
    let mut restored = successor(&world, |to| damage::unfold(&backup, to).unwrap());
    restored.settle();
    restored.check();
    assert!(together(&restored, "anna0-1", "anna2-3") && !together(&restored, "anna4-1", "anna4-3"));
    // Letters that answer them come to where they are now, in both stores.
    for (name, answers) in [("later-joined", &["anna2-1", "anna2-2"][..]), ("later-apart", &["anna4-1", "anna4-3"])] {
        let later = letter(name, "anna@acme.example", "me@firma.example", 5000, answers, "And?");
        world.server.deliver("INBOX", &later, Flags::default());
        restored.server.deliver("INBOX", &later, Flags::default());
    }
    for world in [&mut world, &mut restored] {
        world.settle();
        assert!(together(world, "later-joined", "anna0-1") && together(world, "later-apart", "anna4-3"));
        assert!(!together(world, "later-apart", "anna4-1"));
    }
}

#[test]
fn every_table_has_its_place_in_a_backup() {
    let world = lived_in();
    let known: Vec<&str> =
        "account folder thread message raw participant link folder_thread copy company company_domain contact
        contact_address contact_phone provenance ignored_sender deal offer_line payment activity thread_state
        junk_confirmed filing outgoing recipient draft change change_row change_current refusal import_progress
        left_on_server whole_wanted thread_apart thread_joined deal_token_key changed_owner order_form private_thread reread bounced receipt away
        deal_stage bank_line counter_day card_stale saved_view search_history message_vocab card_vocab merged
         different draft_copy likeness candidate likeness_stale activity_person invitation promise attachment
         mailing mailing_recipient opted_out survey_letter offered automatic event_state sequence nobodys pace absence auto_reply auto_reply_cursor"
            .split_whitespace()
            .collect();
    let tables = world.store.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'message_fts%' AND name NOT LIKE 'card_fts%'");
    let new: Vec<&String> = tables.iter().filter(|table| !known.contains(&table.as_str())).collect();
    // A new table is kept whole. Where its rows speak of letters or threads, say in store/backup.rs which of those are kept.
    assert!(new.is_empty(), "decide what a backup keeps of {new:?}, and name them here");
}
