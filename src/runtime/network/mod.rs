//! The threads that talk to servers: for each account one that syncs, one that sends, one that only waits for news.
//!
//! They share nothing but the store and a [`nerve::Nerve`] that says what is wanted. A letter never waits for a long sync, and a sync
//! never for a slow SMTP server. An account has two IMAP connections: one works, one waits for news and only wakes the first.

mod nerve;
mod sending;
mod senses;
mod syncing;
mod watching;

use super::login::LoginSource;
use super::mailing::{self, Mailer};
use crate::domain::account::{self, Endpoint, Login};
use crate::domain::address::Own;
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::mailing::Throttle;
use crate::domain::notice::Notice;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::status::{AccountState, Phase};
use crate::domain::text::Text;
use crate::net::Timeouts;
use crate::net::imap::Session;
use crate::net::smtp::{self, Connection};
use crate::store::{FolderRecord, Registration, Store};
use crate::sync::account::{FolderReport, Progress, register_folders, sync_folders};
use crate::sync::drafts::{DraftBox, DraftNews};
use crate::sync::large::bring_whole;
use crate::sync::outbox::{Sent, provider_keeps_copy, send_due, settle_uncertain, store_copies};
use crossbeam_channel::Sender;
use jiff::Timestamp;
use nerve::{Nerve, Want};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The way to one account's servers, in plain values.
#[derive(Clone)]
pub struct Line {
    /// The account in the store.
    pub account: id::Account,
    /// What the store calls it.
    pub registration: Registration,
    /// Where mail is read.
    pub imap: Endpoint,
    /// Where letters leave.
    pub smtp: Endpoint,
    /// Who signs in for reading, with what.
    pub imap_login: LoginSource,
    /// Who signs in for sending, with what.
    pub smtp_login: LoginSource,
    /// How fast letters of mailings leave.
    pub throttle: Throttle,
    /// Letters over this many bytes come without their large files; `None`: every letter comes whole.
    pub large_attachments: Option<u64>,
    /// Called when the user wants everything tried again: a refused password counts as not refused, and both logins are
    /// asked for anew. Never waits.
    pub forget_logins: Arc<dyn Fn() + Send + Sync>,
}

impl Line {
    /// Opens a connection for reading. A refused login is tried once more where its source has another one by now, and
    /// not again until something has changed.
    ///
    /// # Errors
    /// As [`Session::open`] and [`LoginSource::login`].
    pub fn session(&self) -> Result<Session> {
        let mut session = self.imap_login.with(|login| Session::open(&self.imap, login, &Timeouts::default()))?;
        session.leave_large(self.large_attachments);
        Ok(session)
    }
}

/// What the threads tell.
#[derive(Debug, Clone)]
pub enum News {
    /// A sync goes on.
    Progress(Text, Progress),
    /// A letter's fate changed.
    Sent(Sent),
    /// A sync ended, well or not.
    Ended(Text, std::result::Result<Vec<FolderReport>, Problem>),
    /// Drafts came, changed or went with the server's.
    Drafts(Vec<DraftNews>),
    /// Sending could not even begin.
    Trouble(Problem),
    /// Who talks to the servers now: this program, or another one on the same store.
    Carrying(bool),
    /// Somebody else wrote to the store.
    StoreChanged,
    /// An account stands otherwise than before.
    Accounts(Vec<AccountState>),
    /// Letters of clients came, and the bell is wanted.
    Bell(Notice),
}

/// One sync of one account over a connection that is kept for the next; on an error it is dropped.
///
/// # Errors
/// When the server or the store fails. The error is kept with the account.
pub fn sync_once(
    store: &Store,
    line: &Line,
    own: &Own,
    session: &mut Option<Session>,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<FolderReport>> {
    let outcome = connected(store, line, session).and_then(|session| run_sync(store, session, line, own, tell));
    noted(store, line, session, outcome)
}

/// The same for a few folders only, those that something happened in. A folder that nobody has heard of asks for a whole sync.
///
/// # Errors
/// As [`sync_once`].
fn sync_named(
    store: &Store,
    line: &Line,
    own: &Own,
    session: &mut Option<Session>,
    names: &BTreeSet<String>,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<FolderReport>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let known = store.folder_records(line.account)?;
    let is_named = |folder: &FolderRecord| {
        names.iter().any(|name| *name == folder.raw_name || (name == INBOX && folder.role == Some(Role::Inbox)))
    };
    let folders: Vec<FolderRecord> = known.into_iter().filter(is_named).collect();
    if folders.len() < names.len() {
        return sync_once(store, line, own, session, tell);
    }
    let outcome = connected(store, line, session).and_then(|session| bring(store, session, line, own, &folders, tell));
    match outcome {
        // Ordinary news are not worth a row's change: everybody who watches the store would read everything again.
        Ok(reports) => Ok(reports),
        failed => noted(store, line, session, failed),
    }
}

/// Fetches now, over a connection of its own, the letters of an account that somebody wants whole.
///
/// # Errors
/// When the server or the store fails; they stay wanted.
pub fn bring_wanted_files(store: &Store, line: &Line) -> Result<()> {
    if store.count_whole_wanted(line.account)? == 0 {
        return Ok(());
    }
    let mut session = line.session()?;
    bring_whole(store, &mut session, line.account, &mut |_| {})?;
    session.logout();
    Ok(())
}

/// The name of the folder where letters arrive: reserved, and the same on every server (RFC 3501, 5.1).
const INBOX: &str = "INBOX";

/// The connection kept from the last time, or a new one.
fn connected<'a>(store: &Store, line: &Line, kept: &'a mut Option<Session>) -> Result<&'a mut Session> {
    match kept {
        Some(session) => Ok(session),
        None => {
            store.note_phase(line.account, Phase::Connecting, None)?;
            let session = line.session()?;
            store.note_phase(line.account, Phase::Syncing, None)?;
            Ok(kept.insert(session))
        }
    }
}

/// Keeps with the account how a sync ended.
fn noted(
    store: &Store,
    line: &Line,
    session: &mut Option<Session>,
    outcome: Result<Vec<FolderReport>>,
) -> Result<Vec<FolderReport>> {
    let name = Text::line(&line.registration.name);
    if outcome.as_ref().is_err_and(|problem| problem.kind == Kind::Interrupted) {
        // Nothing ended, and nothing is wrong.
        return outcome;
    }
    let outcome = outcome.map_err(|problem| problem.at(format!("account {name}")));
    if let Err(problem) = &outcome {
        *session = None;
        store.note_phase(line.account, phase_after(problem), None)?;
    }
    store.note_sync(line.account, Timestamp::now(), outcome.as_ref().map(|_| ()))?;
    outcome
}

/// What stands in the way: the user, or time.
fn phase_after(problem: &Problem) -> Phase {
    if needs_user(problem) { Phase::Refused } else { Phase::Waiting }
}

fn run_sync(
    store: &Store,
    session: &mut Session,
    line: &Line,
    own: &Own,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<FolderReport>> {
    let folders = register_folders(store, session, line.account)?;
    store_copies(store, session, line.account, provider_keeps_copy(&line.smtp.host))?;
    settle_uncertain(store, session, line.account, own, &mut |sent| tell(News::Sent(sent)))?;
    // The cursors as they are after what was just done to the folders.
    bring(store, session, line, own, &folders, tell)
}

/// Syncs these folders.
fn bring(
    store: &Store,
    session: &mut Session,
    line: &Line,
    own: &Own,
    folders: &[FolderRecord],
    tell: &mut dyn FnMut(News),
) -> Result<Vec<FolderReport>> {
    let name = Text::line(&line.registration.name);
    let before = session.repairs();
    // What a colleague answers in a team's mailbox is the team's answer.
    let own = if line.registration.kind == account::Kind::Shared { own.clone().of_team() } else { own.clone() };
    let reports = sync_folders(store, session, line.account, &own, folders, &mut |progress| {
        tell(News::Progress(name.clone(), progress))
    })?;
    if line.registration.kind == account::Kind::Personal && !line.registration.read_only {
        let (account, email) = (line.account, &line.registration.email);
        let drafts = DraftBox { store, account, email, own: &own };
        let news = drafts.sync(session, &mut |progress| tell(News::Progress(name.clone(), progress)))?;
        if !news.is_empty() {
            tell(News::Drafts(news));
        }
    }
    let repairs = session.repairs() - before;
    if repairs > 0 {
        tracing::info!(account = %name, repairs, "the server's answers were repaired or dropped");
    }
    Ok(reports)
}

/// It is not worth ending a round for a pause of a mailing that is this short.
const MOMENT: Duration = Duration::from_millis(50);

/// Sends what may leave now from one account: what stands in the outbox, then letters of mailings, as many as their pace allows now.
///
/// # Errors
/// When the password cannot be had, or the store fails.
pub fn send_once(store: &Store, line: &Line, own: &Own, mailer: &Mailer, tell: &mut dyn FnMut(News)) -> Result<()> {
    let now = Timestamp::now();
    let is_due = || Ok::<_, Problem>(store.next_departure_from(line.account)?.is_some_and(|at| at <= Timestamp::now()));
    if !is_due()? {
        return Ok(());
    }
    store.drop_late_auto_replies(line.account, &now.to_zoned(mailer.zone.clone()))?;
    if store.look_before_leaving(line.account, now)? {
        // What leaves by itself waits for a look at the mailbox; the others leave now.
        store.ask_for_a_look(now)?;
    }
    store.set_pace(line.account, &line.throttle)?;
    // Before a letter is begun: a login that cannot be had, or was refused, is no trouble of the letter's.
    line.smtp_login.login()?;
    let timeouts = Timeouts::default();
    let open = |login: &Login| Connection::open(&line.smtp, Some(login), &timeouts);
    loop {
        send_due(
            store,
            line.account,
            own,
            &mut |attempt, handing_over| {
                let mut open = || line.smtp_login.with(open);
                smtp::send_over(&mut open, &attempt.from, &attempt.to, &attempt.bytes, handing_over)
            },
            &mut |sent| tell(News::Sent(sent)),
        )?;
        // One at a time: a letter I write meanwhile goes before the next one.
        if mailing::feed(store, mailer, line.account, &line.throttle)? {
            continue;
        }
        let next = store.next_departure_from(line.account)?;
        let wait = next.and_then(|at| Duration::try_from(at.duration_since(Timestamp::now())).ok());
        match wait {
            Some(wait) if wait <= MOMENT => std::thread::sleep(wait),
            _ => return Ok(()),
        }
    }
}

/// The threads of all accounts; dropping it stops them.
pub struct Network {
    stop: Arc<AtomicBool>,
    accounts: Vec<Arc<Nerve>>,
    /// In the order of `accounts`.
    forget: Vec<(id::Account, Arc<dyn Fn() + Send + Sync>)>,
    threads: Vec<JoinHandle<()>>,
}

impl Network {
    /// Starts the threads of every account.
    ///
    /// # Errors
    /// When a thread cannot be started or letters interrupted by a crash cannot be settled.
    pub fn start(
        store_file: &Path,
        lines: &[Line],
        own: &Own,
        mailer: &Mailer,
        every: Duration,
        news: &Sender<News>,
    ) -> Result<Self> {
        // Only the owner of the network comes here: whatever is still "sending" was interrupted.
        Store::open(store_file)?.outbox_after_crash()?;
        let forget = lines.iter().map(|line| (line.account, Arc::clone(&line.forget_logins))).collect();
        let mut network = Self { stop: Arc::default(), accounts: Vec::new(), forget, threads: Vec::new() };
        for line in lines {
            let nerve = Arc::new(Nerve::default());
            let worker = Worker {
                store_file: store_file.to_owned(),
                line: line.clone(),
                own: own.clone(),
                mailer: mailer.clone(),
                news: news.clone(),
                stop: Arc::clone(&network.stop),
                nerve: Arc::clone(&nerve),
                every,
            };
            let (sender, watcher) = (worker.clone(), worker.clone());
            network.spawn("sync", move || worker.sync_loop())?;
            network.spawn("send", move || sender.send_loop())?;
            network.spawn("watch", move || watcher.watch_loop())?;
            network.accounts.push(nerve);
        }
        let (accounts, stop) = (network.accounts.clone(), Arc::clone(&network.stop));
        network.spawn("senses", move || senses::feel(&accounts, &stop))?;
        Ok(network)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .map_err(|error| Problem::new(Kind::Internal, format!("a thread could not be started: {error}")))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Syncs every account now, because the user wants it: also one that waits after a failure, or whose login was
    /// refused.
    pub fn sync_now(&self) {
        self.forget.iter().for_each(|(_, forget)| forget());
        self.accounts.iter().for_each(|nerve| nerve.want(Want::Everything));
    }

    /// Tries one account again with what it signs in with now; what others were refused is not offered again.
    pub fn sync_account(&self, account: id::Account) {
        let ours = self.forget.iter().zip(&self.accounts).filter(|((id, _), _)| *id == account);
        for ((_, forget), nerve) in ours {
            forget();
            nerve.want(Want::Everything);
            nerve.send_now();
        }
    }

    /// Something was done that the servers may have to learn.
    pub fn wish_now(&self) {
        self.accounts.iter().for_each(|nerve| nerve.want(Want::Wishes));
    }

    /// Somebody waits for a file that is on a server.
    pub fn files_now(&self) {
        self.accounts.iter().for_each(|nerve| nerve.want(Want::Files));
    }

    /// Looks into the outbox now.
    pub fn send_now(&self) {
        self.accounts.iter().for_each(|nerve| nerve.send_now());
    }

    /// Tells the threads to end and gives the ones that send a while for it, so that a letter half handed over is not
    /// left uncertain. Those that wait for a server's news are not waited for.
    pub fn stop(self, patience: Duration) {
        self.tell_to_end();
        let deadline = Instant::now() + patience;
        let busy = || self.threads.iter().any(|thread| thread.thread().name() == Some("send") && !thread.is_finished());
        while busy() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The threads end at their next look; a program that quits does not wait for a server's answer.
    fn tell_to_end(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.sync_now();
        self.send_now();
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.tell_to_end();
    }
}

/// What the threads of one account work with.
#[derive(Clone)]
struct Worker {
    store_file: PathBuf,
    line: Line,
    own: Own,
    mailer: Mailer,
    news: Sender<News>,
    stop: Arc<AtomicBool>,
    nerve: Arc<Nerve>,
    every: Duration,
}

impl Worker {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    fn name(&self) -> Text {
        Text::line(&self.line.registration.name)
    }
}

/// A refused password or certificate does not get better by asking again; some servers lock the account.
fn needs_user(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Auth | Kind::Untrusted | Kind::Config)
}

/// A byte of chance for the length of a pause; the middle where the system has none to give.
fn luck() -> u8 {
    let mut byte = [128];
    let _ = getrandom::fill(&mut byte);
    byte.first().copied().unwrap_or(128)
}
