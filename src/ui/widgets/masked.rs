//! A password being typed.

use crate::ui::theme::Styles;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use std::fmt;

/// A password being typed. It is never shown: `Debug` prints dots.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Masked(String);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(…)")
    }
}

impl Masked {
    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            _ if is_clear(key) => self.0.clear(),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => self.0.push(c),
            KeyCode::Backspace => drop(self.0.pop()),
            _ => {}
        }
    }

    /// Takes pasted text as it is, but for the line end that came along with it.
    pub fn paste(&mut self, pasted: &str) {
        self.0.push_str(pasted.lines().next().unwrap_or_default());
    }

    /// Draws a dot for each character.
    pub fn view(&self, frame: &mut Frame, place: Rect, in_use: bool, styles: &Styles) {
        let room = usize::from(place.width).saturating_sub(1);
        let dots = "•".repeat(self.0.chars().count().min(room));
        let cursor =
            if in_use { Span::styled(" ", styles.text.add_modifier(Modifier::REVERSED)) } else { Span::raw("") };
        frame.render_widget(Line::from(vec![Span::styled(dots, styles.text), cursor]), place);
    }
}

/// The key that empties a line, as in a shell.
#[must_use]
pub fn is_clear(key: KeyEvent) -> bool {
    key.code == KeyCode::Char('u') && key.modifiers.contains(KeyModifiers::CONTROL)
}
