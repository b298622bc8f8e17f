//! What the actions do to activities and promises.

use crate::domain::counter::{Counter, Subject};
use crate::domain::entry::Client;
use crate::domain::id;
use crate::domain::promise::SaidIn;
use crate::ui::effect::{ActivityAct, CalendarOf, Effect, Generation};
use crate::ui::event::ActivityAnswer;
use crate::ui::keymap::Action;
use crate::ui::overlays::{ActivityForm, Overlay, Promises, Quick};
use crate::ui::state::{Effects, State};

/// Takes an action; true when it was one of these.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let target = state.target();
    let activity = target.activity.or(target.happened);
    match action {
        Action::QuickEntry => {
            let quick = Quick::open(&target, &mut state.generation, out);
            state.overlays.push(Overlay::Quick(Box::new(quick)));
        }
        Action::AddActivity => {
            let form = ActivityForm::new(&target, &mut state.generation, out);
            state.overlays.push(Overlay::ActivityForm(Box::new(form)));
        }
        Action::EditActivity => {
            if let Some(activity) = activity {
                open(state, activity, out);
            }
        }
        Action::RemoveActivity => {
            if let Some(activity) = activity {
                out.push(Effect::Activity(ActivityAct::Remove(activity)));
                super::cleared(state, Some(Subject::Activity(activity)), None, &[Counter::Due], out);
            }
        }
        Action::Promises => promises(state, out),
        Action::SaveCalendar => {
            let which = match (activity, target.contact) {
                (Some(activity), _) => CalendarOf::Activity(activity),
                (None, Some(contact)) => CalendarOf::Contact(contact),
                (None, None) => CalendarOf::Everything,
            };
            out.push(Effect::SaveCalendar(which));
        }
        Action::SaveWholeCalendar => out.push(Effect::SaveCalendar(CalendarOf::Everything)),
        _ => return false,
    }
    true
}

/// Opens an activity with all its fields.
pub(in crate::ui) fn open(state: &mut State, activity: id::Activity, out: &mut Effects) {
    let form = ActivityForm::open(activity, &mut state.generation, out);
    state.overlays.push(Overlay::ActivityForm(Box::new(form)));
}

/// The promises of the letter under the eye.
fn promises(state: &mut State, out: &mut Effects) {
    let Some(message) = state.target().message else { return };
    let promises = Promises::ask(SaidIn::Message(message), false, &mut state.generation, out);
    state.overlays.push(Overlay::Promises(promises));
}

/// A letter of mine was queued: what it promises is offered, once.
pub(in crate::ui) fn queued(state: &mut State, outgoing: id::Outgoing, out: &mut Effects) {
    let promises = Promises::ask(SaidIn::Outgoing(outgoing), true, &mut state.generation, out);
    state.offers.push(promises);
}

/// An answer about activities came.
pub(in crate::ui) fn answered(state: &mut State, generation: Generation, answer: &ActivityAnswer) {
    let zone = state.setup.zone.clone();
    for overlay in &mut state.overlays {
        match overlay {
            Overlay::Quick(quick) => quick.answered(generation, answer),
            Overlay::ActivityForm(form) => form.answered(generation, answer, &zone),
            Overlay::Promises(promises) => drop(promises.answered(generation, answer)),
            _ => {}
        }
    }
    // What nobody asked for is shown only when there is something, and nothing else is open.
    let mut offers = std::mem::take(&mut state.offers);
    offers.retain_mut(|offer| offer.answered(generation, answer));
    let (ready, waiting): (Vec<Promises>, Vec<Promises>) = offers.into_iter().partition(Promises::is_ready);
    state.offers = waiting;
    for offer in ready {
        if state.overlays.is_empty() {
            state.overlays.push(Overlay::Promises(offer));
        }
    }
}

/// Clients whose name was typed came.
pub(in crate::ui) fn clients(state: &mut State, generation: Generation, clients: &Vec<Client>) {
    for overlay in &mut state.overlays {
        match overlay {
            Overlay::Quick(quick) => quick.clients(generation, clients),
            Overlay::ActivityForm(form) => form.clients(generation, clients),
            _ => {}
        }
    }
}
