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

/// So long a promise of a letter that was sent is offered.
const OFFERED_SECONDS: i64 = 60;

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

/// The promises of the letter under the eye; without one, those of the letter that was queued last.
fn promises(state: &mut State, out: &mut Effects) {
    match state.target().message {
        Some(message) if state.offered.is_none() => {
            let promises = Promises::ask(SaidIn::Message(message), &mut state.generation, out);
            state.overlays.push(Overlay::Promises(promises));
        }
        _ => match state.offered.take() {
            Some((offer, _)) => state.overlays.push(Overlay::Promises(offer)),
            None => super::say(state, "No letter is open here. Enter opens one; B then looks for promises in it."),
        },
    }
}

/// A letter of mine was queued: what it promises is told, with the key that makes tasks of it.
pub(in crate::ui) fn queued(state: &mut State, outgoing: id::Outgoing, out: &mut Effects) {
    state.offers.push(Promises::ask(SaidIn::Outgoing(outgoing), &mut state.generation, out));
}

/// An answer about activities came.
pub(in crate::ui) fn answered(state: &mut State, generation: Generation, answer: &ActivityAnswer) {
    let zone = state.setup.zone.clone();
    for overlay in &mut state.overlays {
        match overlay {
            Overlay::Quick(quick) => quick.answered(generation, answer),
            Overlay::ActivityForm(form) => form.answered(generation, answer, &zone),
            Overlay::Promises(promises) => promises.answered(generation, answer),
            _ => {}
        }
    }
    // Nobody asked for it: it takes no key, it is told.
    let offers = std::mem::take(&mut state.offers);
    for mut offer in offers {
        offer.answered(generation, answer);
        match offer.first() {
            Some(sentence) => {
                let now = state.now;
                state.bar.offer(sentence, now);
                state.offered = Some((offer, now));
            }
            None if offer.is_asked() => state.offers.push(offer),
            None => {}
        }
    }
}

/// What was offered is for the moment after the letter: later B is about the letter that is open.
pub(in crate::ui) fn forget_offer(state: &mut State) {
    let now = state.now;
    state.offered.take_if(|(_, since)| now.as_second() - since.as_second() >= OFFERED_SECONDS);
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
