//! A small shop for the tests of the clients' side: a real store in a temporary folder, and letters in it.

use super::contact::NewContact;
use super::deal::NewDeal;
use super::{Store, ms};
use crate::domain::address::Address;
use crate::domain::contact::{Kind, Name};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::params;

pub(super) struct Shop {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
}

/// Monday, 10:00 in Warsaw.
pub(super) fn now() -> Zoned {
    "2026-11-23T10:00[Europe/Warsaw]".parse().unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn person(given: &str, family: &str, addresses: &[&str]) -> NewContact {
    let name = Name { given: Text::line(given), family: Text::line(family), ..Name::default() };
    let addresses = addresses.iter().map(|text| address(text)).collect();
    NewContact {
        name,
        addresses,
        reviewed_at: Some(at("2026-11-01T08:00:00Z")),
        ..NewContact::new(Kind::Contact, at("2026-11-01T08:00:00Z"))
    }
}

pub(super) fn sale(title: &str, contact: Option<id::Contact>, company: Option<id::Company>) -> NewDeal {
    NewDeal {
        title: Text::line(title),
        company,
        contact,
        pipeline: Text::default(),
        stage: Text::own("offer"),
        amount: Money::parse("1200", "PLN").unwrap(),
        expected_close: Some("2026-12-15".parse().unwrap()),
        lines: Vec::new(),
        created_at: at("2026-11-01T08:00:00Z"),
    }
}

impl Shop {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        store
            .sql()
            .execute(
                "INSERT INTO account (id, name, email, kind) VALUES (1, 'work', 'me@firma.example', 'personal')",
                [],
            )
            .unwrap();
        Self { _folder: folder, store }
    }

    /// A thread with its filing in force.
    pub(super) fn thread(
        &self,
        subject: &str,
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        deal: Option<id::Deal>,
    ) -> id::Thread {
        let sql = self.store.sql();
        sql.execute("INSERT INTO thread (account_id, subject) VALUES (1, ?1)", [subject]).unwrap();
        let thread = sql.last_insert_rowid();
        sql.execute(
            "INSERT INTO filing (thread_id, contact_id, company_id, deal_id, deal_decided, rule, evidence, decided_at)
             VALUES (?1, ?2, ?3, ?4, 1, 'address', 'test', 0)",
            params![thread, contact.map(|c| c.0), company.map(|c| c.0), deal.map(|d| d.0)],
        )
        .unwrap();
        id::Thread(thread)
    }

    /// A live, unseen letter a person wrote; its subject is its date.
    pub(super) fn letter(&self, thread: id::Thread, date: &str, direction: &str) -> id::Message {
        let message = self.bare_letter(thread, at(date), direction, date);
        self.store.refresh_thread(thread).unwrap();
        message
    }

    pub(super) fn bare_letter(
        &self,
        thread: id::Thread,
        date: Timestamp,
        direction: &str,
        subject: &str,
    ) -> id::Message {
        let sql = self.store.sql();
        sql.prepare_cached(
            "INSERT INTO message (account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address,
                 subject, snippet, size, attachments, degraded, asks, place)
             VALUES (1, ?1, randomblob(32), ?2, ?2, ?3, 'human', '', 'Anna', 'anna@acme.example', ?4, 'first words', 100, 0, 0, 0, 'live')",
        )
        .unwrap()
        .execute(params![thread.0, ms(date), direction, subject])
        .unwrap();
        id::Message(sql.last_insert_rowid())
    }

    /// Changes rows of the mail side, which sync would.
    pub(super) fn mail(&self, sql: &str) {
        self.store.sql().execute_batch(sql).unwrap();
    }

    /// Every row of the clients' side, in words.
    pub(super) fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for table in [
            "company",
            "company_domain",
            "contact",
            "contact_address",
            "contact_phone",
            "provenance",
            "merged",
            "different",
            "deal",
            "offer_line",
            "payment",
            "activity",
            "activity_person",
            "invitation",
            "promise",
            "thread_state",
            "filing",
        ] {
            let mut statement = self
                .store
                .sql()
                .prepare(
                    &format!("SELECT * FROM {table} ORDER BY id")
                        .replace("thread_state ORDER BY id", "thread_state ORDER BY 1"),
                )
                .unwrap();
            let columns = statement.column_count();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values: Vec<String> = (0..columns).map(|i| format!("{:?}", row.get_ref(i).unwrap())).collect();
                rows.push(format!("{table}: {}", values.join(" | ")));
            }
        }
        rows
    }

    /// Runs an act of the user, checks that undo gives the same rows back, and runs it again for good.
    pub(super) fn act<T>(&self, act: impl Fn(&Store) -> Result<T>) -> T {
        let before = self.rows();
        let (_, change) = self.store.record("act", now().timestamp(), || act(&self.store)).unwrap();
        assert!(change.is_some(), "the act changed nothing");
        assert_ne!(self.rows(), before);
        self.store.undo(now().timestamp()).unwrap();
        assert_eq!(self.rows(), before, "undo gives the same rows back");
        self.store.record("act", now().timestamp(), || act(&self.store)).unwrap().0
    }

    /// The sentence of the problem an act gives; checks that it changed nothing.
    pub(super) fn refused<T: std::fmt::Debug>(&self, act: impl FnOnce(&Store) -> Result<T>) -> String {
        let before = self.rows();
        let problem = self.store.record("act", now().timestamp(), || act(&self.store)).unwrap_err();
        assert_eq!(self.rows(), before, "a refused act changes nothing");
        problem.sentence
    }

    /// How SQLite goes about a query, one step a line.
    pub(super) fn plan(&self, query: &str) -> String {
        let mut statement = self.store.sql().prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan = String::new();
        while let Some(row) = rows.next().unwrap() {
            plan += &row.get::<_, String>("detail").unwrap();
            plan.push('\n');
        }
        plan
    }
}
