//! `search --json`: letters and cards, each as its own list tells it.

use super::{Letter, companies_json, deals_json, list, listed, text};
use crate::domain::company::CompanyRow;
use crate::domain::deal::DealRow;
use crate::domain::text::Text;
use serde_json::{Value, json};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// How many letters there are, of which `letters` may be the first.
    pub total: u64,
    /// Letters.
    pub letters: Vec<Letter>,
    /// People, as `contacts --json` tells them.
    pub contacts: Vec<Value>,
    /// Companies.
    pub companies: Vec<CompanyRow>,
    /// Deals.
    pub deals: Vec<DealRow>,
    /// Activities, as `activities --json` tells them.
    pub activities: Vec<Value>,
    /// What of the query could not be understood.
    pub notes: Vec<Text>,
}

/// The document.
#[must_use]
pub fn search_json(found: Found) -> Value {
    let rows = |mut document: Value, key: &str| document.get_mut(key).map_or(Value::Null, Value::take);
    json!({
        "total": found.total,
        "messages": list(&found.letters, |letter| Value::Object(listed(letter))),
        "contacts": found.contacts,
        "companies": rows(companies_json(&found.companies), "companies"),
        "deals": rows(deals_json(&found.deals), "deals"),
        "activities": found.activities,
        "notes": list(&found.notes, text),
    })
}
