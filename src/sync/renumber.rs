//! Letters numbered anew (UIDVALIDITY changed, RFC 3501, 2.3.1.1): recognised without being fetched again.
//!
//! Proton Bridge numbers anew on every upgrade; a mailbox of years would be fetched whole. What agrees in Message-ID and size, and
//! is the only one to do so on both sides, is the same letter. Everything else is fetched, and its digest decides.

use super::remote::Remote;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::net::imap::Identity;
use crate::store::{Mark, NewCopy, Store};
use std::collections::HashMap;

/// Copies entered in one transaction.
const BATCH: usize = 2000;

/// Enters the letters of the open folder that are here under other numbers. Gives how many.
///
/// # Errors
/// When the server or the store fails; what was committed before stays.
pub(super) fn rematch(store: &Store, remote: &mut dyn Remote, folder: id::Folder, numbering: u32) -> Result<usize> {
    let here = store.stale_marks(folder, numbering)?;
    if here.is_empty() {
        return Ok(0);
    }
    let there = remote.identify(None)?;
    let pairs = pair(&here, &there);
    let copies: Vec<NewCopy> = pairs
        .into_iter()
        .map(|(mark, letter)| NewCopy {
            folder,
            uid_validity: numbering,
            uid: letter.uid,
            message: mark.message,
            flags: letter.flags,
            keywords: letter.keywords.clone(),
        })
        .collect();
    for batch in copies.chunks(BATCH) {
        store.write(|| store.recognised(batch))?;
    }
    Ok(copies.len())
}

/// The letters that are certainly the same: one and only one on each side has this Message-ID and size; among several, one and only one
/// on each side also arrived at this moment.
fn pair<'a>(here: &'a [Mark], there: &'a [Identity]) -> Vec<(&'a Mark, &'a Identity)> {
    type Sides<'a> = (Vec<&'a Mark>, Vec<&'a Identity>);
    let mut alike: HashMap<(&str, u64), Sides<'a>> = HashMap::new();
    for mark in here {
        if let Some(msg_id) = &mark.msg_id {
            alike.entry((msg_id, mark.size)).or_default().0.push(mark);
        }
    }
    for letter in there {
        if let (Some(msg_id), Some(size)) = (&letter.msg_id, letter.size)
            && let Some((_, letters)) = alike.get_mut(&(msg_id.as_str(), size))
        {
            letters.push(letter);
        }
    }
    let mut pairs = Vec::new();
    for (marks, letters) in alike.into_values() {
        if let ([mark], [letter]) = (&marks[..], &letters[..]) {
            pairs.push((*mark, *letter));
            continue;
        }
        for mark in &marks {
            let arrived =
                |letter: &&&Identity| letter.internal_date.is_some_and(|at| at.as_millisecond() == mark.arrived_at);
            let twins = marks.iter().filter(|other| other.arrived_at == mark.arrived_at).count();
            let mut fitting = letters.iter().filter(arrived);
            if let (1, Some(letter), None) = (twins, fitting.next(), fitting.next()) {
                pairs.push((mark, letter));
            }
        }
    }
    // As the server numbers them: the same store whatever the map's order.
    pairs.sort_unstable_by_key(|(_, letter)| letter.uid);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::MsgId;
    use jiff::Timestamp;

    fn mark(message: i64, msg_id: &str, size: u64, minute: i64) -> Mark {
        let msg_id = Some(msg_id.to_owned()).filter(|id| !id.is_empty());
        Mark { uid: 1, message: id::Message(message), msg_id, size, arrived_at: minute * 60_000 }
    }

    fn letter(uid: u32, msg_id: &str, size: u64, minute: i64) -> Identity {
        Identity {
            uid,
            msg_id: MsgId::parse(msg_id),
            size: Some(size),
            internal_date: Some(Timestamp::from_second(minute * 60).unwrap()),
            ..Identity::default()
        }
    }

    #[test]
    fn only_what_is_certain_is_recognised() {
        for (what, here, there, expected) in [
            ("the same", vec![mark(1, "a@x", 9, 1)], vec![letter(7, "a@x", 9, 1)], vec![(1, 7)]),
            ("imported again: another date", vec![mark(1, "a@x", 9, 1)], vec![letter(7, "a@x", 9, 5)], vec![(1, 7)]),
            ("another size", vec![mark(1, "a@x", 9, 1)], vec![letter(7, "a@x", 10, 1)], vec![]),
            ("no Message-ID", vec![mark(1, "", 9, 1)], vec![letter(7, "", 9, 1)], vec![]),
            (
                "two alike, told apart by their arrival",
                vec![mark(1, "a@x", 9, 1), mark(2, "a@x", 9, 2)],
                vec![letter(7, "a@x", 9, 2), letter(8, "a@x", 9, 1)],
                vec![(2, 7), (1, 8)],
            ),
            (
                "two alike that arrived together",
                vec![mark(1, "a@x", 9, 1), mark(2, "a@x", 9, 1)],
                vec![letter(7, "a@x", 9, 1), letter(8, "a@x", 9, 1)],
                vec![],
            ),
            (
                "one here, two there",
                vec![mark(1, "a@x", 9, 1)],
                vec![letter(7, "a@x", 9, 1), letter(8, "a@x", 9, 1)],
                vec![],
            ),
            (
                "one of two is gone there",
                vec![mark(1, "a@x", 9, 1), mark(2, "a@x", 9, 2)],
                vec![letter(8, "a@x", 9, 2)],
                vec![(2, 8)],
            ),
        ] {
            let found: Vec<(i64, u32)> =
                pair(&here, &there).into_iter().map(|(mark, letter)| (mark.message.0, letter.uid)).collect();
            assert_eq!(found, expected, "{what}");
        }
    }
}
