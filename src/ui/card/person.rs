//! The card of a person.

use super::layout::{Pen, join};
use super::{Item, Of};
use crate::domain::contact::{ContactCard, Kind};

/// Lays it out.
pub(super) fn lay(pen: &mut Pen, card: &ContactCard) {
    pen.numbers(&card.row.numbers);
    for hint in &card.hints {
        pen.wrapped(&format!("! {hint}"), pen.styles.waits);
    }
    pen.sheet.gap();
    if let Some(name) = &card.row.company {
        match card.company {
            Some(company) => {
                pen.item(Item::Card(Of::Company(company)), &format!("at {name}"), "", pen.styles.strong);
            }
            None => pen.fact("company", name.as_str()),
        }
    }
    pen.fact("position", card.position.as_str());
    pen.fact("mail", &join(&card.addresses));
    pen.fact("phone", &join(&card.phones));
    if card.row.kind == Kind::Contact {
        pen.fact("role", card.row.role.word());
    }
    pen.fact("language", card.language.as_str());
    pen.fact("tags", &join(&card.common.tags));
    pen.fact("note", card.common.note.as_str());
    if !card.provenance.is_empty() {
        pen.heading("Found in the letter");
        for fact in &card.provenance {
            pen.fact(fact.field.as_str(), fact.value.as_str());
        }
    }
    pen.deals(&card.deals);
    pen.payments(&card.payments);
    pen.timeline(&card.timeline);
}
