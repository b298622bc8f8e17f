//! Where the store meets the network: letters come in, wishes and letters go out.
//!
//! `plan` decides (pure), `account` does it, `fetching` brings letters, `ingest` stores what came, `filing` finds the client, `outbox` sends;
//! `import` and `export` do the same with files.

pub mod account;
pub mod export;
pub mod fetching;
pub mod filing;
pub mod import;
pub mod ingest;
pub mod outbox;
pub mod plan;
pub mod proof;
pub mod remote;
#[cfg(test)]
mod tests;
