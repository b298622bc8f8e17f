//! How Deals looks.

pub use super::board::board_lines;
use super::board::{self, sums};
use super::forecast;
use super::state::Shape;
use crate::domain::board::{Column, Filter};
use crate::domain::deal::{DealRow, State as DealState};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::pipeline::Pipelines;
use crate::domain::text::{Text, plural};
use crate::ui::format;
pub use crate::ui::screens::clients::areas;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::doc::Sheet;
use crate::ui::widgets::{list, pane};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    let (deals, styles) = (&state.deals, &state.styles);
    let areas = areas(body, deals.on_card);
    if !areas.list.is_empty() {
        let forecast = deals.shape == Shape::Forecast;
        let note = if forecast { forecast::note(deals) } else { total(deals.columns(), areas.list.width) };
        let inner = pane::view(frame, areas.list, false, &title(state), &note, !deals.on_card, styles);
        if forecast {
            if !pane::missing(frame, inner, &deals.forecast, "the forecast", styles) {
                forecast::view(state, frame, inner);
            }
        } else if !pane::missing(frame, inner, &deals.slot, "the deals", styles) {
            rows(state, frame, inner);
        }
    }
    if !areas.card.is_empty() {
        deals.card.view(frame, areas.card, areas.card.x > 0, deals.on_card, styles);
    }
}

/// What is shown: the pipeline where there are several, the filter, whether closed ones are among them.
fn title(state: &State) -> String {
    let deals = &state.deals;
    let pipelines = &state.setup.practice.pipelines;
    let mut title = match (deals.shape, deals.closed) {
        (Shape::Forecast, _) => "Forecast".to_owned(),
        (_, true) => "All deals".to_owned(),
        (_, false) => "Open deals".to_owned(),
    };
    if pipelines.0.len() > 1 {
        title.push_str(&format!(", {}", deals.pipeline_name(pipelines)));
    }
    if deals.filter != Filter::All && deals.shape != Shape::Forecast {
        title.push_str(&format!(": {}", deals.filter.title()));
    }
    title
}

fn rows(state: &State, frame: &mut Frame, area: Rect) {
    let (deals, styles) = (&state.deals, &state.styles);
    if deals.columns().iter().all(|column| column.deals == 0) {
        let filtered = [("No such deals.", styles.text), ("o shows others.", styles.dim)];
        let open = [("No open deals.", styles.text), ("N enters one, v shows those won and lost.", styles.dim)];
        let all = [("No deals yet.", styles.text), ("N enters one.", styles.dim)];
        let said = match (deals.filter, deals.closed) {
            (Filter::All, false) => &open,
            (Filter::All, true) => &all,
            _ => &filtered,
        };
        return list::notice(frame, area, said);
    }
    if deals.shape == Shape::Board {
        return board::view(state, frame, area);
    }
    let mark = if deals.on_card { styles.idle } else { styles.selected };
    deals.doc.view(frame, area, Some(mark), styles);
}

/// What all deals that are shown are worth, or how many they are where that is too long.
fn total(columns: &[Column], width: u16) -> String {
    let mut all: Vec<Money> = Vec::new();
    for sum in columns.iter().flat_map(|column| &column.sums) {
        match all.iter_mut().find(|known| known.currency == sum.currency) {
            Some(known) => known.minor = known.minor.saturating_add(sum.minor),
            None => all.push(sum.clone()),
        }
    }
    all.sort_by(|a, b| a.currency.cmp(&b.currency));
    let said = sums(&all);
    if format::width(&said) * 2 + 4 <= usize::from(width) {
        return said;
    }
    plural(columns.iter().map(|column| column.deals).sum(), "deal", "deals")
}

/// The list: a heading for each stage that has deals, a line for each of them.
pub(super) fn sheet(
    held: &[Column],
    columns: usize,
    clock: &Clock,
    pipelines: &Pipelines,
    styles: &Styles,
) -> Sheet<id::Deal> {
    let mut sheet = Sheet::default();
    let rows = held.iter().flat_map(|column| &column.rows);
    let amounts = rows.map(|row| format::width(&row.amount.to_string())).max().unwrap_or(0);
    for column in held.iter().filter(|column| column.deals > 0) {
        sheet.gap();
        let count = plural(column.deals, "deal", "deals");
        let sum = sums(&column.sums);
        // The name of the stage stays; on a narrow terminal the count goes first.
        let room = (columns + 2).saturating_sub(format::width(column.title.as_str()) + 1);
        let long = format!("{count}, {sum}");
        let sum = if format::width(&long) <= room { long } else { format::cut(&sum, room) };
        sheet.line(Line::styled(format::ends(column.title.as_str(), &sum, columns + 2), styles.accent));
        for deal in &column.rows {
            sheet.item(deal.id, deal_line(deal, columns, amounts, clock, pipelines, styles));
        }
        let left = column.deals.saturating_sub(u64::try_from(column.rows.len()).unwrap_or(u64::MAX));
        if left > 0 {
            sheet.line(Line::styled(format!("  … {left} more"), styles.dim));
        }
    }
    sheet
}

/// Title, whose, what is next or what is wrong, amount.
fn deal_line(
    row: &DealRow,
    columns: usize,
    amounts: usize,
    clock: &Clock,
    pipelines: &Pipelines,
    styles: &Styles,
) -> Line<'static> {
    let amount = row.amount.to_string();
    let rest = columns.saturating_sub(amounts + 1);
    let next_columns = if rest < 40 { 0 } else { 18 };
    let names = rest.saturating_sub(next_columns + 1);
    let whose = row.company.as_ref().or(row.contact_name.as_ref()).map_or("", Text::as_str);
    // Where both would be cut, the title comes first and takes what it needs.
    let title =
        if names < 44 { format::width(row.title.as_str()).min(names.saturating_sub(1)) } else { names * 11 / 20 };
    let (next, style) = next(row, clock, pipelines, styles);
    let weight = if row.state == DealState::Open { styles.text } else { styles.dim };
    Line::from(vec![
        Span::raw("  "),
        Span::styled(format::fit(row.title.as_str(), title), weight),
        Span::raw(" "),
        Span::styled(
            format::fit(if names > title + 6 { whose } else { "" }, names.saturating_sub(title + 1)),
            styles.dim,
        ),
        Span::raw(" "),
        Span::styled(format::fit(&next, next_columns), style),
        Span::raw(" "),
        Span::styled(format::fit_right(&amount, amounts), weight),
    ])
}

/// What is next, or what is wrong.
fn next(row: &DealRow, clock: &Clock, pipelines: &Pipelines, styles: &Styles) -> (String, ratatui::style::Style) {
    match &row.next_activity {
        _ if row.overdue_payments > 0 => (plural(row.overdue_payments, "payment late", "payments late"), styles.bad),
        _ if row.stale_days(pipelines, clock.now).is_some() => board::next(row, clock, pipelines, styles),
        Some((at, what)) if row.state == DealState::Open => {
            let style = if *at < clock.now { styles.waits } else { styles.dim };
            (format!("{} {what}", clock.moment(*at)), style)
        }
        None if row.state == DealState::Open => ("nothing planned".to_owned(), styles.waits),
        _ => board::next(row, clock, pipelines, styles),
    }
}
