//! What the screens ask the program to do, as plain data.
//!
//! `update` answers with these and does nothing itself. Every `Load…` carries a generation: the answer
//! ([`super::event::Event`]) or [`super::event::Event::LoadFailed`] brings it back, and an answer that is no
//! longer wanted is dropped.

use super::deal_act::{BoardAsk, ColumnAsk, DealAct};
use super::mailing_act::{MailingAct, MailingQuestion};
use crate::domain::address::Address;
use crate::domain::assignment::Assignment;
use crate::domain::auto_reply::GoingAway;
use crate::domain::card::Fact;
use crate::domain::client_filter;
use crate::domain::contact::{Name, Whose};
use crate::domain::conversion::Conversion;
use crate::domain::counter::{Counter, Subject};
use crate::domain::duplicate::Pair;
use crate::domain::field::Noun;
use crate::domain::filing::{ByHand, Question};
use crate::domain::handling::Order;
use crate::domain::id;
use crate::domain::merge::Merge;
use crate::domain::outbox::Letter;
use crate::domain::query::{Order as LetterOrder, Rank};
use crate::domain::report;
use crate::domain::report::table::Table;
use crate::domain::thread::PageKey;
use crate::domain::timeline::Show;
use jiff::Timestamp;
use jiff::civil::Date;

pub use super::asking::{
    ActivityAct, ActivityQuestion, Awaited, BodyForm, CalendarOf, Clients, Entry, FillFor, FollowUpAct, Listing,
    Passing, PreviewOf, RenewAct, ReplyTo, TemplateAct, ViewAct, WordsOf, WritingAnswer, WritingQuestion,
};

/// Numbers loads in the order they were asked for.
pub type Generation = u64;

/// One thing to do. The runtime has one arm for each, with one call in it.
#[allow(missing_docs, reason = "`generation` comes back with the answer, everywhere")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    // Loads: each is answered by the event of the same name.
    /// → `CountersLoaded`.
    LoadCounters { generation: Generation },
    /// → `TodayLoaded`: the most pressing `limit` rows.
    LoadToday {
        generation: Generation,
        /// Only what raises this counter.
        only: Option<Counter>,
        /// How many rows at most.
        limit: usize,
        /// Only what this search finds.
        view: Option<String>,
    },
    /// → `FoldersLoaded`.
    LoadFolders { generation: Generation },
    /// → `ThreadsLoaded`: one page of a folder, newest first.
    LoadThreads {
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
        generation: Generation,
        /// The thread.
        thread: id::Thread,
    },
    /// → `BodyLoaded`.
    LoadBody {
        generation: Generation,
        /// The letter.
        message: id::Message,
        /// HTML as text, or raw.
        form: BodyForm,
    },
    /// → `CardLoaded`.
    LoadCard {
        generation: Generation,
        /// The person.
        contact: id::Contact,
    },
    /// → `CompanyLoaded`.
    LoadCompany {
        generation: Generation,
        /// The company.
        company: id::Company,
    },
    /// → `FiguresLoaded`: the numbers of a card.
    LoadFigures {
        generation: Generation,
        /// Whose.
        whose: Whose,
    },
    /// → `TimelineLoaded`: a page of what happened.
    LoadTimeline {
        generation: Generation,
        /// Whose.
        whose: Whose,
        /// What of it.
        show: Show,
        /// Where the page begins.
        after: Option<PageKey>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `FilesLoaded`: a page of the files of letters.
    LoadFiles {
        generation: Generation,
        /// Whose.
        whose: Whose,
        /// Where the page begins.
        after: Option<PageKey>,
        /// Of how many letters at most.
        letters: usize,
    },
    /// → `WordsLoaded`: what is known already where something is typed.
    LoadWords {
        generation: Generation,
        /// Which words.
        of: WordsOf,
    },
    /// → `ContactsLoaded`: one page, newest first.
    LoadContacts {
        generation: Generation,
        /// Contacts or leads.
        clients: Clients,
        /// Words and signs (`domain::client_filter`); empty for all.
        filter: String,
        /// By name, or by last contact.
        order: client_filter::Order,
        /// Where the page begins.
        after: Option<PageKey>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `CompaniesLoaded`.
    LoadCompanies {
        generation: Generation,
        /// Words and signs (`domain::client_filter`); empty for all.
        filter: String,
        /// The last one that is shown; `None` for the first page.
        after: Option<id::Company>,
        /// How many rows at most.
        limit: usize,
    },
    /// → `DealsLoaded`: the board's columns, each with its first deals.
    LoadDeals {
        generation: Generation,
        /// Which.
        ask: Box<BoardAsk>,
    },
    /// → `ColumnLoaded`: the next deals of a column.
    LoadColumn {
        generation: Generation,
        /// Which.
        ask: Box<ColumnAsk>,
    },
    /// → `ForecastLoaded`.
    LoadForecast { generation: Generation },
    /// → `SaleLoaded`: a deal with its lines and payments.
    LoadSale {
        generation: Generation,
        /// The deal.
        deal: id::Deal,
        /// Other deals whose lines can be copied too.
        offers: bool,
    },
    /// → `StatementLoaded`: the lines of a bank statement with the payments they may pay.
    LoadStatement {
        generation: Generation,
        /// The file.
        path: String,
    },
    /// → `BuyersFound`: people and companies by name.
    FindBuyers {
        generation: Generation,
        /// Words of the name; empty for the newest.
        words: String,
    },
    /// → `DealLoaded`.
    LoadDeal {
        generation: Generation,
        /// The deal.
        deal: id::Deal,
    },
    /// → `WhyLoaded`.
    LoadWhy {
        generation: Generation,
        /// The row of Today.
        subject: Subject,
        /// Its conversation, for how that was filed.
        thread: Option<id::Thread>,
    },
    /// → `SearchLoaded`.
    LoadSearch {
        generation: Generation,
        /// As typed; never fails (`domain::query`).
        query: String,
        /// In which order letters come.
        order: LetterOrder,
        /// Where a later page begins.
        after: Option<Rank>,
    },
    /// → `SearchNamesLoaded`.
    LoadSearchNames { generation: Generation },
    /// → `ViewsLoaded`.
    LoadViews { generation: Generation },
    /// → `OutboxLoaded`.
    LoadOutbox { generation: Generation },
    /// → `DraftsLoaded`.
    LoadDrafts { generation: Generation },
    /// → `FollowUpAnswer::Listed`.
    LoadFollowUps { generation: Generation },
    /// → `MailingsAnswered`.
    AskMailings {
        generation: Generation,
        /// What is asked.
        question: MailingQuestion,
    },
    /// → `TemplatesLoaded`.
    LoadTemplates { generation: Generation },
    /// → `ChangesLoaded`, newest first.
    LoadChanges { generation: Generation },
    /// → `ChangeLoaded`: what an act touched.
    LoadChange {
        generation: Generation,
        /// The act.
        change: id::Change,
    },
    /// → `AsItWasLoaded`: a card as it was.
    LoadAsItWas {
        generation: Generation,
        /// Whose card.
        noun: Noun,
        /// Its key.
        id: i64,
        /// When.
        at: Timestamp,
    },
    /// → `ReportLoaded`; answered on a thread of its own, and cut when another one is asked for.
    LoadReport {
        generation: Generation,
        /// Of which days, how fine.
        question: report::Question,
    },
    /// → `PendingLoaded`: what waits for servers.
    LoadPending { generation: Generation },
    /// → `GoalsLoaded`: the folders these conversations can be moved to, the last used first.
    ListGoalsFor {
        generation: Generation,
        /// The conversations to be moved.
        threads: Vec<id::Thread>,
    },
    /// → `FilingAnswered`.
    AskFiling {
        generation: Generation,
        /// What is asked.
        question: Question,
    },
    /// → `DealChoicesLoaded`: the client's open deals, best first.
    ListDealsFor {
        generation: Generation,
        /// The thread to be filed.
        thread: id::Thread,
    },

    /// → `ConversionLoaded`: what a lead may become.
    LoadConversion {
        generation: Generation,
        /// The lead.
        contact: id::Contact,
    },
    /// → `NamesLoaded`: people whose name nobody has split.
    LoadNames {
        generation: Generation,
        /// Where the page begins.
        after: Option<id::Contact>,
    },
    /// → `DuplicatesLoaded`: cards that may be one.
    LoadDuplicates {
        generation: Generation,
        /// Of this card alone.
        of: Option<Whose>,
    },
    /// → `SidesLoaded`: both sides of a merge.
    LoadSides {
        generation: Generation,
        /// The two.
        pair: Pair,
    },
    /// → `ClientsFound`: whose name these words begin.
    FindClients {
        generation: Generation,
        /// Folded words, as typed.
        words: Vec<String>,
    },
    /// → `ActivitiesAnswered`.
    AskActivities {
        generation: Generation,
        /// What is asked.
        question: ActivityQuestion,
    },
    /// → `ColleaguesLoaded`: whom something can be given to.
    ListColleagues { generation: Generation },

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
    /// Files by hand: another client, joined, taken apart, senders hidden.
    ByHand(Box<ByHand>),
    /// It is junk indeed.
    ConfirmJunk(id::Thread),
    /// Takes a conversation of a team's mailbox, or gives it back.
    Claim(id::Thread),
    /// Keeps a conversation from colleagues, or no longer.
    TogglePrivate(id::Thread),
    /// The lead becomes a contact, with company and deal where they are wanted.
    Convert(Box<Conversion>),
    /// A name as I confirmed it.
    NamePerson {
        /// Whose.
        contact: id::Contact,
        /// Its parts.
        name: Name,
    },
    /// No person: a company's or a robot's mailbox.
    NotPerson(id::Contact),
    /// Two cards become one.
    Merge(Box<Merge>),
    /// Two cards are of two: never proposed as one again.
    Different(Pair),
    /// An address becomes a card of its own.
    SplitOff {
        /// Whose it was.
        contact: id::Contact,
        /// The address.
        address: Address,
    },
    /// Looked at, stays a lead.
    KeepLead(id::Contact),
    /// Hide everything this person sends.
    IgnoreSender(id::Contact),
    /// Facts of a card as they were typed; → `CardEdited`.
    EditCard {
        /// Whose.
        whose: Whose,
        /// Which facts.
        edits: Vec<(Fact, String)>,
    },
    /// A new person or company; → `CardEntered`.
    EnterCard {
        /// Which of them.
        noun: Noun,
        /// Their facts as they were typed.
        edits: Vec<(Fact, String)>,
    },
    /// Takes a person or company away on which nothing hangs.
    RemoveCard(Whose),
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
    /// What is done to activities and promises.
    Activity(ActivityAct),
    /// Writes planned activities into a calendar file; → `AttachmentSaved`.
    SaveCalendar(CalendarOf),
    /// Writes everything about a client into a folder; → `Told`.
    HandOver {
        /// Whom.
        whose: Whose,
        /// A folder that is not there yet, as it was typed.
        folder: String,
    },
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
    /// What is done to a mailing; it may take a while.
    Mailing(Box<MailingAct>),
    /// Takes back the newest change that is not undone.
    Undo,
    /// Does again what was taken back last, while nothing else was done.
    Redo,

    // Writing.
    /// → `WritingAnswered`.
    AskWriting {
        generation: Generation,
        /// What is asked.
        question: WritingQuestion,
    },
    /// Attaches a file of a letter; → `FileRead`.
    AttachFrom {
        /// The letter.
        message: id::Message,
        /// The attachment's index.
        index: usize,
    },
    /// Begins the letter that a `mailto:` link asks for; → `LetterStarted`. It is never sent by itself.
    StartMailto {
        /// The link.
        link: String,
    },
    /// → `LetterStarted`.
    StartReply {
        /// What is answered.
        to: ReplyTo,
        /// Reply to everyone.
        all: bool,
    },
    /// → `LetterStarted`.
    StartForward(id::Message),
    /// Passes a letter on in another way, or uses it again; → `LetterStarted`.
    PassOn {
        /// The letter.
        message: id::Message,
        /// How.
        how: Passing,
    },
    /// → `LetterStarted`.
    StartNew {
        /// To this person.
        contact: Option<id::Contact>,
        /// About this deal: the letter belongs to it.
        deal: Option<id::Deal>,
    },
    /// → `LetterStarted` with the draft's key.
    OpenDraft(id::Draft),
    /// Begins a letter that is offered: filled, as a draft; → `LetterStarted`, or `Filled` with what is missing.
    TakeOffered(id::Offered),
    /// No letter is wanted.
    DismissOffered(id::Offered),
    /// Opens, keeps or deletes a file of a template.
    Template(TemplateAct),
    /// What a template comes to; → `TemplatePreviewed`.
    PreviewTemplate {
        /// Of the question.
        generation: Generation,
        /// Which, for whom.
        template: Box<PreviewOf>,
    },
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
    /// Keeps, renames or forgets a saved search.
    View(ViewAct),
    /// Letters that wait for an answer.
    FollowUp(FollowUpAct),
    /// Letters are answered by themselves until a day, or not any more. → `Done`.
    Away(Option<GoingAway>),
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
    /// Begins the answer to the invitation in a letter; → `LetterStarted`.
    AnswerMeeting {
        /// The letter.
        message: id::Message,
        /// What I say.
        answer: crate::domain::meeting::Answer,
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
    /// Writes a table into the folder of downloads; → `AttachmentSaved`.
    SaveTable {
        /// The file's name.
        name: String,
        /// What stands in it.
        table: Box<Table>,
    },
    /// Opens or saves a file that was being fetched, if it is here by now; → `FileAwaited` if it is not.
    TakeAwaited(Awaited),
    /// Syncs every account now.
    SyncNow,
    /// Tries one account again, with what it signs in with now.
    SyncAccount(id::Account),
    /// Lets Postbook into an account again.
    Renew(RenewAct),
    /// Leaves the terminal to the shell (SIGTSTP), and comes back with `Resize`.
    Suspend,
    /// Draws everything anew.
    Redraw,
    /// Ends the program.
    Quit,
}
