//! Sessions against scripted servers.

use super::answer::{self, Answer, Status};
use super::wire::{Frame, Transport, Wire};
use super::*;
use crate::domain::account::{Endpoint, Login, Secret, Security};
use crate::domain::folder::Role;
use crate::net::Timeouts;
use crate::net::script::{Server, Step, certificate, hear, impatient, login, patient, say};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::io::{self, Read, Write};

pub(super) const CAPABILITIES: &str = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS CONDSTORE MOVE";

/// The steps of a usual sign-in, then `steps`.
pub(super) fn signed_in(capabilities: &str, steps: Vec<Step>) -> Server {
    let mut all = vec![
        say(&format!("* OK [CAPABILITY {capabilities}] ready")),
        hear("AUTHENTICATE PLAIN"),
        say("+ "),
        Step::Hear(""),
    ];
    // The token line overwrites the tag: the sign-in has the first one.
    all.push(say(&format!("a1 OK [CAPABILITY {capabilities}] signed in")));
    all.extend(steps);
    Server::play(all)
}

pub(super) fn open(server: &Server) -> Session {
    Session::open(&server.endpoint(), &login(), &patient()).unwrap()
}

/// A session on `server`'s steps; the server's end is checked when the closure is through.
fn with_session<T>(steps: Vec<Step>, act: impl FnOnce(&mut Session) -> T) -> (T, String) {
    let server = signed_in(CAPABILITIES, steps);
    let mut session = open(&server);
    let result = act(&mut session);
    drop(session);
    (result, server.heard())
}

pub(super) fn answered(command: &'static str, lines: &[&str]) -> Vec<Step> {
    let mut steps = vec![hear(command)];
    steps.extend(lines.iter().map(|line| say(line)));
    steps
}

#[test]
fn greetings() {
    for (greeting, kind, words) in [
        ("* PREAUTH welcome back", Kind::Untrusted, "PREAUTH"),
        ("* BYE too many connections from your address", Kind::Network, "too many connections"),
        ("220 mail.firma.example ESMTP", Kind::Network, "did not answer in time"),
        ("* NO go away", Kind::Network, "does not greet"),
    ] {
        let server = Server::play(vec![say(greeting), Step::Hold]);
        let problem = Session::open(&server.endpoint(), &login(), &impatient()).unwrap_err();
        assert_eq!(problem.kind, kind, "{greeting}: {problem}");
        assert!(problem.sentence.contains(words), "{greeting}: {problem}");
        assert_eq!(server.heard(), "", "{greeting}: nothing is said to it");
    }
}

#[test]
fn a_server_that_says_nothing_or_hangs_up_is_given_up() {
    for (steps, words) in [
        (vec![Step::Hold], "did not answer in time"),
        (vec![Step::Close], "closed the connection"),
        (vec![Step::Say(b"* OK half a gree".to_vec()), Step::Hold], "did not answer in time"),
        (vec![Step::Say(b"* OK half a gree".to_vec()), Step::Close], "closed the connection"),
    ] {
        let server = Server::play(steps);
        let problem = Session::open(&server.endpoint(), &login(), &impatient()).unwrap_err();
        assert!(problem.kind == Kind::Network && problem.sentence.contains(words), "{problem}");
        server.heard();
    }
}

#[test]
fn starttls_is_not_taken_from_whom_injects() {
    let refuse = |after: &str, kind, words: &str| {
        let server = Server::play(vec![
            say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready"),
            hear("STARTTLS"),
            say(after),
            Step::Hold,
        ]);
        let endpoint = Endpoint { security: Security::StartTls, ..server.endpoint() };
        let problem = Session::open(&endpoint, &login(), &impatient()).unwrap_err();
        assert!(problem.kind == kind && problem.sentence.contains(words), "{after}: {problem}");
        assert!(!server.heard().contains("AUTHENTICATE"));
    };
    refuse("TAG OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN", Kind::Untrusted, "before TLS began");
    refuse("TAG BAD unknown command", Kind::Untrusted, "refuses STARTTLS");
    refuse("TAG NO not today", Kind::Untrusted, "refuses STARTTLS");
}

#[test]
fn starttls_protects_and_forgets_what_was_said_before() {
    let server = Server::play(vec![
        say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready"),
        hear("STARTTLS"),
        say("TAG OK go"),
        Step::Tls("good"),
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 AUTH=PLAIN"),
        say("TAG OK"),
        hear("AUTHENTICATE"),
        say("+ "),
        Step::Hear(""),
        say("a2 OK [CAPABILITY IMAP4rev1 IDLE] in"),
        Step::Hold,
    ]);
    let ca_file = Some(certificate("authority"));
    let endpoint = Endpoint { security: Security::StartTls, ca_file, ..server.endpoint() };
    assert!(Session::open(&endpoint, &login(), &patient()).unwrap().capabilities().idle);
    server.heard();
}

#[test]
fn tls_is_not_replaced_by_plain_text() {
    let server = Server::play(vec![say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"), Step::Hold]);
    let endpoint = Endpoint { security: Security::Tls, ..server.endpoint() };
    let problem = Session::open(&endpoint, &login(), &impatient()).unwrap_err();
    assert_eq!(problem.kind, Kind::Untrusted, "{problem}");
    assert!(problem.sentence.contains("does not speak TLS"), "{problem}");
    server.heard();
}

#[test]
fn signing_in() {
    // PLAIN where offered.
    let server = signed_in(CAPABILITIES, vec![Step::Hold]);
    let session = open(&server);
    assert!(session.capabilities().condstore && session.capabilities().moves && !session.capabilities().qresync);
    drop(session);
    assert!(server.heard().contains("AGFubmEAY2FuYXJ5LTQ3MTE="), "the token of RFC 4616");

    // LOGIN elsewhere, capabilities asked for before and after, bare "+" and odd lines in between.
    let server = Server::play(vec![
        say("* OK Courier ready"),
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1"),
        say("TAG OK done"),
        hear("LOGIN \"anna\" \"canary-4711\""),
        say("* OK [ALERT] \u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}"),
        say("* XBANNER (((("),
        say("TAG OK LOGIN Ok."),
        hear("CAPABILITY"),
        say("* capability imap4rev1 idle"),
        say("TAG OK done"),
        Step::Hold,
    ]);
    let session = open(&server);
    assert!(session.capabilities().idle && !session.capabilities().condstore);
    drop(session);
    server.heard();

    // A bare "+", and a challenge that is not base64.
    for challenge in ["+", "+ go ahead!"] {
        let server = Server::play(vec![
            say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"),
            hear("AUTHENTICATE"),
            say(challenge),
            Step::Hear("AGFub"),
            say("* CAPABILITY IMAP4rev1 MOVE"),
            say("a1 OK done"),
            Step::Hold,
        ]);
        assert!(open(&server).capabilities().moves);
        server.heard();
    }
}

#[test]
fn a_refused_sign_in_says_why_and_never_the_password() {
    for (answer, kind) in [
        ("a1 NO [AUTHENTICATIONFAILED] Invalid credentials", Kind::Auth),
        ("a1 NO LOGIN anna canary-4711 failed", Kind::Auth),
        ("a1 BAD canary-4711?", Kind::Auth),
        ("a1 NO [UNAVAILABLE] Directory is down", Kind::Network),
        ("a1 NO Too many simultaneous connections", Kind::Network),
        ("* BYE Autologout", Kind::Network),
        ("* BYE LOGIN anna canary-4711?", Kind::Network),
        ("a1 \u{fffd}\u{fffd}", Kind::Auth),
    ] {
        let server = Server::play(vec![
            say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"),
            hear("AUTHENTICATE"),
            say("+ "),
            Step::Hear(""),
            say(answer),
            Step::Hold,
        ]);
        let problem = Session::open(&server.endpoint(), &login(), &impatient()).unwrap_err();
        assert_eq!(problem.kind, kind, "{answer}: {problem}");
        assert!(!format!("{problem} {problem:?}").contains("canary"), "{problem:?}");
        assert!(problem.kind != Kind::Auth || problem.hint.is_some(), "{problem}");
        server.heard();
    }
    let server = Server::play(vec![say("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS] ready"), Step::Hold]);
    let problem = Session::open(&server.endpoint(), &login(), &patient()).unwrap_err();
    assert_eq!(problem.kind, Kind::Auth);
    assert!(!server.heard().contains("canary"));
}

/// The user of the tests with a token instead of a password.
fn token() -> Login {
    Login { secret: Secret::token("canary-4711".to_owned()), ..login() }
}

/// The messages of the mechanisms, as they go over the wire to a server at this port.
fn token_message(mechanism: &str, endpoint: &Endpoint) -> String {
    let said = match mechanism {
        "OAUTHBEARER" => {
            format!("n,a=anna,\x01host=127.0.0.1\x01port={}\x01auth=Bearer canary-4711\x01\x01", endpoint.port)
        }
        _ => "user=anna\x01auth=Bearer canary-4711\x01\x01".to_owned(),
    };
    STANDARD.encode(said)
}

#[test]
fn signing_in_with_a_token() {
    for (offered, mechanism) in [
        ("AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR", "OAUTHBEARER"),
        ("AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "OAUTHBEARER"),
        ("LOGINDISABLED AUTH=XOAUTH2 SASL-IR", "XOAUTH2"),
        ("AUTH=XOAUTH2", "XOAUTH2"),
    ] {
        let mut steps = vec![say(&format!("* OK [CAPABILITY IMAP4rev1 {offered}] ready"))];
        if offered.contains("SASL-IR") {
            steps.extend([hear("AUTHENTICATE "), say("TAG OK [CAPABILITY IMAP4rev1 IDLE] in"), Step::Hold]);
        } else {
            steps.extend([hear("AUTHENTICATE "), say("+ "), hear("="), say("a1 OK [CAPABILITY IMAP4rev1 IDLE] in")]);
            steps.push(Step::Hold);
        }
        let server = Server::play(steps);
        let endpoint = server.endpoint();
        let session = Session::open(&endpoint, &token(), &patient()).unwrap();
        assert!(session.capabilities().idle, "{offered}");
        drop(session);
        let message = token_message(mechanism, &endpoint);
        let separator = if offered.contains("SASL-IR") { " " } else { "\r\n" };
        let heard = server.heard();
        assert!(heard.contains(&format!("AUTHENTICATE {mechanism}{separator}{message}\r\n")), "{offered}: {heard:?}");
    }
}

#[test]
fn a_refused_token_is_said_and_its_error_answered() {
    let error = STANDARD.encode(r#"{"status":"invalid_token","schemes":"bearer"}"#);
    for (offered, answer) in [
        ("AUTH=OAUTHBEARER SASL-IR", "AQ==\r\n"),
        ("AUTH=OAUTHBEARER", "AQ==\r\n"),
        ("AUTH=XOAUTH2 SASL-IR", "\r\n"),
        ("AUTH=XOAUTH2", "\r\n"),
    ] {
        let mut steps = vec![say(&format!("* OK [CAPABILITY IMAP4rev1 {offered}] ready")), hear("AUTHENTICATE ")];
        if !offered.contains("SASL-IR") {
            steps.extend([say("+ "), hear("=")]);
        }
        steps.extend([say(&format!("+ {error}")), Step::Hear(answer), say("a1 NO canary-4711? Invalid"), Step::Hold]);
        let server = Server::play(steps);
        let problem = Session::open(&server.endpoint(), &token(), &patient()).unwrap_err();
        assert_eq!(problem.kind, Kind::Auth, "{offered}: {problem}");
        assert!(problem.sentence.contains("and the token"), "{problem}");
        assert!(!format!("{problem:?}").contains("canary"), "{problem:?}");
        assert!(server.heard().ends_with(answer), "{offered}");
    }
    let server = Server::play(vec![say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"), Step::Hold]);
    let problem = Session::open(&server.endpoint(), &token(), &patient()).unwrap_err();
    assert!(problem.kind == Kind::Auth && problem.sentence.contains("no way to sign in with a token"), "{problem}");
    assert_eq!(server.heard(), "", "a token is not tried as a password");
}

#[test]
fn a_server_that_challenges_for_ever_is_left() {
    let mut steps = vec![say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"), hear("AUTHENTICATE")];
    for _ in 0..20 {
        steps.push(say("+ "));
    }
    steps.push(Step::Hold);
    let server = Server::play(steps);
    let problem = Session::open(&server.endpoint(), &login(), &patient()).unwrap_err();
    assert!(problem.sentence.contains("without end"), "{problem}");
    server.heard();
}

#[test]
fn folders_with_odd_names() {
    let (folders, _) = with_session(
        vec![
            hear("LIST \"\" \"*\""),
            say(r#"* LIST (\HasNoChildren) "/" inbox"#),
            say(r#"* LIST (\HasNoChildren \Sent) "/" "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-""#),
            say(r#"* List (\Noselect \HasChildren) "/" "[Gmail]""#),
            say(r#"* LIST (\All) "/" "[Gmail]/All Mail""#),
            say(r#"* LIST () "/" "Sent""#),
            say(r#"* LIST () "/" "Trash""#),
            say(r#"* LIST () "/" "Work/Trash""#),
            say(r#"* LIST () "\\" "a\\b \"quoted\" & co""#),
            say(r#"* LIST () NIL &-&Jjo-&bad-&"#),
            Step::Say(b"* LIST () \"|\" {10}\r\nlite}ral {\r\n".to_vec()),
            Step::Say("* LIST () \"/\" \"\u{42f} UTF-8\"\r\n".as_bytes().to_vec()),
            Step::Say(b"* LIST () \"/\" \"Latin \xe9\"\r\n".to_vec()),
            Step::Say(b"* LIST () \"/\" \"esc\x1b[31m\"\r\n".to_vec()),
            say(r#"* LIST broken"#),
            say("TAG OK done"),
            Step::Hold,
        ],
        |session| (session.list().unwrap(), session.repairs()),
    );
    let (folders, repairs) = folders;
    let seen: Vec<_> =
        folders.iter().map(|f| (f.raw_name.as_str(), f.name.as_str(), f.delimiter, f.role, f.selectable)).collect();
    let slash = Some('/');
    assert_eq!(
        seen,
        [
            ("INBOX", "INBOX", slash, Some(Role::Inbox), true),
            ("&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные", slash, Some(Role::Sent), true),
            ("[Gmail]", "[Gmail]", slash, None, false),
            ("[Gmail]/All Mail", "[Gmail]/All Mail", slash, Some(Role::All), true),
            ("Sent", "Sent", slash, None, true),
            ("Trash", "Trash", slash, Some(Role::Trash), true),
            ("Work/Trash", "Work/Trash", slash, None, true),
            (r#"a\b "quoted" & co"#, r#"a\b "quoted" & co"#, Some('\\'), None, true),
            ("&-&Jjo-&bad-&", "&☺&bad-&", None, None, true),
            ("lite}ral {", "lite}ral {", Some('|'), None, true),
            ("Я UTF-8", "Я UTF-8", slash, None, true),
            ("Latin \u{fffd}", "Latin \u{fffd}", slash, None, false),
            ("esc\u{1b}[31m", "esc␛[31m", slash, None, false),
        ]
    );
    assert_eq!(repairs, 3);
}

#[test]
fn special_use_is_asked_for_where_it_is_not_told() {
    let capabilities = "IMAP4rev1 AUTH=PLAIN SPECIAL-USE LIST-EXTENDED";
    let mut steps = answered("RETURN (SPECIAL-USE)", &[r#"* LIST (\Drafts) "/" Brudnopis"#, "TAG OK"]);
    steps.extend(answered("RETURN (SPECIAL-USE)", &["TAG BAD options?"]));
    steps.extend(answered("LIST \"\" \"*\"\r\n", &[r#"* LIST () "/" Drafts"#, "TAG OK"]));
    steps.extend(answered("LIST \"\" \"*\"\r\n", &["TAG OK"]));
    steps.push(Step::Hold);
    let server = signed_in(capabilities, steps);
    let mut session = open(&server);
    for name in ["Brudnopis", "Drafts"] {
        let folders = session.list().unwrap();
        assert_eq!((folders[0].name.as_str(), folders[0].role), (name, Some(Role::Drafts)));
    }
    assert_eq!(session.list().unwrap(), []);
    drop(session);
    server.heard();
}

#[test]
fn opening_folders() {
    let none = Selected::default();
    for (lines, expected) in [
        (
            vec![
                "* 172 EXISTS",
                "* OK [UIDVALIDITY 3857529045] UIDs valid",
                "* OK [UIDNEXT 4392] next",
                "* OK [HIGHESTMODSEQ 715194045007]",
                "* FLAGS (\\Answered \\*)",
                "* OK [PERMANENTFLAGS ()] none",
                "TAG OK [READ-ONLY] done",
            ],
            Selected {
                uid_validity: Some(3_857_529_045),
                uid_next: Some(4392),
                exists: 172,
                highest_modseq: Some(715_194_045_007),
                read_only: true,
                mailbox_id: None,
                lasting: Some(Vec::new()),
            },
        ),
        (
            vec![
                "* NO a warning that is not an end",
                "* OK [UIDVALIDITY 0] never",
                "* OK [UIDNEXT 0]",
                "* OK [HIGHESTMODSEQ -1] Zoho",
                "* STATUS INBOX ()",
                "* 1 FETCH (FLAGS (\\Seen))",
                "TAG OK [READ-WRITE]",
            ],
            none.clone(),
        ),
        (vec!["* 3 EXISTS", "* OK [NOMODSEQ] none", "TAG OK"], Selected { exists: 3, ..none }),
    ] {
        let mut steps = answered("SELECT \"IN\\\"BOX\" (CONDSTORE)", &lines);
        steps.push(Step::Hold);
        let (selected, _) = with_session(steps, |session| session.select("IN\"BOX").unwrap());
        assert_eq!(selected, expected, "{lines:?}");
    }
}

#[test]
fn a_folder_is_opened_although_condstore_was_a_lie() {
    let mut steps = answered("EXAMINE \"A\" (CONDSTORE)", &["TAG BAD syntax"]);
    steps.extend(answered("EXAMINE \"A\"\r\n", &["* 1 EXISTS", "TAG OK done"]));
    steps.extend(answered("SELECT \"B\"\r\n", &["TAG NO [NONEXISTENT] no such mailbox \u{1b}[31m"]));
    steps.push(Step::Hold);
    let (problem, _) = with_session(steps, |session| {
        assert!(session.examine("A").unwrap().read_only);
        assert!(!session.capabilities().condstore);
        session.select("B").unwrap_err()
    });
    assert_eq!(problem.kind, Kind::Refused);
    assert!(problem.sentence.contains("no such mailbox ␛[31m"), "{problem}");
    let (problem, heard) =
        with_session(vec![Step::Hold], |session| session.select("A\r\na9 DELETE INBOX").unwrap_err());
    assert_eq!(problem.kind, Kind::Input);
    assert!(!heard.contains("DELETE"));
}

#[test]
fn listing_uids() {
    let select = || answered("SELECT", &["* 3 EXISTS", "TAG OK done"]);
    let fetch = || {
        answered("UID FETCH 1:* (UID)", &["* 1 FETCH (UID 4)", "* 3 FETCH (UID 9)", "* 2 FETCH (UID 5)", "TAG OK done"])
    };
    for (name, search, falls_back) in [
        ("plain", vec!["* SEARCH 9 4 5 5", "TAG OK done"], false),
        ("in two lines, blanks, MODSEQ", vec!["* SEARCH  9 4 ", "* SEARCH 5 (MODSEQ 917162500)", "TAG OK done"], false),
        ("refused", vec!["TAG NO no search here"], true),
        ("unknown", vec!["TAG BAD what"], true),
        ("silent", vec!["TAG OK done"], true),
        ("too few", vec!["* SEARCH 4 5", "TAG OK done"], true),
        ("unreadable", vec!["* SEARCH 4 x 5", "TAG OK done"], true),
    ] {
        let mut steps = select();
        steps.extend(answered("UID SEARCH ALL", &search));
        if falls_back {
            steps.extend(fetch());
        }
        steps.push(Step::Hold);
        let (uids, _) = with_session(steps, |session| {
            session.select("INBOX").unwrap();
            session.uids().unwrap()
        });
        assert_eq!(uids, [4, 5, 9], "{name}");
    }
    // Nothing told is not "nothing there": all letters here would be taken for deleted.
    let mut steps = answered("SELECT", &["* 99999999999 EXISTS", "TAG OK done"]);
    steps.extend(answered("UID SEARCH ALL", &["TAG OK done"]));
    steps.extend(answered("UID FETCH 1:* (UID)", &["TAG NO"]));
    steps.push(Step::Hold);
    let (problem, _) = with_session(steps, |session| {
        session.select("INBOX").unwrap();
        session.uids().unwrap_err()
    });
    assert_eq!(problem.kind, Kind::Refused);
}

/// What one FETCH answer becomes: UID, flags, keywords, date, size, modseq, body.
fn fetched(lines: Vec<Vec<u8>>, uids: &[u32]) -> (Vec<Fetched>, u64) {
    let mut steps = vec![hear("UID FETCH")];
    steps.extend(lines.into_iter().map(Step::Say));
    steps.push(say("TAG OK done"));
    steps.extend(answered("NOOP", &["TAG OK still in step"]));
    steps.push(Step::Hold);
    let (result, heard) = with_session(steps, |session| {
        let mut letters = Vec::new();
        session
            .fetch(uids, &mut |letter| {
                letters.push(letter);
                Ok(())
            })
            .unwrap();
        session.noop().unwrap();
        (letters, session.repairs())
    });
    assert!(heard.contains("(UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[])"), "{heard}");
    result
}

#[test]
fn a_letter_arrives_whole() {
    let line = b"* 1 FETCH (UID 7 FLAGS (\\Seen $Forwarded \\Recent) INTERNALDATE \" 7-Jul-2026 10:00:00 +0200\" \
                 RFC822.SIZE 12 MODSEQ (65) BODY[] {12}\r\nA: b\r\n\r\n\xff)\0*)\r\n";
    let (letters, repairs) = fetched(vec![line.to_vec()], &[7]);
    assert_eq!(
        letters,
        [Fetched {
            uid: 7,
            flags: Flags::SEEN,
            keywords: vec!["$Forwarded".to_owned()],
            internal_date: Some("2026-07-07T08:00:00Z".parse().unwrap()),
            size: Some(12),
            modseq: Some(65),
            body: Some(b"A: b\r\n\r\n\xff)\0*".to_vec()),
        }]
    );
    assert_eq!(repairs, 0);
}

#[test]
fn odd_fetch_answers_cost_no_letter() {
    let body = |bytes: &str| Some(bytes.as_bytes().to_vec());
    let letter = Fetched {
        uid: 7,
        flags: Flags::default(),
        keywords: Vec::new(),
        internal_date: None,
        size: None,
        modseq: None,
        body: body("hi"),
    };
    for (line, expected) in [
        ("* 1 FETCH (UID 7 INTERNALDATE NIL BODY[] {2}\r\nhi)\r\n", letter.clone()),
        (
            "* 1 FETCH (UID 7 RFC822.SIZE 9.3736e+06 BODY[] {2}\r\nhi)\r\n",
            Fetched { size: Some(9_373_600), ..letter.clone() },
        ),
        (
            "* 1 FETCH (UID 7 RFC822.SIZE 5000000000 BODY[] {2}\r\nhi)\r\n",
            Fetched { size: Some(5_000_000_000), ..letter.clone() },
        ),
        ("* 1 FETCH (UID 7 MODSEQ (-1) BODY[] {2}\r\nhi)\r\n", letter.clone()),
        ("* 1 FETCH (UID 7 MODSEQ -1 BODY[] \"hi\")\r\n", letter.clone()),
        ("* 1 FETCH (UID 7 (FLAGS (\\Seen)) BODY[] {2}\r\nhi)\r\n", Fetched { flags: Flags::SEEN, ..letter.clone() }),
        ("* 1 FETCH (UID 7 BODY[] NIL)\r\n", Fetched { body: None, ..letter.clone() }),
        ("* 1 FETCH (UID 7 BODY[] )\r\n", Fetched { body: None, ..letter.clone() }),
        ("* 1 FETCH (UID 7 RFC822.SIZE 2)\r\n", Fetched { body: None, size: Some(2), ..letter.clone() }),
        ("* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n", Fetched { body: body(""), ..letter.clone() }),
        ("* 1 FETCH (X-GM-LABELS (\"\\\\Inbox\" (a \")\" {1}\r\n))) UID 7 BODY[] {2}\r\nhi)\r\n", letter.clone()),
        ("* 1 FETCH (ENVELOPE (\"d\u{e9}\" NIL (((())))) BODY[] {2}\r\nhi UID 7)\r\n", letter.clone()),
        ("* 1 fetch (uid 7 body[] {2+}\r\nhi)\r\n", letter.clone()),
        ("* 1 FETCH (UID 7 FLAGS NIL INTERNALDATE \"0-Foo-26\" BODY[] {2}\r\nhi\r\n", letter.clone()),
    ] {
        let (letters, _) = fetched(vec![line.as_bytes().to_vec()], &[7]);
        assert_eq!(letters, [expected], "{line}");
    }
}

#[test]
fn what_is_no_letter_is_none() {
    let nested = format!("* 1 FETCH (UID 7 BODYSTRUCTURE {}\r\n", "(".repeat(100_000));
    let (letters, repairs) = fetched(
        vec![
            b"* 4 EXISTS\r\n* 2 EXPUNGE\r\n* 1 RECENT\r\n".to_vec(),
            b"* 1 FETCH (FLAGS (\\Seen))\r\n".to_vec(),
            b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n".to_vec(),
            b"* 9 FETCH (UID 99 BODY[] {2}\r\nno)\r\n".to_vec(),
            b"* 1 FETCH nonsense\r\n\r\n* OK [THROTTLED] {5}\r\n* WHAT {3}\r\nabc\r\n".to_vec(),
            b"zzz OK not our tag\r\n".to_vec(),
            nested.into_bytes(),
            b"* 1 FETCH (UID 7 BODY[] {2}\r\nhi)\r\n".to_vec(),
            b"* 1 FETCH (UID 7 BODY[] {5}\r\ntwice)\r\n".to_vec(),
        ],
        &[7, 8],
    );
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].flags, letters[0].body.as_deref()), (Flags::SEEN, Some(&b"hi"[..])));
    // The nonsense, the blank line, the strange tag, the nesting.
    assert_eq!(repairs, 4);
}

#[test]
fn byte_by_byte_is_the_same_answer() {
    let steps = vec![
        hear("UID FETCH"),
        Step::Drip(b"* 1 FETCH (UID 7 BODY[] {4}\r\n\r\n{1)\r\nTAG OK done\r\n".to_vec()),
        Step::Hold,
    ];
    let (letter, _) = with_session(steps, |session| {
        let mut found = None;
        session
            .fetch(&[7], &mut |letter| {
                found = letter.body;
                Ok(())
            })
            .unwrap();
        found
    });
    assert_eq!(letter.as_deref(), Some(&b"\r\n{1"[..]));
}

#[test]
fn a_connection_that_breaks_anywhere_ends_in_a_problem() {
    let whole = b"* 1 FETCH (UID 7 BODY[] {4}\r\nabcd)\r\na2 OK done\r\n";
    for end in 0..whole.len() {
        let steps = vec![hear("UID FETCH"), Step::Say(whole[..end].to_vec()), Step::Close];
        let ((result, again), _) =
            with_session(steps, |session| (session.fetch(&[7], &mut |_| Ok(())), session.noop()));
        assert_eq!(result.unwrap_err().kind, Kind::Network, "{end}");
        assert_eq!(again.unwrap_err().kind, Kind::Network, "it is not used again");
    }
    let steps = vec![
        hear("UID FETCH"),
        Step::Say(b"* 1 FETCH (UID 7 BODY[] {4}\r\n* BYE\r\n* BYE killed\r\n".to_vec()),
        Step::Hold,
    ];
    let server = signed_in(CAPABILITIES, steps);
    let mut session = Session::open(&server.endpoint(), &login(), &impatient()).unwrap();
    let problem = session.fetch(&[7], &mut |_| Ok(())).unwrap_err();
    assert!(problem.kind == Kind::Network, "{problem}");
    drop(session);
    server.heard();
}

#[test]
fn a_failure_of_ours_leaves_the_connection_in_step() {
    let mut steps = vec![
        hear("UID FETCH 1:2"),
        Step::Say(b"* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\nb)\r\n".to_vec()),
        say("TAG OK done"),
    ];
    steps.extend(answered("NOOP", &["TAG OK"]));
    steps.push(Step::Hold);
    let (handed, _) = with_session(steps, |session| {
        let mut handed = 0;
        let full = |_: Fetched| {
            handed += 1;
            Err(Problem::new(Kind::Store, "the disk is full"))
        };
        let mut full = full;
        assert_eq!(session.fetch(&[1, 2], &mut full).unwrap_err().kind, Kind::Store);
        session.noop().unwrap();
        handed
    });
    assert_eq!(handed, 1);
}

#[test]
fn fetching_makes_way_but_not_before_it_began() {
    let one = |uid: u32| format!("* 1 FETCH (UID {uid} FLAGS () BODY[] {{1}}\r\nx)");
    let mut steps = answered("UID FETCH 1", &[&one(1), "TAG OK"]);
    steps.extend(answered("UID FETCH 2", &[&one(2), "TAG OK"]));
    steps.extend(answered("NOOP", &["TAG OK"]));
    steps.push(Step::Hold);
    with_session(steps, |session| {
        let fetch = |session: &mut Session, uid| session.fetch(&[uid], &mut |_| Ok(()));
        session.make_way_for(std::sync::Arc::new(|| true));
        fetch(session, 1).unwrap();
        assert_eq!(fetch(session, 2).unwrap_err().kind, Kind::Interrupted);
        session.make_way_for(std::sync::Arc::new(|| true));
        fetch(session, 2).unwrap();
        session.noop().unwrap();
    });
}

#[test]
fn flags_and_their_changes() {
    let mut steps = answered(
        "UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 60)",
        &["* 2 FETCH (UID 9 FLAGS (\\Seen $Label) MODSEQ (65))", "* 1 FETCH (UID 4 FLAGS ())", "TAG OK done"],
    );
    steps.extend(answered("UID STORE 4,9 +FLAGS.SILENT (\\Seen \\Answered)", &["* 1 FETCH (MODSEQ (66))", "TAG OK"]));
    steps.extend(answered("UID STORE 4,9 -FLAGS.SILENT (\\Flagged)", &["TAG OK"]));
    steps.push(Step::Hold);
    let (flags, _) = with_session(steps, |session| {
        let flags = session.flags("1:*", Some(60)).unwrap();
        session.store_flags(&[9, 4], Flags::SEEN.with(Flags::ANSWERED), Flags::FLAGGED).unwrap();
        assert_eq!(session.flags("1:* (BODY[])", None).unwrap_err().kind, Kind::Internal);
        flags
    });
    let four = RemoteFlags { uid: 4, flags: Flags::default(), keywords: vec![], modseq: None };
    let nine = RemoteFlags { uid: 9, flags: Flags::SEEN, keywords: vec!["$Label".to_owned()], modseq: Some(65) };
    assert_eq!(flags, [four, nine]);
}

#[test]
fn putting_a_letter_into_a_folder() {
    let steps = vec![
        hear("APPEND \"Sent \\\\ \\\"1\\\"\" (\\Seen) \"07-Jul-2026 08:00:00 +0000\" {12}"),
        say("* 5 EXISTS"),
        say("+"),
        Step::HearBytes(12),
        say("* 6 EXISTS"),
        say("a2 OK [APPENDUID 1 2] done"),
        hear("APPEND \"Full\" () {1}"),
        say("TAG NO [OVERQUOTA] no room"),
        hear("APPEND \"Odd\" () {1}"),
        say("TAG OK without taking it"),
        Step::Hold,
    ];
    let (problem, heard) = with_session(steps, |session| {
        let date = Some("2026-07-07T08:00:00Z".parse().unwrap());
        session.append("Sent \\ \"1\"", b"A: b\n\nbody", Flags::SEEN, date).unwrap();
        let full = session.append("Full", b"x", Flags::default(), None).unwrap_err();
        assert_eq!(session.append("Odd", b"x", Flags::default(), None).unwrap_err().kind, Kind::Refused);
        full
    });
    assert!(heard.contains("A: b\r\n\r\nbody\r\n"), "{heard}");
    assert!(problem.kind == Kind::NotNow && problem.hint.unwrap().contains("full"));
}

#[test]
fn looking_for_a_message_id() {
    let mut steps = answered(r#"UID SEARCH HEADER Message-ID "<a\"b\\c@x.example>""#, &["* SEARCH 9 4", "TAG OK"]);
    steps.extend(answered("UID SEARCH HEADER", &["* SEARCH", "TAG OK"]));
    steps.extend(answered("UID SEARCH HEADER", &["* SEARCH ?", "TAG OK"]));
    steps.push(Step::Hold);
    with_session(steps, |session| {
        let id = |text| MsgId::parse(text).unwrap();
        assert_eq!(session.find_msg_id(&id("<a\"b\\c@x.example>")).unwrap(), [4, 9]);
        assert_eq!(session.find_msg_id(&id("gone@x.example")).unwrap(), [] as [u32; 0]);
        // Not knowing is not "not there": the letter would be sent again.
        assert_eq!(session.find_msg_id(&id("gone@x.example")).unwrap_err().kind, Kind::Refused);
        assert_eq!(session.find_msg_id(&id("щ@x.example")).unwrap_err().kind, Kind::Input);
    });
}

#[test]
fn waiting_for_news() {
    let hour = Duration::from_secs(3600);
    for (lines, capabilities) in [
        (vec!["* 1 EXISTS", "+ idling", "* OK Still here", "* 2 EXISTS"], CAPABILITIES),
        (vec!["+ idling", "* 1 EXPUNGE"], CAPABILITIES),
        (vec!["+", "* 1 FETCH (FLAGS (\\Seen))"], CAPABILITIES),
        (vec!["* 2 EXISTS", "+ idling"], CAPABILITIES),
    ] {
        let mut steps = answered("SELECT", &["* 1 EXISTS", "TAG OK"]);
        steps.extend(answered("IDLE", &lines));
        steps.extend([hear("DONE"), say("a3 OK idle done"), hear("NOOP"), say("TAG OK"), Step::Hold]);
        let server = signed_in(capabilities, steps);
        let mut session = open(&server);
        session.select("INBOX").unwrap();
        assert!(session.idle(hour, &|| false).unwrap(), "{lines:?}");
        session.noop().unwrap();
        drop(session);
        server.heard();
    }
}

#[test]
fn news_of_other_folders() {
    let mut steps = answered("SELECT", &["* 1 EXISTS", "TAG OK"]);
    steps.extend(answered("NOTIFY SET (SELECTED (", &["* STATUS Sent (MESSAGES 1)", "TAG OK"]));
    let told = ["+ idling", "* STATUS Klienci (MESSAGES 2 UIDNEXT 3)", "* STATUS Klienci (UNSEEN 1)"];
    steps.extend(answered("IDLE", &told[..2]));
    steps.extend([hear("DONE"), say("a4 OK")]);
    steps.extend(answered("IDLE", &[told[0], told[2], "* LIST () \".\" Nowy"]));
    steps.extend([hear("DONE"), say("a5 OK")]);
    steps.extend(answered("IDLE", &[told[0], "* OK [NOTIFICATIONOVERFLOW] too much"]));
    steps.extend([hear("DONE"), say("a6 OK"), Step::Hold]);
    let server = signed_in("IMAP4rev1 AUTH=PLAIN IDLE NOTIFY", steps);
    let mut session = open(&server);
    session.select("INBOX").unwrap();
    assert!(session.notify().unwrap());
    // How the folders stand when it is asked for is no news.
    session.take_told();
    let wait = |session: &mut Session| session.idle(Duration::from_secs(3600), &|| false).unwrap();
    let klienci = || vec!["Klienci".to_owned()];
    assert!(wait(&mut session));
    assert_eq!(session.take_told(), Told { folders: klienci(), listing: false });
    assert_eq!(session.take_told(), Told::default());
    assert!(wait(&mut session));
    assert_eq!(session.take_told().folders, klienci());
    assert!(wait(&mut session), "it has lost count: everything is news");
    assert!(!session.notify().unwrap(), "and is not asked again");
    drop(session);
    server.heard();
}

#[test]
fn a_server_that_lies_about_notify_is_not_asked_again() {
    let mut steps = answered("NOTIFY SET", &["TAG BAD unknown"]);
    steps.push(Step::Hold);
    let server = signed_in("IMAP4rev1 AUTH=PLAIN IDLE NOTIFY", steps);
    let mut session = open(&server);
    assert!(!session.notify().unwrap());
    assert!(!session.notify().unwrap());
    drop(session);
    server.heard();
}

#[test]
fn how_folders_stand() {
    let state = |name: &str| FolderState { raw_name: name.to_owned(), ..FolderState::default() };
    let known = |name: &str| FolderState {
        messages: Some(2),
        unseen: Some(1),
        uid_next: Some(3),
        uid_validity: Some(7),
        highest_modseq: Some(90),
        ..state(name)
    };
    let all = "(MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7 UNSEEN 1 HIGHESTMODSEQ 90)";
    // At once, with a name in quotes, one as a literal, Exchange's empty list and zeros that mean nothing.
    let lines = [
        "* LIST () \".\" INBOX".to_owned(),
        format!("* STATUS INBOX {all}"),
        format!("* STATUS \"My folder\" {all}"),
        format!("* STATUS {{6}}\r\nlitera {all}"),
        "* STATUS Empty ()".to_owned(),
        "* STATUS Zero (MESSAGES 0 UIDNEXT 0 UIDVALIDITY 0 HIGHESTMODSEQ 0 SIZE 9.3736e+06)".to_owned(),
        "* STATUS Broken".to_owned(),
        "TAG OK".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut steps = answered("LIST \"\" \"*\" RETURN (STATUS (MESSAGES", &lines);
    steps.push(Step::Hold);
    let server = signed_in("IMAP4rev1 AUTH=PLAIN LIST-STATUS CONDSTORE", steps);
    let mut session = open(&server);
    let names = ["INBOX", "My folder", "litera", "Empty", "Zero", "Broken", "Unknown"];
    let states = session.folder_states(&names).unwrap();
    let zero = FolderState { messages: Some(0), ..state("Zero") };
    assert_eq!(states, [known("INBOX"), known("My folder"), known("litera"), state("Empty"), zero]);
    drop(session);
    server.heard();

    // One by one, where it promised more than it can; a folder that is refused costs the others nothing.
    let mut steps = answered("LIST", &["TAG BAD what?"]);
    steps.extend(answered("STATUS \"A\"", &["TAG NO [NONEXISTENT] gone"]));
    steps
        .extend(answered("STATUS \"B\" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)", &["* STATUS B (MESSAGES 2)", "TAG OK"]));
    steps.push(Step::Hold);
    let server = signed_in("IMAP4rev1 AUTH=PLAIN LIST-STATUS", steps);
    let mut session = open(&server);
    assert_eq!(session.folder_states(&["A", "B"]).unwrap(), [FolderState { messages: Some(2), ..state("B") }]);
    drop(session);
    server.heard();
}

#[test]
fn waiting_ends_when_it_should() {
    let idle = || vec![hear("IDLE"), say("+ idling"), hear("DONE"), say("a2 OK done"), Step::Hold];
    let (news, _) = with_session(idle(), |session| session.idle(Duration::from_secs(60), &|| true).unwrap());
    assert!(!news);
    let (news, _) = with_session(idle(), |session| session.idle(Duration::from_millis(20), &|| false).unwrap());
    assert!(!news);
    // Refused: the crate would panic; NOOP does it too, and IDLE is not tried again.
    let mut refused = answered("IDLE", &["TAG BAD unknown"]);
    refused.extend(answered("NOOP", &["* 7 EXISTS", "TAG OK"]));
    refused.extend(answered("NOOP", &["TAG OK"]));
    refused.push(Step::Hold);
    with_session(refused, |session| {
        assert!(session.idle(Duration::ZERO, &|| false).unwrap());
        assert!(!session.idle(Duration::ZERO, &|| false).unwrap());
    });
    for (end, words) in [(vec![Step::Close], "closed"), (vec![say("* BYE go"), Step::Hold], "go")] {
        let mut steps = vec![hear("IDLE"), say("+")];
        steps.extend(end);
        let (problem, _) = with_session(steps, |session| session.idle(Duration::from_secs(60), &|| false).unwrap_err());
        assert!(problem.kind == Kind::Network && problem.sentence.contains(words), "{problem}");
    }
}

#[test]
fn taking_leave_waits_for_nobody() {
    for end in [vec![say("* BYE bye"), say("TAG OK")], vec![say("TAG BYE")], vec![Step::Close]] {
        let mut steps = vec![hear("LOGOUT")];
        steps.extend(end);
        let server = signed_in(CAPABILITIES, steps);
        open(&server).logout();
        server.heard();
    }
}

/// Bytes as a connection that ends after them.
struct Bytes(io::Cursor<Vec<u8>>);

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // In small pieces, as a network may.
        let size = into.len().min(7);
        self.0.read(&mut into[..size])
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Bytes {
    fn set_timeouts(&self, _read: Duration, _write: Duration) -> io::Result<()> {
        Ok(())
    }
}

/// Pieces with pauses between them: an empty piece is a second without news.
struct Pieces(Vec<&'static [u8]>);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.pop() {
            None => Ok(0),
            Some(b"") => Err(io::ErrorKind::WouldBlock.into()),
            Some(piece) => {
                into[..piece.len()].copy_from_slice(piece);
                Ok(piece.len())
            }
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Pieces {
    fn set_timeouts(&self, _read: Duration, _write: Duration) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_pause_in_the_middle_of_a_line_loses_nothing() {
    let mut pieces: Vec<&'static [u8]> =
        vec![b"* 1 EX", b"", b"ISTS\r\n* 2 FETCH (BODY[] {4}\r\nab", b"", b"cd)\r", b"", b"\n"];
    pieces.reverse();
    let mut wire = Wire::new(Pieces(pieces), "test".to_owned(), &Timeouts::default());
    let mut poll = || wire.poll(Duration::from_secs(1)).unwrap();
    assert_eq!(poll(), None);
    assert_eq!(poll(), Some(Answer::Exists(1)));
    assert_eq!((poll(), poll()), (None, None));
    assert!(matches!(poll(), Some(Answer::Fetch(line)) if line.body.as_deref() == Some(b"abcd")));
}

#[test]
fn a_server_that_drips_is_late_all_the_same() {
    // Bytes keep coming, but the line does not end within the limit.
    let limit = Timeouts { read: Duration::ZERO, ..Timeouts::default() };
    let mut wire = Wire::new(Bytes(io::Cursor::new(vec![b'*'; 1000])), "test".to_owned(), &limit);
    assert!(wire.answer().unwrap_err().sentence.contains("in time"));
    assert!(wire.answer().unwrap_err().sentence.contains("in time"), "it is not used again");
}

#[test]
fn a_session_moves_between_threads() {
    fn moves<T: Send>() {}
    moves::<Session>();
}

/// Everything the wire makes of these bytes after a command with the tag `a1`.
fn answers(bytes: &[u8]) -> Vec<Answer> {
    let mut wire = Wire::new(Bytes(io::Cursor::new(bytes.to_vec())), "test".to_owned(), &Timeouts::default());
    wire.send(b"a1 TEST\r\n").unwrap();
    let mut all = Vec::new();
    while let Ok(answer) = wire.answer() {
        all.push(answer);
    }
    all
}

#[test]
fn a_tagged_line_always_ends_the_command() {
    for (line, status) in [
        ("a1 OK done", Status::Ok),
        ("a1 ok", Status::Ok),
        ("a1 OK [UIDNEXT x] \u{1b}\u{ff}", Status::Ok),
        ("a1 NO [\u{ff}] no", Status::No),
        ("a1 NO [UNCLOSED", Status::No),
        ("a1 BAD", Status::Bad),
        ("a1 WELL", Status::Bad),
        ("a1", Status::Bad),
        ("a1 OK {5}", Status::Ok),
    ] {
        let all = answers(format!("{line}\r\n").as_bytes());
        assert!(matches!(&all[..], [Answer::Done(done)] if done.status == status), "{line}: {all:?}");
    }
}

#[test]
fn limits_hold() {
    // A literal nobody has; one over what is kept; a line that never ends is bounded by LINE_LIMIT.
    assert_eq!(answers(b"* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n"), []);
    let reading =
        answer::read(Frame { text: b"* 1 FETCH (UID 1 BODY[] {999999999}\r\n)".to_vec(), literals: vec![None] }, b"a1");
    assert!(matches!(reading.answer, Some(Answer::Fetch(line)) if line.is_letter && line.body.is_none()));
    let many = format!("* X {}", "{0}\r\n".repeat(10_000));
    assert_eq!(answers(many.as_bytes()), []);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        answers(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_imap_makes_it_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "* ", "a1 ", "+", "OK ", "NO", "BYE", "BAD", "PREAUTH", "1", "4294967296", "-1", "9.3e+06", " ", "\r\n",
                "\n", "FETCH ", "(", ")", "UID ", "BODY[]", "BODY[", "]", "<0>", "{2}\r\n", "{0}\r\n", "{", "}", "~{1}\r\n",
                "NIL", "\"", "\\", "FLAGS ", "INTERNALDATE ", "RFC822.SIZE ", "MODSEQ ", "LIST ", "SEARCH ", "EXISTS",
                "EXPUNGE", "CAPABILITY ", "[", "UIDNEXT ", "HIGHESTMODSEQ ", "ENVELOPE ", "\u{e9}", "\0", "&Jjo-", "hi",
            ]),
            0..60,
        )
    ) {
        let all = answers(words.concat().as_bytes());
        let lines = all.into_iter().filter_map(|answer| if let Answer::List(line) = answer { Some(line) } else { None });
        list::folders(lines.collect());
    }

    #[test]
    fn a_folder_name_decodes_to_something(raw in "[&A-Za-z0-9+,\\-é/]{0,30}") {
        let line = list::ListLine { raw_name: raw.clone(), delimiter: Some('/'), attributes: vec![], unreadable: false };
        let folders = list::folders(vec![line]);
        prop_assert_eq!(&folders[0].raw_name, &raw);
    }

    #[test]
    fn any_letter_comes_through_unchanged(body in proptest::collection::vec(any::<u8>(), 0..10_000)) {
        let mut bytes = format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(b" FLAGS (\\Seen))\r\na1 OK\r\n");
        let all = answers(&bytes);
        prop_assert_eq!(all.len(), 2);
        let whole = matches!(&all[0], Answer::Fetch(line) if line.body.as_ref() == Some(&body) && line.flags.is_some());
        prop_assert!(whole);
    }
}
