//! How Deals looks.

use crate::domain::deal::{DealRow, State as DealState};
use crate::domain::id;
use crate::domain::money::Money;
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
        let title = if deals.closed { "All deals by stage" } else { "Open deals by stage" };
        let note = deals.slot.value.as_ref().map_or_else(String::new, |rows| total(rows, areas.list.width));
        let inner = pane::view(frame, areas.list, false, title, &note, !deals.on_card, styles);
        if !pane::missing(frame, inner, &deals.slot, "the deals", styles) {
            rows(state, frame, inner);
        }
    }
    if !areas.card.is_empty() {
        deals.card.view(frame, areas.card, areas.card.x > 0, deals.on_card, styles);
    }
}

fn rows(state: &State, frame: &mut Frame, area: Rect) {
    let (deals, styles) = (&state.deals, &state.styles);
    if deals.doc.is_empty() {
        let open = [("No open deals.", styles.text), ("v shows those won and lost.", styles.dim)];
        let all = [("No deals yet.", styles.text)];
        return list::notice(frame, area, if deals.closed { &all } else { &open });
    }
    let mark = if deals.on_card { styles.idle } else { styles.selected };
    deals.doc.view(frame, area, Some(mark), styles);
}

/// The sum of the open deals, or how many they are where that is too long.
fn total(rows: &[DealRow], columns: u16) -> String {
    let open = || rows.iter().filter(|row| row.state == DealState::Open);
    let sums = sums(open());
    if format::width(&sums) * 2 + 4 <= usize::from(columns) {
        return sums;
    }
    plural(u64::try_from(open().count()).unwrap_or(0), "open deal", "open deals")
}

/// One sum for each currency; they are never added up across.
fn sums<'a>(rows: impl Iterator<Item = &'a DealRow>) -> String {
    let mut sums: Vec<Money> = Vec::new();
    for row in rows {
        match sums.iter_mut().find(|sum| sum.currency == row.amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(row.amount.minor),
            None => sums.push(row.amount.clone()),
        }
    }
    sums.sort_by(|a, b| a.currency.cmp(&b.currency));
    sums.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
}

/// The list: a heading for each stage, a line for each deal.
pub(super) fn sheet(rows: &[DealRow], columns: usize, clock: &Clock, styles: &Styles) -> Sheet<id::Deal> {
    let mut sheet = Sheet::default();
    let mut stages: Vec<(&str, Vec<&DealRow>)> = Vec::new();
    for row in rows {
        let stage = if row.state == DealState::Open { row.stage.as_str() } else { row.state.word() };
        match stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, deals)) => deals.push(row),
            None => stages.push((stage, vec![row])),
        }
    }
    let amounts = rows.iter().map(|row| format::width(&row.amount.to_string())).max().unwrap_or(0);
    for (stage, deals) in stages {
        sheet.gap();
        let count = plural(u64::try_from(deals.len()).unwrap_or(0), "deal", "deals");
        let sum = sums(deals.iter().copied());
        // The name of the stage stays; on a narrow terminal the count goes first.
        let room = (columns + 2).saturating_sub(format::width(stage) + 1);
        let long = format!("{count}, {sum}");
        let sum = if format::width(&long) <= room { long } else { format::cut(&sum, room) };
        sheet.line(Line::styled(format::ends(stage, &sum, columns + 2), styles.accent));
        for deal in deals {
            sheet.item(deal.id, deal_line(deal, columns, amounts, clock, styles));
        }
    }
    sheet
}

/// Title, whose, what is next or what is wrong, amount.
fn deal_line(row: &DealRow, columns: usize, amounts: usize, clock: &Clock, styles: &Styles) -> Line<'static> {
    let amount = row.amount.to_string();
    let rest = columns.saturating_sub(amounts + 1);
    let next_columns = if rest < 40 { 0 } else { 18 };
    let names = rest.saturating_sub(next_columns + 1);
    let whose = row.company.as_ref().or(row.contact_name.as_ref()).map_or("", Text::as_str);
    // Where both would be cut, the title comes first and takes what it needs.
    let title =
        if names < 44 { format::width(row.title.as_str()).min(names.saturating_sub(1)) } else { names * 11 / 20 };
    let (next, style) = next(row, clock, styles);
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

fn next(row: &DealRow, clock: &Clock, styles: &Styles) -> (String, ratatui::style::Style) {
    if row.overdue_payments > 0 {
        return (plural(row.overdue_payments, "payment late", "payments late"), styles.bad);
    }
    match (&row.next_activity, row.state) {
        (Some((at, what)), DealState::Open) => {
            let style = if *at < clock.now { styles.waits } else { styles.dim };
            (format!("{} {what}", clock.moment(*at)), style)
        }
        (None, DealState::Open) => ("nothing planned".to_owned(), styles.waits),
        _ => (String::new(), styles.dim),
    }
}
