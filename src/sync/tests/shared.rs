//! A team's mailbox: looked at without a trace, and a conversation taken by one of us.

use super::*;
use crate::domain::claim::Claimant;
use crate::domain::contact::Kind as Person;

const TEAM: &str = "sales@firma.example";

/// A shared mailbox with letters of these strangers, read-only, synced.
fn team(ids: &[&str]) -> World {
    let mut server = Server::new(FOLDERS);
    for (minutes, id) in (0..).zip(ids) {
        server.deliver(
            "INBOX",
            &letter(id, &format!("{id}@buyer.example"), TEAM, minutes, &[], "How much?"),
            Flags::default(),
        );
    }
    let mut world = World::new(server);
    world.store.run("UPDATE account SET kind = 'shared', read_only = 1");
    world.sync();
    world
}

fn me() -> Claimant {
    Claimant::of(&address("me@firma.example"))
}

fn colleague(name: &str) -> Claimant {
    Claimant::of(&address(&format!("{name}@firma.example")))
}

fn keywords(world: &mut World, msg_id: &str) -> Vec<String> {
    let uid = world.server.uid("INBOX", msg_id);
    world.server.folder("INBOX").letters[&uid].keywords.clone()
}

fn flags(world: &mut World, folder: &str, msg_id: &str) -> Flags {
    let uid = world.server.uid(folder, msg_id);
    world.server.folder(folder).letters[&uid].flags
}

fn waits(world: &World) -> u64 {
    world.store.wishes_pending(world.account).unwrap()
}

fn refusals(world: &World) -> Vec<String> {
    world.store.rows("SELECT wish || ': ' || said FROM refusal")
}

#[test]
fn what_i_looked_at_is_seen_here_and_not_there() {
    let mut world = team(&["one", "two"]);
    assert_eq!(world.server.writes, 0);
    let thread = world.thread("one");
    world.store.set_seen(thread, true).unwrap();
    world.store.want_flagged(&[thread], true).unwrap();
    assert_eq!((world.counter(Counter::Unread), waits(&world)), (1, 0));
    assert!(world.store.pending().unwrap().wishes.is_empty());
    world.settle();
    assert_eq!(flags(&mut world, "INBOX", "one"), Flags::default());
    assert_eq!((world.counter(Counter::Unread), world.server.writes), (1, 0));

    // A colleague reads it, and unreads it; files it; the server numbers it anew: for me it stays seen.
    world.server.flag("INBOX", "one", Flags::SEEN, Flags::default());
    world.sync();
    world.server.flag("INBOX", "one", Flags::default(), Flags::SEEN);
    world.sync();
    world.store.set_seen(thread, true).unwrap();
    world.server.transfer("INBOX", "one", "Klienci");
    world.settle();
    assert!(world.seen("one"), "moved by a colleague");
    world.server.renumber("Klienci");
    world.settle();
    assert!(world.seen("one"), "numbered anew");
    assert_eq!(flags(&mut world, "Klienci", "one"), Flags::default());
    assert_eq!(world.server.writes, 0);
}

#[test]
fn that_i_answered_is_told() {
    let mut world = team(&["one"]);
    let message = world.message("one");
    world.store.set_seen(world.thread("one"), true).unwrap();
    world.store.set_answered(message).unwrap();
    assert_eq!(waits(&world), 1);
    world.settle();
    assert_eq!(flags(&mut world, "INBOX", "one"), Flags::ANSWERED);
    assert!(world.seen("one"));
    assert_eq!(waits(&world), 0);
}

#[test]
fn what_stayed_here_goes_out_when_the_mailbox_is_no_longer_read_only() {
    let mut world = team(&["one"]);
    world.store.set_seen(world.thread("one"), true).unwrap();
    world.store.run("UPDATE account SET read_only = 0");
    assert_eq!(waits(&world), 1);
    world.settle();
    assert_eq!(flags(&mut world, "INBOX", "one"), Flags::SEEN);
    // And back again: what is wanted from then on stays here.
    world.store.run("UPDATE account SET read_only = 1");
    world.store.set_seen(world.thread("one"), false).unwrap();
    assert_eq!(waits(&world), 0);
    world.settle();
    assert_eq!((flags(&mut world, "INBOX", "one"), world.seen("one")), (Flags::SEEN, false));
}

#[test]
fn a_conversation_is_taken_and_given_back() {
    let mut world = team(&["one"]);
    let thread = world.thread("one");
    world.store.record("take", now().timestamp(), || world.store.want_claim(thread, &me())).unwrap();
    assert_eq!(world.store.claimed_by(thread).unwrap(), Some(me()));
    assert_eq!(waits(&world), 1);
    world.settle();
    assert_eq!(keywords(&mut world, "one"), [me().claim()], "without the bid");
    assert_eq!((waits(&world), refusals(&world)), (0, Vec::new()));
    world.store.undo(now().timestamp()).unwrap().unwrap();
    world.settle();
    assert_eq!(keywords(&mut world, "one"), Vec::<String>::new());
    assert_eq!(world.store.claimed_by(thread).unwrap(), None);
}

#[test]
fn who_comes_second_is_told_who_has_it() {
    for (mine, theirs) in [("zoe", "ola"), ("anna", "ola")] {
        let mut world = team(&["one"]);
        let (me, ola) = (colleague(mine), colleague(theirs));
        let thread = world.thread("one");
        world.store.want_claim(thread, &me).unwrap();
        world.server.set_keywords("INBOX", "one", &[ola.claim()]);
        world.settle();
        assert_eq!(keywords(&mut world, "one"), [ola.claim()]);
        assert_eq!(world.store.claimed_by(thread).unwrap(), Some(ola));
        assert_eq!(refusals(&world), [format!("take “About one” for yourself: {theirs}@firma.example took it first")]);
    }
}

#[test]
fn the_greater_one_yields_and_learns_who_won() {
    let mut world = team(&["one"]);
    let (zoe, ola) = (colleague("zoe"), colleague("ola"));
    let thread = world.thread("one");
    world.store.want_claim(thread, &zoe).unwrap();
    world.server.set_keywords("INBOX", "one", &[ola.bid()]);
    world.sync();
    assert_eq!(keywords(&mut world, "one"), [ola.bid()]);
    assert_eq!((waits(&world), refusals(&world)), (1, Vec::new()), "not decided yet");
    assert_eq!(world.store.rows("SELECT keywords FROM copy"), [""], "a bid is no fact about the letter");
    world.server.set_keywords("INBOX", "one", &[ola.claim()]);
    world.settle();
    assert_eq!((waits(&world), refusals(&world).len()), (0, 1));

    // A bid whose program ended stands in nobody's way for ever.
    let mut world = team(&["one"]);
    let thread = world.thread("one");
    world.store.want_claim(thread, &zoe).unwrap();
    world.server.set_keywords("INBOX", "one", &[ola.bid()]);
    world.store.run("UPDATE copy SET wished_at = 0 WHERE wished_at IS NOT NULL");
    world.settle();
    assert_eq!(keywords(&mut world, "one"), [zoe.claim()]);
}

#[test]
fn a_lead_that_a_colleague_took_is_not_new() {
    let mut world = team(&["one", "two"]);
    assert_eq!(world.counter(Counter::NewLeads), 2);
    world.server.set_keywords("INBOX", "one", &[colleague("ola").claim()]);
    world.sync();
    assert_eq!(world.counter(Counter::NewLeads), 1);
    // One that was taken before it came here.
    let bytes = letter("three", "three@buyer.example", TEAM, 9, &[], "Hello?");
    world.server.deliver("INBOX", &bytes, Flags::default());
    world.server.set_keywords("INBOX", "three", &[colleague("ola").claim()]);
    world.sync();
    assert_eq!(world.counter(Counter::NewLeads), 1);
    let people = world.store.contacts(Some(Person::Lead), "", None, 10, &now()).unwrap();
    assert_eq!(people.len(), 3, "they are leads all the same");
}
