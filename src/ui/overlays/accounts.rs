//! How each account stands with its servers: what went wrong and what to do about it.

use super::{Overlay, room, window};
use crate::domain::status::{AccountState, Phase};
use crate::ui::keymap;
use crate::ui::state::{Clock, Effects, State};
use crate::ui::widgets::list;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The accounts. They are read from the state of the screens, which hears of every change.
#[derive(Debug, Default)]
pub struct Accounts {
    /// The first line on the screen.
    pub scroll: usize,
}

impl Accounts {
    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        match keymap::name(key).as_deref() {
            Some("j" | "down") => self.scroll += 1,
            Some("k" | "up") => self.scroll = self.scroll.saturating_sub(1),
            Some("pgdn" | "space") => self.scroll += 10,
            Some("pgup") => self.scroll = self.scroll.saturating_sub(10),
            Some("s") => crate::ui::acts::act(state, keymap::Action::Sync, out),
            Some("esc" | "q" | "enter") => return None,
            _ => {}
        }
        // At most so many lines for each account.
        self.scroll = self.scroll.min(state.accounts.len() * 8);
        Some(Overlay::Accounts(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let clock = state.clock();
        let mut lines = Vec::new();
        let mut add = |text: &str, indent: &str, style| {
            let options = textwrap::Options::new(columns).initial_indent(indent).subsequent_indent(indent);
            lines.extend(textwrap::wrap(text, options).into_iter().map(|l| Line::styled(l.into_owned(), style)));
        };
        if state.bar.elsewhere {
            add("Another Postbook on this store talks to the servers; this one shows what it brings.", "", styles.dim);
        }
        for account in &state.accounts {
            add(account.name.as_str(), "", styles.strong);
            let trouble = account.phase.is_trouble();
            add(&stands(account, &clock), "  ", if trouble { styles.bad } else { styles.good });
            if let Some(error) = account.last_error.as_ref() {
                add(error.as_str(), "  ", styles.text);
            }
            if let Some(hint) = &account.hint {
                add(&format!("What to do: {hint}"), "  ", styles.text);
            }
        }
        let inner = window(frame, body, "Accounts", columns, lines.len().max(3), styles);
        if lines.is_empty() {
            let said = if state.setup.demo { "The demo has no server." } else { "No account was tried yet." };
            return list::notice(frame, inner, &[(said, styles.dim)]);
        }
        let first = self.scroll.min(lines.len().saturating_sub(usize::from(inner.height)));
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(first)) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        list::scroll_bar(frame, inner, lines.len(), first, styles);
    }
}

/// `connected; last synced 5 m ago`; `not reached, tried again at 10:32; never synced`.
fn stands(account: &AccountState, clock: &Clock) -> String {
    let mut words = account.phase.label().to_owned();
    if let (Phase::Waiting | Phase::Refused, Some(at)) = (account.phase, account.next_try) {
        words.push_str(&format!(", tried again at {}", clock.moment(at)));
    }
    match account.last_sync {
        Some(at) => match clock.age(at).as_str() {
            "now" => format!("{words}; synced just now"),
            age => format!("{words}; last synced {age} ago"),
        },
        None => format!("{words}; never synced"),
    }
}
