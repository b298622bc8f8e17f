//! The words of the cards. Triggers note which cards changed, whoever changed them and undo included; before a search
//! their words go into the index anew, folded as those of letters.

use super::{ACTIVITY, COMPANY, CONTACT, DEAL};
use crate::domain::problem::Result;
use crate::domain::query::folded_words;
use crate::store::Store;
use rusqlite::{OptionalExtension, params};

/// Cards of one transaction: somebody who acts meanwhile waits for one of them.
const AT_ONCE: i64 = 500;

/// The texts of one card: its names, everything else on it, its tags, who handles it.
#[derive(Debug, Default)]
struct Texts {
    name: String,
    more: String,
    tags: String,
    owner: String,
}

impl Store {
    /// Brings the cards' words up to date; gives how many cards that were.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn index_all_cards(&self) -> Result<u64> {
        let before = self.cards_to_index()?;
        self.index_cards(usize::MAX)?;
        Ok(before)
    }

    /// Of so many cards at most; gives how many are left.
    pub(super) fn index_cards(&self, most: usize) -> Result<u64> {
        let mut left = most;
        loop {
            let mut statement = self.sql().prepare_cached("SELECT id FROM card_stale LIMIT ?1")?;
            let at_once = i64::try_from(left).unwrap_or(AT_ONCE).min(AT_ONCE);
            let stale: Vec<i64> = statement.query_map([at_once], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            if stale.is_empty() {
                // Nothing that changed, or enough of it.
                return if left == 0 { self.cards_to_index() } else { Ok(0) };
            }
            left = left.saturating_sub(stale.len());
            // What a power cut takes away is indexed again: its mark is in the same transaction.
            self.write_again_possible(|| stale.iter().try_for_each(|key| self.index_card(*key)))?;
        }
    }

    fn cards_to_index(&self) -> Result<u64> {
        let mut statement = self.sql().prepare_cached("SELECT count(*) AS cards FROM card_stale")?;
        Ok(statement.query_row([], |row| crate::store::count_at(row, "cards"))?)
    }

    fn index_card(&self, key: i64) -> Result<()> {
        let sql = self.sql();
        sql.prepare_cached("DELETE FROM card_fts WHERE rowid = ?1")?.execute([key])?;
        if let Some(texts) = self.texts_of(key >> 2, key & 3)? {
            sql.prepare_cached("INSERT INTO card_fts (rowid, name, more, tags, owner) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    key,
                    folded_words(&texts.name),
                    folded_words(&texts.more),
                    folded_words(&texts.tags),
                    folded_words(&texts.owner)
                ])?;
        }
        sql.prepare_cached("DELETE FROM card_stale WHERE id = ?1")?.execute([key])?;
        Ok(())
    }

    /// `None` when the card is gone.
    fn texts_of(&self, id: i64, kind: i64) -> Result<Option<Texts>> {
        let sql = match kind {
            CONTACT => {
                "SELECT display || ' ' || given || ' ' || patronymic || ' ' || family, position || ' ' || note, tags, owner, fields
                 FROM contact WHERE id = ?1"
            }
            COMPANY => "SELECT name, requisites || ' ' || note, tags, owner, fields FROM company WHERE id = ?1",
            DEAL => "SELECT title, reason || ' ' || note, tags, owner, fields FROM deal WHERE id = ?1",
            _ => "SELECT subject, place || ' ' || result, '', '', '{}' FROM activity WHERE id = ?1",
        };
        let texts = self
            .sql()
            .prepare_cached(sql)?
            .query_row([id], |row| {
                let more: String = row.get(1)?;
                let fields = serde_json::from_str(row.get_ref(4)?.as_str()?).unwrap_or_default();
                Ok(Texts { name: row.get(0)?, more: more + &values(&fields), tags: row.get(2)?, owner: row.get(3)? })
            })
            .optional()?;
        let Some(mut texts) = texts else { return Ok(None) };
        match kind {
            CONTACT => {
                self.add_to(&mut texts.name, "SELECT address FROM contact_address WHERE contact_id = ?1", id)?;
                self.add_phones(&mut texts.more, id)?;
            }
            COMPANY => self.add_to(&mut texts.name, "SELECT domain FROM company_domain WHERE company_id = ?1", id)?,
            DEAL => self.add_to(&mut texts.more, "SELECT title FROM offer_line WHERE deal_id = ?1", id)?,
            ACTIVITY => {}
            _ => return Ok(None),
        }
        Ok(Some(texts))
    }

    fn add_to(&self, text: &mut String, sql: &str, id: i64) -> Result<()> {
        let mut statement = self.sql().prepare_cached(sql)?;
        for more in statement.query_map([id], |row| row.get::<_, String>(0))? {
            text.push(' ');
            text.push_str(&more?);
        }
        Ok(())
    }

    /// As they are written, and in one: whole, and without the country.
    fn add_phones(&self, text: &mut String, contact: i64) -> Result<()> {
        let mut phones = String::new();
        self.add_to(&mut phones, "SELECT phone || char(10) FROM contact_phone WHERE contact_id = ?1", contact)?;
        for phone in phones.lines() {
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            let national = digits.len().checked_sub(9).and_then(|at| digits.get(at..)).unwrap_or_default();
            text.push_str(&format!(" {phone} {digits} {national}"));
        }
        Ok(())
    }
}

/// The texts in the own fields of a card.
fn values(fields: &serde_json::Value) -> String {
    match fields {
        serde_json::Value::Object(fields) => fields.values().map(values).collect(),
        serde_json::Value::Array(several) => several.iter().map(values).collect(),
        serde_json::Value::String(text) => format!(" {text}"),
        serde_json::Value::Number(number) => format!(" {number}"),
        _ => String::new(),
    }
}
