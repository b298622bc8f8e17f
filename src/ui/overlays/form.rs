//! Something to fill in: a date, a result, a name, an activity, a path, words to find.

use super::deal_forms::{self, OfDeal};
use super::{Later, Overlay, room, window};
use crate::domain::account::Secret;
use crate::domain::activity::{Activity, Kind};
use crate::domain::assignment::Assignment;
use crate::domain::contact::Name;
use crate::domain::id;
use crate::domain::text::Text;
use crate::ui::acts::today;
use crate::ui::dates;
use crate::ui::effect::Effect;
use crate::ui::format;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::masked::Masked;
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

const PASSWORD: &str = "password";
const SMTP_PASSWORD: &str = "for sending";

/// What it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// When something comes back.
    Date(Later),
    /// In how many working days something comes back.
    Days(Later),
    /// The next activity with a client.
    Plan(Option<id::Contact>, Option<id::Deal>),
    /// Who is to see to it.
    Colleague(Box<Assignment>),
    /// What came of an activity.
    Result(id::Activity),
    /// The name of a lead who becomes a contact.
    Convert(id::Contact, Text),
    /// A new activity.
    Activity(Option<id::Contact>, Option<id::Deal>),
    /// A file to attach.
    Attach,
    /// Clients to find.
    Find,
    /// Another name for a folder.
    Rename(id::Folder),
    /// What an account signs in with.
    Password(id::Account),
    /// Something of a deal.
    OfDeal(OfDeal),
}

/// A line of the form.
#[derive(Debug)]
enum Entry {
    Text(Box<Field>),
    /// A password.
    Secret(Masked),
    /// One word of several; arrows change it.
    Kind(usize),
}

/// The form.
#[derive(Debug)]
pub struct Form {
    purpose: Purpose,
    title: String,
    hint: &'static str,
    entries: Vec<(&'static str, Entry)>,
    at: usize,
    wrong: Option<&'static str>,
}

impl Form {
    fn new(purpose: Purpose, title: impl Into<String>, hint: &'static str, labels: &[(&'static str, &str)]) -> Self {
        let entries = labels.iter().map(|(label, text)| (*label, Entry::Text(Box::new(Field::new(text))))).collect();
        Self { purpose, title: title.into(), hint, entries, at: 0, wrong: None }
    }

    /// Asks something of a deal.
    pub(super) fn of_deal(
        of: OfDeal,
        title: impl Into<String>,
        hint: &'static str,
        labels: &[(&'static str, &str)],
    ) -> Self {
        Self::new(Purpose::OfDeal(of), title, hint, labels)
    }

    /// Asks when something comes back.
    #[must_use]
    pub fn date(later: Later) -> Self {
        let (title, hint) = match later {
            Later::Payment(_) => ("New due day", "25.11, 25.11.2026, +3 (days), fri, tomorrow"),
            _ => ("When?", "25.11, 25.11.2026 14:30, +3 (days), fri, tomorrow 9, 16:00"),
        };
        Self::new(Purpose::Date(later), title, hint, &[("when", "")])
    }

    /// Asks in how many working days something comes back.
    #[must_use]
    pub fn days(later: Later) -> Self {
        let hint = "Weekends and your holidays are left out.";
        Self::new(Purpose::Days(later), "In how many working days?", hint, &[("days", "3")])
    }

    /// Asks for the next activity with a client: something to come.
    #[must_use]
    pub fn plan(contact: Option<id::Contact>, deal: Option<id::Deal>, who: &Text) -> Self {
        let hint = "25.11 14:30, +3 (days), fri, tomorrow 9. ← → change the kind.";
        let title = if who.is_empty() { "Plan".to_owned() } else { format!("Plan with {who}") };
        let labels = [("about", ""), ("when", "tomorrow 9:00")];
        let mut form = Self::new(Purpose::Plan(contact, deal), title, hint, &labels);
        let call = Kind::EACH.iter().position(|kind| *kind == Kind::Call).unwrap_or(0);
        form.entries.insert(0, ("kind", Entry::Kind(call)));
        form.at = 1;
        form
    }

    /// Asks for the name of a colleague.
    #[must_use]
    pub fn colleague(give: Assignment) -> Self {
        Self::new(
            Purpose::Colleague(Box::new(give)),
            "Who is to see to it?",
            "A name, as on your cards.",
            &[("name", "")],
        )
    }

    /// Asks what came of an activity.
    #[must_use]
    pub fn result(activity: id::Activity, title: &Text) -> Self {
        let hint = "One line for the timeline; may stay empty.";
        Self::new(Purpose::Result(activity), format!("Done: {title}"), hint, &[("result", "")])
    }

    /// Shows how a lead's name is split, to be confirmed.
    #[must_use]
    pub fn convert(contact: id::Contact, name: &Name) -> Self {
        let known = !name.given.is_empty() || !name.family.is_empty();
        let split = if known { name.clone() } else { Name::split(&name.display) };
        let labels = [
            ("given name", split.given.as_str()),
            ("patronymic", split.patronymic.as_str()),
            ("family name", split.family.as_str()),
        ];
        let purpose = Purpose::Convert(contact, name.display.clone());
        Self::new(
            purpose,
            format!("Make a contact of {}", name.full()),
            "Is the name split right? Enter saves.",
            &labels,
        )
    }

    /// Asks for an activity.
    #[must_use]
    pub fn activity(contact: Option<id::Contact>, deal: Option<id::Deal>, who: &Text) -> Self {
        let labels = [("about", ""), ("when", ""), ("minutes", ""), ("result", "")];
        let hint = "With a time to come it is planned; without one it was done just now. ← → change the kind.";
        let title = if who.is_empty() { "New activity".to_owned() } else { format!("New activity with {who}") };
        let mut form = Self::new(Purpose::Activity(contact, deal), title, hint, &labels);
        let call = Kind::EACH.iter().position(|kind| *kind == Kind::Call).unwrap_or(0);
        form.entries.insert(0, ("kind", Entry::Kind(call)));
        form
    }

    /// Asks for a file.
    #[must_use]
    pub fn attach() -> Self {
        Self::new(Purpose::Attach, "Attach a file", "Its path; ~ is your home folder.", &[("path", "")])
    }

    /// Asks for words of a client.
    #[must_use]
    pub fn find(filter: &str) -> Self {
        let hint = "Part of a name, an address or a company; empty shows all.";
        Self::new(Purpose::Find, "Find a client", hint, &[("find", filter)])
    }

    /// Asks what a folder is to be called.
    #[must_use]
    pub fn rename(folder: id::Folder, name: &Text) -> Self {
        let hint = "Its whole path. The server learns it at the next sync.";
        Self::new(Purpose::Rename(folder), format!("Rename {name}"), hint, &[("name", name.as_str())])
    }

    /// Asks for what an account signs in with; `own_smtp` where sending has a password of its own.
    #[must_use]
    pub fn password(account: id::Account, name: &Text, own_smtp: bool) -> Self {
        let hint = if own_smtp {
            "They go into the keyring, and the account is tried at once. An empty one stays as it is."
        } else {
            "It goes into the keyring, and the account is tried at once."
        };
        let labels = if own_smtp { &[PASSWORD, SMTP_PASSWORD][..] } else { &[PASSWORD] };
        let mut form = Self::new(Purpose::Password(account), format!("New password of {name}"), hint, &[]);
        form.entries = labels.iter().map(|label| (*label, Entry::Secret(Masked::default()))).collect();
        form
    }

    /// A password, where one was typed.
    fn secret(&self, label: &str) -> Option<Secret> {
        self.entries.iter().find_map(|(name, entry)| match entry {
            Entry::Secret(secret) if *name == label && !secret.text().is_empty() => {
                Some(Secret::new(secret.text().to_owned()))
            }
            _ => None,
        })
    }

    fn text(&self, label: &str) -> &str {
        self.entries
            .iter()
            .find_map(|(name, entry)| match entry {
                Entry::Text(field) if *name == label => Some(field.text().trim()),
                _ => None,
            })
            .unwrap_or("")
    }

    fn line(&self, label: &str) -> Text {
        Text::line(self.text(label))
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        match self.entries.get_mut(self.at) {
            Some((_, Entry::Text(field))) => drop(field.paste(pasted)),
            Some((_, Entry::Secret(secret))) => secret.paste(pasted),
            _ => {}
        }
    }

    pub(super) fn key(mut self: Box<Self>, state: &mut State, key: KeyEvent, out: &mut Effects) -> Option<Overlay> {
        let last = self.entries.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return None,
            KeyCode::Enter => {
                self.wrong = Some(self.submit(state, out).err()?);
            }
            KeyCode::Tab | KeyCode::Down => self.at = if self.at >= last { 0 } else { self.at + 1 },
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            _ => {
                self.wrong = None;
                match self.entries.get_mut(self.at) {
                    Some((_, Entry::Text(field))) => drop(field.key(key)),
                    Some((_, Entry::Secret(secret))) => secret.key(key),
                    Some((_, Entry::Kind(kind))) => turn(kind, key.code),
                    None => {}
                }
            }
        }
        Some(Overlay::Form(self))
    }

    /// Does what the form is for, or says what is wrong with it.
    fn submit(&self, state: &mut State, out: &mut Effects) -> Result<(), &'static str> {
        match &self.purpose {
            Purpose::Date(later @ Later::Payment(_)) => {
                let today = state.today_date();
                let day = dates::read_day(self.text("when"), today).ok_or("This is no day to come.")?;
                let at = day.to_zoned(state.setup.zone.clone()).map_err(|_| "This is no day to come.")?;
                today::come_back(state, later, at.timestamp(), out);
            }
            Purpose::Days(later) => {
                let days = self.text("days").parse().map_err(|_| "Days are a whole number.")?;
                today::in_days(state, later, days, out)?;
            }
            Purpose::Plan(contact, deal) => {
                if self.text("when").is_empty() {
                    return Err("When?");
                }
                out.push(Effect::AddActivity(Box::new(self.new_activity(state, *contact, *deal)?)));
            }
            Purpose::Colleague(give) => {
                if self.text("name").is_empty() {
                    return Err("Who?");
                }
                let give = Assignment { to: self.line("name"), ..(**give).clone() };
                today::chosen_colleague(state, give, None, out);
            }
            Purpose::Date(later) => {
                let at = dates::read(self.text("when"), &state.here_and_now()).ok_or("This is no time to come.")?;
                today::come_back(state, later, at, out);
            }
            Purpose::Result(activity) => {
                crate::ui::acts::activity_done(state, *activity, self.line("result").into(), out);
            }
            Purpose::Convert(contact, display) => {
                let name = Name {
                    display: display.clone(),
                    given: self.line("given name"),
                    patronymic: self.line("patronymic"),
                    family: self.line("family name"),
                };
                if name.given.is_empty() && name.family.is_empty() {
                    return Err("A contact needs a given or a family name.");
                }
                crate::ui::acts::convert(state, *contact, name, out);
            }
            Purpose::Activity(contact, deal) => {
                out.push(Effect::AddActivity(Box::new(self.new_activity(state, *contact, *deal)?)))
            }
            Purpose::Attach => {
                if self.text("path").is_empty() {
                    return Err("Which file?");
                }
                out.push(Effect::ReadFile { path: self.text("path").to_owned() });
            }
            Purpose::Rename(folder) => {
                if self.text("name").is_empty() {
                    return Err("A folder needs a name.");
                }
                out.push(Effect::RenameFolder { folder: *folder, name: self.text("name").to_owned() });
            }
            Purpose::Password(account) => {
                let (imap, smtp) = (self.secret(PASSWORD), self.secret(SMTP_PASSWORD));
                if imap.is_none() && smtp.is_none() {
                    return Err("Without a password nobody is let in.");
                }
                out.push(Effect::KeepPassword { account: *account, imap, smtp });
            }
            Purpose::OfDeal(of) => deal_forms::submit(of, |label| self.text(label), state, out)?,
            Purpose::Find => {
                let words = self.text("find").to_owned();
                crate::ui::screens::clients::filter(state, &words, out);
            }
        }
        Ok(())
    }

    fn new_activity(
        &self,
        state: &State,
        contact: Option<id::Contact>,
        deal: Option<id::Deal>,
    ) -> Result<Activity, &'static str> {
        let kind = self.entries.iter().find_map(|(_, entry)| match entry {
            Entry::Kind(kind) => Kind::EACH.get(*kind).copied(),
            _ => None,
        });
        let subject = self.line("about");
        if subject.is_empty() {
            return Err("What is it about?");
        }
        let due_at = match self.text("when") {
            "" => None,
            typed => Some(dates::read(typed, &state.here_and_now()).ok_or("This is no time to come.")?),
        };
        let duration_minutes = match self.text("minutes") {
            "" => None,
            typed => Some(typed.parse::<u16>().map(i64::from).map_err(|_| "Minutes are a whole number.")?),
        };
        let done_at = if due_at.is_none() { Some(state.now) } else { None };
        Ok(Activity {
            id: None,
            kind: kind.unwrap_or(Kind::Note),
            contact,
            deal,
            subject,
            place: Text::default(),
            due_at,
            done_at,
            duration_minutes,
            result: self.line("result"),
            trigger: None,
        })
    }

    pub(super) fn view(&self, state: &State, frame: &mut Frame, body: Rect) {
        let styles = &state.styles;
        let columns = room(body, 64);
        let hint = textwrap::wrap(self.wrong.unwrap_or(self.hint), columns);
        let inner = window(frame, body, &self.title, columns, self.entries.len() + 1 + hint.len(), styles);
        let label_columns = self.entries.iter().map(|(label, _)| format::width(label)).max().unwrap_or(0) + 2;
        let label_wide = u16::try_from(label_columns).unwrap_or(0).min(inner.width);
        for (y, (index, (label, entry))) in (inner.y..inner.bottom()).zip(self.entries.iter().enumerate()) {
            let in_use = index == self.at;
            let mark = if in_use && self.entries.len() > 1 { ">" } else { " " };
            let style = if in_use { styles.accent } else { styles.dim };
            let label = Span::styled(format!("{mark}{}", format::fit(label, label_columns - 1)), style);
            frame.render_widget(label, Rect { y, height: 1, width: label_wide, ..inner });
            let place = Rect { x: inner.x + label_wide, y, width: inner.width - label_wide, height: 1 };
            match entry {
                Entry::Text(field) => field.view(frame, place, in_use, styles),
                Entry::Secret(secret) => secret.view(frame, place, in_use, styles),
                Entry::Kind(kind) => {
                    let word = Kind::EACH.get(*kind).map_or("", |kind| kind.word()).replace('_', " ");
                    frame.render_widget(Line::from(format!("← {word} →")), place);
                }
            }
        }
        let style = if self.wrong.is_some() { styles.bad } else { styles.dim };
        let top = inner.y + u16::try_from(self.entries.len()).unwrap_or(0) + 1;
        for (y, line) in (top..inner.bottom()).zip(hint) {
            frame.render_widget(Line::styled(line.into_owned(), style), Rect { y, height: 1, ..inner });
        }
    }
}

fn turn(kind: &mut usize, code: KeyCode) {
    let kinds = Kind::EACH.len();
    match code {
        KeyCode::Right | KeyCode::Char(' ') => *kind = (*kind + 1) % kinds,
        KeyCode::Left => *kind = (*kind + kinds - 1) % kinds,
        _ => {}
    }
}
