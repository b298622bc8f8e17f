//! Where each fact about a lead comes from: Enter opens the letter.

use super::Item;
use super::layout::Pen;
use crate::domain::contact::Provenance;
use crate::ui::format;

/// One line for each fact, with the day of its letter.
pub(super) fn lay(pen: &mut Pen, facts: &[Provenance]) {
    if facts.is_empty() {
        return;
    }
    pen.heading("Found in letters (Enter opens the letter)");
    let column = 9.min(pen.columns() / 3);
    for fact in facts {
        let left = format!("{} {}", format::fit(fact.field.as_str(), column), fact.value);
        match (fact.message, &fact.letter) {
            (Some(message), Some((thread, at, _))) => {
                let when = pen.moment(*at);
                pen.fact_item(Item::Letter(*thread, message), &left, &when);
            }
            _ => pen.fact(fact.field.as_str(), fact.value.as_str()),
        }
    }
}
