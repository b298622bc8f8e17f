//! Who wants no mailings any more, and what a letter that says so may change.

use super::{Store, moment, ms, text_at};
use crate::domain::address::Address;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::opt_out::{How, OptedOut, Token};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

/// Somebody who opts out, to be kept.
#[derive(Debug)]
pub struct NewOptOut<'a> {
    /// The address.
    pub address: &'a Address,
    /// How.
    pub how: How,
    /// What says so.
    pub evidence: &'a str,
    /// The letter that asks for it.
    pub msg_id: Option<&'a MsgId>,
    /// The mailing it answers.
    pub mailing: Option<id::Mailing>,
}

fn from(row: &Row<'_>) -> rusqlite::Result<OptedOut> {
    Ok(OptedOut {
        address: text_at(row, "address")?,
        at: moment(row.get("at")?),
        how: How::from_word(&row.get::<_, String>("how")?).unwrap_or(How::Hand),
        evidence: text_at(row, "evidence")?,
    })
}

impl Store {
    /// Keeps that somebody opted out; who did before stays as it was. True when it is new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn opt_out(&self, new: &NewOptOut<'_>, now: Timestamp) -> Result<bool> {
        let rows = self
            .sql()
            .prepare_cached(
                "INSERT OR IGNORE INTO opted_out (address, canonical, at, how, evidence, msg_id, mailing_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                new.address.as_str(),
                new.address.canonical().as_str(),
                ms(now),
                new.how.word(),
                new.evidence,
                new.msg_id.map(MsgId::as_str),
                new.mailing.map(|mailing| mailing.0),
            ])?;
        Ok(rows > 0)
    }

    /// Takes back that this address opted out. False when it had not.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn opt_in(&self, address: &Address) -> Result<bool> {
        let canonical = address.canonical();
        Ok(self.sql().execute("DELETE FROM opted_out WHERE canonical = ?1", [canonical.as_str()])? > 0)
    }

    /// Whether this address opted out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn opted_out(&self, address: &Address) -> Result<Option<OptedOut>> {
        Ok(self
            .sql()
            .prepare_cached("SELECT address, at, how, evidence FROM opted_out WHERE canonical = ?1")?
            .query_row([address.canonical().as_str()], from)
            .optional()?)
    }

    /// Whether the person opted out, with any address of theirs.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_opted_out(&self, contact: id::Contact) -> Result<Vec<OptedOut>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT x.address, x.at, x.how, x.evidence FROM contact_address a JOIN opted_out x ON x.canonical = a.canonical
             WHERE a.contact_id = ?1 ORDER BY x.at DESC",
        )?;
        Ok(statement.query_map([contact.0], from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the person behind an address opted out: with it, or with another address on the same card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn person_opted_out(&self, address: &Address) -> Result<Option<OptedOut>> {
        if let Some(found) = self.opted_out(address)? {
            return Ok(Some(found));
        }
        match self.contact_by_address(address)? {
            Some((contact, _)) => Ok(self.contact_opted_out(contact)?.into_iter().next()),
            None => Ok(None),
        }
    }

    /// Everybody who opted out, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all_opted_out(&self) -> Result<Vec<OptedOut>> {
        let mut statement =
            self.sql().prepare_cached("SELECT address, at, how, evidence FROM opted_out ORDER BY at DESC, id DESC")?;
        Ok(statement.query_map([], from)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The token by which one recipient of a mailing can leave.
    ///
    /// # Errors
    /// When the store cannot be written: its first token makes the key.
    pub fn opt_out_token(&self, recipient: id::Recipient, canonical: &str) -> Result<Token> {
        let signature = self.signature(&Token::signed(recipient.0, canonical), true)?.unwrap_or_default();
        Ok(Token { recipient: recipient.0, signature })
    }

    /// Whose token it is: the address the mailing went to. `None` when this store did not make it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn holder_of(&self, token: &Token) -> Result<Option<(Address, id::Mailing)>> {
        let found: Option<(String, String, i64)> = self
            .sql()
            .prepare_cached("SELECT address, canonical, mailing_id FROM mailing_recipient WHERE id = ?1")?
            .query_row([token.recipient], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((address, canonical, mailing)) = found else { return Ok(None) };
        let expected = self.signature(&Token::signed(token.recipient, &canonical), false)?;
        let same = expected.is_some_and(|expected| same(expected.as_bytes(), token.signature.as_bytes()));
        Ok(Address::parse(&address).filter(|_| same).map(|address| (address, id::Mailing(mailing))))
    }

    /// The mailing that a letter with these references answers, and to which address that went.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mailing_answered(&self, references: &[MsgId]) -> Result<Option<(Address, id::Mailing)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT address, mailing_id FROM mailing_recipient WHERE msg_id = ?1 AND msg_id IS NOT NULL",
        )?;
        for reference in references {
            let found: Option<(String, i64)> =
                statement.query_row([reference.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            if let Some((address, mailing)) = found {
                return Ok(Address::parse(&address).map(|address| (address, id::Mailing(mailing))));
            }
        }
        Ok(None)
    }

    /// The newest mailing of which a letter went to this address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_mailing_to(&self, address: &Address) -> Result<Option<id::Mailing>> {
        let found: Option<i64> = self
            .sql()
            .prepare_cached(
                "SELECT mailing_id FROM mailing_recipient WHERE canonical = ?1 AND handed_at IS NOT NULL ORDER BY mailing_id DESC LIMIT 1",
            )?
            .query_row([address.canonical().as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Mailing))
    }

    /// Answers to this letter hold a score.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn expect_score(&self, msg_id: &MsgId, template: &str) -> Result<()> {
        self.sql().execute(
            "INSERT OR IGNORE INTO survey_letter (msg_id, template) VALUES (?1, ?2)",
            params![msg_id.as_str(), template],
        )?;
        Ok(())
    }

    /// The template of the letter that asked for a score, where one of these did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn score_expected(&self, references: &[MsgId]) -> Result<Option<Text>> {
        let mut statement = self.sql().prepare_cached("SELECT template FROM survey_letter WHERE msg_id = ?1")?;
        for reference in references {
            let found = statement.query_row([reference.as_str()], |row| text_at(row, "template")).optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Compared in the same time wherever they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}
