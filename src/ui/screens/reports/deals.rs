//! The lines of deals: what was won, what is in the pipeline, how deals went through it, what they should bring.

use super::sheets::{OF_LETTERS, Pen, letters_cells, of};
use super::state::Of;
use crate::domain::forecast::Month;
use crate::domain::money::Money;
use crate::domain::report::Report;
use crate::domain::report::sales::{Outcome, add};
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::widgets::chart::bar;
use jiff::civil::Date;

pub(super) fn deals(pen: &mut Pen, report: &Report) {
    let sales = &report.sales;
    pen.fact("entered", &plural(sales.opened, "deal", "deals"));
    let closed = sales.won.deals + sales.lost.deals;
    pen.fact("won", &outcome(&sales.won, closed));
    pen.fact("lost", &outcome(&sales.lost, closed));
    for (reason, count) in sales.reasons.iter().take(5) {
        let reason = if reason.is_empty() { "no reason given" } else { reason.as_str() };
        pen.fact("", &format!("{count} × {reason}"));
    }
    if let Some(spread) = sales.days_to_win.spread() {
        let [median, p90] = [spread.median_minutes, spread.p90_minutes].map(in_days);
        pen.fact("days to win", &format!("median {median}, nine of ten within {p90}"));
    }
    pipeline(pen, report);
    passages(pen, report);
    forecast(pen, report);
    busiest(pen, report);
}

fn in_days(days: i64) -> String {
    plural(u64::try_from(days).unwrap_or(0), "day", "days")
}

fn outcome(outcome: &Outcome, closed: u64) -> String {
    let sums: Vec<String> = outcome.amounts.iter().map(ToString::to_string).collect();
    let sums = if sums.is_empty() { String::new() } else { format!(", {}", sums.join(" + ")) };
    format!("{}{sums}", of(outcome.deals, closed))
}

/// Bars of each currency are as long as they are worth in it.
fn pipeline(pen: &mut Pen, report: &Report) {
    let rows = &report.sales.pipeline;
    if rows.is_empty() {
        return;
    }
    pen.heading("Pipeline now, weighted by how likely each stage is won");
    let bars = pen.columns.saturating_sub(64).clamp(0, 40);
    let head = [
        ("stage", 16, false),
        ("deals", 5, true),
        ("amount", 18, true),
        ("weighted", 18, true),
        ("weighted", bars, false),
    ];
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    let several = rows.iter().any(|row| Some(&row.pipeline) != rows.first().map(|first| &first.pipeline));
    let mut sums: Vec<Money> = Vec::new();
    let mut weights: Vec<Money> = Vec::new();
    for row in rows {
        let most = rows
            .iter()
            .filter(|other| other.amount.currency == row.amount.currency)
            .map(|other| other.weighted.minor)
            .max();
        let stage = if several { format!("{} {}", row.pipeline, row.stage) } else { row.stage.to_string() };
        let (deals, amount, weighted) = (row.deals.to_string(), row.amount.to_string(), row.weighted.to_string());
        let minor = |minor: i64| u64::try_from(minor).unwrap_or(0);
        let bar = bar(minor(row.weighted.minor), minor(most.unwrap_or(0)), bars);
        let cells = [
            (stage.as_str(), 16, false),
            (&deals, 5, true),
            (&amount, 18, true),
            (&weighted, 18, true),
            (&bar, bars, false),
        ];
        let line = pen.cells(&cells, pen.styles.text);
        pen.sheet.line(line);
        add(&mut sums, &row.amount);
        add(&mut weights, &row.weighted);
    }
    for (sum, weight) in sums.iter().zip(&weights) {
        let (sum, weight) = (sum.to_string(), weight.to_string());
        let cells = [("together", 16, false), ("", 5, true), (sum.as_str(), 18, true), (&weight, 18, true)];
        let line = pen.cells(&cells, pen.styles.strong);
        pen.sheet.line(line);
    }
}

fn passages(pen: &mut Pen, report: &Report) {
    if report.sales.passage.is_empty() {
        return;
    }
    pen.heading("Through the stages: of those that came in, how many went on");
    let bars = pen.columns.saturating_sub(54).clamp(0, 30);
    let head = [
        ("stage", 16, false),
        ("came", 5, true),
        ("went on", 7, true),
        ("lost", 5, true),
        ("days in it", 10, true),
        ("went on", bars + 6, false),
    ];
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    for row in &report.sales.passage {
        let [came, on, lost] = [row.entered, row.went_on, row.lost].map(|n| n.to_string());
        let days = row.days.median().map_or_else(|| "–".to_owned(), |days| days.to_string());
        let share = row.conversion().map_or_else(
            || "–".to_owned(),
            |percent| format!("{} {}", format::fit_right(&format!("{percent} %"), 5), bar(percent, 100, bars)),
        );
        let cells = [
            (row.stage.as_str(), 16, false),
            (&came, 5, true),
            (&on, 7, true),
            (&lost, 5, true),
            (&days, 10, true),
            (&share, bars + 6, false),
        ];
        let line = pen.cells(&cells, pen.styles.text);
        pen.sheet.line(line);
    }
}

fn forecast(pen: &mut Pen, report: &Report) {
    let rows = &report.sales.forecast;
    if rows.is_empty() {
        return;
    }
    pen.heading("Forecast: what open deals should bring, by the month they should close in");
    let bars = pen.columns.saturating_sub(62).clamp(0, 40);
    for row in rows {
        let month = in_words(row.month);
        let most = rows
            .iter()
            .filter(|other| other.amount.currency == row.amount.currency)
            .map(|other| other.weighted.minor)
            .max();
        let minor = |minor: i64| u64::try_from(minor).unwrap_or(0);
        let (deals, amount, weighted) =
            (plural(row.deals, "deal", "deals"), row.amount.to_string(), row.weighted.to_string());
        let bar = bar(minor(row.weighted.minor), minor(most.unwrap_or(0)), bars);
        let cells = [
            (month.as_str(), 12, false),
            (&deals, 9, true),
            (&amount, 18, true),
            (&weighted, 18, true),
            (&bar, bars, false),
        ];
        let line = pen.cells(&cells, pen.styles.text);
        pen.sheet.line(line);
    }
}

/// `Dec 2026`, `overdue`.
fn in_words(month: Month) -> String {
    match month {
        Month::Of(year, number) => {
            Date::new(year, number, 1).map_or_else(|_| month.word(), |day| day.strftime("%b %Y").to_string())
        }
        other => other.word(),
    }
}

fn busiest(pen: &mut Pen, report: &Report) {
    if report.deals.is_empty() {
        return;
    }
    pen.heading("Deals with letters or activities in this period");
    let numbers: usize = OF_LETTERS.iter().map(|(_, width, _)| width + 1).sum();
    let stage = if pen.columns >= 70 { 12 } else { 0 };
    let title = pen.columns.saturating_sub(numbers + stage + 5).max(8);
    let mut head = vec![("deal", title, false), ("stage", stage, false)];
    head.extend(OF_LETTERS);
    let line = pen.cells(&head, pen.styles.dim);
    pen.sheet.line(line);
    for row in &report.deals {
        let shown = letters_cells(&row.letters, row.activities);
        let mut cells = vec![(row.title.as_str(), title, false), (row.stands.as_str(), stage, false)];
        cells.extend(shown.iter().zip(OF_LETTERS).map(|(text, (_, width, number))| (text.as_str(), width, number)));
        let line = pen.cells(&cells, pen.styles.text);
        pen.sheet.item(Of::Deal(row.deal), line);
    }
}
