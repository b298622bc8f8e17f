//! The card of a company.

use super::layout::Pen;
use super::sections::Section;
use super::{Holding, Item, Of};
use crate::domain::company::CompanyCard;
use crate::domain::text::plural;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, holding: &Holding, card: &CompanyCard) {
    pen.numbers(&card.numbers);
    pen.sheet.gap();
    pen.facts(holding, &[]);
    let count = plural(card.people.len() as u64, "person", "people");
    if !card.people.is_empty() && pen.section(Section::People, &count) {
        for (contact, name) in &card.people {
            pen.item(Item::Card(Of::Contact(*contact)), name.as_str(), "", pen.styles.text);
        }
    }
    pen.deals(&card.deals);
    pen.payments(&card.payments);
}
