//! Letters from files and into files.

use super::*;
use crate::mime;
use crate::store::{Outward, Selection};
use crate::sync::export::{Exported, Target, export};
use crate::sync::import::{Imported, Importer, find};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn import_into(world: &World, paths: &[PathBuf], folder: Option<&str>) -> Imported {
    let found = find(paths, folder).unwrap();
    importer(world).run(&found, &mut |_| {}).unwrap()
}

fn importer(world: &World) -> Importer<'_> {
    Importer { store: &world.store, account: world.account, own: &world.own, now: now().timestamp() }
}

fn everything(world: &World) -> Vec<Outward> {
    world.store.outward(&Selection::default()).unwrap()
}

fn exported(world: &World, target: &Target) -> Exported {
    export(&world.store, &everything(world), target, &mut |_| {}).unwrap()
}

/// Letters whose bytes are a trap: quotes, lines that look like the beginning of a letter, other line ends, no header at all.
fn traps() -> Vec<Vec<u8>> {
    let text = |body: &str| letter(&format!("trap{}", body.len()), "jan@gmail.com", "me@firma.example", 900, &[], body);
    vec![
        text("From me to you\r\n>From you to me\r\n>>From us"),
        text("\r\nFrom x Mon Nov 16 09:30:00 2026\r\nSubject: inside\r\n\r\nfrom a forwarded mbox"),
        String::from_utf8(text("unix line ends\n\n\nand blank lines\n\n")).unwrap().replace("\r\n", "\n").into_bytes(),
        text("8 bit \u{17c}\u{f3}\u{142}w and a lone \r here"),
        b"no header at all, only words\r\n".to_vec(),
    ]
}

fn world_with_letters() -> World {
    let mut server = server_with(&story());
    for trap in traps() {
        server.deliver("INBOX", &trap, Flags::SEEN);
    }
    let mut world = World::new(server);
    world.settle();
    world
}

#[test]
fn what_goes_out_comes_in_and_goes_out_the_same() {
    let world = world_with_letters();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let of = everything(&world).len() as u64;
    let digests =
        |world: &World| -> Vec<[u8; 32]> { everything(world).into_iter().map(|letter| letter.digest).collect() };
    type Make = fn(PathBuf) -> Target;
    let kinds: [(&str, Make); 3] = [("mbox", Target::Mbox), ("eml", Target::Letters), ("maildir", Target::Maildir)];
    for (name, target) in kinds {
        let (first, second) = (at(&format!("{name}-1")), at(&format!("{name}-2")));
        assert_eq!(exported(&world, &target(first.clone())), Exported { written: of, ..Exported::default() }, "{name}");
        let other = World::new(Server::new(FOLDERS));
        let came = import_into(&other, std::slice::from_ref(&first), None);
        assert_eq!((came.new, came.known, came.raw, came.left_out.len()), (of, 0, 1, 0), "{name}: {came:?}");
        assert_eq!(digests(&other), digests(&world), "{name}");
        for letter in everything(&other) {
            let bytes = other.store.raw(letter.message).unwrap().unwrap();
            let original = everything(&world).into_iter().find(|other| other.digest == letter.digest).unwrap();
            assert_eq!(bytes, world.store.raw(original.message).unwrap().unwrap(), "{name}: its own bytes");
        }
        exported(&other, &target(second.clone()));
        assert_eq!(content(&first), content(&second), "{name}");
        other.check();
    }
}

/// Every file below a path, with its bytes and mode.
fn content(path: &Path) -> Vec<(String, Vec<u8>)> {
    let metadata = std::fs::metadata(path).unwrap();
    let mode = metadata.permissions().mode() & 0o777;
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    if metadata.is_file() {
        assert_eq!(mode, 0o600, "{}", path.display());
        return vec![(if name.contains('.') { name } else { String::new() }, std::fs::read(path).unwrap())];
    }
    assert_eq!(mode, 0o700, "{}", path.display());
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| content(entry)).collect()
}

#[test]
fn nothing_is_overwritten_and_a_half_written_folder_is_completed() {
    let world = world_with_letters();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.mbox");
    exported(&world, &Target::Mbox(file.clone()));
    let before = std::fs::read(&file).unwrap();
    let again = export(&world.store, &everything(&world), &Target::Mbox(file.clone()), &mut |_| {}).unwrap_err();
    assert!(again.sentence.contains("is there already"), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left aside");

    let letters = folder.path().join("letters");
    let of = exported(&world, &Target::Letters(letters.clone())).written;
    let mut files: Vec<PathBuf> = std::fs::read_dir(&letters).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    std::fs::remove_file(&files[0]).unwrap();
    std::fs::write(&files[1], "somebody else's").unwrap();
    let again = exported(&world, &Target::Letters(letters.clone()));
    assert_eq!((again.written, again.there), (2, of - 2));
    assert_eq!(std::fs::read(&files[1]).unwrap(), b"somebody else's");
}

#[test]
fn only_what_was_asked_for_goes_out() {
    let world = world_with_letters();
    let count = |selection: Selection| world.store.outward(&selection).unwrap().len();
    let query = |words: &str| Some(crate::domain::query::Query::parse(words));
    assert_eq!(count(Selection { folder: Some("sent".to_owned()), ..Selection::default() }), 7);
    assert_eq!(count(Selection { query: query("colleague "), ..Selection::default() }), 2);
    let jan = world.store.contact_by_address(&address("jan@gmail.com")).unwrap().unwrap().0;
    let of_jan = count(Selection { contact: Some(jan), ..Selection::default() });
    assert!((1..10).contains(&of_jan), "{of_jan}");
    let nobody = Selection { contact: Some(jan), folder: Some("Sent".to_owned()), ..Selection::default() };
    assert_eq!(count(nobody), 0);
}

#[test]
fn a_second_import_and_a_letter_in_two_files_change_nothing() {
    let mut world = world_with_letters();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.mbox");
    exported(&world, &Target::Mbox(file.clone()));
    let of = everything(&world).len() as u64;
    // All of it is on the server: nothing is new, and nothing that is known of it changes.
    let unread = world.counter(Counter::Unread);
    let came = import_into(&world, std::slice::from_ref(&file), None);
    assert_eq!((came.new, came.known), (0, of));
    assert_eq!((world.counter(Counter::Unread), everything(&world).len() as u64), (unread, of));
    let before = world.dump();
    let copy = folder.path().join("copy.eml");
    std::fs::write(&copy, &traps()[0]).unwrap();
    let came = import_into(&world, &[file.clone(), copy.clone(), copy], Some("old"));
    assert_eq!((came.new, came.known), (0, of + 2));
    let again = import_into(&world, &[file], None);
    assert_eq!((again.new, again.known, again.continued), (0, of, 0));
    // A folder of another name has copies of its own; the letters are the same.
    let words = |line: &&String| line.starts_with("message") || line.starts_with("counter");
    let now: Vec<String> = world.dump();
    assert_eq!(before.iter().filter(words).collect::<Vec<_>>(), now.iter().filter(words).collect::<Vec<_>>());
    world.settle();
    world.check();
}

#[test]
fn no_sync_and_no_server_touches_what_is_kept_here() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("only-here.eml");
    std::fs::write(&file, letter("only-here", "anna@acme.example", "me@firma.example", 5, &[], "Old times?")).unwrap();
    let mut world = World::new(server_with(&story()));
    import_into(&world, &[file], None);
    world.settle();
    let status = || world.store.status(&now(), &WorkTime::default()).unwrap().accounts.remove(0);
    let here = |name: &str| status().folders.into_iter().find(|folder| folder.name.as_str() == name);
    let imported = here("Imported").expect("it is shown");
    assert_eq!((imported.local, imported.server, imported.complete), (1, None, true));
    assert!(world.seen("only-here"), "an archive was read");
    // Filed as any letter: Anna is known.
    let filed = world.store.filing(world.thread("only-here")).unwrap().unwrap();
    assert!(filed.place.contact.is_some());
    // What is wanted of it is so at once, and waits for nobody.
    let (thread, message) = (world.thread("only-here"), world.message("only-here"));
    let commands = world.server.calls;
    world.store.set_seen(thread, false).unwrap();
    assert!(!world.seen("only-here"));
    assert_eq!(status().wishes_pending, 0);
    world.store.record("unread", now().timestamp(), || world.store.set_seen(thread, true)).unwrap();
    world.store.undo(now().timestamp()).unwrap();
    assert!(!world.seen("only-here"), "undone");
    assert_eq!(world.server.calls, commands);
    // The server loses everything; what is kept here stays.
    for folder in ["INBOX", "Sent", "Klienci", "Junk"] {
        world.server.folder(folder).letters.clear();
        world.server.folder(folder).uid_validity += 100;
    }
    world.settle();
    assert_eq!(world.place("only-here"), "live");
    assert_eq!(world.store.folders_of(message).unwrap(), [Text::own("Imported")]);
    assert_eq!(everything(&world).len(), 1);
    world.check();
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_was() {
    let source = world_with_letters();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.mbox");
    exported(&source, &Target::Mbox(file.clone()));
    let of = everything(&source).len() as u64;
    let whole = World::new(Server::new(FOLDERS));
    import_into(&whole, std::slice::from_ref(&file), None);
    let batches = of.div_ceil(3);
    for cut in 1..=batches {
        let world = World::new(Server::new(FOLDERS));
        let found = find(std::slice::from_ref(&file), None).unwrap();
        let mut told = 0;
        let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            importer(&world).run(&found, &mut |_| {
                told += 1;
                assert!(told < cut, "killed on purpose");
            })
        }));
        assert!(killed.is_err(), "at {cut}");
        let so_far = everything(&world).len() as u64;
        assert_eq!(so_far, (cut * 3).min(of), "what was committed stays");
        let came = import_into(&world, std::slice::from_ref(&file), None);
        assert_eq!(so_far + came.new, of, "at {cut}: {came:?}");
        let at_the_end = u64::from(so_far < of);
        assert_eq!(
            (came.known, came.continued),
            (if at_the_end == 1 { 0 } else { came.known }, at_the_end),
            "at {cut}"
        );
        assert_eq!(difference(&whole.dump(), &world.dump()), "", "at {cut}");
        assert_eq!(world.store.rows("SELECT count(*) FROM import_progress"), ["0"]);
    }
}

#[test]
fn a_file_that_changed_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.mbox");
    let mut bytes = Vec::new();
    for n in 0..5 {
        let letter = letter(&format!("n{n}"), "jan@gmail.com", "me@firma.example", n, &[], "x");
        mime::mbox::write_mbox(&mut bytes, &letter, "jan@gmail.com", now().timestamp()).unwrap();
    }
    std::fs::write(&file, &bytes).unwrap();
    let world = World::new(Server::new(FOLDERS));
    let name = std::fs::canonicalize(&file).unwrap().to_string_lossy().into_owned();
    let mark = crate::store::ImportMark { size: 3, modified: 0, read_to: 1_000_000 };
    world.store.set_import_mark(&name, Some(&mark)).unwrap();
    let came = import_into(&world, &[file], None);
    assert_eq!((came.new, came.continued), (5, 0));
}
