//! Filing against a slow, obvious filing of the whole mailbox: letters at random in any order of arrival, and what PRODUCT.md says of
//! them, said again in plain Rust. What stands there raises unfiled, silent and new leads.

use super::recount::recount;
use super::*;
use std::collections::{BTreeMap, BTreeSet};

const ME: &str = "me@firma.example";
/// A contact of Acme, a contact by himself, somebody else at Acme, strangers, a colleague, a shop, me.
const PEOPLE: [&str; 9] = [
    "anna@acme.example",
    "jan@gmail.com",
    "new@acme.example",
    "ewa@other.example",
    "olga@gmail.com",
    "boss@firma.example",
    "news@shop.example",
    ME,
    ME,
];

/// Letters at random from and to anybody, which came in several syncs; some deals are closed before.
fn mailbox(seed: u64) -> World {
    let mut random = Random(seed ^ 0xF11E);
    let mut world = World::new(Server::new(FOLDERS));
    for deal in 1..=3 {
        if random.one_in(3) {
            world.store.run(&format!("UPDATE deal SET state = 'lost', closed_at = 1 WHERE id = {deal}"));
        }
    }
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..3 {
        for _ in 0..random.below(9) {
            let id = format!("f{}-{seed}", ids.len());
            let from = PEOPLE[random.below(PEOPLE.len())];
            let mut to = vec![if from == ME { PEOPLE[random.below(7)] } else { ME }];
            if random.one_in(3) {
                to.push(PEOPLE[random.below(7)]);
            }
            let names: Vec<&str> = match ids.len() {
                0 => Vec::new(),
                some => (0..random.below(2)).map(|_| ids[random.below(some)].as_str()).collect(),
            };
            let minutes = i64::try_from(random.below(10 * 24 * 60)).unwrap();
            let bytes = String::from_utf8(letter(&id, from, &to.join(", "), minutes, &names, "Do you agree?")).unwrap();
            let head = if random.one_in(8) { "List-Id: <x>\r\n" } else { "" };
            let folder = FOLDERS[if random.one_in(2) { 0 } else { random.below(FOLDERS.len()) }].0;
            world.server.deliver(folder, format!("{head}{bytes}").as_bytes(), Flags::default());
            ids.push(id);
        }
        world.sync();
    }
    world
}

struct Letter {
    outbound: bool,
    counts: bool,
    live: bool,
    people: Vec<String>,
}

/// Whose a conversation is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Contact(String),
    Company,
    Lead(String),
}

fn conversations(world: &World) -> BTreeMap<String, Vec<Letter>> {
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in world.store.rows(
        "SELECT message_id, address FROM participant WHERE field IN ('from', 'to', 'cc')
         ORDER BY message_id, field = 'cc', field = 'to', position",
    ) {
        let (message, address) = row.split_once(" | ").unwrap();
        people.entry(message.to_owned()).or_default().push(address.to_owned());
    }
    let mut threads: BTreeMap<String, Vec<Letter>> = BTreeMap::new();
    for row in world.store.rows(
        "SELECT thread_id, id, direction, nature = 'human' AND ignored = 0, place = 'live' FROM message ORDER BY date, digest",
    ) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let live = cells[4] == "1";
        threads.entry(cells[0].to_owned()).or_default().push(Letter {
            outbound: cells[2] == "outbound",
            counts: cells[3] == "1" && live,
            live,
            people: people.remove(cells[1]).unwrap_or_default(),
        });
    }
    threads
}

fn outside(letter: &Letter) -> Vec<&str> {
    letter.people.iter().map(String::as_str).filter(|one| !one.ends_with("@firma.example")).collect()
}

/// The first letter that tells, in the order they were written: an address of a contact, a domain of a company, a stranger who wrote.
fn whose(letters: &[Letter]) -> Option<Whose> {
    for letter in letters.iter().filter(|letter| letter.counts || letter.outbound) {
        let outside = outside(letter);
        if let Some(known) = outside.iter().find(|one| ["anna@acme.example", "jan@gmail.com"].contains(one)) {
            return Some(Whose::Contact((*known).to_owned()));
        }
        if outside.iter().any(|one| one.ends_with("@acme.example")) {
            return Some(Whose::Company);
        }
        let wrote = outside.first().filter(|first| letter.people.first().is_some_and(|sender| sender == *first));
        if let Some(stranger) = wrote.filter(|_| letter.counts && !letter.outbound) {
            return Some(Whose::Lead((*stranger).to_owned()));
        }
    }
    None
}

/// Every conversation that belongs to somebody: whose it is, its deal, and whether the deal is decided.
fn filed(world: &World, threads: &BTreeMap<String, Vec<Letter>>) -> BTreeMap<String, (Whose, String, bool)> {
    let mut clients: BTreeMap<&String, Whose> =
        threads.iter().filter_map(|(thread, letters)| Some((thread, whose(letters)?))).collect();
    let leads: BTreeSet<String> = clients
        .values()
        .filter_map(|whose| if let Whose::Lead(address) = whose { Some(address.clone()) } else { None })
        .collect();
    // I wrote to somebody who wrote elsewhere.
    for (thread, letters) in threads.iter() {
        let written = || letters.iter().filter(|letter| letter.outbound).flat_map(outside);
        if !clients.contains_key(thread)
            && let Some(lead) = written().find(|one| leads.contains(*one))
        {
            clients.insert(thread, Whose::Lead(lead.to_owned()));
        }
    }
    let open = |deals: &[&str]| -> Vec<String> {
        let open = world.store.rows("SELECT id FROM deal WHERE state = 'open' ORDER BY id");
        open.into_iter().filter(|deal| deals.contains(&deal.as_str())).collect()
    };
    let with_deal = |whose: Whose| {
        let deals = match &whose {
            Whose::Contact(address) if address == "jan@gmail.com" => open(&["3"]),
            Whose::Contact(_) | Whose::Company => open(&["1", "2"]),
            Whose::Lead(_) => Vec::new(),
        };
        match deals.as_slice() {
            [] => (whose, "-".to_owned(), true),
            [only] => (whose, only.clone(), true),
            _ => (whose, "-".to_owned(), false),
        }
    };
    clients.into_iter().map(|(thread, whose)| (thread.clone(), with_deal(whose))).collect()
}

/// What the ledger says.
fn told(world: &World) -> BTreeMap<String, (Whose, String, bool)> {
    let rows = world.store.rows(
        "SELECT f.thread_id, coalesce(c.kind, ''), coalesce(a.address, ''), f.deal_id, f.deal_decided FROM filing f
         LEFT JOIN contact c ON c.id = f.contact_id LEFT JOIN contact_address a ON a.contact_id = c.id WHERE f.superseded_at IS NULL",
    );
    let row = |row: &String| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let whose = match cells[1] {
            "contact" => Whose::Contact(cells[2].to_owned()),
            "lead" => Whose::Lead(cells[2].to_owned()),
            _ => Whose::Company,
        };
        (cells[0].to_owned(), (whose, cells[3].to_owned(), cells[4] == "1"))
    };
    rows.iter().map(row).collect()
}

#[test]
fn filing_agrees_with_a_slow_filing_of_everything() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..60 {
        let world = mailbox(seed);
        let threads = conversations(&world);
        let expected = filed(&world, &threads);
        assert_eq!(told(&world), expected, "mailbox {seed}");

        let counters = world.store.counters(&now(), &WorkTime::default()).unwrap();
        let live = |thread: &String| threads[thread].iter().any(|letter| letter.live);
        let unfiled = expected.iter().filter(|(thread, (.., decided))| !decided && live(thread)).count();
        assert_eq!(counters.get(Counter::Unfiled), unfiled as u64, "unfiled of mailbox {seed}");
        let leads: BTreeSet<&Whose> =
            expected.values().map(|(whose, ..)| whose).filter(|whose| matches!(whose, Whose::Lead(_))).collect();
        assert_eq!(counters.get(Counter::NewLeads), leads.len() as u64, "new leads of mailbox {seed}");
        // Silent asks the ledger whose a conversation is: that was just compared.
        let silent = recount(&world).get(&Counter::Silent).map_or(0, Vec::len);
        assert_eq!(counters.get(Counter::Silent), silent as u64, "silent of mailbox {seed}");

        for (what, count) in [("unfiled", unfiled), ("leads", leads.len()), ("silent", silent)] {
            *seen.entry(what).or_default() += count;
        }
        for (whose, deal, _) in expected.values() {
            let what = match whose {
                Whose::Contact(_) => "contact",
                Whose::Company => "company",
                Whose::Lead(_) => "lead",
            };
            *seen.entry(what).or_default() += 1;
            *seen.entry("deal").or_default() += usize::from(deal != "-");
        }
    }
    assert_eq!(seen.values().filter(|count| **count > 3).count(), 7, "every rule was at work: {seen:?}");
}
