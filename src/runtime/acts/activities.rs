//! What the user does to activities and to promises found in letters.

use super::{Acts, Title};
use crate::domain::activity::{Activity, Kind as Of};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::promise::Promise;
use crate::domain::text::{Text, plural};
use crate::domain::work_time::WorkTime;
use crate::store::Decision;
use crate::sync::meetings;
use crate::ui::effect::ActivityAct;
use jiff::SignedDuration;

impl Acts<'_> {
    /// Does one of them.
    ///
    /// # Errors
    /// When the store cannot be written, or what it is about is not there any more.
    pub fn activity_act(&self, act: ActivityAct, work: &WorkTime) -> Result<Title> {
        match act {
            ActivityAct::Enter { activity, next } => self.enter_activity(&activity, next.as_deref()),
            ActivityAct::Edit { activity, to } => {
                self.record(format!("Changed: {}", to.title()), || self.store.update_activity(activity, &to))
            }
            ActivityAct::Remove(activity) => {
                let title = self.activity_title(activity)?;
                self.record(format!("Removed: {title}"), || self.store.remove_activity(activity))
            }
            ActivityAct::Finish { activity, result, minutes, next } => {
                self.finish_activity(activity, &result, minutes, next.as_deref())
            }
            ActivityAct::Promises { make, decline } => self.settle_promises(&make, &decline, work),
        }
    }

    /// Enters an activity and what follows from it, as one change.
    fn enter_activity(&self, activity: &Activity, next: Option<&Activity>) -> Result<Title> {
        let (kind, title) = (activity.kind.name(), activity.title());
        let shown = if title.as_str() == kind { kind.to_owned() } else { format!("{kind} {title}") };
        self.record(format!("Entered: {shown}"), || {
            let first = self.store.add_activity(activity)?;
            match next {
                Some(next) => self.store.add_activity(&Activity { trigger: Some(first), ..next.clone() }).map(drop),
                None => Ok(()),
            }
        })
    }

    /// It was done; what is planned next was led to by it, and is with the same people.
    pub(super) fn finish_activity(
        &self,
        activity: id::Activity,
        result: &Text,
        minutes: Option<i64>,
        next: Option<&Activity>,
    ) -> Result<Title> {
        let missing = || Problem::new(Kind::NotFound, "this activity is not there any more");
        let standing = self.store.activity(activity)?.ok_or_else(missing)?.activity;
        let title = self.record(format!("Done: {}", standing.title()), || {
            let minutes = minutes.or(standing.duration_minutes);
            self.store.finish_activity(activity, self.at(), minutes, result)?;
            let Some(next) = next else { return Ok(()) };
            let mut next = Activity { trigger: Some(activity), ..next.clone() };
            if next.contact.is_none() && next.company.is_none() && next.guests.is_empty() {
                (next.contact, next.company) = (standing.contact, standing.company);
                (next.people, next.guests) = (standing.people, standing.guests);
                next.deal = next.deal.or(standing.deal);
            }
            self.store.add_activity(&next).map(drop)
        })?;
        // Of a meeting that comes again the next one is planned, as the first one was: by no act of mine.
        meetings::plan_next(self.store, self.at())?;
        Ok(title)
    }

    fn activity_title(&self, activity: id::Activity) -> Result<Text> {
        let found = self.store.activity(activity)?;
        found
            .map(|row| row.activity.title())
            .ok_or_else(|| Problem::new(Kind::NotFound, "this activity is not there any more"))
    }

    /// Makes tasks of promises, or says that they are none, as one change.
    fn settle_promises(&self, make: &[id::Promise], decline: &[id::Promise], work: &WorkTime) -> Result<Title> {
        let title = match (make.len(), decline.len()) {
            (0, many) => format!("No task made of {}", counted(many)),
            (many, _) => format!("Made {} of {}", plural(count(many), "a task", "tasks"), counted(many)),
        };
        self.record(title.replace("1 a task", "a task"), || {
            for promise in make {
                let promise = self.open_promise(*promise)?;
                let task = self.store.add_activity(&self.task_of(&promise, work)?)?;
                self.store.decide_promise(promise.id, Decision::Made(task))?;
            }
            decline.iter().try_for_each(|promise| self.store.decide_promise(*promise, Decision::Declined))
        })
    }

    fn open_promise(&self, promise: id::Promise) -> Result<Promise> {
        self.store
            .promise(promise)?
            .ok_or_else(|| Problem::new(Kind::NotFound, "the letter with this promise is not there any more"))
    }

    /// The task: my promise is to be kept, theirs is to be looked after.
    fn task_of(&self, promise: &Promise, work: &WorkTime) -> Result<Activity> {
        let thread = self.store.thread_of_promise(promise.id)?;
        let filed = thread.map(|thread| self.store.filing(thread)).transpose()?.flatten();
        let place = filed.map(|filed| filed.place).unwrap_or_default();
        let subject = if promise.mine {
            promise.sentence.clone()
        } else {
            Text::from(format!("check: they promised “{}”", promise.sentence))
        };
        // Whether they kept it is looked at when the day is over.
        let due = promise
            .due()
            .at(self.now, work)
            .map(|at| if promise.mine { at } else { at.checked_add(SignedDuration::from_mins(1)).unwrap_or(at) });
        Ok(Activity {
            contact: place.contact,
            company: place.company,
            deal: place.deal,
            message: promise.message,
            due_at: Some(due.unwrap_or(self.at())),
            ..Activity::new(Of::Task, subject)
        })
    }
}

fn count(many: usize) -> u64 {
    u64::try_from(many).unwrap_or(u64::MAX)
}

fn counted(many: usize) -> String {
    plural(count(many), "promise", "promises")
}
