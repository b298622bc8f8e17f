//! Letters arrive newest first, oldest first, or anyhow: the same threads, filings, leads and counters.

use super::*;
use crate::sync::ingest::{Arrival, Destination, ingest};

/// Stores the story in this order, in batches of this size.
fn arrived(order: &[usize], batch: usize) -> Vec<String> {
    let story = story();
    let mut world = World::new(Server::new(FOLDERS));
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

#[test]
fn the_order_of_arrival_does_not_matter() {
    let oldest_first: Vec<usize> = (0..story().len()).collect();
    let expected = arrived(&oldest_first, 7);
    assert!(expected.iter().any(|line| line.contains("counter new_leads 3")), "Ola, Piotr and Ewa: {expected:#?}");
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
        let found = arrived(&order, 5);
        assert!(found == expected, "{name}:\n{}", difference(&expected, &found));
    }
}
