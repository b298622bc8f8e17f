//! The ledger of a conversation: every decision ever made about where it belongs, newest first.

use super::{Overlay, room, window};
use crate::domain::filing::{InSpite, LedgerLine, Rule};
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Clock, State};
use crate::ui::widgets::{list, pane};
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The answer to `g f`.
#[derive(Debug)]
pub struct Ledger {
    title: String,
    /// The decisions.
    pub slot: Slot<Vec<LedgerLine>>,
    /// Letters that left in spite of the guard.
    pub in_spite: Vec<InSpite>,
    scroll: usize,
}

impl Ledger {
    /// Of a conversation with this subject.
    #[must_use]
    pub fn new(title: String) -> Self {
        Self { title, slot: Slot::default(), in_spite: Vec::new(), scroll: 0 }
    }

    pub(super) fn key(mut self, key: KeyEvent) -> Option<Overlay> {
        let name = keymap::name(key);
        if matches!(name.as_deref(), Some("esc" | "q" | "enter")) {
            return None;
        }
        self.scroll = list::moved(name.as_deref(), self.scroll).unwrap_or(self.scroll);
        let most: usize = self.slot.value.iter().flatten().map(|line| line.alternatives.len() * 2 + 5).sum();
        let spite: usize = self.in_spite.iter().map(|letter| letter.reasons.len() * 2 + 2).sum();
        self.scroll = self.scroll.min(most + spite);
        Some(Overlay::Ledger(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let (styles, clock) = (&state.styles, state.clock());
        let columns = room(body, 86);
        let mut lines = Vec::new();
        let mut add = |text: &str, indent: &str, style| {
            let deeper = " ".repeat(indent.len());
            let options =
                textwrap::Options::new(columns.saturating_sub(1)).initial_indent(indent).subsequent_indent(&deeper);
            lines.extend(textwrap::wrap(text, options).into_iter().map(|l| Line::styled(l.into_owned(), style)));
        };
        for line in self.slot.value.iter().flatten() {
            let stands = match line.until {
                None => "in force".to_owned(),
                Some(until) => format!("until {}", clock.full(until)),
            };
            let client = if line.client.is_empty() { "nobody" } else { line.client.as_str() };
            let style = if line.until.is_none() { styles.strong } else { styles.text };
            add(&format!("{client} · {}", line.deal), "", style);
            add(&format!("{}, {}, {stands}", rule(line.rule), clock.full(line.at)), "  ", styles.dim);
            add(line.evidence.as_str(), "  - ", styles.text);
            for alternative in &line.alternatives {
                add(&format!("also in question: {alternative}"), "  - ", styles.dim);
            }
            add("", "", styles.text);
        }
        for letter in &self.in_spite {
            add(&format!("Sent in spite of the guard, to {}, {}", letter.to, clock.full(letter.at)), "", styles.strong);
            for reason in &letter.reasons {
                add(reason.as_str(), "  - ", styles.text);
            }
            add("", "", styles.text);
        }
        lines.pop();
        let title = format!("How it was filed: {}", self.title);
        let inner = window(frame, body, &title, columns, lines.len().max(3), styles);
        if pane::missing(frame, inner, &self.slot, "the decisions", styles) {
            return;
        }
        if lines.is_empty() {
            return list::notice(
                frame,
                inner,
                &[("No rule knows whose conversation this is. @ files it.", styles.text)],
            );
        }
        list::lines(frame, inner, &lines, self.scroll, styles);
    }
}

/// A decision in one sentence: where, by which rule, since when.
pub(super) fn sentence(line: &LedgerLine, clock: &Clock) -> String {
    let client = if line.client.is_empty() { "nobody" } else { line.client.as_str() };
    format!("{client} · {}, {}, {}.", line.deal, rule(line.rule), clock.full(line.at))
}

/// A rule in words.
fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Mine => "your own decision",
        Rule::Thread => "by its conversation",
        Rule::Tag => "by a deal's tag",
        Rule::Address => "by an address",
        Rule::Domain => "by a domain",
        Rule::Lead => "as a new lead",
    }
}
