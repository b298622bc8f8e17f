//! What screens ask of deals, and what is done to them.

use super::acts::Acts;
use super::clerk::{Clerk, done};
use super::events;
use super::letters::read_bytes;
use crate::domain::bank::{Proposed, columns, matching};
use crate::domain::deal::{DealRow, State};
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::store::{Chosen, Store};
use crate::ui::deal_act::{BoardAsk, ColumnAsk, DealAct, PAGE};
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::{Changed, ClientRow, Event};
use std::path::Path;

/// Rows of a deal's timeline where only its lines and payments are wanted.
const NO_TIMELINE: u32 = 1;
/// Deals whose lines can be copied.
const OFFERS: u32 = 40;
/// Clients that are offered.
const CLIENTS: u32 = 20;

impl Clerk {
    /// Answers what is asked of deals; `None` for everything else.
    pub(super) fn answer_of_deals(&self, effect: &Effect) -> Option<(Generation, Result<Event>)> {
        let store = &self.store;
        let now = self.now();
        Some(match effect {
            Effect::LoadDeals { generation: g, ask } => (*g, self.board(*g, ask)),
            Effect::LoadColumn { generation: g, ask } => (*g, self.column(*g, ask)),
            Effect::LoadForecast { generation: g } => {
                (*g, store.forecast_slices(now.date()).map(|slices| Event::ForecastLoaded { generation: *g, slices }))
            }
            Effect::LoadSale { generation: g, deal, offers } => (*g, self.sale(*g, *deal, *offers)),
            Effect::FindBuyers { generation: g, words } => (*g, self.clients_named(*g, words)),
            Effect::LoadStatement { generation: g, path } => (
                *g,
                self.statement(path)
                    .map(|proposed| Event::StatementLoaded { generation: *g, proposed: Box::new(proposed) }),
            ),
            _ => return None,
        })
    }

    fn chosen(&self, filter: crate::domain::board::Filter) -> Chosen<'_> {
        Chosen { pipelines: &self.office.practice.pipelines, filter, me: self.office.me.name.as_str() }
    }

    fn board(&self, generation: Generation, ask: &BoardAsk) -> Result<Event> {
        let wanted = |title: &Text| {
            let more = ask.wanted.iter().find(|(column, _)| column == title).map_or(PAGE, |(_, count)| *count);
            u32::try_from(more).unwrap_or(u32::MAX)
        };
        let columns = self.store.board(&self.chosen(ask.filter), &ask.pipeline, ask.closed, &self.now(), wanted)?;
        Ok(Event::DealsLoaded { generation, columns })
    }

    fn column(&self, generation: Generation, ask: &ColumnAsk) -> Result<Event> {
        let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
        let rows = self.store.deals_at(&self.chosen(ask.filter), &ask.places, &self.now(), Some(&ask.after), limit)?;
        Ok(Event::ColumnLoaded { generation, column: ask.column.clone(), rows })
    }

    fn sale(&self, generation: Generation, deal: id::Deal, offers: bool) -> Result<Event> {
        let today = self.now().date();
        let card = self.store.deal_card(deal, today, NO_TIMELINE)?;
        let card = card.ok_or_else(|| Problem::new(problem::Kind::NotFound, "this deal is not there any more"))?;
        let offers = if offers { self.store.offers_like(deal, today, OFFERS)? } else { Vec::new() };
        Ok(Event::SaleLoaded { generation, card: Box::new(card), offers })
    }

    /// People and companies whose name has these words: people first.
    fn clients_named(&self, generation: Generation, words: &str) -> Result<Event> {
        let mut rows = Vec::new();
        for row in self.store.contacts(None, words, None, CLIENTS, &self.now())? {
            let address = row.address.as_ref().map(|address| Text::line(address.as_str()));
            let detail = row.company.clone().or(address).unwrap_or_default();
            rows.push(ClientRow { contact: Some(row.id), company: None, name: row.name.full(), detail });
        }
        for row in self.store.companies(words, None, CLIENTS)? {
            rows.push(ClientRow { contact: None, company: Some(row.id), name: row.name, detail: Text::own("company") });
        }
        Ok(Event::BuyersFound { generation, rows })
    }

    fn statement(&self, path: &str) -> Result<Proposed> {
        let bytes = read_bytes(path, mime::LARGEST_STATEMENT)?;
        proposals(&self.store, &bytes, &Reading { usual: &self.office.practice.deals.currency, ..Reading::default() })
    }

    /// Does one act of a deal. What it leaves open is said, and where it was the last thing planned the next is asked for.
    pub(super) fn deal_act(&self, acts: &Acts<'_>, act: &DealAct) -> Result<Vec<Event>> {
        let title = acts.deal(act)?;
        events::look_at_deals(&self.store, &self.writing_office(), &self.now())?;
        let title = match (act, title) {
            (DealAct::Won(deal) | DealAct::Lost(deal, _), Some(title)) => Some(match acts.left_open(*deal)? {
                Some(left) => Text::from(format!("{title}. {left}")),
                None => title,
            }),
            (_, title) => title,
        };
        let changed = match act {
            DealAct::Move { deal, .. } | DealAct::Lines(deal, ..) => vec![Changed::Deal(*deal)],
            _ => vec![Changed::Everything],
        };
        Ok(done(title, changed))
    }

    /// The open deal of an activity that was done, where nothing more is planned in it.
    pub(super) fn next_wanted(&self, activity: id::Activity) -> Result<Option<Event>> {
        let deal = self.store.activity(activity)?.and_then(|row| row.activity.deal);
        let Some(deal) = deal else { return Ok(None) };
        let row: Option<DealRow> = self.store.deal_row(deal, self.now().date())?;
        let wants = row.filter(|row| row.state == State::Open && row.next_activity.is_none());
        Ok(wants.map(|row| Event::NextWanted(Box::new(row))))
    }
}

/// How a statement is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    /// Its columns as I named them.
    pub columns: Option<&'a str>,
    /// Its charset as I named it.
    pub encoding: Option<&'a str>,
    /// The currency where it says none.
    pub usual: &'a str,
}

/// Reads a statement and proposes which payments its lines pay. Decides nothing.
///
/// # Errors
/// When it is no statement, or the store cannot be read.
pub fn proposals(store: &Store, bytes: &[u8], reading: &Reading<'_>) -> Result<Proposed> {
    let rows = mime::statement_rows(bytes, reading.encoding)?;
    let cells: Vec<Vec<Text>> = rows.iter().map(|(_, cells)| cells.clone()).collect();
    let found = match reading.columns {
        Some(written) => columns::chosen(&cells, written).map_err(|word| {
            Problem::new(problem::Kind::Usage, format!("the statement has no such column: {word}"))
                .hint("name columns as they stand in it, or by their numbers: --columns date=1,amount=Kwota,text=4")
        })?,
        None => columns::guess(&cells).ok_or_else(|| {
            Problem::new(problem::Kind::Input, "it is not clear which column is the date and which the amount")
                .hint("say it: postbook deals bank FILE --columns date=1,amount=4")
        })?,
    };
    let mut statement = columns::read(&rows, &found, reading.usual);
    let known = store.without_decided(&mut statement.incoming)?;
    let due = store.payments_due()?;
    Ok(Proposed {
        matches: matching::propose(&statement.incoming, &due),
        due,
        known,
        outgoing: statement.outgoing,
        unreadable: statement.unreadable,
        columns: statement.columns,
    })
}

/// Reads a statement's file.
///
/// # Errors
/// When it cannot be read, or is too large for one.
pub fn statement_file(path: &Path) -> Result<Vec<u8>> {
    read_bytes(&path.to_string_lossy(), mime::LARGEST_STATEMENT)
}
