//! The card of a person.

use super::layout::Pen;
use super::{Holding, Item, Of};
use crate::domain::card::Fact;
use crate::domain::contact::ContactCard;

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, holding: &Holding, card: &ContactCard) {
    pen.numbers(&card.row.numbers);
    for hint in &card.hints {
        pen.wrapped(&format!("! {hint}"), pen.styles.waits);
    }
    pen.sheet.gap();
    if let (Some(name), Some(company)) = (&card.row.company, card.company) {
        pen.item(Item::Card(Of::Company(company)), &format!("at {name}"), "", pen.styles.strong);
    }
    pen.facts(holding, &[Fact::Company]);
    super::provenance::lay(pen, &card.provenance);
    pen.deals(&card.deals);
    pen.payments(&card.payments);
}
