//! Changes: undoable acts on the store.

use super::id;
use super::text::Text;
use jiff::Timestamp;

/// One act, as `u` and `postbook changes` show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its key.
    pub id: id::Change,
    /// What was done: "Mark done: Offer for 20 desks".
    pub title: Text,
    /// When.
    pub at: Timestamp,
    /// Taken back.
    pub undone: bool,
}
