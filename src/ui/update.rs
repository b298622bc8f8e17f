//! How the screens change: one event in, effects out.

use super::card::Holding;
use super::compose;
use super::effect::{Awaited, Effect, Generation, RenewAct};
use super::event::{Changed, Event, FileNews, Filling, TemplateRow};
use super::hints;
use super::keymap;
use super::layout;
use super::overlays::{self, Choice, Overlay, Pick};
use super::screens;
use super::state::{Effects, Screen, State};
use super::widgets::status::{Held, Progress};
use super::{acts, ahead};
use crate::domain::deal::DealRow;
use crate::domain::id;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::thread::ThreadView;
use crossterm::event::{KeyEvent, KeyEventKind};
use jiff::{SignedDuration, Timestamp};

/// So long the bottom line tells of a letter that is sent later; any other is counted down to its end.
const SOON: SignedDuration = SignedDuration::from_secs(30);

/// Takes an event; gives what is to be done.
pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let mut out = Effects::new();
    let ahead = ahead::kept(state, &event);
    match event {
        Event::Started { now, width, height } => started(state, now, width, height, &mut out),
        Event::Key(key) if ahead::keeps(state, key) => {}
        Event::Key(key) => on_key(state, key, &mut out),
        Event::Paste(pasted) => paste(state, &pasted, &mut out),
        Event::Mouse(mouse) => super::mouse::update(state, mouse, &mut out),
        Event::Resize { width, height } => (state.width, state.height) = (width, height),
        Event::Tick { now } => tick(state, now, &mut out),
        Event::Quit => {
            compose::save_now(state, &mut out);
            out.push(Effect::Quit);
        }
        Event::Changed(changes) => changed(state, &changes, &mut out),
        news @ (Event::Done { .. }
        | Event::Undone { .. }
        | Event::AttachmentSaved { .. }
        | Event::Told(_)
        | Event::FileAwaited { .. }
        | Event::Problem(_)
        | Event::SyncProgress { .. }
        | Event::Carrying(_)
        | Event::AccountStates(_)
        | Event::SyncEnded { .. }) => told(state, news, &mut out),
        Event::SignInPrompted { account, prompt } => overlays::renew::prompted(state, account, prompt),
        Event::CredentialKept { account, outcome } => overlays::renew::ended(state, account, outcome, &mut out),
        Event::NextWanted(row) => acts::deals::next_wanted(state, &row),
        Event::CardEdited { whose, outcome } => acts::cards::edited(state, whose, outcome),
        Event::CardEntered { outcome } => overlays::enter::entered(state, outcome, &mut out),
        Event::Asked { question, yes } => asked(state, question.as_str(), yes, &mut out),
        Event::Template(answer) => acts::templates::answered(state, answer, &mut out),
        Event::FollowUp(answer) => acts::follow_ups::answered(state, answer, &mut out),
        writing @ (Event::LetterStarted { .. }
        | Event::Filled { .. }
        | Event::FileRead(_)
        | Event::Edited { .. }
        | Event::DraftSaved { .. }
        | Event::DraftReplaced { .. }
        | Event::DraftWent { .. }
        | Event::Guarded { .. }
        | Event::Queued { .. }) => wrote(state, writing, &mut out),
        answer => loaded(state, answer, &mut out),
    }
    ahead::begun(state, &out);
    layout::settle(state);
    ahead.into_iter().for_each(|key| out.extend(update(state, Event::Key(key))));
    out
}

fn started(state: &mut State, now: Timestamp, width: u16, height: u16, out: &mut Effects) {
    state.now = now;
    (state.width, state.height) = (width, height);
    if state.setup.demo {
        state.overlays.push(Overlay::Welcome(overlays::Welcome));
    }
    screens::today::load(state, out);
    load_counters(state, out);
    load_pending(state, out);
}

/// Shows a screen.
pub(super) fn go(state: &mut State, screen: Screen, out: &mut Effects) {
    state.pages.clear();
    state.parked = None;
    // A screen that is gone to shows the order of now.
    state.today.order.fresh |= screen == Screen::Today && state.today.pane == screens::today::Pane::List;
    state.screen = screen;
    enter(state, out);
    read_again(state, out);
}

/// Reads the conversations and cards that are visible again.
fn read_again(state: &mut State, out: &mut Effects) {
    let mut last = state.generation;
    state.visible_readers_mut().for_each(|reader| reader.refresh(&mut last, out));
    state.visible_cards_mut().for_each(|card| card.refresh(&mut last, out));
    state.generation = last;
}

/// Reads what the visible screen needs.
fn enter(state: &mut State, out: &mut Effects) {
    match state.screen {
        Screen::Today => screens::today::load(state, out),
        Screen::Mail => screens::mail::enter(state, out),
        Screen::Clients => screens::clients::load(state, out),
        Screen::Deals => screens::deals::load(state, out),
        Screen::Outgoing => screens::outgoing::load(state, out),
        Screen::Reports => screens::reports::load(state, out),
    }
}

fn load_counters(state: &mut State, out: &mut Effects) {
    if let Some(generation) = state.counters.refresh(&mut state.generation) {
        out.push(Effect::LoadCounters { generation });
    }
}

/// Reads what waits for servers.
pub(super) fn load_pending(state: &mut State, out: &mut Effects) {
    if let Some(generation) = state.waiting.refresh(&mut state.generation) {
        out.push(Effect::LoadPending { generation });
    }
}

/// Reads everything that is visible again.
pub(super) fn reload(state: &mut State, out: &mut Effects) {
    // The list first: it is what the next key is for.
    enter(state, out);
    load_counters(state, out);
    load_pending(state, out);
    read_again(state, out);
}

fn on_key(state: &mut State, key: KeyEvent, out: &mut Effects) {
    if key.kind == KeyEventKind::Release {
        return;
    }
    state.bar.key_pressed(state.now);
    let name = keymap::name(key);
    if !state.overlays.is_empty() {
        if name.as_deref() == Some("ctrl-c") {
            if state.overlays.iter().any(|overlay| matches!(overlay, Overlay::SignIn(sign_in) if sign_in.is_waiting()))
            {
                out.push(Effect::Renew(RenewAct::StopSignIn));
            }
            state.overlays.clear();
        } else {
            overlays::key(state, key, out);
        }
        return;
    }
    if state.writing.is_none() && super::card::edit::key(state, key, out) {
        return;
    }
    let pending = state.pending.take();
    let target = state.target();
    let can = |at| hints::can(state, &target, at);
    let typing = state.writing.as_ref().is_some_and(|writing| writing.review.is_none());
    let Some(name) = name else { return compose::key(state, key, out) };
    let action = keymap::lookup(&name, pending.as_deref(), can);
    match action {
        Some(action) => acts::act(state, action, out),
        None if typing && name == "ctrl-c" => acts::quit(state, out),
        None if typing => compose::key(state, key, out),
        None if pending.is_none() && keymap::begins_pair(&name, can) => state.pending = Some(name),
        None if name == "ctrl-c" => acts::quit(state, out),
        None => super::tell::not_here(state, &pending.map_or(name.clone(), |first| format!("{first} {name}"))),
    }
}

fn paste(state: &mut State, pasted: &str, out: &mut Effects) {
    if state.overlays.is_empty() {
        if state.writing.is_some() || !state.card_mut().is_some_and(|card| card.paste(pasted)) {
            compose::paste(state, pasted);
        }
    } else {
        overlays::paste(state, pasted, out);
    }
}

fn tick(state: &mut State, now: Timestamp, out: &mut Effects) {
    let minute = |at: Timestamp| at.as_second() / 60;
    let new_minute = minute(now) != minute(state.now);
    state.now = now;
    state.bar.tick(now);
    acts::activities::forget_offer(state);
    state.readers_mut().for_each(super::reader::Reader::tick);
    state.cards_mut().for_each(super::card::Card::tick);
    compose::tick(state, out);
    if state.screen == Screen::Reports {
        screens::reports::tick(state, out);
    }
    // Snoozes end and activities fall due without any change in the store.
    if new_minute {
        load_counters(state, out);
        take_awaited(state, out);
        if matches!(state.screen, Screen::Today) {
            screens::today::load(state, out);
        }
    }
}

fn changed(state: &mut State, changes: &[Changed], out: &mut Effects) {
    load_counters(state, out);
    if !changes.is_empty() {
        take_awaited(state, out);
    }
    let everything = changes.contains(&Changed::Everything);
    let has = |wanted: fn(&Changed) -> bool| everything || changes.iter().any(wanted);
    let concerned = match state.screen {
        Screen::Today => has(|change| !matches!(change, Changed::Templates | Changed::Draft(_))),
        Screen::Mail => has(|change| matches!(change, Changed::Thread(_) | Changed::Folder(_))),
        Screen::Clients => has(|change| !matches!(change, Changed::Templates | Changed::Draft(_) | Changed::Folder(_))),
        Screen::Deals => {
            has(|c| matches!(c, Changed::Deal(_) | Changed::Payment(_) | Changed::Activity(_) | Changed::Company(_)))
        }
        Screen::Outgoing => {
            has(|c| !matches!(c, Changed::Folder(_) | Changed::Contact(_) | Changed::Company(_) | Changed::Payment(_)))
        }
        Screen::Reports => has(|change| !matches!(change, Changed::Templates | Changed::Draft(_) | Changed::Folder(_))),
    };
    match state.screen {
        Screen::Reports if concerned => screens::reports::changed(state, out),
        _ if concerned => enter(state, out),
        _ => {}
    }
    if has(|change| matches!(change, Changed::Mailings | Changed::Outgoing(_))) {
        acts::mailings::changed(state, out);
    }
    load_pending(state, out);
    // A held letter that changes has left, leaves at once or was thrown away: nothing can be taken back any more.
    state.bar.held.retain(|held| !changes.contains(&Changed::Outgoing(held.id)));
    let letters = has(|change| matches!(change, Changed::Outgoing(_)));
    let mut last = state.generation;
    for reader in state.visible_readers_mut() {
        let mine = reader.thread().is_some_and(|thread| changes.contains(&Changed::Thread(thread)));
        if everything || mine || letters {
            reader.refresh(&mut last, out);
        }
    }
    // A card shows letters, deals, payments and activities of a person: any of them may be theirs.
    if has(|change| !matches!(change, Changed::Templates | Changed::Draft(_) | Changed::Folder(_))) {
        state.visible_cards_mut().for_each(|card| card.refresh(&mut last, out));
    }
    for overlay in &mut state.overlays {
        if let Overlay::Clients(work) = overlay {
            work.changed(everything, &mut last, out);
        }
    }
    state.generation = last;
    if let Some(Overlay::Ignored(ignored)) = state.overlays.last_mut() {
        ignored.ask(&mut state.generation, out);
    }
    overlays::search::changed(state, out);
    overlays::views::changed(state, out);
    if let Some(Overlay::Changes(changes)) = state.overlays.last_mut()
        && let Some(generation) = changes.slot.refresh(&mut state.generation)
    {
        out.push(Effect::LoadChanges { generation });
    }
    for overlay in &mut state.overlays {
        if let Overlay::Payments(payments) = overlay {
            payments.load(&mut state.generation, out);
        }
    }
}

/// Looks whether the files that are being fetched are here. Each is asked for once; it comes back when it is not.
fn take_awaited(state: &mut State, out: &mut Effects) {
    out.extend(std::mem::take(&mut state.awaited).into_iter().map(Effect::TakeAwaited));
}

fn file_awaited(state: &mut State, awaited: Awaited, news: Option<FileNews>) {
    if !state.awaited.contains(&awaited) {
        state.awaited.push(awaited);
    }
    let Some(FileNews { name, size, online }) = news else { return };
    let size = super::format::size(size);
    let told = match (online, awaited.save) {
        (true, false) => format!("{name} ({size}) is being fetched from the server, and opens when it is here."),
        (true, true) => format!("{name} ({size}) is being fetched from the server, and is saved when it is here."),
        (false, _) => format!("{name} ({size}) is still on the server; it is fetched when the connection is back."),
    };
    let now = state.now;
    state.bar.news(told, now);
}

/// An act needs a yes: what it seemed to do is read again.
fn asked(state: &mut State, question: &str, yes: Effect, out: &mut Effects) {
    screens::today::recorded(state, false);
    enter(state, out);
    acts::ask(state, question, Some(yes));
}

/// News for the bottom line.
fn told(state: &mut State, event: Event, out: &mut Effects) {
    let now = state.now;
    if matches!(event, Event::SyncEnded { .. }) {
        load_pending(state, out);
        take_awaited(state, out);
    }
    match event {
        Event::Done { title } => {
            screens::today::recorded(state, false);
            state.bar.done(title, now);
        }
        Event::Undone { title } => {
            screens::today::recorded(state, true);
            state.bar.news(format!("Taken back: {title}"), now);
        }
        Event::FileAwaited { awaited, news } => file_awaited(state, awaited, news),
        Event::Told(sentence) => state.bar.news(sentence, now),
        Event::AttachmentSaved { path } => state.bar.news(format!("Saved: {path}"), now),
        Event::Problem(problem) => {
            screens::today::recorded(state, false);
            compose::problem(state);
            state.bar.problem(problem, now);
        }
        Event::SyncProgress { account, folder, done, of } => {
            state.bar.sync_goes_on(account, Progress { folder, done, of });
        }
        Event::SyncEnded { account, problem } => state.bar.sync_ended(account, problem),
        Event::Carrying(ours) => state.bar.elsewhere = !ours,
        Event::AccountStates(accounts) => {
            state.bar.stand(&accounts);
            state.accounts = accounts;
        }
        _ => {}
    }
}

/// Answers that concern the letter being written.
fn wrote(state: &mut State, event: Event, out: &mut Effects) {
    match event {
        Event::LetterStarted { letter, draft } => {
            let letter = acts::today::addressed(state, *letter);
            compose::begin(state, letter, draft, out);
        }
        Event::Filled { filling: Filling::Letter(letter), .. } => compose::template_filled(state, *letter, out),
        Event::Filled { name, filling: Filling::Holes(holes) } => super::tell::holes(state, &name, &holes),
        Event::FileRead(file) => compose::file_read(state, file),
        Event::Edited { letter } => compose::edited(state, *letter, out),
        Event::DraftSaved { draft } => compose::saved(state, draft, out),
        Event::DraftReplaced { draft } => compose::replaced(state, draft, out),
        Event::DraftWent { draft } => compose::went(state, draft),
        Event::Guarded { concerns, their_zone } => compose::guarded(state, concerns, their_zone),
        Event::Queued { id, to, until } => {
            let later = compose::queued(state);
            acts::activities::queued(state, id, out);
            if until > state.now {
                // What leaves on Monday is not counted down for days: then it stands in the outbox.
                let told = state.now.checked_add(SOON).unwrap_or(until);
                let shown = if later { until.min(told) } else { until };
                state.bar.hold(Held { id, to, until: shown, leaves: until });
            } else {
                let now = state.now;
                state.bar.news(format!("The letter to {to} is on its way."), now);
            }
        }
        _ => {}
    }
}

/// Answers to loads.
fn loaded(state: &mut State, event: Event, out: &mut Effects) {
    match event {
        Event::CountersLoaded { generation, counters, away } => {
            if state.counters.take(generation) {
                state.bar.away = away;
                state.counters.value = Some(counters);
                if state.counters.wants_again() {
                    load_counters(state, out);
                }
            }
        }
        Event::PendingLoaded { generation, pending } => {
            state.waiting.fill(generation, &pending);
            if state.waiting.wants_again() {
                load_pending(state, out);
            }
        }
        Event::TodayLoaded { generation, rows, more, rest } => {
            screens::today::loaded(state, generation, screens::today::Loaded { rows, more, rest }, out);
        }
        Event::ColleaguesLoaded { generation, people } => acts::today::colleagues(state, generation, &people),
        Event::FoldersLoaded { generation, rows } => screens::mail::folders_loaded(state, generation, rows, out),
        Event::ThreadsLoaded { generation, rows, after, .. } => {
            screens::mail::threads_loaded(state, generation, rows, after, out);
        }
        Event::ThreadLoaded { generation, view } => thread_loaded(state, generation, view, out),
        Event::BodyLoaded { generation, text, .. } => {
            state.readers_mut().any(|reader| reader.body_loaded(generation, &text));
        }
        Event::CardLoaded { generation, card } => card_loaded(state, generation, Holding::Contact(card), out),
        Event::CompanyLoaded { generation, card } => card_loaded(state, generation, Holding::Company(card), out),
        Event::DealLoaded { generation, card } => card_loaded(state, generation, Holding::Deal(card), out),
        news @ (Event::FiguresLoaded { .. }
        | Event::TimelineLoaded { .. }
        | Event::FilesLoaded { .. }
        | Event::WordsLoaded { .. }) => acts::cards::loaded(state, news),
        Event::MailingsAnswered { generation, answer } => acts::mailings::answered(state, generation, &answer, out),
        Event::WritingAnswered { generation, answer } => compose::answered(state, generation, &answer),
        Event::ContactsLoaded { generation, rows, after } => {
            screens::clients::contacts_loaded(state, generation, rows, after, out);
        }
        Event::CompaniesLoaded { generation, rows, more } => {
            screens::clients::companies_loaded(state, generation, rows, more, out);
        }
        Event::DealsLoaded { generation, columns } => screens::deals::loaded(state, generation, columns, out),
        Event::ColumnLoaded { generation, column, rows } => {
            screens::deals::column_loaded(state, generation, &column, rows, out);
        }
        Event::ForecastLoaded { generation, slices } => state.deals.forecast.fill(generation, &slices),
        Event::ReportLoaded { generation, report } => screens::reports::loaded(state, generation, report, out),
        Event::OutboxLoaded { generation, rows } => screens::outgoing::outbox_loaded(state, generation, rows, out),
        Event::DraftsLoaded { generation, rows } => screens::outgoing::drafts_loaded(state, generation, rows, out),
        Event::TemplatesLoaded { generation, rows } => templates_loaded(state, generation, &rows, out),
        Event::DealChoicesLoaded { generation, thread, rows } => deal_choices(state, generation, thread, &rows),
        Event::ClientsFound { generation, clients } => acts::activities::clients(state, generation, &clients),
        Event::ActivitiesAnswered { generation, answer } => acts::activities::answered(state, generation, &answer),
        Event::LoadFailed { generation, problem } => failed(state, generation, &problem),
        answer => overlay_loaded(state, answer),
    }
}

fn thread_loaded(state: &mut State, generation: Generation, view: Box<ThreadView>, out: &mut Effects) {
    let mut last = state.generation;
    for reader in state.readers_mut() {
        if reader.slot.is_awaited(generation) {
            reader.loaded(generation, view, out);
            if reader.slot.wants_again() {
                reader.refresh(&mut last, out);
            }
            break;
        }
    }
    state.generation = last;
}

fn card_loaded(state: &mut State, generation: Generation, holding: Holding, out: &mut Effects) {
    let mut last = state.generation;
    for card in state.cards_mut() {
        if card.slot.is_awaited(generation) {
            card.loaded(generation, holding, &mut last, out);
            if card.slot.wants_again() {
                card.refresh(&mut last, out);
            }
            break;
        }
    }
    state.generation = last;
}

/// Answers to what an overlay asked.
fn overlay_loaded(state: &mut State, event: Event) {
    for overlay in &mut state.overlays {
        match (overlay, &event) {
            (Overlay::Why(why), Event::WhyLoaded { generation, whys, filed }) => {
                why.loaded(*generation, whys, filed.as_ref())
            }
            (Overlay::Search(search), Event::SearchLoaded { generation, answer }) => search.loaded(*generation, answer),
            (Overlay::Search(search), Event::SearchNamesLoaded { generation, names, history }) => {
                search.names_loaded(*generation, names, history);
            }
            (Overlay::Views(views), Event::ViewsLoaded { generation, rows }) => views.slot.fill(*generation, rows),
            (Overlay::Changes(changes), Event::ChangesLoaded { generation, rows }) => {
                changes.slot.fill(*generation, rows);
            }
            (Overlay::PickClient(picker), Event::BuyersFound { generation, rows }) => {
                picker.slot.fill(*generation, rows)
            }
            (Overlay::Payments(payments), Event::SaleLoaded { generation, card, .. }) => {
                payments.slot.fill(*generation, card);
            }
            (Overlay::Lines(lines), Event::SaleLoaded { generation, card, offers }) => {
                lines.loaded(*generation, card, offers);
            }
            (Overlay::Bank(bank), Event::StatementLoaded { generation, proposed }) => {
                bank.slot.fill(*generation, proposed)
            }
            (Overlay::Changes(changes), Event::ChangeLoaded { generation, details }) => {
                changes.details.fill(*generation, details);
            }
            (Overlay::TemplateEditor(editor), Event::TemplatePreviewed { generation, previewed }) => {
                editor.slot.fill(*generation, previewed);
            }
            (Overlay::Choose(choose), Event::TemplatePreviewed { generation, previewed }) => {
                choose.preview.fill(*generation, previewed);
            }
            (Overlay::AsItWas(card), Event::AsItWasLoaded { generation, was }) => card.slot.fill(*generation, was),
            (Overlay::Goals(picker), Event::GoalsLoaded { generation, goals }) => picker.loaded(*generation, goals),
            (overlay, Event::FilingAnswered { generation, answer }) => {
                overlays::filing_answered(overlay, *generation, answer)
            }
            (Overlay::Clients(work), event) => work.loaded(event),
            _ => {}
        }
    }
}

fn templates_loaded(state: &mut State, generation: Generation, rows: &[TemplateRow], out: &mut Effects) {
    if screens::outgoing::templates_loaded(state, generation, rows) {
        return;
    }
    let last = &mut state.generation;
    for overlay in &mut state.overlays {
        let Overlay::Choose(choose) = overlay else { continue };
        let Some(to) = choose.fill.clone().filter(|_| choose.slot.take(generation)) else { continue };
        // One line for each name: the language is the client's.
        let mut choices: Vec<(Text, Vec<&str>)> = Vec::new();
        for row in rows.iter().filter(|row| row.problem.is_none()) {
            match choices.iter_mut().find(|(name, _)| *name == row.name) {
                Some((_, languages)) => languages.push(row.language.as_str()),
                None => choices.push((row.name.clone(), vec![row.language.as_str()])),
            }
        }
        choices.sort_by_key(|(name, _)| acts::templates::rank(rows, name));
        let choice = |(name, languages): (Text, Vec<&str>)| {
            let pick = Pick::Template(name.to_string(), to.clone());
            Choice { left: name, right: Text::from(languages.join(" ")), pick }
        };
        choose.slot.value = Some(choices.into_iter().map(choice).collect());
        choose.ask_preview(last, out);
    }
}

fn deal_choices(state: &mut State, generation: Generation, thread: id::Thread, rows: &[(DealRow, Text)]) {
    for overlay in &mut state.overlays {
        let Overlay::Choose(choose) = overlay else { continue };
        if choose.slot.take(generation) {
            let choice = |(row, why): &(DealRow, Text)| Choice {
                left: Text::from(format!("{} ({}, {})", row.title, row.stage, row.amount)),
                right: why.clone(),
                pick: Pick::Deal(thread, Some(row.id)),
            };
            let mut choices: Vec<Choice> = rows.iter().map(choice).collect();
            let left = Text::own("No deal");
            choices.push(Choice { left, right: Text::default(), pick: Pick::Deal(thread, None) });
            choose.slot.value = Some(choices);
        }
    }
}

/// A load failed: said where its answer would stand.
fn failed(state: &mut State, generation: Generation, problem: &Problem) {
    let known = state.counters.fail(generation, problem)
        || state.waiting.fail(generation, problem)
        || state.today.slot.fail(generation, problem)
        || state.mail.folders.fail(generation, problem)
        || state.mail.threads.fail(generation, problem)
        || screens::clients::failed(state, generation, problem)
        || state.deals.slot.fail(generation, problem)
        || state.deals.page.fail(generation, problem)
        || state.deals.forecast.fail(generation, problem)
        || screens::outgoing::failed(state, generation, problem)
        || screens::reports::failed(state, generation, problem)
        || state.readers_mut().any(|reader| reader.failed(generation, problem))
        || state.cards_mut().any(|card| card.failed(generation, problem));
    if known {
        return;
    }
    for overlay in &mut state.overlays {
        match overlay {
            Overlay::Mailing(recipients) => recipients.failed(generation, problem),
            Overlay::Why(why) => drop(why.slot.fail(generation, problem)),
            Overlay::Search(search) => search.failed(generation, problem),
            Overlay::Views(views) => drop(views.slot.fail(generation, problem)),
            Overlay::Choose(choose) => {
                let _ = choose.slot.fail(generation, problem) || choose.preview.fail(generation, problem);
            }
            Overlay::TemplateEditor(editor) => drop(editor.slot.fail(generation, problem)),
            Overlay::Goals(picker) => drop(picker.slot.fail(generation, problem)),
            Overlay::PickClient(picker) => drop(picker.slot.fail(generation, problem)),
            Overlay::Payments(payments) => drop(payments.slot.fail(generation, problem)),
            Overlay::Lines(lines) => drop(lines.slot.fail(generation, problem)),
            Overlay::Bank(bank) => drop(bank.slot.fail(generation, problem)),
            Overlay::Changes(changes) => {
                let _ = changes.slot.fail(generation, problem) || changes.details.fail(generation, problem);
            }
            Overlay::AsItWas(card) => drop(card.slot.fail(generation, problem)),
            Overlay::Refile(clients) => drop(clients.slot.fail(generation, problem)),
            Overlay::Ledger(ledger) => drop(ledger.slot.fail(generation, problem)),
            Overlay::Likely(likely) => drop(likely.slot.fail(generation, problem)),
            Overlay::Ignored(ignored) => drop(ignored.slot.fail(generation, problem)),
            Overlay::Clients(work) => work.failed(generation, problem),
            Overlay::Quick(quick) => quick.failed(generation, problem),
            Overlay::ActivityForm(form) => form.failed(generation, problem),
            Overlay::Promises(promises) => promises.failed(generation, problem),
            _ => {}
        }
    }
}
