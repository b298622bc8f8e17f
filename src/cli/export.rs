//! `postbook export`: letters out into files that every mail program reads.

use super::args;
use super::bar::{Bar, Style, filled};
use super::context::Context;
use super::desk::Desk;
use super::import::plural_grouped;
use super::log::{contact_called, deal_called};
use super::output;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::query::Query;
use crate::domain::text::{Text, grouped};
use crate::store::{Outward, Selection};
use crate::sync::export::{Exported, Target, export};
use serde_json::json;
use std::collections::BTreeSet;

/// Writes letters out. Nothing is overwritten; a folder that was written half is completed.
///
/// # Errors
/// No such account, folder, contact or deal; the file is there already or cannot be written.
pub fn run(context: &Context, args: &args::Export) -> Result<()> {
    let desk = Desk::open(context)?;
    let target = target(args)?;
    let letters = desk.store.outward(&selection(&desk, args)?)?;
    let of = letters.len() as u64;
    fetch_files(&desk, &letters)?;
    let (style, mut bar) = (Style::new(args.json), Bar::default());
    let outcome = export(&desk.store, &letters, &target, &mut |done| match style {
        Style::Json if done % 100 == 0 => drop(output::json(&json!({ "event": "exporting", "done": done, "of": of }))),
        Style::Bar => bar.show(&format!("{} {done} of {of}", filled(done, of))),
        _ => {}
    });
    bar.clear();
    let outcome = outcome?;
    if args.json {
        let Exported { written, there, missing, on_server } = outcome;
        let summary = json!({
            "event": "summary", "written": written, "there": there, "missing": missing, "on_server": on_server,
        });
        return output::json(&summary).map(drop);
    }
    output::print(&in_words(outcome)).map(drop)
}

/// Fetches the large files of these letters that are still on the server. Where that fails, the others are written all the same.
fn fetch_files(desk: &Desk, letters: &[Outward]) -> Result<()> {
    let left: BTreeSet<_> = desk.store.letters_without_files()?.into_iter().collect();
    let wanted: Vec<_> = letters.iter().map(|letter| letter.message).filter(|letter| left.contains(letter)).collect();
    if !wanted.is_empty()
        && let Err(problem) = desk.bring_files(&wanted)
    {
        output::problem(&problem);
    }
    Ok(())
}

fn target(args: &args::Export) -> Result<Target> {
    match (&args.mbox, &args.eml, &args.maildir) {
        (Some(file), None, None) => Ok(Target::Mbox(file.clone())),
        (None, Some(folder), None) => Ok(Target::Letters(folder.clone())),
        (None, None, Some(folder)) => Ok(Target::Maildir(folder.clone())),
        _ => Err(Problem::new(Kind::Usage, "say where to: --mbox FILE, --eml DIR or --maildir DIR")),
    }
}

fn selection(desk: &Desk, args: &args::Export) -> Result<Selection> {
    let now = desk.now();
    let account = match &args.account {
        Some(name) => desk.lines_of(Some(name))?.first().map(|line| line.account),
        None => None,
    };
    if let Some(folder) = &args.folder
        && !desk.store.has_folder_called(folder)?
    {
        return Err(Problem::new(Kind::NotFound, format!("there is no folder {}", Text::line(folder)))
            .hint("postbook status lists them"));
    }
    let query = args.query.as_deref().map(Query::parse);
    if query.as_ref().is_some_and(Query::is_empty) {
        return Err(Problem::new(Kind::Usage, "--query has no word to look for"));
    }
    Ok(Selection {
        account,
        folder: args.folder.clone(),
        query,
        asked_at: Some(desk.now()),
        contact: args.contact.as_ref().map(|contact| contact_called(desk, contact, &now)).transpose()?,
        company: None,
        without_private: false,
        deal: args.deal.as_ref().map(|deal| deal_called(desk, deal, &now)).transpose()?.map(|(deal, _)| deal),
    })
}

fn in_words(outcome: Exported) -> String {
    let mut parts = vec![format!("{} written", plural_grouped(outcome.written, "letter", "letters"))];
    if outcome.there > 0 {
        parts.push(format!("{} written before", grouped(outcome.there)));
    }
    if outcome.missing > 0 {
        parts.push(format!("{} not here: run postbook sync first", grouped(outcome.missing)));
    }
    if outcome.on_server > 0 {
        let left = grouped(outcome.on_server);
        parts.push(format!(
            "{left} left out because large files of them are still on the server: run it again when it can be reached"
        ));
    }
    format!("{}.", parts.join(", "))
}
