//! What the answers of [`super::event::Event`] are made of.

use super::asking::FollowUpAct;
use super::effect::Generation;
use crate::domain::activity::{ActivityCard, Choices};
use crate::domain::entry::Client;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::problem::Problem;
use crate::domain::promise::Promise;
use crate::domain::sequence::{FollowUp, SequenceRow};
use crate::domain::template::Hole;
use crate::domain::text::Text;

/// Something in the store that is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Changed {
    /// A conversation: its letters, flags, filing.
    Thread(id::Thread),
    /// The list of a folder.
    Folder(id::Folder),
    /// A person.
    Contact(id::Contact),
    /// A company.
    Company(id::Company),
    /// A deal.
    Deal(id::Deal),
    /// An activity.
    Activity(id::Activity),
    /// A payment.
    Payment(id::Payment),
    /// A letter in the outbox.
    Outgoing(id::Outgoing),
    /// A draft.
    Draft(id::Draft),
    /// The template files.
    Templates,
    /// Mailings or their recipients.
    Mailings,
    /// The saved searches.
    Views,
    /// Too much to name (an undo, an import).
    Everything,
}

/// A template in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Its name; asks for it.
    pub name: Text,
    /// Its language: `pl`, `uk`; empty when it does not say.
    pub language: Text,
    /// Its subject, with its short codes.
    pub subject: Text,
    /// Its body, with its short codes (a block).
    pub preview: Text,
    /// Its pack and its event, in words.
    pub purpose: Text,
    /// Its file; empty where a problem speaks of several.
    pub file: Text,
    /// A file of mine, not one that comes with the program.
    pub mine: bool,
    /// What is wrong with the file; such a template cannot be used.
    pub problem: Option<Problem>,
}

/// What becomes of a template's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateAnswer {
    /// It is opened in the editor.
    Opened {
        /// Its name.
        file: Option<String>,
        /// It is as it comes with the program; what is kept is a copy of mine.
        copied: bool,
        /// All of it.
        text: String,
    },
    /// It is kept.
    Kept {
        /// Its file.
        file: String,
    },
    /// The user's editor gave it back.
    Back {
        /// All of it.
        text: String,
    },
}

/// What was asked about letters that wait for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUpAnswer {
    /// What was typed means this; `None`: nothing follows.
    Read(Option<FollowUp>),
    /// What was typed cannot be meant: it is asked again.
    Wrong(FollowUpAct, Problem),
    /// Every letter that waits, and what ended lately.
    Listed {
        /// Of the question.
        generation: Generation,
        /// Each.
        rows: Vec<SequenceRow>,
    },
}

/// What a template comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previewed {
    /// For whom.
    pub whom: Text,
    /// What is wrong or missing, each with its line.
    pub problems: Vec<Text>,
    /// Subject and text, where nothing is.
    pub letter: Option<(Text, Text)>,
}

/// A client that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// The person.
    pub contact: Option<id::Contact>,
    /// The company.
    pub company: Option<id::Company>,
    /// Their name.
    pub name: Text,
    /// What tells them from others: company, address.
    pub detail: Text,
}

/// What filling a template gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// A letter without a hole.
    Letter(Box<Letter>),
    /// It is blocked: the values that nobody has entered.
    Holes(Vec<Hole>),
}

/// What was asked about activities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityAnswer {
    /// One with all that belongs to it.
    Card(Box<ActivityCard>),
    /// What can be chosen for one.
    Choices(Choices),
    /// The client.
    Client(Client),
    /// The promises of a letter that nothing was decided about.
    Promises(Vec<Promise>),
}

/// A file that is still on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNews {
    /// Its name.
    pub name: Text,
    /// About how many bytes it has.
    pub size: u64,
    /// The server was reached lately: it is being fetched.
    pub online: bool,
}
