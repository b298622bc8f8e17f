//! The triage board: what waits, oldest first; the conversation; the client's card.

mod state;
mod update;
mod view;

pub use state::{Pane, Today};
pub use update::{act, cleared, load, loaded, show_view};
pub use view::{areas, short, view};
