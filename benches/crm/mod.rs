//! Fifty thousand contacts, twenty thousand deals, and what goes with them: for `million`.

use jiff::Timestamp;
use postbook::domain::address::Address;
use postbook::domain::contact::{Kind, Name};
use postbook::domain::text::Text;
use postbook::store::{NewCompany, NewContact, Store};
use std::path::Path;

/// People with a card; the letters of the others make leads.
pub const CLIENTS: usize = 45_000;
/// Strangers who write.
pub const STRANGERS: usize = 5_000;

/// Companies of three people each, with a domain of their own.
pub fn clients(store: &Store) {
    let at = Timestamp::now();
    let company = |number: usize| {
        let key = store.add_company(&NewCompany {
            name: Text::from(format!("Company {number}")),
            domains: vec![format!("client{number}.example")],
            requisites: Text::default(),
            note: Text::default(),
        })?;
        (number * 3..number * 3 + 3).try_for_each(|person| {
            let contact = NewContact {
                name: Name { given: Text::from(format!("Person {person}")), ..Name::default() },
                addresses: vec![Address::parse(&format!("person{person}@client{number}.example")).unwrap()],
                company: Some(key),
                reviewed_at: Some(at),
                ..NewContact::new(Kind::Contact, at)
            };
            store.add_contact(&contact).map(drop)
        })
    };
    store.write(|| (0..CLIENTS / 3).try_for_each(company)).unwrap();
}

fn open(file: &Path) -> rusqlite::Connection {
    let sql = rusqlite::Connection::open(file).unwrap();
    sql.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    sql
}

const DAY: i64 = 86_400_000;

/// Deals, payments and activities: what years of work leave.
pub fn deals(file: &Path) {
    let sql = open(file);
    let (now, day) = (Timestamp::now().as_millisecond(), DAY);
    let work = format!(
        "PRAGMA synchronous = off;
         BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i, abs(random()) AS r FROM n;
         -- 8,000 open, 8,000 won, 4,000 lost; some companies have several.
         INSERT INTO deal (title, company_id, contact_id, stage, state, amount_minor, currency, expected_close, created_at, closed_at)
             SELECT 'Deal ' || i, c.company_id, c.id, iif(i % 2, 'offer', 'negotiation'), CASE WHEN i % 5 < 2 THEN 'open' WHEN i % 5 < 4 THEN 'won' ELSE 'lost' END,
                 100 + r % 5000000, iif(r % 4, 'PLN', 'EUR'), date('now', (r % 200 - 100) || ' days'), {now} - r % 700 * {day}, iif(i % 5 < 2, NULL, {now} - r % 300 * {day})
             FROM n JOIN contact c ON c.id = 1 + r % {CLIENTS} WHERE i <= 20000;
         INSERT INTO payment (deal_id, title, due_on, amount_minor, currency, paid_on)
             SELECT 1 + r % 20000, 'part ' || i, date('now', CASE WHEN i % 15 = 0 THEN '-' || (1 + r % 60) ELSE '+' || (r % 90) END || ' days'), 1000 + r % 100000, 'PLN',
                 iif(i % 3 = 0, NULL, date('now')) FROM n WHERE i <= 30000;
         INSERT INTO activity (kind, contact_id, deal_id, subject, due_at, done_at)
             SELECT iif(i % 2, 'call', 'meeting'), 1 + r % {CLIENTS}, iif(i % 3, NULL, 1 + r % 20000), 'About ' || i,
                 CASE WHEN i % 200 = 0 THEN {now} - r % 5 * {day} WHEN i % 10 = 0 THEN {now} + (1 + r % 60) * {day} END,
                 iif(i % 10 = 0, NULL, {now} - r % 1000 * {day}) FROM n;
         INSERT INTO deal_stage (deal_id, pipeline, stage, state, amount_minor, currency, at)
             SELECT id, pipeline, 'new', 'open', amount_minor, currency, created_at FROM deal
             UNION ALL SELECT id, pipeline, stage, 'open', amount_minor, currency, created_at + 5 * {day} FROM deal
             UNION ALL SELECT id, pipeline, stage, state, amount_minor, currency, closed_at FROM deal WHERE state <> 'open';
         COMMIT;"
    );
    sql.execute_batch(&work).unwrap();
}

/// Decisions about conversations. Most of what is old was done.
pub fn decisions(file: &Path) {
    let sql = open(file);
    let (now, day) = (Timestamp::now().as_millisecond(), DAY);
    let work = format!(
        "PRAGMA synchronous = off;
         BEGIN;
         -- What is older than three weeks was done, but one in fifty; of the rest some are snoozed or put off until they answer.
         INSERT INTO thread_state (thread_id, done_message_id) SELECT id, last_human_message_id FROM thread
             WHERE last_human_message_id IS NOT NULL AND last_human_at < {now} - 21 * {day} AND id % 50 <> 0;
         INSERT OR IGNORE INTO thread_state (thread_id, snoozed_message_id, snoozed_until)
             SELECT id, last_human_message_id, {now} + id % 20 * {day} - 5 * {day} FROM thread WHERE last_human_message_id IS NOT NULL AND id % 250 = 0;
         INSERT OR IGNORE INTO thread_state (thread_id, awaiting, awaited_after)
             SELECT id, 1, last_inbound_message_id FROM thread WHERE last_human_message_id IS NOT NULL AND id % 350 = 0;
         -- Which deal was said of all but the newest.
         UPDATE filing SET deal_decided = 1 WHERE superseded_at IS NULL AND deal_decided = 0
             AND id NOT IN (SELECT id FROM filing WHERE superseded_at IS NULL AND deal_decided = 0 ORDER BY id DESC LIMIT 2000);
         COMMIT;"
    );
    sql.execute_batch(&work).unwrap();
    let count =
        |what: &str| -> i64 { sql.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap() };
    println!(
        "{} contacts, {} deals, {} payments, {} activities, {} conversations, {} decisions about them",
        count("contact"),
        count("deal"),
        count("payment"),
        count("activity"),
        count("thread"),
        count("thread_state")
    );
}
