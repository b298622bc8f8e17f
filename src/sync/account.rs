//! One sync of one account: wishes out, letters and flags in, folder by folder, proved complete.

use super::fetching;
use super::folders::{agree, forget_deleted};
use super::ingest::Destination;
use super::large::bring_whole;
use super::plan::{Look, Steps, Told, doubtful_numbering, look, steps, steps_told, unchanged};
use super::remote::Remote;
use super::renumber::rematch;
use super::wishes::{Granted, Granting};
use crate::domain::address::Own;
use crate::domain::folder::{Role, Standing};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::net::imap::{Changes, RemoteFlags, Resync, Selected};
use crate::store::{Cursor, FolderRecord, Store};
use std::collections::BTreeMap;

pub use super::folders::register_folders;

/// What a sync tells while it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A folder's letters come in.
    Fetching {
        /// The folder's name.
        folder: Text,
        /// Letters stored.
        done: usize,
        /// Of so many that were missing.
        of: usize,
    },
    /// These threads changed in the store.
    Changed(Vec<id::Thread>),
    /// A folder is done.
    Folder(FolderReport),
}

/// What came of one folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderReport {
    /// Its name.
    pub folder: Text,
    /// Copies on the server.
    pub server: usize,
    /// Letters that came.
    pub new: usize,
    /// Copies whose flags changed on the server.
    pub changed: usize,
    /// Copies that went.
    pub deleted: usize,
    /// Wanted changes the server took.
    pub wishes: usize,
    /// What could not be had.
    pub warnings: Vec<Text>,
}

/// Syncs every folder. An interrupted sync goes on where it was; one that is repeated changes nothing.
///
/// # Errors
/// When the server or the store fails; what was committed before stays.
pub fn sync_account(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    own: &Own,
    report: &mut dyn FnMut(Progress),
) -> Result<Vec<FolderReport>> {
    let folders = register_folders(store, remote, account)?;
    sync_folders(store, remote, account, own, &folders, report)
}

/// Syncs these folders. Before a letter that left one of them is taken for deleted, the others of the account are looked at as well.
///
/// # Errors
/// As [`sync_account`].
pub fn sync_folders(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    own: &Own,
    folders: &[FolderRecord],
    report: &mut dyn FnMut(Progress),
) -> Result<Vec<FolderReport>> {
    // In a team's mailbox a folder is opened for changes only where some are wanted.
    let looks_only = store.is_read_only(account)?;
    remote.look_only(looks_only);
    // Somebody waits for these.
    bring_whole(store, remote, account, report)?;
    remote.look_only(false);
    let granted = Granting { store, remote, account, own }.moves_and_deletions(folders)?;
    let mut pass = Pass { store, remote, account, own, report, granted, looks_only, leaving: Vec::new() };
    let mut reports = Vec::new();
    for folder in folders {
        let outcome = pass.folder(folder)?;
        (pass.report)(Progress::Folder(outcome.clone()));
        reports.push(outcome);
    }
    reports.extend(pass.take_leave(folders)?);
    Ok(reports)
}

/// Letters that a folder no longer has, and how far it is known once they went.
struct Leaving {
    folder: FolderRecord,
    numbering: u32,
    gone: Vec<u32>,
    cursor: Cursor,
}

/// One look at the folders of an account.
struct Pass<'a> {
    store: &'a Store,
    remote: &'a mut dyn Remote,
    account: id::Account,
    own: &'a Own,
    report: &'a mut dyn FnMut(Progress),
    granted: BTreeMap<id::Folder, Granted>,
    /// Nothing is to be changed there but what is wished.
    looks_only: bool,
    /// Taken away when all folders were looked at: a letter that another client moved is found where it went before it is missed
    /// where it was, whatever the order of the folders.
    leaving: Vec<Leaving>,
}

impl Pass<'_> {
    fn folder(&mut self, folder: &FolderRecord) -> Result<FolderReport> {
        let mut outcome = FolderReport { folder: folder.name.clone(), ..FolderReport::default() };
        if let Some(granted) = self.granted.remove(&folder.id) {
            outcome.note(granted, self.report);
        }
        let looks_only = self.looks_only && !self.store.wishes_wait(folder.id)?;
        let Self { store, remote, account, own, report, leaving, .. } = self;
        remote.look_only(looks_only);
        let report: &mut dyn FnMut(Progress) = *report;
        let mut sync =
            FolderSync { store, remote: *remote, account: *account, own, folder, report, outcome, looks_only, leaving };
        let done = sync.run().map_err(|problem| problem.at(format!("folder {}", folder.name)));
        let mut outcome = sync.outcome;
        match done {
            // The server does not let us into this one (it went, or its rights changed): the others are not to suffer.
            Err(problem) if problem.is_refusal() => {
                store.look_again(folder.id)?;
                outcome.warnings.push(Text::from(problem.to_string()));
            }
            other => other?,
        }
        Ok(outcome)
    }

    /// Takes away what the folders no longer have. Gives what came of those that were looked at once more before.
    fn take_leave(&mut self, folders: &[FolderRecord]) -> Result<Vec<FolderReport>> {
        let all = self.store.folder_records(self.account)?;
        let again = if self.last_copies_leave()? { self.look_for_arrivals(&all)? } else { Vec::new() };
        for Leaving { folder, numbering, gone, cursor } in std::mem::take(&mut self.leaving) {
            let threads = self.store.write_again_possible(|| {
                let mut threads = self.store.remove_copies(folder.id, numbering, &gone)?;
                if cursor.complete {
                    threads.extend(self.store.remove_stale_copies(folder.id, numbering)?);
                }
                threads.sort_unstable();
                threads.dedup();
                threads.iter().try_for_each(|thread| self.store.refresh_lists(*thread))?;
                self.store.set_cursor(folder.id, &cursor)?;
                Ok(threads)
            })?;
            (self.report)(Progress::Changed(threads));
        }
        if all.len() <= folders.len() {
            let threads = forget_deleted(self.store, self.remote, self.account, folders)?;
            if !threads.is_empty() {
                (self.report)(Progress::Changed(threads));
            }
        }
        Ok(again)
    }

    fn last_copies_leave(&self) -> Result<bool> {
        for Leaving { folder, numbering, gone, cursor } in &self.leaving {
            let stale = cursor.complete && self.store.has_stale_copies(folder.id, *numbering)?;
            if stale || self.store.is_last_copy(folder.id, *numbering, gone)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Before a letter is taken for deleted, the folders that got letters since they were looked at are looked at again: another client
    /// may have moved it from one not yet read to one already read, or to one that nobody asked to be read.
    fn look_for_arrivals(&mut self, folders: &[FolderRecord]) -> Result<Vec<FolderReport>> {
        let listed = self.remote.list()?;
        let mut reports = Vec::new();
        for folder in folders {
            let Some(there) = listed.iter().find(|listed| listed.raw_name == folder.raw_name) else { continue };
            let next = match there.status {
                Some(state) => state.uid_next,
                None => match self.remote.select(&folder.raw_name) {
                    Err(problem) if problem.is_refusal() => continue,
                    other => other?.uid_next,
                },
            };
            let leaving = self.leaving.iter().find(|leaving| leaving.folder.id == folder.id);
            let known = match leaving {
                Some(leaving) => leaving.cursor,
                None => self.store.cursor(folder.id)?,
            };
            if next != Some(known.uid_next) {
                let outcome = self.folder(&FolderRecord { state: None, ..folder.clone() })?;
                (self.report)(Progress::Folder(outcome.clone()));
                reports.push(outcome);
            }
        }
        Ok(reports)
    }
}

impl FolderReport {
    fn note(&mut self, granted: Granted, report: &mut dyn FnMut(Progress)) {
        self.wishes += granted.done;
        self.warnings.extend(granted.warnings);
        if !granted.threads.is_empty() {
            report(Progress::Changed(granted.threads));
        }
    }
}

struct FolderSync<'a> {
    store: &'a Store,
    remote: &'a mut dyn Remote,
    account: id::Account,
    own: &'a Own,
    folder: &'a FolderRecord,
    report: &'a mut dyn FnMut(Progress),
    outcome: FolderReport,
    /// The folder is opened to be read alone: what is wished meanwhile is done at the next sync.
    looks_only: bool,
    leaving: &'a mut Vec<Leaving>,
}

/// Letters looked at to tell whether the numbers still mean the same.
const SAMPLE: u32 = 20;

/// What the server has, compared with what is here.
struct View {
    steps: Steps,
    /// Copies on the server.
    count: usize,
    /// Nothing was left out: what is missing here and there is known.
    whole: bool,
}

impl FolderSync<'_> {
    fn run(&mut self) -> Result<()> {
        let (store, folder) = (self.store, self.folder.id);
        let before = store.cursor(folder)?;
        let waits = store.wishes_wait(folder)?;
        if !waits && self.is_unchanged(&before)? {
            return Ok(());
        }
        let Resync { selected, changes } = match (before.uid_validity, before.highest_modseq) {
            (0, _) | (_, 0) => Resync { selected: self.remote.select(&self.folder.raw_name)?, changes: None },
            (validity, modseq) => self.remote.resync(&self.folder.raw_name, validity, modseq)?,
        };
        self.outcome.server = usize::try_from(selected.exists).unwrap_or(0);
        if let Some(mailbox_id) = &selected.mailbox_id {
            store.note_mailbox_id(folder, mailbox_id)?;
        }
        let doubted = self.doubt(&before, &selected)?;
        let cursor = store.cursor(folder)?;
        let numbering = selected.uid_validity.unwrap_or(1).max(1);
        let stale = store.has_stale_copies(folder, numbering)?;
        let looked = match look(&cursor, u64::from(selected.exists), &selected) {
            // Counting walks all copies: only where nothing else speaks of a change.
            Look::Unchanged => look(&cursor, store.copy_count(folder)?, &selected),
            told => told,
        };
        if looked == Look::Unchanged && !stale {
            return if waits { self.grant(numbering, &selected) } else { Ok(()) };
        }
        if stale {
            rematch(store, self.remote, folder, numbering)?;
        }
        self.begin(&cursor, numbering, &selected)?;
        let since = match looked {
            Look::Incremental { changed_since } if !stale && cursor.uid_validity != 0 => changed_since,
            _ => None,
        };
        let view = self.view(&cursor, &selected, numbering, since, changes.filter(|_| !doubted && !stale))?;
        // With the flags of the server known, so that its news and our wishes are not mixed up.
        self.grant(numbering, &selected)?;
        self.bring_letters(&view.steps.fetch, numbering)?;
        self.settle(&view, &selected, numbering, stale)
    }

    /// True when LIST said enough to know that nothing happened.
    fn is_unchanged(&mut self, cursor: &Cursor) -> Result<bool> {
        let Some(state) = self.folder.state else { return Ok(false) };
        // A server whose modification sequences cannot be relied on says nothing about flags.
        let highest_modseq = state.highest_modseq.filter(|_| self.remote.keeps_modseq());
        self.outcome.server = state.messages.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let state = Standing { highest_modseq, ..state };
        let at_first_sight = unchanged(cursor, state.messages.map_or(0, u64::from), &state);
        Ok(at_first_sight && unchanged(cursor, self.store.copy_count(self.folder.id)?, &state))
    }

    /// Where the numbering may have changed in silence, some letters are compared by their Message-ID. When they are others, the numbers
    /// here mean nothing any more. True then.
    fn doubt(&mut self, cursor: &Cursor, selected: &Selected) -> Result<bool> {
        if cursor.uid_validity == 0 || !doubtful_numbering(cursor, selected) {
            return Ok(false);
        }
        let marks = self.store.sample_marks(self.folder.id, cursor.uid_validity, SAMPLE)?;
        let uids: Vec<u32> = marks.iter().map(|mark| mark.uid).collect();
        if uids.is_empty() || agree(&marks, &self.remote.identify(Some(&uids))?) != Some(false) {
            return Ok(false);
        }
        self.store.write(|| self.store.doubt_numbering(self.folder.id))?;
        Ok(true)
    }

    /// The first letters of a folder: its numbering is kept before they come, so that a cut sync goes on and does not begin anew; and
    /// the modification sequence, since their flags will be those of now or newer.
    fn begin(&mut self, cursor: &Cursor, numbering: u32, selected: &Selected) -> Result<()> {
        if cursor.uid_validity != 0 {
            return Ok(());
        }
        let highest_modseq = selected.highest_modseq.unwrap_or(0);
        self.store
            .set_cursor(self.folder.id, &Cursor { uid_validity: numbering, highest_modseq, complete: false, ..*cursor })
    }

    /// Finds out what the server has, with as little asking as it can do with, and takes over its flags.
    fn view(
        &mut self,
        cursor: &Cursor,
        selected: &Selected,
        numbering: u32,
        changed_since: Option<u64>,
        changes: Option<Changes>,
    ) -> Result<View> {
        let (store, folder) = (self.store, self.folder.id);
        let local = store.copy_count_of(folder, numbering)?;
        // Where letters are here it is not believed unasked: a server that leaves EXISTS out, or says it so that nobody can read it,
        // has not said 0.
        if selected.exists == 0 && (store.copy_count(folder)? == 0 || self.remote.uids()?.is_empty()) {
            let gone = store.uids_between(folder, numbering, 0, u32::MAX)?;
            return Ok(View { steps: Steps { fetch: Vec::new(), gone }, count: 0, whole: true });
        }
        let changes = match (changes, changed_since) {
            (None, Some(_)) if local > 0 => {
                Some(Changes { flags: self.remote.flags(changed_since)?, ..Changes::default() })
            }
            (changes, _) => changes,
        };
        if let Some(changes) = changes {
            self.take_flags(&changes.flags, numbering)?;
            // They may have turned out not to be relied on (Zoho answers with MODSEQ -1).
            if self.remote.keeps_modseq()
                && let Some(steps) = steps_told(self.told(&changes, numbering)?, local, cursor, selected)
            {
                let count = usize::try_from(selected.exists).unwrap_or(usize::MAX);
                return Ok(View { steps, count, whole: true });
            }
        }
        self.listing(selected, numbering, local, changed_since.filter(|_| self.remote.keeps_modseq()))
    }

    /// A complete listing. Where flags have to be read whole, they are the listing.
    fn listing(&mut self, selected: &Selected, numbering: u32, local: u64, changed_since: Option<u64>) -> Result<View> {
        let exists = usize::try_from(selected.exists).unwrap_or(usize::MAX);
        let mut listed = Vec::new();
        if local > 0 && changed_since.is_none() {
            let flags = self.remote.flags(None)?;
            self.take_flags(&flags, numbering)?;
            listed = flags.into_iter().map(|letter| letter.uid).collect();
        }
        if listed.is_empty() || listed.len() < exists {
            // Nothing is here whose flags could have changed; or FETCH left letters out.
            listed = self.remote.uids()?;
        }
        let here = self.store.uids_between(self.folder.id, numbering, 0, u32::MAX)?;
        let mut steps = steps(&listed, &here.into_iter().collect());
        // Fewer than SELECT counted: letters went meanwhile, or the listing is not whole. The next sync will know.
        let whole = listed.len() >= exists;
        if !whole {
            steps.gone.clear();
        }
        Ok(View { steps, count: listed.len(), whole })
    }

    /// What an account of changes says of the copies here.
    fn told(&self, changes: &Changes, numbering: u32) -> Result<Told> {
        let (store, folder) = (self.store, self.folder.id);
        let named: Vec<u32> = changes.flags.iter().map(|letter| letter.uid).collect();
        let here = store.uids_here(folder, numbering, &named)?;
        let mut gone = Vec::new();
        for range in &changes.vanished {
            gone.extend(store.uids_between(folder, numbering, *range.start(), *range.end())?);
        }
        gone.sort_unstable();
        gone.dedup();
        let contradictory = named.iter().any(|uid| changes.vanished.iter().any(|range| range.contains(uid)));
        let new = named.into_iter().filter(|uid| here.binary_search(uid).is_err()).collect();
        Ok(Told { new, gone, contradictory })
    }

    /// Keeps what the server says of flags. What is wanted here stays wanted; the cursor stays where it is until the folder is done.
    fn take_flags(&mut self, flags: &[RemoteFlags], numbering: u32) -> Result<()> {
        let (store, folder) = (self.store, self.folder.id);
        // A server that can only list names every letter each time: the others who write need not wait for that.
        let mut news = Vec::new();
        for letter in flags {
            if store.flags_differ(folder, numbering, letter.uid, letter.flags, &letter.keywords)? {
                news.push(letter);
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let (changed, threads) = store.write_again_possible(|| {
            let (mut changed, mut threads) = (0, Vec::new());
            for letter in news {
                let known = store.server_flags(folder, numbering, letter.uid, letter.flags, &letter.keywords)?;
                if let Some(message) = known {
                    changed += 1;
                    threads.extend(store.message_facts(message)?.map(|(thread, ..)| thread));
                }
            }
            Ok((changed, threads))
        })?;
        self.outcome.changed += changed;
        self.tell(threads);
        Ok(())
    }

    fn tell(&mut self, mut threads: Vec<id::Thread>) {
        threads.sort_unstable();
        threads.dedup();
        if !threads.is_empty() {
            (self.report)(Progress::Changed(threads));
        }
    }

    /// Does on the server what was wanted here.
    fn grant(&mut self, numbering: u32, selected: &Selected) -> Result<()> {
        let Self { store, remote, account, own, folder, .. } = self;
        if self.looks_only || !store.wishes_wait(folder.id)? {
            return Ok(());
        }
        let mut granting = Granting { store, remote: *remote, account: *account, own };
        let granted = match selected.read_only {
            true => granting.refuse_all(folder, numbering)?,
            false => granting.marks(folder, numbering, selected)?,
        };
        self.outcome.note(granted, self.report);
        Ok(())
    }

    /// Fetches these letters, newest first, and stores them while more of them come.
    fn bring_letters(&mut self, missing: &[u32], numbering: u32) -> Result<()> {
        let of = missing.len();
        let Self { store, remote, account, own, folder, report, outcome, .. } = self;
        let destination = Destination { account: *account, folder: folder.id, uid_validity: numbering, own };
        let empty = fetching::bring(store, *remote, &destination, missing, &mut |letters, threads| {
            outcome.new += letters;
            report(Progress::Changed(threads));
            report(Progress::Fetching { folder: folder.name.clone(), done: outcome.new, of });
        })?;
        if empty > 0 {
            let letters = crate::domain::text::plural(empty, "letter", "letters");
            outcome.warnings.push(Text::from(format!(
                "the server listed {letters} and gave nothing; asked again at the next sync"
            )));
        }
        Ok(())
    }

    /// Proves that all is here, and sets the cursor; what went is taken away with it when all folders were looked at.
    fn settle(&mut self, view: &View, selected: &Selected, numbering: u32, stale: bool) -> Result<()> {
        let (store, folder) = (self.store, self.folder.id);
        let gone = &view.steps.gone;
        let here = usize::try_from(store.copy_count_of(folder, numbering)?).unwrap_or(0);
        let complete = view.whole && here.checked_sub(gone.len()) == Some(view.count);
        let cursor = self.next_cursor(selected, numbering, view.count, complete, stale)?;
        self.outcome.server = view.count;
        self.outcome.deleted = gone.len();
        self.leaving.retain(|leaving| leaving.folder.id != folder);
        if gone.is_empty() && !stale {
            return store.write_again_possible(|| store.set_cursor(folder, &cursor));
        }
        self.leaving.push(Leaving { folder: self.folder.clone(), numbering, gone: gone.clone(), cursor });
        Ok(())
    }

    /// The modification sequence of SELECT, before anything was asked: what changed since is asked for next time.
    fn next_cursor(
        &self,
        selected: &Selected,
        numbering: u32,
        count: usize,
        complete: bool,
        stale: bool,
    ) -> Result<Cursor> {
        if stale && !complete {
            // Not all is here under the new numbers: stay in doubt, so that nothing is taken away.
            return Ok(Cursor { complete: false, ..self.store.cursor(self.folder.id)? });
        }
        Ok(Cursor {
            uid_validity: numbering,
            uid_next: selected.uid_next.unwrap_or(0),
            highest_modseq: selected.highest_modseq.filter(|_| self.remote.keeps_modseq()).unwrap_or(0),
            server_count: u32::try_from(count).ok(),
            complete,
        })
    }
}

/// The folder where copies of sent letters go, unless the provider keeps its own.
///
/// # Errors
/// When the store cannot be read.
pub fn sent_folder(store: &Store, account: id::Account) -> Result<Option<FolderRecord>> {
    store.folder_with_role(account, Role::Sent)
}

/// Flags a copy of a sent letter is stored with.
pub const SENT_FLAGS: Flags = Flags::SEEN;
