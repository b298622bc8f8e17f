//! What Clients knows.

use crate::domain::client_filter::Order;
use crate::domain::company::CompanyRow;
use crate::domain::contact::{ContactRow, Kind};
use crate::domain::id;
use crate::domain::thread::PageKey;
use crate::ui::card::Card;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::cursor::Cursor;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Qualified people.
    #[default]
    Contacts,
    /// Organisations.
    Companies,
    /// People nobody has qualified.
    Leads,
}

impl Tab {
    /// In the order they are shown.
    pub const ALL: [Self; 3] = [Self::Contacts, Self::Companies, Self::Leads];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Contacts => "Contacts",
            Self::Companies => "Companies",
            Self::Leads => "Leads",
        }
    }
}

/// A list of people.
#[derive(Debug, Default)]
pub struct People {
    /// The rows.
    pub slot: Slot<Vec<ContactRow>>,
    /// The selected row.
    pub cursor: Cursor<id::Contact>,
    /// Where the next page begins.
    pub after: Option<PageKey>,
    /// The answer on its way continues the list instead of replacing it.
    pub continues: bool,
}

/// The clients screen.
#[derive(Debug, Default)]
pub struct Clients {
    /// The list shown.
    pub tab: Tab,
    /// Contacts.
    pub contacts: People,
    /// Leads.
    pub leads: People,
    /// Companies.
    pub companies: Slot<Vec<CompanyRow>>,
    /// The selected company.
    pub company_cursor: Cursor<id::Company>,
    /// More companies follow the last one.
    pub companies_more: bool,
    /// The answer on its way continues the companies instead of replacing them.
    pub companies_continue: bool,
    /// Only those with these words and signs.
    pub filter: String,
    /// People by name, or by last contact.
    pub order: Order,
    /// The card is in use, not the list.
    pub on_card: bool,
    /// The selected row's card.
    pub card: Card,
}

impl Clients {
    /// The list of people shown, if it is one.
    #[must_use]
    pub fn people(&self) -> Option<&People> {
        match self.tab {
            Tab::Contacts => Some(&self.contacts),
            Tab::Leads => Some(&self.leads),
            Tab::Companies => None,
        }
    }

    /// The selected person.
    #[must_use]
    pub fn person(&self) -> Option<&ContactRow> {
        let people = self.people()?;
        people.slot.value.as_ref()?.get(people.cursor.index)
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
        if let Some(row) = self.person() {
            return Target {
                contact: Some(row.id),
                lead: row.kind == Kind::Lead,
                who: row.name.full(),
                title: row.name.full(),
                ..Target::default()
            };
        }
        Target { company: self.company_cursor.key().filter(|_| self.tab == Tab::Companies), ..Target::default() }
    }
}
