//! Keys of the list of a search: what is done with the selected row without opening it.

use super::Search;
use crate::ui::acts;
use crate::ui::hints;
use crate::ui::keymap::{self, Action, At};
use crate::ui::overlays::Overlay;
use crate::ui::state::{Effects, State};

/// Does what a key does to the selected row.
pub(super) fn key(search: Box<Search>, state: &mut State, name: &str, out: &mut Effects) -> Option<Overlay> {
    let Some(target) = search.target() else { return Some(Overlay::Search(search)) };
    state.found = Some(target.clone());
    let can = |at: At| !matches!(at, At::List | At::Always) && hints::can(state, &target, at);
    match keymap::lookup(name, None, can) {
        // A letter is written over the whole screen; the search is the first of those that `/` and ↑ bring back.
        Some(action) if writes(action) => {
            search.remember(out);
            acts::act(state, action, out);
            state.found = None;
            None
        }
        Some(Action::Card) => {
            acts::act(state, Action::Card, out);
            state.found = None;
            search.remember(out);
            state.parked = Some((state.pages.len(), Overlay::Search(search)));
            None
        }
        Some(action) if stays(action) => {
            acts::act(state, action, out);
            Some(Overlay::Search(search))
        }
        _ => {
            acts::say(
                state,
                &format!("{} does nothing with what was found. F1 shows what can be looked for.", keymap::shown(name)),
            );
            Some(Overlay::Search(search))
        }
    }
}

fn writes(action: Action) -> bool {
    use Action::{Forward, Reply, ReplyAll, Template, TemplateTo, WriteTo};
    matches!(action, Reply | ReplyAll | Forward | Template | TemplateTo | WriteTo)
}

/// Acts that leave the list where it is.
fn stays(action: Action) -> bool {
    use Action::{
        AddActivity, Archive, Convert, Delete, Done, File, Flag, Ignore, Junk, KeepLead, Move, Snooze, ToggleRead, Undo,
    };
    matches!(
        action,
        AddActivity
            | Archive
            | Convert
            | Delete
            | Done
            | File
            | Flag
            | Ignore
            | Junk
            | KeepLead
            | Move
            | Snooze
            | ToggleRead
            | Undo
    )
}
