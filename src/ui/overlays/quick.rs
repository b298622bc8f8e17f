//! One line that enters an activity; what it says is shown above it as fields before anything is saved.

use super::Overlay;
use crate::domain::activity::Activity;
use crate::domain::entry::{Client, Entry, Line as Typed, is_called};
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::effect::{ActivityAct, ActivityQuestion, Effect, Generation};
use crate::ui::event::ActivityAnswer;
use crate::ui::format;
use crate::ui::slot::Slot;
use crate::ui::state::{Effects, State, Target};
use crate::ui::widgets::field::Field;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Zoned;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};

/// Lines above the one that is typed: what, with whom, in which deal, about what, what follows.
const FIELDS: u16 = 5;

/// The line and what is known of it.
#[derive(Debug, Default)]
pub struct Quick {
    field: Field,
    /// The client of the card or conversation it was opened on.
    preset: Slot<Client>,
    /// Clients whose name stands in the line.
    found: Slot<Vec<Client>>,
    asked: Vec<String>,
    /// The name is written as names are: with a capital letter.
    capital: bool,
    /// Which of the clients.
    at: usize,
    /// Several have that name, and I was told so, or have chosen.
    sure: bool,
    /// The task that would follow is left out.
    alone: bool,
    /// Planned where the line says done, and the other way.
    turned: bool,
    /// What led to it.
    trigger: Option<id::Activity>,
}

/// The same client under another heading.
fn same(one: &Client, other: &Client) -> bool {
    one.contact == other.contact && (one.contact.is_some() || one.company == other.company)
}

impl Quick {
    /// Opens it for what is chosen on the screen.
    pub(in crate::ui) fn open(target: &Target, last: &mut Generation, out: &mut Effects) -> Self {
        let mut quick = Self { trigger: target.activity.or(target.happened), ..Self::default() };
        let (contact, company, deal) = (target.contact, target.company, target.deal);
        if contact.is_some() || company.is_some() || deal.is_some() {
            let question = ActivityQuestion::Client { contact, company, deal };
            out.push(Effect::AskActivities { generation: quick.preset.ask(last), question });
        }
        quick
    }

    /// The client of the screen came.
    pub(in crate::ui) fn answered(&mut self, generation: Generation, answer: &ActivityAnswer) {
        if let ActivityAnswer::Client(client) = answer {
            self.preset.fill(generation, client);
        }
    }

    /// Clients came.
    pub(in crate::ui) fn clients(&mut self, generation: Generation, clients: &Vec<Client>) {
        self.found.fill(generation, clients);
    }

    #[cfg(test)]
    pub(in crate::ui) fn set_found(&mut self, found: Vec<Client>) {
        self.found = Slot::default();
        self.found.value = Some(found);
    }

    /// A load failed.
    pub(in crate::ui) fn failed(&mut self, generation: Generation, problem: &crate::domain::problem::Problem) {
        let _ = self.preset.fail(generation, problem) || self.found.fail(generation, problem);
    }

    /// Those whose name the line says, best first: with most words of it, and as it is written before another case of it.
    fn named(&self) -> Vec<Client> {
        let Some(first) = self.asked.first() else { return Vec::new() };
        let found = self.found.value.iter().flatten();
        let mut named: Vec<(Client, bool)> = found
            .filter(|client| is_called(first, self.capital, client.name.as_str()))
            .map(|client| (client.clone(), is_called(first, false, client.name.as_str())))
            .collect();
        let most = named.iter().map(|(client, exact)| (client.words, *exact)).max();
        named.retain(|(client, exact)| Some((client.words, *exact)) == most);
        named.into_iter().map(|(client, _)| client).collect()
    }

    /// Who it can be with: whom the line names, the client of the screen, others whose name begins so, nobody.
    fn choices(&self) -> Vec<Option<Client>> {
        let known = |client: &Client| client.contact.is_some() || client.company.is_some() || client.deal.is_some();
        let mut found = self.found.value.clone().unwrap_or_default();
        let named = self.named();
        let mut choices: Vec<Client> = Vec::new();
        if let Some(preset) = self.preset.value.as_ref().filter(|client| known(client)) {
            // Their own name, typed on their own card, is not what it is about.
            let words = found.iter().find(|client| same(client, preset)).map_or(0, |client| client.words);
            found.retain(|client| !same(client, preset));
            if !named.iter().any(|client| same(client, preset)) {
                choices.extend(named);
            }
            choices.push(Client { words, ..preset.clone() });
        }
        found.retain(|client| !choices.iter().any(|chosen| same(chosen, client)));
        choices.extend(found);
        choices.into_iter().map(Some).chain([None]).collect()
    }

    /// Several have the name that the line says, none of them is the client of the screen, and nothing was chosen.
    fn is_unsure(&self) -> bool {
        let named = self.named();
        let preset = self.preset.value.as_ref();
        !self.sure && named.len() > 1 && !named.iter().any(|client| preset.is_some_and(|preset| same(client, preset)))
    }

    fn client(&self) -> Option<Client> {
        let choices = self.choices();
        choices.get(self.at % choices.len().max(1)).cloned().flatten()
    }

    fn typed(&self) -> Typed {
        Typed::read(self.field.text())
    }

    fn entry(&self, state: &State) -> Entry {
        let (now, work) = (state.here_and_now(), &state.setup.practice.work);
        let client = self.client();
        let mut entry = self.typed().entry(client.as_ref().map(|client| client.words), &now, work);
        if client.is_some() {
            entry.stranger = None;
        }
        if self.turned {
            entry.planned = !entry.planned;
        }
        if self.alone {
            entry.follow_up = None;
        }
        entry
    }

    /// What Enter saves.
    fn activities(&self, state: &State, now: &Zoned) -> (Activity, Option<Activity>) {
        let client = self.client();
        let (activity, next) = self.entry(state).activities(client.as_ref(), now, &state.setup.practice.work);
        // What is chosen on the screen led to it only where it is about the same client.
        let other = client.zip(self.preset.value.as_ref()).is_some_and(|(client, preset)| !same(&client, preset));
        (Activity { trigger: self.trigger.filter(|_| !other), ..activity }, next)
    }

    fn ask(&mut self, state: &mut State, out: &mut Effects) {
        let words = self.typed().name(&state.here_and_now(), &state.setup.practice.work);
        if words == self.asked {
            return;
        }
        (self.at, self.sure) = (0, false);
        self.capital = self.typed().is_name_capital(&state.here_and_now(), &state.setup.practice.work);
        if words.is_empty() {
            self.found = Slot::default();
        } else {
            let generation = self.found.ask(&mut state.generation);
            out.push(Effect::FindClients { generation, words: words.clone() });
        }
        self.asked = words;
    }

    pub(super) fn paste(&mut self, pasted: &str, state: &mut State, out: &mut Effects) {
        self.field.paste(pasted);
        self.ask(state, out);
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Enter if self.field.text().trim().is_empty() => return None,
            // Whom it names is not known yet, or is asked.
            KeyCode::Enter if self.found.is_waiting() => {}
            KeyCode::Enter if self.is_unsure() => self.sure = true,
            KeyCode::Enter => {
                let now = state.here_and_now();
                let (activity, next) = self.activities(state, &now);
                let act = ActivityAct::Enter { activity: Box::new(activity), next: next.map(Box::new) };
                out.push(Effect::Activity(act));
                return None;
            }
            KeyCode::Tab | KeyCode::Down => {
                (self.at, self.sure) = ((self.at + 1) % self.choices().len().max(1), true);
            }
            KeyCode::BackTab | KeyCode::Up => {
                self.sure = true;
                let all = self.choices().len().max(1);
                self.at = (self.at + all - 1) % all;
            }
            KeyCode::Char('t') if control => self.alone = !self.alone,
            KeyCode::Char('p') if control => self.turned = !self.turned,
            _ => {
                if self.field.key(key) {
                    self.ask(state, out);
                }
            }
        }
        Some(Overlay::Quick(self))
    }

    /// The fields, each a line.
    fn fields(&self, state: &State) -> Vec<(String, bool)> {
        let (now, clock) = (state.here_and_now(), state.clock());
        let entry = self.entry(state);
        let (activity, _) = self.activities(state, &now);
        let mut what = format!("{}, {}", entry.kind.name(), if entry.planned { "planned" } else { "done" });
        match (activity.at(), entry.when.is_some()) {
            (Some(_), false) if !entry.planned => what += " now",
            (Some(at), _) => what += &format!(" {}", clock.full(at)),
            _ => {}
        }
        if let Some(minutes) = entry.minutes {
            what += &format!(", {minutes} min");
        }
        let mut lines = vec![(what, true)];
        let choices = self.choices();
        let place = self.at % choices.len().max(1) + 1;
        let asked = self.named().len() > 1;
        let of = match choices.len() {
            0 | 1 => String::new(),
            many if asked => {
                format!("  ({place} of {many}: Tab shows the others, Enter takes this one)")
            }
            many => format!("  ({place} of {many}, Tab)"),
        };
        let client = self.client();
        lines.push(match (&client, &entry.stranger) {
            (Some(client), _) if client.more.is_empty() => (format!("with {}{of}", client.name), true),
            // Before the company: how to choose is read at 80 columns too.
            (Some(client), _) if asked => (format!("with {}{of}  {}", client.name, client.more), true),
            (Some(client), _) => (format!("with {}, {}{of}", client.name, client.more), true),
            (None, _) if self.found.is_loading() => ("with …".to_owned(), false),
            (None, Some(name)) => (format!("with “{name}”: nobody here has that name{of}"), false),
            (None, None) => (format!("with nobody{of}"), false),
        });
        if let Some((_, deal)) = client.as_ref().and_then(|client| client.deal.as_ref()) {
            lines.push((format!("in {deal}"), true));
        }
        if !entry.text.is_empty() {
            let word = if entry.planned { "about" } else { "result" };
            lines.push((format!("{word}: {}", entry.text), true));
        }
        if let Some(next) = &entry.follow_up {
            let due = next.due.at(&now, &state.setup.practice.work).map(|at| clock.full(at)).unwrap_or_default();
            lines.push((format!("then: task “{}”, due {due}  (Ctrl-T leaves it out)", next.subject), true));
        } else if self.alone {
            lines.push(("then: nothing  (Ctrl-T puts the task back)".to_owned(), false));
        }
        lines
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let high = (FIELDS + 3).min(body.height);
        let area = Rect { y: body.bottom() - high, height: high, ..body };
        frame.render_widget(Clear, area);
        let title = Line::styled(" New activity: who, how long, when, what ", styles.accent);
        let block = Block::bordered().border_type(BorderType::Rounded).border_style(styles.accent).title(title);
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        if inner.is_empty() {
            return;
        }
        let line = Rect { y: inner.bottom() - 1, height: 1, ..inner };
        let above = Rect { height: inner.height - 1, ..inner };
        let columns = usize::from(inner.width);
        if self.field.text().trim().is_empty() {
            let examples = [
                "call Acme 15m wants offer for 20 by Friday",
                "позвонить Иванову завтра в 14:00 · зустріч з Мельник у четвер · zadzwoniłem do Nowaka 20 min",
            ];
            for (y, example) in (above.y..above.bottom()).zip(examples) {
                let text = Line::styled(format::cut(example, columns), styles.dim);
                frame.render_widget(text, Rect { y, height: 1, ..above });
            }
        } else {
            for (y, (text, known)) in (above.y..above.bottom()).zip(self.fields(state)) {
                let style = if known { styles.text } else { styles.waits };
                let text = Line::styled(format::cut(Text::line(&text).as_str(), columns), style);
                frame.render_widget(text, Rect { y, height: 1, ..above });
            }
        }
        frame.render_widget(Span::styled("+ ", styles.accent), line);
        self.field.view(frame, Rect { x: line.x + 2, width: line.width.saturating_sub(2), ..line }, true, styles);
    }
}
