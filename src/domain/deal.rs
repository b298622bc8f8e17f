//! Deals: sales in progress, with what was offered and what is to be paid.

use super::id;
use super::money::Money;
use super::pipeline::Pipelines;
use super::text::Text;
use jiff::{Timestamp, civil::Date};

/// Whether a deal is still in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// In progress.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

super::contact::words!(State, Open = "open", Won = "won", Lost = "lost");

/// A deal in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealRow {
    /// Its key.
    pub id: id::Deal,
    /// What is sold.
    pub title: Text,
    /// The buying company's name.
    pub company: Option<Text>,
    /// The person it is agreed with.
    pub contact: Option<id::Contact>,
    /// That person's name.
    pub contact_name: Option<Text>,
    /// Its pipeline, by the name in the configuration; empty is the first one.
    pub pipeline: Text,
    /// Stage of the pipeline.
    pub stage: Text,
    /// Since when it stands in that stage.
    pub stage_since: Timestamp,
    /// Open, won, lost.
    pub state: State,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What it is worth.
    pub amount: Money,
    /// When it should close.
    pub expected_close: Option<Date>,
    /// The next planned activity.
    pub next_activity: Option<(Timestamp, Text)>,
    /// Payments past due and unpaid.
    pub overdue_payments: u64,
    /// The newest letter or activity.
    pub last_at: Option<Timestamp>,
    /// Who handles it; empty is me.
    pub owner: Text,
    /// I watch it.
    pub watched: bool,
}

impl DealRow {
    /// Since when nothing happened: no letter, no activity, no change of its stage.
    #[must_use]
    pub fn quiet_since(&self) -> Timestamp {
        self.last_at.map_or(self.stage_since, |at| at.max(self.stage_since))
    }

    /// For how many days nothing happened, where that is too long for its pipeline.
    #[must_use]
    pub fn stale_days(&self, pipelines: &Pipelines, now: Timestamp) -> Option<i64> {
        let most = i64::from(pipelines.named(self.pipeline.as_str())?.stale_days);
        let days = now.duration_since(self.quiet_since()).as_hours() / 24;
        (self.state == State::Open && days >= most).then_some(days)
    }
}

/// How a deal stood from a moment on, until the next such row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRow {
    /// Its pipeline.
    pub pipeline: Text,
    /// Its stage.
    pub stage: Text,
    /// Open, won, lost.
    pub state: State,
    /// What it was worth.
    pub amount: Money,
    /// From when on.
    pub at: Timestamp,
}

/// One line of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferLine {
    /// What.
    pub title: Text,
    /// How many, as written: `12`, `2.5`.
    pub quantity: Text,
    /// Price of one.
    pub unit_price: Money,
    /// Discount in per cent, as written; empty is none.
    pub discount: Text,
    /// VAT in per cent, as written; empty is none.
    pub vat: Text,
}

/// An amount due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its key.
    pub id: id::Payment,
    /// Its deal.
    pub deal: id::Deal,
    /// What it is for.
    pub title: Text,
    /// When it is due.
    pub due_on: Date,
    /// How much.
    pub amount: Money,
    /// When it was paid.
    pub paid_on: Option<Date>,
}

impl PaymentRow {
    /// Past due and unpaid: the rule of the counter "overdue payments".
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.paid_on.is_none() && self.due_on < today
    }
}

/// Everything on a deal's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealCard {
    /// The list row's facts.
    pub row: DealRow,
    /// What was offered.
    pub lines: Vec<OfferLine>,
    /// What is to be paid.
    pub payments: Vec<PaymentRow>,
    /// Why it was lost.
    pub reason: Text,
    /// Where it stood, the oldest first.
    pub history: Vec<StageRow>,
    /// Newest first.
    pub timeline: Vec<super::contact::TimelineRow>,
}
