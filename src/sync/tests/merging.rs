//! Clients that become one, and two again: the counters after each step are those of PRODUCT.md, judged by hand; and undo gives back
//! every address and link, also when letters came meanwhile.

use super::*;
use crate::domain::duplicate::Pair;
use crate::domain::filing::Rule;
use crate::domain::merge::Merge;
use crate::sync::merging::{file_anew, merge, split_off};

const ME: &str = "me@firma.example";

/// What an act may touch, row by row with its keys.
fn rows(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for table in [
        "company",
        "company_domain",
        "contact",
        "contact_address",
        "contact_phone",
        "provenance",
        "merged",
        "different",
        "deal",
        "payment",
        "activity",
        "thread_state",
        "filing",
    ] {
        lines.extend(
            store.rows(&format!("SELECT * FROM {table} ORDER BY 1")).into_iter().map(|row| format!("{table}: {row}")),
        );
    }
    lines
}

/// A minute later than the last act: what came between two acts is told from them.
fn minutes(later: i64) -> Timestamp {
    now().timestamp().checked_add(jiff::SignedDuration::from_mins(later)).unwrap()
}

/// (unread, unanswered, new leads, unfiled, silent)
fn counters(world: &World) -> [u64; 5] {
    [Counter::Unread, Counter::Unanswered, Counter::NewLeads, Counter::Unfiled, Counter::Silent]
        .map(|counter| world.counter(counter))
}

fn contact(world: &World, mail: &str) -> id::Contact {
    world.store.contact_by_address(&address(mail)).unwrap().unwrap().0
}

fn deal(world: &World, title: &str) -> id::Deal {
    id::Deal(world.store.rows(&format!("SELECT id FROM deal WHERE title = '{title}'")).join("").parse().unwrap())
}

fn deliver(world: &mut World, name: &str, from: &str, minute: i64, names: &[&str]) {
    world.server.deliver("INBOX", &letter(name, from, ME, minute, names, "When?"), Flags::default());
    world.settle();
}

/// Runs an act as the screen does.
fn act(world: &World, at: Timestamp, what: impl FnOnce() -> Result<()>) {
    let (_, change) = world.store.record("act", at, what).unwrap();
    assert!(change.is_some());
}

/// Undo as the screen does it.
fn undo(world: &World, at: Timestamp) {
    let (_, refile) = world.store.undo_and_tell(at).unwrap().unwrap();
    for thread in refile {
        file_anew(&world.store, &world.own, thread, at).unwrap();
    }
    world.check();
}

/// Jan (one open deal, Lamps) and Ewa, who turns out to be he at work (one open deal, Shelves).
fn jan_and_ewa() -> (World, Merge) {
    let mut world = World::new(Server::new(FOLDERS));
    let at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let ewa = NewContact {
        name: Name { given: Text::own("Jan"), family: Text::own("Biurowy"), ..Name::default() },
        addresses: vec![address("jan@praca.example")],
        reviewed_at: Some(at),
        ..NewContact::new(ContactKind::Contact, at)
    };
    let ewa = world.store.add_contact(&ewa).unwrap();
    let shelves = NewDeal {
        title: Text::own("Shelves"),
        company: None,
        contact: Some(ewa),
        pipeline: Text::default(),
        stage: Text::own("offer"),
        amount: Money::parse("100", "PLN").unwrap(),
        expected_close: None,
        lines: Vec::new(),
        created_at: at,
    };
    world.store.add_deal(&shelves).unwrap();
    deliver(&mut world, "lamps", "jan@gmail.com", 10, &[]);
    deliver(&mut world, "shelves", "jan@praca.example", 20, &[]);
    let merge = Merge { pair: Pair::Contacts(contact(&world, "jan@gmail.com"), ewa), take: Vec::new() };
    (world, merge)
}

#[test]
fn merged_and_unmerged_clients_have_the_counters_of_one_and_of_two() {
    let (mut world, joined) = jan_and_ewa();
    let (lamps, shelves) = (world.thread("lamps"), world.thread("shelves"));
    let place = |world: &World, thread| world.store.filing(thread).unwrap().unwrap();
    // Each has one open deal: each letter is filed there, nothing is asked.
    assert_eq!(counters(&world), [2, 2, 0, 0, 0]);
    assert_eq!(place(&world, lamps).place.deal, Some(deal(&world, "Lamps")));
    // My own decision about a third conversation.
    deliver(&mut world, "mine", "jan@praca.example", 30, &[]);
    let mine = world.thread("mine");
    let decided = crate::store::Filed { rule: Rule::Mine, ..place(&world, mine) };
    act(&world, minutes(0), || world.store.file(mine, &decided));
    assert_eq!(counters(&world), [3, 3, 0, 0, 0]);

    // One client with two open deals: what was decided about the conversations stands.
    act(&world, minutes(1), || merge(&world.store, &joined, minutes(1)));
    world.check();
    assert_eq!(counters(&world), [3, 3, 0, 0, 0]);
    let Pair::Contacts(jan, gone) = joined.pair else { unreachable!() };
    for (thread, stands) in [(lamps, "Lamps"), (shelves, "Shelves")] {
        let filed = place(&world, thread);
        assert_eq!((filed.place.contact, filed.place.deal), (Some(jan), Some(deal(&world, stands))));
    }
    let filed = place(&world, mine);
    assert_eq!(
        (filed.rule, filed.place.deal, filed.place.contact),
        (Rule::Mine, Some(deal(&world, "Shelves")), Some(jan))
    );

    // A new letter from the second address is the one client's, and asked.
    deliver(&mut world, "later", "jan@praca.example", 40, &[]);
    assert_eq!(place(&world, world.thread("later")).place.contact, Some(jan));
    assert_eq!(counters(&world), [4, 4, 0, 1, 0]);

    // They were two after all: the address becomes a card of its own; its letters go along, the deals stay where they are agreed.
    act(&world, minutes(5), || {
        split_off(&world.store, &world.own, jan, &address("jan@praca.example"), minutes(5)).map(drop)
    });
    world.check();
    let split = contact(&world, "jan@praca.example");
    assert_ne!(split, gone, "a number is never given twice");
    assert_eq!(place(&world, shelves).place.contact, Some(split));
    assert_eq!(place(&world, world.thread("later")).place.contact, Some(split));
    assert_eq!(place(&world, mine).place.contact, Some(jan), "my decision stays");
    // The new card has no open deal, so nothing of it is asked.
    assert_eq!(counters(&world), [4, 4, 0, 0, 0]);

    // Back, step by step.
    undo(&world, minutes(6));
    assert_eq!(counters(&world), [4, 4, 0, 1, 0]);
    undo(&world, minutes(7));
    // Two clients with one deal each: every letter stands in its own client's deal, the one that came meanwhile too.
    assert_eq!(counters(&world), [4, 4, 0, 0, 0]);
    let later = place(&world, world.thread("later"));
    assert_eq!((later.place.contact, later.place.deal), (Some(gone), Some(deal(&world, "Shelves"))));
}

#[test]
fn undo_of_a_merge_gives_the_same_bytes() {
    let (world, joined) = jan_and_ewa();
    let before = rows(&world.store);
    act(&world, minutes(1), || merge(&world.store, &joined, minutes(1)));
    assert_ne!(rows(&world.store), before);
    undo(&world, minutes(2));
    assert_eq!(difference(&before, &rows(&world.store)), "");
    let jan = contact(&world, "jan@gmail.com");
    act(&world, minutes(3), || {
        merge(&world.store, &Merge { pair: joined.pair.turned(), take: vec!["name".to_owned()] }, minutes(3))
    });
    undo(&world, minutes(4));
    assert_eq!(difference(&before, &rows(&world.store)), "");
    assert_eq!(contact(&world, "jan@gmail.com"), jan);
}

/// Letters that came between a merge and its undo stay, with the client whose address they have; everything else is put back.
#[test]
fn letters_that_came_meanwhile_stay() {
    let (mut world, joined) = jan_and_ewa();
    let before = rows(&world.store);
    act(&world, minutes(1), || merge(&world.store, &joined, minutes(1)));
    // One in an old conversation of the card that went, one in a new one, and somebody unknown, who becomes a lead.
    deliver(&mut world, "answer", "jan@praca.example", 50, &["shelves"]);
    deliver(&mut world, "new", "jan@praca.example", 60, &[]);
    deliver(&mut world, "stranger", "Zoe <zoe@new.example>", 70, &[]);
    let zoe = contact(&world, "zoe@new.example");
    undo(&world, minutes(9000));
    let Pair::Contacts(_, gone) = joined.pair else { unreachable!() };
    assert_eq!(contact(&world, "jan@praca.example"), gone);
    assert_eq!(world.store.filing(world.thread("new")).unwrap().unwrap().place.contact, Some(gone));
    assert_eq!(world.thread("answer"), world.thread("shelves"));
    assert_eq!(contact(&world, "zoe@new.example"), zoe, "the lead that came is not overwritten");
    let after = rows(&world.store);
    let lost: Vec<&String> = before.iter().filter(|row| !after.contains(row)).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    assert_eq!(counters(&world), [5, 4, 1, 0, 0]);
}

/// A conversation whose last letter came before the other deal began was rightly filed in the only one: it stays.
#[test]
fn what_was_settled_before_the_other_deal_began_is_not_asked() {
    let (world, joined) = jan_and_ewa();
    world.store.run("UPDATE deal SET created_at = (SELECT max(date) + 1 FROM message) WHERE title = 'Shelves'");
    act(&world, minutes(1), || merge(&world.store, &joined, minutes(1)));
    assert_eq!(world.counter(Counter::Unfiled), 0);
    let Pair::Contacts(jan, _) = joined.pair else { unreachable!() };
    for thread in [world.thread("lamps"), world.thread("shelves")] {
        assert_eq!(world.store.filing(thread).unwrap().unwrap().place.contact, Some(jan));
    }
}

/// A lead that is joined to a contact is no new lead any more, and its conversations are the contact's.
#[test]
fn a_lead_joins_a_contact() {
    let (mut world, _) = jan_and_ewa();
    deliver(&mut world, "lead", "Jan B <janb@other.example>", 80, &[]);
    assert_eq!(counters(&world), [3, 3, 1, 0, 0]);
    let (jan, lead) = (contact(&world, "jan@gmail.com"), contact(&world, "janb@other.example"));
    let joined = Merge { pair: Pair::Contacts(jan, lead), take: Vec::new() };
    act(&world, minutes(1), || merge(&world.store, &joined, minutes(1)));
    assert_eq!(counters(&world), [3, 3, 0, 0, 0]);
    let filed = world.store.filing(world.thread("lead")).unwrap().unwrap();
    assert_eq!((filed.place.contact, filed.place.deal), (Some(jan), Some(deal(&world, "Lamps"))));
    undo(&world, minutes(2));
    assert_eq!(counters(&world), [3, 3, 1, 0, 0]);
}
