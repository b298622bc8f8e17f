//! The board of deals: a column for each stage, with what its deals are worth.

use super::deal::{DealRow, State};
use super::money::{Money, percent};
use super::pipeline::Pipelines;
use super::text::Text;
use std::collections::BTreeMap;

/// Which deals are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those I handle.
    Mine,
    /// Those I watch.
    Watched,
    /// Nothing happened for too long.
    Stale,
    /// Nothing is planned.
    NoNext,
    /// They should close this month.
    Closing,
}

impl Filter {
    /// In the order in which a key turns them.
    pub const ALL: [Self; 6] = [Self::All, Self::Mine, Self::Watched, Self::Stale, Self::NoNext, Self::Closing];

    /// What stands over the board.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Watched => "watched",
            Self::Stale => "stale",
            Self::NoNext => "nothing planned",
            Self::Closing => "closing this month",
        }
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|known| *known == self).unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or_default()
    }
}

/// Deals that the store finds together: of one state, in one pipeline, and while they are open in one stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// As it stands in the store; empty is the first pipeline.
    pub pipeline: Text,
    /// The stage; of closed deals none.
    pub stage: Option<Text>,
    /// Open, won, lost.
    pub state: State,
}

/// The deals of one place and one currency, as the store adds them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceSum {
    /// Where.
    pub place: Place,
    /// In which currency.
    pub currency: String,
    /// How many.
    pub deals: u64,
    /// Their sum in minor units.
    pub minor: i128,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A stage, with its probability in per cent.
    Stage(u8),
    /// Deals in stages that the configuration does not have.
    Gone,
    /// Won ones.
    Won,
    /// Lost ones.
    Lost,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: Text,
    /// What it is.
    pub kind: Kind,
    /// Where its deals are in the store.
    pub places: Vec<Place>,
    /// How many there are.
    pub deals: u64,
    /// What they are worth, for each currency.
    pub sums: Vec<Money>,
    /// What of it is likely, for each currency.
    pub weighted: Vec<Money>,
    /// Its first deals, in its order.
    pub rows: Vec<DealRow>,
}

/// What stands over the column of deals whose stage is in no pipeline.
pub const GONE: &str = "(no longer a stage)";

/// The columns of a pipeline without their rows: its stages, those that are none any more where there are some, and with
/// `closed` won and lost. Deals of a pipeline that is gone are shown in the first one.
#[must_use]
pub fn columns(pipelines: &Pipelines, pipeline: &str, sums: &[PlaceSum], closed: bool) -> Vec<Column> {
    let Some(shown) = pipelines.named(pipeline) else { return Vec::new() };
    let name = shown.name.as_str();
    let here: Vec<&PlaceSum> = sums.iter().filter(|sum| pipelines.is_in(sum.place.pipeline.as_str(), name)).collect();
    let known = |sum: &PlaceSum| {
        pipelines.has(sum.place.pipeline.as_str())
            && shown.stages.iter().any(|stage| Some(&stage.name) == sum.place.stage.as_ref())
    };
    let open = |sum: &&&PlaceSum| sum.place.state == State::Open;
    let mut columns = Vec::new();
    for stage in &shown.stages {
        let in_it = here.iter().filter(open).filter(|sum| known(sum) && sum.place.stage.as_ref() == Some(&stage.name));
        columns.push(column(stage.name.clone(), Kind::Stage(stage.probability), in_it));
    }
    let gone = column(Text::own(GONE), Kind::Gone, here.iter().filter(open).filter(|sum| !known(sum)));
    columns.extend((gone.deals > 0).then_some(gone));
    if closed {
        for (state, kind) in [(State::Won, Kind::Won), (State::Lost, Kind::Lost)] {
            let in_it = here.iter().filter(|sum| sum.place.state == state);
            columns.push(column(Text::own(state.word()), kind, in_it));
        }
    }
    columns
}

fn column<'a>(title: Text, kind: Kind, sums: impl Iterator<Item = &'a &'a PlaceSum>) -> Column {
    let probability = match kind {
        Kind::Stage(probability) => i128::from(probability),
        Kind::Won => 100,
        Kind::Gone | Kind::Lost => 0,
    };
    let (mut places, mut deals) = (Vec::new(), 0_u64);
    let mut money: BTreeMap<&str, i128> = BTreeMap::new();
    for sum in sums {
        if !places.contains(&sum.place) {
            places.push(sum.place.clone());
        }
        deals = deals.saturating_add(sum.deals);
        let whole = money.entry(&sum.currency).or_default();
        *whole = whole.saturating_add(sum.minor);
    }
    let weigh = |minor: i128| percent(minor.saturating_mul(probability));
    Column {
        title,
        kind,
        places,
        deals,
        sums: money.iter().map(|(currency, minor)| Money::of(*minor, currency)).collect(),
        weighted: money.iter().map(|(currency, minor)| Money::of(weigh(*minor), currency)).collect(),
        rows: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(pipeline: &'static str, stage: Option<&'static str>, state: State, currency: &str, minor: i128) -> PlaceSum {
        let place = Place { pipeline: Text::own(pipeline), stage: stage.map(Text::own), state };
        PlaceSum { place, currency: currency.to_owned(), deals: 2, minor }
    }

    #[test]
    fn every_deal_stands_in_one_column() {
        let sums = [
            sum("", Some("offer"), State::Open, "PLN", 1_001),
            sum("sales", Some("offer"), State::Open, "PLN", 4),
            sum("sales", Some("offer"), State::Open, "EUR", 100),
            sum("sales", Some("dreams"), State::Open, "EUR", 7),
            sum("service", Some("offer"), State::Open, "EUR", 9),
            sum("sales", None, State::Won, "EUR", 11),
        ];
        let said = |closed| -> Vec<String> {
            columns(&Pipelines::default(), "sales", &sums, closed)
                .iter()
                .map(|c| {
                    format!(
                        "{} {} {} {:?}",
                        c.title,
                        c.deals,
                        c.places.len(),
                        c.weighted.iter().map(|m| m.minor).collect::<Vec<_>>()
                    )
                })
                .collect()
        };
        assert_eq!(
            said(false),
            [
                "new 0 0 []",
                "offer 6 2 [30, 302]",
                "negotiation 0 0 []",
                "contract 0 0 []",
                "(no longer a stage) 4 2 [0]"
            ],
            "a pipeline that is gone is shown in the first one"
        );
        assert_eq!(said(true)[5..], ["won 2 1 [11]", "lost 0 0 []"]);
        assert_eq!(
            columns(&Pipelines::default(), "sales", &[], false).len(),
            4,
            "the last column is there when it is needed"
        );
    }

    #[test]
    fn filters_turn_round() {
        let mut filter = Filter::All;
        for _ in Filter::ALL {
            filter = filter.next();
        }
        assert_eq!((filter, Filter::All.next()), (Filter::All, Filter::Mine));
    }
}
