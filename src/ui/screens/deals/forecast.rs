//! The forecast: what the open deals will bring, by month.

use super::board::short;
use super::state::Deals;
use crate::domain::forecast::{Line as Row, Month, forecast};
use crate::domain::money::Money;
use crate::domain::text::plural;
use crate::ui::format;
use crate::ui::state::State;
use crate::ui::widgets::list;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;

/// The farthest the forecast can be rolled: there are never more lines than sums.
pub(super) fn most(deals: &Deals) -> usize {
    deals.forecast.value.as_ref().map_or(0, Vec::len)
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, area: Rect) {
    let styles = &state.styles;
    let slices = state.deals.forecast.value.as_deref().unwrap_or_default();
    let pipelines = &state.setup.practice.pipelines;
    let rows = forecast(slices, pipelines, Some(state.deals.pipeline_name(pipelines)));
    if rows.is_empty() {
        return list::notice(frame, area, &[("No open deals: nothing can be foreseen.", styles.text)]);
    }
    let mut lines = vec![line("closes in", "deals", "all of it", "likely", area).style(styles.dim)];
    let mut month = None;
    for row in &rows {
        let name = if month == Some(row.month) { String::new() } else { in_words(row.month) };
        month = Some(row.month);
        let style = match row.month {
            Month::Overdue => styles.bad,
            Month::Of(..) => styles.text,
            Month::Unknown => styles.dim,
        };
        lines.push(line(&name, &row.deals.to_string(), &short(&row.amount), &short(&row.weighted), area).style(style));
    }
    lines.push(Line::default());
    for total in totals(&rows) {
        lines.push(
            line("together", &total.deals.to_string(), &short(&total.amount), &short(&total.weighted), area)
                .style(styles.strong),
        );
    }
    let note = "Likely: each amount times the probability of its stage. Currencies are never added up.";
    lines.push(Line::default());
    for wrapped in textwrap::wrap(note, usize::from(area.width.saturating_sub(2)).max(10)) {
        lines.push(Line::from(Span::styled(format!(" {wrapped}"), styles.dim)));
    }
    for (y, line) in
        (area.y..area.bottom()).zip(lines.iter().skip(state.deals.rolled.min(lines.len().saturating_sub(1))))
    {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

fn in_words(month: Month) -> String {
    match month {
        Month::Overdue => "should have closed".to_owned(),
        Month::Of(..) => month.word(),
        Month::Unknown => "nobody said when".to_owned(),
    }
}

fn line(name: &str, deals: &str, amount: &str, weighted: &str, area: Rect) -> Line<'static> {
    let columns = usize::from(area.width).saturating_sub(2);
    let number = (columns / 3).clamp(8, 22);
    let count = 6.min(columns / 6);
    let rest = columns.saturating_sub(number * 2 + count + 3);
    Line::from(format!(
        " {} {} {} {}",
        format::fit(name, rest),
        format::fit_right(deals, count),
        format::fit_right(amount, number),
        format::fit_right(weighted, number)
    ))
}

/// All months of a currency. What is likely was rounded by month: so that it adds up on the screen, the lines are added.
fn totals(rows: &[Row]) -> Vec<Row> {
    let mut sums: BTreeMap<&str, (u64, i128, i128)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(&row.amount.currency).or_default();
        sum.0 += row.deals;
        sum.1 += i128::from(row.amount.minor);
        sum.2 += i128::from(row.weighted.minor);
    }
    let row = |(currency, (deals, amount, weighted)): (&str, (u64, i128, i128))| Row {
        month: Month::Unknown,
        deals,
        amount: Money::of(amount, currency),
        weighted: Money::of(weighted, currency),
    };
    sums.into_iter().map(row).collect()
}

/// What stands beside the title: how many deals it is about.
pub(super) fn note(deals: &Deals) -> String {
    let count = deals.forecast.value.iter().flatten().map(|slice| slice.deals).sum();
    plural(count, "open deal", "open deals")
}
