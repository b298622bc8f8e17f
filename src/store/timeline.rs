//! The timeline of a card: letters and activities in one list, newest first; and the numbers of a card.
//!
//! Whose a letter is says the filing in force of its thread. A filing (or an activity) of a person that names no
//! company counts for the company the person belongs to now.

use super::counter::UNANSWERED;
use super::{Store, count_at, moment, ms, optional_text_at, text_at};
use crate::domain::activity;
use crate::domain::contact::{Happening, Numbers, TimelineRow, Whose};
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::thread::PageKey;
use jiff::{Timestamp, Zoned};
use rusqlite::named_params;

/// The key `:id` of whom a query is about.
pub(super) fn key_of(whose: Whose) -> i64 {
    match whose {
        Whose::Contact(id) => id.0,
        Whose::Company(id) => id.0,
        Whose::Deal(id) => id.0,
    }
}

/// The threads filed there.
pub(super) fn threads_of(whose: Whose) -> &'static str {
    match whose {
        Whose::Contact(_) => "SELECT thread_id FROM filing WHERE contact_id = :id AND superseded_at IS NULL",
        Whose::Company(_) => {
            "SELECT thread_id FROM filing WHERE company_id = :id AND superseded_at IS NULL
             UNION ALL SELECT f.thread_id FROM contact c CROSS JOIN filing f
             WHERE c.company_id = :id AND f.contact_id = c.id AND f.company_id IS NULL AND f.superseded_at IS NULL"
        }
        Whose::Deal(_) => "SELECT thread_id FROM filing WHERE deal_id = :id AND superseded_at IS NULL",
    }
}

/// The activities with them.
pub(super) fn activities_of(whose: Whose) -> &'static str {
    match whose {
        Whose::Contact(_) => {
            "SELECT * FROM activity WHERE contact_id = :id
             UNION ALL SELECT a.* FROM activity_person p CROSS JOIN activity a WHERE p.contact_id = :id AND a.id = p.activity_id"
        }
        Whose::Company(_) => {
            "SELECT * FROM activity WHERE company_id = :id
             UNION ALL SELECT a.* FROM contact c CROSS JOIN activity a
             WHERE c.company_id = :id AND a.contact_id = c.id AND a.company_id IS NULL"
        }
        Whose::Deal(_) => "SELECT * FROM activity WHERE deal_id = :id",
    }
}

/// The condition on a deal `d` that it is theirs.
pub(super) fn deals_of(whose: Whose) -> &'static str {
    match whose {
        Whose::Contact(_) => "d.contact_id = :id",
        // A deal agreed with one of its people before it was known where they work.
        Whose::Company(_) => {
            "(d.company_id = :id OR (d.company_id IS NULL AND d.contact_id IN (SELECT id FROM contact WHERE company_id = :id)))"
        }
        Whose::Deal(_) => "d.id = :id",
    }
}

/// The last millisecond of the day of `now` in its zone: what is planned until then is due.
///
/// # Errors
/// When the calendar ends.
pub(super) fn end_of_today(now: &Zoned) -> Result<i64> {
    let end = now
        .end_of_day()
        .map_err(|error| Problem::new(Kind::Internal, format!("the day of {now} has no end: {error}")))?;
    Ok(ms(end.timestamp()))
}

impl Store {
    /// A page of the timeline of a contact, a company or a deal, newest first, after `after`
    /// ([`TimelineRow::page_key`] of the last row shown). Letters in Junk, Trash and Drafts are not in it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn timeline(&self, whose: Whose, after: Option<PageKey>, limit: u32) -> Result<Vec<TimelineRow>> {
        let mut rows = self.letters_of(whose, after, limit)?;
        rows.extend(self.happenings_of(whose, after, limit)?);
        rows.extend(self.deal_happenings(whose, None, after, limit)?);
        rows.sort_by_key(|row| {
            let key = row.page_key();
            std::cmp::Reverse((key.at, key.id))
        });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    fn letters_of(&self, whose: Whose, after: Option<PageKey>, limit: u32) -> Result<Vec<TimelineRow>> {
        // Letters have even keys: 2 × id < key means id < ⌈key ÷ 2⌉.
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (ms(page.at), page.id.saturating_add(1) / 2));
        let mut statement = self.sql().prepare_cached(&letters_sql(whose, ""))?;
        let rows = statement
            .query_map(named_params! { ":id": key_of(whose), ":at": at, ":key": key, ":limit": limit }, letter_from)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn happenings_of(&self, whose: Whose, after: Option<PageKey>, limit: u32) -> Result<Vec<TimelineRow>> {
        // Activities have odd keys: 2 × id + 1 < key means id < ⌊key ÷ 2⌋.
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |page| (ms(page.at), page.id / 2));
        let mut rows = Vec::new();
        for sources in sources(whose) {
            let mut statement = self.sql().prepare_cached(&activities_sql(sources))?;
            let found = statement.query_map(
                named_params! { ":id": key_of(whose), ":at": at, ":key": key, ":limit": limit },
                activity_from,
            )?;
            rows.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(rows)
    }

    /// What waits on a card, by the rules of PRODUCT.md.
    pub(super) fn numbers(&self, whose: Whose, now: &Zoned) -> Result<Numbers> {
        let mut statement = self.sql().prepare_cached(&numbers_sql(whose))?;
        let parameters = named_params! {
            ":id": key_of(whose), ":now": ms(now.timestamp()),
            ":today_ends": end_of_today(now)?, ":today": now.date().to_string(),
        };
        let numbers = statement.query_row(parameters, |row| {
            Ok(Numbers {
                unread: count_at(row, "unread")?,
                unanswered: count_at(row, "unanswered")?,
                due: count_at(row, "due")?,
                overdue_payments: count_at(row, "overdue_payments")?,
            })
        })?;
        Ok(numbers)
    }

    /// When something last happened: the newest letter or activity that was done.
    pub(super) fn last_at(&self, whose: Whose) -> Result<Option<Timestamp>> {
        let sql = format!(
            "SELECT max(at) FROM (
                 SELECT max(t.last_at) AS at FROM ({}) f CROSS JOIN thread t WHERE t.id = f.thread_id AND t.message_count > 0
                 UNION ALL SELECT max(a.done_at) FROM ({}) a)",
            threads_of(whose),
            activities_of(whose)
        );
        let at: Option<i64> =
            self.sql().prepare_cached(&sql)?.query_row(named_params! { ":id": key_of(whose) }, |row| row.get(0))?;
        Ok(at.map(moment))
    }
}

/// The inner query touches only the index `message_live`, the outer one the few letters of the page: a client with
/// ten thousand letters opens as fast as one with ten. CROSS JOIN keeps SQLite from starting at the letters.
pub(super) fn letters_sql(whose: Whose, condition: &str) -> String {
    format!(
        "SELECT m.id, m.thread_id, m.date, m.direction, m.attachments, m.subject, m.snippet,
                (SELECT d.title FROM filing f JOIN deal d ON d.id = f.deal_id
                 WHERE f.thread_id = m.thread_id AND f.superseded_at IS NULL) AS deal
         FROM (SELECT m.id FROM ({}) f CROSS JOIN message m
               WHERE m.thread_id = f.thread_id AND m.place = 'live' AND (m.date, m.id) < (:at, :key) {condition}
               ORDER BY m.date DESC, m.id DESC LIMIT :limit) page
         CROSS JOIN message m WHERE m.id = page.id",
        threads_of(whose)
    )
}

/// Where a timeline's activities come from, each read for itself: a person's own ones are many and come by index in their order, those
/// they only take part in are few.
fn sources(whose: Whose) -> Vec<&'static str> {
    match whose {
        Whose::Contact(_) => vec![
            "SELECT * FROM activity WHERE contact_id = :id",
            "SELECT a.* FROM activity_person p CROSS JOIN activity a WHERE p.contact_id = :id AND a.id = p.activity_id",
        ],
        _ => vec![activities_of(whose)],
    }
}

fn activities_sql(source: &str) -> String {
    format!(
        "SELECT a.id, a.kind, a.subject, a.result, a.done_at, coalesce(a.done_at, a.due_at) AS at,
                (SELECT title FROM deal WHERE id = a.deal_id) AS deal
         FROM ({source}) a WHERE (coalesce(a.done_at, a.due_at), a.id) < (:at, :key)
         ORDER BY coalesce(a.done_at, a.due_at) DESC, a.id DESC LIMIT :limit"
    )
}

fn numbers_sql(whose: Whose) -> String {
    let (threads, activities, deals) = (threads_of(whose), activities_of(whose), deals_of(whose));
    format!(
        "SELECT
             (SELECT count(*) FROM ({threads}) f CROSS JOIN message m WHERE m.thread_id = f.thread_id AND m.seen = 0
              AND m.place = 'live' AND m.direction = 'inbound' AND m.nature = 'human' AND m.ignored = 0) AS unread,
             (SELECT count(*) FROM ({threads}) f CROSS JOIN thread t WHERE t.id = f.thread_id AND {UNANSWERED}) AS unanswered,
             (SELECT count(*) FROM ({activities}) a WHERE a.done_at IS NULL AND a.due_at <= :today_ends) AS due,
             (SELECT count(*) FROM deal d CROSS JOIN payment p WHERE {deals} AND p.deal_id = d.id
              AND p.paid_on IS NULL AND p.due_on < :today) AS overdue_payments"
    )
}

pub(super) fn letter_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<TimelineRow> {
    Ok(TimelineRow {
        at: moment(row.get("date")?),
        what: Happening::Letter {
            message: id::Message(row.get("id")?),
            thread: id::Thread(row.get("thread_id")?),
            direction: Direction::from_word(row.get_ref("direction")?.as_str()?),
            attachments: row.get::<_, i64>("attachments")? > 0,
        },
        title: text_at(row, "subject")?,
        detail: text_at(row, "snippet")?,
        deal: optional_text_at(row, "deal")?,
    })
}

pub(super) fn activity_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<TimelineRow> {
    let (subject, result) = (text_at(row, "subject")?, Text::line(row.get_ref("result")?.as_str()?));
    // What has no subject is called by what came of it.
    let (title, detail) = if subject.is_empty() { (result, Text::default()) } else { (subject, result) };
    Ok(TimelineRow {
        at: moment(row.get("at")?),
        what: Happening::Activity {
            activity: id::Activity(row.get("id")?),
            kind: activity::Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(activity::Kind::Note),
            planned: row.get::<_, Option<i64>>("done_at")?.is_none(),
        },
        title,
        detail,
        deal: optional_text_at(row, "deal")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::Activity;
    use crate::store::cards_fixture::{Shop, at, now, person, sale};
    use crate::store::company::NewCompany;

    fn call(contact: id::Contact, subject: &str, due_at: Option<&str>, done_at: Option<&str>) -> Activity {
        Activity {
            id: None,
            kind: activity::Kind::Call,
            contact: Some(contact),
            deal: None,
            subject: Text::line(subject),
            place: Text::default(),
            due_at: due_at.map(at),
            done_at: done_at.map(at),
            duration_minutes: None,
            result: Text::default(),
            trigger: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            way: None,
            message: None,
        }
    }

    fn titles(rows: &[TimelineRow]) -> Vec<&str> {
        rows.iter().map(|row| row.title.as_str()).collect()
    }

    #[test]
    fn letters_and_activities_stand_in_one_list_newest_first() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        let (offer, order) =
            (shop.thread("offer", Some(anna), None, Some(deal)), shop.thread("order", Some(anna), None, None));
        shop.letter(offer, "2026-11-10T08:00:00Z", "inbound");
        shop.letter(order, "2026-11-11T08:00:00Z", "inbound");
        shop.letter(offer, "2026-11-12T08:00:00Z", "outbound");
        for place in ["draft", "junk", "trash", "gone"] {
            let hidden = shop.letter(offer, "2026-11-13T08:00:00Z", "outbound");
            shop.mail(&format!("UPDATE message SET place = '{place}' WHERE id = {hidden}"));
        }
        shop.store.refresh_thread(offer).unwrap();
        let stranger = shop.thread("stranger", None, None, None);
        shop.letter(stranger, "2026-11-14T08:00:00Z", "inbound");
        shop.mail(&format!(
            "INSERT INTO filing (thread_id, contact_id, deal_decided, rule, evidence, decided_at, superseded_at) VALUES ({stranger}, {anna}, 1, 'lead', '', 0, 1)"
        ));
        shop.store
            .add_activity(&call(anna, "talked", Some("2026-11-30T08:00:00Z"), Some("2026-11-11T12:00:00Z")))
            .unwrap();
        shop.store.add_activity(&call(anna, "will talk", Some("2026-11-25T12:00:00Z"), None)).unwrap();

        let rows = shop.store.timeline(Whose::Contact(anna), None, 10).unwrap();
        assert_eq!(
            titles(&rows),
            [
                "will talk",
                "2026-11-12T08:00:00Z",
                "talked",
                "2026-11-11T08:00:00Z",
                "2026-11-10T08:00:00Z",
                "offer, 1\u{a0}200.00\u{a0}PLN"
            ]
        );
        let deals: Vec<Option<&str>> = rows.iter().map(|row| row.deal.as_ref().map(Text::as_str)).collect();
        assert_eq!(deals, [None, Some("Desks"), None, None, Some("Desks"), Some("Desks")]);
        assert_eq!(
            titles(&shop.store.timeline(Whose::Deal(deal), None, 10).unwrap()),
            ["2026-11-12T08:00:00Z", "2026-11-10T08:00:00Z", "offer, 1\u{a0}200.00\u{a0}PLN"]
        );
        assert_eq!(
            shop.store.last_at(Whose::Contact(anna)).unwrap(),
            Some(at("2026-11-12T08:00:00Z")),
            "a plan has not happened"
        );
    }

    #[test]
    fn pages_join_without_gap_or_repetition() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        // Every moment has letters and activities that differ only in their keys.
        for day in ["2026-11-10T08:00:00Z", "2026-11-11T08:00:00Z"] {
            for _ in 0..4 {
                let thread = shop.thread("offer", Some(anna), None, None);
                shop.letter(thread, day, "inbound");
                shop.letter(thread, day, "outbound");
                shop.store.add_activity(&call(anna, "call", None, Some(day))).unwrap();
            }
        }
        let all = shop.store.timeline(Whose::Contact(anna), None, 100).unwrap();
        assert_eq!(all.len(), 24);
        for size in [1, 2, 3, 5, 7] {
            let mut paged: Vec<TimelineRow> = Vec::new();
            loop {
                let page =
                    shop.store.timeline(Whose::Contact(anna), paged.last().map(TimelineRow::page_key), size).unwrap();
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(paged, all, "pages of {size}");
        }
    }

    #[test]
    fn a_company_has_what_its_people_have() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }).unwrap();
        let other = shop.store.add_company(&NewCompany { name: Text::own("Other"), ..NewCompany::default() }).unwrap();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        shop.store.add_activity(&call(anna, "before", None, Some("2026-11-02T08:00:00Z"))).unwrap();
        shop.letter(shop.thread("before", Some(anna), None, None), "2026-11-01T08:00:00Z", "inbound");
        shop.letter(shop.thread("known", Some(anna), Some(acme), None), "2026-11-03T08:00:00Z", "inbound");
        shop.letter(shop.thread("office", None, Some(acme), None), "2026-11-04T08:00:00Z", "inbound");
        shop.letter(shop.thread("elsewhere", Some(anna), Some(other), None), "2026-11-05T08:00:00Z", "inbound");
        shop.mail(&format!("UPDATE contact SET company_id = {acme}"));
        let rows = shop.store.timeline(Whose::Company(acme), None, 10).unwrap();
        assert_eq!(titles(&rows), ["2026-11-04T08:00:00Z", "2026-11-03T08:00:00Z", "before", "2026-11-01T08:00:00Z"]);
        assert_eq!(shop.store.numbers(Whose::Company(acme), &now()).unwrap().unanswered, 3);
    }

    #[test]
    fn the_numbers_follow_the_rules() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &[])).unwrap();
        let numbers = || {
            let n = shop.store.numbers(Whose::Contact(anna), &now()).unwrap();
            (n.unread, n.unanswered, n.due)
        };
        let thread = shop.thread("offer", Some(anna), None, None);
        let first = shop.letter(thread, "2026-11-10T08:00:00Z", "inbound");
        assert_eq!(numbers(), (1, 1, 0));
        shop.mail(&format!("UPDATE message SET seen = 1 WHERE id = {first}"));
        assert_eq!(numbers(), (0, 1, 0));
        let bulk = shop.letter(thread, "2026-11-10T09:00:00Z", "inbound");
        shop.mail(&format!("UPDATE message SET nature = 'bulk' WHERE id = {bulk}"));
        shop.store.refresh_thread(thread).unwrap();
        assert_eq!(numbers(), (0, 1, 0));

        shop.mail(&format!("INSERT INTO thread_state (thread_id, done_message_id) VALUES ({thread}, {first})"));
        assert_eq!(numbers(), (0, 0, 0), "done");
        let second = shop.letter(thread, "2026-11-11T08:00:00Z", "inbound");
        assert_eq!(numbers(), (1, 1, 0), "a newer letter reopens it");
        let (past, future) = (ms(now().timestamp()) - 1, ms(now().timestamp()) + 1);
        shop.mail(&format!("UPDATE thread_state SET snoozed_message_id = {second}, snoozed_until = {future}"));
        assert_eq!(numbers(), (1, 0, 0), "snoozed");
        shop.mail(&format!("UPDATE thread_state SET snoozed_until = {past}"));
        assert_eq!(numbers(), (1, 1, 0), "the snooze is over");
        shop.letter(thread, "2026-11-12T08:00:00Z", "outbound");
        assert_eq!(numbers(), (1, 0, 0), "answered");

        // Today ends at 23:00 UTC in Warsaw.
        for (due_at, due) in [("2026-11-23T22:59:59Z", 1), ("2026-11-23T23:00:00Z", 1), ("2026-11-02T08:00:00Z", 2)] {
            shop.store.add_activity(&call(anna, "call", Some(due_at), None)).unwrap();
            assert_eq!(numbers().2, due, "{due_at}");
        }
    }

    #[test]
    fn hot_lists_read_by_index() {
        let shop = Shop::open();
        for whose in [Whose::Contact(id::Contact(1)), Whose::Company(id::Company(1)), Whose::Deal(id::Deal(1))] {
            let activities = sources(whose).into_iter().map(activities_sql);
            for query in [letters_sql(whose, ""), numbers_sql(whose)].into_iter().chain(activities) {
                let plan = shop.plan(&query);
                for table in
                    ["m", "message", "t", "thread", "filing", "c", "contact", "activity", "deal", "d", "payment", "p"]
                {
                    assert!(!plan.lines().any(|step| step == format!("SCAN {table}")), "{whose:?}: {query}\n{plan}");
                }
            }
            let plan = shop.plan(&letters_sql(whose, ""));
            assert!(plan.contains("m USING COVERING INDEX message_live (thread_id=? AND date<?)"), "{plan}");
            let plan = shop.plan(&numbers_sql(whose));
            assert!(plan.contains("m USING INDEX message_unread_thread (thread_id=?)"), "{plan}");
            if !matches!(whose, Whose::Company(_)) {
                let plan = shop.plan(&activities_sql(sources(whose)[0]));
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }
}
