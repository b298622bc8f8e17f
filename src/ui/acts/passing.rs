//! Passing a letter on, and using it again.

use crate::ui::effect::{Effect, Passing};
use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};

/// Takes an action; true when it was known.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let (how, what) = match action {
        Action::Forward => (None, "forwards the letter you see"),
        Action::ForwardAsFile => (Some(Passing::AsFile), "forwards the letter you see as a file"),
        Action::EditAsNew => (Some(Passing::AsNew), "makes a new letter of the one you see"),
        Action::Redirect => (Some(Passing::AsItCame), "sends on the letter you see"),
        _ => return false,
    };
    let target = state.target();
    match (super::newest_letter(state, &target), how) {
        (Some(message), None) => out.push(Effect::StartForward(message)),
        (Some(message), Some(how)) => out.push(Effect::PassOn { message, how }),
        (None, _) => super::say(state, &format!("Open the conversation first (Enter), then the same key {what}.")),
    }
    true
}
