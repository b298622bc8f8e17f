//! Deals by stage with their sums, and the card beside.

mod state;
mod update;
mod view;

pub use state::Deals;
pub use update::{act, follow, load, loaded, settle};
pub use view::{areas, view};
