//! What Deals knows.

use crate::domain::board::{Column, Filter};
use crate::domain::deal::DealRow;
use crate::domain::forecast::Slice;
use crate::domain::id;
use crate::domain::pipeline::Pipelines;
use crate::ui::card::Card;
use crate::ui::slot::Slot;
use crate::ui::state::Target;
use crate::ui::widgets::doc::Doc;

/// How the deals are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A column for each stage.
    #[default]
    Board,
    /// One below the other.
    List,
    /// What they will bring, by month.
    Forecast,
}

/// The deals screen.
#[derive(Debug, Default)]
pub struct Deals {
    /// The columns with their first deals.
    pub slot: Slot<Vec<Column>>,
    /// More deals of a column are on their way.
    pub page: Slot<()>,
    /// What the open deals will bring.
    pub forecast: Slot<Vec<Slice>>,
    /// Board, list or forecast.
    pub shape: Shape,
    /// Which pipeline, by its place in the configuration.
    pub pipeline: usize,
    /// Which deals.
    pub filter: Filter,
    /// Won and lost ones are shown too.
    pub closed: bool,
    /// The column in use.
    pub column: usize,
    /// The chosen deal of each column.
    pub at: Vec<usize>,
    /// The first deal on the screen of each column.
    pub scroll: Vec<usize>,
    /// Once the deals are read again this one is chosen: it was moved.
    pub follow: Option<id::Deal>,
    /// The lines of the list, a deal each, with a heading for each stage.
    pub doc: Doc<id::Deal>,
    /// Laid out for this width and height, and this minute.
    pub laid: Option<(u16, u16, i64)>,
    /// The first line of the forecast on the screen.
    pub rolled: usize,
    /// The card is in use, not the board.
    pub on_card: bool,
    /// The selected deal's card.
    pub card: Card,
}

impl Deals {
    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.slot.value.as_deref().unwrap_or_default()
    }

    /// The column in use.
    #[must_use]
    pub fn column(&self) -> Option<&Column> {
        self.columns().get(self.column)
    }

    /// The place of the chosen deal in a column.
    #[must_use]
    pub fn place(&self, column: usize) -> usize {
        self.at.get(column).copied().unwrap_or(0)
    }

    /// The selected deal.
    #[must_use]
    pub fn row(&self) -> Option<&DealRow> {
        if self.shape == Shape::Forecast {
            return None;
        }
        self.column()?.rows.get(self.place(self.column))
    }

    /// The name of the pipeline that is shown.
    #[must_use]
    pub fn pipeline_name<'a>(&self, pipelines: &'a Pipelines) -> &'a str {
        pipelines.0.get(self.pipeline).or_else(|| pipelines.0.first()).map_or("", |pipeline| pipeline.name.as_str())
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
