#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::domain::account::Kind;
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::message::{Nature, Parsed};
use std::path::PathBuf;

fn account() -> Account {
    Account {
        id: id::Account(7),
        name: Text::line("work"),
        email: Address::parse("me@firma.example").unwrap(),
        kind: Kind::Personal,
        signature: Text::block("Jan Nowak\nFirma"),
        style: crate::domain::style::Style::default(),
    }
}

fn me() -> Me {
    Me { name: Text::line("Jan Nowak"), ..Me::default() }
}

fn own() -> Own {
    Own::new(["me@firma.example", "me@gmail.com"].map(|a| Address::parse(a).unwrap()))
}

fn ids(names: &[&str]) -> Vec<MsgId> {
    names.iter().filter_map(|n| MsgId::parse(n)).collect()
}

/// From, To, Cc, Reply-To.
fn opened(from: &str, to: &str, cc: &str, reply_to: &str, text: &str) -> Opened {
    let list = |typed: &str| mailboxes(typed).unwrap();
    let direction = if own().is_me(&list(from)[0].address) { Direction::Outbound } else { Direction::Inbound };
    Opened {
        id: id::Message(5),
        thread: id::Thread(3),
        date: "2026-11-23T09:05:00Z".parse().unwrap(),
        direction,
        seen: true,
        parsed: Parsed {
            msg_id: MsgId::parse("<3@acme.example>"),
            in_reply_to: ids(&["2@firma.example"]),
            references: ids(&["1@acme.example", "2@firma.example"]),
            date: None,
            from: list(from),
            reply_to: list(reply_to),
            to: list(to),
            cc: list(cc),
            bcc: Vec::new(),
            subject: Text::line("RE: Odp: Desks"),
            text: Text::block(text),
            has_html: false,
            nature: Nature::Human,
            attachments: Vec::new(),
            invitation: None,
            warnings: Vec::new(),
            digest: [0; 32],
        },
        folders: Vec::new(),
    }
}

fn warsaw() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

fn answer(opened: &Opened, all: bool) -> Letter {
    reply(opened, &account(), &me(), &own(), all, &warsaw())
}

#[test]
fn who_an_answer_goes_to() {
    for (from, to, cc, reply_to, expected_to, expected_cc) in [
        ("Anna <a@acme.example>", "me@firma.example", "", "", "Anna <a@acme.example>", ""),
        (
            "a@acme.example",
            "me@firma.example, b@acme.example",
            "c@acme.example, me@gmail.com",
            "",
            "a@acme.example",
            "b@acme.example, c@acme.example",
        ),
        ("a@acme.example", "me+x@firma.example, A@acme.example", "a@acme.example", "", "a@acme.example", ""),
        ("a@acme.example", "me@firma.example", "", "desk@acme.example", "desk@acme.example", ""),
        ("me@firma.example", "a@acme.example, me@gmail.com", "b@acme.example", "", "a@acme.example", "b@acme.example"),
        ("a@acme.example", "b@acme.example", "", "me@firma.example", "b@acme.example", ""),
        ("me@firma.example", "me@firma.example", "", "", "me@firma.example", ""),
        (
            "boss@firma.example",
            "me@firma.example, ewa@firma.example",
            "",
            "",
            "boss@firma.example",
            "ewa@firma.example",
        ),
    ] {
        let opened = opened(from, to, cc, reply_to, "hi");
        let all = answer(&opened, true);
        assert_eq!(
            (mailbox_list(&all.to).as_str(), mailbox_list(&all.cc).as_str()),
            (expected_to, expected_cc),
            "{from}"
        );
        let one = answer(&opened, false);
        assert_eq!((mailbox_list(&one.to).as_str(), one.cc.len()), (expected_to, 0), "{from}");
    }
}

#[test]
fn an_answer_belongs_to_its_letter() {
    let theirs = opened("a@acme.example", "me@firma.example", "", "", "hi");
    let letter = answer(&theirs, false);
    assert_eq!(letter.subject, "Re: Desks");
    assert_eq!(letter.in_reply_to, MsgId::parse("3@acme.example"));
    assert_eq!(letter.references, ids(&["1@acme.example", "2@firma.example", "3@acme.example"]));
    assert_eq!((letter.thread, letter.answers), (Some(id::Thread(3)), Some(id::Message(5))));
    assert_eq!(letter.from.to_string(), "Jan Nowak <me@firma.example>");
    assert_eq!(answer(&opened("me@firma.example", "a@acme.example", "", "", "x"), false).answers, None);

    let mut without = theirs.clone();
    without.parsed.references.clear();
    assert_eq!(answer(&without, false).references, ids(&["2@firma.example", "3@acme.example"]));

    let mut long = theirs;
    long.parsed.references = (0..500).filter_map(|n| MsgId::parse(&format!("{n}@long.example"))).collect();
    let references = answer(&long, false).references;
    assert_eq!((references.len(), references[0].as_str()), (30, "0@long.example"));
    assert_eq!((references[1].as_str(), references[29].as_str()), ("472@long.example", "3@acme.example"));
}

#[test]
fn the_quote_in_the_letters_language() {
    for (text, line) in [
        ("Thank you for the offer", "On 23 November 2026 at 10:05, Anna <a@acme.example> wrote:"),
        ("Dziękuję za ofertę", "W dniu 23 listopada 2026 o 10:05 Anna <a@acme.example> pisze:"),
        ("Спасибо, мы согласны", "23 ноября 2026 г. в 10:05 Anna <a@acme.example> пишет:"),
        ("Дякую, чекаємо", "23 листопада 2026 р. о 10:05 Anna <a@acme.example> пише:"),
    ] {
        let letter = answer(&opened("Anna <a@acme.example>", "me@firma.example", "", "", text), false);
        assert_eq!(letter.text, format!("\n\n{line}\n> {text}\n\n-- \nJan Nowak\nFirma\n"));
        assert_eq!(own_words(&letter.text), "");
    }
    let empty = answer(&opened("a@acme.example", "me@firma.example", "", "", " \n"), false);
    assert_eq!(empty.text, "\n\n\n-- \nJan Nowak\nFirma\n");
}

#[test]
fn the_quote_is_trimmed_to_what_matters() {
    let many: String = (0..500).map(|n| format!("line {n}\n")).collect();
    for (text, expected) in [
        ("a\n\n  b\n-- \nAnna\n> old", "> a\n>\n>   b\n"),
        ("a\n--\nAnna", "> a\n"),
        ("a\n> b\n> > c\n> > > d\n>>>> e\n>f", "> a\n>> b\n>>> c\n>> f\n"),
        ("\n\na  \n\n\n", "> a\n"),
        ("-- \nonly a mark above", "> --\n> only a mark above\n"),
        ("", ""),
    ] {
        assert_eq!(quote::quote(text), expected, "{text:?}");
    }
    let quoted = quote::quote(&many);
    assert_eq!(quoted.lines().count(), 201);
    assert!(quoted.ends_with("> line 199\n> […]\n"));
    let ruled = format!("a\n--\n{many}");
    assert!(quote::quote(&ruled).contains("> line 5\n"), "a line drawn far above the end is no signature");
}

#[test]
fn passing_on_begins_a_conversation_of_its_own() {
    let file = File { name: "a.pdf".into(), media_type: "application/pdf".into(), bytes: vec![1] };
    let opened = opened("Anna <a@acme.example>", "me@firma.example", "b@acme.example", "", "See below.\n> x\n");
    let letter = forward(&opened, vec![file], &account(), &me(), &warsaw());
    assert_eq!((letter.subject.as_str(), letter.to.len(), letter.files.len()), ("Fwd: Desks", 0, 1));
    assert_eq!((letter.in_reply_to, letter.references, letter.thread, letter.answers), (None, Vec::new(), None, None));
    assert_eq!(
        letter.text,
        "\n\n---------- Forwarded message ----------\nFrom: Anna <a@acme.example>\nDate: 23 November 2026, 10:05\n\
         Subject: RE: Odp: Desks\nTo: me@firma.example\nCc: b@acme.example\n\nSee below.\n> x\n\n-- \nJan Nowak\nFirma\n"
    );
    assert!(is_forward(&letter.text));
    assert_eq!(own_words(&format!("For you.{}", letter.text)), "For you.");
}

#[test]
fn new_and_again() {
    let letter = new(&account(), &me());
    assert_eq!(letter.text, "\n\n-- \nJan Nowak\nFirma\n");
    let mut silent = account();
    silent.signature = Text::default();
    assert_eq!(new(&silent, &me()).text, "\n");
    silent.signature = Text::block("-- \nJan");
    assert_eq!(new(&silent, &me()).text, "\n\n-- \nJan\n");

    let sent = opened("me@firma.example", "a@acme.example", "b@acme.example", "", "Offer\n-- \nJan");
    let again = edit_as_new(&sent, Vec::new(), &account(), &me());
    assert_eq!((mailbox_list(&again.to).as_str(), again.text.as_str()), ("a@acme.example", "Offer\n-- \nJan"));
    assert_eq!((again.in_reply_to, again.thread, again.answers), (None, None, None));
}

#[test]
fn a_template_stands_above_the_quote() {
    let letter = answer(&opened("Anna <a@acme.example>", "me@firma.example", "", "", "hi"), false);
    let filled = with_text(&letter, "Dear Anna,\nyes.\n");
    let quoted = "On 23 November 2026 at 10:05, Anna <a@acme.example> wrote:\n> hi\n\n-- \nJan Nowak\nFirma\n";
    assert_eq!(filled.text, format!("Dear Anna,\nyes.\n\n{quoted}"));
    assert_eq!(own_words(&filled.text), "Dear Anna,\nyes.");
    assert_eq!(with_text(&filled, "No.").text, format!("No.\n\n{quoted}"));
    assert_eq!(with_text(&new(&account(), &me()), "Hi").text, "Hi\n\n-- \nJan Nowak\nFirma\n");
}

#[test]
fn words_between_quotes_are_mine() {
    let text = "Hi,\n\nAt 10:00 Anna wrote:\n> a\n\nyes: 2 desks\n> b\nThat is all: \n\n-- \nJan";
    assert_eq!(own_words(text), "Hi,\n\n\nyes: 2 desks\nThat is all:");
}

fn with_file() -> Letter {
    let mut letter =
        answer(&opened("\"Kowalska, Anna\" <a@acme.example>", "me@firma.example", "b@acme.example", "", "hi"), true);
    letter.files = vec![File { name: "offer.pdf".into(), media_type: "application/pdf".into(), bytes: vec![1] }];
    letter.text = "Hello\n\nTo: not a header\n".into();
    letter
}

#[test]
fn the_editors_file_comes_back() {
    let letter = with_file();
    let file = to_editor(&letter);
    assert_eq!(
        file,
        "From: Jan Nowak <me@firma.example>\nTo: \"Kowalska, Anna\" <a@acme.example>\nCc: b@acme.example\nBcc:\n\
         Subject: Re: Desks\nAttached: offer.pdf\nAttach:\n\nHello\n\nTo: not a header\n"
    );
    assert_eq!(from_editor(&file, &letter).unwrap(), EditedLetter { letter: letter.clone(), attach: Vec::new() });

    let edited = "from: me@gmail.com\r\nTo: a@x.example,\n  Bob <b@x.example>\nSubject: Żółć: x\nAttach: ~/a b.pdf\nattach: /c.pdf\n\nText\twith\x1b[31m";
    let edited = from_editor(edited, &letter).unwrap();
    assert_eq!(edited.attach, [PathBuf::from("~/a b.pdf"), PathBuf::from("/c.pdf")]);
    assert_eq!(mailbox_list(&edited.letter.to), "a@x.example, Bob <b@x.example>");
    assert_eq!((edited.letter.cc.len(), edited.letter.files.len()), (0, 0), "lines that are gone are gone");
    assert_eq!(edited.letter.subject, "Żółć: x");
    assert_eq!(edited.letter.text, "Text    with␛[31m");
    assert_eq!(edited.letter.from.address.as_str(), "me@gmail.com");
    assert_eq!(edited.letter.references, letter.references, "what is not shown stays");
}

#[test]
fn a_problem_names_the_line() {
    for (file, sentence) in [
        ("From: me@x.example\nTo: anna\n\n", "line 2, To: “anna” has no “@”"),
        ("From: me@x.example\nSubjct: a\n\n", "line 2: unknown header “Subjct:” (did you mean Subject:?)"),
        (
            "From: me@x.example\nHello Anna,\n\n",
            "line 2: “Hello Anna,” is not a header (an empty line parts the headers from the text)",
        ),
        ("To: a@x.example\n\nx", "the From: line is gone (put it back above the empty line)"),
        ("", "the From: line is gone (put it back above the empty line)"),
        ("From: a@x.example, b@x.example\n\n", "line 1, From: 2 addresses where exactly one belongs"),
        ("From:\n\n", "line 1, From: 0 addresses where exactly one belongs"),
        ("From: a@x.example\nSubject: a\nSubject: b\n\n", "line 3: Subject: is there twice"),
        (
            "From: a@x.example\nSubject: a\x1b[2J\n\n",
            "line 2, Subject: a control or invisible character is in the subject",
        ),
        (
            "From: a@x.example\nAttached: other.pdf\n\n",
            "line 2, Attached: the letter has no file “other.pdf” (a new file is added with Attach: and its path)",
        ),
    ] {
        let problem = from_editor(file, &with_file()).unwrap_err().to_string();
        assert!(problem.starts_with(sentence), "{problem}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_comes_back_from_the_editor(text in "(\\PC|\n){0,200}", subject in "\\PC{0,60}") {
        let mut letter = with_file();
        letter.text = Text::block(&text).into();
        letter.subject = Text::line(&subject).as_str().trim().to_owned();
        let edited = from_editor(&to_editor(&letter), &letter).unwrap();
        proptest::prop_assert_eq!(edited.letter, letter);
    }

    #[test]
    fn any_letter_can_be_answered(text in "(\\PC|\n|> |-- ){0,200}") {
        let opened = opened("a@acme.example", "me@firma.example", "", "", &text);
        let letter = answer(&opened, true);
        proptest::prop_assert_eq!(own_words(&letter.text), "");
        let _ = own_words(&text);
        let _ = with_text(&letter, &text);
        let _ = forward(&opened, Vec::new(), &account(), &me(), &warsaw());
        let _ = from_editor(&text, &letter);
    }
}

#[test]
fn a_word_for_one_is_never_opened_as_an_answer_to_all() {
    let group = opened("Anna <anna@x.example>", "me@firma.example, jan@x.example", "ola@x.example", "", "Hello?");
    let (alone, everyone) = (answer(&group, false), answer(&group, true));
    let with = |letter: &Letter, more: &str| {
        let mut letter = letter.clone();
        letter.cc.extend(mailboxes(more).unwrap());
        letter
    };
    for (what, begun, all, same) in [
        ("r after r", alone.clone(), false, true),
        ("a after a", everyone.clone(), true, true),
        ("a after r", alone.clone(), true, false),
        ("r after a", everyone.clone(), false, false),
        ("r after r with a colleague added", with(&alone, "boss@firma.example"), false, true),
        ("r after a with somebody taken off", with(&alone, "ola@x.example"), false, false),
        ("a after a with somebody taken off", with(&alone, "ola@x.example"), true, true),
        ("a after a with one added", with(&everyone, "boss@firma.example"), true, true),
        (
            "r after r to somebody else",
            Letter { to: mailboxes("other@y.example").unwrap(), ..alone.clone() },
            false,
            false,
        ),
    ] {
        assert_eq!(is_same_answer(&begun, &alone, &everyone, all), same, "{what}");
    }
    // A letter to me alone: there is no difference.
    let single = opened("Anna <anna@x.example>", "me@firma.example", "", "", "Hello?");
    let (alone, everyone) = (answer(&single, false), answer(&single, true));
    assert!(is_same_answer(&alone, &alone, &everyone, false) && is_same_answer(&alone, &alone, &everyone, true));
}

#[test]
fn each_account_lays_its_answers_out() {
    let theirs = opened("Anna <a@acme.example>", "me@firma.example", "", "", "hi");
    let line = "On 23 November 2026 at 10:05, Anna <a@acme.example> wrote:";
    let signature = "-- \nJan Nowak\nFirma\n";
    let plain = Style::default();
    for (style, expected, filled) in [
        (Style { quote: false, ..plain.clone() }, format!("\n\n\n{signature}"), format!("Yes.\n\n{signature}")),
        (
            Style { below_quote: true, ..plain.clone() },
            format!("{line}\n> hi\n\n\n\n{signature}"),
            format!("{line}\n> hi\n\nYes.\n\n{signature}"),
        ),
        (
            Style { signature_above: true, ..plain },
            format!("\n\n{signature}\n{line}\n> hi\n"),
            format!("Yes.\n\n{signature}\n{line}\n> hi\n"),
        ),
    ] {
        let account = Account { style, ..account() };
        let letter = reply(&theirs, &account, &me(), &own(), false, &warsaw());
        assert_eq!(letter.text, expected);
        assert_eq!(my_first_line(&letter.text), if account.style.below_quote { 3 } else { 0 });
        let with = with_text(&letter, "Yes.");
        assert_eq!(with.text, filled);
        assert_eq!(own_words(&with.text), "Yes.");
    }
}
