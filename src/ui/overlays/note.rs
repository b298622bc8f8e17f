//! Several lines about a client, in the built-in editor: a note, requisites.

use super::{Overlay, room, window};
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::text::Text;
use crate::ui::effect::Effect;
use crate::ui::state::{Effects, State};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

/// The editor.
#[derive(Debug)]
pub struct Note {
    whose: Whose,
    fact: Fact,
    area: TextArea<'static>,
    before: String,
    /// Esc was pressed once though something was changed.
    asked: bool,
}

impl Note {
    /// With what stands there.
    #[must_use]
    pub fn new(whose: Whose, fact: Fact, text: &str) -> Self {
        let lines = Text::block(text).lines().map(str::to_owned).collect();
        let mut area = TextArea::new(lines);
        area.set_cursor_line_style(Style::new());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { whose, fact, area, before: text.to_owned(), asked: false }
    }

    fn text(&self) -> String {
        self.area.lines().join("\n").trim_end().to_owned()
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        self.area.insert_str(Text::block(pasted).as_str());
    }

    pub(super) fn key(mut self: Box<Self>, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc if self.asked || self.text() == self.before.trim_end() => return None,
            KeyCode::Esc => self.asked = true,
            KeyCode::Char('s' | 'ы' | 'і') if control => {
                out.push(Effect::EditCard { whose: self.whose, edits: vec![(self.fact.clone(), self.text())] });
                return None;
            }
            _ => {
                self.asked = false;
                self.area.input(key);
            }
        }
        Some(Overlay::Note(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let lines = usize::from(body.height).saturating_sub(4).clamp(3, 16);
        let inner = window(frame, body, &format!("The {}", self.fact.label()), room(body, 72), lines + 1, styles);
        let mut shown = self.area.clone();
        shown.set_style(styles.text);
        shown.set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
        frame.render_widget(&shown, Rect { height: inner.height.saturating_sub(1), ..inner });
        let (said, style) = if self.asked {
            ("Esc again throws the changes away, Ctrl-S keeps them.", styles.bad)
        } else {
            ("Ctrl-S keeps it, Esc leaves.", styles.dim)
        };
        let last = Rect { y: inner.bottom().saturating_sub(1), height: 1, ..inner };
        frame.render_widget(Line::styled(said, style), last);
    }
}
