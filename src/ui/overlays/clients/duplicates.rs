//! Cards that may be one: pairs with what speaks for it, the likeliest first.

use super::open_sides;
use crate::domain::contact::Whose;
use crate::domain::duplicate::{Candidate, Strength};
use crate::domain::text::{Text, plural};
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::overlays::{room, window};
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Lines of one pair.
const LINES: usize = 3;
/// Columns of the word for its strength.
const WORD: usize = 6;

/// The list.
#[derive(Debug, Default)]
pub struct Duplicates {
    /// The pairs.
    pub slot: Slot<Vec<Candidate>>,
    /// Of this card alone.
    of: Option<Whose>,
    /// Whose card, in words.
    who: Text,
    /// Cards that are still to be compared.
    comparing: u64,
    /// Pairs for which little speaks are shown too.
    weak: bool,
    at: usize,
}

impl Duplicates {
    /// Of one card, or of all.
    #[must_use]
    pub fn new(of: Option<Whose>, who: Text) -> Self {
        // On one card even the name alone is worth a look.
        Self { of, who, weak: of.is_some(), ..Self::default() }
    }

    /// Asks for them.
    pub fn ask(&mut self, last: &mut Generation, out: &mut Effects) {
        out.push(Effect::LoadDuplicates { generation: self.slot.ask(last), of: self.of });
    }

    pub(super) fn reload(&mut self, last: &mut Generation, out: &mut Effects) {
        if let Some(generation) = self.slot.refresh(last) {
            out.push(Effect::LoadDuplicates { generation, of: self.of });
        }
    }

    pub(super) fn loaded(&mut self, generation: Generation, rows: &[Candidate], comparing: u64) {
        if self.slot.take(generation) {
            self.slot.value = Some(rows.to_vec());
            self.comparing = comparing;
            self.at = self.at.min(self.rows().len().saturating_sub(1));
        }
    }

    fn rows(&self) -> Vec<&Candidate> {
        let rows = self.slot.value.as_deref().unwrap_or_default().iter();
        rows.filter(|row| self.weak || row.strength() > Strength::Weak).collect()
    }

    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Self> {
        let count = self.rows().len();
        let pair = self.rows().get(self.at).map(|row| row.pair);
        match (keymap::name(key).as_deref(), pair) {
            (Some("enter"), Some(pair)) => open_sides(state, pair, out),
            (Some("x" | "n"), Some(pair)) => {
                out.push(Effect::Different(pair));
                if let Some(rows) = &mut self.slot.value {
                    rows.retain(|row| row.pair != pair);
                }
                self.at = self.at.min(count.saturating_sub(2));
            }
            (Some("w"), _) => self.weak = !self.weak,
            (Some("u"), _) => out.push(Effect::Undo),
            (Some("j" | "down" | "tab"), _) => self.at = (self.at + 1).min(count.saturating_sub(1)),
            (Some("k" | "up" | "shift-tab"), _) => self.at = self.at.saturating_sub(1),
            (Some("pgdn"), _) => self.at = (self.at + 5).min(count.saturating_sub(1)),
            (Some("pgup"), _) => self.at = self.at.saturating_sub(5),
            (Some("esc" | "q"), _) => return None,
            _ => {}
        }
        if self.slot.wants_again() {
            self.ask(&mut state.generation, out);
        }
        Some(self)
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let title = if self.who.is_empty() {
            "May be one client".to_owned()
        } else {
            format!("May be the same as {}", self.who)
        };
        let inner = window(frame, body, &title, room(body, 100), usize::from(body.height), styles);
        if pane::missing(frame, inner, &self.slot, "the duplicates", styles) {
            return;
        }
        let rows = self.rows();
        let note = self.note(rows.len());
        let area = Rect { height: inner.height.saturating_sub(1), ..inner };
        frame.render_widget(Line::styled(note, styles.dim), Rect { y: area.bottom(), height: 1, ..inner });
        if rows.is_empty() {
            let said = [("No two cards look like one client.", styles.good)];
            return list::notice(frame, area, &said);
        }
        let shown = (usize::from(area.height) / LINES).max(1);
        let first = (self.at + 1).saturating_sub(shown);
        let mut y = area.y;
        for (index, row) in rows.iter().enumerate().skip(first).take(shown) {
            let place =
                Rect { y, height: 3.min(area.bottom().saturating_sub(y)), width: area.width.saturating_sub(1), ..area };
            let lines = pair_lines(row, index == self.at, usize::from(place.width), styles);
            for (y, line) in (place.y..place.bottom()).zip(lines) {
                frame.render_widget(line, Rect { y, height: 1, ..place });
            }
            if index == self.at {
                frame.buffer_mut().set_style(Rect { height: place.height.min(2), ..place }, styles.selected);
            }
            y += place.height;
        }
        list::scroll_bar(frame, area, rows.len() * LINES, first * LINES, styles);
    }

    fn note(&self, shown: usize) -> String {
        let weak = self.slot.value.as_ref().map_or(0, Vec::len) - shown;
        let mut notes = Vec::new();
        if weak > 0 {
            notes.push(format!(
                "w shows {} with little to speak for it",
                plural(u64::try_from(weak).unwrap_or(0), "pair", "pairs")
            ));
        }
        if self.comparing > 0 {
            notes.push(format!("{} still to be compared", plural(self.comparing, "card is", "cards are")));
        }
        notes.join("; ")
    }
}

/// Both names, both addresses, and what speaks for it.
fn pair_lines(row: &Candidate, selected: bool, columns: usize, styles: &Styles) -> [Line<'static>; LINES] {
    let mark = if selected { "> " } else { "  " };
    let word = row.strength().word();
    let room = columns.saturating_sub(2 + WORD + 4);
    let half = room / 2;
    let style = match row.strength() {
        Strength::Strong => styles.waits,
        Strength::Fair => styles.text,
        Strength::Weak => styles.dim,
    };
    let two = |a: &Text, b: &Text, between: &str| {
        format!("{} {between} {}", format::fit(a.as_str(), half), format::fit(b.as_str(), half))
    };
    let evidence = row.evidence.iter().map(Text::as_str).collect::<Vec<_>>().join("; ");
    [
        Line::from(vec![
            Span::raw(mark),
            Span::styled(two(&row.names.0, &row.names.1, "="), styles.strong),
            Span::styled(format!(" {}", format::fit_right(word, WORD)), style),
        ]),
        Line::styled(format!("  {}", two(&row.places.0, &row.places.1, " ")), styles.dim),
        Line::styled(format!("    {}", format::cut(&evidence, columns.saturating_sub(4))), styles.text),
    ]
}
