//! Deals of a report: what stands in the pipeline, what was won and lost, how deals went through the stages, the forecast.

use crate::domain::deal::State;
use crate::domain::forecast::forecast;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::pipeline::Pipelines;
use crate::domain::problem::Result;
use crate::domain::report::sales::{Outcome, Passage, Sales, StageRow, Stood, add, days, passages, weighted};
use crate::domain::text::{Text, fold};
use crate::store::{Store, count_at, moment, ms, text_at};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

impl Store {
    pub(super) fn sales(&self, bounds: (Timestamp, Timestamp), pipelines: &Pipelines, today: Date) -> Result<Sales> {
        let (from, until) = (ms(bounds.0), ms(bounds.1));
        let opened = self
            .sql()
            .prepare_cached("SELECT count(*) AS deals FROM deal WHERE created_at >= ?1 AND created_at < ?2")?
            .query_row([from, until], |row| count_at(row, "deals"))?;
        let mut sales = Sales {
            pipeline: self.pipeline(pipelines)?,
            opened,
            passage: self.passage(bounds, pipelines)?,
            forecast: forecast(&self.forecast_slices(today)?, pipelines, None),
            ..Sales::default()
        };
        let mut reasons: BTreeMap<String, (Text, u64)> = BTreeMap::new();
        let mut statement = self.sql().prepare_cached(
            "SELECT d.state, d.amount_minor, d.currency, d.reason, d.created_at, d.closed_at,
                 (SELECT count(*) FROM activity a WHERE a.deal_id = d.id AND a.kind = 'call' AND a.done_at IS NOT NULL) AS calls
             FROM deal d WHERE d.state IN ('won', 'lost') AND d.closed_at >= ?1 AND d.closed_at < ?2",
        )?;
        let mut rows = statement.query([from, until])?;
        while let Some(row) = rows.next()? {
            let amount = Money { minor: row.get("amount_minor")?, currency: row.get("currency")? };
            if row.get::<_, String>("state")? == State::Won.word() {
                count(&mut sales.won, &amount);
                sales.days_to_win.push(days(moment(row.get("created_at")?), moment(row.get("closed_at")?)));
                sales.calls_in_won += count_at(row, "calls")?;
            } else {
                count(&mut sales.lost, &amount);
                let reason = text_at(row, "reason")?;
                let spelled = fold(reason.as_str().trim());
                reasons.entry(spelled).or_insert((reason, 0)).1 += 1;
            }
        }
        sales.reasons = reasons.into_values().collect();
        sales.reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), reason.clone()));
        Ok(sales)
    }

    /// Open deals by stage, in the order of the pipelines.
    fn pipeline(&self, pipelines: &Pipelines) -> Result<Vec<StageRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT pipeline, stage, currency, count(*) AS deals, sum(amount_minor) AS amount FROM deal WHERE state = 'open'
             GROUP BY pipeline, stage, currency",
        )?;
        let rows = statement.query_map([], |row| {
            let amount = Money { minor: row.get("amount")?, currency: row.get("currency")? };
            Ok((text_at(row, "pipeline")?, text_at(row, "stage")?, count_at(row, "deals")?, amount))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (pipeline, stage, deals, amount) = row?;
            let weighted = weighted(&amount, pipelines.probability(pipeline.as_str(), stage.as_str()));
            let order = pipelines.order(pipeline.as_str(), stage.as_str());
            let pipeline = pipelines.named(pipeline.as_str()).map_or(pipeline, |known| known.name.clone());
            found.push((order, StageRow { pipeline, stage, deals, amount, weighted }));
        }
        found.sort_by(|(a, x), (b, y)| (a, &x.stage, &x.amount.currency).cmp(&(b, &y.stage, &y.amount.currency)));
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    fn passage(&self, bounds: (Timestamp, Timestamp), pipelines: &Pipelines) -> Result<Vec<Passage>> {
        // Deals that did anything in the period, each with all of its history.
        let mut statement = self.sql().prepare_cached(
            "SELECT s.deal_id, s.pipeline, s.stage, s.state, s.at
             FROM (SELECT DISTINCT deal_id FROM deal_stage WHERE at >= ?1 AND at < ?2) p
             CROSS JOIN deal_stage s ON s.deal_id = p.deal_id ORDER BY s.deal_id, s.at, s.id",
        )?;
        let steps = statement.query_map([ms(bounds.0), ms(bounds.1)], |row| {
            let pipeline = text_at(row, "pipeline")?;
            let pipeline = pipelines.named(pipeline.as_str()).map_or(pipeline, |known| known.name.clone());
            Ok(Stood {
                deal: id::Deal(row.get("deal_id")?),
                pipeline,
                stage: text_at(row, "stage")?,
                state: State::from_word(row.get_ref("state")?.as_str()?).unwrap_or(State::Open),
                at: moment(row.get("at")?),
            })
        })?;
        Ok(passages(&steps.collect::<rusqlite::Result<Vec<_>>>()?, bounds, pipelines))
    }
}

fn count(outcome: &mut Outcome, amount: &Money) {
    outcome.deals += 1;
    add(&mut outcome.amounts, amount);
}
