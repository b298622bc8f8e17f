use super::*;
use crate::domain::counter::Counter;

fn filled(now: &Zoned) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("postbook.db")).unwrap();
    fill(&store, now).unwrap();
    (folder, store)
}

#[test]
fn today_tells_the_story_on_any_day() {
    for now in [
        "2026-11-23T09:00[Europe/Warsaw]", // Monday morning
    ] {
        let now: Zoned = now.parse().unwrap();
        let started = std::time::Instant::now();
        let (_folder, store) = filled(&now);
        println!("filled in {:?}", started.elapsed());
        let counters = store.counters(&now).unwrap();
        for counter in Counter::ALL {
            println!("{now} {} {}", counter.word(), counters.get(counter));
        }
        let (rows, _) = store.today(&now, 100).unwrap();
        for row in rows {
            let words: Vec<_> = row.counters.iter().map(|c| c.word()).collect();
            println!(
                "{} | {} | {:?} | {} | {} | {words:?}",
                row.since,
                row.who,
                row.company.map(String::from),
                row.title,
                row.deal.map_or(0, |d| d.0)
            );
        }
    }
}
