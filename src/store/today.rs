//! The rows of Today: everything that waits, oldest first, each once with every counter it raises.

use super::counter::{Moments, rule_of, visit_with_moments};
use super::{Store, moment, ms, optional_text_at, text_at};
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// What is found first: the subject of a row and since when it waits.
type Found = BTreeMap<Subject, (Timestamp, Vec<Counter>)>;

impl Store {
    /// What waits, oldest first: at most `limit` rows, and whether there are more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn today(&self, now: &Zoned, limit: u32) -> Result<(Vec<Waiting>, bool)> {
        let mut found = Found::new();
        for counter in Counter::ALL {
            self.find_waiting(counter, now, limit.saturating_add(1), &mut found)?;
        }
        let mut order: Vec<(Timestamp, Subject)> =
            found.iter().map(|(subject, (since, _))| (*since, *subject)).collect();
        order.sort_unstable();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = order.len() > limit;
        order.truncate(limit);
        let mut rows = Vec::with_capacity(order.len());
        for (since, subject) in order {
            if let Some(row) = self.waiting_row(subject, since, now)? {
                rows.push(row);
            }
        }
        Ok((rows, more))
    }

    /// The oldest subjects of one counter.
    fn find_waiting(&self, counter: Counter, now: &Zoned, limit: u32, found: &mut Found) -> Result<()> {
        let (table, rule) = rule_of(counter);
        // A lead stands in the row of the thread it came with.
        let (key, since) = match counter {
            Counter::Unread | Counter::JunkWatch => ("m.thread_id", "m.date"),
            Counter::Unanswered => ("t.id", "t.waiting_since"),
            Counter::Silent => ("t.id", "t.last_human_at"),
            Counter::NewLeads => ("c.id", "c.created_at"),
            Counter::Unfiled => (
                "f.thread_id",
                "(SELECT max(date) FROM message m WHERE m.thread_id = f.thread_id AND m.place = 'live')",
            ),
            Counter::Due => ("a.id", "a.due_at"),
            Counter::OverduePayments => ("p.id", "p.due_on"),
            Counter::OutboxTrouble => ("o.id", "o.created_at"),
        };
        let sql = format!("SELECT {key}, {since} AS since FROM {table} WHERE {rule} ORDER BY since");
        let zone = now.time_zone().clone();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        // Counted by subject: one thread may hold any number of unread letters.
        let mut subjects = BTreeSet::new();
        visit_with_moments(self, &sql, &Moments::of(now), None, |row| {
            let since = match row.get_ref(1)? {
                rusqlite::types::ValueRef::Text(_) => start_of(&row.get::<_, String>(1)?, &zone),
                _ => moment(row.get::<_, Option<i64>>(1)?.unwrap_or(0)),
            };
            let key = row.get(0)?;
            let subject = match counter {
                Counter::NewLeads => self.lead_subject(id::Contact(key))?,
                Counter::Due => Subject::Activity(id::Activity(key)),
                Counter::OverduePayments => Subject::Payment(id::Payment(key)),
                Counter::OutboxTrouble => Subject::Outgoing(id::Outgoing(key)),
                _ => Subject::Thread(id::Thread(key)),
            };
            subjects.insert(subject);
            let entry = found.entry(subject).or_insert_with(|| (since, Vec::new()));
            entry.0 = entry.0.min(since);
            if !entry.1.contains(&counter) {
                entry.1.push(counter);
            }
            Ok(if subjects.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })
    }

    /// The thread that a lead's newest letter stands in, else the lead itself.
    fn lead_subject(&self, lead: id::Contact) -> Result<Subject> {
        let thread: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id
                 WHERE f.contact_id = ?1 AND f.superseded_at IS NULL ORDER BY t.last_at DESC LIMIT 1",
            )?
            .query_row([lead.0], |row| row.get(0))
            .optional()?;
        Ok(thread.map_or(Subject::Lead(lead), |thread| Subject::Thread(id::Thread(thread))))
    }

    fn waiting_row(&self, subject: Subject, since: Timestamp, now: &Zoned) -> Result<Option<Waiting>> {
        match subject {
            Subject::Thread(thread) => self.waiting_thread(thread, since, now),
            Subject::Lead(lead) => self.waiting_lead(lead, since),
            Subject::Activity(activity) => self.waiting_activity(activity),
            Subject::Payment(payment) => self.waiting_payment(payment, since),
            Subject::Outgoing(outgoing) => self.waiting_outgoing(outgoing),
        }
    }

    fn waiting_thread(&self, thread: id::Thread, since: Timestamp, now: &Zoned) -> Result<Option<Waiting>> {
        let counters = self.counters_of(thread, now)?;
        let Some(row) = self.thread_row(thread)? else { return Ok(None) };
        let filed = self.filing(thread)?;
        let place = filed.as_ref().map(|filed| filed.place.clone()).unwrap_or_default();
        let company = self.company_name(&place)?;
        let detail = if self.on_its_way(thread)? > 0 { Text::own("your answer is on its way") } else { row.snippet };
        // Where only the company is known, the person who wrote is named, and the company beside.
        let known = row.contact.filter(|name| place.contact.is_some() && !name.is_empty());
        let who = known.unwrap_or(row.people);
        let company = company.filter(|name| *name != who);
        Ok(Some(Waiting {
            subject: Subject::Thread(thread),
            counters,
            since,
            who,
            company,
            title: row.subject,
            detail,
            contact: place.contact,
            company_id: place.company,
            deal: place.deal,
            thread: Some(thread),
        }))
    }

    fn company_name(&self, place: &crate::domain::filing::Place) -> Result<Option<Text>> {
        let name = self
            .sql()
            .prepare_cached(
                "SELECT name FROM company WHERE id = coalesce(?1, (SELECT company_id FROM contact WHERE id = ?2))",
            )?
            .query_row(params![place.company.map(|c| c.0), place.contact.map(|c| c.0)], |row| text_at(row, "name"))
            .optional()?;
        Ok(name)
    }

    fn waiting_lead(&self, lead: id::Contact, since: Timestamp) -> Result<Option<Waiting>> {
        let who = self
            .sql()
            .prepare_cached("SELECT display FROM contact WHERE id = ?1")?
            .query_row([lead.0], |row| text_at(row, "display"))
            .optional()?;
        Ok(who.map(|who| Waiting {
            subject: Subject::Lead(lead),
            counters: vec![Counter::NewLeads],
            since,
            who,
            company: None,
            title: Text::own("a new lead"),
            detail: Text::default(),
            contact: Some(lead),
            company_id: None,
            deal: None,
            thread: None,
        }))
    }

    fn waiting_activity(&self, activity: id::Activity) -> Result<Option<Waiting>> {
        let row = self
            .sql()
            .prepare_cached(
                "SELECT a.kind, a.subject, a.place, a.due_at, a.contact_id, a.deal_id, co.id AS company_id, d.title AS deal_title, co.name AS company,
                        coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS who,
                        (SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
                             AND f.contact_id = a.contact_id ORDER BY t.last_at DESC LIMIT 1) AS thread_id
                 FROM activity a LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN deal d ON d.id = a.deal_id
                 LEFT JOIN company co ON co.id = coalesce(a.company_id, c.company_id) WHERE a.id = ?1",
            )?
            .query_row([activity.0], |row| {
                let kind = crate::domain::activity::Kind::from_word(&row.get::<_, String>("kind")?);
                let kind = kind.map_or("activity", crate::domain::activity::Kind::word).replace('_', " ");
                let place = text_at(row, "place")?;
                let context = optional_text_at(row, "deal_title")?.unwrap_or_default();
                let detail = [context.as_str(), place.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
                Ok(Waiting {
                    subject: Subject::Activity(activity),
                    counters: vec![Counter::Due],
                    since: moment(row.get::<_, Option<i64>>("due_at")?.unwrap_or(0)),
                    who: optional_text_at(row, "who")?.or(optional_text_at(row, "company")?).unwrap_or_default(),
                    company: optional_text_at(row, "company")?,
                    title: Text::from(format!("{kind}: {}", text_at(row, "subject")?)),
                    detail: Text::from(detail),
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                })
            })
            .optional()?;
        Ok(row)
    }

    fn waiting_payment(&self, payment: id::Payment, since: Timestamp) -> Result<Option<Waiting>> {
        let row = self
            .sql()
            .prepare_cached(
                "SELECT p.title, p.due_on, p.amount_minor, p.currency, p.deal_id, d.title AS deal_title, d.contact_id, co.id AS company_id, co.name AS company,
                        coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS who,
                        (SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
                             AND f.deal_id = p.deal_id ORDER BY t.last_at DESC LIMIT 1) AS thread_id
                 FROM payment p JOIN deal d ON d.id = p.deal_id LEFT JOIN contact c ON c.id = d.contact_id
                 LEFT JOIN company co ON co.id = coalesce(d.company_id, c.company_id) WHERE p.id = ?1",
            )?
            .query_row([payment.0], |row| {
                let amount = Money { minor: row.get("amount_minor")?, currency: row.get("currency")? };
                Ok(Waiting {
                    subject: Subject::Payment(payment),
                    counters: vec![Counter::OverduePayments],
                    since,
                    who: optional_text_at(row, "who")?.or(optional_text_at(row, "company")?).unwrap_or_default(),
                    company: optional_text_at(row, "company")?,
                    title: Text::from(format!("{amount} {}", text_at(row, "title")?)),
                    detail: Text::from(format!("{}, due {}", text_at(row, "deal_title")?, text_at(row, "due_on")?)),
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    deal: Some(id::Deal(row.get("deal_id")?)),
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                })
            })
            .optional()?;
        Ok(row)
    }

    fn waiting_outgoing(&self, outgoing: id::Outgoing) -> Result<Option<Waiting>> {
        let row = self
            .sql()
            .prepare_cached(
                "SELECT shown_to, subject, state, last_answer, created_at, thread_id FROM outgoing WHERE id = ?1",
            )?
            .query_row([outgoing.0], |row| {
                Ok(Waiting {
                    subject: Subject::Outgoing(outgoing),
                    counters: vec![Counter::OutboxTrouble],
                    since: moment(row.get("created_at")?),
                    who: text_at(row, "shown_to")?,
                    company: None,
                    title: Text::from(format!("{}: {}", text_at(row, "state")?, text_at(row, "subject")?)),
                    detail: text_at(row, "last_answer")?,
                    contact: None,
                    company_id: None,
                    deal: None,
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                })
            })
            .optional()?;
        Ok(row)
    }

    /// Letters of a thread that are on their way out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn on_its_way(&self, thread: id::Thread) -> Result<u64> {
        let count: i64 = self
            .sql()
            .prepare_cached(
                "SELECT count(*) FROM outgoing WHERE thread_id = ?1 AND state IN ('held', 'queued', 'sending')",
            )?
            .query_row([thread.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

/// The first moment of a day; what is no day is 1970.
fn start_of(day: &str, zone: &jiff::tz::TimeZone) -> Timestamp {
    day.parse::<jiff::civil::Date>()
        .ok()
        .and_then(|day| day.to_zoned(zone.clone()).ok())
        .map_or(moment(ms(Timestamp::UNIX_EPOCH)), |day| day.timestamp())
}
