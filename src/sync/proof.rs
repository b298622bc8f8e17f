//! Completeness proved: every letter of a server against the copies here, one by one; and every stored letter against the
//! fingerprint it had when it came.

use crate::domain::id;
use crate::domain::problem::{Kind, Result};
use crate::mime;
use crate::net::imap::Identity as RemoteIdentity;
use crate::store::{Identity, Store};
use std::collections::BTreeMap;

/// Letters of which a sample is taken when not all of them are looked at.
const SAMPLE: u32 = 200;
/// Letters read at once.
const AT_ONCE: u32 = 200;

/// What a folder's copies here lack against the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Letters on the server.
    pub of: u64,
    /// On the server and not here.
    pub missing: Vec<u32>,
    /// Here and not on the server.
    pub extra: Vec<u32>,
    /// Another letter here than there, told by the Message-ID; or its bytes are not here.
    pub changed: Vec<(u32, id::Message)>,
    /// The same letter, of another size than the server says: some servers guess.
    pub sizes: Vec<u32>,
}

impl Comparison {
    /// Nothing is missing, too much, or another.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty() && self.changed.is_empty()
    }
}

/// Compares a complete listing of a folder, and what its letters are as far as the server told, with the copies here.
#[must_use]
pub fn compare(listed: &[u32], there: &[RemoteIdentity], here: &[Identity]) -> Comparison {
    let local: BTreeMap<u32, &Identity> = here.iter().map(|copy| (copy.uid, copy)).collect();
    let remote: BTreeMap<u32, &RemoteIdentity> = there.iter().map(|letter| (letter.uid, letter)).collect();
    let mut found = Comparison { of: listed.len() as u64, ..Comparison::default() };
    for uid in listed {
        let Some(copy) = local.get(uid) else {
            found.missing.push(*uid);
            continue;
        };
        let letter = remote.get(uid);
        // A header with several ids, or one cut at our limit, is read in one way here and in another there: only two that
        // are both read and differ tell of another letter.
        let another = letter.is_some_and(|letter| match (&letter.msg_id, &copy.msg_id) {
            (Some(there), Some(here)) => there.as_str() != here,
            _ => false,
        });
        if another || copy.size.is_none() {
            found.changed.push((*uid, copy.message));
        } else if copy.only && letter.is_some_and(|letter| letter.size.is_some_and(|size| Some(size) != copy.size)) {
            found.sizes.push(*uid);
        }
    }
    found.extra = local.keys().filter(|uid| listed.binary_search(uid).is_err()).copied().collect();
    found
}

/// What came of looking at stored letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// So many were opened.
    pub opened: u64,
    /// These cannot be opened, or are no longer what they were.
    pub damaged: Vec<id::Message>,
}

/// Opens stored letters and compares their fingerprints: all, or an even sample of them.
///
/// # Errors
/// When the store cannot be read.
pub fn look_at_letters(store: &Store, all: bool, tell: &mut dyn FnMut(u64)) -> Result<Looked> {
    let newest = u32::try_from(store.last_message()?.0).unwrap_or(u32::MAX);
    let every = if all { 1 } else { (newest / SAMPLE).max(1) };
    let mut looked = Looked::default();
    let mut last = id::Message(0);
    loop {
        let letters = store.stored_letters(last, every, AT_ONCE)?;
        let Some((end, _)) = letters.last() else { return Ok(looked) };
        last = *end;
        for (letter, digest) in &letters {
            let whole = match store.raw(*letter) {
                Ok(bytes) => bytes.is_some_and(|bytes| {
                    mime::digest_of(&bytes) == *digest || mime::digest_without_files(&bytes) == Some(*digest)
                }),
                Err(problem) if matches!(problem.kind, Kind::Store | Kind::Damaged) => false,
                Err(problem) => return Err(problem),
            };
            if !whole {
                looked.damaged.push(*letter);
            }
        }
        looked.opened += letters.len() as u64;
        tell(looked.opened);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::MsgId;

    fn there(uid: u32, size: u64, msg_id: &str) -> RemoteIdentity {
        RemoteIdentity { uid, size: Some(size), msg_id: MsgId::parse(msg_id), ..RemoteIdentity::default() }
    }

    fn here(uid: u32, size: u64, msg_id: &str, only: bool) -> Identity {
        let msg_id = Some(msg_id.to_owned()).filter(|id| !id.is_empty());
        Identity { uid, message: id::Message(i64::from(uid) * 10), msg_id, size: Some(size), only }
    }

    #[test]
    fn letter_by_letter() {
        let local = [
            here(1, 100, "a", true),
            here(2, 100, "b", true),
            here(3, 100, "c", true),
            here(4, 90, "d", false),
            here(6, 100, "", true),
            Identity { size: None, ..here(7, 0, "g", true) },
            here(9, 100, "i", true),
        ];
        let remote = [
            there(1, 100, "a"),
            there(2, 100, "other"),
            there(3, 101, "c"),
            there(4, 100, "d"),
            there(5, 100, "e"),
            there(6, 100, "f"),
            there(7, 100, "g"),
        ];
        let found = compare(&[1, 2, 3, 4, 5, 6, 7, 8], &remote, &local);
        assert_eq!(
            found,
            Comparison {
                of: 8,
                missing: vec![5, 8],
                extra: vec![9],
                changed: vec![(2, id::Message(20)), (7, id::Message(70))],
                sizes: vec![3],
            }
        );
        assert!(!found.is_whole());
        assert!(compare(&[1], &[], &local[..1]).is_whole(), "what the server does not tell is no difference");
    }
}
