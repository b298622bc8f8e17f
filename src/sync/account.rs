//! One sync of one account: wishes out, letters and flags in, folder by folder, proved complete.

use super::fetching;
use super::ingest::Destination;
use super::plan::{Look, group_wishes, look, steps, uid_validity};
use super::remote::Remote;
use crate::domain::address::Own;
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Result};
use crate::domain::text::Text;
use crate::net::imap::Selected;
use crate::store::{Cursor, FolderRecord, Store};

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

/// Syncs these folders.
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
    grant_moves(store, remote, folders)?;
    let mut reports = Vec::new();
    for folder in folders {
        let outcome = FolderReport { folder: folder.name.clone(), ..FolderReport::default() };
        let mut sync = FolderSync { store, remote, account, own, folder, report, outcome };
        let done = sync.run().map_err(|problem| problem.at(format!("folder {}", folder.name)));
        let mut outcome = sync.outcome;
        match done {
            // The server does not let us into this one (it went, or its rights changed): the others are not to suffer.
            Err(problem) if problem.kind == Kind::Refused => {
                store.set_cursor(folder.id, &Cursor { complete: false, ..store.cursor(folder.id)? })?;
                outcome.warnings.push(Text::from(problem.to_string()));
            }
            other => other?,
        }
        report(Progress::Folder(outcome.clone()));
        reports.push(outcome);
    }
    Ok(reports)
}

/// Moves on the server what was wanted elsewhere here, before any folder is read: the letter is then found where it went
/// before it is missed where it was, and is never out of sight.
fn grant_moves(store: &Store, remote: &mut dyn Remote, folders: &[FolderRecord]) -> Result<()> {
    for folder in folders {
        let moves = store.moves_wanted(folder.id, folder.cursor.uid_validity)?;
        if moves.is_empty() {
            continue;
        }
        let outcome = grant_moves_of(store, remote, folder, &moves);
        match outcome {
            // Wanted still; tried again at the next sync.
            Err(problem) if problem.kind == Kind::Refused => {
                tracing::warn!(folder = %folder.name, %problem, "a letter could not be moved");
            }
            other => other?,
        }
    }
    Ok(())
}

fn grant_moves_of(
    store: &Store,
    remote: &mut dyn Remote,
    folder: &FolderRecord,
    moves: &[(u32, String)],
) -> Result<()> {
    let selected = remote.select(&folder.raw_name)?;
    // Numbers given anew: these UIDs may mean other letters now.
    if uid_validity(&selected) != folder.cursor.uid_validity || selected.read_only {
        return Ok(());
    }
    for (uid, to) in moves {
        remote.move_to(&[*uid], to)?;
        store.move_granted(folder.id, folder.cursor.uid_validity, *uid)?;
    }
    Ok(())
}

/// Enters the folders that the server lists now, those that matter most first.
///
/// # Errors
/// When the server or the store fails.
pub fn register_folders(store: &Store, remote: &mut dyn Remote, account: id::Account) -> Result<Vec<FolderRecord>> {
    let listed = remote.list()?;
    store.write(|| {
        let mut folders = Vec::new();
        for folder in listed.iter().filter(|folder| folder.selectable) {
            folders.push(store.register_folder(
                account,
                &folder.raw_name,
                &folder.name,
                folder.delimiter,
                folder.role,
            )?);
        }
        let keys: Vec<id::Folder> = folders.iter().map(|folder| folder.id).collect();
        store.folders_listed(account, &keys)?;
        folders.sort_by_key(|folder| folder.role.map_or(usize::MAX, |role| role as usize));
        Ok(folders)
    })
}

struct FolderSync<'a> {
    store: &'a Store,
    remote: &'a mut dyn Remote,
    account: id::Account,
    own: &'a Own,
    folder: &'a FolderRecord,
    report: &'a mut dyn FnMut(Progress),
    outcome: FolderReport,
}

impl FolderSync<'_> {
    fn run(&mut self) -> Result<()> {
        let selected = self.remote.select(&self.folder.raw_name)?;
        let numbering = uid_validity(&selected);
        let cursor = self.folder.cursor;
        let looked = look(&cursor, self.store.copy_count(self.folder.id)?, &selected);
        self.outcome.server = usize::try_from(selected.exists).unwrap_or(0);
        if looked != Look::Renumbered && !selected.read_only {
            self.grant_wishes(numbering)?;
        }
        if looked == Look::Unchanged && self.outcome.wishes == 0 {
            return Ok(());
        }
        self.bring_letters(&selected, numbering)?;
        let changed_since = match looked {
            Look::Incremental { changed_since } => changed_since,
            _ => None,
        };
        self.settle(&selected, numbering, changed_since)
    }

    /// Does on the server what was wanted here.
    fn grant_wishes(&mut self, numbering: u32) -> Result<()> {
        let wishes = self.store.wishes(self.folder.id, numbering)?;
        for (add, remove, uids) in group_wishes(&wishes) {
            match self.remote.store_flags(&uids, add, remove) {
                // Still wanted; letters come in all the same.
                Err(problem) if problem.kind == Kind::Refused => {
                    self.outcome.warnings.push(Text::from(problem.to_string()));
                    continue;
                }
                other => other?,
            }
            self.store.write(|| self.store.wishes_granted(self.folder.id, numbering, &uids, add, remove))?;
            self.outcome.wishes += uids.len();
        }
        Ok(())
    }

    /// Fetches what the server has and we have not, newest first, and stores it while more of it comes.
    fn bring_letters(&mut self, selected: &Selected, numbering: u32) -> Result<()> {
        let local = self.store.copies(self.folder.id, numbering)?;
        // An empty folder need not be listed.
        let listed = if selected.exists == 0 { Vec::new() } else { self.remote.uids()? };
        let missing = steps(&listed, &local).fetch;
        let of = missing.len();
        let Self { store, remote, account, own, folder, report, outcome } = self;
        let destination = Destination { account: *account, folder: folder.id, uid_validity: numbering, own };
        let empty = fetching::bring(store, *remote, &destination, &missing, &mut |letters, threads| {
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

    /// Reads flags, takes away what a complete listing no longer shows, and sets the cursor: one transaction.
    fn settle(&mut self, selected: &Selected, numbering: u32, changed_since: Option<u64>) -> Result<()> {
        // Listed again: letters may have come or gone while the batches were fetched.
        let flags = if selected.exists == 0 && self.outcome.new == 0 {
            Vec::new()
        } else {
            self.remote.flags(changed_since)?
        };
        let listed = self.remote.uids()?;
        let local = self.store.copies(self.folder.id, numbering)?;
        let mut asked = steps(&listed, &local);
        // Fewer than SELECT counted: letters went meanwhile, or the listing is not whole. The next sync will know.
        let whole = listed.len() >= usize::try_from(selected.exists).unwrap_or(usize::MAX);
        if !whole {
            asked.gone.clear();
        }
        let complete = whole && asked.fetch.is_empty();
        let (threads, changed) = self.store.write(|| {
            let mut changed = 0;
            let mut threads = Vec::new();
            for remote in &flags {
                let known =
                    self.store.server_flags(self.folder.id, numbering, remote.uid, remote.flags, &remote.keywords)?;
                if let Some(message) = known {
                    changed += 1;
                    threads.extend(self.store.message_facts(message)?.map(|(thread, ..)| thread));
                }
            }
            threads.extend(self.store.remove_copies(self.folder.id, numbering, &asked.gone)?);
            if complete {
                threads.extend(self.store.remove_stale_copies(self.folder.id, numbering)?);
            }
            threads.sort_unstable();
            threads.dedup();
            for thread in &threads {
                self.store.refresh_lists(*thread)?;
            }
            self.store.set_cursor(self.folder.id, &self.next_cursor(selected, numbering, &listed, complete))?;
            Ok((threads, changed))
        })?;
        self.outcome.server = listed.len();
        self.outcome.changed = changed;
        self.outcome.deleted = asked.gone.len();
        (self.report)(Progress::Changed(threads));
        Ok(())
    }

    /// The modification sequence of SELECT, before anything was asked: what changed since is asked for next time.
    fn next_cursor(&self, selected: &Selected, numbering: u32, listed: &[u32], complete: bool) -> Cursor {
        let before = self.folder.cursor;
        let renumbered = before.uid_validity != 0 && before.uid_validity != numbering;
        if renumbered && !complete {
            // Not all is here under the new numbers: stay in doubt, so that nothing is taken away.
            return Cursor { complete: false, ..before };
        }
        Cursor {
            uid_validity: numbering,
            uid_next: selected.uid_next.unwrap_or(0),
            highest_modseq: selected.highest_modseq.unwrap_or(0),
            server_count: u32::try_from(listed.len()).ok(),
            complete,
        }
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
