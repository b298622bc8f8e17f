//! What the questions and acts of [`super::effect::Effect`] are made of.

use crate::domain::account::Secret;
use crate::domain::activity::Activity;
use crate::domain::address::Mailbox;
use crate::domain::contact::FileRow;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::promise::SaidIn;
use crate::domain::text::Text;

/// Which clients a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clients {
    /// Qualified contacts.
    Contacts,
    /// Leads.
    Leads,
}

/// Words that are known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordsOf {
    /// Tags of any card.
    Tags,
    /// Who handles clients.
    Owners,
    /// Companies with these words.
    Companies(String),
    /// People with these words.
    People(String),
}

/// Another form of a letter's body than the reader's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyForm {
    /// The HTML part as text, where the plain part is a lie (FIELD-NOTES: himalaya#478).
    Html,
    /// The raw source, sanitised.
    Raw,
}

/// Which letter is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyTo {
    /// This one.
    Message(id::Message),
    /// The newest letter of a person in this thread; the newest of mine when there is none.
    Thread(id::Thread),
}

/// What is asked while a letter is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WritingQuestion {
    /// Whom this may be: the words of a name or an address.
    People(String),
    /// What is in a folder of this computer; `None`: the home folder.
    Folder {
        /// Its path.
        path: Option<String>,
        /// Hidden files too.
        hidden: bool,
    },
    /// Files of letters, those of this conversation first.
    LetterFiles(Option<id::Thread>),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WritingAnswer {
    /// People, the likeliest first.
    People(Vec<Mailbox>),
    /// A folder.
    Folder(Listing),
    /// Files of letters.
    LetterFiles(Vec<FileRow>),
}

/// A folder of this computer, with some of the folders below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Its whole path.
    pub folder: String,
    /// What is in it, the nearest first.
    pub entries: Vec<Entry>,
    /// There is more than is listed.
    pub cut: bool,
}

/// A file or a folder in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path below the folder of the listing, as the system has it: not for the screen.
    pub path: String,
    /// It is a folder.
    pub folder: bool,
    /// Bytes.
    pub size: u64,
}

/// How a letter is passed on, or used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// Below a letter of mine, as a file.
    AsFile,
    /// Its recipients, subject, text and files in a new letter.
    AsNew,
    /// Redirected: not a byte of it is changed.
    AsItCame,
}

/// What is done with the files of templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateAct {
    /// Into the editor; → `TemplateAnswer::Opened`.
    Edit {
        /// Its name: mine, else the bundled one's.
        file: String,
    },
    /// Keeps it in my folder; → `TemplateAnswer::Kept`.
    Keep {
        /// Its name; `None`: after what the template is called.
        file: Option<String>,
        /// All of it.
        text: String,
    },
    /// Deletes a file of mine.
    Remove {
        /// Its name.
        file: String,
    },
    /// In the user's editor; → `TemplateAnswer::Back`.
    Outside {
        /// All of it.
        text: String,
    },
}

/// What is done about letters that wait for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUpAct {
    /// Reads what was typed for the letter being written; → `FollowUpAnswer::Read`.
    Read {
        /// Working days, or a pack.
        typed: String,
        /// The letter's template.
        template: Option<String>,
    },
    /// Follows my newest letter of a conversation up.
    Start {
        /// The conversation.
        thread: id::Thread,
        /// Working days, or a pack.
        typed: String,
    },
    /// Nothing is to follow any more.
    Stop(id::Sequence),
}

/// What is done with saved searches; all but the last is undoable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewAct {
    /// Keeps a search under a name.
    Keep {
        /// Its name.
        name: String,
        /// As it was typed.
        query: String,
    },
    /// Another name.
    Rename {
        /// Which.
        view: id::View,
        /// Its new name.
        name: String,
    },
    /// Forgets one.
    Remove(id::View),
    /// Remembers what was looked for.
    Remember(String),
}

/// How an account lets Postbook in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenewAct {
    /// Puts new passwords into the keyring; → `CredentialKept`.
    KeepPassword {
        /// Whose.
        account: id::Account,
        /// For reading, and for sending where that has no other.
        imap: Option<Secret>,
        /// For sending.
        smtp: Option<Secret>,
    },
    /// Asks me to agree at the provider; → `SignInPrompted`, then `CredentialKept`.
    SignIn {
        /// Whose.
        account: id::Account,
        /// With a code on another device.
        with_code: bool,
    },
    /// Ends that: I do not want it any more.
    StopSignIn,
}

/// A template to be shown as it comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewOf {
    /// One by its name.
    Named {
        /// Its name.
        name: String,
        /// What for.
        to: FillFor,
    },
    /// One that is being written.
    Text {
        /// Its file, for messages.
        file: String,
        /// All of it.
        text: String,
        /// For this client, else for whoever wrote last.
        contact: Option<id::Contact>,
        /// About this deal.
        deal: Option<id::Deal>,
    },
}

/// What a template is filled for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FillFor {
    /// The letter being written: its text is replaced (`draft::with_text`), its quote and signature stay.
    Letter(Box<Letter>),
    /// An answer.
    Answer(ReplyTo),
    /// A new letter to this person.
    Contact(id::Contact),
    /// A new letter about this deal to the person it is agreed with.
    Deal(id::Deal),
    /// A new letter to nobody yet.
    Nobody,
}

/// A file that is on the server, and what is to be done with it when it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// The letter.
    pub message: id::Message,
    /// The attachment's index.
    pub index: usize,
    /// Saved, not opened.
    pub save: bool,
}

/// What is done to activities and promises: each is one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityAct {
    /// A new activity, and what follows from it.
    Enter {
        /// The activity.
        activity: Box<Activity>,
        /// It led to this one.
        next: Option<Box<Activity>>,
    },
    /// Other fields, all of them.
    Edit {
        /// The activity.
        activity: id::Activity,
        /// How it is to be.
        to: Box<Activity>,
    },
    /// Takes it out.
    Remove(id::Activity),
    /// A planned one was done.
    Finish {
        /// The activity.
        activity: id::Activity,
        /// What came of it; may be empty.
        result: Text,
        /// How long it took.
        minutes: Option<i64>,
        /// What is planned next; with the same people where it names none.
        next: Option<Box<Activity>>,
    },
    /// What I say about promises.
    Promises {
        /// These become tasks.
        make: Vec<id::Promise>,
        /// These are none.
        decline: Vec<id::Promise>,
    },
}

/// Which activities a calendar file gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarOf {
    /// This one.
    Activity(id::Activity),
    /// What is planned with this person.
    Contact(id::Contact),
    /// Everything planned.
    Everything,
}

/// What is asked about activities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityQuestion {
    /// One with all that belongs to it.
    Card(id::Activity),
    /// What can be chosen for one with this client.
    Choices {
        /// The person.
        contact: Option<id::Contact>,
        /// The company.
        company: Option<id::Company>,
        /// The deal.
        deal: Option<id::Deal>,
    },
    /// The same client, as the line that enters an activity shows them.
    Client {
        /// The person.
        contact: Option<id::Contact>,
        /// The company.
        company: Option<id::Company>,
        /// The deal.
        deal: Option<id::Deal>,
    },
    /// The promises of a letter.
    Promises(SaidIn),
}
