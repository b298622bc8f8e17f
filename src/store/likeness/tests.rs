use super::*;
use crate::domain::contact::{Kind, Name};
use crate::domain::duplicate::Strength;
use crate::store::cards_fixture::{Shop, address, at, person, sale};
use crate::store::{NewCompany, NewContact};

fn found(shop: &Shop, of: Option<Whose>) -> Vec<(Pair, Strength)> {
    assert_eq!(shop.store.compare_changed(1000).unwrap(), 0);
    shop.store.duplicates(of, 50).unwrap().into_iter().map(|row| (row.pair, row.strength())).collect()
}

fn with_phone(new: NewContact, phone: &str) -> NewContact {
    NewContact { phones: vec![phone.to_owned()], ..new }
}

#[test]
fn duplicates_are_found_whoever_changed_a_card() {
    let shop = Shop::open();
    let anna = shop
        .store
        .add_contact(&with_phone(person("Anna", "Kowalska", &["anna@acme.example"]), "+48 600 100 200"))
        .unwrap();
    let other = shop.store.add_contact(&person("Ania", "", &["ak@home.example"])).unwrap();
    assert_eq!(found(&shop, None), []);
    // A phone is entered by sync, by hand or by an import: a trigger sees each.
    shop.mail(&format!("INSERT INTO contact_phone (contact_id, phone) VALUES ({other}, '600100200')"));
    let pair = Pair::Contacts(anna, other);
    assert_eq!(found(&shop, None), [(pair, Strength::Strong)]);
    assert_eq!(found(&shop, Some(Whose::Contact(other))), [(pair, Strength::Strong)]);
    shop.act(|store| store.set_different(pair.turned()));
    assert_eq!(found(&shop, None), [], "I said that they are two");
    shop.store.undo(crate::store::cards_fixture::now().timestamp()).unwrap();
    assert_eq!(found(&shop, None).len(), 1);
    shop.mail(&format!("DELETE FROM contact_phone WHERE contact_id = {other}"));
    assert_eq!(found(&shop, None), [], "nothing speaks for it any more");
}

#[test]
fn a_name_alone_is_weak_and_a_name_of_many_is_nothing() {
    let shop = Shop::open();
    let one = shop.store.add_contact(&person("Иван", "Шевченко", &["a1@x.example"])).unwrap();
    let two = shop.store.add_contact(&person("Ivan", "Shevchenko", &["b1@y.example"])).unwrap();
    assert_eq!(found(&shop, None), [(Pair::Contacts(one, two), Strength::Weak)]);
    let three = shop.store.add_contact(&person("Iwan", "Szewczenko", &["c1@x.example"])).unwrap();
    assert_eq!(found(&shop, None)[0], (Pair::Contacts(one, three), Strength::Strong), "at the same domain");
    for number in 0..10 {
        shop.store.add_contact(&person("Ivan", "Shevchenko", &[&format!("n{number}@z{number}.example")])).unwrap();
    }
    assert!(
        found(&shop, None).iter().filter(|(_, strength)| *strength == Strength::Weak).count() <= 3,
        "not everybody with everybody"
    );
}

#[test]
fn a_lead_who_wrote_in_a_contacts_conversation_is_looked_at() {
    let shop = Shop::open();
    let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
    let thread = shop.thread("Desks", Some(anna), None, None);
    let letter = shop.letter(thread, "2026-11-20T08:00:00Z", "inbound");
    shop.mail(&format!("INSERT INTO participant (message_id, field, position, address, name) VALUES ({letter}, 'cc', 0, 'ak77@gmail.com', 'Ania K')"));
    let name = Name { display: Text::own("Ania Kowalska"), ..Name::default() };
    let lead = NewContact {
        name,
        addresses: vec![address("ak77@gmail.com")],
        ..NewContact::new(Kind::Lead, at("2026-11-21T08:00:00Z"))
    };
    let lead = shop.store.add_contact(&lead).unwrap();
    assert_eq!(found(&shop, None), [(Pair::Contacts(anna, lead), Strength::Fair)]);
    let evidence = shop.store.duplicates(None, 5).unwrap().remove(0).evidence;
    assert!(
        evidence.iter().any(|words| words.as_str().starts_with("wrote in a conversation of theirs")),
        "{evidence:?}"
    );
    // It stays when the contact changes.
    shop.store
        .update_contact(
            anna,
            &crate::store::ContactEdit {
                note: Some(Text::own("x")),
                position: Some(Text::own("y")),
                ..Default::default()
            },
        )
        .unwrap();
    shop.mail(&format!("UPDATE contact SET display = 'Anna' WHERE id = {anna}"));
    assert_eq!(found(&shop, None).len(), 1);
}

#[test]
fn companies_are_compared_too() {
    let shop = Shop::open();
    let firm = |name: &str, domain: &str, requisites: &str| {
        let new = NewCompany {
            name: Text::line(name),
            domains: vec![domain.to_owned()],
            requisites: Text::line(requisites),
            ..NewCompany::default()
        };
        shop.store.add_company(&new).unwrap()
    };
    let one = firm("ТОВ «Зоря»", "zoria.com.ua", "ЄДРПОУ 00000042");
    let two = firm("Zoria Ltd", "zoria.example", "");
    let three = firm("Logistic", "logistic.example", "ЄДРПОУ: 00000042");
    let candidates = found(&shop, None);
    assert!(candidates.contains(&(Pair::Companies(one, three), Strength::Strong)), "{candidates:?}");
    assert!(candidates.iter().any(|(pair, _)| *pair == Pair::Companies(one, two)), "{candidates:?}");
    assert_eq!(found(&shop, Some(Whose::Company(three))).len(), 1);
    shop.store.add_deal(&sale("Desks", None, Some(one))).unwrap();
    assert_eq!(shop.store.duplicates(None, 9).unwrap().len(), candidates.len());
}

#[test]
fn the_list_opens_at_once_with_many_people() {
    let shop = Shop::open();
    for query in [QUEUE, QUEUE_OF_ONE, ALIKE] {
        let plan = shop.plan(query);
        assert!(
            !plan.contains("SCAN candidate") && !plan.contains("SCAN likeness") || plan.contains("candidate_score"),
            "{plan}"
        );
    }
    let plan = shop.plan(QUEUE);
    assert!(plan.contains("candidate_score") && !plan.contains("TEMP B-TREE"), "{plan}");
    let plan = shop.plan(ALIKE);
    assert!(plan.contains("SEARCH likeness"), "{plan}");
    // Two thousand of one name and one reception: no pair of them is looked at for the name or the phone alone.
    shop.store
        .write(|| {
            for number in 0..300 {
                let new = person("Anna", "Nowak", &[&format!("anna{number}@firm{number}.example")]);
                shop.store.add_contact(&with_phone(new, "+48 22 555 00 00"))?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(shop.store.compare_changed(1000).unwrap(), 0);
    let pairs = shop.store.rows("SELECT count(*) FROM candidate");
    assert_eq!(pairs, ["0"]);
}
