//! Bytes to domain and back: what a letter says, and the letter that goes out.
//!
//! mail-parser decodes single header fields; the walk over headers, parts and addresses is ours (see [`parts`]
//! and [`headers`] for what forced that). Everything that leaves this module is sanitised [`Text`]. Nothing here
//! opens a socket: a letter's remote pictures are counted, never loaded.
//!
//! [`Text`]: crate::domain::text::Text

mod attachment;
mod body;
mod bounce;
mod calendar;
mod charset;
pub mod csv_file;
mod digest;
mod forwarded;
mod headers;
mod html;
mod invitation;
mod mailboxes;
mod marks;
pub mod mbox;
mod meeting_answer;
mod nature;
mod parts;
mod read;
mod receipt;
mod snippet;
mod statement;
mod structured;
mod suspicion;
mod tags;
pub mod vcard;
mod words;
mod write;

pub use attachment::{attachment, file_name, left_files, save_attachment};
pub use bounce::{bounces, bounces_of_others};
pub use calendar::calendar;
pub use digest::{digest_of, digest_without_files};
pub use forwarded::originals;
pub use marks::marks;
pub use meeting_answer::{REPLY, meeting_answer};
pub use read::{clock, draft_mark, html_as_text, raw_as_text, read, written_on};
pub use receipt::receipts;
pub use snippet::{own_text, snippet};
pub use statement::{LARGEST as LARGEST_STATEMENT, statement_rows};
pub use write::{DRAFT_HEADER, new_msg_id, redirect, with_field, write, write_draft};

#[cfg(test)]
mod tests;
