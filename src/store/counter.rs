//! The counters of PRODUCT.md as queries: one place for each rule. Its words are in `domain::counter`.
//!
//! Computed from the store whenever asked, never kept as running numbers: stored counters drift (FIELD-NOTES).

use super::{Store, moment, ms, text_at};
use crate::domain::counter::{Counter, Counters, Why, silent_before};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, named_params};
use std::ops::ControlFlow;

/// A thread `t` waits for my answer: its last human letter is inbound, and it is neither done nor snoozed. Done and
/// snoozed hold for the letter they were said of: a newer one reopens (`settled` and `snoozed` of thread, migration 014).
/// The index `thread_unanswered` has the same words.
pub(super) const UNANSWERED: &str = "t.last_human_direction = 'inbound' AND t.settled = 0 AND t.merged_into IS NULL
    AND (t.snoozed = 0 OR (SELECT s.snoozed_until FROM thread_state s WHERE s.thread_id = t.id) <= :now)";

/// A thread `t` of a client where they owe me an answer past the follow-up time: my last letter asks something, and they have not
/// written since, here or in another conversation. Who answered by a program that they are away owes it from the first working day after
/// their return. The index `thread_silent` has the words that speak of the thread alone.
pub(super) const SILENT: &str =
    "t.last_human_direction = 'outbound' AND t.asks = 1 AND t.filed = 1 AND t.settled = 0 AND t.merged_into IS NULL
    AND t.last_human_at < :silent
    AND NOT EXISTS (SELECT 1 FROM thread o WHERE o.client_contact_id = t.client_contact_id AND o.last_inbound_at > t.last_human_at)
    AND (t.snoozed = 0 OR (SELECT s.snoozed_until FROM thread_state s WHERE s.thread_id = t.id) <= :now)
    AND NOT EXISTS (SELECT 1 FROM message w JOIN away a ON a.message_id = w.id
        WHERE w.thread_id = t.id AND w.date >= t.last_human_at AND w.place <> 'junk' AND a.returns_on >= :worked)";

/// A message `m` that a person wrote to me and nobody has seen. The index `message_unread` has the same words.
pub(super) const UNREAD: &str =
    "m.seen = 0 AND m.place = 'live' AND m.direction = 'inbound' AND m.nature = 'human' AND m.ignored = 0";

/// A filing `f` in force whose client has several open deals, and nobody has said which. The plus keeps SQLite from
/// walking all open deals instead of the client's few.
pub(super) const UNFILED: &str = "f.superseded_at IS NULL AND f.deal_decided = 0
    AND (SELECT count(*) FROM deal d WHERE +d.state = 'open' AND (d.contact_id = f.contact_id OR d.company_id = f.company_id)) > 1
    AND EXISTS (SELECT 1 FROM message m WHERE m.thread_id = f.thread_id AND m.place = 'live')";

/// A message `m` of a known client that lies in Junk and was not confirmed to be junk. The domain first: that costs least. The index
/// `message_junk` has all that is asked of the letter. Of their programs too: an order that a client's
/// system wrote is lost in Junk as a person's letter is.
pub(super) const JUNK_WATCH: &str = "m.place = 'junk' AND m.direction = 'inbound' AND m.ignored = 0
    AND (EXISTS (SELECT 1 FROM company_domain d WHERE d.domain = substr(m.from_address, instr(m.from_address, '@') + 1))
        OR EXISTS (SELECT 1 FROM contact_address a JOIN contact c ON c.id = a.contact_id WHERE c.kind = 'contact' AND a.canonical =
            CASE WHEN m.from_address LIKE '%@gmail.com' OR m.from_address LIKE '%@googlemail.com'
            THEN replace(CASE WHEN instr(m.from_address, '+') > 1 THEN substr(m.from_address, 1, instr(m.from_address, '+') - 1)
                ELSE substr(m.from_address, 1, instr(m.from_address, '@') - 1) END, '.', '') || '@gmail.com'
            WHEN instr(m.from_address, '+') > 1 AND instr(m.from_address, '+') < instr(m.from_address, '@')
            THEN substr(m.from_address, 1, instr(m.from_address, '+') - 1) || substr(m.from_address, instr(m.from_address, '@'))
            ELSE m.from_address END))
    AND NOT EXISTS (SELECT 1 FROM junk_confirmed j WHERE j.message_id = m.id)";

/// An activity `a` that is planned for today or earlier.
pub(super) const DUE: &str = "a.done_at IS NULL AND a.due_at <= :end_of_today";

/// A payment `p` past its due day and unpaid; also of a deal that was lost: what was delivered is owed.
pub(super) const OVERDUE_PAYMENT: &str = "p.paid_on IS NULL AND p.due_on < :today";

/// A contact `c` nobody has looked at.
pub(super) const NEW_LEAD: &str = "c.kind = 'lead' AND c.reviewed_at IS NULL";

/// A letter `o` of mine that was refused, or of which nobody knows whether it was sent.
pub(super) const OUTBOX_TROUBLE: &str = "o.state IN ('refused', 'uncertain')";

/// The moments the rules speak of, in the user's zone.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    pub(super) now: i64,
    pub(super) silent: i64,
    pub(super) end_of_today: i64,
    pub(super) today: String,
    /// The newest working day, today or before.
    pub(super) worked: String,
}

impl Moments {
    pub(super) fn of(now: &Zoned, work: &WorkTime) -> Self {
        let end = now.end_of_day().unwrap_or_else(|_| now.clone());
        Self {
            now: ms(now.timestamp()),
            silent: ms(silent_before(now, work)),
            end_of_today: ms(end.timestamp()),
            today: now.date().to_string(),
            worked: work.days_before(now.date(), 0).to_string(),
        }
    }
}

/// The table and condition of a counter.
pub(super) fn rule_of(counter: Counter) -> (&'static str, &'static str) {
    match counter {
        Counter::Unread => ("message m", UNREAD),
        Counter::Unanswered => ("thread t", UNANSWERED),
        // Named: SQLite would rather walk every lead there ever was, by `contact_kind`.
        Counter::NewLeads => ("contact c INDEXED BY contact_new_lead", NEW_LEAD),
        Counter::Unfiled => ("filing f", UNFILED),
        Counter::Due => ("activity a", DUE),
        Counter::OverduePayments => ("payment p", OVERDUE_PAYMENT),
        Counter::Silent => ("thread t", SILENT),
        Counter::OutboxTrouble => ("outgoing o", OUTBOX_TROUBLE),
        Counter::JunkWatch => ("message m", JUNK_WATCH),
    }
}

/// Runs a query that may name any of the moments; SQLite refuses parameters a statement does not have.
pub(super) fn query_with_moments<T>(
    store: &Store,
    sql: &str,
    moments: &Moments,
    key: Option<i64>,
    mut read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    visit_with_moments(store, sql, moments, key, |row| {
        found.push(read(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The same, row by row, until `visit` has enough.
pub(super) fn visit_with_moments(
    store: &Store,
    sql: &str,
    moments: &Moments,
    key: Option<i64>,
    mut visit: impl FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let mut statement = store.sql().prepare_cached(sql)?;
    let named = named_params! { ":now": moments.now, ":silent": moments.silent, ":end_of_today": moments.end_of_today,
    ":today": moments.today, ":worked": moments.worked, ":key": key };
    for (name, value) in named {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if visit(row)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The counters that a thread can raise.
const OF_THREADS: [Counter; 6] =
    [Counter::Unread, Counter::Unanswered, Counter::NewLeads, Counter::Unfiled, Counter::Silent, Counter::JunkWatch];

/// Whether a thread raises a counter.
fn of_thread_sql(counter: Counter) -> String {
    let (table, rule) = rule_of(counter);
    let (table, link) = match counter {
        // By key, not among all the others that nobody has looked at.
        Counter::NewLeads => {
            ("contact c", "c.id = (SELECT contact_id FROM filing WHERE thread_id = :key AND superseded_at IS NULL)")
        }
        Counter::Unanswered | Counter::Silent => (table, "t.id = :key"),
        Counter::Unfiled => (table, "f.thread_id = :key"),
        _ => (table, "m.thread_id = :key"),
    };
    format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {link} AND {rule})")
}

impl Store {
    /// Every counter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counters(&self, now: &Zoned, work: &WorkTime) -> Result<Counters> {
        let moments = Moments::of(now, work);
        let mut counters = Counters::default();
        for counter in Counter::ALL {
            let (table, rule) = rule_of(counter);
            let total: Vec<i64> = query_with_moments(
                self,
                &format!("SELECT count(*) FROM {table} WHERE {rule}"),
                &moments,
                None,
                |row| row.get(0),
            )?;
            counters.set(counter, total.first().and_then(|t| u64::try_from(*t).ok()).unwrap_or(0));
        }
        Ok(counters)
    }

    /// The counters that a thread raises.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counters_of(&self, thread: id::Thread, now: &Zoned, work: &WorkTime) -> Result<Vec<Counter>> {
        let moments = Moments::of(now, work);
        let mut raised = Vec::new();
        for counter in OF_THREADS {
            let sql = of_thread_sql(counter);
            let found: Vec<bool> = query_with_moments(self, &sql, &moments, Some(thread.0), |row| row.get(0))?;
            if found.first() == Some(&true) {
                raised.push(counter);
            }
        }
        Ok(raised)
    }

    /// What makes each counter of a thread true, in words.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn why(&self, thread: id::Thread, now: &Zoned, work: &WorkTime) -> Result<Vec<Why>> {
        let zone = now.time_zone();
        let mut whys = Vec::new();
        for counter in self.counters_of(thread, now, work)? {
            let evidence = match counter {
                Counter::Unread => self.letters_in_words(thread, UNREAD, zone)?,
                Counter::JunkWatch => self.letters_in_words(thread, JUNK_WATCH, zone)?,
                Counter::Unanswered | Counter::Silent => {
                    let mut words = self.letters_in_words(
                        thread,
                        "m.id = (SELECT last_human_message_id FROM thread WHERE id = m.thread_id)",
                        zone,
                    )?;
                    words.extend(self.on_its_way_in_words(thread)?);
                    words.extend(self.put_off_in_words(thread, zone)?);
                    words.extend(self.away_in_words(thread)?);
                    words
                }
                Counter::Unfiled => self.open_deals_in_words(thread)?,
                _ => self.filing(thread)?.map(|filed| vec![filed.evidence]).unwrap_or_default(),
            };
            whys.push(Why { counter: Some(counter), evidence });
        }
        Ok(whys)
    }

    fn letters_in_words(&self, thread: id::Thread, rule: &str, zone: &jiff::tz::TimeZone) -> Result<Vec<Text>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT coalesce(nullif(m.from_name, ''), m.from_address) AS who, m.subject, m.date FROM message m
             WHERE m.thread_id = ?1 AND {rule} ORDER BY m.date LIMIT 20"
        ))?;
        let words = statement
            .query_map([thread.0], |row| {
                let at = in_words(moment(row.get("date")?), zone);
                Ok(Text::from(format!("{}: “{}”, {at}", text_at(row, "who")?, text_at(row, "subject")?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(words)
    }

    fn on_its_way_in_words(&self, thread: id::Thread) -> Result<Option<Text>> {
        let waiting = self.on_its_way(thread)?;
        Ok((waiting > 0).then(|| Text::own("your answer is on its way: the counter falls when it was sent")))
    }

    /// It was snoozed, and the time has come; it was given to somebody.
    fn put_off_in_words(&self, thread: id::Thread, zone: &jiff::tz::TimeZone) -> Result<Vec<Text>> {
        let found: Option<(Option<i64>, Text)> = self
            .sql()
            .prepare_cached(
                "SELECT CASE WHEN t.snoozed = 1 THEN s.snoozed_until END AS until, s.assigned FROM thread t
                 JOIN thread_state s ON s.thread_id = t.id WHERE t.id = ?1",
            )?
            .query_row([thread.0], |row| Ok((row.get("until")?, text_at(row, "assigned")?)))
            .optional()?;
        let (until, assigned) = found.unwrap_or_default();
        let slept = until.map(|until| Text::from(format!("you snoozed it until {}", in_words(moment(until), zone))));
        let given = Some(assigned).filter(|name| !name.is_empty());
        Ok(slept.into_iter().chain(given.map(|name| Text::from(format!("assigned to {name}")))).collect())
    }

    /// Their program said when they are back.
    fn away_in_words(&self, thread: id::Thread) -> Result<Option<Text>> {
        let day: Option<String> = self
            .sql()
            .prepare_cached(
                "SELECT a.returns_on FROM message m JOIN away a ON a.message_id = m.id
                 JOIN thread t ON t.id = m.thread_id WHERE m.thread_id = ?1 AND m.place <> 'junk' AND m.date >= t.last_human_at
                 ORDER BY m.date DESC, m.id DESC LIMIT 1",
            )?
            .query_row([thread.0], |row| row.get(0))
            .optional()?;
        let day = day.and_then(|day| day.parse::<jiff::civil::Date>().ok());
        Ok(day.map(|day| {
            Text::from(format!("they were away until {}, said their automatic answer", day.strftime("%-d %b %Y")))
        }))
    }

    fn open_deals_in_words(&self, thread: id::Thread) -> Result<Vec<Text>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT d.title, d.stage FROM filing f JOIN deal d ON d.state = 'open' AND (d.contact_id = f.contact_id OR d.company_id = f.company_id)
             WHERE f.thread_id = ?1 AND f.superseded_at IS NULL ORDER BY d.id",
        )?;
        let words = statement
            .query_map([thread.0], |row| {
                Ok(Text::from(format!("open deal: {} ({})", text_at(row, "title")?, text_at(row, "stage")?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(words)
    }
}

/// "Mon 23 Nov, 09:14" in the user's zone.
pub(super) fn in_words(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::Shop;
    use super::*;

    /// Asked for every row of every list: nothing is walked for it.
    #[test]
    fn what_a_thread_raises_is_found_by_its_key() {
        let shop = Shop::open();
        for counter in OF_THREADS {
            let plan = shop.plan(&of_thread_sql(counter));
            assert!(!plan.replace("SCAN CONSTANT ROW", "").contains("SCAN"), "{counter:?}: {plan}");
        }
    }
}
