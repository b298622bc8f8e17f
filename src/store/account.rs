//! Accounts as the store knows them: a name to hang folders on, and how the last sync went.

use super::{Store, moment, ms, optional_text_at, text_at};
use crate::domain::account::Kind;
use crate::domain::address::{Address, Own};
use crate::domain::id;
use crate::domain::problem::{Problem, Result};
use crate::domain::status::{AccountState, Phase};
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
    /// Looking at its letters changes nothing on the server.
    pub read_only: bool,
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

    /// True when nothing that I do with an account's letters may change its mailbox, but answering and claiming.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_read_only(&self, account: id::Account) -> Result<bool> {
        let mut statement = self.sql().prepare_cached("SELECT read_only FROM account WHERE id = ?1")?;
        Ok(statement.query_row([account.0], |row| row.get(0)).optional()?.unwrap_or(false))
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
            .prepare_cached("SELECT id FROM account WHERE name = ?1 AND email = ?2 AND kind = ?3 AND read_only = ?4")?
            .query_row(params![registration.name, registration.email.as_str(), kind, registration.read_only], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(key) = known {
            return Ok(id::Account(key));
        }
        let key = self
            .sql()
            .prepare_cached(
                "INSERT INTO account (name, email, kind, read_only) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE SET email = excluded.email, kind = excluded.kind, read_only = excluded.read_only RETURNING id",
            )?
            .query_row(params![registration.name, registration.email.as_str(), kind, registration.read_only], |row| row.get(0))?;
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

    /// Keeps how a sync of an account ended: well, or with this problem.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_sync(
        &self,
        account: id::Account,
        now: Timestamp,
        outcome: std::result::Result<(), &Problem>,
    ) -> Result<()> {
        let problem = outcome.err();
        let mut statement = self
            .sql()
            .prepare_cached(
                "UPDATE account SET last_try_at = ?2, last_error = ?3, last_hint = ?4, phase = CASE WHEN ?3 IS NULL THEN 'online' ELSE phase END,
                     next_try_at = CASE WHEN ?3 IS NULL THEN NULL ELSE next_try_at END, last_sync_at = CASE WHEN ?3 IS NULL THEN ?2 ELSE last_sync_at END
                 WHERE id = ?1",
            )?;
        self.write_again_possible(|| {
            let (said, hint) = (problem.map(|p| &p.sentence), problem.and_then(|p| p.hint.as_ref()));
            Ok(statement.execute(params![account.0, ms(now), said, hint]).map(drop)?)
        })
    }

    /// Keeps how the work on an account goes, and when it is tried again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_phase(&self, account: id::Account, phase: Phase, next_try: Option<Timestamp>) -> Result<()> {
        let mut statement = self.sql().prepare_cached(
            // What is so already is not written: whoever watches the store would read everything again for nothing.
            "UPDATE account SET phase = ?2, next_try_at = ?3 WHERE id = ?1 AND (phase <> ?2 OR next_try_at IS NOT ?3)",
        )?;
        self.write_again_possible(|| {
            Ok(statement.execute(params![account.0, phase.word(), next_try.map(ms)]).map(drop)?)
        })
    }

    /// Nobody works on the accounts any more: those that were fine are closed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn close_accounts(&self) -> Result<()> {
        let close = "UPDATE account SET phase = 'closed' WHERE phase IN ('connecting', 'syncing', 'online')";
        self.write_again_possible(|| Ok(self.sql().execute(close, []).map(drop)?))
    }

    /// Accounts that the configuration has no more keep their letters, and nothing is tried for them again: what went
    /// wrong with them last is of no concern any longer.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retire_accounts(&self, configured: &[id::Account]) -> Result<()> {
        for state in self.account_states()? {
            if !configured.contains(&state.id) && (state.last_error.is_some() || state.phase.is_trouble()) {
                self.sql().execute(
                    "UPDATE account SET phase = 'closed', next_try_at = NULL, last_error = NULL, last_hint = NULL WHERE id = ?1",
                    [state.id.0],
                )?;
            }
        }
        Ok(())
    }

    /// How every account stands with its servers, in the order they were entered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_states(&self) -> Result<Vec<AccountState>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, name, kind, phase, next_try_at, last_try_at, last_sync_at, last_error, last_hint FROM account ORDER BY id",
        )?;
        let moment_at = |row: &rusqlite::Row<'_>, column: &str| -> rusqlite::Result<Option<Timestamp>> {
            Ok(row.get::<_, Option<i64>>(column)?.map(moment))
        };
        let states = statement
            .query_map([], |row| {
                Ok(AccountState {
                    id: id::Account(row.get("id")?),
                    name: text_at(row, "name")?,
                    kind: if row.get::<_, String>("kind")? == "shared" { Kind::Shared } else { Kind::Personal },
                    phase: Phase::from_word(&row.get::<_, String>("phase")?),
                    next_try: moment_at(row, "next_try_at")?,
                    last_try: moment_at(row, "last_try_at")?,
                    last_sync: moment_at(row, "last_sync_at")?,
                    last_error: optional_text_at(row, "last_error")?,
                    hint: optional_text_at(row, "last_hint")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(states)
    }

    /// Asks whoever owns the network to sync every account now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ask_for_sync(&self, now: Timestamp) -> Result<()> {
        self.sql().execute("UPDATE account SET asked_at = ?1", [ms(now)])?;
        Ok(())
    }

    /// When somebody last asked for a sync.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sync_asked_for(&self) -> Result<Option<Timestamp>> {
        let at: Option<i64> =
            self.sql().prepare_cached("SELECT max(asked_at) FROM account")?.query_row([], |row| row.get(0))?;
        Ok(at.map(moment))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::domain::problem::Kind as Why;

    #[test]
    fn the_troubles_of_an_account_go_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.db")).unwrap();
        let [work, old] = ["work", "old"].map(|name| {
            let email = Address::parse("me@firma.example").unwrap();
            let account = store.register_account(&Registration {
                name: name.to_owned(),
                email,
                kind: Kind::Personal,
                read_only: false,
            });
            let account = account.unwrap();
            store.note_sync(account, Timestamp::UNIX_EPOCH, Err(&Problem::new(Why::Network, "no way"))).unwrap();
            store.note_phase(account, Phase::Waiting, Some(Timestamp::UNIX_EPOCH)).unwrap();
            account
        });
        store.retire_accounts(&[work]).unwrap();
        let troubled = |account| {
            let states = store.account_states().unwrap();
            states.iter().any(|state| state.id == account && state.phase.is_trouble() && state.last_error.is_some())
        };
        assert!(troubled(work));
        let states = store.account_states().unwrap();
        let state = states.iter().find(|state| state.id == old).unwrap();
        assert_eq!((state.phase, &state.last_error, state.next_try), (Phase::Closed, &None, None));
    }
}
