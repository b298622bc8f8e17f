//! How long questions take on a large store: `POSTBOOK_LARGE=FILE cargo nextest run --release --run-ignored all how_long_questions_take`.

use super::super::cards_fixture::now;
use super::*;
use std::path::Path;
use std::time::Instant;

/// A million letters, 50,000 contacts, 20,000 deals; words are of the usual frequencies, more or less.
fn fill(store: &Store) {
    store.run(
        "PRAGMA synchronous = off; BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n;
         CREATE TEMP TABLE w (i INTEGER PRIMARY KEY, word TEXT);
         INSERT INTO w SELECT i, CASE i % 5 WHEN 0 THEN 'word' WHEN 1 THEN 'offer' WHEN 2 THEN 'przed' WHEN 3 THEN 'договор' ELSE 'desk' END || char(97 + i % 23, 97 + i / 23 % 23, 97 + i / 529) FROM n WHERE i <= 12000;
         INSERT INTO w VALUES (12001, 'the'), (12002, 'offer'), (12003, 'offers'), (12004, 'budget'), (12005, 'oferta'), (12006, 'oferty');
         INSERT INTO account (id, name, email, kind) VALUES (1, 'work', 'me@firma.example', 'personal');
         INSERT INTO folder (id, account_id, raw_name, name, role) VALUES (1, 1, 'INBOX', 'INBOX', 'inbox'), (2, 1, 'Archive', 'Archive', 'archive'), (3, 1, 'Rare', 'Rare', NULL);
         INSERT INTO company (id, name, folded) SELECT i, 'Company ' || (SELECT word FROM w WHERE w.i = n.i), 'company ' || i FROM n WHERE i <= 10000;
         INSERT INTO contact (id, kind, display, folded, company_id, created_at, reviewed_at, tags)
             SELECT i, iif(i % 10, 'contact', 'lead'), 'Anna ' || (SELECT word FROM w WHERE w.i = 1 + n.i % 12000), 'anna ' || i, 1 + i % 10000, i, 0, iif(i % 7 = 0, 'vip', '') FROM n WHERE i <= 50000;
         INSERT INTO deal (id, title, contact_id, company_id, stage, state, amount_minor, currency, created_at)
             SELECT i, 'Deal ' || (SELECT word FROM w WHERE w.i = 1 + n.i % 12000), i, 1 + i % 10000, iif(i % 2, 'offer', 'new'), iif(i % 3, 'open', 'won'), i * 100, 'EUR', i FROM n WHERE i <= 20000;
         INSERT INTO thread (id, account_id, subject, last_human_direction) SELECT i, 1, 't', iif(i % 500 = 0, 'inbound', NULL) FROM n WHERE i <= 400000;
         INSERT INTO filing (thread_id, contact_id, deal_id, deal_decided, rule, evidence, decided_at)
             SELECT i, 1 + i % 50000, iif(i % 2, NULL, 1 + i % 20000), 1, 'address', '', 0 FROM n WHERE i <= 200000;
         INSERT INTO message (id, account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address, subject, snippet, size, attachments, degraded, asks)
             SELECT i, 1, 1 + i % 400000, randomblob(32), i * 100000, 0, iif(i % 4, 'inbound', 'outbound'), iif(i % 3, 'human', 'bulk'), '', 'Sender ' || i % 5000, 's' || i % 5000 || '@x.example', 'Subject', 'Snippet', 1, i % 9 = 0, 0, 0 FROM n;
         INSERT INTO participant (message_id, field, position, address, name) SELECT i, 'from', 0, 's' || i % 5000 || '@x.example', '' FROM n;
         INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags) SELECT CASE WHEN i % 100000 = 0 THEN 3 WHEN i % 3 THEN 2 ELSE 1 END, 1, i, i, i % 50 <> 0, i % 50 <> 0 FROM n;",
    );
    let words: Vec<String> = store.texts("SELECT word FROM w ORDER BY i").unwrap();
    let mut insert = store
        .sql()
        .prepare("INSERT INTO message_fts (rowid, subject, people, body, files) VALUES (?1, ?2, ?3, ?4, '')")
        .unwrap();
    let mut seed = 1_u64;
    for id in 1..=1_000_000_i64 {
        let mut body = String::new();
        for _ in 0..40 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Few words are frequent, many are rare.
            let random = (seed >> 33) as f64 / f64::from(1_u32 << 31);
            body += &words[(random.powi(4) * 12_000.0) as usize];
            body.push(' ');
        }
        if id % 2 == 0 {
            body += "the ";
        }
        for (every, word) in [(9, "offer"), (17, "offers"), (1009, "budget"), (211, "oferta"), (307, "oferty")] {
            if id % every == 0 {
                body += word;
                body.push(' ');
            }
        }
        insert
            .execute(rusqlite::params![id, "subject", format!("sender {} s{} x example", id % 5000, id % 5000), body])
            .unwrap();
    }
    drop(insert);
    store.run("COMMIT; ANALYZE");
}

#[test]
#[ignore = "makes and keeps a store of gigabytes: it is for measuring"]
fn how_long_questions_take() {
    let file = std::env::var("POSTBOOK_LARGE").unwrap();
    let there = Path::new(&file).exists();
    let store = Store::open(Path::new(&file)).unwrap();
    if !there {
        fill(&store);
    }
    let begun = Instant::now();
    store.index_cards().unwrap();
    println!("cards indexed in {:?}", begun.elapsed());
    let (now, practice) = (now(), Practice::default());
    for typed in [
        "budget ",
        "budget",
        "the ",
        "the offer ",
        "offer ",
        "oferta ",
        "off",
        "o",
        "\"the budget\" ",
        "from:s12 ",
        "from:\"sender 12\" is:unread budget ",
        "in:inbox after:1970-06-01 ",
        "in:inbox ",
        "in:rare ",
        "is:unread ",
        "is:flagged ",
        "is:client ",
        "is:bulk the ",
        "not the ",
        "is:answered ",
        "has:file budget ",
        "contact:wordabc ",
        "company:offeraaa ",
        "tag:vip ",
        "tag:vip the ",
        "amount:>1000 ",
        "stage:offer is:open budget ",
        "counter:unanswered ",
        "is:stale ",
        "kind:contact anna",
        "anna",
        "kind:deal is:open ",
        "before:1970-02-01 the ",
        "budget or oferta ",
        "(from:s12 or from:s13) -the ",
    ] {
        let query = Query::parse(typed);
        let ask = Ask { cards: if query.kinds().len() == 1 { 100 } else { 5 }, ..Ask::first(&now, &practice, 100) };
        let mut best = std::time::Duration::MAX;
        let mut answer = Answer::default();
        for _ in 0..3 {
            let begun = Instant::now();
            answer = store.find(&query, &ask).unwrap();
            best = best.min(begun.elapsed());
        }
        let cards: Vec<String> =
            answer.cards.iter().map(|c| format!("{} {:?}", c.kind.word(), c.total.count)).collect();
        println!(
            "{best:>12.1?}  {typed:?}: {} letters{}, {}",
            answer.letters.count,
            if answer.letters.exact { "" } else { "+" },
            cards.join(", ")
        );
    }
}
