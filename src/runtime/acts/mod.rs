//! What the user does to the store: each act is one change with a title, undone with `u`.

mod absence;
mod activities;
mod cards;
pub mod clients;
mod deals;
pub mod exchange;
mod filing;
mod mailings;
mod team;
mod today;
mod views;

use crate::domain::address::Own;
use crate::domain::handling::counted;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::Store;
use crate::sync::filing::settle;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// What was done, in words; `None` when nothing changed.
pub type Title = Option<Text>;

/// Does acts on one store.
pub struct Acts<'a> {
    /// The store.
    pub store: &'a Store,
    /// My own addresses and domains.
    pub own: &'a Own,
    /// Now, where the user is.
    pub now: &'a Zoned,
}

impl Acts<'_> {
    pub(super) fn at(&self) -> Timestamp {
        self.now.timestamp()
    }

    pub(super) fn record(&self, title: String, act: impl FnOnce() -> Result<()>) -> Result<Title> {
        let title = Text::from(title);
        let ((), change) = self.store.record(title.as_str(), self.at(), || {
            act()?;
            // Whatever card it changed: the mail of old and new clients is filed again, within the same change.
            settle(self.store, self.own, self.at()).map(drop)
        })?;
        Ok(change.map(|_| title))
    }

    pub(super) fn subject(&self, thread: id::Thread) -> Result<Text> {
        let subject = self.store.thread_row(thread)?.map(|row| row.subject).unwrap_or_default();
        Ok(if subject.is_empty() { Text::own("(no subject)") } else { subject })
    }

    /// One by its subject, several by their number.
    pub(super) fn named(&self, threads: &[id::Thread]) -> Result<Text> {
        match threads {
            [thread] => self.subject(*thread),
            several => Ok(Text::from(counted(several.len()))),
        }
    }

    /// Every letter of the thread is seen: I opened it. Not recorded as a change: `u` after that must take back what was done before,
    /// not the reading.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn read(&self, thread: id::Thread) -> Result<()> {
        self.store.write(|| self.store.set_seen(thread, true))
    }

    /// No reply needed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_done(&self, threads: &[id::Thread]) -> Result<Title> {
        self.record(format!("No reply needed: {}", self.named(threads)?), || {
            threads.iter().try_for_each(|thread| {
                self.store.mark_done(*thread, self.at())?;
                self.store.set_seen(*thread, true)
            })
        })
    }

    /// Hidden from the counters until then.
    ///
    /// # Errors
    /// When the store cannot be written, or nothing in one of the threads waits.
    pub fn snooze(&self, threads: &[id::Thread], until: Timestamp) -> Result<Title> {
        let shown = until.to_zoned(self.now.time_zone().clone()).strftime("%a %-d %b, %H:%M").to_string();
        self.record(format!("Snoozed until {shown}: {}", self.named(threads)?), || {
            threads.iter().try_for_each(|thread| {
                self.store.set_seen(*thread, true)?;
                self.store.snooze(*thread, until)
            })
        })
    }

    /// It is junk indeed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn confirm_junk(&self, thread: id::Thread) -> Result<Title> {
        self.record(format!("Confirmed as junk: {}", self.subject(thread)?), || self.store.mark_done(thread, self.at()))
    }

    /// Looked at, stays a lead.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_lead(&self, lead: id::Contact) -> Result<Title> {
        self.record(format!("Kept as a lead: {}", self.name(lead)?), || self.store.keep_lead(lead, self.at()))
    }

    pub(super) fn name(&self, contact: id::Contact) -> Result<Text> {
        Ok(self.store.contact_row(contact, self.now)?.map(|row| row.name.full()).unwrap_or_default())
    }

    /// A planned activity was done.
    ///
    /// # Errors
    /// When the store cannot be written, or there is no such activity.
    pub fn activity_done(&self, activity: id::Activity, result: &str) -> Result<Title> {
        self.finish_activity(activity, &Text::line(result), None, None)
    }

    fn activity_subject(&self, activity: id::Activity) -> Result<Text> {
        let found = self.store.activity(activity)?;
        found
            .map(|row| row.activity.subject)
            .ok_or_else(|| Problem::new(Kind::NotFound, "this activity is not there any more"))
    }

    /// A planned activity is due another time.
    ///
    /// # Errors
    /// When the store cannot be written, or there is no such activity.
    pub fn activity_move(&self, activity: id::Activity, to: Timestamp) -> Result<Title> {
        let subject = self.activity_subject(activity)?;
        self.record(format!("Moved: {subject}"), || self.store.move_activity(activity, to))
    }

    /// Paid today.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn payment_paid(&self, payment: id::Payment) -> Result<Title> {
        self.record(format!("Paid: {}", self.payment_in_words(payment)?), || {
            self.store.mark_payment_paid(payment, self.now.date())
        })
    }

    /// Another due day.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn payment_move(&self, payment: id::Payment, to: Date) -> Result<Title> {
        let title = format!("Moved to {to}: {}", self.payment_in_words(payment)?);
        self.record(title, || self.store.move_payment(payment, to))
    }

    /// `9 000.00 GBP deposit`.
    fn payment_in_words(&self, payment: id::Payment) -> Result<String> {
        let row = self.store.payment(payment)?;
        Ok(row.map_or_else(|| "a payment".to_owned(), |row| format!("{} {}", row.amount, row.title).trim().to_owned()))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn discard_draft(&self, draft: id::Draft) -> Result<Title> {
        self.record("Threw a draft away".to_owned(), || self.store.remove_draft(draft))
    }
}
