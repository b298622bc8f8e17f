//! The screens of PRODUCT.md.

pub mod clients;
pub mod deals;
pub mod mail;
pub mod outgoing;
pub mod reports;
pub mod today;

use super::keymap::Action;

/// How many rows an action of moving goes in a list that shows `page` of them; `None` for every other action.
pub(super) fn rows(action: Action, page: isize) -> Option<isize> {
    Some(match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::Top => -isize::MAX,
        Action::Bottom => isize::MAX,
        _ => return None,
    })
}
