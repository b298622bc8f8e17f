//! Letters on their way out, drafts, templates, mailings, letters that wait for an answer.

mod follow_ups;
mod mailings;
mod state;
mod update;
mod view;

pub use state::{Outgoing, Tab};
pub use update::{
    act, drafts_loaded, failed, follow_ups_loaded, load, mailings_loaded, outbox_loaded, select, templates_loaded,
};
pub use view::{areas, stand, view};
