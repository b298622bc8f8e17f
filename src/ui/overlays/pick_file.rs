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
    /// The folder of the path that is being typed, as it was typed.
    typed_folder: Option<String>,
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
            typed_folder: None,
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

    /// Where what was typed is a path and not a part of a name: its folder, and what is typed of the name.
    fn typed_path(&self) -> Option<(&str, &str)> {
        let typed = self.field.text().trim_start();
        let path = typed.starts_with('/') || typed.starts_with("~/");
        let (folder, _) = typed.rsplit_once('/').filter(|_| path)?;
        typed.split_at_checked(folder.len() + 1)
    }

    /// Looks into the folder whose path is being typed.
    fn follow(&mut self, last: &mut Generation, out: &mut Effects) {
        let typed = self.typed_path().map(|(folder, name)| (folder.to_owned(), name.starts_with('.')));
        let Some((folder, dotted)) = typed else {
            self.typed_folder = None;
            return;
        };
        let shows = dotted && !self.hidden;
        if self.typed_folder.as_ref() != Some(&folder) || shows {
            self.hidden |= dotted;
            self.typed_folder = Some(folder.clone());
            self.folder = Some(if folder == "/" { folder } else { folder.trim_end_matches('/').to_owned() });
            // What lies in the folder before is not what is meant.
            self.slot.value = None;
            self.ask(last, out);
        }
    }

    fn find(&mut self) {
        self.at = 0;
        let typed = self.typed_path().map_or_else(|| self.field.text(), |(_, name)| name).trim().to_owned();
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

    /// Looks into another folder; a path that is being typed goes on there.
    fn enter(&mut self, folder: String, last: &mut Generation, out: &mut Effects) {
        let path = format!("{}/", folder.trim_end_matches('/'));
        self.field = if self.typed_path().is_some() { Field::new(&path) } else { Field::default() };
        self.typed_folder = self.typed_path().is_some().then_some(path);
        self.folder = Some(folder);
        self.ask(last, out);
    }

    fn up(&mut self, last: &mut Generation, out: &mut Effects) {
        let above = self.folder.as_deref().and_then(|folder| folder.trim_end_matches('/').rsplit_once('/'));
        if let Some((above, _)) = above {
            let above = if above.is_empty() { "/".to_owned() } else { above.to_owned() };
            self.enter(above, last, out);
        }
    }

    pub(super) fn paste(&mut self, pasted: &str, last: &mut Generation, out: &mut Effects) {
        let path = crate::domain::pasted::path(pasted);
        if self.field.paste(path.as_deref().unwrap_or(pasted)) {
            self.follow(last, out);
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
            // The folder has not been read yet: the path is whole as it was typed, or it is told that there is no such file.
            KeyCode::Enter if self.typed_path().is_some() && self.slot.value.is_none() => {
                out.push(Effect::ReadFile { path: self.field.text().trim().to_owned() });
                return None;
            }
            KeyCode::Enter => match self.chosen() {
                Some((path, true)) => self.enter(path, &mut state.generation, out),
                Some((path, false)) => {
                    state.attach_from = path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
                    out.push(Effect::ReadFile { path });
                    return None;
                }
                None => {}
            },
            // Into the chosen folder, or where the chosen file lies.
            KeyCode::Tab => match self.chosen() {
                Some((path, true)) => self.enter(path, &mut state.generation, out),
                // Of a path the rest of the name.
                Some((path, false)) if self.typed_path().is_some() => {
                    self.field = Field::new(&path);
                    self.follow(&mut state.generation, out);
                    self.find();
                }
                Some((path, false)) => {
                    let folder = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or(path);
                    self.enter(folder, &mut state.generation, out);
                }
                None => {}
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
                    self.follow(&mut state.generation, out);
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
        let words = "Enter attach  Tab open  Shift-Tab up  Ctrl-A hidden  Ctrl-L of letters";
        frame.render_widget(Line::styled(format::cut(words, usize::from(keys.width)), styles.dim), keys);
        if pane::missing(frame, rows, &self.slot, "the files", styles) {
            return;
        }
        if self.found.is_empty() {
            let typed = self.typed_path().map_or_else(|| self.field.text(), |(_, name)| name);
            let words = if typed.trim().is_empty() { "This folder is empty." } else { "No file here is called that." };
            return list::notice(frame, rows, &[(words, styles.dim)]);
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
