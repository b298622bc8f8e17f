//! What Reports knows.

use crate::domain::id;
use crate::domain::report::letters::Client;
use crate::domain::report::period::{Period, Step};
use crate::domain::report::{Question, Report};
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::doc::Doc;
use jiff::Timestamp;
use jiff::civil::Date;

/// Which part is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// What came and went.
    #[default]
    Letters,
    /// By client.
    Clients,
    /// By kind.
    Activities,
    /// Pipeline and forecast.
    Deals,
    /// What waited.
    Counters,
}

impl Tab {
    /// In the order they are shown.
    pub const ALL: [Self; 5] = [Self::Letters, Self::Clients, Self::Activities, Self::Deals, Self::Counters];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Letters => "Letters",
            Self::Clients => "Clients",
            Self::Activities => "Activities",
            Self::Deals => "Deals",
            Self::Counters => "Counters",
        }
    }
}

/// A row that opens a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A company or a person.
    Client(Client),
    /// A deal.
    Deal(id::Deal),
}

/// The reports screen.
#[derive(Debug, Default)]
pub struct Reports {
    /// The part shown.
    pub tab: Tab,
    /// The days, where some were chosen; else this month.
    pub period: Option<Period>,
    /// How fine, where that was chosen.
    pub step: Option<Step>,
    /// Letters of this account only.
    pub account: Option<id::Account>,
    /// The report.
    pub slot: Slot<Box<Report>>,
    /// The lines of the part shown.
    pub doc: Doc<Of>,
    /// Laid out for this part and place.
    pub laid: Option<(Tab, u16, u16)>,
    /// When it was last asked for; a report is long, and what changes asks for it again only after a while.
    pub asked_at: Option<Timestamp>,
    /// Something changed since.
    pub stale: bool,
}

impl Reports {
    /// What is asked now.
    #[must_use]
    pub fn question(&self, today: Date) -> Question {
        let period = self.period.unwrap_or_else(|| Period::of(crate::domain::report::period::Span::Month, today));
        let own = Question::of(period);
        Question { step: self.step.unwrap_or(own.step), account: self.account, ..own }
    }

    /// What an action would act on.
    #[must_use]
    pub fn target(&self) -> Target {
        let mut target = Target::default();
        match self.doc.chosen() {
            Some(Of::Client(Client::Company(company))) => target.company = Some(*company),
            Some(Of::Client(Client::Contact(contact))) => target.contact = Some(*contact),
            Some(Of::Deal(deal)) => target.deal = Some(*deal),
            None => return target,
        }
        let report = self.slot.value.as_ref();
        let client = report
            .and_then(|report| report.clients.iter().find(|row| self.doc.chosen() == Some(&Of::Client(row.client))));
        let deal = report.and_then(|report| report.deals.iter().find(|row| target.deal == Some(row.deal)));
        target.who =
            client.map(|row| row.name.clone()).or_else(|| deal.map(|row| row.client.clone())).unwrap_or_default();
        target.title = deal.map(|row| row.title.clone()).unwrap_or_else(|| target.who.clone());
        target
    }
}
