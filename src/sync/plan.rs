//! What has to be done for a folder: a pure decision from what is known here and what the server says.

use crate::domain::folder::Standing;
use crate::net::imap::Selected;
use crate::store::Cursor;
use std::collections::BTreeSet;

/// How a folder stands before anything is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing came, went or changed its flags: nothing to ask.
    Unchanged,
    /// The same numbering: list, fetch what is missing, read flags that changed.
    Incremental {
        /// Only flags changed since then; `None`: all of them.
        changed_since: Option<u64>,
    },
    /// The server numbers its letters anew (UIDVALIDITY changed, RFC 3501, 2.3.1.1): nothing here may be believed to be
    /// gone until all that it has is here under the new numbers.
    Renumbered,
}

/// A server that breaks RFC 3501 may give no UIDVALIDITY, or 0: then 1 stands for "always the same".
#[must_use]
pub fn uid_validity(selected: &Selected) -> u32 {
    selected.uid_validity.unwrap_or(1).max(1)
}

/// Decides how to look at a folder from its cursor, the number of copies here, and the server's answer to SELECT.
#[must_use]
pub fn look(cursor: &Cursor, local_count: u64, selected: &Selected) -> Look {
    if cursor.uid_validity != 0 && cursor.uid_validity != uid_validity(selected) {
        return Look::Renumbered;
    }
    // A modification sequence that went back is a server restored from a backup: flags are read anew.
    let known = Some(cursor.highest_modseq).filter(|modseq| *modseq > 0);
    let changed_since = known.filter(|known| selected.highest_modseq.is_some_and(|now| now >= *known));
    let same_letters = selected.uid_next.is_some_and(|next| next == cursor.uid_next && next > 0)
        && u64::from(selected.exists) == local_count
        && cursor.server_count == Some(selected.exists);
    let same_flags = known.is_some() && known == selected.highest_modseq;
    if cursor.complete && same_letters && same_flags {
        return Look::Unchanged;
    }
    Look::Incremental { changed_since }
}

/// True when what the server said of a folder without opening it shows that nothing came, went or changed its flags.
#[must_use]
pub fn unchanged(cursor: &Cursor, local_count: u64, state: &Standing) -> bool {
    let Some(exists) = state.messages else { return false };
    let selected = Selected {
        uid_validity: state.uid_validity,
        uid_next: state.uid_next,
        exists,
        highest_modseq: state.highest_modseq,
        ..Selected::default()
    };
    look(cursor, local_count, &selected) == Look::Unchanged
}

/// True when the numbering may have changed though UIDVALIDITY does not say so: there is none, or UIDNEXT went back (a server
/// restored from a backup gives the same UIDs to other letters).
#[must_use]
pub fn doubtful_numbering(cursor: &Cursor, selected: &Selected) -> bool {
    selected.uid_validity.is_none() || selected.uid_next.is_some_and(|next| next < cursor.uid_next)
}

/// What a complete listing, or a trustworthy account of changes, asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps {
    /// To fetch, newest first.
    pub fetch: Vec<u32>,
    /// Copies here that the server no longer has.
    pub gone: Vec<u32>,
}

/// Compares a complete listing of the server (ascending) with the copies here.
#[must_use]
pub fn steps(listed: &[u32], local: &BTreeSet<u32>) -> Steps {
    let fetch = listed.iter().rev().filter(|uid| !local.contains(uid)).copied().collect();
    let gone = local.iter().filter(|uid| listed.binary_search(uid).is_err()).copied().collect();
    Steps { fetch, gone }
}

/// What the server tells of changes since the cursor, as far as the copies here are touched by it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// UIDs it named that are not here.
    pub new: Vec<u32>,
    /// UIDs here that it says are gone.
    pub gone: Vec<u32>,
    /// It named a letter as gone and as there.
    pub contradictory: bool,
}

/// Takes an account of changes for the whole truth when it agrees with the server's own count; `None`: a complete listing has to
/// tell. `local` counts the copies here.
#[must_use]
pub fn steps_told(told: Told, local: u64, cursor: &Cursor, selected: &Selected) -> Option<Steps> {
    let after = (local + told.new.len() as u64).checked_sub(told.gone.len() as u64)?;
    // UIDNEXT moved, so something came; an account that names nothing of it leaves something out (twenty#24826).
    let came = selected.uid_next.is_none_or(|next| next > cursor.uid_next);
    let named = told.new.iter().any(|uid| *uid >= cursor.uid_next);
    if told.contradictory || after != u64::from(selected.exists) || (came && !named) {
        return None;
    }
    let mut fetch = told.new;
    fetch.sort_unstable_by(|one, next| next.cmp(one));
    Some(Steps { fetch, gone: told.gone })
}

/// Wishes that can be said in one command: those of the same words, in the order their first was made.
#[must_use]
pub fn grouped<W: PartialEq>(wishes: Vec<(u32, W)>) -> Vec<(W, Vec<u32>)> {
    let mut groups: Vec<(W, Vec<u32>)> = Vec::new();
    for (uid, wish) in wishes {
        match groups.iter_mut().find(|(known, _)| *known == wish) {
            Some((_, uids)) => uids.push(uid),
            None => groups.push((wish, vec![uid])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor { uid_validity: 7, uid_next: 101, highest_modseq: 50, server_count: Some(90), complete: true }
    }

    fn selected() -> Selected {
        let (uid_validity, uid_next, highest_modseq) = (Some(7), Some(101), Some(50));
        Selected { uid_validity, uid_next, exists: 90, highest_modseq, ..Selected::default() }
    }

    #[test]
    fn how_a_folder_is_looked_at() {
        let all = Look::Incremental { changed_since: None };
        let since = Look::Incremental { changed_since: Some(50) };
        for (what, local, server, cursor, expected) in [
            ("nothing changed", 90, selected(), cursor(), Look::Unchanged),
            ("first time", 0, selected(), Cursor::default(), all),
            ("a letter came", 90, Selected { uid_next: Some(102), exists: 91, ..selected() }, cursor(), since),
            ("a letter went", 90, Selected { exists: 89, ..selected() }, cursor(), since),
            ("one came, one went", 90, Selected { uid_next: Some(102), ..selected() }, cursor(), since),
            ("a flag changed", 90, Selected { highest_modseq: Some(51), ..selected() }, cursor(), since),
            ("one is missing here", 89, selected(), cursor(), since),
            ("the last sync was cut", 90, selected(), Cursor { complete: false, ..cursor() }, since),
            ("numbered anew", 90, Selected { uid_validity: Some(8), ..selected() }, cursor(), Look::Renumbered),
            (
                "no UIDVALIDITY",
                90,
                Selected { uid_validity: None, ..selected() },
                Cursor { uid_validity: 1, ..cursor() },
                Look::Unchanged,
            ),
            (
                "no CONDSTORE",
                90,
                Selected { highest_modseq: None, ..selected() },
                Cursor { highest_modseq: 0, ..cursor() },
                all,
            ),
            ("CONDSTORE is gone", 90, Selected { highest_modseq: None, ..selected() }, cursor(), all),
            ("modification sequence went back", 90, Selected { highest_modseq: Some(9), ..selected() }, cursor(), all),
            ("no UIDNEXT", 90, Selected { uid_next: None, ..selected() }, cursor(), since),
            ("UIDNEXT went back", 90, Selected { uid_next: Some(90), ..selected() }, cursor(), since),
        ] {
            assert_eq!(look(&cursor, local, &server), expected, "{what}");
        }
    }

    #[test]
    fn newest_first_and_only_a_listing_takes_away() {
        let local = BTreeSet::from([2, 3, 9]);
        assert_eq!(steps(&[1, 2, 3, 4, 7], &local), Steps { fetch: vec![7, 4, 1], gone: vec![9] });
    }

    #[test]
    fn an_account_of_changes_is_believed_when_the_count_agrees() {
        let told = |new: &[u32], gone: &[u32]| Told { new: new.to_vec(), gone: gone.to_vec(), contradictory: false };
        let server = |exists, next| Selected { exists, uid_next: Some(next), ..selected() };
        let steps = |fetch: &[u32], gone: &[u32]| Some(Steps { fetch: fetch.to_vec(), gone: gone.to_vec() });
        for (what, told, server, expected) in [
            ("flags only", told(&[], &[]), server(90, 101), steps(&[], &[])),
            ("two came", told(&[101, 102], &[]), server(92, 103), steps(&[102, 101], &[])),
            ("one went", told(&[], &[5]), server(89, 101), steps(&[], &[5])),
            ("one came, one went", told(&[101], &[5]), server(90, 102), steps(&[101], &[5])),
            ("one went untold", told(&[], &[]), server(89, 101), None),
            ("one came untold", told(&[], &[]), server(91, 102), None),
            ("one came and one went, both untold", told(&[], &[]), server(90, 102), None),
            ("more gone than there were", told(&[], &(0..91).collect::<Vec<_>>()), server(0, 101), None),
            ("there and gone", Told { contradictory: true, ..told(&[], &[]) }, server(90, 101), None),
        ] {
            assert_eq!(steps_told(told, 90, &cursor(), &server), expected, "{what}");
        }
    }

    #[test]
    fn a_folder_need_not_be_opened_to_see_that_nothing_changed() {
        let state =
            Standing { uid_validity: Some(7), uid_next: Some(101), messages: Some(90), highest_modseq: Some(50) };
        assert!(unchanged(&cursor(), 90, &state));
        for other in [
            Standing { messages: None, ..state },
            Standing { messages: Some(91), ..state },
            Standing { uid_next: None, ..state },
            Standing { highest_modseq: None, ..state },
            Standing { highest_modseq: Some(51), ..state },
            Standing { uid_validity: Some(8), ..state },
            Standing::default(),
        ] {
            assert!(!unchanged(&cursor(), 90, &other), "{other:?}");
        }
        assert!(!unchanged(&cursor(), 89, &state), "one is missing here");
    }

    #[test]
    fn when_the_numbering_is_in_doubt() {
        assert!(!doubtful_numbering(&cursor(), &selected()));
        assert!(doubtful_numbering(&cursor(), &Selected { uid_validity: None, ..selected() }));
        assert!(doubtful_numbering(&cursor(), &Selected { uid_next: Some(100), ..selected() }));
        assert!(!doubtful_numbering(&cursor(), &Selected { uid_next: None, ..selected() }));
    }

    #[test]
    fn equal_wishes_go_together() {
        assert_eq!(grouped(vec![(1, 'a'), (2, 'b'), (5, 'a')]), [('a', vec![1, 5]), ('b', vec![2])]);
    }
}
