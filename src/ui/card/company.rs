//! The card of a company.

use super::layout::{Pen, join};
use super::{Item, Of};
use crate::domain::company::CompanyCard;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, card: &CompanyCard) {
    pen.numbers(&card.numbers);
    pen.sheet.gap();
    pen.fact("domains", &join(&card.row.domains));
    pen.fact("requisites", card.requisites.as_str());
    pen.fact("note", card.common.note.as_str());
    if !card.people.is_empty() {
        pen.heading("People");
        for (contact, name) in &card.people {
            pen.item(Item::Card(Of::Contact(*contact)), name.as_str(), "", pen.styles.text);
        }
    }
    pen.deals(&card.deals);
    pen.payments(&card.payments);
    pen.timeline(&card.timeline);
}
