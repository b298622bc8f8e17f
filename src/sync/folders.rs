//! The folders of an account: made and renamed here, listed, recognised under another name, and gone.

use super::remote::Remote;
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::wish::Wish;
use crate::net::imap::{Identity, RemoteFolder};
use crate::store::{FolderRecord, FolderWish, Mark, Store};
use jiff::Timestamp;

/// Letters looked at to tell whether a folder is one that had another name.
const SAMPLE: u32 = 20;

/// Makes and renames on the server what was wanted here, and enters the folders that it lists then, those that matter most first.
///
/// # Errors
/// When the server or the store fails.
pub fn register_folders(store: &Store, remote: &mut dyn Remote, account: id::Account) -> Result<Vec<FolderRecord>> {
    let mut listed = remote.list()?;
    if grant_folders(store, remote, account, &listed)? {
        listed = remote.list()?;
    }
    recognise_renamed(store, remote, account, &listed)?;
    store.write_again_possible(|| {
        let mut folders = Vec::new();
        for folder in listed.iter().filter(|folder| folder.selectable) {
            let known =
                store.register_folder(account, &folder.raw_name, &folder.name, folder.delimiter, folder.role)?;
            folders.push(FolderRecord { state: folder.status, ..known });
        }
        let keys: Vec<id::Folder> = folders.iter().map(|folder| folder.id).collect();
        store.folders_listed(account, &keys)?;
        folders.sort_by_key(|folder| folder.role.map_or(usize::MAX, |role| role as usize));
        Ok(folders)
    })
}

/// True when something was changed on the server.
fn grant_folders(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    listed: &[RemoteFolder],
) -> Result<bool> {
    let is_listed = |raw_name: &str| listed.iter().any(|folder| folder.raw_name == raw_name);
    let mut changed = false;
    for wish in store.folder_wishes(account)? {
        // Done already by a try whose end nobody heard, or by another client.
        let done = match &wish.wanted {
            Some(wanted) => is_listed(wanted) && !is_listed(&wish.raw_name),
            None => is_listed(&wish.raw_name),
        };
        let outcome = match &wish.wanted {
            _ if done => Ok(()),
            Some(wanted) => remote.rename(&wish.raw_name, wanted),
            None => match remote.create(&wish.raw_name) {
                Err(problem) if problem.kind == Kind::Refused => {
                    create_below_inbox(store, remote, &wish, listed, problem)
                }
                other => other,
            },
        };
        changed |= outcome.is_ok() && !done;
        match outcome {
            Ok(()) => store.write(|| match &wish.wanted {
                Some(wanted) => store.folder_renamed(wish.folder, wanted),
                None => store.folder_made(wish.folder),
            })?,
            Err(problem) if problem.kind == Kind::NotNow => {
                tracing::info!(folder = %wish.name, %problem, "a folder is not made or renamed yet");
            }
            Err(problem) if matches!(problem.kind, Kind::Refused | Kind::Input) => {
                refuse_folder(store, account, &wish, &problem)?;
            }
            Err(problem) => return Err(problem),
        }
    }
    Ok(changed)
}

/// Courier, and Cyrus as it was before version 3, take folders only below INBOX. In a mailbox without any other folder nothing shows
/// that before the server refuses.
fn create_below_inbox(
    store: &Store,
    remote: &mut dyn Remote,
    wish: &FolderWish,
    listed: &[RemoteFolder],
    refused: Problem,
) -> Result<()> {
    let inbox = listed.iter().find(|folder| folder.raw_name.eq_ignore_ascii_case("INBOX"));
    let Some(below) = inbox.and_then(|inbox| inbox.delimiter).map(|delimiter| format!("INBOX{delimiter}")) else {
        return Err(refused);
    };
    let raw_name = format!("{below}{}", wish.raw_name);
    if wish.raw_name.starts_with(&below) || listed.iter().any(|folder| folder.raw_name == raw_name) {
        return Err(refused);
    }
    match remote.create(&raw_name) {
        // The first reason is the one that the user's own name got.
        Err(problem) if problem.kind == Kind::Refused => Err(refused),
        other => other.and_then(|()| store.write(|| store.folder_renamed(wish.folder, &raw_name))),
    }
}

fn refuse_folder(store: &Store, account: id::Account, wish: &FolderWish, problem: &Problem) -> Result<()> {
    let before = Text::from(crate::domain::folder_name::shown(&wish.raw_name));
    let words = match wish.wanted {
        Some(_) => Wish::RenameFolder(before, wish.name.clone()),
        None => Wish::MakeFolder(wish.name.clone()),
    };
    store.write(|| {
        store.folder_refused(wish)?;
        store.refuse(account, None, &words.words(""), &Text::line(&problem.sentence), Timestamp::now())
    })
}

/// Finds folders with letters here that the server lists no more under names it did not list before: renamed by another client.
/// They keep their letters and whatever was filed and wanted of them.
fn recognise_renamed(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    listed: &[RemoteFolder],
) -> Result<()> {
    let names: Vec<String> =
        listed.iter().filter(|folder| folder.selectable).map(|folder| folder.raw_name.clone()).collect();
    let mut unknown: Vec<&RemoteFolder> = Vec::new();
    for folder in listed.iter().filter(|folder| folder.selectable) {
        let held = match store.folder_named(account, &folder.raw_name)? {
            Some(known) => store.cursor(known)?.uid_validity != 0 || store.copy_count(known)? > 0,
            None => false,
        };
        if !held {
            unknown.push(folder);
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    for missing in store.folders_missing(account, &names)? {
        let mut found = None;
        for (position, candidate) in unknown.iter().enumerate() {
            if is_same_folder(store, remote, &missing, candidate)? {
                found = Some(position);
                break;
            }
        }
        if let Some(position) = found {
            let renamed = unknown.remove(position);
            store.write(|| store.folder_renamed(missing.id, &renamed.raw_name))?;
            tracing::info!(from = %missing.name, to = %renamed.name, "a folder was renamed on the server");
        }
    }
    Ok(())
}

fn is_same_folder(
    store: &Store,
    remote: &mut dyn Remote,
    known: &FolderRecord,
    candidate: &RemoteFolder,
) -> Result<bool> {
    let numbering = known.cursor.uid_validity;
    // Not even worth opening.
    if candidate.status.is_some_and(|state| state.uid_validity.is_some_and(|validity| validity != numbering)) {
        return Ok(false);
    }
    let selected = match remote.select(&candidate.raw_name) {
        Err(problem) if problem.is_refusal() => return Ok(false),
        other => other?,
    };
    if selected.uid_validity != Some(numbering) {
        return Ok(false);
    }
    if let (Some(before), Some(now)) = (store.mailbox_id(known.id)?, &selected.mailbox_id) {
        return Ok(before == *now);
    }
    // UIDNEXT only grows (RFC 3501, 2.3.1.1); many servers number every folder alike, so letters have to agree too.
    if selected.uid_next.is_some_and(|next| next < known.cursor.uid_next) {
        return Ok(false);
    }
    let marks = store.sample_marks(known.id, numbering, SAMPLE)?;
    let uids: Vec<u32> = marks.iter().map(|mark| mark.uid).collect();
    Ok(agree(&marks, &remote.identify(Some(&uids))?) == Some(true))
}

/// Whether letters here and on the server under the same UIDs are the same: `None` when there is nothing to compare.
pub(super) fn agree(marks: &[Mark], there: &[Identity]) -> Option<bool> {
    let mut compared = None;
    for mark in marks {
        let Some(other) = there.iter().find(|letter| letter.uid == mark.uid) else { continue };
        let same = match (&mark.msg_id, &other.msg_id) {
            (Some(here), Some(there)) => here == there.as_str(),
            (None, None) => other.size.is_none_or(|size| size == mark.size),
            _ => false,
        };
        compared = Some(compared.unwrap_or(true) && same);
    }
    compared
}

/// Takes away the letters of folders that the server no longer has. A name that is not listed alone is not enough: the server has to
/// say that there is no such folder. Gives the threads that changed.
///
/// # Errors
/// When the server or the store fails.
pub(super) fn forget_deleted(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    listed: &[FolderRecord],
) -> Result<Vec<id::Thread>> {
    let names: Vec<String> = listed.iter().map(|folder| folder.raw_name.clone()).collect();
    let mut threads = Vec::new();
    for folder in store.folders_missing(account, &names)? {
        match remote.select(&folder.raw_name) {
            Err(problem) if problem.kind == Kind::Refused => {}
            Err(problem) if problem.kind == Kind::NotNow => continue,
            Err(problem) => return Err(problem),
            Ok(_) => {
                tracing::warn!(folder = %folder.name, "the server has a folder that it does not list");
                continue;
            }
        }
        store.write(|| {
            // No numbering is 0: all of them go.
            let gone = store.remove_stale_copies(folder.id, 0)?;
            gone.iter().try_for_each(|thread| store.refresh_lists(*thread))?;
            threads.extend(gone);
            store.set_cursor(folder.id, &crate::store::Cursor::default())
        })?;
    }
    Ok(threads)
}
