//! What clears each counter, and what brings it back: the table of PRODUCT.md, row by row.

use super::recount::mailbox;
use super::*;
use crate::domain::counter::{Subject, Waiting};
use crate::domain::filing::{Place, Rule};
use crate::store::Filed;
use jiff::ToSpan;

const ME: &str = "me@firma.example";
const ANNA: &str = "anna@acme.example";

fn filed_by_me(place: Place) -> Filed {
    Filed {
        place,
        deal_decided: true,
        rule: Rule::Mine,
        evidence: Text::own("you chose"),
        alternatives: Vec::new(),
        decided_at: now().timestamp(),
    }
}

/// What the keys of a counter do to the store, each in its own turn.
fn acts<'a>(world: &'a World, row: &'a Waiting, counter: Counter) -> Vec<Box<dyn Fn() -> Result<()> + 'a>> {
    let store = &world.store;
    let thread = row.thread.unwrap_or(id::Thread(0));
    let tomorrow = now().checked_add(1.day()).unwrap();
    match (counter, row.subject) {
        (Counter::Unread, _) => vec![Box::new(move || store.set_seen(thread, true))],
        (Counter::Unanswered | Counter::Silent, _) => vec![
            Box::new(move || store.mark_done(thread, now().timestamp())),
            Box::new(move || store.snooze(thread, tomorrow.timestamp())),
            Box::new(move || store.await_answer(thread)),
        ],
        (Counter::NewLeads, subject) => vec![Box::new(move || {
            let lead = match subject {
                Subject::Lead(lead) => lead,
                _ => store.filing(thread)?.and_then(|filed| filed.place.contact).unwrap(),
            };
            store.keep_lead(lead, now().timestamp())
        })],
        (Counter::Unfiled, _) => [None, Some(id::Deal(1))]
            .into_iter()
            .map(|deal| -> Box<dyn Fn() -> Result<()>> {
                Box::new(move || {
                    let place = store.filing(thread)?.map(|filed| filed.place).unwrap_or_default();
                    store.file(thread, &filed_by_me(Place { deal, ..place }))
                })
            })
            .collect(),
        (Counter::Due, Subject::Activity(activity)) => vec![
            Box::new(move || store.finish_activity(activity, now().timestamp(), None, &Text::default())),
            Box::new(move || store.move_activity(activity, now().checked_add(1.day()).unwrap().timestamp())),
        ],
        (Counter::OverduePayments, Subject::Payment(payment)) => vec![
            Box::new(move || store.mark_payment_paid(payment, now().date())),
            Box::new(move || store.move_payment(payment, now().date())),
        ],
        (Counter::JunkWatch, _) => vec![
            Box::new(move || store.confirm_junk(thread, now().timestamp())),
            Box::new(move || store.rescue_junk(thread)),
        ],
        // What is discarded does not come back by an undo.
        (Counter::OutboxTrouble, _) | (Counter::Due | Counter::OverduePayments, _) => Vec::new(),
    }
}

/// Every row, every counter it raises, every key that the counter names: the counter falls by what stands in the row, the row does not
/// name it any more, and an undo brings everything back.
#[test]
fn the_keys_that_a_counter_names_clear_it() {
    let mut tried = std::collections::BTreeMap::<Counter, usize>::new();
    for seed in 100..125 {
        let world = mailbox(seed);
        let work = WorkTime::default();
        let counters = || world.store.counters(&now(), &work).unwrap();
        let today = || world.store.today(&now(), &work, None, 1000).unwrap().0;
        let before = counters();
        for row in today() {
            for counter in row.counters.clone() {
                for act in acts(&world, &row, counter) {
                    world.store.record("act", now().timestamp(), &act).unwrap();
                    let what = format!("{counter:?} of {row:?} in mailbox {seed}");
                    assert!(counters().get(counter) < before.get(counter), "{what}");
                    let rows = today();
                    let stays = rows.iter().find(|other| other.subject == row.subject);
                    assert!(stays.is_none_or(|row| !row.counters.contains(&counter)), "{what}");
                    world.store.undo(now().timestamp()).unwrap();
                    assert_eq!(counters(), before, "{what} is back");
                    *tried.entry(counter).or_default() += 1;
                }
            }
        }
    }
    assert_eq!(tried.len(), 8, "{tried:?}");
}

/// A small world, told step by step.
struct Story {
    world: World,
    minutes: i64,
}

impl Story {
    fn new() -> Self {
        Self { world: World::new(Server::new(FOLDERS)), minutes: 0 }
    }

    /// A letter arrives in a folder; `names` are those it answers. Each is an hour younger than the one before.
    fn comes(&mut self, folder: &str, id: &str, from: &str, names: &[&str], body: &str) -> &mut Self {
        self.minutes += 60;
        let to = if from == ME { ANNA } else { ME };
        let flags = if from == ME { Flags::SEEN } else { Flags::default() };
        let bytes = letter(id, from, to, self.minutes, names, body);
        self.world.server.deliver(folder, &bytes, flags);
        self.world.sync();
        self
    }

    /// Unanswered, silent.
    fn waits(&self, unanswered: u64, silent: u64, what: &str) {
        let counters = self.world.store.counters(&now(), &WorkTime::default()).unwrap();
        assert_eq!((counters.get(Counter::Unanswered), counters.get(Counter::Silent)), (unanswered, silent), "{what}");
    }

    fn act(&self, act: impl FnOnce(&Store) -> Result<()>) {
        self.world.store.record("act", now().timestamp(), || act(&self.world.store)).unwrap();
    }
}

#[test]
fn done_holds_until_they_write_again_and_for_no_other_reason() {
    let mut story = Story::new();
    story.comes("INBOX", "a", ANNA, &[], "First?").comes("INBOX", "b", ANNA, &["a"], "And?");
    story.waits(1, 0, "two letters, one conversation");
    let thread = story.world.thread("b");
    story.act(|store| store.mark_done(thread, now().timestamp()));
    story.waits(0, 0, "done");
    // The letter it was said of leaves: I had dealt with the one before as well.
    story.world.server.expunge("INBOX", "b");
    story.world.sync();
    story.waits(0, 0, "the last letter is gone");
    story.comes("INBOX", "n", "boss@firma.example", &["a"], "What is it with them?");
    story.waits(0, 0, "a colleague's word in it");
    story.comes("INBOX", "c", ANNA, &["a"], "Hello?");
    story.waits(1, 0, "a new letter of theirs reopens");
}

#[test]
fn a_snooze_ends_with_its_time_or_with_their_letter() {
    let mut story = Story::new();
    story.comes("INBOX", "a", ANNA, &[], "First?");
    let thread = story.world.thread("a");
    let later = now().checked_add(2.hours()).unwrap();
    story.act(|store| store.mark_done(thread, now().timestamp()));
    story.act(|store| store.snooze(thread, later.timestamp()));
    story.waits(0, 0, "snoozed");
    let at = |now: &Zoned| story.world.store.counters(now, &WorkTime::default()).unwrap().get(Counter::Unanswered);
    assert_eq!(at(&later), 1, "it comes back though it was done before");
    assert_eq!(story.world.store.next_wake(now().timestamp()).unwrap(), Some(later.timestamp()));
    story.comes("INBOX", "b", ANNA, &["a"], "Hello?");
    story.waits(1, 0, "they wrote before its time");
}

#[test]
fn until_they_answer_only_their_letter_wakes() {
    let mut story = Story::new();
    story.comes("INBOX", "a", ANNA, &[], "First?").comes("Sent", "r", ME, &["a"], "Do you agree?");
    story.waits(0, 1, "they owe an answer");
    let thread = story.world.thread("a");
    story.act(|store| store.await_answer(thread));
    story.waits(0, 0, "until they answer");
    story.comes("Sent", "s", ME, &["r"], "Did you see this?");
    story.waits(0, 0, "I write once more: still until they answer");
    let far = now().checked_add(200.days()).unwrap();
    assert!(
        story.world.store.counters(&far, &WorkTime::default()).unwrap().get(Counter::Silent) == 0,
        "no time wakes it"
    );
    story.comes("INBOX", "n", "boss@firma.example", &["a"], "And?");
    story.waits(0, 0, "a colleague wakes nothing");
    story.comes("INBOX", "b", ANNA, &["s"], "Yes.");
    story.waits(1, 0, "they answered");
    story.world.store.undo(now().timestamp()).unwrap();
    story.waits(1, 0, "what an undo takes back has been over for long");
}

#[test]
fn any_letter_of_theirs_ends_the_silence() {
    let mut story = Story::new();
    story.comes("Sent", "r", ME, &[], "Do you agree?");
    story.waits(0, 1, "no answer");
    story.comes("INBOX", "x", "jan@gmail.com", &[], "Another client");
    story.waits(1, 1, "somebody else wrote");
    story
        .comes("INBOX", "auto", ANNA, &[], "List")
        .world
        .store
        .run("UPDATE message SET nature = 'automatic' WHERE msg_id LIKE 'auto%'");
    let auto = story.world.thread("auto");
    story.world.store.refresh_lists(auto).unwrap();
    story.waits(1, 1, "a machine of theirs wrote");
    story.comes("INBOX", "b", ANNA, &[], "About something else, yes.");
    story.waits(2, 0, "in another conversation, but they wrote");
    story.world.server.transfer("INBOX", "b", "Junk");
    story.world.sync();
    story.waits(1, 1, "that letter was junk after all");
}

#[test]
fn the_follow_up_time_is_the_configurations() {
    let mut story = Story::new();
    story.comes("Sent", "r", ME, &[], "Do you agree?");
    // The story begins on Tuesday the 10th; now is Monday the 23rd: nine working days.
    for (days, holiday, silent) in [(3, None, 1), (8, None, 1), (9, None, 0), (8, Some("2026-11-11"), 0), (20, None, 0)]
    {
        let work = WorkTime {
            follow_up_days: days,
            holidays: holiday.map(|day: &str| day.parse().unwrap()).into_iter().collect(),
            ..WorkTime::default()
        };
        let counters = story.world.store.counters(&now(), &work).unwrap();
        assert_eq!(counters.get(Counter::Silent), silent, "{days} days, {holiday:?}");
    }
}

#[test]
fn an_assigned_conversation_waits_on_until_it_is_done() {
    let mut story = Story::new();
    story.comes("INBOX", "a", ANNA, &[], "First?");
    let thread = story.world.thread("a");
    let ola = crate::domain::assignment::Assignment {
        to: Text::own("Ola"),
        thread: Some(thread),
        ..crate::domain::assignment::Assignment::default()
    };
    story.act(|store| store.assign(&ola));
    story.waits(1, 0, "assigned");
    let (rows, _) = story.world.store.today(&now(), &WorkTime::default(), None, 10).unwrap();
    assert_eq!(rows[0].assigned, Text::own("Ola"));
    story.act(|store| store.mark_done(thread, now().timestamp()));
    story.waits(0, 0, "and done");
    assert_eq!(story.world.store.rows("SELECT assigned FROM thread_state"), ["Ola"]);
}

/// The largest client, one with a payment overdue, and the target: each raises by one step, then age decides.
#[test]
fn the_oldest_client_first_raised_by_what_is_dear() {
    let mut story = Story::new();
    for (id, from) in [("old", "a@x.example"), ("anna", ANNA), ("jan", "jan@gmail.com"), ("young", "b@y.example")] {
        story.comes("INBOX", id, from, &[], "Hello?");
    }
    let order = |now: &Zoned, work: &WorkTime, limit| {
        let (rows, _) = story.world.store.today(now, work, None, limit).unwrap();
        rows.into_iter().map(|row| (row.title.to_string().replace("About ", ""), row.raised.len())).collect::<Vec<_>>()
    };
    let named = |names: &[(&str, usize)]| names.iter().map(|(n, r)| ((*n).to_owned(), *r)).collect::<Vec<_>>();
    let patient = WorkTime { answer_within_minutes: 100_000, ..WorkTime::default() };
    let work = WorkTime::default();
    assert_eq!(order(&now(), &patient, 9), named(&[("old", 0), ("anna", 0), ("jan", 0), ("young", 0)]));
    assert_eq!(order(&now(), &work, 9), named(&[("old", 1), ("anna", 1), ("jan", 1), ("young", 1)]), "all are late");
    story.world.store.run(
        "UPDATE deal SET state = 'won', amount_minor = 500000 WHERE title = 'Desks';
         INSERT INTO deal (title, contact_id, stage, state, amount_minor, currency, created_at)
             SELECT 'Sofa', contact_id, 'won', 'won', 100, 'PLN', 0 FROM deal WHERE title = 'Lamps';
         INSERT INTO payment (deal_id, title, due_on, amount_minor, currency) SELECT id, 'rest', '2026-11-20', 100, 'PLN' FROM deal WHERE title = 'Lamps';",
    );
    let raised = order(&now(), &patient, 9);
    assert_eq!(raised[..3], named(&[("anna", 1), ("jan", 1), ("1.00\u{a0}PLN rest", 1)])[..], "{raised:?}");
    // The page of a limit is the beginning of the whole.
    for limit in 1..6 {
        let (all, page) = (order(&now(), &work, 9), order(&now(), &work, limit));
        assert_eq!(page[..], all[..page.len()], "{limit}");
    }
    // Anna alone is past the target by now: raised twice.
    let prompt = WorkTime { answer_within_minutes: 4_200, ..WorkTime::default() };
    let steps = order(&now(), &prompt, 9);
    assert!(steps.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{steps:?}");
}
