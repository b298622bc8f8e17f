//! Cut anywhere, resume: the same end.

use super::server::{Cut, Server};
use super::*;

/// Three rounds: a first sync; then what other clients and I did meanwhile; then more of it.
fn play(world: &mut World) {
    world.sync();
    // Offline, here:
    let store = &world.store;
    store.set_seen(world.thread("anna0-1"), true).unwrap();
    store.mark_done(world.thread("anna2-1"), now().timestamp()).unwrap();
    store.snooze(world.thread("piotr"), "2026-12-01T08:00:00Z".parse().unwrap()).unwrap();
    store.rescue_junk(world.thread("jan-junk")).unwrap();
    store.set_answered(world.message("ewa")).unwrap();
    // On the server, by another client:
    let server = &mut world.server;
    server.flag("INBOX", "anna0-3", Flags::FLAGGED, Flags::default());
    server.flag("INBOX", "anna4-3", Flags::SEEN, Flags::default());
    server.flag("INBOX", "anna1-1", Flags::default(), Flags::SEEN);
    server.transfer("INBOX", "colleague", "Klienci");
    server.expunge("INBOX", "robot");
    server.expunge("INBOX", "double");
    server.deliver(
        "INBOX",
        &letter("late", "jan@gmail.com", "me@firma.example", 900, &["double"], "And?"),
        Flags::default(),
    );
    server.deliver(
        "Sent",
        &letter("late-answer", "me@firma.example", "ewa@other.example", 910, &["ewa", "ewa-2"], "So."),
        Flags::SEEN,
    );
    world.sync();
    let store = &world.store;
    store.set_seen(world.thread("late"), true).unwrap();
    store.set_seen(world.thread("anna0-1"), false).unwrap();
    let server = &mut world.server;
    server.renumber("Klienci");
    server.transfer("Klienci", "join-right", "INBOX");
    server.deliver(
        "INBOX",
        &letter("bridge", "ola@nowa.example", "me@firma.example", 920, &["piotr", "join-left"], "We work together"),
        Flags::default(),
    );
    world.sync();
    world.settle();
}

#[test]
fn cut_anywhere_and_resumed_it_ends_the_same() {
    cut_everywhere(true, &[Cut::Before, Cut::After]);
}

#[test]
fn cut_anywhere_also_without_condstore() {
    cut_everywhere(false, &[Cut::After]);
}

fn cut_everywhere(condstore: bool, cuts: &[Cut]) {
    let story = story();
    assert!(story.len() >= 30);
    let server = || Server { condstore, ..server_with(&story) };
    let mut undisturbed = World::new(server());
    play(&mut undisturbed);
    undisturbed.check();
    let expected = undisturbed.dump();
    let calls = undisturbed.server.calls;
    assert!(calls > 30, "{calls} commands");
    for at in 0..calls {
        for cut in cuts {
            let mut world = World::new(Server { cut: Some((at, *cut)), ..server() });
            play(&mut world);
            let found = world.dump();
            assert!(found == expected, "cut {cut:?} command {at} of {calls}:\n{}", difference(&expected, &found));
            world.check();
        }
    }
}
