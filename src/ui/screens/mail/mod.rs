//! Folders, threads, reader.

mod state;
mod update;
mod view;

pub use state::{Mail, Pane};
pub use update::{act, cleared, enter, folders_loaded, handled, select_folder, threads_loaded};
pub use view::{areas, view};
