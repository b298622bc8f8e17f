//! The keys that work here, in groups, and what the short words mean.

use super::{Overlay, room, window};
use crate::domain::counter::Counter;
use crate::ui::format;
use crate::ui::keymap::{self, Binding, Group};
use crate::ui::screens::today::short;
use crate::ui::state::{Screen, State};
use crate::ui::widgets::list::scroll_bar;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The widest it gets.
const COLUMNS: usize = 76;

/// A key or word, and beside it what it means, wrapped.
fn entry(lines: &mut Vec<Line<'static>>, left: &str, right: &str, columns: usize, strong: Style, text: Style) {
    let wide = if columns < 50 { 7 } else { 16 };
    for (index, part) in textwrap::wrap(right, columns.saturating_sub(wide + 3).max(10)).into_iter().enumerate() {
        let left = if index == 0 { left } else { "" };
        let spans = vec![
            Span::styled(format!("  {} ", format::fit(left, wide)), strong),
            Span::styled(part.into_owned(), text),
        ];
        lines.push(Line::from(spans));
    }
}

/// The help.
#[derive(Debug)]
pub struct Help {
    bindings: Vec<&'static Binding>,
    scroll: usize,
}

impl Help {
    /// For the screen as it is.
    #[must_use]
    pub fn new(state: &State) -> Self {
        let target = state.target();
        let can = |binding: &&Binding| crate::ui::hints::can(state, &target, binding.at);
        Self { bindings: keymap::BINDINGS.iter().filter(can).collect(), scroll: 0 }
    }

    fn lines(&self, state: &State) -> Vec<Line<'static>> {
        let styles = &state.styles;
        let columns = room(state.body(), COLUMNS).saturating_sub(1);
        let mut lines = Vec::new();
        for group in Group::ALL {
            let has_key = |binding: &Binding| binding.keys.iter().any(|key| self.owner(key) == Some(binding.action));
            let bindings: Vec<_> =
                self.bindings.iter().filter(|binding| binding.group == group && has_key(binding)).collect();
            if bindings.is_empty() {
                continue;
            }
            lines.push(Line::styled(group.title(), styles.accent));
            for binding in bindings {
                // A key that something above has taken here is not shown.
                let free = binding.keys.iter().filter(|key| self.owner(key) == Some(binding.action));
                let keys: Vec<String> = free.take(2).map(|key| keymap::shown(key)).collect();
                if !keys.is_empty() {
                    entry(&mut lines, &keys.join(" "), binding.title, columns, styles.strong, styles.text);
                }
            }
            lines.push(Line::default());
        }
        if state.writing.is_none() && state.screen == Screen::Today {
            lines.push(Line::styled("The words at the right of a row", styles.accent));
            for counter in Counter::ALL {
                entry(&mut lines, short(counter), counter.rule(), columns, styles.waits, styles.text);
            }
        }
        if state.writing.is_none() && state.screen == Screen::Mail {
            lines.push(Line::styled("The mark before a conversation", styles.accent));
            for (mark, meaning) in [
                ("*", "marked: keys act on all that are"),
                ("N", "new: not seen"),
                ("!", "flagged"),
                ("R", "answered"),
                ("@", "with files"),
            ] {
                entry(&mut lines, mark, meaning, columns, styles.strong, styles.text);
            }
        }
        lines
    }

    fn owner(&self, key: &str) -> Option<keymap::Action> {
        self.bindings.iter().find(|binding| binding.keys.contains(&key)).map(|binding| binding.action)
    }

    pub(super) fn key(mut self, state: &State, key: KeyEvent) -> Option<Overlay> {
        let last = self.lines(state).len().saturating_sub(usize::from(state.body().height).saturating_sub(2));
        let page = usize::from(state.body().height / 2).max(1);
        match keymap::name(key).as_deref() {
            Some("j" | "down") => self.scroll += 1,
            Some("k" | "up") => self.scroll = self.scroll.saturating_sub(1),
            Some("pgdn" | "space" | "ctrl-d") => self.scroll += page,
            Some("pgup" | "ctrl-u") => self.scroll = self.scroll.saturating_sub(page),
            Some("home" | "g") => self.scroll = 0,
            Some("end" | "G") => self.scroll = last,
            Some("esc" | "q" | "?" | "enter" | "f1") => return None,
            _ => {}
        }
        self.scroll = self.scroll.min(last);
        Some(Overlay::Help(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let lines = self.lines(state);
        let title = if state.writing.is_some() { "Keys while writing" } else { "Keys here" };
        let inner = window(frame, body, title, room(body, COLUMNS), lines.len(), styles);
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(self.scroll)) {
            frame.render_widget(line, Rect { y, height: 1, width: inner.width.saturating_sub(1), ..inner });
        }
        scroll_bar(frame, inner, lines.len(), self.scroll, styles);
    }
}
