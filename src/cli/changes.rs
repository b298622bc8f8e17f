//! `postbook changes`, `undo`, `redo`: what was done, taken back and done again. Commands and screens share one history.

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::json;
use super::output;
use super::table::{Side, Table, number, time};
use crate::domain::change::Change;
use crate::domain::history::Details;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Lists them, or tells what one touched.
///
/// # Errors
/// There is no such change; the store cannot be read.
pub fn run(context: &Context, args: &args::Changes) -> Result<()> {
    let desk = Desk::open(context)?;
    let zone = &desk.config.zone;
    if let Some(number) = args.id {
        let change = desk.store.change(id::Change(number))?.ok_or_else(|| {
            Problem::new(Kind::NotFound, format!("there is no change {number}")).hint("postbook changes lists them")
        })?;
        let details = desk.store.change_details(change.id, zone)?;
        if args.json {
            return output::json(&json::change_json(&change, &details)).map(drop);
        }
        return output::print(&details_in_words(&change, &details, zone)).map(drop);
    }
    let since = match args.since {
        Some(since) => {
            since.timestamp(zone).ok_or_else(|| Problem::new(Kind::Usage, "that time is outside the calendar"))?
        }
        None => Timestamp::MIN,
    };
    let mut changes = desk.store.changes(args.limit)?;
    changes.retain(|change| change.at >= since);
    if !args.json {
        return output::print(&in_words(&changes, zone)).map(drop);
    }
    let told = changes
        .into_iter()
        .map(|change| Ok((change.clone(), desk.store.change_details(change.id, zone)?)))
        .collect::<Result<Vec<_>>>()?;
    output::json(&json::changes_json(&told)).map(drop)
}

/// Takes back the newest that stands.
///
/// # Errors
/// There is none; it is too late; the store cannot be written.
pub fn undo(context: &Context, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    match desk.store.undo(desk.now().timestamp())? {
        Some(change) if !change.undone => {
            let sentence = format!("it is too late to take back “{}”", change.title);
            Err(Problem::new(Kind::Refused, Text::from(sentence).as_str()))
        }
        Some(change) => told("Taken back", &change, &desk, as_json),
        None => Err(Problem::new(Kind::NotFound, "there is nothing to undo")),
    }
}

/// Does again what was taken back last.
///
/// # Errors
/// There is nothing, or something else was built on it since; the store cannot be written.
pub fn redo(context: &Context, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    match desk.store.redo(desk.now().timestamp())? {
        Some(change) => told("Done again", &change, &desk, as_json),
        None => Err(Problem::new(Kind::NotFound, "there is nothing to do again")
            .hint("only what was taken back last is done again, while nothing else was done since")),
    }
}

fn told(word: &str, change: &Change, desk: &Desk, as_json: bool) -> Result<()> {
    if as_json {
        let details = desk.store.change_details(change.id, &desk.config.zone)?;
        return output::json(&json::change_json(change, &details)).map(drop);
    }
    output::print(Text::from(format!("{word}: {}", change.title)).as_str()).map(drop)
}

fn in_words(changes: &[Change], zone: &TimeZone) -> String {
    if changes.is_empty() {
        return "Nothing was done yet.".to_owned();
    }
    let columns = [("id", Side::Right), ("when", Side::Left), ("", Side::Left), ("what", Side::Left)];
    let mut table = Table::new(&columns);
    for change in changes {
        let state = if change.undone { "taken back" } else { "" };
        table.row(vec![number(change.id), time(change.at, zone), Text::own(state), change.title.clone()]);
    }
    table.print("")
}

fn details_in_words(change: &Change, details: &Details, zone: &TimeZone) -> String {
    let state = if change.undone { ", taken back since" } else { "" };
    let mut lines = vec![format!("{}: {}{state}", time(change.at, zone), change.title)];
    for touched in &details.touched {
        lines.push(format!("  {} ({})", touched.what, touched.how.word()));
        for fact in &touched.facts {
            let shown = |text: &Text| if text.is_empty() { "nothing".to_owned() } else { text.to_string() };
            lines.push(format!("    {}: {} → {}", fact.name, shown(&fact.then), shown(&fact.now)));
        }
    }
    if details.more > 0 {
        lines.push(format!("  and {} more", details.more));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::history::{Fact, How, Touched};

    #[test]
    fn a_change_is_told_in_words() {
        let change =
            Change { id: id::Change(7), title: Text::own("Stage: Desks"), at: Timestamp::UNIX_EPOCH, undone: true };
        let fact = Fact { name: Text::own("stage"), then: Text::own("offer"), now: Text::default() };
        let touched = Touched { what: Text::own("deal “Desks”"), how: How::Changed, facts: vec![fact] };
        let details = Details { touched: vec![touched], more: 3 };
        assert_eq!(
            details_in_words(&change, &details, &TimeZone::UTC),
            "1970-01-01 00:00: Stage: Desks, taken back since\n  deal “Desks” (changed)\n    stage: offer → nothing\n  and 3 more"
        );
        assert_eq!(
            in_words(&[change], &TimeZone::UTC),
            "id  when                          what\n 7  1970-01-01 00:00  taken back  Stage: Desks"
        );
        assert_eq!(in_words(&[], &TimeZone::UTC), "Nothing was done yet.");
    }
}
