//! The triage board: what waits, the most pressing first; the conversation; the client's card.

mod clear;
mod order;
mod state;
mod update;
mod view;

pub use state::{Pane, Today};
pub use update::{Loaded, act, cleared, decided, load, loaded, only, recorded, show_view};
pub use view::{areas_now, short, view};
