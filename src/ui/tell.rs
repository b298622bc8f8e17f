//! What cannot be done here, and where it can.

use super::acts::say;
use super::keymap;
use super::overlays::{Notice, Overlay};
use super::state::State;
use crate::domain::text::Text;

/// A key that does something elsewhere, or nothing anywhere: it is said, so that nobody waits for it.
pub(super) fn not_here(state: &mut State, key: &str) {
    // The editor and the last look have keys of their own that mean nothing to who reads.
    let reads = |binding: &&keymap::Binding| !matches!(binding.at, keymap::At::Compose | keymap::At::Review);
    let bindings = || keymap::BINDINGS.iter().filter(reads).filter(|binding| binding.keys.contains(&key));
    let reader = bindings().find(|binding| binding.at == keymap::At::Reader);
    match reader.or_else(|| bindings().next()) {
        Some(binding) => elsewhere(state, binding, &keymap::shown(key)),
        None => say(state, &format!("{} does nothing here. ? shows the keys that do.", keymap::shown(key))),
    }
}

/// Says where an action works.
pub(super) fn elsewhere(state: &mut State, binding: &keymap::Binding, key: &str) {
    let letter = binding.at == keymap::At::Reader && state.target().thread.is_some();
    let help = if letter { "works in the open letter: Enter opens it" } else { "does nothing here" };
    say(state, &format!("{key} ({}) {help}. ? shows the keys of this place.", binding.short));
}

/// Says what a template lacks.
pub(super) fn holes(state: &mut State, name: &str, holes: &[crate::domain::template::Hole]) {
    let mut lines = vec![Text::own("It is not filled: a letter never leaves with a hole in it."), Text::default()];
    // Each value once, however often the template uses it.
    for (index, hole) in holes.iter().enumerate() {
        if !holes.iter().take(index).any(|before| before.code == hole.code && before.card == hole.card) {
            lines.push(Text::from(format!("- {}", hole.sentence())));
        }
    }
    lines.push(Text::default());
    // No card lacks it: the letter is about no deal or payment.
    let advice = if holes.iter().all(|hole| hole.card.as_str() == "the letter") {
        "Answer with it (t) where such a deal or payment is: in a conversation that is filed under it (f files)."
    } else {
        "Enter the values on the card, or give the template a default: {{ code or \"words\" }}."
    };
    lines.push(Text::own(advice));
    let title = format!("The template “{name}” needs more");
    state.overlays.push(Overlay::Notice(Notice { title, lines, scroll: 0 }));
}
