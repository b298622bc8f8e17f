//! What the actions do with people and companies beyond their cards.

use super::{cleared, say};
use crate::domain::contact::Whose;
use crate::domain::conversion::Conversion;
use crate::domain::counter::Counter;
use crate::domain::text::Text;
use crate::ui::card::Card;
use crate::ui::effect::Effect;
use crate::ui::keymap::Action;
use crate::ui::overlays::{Choice, Choose, Converting, Duplicates, Names, Overlay, Pick, Work};
use crate::ui::screens;
use crate::ui::state::{Effects, State, Target};

/// Takes an action; true when it was one of these.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let target = state.target();
    match action {
        Action::Convert => {
            if let Some(lead) = target.contact {
                let converting = Converting::new(lead, &mut state.generation, out);
                open(state, Work::Converting(Box::new(converting)));
            }
        }
        Action::SplitNames => {
            let mut names = Box::<Names>::default();
            names.ask(&mut state.generation, out);
            open(state, Work::Names(names));
        }
        Action::AllDuplicates => show_duplicates(state, None, Text::default(), out),
        Action::Duplicates => {
            let whose = target.contact.map(Whose::Contact).or(target.company.map(Whose::Company));
            match whose {
                Some(whose) => show_duplicates(state, Some(whose), target.who, out),
                None => say(state, "This belongs to no client; g D shows all that may be one."),
            }
        }
        Action::SplitOff => split_off(state, &target),
        _ => return false,
    }
    true
}

fn open(state: &mut State, work: Work) {
    state.overlays.push(Overlay::Clients(Box::new(work)));
}

fn show_duplicates(state: &mut State, of: Option<Whose>, who: Text, out: &mut Effects) {
    let mut duplicates = Duplicates::new(of, who);
    duplicates.ask(&mut state.generation, out);
    open(state, Work::Duplicates(duplicates));
}

/// Asks which address becomes a card of its own.
fn split_off(state: &mut State, target: &Target) {
    let Some(contact) = target.contact else { return };
    let cards = [state.card(), Some(&state.today.card), Some(&state.clients.card)];
    let card = cards.into_iter().flatten().filter_map(Card::person).find(|card| card.row.id == contact);
    let Some(card) = card else { return say(state, "Open the card first (C), then split an address off.") };
    if card.addresses.len() < 2 {
        return say(state, "There is only one address on this card.");
    }
    let rows = card.addresses.iter().map(|address| Choice {
        left: Text::line(address.as_str()),
        right: Text::default(),
        pick: Pick::Effect(Effect::SplitOff { contact, address: address.clone() }),
    });
    let choose = Choose::new(format!("A card of its own, taken from {}", card.row.name.full()), rows.collect());
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// A lead becomes a contact: gone at once from what waits.
pub(in crate::ui) fn converted(state: &mut State, conversion: Conversion, out: &mut Effects) {
    let (subject, lead) = (state.target().subject, conversion.lead);
    out.push(Effect::Convert(Box::new(conversion)));
    cleared(state, subject, None, &[Counter::NewLeads], out);
    screens::clients::cleared(state, lead, out);
}
