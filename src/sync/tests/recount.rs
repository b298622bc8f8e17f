//! The counters against a slow, obvious recount: small mailboxes at random, the tables read whole, the rules of
//! PRODUCT.md said again in plain Rust.

use super::*;
use crate::domain::activity::{Activity, Kind};
use crate::domain::counter::{Subject, Waiting, silent_before};
use crate::domain::filing::{Place, Rule};
use crate::store::Filed;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const ME: &str = "me@firma.example";
const SENDERS: [&str; 8] = [
    "anna@acme.example",
    "jan@gmail.com",
    "new@acme.example",
    "ewa@other.example",
    "boss@firma.example",
    ME,
    "news@shop.example",
    ME,
];

/// A mailbox at random, synced, with acts and plans at random.
pub(super) fn mailbox(seed: u64) -> World {
    let mut random = Random(seed);
    let mut world = World::new(Server::new(FOLDERS));
    let mut ids: Vec<String> = Vec::new();
    for round in 0..3 {
        for _ in 0..random.below(9) {
            let id = format!("l{}-{seed}", ids.len());
            let from = SENDERS[random.below(SENDERS.len())];
            let to = if from == ME { SENDERS[random.below(5)] } else { ME };
            let names: Vec<&str> = (0..random.below(3))
                .filter(|_| !ids.is_empty())
                .map(|_| ids[random.below(ids.len())].as_str())
                .collect();
            let minutes = i64::try_from(random.below(13 * 24 * 60)).unwrap();
            let body = ["Do you agree?", "Fine.", "> why?\r\nSo."][if from == ME { 0 } else { random.below(3) }];
            let mut bytes = String::from_utf8(letter(&id, from, to, minutes, &names, body)).unwrap();
            match random.below(8) {
                0 => bytes.insert_str(0, "List-Id: <x>\r\n"),
                1 => bytes.insert_str(0, "Auto-Submitted: auto-replied\r\n"),
                _ => {}
            }
            let flags = if random.one_in(3) { Flags::SEEN } else { Flags::default() };
            for _ in 0..=usize::from(random.one_in(5)) {
                let folder = FOLDERS[if random.one_in(2) { 0 } else { random.below(FOLDERS.len()) }].0;
                world.server.deliver(folder, bytes.as_bytes(), flags);
            }
            ids.push(id);
        }
        world.sync();
        if round < 2 {
            act(&mut world, &mut random, &ids);
        }
    }
    plans(&world, &mut random);
    world
}

fn act(world: &mut World, random: &mut Random, ids: &[String]) {
    let store = &world.store;
    for id in ids {
        let thread = world.thread(id);
        // An act may be refused; that is not the question here.
        let _ = match random.below(13) {
            0 => store.mark_done(thread, now().timestamp()),
            1 => store.snooze(thread, "2026-11-30T08:00:00Z".parse().unwrap()),
            2 => store.snooze(thread, "2026-11-20T08:00:00Z".parse().unwrap()),
            5 => store.await_answer(thread),
            3 => store.set_seen(thread, random.one_in(2)),
            4 => store.rescue_junk(thread),
            6 => store.mark_done(thread, now().timestamp()).and_then(|()| store.snooze(thread, now().timestamp())),
            7 => store.file(thread, &mine(store, thread, random)),
            8 => store.confirm_junk(thread, now().timestamp()),
            9 => {
                // Done, and taken back.
                let (_, change) = store.record("act", now().timestamp(), || store.await_answer(thread)).unwrap();
                change.map_or(Ok(()), |_| store.undo(now().timestamp()).map(drop))
            }
            _ => Ok(()),
        };
    }
    if random.one_in(3) {
        for thread in store.ignore_sender(SENDERS[random.below(4)]).unwrap() {
            store.refresh_lists(thread).unwrap();
        }
    }
    if random.one_in(3) {
        store.run("UPDATE deal SET state = iif(state = 'open', 'won', 'open') WHERE id = 1 + abs(random() % 3)");
    }
    // Another client moves letters about.
    let all: Vec<(usize, u32)> = (0..)
        .zip(&world.server.folders)
        .flat_map(|(number, folder)| folder.letters.keys().map(move |uid| (number, *uid)))
        .collect();
    for (number, uid) in all {
        if !random.one_in(7) {
            continue;
        }
        let moved = world.server.folders[number].letters.remove(&uid).unwrap();
        world.server.deliver(FOLDERS[random.below(FOLDERS.len())].0, &moved.bytes, moved.flags);
    }
    for (number, folder) in world.server.folders.iter_mut().enumerate() {
        let gone: Vec<u32> = folder.letters.keys().filter(|_| random.one_in(8 + number)).copied().collect();
        for uid in gone {
            folder.letters.remove(&uid);
        }
    }
}

/// A decision of mine about a thread's deal.
fn mine(store: &Store, thread: id::Thread, random: &mut Random) -> Filed {
    Filed {
        place: Place {
            deal: random.one_in(2).then_some(id::Deal(1)),
            ..store.filing(thread).unwrap().map(|filed| filed.place).unwrap_or_default()
        },
        deal_decided: true,
        rule: Rule::Mine,
        evidence: Text::own("you chose"),
        alternatives: Vec::new(),
        decided_at: now().timestamp(),
        told_by: None,
        considered: Vec::new(),
    }
}

fn plans(world: &World, random: &mut Random) {
    let store = &world.store;
    for n in 0..random.below(5) {
        let day = 20 + random.below(6);
        store.run(&format!(
            "INSERT INTO payment (deal_id, title, due_on, amount_minor, currency, paid_on) VALUES ({}, 'p{n}', '2026-11-{day}', 100, 'PLN', {})",
            1 + random.below(3),
            ["NULL", "NULL", "'2026-11-22'"][random.below(3)]
        ));
        let done = random.one_in(3).then(|| "2026-11-22T09:00:00Z".parse().unwrap());
        let due = format!("2026-11-{day}T{:02}:30:00Z", random.below(24)).parse().unwrap();
        let activity = Activity {
            id: None,
            kind: Kind::Call,
            contact: Some(id::Contact(1)),
            deal: None,
            subject: Text::own("call"),
            place: Text::default(),
            due_at: Some(due),
            done_at: done,
            duration_minutes: None,
            result: Text::default(),
            trigger: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            way: None,
            message: None,
        };
        store.add_activity(&activity).unwrap();
        let state = ["held", "queued", "sending", "sent", "refused", "uncertain"][random.below(6)];
        store.run(&format!(
            "INSERT INTO outgoing (account_id, state, msg_id, sender, subject, shown_to, bytes, draft, created_at, not_before)
             VALUES (1, '{state}', 'out{n}', 'me@firma.example', 's', 't', x'00', '', {n}, 0)"
        ));
    }
    if random.one_in(3) {
        store.run("UPDATE deal SET state = 'lost' WHERE id = 1 + abs(random() % 3)");
    }
    if random.one_in(3) {
        store.run("UPDATE contact SET reviewed_at = 1 WHERE kind = 'lead'");
    }
}

/// A table, each row as a map from column to text; `-` is NULL.
fn table(world: &World, name: &str) -> Vec<HashMap<String, String>> {
    let columns = world.store.rows(&format!("SELECT name FROM pragma_table_xinfo('{name}') WHERE type <> 'BLOB'"));
    let rows = world.store.rows(&format!("SELECT {} FROM {name}", columns.join(", ")));
    let row = |row: String| columns.iter().cloned().zip(row.split(" | ").map(str::to_owned)).collect();
    rows.into_iter().map(row).collect()
}

fn number(row: &HashMap<String, String>, column: &str) -> i64 {
    row[column].parse().unwrap_or(0)
}

/// Where a letter stands, from its copies: live before draft before junk before trash.
fn place(copies: &[&HashMap<String, String>], folders: &[HashMap<String, String>]) -> &'static str {
    let roles: Vec<&str> = copies
        .iter()
        .map(|copy| {
            let folder = if copy["wanted_folder"] == "-" { &copy["folder_id"] } else { &copy["wanted_folder"] };
            folders.iter().find(|f| f["id"] == *folder).unwrap()["role"].as_str()
        })
        .collect();
    match () {
        () if roles.is_empty() => "gone",
        () if roles.iter().any(|role| !["drafts", "junk", "trash"].contains(role)) => "live",
        () if roles.contains(&"drafts") => "draft",
        () if roles.contains(&"junk") => "junk",
        () => "trash",
    }
}

/// What raises each counter: one entry for each that is counted, with the rows of Today it may stand in.
pub(super) fn recount(world: &World) -> BTreeMap<Counter, Vec<BTreeSet<Subject>>> {
    let all = |name| table(world, name);
    let (messages, copies, folders) = (all("message"), all("copy"), all("folder"));
    let filings: Vec<_> = all("filing").into_iter().filter(|f| f["superseded_at"] == "-").collect();
    let (contacts, deals, states) = (all("contact"), all("deal"), all("thread_state"));
    let addresses = all("contact_address");
    let domains = world.store.rows("SELECT domain FROM company_domain");
    let confirmed = world.store.rows("SELECT message_id FROM junk_confirmed");
    let mut raised: BTreeMap<Counter, Vec<BTreeSet<Subject>>> = BTreeMap::new();
    let mut raise = |counter, subject| raised.entry(counter).or_default().push(BTreeSet::from([subject]));
    let mut threads: BTreeMap<i64, Vec<&HashMap<String, String>>> = BTreeMap::new();
    for message in &messages {
        let own: Vec<_> = copies.iter().filter(|copy| copy["message_id"] == message["id"]).collect();
        let stands = place(&own, &folders);
        assert_eq!(message["place"], stands, "{}", message["msg_id"]);
        let seen = own.iter().any(|copy| number(copy, "wanted_flags") & 1 == 1);
        if !own.is_empty() {
            assert_eq!(message["seen"] == "1", seen, "{}", message["msg_id"]);
        }
        let thread = Subject::Thread(id::Thread(number(message, "thread_id")));
        let from_person =
            message["direction"] == "inbound" && message["nature"] == "human" && message["ignored"] == "0";
        if from_person && stands == "live" && !seen {
            raise(Counter::Unread, thread);
        }
        let sender = &message["from_address"];
        let known = addresses.iter().any(|a| {
            a["address"] == *sender && contacts.iter().any(|c| c["id"] == a["contact_id"] && c["kind"] == "contact")
        }) || domains.iter().any(|domain| sender.ends_with(&format!("@{domain}")));
        let shown = message["direction"] == "inbound" && message["ignored"] == "0";
        if shown && stands == "junk" && known && !confirmed.contains(&message["id"]) {
            raise(Counter::JunkWatch, thread);
        }
        let mine = message["direction"] == "outbound" && message["nature"] == "human";
        let of_thread = threads.entry(number(message, "thread_id")).or_default();
        if stands == "live" && (from_person || mine) {
            of_thread.push(message);
        }
    }
    // They wrote since, in any conversation of the same person.
    let of = |thread: i64| {
        filings.iter().find(|f| number(f, "thread_id") == thread).map_or("-", |f| f["contact_id"].as_str())
    };
    let heard_from: Vec<(&str, i64)> = (threads.iter())
        .flat_map(|(thread, letters)| letters.iter().map(|letter| (*thread, *letter)))
        .filter(|(thread, letter)| letter["direction"] == "inbound" && of(*thread) != "-")
        .map(|(thread, letter)| (of(thread), number(letter, "date")))
        .collect();
    let heard = |thread: i64, last: &HashMap<String, String>| {
        heard_from.iter().any(|(person, at)| *person == of(thread) && *at > number(last, "date"))
    };
    for (thread, letters) in &mut threads {
        letters.sort_by_key(|m| (number(m, "date"), number(m, "id")));
        let Some(last) = letters.last() else { continue };
        // A decision holds for the letter it was made at, and for all before it.
        let holds = |decided: &str| {
            let at = messages.iter().find(|m| m["id"] == decided);
            decided == last["id"] || at.is_some_and(|at| number(last, "date") < number(at, "date"))
        };
        let newest_of_theirs = letters.iter().rfind(|m| m["direction"] == "inbound").map_or("-", |m| m["id"].as_str());
        let hidden = states.iter().filter(|s| number(s, "thread_id") == *thread).any(|s| {
            let snoozed = number(s, "snoozed_until") > now().timestamp().as_millisecond();
            let awaits = s["awaiting"] == "1" && s["awaited_after"] == newest_of_theirs;
            holds(&s["done_message_id"]) || (holds(&s["snoozed_message_id"]) && snoozed) || awaits
        });
        let filed = filings.iter().any(|f| number(f, "thread_id") == *thread);
        let late = number(last, "date") < silent_before(&now(), &WorkTime::default()).as_millisecond();
        let subject = Subject::Thread(id::Thread(*thread));
        if last["direction"] == "inbound" && !hidden {
            raise(Counter::Unanswered, subject);
        } else if last["direction"] == "outbound"
            && last["asks"] == "1"
            && late
            && filed
            && !hidden
            && !heard(*thread, last)
        {
            raise(Counter::Silent, subject);
        }
    }
    for filing in filings.iter().filter(|f| f["deal_decided"] == "0") {
        let open = deals.iter().filter(|d| {
            let ours = |column: &str| d[column] != "-" && d[column] == filing[column];
            d["state"] == "open" && (ours("contact_id") || ours("company_id"))
        });
        let live = messages.iter().any(|m| m["thread_id"] == filing["thread_id"] && m["place"] == "live");
        if open.count() > 1 && live {
            raise(Counter::Unfiled, Subject::Thread(id::Thread(number(filing, "thread_id"))));
        }
    }
    for activity in all("activity").iter().filter(|a| a["done_at"] == "-") {
        let end: Zoned = "2026-11-23T23:59:59.999[Europe/Warsaw]".parse().unwrap();
        if number(activity, "due_at") <= end.timestamp().as_millisecond() {
            raise(Counter::Due, Subject::Activity(id::Activity(number(activity, "id"))));
        }
    }
    for payment in all("payment").iter().filter(|p| p["paid_on"] == "-" && p["due_on"].as_str() < "2026-11-23") {
        raise(Counter::OverduePayments, Subject::Payment(id::Payment(number(payment, "id"))));
    }
    for outgoing in all("outgoing").iter().filter(|o| ["refused", "uncertain"].contains(&o["state"].as_str())) {
        raise(Counter::OutboxTrouble, Subject::Outgoing(id::Outgoing(number(outgoing, "id"))));
    }
    for lead in contacts.iter().filter(|c| c["kind"] == "lead" && c["reviewed_at"] == "-") {
        let mut rows: BTreeSet<Subject> = filings
            .iter()
            .filter(|f| f["contact_id"] == lead["id"])
            .map(|f| Subject::Thread(id::Thread(number(f, "thread_id"))))
            .collect();
        if rows.is_empty() {
            rows.insert(Subject::Lead(id::Contact(number(lead, "id"))));
        }
        raised.entry(Counter::NewLeads).or_default().push(rows);
    }
    raised
}

#[test]
fn counters_and_today_agree_with_a_slow_recount() {
    let mut totals: BTreeMap<Counter, usize> = BTreeMap::new();
    for seed in 0..60 {
        let world = mailbox(seed);
        world.check();
        let raised = recount(&world);
        let counters = world.store.counters(&now(), &WorkTime::default()).unwrap();
        let (rows, more) = world.store.today(&now(), &WorkTime::default(), None, 1000).unwrap();
        assert!(!more);
        for counter in Counter::ALL {
            let expected = raised.get(&counter).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(counters.get(counter), expected.len() as u64, "{counter:?} of mailbox {seed}");
            *totals.entry(counter).or_default() += expected.len();
            let shown: BTreeSet<Subject> =
                rows.iter().filter(|row| row.counters.contains(&counter)).map(|row| row.subject).collect();
            for subjects in expected {
                assert!(subjects.iter().any(|s| shown.contains(s)), "{counter:?} {subjects:?} of {seed} is in no row");
            }
            let may: BTreeSet<Subject> = expected.iter().flatten().copied().collect();
            assert!(shown.is_subset(&may), "{counter:?} of {seed}: {shown:?} beyond {may:?}");
        }
        for row in &rows {
            assert!(!row.counters.is_empty(), "{row:?} of {seed} waits for nothing");
        }
        let stands = |row: &Waiting| (std::cmp::Reverse(row.raised.len()), row.since);
        assert!(rows.is_sorted_by_key(stands), "{seed}: {rows:#?}");
        let first: Vec<_> = world
            .store
            .today(&now(), &WorkTime::default(), None, 3)
            .unwrap()
            .0
            .into_iter()
            .map(|row| row.subject)
            .collect();
        assert_eq!(first, rows.iter().take(3).map(|row| row.subject).collect::<Vec<_>>(), "the first three of {seed}");
    }
    assert_eq!(totals.values().filter(|total| **total > 3).count(), 9, "every rule was at work: {totals:?}");
}
