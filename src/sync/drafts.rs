//! Drafts and the Drafts folder of their account: what is written here goes there, what is written on another device comes here, and
//! there are never two of one.
//!
//! A state of a draft is appended first and the older one taken away when the new one was seen in the folder; each letter says whose
//! draft it is (`X-Postbook-Draft`), so that nothing depends on hearing how a command ended. What was changed on both sides is kept
//! twice, and it is said.

use super::account::{Progress, sync_folders};
use super::remote::Remote;
use crate::domain::address::{Address, Mailbox, Own};
use crate::domain::folder::Role;
use crate::domain::id;
use crate::domain::message::{Flags, MsgId, Parsed};
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::threading::bare_subject;
use crate::mime;
use crate::store::{DraftCopy, FolderRecord, Store};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};

/// So many letters of a Drafts folder are taken in at once; the rest at the next sync.
const AT_ONCE: u32 = 200;
/// A draft that is being typed is not given to the server with every second.
pub const QUIET: SignedDuration = SignedDuration::from_secs(3);

/// What became of a draft by a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftNews {
    /// One written on another device is here now.
    Came(id::Draft),
    /// Another device changed it.
    Replaced(id::Draft),
    /// Another device sent or discarded it.
    Went(id::Draft),
    /// It was changed here and elsewhere: both are kept, this is the other one.
    Both(id::Draft, Text),
}

/// Whose drafts.
#[derive(Clone, Copy)]
pub struct DraftBox<'a> {
    /// The store.
    pub store: &'a Store,
    /// The account.
    pub account: id::Account,
    /// Its address.
    pub email: &'a Address,
    /// My own addresses.
    pub own: &'a Own,
}

impl DraftBox<'_> {
    /// Brings both sides together. The folders were just synced.
    ///
    /// # Errors
    /// When the server or the store fails; what is not done is done at the next sync.
    pub fn sync(&self, remote: &mut dyn Remote, report: &mut dyn FnMut(Progress)) -> Result<Vec<DraftNews>> {
        let Some(folder) = self.store.folder_with_role(self.account, Role::Drafts)? else { return Ok(Vec::new()) };
        let mut news = self.take_in(&folder)?;
        if self.push(remote, &folder)? {
            // The new letters are seen, and then the old ones go.
            for _ in 0..2 {
                let fresh = self.store.folder_records(self.account)?;
                let drafts: Vec<FolderRecord> = fresh.into_iter().filter(|record| record.id == folder.id).collect();
                sync_folders(self.store, remote, self.account, self.own, &drafts, report)?;
                news.extend(self.take_in(&folder)?);
            }
        }
        Ok(news)
    }

    /// Finds out which draft each letter of the folder is, and what went from it.
    fn take_in(&self, folder: &FolderRecord) -> Result<Vec<DraftNews>> {
        // While it is not known what is there, nothing is known to be gone.
        let gone = match self.store.cursor(folder.id)?.complete {
            true => self.store.drafts_without_copy(self.account, folder.id)?,
            false => Vec::new(),
        };
        let mut gone: Vec<DraftCopy> = gone;
        let mut news = Vec::new();
        for message in self.store.unknown_drafts(folder.id, AT_ONCE)? {
            if !self.store.left_on_server(message)?.is_empty() {
                self.store.write(|| self.store.want_whole(message, Timestamp::now()))?;
                continue;
            }
            let Some(bytes) = self.store.raw(message)? else { continue };
            let parsed = mime::read(&bytes);
            let (state, mark) = (state_of(&parsed), mime::draft_mark(&bytes));
            let named = match &mark {
                Some(name) => self.store.draft_named(name)?,
                None => None,
            };
            let known = match named {
                Some(copy) => Some(copy),
                None => self.replaced(&mut gone, &parsed)?,
            };
            gone.retain(|copy| known.as_ref().is_none_or(|known| known.draft != copy.draft));
            let arrival = Arrival { message, bytes: &bytes, parsed: &parsed, state: &state };
            let outcome = self.store.write(|| self.settle(folder, known.as_ref(), mark.as_deref(), &arrival))?;
            news.extend(outcome);
        }
        for copy in gone {
            news.extend(self.store.write(|| self.went(&copy))?);
        }
        Ok(news)
    }

    /// Which of the drafts whose letter went a letter without our mark takes the place of: most clients write a new letter for each
    /// state of a draft, some under the old name.
    fn replaced(&self, gone: &mut [DraftCopy], parsed: &Parsed) -> Result<Option<DraftCopy>> {
        for copy in gone.iter() {
            let Some(letter) = self.store.draft(copy.draft)? else { continue };
            let same_name = parsed.msg_id.as_ref().is_some_and(|id| id.as_str().starts_with(&name_of(&copy.name)));
            let same_answer = letter.in_reply_to.is_some() && parsed.in_reply_to.first() == letter.in_reply_to.as_ref();
            let subject = bare_subject(parsed.subject.as_str());
            let same_subject = !subject.is_empty() && subject == bare_subject(&letter.subject);
            if same_name || same_answer || same_subject {
                return Ok(Some(copy.clone()));
            }
        }
        Ok(None)
    }

    fn settle(
        &self,
        folder: &FolderRecord,
        known: Option<&DraftCopy>,
        mark: Option<&str>,
        arrival: &Arrival<'_>,
    ) -> Result<Option<DraftNews>> {
        let (store, now) = (self.store, Timestamp::now());
        let Arrival { message, state, .. } = *arrival;
        let Some(copy) = known else {
            let name = mark.map_or_else(new_name, |name| Ok(name.to_owned()))?;
            let draft = store.save_draft(None, &self.letter(arrival, None)?, now)?;
            store.draft_agreed(draft, &name, message, state, None)?;
            return Ok(Some(DraftNews::Came(draft)));
        };
        if !copy.here {
            store.want_draft_gone(message, folder.id)?;
            return Ok(None);
        }
        if *state == copy.pushing || *state == copy.agreed {
            let at = store.draft_state_at(copy.draft, *state == copy.pushing)?;
            store.draft_agreed(copy.draft, &copy.name, message, state, Some(at))?;
            return Ok(None);
        }
        let before = store.draft(copy.draft)?;
        let letter = self.letter(arrival, before.as_ref())?;
        if copy.changed {
            // The one here goes on under a name of its own; theirs keeps the old one.
            store.draft_alone(copy.draft, &new_name()?)?;
            let other = store.save_draft(None, &letter, now)?;
            store.draft_agreed(other, &copy.name, message, state, None)?;
            return Ok(Some(DraftNews::Both(other, Text::line(&letter.subject))));
        }
        store.replace_draft(copy.draft, &letter, now)?;
        store.draft_agreed(copy.draft, &copy.name, message, state, None)?;
        Ok(Some(DraftNews::Replaced(copy.draft)))
    }

    /// Nothing in the folder is this draft any more: it was sent or discarded elsewhere, unless it was changed here since.
    fn went(&self, copy: &DraftCopy) -> Result<Option<DraftNews>> {
        if copy.changed || !copy.pushing.is_empty() {
            self.store.draft_alone(copy.draft, &copy.name)?;
            return Ok(None);
        }
        self.store.remove_draft(copy.draft)?;
        Ok(Some(DraftNews::Went(copy.draft)))
    }

    /// The letter that a draft on the server is. What only Postbook knows of it is taken from what it was before.
    fn letter(&self, arrival: &Arrival<'_>, before: Option<&Letter>) -> Result<Letter> {
        let (store, parsed) = (self.store, arrival.parsed);
        let from = parsed.from.first().filter(|from| from.address == *self.email).cloned();
        let files = parsed.attachments.iter().filter_map(|file| {
            Some(File {
                name: mime::file_name(&file.name, file.index),
                media_type: file.media_type.as_str().to_owned(),
                bytes: mime::attachment(arrival.bytes, file.index)?,
            })
        });
        let in_reply_to = parsed.in_reply_to.first().cloned();
        let mut answers = before.and_then(|before| before.answers);
        if let (None, Some(answered)) = (answers, &in_reply_to) {
            answers = store.messages_named(answered)?.into_iter().next();
        }
        let thread = match (before.and_then(|before| before.thread), answers) {
            (Some(thread), _) => Some(thread),
            (None, Some(answered)) => store.message_facts(answered)?.map(|(thread, ..)| thread),
            (None, None) => None,
        };
        Ok(Letter {
            account: self.account,
            from: from
                .or_else(|| before.map(|before| before.from.clone()))
                .unwrap_or_else(|| Mailbox { name: Text::default(), address: self.email.clone() }),
            to: parsed.to.clone(),
            cc: parsed.cc.clone(),
            bcc: parsed.bcc.clone(),
            subject: parsed.subject.as_str().to_owned(),
            text: parsed.text.as_str().to_owned(),
            files: files.collect(),
            in_reply_to,
            references: parsed.references.clone(),
            thread,
            answers,
            template: before.and_then(|before| before.template.clone()),
            deal: before.and_then(|before| before.deal),
            leave_at: before.and_then(|before| before.leave_at),
            receipts: before.is_some_and(|before| before.receipts),
            html: before.is_some_and(|before| before.html),
            redirects: None,
            follow_up: before.and_then(|before| before.follow_up.clone()),
        })
    }

    /// Gives the server what changed here. True when something was given.
    fn push(&self, remote: &mut dyn Remote, folder: &FolderRecord) -> Result<bool> {
        let store = self.store;
        let quiet = Timestamp::now().checked_sub(QUIET).unwrap_or(Timestamp::MIN);
        let mut pushed = false;
        for (draft, saved_at) in store.drafts_to_push(self.account, quiet)? {
            let Some(letter) = store.draft(draft)? else { continue };
            let known = store.draft_copy(draft)?;
            let name = known.as_ref().map_or_else(new_name, |copy| Ok(copy.name.clone()))?;
            let msg_id = MsgId::own(&name_of(&name), self.email.domain());
            let written = mime::write_draft(&letter, &msg_id, &saved_at.to_zoned(TimeZone::UTC), &name);
            let bytes = match written {
                Ok(bytes) if letter.redirects.is_none() => bytes,
                // It can be written once more is typed, and not before; what is redirected is on the server already.
                _ => {
                    store.write(|| store.nothing_to_push(draft, &name, saved_at))?;
                    continue;
                }
            };
            let state = state_of(&mime::read(&bytes));
            if known.is_some_and(|copy| copy.message.is_some() && copy.agreed == state) {
                store.write(|| store.nothing_to_push(draft, &name, saved_at))?;
                continue;
            }
            store.write(|| store.begin_push(draft, &name, &state, saved_at))?;
            match remote.append(&folder.raw_name, &bytes, Flags::DRAFT.with(Flags::SEEN), Some(saved_at)) {
                // A full mailbox, say: the draft is safe here, and the letters that come do not wait for it.
                Err(problem) if problem.is_refusal() => {
                    tracing::warn!(%problem, "a draft is not on the server yet");
                    return Ok(pushed);
                }
                other => other?,
            }
            store.look_again(folder.id)?;
            pushed = true;
        }
        Ok(pushed)
    }
}

/// A letter of the folder.
struct Arrival<'a> {
    message: id::Message,
    bytes: &'a [u8],
    parsed: &'a Parsed,
    state: &'a String,
}

/// What the writer sees of a draft: who, what about, the words, the files. Not when it was saved and by which program.
fn state_of(parsed: &Parsed) -> String {
    let mut hasher = Sha256::new();
    for list in [&parsed.to, &parsed.cc, &parsed.bcc] {
        list.iter().for_each(|mailbox| hasher.update(format!("{mailbox}\n")));
        hasher.update("--\n");
    }
    hasher.update(format!("{}\n", parsed.subject.as_str().trim()));
    let text = parsed.text.as_str().trim_end();
    text.lines().for_each(|line| hasher.update(format!("{}\n", line.trim_end())));
    parsed.attachments.iter().for_each(|file| hasher.update(format!("{} {}\n", file.name, file.size)));
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The left half of the Message-ID of a draft's letters.
fn name_of(name: &str) -> String {
    format!("draft.{name}")
}

fn new_name() -> Result<String> {
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random)
        .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
