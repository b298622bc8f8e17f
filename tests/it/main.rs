//! The integration tests: the real program against real servers and a real terminal.
//!
//! One binary, so that the package is linked once. `support` starts the servers; every other module is tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod architecture;
mod archive;
mod claims;
mod commands;
mod cuts;
mod drafts;
mod e2e;
mod lists;
mod mailing;
mod oauth;
mod other_parsers;
mod outbox;
mod recorded;
mod sending_cuts;
mod servers;
mod support;
mod sync;
mod three_servers;
mod transcripts;
mod two_clients;
