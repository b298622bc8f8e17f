//! What a letter says that is acted on when it arrives: no more mailings, and the score that a survey asked for.
//!
//! It is no act of the user: nothing is recorded for undo. An opt-out is taken back by hand, on the card.

use crate::domain::activity::{Activity, Kind};
use crate::domain::address::Address;
use crate::domain::filing::Place;
use crate::domain::id;
use crate::domain::message::{MsgId, Nature, Parsed};
use crate::domain::opt_out::{self, How, Wish};
use crate::domain::problem::Result;
use crate::domain::survey::{self, Score};
use crate::domain::text::Text;
use crate::mime;
use crate::store::{NewOptOut, Store};
use jiff::Timestamp;

/// What a letter's subject and own words say; found while its text is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    wish: Option<Wish>,
    score: Option<Score>,
}

impl Said {
    /// Reads a letter. What a machine writes says nothing in words, but a mail program's button may send its token without a person.
    pub(super) fn of(parsed: &Parsed) -> Self {
        if matches!(parsed.nature, Nature::Bounce(_)) {
            return Self::default();
        }
        let person = parsed.nature == Nature::Human;
        let own = if person { mime::own_text(&parsed.text) } else { String::new() };
        let wish = opt_out::wish(parsed.subject.as_str(), &own);
        let wish = wish.filter(|wish| person || matches!(wish, Wish::Token(_)));
        let score = if person && wish.is_none() { survey::score(&own) } else { None };
        Self { wish, score }
    }

    /// Nothing to be acted on.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Acts on it; call inside [`Store::write`], after the letter's thread was filed.
///
/// # Errors
/// When the store cannot be read or written.
pub(super) fn enter(
    store: &Store,
    (message, thread): (id::Message, id::Thread),
    parsed: &Parsed,
    said: &Said,
    now: Timestamp,
) -> Result<()> {
    let thread = store.standing_thread(thread)?.unwrap_or(thread);
    let answers = answered(parsed);
    if let Some(wish) = &said.wish {
        opt_out(store, (message, thread), parsed, wish, &answers, now)?;
    }
    if let Some(score) = &said.score
        && let Some(template) = store.score_expected(&answers)?
    {
        enter_score(store, (message, thread), parsed, *score, &template, now)?;
    }
    Ok(())
}

/// The letter it answers itself, not those before it in the conversation.
fn answered(parsed: &Parsed) -> Vec<MsgId> {
    match parsed.in_reply_to.as_slice() {
        [] => parsed.references.last().cloned().into_iter().collect(),
        named => named.to_vec(),
    }
}

fn opt_out(
    store: &Store,
    (message, thread): (id::Message, id::Thread),
    parsed: &Parsed,
    wish: &Wish,
    answers: &[MsgId],
    now: Timestamp,
) -> Result<()> {
    let Some(from) = parsed.from.first().map(|mailbox| &mailbox.address) else { return Ok(()) };
    let (address, mailing, how, evidence) = match wish {
        Wish::Token(token) => {
            // Of a token that this store did not make nothing follows: the letter waits for me as any other.
            let Some((address, mailing)) = store.holder_of(token)? else { return Ok(()) };
            (address, Some(mailing), How::Token, format!("a letter from {from} with the token of their mailing"))
        }
        Wish::Words { said: words, in_subject } => {
            let Some((address, mailing)) = whose(store, from, answers, *in_subject)? else { return Ok(()) };
            (address, mailing, How::Answer, format!("{from} wrote “{words}”"))
        }
    };
    let at = parsed.date.unwrap_or(now);
    let day = at.strftime("%Y-%m-%d");
    let evidence = Text::from(format!("{evidence} on {day}"));
    let mut leaving = vec![&address];
    if how == How::Answer {
        // An answer comes from whichever of their addresses; a token speaks for the address it was made for.
        leaving.push(from);
    }
    for address in leaving {
        let new = NewOptOut { address, how, evidence: evidence.as_str(), msg_id: parsed.msg_id.as_ref(), mailing };
        store.opt_out(&new, now)?;
    }
    // It was obeyed: nobody has to answer it, nor to read what a mail program wrote.
    if how == How::Token {
        store.is_automatic(message, "its token says who wants no more letters")?;
        store.refresh_thread(thread)?;
    }
    store.mark_done(thread, now)
}

/// Whose wish in words it is: of somebody who got a mailing, in an answer to it, or as the whole subject of a letter of its own.
fn whose(
    store: &Store,
    from: &Address,
    answers: &[MsgId],
    in_subject: bool,
) -> Result<Option<(Address, Option<id::Mailing>)>> {
    if let Some((address, mailing)) = store.mailing_answered(answers)? {
        return Ok(Some((address, Some(mailing))));
    }
    let last = if in_subject { store.last_mailing_to(from)? } else { None };
    Ok(last.map(|mailing| (from.clone(), Some(mailing))))
}

/// Enters the score on the card, once.
fn enter_score(
    store: &Store,
    (message, thread): (id::Message, id::Thread),
    parsed: &Parsed,
    score: Score,
    template: &Text,
    now: Timestamp,
) -> Result<()> {
    let place = store.filing(thread)?.map(|filed| filed.place).unwrap_or_default();
    let contact = match (place.contact, parsed.from.first()) {
        (Some(contact), _) => Some(contact),
        (None, Some(from)) => store.contact_by_address(&from.address)?.map(|(contact, _)| contact),
        (None, None) => None,
    };
    if contact.is_none() && place == Place::default() {
        return Ok(());
    }
    let subject = Text::from(format!("Score, asked for with {template}"));
    let entry = Activity {
        contact,
        company: place.company,
        deal: place.deal,
        done_at: Some(parsed.date.unwrap_or(now).min(now)),
        result: Text::from(score.to_string()),
        message: Some(message),
        ..Activity::new(Kind::Survey, subject)
    };
    let name = parsed.msg_id.as_ref().map_or_else(|| message.to_string(), |msg_id| msg_id.as_str().to_owned());
    store.add_activity_once(&format!("score {name}"), &entry).map(drop)
}
