//! What I do in a team's mailbox: take a conversation, give it back, keep one from colleagues.

use super::{Acts, Title};
use crate::domain::account::{Account, Kind};
use crate::domain::claim::Claimant;
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};

/// Who I am to colleagues: my own address, not the one the team shares.
fn me(accounts: &[Account], of: id::Account) -> Option<Claimant> {
    let personal = accounts.iter().find(|account| account.kind == Kind::Personal);
    personal.or_else(|| accounts.iter().find(|account| account.id == of)).map(|account| Claimant::of(&account.email))
}

impl Acts<'_> {
    /// Takes a conversation of a team's mailbox, or gives back what I had taken. A lead that is taken was looked at.
    ///
    /// # Errors
    /// When it is in no mailbox of a team, a colleague has it, or the store cannot be written.
    pub fn claim(&self, thread: id::Thread, accounts: &[Account]) -> Result<Title> {
        let of = self.store.account_of_thread(thread)?;
        let shared = accounts.iter().any(|account| account.id == of && account.kind == Kind::Shared);
        let Some(me) = me(accounts, of).filter(|_| shared) else {
            return Err(Problem::new(
                problem::Kind::Input,
                "this conversation is in your own mailbox: nobody else sees it",
            )
            .hint("what is taken for oneself are conversations of an account with kind = \"shared\""));
        };
        let subject = self.subject(thread)?;
        match self.store.claimed_by(thread)? {
            Some(holder) if holder == me => {
                self.record(format!("Gave back: {subject}"), || self.store.want_release(thread, &me))
            }
            Some(holder) => {
                Err(Problem::new(problem::Kind::Refused, format!("{} has taken “{subject}”", holder.shown()))
                    .hint("only they can give it back"))
            }
            None => self.record(format!("Took: {subject}"), || {
                self.store.want_claim(thread, &me)?;
                match self.store.filing(thread)?.and_then(|filed| filed.place.contact) {
                    Some(lead) if self.store.is_new_lead(lead)? => self.store.keep_lead(lead, self.at()),
                    _ => Ok(()),
                }
            }),
        }
    }

    /// Keeps a conversation from colleagues: it is left out of what is handed over. Again takes that back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn toggle_private(&self, thread: id::Thread) -> Result<Title> {
        let subject = self.subject(thread)?;
        let private = !self.store.is_private(thread)?;
        let title = if private { format!("Private: {subject}") } else { format!("Not private any more: {subject}") };
        self.record(title, || self.store.set_private(thread, private, self.at()))
    }
}
