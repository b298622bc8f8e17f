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
    // Moved, deleted for good, marked with a keyword; a folder made for it, here; one renamed there.
    world.want_folder("Sprawy/2026");
    for id in ["ewa-2", "piotr", "kolega"] {
        world.want_moved(id, "INBOX", "Sprawy/2026");
    }
    world.want_gone("news", "INBOX");
    world.want_keywords("anna1-1", "INBOX", "$Forwarded");
    world.sync();
    world.server.rename_folder("Sprawy/2026", "Dela");
    world.server.transfer("Dela", "piotr", "Klienci");
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
    cut_everywhere(|_| {}, &[Cut::Before, Cut::After]);
}

/// Dovecot of old, Yandex, Gmail: CONDSTORE alone.
#[test]
fn cut_anywhere_also_without_qresync() {
    cut_everywhere(|server| server.qresync = false, &[Cut::After]);
}

/// Courier: nothing but UIDPLUS.
#[test]
fn cut_anywhere_also_without_condstore_and_move() {
    cut_everywhere(
        |server| (server.qresync, server.condstore, server.list_status, server.moves) = (false, false, false, false),
        &[Cut::After],
    );
}

/// Not even that.
#[test]
fn cut_anywhere_also_on_a_poor_server() {
    cut_everywhere(
        |server| {
            (server.qresync, server.condstore, server.list_status) = (false, false, false);
            (server.moves, server.uidplus) = (false, false);
        },
        &[Cut::After],
    );
}

fn cut_everywhere(poor: fn(&mut Server), cuts: &[Cut]) {
    let story = story();
    assert!(story.len() >= 30);
    let server = || {
        let mut server = server_with(&story);
        poor(&mut server);
        server
    };
    let mut undisturbed = World::new(server());
    play(&mut undisturbed);
    undisturbed.check();
    let expected = undisturbed.dump();
    let calls = undisturbed.server.calls;
    assert!(calls > 25, "{calls} commands");
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
