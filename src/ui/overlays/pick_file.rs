//! A file to attach: found by parts of its name, in a folder and those below it, or by its path.

use super::{Overlay, room, window};
use crate::ui::effect::{Effect, Entry, Generation, Listing, WritingQuestion};
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The picker.
#[derive(Debug)]
pub struct PickFile {
    field: Field,
    /// The folder that is looked into; `None` is the home folder.
    folder: Option<String>,
    /// Hidden files too.
    hidden: bool,
    /// What is there.
    pub slot: Slot<Listing>,
    /// Those that match, best first, by their place in the listing.
    found: Vec<usize>,
    at: usize,
}

impl PickFile {
    /// Begins in the folder where the last file was found.
    pub(in crate::ui) fn open(state: &mut State, out: &mut Effects) {
        let mut picker = Self {
            field: Field::default(),
            folder: state.attach_from.clone(),
            hidden: false,
            slot: Slot::default(),
            found: Vec::new(),
            at: 0,
        };
        picker.ask(&mut state.generation, out);
        state.overlays.push(Overlay::PickFile(Box::new(picker)));
    }

    fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        let question = WritingQuestion::Folder { path: self.folder.clone(), hidden: self.hidden };
        out.push(Effect::AskWriting { generation: self.slot.ask(last), question });
    }

    /// The listing came.
    pub fn loaded(&mut self, generation: Generation, listing: &Listing) {
        if self.slot.take(generation) {
            self.folder = Some(listing.folder.clone());
            self.slot.value = Some(listing.clone());
            self.find();
        }
    }

    fn entries(&self) -> &[Entry] {
        self.slot.value.as_ref().map_or(&[], |listing| listing.entries.as_slice())
    }

    /// What was typed is a path, not a part of a name.
    fn typed_path(&self) -> Option<&str> {
        let typed = self.field.text().trim();
        (typed.starts_with('/') || typed.starts_with("~/")).then_some(typed)
    }

    fn find(&mut self) {
        self.at = 0;
        let typed = self.field.text().trim().to_owned();
        if typed.is_empty() {
            // Only what lies in the folder itself: that is what a person expects to see in it.
            self.found = (0..self.entries().len())
                .filter(|index| self.entries().get(*index).is_some_and(|entry| !entry.path.contains('/')))
                .collect();
            return;
        }
        let pattern = Pattern::parse(&typed, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (index, entry) in self.entries().iter().enumerate() {
            let name = Utf32Str::new(&entry.path, &mut buffer);
            scored.extend(pattern.score(name, &mut matcher).map(|score| (score, index)));
        }
        // Of equals the nearer comes first: that is their order.
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = scored.into_iter().map(|(_, index)| index).collect();
    }

    fn chosen(&self) -> Option<(String, bool)> {
        let folder = &self.slot.value.as_ref()?.folder;
        let entry = self.entries().get(*self.found.get(self.at)?)?;
        Some((format!("{}/{}", folder.trim_end_matches('/'), entry.path), entry.folder))
    }

    /// Looks into another folder.
    fn enter(&mut self, folder: String, last: &mut Generation, out: &mut Effects) {
        self.folder = Some(folder);
        self.field = Field::default();
        self.ask(last, out);
    }

    fn up(&mut self, last: &mut Generation, out: &mut Effects) {
        let above = self.folder.as_deref().and_then(|folder| folder.trim_end_matches('/').rsplit_once('/'));
        if let Some((above, _)) = above {
            let above = if above.is_empty() { "/".to_owned() } else { above.to_owned() };
            self.enter(above, last, out);
        }
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        let path = crate::domain::pasted::path(pasted);
        if self.field.paste(path.as_deref().unwrap_or(pasted)) {
            self.find();
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.found.len().saturating_sub(1);
        let control = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down => self.at = (self.at + 1).min(last),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::Enter => {
                if let Some(path) = self.typed_path() {
                    out.push(Effect::ReadFile { path: path.to_owned() });
                    return None;
                }
                match self.chosen() {
                    Some((path, true)) => self.enter(path, &mut state.generation, out),
                    Some((path, false)) => {
                        state.attach_from = path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
                        out.push(Effect::ReadFile { path });
                        return None;
                    }
                    None => {}
                }
            }
            // Into the chosen folder, or where the chosen file lies.
            KeyCode::Tab => match (self.typed_path().map(str::to_owned), self.chosen()) {
                (Some(path), _) => self.enter(path, &mut state.generation, out),
                (None, Some((path, true))) => self.enter(path, &mut state.generation, out),
                (None, Some((path, false))) => {
                    let folder = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or(path);
                    self.enter(folder, &mut state.generation, out);
                }
                (None, None) => {}
            },
            KeyCode::BackTab => self.up(&mut state.generation, out),
            KeyCode::Backspace if self.field.text().is_empty() => self.up(&mut state.generation, out),
            KeyCode::Char('a') if control => {
                self.hidden = !self.hidden;
                self.ask(&mut state.generation, out);
            }
            KeyCode::Char('l') if control => {
                crate::ui::compose::files_of_letters(state, out);
                return None;
            }
            _ => {
                if self.field.key(key) {
                    self.find();
                }
            }
        }
        Some(Overlay::PickFile(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let inner = window(frame, body, "Attach a file", columns, 18, styles);
        let line = Rect { height: 1, ..inner };
        frame.render_widget(Span::styled("> ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        let folder = self.slot.value.as_ref().map(|listing| listing.folder.clone()).unwrap_or_default();
        let shown = crate::domain::text::Text::line(&folder);
        let note = if self.hidden { "hidden files too" } else { "" };
        let place = Rect { y: inner.y + 1, height: 1, ..inner };
        frame.render_widget(
            Line::styled(format::ends(shown.as_str(), note, usize::from(place.width)), styles.dim),
            place,
        );
        let rows = Rect { y: inner.y + 2, height: inner.height.saturating_sub(3), ..inner };
        let keys = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
        let words = "Enter attaches  Tab into folder  Shift-Tab up  Ctrl-A hidden  Ctrl-L from a letter";
        frame.render_widget(Line::styled(format::cut(words, usize::from(keys.width)), styles.dim), keys);
        if let Some(path) = self.typed_path() {
            let path = crate::domain::text::Text::line(path);
            return list::notice(frame, rows, &[(&format!("Enter attaches {path}"), styles.dim)]);
        }
        if pane::missing(frame, rows, &self.slot, "the files", styles) {
            return;
        }
        if self.found.is_empty() {
            return list::notice(frame, rows, &[("No file here is called that.", styles.dim)]);
        }
        list::chosen(frame, rows, (self.at, self.found.len()), styles, |index, columns| {
            let entry = self.found.get(index).and_then(|index| self.entries().get(*index));
            let Some(entry) = entry else { return Line::default() };
            let name = crate::domain::text::Text::line(&entry.path);
            let line = match entry.folder {
                true => format::ends(&format!("{name}/"), "", columns),
                false => format::ends(name.as_str(), &format::size(entry.size), columns),
            };
            Line::styled(line, if entry.folder { styles.accent } else { styles.text })
        });
    }
}
