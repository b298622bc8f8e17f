//! What several screens draw with.

pub mod agree;
pub mod chart;
pub mod cursor;
pub mod doc;
pub mod field;
pub mod header;
pub mod list;
pub mod masked;
pub mod pane;
pub mod status;
