//! `postbook import`: letters from files into a folder of this machine.

use super::args;
use super::bar::{Bar, Style, filled};
use super::context::Context;
use super::desk::Desk;
use super::output;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, grouped, plural};
use crate::sync::import::{Imported, Importer, Importing, find};
use serde_json::json;

/// Brings letters in. What was brought in before is not brought in again.
///
/// # Errors
/// A path that is not there, no such account, the store cannot be written; nothing at all could be read.
pub fn run(context: &Context, args: &args::Import) -> Result<()> {
    let desk = Desk::open(context)?;
    let lines = desk.lines_of(args.account.as_deref())?;
    let line = lines.first().ok_or_else(|| Problem::new(Kind::Config, "there is no account to bring letters into"))?;
    let found = find(&args.paths, args.folder.as_deref())?;
    let importer =
        Importer { store: &desk.store, account: line.account, own: &desk.office.own, now: desk.now().timestamp() };
    let (style, mut bar) = (Style::new(args.json), Bar::default());
    let outcome = importer.run(&found, &mut |progress| match style {
        Style::Json => drop(output::json(&document(progress))),
        Style::Bar => bar.show(&shown(progress)),
        Style::Lines => {}
    });
    bar.clear();
    let outcome = outcome?;
    if args.json {
        output::json(&json!({
            "event": "summary", "new": outcome.new, "known": outcome.known, "raw": outcome.raw, "continued": outcome.continued,
            "left_out": outcome.left_out.iter().map(Text::as_str).collect::<Vec<_>>(),
        }))
        .map(drop)?;
    } else {
        outcome.left_out.iter().for_each(|left_out| output::warning(&Text::from(format!("left out: {left_out}"))));
        output::print(&in_words(&outcome)).map(drop)?;
    }
    if found.sources.is_empty() && !outcome.left_out.is_empty() {
        return Err(Problem::new(Kind::Input, "nothing there could be read as mail"));
    }
    Ok(())
}

fn document(progress: &Importing) -> serde_json::Value {
    json!({
        "event": "importing", "folder": progress.folder.as_str(), "letters": progress.letters, "done": progress.done, "of": progress.of,
    })
}

fn shown(progress: &Importing) -> String {
    let letters = plural_grouped(progress.letters, "letter", "letters");
    format!("{} {letters}  {}", filled(progress.done, progress.of), progress.folder)
}

/// `1,204 letters, 31 already here, 2 could not be read as letters and are kept raw.`
fn in_words(outcome: &Imported) -> String {
    let mut parts = vec![plural_grouped(outcome.new + outcome.known, "letter", "letters")];
    if outcome.known > 0 {
        parts.push(format!("{} already here", grouped(outcome.known)));
    }
    match outcome.raw {
        0 => {}
        1 => parts.push("1 could not be read as a letter and is kept raw".to_owned()),
        raw => parts.push(format!("{} could not be read as letters and are kept raw", grouped(raw))),
    }
    let mut text = format!("{}.", parts.join(", "));
    if outcome.continued > 0 {
        text.push_str(&format!(
            "\nWent on where an earlier import of {} had ended.",
            plural(outcome.continued, "file", "files")
        ));
    }
    text
}

/// "1 letter", "1,204 letters".
pub fn plural_grouped(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_in_words() {
        for (new, known, raw, expected) in [
            (1173, 31, 2, "1,204 letters, 31 already here, 2 could not be read as letters and are kept raw."),
            (1, 0, 0, "1 letter."),
            (0, 0, 0, "0 letters."),
            (1, 0, 1, "1 letter, 1 could not be read as a letter and is kept raw."),
        ] {
            assert_eq!(in_words(&Imported { new, known, raw, ..Imported::default() }), expected);
        }
    }
}
