//! What follows letters that nobody answers: looked for when the store changes and when a day begins, offered for approval, or sent by
//! itself where its template says so (`runtime/events.rs`).

use super::acts::{Acts, Title};
use super::clerk::{Clerk, done};
use super::events::template_of;
use super::offering::About;
use super::writing::{Filling, Office, Writer};
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::language;
use crate::domain::offered::{Happened, Offered};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::sequence::{BEGUN, FollowUp, Sequence, SequenceRow, Standing, Verdict, judge};
use crate::domain::template::{Occasion, Pack};
use crate::domain::text::{Text, plural};
use crate::store::Store;
use crate::ui::effect::{FollowUpAct, Generation};
use crate::ui::event::{Changed, Event, FollowUpAnswer};
use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};

/// What is due stands in Today for so long.
const STANDS_FOR: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Those that ended are listed below the others, so many.
const ENDED: u32 = 50;

/// Ends what something speaks against, and offers what is due. True when there is something new.
///
/// # Errors
/// When the store cannot be read or written.
pub fn look(store: &Store, office: &Office, now: &Zoned) -> Result<bool> {
    let mut any = false;
    for sequence in store.sequences_going()? {
        let Some(signs) = store.signs(&sequence, now)? else { continue };
        match (judge(&sequence, &signs, now, &office.practice.work), sequence.offered) {
            (Verdict::Stop(why), _) => {
                any |= store.write(|| store.stop_sequence(&sequence, why.as_str(), now.timestamp()))?;
            }
            (Verdict::Due(day), None) => any |= offer(store, office, now, &sequence, day)?,
            (Verdict::Waits(_), Some(_)) => {
                store.write(|| store.sequence_waits_again(&sequence))?;
                any = true;
            }
            _ => {}
        }
    }
    Ok(any)
}

/// Offers the letter that follows. One that leaves by itself does so while people work.
fn offer(store: &Store, office: &Office, now: &Zoned, sequence: &Sequence, day: Date) -> Result<bool> {
    let follow_up = &sequence.follow_up;
    let auto = template_of(&office.templates, &follow_up.template).is_some_and(|template| template.auto);
    if auto && office.practice.work.next_opening(now).is_some() {
        return Ok(false);
    }
    let subject = store.subject_that_waits(sequence)?;
    let sent = language::date("en", sequence.since.to_zoned(now.time_zone().clone()).date());
    let days = plural(u64::from(follow_up.days), "working day", "working days");
    let happened = Happened {
        contact: sequence.contact,
        deal: sequence.deal,
        payment: None,
        subject: format!("letter {}", sequence.msg_id.as_str()),
        occurrence: format!("{day} {}", now.timestamp().as_millisecond()),
        because: Text::from(format!("no answer to “{subject}” of {sent} within {days}{}", follow_up.of_pack())),
        expires_on: now
            .timestamp()
            .saturating_add(STANDS_FOR)
            .map_or(day, |at| at.to_zoned(now.time_zone().clone()).date()),
    };
    store.write(|| {
        store.offer(&Occasion::NoAnswer, &follow_up.template, auto, &happened, now.timestamp())?;
        let event = Occasion::NoAnswer.to_string();
        store.sequence_is_offered(sequence.id, &event, &happened.subject, &happened.occurrence)
    })?;
    Ok(true)
}

/// Every sequence with where it stands: those that go on, then the latest that ended.
///
/// # Errors
/// When the store cannot be read.
pub fn rows(store: &Store, office: &Office, now: &Zoned) -> Result<Vec<SequenceRow>> {
    let mut rows = Vec::new();
    for listed in store.sequences(ENDED)? {
        let sequence = listed.sequence;
        let standing = match listed.state.as_str() {
            "waiting" => match store.signs(&sequence, now)? {
                // My letter comes with the next sync.
                None => Standing::Waits(until(&sequence, office, now)),
                Some(signs) => match judge(&sequence, &signs, now, &office.practice.work) {
                    Verdict::Waits(day) | Verdict::Due(day) => Standing::Waits(day),
                    Verdict::Stop(why) => Standing::Stopped(why),
                },
            },
            "offered" if listed.leaving => Standing::Leaving,
            "offered" => Standing::Offered,
            "done" if listed.why.as_str() == BEGUN => Standing::Begun,
            "done" => Standing::Done,
            _ => Standing::Stopped(listed.why),
        };
        rows.push(SequenceRow {
            id: sequence.id,
            who: listed.who,
            subject: listed.subject,
            thread: listed.thread,
            contact: sequence.contact,
            follow_up: sequence.follow_up,
            since: sequence.since,
            standing,
        });
    }
    Ok(rows)
}

fn until(sequence: &Sequence, office: &Office, now: &Zoned) -> Date {
    let sent = sequence.since.to_zoned(now.time_zone().clone()).date();
    office.practice.work.days_after(sent, u32::from(sequence.follow_up.days))
}

impl Writer<'_> {
    /// The letter that follows one which nobody answered: in its conversation, to whom that went.
    ///
    /// # Errors
    /// When that letter, the template or the client is not there any more.
    pub(super) fn fill_next(&self, offered: &Offered) -> Result<Filling> {
        let gone = || Problem::new(Kind::NotFound, "the letter that this one was to follow is not there any more");
        let sequence = self.store.sequence_of(offered.id)?.ok_or_else(gone)?;
        let message = self.store.letter_that_waits(&sequence)?.ok_or_else(gone)?;
        let letter = self.reply(message, true)?;
        let place = Place { contact: Some(offered.contact), company: offered.company_id, deal: offered.deal };
        let filling = self.fill_about(offered.template.as_str(), None, letter, &place, &About::default())?;
        Ok(match filling {
            Filling::Letter(mut letter) => {
                // A reminder is one, also where its template stands in a pack.
                let packs = self.office.packs();
                let pack = Pack::named(&packs, &sequence.follow_up.pack);
                letter.follow_up = pack.and_then(|pack| FollowUp::after(pack, sequence.follow_up.step));
                Filling::Letter(letter)
            }
            holes @ Filling::Holes(_) => holes,
        })
    }
}

impl Acts<'_> {
    /// From now on something follows a letter of mine when nobody answers it.
    ///
    /// # Errors
    /// When it is no letter of mine, or names nobody.
    pub fn follow_letter(&self, message: id::Message, follow_up: &FollowUp) -> Result<Title> {
        self.record(
            format!("Follow-up after {}", plural(u64::from(follow_up.days), "working day", "working days")),
            || match self.store.follow_letter(message, follow_up, self.at())? {
                true => Ok(()),
                false => Err(Problem::new(Kind::Input, "only a letter of yours to somebody is followed up")),
            },
        )
    }

    /// Nothing is to follow any more.
    ///
    /// # Errors
    /// When there is no such sequence, or it has ended.
    pub fn stop_following(&self, sequence: id::Sequence) -> Result<Title> {
        let ended = || Problem::new(Kind::NotFound, format!("there is no follow-up {sequence}, or it has ended"));
        let found = self.store.sequence(sequence)?.ok_or_else(ended)?;
        self.record("No follow-up".to_owned(), || {
            self.store.stop_sequence(&found, "you stopped it", self.at()).map(drop)
        })
    }
}

impl Clerk {
    pub(super) fn follow_up(&self, act: FollowUpAct) -> Result<Vec<Event>> {
        let (now, office) = (self.now(), self.writing_office());
        let acts = Acts { store: &self.store, own: &self.office.own, now: &now };
        // Whoever types on at once types into the question, not into what lies below it.
        let wrong = |act, problem| Ok(vec![Event::FollowUp(FollowUpAnswer::Wrong(act, problem))]);
        match act {
            FollowUpAct::Read { typed, template } => {
                match FollowUp::read(&typed, template.as_deref(), &office.packs()) {
                    Ok(read) => Ok(vec![Event::FollowUp(FollowUpAnswer::Read(read))]),
                    Err(problem) => wrong(FollowUpAct::Read { typed, template }, problem),
                }
            }
            FollowUpAct::Start { thread, typed } => {
                let writer = Writer { store: &self.store, office: &office, now: &now };
                let (message, template) = writer.to_follow(thread)?;
                let nothing = || Problem::new(Kind::Input, "write working days, such as 3, or a pack");
                let read = FollowUp::read(&typed, template.as_deref(), &office.packs());
                let follow_up = match read.and_then(|read| read.ok_or_else(nothing)) {
                    Ok(follow_up) => follow_up,
                    Err(problem) => return wrong(FollowUpAct::Start { thread, typed }, problem),
                };
                Ok(done(acts.follow_letter(message, &follow_up)?, vec![Changed::Everything]))
            }
            FollowUpAct::Stop(sequence) => Ok(done(acts.stop_following(sequence)?, vec![Changed::Everything])),
        }
    }
}

impl Clerk {
    pub(super) fn follow_ups(&self, generation: Generation) -> Result<Event> {
        let rows = rows(&self.store, &self.writing_office(), &self.now())?;
        Ok(Event::FollowUp(FollowUpAnswer::Listed { generation, rows }))
    }
}

impl Writer<'_> {
    /// The letter of a conversation whose answer is waited for, my newest, and the template it was made from.
    ///
    /// # Errors
    /// When they wrote after me, or I did not write at all.
    pub fn to_follow(&self, thread: id::Thread) -> Result<(id::Message, Option<String>)> {
        let standing = self.store.standing_thread(thread)?.unwrap_or(thread);
        match self.store.last_word(standing)? {
            Some((message, true)) => Ok((message, self.store.template_of_sent(message)?)),
            Some((_, false)) => Err(Problem::new(Kind::Input, "they wrote last: it is you who owes an answer")
                .hint("answer them, and say in the last look what follows (n)")),
            None => Err(Problem::new(Kind::Input, "there is no letter of yours that waits for an answer")),
        }
    }
}
