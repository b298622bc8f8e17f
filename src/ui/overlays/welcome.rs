//! The first look at the demo: what this is for, and the keys to begin with.

use super::{Overlay, room, window};
use crate::ui::format;
use crate::ui::state::State;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Shown once, at the start of the demo; any key takes it away.
#[derive(Debug)]
pub struct Welcome;

const WORDS: [&str; 2] = [
    "Postbook is mail that knows your customers. Today lists everyone who waits for you, oldest first; \
     the line above counts them. Answer, and it goes to zero.",
    "You are Marta, who sells desks and coffee machines. Nothing leaves this machine: try everything.",
];

const KEYS: [[(&str, &str); 2]; 5] = [
    [("j k", "down, up"), ("Enter", "open; Esc goes back")],
    [("r", "reply"), ("t", "reply with a template")],
    [("e", "done, no reply needed"), ("u", "undo, whatever it was")],
    [("w", "why it waits"), ("/", "search all letters")],
    [("?", "every key of this screen"), ("q", "quit")],
];

impl Welcome {
    pub(super) fn key(self) -> Option<Overlay> {
        None
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 66);
        let mut lines = Vec::new();
        // A low terminal shows the keys; the sentences need room.
        let words = if body.height >= 16 { &WORDS[..] } else { &[] };
        for text in words {
            lines.extend(
                textwrap::wrap(text, columns).into_iter().map(|line| Line::styled(line.into_owned(), styles.text)),
            );
            lines.push(Line::default());
        }
        for row in KEYS {
            let mut spans = Vec::new();
            for (key, word) in row {
                spans.push(Span::styled(format::fit(key, 6), styles.accent));
                spans.push(Span::styled(format::fit(word, (columns / 2).saturating_sub(6)), styles.text));
            }
            lines.push(Line::from(spans));
        }
        lines.push(Line::default());
        lines.push(Line::styled("Any key begins.", styles.dim));
        let inner = window(frame, body, "Welcome to Postbook", columns, lines.len(), styles);
        for (y, line) in (inner.y..inner.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }
}
