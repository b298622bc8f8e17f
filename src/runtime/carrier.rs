//! Who carries letters: this program, or another one on the same store.
//!
//! One of them owns the network (see [`super::owner`]); the others watch the store for what it brings, leave in the store what they want done,
//! and take the network over when the owner ends, however it ends. The owner watches the store for what the others want.

use super::mailing::Mailer;
use super::network::{Line, Network, News};
use super::notices::Herald;
use super::owner::Owner;
use super::upkeep::Upkeep;
use super::writing::Office;
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::notice::Channels;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::status::AccountState;
use crate::domain::work_time::WorkTime;
use crate::store::Store;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the store is asked whether somebody else wrote to it. Asking reads a few bytes of shared memory.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// How often a program that does not own the network tries to.
const TAKE_EVERY: Duration = Duration::from_secs(1);
/// What is visible is read again at most this often because of others.
const TELL_EVERY: Duration = Duration::from_millis(400);
/// While this program writes all the time itself, what others wrote is told at least this often.
const TELL_BETWEEN: Duration = Duration::from_secs(2);

/// Everything a carrier works with, in plain values.
#[derive(Clone)]
pub struct Freight {
    /// The store.
    pub store_file: PathBuf,
    /// Where the lock of the network stands.
    pub data_dir: PathBuf,
    /// The way to each account's servers.
    pub lines: Vec<Line>,
    /// My addresses and domains.
    pub own: Own,
    /// Who makes the letters of mailings.
    pub mailer: Mailer,
    /// How often everything is looked at when nothing happens.
    pub every: Duration,
    /// How I want to be told of clients' letters.
    pub channels: Channels,
    /// Where I am: quiet hours are mine.
    pub zone: TimeZone,
    /// When I work.
    pub work: WorkTime,
    /// The last program that had the store did not end well.
    pub left_open: bool,
    /// Who writes, with what: letters that are due because something happened.
    pub office: Office,
}

/// What is asked of the carrier.
enum Ask {
    Sync,
    Account(id::Account),
    Wish,
    Send,
    End(Duration),
}

/// Carries letters on a thread of its own until it is ended.
pub struct Carrier {
    ask: Sender<Ask>,
    thread: JoinHandle<()>,
}

impl Carrier {
    /// Starts it; what happens is told to `news`, first of all who carries.
    ///
    /// # Errors
    /// When the store cannot be opened or a thread cannot be started.
    pub fn start(freight: Freight, news: Sender<News>) -> Result<Self> {
        let store = Store::open(&freight.store_file)?;
        let herald = Herald::new(&store, freight.channels.clone(), freight.zone.clone(), news.clone())?;
        let now = Instant::now();
        let mut carrying = Carrying {
            version: store.data_version()?,
            writes: Store::writes(),
            asked: store.sync_asked_for()?,
            departure: None,
            wishes: 0,
            files: None,
            states: Vec::new(),
            next_take: now,
            next_tell: now,
            tell_by: None,
            told_owner: None,
            network: None,
            upkeep: None,
            herald,
            store,
            freight,
            news,
        };
        let (ask, asked) = unbounded();
        let thread = std::thread::Builder::new()
            .name("carry".to_owned())
            .spawn(move || carrying.run(&asked))
            .map_err(|error| Problem::new(Kind::Internal, format!("a thread could not be started: {error}")))?;
        Ok(Self { ask, thread })
    }

    /// Syncs every account now, or asks whoever carries to.
    pub fn sync_now(&self) {
        let _ = self.ask.send(Ask::Sync);
    }

    /// Tries one account again, or asks whoever carries to try all.
    pub fn sync_account(&self, account: id::Account) {
        let _ = self.ask.send(Ask::Account(account));
    }

    /// Something was done that the servers may have to learn.
    pub fn wish_now(&self) {
        let _ = self.ask.send(Ask::Wish);
    }

    /// Looks into the outbox now.
    pub fn send_now(&self) {
        let _ = self.ask.send(Ask::Send);
    }

    /// Ends the work; a letter that is just being handed over gets this long.
    pub fn end(self, patience: Duration) {
        let _ = self.ask.send(Ask::End(patience));
        let _ = self.thread.join();
    }
}

struct Carrying {
    freight: Freight,
    store: Store,
    news: Sender<News>,
    network: Option<(Network, Owner)>,
    /// Makes backups while this program owns the network.
    upkeep: Option<Upkeep>,
    herald: Herald,
    version: i64,
    writes: u64,
    asked: Option<Timestamp>,
    departure: Option<Timestamp>,
    wishes: u64,
    /// When a file that is on the server was last wanted.
    files: Option<i64>,
    states: Vec<AccountState>,
    next_take: Instant,
    next_tell: Instant,
    /// Somebody else wrote, which is to be told by then.
    tell_by: Option<Instant>,
    told_owner: Option<bool>,
}

impl Carrying {
    fn run(&mut self, asked: &Receiver<Ask>) {
        loop {
            self.take_over();
            if let Err(problem) = self.look() {
                tracing::warn!(%problem, "the store could not be watched");
            }
            self.herald.tell(self.network.is_some());
            match asked.recv_timeout(LOOK_EVERY) {
                Ok(Ask::End(patience)) => return self.end(patience),
                Ok(ask) => self.pass_on(&ask),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.end(Duration::ZERO),
            }
        }
    }

    fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    fn pass_on(&mut self, ask: &Ask) {
        match (ask, &self.network) {
            (Ask::Sync, Some((network, _))) => network.sync_now(),
            (Ask::Account(account), Some((network, _))) => network.sync_account(*account),
            (Ask::Wish, Some((network, _))) => network.wish_now(),
            (Ask::Send, Some((network, _))) => network.send_now(),
            // Letters and wishes stand in the store; only "sync now" does not.
            (Ask::Sync | Ask::Account(_), None) => {
                if let Err(problem) = self.store.ask_for_sync(Timestamp::now()) {
                    self.tell(News::Trouble(problem));
                }
            }
            _ => {}
        }
    }

    /// Takes the network when nobody has it.
    fn take_over(&mut self) {
        if self.network.is_some() || Instant::now() < self.next_take {
            return;
        }
        self.next_take = Instant::now() + TAKE_EVERY;
        let Freight { store_file, data_dir, lines, own, mailer, every, .. } = &self.freight;
        let taken = Owner::take(data_dir).and_then(|owner| {
            let Some(owner) = owner else { return Ok(None) };
            Ok(Some((Network::start(store_file, lines, own, mailer, *every, &self.news)?, owner)))
        });
        match taken {
            Ok(network) => {
                let start = || Upkeep::start(&self.freight, self.news.clone());
                self.upkeep = network.is_some().then(start);
                self.network = network;
            }
            Err(problem) => {
                self.next_take = Instant::now() + TAKE_EVERY * 10;
                self.tell(News::Trouble(problem));
            }
        }
        let owner = self.network.is_some();
        if self.told_owner != Some(owner) {
            self.told_owner = Some(owner);
            self.tell(News::Carrying(owner));
        }
    }

    /// Looks whether somebody wrote to the store, and what follows from it.
    fn look(&mut self) -> Result<()> {
        let (version, writes) = (self.store.data_version()?, Store::writes());
        let (changed, ours) = (version != self.version, writes != self.writes);
        (self.version, self.writes) = (version, writes);
        let now = Instant::now();
        if changed {
            // What this program wrote was told when it happened. Where both wrote, the others' part must not be missed.
            let by = if ours && self.network.is_some() { now + TELL_BETWEEN } else { now };
            self.tell_by = Some(self.tell_by.map_or(by, |before| before.min(by)));
            self.read_again()?;
        } else if self.states.is_empty() {
            self.read_again()?;
        }
        if self.tell_by.is_some_and(|by| by <= now) && now >= self.next_tell {
            (self.tell_by, self.next_tell) = (None, now + TELL_EVERY);
            self.tell(News::StoreChanged);
        }
        Ok(())
    }

    fn read_again(&mut self) -> Result<()> {
        let states = self.store.account_states()?;
        if states != self.states {
            self.states.clone_from(&states);
            self.tell(News::Accounts(states));
        }
        self.herald.look(&self.store, &self.states)?;
        let Some((network, _)) = &self.network else { return Ok(()) };
        let asked = self.store.sync_asked_for()?;
        if asked > self.asked {
            network.sync_now();
        }
        self.asked = asked;
        let departure = self.store.next_departure()?;
        if departure != self.departure {
            network.send_now();
        }
        self.departure = departure;
        let mut wishes = 0;
        for line in &self.freight.lines {
            wishes += self.store.wishes_pending(line.account)?;
        }
        let files = self.store.last_whole_wanted()?;
        if files > self.files {
            network.files_now();
        }
        self.files = files;
        // More than before: a wish the server does not grant is tried at the regular sync, not for ever.
        if wishes > self.wishes {
            network.wish_now();
        }
        self.wishes = wishes;
        Ok(())
    }

    fn end(&mut self, patience: Duration) {
        if let Some((network, owner)) = self.network.take() {
            network.stop(patience);
            // The last look of this day, so far.
            let now = jiff::Zoned::now().with_time_zone(self.freight.zone.clone());
            if let Err(problem) = self.store.note_counters(&now, &self.freight.work) {
                tracing::warn!(%problem, "what waits could not be noted");
            }
            if let Err(problem) = self.store.close_accounts() {
                tracing::warn!(%problem, "how the accounts stand could not be kept");
            }
            // The lock ends with the program: a thread that still finishes its sync must not meet the next owner.
            std::mem::forget(owner);
        }
    }
}
