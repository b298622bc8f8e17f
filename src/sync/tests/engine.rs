//! How little is asked, what is believed, and what becomes of folders, numbers and refused wishes.

use super::server::Cut;
use super::*;
use crate::domain::problem::Kind;

const ME: &str = "me@firma.example";

/// A server with so many letters from Anna in the inbox, changed by `poor`, synced to rest.
fn synced(count: i64, poor: impl Fn(&mut Server)) -> World {
    let mut server = Server::new(FOLDERS);
    poor(&mut server);
    for n in 0..count {
        server.deliver(
            "INBOX",
            &letter(&format!("n{n}"), "anna@acme.example", ME, n, &[], "How much?"),
            Flags::default(),
        );
    }
    let mut world = World::new(server);
    world.settle();
    world
}

/// What one sync asked: commands, folders opened, complete listings, letters given whole.
fn asked(world: &mut World) -> (usize, usize, usize, usize) {
    let count = |server: &Server| (server.calls, server.opened, server.listings, server.given);
    let before = count(&world.server);
    world.sync();
    let after = count(&world.server);
    (after.0 - before.0, after.1 - before.1, after.2 - before.2, after.3 - before.3)
}

fn plain(server: &mut Server) {
    (server.qresync, server.condstore, server.list_status) = (false, false, false);
}

fn column(world: &World, sql: &str) -> Vec<String> {
    world.store.rows(sql)
}

#[test]
fn when_nothing_changed_one_command_tells() {
    let mut world = synced(20, |_| {});
    assert_eq!(asked(&mut world), (1, 0, 0, 0), "LIST-STATUS");
    let mut world = synced(20, |server| server.list_status = false);
    assert_eq!(asked(&mut world), (1 + FOLDERS.len(), FOLDERS.len(), 0, 0), "each folder is opened");
    let mut world = synced(20, plain);
    assert_eq!(asked(&mut world).2, 1, "flags of the one folder that has letters");
}

#[test]
fn what_changed_is_asked_for_without_listing_the_rest() {
    for (qresync, what) in [(true, "QRESYNC"), (false, "CONDSTORE")] {
        let mut world = synced(30, |server| server.qresync = qresync);
        for n in 0..5 {
            world.server.flag("INBOX", &format!("n{n}"), Flags::SEEN, Flags::default());
        }
        for n in 40..43 {
            let bytes = letter(&format!("n{n}"), "anna@acme.example", ME, n, &[], "x");
            world.server.deliver("INBOX", &bytes, Flags::default());
        }
        let (_, opened, listings, given) = asked(&mut world);
        assert_eq!((opened, listings, given), (1, 0, 3), "{what}");
        assert!(world.seen("n4") && !world.seen("n5") && !world.seen("n42"), "{what}");
        // What went: QRESYNC names it, CONDSTORE has to list.
        world.server.expunge("INBOX", "n7");
        world.server.flag("INBOX", "n8", Flags::SEEN, Flags::default());
        assert_eq!(asked(&mut world).2, usize::from(!qresync), "{what}");
        assert!(world.place("n7") == "gone" && world.seen("n8"), "{what}");
        assert_eq!(column(&world, "SELECT count(*) FROM copy"), ["32"], "{what}");
    }
}

#[test]
fn an_account_that_leaves_something_out_is_not_believed() {
    // It says nothing of what went; and what came in its stead makes the count agree.
    let mut world = synced(10, |server| server.forgetful = true);
    world.server.expunge("INBOX", "n3");
    assert_eq!(asked(&mut world).2, 1);
    assert_eq!(world.place("n3"), "gone");
    assert_eq!(column(&world, "SELECT complete FROM folder WHERE name = 'INBOX'"), ["1"]);
}

#[test]
fn a_cut_first_sync_reads_no_flags_twice() {
    let mut server = Server::new(FOLDERS);
    for n in 0..20 {
        server.deliver("INBOX", &letter(&format!("n{n}"), "anna@acme.example", ME, n, &[], "x"), Flags::default());
    }
    let mut world = World::new(server);
    world.server.cut = Some((4, Cut::After));
    world.try_sync().unwrap_err();
    world.server.connect();
    world.server.flag("INBOX", "n19", Flags::SEEN, Flags::default());
    assert_eq!(asked(&mut world).2, 1, "one listing of UIDs");
    assert!(world.seen("n19"), "its flag changed after it came");
    assert_eq!(column(&world, "SELECT count(*) FROM copy"), ["20"]);
}

#[test]
fn a_letter_moved_by_another_client_is_never_out_of_sight() {
    for poor in [|_: &mut Server| {}, plain as fn(&mut Server)] {
        for (from, to) in [("INBOX", "Klienci"), ("Klienci", "INBOX"), ("INBOX", "Junk")] {
            let mut world = synced(3, poor);
            let bytes = letter("moved", "anna@acme.example", ME, 50, &[], "Where am I?");
            world.server.deliver(from, &bytes, Flags::default());
            world.settle();
            let thread = world.thread("moved");
            world.store.mark_done(thread, now().timestamp()).unwrap();
            let filed = column(&world, "SELECT thread_id, contact_id, company_id FROM filing");
            world.server.transfer(from, "moved", to);
            for at in 0.. {
                world.server.cut = Some((world.server.calls + at, Cut::After));
                let done = world.try_sync().is_ok();
                assert_ne!(world.place("moved"), "gone", "{from} to {to}, cut at {at}");
                world.server.connect();
                if done {
                    break;
                }
            }
            world.server.cut = None;
            world.settle();
            assert_eq!(world.place("moved"), if to == "Junk" { "junk" } else { "live" }, "{from} to {to}");
            assert_eq!(world.thread("moved"), thread);
            assert_eq!(column(&world, "SELECT thread_id, contact_id, company_id FROM filing"), filed);
            assert_eq!(column(&world, "SELECT count(*) FROM thread_state"), ["1"], "still done");
        }
    }
}

#[test]
fn a_letter_moved_while_the_folders_are_read_is_not_deleted() {
    for poor in [|_: &mut Server| {}, |server: &mut Server| server.list_status = false] {
        let mut world = synced(3, poor);
        // To a folder read before, from one read after: "Sent" is read between the inbox and "Klienci".
        let bytes = letter("moved", "anna@acme.example", ME, 50, &[], "Where am I?");
        world.server.deliver("Klienci", &bytes, Flags::default());
        world.settle();
        world.server.deliver("INBOX", &letter("late", "jan@gmail.com", ME, 60, &[], "x"), Flags::default());
        world.server.moves_meanwhile = Some(("Klienci", "moved", "INBOX"));
        world.sync();
        assert_eq!(world.place("moved"), "live");
        assert_eq!(world.server.moves_meanwhile, None, "it happened");
        world.settle();
        assert_eq!(column(&world, "SELECT count(*) FROM copy"), ["5"]);
    }
}

#[test]
fn a_letter_moved_to_a_folder_that_nobody_asked_for_is_found_there() {
    let mut world = synced(3, |_| {});
    world.server.transfer("INBOX", "n1", "Klienci");
    let folders = crate::sync::account::register_folders(&world.store, &mut world.server, world.account).unwrap();
    let inbox = &folders[..1];
    crate::sync::account::sync_folders(&world.store, &mut world.server, world.account, &world.own, inbox, &mut |_| {})
        .unwrap();
    assert_eq!(world.place("n1"), "live");
    world.settle();
    assert_eq!(world.place("n1"), "live");
    assert_eq!(
        column(&world, "SELECT f.name FROM copy c JOIN folder f ON f.id = c.folder_id WHERE f.name <> 'INBOX'"),
        ["Klienci"]
    );
}

#[test]
fn letters_numbered_anew_are_not_fetched_again() {
    let mut world = synced(12, |_| {});
    world.store.set_seen(world.thread("n3"), true).unwrap();
    world.want_moved("n4", "INBOX", "Klienci");
    world.want_keywords("n5", "INBOX", "$Junk");
    world.want_gone("n6", "INBOX");
    // Two letters that only their bytes tell apart: the same Message-ID and size, arrived at once.
    for word in ["one", "two"] {
        world.server.deliver("INBOX", &letter("twin", "jan@gmail.com", ME, 90, &[], word), Flags::default());
    }
    world.server.renumber("INBOX");
    let before = world.server.given;
    world.settle();
    assert_eq!(world.server.given - before, 2, "the twins");
    let inbox = world.server.folder("INBOX").clone();
    let flags = |id: &str| {
        let mut server = world.server.clone();
        let uid = server.uid("INBOX", id);
        inbox.letters[&uid].clone()
    };
    assert!(flags("n3").flags.has(Flags::SEEN));
    assert_eq!(flags("n5").keywords, ["$Junk"]);
    world.server.uid("Klienci", "n4");
    assert_eq!(inbox.letters.len(), 12 + 2 - 2, "n4 moved, n6 deleted");
    assert_eq!(world.place("n6"), "gone");
    assert_eq!(column(&world, "SELECT count(*) FROM message"), ["14"]);
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
}

#[test]
fn numbers_that_mean_other_letters_are_found_out() {
    // A server without UIDVALIDITY, or one restored from a backup: the same numbers for other letters.
    for unnumbered in [true, false] {
        let mut world = synced(6, |server| server.unnumbered = unnumbered);
        let folder = world.server.folder("INBOX");
        let letters = std::mem::take(&mut folder.letters);
        folder.next = 1;
        for (_, old) in letters.into_iter().skip(2).rev() {
            world.server.deliver("INBOX", &old.bytes, old.flags);
        }
        let bytes = letter("other", "jan@gmail.com", ME, 90, &[], "x");
        world.server.deliver("INBOX", &bytes, Flags::default());
        world.settle();
        for (id, place) in [("n0", "gone"), ("n1", "gone"), ("n2", "live"), ("n5", "live"), ("other", "live")] {
            assert_eq!(world.place(id), place, "{id}, unnumbered: {unnumbered}");
        }
        let uid = world.server.uid("INBOX", "n5");
        let here = "SELECT c.uid FROM copy c JOIN message m ON m.id = c.message_id WHERE m.msg_id = 'n5@test.example'";
        assert_eq!(column(&world, here), [uid.to_string()]);
    }
}

#[test]
fn a_folder_renamed_on_the_server_keeps_its_letters() {
    for list_status in [true, false] {
        let mut server = Server::new(FOLDERS);
        server.list_status = list_status;
        for (name, ids) in [("Firmy", ["a", "b"]), ("Firmy/Acme", ["c", "d"])] {
            server.add_folder(name);
            for id in ids {
                server.deliver(name, &letter(id, "anna@acme.example", ME, 5, &[], "x"), Flags::default());
            }
        }
        // Every folder numbered alike, as some servers do: the letters tell them apart.
        server.folders.iter_mut().for_each(|folder| folder.uid_validity = 9);
        let mut world = World::new(server);
        world.settle();
        let (top, below) = (world.folder("Firmy"), world.folder("Firmy/Acme"));
        world.store.set_seen(world.thread("c"), true).unwrap();
        world.server.rename_folder("Firmy", "Companies");
        let given = world.server.given;
        world.settle();
        assert_eq!((world.folder("Companies"), world.folder("Companies/Acme")), (top, below));
        assert_eq!(world.server.given, given, "nothing is fetched again");
        assert_eq!(column(&world, "SELECT count(*) FROM folder WHERE name LIKE 'Firmy%'"), ["0"]);
        let uid = world.server.uid("Companies/Acme", "c");
        assert!(world.server.folder("Companies/Acme").letters[&uid].flags.has(Flags::SEEN));
        // A new folder is no renamed one.
        world.server.folders.retain(|folder| folder.name != "Companies/Acme");
        world.server.add_folder("Nowe");
        world.server.deliver("Nowe", &letter("e", "anna@acme.example", ME, 7, &[], "x"), Flags::default());
        world.server.folder("Nowe").uid_validity = 9;
        world.settle();
        assert_ne!(world.folder("Nowe"), below);
        assert_eq!((world.place("c").as_str(), world.place("e").as_str()), ("gone", "live"));
    }
}

#[test]
fn letters_of_a_folder_deleted_on_the_server_go_when_it_says_so() {
    let mut world = synced(2, |_| {});
    world.server.deliver("Klienci", &letter("k", "jan@gmail.com", ME, 5, &[], "x"), Flags::default());
    world.settle();
    let kept = world.server.folders.clone();
    world.server.folders.retain(|folder| folder.name != "Klienci");
    // The server fails while it is asked.
    for at in 0..2 {
        world.server.cut = Some((world.server.calls + at, Cut::Before));
        world.try_sync().unwrap_err();
        world.server.connect();
        assert_eq!(world.place("k"), "live");
    }
    world.settle();
    assert_eq!(world.place("k"), "gone");
    world.server.folders = kept;
    world.settle();
    assert_eq!(world.place("k"), "live");
}

#[test]
fn many_letters_move_in_one_command_and_are_not_fetched_again() {
    let mut world = synced(40, |_| {});
    for n in 0..40 {
        world.want_moved(&format!("n{n}"), "INBOX", "Klienci");
    }
    world.store.set_seen(world.thread("n7"), true).unwrap();
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 40);
    let (calls, _, _, given) = asked(&mut world);
    assert_eq!(given, 0);
    assert!(calls < 10, "{calls} commands");
    assert_eq!(world.server.folder("Klienci").letters.len(), 40);
    let uid = world.server.uid("Klienci", "n7");
    assert!(world.server.folder("Klienci").letters[&uid].flags.has(Flags::SEEN), "flags go along");
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    world.settle();
    assert_eq!(asked(&mut world), (1, 0, 0, 0), "and all is at rest");
}

#[test]
fn a_folder_made_here_is_made_there_before_letters_go_into_it() {
    let mut world = synced(2, |_| {});
    world.want_folder("Oferty/2026");
    world.want_moved("n1", "INBOX", "Oferty/2026");
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 2);
    world.settle();
    world.server.uid("Oferty/2026", "n1");
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    // Renamed here, with the one below it.
    world.server.add_folder("Oferty/2026/Acme");
    world.server.deliver("Oferty/2026/Acme", &letter("below", "jan@gmail.com", ME, 5, &[], "x"), Flags::default());
    world.settle();
    let (folder, below, given) = (world.folder("Oferty/2026"), world.folder("Oferty/2026/Acme"), world.server.given);
    world
        .store
        .run("UPDATE folder SET wanted_raw_name = 'Oferty/Stare', name = 'Oferty/Stare' WHERE name = 'Oferty/2026'");
    for at in 0..4 {
        world.server.cut = Some((world.server.calls + at, Cut::After));
        let _ = world.try_sync();
        world.server.connect();
    }
    world.server.cut = None;
    world.settle();
    assert_eq!((world.folder("Oferty/Stare"), world.folder("Oferty/Stare/Acme")), (folder, below));
    assert_eq!(world.server.given, given);
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
}

#[test]
fn a_refused_wish_is_undone_and_told() {
    let mut world = synced(4, |_| {});
    world.server.denies = Some(Kind::Refused);
    world.store.set_seen(world.thread("n0"), true).unwrap();
    world.want_moved("n1", "INBOX", "Klienci");
    world.want_gone("n2", "INBOX");
    world.want_keywords("n3", "INBOX", "$Junk");
    world.want_folder("Nowy");
    world.want_moved("n0", "INBOX", "Nowy");
    world.settle();
    assert!(!world.seen("n0"));
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    let mut wishes: Vec<String> =
        world.store.refusals().unwrap().iter().map(|refusal| format!("{}: {}", refusal.wish, refusal.said)).collect();
    wishes.sort();
    assert_eq!(
        wishes,
        [
            "delete “About n2” for good from INBOX: STORE is denied",
            "make the folder Nowy: CREATE is denied",
            "mark “About n0” read: STORE is denied",
            "mark “About n3” with $Junk: STORE is denied",
            "move “About n1” from INBOX to Klienci: MOVE is denied",
        ]
    );
    assert_eq!(world.store.refusals().unwrap().iter().filter(|refusal| refusal.thread.is_some()).count(), 4);
    assert_eq!(column(&world, "SELECT count(*) FROM folder_thread"), ["4"], "all are listed where they are");
    world.store.refusals_seen(Timestamp::now()).unwrap();
    assert_eq!(world.store.refusals().unwrap(), []);
    world.check();
}

#[test]
fn what_is_refused_for_now_stays_wanted() {
    let mut world = synced(3, |_| {});
    world.server.denies = Some(Kind::NotNow);
    world.store.set_seen(world.thread("n0"), true).unwrap();
    world.want_moved("n1", "INBOX", "Klienci");
    world.want_gone("n2", "INBOX");
    world.want_folder("Nowy");
    let reports = world.sync();
    assert!(reports[0].warnings.iter().any(|warning| warning.as_str().contains("denied")), "{:?}", reports[0]);
    assert!(world.seen("n0"));
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 4);
    assert_eq!(world.store.refusals().unwrap(), []);
    world.server.denies = None;
    world.settle();
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    world.server.uid("Klienci", "n1");
    assert_eq!((world.place("n2").as_str(), world.server.folder("INBOX").letters.len()), ("gone", 1));
    assert!(world.server.folders.iter().any(|folder| folder.name == "Nowy"));
}

#[test]
fn one_letter_that_cannot_move_does_not_hold_the_others() {
    let mut world = synced(6, |_| {});
    let stuck = world.server.uid("INBOX", "n2");
    (world.server.denies, world.server.denied) = (Some(Kind::Refused), vec![stuck]);
    for n in 0..6 {
        world.want_moved(&format!("n{n}"), "INBOX", "Klienci");
    }
    world.settle();
    assert_eq!(world.server.folder("Klienci").letters.len(), 5);
    let refusals = world.store.refusals().unwrap();
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    assert_eq!(
        (refusals[0].wish.as_str(), refusals[0].thread),
        ("move “About n2” from INBOX to Klienci", Some(world.thread("n2")))
    );
}

#[test]
fn a_folder_that_can_only_be_read_takes_no_wish() {
    let mut world = synced(2, |server| server.read_only = Some("INBOX"));
    world.store.set_seen(world.thread("n0"), true).unwrap();
    world.want_moved("n1", "INBOX", "Klienci");
    world.settle();
    let refusals = world.store.refusals().unwrap();
    assert_eq!(refusals.len(), 2);
    assert!(refusals.iter().all(|refusal| refusal.said.as_str().contains("read-only")));
    assert!(!world.seen("n0"));
}

#[test]
fn deletion_for_good_takes_nothing_of_others() {
    for (uidplus, others) in [(true, true), (false, false), (false, true)] {
        let mut world = synced(3, |server| server.uidplus = uidplus);
        if others {
            world.server.flag("INBOX", "n0", Flags::DELETED, Flags::default());
        }
        world.want_gone("n1", "INBOX");
        assert_eq!(column(&world, "SELECT count(*) FROM folder_thread"), ["2"], "not listed at once");
        let reports = world.sync();
        let stays = !uidplus && others;
        assert_eq!(world.server.folder("INBOX").letters.len(), if stays { 3 } else { 2 });
        assert_eq!(reports[0].warnings.len(), usize::from(stays), "{:?}", reports[0].warnings);
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), u64::from(stays));
        if stays {
            world.server.flag("INBOX", "n0", Flags::default(), Flags::DELETED);
        }
        world.settle();
        assert_eq!(world.server.folder("INBOX").letters.len(), 2);
        assert_eq!((world.place("n0").as_str(), world.place("n1").as_str()), ("live", "gone"));
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);
    }
}

#[test]
fn keywords_follow_both_sides() {
    for poor in [|_: &mut Server| {}, plain as fn(&mut Server)] {
        let mut world = synced(1, poor);
        let uid = world.server.uid("INBOX", "n0");
        let keywords = |world: &mut World| world.server.folder("INBOX").letters[&uid].keywords.clone();
        world.want_keywords("n0", "INBOX", "$Forwarded");
        // Meanwhile another client sets one of its own.
        crate::sync::remote::Remote::select(&mut world.server, "INBOX").unwrap();
        crate::sync::remote::Remote::store_keywords(&mut world.server, &[uid], &["$Label1".to_owned()], &[]).unwrap();
        world.settle();
        let mut both = keywords(&mut world);
        both.sort();
        assert_eq!(both, ["$Forwarded", "$Label1"]);
        let here = "SELECT keywords, wanted_keywords, wished_at FROM copy";
        assert_eq!(column(&world, here), ["$Forwarded $Label1 | $Forwarded $Label1 | -"]);
        world.want_keywords("n0", "INBOX", "$Label1");
        world.settle();
        assert_eq!(keywords(&mut world), ["$Label1"]);
        assert_eq!(column(&world, here), ["$Label1 | $Label1 | -"]);
    }
}

#[test]
fn wishes_know_since_when_they_wait() {
    let world = synced(2, |_| {});
    let waiting = |world: &World| column(world, "SELECT count(*) FROM copy WHERE wished_at > 1700000000000");
    world.store.set_seen(world.thread("n0"), true).unwrap();
    world.want_moved("n1", "INBOX", "Klienci");
    assert_eq!(waiting(&world), ["2"]);
    world.store.set_seen(world.thread("n0"), false).unwrap();
    assert_eq!(waiting(&world), ["1"], "taken back");
}
