//! What screens ask to see: each question of `ui::effect` is one reading of the store.

use super::clerk::Clerk;
use super::reading;
use super::wanted::kind_of;
use crate::domain::auto_reply;
use crate::domain::deal::DealRow;
use crate::domain::folder::{self, Goal};
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::domain::thread::{PageKey, ThreadRow};
use crate::mime;
use crate::ui::effect::{ActivityQuestion, BodyForm, Effect, Generation};
use crate::ui::event::{ActivityAnswer, Event, TemplateRow};
use std::collections::VecDeque;

/// Clients offered for a name.
const CLIENTS: usize = 8;
/// Rows of a card's timeline.
const TIMELINE: u32 = 100;

/// True for questions, which the reading clerk answers; acts must not wait behind them.
pub(super) fn is_load(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::LoadCounters { .. }
            | Effect::LoadToday { .. }
            | Effect::LoadFolders { .. }
            | Effect::LoadThreads { .. }
            | Effect::LoadThread { .. }
            | Effect::LoadBody { .. }
            | Effect::LoadCard { .. }
            | Effect::LoadCompany { .. }
            | Effect::LoadFigures { .. }
            | Effect::LoadTimeline { .. }
            | Effect::LoadFiles { .. }
            | Effect::LoadWords { .. }
            | Effect::LoadContacts { .. }
            | Effect::LoadCompanies { .. }
            | Effect::LoadDeals { .. }
            | Effect::LoadColumn { .. }
            | Effect::LoadForecast { .. }
            | Effect::LoadSale { .. }
            | Effect::LoadStatement { .. }
            | Effect::FindBuyers { .. }
            | Effect::LoadDeal { .. }
            | Effect::LoadWhy { .. }
            | Effect::LoadOutbox { .. }
            | Effect::LoadDrafts { .. }
            | Effect::LoadFollowUps { .. }
            | Effect::LoadTemplates { .. }
            | Effect::PreviewTemplate { .. }
            | Effect::LoadChanges { .. }
            | Effect::LoadChange { .. }
            | Effect::LoadAsItWas { .. }
            | Effect::ListDealsFor { .. }
            | Effect::LoadPending { .. }
            | Effect::FindClients { .. }
            | Effect::AskActivities { .. }
            | Effect::ListGoalsFor { .. }
            | Effect::AskWriting { .. }
            | Effect::AskMailings { .. }
            | Effect::AskFiling { .. }
            | Effect::LoadConversion { .. }
            | Effect::LoadNames { .. }
            | Effect::LoadDuplicates { .. }
            | Effect::LoadSides { .. }
            | Effect::ListColleagues { .. }
    )
}

/// Takes questions out of a queue that holds a newer one of their kind. Each is answered with a failure, which the screen that
/// asked drops as stale.
pub(super) fn drop_superseded(queue: &mut VecDeque<Effect>) -> Vec<Event> {
    let kinds: Vec<_> = queue.iter().map(|effect| kind_of(effect).map(|(kind, _)| kind)).collect();
    let mut dropped = Vec::new();
    let mut position = 0;
    queue.retain(|effect| {
        position += 1;
        match kind_of(effect) {
            Some((kind, generation)) if kinds.get(position..).is_some_and(|later| later.contains(&Some(kind))) => {
                let problem = Problem::new(problem::Kind::Internal, "asked again before it was answered");
                dropped.push(Event::LoadFailed { generation, problem });
                false
            }
            _ => true,
        }
    });
    dropped
}

impl Clerk {
    /// Answers a question; `None` when the effect is none. A failure is answered too, so that the screen stops waiting.
    pub(super) fn load(&self, effect: &Effect) -> Option<Event> {
        let (generation, answer) = self.answer(effect)?;
        Some(answer.unwrap_or_else(|problem| Event::LoadFailed { generation, problem }))
    }

    /// What the header and the bottom line tell.
    fn counters(&self, generation: Generation) -> Result<Event> {
        let now = self.now();
        let counters = self.store.counters(&now, &self.office.practice.work)?;
        let away = self.store.absence(&now)?.map(|absence| auto_reply::in_words(&absence, &now));
        Ok(Event::CountersLoaded { generation, counters, away })
    }

    fn answer(&self, effect: &Effect) -> Option<(Generation, Result<Event>)> {
        let store = &self.store;
        let now = self.now();
        let work = &self.office.practice.work;
        Some(match effect {
            Effect::LoadCounters { generation: g } => (*g, self.counters(*g)),
            Effect::LoadToday { generation: g, only, limit, view } => {
                (*g, self.today(*g, *only, *limit, view.as_deref()))
            }
            Effect::LoadFolders { generation: g } => {
                (*g, store.folders().map(|rows| Event::FoldersLoaded { generation: *g, rows }))
            }
            Effect::LoadThreads { generation: g, folder, after, limit } => {
                (*g, self.threads(*g, *folder, *after, *limit))
            }
            Effect::LoadThread { generation: g, thread } => {
                let view = found(reading::thread_view(store, *thread, &now, work), "this conversation");
                (*g, view.map(|view| Event::ThreadLoaded { generation: *g, view: Box::new(view) }))
            }
            Effect::LoadBody { generation: g, message, form } => (
                *g,
                self.body(*message, *form).map(|text| Event::BodyLoaded {
                    generation: *g,
                    message: *message,
                    form: *form,
                    text,
                }),
            ),
            Effect::LoadCard { generation: g, contact } => {
                let card = found(reading::contact_card(store, *contact, &now, work, TIMELINE), "this person");
                (*g, card.map(|card| Event::CardLoaded { generation: *g, card: Box::new(card) }))
            }
            Effect::LoadFigures { generation: g, whose } => (*g, self.figures(*g, *whose)),
            Effect::LoadTimeline { generation: g, whose, show, after, limit } => {
                (*g, self.timeline(*g, *whose, show, *after, *limit))
            }
            Effect::LoadFiles { generation: g, whose, after, letters } => {
                (*g, self.files(*g, *whose, *after, *letters))
            }
            Effect::LoadWords { generation: g, of } => {
                (*g, self.words(of).map(|words| Event::WordsLoaded { generation: *g, words }))
            }
            Effect::LoadCompany { generation: g, company } => {
                let card = found(store.company_card(*company, &now, TIMELINE), "this company");
                (*g, card.map(|card| Event::CompanyLoaded { generation: *g, card: Box::new(card) }))
            }
            Effect::LoadContacts { generation: g, clients, filter, order, after, limit } => {
                (*g, self.people(*g, *clients, filter, *order, *after, *limit))
            }
            Effect::LoadCompanies { generation: g, filter, after, limit } => {
                (*g, self.companies(*g, filter, *after, *limit))
            }
            Effect::LoadDeal { generation: g, deal } => {
                let card = found(store.deal_card(*deal, now.date(), TIMELINE), "this deal");
                (*g, card.map(|card| Event::DealLoaded { generation: *g, card: Box::new(card) }))
            }
            Effect::LoadWhy { generation: g, subject, thread } => (*g, self.why(*g, *subject, *thread)),
            Effect::LoadSearch { generation: g, query, order, after } => (*g, self.search(*g, query, *order, *after)),
            Effect::LoadSearchNames { generation: g } => (*g, self.search_names(*g)),
            Effect::LoadViews { generation: g } => (*g, self.views(*g)),
            Effect::LoadOutbox { generation: g } => {
                (*g, store.outbox(50).map(|rows| Event::OutboxLoaded { generation: *g, rows }))
            }
            Effect::LoadFollowUps { generation: g } => (*g, self.follow_ups(*g)),
            Effect::LoadDrafts { generation: g } => {
                (*g, store.drafts().map(|rows| Event::DraftsLoaded { generation: *g, rows }))
            }
            Effect::PreviewTemplate { generation: g, template } => (
                *g,
                self.preview_template(template).map(|previewed| Event::TemplatePreviewed { generation: *g, previewed }),
            ),
            Effect::LoadTemplates { generation: g } => {
                (*g, Ok(Event::TemplatesLoaded { generation: *g, rows: self.templates() }))
            }
            other => {
                return self
                    .answer_asked(other)
                    .or_else(|| self.answer_about_clients(other))
                    .or_else(|| self.answer_of_deals(other));
            }
        })
    }

    /// What was changed, and what stands behind a question to the user.
    fn answer_asked(&self, effect: &Effect) -> Option<(Generation, Result<Event>)> {
        let store = &self.store;
        Some(match effect {
            Effect::LoadChanges { generation: g } => {
                (*g, store.changes(200).map(|rows| Event::ChangesLoaded { generation: *g, rows }))
            }
            Effect::LoadChange { generation: g, change } => {
                let details = store.change_details(*change, &self.zone);
                (*g, details.map(|details| Event::ChangeLoaded { generation: *g, details: Box::new(details) }))
            }
            Effect::LoadAsItWas { generation: g, noun, id, at } => {
                let was = found(store.as_of(*noun, *id, *at, &self.zone), "this card");
                (*g, was.map(|was| Event::AsItWasLoaded { generation: *g, was: Box::new(was) }))
            }
            Effect::LoadPending { generation: g } => {
                (*g, store.pending().map(|pending| Event::PendingLoaded { generation: *g, pending: Box::new(pending) }))
            }
            Effect::AskMailings { generation: g, question } => (*g, self.mailings(*g, question)),
            Effect::AskWriting { generation: g, question } => {
                (*g, self.offer(question).map(|answer| Event::WritingAnswered { generation: *g, answer }))
            }
            Effect::ListGoalsFor { generation: g, threads } => {
                (*g, self.goals(threads).map(|goals| Event::GoalsLoaded { generation: *g, goals }))
            }
            Effect::AskFiling { generation: g, question } => (
                *g,
                self.filing_asked(question)
                    .map(|answer| Event::FilingAnswered { generation: *g, answer: Box::new(answer) }),
            ),
            Effect::FindClients { generation: g, words } => {
                (*g, store.find_clients(words, CLIENTS).map(|clients| Event::ClientsFound { generation: *g, clients }))
            }
            Effect::AskActivities { generation: g, question } => {
                (*g, self.about_activities(question).map(|answer| Event::ActivitiesAnswered { generation: *g, answer }))
            }
            Effect::ListColleagues { generation: g } => {
                (*g, store.colleagues().map(|people| Event::ColleaguesLoaded { generation: *g, people }))
            }
            Effect::ListDealsFor { generation: g, thread } => (
                *g,
                self.deals_for(*thread).map(|rows| Event::DealChoicesLoaded { generation: *g, thread: *thread, rows }),
            ),
            _ => return None,
        })
    }

    fn threads(
        &self,
        generation: Generation,
        folder: id::Folder,
        after: Option<PageKey>,
        limit: usize,
    ) -> Result<Event> {
        let mut rows: Vec<ThreadRow> = self.store.threads_in(folder, after, self::rows(limit))?;
        let now = self.now();
        for row in &mut rows {
            row.counters = self.store.counters_of(row.id, &now, &self.office.practice.work)?;
        }
        // The page's end is the thread's place in this folder, which may be older than its newest letter elsewhere.
        let after =
            if rows.len() == limit { self.store.place_in_folder(folder, rows.last().map(|row| row.id))? } else { None };
        Ok(Event::ThreadsLoaded { generation, folder, rows, after })
    }

    fn body(&self, message: id::Message, form: BodyForm) -> Result<Text> {
        let bytes = found(self.store.raw(message), "this letter")?;
        Ok(match form {
            BodyForm::Raw => mime::raw_as_text(&bytes),
            BodyForm::Html => mime::html_as_text(&bytes)
                .ok_or_else(|| Problem::new(problem::Kind::NotFound, "this letter has no HTML part"))?,
        })
    }

    /// Folders of the accounts of these threads, those that letters were moved to lately first. Of several accounts only
    /// the first one's are listed: the others' letters go to their own folders of the same role or name.
    fn goals(&self, threads: &[id::Thread]) -> Result<Vec<Goal>> {
        let Some(first) = threads.first() else { return Ok(Vec::new()) };
        let account = self.store.account_of_thread(*first)?;
        let recent = self.store.recent_goals()?;
        let place = |row: &folder::Row| recent.iter().position(|goal| *goal == row.id);
        let mut rows = self.store.folders()?;
        rows.retain(|row| row.account == account);
        rows.sort_by_key(|row| place(row).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(|row| Goal { recent: place(&row).is_some(), row }).collect())
    }

    fn templates(&self) -> Vec<TemplateRow> {
        let office = self.writing_office();
        let good = office.templates.iter().map(|template| TemplateRow {
            name: Text::line(&template.name),
            language: Text::line(&template.language),
            subject: Text::line(&template.subject),
            preview: Text::block(&template.body),
            purpose: template.purpose(),
            file: Text::line(&template.file),
            mine: office.is_mine(template),
            problem: None,
        });
        let broken = office.broken_templates.iter().map(|problem| TemplateRow {
            name: Text::own("cannot be used"),
            language: Text::default(),
            subject: Text::default(),
            preview: Text::default(),
            purpose: Text::default(),
            file: Text::line(&file_of(problem)),
            mine: true,
            problem: Some(problem.clone()),
        });
        good.chain(broken).collect()
    }

    /// The open deals of a thread's client with what speaks for each, best first.
    fn deals_for(&self, thread: id::Thread) -> Result<Vec<(DealRow, Text)>> {
        let now = self.now();
        let mut rows = Vec::new();
        for one in crate::sync::filing::deals_for(&self.store, thread, now.timestamp())? {
            rows.extend(self.store.deal_row(one.deal, now.date())?.map(|row| (row, one.why())));
        }
        Ok(rows)
    }

    fn about_activities(&self, question: &ActivityQuestion) -> Result<ActivityAnswer> {
        let store = &self.store;
        Ok(match question {
            ActivityQuestion::Card(activity) => {
                ActivityAnswer::Card(Box::new(found(store.activity_card(*activity), "this activity")?))
            }
            ActivityQuestion::Choices { contact, company, deal } => {
                ActivityAnswer::Choices(store.activity_choices(*contact, *company, *deal)?)
            }
            ActivityQuestion::Client { contact, company, deal } => {
                ActivityAnswer::Client(store.client_of(*contact, *company, *deal)?)
            }
            ActivityQuestion::Promises(place) => ActivityAnswer::Promises(store.open_promises(*place)?),
        })
    }
}

pub(super) fn rows(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

fn found<T>(answer: Result<Option<T>>, what: &str) -> Result<T> {
    answer?.ok_or_else(|| Problem::new(problem::Kind::NotFound, format!("{what} is not there any more")))
}

/// The file that a problem with a template begins with: `offer.pl.md, line 3: …`; empty where it speaks of several.
fn file_of(problem: &Problem) -> String {
    let words = problem.sentence.trim_start_matches("template ");
    let end = words.to_lowercase().find(".md").map_or(0, |at| at + 3);
    let file = words.get(..end).unwrap_or("");
    if problem.sentence.starts_with("pack ") || file.contains(' ') { String::new() } else { file.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_previews_only_the_last_is_read() {
        let thread = |generation| Effect::LoadThread { generation, thread: id::Thread(1) };
        let counters = |generation| Effect::LoadCounters { generation };
        let mut queue = VecDeque::from([thread(1), counters(2), thread(3), counters(4), thread(5)]);
        let dropped = drop_superseded(&mut queue);
        assert_eq!(queue, [counters(2), counters(4), thread(5)]);
        assert_eq!(dropped.len(), 2);
        assert!(matches!(dropped[0], Event::LoadFailed { generation: 1, .. }));
    }
}
