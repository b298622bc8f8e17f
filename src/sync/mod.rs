//! Where the store meets the network: letters come in, wishes and letters go out.
//!
//! `plan` decides (pure), `account` does it, `fetching` brings letters, `ingest` stores what came, `filing` finds the client, `outbox` sends.

pub mod account;
pub mod fetching;
pub mod filing;
pub mod ingest;
pub mod outbox;
pub mod plan;
pub mod remote;
#[cfg(test)]
mod tests;
