//! `postbook report`: what came and went, how fast, for how much; in words, as a table, CSV or JSON.

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::json;
use super::output;
use super::table::{Side, Table};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::report::letters::Tally;
use crate::domain::report::table::{By, table};
use crate::domain::report::{Question, Report, minutes_in_words, total, working_minutes_in_words};
use crate::domain::text::{Text, plural};
use crate::mime::csv_file;

/// Computes it and prints it.
///
/// # Errors
/// The days cannot be; no such account; the store cannot be read.
pub fn run(context: &Context, args: &args::Report) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let period = args.days(now.date()).ok_or_else(|| {
        Problem::new(Kind::Usage, "these days cannot be")
            .hint("--from 2026-11-01 --to 2026-11-15, or --period \"last month\"")
    })?;
    let mut question = Question::of(period);
    if let Some(step) = args.by.and_then(|part| part.step) {
        question.step = step;
    }
    if let Some(name) = &args.account {
        question.account = desk.lines_of(Some(name))?.first().map(|line| line.account);
    }
    let report = desk.store.report(&question, &desk.office.practice, &now)?;
    if args.json {
        return output::json(&json::report_json(&report)).map(drop);
    }
    let part = args.by.map_or(By::Step, |part| part.by);
    if args.csv {
        let table = table(&report, part);
        return output::csv(&csv_file::write(&table.header, &table.rows)?).map(drop);
    }
    match args.by {
        Some(part) => output::print(&rows(&report, part.by)).map(drop),
        None => output::print(&in_words(&report)).map(drop),
    }
}

/// One table of it.
fn rows(report: &Report, by: By) -> String {
    let table = table(report, by);
    if table.rows.is_empty() {
        return "Nothing in this period.".to_owned();
    }
    let side = |place| if place < table.words { Side::Left } else { Side::Right };
    let columns: Vec<_> = table.header.iter().enumerate().map(|(place, name)| (*name, side(place))).collect();
    let mut shown = Table::new(&columns);
    for row in table.rows {
        shown.row(row.into_iter().map(Text::from).collect());
    }
    shown.print("")
}

/// The whole of it in words, a line for each thing.
fn in_words(report: &Report) -> String {
    let mut lines = vec![report.question.period.title(), String::new()];
    lines.extend(letters_in_words(&report.letters.total));
    for doings in &report.activities {
        let minutes = match doings.durations.sum() {
            0 => String::new(),
            sum => format!(", {} in all", working_minutes_in_words(sum)),
        };
        let planned = match (doings.planned, doings.overdue) {
            (0, _) => String::new(),
            (planned, 0) => format!("; {planned} planned"),
            (planned, overdue) => format!("; {planned} planned, {overdue} of them overdue"),
        };
        lines.push(line(&doings.kind.word().replace('_', " "), &format!("{} done{minutes}{planned}", doings.done)));
    }
    let sales = &report.sales;
    let sums = |outcome: &crate::domain::report::sales::Outcome| {
        let sums: Vec<String> = outcome.amounts.iter().map(ToString::to_string).collect();
        if sums.is_empty() { String::new() } else { format!(", {}", sums.join(" + ")) }
    };
    lines.push(line("won", &format!("{}{}", plural(sales.won.deals, "deal", "deals"), sums(&sales.won))));
    lines.push(line("lost", &format!("{}{}", plural(sales.lost.deals, "deal", "deals"), sums(&sales.lost))));
    for row in &sales.pipeline {
        let deals = plural(row.deals, "deal", "deals");
        lines.push(line(row.stage.as_str(), &format!("{deals}, {}, weighted {}", row.amount, row.weighted)));
    }
    lines.push(line("waits now", &plural(total(&report.waits), "thing", "things")));
    lines.join("\n")
}

fn letters_in_words(tally: &Tally) -> Vec<String> {
    let answered = format!("{}; {} needed no reply, {} still wait", tally.answered, tally.settled, tally.waiting());
    let mut lines = vec![
        line("received", &format!("{}, {} of them unseen", plural(tally.received, "letter", "letters"), tally.unseen)),
        line("answered", &answered),
        line("sent", &format!("{}, {} of them replies", plural(tally.sent, "letter", "letters"), tally.replies_sent)),
    ];
    if let (Some(median), Some(p90)) = (tally.response.median(), tally.response.p90()) {
        lines.push(line(
            "response",
            &format!("median {}, nine of ten within {}", minutes_in_words(median), minutes_in_words(p90)),
        ));
    }
    if let (Some(median), Some(p90)) = (tally.response_working.median(), tally.response_working.p90()) {
        let (median, p90) = (working_minutes_in_words(median), working_minutes_in_words(p90));
        lines.push(line("", &format!("in working time: median {median}, nine of ten within {p90}")));
    }
    lines
}

fn line(name: &str, words: &str) -> String {
    format!("{name:<14} {words}")
}
