//! Conversations put elsewhere or marked, one or many: each time one change, one transaction, undone with `u`.

use super::acts::{Acts, Title};
use crate::domain::folder::Role;
use crate::domain::handling::{Handling, Order, counted, deleted_for_good};
use crate::domain::id;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::Source;
use crate::sync::filing::file_thread;
use std::collections::BTreeMap;

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done; `None` when nothing changed.
    Done(Title),
    /// It needs a yes first; nothing was done.
    Ask(Text),
}

/// Where an order puts the letters of one account.
enum Goal {
    There(id::Folder, Text),
    /// It is not there yet and is made first: its path, and its role.
    New(String, Option<Role>),
}

impl Acts<'_> {
    /// Does what an order says.
    ///
    /// # Errors
    /// When the store cannot be written, or the order means nothing here; then nothing was changed.
    pub fn handle(&self, order: &Order) -> Result<Outcome> {
        let threads = &order.threads;
        if order.handling.moves() {
            threads.iter().try_for_each(|thread| self.may_change(self.store.account_of_thread(*thread)?))?;
        }
        match &order.handling {
            Handling::Flag(on) => self.mark(order, || self.store.want_flagged(threads, *on)),
            Handling::Seen(seen) => self.mark(order, || self.store.want_seen(threads, *seen)),
            Handling::Delete if self.are_in_trash(order)? => self.delete_for_good(order),
            _ => self.put(order),
        }
    }

    /// A team's mailbox that is read-only stays as it is.
    fn may_change(&self, account: id::Account) -> Result<()> {
        if !self.store.is_read_only(account)? {
            return Ok(());
        }
        let name = self.store.account_name(account)?;
        Err(Problem::new(Kind::Refused, format!("the mailbox {name} is read-only: its letters stay where they are"))
            .hint("colleagues work in it too; read_only = false in its [[account]] lets you change it"))
    }

    fn mark(&self, order: &Order, act: impl FnOnce() -> Result<()>) -> Result<Outcome> {
        let title = order.handling.done(order.threads.len(), &self.subject_of(order)?, &Text::default());
        self.record(title.into(), act).map(Outcome::Done)
    }

    fn subject_of(&self, order: &Order) -> Result<Text> {
        order.threads.first().map_or_else(|| Ok(Text::default()), |thread| self.subject(*thread))
    }

    fn are_in_trash(&self, order: &Order) -> Result<bool> {
        if let Some(folder) = order.folder {
            return Ok(self.store.folder_facts(folder)?.1 == Some(Role::Trash));
        }
        for thread in &order.threads {
            if !self.store.is_only_in_trash(*thread)? {
                return Ok(false);
            }
        }
        Ok(!order.threads.is_empty())
    }

    fn delete_for_good(&self, order: &Order) -> Result<Outcome> {
        let (many, subject) = (order.threads.len(), self.subject_of(order)?);
        if !order.confirmed {
            let what = if many == 1 { format!("“{subject}”") } else { counted(many) };
            return Ok(Outcome::Ask(Text::from(format!(
                "Delete {what} for good? u takes it back only until the server has done it."
            ))));
        }
        let source = order.folder.map_or(Source::Trash, Source::Shown);
        self.record(deleted_for_good(many, &subject).into(), || self.store.want_gone(&order.threads, source).map(drop))
            .map(Outcome::Done)
    }

    /// Deletes everything in a folder for good.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn empty_folder(&self, folder: id::Folder) -> Result<Title> {
        self.may_change(self.store.account_of_folder(folder)?)?;
        let (name, _) = self.store.folder_facts(folder)?;
        self.record(format!("Emptied {name}"), || {
            let threads = self.store.want_emptied(folder)?;
            threads.into_iter().try_for_each(|thread| self.store.confirm_junk(thread, self.at()))
        })
    }

    /// Renames a folder.
    ///
    /// # Errors
    /// When the store cannot be written, or the name cannot be one.
    pub fn rename_folder(&self, folder: id::Folder, name: &str) -> Result<Title> {
        self.may_change(self.store.account_of_folder(folder)?)?;
        let (before, _) = self.store.folder_facts(folder)?;
        self.record(format!("Renamed the folder {before} to {}", Text::line(name)), || {
            self.store.want_renamed(folder, name)
        })
    }

    fn put(&self, order: &Order) -> Result<Outcome> {
        let mut accounts: BTreeMap<id::Account, Vec<id::Thread>> = BTreeMap::new();
        for thread in &order.threads {
            accounts.entry(self.store.account_of_thread(*thread)?).or_default().push(*thread);
        }
        let mut goals = Vec::new();
        for (account, threads) in accounts {
            goals.push((account, self.goal_of(account, &order.handling)?, threads));
        }
        if let Some(question) = self.missing(order, &goals)? {
            return Ok(Outcome::Ask(question));
        }
        let to = goals.first().map(|(_, goal, _)| goal_name(goal)).unwrap_or_default();
        let title = order.handling.done(order.threads.len(), &self.subject_of(order)?, &to);
        let done = self.record(title.into(), || {
            let mut moved = 0;
            for (account, goal, threads) in &goals {
                let folder = match goal {
                    Goal::There(folder, _) => *folder,
                    Goal::New(name, role) => self.store.want_folder(*account, name, *role)?,
                };
                moved += self.put_into(order, folder, threads)?;
            }
            if moved == 0 { Err(nothing_to_do(&order.handling, &to)) } else { Ok(()) }
        })?;
        Ok(Outcome::Done(done))
    }

    fn put_into(&self, order: &Order, folder: id::Folder, threads: &[id::Thread]) -> Result<u64> {
        let source = match (&order.handling, order.folder) {
            (_, Some(shown)) => Source::Shown(shown),
            (Handling::NotJunk, None) => Source::Junk,
            (Handling::Archive, None) => Source::Incoming,
            _ => Source::Nearest,
        };
        let moved = self.store.want_moved(threads, source, folder)?;
        for thread in threads {
            match order.handling {
                Handling::Junk => {
                    self.store.want_junk_keyword(*thread, true)?;
                    self.drop_from_what_waits(order, *thread)?;
                    // I say it is junk: it is not asked again, though it may be a client's.
                    self.store.confirm_junk(*thread, self.at())?;
                }
                Handling::Delete => self.drop_from_what_waits(order, *thread)?,
                Handling::NotJunk => self.store.want_junk_keyword(*thread, false)?,
                _ => {}
            }
            // What is in Junk makes no lead, what comes out of it may.
            if matches!(order.handling, Handling::Junk | Handling::NotJunk) {
                file_thread(self.store, self.own, *thread, i64::MIN, self.at())?;
            }
        }
        Ok(moved)
    }

    /// Thrown away as a whole, a conversation waits for nothing any more; my own letters in it would keep it among those that owe
    /// an answer.
    fn drop_from_what_waits(&self, order: &Order, thread: id::Thread) -> Result<()> {
        if order.folder.is_none() { self.store.mark_done(thread, self.at()) } else { Ok(()) }
    }

    fn goal_of(&self, account: id::Account, handling: &Handling) -> Result<Goal> {
        let (roles, name): (&[Role], &str) = match handling {
            Handling::Archive => (&[Role::Archive, Role::All], "Archive"),
            Handling::Delete => (&[Role::Trash], "Trash"),
            Handling::Junk => (&[Role::Junk], "Junk"),
            Handling::NotJunk => (&[Role::Inbox], "INBOX"),
            Handling::Move(folder) => {
                let (name, _) = self.store.folder_facts(*folder)?;
                let own = self.store.folder_like(account, *folder)?;
                let none = || {
                    Problem::new(Kind::NotFound, format!("not every account here has a folder like {name}"))
                        .hint("mark conversations of one account only")
                };
                return own.map(|own| Goal::There(own, name.clone())).ok_or_else(none);
            }
            Handling::MoveToNew(name) => return Ok(Goal::New(name.clone(), None)),
            Handling::Flag(_) | Handling::Seen(_) => (&[], ""),
        };
        Ok(match self.store.goal(account, roles)? {
            Some(folder) => Goal::There(folder.id, folder.name),
            None => Goal::New(name.to_owned(), roles.first().copied()),
        })
    }

    /// Asks before a folder is made that nobody named.
    fn missing(&self, order: &Order, goals: &[(id::Account, Goal, Vec<id::Thread>)]) -> Result<Option<Text>> {
        let asks = !order.confirmed && !matches!(order.handling, Handling::MoveToNew(_));
        let missing = goals.iter().find_map(|(account, goal, _)| match goal {
            Goal::New(name, _) if asks => Some((*account, name)),
            _ => None,
        });
        let Some((account, name)) = missing else { return Ok(None) };
        let account = self.store.account_name(account)?;
        let them = if order.threads.len() == 1 { "it" } else { "them" };
        Ok(Some(Text::from(format!(
            "The account {account} has no folder for this. Make the folder “{name}” on the server and put {them} there?"
        ))))
    }
}

fn goal_name(goal: &Goal) -> Text {
    match goal {
        Goal::There(_, name) => name.clone(),
        Goal::New(name, _) => Text::line(name),
    }
}

fn nothing_to_do(handling: &Handling, to: &Text) -> Problem {
    let sentence = match handling {
        Handling::NotJunk => "no letter of this conversation is in Junk".to_owned(),
        Handling::Archive => "nothing to archive: no letter of this conversation is in the inbox".to_owned(),
        _ => format!("nothing to move: the letters are in {to} already"),
    };
    Problem::new(Kind::Input, sentence)
}
