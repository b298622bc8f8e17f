//! Answers to invitations: a letter to the organiser that carries the calendar's answer, and what it means for my own plan.

use super::reading::must_open;
use super::writing::Writer;
use crate::domain::draft;
use crate::domain::id;
use crate::domain::language::Language;
use crate::domain::meeting::Answer;
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

    /// What the answer in a letter means for my plan: a declined meeting is in it no more. Called when the letter is queued.
    pub(super) fn settle_meeting(&self, letter: &Letter) -> Result<()> {
        let Some(file) = letter.files.iter().find(|file| file.media_type == mime::REPLY) else { return Ok(()) };
        let text = String::from_utf8_lossy(&file.bytes);
        let declined = text.contains(&format!("PARTSTAT={}", Answer::Decline.status()));
        let uid = letter.answers.map(|message| must_open(self.store, message)).transpose()?;
        let uid = uid.and_then(|opened| opened.parsed.invitation).map(|meeting| meeting.uid);
        if let Some(uid) = uid.filter(|_| declined) {
            self.store.decline_meeting(uid.as_str(), self.now.timestamp())?;
        }
        Ok(())
    }
}
