//! The order of Today's rows: client by client, the one whose most pressing row is the most pressing of all first.

use super::today::Place;
use crate::domain::counter::Subject;
use crate::domain::urgency::Client;
use std::collections::{HashMap, HashSet};

/// So many counters there are.
const COUNTERS: usize = 9;

/// Something that waits, by one counter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) client: Option<Client>,
    pub(super) subject: Subject,
}

/// Each subject once, with the most pressing of its places: all rows of a client together, clients by their most pressing row.
/// What is nobody's stands where its own place puts it. At most so many, the first of all.
pub(super) fn client_by_client(found: Vec<Found>, most: usize) -> Vec<(Place, Subject)> {
    let mut clients: HashMap<Client, Place> = HashMap::new();
    for one in &found {
        if let Some(client) = one.client {
            let known = clients.entry(client).or_insert(one.place);
            *known = one.place.min(*known);
        }
    }
    type Rank = (Place, Option<Client>, Place, Subject);
    let rank = |one: &Found| -> Rank {
        let of_client = one.client.and_then(|client| clients.get(&client)).copied().unwrap_or(one.place);
        (of_client, one.client, one.place, one.subject)
    };
    let mut order: Vec<Rank> = found.iter().map(rank).collect();
    // A subject comes once from each counter that it raises: among so many there are enough different ones.
    let enough = most.saturating_mul(COUNTERS);
    if order.len() > enough {
        order.select_nth_unstable(enough);
        order.truncate(enough);
    }
    order.sort_unstable();
    let mut seen = HashSet::new();
    order.retain(|(.., subject)| seen.insert(*subject));
    order.truncate(most);
    order.into_iter().map(|(_, _, place, subject)| (place, subject)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id;
    use jiff::Timestamp;
    use std::cmp::Reverse;

    /// (thread, client or 0, raised, since)
    fn order(found: &[(i64, i64, u8, i64)], most: usize) -> Vec<i64> {
        let found = found.iter().map(|&(thread, client, steps, since)| Found {
            place: (Reverse(steps), Timestamp::from_second(since).unwrap()),
            client: Some(Client::Company(client)).filter(|_| client > 0),
            subject: Subject::Thread(id::Thread(thread)),
        });
        client_by_client(found.collect(), most)
            .into_iter()
            .map(|(_, subject)| match subject {
                Subject::Thread(thread) => thread.0,
                _ => 0,
            })
            .collect()
    }

    #[test]
    fn rows_of_a_client_stand_together() {
        for (found, most, expected) in [
            // By age, and the younger row of the oldest client beside it.
            (&[(1, 7, 0, 10), (2, 8, 0, 20), (3, 7, 0, 30)][..], 9, &[1, 3, 2][..]),
            // Nobody's stand by themselves.
            (&[(1, 0, 0, 10), (2, 8, 0, 20), (3, 0, 0, 30), (4, 8, 0, 40)], 9, &[1, 2, 4, 3]),
            // A raised row takes the client's others along, within the client it stands first.
            (&[(1, 7, 0, 10), (2, 8, 0, 20), (3, 8, 2, 30)], 9, &[3, 2, 1]),
            // One subject by several counters: once, by its most pressing one.
            (&[(1, 7, 0, 10), (2, 8, 0, 20), (2, 8, 1, 25), (1, 7, 0, 5)], 9, &[2, 1]),
            // No more than asked for, and those are the first.
            (&[(1, 7, 0, 10), (2, 8, 0, 20), (3, 7, 0, 30), (4, 9, 0, 1)], 3, &[4, 1, 3]),
        ] {
            assert_eq!(order(found, most), expected, "{found:?}");
        }
    }

    #[test]
    fn many_are_cut_to_the_first() {
        let found: Vec<(i64, i64, u8, i64)> = (0..1000).map(|n| (n, n % 500 + 1, 0, n)).collect();
        assert_eq!(order(&found, 5), [0, 500, 1, 501, 2]);
    }
}
