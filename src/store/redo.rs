//! Redo, and what keeps the journal from growing without end.
//!
//! Taking an act back is itself recorded (`way = 'undo'`), so that the before-images of the undo are the after-images of the act: redo
//! puts those back, and what a card was between the two is known as well (`store/history.rs`).

use super::journal::{Back, change_from};
use super::{Store, ms};
use crate::domain::change::Change;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

/// Before-images of letters are kept for so many days. Those of clients, deals and activities are kept for good: they are the history.
const LETTERS_FOR_DAYS: i64 = 180;

/// Tables of the mail side: they fill the journal (a key on 100,000 marked letters leaves as many images) and no card needs them.
const OF_LETTERS: &str = "('copy', 'message', 'folder')";

/// So many images are given up in one transaction: nobody waits long for it.
const AT_ONCE: i64 = 20_000;

impl Store {
    /// Does again the act that was taken back last, while nothing else was done since; `None` when there is none.
    ///
    /// # Errors
    /// When what happened since makes it impossible; then nothing was changed.
    pub fn redo(&self, now: Timestamp) -> Result<Option<Change>> {
        self.write(|| {
            let Some((undo, change)) = self.last_undone()? else { return Ok(None) };
            self.refuse_faded(&Change { id: undo, ..change.clone() })?;
            let refused =
                |why: &str| Problem::new(Kind::Refused, format!("“{}” cannot be done again: {why}", change.title));
            if self.made_a_folder(change.id)? {
                return Err(refused("it made a folder").hint("do it anew"));
            }
            let back = self
                .recorded_as(change.id, "redo", now, || self.put_back(undo, now))
                .map_err(|problem| refused(&format!("something else was built on it since ({})", problem.sentence)))?;
            if back.lost > 0 {
                return Err(refused("the server has deleted its letters meanwhile"));
            }
            self.sql().execute("UPDATE change SET undone_at = NULL WHERE id = ?1", [change.id.0])?;
            self.refresh_after(&back)?;
            Ok(Some(Change { undone: false, ..change }))
        })
        .map_err(|problem| without_ground(problem, "done again"))
    }

    /// The newest undo after which nothing was done, with its act.
    fn last_undone(&self) -> Result<Option<(id::Change, Change)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT u.id AS undo, c.id, c.title, c.at, c.undone_at FROM change u JOIN change c ON c.id = u.of_change
             WHERE u.id > coalesce((SELECT max(id) FROM change WHERE way = 'act'), 0)
             AND u.way = 'undo' AND c.undone_at IS NOT NULL ORDER BY u.id DESC LIMIT 1",
        )?;
        Ok(statement.query_row([], |row| Ok((id::Change(row.get("undo")?), change_from(row)?))).optional()?)
    }

    /// What an undo takes away of a folder does not come back with it: the server's part of a folder is not in the journal.
    fn made_a_folder(&self, change: id::Change) -> Result<bool> {
        Ok(self.sql().query_row(
            "SELECT EXISTS (SELECT 1 FROM change_row WHERE change_id = ?1 AND noun = 'folder' AND before IS NULL)",
            [change.0],
            |row| row.get(0),
        )?)
    }

    /// Runs what takes an act back, or does it again, with the triggers listening. Call inside [`Store::write`].
    pub(super) fn recorded_as(
        &self,
        change: id::Change,
        way: &str,
        now: Timestamp,
        work: impl FnOnce() -> Result<Back>,
    ) -> Result<Back> {
        let sql = self.sql();
        sql.pragma_update(None, "defer_foreign_keys", true)?;
        sql.execute(
            "INSERT INTO change (title, at, of_change, way) SELECT title, ?2, id, ?3 FROM change WHERE id = ?1",
            params![change.0, ms(now), way],
        )?;
        sql.execute("INSERT INTO change_current (change_id) VALUES (?1)", [sql.last_insert_rowid()])?;
        let back = work()?;
        sql.execute("DELETE FROM change_current", [])?;
        Ok(back)
    }

    /// Some of what an act did is not in the journal any more: half an undo would be worse than none.
    pub(super) fn refuse_faded(&self, change: &Change) -> Result<()> {
        let faded: bool =
            self.sql().query_row("SELECT faded FROM change WHERE id = ?1", [change.id.0], |row| row.get(0))?;
        if !faded {
            return Ok(());
        }
        let sentence = format!(
            "“{}” was done more than {LETTERS_FOR_DAYS} days ago and cannot be taken back any more",
            change.title
        );
        Err(Problem::new(Kind::Refused, sentence))
    }

    /// Gives up before-images of letters that are older than half a year; the acts stay in the list, and say that they cannot be
    /// taken back any more. True when there may be more to give up.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn fade_journal(&self, now: Timestamp) -> Result<bool> {
        let Ok(before) = now.checked_sub(SignedDuration::from_hours(24 * LETTERS_FOR_DAYS)) else { return Ok(false) };
        self.write(|| {
            let sql = self.sql();
            let mut oldest = sql.prepare_cached(&format!(
                "SELECT DISTINCT r.change_id FROM change c CROSS JOIN change_row r
                 WHERE c.at < ?1 AND r.change_id = c.id AND r.noun IN {OF_LETTERS} LIMIT 100"
            ))?;
            let changes: Vec<i64> =
                oldest.query_map([ms(before)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let mut given_up = 0;
            for change in &changes {
                sql.execute("UPDATE change SET faded = 1 WHERE id = ?1", [change])?;
                given_up += sql.execute(
                    &format!(
                        "DELETE FROM change_row WHERE id IN (SELECT id FROM change_row WHERE change_id = ?1 AND noun IN {OF_LETTERS} LIMIT {AT_ONCE})"
                    ),
                    [change],
                )?;
                if i64::try_from(given_up).unwrap_or(i64::MAX) >= AT_ONCE {
                    break;
                }
            }
            Ok(!changes.is_empty())
        })
    }
}

/// Rows that lead nowhere are found when the transaction ends: said in the user's words.
pub(super) fn without_ground(problem: Problem, what: &str) -> Problem {
    if !problem.sentence.contains("FOREIGN KEY") {
        return problem;
    }
    Problem::new(Kind::Refused, format!("this cannot be {what}: something it is about is not there any more"))
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, at, now, person, sale};
    use super::*;
    use crate::domain::deal::State;
    use crate::domain::text::Text;

    #[test]
    fn what_was_taken_back_is_done_again_in_order() {
        let shop = Shop::open();
        let at = now().timestamp();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let mut rows = vec![shop.rows()];
        for stage in ["negotiation", "contract"] {
            shop.store
                .record(stage, at, || {
                    shop.store.move_deal(deal, &Text::own("sales"), &Text::own(stage), now().timestamp())
                })
                .unwrap();
            rows.push(shop.rows());
        }
        shop.store.record("anna", at, || shop.store.add_contact(&person("Anna", "", &["a@x.example"]))).unwrap();
        rows.push(shop.rows());
        let title = |change: Option<Change>| change.map(|change| change.title.to_string());
        for round in 0..2 {
            for (place, name) in [(2, "anna"), (1, "contract"), (0, "negotiation")] {
                assert_eq!(title(shop.store.undo(at).unwrap()).as_deref(), Some(name), "round {round}");
                assert_eq!(shop.rows(), rows[place]);
            }
            assert_eq!(shop.store.undo(at).unwrap(), None);
            for (place, name) in [(1, "negotiation"), (2, "contract"), (3, "anna")] {
                assert_eq!(title(shop.store.redo(at).unwrap()).as_deref(), Some(name), "round {round}");
                assert_eq!(shop.rows(), rows[place]);
            }
            assert_eq!(shop.store.redo(at).unwrap(), None);
        }
        assert_eq!(shop.store.changes(10).unwrap().len(), 3, "taking back and doing again are no acts of their own");
        // A new act ends it.
        shop.store.undo(at).unwrap();
        shop.store.record("won", at, || shop.store.close_deal(deal, State::Won, &Text::default(), at)).unwrap();
        assert_eq!(shop.store.redo(at).unwrap(), None);
    }

    #[test]
    fn an_act_done_again_is_the_act_it_was() {
        let shop = Shop::open();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        shop.store
            .record("renamed", now().timestamp(), || {
                let edit = crate::store::DealEdit { title: Some(Text::own("Chairs")), ..Default::default() };
                shop.store.update_deal(deal, &edit, now().timestamp())
            })
            .unwrap();
        shop.store.undo(now().timestamp()).unwrap();
        // Another deal was built on the same row meanwhile by somebody who records nothing: redo puts the act's own image back.
        shop.mail(&format!("UPDATE deal SET title = 'Lamps', note = 'kept' WHERE id = {deal}"));
        let again = shop.store.redo(now().timestamp()).unwrap();
        assert_eq!(again.map(|change| change.undone), Some(false));
        assert_eq!(shop.store.deal_row(deal, now().date()).unwrap().unwrap().title.as_str(), "Chairs");
    }

    #[test]
    fn what_cannot_be_done_again_says_so_and_changes_nothing() {
        let shop = Shop::open();
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        let at = now().timestamp();
        let amount = crate::domain::money::Money::parse("5", "PLN").unwrap();
        let payment = crate::store::NewPayment { deal, title: Text::own("Deposit"), due_on: now().date(), amount };
        shop.store.record("deposit", at, || shop.store.add_payment(&payment)).unwrap();
        shop.store.undo(at).unwrap();
        shop.mail(&format!("DELETE FROM deal_stage WHERE deal_id = {deal}; DELETE FROM deal WHERE id = {deal}"));
        let before = shop.rows();
        let problem = shop.store.redo(at).unwrap_err();
        assert_eq!(problem.sentence, "this cannot be done again: something it is about is not there any more");
        assert_eq!(shop.rows(), before);
    }

    #[test]
    fn long_ago_letters_fade_and_cards_stay() {
        let shop = Shop::open();
        let thread = shop.thread("offer", None, None, None);
        let letter = shop.letter(thread, "2026-01-10T08:00:00Z", "inbound");
        let long_ago = at("2026-01-11T08:00:00Z");
        let deal = shop.store.add_deal(&sale("Desks", None, None)).unwrap();
        shop.store
            .record("ignored", long_ago, || {
                shop.mail(&format!("UPDATE message SET ignored = 1 WHERE id = {letter}"));
                shop.store.move_deal(deal, &Text::own("sales"), &Text::own("contract"), now().timestamp())
            })
            .unwrap();
        let of = |noun: &str| shop.store.rows(&format!("SELECT count(*) FROM change_row WHERE noun = '{noun}'"));
        assert!(!shop.store.fade_journal(at("2026-02-01T08:00:00Z")).unwrap());
        assert_eq!((of("message"), of("deal")), (vec!["1".to_owned()], vec!["1".to_owned()]));
        while shop.store.fade_journal(now().timestamp()).unwrap() {}
        assert_eq!((of("message"), of("deal")), (vec!["0".to_owned()], vec!["1".to_owned()]));
        let problem = shop.store.undo(now().timestamp()).unwrap_err();
        assert_eq!(problem.sentence, "“ignored” was done more than 180 days ago and cannot be taken back any more");
    }
}
