//! Searches: asked on a thread of their own, so that a long one keeps no other question waiting, and given up when the
//! next letter is typed.

use super::clerk::Clerk;
use crate::domain::counter::{Counter, Waiting};
use crate::domain::practice::Practice;
use crate::domain::problem::Result;
use crate::domain::query::{Answer, Hit, Node, Order, Query, Rank, ViewRow, folded_words};
use crate::domain::text::{Text, fold};
use crate::mime;
use crate::store::{Ask, FEW_CARDS, Store};
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::Event;
use jiff::Zoned;

/// Letters of one page.
pub(super) const HITS: usize = 100;
/// Cards of a kind that are shown among everything else; where only that kind is asked for, as many as letters.
const CARDS: usize = 5;
/// A saved search is counted up to this.
const COUNTED: u64 = 1000;
/// Letters that are opened to show the words around what was found: as many as a screen shows.
const OPENED: usize = 20;
/// Larger ones take too long to be opened for a line.
const LARGEST_OPENED: usize = 400_000;

/// True for questions of the searching clerk.
pub(super) fn is_search(effect: &Effect) -> bool {
    matches!(effect, Effect::LoadSearch { .. } | Effect::LoadSearchNames { .. } | Effect::LoadViews { .. })
}

impl Clerk {
    pub(super) fn search(
        &self,
        generation: Generation,
        query: &str,
        order: Order,
        after: Option<Rank>,
    ) -> Result<Event> {
        let (now, query) = (self.now(), Query::parse(query));
        let first = Ask { new_cards: FEW_CARDS, ..Ask::first(&now, &self.office.practice, HITS) };
        let ask = Ask { order, after, cards: cards_of(&query), ..first };
        let mut answer = self.store.find(&query, &ask)?;
        // Where only fields are asked for, a letter's first words say more than its signature.
        if query.root.has(&|node| matches!(node, Node::Words(_))) {
            show_where(&self.store, &mut answer)?;
        }
        Ok(Event::SearchLoaded { generation, answer: Box::new(answer) })
    }

    pub(super) fn search_names(&self, generation: Generation) -> Result<Event> {
        let mut names = self.store.search_names()?;
        let stages = self
            .office
            .practice
            .pipelines
            .0
            .iter()
            .flat_map(|pipeline| &pipeline.stages)
            .map(|stage| stage.name.clone());
        for stage in stages {
            if !names.stages.contains(&stage) {
                names.stages.push(stage);
            }
        }
        Ok(Event::SearchNamesLoaded { generation, names: Box::new(names), history: self.store.searches()? })
    }

    pub(super) fn views(&self, generation: Generation) -> Result<Event> {
        let rows = view_rows(&self.store, &self.now(), &self.office.practice)?;
        Ok(Event::ViewsLoaded { generation, rows })
    }

    /// What waits; of a saved search only the rows it finds.
    pub(super) fn today(
        &self,
        generation: Generation,
        only: Option<Counter>,
        limit: usize,
        view: Option<&str>,
    ) -> Result<Event> {
        let (now, practice) = (self.now(), &self.office.practice);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let (rows, more) = match view {
            None => self.store.today(&now, &practice.work, only, limit)?,
            Some(view) => {
                let ask = Ask { new_cards: FEW_CARDS, ..Ask::first(&now, practice, 0) };
                today_of(&self.store, &Query::parse(view), &ask, only, limit)?
            }
        };
        let rest = if rows.is_empty() { Some(Box::new(self.store.rest(&now)?)) } else { None };
        Ok(Event::TodayLoaded { generation, rows, more, rest })
    }
}

/// Rows of Today that a search finds: the oldest `limit`, and whether there are more.
///
/// # Errors
/// When the store cannot be read.
pub fn today_of(
    store: &Store,
    query: &Query,
    ask: &Ask<'_>,
    only: Option<Counter>,
    limit: u32,
) -> Result<(Vec<Waiting>, bool)> {
    let matcher = store.matcher(query, ask)?;
    store.today_of(ask.now, &ask.practice.work, only, limit, Some(&matcher))
}

/// How many cards are shown of each kind.
#[must_use]
pub fn cards_of(query: &Query) -> usize {
    if query.kinds().len() == 1 { HITS } else { CARDS }
}

/// Every saved search with how much it finds.
///
/// # Errors
/// When the store cannot be read.
pub fn view_rows(store: &Store, now: &Zoned, practice: &Practice) -> Result<Vec<ViewRow>> {
    let mut rows = Vec::new();
    for view in store.views()? {
        let query = Query::parse(view.query.as_str());
        let first = Ask { new_cards: FEW_CARDS, ..Ask::first(now, practice, 0) };
        let ask = Ask { count: COUNTED, cards: COUNTED as usize, ..first };
        let (letters, cards) = store.count(&query, &ask)?;
        rows.push(ViewRow { view, letters, contacts: cards });
    }
    Ok(rows)
}

/// Where the first words of a letter do not hold what was found, the words around it take their place.
fn show_where(store: &Store, answer: &mut Answer) -> Result<()> {
    let shown = std::mem::take(&mut answer.shown);
    for hit in answer.hits.iter_mut().take(OPENED) {
        let told = folded_words(&format!("{} {} {}", hit.snippet, hit.subject, hit.from));
        if !shown.iter().any(|word| holds(&told, word)) {
            around(store, hit, &shown)?;
        }
    }
    answer.shown = shown;
    Ok(())
}

fn holds(folded: &str, word: &str) -> bool {
    let (word, prefix) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
    folded.split(' ').any(|one| one == word || (prefix && one.starts_with(word)))
}

fn around(store: &Store, hit: &mut Hit, shown: &[String]) -> Result<()> {
    let Some(bytes) = store.raw(hit.message)?.filter(|bytes| bytes.len() <= LARGEST_OPENED) else { return Ok(()) };
    let text = mime::read(&bytes).text;
    let line = Text::line(text.as_str());
    let words: Vec<&str> = line.as_str().split_whitespace().collect();
    let found = words.iter().position(|word| {
        let folded = folded_words(&fold(word));
        !folded.is_empty() && shown.iter().any(|shown| holds(&folded, shown))
    });
    if let Some(found) = found {
        let begin = found.saturating_sub(6);
        let mut excerpt = if begin > 0 { "… ".to_owned() } else { String::new() };
        let around = words.get(begin..words.len().min(found + 30)).unwrap_or_default();
        excerpt.push_str(&around.join(" "));
        hit.snippet = Text::from(excerpt);
    }
    Ok(())
}
