//! What a sync tells: a bar on a terminal, lines elsewhere, JSON for scripts.

use super::bar::{Bar, Style, filled};
use super::desk::Desk;
use super::output;
use crate::domain::id;
use crate::domain::notice::Notice;
use crate::domain::outbox::{OutgoingRow, State};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::status::AccountState;
use crate::domain::text::{Text, plural};
use crate::runtime::network::News;
use crate::sync::account::{FolderReport, Progress};
use crate::sync::drafts::DraftNews;
use crate::sync::outbox::Sent;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};

/// Tells what happens, and counts it.
pub struct Reporter<'a> {
    desk: &'a Desk,
    style: Style,
    /// Folders without news are not worth a line.
    quiet: bool,
    totals: FolderReport,
    accounts: Vec<(Text, Option<Problem>)>,
    sent: u64,
    fetching: (usize, usize),
    shown: Bar,
    stood: Vec<AccountState>,
}

impl<'a> Reporter<'a> {
    /// Tells in JSON, on a terminal with a bar, or in lines; `watching`: only what is new.
    #[must_use]
    pub fn new(desk: &'a Desk, as_json: bool, watching: bool) -> Self {
        let style = Style::new(as_json);
        let quiet = watching || style == Style::Bar;
        let totals = FolderReport::default();
        Self {
            desk,
            style,
            quiet,
            totals,
            accounts: Vec::new(),
            sent: 0,
            fetching: (0, 0),
            shown: Bar::default(),
            stood: Vec::new(),
        }
    }

    /// Letters sent so far.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Something happened.
    pub fn news(&mut self, news: News) {
        match news {
            News::Progress(account, Progress::Fetching { folder, done, of }) => {
                self.fetching = (done, of);
                self.fetched(&account, &folder);
            }
            News::Progress(_, Progress::Changed(_)) => {}
            News::Progress(account, Progress::Folder(report)) => self.folder(&account, report),
            News::Sent(sent) => self.letter(&sent),
            News::Ended(account, outcome) => self.account(account, outcome.err()),
            News::Trouble(problem) => self.trouble(&problem, None),
            News::Carrying(ours) => self.carrying(ours),
            News::StoreChanged => {}
            News::Accounts(states) => self.stand(states),
            News::Drafts(news) => {
                for news in news {
                    if let DraftNews::Both(_, subject) = news {
                        let sentence =
                            format!("the draft “{subject}” was changed here and on another device: both are kept");
                        self.trouble(&Problem::new(Kind::Input, sentence), None);
                    }
                }
            }
            News::Bell(notice) => self.ring(&notice),
        }
    }

    fn carrying(&mut self, ours: bool) {
        if self.style == Style::Json {
            return self.line(&json!({ "event": "owner", "ours": ours }));
        }
        self.say(if ours {
            "Watching; letters are brought and sent as they come."
        } else {
            "Another Postbook on this store syncs and sends; this one takes over when it ends."
        });
    }

    /// How accounts stand that stand otherwise than before.
    fn stand(&mut self, states: Vec<AccountState>) {
        let before = std::mem::replace(&mut self.stood, states);
        if self.style != Style::Json {
            return;
        }
        let same = |state: &AccountState| {
            before.iter().any(|old| (old.id, old.phase, &old.last_error) == (state.id, state.phase, &state.last_error))
        };
        let news: Vec<Value> = self.stood.iter().filter(|state| !same(state)).map(stand_json).collect();
        news.iter().for_each(|state| self.line(state));
    }

    fn ring(&mut self, notice: &Notice) {
        if io::stderr().is_terminal() {
            let _ = io::stderr().lock().write_all(b"\x07");
        }
        match self.style {
            Style::Json => self.line(&json!({ "event": "notice", "summary": notice.summary().as_str() })),
            _ => self.say(notice.summary().as_str()),
        }
    }

    fn fetched(&mut self, account: &Text, folder: &Text) {
        let (done, of) = self.fetching;
        match self.style {
            Style::Json => self.line(&progress_json(account, folder, done, of)),
            Style::Bar => self.bar(&bar(account, folder, done, of)),
            Style::Lines => {}
        }
    }

    fn folder(&mut self, account: &Text, report: FolderReport) {
        let (_, of) = std::mem::take(&mut self.fetching);
        match self.style {
            Style::Json => self.line(&folder_json(account, &report, of)),
            _ if self.quiet && !has_news(&report) => {
                if self.style == Style::Bar {
                    self.bar(&format!("{account}/{}", report.folder));
                }
            }
            _ => self.say(&folder_in_words(account, &report)),
        }
        if self.style != Style::Json {
            for warning in &report.warnings {
                self.clear();
                output::warning(&Text::from(format!("{account}/{}: {warning}", report.folder)));
            }
        }
        self.totals.new += report.new;
        self.totals.changed += report.changed;
        self.totals.deleted += report.deleted;
        self.totals.wishes += report.wishes;
        let place = |warning: &Text| Text::from(format!("{account}/{}: {warning}", report.folder));
        self.totals.warnings.extend(report.warnings.iter().map(place));
    }

    fn letter(&mut self, sent: &Sent) {
        self.sent += u64::from(sent.state == State::Sent);
        if self.style == Style::Json {
            return self.line(&json!({ "event": "letter", "id": sent.id.to_string(), "state": sent.state.word() }));
        }
        let row = row_of(self.desk, sent.id).unwrap_or_default();
        match sent.state {
            State::Sending | State::Held => {}
            State::Sent => self.say(&in_words(sent.id, sent.state, row.as_ref()).0),
            _ => {
                self.clear();
                let (sentence, hint) = in_words(sent.id, sent.state, row.as_ref());
                output::warning(&Text::from(sentence + hint));
            }
        }
    }

    fn account(&mut self, account: Text, problem: Option<Problem>) {
        if let Some(problem) = &problem {
            self.trouble(problem, Some(&account));
        }
        self.accounts.retain(|(known, _)| *known != account);
        self.accounts.push((account, problem));
    }

    fn trouble(&mut self, problem: &Problem, account: Option<&Text>) {
        if self.style == Style::Json {
            self.line(&json!({
                "event": "problem",
                "account": account.map(Text::as_str),
                "sentence": Text::line(&problem.sentence).as_str(),
                "hint": problem.hint.as_deref().map(|hint| String::from(Text::line(hint))),
            }));
        }
        self.clear();
        output::problem(problem);
    }

    /// The last line.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn end(&mut self) -> Result<()> {
        self.clear();
        match self.style {
            Style::Json => output::json(&self.summary()).map(drop),
            _ => output::print(&self.summary_in_words()).map(drop),
        }
    }

    fn summary(&self) -> Value {
        let accounts = self.accounts.iter().map(|(name, problem)| {
            let error = problem.as_ref().map(|problem| String::from(Text::line(&problem.sentence)));
            json!({ "name": name.as_str(), "ok": problem.is_none(), "error": error })
        });
        json!({
            "event": "summary",
            "account": null,
            "folder": null,
            "fetched": self.totals.new,
            "of": null,
            "new": self.totals.new,
            "changed": self.totals.changed,
            "deleted": self.totals.deleted,
            "wishes": self.totals.wishes,
            "sent": self.sent,
            "warnings": self.totals.warnings.iter().map(Text::as_str).collect::<Vec<_>>(),
            "accounts": accounts.collect::<Vec<_>>(),
        })
    }

    fn summary_in_words(&self) -> String {
        let mut parts = changes(&self.totals);
        if self.sent > 0 {
            parts.push(format!("{} sent", plural(self.sent, "letter", "letters")));
        }
        if parts.is_empty() { "Nothing new.".to_owned() } else { format!("Altogether {}.", parts.join(", ")) }
    }

    fn line(&mut self, document: &Value) {
        // Whether somebody reads or not, the sync goes on.
        let _ = output::json(document);
    }

    fn say(&mut self, text: &str) {
        self.clear();
        let _ = output::print(text);
    }

    fn bar(&mut self, text: &str) {
        self.shown.show(text);
    }

    fn clear(&mut self) {
        self.shown.clear();
    }
}

/// A letter's row in the outbox, also when it was just sent.
///
/// # Errors
/// When the store cannot be read.
pub fn row_of(desk: &Desk, letter: id::Outgoing) -> Result<Option<OutgoingRow>> {
    Ok(desk.store.outbox(1_000)?.into_iter().find(|row| row.id == letter))
}

/// What became of a letter, and what to do about it.
#[must_use]
pub fn in_words(letter: id::Outgoing, state: State, row: Option<&OutgoingRow>) -> (String, &'static str) {
    let name = row.map_or_else(|| format!("letter {letter}"), |row| format!("letter {letter} to {}", row.to));
    let answer = row.map(|row| row.last_answer.as_str()).filter(|answer| !answer.is_empty());
    let because = answer.map(|answer| format!(": {answer}")).unwrap_or_default();
    match state {
        State::Sent => (format!("{name} was sent"), ""),
        State::Refused => {
            (format!("{name} was refused{because}"), "; postbook outbox resend sends it again, discard drops it")
        }
        State::Uncertain => (
            format!("nobody knows whether {name} was sent{because}"),
            "; the next sync looks for it in Sent; postbook outbox resend sends it again, discard drops it",
        ),
        State::Queued => (format!("{name} could not be sent yet{because}"), "; it is tried again"),
        State::Held | State::Sending => (format!("{name} is on its way"), ""),
    }
}

fn has_news(report: &FolderReport) -> bool {
    report.new + report.changed + report.deleted + report.wishes > 0
}

fn changes(report: &FolderReport) -> Vec<String> {
    let numbers = [
        (report.new, "new"),
        (report.changed, "changed"),
        (report.deleted, "gone"),
        (report.wishes, "changed on the server"),
    ];
    numbers.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect()
}

/// `work/INBOX: 3 new, 1 changed (12 letters)`
fn folder_in_words(account: &Text, report: &FolderReport) -> String {
    let parts = changes(report);
    let what = if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") };
    let letters = plural(report.server as u64, "letter", "letters");
    format!("{account}/{}: {what} ({letters})", report.folder)
}

/// `[#####.....] 120 of 240  work/INBOX`
fn bar(account: &Text, folder: &Text, done: usize, of: usize) -> String {
    format!("{} {done} of {of}  {account}/{folder}", filled(done as u64, of as u64))
}

fn progress_json(account: &Text, folder: &Text, done: usize, of: usize) -> Value {
    json!({
        "event": "fetching",
        "account": account.as_str(),
        "folder": folder.as_str(),
        "fetched": done,
        "of": of,
        "new": null,
        "changed": null,
        "deleted": null,
        "warnings": [],
    })
}

fn stand_json(state: &AccountState) -> Value {
    json!({
        "event": "account",
        "account": state.name.as_str(),
        "state": state.phase.word(),
        "next_try": state.next_try.map(|at| at.to_string()),
        "error": state.last_error.as_ref().map(Text::as_str),
        "hint": state.hint.as_ref().map(Text::as_str),
    })
}

fn folder_json(account: &Text, report: &FolderReport, of: usize) -> Value {
    json!({
        "event": "folder",
        "account": account.as_str(),
        "folder": report.folder.as_str(),
        "fetched": report.new,
        "of": of.max(report.new),
        "new": report.new,
        "changed": report.changed,
        "deleted": report.deleted,
        "wishes": report.wishes,
        "server": report.server,
        "warnings": report.warnings.iter().map(Text::as_str).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn folders_in_words() {
        let folder = Text::own("INBOX");
        let quiet = FolderReport { folder: folder.clone(), server: 1, ..FolderReport::default() };
        let busy = FolderReport { new: 3, changed: 1, deleted: 2, wishes: 4, server: 12, ..quiet.clone() };
        let account = Text::own("work");
        assert_eq!(folder_in_words(&account, &quiet), "work/INBOX: nothing new (1 letter)");
        let expected = "work/INBOX: 3 new, 1 changed, 2 gone, 4 changed on the server (12 letters)";
        assert_eq!(folder_in_words(&account, &busy), expected);
        assert!(!has_news(&quiet) && has_news(&busy));
    }

    #[test]
    fn the_bar_fills() {
        let (account, folder) = (Text::own("a"), Text::own("b"));
        for (done, of, expected) in [
            (0, 10, "[....................] 0 of 10  a/b"),
            (5, 10, "[##########..........] 5 of 10  a/b"),
            (10, 10, "[####################] 10 of 10  a/b"),
            (0, 0, "[####################] 0 of 0  a/b"),
            (20, 10, "[####################] 20 of 10  a/b"),
        ] {
            assert_eq!(bar(&account, &folder, done, of), expected);
        }
    }

    #[test]
    fn trouble_says_what_to_do() {
        let row = OutgoingRow {
            id: id::Outgoing(3),
            account: Text::own("work"),
            state: State::Refused,
            to: Text::own("Anna"),
            subject: Text::default(),
            created_at: Timestamp::UNIX_EPOCH,
            not_before: None,
            attempts: 1,
            last_answer: Text::own("550 no such user"),
            overridden: Text::default(),
            evidence: Vec::new(),
            thread: None,
        };
        let (sentence, hint) = in_words(row.id, State::Refused, Some(&row));
        assert_eq!(sentence, "letter 3 to Anna was refused: 550 no such user");
        assert!(hint.contains("resend"));
        assert!(in_words(row.id, State::Uncertain, None).0.starts_with("nobody knows whether letter 3 was sent"));
    }
}
