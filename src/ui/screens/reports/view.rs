//! How Reports looks.

use crate::ui::state::State;
use crate::ui::widgets::pane;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    pane::view(frame, body, false, "Reports", "", true, &state.styles);
}
