//! Folder acts taken back: before the server did them, after it did, and when it is too late.

use super::*;
use crate::store::Source;

const ME: &str = "me@firma.example";
const PLACES: &[(&str, Option<Role>)] = &[
    ("INBOX", Some(Role::Inbox)),
    ("Archive", Some(Role::Archive)),
    ("Klienci", None),
    ("Junk", Some(Role::Junk)),
    ("Trash", Some(Role::Trash)),
];

/// Three letters in the inbox, synced; `moves`: the server takes a moved letter away, else it lists the old copy on.
fn three(moves: bool) -> World {
    let mut server = Server { moves, ..Server::new(PLACES) };
    for (minutes, name) in (0..).zip(["one", "two", "three"]) {
        server.deliver("INBOX", &letter(name, "anna@acme.example", ME, minutes, &[], "How much?"), Flags::default());
    }
    let mut world = World::new(server);
    world.sync();
    world
}

impl World {
    /// Moves these letters' threads from the folder in view to another, as one change.
    fn put(&self, names: &[&str], from: &str, to: &str) {
        let threads: Vec<id::Thread> = names.iter().map(|name| self.thread(name)).collect();
        let (from, to) = (Source::Shown(self.folder(from)), self.folder(to));
        self.store.record("moved", now().timestamp(), || self.store.want_moved(&threads, from, to)).unwrap();
    }

    fn undo(&self) -> crate::domain::change::Change {
        self.store.undo(now().timestamp()).unwrap().unwrap()
    }

    /// The folder that lists a letter's thread.
    fn listed(&self, name: &str) -> String {
        let sql = "SELECT f.name FROM folder_thread ft JOIN folder f ON f.id = ft.folder_id WHERE ft.thread_id = ";
        self.store.rows(&format!("{sql}{} ORDER BY 1", self.thread(name))).join(",")
    }

    /// The folders of the server that hold a letter not marked deleted.
    fn on_server(&self, name: &str) -> String {
        let id = format!("Message-ID: <{name}@test.example>");
        let lines = self.server.dump().into_iter().filter(|line| line.contains(&id) && !line.contains("Deleted"));
        let folders = lines.filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned));
        folders.collect::<Vec<_>>().join(",")
    }
}

#[test]
fn moved_letters_come_back_before_and_after_the_server_moved_them() {
    for (moves, granted) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut world = three(moves);
        world.put(&["one", "two", "three"], "INBOX", "Archive");
        for name in ["one", "two", "three"] {
            assert_eq!(world.listed(name), "Archive", "at once");
        }
        if granted {
            world.settle();
            assert_eq!(world.on_server("two"), "Archive", "{moves}");
        }
        world.undo();
        for name in ["one", "two", "three"] {
            assert_eq!(world.listed(name), "INBOX", "{moves} {granted}: at once");
        }
        world.settle();
        for name in ["one", "two", "three"] {
            assert_eq!(world.on_server(name), "INBOX", "{moves} {granted}");
            assert_eq!(world.place(name), "live");
        }
        assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0, "{moves} {granted}");
    }
}

#[test]
fn two_moves_are_taken_back_one_after_the_other() {
    // Which of the two the server has done when they are taken back.
    for (first, second) in [(false, false), (true, false), (true, true)] {
        let mut world = three(true);
        world.put(&["one"], "INBOX", "Archive");
        if first {
            world.settle();
        }
        world.put(&["one"], "Archive", "Klienci");
        assert_eq!(world.listed("one"), "Klienci");
        if second {
            world.settle();
        }
        world.undo();
        assert_eq!(world.listed("one"), "Archive", "{first} {second}");
        world.undo();
        assert_eq!(world.listed("one"), "INBOX", "{first} {second}");
        world.settle();
        assert_eq!(world.on_server("one"), "INBOX", "{first} {second}");
    }
}

#[test]
fn a_move_is_taken_back_where_the_numbers_are_new() {
    for granted in [true, false] {
        let mut world = three(true);
        world.put(&["one"], "INBOX", "Archive");
        if granted {
            world.settle();
        }
        world.server.renumber("Archive");
        world.server.renumber("INBOX");
        world.settle();
        world.undo();
        world.settle();
        assert_eq!((world.on_server("one").as_str(), world.listed("one").as_str()), ("INBOX", "INBOX"), "{granted}");
    }
}

#[test]
fn a_flag_is_taken_off_the_copy_that_the_move_made() {
    let mut world = three(true);
    let thread = world.thread("one");
    world.store.record("flagged", now().timestamp(), || world.store.want_flagged(&[thread], true)).unwrap();
    world.settle();
    world.put(&["one"], "INBOX", "Klienci");
    world.settle();
    let uid = world.server.uid("Klienci", "one");
    assert!(world.server.folder("Klienci").letters[&uid].flags.has(Flags::FLAGGED));
    // Another device moves it on; what I undo is the flag all the same.
    world.server.transfer("Klienci", "one", "Archive");
    world.settle();
    world.undo();
    world.undo();
    world.settle();
    let uid = world.server.uid("Archive", "one");
    assert!(!world.server.folder("Archive").letters[&uid].flags.has(Flags::FLAGGED));
}

#[test]
fn what_the_server_deleted_for_good_does_not_come_back_and_the_act_before_it_does() {
    let mut world = three(true);
    world.put(&["one", "two", "three"], "INBOX", "Trash");
    world.settle();
    let threads = [world.thread("one"), world.thread("two")];
    let trash = Source::Shown(world.folder("Trash"));
    world.store.record("Deleted for good", now().timestamp(), || world.store.want_gone(&threads, trash)).unwrap();
    assert_eq!((world.listed("one").as_str(), world.listed("three").as_str()), ("", "Trash"));
    assert_eq!(world.place("one"), "trash");
    // Before the server heard of it.
    assert!(world.undo().undone);
    assert_eq!(world.listed("one"), "Trash");
    world.store.record("Deleted for good", now().timestamp(), || world.store.want_gone(&threads, trash)).unwrap();
    // It did one of them.
    world.server.expunge("Trash", "one");
    world.server.refuse = Some("Archive");
    let one = "SELECT c.folder_id, c.uid_validity, c.uid FROM copy c JOIN message m ON m.id = c.message_id WHERE m.msg_id LIKE 'one@%'";
    let copy = world.store.rows(one).remove(0);
    let numbers: Vec<u32> = copy.split(" | ").map(|number| number.parse().unwrap()).collect();
    world.store.remove_copies(id::Folder(numbers[0].into()), numbers[1], &[numbers[2]]).unwrap();
    let change = world.undo();
    assert!(change.undone && change.title.as_str().contains("has deleted 1 letter already"), "{}", change.title);
    assert_eq!((world.listed("one").as_str(), world.listed("two").as_str()), ("", "Trash"));
    // It did all of them.
    let two = [world.thread("two")];
    world.store.record("Deleted two for good", now().timestamp(), || world.store.want_gone(&two, trash)).unwrap();
    let copy = world.store.rows(&one.replace("one@", "two@")).remove(0);
    let numbers: Vec<u32> = copy.split(" | ").map(|number| number.parse().unwrap()).collect();
    world.server.expunge("Trash", "two");
    world.store.remove_copies(id::Folder(numbers[0].into()), numbers[1], &[numbers[2]]).unwrap();
    assert!(!world.undo().undone);
    // And u goes on with what was done before.
    world.server.refuse = None;
    assert!(world.undo().undone);
    world.settle();
    assert_eq!(world.on_server("three"), "INBOX");
}
