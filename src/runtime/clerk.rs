//! The clerk: does what screens ask, on a thread of its own with a connection of its own. One arm, one call.

use super::acts::{Acts, Title};
use super::auto_replies;
use super::cards;
use super::handling::Outcome;
use super::handover::Handover;
use super::letters::expand_home;
use super::templates;
use super::writing::Office;
use crate::domain::auto_reply::GoingAway;
use crate::domain::change::Change;
use crate::domain::contact::Whose;
use crate::domain::handling::{Handling, Order};
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::report::table::Table;
use crate::domain::text::Text;
use crate::mime;
use crate::store::Store;
use crate::ui::effect::{ActivityAct, Effect, ViewAct};
use crate::ui::event::{Changed, Event};
use jiff::{Zoned, tz::TimeZone};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything one clerk works with.
pub struct Clerk {
    pub(super) store: Store,
    pub(super) office: Arc<Office>,
    /// The same with the templates as they are on disk, and how their files were when they were read.
    pub(super) fresh: RefCell<Option<(templates::Stamp, Arc<Office>)>>,
    pub(super) zone: TimeZone,
    /// Where saved attachments go.
    pub(super) downloads: PathBuf,
    /// Where attachments to be opened go.
    pub(super) opened: PathBuf,
}

impl Clerk {
    /// The office with the templates as they are on disk now: they are edited while the program runs.
    pub(super) fn writing_office(&self) -> Arc<Office> {
        let stamp = templates::stamp(&self.office.templates_dir);
        let mut fresh = self.fresh.borrow_mut();
        match &*fresh {
            Some((known, office)) if *known == stamp => Arc::clone(office),
            _ => {
                let mut office = (*self.office).clone();
                office.read_templates_again();
                let office = Arc::new(office);
                *fresh = Some((stamp, Arc::clone(&office)));
                office
            }
        }
    }

    /// Keeps, renames or forgets a saved search.
    fn view(&self, act: ViewAct, acts: &Acts<'_>) -> Result<Vec<Event>> {
        let told = match act {
            ViewAct::Keep { name, query } => acts.save_view(&name, &query)?,
            ViewAct::Rename { view, name } => acts.rename_view(view, &name)?,
            ViewAct::Remove(view) => acts.remove_view(view)?,
            ViewAct::Remember(query) => {
                self.store.remember_search(&query, acts.now.timestamp())?;
                return Ok(Vec::new());
            }
        };
        Ok(done(told, vec![Changed::Views]))
    }

    pub(super) fn now(&self) -> Zoned {
        Zoned::now().with_time_zone(self.zone.clone())
    }

    /// Does one effect; gives what happened.
    pub(super) fn perform(&self, effect: Effect) -> Vec<Event> {
        if let Some(event) = self.load(&effect) {
            return vec![event];
        }
        let outcome = match self.template_files(&effect).or_else(|| self.letters(effect.clone())) {
            Some(outcome) => outcome,
            None => self.act(effect),
        };
        outcome.unwrap_or_else(|problem: Problem| vec![Event::Problem(problem)])
    }

    fn act(&self, effect: Effect) -> Result<Vec<Event>> {
        let now = self.now();
        let acts = Acts { store: &self.store, own: &self.office.own, now: &now };
        let all = || vec![Changed::Everything];
        match effect {
            Effect::MarkRead(thread) => acts.read(thread).map(|()| vec![Event::Changed(vec![Changed::Thread(thread)])]),
            Effect::Handle(order) => handled(acts.handle(&order)?, *order),
            Effect::EmptyFolder(folder) => Ok(done(acts.empty_folder(folder)?, all())),
            Effect::RenameFolder { folder, name } => Ok(done(acts.rename_folder(folder, &name)?, all())),
            Effect::RefusalsSeen { until } => {
                self.store.refusals_seen(until).map(|()| vec![Event::Changed(Vec::new())])
            }
            Effect::MarkDone(threads) => Ok(done(acts.mark_done(&threads)?, changed(threads))),
            Effect::Snooze { threads, until } => Ok(done(acts.snooze(&threads, until)?, changed(threads))),
            Effect::AwaitAnswer(threads) => Ok(done(acts.await_answer(&threads)?, changed(threads))),
            Effect::Assign(assignment) => Ok(done(acts.assign(&assignment)?, all())),
            Effect::FileUnder { thread, deal } => {
                Ok(done(acts.file_under(thread, deal)?, vec![Changed::Thread(thread)]))
            }
            Effect::Claim(thread) => {
                Ok(done(acts.claim(thread, &self.office.accounts)?, vec![Changed::Thread(thread)]))
            }
            Effect::TogglePrivate(thread) => Ok(done(acts.toggle_private(thread)?, vec![Changed::Thread(thread)])),
            Effect::ByHand(act) => self.file_by_hand(*act),
            Effect::ConfirmJunk(thread) => Ok(done(acts.confirm_junk(thread)?, vec![Changed::Thread(thread)])),
            Effect::Convert(conversion) => Ok(done(acts.convert(&conversion, &self.first_stage())?, all())),
            Effect::NamePerson { contact, name } => {
                Ok(done(acts.name_person(contact, &name)?, vec![Changed::Contact(contact)]))
            }
            Effect::NotPerson(contact) => Ok(done(acts.not_person(contact)?, vec![Changed::Contact(contact)])),
            Effect::Merge(merge) => Ok(done(acts.merge(&merge)?, all())),
            Effect::Different(pair) => Ok(done(acts.different(pair)?, all())),
            Effect::SplitOff { contact, address } => Ok(done(acts.split_off(contact, &address)?, all())),
            Effect::KeepLead(contact) => Ok(done(acts.keep_lead(contact)?, vec![Changed::Contact(contact)])),
            Effect::IgnoreSender(contact) => Ok(done(acts.ignore_sender(contact)?, all())),
            Effect::Deal(act) => self.deal_act(&acts, &act),
            Effect::Mailing(act) => self.mailing_act(*act),
            Effect::EditCard { whose, edits } => {
                let outcome = acts.edit_card(whose, &edits, &self.office.practice);
                Ok(cards::edited(whose, &edits, outcome))
            }
            Effect::EnterCard { noun, edits } => {
                Ok(cards::entered(acts.enter_card(noun, &edits, &self.office.practice)))
            }
            Effect::RemoveCard(whose) => Ok(done(acts.remove_card(whose)?, all())),
            Effect::ActivityDone { activity, result } => {
                Ok(done(acts.activity_done(activity, &result)?, vec![Changed::Activity(activity)]))
            }
            Effect::ActivityMove { activity, to } => {
                Ok(done(acts.activity_move(activity, to)?, vec![Changed::Activity(activity)]))
            }
            Effect::Activity(act) => {
                let without_next = match &act {
                    ActivityAct::Finish { activity, next: None, .. } => Some(*activity),
                    _ => None,
                };
                let mut events = done(acts.activity_act(act, &self.office.practice.work)?, all());
                if let Some(activity) = without_next {
                    events.extend(self.next_wanted(activity)?);
                }
                Ok(events)
            }
            Effect::HandOver { whose, folder } => self.hand_over(whose, &folder, &now),
            Effect::SaveCalendar(which) => self.save_calendar(which, &now),
            Effect::PaymentPaid(payment) => Ok(done(acts.payment_paid(payment)?, vec![Changed::Payment(payment)])),
            Effect::PaymentMove { payment, to } => {
                Ok(done(acts.payment_move(payment, to)?, vec![Changed::Payment(payment)]))
            }
            Effect::DismissOffered(offered) => Ok(done(acts.dismiss_offered(offered)?, all())),
            Effect::DiscardDraft(draft) => Ok(done(acts.discard_draft(draft)?, vec![Changed::Draft(draft)])),
            Effect::View(act) => self.view(act, &acts),
            Effect::FollowUp(act) => self.follow_up(act),
            Effect::Away(wanted) => self.away(wanted, &acts),
            Effect::Redo => self.redo(&now),
            Effect::SaveTable { name, table } => {
                Ok(vec![Event::AttachmentSaved { path: save_table(&self.downloads, &name, &table)? }])
            }
            Effect::Undo => undone(acts.undo()?),
            Effect::SyncNow => self.retry_now(&now),
            Effect::SyncAccount(account) => {
                self.store.retry_now(account, now.timestamp()).map(|_| vec![Event::Changed(Vec::new())])
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Letters that wait after a failure are tried at once, because the user asked.
    fn retry_now(&self, now: &Zoned) -> Result<Vec<Event>> {
        for account in &self.office.accounts {
            self.store.retry_now(account.id, now.timestamp())?;
        }
        Ok(vec![Event::Changed(Vec::new())])
    }

    /// The folder of a client who is handed over; the letters are written while the screens go on being read.
    fn hand_over(&self, whose: Whose, folder: &str, now: &Zoned) -> Result<Vec<Event>> {
        let handover = Handover { store: &self.store, practice: &self.office.practice, now };
        let done = handover.write(whose, &expand_home(folder.trim()))?;
        Ok(vec![Event::Told(Text::line(&done.told()))])
    }

    /// The header is read anew by it.
    fn away(&self, wanted: Option<GoingAway>, acts: &Acts<'_>) -> Result<Vec<Event>> {
        let title = match (wanted, self.store.absence(acts.now)?) {
            (Some(wanted), _) => acts.go_away(&auto_replies::checked(&wanted, &self.writing_office(), acts.now)?)?,
            (None, Some(absence)) => acts.come_back(&absence)?,
            (None, None) => {
                return Ok(vec![Event::Told(Text::own("You are not away: no letter is answered by itself."))]);
            }
        };
        Ok(done(title, vec![Changed::Everything]))
    }

    fn redo(&self, now: &Zoned) -> Result<Vec<Event>> {
        let nothing =
            || Problem::new(problem::Kind::NotFound, "there is nothing to do again: only what was taken back last is");
        let change = self.store.redo(now.timestamp())?.ok_or_else(nothing)?;
        Ok(done(Some(change.title), vec![Changed::Everything]))
    }
}

/// Writes a table as CSV under a name that is not taken yet.
fn save_table(folder: &Path, name: &str, table: &Table) -> Result<Text> {
    let bytes = mime::csv_file::write(&table.header, &table.rows)?;
    let path = mime::save_attachment(folder, name, &bytes)?;
    Ok(Text::line(&path.to_string_lossy()))
}

impl Clerk {
    /// Where a new deal begins.
    fn first_stage(&self) -> Text {
        let pipeline = self.office.practice.pipelines.named("");
        pipeline
            .and_then(|pipeline| pipeline.stages.first())
            .map_or_else(|| Text::own("new"), |stage| stage.name.clone())
    }
}

fn undone(change: Option<Change>) -> Result<Vec<Event>> {
    Ok(match change {
        // What the server has deleted for good does not come back.
        Some(change) if !change.undone => vec![Event::Problem(too_late(&change.title))],
        Some(change) => vec![Event::Undone { title: change.title }, Event::Changed(vec![Changed::Everything])],
        None => vec![Event::Problem(Problem::new(problem::Kind::NotFound, "there is nothing to undo"))],
    })
}

pub(super) fn done(title: Title, changed: Vec<Changed>) -> Vec<Event> {
    match title {
        Some(title) => vec![Event::Done { title }, Event::Changed(changed)],
        None => Vec::new(),
    }
}

/// Of more conversations than this it is not told which: everything visible is read again, once.
const MOST_NAMED: usize = 50;

fn handled(outcome: Outcome, order: Order) -> Result<Vec<Event>> {
    Ok(match outcome {
        Outcome::Done(title) => {
            // A lead may have come or gone with what went to Junk or came from there.
            let widely =
                matches!(order.handling, Handling::Junk | Handling::NotJunk) || order.threads.len() > MOST_NAMED;
            let changed = if widely {
                vec![Changed::Everything]
            } else {
                order.threads.into_iter().map(Changed::Thread).collect()
            };
            match title {
                Some(title) => vec![Event::Done { title }, Event::Changed(changed)],
                // It is so already: what the screen took away at once is read again.
                None => vec![Event::Changed(changed)],
            }
        }
        Outcome::Ask(question) => {
            vec![Event::Asked { question, yes: Effect::Handle(Box::new(Order { confirmed: true, ..order })) }]
        }
    })
}

fn too_late(title: &Text) -> Problem {
    let sentence = format!("it is too late to take back “{title}”");
    Problem::new(problem::Kind::NotFound, sentence).hint("u again takes back what was done before it")
}

fn changed(threads: Vec<id::Thread>) -> Vec<Changed> {
    threads.into_iter().map(Changed::Thread).collect()
}
