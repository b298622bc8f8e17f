//! The card of a person, a company or a deal: facts, hints, deals, payments and one timeline of everything.

mod layout;

use super::effect::{Effect, Generation};
use super::keymap::Action;
use super::slot::Slot;
use super::state::{Clock, Effects, Target};
use super::theme::Styles;
use super::widgets::doc::Doc;
use super::widgets::{list, pane};
use crate::domain::company::CompanyCard;
use crate::domain::contact::{ContactCard, Kind};
use crate::domain::deal::DealCard;
use crate::domain::id;
use crate::domain::problem::Problem;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Whose card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// A person's.
    Contact(id::Contact),
    /// A company's.
    Company(id::Company),
    /// A deal's.
    Deal(id::Deal),
}

/// Something on a card that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The person, company or deal behind a line.
    Card(Of),
    /// A payment; true while it is not paid.
    Payment(id::Payment, bool),
    /// An activity; true while it is planned.
    Activity(id::Activity, bool),
    /// A letter and its conversation.
    Letter(id::Thread, id::Message),
}

/// What the card holds.
#[derive(Debug)]
pub enum Holding {
    /// A person.
    Contact(Box<ContactCard>),
    /// A company.
    Company(Box<CompanyCard>),
    /// A deal.
    Deal(Box<DealCard>),
}

/// A card.
#[derive(Debug, Default)]
pub struct Card {
    of: Option<Of>,
    /// What it holds.
    pub slot: Slot<Holding>,
    doc: Doc<Item>,
    laid: Option<(u16, u16)>,
    /// What was shown before, drawn for the moment until the answer is here; no key acts on it.
    before: Option<Box<Before>>,
}

/// The look of the card that was shown last.
#[derive(Debug)]
struct Before {
    title: String,
    word: &'static str,
    doc: Doc<Item>,
    /// A tick of the clock went by: the wait is worth a word.
    waited: bool,
}

impl Card {
    /// Shows another card, or none.
    pub fn show(&mut self, of: Option<Of>, last: &mut Generation, out: &mut Effects) {
        if self.of == of {
            return;
        }
        let (title, word) = self.title();
        let before = match self.slot.value.take() {
            Some(_) => Some(Box::new(Before { title, word, doc: std::mem::take(&mut self.doc), waited: false })),
            None => self.before.take(),
        };
        *self = Self { of, before: before.filter(|_| of.is_some()), ..Self::default() };
        if let Some(of) = of {
            out.push(load(of, self.slot.ask(last)));
        }
    }

    /// Time goes by: where the answer takes longer, the old card gives way to "Loading".
    pub fn tick(&mut self) {
        self.before = self.before.take().filter(|before| !before.waited && self.slot.is_loading());
        if let Some(before) = &mut self.before {
            before.waited = true;
        }
    }

    /// Name and kind.
    fn title(&self) -> (String, &'static str) {
        match (&self.slot.value, &self.before) {
            (Some(Holding::Contact(card)), _) => (card.row.name.full().to_string(), card.row.kind.word()),
            (Some(Holding::Company(card)), _) => (card.row.name.to_string(), "company"),
            (Some(Holding::Deal(card)), _) => (card.row.title.to_string(), "deal"),
            (None, Some(before)) => (before.title.clone(), before.word),
            (None, None) => (String::new(), ""),
        }
    }

    /// Reads it again.
    pub fn refresh(&mut self, last: &mut Generation, out: &mut Effects) {
        if let Some(of) = self.of
            && let Some(generation) = self.slot.refresh(last)
        {
            out.push(load(of, generation));
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn of(&self) -> Option<Of> {
        self.of
    }

    /// An answer came; one for another card is dropped.
    pub fn loaded(&mut self, generation: Generation, holding: Holding) {
        if self.slot.take(generation) {
            self.before = None;
            self.slot.value = Some(holding);
            self.laid = None;
        }
    }

    /// A load failed; true when it was this card's.
    pub fn failed(&mut self, generation: Generation, problem: &Problem) -> bool {
        self.slot.fail(generation, problem)
    }

    /// The chosen line.
    #[must_use]
    pub fn item(&self) -> Option<Item> {
        self.doc.chosen().copied()
    }

    /// The person, when the card is a person's.
    #[must_use]
    pub fn person(&self) -> Option<&ContactCard> {
        match &self.slot.value {
            Some(Holding::Contact(card)) => Some(card),
            _ => None,
        }
    }

    /// It says what to know before writing, and can explain it.
    #[must_use]
    pub fn has_hints(&self) -> bool {
        self.person().is_some_and(|card| !card.hints.is_empty())
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let mut target = Target::default();
        match &self.slot.value {
            Some(Holding::Contact(card)) => {
                target.contact = Some(card.row.id);
                target.company = card.company;
                target.lead = card.row.kind == Kind::Lead;
                target.who = card.row.name.full();
                target.title = target.who.clone();
            }
            Some(Holding::Company(card)) => {
                target.company = Some(card.row.id);
                target.who = card.row.name.clone();
                target.title = target.who.clone();
            }
            Some(Holding::Deal(card)) => {
                target.deal = Some(card.row.id);
                target.contact = card.row.contact;
                target.title = card.row.title.clone();
                target.who = card.row.contact_name.clone().or_else(|| card.row.company.clone()).unwrap_or_default();
            }
            None => {}
        }
        match self.item() {
            Some(Item::Payment(payment, true)) => target.payment = Some(payment),
            Some(Item::Activity(activity, true)) => target.activity = Some(activity),
            Some(Item::Letter(thread, message)) => {
                target.thread = Some(thread);
                target.message = Some(message);
            }
            Some(Item::Card(Of::Contact(contact))) => target.contact = Some(contact),
            _ => {}
        }
        target
    }

    /// Takes an action; true when it was one of the card's.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::Down => self.doc.step(1),
            Action::Up => self.doc.step(-1),
            Action::PageDown => self.doc.page(1),
            Action::PageUp => self.doc.page(-1),
            Action::Top => self.doc.top(),
            Action::Bottom => self.doc.bottom(),
            _ => return false,
        }
        true
    }

    /// The wheel.
    pub fn roll(&mut self, lines: isize) {
        self.doc.roll(lines);
    }

    /// A click on a line; true when it was chosen before.
    pub fn click(&mut self, line: usize) -> bool {
        self.doc.click(line)
    }

    /// Lays it out for this place, when something changed.
    pub fn settle(&mut self, area: Rect, clock: &Clock, styles: &Styles) {
        if area.is_empty() || self.laid == Some((area.width, area.height)) {
            return;
        }
        if let Some(holding) = &self.slot.value {
            // Two columns for the mark, two for the bar.
            let sheet = layout::sheet(holding, usize::from(area.width.saturating_sub(4)), clock, styles);
            self.doc.set(sheet, usize::from(area.height));
            self.laid = Some((area.width, area.height));
        }
    }

    /// Draws it.
    pub fn view(&self, frame: &mut Frame, area: Rect, line_at_left: bool, in_use: bool, styles: &Styles) {
        let (title, note) = self.title();
        let inner = pane::view(frame, area, line_at_left, &title, note, in_use, styles);
        if self.of.is_none() {
            return list::notice(frame, inner, &[("No client here", styles.dim)]);
        }
        if let Some(before) = self.before.as_ref().filter(|_| self.slot.is_loading()) {
            return before.doc.view(frame, inner, None, styles);
        }
        if !pane::missing(frame, inner, &self.slot, "the card", styles) {
            self.doc.view(frame, inner, in_use.then_some(styles.selected), styles);
        }
    }
}

fn load(of: Of, generation: Generation) -> Effect {
    match of {
        Of::Contact(contact) => Effect::LoadCard { generation, contact },
        Of::Company(company) => Effect::LoadCompany { generation, company },
        Of::Deal(deal) => Effect::LoadDeal { generation, deal },
    }
}
