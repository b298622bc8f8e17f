//! Reports: what came and went, how fast it was answered, what is in the pipeline.

mod state;
mod update;
mod view;

pub use state::Reports;
pub use update::{act, load};
pub use view::view;
