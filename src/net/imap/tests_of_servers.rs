//! What servers promise and do not keep: the ladder from QRESYNC to plain, folders and their state, moves and deletions.

use super::tests::{CAPABILITIES, answered, open, signed_in};
use super::*;
use crate::domain::folder::{Role, Standing};
use crate::net::script::{Step, hear, say};

const RICH: &str =
    "IMAP4rev1 AUTH=PLAIN ENABLE QRESYNC CONDSTORE UIDPLUS MOVE LIST-EXTENDED LIST-STATUS SPECIAL-USE ESEARCH";

/// A session on these exchanges: the server's end is checked when the closure is through.
fn with<T>(
    capabilities: &str,
    exchanges: &[(&'static str, &[&str])],
    act: impl FnOnce(&mut Session) -> T,
) -> (T, String) {
    let mut steps: Vec<Step> = exchanges.iter().flat_map(|(command, lines)| answered(command, lines)).collect();
    steps.push(Step::Hold);
    let server = signed_in(capabilities, steps);
    let mut session = open(&server);
    let result = act(&mut session);
    drop(session);
    (result, server.heard())
}

const OPENED: &[&str] = &["* 3 EXISTS", "* OK [UIDVALIDITY 7] x", "* OK [UIDNEXT 40] x", "* OK [HIGHESTMODSEQ 90] x"];

/// The lines of a folder opened, then `more`, then the end.
fn opened(more: &[&'static str]) -> Vec<&'static str> {
    OPENED.iter().chain(more).chain(&["TAG OK [READ-WRITE] done"]).copied().collect()
}

#[test]
fn qresync_tells_what_changed_with_the_opening() {
    let told = opened(&[
        "* VANISHED (EARLIER) 1:4,9:4294967295",
        "* 1 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (88))",
        "* 3 FETCH (UID 39 FLAGS () MODSEQ (90))",
    ]);
    let again = opened(&[]);
    let (resync, heard) = with(
        RICH,
        &[
            ("ENABLE QRESYNC", &["* ENABLED QRESYNC CONDSTORE", "TAG OK"]),
            ("SELECT \"INBOX\" (QRESYNC (7 60))", &told),
            ("SELECT \"Sent\" (QRESYNC (7 90))", &again),
        ],
        |session| {
            let resync = session.resync("INBOX", 7, 60).unwrap();
            assert_eq!(session.exists(), Some(3), "what went earlier is not counted");
            let quiet = session.resync("Sent", 7, 90).unwrap();
            assert_eq!(quiet.changes, Some(Changes::default()));
            resync
        },
    );
    let changes = resync.changes.unwrap();
    assert_eq!(changes.vanished, [1..=4, 9..=u32::MAX], "a range is not counted out");
    let flags: Vec<_> = changes.flags.iter().map(|letter| (letter.uid, letter.flags, letter.modseq)).collect();
    assert_eq!(flags, [(5, Flags::SEEN, Some(88)), (39, Flags::default(), Some(90))]);
    assert_eq!(resync.selected.highest_modseq, Some(90));
    assert_eq!(heard.matches("ENABLE").count(), 1, "once");
}

#[test]
fn qresync_is_given_up_where_it_is_only_promised() {
    let plainly = opened(&[]);
    let condstore = ("SELECT \"INBOX\" (CONDSTORE)", &plainly[..]);
    for (what, exchanges) in [
        // iCloud: OK and no ENABLED.
        ("not confirmed", vec![("ENABLE QRESYNC", &["TAG OK ENABLE completed"][..]), condstore]),
        ("refused", vec![("ENABLE QRESYNC", &["TAG BAD unknown"][..]), condstore]),
        (
            "confirmed and not understood",
            vec![
                ("ENABLE QRESYNC", &["* ENABLED QRESYNC", "TAG OK"][..]),
                ("(QRESYNC (7 60))", &["TAG BAD parameters"][..]),
                condstore,
            ],
        ),
    ] {
        let mut exchanges = exchanges;
        // And not tried again in this session.
        exchanges.push(condstore);
        with(RICH, &exchanges, |session| {
            for _ in 0..2 {
                let resync = session.resync("INBOX", 7, 60).unwrap();
                assert_eq!((resync.changes, resync.selected.exists), (None, 3), "{what}");
            }
        });
    }
    // A refused folder is refused, and QRESYNC not blamed for it.
    with(
        RICH,
        &[
            ("ENABLE QRESYNC", &["* ENABLED QRESYNC", "TAG OK"]),
            ("(QRESYNC (7 60))", &["TAG NO [NONEXISTENT] no such folder"]),
            ("SELECT \"Gone\" (CONDSTORE)", &["TAG NO [NONEXISTENT] no such folder"]),
            ("(QRESYNC (7 60))", &plainly),
        ],
        |session| {
            assert_eq!(session.resync("Gone", 7, 60).unwrap_err().kind, Kind::Refused);
            assert!(session.resync("INBOX", 7, 60).unwrap().changes.is_some());
        },
    );
}

#[test]
fn an_account_of_changes_that_cannot_be_one_is_none() {
    let enable: (&str, &[&str]) = ("ENABLE QRESYNC", &["* ENABLED QRESYNC", "TAG OK"]);
    for (what, lines) in [
        ("numbered anew", &["* 3 EXISTS", "* OK [UIDVALIDITY 8]", "* OK [HIGHESTMODSEQ 90]", "TAG OK"][..]),
        ("went back", &["* 3 EXISTS", "* OK [UIDVALIDITY 7]", "* OK [HIGHESTMODSEQ 20]", "TAG OK"]),
        ("no sequence", &["* 3 EXISTS", "* OK [UIDVALIDITY 7]", "* OK [NOMODSEQ]", "TAG OK"]),
        ("missing", &["* 3 EXISTS", "* OK [UIDVALIDITY 7]", "TAG OK"]),
        (
            "Zoho's MODSEQ",
            &[
                "* 3 EXISTS",
                "* OK [UIDVALIDITY 7]",
                "* OK [HIGHESTMODSEQ 90]",
                "* 1 FETCH (MODSEQ (-1) FLAGS () UID 4)",
                "TAG OK",
            ],
        ),
    ] {
        let (resync, _) = with(RICH, &[enable, ("QRESYNC", lines)], |session| session.resync("INBOX", 7, 60).unwrap());
        assert_eq!(resync.changes, None, "{what}");
    }
}

#[test]
fn modseq_that_is_none_is_not_asked_for_again() {
    let answer: &[&str] = &["* 1 FETCH (MODSEQ (0) FLAGS (\\Seen) UID 1)", "TAG OK"];
    let select = opened(&[]);
    let (selected, _) = with(
        CAPABILITIES,
        &[
            ("UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 5)", answer),
            ("UID FETCH 1:* (UID FLAGS)\r", answer),
            ("SELECT \"INBOX\"\r", &select),
        ],
        |session| {
            assert!(session.capabilities().condstore);
            session.flags("1:*", Some(5)).unwrap();
            assert!(!session.capabilities().condstore);
            assert_eq!(session.flags("1:*", Some(5)).unwrap().len(), 1);
            session.select("INBOX").unwrap()
        },
    );
    assert_eq!(selected.highest_modseq, None, "also when the server tells one");
}

#[test]
fn letters_that_vanish_while_a_folder_is_open_are_counted() {
    let select = opened(&[]);
    with(
        RICH,
        &[
            ("SELECT", &select),
            ("NOOP", &["* VANISHED 4,6", "TAG OK"]),
            ("NOOP", &["* VANISHED (EARLIER) 1:3", "* 2 EXISTS", "* 1 EXPUNGE", "TAG OK"]),
        ],
        |session| {
            session.select("INBOX").unwrap();
            session.noop().unwrap();
            assert_eq!(session.exists(), Some(1));
            session.noop().unwrap();
            assert_eq!(session.exists(), Some(1));
        },
    );
}

#[test]
fn folders_tell_how_they_stand() {
    let (folders, _) = with(
        RICH,
        &[(
            "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))",
            &[
                r#"* LIST () "/" INBOX"#,
                r#"* STATUS "inbox" (MESSAGES 3 UIDNEXT 40 UIDVALIDITY 7 HIGHESTMODSEQ 90)"#,
                r#"* LIST (\Sent) "/" "My Sent""#,
                r#"* STATUS My Sent (MESSAGES 0 UIDNEXT 0 UIDVALIDITY 0 HIGHESTMODSEQ -1)"#,
                r#"* LIST () "/" (odd)"#,
                r#"* STATUS "Empty" ()"#,
                r#"* LIST () "/" Empty"#,
                r#"* LIST () "/" Silent"#,
                r#"* STATUS broken"#,
                "TAG OK",
            ],
        )],
        |session| session.list().unwrap(),
    );
    let state = |name: &str| folders.iter().find(|folder| folder.raw_name == name).unwrap().status;
    let known = |number| Some(number);
    assert_eq!(
        state("INBOX"),
        Some(Standing { uid_validity: known(7), uid_next: known(40), messages: known(3), highest_modseq: Some(90) })
    );
    assert_eq!(state("My Sent"), Some(Standing { messages: Some(0), ..Standing::default() }));
    assert_eq!(state("Empty"), Some(Standing::default()));
    assert_eq!(state("Silent"), None);
}

#[test]
fn a_listing_asks_for_less_until_the_server_answers() {
    let plain: &[&str] = &[r#"* LIST () "/" INBOX"#, "TAG OK"];
    with(
        RICH,
        &[
            ("RETURN (SPECIAL-USE STATUS", &["TAG BAD options?"]),
            ("RETURN (SPECIAL-USE)", &["TAG NO options?"]),
            ("LIST \"\" \"*\"\r", plain),
            ("LIST \"\" \"*\"\r", plain),
        ],
        |session| {
            assert_eq!(session.list().unwrap().len(), 1);
            assert_eq!(session.list().unwrap()[0].status, None, "and not more again");
        },
    );
}

#[test]
fn xlist_tells_roles_where_nothing_else_does() {
    let (folders, _) = with(
        "IMAP4rev1 AUTH=PLAIN XLIST",
        &[(
            "XLIST \"\" \"*\"",
            &[
                r#"* XLIST (\HasNoChildren \Inbox) "/" "Posteingang""#,
                r#"* XLIST (\Noinferiors \Drafts) "/" "Entw&APw-rfe""#,
                r#"* XLIST (\HasNoChildren \Spam) "|" Spam"#,
                r#"* XLIST (\AllMail) "/" "[Gmail]/Alle""#,
                "TAG OK",
            ],
        )],
        |session| session.list().unwrap(),
    );
    let roles: Vec<_> = folders.iter().map(|folder| (folder.raw_name.as_str(), folder.role)).collect();
    assert_eq!(
        roles,
        [
            ("INBOX", Some(Role::Inbox)),
            ("Entw&APw-rfe", Some(Role::Drafts)),
            ("Spam", Some(Role::Junk)),
            ("[Gmail]/Alle", Some(Role::All)),
        ]
    );
}

#[test]
fn searches_answer_in_ranges_where_the_server_can() {
    let select = opened(&[]);
    with(
        RICH,
        &[
            ("SELECT", &select),
            ("UID SEARCH RETURN (ALL) ALL", &["* ESEARCH (TAG \"a3\") UID ALL 3:4,7", "TAG OK"]),
            ("UID SEARCH RETURN (ALL) ALL", &["* ESEARCH (TAG \"a4\") UID ALL 1:4294967295", "TAG OK"]),
            ("UID SEARCH ALL", &["* SEARCH 3 4 7", "TAG OK"]),
        ],
        |session| {
            session.select("INBOX").unwrap();
            for _ in 0..2 {
                assert_eq!(session.uids().unwrap(), [3, 4, 7]);
            }
        },
    );
    with(RICH, &[("RETURN (ALL) DELETED", &["* ESEARCH (TAG \"a2\") UID", "TAG OK"])], |session| {
        assert_eq!(session.search("DELETED").unwrap(), Some(vec![]), "nothing found is an answer");
    });
}

#[test]
fn moves_tell_where_the_letters_are() {
    let told = Some((9, vec![(4, 70), (5, 71), (8, 72)]));
    for (what, lines, copied) in [
        ("untagged", &["* OK [COPYUID 9 4:5,8 70:72] x", "* 1 EXPUNGE", "TAG OK done"][..], told.clone()),
        ("tagged", &["TAG OK [COPYUID 9 4:5,8 70:72] x"], told),
        ("not told", &["TAG OK"], None),
        ("not paired", &["TAG OK [COPYUID 9 4:5 70:72] x"], None),
        ("without end", &["TAG OK [COPYUID 9 1:4294967295 1:4294967295] x"], None),
    ] {
        let (moved, _) = with(CAPABILITIES, &[("UID MOVE 4:5,8 \"To\"", lines)], |session| {
            session.move_to(&[4, 5, 8], "To").unwrap()
        });
        assert_eq!(moved, Moved { copied, left: true }, "{what}");
    }
}

#[test]
fn a_move_without_move_takes_nothing_of_others() {
    const POOR: &str = "IMAP4rev1 AUTH=PLAIN";
    let copied: (&str, &[&str]) = ("UID COPY 4 \"To\"", &["TAG OK"]);
    let marked: (&str, &[&str]) = ("UID STORE 4 +FLAGS.SILENT (\\Deleted)", &["TAG OK"]);
    let move_4 = |session: &mut Session| session.move_to(&[4], "To").unwrap().left;
    let exchanges = [copied, marked, ("UID EXPUNGE 4", &["TAG OK"])];
    assert!(with("IMAP4rev1 AUTH=PLAIN UIDPLUS", &exchanges, move_4).0);
    let alone = [copied, marked, ("UID SEARCH DELETED", &["* SEARCH 4", "TAG OK"]), ("EXPUNGE\r", &["TAG OK"])];
    assert!(with(POOR, &alone, move_4).0);
    // Another client marked 9: it must not go.
    let (left, heard) = with(POOR, &[copied, marked, ("UID SEARCH DELETED", &["* SEARCH 4 9", "TAG OK"])], move_4);
    assert!(!left && !heard.contains("EXPUNGE"));
    // MOVE promised and not known.
    let lied = [("UID MOVE 4", &["TAG BAD unknown command"][..]), copied, marked, ("UID EXPUNGE 4", &["TAG OK"])];
    assert!(with(CAPABILITIES, &lied, move_4).0);
}

#[test]
fn a_refusal_for_now_is_not_one_for_good() {
    for (line, kind) in [
        ("TAG NO [INUSE] locked", Kind::NotNow),
        ("TAG NO [UNAVAILABLE] later", Kind::NotNow),
        ("TAG NO [OVERQUOTA] full", Kind::NotNow),
        ("TAG NO [LIMIT] too much", Kind::NotNow),
        ("TAG NO Suggested Backoff Time: 299927 milliseconds", Kind::NotNow),
        ("TAG NO [NOPERM] you may not", Kind::Refused),
        ("TAG NO [TRYCREATE] no such folder", Kind::Refused),
        ("TAG NO no reason", Kind::Refused),
        ("TAG BAD what?", Kind::Refused),
    ] {
        let (problem, _) = with("IMAP4rev1 AUTH=PLAIN", &[("UID STORE", &[line])], |session| {
            session.store_flags(&[1], Flags::SEEN, Flags::default()).unwrap_err()
        });
        assert_eq!(problem.kind, kind, "{line}: {problem}");
    }
}

#[test]
fn folders_are_made_renamed_and_subscribed() {
    let listed: &[&str] = &[r#"* LIST () "/" Old"#, "TAG OK"];
    with(
        "IMAP4rev1 AUTH=PLAIN",
        &[
            ("CREATE \"New\"", &["TAG OK"]),
            ("SUBSCRIBE \"New\"", &["TAG NO what is that"]),
            ("CREATE \"Old\"", &["TAG NO Mailbox already exists"]),
            ("LIST", listed),
            ("SUBSCRIBE \"Old\"", &["TAG OK"]),
            ("CREATE \"Bad\"", &["TAG NO [CANNOT] no"]),
            ("LIST", listed),
            ("RENAME \"Old\" \"&BB8EMAQ,BDoEMA-\"", &["TAG OK"]),
            ("SUBSCRIBE", &["TAG OK"]),
        ],
        |session| {
            session.create("New").unwrap();
            session.create("Old").unwrap();
            assert_eq!(session.create("Bad").unwrap_err().kind, Kind::Refused);
            session.rename("Old", "&BB8EMAQ,BDoEMA-").unwrap();
            assert_eq!(session.rename("a\r\nLOGOUT", "b").unwrap_err().kind, Kind::Input);
        },
    );
}

#[test]
fn letters_are_told_apart_without_being_fetched() {
    let header = "* 1 FETCH (UID 4 FLAGS (\\Seen $Junk) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 9 \
                  BODY[HEADER.FIELDS (MESSAGE-ID)] {25}";
    let steps = vec![
        hear("UID FETCH 4:5 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"),
        Step::Say(format!("{header}\r\nMessage-ID:\r\n <a@x.e>\r\n\r\n)\r\n").into_bytes()),
        say("* 2 FETCH (UID 5 RFC822.SIZE 9.3736e+06 BODY[HEADER.FIELDS (\"MESSAGE-ID\")] \"\" FLAGS ())"),
        say("* 3 FETCH (FLAGS ())"),
        say("TAG OK"),
        Step::Hold,
    ];
    let server = signed_in(CAPABILITIES, steps);
    let mut session = open(&server);
    let found = session.identify(Some(&[4, 5])).unwrap();
    drop(session);
    server.heard();
    assert_eq!(found.len(), 2);
    let first = &found[0];
    assert_eq!((first.uid, first.size, first.flags), (4, Some(9), Flags::SEEN));
    assert_eq!(first.msg_id, MsgId::parse("a@x.e"));
    assert_eq!(first.keywords, ["$Junk"]);
    assert!(first.internal_date.is_some());
    assert_eq!((found[1].size, &found[1].msg_id), (Some(9_373_600), &None));
}

#[test]
fn keywords_are_atoms_and_kept_where_the_server_says_so() {
    let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    with(
        "IMAP4rev1 AUTH=PLAIN",
        &[("UID STORE 4 +FLAGS.SILENT ($Junk)", &["TAG OK"]), ("UID STORE 4 -FLAGS.SILENT ($NotJunk)", &["TAG OK"])],
        |session| {
            session.store_keywords(&[4], &words(&["$Junk"]), &words(&["$NotJunk"])).unwrap();
            for odd in ["", "a b", "\\Seen", "a\r\nb", "x)", "щ"] {
                let problem = session.store_keywords(&[4], &words(&[odd]), &[]).unwrap_err();
                assert_eq!(problem.kind, Kind::Input, "{odd:?}");
            }
        },
    );
    for (flags, keeps) in [
        ("(\\Seen \\*)", true),
        ("(\\Seen $junk)", true),
        ("(\\Seen)", false),
        // Zoho says so of every folder that it opens to be read only.
        ("()", true),
    ] {
        let permanent = format!("* OK [PERMANENTFLAGS {flags}] x");
        let (selected, _) =
            with("IMAP4rev1 AUTH=PLAIN", &[("SELECT", &["* 0 EXISTS", &permanent, "TAG OK"])], |session| {
                session.select("INBOX").unwrap()
            });
        assert_eq!(selected.keeps_keyword("$Junk"), keeps, "{flags}");
    }
    let (selected, _) =
        with("IMAP4rev1 AUTH=PLAIN", &[("SELECT", &["* OK [MAILBOXID (F22-12)] x", "TAG OK"])], |session| {
            session.select("INBOX").unwrap()
        });
    assert_eq!((selected.keeps_keyword("$Junk"), selected.mailbox_id.as_deref()), (true, Some("F22-12")));
}
