//! The board: a column for each stage, a card for each deal.

use super::state::Deals;
use crate::domain::board::{Column, Kind};
use crate::domain::deal::{DealRow, State as DealState};
use crate::domain::money::Money;
use crate::domain::pipeline::Pipelines;
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::state::{Clock, State};
use crate::ui::theme::Styles;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Lines of a column's heading.
const HEAD: u16 = 3;
/// Lines of a deal with the blank one below it.
const CARD: u16 = 4;
/// A column narrower than this tells nothing.
const NARROWEST: u16 = 20;

/// How many deals of a column fit.
pub fn board_lines(area: Rect) -> usize {
    usize::from((area.height.saturating_sub(HEAD) + 1) / CARD).max(1)
}

/// The columns that fit, with their places; the one in use is among them.
fn shown(deals: &Deals, area: Rect) -> Vec<(usize, Rect)> {
    let count = deals.columns().len();
    let fit = usize::from(area.width / NARROWEST).max(1).min(count.max(1));
    let first = (deals.column + 1).saturating_sub(fit).min(count.saturating_sub(fit));
    let wide = area.width / u16::try_from(fit).unwrap_or(1);
    let mut x = area.x;
    let mut places = Vec::new();
    for index in first..(first + fit).min(count) {
        let last = index + 1 == first + fit;
        let width = if last { area.right().saturating_sub(x) } else { wide };
        places.push((index, Rect { x, width, ..area }));
        x += wide;
    }
    places
}

/// The column and the deal drawn there.
pub fn at(deals: &Deals, area: Rect, x: u16, line: u16) -> Option<(usize, usize)> {
    let (column, _) = shown(deals, area).into_iter().find(|(_, place)| (place.x..place.right()).contains(&x))?;
    let row = deals.scroll.get(column).copied().unwrap_or(0) + usize::from(line.checked_sub(HEAD)? / CARD);
    (row < deals.columns().get(column)?.rows.len()).then_some((column, row))
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, area: Rect) {
    let deals = &state.deals;
    let clock = state.clock();
    for (index, place) in shown(deals, area) {
        let Some(column) = deals.columns().get(index) else { continue };
        let inner = Rect { width: place.width.saturating_sub(1), ..place };
        head(column, index == deals.column, frame, inner, &state.styles);
        let scroll = deals.scroll.get(index).copied().unwrap_or(0);
        let top = inner.y + HEAD;
        for (slot, (row, deal)) in (0_u16..).zip(column.rows.iter().enumerate().skip(scroll)) {
            let y = top + slot * CARD;
            if y + CARD - 1 > area.bottom() {
                break;
            }
            let chosen = index == deals.column && row == deals.place(index);
            let mark = chosen.then_some(if deals.on_card { state.styles.idle } else { state.styles.selected });
            card(
                deal,
                mark,
                frame,
                Rect { y, height: CARD - 1, ..inner },
                &clock,
                &state.setup.practice.pipelines,
                &state.styles,
            );
        }
        let below = column.deals.saturating_sub(u64::try_from(scroll + board_lines(area)).unwrap_or(u64::MAX));
        // Said in the blank line below the last card, where there is one.
        let y = top + u16::try_from(board_lines(area)).unwrap_or(0) * CARD - 1;
        if below > 0 && y < area.bottom() {
            let more = format::fit(&format!("  … {below} more"), usize::from(inner.width));
            frame.render_widget(Span::styled(more, state.styles.dim), Rect { y, height: 1, ..inner });
        }
    }
}

fn head(column: &Column, in_use: bool, frame: &mut Frame, area: Rect, styles: &Styles) {
    let columns = usize::from(area.width);
    let title = match column.kind {
        Kind::Stage(probability) => format!("{} {probability}%", column.title),
        _ => column.title.to_string(),
    };
    let mark = if in_use { "▸" } else { " " };
    let style = if in_use { styles.accent } else { styles.strong };
    let first = format::ends(&format!("{mark}{title}"), &column.deals.to_string(), columns);
    let lines = [
        Line::styled(first, style),
        Line::styled(format!(" {}", fitting(&column.sums, columns.saturating_sub(1))), styles.text),
        match column.kind {
            Kind::Stage(_) if column.deals > 0 => {
                Line::styled(format!(" ≈ {}", fitting(&column.weighted, columns.saturating_sub(3))), styles.dim)
            }
            _ => Line::default(),
        },
    ];
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

/// One sum for each currency, without a fraction that is nothing; they are never added up across.
pub(super) fn sums(sums: &[Money]) -> String {
    sums.iter().map(short).collect::<Vec<_>>().join(" + ")
}

/// The same in so many columns: what has no room is counted, never cut inside an amount.
fn fitting(amounts: &[Money], columns: usize) -> String {
    let [first, rest @ ..] = amounts else { return String::new() };
    let (first, others) = (short(first), rest.len());
    let shorter = [sums(amounts), format!("{first} + {others} more"), format!("{first} +{others}")];
    shorter.into_iter().find(|text| format::width(text) <= columns).unwrap_or_else(|| format::cut(&first, columns))
}

/// An amount without a fraction that is nothing.
pub(super) fn short(money: &Money) -> String {
    let whole = money.to_string();
    whole.replacen(".00\u{a0}", "\u{a0}", 1)
}

fn card(
    row: &DealRow,
    mark: Option<Style>,
    frame: &mut Frame,
    area: Rect,
    clock: &Clock,
    pipelines: &Pipelines,
    styles: &Styles,
) {
    let columns = usize::from(area.width).saturating_sub(1);
    let whose = row.company.as_ref().or(row.contact_name.as_ref()).map_or("", Text::as_str);
    let (next, style) = next(row, clock, pipelines, styles);
    let amount = short(&row.amount);
    let room = columns.saturating_sub(format::width(&amount) + 1);
    let watched = if row.watched { "*" } else { "" };
    let sign = if mark.is_some() { ">" } else { " " };
    let lines = [
        Line::styled(format!("{sign}{}", format::fit(&format!("{watched}{}", row.title), columns)), styles.text),
        Line::styled(format!(" {}", format::fit(whose, columns)), styles.dim),
        // Where both do not fit beside each other the mark comes first: the amount stands on the card.
        Line::from(if format::width(&next) <= room || next.is_empty() {
            vec![
                Span::raw(" "),
                Span::styled(format::fit(&amount, columns.saturating_sub(format::width(&next))), styles.text),
                Span::styled(next, style),
            ]
        } else {
            vec![Span::raw(" "), Span::styled(format::fit(&format!("{} {amount}", next), columns), style)]
        }),
    ];
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        let place = Rect { y, height: 1, ..area };
        frame.render_widget(line, place);
        if let Some(style) = mark {
            frame.buffer_mut().set_style(place, style);
        }
    }
}

/// What is next in a deal, or what is wrong with it, in a word or two.
pub(super) fn next(row: &DealRow, clock: &Clock, pipelines: &Pipelines, styles: &Styles) -> (String, Style) {
    if row.overdue_payments > 0 {
        return ("pay late".to_owned(), styles.bad);
    }
    if row.state != DealState::Open {
        return (row.closed_at.map_or_else(String::new, |at| clock.moment(at)), styles.dim);
    }
    if let Some(days) = row.stale_days(pipelines, clock.now) {
        return (format!("stale {days} d"), styles.waits);
    }
    match &row.next_activity {
        Some((at, _)) => (clock.moment(*at), if *at < clock.now { styles.waits } else { styles.dim }),
        None => ("! no next".to_owned(), styles.waits),
    }
}
