//! The bottom: news, countdown, sync progress and problems in one place; below it the keys.

use crate::domain::id;
use crate::domain::problem::{Kind, Problem};
use crate::domain::status::{AccountState, Phase};
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::state::State;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How long news stay, in seconds.
const NEWS_SECONDS: i64 = 8;
/// How long a problem stays, in seconds; `Esc` and the next news take it away sooner, and the next key when it was read.
const PROBLEM_SECONDS: i64 = 60;

/// After so many seconds a problem was read, and the next key takes it away.
const READ_SECONDS: i64 = 6;

/// A letter that is held and can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its key.
    pub id: id::Outgoing,
    /// To whom.
    pub to: Text,
    /// So long the bottom line tells of it.
    pub until: Timestamp,
    /// It leaves then: at the end of the countdown, or on another day.
    pub leaves: Timestamp,
}

impl Held {
    /// It is counted down: who quits now keeps it from leaving.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.leaves <= self.until
    }
}

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The folder.
    pub folder: Text,
    /// Letters fetched.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

#[derive(Debug, Clone)]
enum Note {
    /// What happened, and the key that takes it back.
    News(Text, &'static str),
    Problem(Problem),
}

/// Something to say.
struct Part {
    text: String,
    style: Style,
    /// It is read to its end or not at all: a problem.
    wraps: bool,
}

/// What the bottom line knows.
#[derive(Debug, Default)]
pub struct Bar {
    note: Option<(Note, Timestamp)>,
    /// Held letters, the first to leave first.
    pub held: Vec<Held>,
    syncing: BTreeMap<Text, Option<Progress>>,
    troubles: BTreeMap<Text, Problem>,
    /// Those whose sign-in was refused, or which have nothing to sign in with.
    shut_out: BTreeSet<Text>,
    /// Letters are answered by themselves while I am away, in words.
    pub away: Option<Text>,
    /// Another Postbook on this store talks to the servers.
    pub elsewhere: bool,
}

impl Bar {
    /// Shows news.
    pub fn news(&mut self, text: impl Into<String>, now: Timestamp) {
        self.note = Some((Note::News(Text::from(text.into()), ""), now));
    }

    /// Shows what was done, and that `u` takes it back.
    pub fn done(&mut self, title: Text, now: Timestamp) {
        self.note = Some((Note::News(title, " · u takes it back"), now));
    }

    /// Shows a promise that a letter holds, and the key that makes a task of it.
    pub fn offer(&mut self, sentence: &Text, now: Timestamp) {
        // The key first: the room beside a letter that is held is small.
        self.note = Some((Note::News(Text::from(format!("B makes a task of “{sentence}”")), ""), now));
    }

    /// Shows a problem.
    pub fn problem(&mut self, problem: Problem, now: Timestamp) {
        self.note = Some((Note::Problem(problem), now));
    }

    /// A key was pressed: a problem that could be read by now goes with what it was about.
    pub fn key_pressed(&mut self, now: Timestamp) {
        let read = |at: Timestamp| now.as_second() - at.as_second() >= READ_SECONDS;
        if matches!(&self.note, Some((Note::Problem(_), at)) if read(*at)) {
            self.note = None;
        }
    }

    /// Takes the note away; true when there was one.
    pub fn dismiss(&mut self) -> bool {
        self.note.take().is_some()
    }

    /// A sync was asked for.
    pub fn sync_begins(&mut self, account: Text) {
        self.syncing.insert(account, None);
    }

    /// A sync goes on.
    pub fn sync_goes_on(&mut self, account: Text, progress: Progress) {
        self.syncing.insert(account, Some(progress));
    }

    /// A sync ended.
    pub fn sync_ended(&mut self, account: Text, problem: Option<Problem>) {
        self.syncing.remove(&account);
        self.shut_out.remove(&account);
        if problem.as_ref().is_some_and(|problem| problem.kind == Kind::Auth) {
            self.shut_out.insert(account.clone());
        }
        match problem {
            Some(problem) => drop(self.troubles.insert(account, problem)),
            None => drop(self.troubles.remove(&account)),
        }
    }

    /// How the accounts stand, also when another Postbook works on them.
    pub fn stand(&mut self, accounts: &[AccountState]) {
        for account in accounts {
            if self.elsewhere && !matches!(account.phase, Phase::Connecting | Phase::Syncing) {
                self.syncing.remove(&account.name);
            }
            match account.problem().filter(|_| account.phase.is_trouble()) {
                Some(problem) => drop(self.troubles.insert(account.name.clone(), problem)),
                None if account.last_error.is_none() => {
                    self.shut_out.remove(&account.name);
                    self.troubles.remove(&account.name);
                }
                None => {}
            }
        }
    }

    /// The same in a few words where a key leads to the cure.
    fn short_trouble(&self) -> Option<String> {
        let shut_out = |(account, problem): (&Text, &Problem)| {
            let what = if problem.sentence.contains(" and the token") {
                "sign-in refused"
            } else if problem.sentence.contains("refused") {
                "password refused"
            } else {
                "cannot sign in"
            };
            self.shut_out.contains(account).then(|| format!("{account}: {what} · g a"))
        };
        self.troubles.iter().find_map(shut_out).or_else(|| self.trouble())
    }

    /// Why the newest letters of an account may not be here, in words.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let mut troubles = self.troubles.iter();
        let words = troubles.next().map(|(account, problem)| trouble_words(account, problem))?;
        let more = troubles.map(|(account, _)| account.as_str()).collect::<Vec<_>>().join(", ");
        Some(if more.is_empty() { words } else { format!("{words}; also {more}: g a shows all") })
    }

    /// How far each sync that runs now is, in words.
    #[must_use]
    pub fn syncs(&self) -> Vec<String> {
        self.syncing.iter().map(|(account, progress)| progress_words(account, progress.as_ref())).collect()
    }

    /// What keeps each account from its server, in words.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.troubles.iter().map(|(account, problem)| trouble_words(account, problem)).collect()
    }

    /// The last sync of this account did not end well.
    #[must_use]
    pub fn is_in_trouble(&self, account: &Text) -> bool {
        self.troubles.contains_key(account)
    }

    /// Time goes by.
    pub fn tick(&mut self, now: Timestamp) {
        self.held.retain(|held| held.until > now);
        if let Some((note, at)) = &self.note {
            let seconds = if matches!(note, Note::Problem(_)) { PROBLEM_SECONDS } else { NEWS_SECONDS };
            if now.as_second() - at.as_second() >= seconds {
                self.note = None;
            }
        }
    }

    /// A letter is held.
    pub fn hold(&mut self, held: Held) {
        self.held.retain(|other| other.id != held.id);
        self.held.push(held);
        self.held.sort_by_key(|held| held.until);
    }

    /// The most pressing thing to say.
    fn line(&self, state: &State) -> Vec<Part> {
        let styles = &state.styles;
        let mut parts = Vec::new();
        // What leaves on Monday is no hurry: news go before it.
        if let Some(held) = self.held.first().filter(|held| held.is_leaving() || self.note.is_none()) {
            let when = if held.is_leaving() {
                format!("Sending to {} in {} s", held.to, (held.until.as_second() - state.now.as_second()).max(0))
            } else {
                format!("Leaves {} to {}", state.clock().full(held.leaves), held.to)
            };
            let more = self.held.len() - 1;
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            let text = format!("{when}: press U to take it back{more}");
            parts.push(Part { text, style: styles.waits, wraps: false });
        }
        match &self.note {
            Some((Note::News(text, tail), _)) => {
                let room = usize::from(state.width).saturating_sub(1 + format::width(tail));
                let room = if parts.is_empty() { room } else { usize::MAX };
                let text = format!("{}{tail}", format::cut(text.as_str(), room));
                parts.push(Part { text, style: styles.good, wraps: false });
            }
            Some((Note::Problem(problem), _)) => {
                parts.push(Part { text: problem_words(problem), style: styles.bad, wraps: true });
            }
            None => {}
        }
        let marked = crate::ui::handling::marked(state);
        if parts.is_empty() && marked > 0 {
            let text = format!("{marked} marked");
            parts.push(Part { text, style: styles.waits, wraps: false });
        }
        if parts.is_empty() {
            if let Some((account, progress)) = self.syncing.iter().next() {
                let text = progress_words(account, progress.as_ref());
                parts.push(Part { text, style: styles.dim, wraps: false });
            } else if let Some(text) = self.short_trouble() {
                parts.push(Part { text, style: styles.bad, wraps: true });
            } else if self.elsewhere {
                let text = "synced by another Postbook".to_owned();
                parts.push(Part { text, style: styles.dim, wraps: false });
            }
            if let Some(away) = self.away.as_ref().filter(|_| parts.iter().all(|part| !part.wraps)) {
                let text = format!("{away} · g A");
                parts.push(Part { text, style: styles.waits, wraps: false });
            }
        }
        parts
    }
}

fn problem_words(problem: &Problem) -> String {
    // The sentence may quote a server or a file.
    format!("Problem: {}", Text::line(&problem.to_string()))
}

fn trouble_words(account: &Text, problem: &Problem) -> String {
    let words = Text::line(&problem.to_string());
    if problem.sentence.contains(account.as_str()) {
        format!("Sync: {words}")
    } else {
        format!("Sync of {account}: {words}")
    }
}

fn progress_words(account: &Text, progress: Option<&Progress>) -> String {
    match progress {
        Some(Progress { folder, done, of }) if *of > 0 => {
            let tenths = usize::try_from(done.saturating_mul(10) / of).unwrap_or(10).min(10);
            let bar = format!("{}{}", "#".repeat(tenths), ".".repeat(10 - tenths));
            format!("Syncing {account}, {folder} [{bar}] {done} of {of}")
        }
        Some(Progress { folder, .. }) => format!("Syncing {account}, {folder}"),
        None => format!("Syncing {account}"),
    }
}

/// A problem takes at most so many lines.
const PROBLEM_LINES: usize = 5;

/// How many lines the bottom needs: one for news and one for keys, one for both on a low terminal; more while a
/// problem has more to say.
#[must_use]
pub fn height(state: &State) -> u16 {
    let (least, keys) = if state.height >= 16 { (2, 1) } else { (1, 0) };
    u16::try_from(lines(state).len() + keys).unwrap_or(least).max(least)
}

/// What is said, in lines of this terminal: problems wrap, everything else shares one line.
fn lines(state: &State) -> Vec<Line<'static>> {
    let columns = usize::from(state.width).saturating_sub(2).max(8);
    let (mut room, mut first, mut lines) = (columns, Line::default(), Vec::new());
    for part in state.bar.line(state) {
        if part.wraps {
            let mut rows = textwrap::wrap(&part.text, columns);
            let more = rows.len() > PROBLEM_LINES;
            rows.truncate(PROBLEM_LINES);
            let last = rows.len().saturating_sub(1);
            for (index, row) in rows.into_iter().enumerate() {
                let dots = if more && index == last { "…" } else { "" };
                let row = format::cut(&row, columns - dots.len().min(1));
                lines.push(Line::styled(format!(" {row}{dots}"), part.style));
            }
            continue;
        }
        let gap = if first.spans.is_empty() { " " } else { "   " };
        let text = format::cut(&format!("{gap}{}", part.text), room + 1);
        room = room.saturating_sub(format::width(&text));
        first.push_span(Span::styled(text, part.style));
    }
    if !first.spans.is_empty() {
        lines.insert(0, first);
    }
    lines
}

/// What waits for servers and what they refused, in a few words; empty when nothing.
fn waiting(state: &State) -> (String, Style) {
    let (waits, refused) =
        state.waiting.value.as_ref().map_or((0, 0), |pending| (pending.waiting(), pending.refusals.len()));
    let said = if refused == 1 { "refused! P shows it" } else { "refused! P shows them" };
    let parts = [(waits, "waiting"), (u64::try_from(refused).unwrap_or(u64::MAX), said)];
    let words: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    (words.join(" · "), if refused > 0 { state.styles.bad } else { state.styles.dim })
}

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, area: Rect) {
    let lines = lines(state);
    // A low terminal has one line: what is said hides the keys.
    let both = state.height >= 16;
    let (words, style) = waiting(state);
    let columns = u16::try_from(format::width(&words)).unwrap_or(u16::MAX);
    let said = lines.first().map_or(0, Line::width);
    let free = usize::from(area.width) > said + format::width(&words) + 3;
    let shown = columns > 0 && free && (both || lines.is_empty());
    if shown {
        let place =
            Rect { x: area.right().saturating_sub(columns + 1), width: columns, height: area.height.min(1), ..area };
        frame.render_widget(Line::styled(words, style), place);
    }
    if both || lines.is_empty() {
        let y = area.bottom().saturating_sub(1);
        let width = if shown && !both { area.width.saturating_sub(columns + 2) } else { area.width };
        keys(state, frame, Rect { y, width, height: area.height.min(1), ..area });
    }
    let end = area.bottom().saturating_sub(u16::from(both));
    for (y, line) in (area.y..end).zip(lines) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

/// The keys that are most useful here, as many as fit.
fn keys(state: &State, frame: &mut Frame, area: Rect) {
    let styles = &state.styles;
    let mut spans = vec![Span::raw(" ")];
    let mut room = usize::from(area.width).saturating_sub(1);
    for (key, word) in crate::ui::hints::hints(state) {
        let key = keymap::shown(&key);
        let width = format::width(&key) + format::width(&word) + 3;
        if width > room {
            continue;
        }
        room -= width;
        spans.push(Span::styled(key, styles.accent));
        spans.push(Span::styled(format!(" {word}  "), styles.dim));
    }
    frame.render_widget(Line::from(spans), area);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_that_was_read_goes_with_the_next_key() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut bar = Bar::default();
        bar.problem(Problem::new(Kind::NotFound, "this client has no open deal"), at(100));
        bar.key_pressed(at(102));
        assert!(bar.note.is_some(), "nobody can have read it");
        bar.key_pressed(at(107));
        assert!(bar.note.is_none());
        bar.news("Archived", at(100));
        bar.key_pressed(at(107));
        assert!(bar.note.is_some(), "news go by themselves");
    }
}
