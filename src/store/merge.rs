//! Two cards become one, and an address becomes a card of its own. Both are acts of the user: undo puts each address and link back.

use super::contact::{NAME, must_be_there, name_from, unfit};
use super::likeness::{keys_of, noun_of};
use super::{NewContact, Store, count_at, text_at};
use crate::domain::address::Address;
use crate::domain::contact::{Kind, Name};
use crate::domain::duplicate::{Pair, keys};
use crate::domain::id;
use crate::domain::merge::{Choice, Joined, Merge, Sides};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

/// Fields of a person with one value: key, label, and how it is read as text.
const PERSON: &[(&str, &str, &str)] = &[
    ("company_id", "company", "coalesce((SELECT name FROM company WHERE id = c.company_id), '')"),
    ("position", "position", "c.position"),
    ("role", "role", "c.role"),
    ("language", "language", "c.language"),
    ("birthday", "birthday", "coalesce(c.birthday, '')"),
    ("owner", "owner", "c.owner"),
];
/// The same of a company.
const FIRM: &[(&str, &str, &str)] =
    &[("name", "name", "c.name"), ("requisites", "requisites", "c.requisites"), ("owner", "owner", "c.owner")];
/// Own fields of the configuration are chosen one by one.
const OWN: &str = "field:";

fn fields_of(noun: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    if noun == "company" { FIRM } else { PERSON }
}

impl Store {
    /// Both sides of a merge, the card that is kept first; `None` where one of them is gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sides(&self, pair: Pair) -> Result<Option<Sides>> {
        let (noun, (keep, gone)) = (noun_of(pair), keys_of(pair));
        let names = match (self.card_name(noun, keep)?, self.card_name(noun, gone)?) {
            (Some(one), Some(other)) if keep != gone => (one, other),
            _ => return Ok(None),
        };
        let mut choices = Vec::new();
        if noun == "contact" {
            choices.push(Choice {
                key: "name".to_owned(),
                label: Text::own("name"),
                kept: names.0.clone(),
                gone: names.1.clone(),
            });
        }
        for (key, label, read) in fields_of(noun) {
            let value = |row: i64| -> Result<Text> {
                let sql = format!("SELECT {read} AS value FROM {noun} c WHERE c.id = ?1");
                Ok(self.sql().prepare_cached(&sql)?.query_row([row], |row| text_at(row, "value"))?)
            };
            choices.push(Choice {
                key: (*key).to_owned(),
                label: Text::own(label),
                kept: value(keep)?,
                gone: value(gone)?,
            });
        }
        let (mine, theirs) = (self.own_fields(noun, keep)?, self.own_fields(noun, gone)?);
        let mut fields: Vec<&String> = mine.keys().chain(theirs.keys()).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            let text = |values: &Map<String, Value>| values.get(field).map(shown).unwrap_or_default();
            choices.push(Choice {
                key: format!("{OWN}{field}"),
                label: Text::line(field),
                kept: text(&mine),
                gone: text(&theirs),
            });
        }
        choices.retain(|choice| !choice.kept.is_empty() || !choice.gone.is_empty());
        let (low, high) = super::likeness::ordered(pair);
        let evidence: Option<String> = self
            .sql()
            .prepare_cached("SELECT evidence FROM candidate WHERE noun = ?1 AND low_id = ?2 AND high_id = ?3")?
            .query_row(params![noun, low, high], |row| row.get(0))
            .optional()?;
        Ok(Some(Sides {
            pair,
            names,
            choices,
            joined: self.joined(noun, keep, gone)?,
            evidence: evidence.unwrap_or_default().lines().map(Text::line).collect(),
        }))
    }

    /// What a card is called; `None` where it is gone.
    pub(super) fn card_name(&self, noun: &str, key: i64) -> Result<Option<Text>> {
        Ok(match noun {
            "company" => self
                .sql()
                .prepare_cached("SELECT name FROM company WHERE id = ?1")?
                .query_row([key], |row| text_at(row, "name"))
                .optional()?,
            _ => self
                .sql()
                .prepare_cached(&format!("SELECT {NAME} FROM contact c WHERE c.id = ?1"))?
                .query_row([key], |row| Ok(name_from(row)?.full()))
                .optional()?,
        })
    }

    fn own_fields(&self, noun: &str, key: i64) -> Result<Map<String, Value>> {
        let json: Option<String> = self
            .sql()
            .prepare_cached(&format!("SELECT fields FROM {noun} WHERE id = ?1"))?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// What stays of both: addresses and phones by name, the rest by number.
    fn joined(&self, noun: &str, keep: i64, gone: i64) -> Result<Vec<Joined>> {
        let queries: &[(&str, &str)] = match noun {
            "company" => &[
                (
                    "domains",
                    "SELECT coalesce(group_concat(domain, ', '), '') AS value FROM company_domain WHERE company_id = ?1",
                ),
                ("people", "SELECT count(*) AS count FROM contact WHERE company_id = ?1"),
                (
                    "conversations",
                    "SELECT count(*) AS count FROM filing WHERE company_id = ?1 AND superseded_at IS NULL",
                ),
                ("deals", "SELECT count(*) AS count FROM deal WHERE company_id = ?1"),
                ("activities", "SELECT count(*) AS count FROM activity WHERE company_id = ?1"),
                ("tags", "SELECT replace(tags, char(10), ', ') AS value FROM company WHERE id = ?1"),
                ("note", "SELECT note AS value FROM company WHERE id = ?1"),
            ],
            _ => &[
                (
                    "mail",
                    "SELECT coalesce(group_concat(address, ', '), '') AS value FROM contact_address WHERE contact_id = ?1",
                ),
                (
                    "phones",
                    "SELECT coalesce(group_concat(phone, ', '), '') AS value FROM contact_phone WHERE contact_id = ?1",
                ),
                (
                    "conversations",
                    "SELECT count(*) AS count FROM filing WHERE contact_id = ?1 AND superseded_at IS NULL",
                ),
                ("deals", "SELECT count(*) AS count FROM deal WHERE contact_id = ?1"),
                ("activities", "SELECT count(*) AS count FROM activity WHERE contact_id = ?1"),
                ("tags", "SELECT replace(tags, char(10), ', ') AS value FROM contact WHERE id = ?1"),
                ("note", "SELECT note AS value FROM contact WHERE id = ?1"),
            ],
        };
        let mut joined = Vec::new();
        for (label, query) in queries {
            let value = |key: i64| -> Result<Text> {
                let mut statement = self.sql().prepare_cached(query)?;
                Ok(statement.query_row([key], |row| match row.get_ref(0)? {
                    rusqlite::types::ValueRef::Integer(0) => Ok(Text::default()),
                    rusqlite::types::ValueRef::Integer(_) => Ok(Text::from(count_at(row, "count")?.to_string())),
                    _ => text_at(row, "value"),
                })?)
            };
            let (kept, gone) = (value(keep)?, value(gone)?);
            if !kept.is_empty() || !gone.is_empty() {
                joined.push(Joined { label: Text::own(label), kept, gone });
            }
        }
        Ok(joined)
    }

    /// Makes one card of two: the first of the pair stays, everything that spoke of the other one speaks of it.
    ///
    /// The number of the card that went is kept (`merged`) and never given again.
    ///
    /// # Errors
    /// When one of them is not there, or both are the same; then nothing was changed.
    pub fn merge_cards(&self, merge: &Merge, now: Timestamp) -> Result<()> {
        let (noun, (keep, gone)) = (noun_of(merge.pair), keys_of(merge.pair));
        if keep == gone {
            return Err(unfit("a card cannot become one with itself"));
        }
        for key in [keep, gone] {
            must_be_there(usize::from(self.card_name(noun, key)?.is_some()), noun, key)?;
        }
        self.write(|| {
            self.choose_fields(noun, keep, gone, &merge.take)?;
            if noun == "contact" {
                self.join_addresses(keep, gone)?;
                self.join_phones(keep, gone)?;
            }
            for (table, column) in self.columns_that_name(noun)? {
                self.sql().execute(
                    &format!("UPDATE OR IGNORE {table} SET {column} = ?1 WHERE {column} = ?2"),
                    [keep, gone],
                )?;
                // What the kept card has already.
                self.sql().execute(&format!("DELETE FROM {table} WHERE {column} = ?1"), [gone])?;
            }
            self.join_opinions(noun, keep, gone)?;
            self.sql().execute(&format!("DELETE FROM {noun} WHERE id = ?1"), [gone])?;
            self.note_merged(merge.pair, now)
        })
    }

    /// The currency of the deal that was entered last; the euro where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn usual_currency(&self) -> Result<String> {
        let found = self
            .sql()
            .prepare_cached("SELECT currency FROM deal ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_else(|| "EUR".to_owned()))
    }

    /// The number of a new card: never that of one that went into another.
    pub(super) fn next_card(&self, noun: &'static str) -> Result<i64> {
        let sql = format!(
            "SELECT 1 + max(coalesce((SELECT max(id) FROM {noun}), 0),
                 coalesce((SELECT max(gone_id) FROM merged WHERE noun = '{noun}'), 0))"
        );
        Ok(self.sql().prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    }

    /// Every column of a table that names a card of this noun, whoever made the table.
    pub(super) fn columns_that_name(&self, noun: &str) -> Result<Vec<(String, String)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT m.name, f.\"from\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' AND f.\"table\" = ?1 ORDER BY m.rowid, f.id",
        )?;
        Ok(statement.query_map([noun], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    fn choose_fields(&self, noun: &str, keep: i64, gone: i64, take: &[String]) -> Result<()> {
        for key in take {
            let columns: &[&str] = match (noun, key.as_str()) {
                ("contact", "name") => &["display", "given", "patronymic", "family", "folded"],
                ("company", "name") => &["name", "folded"],
                _ => match fields_of(noun).iter().find(|(known, ..)| known == key) {
                    Some((column, ..)) => &[*column][..],
                    None => continue,
                },
            };
            for column in columns {
                let sql =
                    format!("UPDATE {noun} SET {column} = (SELECT {column} FROM {noun} WHERE id = ?2) WHERE id = ?1");
                self.sql().execute(&sql, [keep, gone])?;
            }
        }
        let (mut mine, theirs) = (self.own_fields(noun, keep)?, self.own_fields(noun, gone)?);
        for (field, value) in theirs {
            if take.iter().any(|key| key.strip_prefix(OWN) == Some(field.as_str())) || !mine.contains_key(&field) {
                mine.insert(field, value);
            }
        }
        let text = |column: &str, key: i64| -> Result<String> {
            Ok(self.sql().query_row(&format!("SELECT {column} FROM {noun} WHERE id = ?1"), [key], |row| row.get(0))?)
        };
        let tags = joined_lines(&text("tags", keep)?, &text("tags", gone)?);
        let (note, other) = (text("note", keep)?, text("note", gone)?);
        let note = match (note.trim().is_empty(), other.trim().is_empty() || note.contains(other.trim())) {
            (true, _) => other,
            (false, true) => note,
            (false, false) => format!("{note}\n{other}"),
        };
        self.sql().execute(
            &format!(
                "UPDATE {noun} SET tags = ?2, note = ?3, fields = ?4,
                     watched = max(watched, (SELECT watched FROM {noun} WHERE id = ?5)) WHERE id = ?1"
            ),
            params![keep, tags, note, Value::Object(mine).to_string(), gone],
        )?;
        if noun == "contact" {
            // Who was qualified stays so; of two leads, one that was looked at was looked at.
            self.sql().execute(
                "UPDATE contact SET
                     kind = CASE WHEN o.kind = 'contact' THEN 'contact' ELSE contact.kind END,
                     reviewed_at = coalesce(contact.reviewed_at, o.reviewed_at),
                     created_at = min(contact.created_at, o.created_at),
                     not_person = min(contact.not_person, o.not_person)
                 FROM contact o WHERE contact.id = ?1 AND o.id = ?2",
                [keep, gone],
            )?;
        }
        Ok(())
    }

    /// Their order stays; the kept card's come first.
    fn join_addresses(&self, keep: i64, gone: i64) -> Result<()> {
        self.sql().execute(
            "UPDATE contact_address SET contact_id = ?1,
                 position = position + (SELECT coalesce(max(position) + 1, 0) FROM contact_address WHERE contact_id = ?1)
             WHERE contact_id = ?2",
            [keep, gone],
        )?;
        Ok(())
    }

    /// The same number written in another way is not entered twice.
    fn join_phones(&self, keep: i64, gone: i64) -> Result<()> {
        let spelling = |phone: &Text| keys::phone(phone.as_str()).unwrap_or_else(|| phone.as_str().to_owned());
        let known: Vec<String> = self.phones_of(id::Contact(keep))?.iter().map(spelling).collect();
        for phone in self.phones_of(id::Contact(gone))?.iter().filter(|phone| known.contains(&spelling(phone))) {
            self.sql().execute(
                "DELETE FROM contact_phone WHERE contact_id = ?1 AND phone = ?2",
                params![gone, phone.as_str()],
            )?;
        }
        Ok(())
    }

    /// Cards that I called different from the one that goes are different from the kept one; what went into it went further.
    fn join_opinions(&self, noun: &str, keep: i64, gone: i64) -> Result<()> {
        let others: Vec<i64> = self
            .sql()
            .prepare_cached(
                "SELECT CASE WHEN low_id = ?2 THEN high_id ELSE low_id END FROM different
                 WHERE noun = ?1 AND (low_id = ?2 OR high_id = ?2)",
            )?
            .query_map(params![noun, gone], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        self.sql()
            .execute("DELETE FROM different WHERE noun = ?1 AND (low_id = ?2 OR high_id = ?2)", params![noun, gone])?;
        for other in others.into_iter().filter(|other| *other != keep) {
            self.sql().execute(
                "INSERT INTO different (noun, low_id, high_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![noun, keep.min(other), keep.max(other)],
            )?;
        }
        self.sql()
            .execute("UPDATE merged SET into_id = ?3 WHERE noun = ?1 AND into_id = ?2", params![noun, gone, keep])?;
        Ok(())
    }

    /// Takes an address off a person's card into a card of its own: they were two. The name is what letters from it say.
    ///
    /// # Errors
    /// When the address is not theirs, or their only one.
    pub fn split_off(&self, contact: id::Contact, address: &Address, now: Timestamp) -> Result<id::Contact> {
        let addresses = self.addresses_of(contact)?;
        if !addresses.contains(address) {
            return Err(unfit(format!("{address} is not an address of this contact")));
        }
        if addresses.len() < 2 {
            return Err(
                unfit(format!("{address} is their only address")).hint("there would be nobody left on the card")
            );
        }
        self.write(|| {
            let written: Option<String> = self
                .sql()
                .prepare_cached(
                    "SELECT from_name FROM message WHERE from_address = ?1 AND from_name <> '' ORDER BY date DESC LIMIT 1",
                )?
                .query_row([address.as_str()], |row| row.get(0))
                .optional()?;
            let mut new = NewContact::new(Kind::Contact, now);
            new.name = Name { display: Text::line(&written.unwrap_or_default()), ..Name::default() };
            new.reviewed_at = Some(now);
            // Colleagues often wrote under one card.
            new.company = self.contact_company(contact)?.filter(|company| {
                self.company_by_domain(address.domain()).is_ok_and(|found| found == Some(*company))
            });
            self.sql().execute("DELETE FROM contact_address WHERE address = ?1", [address.as_str()])?;
            new.addresses = vec![address.clone()];
            let split = self.add_contact(&new)?;
            // What was found in letters from this address goes along.
            self.sql().execute(
                "UPDATE provenance SET contact_id = ?1 WHERE contact_id = ?2
                     AND message_id IN (SELECT id FROM message WHERE from_address = ?3)",
                params![split.0, contact.0, address.as_str()],
            )?;
            // I said that they are two: they are not proposed as one again.
            self.set_different(Pair::Contacts(contact, split))?;
            Ok(split)
        })
    }

    /// Conversations filed by a rule, and in force, under a person or a company and its people: what they are filed under depends on whose
    /// the addresses and deals are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn filed_by_rule(&self, pair: Pair) -> Result<Vec<id::Thread>> {
        let (key, whose) = match pair {
            Pair::Contacts(one, _) => (one.0, crate::domain::contact::Whose::Contact(one)),
            Pair::Companies(one, _) => (one.0, crate::domain::contact::Whose::Company(one)),
        };
        let sql = format!(
            "SELECT f.thread_id FROM ({}) w CROSS JOIN filing f WHERE f.thread_id = w.thread_id AND f.superseded_at IS NULL AND f.rule <> 'mine'",
            super::timeline::threads_of(whose)
        );
        let mut statement = self.sql().prepare_cached(&sql)?;
        let threads = statement
            .query_map(rusqlite::named_params! { ":id": key }, |row| row.get(0).map(id::Thread))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(threads)
    }
}

/// Tags of both, each once.
fn joined_lines(mine: &str, theirs: &str) -> String {
    let mut lines: Vec<&str> = mine.lines().filter(|line| !line.is_empty()).collect();
    for line in theirs.lines().filter(|line| !line.is_empty()) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

fn shown(value: &Value) -> Text {
    match value {
        Value::String(text) => Text::line(text),
        Value::Null => Text::default(),
        other => Text::from(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
