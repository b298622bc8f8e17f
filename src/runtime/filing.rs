//! What screens ask and do about filing.

use super::acts::Acts;
use super::clerk::{Clerk, done};
use crate::domain::contact::Kind;
use crate::domain::filing::{Answer, ByHand, Client, ClientRow, LedgerLine, Likely, Question, likely};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use crate::store::{LedgerRow, Store};
use crate::ui::event::{Changed, Event};
use jiff::Zoned;

/// Clients of a page to choose from.
const CLIENTS: u32 = 40;

impl Clerk {
    /// Answers a question about filing.
    pub(super) fn filing_asked(&self, question: &Question) -> Result<Answer> {
        Ok(match question {
            Question::Ledger(thread) => {
                Answer::Ledger(ledger(&self.store, *thread, &self.now())?, self.store.sent_in_spite(*thread)?)
            }
            Question::Clients(words) => Answer::Clients(clients(&self.store, words, &self.now())?),
            Question::Ignored => Answer::Ignored(self.store.ignored()?),
            Question::Likely(thread) => Answer::Likely(may_be_one(&self.store, *thread)?),
        })
    }

    /// Files by hand.
    pub(super) fn file_by_hand(&self, act: ByHand) -> Result<Vec<Event>> {
        let now = self.now();
        let acts = Acts { store: &self.store, own: &self.office.own, now: &now };
        let title = match act {
            ByHand::Client(threads, client) => acts.file_under_client(&threads, client)?,
            ByHand::Join(threads) => acts.join(&threads)?,
            ByHand::SplitFrom(letter) => acts.split_from(letter)?,
            ByHand::MoveOut(letter) => acts.move_out(letter)?,
            ByHand::AddSender(letter) => acts.add_sender(letter)?,
            ByHand::AddPerson(letter, address) => acts.add_person(letter, &address)?,
            ByHand::BestDeal(thread) => acts.file_under_best(thread)?,
            ByHand::Ignore(pattern) => acts.ignore_pattern(&pattern)?,
            ByHand::Unignore(pattern) => acts.unignore(&pattern)?,
        };
        Ok(done(title, vec![Changed::Everything]))
    }
}

/// Other conversations of its client that may be one with this, the likeliest first.
///
/// # Errors
/// When the store cannot be read.
pub fn may_be_one(store: &Store, thread: id::Thread) -> Result<Vec<Likely>> {
    let thread = store.standing_thread(thread)?.unwrap_or(thread);
    Ok(store.to_compare(thread)?.map(|(this, others)| likely(&this, &others)).unwrap_or_default())
}

/// Every decision made for a conversation, in words, newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn ledger(store: &Store, thread: id::Thread, now: &Zoned) -> Result<Vec<LedgerLine>> {
    let thread = store.standing_thread(thread)?.unwrap_or(thread);
    store.ledger(thread)?.into_iter().map(|row| line(store, row, now)).collect()
}

/// The decision about a conversation that is in force, in words.
///
/// # Errors
/// When the store cannot be read.
pub fn in_force(store: &Store, thread: id::Thread, now: &Zoned) -> Result<Option<LedgerLine>> {
    let thread = store.standing_thread(thread)?.unwrap_or(thread);
    let filed = store.filing(thread)?;
    filed.map(|filed| line(store, LedgerRow { filed, until: None }, now)).transpose()
}

fn line(store: &Store, row: LedgerRow, now: &Zoned) -> Result<LedgerLine> {
    let LedgerRow { filed, until } = row;
    let place = filed.place;
    let person = place.contact.map(|contact| store.contact_row(contact, now)).transpose()?.flatten();
    let company = place.company.map(|company| store.company_row(company)).transpose()?.flatten();
    let names: Vec<Text> = person.map(|row| row.name.full()).into_iter().chain(company.map(|row| row.name)).collect();
    let title = |deal| Ok::<_, crate::domain::problem::Problem>(store.deal_row(deal, now.date())?.map(|row| row.title));
    let deal = match place.deal {
        Some(deal) => title(deal)?.unwrap_or_else(|| Text::own("a deal that is gone")),
        None if !filed.deal_decided => Text::own("several open deals: asked"),
        None => Text::own("no deal"),
    };
    let mut alternatives = filed.considered;
    if alternatives.is_empty() {
        for deal in &filed.alternatives {
            alternatives.extend(title(*deal)?);
        }
    }
    Ok(LedgerLine {
        at: filed.decided_at,
        until,
        rule: filed.rule,
        client: Text::from(names.iter().map(Text::as_str).collect::<Vec<_>>().join(" · ")),
        place,
        deal,
        evidence: filed.evidence,
        alternatives,
    })
}

/// A page of clients with these words; those whose name begins with them first.
fn clients(store: &Store, words: &str, now: &Zoned) -> Result<Vec<ClientRow>> {
    let mut rows = Vec::new();
    for kind in [Kind::Contact, Kind::Lead] {
        for row in store.contacts(Some(kind), words, None, CLIENTS, now)? {
            let parts: Vec<String> = [row.address.as_ref().map(ToString::to_string), row.company.map(String::from)]
                .into_iter()
                .flatten()
                .chain((kind == Kind::Lead).then(|| "lead".to_owned()))
                .collect();
            let client = Client::Contact(row.id);
            rows.push(ClientRow { client, name: row.name.full(), detail: Text::from(parts.join(" · ")) });
        }
    }
    for row in store.companies(words, None, CLIENTS)? {
        let domains: Vec<String> = store.domains_of(row.id)?.into_iter().map(String::from).collect();
        let detail = Text::from(format!("company {}", domains.join(", ")));
        rows.push(ClientRow { client: Client::Company(row.id), name: row.name, detail });
    }
    let begin = fold(words.trim());
    rows.sort_by_key(|row| !fold(row.name.as_str()).starts_with(&begin));
    Ok(rows)
}
