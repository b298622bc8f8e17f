//! What keys do about mailings.

use crate::domain::id;
use crate::domain::mailing::{MailingRow, State as Stands};
use crate::domain::text::plural;
use crate::ui::card::Of;
use crate::ui::effect::{Effect, Generation};
use crate::ui::keymap::Action;
use crate::ui::mailing_act::{MailingAct, MailingAnswer};
use crate::ui::overlays::{Confirm, Form, Overlay, Recipients, Yes};
use crate::ui::screens::outgoing;
use crate::ui::state::{Effects, State};

/// Takes an action; true when it was one of mailings.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    if action == Action::NewMailing {
        state.overlays.push(Overlay::Form(Box::new(Form::mailing(&segment(state)))));
        return true;
    }
    if matches!(action, Action::NoMailings | Action::MailingsAgain) {
        let Some(contact) = state.target().contact else { return false };
        match action {
            Action::NoMailings => out.push(Effect::Mailing(Box::new(MailingAct::OptOut(contact)))),
            _ => {
                let question =
                    "They asked for no mailings. Send them mailings again? Only when they say so.".to_owned();
                let yes = Yes::Do(vec![Effect::Mailing(Box::new(MailingAct::OptIn(contact)))]);
                state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
            }
        }
        return true;
    }
    let Some(row) = state.outgoing.mailing().cloned() else { return false };
    let act = |act: MailingAct| Effect::Mailing(Box::new(act));
    match action {
        Action::OpenMailing => {
            let recipients = Recipients::open(row.id, &mut state.generation, out);
            state.overlays.push(Overlay::Mailing(Box::new(recipients)));
        }
        Action::CheckMailing => out.push(act(MailingAct::Check(row.id))),
        Action::DryRun => out.push(act(MailingAct::DryRun(row.id))),
        Action::StartMailing => start(state, &row, out),
        Action::PauseMailing => out.push(act(MailingAct::Pause(row.id))),
        Action::ForgetMailing => {
            let yes = Yes::Do(vec![act(MailingAct::Remove(row.id))]);
            let question = format!("Forget the mailing {}? Nothing of it has left.", row.title);
            state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
        }
        _ => return false,
    }
    true
}

/// The people that the list of clients shows, as a search.
fn segment(state: &State) -> String {
    state.clients.filter.split_whitespace().map(as_query).collect::<Vec<_>>().join(" ")
}

/// A sign of the list of clients in the words of the search.
fn as_query(sign: &str) -> String {
    match (sign.strip_prefix('#'), sign.strip_prefix('@')) {
        (Some(tag), _) if !tag.is_empty() => format!("tag:{tag}"),
        (_, Some(owner)) if !owner.is_empty() => format!("owner:{owner}"),
        _ => sign.to_owned(),
    }
}

/// Asks before the first letter leaves: so many cannot be taken back.
pub fn start(state: &mut State, row: &MailingRow, out: &mut Effects) {
    let start = |without_missing| Effect::Mailing(Box::new(MailingAct::Start { mailing: row.id, without_missing }));
    let question = match row.state {
        Stands::Running | Stands::Done => return out.push(start(false)),
        Stands::Paused => return out.push(start(row.counts.missing > 0)),
        Stands::Prepared if row.counts.missing > 0 => format!(
            "Send {}, one each, of {} to {}, and leave out {} for whom a value is missing?",
            plural(row.counts.waiting, "letter", "letters"),
            row.template,
            row.segment,
            row.counts.missing
        ),
        Stands::Prepared => format!(
            "Send {}, one each, of {} to {}?",
            plural(row.counts.waiting, "letter", "letters"),
            row.template,
            row.segment
        ),
    };
    let question = match row.counts.again {
        0 => question,
        again => format!("{question} {again} of them got a mailing of this template lately."),
    };
    let yes = Yes::Do(vec![start(row.counts.missing > 0)]);
    state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
}

/// The card of a recipient.
pub fn show_card(state: &mut State, contact: id::Contact, out: &mut Effects) {
    super::push_card(state, Of::Contact(contact), out);
}

/// An answer came.
pub fn answered(state: &mut State, generation: Generation, answer: &MailingAnswer, out: &mut Effects) {
    if let MailingAnswer::All(rows) = answer {
        outgoing::mailings_loaded(state, generation, rows, out);
    }
    let mut last = state.generation;
    for overlay in &mut state.overlays {
        if let Overlay::Mailing(recipients) = overlay {
            recipients.answered(generation, answer, &mut last, out);
        }
    }
    state.generation = last;
}

/// Mailings changed.
pub fn changed(state: &mut State, out: &mut Effects) {
    let mut last = state.generation;
    for overlay in &mut state.overlays {
        if let Overlay::Mailing(recipients) = overlay {
            recipients.refresh(&mut last, out);
        }
    }
    state.generation = last;
}
