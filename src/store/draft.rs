//! Letters being written, kept as JSON: drafts, and what an outgoing letter was made from.

use super::{Store, moment, ms};
use crate::domain::address::Mailbox;
use crate::domain::draft::own_words;
use crate::domain::id;
use crate::domain::message::MsgId;
use crate::domain::outbox::{DraftRow, File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::sequence::FollowUp;
use crate::domain::text::Text;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

/// A letter as JSON text.
pub(super) fn letter_to_json(letter: &Letter) -> String {
    let people = |list: &[Mailbox]| -> Value {
        list.iter().map(|m| json!({ "name": m.name.as_str(), "address": m.address.as_str() })).collect()
    };
    json!({
        "account": letter.account.0,
        "from": people(std::slice::from_ref(&letter.from)),
        "to": people(&letter.to), "cc": people(&letter.cc), "bcc": people(&letter.bcc),
        "subject": letter.subject, "text": letter.text,
        "files": letter.files.iter().map(|f| json!({ "name": f.name, "media_type": f.media_type, "bytes": STANDARD.encode(&f.bytes) })).collect::<Value>(),
        "in_reply_to": letter.in_reply_to.as_ref().map(MsgId::as_str),
        "references": letter.references.iter().map(MsgId::as_str).collect::<Vec<_>>(),
        "thread": letter.thread.map(|t| t.0), "answers": letter.answers.map(|m| m.0), "template": letter.template,
        "deal": letter.deal.map(|deal| deal.0), "leave_at": letter.leave_at.map(ms), "receipts": letter.receipts,
        "html": letter.html, "redirects": letter.redirects.map(|m| m.0),
        "follow_up": letter.follow_up.as_ref().map(|next| json!({ "days": next.days, "template": next.template, "pack": next.pack, "step": next.step })),
    })
    .to_string()
}

/// The reverse of [`letter_to_json`].
pub(super) fn letter_from_json(text: &str) -> Result<Letter> {
    let broken = || Problem::new(Kind::Store, "a kept letter cannot be read");
    let value: Value = serde_json::from_str(text).map_err(|_| broken())?;
    let text_of = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let people = |key: &str| -> Vec<Mailbox> {
        let list = value.get(key).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|m| Mailbox::new(m.get("name")?.as_str()?, m.get("address").and_then(Value::as_str)?))
            .collect()
    };
    let file = |f: &Value| -> Option<File> {
        Some(File {
            name: f.get("name")?.as_str()?.to_owned(),
            media_type: f.get("media_type")?.as_str()?.to_owned(),
            bytes: STANDARD.decode(f.get("bytes")?.as_str()?).ok()?,
        })
    };
    Ok(Letter {
        account: id::Account(value.get("account").and_then(Value::as_i64).ok_or_else(broken)?),
        from: people("from").into_iter().next().ok_or_else(broken)?,
        to: people("to"),
        cc: people("cc"),
        bcc: people("bcc"),
        subject: text_of("subject"),
        text: text_of("text"),
        files: value.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(file).collect(),
        in_reply_to: value.get("in_reply_to").and_then(Value::as_str).and_then(MsgId::parse),
        references: value
            .get("references")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|r| MsgId::parse(r.as_str()?))
            .collect(),
        thread: value.get("thread").and_then(Value::as_i64).map(id::Thread),
        answers: value.get("answers").and_then(Value::as_i64).map(id::Message),
        template: value.get("template").and_then(Value::as_str).map(str::to_owned),
        deal: value.get("deal").and_then(Value::as_i64).map(id::Deal),
        receipts: value.get("receipts").and_then(Value::as_bool).unwrap_or_default(),
        leave_at: value.get("leave_at").and_then(Value::as_i64).map(moment),
        html: value.get("html").and_then(Value::as_bool).unwrap_or(false),
        redirects: value.get("redirects").and_then(Value::as_i64).map(id::Message),
        follow_up: value.get("follow_up").and_then(follow_up_from),
    })
}

fn follow_up_from(value: &Value) -> Option<FollowUp> {
    let number = |key: &str| u16::try_from(value.get(key)?.as_u64()?).ok();
    let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
    Some(FollowUp { days: number("days")?, template: text("template")?, pack: text("pack")?, step: number("step")? })
}

fn draft_row(key: id::Draft, saved_at: Timestamp, letter: &Letter) -> DraftRow {
    let to: Vec<String> = letter.to.iter().map(|mailbox| mailbox.short().into()).collect();
    let words = own_words(&letter.text);
    let first = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    DraftRow {
        id: key,
        to: Text::from(to.join(", ")),
        subject: Text::line(&letter.subject),
        snippet: Text::line(first),
        saved_at,
        thread: letter.thread,
    }
}

impl Store {
    /// Keeps a letter being written: a new draft, or a newer state of one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn save_draft(&self, draft: Option<id::Draft>, letter: &Letter, now: Timestamp) -> Result<id::Draft> {
        let key = self
            .sql()
            .prepare_cached(
                // Each state is newer than the one before, whatever the clock says. A number is given once: letters on the server may still be called after a draft that went.
                "INSERT INTO draft (id, saved_at, letter, account_id)
                 VALUES (coalesce(?1, 1 + max((SELECT coalesce(max(id), 0) FROM draft), (SELECT coalesce(max(draft_id), 0) FROM draft_copy))), ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET saved_at = max(excluded.saved_at, draft.saved_at + 1), letter = excluded.letter,
                     account_id = excluded.account_id RETURNING id",
            )?
            .query_row(params![draft.map(|d| d.0), ms(now), letter_to_json(letter), letter.account.0], |row| row.get(0))?;
        Ok(id::Draft(key))
    }

    /// A draft; `None` when it was sent or thrown away.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft(&self, draft: id::Draft) -> Result<Option<Letter>> {
        let found: Option<String> = self
            .sql()
            .prepare_cached("SELECT letter FROM draft WHERE id = ?1")?
            .query_row([draft.0], |row| row.get(0))
            .optional()?;
        found.map(|letter| letter_from_json(&letter)).transpose()
    }

    /// The newest draft that answers a letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn draft_answering(&self, message: id::Message) -> Result<Option<(id::Draft, Letter)>> {
        let found: Option<(i64, String)> = self
            .sql()
            .prepare_cached(
                "SELECT id, letter FROM draft WHERE json_extract(letter, '$.answers') = ?1
                 ORDER BY saved_at DESC, id DESC LIMIT 1",
            )?
            .query_row([message.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found.map(|(key, letter)| Ok((id::Draft(key), letter_from_json(&letter)?))).transpose()
    }

    /// Every draft, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drafts(&self) -> Result<Vec<DraftRow>> {
        let mut statement =
            self.sql().prepare_cached("SELECT id, saved_at, letter FROM draft ORDER BY saved_at DESC, id DESC")?;
        let found: Vec<(i64, i64, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        found
            .into_iter()
            .map(|(key, saved_at, letter)| Ok(draft_row(id::Draft(key), moment(saved_at), &letter_from_json(&letter)?)))
            .collect()
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_draft(&self, draft: id::Draft) -> Result<()> {
        self.sql().execute("DELETE FROM draft WHERE id = ?1", [draft.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_comes_back_as_it_was() {
        let letter = Letter {
            account: id::Account(3),
            from: Mailbox::new("Marta", "marta@x.example").unwrap(),
            to: vec![Mailbox::new("Анна", "anna@y.example").unwrap()],
            cc: Vec::new(),
            bcc: vec![Mailbox::new("", "b@z.example").unwrap()],
            subject: "Zamówienie “5”".into(),
            text: "a\nb\n".into(),
            files: vec![File {
                name: "cennik.pdf".into(),
                media_type: "application/pdf".into(),
                bytes: vec![0, 255, 7],
            }],
            in_reply_to: MsgId::parse("<1@y.example>"),
            references: vec![MsgId::parse("<0@y.example>").unwrap()],
            thread: Some(id::Thread(9)),
            answers: Some(id::Message(8)),
            template: Some("offer".into()),
            deal: Some(id::Deal(5)),
            receipts: true,
            leave_at: Some(moment(1_700_000_000_000)),
            html: true,
            redirects: Some(id::Message(4)),
            follow_up: Some(FollowUp { days: 5, template: "follow-up-2".into(), pack: "offer".into(), step: 3 }),
        };
        assert_eq!(letter_from_json(&letter_to_json(&letter)).unwrap(), letter);
        // An answer that was begun is found by the letter it answers.
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        let draft = store.save_draft(None, &letter, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(store.draft_answering(id::Message(8)).unwrap(), Some((draft, letter)));
        assert_eq!(store.draft_answering(id::Message(7)).unwrap(), None);
    }
}
