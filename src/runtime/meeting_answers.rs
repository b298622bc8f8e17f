//! Answers to invitations: a letter to the organiser that carries the calendar's answer. What it means for my plan is read from
//! the letter when it was sent (`sync/meetings.rs`), here or on another device.

use super::reading::must_open;
use super::writing::Writer;
use crate::domain::draft;
use crate::domain::id;
use crate::domain::language::Language;
use crate::domain::meeting::Answer;
use crate::domain::message::Overtaken;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::mime;

impl Writer<'_> {
    /// The answer to the invitation in a letter, to its organiser, from the account that received it.
    ///
    /// # Errors
    /// When the letter is not there, or invites to nothing that can be answered.
    pub fn answer_meeting(&self, message: id::Message, answer: Answer) -> Result<Letter> {
        let none = || Problem::new(Kind::Input, "this letter holds no invitation that can be answered");
        let opened = must_open(self.store, message)?;
        let invitation = opened.parsed.invitation.clone().filter(|meeting| meeting.method.as_str() == "REQUEST");
        let invitation = invitation.filter(|meeting| !meeting.cancelled).ok_or_else(none)?;
        match invitation.overtaken {
            Some(Overtaken::Cancelled) => {
                return Err(Problem::new(Kind::Input, "this meeting was cancelled: there is nothing to answer"));
            }
            Some(Overtaken::Changed) => {
                return Err(Problem::new(Kind::Input, "this invitation was changed by a later letter")
                    .hint("answer that one: it has the new time"));
            }
            None => {}
        }
        let organiser = invitation.organiser.clone().ok_or_else(none)?;
        if self.office.own.is_me(&organiser.address) {
            return Err(Problem::new(Kind::Input, "this is a meeting of your own; nobody waits for your answer"));
        }
        let mut letter = self.reply(message, false)?;
        let bytes = self.store.raw(message)?.unwrap_or_default();
        let is_me = |address: &_| self.office.own.is_me(address);
        let calendar =
            mime::meeting_answer(&bytes, &is_me, &letter.from, answer, self.now.timestamp()).ok_or_else(none)?;
        let language =
            Language::detect(&format!("{} {} {}", opened.parsed.subject, opened.parsed.text, invitation.summary));
        letter.to = vec![organiser];
        letter.subject = format!("{}: {}", answer.subject(language), invitation.summary);
        letter = draft::with_text(&letter, answer.sentence(language));
        letter.files = vec![File {
            name: "answer.ics".to_owned(),
            media_type: mime::REPLY.to_owned(),
            bytes: calendar.into_bytes(),
        }];
        Ok(letter)
    }
}
