//! Search as a whole: against the obvious evaluation, against hostile input, and what it asks of SQLite.

use super::super::cards_fixture::{Shop, now, person, sale};
use super::obvious::{Activity, Company, Contact, Deal, Letter, WORDS, World};
use super::*;
use crate::domain::query::{Hit, Total};
use crate::store::{NewCompany, NewContact};
use proptest::prelude::*;
use proptest::sample::select;

fn keys(hits: &[Hit]) -> Vec<i64> {
    hits.iter().map(|hit| hit.message.0).collect()
}

fn all<'a>(now: &'a Zoned, practice: &'a Practice, order: Order) -> Ask<'a> {
    Ask { order, count: u64::MAX, ..Ask::first(now, practice, 1000) }
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&WORDS[..]), 0..4).prop_map(|words| words.join(" "))
}

fn moment() -> impl Strategy<Value = i64> {
    // Around the days that the questions name.
    (0_i64..40, 0_i64..24)
        .prop_map(|(days, hours)| super::super::ms(now().timestamp()) - (days * 24 + hours) * 3_600_000)
}

fn letter() -> impl Strategy<Value = Letter> {
    let texts = (text(), text(), select(vec!["", "offer.pdf", "budget plan.xlsx", "invite.ics"]));
    let kind = (select(vec!["human", "human", "bulk", "automatic"]), 0_u8..5, any::<[bool; 3]>(), 0_usize..5);
    (0_usize..6, moment(), 0_usize..4, 0_usize..4, texts, kind).prop_map(|(thread, date, from, to, texts, kind)| {
        Letter {
            id: 0,
            thread,
            date,
            from,
            to,
            subject: texts.0,
            body: texts.1,
            files: texts.2.to_owned(),
            nature: kind.0,
            ignored: kind.1 == 0,
            seen: kind.2[0],
            flagged: kind.2[1],
            answered: kind.2[2],
            folder: kind.3,
        }
    })
}

fn of(count: i64) -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(1..=count)
}

fn tags() -> impl Strategy<Value = String> {
    select(vec!["", "vip", "vip\nbudget"]).prop_map(str::to_owned)
}

fn world() -> impl Strategy<Value = World> {
    let contact =
        (any::<[bool; 3]>(), text(), of(2), text(), tags(), select(vec!["", "jan"]), moment()).prop_map(|c| Contact {
            lead: c.0[0],
            watched: c.0[1],
            supplier: c.0[2],
            name: format!("{} x", c.1),
            company: c.2,
            note: c.3,
            tags: c.4,
            owner: c.5.to_owned(),
            created: c.6,
        });
    let company = (text(), tags()).prop_map(|(name, tags)| Company { name: format!("{name} y"), tags });
    let deal = (
        text(),
        of(4),
        of(2),
        select(vec!["offer", "contract"]),
        select(vec!["open", "open", "won", "lost"]),
        select(vec![99_999_i64, 100_000, 100_001]),
        select(vec!["EUR", "PLN"]),
        moment(),
        proptest::option::of(select(vec!["2026-11-01", "2026-12-01"])),
        tags(),
    )
        .prop_map(|d| Deal {
            title: d.0,
            contact: d.1,
            company: d.2,
            stage: d.3,
            state: d.4,
            amount: d.5,
            currency: d.6,
            created: d.7,
            closes: d.8,
            tags: d.9,
        });
    let activity = (text(), text(), of(4), of(3), moment(), any::<bool>()).prop_map(|a| Activity {
        subject: a.0,
        result: a.1,
        contact: a.2,
        deal: a.3,
        at: a.4,
        done: a.5,
    });
    let filing = proptest::option::of((of(4), of(2), of(3)));
    let parts = (
        proptest::collection::vec(letter(), 0..40),
        proptest::collection::vec(filing, 6),
        proptest::collection::vec(contact, 4),
        proptest::collection::vec(company, 2),
        proptest::collection::vec(deal, 3),
        proptest::collection::vec(activity, 0..5),
    );
    parts.prop_map(|(mut letters, filings, contacts, companies, deals, activities)| {
        for (letter, id) in letters.iter_mut().zip(1..) {
            letter.id = id;
            // Of two letters of the same moment another rule says which is the last.
            letter.date += id;
            letter.ignored &= letter.direction() == "inbound";
        }
        World { letters, filings, contacts, companies, deals, activities }
    })
}

/// A question, as it is typed.
fn question() -> impl Strategy<Value = String> {
    let word = select(&WORDS[..]).prop_map(str::to_owned);
    let field = select(vec![
        "\"desk offer\"",
        "\"offers\"",
        "off*",
        "\"budget desk\"*",
        "from:anna",
        "from:acme",
        "from:\"jan budget\"",
        "to:me",
        "subject:offer",
        "subject:договор",
        "in:inbox",
        "in:junk",
        "in:desk",
        "in:nowhere",
        "has:file",
        "has:pdf",
        "has:invitation",
        "is:unread",
        "is:read",
        "is:flagged",
        "is:answered",
        "is:draft",
        "is:sent",
        "is:client",
        "is:lead",
        "is:human",
        "is:bulk",
        "is:automatic",
        "is:junk",
        "is:watched",
        "is:waiting",
        "is:open",
        "is:won",
        "is:lost",
        "is:overdue",
        "is:stale",
        "before:7d",
        "after:2w",
        "on:yesterday",
        "on:november",
        "after:2026-11-10",
        "contact:desk",
        "company:offer",
        "company:y",
        "deal:budget",
        "stage:contract",
        "amount:>1000",
        "amount:1000EUR",
        "amount:..999,99",
        "tag:vip",
        "tag:budget",
        "owner:jan",
        "counter:unread",
        "counter:unanswered",
        "kind:letter",
        "kind:deal",
        "kind:contact",
    ]);
    let leaf = prop_oneof![word, field.prop_map(str::to_owned)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" "))),
            2 => proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            1 => inner.prop_map(|part| format!("-{part}")),
        ]
    })
    .prop_map(|typed| format!("{typed} "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn the_store_finds_what_the_obvious_way_finds(world in world(), questions in proptest::collection::vec(question(), 24)) {
        let (shop, now, practice) = (world.shop(), now(), Practice::default());
        for typed in &questions {
            let query = Query::parse(typed);
            if query.is_empty() {
                continue;
            }
            let kinds = query.kinds();
            for order in [Order::Best, Order::Newest] {
                let expected = if kinds.contains(&Kind::Letter) { world.letters(&query.root, order == Order::Best) } else { Vec::new() };
                let answer = shop.store.find(&query, &all(&now, &practice, order)).unwrap();
                prop_assert_eq!(keys(&answer.hits), expected.clone(), "{:?} {:?}", typed, order);
                prop_assert_eq!(answer.letters.count, expected.len() as u64, "{:?}", typed);
                // Page by page it is the same.
                let (mut paged, mut after) = (Vec::new(), None);
                loop {
                    let page = shop.store.find(&query, &Ask { after, limit: 3, count: 3, ..all(&now, &practice, order) }).unwrap();
                    after = page.hits.last().map(|hit| hit.rank);
                    paged.extend(keys(&page.hits));
                    if page.hits.len() < 3 {
                        break;
                    }
                }
                prop_assert_eq!(paged, expected, "{:?} page by page", typed);
            }
            let answer = shop.store.find(&query, &all(&now, &practice, Order::Best)).unwrap();
            for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Letter) {
                let expected = if kinds.contains(&kind) { world.cards(kind, &query.root) } else { Vec::new() };
                let cards = answer.cards.iter().find(|cards| cards.kind == kind);
                let mut found: Vec<i64> = cards.iter().flat_map(|cards| &cards.rows).map(|row| row.id).collect();
                found.sort_unstable();
                prop_assert_eq!(found, expected.clone(), "{:?} {:?}", typed, kind);
                prop_assert_eq!(cards.map_or(0, |cards| cards.total.count), expected.len() as u64, "{:?} {:?}", typed, kind);
            }
            if kinds.contains(&Kind::Contact) {
                let mut people: Vec<i64> = shop.store.segment(&query, &all(&now, &practice, Order::Best)).unwrap().iter().map(|c| c.0).collect();
                people.sort_unstable();
                prop_assert_eq!(people, world.cards(Kind::Contact, &query.root), "{:?}", typed);
            }
        }
    }

    #[test]
    fn nothing_that_is_typed_gives_an_error(typed in "([a-zżіы0-9:\"()|*<>.@,;=&#'^{}+\\-\\x00-\\x1f🙂 ]|from:|subject:|is:|in:|before:|amount:>|tag:|or |not |NEAR\\(| AND |\"\\*){0,50}") {
        let (shop, now, practice) = (Shop::open(), now(), Practice::default());
        shop.store.find(&Query::parse(&typed), &all(&now, &practice, Order::Best)).unwrap();
    }
}

#[test]
fn hostile_input_is_no_error() {
    let (shop, now, practice) = (Shop::open(), now(), Practice::default());
    shop.store.add_contact(&person("Anna", "Offer", &["anna@x.example"])).unwrap();
    let word = "ż".repeat(10_000);
    let many = "offer* ".repeat(1500);
    let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    let either = "a or ".repeat(3000);
    for typed in [
        "\"",
        "\"\"",
        "*",
        "a*b",
        "(((",
        ")))",
        "\0",
        "a\0b",
        "'; DROP TABLE contact; --",
        "NEAR(a b, 5)",
        "{subject} : x",
        "subject:\"",
        "^a",
        "a + b",
        "🙂",
        "from:🙂",
        "🙂*",
        "OR OR",
        "NOT",
        "- - -",
        "-",
        "\u{202e}",
        "a AND",
        "\"a\" *",
        "rowid:1",
        "message_fts:a",
        word.as_str(),
        many.as_str(),
        deep.as_str(),
        either.as_str(),
    ] {
        let query = Query::parse(typed);
        shop.store
            .find(&query, &all(&now, &practice, Order::Best))
            .unwrap_or_else(|problem| panic!("{typed}: {problem:?}"));
        shop.store.segment(&query, &all(&now, &practice, Order::Best)).unwrap();
        shop.store
            .matcher(&query, &all(&now, &practice, Order::Best))
            .unwrap()
            .matches(Subject::Thread(id::Thread(1)))
            .unwrap();
    }
    assert_eq!(shop.store.rows("SELECT count(*) FROM contact"), ["1"]);
}

fn found(shop: &Shop, typed: &str) -> Vec<String> {
    let (now, practice) = (now(), Practice::default());
    let answer = shop.store.find(&Query::parse(typed), &all(&now, &practice, Order::Best)).unwrap();
    answer
        .cards
        .iter()
        .flat_map(|cards| cards.rows.iter().map(|row| format!("{}: {}", cards.kind.word(), row.title)))
        .collect()
}

#[test]
fn a_card_is_found_by_everything_on_it_as_soon_as_it_is() {
    let shop = Shop::open();
    let acme = shop.act(|store| {
        store.add_company(&NewCompany {
            name: Text::own("Zakład Łódź"),
            note: Text::own("płaci późno"),
            ..NewCompany::default()
        })
    });
    let anna = shop.act(|store| {
        let new = NewContact {
            position: Text::own("Einkäufer"),
            tags: vec![Text::own("VIP"), Text::own("targi 2026")],
            phones: vec!["+48 600 100 200".to_owned()],
            company: Some(acme),
            ..person("Ganna", "Стільцева", &["g.stil@x.example"])
        };
        store.add_contact(&new)
    });
    shop.act(|store| store.add_deal(&sale("20 krzeseł", Some(anna), None)));
    shop.store.run("UPDATE deal SET fields = '{\"warehouse\":\"Gdańsk 7\"}', owner = 'Jan'");
    for (typed, expected) in [
        ("lodz ", vec!["company: Zakład Łódź"]),
        ("pozno ", vec!["company: Zakład Łódź"]),
        ("einkaufer ", vec!["contact: Ganna Стільцева"]),
        ("600100200 ", vec!["contact: Ganna Стільцева"]),
        ("600 100 200 ", vec!["contact: Ganna Стільцева"]),
        ("stil", vec!["contact: Ganna Стільцева"]),
        ("krzesła ", vec!["deal: 20 krzeseł"]),
        ("gdansk ", vec!["deal: 20 krzeseł"]),
        ("owner:jan ", vec!["deal: 20 krzeseł"]),
        ("tag:vip ", vec!["contact: Ganna Стільцева"]),
        ("tag:\"targi 2026\" ", vec!["contact: Ganna Стільцева"]),
        ("company:zaklad kind:contact ", vec!["contact: Ganna Стільцева"]),
        ("\"krzesla\" ", vec![]),
    ] {
        assert_eq!(found(&shop, typed), expected, "{typed}");
    }
    let edit = crate::store::ContactEdit { tags: Some(Vec::new()), ..Default::default() };
    shop.store.record("edit", now().timestamp(), || shop.store.update_contact(anna, &edit)).unwrap();
    assert_eq!(found(&shop, "tag:vip "), Vec::<String>::new());
    shop.store.undo(now().timestamp()).unwrap();
    assert_eq!(found(&shop, "tag:vip ").len(), 1, "what was undone is found again");
}

#[test]
fn the_mark_of_a_clients_letter_follows_its_filing() {
    let shop = Shop::open();
    let anna = shop
        .store
        .add_contact(&NewContact { kind: crate::domain::contact::Kind::Lead, ..person("Anna", "", &[]) })
        .unwrap();
    let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
    let thread = shop.thread("t", Some(anna), None, None);
    shop.letter(thread, "2026-11-20T08:00:00Z", "inbound");
    let client = || shop.store.rows("SELECT client FROM message ORDER BY id");
    assert_eq!(client(), ["0"], "a lead's");
    shop.store.run("UPDATE contact SET kind = 'contact'");
    assert_eq!(client(), ["1"]);
    shop.letter(thread, "2026-11-21T08:00:00Z", "inbound");
    assert_eq!(client(), ["1", "1"], "a new letter of theirs");
    shop.store.run("UPDATE filing SET superseded_at = 1");
    assert_eq!(client(), ["0", "0"]);
    shop.store.run(&format!("UPDATE filing SET superseded_at = NULL, contact_id = NULL, company_id = {acme}"));
    assert_eq!(client(), ["1", "1"], "a company's");
    shop.store.run("DELETE FROM filing");
    assert_eq!(client(), ["0", "0"]);
    shop.store.run(&format!("INSERT INTO filing (thread_id, company_id, deal_decided, rule, evidence, decided_at) VALUES ({thread}, {acme}, 1, 'mine', '', 0)"));
    assert_eq!(client(), ["1", "1"]);
}

#[test]
fn rows_of_today_belong_to_a_search() {
    let shop = Shop::open();
    let anna = shop.store.add_contact(&NewContact { tags: vec![Text::own("vip")], ..person("Anna", "", &[]) }).unwrap();
    let jan = shop.store.add_contact(&person("Jan", "", &[])).unwrap();
    let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
    let (hers, his) = (shop.thread("hers", Some(anna), None, None), shop.thread("his", Some(jan), None, None));
    shop.letter(hers, "2026-11-20T08:00:00Z", "inbound");
    let letter = shop.letter(his, "2026-11-20T08:00:00Z", "inbound");
    shop.mail(&format!(
        "INSERT INTO folder (id, account_id, raw_name, name, role) VALUES (1, 1, 'INBOX', 'INBOX', 'inbox');
         INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) VALUES (1, 1, 1, {letter}, 0, 0)"
    ));
    shop.store.run(&format!("INSERT INTO payment (id, deal_id, title, due_on, amount_minor, currency) VALUES (7, {deal}, 'p', '2026-11-01', 1, 'PLN')"));
    let (now, practice) = (now(), Practice::default());
    let ask = all(&now, &practice, Order::Best);
    let belongs =
        |typed: &str, subject| shop.store.matcher(&Query::parse(typed), &ask).unwrap().matches(subject).unwrap();
    assert!(belongs("tag:vip ", Subject::Thread(hers)));
    assert!(!belongs("tag:vip ", Subject::Thread(his)));
    assert!(belongs("contact:anna ", Subject::Payment(id::Payment(7))));
    assert!(!belongs("contact:jan ", Subject::Payment(id::Payment(7))));
    assert!(!belongs("-is:read ", Subject::Payment(id::Payment(7))), "a question about letters finds no payment");
    assert!(belongs("is:unread ", Subject::Thread(his)));
    assert!(!belongs("is:unread ", Subject::Thread(hers)), "no letter of hers lies anywhere");
}

/// Of what a search does not find no row is read, and no letter where few can be meant.
#[test]
fn today_of_a_search_reads_only_what_it_shows() {
    let mut shop = Shop::open();
    let vip = NewContact { tags: vec![Text::own("vip")], ..person("Anna", "", &[]) };
    let vip = shop.store.add_contact(&vip).unwrap();
    let others: Vec<_> = (0..40).map(|n| shop.store.add_contact(&person(&format!("P{n}"), "", &[])).unwrap()).collect();
    for contact in others.iter().chain([&vip]) {
        shop.letter(shop.thread("offer", Some(*contact), None, None), "2026-11-20T08:00:00Z", "inbound");
    }
    let (now, practice) = (now(), Practice::default());
    let rows = |store: &Store, typed: &str| {
        let matcher = store.matcher(&Query::parse(typed), &all(&now, &practice, Order::Best)).unwrap();
        store.today_of(&now, &practice.work, None, 2, Some(&matcher)).unwrap()
    };
    let (one, more) = rows(&shop.store, "tag:vip ");
    assert_eq!((one.len(), more, one[0].contact), (1, false, Some(vip)));
    let (two, more) = rows(&shop.store, "is:human ");
    assert_eq!((two.len(), more), (2, true));
    let (_, few) = shop.store.steps(|store| rows(store, "tag:vip "));
    let (_, all) = shop.store.steps(|store| rows(store, "not is:human "));
    let (_, everything) = shop.store.steps(|store| store.today(&now, &practice.work, None, 50).unwrap());
    assert!(few < all && all < everything, "{few} {all} {everything}");
}

#[test]
fn a_question_that_nobody_waits_for_ends() {
    let mut shop = Shop::open();
    shop.store.run(
        "INSERT INTO thread (id, account_id, subject) VALUES (1, 1, 't');
         INSERT INTO message (account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address, subject,
             snippet, size, attachments, degraded, asks, place)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         SELECT 1, 1, randomblob(32), i, 0, 'inbound', 'human', '', '', 'a@b.example', '', '', 1, 0, 0, 0, 'live' FROM n;",
    );
    let (now, practice) = (now(), Practice::default());
    let query = Query::parse("is:answered ");
    let ask = all(&now, &practice, Order::Best);
    assert_eq!(shop.store.find(&query, &ask).unwrap().letters, Total { count: 0, exact: true });
    shop.store.give_up_when(|| true).unwrap();
    assert!(shop.store.find(&query, &ask).is_err());
    shop.store.give_up_when(|| false).unwrap();
    assert!(shop.store.find(&query, &ask).is_ok());
}
