//! Why a row of Today waits: the evidence of its rule, in words.

use super::clerk::Clerk;
use super::filing;
use crate::domain::counter::{Counter, Subject, Why};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::store::Store;
use crate::ui::effect::Generation;
use crate::ui::event::Event;
use jiff::{Timestamp, Zoned};

impl Clerk {
    /// Why a row waits, and how its conversation is filed.
    pub(super) fn why(&self, generation: Generation, subject: Subject, thread: Option<id::Thread>) -> Result<Event> {
        let now = self.now();
        let thread = match subject {
            Subject::Thread(thread) => Some(thread),
            _ => thread,
        };
        let filed = match thread {
            Some(thread) => filing::in_force(&self.store, thread, &now)?,
            None => None,
        };
        let whys = why(&self.store, subject, &now, &self.office.practice.work)?;
        Ok(Event::WhyLoaded { generation, whys, filed })
    }
}

/// One explanation for each counter that the row raises.
///
/// # Errors
/// When the store cannot be read.
pub fn why(store: &Store, subject: Subject, now: &Zoned, work: &WorkTime) -> Result<Vec<Why>> {
    let (counter, evidence) = match subject {
        Subject::Thread(thread) => return store.why(thread, now, work),
        Subject::Lead(lead) => {
            let card = store.contact_card(lead, now, 1)?;
            let facts = card.into_iter().flat_map(|card| card.provenance);
            (Counter::NewLeads, facts.map(|fact| Text::from(format!("{}: {}", fact.field, fact.value))).collect())
        }
        Subject::Activity(activity) => {
            let due = store.activity(activity)?.and_then(|row| row.activity.due_at);
            (Counter::Due, due.map(|at| Text::from(format!("planned for {}", in_words(at, now)))).into_iter().collect())
        }
        Subject::Payment(payment) => {
            let rows = store.overdue_payments(now.date(), 1000)?;
            let found = rows.into_iter().find(|(row, ..)| row.id == payment);
            let words = found.map(|(row, deal, ..)| {
                Text::from(format!("{} was due on {} for “{deal}” and is not paid", row.amount, row.due_on))
            });
            (Counter::OverduePayments, words.into_iter().collect())
        }
        Subject::Offered(offered) => {
            let found = store.offered_letter(offered)?;
            let evidence = found.map(|found| found.because.lines().map(Text::line).collect());
            return Ok(vec![Why { counter: None, evidence: evidence.unwrap_or_default() }]);
        }
        Subject::Outgoing(outgoing) => {
            let rows = store.outbox(0)?;
            let found = rows.into_iter().find(|row| row.id == outgoing);
            let words =
                found.map(|row| Text::from(format!("{}; the last answer was: {}", row.state.word(), row.last_answer)));
            (Counter::OutboxTrouble, words.into_iter().collect())
        }
    };
    Ok(vec![Why { counter: Some(counter), evidence }])
}

fn in_words(at: Timestamp, now: &Zoned) -> String {
    at.to_zoned(now.time_zone().clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
}
