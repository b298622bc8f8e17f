//! Keys that are typed before the letter they are meant for is on the screen.
//!
//! A letter that is begun is filled by the store; who writes all day types on at once. Those keys are for the letter: in the list
//! below it they would be commands.

use super::effect::Effect;
use super::event::Event;
use super::state::{Effects, State};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{SignedDuration, Timestamp};

/// After so long the letter does not come any more, and keys mean what they mean.
const PATIENCE: SignedDuration = SignedDuration::from_secs(3);

/// Keys for a letter that is on its way to the screen.
#[derive(Debug)]
pub struct Ahead {
    since: Timestamp,
    keys: Vec<KeyEvent>,
}

/// True when a key was kept for the letter that is being begun.
pub(super) fn keeps(state: &mut State, key: KeyEvent) -> bool {
    let leaves = key.code == KeyCode::Esc || key.modifiers.contains(KeyModifiers::CONTROL);
    let now = state.now;
    let waits = state.ahead.as_ref().is_some_and(|ahead| now.duration_since(ahead.since) < PATIENCE);
    if leaves || !waits {
        state.ahead = None;
        return false;
    }
    if let Some(ahead) = &mut state.ahead {
        ahead.keys.push(key);
    }
    true
}

/// Begins to keep keys when a letter was begun.
pub(super) fn begun(state: &mut State, out: &Effects) {
    let begins = |effect: &Effect| {
        matches!(
            effect,
            Effect::StartReply { .. }
                | Effect::StartForward(_)
                | Effect::StartNew { .. }
                | Effect::PassOn { .. }
                | Effect::OpenDraft(_)
                | Effect::TakeOffered(_)
                | Effect::UndoSend(_)
                | Effect::StartMailto { .. }
        )
    };
    if state.writing.is_none() && out.iter().any(begins) {
        state.ahead = Some(Ahead { since: state.now, keys: Vec::new() });
    }
}

/// The keys that were kept, when this event shows the letter, or says that there is none: then they are for nothing.
pub(super) fn kept(state: &mut State, event: &Event) -> Vec<KeyEvent> {
    let comes = matches!(event, Event::LetterStarted { .. });
    if !comes && !matches!(event, Event::Filled { .. } | Event::Problem(_) | Event::Asked { .. }) {
        return Vec::new();
    }
    let keys = state.ahead.take().map(|ahead| ahead.keys).unwrap_or_default();
    if comes { keys } else { Vec::new() }
}
