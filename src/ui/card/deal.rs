//! The card of a deal.

use super::layout::Pen;
use super::{Holding, Item, Of};
use crate::domain::card::Fact;
use crate::domain::deal::{DealCard, State};
use crate::ui::format;
use ratatui::text::Line;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, holding: &Holding, card: &DealCard) {
    let row = &card.row;
    let stage = if row.state == State::Open { row.stage.to_string() } else { row.state.word().to_owned() };
    pen.one_fact(holding, &Fact::Amount);
    pen.fact("stage", &stage);
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
            let price = format!("{} × {}", line.quantity, line.unit_price);
            let text = format::ends(line.title.as_str(), &price, pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.text));
        }
    }
    pen.payments(&card.payments);
}
