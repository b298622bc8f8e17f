//! Brings a store of any released version to this one.

use super::journal;
use crate::domain::problem::{Kind, Problem, Result};
use rusqlite::Connection;

/// Every schema step, oldest first; the store's `user_version` says how many it has.
const STEPS: [&str; 1] = [include_str!("../../assets/migrations/001-first-light.sql")];

/// Runs the steps that are missing, each in its own transaction.
pub(super) fn migrate(connection: &Connection) -> Result<()> {
    if version(connection)? == STEPS.len() {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // Asked again inside the transaction: two programs may start at once.
    let done = version(connection)?;
    let outcome = run_from(connection, done);
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}

fn version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn run_from(connection: &Connection, done: usize) -> Result<()> {
    let Some(missing) = STEPS.get(done..) else {
        return Err(Problem::new(Kind::Store, "it was written by a newer Postbook")
            .hint("install that version, or name another --data-dir"));
    };
    for step in missing {
        connection.execute_batch(step)?;
    }
    if !missing.is_empty() {
        journal::install_triggers(connection)?;
        connection.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(0))?;
    }
    Ok(())
}
