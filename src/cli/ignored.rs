//! `postbook ignored`: senders whose letters are hidden, listed, added, taken away. Nothing is deleted by it.

use super::args::Ignored;
use super::context::Context;
use super::desk::Desk;
use super::output;
use crate::domain::problem::Result;
use crate::domain::text::plural;
use crate::runtime::acts::Acts;
use serde_json::json;

/// Lists them, or does what is asked first.
///
/// # Errors
/// It is no pattern, or none of that name is there; the store cannot be read or written.
pub fn run(context: &Context, command: Option<&Ignored>, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    match command {
        Some(Ignored::Add { patterns }) => {
            patterns.iter().try_for_each(|pattern| acts.ignore_pattern(pattern).map(drop))?;
        }
        Some(Ignored::Remove { patterns }) => {
            patterns.iter().try_for_each(|pattern| acts.unignore(pattern).map(drop))?;
        }
        Some(Ignored::List) | None => {}
    }
    let rows = desk.store.ignored()?;
    if as_json {
        let rows: Vec<_> =
            rows.iter().map(|row| json!({ "pattern": row.pattern.as_str(), "letters": row.letters })).collect();
        return output::json(&json!({ "ignored": rows })).map(drop);
    }
    if rows.is_empty() {
        return output::print("Nobody is ignored.").map(drop);
    }
    let lines: Vec<String> =
        rows.iter().map(|row| format!("{}  {}", row.pattern, plural(row.letters, "letter", "letters"))).collect();
    output::print(&lines.join("\n")).map(drop)
}
