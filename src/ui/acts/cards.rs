//! Cards: edited in place, tagged, watched, handed to somebody, entered and deleted; what of their timeline is shown.

use super::{ask, say};
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::deal::State as Stand;
use crate::domain::field::Noun;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::timeline::Show;
use crate::ui::card::{Card, Holding, Item};
use crate::ui::effect::Effect;
use crate::ui::event::Event;
use crate::ui::keymap::Action;
use crate::ui::overlays::{Choice, Choose, Enter, Note, Overlay, Pick};
use crate::ui::screens::clients::Tab;
use crate::ui::state::{Effects, Screen, State};

/// A card is in use, or the row of one.
pub(in crate::ui) fn can(state: &State) -> bool {
    let lists = state.pages.is_empty() && matches!(state.screen, Screen::Clients | Screen::Deals);
    state.card().is_some() || (lists && listed(state).is_some())
}

/// The card beside the list of clients or deals.
fn listed(state: &State) -> Option<&Card> {
    let card = match state.screen {
        Screen::Clients => &state.clients.card,
        Screen::Deals => &state.deals.card,
        _ => return None,
    };
    card.of().map(|_| card)
}

/// Does an action of cards; false when it is none.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::EditFact => edit(state, out),
        Action::EditTags => edit_fact(state, Fact::Tags, out),
        Action::EditOwner => edit_fact(state, Fact::Owner, out),
        Action::Watch => watch(state, out),
        Action::ShowPart => ask_show(state),
        Action::NextSection | Action::PreviousSection => return take(state, action, out),
        Action::RemoveCard => remove(state),
        Action::EnterCard => {
            let noun = if state.clients.tab == Tab::Companies { Noun::Company } else { Noun::Contact };
            state.overlays.push(Overlay::Enter(Box::new(Enter::new(noun))));
        }
        Action::ByLast => crate::ui::screens::clients::reorder(state, out),
        Action::OpenFile | Action::SaveFile => {
            if let Some(Item::File(message, index)) = state.card().and_then(Card::item) {
                let save = action == Action::SaveFile;
                out.push(if save {
                    Effect::SaveAttachment { message, index }
                } else {
                    Effect::OpenAttachment { message, index }
                });
            }
        }
        _ => return false,
    }
    true
}

fn take(state: &mut State, action: Action, out: &mut Effects) -> bool {
    to_card(state);
    let mut last = state.generation;
    let known = state.card_mut().is_some_and(|card| card.act(action, &mut last, out));
    state.generation = last;
    known
}

/// From the list to the card of its row.
fn to_card(state: &mut State) {
    if state.card().is_none() && listed(state).is_some() {
        match state.screen {
            Screen::Clients => state.clients.on_card = true,
            Screen::Deals => state.deals.on_card = true,
            _ => {}
        }
    }
}

/// Edits the fact of the chosen line, or asks which.
pub(in crate::ui) fn edit(state: &mut State, out: &mut Effects) {
    let listed = state.card().is_none();
    to_card(state);
    let Some(card) = state.card() else { return };
    if let (Some(Item::Fact(fact)), false) = (card.item(), listed) {
        return edit_fact(state, fact, out);
    }
    let Some(noun) = card.noun().filter(|_| card.slot.value.is_some()) else {
        return say(state, "The card is still being read.");
    };
    let rows = Fact::each(noun, &state.setup.practice).into_iter().map(|fact| {
        let right = Text::line(&card.value(&fact));
        Choice { left: fact.label(), right, pick: Pick::Fact(fact) }
    });
    let choose = Choose::new("Edit which fact?".to_owned(), rows.collect());
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// Edits a fact of the card in use in its place; what has several lines in the editor.
pub(in crate::ui) fn edit_fact(state: &mut State, fact: Fact, out: &mut Effects) {
    to_card(state);
    let practice = state.setup.practice.clone();
    let mut last = state.generation;
    let Some(card) = state.card_mut() else { return };
    let Some(whose) = card.whose().filter(|_| card.slot.value.is_some()) else {
        return say(state, "The card is still being read.");
    };
    if fact.is_block() {
        let note = Note::new(whose, fact.clone(), &card.value(&fact));
        return state.overlays.push(Overlay::Note(Box::new(note)));
    }
    card.begin(fact, &practice, &mut last, out);
    state.generation = last;
}

fn watch(state: &mut State, out: &mut Effects) {
    let Some(card) = state.card().or(listed(state)) else { return };
    let Some(whose) = card.whose().filter(|_| card.slot.value.is_some()) else {
        return say(state, "The card is still being read.");
    };
    let wanted = if card.value(&Fact::Watched) == "yes" { "no" } else { "yes" };
    out.push(Effect::EditCard { whose, edits: vec![(Fact::Watched, wanted.to_owned())] });
}

fn ask_show(state: &mut State) {
    to_card(state);
    let Some(card) = state.card() else { return };
    let row = |show: Show| Choice { left: show.words(), right: Text::default(), pick: Pick::Show(show) };
    let mut rows: Vec<Choice> = Show::PLAIN.into_iter().map(row).collect();
    let words = Text::own("with words…");
    rows.push(Choice { left: words, right: Text::default(), pick: Pick::ShowWords });
    let deals = match &card.slot.value {
        Some(Holding::Contact(card)) => card.deals.as_slice(),
        Some(Holding::Company(card)) => card.deals.as_slice(),
        _ => &[],
    };
    for deal in deals.iter().take(20) {
        let right = Text::own(if deal.state == Stand::Open { "open" } else { deal.state.word() });
        let show = Show::Deal(deal.id, deal.title.clone());
        rows.push(Choice { left: show.words(), right, pick: Pick::Show(show) });
    }
    let mut choose = Choose::new("What of the timeline?".to_owned(), rows);
    choose.at = Show::PLAIN.iter().position(|show| show == card.shows()).unwrap_or(0);
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// Shows a part of the timeline of the card in use.
pub(in crate::ui) fn show_only(state: &mut State, show: Show, out: &mut Effects) {
    let mut last = state.generation;
    if let Some(card) = state.card_mut() {
        card.show_only(show, &mut last, out);
    }
    state.generation = last;
}

fn remove(state: &mut State) {
    let Some(card) = state.card().or(listed(state)) else { return };
    match card.whose() {
        Some(whose @ (Whose::Contact(_) | Whose::Company(_))) => {
            let who = card.target().who;
            ask(
                state,
                &format!("Delete {who}? Only what was entered by mistake goes; u brings it back."),
                Some(Effect::RemoveCard(whose)),
            );
        }
        _ => say(state, "A deal is won or lost, not deleted."),
    }
}

/// What was typed is kept, or stays with what is wrong with it.
pub(in crate::ui) fn edited(state: &mut State, whose: Whose, outcome: Result<(), Problem>) {
    let mine = state.cards_mut().any(|card| card.edited(whose, &outcome));
    if let (Err(problem), false) = (outcome, mine) {
        let now = state.now;
        state.bar.problem(problem, now);
    }
}

/// Answers that a card asked for.
pub(in crate::ui) fn loaded(state: &mut State, event: Event) {
    state.cards_mut().any(|card| match &event {
        Event::FiguresLoaded { generation, figures } => card.figures_loaded(*generation, figures),
        Event::TimelineLoaded { generation, rows, after } => card.page_loaded(*generation, rows, *after),
        Event::FilesLoaded { generation, rows, after } => card.files_loaded(*generation, rows, *after),
        Event::WordsLoaded { generation, words } => card.words_loaded(*generation, words),
        _ => false,
    });
}
