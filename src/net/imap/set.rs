//! Sets of UIDs on the wire (RFC 3501, sequence-set).

use std::fmt::Write;
use std::ops::RangeInclusive;

/// UIDs as a server tells them. A range may be wider than the letters in it (RFC 7162, 3.2.10): it is not counted out.
pub type Ranges = Vec<RangeInclusive<u32>>;

/// A command line that every server takes (RFC 7162, 4, asks for 8,192 octets; the rest of the command needs some).
const LENGTH: usize = 4000;

/// UIDs as sequence sets, neighbours joined to ranges: `1:4,7`. Several where one would be too long a line.
#[must_use]
pub fn ranges(uids: &[u32]) -> Vec<String> {
    let mut uids: Vec<u32> = uids.iter().copied().filter(|uid| *uid > 0).collect();
    uids.sort_unstable();
    uids.dedup();
    let mut sets: Vec<String> = Vec::new();
    for run in uids.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let set = match sets.last_mut() {
            Some(set) if set.len() < LENGTH => {
                set.push(',');
                set
            }
            _ => {
                sets.push(String::new());
                let Some(set) = sets.last_mut() else { continue };
                set
            }
        };
        // Writing to a String cannot fail.
        let _ = if first == last { write!(set, "{first}") } else { write!(set, "{first}:{last}") };
    }
    sets
}

/// Reads a set as servers write it, in their order; `None` when it is none. `7:3` is `3:7` (RFC 3501, seq-range).
pub(super) fn parse(text: &str) -> Option<Ranges> {
    text.split(',')
        .map(|part| {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
            Some(first.min(last)..=first.max(last))
        })
        .collect()
}

/// The UIDs one by one, in their order; `None` when there are more than `most`.
pub(super) fn counted_out(ranges: &[RangeInclusive<u32>], most: usize) -> Option<Vec<u32>> {
    let total: u64 = ranges.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum();
    (total <= most as u64).then(|| ranges.iter().cloned().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::{counted_out, parse, ranges};

    #[test]
    fn sets_of_servers_are_read_and_not_trusted() {
        assert_eq!(parse("41,43:45,9:7"), Some(vec![41..=41, 43..=45, 7..=9]));
        for odd in ["", "a", "1:", "1,,2", "-1", "4294967296", "1:*"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert_eq!(counted_out(&[3..=4, 1..=1], 3), Some(vec![3, 4, 1]));
        assert_eq!(counted_out(&[0..=u32::MAX, 1..=1], 1_000_000), None);
    }

    #[test]
    fn neighbours_are_joined() {
        for (uids, sets) in [
            (&[][..], &[][..]),
            (&[5], &["5"]),
            (&[3, 1, 2, 2, 7, u32::MAX], &["1:3,7,4294967295"]),
            (&[0, 4, 6], &["4,6"]),
        ] {
            assert_eq!(ranges(uids), sets, "{uids:?}");
        }
    }

    #[test]
    fn a_long_set_becomes_several_lines_and_loses_nobody() {
        let uids: Vec<u32> = (1..20_000).map(|n| n * 2).collect();
        let sets = ranges(&uids);
        assert!(sets.len() > 1 && sets.iter().all(|set| set.len() < 4100));
        let back: Vec<u32> = sets.iter().flat_map(|set| set.split(',')).map(|uid| uid.parse().unwrap()).collect();
        assert_eq!(back, uids);
    }
}
