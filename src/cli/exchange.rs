//! `contacts|companies|deals import` and `export`: lists in and out, CSV and vCard.

use super::args::exchange::{ExportList, Format, ImportList};
use super::context::Context;
use super::desk::Desk;
use super::output;
use crate::domain::exchange::{Entry, Outcome, assign, columns, heading};
use crate::domain::field::Noun;
use crate::domain::practice::Practice;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::mime::{csv_file, vcard};
use crate::runtime::acts::Acts;
use crate::runtime::acts::exchange::Bringing;
use crate::sync::export::write_new;
use serde_json::json;
use std::path::Path;

/// How many cards are asked for at once.
const PAGE: u32 = 500;
/// So many rows that cannot be are told in words; `--json` tells all.
const TOLD: usize = 20;

type Rows = Vec<std::result::Result<Entry, (u64, String)>>;

/// Brings a list in.
///
/// # Errors
/// The file cannot be read or is no list; the store cannot be written. Rows that cannot be make the exit code 1, and the others are in.
pub fn import(context: &Context, noun: Noun, args: &ImportList, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let practice = &desk.config.practice;
    let bytes = read(&args.file)?;
    let (rows, left_out) = rows(noun, practice, args, &bytes)?;
    let now = desk.now();
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    let how = Bringing { dry_run: args.dry_run, overwrite: args.overwrite };
    let outcome = acts.bring_in(noun, &rows, practice, how)?;
    let _ = if as_json {
        let refused: Vec<_> =
            outcome.refused.iter().map(|(line, why)| json!({ "line": line, "problem": why })).collect();
        output::json(&json!({
            "dry_run": args.dry_run, "added": outcome.added, "updated": outcome.updated, "unchanged": outcome.unchanged,
            "refused": refused, "columns_left_out": left_out,
        }))?
    } else {
        output::print(&in_words(&outcome, args.dry_run, &left_out))?
    };
    if outcome.refused.is_empty() {
        return Ok(());
    }
    let rows = plural(outcome.refused.len() as u64, "row", "rows");
    Err(Problem::new(Kind::Input, format!("{rows} of {} cannot be entered", Text::line(&args.file.to_string_lossy())))
        .hint("mend them and bring the file in again: what is in already stays as it is"))
}

/// The file as rows, and the names of the columns that no card has.
fn rows(noun: Noun, practice: &Practice, args: &ImportList, bytes: &[u8]) -> Result<(Rows, Vec<String>)> {
    let named = || Problem::new(Kind::Usage, "");
    if vcard::is_vcard(bytes) {
        if noun != Noun::Contact {
            return Err(Problem { sentence: "cards are of people: postbook contacts import".to_owned(), ..named() });
        }
        return Ok((vcard::read(bytes), Vec::new()));
    }
    let file = csv_file::read(bytes).map_err(|problem| problem.at(Text::line(&args.file.to_string_lossy())))?;
    let assigned =
        assign(noun, practice, &file.header, &args.map).map_err(|sentence| Problem { sentence, ..named() })?;
    if assigned.iter().all(Option::is_none) {
        let there: Vec<&str> = file.header.iter().map(Text::as_str).collect();
        return Err(Problem::new(Kind::Input, format!("no column of the file is known: {}", there.join(", ")))
            .hint("say which is which: --map addresses=HEADING --map phones=HEADING"));
    }
    let left_out = file.header.iter().zip(&assigned).filter(|(_, column)| column.is_none());
    let left_out = left_out.map(|(heading, _)| heading.to_string()).filter(|heading| !heading.is_empty()).collect();
    let entry = |row: &csv_file::CsvRow| {
        let values = assigned.iter().enumerate().filter_map(|(place, column)| {
            let value = row.cell(place);
            column.clone().filter(|_| !value.is_empty()).map(|column| (column, value.to_owned()))
        });
        Entry { line: row.line, values: values.collect() }
    };
    Ok((file.rows.iter().map(|row| Ok(entry(row))).collect(), left_out))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let shown = Text::line(&file.to_string_lossy());
    let cannot = |error: std::io::Error| Problem::new(Kind::Input, format!("cannot read {shown}: {error}"));
    let size = std::fs::metadata(file).map_err(cannot)?.len();
    if size > csv_file::LARGEST {
        return Err(Problem::new(Kind::Input, format!("{shown} is too large for a list (over 256 MB)")));
    }
    std::fs::read(file).map_err(cannot)
}

fn in_words(outcome: &Outcome, dry_run: bool, left_out: &[String]) -> String {
    let would = if dry_run { "Nothing was kept. There would be: " } else { "" };
    let mut lines = vec![format!(
        "{would}{} new, {} changed, {} as before, {} refused.",
        outcome.added,
        outcome.updated,
        outcome.unchanged,
        outcome.refused.len()
    )];
    for (line, why) in outcome.refused.iter().take(TOLD) {
        lines.push(format!("  line {line}: {}", Text::line(why)));
    }
    if outcome.refused.len() > TOLD {
        lines.push(format!("  and {} more (--json tells all)", outcome.refused.len() - TOLD));
    }
    if !left_out.is_empty() {
        lines.push(format!("Columns left out: {}. --map NAME=HEADING takes one in.", left_out.join(", ")));
    }
    lines.join("\n")
}

/// Writes a list.
///
/// # Errors
/// The store cannot be read; the file is there already or cannot be written.
pub fn export(context: &Context, noun: Noun, args: &ExportList) -> Result<()> {
    let desk = Desk::open(context)?;
    let practice = &desk.config.practice;
    let format = args.format.unwrap_or_else(|| format_of(args.to.as_deref()));
    if format != Format::Csv && noun != Noun::Contact {
        return Err(Problem::new(Kind::Usage, "only people are written as cards").hint("--format csv"));
    }
    let mut entries = Vec::new();
    let mut last = 0;
    loop {
        let page = desk.store.card_keys(noun, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = end.key();
        for whose in page {
            entries.push(Entry { line: 0, values: desk.store.card_as_row(whose)? });
        }
    }
    let bytes = match format {
        Format::Csv => as_csv(noun, practice, &entries)?,
        Format::Vcard3 => vcard::write(&entries, vcard::Version::Three).into_bytes(),
        Format::Vcard4 => vcard::write(&entries, vcard::Version::Four).into_bytes(),
    };
    match &args.to {
        Some(file) => {
            write_new(file, &bytes)?;
            let noun = match noun {
                Noun::Contact => plural(entries.len() as u64, "person", "people"),
                Noun::Company => plural(entries.len() as u64, "company", "companies"),
                Noun::Deal => plural(entries.len() as u64, "deal", "deals"),
            };
            output::print(&format!("{noun} written to {}.", Text::line(&file.to_string_lossy()))).map(drop)
        }
        None => output::raw(&bytes).map(drop),
    }
}

fn format_of(file: Option<&Path>) -> Format {
    let ending = file.and_then(|file| file.extension()).map(|ending| ending.to_string_lossy().to_lowercase());
    if ending.as_deref() == Some("vcf") { Format::Vcard3 } else { Format::Csv }
}

/// A list as a table: our own columns, then those own fields that the configuration names no more.
///
/// # Errors
/// When there is no memory.
pub fn as_csv(noun: Noun, practice: &Practice, entries: &[Entry]) -> Result<Vec<u8>> {
    let mut all = columns(noun, practice);
    for (column, _) in entries.iter().flat_map(|entry| &entry.values) {
        if !all.contains(column) {
            all.push(column.clone());
        }
    }
    let headings: Vec<String> = all.iter().map(heading).collect();
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> =
        entries.iter().map(|entry| all.iter().map(|column| entry.joined(column)).collect()).collect();
    csv_file::write(&headings, &rows)
}
