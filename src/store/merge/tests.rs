use super::*;
use crate::domain::activity::{Activity, Kind as ActivityKind};
use crate::domain::contact::Whose;
use crate::store::cards_fixture::{Shop, address, at, now, person, sale};
use crate::store::{NewCompany, NewContact, NewPayment};

/// Anna twice, each with an address, a phone, a conversation, a deal with a payment, and an activity.
fn two(shop: &Shop) -> (id::Contact, id::Contact) {
    let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
    let mut both = Vec::new();
    for (given, mail, phone, company) in
        [("Anna", "anna@acme.example", "+48 600 100 200", Some(acme)), ("Ania", "ak@home.example", "600-100-200", None)]
    {
        let new = NewContact {
            phones: vec![phone.to_owned(), format!("+48 22 {}", given.len())],
            tags: vec![Text::own("vip"), Text::line(given)],
            note: Text::line(&format!("note of {given}")),
            company,
            position: if company.is_some() { Text::default() } else { Text::own("buyer") },
            ..person(given, "Kowalska", &[mail])
        };
        let contact = shop.store.add_contact(&new).unwrap();
        let deal = shop.store.add_deal(&sale(&format!("Desks of {given}"), Some(contact), None)).unwrap();
        let amount = crate::domain::money::Money::parse("600", "PLN").unwrap();
        shop.store
            .add_payment(&NewPayment {
                deal,
                title: Text::own("Deposit"),
                due_on: "2026-11-19".parse().unwrap(),
                amount,
            })
            .unwrap();
        let activity = Activity {
            contact: Some(contact),
            done_at: Some(at("2026-11-11T08:00:00Z")),
            ..Activity::new(ActivityKind::Call, Text::line(given))
        };
        shop.store.add_activity(&activity).unwrap();
        let thread = shop.thread(&format!("about {given}"), Some(contact), company, Some(deal));
        shop.letter(thread, "2026-11-20T08:00:00Z", "inbound");
        shop.mail(&format!("INSERT INTO provenance (contact_id, field, value) VALUES ({contact}, 'name', '{given}')"));
        both.push(contact);
    }
    shop.mail(&format!("UPDATE contact SET fields = '{{\"Region\":\"south\"}}' WHERE id = {}", both[1]));
    (both[0], both[1])
}

fn merge_of(keep: id::Contact, gone: id::Contact, take: &[&str]) -> Merge {
    Merge { pair: Pair::Contacts(keep, gone), take: take.iter().map(|key| (*key).to_owned()).collect() }
}

#[test]
fn a_merged_card_has_everything_of_both() {
    let shop = Shop::open();
    let (anna, ania) = two(&shop);
    let sides = shop.store.sides(Pair::Contacts(anna, ania)).unwrap().unwrap();
    let chosen =
        |key: &str| sides.choices.iter().find(|choice| choice.key == key).map(|c| (c.kept.as_str(), c.gone.as_str()));
    assert_eq!(chosen("name"), Some(("Anna Kowalska", "Ania Kowalska")));
    assert_eq!(chosen("company_id"), Some(("Acme", "")));
    assert_eq!(chosen("field:Region"), Some(("", "south")));
    assert_eq!(chosen("birthday"), None, "nobody has one");
    assert_eq!(Merge::proposed(&sides).take, ["position", "field:Region"]);
    let joined: Vec<(&str, &str)> = sides.joined.iter().map(|j| (j.label.as_str(), j.gone.as_str())).collect();
    assert!(joined.contains(&("mail", "ak@home.example")) && joined.contains(&("deals", "1")), "{joined:?}");

    shop.act(|store| store.merge_cards(&merge_of(anna, ania, &["position", "name"]), now().timestamp()));
    let card = shop.store.contact_card(anna, &now(), 50).unwrap().unwrap();
    assert_eq!((card.row.name.full().as_str(), card.position.as_str()), ("Ania Kowalska", "buyer"));
    assert_eq!(card.addresses, [address("anna@acme.example"), address("ak@home.example")]);
    assert_eq!(card.phones.len(), 2, "the same number is not entered twice: {:?}", card.phones);
    assert_eq!(card.common.tags.iter().map(Text::as_str).collect::<Vec<_>>(), ["vip", "Anna", "Ania"]);
    assert_eq!(card.common.note.as_str(), "note of Anna\nnote of Ania");
    assert_eq!((card.deals.len(), card.payments.len(), card.provenance.len()), (2, 2, 2));
    assert_eq!(card.timeline.len(), 6, "two letters, two calls and how two deals began");
    assert_eq!(card.row.numbers.overdue_payments, 2);
    assert_eq!(shop.store.rows(&format!("SELECT fields FROM contact WHERE id = {anna}")), ["{\"Region\":\"south\"}"]);
    assert!(shop.store.contact_card(ania, &now(), 1).unwrap().is_none());
    assert_eq!(shop.store.merged_into(ania).unwrap(), Some(anna), "an old reference leads to it");
    // Its number is never given again.
    let next = shop.store.add_contact(&person("New", "", &["new@x.example"])).unwrap();
    assert!(next.0 > ania.0, "{next} is not {ania}");
    assert_eq!(shop.store.numbers_of(Whose::Contact(anna)), 2);
}

impl Store {
    fn numbers_of(&self, whose: Whose) -> u64 {
        self.numbers(whose, &now()).unwrap().unanswered
    }
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let shop = Shop::open();
    let (anna, _) = two(&shop);
    let refused = |merge: Merge| shop.refused(|store| store.merge_cards(&merge, now().timestamp()));
    assert_eq!(refused(merge_of(anna, anna, &[])), "a card cannot become one with itself");
    assert_eq!(refused(merge_of(anna, id::Contact(99), &[])), "there is no contact 99");
    assert!(shop.store.sides(Pair::Contacts(anna, id::Contact(99))).unwrap().is_none());
}

#[test]
fn companies_become_one_with_people_domains_and_deals() {
    let shop = Shop::open();
    let firm = |name: &str, domain: &str| {
        let new = NewCompany { name: Text::line(name), domains: vec![domain.to_owned()], ..NewCompany::default() };
        shop.store.add_company(&new).unwrap()
    };
    let (acme, copy) = (firm("Acme", "acme.example"), firm("ACME Ltd", "acme.pl"));
    let jan = shop
        .store
        .add_contact(&NewContact { company: Some(copy), ..person("Jan", "Nowak", &["jan@acme.pl"]) })
        .unwrap();
    shop.store.add_deal(&sale("Desks", None, Some(copy))).unwrap();
    shop.letter(shop.thread("Hello", None, Some(copy), None), "2026-11-20T08:00:00Z", "inbound");
    let merge = Merge { pair: Pair::Companies(acme, copy), take: Vec::new() };
    shop.act(|store| store.merge_cards(&merge, now().timestamp()));
    let card = shop.store.company_card(acme, &now(), 10).unwrap().unwrap();
    assert_eq!(card.row.domains.len(), 2);
    // A letter, and the deal's first stage.
    assert_eq!((card.people.len(), card.deals.len(), card.timeline.len()), (1, 1, 2));
    assert_eq!(shop.store.contact_company(jan).unwrap(), Some(acme));
    assert!(shop.store.company_row(copy).unwrap().is_none());
}

#[test]
fn an_address_becomes_a_card_of_its_own() {
    let shop = Shop::open();
    let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example", "jan@acme.example"])).unwrap();
    let sentence = shop.refused(|store| store.split_off(anna, &address("x@y.example"), now().timestamp()));
    assert_eq!(sentence, "x@y.example is not an address of this contact");
    let jan = shop.act(|store| store.split_off(anna, &address("jan@acme.example"), now().timestamp()));
    assert_eq!(shop.store.contact_by_address(&address("jan@acme.example")).unwrap(), Some((jan, None)));
    assert_eq!(shop.store.contact_card(anna, &now(), 1).unwrap().unwrap().addresses, [address("anna@acme.example")]);
    let sentence = shop.refused(|store| store.split_off(anna, &address("anna@acme.example"), now().timestamp()));
    assert_eq!(sentence, "anna@acme.example is their only address");
}

/// Whoever makes a table that names a person or a company must let undo put it back.
#[test]
fn every_table_that_names_a_card_is_recorded() {
    let shop = Shop::open();
    for noun in ["contact", "company"] {
        let columns = shop.store.columns_that_name(noun).unwrap();
        assert!(columns.len() >= 3, "{columns:?}");
        for (table, column) in columns {
            let trigger =
                format!("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name = '{table}_changing'");
            assert_eq!(shop.store.rows(&trigger), ["1"], "{table}.{column} is not recorded");
        }
    }
}
