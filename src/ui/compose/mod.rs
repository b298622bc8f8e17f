//! The built-in editor, and the last look at a letter before it leaves.

mod state;
mod suggest;
mod update;
mod view;

pub use state::Compose;
pub use update::{
    act, begin, edited, file_read, guarded, key, leave_at, paste, people, problem, queued, replaced, save_now, saved,
    template_filled, tick, went,
};
pub use view::view;
