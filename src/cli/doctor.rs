//! `postbook doctor`: is everything as it should be? Configuration, permissions, passwords, connections, certificates, the
//! store, and whether every letter of the server is here, one by one. Changes no letter and no setting, here or on a server, unless
//! `--repair` says so; an access token that has ended is renewed in the keyring, as by every program that signs in.

mod folders;

use super::args::{self, Places};
use super::context::Context;
use super::desk::Desk;
use super::output;
use super::table::time;
use crate::config::paths::readable_by_others;
use crate::domain::account::{Endpoint, Security};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, grouped, plural};
use crate::net::{Timeouts, smtp};
use crate::runtime::backups;
use crate::runtime::network::{Line, sync_once};
use crate::runtime::owner::Owner;
use crate::store::{Store, damage};
use crate::sync::proof::look_at_letters;
use serde_json::{Value, json};
use std::path::Path;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// To be known; nothing is broken.
    Warning,
    Bad,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Bad => "failed",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
struct Check {
    verdict: Verdict,
    /// What: `store`, `account work: IMAP`.
    what: Text,
    /// What was found.
    found: Text,
    hint: Option<Text>,
    /// Of a folder: letters missing here, of so many on the server.
    missing: Option<(u64, u64)>,
    /// The letters in question, one by one.
    letters: Vec<Letter>,
}

/// A letter that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Letter {
    /// `missing`, `extra`, `changed`, `damaged`
    what: &'static str,
    /// Its number in the folder, or here.
    number: i64,
    /// Its Message-ID, where the server told it.
    msg_id: Option<Text>,
}

/// Letters named on the screen; JSON names all.
const NAMED: usize = 10;

/// Looks at everything.
///
/// # Errors
/// Something failed; what it is was told before.
pub fn run(places: &Places, args: &args::Doctor) -> Result<()> {
    let as_json = args.json;
    let mut report = Report::new(args);
    examine(places, &mut report)?;
    if args.repair && report.can_be_repaired() {
        repair(places, &report)?;
        report = Report::new(args);
        if !as_json {
            let _ = output::print("\nRepaired what could be; looking again:")?;
        }
        examine(places, &mut report)?;
    }
    let failed = report.checks.iter().filter(|check| check.verdict == Verdict::Bad).count() as u64;
    if as_json {
        let checks: Value = report.checks.iter().map(document).collect();
        let _ = output::json(&json!({ "ok": failed == 0, "checks": checks }))?;
    }
    if failed > 0 {
        let things = plural(failed, "check", "checks");
        return Err(
            Problem::new(Kind::Input, format!("{things} failed")).hint("each line marked “failed” says what and why")
        );
    }
    Ok(())
}

/// What was found so far; printed as it is found, since servers may take their time.
struct Report {
    checks: Vec<Check>,
    as_json: bool,
    deep: bool,
    /// Letters to be fetched again.
    again: Vec<id::Message>,
    /// A sync would bring what is missing.
    sync: bool,
    /// Something computed from letters is not what they say.
    drifted: bool,
}

impl Report {
    fn new(args: &args::Doctor) -> Self {
        let (as_json, deep) = (args.json, args.deep);
        Self { checks: Vec::new(), as_json, deep, again: Vec::new(), sync: false, drifted: false }
    }

    fn can_be_repaired(&self) -> bool {
        self.sync || self.drifted || !self.again.is_empty()
    }

    fn add(&mut self, check: Check) -> Result<()> {
        if !self.as_json {
            let _ = output::print(&line(&check))?;
        }
        self.checks.push(check);
        Ok(())
    }

    fn say(&mut self, verdict: Verdict, what: &str, found: impl Into<String>) -> Result<()> {
        let (what, found) = (Text::line(what), Text::from(found.into()));
        self.add(Check { verdict, what, found, hint: None, missing: None, letters: Vec::new() })
    }

    /// The value, or its problem among the checks.
    fn take<T>(&mut self, what: &str, outcome: Result<T>) -> Result<Option<T>> {
        let problem = match outcome {
            Ok(value) => return Ok(Some(value)),
            Err(problem) => problem,
        };
        self.add(Check {
            verdict: Verdict::Bad,
            what: Text::line(what),
            found: Text::line(&problem.sentence),
            hint: problem.hint.as_deref().map(Text::line),
            missing: None,
            letters: Vec::new(),
        })?;
        Ok(None)
    }
}

fn examine(places: &Places, report: &mut Report) -> Result<()> {
    let Some(context) = report.take("configuration", Context::open(places))? else { return Ok(()) };
    let accounts = plural(context.config.accounts.len() as u64, "account", "accounts");
    let file = Text::line(&context.paths.config_file.to_string_lossy());
    report.say(Verdict::Good, "configuration", format!("{file}, {accounts}"))?;
    for warning in &context.config.warnings {
        report.say(Verdict::Warning, "configuration", warning.clone())?;
    }
    let Some(desk) = report.take("store", Desk::open(&context))? else { return Ok(()) };
    permissions(&desk, report)?;
    store(&desk, report)?;
    letters(&desk.store, report)?;
    large_files(&desk.store, report)?;
    backup(&desk, report)?;
    for problem in &desk.template_problems {
        report.take::<()>("templates", Err(problem.clone()))?;
    }
    for line in &desk.lines {
        reading(&desk.store, line, report)?;
        sending(line, report)?;
    }
    Ok(())
}

fn permissions(desk: &Desk, report: &mut Report) -> Result<()> {
    let places: [&Path; 2] = [&desk.paths.data_dir, &desk.paths.store_file];
    let open: Vec<Text> = places
        .into_iter()
        .filter(|path| readable_by_others(path))
        .map(|path| Text::line(&path.to_string_lossy()))
        .collect();
    for path in &open {
        report.say(Verdict::Warning, "permissions", format!("{path} can be read by other users"))?;
    }
    if open.is_empty() {
        report.say(Verdict::Good, "permissions", "only you can read the store")?;
    }
    Ok(())
}

fn store(desk: &Desk, report: &mut Report) -> Result<()> {
    let Some(defects) = report.take("store", desk.store.defects())? else { return Ok(()) };
    for defect in &defects {
        let problem = Problem::new(Kind::Damaged, defect.as_str());
        report.take::<()>("store", Err(problem.hint("postbook doctor --rebuild puts it aside and makes a new one")))?;
    }
    // Known at the next start as well.
    let noted = damage::set_suspect(&desk.paths.store_file, defects.first().map(Text::as_str));
    if let Err(error) = noted {
        tracing::warn!(%error, "the state of the store cannot be kept in mind");
    }
    if defects.is_empty() {
        report.say(Verdict::Good, "store", "its file is whole")?;
    }
    let drifted = desk.store.drifted(report.deep)?;
    report.drifted = !drifted.is_empty();
    for found in &drifted {
        let problem = Problem::new(Kind::Store, found.as_str()).hint("postbook doctor --repair computes it anew");
        report.take::<()>("counters", Err(problem))?;
    }
    if drifted.is_empty() {
        report.say(Verdict::Good, "counters", "they agree with the letters")?;
    }
    let outbox = desk.store.outbox_status()?;
    let trouble = outbox.refused + outbox.uncertain;
    if trouble > 0 {
        let letters = plural(trouble, "letter needs", "letters need");
        report.say(Verdict::Warning, "outbox", format!("{letters} your decision: postbook outbox"))?;
    }
    Ok(())
}

/// Opens stored letters: a sample, or all of them.
fn letters(store: &Store, report: &mut Report) -> Result<()> {
    let Some(looked) = report.take("stored letters", look_at_letters(store, report.deep, &mut |_| {}))? else {
        return Ok(());
    };
    let opened = format!("{} opened", grouped(looked.opened));
    if looked.damaged.is_empty() {
        let all = if report.deep { "all of them" } else { "a sample" };
        return report.say(Verdict::Good, "stored letters", format!("{opened} ({all}), each is as it came"));
    }
    let count = looked.damaged.len() as u64;
    report.again.extend(&looked.damaged);
    let letters = looked.damaged.iter().map(|letter| Letter { what: "damaged", number: letter.0, msg_id: None });
    report.add(Check {
        verdict: Verdict::Bad,
        what: Text::own("stored letters"),
        found: Text::from(format!("{opened}, {} not as it came", grouped(count))),
        hint: Some(Text::own("postbook doctor --deep --repair fetches them again")),
        missing: None,
        letters: letters.collect(),
    })
}

/// Letters whose large files are not here.
fn large_files(store: &Store, report: &mut Report) -> Result<()> {
    let left = store.letters_without_files()?.len() as u64;
    if left == 0 {
        return Ok(());
    }
    let letters = plural(left, "letter has large files", "letters have large files");
    report.say(Verdict::Good, "large files", format!("{letters} on the server until they are opened"))
}

/// The newest backup.
fn backup(desk: &Desk, report: &mut Report) -> Result<()> {
    match backups::list(&desk.paths.data_dir).first() {
        Some(backup) if desk.now().timestamp().duration_since(backup.made).as_hours() > 72 => {
            let made = time(backup.made, &desk.config.zone);
            report.say(Verdict::Warning, "backup", format!("the newest is of {made}; postbook backup makes one"))
        }
        Some(backup) => {
            report.say(Verdict::Good, "backup", format!("the newest is of {}", time(backup.made, &desk.config.zone)))
        }
        None => report.say(Verdict::Good, "backup", "none yet; a sync makes one a day"),
    }
}

/// Fetches again what is missing or damaged, and computes anew what drifted. Accounts that fail are found when all is looked at
/// again.
fn repair(places: &Places, report: &Report) -> Result<()> {
    let context = Context::open(places)?;
    let desk = Desk::open(&context)?;
    let _owner = Owner::must_take(&desk.paths.data_dir)?;
    if report.drifted {
        desk.store.compute_anew()?;
    }
    desk.store.fetch_again(&report.again)?;
    for line in &desk.lines {
        let mut session = None;
        if let Err(problem) = sync_once(&desk.store, line, &desk.office.own, &mut session, &mut |_| {}) {
            output::problem(&problem);
        }
        if let Some(session) = session {
            session.logout();
        }
    }
    Ok(())
}

/// Password, connection and certificate for reading; then every folder against the server.
fn reading(store: &Store, line: &Line, report: &mut Report) -> Result<()> {
    let name = &line.registration.name;
    let what = format!("account {name}: IMAP");
    // By itself first: a password or token that cannot be had is no fault of the server.
    if report.take(&format!("account {name}: sign-in"), line.imap_login.login())?.is_none() {
        return Ok(());
    }
    let Some(mut session) = report.take(&what, line.session())? else { return Ok(()) };
    report.say(Verdict::Good, &what, format!("{}, signed in", server(&line.imap)))?;
    let Some(mut folders) = report.take(&what, session.list())? else { return Ok(()) };
    folders.retain(|folder| folder.selectable);
    folders.sort_by_key(|folder| folder.role.map_or(usize::MAX, |role| role as usize));
    let (mut missing, mut of, mut passed_over, mut whole) = (0, 0, false, true);
    for folder in &folders {
        let what = format!("account {name}: {}", folder.name);
        let compared = folders::look(store, &mut session, line.account, folder);
        let Some((check, again)) = report.take(&what, compared)? else {
            whole = false;
            continue;
        };
        let (missing_here, of_here) = check.missing.unwrap_or_default();
        missing += missing_here;
        of += of_here;
        passed_over |= check.verdict == Verdict::Bad;
        report.sync |= check.verdict != Verdict::Good;
        report.again.extend(again);
        report.add(Check { what: Text::from(what), ..check })?;
    }
    session.logout();
    if !whole {
        // A total without one of its parts would say more than is known.
        return Ok(());
    }
    let what = Text::from(format!("account {name}: all folders"));
    report.add(Check { what, hint: None, ..verdict_on(missing, of, passed_over) })
}

fn verdict_on(missing: u64, of: u64, passed_over: bool) -> Check {
    let verdict = match (missing, passed_over) {
        (0, _) => Verdict::Good,
        (_, false) => Verdict::Warning,
        (_, true) => Verdict::Bad,
    };
    let hint = match verdict {
        Verdict::Good => None,
        Verdict::Warning => Some(Text::own("postbook sync brings them")),
        Verdict::Bad => Some(Text::own("a sync passed over them: run postbook sync, then postbook doctor again")),
    };
    let found = Text::from(format!("{missing} missing of {of}"));
    Check { verdict, what: Text::default(), found, hint, missing: Some((missing, of)), letters: Vec::new() }
}

fn sending(line: &Line, report: &mut Report) -> Result<()> {
    let name = &line.registration.name;
    let what = format!("account {name}: SMTP");
    if report.take(&format!("account {name}: sign-in for sending"), line.smtp_login.login())?.is_none() {
        return Ok(());
    }
    let checked = line.smtp_login.with(|login| smtp::check(&line.smtp, login, &Timeouts::default()));
    if report.take(&what, checked)?.is_some() {
        report.say(Verdict::Good, &what, format!("{}, signed in", server(&line.smtp)))?;
    }
    Ok(())
}

/// `imap.x.example:993, certificate trusted`
fn server(endpoint: &Endpoint) -> String {
    let protection = match endpoint.security {
        Security::Tls | Security::StartTls => "certificate trusted",
        Security::Plaintext => "plaintext: everybody on the way can read it",
    };
    format!("{}:{}, {protection}", endpoint.host, endpoint.port)
}

fn line(check: &Check) -> String {
    let hint = check.hint.as_ref().map(|hint| format!("\n         {hint}")).unwrap_or_default();
    let mut text = format!("{:<8} {}: {}", check.verdict.word(), check.what, check.found);
    for letter in check.letters.iter().take(NAMED) {
        let name = letter.msg_id.as_ref().map(|id| format!(" <{id}>")).unwrap_or_default();
        text.push_str(&format!("\n         {} {}{name}", letter.what, letter.number));
    }
    let more = check.letters.len().saturating_sub(NAMED) as u64;
    if more > 0 {
        text.push_str(&format!("\n         and {} more; --json lists them all", grouped(more)));
    }
    text + &hint
}

fn document(check: &Check) -> Value {
    json!({
        "check": check.what.as_str(),
        "state": check.verdict.word(),
        "found": check.found.as_str(),
        "hint": check.hint.as_ref().map(Text::as_str),
        "missing": check.missing.map(|(missing, _)| missing),
        "of": check.missing.map(|(_, of)| of),
        "letters": check.letters.iter().map(|letter| json!({
            "state": letter.what, "number": letter.number, "message_id": letter.msg_id.as_ref().map(Text::as_str),
        })).collect::<Value>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_by_how_bad_it_is() {
        for (missing, of, passed_over, verdict, found) in [
            (0, 7, false, Verdict::Good, "0 missing of 7"),
            (2, 7, false, Verdict::Warning, "2 missing of 7"),
            (1, 7, true, Verdict::Bad, "1 missing of 7"),
        ] {
            let check = verdict_on(missing, of, passed_over);
            assert_eq!((check.verdict, check.found.as_str()), (verdict, found));
            assert_eq!(check.hint.is_some(), verdict != Verdict::Good);
        }
    }

    #[test]
    fn a_line_and_its_hint() {
        let check = Check { what: Text::own("account work: INBOX"), ..verdict_on(2, 7, false) };
        let expected = "warning  account work: INBOX: 2 missing of 7\n         postbook sync brings them";
        assert_eq!(line(&check), expected);
    }
}
