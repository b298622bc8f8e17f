//! Keys give effects; screens look as they should.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, clippy::panic)]

mod activities;
mod awaiting;
mod away;
mod cards;
mod clients;
mod deals;
mod filing;
mod fixtures;
mod follow_ups;
mod handling;
mod keys;
mod looks;
mod renewing;
mod reporting;
mod search;
mod today;
mod writing;

use super::effect::{Effect, Generation};
use super::event::Event;
use super::{Setup, State, theme::Theme, update, view};
use crate::domain::account::{Account, CredentialSource, Kind, Me};
use crate::domain::address::{Address, Own};
use crate::domain::id;
use crate::domain::text::Text;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::Timestamp;
use ratatui::backend::TestBackend;

/// A program of its own: screens, and a store that answers at once from the fixtures.
struct Program {
    state: State,
    /// Everything that was asked for, except loads.
    effects: Vec<Effect>,
    /// Loads that the store answered, and those it did not.
    answered: Vec<Effect>,
    unanswered: Vec<Effect>,
    /// Every load, in the order they were asked for.
    loads: Vec<Effect>,
    /// The store answers loads.
    answers: bool,
    /// What the store holds.
    store: fixtures::Store,
}

fn setup() -> Setup {
    let email = Address::parse("me@firma.example").unwrap();
    Setup {
        me: Me { name: Text::line("Marek Nowak"), ..Me::default() },
        accounts: vec![Account {
            id: id::Account(1),
            name: Text::line("work"),
            email: email.clone(),
            kind: Kind::Personal,
            signature: Text::default(),
            style: crate::domain::style::Style::default(),
        }],
        sources: vec![(id::Account(1), CredentialSource::Keyring { own_smtp: false })],
        zone: jiff::tz::TimeZone::get("Europe/Warsaw").unwrap(),
        theme: Theme::None,
        demo: false,
        undo_seconds: 10,
        own: Own::new([email]),
        practice: crate::domain::practice::Practice::default(),
    }
}

fn now() -> Timestamp {
    "2026-11-23T09:24:00Z".parse().unwrap()
}

fn click(column: u16, row: u16) -> Event {
    let kind = MouseEventKind::Down(MouseButton::Left);
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

impl Program {
    fn start(width: u16, height: u16, store: fixtures::Store) -> Self {
        let mut program = Self::silent(width, height);
        program.answers = true;
        program.store = store;
        program.event(Event::Started { now: now(), width, height });
        program
    }

    /// The store never answers.
    fn silent(width: u16, height: u16) -> Self {
        let mut state = State::new(setup());
        (state.width, state.height, state.now) = (width, height, now());
        Self {
            state,
            effects: Vec::new(),
            answered: Vec::new(),
            unanswered: Vec::new(),
            loads: Vec::new(),
            answers: false,
            store: fixtures::Store::default(),
        }
    }

    fn full(width: u16, height: u16) -> Self {
        Self::start(width, height, fixtures::full())
    }

    fn event(&mut self, event: Event) {
        let mut wanted = update(&mut self.state, event);
        while !wanted.is_empty() {
            let effect = wanted.remove(0);
            if generation(&effect).is_some() {
                self.loads.push(effect.clone());
            }
            match self.store.answer(&effect) {
                Some(event) if self.answers => {
                    self.answered.push(effect);
                    wanted.extend(update(&mut self.state, event));
                }
                Some(_) => self.unanswered.push(effect),
                None => self.effects.push(effect),
            }
        }
    }

    /// Presses keys: letters, and names in angle brackets: `jjr<enter>`.
    fn press(&mut self, keys: &str) -> &mut Self {
        // Whoever goes on later does not type ahead.
        self.state.ahead = None;
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let (name, after) = match rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
                Some((name, after)) => (name.to_owned(), after),
                None => (first.to_string(), &rest[first.len_utf8()..]),
            };
            self.event(Event::Key(key(&name)));
            rest = after;
        }
        self
    }

    /// What was asked for since the last time, except loads.
    fn asked(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn screen(&self) -> String {
        text_of(self.state.width, self.state.height, |frame| view(&self.state, frame))
    }
}

/// What is drawn, as text.
pub(super) fn text_of(width: u16, height: u16, draw: impl FnOnce(&mut ratatui::Frame)) -> String {
    let mut terminal = ratatui::Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(draw).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    for y in 0..height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = super::format::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

pub(super) fn key(name: &str) -> KeyEvent {
    let (modifiers, name) = match (name.strip_prefix("ctrl-"), name.strip_prefix("shift-")) {
        (Some(rest), _) => (KeyModifiers::CONTROL, rest),
        (None, Some(rest)) if rest != "tab" => (KeyModifiers::SHIFT, rest),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgdn" => KeyCode::PageDown,
        "pgup" => KeyCode::PageUp,
        "end" => KeyCode::End,
        "home" => KeyCode::Home,
        "space" => KeyCode::Char(' '),
        "delete" => KeyCode::Delete,
        "backspace" => KeyCode::Backspace,
        "f1" => KeyCode::F(1),
        one => {
            assert_eq!(one.chars().count(), 1, "no such key: {one}");
            KeyCode::Char(one.chars().next().unwrap())
        }
    };
    KeyEvent::new(code, modifiers)
}

/// The generation of a load.
fn generation(effect: &Effect) -> Option<Generation> {
    Some(match effect {
        Effect::LoadCounters { generation }
        | Effect::LoadToday { generation, .. }
        | Effect::LoadFolders { generation }
        | Effect::LoadThreads { generation, .. }
        | Effect::LoadThread { generation, .. }
        | Effect::LoadBody { generation, .. }
        | Effect::LoadCard { generation, .. }
        | Effect::LoadCompany { generation, .. }
        | Effect::LoadFigures { generation, .. }
        | Effect::LoadTimeline { generation, .. }
        | Effect::LoadFiles { generation, .. }
        | Effect::LoadWords { generation, .. }
        | Effect::LoadContacts { generation, .. }
        | Effect::LoadCompanies { generation, .. }
        | Effect::LoadDeals { generation, .. }
        | Effect::LoadColumn { generation, .. }
        | Effect::LoadForecast { generation }
        | Effect::LoadSale { generation, .. }
        | Effect::LoadStatement { generation, .. }
        | Effect::FindBuyers { generation, .. }
        | Effect::LoadDeal { generation, .. }
        | Effect::LoadWhy { generation, .. }
        | Effect::LoadSearch { generation, .. }
        | Effect::LoadSearchNames { generation }
        | Effect::LoadViews { generation }
        | Effect::LoadOutbox { generation }
        | Effect::LoadDrafts { generation }
        | Effect::LoadFollowUps { generation }
        | Effect::LoadTemplates { generation }
        | Effect::PreviewTemplate { generation, .. }
        | Effect::LoadChanges { generation }
        | Effect::LoadChange { generation, .. }
        | Effect::LoadAsItWas { generation, .. }
        | Effect::LoadReport { generation, .. }
        | Effect::LoadPending { generation }
        | Effect::ListGoalsFor { generation, .. }
        | Effect::AskWriting { generation, .. }
        | Effect::LoadConversion { generation, .. }
        | Effect::LoadNames { generation, .. }
        | Effect::LoadDuplicates { generation, .. }
        | Effect::LoadSides { generation, .. }
        | Effect::FindClients { generation, .. }
        | Effect::AskActivities { generation, .. }
        | Effect::ListColleagues { generation }
        | Effect::ListDealsFor { generation, .. } => *generation,
        _ => return None,
    })
}
