//! The bundled letters, and putting letters into the demo's folders as a server would.

use super::crm::{Crm, Office};
use super::placeholders::Calendar;
use crate::domain::address::Own;
use crate::domain::filing::{Place, Rule};
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::sequence::FollowUp;
use crate::domain::template;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::mime;
use crate::net::crlf;
use crate::store::{Cursor, Filed, FolderRecord, Store};
use crate::sync::ingest::{Arrival, Destination, ingest};
use include_dir::{Dir, DirEntry};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// The numbering of the demo's folders.
const UID_VALIDITY: u32 = 1;

/// Every folder of the mailbox with what it is for.
const FOLDERS: &[(&str, Option<Role>)] = &[
    ("INBOX", Some(Role::Inbox)),
    ("Sent", Some(Role::Sent)),
    ("Drafts", Some(Role::Drafts)),
    ("Archive", Some(Role::Archive)),
    ("Junk", Some(Role::Junk)),
    ("Trash", Some(Role::Trash)),
    ("Newsletters", None),
];

/// A bundled letter as the server has it.
struct Bundled {
    folder: &'static str,
    arrival: Arrival,
    at: Timestamp,
}

/// Fills folders; one transaction holds all of it.
pub(super) struct Mailbox<'a> {
    pub(super) store: &'a Store,
    pub(super) account: id::Account,
    pub(super) own: &'a Own,
}

impl Mailbox<'_> {
    /// Enters the folders, empty and complete.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn register(&self) -> Result<Vec<FolderRecord>> {
        let mut folders = Vec::new();
        for (name, role) in FOLDERS {
            let folder = self.store.register_folder(self.account, name, &Text::own(name), Some('/'), *role)?;
            self.store.set_cursor(folder.id, &cursor(1, 0))?;
            folders.push(folder);
        }
        Ok(folders)
    }

    /// Lets every bundled letter arrive in the order they were written, while deals open and close.
    ///
    /// # Errors
    /// When a letter cannot be read from the bundle, or the store cannot be written.
    pub(super) fn deliver(
        &self,
        bundle: &'static Dir<'static>,
        calendar: &Calendar,
        office: &mut Office<'_>,
    ) -> Result<()> {
        let folders = self.register()?;
        let mut evening = None;
        for letter in bundled(bundle, calendar)? {
            self.look_each_day(&mut evening, letter.at, calendar)?;
            office.deals_until(letter.at)?;
            let folder =
                folders.iter().find(|known| known.raw_name == letter.folder).ok_or_else(|| unfit(letter.folder))?;
            let threads = self.arrive(folder.id, letter.arrival, letter.at)?;
            // Marta archives what is finished.
            if folder.role == Some(Role::Archive) {
                threads.iter().try_for_each(|thread| self.store.mark_done(*thread, letter.at))?;
            }
        }
        office.deals_until(calendar.now().timestamp())
    }

    /// Marta looks at what waits every morning and every evening until a letter comes.
    fn look_each_day(&self, evening: &mut Option<Zoned>, until: Timestamp, calendar: &Calendar) -> Result<()> {
        let at = |day: Date, hour: i8| day.at(hour, 0, 0, 0).to_zoned(calendar.now().time_zone().clone());
        let out_of_days = |error: jiff::Error| unfit(&error.to_string());
        let last = until.to_zoned(calendar.now().time_zone().clone()).date();
        let mut day = evening.take().map_or(last, |looked| looked.date());
        while day < last {
            self.store.note_counters(&at(day, 8).map_err(out_of_days)?, &WorkTime::default())?;
            self.store.note_counters(&at(day, 18).map_err(out_of_days)?, &WorkTime::default())?;
            day = day.tomorrow().map_err(out_of_days)?;
        }
        *evening = Some(at(day, 18).map_err(out_of_days)?);
        Ok(())
    }

    /// Puts a new letter into a folder under the next number. Gives the threads that changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn append(&self, role: Role, bytes: Vec<u8>, flags: Flags, now: Timestamp) -> Result<Vec<id::Thread>> {
        let Some(folder) = self.store.folder_with_role(self.account, role)? else { return Ok(Vec::new()) };
        self.append_to(folder.id, bytes, flags, Vec::new(), now)
    }

    fn append_to(
        &self,
        folder: id::Folder,
        bytes: Vec<u8>,
        flags: Flags,
        keywords: Vec<String>,
        now: Timestamp,
    ) -> Result<Vec<id::Thread>> {
        let uid = self.store.cursor(folder)?.uid_next.max(1);
        self.arrive(folder, Arrival { uid, flags, keywords, internal_date: Some(now), bytes, left: None }, now)
    }

    /// Moves a copy into another folder, as RFC 6851 has it: it comes there under a new number. Gives the threads that
    /// changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn move_to(&self, from: id::Folder, uid: u32, to: &str, now: Timestamp) -> Result<Vec<id::Thread>> {
        let Some(goal) = self.store.folder_named(self.account, to)? else { return Ok(Vec::new()) };
        self.store.write(|| {
            let flags = self.store.copies(from, UID_VALIDITY)?.get(&uid).map(|flags| flags.wanted).unwrap_or_default();
            let message = self.store.message_of_copy(from, UID_VALIDITY, uid)?;
            let bytes = message.map_or(Ok(None), |message| self.store.raw(message))?;
            let threads = self.remove(from, uid)?;
            if let Some(bytes) = bytes {
                self.append_to(goal, bytes, flags, Vec::new(), now)?;
            }
            Ok(threads)
        })
    }

    /// A folder that was wished for is there, with nothing in it yet; call inside [`Store::write`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn make(&self, folder: id::Folder) -> Result<()> {
        self.store.folder_made(folder)?;
        self.store.set_cursor(folder, &cursor(1, 0))
    }

    /// Takes a copy away; call inside [`Store::write`]. Gives the threads that changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn remove(&self, folder: id::Folder, uid: u32) -> Result<Vec<id::Thread>> {
        let before = self.store.cursor(folder)?;
        let threads = self.store.remove_copies(folder, UID_VALIDITY, &[uid])?;
        let left = before.server_count.unwrap_or(0).saturating_sub(1);
        self.store.set_cursor(folder, &cursor(before.uid_next, left))?;
        threads.iter().try_for_each(|thread| self.store.refresh_lists(*thread))?;
        Ok(threads)
    }

    /// The letter and the cursor in one transaction, as with a real server.
    fn arrive(&self, folder: id::Folder, arrival: Arrival, now: Timestamp) -> Result<Vec<id::Thread>> {
        self.store.write(|| {
            let before = self.store.cursor(folder)?;
            let next = before.uid_next.max(arrival.uid.saturating_add(1));
            let destination = Destination { account: self.account, folder, uid_validity: UID_VALIDITY, own: self.own };
            let threads = ingest(self.store, &destination, &[arrival], now)?;
            self.store.set_cursor(folder, &cursor(next, before.server_count.unwrap_or(0).saturating_add(1)))?;
            Ok(threads)
        })
    }

    /// What Marta said of conversations: which deal, and that a finished one needs no reply. She said it long ago, so
    /// it is no change that `u` could take back now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn decide(&self, crm: &Crm, office: &Office<'_>, calendar: &Calendar) -> Result<()> {
        for entry in &crm.filed {
            self.file(&entry.message_id, office.deal(&entry.deal)?)?;
        }
        for entry in &crm.done {
            self.store.mark_done(self.thread_of(&entry.message_id)?, calendar.now().timestamp())?;
        }
        let (packs, _) = template::packs(&template::bundled());
        for entry in &crm.follow_up {
            if let Some(follow_up) = FollowUp::read(&entry.after, None, &packs)? {
                self.store.follow_letter(
                    self.message_of(&entry.message_id)?,
                    &follow_up,
                    calendar.now().timestamp(),
                )?;
            }
        }
        let threads_in = |role| -> Result<Vec<id::Thread>> {
            let Some(folder) = self.store.folder_with_role(self.account, role)? else { return Ok(Vec::new()) };
            Ok(self.store.threads_in(folder.id, None, u32::MAX)?.iter().map(|row| row.id).collect())
        };
        let open = threads_in(Role::Inbox)?;
        for thread in threads_in(Role::Archive)?.into_iter().filter(|thread| !open.contains(thread)) {
            self.store.mark_done(thread, calendar.now().timestamp())?;
        }
        Ok(())
    }

    fn file(&self, message_id: &str, deal: id::Deal) -> Result<()> {
        let thread = self.thread_of(message_id)?;
        let title = self.store.deal_row(deal, jiff::civil::Date::ZERO)?.map(|row| row.title).unwrap_or_default();
        let standing = self.store.filing(thread)?.ok_or_else(|| unfit(message_id))?;
        let place = Place { deal: Some(deal), ..standing.place };
        self.store
            .file(thread, &Filed::new(place, Rule::Mine, Text::from(format!("you chose {title}")), standing.decided_at))
    }

    /// The thread of a bundled letter.
    fn thread_of(&self, message_id: &str) -> Result<id::Thread> {
        self.store
            .message_facts(self.message_of(message_id)?)?
            .map(|(thread, ..)| thread)
            .ok_or_else(|| unfit(message_id))
    }

    /// A bundled letter.
    fn message_of(&self, message_id: &str) -> Result<id::Message> {
        let missing = || unfit(message_id);
        let name = MsgId::parse(message_id).ok_or_else(missing)?;
        self.store.messages_named(&name)?.into_iter().next().ok_or_else(missing)
    }
}

/// All that the server has is here, under numbers below `uid_next`.
fn cursor(uid_next: u32, count: u32) -> Cursor {
    Cursor { uid_validity: UID_VALIDITY, uid_next, highest_modseq: 0, server_count: Some(count), complete: true }
}

/// The letters, in the order they were written.
fn bundled(bundle: &'static Dir<'static>, calendar: &Calendar) -> Result<Vec<Bundled>> {
    let mut letters = Vec::new();
    for (folder, _) in FOLDERS {
        let entries = bundle.get_dir(format!("mail/{folder}")).map(Dir::entries).unwrap_or_default();
        for file in entries.iter().filter_map(DirEntry::as_file) {
            let name = file.path().file_name().and_then(|name| name.to_str()).ok_or_else(|| unfit(folder))?;
            let (uid, flags) = uid_and_flags(name).ok_or_else(|| unfit(name))?;
            let bytes = crlf(&calendar.replace(file.contents())?).into_owned();
            let now = calendar.now().timestamp();
            let at = mime::read(&bytes).date.unwrap_or(now).min(now);
            let arrival = Arrival { uid, flags, keywords: Vec::new(), internal_date: Some(at), bytes, left: None };
            letters.push(Bundled { folder, arrival, at });
        }
    }
    letters.sort_by_key(|letter| letter.arrival.uid);
    Ok(letters)
}

/// `207-hutchins-site-visit,S.eml`: its number, and Maildir's letters for flags.
fn uid_and_flags(name: &str) -> Option<(u32, Flags)> {
    let (stem, letters) = name.strip_suffix(".eml")?.rsplit_once(',')?;
    let uid = stem.split_once('-')?.0.parse().ok()?;
    let flags = letters.chars().try_fold(Flags::default(), |flags, letter| {
        Some(flags.with(match letter {
            'S' => Flags::SEEN,
            'R' => Flags::ANSWERED,
            'F' => Flags::FLAGGED,
            _ => return None,
        }))
    })?;
    Some((uid, flags))
}

fn unfit(what: &str) -> Problem {
    Problem::new(Kind::Internal, format!("the demo's mailbox is not whole: {}", Text::line(what)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters() {
        for (name, expected) in [
            ("207-hutchins-site-visit,.eml", Some((207, Flags::default()))),
            ("099-baltyk-serwis-mleko,FRS.eml", Some((99, Flags::SEEN.with(Flags::ANSWERED).with(Flags::FLAGGED)))),
            ("x-y,S.eml", None),
            ("001-y,X.eml", None),
            ("001-y.eml", None),
        ] {
            assert_eq!(uid_and_flags(name), expected, "{name}");
        }
    }
}
