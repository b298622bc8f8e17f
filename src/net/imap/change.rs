//! Changing what is on the server: flags, keywords, moves, deletions, folders.

use super::answer::{Answer, Condition, Status};
use super::run::{Ended, quoted};
use super::set::{self, ranges};
use super::{Session, list::RemoteFolder};
use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use std::collections::HashSet;

/// UIDVALIDITY of the folder copied to, and (UID there was, UID there is).
type Copied = (u32, Vec<(u32, u32)>);

/// What came of a move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// UIDVALIDITY of the target and (UID there was, UID there is), where the server told (COPYUID, RFC 4315).
    pub copied: Option<(u32, Vec<(u32, u32)>)>,
    /// The letters have left the folder. Otherwise they are still listed there, marked `\Deleted`.
    pub left: bool,
}

impl Session {
    /// Sets and takes away flags.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn store_flags(&mut self, uids: &[u32], add: Flags, remove: Flags) -> Result<()> {
        self.store_names(uids, '+', &add.names())?;
        self.store_names(uids, '-', &remove.names())
    }

    /// Sets and takes away keywords.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`]; [`Kind::Input`] for a keyword that is no atom.
    pub fn store_keywords(&mut self, uids: &[u32], add: &[String], remove: &[String]) -> Result<()> {
        let atom = |word: &&String| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
        };
        if let Some(odd) = add.iter().chain(remove).find(|word| !atom(word)) {
            return Err(Problem::new(Kind::Input, format!("{odd:?} is no keyword")));
        }
        for (sign, words) in [('+', add), ('-', remove)] {
            self.store_names(uids, sign, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn store_names(&mut self, uids: &[u32], sign: char, names: &[&str]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let names = names.join(" ");
        for set in ranges(uids) {
            self.run(&format!("UID STORE {set} {sign}FLAGS.SILENT ({names})"), &mut |_| Ok(()))?;
        }
        Ok(())
    }

    /// Moves letters of the selected folder to another: MOVE (RFC 6851) where the server has it, else a copy and the deletion of
    /// exactly these letters.
    ///
    /// # Errors
    /// [`Kind::Network`]; [`Kind::Refused`], [`Kind::NotNow`]: then nothing was moved, or a part of a long list.
    pub fn move_to(&mut self, uids: &[u32], raw_name: &str) -> Result<Moved> {
        let name = quoted(raw_name)?;
        let mut moved = Moved { copied: None, left: true };
        let mut told = true;
        for set in ranges(uids) {
            let copied = match self.capabilities.moves {
                true => self.copy(&format!("UID MOVE {set} {name}")),
                false => self.copy(&format!("UID COPY {set} {name}")),
            };
            let copied = match copied {
                // It does not know what it promised.
                Err(Ended::Said(condition)) if condition.status == Status::Bad && self.capabilities.moves => {
                    self.capabilities.moves = false;
                    self.copy(&format!("UID COPY {set} {name}"))
                }
                other => other,
            };
            let copied = copied.map_err(|ended| ended.problem(self.pipe.wire().place(), "MOVE"))?;
            match (copied, &mut moved.copied) {
                (None, _) => told = false,
                (Some((validity, pairs)), Some((known, all))) if *known == validity => all.extend(pairs),
                (Some(one), known) => *known = Some(one),
            }
            if !self.capabilities.moves {
                self.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), &mut |_| Ok(()))?;
            }
        }
        if !told {
            moved.copied = None;
        }
        if !self.capabilities.moves {
            moved.left = self.expunge(uids)?;
        }
        Ok(moved)
    }

    /// A command that copies, and the COPYUID it answers with: MOVE says it in an untagged OK (RFC 6851, 4.3).
    fn copy(&mut self, command: &str) -> std::result::Result<Option<Copied>, Ended> {
        let mut copied = None;
        let done = self.run_raw(command, &mut |answer| {
            if let Answer::Condition(condition) = answer {
                copied = copy_uid(&condition).or(copied.take());
            }
            Ok(())
        })?;
        Ok(copy_uid(&done).or(copied))
    }

    /// Takes letters that are marked `\Deleted` out of the selected folder: exactly these (UID EXPUNGE, RFC 4315). A plain EXPUNGE
    /// would also take away what others marked: without UIDPLUS it is only used when nothing else is marked. `false`: they stay.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn expunge(&mut self, uids: &[u32]) -> Result<bool> {
        if self.capabilities.uidplus {
            for set in ranges(uids) {
                self.run(&format!("UID EXPUNGE {set}"), &mut |_| Ok(()))?;
            }
            return Ok(true);
        }
        let ours: HashSet<u32> = uids.iter().copied().collect();
        match self.search("DELETED")? {
            Some(marked) if marked.iter().all(|uid| ours.contains(uid)) => {
                self.run("EXPUNGE", &mut |_| Ok(()))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Makes a folder and subscribes to it, so that other clients show it. One that is there already is fine.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn create(&mut self, raw_name: &str) -> Result<()> {
        let name = quoted(raw_name)?;
        match self.run(&format!("CREATE {name}"), &mut |_| Ok(())) {
            Err(problem) if problem.is_refusal() && self.folder_exists(raw_name)? => {}
            other => drop(other?),
        }
        self.subscribe(&name)
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// [`Kind::Network`], [`Kind::Refused`].
    pub fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let (old, new) = (quoted(from)?, quoted(to)?);
        self.run(&format!("RENAME {old} {new}"), &mut |_| Ok(()))?;
        self.subscribe(&new)
    }

    /// A courtesy to other clients: a server that keeps no subscriptions is no reason to stop.
    fn subscribe(&mut self, quoted_name: &str) -> Result<()> {
        match self.run(&format!("SUBSCRIBE {quoted_name}"), &mut |_| Ok(())) {
            Err(problem) if !problem.is_refusal() => Err(problem),
            _ => Ok(()),
        }
    }

    fn folder_exists(&mut self, raw_name: &str) -> Result<bool> {
        // Listed whole: `*` and `%` in a name would be taken for patterns.
        let known = |folder: &RemoteFolder| folder.raw_name == raw_name;
        Ok(self.list()?.iter().any(known))
    }
}

/// `COPYUID 38505 304,319:320 3956:3958`: pairs in the order of the sets (RFC 4315, 3). What does not pair up is no help.
fn copy_uid(condition: &Condition) -> Option<Copied> {
    const MOST: usize = 100_000;
    if condition.status != Status::Ok || condition.code_word != "COPYUID" {
        return None;
    }
    let mut words = condition.code_rest.split_ascii_whitespace();
    let validity = words.next()?.parse::<u32>().ok().filter(|validity| *validity > 0)?;
    let mut uids = || set::counted_out(&set::parse(words.next()?)?, MOST);
    let (from, to) = (uids()?, uids()?);
    (from.len() == to.len()).then(|| (validity, from.into_iter().zip(to).collect()))
}
