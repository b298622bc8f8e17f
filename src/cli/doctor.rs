//! `postbook doctor`: is everything as it should be? Configuration, permissions, passwords, connections, certificates, the
//! store, and whether every letter of the server is here. Changes nothing, here or on a server.

use super::args::Places;
use super::context::Context;
use super::desk::Desk;
use super::output;
use crate::config::paths::readable_by_others;
use crate::domain::account::{Endpoint, Security};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::net::imap::{RemoteFolder, Session};
use crate::net::{Timeouts, smtp};
use crate::runtime::network::Line;
use crate::store::Store;
use crate::sync::plan::uid_validity;
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
}

/// Looks at everything.
///
/// # Errors
/// Something failed; what it is was told before.
pub fn run(places: &Places, as_json: bool) -> Result<()> {
    let mut report = Report { checks: Vec::new(), as_json };
    examine(places, &mut report)?;
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
}

impl Report {
    fn add(&mut self, check: Check) -> Result<()> {
        if !self.as_json {
            let _ = output::print(&line(&check))?;
        }
        self.checks.push(check);
        Ok(())
    }

    fn say(&mut self, verdict: Verdict, what: &str, found: impl Into<String>) -> Result<()> {
        let (what, found) = (Text::line(what), Text::from(found.into()));
        self.add(Check { verdict, what, found, hint: None, missing: None })
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
        let mut problem = Problem::new(Kind::Store, defect.as_str());
        problem.hint = Some("put the file aside and run postbook sync to fill a new one".to_owned());
        report.take::<()>("store", Err(problem))?;
    }
    if defects.is_empty() {
        report.say(Verdict::Good, "store", "its file is whole")?;
    }
    let outbox = desk.store.outbox_status()?;
    let trouble = outbox.refused + outbox.uncertain;
    if trouble > 0 {
        let letters = plural(trouble, "letter needs", "letters need");
        report.say(Verdict::Warning, "outbox", format!("{letters} your decision: postbook outbox"))?;
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
        let compared = compare(store, &mut session, line.account, folder);
        let Some(check) = report.take(&what, compared)? else {
            whole = false;
            continue;
        };
        let (missing_here, of_here) = check.missing.unwrap_or_default();
        missing += missing_here;
        of += of_here;
        passed_over |= check.verdict == Verdict::Bad;
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

/// The letters of one folder on the server against those here.
fn compare(store: &Store, session: &mut Session, account: id::Account, folder: &RemoteFolder) -> Result<Check> {
    let selected = session.examine(&folder.raw_name)?;
    let listed = if selected.exists == 0 { Vec::new() } else { session.uids()? };
    let numbering = uid_validity(&selected);
    let (local, cursor) = match store.folder_named(account, &folder.raw_name)? {
        Some(known) => (store.copies(known, numbering)?, store.cursor(known)?),
        None => Default::default(),
    };
    let missing: Vec<u32> = listed.iter().filter(|uid| !local.contains_key(uid)).copied().collect();
    // What came after the last sync is not missed yet; what an ended sync passed over is lost.
    let passed_over = cursor.complete && missing.iter().any(|uid| *uid < cursor.uid_next);
    Ok(verdict_on(missing.len() as u64, listed.len() as u64, passed_over))
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
    Check { verdict, what: Text::default(), found, hint, missing: Some((missing, of)) }
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
    format!("{:<8} {}: {}{hint}", check.verdict.word(), check.what, check.found)
}

fn document(check: &Check) -> Value {
    json!({
        "check": check.what.as_str(),
        "state": check.verdict.word(),
        "found": check.found.as_str(),
        "hint": check.hint.as_ref().map(Text::as_str),
        "missing": check.missing.map(|(missing, _)| missing),
        "of": check.missing.map(|(_, of)| of),
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
