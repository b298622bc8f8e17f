//! The letters of `tests/mail`, each named after what is wrong with it, and bytes of any kind.

use super::{bounces, html_as_text, raw_as_text, read, snippet};
use crate::domain::text::is_unsafe;
use std::fmt::Write;

/// Everything that reading a letter gives, as text for comparing.
fn summary(bytes: &[u8]) -> String {
    let letter = read(bytes);
    let list = |mailboxes: &[crate::domain::address::Mailbox]| {
        mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    };
    let ids = |ids: &[crate::domain::message::MsgId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    line("date", letter.date.map(|d| d.to_string()).unwrap_or_default());
    line("from", list(&letter.from));
    line("to", list(&letter.to));
    line("cc", list(&letter.cc));
    line("subject", letter.subject.to_string());
    line("in reply to", ids(&letter.in_reply_to));
    line("references", ids(&letter.references));
    line("nature", format!("{:?}", letter.nature));
    for file in &letter.attachments {
        let inline = if file.inline { ", inline" } else { "" };
        line("file", format!("{} ({}, {} bytes{inline})", file.name, file.media_type, file.size));
    }
    if let Some(i) = letter.invitation {
        let time = |t: Option<jiff::Timestamp>| t.map(|t| t.to_string()).unwrap_or_default();
        line("meeting", format!("{} {} {} {} {}", i.method, i.uid, i.summary, i.place, time(i.starts_at)));
        line("until", time(i.ends_at));
    }
    for b in bounces(bytes) {
        line("bounce", format!("{} {} {} permanent {}", b.recipient, b.status, b.answer, b.permanent));
    }
    for warning in &letter.warnings {
        line("warning", warning.sentence().to_string());
    }
    line("snippet", snippet(&letter.text).to_string());
    let _ = write!(out, "\n{}", letter.text);
    out
}

#[test]
fn letters_with_defects_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "eml"));
    files.sort();
    assert!(files.len() > 20);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/mail/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in files {
            let name = path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(name, summary(&std::fs::read(&path).unwrap()));
        }
    });
}

#[test]
fn hostile_letters_end_soon() {
    // Sizes that take a fraction of a second here; the benchmarks have the full ones.
    let head = "From: a@x.example\n";
    let html = format!("{head}Content-Type: text/html\n\n");
    let deep = |n: usize| {
        (0..n).map(|l| format!("Content-Type: multipart/mixed; boundary=b{l}\n\n--b{l}\n")).collect::<String>()
    };
    for letter in [
        format!("{head}{}", deep(10_000)),
        format!("{head}{}", "Content-Type: message/rfc822\n\n".repeat(10_000)),
        format!("{head}Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\npart\n".repeat(100_000)),
        format!("{head}Subject: =?utf-8?B?{}?=\n\n", "0J/RgNC4".repeat(1_000_000)),
        format!("{head}Subject: {}\n\n", "=?utf-8?Q?=D0=B8?= ".repeat(300_000)),
        format!("{head}Content-Type: text/plain{}\nTo: {}\n\n", ";a=b".repeat(500_000), ";".repeat(1_000_000)),
        format!("{html}{}", "<div>".repeat(50_000)),
        format!("{html}{}", "<table><tr><td>x".repeat(50_000)),
        format!("{html}<table>{}", "<tr><td>x<td>y".repeat(50_000)),
    ] {
        let began = std::time::Instant::now();
        // A worker's stack: none of this may recurse deeply.
        let reader = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || read(&letter.into_bytes()));
        let parsed = reader.unwrap().join().unwrap();
        assert_eq!(parsed.from.len(), 1);
        assert!(began.elapsed().as_secs() < 10, "{:?} {}", began.elapsed(), parsed.subject);
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn any_letter_is_read(pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..60)) {
        check(&pieces.concat());
    }
}

const PIECES: [&[u8]; 36] = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"--b",
    b"--b--",
    b"From: ",
    b"Subject: ",
    b"To: ",
    b"Date: ",
    b"References: ",
    b"Content-Type: ",
    b"Content-Disposition: attachment; filename",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"multipart/mixed; boundary=b\n",
    b"multipart/alternative; boundary=b\n",
    b"text/html\n",
    b"text/plain; format=flowed; charset=",
    b"koi8-r",
    b"utf-8",
    b"message/rfc822\n",
    b"text/calendar\n",
    b"message/delivery-status\n",
    b"<a@x.example>",
    b"\"",
    b"=?utf-8?B?",
    b"?=",
    b"*0*=utf-8''%D0",
    b"<div><a href='",
    b"\x1b[31m",
    b"\xd0\xb8",
    b"\xff\x00",
    b"Mon, 1 Jan 2024 10:00:00 +9999\n",
    b"=E2=80=AE",
    b"> quoted \n",
];

fn check(bytes: &[u8]) {
    let letter = read(bytes);
    for (index, file) in letter.attachments.iter().enumerate() {
        let size = super::attachment(bytes, index).map(|content| content.len());
        assert_eq!((file.index, size), (index, usize::try_from(file.size).ok()));
    }
    assert_eq!(super::attachment(bytes, letter.attachments.len()), None);
    assert_eq!(html_as_text(bytes).is_some(), letter.has_html);
    let _ = bounces(bytes);
    let own = snippet(&letter.text);
    assert!(
        !own.as_str().chars().any(is_unsafe) && !raw_as_text(bytes).as_str().chars().any(|c| c != '\n' && is_unsafe(c))
    );
}
