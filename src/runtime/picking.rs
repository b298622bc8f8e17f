//! What is offered while a letter is written: people, files of this computer, files of letters.

use super::clerk::Clerk;
use super::letters::expand_home;
use super::passing::file_of;
use super::reading;
use crate::domain::address::Mailbox;
use crate::domain::addressee::{joined, rank};
use crate::domain::client_filter::{ClientFilter, Order};
use crate::domain::contact::Kind;
use crate::domain::id;
use crate::domain::problem::{Kind as Trouble, Problem, Result};
use crate::domain::text::{Text, fold};
use crate::ui::effect::{Entry, Listing, WritingAnswer, WritingQuestion};
use crate::ui::event::Event;
use std::path::Path;

/// How many people are offered.
const PEOPLE: usize = 6;
/// Files listed at most, in a folder and those below it.
const MOST_FILES: usize = 3_000;
/// Folders below the one that is looked into.
const DEPTH: usize = 3;
/// Files of letters offered.
const LETTER_FILES: u32 = 200;

impl Clerk {
    pub(super) fn offer(&self, question: &WritingQuestion) -> Result<WritingAnswer> {
        Ok(match question {
            WritingQuestion::People(typed) => WritingAnswer::People(self.addressees(typed)?),
            WritingQuestion::Folder { path, hidden } => WritingAnswer::Folder(list(path.as_deref(), *hidden)?),
            WritingQuestion::LetterFiles(thread) => {
                WritingAnswer::LetterFiles(self.store.files_to_attach(*thread, LETTER_FILES)?)
            }
        })
    }

    fn addressees(&self, typed: &str) -> Result<Vec<Mailbox>> {
        let mut mine = self.store.written_to()?;
        mine.retain(|written| !self.office.own.is_me(&written.to.address));
        let habits = rank(&mine, typed, self.now().timestamp(), PEOPLE);
        let rows = self.contacts_like(typed)?;
        Ok(joined(habits, rows, PEOPLE))
    }

    /// The file of a letter, to go along with another.
    pub(super) fn attach_from(&self, message: id::Message, index: usize) -> Result<Vec<Event>> {
        let opened = reading::must_open(&self.store, message)?;
        let bytes = self.store.raw(message)?.unwrap_or_default();
        let on_server = opened.parsed.attachments.iter().any(|file| file.index == index && file.on_server);
        if on_server {
            self.store.write(|| self.store.want_whole(message, self.now().timestamp()))?;
            let problem = Problem::new(Trouble::NotFound, "this file is still on the server and is fetched now");
            return Ok(vec![Event::Problem(problem.hint("attach it when it is here")), Event::Changed(Vec::new())]);
        }
        let file = file_of(&opened, &bytes, index);
        Ok(vec![Event::FileRead(
            file.ok_or_else(|| Problem::new(Trouble::NotFound, "this file is not in the letter"))?,
        )])
    }

    fn contacts_like(&self, typed: &str) -> Result<Vec<Mailbox>> {
        let filter = ClientFilter::parse(typed);
        let most = u32::try_from(PEOPLE).unwrap_or(6);
        let rows = self.store.people(Kind::Contact, &filter, Order::Name, None, most, &self.now())?;
        Ok(rows.into_iter().filter_map(|row| Some(Mailbox { name: row.name.full(), address: row.address? })).collect())
    }
}

/// What is in a folder and some folders below it, the nearest first. `None`: the home folder.
fn list(path: Option<&str>, hidden: bool) -> Result<Listing> {
    let folder = expand_home(path.unwrap_or("~/"));
    let shown = folder.to_string_lossy().into_owned();
    let mut listing = Listing { folder: shown.clone(), entries: Vec::new(), cut: false };
    let mut below = vec![(folder.clone(), String::new(), 0)];
    while let Some((at, prefix, depth)) = (!below.is_empty()).then(|| below.remove(0)) {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(_) if depth > 0 => continue,
            Err(error) => {
                let sentence = format!("the folder {} cannot be read: {error}", Text::line(&shown));
                return Err(Problem::new(Trouble::Input, sentence));
            }
        };
        let mut found: Vec<Entry> =
            entries.filter_map(|entry| describe(&entry.ok()?.path(), &prefix, hidden)).collect();
        found.sort_by_key(|entry| (!entry.folder, fold(&entry.path)));
        for entry in found {
            if listing.entries.len() >= MOST_FILES {
                listing.cut = true;
                return Ok(listing);
            }
            if entry.folder && depth < DEPTH {
                below.push((folder.join(&entry.path), format!("{}/", entry.path), depth + 1));
            }
            listing.entries.push(entry);
        }
    }
    Ok(listing)
}

/// `None` for what is neither file nor folder, and for names that are no text: a path must lead back to them.
fn describe(path: &Path, prefix: &str, hidden: bool) -> Option<Entry> {
    let name = path.file_name()?.to_str()?;
    if name.starts_with('.') && !hidden {
        return None;
    }
    let facts = std::fs::metadata(path).ok()?;
    if !facts.is_dir() && !facts.is_file() {
        return None;
    }
    // A link to a folder above would lead round and round.
    let folder = facts.is_dir();
    let link = path.symlink_metadata().is_ok_and(|facts| facts.file_type().is_symlink());
    (!(folder && link && !prefix.is_empty())).then(|| Entry {
        path: format!("{prefix}{name}"),
        folder,
        size: facts.len(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_is_listed_with_what_lies_below() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("оферта.pdf", 5), (".secret", 1), ("b/two.txt", 2), ("b/c/d/e/deep.txt", 1)] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, vec![0; bytes]).unwrap();
        }
        let paths = |hidden| -> Vec<(String, u64)> {
            let listing = list(Some(&folder.path().to_string_lossy()), hidden).unwrap();
            listing.entries.into_iter().filter(|entry| !entry.folder).map(|entry| (entry.path, entry.size)).collect()
        };
        assert_eq!(paths(false), [("оферта.pdf".to_owned(), 5), ("b/two.txt".to_owned(), 2)]);
        assert!(paths(true).contains(&(".secret".to_owned(), 1)));
        assert!(list(Some("/nowhere/at/all"), false).unwrap_err().sentence.contains("/nowhere/at/all"));
    }
}
