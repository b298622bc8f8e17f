//! Tells me that a client wrote: by the desktop, by the bell, by a program of mine.
//!
//! What is worth it is decided in `domain::notice`; here it is looked up in the store and carried out, on a thread of its own, because a desktop
//! or a program may take its time.

use super::network::News;
use crate::config::secrets::{answer, complaint, wait};
use crate::domain::id;
use crate::domain::notice::{Candidate, Channels, Notice};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::status::AccountState;
use crate::domain::text::{Text, plural};
use crate::store::Store;
use crossbeam_channel::{Sender, unbounded};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Letters that come within this time after a notice are told together.
const TOGETHER: Duration = Duration::from_secs(5);
/// How far back arrivals are looked up; what is too old for a notice is sorted out by `domain::notice`.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);
/// How long the program may take: a bot on the other side of the world needs seconds.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// A value handed to the program is no longer than this, in characters.
const LONGEST_VALUE: usize = 1_000;

/// Looks for letters worth a notice, and tells.
pub struct Herald {
    channels: Channels,
    zone: TimeZone,
    news: Sender<News>,
    /// The letter stored last when it was last looked.
    last: id::Message,
    /// Since when each account's mail is known; none before its first sync ended.
    known_since: BTreeMap<id::Account, Timestamp>,
    came: Vec<Candidate>,
    not_before: Instant,
    crier: Sender<Notice>,
}

impl Herald {
    /// What is in the store now is no news.
    ///
    /// # Errors
    /// When the store cannot be read or a thread cannot be started.
    pub fn new(store: &Store, channels: Channels, zone: TimeZone, news: Sender<News>) -> Result<Self> {
        let (crier, notices) = unbounded::<Notice>();
        let (wanted, told) = (channels.clone(), news.clone());
        if wanted.desktop || wanted.command.is_some() {
            let cry = move || {
                // A way that fails is said once, until it has worked again.
                let mut failing = [false; 2];
                for notice in notices {
                    let ways =
                        [wanted.desktop.then(|| show(&notice)), wanted.command.as_ref().map(|c| run(c, &notice))];
                    for (failing, outcome) in failing.iter_mut().zip(ways) {
                        let Some(outcome) = outcome else { continue };
                        let failed = outcome.is_err();
                        if let Err(problem) = outcome
                            && !*failing
                        {
                            let _ = told.send(News::Trouble(problem));
                        }
                        *failing = failed;
                    }
                }
            };
            std::thread::Builder::new()
                .name("notices".to_owned())
                .spawn(cry)
                .map_err(|error| Problem::new(Kind::Internal, format!("a thread could not be started: {error}")))?;
        }
        let states = store.account_states()?;
        let known_since = states.iter().filter_map(|state| Some((state.id, state.last_sync?))).collect();
        let last = store.newest_message()?;
        Ok(Self { channels, zone, news, last, known_since, came: Vec::new(), not_before: Instant::now(), crier })
    }

    /// Looks at what was stored since the last look.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn look(&mut self, store: &Store, states: &[AccountState]) -> Result<()> {
        if !self.channels.any() {
            return Ok(());
        }
        let newest = store.newest_message()?;
        if newest > self.last {
            let now = Timestamp::now();
            let since = now.checked_sub(LOOK_BACK).unwrap_or(now);
            let found = store.client_letters_after(self.last, since)?;
            let known = &self.known_since;
            self.came.extend(found.into_iter().filter(|it| it.is_news(known.get(&it.account).copied(), now)));
            self.last = newest;
        }
        // After the look: what a first sync brought is no news.
        for state in states {
            if let Some(at) = state.last_sync {
                self.known_since.entry(state.id).or_insert(at);
            }
        }
        Ok(())
    }

    /// Tells what came, soon after it came and not too often. Whoever does not carry only rings: the owner of the network does the rest.
    pub fn tell(&mut self, carrying: bool) {
        if self.came.is_empty() || Instant::now() < self.not_before {
            return;
        }
        let now = jiff::Zoned::now().with_time_zone(self.zone.clone());
        let notice = Notice::of(&std::mem::take(&mut self.came), &self.channels.hours, &now);
        let Some(notice) = notice else { return };
        self.not_before = Instant::now() + TOGETHER;
        if self.channels.bell {
            let _ = self.news.send(News::Bell(notice.clone()));
        }
        if carrying {
            let _ = self.crier.send(notice);
        }
    }
}

/// Shows it on the desktop.
fn show(notice: &Notice) -> Result<()> {
    // The desktop's specification has markup in the body; a subject must not be taken for some.
    let body = notice.body().as_str().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let shown = notify_rust::Notification::new()
        .appname("Postbook")
        .icon("mail-unread")
        .summary(notice.title().as_str())
        .body(&body)
        .show();
    shown.map(drop).map_err(|error| {
        let reason = Text::line(&error.to_string());
        Problem::new(Kind::Config, format!("the desktop shows no notices: {reason}"))
            .hint("on a machine without a desktop leave desktop = true out of [notices]")
    })
}

/// What the program is told, in its environment: arguments can be read by every user of the machine.
fn variables(notice: &Notice) -> Vec<(&'static str, String)> {
    let Candidate { message, account_name, sender, address, subject, client, company, deal, .. } = &notice.newest;
    let text = |text: Option<&Text>| text.map(Text::as_str).unwrap_or_default().to_owned();
    let values = vec![
        ("POSTBOOK_SENDER", sender.as_str().to_owned()),
        ("POSTBOOK_ADDRESS", address.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("POSTBOOK_SUBJECT", subject.as_str().to_owned()),
        ("POSTBOOK_CLIENT", text(client.as_ref())),
        ("POSTBOOK_COMPANY", text(company.as_ref())),
        ("POSTBOOK_DEAL", text(deal.as_ref())),
        ("POSTBOOK_ACCOUNT", account_name.as_str().to_owned()),
        ("POSTBOOK_MESSAGE", message.to_string()),
        ("POSTBOOK_LETTERS", notice.letters.to_string()),
        ("POSTBOOK_CLIENTS", notice.clients.to_string()),
        ("POSTBOOK_SUMMARY", notice.summary().as_str().to_owned()),
    ];
    values.into_iter().map(|(name, value)| (name, value.chars().take(LONGEST_VALUE).collect())).collect()
}

/// Runs my program, without a shell.
fn run((program, arguments): &(String, Vec<String>), notice: &Notice) -> Result<()> {
    run_within(program, arguments, notice, COMMAND_LIMIT)
}

fn run_within(program: &str, arguments: &[String], notice: &Notice, limit: Duration) -> Result<()> {
    let named = Text::line(program);
    let failed = |why: String| Problem::new(Kind::Config, format!("the command of [notices], {named}, {why}"));
    let mut child = Command::new(program)
        .args(arguments)
        .envs(variables(notice))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {error}")).hint("it runs without a shell; name a script"))?;
    let said = child.stderr.take().map(complaint);
    let Some(status) = wait(&mut child, Instant::now() + limit) else {
        return Err(failed(format!("did not end within {}", plural(limit.as_secs(), "second", "seconds"))));
    };
    if status.success() {
        return Ok(());
    }
    let said =
        said.and_then(answer).filter(|said| !said.is_empty()).map(|said| format!(": {said}")).unwrap_or_default();
    Err(failed(format!("failed ({status}){said}")).hint("it is run again with the next letter; this is said once"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::domain::address::Address;

    fn notice() -> Notice {
        Notice {
            newest: Candidate {
                message: id::Message(7),
                account: id::Account(1),
                account_name: Text::own("work"),
                sender: Text::line("Anna \"$(id)\" Nowak"),
                address: Address::parse("anna@klient.example"),
                subject: Text::line(&format!("Offer; rm -rf /\n{}", "x".repeat(5_000))),
                client: Some(Text::own("Anna Nowak")),
                company: None,
                deal: Some(Text::own("Desks")),
                arrived_at: Timestamp::UNIX_EPOCH,
            },
            letters: 1,
            clients: 1,
        }
    }

    fn shell(script: &str, limit: Duration) -> Result<()> {
        run_within("sh", &["-c".to_owned(), script.to_owned()], &notice(), limit)
    }

    #[test]
    fn the_program_is_told_in_its_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told");
        let script = format!("env | grep ^POSTBOOK_ | sort > {}", file.display());
        shell(&script, Duration::from_secs(60)).unwrap();
        let told = std::fs::read_to_string(file).unwrap();
        for line in [
            "POSTBOOK_SENDER=Anna \"$(id)\" Nowak",
            "POSTBOOK_ADDRESS=anna@klient.example",
            "POSTBOOK_CLIENT=Anna Nowak",
            "POSTBOOK_COMPANY=",
            "POSTBOOK_DEAL=Desks",
            "POSTBOOK_ACCOUNT=work",
            "POSTBOOK_MESSAGE=7",
        ] {
            assert!(told.lines().any(|told| told == line), "{line} is not in {told:.900}");
        }
        assert_eq!(told.lines().count(), 11, "a line end in a subject makes no line: {told:.900}");
        assert!(told.lines().all(|line| line.len() < 1_100));
    }

    #[test]
    fn a_program_that_fails_says_why() {
        for (script, limit, said) in [
            ("echo no token >&2; exit 3", 60, "no token"),
            ("exit 1", 60, "failed"),
            ("exec sleep 600", 0, "did not end within 0 seconds"),
        ] {
            let problem = shell(script, Duration::from_secs(limit)).unwrap_err();
            assert!(problem.sentence.contains(said), "{script}: {problem}");
        }
        let problem = run_within("no-such-program-here", &[], &notice(), Duration::from_secs(9)).unwrap_err();
        assert!(problem.sentence.contains("no-such-program-here, cannot be run"), "{problem}");
    }
}
