//! Passing a letter on, and using it again.

use crate::domain::mailto;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Passing};
use crate::ui::keymap::Action;
use crate::ui::overlays::{Choice, Choose, Overlay, Pick};
use crate::ui::reader::Reader;
use crate::ui::state::{Effects, State};

/// Takes an action; true when it was known.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    if action == Action::WriteToLink {
        write_to_link(state, out);
        return true;
    }
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

/// The link in the letter that is read, or which of several.
fn write_to_link(state: &mut State, out: &mut Effects) {
    let letter = state.reader().and_then(Reader::letter);
    let links = letter.map(|letter| mailto::links_in(letter.parsed.text.as_str())).unwrap_or_default();
    match links.as_slice() {
        [] => super::say(state, "There is no mailto: link in this letter."),
        [only] => out.push(Effect::StartMailto { link: only.clone() }),
        several => {
            let rows = several.iter().map(|link| Choice {
                left: Text::line(link),
                right: Text::default(),
                pick: Pick::Effect(Effect::StartMailto { link: link.clone() }),
            });
            let choose = Choose::new("Write to which link?".to_owned(), rows.collect());
            state.overlays.push(Overlay::Choose(Box::new(choose)));
        }
    }
}
