//! Letters whose large files stayed on the server: fetched whole when somebody wants to open one.

use super::account::Progress;
use super::ingest::{Arrival, Prepared};
use super::remote::Remote;
use crate::domain::id;
use crate::domain::message::LeftFile;
use crate::domain::problem::Result;
use crate::mime;
use crate::net::imap::{Fetched, Partial};
use crate::store::{Packer, Store};
use std::collections::BTreeSet;

/// What of a letter stayed on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Bytes of the whole letter, as the server counts.
    pub size: u64,
    /// The files, at least one.
    pub files: Vec<LeftFile>,
}

/// A letter without its large files; `None` when it has to be fetched whole, because nothing can be left or what came does not fit
/// together.
///
/// # Errors
/// When the server cannot be asked.
pub(super) fn fetch_partial(remote: &mut dyn Remote, uid: u32, limit: u64) -> Result<Option<(Fetched, Left)>> {
    let Some(Partial { letter, left }) = remote.fetch_partial(uid, limit)? else { return Ok(None) };
    let (Some(bytes), Some(size)) = (&letter.body, letter.size) else { return Ok(None) };
    let Some(places) = mime::left_files(bytes, left.iter().map(|part| part.number.as_str())) else {
        tracing::info!(uid, "a large letter could not be put together and is fetched whole");
        return Ok(None);
    };
    let files = places.into_iter().zip(&left).map(|(index, part)| LeftFile { index, size: part.size }).collect();
    Ok(Some((letter, Left { size, files })))
}

/// Fetches whole the letters that somebody wants whole. One that the server does not give now stays wanted.
///
/// # Errors
/// When the server or the store fails; what was committed before stays.
pub fn bring_whole(
    store: &Store,
    remote: &mut dyn Remote,
    account: id::Account,
    report: &mut dyn FnMut(Progress),
) -> Result<()> {
    if store.count_whole_wanted(account)? == 0 {
        return Ok(());
    }
    store.write(|| store.forget_whole_wanted_of_gone())?;
    let mut done = BTreeSet::new();
    for wanted in store.whole_wanted(account)? {
        if done.contains(&wanted.message) {
            continue;
        }
        let selected = match remote.select(&wanted.folder) {
            Err(problem) if problem.is_refusal() => continue,
            other => other?,
        };
        // Numbers given anew: this UID may mean another letter now. The sync of the folder finds out which.
        if selected.uid_validity.unwrap_or(1).max(1) != wanted.uid_validity {
            continue;
        }
        let mut came = None;
        remote.fetch(&[wanted.uid], &mut |fetched| {
            came = Some(fetched).filter(|fetched| fetched.uid == wanted.uid);
            Ok(())
        })?;
        if let Some(thread) = came.map(|fetched| keep(store, wanted.message, fetched)).transpose()?.flatten() {
            done.insert(wanted.message);
            report(Progress::Changed(vec![thread]));
        }
    }
    Ok(())
}

/// Keeps the whole of a letter; gives its thread. `None` when the server gave none.
fn keep(store: &Store, message: id::Message, fetched: Fetched) -> Result<Option<id::Thread>> {
    let Fetched { uid, flags, keywords, internal_date, body: Some(bytes), .. } = fetched else { return Ok(None) };
    let arrival = Arrival { uid, flags, keywords, internal_date, bytes, left: None };
    let whole = Prepared::new(arrival, &mut Packer::new()?, jiff::Timestamp::now())?;
    store.write(|| whole.complete(store, message))?;
    Ok(store.message_facts(message)?.map(|(thread, ..)| thread))
}
