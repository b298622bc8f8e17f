//! What I want against what the server says; and servers that lie, renumber and refuse.

use super::server::Cut;
use super::*;
use crate::domain::query::Query;

const ME: &str = "me@firma.example";

/// A server with these letters from Anna in the inbox, synced.
fn synced(ids: &[&str]) -> World {
    let mut server = Server::new(FOLDERS);
    for (minutes, id) in (0..).zip(ids) {
        server.deliver("INBOX", &letter(id, "anna@acme.example", ME, minutes, &[], "How much?"), Flags::default());
    }
    let mut world = World::new(server);
    world.sync();
    world
}

fn flags_on_server(world: &mut World, msg_id: &str) -> Flags {
    let uid = world.server.uid("INBOX", msg_id);
    world.server.folder("INBOX").letters[&uid].flags
}

#[test]
fn a_wish_wins_over_an_unchanged_server_and_leaves_other_flags_alone() {
    for condstore in [true, false] {
        let mut world = synced(&["one", "two"]);
        world.server.condstore = condstore;
        world.store.set_seen(world.thread("one"), true).unwrap();
        assert!(world.seen("one"), "here at once");
        assert_eq!(world.counter(Counter::Unread), 1);
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 1);
        world.server.flag("INBOX", "one", Flags::FLAGGED, Flags::default());
        world.sync();
        assert!(world.seen("one"));
        assert_eq!(flags_on_server(&mut world, "one"), Flags::SEEN.with(Flags::FLAGGED));
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
        // Unread again on another device: now the server's word counts.
        world.server.flag("INBOX", "one", Flags::default(), Flags::SEEN);
        world.sync();
        assert!(!world.seen("one"));
        assert_eq!(world.counter(Counter::Unread), 2);
    }
}

#[test]
fn undo_converges_before_and_after_the_wish_was_granted() {
    for granted in [false, true] {
        let mut world = synced(&["one"]);
        let thread = world.thread("one");
        world.store.record("read", now().timestamp(), || world.store.set_seen(thread, true)).unwrap();
        if granted {
            world.sync();
            assert!(flags_on_server(&mut world, "one").has(Flags::SEEN));
        }
        // Meanwhile somebody flags it: that is not mine to undo.
        world.server.flag("INBOX", "one", Flags::FLAGGED, Flags::default());
        if granted {
            world.sync();
        }
        world.store.undo(now().timestamp()).unwrap().unwrap();
        assert!(!world.seen("one"));
        world.settle();
        assert!(!world.seen("one"), "granted: {granted}");
        assert_eq!(flags_on_server(&mut world, "one"), Flags::FLAGGED, "granted: {granted}");
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    }
}

#[test]
fn a_deleted_letter_goes_only_after_a_complete_listing() {
    let mut world = synced(&["one", "two", "three"]);
    // A server that can only list.
    (world.server.condstore, world.server.qresync, world.server.list_status) = (false, false, false);
    let hidden = world.server.uid("INBOX", "two");
    // The server forgets to list one letter.
    world.server.deliver("INBOX", &letter("four", "anna@acme.example", ME, 50, &[], "Also?"), Flags::default());
    world.server.hide = vec![hidden];
    world.sync();
    assert_eq!((world.place("two").as_str(), world.place("four").as_str()), ("live", "live"));
    assert_eq!(world.store.rows("SELECT complete FROM folder WHERE name = 'INBOX'"), ["0"]);
    world.server.hide.clear();
    world.settle();
    assert_eq!((world.place("two").as_str(), world.place("four").as_str()), ("live", "live"));
    // The connection breaks before the listing was heard.
    world.server.expunge("INBOX", "two");
    for at in 0..3 {
        world.server.cut = Some((world.server.calls + at, Cut::After));
        world.try_sync().unwrap_err();
        world.server.connect();
        assert_eq!(world.place("two"), "live", "cut at {at}");
    }
    world.sync();
    assert_eq!(world.place("two"), "gone");
    assert_eq!(world.counter(Counter::Unread), 3);
}

#[test]
fn letters_expunged_and_letters_without_a_body_do_not_stop_the_others() {
    let mut server = Server::new(FOLDERS);
    for n in 0..20 {
        let bytes = letter(&format!("n{n:02}"), "anna@acme.example", ME, n, &[], "x");
        server.deliver("INBOX", &bytes, Flags::default());
    }
    server.empty = vec![5, 6];
    server.expunge_while_fetching = Some(19);
    let mut world = World::new(server);
    let reports = world.sync();
    assert_eq!(reports[0].warnings.len(), 1, "{:?}", reports[0].warnings);
    assert_eq!(world.store.rows("SELECT count(*) FROM copy"), ["17"]);
    let complete = |world: &World| world.store.rows("SELECT complete FROM folder WHERE name = 'INBOX'");
    assert_eq!(complete(&world), ["0"], "two letters are missing and it says so");
    world.server.empty.clear();
    world.settle();
    assert_eq!(world.store.rows("SELECT count(*) FROM copy"), ["19"]);
    assert_eq!(complete(&world), ["1"]);
}

#[test]
fn numbers_given_anew_double_nothing_and_lose_nothing() {
    let mut world = World::new(server_with(&story()));
    world.settle();
    let store = &world.store;
    store.mark_done(world.thread("anna0-1"), now().timestamp()).unwrap();
    store.snooze(world.thread("piotr"), "2026-12-01T08:00:00Z".parse().unwrap()).unwrap();
    world.settle();
    let numbers =
        |lines: Vec<String>| -> Vec<String> { lines.into_iter().filter(|line| !line.starts_with("folder ")).collect() };
    let expected = numbers(world.dump());
    for folder in ["INBOX", "Klienci", "Junk"] {
        world.server.renumber(folder);
    }
    let calls = world.server.calls;
    let mut probe = World { server: world.server.clone(), ..World::new(Server::new(FOLDERS)) };
    probe.settle();
    for at in 0..(probe.server.calls - calls) {
        world.server.cut = Some((world.server.calls + at, Cut::After));
        if world.try_sync().is_ok() {
            break;
        }
        world.server.connect();
        assert_eq!(
            world.store.rows("SELECT count(*) FROM message WHERE place = 'gone'"),
            ["0"],
            "in doubt, cut at {at}"
        );
    }
    world.server.cut = None;
    world.settle();
    let found = numbers(world.dump());
    assert!(found == expected, "{}", difference(&expected, &found));
}

#[test]
fn a_wish_survives_numbers_given_anew() {
    let mut world = synced(&["one"]);
    world.store.set_seen(world.thread("one"), true).unwrap();
    world.server.renumber("INBOX");
    world.settle();
    assert!(world.seen("one"));
    assert!(flags_on_server(&mut world, "one").has(Flags::SEEN));
}

#[test]
fn a_rescued_letter_is_in_the_inbox_at_once_and_once() {
    for moves in [true, false] {
        let mut server = Server::new(FOLDERS);
        server.deliver("Junk", &letter("junk", "anna@acme.example", ME, 0, &[], "Where?"), Flags::default());
        let mut world = World::new(Server { moves, ..server });
        world.sync();
        assert_eq!(world.counter(Counter::JunkWatch), 1);
        world.store.rescue_junk(world.thread("junk")).unwrap();
        assert_eq!(world.place("junk"), "live");
        assert_eq!(world.counter(Counter::Unread), 1);
        // One sync is enough, and it is never lost from sight on the way.
        world.sync();
        assert_eq!(world.place("junk"), "live", "moves: {moves}");
        world.settle();
        assert_eq!(world.place("junk"), "live");
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0, "moves: {moves}");
        assert_eq!(world.server.folder("INBOX").letters.len(), 1, "moves: {moves}");
    }
}

#[test]
fn one_refused_folder_or_wish_does_not_stop_the_others() {
    let mut world = synced(&["one"]);
    world.store.set_seen(world.thread("one"), true).unwrap();
    world.server.deliver("Klienci", &letter("two", "jan@gmail.com", ME, 5, &[], "x"), Flags::default());
    world.server.refuse = Some("INBOX");
    let reports = world.sync();
    assert!(reports[0].warnings[0].as_str().contains("not allowed"), "{:?}", reports[0]);
    assert_eq!(world.place("two"), "live");
    world.server.refuse = None;
    world.settle();
    assert!(flags_on_server(&mut world, "one").has(Flags::SEEN));
}

#[test]
fn what_changed_on_another_device_is_told() {
    let mut world = synced(&["one"]);
    let thread = world.thread("one");
    world.server.flag("INBOX", "one", Flags::SEEN, Flags::default());
    let mut told = Vec::new();
    sync_account(&world.store, &mut world.server, world.account, &world.own, &mut |progress| {
        if let crate::sync::account::Progress::Changed(threads) = progress {
            told.extend(threads);
        }
    })
    .unwrap();
    assert_eq!(told, [thread]);
}

#[test]
fn a_star_goes_with_the_copy_that_had_it() {
    let mut server = Server::new(FOLDERS);
    let bytes = letter("one", "anna@acme.example", ME, 0, &[], "x");
    server.deliver("INBOX", &bytes, Flags::default());
    server.deliver("Klienci", &bytes, Flags::FLAGGED.with(Flags::DELETED));
    let mut world = World::new(server);
    let flags = |world: &World| world.store.thread_row(world.thread("one")).unwrap().unwrap().flags;
    world.sync();
    assert_eq!(flags(&world), Flags::FLAGGED);
    world.server.expunge("Klienci", "one");
    world.sync();
    assert_eq!(flags(&world), Flags::default());
}

#[test]
fn a_deleted_letter_is_not_found_and_one_that_comes_back_is() {
    let mut server = Server::new(FOLDERS);
    let bytes = letter("one", "anna@acme.example", ME, 0, &[], "Do you have zebrawood?");
    server.deliver("INBOX", &bytes, Flags::default());
    let mut world = World::new(server);
    let found = |world: &World| world.store.search(&Query::parse("zebrawood"), 10).unwrap().0;
    world.sync();
    assert_eq!(found(&world), 1);
    world.server.expunge("INBOX", "one");
    world.settle();
    assert_eq!((found(&world), world.place("one").as_str()), (0, "gone"));
    world.server.deliver("INBOX", &bytes, Flags::default());
    world.settle();
    assert_eq!((found(&world), world.place("one").as_str()), (1, "live"));
    // A move by another device is a deletion here and an arrival there.
    world.server.transfer("INBOX", "one", "Sent");
    world.settle();
    assert_eq!((found(&world), world.place("one").as_str()), (1, "live"));
}
