//! A conversation: its letters oldest first, the newest unfolded.

mod layout;
mod paragraph;

use super::effect::{BodyForm, Effect, Generation};
use super::keymap::Action;
use super::slot::Slot;
use super::state::{Clock, Effects, Target};
use super::theme::Styles;
use super::widgets::doc::Doc;
use super::widgets::pane;
use crate::domain::counter::Subject;
use crate::domain::id;
use crate::domain::message::Opened;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::thread::ThreadView;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Another form of a letter's body, where it was asked for.
#[derive(Debug)]
struct Body {
    message: id::Message,
    form: BodyForm,
    slot: Slot<Text>,
}

/// The reader of one conversation.
#[derive(Debug, Default)]
pub struct Reader {
    thread: Option<id::Thread>,
    /// The conversation.
    pub slot: Slot<Box<ThreadView>>,
    unfolded: Vec<id::Message>,
    quotes: bool,
    bodies: Vec<Body>,
    doc: Doc<id::Message>,
    laid: Option<(u16, u16)>,
    opened: bool,
    /// The letter to begin at, where one was asked for; else the newest.
    begin: Option<id::Message>,
    /// What was shown before, drawn for the moment until the answer is here; no key acts on it.
    before: Option<Box<Before>>,
}

/// The look of the conversation that was shown last.
#[derive(Debug)]
struct Before {
    title: Text,
    doc: Doc<id::Message>,
    /// A tick of the clock went by: the wait is worth a word.
    waited: bool,
}

impl Reader {
    /// Shows another conversation, or none.
    pub fn show(&mut self, thread: Option<id::Thread>, last: &mut Generation, out: &mut Effects) {
        if self.thread == thread {
            return;
        }
        let before = match self.slot.value.take() {
            Some(view) => {
                Some(Box::new(Before { title: view.row.subject, doc: std::mem::take(&mut self.doc), waited: false }))
            }
            None => self.before.take(),
        };
        *self = Self { thread, before: before.filter(|_| thread.is_some()), ..Self::default() };
        if let Some(thread) = thread {
            out.push(Effect::LoadThread { generation: self.slot.ask(last), thread });
        }
    }

    /// Begins at this letter instead of the newest: what was searched for, or chosen in a timeline.
    pub fn begin_at(&mut self, letter: Option<id::Message>) {
        self.begin = letter;
        self.unfolded.extend(letter);
    }

    /// Time goes by: where the answer takes longer, the old conversation gives way to "Loading".
    pub fn tick(&mut self) {
        self.before = self.before.take().filter(|before| !before.waited && self.slot.is_loading());
        if let Some(before) = &mut self.before {
            before.waited = true;
        }
    }

    /// Reads the conversation again.
    pub fn refresh(&mut self, last: &mut Generation, out: &mut Effects) {
        if let Some(thread) = self.thread
            && let Some(generation) = self.slot.refresh(last)
        {
            out.push(Effect::LoadThread { generation, thread });
        }
    }

    /// The conversation it shows.
    #[must_use]
    pub fn thread(&self) -> Option<id::Thread> {
        self.thread
    }

    /// I look at it now: what is unread in it is read. Once for each conversation shown.
    pub fn open(&mut self, out: &mut Effects) {
        let unread = self.slot.value.as_ref().is_some_and(|view| view.row.unseen > 0);
        if let (Some(thread), true) = (self.thread, unread || self.slot.value.is_none()) {
            if unread && !self.opened {
                out.push(Effect::MarkRead(thread));
            }
            // A conversation still on its way is marked when it arrives.
            self.opened = true;
        }
    }

    /// An answer came; one for another reader is dropped.
    pub fn loaded(&mut self, generation: Generation, view: Box<ThreadView>, out: &mut Effects) {
        if !self.slot.take(generation) {
            return;
        }
        let known: Vec<id::Message> =
            self.slot.value.as_ref().map(|v| v.messages.iter().map(|m| m.id).collect()).unwrap_or_default();
        let first = self.slot.value.is_none();
        let newest = view.messages.last().map(|m| m.id);
        for letter in &view.messages {
            let fresh = !known.contains(&letter.id) && (!letter.seen || Some(letter.id) == newest);
            if fresh && !self.unfolded.contains(&letter.id) {
                self.unfolded.push(letter.id);
            }
        }
        if first && self.opened && view.row.unseen > 0 {
            out.push(Effect::MarkRead(view.row.id));
        }
        self.slot.value = Some(view);
        self.before = None;
        self.laid = None;
        if first {
            self.doc = Doc::default();
        }
    }

    /// A load failed; true when it was this reader's.
    pub fn failed(&mut self, generation: Generation, problem: &Problem) -> bool {
        let mine = self.slot.fail(generation, problem)
            || self.bodies.iter_mut().any(|body| body.slot.fail(generation, problem));
        if mine {
            self.laid = None;
        }
        mine
    }

    /// Another form of a body came.
    pub fn body_loaded(&mut self, generation: Generation, text: &Text) -> bool {
        for body in &mut self.bodies {
            if body.slot.take(generation) {
                body.slot.value = Some(text.clone());
                self.laid = None;
                return true;
            }
        }
        false
    }

    /// The letter under the eye.
    #[must_use]
    pub fn letter(&self) -> Option<&Opened> {
        let view = self.slot.value.as_ref()?;
        let chosen = self.doc.chosen().copied();
        view.messages.iter().find(|m| Some(m.id) == chosen).or_else(|| view.messages.last())
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let Some(view) = &self.slot.value else { return Target { thread: self.thread, ..Target::default() } };
        Target {
            subject: Some(Subject::Thread(view.row.id)).filter(|_| !view.row.counters.is_empty()),
            thread: Some(view.row.id),
            message: self.letter().map(|m| m.id),
            contact: view.contact,
            lead: view.lead,
            company: view.company,
            deal: view.deal,
            unread: view.row.unseen > 0,
            counters: view.row.counters.clone(),
            title: view.row.subject.clone(),
            who: view.row.contact.clone().unwrap_or_else(|| view.row.people.clone()),
            ..Target::default()
        }
    }

    /// Takes an action; true when it was one of the reader's.
    pub fn act(&mut self, action: Action, last: &mut Generation, out: &mut Effects) -> bool {
        match action {
            Action::Down => self.doc.read(1),
            Action::Up => self.doc.read(-1),
            Action::PageDown => self.doc.page(1),
            Action::PageUp => self.doc.page(-1),
            Action::Top => self.doc.top(),
            Action::Bottom => self.doc.bottom(),
            Action::NextLetter => self.doc.go(self.doc.index() + 1),
            Action::PreviousLetter => self.doc.go(self.doc.index().saturating_sub(1)),
            Action::Fold => self.fold(),
            Action::Quotes => self.quotes = !self.quotes,
            Action::Html => self.toggle_form(BodyForm::Html, last, out),
            Action::Raw => self.toggle_form(BodyForm::Raw, last, out),
            _ => return false,
        }
        if matches!(action, Action::Fold | Action::Quotes | Action::Html | Action::Raw) {
            self.laid = None;
        }
        true
    }

    fn fold(&mut self) {
        let Some(message) = self.letter().map(|m| m.id) else { return };
        match self.unfolded.iter().position(|m| *m == message) {
            Some(index) => drop(self.unfolded.remove(index)),
            None => self.unfolded.push(message),
        }
    }

    fn toggle_form(&mut self, form: BodyForm, last: &mut Generation, out: &mut Effects) {
        let Some(letter) = self.letter() else { return };
        let (message, has_html) = (letter.id, letter.parsed.has_html);
        let shown = self.bodies.iter().position(|body| body.message == message);
        let same = shown.and_then(|index| self.bodies.get(index)).is_some_and(|body| body.form == form);
        if let Some(index) = shown {
            self.bodies.remove(index);
        }
        if same || (form == BodyForm::Html && !has_html) {
            return;
        }
        let mut slot = Slot::default();
        out.push(Effect::LoadBody { generation: slot.ask(last), message, form });
        self.bodies.push(Body { message, form, slot });
        if !self.unfolded.contains(&message) {
            self.unfolded.push(message);
        }
    }

    /// The wheel.
    pub fn roll(&mut self, lines: isize) {
        self.doc.read(lines);
    }

    /// A click on a line: chooses the letter; a second click folds or unfolds it.
    pub fn click(&mut self, line: usize) {
        if self.doc.click(line) {
            self.fold();
            self.laid = None;
        }
    }

    /// Wraps the text for this place, when something changed.
    pub fn settle(&mut self, area: Rect, clock: &Clock, styles: &Styles) {
        if area.is_empty() || self.laid == Some((area.width, area.height)) {
            return;
        }
        let Some(view) = &self.slot.value else { return };
        let first = self.doc.is_empty();
        // One column at the left stays free, one is for the bar. A small preview shows the words first.
        let place = layout::Place { columns: usize::from(area.width.saturating_sub(2)), small: area.height < 13 };
        let sheet = layout::sheet(self, view, place, clock, styles);
        let letters = sheet.items.len();
        self.doc.set(sheet, usize::from(area.height));
        if first {
            let begin = view.messages.iter().position(|letter| Some(letter.id) == self.begin);
            self.doc.go(begin.unwrap_or(letters.saturating_sub(1)));
        }
        self.laid = Some((area.width, area.height));
    }

    /// Draws it.
    pub fn view(&self, frame: &mut Frame, area: Rect, line_at_left: bool, in_use: bool, styles: &Styles) {
        let (title, note) = match &self.slot.value {
            Some(view) => {
                let place = format!("letter {} of {}", self.doc.index() + 1, view.messages.len().max(1));
                (view.row.subject.as_str(), if view.messages.len() > 1 { place } else { String::new() })
            }
            None => (self.before.as_ref().map_or("", |before| before.title.as_str()), String::new()),
        };
        let title = if title.is_empty() && self.slot.value.is_some() { "(no subject)" } else { title };
        let inner = pane::view(frame, area, line_at_left, title, &note, in_use, styles);
        if self.thread.is_none() {
            return super::widgets::list::notice(frame, inner, &[("No conversation here", styles.dim)]);
        }
        let text = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(1), ..inner };
        if let Some(before) = self.before.as_ref().filter(|_| self.slot.is_loading()) {
            return before.doc.view(frame, text, None, styles);
        }
        if !pane::missing(frame, inner, &self.slot, "the conversation", styles) {
            self.doc.view(frame, text, None, styles);
        }
    }
}
