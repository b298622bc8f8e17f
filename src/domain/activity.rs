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

/// An activity, planned or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its key; `None` before it is stored.
    pub id: Option<id::Activity>,
    /// What.
    pub kind: Kind,
    /// With whom.
    pub contact: Option<id::Contact>,
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
}

/// An activity in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// The activity itself.
    pub activity: Activity,
    /// The name of the person it is with.
    pub contact_name: Option<Text>,
    /// The title of its deal.
    pub deal_title: Option<Text>,
}
