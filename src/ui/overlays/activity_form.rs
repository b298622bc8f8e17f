//! All fields of an activity, to be filled in or changed; and the chain it stands in.

use super::{Overlay, room, window};
use crate::domain::activity::{Activity, ActivityCard, Choices, Kind, Link};
use crate::domain::entry::Client;
use crate::domain::id;
use crate::domain::text::{Text, fold};
use crate::domain::when::{self, Basis, Toward};
use crate::ui::effect::{ActivityAct, ActivityQuestion, CalendarOf, Effect, Generation};
use crate::ui::event::ActivityAnswer;
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State, Target};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::pane;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Columns of the fields' names.
const NAMES: u16 = 10;
/// How many names are offered for what is typed into "with".
const OFFERS: usize = 4;

/// The fields, in their order on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Kind,
    State,
    About,
    With,
    When,
    Length,
    Place,
    Deal,
    LedBy,
    Result,
}

impl Part {
    const ALL: [Self; 10] = [
        Self::Kind,
        Self::State,
        Self::About,
        Self::With,
        Self::When,
        Self::Length,
        Self::Place,
        Self::Deal,
        Self::LedBy,
        Self::Result,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::State => "state",
            Self::About => "about",
            Self::With => "with",
            Self::When => "when",
            Self::Length => "how long",
            Self::Place => "where",
            Self::Deal => "deal",
            Self::LedBy => "led by",
            Self::Result => "result",
        }
    }
}

/// Somebody it is with: a person or a company with a card, or a name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Who {
    contact: Option<id::Contact>,
    company: Option<id::Company>,
    name: Text,
}

/// The form.
#[derive(Debug, Default)]
pub struct ActivityForm {
    /// The activity that is changed; `None` is a new one.
    id: Option<id::Activity>,
    /// What was asked first: the activity, or the client it is to be with.
    card: Slot<Box<ActivityCard>>,
    client: Slot<Client>,
    choices: Slot<Choices>,
    kind: usize,
    planned: bool,
    about: Field,
    with: Vec<Who>,
    name: Field,
    offers: Slot<Vec<Client>>,
    offer: usize,
    when: Field,
    length: Field,
    place: Field,
    deal: Option<id::Deal>,
    led_by: Option<id::Activity>,
    result: Field,
    at: usize,
    wrong: Option<&'static str>,
}

impl ActivityForm {
    /// A new one with whom is chosen on the screen, led to by the activity that is.
    pub(in crate::ui) fn new(target: &Target, last: &mut Generation, out: &mut Effects) -> Self {
        let call = Kind::EACH.iter().position(|kind| *kind == Kind::Call).unwrap_or(0);
        let led_by = target.activity.or(target.happened);
        let mut form = Self { kind: call, led_by, deal: target.deal, at: 2, ..Self::default() };
        let (contact, company, deal) = (target.contact, target.company, target.deal);
        if contact.is_some() || company.is_some() || deal.is_some() {
            let question = ActivityQuestion::Client { contact, company, deal };
            out.push(Effect::AskActivities { generation: form.client.ask(last), question });
            form.ask_choices(contact, company, deal, last, out);
        }
        form
    }

    /// One that is still to come.
    pub(in crate::ui) fn plan(target: &Target, last: &mut Generation, out: &mut Effects) -> Self {
        Self { planned: true, when: Field::new("tomorrow 9:00"), ..Self::new(target, last, out) }
    }

    /// One that is there.
    pub(in crate::ui) fn open(activity: id::Activity, last: &mut Generation, out: &mut Effects) -> Self {
        let mut form = Self { id: Some(activity), ..Self::default() };
        let question = ActivityQuestion::Card(activity);
        out.push(Effect::AskActivities { generation: form.card.ask(last), question });
        form
    }

    fn ask_choices(
        &mut self,
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        deal: Option<id::Deal>,
        last: &mut Generation,
        out: &mut Effects,
    ) {
        let question = ActivityQuestion::Choices { contact, company, deal };
        out.push(Effect::AskActivities { generation: self.choices.ask(last), question });
    }

    /// An answer came.
    pub(in crate::ui) fn answered(
        &mut self,
        generation: Generation,
        answer: &ActivityAnswer,
        zone: &jiff::tz::TimeZone,
    ) {
        match answer {
            ActivityAnswer::Card(card) if self.card.take(generation) => self.fill(card, zone),
            ActivityAnswer::Client(client) if self.client.take(generation) => {
                if !client.name.is_empty() {
                    self.with.insert(0, who(client));
                }
                self.deal = self.deal.or(client.deal.as_ref().map(|(deal, _)| *deal));
                self.client.value = Some(client.clone());
            }
            ActivityAnswer::Choices(choices) => self.choices.fill(generation, choices),
            _ => {}
        }
    }

    /// Clients whose name was typed came.
    pub(in crate::ui) fn clients(&mut self, generation: Generation, clients: &Vec<Client>) {
        self.offers.fill(generation, clients);
        self.offer = 0;
    }

    /// A load failed.
    pub(in crate::ui) fn failed(&mut self, generation: Generation, problem: &crate::domain::problem::Problem) {
        let _ = self.card.fail(generation, problem)
            || self.client.fail(generation, problem)
            || self.choices.fail(generation, problem)
            || self.offers.fail(generation, problem);
    }

    fn fill(&mut self, card: &ActivityCard, zone: &jiff::tz::TimeZone) {
        let (row, activity) = (&card.row, &card.row.activity);
        self.kind = Kind::EACH.iter().position(|kind| *kind == activity.kind).unwrap_or(0);
        self.planned = activity.is_planned();
        self.about = Field::new(activity.subject.as_str());
        self.place = Field::new(activity.place.as_str());
        self.result = Field::new(Text::line(activity.result.as_str()).as_str());
        self.length = Field::new(&activity.duration_minutes.map(|minutes| format!("{minutes}m")).unwrap_or_default());
        self.when = Field::new(&activity.at().map(|at| written(at, zone)).unwrap_or_default());
        (self.deal, self.led_by) = (activity.deal, activity.trigger);
        self.with.clear();
        if let (Some(contact), Some(name)) = (activity.contact, &row.contact_name) {
            self.with.push(Who { contact: Some(contact), company: None, name: name.clone() });
        } else if let (Some(company), Some(name)) = (activity.company, &row.company_name) {
            self.with.push(Who { contact: None, company: Some(company), name: name.clone() });
        }
        for (contact, name) in activity.people.iter().zip(&row.people) {
            self.with.push(Who { contact: Some(*contact), company: None, name: name.clone() });
        }
        self.with.extend(activity.guests.iter().map(|name| Who { contact: None, company: None, name: name.clone() }));
        self.choices.value = Some(card.choices.clone());
        self.card.value = Some(Box::new(card.clone()));
    }

    fn part(&self) -> Part {
        Part::ALL.get(self.at).copied().unwrap_or(Part::About)
    }

    fn field(&mut self) -> Option<&mut Field> {
        Some(match self.part() {
            Part::About => &mut self.about,
            Part::With => &mut self.name,
            Part::When => &mut self.when,
            Part::Length => &mut self.length,
            Part::Place => &mut self.place,
            Part::Result => &mut self.result,
            Part::Kind | Part::State | Part::Deal | Part::LedBy => return None,
        })
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        if let Some(field) = self.field() {
            field.paste(pasted);
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = Part::ALL.len() - 1;
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let offers = self.offered().len();
        match (key.code, self.part()) {
            (KeyCode::Esc, _) => return None,
            (KeyCode::Char('x'), _) if control => {
                let activity = self.id?;
                out.push(Effect::Activity(ActivityAct::Remove(activity)));
                return None;
            }
            (KeyCode::Char('s'), _) if control => {
                let activity = self.id?;
                out.push(Effect::SaveCalendar(CalendarOf::Activity(activity)));
            }
            (KeyCode::Char('n'), _) if control && self.id.is_some() => return Some(self.next(state, out)),
            (KeyCode::Enter | KeyCode::Tab, Part::With) if !self.name.text().trim().is_empty() => {
                self.take_name(state, out)
            }
            (KeyCode::Enter, _) => match self.submit(state, out) {
                Ok(()) => return None,
                Err(wrong) => self.wrong = Some(wrong),
            },
            (KeyCode::Down, Part::With) if self.offer + 1 < offers => self.offer += 1,
            (KeyCode::Up, Part::With) if self.offer > 0 => self.offer -= 1,
            (KeyCode::Tab | KeyCode::Down, _) => self.at = if self.at >= last { 0 } else { self.at + 1 },
            (KeyCode::BackTab | KeyCode::Up, _) => self.at = self.at.checked_sub(1).unwrap_or(last),
            (KeyCode::Backspace, Part::With) if self.name.text().is_empty() => drop(self.with.pop()),
            (KeyCode::Right | KeyCode::Char(' '), part) if self.field().is_none() => self.turn(part, true),
            (KeyCode::Left, part) if self.field().is_none() => self.turn(part, false),
            _ => self.typed(state, key, out),
        }
        Some(Overlay::ActivityForm(self))
    }

    fn typed(&mut self, state: &mut State, key: KeyEvent, out: &mut Effects) {
        self.wrong = None;
        let changed = self.field().is_some_and(|field| field.key(key));
        if changed && self.part() == Part::With {
            let words: Vec<String> = self.name.text().split_whitespace().map(fold).collect();
            if words.is_empty() {
                self.offers = Slot::default();
            } else {
                out.push(Effect::FindClients { generation: self.offers.ask(&mut state.generation), words });
            }
        }
    }

    fn offered(&self) -> Vec<Client> {
        if self.name.text().trim().is_empty() {
            return Vec::new();
        }
        self.offers.value.iter().flatten().take(OFFERS).cloned().collect()
    }

    /// The chosen offer, or the name as it was typed, takes part.
    fn take_name(&mut self, state: &mut State, out: &mut Effects) {
        let offers = self.offered();
        let typed = Text::line(self.name.text().trim());
        let new = offers.get(self.offer).map_or(Who { contact: None, company: None, name: typed }, who);
        if !self.with.contains(&new) {
            self.with.push(new);
        }
        self.name = Field::default();
        self.offers = Slot::default();
        if self.with.len() == 1 {
            let (contact, company) = self.with.first().map_or((None, None), |who| (who.contact, who.company));
            self.ask_choices(contact, company, self.deal, &mut state.generation, out);
        }
    }

    /// Another one that this one led to.
    fn next(self: Box<Self>, state: &mut State, out: &mut Effects) -> Overlay {
        let first = self.with.first().cloned();
        let target = Target {
            contact: first.as_ref().and_then(|who| who.contact),
            company: first.as_ref().and_then(|who| who.company),
            deal: self.deal,
            happened: self.id,
            ..Target::default()
        };
        let mut form = Self::new(&target, &mut state.generation, out);
        form.planned = true;
        Overlay::ActivityForm(Box::new(form))
    }

    fn turn(&mut self, part: Part, forward: bool) {
        let step = |at: usize, of: usize| if forward { (at + 1) % of.max(1) } else { (at + of.max(1) - 1) % of.max(1) };
        let choices = self.choices.value.clone().unwrap_or_default();
        match part {
            Part::Kind => self.kind = step(self.kind, Kind::EACH.len()),
            Part::State => self.planned = !self.planned,
            Part::Deal => {
                let keys: Vec<Option<id::Deal>> =
                    std::iter::once(None).chain(choices.deals.iter().map(|(deal, _)| Some(*deal))).collect();
                let at = keys.iter().position(|key| *key == self.deal).unwrap_or(0);
                self.deal = keys.get(step(at, keys.len())).copied().flatten();
            }
            Part::LedBy => {
                let keys: Vec<Option<id::Activity>> =
                    std::iter::once(None).chain(choices.triggers.iter().map(|link| Some(link.id))).collect();
                let at = keys.iter().position(|key| *key == self.led_by).unwrap_or(0);
                self.led_by = keys.get(step(at, keys.len())).copied().flatten();
            }
            _ => {}
        }
    }

    /// When it is, as typed; `None` where nothing is.
    fn moment(&self, state: &State) -> Result<Option<Timestamp>, &'static str> {
        let typed = self.when.text().trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let (now, work) = (state.here_and_now(), &state.setup.practice.work);
        let toward = if self.planned { Toward::Future } else { Toward::Past };
        let read = when::read(typed, Basis { now: now.datetime(), work, toward }).and_then(|when| when.at(&now, work));
        let at = read.ok_or("This is no time: 25.11 14:00, tomorrow, by Friday, in 3 days.")?;
        let unchanged = self
            .card
            .value
            .as_ref()
            .is_some_and(|card| card.row.activity.at().is_some_and(|old| written(old, now.time_zone()) == typed));
        match (self.planned, at > state.now) {
            (true, false) if !unchanged => Err("What is planned lies ahead; this time has passed."),
            (false, true) => Err("What was done lies in the past; ← → makes it planned."),
            _ => Ok(Some(at)),
        }
    }

    fn submit(&self, state: &mut State, out: &mut Effects) -> Result<(), &'static str> {
        let at = self.moment(state)?;
        if self.planned && at.is_none() {
            return Err("When is it planned for?");
        }
        let minutes = match self.length.text().trim() {
            "" => None,
            typed => Some(when::length(typed).ok_or("This is no duration: 15m, 1h30, 20 мин.")?),
        };
        let (about, result) = (Text::line(self.about.text().trim()), Text::line(self.result.text().trim()));
        if about.is_empty() && result.is_empty() {
            return Err("What is it about, or what came of it?");
        }
        let before = self.card.value.as_ref().map(|card| card.row.activity.clone());
        let mut activity = before.clone().unwrap_or_else(|| Activity::new(Kind::Call, Text::default()));
        activity.kind = Kind::EACH.get(self.kind).copied().unwrap_or(Kind::Note);
        (activity.subject, activity.place) = (about, Text::line(self.place.text().trim()));
        // A result of several lines that nobody touched stays as it is.
        if Text::line(activity.result.as_str()) != result {
            activity.result = result;
        }
        (activity.deal, activity.trigger, activity.duration_minutes) = (self.deal, self.led_by, minutes);
        if self.planned {
            (activity.due_at, activity.done_at) = (at, None);
        } else {
            activity.done_at = Some(at.unwrap_or(state.now));
        }
        let mut people = self.with.iter().filter_map(|who| who.contact);
        activity.contact = people.next();
        activity.people = people.collect();
        activity.company = self.with.iter().find_map(|who| who.company);
        let is_guest = |who: &&Who| who.contact.is_none() && who.company.is_none();
        activity.guests = self.with.iter().filter(is_guest).map(|who| who.name.clone()).collect();
        let to = Box::new(activity);
        out.push(Effect::Activity(match self.id {
            Some(activity) => ActivityAct::Edit { activity, to },
            None => ActivityAct::Enter { activity: to, next: None },
        }));
        Ok(())
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 76);
        let title = if self.id.is_some() { "Activity" } else { "New activity" };
        let below = self.below(state, columns);
        let inner = window(frame, body, title, columns, Part::ALL.len() + below.len(), styles);
        if self.id.is_some() && pane::missing(frame, inner, &self.card, "the activity", styles) {
            return;
        }
        for (y, (index, part)) in (inner.y..inner.bottom()).zip(Part::ALL.into_iter().enumerate()) {
            let in_use = index == self.at;
            let style = if in_use { styles.accent } else { styles.dim };
            let mark = if in_use { ">" } else { " " };
            let name = Span::styled(format!("{mark}{}", part.name()), style);
            frame.render_widget(name, Rect { y, height: 1, width: NAMES.min(inner.width), ..inner });
            let left = NAMES.min(inner.width);
            let place = Rect { x: inner.x + left, y, width: inner.width - left, height: 1 };
            self.value(state, frame, place, part, in_use);
        }
        let top = inner.y + u16::try_from(Part::ALL.len()).unwrap_or(0);
        for (y, line) in (top..inner.bottom()).zip(below) {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }

    fn value(&self, state: &State, frame: &mut Frame, place: Rect, part: Part, in_use: bool) {
        let styles = &state.styles;
        let shown = |text: &str| format::cut(Text::line(text).as_str(), usize::from(place.width));
        let choice = |text: &str| if in_use { format!("← {text} →") } else { text.to_owned() };
        let text = match part {
            Part::About => return self.about.view(frame, place, in_use, styles),
            Part::When => return self.when.view(frame, place, in_use, styles),
            Part::Length => return self.length.view(frame, place, in_use, styles),
            Part::Place => return self.place.view(frame, place, in_use, styles),
            Part::Result => return self.result.view(frame, place, in_use, styles),
            Part::With => {
                let names: Vec<&str> = self.with.iter().map(|who| who.name.as_str()).collect();
                let mut names = names.join(", ");
                if in_use && !names.is_empty() {
                    names += ", ";
                }
                let names = shown(&names);
                let used = u16::try_from(format::width(&names)).unwrap_or(0).min(place.width);
                frame.render_widget(Line::styled(names, styles.text), place);
                let rest = Rect { x: place.x + used, width: place.width - used, ..place };
                if in_use && !rest.is_empty() {
                    self.name.view(frame, rest, true, styles);
                }
                return;
            }
            Part::Kind => choice(Kind::EACH.get(self.kind).map_or("", |kind| kind.name())),
            Part::State => choice(if self.planned { "planned" } else { "done" }),
            Part::Deal => {
                let deals = self.choices.value.iter().flat_map(|choices| &choices.deals);
                let title = deals.filter(|(deal, _)| Some(*deal) == self.deal).map(|(_, title)| title.as_str()).next();
                choice(title.unwrap_or(if self.deal.is_some() { "…" } else { "none" }))
            }
            Part::LedBy => {
                let links = self.choices.value.iter().flat_map(|choices| &choices.triggers);
                let link = links.filter(|link| Some(link.id) == self.led_by).map(|link| link_line(state, link)).next();
                choice(&link.unwrap_or_else(|| {
                    if self.led_by.is_some() { "the one it was opened on".to_owned() } else { "nothing".to_owned() }
                }))
            }
        };
        frame.render_widget(Line::styled(shown(&text), styles.text), place);
    }

    /// What stands below the fields: names that fit, what is wrong, the chain, the keys.
    fn below(&self, state: &State, columns: usize) -> Vec<Line<'static>> {
        let styles = &state.styles;
        let mut lines = Vec::new();
        let line = |text: String, style| Line::styled(format::cut(Text::line(&text).as_str(), columns), style);
        if self.part() == Part::With {
            for (index, offer) in self.offered().iter().enumerate() {
                let mark = if index == self.offer { ">" } else { " " };
                let style = if index == self.offer { styles.selected } else { styles.text };
                lines.push(line(format!("  {mark} {}  {}", offer.name, offer.more), style));
            }
        }
        if let Some(wrong) = self.wrong {
            lines.push(line(wrong.to_owned(), styles.bad));
        }
        if let Some(card) = &self.card.value {
            for link in &card.led_by {
                lines.push(line(format!("← led by {}", link_line(state, link)), styles.dim));
            }
            for link in &card.followed {
                lines.push(line(format!("→ followed by {}", link_line(state, link)), styles.dim));
            }
        }
        let keys = if self.id.is_some() {
            "Enter saves · Ctrl-N plans the next · Ctrl-S saves as .ics · Ctrl-X removes · Esc"
        } else {
            "Enter saves · ← → change kind, state, deal, led by · Esc"
        };
        lines.push(line(keys.to_owned(), styles.dim));
        lines
    }
}

fn who(client: &Client) -> Who {
    Who {
        contact: client.contact,
        company: client.company.filter(|_| client.contact.is_none()),
        name: client.name.clone(),
    }
}

fn link_line(state: &State, link: &Link) -> String {
    let planned = if link.planned { ", planned" } else { "" };
    format!("{} “{}” {}{planned}", link.kind.name(), link.title, state.clock().moment(link.at))
}

/// A time as it can be typed.
fn written(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d.%m.%Y %H:%M").to_string()
}
