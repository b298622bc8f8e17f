//! A large file stays on the server until it is opened.

use super::*;

/// Text, a small file, and one of about 600 KB.
fn drawings(id: &str) -> Vec<u8> {
    let letter = String::from_utf8(letter(id, "Drawings", "BODY")).unwrap();
    let (header, _) = letter.split_once("\r\nContent-Type").unwrap();
    let line = "QUJD".repeat(19);
    let file = |lines: usize| vec![line.as_str(); lines].join("\r\n");
    format!(
        "{header}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b 1\"\r\n\r\n--=_b 1\r\n\
         Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/plain\r\n\r\nThe drawings are attached.\r\n\
         --inner\r\nContent-Type: text/html\r\n\r\n<p>The drawings are attached.</p>\r\n--inner--\r\n\
         --=_b 1\r\nContent-Type: application/pdf; name=offer.pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=offer.pdf\r\n\r\n{}\r\n\
         --=_b 1\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment;\r\n filename*=utf-8''%C4%8Dert%C3%A9%C5%BE.zip\r\n\r\n{}\r\n--=_b 1--\r\n",
        file(3),
        file(8000)
    )
    .into_bytes()
}

fn office_with_limit() -> Office {
    office(0).configured("[sync]\nlarge_attachments = \"100 KB\"")
}

/// Bytes that the server says it sent in sessions that ended.
fn sent(office: &Office) -> usize {
    let log = office.dovecot.log();
    log.split(" out=").skip(1).filter_map(|rest| rest.split_whitespace().next()?.parse::<usize>().ok()).sum()
}

/// The keys of the one letter, and its attachments: name, size, on the server.
fn attachments(office: &Office) -> (String, Vec<(String, u64, bool)>) {
    let found = office.json(&["search", "drawings"]);
    assert_eq!(found["total"], 1, "{found}");
    let id = found["messages"][0]["id"].to_string().replace('"', "");
    let shown = office.json(&["show", &id]);
    let one = |file: &Value| {
        let name = file["name"].as_str().unwrap().to_owned();
        (name, file["size"].as_u64().unwrap(), file["on_server"].as_bool().unwrap())
    };
    (id, shown["attachments"].as_array().unwrap().iter().map(one).collect())
}

#[test]
fn a_large_file_is_not_transferred_until_the_raw_letter_is_asked_for() {
    let office = office_with_limit();
    let bytes = drawings("d1");
    office.dovecot.deliver(ME, "INBOX", &bytes, "");
    office.sync();
    poll_until(DEADLINE, "the end of the session in the log", || (sent(&office) > 0).then_some(()));
    assert!(sent(&office) < 50_000, "{}", office.dovecot.log());
    let (id, files) = attachments(&office);
    let size = 8000 * 57;
    assert_eq!(files, [("offer.pdf".to_owned(), 171, false), ("čertéž.zip".to_owned(), files[1].1, true)]);
    assert!(files[1].1.abs_diff(size) < 100, "{files:?}");
    let shown = office.home.postbook(&["show", &id]).success().stdout;
    assert!(shown.contains("The drawings are attached.") && shown.contains(" KB, on the server)"), "{shown}");
    // The same letter in another folder is the same letter, and the completeness is proved.
    office.dovecot.append(ME, "Archive", &bytes, &[]);
    office.sync();
    let doctor = office.home.postbook(&["doctor", "--deep"]).success().stdout;
    assert!(doctor.contains("1 letter has large files on the server"), "{doctor}");
    assert!(
        doctor.contains("INBOX: 0 missing of 1") && !doctor.contains("other size") && !doctor.contains("another"),
        "{doctor}"
    );

    let raw = office.home.postbook(&["show", &id, "--raw"]).success().stdout;
    assert_eq!(raw.as_bytes(), bytes);
    assert_eq!(attachments(&office).1[1], ("čertéž.zip".to_owned(), size, false));
    // Whole now, and a copy of it that comes without its files joins.
    office.dovecot.append(ME, "Sent", &bytes, &[]);
    office.sync();
    assert_eq!(attachments(&office).0, id);
    assert!(!office.dovecot.log().contains("rror"), "{}", office.dovecot.log());
}

#[test]
fn without_a_connection_nothing_is_exported_by_halves() {
    let mut office = office_with_limit();
    office.dovecot.deliver(ME, "INBOX", &drawings("d1"), "");
    office.sync();
    office.dovecot.kill();
    let (id, _) = attachments(&office);
    let refused = office.home.postbook(&["show", &id, "--raw"]);
    assert_eq!(refused.status.code(), Some(1));
    let refused = refused.stderr;
    assert!(refused.contains("large files of this letter are still on the server"), "{refused}");
    let folder = office.home.path().join("out");
    let folder = folder.to_string_lossy();
    let told = office.home.postbook(&["export", "--eml", &folder]).success().stdout;
    assert!(told.contains("1 left out because large files of them are still on the server"), "{told}");
    office.dovecot.restart();
    let told = office.home.postbook(&["export", "--eml", &folder]).success().stdout;
    assert!(told.contains("1 letter written"), "{told}");
}

#[test]
fn a_file_is_fetched_when_it_is_opened_and_when_the_connection_is_back() {
    let mut office = office_with_limit();
    office.dovecot.deliver(ME, "INBOX", &drawings("d1"), "");
    let terminal = office.open();
    terminal.wait_for_text("Drawings");
    terminal.type_keys(ENTER);
    terminal.wait_for_text("on the server");
    office.dovecot.kill();
    terminal.wait_for("trouble", DEADLINE, |screen| screen.contains("Sync:"));
    terminal.type_keys("S");
    terminal.wait_for_text("Save which file?");
    terminal.type_keys("2");
    terminal.wait_for_text("is fetched when the connection is back");
    office.dovecot.restart();
    terminal.wait_for_text("Saved:");
    assert!(!attachments(&office).1[1].2);
    terminal.wait_gone("on the server");
}

#[test]
fn another_postbook_fetches_what_is_wanted_here() {
    let office = office_with_limit();
    office.dovecot.deliver(ME, "INBOX", &drawings("d1"), "");
    let watcher = Watcher::start(&office.home, &["--json"]);
    watcher.wait_told("\"new\":1");
    let terminal = office.open();
    terminal.wait_for_text("Drawings");
    terminal.type_keys(ENTER);
    terminal.wait_for_text("on the server");
    terminal.type_keys("F");
    terminal.wait_for_text("is still on the server and is fetched now");
    terminal.wait_gone(", on the server");
    terminal.type_keys("S");
    terminal.wait_for_text("Save which file?");
    terminal.type_keys("2");
    terminal.wait_for_text("Saved:");
}
