//! Letters arrive newest first, oldest first, or anyhow: the same threads, filings, leads and counters.

use super::*;
use crate::sync::ingest::{Arrival, Destination, ingest};

/// Letters with their folders and flags.
type Story = Vec<(&'static str, Flags, Vec<u8>)>;

/// Stores a story in this order, in batches of this size, in a store that was made ready.
fn arrived(story: &Story, ready: fn(&World), order: &[usize], batch: usize) -> Vec<String> {
    let mut world = World::new(Server::new(FOLDERS));
    ready(&world);
    let folders = crate::sync::account::register_folders(&world.store, &mut world.server, world.account).unwrap();
    for keys in order.chunks(batch) {
        world
            .store
            .write(|| {
                for key in keys {
                    let (folder, flags, bytes) = &story[*key];
                    let record = folders.iter().find(|record| record.raw_name == *folder).unwrap();
                    let destination =
                        Destination { account: world.account, folder: record.id, uid_validity: 1, own: &world.own };
                    let arrival = Arrival {
                        uid: u32::try_from(*key).unwrap() + 1,
                        flags: *flags,
                        keywords: Vec::new(),
                        internal_date: Some("2026-11-22T12:00:00Z".parse().unwrap()),
                        bytes: bytes.clone(),
                        left: None,
                    };
                    ingest(&world.store, &destination, &[arrival], now().timestamp())?;
                }
                Ok(())
            })
            .unwrap();
    }
    world.check();
    world.dump()
}

/// Newest first, oldest first, and in forty other orders it comes to the same; gives what it comes to.
fn comes_to_the_same(story: &Story, ready: fn(&World)) -> Vec<String> {
    let oldest_first: Vec<usize> = (0..story.len()).collect();
    let expected = arrived(story, ready, &oldest_first, 7);
    let newest_first: Vec<usize> = oldest_first.iter().rev().copied().collect();
    let mut orders = vec![("newest first".to_owned(), newest_first)];
    let mut random = Random(1);
    for number in 0..40 {
        let mut order = oldest_first.clone();
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        orders.push((format!("shuffle {number}"), order));
    }
    for (name, order) in orders {
        let found = arrived(story, ready, &order, 5);
        assert!(found == expected, "{name}:\n{}", difference(&expected, &found));
    }
    expected
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let expected = comes_to_the_same(&story(), |_| {});
    assert!(expected.iter().any(|line| line.contains("counter new_leads 3")), "Ola, Piotr and Ewa: {expected:#?}");
}

/// A letter with this subject.
fn about(subject: &str, id: &str, from: &str, to: &str, minute: i64, names: &[&str]) -> Vec<u8> {
    let plain = String::from_utf8(letter(id, from, to, minute, names, "How much?")).unwrap();
    plain.replace(&format!("Subject: About {id}"), &format!("Subject: {subject}")).into_bytes()
}

/// Deals named by tags, true and forged; several open deals and one; a person with two addresses; a colleague of the client; what is
/// passed on.
fn story_of_deals() -> Story {
    const ME: &str = "me@firma.example";
    let none = Flags::default();
    let mut all = story();
    for (id, from, subject, names) in [
        ("tag1", "anna@acme.example", "[D-2] Chairs", &[][..]),
        ("tag2", "anna@acme.example", "Re: [D-1] Desks", &["tag1"]),
        ("tag3", "new@acme.example", "Desks", &[]),
        ("tag4", "anna@acme.example", "[D-1] Desks", &["tag3"]),
        ("tag5", "eve@evil.example", "[D-1] New account", &[]),
        ("tag6", "jan@gmail.com", "[D-1] Desks", &[]),
        ("two1", "jan@praca.example", "Lamps", &[]),
        ("two2", "jan@gmail.com", "Lamps", &["two1"]),
        ("two3", "jan@gmail.com", "Shades", &[]),
        ("two4", "jan@praca.example", "Shades", &["two3"]),
        ("two5", "Jan Biurowy <jan@praca.example>", "Something else", &[]),
        ("two6", "jan+shop@praca.example", "Again", &["two5"]),
    ] {
        let minute = 2000 + 10 * i64::try_from(all.len()).unwrap();
        all.push(("INBOX", none, about(subject, id, from, ME, minute, names)));
    }
    all.push(("Sent", Flags::SEEN, about("Offer [D-3]", "two7", ME, "jan@praca.example", 4000, &["two5"])));
    all.push((
        "INBOX",
        none,
        about("Boss", "two8", "boss@firma.example", "jan@praca.example, me@firma.example", 4010, &[]),
    ));
    all
}

/// Jan at work, whose card became one with Jan's.
fn merged(world: &World) {
    use crate::domain::duplicate::Pair;
    let at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let jan = world.store.contact_by_address(&address("jan@gmail.com")).unwrap().unwrap().0;
    let work = NewContact {
        name: Name { given: Text::own("Jan"), ..Name::default() },
        addresses: vec![address("jan@praca.example")],
        reviewed_at: Some(at),
        ..NewContact::new(ContactKind::Contact, at)
    };
    let merge = |work| crate::domain::merge::Merge { pair: Pair::Contacts(jan, work), take: Vec::new() };
    let work = world.store.add_contact(&work).unwrap();
    world.store.record("merge", at, || crate::sync::merging::merge(&world.store, &merge(work), at)).unwrap();
}

/// And two again.
fn unmerged(world: &World) {
    merged(world);
    let at: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
    let jan = world.store.contact_by_address(&address("jan@gmail.com")).unwrap().unwrap().0;
    let split =
        || crate::sync::merging::split_off(&world.store, &world.own, jan, &address("jan@praca.example"), at).map(drop);
    world.store.record("split", at, split).unwrap();
}

#[test]
fn nor_does_it_with_deals_and_with_cards_that_were_merged_and_unmerged() {
    let filed = |lines: &[String], letter: &str| {
        let found =
            lines.iter().find(|line| line.starts_with("filing ") && line.contains(&format!("{letter}@test.example")));
        found.cloned().unwrap_or_default()
    };
    let apart = comes_to_the_same(&story_of_deals(), |_| {});
    assert!(filed(&apart, "tag1").contains("Chairs | 1 | tag"), "{}", filed(&apart, "tag1"));
    let one = comes_to_the_same(&story_of_deals(), merged);
    assert!(filed(&one, "two5").contains("Lamps"), "{}", filed(&one, "two5"));
    let two = comes_to_the_same(&story_of_deals(), unmerged);
    assert!(!filed(&two, "two5").contains("Lamps"), "{}", filed(&two, "two5"));
}
