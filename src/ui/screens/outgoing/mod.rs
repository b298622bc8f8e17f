//! Letters on their way out, drafts, templates.

mod mailings;
mod state;
mod update;
mod view;

pub use state::{Outgoing, Tab};
pub use update::{act, drafts_loaded, failed, load, mailings_loaded, outbox_loaded, select, templates_loaded};
pub use view::{areas, stand, view};
