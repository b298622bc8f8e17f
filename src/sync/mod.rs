//! Where the store meets the network: letters come in, wishes and letters go out.
//!
//! `plan` decides (pure), `account` does it with `folders`, `wishes` and `renumber`, `fetching` brings letters, `large`
//! those whose files stayed on the server, `ingest` stores what
//! came, `filing` finds the client, `outbox` sends; `import` and `export` do the same with files.

pub mod account;
mod claims;
pub mod drafts;
pub mod export;
pub mod fetching;
pub mod filing;
mod folders;
pub mod import;
pub mod ingest;
pub mod large;
pub mod meetings;
pub mod merging;
pub mod outbox;
pub mod plan;
pub mod proof;
pub mod remote;
mod renumber;
mod said;
#[cfg(test)]
mod tests;
mod wishes;
