//! What the screens ask the program to do, as plain data.
//!
//! `update` answers with these and does nothing itself. Every `Load…` carries a generation: the answer
//! ([`super::event::Event`]) or [`super::event::Event::LoadFailed`] brings it back, and an answer that is no
//! longer wanted is dropped.

use super::deal_act::{BoardAsk, ColumnAsk, DealAct};
use crate::domain::account::Secret;
use crate::domain::activity::Activity;
use crate::domain::assignment::Assignment;
use crate::domain::contact::Name;
use crate::domain::counter::{Counter, Subject};
use crate::domain::handling::Order;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::thread::PageKey;
use jiff::{Timestamp, civil::Date};

/// Numbers loads in the order they were asked for.
pub type Generation = u64;

/// Which clients a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clients {
    /// Qualified contacts.
    Contacts,
    /// Leads.
    Leads,
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

/// One thing to do. The runtime has one arm for each, with one call in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    // Loads: each is answered by the event of the same name.
    /// → `CountersLoaded`.
    LoadCounters {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `TodayLoaded`: the most pressing `limit` rows.
    LoadToday {
        /// Comes back with the answer.
        generation: Generation,
        /// Only what raises this counter.
        only: Option<Counter>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `FoldersLoaded`.
    LoadFolders {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `ThreadsLoaded`: one page of a folder, newest first.
    LoadThreads {
        /// Comes back with the answer.
        generation: Generation,
        /// The folder.
        folder: id::Folder,
        /// Where the page begins; `None` for the first.
        after: Option<PageKey>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `ThreadLoaded`. Never marks anything read.
    LoadThread {
        /// Comes back with the answer.
        generation: Generation,
        /// The thread.
        thread: id::Thread,
    },
    /// → `BodyLoaded`.
    LoadBody {
        /// Comes back with the answer.
        generation: Generation,
        /// The letter.
        message: id::Message,
        /// HTML as text, or raw.
        form: BodyForm,
    },
    /// → `CardLoaded`.
    LoadCard {
        /// Comes back with the answer.
        generation: Generation,
        /// The person.
        contact: id::Contact,
    },
    /// → `CompanyLoaded`.
    LoadCompany {
        /// Comes back with the answer.
        generation: Generation,
        /// The company.
        company: id::Company,
    },
    /// → `ContactsLoaded`: one page, newest first.
    LoadContacts {
        /// Comes back with the answer.
        generation: Generation,
        /// Contacts or leads.
        clients: Clients,
        /// Only those whose name, address or company has these words; empty for all.
        filter: String,
        /// Where the page begins.
        after: Option<PageKey>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `CompaniesLoaded`.
    LoadCompanies {
        /// Comes back with the answer.
        generation: Generation,
        /// Only those whose name or domain has these words; empty for all.
        filter: String,
    },
    /// → `DealsLoaded`: the board's columns, each with its first deals.
    LoadDeals {
        /// Comes back with the answer.
        generation: Generation,
        /// Which.
        ask: Box<BoardAsk>,
    },
    /// → `ColumnLoaded`: the next deals of a column.
    LoadColumn {
        /// Comes back with the answer.
        generation: Generation,
        /// Which.
        ask: Box<ColumnAsk>,
    },
    /// → `ForecastLoaded`.
    LoadForecast {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `SaleLoaded`: a deal with its lines and payments.
    LoadSale {
        /// Comes back with the answer.
        generation: Generation,
        /// The deal.
        deal: id::Deal,
        /// Other deals whose lines can be copied too.
        offers: bool,
    },
    /// → `StatementLoaded`: the lines of a bank statement with the payments they may pay.
    LoadStatement {
        /// Comes back with the answer.
        generation: Generation,
        /// The file.
        path: String,
    },
    /// → `ClientsFound`: people and companies by name.
    FindClients {
        /// Comes back with the answer.
        generation: Generation,
        /// Words of the name; empty for the newest.
        words: String,
    },
    /// → `DealLoaded`.
    LoadDeal {
        /// Comes back with the answer.
        generation: Generation,
        /// The deal.
        deal: id::Deal,
    },
    /// → `WhyLoaded`.
    LoadWhy {
        /// Comes back with the answer.
        generation: Generation,
        /// The row of Today.
        subject: Subject,
    },
    /// → `SearchLoaded`.
    LoadSearch {
        /// Comes back with the answer.
        generation: Generation,
        /// As typed; never fails (`domain::query`).
        query: String,
    },
    /// → `OutboxLoaded`.
    LoadOutbox {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `DraftsLoaded`.
    LoadDrafts {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `TemplatesLoaded`.
    LoadTemplates {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `ChangesLoaded`, newest first.
    LoadChanges {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `PendingLoaded`: what waits for servers.
    LoadPending {
        /// Comes back with the answer.
        generation: Generation,
    },
    /// → `GoalsLoaded`: the folders these conversations can be moved to, the last used first.
    ListGoalsFor {
        /// Comes back with the answer.
        generation: Generation,
        /// The conversations to be moved.
        threads: Vec<id::Thread>,
    },
    /// → `DealChoicesLoaded`: the client's open deals, best first.
    ListDealsFor {
        /// Comes back with the answer.
        generation: Generation,
        /// The thread to be filed.
        thread: id::Thread,
    },

    /// → `ColleaguesLoaded`: whom something can be given to.
    ListColleagues {
        /// Comes back with the answer.
        generation: Generation,
    },

    // Acts on the store. Each is one recorded change and is answered by `Done` (or `Problem`), then `Changed`.
    /// Every letter of the thread is seen: it was opened. No change that could be undone.
    MarkRead(id::Thread),
    /// Puts conversations elsewhere or marks them: one change, however many they are. May be answered by `Asked`.
    Handle(Box<Order>),
    /// Deletes everything in a folder for good.
    EmptyFolder(id::Folder),
    /// Renames a folder.
    RenameFolder {
        /// The folder.
        folder: id::Folder,
        /// Its new path, parted by `/`.
        name: String,
    },
    /// The refusals that came until then were looked at; no change that could be undone.
    RefusalsSeen {
        /// When the newest of them came.
        until: Timestamp,
    },
    /// No reply needed; also drops silent threads.
    MarkDone(Vec<id::Thread>),
    /// Hide the threads until then.
    Snooze {
        /// The threads.
        threads: Vec<id::Thread>,
        /// When they come back.
        until: Timestamp,
    },
    /// Hide the threads until they write.
    AwaitAnswer(Vec<id::Thread>),
    /// A colleague is to see to it.
    Assign(Box<Assignment>),
    /// My own decision; `None` is "no deal".
    FileUnder {
        /// The thread.
        thread: id::Thread,
        /// The deal.
        deal: Option<id::Deal>,
    },
    /// It is junk indeed.
    ConfirmJunk(id::Thread),
    /// Takes a conversation of a team's mailbox, or gives it back.
    Claim(id::Thread),
    /// Keeps a conversation from colleagues, or no longer.
    TogglePrivate(id::Thread),
    /// The lead becomes a contact with this name.
    ConvertLead {
        /// The lead.
        contact: id::Contact,
        /// The confirmed split.
        name: Name,
    },
    /// Looked at, stays a lead.
    KeepLead(id::Contact),
    /// Hide everything this person sends.
    IgnoreSender(id::Contact),
    /// A planned activity was done.
    ActivityDone {
        /// The activity.
        activity: id::Activity,
        /// What came of it; may be empty.
        result: String,
    },
    /// A planned activity is due another time.
    ActivityMove {
        /// The activity.
        activity: id::Activity,
        /// The new time.
        to: Timestamp,
    },
    /// A new activity, planned or done.
    AddActivity(Box<Activity>),
    /// Paid today.
    PaymentPaid(id::Payment),
    /// Another due day.
    PaymentMove {
        /// The payment.
        payment: id::Payment,
        /// The new day.
        to: Date,
    },
    /// What is done to a deal.
    Deal(Box<DealAct>),
    /// Takes back the newest change that is not undone.
    Undo,

    // Writing.
    /// → `LetterStarted`.
    StartReply {
        /// What is answered.
        to: ReplyTo,
        /// Reply to everyone.
        all: bool,
    },
    /// → `LetterStarted`.
    StartForward(id::Message),
    /// → `LetterStarted`.
    StartNew {
        /// To this person.
        contact: Option<id::Contact>,
    },
    /// → `LetterStarted` with the draft's key.
    OpenDraft(id::Draft),
    /// → `Filled`.
    FillTemplate {
        /// The template's name.
        name: String,
        /// Its variant in this language; `None` for the client's own (`template::choose`).
        language: Option<String>,
        /// What for.
        to: FillFor,
    },
    /// Reads a file to attach (`~` is the home folder); → `FileRead`.
    ReadFile {
        /// The path as typed.
        path: String,
    },
    /// Hands the letter to `$VISUAL` or `$EDITOR`; → `Edited`.
    OpenEditor(Box<Letter>),
    /// Runs the guard; → `Guarded`.
    CheckLetter(Box<Letter>),
    /// Stores the draft; → `DraftSaved`. The next one is sent only after that answer.
    SaveDraft {
        /// Its key; `None` the first time.
        draft: Option<id::Draft>,
        /// The letter as it stands.
        letter: Box<Letter>,
    },
    /// Throws a draft away (undoable).
    DiscardDraft(id::Draft),
    /// Puts the letter into the outbox and removes its draft in one transaction; → `Queued`.
    Queue {
        /// The letter.
        letter: Box<Letter>,
        /// Its draft.
        draft: Option<id::Draft>,
        /// What the guard said and I overrode, in words; kept with the letter.
        overridden: Vec<String>,
    },
    /// Takes a held, waiting or refused letter back into the editor; → `LetterStarted`, or a `Problem` when it has
    /// left or nobody knows.
    UndoSend(id::Outgoing),
    /// Sends a refused or uncertain letter again, or a held or waiting one at once.
    Resend(id::Outgoing),
    /// Throws a letter out of the outbox.
    DiscardOutgoing(id::Outgoing),

    // Files and the world outside.
    /// Opens an attachment with the system's program.
    OpenAttachment {
        /// The letter.
        message: id::Message,
        /// The attachment's index.
        index: usize,
    },
    /// Saves an attachment; → `AttachmentSaved`.
    SaveAttachment {
        /// The letter.
        message: id::Message,
        /// The attachment's index.
        index: usize,
    },
    /// Opens or saves a file that was being fetched, if it is here by now; → `FileAwaited` if it is not.
    TakeAwaited(Awaited),
    /// Syncs every account now.
    SyncNow,
    /// Tries one account again, with what it signs in with now.
    SyncAccount(id::Account),
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
    /// Leaves the terminal to the shell (SIGTSTP), and comes back with `Resize`.
    Suspend,
    /// Draws everything anew.
    Redraw,
    /// Ends the program.
    Quit,
}
