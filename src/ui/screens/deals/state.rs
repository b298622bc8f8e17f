//! What Deals knows.

use crate::domain::deal::DealRow;
use crate::domain::id;
use crate::ui::card::Card;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::doc::Doc;

/// The deals screen.
#[derive(Debug, Default)]
pub struct Deals {
    /// The deals, by stage.
    pub slot: Slot<Vec<DealRow>>,
    /// The lines, a deal each, with a heading for each stage.
    pub doc: Doc<id::Deal>,
    /// Laid out for this width and height, and this minute.
    pub laid: Option<(u16, u16, i64)>,
    /// Won and lost ones are shown too.
    pub closed: bool,
    /// The card is in use, not the list.
    pub on_card: bool,
    /// The selected deal's card.
    pub card: Card,
}

impl Deals {
    /// The selected deal.
    #[must_use]
    pub fn row(&self) -> Option<&DealRow> {
        let deal = self.doc.chosen()?;
        self.slot.value.as_ref()?.iter().find(|row| row.id == *deal)
    }

    /// The card, when it is in use.
    #[must_use]
    pub fn card_in_use(&self) -> Option<&Card> {
        self.on_card.then_some(&self.card)
    }

    /// The same, to be changed.
    pub fn card_in_use_mut(&mut self) -> Option<&mut Card> {
        self.on_card.then_some(&mut self.card)
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let Some(row) = self.row() else { return Target::default() };
        Target {
            deal: Some(row.id),
            contact: row.contact,
            title: row.title.clone(),
            who: row.contact_name.clone().or_else(|| row.company.clone()).unwrap_or_default(),
            ..Target::default()
        }
    }
}
