//! Threads: conversations, as lists and the reader show them.

use super::counter::Counter;
use super::id;
use super::message::{Flags, Opened};
use super::promise::Promise;
use super::receipt::Evidence;
use super::text::Text;
use jiff::Timestamp;

/// A thread in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRow {
    /// Its key.
    pub id: id::Thread,
    /// Subject of its first letter.
    pub subject: Text,
    /// Who takes part, newest first, without me.
    pub people: Text,
    /// First words of the newest letter.
    pub snippet: Text,
    /// When the newest letter was written.
    pub last_at: Timestamp,
    /// Letters in it.
    pub messages: u64,
    /// Of these not seen.
    pub unseen: u64,
    /// Flags that any letter of it has (`ANSWERED`, `FLAGGED`).
    pub flags: Flags,
    /// Some letter has files.
    pub attachments: bool,
    /// The client's name.
    pub contact: Option<Text>,
    /// The deal's title.
    pub deal: Option<Text>,
    /// The counters it raises.
    pub counters: Vec<Counter>,
}

/// Where a page of a list begins: after the row with this time and key. Paging is by key, never by offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The row's time.
    pub at: Timestamp,
    /// The row's key.
    pub id: i64,
}

/// What became of a letter of mine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The letter.
    pub message: id::Message,
    /// Its ladder, the first rung first.
    pub ladder: Vec<Evidence>,
    /// What follows when nobody answers it, or why nothing does; empty where nothing was planned.
    pub follow_up: Text,
}

/// A thread opened in the reader, its letters oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadView {
    /// The list row's facts.
    pub row: ThreadRow,
    /// Its letters, oldest first.
    pub messages: Vec<Opened>,
    /// The client's key.
    pub contact: Option<id::Contact>,
    /// The client is a lead.
    pub lead: bool,
    /// The company's key.
    pub company: Option<id::Company>,
    /// The deal's key.
    pub deal: Option<id::Deal>,
    /// How it was filed, in words after "filed": "by address: anna@x.example is an address of this contact".
    pub filed_by: Text,
    /// Letters of this thread on their way out.
    pub on_its_way: u64,
    /// Promises in its letters that nothing was decided about.
    pub promises: Vec<Promise>,
    /// What became of letters of mine that left from here, and what follows when nobody answers them.
    pub fates: Vec<Fate>,
    /// Who of the team has it, as address.
    pub taken_by: Option<Text>,
    /// It is kept from colleagues.
    pub private: bool,
}
