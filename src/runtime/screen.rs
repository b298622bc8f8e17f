//! The loop behind the screens: events in, effects out, one frame drawn when nothing more waits.
//!
//! This thread only updates and draws. Questions go to the clerks that answer them, acts to the acting clerk, each with its own
//! connection to the store, so that no key ever waits for a query or for the network.

use super::carrier::{Carrier, Freight};
use super::clerk::Clerk;
use super::console::Console;
use super::credentials::Credentials;
use super::letters::with_files;
use super::loads::{drop_superseded, is_load};
use super::mailing::Mailer;
use super::network::News;
use super::searching::is_search;
use super::wanted::{self, Wanted};
use super::writing::Office;
use crate::domain::draft;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::Store;
use crate::sync::account::Progress;
use crate::sync::drafts::DraftNews;
use crate::ui::effect::{Effect, RenewAct, TemplateAct};
use crate::ui::event::{Changed, Event, TemplateAnswer};
use crate::ui::terminal::Terminal;
use crate::ui::theme::Theme;
use crate::ui::{Setup, State, update, view};
use crossbeam_channel::{Receiver, Sender, select, tick, unbounded};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use signal_hook::consts::SIGTSTP;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a letter on its way is waited for at the end; most servers answer in a second or two.
const PATIENCE: Duration = Duration::from_secs(5);

/// What drains the outbox and brings mail.
pub enum Post {
    /// The accounts' servers.
    Network(Box<Freight>),
    /// The demo's: letters become files, and clients of paper answer.
    Demo {
        /// Where letters go.
        outbox: PathBuf,
    },
}

/// Everything the screens run with, in plain values.
pub struct Program {
    /// The store.
    pub store_file: PathBuf,
    /// Who writes, with what.
    pub office: Office,
    /// Times are shown in this zone.
    pub zone: TimeZone,
    /// Colours.
    pub theme: Theme,
    /// Where mail comes from and goes to.
    pub post: Post,
    /// Where saved attachments go.
    pub downloads: PathBuf,
    /// Where passwords and tokens are.
    pub credentials: Credentials,
    /// To be said at the start.
    pub warnings: Vec<Text>,
    /// The `mailto:` link that is to be opened as a letter.
    pub link: Option<String>,
}

/// Runs the screens until the user quits, on a console that is open already or on one of their own. The terminal is
/// restored however this ends.
///
/// # Errors
/// When the terminal or the store cannot be used.
pub fn run(program: Program, console: Option<Console>) -> Result<()> {
    let office = Arc::new(program.office);
    let folder = tempfile_folder()?;
    let (answers, answered) = unbounded();
    let wanted = Wanted::default();
    let start = |name| {
        let clerk = clerk(&program.store_file, &office, &program.zone, &program.downloads, &folder)?;
        start_clerk(name, clerk, &wanted, &answers)
    };
    let acting = start("act")?;
    let mailing = start("mailing")?;
    let clerks =
        Clerks { reading: start("read")?, counting: start("count")?, looking: start("look")?, finding: start("find")? };
    let reckoning = super::reckoner::start(&program.store_file, &office.practice, &program.zone, &answers)?;
    index_cards(&program.store_file, &answers);
    let (news, heard) = unbounded();
    let mail = Mail::start(&program.store_file, &program.post, &office, &program.zone, &news)?;
    let setup = Setup {
        me: office.me.clone(),
        accounts: office.accounts.clone(),
        sources: program.credentials.sources(),
        zone: program.zone.clone(),
        theme: program.theme,
        demo: matches!(program.post, Post::Demo { .. }),
        undo_seconds: u32::try_from(office.undo.as_secs()).unwrap_or(0),
        own: office.own.clone(),
        practice: office.practice.clone(),
    };
    let Console { terminal, typed } = console.map_or_else(Console::open, Ok)?;
    let mut desk = Desk {
        state: State::new(setup),
        terminal,
        clerks,
        wanted,
        acting,
        mailing,
        reckoning,
        mail,
        answers,
        credentials: program.credentials,
        stop: Arc::default(),
        zone: program.zone,
        opened: folder.clone(),
        quit: false,
    };
    for warning in program.warnings {
        desk.happen(Event::Problem(Problem::new(Kind::Config, warning)));
    }
    if let Some(link) = program.link {
        desk.dispatch(Effect::StartMailto { link });
    }
    let outcome = desk.run(&typed, &answered, &heard);
    desk.leave();
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

/// A folder that only I can read, for attachments handed to other programs; removed at the end.
fn tempfile_folder() -> Result<PathBuf> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)
        .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
    let folder = std::env::temp_dir().join(format!("postbook-{:016x}", u64::from_le_bytes(random)));
    crate::config::paths::make_private_folder(&folder).map_err(|error| {
        Problem::new(Kind::Store, format!("the folder {} cannot be made: {error}", folder.display()))
    })?;
    Ok(folder)
}

fn clerk(store_file: &Path, office: &Arc<Office>, zone: &TimeZone, downloads: &Path, opened: &Path) -> Result<Clerk> {
    Ok(Clerk {
        store: Store::open(store_file)?,
        office: Arc::clone(office),
        fresh: RefCell::new(None),
        zone: zone.clone(),
        downloads: downloads.to_owned(),
        opened: opened.to_owned(),
    })
}

/// The clerk's thread. What it reads it gives up when that was asked again; what it is told to do it does.
fn start_clerk(name: &str, mut clerk: Clerk, wanted: &Wanted, answers: &Sender<Event>) -> Result<Sender<Effect>> {
    let (ask, asked) = unbounded::<Effect>();
    let (at_work, answers) = (wanted.watch(&mut clerk.store)?, answers.clone());
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let mut queue = VecDeque::new();
            while let Some(effect) = queue.pop_front().or_else(|| asked.recv().ok()) {
                queue.push_front(effect);
                queue.extend(asked.try_iter());
                let dropped = drop_superseded(&mut queue);
                let done = queue.pop_front().map(|effect| {
                    at_work.begin(&effect);
                    clerk.perform(effect)
                });
                for event in dropped.into_iter().chain(done.unwrap_or_default()) {
                    let _ = answers.send(event);
                }
            }
        })
        .map_err(no_thread)?;
    Ok(ask)
}

/// Cards that were brought in since (50,000 of them take seconds) are indexed beside everything else, and not before the first search.
fn index_cards(store_file: &Path, answers: &Sender<Event>) {
    let (file, answers) = (store_file.to_owned(), answers.clone());
    let work = move || match Store::open(&file).and_then(|store| store.index_all_cards()) {
        Ok(0) => {}
        // A search that is open finds them now.
        Ok(_) => drop(answers.send(Event::Changed(Vec::new()))),
        Err(problem) => tracing::warn!(%problem, "cards could not be indexed"),
    };
    if let Err(error) = std::thread::Builder::new().name("index".to_owned()).spawn(work) {
        tracing::warn!(%error, "no thread to index cards");
    }
}

fn no_thread(error: std::io::Error) -> Problem {
    Problem::new(Kind::Internal, format!("a thread could not be started: {error}"))
}

/// Whoever carries letters in and out.
enum Mail {
    Network(Carrier),
    Demo(super::demo::Post),
}

impl Mail {
    fn start(store_file: &Path, post: &Post, office: &Office, zone: &TimeZone, news: &Sender<News>) -> Result<Self> {
        Ok(match post {
            Post::Network(freight) => Self::Network(Carrier::start(freight.as_ref().clone(), news.clone())?),
            Post::Demo { outbox } => {
                let account =
                    office.accounts.first().ok_or_else(|| Problem::new(Kind::Internal, "the demo has no account"))?;
                let own = office.own.clone();
                let (templates, zone) = (office.clone(), zone.clone());
                let mailer = Mailer { office: Arc::new(move || templates.clone()), zone };
                Self::Demo(super::demo::Post::start(store_file, outbox, account.id, own, Some(mailer), news.clone())?)
            }
        })
    }

    fn send_now(&self) {
        match self {
            Self::Network(carrier) => carrier.send_now(),
            Self::Demo(post) => post.wake(),
        }
    }

    fn wish_now(&self) {
        if let Self::Network(carrier) = self {
            carrier.wish_now();
        }
    }

    fn sync_now(&self) {
        match self {
            Self::Network(carrier) => carrier.sync_now(),
            Self::Demo(post) => post.wake(),
        }
    }

    fn sync_account(&self, account: id::Account) {
        if let Self::Network(carrier) = self {
            carrier.sync_account(account);
        }
    }
}

/// Who answers questions, each with its own connection to the store.
struct Clerks {
    reading: Sender<Effect>,
    counting: Sender<Effect>,
    looking: Sender<Effect>,
    finding: Sender<Effect>,
}

impl Clerks {
    fn of(&self, question: &Effect) -> &Sender<Effect> {
        match wanted::Desk::of(question) {
            wanted::Desk::Reading => &self.reading,
            wanted::Desk::Counting => &self.counting,
            wanted::Desk::Looking => &self.looking,
            wanted::Desk::Finding => &self.finding,
        }
    }
}

struct Desk {
    state: State,
    terminal: Terminal,
    clerks: Clerks,
    wanted: Wanted,
    acting: Sender<Effect>,
    /// Whoever prepares and checks mailings: thousands of letters are made for that, and no other act waits for them.
    mailing: Sender<Effect>,
    /// Whoever computes reports: they may take a second, and no other question waits for them.
    reckoning: Sender<Effect>,
    mail: Mail,
    answers: Sender<Event>,
    credentials: Credentials,
    /// Ends the provider's sign-in that goes on.
    stop: Arc<AtomicBool>,
    zone: TimeZone,
    opened: PathBuf,
    quit: bool,
}

impl Desk {
    fn run(&mut self, typed: &Receiver<Event>, answered: &Receiver<Event>, heard: &Receiver<News>) -> Result<()> {
        let (width, height) = self.terminal.size()?;
        self.happen(Event::Started { now: Timestamp::now(), width, height });
        let seconds = tick(Duration::from_secs(1));
        while !self.quit {
            self.draw()?;
            select! {
                recv(typed) -> event => match event {
                    Ok(event) => self.happen(event),
                    Err(_) => self.quit = true, // the terminal is gone
                },
                recv(answered) -> event => event.into_iter().for_each(|event| self.happen_here(event)),
                recv(heard) -> news => news.into_iter().for_each(|news| self.hear(news)),
                recv(seconds) -> _ => self.happen(Event::Tick { now: Timestamp::now() }),
            }
            // What came meanwhile is taken in before the next frame; never so much that a key waits for it.
            for _ in 0..64 {
                if let Ok(event) = typed.try_recv() {
                    self.happen(event);
                } else if let Ok(event) = answered.try_recv() {
                    self.happen_here(event);
                } else {
                    break;
                }
            }
            for news in heard.try_iter().take(64).collect::<Vec<_>>() {
                self.hear(news);
            }
        }
        Ok(())
    }

    /// The terminal is the shell's again; a letter just being handed over gets a while, so that its fate is known.
    fn leave(self) {
        drop(self.terminal);
        if let Mail::Network(carrier) = self.mail {
            carrier.end(PATIENCE);
        }
    }

    fn draw(&mut self) -> Result<()> {
        let state = &self.state;
        self.terminal.leave_mouse(state.shows_address());
        self.terminal.draw(|frame| view(state, frame))
    }

    /// Something happened, of which whoever carries letters need not know.
    fn take_in(&mut self, event: Event) {
        // A window that was small for a moment has forgotten what it cut off, also when it has its old size again.
        if matches!(event, Event::Resize { .. }) {
            self.redraw();
        }
        for effect in update(&mut self.state, event) {
            self.dispatch(effect);
        }
    }

    fn happen(&mut self, event: Event) {
        let wakes_post = matches!(event, Event::Queued { .. } | Event::Changed(_));
        self.take_in(event);
        if wakes_post {
            self.mail.send_now();
        }
    }

    /// A clerk's answer. What was changed here the servers learn soon, and not only at the next regular sync.
    fn happen_here(&mut self, event: Event) {
        let changed = matches!(event, Event::Changed(_));
        self.happen(event);
        if changed {
            self.mail.wish_now();
        }
    }

    fn hear(&mut self, news: News) {
        match news {
            News::StoreChanged => self.take_in(Event::Changed(vec![Changed::Everything])),
            News::Carrying(ours) => self.take_in(Event::Carrying(ours)),
            News::Accounts(states) => self.take_in(Event::AccountStates(states)),
            News::Bell(notice) => {
                self.terminal.ring();
                tracing::debug!(letters = notice.letters, "rang");
            }
            news => told(news).into_iter().for_each(|event| self.happen(event)),
        }
    }

    fn dispatch(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => self.quit = true,
            Effect::Redraw => self.redraw(),
            Effect::Suspend => self.suspend(),
            Effect::SyncNow => {
                self.mail.sync_now();
                let _ = self.acting.send(Effect::SyncNow);
            }
            Effect::SyncAccount(account) => {
                self.mail.sync_account(account);
                let _ = self.acting.send(Effect::SyncAccount(account));
            }
            Effect::Renew(RenewAct::StopSignIn) => self.stop.store(true, Ordering::Relaxed),
            Effect::Renew(renewal) => self.renew(renewal),
            Effect::OpenEditor(letter) => self.edit(&letter),
            Effect::Template(TemplateAct::Outside { text }) => self.edit_template(&text),
            mailing @ Effect::Mailing(_) => drop(self.mailing.send(mailing)),
            report @ Effect::LoadReport { .. } => drop(self.reckoning.send(report)),
            question if is_load(&question) || is_search(&question) => {
                self.wanted.ask(&question);
                drop(self.clerks.of(&question).send(question));
            }
            act => drop(self.acting.send(act)),
        }
    }

    /// Keeps a new password, or signs in anew, on a thread of its own: the keyring and the user may take their time.
    fn renew(&mut self, renewal: RenewAct) {
        self.stop.store(true, Ordering::Relaxed);
        self.stop = Arc::default();
        let (credentials, answers, stop) = (self.credentials.clone(), self.answers.clone(), Arc::clone(&self.stop));
        std::thread::spawn(move || {
            let (account, outcome) = match renewal {
                RenewAct::KeepPassword { account, imap, smtp } => {
                    (account, credentials.keep(account, imap.as_ref(), smtp.as_ref()))
                }
                RenewAct::SignIn { account, with_code } => {
                    let mut show = |prompt| drop(answers.send(Event::SignInPrompted { account, prompt }));
                    let stopped = || stop.load(Ordering::Relaxed);
                    let outcome = credentials.sign_in(account, with_code, &mut show, &stopped);
                    if outcome.is_err() && stopped() {
                        // Nobody waits for it any more.
                        return;
                    }
                    (account, outcome)
                }
                RenewAct::StopSignIn => return,
            };
            // The screens may have ended meanwhile.
            let _ = answers.send(Event::CredentialKept { account, outcome });
        });
    }

    fn redraw(&mut self) {
        if let Err(problem) = self.terminal.redraw() {
            self.happen(Event::Problem(problem));
        }
    }

    /// Gives the terminal to the shell until the user comes back (`fg`).
    fn suspend(&mut self) {
        let stop = || signal_hook::low_level::emulate_default_handler(SIGTSTP);
        if self.terminal.outside(stop).is_err() {
            self.quit = true; // the terminal did not come back
        }
        self.back();
    }

    fn back(&mut self) {
        if let Ok((width, height)) = self.terminal.size() {
            self.happen(Event::Resize { width, height });
        }
        self.happen(Event::Tick { now: Timestamp::now() });
    }

    fn edit_template(&mut self, text: &str) {
        let file = self.opened.join("template.md");
        let outcome = self.terminal.outside(|| run_editor_on(&file, text));
        let event = match outcome.and_then(|inner| inner) {
            Ok(text) => Event::Template(TemplateAnswer::Back { text }),
            Err(problem) => Event::Problem(problem),
        };
        self.back();
        let _ = self.answers.send(event);
    }

    fn edit(&mut self, letter: &Letter) {
        let file = self
            .opened
            .join(format!("letter-{}.eml.txt", Zoned::now().with_time_zone(self.zone.clone()).strftime("%H%M%S")));
        let outcome = self.terminal.outside(|| run_editor(&file, letter));
        let event = match outcome.and_then(|inner| inner) {
            Ok(letter) => Event::Edited { letter: Box::new(letter) },
            Err(problem) => Event::Problem(problem),
        };
        self.back();
        let _ = self.answers.send(event);
    }
}

/// Hands a template to the user's editor and gives back what it left.
fn run_editor_on(file: &Path, text: &str) -> Result<String> {
    let cannot =
        |error: std::io::Error| Problem::new(Kind::Input, format!("the editor's file cannot be used: {error}"));
    std::fs::write(file, text).map_err(cannot)?;
    start_editor(file, "the template is as it was before")?;
    let text = std::fs::read_to_string(file).map_err(cannot)?;
    let _ = std::fs::remove_file(file);
    Ok(text)
}

/// Hands a letter to the user's editor and reads it back. When it cannot be read back, the text stays in the file that the problem names.
fn run_editor(file: &Path, letter: &Letter) -> Result<Letter> {
    let cannot =
        |error: std::io::Error| Problem::new(Kind::Input, format!("the editor's file cannot be used: {error}"));
    std::fs::write(file, draft::to_editor(letter)).map_err(cannot)?;
    start_editor(file, "the letter is as it was before")?;
    let text = std::fs::read_to_string(file).map_err(cannot)?;
    let edited =
        draft::from_editor(&text, letter).and_then(with_files).map_err(|problem| problem.at(file.display()))?;
    let _ = std::fs::remove_file(file);
    Ok(edited)
}

/// Runs the user's editor on a file; `kept` says what an editor that failed leaves.
fn start_editor(file: &Path, kept: &str) -> Result<()> {
    let command = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_else(|_| "vi".to_owned());
    let cannot = |what: &str| {
        Problem::new(Kind::Input, format!("the editor {} {what}", Text::line(&command)))
            .hint("set VISUAL or EDITOR to an editor that is installed")
    };
    let words = shell_words::split(&command).map_err(|_| cannot("cannot be understood"))?;
    let (program, arguments) = words.split_first().ok_or_else(|| cannot("is empty"))?;
    let status = std::process::Command::new(program)
        .args(arguments)
        .arg(file)
        .status()
        .map_err(|error| cannot(&format!("could not be started: {error}")))?;
    if !status.success() {
        return Err(cannot(&format!("ended with an error; {kept}")));
    }
    Ok(())
}

fn drafts_told(news: DraftNews) -> Vec<Event> {
    match news {
        DraftNews::Came(draft) => vec![Event::Changed(vec![Changed::Draft(draft)])],
        DraftNews::Replaced(draft) => {
            vec![Event::DraftReplaced { draft }, Event::Changed(vec![Changed::Draft(draft)])]
        }
        DraftNews::Went(draft) => vec![Event::DraftWent { draft }, Event::Changed(vec![Changed::Draft(draft)])],
        DraftNews::Both(draft, subject) => vec![
            Event::Told(Text::from(format!(
                "The draft “{subject}” was changed here and on another device: both are kept (5 Outgoing, Drafts)."
            ))),
            Event::Changed(vec![Changed::Draft(draft)]),
        ],
    }
}

/// What the network tells, as the screens understand it.
fn told(news: News) -> Vec<Event> {
    match news {
        News::Progress(account, Progress::Fetching { folder, done, of }) => {
            vec![Event::SyncProgress { account, folder, done: done as u64, of: of as u64 }]
        }
        News::Progress(_, Progress::Changed(threads)) if threads.is_empty() => Vec::new(),
        News::Progress(_, Progress::Changed(threads)) if threads.len() > 50 => {
            vec![Event::Changed(vec![Changed::Everything])]
        }
        News::Progress(_, Progress::Changed(threads)) => {
            vec![Event::Changed(threads.into_iter().map(Changed::Thread).collect())]
        }
        News::Progress(_, Progress::Folder(_)) => Vec::new(),
        News::Sent(sent) => {
            let mut changed = vec![Changed::Outgoing(sent.id)];
            changed.extend(sent.thread.map(Changed::Thread));
            vec![Event::Changed(changed)]
        }
        News::Drafts(news) => news.into_iter().flat_map(drafts_told).collect(),
        News::Ended(account, outcome) => vec![Event::SyncEnded { account, problem: outcome.err() }],
        News::Trouble(problem) => vec![Event::Problem(problem)],
        News::StoreChanged | News::Carrying(_) | News::Accounts(_) | News::Bell(_) => Vec::new(),
    }
}
