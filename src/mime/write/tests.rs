#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::domain::account::{self, Account};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::outbox::File;
use crate::domain::text::Text;
use crate::mime::{attachment, read};
use proptest::prelude::*;

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox::new(name, address).unwrap()
}

fn letter() -> Letter {
    let account = Account {
        id: id::Account(1),
        name: Text::own("work"),
        email: Address::parse("me@firma.example").unwrap(),
        kind: account::Kind::Personal,
        signature: Text::default(),
        style: Style::default(),
    };
    let mut letter = Letter::new(&account, &Text::own("Łukasz Żółć"));
    letter.to = vec![mailbox("Анна Ковальська", "anna@client.example"), mailbox("", "b@client.example")];
    letter.cc = vec![mailbox("Smith, John \"JJ\"", "john@client.example")];
    letter.bcc = vec![mailbox("Secret", "boss@firma.example")];
    letter.subject = "Wycena biurek".to_owned();
    letter.text = "Dzień dobry,\n\nw załączeniu.\n-- \nŁukasz".to_owned();
    letter
}

fn written(letter: &Letter) -> Vec<u8> {
    let date: Zoned = "2026-03-05T10:15:00+01:00[Europe/Warsaw]".parse().unwrap();
    write(letter, &new_msg_id(&[7; 16], "firma.example"), &date, &Style::default()).unwrap()
}

#[test]
fn the_header_is_standard() {
    let mut letter = letter();
    letter.in_reply_to = MsgId::parse("<q@client.example>");
    letter.references = (0..100).map(|n| MsgId::parse(&format!("<r{n}@client.example>")).unwrap()).collect();
    let bytes = written(&letter);
    let text = String::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("Message-ID: <pb."), "{head}");
    for line in [
        "Date: Thu, 5 Mar 2026 10:15:00 +0100",
        "Cc: \"Smith, John \\\"JJ\\\"\" <john@client.example>",
        "Subject: Wycena biurek",
        "In-Reply-To: <q@client.example>",
        "MIME-Version: 1.0",
        concat!("User-Agent: Postbook/", env!("CARGO_PKG_VERSION")),
        "Content-Type: text/plain; charset=utf-8; format=flowed",
    ] {
        assert!(head.lines().any(|l| l == line), "{line} is not in\n{head}");
    }
    assert!(!text.contains("boss@"), "Bcc leaked");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare line break");
    assert!(text.lines().all(|line| line.len() <= 78), "a long line");
    let parsed = read(text.as_bytes());
    assert_eq!(parsed.references.first().map(MsgId::as_str), Some("r0@client.example"));
    assert_eq!(parsed.references.last().map(MsgId::as_str), Some("r99@client.example"));
    assert_eq!(parsed.warnings, []);
}

#[test]
fn a_hole_in_a_value_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Letter), field: &str| {
        let mut letter = letter();
        change(&mut letter);
        let date = Zoned::default();
        let problem = write(&letter, &new_msg_id(&[0; 16], "x.example"), &date, &Style::default()).unwrap_err();
        assert_eq!(problem.kind, Kind::Input);
        assert!(problem.sentence.contains(field), "{problem}");
    };
    for evil in ["a\r\nBcc: x@y.example", "a\nb", "a\0b", "a\u{1b}[31m", "a\u{9b}1m"] {
        refused(&|l| l.subject = evil.to_owned(), "Subject");
        refused(
            &|l| {
                l.files = vec![File { name: evil.to_owned(), media_type: String::new(), bytes: vec![] }];
            },
            "attachment's name",
        );
    }
    refused(&|l| l.to = vec![mailbox("", "анна@пошта.укр")], "To");
    refused(
        &|l| {
            l.to.clear();
            l.cc.clear();
            l.bcc.clear();
        },
        "recipient",
    );
}

#[test]
fn a_name_of_a_letter_is_random_and_clean() {
    let a = new_msg_id(&[255; 16], "firma.example");
    assert!(a.as_str().starts_with("pb.") && a.as_str().ends_with("@firma.example"), "{a}");
    assert_ne!(a, new_msg_id(&[254; 16], "firma.example"));
    assert_eq!(new_msg_id(&[1; 16], "a\r\n>b").as_str().rsplit_once('@').unwrap().1, "ab");
    assert!(MsgId::parse(new_msg_id(&[1; 16], "").as_str()).is_some());
}

#[test]
fn files_arrive_as_they_left() {
    let mut letter = letter();
    let names = [
        "offer.pdf",
        "Коммерческое предложение для компании «Ромашка» от 5 марта 2026 года.docx",
        "ślad \"x\".txt",
        "a=?b?=.txt",
    ];
    letter.files = names
        .iter()
        .map(|name| File {
            name: (*name).to_owned(),
            media_type: "text/plain; evil\r\nX: y".to_owned(),
            bytes: b"line\r\nline\nFrom me\r.\r\n".to_vec(),
        })
        .collect();
    let bytes = written(&letter);
    let parsed = read(&bytes);
    assert_eq!(parsed.attachments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), names);
    for (index, file) in letter.files.iter().enumerate() {
        assert_eq!(attachment(&bytes, index).as_deref(), Some(file.bytes.as_slice()));
    }
    assert!(String::from_utf8(bytes).unwrap().lines().all(|line| line.len() <= 90));
}

fn text() -> impl Strategy<Value = String> {
    // Words of our languages, with what breaks encoders: `=`, `?`, quotes, emoji, long runs.
    proptest::collection::vec(
        prop_oneof![
            "[a-zA-Z0-9=?_\"<>@,.:;()\\\\]{1,20}",
            "[а-яёіїєґА-Я]{1,20}",
            "[ąęćłńóśźżĄ-Ż]{1,9}",
            "[🙂-🙏]{1,4}",
            "[a-z]{70,120}",
        ],
        1..12,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(subject in text(), name in text(), body in proptest::collection::vec(text(), 1..6), file in text()) {
        let mut letter = letter();
        letter.subject = subject;
        letter.to = vec![mailbox(&name, "anna@client.example"), mailbox("Second", "b@client.example")];
        // A line that begins with ">" is a quote, and is written as one.
            letter.text = body.iter().map(|line| format!("x{line}")).collect::<Vec<_>>().join("\n");
        letter.references = vec![MsgId::parse("<a@x>").unwrap(), MsgId::parse("<b@x>").unwrap()];
        letter.in_reply_to = MsgId::parse("<b@x>");
        letter.files = vec![File { name: file, media_type: "application/pdf".into(), bytes: body.concat().into_bytes() }];
        let bytes = written(&letter);
        prop_assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
        let parsed = read(&bytes);
        prop_assert_eq!(parsed.subject.as_str(), letter.subject.as_str());
        prop_assert_eq!(&parsed.to, &letter.to);
        prop_assert_eq!(&parsed.from, &vec![letter.from.clone()]);
        prop_assert_eq!(parsed.text.as_str(), letter.text.as_str());
        prop_assert_eq!(&parsed.references, &letter.references);
        prop_assert_eq!(parsed.in_reply_to, letter.in_reply_to.clone().into_iter().collect::<Vec<_>>());
        prop_assert_eq!(parsed.attachments.len(), 1);
        prop_assert_eq!(parsed.attachments[0].name.as_str(), letter.files[0].name.as_str());
        prop_assert_eq!(attachment(&bytes, 0), Some(letter.files[0].bytes.clone()));
    }
}
