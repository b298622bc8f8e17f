//! What I do to a deal, as plain data, and what screens ask of deals.

use crate::domain::bank::StatementLine;
use crate::domain::board::{Filter, Place};
use crate::domain::deal::{DealRow, OfferLine};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::text::Text;
use jiff::civil::Date;

/// A sale to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSale {
    /// What is sold.
    pub title: Text,
    /// With whom.
    pub contact: Option<id::Contact>,
    /// To whom.
    pub company: Option<id::Company>,
    /// Its pipeline.
    pub pipeline: Text,
    /// Its stage.
    pub stage: Text,
    /// What it is worth.
    pub amount: Money,
    /// When it should close.
    pub expected_close: Option<Date>,
}

/// A payment as it is entered or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentEntry {
    /// What it is for.
    pub title: Text,
    /// When it is due.
    pub due_on: Date,
    /// How much.
    pub amount: Money,
}

/// One act; each is one recorded change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealAct {
    /// A new deal.
    Add(NewSale),
    /// Into another stage.
    Move {
        /// Which.
        deal: id::Deal,
        /// The pipeline it goes into.
        pipeline: Text,
        /// The stage.
        stage: Text,
    },
    /// Won.
    Won(id::Deal),
    /// Lost, with the reason.
    Lost(id::Deal, Text),
    /// Open again.
    Reopen(id::Deal),
    /// All offer lines anew; with an amount that becomes the deal's.
    Lines(id::Deal, Vec<OfferLine>, Option<Money>),
    /// A payment more.
    AddPayment(id::Deal, PaymentEntry),
    /// A payment says something else.
    EditPayment(id::Payment, PaymentEntry),
    /// A payment that is not due any more.
    RemovePayment(id::Payment),
    /// Paid on that day, all of it or a part; of a part the rest stays due.
    Paid(id::Payment, Date, Option<Money>),
    /// It was not paid after all.
    Unpaid(id::Payment),
    /// The deal's amount in parts, in place of what is still due.
    Schedule(id::Deal, Vec<PaymentEntry>),
    /// A line of a bank statement pays these payments; true: a part of the only one.
    Booked(Box<StatementLine>, Vec<id::Payment>, bool),
    /// A line of a bank statement pays no payment.
    NotOurs(Box<StatementLine>),
}

/// What is asked of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardAsk {
    /// The pipeline.
    pub pipeline: String,
    /// Which deals.
    pub filter: Filter,
    /// Won and lost ones too.
    pub closed: bool,
    /// How many deals of which column, where it is more than a page.
    pub wanted: Vec<(Text, usize)>,
}

/// The next deals of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnAsk {
    /// Its title.
    pub column: Text,
    /// Where its deals are.
    pub places: Vec<Place>,
    /// Which deals.
    pub filter: Filter,
    /// The last one that is shown.
    pub after: Box<DealRow>,
}

/// A day as typed, also one that has passed: `25.11`, `+3`, `fri`, `yesterday`, `-3`, a date in full, or one without a year that has
/// passed within half a year.
#[must_use]
pub fn any_day(typed: &str, today: Date) -> Option<Date> {
    super::overlays::any_day(typed, today)
}

/// Deals that a column reads at once.
pub const PAGE: usize = 60;
