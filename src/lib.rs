//! Postbook: a terminal mail client that knows your customers.
//!
//! The modules in reading order. What each may import is in ARCHITECTURE.md and enforced by a test.

pub mod cli;
pub mod config;
pub mod domain;
pub mod mime;
pub mod net;
pub mod runtime;
pub mod store;
pub mod sync;
pub mod ui;
