//! What Outgoing knows.

use crate::domain::id;
use crate::domain::mailing::MailingRow;
use crate::domain::outbox::{DraftRow, OutgoingRow, State};
use crate::domain::sequence::SequenceRow;
use crate::ui::event::TemplateRow;
use crate::ui::mailing_act::Timed;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::cursor::Cursor;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Letters on their way.
    #[default]
    Outbox,
    /// Letters not finished.
    Drafts,
    /// Reusable letters.
    Templates,
    /// Letters to many, one each.
    Mailings,
    /// Letters that wait for an answer.
    FollowUps,
}

impl Tab {
    /// In the order they are shown.
    pub const ALL: [Self; 5] = [Self::Outbox, Self::Drafts, Self::Templates, Self::Mailings, Self::FollowUps];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Outbox => "Outbox",
            Self::Drafts => "Drafts",
            Self::Templates => "Templates",
            Self::Mailings => "Mailings",
            Self::FollowUps => "Follow-ups",
        }
    }
}

/// The outgoing screen.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The list shown.
    pub tab: Tab,
    /// The outbox, newest first.
    pub outbox: Slot<Vec<OutgoingRow>>,
    /// The selected letter.
    pub cursor: Cursor<id::Outgoing>,
    /// This letter was asked for before the outbox was read.
    pub wanted: Option<id::Outgoing>,
    /// The drafts, newest first.
    pub drafts: Slot<Vec<DraftRow>>,
    /// The selected draft.
    pub draft_cursor: Cursor<id::Draft>,
    /// The templates by name.
    pub templates: Slot<Vec<TemplateRow>>,
    /// The selected template.
    pub template_cursor: Cursor<usize>,
    /// The mailings, newest first.
    pub mailings: Slot<Vec<Timed>>,
    /// The selected mailing.
    pub mailing_cursor: Cursor<id::Mailing>,
    /// Letters that wait for an answer, then those that ended lately.
    pub follow_ups: Slot<Vec<SequenceRow>>,
    /// The selected one.
    pub follow_up_cursor: Cursor<id::Sequence>,
}

impl Outgoing {
    /// The selected letter.
    #[must_use]
    pub fn row(&self) -> Option<&OutgoingRow> {
        self.outbox.value.as_ref()?.get(self.cursor.index)
    }

    /// The selected draft.
    #[must_use]
    pub fn draft(&self) -> Option<&DraftRow> {
        self.drafts.value.as_ref()?.get(self.draft_cursor.index)
    }

    /// The selected template.
    #[must_use]
    pub fn template(&self) -> Option<&TemplateRow> {
        self.templates.value.as_ref()?.get(self.template_cursor.index)
    }

    /// The selected mailing.
    #[must_use]
    pub fn mailing(&self) -> Option<&MailingRow> {
        self.mailings.value.as_ref()?.get(self.mailing_cursor.index).map(|(row, _)| row)
    }

    /// The selected letter that waits for an answer.
    #[must_use]
    pub fn follow_up(&self) -> Option<&SequenceRow> {
        self.follow_ups.value.as_ref()?.get(self.follow_up_cursor.index)
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        match self.tab {
            Tab::Outbox => self.row().map_or_else(Target::default, |row| Target {
                outgoing: Some(row.id).filter(|_| row.state != State::Sent),
                thread: row.thread,
                title: row.subject.clone(),
                who: row.to.clone(),
                ..Target::default()
            }),
            Tab::Drafts => self.draft().map_or_else(Target::default, |row| Target {
                draft: Some(row.id),
                title: row.subject.clone(),
                who: row.to.clone(),
                ..Target::default()
            }),
            Tab::FollowUps => self.follow_up().map_or_else(Target::default, |row| Target {
                thread: row.thread,
                contact: Some(row.contact),
                title: row.subject.clone(),
                who: row.who.clone(),
                ..Target::default()
            }),
            Tab::Mailings => self
                .mailing()
                .map_or_else(Target::default, |row| Target { title: row.title.clone(), ..Target::default() }),
            Tab::Templates => self.template().map_or_else(Target::default, |row| Target {
                template: Some(row.name.clone()),
                title: row.name.clone(),
                ..Target::default()
            }),
        }
    }
}
