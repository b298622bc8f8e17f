//! Reports: what came and went, how fast it was answered, what was done, what is in the pipeline, what waited.

mod deals;
mod sheets;
mod state;
mod update;
mod view;

pub use state::Reports;
pub use update::{act, changed, failed, load, loaded, settle, show, tick};
pub use view::{place, view};
