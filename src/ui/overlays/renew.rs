//! A new password, or a new sign-in at the provider, for an account that was refused.

use super::{Accounts, Form, Notice, Overlay, room, window};
use crate::domain::account::CredentialSource;
use crate::domain::id;
use crate::domain::oauth::Prompt;
use crate::domain::problem::Problem;
use crate::domain::status::Phase;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, RenewAct};
use crate::ui::keymap;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::agree;
use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The provider's own sign-in.
#[derive(Debug)]
pub struct SignIn {
    account: id::Account,
    name: Text,
    /// The provider gives codes for another device.
    codes: bool,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Offered,
    Waiting { since: Timestamp, prompt: Option<Prompt> },
    Failed(Problem),
}

/// For the account that was refused, or the only one; where it could be several, they are shown to choose from.
pub fn open_for_refused(state: &mut State) {
    let mut refused = state.accounts.iter().filter(|account| account.phase == Phase::Refused);
    let only = match (refused.next(), refused.next()) {
        (Some(account), None) => Some(account.id),
        (None, _) if state.setup.accounts.len() == 1 => state.setup.accounts.first().map(|account| account.id),
        _ => None,
    };
    match only {
        Some(account) => open(state, account),
        None => {
            let accounts = Accounts::new(state);
            state.overlays.push(Overlay::Accounts(accounts));
        }
    }
}

/// Asks for what this account signs in with.
pub fn open(state: &mut State, account: id::Account) {
    let name = state.setup.accounts.iter().find(|known| known.id == account).map(|known| known.name.clone());
    let source = state.setup.sources.iter().find(|(id, _)| *id == account).map(|(_, source)| source.clone());
    let (Some(name), Some(source)) = (name, source) else {
        return crate::ui::acts::say(state, "This account has no password that could be changed here.");
    };
    let overlay = match source {
        CredentialSource::Keyring { own_smtp } => Overlay::Form(Box::new(Form::password(account, &name, own_smtp))),
        CredentialSource::Browser { codes } => Overlay::SignIn(SignIn { account, name, codes, stage: Stage::Offered }),
        CredentialSource::Elsewhere(words) => {
            Overlay::Notice(Notice { title: format!("New password of {name}"), lines: vec![words], scroll: 0 })
        }
    };
    state.overlays.push(overlay);
}

/// What a sign-in that goes on wants shown.
pub fn prompted(state: &mut State, account: id::Account, asked: Prompt) {
    for overlay in &mut state.overlays {
        if let Overlay::SignIn(SignIn { account: ours, stage: Stage::Waiting { prompt, .. }, .. }) = overlay
            && *ours == account
        {
            *prompt = Some(asked.clone());
        }
    }
}

/// A new password is kept, or a sign-in has ended.
pub fn ended(state: &mut State, account: id::Account, outcome: Result<(), Problem>, out: &mut Effects) {
    let known = state.setup.accounts.iter().find(|known| known.id == account);
    let name = known.map(|known| known.name.clone()).unwrap_or_default();
    match outcome {
        Ok(()) => {
            let is_done = |overlay: &Overlay| matches!(overlay, Overlay::SignIn(sign_in) if sign_in.account == account);
            state.overlays.retain(|overlay| !is_done(overlay));
            crate::ui::acts::say(state, &format!("Kept in the keyring; {name} is tried again."));
            state.bar.sync_begins(name);
            out.push(Effect::SyncAccount(account));
        }
        Err(problem) => {
            for overlay in &mut state.overlays {
                if let Overlay::SignIn(sign_in) = overlay
                    && sign_in.account == account
                {
                    sign_in.stage = Stage::Failed(problem);
                    return;
                }
            }
            let now = state.now;
            state.bar.problem(problem, now);
        }
    }
}

impl SignIn {
    /// The provider's page is shown.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. })
    }

    pub(super) fn key(mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let waiting = self.is_waiting();
        let mut begin = |with_code| {
            self.stage = Stage::Waiting { since: state.now, prompt: None };
            out.push(Effect::Renew(RenewAct::SignIn { account: self.account, with_code }));
        };
        match keymap::name(key).as_deref() {
            Some("enter") if !waiting => begin(false),
            Some("c") if !waiting && self.codes => begin(true),
            Some("esc" | "q") => {
                if waiting {
                    out.push(Effect::Renew(RenewAct::StopSignIn));
                }
                return None;
            }
            _ => {}
        }
        Some(Overlay::SignIn(self))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let wrapped = |words: &str, style| {
            let lines = textwrap::wrap(words, columns).into_iter().map(|line| Line::styled(line.into_owned(), style));
            lines.collect::<Vec<_>>()
        };
        let mut offer = wrapped(
            "Enter opens the provider's page in your browser; Postbook gets a token and never sees the password.",
            styles.text,
        );
        if self.codes {
            offer.extend(wrapped("Without a browser here: c shows a code to type on another device.", styles.text));
        }
        let lines = match &self.stage {
            Stage::Offered => offer,
            Stage::Waiting { since, prompt } => {
                let seconds = u64::try_from(state.now.as_second() - since.as_second()).unwrap_or(0);
                agree::lines(prompt.as_ref(), seconds, columns, styles)
            }
            Stage::Failed(problem) => {
                let mut lines = wrapped(Text::line(&problem.to_string()).as_str(), styles.bad);
                lines.push(Line::default());
                lines.extend(offer);
                lines
            }
        };
        let inner = window(frame, body, &format!("Sign {} in again", self.name), columns, lines.len(), styles);
        let lines = agree::fitting(lines, usize::from(inner.height), styles);
        for (y, line) in (inner.y..inner.bottom()).zip(lines) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }
}
