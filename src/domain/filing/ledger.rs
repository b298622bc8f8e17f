//! The ledger as it is shown, and what filing by hand asks and does: plain data between screens and store.

use super::{Likely, Place, Rule};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::text::Text;
use jiff::Timestamp;

/// A client something is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// A person, and their company.
    Contact(id::Contact),
    /// A company alone.
    Company(id::Company),
}

/// A client in a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// Who.
    pub client: Client,
    /// Their name.
    pub name: Text,
    /// Address and company, or domains.
    pub detail: Text,
}

/// A decision of the ledger, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// When it was made.
    pub at: Timestamp,
    /// Until when it was in force; `None`: it is.
    pub until: Option<Timestamp>,
    /// What made it.
    pub rule: Rule,
    /// Where it filed.
    pub place: Place,
    /// The client's name; empty when there is none.
    pub client: Text,
    /// The deal's title, `no deal`, or that it is asked.
    pub deal: Text,
    /// Why.
    pub evidence: Text,
    /// What else came into question.
    pub alternatives: Vec<Text>,
}

/// A letter of a conversation that left in spite of what the guard said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InSpite {
    /// When I said so.
    pub at: Timestamp,
    /// To whom it went.
    pub to: Text,
    /// What the guard said.
    pub reasons: Vec<Text>,
}

/// A pattern of senders that are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// An address, or one with `*` for any characters.
    pub pattern: Text,
    /// Letters it hides.
    pub letters: u64,
}

/// Somebody at a client's who is on no card: offered for one, never entered by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Their address.
    pub address: Address,
    /// As the letter names them; may be empty.
    pub name: Text,
    /// The newest letter that names them.
    pub letter: id::Message,
    /// Its subject.
    pub subject: Text,
}

/// What is done by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// These conversations are this client's.
    Client(Vec<id::Thread>, Client),
    /// These conversations are one.
    Join(Vec<id::Thread>),
    /// From this letter on it is another conversation.
    SplitFrom(id::Message),
    /// This letter is a conversation of its own.
    MoveOut(id::Message),
    /// The letter's writer gets a card; where they have one, whoever else of the client's people it names.
    AddSender(id::Message),
    /// Somebody whom the letter names gets a card.
    AddPerson(id::Message, Address),
    /// The first of the open deals in question, which is the likeliest.
    BestDeal(id::Thread),
    /// Senders of this pattern are hidden.
    Ignore(String),
    /// And shown again.
    Unignore(String),
}

/// What is asked about filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Every decision made for a conversation.
    Ledger(id::Thread),
    /// Clients with these words in name, address, company or domain; a page.
    Clients(String),
    /// Senders that are hidden.
    Ignored,
    /// Other conversations of the client that may be one with this.
    Likely(id::Thread),
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Newest first.
    Ledger(Vec<LedgerLine>, Vec<InSpite>),
    /// Those that begin with the words first.
    Clients(Vec<ClientRow>),
    /// By pattern.
    Ignored(Vec<Ignored>),
    /// The likeliest first.
    Likely(Vec<Likely>),
}
