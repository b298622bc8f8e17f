use super::*;
use crate::domain::counter::Counter;
use crate::domain::thread::ThreadRow;
use crate::domain::work_time::WorkTime;
use jiff::ToSpan;

fn filled(now: &Zoned) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("postbook.db")).unwrap();
    fill(&store, now).unwrap();
    (folder, store)
}

fn threads(store: &Store) -> Vec<ThreadRow> {
    let folders = store.folders().unwrap();
    let mut rows: Vec<ThreadRow> =
        folders.iter().flat_map(|folder| store.threads_in(folder.id, None, u32::MAX).unwrap()).collect();
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    rows
}

/// Every day of a week, the hours around midnight, and the days on which the clock changes.
fn moments() -> Vec<Zoned> {
    let monday: Zoned = "2026-11-23T09:00[Europe/Warsaw]".parse().unwrap();
    let mut moments: Vec<Zoned> = (0..7).map(|days| monday.checked_add(days.days()).unwrap()).collect();
    for other in [
        "2026-11-23T00:05[Europe/Warsaw]",
        "2026-11-23T23:59[Europe/Warsaw]",
        "2026-03-29T03:00[Europe/Warsaw]",
        "2026-10-25T02:30[Europe/Warsaw]",
        "2026-03-01T12:00[America/New_York]",
        "2028-02-29T20:00[Asia/Almaty]",
    ] {
        moments.push(other.parse().unwrap());
    }
    moments
}

#[test]
fn today_tells_the_story_on_any_day() {
    for now in moments() {
        let (_folder, store) = filled(&now);
        let counters = store.counters(&now, &WorkTime::default()).unwrap();
        for (counter, expected) in [
            (Counter::Unread, 9..=13),
            (Counter::Unanswered, 14..=16),
            (Counter::NewLeads, 8..=10),
            (Counter::Unfiled, 2..=2),
            (Counter::Due, 5..=8),
            (Counter::OverduePayments, 2..=2),
            (Counter::Silent, 3..=7),
            (Counter::OutboxTrouble, 0..=0),
            (Counter::JunkWatch, 1..=1),
        ] {
            let total = counters.get(counter);
            assert!(expected.contains(&total), "{now}: {} {total}", counter.word());
        }
        let (rows, _) = store.today(&now, &WorkTime::default(), None, 100).unwrap();
        assert!((28..=38).contains(&rows.len()), "{now}: {} rows", rows.len());
        for row in threads(&store) {
            assert!(row.last_at <= now.timestamp(), "{now}: {} is in the future", row.subject);
        }
    }
}

#[test]
fn everything_is_as_after_a_sync() {
    let now: Zoned = "2026-11-23T09:00[Europe/Warsaw]".parse().unwrap();
    let (_folder, store) = filled(&now);
    let status = store.status(&now, &WorkTime::default()).unwrap();
    let account = &status.accounts[0];
    assert!(account.state.online() && account.wishes_pending == 0);
    assert_eq!(account.folders.iter().map(|folder| folder.local).sum::<u64>(), 222);
    for folder in &account.folders {
        assert_eq!(Some(folder.local), folder.server, "{}", folder.name);
        assert!(folder.complete, "{}", folder.name);
    }
    assert_eq!(store.changes(10).unwrap(), [], "nothing that u could take back");
    assert!(store.undo(now.timestamp()).unwrap().is_none());
    let again = fill(&store, &now).unwrap();
    assert_eq!(again.me.name.as_str(), "Marta Lis");
    assert_eq!(store.status(&now, &WorkTime::default()).unwrap(), status, "filling twice changes nothing");
}

#[test]
fn conversations_are_filed_as_they_were_on_their_day() {
    let now: Zoned = "2026-11-23T09:00[Europe/Warsaw]".parse().unwrap();
    let (_folder, store) = filled(&now);
    let threads = threads(&store);
    for (subject, deal) in [
        ("Sit-stand desks for our Leeds office", Some("Leeds office: 40 sit-stand desks")),
        ("Coffee machines for the London floor", Some("London floor: coffee machines and service")),
        ("Delivery dates and invoices", None),
        ("Purchase order", None),
        ("Phone booths?", Some("Two phone booths, Tariff Works")),
        ("Faktura 214: druga rata za ekspresy", Some("Cztery ekspresy z serwisem, Gdynia")),
        ("Ekspresy w sieci", None),
    ] {
        let row = threads.iter().find(|row| row.subject.as_str() == subject && row.contact.is_some()).expect(subject);
        assert_eq!(row.deal.as_ref().map(Text::as_str), deal, "{subject}");
    }
}

#[test]
fn a_store_of_real_mail_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("postbook.db")).unwrap();
    let email = crate::domain::address::Address::parse("me@firma.example").unwrap();
    store
        .register_account(&Registration { name: "work".to_owned(), email, kind: Kind::Personal, read_only: false })
        .unwrap();
    assert_eq!(fill(&store, &Zoned::now()).unwrap_err().kind, problem::Kind::Refused);
    assert_eq!(store.folders().unwrap(), []);
}
