//! The card of a person, a company or a deal: facts, hints, deals, payments and one timeline of everything.

mod company;
mod deal;
pub mod edit;
mod facts;
mod history;
mod layout;
mod person;
mod provenance;
mod sections;

pub use sections::Section;

use super::effect::{Effect, Generation};
use super::keymap::Action;
use super::slot::Slot;
use super::state::{Clock, Effects, Target};
use super::theme::Styles;
use super::widgets::doc::Doc;
use super::widgets::{list, pane};
use crate::domain::address::Address;
use crate::domain::card::Fact;
use crate::domain::company::CompanyCard;
use crate::domain::contact::{ContactCard, FileRow, Kind, TimelineRow, Whose};
use crate::domain::deal::DealCard;
use crate::domain::figures::Figures;
use crate::domain::id;
use crate::domain::practice::Practice;
use crate::domain::problem::Problem;
use crate::domain::thread::PageKey;
use crate::domain::timeline::Show;
use layout::Table;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The person, company or deal behind a line.
    Card(Of),
    /// A payment; true while it is not paid.
    Payment(id::Payment, bool),
    /// An activity; true while it is planned.
    Activity(id::Activity, bool),
    /// A letter and its conversation.
    Letter(id::Thread, id::Message),
    /// Something that happened to a deal, and its key among such.
    OfDeal(id::Deal, i64),
    /// A fact that can be edited.
    Fact(Fact),
    /// The heading of a section.
    Section(Section),
    /// A file of a letter.
    File(id::Message, usize),
    /// Somebody on no card, and a letter that names them.
    Stranger(Address, id::Message),
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
    /// The right column, on a wide screen.
    side: Doc<Item>,
    two: bool,
    on_side: bool,
    laid: Option<(u16, u16)>,
    /// What is edited in its place.
    edit: Option<edit::Edit>,
    /// To be chosen at the next layout.
    wanted: Option<Item>,
    /// Sections that are not as they begin, folded or unfolded.
    turned: Vec<Section>,
    roomy: bool,
    /// Turnover, offers, response times.
    figures: Slot<Figures>,
    /// What happened, as far as it was asked for.
    rows: Vec<TimelineRow>,
    show: Show,
    /// Where the next page of it begins.
    after: Option<PageKey>,
    page: Slot<()>,
    continues: bool,
    /// Files of letters, as far as they were asked for.
    files: Slot<Vec<FileRow>>,
    files_after: Option<PageKey>,
    files_continue: bool,
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
        // What I fold stays folded on the next card; files are listed only where I ask for them.
        let mut turned = std::mem::take(&mut self.turned);
        turned.retain(|section| *section != Section::Files);
        *self = Self { of, before: before.filter(|_| of.is_some()), turned, ..Self::default() };
        if let Some(of) = of {
            out.push(load(of, self.slot.ask(last)));
            out.push(Effect::LoadFigures { generation: self.figures.ask(last), whose: of.into() });
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
            if let Some(generation) = self.figures.refresh(last) {
                out.push(Effect::LoadFigures { generation, whose: of.into() });
            }
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn of(&self) -> Option<Of> {
        self.of
    }

    /// An answer came; one for another card is dropped.
    pub fn loaded(&mut self, generation: Generation, holding: Holding, last: &mut Generation, out: &mut Effects) {
        if self.slot.take(generation) {
            self.before = None;
            self.first_page(&holding, last, out);
            self.slot.value = Some(holding);
            self.laid = None;
        }
    }

    /// It is laid out anew before it is drawn.
    fn lay_again(&mut self) {
        self.laid = None;
    }

    fn column(&self) -> &Doc<Item> {
        if self.on_side { &self.side } else { &self.doc }
    }

    fn column_mut(&mut self) -> &mut Doc<Item> {
        if self.on_side { &mut self.side } else { &mut self.doc }
    }

    /// A load failed; true when it was this card's.
    pub fn failed(&mut self, generation: Generation, problem: &Problem) -> bool {
        self.slot.fail(generation, problem)
            || self.figures.fail(generation, problem)
            || self.page.fail(generation, problem)
            || self.files.fail(generation, problem)
    }

    /// The chosen line.
    #[must_use]
    pub fn item(&self) -> Option<Item> {
        self.column().chosen().cloned()
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
            Some(Item::Activity(activity, false)) => target.happened = Some(activity),
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
    pub fn act(&mut self, action: Action, last: &mut Generation, out: &mut Effects) -> bool {
        match action {
            Action::Down => self.column_mut().step(1),
            Action::Up => self.column_mut().step(-1),
            Action::PageDown => self.column_mut().page(1),
            Action::PageUp => self.column_mut().page(-1),
            Action::Top => self.column_mut().top(),
            Action::Bottom => self.column_mut().bottom(),
            Action::NextSection => self.by_section(1),
            Action::PreviousSection => self.by_section(-1),
            Action::Open => match self.item() {
                Some(Item::Section(section)) => self.turn(section, last, out),
                _ => return false,
            },
            _ => return false,
        }
        self.go_on(last, out);
        true
    }

    /// The next heading, in the other column where this one ends.
    fn by_section(&mut self, by: isize) {
        let is_heading = |item: &Item| matches!(item, Item::Section(_));
        if self.column_mut().jump(by, is_heading) {
            return;
        }
        if self.two {
            self.on_side = !self.on_side;
            if by > 0 { self.column_mut().top() } else { self.column_mut().bottom() }
        } else if by < 0 {
            self.doc.top();
        }
    }

    /// Folds a section or unfolds it; files are asked for when they are to be seen.
    fn turn(&mut self, section: Section, last: &mut Generation, out: &mut Effects) {
        match self.turned.iter().position(|turned| *turned == section) {
            Some(place) => drop(self.turned.remove(place)),
            None => self.turned.push(section),
        }
        self.laid = None;
        if section == Section::Files && self.files.value.is_none() {
            self.ask_files(last, out);
        }
    }

    fn folded(&self) -> Vec<Section> {
        let all = [
            Section::People,
            Section::Deals,
            Section::Payments,
            Section::Turnover,
            Section::Interests,
            Section::Offers,
            Section::Rhythm,
            Section::Files,
            Section::Timeline,
        ];
        all.into_iter().filter(|s| s.begins_folded(self.roomy) != self.turned.contains(s)).collect()
    }

    /// The wheel, over this column of the screen.
    pub fn roll(&mut self, lines: isize, column: usize) {
        if self.two && column >= self.split() { self.side.roll(lines) } else { self.doc.roll(lines) }
    }

    /// A click on a line; true when it was chosen before.
    pub fn click(&mut self, line: usize, column: usize) -> bool {
        let on_side = self.two && column >= self.split();
        let same = on_side == self.on_side;
        self.on_side = on_side;
        self.column_mut().click(line) && same
    }

    /// Columns of the left part, where there are two.
    fn split(&self) -> usize {
        self.laid.map_or(0, |(width, _)| usize::from(width) * 9 / 20)
    }

    /// Lays it out for this place, when something changed.
    pub fn settle(&mut self, area: Rect, clock: &Clock, styles: &Styles, practice: &Practice) {
        if area.is_empty() || self.laid == Some((area.width, area.height)) {
            return;
        }
        let Some(holding) = self.slot.value.take() else { return };
        self.two = area.width >= TWO_COLUMNS;
        self.roomy = self.two || area.height >= 40;
        self.on_side = self.on_side && self.two;
        self.laid = Some((area.width, area.height));
        // Two columns for the mark, two for the bar.
        let wide = if self.two { self.split() } else { usize::from(area.width) };
        let folded = self.folded();
        let table = |wide: usize| Table { columns: wide.saturating_sub(4), clock, styles, practice };
        let mut sheet = layout::sheet(self, &holding, &folded, &table(wide));
        let height = usize::from(area.height);
        if self.two {
            let side = layout::history(self, &holding, &folded, &table(usize::from(area.width) - wide));
            self.side.set(side, height);
        } else {
            sheet.gap();
            sheet.append(layout::history(self, &holding, &folded, &table(wide)));
        }
        self.doc.set(sheet, height);
        self.slot.value = Some(holding);
        if let Some(wanted) = self.wanted.take() {
            // A heading is read with what stands below it.
            let at_top = matches!(wanted, Item::Section(_));
            let in_doc = self.doc.choose(&wanted, at_top);
            self.on_side = self.two && !in_doc && self.side.choose(&wanted, at_top);
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
        if pane::missing(frame, inner, &self.slot, "the card", styles) {
            return;
        }
        let mark = in_use.then_some(styles.selected);
        let mut left = inner;
        if self.two {
            left.width = u16::try_from(self.split()).unwrap_or(0).min(inner.width);
            let right = Rect { x: inner.x + left.width, width: inner.width - left.width, ..inner };
            self.side.view(frame, right, mark.filter(|_| self.on_side), styles);
        }
        self.doc.view(frame, left, mark.filter(|_| !self.on_side && self.edit.is_none()), styles);
        if let Some(edit) = &self.edit
            && let Some(line) = self.doc.line_of(&Item::Fact(edit.fact.clone()))
        {
            let column = u16::try_from(facts::input_column(usize::from(left.width.saturating_sub(4)))).unwrap_or(0);
            let y = left.y.saturating_add(u16::try_from(line).unwrap_or(u16::MAX));
            let width = left.width.saturating_sub(column + 1);
            if y < left.bottom() {
                edit.field.view(frame, Rect { x: left.x + column, y, width, height: 1 }, true, styles);
            }
        }
    }
}

/// From so many columns on a card has two columns.
const TWO_COLUMNS: u16 = 116;

impl From<Of> for Whose {
    fn from(of: Of) -> Self {
        match of {
            Of::Contact(contact) => Self::Contact(contact),
            Of::Company(company) => Self::Company(company),
            Of::Deal(deal) => Self::Deal(deal),
        }
    }
}

impl From<Whose> for Of {
    fn from(whose: Whose) -> Self {
        match whose {
            Whose::Contact(contact) => Self::Contact(contact),
            Whose::Company(company) => Self::Company(company),
            Whose::Deal(deal) => Self::Deal(deal),
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
