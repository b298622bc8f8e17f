//! For tests only: looking into the tables from outside, and at the plans of queries.

use super::Store;
use rusqlite::types::ValueRef;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

impl Store {
    /// Every row of a query as text, its columns parted by ` | `.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let mut statement = self.sql().prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                let cells = (0..columns).map(|column| Ok(cell(row.get_ref(column)?)));
                Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
            })
            .unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// Runs a statement that tests need and the program does not.
    pub(crate) fn run(&self, sql: &str) {
        self.sql().execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Store {
    /// Reads for a while: so many rows that nobody kept.
    pub(crate) fn run_long(&self, rows: u32) -> crate::domain::problem::Result<i64> {
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT sum(i) FROM n";
        Ok(self.sql().query_row(sql, [rows], |row| row.get(0))?)
    }

    /// How many steps SQLite's machine takes for `work`, in tens.
    pub(crate) fn steps<T>(&mut self, work: impl FnOnce(&Self) -> T) -> (T, u64) {
        let count = Arc::new(AtomicU64::new(0));
        let counting = Arc::clone(&count);
        let count_up = move || {
            counting.fetch_add(1, Ordering::Relaxed);
            false
        };
        self.connection.progress_handler(10, Some(count_up)).unwrap();
        let value = work(self);
        self.connection.progress_handler(0, None::<fn() -> bool>).unwrap();
        (value, count.load(Ordering::Relaxed))
    }
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

mod tests {
    use super::super::cards_fixture::{Shop, address, now};
    use super::Store;
    use crate::domain::id;
    use crate::domain::query::Query;
    use crate::domain::thread::PageKey;
    use crate::domain::work_time::WorkTime;

    /// A mailbox of this many threads with a letter each, of which always the same few wait; in the others I had the last word.
    fn mailbox(threads: u32) -> Shop {
        let shop = Shop::open();
        shop.store.run(&format!(
            "PRAGMA synchronous = off; BEGIN;
             INSERT INTO folder (id, account_id, raw_name, name, role) VALUES (1, 1, 'INBOX', 'INBOX', 'inbox'), (2, 1, 'Junk', 'Junk', 'junk');
             INSERT INTO contact (id, kind, display, created_at, reviewed_at) VALUES (1, 'contact', 'Anna', 0, 0), (2, 'lead', 'New', 0, NULL), (3, 'contact', 'Jan', 0, 0);
             INSERT INTO contact_address (contact_id, address) VALUES (1, 'anna@acme.example');
             INSERT INTO deal (contact_id, title, stage, amount_minor, currency, created_at) VALUES (1, 'a', 's', 1, 'PLN', 0), (1, 'b', 's', 1, 'PLN', 0);
             CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {threads}) SELECT i FROM n;
             INSERT INTO thread (id, account_id, subject) SELECT i, 1, 'thread ' || i FROM n;
             INSERT INTO message (id, account_id, thread_id, digest, msg_id, date, arrived_at, direction, nature, nature_why, from_name, from_address,
                 subject, snippet, size, attachments, degraded, asks)
             SELECT i, 1, i, randomblob(32), 'm' || i, 1000 * i, 0, iif(i % 3 = 0 OR i > 60, 'outbound', 'inbound'), 'human', '', '', 'anna@acme.example', 'x', 'y', 1, 0, 0, i % 2 AND i <= 60 FROM n;
             INSERT INTO participant (message_id, field, position, address, name) SELECT i, 'from', 0, 'anna@acme.example', '' FROM n;
             INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) SELECT iif(i BETWEEN 50 AND 60, 2, 1), 1, i, i, i > 20, i > 20 FROM n;
             INSERT INTO filing (thread_id, contact_id, deal_decided, rule, evidence, decided_at) SELECT i, iif(i > 60, 3, 1), i > 10, 'address', '', 0 FROM n;
             INSERT INTO thread_state (thread_id, done_message_id) SELECT i, i FROM n WHERE i > 20;
             INSERT INTO junk_confirmed (message_id, confirmed_at) SELECT i, 0 FROM n WHERE i > 60;
             INSERT INTO activity (kind, contact_id, subject, due_at, done_at) SELECT 'call', 1, 's', i, iif(i > 5, i, NULL) FROM n;
             INSERT INTO payment (deal_id, title, due_on, amount_minor, currency, paid_on) SELECT 1, 'p', '2026-11-01', 1, 'PLN', iif(i > 5, '2026-11-01', NULL) FROM n;
             INSERT INTO message_fts (rowid, subject, people, body, files) SELECT i, iif(i < 9, 'rare', 'common'), '', '', '' FROM n; COMMIT;"
        ));
        // The cards' words are brought up to date by the first search.
        shop.store.search(&Query::parse("rare"), 1).unwrap();
        shop.store
            .write(|| (1..=threads).try_for_each(|key| shop.store.refresh_lists(id::Thread(key.into()))))
            .unwrap();
        shop
    }

    #[test]
    fn no_list_gets_slower_as_the_mailbox_grows() {
        let (mut small, mut large) = (mailbox(300), mailbox(3000));
        let page = |at: i64| Some(PageKey { at: jiff::Timestamp::from_millisecond(at * 1000).unwrap(), id: at });
        type Work<'a> = Box<dyn Fn(&Store) -> usize + 'a>;
        let works: Vec<(&str, Work<'_>)> = vec![
            ("the first page of a folder", Box::new(|s| s.threads_in(id::Folder(1), None, 50).unwrap().len())),
            ("a page in the middle", Box::new(move |s| s.threads_in(id::Folder(1), page(150), 50).unwrap().len())),
            ("the counters", Box::new(|s| usize::from(!s.counters(&now(), &WorkTime::default()).unwrap().all_clear()))),
            ("today", Box::new(|s| s.today(&now(), &WorkTime::default(), None, 50).unwrap().0.len())),
            (
                "the counters of a thread",
                Box::new(|s| s.counters_of(id::Thread(7), &now(), &WorkTime::default()).unwrap().len()),
            ),
            ("why", Box::new(|s| s.why(id::Thread(7), &now(), &WorkTime::default()).unwrap().len())),
            ("a search", Box::new(|s| s.search(&Query::parse("rare"), 50).unwrap().1.len())),
            ("a thread", Box::new(|s| s.messages_of(id::Thread(7)).unwrap().len())),
            (
                "the address of somebody",
                Box::new(|s| usize::from(s.contact_by_address(&address("anna@acme.example")).unwrap().is_some())),
            ),
            ("what is wished", Box::new(|s| 1 + usize::try_from(s.wishes_pending(id::Account(1)).unwrap()).unwrap())),
            ("what is to be deleted for good", Box::new(|s| 1 + s.gone_wanted(id::Folder(1), 1).unwrap().len())),
            (
                "letters of another numbering",
                Box::new(|s| 1 + usize::from(s.has_stale_copies(id::Folder(1), 1).unwrap())),
            ),
            ("the outbox", Box::new(|s| 1 + s.outbox(10).unwrap().len())),
            (
                "a letter by its name",
                Box::new(|s| s.messages_named(&crate::domain::message::MsgId::parse("m7").unwrap()).unwrap().len()),
            ),
        ];
        let mut slow = Vec::new();
        // Counting a folder's letters walks its index: four steps of the machine for each letter, no more.
        let (_, folders) = large.store.steps(|s| s.folders().unwrap().len());
        assert!(folders < 3000 * 4 / 10 + 50, "{folders}");
        for (what, work) in works {
            let (found_small, few) = small.store.steps(&work);
            let (found_large, many) = large.store.steps(&work);
            assert!(found_small > 0, "{what} finds nothing");
            assert_eq!(found_small, found_large, "{what}");
            if many > few + few / 3 + 20 {
                slow.push(format!("{what}: {few} steps in the small mailbox, {many} in the large one"));
            }
        }
        assert!(slow.is_empty(), "{slow:#?}");
    }
}
