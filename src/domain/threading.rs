//! Joining letters into threads by their headers, never by subject alone.
//!
//! A letter belongs with every letter it names (`References`, `In-Reply-To`) and with every letter that names it:
//! threads are the connected parts of that graph, so the order of arrival does not matter. This is the
//! `REFERENCES` algorithm of RFC 5256 without its grouping by subject, which merges different customers
//! (FIELD-NOTES: Pipedrive).

use super::message::{MsgId, Parsed};

/// How many names of one letter are followed. Real conversations stay far below; a hostile letter that names
/// thousands must not join thousands of threads.
const MOST_LINKS: usize = 100;

/// The names by which a letter is joined: its own first, then those it answers, nearest first, each once.
#[must_use]
pub fn links(letter: &Parsed) -> Vec<MsgId> {
    let mut links: Vec<MsgId> = Vec::new();
    let named = letter.msg_id.iter().chain(&letter.in_reply_to).chain(letter.references.iter().rev());
    for name in named {
        if is_telling(name) && !links.contains(name) {
            links.push(name.clone());
        }
        if links.len() == MOST_LINKS {
            break;
        }
    }
    links
}

/// False for names that broken senders give to every letter, which would join strangers.
fn is_telling(name: &MsgId) -> bool {
    let id = name.as_str();
    id.len() >= 6
        && id.contains(|c: char| c.is_ascii_digit() || c.is_alphabetic())
        && !matches!(id, "unknown" | "localhost" | "message-id")
}

/// What to do with the threads that a letter's links already belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joining<T> {
    /// None: begin one.
    New,
    /// Join this one; the others (if any) are merged into it.
    Join {
        /// The thread that stays: the oldest.
        into: T,
        /// Threads that this letter turns out to belong with.
        merged: Vec<T>,
    },
}

/// Decides from the threads found for a letter's links. The oldest (smallest key) stays.
#[must_use]
pub fn join<T: Ord + Copy>(mut found: Vec<T>) -> Joining<T> {
    found.sort_unstable();
    found.dedup();
    match found.split_first() {
        None => Joining::New,
        Some((into, merged)) => Joining::Join { into: *into, merged: merged.to_vec() },
    }
}

/// A subject without its answer marks ("Re:", «Отв:», "Odp:", "Fwd:"), for showing a thread's title.
#[must_use]
pub fn bare_subject(subject: &str) -> &str {
    const MARKS: [&str; 16] = [
        "re",
        "fwd",
        "fw",
        "aw",
        "wg",
        "sv",
        "vs",
        "odp",
        "pd",
        "отв",
        "ответ",
        "на",
        "пересл",
        "fwd fwd",
        "відп",
        "переад",
    ];
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once(':') {
        let mark = mark.trim().to_lowercase();
        let bare = mark.split(['[', '(']).next().unwrap_or("").trim();
        if !MARKS.contains(&bare) {
            break;
        }
        rest = after.trim();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn answer_marks_go() {
        for (subject, bare) in [
            ("Re: Fwd: Offer", "Offer"),
            ("ODP: Oferta", "Oferta"),
            ("Re[2]: Заказ", "Заказ"),
            ("Отв: Заказ: столы", "Заказ: столы"),
            ("Report: Q3", "Report: Q3"),
            ("Re:", ""),
        ] {
            assert_eq!(bare_subject(subject), bare);
        }
    }

    /// Threads as the store would build them, letter by letter.
    fn threads(letters: &[(usize, Vec<usize>)]) -> BTreeSet<BTreeSet<usize>> {
        let mut thread_of: BTreeMap<usize, usize> = BTreeMap::new();
        for (position, (own, names)) in letters.iter().enumerate() {
            let links: Vec<usize> = std::iter::once(own).chain(names).copied().collect();
            let found = links.iter().filter_map(|link| thread_of.get(link).copied()).collect();
            let into = match join(found) {
                Joining::New => position,
                Joining::Join { into, merged } => {
                    for thread in thread_of.values_mut().filter(|t| merged.contains(t)) {
                        *thread = into;
                    }
                    into
                }
            };
            for link in links {
                thread_of.insert(link, into);
            }
        }
        let mut groups: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (own, _) in letters {
            groups.entry(thread_of[own]).or_default().insert(*own);
        }
        groups.into_values().collect()
    }

    proptest::proptest! {
        #[test]
        fn arrival_order_does_not_matter(
            names in proptest::collection::vec(proptest::collection::vec(0usize..30, 0..3), 1..20),
            seed in 0u64..1000,
        ) {
            let letters: Vec<(usize, Vec<usize>)> = names.into_iter().enumerate().collect();
            let mut shuffled = letters.clone();
            let mut state = seed;
            for i in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(i, (state >> 33) as usize % (i + 1));
            }
            proptest::prop_assert_eq!(threads(&letters), threads(&shuffled));
        }
    }
}
