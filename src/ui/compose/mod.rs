//! The built-in editor, and the last look at a letter before it leaves.

mod state;
mod suggest;
mod text;
mod update;
mod view;

pub use state::Compose;
pub use text::{redo, undo};
pub use update::{
    act, answered, begin, edited, file_read, files_of_letters, follow_up, guarded, key, leave_at, paste, paste_text,
    problem, queued, replaced, save_now, saved, template_filled, tick, went,
};
pub use view::view;
