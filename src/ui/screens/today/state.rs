//! What Today knows.

use super::order::Order;
use crate::domain::contact::Kind;
use crate::domain::counter::{Counter, Subject, Waiting};
use crate::domain::id;
use crate::domain::query::View;
use crate::domain::rest::Rest;
use crate::ui::card::Card;
use crate::ui::reader::Reader;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::cursor::Cursor;
use std::collections::BTreeSet;

/// The panes, in the order of Tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// What waits.
    #[default]
    List,
    /// The conversation.
    Reader,
    /// The client's card.
    Card,
}

/// The triage board.
#[derive(Debug, Default)]
pub struct Today {
    /// The rows, in the order they are shown.
    pub slot: Slot<Vec<Waiting>>,
    /// What keeps them from moving under my hand.
    pub order: Order,
    /// Only what raises this counter.
    pub only: Option<Counter>,
    /// Where nothing waits: what was done today, and what comes next.
    pub rest: Option<Box<Rest>>,
    /// There are more rows in the store.
    pub more: bool,
    /// How many rows are asked for.
    pub limit: usize,
    /// Only rows that this saved search finds.
    pub view: Option<View>,
    /// The selected row.
    pub cursor: Cursor<Subject>,
    /// The marked threads, each one shown.
    pub marked: BTreeSet<id::Thread>,
    /// The pane in use.
    pub pane: Pane,
    /// The selected row's conversation.
    pub reader: Reader,
    /// The selected row's client.
    pub card: Card,
}

impl Today {
    /// The selected row.
    #[must_use]
    pub fn row(&self) -> Option<&Waiting> {
        self.slot.value.as_ref()?.get(self.cursor.index)
    }

    /// The row stands below another one of the same client.
    #[must_use]
    pub fn follows(&self, index: usize) -> bool {
        let client = |index: usize| self.slot.value.as_ref()?.get(index)?.client();
        client(index).is_some() && index.checked_sub(1).and_then(client) == client(index)
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

    /// The card, when it is the pane in use.
    #[must_use]
    pub fn card_in_use(&self) -> Option<&Card> {
        (self.pane == Pane::Card).then_some(&self.card)
    }

    /// The same, to be changed.
    pub fn card_in_use_mut(&mut self) -> Option<&mut Card> {
        (self.pane == Pane::Card).then_some(&mut self.card)
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let Some(row) = self.row() else { return Target::default() };
        let mut target = Target {
            subject: Some(row.subject),
            thread: row.thread,
            contact: row.contact,
            company: row.company_id,
            deal: row.deal,
            counters: row.counters.clone(),
            unread: row.counters.contains(&Counter::Unread),
            title: row.title.clone(),
            who: row.who.clone(),
            lead: row.counters.contains(&Counter::NewLeads)
                || self.card.person().is_some_and(|c| c.row.kind == Kind::Lead && Some(c.row.id) == row.contact),
            ..Target::default()
        };
        match row.subject {
            Subject::Thread(thread) => target.thread = Some(thread),
            Subject::Lead(contact) => {
                target.contact = Some(contact);
                target.lead = true;
            }
            Subject::Activity(activity) => target.activity = Some(activity),
            Subject::Payment(payment) => target.payment = Some(payment),
            Subject::Outgoing(outgoing) => target.outgoing = Some(outgoing),
            Subject::Offered(offered) => target.offered = Some(offered),
        }
        target
    }
}
