//! The card of a deal.

use super::layout::Pen;
use super::{Item, Of};
use crate::domain::deal::{DealCard, State};
use crate::domain::text::Text;
use crate::ui::format;
use ratatui::text::Line;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, card: &DealCard) {
    let row = &card.row;
    let stage = if row.state == State::Open { row.stage.to_string() } else { row.state.word().to_owned() };
    pen.fact("amount", &row.amount.to_string());
    pen.fact("stage", &stage);
    pen.fact("reason", card.reason.as_str());
    if let Some(close) = row.expected_close {
        pen.fact("closes", &pen.clock.day(close));
    }
    if let Some((at, what)) = &row.next_activity {
        pen.fact("next", &format!("{} {what}", pen.clock.full(*at)));
    } else if row.state == State::Open {
        pen.wrapped("! no next activity is planned (A adds one)", pen.styles.waits);
    }
    pen.fact("company", row.company.as_ref().map_or("", Text::as_str));
    if let Some(name) = &row.contact_name {
        match row.contact {
            Some(contact) => {
                pen.item(Item::Card(Of::Contact(contact)), &format!("with {name}"), "", pen.styles.strong);
            }
            None => pen.fact("with", name.as_str()),
        }
    }
    if !card.lines.is_empty() {
        pen.heading("Offer");
        for line in &card.lines {
            let price = format!("{} × {}", line.quantity, line.unit_price);
            let text = format::ends(line.title.as_str(), &price, pen.columns);
            pen.sheet.line(Line::styled(format!("  {text}"), pen.styles.text));
        }
    }
    pen.payments(&card.payments);
    pen.timeline(&card.timeline);
}
