//! Contacts, companies and leads, each with the card beside.

mod state;
mod update;
mod view;

pub use state::{Clients, Tab};
pub use update::{act, cleared, companies_loaded, contacts_loaded, failed, filter, load, reorder};
pub use view::{areas, view};
