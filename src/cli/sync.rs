//! `postbook sync`: everything once, or stay and watch.

use super::args;
use super::context::Context;
use super::desk::Desk;
use super::output;
use super::progress::Reporter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::runtime::auto_replies;
use crate::runtime::backups::make_if_due;
use crate::runtime::carrier::{Carrier, Freight};
use crate::runtime::network::{Line, News, send_once, sync_once};
use crate::runtime::owner::Owner;
use crate::runtime::writing::Office;
use crossbeam_channel::{Receiver, bounded, unbounded};
use jiff::{SignedDuration, Timestamp};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A letter that is being handed over when we are told to stop may take this long to end well.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long another Postbook may take over a sync that is asked for.
const OTHERS_PATIENCE: Duration = Duration::from_secs(120);

/// Syncs what the arguments say. While another Postbook on this store owns the network, it is asked to.
///
/// # Errors
/// Another Postbook owns the network and does not come to an end; no such account; at the end, when some account failed.
pub fn run(context: &Context, args: &args::Sync) -> Result<()> {
    let desk = Desk::open(context)?;
    let lines = desk.lines_of(args.account.as_deref())?;
    let mut reporter = Reporter::new(&desk, args.json, args.watch);
    if args.watch {
        context.warn();
        return watch(&desk, &lines, &mut reporter);
    }
    context.warn();
    let asked = desk.now().timestamp();
    let deadline = Instant::now() + OTHERS_PATIENCE;
    loop {
        // Held for the whole run: nobody else sends or syncs meanwhile.
        if let Some(_owner) = Owner::take(&desk.paths.data_dir)? {
            return once(&desk, &lines, &mut reporter);
        }
        if done_by_another(&desk, &lines, asked)? {
            return by_another(&desk, &lines, args.json);
        }
        if Instant::now() > deadline {
            let sentence = "another Postbook on this store syncs, and has not been through for two minutes";
            return Err(Problem::new(Kind::Refused, sentence).hint("`postbook status` shows how far it is"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Asks the Postbook that owns the network for a sync; true when it has been through all of these accounts since.
fn done_by_another(desk: &Desk, lines: &[&Line], asked: Timestamp) -> Result<bool> {
    if desk.store.sync_asked_for()?.is_none_or(|at| at.as_millisecond() < asked.as_millisecond()) {
        desk.store.ask_for_sync(asked)?;
    }
    let states = desk.store.account_states()?;
    let tried = |line: &&Line| {
        let state = states.iter().find(|state| state.id == line.account);
        state.and_then(|state| state.last_try).is_some_and(|at| at >= asked)
    };
    Ok(lines.iter().all(tried))
}

/// Says what came of a sync that another Postbook did.
fn by_another(desk: &Desk, lines: &[&Line], json: bool) -> Result<()> {
    let mut failed = Vec::new();
    for state in desk.store.account_states()? {
        let mine = lines.iter().any(|line| line.account == state.id);
        if let Some(problem) = state.problem().filter(|_| mine) {
            output::problem(&problem);
            failed.push(state.name.to_string());
        }
    }
    if json {
        let _ = output::json(&serde_json::json!({ "event": "summary", "by_another": true, "failed": failed }))?;
    } else {
        let _ = output::print("Done by the Postbook that runs on this store.")?;
    }
    told(&failed, lines.len())
}

/// Fails when an account did; each was told when it happened.
fn told(failed: &[String], of: usize) -> Result<()> {
    if failed.is_empty() {
        return Ok(());
    }
    let what = plural(failed.len() as u64, "account", "accounts");
    let sentence = format!("{what} of {of} could not be synced: {}", failed.join(", "));
    Err(Problem::new(Kind::Network, Text::from(sentence).as_str()))
}

/// Syncs these accounts once; whoever calls owns the network.
///
/// # Errors
/// At the end, when some account failed.
pub fn once(desk: &Desk, lines: &[&Line], reporter: &mut Reporter<'_>) -> Result<()> {
    desk.store.outbox_after_crash()?;
    let mut failed = Vec::new();
    for line in lines {
        let problems = one_account(desk, line, reporter);
        if !problems.is_empty() {
            failed.push(line.registration.name.clone());
        }
    }
    desk.store.close_accounts()?;
    let ended = reporter.end();
    // When everything was told: nobody waits for the backup of the day.
    if let Err(problem) = make_if_due(&desk.paths.store_file, &desk.paths.data_dir, Timestamp::now()) {
        output::problem(&problem);
    }
    ended?;
    told(&failed, lines.len())
}

/// Sends, syncs, and sends what became due meanwhile. A problem in one does not keep the other from being tried.
fn one_account(desk: &Desk, line: &Line, reporter: &mut Reporter<'_>) -> Vec<Problem> {
    let name = Text::line(&line.registration.name);
    let mut problems = Vec::new();
    let mut session = None;
    let (store, own, mailer) = (&desk.store, &desk.office.own, desk.mailer());
    let send = |reporter: &mut Reporter<'_>, problems: &mut Vec<Problem>| {
        if let Err(problem) = send_once(store, line, own, &mailer, &mut |news| reporter.news(news)) {
            reporter.news(News::Trouble(problem.clone().at(format!("account {name}"))));
            problems.push(problem);
        }
    };
    let sync = |session: &mut _, reporter: &mut Reporter<'_>, problems: &mut Vec<Problem>| {
        let outcome = sync_once(store, line, own, session, &mut |news| reporter.news(news));
        if let Err(problem) = &outcome {
            problems.push(problem.clone());
        }
        reporter.news(News::Ended(name.clone(), outcome));
    };
    if let Err(problem) = store.retry_now(line.account, desk.now().timestamp()) {
        problems.push(problem);
    }
    send(reporter, &mut problems);
    sync(&mut session, reporter, &mut problems);
    // Nobody sits before the countdown of an answer that leaves by itself.
    let office = Office { undo: SignedDuration::ZERO, ..desk.office.clone() };
    if let Err(problem) = auto_replies::look(store, &office, &desk.now()) {
        problems.push(problem);
    }
    let due = |at: Option<Timestamp>| at.is_some_and(|at| at <= desk.now().timestamp());
    if problems.is_empty() && due(store.next_departure().unwrap_or_default()) {
        let before = reporter.sent();
        send(reporter, &mut problems);
        if reporter.sent() > before {
            // Its copy goes to Sent now, not at some later sync.
            sync(&mut session, reporter, &mut problems);
        }
    }
    if let Some(session) = session {
        session.logout();
    }
    problems
}

/// Syncs whenever something happens, until a signal. While another Postbook on this store does it, waits to take its place.
fn watch(desk: &Desk, lines: &[&Line], reporter: &mut Reporter<'_>) -> Result<()> {
    let stopped = signals()?;
    let (tell, news) = unbounded();
    let lines = lines.iter().map(|line| (*line).clone()).collect();
    let carrier = Carrier::start(Freight { lines, ..desk.freight() }, tell)?;
    loop {
        crossbeam_channel::select! {
            recv(stopped) -> _ => break,
            recv(news) -> told => {
                let Ok(told) = told else { break };
                reporter.news(told);
            }
        }
    }
    carrier.end(PATIENCE);
    reporter.end()
}

/// Wakes at SIGINT, SIGTERM and SIGHUP; the second one ends the program at once.
fn signals() -> Result<Receiver<()>> {
    let cannot = |error: std::io::Error| Problem::new(Kind::Internal, format!("signals cannot be waited for: {error}"));
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // In this order: the first signal finds the flag unset, sets it, and only the second one ends the program.
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&asked)).map_err(cannot)?;
        signal_hook::flag::register(signal, Arc::clone(&asked)).map_err(cannot)?;
    }
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(cannot)?;
    let (wake, woken) = bounded(1);
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _ = wake.send(());
        }
    });
    Ok(woken)
}
