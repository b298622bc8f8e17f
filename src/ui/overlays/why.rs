//! Why a row waits: for each counter the rule, the letters that make it true, and the key that clears it; and how its conversation is
//! filed.

use super::{Overlay, ledger, room, window};
use crate::domain::counter;
use crate::domain::filing::LedgerLine;
use crate::domain::text::Text;
use crate::ui::effect::Generation;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::State;
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Alternatives of the filing that are named here; `g f` has all of them.
const MOST_ALTERNATIVES: usize = 3;

/// A letter that is offered: what it is, the rule, the keys.
const OFFERED: (&str, &str, &str) = (
    "a letter to approve",
    "something happened that a template is for (its line event:), or nobody answered a letter in time; each time once, and only while it is still so",
    "Enter opens the letter, filled, as a draft; e: no letter; u takes either back",
);

/// The answer to `w`.
#[derive(Debug, Default)]
pub struct Why {
    /// What the row is called.
    pub title: String,
    /// Where the row stands on Today, and why; empty elsewhere.
    pub place: Text,
    /// One for each counter.
    pub slot: Slot<Vec<counter::Why>>,
    /// The decision about its conversation that is in force.
    pub filed: Option<Box<LedgerLine>>,
    /// The first line on the screen.
    pub scroll: usize,
}

impl Why {
    /// The answer came.
    pub fn loaded(&mut self, generation: Generation, whys: &Vec<counter::Why>, filed: Option<&LedgerLine>) {
        if self.slot.is_awaited(generation) {
            self.filed = filed.cloned().map(Box::new);
        }
        self.slot.fill(generation, whys);
    }

    pub(super) fn key(mut self, key: KeyEvent) -> Option<Overlay> {
        let name = keymap::name(key);
        if matches!(name.as_deref(), Some("esc" | "q" | "w" | "enter")) {
            return None;
        }
        self.scroll = list::moved(name.as_deref(), self.scroll).unwrap_or(self.scroll);
        let whys: usize = self.slot.value.iter().flatten().map(|why| why.evidence.len() * 2 + 6).sum();
        let most = whys + self.filed.as_ref().map_or(0, |_| 12);
        self.scroll = self.scroll.min(most);
        Some(Overlay::Why(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        // The last column is the scroll bar's.
        let wrapped = columns.saturating_sub(1);
        let mut lines = Vec::new();
        let mut add = |text: &str, indent: &str, style| {
            let deeper = " ".repeat(indent.len());
            let options = textwrap::Options::new(wrapped).initial_indent(indent).subsequent_indent(&deeper);
            lines.extend(textwrap::wrap(text, options).into_iter().map(|l| Line::styled(l.into_owned(), style)));
        };
        for why in self.slot.value.iter().flatten() {
            let words = why.counter.map(|counter| (counter.label(), counter.rule(), counter.cleared_by()));
            let (label, rule, cleared_by) = words.unwrap_or(OFFERED);
            add(label, "", styles.waits);
            add(&format!("Rule: {rule}."), "  ", styles.text);
            for evidence in &why.evidence {
                add(evidence.as_str(), "  - ", styles.strong);
            }
            add(&format!("Clear it: {cleared_by}."), "  ", styles.dim);
            add("", "", styles.text);
        }
        if let Some(filed) = &self.filed {
            add("filing", "", styles.accent);
            add(&ledger::sentence(filed, &state.clock()), "  ", styles.text);
            add(filed.evidence.as_str(), "  - ", styles.strong);
            for alternative in filed.alternatives.iter().take(MOST_ALTERNATIVES) {
                add(&format!("also in question: {alternative}"), "  - ", styles.dim);
            }
            add("All decisions about it: g f. Another client: @, another deal: f.", "  ", styles.dim);
            add("", "", styles.text);
        }
        if self.place.is_empty() || lines.is_empty() {
            lines.pop();
        } else {
            let mut add = |text: &str| {
                let options = textwrap::Options::new(columns).subsequent_indent("  ");
                let rows = textwrap::wrap(text, options).into_iter();
                lines.extend(rows.map(|row| Line::styled(row.into_owned(), styles.text)));
            };
            add(&format!("Its place: {}.", self.place));
        }
        let title = format!("Why it waits: {}", self.title);
        let inner = window(frame, body, &title, columns, lines.len().max(3), styles);
        if pane::missing(frame, inner, &self.slot, "the reasons", styles) {
            return;
        }
        if lines.is_empty() {
            return list::notice(frame, inner, &[("Nothing waits here any more.", styles.good)]);
        }
        list::lines(frame, inner, &lines, self.scroll, styles);
    }
}
