//! Everything that can happen to the screens: one closed enum.
//!
//! Answers to loads carry the generation of their question; a stale one is dropped. `Changed` says *what*
//! changed, by key: what is visible is read again.

use super::effect::{Awaited, BodyForm, Effect, Generation, WritingAnswer};
use super::mailing_act::MailingAnswer;
use crate::domain::assignment::Colleague;
use crate::domain::bank::Proposed;
use crate::domain::board::Column;
use crate::domain::change::Change;
use crate::domain::company::{CompanyCard, CompanyRow};
use crate::domain::contact::{ContactCard, ContactRow, FileRow, TimelineRow, Whose};
use crate::domain::conversion::Proposal;
use crate::domain::counter::{Counters, Waiting, Why};
use crate::domain::deal::{DealCard, DealRow, OfferLine};
use crate::domain::duplicate::Candidate;
use crate::domain::entry::Client;
use crate::domain::figures::Figures;
use crate::domain::filing;
use crate::domain::folder;
use crate::domain::forecast::Slice;
use crate::domain::guard::Concern;
use crate::domain::history::{AsItWas, Details};
use crate::domain::id;
use crate::domain::merge::Sides;
use crate::domain::name_split;
use crate::domain::oauth::Prompt;
use crate::domain::outbox::{DraftRow, File, Letter, OutgoingRow};
use crate::domain::pending::Pending;
use crate::domain::problem::Problem;
use crate::domain::query::{Answer, Names, ViewRow};
use crate::domain::report::Report;
use crate::domain::rest::Rest;
use crate::domain::status::AccountState;
use crate::domain::text::Text;
use crate::domain::thread::{PageKey, ThreadRow, ThreadView};
use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use super::answers::{
    ActivityAnswer, Changed, ClientRow, FileNews, Filling, FollowUpAnswer, Previewed, TemplateAnswer, TemplateRow,
};

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
        /// Letters are answered by themselves, in words; `None`: they are not.
        away: Option<Text>,
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
    /// Whose name was typed.
    ClientsFound {
        /// Of the question.
        generation: Generation,
        /// The best first.
        clients: Vec<Client>,
    },
    /// What was asked about activities.
    ActivitiesAnswered {
        /// Of the question.
        generation: Generation,
        /// The answer.
        answer: ActivityAnswer,
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
    /// The numbers of a card.
    FiguresLoaded {
        /// Of the question.
        generation: Generation,
        /// The numbers.
        figures: Box<Figures>,
    },
    /// A page of a timeline.
    TimelineLoaded {
        /// Of the question.
        generation: Generation,
        /// The rows.
        rows: Vec<TimelineRow>,
        /// Where the next page begins; `None` at the end.
        after: Option<PageKey>,
    },
    /// A page of files.
    FilesLoaded {
        /// Of the question.
        generation: Generation,
        /// The files.
        rows: Vec<FileRow>,
        /// Where the next page begins; `None` at the end.
        after: Option<PageKey>,
    },
    /// Words that are known already.
    WordsLoaded {
        /// Of the question.
        generation: Generation,
        /// The words, the most fitting first.
        words: Vec<Text>,
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
        /// More of them follow the last one.
        more: bool,
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
    BuyersFound {
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
        /// How its conversation is filed: the decision in force.
        filed: Option<filing::LedgerLine>,
    },
    /// What a search found.
    SearchLoaded {
        /// Of the question.
        generation: Generation,
        /// What was found.
        answer: Box<Answer>,
    },
    /// What searches are completed from, and what was looked for lately.
    SearchNamesLoaded {
        /// Of the question.
        generation: Generation,
        /// Folders, tags, stages, owners.
        names: Box<Names>,
        /// The latest first.
        history: Vec<Text>,
    },
    /// The saved searches, each with how much it finds.
    ViewsLoaded {
        /// Of the question.
        generation: Generation,
        /// In their order.
        rows: Vec<ViewRow>,
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
    /// What an act touched.
    ChangeLoaded {
        /// Of the question.
        generation: Generation,
        /// The things, before and after.
        details: Box<Details>,
    },
    /// A card as it was.
    AsItWasLoaded {
        /// Of the question.
        generation: Generation,
        /// The card.
        was: Box<AsItWas>,
    },
    /// A report.
    ReportLoaded {
        /// Of the question.
        generation: Generation,
        /// All of it.
        report: Box<Report>,
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
        /// The deals, each with what speaks for it.
        rows: Vec<(DealRow, Text)>,
    },
    /// What was asked about filing.
    FilingAnswered {
        /// Of the question.
        generation: Generation,
        /// The answer.
        answer: Box<filing::Answer>,
    },

    /// What a lead may become.
    ConversionLoaded {
        /// Of the question.
        generation: Generation,
        /// Both sides.
        proposal: Box<Proposal>,
    },
    /// People whose name nobody has split.
    NamesLoaded {
        /// Of the question.
        generation: Generation,
        /// A page of them, each with its proposal.
        rows: Vec<name_split::Waiting>,
        /// How many there are in all.
        total: u64,
    },
    /// Cards that may be one, the likeliest first.
    DuplicatesLoaded {
        /// Of the question.
        generation: Generation,
        /// The pairs.
        rows: Vec<Candidate>,
        /// Cards that are still to be compared.
        comparing: u64,
    },
    /// Both sides of a merge.
    SidesLoaded {
        /// Of the question.
        generation: Generation,
        /// They.
        sides: Box<Sides>,
    },
    /// Whom something can be given to, by name.
    ColleaguesLoaded {
        /// Of the question.
        generation: Generation,
        /// The people.
        people: Vec<Colleague>,
    },

    /// What was asked about mailings.
    MailingsAnswered {
        /// Of the question.
        generation: Generation,
        /// What was found.
        answer: Box<MailingAnswer>,
    },

    // Writing.
    /// What was asked while a letter is written.
    WritingAnswered {
        /// Of the question.
        generation: Generation,
        /// What was found.
        answer: WritingAnswer,
    },
    /// Another device changed a draft, and what is here is that now.
    DraftReplaced {
        /// The draft.
        draft: id::Draft,
    },
    /// Another device sent or discarded a draft.
    DraftWent {
        /// The draft.
        draft: id::Draft,
    },
    /// A letter to be written: an answer, a forward, a new one, a draft, or one taken back from the outbox.
    LetterStarted {
        /// The letter, with quote and signature.
        letter: Box<Letter>,
        /// Its draft, where there is one.
        draft: Option<id::Draft>,
    },
    /// What was asked of a template's file.
    Template(TemplateAnswer),
    /// About letters that wait for an answer.
    FollowUp(FollowUpAnswer),
    /// What a template comes to.
    TemplatePreviewed {
        /// Of the question.
        generation: Generation,
        /// The letter, or what is wrong.
        previewed: Previewed,
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
        /// The recipient's clock, as their letters tell it.
        their_zone: Option<TimeZone>,
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

    // Cards.
    /// What was typed on a card is kept, or not.
    CardEdited {
        /// Whose.
        whose: Whose,
        /// Why not.
        outcome: Result<(), Problem>,
    },
    /// A new card is there, or not.
    CardEntered {
        /// Whose it is, or why it is not there.
        outcome: Result<Whose, Problem>,
    },

    // News.
    /// Something was done that is no change of the store.
    Told(Text),
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
