//! One line that is typed into.

use crate::domain::text::Text;
use crate::ui::theme::Styles;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui_textarea::TextArea;

/// A line of text with a cursor: words, selection and undo are those of the built-in editor.
#[derive(Debug, Clone)]
pub struct Field(TextArea<'static>);

impl Default for Field {
    fn default() -> Self {
        Self::new("")
    }
}

impl Field {
    /// With this text in it, the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![Text::line(text).into()]);
        area.set_cursor_line_style(Style::new());
        area.move_cursor(ratatui_textarea::CursorMove::End);
        Self(area)
    }

    /// With a proposal in it: what is typed takes its place.
    #[must_use]
    pub fn proposed(text: &str) -> Self {
        let mut field = Self::new(text);
        field.0.select_all();
        field
    }

    /// What stands in it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.lines().first().map_or("", String::as_str)
    }

    /// Takes a key; true when the text changed. Enter, Tab and Esc are the caller's.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let breaks = matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc);
        let control_m = key.code == KeyCode::Char('m') && !key.modifiers.is_empty();
        // The same as in a letter.
        if key.code == KeyCode::Char('a') && key.modifiers == KeyModifiers::CONTROL {
            self.0.select_all();
            return false;
        }
        if key.code == KeyCode::Char('u') && key.modifiers == KeyModifiers::CONTROL {
            // As everywhere in a terminal; the editor's own meaning of it is to take back.
            return self.0.delete_line_by_head();
        }
        if breaks || control_m { false } else { self.0.input(key) }
    }

    /// The line as the editor that it is, for its text keys.
    pub(in crate::ui) fn area(&mut self) -> &mut TextArea<'static> {
        &mut self.0
    }

    /// Takes pasted text as one line.
    pub fn paste(&mut self, pasted: &str) -> bool {
        self.0.insert_str(Text::line(pasted.trim()).as_str())
    }

    /// Draws it; the cursor only when it is in use.
    pub fn view(&self, frame: &mut Frame, area: Rect, in_use: bool, styles: &Styles) {
        if !in_use {
            let text = crate::ui::format::cut(Text::line(self.text()).as_str(), usize::from(area.width));
            return frame.render_widget(Line::styled(text, styles.text), area);
        }
        let mut shown = self.0.clone();
        shown.set_style(styles.text);
        shown.set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
        frame.render_widget(&shown, area);
    }
}
