//! A letter full of the terminal's own language reaches the screen as harmless words.

use super::*;

/// A title, the clipboard, a link, a device control string, bells, 8-bit controls, and a text that turns round.
fn evil(name: &str) -> String {
    format!(
        "{name}\x1b]0;CANARY-{name}\x07\x1b]52;c;Q0FOQVJZ\x1b\\\x1b]8;;http://evil.example/\x1b\\x\x1b]8;;\x1b\\\
         \x1bP+q544e\x1b\\\x1b[2J\x1b[31m\x07\u{9b}31m\u{9d}2;CANARY8-{name}\u{9c}\u{90}q\u{9c}\u{202e}gpj.exe\u{2066}\u{200b}"
    )
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn hostile() -> Vec<u8> {
    let encoded = |name: &str| format!("=?utf-8?B?{}?=", base64(&evil(name)));
    let head = format!(
        "From: {} <{ANNA}>\r\nTo: {} <{ME}>\r\nCc: \"{}\" <x@klient.example>\r\nSubject: {}\r\n\
         Message-ID: <evil\x1b]0;CANARY-ID\x07@klient.example>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0100\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
        encoded("sender"),
        encoded("me"),
        evil("copy"),
        encoded("subject"),
    );
    let parts = format!(
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{}</p><a href=\"http://e.example/{}\">link</a>\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''{}\r\n\r\nPDF\r\n--b--\r\n",
        evil("body"),
        evil("html"),
        evil("href"),
        percent(&evil("file")),
    );
    [head, parts].concat().into_bytes()
}

/// A letter in Latin-1 with raw 8-bit controls in header and text.
fn eight_bit() -> Vec<u8> {
    let mut bytes = b"From: Raw \x9b31m\x9d0;CANARY-RAW\x9c <anna@klient.example>\r\nTo: me@firma.example\r\nSubject: raw \x9d52;c;Q0FO\x07\x90q\x9c\r\nMessage-ID: <raw@klient.example>\r\nDate: Mon, 16 Nov 2026 11:00:00 +0100\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nrawbody ".to_vec();
    bytes.extend(b"\x9b31m\x9d0;CANARY-RAW\x9c\x1b[5n\x1b]0;CANARY-RAW\x07\r\n");
    bytes
}

#[test]
fn a_letter_cannot_talk_to_the_terminal() {
    let office = office(0);
    office.dovecot.deliver(ME, "INBOX", &hostile(), "");
    office.dovecot.deliver(ME, "INBOX", &eight_bit(), "");
    // ESC ] 0 ; and a text that turns round, in modified UTF-7.
    office.dovecot.deliver(ME, "Evil&ABs-]0;CANARY-FOLDER&AAcgLg-x", &letter("f", "In a folder", "Hello"), "");
    // All three are there before the screen opens: what comes later is put where it does not move the row in hand.
    office.sync();
    let mut terminal = office.home.terminal(&[], 120, 90);
    terminal.wait_for_text("CANARY-body");
    let go = |keys: &str, shown: &str| {
        terminal.type_keys(keys);
        terminal.wait_for_text(shown);
    };
    // The raw letter, then the one that is evil in every part.
    go("G", "─ raw ");
    go(ENTER, "Enter fold");
    go("R", "Message-ID: <raw@klient.example>");
    go(ESC, "─ raw ");
    go("gg", "─ subject");
    go(ENTER, "Enter fold");
    go("H", "CANARY-html");
    go("R", "multipart/mixed");
    go("R", "CANARY-html");
    go("S", "Saved:");
    go("C", "n write");
    go(ESC, "Enter fold");
    go("r", "Ctrl-S look and send");
    go(CTRL_S, "Look before it leaves");
    go(ESC, "Ctrl-S look and send");
    go(ESC, "Enter fold");
    go("2", "CANARY-F…");
    go("3ll", "[Leads]");
    terminal.wait_for_text("CANARY-sender");
    go("/canary\r", "CANARY-sender");
    go("1w", "Rule:");
    terminal.type_keys(ESC);
    terminal.wait_gone("Rule:");
    go("e", "No reply needed");
    go("gh", "No reply needed");
    terminal.type_keys("q");
    terminal.type_keys("q");
    assert!(terminal.wait_exit().success());
    check(&terminal);
    let saved: Vec<_> =
        std::fs::read_dir(office.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        saved.iter().all(|name| name.to_str().is_some_and(|name| !name.chars().any(char::is_control))),
        "{saved:?}"
    );
    // The commands print for terminals too.
    for arguments in
        [&["status"][..], &["search", "canary"], &["search", "raw"], &["show", "1"], &["show", "2"], &["contacts"]]
    {
        let mut terminal = office.home.terminal(arguments, 100, 30);
        terminal.wait_exit();
        check(&terminal);
    }
}

/// Every byte was our own: ESC begins only sequences that the screens use, and nothing else that a terminal obeys is there.
#[track_caller]
fn check(terminal: &Terminal) {
    assert_eq!((terminal.titles(), terminal.copied(), terminal.bells()), (vec![], vec![], 0));
    let raw = terminal.raw_output();
    let text = String::from_utf8(raw).expect("UTF-8, and no 8-bit control on its own");
    for (at, _) in text.match_indices('\x1b') {
        let rest: String = text[at + 1..].chars().take(24).collect();
        let Some(sequence) = rest.strip_prefix('[') else { panic!("a foreign sequence: {rest:?}") };
        let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let ours = sequence[..end].chars().all(|c| c.is_ascii_digit() || "?;:<>=".contains(c));
        assert!(ours && "ABCDHJKXfhlmnu".contains(&sequence[end..=end]), "a foreign sequence: {rest:?}");
    }
    let obeyed = |c: char| {
        (c.is_control() && !"\x1b\r\n\t\x08".contains(c))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = text.chars().filter(|c| obeyed(*c)).collect();
    assert!(found.is_empty(), "{found:?}");
}
