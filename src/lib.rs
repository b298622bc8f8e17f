//! Postbook: a terminal mail client that knows your customers.
//!
//! The modules in reading order. What each may import is in ARCHITECTURE.md and enforced by a test.

pub mod domain;
pub mod ui;
