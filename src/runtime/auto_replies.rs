//! Letters that are answered by themselves while I am away (RFC 3834; the rules are `domain::auto_reply`).
//!
//! Whoever owns the network looks at what came since the last look. The answer's row in the outbox, what is kept of the letter and how far
//! was looked are one transaction: killed at any moment, a letter is answered once or is still to be looked at.

use super::offering::About;
use super::reading::opened;
use super::writing::{Filling, Office, Writer};
use crate::domain::account::{Account, Kind as AccountKind};
use crate::domain::address::{Address, Mailbox, Own};
use crate::domain::auto_reply::{self, Absence, Asked, GoingAway, Refusal, ReturnPath};
use crate::domain::draft;
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::message::{MsgId, Opened};
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template::Values;
use crate::domain::text::Text;
use crate::mime;
use crate::store::{LetterFacts, NewAbsence, NewOutgoing, Store};
use jiff::{Timestamp, Zoned};

/// Marks the answer for every program that reads it (RFC 3834, 3.1.7 and 5). `net::smtp` knows by it that it leaves without a sender,
/// so it stands at the very begin of the letter.
const MARK: (&str, &str) = ("Auto-Submitted", "auto-replied");
/// The same for Exchange, whose older versions know only this one.
const MARK_FOR_EXCHANGE: (&str, &str) = ("X-Auto-Response-Suppress", "All");

/// What is kept of it. It begins with its first day, but never before now: what came this morning is no letter to answer.
///
/// # Errors
/// The days are over or the wrong way round; there is no such template, or it lacks a value of mine.
pub fn checked(wanted: &GoingAway, office: &Office, now: &Zoned) -> Result<NewAbsence> {
    let input = |sentence: String| Problem::new(Kind::Input, sentence);
    let first = wanted.from.unwrap_or(now.date()).max(now.date());
    if wanted.until < first {
        let days = format!("the last day away, {}, is before the first one, {first}", wanted.until);
        return Err(input(if wanted.until < now.date() { format!("{} is over", wanted.until) } else { days }));
    }
    let midnight = first
        .to_zoned(now.time_zone().clone())
        .map_err(|_| input(format!("{first} is no day that can be reckoned with")))?
        .timestamp();
    // The dates of letters have whole seconds.
    let begins_at = Timestamp::from_second(midnight.max(now.timestamp()).as_second()).unwrap_or(midnight);
    let absence = Absence {
        id: id::Absence(0),
        account: wanted.account,
        begins_at,
        last_day: wanted.until,
        template: Text::line(&wanted.template),
        pause_days: wanted.pause_days,
        answered: 0,
    };
    can_be_filled(&absence, office, now)?;
    let Absence { account, last_day, template, pause_days, .. } = absence;
    Ok(NewAbsence { account, begins_at, last_day, template, pause_days })
}

/// Nobody is here to enter what is missing when somebody writes: the template is filled for a stranger before.
fn can_be_filled(absence: &Absence, office: &Office, now: &Zoned) -> Result<()> {
    let name = absence.template.as_str();
    let mut variants = office.templates.iter().filter(|template| template.name.eq_ignore_ascii_case(name)).peekable();
    if variants.peek().is_none() {
        return Err(Problem::new(Kind::NotFound, format!("there is no template {name}"))
            .hint("`postbook templates` lists them"));
    }
    let personal = office.accounts.iter().find(|account| account.kind == AccountKind::Personal);
    let account = personal.ok_or_else(|| {
        Problem::new(Kind::Config, "there is no personal account")
            .hint("a team's mailbox is answered by those who are there")
    })?;
    let mut values = Values::new(&office.me, &account.email, now.date());
    values.away = Some(absence.days(now.time_zone(), &office.practice.work));
    for template in variants {
        if let Err(holes) = template.fill(&values) {
            let hole = holes.first().map(|hole| hole.sentence()).unwrap_or_default();
            return Err(Problem::new(Kind::Input, format!("{}: {hole}", template.file))
                .hint("it has to do without values of a card: strangers write too"));
        }
    }
    Ok(())
}

/// Looks at what came since the last look and answers what may be answered. Gives how many answers were put into the outbox.
///
/// # Errors
/// When the store cannot be read or written.
pub fn look(store: &Store, office: &Office, now: &Zoned) -> Result<u64> {
    let absence = store.absence(now)?.filter(|absence| absence.is_on(now));
    let mut answered = 0;
    for account in office.accounts.iter().filter(|account| account.kind == AccountKind::Personal) {
        let (newest, was_synced) = store.newest_letter(account.id)?;
        let Some(cursor) = store.auto_reply_cursor(account.id)? else {
            // What the first sync brought is never answered.
            if was_synced {
                store.move_auto_reply_cursor(account.id, newest)?;
            }
            continue;
        };
        if newest <= cursor {
            continue;
        }
        let mine = |absence: &&Absence| absence.account.is_none_or(|only| only == account.id);
        if let Some(absence) = absence.as_ref().filter(mine) {
            let answering =
                Answering { writer: Writer { store, office, now }, absence, account, mine: addresses(office) };
            for message in store.letters_behind(account.id, cursor, absence.begins_at)? {
                answered += u64::from(answering.look_at(message)?);
            }
        }
        store.move_auto_reply_cursor(account.id, newest)?;
    }
    Ok(answered)
}

/// My own addresses: a team's mailbox is not me.
fn addresses(office: &Office) -> Own {
    let personal = office.accounts.iter().filter(|account| account.kind == AccountKind::Personal);
    Own::new(personal.map(|account| account.email.clone()))
}

/// An answer, its bytes final.
struct Ready {
    letter: Letter,
    msg_id: MsgId,
    bytes: Vec<u8>,
}

struct Answering<'a> {
    writer: Writer<'a>,
    absence: &'a Absence,
    account: &'a Account,
    mine: Own,
}

impl Answering<'_> {
    /// True when the letter was answered.
    fn look_at(&self, message: id::Message) -> Result<bool> {
        let store = self.writer.store;
        let (Some(facts), Some(bytes), Some(letter)) =
            (store.facts_for_auto_reply(message)?, store.raw(message)?, opened(store, message)?)
        else {
            return store.move_auto_reply_cursor(self.account.id, message).map(|()| false);
        };
        let asked = self.asked(&facts, &bytes, &letter)?;
        let decided = match auto_reply::destination(&asked, self.absence, &self.mine, self.writer.now) {
            Ok(to) => self.written(&letter, &to)?,
            Err(refusal) => Err((refusal, Text::default())),
        };
        let none = Address::parse("nobody@postbook.invalid");
        let Some(writer) = letter.parsed.from.first().map(|mailbox| mailbox.address.clone()).or(none) else {
            return Ok(false);
        };
        store.write(|| {
            let answer = match &decided {
                Ok(answer) => Ok(self.queue(answer)?),
                Err((refusal, why)) => Err((*refusal, why)),
            };
            store.keep_auto_reply(self.absence.id, message, &writer, answer, self.writer.now.timestamp())?;
            store.move_auto_reply_cursor(self.account.id, message)
        })?;
        Ok(decided.is_ok())
    }

    fn asked(&self, facts: &LetterFacts, bytes: &[u8], letter: &Opened) -> Result<Asked> {
        let store = self.writer.store;
        let writer = letter.parsed.from.first().map(|mailbox| &mailbox.address);
        let mut asked = Asked {
            marks: mime::marks(bytes),
            nature: letter.parsed.nature.clone(),
            direction: facts.direction,
            from: letter.parsed.from.clone(),
            named: letter.parsed.to.iter().chain(&letter.parsed.cc).map(|mailbox| mailbox.address.clone()).collect(),
            date: letter.parsed.date.unwrap_or(facts.arrived_at),
            arrived_at: facts.arrived_at,
            junk: facts.junk,
            waits: facts.waits,
            ignored: facts.ignored,
            opted_out: false,
            unreachable: false,
            answered: facts.answered,
            person_answered: None,
            thread_answered: facts.thread_answered,
        };
        if let Some(writer) = writer {
            asked.opted_out = store.person_opted_out(writer)?.is_some();
            asked.unreachable = !store.unreachable([writer], self.writer.now)?.is_empty();
            asked.person_answered = store.person_auto_replied(writer)?;
        }
        if let ReturnPath::To(path) = &asked.marks.return_path {
            asked.person_answered = asked.person_answered.max(store.address_auto_replied(path)?);
        }
        Ok(asked)
    }

    /// The answer, ready to leave; the inner error says what speaks against it. One letter that cannot be answered must not keep the
    /// others from being.
    fn written(&self, answered: &Opened, to: &Address) -> Result<std::result::Result<Ready, (Refusal, Text)>> {
        let ready = self.filled(answered, to).and_then(|filled| match filled {
            Filling::Letter(letter) => self.ready(*letter).map(Ok),
            Filling::Holes(holes) => Ok(Err(holes.first().map(|hole| hole.sentence()).unwrap_or_default())),
        });
        match ready {
            Err(problem) if problem.kind == Kind::Store => Err(problem),
            Err(problem) => Ok(Err((Refusal::Unwritable, Text::from(problem.sentence)))),
            Ok(ready) => Ok(ready.map_err(|why| (Refusal::Unwritable, why))),
        }
    }

    /// The template in the language of who wrote.
    fn filled(&self, answered: &Opened, to: &Address) -> Result<Filling> {
        let Writer { store, office, now } = self.writer;
        let writer = answered.parsed.from.first();
        let known = match writer {
            Some(writer) => store.contact_by_address(&writer.address)?,
            None => None,
        };
        let (contact, company) = known.map_or((None, None), |(contact, company)| (Some(contact), company));
        // Nothing is told of deals: whoever the conversation belongs to, this person wrote.
        let place = Place { contact, company, deal: None };
        let reply = draft::reply(answered, self.account, &office.me, &office.own, false, now.time_zone());
        let name = writer.filter(|writer| writer.address == *to).map(|writer| writer.name.clone()).unwrap_or_default();
        let begun = Letter { to: vec![Mailbox { name, address: to.clone() }], text: String::new(), ..reply };
        let filled = self.writer.fill_about(self.absence.template.as_str(), None, begun, &place, &About::default())?;
        let Filling::Letter(letter) = filled else { return Ok(filled) };
        Ok(Filling::Letter(Box::new(Letter {
            subject: auto_reply::subject(&answered.parsed.subject),
            text: format!("{}\n", letter.text.trim_end()),
            // It is not *my* answer: theirs keeps waiting for that.
            answers: None,
            receipts: false,
            leave_at: None,
            ..*letter
        })))
    }

    fn ready(&self, letter: Letter) -> Result<Ready> {
        let msg_id = self.writer.msg_id_for(&letter)?;
        let bytes = self.writer.bytes_of(&letter, &msg_id, self.writer.now)?;
        let bytes = mime::with_field(&bytes, MARK_FOR_EXCHANGE.0, MARK_FOR_EXCHANGE.1);
        Ok(Ready { bytes: mime::with_field(&bytes, MARK.0, MARK.1), msg_id, letter })
    }

    /// Puts it into the outbox, held as every letter: I can take it back.
    fn queue(&self, ready: &Ready) -> Result<id::Outgoing> {
        let Writer { store, office, now } = self.writer;
        let until = now.timestamp().checked_add(office.undo).unwrap_or(now.timestamp());
        let new = NewOutgoing::of_its_own(&ready.letter, &ready.msg_id, &ready.bytes, until);
        store.queue(&new, now.timestamp())
    }
}
