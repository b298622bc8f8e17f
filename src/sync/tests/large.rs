//! Large files stay on the server until they are wanted, and a letter without them is the same letter.

use super::server::{Cut, Server};
use super::*;
use crate::domain::query::Query;
use crate::mime;
use crate::store::Mark;
use crate::sync::proof::look_at_letters;

/// A letter with a text and a file of `size` bytes.
fn big(id: &str, minutes: i64, size: usize) -> Vec<u8> {
    let plain = String::from_utf8(letter(id, "anna@acme.example", "me@firma.example", minutes, &[], "BODY")).unwrap();
    let (header, _) = plain.split_once("\r\n\r\n").unwrap();
    format!(
        "{header}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe drawings are attached.\r\n\
         --b\r\nContent-Type: application/octet-stream; name=big.bin\r\n\r\n{}\r\n--b--\r\n",
        "x".repeat(size)
    )
    .into_bytes()
}

fn server() -> Server {
    let mut server = Server { largest: Some(2000), ..Server::new(FOLDERS) };
    server.deliver("INBOX", &big("drawings", 1, 50_000), Flags::default());
    server.deliver("INBOX", &letter("small", "jan@gmail.com", "me@firma.example", 2, &[], "Hi"), Flags::default());
    server
}

fn left(world: &World, msg_id: &str) -> usize {
    world.store.left_on_server(world.message(msg_id)).unwrap().len()
}

fn raw(world: &World, msg_id: &str) -> Vec<u8> {
    world.store.raw(world.message(msg_id)).unwrap().unwrap()
}

fn want_whole(world: &World, msg_id: &str) {
    let message = world.message(msg_id);
    assert!(world.store.write(|| world.store.want_whole(message, now().timestamp())).unwrap());
}

fn find(world: &World, words: &str) -> u64 {
    world.store.search(&Query::parse(words), 10).unwrap().0
}

#[test]
fn a_large_file_is_left_until_it_is_wanted() {
    let mut world = World::new(server());
    world.sync();
    assert!(world.server.bytes_given < 3000, "{}", world.server.bytes_given);
    assert_eq!((left(&world, "drawings"), left(&world, "small")), (1, 0));
    assert_eq!((find(&world, "drawings attached"), find(&world, "big.bin")), (1, 1), "its words and the file's name");
    let read = mime::read(&raw(&world, "drawings"));
    assert_eq!((read.attachments.len(), read.attachments[0].size), (1, 0));
    let damaged = |world: &World| look_at_letters(&world.store, true, &mut |_| {}).unwrap().damaged;
    assert_eq!(damaged(&world), []);
    // Nothing more comes by itself.
    let given = world.server.bytes_given;
    world.settle();
    assert_eq!(world.server.bytes_given, given);

    want_whole(&world, "drawings");
    assert_eq!(world.store.count_whole_wanted(world.account).unwrap(), 1);
    world.sync();
    assert_eq!(raw(&world, "drawings"), big("drawings", 1, 50_000));
    assert_eq!((left(&world, "drawings"), world.store.count_whole_wanted(world.account).unwrap()), (0, 0));
    let digest = mime::digest_of(&big("drawings", 1, 50_000));
    assert!(world.store.message_with_digest(world.account, &digest).unwrap().is_some(), "known as any other now");
    assert_eq!((damaged(&world), find(&world, "drawings attached")), (vec![], 1));
    let message = world.message("drawings");
    assert!(!world.store.want_whole(message, now().timestamp()).unwrap(), "it is whole");
    assert_eq!(world.server.writes, 0, "nothing was changed on the server");
}

#[test]
fn what_is_odd_or_not_limited_comes_whole() {
    for (what, server) in [
        ("no limit", Server { largest: None, ..server() }),
        ("under the limit", Server { largest: Some(100_000), ..server() }),
        ("odd", Server { unstructured: true, ..server() }),
    ] {
        let mut world = World::new(server);
        world.sync();
        assert_eq!(
            (left(&world, "drawings"), raw(&world, "drawings").len()),
            (0, big("drawings", 1, 50_000).len()),
            "{what}"
        );
    }
}

#[test]
fn copies_are_one_letter_whatever_came_first() {
    let copy = big("drawings", 1, 50_000);
    let moved_through = [b"Received: by mx\r\n".as_slice(), &copy].concat();
    for (what, first, second, wanted_between, whole) in [
        ("partial, whole", Some(2000), None, false, true),
        ("whole, partial", None, Some(2000), false, true),
        ("both partial", Some(2000), Some(2000), false, false),
        ("partial that became whole, partial", Some(2000), Some(2000), true, true),
    ] {
        let mut world = World::new(Server { largest: first, ..server() });
        world.sync();
        if wanted_between {
            want_whole(&world, "drawings");
            world.sync();
        }
        world.server.largest = second;
        world.server.deliver("Klienci", &moved_through, Flags::default());
        world.settle();
        let message = world.message("drawings");
        assert_eq!(world.store.folders_of(message).unwrap().len(), 2, "{what}");
        assert_eq!(left(&world, "drawings") == 0, whole, "{what}");
        assert_eq!(find(&world, "attached"), 1, "{what}");
        assert_eq!(raw(&world, "drawings").len() > 50_000, whole, "{what}");
    }
    // Another letter of the same name is another letter.
    let mut world = World::new(server());
    world.sync();
    let other = String::from_utf8(copy).unwrap().replace("drawings are", "drawings were");
    world.server.deliver("INBOX", other.as_bytes(), Flags::default());
    world.sync();
    let named = MsgId::parse("drawings@test.example").unwrap();
    assert_eq!(world.store.messages_named(&named).unwrap().len(), 2);
}

#[test]
fn a_letter_known_from_a_backup_is_known_without_its_files() {
    for (what, before) in [("it was partial", Some(2000)), ("it was whole", None)] {
        let mut world = World::new(Server { largest: before, ..server() });
        world.sync();
        let message = world.message("drawings");
        world.store.fetch_again(&[message]).unwrap();
        assert!(!world.store.has_bytes(message).unwrap() && left(&world, "drawings") == 0);
        world.server.largest = Some(2000);
        world.settle();
        assert_eq!((world.message("drawings"), left(&world, "drawings")), (message, 1), "{what}");
        // And whole again, by another way than being wanted.
        world.store.fetch_again(&[message]).unwrap();
        world.server.largest = None;
        world.settle();
        assert_eq!((world.message("drawings"), left(&world, "drawings")), (message, 0), "{what}");
        assert_eq!(look_at_letters(&world.store, true, &mut |_| {}).unwrap().damaged, [], "{what}");
    }
}

#[test]
fn numbered_anew_it_is_recognised_and_its_size_is_the_servers() {
    let mut world = World::new(server());
    world.sync();
    let size = big("drawings", 1, 50_000).len() as u64;
    let inbox = world.folder("INBOX");
    let marks: Vec<Mark> = world.store.sample_marks(inbox, 1, 10).unwrap();
    assert!(marks.iter().any(|mark| mark.size == size));
    assert!(world.store.identities(inbox, 1).unwrap().iter().any(|copy| copy.size == Some(size)));
    let given = world.server.bytes_given;
    world.server.renumber("INBOX");
    world.settle();
    assert_eq!((world.server.bytes_given, left(&world, "drawings")), (given, 1));
    want_whole(&world, "drawings");
    world.sync();
    assert_eq!(left(&world, "drawings"), 0);
}

#[test]
fn a_wanted_letter_that_went_is_not_wanted_for_ever() {
    let mut world = World::new(server());
    world.sync();
    want_whole(&world, "drawings");
    world.server.expunge("INBOX", "drawings");
    world.settle();
    world.sync();
    assert_eq!(world.store.count_whole_wanted(world.account).unwrap(), 0);
}

#[test]
fn cut_anywhere_it_ends_the_same() {
    let play = |world: &mut World| {
        world.sync();
        want_whole(world, "drawings");
        world.sync();
        world.settle();
    };
    let two = || {
        let mut server = server();
        server.deliver("Klienci", &big("plans", 3, 9000), Flags::SEEN);
        server.deliver("INBOX", &big("plans", 3, 9000), Flags::SEEN);
        server
    };
    let mut undisturbed = World::new(two());
    play(&mut undisturbed);
    let calls = undisturbed.server.calls;
    assert!(calls > 15, "{calls}");
    for call in 0..calls {
        for cut in [Cut::Before, Cut::After] {
            let mut world = World::new(Server { cut: Some((call, cut)), ..two() });
            play(&mut world);
            assert_eq!(world.dump(), undisturbed.dump(), "cut {cut:?} call {call}");
            assert_eq!((left(&world, "drawings"), left(&world, "plans")), (0, 1), "cut {cut:?} call {call}");
        }
    }
}
