//! Sets of UIDs on the wire (RFC 3501, sequence-set).

use std::fmt::Write;

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

#[cfg(test)]
mod tests {
    use super::ranges;

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
