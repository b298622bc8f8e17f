//! Activities: what was or will be done with a client.

use super::id;
use super::text::Text;
use jiff::Timestamp;

/// The kinds of PRODUCT.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A letter, logged by hand.
    Email,
    /// A call.
    Call,
    /// A meeting of two.
    Meeting,
    /// A meeting of several.
    GroupMeeting,
    /// A text message.
    Sms,
    /// A chat.
    Chat,
    /// A social network.
    Social,
    /// A survey.
    Survey,
    /// A note.
    Note,
    /// Something to do.
    Task,
}

super::contact::words!(
    Kind,
    Email = "email",
    Call = "call",
    Meeting = "meeting",
    GroupMeeting = "group_meeting",
    Sms = "sms",
    Chat = "chat",
    Social = "social",
    Survey = "survey",
    Note = "note",
    Task = "task"
);

impl Kind {
    /// Its name as a person reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GroupMeeting => "group meeting",
            Self::Sms => "SMS",
            other => other.word(),
        }
    }
}

/// Which way a call or a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// They called or wrote.
    In,
    /// I called or wrote.
    Out,
}

super::contact::words!(Way, In = "in", Out = "out");

/// An activity, planned or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its key; `None` before it is stored.
    pub id: Option<id::Activity>,
    /// What.
    pub kind: Kind,
    /// With whom.
    pub contact: Option<id::Contact>,
    /// Who else takes part.
    pub people: Vec<id::Contact>,
    /// Who takes part and has no card.
    pub guests: Vec<Text>,
    /// With which company; that of its deal or its contact where those say one.
    pub company: Option<id::Company>,
    /// In which deal.
    pub deal: Option<id::Deal>,
    /// About what.
    pub subject: Text,
    /// Where.
    pub place: Text,
    /// When it is planned for.
    pub due_at: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// How long it took.
    pub duration_minutes: Option<i64>,
    /// What came of it.
    pub result: Text,
    /// The activity that led to it.
    pub trigger: Option<id::Activity>,
    /// Which way a call or a message went, where that is known.
    pub way: Option<Way>,
    /// The letter it comes from.
    pub message: Option<id::Message>,
}

impl Activity {
    /// One about something; the rest is to be filled in.
    #[must_use]
    pub fn new(kind: Kind, subject: Text) -> Self {
        Self {
            id: None,
            kind,
            contact: None,
            people: Vec::new(),
            guests: Vec::new(),
            company: None,
            deal: None,
            subject,
            place: Text::default(),
            due_at: None,
            done_at: None,
            duration_minutes: None,
            result: Text::default(),
            trigger: None,
            way: None,
            message: None,
        }
    }

    /// Not done yet.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.done_at.is_none()
    }

    /// When it was done, or is planned for.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.done_at.or(self.due_at)
    }

    /// What it is about: its subject, else what came of it, else its kind.
    #[must_use]
    pub fn title(&self) -> Text {
        let first = self.result.lines().next().unwrap_or_default();
        match (self.subject.is_empty(), first.is_empty()) {
            (false, _) => self.subject.clone(),
            (true, false) => Text::line(first),
            (true, true) => Text::own(self.kind.name()),
        }
    }
}

/// An activity in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// The activity itself.
    pub activity: Activity,
    /// The name of the person it is with.
    pub contact_name: Option<Text>,
    /// The name of the company it is with.
    pub company_name: Option<Text>,
    /// The title of its deal.
    pub deal_title: Option<Text>,
    /// Who else takes part, by name.
    pub people: Vec<Text>,
}

impl ActivityRow {
    /// With whom, in one line: the person, else the company; then the others.
    #[must_use]
    pub fn with(&self) -> Text {
        let first = self.contact_name.iter().chain(self.company_name.iter().filter(|_| self.contact_name.is_none()));
        let all: Vec<&str> = first.chain(&self.people).chain(&self.activity.guests).map(Text::as_str).collect();
        Text::from(all.join(", "))
    }
}

/// An activity that another one led to, or that led to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its key.
    pub id: id::Activity,
    /// What.
    pub kind: Kind,
    /// About what.
    pub title: Text,
    /// When it was done or is planned for.
    pub at: Timestamp,
    /// Not done yet.
    pub planned: bool,
}

/// An activity with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityCard {
    /// The activity and the names of whom it is with.
    pub row: ActivityRow,
    /// What led to it, the first of all first.
    pub led_by: Vec<Link>,
    /// What followed from it.
    pub followed: Vec<Link>,
    /// What can be chosen for its fields.
    pub choices: Choices,
}

/// What can be chosen for the fields of an activity with a client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// The client's open deals, and the deal it is in.
    pub deals: Vec<(id::Deal, Text)>,
    /// The client's latest activities, any of which may have led to it.
    pub triggers: Vec<Link>,
}
