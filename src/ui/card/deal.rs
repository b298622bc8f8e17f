//! The card of a deal.

use super::layout::Pen;
use super::{Holding, Item, Of};
use crate::domain::card::Fact;
use crate::domain::deal::{DealCard, StageRow, State};
use crate::domain::offer;
use crate::ui::format;
use ratatui::text::Line;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, holding: &Holding, card: &DealCard) {
    let row = &card.row;
    let stage = if row.state == State::Open { row.stage.to_string() } else { row.state.word().to_owned() };
    pen.one_fact(holding, &Fact::Amount);
    pen.fact("stage", &stage);
    if row.state == State::Open {
        let quiet = pen.clock.age(row.quiet_since());
        pen.fact("quiet", &format!("nothing happened for {quiet}"));
    }
    pen.fact("reason", card.reason.as_str());
    pen.one_fact(holding, &Fact::Close);
    if let Some((at, what)) = &row.next_activity {
        pen.fact("next", &format!("{} {what}", pen.clock.full(*at)));
    } else if row.state == State::Open {
        pen.wrapped("! no next activity is planned (A adds one)", pen.styles.waits);
    }
    if let (Some(name), Some(company)) = (&row.company, card.company) {
        pen.item(Item::Card(Of::Company(company)), &format!("for {name}"), "", pen.styles.strong);
    }
    if let (Some(name), Some(contact)) = (&row.contact_name, row.contact) {
        pen.item(Item::Card(Of::Contact(contact)), &format!("with {name}"), "", pen.styles.strong);
    }
    pen.facts(holding, &[Fact::Amount, Fact::Close, Fact::Company, Fact::Contact]);
    if !card.lines.is_empty() {
        pen.heading("Offer");
        for line in &card.lines {
            let less = if line.discount.is_empty() { String::new() } else { format!(" - {} %", line.discount) };
            let price = format!("{} × {}{less}", line.quantity, line.unit_price);
            let text = format::ends(line.title.as_str(), &price, pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.text));
        }
        for total in offer::totals(&card.lines) {
            let with_vat = if total.vat.minor > 0 { format!(", with VAT {}", total.gross) } else { String::new() };
            let text = format::ends("together", &format!("{}{with_vat}", total.net), pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.strong));
        }
    }
    pen.payments(&card.payments);
    stages(pen, &card.history);
}

/// Where a deal stood, with the days it stood there.
fn stages(pen: &mut Pen, rows: &[StageRow]) {
    if rows.len() < 2 {
        return;
    }
    pen.heading("Where it stood");
    for (index, row) in rows.iter().enumerate() {
        let until = rows.get(index + 1).map_or(pen.clock.now, |next| next.at);
        let open = row.state == State::Open;
        let days = if open { format!("{} d", until.duration_since(row.at).as_hours() / 24) } else { String::new() };
        let what = if open { row.stage.as_str() } else { row.state.word() };
        let left = format!("{} {what}  {}", format::fit(&pen.clock.moment(row.at), 8), row.amount);
        pen.sheet.line(Line::styled(format!("  {}", format::ends(&left, &days, pen.columns)), pen.styles.text));
    }
}
