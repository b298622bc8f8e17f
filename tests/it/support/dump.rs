//! What a store holds about its mail, without keys and numbers: two stores that hold the same give the same lines.

use std::path::Path;

use postbook::domain::id;
use postbook::domain::message::Flags;
use postbook::store::Store;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::client::{Mailbox, letter_name};

/// A letter is called by its Message-ID, or by its digest.
const NAME: &str = "coalesce(m.msg_id, hex(m.digest))";
/// A thread is called by the names of its letters.
const THREAD: &str = "(SELECT group_concat(x, ' ') FROM (SELECT coalesce(msg_id, hex(digest)) AS x FROM message WHERE thread_id = t.id ORDER BY x))";

/// The mail of the store in this file, sorted. `plain` makes a folder's name the same on every server.
pub fn dump(file: &Path, plain: &dyn Fn(&str) -> String) -> Vec<String> {
    let store = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store opens");
    let mut lines = Vec::new();
    // Where a row has a folder, it is in the first column.
    for (what, has_folder, sql) in [
        (
            "message",
            false,
            format!("SELECT hex(digest), {NAME}, direction, nature, from_address, subject, snippet, attachments, degraded, asks, seen, flags, place FROM message m WHERE place <> 'gone'"),
        ),
        (
            "gone",
            false,
            format!("SELECT {NAME} FROM message m WHERE place = 'gone'"),
        ),
        (
            "copy",
            true,
            format!("SELECT f.name, {NAME}, f.uid_validity = c.uid_validity, c.flags, c.wanted_flags, c.keywords,
                     c.wanted_folder IS NULL, c.wanted_gone FROM copy c JOIN folder f ON f.id = c.folder_id JOIN message m ON m.id = c.message_id"),
        ),
        (
            "folder",
            true,
            "SELECT name, role, server_count, (SELECT count(*) FROM copy WHERE folder_id = folder.id), complete,
             wanted_raw_name, to_create FROM folder WHERE gone = 0"
                .to_owned(),
        ),
        (
            "thread",
            false,
            format!("SELECT {THREAD}, last_at, message_count, last_human_at, last_human_direction, waiting_since, asks FROM thread t
                     WHERE merged_into IS NULL AND message_count > 0"),
        ),
        (
            "list",
            true,
            format!("SELECT f.name, {THREAD}, l.last_at FROM folder_thread l JOIN folder f ON f.id = l.folder_id JOIN thread t ON t.id = l.thread_id"),
        ),
        (
            "filing",
            false,
            format!("SELECT {THREAD}, (SELECT group_concat(address) FROM contact_address a WHERE a.contact_id = x.contact_id), x.rule
                     FROM filing x JOIN thread t ON t.id = x.thread_id WHERE superseded_at IS NULL"),
        ),
    ] {
        let mut statement = store.prepare(&sql).unwrap_or_else(|error| panic!("{what}: {error}"));
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).expect("it runs");
        while let Some(row) = rows.next().expect("a row") {
            let cells = (0..names.len()).map(|column| match row.get_ref(column).expect("a column") {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Text(text) => {
                    let text = String::from_utf8_lossy(text);
                    match names[column].as_str() {
                        _ if column == 0 && has_folder => plain(&text),
                        // Servers tell them in different orders.
                        "keywords" => sorted(&text).join(" "),
                        _ => text.into_owned(),
                    }
                }
                other => format!("{other:?}"),
            });
            lines.push(format!("{what} {}", cells.collect::<Vec<_>>().join(" | ")));
        }
    }
    for (pragma, good) in [("foreign_key_check", ""), ("integrity_check", "ok")] {
        let mut statement = store.prepare(&format!("PRAGMA {pragma}")).expect("a check");
        let found: Vec<String> = statement
            .query_map([], |row| row.get::<_, String>(0))
            .expect("it runs")
            .map(|said| said.expect("text"))
            .collect();
        assert_eq!(found.join(","), good, "{pragma}");
    }
    lines.sort();
    lines
}

/// Where two lists differ.
pub fn difference(expected: &[String], found: &[String]) -> String {
    let times = |lines: &[String], line: &String| lines.iter().filter(|other| *other == line).count();
    let fewer = |here: &[String], there: &[String], mark: &str| -> Vec<String> {
        here.iter().filter(|line| times(here, line) > times(there, line)).map(|line| format!("{mark} {line}")).collect()
    };
    [fewer(expected, found, "-"), fewer(found, expected, "+")].concat().join("\n")
}

fn sorted(words: &str) -> Vec<String> {
    let mut words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

/// The mailbox as it is here, to be compared with what another client sees on the server.
pub fn mailbox(file: &Path, plain: &dyn Fn(&str) -> String) -> Mailbox {
    let store = Store::open(file).expect("the store opens");
    let sql = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store opens");
    let mut all = Mailbox::new();
    let mut folders = sql.prepare("SELECT id, name FROM folder WHERE gone = 0").expect("a query");
    let mut copies = sql.prepare("SELECT message_id, flags, keywords FROM copy WHERE folder_id = ?1").expect("a query");
    let folders = folders.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).expect("rows");
    for (folder, name) in folders.map(|row| row.expect("a folder")) {
        let rows = copies.query_map([folder], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)));
        let mut letters = Vec::new();
        for (message, flags, keywords) in rows.expect("rows").map(|row| row.expect("a copy")) {
            let bytes = store.raw(id::Message(message)).expect("it is read").expect("every copy has its letter");
            let mut names: Vec<String> = Flags(flags).names().into_iter().map(str::to_owned).collect();
            names.extend(sorted(&keywords));
            names.sort();
            letters.push((letter_name(&bytes), names));
        }
        letters.sort();
        all.insert(plain(&name), letters);
    }
    all
}

/// Says where two mailboxes differ.
#[track_caller]
pub fn assert_same(server: &Mailbox, here: &Mailbox, what: &str) {
    let lines = |mailbox: &Mailbox| -> Vec<String> {
        let folders = mailbox.keys().map(|folder| format!("folder {folder}"));
        let letters = mailbox.iter().flat_map(|(folder, letters)| {
            letters.iter().map(move |(name, flags)| format!("{folder}: {name} {}", flags.join(" ")))
        });
        folders.chain(letters).collect()
    };
    let (server, here) = (lines(server), lines(here));
    assert!(server == here, "{what}\n{}", difference(&server, &here));
}
