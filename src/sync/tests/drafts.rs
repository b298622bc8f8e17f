//! Drafts on both sides: one of each, whoever changed it, wherever the connection broke.

use super::server::Cut;
use super::*;
use crate::domain::address::Mailbox;
use crate::domain::outbox::Letter;
use crate::sync::drafts::{DraftBox, DraftNews};

const BOXES: &[(&str, Option<Role>)] = &[("INBOX", Some(Role::Inbox)), ("Drafts", Some(Role::Drafts))];

/// Long ago: what was saved then is quiet.
fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-01-10T08:00:00Z".parse().unwrap();
    start.checked_add(jiff::SignedDuration::from_mins(minute)).unwrap()
}

fn mine(world: &World, text: &str) -> Letter {
    let account = crate::domain::account::Account {
        id: world.account,
        name: Text::own("work"),
        email: address("me@firma.example"),
        kind: crate::domain::account::Kind::Personal,
        signature: Text::default(),
        style: crate::domain::style::Style::default(),
    };
    let mut letter = Letter::new(&account, &Text::own("Я"));
    letter.to = vec![Mailbox::new("Анна", "anna@acme.example").unwrap()];
    letter.subject = "Оферта".to_owned();
    letter.text = text.to_owned();
    letter
}

impl World {
    /// A whole sync with the drafts; connects again where the connection broke.
    fn sync_drafts(&mut self) -> Vec<DraftNews> {
        for _ in 0..6 {
            let email = address("me@firma.example");
            let outcome =
                sync_account(&self.store, &mut self.server, self.account, &self.own, &mut |_| {}).and_then(|_| {
                    let drafts = DraftBox { store: &self.store, account: self.account, email: &email, own: &self.own };
                    drafts.sync(&mut self.server, &mut |_| {})
                });
            match outcome {
                Ok(news) => return news,
                Err(problem) if problem.kind == crate::domain::problem::Kind::Network => self.server.connect(),
                Err(problem) => panic!("{problem}"),
            }
        }
        panic!("the server broke more often than it was told to")
    }

    fn there(&mut self) -> Vec<String> {
        self.server.folder("Drafts").letters.values().map(|l| String::from_utf8_lossy(&l.bytes).into_owned()).collect()
    }

    fn texts_there(&mut self) -> Vec<String> {
        let letters: Vec<Vec<u8>> =
            self.server.folder("Drafts").letters.values().map(|letter| letter.bytes.clone()).collect();
        letters.iter().map(|bytes| crate::mime::read(bytes).text.as_str().trim_end().to_owned()).collect()
    }

    fn texts_here(&self) -> Vec<String> {
        let rows = self.store.drafts().unwrap();
        let mut texts: Vec<String> =
            rows.iter().map(|row| self.store.draft(row.id).unwrap().unwrap().text.trim_end().to_owned()).collect();
        texts.sort();
        texts
    }

    /// What another client does: the draft's letter anew, without our mark, under a name of its own.
    fn edited_elsewhere(&mut self, text: &str) {
        self.server.folder("Drafts").letters.clear();
        self.written_elsewhere("Оферта", text);
    }

    fn written_elsewhere(&mut self, subject: &str, text: &str) {
        let bytes = format!(
            "From: me@firma.example\r\nTo: anna@acme.example\r\nSubject: {subject}\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{}@phone.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
            text.len()
        );
        self.server.deliver("Drafts", bytes.as_bytes(), Flags::DRAFT);
    }
}

#[test]
fn a_draft_goes_there_is_replaced_and_goes_when_it_was_sent() {
    let mut world = World::new(Server::new(BOXES));
    let draft = world.store.save_draft(None, &mine(&world, "one"), at(0)).unwrap();
    assert_eq!(world.sync_drafts(), []);
    assert_eq!(world.texts_there(), ["one"]);
    let text = world.there().remove(0);
    assert!(text.contains("X-Postbook-Draft: ") && text.contains("Message-ID: <draft."), "{text}");
    let calls = world.server.writes;
    world.sync_drafts();
    assert_eq!(world.server.writes, calls, "nothing changed");

    world.store.save_draft(Some(draft), &mine(&world, "two"), at(1)).unwrap();
    world.sync_drafts();
    world.sync_drafts();
    assert_eq!((world.texts_there(), world.texts_here()), (vec!["two".to_owned()], vec!["two".to_owned()]));
    assert_eq!(world.store.wishes_pending(world.account).unwrap(), 0);

    world.store.remove_draft(draft).unwrap();
    world.sync_drafts();
    world.sync_drafts();
    assert!(world.texts_there().is_empty() && world.texts_here().is_empty());
    // A number is given once.
    let next = world.store.save_draft(None, &mine(&world, "three"), at(2)).unwrap();
    assert_ne!(next, draft);
    world.check();
}

#[test]
fn what_another_device_wrote_comes_here() {
    let mut world = World::new(Server::new(BOXES));
    world.written_elsewhere("Hello", "from the phone");
    let news = world.sync_drafts();
    assert!(matches!(news.as_slice(), [DraftNews::Came(_)]), "{news:?}");
    assert_eq!(world.texts_here(), ["from the phone"]);
    assert_eq!(world.sync_drafts(), [], "once");
    assert_eq!((world.texts_here().len(), world.texts_there().len()), (1, 1));
    // Discarded there.
    world.server.folder("Drafts").letters.clear();
    let news = world.sync_drafts();
    assert!(matches!(news.as_slice(), [DraftNews::Went(_)]), "{news:?}");
    assert!(world.texts_here().is_empty());
}

#[test]
fn the_side_that_changed_wins_and_both_are_kept_where_both_did() {
    let mut world = World::new(Server::new(BOXES));
    let draft = world.store.save_draft(None, &mine(&world, "one"), at(0)).unwrap();
    world.sync_drafts();
    world.edited_elsewhere("from the phone");
    assert_eq!(world.sync_drafts(), [DraftNews::Replaced(draft)]);
    assert_eq!(
        (world.texts_here(), world.texts_there()),
        (vec!["from the phone".into()], vec!["from the phone".into()])
    );

    world.edited_elsewhere("again from the phone");
    world.store.save_draft(Some(draft), &mine(&world, "typed here"), Timestamp::now()).unwrap();
    let news = world.sync_drafts();
    assert!(matches!(news.as_slice(), [DraftNews::Both(..)]), "{news:?}");
    assert_eq!(world.texts_here(), ["again from the phone", "typed here"]);
    // Quiet by now: it goes there as well, and nothing is there twice.
    world.store.run("UPDATE draft SET saved_at = saved_at - 60000");
    world.sync_drafts();
    world.sync_drafts();
    let mut there = world.texts_there();
    there.sort();
    assert_eq!(there, ["again from the phone", "typed here"]);
    assert_eq!(world.texts_here().len(), 2);
}

#[test]
fn a_discarded_draft_comes_back_with_undo_and_is_there_again() {
    for (granted, title) in [(false, "before"), (true, "after")] {
        let mut world = World::new(Server::new(BOXES));
        let draft = world.store.save_draft(None, &mine(&world, "one"), at(0)).unwrap();
        world.sync_drafts();
        world.store.record(title, now().timestamp(), || world.store.remove_draft(draft)).unwrap();
        if granted {
            world.sync_drafts();
            world.sync_drafts();
            assert!(world.texts_there().is_empty());
        }
        world.store.undo(now().timestamp()).unwrap().unwrap();
        for _ in 0..3 {
            world.sync_drafts();
        }
        assert_eq!((world.texts_here(), world.texts_there()), (vec!["one".into()], vec!["one".into()]), "{title}");
    }
}

#[test]
fn wherever_the_connection_breaks_there_is_one() {
    for cut in [Cut::Before, Cut::After] {
        for call in 1..60 {
            let mut world = World::new(Server::new(BOXES));
            let draft = world.store.save_draft(None, &mine(&world, "one"), at(0)).unwrap();
            world.sync_drafts();
            world.store.save_draft(Some(draft), &mine(&world, "two"), at(1)).unwrap();
            world.server.cut = Some((world.server.calls + call, cut));
            for _ in 0..4 {
                world.sync_drafts();
            }
            assert_eq!(world.texts_there(), ["two"], "{cut:?} at {call}");
            assert_eq!(world.texts_here(), ["two"], "{cut:?} at {call}");
        }
    }
}
