//! The order rows are shown in: the store's, but what I look at does not move under my hand.
//!
//! Rows that come above what is on the screen wait until I ask for them (`g g`). A row that an undo brings back stands where it
//! stood. Skipped rows stand at the end of the round, and a round ends when nothing else is left.

use crate::domain::counter::{Subject, Waiting};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// So many rows that went are remembered, for an undo.
const REMEMBERED: usize = 100;
/// How long what I cleared stays away though the store still has it: the act is on its way.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(3);

/// A row that went: where it stood.
#[derive(Debug, Clone, Copy)]
struct Gone {
    subject: Subject,
    above: Option<Subject>,
    index: usize,
}

/// What is kept beside the rows.
#[derive(Debug, Default)]
pub struct Order {
    /// The next answer of the store is taken as it is.
    pub fresh: bool,
    /// The next row that comes back is selected: I took back what cleared it.
    pub undone: bool,
    /// Rows that came above what is on the screen, in the store's order.
    pub arrived: Vec<Waiting>,
    /// Rows that stand at the end of the round, the first skipped first.
    pub skipped: Vec<Subject>,
    gone: Vec<Gone>,
    clearing: Vec<(Subject, Timestamp)>,
}

/// What an answer of the store became.
#[derive(Debug, Default)]
pub struct Arranged {
    /// The rows to be shown.
    pub rows: Vec<Waiting>,
    /// The row to be selected, on the line where the cursor is.
    pub select: Option<Subject>,
    /// Everything else was cleared: what was skipped is shown again.
    pub new_round: bool,
}

impl Order {
    /// I cleared it: it goes at once.
    pub fn cleared(&mut self, shown: &[Waiting], subject: Subject, now: Timestamp) {
        self.remember(shown, subject);
        self.clearing.push((subject, now));
    }

    /// The acts that were on their way are done, or failed.
    pub fn acted(&mut self) {
        self.clearing.clear();
    }

    fn remember(&mut self, shown: &[Waiting], subject: Subject) {
        let Some(index) = shown.iter().position(|row| row.subject == subject) else { return };
        let above = index.checked_sub(1).and_then(|above| shown.get(above)).map(|row| row.subject);
        self.gone.retain(|gone| gone.subject != subject);
        self.gone.push(Gone { subject, above, index });
        let surplus = self.gone.len().saturating_sub(REMEMBERED);
        self.gone.drain(..surplus);
    }

    /// Skips a row, or takes that back; true when it is skipped now.
    pub fn skip(&mut self, subject: Subject) -> bool {
        let before = self.skipped.len();
        self.skipped.retain(|skipped| *skipped != subject);
        let skipped = self.skipped.len() == before;
        if skipped {
            self.skipped.push(subject);
        }
        skipped
    }

    /// Brings an answer of the store into the order to be shown. `in_sight` of the shown rows must not move.
    pub fn arrange(&mut self, shown: &[Waiting], in_sight: usize, mut rows: Vec<Waiting>, now: Timestamp) -> Arranged {
        self.clearing.retain(|(_, at)| now.duration_since(*at) < ON_ITS_WAY);
        rows.retain(|row| !self.clearing.iter().any(|(subject, _)| *subject == row.subject));
        self.skipped.retain(|skipped| rows.iter().any(|row| row.subject == *skipped));
        for row in shown.iter().filter(|row| !rows.iter().any(|new| new.subject == row.subject)) {
            self.remember(shown, row.subject);
        }
        let mut select = None;
        let fresh = std::mem::take(&mut self.fresh) || shown.is_empty();
        let mut rows = if fresh {
            self.arrived.clear();
            self.gone.clear();
            rows
        } else {
            self.keep(shown, in_sight, rows, &mut select)
        };
        if rows.is_empty() {
            rows = std::mem::take(&mut self.arrived);
        }
        let new_round = self.skipped_last(&mut rows);
        Arranged { rows, select, new_round }
    }

    /// The rows in sight as they stand, the others after them in the store's order.
    fn keep(
        &mut self,
        shown: &[Waiting],
        in_sight: usize,
        rows: Vec<Waiting>,
        select: &mut Option<Subject>,
    ) -> Vec<Waiting> {
        let place: HashMap<Subject, usize> = (0..).zip(&rows).map(|(place, row)| (row.subject, place)).collect();
        let known = |subject: &Subject| shown.iter().any(|row| row.subject == *subject);
        let head: Vec<Subject> =
            shown.iter().take(in_sight).map(|row| row.subject).filter(|s| place.contains_key(s)).collect();
        let lowest = head.iter().filter(|s| !self.skipped.contains(s)).filter_map(|s| place.get(s)).max().copied();
        let mut order = head.clone();
        let (mut tail, mut arrived, mut back) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let subject = row.subject;
            match self.gone.iter().find(|gone| gone.subject == subject) {
                _ if head.contains(&subject) => {}
                Some(_) if !known(&subject) => back.push(subject),
                _ if known(&subject) || place.get(&subject).copied() > lowest => tail.push(subject),
                _ => arrived.push(subject),
            }
        }
        order.extend(tail);
        // As an undo goes: what went last comes first, so that each finds the row it stood below.
        let gone: Vec<Gone> = self.gone.iter().rev().filter(|gone| back.contains(&gone.subject)).copied().collect();
        self.gone.retain(|gone| !back.contains(&gone.subject));
        for gone in gone {
            let below = gone.above.and_then(|above| order.iter().position(|s| *s == above)).map(|above| above + 1);
            order.insert(below.unwrap_or(gone.index).min(order.len()), gone.subject);
        }
        if !back.is_empty() && std::mem::take(&mut self.undone) {
            *select = order.iter().find(|subject| back.contains(subject)).copied();
        }
        let mut found: HashMap<Subject, Waiting> = rows.into_iter().map(|row| (row.subject, row)).collect();
        self.arrived = arrived.iter().filter_map(|subject| found.remove(subject)).collect();
        order.iter().filter_map(|subject| found.remove(subject)).collect()
    }

    /// Puts skipped rows at the end; true when there is nothing else, so that the next round begins.
    pub fn skipped_last(&mut self, rows: &mut [Waiting]) -> bool {
        if !rows.is_empty() && rows.iter().all(|row| self.skipped.contains(&row.subject)) {
            self.skipped.clear();
            return true;
        }
        let turn = |row: &Waiting| self.skipped.iter().position(|skipped| *skipped == row.subject).map(|at| at + 1);
        rows.sort_by_key(|row| turn(row).unwrap_or(0));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::counter::Counter;
    use crate::domain::id;
    use crate::domain::text::Text;

    fn row(key: i64) -> Waiting {
        Waiting {
            subject: Subject::Thread(id::Thread(key)),
            counters: vec![Counter::Unanswered],
            since: Timestamp::UNIX_EPOCH,
            raised: Vec::new(),
            assigned: Text::default(),
            on_its_way: false,
            who: Text::default(),
            company: None,
            title: Text::default(),
            detail: Text::default(),
            contact: None,
            company_id: None,
            deal: None,
            thread: Some(id::Thread(key)),
            letter: None,
        }
    }

    fn rows(keys: &[i64]) -> Vec<Waiting> {
        keys.iter().map(|key| row(*key)).collect()
    }

    fn keys(rows: &[Waiting]) -> Vec<i64> {
        rows.iter()
            .map(|row| match row.subject {
                Subject::Thread(thread) => thread.0,
                _ => 0,
            })
            .collect()
    }

    fn thread(key: i64) -> Subject {
        Subject::Thread(id::Thread(key))
    }

    fn arrange(order: &mut Order, shown: &[i64], in_sight: usize, store: &[i64]) -> Vec<i64> {
        keys(&order.arrange(&rows(shown), in_sight, rows(store), Timestamp::UNIX_EPOCH).rows)
    }

    #[test]
    fn what_is_in_sight_does_not_move() {
        for (shown, in_sight, store, expected, arrived) in [
            (&[][..], 9, &[1, 2, 3][..], &[1, 2, 3][..], &[][..]), // the first answer
            (&[1, 2, 3], 9, &[9, 1, 2, 3], &[1, 2, 3], &[9]),      // above: it waits
            (&[1, 2, 3], 9, &[1, 2, 3, 9], &[1, 2, 3, 9], &[]),    // below: it is seen
            (&[1, 2, 3], 9, &[3, 2, 1], &[1, 2, 3], &[]),          // the store would have it otherwise
            (&[1, 2, 3, 4, 5], 2, &[1, 9, 5, 2, 8, 4, 3], &[1, 2, 5, 8, 4, 3], &[9]), // out of sight the store's order
            (&[1, 2, 3], 9, &[1, 3], &[1, 3], &[]),                // one went
            (&[1, 2], 9, &[7, 8], &[7, 8], &[]),                   // all went
            (&[1], 9, &[], &[], &[]),
        ] {
            let mut order = Order::default();
            assert_eq!(arrange(&mut order, shown, in_sight, store), expected, "{shown:?} {store:?}");
            assert_eq!(keys(&order.arrived), arrived, "{shown:?} {store:?}");
        }
        let mut order = Order { fresh: true, ..Order::default() };
        assert_eq!(arrange(&mut order, &[1, 2, 3], 9, &[9, 1, 2, 3]), [9, 1, 2, 3], "I asked for it");
    }

    #[test]
    fn an_undone_row_stands_where_it_stood() {
        let mut order = Order::default();
        let shown = rows(&[1, 2, 3, 4]);
        order.cleared(&shown, thread(2), Timestamp::UNIX_EPOCH);
        // The store still has it: the act is on its way.
        assert_eq!(arrange(&mut order, &[1, 3, 4], 9, &[1, 2, 3, 4]), [1, 3, 4]);
        order.acted();
        assert_eq!(arrange(&mut order, &[1, 3, 4], 9, &[1, 3, 4]), [1, 3, 4]);
        order.undone = true;
        let back = order.arrange(&rows(&[1, 3, 4]), 9, rows(&[2, 1, 3, 4]), Timestamp::UNIX_EPOCH);
        assert_eq!((keys(&back.rows), back.select), (vec![1, 2, 3, 4], Some(thread(2))));
        // Nobody confirmed the act: after some seconds the row is there again.
        order.cleared(&rows(&[1, 2, 3, 4]), thread(2), Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(4);
        assert_eq!(keys(&order.arrange(&rows(&[1, 3, 4]), 9, rows(&[1, 2, 3, 4]), later).rows), [1, 2, 3, 4]);
    }

    #[test]
    fn rows_that_went_together_come_back_in_their_order() {
        let mut order = Order::default();
        let mut shown = vec![1, 2, 3, 4, 5];
        for key in [2, 3, 4] {
            order.cleared(&rows(&shown), thread(key), Timestamp::UNIX_EPOCH);
            shown.retain(|other| *other != key);
        }
        order.acted();
        order.undone = true;
        let back = order.arrange(&rows(&shown), 9, rows(&[5, 4, 3, 2, 1]), Timestamp::UNIX_EPOCH);
        assert_eq!((keys(&back.rows), back.select), (vec![1, 2, 3, 4, 5], Some(thread(2))));
    }

    #[test]
    fn skipped_rows_stand_at_the_end_of_the_round() {
        let mut order = Order::default();
        assert!(order.skip(thread(1)));
        assert_eq!(arrange(&mut order, &[1, 2, 3], 9, &[1, 2, 3]), [2, 3, 1]);
        assert!(order.skip(thread(2)));
        assert_eq!(arrange(&mut order, &[2, 3, 1], 9, &[1, 2, 3, 4]), [3, 4, 1, 2]);
        assert!(!order.skip(thread(1)));
        order.fresh = true;
        assert_eq!(arrange(&mut order, &[3, 4, 1, 2], 9, &[1, 2, 3, 4]), [1, 3, 4, 2]);
        let round = order.arrange(&rows(&[1, 3, 4, 2]), 9, rows(&[2]), Timestamp::UNIX_EPOCH);
        assert_eq!((keys(&round.rows), round.new_round, order.skipped.len()), (vec![2], true, 0));
    }
}
