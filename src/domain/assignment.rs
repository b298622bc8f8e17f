//! Giving a client, a deal or a conversation to a colleague.

use super::address::Address;
use super::id;
use super::text::Text;

/// Somebody it can be given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The name, as it is written on cards.
    pub name: Text,
    /// Where they get letters, where that is known.
    pub address: Option<Address>,
}

/// What is given to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// The colleague's name; empty is me.
    pub to: Text,
    /// The conversation. It goes on waiting until it is done, snoozed or answered.
    pub thread: Option<id::Thread>,
    /// The client: their card's owner, where no deal is named.
    pub contact: Option<id::Contact>,
    /// The client, where no person is known.
    pub company: Option<id::Company>,
    /// The deal: its owner.
    pub deal: Option<id::Deal>,
    /// It does not wait for me any more.
    pub done: bool,
}
