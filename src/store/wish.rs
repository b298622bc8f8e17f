//! What I want of conversations: letters in another folder, flags, keywords, deletion for good; folders made and renamed.
//!
//! Everything here is a difference between what a copy is and what it should be: shown at once, granted by sync, taken back by
//! `u` (see `unwish`). Call inside [`Store::record`].

use super::{FolderRecord, Store, text_at};
use crate::domain::folder::{self, Role};
use crate::domain::id;
use crate::domain::message::Flags;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::wish::merge_keywords;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Which copies of a conversation an act means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Those that this folder shows.
    Shown(id::Folder),
    /// Where no folder is shown: those in the inbox and in folders without a role (rules of the server put mail there).
    Incoming,
    /// The same; where there are none, those that were put away, then those in Junk, then those I sent.
    Nearest,
    /// Those in Junk.
    Junk,
    /// Those in Trash.
    Trash,
}

/// Roles of the folders that are looked into together, one group after the other; `''` is no role.
const INCOMING: &str = "('', 'inbox')";
const NEAREST: [&str; 4] = [INCOMING, "('archive', 'all')", "('junk')", "('sent')"];

impl Source {
    fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Shown(_) => &[""],
            Self::Incoming => &[INCOMING],
            Self::Nearest => &NEAREST,
            Self::Junk => &["('junk')"],
            Self::Trash => &["('trash')"],
        }
    }
}

/// Where a copy is for the lists: what is wanted comes before what the server has.
const PLACE: &str = "coalesce(wanted_folder, folder_id)";

/// Keywords as the store keeps them.
pub(super) fn split(keywords: &str) -> Vec<String> {
    keywords.split_whitespace().map(str::to_owned).collect()
}

fn cannot_be_a_name(name: &str, delimiter: Option<&str>) -> Problem {
    let parts = delimiter
        .filter(|parts| *parts != "/")
        .map_or(String::new(), |parts| format!(", {parts} parts folders on this server"));
    Problem::new(Kind::Input, format!("“{}” cannot be the name of a folder", Text::line(name)))
        .hint(format!("* and % have a meaning of their own{parts}"))
}

impl Store {
    /// Wants the letters of these threads in `to`: here at once, on the server when it can be. Those that are there stay. Gives how
    /// many threads had something to move; their lists are refreshed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_moved(&self, threads: &[id::Thread], source: Source, to: id::Folder) -> Result<u64> {
        self.want_of(threads, source, "wanted_folder = nullif(?2, folder_id)", Some(to))
    }

    /// Wants the letters of these threads deleted for good.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_gone(&self, threads: &[id::Thread], source: Source) -> Result<u64> {
        self.want_of(threads, source, "wanted_gone = 1", None)
    }

    fn want_of(&self, threads: &[id::Thread], source: Source, change: &str, except: Option<id::Folder>) -> Result<u64> {
        let mut statements = Vec::new();
        for group in source.groups() {
            let place = match source {
                Source::Shown(folder) => format!("{PLACE} = {}", folder.0),
                _ => format!("(SELECT coalesce(role, '') FROM folder f WHERE f.id = {PLACE}) IN {group}"),
            };
            statements.push(format!(
                "UPDATE copy SET {change} WHERE message_id IN (SELECT id FROM message WHERE thread_id = ?1)
                     AND wanted_gone = 0 AND {PLACE} IS NOT ?2 AND {place}"
            ));
        }
        let mut changed = 0;
        for thread in threads {
            for statement in &statements {
                let copies =
                    self.sql().prepare_cached(statement)?.execute(params![thread.0, except.map(|folder| folder.0)])?;
                if copies > 0 {
                    changed += 1;
                    self.refresh_lists(*thread)?;
                    break;
                }
            }
        }
        Ok(changed)
    }

    /// Wants everything in a folder deleted for good. Gives the threads that were there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_emptied(&self, folder: id::Folder) -> Result<Vec<id::Thread>> {
        let mut statement = self.sql().prepare_cached("SELECT thread_id FROM folder_thread WHERE folder_id = ?1")?;
        let threads: Vec<id::Thread> =
            statement.query_map([folder.0], |row| row.get(0).map(id::Thread))?.collect::<rusqlite::Result<_>>()?;
        self.want_gone(&threads, Source::Shown(folder))?;
        Ok(threads)
    }

    /// Flags the newest letter of each thread, or takes the flag off all of its letters.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_flagged(&self, threads: &[id::Thread], on: bool) -> Result<()> {
        let mut newest = self.sql().prepare_cached(
            "UPDATE copy SET wanted_flags = wanted_flags | ?2 WHERE wanted_flags & ?2 = 0 AND message_id =
                 (SELECT m.id FROM message m WHERE m.thread_id = ?1 AND EXISTS (SELECT 1 FROM copy c WHERE c.message_id = m.id)
                  ORDER BY m.place = 'live' DESC, m.date DESC, m.id DESC LIMIT 1)",
        )?;
        for thread in threads {
            if on {
                newest.execute(params![thread.0, Flags::FLAGGED.0])?;
            } else {
                self.want_flag("m.thread_id = ?1", thread.0, Flags::FLAGGED, false)?;
            }
        }
        Ok(())
    }

    /// Sets or clears `\Seen` on every copy of these threads' letters.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_seen(&self, threads: &[id::Thread], seen: bool) -> Result<()> {
        threads.iter().try_for_each(|thread| self.set_seen(*thread, seen))
    }

    /// Keywords of junk (RFC 5788's registry: `$Junk`, `$NotJunk`; Thunderbird writes them without the sign), which teach a server's
    /// filter. Call it after the move: of junk the copies are meant that are in Junk now, else those that come from there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_junk_keyword(&self, thread: id::Thread, junk: bool) -> Result<()> {
        let mut statement = self.sql().prepare_cached(
            "SELECT c.id, c.wanted_keywords, f.role IS 'junk' AS here, h.role IS 'junk' OR c.wanted_keywords LIKE '%$Junk%' AS was
             FROM copy c JOIN message m ON m.id = c.message_id JOIN folder f ON f.id = coalesce(c.wanted_folder, c.folder_id)
             JOIN folder h ON h.id = c.folder_id WHERE m.thread_id = ?1",
        )?;
        let copies: Vec<(i64, String, bool, bool)> = statement
            .query_map([thread.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (with, without) =
            if junk { (["$Junk"], ["$NotJunk", "NonJunk"]) } else { (["$NotJunk"], ["$Junk", "Junk"]) };
        for (copy, now, here, was) in copies {
            if if junk { here } else { was && !here } {
                self.want_keywords(copy, &merge_keywords(&words(&without), &words(&with), &split(&now)))?;
            }
        }
        Ok(())
    }

    /// The keywords wanted of each copy of a letter.
    pub(super) fn wanted_keywords_of(&self, message: i64) -> Result<Vec<(i64, Vec<String>)>> {
        let mut statement = self.sql().prepare_cached("SELECT id, wanted_keywords FROM copy WHERE message_id = ?1")?;
        let copies = statement
            .query_map([message], |row| Ok((row.get(0)?, split(&row.get::<_, String>(1)?))))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(copies)
    }

    /// Wants exactly these keywords of a copy.
    pub(super) fn want_keywords(&self, copy: i64, keywords: &[String]) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE copy SET wanted_keywords = ?2 WHERE id = ?1 AND wanted_keywords <> ?2")?
            .execute(params![copy, keywords.join(" ")])?;
        Ok(())
    }

    /// Wants every copy of a thread's letters that lies in Junk in the account's inbox.
    ///
    /// # Errors
    /// When the store cannot be written, the account has no inbox, or nothing of the thread is in Junk.
    pub fn rescue_junk(&self, thread: id::Thread) -> Result<()> {
        let account = self.account_of_thread(thread)?;
        let inbox = self
            .folder_with_role(account, Role::Inbox)?
            .ok_or_else(|| Problem::new(Kind::NotFound, "the account has no inbox").hint("s syncs its folders"))?;
        if self.want_moved(&[thread], Source::Junk, inbox.id)? == 0 {
            return Err(Problem::new(Kind::Input, "no letter of this conversation is in Junk"));
        }
        Ok(())
    }

    /// The account a thread belongs to.
    ///
    /// # Errors
    /// When the store cannot be read, or there is no such thread.
    pub fn account_of_thread(&self, thread: id::Thread) -> Result<id::Account> {
        let account = self
            .sql()
            .prepare_cached("SELECT account_id FROM thread WHERE id = ?1")?
            .query_row([thread.0], |row| row.get(0).map(id::Account))
            .optional()?;
        account.ok_or_else(|| Problem::new(Kind::NotFound, "this conversation is not there any more"))
    }

    /// True when letters of this thread are in Trash, and none anywhere else.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_only_in_trash(&self, thread: id::Thread) -> Result<bool> {
        let only = self
            .sql()
            .prepare_cached(
                "SELECT count(*) > 0 AND min(coalesce(f.role, '') = 'trash') FROM message m JOIN copy c ON c.message_id = m.id
                 JOIN folder f ON f.id = coalesce(c.wanted_folder, c.folder_id) WHERE m.thread_id = ?1 AND c.wanted_gone = 0",
            )?
            .query_row([thread.0], |row| row.get::<_, Option<bool>>(0))?;
        Ok(only.unwrap_or(false))
    }

    /// The folder of an account with this one's role, or its name where it has none; itself in its own account.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_like(&self, account: id::Account, folder: id::Folder) -> Result<Option<id::Folder>> {
        let found = self
            .sql()
            .prepare_cached(
                "SELECT f.id FROM folder f JOIN folder o ON o.id = ?2 WHERE f.account_id = ?1 AND (f.gone = 0 OR f.to_create = 1)
                     AND (f.id = o.id OR (o.account_id <> ?1 AND (f.role = o.role OR (o.role IS NULL AND f.name = o.name))))
                 ORDER BY f.id = o.id DESC, f.id LIMIT 1",
            )?
            .query_row(params![account.0, folder.0], |row| row.get(0).map(id::Folder))
            .optional()?;
        Ok(found)
    }

    /// The account a folder belongs to.
    ///
    /// # Errors
    /// When the store cannot be read, or there is no such folder.
    pub fn account_of_folder(&self, folder: id::Folder) -> Result<id::Account> {
        let mut statement = self.sql().prepare_cached("SELECT account_id FROM folder WHERE id = ?1")?;
        let account = statement.query_row([folder.0], |row| row.get(0).map(id::Account)).optional()?;
        account.ok_or_else(|| Problem::new(Kind::NotFound, "this folder is not there any more"))
    }

    /// What a folder is called.
    ///
    /// # Errors
    /// When the store cannot be read, or there is no such folder.
    pub fn folder_facts(&self, folder: id::Folder) -> Result<(Text, Option<Role>)> {
        let found = self
            .sql()
            .prepare_cached("SELECT name, role FROM folder WHERE id = ?1")?
            .query_row([folder.0], |row| {
                Ok((text_at(row, "name")?, row.get::<_, Option<String>>("role")?.as_deref().and_then(Role::from_word)))
            })
            .optional()?;
        found.ok_or_else(|| Problem::new(Kind::NotFound, "this folder is not there any more"))
    }

    /// Makes a folder here at once, on the server when it can be. `name` is its path with `/` between the parts. One that
    /// is there already is given as it is.
    ///
    /// # Errors
    /// When the store cannot be written, or the name cannot be one.
    pub fn want_folder(&self, account: id::Account, name: &str, role: Option<Role>) -> Result<id::Folder> {
        let (raw_name, name, delimiter) = self.wire_name(account, name)?;
        let known: Option<(i64, bool)> = self
            .sql()
            .prepare_cached("SELECT id, gone FROM folder WHERE account_id = ?1 AND raw_name = ?2")?
            .query_row(params![account.0, raw_name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match known {
            Some((folder, false)) => Ok(id::Folder(folder)),
            Some((folder, true)) => {
                self.sql().execute("UPDATE folder SET gone = 0, to_create = 1 WHERE id = ?1", [folder])?;
                Ok(id::Folder(folder))
            }
            None => {
                self.sql()
                    .prepare_cached(
                        "INSERT INTO folder (account_id, raw_name, name, delimiter, role, to_create) VALUES (?1, ?2, ?3, ?4, ?5, 1)",
                    )?
                    .execute(params![account.0, raw_name, name.as_str(), delimiter, role.map(Role::word)])?;
                Ok(id::Folder(self.sql().last_insert_rowid()))
            }
        }
    }

    /// Renames a folder here at once, on the server when it can be. `name` is the new path with `/` between the parts.
    ///
    /// # Errors
    /// When the store cannot be written, the name cannot be one, or another folder has it.
    pub fn want_renamed(&self, folder: id::Folder, name: &str) -> Result<()> {
        let (account, role, raw_name): (i64, Option<String>, String) =
            self.sql().query_row("SELECT account_id, role, raw_name FROM folder WHERE id = ?1", [folder.0], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        if role.as_deref() == Some("inbox") {
            return Err(Problem::new(Kind::Input, "the inbox cannot be renamed: every server calls it INBOX"));
        }
        let (wanted, name, _) = self.wire_name(id::Account(account), name)?;
        let taken: bool = self.sql().query_row(
            "SELECT EXISTS (SELECT 1 FROM folder WHERE account_id = ?1 AND id <> ?2 AND gone = 0 AND ?3 IN (raw_name, wanted_raw_name))",
            params![account, folder.0, wanted],
            |row| row.get(0),
        )?;
        if taken {
            return Err(Problem::new(Kind::Input, format!("there is a folder “{name}” already")));
        }
        let wanted = (wanted != raw_name).then_some(wanted);
        self.sql().execute(
            "UPDATE folder SET name = ?2, wanted_raw_name = ?3 WHERE id = ?1",
            params![folder.0, name.as_str(), wanted],
        )?;
        Ok(())
    }

    /// A path typed with `/` as this account's server writes it: (on the wire, to show, what parts it).
    fn wire_name(&self, account: id::Account, name: &str) -> Result<(String, Text, Option<String>)> {
        let others = self.folders_on_wire(account)?;
        let delimiter = others.iter().find_map(|(_, delimiter)| delimiter.clone());
        let mut path = folder::clean_path(name, delimiter.as_deref())
            .ok_or_else(|| cannot_be_a_name(name, delimiter.as_deref()))?;
        // Servers such as Courier keep every folder below INBOX (RFC 2342's personal namespace).
        if let Some(delimiter) = &delimiter {
            let below = format!("INBOX{delimiter}");
            let mut rest = others.iter().filter(|(raw, _)| !raw.eq_ignore_ascii_case("INBOX")).peekable();
            if rest.peek().is_some() && rest.all(|(raw, _)| raw.starts_with(&below)) && !path.starts_with(&below) {
                path = format!("{below}{path}");
            }
        }
        Ok((folder::to_wire(&path), Text::line(&path), delimiter))
    }

    fn folders_on_wire(&self, account: id::Account) -> Result<Vec<(String, Option<String>)>> {
        let mut statement =
            self.sql().prepare_cached("SELECT raw_name, delimiter FROM folder WHERE account_id = ?1 AND gone = 0")?;
        let folders =
            statement.query_map([account.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(folders)
    }

    /// The folder with a role, also one that is made here and not yet on the server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn goal(&self, account: id::Account, roles: &[Role]) -> Result<Option<FolderRecord>> {
        for role in roles {
            if let Some(folder) = self.folder_with_role(account, *role)? {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }

    /// Folders that letters were moved to by hand, the last one first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recent_goals(&self) -> Result<Vec<id::Folder>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT (SELECT json_extract(r.before, '$.moved.to') FROM change_row r
                     WHERE r.change_id = c.id AND r.noun = 'copy'
                         AND json_extract(r.before, '$.moved.to') IS NOT json_extract(r.before, '$.moved.from') LIMIT 1) AS goal
             FROM (SELECT id FROM change ORDER BY id DESC LIMIT 200) c ORDER BY c.id DESC",
        )?;
        let goals: Vec<Option<i64>> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut recent = Vec::new();
        for goal in goals.into_iter().flatten().map(id::Folder) {
            if !recent.contains(&goal) {
                recent.push(goal);
            }
        }
        Ok(recent)
    }

    /// Letters that lists show in another place than the server has them: how many more, or fewer, each folder has, and of those
    /// not seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn in_flight(&self) -> Result<BTreeMap<id::Folder, (i64, i64)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT folder_id, CASE WHEN wanted_gone = 0 THEN wanted_folder END AS goal, count(*) AS letters,
                    coalesce(sum(wanted_flags & 1 = 0), 0) AS unseen
             FROM copy WHERE wanted_folder IS NOT NULL AND flags & 16 = 0 GROUP BY 1, 2
             UNION ALL
             SELECT folder_id, NULL, count(*), coalesce(sum(wanted_flags & 1 = 0), 0)
             FROM copy WHERE wanted_gone = 1 AND wanted_folder IS NULL GROUP BY 1",
        )?;
        let rows: Vec<(i64, Option<i64>, i64, i64)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut moved: BTreeMap<id::Folder, (i64, i64)> = BTreeMap::new();
        let mut add = |folder: i64, letters: i64, unseen: i64| {
            let entry = moved.entry(id::Folder(folder)).or_default();
            *entry = (entry.0 + letters, entry.1 + unseen);
        };
        for (from, to, letters, unseen) in rows {
            add(from, -letters, -unseen);
            if let Some(to) = to {
                add(to, letters, unseen);
            }
        }
        Ok(moved)
    }
}
