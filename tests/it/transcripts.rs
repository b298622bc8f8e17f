//! What servers really say, and worse: whatever a server says, the program does not panic, does not hang and loses nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postbook::domain::problem::Result;
use postbook::net::Timeouts;

use super::cuts::{desk_with, session};
use super::support::replay::{Replay, Said, Script, Spoil, replace};
use super::support::*;
use super::sync::Desk;

/// How long the server may be silent in these tests.
const PATIENCE: Duration = Duration::from_millis(200);
/// No conversation takes longer than this, whatever is said: every silence ends with the patience.
const BOUND: Duration = Duration::from_secs(30);

fn letter(uid: u32) -> String {
    format!(
        "From: jan@klient.example\r\nTo: anna@firma.example\r\nSubject: Offer {uid}\r\n\
         Date: Mon, 16 Nov 2026 10:0{uid}:00 +0000\r\nMessage-ID: <t{uid}@x.example>\r\n\r\nHow much is {uid}?\r\n"
    )
}

fn fetched(uid: u32) -> String {
    let letter = letter(uid);
    format!(
        "* {uid} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE \"16-Nov-2026 10:00:00 +0000\" RFC822.SIZE {} MODSEQ ({uid}) BODY[] {{{}}}\r\n{letter})\r\n",
        letter.len(),
        letter.len()
    )
}

/// A server in good order with four letters in INBOX. It keeps modification sequences.
fn good() -> Script {
    let all = |each: &dyn Fn(u32) -> String| (1..=4).map(each).collect::<String>();
    let flags = all(&|uid| format!("* {uid} FETCH (UID {uid} FLAGS (\\Seen) MODSEQ ({uid}))\r\n"));
    let select = |exists: u32| {
        format!(
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Ok\r\n\
             * {exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 77] Ok\r\n* OK [UIDNEXT 5] Ok\r\n* OK [HIGHESTMODSEQ 9] Ok\r\nTAG OK [READ-WRITE] done\r\n"
        )
    };
    let done = "TAG OK done\r\n".to_owned();
    let answers = [
        ("CAPABILITY", format!("* CAPABILITY IMAP4rev1 UIDPLUS MOVE CONDSTORE ENABLE IDLE\r\n{done}")),
        ("AUTHENTICATE", done.clone()),
        ("LOGIN", done.clone()),
        ("ENABLE", format!("* ENABLED CONDSTORE\r\n{done}")),
        ("NAMESPACE", format!("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n{done}")),
        ("ID", format!("* ID NIL\r\n{done}")),
        ("LIST", format!("* LIST (\\HasNoChildren) \"/\" INBOX\r\n{done}")),
        ("SELECT", select(4)),
        ("EXAMINE", select(4)),
        ("STATUS", format!("* STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 77 UNSEEN 0)\r\n{done}")),
        ("UID SEARCH", format!("* SEARCH 1 2 3 4\r\n{done}")),
        ("UID FETCH", String::new()),
        ("UID STORE", done.clone()),
        ("UID MOVE", done.clone()),
        ("UID COPY", done.clone()),
        ("UID EXPUNGE", done.clone()),
        ("APPEND", done.clone()),
        ("CREATE", done.clone()),
        ("NOOP", done.clone()),
        ("IDLE", done.clone()),
        ("UNSELECT", done.clone()),
        ("CLOSE", done.clone()),
        ("LOGOUT", format!("* BYE good bye\r\n{done}")),
    ];
    let mut script = Script {
        greeting: b"* OK ready\r\n".to_vec(),
        answers: answers.map(|(verb, answer)| (verb.to_owned(), answer.into_bytes())).to_vec(),
    };
    // Whatever is asked of letters is told of all four, as some servers do; who asked for flags gets no letters.
    let fetch = script.answers.iter_mut().find(|(verb, _)| verb == "UID FETCH").unwrap();
    fetch.1 = format!("{}{done}", all(&fetched)).into_bytes();
    script.answers.insert(0, ("UID FETCH 1:* (UID FLAGS".to_owned(), format!("{flags}{done}").into_bytes()));
    script.answers.insert(0, ("UID FETCH 1:* (UID)".to_owned(), format!("{flags}{done}").into_bytes()));
    script
}

/// One conversation; fails when it takes too long. A panic of the program fails the test by itself.
fn converse(desk: &Desk, server: &Replay, what: &str) -> Result<()> {
    let started = Instant::now();
    let timeouts = Timeouts { read: PATIENCE, write: PATIENCE, ..Timeouts::default() };
    let outcome = session(server.port, "anna", &timeouts).and_then(|mut session| desk.try_sync(&mut session)).map(drop);
    let took = started.elapsed();
    assert!(took < BOUND, "{what}: it took {took:?}");
    if let Err(problem) = &outcome {
        let said = problem.to_string();
        assert!(
            !said.is_empty() && !said.contains(PASSWORD) && !said.chars().any(char::is_control),
            "{what}: {said:?}"
        );
    }
    outcome
}

/// Folders and the letters in them; also of folders that the server does not list now, since they are kept.
fn letters(desk: &Desk) -> BTreeSet<(String, String)> {
    let store = rusqlite::Connection::open(desk.file()).unwrap();
    let mut found = store
        .prepare("SELECT f.name, m.msg_id FROM copy c JOIN folder f ON f.id = c.folder_id JOIN message m ON m.id = c.message_id WHERE m.msg_id IS NOT NULL")
        .unwrap();
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

/// A store that has what the server in good order has.
fn filled() -> Vec<u8> {
    let desk = desk_with(&[], &[]);
    let server = Replay::play(good());
    for _ in 0..2 {
        // Under load a server in good order may seem silent.
        while converse(&desk, &server, "good").is_err() {}
    }
    assert_eq!(letters(&desk).len(), 4);
    let whole = rusqlite::Connection::open(desk.file()).unwrap();
    whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    std::fs::read(desk.file()).unwrap()
}

/// Lets a server say something odd to a store that has everything and to one that has nothing. Nothing may be lost that was
/// here, and what the odd server did not bring comes from a good one.
fn survive(filled: &[u8], server: &Replay, what: &str) -> (Result<()>, Result<()>) {
    let good = Replay::play(good());
    let full = desk_with(filled, &[]);
    let before = letters(&full);
    let to_full = converse(&full, server, what);
    let missing: Vec<_> = before.difference(&letters(&full)).cloned().collect();
    assert!(missing.is_empty(), "{what}: lost {missing:?}");
    let empty = desk_with(&[], &[]);
    let to_empty = converse(&empty, server, what);
    for desk in [&full, &empty] {
        recover(desk, &good, what, &before);
    }
    (to_full, to_empty)
}

/// After a conversation in good order everything is here.
fn recover(desk: &Desk, good: &Replay, what: &str, expected: &BTreeSet<(String, String)>) {
    let mut outcome = converse(desk, good, what);
    // Under load a server in good order may seem silent.
    for _ in 0..10 {
        if outcome.is_ok() {
            break;
        }
        outcome = converse(desk, good, what);
    }
    outcome.unwrap_or_else(|problem| panic!("{what}: afterwards a good server is not understood: {problem}"));
    let missing: Vec<_> = expected.difference(&letters(desk)).cloned().collect();
    assert!(missing.is_empty(), "{what}: after a good server there is still missing {missing:?}");
}

#[test]
fn odd_servers_of_the_field_notes_lose_nothing() {
    let filled = filled();
    let one = |text: &str| replace(text.as_bytes(), b"\n", b"\r\n");
    let letters = |range: std::ops::RangeInclusive<u32>| range.map(fetched).collect::<String>();
    let select = |lines: &str| one(&format!("{lines}TAG OK [READ-WRITE] done\n"));
    for (what, script) in [
        ("a greeting in brackets", Script { greeting: one("* OK ready. [TQBXAEgA=]\n"), ..good() }),
        ("capabilities in small letters", good().with("CAPABILITY", &one("* capability imap4rev1 idle\nTAG OK done\n"))),
        ("capabilities that lie", good().with("SELECT", &one("TAG BAD parameters\n"))),
        ("no capabilities at all", good().with("CAPABILITY", &one("TAG OK done\n"))),
        ("a delimiter of NIL, a name in small letters", good().with("LIST", &one("* list (\\noselect) NIL Top\n* List () NIL inbox\nTAG OK done\n"))),
        ("nothing listed", good().with("LIST", &one("TAG OK done\n"))),
        ("XLIST's words", good().with("LIST", &one("* XLIST (\\HasNoChildren \\Inbox) \"|\" INBOX\nTAG OK done\n"))),
        ("a literal for a name", good().with("LIST", &one("* LIST () \"/\" {5}\nINBOX\n* LIST () \"/\" {0}\n\nTAG OK done\n"))),
        ("UIDVALIDITY 0", good().with("SELECT", &select("* 4 EXISTS\n* OK [UIDVALIDITY 0] x\n* OK [UIDNEXT 0] x\n"))),
        ("no UIDVALIDITY, no UIDNEXT", good().with("SELECT", &select("* 4 EXISTS\n"))),
        ("a negative MODSEQ", good().with("SELECT", &select("* 4 EXISTS\n* OK [UIDVALIDITY 77] x\n* OK [UIDNEXT 6] x\n* OK [HIGHESTMODSEQ -1] x\n"))),
        ("numbers beyond all bounds", good().with("SELECT", &select("* 99999999999999999999 EXISTS\n* OK [UIDVALIDITY 99999999999] x\n* OK [UIDNEXT 1e9] x\n* OK [HIGHESTMODSEQ 99999999999999999999999] x\n"))),
        ("EXISTS is not said", good().with("SELECT", &select("* OK [UIDVALIDITY 77] x\n* OK [UIDNEXT 6] x\n"))),
        ("an untagged NO in SELECT", good().with("SELECT", &select("* NO [ALERT] the disk is full\n* 4 EXISTS\n* OK [UIDVALIDITY 77] x\n"))),
        ("the folder does not open", good().with("SELECT", &one("TAG NO [UNAVAILABLE] Server Unavailable. 15\n"))),
        ("a shorter list than EXISTS", good().with("UID SEARCH", &one("* SEARCH 1 2\nTAG OK done\n")).with("UID FETCH 1:* (UID)", &one("TAG OK done\n")).with("SELECT", &select("* 4 EXISTS\n* OK [UIDVALIDITY 77] x\n* OK [UIDNEXT 6] x\n"))),
        ("an empty list", good().with("UID SEARCH", &one("* SEARCH\nTAG OK done\n")).with("SELECT", &select("* 4 EXISTS\n* OK [UIDVALIDITY 77] x\n* OK [UIDNEXT 6] x\n")).with("UID FETCH 1:* (UID)", &one("TAG OK done\n"))),
        ("search is refused", good().with("UID SEARCH", &one("TAG NO not now\n"))),
        ("OK without the letters", good().with("UID FETCH", &one("TAG OK done\n"))),
        ("letters without a body", good().with("UID FETCH", &one("* 1 FETCH (UID 1 FLAGS () BODY[] NIL)\n* 2 FETCH (UID 2 FLAGS ())\nTAG OK done\n"))),
        ("a body without a value", good().with("UID FETCH", &one("* 1 FETCH (UID 1 FLAGS () BODY[] )\nTAG OK done\n"))),
        ("sizes as reals, dates of NIL", good().with("UID FETCH", &[replace(letters(1..=4).as_bytes(), b"INTERNALDATE \"16-Nov-2026 10:00:00 +0000\" RFC822.SIZE", b"INTERNALDATE NIL RFC822.SIZE 9.3736e+06 X-SIZE"), one("TAG OK done\n")].concat())),
        ("extra parentheses", good().with("UID FETCH", &one("* 1 FETCH (UID 1 (FLAGS ()) BODY[] NIL)\nTAG OK done\n"))),
        ("letters of no bytes", good().with("UID FETCH", &one("* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 166 BODY[] {0}\n)\n* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 166 BODY[] \"\")\nTAG OK done\n"))),
        ("negative MODSEQs and strange items", good().with("UID FETCH 1:* (UID FLAGS", &one("* 1 FETCH (MODSEQ (-1) X-THING (A \"b\") FLAGS (\\Seen) UID 1)\nTAG OK done\n"))),
        ("a line of nobody's between", good().with("UID FETCH", &[letters(1..=2).into_bytes(), one("* XMYSTERY (a b\n* 7 RECENT\n\n* OK Still here\n+ \n"), letters(3..=4).into_bytes(), one("TAG OK done\n")].concat())),
        ("BYE amid the letters", good().with("UID FETCH", &[letters(1..=2).into_bytes(), one("* BYE closing, try later\n")].concat())),
        ("BYE amid a letter", good().with("UID FETCH", &one("* 1 FETCH (UID 1 BODY[] {500}\nSubject: x\n\n* BYE timeout\n"))),
        ("EXPUNGE amid the letters", good().with("UID FETCH", &[letters(1..=2).into_bytes(), one("* 1 EXPUNGE\n* 3 EXISTS\n"), letters(4..=4).into_bytes(), one("TAG OK done\n")].concat())),
        ("the tag of nobody", good().with("UID FETCH", &one("zz9 OK done\n"))),
        ("NO to the letters", good().with("UID FETCH", &one("TAG NO [SERVERBUG] internal error\n"))),
        ("a suggested pause", good().with("UID FETCH", &one("TAG BAD Request is throttled. Suggested Backoff Time: 299962 milliseconds\n"))),
        ("a literal that never ends", good().with("UID FETCH", &one("* 1 FETCH (UID 1 BODY[] {90000000}\nSubject"))),
        ("a literal beyond all bounds", good().with("UID FETCH", &one("* 1 FETCH (UID 1 BODY[] {99999999999999999999}\nSubject"))),
        ("a preauthenticated greeting", Script { greeting: one("* PREAUTH you are in\n"), ..good() }),
        ("a goodbye for a greeting", Script { greeting: one("* BYE too many connections\n"), ..good() }),
        ("another protocol's greeting", Script { greeting: one("220 smtp.example ESMTP\n"), ..good() }),
    ] {
        let server = Replay::play(script);
        let (full, empty) = survive(&filled, &server, what);
        eprintln!("{what}: {:?}, {:?}", full.err().map(|p| p.to_string()), empty.err().map(|p| p.to_string()));
    }
}

/// One way to spoil an answer.
#[derive(Clone, Copy, Debug)]
enum Spoilt {
    /// It ends in the middle, and so does the connection.
    Truncated,
    /// Some bits are turned over.
    Flipped,
    /// An untagged line is left out.
    Dropped,
    /// A line comes twice.
    Doubled,
    /// Two lines change places.
    Swapped,
    /// A line is put in that nobody asked for.
    Inserted,
    /// It comes in small packets.
    Split,
    /// It never comes.
    Silent,
}

const WAYS: [Spoilt; 8] = [
    Spoilt::Truncated,
    Spoilt::Flipped,
    Spoilt::Dropped,
    Spoilt::Doubled,
    Spoilt::Swapped,
    Spoilt::Inserted,
    Spoilt::Split,
    Spoilt::Silent,
];

/// None of them says that a letter is gone.
const STRANGE: [&str; 16] = [
    "* XSTRANGE (((",
    "* 99999999999999999999999 EXISTS",
    "* 4 EXISTS",
    "+ ",
    "* OK [UNHEARD-OF \"x\\",
    "* NO [ALERT] \u{1b}[31mred\u{7}",
    "* 3 FETCH (UID 3 BODY[] NIL)",
    "* 3 FETCH (FLAGS (\\Seen))",
    "* FETCH",
    "* LIST () NIL \"\"",
    "* STATUS INBOX ()",
    "* SEARCH",
    "* 2 FETCH (UID 2 BODY[] {0}\r\n)",
    "* CAPABILITY",
    "*",
    "",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// The answer spoilt; lines are cut at every line end, those in a letter too.
fn spoil(way: Spoilt, bytes: &[u8], random: &mut Random) -> Said {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let line = random.below(lines.len());
    match way {
        Spoilt::Truncated => {
            return Said { pieces: vec![bytes[..random.below(bytes.len())].to_vec()], close: true };
        }
        Spoilt::Flipped => {
            let mut bytes = bytes.to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            return Said::whole(&bytes);
        }
        Spoilt::Dropped => {
            let untagged: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with(b"* ")).collect();
            if let Some(at) = untagged.get(random.below(untagged.len())) {
                lines.remove(*at);
            }
        }
        Spoilt::Doubled => lines.insert(line, lines[line].clone()),
        Spoilt::Swapped => {
            let other = random.below(lines.len());
            lines.swap(line, other);
        }
        Spoilt::Inserted => lines.insert(line, format!("{}\r\n", STRANGE[random.below(STRANGE.len())]).into_bytes()),
        Spoilt::Split => {
            let size = 1 + random.below(9);
            return Said { pieces: bytes.chunks(size).map(<[u8]>::to_vec).collect(), close: false };
        }
        Spoilt::Silent => return Said { pieces: Vec::new(), close: false },
    }
    Said::whole(&lines.concat())
}

#[test]
fn spoilt_answers_neither_panic_nor_hang_nor_lose() {
    /// Conversations; each seed is one.
    const SEEDS: u64 = 400;
    let filled = filled();
    let server = Replay::play(good());
    let empty = desk_with(&[], &[]);
    while converse(&empty, &server, "good").is_err() {}
    let answers = server.answers();
    let started = Instant::now();
    let mut failed = 0;
    let expected = letters(&desk_with(&filled, &[]));
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let way = WAYS[random.below(WAYS.len())];
        let (spoilt_answer, own_seed) = (random.below(answers), seed + 7919);
        let what = format!("seed {seed}: answer {spoilt_answer} {way:?}");
        let spoiling: Spoil = Arc::new(move |number, bytes| {
            if number == spoilt_answer { spoil(way, bytes, &mut Random(own_seed)) } else { Said::whole(bytes) }
        });
        let was_full = random.below(3) > 0;
        let desk = if was_full { desk_with(&filled, &[]) } else { desk_with(&[], &[]) };
        let spoilt_server = Replay::spoilt(good(), spoiling);
        failed += usize::from(converse(&desk, &spoilt_server, &what).is_err());
        // Turned bits may say that a letter is gone, and so may lines of a letter out of their places; nothing else may.
        if was_full && !matches!(way, Spoilt::Flipped | Spoilt::Swapped) {
            let missing: Vec<_> = expected.difference(&letters(&desk)).cloned().collect();
            assert!(missing.is_empty(), "{what}: lost {missing:?}");
        }
        let intact =
            !matches!(way, Spoilt::Flipped | Spoilt::Swapped | Spoilt::Doubled | Spoilt::Inserted | Spoilt::Dropped);
        if was_full || intact {
            recover(&desk, &server, &what, &expected);
        }
    }
    eprintln!("{SEEDS} conversations of {answers} answers, {failed} given up, in {:?}", started.elapsed());
    assert!(failed > 50, "the spoiling did not reach the program");
}

/// Conversations made of what a provider's server was recorded to say, filled up with what a good one says.
#[test]
fn recorded_servers_lose_nothing() {
    let corpus =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|above| above.join("shared/corpus/imap-transcripts"));
    let named = std::env::var_os("POSTBOOK_TRANSCRIPTS").map(std::path::PathBuf::from);
    let Some(corpus) = named.into_iter().chain(corpus).find(|folder| folder.is_dir()) else {
        eprintln!("NOT TESTED with recorded servers: they lie beside the project, or where POSTBOOK_TRANSCRIPTS says");
        return;
    };
    let filled = filled();
    let mut files: Vec<_> = std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_dir());
    files.sort();
    let mut replayed = 0;
    for provider in files {
        let name = provider.file_name().unwrap().to_string_lossy().into_owned();
        let mut recorded: Vec<_> = std::fs::read_dir(&provider).unwrap().map(|entry| entry.unwrap().path()).collect();
        recorded.sort();
        let mut whole = good();
        for path in &recorded {
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let Some(alone) = recorded_script(good(), path, &file) else {
                eprintln!("{name}/{file}: no command of ours is answered so");
                continue;
            };
            if let Some(together) = recorded_script(whole.clone(), path, &file).filter(|_| !file.contains("preauth")) {
                whole = together;
            }
            replayed += 1;
            let (full, empty) = survive(&filled, &Replay::play(alone), &format!("{name}/{file}"));
            eprintln!(
                "{name}/{file}: {:?}, {:?}",
                full.err().map(|p| p.to_string()),
                empty.err().map(|p| p.to_string())
            );
        }
        let _ = survive(&filled, &Replay::play(whole), &format!("{name}, all together"));
    }
    eprintln!("{replayed} recorded answers of {}", corpus.display());
    assert!(replayed > 0, "{} holds nothing that is known here", corpus.display());
}

/// Puts a recorded answer in its place in the script. Which command it answers is known by the file's name.
fn recorded_script(script: Script, path: &Path, file: &str) -> Option<Script> {
    let bytes = std::fs::read(path).unwrap();
    let bytes = replace(&replace(&bytes, b"\r\n", b"\n"), b"\n", b"\r\n");
    let answer = replace(&bytes, b"A########", b"TAG");
    if file.contains("greeting") {
        return Some(Script { greeting: answer, ..script });
    }
    let verbs: &[&str] = match file {
        _ if file.contains("fetch") || file.contains("body") => &["UID FETCH"],
        _ if file.starts_with("authenticate") => &["AUTHENTICATE", "LOGIN"],
        _ if file.starts_with("capabilit") => &["CAPABILITY"],
        _ if file.contains("list") => &["LIST"],
        _ if file.starts_with("examine") || file.starts_with("select") => &["SELECT \"INBOX\"", "EXAMINE \"INBOX\""],
        "search" => &["UID SEARCH"],
        "namespace" => &["NAMESPACE"],
        _ if file.starts_with("enable") => &["ENABLE"],
        "issue115" => &["UID MOVE"],
        _ => return None,
    };
    Some(verbs.iter().fold(script, |script, verb| script.with(verb, &answer)))
}
