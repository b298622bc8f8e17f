//! Messages, their copies on the server, and their words in the index.

use super::kept::{Kept, unpack};
use super::{Store, moment, ms, text_at};
use crate::domain::address::Address;
use crate::domain::address::Mailbox;
use crate::domain::id;
use crate::domain::message::{Direction, Flags, MsgId, Parsed};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::wish::{merge_keywords, sorted_keywords};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A letter to be stored: its bytes and what reading them gave.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Whose mailbox it is in.
    pub account: id::Account,
    /// Its conversation.
    pub thread: id::Thread,
    /// What reading gave.
    pub parsed: &'a Parsed,
    /// First words, without quotes.
    pub snippet: &'a Text,
    /// Its own words hold a question.
    pub asks: bool,
    /// Which way it went.
    pub direction: Direction,
    /// From an ignored sender.
    pub ignored: bool,
    /// A robot wrote it for a customer: it counts as a person's letter.
    pub order: bool,
    /// Whose words it carries, one a line (`Name <address>`); empty: the sender's own.
    pub origin: &'a str,
    /// When it arrived (INTERNALDATE), or when it was first seen.
    pub arrived_at: Timestamp,
    /// Sent from here: alive without a copy on the server.
    pub local_origin: bool,
    /// The letter itself and its words.
    pub kept: &'a Kept,
}

/// A copy of a stored letter on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    /// In this folder.
    pub folder: id::Folder,
    /// Of this UIDVALIDITY.
    pub uid_validity: u32,
    /// Under this UID.
    pub uid: u32,
    /// The letter.
    pub message: id::Message,
    /// Flags on the server.
    pub flags: Flags,
    /// Keywords on the server, as they are.
    pub keywords: Vec<String>,
}

/// Flags of a copy: the server's, and those it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyFlags {
    /// Last known of the server.
    pub server: Flags,
    /// Wanted.
    pub wanted: Flags,
}

pub(super) fn flags_at(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Flags> {
    Ok(Flags(row.get(column)?))
}

/// Keywords as the store keeps them: parted by blanks.
pub(super) fn keywords_of(kept: &str) -> Vec<String> {
    kept.split_ascii_whitespace().map(str::to_owned).collect()
}

impl Store {
    /// The letter with this digest, when a copy of it came before, and its thread.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn message_with_digest(
        &self,
        account: id::Account,
        digest: &[u8; 32],
    ) -> Result<Option<(id::Message, id::Thread)>> {
        let found = self
            .sql()
            .prepare_cached("SELECT id, thread_id FROM message WHERE account_id = ?1 AND digest = ?2")?
            .query_row(params![account.0, digest], |row| Ok((id::Message(row.get(0)?), id::Thread(row.get(1)?))))
            .optional()?;
        Ok(found)
    }

    /// Stores a letter with its bytes and participants. Its thread must be refreshed and its words indexed afterwards.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn add_message(&self, new: &NewMessage<'_>) -> Result<id::Message> {
        let parsed = new.parsed;
        let from = parsed.from.first();
        let date = parsed.date.unwrap_or(new.arrived_at);
        let degraded = parsed.warnings.iter().any(|w| matches!(w, crate::domain::message::Warning::Degraded(_)));
        let files = parsed.attachments.iter().filter(|file| !file.inline).count();
        self.sql()
            .prepare_cached(
                "INSERT INTO message (account_id, thread_id, digest, msg_id, date, arrived_at, direction, nature, nature_why, ignored,
                                      from_name, from_address, subject, snippet, size, attachments, degraded, asks, local_origin, place, seen, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?19, ?21)",
            )?
            .execute(params![
                new.account.0,
                new.thread.0,
                parsed.digest,
                parsed.msg_id.as_ref().map(MsgId::as_str),
                ms(date),
                ms(new.arrived_at),
                new.direction.word(),
                if new.order { "human" } else { parsed.nature.word() },
                if new.order { "" } else { parsed.nature.evidence() },
                new.ignored,
                from.map_or("", |m| m.name.as_str()),
                from.map_or("", |m| m.address.as_str()),
                parsed.subject.as_str(),
                new.snippet.as_str(),
                i64::try_from(new.kept.size).unwrap_or(i64::MAX),
                i64::try_from(files).unwrap_or(i64::MAX),
                degraded,
                new.asks,
                new.local_origin,
                if new.local_origin { "live" } else { "gone" },
                new.origin,
            ])?;
        let message = id::Message(self.sql().last_insert_rowid());
        self.add_bytes(message, new.kept)?;
        self.add_participants(message, parsed)?;
        self.set_files(message, &parsed.attachments)?;
        Ok(message)
    }

    fn add_participants(&self, message: id::Message, parsed: &Parsed) -> Result<()> {
        let mut statement = self.sql().prepare_cached(
            "INSERT INTO participant (message_id, field, position, address, name) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let fields = [
            ("from", &parsed.from),
            ("reply_to", &parsed.reply_to),
            ("to", &parsed.to),
            ("cc", &parsed.cc),
            ("bcc", &parsed.bcc),
        ];
        for (field, mailboxes) in fields {
            for (position, mailbox) in (0_i64..).zip(mailboxes) {
                statement.execute(params![
                    message.0,
                    field,
                    position,
                    mailbox.address.as_str(),
                    mailbox.name.as_str()
                ])?;
            }
        }
        Ok(())
    }

    /// A letter that is known came again. One whose bytes are not here, because the store was made from a backup, gets them
    /// back. `true`: its words are not in the index, since it was gone from the server or has only now come back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn came_again(&self, message: id::Message, parsed: &Parsed, kept: &Kept) -> Result<bool> {
        let (gone, whole): (bool, bool) = self
            .sql()
            .prepare_cached(
                "SELECT place = 'gone', EXISTS (SELECT 1 FROM raw WHERE message_id = ?1) FROM message WHERE id = ?1",
            )?
            .query_row([message.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if !whole {
            self.add_bytes(message, kept)?;
            self.sql().prepare_cached("DELETE FROM participant WHERE message_id = ?1")?.execute([message.0])?;
            self.add_participants(message, parsed)?;
            self.set_files(message, &parsed.attachments)?;
            self.sql().prepare_cached("DELETE FROM message_fts WHERE rowid = ?1")?.execute([message.0])?;
        }
        Ok(gone || !whole)
    }

    fn add_bytes(&self, message: id::Message, kept: &Kept) -> Result<()> {
        self.sql()
            .prepare_cached("INSERT INTO raw (message_id, size, bytes) VALUES (?1, ?2, ?3)")?
            .execute(params![message.0, i64::try_from(kept.size).unwrap_or(i64::MAX), kept.packed])?;
        Ok(())
    }

    /// Puts a letter's words into the index in the place of those that may be there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn index_again(&self, message: id::Message, kept: &Kept) -> Result<()> {
        self.sql().prepare_cached("DELETE FROM message_fts WHERE rowid = ?1")?.execute([message.0])?;
        self.index_words(message, kept)
    }

    /// Enters a copy of a letter; one already known is left as it is. The message's place and seen state follow. When the
    /// server has numbered its letters anew, what I want of this one goes over from the old number to the new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn add_copy(&self, new: &NewCopy) -> Result<()> {
        let added = self
            .sql()
            .prepare_cached(
                "INSERT INTO copy (folder_id, uid_validity, uid, message_id, flags, wanted_flags, keywords)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                new.folder.0,
                new.uid_validity,
                new.uid,
                new.message.0,
                new.flags.0,
                sorted_keywords(new.keywords.clone()).join(" ")
            ])?;
        if added > 0 {
            self.sql()
                .prepare_cached(
                    "UPDATE copy SET wanted_flags = (copy.flags | (old.wanted_flags & ~old.flags)) & ~(old.flags & ~old.wanted_flags),
                         wanted_folder = old.wanted_folder, wanted_gone = old.wanted_gone,
                         wanted_keywords = CASE WHEN old.keywords = old.wanted_keywords THEN copy.wanted_keywords ELSE old.wanted_keywords END
                     FROM copy old WHERE copy.folder_id = ?1 AND copy.uid_validity = ?2 AND copy.uid = ?3
                         AND old.message_id = ?4 AND old.folder_id = ?1 AND old.uid_validity <> ?2
                         AND (old.wished_at IS NOT NULL OR old.flags <> old.wanted_flags)",
                )?
                .execute(params![new.folder.0, new.uid_validity, new.uid, new.message.0])?;
            // A colleague moved it: what I saw here alone stays seen.
            self.sql()
                .prepare_cached(
                    "UPDATE copy SET wanted_flags = wanted_flags | (SELECT m.flags & 5 FROM message m WHERE m.id = ?4)
                     WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3
                         AND (SELECT a.read_only FROM folder f JOIN account a ON a.id = f.account_id WHERE f.id = ?1) = 1
                         AND (SELECT m.flags & 5 FROM message m WHERE m.id = ?4) <> wanted_flags & 5",
                )?
                .execute(params![new.folder.0, new.uid_validity, new.uid, new.message.0])?;
        }
        Ok(())
    }

    /// The letter that a copy is of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn message_of_copy(&self, folder: id::Folder, uid_validity: u32, uid: u32) -> Result<Option<id::Message>> {
        let found = self
            .sql()
            .prepare_cached("SELECT message_id FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?
            .query_row(params![folder.0, uid_validity, uid], |row| row.get(0).map(id::Message))
            .optional()?;
        Ok(found)
    }

    /// True when the server says other flags or keywords of a copy here than were known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn flags_differ(
        &self,
        folder: id::Folder,
        uid_validity: u32,
        uid: u32,
        flags: Flags,
        keywords: &[String],
    ) -> Result<bool> {
        let known: Option<(u32, String)> = self
            .sql()
            .prepare_cached("SELECT flags, keywords FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3")?
            .query_row(params![folder.0, uid_validity, uid], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(known.is_some_and(|(had, words)| {
            had != flags.0
                || words.split_ascii_whitespace().count() != keywords.len()
                || words != sorted_keywords(keywords.to_vec()).join(" ")
        }))
    }

    /// What the server says of a copy's flags and keywords. A pending wish of ours stays wanted; otherwise the server's word is
    /// taken. Gives the letter when something changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn server_flags(
        &self,
        folder: id::Folder,
        uid_validity: u32,
        uid: u32,
        flags: Flags,
        keywords: &[String],
    ) -> Result<Option<id::Message>> {
        let known = self
            .sql()
            .prepare_cached(
                "SELECT id, message_id, flags, keywords, wanted_keywords FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .query_row(params![folder.0, uid_validity, uid], |row| {
                Ok((row.get(0)?, row.get(1)?, flags_at(row, 2)?, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        let Some((copy, message, before, had, wanted)): Option<(i64, i64, Flags, String, String)> = known else {
            return Ok(None);
        };
        let now = sorted_keywords(keywords.to_vec());
        let told = now.join(" ");
        if before == flags && had == told {
            return Ok(None);
        }
        let wanted = if wanted == had {
            told.clone()
        } else {
            merge_keywords(&keywords_of(&had), &keywords_of(&wanted), &now).join(" ")
        };
        self.sql()
            .prepare_cached(
                // Bit by bit: where we wanted something else than the server had, our wish stands; the other bits follow the server.
                "UPDATE copy SET wanted_flags = (?2 | (wanted_flags & ~flags)) & ~(flags & ~wanted_flags), flags = ?2,
                     keywords = ?3, wanted_keywords = ?4 WHERE id = ?1",
            )?
            .execute(params![copy, flags.0, told, wanted])?;
        Ok(Some(id::Message(message)))
    }

    /// Takes away copies that a complete listing no longer shows. Gives the threads that must be refreshed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_copies(&self, folder: id::Folder, uid_validity: u32, uids: &[u32]) -> Result<Vec<id::Thread>> {
        let mut statement = self.sql().prepare_cached(
            "DELETE FROM copy WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3
             RETURNING (SELECT thread_id FROM message WHERE id = copy.message_id)",
        )?;
        let mut threads = Vec::new();
        for uid in uids {
            if let Some(thread) =
                statement.query_row(params![folder.0, uid_validity, uid], |row| row.get(0)).optional()?
            {
                threads.push(id::Thread(thread));
            }
        }
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }

    /// Takes away every copy of a folder that belongs to another UIDVALIDITY than `keep`: the server numbered anew and
    /// all that it has under the new numbers is here. Gives the threads that must be refreshed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_stale_copies(&self, folder: id::Folder, keep: u32) -> Result<Vec<id::Thread>> {
        let mut statement = self.sql().prepare_cached(
            "DELETE FROM copy WHERE folder_id = ?1 AND uid_validity <> ?2 RETURNING (SELECT thread_id FROM message WHERE id = copy.message_id)",
        )?;
        let mut threads: Vec<id::Thread> = statement
            .query_map(params![folder.0, keep], |row| row.get(0).map(id::Thread))?
            .collect::<rusqlite::Result<_>>()?;
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }

    /// Refreshes a thread and its place in the lists of folders.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn refresh_lists(&self, thread: id::Thread) -> Result<()> {
        self.refresh_thread(thread)?;
        self.sql().prepare_cached("DELETE FROM folder_thread WHERE thread_id = ?1")?.execute([thread.0])?;
        self.sql()
            .prepare_cached(
                "INSERT INTO folder_thread (folder_id, thread_id, last_at)
                 SELECT coalesce(c.wanted_folder, c.folder_id), ?1, max(m.date) FROM message m JOIN copy c ON c.message_id = m.id
                 WHERE m.thread_id = ?1 AND c.wanted_gone = 0 GROUP BY 1",
            )?
            .execute([thread.0])?;
        Ok(())
    }

    /// A stored letter is an order that a robot wrote for this customer: it waits as a customer's letter does. True when that is new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_order(&self, message: id::Message, origin: &str) -> Result<bool> {
        let changed = self
            .sql()
            .prepare_cached(
                "UPDATE message SET origin = ?2, direction = 'inbound', nature = 'human', nature_why = '' WHERE id = ?1 AND origin <> ?2",
            )?
            .execute(params![message.0, origin])?;
        Ok(changed > 0)
    }

    /// Whose words a letter carries that somebody else sent; empty: the sender's own.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn origin_of(&self, message: id::Message) -> Result<Vec<Mailbox>> {
        let written: Option<String> = self
            .sql()
            .prepare_cached("SELECT origin FROM message WHERE id = ?1")?
            .query_row([message.0], |row| row.get(0))
            .optional()?;
        Ok(written.unwrap_or_default().lines().filter_map(Mailbox::parse).collect())
    }

    /// The last letters that came from an address, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_from(&self, address: &Address, limit: u32) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id FROM message WHERE from_address = ?1 AND direction = 'inbound' ORDER BY date DESC LIMIT ?2",
        )?;
        let found = statement
            .query_map(params![address.as_str(), limit], |row| row.get(0).map(id::Message))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// A program wrote it after all: it raises no counter.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn is_automatic(&self, message: id::Message, why: &str) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE message SET nature = 'automatic', nature_why = ?2 WHERE id = ?1")?
            .execute(params![message.0, why])?;
        Ok(())
    }

    /// The bytes of a letter as it came; `None` when there is no such letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn raw(&self, message: id::Message) -> Result<Option<Vec<u8>>> {
        let packed: Option<(Vec<u8>, i64)> = self
            .sql()
            .prepare_cached("SELECT bytes, size FROM raw WHERE message_id = ?1")?
            .query_row([message.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        packed.map(|(bytes, size)| unpack(&bytes, usize::try_from(size).unwrap_or(0))).transpose()
    }

    /// What the store knows of a letter besides its bytes: thread, date, direction, seen; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn message_facts(&self, message: id::Message) -> Result<Option<(id::Thread, Timestamp, Direction, bool)>> {
        let facts = self
            .sql()
            .prepare_cached("SELECT thread_id, date, direction, seen FROM message WHERE id = ?1")?
            .query_row([message.0], |row| {
                Ok((
                    id::Thread(row.get(0)?),
                    moment(row.get(1)?),
                    Direction::from_word(&row.get::<_, String>(2)?),
                    row.get(3)?,
                ))
            })
            .optional()?;
        Ok(facts)
    }

    /// The letters of a thread, oldest first. Those that are only in Junk or Trash are left out of a thread that has others.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn messages_of(&self, thread: id::Thread) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id FROM message WHERE thread_id = ?1 AND (place IN ('live', 'draft')
                 OR NOT EXISTS (SELECT 1 FROM message o WHERE o.thread_id = ?1 AND o.place IN ('live', 'draft'))) ORDER BY date, id",
        )?;
        let messages =
            statement.query_map([thread.0], |row| row.get(0).map(id::Message))?.collect::<rusqlite::Result<_>>()?;
        Ok(messages)
    }

    /// Names of the folders a letter has copies in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folders_of(&self, message: id::Message) -> Result<Vec<Text>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT DISTINCT f.name FROM copy c JOIN folder f ON f.id = c.folder_id WHERE c.message_id = ?1 ORDER BY f.name")?;
        let names = statement.query_map([message.0], |row| text_at(row, "name"))?.collect::<rusqlite::Result<_>>()?;
        Ok(names)
    }

    /// The account a letter belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_of(&self, message: id::Message) -> Result<Option<id::Account>> {
        let account = self
            .sql()
            .prepare_cached("SELECT account_id FROM message WHERE id = ?1")?
            .query_row([message.0], |row| row.get(0))
            .optional()?;
        Ok(account.map(id::Account))
    }

    /// Letters with this Message-ID, newest first. Several are possible: strangers write them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn messages_named(&self, msg_id: &MsgId) -> Result<Vec<id::Message>> {
        let mut statement = self.sql().prepare_cached("SELECT id FROM message WHERE msg_id = ?1 ORDER BY date DESC")?;
        let messages = statement
            .query_map([msg_id.as_str()], |row| row.get(0).map(id::Message))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(messages)
    }
}
