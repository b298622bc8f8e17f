//! A letter that is there, passed on or used again: forwarded with its text or as a file, edited as new, redirected as it came.

use super::reading::must_open;
use super::writing::Writer;
use crate::domain::draft;
use crate::domain::id;
use crate::domain::message::Opened;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::ui::effect::Passing;

impl Writer<'_> {
    /// A letter passed on, its text and files in mine.
    ///
    /// # Errors
    /// When the letter is not there, or not all of it.
    pub fn forward(&self, message: id::Message) -> Result<Letter> {
        let (opened, bytes) = self.whole(message)?;
        let account = self.account_for(&opened)?;
        let files = files_of(&opened, &bytes);
        Ok(draft::forward(&opened, files, account, &self.office.me, self.now.time_zone()))
    }

    /// The same in another way.
    ///
    /// # Errors
    /// As [`Writer::forward`].
    pub fn pass_on(&self, message: id::Message, how: Passing) -> Result<Letter> {
        let (opened, bytes) = self.whole(message)?;
        let account = self.account_for(&opened)?;
        let me = &self.office.me;
        Ok(match how {
            Passing::AsFile => {
                let subject = opened.parsed.subject.as_str().trim();
                let name = if subject.is_empty() { "letter.eml".to_owned() } else { format!("{subject}.eml") };
                let name = mime::file_name(&Text::line(&name), 0);
                let file = File { name, media_type: "message/rfc822".to_owned(), bytes };
                draft::forward_as_file(&opened, file, account, me)
            }
            Passing::AsNew => draft::edit_as_new(&opened, files_of(&opened, &bytes), account, me),
            Passing::AsItCame => draft::redirect(&opened, account, me),
        })
    }

    /// A letter's bytes, where all of it is here.
    ///
    /// # Errors
    /// When it is not there, or a file of it is still on the server.
    pub(super) fn whole_bytes(&self, message: id::Message) -> Result<Vec<u8>> {
        Ok(self.whole(message)?.1)
    }

    fn whole(&self, message: id::Message) -> Result<(Opened, Vec<u8>)> {
        let opened = must_open(self.store, message)?;
        if let Some(file) = opened.parsed.attachments.iter().find(|file| file.on_server) {
            return Err(Problem::new(
                Kind::NotFound,
                format!("{} is still on the server and is fetched now", file.name),
            )
            .hint("pass the letter on when the file is here"));
        }
        let bytes = self.store.raw(message)?;
        let bytes = bytes.ok_or_else(|| Problem::new(Kind::NotFound, "the bytes of this letter are not here"))?;
        Ok((opened, bytes))
    }
}

/// The files of a letter, but not the pictures of its text.
fn files_of(opened: &Opened, bytes: &[u8]) -> Vec<File> {
    let files = opened.parsed.attachments.iter().filter(|file| !file.inline);
    files.filter_map(|file| file_of(opened, bytes, file.index)).collect()
}

/// One file of a letter.
pub(super) fn file_of(opened: &Opened, bytes: &[u8], index: usize) -> Option<File> {
    let file = opened.parsed.attachments.iter().find(|file| file.index == index)?;
    Some(File {
        name: mime::file_name(&file.name, file.index),
        media_type: file.media_type.as_str().to_owned(),
        bytes: mime::attachment(bytes, file.index)?,
    })
}
