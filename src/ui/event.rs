//! Everything that can happen to the screens: one closed enum.
//!
//! Answers to loads carry the generation of their question; a stale one is dropped. `Changed` says *what*
//! changed, by key: what is visible is read again.

use super::effect::{Awaited, BodyForm, Effect, Generation};
use crate::domain::assignment::Colleague;
use crate::domain::bank::Proposed;
use crate::domain::board::Column;
use crate::domain::change::Change;
use crate::domain::company::{CompanyCard, CompanyRow};
use crate::domain::contact::{ContactCard, ContactRow};
use crate::domain::counter::{Counters, Waiting, Why};
use crate::domain::deal::{DealCard, DealRow, OfferLine};
use crate::domain::folder;
use crate::domain::forecast::Slice;
use crate::domain::guard::Concern;
use crate::domain::id;
use crate::domain::oauth::Prompt;
use crate::domain::outbox::{DraftRow, File, Letter, OutgoingRow};
use crate::domain::pending::Pending;
use crate::domain::problem::Problem;
use crate::domain::query::Hit;
use crate::domain::rest::Rest;
use crate::domain::status::AccountState;
use crate::domain::template::Hole;
use crate::domain::text::Text;
use crate::domain::thread::{PageKey, ThreadRow, ThreadView};
use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

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
    /// What is wrong with the file; such a template cannot be used.
    pub problem: Option<Problem>,
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

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The first event: what time it is and how large the terminal.
    Started {
        /// Now.
        now: Timestamp,
        /// Columns.
        width: u16,
        /// Lines.
        height: u16,
    },
    /// A key.
    Key(KeyEvent),
    /// Bracketed paste.
    Paste(String),
    /// A click or the wheel.
    Mouse(MouseEvent),
    /// The terminal has another size now.
    Resize {
        /// Columns.
        width: u16,
        /// Lines.
        height: u16,
    },
    /// About once a second.
    Tick {
        /// Now.
        now: Timestamp,
    },
    /// The program was asked to end (SIGTERM, Ctrl-C outside raw mode): no questions.
    Quit,

    /// The store changed.
    Changed(Vec<Changed>),

    // Answers to loads.
    /// A load failed.
    LoadFailed {
        /// Of the question.
        generation: Generation,
        /// Why.
        problem: Problem,
    },
    /// The counters.
    CountersLoaded {
        /// Of the question.
        generation: Generation,
        /// Each total.
        counters: Counters,
    },
    /// What waits, the most pressing first.
    TodayLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<Waiting>,
        /// There are more than the limit.
        more: bool,
        /// Where nothing waits: what was done today, and what comes next.
        rest: Option<Box<Rest>>,
    },
    /// The folders of every account, in the order they are shown.
    FoldersLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<folder::Row>,
    },
    /// A page of a folder.
    ThreadsLoaded {
        /// Of the question.
        generation: Generation,
        /// The folder.
        folder: id::Folder,
        /// The rows.
        rows: Vec<ThreadRow>,
        /// Where the next page begins; `None` at the end.
        after: Option<PageKey>,
    },
    /// A conversation.
    ThreadLoaded {
        /// Of the question.
        generation: Generation,
        /// The conversation.
        view: Box<ThreadView>,
    },
    /// Another form of a letter's body.
    BodyLoaded {
        /// Of the question.
        generation: Generation,
        /// The letter.
        message: id::Message,
        /// Which form.
        form: BodyForm,
        /// The text (a block).
        text: Text,
    },
    /// A person's card.
    CardLoaded {
        /// Of the question.
        generation: Generation,
        /// The card.
        card: Box<ContactCard>,
    },
    /// A company's card.
    CompanyLoaded {
        /// Of the question.
        generation: Generation,
        /// The card.
        card: Box<CompanyCard>,
    },
    /// A page of people.
    ContactsLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<ContactRow>,
        /// Where the next page begins; `None` at the end.
        after: Option<PageKey>,
    },
    /// Companies by name.
    CompaniesLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<CompanyRow>,
    },
    /// The board's columns, each with its first deals.
    DealsLoaded {
        /// Of the question.
        generation: Generation,
        /// The columns.
        columns: Vec<Column>,
    },
    /// The next deals of a column.
    ColumnLoaded {
        /// Of the question.
        generation: Generation,
        /// Its title.
        column: Text,
        /// The deals.
        rows: Vec<DealRow>,
    },
    /// What the open deals will bring.
    ForecastLoaded {
        /// Of the question.
        generation: Generation,
        /// By stage, month and currency.
        slices: Vec<Slice>,
    },
    /// A deal with its lines and payments.
    SaleLoaded {
        /// Of the question.
        generation: Generation,
        /// The deal.
        card: Box<DealCard>,
        /// Deals whose lines can be copied, with their lines.
        offers: Vec<(DealRow, Vec<OfferLine>)>,
    },
    /// A bank statement, with what is proposed.
    StatementLoaded {
        /// Of the question.
        generation: Generation,
        /// Its lines.
        proposed: Box<Proposed>,
    },
    /// People and companies.
    ClientsFound {
        /// Of the question.
        generation: Generation,
        /// The best first.
        rows: Vec<ClientRow>,
    },
    /// A deal's card.
    DealLoaded {
        /// Of the question.
        generation: Generation,
        /// The card.
        card: Box<DealCard>,
    },
    /// Why a row of Today waits.
    WhyLoaded {
        /// Of the question.
        generation: Generation,
        /// One for each counter it raises.
        whys: Vec<Why>,
    },
    /// What a search found, best or newest first.
    SearchLoaded {
        /// Of the question.
        generation: Generation,
        /// The question.
        query: String,
        /// The letters.
        hits: Vec<Hit>,
    },
    /// The outbox, newest first.
    OutboxLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<OutgoingRow>,
    },
    /// The drafts, newest first.
    DraftsLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<DraftRow>,
    },
    /// The templates by name.
    TemplatesLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<TemplateRow>,
    },
    /// What was done, newest first.
    ChangesLoaded {
        /// Of the question.
        generation: Generation,
        /// The acts.
        rows: Vec<Change>,
    },
    /// What waits for servers.
    PendingLoaded {
        /// Of the question.
        generation: Generation,
        /// All of it.
        pending: Box<Pending>,
    },
    /// The folders that conversations can be moved to, the last used first.
    GoalsLoaded {
        /// Of the question.
        generation: Generation,
        /// The folders.
        goals: Vec<folder::Goal>,
    },
    /// A client's open deals, best first.
    DealChoicesLoaded {
        /// Of the question.
        generation: Generation,
        /// The thread to be filed.
        thread: id::Thread,
        /// The deals.
        rows: Vec<DealRow>,
    },

    /// Whom something can be given to, by name.
    ColleaguesLoaded {
        /// Of the question.
        generation: Generation,
        /// The people.
        people: Vec<Colleague>,
    },

    // Writing.
    /// A letter to be written: an answer, a forward, a new one, a draft, or one taken back from the outbox.
    LetterStarted {
        /// The letter, with quote and signature.
        letter: Box<Letter>,
        /// Its draft, where there is one.
        draft: Option<id::Draft>,
    },
    /// A template was filled.
    Filled {
        /// Which.
        name: String,
        /// The letter or its holes.
        filling: Filling,
    },
    /// A file to attach was read.
    FileRead(File),
    /// The external editor returned.
    Edited {
        /// The letter, its text as the editor left it.
        letter: Box<Letter>,
    },
    /// The draft is stored.
    DraftSaved {
        /// Its key.
        draft: id::Draft,
    },
    /// What the guard says; empty when nothing.
    Guarded {
        /// What and why.
        concerns: Vec<Concern>,
    },
    /// The letter is in the outbox.
    Queued {
        /// Its key there.
        id: id::Outgoing,
        /// To whom, in words.
        to: Text,
        /// It is held until then and can be taken back.
        until: Timestamp,
    },

    // News.
    /// An attachment was saved.
    AttachmentSaved {
        /// Where.
        path: Text,
    },
    /// A file is still on the server; it is opened or saved when it is here.
    FileAwaited {
        /// Which, and what for.
        awaited: Awaited,
        /// What to tell of it; `None`: it was told.
        news: Option<FileNews>,
    },
    /// An act was recorded; `u` takes it back.
    Done {
        /// What was done: "Marked done: Offer for 20 desks".
        title: Text,
    },
    /// An act needs a yes first; nothing was done.
    Asked {
        /// The question, with what follows from yes.
        question: Text,
        /// What yes does.
        yes: Effect,
    },
    /// The last planned activity of this open deal was done.
    NextWanted(Box<DealRow>),
    /// The newest change was taken back.
    Undone {
        /// What it had been.
        title: Text,
    },
    /// Something went wrong.
    Problem(Problem),
    /// What to do at the provider.
    SignInPrompted {
        /// Whose sign-in.
        account: id::Account,
        /// What.
        prompt: Prompt,
    },
    /// A new password or new tokens are in the keyring, or not.
    CredentialKept {
        /// Whose.
        account: id::Account,
        /// Why not.
        outcome: Result<(), Problem>,
    },
    /// A sync goes on.
    SyncProgress {
        /// The account's name.
        account: Text,
        /// The folder's name.
        folder: Text,
        /// Letters fetched.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// Who talks to the servers now: this program (`true`), or another one on the same store.
    Carrying(bool),
    /// How every account stands with its servers.
    AccountStates(Vec<AccountState>),
    /// An account's sync ended.
    SyncEnded {
        /// The account's name.
        account: Text,
        /// What went wrong.
        problem: Option<Problem>,
    },
}
