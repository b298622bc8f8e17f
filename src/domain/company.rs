//! Companies: organisations with their domains and people.

use super::card::Common;
use super::contact::{Numbers, TimelineRow};
use super::deal::{DealRow, PaymentRow};
use super::id;
use super::text::Text;

/// A company in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// Its key.
    pub id: id::Company,
    /// Its name.
    pub name: Text,
    /// Its mail domains.
    pub domains: Vec<Text>,
    /// How many contacts it has.
    pub contacts: u64,
    /// How many open deals it has.
    pub open_deals: u64,
    /// Who handles it; empty is me.
    pub owner: Text,
    /// I want to see everything of it.
    pub watched: bool,
}

/// Everything on a company's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyCard {
    /// The list row's facts.
    pub row: CompanyRow,
    /// Requisites as written.
    pub requisites: Text,
    /// Owner, tags, note, own fields.
    pub common: Common,
    /// Its people: key and full name.
    pub people: Vec<(id::Contact, Text)>,
    /// Its deals.
    pub deals: Vec<DealRow>,
    /// Payments due and paid.
    pub payments: Vec<PaymentRow>,
    /// What waits.
    pub numbers: Numbers,
    /// Newest first.
    pub timeline: Vec<TimelineRow>,
}
