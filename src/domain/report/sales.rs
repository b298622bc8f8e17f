//! Deals: what is in the pipeline, what was won and lost, how deals went from stage to stage.

use super::letters::Times;
use crate::domain::deal::State;
use crate::domain::forecast::Line;
use crate::domain::id;
use crate::domain::money::{Money, percent as hundredth};
use crate::domain::pipeline::Pipelines;
use crate::domain::text::Text;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The deals of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sales {
    /// Open deals as they stand now, in the order of the stages, each currency of its own.
    pub pipeline: Vec<StageRow>,
    /// Deals entered in the period.
    pub opened: u64,
    /// Deals won in the period.
    pub won: Outcome,
    /// Deals lost in the period.
    pub lost: Outcome,
    /// Why deals were lost in the period, the most frequent reason first.
    pub reasons: Vec<(Text, u64)>,
    /// Days from entering to winning, of the deals won in the period.
    pub days_to_win: Times,
    /// Calls made, at any time, in the deals won in the period.
    pub calls_in_won: u64,
    /// How deals went through the stages in the period.
    pub passage: Vec<Passage>,
    /// What the open deals are expected to bring, by the month they should close in.
    pub forecast: Vec<Line>,
}

/// Open deals of one stage and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    /// The pipeline's name.
    pub pipeline: Text,
    /// The stage's name.
    pub stage: Text,
    /// How many deals.
    pub deals: u64,
    /// Their sum.
    pub amount: Money,
    /// Their sum, each deal counted as much as it is likely to be won.
    pub weighted: Money,
}

/// Deals that ended in one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many.
    pub deals: u64,
    /// Their sums, one for each currency.
    pub amounts: Vec<Money>,
}

/// How deals went through a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The pipeline's name.
    pub pipeline: Text,
    /// The stage's name.
    pub stage: Text,
    /// Deals that entered it in the period.
    pub entered: u64,
    /// Of those, how many came to a later stage or were won, by now.
    pub went_on: u64,
    /// Of those, how many were lost from it.
    pub lost: u64,
    /// Days in it, of the stays that ended in the period.
    pub days: Times,
}

impl Passage {
    /// In percent of those that entered.
    #[must_use]
    pub fn conversion(&self) -> Option<u64> {
        (self.went_on * 100).checked_div(self.entered)
    }
}

/// One step of a deal's history: from then on it stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// Which deal.
    pub deal: id::Deal,
    /// The pipeline's name.
    pub pipeline: Text,
    /// The stage's name.
    pub stage: Text,
    /// Open, won or lost.
    pub state: State,
    /// From when.
    pub at: Timestamp,
}

/// Follows deals through their stages. `history` has all steps of a deal together, in the order of time.
#[must_use]
pub fn passages(history: &[Stood], bounds: (Timestamp, Timestamp), pipelines: &Pipelines) -> Vec<Passage> {
    let inside = |at: Timestamp| (bounds.0..bounds.1).contains(&at);
    let order = |step: &Stood| pipelines.order(step.pipeline.as_str(), step.stage.as_str());
    let mut found: BTreeMap<(usize, usize, Text), Passage> = BTreeMap::new();
    for deal in history.chunk_by(|a, b| a.deal == b.deal) {
        for (index, step) in deal.iter().enumerate().filter(|(_, step)| step.state == State::Open) {
            let before = index.checked_sub(1).and_then(|before| deal.get(before));
            // An amount that changed, or a deal opened again where it was, enters nothing.
            if before.is_some_and(|before| {
                before.state == State::Open && before.stage == step.stage && before.pipeline == step.pipeline
            }) {
                continue;
            }
            let place = order(step);
            let later = deal.get(index + 1..).unwrap_or_default();
            let left =
                later.iter().find(|next| next.state != State::Open || order(next) != place || next.stage != step.stage);
            let passage = found.entry((place.0, place.1, step.stage.clone())).or_insert_with(|| Passage {
                pipeline: step.pipeline.clone(),
                stage: step.stage.clone(),
                entered: 0,
                went_on: 0,
                lost: 0,
                days: Times::default(),
            });
            if inside(step.at) {
                passage.entered += 1;
                let on = later.iter().any(|next| match next.state {
                    State::Won => true,
                    State::Open => order(next).0 == place.0 && order(next).1 > place.1,
                    State::Lost => false,
                });
                passage.went_on += u64::from(on);
                passage.lost += u64::from(!on && left.is_some_and(|next| next.state == State::Lost));
            }
            if let Some(left) = left.filter(|left| inside(left.at)) {
                passage.days.push(days(step.at, left.at));
            }
        }
    }
    found.into_values().filter(|passage| passage.entered > 0 || !passage.days.is_empty()).collect()
}

/// Whole days from one moment to another.
#[must_use]
pub fn days(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).max(0) / 86_400
}

/// One sum for each currency, in the order of their names.
pub fn add(sums: &mut Vec<Money>, amount: &Money) {
    match sums.binary_search_by(|sum| sum.currency.cmp(&amount.currency)) {
        Ok(place) => {
            if let Some(sum) = sums.get_mut(place) {
                sum.minor = sum.minor.saturating_add(amount.minor);
            }
        }
        Err(place) => sums.insert(place, amount.clone()),
    }
}

/// So many percent of an amount.
#[must_use]
pub fn weighted(amount: &Money, percent: u8) -> Money {
    Money::of(hundredth(i128::from(amount.minor) * i128::from(percent)), &amount.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stood(deal: i64, day: &str, stage: &'static str, state: State) -> Stood {
        let at = format!("2026-{day}T09:00:00Z").parse().unwrap();
        Stood { deal: id::Deal(deal), pipeline: Text::own("sales"), stage: Text::own(stage), state, at }
    }

    fn november(history: &[Stood]) -> Vec<(String, u64, u64, u64, Option<i64>)> {
        let bounds = ("2026-11-01T00:00:00Z".parse().unwrap(), "2026-12-01T00:00:00Z".parse().unwrap());
        passages(history, bounds, &Pipelines::default())
            .into_iter()
            .map(|p| (p.stage.to_string(), p.entered, p.went_on, p.lost, p.days.median()))
            .collect()
    }

    #[test]
    fn deals_are_followed_through_their_stages() {
        use State::{Lost, Open, Won};
        let history = [
            // Came in October, went on in November, won.
            stood(1, "10-20", "new", Open),
            stood(1, "11-01", "offer", Open),
            stood(1, "11-05", "offer", Open), // only its amount changed
            stood(1, "11-11", "contract", Open),
            stood(1, "11-12", "contract", Won),
            // Lost from the offer.
            stood(2, "11-02", "offer", Open),
            stood(2, "11-06", "offer", Lost),
            // Still there.
            stood(3, "11-20", "offer", Open),
            // Back a stage, which is not on.
            stood(4, "11-03", "offer", Open),
            stood(4, "11-04", "new", Open),
        ];
        assert_eq!(
            november(&history),
            [
                ("new".to_owned(), 1, 0, 0, Some(12)),
                ("offer".to_owned(), 4, 1, 1, Some(4)),
                ("contract".to_owned(), 1, 1, 0, Some(1)),
            ]
        );
        assert_eq!(november(&[]), []);
    }

    #[test]
    fn an_amount_counts_as_much_as_it_is_likely() {
        let amount = Money::parse("1000.01", "PLN").unwrap();
        assert_eq!(weighted(&amount, 30), Money::parse("300", "PLN").unwrap());
        assert_eq!(weighted(&Money { minor: i64::MAX, ..amount.clone() }, 100).minor, i64::MAX);
        let mut sums = Vec::new();
        for (written, currency) in [("1", "PLN"), ("2", "EUR"), ("3", "PLN")] {
            add(&mut sums, &Money::parse(written, currency).unwrap());
        }
        assert_eq!(sums, [Money::parse("2", "EUR").unwrap(), Money::parse("4", "PLN").unwrap()]);
    }
}
