//! The thread that syncs: everything now and then, one folder as soon as something happens in it.

use super::nerve::{Post, Wanted};
use super::{News, Worker, connected, luck, needs_user, noted, phase_after, sync_named, sync_once};
use crate::domain::account;
use crate::domain::backoff::{Backoff, asked_for, is_too_many};
use crate::domain::folder::Role;
use crate::domain::problem::{Kind, Problem, Result};
use crate::net::imap::{FolderState, Session};
use crate::store::{Cursor, FolderRecord, Store};
use crate::sync::account::FolderReport;
use crate::sync::drafts::QUIET;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The first pause after a failure, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// Too many connections: some other program of the user's has them, and closes them some day.
const NO_ROOM: Duration = Duration::from_secs(60);
/// Folders are looked at this much more often than everything is synced: STATUS for all of them is one exchange with most servers.
const LOOKS_PER_SYNC: u32 = 3;
/// And not more often than this.
const LEAST_LOOK: Duration = Duration::from_secs(10);
/// So soon after news of one folder everything is looked through, where that is needed.
const AFTER_NEWS: Duration = Duration::from_millis(500);
/// Pauses after news that were none: a server may tell of our own changes, or never stop telling.
const CALM: (Duration, Duration) = (Duration::from_millis(60), Duration::from_secs(2));

/// What the thread knows from one round to the next.
struct Round {
    session: Option<Session>,
    backoff: Backoff,
    calm: Backoff,
    /// The last try reached the server.
    reached: bool,
    next_sync: Instant,
    next_look: Instant,
    /// News are not looked at before.
    calm_until: Instant,
}

/// A draft that was just given to the server, or that it did not take, waits so long.
const DRAFTS_AGAIN: Duration = Duration::from_secs(8);

/// What is done now.
#[derive(Debug, PartialEq, Eq)]
enum Task {
    Everything,
    Folders(BTreeSet<String>),
    Look,
    Nothing,
}

impl Worker {
    pub(super) fn sync_loop(&self) {
        let now = Instant::now();
        let mut round = Round {
            session: None,
            backoff: Backoff::new(PAUSES.0, PAUSES.1),
            calm: Backoff::new(CALM.0, CALM.1),
            reached: false,
            next_sync: now,
            next_look: now,
            calm_until: now,
        };
        let mut wanted = Wanted::default();
        let mut drafts_tried = None;
        while !self.stopped() {
            let now = Instant::now();
            let mut drafts = self.drafts_in(now, drafts_tried).filter(|_| round.reached);
            if let Some((folder, Duration::ZERO)) = &drafts {
                wanted.folders.insert(folder.clone());
                (drafts_tried, drafts) = (Some(now), None);
            }
            if wanted.reconnect {
                round.session = None;
            }
            if round.reached && (wanted.files || (wanted.wishes && self.wishes_pending())) {
                wanted.everything = true;
            }
            let task = task(&wanted, &round, now);
            match &task {
                Task::Nothing => {}
                task => {
                    // What is wanted of folders is contained in everything.
                    wanted.folders.clear();
                    self.do_task(task, &mut round);
                }
            }
            wanted = Wanted { folders: wanted.folders, ..Wanted::default() };
            if self.stopped() {
                return;
            }
            let rest = round.rest(&wanted);
            self.nerve.wait(drafts.map_or(rest, |(_, due)| due.min(rest)));
            let fresh = self.nerve.take();
            wanted.folders.extend(fresh.folders);
            wanted = Wanted { folders: wanted.folders, ..fresh };
        }
    }

    /// The folder of drafts, and when one that was written here is given to it: when nobody has typed for a moment, and not at once
    /// again where the server did not take it.
    fn drafts_in(&self, now: Instant, tried: Option<Instant>) -> Option<(String, Duration)> {
        let line = &self.line;
        if line.registration.kind != account::Kind::Personal || line.registration.read_only {
            return None;
        }
        let found = Store::open(&self.store_file).and_then(|store| {
            let oldest = store.drafts_to_push(line.account, Timestamp::MAX)?.into_iter().map(|(_, saved)| saved).max();
            let Some(saved_at) = oldest else { return Ok(None) };
            Ok(store.folder_with_role(line.account, Role::Drafts)?.map(|folder| (folder.raw_name, saved_at)))
        });
        let (folder, saved_at) = found.ok().flatten()?;
        let quiet_at = saved_at.checked_add(QUIET).unwrap_or(saved_at);
        let due = Duration::try_from(quiet_at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO);
        let again = tried.map_or(Duration::ZERO, |tried| (tried + DRAFTS_AGAIN).saturating_duration_since(now));
        Some((folder, due.max(again)))
    }

    fn do_task(&self, task: &Task, round: &mut Round) {
        let mut shocks = self.nerve.shocks();
        let mut kept = round.session.is_some();
        let outcome = loop {
            let outcome = Store::open(&self.store_file).and_then(|store| self.attempt(&store, task, round));
            self.nerve.hold(Post::Working, round.session.as_ref().and_then(Session::lifeline));
            match outcome {
                // A connection that was kept and is dead now, or was ended because the network is another one, says nothing about
                // the server: a new one does.
                Err(problem)
                    if problem.kind == Kind::Network && (kept || shocks != self.nerve.shocks()) && !self.stopped() =>
                {
                    (kept, shocks) = (false, self.nerve.shocks());
                }
                outcome => break outcome,
            }
        };
        let now = Instant::now();
        round.reached = outcome.is_ok();
        match outcome {
            Err(problem) if problem.kind == Kind::Interrupted => {
                // The news first, then on with it.
                (round.reached, round.calm_until) = (true, now);
                round.next_sync = now + AFTER_NEWS;
            }
            Ok(reports) => {
                round.backoff.reset();
                let look_every = (self.every / LOOKS_PER_SYNC).max(LEAST_LOOK);
                round.next_look = now + look_every;
                if *task == Task::Everything {
                    round.next_sync = now + self.every;
                }
                // A letter that left one folder may have come to another: only a look at all of them tells.
                if *task != Task::Everything && reports.iter().any(|report| report.deleted > 0) {
                    round.next_sync = round.next_sync.min(now + AFTER_NEWS);
                }
                let news = reports.iter().any(|report| report.new + report.changed + report.deleted > 0);
                if news || *task == Task::Everything {
                    round.calm.reset();
                } else if matches!(task, Task::Folders(_)) {
                    round.calm_until = now + round.calm.next(luck());
                }
                self.tell(News::Ended(self.name(), Ok(reports)));
            }
            Err(problem) => {
                let pause = pause_after(&problem, &mut round.backoff, luck());
                round.next_sync = now + pause;
                self.note_pause(&problem, pause);
                self.tell(News::Ended(self.name(), Err(problem)));
            }
        }
    }

    fn attempt(&self, store: &Store, task: &Task, round: &mut Round) -> Result<Vec<FolderReport>> {
        let (line, own, kept) = (&self.line, &self.own, &mut round.session);
        let (fresh, nerve) = (kept.is_none(), Arc::clone(&self.nerve));
        let session = match connected(store, line, kept) {
            Ok(session) => session,
            Err(problem) => return noted(store, line, kept, Err(problem)),
        };
        // A letter that just came does not wait for a backlog.
        session.make_way_for(Arc::new(move || nerve.has_news()));
        let names = match task {
            // Nobody knows what happened while there was no connection.
            Task::Everything | Task::Nothing => None,
            _ if fresh => None,
            Task::Folders(names) => Some(names.clone()),
            Task::Look => match look(store, session, line.account) {
                Ok(names) => Some(names),
                Err(problem) => return noted(store, line, kept, Err(problem)),
            },
        };
        let mut tell = |news| self.tell(news);
        match names {
            None => sync_once(store, line, own, kept, &mut tell),
            Some(names) => sync_named(store, line, own, kept, &names, &mut tell),
        }
    }

    fn note_pause(&self, problem: &Problem, pause: Duration) {
        let next = SignedDuration::try_from(pause).ok().and_then(|pause| Timestamp::now().checked_add(pause).ok());
        let noted = Store::open(&self.store_file)
            .and_then(|store| store.note_phase(self.line.account, phase_after(problem), next));
        if let Err(problem) = noted {
            tracing::warn!(%problem, "how an account stands could not be kept");
        }
    }

    /// Whether the server has to learn something. What cannot be read now is found at the next regular sync.
    fn wishes_pending(&self) -> bool {
        Store::open(&self.store_file)
            .and_then(|store| store.wishes_pending(self.line.account))
            .is_ok_and(|pending| pending > 0)
    }
}

impl Round {
    /// How long nothing has to be done if nothing happens.
    fn rest(&self, wanted: &Wanted) -> Duration {
        let mut next = if self.reached { self.next_sync.min(self.next_look) } else { self.next_sync };
        if self.reached && !wanted.folders.is_empty() {
            next = next.min(self.calm_until);
        }
        next.saturating_duration_since(Instant::now())
    }
}

/// What is to be done. After a failure only time, the user or another network shorten the pause: news and acts do not.
fn task(wanted: &Wanted, round: &Round, now: Instant) -> Task {
    if wanted.everything || wanted.reconnect || now >= round.next_sync {
        return Task::Everything;
    }
    if !round.reached {
        return Task::Nothing;
    }
    if !wanted.folders.is_empty() && now >= round.calm_until {
        return Task::Folders(wanted.folders.clone());
    }
    if now >= round.next_look { Task::Look } else { Task::Nothing }
}

/// The folders where something happened since they were last known, by STATUS alone.
fn look(store: &Store, session: &mut Session, account: crate::domain::id::Account) -> Result<BTreeSet<String>> {
    let folders = store.folder_records(account)?;
    let names: Vec<&str> = folders.iter().map(|folder| folder.raw_name.as_str()).collect();
    let states = session.folder_states(&names)?;
    let mut stale = BTreeSet::new();
    for FolderRecord { id, raw_name, cursor, .. } in &folders {
        let Some(state) = states.iter().find(|state| state.raw_name == *raw_name) else { continue };
        let unseen = store.unseen_on_server(*id)?;
        if differs(cursor, unseen, state) {
            stale.insert(raw_name.clone());
        }
    }
    Ok(stale)
}

/// True when what the server says of a folder is not what is known of it. What it does not say differs from nothing.
fn differs(cursor: &Cursor, unseen: u64, state: &FolderState) -> bool {
    // 0 here: SELECT did not say either.
    let other = |said: Option<u32>, known: u32| known > 0 && said.is_some_and(|said| said != known);
    !cursor.complete
        || other(state.uid_validity, cursor.uid_validity)
        || other(state.uid_next, cursor.uid_next)
        || state.messages.is_some_and(|messages| cursor.server_count != Some(messages))
        || (cursor.highest_modseq > 0 && state.highest_modseq.is_some_and(|modseq| modseq != cursor.highest_modseq))
        // Without modification sequences the number of unseen letters is the one trace that reading elsewhere leaves.
        || ((state.highest_modseq.is_none() || cursor.highest_modseq == 0) && state.unseen.is_some_and(|said| u64::from(said) != unseen))
}

/// How long to wait before the next try.
fn pause_after(problem: &Problem, backoff: &mut Backoff, luck: u8) -> Duration {
    let pause = backoff.next(luck);
    if let Some(asked) = asked_for(&problem.sentence) {
        return asked.max(pause);
    }
    if needs_user(problem) {
        return PAUSES.1;
    }
    if is_too_many(&problem.sentence) { NO_ROOM.max(pause) } else { pause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(reached: bool, next_sync: i64, next_look: i64, calm: i64) -> (Round, Instant) {
        let now = Instant::now() + Duration::from_secs(1000);
        let at = |seconds: i64| {
            let away = Duration::from_secs(seconds.unsigned_abs());
            if seconds < 0 { now - away } else { now + away }
        };
        let backoff = Backoff::new(PAUSES.0, PAUSES.1);
        let round = Round {
            session: None,
            calm: backoff.clone(),
            backoff,
            reached,
            next_sync: at(next_sync),
            next_look: at(next_look),
            calm_until: at(calm),
        };
        (round, now)
    }

    #[test]
    fn what_is_done_now() {
        let folders = Wanted { folders: BTreeSet::from(["INBOX".to_owned()]), ..Wanted::default() };
        let everything = Wanted { everything: true, ..Wanted::default() };
        let reconnect = Wanted { reconnect: true, ..Wanted::default() };
        let inbox = || Task::Folders(folders.folders.clone());
        for (what, wanted, (round, now), expected) in [
            ("nothing happens", &Wanted::default(), round(true, 60, 20, -1), Task::Nothing),
            ("time for everything", &Wanted::default(), round(true, -1, 20, -1), Task::Everything),
            ("time for a look", &Wanted::default(), round(true, 60, -1, -1), Task::Look),
            ("news", &folders, round(true, 60, 20, -1), inbox()),
            ("news before a look", &folders, round(true, 60, -1, -1), inbox()),
            ("news that were none lately", &folders, round(true, 60, 20, 1), Task::Nothing),
            ("asked for", &everything, round(true, 60, 20, 1), Task::Everything),
            ("news after a failure", &folders, round(false, 60, -1, -1), Task::Nothing),
            ("asked for after a failure", &everything, round(false, 60, -1, -1), Task::Everything),
            ("another network after a failure", &reconnect, round(false, 60, -1, -1), Task::Everything),
            ("time after a failure", &Wanted::default(), round(false, -1, 20, -1), Task::Everything),
        ] {
            assert_eq!(task(wanted, &round, now), expected, "{what}");
        }
    }

    #[test]
    fn what_differs_is_looked_into() {
        let cursor =
            Cursor { uid_validity: 7, uid_next: 11, highest_modseq: 50, server_count: Some(9), complete: true };
        let same = FolderState {
            raw_name: "INBOX".to_owned(),
            messages: Some(9),
            unseen: Some(2),
            uid_next: Some(11),
            uid_validity: Some(7),
            highest_modseq: Some(50),
        };
        let plain = FolderState { highest_modseq: None, ..same.clone() };
        for (what, cursor, state, expected) in [
            ("the same", cursor, same.clone(), false),
            ("a letter came", cursor, FolderState { messages: Some(10), uid_next: Some(12), ..same.clone() }, true),
            ("one came, one went", cursor, FolderState { uid_next: Some(12), ..same.clone() }, true),
            ("a flag changed", cursor, FolderState { highest_modseq: Some(51), ..same.clone() }, true),
            ("numbered anew", cursor, FolderState { uid_validity: Some(8), ..same.clone() }, true),
            ("not complete", Cursor { complete: false, ..cursor }, same, true),
            ("says nothing", cursor, FolderState::default(), false),
            ("no CONDSTORE", cursor, plain.clone(), false),
            ("no CONDSTORE, read elsewhere", cursor, FolderState { unseen: Some(1), ..plain }, true),
        ] {
            assert_eq!(differs(&cursor, 2, &state), expected, "{what}");
        }
    }

    #[test]
    fn the_pause_depends_on_what_went_wrong() {
        let seconds = |kind, said: &str| {
            pause_after(&Problem::new(kind, said), &mut Backoff::new(PAUSES.0, PAUSES.1), 255).as_secs()
        };
        for (kind, said, expected) in [
            (Kind::Network, "closed the connection", 2),
            (Kind::Network, "too many connections", 60),
            (Kind::Network, "throttled. Suggested Backoff Time: 90000 milliseconds", 90),
            (Kind::Untrusted, "the certificate has expired", 300),
        ] {
            assert_eq!(seconds(kind, said), expected, "{said}");
        }
    }
}
