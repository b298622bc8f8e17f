//! The bottom: news, countdown, sync progress and problems in one place; below it the keys.

use crate::domain::id;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::state::State;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;

/// How long news stay, in seconds.
const NEWS_SECONDS: i64 = 8;
/// How long a problem stays, in seconds; `Esc` and the next news take it away sooner.
const PROBLEM_SECONDS: i64 = 60;

/// A letter that is held and can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its key.
    pub id: id::Outgoing,
    /// To whom.
    pub to: Text,
    /// It leaves then.
    pub until: Timestamp,
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
    News(Text),
    Problem(Problem),
}

/// What the bottom line knows.
#[derive(Debug, Default)]
pub struct Bar {
    note: Option<(Note, Timestamp)>,
    /// Held letters, the first to leave first.
    pub held: Vec<Held>,
    syncing: BTreeMap<Text, Option<Progress>>,
    troubles: BTreeMap<Text, Problem>,
}

impl Bar {
    /// Shows news.
    pub fn news(&mut self, text: impl Into<String>, now: Timestamp) {
        self.note = Some((Note::News(Text::from(text.into())), now));
    }

    /// Shows a problem.
    pub fn problem(&mut self, problem: Problem, now: Timestamp) {
        self.note = Some((Note::Problem(problem), now));
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
        match problem {
            Some(problem) => drop(self.troubles.insert(account, problem)),
            None => drop(self.troubles.remove(&account)),
        }
    }

    /// Why the newest letters of an account may not be here, in words.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.troubles.iter().next().map(|(account, problem)| trouble_words(account, problem))
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
    fn line(&self, state: &State) -> Option<Vec<(String, Style)>> {
        let styles = &state.styles;
        let mut parts = Vec::new();
        if let Some(held) = self.held.first() {
            let seconds = (held.until.as_second() - state.now.as_second()).max(0);
            let more = self.held.len() - 1;
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            parts.push((format!("Sending to {} in {seconds} s: press U to take it back{more}", held.to), styles.waits));
        }
        match &self.note {
            Some((Note::News(text), _)) => parts.push((text.to_string(), styles.good)),
            Some((Note::Problem(problem), _)) => parts.push((problem_words(problem), styles.bad)),
            None => {}
        }
        if parts.is_empty() {
            if let Some((account, progress)) = self.syncing.iter().next() {
                parts.push((progress_words(account, progress.as_ref()), styles.dim));
            } else if let Some(trouble) = self.trouble() {
                parts.push((trouble, styles.bad));
            }
        }
        (!parts.is_empty()).then_some(parts)
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

/// Draws it.
pub fn view(state: &State, frame: &mut Frame, area: Rect) {
    let news = state.bar.line(state);
    if area.height >= 2 {
        if let Some(parts) = &news {
            say(frame, Rect { height: 1, ..area }, parts);
        }
        keys(state, frame, Rect { y: area.y + 1, height: 1, ..area });
    } else if let Some(parts) = &news {
        say(frame, area, parts);
    } else {
        keys(state, frame, area);
    }
}

fn say(frame: &mut Frame, area: Rect, parts: &[(String, Style)]) {
    let mut room = usize::from(area.width).saturating_sub(1);
    let mut spans = vec![Span::raw(" ")];
    for (index, (text, style)) in parts.iter().enumerate() {
        let text = if index > 0 { format!("   {text}") } else { text.clone() };
        let text = format::cut(&text, room);
        room = room.saturating_sub(format::width(&text));
        spans.push(Span::styled(text, *style));
    }
    frame.render_widget(Line::from(spans), area);
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
