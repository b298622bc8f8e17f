//! Accounts as the store knows them: a name to hang folders on, and how the last sync went.

use super::{Store, ms, text_at};
use crate::domain::account::Kind;
use crate::domain::address::{Address, Own};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// What the configuration says of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its name in the configuration: the key by which it is found again.
    pub name: String,
    /// Its address.
    pub email: Address,
    /// Personal or shared.
    pub kind: Kind,
}

impl Store {
    /// What an account is called.
    ///
    /// # Errors
    /// When the store cannot be read, or there is no such account.
    pub fn account_name(&self, account: id::Account) -> Result<Text> {
        Ok(self
            .sql()
            .prepare_cached("SELECT name FROM account WHERE id = ?1")?
            .query_row([account.0], |row| text_at(row, "name"))?)
    }

    /// Finds the account by name, or enters it; brings its address up to date.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn register_account(&self, registration: &Registration) -> Result<id::Account> {
        let kind = match registration.kind {
            Kind::Personal => "personal",
            Kind::Shared => "shared",
        };
        // Known already, the usual case: nothing is written, so that what only reads never waits for a writer.
        let known = self
            .sql()
            .prepare_cached("SELECT id FROM account WHERE name = ?1 AND email = ?2 AND kind = ?3")?
            .query_row(params![registration.name, registration.email.as_str(), kind], |row| row.get(0))
            .optional()?;
        if let Some(key) = known {
            return Ok(id::Account(key));
        }
        let key = self
            .sql()
            .prepare_cached(
                "INSERT INTO account (name, email, kind) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET email = excluded.email, kind = excluded.kind RETURNING id",
            )?
            .query_row(params![registration.name, registration.email.as_str(), kind], |row| row.get(0))?;
        Ok(id::Account(key))
    }

    /// The addresses of all accounts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn own(&self) -> Result<Own> {
        let mut statement = self.sql().prepare_cached("SELECT email FROM account")?;
        let emails: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(Own::new(emails.iter().filter_map(|email| Address::parse(email))))
    }

    /// Keeps how a sync of an account ended: `None` well, else the sentence to show.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_sync(&self, account: id::Account, now: Timestamp, error: Option<&str>) -> Result<()> {
        self.sql()
            .prepare_cached(
                "UPDATE account SET last_try_at = ?2, last_error = ?3, last_sync_at = CASE WHEN ?3 IS NULL THEN ?2 ELSE last_sync_at END WHERE id = ?1",
            )?
            .execute(params![account.0, ms(now), error])?;
        Ok(())
    }
}
