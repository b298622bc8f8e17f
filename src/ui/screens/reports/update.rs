//! How Reports changes.

use crate::ui::keymap::Action;
use crate::ui::state::{Effects, State};

/// Reads the reports again.
pub fn load(_state: &mut State, _out: &mut Effects) {}

/// Takes an action; true when it was one of Reports'.
pub fn act(_state: &mut State, _action: Action, _out: &mut Effects) -> bool {
    false
}
