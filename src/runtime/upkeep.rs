//! What is done beside everything else, so that nothing is lost: a backup every day, what waits noted for the reports, and a look through the store's file
//! after a program that did not end well.

use super::auto_replies;
use super::backups;
use super::carrier::Freight;
use super::events;
use super::network::News;
use super::templates;
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::work_time::WorkTime;
use crate::mime;
use crate::store::{Store, damage};
use crate::sync::filing::read_some_again;
use crate::sync::meetings;
use crossbeam_channel::{Receiver, Sender, bounded};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often is looked whether a backup is due: a laptop sleeps through whole days.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// How often is looked whether something happened that a letter is due for, where anybody wrote to the store.
const LOOK: Duration = Duration::from_secs(15);

/// The journal gives up at most so many pieces at a time.
const MOST_STEPS: usize = 100;

/// Letters whose files are named in one transaction, and the pause after it.
const FILES_AT_ONCE: u32 = 50;
const BETWEEN_FILES: Duration = Duration::from_millis(20);

/// The thread that does it; it ends when this is dropped.
pub struct Upkeep {
    _stop: Sender<()>,
}

impl Upkeep {
    /// Starts it. Only the owner of the network does, so that one program of several makes the backups.
    #[must_use]
    pub fn start(freight: &Freight, news: Sender<News>) -> Self {
        let (stop, stopped) = bounded(0);
        let freight = freight.clone();
        let work = move || run(&freight, &news, &stopped);
        if let Err(error) = std::thread::Builder::new().name("upkeep".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread for backups");
        }
        Self { _stop: stop }
    }
}

fn run(freight: &Freight, news: &Sender<News>, stopped: &Receiver<()>) {
    let Freight { store_file, data_dir, zone, work, .. } = freight;
    if freight.left_open
        && let Some(problem) = look_through(store_file)
    {
        let _ = news.send(News::Trouble(problem));
    }
    name_files(store_file, stopped);
    read_again(store_file, &freight.own, stopped);
    let mut told = None;
    loop {
        if let Err(problem) = compare_cards(store_file) {
            tracing::warn!(%problem, "cards could not be compared");
        }
        match backups::make_if_due(store_file, data_dir, Timestamp::now()) {
            Ok(Some(backup)) => tracing::info!(file = %backup.file.display(), size = backup.size, "backup made"),
            Ok(None) => {}
            // Said once, not every quarter of an hour.
            Err(problem) if told.as_ref() == Some(&problem.sentence) => {}
            Err(problem) => {
                told = Some(problem.sentence.clone());
                let _ = news.send(News::Trouble(problem));
            }
        }
        if let Err(problem) = keep_history(store_file, zone, work) {
            tracing::warn!(%problem, "what waits could not be noted");
        }
        if watch_events(freight, stopped) {
            return;
        }
    }
}

/// Until the next backup may be due: looks for what happened at once and then whenever the store has changed. True when stopped.
fn watch_events(freight: &Freight, stopped: &Receiver<()>) -> bool {
    let until = Instant::now() + EVERY;
    let (mut store, mut seen) = (None, None);
    while Instant::now() < until {
        let looked = look_for_events(freight, &mut store, &mut seen);
        if let Err(problem) = looked {
            tracing::warn!(%problem, "what letters are due for could not be looked for");
            store = None;
        }
        // Nothing is ever sent: the other end is dropped.
        if stopped.recv_timeout(LOOK).is_err_and(|error| error.is_disconnected()) {
            return true;
        }
    }
    false
}

/// One look, where the store or the templates' folder is another than at the last one.
fn look_for_events(
    freight: &Freight,
    kept: &mut Option<Store>,
    seen: &mut Option<(i64, u64, i64, templates::Stamp)>,
) -> Result<()> {
    let store = match kept.take() {
        Some(store) => store,
        None => Store::open(&freight.store_file)?,
    };
    let files = templates::stamp(&freight.office.templates_dir);
    // Days begin and people come to work also where nothing changes.
    let hour = Timestamp::now().as_second() / 3600;
    let stands = (store.data_version()?, Store::writes(), hour, files);
    if seen.as_ref() != Some(&stands) {
        let mut office = freight.office.clone();
        office.read_templates_again();
        let now = Zoned::now().with_time_zone(freight.zone.clone());
        // First: events may be many, and who writes now hears of it soon.
        auto_replies::look(&store, &office, &now)?;
        events::look(&store, &office, &now)?;
        *seen = Some((store.data_version()?, Store::writes(), hour, stands.3));
    }
    *kept = Some(store);
    Ok(())
}

/// Notes what waits, for the reports, plans what comes again, and gives up what the journal keeps of letters for too long.
fn keep_history(store_file: &Path, zone: &TimeZone, work: &WorkTime) -> Result<()> {
    let store = Store::open(store_file)?;
    let now = Zoned::now().with_time_zone(zone.clone());
    store.note_counters(&now, work)?;
    if meetings::plan_next(&store, now.timestamp())? > 0 {
        tracing::info!("the next of meetings that come again are planned");
    }
    // In small steps, so that nobody waits.
    for _ in 0..MOST_STEPS {
        if !store.fade_journal(now.timestamp())? {
            break;
        }
    }
    Ok(())
}

/// Looks for duplicates among the cards that changed, a few at a time: whoever acts at the screen waits for none of it.
fn compare_cards(store_file: &Path) -> crate::domain::problem::Result<()> {
    let store = Store::open(store_file)?;
    while store.compare_changed(100)? > 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Files of letters that came before their names were kept get them, the newest letters first, few at a time: whoever wants to write
/// meanwhile waits for one small batch.
fn name_files(store_file: &Path, stopped: &Receiver<()>) {
    let work = || -> crate::domain::problem::Result<u64> {
        let store = Store::open(store_file)?;
        let (mut before, mut named) = (id::Message(i64::MAX), 0);
        loop {
            let letters = store.letters_with_unnamed_files(before, FILES_AT_ONCE)?;
            let Some(last) = letters.last() else { return Ok(named) };
            before = *last;
            let mut read = Vec::new();
            for letter in letters {
                if let Some(bytes) = store.raw(letter)? {
                    read.push((letter, mime::read(&bytes).attachments));
                }
            }
            store
                .write_again_possible(|| read.iter().try_for_each(|(letter, files)| store.set_files(*letter, files)))?;
            named += read.len() as u64;
            if stopped.recv_timeout(BETWEEN_FILES).is_err_and(|error| error.is_disconnected()) {
                return Ok(named);
            }
        }
    };
    match work() {
        Ok(0) => {}
        Ok(named) => tracing::info!(letters = named, "the files of older letters are named"),
        Err(problem) => tracing::warn!(%problem, "the files of older letters could not be named"),
    }
}

/// Letters of colleagues that came before it was kept whose letters they pass on are read once more, a few at a time.
fn read_again(store_file: &Path, own: &Own, stopped: &Receiver<()>) {
    let work = || -> Result<()> {
        let store = Store::open(store_file)?;
        while read_some_again(&store, own, Timestamp::now())? {
            if stopped.recv_timeout(BETWEEN_FILES).is_err_and(|error| error.is_disconnected()) {
                break;
            }
        }
        Ok(())
    };
    if let Err(problem) = work() {
        tracing::warn!(%problem, "older letters of colleagues could not be read again");
    }
}

/// Reads all of the file; what is damaged is kept in mind for the next start.
fn look_through(store_file: &Path) -> Option<Problem> {
    let found = match Store::open(store_file).and_then(|store| store.quick_check()) {
        Ok(None) => return None,
        Ok(Some(defect)) => defect.as_str().to_owned(),
        Err(problem) if problem.kind == Kind::Damaged => problem.sentence,
        Err(problem) => {
            tracing::warn!(%problem, "the store could not be looked through");
            return None;
        }
    };
    if let Err(error) = damage::set_suspect(store_file, Some(&found)) {
        tracing::warn!(%error, "the damage cannot be kept in mind");
    }
    damage::suspect(store_file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::Zoned;

    #[test]
    fn files_of_older_letters_get_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postbook.sqlite");
        let store = Store::open(&file).unwrap();
        crate::runtime::demo::fill(&store, &"2026-11-23T10:00[Europe/Warsaw]".parse::<Zoned>().unwrap()).unwrap();
        let names = || store.rows("SELECT message_id, file, name, media_type, size FROM attachment ORDER BY 1, 2");
        let before = names();
        assert!(!before.is_empty());
        store.run("DELETE FROM attachment");
        let (_stop, stopped) = bounded(0);
        name_files(&file, &stopped);
        assert_eq!(names(), before);
    }
}
