//! Cards for the screens: their numbers, pages of what happened, files, known words; what an edit is answered with.

use super::acts::Title;
use super::clerk::{Clerk, done};
use super::loads::rows;
use crate::domain::card::Fact;
use crate::domain::client_filter::{ClientFilter, Order};
use crate::domain::contact::{Kind, TimelineRow, Whose};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::thread::PageKey;
use crate::domain::timeline::Show;
use crate::store::Store;
use crate::ui::effect::{Clients, Generation, WordsOf};
use crate::ui::event::{Changed, Event};

/// Names offered while one is typed.
const FEW_NAMES: u32 = 12;

impl Clerk {
    pub(super) fn figures(&self, generation: Generation, whose: Whose) -> Result<Event> {
        let figures = self.store.figures(whose, &self.office.practice.work, &self.now())?;
        Ok(Event::FiguresLoaded { generation, figures: Box::new(figures) })
    }

    pub(super) fn timeline(
        &self,
        generation: Generation,
        whose: Whose,
        show: &Show,
        after: Option<PageKey>,
        limit: usize,
    ) -> Result<Event> {
        let page = self.store.timeline_of(whose, show, after, rows(limit))?;
        let after = page.last().filter(|_| page.len() >= limit).map(TimelineRow::page_key);
        Ok(Event::TimelineLoaded { generation, rows: page, after })
    }

    pub(super) fn files(
        &self,
        generation: Generation,
        whose: Whose,
        after: Option<PageKey>,
        letters: usize,
    ) -> Result<Event> {
        let page = self.store.files_of(whose, after, rows(letters))?;
        // Every letter of a page has a file at least: fewer letters than asked for are the last ones.
        let mut shown: Vec<_> = page.iter().map(|row| row.message).collect();
        shown.dedup();
        let after = page.last().filter(|_| shown.len() >= letters).map(|row| PageKey { at: row.at, id: row.message.0 });
        Ok(Event::FilesLoaded { generation, rows: page, after })
    }

    pub(super) fn people(
        &self,
        generation: Generation,
        clients: Clients,
        filter: &str,
        order: Order,
        after: Option<PageKey>,
        limit: usize,
    ) -> Result<Event> {
        let kind = match clients {
            Clients::Contacts => Kind::Contact,
            Clients::Leads => Kind::Lead,
        };
        let filter = ClientFilter::parse(filter);
        let page = self.store.people(kind, &filter, order, after, rows(limit), &self.now())?;
        let after = page.last().filter(|_| page.len() >= limit).map(Store::people_end);
        Ok(Event::ContactsLoaded { generation, rows: page, after })
    }

    pub(super) fn companies(
        &self,
        generation: Generation,
        filter: &str,
        after: Option<id::Company>,
        limit: usize,
    ) -> Result<Event> {
        let page = self.store.companies_narrowed(&ClientFilter::parse(filter), after, rows(limit))?;
        let more = page.len() >= limit;
        Ok(Event::CompaniesLoaded { generation, rows: page, more })
    }

    pub(super) fn words(&self, of: &WordsOf) -> Result<Vec<Text>> {
        match of {
            WordsOf::Tags => self.store.tags(),
            WordsOf::Owners => self.store.owners(),
            WordsOf::Companies(words) => {
                let rows = self.store.companies(words, None, FEW_NAMES)?;
                Ok(rows.into_iter().map(|row| row.name).collect())
            }
            WordsOf::People(words) => {
                let rows = self.store.contacts(None, words, None, FEW_NAMES, &self.now())?;
                Ok(rows.into_iter().map(|row| row.name.full()).collect())
            }
        }
    }
}

/// What an edit is answered with. Where a letter may belong changes with addresses, domains and companies.
pub(super) fn edited(whose: Whose, edits: &[(Fact, String)], outcome: Result<Title>) -> Vec<Event> {
    let title = match outcome {
        Ok(title) => title,
        Err(problem) => return vec![Event::CardEdited { whose, outcome: Err(problem) }],
    };
    let widely =
        edits.iter().any(|(fact, _)| matches!(fact, Fact::Addresses | Fact::Domains | Fact::Company | Fact::Contact));
    let changed = match whose {
        _ if widely => Changed::Everything,
        Whose::Contact(contact) => Changed::Contact(contact),
        Whose::Company(company) => Changed::Company(company),
        Whose::Deal(deal) => Changed::Deal(deal),
    };
    let mut events = vec![Event::CardEdited { whose, outcome: Ok(()) }];
    events.extend(done(title, vec![changed]));
    events
}

/// What a new card is answered with.
pub(super) fn entered(outcome: Result<(Title, Option<Whose>)>) -> Vec<Event> {
    match outcome {
        Ok((title, Some(whose))) => {
            let mut events = vec![Event::CardEntered { outcome: Ok(whose) }];
            events.extend(done(title, vec![Changed::Everything]));
            events
        }
        Ok((title, None)) => done(title, vec![Changed::Everything]),
        Err(problem) => vec![Event::CardEntered { outcome: Err(problem) }],
    }
}
