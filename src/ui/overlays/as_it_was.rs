//! A card as it was on a day: read only, with what is otherwise now marked.

use super::changes::or_nothing;
use super::{Overlay, room, window};
use crate::domain::contact::Whose;
use crate::domain::field::Noun;
use crate::domain::history::{AsItWas as Was, moment_meant};
use crate::ui::card::Of;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, Screen, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use jiff::{SignedDuration, Timestamp};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The card, and the day it is asked for.
#[derive(Debug)]
pub struct AsItWas {
    noun: Noun,
    id: i64,
    /// The card at that moment.
    pub slot: Slot<Box<Was>>,
    at: Timestamp,
    /// The day that is typed, while it is.
    typed: Option<Box<Field>>,
    /// The chosen line below what is typed: a change, newest first.
    choice: Option<usize>,
    wrong: bool,
    scroll: usize,
}

/// Whose card is meant: the one in use, or that of the chosen row.
pub fn meant(state: &State) -> Option<Whose> {
    let target = state.target();
    let of = state.card().and_then(crate::ui::card::Card::of).or_else(|| match state.screen {
        Screen::Deals | Screen::Reports => target.deal.map(Of::Deal),
        _ => None,
    });
    let of = of.or(target.contact.map(Of::Contact)).or(target.company.map(Of::Company)).or(target.deal.map(Of::Deal));
    of.map(|of| match of {
        Of::Contact(contact) => Whose::Contact(contact),
        Of::Company(company) => Whose::Company(company),
        Of::Deal(deal) => Whose::Deal(deal),
    })
}

impl AsItWas {
    /// Asks of which day the card in use, or the chosen row's, is to be shown.
    pub fn open(state: &mut State, out: &mut Effects) {
        let (noun, id) = match meant(state) {
            Some(Whose::Contact(contact)) => (Noun::Contact, contact.0),
            Some(Whose::Company(company)) => (Noun::Company, company.0),
            Some(Whose::Deal(deal)) => (Noun::Deal, deal.0),
            None => return,
        };
        let field = Some(Box::new(Field::new("")));
        let mut card = Self {
            noun,
            id,
            slot: Slot::default(),
            at: state.now,
            typed: field,
            choice: None,
            wrong: false,
            scroll: 0,
        };
        card.load(state, out);
        state.overlays.push(Overlay::AsItWas(Box::new(card)));
    }

    /// A day is being typed.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.typed.is_some()
    }

    fn load(&mut self, state: &mut State, out: &mut Effects) {
        let generation = self.slot.ask(&mut state.generation);
        out.push(Effect::LoadAsItWas { generation, noun: self.noun, id: self.id, at: self.at });
    }

    fn show(&mut self, at: Timestamp, state: &mut State, out: &mut Effects) {
        (self.at, self.typed, self.scroll, self.wrong) = (at, None, 0, false);
        self.load(state, out);
    }

    /// When it changed, oldest first.
    fn changed(&self) -> &[Timestamp] {
        self.slot.value.as_ref().map_or(&[], |was| was.changed.as_slice())
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if let Some(field) = &mut self.typed {
            field.paste(pasted);
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if self.typed.is_some() {
            return self.type_key(state, key, out);
        }
        let before = self.changed().iter().rev().find(|change| **change <= self.at).copied();
        let after = self.changed().iter().find(|change| **change > self.at).copied();
        let name = keymap::name(key);
        if let Some(to) = list::moved(name.as_deref(), self.scroll) {
            self.scroll = to.min(self.rows().saturating_sub(1));
        }
        match name.as_deref() {
            Some("h" | "left") => {
                // What it was until then.
                if let Some(at) = before.and_then(|at| at.checked_sub(SignedDuration::from_millis(1)).ok()) {
                    self.show(at, state, out);
                }
            }
            Some("l" | "right") => {
                if let Some(at) = after {
                    self.show(at, state, out);
                }
            }
            Some("d" | "Z") => self.typed = Some(Box::new(Field::new(""))),
            Some("esc" | "q" | "enter") => return None,
            _ => {}
        }
        Some(Overlay::AsItWas(self))
    }

    fn type_key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.changed().len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Down | KeyCode::Tab => self.choice = Some(self.choice.map_or(0, |at| (at + 1).min(last))),
            KeyCode::Up => self.choice = self.choice.and_then(|at| at.checked_sub(1)),
            KeyCode::Enter => {
                let typed = self.typed.as_ref().map_or("", |field| field.text().trim()).to_owned();
                let chosen = self.choice.and_then(|at| self.changed().iter().rev().nth(at)).copied();
                let at = match chosen {
                    Some(at) => Some(at),
                    None => moment_meant(&typed, &state.here_and_now()),
                };
                match at {
                    Some(at) => self.show(at.min(state.now), state, out),
                    None => self.wrong = true,
                }
            }
            _ => {
                (self.choice, self.wrong) = (None, false);
                if let Some(field) = &mut self.typed {
                    field.key(key);
                }
            }
        }
        Some(Overlay::AsItWas(self))
    }

    fn rows(&self) -> usize {
        self.slot.value.as_ref().map_or(0, |was| was.facts.len())
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        match &self.typed {
            Some(field) => self.view_asking(field, state, frame, body),
            None => self.view_card(state, frame, body),
        }
    }

    fn view_asking(&self, field: &Field, state: &State, frame: &mut Frame, body: Rect) {
        let (styles, clock) = (&state.styles, state.clock());
        let columns = room(body, 64);
        let inner =
            window(frame, body, "As it was on which day?", columns, self.changed().len().clamp(2, 10) + 4, styles);
        let label = Rect { width: 6.min(inner.width), height: 1, ..inner };
        frame.render_widget(Span::styled("  day", styles.accent), label);
        let place = Rect { x: inner.x + label.width, width: inner.width - label.width, height: 1, ..inner };
        field.view(frame, place, self.choice.is_none(), styles);
        let hint = if self.wrong {
            ("This is no day: 12.10, 2026-10-12, 2026-10, last month", styles.bad)
        } else {
            ("12.10, 2026-10-12, last month; or ↓ to one of its changes", styles.dim)
        };
        let below = |line: u16| Rect { y: inner.y + line, height: u16::from(inner.y + line < inner.bottom()), ..inner };
        frame.render_widget(Span::styled(format::cut(hint.0, columns), hint.1), below(1));
        let words = match (&self.slot.value, self.changed().len()) {
            (None, _) => "Reading its history…".to_owned(),
            (Some(_), 0) => "Nothing on this card was changed yet, as far as the history goes.".to_owned(),
            (Some(_), _) => "It changed:".to_owned(),
        };
        frame.render_widget(Span::styled(words, styles.text), below(3));
        let room = usize::from(inner.height.saturating_sub(4));
        let first = self.choice.map_or(0, |at| (at + 1).saturating_sub(room.max(1)));
        for (y, (index, at)) in (inner.y + 4..inner.bottom()).zip(self.changed().iter().rev().enumerate().skip(first)) {
            let mark = if self.choice == Some(index) { ">" } else { " " };
            let place = Rect { y, height: 1, ..inner };
            frame.render_widget(Line::from(format!("{mark} {}", clock.full(*at))), place);
            if self.choice == Some(index) {
                frame.buffer_mut().set_style(place, styles.selected);
            }
        }
    }

    fn view_card(&self, state: &State, frame: &mut Frame, body: Rect) {
        let (styles, clock) = (&state.styles, state.clock());
        let columns = room(body, 90);
        let title = self.slot.value.as_ref().map_or_else(String::new, |was| was.title.to_string());
        let lines = self.slot.value.as_ref().map(|was| card_lines(was, state, columns)).unwrap_or_default();
        let inner = window(frame, body, &title, columns, lines.len() + 2, styles);
        let until = self.changed().iter().find(|change| **change > self.at);
        let until = until.map_or_else(|| ", as it is now".to_owned(), |at| format!(", until {}", clock.full(*at)));
        let day = self.at.to_zoned(state.setup.zone.clone()).strftime("%-d %b %Y %H:%M").to_string();
        let head = format::cut(&format!("as it was on {day}{until}"), columns);
        frame.render_widget(Line::styled(head, styles.waits), Rect { height: 1.min(inner.height), ..inner });
        let place = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        if pane::missing(frame, place, &self.slot, "the card", styles) {
            return;
        }
        for (y, line) in (place.y..place.bottom()).zip(lines.iter().skip(self.scroll)) {
            frame.render_widget(line, Rect { y, height: 1, ..place });
        }
        list::scroll_bar(frame, place, lines.len(), self.scroll, styles);
    }
}

/// A line for each fact: a mark where it is otherwise now, and what it is now.
fn card_lines(was: &Was, state: &State, columns: usize) -> Vec<Line<'static>> {
    let (styles, clock) = (&state.styles, state.clock());
    let mut lines = Vec::new();
    if !was.existed {
        lines.push(Line::styled("It was not there yet.", styles.text));
    } else if !was.exists {
        lines.push(Line::styled("It is not there any more.", styles.bad));
    }
    match was.known_since {
        Some(since) if since > was.at => {
            let words = format!("The history begins {}: what was before is shown as it was then.", clock.full(since));
            lines.extend(
                textwrap::wrap(&words, columns).into_iter().map(|line| Line::styled(line.into_owned(), styles.waits)),
            );
        }
        None => lines.push(Line::styled("Nothing was ever changed here: this is how it came.", styles.dim)),
        Some(_) => {}
    }
    for fact in was.told() {
        let name = format::fit(fact.name.as_str(), 14);
        let room = columns.saturating_sub(18);
        let (mark, words, style) = if fact.differs() {
            let now = format!("(now: {})", or_nothing(&fact.now));
            let then = or_nothing(&fact.then);
            ("*", format::ends(then, &format::cut(&now, room / 2), room), styles.strong)
        } else {
            (" ", format::cut(fact.then.as_str(), room), styles.text)
        };
        lines.push(Line::from(vec![
            Span::raw(mark),
            Span::styled(format!(" {name} "), styles.dim),
            Span::styled(words, style),
        ]));
    }
    lines
}
