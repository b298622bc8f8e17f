//! What screens ask of letters: begin, fill, check, keep, queue, take back.

use super::clerk::Clerk;
use super::reading;
use super::writing::{Filling, Writer};
use crate::domain::draft::{self, EditedLetter};
use crate::domain::id;
use crate::domain::mailto;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::ui::effect::{Awaited, Effect, FillFor, Passing, ReplyTo};
use crate::ui::event::{self, Changed, Event, FileNews};
use std::path::{Path, PathBuf};

/// No letter takes a larger file: servers refuse it.
const LARGEST_FILE: u64 = 50 * 1024 * 1024;

impl Clerk {
    /// Does what is asked of letters; `None` when the effect asks something else.
    pub(super) fn letters(&self, effect: Effect) -> Option<Result<Vec<Event>>> {
        Some(match effect {
            Effect::StartReply { to, all } => self.start_reply(to, all),
            Effect::StartForward(message) => self.passing(message, |writer| writer.forward(message)),
            Effect::PassOn { message, how } => self.pass_on(message, how),
            Effect::StartNew { contact, deal: None } => {
                self.with_writer(|writer| writer.new_letter(contact)).map(started)
            }
            Effect::StartNew { contact, deal: Some(deal) } => {
                self.with_writer(|writer| writer.new_letter_about(deal, contact)).map(started)
            }
            Effect::AnswerMeeting { message, answer } => {
                self.with_writer(|writer| writer.answer_meeting(message, answer)).map(started)
            }
            Effect::OpenDraft(draft) => self.open_draft(draft),
            Effect::TakeOffered(offered) => self.take_offered(offered),
            Effect::FillTemplate { name, language, to } => self.fill(&name, language, to),
            Effect::CheckLetter(letter) => {
                let looked = self.with_writer(|writer| Ok((writer.check(&letter)?, writer.their_zone(&letter)?)));
                looked.map(|(concerns, their_zone)| vec![Event::Guarded { concerns, their_zone }])
            }
            Effect::SaveDraft { draft, letter } => self
                .store
                .save_draft(draft, &letter, self.now().timestamp())
                .map(|draft| vec![Event::DraftSaved { draft }, Event::Changed(vec![Changed::Draft(draft)])]),
            Effect::Queue { letter, draft, overridden } => self.queue(&letter, draft, &overridden),
            Effect::UndoSend(outgoing) => self.take_back(outgoing),
            Effect::Resend(outgoing) => self.resend(outgoing),
            Effect::DiscardOutgoing(outgoing) => self.discard(outgoing),
            Effect::AttachFrom { message, index } => self.attach_from(message, index),
            Effect::StartMailto { link } => self.start_mailto(&link),
            Effect::ReadFile { path } => read_file(&path).map(|file| vec![Event::FileRead(file)]),
            Effect::SaveAttachment { message, index } => self.file(Awaited { message, index, save: true }, true),
            Effect::OpenAttachment { message, index } => self.file(Awaited { message, index, save: false }, true),
            Effect::TakeAwaited(awaited) => self.file(awaited, false),
            _ => return None,
        })
    }

    pub(super) fn with_writer<T>(&self, work: impl FnOnce(&Writer<'_>) -> Result<T>) -> Result<T> {
        let now = self.now();
        work(&Writer { store: &self.store, office: &self.writing_office(), now: &now })
    }

    /// An answer that was begun goes on; nobody writes the same answer twice.
    fn start_reply(&self, to: ReplyTo, all: bool) -> Result<Vec<Event>> {
        let message = self.answered(to)?;
        let (alone, everyone) =
            self.with_writer(|writer| Ok((writer.reply(message, false)?, writer.reply(message, true)?)))?;
        if let Some((draft, begun)) = self.store.draft_answering(message)?
            && draft::is_same_answer(&begun, &alone, &everyone, all)
        {
            return Ok(vec![Event::LetterStarted { letter: Box::new(begun), draft: Some(draft) }]);
        }
        Ok(started(if all { everyone } else { alone }))
    }

    fn answered(&self, to: ReplyTo) -> Result<id::Message> {
        match to {
            ReplyTo::Message(message) => Ok(message),
            ReplyTo::Thread(thread) => self.with_writer(|writer| writer.newest_to_answer(thread)),
        }
    }

    fn open_draft(&self, draft: id::Draft) -> Result<Vec<Event>> {
        let letter = self
            .store
            .draft(draft)?
            .ok_or_else(|| Problem::new(Kind::NotFound, "this draft was sent or thrown away"))?;
        Ok(vec![Event::LetterStarted { letter: Box::new(letter), draft: Some(draft) }])
    }

    fn fill(&self, name: &str, language: Option<String>, to: FillFor) -> Result<Vec<Event>> {
        Ok(vec![filled(name, self.filling(name, language.as_deref(), to)?)])
    }

    /// A template filled for something.
    pub(super) fn filling(&self, name: &str, language: Option<&str>, to: FillFor) -> Result<Filling> {
        let (letter, contact) = match to {
            FillFor::Deal(deal) => return self.with_writer(|writer| writer.fill_for_deal(name, deal)),
            FillFor::Answer(to) => {
                let message = self.answered(to)?;
                (self.with_writer(|writer| writer.reply(message, false))?, None)
            }
            FillFor::Letter(letter) => (*letter, None),
            FillFor::Contact(contact) => (self.with_writer(|writer| writer.new_letter(Some(contact)))?, Some(contact)),
            FillFor::Nobody => (self.with_writer(|writer| writer.new_letter(None))?, None),
        };
        self.with_writer(|writer| writer.fill(name, language, letter, contact))
    }

    fn queue(&self, letter: &Letter, draft: Option<id::Draft>, overridden: &[String]) -> Result<Vec<Event>> {
        let (outgoing, until) = self.with_writer(|writer| writer.queue(letter, draft, overridden))?;
        let to: Vec<String> = letter.to.iter().map(|mailbox| mailbox.short().into()).collect();
        let mut changed = vec![Changed::Outgoing(outgoing)];
        changed.extend(letter.thread.map(Changed::Thread));
        changed.extend(draft.map(Changed::Draft));
        // In this order: a later change of the letter ends its countdown on the screen.
        Ok(vec![Event::Changed(changed), Event::Queued { id: outgoing, to: Text::from(to.join(", ")), until }])
    }

    /// The letter becomes a draft in the same transaction in which it leaves the outbox: it is never in neither.
    fn take_back(&self, outgoing: id::Outgoing) -> Result<Vec<Event>> {
        let taken = self.store.write(|| match self.store.take_back(outgoing)? {
            Some(letter) => Ok(Some((self.store.save_draft(None, &letter, self.now().timestamp())?, letter))),
            None => Ok(None),
        })?;
        let (draft, letter) = taken
            .ok_or_else(|| Problem::new(Kind::Refused, "this letter has left already and cannot be taken back"))?;
        Ok(vec![
            Event::LetterStarted { letter: Box::new(letter), draft: Some(draft) },
            Event::Changed(vec![Changed::Outgoing(outgoing), Changed::Draft(draft)]),
        ])
    }

    fn resend(&self, outgoing: id::Outgoing) -> Result<Vec<Event>> {
        if !self.store.send_again(outgoing, self.now().timestamp())? {
            return Err(Problem::new(Kind::Refused, "this letter is on its way or was sent: it is not sent again"));
        }
        Ok(vec![Event::Changed(vec![Changed::Outgoing(outgoing)])])
    }

    fn discard(&self, outgoing: id::Outgoing) -> Result<Vec<Event>> {
        if self.store.discard(outgoing)?.is_none() {
            return Err(Problem::new(Kind::Refused, "this letter is being sent or was sent: it cannot be thrown away"));
        }
        Ok(vec![
            Event::Done { title: Text::own("Thrown out of the outbox") },
            Event::Changed(vec![Changed::Outgoing(outgoing)]),
        ])
    }

    /// A link opens a letter and sends nothing.
    fn start_mailto(&self, link: &str) -> Result<Vec<Event>> {
        let mailto = mailto::read(link)?;
        let warning = mailto.warning();
        let mut events = started(mailto.into_letter(&self.with_writer(|writer| writer.new_letter(None))?));
        events.extend(warning.map(|warning| Event::Told(Text::from(warning))));
        Ok(events)
    }

    /// A letter in Drafts that is a draft of mine goes on: it would be there twice.
    fn pass_on(&self, message: id::Message, how: Passing) -> Result<Vec<Event>> {
        match self.store.draft_of(message)? {
            Some(draft) if how == Passing::AsNew => self.open_draft(draft),
            _ => self.passing(message, |writer| writer.pass_on(message, how)),
        }
    }

    /// A letter whose files are not all here is passed on when they are.
    fn passing(&self, message: id::Message, work: impl FnOnce(&Writer<'_>) -> Result<Letter>) -> Result<Vec<Event>> {
        match self.with_writer(work) {
            Err(problem) if self.want_whole(message)? => Ok(vec![Event::Problem(problem), Event::Changed(Vec::new())]),
            outcome => outcome.map(started),
        }
    }

    fn want_whole(&self, message: id::Message) -> Result<bool> {
        self.store.write(|| self.store.want_whole(message, self.now().timestamp()))
    }

    /// Opens or saves a file, or has it fetched first; `ask`: it is asked for now, and not looked for again.
    fn file(&self, awaited: Awaited, ask: bool) -> Result<Vec<Event>> {
        let Awaited { message, index, save } = awaited;
        let Some(file) = reading::left_on_server(&self.store, message, index)? else {
            return if save { self.save_attachment(message, index) } else { self.open_attachment(message, index) };
        };
        if !ask {
            return Ok(vec![Event::FileAwaited { awaited, news: None }]);
        }
        self.want_whole(message)?;
        let account = self.store.account_of(message)?;
        let online = self.store.account_states()?.iter().any(|state| Some(state.id) == account && state.online());
        let news = FileNews { name: file.name, size: file.size, online };
        // The empty change wakes whoever talks to the server.
        Ok(vec![Event::FileAwaited { awaited, news: Some(news) }, Event::Changed(Vec::new())])
    }

    fn save_attachment(&self, message: id::Message, index: usize) -> Result<Vec<Event>> {
        let path = reading::save_attachment(&self.store, message, index, &self.downloads)?;
        Ok(vec![Event::AttachmentSaved { path: Text::line(&path.to_string_lossy()) }])
    }

    /// Saves a copy where only I can read it and hands it to the system's program.
    fn open_attachment(&self, message: id::Message, index: usize) -> Result<Vec<Event>> {
        let path = reading::save_attachment(&self.store, message, index, &self.opened)?;
        let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let quiet = std::process::Stdio::null;
        std::process::Command::new(program).arg(&path).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().map_err(
            |error| {
                Problem::new(Kind::NotFound, format!("{program} could not be started: {error}"))
                    .hint("S saves the file instead")
            },
        )?;
        Ok(Vec::new())
    }
}

fn filled(name: &str, filling: Filling) -> Event {
    let filling = match filling {
        Filling::Letter(letter) => event::Filling::Letter(letter),
        Filling::Holes(holes) => event::Filling::Holes(holes),
    };
    Event::Filled { name: name.to_owned(), filling }
}

fn started(letter: Letter) -> Vec<Event> {
    vec![Event::LetterStarted { letter: Box::new(letter), draft: None }]
}

/// Reads a file to attach; `~` is the home folder.
///
/// # Errors
/// When it cannot be read, is a folder, or is too large for a letter.
pub fn read_file(path: &str) -> Result<File> {
    let path = expand_home(path.trim());
    let shown = Text::line(&path.to_string_lossy());
    let cannot = |error: std::io::Error| Problem::new(Kind::Input, format!("the file {shown} cannot be read: {error}"));
    let facts = std::fs::metadata(&path).map_err(cannot)?;
    if !facts.is_file() {
        return Err(Problem::new(Kind::Input, format!("{shown} is not a file")));
    }
    if facts.len() > LARGEST_FILE {
        return Err(Problem::new(Kind::Input, format!("{shown} is larger than 50 MB: servers refuse such letters")));
    }
    let bytes = std::fs::read(&path).map_err(cannot)?;
    let name = Text::line(&path.file_name().unwrap_or_default().to_string_lossy());
    let media_type = media_type(&path).to_owned();
    Ok(File { name: mime::file_name(&name, 0), media_type, bytes })
}

/// The bytes of a file that is no larger than that; `~` is the home folder.
///
/// # Errors
/// When it cannot be read, is a folder, or is larger.
pub fn read_bytes(path: &str, most: u64) -> Result<Vec<u8>> {
    let path = expand_home(path.trim());
    let shown = Text::line(&path.to_string_lossy());
    let cannot = |error: std::io::Error| Problem::new(Kind::Input, format!("the file {shown} cannot be read: {error}"));
    let facts = std::fs::metadata(&path).map_err(cannot)?;
    if !facts.is_file() || facts.len() > most {
        return Err(Problem::new(Kind::Input, format!("{shown} is not such a file")));
    }
    std::fs::read(&path).map_err(cannot)
}

/// Files that the external editor's `Attach:` lines name, read into the letter.
///
/// # Errors
/// When one cannot be read.
pub fn with_files(edited: EditedLetter) -> Result<Letter> {
    let mut letter = edited.letter;
    for path in &edited.attach {
        letter.files.push(read_file(&path.to_string_lossy())?);
    }
    Ok(letter)
}

pub(super) fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), directories::UserDirs::new()) {
        (Some(rest), Some(user)) => user.home_dir().join(rest),
        _ => PathBuf::from(path),
    }
}

/// The media type by the ending, for what salespeople send; everything else is bytes.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}
