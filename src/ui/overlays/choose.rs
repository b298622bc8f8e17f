//! One of several: when to come back, which deal, which template, which file.

use super::{Form, Overlay, room, window};
use crate::domain::address::Mailbox;
use crate::domain::assignment::Assignment;
use crate::domain::card::Fact;
use crate::domain::id;
use crate::domain::report::period::Period;
use crate::domain::text::Text;
use crate::domain::text::fold;
use crate::domain::timeline::Show;
use crate::ui::acts;
use crate::ui::acts::deals::DealPick;
use crate::ui::effect::{Effect, FillFor, Generation, PreviewOf};
use crate::ui::event::Previewed;
use crate::ui::format;
use crate::ui::keymap;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State};
use crate::ui::theme::Styles;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::{list, pane};
use crossterm::event::{KeyCode, KeyEvent};
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// What comes back later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    /// Conversations are snoozed.
    Threads(Vec<id::Thread>),
    /// An activity is moved.
    Activity(id::Activity),
    /// A payment's due day is moved.
    Payment(id::Payment),
}

/// What choosing a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// Then.
    At(Later, Timestamp),
    /// At a moment that is typed.
    Typed(Later),
    /// In some working days: how many is typed.
    Days(Later),
    /// When they write.
    Answer(Vec<id::Thread>),
    /// This colleague is to see to it; their address, where it is known.
    Colleague(Box<Assignment>, Option<Mailbox>),
    /// Somebody whose name is typed.
    Name(Box<Assignment>),
    /// Given like this; the letter is sent along to that address.
    Give(Box<Assignment>, Option<Mailbox>),
    /// Under this deal, or none.
    Deal(id::Thread, Option<id::Deal>),
    /// This.
    Effect(Effect),
    /// This template.
    Template(String, FillFor),
    /// Something of a deal.
    OfDeal(DealPick),
    /// A report of these days.
    Period(Period),
    /// A report of days that are typed.
    TypedPeriod,
    /// This fact of the card in use.
    Fact(Fact),
    /// This part of the timeline.
    Show(Show),
    /// What has words that are typed.
    ShowWords,
    /// This attachment; true saves, false opens.
    Attachment(id::Message, usize, bool),
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it is.
    pub left: Text,
    /// More about it.
    pub right: Text,
    /// What it does.
    pub pick: Pick,
}

/// Of more lines than these it is said that `/` finds.
const MANY: usize = 9;

/// The menu.
#[derive(Debug)]
pub struct Choose {
    /// What is chosen.
    pub title: String,
    /// The lines.
    pub slot: Slot<Vec<Choice>>,
    /// The chosen line.
    pub at: usize,
    /// What the lines are for, while templates are on their way.
    pub fill: Option<FillFor>,
    /// What is given, while colleagues are on their way.
    pub give: Option<Assignment>,
    /// What is said when there are none.
    pub empty: &'static str,
    /// What the chosen template comes to.
    pub preview: Slot<Previewed>,
    /// Words that the lines shown have; typed after `/`.
    pub words: Option<Field>,
}

impl Choose {
    /// With its lines.
    #[must_use]
    pub fn new(title: String, rows: Vec<Choice>) -> Self {
        Self {
            title,
            slot: Slot::with(rows),
            at: 0,
            fill: None,
            give: None,
            empty: "",
            preview: Slot::default(),
            words: None,
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        if let Some(kept) = self.narrow(state, key, out) {
            return kept.then_some(Overlay::Choose(self));
        }
        let rows = self.shown().len();
        match keymap::name(key).as_deref() {
            Some(moves @ ("j" | "down" | "tab" | "k" | "up" | "shift-tab" | "home" | "g" | "end" | "G"))
                if self.fill.is_some() =>
            {
                self.at = match moves {
                    "j" | "down" | "tab" => (self.at + 1).min(rows.saturating_sub(1)),
                    "k" | "up" | "shift-tab" => self.at.saturating_sub(1),
                    "home" | "g" => 0,
                    _ => rows.saturating_sub(1),
                };
                self.ask_preview(&mut state.generation, out);
            }
            Some("j" | "down" | "tab") => self.at = (self.at + 1).min(rows.saturating_sub(1)),
            Some("k" | "up" | "shift-tab") => self.at = self.at.saturating_sub(1),
            Some("home" | "g") => self.at = 0,
            Some("end" | "G") => self.at = rows.saturating_sub(1),
            Some("/") => self.words = Some(Field::default()),
            Some("esc" | "q") => return None,
            Some("enter") => return self.take(state, out),
            Some(digit) => {
                if let Some(number) = digit.parse::<usize>().ok().filter(|number| (1..=rows).contains(number)) {
                    self.at = number - 1;
                    return self.take(state, out);
                }
            }
            None => {}
        }
        Some(Overlay::Choose(self))
    }

    /// The lines that have the words, by their place among all.
    fn shown(&self) -> Vec<usize> {
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let words = self.words.as_ref().map(|field| fold(field.text())).unwrap_or_default();
        let has = |row: &Choice| {
            let line = fold(&format!("{} {}", row.left, row.right));
            words.split_whitespace().all(|word| line.contains(word))
        };
        (0..rows.len()).filter(|place| rows.get(*place).is_some_and(has)).collect()
    }

    fn chosen(&self) -> Option<&Choice> {
        self.slot.value.as_ref()?.get(*self.shown().get(self.at)?)
    }

    /// Takes a key while words are typed: true when the menu stays, `None` when the key is one of the menu's own.
    fn narrow(&mut self, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<bool> {
        let field = self.words.as_mut()?;
        match key.code {
            KeyCode::Enter | KeyCode::Down | KeyCode::Up | KeyCode::Tab | KeyCode::BackTab => None,
            KeyCode::Esc if field.text().is_empty() => Some(false),
            KeyCode::Esc => {
                *field = Field::default();
                self.narrowed(state, out)
            }
            _ if field.key(key) => self.narrowed(state, out),
            _ => Some(true),
        }
    }

    fn narrowed(&mut self, state: &mut State, out: &mut Effects) -> Option<bool> {
        self.at = 0;
        if self.fill.is_some() {
            self.ask_preview(&mut state.generation, out);
        }
        Some(true)
    }

    /// Asks what the chosen template comes to for whom it is meant.
    pub fn ask_preview(&mut self, last: &mut Generation, out: &mut Effects) {
        if let Some(Pick::Template(name, to)) = self.chosen().map(|choice| choice.pick.clone()) {
            let template = Box::new(PreviewOf::Named { name, to });
            let generation = self.preview.ask(last);
            out.push(Effect::PreviewTemplate { generation, template });
        }
    }

    fn take(self: Box<Self>, state: &mut State, out: &mut Effects) -> Option<Overlay> {
        let Some(choice) = self.chosen().cloned() else {
            return Some(Overlay::Choose(self));
        };
        match choice.pick {
            Pick::At(later, at) => acts::today::come_back(state, &later, at, out),
            Pick::Typed(later) => state.overlays.push(Overlay::Form(Box::new(Form::date(later)))),
            Pick::Effect(effect) => out.push(effect),
            Pick::Days(later) => state.overlays.push(Overlay::Form(Box::new(Form::days(later)))),
            Pick::Answer(threads) => acts::today::await_answer(state, threads, out),
            Pick::Colleague(give, to) => acts::today::chosen_colleague(state, *give, to, out),
            Pick::Name(give) => state.overlays.push(Overlay::Form(Box::new(Form::colleague(*give)))),
            Pick::Give(give, forward) => acts::today::assign(state, *give, forward, out),
            Pick::Deal(thread, deal) => acts::file(state, thread, deal, out),
            Pick::OfDeal(pick) => acts::deals::picked(state, pick, out),
            Pick::Period(period) => crate::ui::screens::reports::show(state, period, out),
            Pick::TypedPeriod => state.overlays.push(Overlay::Form(Box::new(Form::period()))),
            Pick::Template(name, to) => out.push(Effect::FillTemplate { name, language: None, to }),
            Pick::Fact(fact) => crate::ui::acts::cards::edit_fact(state, fact, out),
            Pick::Show(show) => crate::ui::acts::cards::show_only(state, show, out),
            Pick::ShowWords => state.overlays.push(Overlay::Form(Box::new(Form::show_words()))),
            Pick::Attachment(message, index, true) => out.push(Effect::SaveAttachment { message, index }),
            Pick::Attachment(message, index, false) => out.push(Effect::OpenAttachment { message, index }),
        }
        None
    }

    fn preview_below(&self, frame: &mut Frame, area: Rect, styles: &Styles) {
        let Some(previewed) = self.preview.value.as_ref().filter(|_| area.height > 1) else { return };
        let rule = "─".repeat(usize::from(area.width));
        frame.render_widget(Line::styled(rule, styles.dim), Rect { height: 1, ..area });
        let rows = super::template_editor::in_lines(previewed, usize::from(area.width), styles);
        for (y, (text, style)) in (area.y + 1..area.bottom()).zip(rows) {
            frame.render_widget(Line::styled(text, style), Rect { y, height: 1, ..area });
        }
    }

    /// The words above the lines; gives the room that is left.
    fn words_above(&self, frame: &mut Frame, inner: Rect, styles: &Styles) -> Rect {
        let Some(words) = &self.words else { return inner };
        let line = Rect { height: 1.min(inner.height), ..inner };
        frame.render_widget(Line::styled("/ ", styles.accent), line);
        words.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
        Rect { y: inner.y + line.height, height: inner.height - line.height, ..inner }
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let rows = self.slot.value.as_deref().unwrap_or_default();
        let long =
            rows.iter().map(|row| format::width(row.left.as_str()) + format::width(row.right.as_str()) + 9).max();
        let columns = room(body, long.unwrap_or(0).clamp(70, 110));
        let shown = if self.fill.is_some() {
            rows.len().max(3).min((usize::from(body.height) / 3).max(1))
        } else {
            rows.len().clamp(3, 20)
        };
        // Below the templates stands what the chosen one comes to.
        let lines = if self.fill.is_some() { usize::from(body.height) } else { shown };
        let columns = if self.fill.is_some() { room(body, 100) } else { columns };
        let title = match (&self.words, rows.len() > MANY) {
            (None, true) => format!("{}  / finds", self.title),
            _ => self.title.clone(),
        };
        let inner = window(frame, body, &title, columns, lines + usize::from(self.words.is_some()), styles);
        let inner = self.words_above(frame, inner, styles);
        let (inner, below) = match self.fill {
            Some(_) => {
                let upper = u16::try_from(shown).unwrap_or(inner.height).min(inner.height);
                let (y, height) = (inner.y + upper, inner.height - upper);
                (Rect { height: upper, ..inner }, Rect { y, height, ..inner })
            }
            None => (inner, Rect::default()),
        };
        self.preview_below(frame, below, styles);
        if pane::missing(frame, inner, &self.slot, "the choices", styles) {
            return;
        }
        if rows.is_empty() {
            return list::notice(frame, inner, &[(self.empty, styles.text)]);
        }
        let found = self.shown();
        if found.is_empty() {
            return list::notice(frame, inner, &[("Nothing here has these words.", styles.dim)]);
        }
        list::chosen(frame, inner, (self.at, found.len()), styles, |index, columns| {
            let Some(row) = found.get(index).and_then(|place| rows.get(*place)) else { return Line::default() };
            let columns = columns.saturating_sub(4);
            let number = if index < 9 && self.words.is_none() { (index + 1).to_string() } else { " ".to_owned() };
            // What is chosen comes before what is said about it.
            let left = format::width(row.left.as_str()).min(columns * 2 / 3);
            let right = format::cut(row.right.as_str(), columns.saturating_sub(left + 1));
            let text = format::ends(row.left.as_str(), &right, columns);
            Line::from(format!("{number}  {text}"))
        });
    }
}
