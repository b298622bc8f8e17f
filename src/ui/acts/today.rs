//! What is done on the triage board: put off, planned, given to a colleague, skipped.

use super::{clear_waiting, cleared, say};
use crate::domain::address::Mailbox;
use crate::domain::assignment::{Assignment, Colleague};
use crate::domain::counter::Counter;
use crate::domain::handling::counted;
use crate::domain::id;
use crate::domain::outbox::Letter;
use crate::domain::text::Text;
use crate::domain::urgency::place_in_words;
use crate::ui::card::Card;
use crate::ui::dates;
use crate::ui::effect::{Effect, Generation};
use crate::ui::handling;
use crate::ui::keymap::Action;
use crate::ui::overlays::{ActivityForm, Choice, Choose, Later, Notice, Overlay, Pick};
use crate::ui::screens::today;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State, Target};
use jiff::Timestamp;

/// Takes an action; true when it was one of these.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::Skip | Action::NextRow | Action::PreviousRow => today::act(state, action, out),
        Action::Plan => {
            plan(state, out);
            true
        }
        Action::Assign => {
            ask_colleague(state, out);
            true
        }
        _ => false,
    }
}

/// Asks for the next activity with a client.
fn plan(state: &mut State, out: &mut Effects) {
    let target = state.target();
    let form = ActivityForm::plan(&target, &mut state.generation, out);
    state.overlays.push(Overlay::ActivityForm(Box::new(form)));
}

/// Where the selected row stands in the order, and why; empty elsewhere.
pub(super) fn place(state: &State, target: &Target) -> Text {
    // Offered letters stand below what waits.
    let row = state.today.row().filter(|row| Some(row.subject) == target.subject && target.offered.is_none());
    row.map(|row| place_in_words(row, state.today.follows(state.today.cursor.index), &state.setup.practice.work))
        .unwrap_or_default()
}

/// For each hint of the card in use: the rule, and what made it true.
pub(super) fn explain_hints(state: &mut State) {
    let Some(card) = state.card().and_then(Card::person) else { return };
    let mut lines = Vec::new();
    for hint in &card.hints {
        lines.push(Text::from(format!("! {hint}")));
        lines.push(Text::from(format!("  Rule: {}.", hint.rule)));
        lines.push(Text::from(format!("  Here: {}.", hint.evidence)));
    }
    let title = format!("What to know about {}", card.row.name.full());
    state.overlays.push(Overlay::Notice(Notice { title, lines, scroll: 0 }));
}

/// Opens the menu of times to come.
pub(super) fn snooze(state: &mut State, target: &Target) {
    let marked = handling::marked(state);
    let later = match (target.activity, target.payment, target.thread) {
        _ if marked > 0 => Later::Threads(handling::chosen(state).threads),
        (Some(activity), ..) => Later::Activity(activity),
        (_, Some(payment), _) => Later::Payment(payment),
        (_, _, Some(thread)) => Later::Threads(vec![thread]),
        _ => return,
    };
    let clock = state.clock();
    let mut rows = Vec::new();
    for (name, at) in dates::offers(&state.here_and_now(), &state.setup.practice.work) {
        // A payment is due on a day, and not tonight.
        if !(matches!(later, Later::Payment(_)) && name == "Tonight") {
            let right = Text::from(clock.full(at));
            rows.push(Choice { left: Text::own(name), right, pick: Pick::At(later.clone(), at) });
        }
    }
    let mut more = |left: &'static str, pick| rows.push(Choice { left: Text::own(left), right: Text::default(), pick });
    more("In some working days…", Pick::Days(later.clone()));
    more("Another day…", Pick::Typed(later.clone()));
    if let Later::Threads(threads) = &later {
        more("Until they answer", Pick::Answer(threads.clone()));
    }
    let word = if matches!(later, Later::Threads(_)) { "Snooze" } else { "Move" };
    let what = if marked > 0 { counted(marked) } else { target.title.to_string() };
    let choose = Choose::new(format!("{word}: {what}"), rows);
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// Something comes back in so many working days.
pub(in crate::ui) fn in_days(
    state: &mut State,
    later: &Later,
    days: u32,
    out: &mut Effects,
) -> Result<(), &'static str> {
    let now = state.here_and_now();
    let at = dates::in_working_days(&now, days, &state.setup.practice.work).ok_or("That is no day to come.")?;
    come_back(state, later, at, out);
    Ok(())
}

/// Something comes back then.
pub(in crate::ui) fn come_back(state: &mut State, later: &Later, at: Timestamp, out: &mut Effects) {
    let subject = state.target().subject;
    match later {
        Later::Threads(threads) => {
            out.push(Effect::Snooze { threads: threads.clone(), until: at });
            clear_waiting(state, threads, out);
        }
        Later::Activity(activity) => {
            let activity = *activity;
            out.push(Effect::ActivityMove { activity, to: at });
            // It stays in its row while it is due today.
            let today = state.today_date();
            if at.to_zoned(state.setup.zone.clone()).date() > today {
                cleared(state, subject, None, &[Counter::Due], out);
            }
        }
        Later::Payment(payment) => {
            let payment = *payment;
            let to = at.to_zoned(state.setup.zone.clone()).date();
            out.push(Effect::PaymentMove { payment, to });
            cleared(state, subject, None, &[Counter::OverduePayments], out);
        }
    }
}

/// These come back when they write.
pub(in crate::ui) fn await_answer(state: &mut State, threads: Vec<id::Thread>, out: &mut Effects) {
    out.push(Effect::AwaitAnswer(threads.clone()));
    clear_waiting(state, &threads, out);
}

/// Asks who is to see to it.
fn ask_colleague(state: &mut State, out: &mut Effects) {
    let target = state.target();
    let assignment = Assignment {
        to: Text::default(),
        thread: target.thread,
        contact: target.contact,
        company: target.company,
        deal: target.deal,
        done: false,
    };
    let what = if target.title.is_empty() { &target.who } else { &target.title };
    let mut choose = Choose::new(format!("Assign: {what}"), Vec::new());
    choose.slot = Slot::default();
    choose.give = Some(assignment);
    out.push(Effect::ListColleagues { generation: choose.slot.ask(&mut state.generation) });
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// The people came: each a line, then me, then a name to be typed.
pub(in crate::ui) fn colleagues(state: &mut State, generation: Generation, people: &[Colleague]) {
    for overlay in &mut state.overlays {
        let Overlay::Choose(choose) = overlay else { continue };
        let Some(give) = choose.give.clone().filter(|_| choose.slot.take(generation)) else { continue };
        let to = |name: &Text| Box::new(Assignment { to: name.clone(), ..give.clone() });
        let mut rows: Vec<Choice> = people
            .iter()
            .map(|colleague| Choice {
                left: colleague.name.clone(),
                right: colleague.address.as_ref().map(|address| Text::line(address.as_str())).unwrap_or_default(),
                pick: Pick::Colleague(
                    to(&colleague.name),
                    colleague
                        .address
                        .as_ref()
                        .and_then(|address| Mailbox::new(colleague.name.as_str(), address.as_str())),
                ),
            })
            .collect();
        rows.push(Choice {
            left: Text::own("Me"),
            right: Text::default(),
            pick: Pick::Give(to(&Text::default()), None),
        });
        let right = Text::default();
        rows.push(Choice { left: Text::own("Somebody else…"), right, pick: Pick::Name(to(&Text::default())) });
        choose.slot.value = Some(rows);
    }
}

/// Somebody was chosen: a conversation can go on waiting, be done for me, or be sent along.
pub(in crate::ui) fn chosen_colleague(state: &mut State, give: Assignment, to: Option<Mailbox>, out: &mut Effects) {
    if give.thread.is_none() {
        return assign(state, give, None, out);
    }
    let done = Assignment { done: true, ..give.clone() };
    let own = |words: &'static str| Text::own(words);
    let mut rows = vec![
        Choice { left: own("Assign"), right: own("it waits on here"), pick: Pick::Give(Box::new(give.clone()), None) },
        Choice {
            left: own("Assign, done for me"),
            right: own("it waits no more"),
            pick: Pick::Give(Box::new(done), None),
        },
    ];
    if let Some(mailbox) = to {
        rows.push(Choice {
            left: own("Assign and forward the letter"),
            right: Text::line(mailbox.address.as_str()),
            pick: Pick::Give(Box::new(give.clone()), Some(mailbox)),
        });
    }
    let choose = Choose::new(format!("Assign to {}", give.to), rows);
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// Gives it, and begins the letter that takes it along.
pub(in crate::ui) fn assign(state: &mut State, give: Assignment, forward: Option<Mailbox>, out: &mut Effects) {
    if let Some(mailbox) = forward {
        let target = state.target();
        match super::newest_letter(state, &target) {
            Some(message) => {
                state.forward_to = Some(mailbox);
                out.push(Effect::StartForward(message));
            }
            None => say(state, "Open the conversation first (Enter), then F forwards the letter you see."),
        }
    }
    let thread = give.thread.filter(|_| give.done);
    out.push(Effect::Assign(Box::new(give)));
    if let Some(thread) = thread {
        clear_waiting(state, &[thread], out);
    }
}

/// A letter was begun: one that takes an assignment along goes to that colleague.
pub(in crate::ui) fn addressed(state: &mut State, mut letter: Letter) -> Letter {
    if let Some(mailbox) = state.forward_to.take().filter(|_| letter.to.is_empty()) {
        letter.to.push(mailbox);
    }
    letter
}
