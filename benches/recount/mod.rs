//! The counters of the large store against a slow, obvious recount: the tables read whole, the rules of PRODUCT.md said again.

use jiff::Zoned;
use postbook::domain::counter::{Counter, silent_before};
use postbook::domain::work_time::WorkTime;
use postbook::store::Store;
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

struct Letter {
    id: i64,
    thread: i64,
    at: i64,
    /// Of the same second, which came last does not count.
    digest: Vec<u8>,
    inbound: bool,
    human: bool,
    asks: bool,
    from: String,
}

/// Prints both and ends the run where they differ.
pub fn compare(file: &Path) {
    let (now, work) = (Zoned::now(), WorkTime::default());
    let told = Store::open(file).unwrap().counters(&now, &work).unwrap();
    let counted = recount(file, &now, &work);
    for counter in Counter::ALL {
        let recounted = counted.get(&counter).copied().unwrap_or(0);
        println!("counter {:<20} told {:>8}   recounted {recounted:>8}", counter.label(), told.get(counter));
        assert_eq!(told.get(counter), recounted, "{counter:?}");
    }
}

fn rows<T>(sql: &Connection, query: &str, read: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = sql.prepare(query).unwrap();
    statement.query_map([], |row| read(row)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

/// Where each letter stands and whether it was seen, from its copies alone: live before draft before junk before trash.
fn standing(sql: &Connection) -> HashMap<i64, (u8, bool)> {
    let roles: HashMap<i64, String> =
        rows(sql, "SELECT id, coalesce(role, '') FROM folder", |row| Ok((row.get(0)?, row.get(1)?)))
            .into_iter()
            .collect();
    let mut found: HashMap<i64, (u8, bool)> = HashMap::new();
    let copies: Vec<(i64, i64, i64)> =
        rows(sql, "SELECT message_id, coalesce(wanted_folder, folder_id), wanted_flags FROM copy", |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
    for (message, folder, flags) in copies {
        let order = match roles[&folder].as_str() {
            "drafts" => 1,
            "junk" => 2,
            "trash" => 3,
            _ => 0,
        };
        let known = found.entry(message).or_insert((order, false));
        *known = (known.0.min(order), known.1 || flags & 1 == 1);
    }
    found
}

fn recount(file: &Path, now: &Zoned, work: &WorkTime) -> BTreeMap<Counter, u64> {
    let sql = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let standing = standing(&sql);
    let letters = rows(
        &sql,
        "SELECT id, thread_id, date, direction = 'inbound', nature = 'human' AND ignored = 0, asks, from_address, digest FROM message",
        |row| {
            Ok(Letter {
                id: row.get(0)?,
                thread: row.get(1)?,
                at: row.get(2)?,
                inbound: row.get(3)?,
                human: row.get(4)?,
                asks: row.get(5)?,
                from: row.get(6)?,
                digest: row.get(7)?,
            })
        },
    );
    let mut counted: BTreeMap<Counter, u64> = BTreeMap::new();
    let mut count = |counter: Counter| *counted.entry(counter).or_default() += 1;
    let known: HashSet<String> = rows(
        &sql,
        "SELECT a.address FROM contact_address a JOIN contact c ON c.id = a.contact_id WHERE c.kind = 'contact'",
        |row| row.get(0),
    )
    .into_iter()
    .collect();
    let domains: HashSet<String> =
        rows(&sql, "SELECT domain FROM company_domain", |row| row.get(0)).into_iter().collect();
    let confirmed: HashSet<i64> =
        rows(&sql, "SELECT message_id FROM junk_confirmed", |row| row.get(0)).into_iter().collect();
    let mut threads: BTreeMap<i64, Vec<&Letter>> = BTreeMap::new();
    let mut live: HashSet<i64> = HashSet::new();
    for letter in &letters {
        let (place, seen) = standing.get(&letter.id).copied().unwrap_or((4, true));
        if place == 0 {
            live.insert(letter.thread);
        }
        if !letter.human {
            continue;
        }
        if letter.inbound && place == 0 && !seen {
            count(Counter::Unread);
        }
        let domain = letter.from.split_once('@').map_or("", |(_, domain)| domain);
        let theirs = known.contains(&letter.from) || domains.contains(domain);
        if letter.inbound && place == 2 && theirs && !confirmed.contains(&letter.id) {
            count(Counter::JunkWatch);
        }
        if place == 0 {
            threads.entry(letter.thread).or_default().push(letter);
        }
    }
    let filings: Vec<(i64, Option<i64>, Option<i64>, bool)> = rows(
        &sql,
        "SELECT thread_id, contact_id, company_id, deal_decided FROM filing WHERE superseded_at IS NULL",
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    );
    for thread in waiting(&sql, &mut threads, &filings, now, work) {
        count(thread);
    }
    let open: Vec<(Option<i64>, Option<i64>)> =
        rows(&sql, "SELECT contact_id, company_id FROM deal WHERE state = 'open'", |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
    for (thread, contact, company, _) in filings.iter().filter(|filing| !filing.3) {
        let ours = |deal: &&(Option<i64>, Option<i64>)| {
            (contact.is_some() && deal.0 == *contact) || (company.is_some() && deal.1 == *company)
        };
        if open.iter().filter(ours).count() > 1 && live.contains(thread) {
            count(Counter::Unfiled);
        }
    }
    rest(&sql, now, count);
    counted
}

/// Conversations that wait for me, and those that wait for them.
fn waiting(
    sql: &Connection,
    threads: &mut BTreeMap<i64, Vec<&Letter>>,
    filings: &[(i64, Option<i64>, Option<i64>, bool)],
    now: &Zoned,
    work: &WorkTime,
) -> Vec<Counter> {
    let person: HashMap<i64, Option<i64>> = filings.iter().map(|filing| (filing.0, filing.1)).collect();
    let mut heard: HashMap<i64, i64> = HashMap::new();
    for (thread, letters) in threads.iter_mut() {
        letters.sort_by(|one, other| (one.at, &one.digest).cmp(&(other.at, &other.digest)));
        let Some(Some(person)) = person.get(thread) else { continue };
        for letter in letters.iter().filter(|letter| letter.inbound) {
            let newest = heard.entry(*person).or_insert(letter.at);
            *newest = letter.at.max(*newest);
        }
    }
    type State = (Option<i64>, Option<i64>, i64, bool, Option<i64>);
    let states: HashMap<i64, State> = rows(
        sql,
        "SELECT thread_id, done_message_id, snoozed_message_id, coalesce(snoozed_until, 0), awaiting, awaited_after FROM thread_state",
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))),
    )
    .into_iter()
    .collect();
    let dates: HashMap<i64, i64> = threads.values().flatten().map(|letter| (letter.id, letter.at)).collect();
    let silent = silent_before(now, work).as_millisecond();
    let mut found = Vec::new();
    for (thread, letters) in threads.iter() {
        let Some(last) = letters.last() else { continue };
        // A decision holds for the letter it was made at, and for all before it.
        let holds = |decided: Option<i64>| {
            decided == Some(last.id) || decided.and_then(|id| dates.get(&id)).is_some_and(|at| last.at < *at)
        };
        let theirs = letters.iter().rev().find(|letter| letter.inbound).map(|letter| letter.id);
        let hidden = states.get(thread).is_some_and(|(done, snoozed, until, awaiting, after)| {
            let sleeps = holds(*snoozed) && *until > now.timestamp().as_millisecond();
            holds(*done) || sleeps || (*awaiting && *after == theirs)
        });
        if hidden {
            continue;
        }
        if last.inbound {
            found.push(Counter::Unanswered);
        } else if let Some(person) = person.get(thread) {
            let wrote_since = person.and_then(|person| heard.get(&person)).is_some_and(|at| *at > last.at);
            if last.asks && last.at < silent && !wrote_since {
                found.push(Counter::Silent);
            }
        }
    }
    found
}

/// What is no conversation.
fn rest(sql: &Connection, now: &Zoned, mut count: impl FnMut(Counter)) {
    let end = now.end_of_day().unwrap().timestamp().as_millisecond();
    let due: Vec<Option<i64>> = rows(sql, "SELECT due_at FROM activity WHERE done_at IS NULL", |row| row.get(0));
    due.iter().filter(|due| due.is_some_and(|due| due <= end)).for_each(|_| count(Counter::Due));
    let today = now.date().to_string();
    let unpaid: Vec<String> = rows(sql, "SELECT due_on FROM payment WHERE paid_on IS NULL", |row| row.get(0));
    unpaid.iter().filter(|due| **due < today).for_each(|_| count(Counter::OverduePayments));
    let letters: Vec<String> = rows(sql, "SELECT state FROM outgoing", |row| row.get(0));
    let trouble = |state: &&String| state.as_str() == "refused" || state.as_str() == "uncertain";
    letters.iter().filter(trouble).for_each(|_| count(Counter::OutboxTrouble));
    let people: Vec<(String, Option<i64>)> =
        rows(sql, "SELECT kind, reviewed_at FROM contact", |row| Ok((row.get(0)?, row.get(1)?)));
    people.iter().filter(|(kind, seen)| kind == "lead" && seen.is_none()).for_each(|_| count(Counter::NewLeads));
}
