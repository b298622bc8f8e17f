//! A letter that was sent to some and refused for others: those others are a letter of their own in the outbox, so that nobody is
//! left out unnoticed and nobody gets it twice.

use super::{NewOutgoing, Store};
use crate::domain::address::{Address, Mailbox};
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::outbox::Letter;
use crate::domain::problem::Result;
use jiff::Timestamp;
use rusqlite::params;

impl Store {
    /// Parts a letter that was just sent: the recipients whom the server refused become a refused letter, to be mended, sent again or
    /// thrown away. Its bytes are the same but for the Message-ID: under the old one it would be found in Sent and taken for sent.
    pub(super) fn part_refused(&self, outgoing: id::Outgoing, now: Timestamp) -> Result<()> {
        let refused = self.refused_of(outgoing)?;
        let Some(letter) = self.outgoing_letter(outgoing)?.filter(|_| !refused.is_empty()) else { return Ok(()) };
        let attempt = self.attempt(outgoing)?;
        let msg_id = again(&attempt.msg_id);
        let bytes = named(&attempt.bytes, &attempt.msg_id, &msg_id);
        let only = |people: &[Mailbox]| -> Vec<Mailbox> {
            people.iter().filter(|m| refused.iter().any(|(address, _)| *address == m.address)).cloned().collect()
        };
        let letter = Letter { to: only(&letter.to), cc: only(&letter.cc), bcc: only(&letter.bcc), ..letter };
        let new = NewOutgoing::of_its_own(&letter, &msg_id, &bytes, now);
        let part = self.queue(&new, now)?;
        let words: Vec<String> = refused.iter().map(|(address, answer)| format!("{address}: {answer}")).collect();
        let answer = format!("the others got it; {}", words.join("; "));
        self.sql().execute(
            "UPDATE outgoing SET state = 'refused', attempts = 1, last_answer = ?2 WHERE id = ?1",
            params![part.0, answer],
        )?;
        Ok(())
    }

    fn refused_of(&self, outgoing: id::Outgoing) -> Result<Vec<(Address, String)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT address, answer FROM recipient WHERE outgoing_id = ?1 AND answer <> '' ORDER BY address",
        )?;
        let rows: Vec<(String, String)> = statement
            .query_map([outgoing.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(address, answer)| Some((Address::parse(&address)?, answer))).collect())
    }
}

/// The name of the part of a letter that goes once more.
fn again(msg_id: &MsgId) -> MsgId {
    let (left, right) = msg_id.as_str().rsplit_once('@').unwrap_or((msg_id.as_str(), "postbook.invalid"));
    MsgId::own(&format!("{left}.again"), right)
}

/// The letter under another name; ours stands first in its head.
fn named(bytes: &[u8], old: &MsgId, new: &MsgId) -> Vec<u8> {
    let old = old.as_str().as_bytes();
    match bytes.windows(old.len()).position(|window| window == old) {
        Some(at) => {
            let (before, rest) = bytes.split_at(at);
            [before, new.as_str().as_bytes(), rest.get(old.len()..).unwrap_or_default()].concat()
        }
        None => bytes.to_vec(),
    }
}
