//! How a letter being written changes.

use super::state::{Compose, Part, Review};
use super::{suggest, text};
use crate::domain::address::Address;
use crate::domain::contact::FileRow;
use crate::domain::draft;
use crate::domain::guard::{Concern, Fix};
use crate::domain::id;
use crate::domain::outbox::{File, Letter};
use crate::domain::pasted;
use crate::domain::sequence::FollowUp;
use crate::domain::text::Text;
use crate::ui::acts;
use crate::ui::effect::{Effect, FillFor, Generation, WritingAnswer, WritingQuestion};
use crate::ui::format;
use crate::ui::keymap::Action;
use crate::ui::overlays::{Choice, Choose, Confirm, Form, Help, Overlay, Pick, PickFile, Yes};
use crate::ui::slot::Slot;
use crate::ui::state::{Clock, Effects, State};
use crate::ui::widgets::field::Field;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Files of more than this are told: on the way they grow by a third, and many servers take letters up to 10 or 20 MB.
const HEAVY: u64 = 7_500_000;

/// Opens a letter in the editor. One that was open is kept as a draft.
pub fn begin(state: &mut State, letter: Letter, draft: Option<id::Draft>, out: &mut Effects) {
    save_now(state, out);
    state.overlays.clear();
    if draft.is_some() {
        state.bar.news("The draft goes on where it was left.", state.now);
    }
    state.writing = Some(Box::new(Compose::new(letter, draft)));
}

/// Takes an action while a letter is written; true when it was known.
pub fn act(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let Some(writing) = &mut state.writing else { return false };
    if writing.review.is_some() {
        return in_review(state, action, out);
    }
    let changes =
        matches!(action, Action::EditOutside | Action::InsertTemplate | Action::AttachFile | Action::DetachFile);
    if writing.redirects() && changes {
        acts::say(state, "A letter that is redirected goes on as it came: only who gets it is yours to say.");
        return true;
    }
    match action {
        // What is offered goes first; a second Esc leaves.
        Action::LeaveLetter if !writing.suggest.offers().is_empty() => writing.suggest.forget(),
        Action::Review => look(state, out),
        Action::NextField => turn(writing, 1),
        Action::PreviousField => turn(writing, -1),
        Action::LeaveLetter => leave(state, out),
        Action::EditOutside => out.push(Effect::OpenEditor(Box::new(writing.draft_letter()))),
        Action::InsertTemplate => {
            let letter = Box::new(writing.draft_letter());
            acts::ask_template(state, FillFor::Letter(letter), out);
        }
        Action::AttachFile => PickFile::open(state, out),
        // Without it the letter says that I come, and their calendar does not hear it.
        Action::DetachFile if writing.base.files.last().is_some_and(|f| f.media_type.contains("method=REPLY")) => {
            acts::say(state, "This file is the answer itself: it goes with the letter.");
        }
        Action::DetachFile => {
            let gone = writing.base.files.pop();
            writing.dirty |= gone.is_some();
        }
        Action::ChangeFrom => next_account(state),
        Action::UndoText
        | Action::RedoText
        | Action::SelectAll
        | Action::CutText
        | Action::CopyText
        | Action::PasteText => text::act(state, action, out),
        _ => return false,
    }
    true
}

/// A key that is no action goes into the part in use.
pub fn key(state: &mut State, key: KeyEvent, out: &mut Effects) {
    if offered(state, key) {
        return;
    }
    type_in(state, key);
    suggest::ask(state, out);
}

/// A key that chooses one of the offered addresses; true when it did.
fn offered(state: &mut State, key: KeyEvent) -> bool {
    let Some(writing) = &mut state.writing else { return false };
    let offers = writing.suggest.offers().len();
    if offers == 0 {
        return false;
    }
    match key.code {
        KeyCode::Enter => suggest::accept(writing),
        KeyCode::Down => {
            writing.suggest.at = (writing.suggest.at + 1).min(offers - 1);
            true
        }
        KeyCode::Up => {
            writing.suggest.at = writing.suggest.at.saturating_sub(1);
            true
        }
        _ => false,
    }
}

/// What was asked while the letter is written.
pub fn answered(state: &mut State, generation: Generation, answer: &WritingAnswer) {
    match answer {
        WritingAnswer::People(people) => {
            if let Some(writing) = &mut state.writing {
                writing.suggest.take(generation, people);
            }
        }
        WritingAnswer::Folder(listing) => {
            for overlay in &mut state.overlays {
                if let Overlay::PickFile(picker) = overlay {
                    picker.loaded(generation, listing);
                }
            }
        }
        WritingAnswer::LetterFiles(files) => {
            let clock = state.clock();
            let rows: Vec<Choice> = files.iter().map(|file| file_choice(file, &clock)).collect();
            for overlay in &mut state.overlays {
                if let Overlay::Choose(choose) = overlay {
                    choose.slot.fill(generation, &rows);
                }
            }
        }
    }
}

fn file_choice(file: &FileRow, clock: &Clock) -> Choice {
    let place = if file.on_server { "on the server, " } else { "" };
    let right = format!(
        "{place}{}  {}  {}",
        format::size(file.size),
        clock.moment(file.at),
        format::cut(file.subject.as_str(), 30)
    );
    let pick = Pick::Effect(Effect::AttachFrom { message: file.message, index: file.index });
    Choice { left: file.name.clone(), right: Text::from(right), pick }
}

/// Offers the files of letters, those of this conversation first.
pub fn files_of_letters(state: &mut State, out: &mut Effects) {
    let thread = state.writing.as_ref().and_then(|writing| writing.base.thread);
    let mut choose = Choose::new("Attach which file of a letter?".to_owned(), Vec::new());
    choose.slot = Slot::default();
    choose.empty = "No letter has a file.";
    // Names of files are typed: a letter that means a command would attach another one.
    choose.words = Some(Field::default());
    let generation = choose.slot.ask(&mut state.generation);
    out.push(Effect::AskWriting { generation, question: WritingQuestion::LetterFiles(thread) });
    state.overlays.push(Overlay::Choose(Box::new(choose)));
}

fn type_in(state: &mut State, key: KeyEvent) {
    let Some(writing) = &mut state.writing else { return };
    if writing.review.is_some() || writing.closing {
        return;
    }
    let part = writing.part;
    match writing.field_mut(part) {
        Some(_) if key.code == KeyCode::Enter || key.code == KeyCode::Down => turn(writing, 1),
        Some(_) if key.code == KeyCode::Up => turn(writing, -1),
        Some(field) => {
            let changed = field.key(key);
            writing.dirty |= changed;
        }
        None => {
            // From the first line of the text, up leads back to the headers.
            let at_top = writing.body.cursor().0 == 0 && key.code == KeyCode::Up && key.modifiers == KeyModifiers::NONE;
            if at_top {
                turn(writing, -1);
            } else {
                let changed = text::key(&mut writing.body, key);
                writing.dirty |= changed;
            }
        }
    }
}

/// Pasted text goes into the part in use, sanitised. What is the path of a file may be meant as the file.
pub fn paste(state: &mut State, pasted: &str) {
    let Some(writing) = &mut state.writing else { return };
    if writing.review.is_some() {
        return;
    }
    if let Some(path) = pasted::path(pasted).filter(|_| !writing.redirects()) {
        let question = format!("Attach {}? No pastes it as text.", Text::line(&path));
        let yes = Yes::Attach { path, pasted: pasted.to_owned() };
        return state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
    }
    paste_text(state, pasted);
}

/// Puts pasted text into the part in use.
pub fn paste_text(state: &mut State, pasted: &str) {
    let Some(writing) = &mut state.writing else { return };
    let part = writing.part;
    let changed = match writing.field_mut(part) {
        Some(field) => field.paste(pasted),
        None => writing.body.insert_str(Text::block(pasted).as_str()),
    };
    writing.dirty |= changed;
}

fn turn(writing: &mut Compose, by: isize) {
    writing.suggest.forget();
    let parts = Part::ALL.get(..if writing.redirects() { 3 } else { 5 }).unwrap_or_default();
    let place = parts.iter().position(|part| *part == writing.part).unwrap_or(0);
    let next = place.saturating_add_signed(by + parts.len().cast_signed()) % parts.len().max(1);
    writing.part = parts.get(next).copied().unwrap_or(Part::To);
}

fn next_account(state: &mut State) {
    let accounts = &state.setup.accounts;
    if let Some(writing) = &mut state.writing {
        let place = accounts.iter().position(|account| account.id == writing.base.account).unwrap_or(0);
        if let Some(account) = accounts.get((place + 1) % accounts.len().max(1)) {
            writing.leave_from(account, &state.setup.me.name);
        }
    }
}

/// Opens the last look and asks the guard.
fn look(state: &mut State, out: &mut Effects) {
    let Some(writing) = &mut state.writing else { return };
    match writing.letter() {
        Ok(letter) => {
            out.push(Effect::CheckLetter(Box::new(letter.clone())));
            writing.review =
                Some(Review { letter, concerns: None, their_zone: None, at: 0, scroll: 0, sending: false });
        }
        Err((part, problem)) => {
            writing.part = part;
            state.bar.problem(problem, state.now);
        }
    }
}

/// The guard's answer.
pub fn guarded(state: &mut State, concerns: Vec<Concern>, their_zone: Option<TimeZone>) {
    if let Some(review) = state.writing.as_mut().and_then(|writing| writing.review.as_mut()) {
        review.at = 0;
        review.their_zone = their_zone;
        review.concerns = Some(concerns.into_iter().map(|concern| (concern, false)).collect());
    }
}

fn in_review(state: &mut State, action: Action, out: &mut Effects) -> bool {
    let Some(writing) = &mut state.writing else { return false };
    let Some(review) = &mut writing.review else { return false };
    if review.sending {
        return true;
    }
    let concerns = review.concerns.as_ref().map_or(0, Vec::len);
    match action {
        Action::BackToEditor | Action::Back => writing.review = None,
        Action::ReviewKeys => {
            let help = Help::new(state);
            state.overlays.push(Overlay::Help(help));
        }
        Action::ToggleHtml if review.letter.redirects.is_none() => {
            review.letter.html = !review.letter.html;
            writing.base.html = review.letter.html;
            writing.dirty = true;
        }
        Action::EditOutsideAgain => {
            writing.review = None;
            out.push(Effect::OpenEditor(Box::new(writing.draft_letter())));
        }
        Action::Down if concerns > 1 && review.at + 1 < concerns => review.at += 1,
        Action::Up if concerns > 1 && review.at > 0 && review.scroll == 0 => review.at -= 1,
        Action::Down => review.scroll += 1,
        Action::Up => review.scroll = review.scroll.saturating_sub(1),
        Action::PageDown => review.scroll += 8,
        Action::PageUp => review.scroll = review.scroll.saturating_sub(8),
        Action::Top => review.scroll = 0,
        Action::Send | Action::Open => send(state, out),
        Action::SendLater => {
            let zone = review.their_zone.clone();
            let form = Form::send_later(zone, &state.here_and_now());
            state.overlays.push(Overlay::Form(Box::new(form)));
        }
        Action::IfNoAnswer if review.letter.redirects.is_none() => {
            let typed = review.letter.follow_up.as_ref().map_or_else(|| "3".to_owned(), FollowUp::typed);
            let form = Form::if_no_answer(review.letter.template.clone(), &typed);
            state.overlays.push(Overlay::Form(Box::new(form)));
        }
        Action::AskReceipts => {
            review.letter.receipts = !review.letter.receipts;
            writing.base.receipts = review.letter.receipts;
            writing.dirty = true;
        }
        Action::Override => overrule(state),
        Action::FixConcern => fix(state, out),
        _ => return false,
    }
    true
}

fn send(state: &mut State, out: &mut Effects) {
    let now = state.now;
    let Some(writing) = &mut state.writing else { return };
    let Some(review) = &mut writing.review else { return };
    let open = review.open_concerns();
    if review.concerns.is_none() {
        return state.bar.news("One moment: the letter is being looked over.", now);
    }
    if open > 0 {
        let words = crate::domain::text::plural(u64::try_from(open).unwrap_or(0), "thing stands", "things stand");
        return state.bar.news(format!("{words} in the way: f fixes, o sends anyway, Esc goes back."), now);
    }
    review.sending = true;
    // A draft on its way to the store has no key yet; the letter follows when it has one, so that none is left behind.
    if !writing.saving {
        queue(writing, out);
    }
}

fn queue(writing: &Compose, out: &mut Effects) {
    if let Some(review) = &writing.review {
        let overridden = review.concerns.iter().flatten().map(|(concern, _)| concern.reason.to_string()).collect();
        out.push(Effect::Queue { letter: Box::new(review.letter.clone()), draft: writing.draft, overridden });
    }
}

/// The letter leaves at this time, when it is sent.
pub fn leave_at(state: &mut State, at: Timestamp) {
    if let Some(writing) = &mut state.writing {
        writing.base.leave_at = Some(at);
        writing.dirty = true;
        if let Some(review) = &mut writing.review {
            review.letter.leave_at = Some(at);
        }
    }
}

/// This follows when nobody answers.
pub fn follow_up(state: &mut State, follow_up: Option<FollowUp>) {
    if let Some(writing) = &mut state.writing {
        writing.base.follow_up.clone_from(&follow_up);
        writing.dirty = true;
        if let Some(review) = &mut writing.review {
            review.letter.follow_up = follow_up;
        }
    }
}

fn overrule(state: &mut State) {
    let now = state.now;
    let Some(review) = state.writing.as_mut().and_then(|writing| writing.review.as_mut()) else { return };
    let Some(concerns) = &mut review.concerns else { return };
    let Some((concern, overridden)) = concerns.get_mut(review.at) else { return };
    if concern.blocking {
        return state.bar.news("This one cannot be overridden: f fixes it, Esc goes back.", now);
    }
    *overridden = true;
    if let Some(next) = concerns.iter().position(|(_, overridden)| !overridden) {
        review.at = next;
    }
}

/// One key does what the concern needs, or goes to where it is done.
fn fix(state: &mut State, out: &mut Effects) {
    let Some(writing) = &mut state.writing else { return };
    let concern = writing.review.as_ref().and_then(|review| review.concerns.as_ref()?.get(review.at).cloned());
    let Some((Concern { fix, .. }, _)) = concern else { return };
    writing.review = None;
    match fix {
        Fix::AddRecipient => writing.part = Part::To,
        Fix::EditSubject => writing.part = Part::Subject,
        Fix::EditText => writing.part = Part::Body,
        Fix::AttachFile => PickFile::open(state, out),
        // Nobody else is left: it is not taken off but looked at.
        Fix::RemoveRecipient(address) if writing.draft_letter().recipients() == [address.clone()] => {
            let part = [Part::Cc, Part::Bcc]
                .into_iter()
                .find(|part| writing.field_mut(*part).is_some_and(|field| field.text().contains(address.as_str())));
            writing.part = part.unwrap_or(Part::To);
            state.bar.news(format!("{address} is the only recipient: mend the address, or write another."), state.now);
        }
        Fix::RemoveRecipient(address) => {
            keep_recipients(writing, |known| *known != address);
            look(state, out);
        }
        Fix::OnlyTo(addresses) => {
            keep_recipients(writing, |known| addresses.contains(known));
            look(state, out);
        }
        Fix::ChangeFrom(address) => {
            let account = state.setup.accounts.iter().find(|account| account.email.base() == address.base()).cloned();
            if let Some(account) = account {
                writing.leave_from(&account, &state.setup.me.name);
            } else {
                state.bar.news(format!("No account of yours has the address {address}."), state.now);
            }
            look(state, out);
        }
        Fix::EditCard => {
            let now = state.now;
            state.bar.news("Enter the value on the card, then fill the template again.", now);
        }
    }
}

fn keep_recipients(writing: &mut Compose, keep: impl Fn(&Address) -> bool) {
    for part in [Part::To, Part::Cc, Part::Bcc] {
        if let Some(field) = writing.field_mut(part)
            && let Ok(mut people) = draft::mailboxes(field.text())
        {
            people.retain(|person| keep(&person.address));
            *field = crate::ui::widgets::field::Field::new(&draft::mailbox_list(&people));
        }
    }
    writing.dirty = true;
}

/// Leaves the editor; the draft is kept.
fn leave(state: &mut State, out: &mut Effects) {
    let now = state.now;
    let Some(writing) = &mut state.writing else { return };
    if writing.dirty || writing.saving {
        writing.closing = true;
        if !writing.saving {
            save(writing, out);
        }
        return;
    }
    let kept = writing.draft.is_some();
    state.writing = None;
    state.bar.news(if kept { "The draft is kept: 5 Outgoing, Drafts." } else { "Nothing was written." }, now);
}

fn save(writing: &mut Compose, out: &mut Effects) {
    writing.dirty = false;
    writing.saving = true;
    out.push(Effect::SaveDraft { draft: writing.draft, letter: Box::new(writing.draft_letter()) });
}

/// Saves what was typed, without waiting for the answer.
pub fn save_now(state: &mut State, out: &mut Effects) {
    if let Some(writing) = &mut state.writing
        && writing.dirty
    {
        save(writing, out);
    }
}

/// Once a second: what was typed is saved, one draft at a time.
pub fn tick(state: &mut State, out: &mut Effects) {
    if let Some(writing) = &mut state.writing
        && writing.dirty
        && !writing.saving
    {
        save(writing, out);
    }
}

/// The draft is stored.
pub fn saved(state: &mut State, draft: id::Draft, out: &mut Effects) {
    let now = state.now;
    let Some(writing) = &mut state.writing else { return };
    if !writing.saving {
        return;
    }
    writing.draft = Some(draft);
    writing.saving = false;
    if writing.closing {
        if writing.dirty {
            return save(writing, out);
        }
        state.writing = None;
        return state.bar.news("The draft is kept: 5 Outgoing, Drafts.", now);
    }
    if writing.review.as_ref().is_some_and(|review| review.sending) {
        queue(writing, out);
    }
}

/// Another device changed the draft that is open. What was typed here since is kept as a draft of its own.
pub fn replaced(state: &mut State, draft: id::Draft, out: &mut Effects) {
    let now = state.now;
    let Some(writing) = state.writing.as_mut().filter(|writing| writing.draft == Some(draft)) else { return };
    if writing.dirty || writing.saving {
        writing.draft = None;
        return state.bar.news("Another device changed this draft: both are kept (5 Outgoing, Drafts).", now);
    }
    if writing.review.is_none() {
        state.writing = None;
        out.push(Effect::OpenDraft(draft));
    }
}

/// Another device sent or discarded the draft that is open: what stands here is a letter of its own from now on.
pub fn went(state: &mut State, draft: id::Draft) {
    let now = state.now;
    let Some(writing) = state.writing.as_mut().filter(|writing| writing.draft == Some(draft)) else { return };
    writing.draft = None;
    state.bar.news("This draft was sent or discarded on another device. What you type on is kept as a new one.", now);
}

/// Something went wrong: whatever waited for an answer can be tried again.
pub fn problem(state: &mut State) {
    if let Some(writing) = &mut state.writing {
        writing.dirty |= writing.saving;
        writing.saving = false;
        writing.closing = false;
        if let Some(review) = &mut writing.review {
            review.sending = false;
        }
    }
}

/// The letter is in the outbox; true when it was to be sent later.
pub fn queued(state: &mut State) -> bool {
    let review = state.writing.as_ref().and_then(|writing| writing.review.as_ref()).filter(|review| review.sending);
    let Some(review) = review else { return false };
    let later = review.letter.leave_at.is_some();
    state.writing = None;
    later
}

/// The external editor returned, or a template was filled into the letter.
pub fn edited(state: &mut State, letter: Letter, out: &mut Effects) {
    match &mut state.writing {
        Some(writing) => {
            let (draft, saving) = (writing.draft, writing.saving);
            **writing = Compose { dirty: true, saving, ..Compose::new(letter, draft) };
        }
        None => begin(state, letter, None, out),
    }
}

/// A template was filled. What it takes the place of can be brought back.
pub fn template_filled(state: &mut State, letter: Letter, out: &mut Effects) {
    let now = state.now;
    let Some(writing) = &mut state.writing else { return begin(state, letter, None, out) };
    let replaced = !draft::own_words(&writing.body.lines().join("\n")).is_empty();
    writing.refill(letter);
    if replaced {
        state.bar.news("The template replaced your words: Ctrl-Z brings them back.", now);
    }
}

/// A file was read.
pub fn file_read(state: &mut State, file: File) {
    let now = state.now;
    if let Some(writing) = &mut state.writing {
        if writing.base.files.contains(&file) {
            return state.bar.news(format!("{} is attached already.", Text::line(&file.name)), now);
        }
        let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        let mut words = format!("Attached {} ({}).", Text::line(&file.name), format::size(size));
        writing.base.files.push(file);
        writing.dirty = true;
        let all: usize = writing.base.files.iter().map(|file| file.bytes.len()).sum();
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        if all > HEAVY {
            words.push_str(&format!(
                " All files have {}: many servers refuse letters of 10 MB and more.",
                format::size(all)
            ));
        }
        state.bar.news(words, now);
    }
}
