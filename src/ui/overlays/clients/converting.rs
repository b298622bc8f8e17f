//! A lead, side by side with the contact it becomes: left what came from the letters, right what will stand on the card.

use super::{fact, lines};
use crate::domain::contact::Name;
use crate::domain::conversion::{CompanyWish, Conversion, Proposal};
use crate::domain::duplicate::Pair;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::ui::effect::{Effect, Generation};
use crate::ui::format;
use crate::ui::overlays::{room, window};
use crate::ui::slot::Slot;
use crate::ui::state::{Clock, Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::pane;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

const GIVEN: &str = "given name";
const PATRONYMIC: &str = "patronymic";
const FAMILY: &str = "family name";
const COMPANY: &str = "company";
const DOMAIN: &str = "its domain";
const POSITION: &str = "position";
const PHONES: &str = "phones";
const LANGUAGE: &str = "language";
const DEAL: &str = "new deal";
const AMOUNT: &str = "amount";
const CURRENCY: &str = "currency";
/// The right side, top to bottom.
const LABELS: [&str; 11] =
    [GIVEN, PATRONYMIC, FAMILY, COMPANY, DOMAIN, POSITION, PHONES, LANGUAGE, DEAL, AMOUNT, CURRENCY];

/// The form.
#[derive(Debug)]
pub struct Converting {
    lead: id::Contact,
    /// What is proposed.
    pub slot: Slot<Box<Proposal>>,
    /// The right side, as it is typed. That of the domain is not typed into: it is ticked.
    fields: Vec<(&'static str, Field)>,
    /// The company gets the lead's mail domain.
    domain: bool,
    at: usize,
    wrong: Option<String>,
}

impl Converting {
    /// For a lead; asks for the proposal.
    pub fn new(lead: id::Contact, last: &mut Generation, out: &mut Effects) -> Self {
        let mut slot = Slot::default();
        out.push(Effect::LoadConversion { generation: slot.ask(last), contact: lead });
        Self { lead, slot, fields: Vec::new(), domain: false, at: 0, wrong: None }
    }

    pub(super) fn loaded(&mut self, generation: Generation, proposal: &Proposal) {
        if !self.slot.take(generation) {
            return;
        }
        let name = &proposal.split.name;
        let phones = proposal.phones.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        let company = proposal.companies.first().map_or("", |offer| offer.name.as_str());
        let text = |label: &'static str| match label {
            GIVEN => name.given.as_str(),
            PATRONYMIC => name.patronymic.as_str(),
            FAMILY => name.family.as_str(),
            COMPANY => company,
            POSITION => proposal.position.as_str(),
            PHONES => phones.as_str(),
            LANGUAGE => proposal.language.as_str(),
            CURRENCY => proposal.currency.as_str(),
            _ => "",
        };
        let shown = LABELS.into_iter().filter(|label| *label != DOMAIN || proposal.domain.is_some());
        self.fields = shown.map(|label| (label, Field::new(text(label)))).collect();
        self.slot.value = Some(Box::new(proposal.clone()));
    }

    fn field(&mut self, label: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|(known, _)| *known == label).map(|(_, field)| field)
    }

    fn text(&self, label: &str) -> Text {
        let field = self.fields.iter().find(|(known, _)| *known == label);
        Text::line(field.map_or("", |(_, field)| field.text().trim()))
    }

    fn in_use(&self) -> &'static str {
        self.fields.get(self.at).map_or("", |(label, _)| label)
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        let at = self.at;
        if self.in_use() != DOMAIN
            && let Some((_, field)) = self.fields.get_mut(at)
        {
            field.paste(pasted);
        }
    }

    pub(super) fn hints(&self) -> &'static [(&'static str, &'static str)] {
        let same = self.slot.value.as_ref().is_some_and(|proposal| !proposal.same.is_empty());
        match (self.in_use(), same) {
            (COMPANY, _) => {
                &[("enter", "make contact"), ("ctrl-n", "next company"), ("tab", "next field"), ("esc", "close")]
            }
            (DOMAIN, _) => &[("enter", "make contact"), ("space", "tick"), ("tab", "next field"), ("esc", "close")],
            (DEAL, _) => {
                &[("enter", "make contact"), ("ctrl-t", "the subject"), ("tab", "next field"), ("esc", "close")]
            }
            (_, true) => &[
                ("enter", "make contact"),
                ("ctrl-a", "it is that contact"),
                ("ctrl-s", "swap names"),
                ("tab", "next field"),
                ("esc", "close"),
            ],
            _ => &[("enter", "make contact"), ("ctrl-s", "swap names"), ("tab", "next field"), ("esc", "close")],
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Box<Self>> {
        if key.code == KeyCode::Esc {
            return None;
        }
        let last = self.fields.len().saturating_sub(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        self.wrong = None;
        match key.code {
            KeyCode::Char('a') if control && self.same_person(state, out) => return None,
            KeyCode::Char('a') if control => {}
            KeyCode::Char('s') if control => self.swap(),
            KeyCode::Char('n') if control => self.next_company(),
            KeyCode::Char('t') if control => {
                let subject = self.slot.value.as_ref().map(|proposal| proposal.subject.clone()).unwrap_or_default();
                if let Some(field) = self.field(DEAL) {
                    *field = Field::new(subject.as_str());
                }
            }
            KeyCode::Enter => match self.conversion() {
                Some(Ok(conversion)) => {
                    crate::ui::acts::converted(state, conversion, out);
                    return None;
                }
                Some(Err(wrong)) => self.wrong = Some(wrong),
                None => {}
            },
            KeyCode::Tab | KeyCode::Down => self.at = if self.at >= last { 0 } else { self.at + 1 },
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            KeyCode::Char(' ') if self.in_use() == DOMAIN => self.domain = !self.domain,
            _ if self.in_use() == DOMAIN => {}
            _ => {
                let at = self.at;
                if let Some((_, field)) = self.fields.get_mut(at) {
                    field.key(key);
                }
            }
        }
        Some(self)
    }

    /// They are a contact already: both cards side by side, to become one.
    fn same_person(&self, state: &mut State, out: &mut Effects) -> bool {
        let Some(same) = self.slot.value.as_ref().and_then(|proposal| proposal.same.first()) else { return false };
        let pair = match same.pair {
            // The other one stays, whoever of them is older.
            Pair::Contacts(one, other) if one == self.lead => Pair::Contacts(other, one),
            pair => pair,
        };
        super::open_sides(state, pair, out);
        true
    }

    fn swap(&mut self) {
        let (given, family) = (self.text(GIVEN), self.text(FAMILY));
        for (label, text) in [(GIVEN, family), (FAMILY, given)] {
            if let Some(field) = self.field(label) {
                *field = Field::new(text.as_str());
            }
        }
    }

    /// The offers one after the other, and none.
    fn next_company(&mut self) {
        let Some(proposal) = &self.slot.value else { return };
        let typed = self.text(COMPANY);
        let here = proposal.companies.iter().position(|offer| offer.name == typed);
        let next = if typed.is_empty() { 0 } else { here.map_or(0, |here| here + 1) };
        let name = proposal.companies.get(next).map(|offer| offer.name.clone()).unwrap_or_default();
        if let Some(field) = self.field(COMPANY) {
            *field = Field::new(name.as_str());
        }
    }

    /// What I confirmed, or what is wrong with it; `None` before the proposal is here.
    fn conversion(&self) -> Option<Result<Conversion, String>> {
        let proposal = self.slot.value.as_ref()?;
        let name = Name {
            display: proposal.split.name.display.clone(),
            given: self.text(GIVEN),
            patronymic: self.text(PATRONYMIC),
            family: self.text(FAMILY),
        };
        if name.given.is_empty() && name.family.is_empty() {
            return Some(Err("A contact needs a given or a family name.".to_owned()));
        }
        let typed = self.text(COMPANY);
        let domain = proposal.domain.as_ref().filter(|_| self.domain).map(|domain| domain.as_str().to_owned());
        if domain.is_some() && typed.is_empty() {
            return Some(Err("Which company gets the domain?".to_owned()));
        }
        let known = proposal.company_called(typed.as_str()).and_then(|offer| offer.company);
        let company = (!typed.is_empty()).then_some(CompanyWish { known, name: typed, domain });
        let title = self.text(DEAL);
        let deal = if title.is_empty() {
            None
        } else {
            let amount = Some(self.text(AMOUNT)).filter(|amount| !amount.is_empty());
            let amount = amount.as_ref().map_or("0", |amount| amount.as_str());
            match Money::parse(amount, self.text(CURRENCY).as_str()) {
                Some(money) => Some((title, money)),
                None => {
                    return Some(Err(
                        "An amount is a number such as 12400.50, a currency three letters such as PLN.".to_owned()
                    ));
                }
            }
        };
        let phones = self.text(PHONES);
        let phones =
            phones.as_str().split([',', ';']).map(|phone| Text::line(phone.trim())).filter(|phone| !phone.is_empty());
        Some(Ok(Conversion {
            lead: self.lead,
            name,
            company,
            position: self.text(POSITION),
            phones: phones.collect(),
            language: self.text(LANGUAGE),
            deal,
        }))
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let inner = window(frame, body, "Make a contact", room(body, 116), usize::from(body.height).min(24), styles);
        if pane::missing(frame, inner, &self.slot, "the lead", styles) {
            return;
        }
        let Some(proposal) = self.slot.value.as_deref() else { return };
        let left = inner.width * 45 / 100;
        let from_letters = Rect { width: left.saturating_sub(1), ..inner };
        let card = Rect { x: inner.x + left + 1, width: inner.width.saturating_sub(left + 1), ..inner };
        lines(frame, from_letters, &self.left(proposal, usize::from(from_letters.width), &state.clock(), styles), 0);
        for y in inner.y..inner.bottom() {
            frame.render_widget(Span::styled("│", styles.line), Rect { x: inner.x + left - 1, y, width: 1, height: 1 });
        }
        self.view_card(proposal, frame, card, styles);
    }

    /// What came from the letters, each with where it stands.
    fn left(&self, proposal: &Proposal, columns: usize, clock: &Clock, styles: &Styles) -> Vec<Line<'static>> {
        let mut shown = vec![Line::styled("From the letters", styles.accent)];
        for candidate in &proposal.same {
            // The lead is one of the two; the other one is who they may be.
            let Pair::Contacts(one, _) = candidate.pair else { continue };
            let (name, place) = if one == self.lead {
                (&candidate.names.1, &candidate.places.1)
            } else {
                (&candidate.names.0, &candidate.places.0)
            };
            let evidence = candidate.evidence.first().map_or("", Text::as_str);
            let said = format!("May be {name} ({place}): {evidence}. Ctrl-A adds this address to that card.");
            shown.extend(
                textwrap::wrap(&said, columns).into_iter().map(|line| Line::styled(line.into_owned(), styles.waits)),
            );
            shown.push(Line::default());
        }
        for fact_of in &proposal.provenance {
            shown.extend(fact(fact_of.field.as_str(), fact_of.value.as_str(), columns, styles.text, styles));
            if let Some((_, at, subject)) = &fact_of.letter {
                let source = format!("{} “{subject}”", clock.moment(*at));
                shown.push(Line::styled(
                    format::cut(&format!("{}{source}", " ".repeat(13.min(columns / 3))), columns),
                    styles.dim,
                ));
            }
        }
        shown.push(Line::default());
        let split = &proposal.split;
        let why = if split.person {
            format!("{}: {}", split.confidence.word(), split.why)
        } else {
            "it looks like no person's name".to_owned()
        };
        shown.extend(fact("name split", &why, columns, styles.text, styles));
        if !split.titles.is_empty() {
            let titles = split.titles.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
            shown.extend(fact("taken off", &titles, columns, styles.text, styles));
        }
        shown
    }

    fn view_card(&self, proposal: &Proposal, frame: &mut Frame, area: Rect, styles: &Styles) {
        frame.render_widget(Line::styled("On the card", styles.accent), Rect { height: 1, ..area });
        let label_wide = 14.min(area.width / 2);
        let mut y = area.y + 1;
        for (index, (label, field)) in self.fields.iter().enumerate() {
            if y >= area.bottom() {
                return;
            }
            let in_use = index == self.at;
            let mark = if in_use { ">" } else { " " };
            let style = if in_use { styles.accent } else { styles.dim };
            frame.render_widget(
                Span::styled(format!("{mark} {label}"), style),
                Rect { y, height: 1, width: label_wide, ..area },
            );
            let place = Rect { x: area.x + label_wide, y, width: area.width - label_wide, height: 1 };
            if *label == DOMAIN {
                let tick = if self.domain { "x" } else { " " };
                let domain = proposal.domain.as_ref().map_or("", Text::as_str);
                let text = format::cut(&format!("[{tick}] {domain} (space)"), usize::from(place.width));
                frame.render_widget(Span::styled(text, if in_use { styles.accent } else { styles.text }), place);
            } else {
                field.view(frame, place, in_use, styles);
            }
            y += 1;
            if *label == COMPANY {
                let note = Rect { x: place.x, y, width: place.width, height: 1 };
                if y < area.bottom() {
                    frame.render_widget(
                        Span::styled(format::cut(&self.company_note(proposal), usize::from(note.width)), styles.dim),
                        note,
                    );
                }
                y += 1;
            }
        }
        let said = match (&self.wrong, self.in_use()) {
            (Some(wrong), _) => wrong.clone(),
            (None, DEAL) => "Empty: no deal. Ctrl-T takes the letter's subject.".to_owned(),
            (None, DOMAIN) => "With a tick, letters from this domain are filed under the company.".to_owned(),
            _ => "Enter makes the contact; all of it is one change, u takes it back.".to_owned(),
        };
        let style = if self.wrong.is_some() { styles.bad } else { styles.dim };
        for (y, line) in (y + 1..area.bottom()).zip(textwrap::wrap(&said, usize::from(area.width).max(8))) {
            frame.render_widget(Line::styled(line.into_owned(), style), Rect { y, height: 1, ..area });
        }
    }

    /// Whether the company is known, and why it is proposed.
    fn company_note(&self, proposal: &Proposal) -> String {
        let typed = self.text(COMPANY);
        if typed.is_empty() {
            let offers = proposal.companies.len();
            return if offers > 0 { "no company; Ctrl-N proposes one".to_owned() } else { "no company".to_owned() };
        }
        match proposal.company_called(typed.as_str()) {
            Some(offer) if offer.company.is_some() => format!("known: {}", offer.why),
            Some(offer) => format!("new: {}", offer.why),
            None => "the one of this name, or a new one".to_owned(),
        }
    }
}
