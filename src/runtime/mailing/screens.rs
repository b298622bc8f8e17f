//! What the screens ask about mailings, and do to them.

use super::{Check, Made};
use crate::domain::id;
use crate::domain::mailing::{self, MailingRow, Skip, Stand, results};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::runtime::acts::{Acts, Title};
use crate::runtime::clerk::{Clerk, done};
use crate::runtime::writing::Writer;
use crate::ui::effect::Generation;
use crate::ui::event::{Changed, Event};
use crate::ui::mailing_act::{MailingAct, MailingAnswer, MailingQuestion, Preview, Timed};
use jiff::{SignedDuration, Zoned};

/// So many mailings are listed.
const LISTED: u32 = 100;
/// Recipients of one page.
const PAGE: u32 = 100;

impl Clerk {
    pub(in crate::runtime) fn mailings(&self, generation: Generation, question: &MailingQuestion) -> Result<Event> {
        let now = self.now();
        let answer = match question {
            MailingQuestion::All => {
                let rows = self.store.mailings(LISTED)?;
                MailingAnswer::All(rows.into_iter().map(|row| self.timed(row, &now)).collect::<Result<_>>()?)
            }
            MailingQuestion::One { mailing, only, after } => self.one_mailing(*mailing, *only, *after, &now)?,
            MailingQuestion::Letter(recipient) => MailingAnswer::Letter(Box::new(self.preview(*recipient, &now)?)),
        };
        Ok(Event::MailingsAnswered { generation, answer: Box::new(answer) })
    }

    fn one_mailing(
        &self,
        mailing: id::Mailing,
        only: Option<Stand>,
        after: Option<id::Recipient>,
        now: &Zoned,
    ) -> Result<MailingAnswer> {
        let gone = || Problem::new(Kind::NotFound, "this mailing is not there any more");
        let row = self.store.mailing(mailing)?.ok_or_else(gone)?;
        let mut page = self.store.recipients(mailing, only, after, PAGE + 1)?;
        let more = page.len() > PAGE as usize;
        page.truncate(PAGE as usize);
        Ok(MailingAnswer::One { row: Box::new(self.timed(row, now)?), after, page, more })
    }

    /// With how long the rest takes.
    fn timed(&self, row: MailingRow, now: &Zoned) -> Result<Timed> {
        let day_ago = now.timestamp().saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now.timestamp());
        let today = self.store.left_since(row.account, day_ago)?;
        let throttle = self.office.pace_of(row.account);
        let left = throttle.time_for(row.counts.waiting + row.counts.sending, today);
        Ok((row, left))
    }

    fn preview(&self, recipient: id::Recipient, now: &Zoned) -> Result<Preview> {
        let office = self.writing_office();
        let writer = Writer { store: &self.store, office: &office, now };
        Ok(match writer.preview(recipient)? {
            Made::Letter(letter, concerns) => Preview {
                recipient,
                subject: Text::line(&letter.subject),
                text: Text::block(&letter.text),
                notes: concerns.into_iter().map(|concern| concern.reason).collect(),
                letter: true,
            },
            Made::Not(_, why) => {
                Preview { recipient, subject: why, text: Text::default(), notes: Vec::new(), letter: false }
            }
        })
    }

    /// Does one act about mailings.
    ///
    /// # Errors
    /// When it cannot be done; the screen shows why.
    pub(in crate::runtime) fn mailing_act(&self, act: MailingAct) -> Result<Vec<Event>> {
        let now = self.now();
        let office = self.writing_office();
        let writer = Writer { store: &self.store, office: &office, now: &now };
        let acts = Acts { store: &self.store, own: &self.office.own, now: &now };
        let told = |words: String| Ok(vec![Event::Told(Text::from(words)), Event::Changed(vec![Changed::Mailings])]);
        match act {
            MailingAct::Prepare(new) => {
                let (mailing, check) = writer.prepare_mailing(&new)?;
                told(format!("Prepared: {}", checked(&writer.mailing_row(mailing)?, &check)))
            }
            MailingAct::Check(mailing) => {
                let check = writer.check_mailing(mailing)?;
                told(format!("Checked: {}", checked(&writer.mailing_row(mailing)?, &check)))
            }
            MailingAct::DryRun(mailing) => {
                writer.check_mailing(mailing)?;
                let (row, left) = self.timed(writer.mailing_row(mailing)?, &now)?;
                let letters = plural(row.counts.waiting, "letter", "letters");
                let skipped = row.counts.skipped;
                told(format!(
                    "{letters} would leave in about {}, {skipped} skipped. Nothing was sent.",
                    mailing::about(left)
                ))
            }
            MailingAct::Start { mailing, without_missing } => {
                let row = writer.start_mailing(mailing, without_missing)?;
                let (row, left) = self.timed(row, &now)?;
                told(format!("{} runs: {}", row.title, mailing::progress(&row.counts, row.state, left)))
            }
            MailingAct::Pause(mailing) => {
                self.store.pause_mailing(mailing, "")?;
                let row = writer.mailing_row(mailing)?;
                told(format!("{} is paused: {}", row.title, results(&row.counts)))
            }
            MailingAct::Remove(mailing) => {
                if !self.store.remove_mailing(mailing)? {
                    return Err(Problem::new(Kind::Input, "letters of it have left: it is kept"));
                }
                told("The mailing is forgotten.".to_owned())
            }
            MailingAct::Set { recipient, out } => self.set_recipient(recipient, out),
            MailingAct::OptOut(contact) => {
                let addresses = self.store.addresses_of(contact)?;
                let title = acts.opt_out(&addresses, &Text::own("entered by hand"))?;
                opted(title, "There is nothing to enter: no address, or they had opted out before.")
            }
            MailingAct::OptIn(contact) => {
                let addresses = self.store.addresses_of(contact)?;
                opted(acts.opt_in(&addresses)?, "They had not opted out.")
            }
        }
    }

    fn set_recipient(&self, recipient: id::Recipient, out: bool) -> Result<Vec<Event>> {
        let gone = || Problem::new(Kind::NotFound, "this recipient is not there any more");
        let (_, row) = self.store.recipient(recipient)?.ok_or_else(gone)?;
        let possible = out || row.skip.is_some_and(Skip::can_be_overridden);
        let set =
            possible && self.store.set_listed(recipient, out.then(|| (Skip::ByHand, Text::own("left out by hand"))))?;
        if !set {
            return Err(Problem::new(Kind::Input, format!("{} stays as it is: {}", row.name, row.reason)));
        }
        Ok(vec![Event::Changed(vec![Changed::Mailings])])
    }
}

/// What an opt-out changed, or that there was nothing to change.
fn opted(title: Title, nothing: &'static str) -> Result<Vec<Event>> {
    match title {
        Some(_) => Ok(done(title, vec![Changed::Everything])),
        None => Ok(vec![Event::Told(Text::own(nothing))]),
    }
}

/// `212 letters are ready, 5 skipped (3 a value is missing)`
fn checked(row: &MailingRow, check: &Check) -> String {
    let ready = plural(row.counts.waiting, "letter is ready", "letters are ready");
    let mut words = format!("{ready}, {} skipped", row.counts.skipped);
    if row.counts.missing > 0 {
        words.push_str(&format!(", {} of them because a value is missing", row.counts.missing));
    }
    if row.counts.again > 0 {
        let got = plural(row.counts.again, "of them got", "of them got");
        words.push_str(&format!("; look: {got} a mailing of this template lately"));
    }
    if let Some((note, count)) = check.notes.first() {
        words.push_str(&format!("; look: {note} ({count})"));
    }
    words
}
