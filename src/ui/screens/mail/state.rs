//! What Mail knows.

use crate::domain::counter::Subject;
use crate::domain::folder;
use crate::domain::id;
use crate::domain::thread::{PageKey, ThreadRow};
use crate::ui::reader::Reader;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::cursor::Cursor;
use std::collections::BTreeSet;

/// The panes, in the order of Tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// Folders of every account.
    Folders,
    /// Threads of the folder.
    #[default]
    Threads,
    /// The conversation.
    Reader,
}

/// The mail screen.
#[derive(Debug, Default)]
pub struct Mail {
    /// The folders.
    pub folders: Slot<Vec<folder::Row>>,
    /// The selected folder.
    pub folder_cursor: Cursor<id::Folder>,
    /// The folder whose threads are shown.
    pub folder: Option<id::Folder>,
    /// The threads, newest first.
    pub threads: Slot<Vec<ThreadRow>>,
    /// The selected thread.
    pub cursor: Cursor<id::Thread>,
    /// The marked threads, each one shown.
    pub marked: BTreeSet<id::Thread>,
    /// Where the next page begins.
    pub after: Option<PageKey>,
    /// The answer on its way continues the list instead of replacing it.
    pub continues: bool,
    /// How many rows the first page had to bring back what was shown.
    pub limit: usize,
    /// The pane in use.
    pub pane: Pane,
    /// The selected thread's conversation.
    pub reader: Reader,
}

impl Mail {
    /// The folders are those of more than one account.
    pub(super) fn has_several_accounts(&self) -> bool {
        let rows = self.folders.value.as_deref().unwrap_or_default();
        rows.iter().any(|row| rows.first().is_some_and(|first| first.account != row.account))
    }

    /// The selected row.
    #[must_use]
    pub fn row(&self) -> Option<&ThreadRow> {
        self.threads.value.as_ref()?.get(self.cursor.index)
    }

    /// The folder whose threads are shown.
    #[must_use]
    pub fn folder_row(&self) -> Option<&folder::Row> {
        self.folders.value.as_ref()?.iter().find(|row| Some(row.id) == self.folder)
    }

    /// The reader, when it is the pane in use.
    #[must_use]
    pub fn reader_in_use(&self) -> Option<&Reader> {
        (self.pane == Pane::Reader).then_some(&self.reader)
    }

    /// The same, to be changed.
    pub fn reader_in_use_mut(&mut self) -> Option<&mut Reader> {
        (self.pane == Pane::Reader).then_some(&mut self.reader)
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let Some(row) = self.row().filter(|_| self.pane == Pane::Threads) else { return Target::default() };
        let shown = self.reader.slot.value.as_ref().filter(|view| view.row.id == row.id);
        Target {
            subject: Some(Subject::Thread(row.id)).filter(|_| !row.counters.is_empty()),
            thread: Some(row.id),
            contact: shown.and_then(|view| view.contact),
            company: shown.and_then(|view| view.company),
            deal: shown.and_then(|view| view.deal),
            unread: row.unseen > 0,
            counters: row.counters.clone(),
            title: row.subject.clone(),
            who: row.contact.clone().unwrap_or_else(|| row.people.clone()),
            ..Target::default()
        }
    }
}
