//! `postbook mailings opted-out`, `opt-out`, `opt-in`: who wants no mailings any more.

use super::desk::Desk;
use super::output;
use super::table::{Side, Table, terminal_width};
use crate::domain::address::Address;
use crate::domain::opt_out::OptedOut;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::acts::Acts;
use jiff::Zoned;
use serde_json::{Value, json};

/// Lists them, the latest first.
///
/// # Errors
/// When the store cannot be read.
pub fn list(desk: &Desk, as_json: bool) -> Result<()> {
    let rows = desk.store.all_opted_out()?;
    if as_json {
        let rows: Vec<Value> = rows.iter().map(document).collect();
        return output::json(&json!({ "opted_out": rows })).map(drop);
    }
    if rows.is_empty() {
        return output::print("Nobody has opted out.").map(drop);
    }
    let mut table = Table::new(&[("address", Side::Left), ("since", Side::Left), ("what says so", Side::Left)]);
    for row in &rows {
        let day = row.at.to_zoned(desk.config.zone.clone()).strftime("%Y-%m-%d").to_string();
        table.row(vec![row.address.clone(), Text::from(day), row.evidence.clone()]);
    }
    output::print(&table.lines(terminal_width()).join("\n")).map(drop)
}

/// Enters that somebody opted out.
///
/// # Errors
/// When the store cannot be written.
pub fn opt_out(desk: &Desk, now: &Zoned, address: &Address, reason: &str, as_json: bool) -> Result<()> {
    let done = acts(desk, now).opt_out(std::slice::from_ref(address), &Text::line(reason))?;
    said(desk, address, as_json, if done.is_some() { "gets no mailings any more" } else { "had opted out before" })
}

/// Takes it back.
///
/// # Errors
/// Without `yes`; when they had not opted out.
pub fn opt_in(desk: &Desk, now: &Zoned, address: &Address, yes: bool, as_json: bool) -> Result<()> {
    let Some(out) = desk.store.opted_out(address)? else {
        return Err(Problem::new(Kind::NotFound, format!("{address} has not opted out")));
    };
    if !yes {
        return Err(Problem::new(Kind::Input, format!("{address} opted out: {}", out.evidence))
            .hint("--yes takes it back: only when they say so"));
    }
    acts(desk, now).opt_in(std::slice::from_ref(address))?;
    said(desk, address, as_json, "may get mailings again")
}

fn acts<'a>(desk: &'a Desk, now: &'a Zoned) -> Acts<'a> {
    Acts { store: &desk.store, own: &desk.office.own, now }
}

fn said(desk: &Desk, address: &Address, as_json: bool, words: &str) -> Result<()> {
    if as_json {
        let out = desk.store.opted_out(address)?;
        return output::json(&json!({ "address": address.as_str(), "opted_out": out.as_ref().map(document) }))
            .map(drop);
    }
    output::print(&format!("{address} {words}.")).map(drop)
}

fn document(row: &OptedOut) -> Value {
    json!({ "address": row.address.as_str(), "at": row.at.to_string(), "how": row.how.word(), "evidence": row.evidence.as_str() })
}
