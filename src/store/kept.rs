//! What the store keeps of a letter, made ready away from the writer: packing and folding cost more than storing.

use super::Store;
use crate::domain::id;
use crate::domain::message::Parsed;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::query::folded_words;
use rusqlite::params;
use zstd::bulk::Compressor;

/// Level of zstd: 3 packs mail to about two thirds (files in it hardly at all) and costs less than reading it from a network.
const COMPRESSION: i32 = 3;

/// The most bytes of one letter's text that go into the index: a letter of a million words is no letter.
const MOST_INDEXED: usize = 2_000_000;

/// A letter's bytes, compressed, and its words for the index.
#[derive(Debug)]
pub struct Kept {
    /// Of the letter as it came, in bytes.
    pub(super) size: usize,
    pub(super) packed: Vec<u8>,
    subject: String,
    people: String,
    body: String,
    files: String,
}

impl Kept {
    /// The letter as it came.
    ///
    /// # Errors
    /// When it cannot be unpacked: there is no memory.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        unpack(&self.packed, self.size)
    }
}

/// Makes letters ready, one after the other; one of these for a thread.
pub struct Packer(Compressor<'static>);

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    /// A packer.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new() -> Result<Self> {
        Compressor::new(COMPRESSION).map(Self).map_err(|error| not_packed(&error))
    }

    /// Makes a letter ready to be stored.
    ///
    /// # Errors
    /// When it cannot be compressed: there is no memory.
    pub fn keep(&mut self, parsed: &Parsed, bytes: &[u8]) -> Result<Kept> {
        let mut people = String::new();
        for mailbox in [&parsed.from, &parsed.to, &parsed.cc].into_iter().flatten() {
            for text in [mailbox.name.as_str(), mailbox.address.as_str()] {
                people.push_str(text);
                people.push(' ');
            }
        }
        let files: Vec<&str> = parsed.attachments.iter().map(|file| file.name.as_str()).collect();
        let body = parsed.text.as_str();
        let body = body.get(..body.floor_char_boundary(MOST_INDEXED)).unwrap_or(body);
        Ok(Kept {
            size: bytes.len(),
            packed: self.pack(bytes)?,
            subject: folded_words(parsed.subject.as_str()),
            people: folded_words(&people),
            body: folded_words(body),
            files: folded_words(&files.join(" ")),
        })
    }

    fn pack(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        self.0.compress(bytes).map_err(|error| not_packed(&error))
    }
}

/// Compresses what is kept whole and comes alone: the outbox.
pub(super) fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    Packer::new()?.pack(bytes)
}

/// The reverse of [`pack`]; `size` is that of the letter.
pub(super) fn unpack(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    zstd::bulk::decompress(packed, size.saturating_add(1))
        .map_err(|error| Problem::new(Kind::Store, format!("a stored letter could not be read: {error}")))
}

fn not_packed(error: &std::io::Error) -> Problem {
    Problem::new(Kind::Store, format!("a letter could not be compressed: {error}"))
}

impl Store {
    /// Puts a letter's words into the index, folded as searches are. Of a transaction these come last, after every
    /// other change: a statement with a trigger behind it makes a savepoint, and before each FTS5 writes all that it
    /// has collected to the disk as a piece of its own, which costs more than all the rest.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn index_words(&self, message: id::Message, kept: &Kept) -> Result<()> {
        self.sql()
            .prepare_cached(
                "INSERT INTO message_fts (rowid, subject, people, body, files) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![message.0, kept.subject, kept.people, kept.body, kept.files])?;
        Ok(())
    }
}
