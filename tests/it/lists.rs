//! Clients in and out, by the real program: lists of other programs, cards, a folder for a colleague.

use serde_json::Value;

use super::support::{Account, Dovecot, Home, SmtpServer, home};

const ME: &str = "me@firma.example";

struct Office {
    _dovecot: Dovecot,
    _smtp: SmtpServer,
    home: Home,
}

/// A home with two synced letters of Anna's.
fn office() -> Office {
    let dovecot = Dovecot::start(&[ME]);
    let smtp = SmtpServer::start(&dovecot);
    let home = home();
    home.write_config(&[Account::new("work", ME, &dovecot, &smtp)]);
    for (id, subject) in [("one", "Desks"), ("two", "My salary")] {
        let letter = format!(
            "From: Anna <anna@klient.example>\r\nTo: <{ME}>\r\nSubject: {subject}\r\nMessage-ID: <{id}@klient.example>\r\n\
             Date: Mon, 16 Nov 2026 10:00:00 +0100\r\n\r\nHello\r\n"
        );
        dovecot.deliver(ME, "INBOX", letter.as_bytes(), "");
    }
    home.postbook(&["sync"]).success();
    Office { _dovecot: dovecot, _smtp: smtp, home }
}

impl Office {
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        self.home.postbook(&arguments).success().json()
    }

    fn people(&self) -> Vec<String> {
        let people = self.json(&["contacts"]);
        let names = people["contacts"].as_array().unwrap().iter();
        names
            .map(|person| {
                format!("{} {} {}", person["kind"].as_str().unwrap(), person["given_name"], person["family_name"])
            })
            .collect()
    }
}

const LIST: &str = "Imię;Nazwisko;E-mail;Telefon;Firma;Notatki;Kolor\r\n\
    Anna;Kowalska;anna@klient.example;+48 600;Klient S.A.;=HYPERLINK(1);red\r\n\
    Jan;Nowak;jan@;;;;\r\n\
    \"Ewa\nBcc: x\";Zła;ewa@klient.example;;;;\r\n\
    Piotr;Zieliński;piotr@klient.example;;Klient S.A.;;\r\n";

#[test]
fn a_list_is_brought_in_row_by_row() {
    let office = office();
    let file = office.home.write("clients.csv", LIST);
    let file = file.to_str().unwrap();
    let before = office.people();
    // Only tried.
    let tried = office.home.postbook(&["contacts", "import", file, "--dry-run", "--json"]);
    let document = tried.json();
    assert_eq!((document["added"].as_u64(), document["updated"].as_u64()), (Some(1), Some(1)), "{document}");
    assert_eq!(office.people(), before);
    // In earnest: the good rows are in, the others are told with their lines.
    let done = office.home.postbook(&["contacts", "import", file]);
    assert_eq!(done.status.code(), Some(1), "{}", done.stdout);
    assert!(done.stdout.contains("1 new, 1 changed, 0 as before, 2 refused"), "{}", done.stdout);
    assert!(done.stdout.contains("line 3: ") && done.stdout.contains("line 4: "), "{}", done.stdout);
    assert!(done.stdout.contains("Columns left out: Kolor"), "{}", done.stdout);
    let people = office.people();
    assert!(people.iter().any(|person| person.contains("Kowalska")), "{people:?}");
    assert!(people.iter().any(|person| person.contains("Zieli")), "{people:?}");
    // The same again changes nothing, and one undo takes all of it back.
    let again = office.home.postbook(&["contacts", "import", file, "--json"]).json();
    assert_eq!((again["added"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(2)), "{again}");

    // Out, neutralised, and in again as it was.
    let csv = office.home.postbook(&["contacts", "export"]).success().stdout;
    assert!(csv.contains("'=HYPERLINK(1)") && csv.contains("'+48 600"), "{csv}");
    let out = office.home.path().join("out.csv");
    office.home.postbook(&["contacts", "export", "--to", out.to_str().unwrap()]).success();
    let third = office.home.postbook(&["contacts", "import", out.to_str().unwrap(), "--json"]).success().json();
    assert_eq!((third["added"].as_u64(), third["updated"].as_u64()), (Some(0), Some(0)), "{third}");
    // Nothing is overwritten.
    assert_eq!(office.home.postbook(&["contacts", "export", "--to", out.to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn cards_go_out_and_come_in() {
    let office = office();
    let file = office.home.write("clients.csv", LIST);
    office.home.postbook(&["contacts", "import", file.to_str().unwrap()]);
    for (format, version) in [("vcard3", "VERSION:3.0"), ("vcard4", "VERSION:4.0")] {
        let cards = office.home.path().join(format!("{format}.vcf"));
        let cards = cards.to_str().unwrap();
        office.home.postbook(&["contacts", "export", "--to", cards, "--format", format]).success();
        assert!(std::fs::read_to_string(cards).unwrap().contains(version));
        let again = office.home.postbook(&["contacts", "import", cards, "--json"]).success().json();
        assert_eq!((again["added"].as_u64(), again["updated"].as_u64()), (Some(0), Some(0)), "{again}");
    }
    let companies = office.home.postbook(&["companies", "export"]).success().stdout;
    assert!(companies.contains("Klient S.A."), "{companies}");
}

#[test]
fn a_client_is_handed_over_without_what_is_private() {
    let office = office();
    let file = office.home.write("clients.csv", LIST);
    office.home.postbook(&["contacts", "import", file.to_str().unwrap()]);
    let found = office.json(&["search", "salary"]);
    let thread = found["messages"][0]["thread"].as_str().unwrap().to_owned();
    let store = postbook::store::Store::open(&office.home.data_dir().join("postbook.db")).unwrap();
    let thread = postbook::domain::id::Thread(thread.trim_start_matches('t').parse().unwrap());
    store.write(|| store.set_private(thread, true, jiff::Timestamp::UNIX_EPOCH)).unwrap();
    let to = office.home.path().join("anna");
    let done = office.json(&["handover", "--contact", "anna@klient.example", "--to", to.to_str().unwrap()]);
    assert_eq!((done["letters"].as_u64(), done["private_left_out"].as_u64()), (Some(1), Some(1)), "{done}");
    let told = std::fs::read_to_string(to.join("README.md")).unwrap();
    assert!(told.contains("# Anna Kowalska") && told.contains("Desks"), "{told}");
    assert!(!told.contains("salary"), "{told}");
    assert_eq!(std::fs::read_dir(to.join("letters")).unwrap().count(), 1);
    assert!(std::fs::read_to_string(to.join("contacts.vcf")).unwrap().contains("anna@klient.example"));
    assert_eq!(
        office
            .home
            .postbook(&["handover", "--contact", "anna@klient.example", "--to", to.to_str().unwrap()])
            .status
            .code(),
        Some(1)
    );
}

/// The part of a `companies --json` or `deals --json` entry that a merge moves.
fn firms(office: &Office) -> Vec<String> {
    let document = office.json(&["companies"]);
    let firms = document["companies"].as_array().unwrap().iter();
    let mut told: Vec<String> =
        firms.map(|firm| format!("{} {} {} {}", firm["id"], firm["name"], firm["domains"], firm["contacts"])).collect();
    told.sort();
    told
}

#[test]
fn two_companies_become_one_and_two_again() {
    let office = office();
    let add = |arguments: &[&str]| office.json(&[&["companies", "add"], arguments].concat());
    let keep = add(&["Klient S.A.", "--domain", "klient.example", "--requisites", "NIP 679-000-00-31", "--tag", "vip"]);
    let gone = add(&["KLIENT", "--domain", "klient.test", "--note", "asks for invoices by post", "--tag", "south"]);
    let id = |card: &Value| card["id"].as_str().unwrap().to_owned();
    let (keep, gone) = (id(&keep), id(&gone));
    let piotr = ["contacts", "add", "--given-name", "Piotr", "--address", "piotr@klient.test", "--company", "KLIENT"];
    office.json(&piotr);
    office.json(&["deals", "add", "--title", "Lamps", "--amount", "300 EUR", "--contact", "piotr@klient.test"]);
    let card = |of: &str| office.json(&["companies", "show", of]);
    let (firms_before, kept_before, gone_before) = (firms(&office), card(&keep), card(&gone));

    let joined = office.json(&["companies", "merge", &keep, &gone, "--take", "name"]);
    let text = joined.to_string();
    assert_eq!((joined["id"].as_str(), joined["name"].as_str()), (Some(keep.as_str()), Some("KLIENT")), "{text}");
    for part in ["klient.example", "klient.test", "679-000-00-31", "vip", "south", "by post", "Piotr", "Lamps"] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert_eq!(firms(&office).len(), 1);
    assert_eq!(office.home.postbook(&["companies", "show", &gone]).status.code(), Some(1), "it is not there");
    let of_piotr = office.json(&["contacts", "show", "piotr@klient.test"]).to_string();
    assert!(of_piotr.contains("KLIENT"), "{of_piotr}");
    let refused = office.home.postbook(&["companies", "merge", &keep, &gone]);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);

    let undone = office.home.postbook(&["undo"]).success().stdout;
    assert!(undone.contains("Made one card of Klient S.A. and KLIENT"), "{undone}");
    assert_eq!((firms(&office), card(&keep), card(&gone)), (firms_before, kept_before, gone_before));
}
