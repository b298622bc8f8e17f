//! Letters written here, opened with somebody else's parser: Python's `email`, which is strict and notes every defect.

use std::process::Command;

use jiff::Zoned;
use postbook::domain::account::{Account, Kind};
use postbook::domain::address::{Address, Mailbox};
use postbook::domain::id;
use postbook::domain::message::MsgId;
use postbook::domain::outbox::{File, Letter};
use postbook::domain::style::Style;
use postbook::domain::text::Text;
use postbook::mime;
use serde_json::Value;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/open_letter.py");

const LONG_SUBJECTS: [&str; 4] = [
    "Commercial offer for two hundred and forty office chairs with adjustable armrests, delivery to the third floor, assembly, \
     removal of packaging and a warranty of five years for the new building of Acme Ltd at 12 Harbour Street, second revision",
    "Коммерческое предложение на двести сорок офисных кресел с регулируемыми подлокотниками, доставкой на третий этаж, сборкой, \
     вывозом упаковки и гарантией пять лет для нового здания ООО «Ромашка» на улице Портовой, дом 12, вторая редакция 🪑",
    "Комерційна пропозиція на двісті сорок офісних крісел із регульованими підлокітниками, доставкою на третій поверх, складанням, \
     вивезенням пакування та гарантією п’ять років для нової будівлі ТОВ «Їжак» на вулиці Ґонти, будинок 12, друга редакція",
    "Oferta handlowa na dwieście czterdzieści krzeseł biurowych z regulowanymi podłokietnikami, dostawą na trzecie piętro, montażem, \
     wywozem opakowań i gwarancją pięciu lat dla nowego budynku spółki „Żółw” przy ulicy Łąkowej 12, druga wersja oferty",
];

const NAMES: [&str; 8] = [
    "offer.pdf",
    "Коммерческое предложение для компании «Ромашка» от 5 марта 2026 года (вторая редакция, с приложениями).docx",
    "Zażółć gęślą jaźń, \"wersja\" 2; ostateczna.xlsx",
    "🪑 крісло 🪑.png",
    "100%25 it's (a) 'name'=?utf-8?Q?x?=.txt",
    "日本語のとても長いファイル名.zip",
    "two  blanks  inside.txt",
    "back\\slash.txt",
];

fn account(style: Style) -> Account {
    Account {
        id: id::Account(1),
        name: Text::own("work"),
        email: Address::parse("jan@firma.example").unwrap(),
        kind: Kind::Personal,
        signature: Text::block("Jan Żółć\nFirma"),
        style,
    }
}

fn letter(style: &Style) -> Letter {
    let mut letter = Letter::new(&account(style.clone()), &Text::own("Jan Żółć, Firma \"Biuro\""));
    letter.to = vec![
        Mailbox::new("Анна Ковальська", "anna@klient.example").unwrap(),
        Mailbox::new("Smith, John \"JJ\"", "john@klient.example").unwrap(),
        Mailbox::new("", "bare@klient.example").unwrap(),
        Mailbox::new("Very Long Company Name Limited Liability Partnership and Sons of Manchester", "l@klient.example")
            .unwrap(),
    ];
    let long = "Александра Константиновна Преображенская-Богоявленская";
    letter.to.push(Mailbox::new(long, "a@klient.example").unwrap());
    letter.cc = vec![Mailbox::new("Ольга (бухгалтерия)", "olga@klient.example").unwrap()];
    letter.bcc = vec![Mailbox::new("", "secret@firma.example").unwrap()];
    letter.subject = "Offer".to_owned();
    letter.text = "Dzień dobry.\n".to_owned();
    letter
}

fn bytes(letter: &Letter, style: &Style) -> Vec<u8> {
    let now: Zoned = "2026-03-05T10:15:00+01:00[Europe/Warsaw]".parse().unwrap();
    mime::write(letter, &MsgId::parse("<pb.abc@firma.example>").unwrap(), &now, style).unwrap()
}

/// What Python makes of letters.
fn opened(letters: &[Vec<u8>]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    command.arg(SCRIPT);
    for (number, letter) in letters.iter().enumerate() {
        let path = folder.path().join(format!("{number}.eml"));
        std::fs::write(&path, letter).unwrap();
        command.arg(path);
    }
    let output = command.output().expect("python3 is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let seen: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(seen.len(), letters.len());
    seen.iter().for_each(|letter| no_defects(&letter["body"]));
    seen
}

fn no_defects(part: &Value) {
    assert_eq!(part["defects"], serde_json::json!([]), "{part}");
    part["parts"].as_array().into_iter().flatten().for_each(no_defects);
    if part["letter"].is_object() {
        no_defects(&part["letter"]["body"]);
    }
}

fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The types of a letter's parts, as a tree.
fn structure(part: &Value) -> String {
    let kind = part["type"].as_str().unwrap().to_owned();
    match part["parts"].as_array() {
        Some(parts) => format!("{kind}({})", parts.iter().map(structure).collect::<Vec<_>>().join(" ")),
        None => kind,
    }
}

#[test]
fn names_subjects_and_threads_are_read_by_others() {
    let style = Style::default();
    let mut letters = Vec::new();
    for subject in LONG_SUBJECTS {
        let mut letter = letter(&style);
        assert!(subject.chars().count() > 200, "{}", subject.chars().count());
        letter.subject = subject.to_owned();
        letter.in_reply_to = MsgId::parse("<q@klient.example>");
        letter.references = (0..40).map(|n| MsgId::parse(&format!("<ref.{n}@klient.example>")).unwrap()).collect();
        letters.push(letter);
    }
    let seen = opened(&letters.iter().map(|letter| bytes(letter, &style)).collect::<Vec<_>>());
    for (letter, seen) in letters.iter().zip(&seen) {
        assert_eq!(seen["subject"], letter.subject.as_str());
        assert_eq!(seen["from"], serde_json::json!([["Jan Żółć, Firma \"Biuro\"", "jan@firma.example"]]));
        let people = |list: &[Mailbox]| -> Value {
            list.iter().map(|m| serde_json::json!([m.name.as_str(), m.address.as_str()])).collect()
        };
        // Python puts a blank of its own between two encoded words of a name; it never stands inside a word.
        let seen_to = seen["to"].to_string().replace("  ", " ").replace("- ", "-");
        assert_eq!(serde_json::from_str::<Value>(&seen_to).unwrap(), people(&letter.to));
        assert_eq!(seen["cc"], people(&letter.cc));
        assert_eq!(seen["bcc"], Value::Null);
        assert_eq!(seen["message_id"], "<pb.abc@firma.example>");
        assert_eq!(seen["in_reply_to"], "<q@klient.example>");
        let references: Vec<String> = letter.references.iter().map(|id| format!("<{id}>")).collect();
        assert_eq!(seen["references"], serde_json::json!(references));
        assert_eq!(seen["date"], "2026-03-05T10:15:00+01:00");
    }
}

#[test]
fn files_have_their_names_and_bytes_elsewhere() {
    let style = Style::default();
    let mut letter = letter(&style);
    letter.files = NAMES
        .iter()
        .map(|name| File {
            name: (*name).to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: format!("line\r\nline\n.\r\n\0\u{ff}{name}").repeat(50).into_bytes(),
        })
        .collect();
    let seen = opened(&[bytes(&letter, &style)]).remove(0);
    let parts = seen["body"]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), NAMES.len() + 1);
    assert_eq!((parts[0]["type"].as_str(), parts[0]["text"].as_str()), (Some("text/plain"), Some("Dzień dobry.\n")));
    for (file, part) in letter.files.iter().zip(&parts[1..]) {
        assert_eq!(part["name"], file.name.as_str());
        assert_eq!((&part["type"], &part["disposition"]), (&"application/pdf".into(), &"attachment".into()));
        assert_eq!(part["digest"], digest(&file.bytes), "{}", file.name);
    }
}

#[test]
fn paragraphs_flow_elsewhere() {
    let style = Style::default();
    let long = "Слово к слову, и так до конца строки; a word after a word — ".repeat(9);
    let text = format!(
        "{long}\n\n  indented\nFrom the start\n>> {long}\n> short\n\nhttps://x.example/{}\n\n-- \nJan",
        "a".repeat(300)
    );
    let mut plain = letter(&style);
    plain.text = text;
    let mut ascii = letter(&style);
    ascii.text = "All work and no play makes Jack a dull boy. ".repeat(30);
    let written = [bytes(&plain, &style), bytes(&ascii, &style)];
    for (letter, seen) in [&plain, &ascii].into_iter().zip(opened(&written)) {
        let paragraphs = seen["body"]["paragraphs"].as_array().unwrap();
        let shown: Vec<String> = paragraphs
            .iter()
            .map(|line| {
                let (depth, words) = (line[0].as_u64().unwrap(), line[1].as_str().unwrap());
                if depth == 0 { words.to_owned() } else { format!("{} {words}", ">".repeat(depth as usize)) }
            })
            .collect();
        let expected: Vec<&str> =
            letter.text.split('\n').map(|line| if line == "-- " { line } else { line.trim_end() }).collect();
        assert_eq!(shown.join("\n").trim_end(), expected.join("\n").trim_end());
        let short = |line: &&str| line.chars().count() <= 78 || line.starts_with("https://");
        assert!(seen["body"]["text"].as_str().unwrap().lines().all(|line| short(&line)), "{seen}");
    }
}

#[test]
fn html_photo_and_forwarded_letter_stand_where_they_belong() {
    let photo =
        File { name: "photo.png".to_owned(), media_type: "image/png".to_owned(), bytes: vec![0x89, b'P', b'N', b'G'] };
    let style = Style { html: true, photo: Some(photo.clone()), ..Style::default() };
    let mut inner = letter(&Style::default());
    inner.subject = LONG_SUBJECTS[1].to_owned();
    let mut original = bytes(&inner, &Style::default());
    // As it came, with what nobody else would write: 8-bit text and an odd header.
    original.splice(0..0, *b"X-Odd:  two  blanks \r\n");
    original.extend_from_slice("\r\nещё восемь бит\r\n".as_bytes());

    let mut rich = letter(&style);
    rich.text = "**Hello**\n\n> quoted\n\n-- \nJan Żółć\nFirma\n".to_owned();
    rich.files = vec![
        File {
            name: "Пересланное письмо.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            bytes: original.clone(),
        },
        File { name: "offer.pdf".to_owned(), media_type: "application/pdf".to_owned(), bytes: vec![1, 2, 3] },
    ];
    let seen = opened(&[bytes(&rich, &style)]).remove(0);
    assert_eq!(
        structure(&seen["body"]),
        "multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) message/rfc822 application/pdf)"
    );
    let alternative = &seen["body"]["parts"][0]["parts"];
    let html = alternative[1]["parts"][0]["text"].as_str().unwrap();
    assert!(html.contains("<strong>Hello</strong>") && html.contains("cid:photo.pb.abc@firma.example"), "{html}");
    let image = &alternative[1]["parts"][1];
    assert_eq!((&image["cid"], &image["disposition"]), (&"<photo.pb.abc@firma.example>".into(), &"inline".into()));
    assert_eq!(image["digest"], digest(&photo.bytes));
    let forwarded = &seen["body"]["parts"][1];
    assert_eq!(forwarded["name"], "Пересланное письмо.eml");
    assert_eq!(forwarded["letter"]["subject"], LONG_SUBJECTS[1]);
    // Not a byte of it is changed.
    let whole = bytes(&rich, &style);
    assert!(whole.windows(original.len()).any(|window| window == original), "the bytes are not in the letter");
}

#[test]
fn a_redirected_letter_is_the_letter_it_was() {
    let original = bytes(&letter(&Style::default()), &Style::default());
    let mut to = letter(&Style::default());
    to.to = vec![Mailbox::new("Новый получатель", "new@klient.example").unwrap()];
    (to.cc, to.bcc) = (Vec::new(), Vec::new());
    let now: Zoned = "2026-03-06T09:00:00+01:00[Europe/Warsaw]".parse().unwrap();
    let redirected = mime::redirect(&original, &to, &MsgId::parse("<pb.again@firma.example>").unwrap(), &now).unwrap();
    assert!(redirected.ends_with(&original));
    let seen = opened(&[original, redirected]);
    assert_eq!(
        seen[1]["resent"],
        serde_json::json!([
            [["Jan Żółć, Firma \"Biuro\"", "jan@firma.example"]],
            [["Новый получатель", "new@klient.example"]],
            "<pb.again@firma.example>",
            "Fri, 06 Mar 2026 09:00:00 +0100"
        ])
    );
    for same in ["subject", "from", "to", "message_id", "date"] {
        assert_eq!(seen[0][same], seen[1][same], "{same}");
    }
}
