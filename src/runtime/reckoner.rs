//! Whoever computes reports: on a thread of its own with a connection of its own. A year of letters may take it a second; no other
//! question waits for it, and when another report is asked for meanwhile, the one under way is cut.

use crate::domain::practice::Practice;
use crate::domain::problem::{Kind, Problem, Result};
use crate::store::Store;
use crate::ui::effect::{Effect, Generation};
use crate::ui::event::Event;
use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::{Zoned, tz::TimeZone};
use std::path::{Path, PathBuf};

/// Starts it. Its connection is opened when the first report is asked for: most days nobody does.
///
/// # Errors
/// When no thread can be started.
pub(super) fn start(
    store_file: &Path,
    practice: &Practice,
    zone: &TimeZone,
    answers: &Sender<Event>,
) -> Result<Sender<Effect>> {
    let (ask, asked) = unbounded();
    let (store_file, practice, zone, answers) =
        (store_file.to_owned(), practice.clone(), zone.clone(), answers.clone());
    std::thread::Builder::new()
        .name("reckon".to_owned())
        .spawn(move || Reckoner { store_file, practice, zone, answers, asked }.run())
        .map_err(|error| Problem::new(Kind::Internal, format!("a thread could not be started: {error}")))?;
    Ok(ask)
}

struct Reckoner {
    store_file: PathBuf,
    practice: Practice,
    zone: TimeZone,
    answers: Sender<Event>,
    asked: Receiver<Effect>,
}

impl Reckoner {
    fn run(self) {
        let mut store = None;
        while let Ok(effect) = self.asked.recv() {
            let Effect::LoadReport { generation, question } = effect else { continue };
            // A newer question waits: this one nobody wants any more.
            let answer = if self.asked.is_empty() {
                self.opened(&mut store).and_then(|store| {
                    let now = Zoned::now().with_time_zone(self.zone.clone());
                    store.report(&question, &self.practice, &now)
                })
            } else {
                Err(Problem::new(Kind::Interrupted, "asked again before it was answered"))
            };
            let event = match answer {
                Ok(report) => Event::ReportLoaded { generation, report: Box::new(report) },
                Err(problem) => failed(generation, problem),
            };
            let _ = self.answers.send(event);
        }
    }

    fn opened<'a>(&self, store: &'a mut Option<Store>) -> Result<&'a Store> {
        if store.is_none() {
            let mut opened = Store::open(&self.store_file)?;
            let asked = self.asked.clone();
            opened.stop_when(move || !asked.is_empty())?;
            *store = Some(opened);
        }
        store.as_ref().ok_or_else(|| Problem::new(Kind::Internal, "the store was not opened"))
    }
}

fn failed(generation: Generation, problem: Problem) -> Event {
    Event::LoadFailed { generation, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::Question;
    use crate::domain::report::period::{Period, Span};
    use std::time::Duration;

    #[test]
    fn only_the_last_of_many_questions_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.db");
        drop(Store::open(&file).unwrap());
        let (answers, answered) = unbounded();
        let ask = start(&file, &Practice::default(), &TimeZone::UTC, &answers).unwrap();
        let question = Question::of(Period::of(Span::Month, jiff::civil::date(2026, 11, 1)));
        for generation in 1..=40 {
            ask.send(Effect::LoadReport { generation, question }).unwrap();
        }
        let mut reports = Vec::new();
        for _ in 0..40 {
            match answered.recv_timeout(Duration::from_secs(20)).unwrap() {
                Event::ReportLoaded { generation, .. } => reports.push(generation),
                Event::LoadFailed { problem, .. } => assert_eq!(problem.kind, Kind::Interrupted),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(reports.last(), Some(&40), "each is answered, the last one with a report");
    }
}
