//! Brings a store of any released version to this one.

use super::journal;
use crate::domain::problem::{Kind, Problem, Result};
use rusqlite::Connection;

/// Every schema step, oldest first; the store's `user_version` says how many it has.
const STEPS: [&str; 27] = [
    include_str!("../../assets/migrations/001-first-light.sql"),
    include_str!("../../assets/migrations/002-mail-engine.sql"),
    include_str!("../../assets/migrations/003-index.sql"),
    include_str!("../../assets/migrations/005-live.sql"),
    include_str!("../../assets/migrations/006-archive.sql"),
    include_str!("../../assets/migrations/007-waiting.sql"),
    include_str!("../../assets/migrations/008-large.sql"),
    include_str!("../../assets/migrations/009-cards.sql"),
    include_str!("../../assets/migrations/010-filing.sql"),
    include_str!("../../assets/migrations/011-leads.sql"),
    include_str!("../../assets/migrations/012-deals.sql"),
    include_str!("../../assets/migrations/013-activities.sql"),
    include_str!("../../assets/migrations/014-today.sql"),
    include_str!("../../assets/migrations/015-search.sql"),
    include_str!("../../assets/migrations/016-reports.sql"),
    include_str!("../../assets/migrations/017-shared.sql"),
    include_str!("../../assets/migrations/018-parts.sql"),
    include_str!("../../assets/migrations/019-passed-on.sql"),
    include_str!("../../assets/migrations/020-speed.sql"),
    include_str!("../../assets/migrations/021-bounced.sql"),
    include_str!("../../assets/migrations/024-compose.sql"),
    include_str!("../../assets/migrations/025-receipts.sql"),
    include_str!("../../assets/migrations/022-mailings.sql"),
    include_str!("../../assets/migrations/023-events.sql"),
    include_str!("../../assets/migrations/027-away.sql"),
    include_str!("../../assets/migrations/028-sequences.sql"),
    include_str!("../../assets/migrations/029-absence.sql"),
];

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

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::STEPS;

    #[test]
    fn a_fresh_store_opens_again_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        let schema = |store: &Store| store.rows("SELECT name, sql FROM sqlite_schema ORDER BY name");
        let first = schema(&Store::open(&file).unwrap());
        for table in super::journal::recorded() {
            let there = first.iter().any(|row| row.starts_with(&format!("{table}_changing")));
            assert!(there, "with the journal's triggers of {table}");
        }
        let store = Store::open(&file).unwrap();
        assert_eq!(schema(&store), first);
        assert_eq!(store.rows("PRAGMA user_version"), [STEPS.len().to_string()]);
        for (pragma, value) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
            assert_eq!(store.rows(&format!("PRAGMA {pragma}")), [value], "{pragma}");
        }
    }

    #[test]
    fn a_store_of_every_version_is_brought_up_to_date_with_what_is_in_it() {
        const LIFE: &str = "
            INSERT INTO account (id, name, email, kind) VALUES (1, 'work', 'me@firma.example', 'personal');
            INSERT INTO folder (id, account_id, raw_name, name, role) VALUES (1, 1, 'INBOX', 'INBOX', 'inbox');
            INSERT INTO thread (id, account_id, subject, last_human_message_id, last_human_direction)
                VALUES (1, 1, 'Desks', 1, 'inbound'), (2, 1, 'Lamps', 2, 'inbound');
            INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name,
                    from_address, subject, snippet, size, attachments, degraded, asks)
                SELECT id, 1, id, cast('d' || id AS BLOB), id, id, 'inbound', 'human', '', '', 'a@x.example', '', '', 1, 0, 0, 0 FROM thread;
            INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) VALUES (1, 7, 1, 1, 0, 1), (1, 7, 2, 2, 0, 0);
            INSERT INTO thread_state (thread_id, done_message_id) VALUES (1, 1);
            INSERT INTO filing (thread_id, deal_decided, rule, evidence, decided_at) VALUES (2, 1, 'domain', '', 1);";
        let schema = |store: &Store| store.rows("SELECT name, sql FROM sqlite_schema ORDER BY name");
        let folder = tempfile::tempdir().unwrap();
        let fresh = schema(&Store::open(&folder.path().join("fresh.db")).unwrap());
        for version in 1..STEPS.len() {
            let file = folder.path().join(format!("{version}.db"));
            let old = rusqlite::Connection::open(&file).unwrap();
            for step in &STEPS[..version] {
                old.execute_batch(step).unwrap();
            }
            super::journal::install_triggers(&old).unwrap();
            old.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
            old.execute_batch(LIFE).unwrap();
            drop(old);
            let store = Store::open(&file).unwrap();
            assert_eq!(schema(&store), fresh, "from version {version}");
            assert_eq!(
                store.rows("SELECT id, settled, filed FROM thread ORDER BY id"),
                ["1 | 1 | 0", "2 | 0 | 1"],
                "{version}"
            );
            assert_eq!(store.rows("SELECT uid, wanted_flags FROM copy ORDER BY uid"), ["1 | 1", "2 | 0"], "{version}");
        }
    }

    /// Undo and merging take rows away: SQLite asks each time whether anything refers to them, and would read whole tables for it.
    #[test]
    fn whatever_refers_to_a_card_is_found_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        let (mut asked, mut walked) = (0, Vec::new());
        for table in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%REFERENCES%'") {
            for reference in store.rows(&format!("SELECT \"table\", \"from\" FROM pragma_foreign_key_list('{table}')"))
            {
                let (parent, column) = reference.split_once(" | ").unwrap();
                if !["contact", "company", "deal", "activity", "payment", "filing", "thread"].contains(&parent) {
                    continue;
                }
                let plan = store.rows(&format!("EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = abs(1)"));
                if plan.iter().any(|step| step.contains("SCAN")) {
                    walked.push(format!("{table}.{column}"));
                }
                asked += 1;
            }
        }
        assert!(asked > 20 && walked.is_empty(), "{asked} {walked:?}");
    }

    #[test]
    fn two_programs_may_make_the_store_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        let open = || Store::open(&file).map(|store| store.rows("SELECT count(*) FROM account"));
        let opened: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for opened in opened {
            assert_eq!(opened.unwrap(), ["0"]);
        }
    }

    /// What the test above meets only now and then: the first one writes while it is no log yet.
    #[test]
    fn whoever_comes_second_asks_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        let first = rusqlite::Connection::open(&file).unwrap();
        first.execute_batch("CREATE TABLE there (x); BEGIN IMMEDIATE").unwrap();
        let second = rusqlite::Connection::open(&file).unwrap();
        let mut asked = Vec::new();
        let outcome = super::super::keep_log(&second, |tries| {
            asked.push(tries);
            if tries == 2 {
                first.execute_batch("COMMIT").unwrap();
            }
            true
        });
        assert!(outcome.is_ok() && asked == [0, 1, 2], "{outcome:?} {asked:?}");
        let mode: String = second.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        first.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(super::super::keep_log(&second, |_| false).is_ok(), "a log it is already");
    }

    #[test]
    fn a_store_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        Store::open(&file).unwrap().run("PRAGMA user_version = 99");
        let problem = Store::open(&file).err().unwrap();
        assert!(problem.sentence.ends_with("it was written by a newer Postbook"), "{problem}");
        assert!(problem.hint.is_some());
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        let store = Store::open(&file).unwrap();
        store.run("CREATE TABLE x (y)");
        for suffix in ["", "-wal", "-shm"] {
            let file = folder.path().join(format!("postbook.sqlite{suffix}"));
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
    }

    #[test]
    fn what_is_no_store_is_named_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        std::fs::write(&file, "this is not a database, but long enough to look like one".repeat(100)).unwrap();
        let problem = Store::open(&file).err().unwrap();
        assert!(problem.sentence.contains("postbook.sqlite"), "{problem}");
        assert!(problem.hint.is_some_and(|hint| hint.contains("damaged")), "{}", problem.sentence);
    }
}
