//! The rows of Today: everything that waits, each once with every counter it raises, in the order of `domain::urgency`.

use super::counter::{JUNK_WATCH, Moments, rule_of, visit_with_moments};
use super::today_order::{Found, client_by_client};
use super::urgency::{Raises, Whose};
use super::{Matcher, Store, moment, ms, optional_text_at, text_at};
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::offered::Offered;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::urgency::can_be_raised;
use crate::domain::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, params};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// How pressing a row is: how often it is raised, then since when it waits. A row is as pressing as the most pressing of its counters.
pub(super) type Place = (Reverse<u8>, Timestamp);

/// What all rows of one reading have in common.
struct Reading<'a> {
    now: &'a Zoned,
    work: &'a WorkTime,
    only: Option<Counter>,
    raises: Raises,
}

impl Store {
    /// What waits, the most pressing first: at most `limit` rows, and whether there are more; of one counter alone where
    /// `only` names it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn today(
        &self,
        now: &Zoned,
        work: &WorkTime,
        only: Option<Counter>,
        limit: u32,
    ) -> Result<(Vec<Waiting>, bool)> {
        self.today_of(now, work, only, limit, None)
    }

    /// The same, of what a search finds where there is one. It is asked before a row is read, the most pressing first, until there are enough.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn today_of(
        &self,
        now: &Zoned,
        work: &WorkTime,
        only: Option<Counter>,
        limit: u32,
        search: Option<&Matcher<'_>>,
    ) -> Result<(Vec<Waiting>, bool)> {
        let reading = Reading { now, work, only, raises: Raises::of(self, now, work)? };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let most = if search.is_some() { usize::MAX } else { limit.saturating_add(1) };
        let mut found = Vec::new();
        for counter in Counter::ALL.into_iter().filter(|counter| only.is_none_or(|only| only == *counter)) {
            self.find_waiting(counter, &reading, most, &mut found)?;
        }
        let mut order = client_by_client(found, most);
        if let Some(search) = search {
            order = first_found(search, order, limit.saturating_add(1))?;
        }
        let mut more = order.len() > limit;
        order.truncate(limit);
        let mut rows = Vec::with_capacity(order.len());
        for ((_, since), subject) in order {
            rows.extend(self.waiting_row(subject, since, &reading)?);
        }
        if only.is_none() && search.is_none() && !more {
            let left = limit.saturating_sub(rows.len()).saturating_add(1);
            rows.extend(self.to_approve(now.date(), left)?.into_iter().map(offered_row));
            more = rows.len() > limit;
            rows.truncate(limit);
        }
        Ok((rows, more))
    }

    /// The subjects of one counter: all where a client's other rows may stand elsewhere by their own age, else the oldest.
    fn find_waiting(&self, counter: Counter, reading: &Reading<'_>, most: usize, found: &mut Vec<Found>) -> Result<()> {
        // Where a client waits, a young row may stand above an old one, beside another row of theirs: all are looked at, from
        // the index alone where there are many.
        let all = can_be_raised(counter);
        let sql = waiting_sql(counter, all);
        let zone = reading.now.time_zone();
        // Counted by subject: one thread may hold any number of unread letters.
        let mut subjects = BTreeSet::new();
        visit_with_moments(self, &sql, &Moments::of(reading.now, reading.work), None, |row| {
            let since = match row.get_ref(1)? {
                rusqlite::types::ValueRef::Text(_) => start_of(&row.get::<_, String>(1)?, zone),
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
            let whose = match (all, subject) {
                (true, _) => Whose { contact: row.get(2)?, company: row.get(3)? },
                (false, Subject::Thread(thread)) if subjects.insert(subject) => self.whose(thread)?,
                (false, Subject::Thread(_)) => return Ok(ControlFlow::Continue(())),
                (false, Subject::Lead(lead)) => Whose { contact: Some(lead.0), company: None },
                (false, _) => Whose::default(),
            };
            let steps = if all { reading.raises.steps(counter, since, whose) } else { 0 };
            found.push(Found { place: (Reverse(steps), since), client: whose.client(), subject });
            subjects.insert(subject);
            Ok(if all || subjects.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })
    }

    /// Whose a conversation is.
    fn whose(&self, thread: id::Thread) -> Result<Whose> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT t.client_contact_id, coalesce(t.client_company_id, (SELECT c.company_id FROM contact c WHERE c.id = t.client_contact_id))
                 FROM thread t WHERE t.id = ?1",
            )?
            .query_row([thread.0], |row| Ok(Whose { contact: row.get(0)?, company: row.get(1)? }))
            .optional()?;
        Ok(found.unwrap_or_default())
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

    fn waiting_row(&self, subject: Subject, since: Timestamp, reading: &Reading<'_>) -> Result<Option<Waiting>> {
        let row = match subject {
            Subject::Thread(thread) => return self.waiting_thread(thread, since, reading),
            Subject::Lead(lead) => self.waiting_lead(lead, since),
            Subject::Activity(activity) => self.waiting_activity(activity),
            Subject::Payment(payment) => self.waiting_payment(payment, since),
            Subject::Outgoing(outgoing) => self.waiting_outgoing(outgoing),
            // They stand below what waits, see `today_of`.
            Subject::Offered(_) => Ok(None),
        };
        Ok(row?.map(|row| reading.raised(row, None)))
    }

    fn waiting_thread(&self, thread: id::Thread, since: Timestamp, reading: &Reading<'_>) -> Result<Option<Waiting>> {
        let counters = self.counters_of(thread, reading.now, reading.work)?;
        let Some(row) = self.thread_row(thread)? else { return Ok(None) };
        let filed = self.filing(thread)?;
        let place = filed.as_ref().map(|filed| filed.place.clone()).unwrap_or_default();
        let company = self.company_name(&place)?;
        let (waits, assigned) = self.waits_and_assigned(thread)?;
        let on_its_way = self.on_its_way(thread)? > 0;
        // Where only the company is known, the person who wrote is named, and the company beside.
        let known = row.contact.filter(|name| place.contact.is_some() && !name.is_empty());
        let who = known.unwrap_or(row.people);
        let (company_id, company) = company.unzip();
        let company = company.filter(|name| *name != who);
        let row = Waiting {
            subject: Subject::Thread(thread),
            counters,
            since,
            raised: Vec::new(),
            assigned,
            on_its_way,
            who,
            company,
            title: row.subject,
            detail: row.snippet,
            contact: place.contact,
            company_id,
            deal: place.deal,
            thread: Some(thread),
            letter: None,
        };
        let row = self.about_the_letter_in_junk(thread, row)?;
        Ok(Some(reading.raised(row, Some(waits))))
    }

    /// Where only "junk watch" is raised, the row is about the letter in Junk, not about what is newest in its conversation.
    fn about_the_letter_in_junk(&self, thread: id::Thread, row: Waiting) -> Result<Waiting> {
        if row.counters.first() != Some(&Counter::JunkWatch) {
            return Ok(row);
        }
        let sql = format!(
            "SELECT m.id, m.from_name, m.from_address, m.subject, m.snippet FROM message m
             WHERE m.thread_id = ?1 AND {JUNK_WATCH} ORDER BY m.date DESC LIMIT 1"
        );
        let letter = self
            .sql()
            .prepare_cached(&sql)?
            .query_row([thread.0], |found| {
                let name = text_at(found, "from_name")?;
                let who = if name.is_empty() { text_at(found, "from_address")? } else { name };
                Ok((id::Message(found.get("id")?), who, text_at(found, "subject")?, text_at(found, "snippet")?))
            })
            .optional()?;
        Ok(match letter {
            Some((letter, who, title, detail)) => {
                let company = row.company.filter(|company| *company != who);
                Waiting { letter: Some(letter), who, company, title, detail, ..row }
            }
            None => row,
        })
    }

    /// Since when a thread waits for my answer, and who is to see to it.
    fn waits_and_assigned(&self, thread: id::Thread) -> Result<(Timestamp, Text)> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT t.waiting_since, s.assigned FROM thread t LEFT JOIN thread_state s ON s.thread_id = t.id WHERE t.id = ?1",
            )?
            .query_row([thread.0], |row| {
                Ok((moment(row.get("waiting_since")?), optional_text_at(row, "assigned")?.unwrap_or_default()))
            })?;
        Ok(found)
    }

    fn company_name(&self, place: &crate::domain::filing::Place) -> Result<Option<(id::Company, Text)>> {
        let named = self
            .sql()
            .prepare_cached(
                "SELECT id, name FROM company WHERE id = coalesce(?1, (SELECT company_id FROM contact WHERE id = ?2))",
            )?
            .query_row(params![place.company.map(|c| c.0), place.contact.map(|c| c.0)], |row| {
                Ok((id::Company(row.get("id")?), text_at(row, "name")?))
            })
            .optional()?;
        Ok(named)
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
            raised: Vec::new(),
            assigned: Text::default(),
            on_its_way: false,
            who,
            company: None,
            title: Text::own("a new lead"),
            detail: Text::default(),
            contact: Some(lead),
            company_id: None,
            deal: None,
            thread: None,
            letter: None,
        }))
    }

    fn waiting_activity(&self, activity: id::Activity) -> Result<Option<Waiting>> {
        let row = self
            .sql()
            .prepare_cached(
                "SELECT a.kind, a.subject, a.place, a.due_at, a.contact_id, a.deal_id, co.id AS company_id, d.title AS deal_title, co.name AS company,
                        coalesce(nullif(trim(c.given || ' ' || c.family), ''), c.display) AS who,
                        coalesce(nullif(d.owner, ''), c.owner, '') AS owner,
                        (SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
                             AND f.contact_id = a.contact_id ORDER BY t.last_at DESC LIMIT 1) AS thread_id
                 FROM activity a LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN deal d ON d.id = a.deal_id
                 LEFT JOIN company co ON co.id = coalesce(a.company_id, c.company_id, d.company_id) WHERE a.id = ?1",
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
                    raised: Vec::new(),
                    assigned: text_at(row, "owner")?,
                    on_its_way: false,
                    who: optional_text_at(row, "who")?.or(optional_text_at(row, "company")?).unwrap_or_default(),
                    company: optional_text_at(row, "company")?,
                    title: Text::from(format!("{kind}: {}", text_at(row, "subject")?)),
                    detail: Text::from(detail),
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                    letter: None,
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
                        coalesce(nullif(d.owner, ''), c.owner, '') AS owner,
                        coalesce((SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
                             AND f.deal_id = p.deal_id ORDER BY t.last_at DESC LIMIT 1),
                            (SELECT f.thread_id FROM filing f JOIN thread t ON t.id = f.thread_id WHERE f.superseded_at IS NULL
                             AND f.contact_id = d.contact_id ORDER BY t.last_at DESC LIMIT 1)) AS thread_id
                 FROM payment p JOIN deal d ON d.id = p.deal_id LEFT JOIN contact c ON c.id = d.contact_id
                 LEFT JOIN company co ON co.id = coalesce(d.company_id, c.company_id) WHERE p.id = ?1",
            )?
            .query_row([payment.0], |row| {
                let amount = Money { minor: row.get("amount_minor")?, currency: row.get("currency")? };
                Ok(Waiting {
                    subject: Subject::Payment(payment),
                    counters: vec![Counter::OverduePayments],
                    since,
                    raised: Vec::new(),
                    assigned: text_at(row, "owner")?,
                    on_its_way: false,
                    who: optional_text_at(row, "who")?.or(optional_text_at(row, "company")?).unwrap_or_default(),
                    company: optional_text_at(row, "company")?,
                    title: Text::from(format!("{amount} {}", text_at(row, "title")?)),
                    detail: Text::from(format!("{}, due {}", text_at(row, "deal_title")?, text_at(row, "due_on")?)),
                    contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
                    company_id: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                    deal: Some(id::Deal(row.get("deal_id")?)),
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                    letter: None,
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
                    raised: Vec::new(),
                    assigned: Text::default(),
                    on_its_way: false,
                    who: text_at(row, "shown_to")?,
                    company: None,
                    title: Text::from(format!("{}: {}", text_at(row, "state")?, text_at(row, "subject")?)),
                    detail: text_at(row, "last_answer")?,
                    contact: None,
                    company_id: None,
                    deal: None,
                    thread: row.get::<_, Option<i64>>("thread_id")?.map(id::Thread),
                    letter: None,
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
                "SELECT count(*) FROM outgoing WHERE thread_id = ?1 AND state IN ('held', 'queued', 'sending')
                     AND NOT EXISTS (SELECT 1 FROM auto_reply r WHERE r.outgoing_id = outgoing.id)",
            )?
            .query_row([thread.0], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn first_found(search: &Matcher<'_>, order: Vec<(Place, Subject)>, most: usize) -> Result<Vec<(Place, Subject)>> {
    let mut found = Vec::new();
    for row in order {
        if found.len() >= most {
            break;
        }
        if search.matches(row.1)? {
            found.push(row);
        }
    }
    Ok(found)
}

/// What a counter counts: key, since when, and whose it is. A lead stands in the row of the thread it came with.
fn waiting_sql(counter: Counter, all: bool) -> String {
    let (table, rule) = rule_of(counter);
    let (key, since) = match counter {
        Counter::Unread | Counter::JunkWatch => ("m.thread_id", "m.date"),
        Counter::Unanswered => ("t.id", "t.waiting_since"),
        Counter::Silent => ("t.id", "t.last_human_at"),
        Counter::NewLeads => ("c.id", "c.created_at"),
        Counter::Unfiled => {
            ("f.thread_id", "(SELECT max(date) FROM message m WHERE m.thread_id = f.thread_id AND m.place = 'live')")
        }
        Counter::Due => ("a.id", "a.due_at"),
        Counter::OverduePayments => ("p.id", "p.due_on"),
        Counter::OutboxTrouble => ("o.id", "o.created_at"),
    };
    let (contact, company) = client_of(counter);
    let order = if all { "" } else { "ORDER BY since" };
    format!(
        "SELECT {key}, {since} AS since, {contact} AS contact, coalesce({company}, (SELECT x.company_id FROM contact x WHERE x.id = {contact})) AS company
         FROM {table} WHERE {rule} {order}"
    )
}

/// Whose the rows of a counter are, where that can raise them: the person and the company.
fn client_of(counter: Counter) -> (&'static str, &'static str) {
    match counter {
        Counter::Unanswered | Counter::Silent => ("t.client_contact_id", "t.client_company_id"),
        Counter::Unfiled => ("f.contact_id", "f.company_id"),
        Counter::Due => (
            "coalesce(a.contact_id, (SELECT d.contact_id FROM deal d WHERE d.id = a.deal_id))",
            "coalesce(a.company_id, (SELECT d.company_id FROM deal d WHERE d.id = a.deal_id))",
        ),
        Counter::OverduePayments => (
            "(SELECT d.contact_id FROM deal d WHERE d.id = p.deal_id)",
            "(SELECT d.company_id FROM deal d WHERE d.id = p.deal_id)",
        ),
        Counter::Unread | Counter::NewLeads | Counter::OutboxTrouble | Counter::JunkWatch => ("NULL", "NULL"),
    }
}

impl Reading<'_> {
    /// The row with what raised it, of the counters it was looked for by.
    fn raised(&self, row: Waiting, waits: Option<Timestamp>) -> Waiting {
        let whose = Whose { contact: row.contact.map(|c| c.0), company: row.company_id.map(|c| c.0) };
        let counters: Vec<Counter> =
            row.counters.iter().copied().filter(|counter| self.only.is_none_or(|only| only == *counter)).collect();
        Waiting { raised: self.raises.reasons(&counters, waits, whose, self.now, self.work), ..row }
    }
}

/// The first moment of a day; what is no day is 1970.
fn start_of(day: &str, zone: &jiff::tz::TimeZone) -> Timestamp {
    day.parse::<jiff::civil::Date>()
        .ok()
        .and_then(|day| day.to_zoned(zone.clone()).ok())
        .map_or(moment(ms(Timestamp::UNIX_EPOCH)), |day| day.timestamp())
}

/// A letter that is offered, as a row below what waits.
fn offered_row(offered: Offered) -> Waiting {
    let because = offered.because.as_str();
    let (happened, held) = because.split_once('\n').unwrap_or((because, ""));
    let held = held.lines().last().map(|line| format!("; {line}")).unwrap_or_default();
    Waiting {
        subject: Subject::Offered(offered.id),
        counters: Vec::new(),
        since: offered.noted_at,
        raised: Vec::new(),
        assigned: Text::default(),
        on_its_way: false,
        company: offered.company.filter(|company| *company != offered.who),
        who: offered.who,
        title: offered.template,
        detail: Text::from(format!("{happened}{held}")),
        contact: Some(offered.contact),
        company_id: offered.company_id,
        deal: offered.deal,
        thread: None,
        letter: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, now, person};
    use super::*;

    /// What lies in Junk of a conversation I had the last word in: the row is about that letter, and the preview begins at it.
    #[test]
    fn a_row_of_junk_watch_is_about_the_letter_in_junk() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let thread = shop.thread("Desks", Some(anna), None, None);
        let letter = shop.letter(thread, "2026-11-10T10:00:00Z", "inbound");
        shop.letter(thread, "2026-11-20T10:00:00Z", "outbound");
        shop.mail(&format!(
            "UPDATE message SET place = 'junk', from_name = 'Anna K.', subject = 'Yes' WHERE id = {}",
            letter.0
        ));
        shop.store.refresh_thread(thread).unwrap();
        let (rows, _) = shop.store.today(&now(), &WorkTime::default(), Some(Counter::JunkWatch), 9).unwrap();
        let row = rows.first().unwrap();
        assert_eq!((row.letter, row.who.as_str(), row.title.as_str()), (Some(letter), "Anna K.", "Yes"));
    }

    /// Of what waits in great numbers the threads themselves are not touched, and nothing is sorted by SQLite.
    #[test]
    fn what_waits_is_found_by_index() {
        let shop = Shop::open();
        for all in [true, false] {
            for (counter, index) in [
                (Counter::Unanswered, "USING COVERING INDEX thread_unanswered"),
                (Counter::Silent, "USING COVERING INDEX thread_silent"),
                (Counter::Silent, "USING COVERING INDEX thread_heard"),
                (Counter::Unread, "USING INDEX message_unread"),
                (Counter::NewLeads, "USING COVERING INDEX contact_new_lead"),
                (Counter::Unfiled, "USING INDEX filing_open"),
                (Counter::Due, "USING INDEX activity_due"),
                (Counter::OverduePayments, "USING COVERING INDEX payment_unpaid"),
                (Counter::JunkWatch, "USING COVERING INDEX message_junk"),
            ] {
                let plan = shop.plan(&waiting_sql(counter, all));
                assert!(plan.contains(index), "{counter:?} {all}: {plan}");
                assert!(counter == Counter::Unfiled || !plan.contains("TEMP B-TREE"), "{counter:?} {all}: {plan}");
            }
        }
    }
}
