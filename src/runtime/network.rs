//! The threads that talk to servers: for each account one that syncs, one that sends, one that only waits for news.
//!
//! They share nothing but the store. A letter never waits for a long sync, and a sync never for a slow SMTP server.
//! Wake channels hold one message: being woken twice is being woken once.

use super::login::LoginSource;
use crate::domain::account::{Endpoint, Login};
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::net::Timeouts;
use crate::net::imap::Session;
use crate::net::smtp::{self, Connection};
use crate::store::{Registration, Store};
use crate::sync::account::{FolderReport, Progress, register_folders, sync_folders};
use crate::sync::outbox::{Sent, provider_keeps_copy, send_due, settle_uncertain, store_copies};
use crossbeam_channel::{Receiver, Sender, after, bounded, select};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

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
    /// Called when the user wants everything tried again: a refused password counts as not refused, and both logins are
    /// asked for anew.
    pub forget_logins: Arc<dyn Fn() + Send + Sync>,
}

impl Line {
    /// Opens a connection for reading. A refused login is tried once more where its source has another one by now, and
    /// not again until something has changed.
    ///
    /// # Errors
    /// As [`Session::open`] and [`LoginSource::login`].
    pub fn session(&self) -> Result<Session> {
        self.imap_login.with(|login| Session::open(&self.imap, login, &Timeouts::default()))
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
    /// Sending could not even begin.
    Trouble(Problem),
}

/// After a failure the next try waits this long, doubling up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// RFC 2177 allows 29 minutes; routers forget silent connections after about ten (FIELD-NOTES, Servers).
const LONGEST_IDLE: Duration = Duration::from_secs(9 * 60);

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
    let name = Text::line(&line.registration.name);
    let outcome = run_sync(store, line, own, session, tell).map_err(|problem| problem.at(format!("account {name}")));
    if outcome.is_err() {
        *session = None;
    }
    let error = outcome.as_ref().err().map(ToString::to_string);
    store.note_sync(line.account, Timestamp::now(), error.as_deref())?;
    outcome
}

fn run_sync(
    store: &Store,
    line: &Line,
    own: &Own,
    kept: &mut Option<Session>,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<FolderReport>> {
    let name = Text::line(&line.registration.name);
    let session = match kept {
        Some(session) => session,
        None => kept.insert(line.session()?),
    };
    let folders = register_folders(store, session, line.account)?;
    store_copies(store, session, line.account, provider_keeps_copy(&line.smtp.host))?;
    settle_uncertain(store, session, line.account, own, &mut |sent| tell(News::Sent(sent)))?;
    // The cursors as they are after what was just done to the folders.
    let reports = sync_folders(store, session, line.account, own, &folders, &mut |progress| {
        tell(News::Progress(name.clone(), progress))
    })?;
    let repairs = session.repairs();
    if repairs > 0 {
        tracing::info!(account = %name, repairs, "the server's answers were repaired or dropped");
    }
    Ok(reports)
}

/// Sends what may leave now from one account.
///
/// # Errors
/// When the password cannot be had, or the store fails.
pub fn send_once(store: &Store, line: &Line, own: &Own, tell: &mut dyn FnMut(News)) -> Result<()> {
    if store.next_departure()?.is_none_or(|at| at > Timestamp::now()) {
        return Ok(());
    }
    // Before a letter is begun: a login that cannot be had, or was refused, is no trouble of the letter's.
    line.smtp_login.login()?;
    let timeouts = Timeouts::default();
    let open = |login: &Login| Connection::open(&line.smtp, Some(login), &timeouts);
    send_due(
        store,
        line.account,
        own,
        &mut |attempt, handing_over| {
            let mut open = || line.smtp_login.with(open);
            smtp::send_over(&mut open, &attempt.from, &attempt.to, &attempt.bytes, handing_over)
        },
        &mut |sent| tell(News::Sent(sent)),
    )
}

/// The threads of all accounts; dropping it stops them.
pub struct Network {
    stop: Arc<AtomicBool>,
    sync: Vec<Sender<()>>,
    wish: Vec<Sender<()>>,
    send: Vec<Sender<()>>,
    forget: Vec<Arc<dyn Fn() + Send + Sync>>,
    threads: Vec<JoinHandle<()>>,
}

impl Network {
    /// Starts the threads of every account.
    ///
    /// # Errors
    /// When a thread cannot be started or letters interrupted by a crash cannot be settled.
    pub fn start(
        store_file: &std::path::Path,
        lines: &[Line],
        own: &Own,
        every: Duration,
        news: &Sender<News>,
    ) -> Result<Self> {
        // Only the owner of the network comes here: whatever is still "sending" was interrupted.
        Store::open(store_file)?.outbox_after_crash()?;
        let mut network = Self {
            stop: Arc::default(),
            sync: Vec::new(),
            wish: Vec::new(),
            send: Vec::new(),
            forget: lines.iter().map(|line| Arc::clone(&line.forget_logins)).collect(),
            threads: Vec::new(),
        };
        for line in lines {
            let (wake_sync, sync_woken) = bounded(1);
            let (wish, wished) = bounded(1);
            let (wake_send, send_woken) = bounded(1);
            let worker = Worker {
                store_file: store_file.to_owned(),
                line: line.clone(),
                own: own.clone(),
                news: news.clone(),
                stop: Arc::clone(&network.stop),
                every,
            };
            let (sender, watcher, wake_from_send, wake_from_watch) =
                (worker.clone(), worker.clone(), wake_sync.clone(), wake_sync.clone());
            network.spawn("sync", move || worker.sync_loop(&sync_woken, &wished))?;
            network.spawn("send", move || sender.send_loop(&send_woken, &wake_from_send))?;
            network.spawn("watch", move || watcher.watch_loop(&wake_from_watch))?;
            network.sync.push(wake_sync);
            network.wish.push(wish);
            network.send.push(wake_send);
        }
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

    /// Syncs every account now, because the user wants it: also those whose login was refused.
    pub fn sync_now(&self) {
        for forget in &self.forget {
            forget();
        }
        self.wake_sync();
    }

    fn wake_sync(&self) {
        for wake in &self.sync {
            let _ = wake.try_send(());
        }
    }

    /// Something was done that the servers may have to learn.
    pub fn wish_now(&self) {
        for wish in &self.wish {
            let _ = wish.try_send(());
        }
    }

    /// Looks into the outbox now.
    pub fn send_now(&self) {
        for wake in &self.send {
            let _ = wake.try_send(());
        }
    }

    /// Waits for the threads, which end by themselves only when told to.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Network {
    /// Tells the threads to end and gives the ones that send a while for it, so that a letter half handed over is not
    /// left uncertain. Those that wait for a server's news are not waited for.
    pub fn stop(self, patience: Duration) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake_sync();
        self.send_now();
        let deadline = std::time::Instant::now() + patience;
        let busy = || self.threads.iter().any(|thread| thread.thread().name() == Some("send") && !thread.is_finished());
        while busy() && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The threads end at their next look; a program that quits does not wait for a server's answer.
        self.wake_sync();
        self.send_now();
    }
}

#[derive(Clone)]
struct Worker {
    store_file: PathBuf,
    line: Line,
    own: Own,
    news: Sender<News>,
    stop: Arc<AtomicBool>,
    every: Duration,
}

impl Worker {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    fn sync_loop(&self, woken: &Receiver<()>, wished: &Receiver<()>) {
        let mut session = None;
        let mut pause = FIRST_PAUSE;
        while !self.stopped() {
            let outcome = Store::open(&self.store_file)
                .and_then(|store| sync_once(&store, &self.line, &self.own, &mut session, &mut |news| self.tell(news)));
            let wait = match &outcome {
                Ok(_) => {
                    pause = FIRST_PAUSE;
                    self.every
                }
                // A refused login is not offered again meanwhile, only its source is looked at.
                Err(problem) if needs_user(problem) => LONGEST_PAUSE,
                Err(_) => {
                    let now = pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    now
                }
            };
            let reached = outcome.is_ok();
            self.tell(News::Ended(Text::line(&self.line.registration.name), outcome));
            let time = after(wait);
            loop {
                select! {
                    recv(woken) -> _ => break,
                    recv(time) -> _ => break,
                    // Acts do not shorten the pause after a failure.
                    recv(wished) -> wish => if wish.is_err() || (reached && self.wishes_pending()) { break },
                }
            }
        }
    }

    /// Whether the server has to learn something. What cannot be read now is found at the next regular sync.
    fn wishes_pending(&self) -> bool {
        Store::open(&self.store_file)
            .and_then(|store| store.wishes_pending(self.line.account))
            .is_ok_and(|pending| pending > 0)
    }

    fn send_loop(&self, woken: &Receiver<()>, wake_sync: &Sender<()>) {
        while !self.stopped() {
            let mut sent_some = false;
            let wait = Store::open(&self.store_file).and_then(|store| {
                send_once(&store, &self.line, &self.own, &mut |news| {
                    sent_some = true;
                    self.tell(news);
                })?;
                store.next_departure()
            });
            if sent_some {
                let _ = wake_sync.try_send(());
            }
            let wait = match wait {
                Ok(at) => until(at),
                Err(problem) => {
                    self.tell(News::Trouble(problem.at(format!("account {}", self.line.registration.name))));
                    Duration::from_secs(60)
                }
            };
            let _ = woken.recv_timeout(wait);
        }
    }

    /// The second connection: waits in IDLE on the inbox and only wakes the first. Where the server has no IDLE, or the
    /// connection fails, the regular sync is enough.
    fn watch_loop(&self, wake_sync: &Sender<()>) {
        let mut pause = FIRST_PAUSE;
        while !self.stopped() {
            match self.watch(wake_sync) {
                Ok(()) => return,
                Err(problem) => {
                    tracing::info!(account = self.line.registration.name, %problem, "waiting for news was interrupted");
                    pause = if needs_user(&problem) { LONGEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                }
            }
            let waited = std::time::Instant::now();
            while waited.elapsed() < pause && !self.stopped() {
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }

    fn watch(&self, wake_sync: &Sender<()>) -> Result<()> {
        let mut session = self.line.session()?;
        if !session.capabilities().idle {
            return Ok(());
        }
        session.examine("INBOX")?;
        while !self.stopped() {
            if session.idle(LONGEST_IDLE, &|| self.stopped())? {
                let _ = wake_sync.try_send(());
            }
        }
        Ok(())
    }
}

/// A refused password or certificate does not get better by asking again; some servers lock the account.
fn needs_user(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Auth | Kind::Untrusted | Kind::Config)
}

/// How long until then; without a time, until woken. The outbox is looked at every few seconds all the same: letters are
/// queued by other programs too (`postbook send` from a script).
fn until(at: Option<Timestamp>) -> Duration {
    let longest = Duration::from_secs(5);
    at.map_or(longest, |at| {
        Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO).min(longest)
    })
}
