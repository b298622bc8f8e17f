//! Something to fill in: a date, a result, a name, an activity, a path, words to find.

use super::deal_forms::{self, OfDeal};
use super::{Later, Overlay, room, window};
use crate::domain::account::Secret;
use crate::domain::assignment::Assignment;
use crate::domain::auto_reply::{GoingAway, TEMPLATE, USUAL_PAUSE};
use crate::domain::contact::Whose;
use crate::domain::entry::{Entry, Line};
use crate::domain::id;
use crate::domain::mailing::NewMailing;
use crate::domain::report::period::Period;
use crate::domain::text::Text;
use crate::domain::timeline::Show;
use crate::domain::when;
use crate::ui::acts::today;
use crate::ui::deal_act::any_day;
use crate::ui::effect::{ActivityAct, Effect, FollowUpAct, RenewAct, ViewAct};
use crate::ui::format;
use crate::ui::mailing_act::MailingAct;
use crate::ui::state::{Effects, State};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::masked::Masked;
use crossterm::event::{KeyCode, KeyEvent};
use jiff::Zoned;
use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line as Drawn, Span};

const PASSWORD: &str = "password";
const SMTP_PASSWORD: &str = "for sending";

/// What it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// When something comes back.
    Date(Later),
    /// In how many working days something comes back.
    Days(Later),
    /// Who is to see to it.
    Colleague(Box<Assignment>),
    /// What came of an activity.
    Result(id::Activity),
    /// When a letter leaves, by the recipient's clock where it is known.
    SendLater(Option<TimeZone>),
    /// What follows the letter being written, made from this template.
    IfNoAnswer(Option<String>),
    /// What follows my newest letter of a conversation.
    FollowLetter(id::Thread),
    /// The folder of a client who is handed over.
    HandOver(Whose),
    /// Clients to find.
    Find,
    /// Days of a report.
    Period,
    /// Words that a card's timeline is to show.
    ShowWords,
    /// Another name for a folder.
    Rename(id::Folder),
    /// The name of a search that is kept.
    SaveView(String),
    /// A mailing to prepare.
    Mailing,
    /// Until when letters are answered by themselves.
    Away,
    /// Another name for one.
    RenameView(id::View),
    /// What an account signs in with.
    Password(id::Account),
    /// Something of a deal.
    OfDeal(OfDeal),
}

/// A line of the form.
#[derive(Debug)]
enum Input {
    Text(Box<Field>),
    /// A password.
    Secret(Masked),
}

/// The form.
#[derive(Debug)]
pub struct Form {
    purpose: Purpose,
    title: String,
    hint: &'static str,
    entries: Vec<(&'static str, Input)>,
    at: usize,
    wrong: Option<&'static str>,
}

impl Form {
    fn new(purpose: Purpose, title: impl Into<String>, hint: &'static str, labels: &[(&'static str, &str)]) -> Self {
        let entries = labels.iter().map(|(label, text)| (*label, Input::Text(Box::new(Field::new(text))))).collect();
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
        let mut form = Self::new(Purpose::Days(later), "In how many working days?", hint, &[]);
        form.entries.push(("days", Input::Text(Box::new(Field::proposed("3")))));
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
        let hint = "All of them may stay empty. Next is one line, such as: call in 3 days about the offer.";
        let labels = [("result", ""), ("how long", ""), ("next", "")];
        Self::new(Purpose::Result(activity), format!("Done: {title}"), hint, &labels)
    }

    /// Asks when a letter leaves. The recipient's clock counts where it is known and another than mine.
    #[must_use]
    pub fn send_later(their_zone: Option<TimeZone>, here: &Zoned) -> Self {
        let theirs = their_zone.filter(|zone| zone.to_offset(here.timestamp()) != here.offset());
        let hint = "Monday 9:00, tomorrow, 25.11 14:30, in 2 hours.";
        match theirs {
            None => Self::new(Purpose::SendLater(None), "Send when?", hint, &[("when", "")]),
            Some(zone) => {
                let there = here.with_time_zone(zone.clone());
                let title = format!("Send when, by their clock? There it is {}", there.strftime("%a %H:%M, UTC%:z"));
                let hint = "Monday 9:00, tomorrow, 25.11 14:30. With \"here\" behind it your own clock counts.";
                Self::new(Purpose::SendLater(Some(zone)), title, hint, &[("when", "")])
            }
        }
    }

    /// Asks what follows the letter being written.
    #[must_use]
    pub fn if_no_answer(template: Option<String>, typed: &str) -> Self {
        let hint = "Working days: 3. Or a pack of templates: offer. Empty: nothing follows.";
        let mut form = Self::new(Purpose::IfNoAnswer(template), "What follows if nobody answers?", hint, &[]);
        form.entries.push(("after", Input::Text(Box::new(Field::proposed(typed)))));
        form
    }

    /// Asks what follows my newest letter of a conversation.
    #[must_use]
    pub fn follow_letter(thread: id::Thread, typed: &str) -> Self {
        let hint = "Working days: 3. Or a pack of templates, and its days: offer, offer 5.";
        let mut form = Self::new(Purpose::FollowLetter(thread), "What follows if nobody answers?", hint, &[]);
        form.entries.push(("after", Input::Text(Box::new(Field::proposed(typed)))));
        form
    }

    /// Asks for the folder of a client who is handed over.
    #[must_use]
    pub fn hand_over(whose: Whose) -> Self {
        let hint = "A new folder: README.md tells everything in words, letters/ holds the letters. Private conversations are left out, and it is said how many.";
        let folder = match whose {
            Whose::Contact(contact) => format!("~/handover-contact-{contact}"),
            Whose::Company(company) => format!("~/handover-company-{company}"),
            Whose::Deal(deal) => format!("~/handover-deal-{deal}"),
        };
        Self::new(Purpose::HandOver(whose), "Hand over to a colleague", hint, &[("folder", &folder)])
    }

    /// Asks for words of a client.
    #[must_use]
    pub fn find(filter: &str) -> Self {
        let hint =
            "Part of a name, an address or a company; #tag, @owner (@me), is:watched, is:supplier. Empty shows all.";
        Self::new(Purpose::Find, "Find a client", hint, &[("find", filter)])
    }

    /// Asks for the days of a report.
    #[must_use]
    pub fn period() -> Self {
        let hint = "2026-11-01 2026-11-15, 1.11 - 15.11, 2026-10, 2025, 30 days, last quarter";
        Self::new(Purpose::Period, "Which days?", hint, &[("days", "")])
    }

    /// Asks for words of a timeline.
    #[must_use]
    pub fn show_words() -> Self {
        let hint = "Words of letters and activities of this client.";
        Self::new(Purpose::ShowWords, "Show only what has", hint, &[("words", "")])
    }

    /// Asks what a folder is to be called.
    #[must_use]
    pub fn rename(folder: id::Folder, name: &Text) -> Self {
        let hint = "Its whole path. The server learns it at the next sync.";
        Self::new(Purpose::Rename(folder), format!("Rename {name}"), hint, &[("name", name.as_str())])
    }

    /// Asks for the name of a search that is kept.
    #[must_use]
    pub fn save_view(query: &str) -> Self {
        let hint = "V lists the saved searches, each with how much it finds now.";
        Self::new(Purpose::SaveView(query.to_owned()), format!("Keep the search {query}"), hint, &[("name", "")])
    }

    /// Asks for a mailing.
    #[must_use]
    pub fn mailing(segment: &str) -> Self {
        let hint = "To: a search over people (tag:vip, owner:me, kind:contact) or the name of a saved search. Nothing leaves before you start it.";
        let labels = [("template", ""), ("to", segment), ("title", ""), ("language", ""), ("any hour", "no")];
        Self::new(Purpose::Mailing, "New mailing: one letter each", hint, &labels)
    }

    /// Asks until when letters are answered by themselves; `stands` says how it is now.
    #[must_use]
    pub fn away(stands: Option<&Text>) -> Self {
        let hint = "People get one answer each, in their language. Until: 12.12, +9, fri. The word off ends it.";
        let title = stands.map_or_else(
            || "Away: letters are answered by themselves".to_owned(),
            |stands| format!("You are {stands}"),
        );
        Self::new(Purpose::Away, title, hint, &[("until", ""), ("from", ""), ("template", TEMPLATE)])
    }

    fn wanted_absence(&self, state: &State) -> Result<Option<GoingAway>, &'static str> {
        // Never by an empty field: whoever only looks leaves it so.
        if self.text("until").eq_ignore_ascii_case("off") {
            return Ok(None);
        }
        let day = |label: &str| {
            let typed = self.text(label);
            let found = any_day(typed, state.today_date());
            if found.is_none() && !typed.is_empty() { Err("This is no day: 12.12, +9, fri.") } else { Ok(found) }
        };
        let (from, until, template) = (day("from")?, day("until")?, self.text("template"));
        let until = until.ok_or("Until which day? The word off ends it.")?;
        let template = if template.is_empty() { TEMPLATE } else { template }.to_owned();
        Ok(Some(GoingAway { from, until, template, pause_days: USUAL_PAUSE, account: None }))
    }

    fn new_mailing(&self) -> NewMailing {
        let typed = |label: &str| Text::line(self.text(label));
        let title = match self.text("title") {
            "" => Text::from(format!("{}: {}", self.text("template"), self.text("to"))),
            title => Text::line(title),
        };
        NewMailing {
            title,
            segment: typed("to"),
            template: typed("template"),
            language: typed("language"),
            account: None,
            working_hours: yes_or_no(self.text("any hour")) != Some(true),
        }
    }

    /// Asks for another name of a saved search.
    #[must_use]
    pub fn rename_view(view: id::View, name: &Text) -> Self {
        let purpose = Purpose::RenameView(view);
        Self::new(purpose, format!("Rename {name}"), "The search stays what it is.", &[("name", name.as_str())])
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
        form.entries = labels.iter().map(|label| (*label, Input::Secret(Masked::default()))).collect();
        form
    }

    /// A password, where one was typed.
    fn secret(&self, label: &str) -> Option<Secret> {
        self.entries.iter().find_map(|(name, entry)| match entry {
            Input::Secret(secret) if *name == label && !secret.text().is_empty() => {
                Some(Secret::new(secret.text().to_owned()))
            }
            _ => None,
        })
    }

    fn text(&self, label: &str) -> &str {
        self.entries
            .iter()
            .find_map(|(name, entry)| match entry {
                Input::Text(field) if *name == label => Some(field.text().trim()),
                _ => None,
            })
            .unwrap_or("")
    }

    fn line(&self, label: &str) -> Text {
        Text::line(self.text(label))
    }

    pub(super) fn paste(&mut self, pasted: &str) {
        match self.entries.get_mut(self.at) {
            Some((_, Input::Text(field))) => drop(field.paste(pasted)),
            Some((_, Input::Secret(secret))) => secret.paste(pasted),
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
                    Some((_, Input::Text(field))) => drop(field.key(key)),
                    Some((_, Input::Secret(secret))) => secret.key(key),
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
                let day = when::read_day(self.text("when"), today).ok_or("This is no day to come.")?;
                let at = day.to_zoned(state.setup.zone.clone()).map_err(|_| "This is no day to come.")?;
                today::come_back(state, later, at.timestamp(), out);
            }
            Purpose::Days(later) => {
                let days = self.text("days").parse().map_err(|_| "Days are a whole number.")?;
                today::in_days(state, later, days, out)?;
            }
            Purpose::Colleague(give) => {
                if self.text("name").is_empty() {
                    return Err("Who?");
                }
                let give = Assignment { to: self.line("name"), ..(**give).clone() };
                today::chosen_colleague(state, give, None, out);
            }
            Purpose::Date(later) => {
                let at = when::read_to_come(self.text("when"), &state.here_and_now(), &state.setup.practice.work)
                    .ok_or("This is no time to come.")?;
                today::come_back(state, later, at, out);
            }
            Purpose::Result(activity) => {
                let act = self.finish(state, *activity)?;
                crate::ui::acts::activity_done(state, act, *activity, out);
            }
            Purpose::SendLater(their_zone) => {
                let (typed, here) = (self.text("when"), state.here_and_now());
                let now = match (typed.strip_suffix("here"), their_zone) {
                    (None, Some(zone)) => here.with_time_zone(zone.clone()),
                    _ => here,
                };
                let typed = typed.strip_suffix("here").unwrap_or(typed).trim();
                let at =
                    when::read_to_come(typed, &now, &state.setup.practice.work).ok_or("This is no time to come.")?;
                crate::ui::compose::leave_at(state, at);
            }
            Purpose::IfNoAnswer(_) | Purpose::FollowLetter(_) => out.push(Effect::FollowUp(self.what_follows()?)),
            Purpose::HandOver(whose) => {
                if self.text("folder").is_empty() {
                    return Err("Into which folder?");
                }
                out.push(Effect::HandOver { whose: *whose, folder: self.text("folder").to_owned() });
            }
            Purpose::Period => {
                let period = Period::read(self.text("days"), state.today_date()).ok_or("These are no days.")?;
                crate::ui::screens::reports::show(state, period, out);
            }
            Purpose::Rename(folder) => {
                if self.text("name").is_empty() {
                    return Err("A folder needs a name.");
                }
                out.push(Effect::RenameFolder { folder: *folder, name: self.text("name").to_owned() });
            }
            Purpose::SaveView(_) | Purpose::RenameView(_) if self.text("name").is_empty() => {
                return Err("A search is kept under a name.");
            }
            Purpose::SaveView(query) => {
                out.push(Effect::View(ViewAct::Keep { name: self.text("name").to_owned(), query: query.clone() }));
            }
            Purpose::Mailing if self.text("template").is_empty() || self.text("to").is_empty() => {
                return Err("A mailing needs a template and somebody to get it.");
            }
            Purpose::Mailing if yes_or_no(self.text("any hour")).is_none() => {
                return Err("Any hour: yes, or no for their working hours.");
            }
            Purpose::Mailing => out.push(Effect::Mailing(Box::new(MailingAct::Prepare(self.new_mailing())))),
            Purpose::Away => out.push(Effect::Away(self.wanted_absence(state)?)),
            Purpose::RenameView(view) => {
                out.push(Effect::View(ViewAct::Rename { view: *view, name: self.text("name").to_owned() }));
            }
            Purpose::Password(account) => {
                let (imap, smtp) = (self.secret(PASSWORD), self.secret(SMTP_PASSWORD));
                if imap.is_none() && smtp.is_none() {
                    return Err("Without a password nobody is let in.");
                }
                out.push(Effect::Renew(RenewAct::KeepPassword { account: *account, imap, smtp }));
            }
            Purpose::OfDeal(of) => deal_forms::submit(of, |label| self.text(label), state, out)?,
            Purpose::ShowWords => {
                let words = self.line("words");
                let show = if words.is_empty() { Show::All } else { Show::Words(words) };
                crate::ui::acts::cards::show_only(state, show, out);
            }
            Purpose::Find => {
                let words = self.text("find").to_owned();
                crate::ui::screens::clients::filter(state, &words, out);
            }
        }
        Ok(())
    }

    /// What is to follow when nobody answers.
    fn what_follows(&self) -> Result<FollowUpAct, &'static str> {
        let typed = self.text("after").to_owned();
        match &self.purpose {
            Purpose::FollowLetter(_) if typed.is_empty() => Err("After how many working days?"),
            Purpose::FollowLetter(thread) => Ok(FollowUpAct::Start { thread: *thread, typed }),
            Purpose::IfNoAnswer(template) => Ok(FollowUpAct::Read { typed, template: template.clone() }),
            _ => Err("Nothing is to follow."),
        }
    }

    /// It was done; what follows is planned for the same people.
    fn finish(&self, state: &State, activity: id::Activity) -> Result<ActivityAct, &'static str> {
        let minutes = match self.text("how long") {
            "" => None,
            typed => Some(when::length(typed).ok_or("This is no duration: 15m, 1h30, 20 мин.")?),
        };
        let next = match self.text("next") {
            "" => None,
            typed => {
                let (now, work) = (state.here_and_now(), &state.setup.practice.work);
                let entry = Entry { planned: true, ..Line::read(typed).entry(Some(0), &now, work) };
                let (next, _) = entry.activities(None, &now, work);
                Some(Box::new(next))
            }
        };
        Ok(ActivityAct::Finish { activity, result: self.line("result"), minutes, next })
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
                Input::Text(field) => field.view(frame, place, in_use, styles),
                Input::Secret(secret) => secret.view(frame, place, in_use, styles),
            }
        }
        let style = if self.wrong.is_some() { styles.bad } else { styles.dim };
        let top = inner.y + u16::try_from(self.entries.len()).unwrap_or(0) + 1;
        for (y, line) in (top..inner.bottom()).zip(hint) {
            frame.render_widget(Drawn::styled(line.into_owned(), style), Rect { y, height: 1, ..inner });
        }
    }
}

/// What a word means where a yes is asked for; nothing is a no.
fn yes_or_no(typed: &str) -> Option<bool> {
    match typed.trim().to_lowercase().as_str() {
        "yes" | "y" | "tak" | "да" | "так" | "д" => Some(true),
        "" | "no" | "n" | "nie" | "нет" | "ні" | "н" => Some(false),
        _ => None,
    }
}
