//! What `postbook status` says.

use super::{Store, count_at, text_at};
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::status::{AccountStatus, FolderStatus, OutboxStatus, Status};
use crate::domain::work_time::WorkTime;
use jiff::Zoned;

impl Store {
    /// Accounts with their folders, outbox and counters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn status(&self, now: &Zoned, work: &WorkTime) -> Result<Status> {
        let mut status = Status {
            accounts: Vec::new(),
            outbox: self.outbox_status()?,
            refusals: self.refusals()?,
            counters: self.counters(now, work)?,
            away: self.absence(now)?,
        };
        for state in self.account_states()? {
            status.accounts.push(AccountStatus {
                wishes_pending: self.wishes_pending(state.id)?,
                folders: self.folder_status(state.id)?,
                state,
            });
        }
        Ok(status)
    }

    fn folder_status(&self, account: id::Account) -> Result<Vec<FolderStatus>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT f.name, f.role, f.server_count, f.complete, (SELECT count(*) FROM copy c WHERE c.folder_id = f.id) AS local,
                    (SELECT count(*) FROM copy c WHERE c.folder_id = f.id AND c.wanted_flags & 1 = 0) AS unseen
             FROM folder f WHERE f.account_id = ?1 AND f.gone = 0",
        )?;
        let mut folders: Vec<FolderStatus> = statement
            .query_map([account.0], |row| {
                Ok(FolderStatus {
                    name: text_at(row, "name")?,
                    role: row.get::<_, Option<String>>("role")?.as_deref().and_then(Role::from_word),
                    local: count_at(row, "local")?,
                    server: row.get::<_, Option<i64>>("server_count")?.and_then(|count| u64::try_from(count).ok()),
                    unseen: count_at(row, "unseen")?,
                    complete: row.get("complete")?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        folders.sort_by_key(|folder| (folder.role.map_or(usize::MAX, |role| role as usize), folder.name.clone()));
        Ok(folders)
    }

    /// Wanted changes of an account that are not on the server: of letters, of folders, and copies of sent letters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wishes_pending(&self, account: id::Account) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached(
                "SELECT (SELECT count(*) FROM copy WHERE wished_at IS NOT NULL AND folder_id IN (SELECT id FROM folder WHERE account_id = ?1 AND kept_here = 0))
                      + (SELECT count(*) FROM folder WHERE account_id = ?1 AND (to_create = 1 OR wanted_raw_name IS NOT NULL))
                      + (SELECT count(*) FROM outgoing o WHERE o.account_id = ?1 AND o.copy_state IN ('wanted', 'appending'))
                      + (SELECT count(*) FROM draft d LEFT JOIN draft_copy c ON c.draft_id = d.id
                         WHERE d.account_id = ?1 AND d.saved_at > coalesce(c.agreed_at, 0) AND EXISTS (
                             SELECT 1 FROM folder f JOIN account a ON a.id = f.account_id
                             WHERE f.account_id = ?1 AND f.role = 'drafts' AND f.gone = 0 AND a.kind = 'personal' AND a.read_only = 0))",
            )?
            .query_row([account.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Letters of the outbox by state.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outbox_status(&self) -> Result<OutboxStatus> {
        let mut statement =
            self.sql().prepare_cached("SELECT state, count(*) AS total FROM outgoing GROUP BY state")?;
        let rows: Vec<(String, u64)> = statement
            .query_map([], |row| Ok((row.get("state")?, count_at(row, "total")?)))?
            .collect::<rusqlite::Result<_>>()?;
        let of = |word: &str| rows.iter().find(|(state, _)| state == word).map_or(0, |(_, total)| *total);
        Ok(OutboxStatus {
            held: of("held"),
            queued: of("queued"),
            sending: of("sending"),
            sent: of("sent"),
            refused: of("refused"),
            uncertain: of("uncertain"),
        })
    }
}
