//! What has to be done for a folder: a pure decision from what is known here and what the server says.

use crate::domain::message::Flags;
use crate::net::imap::Selected;
use crate::store::{CopyFlags, Cursor};
use std::collections::BTreeMap;

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

/// What a complete listing asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps {
    /// To fetch, newest first.
    pub fetch: Vec<u32>,
    /// Copies here that the server no longer has.
    pub gone: Vec<u32>,
}

/// Compares a complete listing of the server (ascending) with the copies here.
#[must_use]
pub fn steps(listed: &[u32], local: &BTreeMap<u32, CopyFlags>) -> Steps {
    let fetch = listed.iter().rev().filter(|uid| !local.contains_key(uid)).copied().collect();
    let gone = local.keys().filter(|uid| listed.binary_search(uid).is_err()).copied().collect();
    Steps { fetch, gone }
}

/// Wishes that can be said in one command: the same flags to add and to remove.
#[must_use]
pub fn group_wishes(wishes: &[(u32, Flags, Flags)]) -> Vec<(Flags, Flags, Vec<u32>)> {
    let mut groups: Vec<(Flags, Flags, Vec<u32>)> = Vec::new();
    for (uid, add, remove) in wishes {
        match groups.iter_mut().find(|(a, r, _)| a == add && r == remove) {
            Some((_, _, uids)) => uids.push(*uid),
            None => groups.push((*add, *remove, vec![*uid])),
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
        Selected { uid_validity: Some(7), uid_next: Some(101), exists: 90, highest_modseq: Some(50), read_only: false }
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
        let flags = CopyFlags { server: Flags::default(), wanted: Flags::default() };
        let local = BTreeMap::from([(2, flags), (3, flags), (9, flags)]);
        assert_eq!(steps(&[1, 2, 3, 4, 7], &local), Steps { fetch: vec![7, 4, 1], gone: vec![9] });
    }

    #[test]
    fn equal_wishes_go_together() {
        let (seen, none) = (Flags::SEEN, Flags::default());
        let groups = group_wishes(&[(1, seen, none), (2, none, seen), (5, seen, none)]);
        assert_eq!(groups, [(seen, none, vec![1, 5]), (none, seen, vec![2])]);
    }
}
