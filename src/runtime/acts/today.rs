//! Acts of the triage board: putting off until they answer, giving to a colleague.

use super::{Acts, Title};
use crate::domain::assignment::Assignment;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};

impl Acts<'_> {
    /// Hidden from the counters until they write.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn await_answer(&self, threads: &[id::Thread]) -> Result<Title> {
        self.record(format!("Put off until they answer: {}", self.named(threads)?), || {
            threads.iter().try_for_each(|thread| {
                self.store.set_seen(*thread, true)?;
                self.store.await_answer(*thread)
            })
        })
    }

    /// A colleague is to see to it.
    ///
    /// # Errors
    /// When the store cannot be written, or there is nothing to be given.
    pub fn assign(&self, assignment: &Assignment) -> Result<Title> {
        let what = match (assignment.thread, assignment.deal, assignment.contact) {
            (Some(thread), ..) => self.subject(thread)?,
            (None, Some(deal), _) => {
                self.store.deal_row(deal, self.now.date())?.map(|row| row.title).unwrap_or_default()
            }
            (None, None, Some(contact)) => self.name(contact)?,
            (None, None, None) => {
                return Err(Problem::new(Kind::Input, "there is no client and no conversation here to assign"));
            }
        };
        let to = if assignment.to.is_empty() { "me" } else { assignment.to.as_str() };
        let and = if assignment.done { ", done for me" } else { "" };
        self.record(format!("Assigned to {to}{and}: {what}"), || {
            self.store.assign(assignment)?;
            match assignment.thread.filter(|_| assignment.done) {
                Some(thread) => {
                    self.store.mark_done(thread, self.at())?;
                    self.store.set_seen(thread, true)
                }
                None => Ok(()),
            }
        })
    }
}
