//! What opens over a screen: palette, search, menus, forms, questions.

mod accounts;
mod activity_form;
mod as_it_was;
mod bank;
mod buyers;
mod changes;
mod choose;
mod clients;
mod confirm;
mod deal_forms;
pub mod enter;
mod form;
mod goals;
mod help;
mod ignored;
mod ledger;
mod likely;
mod lines;
mod mailing;
mod note;
mod notice;
mod palette;
mod payments;
mod pending;
mod pick_file;
mod promises;
mod quick;
mod refile;
pub mod renew;
pub mod search;
mod template_editor;
pub mod views;
mod welcome;
mod why;

pub use accounts::Accounts;
pub use activity_form::ActivityForm;
pub use as_it_was::AsItWas;
pub(super) use as_it_was::meant;
pub use bank::Bank;
pub use buyers::PickClient;
pub(super) use buyers::new_deal;
pub use changes::Changes;
pub use choose::{Choice, Choose, Later, Pick};
pub use clients::{Converting, Duplicates, Names, Work};
pub use confirm::{Confirm, Yes};
pub(super) use deal_forms::{any_day, wants_next};
pub use enter::Enter;
pub use form::Form;
pub use goals::Goals;
pub use help::Help;
pub use ignored::Ignored;
pub use ledger::Ledger;
pub use likely::Likely;
pub use lines::Lines;
pub use mailing::Recipients;
pub use note::Note;
pub use notice::Notice;
pub use palette::Palette;
pub use payments::Payments;
pub use pending::Pending;
pub use pick_file::PickFile;
pub use promises::Promises;
pub use quick::Quick;
pub use refile::Refile;
pub use renew::SignIn;
pub use search::Search;
pub use template_editor::TemplateEditor;
pub use views::Views;
pub use welcome::Welcome;
pub use why::Why;

use super::effect::Generation;
use super::state::{Effects, State};
use super::theme::Styles;
use crate::domain::filing::Answer;
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
    /// All letters and cards.
    Search(Box<Search>),
    /// The saved searches.
    Views(Views),
    /// Why a row waits.
    Why(Why),
    /// One of several: a time, a deal, a template, a file.
    Choose(Box<Choose>),
    /// Where conversations are moved to.
    Goals(Box<Goals>),
    /// What waits for servers, and what they refused.
    Pending(Pending),
    /// Whose conversations these are.
    Refile(Box<Refile>),
    /// How a conversation was filed.
    Ledger(Ledger),
    /// Conversations that may be one.
    Likely(Box<Likely>),
    /// Senders that are hidden.
    Ignored(Box<Ignored>),
    /// A file to attach.
    PickFile(Box<PickFile>),
    /// Something to fill in.
    Form(Box<Form>),
    /// All fields of an activity.
    ActivityForm(Box<ActivityForm>),
    /// An activity in one line.
    Quick(Box<Quick>),
    /// Promises of a letter.
    Promises(Promises),
    /// A new person or company.
    Enter(Box<Enter>),
    /// Several lines about a client.
    Note(Box<Note>),
    /// A template's file.
    TemplateEditor(Box<TemplateEditor>),
    /// A yes or no.
    Confirm(Confirm),
    /// Something to be told.
    Notice(Notice),
    /// What was done.
    Changes(Box<Changes>),
    /// A card as it was on a day.
    AsItWas(Box<AsItWas>),
    /// Names, duplicates, a lead that becomes a contact.
    Clients(Box<Work>),
    /// How each account stands.
    Accounts(Accounts),
    /// The provider's own sign-in.
    SignIn(SignIn),
    /// The first look at the demo.
    Welcome(Welcome),
    /// The client of a new deal.
    PickClient(Box<PickClient>),
    /// A deal's payments.
    Payments(Box<Payments>),
    /// A deal's offer lines.
    Lines(Box<Lines>),
    /// A bank statement.
    Bank(Box<Bank>),
    /// A mailing's recipients.
    Mailing(Box<Recipients>),
}

/// Gives a key to the topmost one; it stays open when it gives itself back.
pub fn key(state: &mut State, key: KeyEvent, out: &mut Effects) {
    let Some(overlay) = state.overlays.pop() else { return };
    let depth = state.overlays.len();
    let stays = match overlay {
        Overlay::Palette(palette) => palette.key(state, key, out),
        Overlay::Help(help) => help.key(state, key),
        Overlay::Search(search) => search.key(state, key, out),
        Overlay::Views(views) => views.key(state, key, out),
        Overlay::Why(why) => why.key(key),
        Overlay::Choose(choose) => choose.key(state, key, out),
        Overlay::Goals(goals) => goals.key(state, key, out),
        Overlay::Pending(pending) => pending.key(state, key, out),
        Overlay::Refile(clients) => clients.key(state, key, out),
        Overlay::Ledger(ledger) => ledger.key(key),
        Overlay::Likely(likely) => likely.key(key, out),
        Overlay::Ignored(ignored) => ignored.key(state, key, out),
        Overlay::PickFile(picker) => picker.key(state, key, out),
        Overlay::Form(form) => form.key(state, key, out),
        Overlay::ActivityForm(form) => form.key(state, key, out),
        Overlay::Quick(quick) => quick.key(state, key, out),
        Overlay::Promises(promises) => promises.key(key, out),
        Overlay::Enter(enter) => enter.key(state, key, out),
        Overlay::Note(note) => note.key(key, out),
        Overlay::TemplateEditor(editor) => editor.key(state, key, out),
        Overlay::Confirm(confirm) => confirm.key(state, key, out),
        Overlay::Notice(notice) => notice.key(key),
        Overlay::Changes(changes) => changes.key(state, key, out),
        Overlay::AsItWas(card) => card.key(state, key, out),
        Overlay::Clients(work) => work.key(state, key, out),
        Overlay::Accounts(accounts) => accounts.key(state, key, out),
        Overlay::SignIn(sign_in) => sign_in.key(state, key, out),
        Overlay::Welcome(welcome) => welcome.key(),
        Overlay::PickClient(picker) => picker.key(state, key, out),
        Overlay::Payments(payments) => payments.key(state, key, out),
        Overlay::Lines(lines) => lines.key(state, key, out),
        Overlay::Bank(bank) => bank.key(state, key, out),
        Overlay::Mailing(recipients) => recipients.key(state, key, out),
    };
    if let Some(stays) = stays {
        // What it opened lies over it.
        state.overlays.insert(depth.min(state.overlays.len()), stays);
    }
    // Keys of the list of a search, and what they open, are about the row that is selected there.
    state.found = state.overlays.iter().rev().find_map(|overlay| match overlay {
        Overlay::Search(search) => search.target(),
        _ => None,
    });
}

/// Gives an answer about filing to the one that asked.
pub(super) fn filing_answered(overlay: &mut Overlay, generation: Generation, answer: &Answer) {
    match (overlay, answer) {
        (Overlay::Ledger(ledger), Answer::Ledger(lines)) => ledger.slot.fill(generation, lines),
        (Overlay::Likely(likely), Answer::Likely(rows)) => likely.slot.fill(generation, rows),
        (Overlay::Refile(clients), Answer::Clients(rows)) => clients.slot.fill(generation, rows),
        (Overlay::Ignored(ignored), Answer::Ignored(rows)) => ignored.slot.fill(generation, rows),
        _ => {}
    }
}

/// Gives pasted text to the topmost one.
pub fn paste(state: &mut State, pasted: &str, out: &mut Effects) {
    if matches!(state.overlays.last(), Some(Overlay::Quick(_)))
        && let Some(Overlay::Quick(mut quick)) = state.overlays.pop()
    {
        quick.paste(pasted, state, out);
        return state.overlays.push(Overlay::Quick(quick));
    }
    match state.overlays.last_mut() {
        Some(Overlay::Palette(palette)) => palette.paste(pasted),
        Some(Overlay::Search(search)) => {
            search.paste(pasted);
            search::ask(state, out);
        }
        Some(Overlay::PickFile(picker)) => picker.paste(pasted, &mut state.generation, out),
        Some(Overlay::Form(form)) => form.paste(pasted),
        Some(Overlay::ActivityForm(form)) => form.paste(pasted),
        Some(Overlay::Enter(enter)) => enter.paste(pasted),
        Some(Overlay::Note(note)) => note.paste(pasted),
        Some(Overlay::TemplateEditor(editor)) => editor.paste(pasted, &mut state.generation, out),
        Some(Overlay::Goals(goals)) => goals.paste(pasted),
        Some(Overlay::Lines(lines)) => lines.paste(pasted),
        Some(Overlay::AsItWas(card)) => card.paste(pasted),
        Some(Overlay::Refile(clients)) => {
            clients.paste(pasted);
            clients.ask(&mut state.generation, out);
        }
        Some(Overlay::Ignored(ignored)) => ignored.paste(pasted),
        Some(Overlay::PickClient(picker)) => picker.paste(pasted, &mut state.generation, out),
        Some(Overlay::Clients(work)) => work.paste(pasted),
        _ => {}
    }
}

/// Draws the topmost one.
pub fn view(state: &State, frame: &mut Frame, body: Rect) {
    match state.overlays.last() {
        Some(Overlay::Palette(palette)) => palette.view(state, frame, body),
        Some(Overlay::Help(help)) => help.view(state, frame, body),
        Some(Overlay::Search(search)) => search.view(state, frame, body),
        Some(Overlay::Views(views)) => views.view(state, frame, body),
        Some(Overlay::Why(why)) => why.view(state, frame, body),
        Some(Overlay::Choose(choose)) => choose.view(state, frame, body),
        Some(Overlay::Goals(goals)) => goals.view(state, frame, body),
        Some(Overlay::Pending(pending)) => pending.view(state, frame, body),
        Some(Overlay::Refile(clients)) => clients.view(state, frame, body),
        Some(Overlay::Ledger(ledger)) => ledger.view(state, frame, body),
        Some(Overlay::Likely(likely)) => likely.view(state, frame, body),
        Some(Overlay::Ignored(ignored)) => ignored.view(state, frame, body),
        Some(Overlay::PickFile(picker)) => picker.view(state, frame, body),
        Some(Overlay::Form(form)) => form.view(state, frame, body),
        Some(Overlay::ActivityForm(form)) => form.view(state, frame, body),
        Some(Overlay::Quick(quick)) => quick.view(state, frame, body),
        Some(Overlay::Promises(promises)) => promises.view(state, frame, body),
        Some(Overlay::Enter(enter)) => enter.view(state, frame, body),
        Some(Overlay::Note(note)) => note.view(state, frame, body),
        Some(Overlay::TemplateEditor(editor)) => editor.view(state, frame, body),
        Some(Overlay::Confirm(confirm)) => confirm.view(state, frame, body),
        Some(Overlay::Notice(notice)) => notice.view(state, frame, body),
        Some(Overlay::Changes(changes)) => changes.view(state, frame, body),
        Some(Overlay::AsItWas(card)) => card.view(state, frame, body),
        Some(Overlay::Clients(work)) => work.view(state, frame, body),
        Some(Overlay::Accounts(accounts)) => accounts.view(state, frame, body),
        Some(Overlay::SignIn(sign_in)) => sign_in.view(state, frame, body),
        Some(Overlay::Welcome(welcome)) => welcome.view(state, frame, body),
        Some(Overlay::PickClient(picker)) => picker.view(state, frame, body),
        Some(Overlay::Payments(payments)) => payments.view(state, frame, body),
        Some(Overlay::Lines(lines)) => lines.view(state, frame, body),
        Some(Overlay::Bank(bank)) => bank.view(state, frame, body),
        Some(Overlay::Mailing(recipients)) => recipients.view(state, frame, body),
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
