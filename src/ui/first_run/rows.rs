//! Rows to fill in: text, a password that is not shown, one word of several.

use crate::domain::text::Text;
use crate::ui::format;
use crate::ui::theme::Styles;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::masked::{Masked, is_clear};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// What a row takes.
#[derive(Debug)]
pub enum Entry {
    /// A line of text.
    Text(Box<Field>),
    /// A password.
    Secret(Masked),
    /// One of these words; arrows change it.
    Choice(&'static [&'static str], usize),
}

/// Rows, one of them in use.
#[derive(Debug, Default)]
pub struct Rows {
    rows: Vec<(&'static str, Entry)>,
    at: usize,
}

impl Rows {
    /// Adds a line of text.
    pub fn text(mut self, label: &'static str, text: &str) -> Self {
        self.rows.push((label, Entry::Text(Box::new(Field::new(text)))));
        self
    }

    /// Adds a password.
    pub fn secret(mut self, label: &'static str) -> Self {
        self.rows.push((label, Entry::Secret(Masked::default())));
        self
    }

    /// Adds a choice.
    pub fn choice(mut self, label: &'static str, words: &'static [&'static str], chosen: usize) -> Self {
        self.rows.push((label, Entry::Choice(words, chosen)));
        self
    }

    /// How many lines they take.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// What stands in a row; empty for one that is not there.
    pub fn value(&self, label: &str) -> &str {
        match self.entry(label) {
            Some(Entry::Text(field)) => field.text().trim(),
            Some(Entry::Secret(secret)) => secret.text(),
            Some(Entry::Choice(words, chosen)) => words.get(*chosen).copied().unwrap_or_default(),
            None => "",
        }
    }

    /// Which word of a choice is chosen.
    pub fn chosen(&self, label: &str) -> usize {
        match self.entry(label) {
            Some(Entry::Choice(_, chosen)) => *chosen,
            _ => 0,
        }
    }

    fn entry(&self, label: &str) -> Option<&Entry> {
        self.rows.iter().find_map(|(name, entry)| (*name == label).then_some(entry))
    }

    /// Writes a row.
    pub fn set(&mut self, label: &str, text: &str) {
        if let Some((_, Entry::Text(field))) = self.rows.iter_mut().find(|(name, _)| *name == label) {
            **field = Field::new(text);
        }
    }

    /// Goes to a row.
    pub fn go(&mut self, label: &str) {
        self.at = self.rows.iter().position(|(name, _)| *name == label).unwrap_or(self.at);
    }

    /// The row in use.
    pub fn in_use(&self) -> &'static str {
        self.rows.get(self.at).map_or("", |(label, _)| label)
    }

    /// Takes a key: Tab and arrows go to another row, the rest is the row's.
    pub fn key(&mut self, key: KeyEvent) {
        let last = self.rows.len().saturating_sub(1);
        match key.code {
            KeyCode::Tab | KeyCode::Down => self.at = if self.at >= last { 0 } else { self.at + 1 },
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            _ => match self.rows.get_mut(self.at) {
                // As in a shell, and as in the password's row.
                Some((_, Entry::Text(field))) if is_clear(key) => **field = Field::default(),
                Some((_, Entry::Text(field))) => drop(field.key(key)),
                Some((_, Entry::Secret(secret))) => secret.key(key),
                Some((_, Entry::Choice(words, chosen))) => match key.code {
                    KeyCode::Right | KeyCode::Char(' ') => *chosen = (*chosen + 1) % words.len().max(1),
                    KeyCode::Left => *chosen = chosen.checked_sub(1).unwrap_or(words.len().saturating_sub(1)),
                    _ => {}
                },
                None => {}
            },
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, pasted: &str) {
        match self.rows.get_mut(self.at) {
            Some((_, Entry::Text(field))) => drop(field.paste(pasted)),
            Some((_, Entry::Secret(secret))) => secret.paste(pasted),
            _ => {}
        }
    }

    /// Draws them, one below the other.
    pub fn view(&self, frame: &mut Frame, area: Rect, idle: bool, styles: &Styles) {
        let columns = self.rows.iter().map(|(label, _)| format::width(label)).max().unwrap_or(0) + 3;
        let wide = u16::try_from(columns).unwrap_or(0).min(area.width);
        let above = (self.at + 1).saturating_sub(usize::from(area.height));
        for (y, (index, (label, entry))) in (area.y..area.bottom()).zip(self.rows.iter().enumerate().skip(above)) {
            let in_use = index == self.at && !idle;
            let (mark, style) = if in_use { (">", styles.accent) } else { (" ", styles.dim) };
            let label = Span::styled(format!("{mark} {}", format::fit(label, columns - 2)), style);
            frame.render_widget(label, Rect { y, height: 1, width: wide, ..area });
            let place = Rect { x: area.x + wide, y, width: area.width - wide, height: 1 };
            match entry {
                Entry::Text(field) => field.view(frame, place, in_use, styles),
                Entry::Secret(secret) => secret.view(frame, place, in_use, styles),
                Entry::Choice(words, chosen) => {
                    let word = Text::line(words.get(*chosen).copied().unwrap_or_default());
                    let shown = if in_use { format!("← {word} →") } else { word.into() };
                    frame.render_widget(Line::styled(shown, styles.text), place);
                }
            }
        }
    }
}
