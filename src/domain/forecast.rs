//! What the open deals will bring, month by month: the whole and the part that is likely, for each currency.

use super::money::{Money, percent};
use super::pipeline::Pipelines;
use super::text::Text;
use std::collections::BTreeMap;

/// When deals should close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Month {
    /// They should have closed before today.
    Overdue,
    /// In this month of this year, from today on.
    Of(i16, i8),
    /// Nobody has said when.
    Unknown,
}

impl Month {
    /// `2026-12`, `overdue`, `no date`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Overdue => "overdue".to_owned(),
            Self::Of(year, month) => format!("{year:04}-{month:02}"),
            Self::Unknown => "no date".to_owned(),
        }
    }
}

/// The open deals of one stage that should close in one month, in one currency, as the store adds them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Their pipeline.
    pub pipeline: Text,
    /// Their stage.
    pub stage: Text,
    /// When they should close.
    pub month: Month,
    /// In which currency.
    pub currency: String,
    /// How many.
    pub deals: u64,
    /// Their sum in minor units.
    pub minor: i128,
}

/// A line of the forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub month: Month,
    /// How many deals.
    pub deals: u64,
    /// All of it.
    pub amount: Money,
    /// Each amount times the probability of its stage; rounded once, half up.
    pub weighted: Money,
}

/// The forecast, in the order of months and currencies. With `only` of one pipeline.
#[must_use]
pub fn forecast(slices: &[Slice], pipelines: &Pipelines, only: Option<&str>) -> Vec<Line> {
    let mut lines: BTreeMap<(Month, &str), (u64, i128, i128)> = BTreeMap::new();
    for slice in slices.iter().filter(|slice| only.is_none_or(|name| pipelines.is_in(slice.pipeline.as_str(), name))) {
        let line = lines.entry((slice.month, &slice.currency)).or_default();
        let probability = i128::from(pipelines.probability(slice.pipeline.as_str(), slice.stage.as_str()));
        line.0 = line.0.saturating_add(slice.deals);
        line.1 = line.1.saturating_add(slice.minor);
        line.2 = line.2.saturating_add(slice.minor.saturating_mul(probability));
    }
    let line = |((month, currency), (deals, whole, weighted)): ((Month, &str), (u64, i128, i128))| Line {
        month,
        deals,
        amount: Money::of(whole, currency),
        weighted: Money::of(percent(weighted), currency),
    };
    lines.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(stage: &'static str, month: Month, currency: &str, minor: i128) -> Slice {
        let (pipeline, stage) = (Text::default(), Text::own(stage));
        Slice { pipeline, stage, month, currency: currency.to_owned(), deals: 1, minor }
    }

    #[test]
    fn amounts_are_weighted_by_stage_and_rounded_once() {
        let december = Month::Of(2026, 12);
        let slices = [
            slice("offer", december, "PLN", 5),
            slice("offer", december, "PLN", 5),
            slice("contract", december, "PLN", 5),
            slice("gone", december, "PLN", 100),
            slice("new", Month::Unknown, "EUR", 1_000),
            slice("new", Month::Overdue, "EUR", 1_000),
            slice("new", Month::Of(2027, 1), "EUR", i128::MAX),
        ];
        let lines = forecast(&slices, &Pipelines::default(), None);
        let said: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {} {} {}", line.month.word(), line.deals, line.amount.plain(), line.weighted.minor))
            .collect();
        // 5 × 30 % + 5 × 30 % + 5 × 90 % = 7.5, half up: 8; each for itself would give 2 + 2 + 5.
        assert_eq!(said[..2], ["overdue 1 10.00 100", "2026-12 4 1.15 8"]);
        assert_eq!(said[3], "no date 1 10.00 100");
        assert_eq!(lines[2].amount.minor, i64::MAX, "what no amount holds stays at its end");
        assert_eq!(forecast(&slices, &Pipelines::default(), Some("sales")).len(), 4);
        let mut other = slices[0].clone();
        other.pipeline = Text::own("service");
        assert!(
            forecast(&[other], &Pipelines::default(), Some("sales")).len() == 1,
            "an unknown one is shown in the first"
        );
    }
}
