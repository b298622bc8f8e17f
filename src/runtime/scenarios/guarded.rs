//! The guard on situations as they come, through the store: thirty in which something is wrong, twenty ordinary ones.

use super::*;
use crate::domain::contact::Role as Part;
use crate::domain::draft::mailboxes;
use crate::domain::guard::Kind as Concern;
use crate::domain::outbox::{File, Letter as Draft};
use crate::runtime::writing::Writer;
use crate::ui::effect::Passing;

const ANNA: &str = "Anna Kowalska <anna@acme.example>";
const BOB: &str = "bob@acme.example";
const OLGA: &str = "olga@meble.example";
const EWA: &str = "ewa@firma.example";
/// A supplier's person, never written to.
const CARRIER: &str = "jan@spedycja.example";
const LAWYER: &str = "carl@law.example";
const GLAZIER: &str = "glass@szklo.example";
const SUPPLIER: &str = "wood@tartak.example";

/// Two clients with a deal each, a supplier, a colleague, and the letters between us.
fn office() -> Desk {
    let desk = Desk::open();
    let acme = desk.company("Acme", &["acme.example"]);
    let meble = desk.company("Meble Plus", &["meble.example"]);
    let anna = desk.contact("Anna", &["anna@acme.example", "anna.k@gmail.com"], Some(acme));
    desk.contact("Bob", &[BOB], Some(acme));
    let olga = desk.contact("Olga", &[OLGA], Some(meble));
    let supplier = desk.contact("Wood", &[SUPPLIER], None);
    let carrier = desk.company("Spedycja", &[]);
    let carrier = desk.contact("Jan", &[CARRIER], Some(carrier));
    desk.on_cards(|store| {
        store.update_contact(carrier, &ContactEdit { role: Some(Part::Supplier), ..ContactEdit::default() })?;
        store.update_contact(supplier, &ContactEdit { role: Some(Part::Supplier), ..ContactEdit::default() })
    });
    desk.deal("Desks", Some(anna), Some(acme));
    desk.deal("Shelves", Some(olga), Some(meble));
    for (id, to) in [("o1", ANNA), ("o2", OLGA), ("o3", SUPPLIER), ("o4", LAWYER), ("o5", EWA), ("o6", GLAZIER)] {
        desk.sends(letter(id, ME).to(to));
    }
    // A client whose company has no domain, and one who buys for herself.
    let north = desk.company("Northlight", &[]);
    desk.contact("Daniel", &["daniel@northlight.example"], Some(north));
    desk.contact("Zofia", &["zofia@gmail.com"], None);
    for (id, to) in [("o7", "daniel@northlight.example"), ("o8", "zofia@gmail.com")] {
        desk.sends(letter(id, ME).to(to));
    }
    // Anna alone, with Bob and my colleague, among colleagues, with her lawyer in the same deal.
    desk.arrives(letter("anna", ANNA));
    desk.arrives(letter("team", ANNA).to(&format!("{ME}, {EWA}")).cc(BOB));
    desk.arrives(letter("inside", EWA).to(ME));
    desk.arrives(letter("lawyer", ANNA).cc(LAWYER));
    // Both clients in one conversation; in the second one I have written to both.
    desk.arrives(letter("both", ANNA).cc(OLGA));
    desk.arrives(letter("joint", ANNA).cc(OLGA));
    desk.sends(letter("joint2", ME).to(ANNA).cc(OLGA).answers(&["joint"]));
    desk.arrives(letter("joint3", OLGA).to(&format!("{ME}, {ANNA}")).answers(&["joint", "joint2"]));
    // I was in Bcc; the team's address was written to; a supplier in the conversation; an impostor in Anna's.
    desk.arrives(letter("hidden", ANNA).to(BOB));
    desk.arrives(letter("hidden-alone", ANNA).to("undisclosed-recipients:;"));
    desk.arrives(letter("supply", ANNA).cc(SUPPLIER));
    desk.arrives(letter("impostor", "Anna Kowalska <anna@acrne.example>").answers(&["anna"]));
    desk.arrives(letter("stranger", "Eva <eva@new.example>"));
    // My own drafts, which the server keeps, tell of nobody whom I have written to.
    desk.arrives(letter("draft", ME).to(ANNA).cc("x@other.example").answers(&["anna"]).into("Drafts"));
    desk.arrives(letter("draft2", ME).to("x@unknown.example").into("Drafts"));
    // Nor do their older states, which every save of a draft leaves behind.
    for (id, to) in [("draft3", "y@elsewhere.example"), ("draft4", "glass2@szklo.example")] {
        desk.arrives(letter(id, ME).to(ANNA).cc(to).answers(&["anna"]).into("Drafts"));
        desk.vanishes(id);
    }
    desk.arrives(letter("gone", OLGA).about("Undeliverable: Offer").header("Auto-Submitted: auto-replied"));
    desk
}

/// A letter that is begun, and what makes it the one that is meant.
struct Case<'a>(&'a Desk);

impl Case<'_> {
    fn with<T>(&self, work: impl FnOnce(&Writer<'_>) -> T) -> T {
        let office = crate::runtime::tests::writing_office_of(&self.0.own);
        work(&Writer { store: &self.0.store, office: &office, now: &now() })
    }

    fn reply(&self, id: &str) -> Draft {
        self.with(|writer| said(writer.reply(self.0.message(id), false).unwrap()))
    }

    fn all(&self, id: &str) -> Draft {
        self.with(|writer| said(writer.reply(self.0.message(id), true).unwrap()))
    }

    fn letter_to(&self, to: &str) -> Draft {
        let letter = self.with(|writer| writer.new_letter(None).unwrap());
        said(Draft { to: mailboxes(to).unwrap(), subject: "Our offer".to_owned(), ..letter })
    }

    fn forward(&self, id: &str, to: &str) -> Draft {
        let letter = self.with(|writer| writer.forward(self.0.message(id)).unwrap());
        Draft { to: mailboxes(to).unwrap(), ..letter }
    }

    /// Passed on as a file, or as it came.
    fn pass_on(&self, id: &str, how: Passing, to: &str) -> Draft {
        let letter = self.with(|writer| writer.pass_on(self.0.message(id), how).unwrap());
        Draft { to: mailboxes(to).unwrap(), ..letter }
    }

    fn kinds(&self, letter: &Draft) -> Vec<Concern> {
        self.with(|writer| writer.check(letter).unwrap()).into_iter().map(|concern| concern.kind).collect()
    }
}

fn said(letter: Draft) -> Draft {
    says(letter, "Good morning, thank you.")
}

fn says(letter: Draft, words: &str) -> Draft {
    Draft { text: format!("{words}{}", letter.text.trim_start_matches("Good morning, thank you.")), ..letter }
}

fn cc(letter: Draft, to: &str) -> Draft {
    let more = mailboxes(to).unwrap();
    Draft { cc: letter.cc.iter().cloned().chain(more).collect(), ..letter }
}

fn bcc(letter: Draft, to: &str) -> Draft {
    Draft { bcc: mailboxes(to).unwrap(), ..letter }
}

fn about(letter: Draft, subject: &str) -> Draft {
    Draft { subject: subject.to_owned(), ..letter }
}

fn with_file(letter: Draft) -> Draft {
    let file = File { name: "oferta.pdf".into(), media_type: "application/pdf".into(), bytes: vec![1] };
    Draft { files: vec![file], ..letter }
}

#[test]
fn thirty_situations_are_noticed() {
    use Concern::*;
    let desk = office();
    let bounced = "--b\r\n\r\n.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; bob@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--";
    let report = letter("report", "MAILER-DAEMON@firma.example")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=b");
    desk.arrives(report.body(bounced));
    let case = Case(&desk);
    let other_from = Draft {
        from: crate::domain::address::Mailbox::new("Me", "sales@firma.example").unwrap(),
        ..case.reply("anna")
    };
    let table: Vec<(&str, Draft, Vec<Concern>)> = vec![
        ("nobody", Draft { to: Vec::new(), ..case.letter_to(ANNA) }, vec![NoRecipient]),
        ("another client in Cc", cc(case.reply("anna"), OLGA), vec![TwoClients]),
        ("another client in Bcc", bcc(case.reply("anna"), OLGA), vec![TwoClients]),
        ("a new letter to two clients", case.letter_to(&format!("{ANNA}, {OLGA}")), vec![TwoClients]),
        (
            "a client, and a colleague of another one who is on no card",
            case.letter_to(&format!("{ANNA}, bob@northlight.example")),
            vec![Outsider, TwoClients],
        ),
        ("a client who buys for herself", cc(case.reply("anna"), "zofia@gmail.com"), vec![Outsider, TwoClients]),
        ("everybody of a conversation with two companies", case.all("both"), vec![TwoClients]),
        ("Anna's letter passed on to Olga", case.forward("anna", OLGA), vec![TwoClients]),
        ("the same as a file", case.pass_on("anna", Passing::AsFile, OLGA), vec![TwoClients]),
        ("the same as it came", case.pass_on("anna", Passing::AsItCame, OLGA), vec![TwoClients]),
        ("a name in two alphabets", case.letter_to("\"Аnna Kowalska\" <anna@gmail.com>"), vec![LookAlike]),
        ("a stranger in Cc", cc(case.reply("anna"), "x@other.example"), vec![Outsider]),
        (
            "a stranger whom an older state of a draft names",
            cc(case.reply("anna"), "y@elsewhere.example"),
            vec![Outsider],
        ),
        ("somebody of that name at free mail", cc(case.reply("anna"), "anna.kowalska@gmail.com"), vec![Outsider]),
        ("the supplier is to read the client", cc(case.reply("anna"), GLAZIER), vec![Outsider]),
        (
            "the carrier beside the client, no second client",
            case.letter_to(&format!("{ANNA}, {CARRIER}")),
            vec![Outsider],
        ),
        ("a colleague's remark to the client", cc(case.reply("inside"), ANNA), vec![Mixed]),
        ("my boss before the client", cc(case.reply("anna"), "boss@firma.example"), vec![Mixed]),
        ("everybody, and one more colleague", cc(case.all("team"), "boss@firma.example"), vec![Mixed, Unreachable]),
        ("I was in Bcc", case.all("hidden"), vec![HiddenCopy, Unreachable]),
        ("a first letter to a domain", case.letter_to("x@unknown.example"), vec![NewDomain]),
        (
            "first letters to two domains",
            case.letter_to("x@unknown.example, y@elsewhere.example"),
            vec![NewDomain, NewDomain],
        ),
        ("rn for m", case.letter_to("anna@acrne.example"), vec![LookAlike]),
        ("a letter swapped", case.letter_to("olga@mebel.example"), vec![LookAlike]),
        ("Cyrillic letters", case.letter_to("anna@асме.example"), vec![LookAlike]),
        ("the impostor in Anna's conversation", case.reply("impostor"), vec![LookAlike]),
        ("my own domain imitated", case.letter_to("boss@firrna.example"), vec![LookAlike]),
        ("an address that bounced", case.letter_to(BOB), vec![Unreachable]),
        ("nobody reads it", case.letter_to("no-reply@acme.example"), vec![Unreachable]),
        ("another sender", other_from, vec![WrongFrom]),
        ("a file in English", says(case.reply("anna"), "Please find attached our offer."), vec![NoAttachment]),
        ("a file in Polish", says(case.reply("anna"), "W załączniku przesyłam ofertę."), vec![NoAttachment]),
        ("a file in Russian", says(case.reply("anna"), "Счёт во вложении."), vec![NoAttachment]),
        ("a file in Ukrainian", says(case.reply("anna"), "Надсилаю рахунок у вкладенні."), vec![NoAttachment]),
        ("a file in the subject", about(case.letter_to(ANNA), "Oferta w załączniku"), vec![NoAttachment]),
        ("no subject", about(case.letter_to(ANNA), ""), vec![EmptySubject]),
        ("no words", says(case.reply("anna"), ""), vec![EmptyText]),
        ("a short code", says(case.reply("anna"), "Dear {{ contact.first_name }},"), vec![Placeholder]),
        ("a note to myself", says(case.reply("anna"), "The price is XXX."), vec![Placeholder]),
    ];
    let mut wrong = Vec::new();
    for (what, letter, expected) in &table {
        let mut found = case.kinds(letter);
        found.sort();
        if found != *expected {
            wrong.push(format!("{what}: {found:?}, not {expected:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(table.len() >= 30);
}

#[test]
fn twenty_ordinary_letters_raise_nothing() {
    let desk = office();
    let case = Case(&desk);
    let table: Vec<(&str, Draft)> = vec![
        ("an answer", case.reply("anna")),
        ("an answer to everybody", case.all("team")),
        ("a colleague", case.reply("inside")),
        ("a colleague, and another", cc(case.reply("inside"), "boss@firma.example")),
        ("her lawyer in the same conversation", case.all("lawyer")),
        ("her lawyer, known from another conversation of the deal", cc(case.reply("anna"), LAWYER)),
        ("another person of her company", cc(case.reply("anna"), "new@acme.example")),
        ("her private address", case.letter_to("anna.k@gmail.com")),
        ("her address with a tag", case.letter_to("anna+desks@acme.example")),
        ("two clients I have written to together", case.all("joint3")),
        ("the supplier that the client brought in", case.all("supply")),
        ("only to whom let me know in Bcc", case.reply("hidden")),
        ("undisclosed recipients", case.all("hidden-alone")),
        ("somebody new who wrote first", case.reply("stranger")),
        ("my boss in Bcc", bcc(case.reply("anna"), "boss@firma.example")),
        ("a new letter to a client", case.letter_to(ANNA)),
        ("a new letter to two of one client", case.letter_to(&format!("{ANNA}, {BOB}"))),
        ("a new letter to free mail", case.letter_to("somebody@gmail.com")),
        ("a letter of hers to her colleague", case.forward("anna", BOB)),
        ("a letter of hers to mine", case.forward("anna", EWA)),
        ("the same as a file", case.pass_on("anna", Passing::AsFile, EWA)),
        ("the same as it came", case.pass_on("anna", Passing::AsItCame, EWA)),
        ("a letter of hers as a file to her colleague", case.pass_on("anna", Passing::AsFile, BOB)),
        ("a name in Cyrillic", case.letter_to("\"Ольга Петрова\" <olga.petrova@gmail.com>")),
        ("a joint letter to one who is in it", case.forward("joint", OLGA)),
        ("a promised file that is there", with_file(says(case.reply("anna"), "W załączniku oferta."))),
        ("their file", says(case.reply("anna"), "Thank you for the file you attached.")),
        ("a supplier whose card I have, for the first time", case.letter_to(CARRIER)),
        ("the supplier and a supplier's question", case.letter_to(SUPPLIER)),
    ];
    for (what, letter) in &table {
        assert_eq!(case.kinds(letter), [], "{what}");
    }
    assert!(table.len() >= 20);
}
