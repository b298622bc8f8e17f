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
    /// The chosen account.
    at: usize,
    /// How many lines of it are scrolled away.
    scroll: usize,
}

impl Accounts {
    /// With the account chosen that needs the user, if one does.
    #[must_use]
    pub fn new(state: &State) -> Self {
        let at = state.accounts.iter().position(|account| account.phase == Phase::Refused).unwrap_or(0);
        Self { at, scroll: 0 }
    }

    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        match keymap::name(key).as_deref() {
            Some("j" | "down") => (self.at, self.scroll) = (self.at + 1, 0),
            Some("k" | "up") => (self.at, self.scroll) = (self.at.saturating_sub(1), 0),
            Some("pgdn" | "space") => self.scroll += 5,
            Some("pgup") => self.scroll = self.scroll.saturating_sub(5),
            Some("s") => crate::ui::acts::act(state, keymap::Action::Sync, out),
            Some("enter") => {
                if let Some(account) = state.accounts.get(self.at).map(|account| account.id) {
                    super::renew::open(state, account);
                }
            }
            Some("esc" | "q") => return None,
            _ => {}
        }
        self.at = self.at.min(state.accounts.len().saturating_sub(1));
        // More lines than an account has.
        self.scroll = self.scroll.min(20);
        Some(Overlay::Accounts(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let clock = state.clock();
        let mut lines = Vec::new();
        let mut chosen_line = 0;
        let add = |lines: &mut Vec<Line<'static>>, text: &str, indent: &str, style| {
            let options = textwrap::Options::new(columns).initial_indent(indent).subsequent_indent("    ");
            lines.extend(textwrap::wrap(text, options).into_iter().map(|l| Line::styled(l.into_owned(), style)));
        };
        if state.bar.elsewhere {
            let words = "Another Postbook on this store talks to the servers; this one shows what it brings.";
            add(&mut lines, words, "", styles.dim);
        }
        for (index, account) in state.accounts.iter().enumerate() {
            let mark = if index == self.at { "> " } else { "  " };
            if index == self.at {
                chosen_line = lines.len();
            }
            add(&mut lines, account.name.as_str(), mark, styles.strong);
            let trouble = account.phase.is_trouble();
            add(&mut lines, &stands(account, &clock), "    ", if trouble { styles.bad } else { styles.good });
            if account.phase == Phase::Refused {
                add(&mut lines, "Enter: a new password, or sign in again", "    ", styles.accent);
            }
            if let Some(error) = account.last_error.as_ref() {
                add(&mut lines, error.as_str(), "    ", styles.text);
            }
            if let Some(hint) = &account.hint {
                add(&mut lines, &format!("What to do: {hint}"), "    ", styles.text);
            }
        }
        let inner = window(frame, body, "Accounts", columns, lines.len().max(3), styles);
        if lines.is_empty() {
            let said = if state.setup.demo { "The demo has no server." } else { "No account was tried yet." };
            return list::notice(frame, inner, &[(said, styles.dim)]);
        }
        list::lines(frame, inner, &lines, chosen_line + self.scroll, styles);
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
