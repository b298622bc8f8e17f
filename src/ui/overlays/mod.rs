//! What opens over a screen: palette, search, menus, forms, questions.

mod accounts;
mod changes;
mod choose;
mod confirm;
pub mod enter;
mod form;
mod goals;
mod help;
mod note;
mod notice;
mod palette;
mod pending;
pub mod renew;
mod search;
mod welcome;
mod why;

pub use accounts::Accounts;
pub use changes::Changes;
pub use choose::{Choice, Choose, Later, Pick};
pub use confirm::{Confirm, Yes};
pub use enter::Enter;
pub use form::Form;
pub use goals::Goals;
pub use help::Help;
pub use note::Note;
pub use notice::Notice;
pub use palette::Palette;
pub use pending::Pending;
pub use renew::SignIn;
pub use search::Search;
pub use welcome::Welcome;
pub use why::Why;

use super::state::{Effects, State};
use super::theme::Styles;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear};

/// One of them.
#[derive(Debug)]
pub enum Overlay {
    /// Every action by name.
    Palette(Box<Palette>),
    /// The keys of this screen.
    Help(Help),
    /// All letters.
    Search(Box<Search>),
    /// Why a row waits.
    Why(Why),
    /// One of several: a time, a deal, a template, a file.
    Choose(Box<Choose>),
    /// Where conversations are moved to.
    Goals(Box<Goals>),
    /// What waits for servers, and what they refused.
    Pending(Pending),
    /// Something to fill in.
    Form(Box<Form>),
    /// A new person or company.
    Enter(Box<Enter>),
    /// Several lines about a client.
    Note(Box<Note>),
    /// A yes or no.
    Confirm(Confirm),
    /// Something to be told.
    Notice(Notice),
    /// What was done.
    Changes(Changes),
    /// How each account stands.
    Accounts(Accounts),
    /// The provider's own sign-in.
    SignIn(SignIn),
    /// The first look at the demo.
    Welcome(Welcome),
}

/// Gives a key to the topmost one; it stays open when it gives itself back.
pub fn key(state: &mut State, key: KeyEvent, out: &mut Effects) {
    let Some(overlay) = state.overlays.pop() else { return };
    let depth = state.overlays.len();
    let stays = match overlay {
        Overlay::Palette(palette) => palette.key(state, key, out),
        Overlay::Help(help) => help.key(state, key),
        Overlay::Search(search) => search.key(state, key, out),
        Overlay::Why(why) => why.key(key),
        Overlay::Choose(choose) => choose.key(state, key, out),
        Overlay::Goals(goals) => goals.key(state, key, out),
        Overlay::Pending(pending) => pending.key(state, key, out),
        Overlay::Form(form) => form.key(state, key, out),
        Overlay::Enter(enter) => enter.key(state, key, out),
        Overlay::Note(note) => note.key(key, out),
        Overlay::Confirm(confirm) => confirm.key(state, key, out),
        Overlay::Notice(notice) => notice.key(key),
        Overlay::Changes(changes) => changes.key(key, out),
        Overlay::Accounts(accounts) => accounts.key(state, key, out),
        Overlay::SignIn(sign_in) => sign_in.key(state, key, out),
        Overlay::Welcome(welcome) => welcome.key(),
    };
    if let Some(stays) = stays {
        // What it opened lies over it.
        state.overlays.insert(depth.min(state.overlays.len()), stays);
    }
}

/// Gives pasted text to the topmost one.
pub fn paste(state: &mut State, pasted: &str, out: &mut Effects) {
    match state.overlays.last_mut() {
        Some(Overlay::Palette(palette)) => palette.paste(pasted),
        Some(Overlay::Search(search)) => {
            search.paste(pasted);
            search::ask(state, out);
        }
        Some(Overlay::Form(form)) => form.paste(pasted),
        Some(Overlay::Enter(enter)) => enter.paste(pasted),
        Some(Overlay::Note(note)) => note.paste(pasted),
        Some(Overlay::Goals(goals)) => goals.paste(pasted),
        _ => {}
    }
}

/// Draws the topmost one.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    match state.overlays.last() {
        Some(Overlay::Palette(palette)) => palette.view(state, frame, body),
        Some(Overlay::Help(help)) => help.view(state, frame, body),
        Some(Overlay::Search(search)) => search.view(state, frame, body),
        Some(Overlay::Why(why)) => why.view(state, frame, body),
        Some(Overlay::Choose(choose)) => choose.view(state, frame, body),
        Some(Overlay::Goals(goals)) => goals.view(state, frame, body),
        Some(Overlay::Pending(pending)) => pending.view(state, frame, body),
        Some(Overlay::Form(form)) => form.view(state, frame, body),
        Some(Overlay::Enter(enter)) => enter.view(state, frame, body),
        Some(Overlay::Note(note)) => note.view(state, frame, body),
        Some(Overlay::Confirm(confirm)) => confirm.view(state, frame, body),
        Some(Overlay::Notice(notice)) => notice.view(state, frame, body),
        Some(Overlay::Changes(changes)) => changes.view(state, frame, body),
        Some(Overlay::Accounts(accounts)) => accounts.view(state, frame, body),
        Some(Overlay::SignIn(sign_in)) => sign_in.view(state, frame, body),
        Some(Overlay::Welcome(welcome)) => welcome.view(state, frame, body),
        None => {}
    }
}

/// A box in the middle with room for `columns` and `lines`; gives the place inside.
fn window(frame: &mut Frame, body: Rect, title: &str, columns: usize, lines: usize, styles: &Styles) -> Rect {
    let wide = u16::try_from(columns + 4).unwrap_or(u16::MAX).clamp(24, body.width.max(24)).min(body.width);
    let high = u16::try_from(lines + 2).unwrap_or(u16::MAX).clamp(3, body.height.max(3)).min(body.height);
    let area =
        Rect { x: body.x + (body.width - wide) / 2, y: body.y + (body.height - high) / 3, width: wide, height: high };
    frame.render_widget(Clear, area);
    let title = super::format::cut(title, usize::from(wide).saturating_sub(6));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(styles.accent)
        .title(Line::styled(format!(" {title} "), styles.accent));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner }
}

/// How many columns of text a window of at most `wanted` columns has here.
fn room(body: Rect, wanted: usize) -> usize {
    wanted.min(usize::from(body.width).saturating_sub(4)).max(1)
}
