#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::domain::account::{Account, Kind as AccountKind};
use crate::domain::address::Mailbox;
use crate::domain::draft::mailboxes;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::outbox::File;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn addresses(list: &[&str]) -> Vec<Address> {
    list.iter().map(|a| address(a)).collect()
}

fn to(list: &str) -> Vec<Mailbox> {
    mailboxes(list).unwrap()
}

/// An answer to Anna of Acme, in a thread with her, Bob of Acme and my colleague Ewa.
fn answer() -> Letter {
    let account = Account {
        id: id::Account(1),
        name: Text::line("work"),
        email: address("me@firma.example"),
        kind: AccountKind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    let mut letter = Letter::new(&account, &Text::line("Jan"));
    letter.to = to("Anna <anna@acme.example>");
    letter.subject = "Re: Desks".into();
    letter.in_reply_to = MsgId::parse("1@acme.example");
    letter.answers = Some(id::Message(1));
    letter.text =
        "Yes, of course.\n\nOn 23 November 2026 at 10:00, Anna wrote:\n> see the attached TODO {{ list }}\n\n\
                   -- \nJan, files attached on request XXX\n"
            .into();
    letter
}

/// A new letter to Anna.
fn new() -> Letter {
    let mut letter = answer();
    (letter.in_reply_to, letter.answers) = (None, None);
    letter.subject = "Desks".into();
    letter.text = "Good morning, how are the desks?\n".into();
    letter
}

fn thread() -> Context {
    Context {
        own: Own::new([address("me@firma.example"), address("sales@firma.example"), address("me@gmail.com")]),
        thread: addresses(&["anna@acme.example", "bob@acme.example", "me@firma.example", "ewa@firma.example"]),
        answered: addresses(&["anna@acme.example", "me@firma.example", "ewa@firma.example"]),
        people: addresses(&["anna@acme.example", "anna.private@gmail.com", "carl@law.example"]),
        domains: vec!["acme.example".into()],
        companies: vec![
            (address("anna@acme.example"), Text::line("Acme")),
            (address("bob@acme.example"), Text::line("Acme")),
            (address("olga@meble.example"), Text::line("Meble")),
        ],
        written_to: vec!["acme.example".into(), "meble.example".into(), "supplier.example".into()],
        client_domains: vec!["acme.example".into(), "meble.example".into()],
        unreachable: vec![(address("old@acme.example"), Text::line("bounced on 3 November"))],
        opted_out: Vec::new(),
        received_by: Some(address("me@firma.example")),
        ..Context::default()
    }
}

/// What is known when a new letter begins from nowhere.
fn nowhere() -> Context {
    let thread_context = thread();
    Context {
        thread: Vec::new(),
        answered: Vec::new(),
        people: Vec::new(),
        domains: Vec::new(),
        received_by: None,
        ..thread_context
    }
}

fn with(mut letter: Letter, change: impl FnOnce(&mut Letter)) -> Letter {
    change(&mut letter);
    letter
}

fn saying(text: &str) -> Letter {
    with(answer(), |l| l.text = format!("{text}\n\n{}", l.text.trim_start_matches("Yes, of course.\n\n")))
}

fn kinds(letter: &Letter, context: &Context) -> Vec<Kind> {
    check(letter, context).iter().map(|c| c.kind).collect()
}

fn file() -> File {
    File { name: "offer.pdf".into(), media_type: "application/pdf".into(), bytes: vec![1] }
}

#[test]
fn what_is_wrong_is_said_once() {
    use Kind::*;
    let hole = Hole {
        code: "contact.first_name".into(),
        card: Text::line("the card of Anna"),
        field: Text::line("first name"),
        line: 3,
    };
    let table: Vec<(&str, Letter, Context, Kind)> = vec![
        ("nobody", with(answer(), |l| l.to.clear()), thread(), NoRecipient),
        ("a hole", answer(), Context { holes: vec![hole], ..thread() }, MissingValue),
        (
            "a line break in the subject",
            with(new(), |l| l.subject = "a\r\nBcc: x@y.example".into()),
            nowhere(),
            InvalidSubject,
        ),
        ("another company's person", with(answer(), |l| l.cc = to("x@other.example")), thread(), Outsider),
        ("a stranger at free mail", with(answer(), |l| l.cc = to("x@gmail.com")), thread(), Outsider),
        ("a supplier in Bcc", with(answer(), |l| l.bcc = to("x@supplier.example")), thread(), Outsider),
        ("two clients", with(new(), |l| l.to = to("anna@acme.example, olga@meble.example")), nowhere(), TwoClients),
        (
            "a colleague's private letter",
            answer(),
            Context { answered: addresses(&["ewa@firma.example", "me@firma.example"]), ..thread() },
            Mixed,
        ),
        ("a new colleague", with(answer(), |l| l.cc = to("boss@firma.example")), thread(), Mixed),
        ("a first letter", with(new(), |l| l.to = to("x@new.example")), nowhere(), NewDomain),
        (
            "somebody who opted out",
            new(),
            Context { opted_out: vec![(address("anna@acme.example"), Text::line("opted out on 3 Nov"))], ..nowhere() },
            OptedOut,
        ),
        (
            "an answer to somebody who opted out",
            answer(),
            Context { opted_out: vec![(address("anna@acme.example"), Text::line("opted out on 3 Nov"))], ..thread() },
            OptedOut,
        ),
        ("a slip", with(new(), |l| l.to = to("anna@acmee.example")), nowhere(), LookAlike),
        ("swapped letters", with(answer(), |l| l.cc = to("bob@amce.example")), thread(), LookAlike),
        ("Cyrillic а and с", with(new(), |l| l.to = to("anna@асme.example")), nowhere(), LookAlike),
        ("two alphabets", with(new(), |l| l.to = to("anna@pаylink.example")), nowhere(), LookAlike),
        (
            "an impostor wrote into the thread",
            with(answer(), |l| l.to = to("anna@acne.example")),
            Context { answered: addresses(&["anna@acne.example", "me@firma.example"]), ..thread() },
            LookAlike,
        ),
        ("my own domain imitated", with(new(), |l| l.to = to("boss@f1rma.example")), nowhere(), LookAlike),
        ("bounced", with(answer(), |l| l.to = to("old@acme.example")), thread(), Unreachable),
        ("a robot", with(answer(), |l| l.to = to("no-reply@acme.example")), thread(), Unreachable),
        ("another From", with(answer(), |l| l.from.address = address("me@gmail.com")), thread(), WrongFrom),
        (
            "mine instead of the team's",
            answer(),
            Context { received_by: Some(address("sales@firma.example")), ..thread() },
            WrongFrom,
        ),
        ("short code", saying("Dear {{ contact.first_name }},"), thread(), Placeholder),
        ("HubSpot's", saying("Dear [[MISSING TOKEN]],"), thread(), Placeholder),
        ("XXX", saying("The price is XXX zł."), thread(), Placeholder),
        ("TODO", saying("TODO: the date"), thread(), Placeholder),
        ("in the subject", with(new(), |l| l.subject = "Offer for {{ company.name }}".into()), nowhere(), Placeholder),
        ("no subject", with(new(), |l| l.subject = " ".into()), nowhere(), EmptySubject),
        ("only a mark", with(answer(), |l| l.subject = "Re:".into()), thread(), EmptySubject),
        ("no words", saying(""), thread(), EmptyText),
        ("nothing at all", with(new(), |l| l.text = "\n-- \nJan\n".into()), nowhere(), EmptyText),
        ("promise in the subject", with(new(), |l| l.subject = "Invoice attached".into()), nowhere(), NoAttachment),
    ];
    for (what, letter, context, kind) in &table {
        assert_eq!(kinds(letter, context), [*kind], "{what}");
    }
    assert!(table.len() >= 30);
}

#[test]
fn ordinary_letters_raise_no_alarm() {
    let forward = "\n\n---------- Forwarded message ----------\nFrom: a@x.example\n\nsee the attached file\n";
    let own_letter = Context { answered: addresses(&["me@firma.example", "anna@acme.example"]), ..thread() };
    let table: Vec<(&str, Letter, Context)> = vec![
        ("to the sender", answer(), thread()),
        ("to all of the thread", with(answer(), |l| l.cc = to("bob@acme.example, ewa@firma.example")), thread()),
        ("another person of the company", with(answer(), |l| l.cc = to("new@acme.example")), thread()),
        ("her private address", with(answer(), |l| l.to = to("anna.private@gmail.com")), thread()),
        ("her address with a tag", with(answer(), |l| l.to = to("anna+desks@acme.example")), thread()),
        ("the deal's lawyer", with(answer(), |l| l.cc = to("carl@law.example")), thread()),
        ("my boss in Bcc", with(answer(), |l| l.bcc = to("boss@firma.example")), thread()),
        ("myself in Cc", with(answer(), |l| l.cc = to("sales@firma.example")), thread()),
        ("colleagues among themselves", with(answer(), |l| l.to = to("ewa@firma.example")), thread()),
        (
            "an answer to a colleague",
            with(answer(), |l| l.to = to("ewa@firma.example, boss@firma.example")),
            Context { answered: addresses(&["ewa@firma.example", "me@firma.example"]), ..thread() },
        ),
        ("after a letter of mine", answer(), own_letter),
        (
            "an answer to somebody new",
            with(answer(), |l| l.to = to("x@new.example")),
            Context {
                thread: addresses(&["x@new.example", "me@firma.example"]),
                people: Vec::new(),
                domains: Vec::new(),
                ..thread()
            },
        ),
        (
            "two clients to whom I wrote together before",
            with(answer(), |l| l.cc = to("olga@meble.example")),
            Context {
                thread: addresses(&["anna@acme.example", "olga@meble.example"]),
                wrote_to: vec![addresses(&["anna@acme.example", "olga@meble.example"])],
                ..thread()
            },
        ),
        ("a new letter to a client", new(), nowhere()),
        ("a new letter to free mail", with(new(), |l| l.to = to("x@gmail.com")), nowhere()),
        ("a new letter to a colleague", with(new(), |l| l.to = to("boss@firma.example")), nowhere()),
        ("From with a tag", with(answer(), |l| l.from.address = address("me+acme@firma.example")), thread()),
        (
            "a subdomain",
            with(new(), |l| l.to = to("x@acme.example, y@mail.acme.example")),
            Context { written_to: vec!["mail.acme.example".into()], ..nowhere() },
        ),
        ("a promise with its file", with(saying("The offer is attached."), |l| l.files.push(file())), thread()),
        ("a file alone", with(saying(""), |l| l.files.push(file())), thread()),
        (
            "passing on",
            with(new(), |l| {
                l.subject = "Fwd: Invoice attached".into();
                l.text = forward.into();
            }),
            nowhere(),
        ),
        ("an anniversary", saying("Gratulacje z okazji XXX-lecia firmy! Rozmiar XXXL."), thread()),
        ("nothing known", answer(), Context::default()),
    ];
    for (what, letter, context) in &table {
        assert_eq!(check(letter, context), [], "{what}");
    }
    assert!(table.len() >= 20);
}

#[test]
fn promises_of_a_file() {
    for text in [
        "Please find attached our offer.",
        "I am attaching the price list",
        "See attachment.",
        "The contract is enclosed.",
        "Thanks for your attachment; our offer is attached too.",
        "W załączniku przesyłam ofertę.",
        "Zalaczam fakture",
        "Załączamy cennik",
        "w załączeniu umowa",
        "Przesyłam załączoną ofertę",
        "Счёт во вложении.",
        "Прилагаю коммерческое предложение",
        "Договор прикрепила",
        "См. вложение",
        "Направляю вложенный файл",
        "Рахунок у вкладенні",
        "Надсилаю пропозицію у додатку.",
        "Додаю рахунок",
        "Прикріплюю договір",
        "Долучаю файл",
        "Прикріплении\u{306} лист", // й as a Mac writes it
    ] {
        let found = check(&saying(text), &thread());
        assert_eq!(found.iter().map(|c| c.kind).collect::<Vec<_>>(), [Kind::NoAttachment], "{text}");
    }
    for text in [
        "Thank you for your attachment.",
        "I opened the file you attached.",
        "I read the attachment you sent.",
        "Could you please attach the contract?",
        "No attachment needed.",
        "There are no strings attached.",
        "The offer is in the letter, without attachments.",
        "Dziękuję, w Pana załączniku brakuje strony.",
        "Oferta bez załączników",
        "Proszę o załączenie faktury",
        "Во вложении к вашему письму ошибка",
        "Прилагаем все усилия, чтобы успеть",
        "Мобильное приложение готово, капитальные вложения малы",
        "Без вложений",
        "У мобільному додатку все видно",
        "Дякую, файл, який ви прикріпили, відкрився",
        "Мы приложим все силы",
    ] {
        assert_eq!(check(&saying(text), &thread()), [], "{text}");
    }
}

#[test]
fn a_concern_says_what_why_and_what_to_do() {
    let concerns = check(&with(answer(), |l| l.cc = to("x@other.example")), &thread());
    assert_eq!(
        concerns,
        [Concern {
            kind: Kind::Outsider,
            reason: Text::line("x@other.example is outside this deal, company and conversation"),
            evidence: Text::line(
                "nobody in this conversation is at other.example, and it would be the first letter there"
            ),
            fix: Fix::RemoveRecipient(address("x@other.example")),
            blocking: false,
        }]
    );
    let concerns = check(&saying("The offer is attached."), &thread());
    let [promise] = concerns.as_slice() else { panic!("{concerns:?}") };
    assert_eq!((promise.evidence.as_str(), &promise.fix), ("The offer is attached.", &Fix::AttachFile));
    let concerns = check(&answer(), &Context { received_by: Some(address("sales@firma.example")), ..thread() });
    let fixes: Vec<&Fix> = concerns.iter().map(|c| &c.fix).collect();
    assert_eq!(fixes, [&Fix::ChangeFrom(address("sales@firma.example"))]);
}

#[test]
fn what_blocks_stands_first() {
    let hole = Hole { code: "deal.title".into(), card: Text::line("the letter"), field: Text::line("deal"), line: 2 };
    let letter = with(answer(), |l| {
        l.subject.clear();
        l.cc = to("x@other.example");
    });
    let concerns = check(&letter, &Context { holes: vec![hole], ..thread() });
    let found: Vec<(Kind, bool)> = concerns.iter().map(|c| (c.kind, c.blocking)).collect();
    assert_eq!(found, [(Kind::MissingValue, true), (Kind::Outsider, false), (Kind::EmptySubject, false)]);
    assert_eq!(concerns.first().unwrap().reason.as_str(), "the letter has no deal");
}
