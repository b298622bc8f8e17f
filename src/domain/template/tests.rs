#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::domain::account::Me;
use crate::domain::address::Address;
use crate::domain::card::Common;
use crate::domain::company::{CompanyCard, CompanyRow};
use crate::domain::contact::{ContactCard, ContactRow, Kind, Name, Numbers, Provenance, Role};
use crate::domain::deal::{DealCard, DealRow, OfferLine, PaymentRow, State};
use crate::domain::holiday::{self, Feast};
use crate::domain::id;
use crate::domain::money::Money;
use jiff::civil::date;

fn pln(amount: &str) -> Money {
    Money::parse(amount, "PLN").unwrap()
}

fn me() -> Me {
    Me {
        name: Text::line("Jan Nowak"),
        company: Text::line("Firma"),
        requisites: Text::line("NIP 525-000-00-00"),
        address: Text::default(),
        phone: Text::default(),
        languages: vec!["pl".into(), "en".into()],
    }
}

fn email() -> Address {
    Address::parse("jan@firma.example").unwrap()
}

fn anna() -> ContactCard {
    let name = Name { given: Text::line("Anna"), family: Text::line("Kowalska"), ..Name::default() };
    let address = Address::parse("anna@acme.example");
    ContactCard {
        row: ContactRow {
            id: id::Contact(1),
            kind: Kind::Contact,
            name,
            address: address.clone(),
            company: Some(Text::line("Acme")),
            role: Role::Client,
            open_deals: 1,
            last_at: None,
            numbers: Numbers::default(),
            owner: Text::default(),
            watched: false,
        },
        company: None,
        position: Text::line("Buyer"),
        addresses: address.into_iter().collect(),
        phones: Vec::new(),
        language: Text::line("pl"),
        birthday: None,
        common: Common::default(),
        provenance: Vec::new(),
        deals: Vec::new(),
        payments: Vec::new(),
        hints: Vec::new(),
        timeline: Vec::new(),
    }
}

fn acme() -> CompanyCard {
    CompanyCard {
        row: CompanyRow {
            id: id::Company(1),
            name: Text::line("Acme"),
            domains: Vec::new(),
            contacts: 1,
            open_deals: 1,
            owner: Text::default(),
            watched: false,
        },
        requisites: Text::line("NIP 111"),
        common: Common::default(),
        people: Vec::new(),
        deals: Vec::new(),
        payments: Vec::new(),
        numbers: Numbers::default(),
        timeline: Vec::new(),
    }
}

fn payment(title: &str, paid: bool) -> PaymentRow {
    PaymentRow {
        id: id::Payment(1),
        deal: id::Deal(1),
        title: Text::line(title),
        due_on: date(2026, 11, 19),
        amount: pln("6200"),
        paid_on: paid.then(|| date(2026, 11, 20)),
    }
}

fn desks() -> DealCard {
    let line = |title: &str, quantity: &str, price: &str| OfferLine {
        discount: Text::default(),
        vat: Text::default(),
        title: Text::line(title),
        quantity: Text::line(quantity),
        unit_price: pln(price),
    };
    DealCard {
        history: Vec::new(),
        row: DealRow {
            pipeline: Text::default(),
            stage_since: jiff::Timestamp::UNIX_EPOCH,
            closed_at: None,
            owner: Text::default(),
            watched: false,
            id: id::Deal(1),
            title: Text::line("Desks for the office"),
            company: Some(Text::line("Acme")),
            contact: Some(id::Contact(1)),
            contact_name: None,
            stage: Text::line("Offer"),
            state: State::Open,
            amount: pln("12400"),
            expected_close: Some(date(2026, 11, 23)),
            next_activity: None,
            overdue_payments: 0,
            last_at: None,
        },
        company: None,
        common: Common::default(),
        lines: vec![line("Desk", "10", "1000"), line("Lamp", "2.5", "960")],
        payments: vec![payment("First half", true), payment("Second half", false)],
        reason: Text::default(),
        timeline: Vec::new(),
    }
}

/// A template with `body` from line 5 on.
fn template(language: &str, body: &str) -> Result<Template> {
    Template::parse("t.md", &format!("---\nsubject: Hello\nlanguage: {language}\n---\n{body}"))
}

struct Cards {
    me: Me,
    email: Address,
    contact: ContactCard,
    company: CompanyCard,
    deal: DealCard,
    visit: Booked,
}

impl Cards {
    fn full() -> Self {
        let at = date(2026, 12, 1).at(9, 30, 0, 0);
        let visit = Booked { subject: Text::line("Fitting"), place: Text::line("ul. Prosta 1"), at };
        Self { me: me(), email: email(), contact: anna(), company: acme(), deal: desks(), visit }
    }

    fn values(&self) -> Values<'_> {
        let mut values = Values::new(&self.me, &self.email, date(2026, 11, 23));
        values.contact = Some(&self.contact);
        values.company = Some(&self.company);
        values.deal = Some(&self.deal);
        values.activity = Some(&self.visit);
        let christmas = holiday::all().iter().find(|known| known.name == "christmas");
        values.holiday = christmas.map(|holiday| Feast { holiday, day: date(2026, 12, 25) });
        let (from, until, back_on) = (date(2026, 12, 1), date(2026, 12, 12), date(2026, 12, 14));
        values.away = Some(Away { from, until, back_on });
        values.subject = "Re: Question";
        values
    }
}

fn fill(language: &str, body: &str, cards: &Cards) -> std::result::Result<String, Vec<String>> {
    let filled = template(language, body).unwrap().fill(&cards.values());
    filled.map(|f| f.text).map_err(|holes| holes.iter().map(|h| h.sentence().into()).collect())
}

#[test]
fn every_code_has_a_value() {
    let mut cards = Cards::full();
    cards.me.phone = Text::line("+48 1");
    cards.me.address = Text::line("ul. Nowa 2");
    cards.contact.provenance =
        vec![Provenance { field: Text::own("order"), value: Text::line("1042"), message: None, letter: None }];
    cards.contact.phones = vec![Text::line("+48 2")];
    cards.contact.row.name.patronymic = Text::line("Petrivna");
    for (code, text) in [
        ("contact.first_name", "Anna"),
        ("contact.patronymic", "Petrivna"),
        ("contact.family_name", "Kowalska"),
        ("contact.name", "Anna Petrivna Kowalska"),
        ("contact.email", "anna@acme.example"),
        ("contact.phone", "+48 2"),
        ("contact.position", "Buyer"),
        ("contact.language", "pl"),
        ("contact.order", "1042"),
        ("activity.subject", "Fitting"),
        ("activity.date", "1 grudnia 2026"),
        ("activity.time", "09:30"),
        ("activity.place", "ul. Prosta 1"),
        ("holiday.name", "Boże Narodzenie"),
        ("holiday.greeting", "Wesołych Świąt Bożego Narodzenia"),
        ("holiday.date", "25 grudnia 2026"),
        ("away.from", "1 grudnia 2026"),
        ("away.until", "12 grudnia 2026"),
        ("away.back_on", "14 grudnia 2026"),
        ("me.address", "ul. Nowa 2"),
        ("company.name", "Acme"),
        ("company.requisites", "NIP 111"),
        ("deal.title", "Desks for the office"),
        ("deal.tag", "[D-1]"),
        ("deal.amount", "12\u{a0}400,00\u{a0}zł"),
        ("deal.currency", "PLN"),
        ("deal.stage", "Offer"),
        ("deal.expected_close", "23 listopada 2026"),
        ("payment.title", "Second half"),
        ("payment.amount", "6\u{a0}200,00\u{a0}zł"),
        ("payment.due_on", "19 listopada 2026"),
        ("me.name", "Jan Nowak"),
        ("me.company", "Firma"),
        ("me.requisites", "NIP 525-000-00-00"),
        ("me.phone", "+48 1"),
        ("me.email", "jan@firma.example"),
        ("letter.subject", "Question"),
        ("today", "23 listopada 2026"),
    ] {
        assert_eq!(fill("pl", &format!("{{{{ {code} }}}}"), &cards).unwrap(), format!("{text}\n"), "{code}");
        assert!(CODES.iter().any(|c| c.name == code));
    }
    assert_eq!(CODES.len(), 40, "the table above and the two lists");
    let lines = "{% for line in deal.offer_lines %}\n- {{ line.title }}: {{ line.quantity }} × {{ line.unit_price }} = {{ line.total }}\n{% endfor %}\nend";
    assert_eq!(
        fill("en", lines, &cards).unwrap(),
        "- Desk: 10 × 1,000.00\u{a0}PLN = 10,000.00\u{a0}PLN\n- Lamp: 2.5 × 960.00\u{a0}PLN = 2,400.00\u{a0}PLN\nend\n"
    );
    let payments = "{% for p in payments %}{{ p.title }} {{ p.amount }} {{ p.due_on }}{% endfor %}";
    assert_eq!(fill("ru", payments, &cards).unwrap(), "Second half 6\u{a0}200,00\u{a0}PLN 19 ноября 2026 г.\n");
}

#[test]
fn a_missing_value_blocks_and_every_one_is_named() {
    let mut cards = Cards::full();
    cards.contact.row.name.given = Text::default();
    cards.deal.lines.clear();
    cards.deal.row.expected_close = None;
    let body = "Dear {{ contact.first_name }},\n\n{% for l in deal.offer_lines %}\n{{ l.title }}\n{% endfor %}\n\
                Until {{ deal.expected_close }}, {{ contact.phone|upper }} {{ \"at \" ~ me.phone }}\n\
                {{ contact.first_name }}";
    assert_eq!(
        fill("en", body, &cards).unwrap_err(),
        [
            "the card of Kowalska has no first name (contact.first_name, line 5)",
            "the deal Desks for the office has no offer lines (deal.offer_lines, line 7)",
            "the deal Desks for the office has no expected close (deal.expected_close, line 10)",
            "the card of Kowalska has no phone (contact.phone, line 10)",
            "the section [me] of the configuration has no phone (me.phone, line 10)",
            "the card of Kowalska has no first name (contact.first_name, line 11)",
        ]
    );
}

#[test]
fn a_hole_in_the_subject_is_one() {
    let template = Template::parse("t.en.md", "---\n# note\nsubject: Offer {{ deal.title }}\n---\nx").unwrap();
    let (me, email) = (me(), email());
    let holes = template.fill(&Values::new(&me, &email, date(2026, 1, 1))).unwrap_err();
    assert_eq!(holes[0].sentence().as_str(), "the letter has no deal (deal.title, line 3)");
}

#[test]
fn ways_to_do_without_a_value() {
    let cards = Cards::full();
    for (body, text) in [
        ("{{ contact.phone or \"none yet\" }}", "none yet"),
        ("{{ contact.first_name or \"colleague\" }}", "Anna"),
        ("{{ contact.phone|default(\"none yet\") }}", "none yet"),
        ("{{ contact.phone or me.phone or me.email }}", "jan@firma.example"),
        ("A{% if contact.patronymic %} {{ contact.patronymic }}{% endif %}!", "A!"),
        ("{{ contact.patronymic if contact.patronymic else contact.family_name }}", "Kowalska"),
        ("{% if not contact.phone %}no phone{% else %}{{ contact.phone }}{% endif %}", "no phone"),
        ("{% if contact.phone is defined %}{{ contact.phone }}{% else %}-{% endif %}", "-"),
        ("{% if contact.language == \"pl\" %}tak{% endif %}", "tak"),
        ("{% if contact.phone == \"1\" %}{{ contact.phone }}{% endif %}ok", "ok"),
        ("{% if deal %}{{ deal.title|upper }}{% endif %}", "DESKS FOR THE OFFICE"),
        ("{% set who = contact %}{{ who.first_name }}", "Anna"),
    ] {
        assert_eq!(fill("en", body, &cards).as_deref(), Ok(format!("{text}\n").as_str()), "{body}");
    }
}

#[test]
fn lines_end_where_they_look_like_ending() {
    let cards = Cards::full();
    for (body, text) in [
        ("Dear {{ me.name }}{% if me.phone %} ({{ me.phone }}){% endif %}\nHello", "Dear Jan Nowak\nHello"),
        ("a\n{% if deal %}\nb\n{% endif %}\nc", "a\nb\nc"),
        ("a\n  {% if deal %}{% if contact %}\nb\n  {% endif %}{% endif %}\n\nc", "a\nb\n\nc"),
        ("a {% if deal %}b{% endif -%}\n\nc", "a bc"),
        ("{% if deal\n  and contact %}\nb\n{% endif %}", "b"),
    ] {
        assert_eq!(fill("en", body, &cards).as_deref(), Ok(format!("{text}\n").as_str()), "{body}");
    }
}

#[test]
fn no_value_is_ever_empty_none_or_undefined() {
    let (me, email) = (Me::default(), email());
    let values = Values::new(&me, &email, date(2026, 1, 1));
    let always = ["me.email", "today"];
    let lists = ["deal.offer_lines", "payments"];
    for name in CODES.iter().map(|c| c.name).filter(|name| !always.contains(name)) {
        let mut bodies = vec![
            format!("{{{{ {name}|length }}}}"),
            format!("{{% for x in {name} %}}{{% endfor %}}"),
            format!("{{% if {name} %}}{{% else %}}{{{{ {name}|length }}}}{{% endif %}}"),
        ];
        if !lists.contains(&name) {
            bodies.push(format!("{{{{ {name} }}}}"));
            bodies.push(format!("{{{{ {name}|upper|trim }}}}"));
            bodies.push(format!("{{{{ {name}|replace('0', 'x')|replace('', 'y') }}}}"));
            bodies.push(format!("{{{{ \"x\" ~ {name} }}}}"));
            bodies.push(format!("{{% set x = {name} %}}{{{{ x }}}}"));
            bodies.push(format!("{{% macro m(x) %}}{{{{ x }}}}{{% endmacro %}}{{{{ m({name}) }}}}"));
        }
        for body in bodies {
            // A form that no value of this kind allows (looping over text) is refused at reading: no letter either.
            let Ok(template) = template("en", &body) else { continue };
            let holes = template.fill(&values).unwrap_err();
            assert!(holes.iter().any(|h| h.code == name && h.line == 5), "{body}: {holes:?}");
        }
        let plain = if lists.contains(&name) { "{% for x in CODE %}{% endfor %}" } else { "{{ CODE }}" };
        assert!(template("en", &plain.replace("CODE", name)).is_ok(), "{name}");
    }
}

#[test]
fn values_are_taken_literally() {
    let mut cards = Cards::full();
    cards.contact.row.name.given = Text::line("{{ me.phone }} <b>&amp; \u{fdd0}0\u{fdd1}\x1b[31m {% x");
    assert_eq!(fill("en", "{{ contact.first_name }}", &cards).unwrap(), "{{ me.phone }} <b>&amp; 0␛[31m {% x\n");
}

#[test]
fn several_payments_are_never_guessed() {
    let mut cards = Cards::full();
    cards.deal.payments.push(payment("Third", false));
    assert_eq!(
        fill("en", "{{ payment.title }}", &cards).unwrap_err(),
        ["the letter has no payment chosen among several (payment.title, line 5)"]
    );
    let third = payment("Third", false);
    let mut values = cards.values();
    values.payment = Some(&third);
    assert_eq!(template("en", "{{ payment.title }}").unwrap().fill(&values).unwrap().text, "Third\n");
}

#[test]
fn mistakes_are_found_at_reading() {
    for (body, problem) in [
        (
            "\n{{ contact.fist_name }}",
            "t.md, line 6: unknown short code contact.fist_name (the nearest known is contact.first_name)",
        ),
        (
            "{{ contact.phone or contact.fone }}",
            "t.md, line 5: unknown short code contact.fone (the nearest known is contact.phone)",
        ),
        (
            "{% if false %}{{ deal.titel }}{% endif %}",
            "t.md, line 5: unknown short code deal.titel (the nearest known is deal.title)",
        ),
        ("{{ name }}", "t.md, line 5: unknown short code name (the nearest known is me.name)"),
        (
            "\n{% for l in deal.offer_lines %}\n{{ l.titel }}\n{% endfor %}",
            "t.md, line 7: unknown short code l.titel (the nearest known is l.title)",
        ),
        ("{{ contact }}", "t.md, line 5: this is a whole card or list, not one field of it"),
        ("{{ deal.offer_lines }}", "t.md, line 5: this is a whole card or list, not one field of it"),
        ("{{ none }}", "t.md, line 5: this short code prints nothing"),
    ] {
        assert_eq!(template("en", body).unwrap_err().to_string(), problem);
    }
    for (body, part) in [
        ("a\n{{ contact.first_name", "t.md, line 6: "),
        ("{% if contact %}", "t.md, line "),
        ("{{ contact.first_name|shout }}", "filter shout is unknown"),
        ("{{ range(10) }}", "unknown short code range"),
        ("{% include \"/etc/passwd\" %}", "t.md, line 5"),
    ] {
        let problem = template("en", body).unwrap_err().to_string();
        assert!(problem.contains(part), "{body}: {problem}");
    }
}

#[test]
fn front_matter() {
    let read = |text: &str| Template::parse("offer.pl-PL.md", text);
    let full = "---\r\nname: Big offer\r\nsubject: \"Hi: {{ today }}\"\r\nlanguage: UA\r\nevent: payment_due 5\r\nattach: [price.pdf, 'terms of sale.pdf']\r\nauto: yes\r\n---\r\nText\r\n";
    let template = read(full).unwrap();
    assert_eq!(
        (template.name.as_str(), template.language.as_str(), template.auto, template.event.clone()),
        ("Big offer", "uk", true, Some(Occasion::Due(5)))
    );
    assert_eq!(template.attach, [PathBuf::from("price.pdf"), PathBuf::from("terms of sale.pdf")]);
    assert_eq!((template.subject.as_str(), template.body.as_str()), ("Hi: {{ today }}", "Text\n"));
    for (text, problem) in [
        ("Hello", "line 1: a template begins with a line of three dashes"),
        ("---\nsubject: x\n", "line 1: the front matter is not closed"),
        ("---\nsubjct: x\n---\n", "line 2: unknown key subjct (did you mean subject?)"),
        ("---\nsubject: x\nauto: maybe\n---\n", "line 3: auto is “maybe”"),
        ("---\nsubject: x\nsubject: y\n---\n", "line 3: subject is there twice"),
        ("---\nsubject: x\nlanguage: Polish!\n---\n", "line 3: “Polish!” is not a language"),
        ("---\nfoo\n---\n", "line 2: “foo” is not key: value"),
        ("---\nlanguage: en\n---\n", "line 1: no subject"),
    ] {
        let found = read(text).unwrap_err().to_string();
        assert!(found.starts_with(&format!("offer.pl-PL.md, {problem}")), "{found}");
    }
    assert!(Template::parse("offer.md", "---\nsubject: x\n---\n").unwrap_err().sentence.contains("no language"));
    assert_eq!(Template::parse("offer.pl.md", "---\nsubject: x\n---\n").unwrap().language, "pl");
}

/// The starter pack, and the short codes without which a letter of it does not leave.
const STARTER_PACK: [(&str, &[&str]); 16] = [
    ("away", &["me.name"]),
    ("birthday", &["me.name"]),
    ("booked-service", &["activity.date", "activity.subject", "activity.time", "me.name"]),
    ("changed-address", &["me.address", "me.name"]),
    ("changed-requisites", &["me.name", "me.requisites"]),
    ("farewell", &["deal.title", "me.name"]),
    ("follow-up", &["deal.title", "me.name"]),
    ("follow-up-2", &["deal.title", "me.name"]),
    ("holiday", &["me.name"]),
    ("new-lead", &["me.name"]),
    ("offer", &["deal.amount", "deal.offer_lines", "deal.title", "me.name"]),
    ("payment-due", &["me.name", "payment.amount", "payment.due_on", "payment.title"]),
    ("payment-overdue", &["me.name", "payment.amount", "payment.due_on", "payment.title"]),
    ("reminder", &["me.name"]),
    ("shipment", &["deal.offer_lines", "deal.title", "me.name"]),
    ("thanks-for-order", &["me.name"]),
];

#[test]
fn the_starter_pack_is_whole() {
    let templates = bundled();
    let mut cards = Cards::full();
    cards.me.address = Text::line("ul. Nowa 2, Warszawa");
    for (name, needs) in STARTER_PACK {
        for language in ["en", "pl", "ru", "uk"] {
            let template = templates.iter().find(|t| t.name == name && t.language == language);
            let template = template.unwrap_or_else(|| panic!("{name} {language}"));
            assert_eq!(template.file, format!("{name}.{language}.md"));
            let filled = template.fill(&cards.values()).unwrap();
            let letter = format!("{}\n{}", filled.subject, filled.text);
            assert!(!letter.contains("{%") && !letter.contains("{{") && !letter.contains("\n\n\n"), "{letter}");
            assert!(!letter.contains(" ,") && !letter.contains("()") && !letter.contains("  "), "{letter}");
            assert_eq!(letter.chars().any(|c| ('а'..='я').contains(&c)), matches!(language, "ru" | "uk"), "{letter}");
            // With a card on which there is next to nothing, each says what is missing and needs the same in every language.
            let (me, email) = (Me::default(), email());
            let holes = template.fill(&Values::new(&me, &email, date(2026, 11, 23))).unwrap_err();
            let mut missing: Vec<&str> = holes.iter().map(|hole| hole.code.as_str()).collect();
            missing.sort_unstable();
            missing.dedup();
            // One of two is enough for a subject that says who has moved; the hole names the last of them.
            assert_eq!(missing, needs, "{name} {language}: {holes:?}");
            assert!(holes.iter().all(|hole| !hole.card.is_empty() && !hole.field.is_empty() && hole.line > 1));
        }
    }
    assert_eq!(templates.len(), STARTER_PACK.len() * 4);
}

#[test]
fn a_lead_who_is_only_an_address_is_answered() {
    let mut cards = Cards::full();
    cards.contact.row.name = Name::default();
    cards.contact.row.company = None;
    let mut values = Values::new(&cards.me, &cards.email, date(2026, 11, 23));
    values.contact = Some(&cards.contact);
    for template in bundled().iter().filter(|t| matches!(t.name.as_str(), "new-lead" | "thanks-for-order" | "holiday"))
    {
        let filled = template.fill(&values).unwrap();
        let first = filled.text.lines().next().unwrap();
        assert!(["Hello,", "Dzień dobry,", "Здравствуйте!", "Добрий день!"].contains(&first), "{first}");
    }
}

#[test]
fn one_filled_letter() {
    let templates = bundled();
    let offer = choose(&templates, "offer", "pl-PL", &[]).unwrap();
    let filled = offer.fill(&Cards::full().values()).unwrap();
    assert_eq!(filled.subject, "Oferta: Desks for the office");
    let nbsp = filled.text.replace('\u{a0}', " ");
    assert!(nbsp.contains("- Lamp: 2.5 × 960,00 zł = 2 400,00 zł\n\nRazem: 12 400,00 zł\n"), "{nbsp}");
    let reminder = choose(&templates, "payment-overdue", "en", &[]).unwrap();
    let text = reminder.fill(&Cards::full().values()).unwrap().text;
    assert!(text.contains("thank you.\n\nOur details for the transfer:\nNIP 525-000-00-00\n\nKind"), "{text}");
    let greeting = choose(&templates, "holiday", "uk", &[]).unwrap();
    assert_eq!(greeting.fill(&Cards::full().values()).unwrap().subject, "Вітаємо з Різдвом!");
    let thanks = choose(&templates, "thanks-for-order", "en", &[]).unwrap();
    assert_eq!(
        thanks.fill(&Cards::full().values()).unwrap().text.lines().skip(2).take(6).collect::<Vec<_>>(),
        [
            "Thank you for your order. We have received it and are already working on it.",
            "",
            "Desks for the office, 12,400.00\u{a0}PLN",
            "",
            "From now on I am your personal manager. Delivery, invoices, a change to the order or anything else: \
             just reply to this letter, and I will see to it myself.",
            "",
        ]
    );
}

#[test]
fn the_variant_is_the_clients_else_mine_else_english() {
    let templates = bundled();
    let mine = ["de".to_owned(), "pl".to_owned()];
    for (client, mine, language) in
        [("uk_UA", &mine[..], "uk"), ("fr", &mine[..], "pl"), ("", &mine[..], "pl"), ("fr", &[], "en")]
    {
        assert_eq!(choose(&templates, "Offer", client, mine).map(|t| t.language.as_str()), Some(language));
    }
    assert_eq!(choose(&templates, "nothing", "en", &mine), None);
}

proptest::proptest! {
    #[test]
    fn any_file_is_read_or_refused(body in "(\\PC|[{}%\n .]|contact|deal\\.offer_lines|payments|if|for|in| x |end){0,40}") {
        if let Ok(template) = template("en", &body) {
            let _ = template.fill(&Cards::full().values());
            let (me, email) = (me(), email());
            let _ = template.fill(&Values::new(&me, &email, date(2026, 1, 1)));
        }
        let _ = Template::parse("x", &body);
    }
}
