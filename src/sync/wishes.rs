//! Wishes made here, done on the server: flags, keywords, moves, deletions; and those it refuses, taken back and kept in words.

use super::claims;
use super::filing::file_thread;
use super::plan::grouped;
use super::remote::Remote;
use crate::domain::address::Own;
use crate::domain::id;
use crate::domain::message::{Flags, MsgId};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::wish::{Wish, about};
use crate::net::imap::{Moved, Selected};
use crate::store::{FolderRecord, MoveWanted, Placed, Store, WishKind};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// When a command for many letters is refused, they are tried one by one; after so many refusals of the same words in a row the
/// rest is taken for refused too.
const ENOUGH: usize = 3;

/// One command for these letters, and what it changes here.
type Work<'a> = dyn FnMut(&mut dyn Remote, &[u32]) -> Result<()> + 'a;

/// Does the wishes of one account.
pub(super) struct Granting<'a> {
    pub store: &'a Store,
    pub remote: &'a mut dyn Remote,
    pub account: id::Account,
    pub own: &'a Own,
}

/// What came of a folder's wishes.
#[derive(Debug, Default)]
pub(super) struct Granted {
    /// Copies that the server changed.
    pub done: usize,
    /// What it did not do, in words.
    pub warnings: Vec<Text>,
    /// Conversations that look different now.
    pub threads: Vec<id::Thread>,
}

impl Granted {
    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.warnings.extend(other.warnings);
        self.threads.extend(other.threads);
    }
}

impl Granting<'_> {
    /// Deletes for good and moves on the server what was wanted here, before any folder is read: a letter is then found where it
    /// went before it is missed where it was, and is never out of sight. Gives what came of it for each folder that was opened.
    pub fn moves_and_deletions(&mut self, folders: &[FolderRecord]) -> Result<BTreeMap<id::Folder, Granted>> {
        let mut outcomes: BTreeMap<id::Folder, Granted> = BTreeMap::new();
        for folder in folders {
            let numbering = self.store.cursor(folder.id)?.uid_validity;
            let gone = self.store.gone_wanted(folder.id, numbering)?;
            if !gone.is_empty() {
                let granted =
                    self.inside(folder, numbering, |granting, _| granting.delete(folder, numbering, &gone))?;
                outcomes.entry(folder.id).or_default().add(granted);
            }
        }
        let moves = self.store.moves_wanted(self.account)?;
        let keyed = moves.into_iter().map(|one| ((one.from, one.to), one));
        let mut routes: Vec<((id::Folder, id::Folder), Vec<MoveWanted>)> = Vec::new();
        // In the order their first wish was made; one command for all that go the same way.
        for (route, one) in keyed {
            match routes.iter_mut().find(|(known, _)| *known == route) {
                Some((_, all)) => all.push(one),
                None => routes.push((route, vec![one])),
            }
        }
        for ((from, _), moves) in routes {
            let Some(folder) = folders.iter().find(|folder| folder.id == from) else { continue };
            let numbering = self.store.cursor(folder.id)?.uid_validity;
            let granted = self.inside(folder, numbering, |granting, selected| {
                // Flags go with the letter.
                let mut granted = granting.marks(folder, numbering, selected)?;
                granted.add(granting.send_away(folder, &moves)?);
                Ok(granted)
            })?;
            outcomes.entry(folder.id).or_default().add(granted);
        }
        Ok(outcomes)
    }

    /// Opens a folder for wishes about its letters. Not done when it is numbered anew (these UIDs may mean other letters now); a folder
    /// that does not open is found out when it is read.
    fn inside(
        &mut self,
        folder: &FolderRecord,
        numbering: u32,
        work: impl FnOnce(&mut Self, &Selected) -> Result<Granted>,
    ) -> Result<Granted> {
        let selected = match self.remote.select(&folder.raw_name) {
            Err(problem) if problem.is_refusal() => {
                return Ok(Granted { warnings: vec![Text::line(&problem.sentence)], ..Granted::default() });
            }
            other => other?,
        };
        if selected.uid_validity.unwrap_or(1) != numbering {
            return Ok(Granted::default());
        }
        self.store.look_again(folder.id)?;
        if selected.read_only {
            return self.refuse_all(folder, numbering);
        }
        work(self, &selected)
    }

    /// Flags and keywords of the open folder.
    pub fn marks(&mut self, folder: &FolderRecord, numbering: u32, selected: &Selected) -> Result<Granted> {
        let mut granted = Granted::default();
        for ((add, remove), uids) in grouped(self.store.flag_wishes(folder.id, numbering)?) {
            let wish = Wish::Flags { add, remove };
            let store = self.store;
            granted.add(self.each(folder, numbering, WishKind::Flags, &wish, &uids, &mut |remote, uids| {
                remote.store_flags(uids, add, remove)?;
                store.write(|| store.flags_granted(folder.id, numbering, uids, add, remove))
            })?);
        }
        let mut wishes = Vec::new();
        for (uid, wish) in self.store.keyword_wishes(folder.id, numbering)? {
            let (claim, rest) = claims::part(wish);
            if let Some(me) = claim {
                granted.add(self.claim(folder, numbering, selected, uid, &me)?);
            }
            if !rest.0.is_empty() || !rest.1.is_empty() {
                wishes.push((uid, rest));
            }
        }
        for ((add, remove), uids) in grouped(wishes) {
            let wish = Wish::Keywords { add: add.clone(), remove: remove.clone() };
            let store = self.store;
            granted.add(self.each(folder, numbering, WishKind::Keywords, &wish, &uids, &mut |remote, uids| {
                if let Some(forgotten) = add.iter().find(|keyword| !selected.keeps_keyword(keyword)) {
                    return Err(Problem::new(
                        Kind::Refused,
                        format!("the server does not keep the keyword {forgotten}"),
                    ));
                }
                remote.store_keywords(uids, &add, &remove)?;
                store.write(|| store.keywords_granted(folder.id, numbering, uids, &add, &remove))
            })?);
        }
        Ok(granted)
    }

    fn delete(&mut self, folder: &FolderRecord, numbering: u32, uids: &[u32]) -> Result<Granted> {
        let wish = Wish::Gone { from: folder.name.clone() };
        let store = self.store;
        let (mut threads, mut stay) = (Vec::new(), 0);
        let mut granted = self.each(folder, numbering, WishKind::Gone, &wish, uids, &mut |remote, uids| {
            remote.store_flags(uids, Flags::DELETED, Flags::default())?;
            let left = match remote.expunge(uids) {
                Err(problem) if problem.is_refusal() => {
                    // As it was: another client may not take away what was wanted here and refused.
                    remote.store_flags(uids, Flags::default(), Flags::DELETED)?;
                    return Err(problem);
                }
                other => other?,
            };
            store.write(|| {
                if left {
                    let gone = store.remove_copies(folder.id, numbering, uids)?;
                    gone.iter().try_for_each(|thread| store.refresh_lists(*thread))?;
                    threads.extend(gone);
                } else {
                    stay += uids.len();
                }
                Ok(())
            })
        })?;
        granted.threads.extend(threads);
        if stay > 0 {
            granted.done -= stay;
            let letters = crate::domain::text::plural(stay as u64, "letter stays", "letters stay");
            granted.warnings.push(Text::from(format!(
                "{letters} marked deleted: the server can only delete together with letters that others marked"
            )));
        }
        Ok(granted)
    }

    fn send_away(&mut self, folder: &FolderRecord, moves: &[MoveWanted]) -> Result<Granted> {
        let Some(first) = moves.first() else { return Ok(Granted::default()) };
        let wish = Wish::Move { from: folder.name.clone(), to: first.to_name.clone() };
        let store = self.store;
        let mut uids: Vec<u32> = moves.iter().map(|one| one.uid).collect();
        let mut granted = Granted::default();
        if !self.remote.moves_at_once() {
            let there = self.already_there(folder, moves)?;
            uids.retain(|uid| !there.contains(uid));
            granted.add(self.finish_moves(first, moves, &there)?);
            store.write(|| store.begin_move(moves))?;
        }
        let (mut threads, own) = (Vec::new(), self.own);
        let moved = self.each(folder, first.uid_validity, WishKind::Move, &wish, &uids, &mut |remote, uids| {
            let moved = remote.move_to(uids, &first.to_raw_name)?;
            store.write(|| {
                store.look_again(first.to)?;
                let target = store.cursor(first.to)?.uid_validity;
                for one in moves.iter().filter(|one| uids.contains(&one.uid)) {
                    let thread = store.subject_of_copy(one.from, one.uid_validity, one.uid)?.map(|(thread, _)| thread);
                    store.move_granted(one, place(&moved, one, target))?;
                    if let Some(thread) = thread {
                        // It may come from Junk, where nothing is filed; and it does not come in again, as a new letter does.
                        file_thread(store, own, thread, i64::MAX, Timestamp::now())?;
                        threads.push(thread);
                    }
                }
                Ok(())
            })
        })?;
        granted.add(moved);
        granted.threads.extend(threads);
        Ok(granted)
    }

    /// Letters that an earlier try has copied to the other folder without our hearing of it: it holds a letter of this Message-ID that is
    /// not known here. The folder they come from is open again afterwards.
    fn already_there(&mut self, folder: &FolderRecord, moves: &[MoveWanted]) -> Result<Vec<u32>> {
        let mut begun = Vec::new();
        for one in moves {
            if self.store.move_was_begun(one)? {
                begun.push(one);
            }
        }
        let Some(first) = begun.first() else { return Ok(Vec::new()) };
        let mut there = Vec::new();
        let target = self.store.cursor(first.to)?.uid_validity;
        if self.remote.select(&first.to_raw_name).is_ok() {
            for one in &begun {
                let msg_id = self.store.msg_id_of_copy(one.from, one.uid_validity, one.uid)?;
                let Some(msg_id) = msg_id.and_then(|id| MsgId::parse(&id)) else { continue };
                let found = self.remote.find_msg_id(&msg_id)?;
                if self.store.uids_here(first.to, target, &found)?.len() < found.len() {
                    there.push(one.uid);
                }
            }
        }
        self.remote.select(&folder.raw_name)?;
        Ok(there)
    }

    /// The second half of moves whose first half was done before.
    fn finish_moves(&mut self, first: &MoveWanted, moves: &[MoveWanted], uids: &[u32]) -> Result<Granted> {
        if uids.is_empty() {
            return Ok(Granted::default());
        }
        self.remote.store_flags(uids, Flags::DELETED, Flags::default())?;
        self.remote.expunge(uids)?;
        self.store.write(|| {
            self.store.look_again(first.to)?;
            moves.iter().filter(|one| uids.contains(&one.uid)).try_for_each(|one| self.store.move_granted(one, None))
        })?;
        Ok(Granted { done: uids.len(), ..Granted::default() })
    }

    /// Does one wish for many letters; when the server refuses them together, one by one. What it refuses for now stays wanted.
    fn each(
        &mut self,
        folder: &FolderRecord,
        numbering: u32,
        kind: WishKind,
        wish: &Wish,
        uids: &[u32],
        work: &mut Work<'_>,
    ) -> Result<Granted> {
        let mut granted = Granted::default();
        if uids.is_empty() {
            return Ok(granted);
        }
        let mut refused: Vec<(String, Vec<u32>)> = Vec::new();
        match work(self.remote, uids) {
            Ok(()) => granted.done = uids.len(),
            Err(problem) if problem.kind == Kind::NotNow => granted.warnings.push(Text::line(&problem.sentence)),
            Err(problem) if !is_no(&problem) => return Err(problem),
            Err(problem) if uids.len() == 1 => refused.push((problem.sentence, uids.to_vec())),
            Err(_) => {
                for (position, uid) in uids.iter().enumerate() {
                    let same = refused.last().filter(|(_, uids)| uids.len() >= ENOUGH).map(|(said, _)| said.clone());
                    if let (Some(_), Some(rest), Some((_, all))) = (same, uids.get(position..), refused.last_mut()) {
                        all.extend_from_slice(rest);
                        break;
                    }
                    match work(self.remote, &[*uid]) {
                        Ok(()) => granted.done += 1,
                        Err(problem) if problem.kind == Kind::NotNow => {
                            granted.warnings.push(Text::line(&problem.sentence));
                        }
                        Err(problem) if !is_no(&problem) => return Err(problem),
                        Err(problem) => match refused.last_mut() {
                            Some((said, all)) if *said == problem.sentence => all.push(*uid),
                            _ => refused.push((problem.sentence, vec![*uid])),
                        },
                    }
                }
            }
        }
        for (said, uids) in refused {
            granted.add(self.refuse(folder, numbering, kind, wish, &uids, &said)?);
        }
        Ok(granted)
    }

    /// Takes a wish back and keeps that it was refused: one transaction.
    pub(super) fn refuse(
        &mut self,
        folder: &FolderRecord,
        numbering: u32,
        kind: WishKind,
        wish: &Wish,
        uids: &[u32],
        said: &str,
    ) -> Result<Granted> {
        let store = self.store;
        let mut granted = Granted::default();
        store.write(|| {
            let mut subject = Text::default();
            for uid in uids {
                if let Some((thread, of)) = store.subject_of_copy(folder.id, numbering, *uid)? {
                    granted.threads.push(thread);
                    subject = of;
                }
            }
            let words = wish.words(&about(&subject, uids.len()));
            store.unwish(folder.id, numbering, uids, kind)?;
            let thread = granted.threads.first().copied();
            store.refuse(self.account, thread, &words, &Text::line(said), Timestamp::now())?;
            granted.warnings.push(Text::from(format!("{words}: {said}")));
            Ok(())
        })?;
        Ok(granted)
    }

    /// Nothing can be changed in this folder: whatever was wanted of its letters is refused.
    pub fn refuse_all(&mut self, folder: &FolderRecord, numbering: u32) -> Result<Granted> {
        const SAID: &str = "the folder is read-only";
        let mut granted = Granted::default();
        for ((add, remove), uids) in grouped(self.store.flag_wishes(folder.id, numbering)?) {
            let wish = Wish::Flags { add, remove };
            granted.add(self.refuse(folder, numbering, WishKind::Flags, &wish, &uids, SAID)?);
        }
        for ((add, remove), uids) in grouped(self.store.keyword_wishes(folder.id, numbering)?) {
            let wish = Wish::Keywords { add, remove };
            granted.add(self.refuse(folder, numbering, WishKind::Keywords, &wish, &uids, SAID)?);
        }
        let moves = self.store.moves_wanted(self.account)?.into_iter().filter(|one| one.from == folder.id);
        for (to, uids) in grouped(moves.map(|one| (one.uid, one.to_name)).collect()) {
            let wish = Wish::Move { from: folder.name.clone(), to };
            granted.add(self.refuse(folder, numbering, WishKind::Move, &wish, &uids, SAID)?);
        }
        let gone = self.store.gone_wanted(folder.id, numbering)?;
        if !gone.is_empty() {
            let wish = Wish::Gone { from: folder.name.clone() };
            granted.add(self.refuse(folder, numbering, WishKind::Gone, &wish, &gone, SAID)?);
        }
        Ok(granted)
    }
}

/// The server said no for good, or it could not even be asked in words that it knows.
pub(super) fn is_no(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Refused | Kind::Input)
}

/// Where a moved letter is now, when the server told and its target is numbered as we know it.
fn place(moved: &Moved, wanted: &MoveWanted, target: u32) -> Option<Placed> {
    let (uid_validity, pairs) = moved.copied.as_ref().filter(|_| moved.left)?;
    let (_, uid) = pairs.iter().find(|(from, _)| *from == wanted.uid)?;
    (*uid_validity == target).then_some(Placed { folder: wanted.to, uid_validity: target, uid: *uid })
}
