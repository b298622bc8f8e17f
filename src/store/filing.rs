//! The filing ledger: which client a thread belongs to, by which rule, with what evidence.

use super::{Store, moment, ms, text_at};
use crate::domain::address::{Address, Mailbox};
use crate::domain::filing::{Place, Rule};
use crate::domain::id;
use crate::domain::message::Direction;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A decision of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Who is the client, and of which deal.
    pub place: Place,
    /// False: several open deals, and nobody has said which.
    pub deal_decided: bool,
    /// What decided.
    pub rule: Rule,
    /// Why, in words.
    pub evidence: Text,
    /// Other deals it could be, best first.
    pub alternatives: Vec<id::Deal>,
    /// Since when.
    pub decided_at: Timestamp,
    /// The letter that told; `None` where no single one did.
    pub told_by: Option<id::Message>,
    /// What else came into question, in words.
    pub considered: Vec<Text>,
}

impl Filed {
    /// A decision without a question and without alternatives.
    #[must_use]
    pub fn new(place: Place, rule: Rule, evidence: Text, decided_at: Timestamp) -> Self {
        let (alternatives, considered) = (Vec::new(), Vec::new());
        Self { place, deal_decided: true, rule, evidence, alternatives, decided_at, told_by: None, considered }
    }

    /// The rule by which a letter is where it is: later ones follow the one that told.
    #[must_use]
    pub fn rule_of(&self, letter: id::Message) -> Rule {
        match self.told_by {
            Some(told) if told != letter && self.rule != Rule::Mine => Rule::Thread,
            _ => self.rule,
        }
    }
}

/// A decision of the ledger, with when another took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// What was decided.
    pub filed: Filed,
    /// Until when it was in force; `None`: it is.
    pub until: Option<Timestamp>,
}

/// A letter of a thread as the filing rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledLetter {
    /// Its key.
    pub message: id::Message,
    /// When it was written.
    pub date: Timestamp,
    /// Which way it went.
    pub direction: Direction,
    /// From a person who is not ignored, and not only in Junk or Trash.
    pub counts: bool,
    /// Subject.
    pub subject: String,
    /// First words.
    pub snippet: String,
    /// Everyone named in it: sender first.
    pub people: Vec<Address>,
    /// Whose words it carries, the nearest first; empty: the sender's own.
    pub origin: Vec<Mailbox>,
}

/// The columns of a decision.
const FILED: &str =
    "contact_id, company_id, deal_id, deal_decided, rule, evidence, alternatives, decided_at, told_by, considered";

fn filed_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Filed> {
    Ok(Filed {
        place: Place {
            contact: row.get::<_, Option<i64>>("contact_id")?.map(id::Contact),
            company: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
            deal: row.get::<_, Option<i64>>("deal_id")?.map(id::Deal),
        },
        deal_decided: row.get("deal_decided")?,
        rule: Rule::from_word(&row.get::<_, String>("rule")?).unwrap_or(Rule::Thread),
        evidence: text_at(row, "evidence")?,
        alternatives: row
            .get::<_, String>("alternatives")?
            .split_whitespace()
            .filter_map(|deal| deal.parse().ok().map(id::Deal))
            .collect(),
        decided_at: moment(row.get("decided_at")?),
        told_by: row.get::<_, Option<i64>>("told_by")?.map(id::Message),
        considered: row.get_ref("considered")?.as_str()?.lines().map(Text::line).collect(),
    })
}

impl Store {
    /// The decision in force for a thread.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn filing(&self, thread: id::Thread) -> Result<Option<Filed>> {
        let filed = self
            .sql()
            .prepare_cached(&format!("SELECT {FILED} FROM filing WHERE thread_id = ?1 AND superseded_at IS NULL"))?
            .query_row([thread.0], filed_from)
            .optional()?;
        Ok(filed)
    }

    /// Every decision that was made for a conversation, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn ledger(&self, thread: id::Thread) -> Result<Vec<LedgerRow>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT {FILED}, superseded_at FROM filing WHERE thread_id = ?1 ORDER BY superseded_at IS NOT NULL, decided_at DESC, id DESC LIMIT 500"
        ))?;
        let rows = statement
            .query_map([thread.0], |row| {
                let until = row.get::<_, Option<i64>>("superseded_at")?.map(moment);
                Ok(LedgerRow { filed: filed_from(row)?, until })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Enters a decision; the one before it stays in the ledger, superseded. The same decision again changes nothing.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn file(&self, thread: id::Thread, filed: &Filed) -> Result<()> {
        if let Some(standing) = self.filing(thread)? {
            let same = standing.place == filed.place
                && standing.rule == filed.rule
                && standing.deal_decided == filed.deal_decided
                && standing.alternatives == filed.alternatives;
            if same {
                return Ok(());
            }
        }
        self.unfile(thread, filed.decided_at)?;
        let alternatives: Vec<String> = filed.alternatives.iter().map(ToString::to_string).collect();
        self.sql()
            .prepare_cached(
                "INSERT INTO filing (thread_id, contact_id, company_id, deal_id, deal_decided, rule, evidence, alternatives, decided_at, told_by, considered)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                thread.0,
                filed.place.contact.map(|c| c.0),
                filed.place.company.map(|c| c.0),
                filed.place.deal.map(|d| d.0),
                filed.deal_decided,
                filed.rule.word(),
                filed.evidence.as_str(),
                alternatives.join(" "),
                ms(filed.decided_at),
                filed.told_by.map(|message| message.0),
                filed.considered.iter().map(Text::as_str).collect::<Vec<_>>().join("\n"),
            ])?;
        Ok(())
    }

    /// Ends the decision in force.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn unfile(&self, thread: id::Thread, now: Timestamp) -> Result<()> {
        self.sql()
            .prepare_cached("UPDATE filing SET superseded_at = ?2 WHERE thread_id = ?1 AND superseded_at IS NULL")?
            .execute(params![thread.0, ms(now)])?;
        Ok(())
    }

    /// The letters of a thread for the filing rules, oldest first; of the same second in an order that does not depend on which
    /// came first. A draft tells nothing, nor do its older states, which are gone from the server: whom they name I have not written to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_to_file(&self, thread: id::Thread) -> Result<Vec<FiledLetter>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, date, direction, nature = 'human' AND ignored = 0 AND place = 'live' AS counts, subject, snippet, origin
             FROM message WHERE thread_id = ?1 AND place <> 'draft' AND NOT (place = 'gone' AND direction = 'outbound') ORDER BY date, digest",
        )?;
        let mut letters: Vec<FiledLetter> = statement
            .query_map([thread.0], |row| {
                Ok(FiledLetter {
                    message: id::Message(row.get("id")?),
                    date: moment(row.get("date")?),
                    direction: Direction::from_word(&row.get::<_, String>("direction")?),
                    counts: row.get("counts")?,
                    subject: row.get("subject")?,
                    snippet: row.get("snippet")?,
                    people: Vec::new(),
                    origin: row.get_ref("origin")?.as_str()?.lines().filter_map(Mailbox::parse).collect(),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut people = self.sql().prepare_cached(
            "SELECT address FROM participant WHERE message_id = ?1 AND field IN ('from', 'to', 'cc')
             ORDER BY CASE field WHEN 'from' THEN 0 WHEN 'to' THEN 1 ELSE 2 END, position",
        )?;
        for letter in &mut letters {
            let found: Vec<String> =
                people.query_map([letter.message.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            letter.people = found.iter().filter_map(|address| Address::parse(address)).collect();
        }
        Ok(letters)
    }
}
