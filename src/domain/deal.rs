//! Deals: sales in progress, with what was offered and what is to be paid.

use super::card::Common;
use super::id;
use super::money::Money;
use super::text::Text;
use jiff::{Timestamp, civil::Date};

/// Whether a deal is still in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In progress.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

super::contact::words!(State, Open = "open", Won = "won", Lost = "lost");

/// The stages of the pipeline, first to last.
pub const STAGES: [&str; 4] = ["new", "offer", "negotiation", "contract"];

/// A stage's place in the pipeline; unknown ones come last.
#[must_use]
pub fn stage_order(stage: &str) -> usize {
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}

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
    /// Stage of the pipeline.
    pub stage: Text,
    /// Open, won, lost.
    pub state: State,
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
    /// The buying company.
    pub company: Option<id::Company>,
    /// Owner, tags, note, own fields.
    pub common: Common,
    /// What was offered.
    pub lines: Vec<OfferLine>,
    /// What is to be paid.
    pub payments: Vec<PaymentRow>,
    /// Why it was lost.
    pub reason: Text,
    /// Newest first.
    pub timeline: Vec<super::contact::TimelineRow>,
}
