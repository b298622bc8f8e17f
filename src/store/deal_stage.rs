//! Where deals stood and when: one row for each change of stage, state or amount.

use super::payment::money_at;
use super::{Store, moment, ms, text_at};
use crate::domain::deal::{StageRow, State};
use crate::domain::id;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

impl Store {
    /// Enters how a deal stands now, where that is not what its newest row says. The store does it and not a trigger: an
    /// undo puts rows of `deal` back, and must not look like a new step of the deal.
    pub(super) fn remember_stage(&self, deal: id::Deal, at: Timestamp) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO deal_stage (deal_id, pipeline, stage, state, amount_minor, currency, at)
                 SELECT d.id, d.pipeline, d.stage, d.state, d.amount_minor, d.currency, ?2 FROM deal d WHERE d.id = ?1
                 EXCEPT
                 SELECT * FROM (SELECT deal_id, pipeline, stage, state, amount_minor, currency, ?2 FROM deal_stage
                                WHERE deal_id = ?1 ORDER BY at DESC, id DESC LIMIT 1)",
            )?
            .execute(params![deal.0, ms(at)])?;
        Ok(())
    }

    /// Where a deal stood, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_history(&self, deal: id::Deal) -> Result<Vec<StageRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT pipeline, stage, state, amount_minor, currency, at FROM deal_stage WHERE deal_id = ?1 ORDER BY at, id",
        )?;
        let rows = statement.query_map([deal.0], |row| {
            Ok(StageRow {
                pipeline: text_at(row, "pipeline")?,
                stage: text_at(row, "stage")?,
                state: State::from_word(row.get_ref("state")?.as_str()?).unwrap_or(State::Open),
                amount: money_at(row, "amount_minor")?,
                at: moment(row.get("at")?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Since when a deal stands in its stage: the first row after the last one that says another stage or state.
    pub(super) fn stage_since(&self, deal: id::Deal) -> Result<Option<Timestamp>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT min(s.at) FROM deal d CROSS JOIN deal_stage s ON s.deal_id = d.id
             WHERE d.id = ?1 AND s.at >= coalesce((SELECT max(o.at) FROM deal_stage o WHERE o.deal_id = d.id
                 AND (o.pipeline, o.stage, o.state) <> (d.pipeline, d.stage, d.state)), 0)
               AND (s.pipeline, s.stage, s.state) = (d.pipeline, d.stage, d.state)",
        )?;
        let since: Option<Option<i64>> = statement.query_row([deal.0], |row| row.get(0)).optional()?;
        Ok(since.flatten().map(moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::text::Text;
    use crate::store::cards_fixture::{Shop, at, now, sale};
    use crate::store::deal::DealEdit;

    #[test]
    fn every_step_is_kept_and_an_undo_takes_it_back() {
        let shop = Shop::open();
        let deal = shop.act(|store| store.add_deal(&sale("Desks", None, None)));
        let steps = |shop: &Shop| -> Vec<String> {
            let rows = shop.store.deal_history(deal).unwrap();
            rows.iter().map(|row| format!("{} {} {}", row.stage, row.state.word(), row.amount.plain())).collect()
        };
        let store = &shop.store;
        let day = |text: &str| at(&format!("2026-11-{text}T08:00:00Z"));
        let to = |stage: &'static str, when: &str| {
            store.record("move", day(when), || store.move_deal(deal, &Text::default(), &Text::own(stage), day(when)))
        };
        to("negotiation", "05").unwrap();
        // A move to where it stands is none.
        to("negotiation", "06").unwrap();
        let edit = DealEdit { amount: Money::parse("900", "PLN"), ..DealEdit::default() };
        store.record("edit", day("07"), || store.update_deal(deal, &edit, day("07"))).unwrap();
        let titled = DealEdit { title: Some(Text::own("Chairs")), ..DealEdit::default() };
        store.record("title", day("08"), || store.update_deal(deal, &titled, day("08"))).unwrap();
        assert_eq!(steps(&shop), ["offer open 1200.00", "negotiation open 1200.00", "negotiation open 900.00"]);
        let since = |shop: &Shop| shop.store.deal_row(deal, now().date()).unwrap().unwrap().stage_since;
        assert_eq!(since(&shop), day("05"), "another amount is no other stage");
        store.record("won", day("09"), || store.close_deal(deal, State::Won, &Text::default(), day("09"))).unwrap();
        assert_eq!(steps(&shop).last().map(String::as_str), Some("negotiation won 900.00"));
        store.undo(day("10")).unwrap();
        store.undo(day("10")).unwrap();
        assert_eq!(steps(&shop), ["offer open 1200.00", "negotiation open 1200.00", "negotiation open 900.00"]);
        store.undo(day("10")).unwrap();
        assert_eq!(steps(&shop).len(), 2, "the amount of before");
        to("offer", "11").unwrap();
        assert_eq!(since(&shop), day("11"), "back in a stage counts anew");
    }
}
