//! The first-run screen: from an address to a mailbox that is known to work.
//!
//! A program of its own before the others: `update(&mut State, Event) -> Vec<Effect>` and `view`, as pure as they are. There is no
//! store yet and no account, so that nothing of the other screens is needed but their fields and colours.

mod rows;
mod state;
#[cfg(test)]
mod tests;
mod update;
mod view;

pub use state::{Setup, State};
pub use update::update;
pub use view::view;

use crate::domain::address::Address;
use crate::domain::oauth::{Prompt, Tokens};
use crate::domain::problem::{Problem, Result};
use crate::domain::provider::{NewAccount, Settings, Unsaved};
use crate::domain::text::Text;
use crossterm::event::KeyEvent;

/// Joins an answer to its question; an answer to a question that was called off is dropped.
pub type Generation = u64;

/// What happens.
#[derive(Debug)]
pub enum Event {
    /// A key.
    Key(KeyEvent),
    /// Pasted text.
    Paste(String),
    /// The window has a new size.
    Resize {
        /// Columns.
        width: u16,
        /// Lines.
        height: u16,
    },
    /// A second has passed.
    Tick,
    /// The program is to end.
    Quit,
    /// The search for servers has ended.
    Found {
        /// Of which question.
        generation: Generation,
        /// The settings, or none.
        outcome: Result<Option<Settings>>,
    },
    /// The sign-in has ended.
    Tried {
        /// Of which question.
        generation: Generation,
        /// The settings that work.
        outcome: std::result::Result<Settings, Problem>,
    },
    /// The provider's own sign-in has begun: what the user has to do.
    Prompted {
        /// Of which question.
        generation: Generation,
        /// What.
        prompt: Prompt,
    },
    /// It has ended.
    SignedIn {
        /// Of which question.
        generation: Generation,
        /// What the provider gave.
        outcome: std::result::Result<Tokens, Unsaved>,
    },
    /// The account was saved, or not.
    Saved {
        /// Of which question.
        generation: Generation,
        /// What it is called.
        outcome: std::result::Result<Text, Unsaved>,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Look for the servers of an address.
    Find {
        /// Comes back with the answer.
        generation: Generation,
        /// Whose.
        address: Address,
    },
    /// Ask the user to agree at the provider.
    SignIn {
        /// Comes back with the answers.
        generation: Generation,
        /// Whose.
        account: Box<NewAccount>,
        /// With a code on another device.
        with_code: bool,
    },
    /// End the provider's sign-in: the user does not want it any more.
    StopSignIn,
    /// Sign in for reading and for sending.
    Try {
        /// Comes back with the answer.
        generation: Generation,
        /// With these settings.
        settings: Box<Settings>,
        /// And this account's password.
        account: Box<NewAccount>,
    },
    /// Write the account into the configuration.
    Save {
        /// Comes back with the answer.
        generation: Generation,
        /// Which.
        account: Box<NewAccount>,
    },
    /// Show a page of the provider in the browser.
    OpenPage(Text),
    /// The account is there.
    Done,
    /// Leave the terminal to the shell for a while.
    Suspend,
    /// Look around in the demo.
    Demo,
    /// End.
    Quit,
}
