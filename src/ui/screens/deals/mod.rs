//! Deals as a board with a column for each stage, as a list, and what they will bring; the card beside.

mod board;
mod forecast;
mod state;
mod update;
mod view;

pub use board::at;
pub use state::{Deals, Shape};
pub use update::{act, clicked, column_loaded, filter, follow, load, loaded, moved, settle};
pub use view::{areas, view};
