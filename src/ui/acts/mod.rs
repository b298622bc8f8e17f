//! What the actions do, in one place for every screen.

pub(super) mod activities;
pub(super) mod cards;
mod clients;
pub(super) mod deals;
pub(super) mod follow_ups;
pub(super) mod mailings;
mod meetings;
mod passing;
pub(super) mod templates;
pub(super) mod today;

pub(super) use clients::converted;

use super::card::{Item, Of};
use super::effect::{ActivityAct, Effect, FillFor, ReplyTo};
use super::handling;
use super::hints;
use super::keymap::{self, Action};
use super::overlays::{
    Accounts, AsItWas, Changes, Choose, Confirm, Form, Help, Overlay, Palette, Pending, Pick, Why, Yes, renew,
};
use super::reader::Reader;
use super::screens;
use super::slot::Slot;
use super::state::{Effects, Page, Screen, State, Target};
use crate::domain::counter::{Counter, Subject};
use crate::domain::handling::Handling;
use crate::domain::id;
use crate::domain::outbox::State as Stand;
use crate::domain::text::Text;

/// Does an action: the first that knows it.
pub(super) fn act(state: &mut State, action: Action, out: &mut Effects) {
    let known = if state.writing.is_some() {
        super::compose::act(state, action, out) || program(state, action, out)
    } else {
        program(state, action, out)
            || handling::act(state, action, out)
            || mailings::act(state, action, out)
            || follow_ups::act(state, action, out)
            || deals::act(state, action, out)
            || super::filing::act(state, action, out)
            || clients::act(state, action, out)
            || activities::act(state, action, out)
            || cards::act(state, action, out)
            || clear(state, action, out)
            || today::act(state, action, out)
            || passing::act(state, action, out)
            || templates::act(state, action, out)
            || write(state, action, out)
            || look(state, action, out)
            || walk(state, action, out)
    };
    if !known && let Some(binding) = keymap::binding(action) {
        say(state, &format!("Nothing to do here for “{}”.", binding.title));
    }
}

/// Says it in the bottom line.
pub(super) fn say(state: &mut State, words: &str) {
    let now = state.now;
    state.bar.news(words, now);
}

fn program(state: &mut State, action: Action, out: &mut Effects) -> bool {
    match action {
        Action::Today => super::update::go(state, Screen::Today, out),
        Action::Mail => super::update::go(state, Screen::Mail, out),
        Action::Clients => super::update::go(state, Screen::Clients, out),
        Action::Deals => super::update::go(state, Screen::Deals, out),
        Action::Outgoing => super::update::go(state, Screen::Outgoing, out),
        Action::Reports => super::update::go(state, Screen::Reports, out),
        Action::Accounts => {
            let accounts = Accounts::new(state);
            state.overlays.push(Overlay::Accounts(accounts));
        }
        Action::Away => state.overlays.push(Overlay::Form(Box::new(Form::away(state.bar.away.as_ref())))),
        Action::NewPassword => renew::open_for_refused(state),
        Action::Changes => {
            let mut changes = Box::<Changes>::default();
            out.push(Effect::LoadChanges { generation: changes.slot.ask(&mut state.generation) });
            state.overlays.push(Overlay::Changes(changes));
        }
        Action::Pending => {
            super::update::load_pending(state, out);
            state.overlays.push(Overlay::Pending(Pending::default()));
        }
        Action::Search => super::overlays::search::open(state, "", out),
        Action::Views => super::overlays::views::open(state, out),
        Action::Find => {
            let form = Form::find(&state.clients.filter);
            state.overlays.push(Overlay::Form(Box::new(form)));
        }
        Action::Palette => {
            let palette = Palette::new(state);
            state.overlays.push(Overlay::Palette(Box::new(palette)));
        }
        Action::Help | Action::KeysHere => {
            let help = Help::new(state);
            state.overlays.push(Overlay::Help(help));
        }
        Action::Undo => out.push(Effect::Undo),
        Action::Redo => out.push(Effect::Redo),
        Action::Sync => sync(state, out),
        Action::Redraw => {
            out.push(Effect::Redraw);
            super::update::reload(state, out);
        }
        Action::Suspend => out.push(Effect::Suspend),
        Action::Quit => quit(state, out),
        Action::AnswerMeeting => meetings::ask(state),
        Action::TakeBack => match state.bar.held.first() {
            Some(_) => out.push(Effect::UndoSend(state.bar.held.remove(0).id)),
            None => say(state, "No letter is about to leave."),
        },
        _ => return false,
    }
    true
}

/// Syncs every account now.
fn sync(state: &mut State, out: &mut Effects) {
    if state.setup.demo {
        return say(state, "The demo has no server: there is nothing to sync.");
    }
    for account in &state.setup.accounts {
        state.bar.sync_begins(account.name.clone());
    }
    out.push(Effect::SyncNow);
}

/// Ends the program; asks when something would surprise.
pub(super) fn quit(state: &mut State, out: &mut Effects) {
    let question = match (&state.writing, state.bar.held.iter().find(|held| held.is_leaving())) {
        (Some(_), _) => "You are writing a letter. Its draft is kept (5 Outgoing, Drafts). Quit?".to_owned(),
        (None, Some(held)) => {
            format!("The letter to {} is still held. It waits in the outbox until Postbook runs again. Quit?", held.to)
        }
        (None, None) => return out.push(Effect::Quit),
    };
    let yes = if state.writing.is_some() { Yes::SaveAndQuit } else { Yes::Do(vec![Effect::Quit]) };
    state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
}

/// What clears something that waits.
fn clear(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let target = state.target();
    match action {
        Action::Done => done(state, &target, out),
        Action::Snooze => today::snooze(state, &target),
        Action::File => ask_deal(state, &target, out),
        Action::KeepLead => lead(state, &target, Effect::KeepLead, out),
        Action::Ignore => lead(state, &target, Effect::IgnoreSender, out),
        Action::Paid => {
            if let Some(payment) = target.payment {
                out.push(Effect::PaymentPaid(payment));
                cleared(state, target.subject, None, &[Counter::OverduePayments], out);
            }
        }
        Action::Claim => out.extend(target.thread.map(Effect::Claim)),
        Action::Private => out.extend(target.thread.map(Effect::TogglePrivate)),
        Action::Rescue => handling::order(state, Handling::NotJunk, out),
        Action::Why => {
            if state.card().is_some_and(super::card::Card::has_hints) {
                today::explain_hints(state);
            } else if let Some(subject) = target.subject {
                let mut slot = Slot::default();
                let generation = slot.ask(&mut state.generation);
                out.push(Effect::LoadWhy { generation, subject, thread: target.thread });
                let place = today::place(state, &target);
                state.overlays.push(Overlay::Why(Why { title: target.title.into(), place, slot, ..Why::default() }));
            }
        }
        _ => return false,
    }
    true
}

fn done(state: &mut State, target: &Target, out: &mut Effects) {
    if handling::marked(state) > 0 {
        let threads = handling::chosen(state).threads;
        out.push(Effect::MarkDone(threads.clone()));
        return clear_waiting(state, &threads, out);
    }
    if let Some(activity) = target.activity {
        let form = Form::result(activity, &target.title);
        return state.overlays.push(Overlay::Form(Box::new(form)));
    }
    if target.payment.is_some() && target.counters.contains(&Counter::OverduePayments) {
        return say(state, "A payment waits: p marks it paid, z moves its due day.");
    }
    if let Some(offered) = target.offered {
        out.push(Effect::DismissOffered(offered));
        return screens::today::decided(state, offered, out);
    }
    let Some(thread) = target.thread else { return };
    if hints::junk(target) {
        out.push(Effect::ConfirmJunk(thread));
        return cleared(state, target.subject, Some(thread), &[Counter::JunkWatch], out);
    }
    let waits = |counter: &Counter| matches!(counter, Counter::Unanswered | Counter::Silent);
    if target.lead && !target.counters.iter().any(waits) {
        return say(state, "A new lead: c makes a contact, K keeps the lead, I ignores the sender.");
    }
    out.push(Effect::MarkDone(vec![thread]));
    clear_waiting(state, &[thread], out);
}

/// Shows at once that these wait no more. What needs no reply was looked at: the store marks it seen, as it does for
/// what is snoozed.
fn clear_waiting(state: &mut State, threads: &[id::Thread], out: &mut Effects) {
    let mut counters = vec![Counter::Unread, Counter::Unanswered, Counter::Silent];
    if handling::marked(state) > 0 {
        // Among many marked ones there may be some in Junk, which that settles too.
        counters.push(Counter::JunkWatch);
        handling::unmark(state);
    }
    for thread in threads {
        cleared(state, Some(Subject::Thread(*thread)), Some(*thread), &counters, out);
    }
}

fn ask_deal(state: &mut State, target: &Target, out: &mut Effects) {
    let Some(thread) = target.thread else { return };
    let mut choose = Choose::new(format!("File: {}", target.title), Vec::new());
    choose.slot = Slot::default();
    out.push(Effect::ListDealsFor { generation: choose.slot.ask(&mut state.generation), thread });
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// My decision for a thread.
pub(super) fn file(state: &mut State, thread: id::Thread, deal: Option<id::Deal>, out: &mut Effects) {
    let subject = state.target().subject;
    out.push(Effect::FileUnder { thread, deal });
    cleared(state, subject, Some(thread), &[Counter::Unfiled], out);
}

/// A planned activity was done.
pub(super) fn activity_done(state: &mut State, act: ActivityAct, activity: id::Activity, out: &mut Effects) {
    out.push(Effect::Activity(act));
    cleared(state, Some(Subject::Activity(activity)), None, &[Counter::Due], out);
}

fn lead(state: &mut State, target: &Target, effect: fn(id::Contact) -> Effect, out: &mut Effects) {
    let Some(contact) = target.contact else { return };
    let effect = effect(contact);
    if matches!(effect, Effect::IgnoreSender(_)) && !target.lead {
        let question = format!("{} is a client of yours. Hide everything they send from now on?", target.who);
        return ask(state, &question, Some(effect));
    }
    let mut counters = vec![Counter::NewLeads];
    if matches!(effect, Effect::IgnoreSender(_)) {
        counters.extend([Counter::Unread, Counter::Unanswered]);
    }
    out.push(effect);
    cleared(state, target.subject, None, &counters, out);
    if target.lead {
        screens::clients::cleared(state, contact, out);
    }
}

/// Shows at once what an act cleared.
pub(super) fn cleared(
    state: &mut State,
    subject: Option<Subject>,
    thread: Option<id::Thread>,
    counters: &[Counter],
    out: &mut Effects,
) {
    screens::today::cleared(state, subject, counters, out);
    if let Some(thread) = thread {
        screens::mail::cleared(state, thread, counters);
    }
}

/// What begins or steers a letter.
fn write(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let target = state.target();
    let answer = match (target.message, target.thread) {
        (Some(message), _) => Some(ReplyTo::Message(message)),
        (None, Some(thread)) => Some(ReplyTo::Thread(thread)),
        (None, None) => None,
    };
    match action {
        Action::Reply => out.extend(answer.map(|to| Effect::StartReply { to, all: false })),
        Action::ReplyAll => out.extend(answer.map(|to| Effect::StartReply { to, all: true })),
        Action::Template => {
            if let Some(to) = answer {
                ask_template(state, FillFor::Answer(to), out);
            }
        }
        Action::TemplateTo => {
            let about = deal_in_use(state).map(FillFor::Deal);
            if let Some(to) = about.or(target.contact.map(FillFor::Contact)) {
                ask_template(state, to, out);
            }
        }
        Action::WriteTo | Action::New => {
            out.push(Effect::StartNew { contact: target.contact, deal: deal_in_use(state) });
        }
        Action::UseTemplate => use_template(state, out),
        Action::EditDraft => out.extend(target.draft.map(Effect::OpenDraft)),
        Action::DiscardDraft => ask(state, "Throw this draft away?", target.draft.map(Effect::DiscardDraft)),
        Action::TakeBackThis => take_back(state, &target, out),
        Action::Resend => resend(state, &target, out),
        Action::DiscardOutgoing => {
            let question = format!("Throw the letter “{}” to {} out of the outbox?", target.title, target.who);
            ask(state, &question, target.outgoing.map(Effect::DiscardOutgoing));
        }
        _ => return false,
    }
    true
}

/// The deal I am at: its row on the board or in what was found, or its card. What I begin there belongs to it.
fn deal_in_use(state: &State) -> Option<id::Deal> {
    let target = state.target();
    if state.found.is_some() {
        return target.deal.filter(|_| target.thread.is_none());
    }
    match state.card() {
        Some(card) => card.of().and_then(|of| if let Of::Deal(deal) = of { Some(deal) } else { None }),
        None => target.deal.filter(|_| state.screen == Screen::Deals && state.pages.is_empty()),
    }
}

pub(super) fn ask(state: &mut State, question: &str, effect: Option<Effect>) {
    if let Some(effect) = effect {
        let confirm = Confirm { question: question.to_owned(), yes: Yes::Do(vec![effect]) };
        state.overlays.push(Overlay::Confirm(confirm));
    }
}

/// The letter that is read, else the newest of the conversation that is shown.
fn newest_letter(state: &State, target: &Target) -> Option<id::Message> {
    let newest = || {
        let shown = [&state.today.reader, &state.mail.reader];
        let view = shown.into_iter().find(|reader| reader.thread() == target.thread)?.slot.value.as_ref()?;
        view.messages.last().map(|letter| letter.id)
    };
    target.message.or_else(newest)
}

fn stand(state: &State, outgoing: id::Outgoing) -> Option<Stand> {
    state.outgoing.outbox.value.iter().flatten().find(|row| row.id == outgoing).map(|row| row.state)
}

/// A letter that may have arrived is not edited: it would go out twice, in two versions.
fn take_back(state: &mut State, target: &Target, out: &mut Effects) {
    // What is counted down leaves first: the bottom line names this key for it, whatever row the cursor stands on.
    let counted = state.bar.held.iter().find(|held| held.is_leaving()).map(|held| held.id);
    let held = |outgoing: &id::Outgoing| state.bar.held.iter().any(|held| held.id == *outgoing);
    let Some(outgoing) = target.outgoing.filter(held).or(counted).or(target.outgoing) else { return };
    match stand(state, outgoing) {
        Some(Stand::Uncertain | Stand::Sending | Stand::Sent) => {
            say(state, "This letter may have arrived already: it cannot be edited any more.");
        }
        _ => {
            state.bar.held.retain(|held| held.id != outgoing);
            out.push(Effect::UndoSend(outgoing));
        }
    }
}

/// Sending an uncertain letter again may double it: that is asked.
fn resend(state: &mut State, target: &Target, out: &mut Effects) {
    let Some(outgoing) = target.outgoing else { return };
    let on_screen = state.screen == Screen::Outgoing;
    match stand(state, outgoing) {
        Some(Stand::Uncertain) => {
            let question = "Nobody knows whether this letter arrived. If it did, they get it twice. Send it again?";
            ask(state, question, Some(Effect::Resend(outgoing)));
        }
        Some(Stand::Sending | Stand::Sent) => say(state, "This letter cannot be sent again now."),
        _ if on_screen => out.push(Effect::Resend(outgoing)),
        _ => {
            super::update::go(state, Screen::Outgoing, out);
            screens::outgoing::select(state, outgoing, out);
        }
    }
}

fn use_template(state: &mut State, out: &mut Effects) {
    let Some(row) = state.outgoing.template() else { return };
    if let Some(problem) = row.problem.clone() {
        let now = state.now;
        return state.bar.problem(problem, now);
    }
    let language = Some(row.language.to_string()).filter(|language| !language.is_empty());
    out.push(Effect::FillTemplate { name: row.name.to_string(), language, to: FillFor::Nobody });
}

/// Opens the list of templates.
pub(super) fn ask_template(state: &mut State, to: FillFor, out: &mut Effects) {
    let mut choose = Choose::new("Which template?".to_owned(), Vec::new());
    choose.slot = Slot::default();
    choose.fill = Some(to);
    choose.empty = "No templates yet.";
    out.push(Effect::LoadTemplates { generation: choose.slot.ask(&mut state.generation) });
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

/// What shows something else of the same thing.
fn look(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let target = state.target();
    match action {
        Action::Card => {
            let of = target.contact.map(Of::Contact).or(target.company.map(Of::Company)).or(target.deal.map(Of::Deal));
            match of {
                Some(of) => push_card(state, of, out),
                None => say(state, "This conversation belongs to no client."),
            }
        }
        Action::AsItWas => AsItWas::open(state, out),
        Action::HandOver => {
            let form = crate::ui::overlays::meant(state).map(Form::hand_over);
            state.overlays.extend(form.map(|form| Overlay::Form(Box::new(form))));
        }
        Action::OpenAttachment => attachment(state, false, out),
        Action::SaveAttachment => attachment(state, true, out),
        _ => return false,
    }
    true
}

fn attachment(state: &mut State, save: bool, out: &mut Effects) {
    let Some(letter) = state.reader().and_then(Reader::letter) else { return };
    let message = letter.id;
    let files: Vec<_> = letter.parsed.attachments.iter().filter(|file| !file.inline).cloned().collect();
    match files.as_slice() {
        [] => say(state, "No file is attached to this letter; ] and [ go to the next and previous one."),
        [only] if save => out.push(Effect::SaveAttachment { message, index: only.index }),
        [only] => out.push(Effect::OpenAttachment { message, index: only.index }),
        several => {
            let rows = several.iter().map(|file| super::overlays::Choice {
                left: file.name.clone(),
                right: Text::from(format!(
                    "{}{}",
                    if file.on_server { "on the server, " } else { "" },
                    super::format::size(file.size)
                )),
                pick: Pick::Attachment(message, file.index, save),
            });
            let title = if save { "Save which file?" } else { "Open which file?" };
            let choose = Choose::new(title.to_owned(), rows.collect());
            state.overlays.push(Overlay::Choose(Box::new(choose)));
        }
    }
}

/// What moves about.
fn walk(state: &mut State, action: Action, out: &mut Effects) -> bool {
    if state.bar.dismiss() && action == Action::Back && state.pages.is_empty() {
        return true;
    }
    in_page(state, action, out) || on_screen(state, action, out)
}

fn in_page(state: &mut State, action: Action, out: &mut Effects) -> bool {
    // On a page there is no other pane: Tab goes to the next section.
    let action = match action {
        Action::NextPane if matches!(state.pages.last(), Some(Page::Card(_))) => Action::NextSection,
        Action::PreviousPane if matches!(state.pages.last(), Some(Page::Card(_))) => Action::PreviousSection,
        other => other,
    };
    let mut last = state.generation;
    let known = if let Some(reader) = state.reader_mut() {
        reader.act(action, &mut last, out)
    } else if let Some(card) = state.card_mut() {
        card.act(action, &mut last, out)
    } else {
        false
    };
    state.generation = last;
    if known || state.pages.is_empty() {
        return known;
    }
    match action {
        Action::Back => back(state),
        Action::Open if matches!(state.pages.last(), Some(Page::Card(_))) => open_item(state, out),
        _ => return false,
    }
    true
}

/// One page back.
pub(super) fn back(state: &mut State) {
    let depth = state.pages.len();
    if let Some(page) = state.pages.pop() {
        deals::left_page(state, &page);
    }
    if state.parked.as_ref().is_some_and(|(at, _)| *at == depth)
        && let Some((_, overlay)) = state.parked.take()
    {
        state.overlays.push(overlay);
    }
}

fn on_screen(state: &mut State, action: Action, out: &mut Effects) -> bool {
    if !state.pages.is_empty() {
        return matches!(action, Action::NextPane | Action::PreviousPane);
    }
    match state.screen {
        Screen::Today => screens::today::act(state, action, out),
        Screen::Mail => screens::mail::act(state, action, out),
        Screen::Clients => screens::clients::act(state, action, out),
        Screen::Deals => screens::deals::act(state, action, out),
        Screen::Outgoing => screens::outgoing::act(state, action, out),
        Screen::Reports => screens::reports::act(state, action, out),
    }
}

/// Opens the chosen line of the card in use.
pub(super) fn open_item(state: &mut State, out: &mut Effects) {
    match state.card().and_then(super::card::Card::item) {
        Some(Item::Card(of)) => push_card(state, of, out),
        Some(Item::Letter(thread, letter)) => push_reader(state, thread, Some(letter), out),
        Some(Item::Payment(_, true)) => say(state, "p marks it paid, z moves its due day."),
        Some(Item::Activity(activity, _)) => activities::open(state, activity, out),
        Some(Item::OfDeal(deal, _)) => push_card(state, Of::Deal(deal), out),
        Some(Item::File(message, index)) => out.push(Effect::OpenAttachment { message, index }),
        Some(Item::Fact(_)) => cards::edit(state, out),
        Some(Item::Stranger(address, letter)) => super::filing::offer_person(state, address, letter),
        Some(Item::Payment(_, false) | Item::Section(_)) | None => {}
    }
}

/// Opens a card over the screen.
pub(super) fn push_card(state: &mut State, of: Of, out: &mut Effects) {
    let mut card = super::card::Card::default();
    card.show(Some(of), &mut state.generation, out);
    state.pages.push(Page::Card(Box::new(card)));
}

/// Opens a conversation over the screen.
pub(super) fn push_reader(state: &mut State, thread: id::Thread, letter: Option<id::Message>, out: &mut Effects) {
    let mut reader = Reader::default();
    reader.show(Some(thread), &mut state.generation, out);
    reader.begin_at(letter);
    reader.open(out);
    state.pages.push(Page::Reader(Box::new(reader)));
}
