//! What still waits for a server, in groups and in words.

use super::wish::split;
use super::{Store, count_at, moment, text_at};
use crate::domain::message::Flags;
use crate::domain::outbox::State;
use crate::domain::pending::{Pending, Wished};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use crate::domain::wish::{Wish, about};
use rusqlite::Row;

/// Of the outbox so many are looked at.
const LETTERS: u32 = 200;

/// Each kind of wish: the copies that have it, by account, folder and what is wanted.
fn wishes_of(columns: &str, join: &str, condition: &str) -> String {
    format!(
        "SELECT a.name AS account, f.name AS folder, count(*) AS letters, max(m.subject) AS subject, min(c.wished_at) AS since, {columns}
         FROM copy c JOIN folder f ON f.id = c.folder_id JOIN account a ON a.id = f.account_id JOIN message m ON m.id = c.message_id {join}
         WHERE {condition} GROUP BY c.folder_id, one, two"
    )
}

fn moves() -> String {
    wishes_of(
        "g.name AS one, '' AS two",
        "JOIN folder g ON g.id = c.wanted_folder",
        "c.wanted_folder IS NOT NULL AND c.flags & 16 = 0 AND c.wanted_gone = 0",
    )
}

fn gone() -> String {
    let there = "c.wanted_gone = 1 AND c.folder_id IN (SELECT id FROM folder WHERE kept_here = 0)";
    wishes_of("'' AS one, '' AS two", "", there)
}

fn flags() -> String {
    wishes_of(
        "c.wanted_flags & ~c.flags & ~(a.read_only * 5) AS one, c.flags & ~c.wanted_flags & ~(a.read_only * 5) AS two",
        "",
        "c.wished_at IS NOT NULL AND (c.flags | c.wanted_flags) & ~(c.flags & c.wanted_flags) & ~(a.read_only * 5) <> 0",
    )
}

/// Whatever is wished is marked so: without asking for the mark every copy would be looked at.
fn keywords() -> String {
    let differ = "c.wished_at IS NOT NULL AND c.keywords <> c.wanted_keywords";
    wishes_of("c.keywords AS one, c.wanted_keywords AS two", "", differ)
}

impl Store {
    /// Everything that waits for a server, letters that did not leave, and refusals nobody has looked at.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn pending(&self) -> Result<Pending> {
        let mut wishes = Vec::new();
        self.wished(&moves(), &mut wishes, |row| {
            Ok(Wish::Move { from: text_at(row, "folder")?, to: text_at(row, "one")? })
        })?;
        self.wished(&gone(), &mut wishes, |row| Ok(Wish::Gone { from: text_at(row, "folder")? }))?;
        self.wished(&flags(), &mut wishes, |row| {
            Ok(Wish::Flags { add: Flags(row.get("one")?), remove: Flags(row.get("two")?) })
        })?;
        self.wished(&keywords(), &mut wishes, |row| {
            let (has, wanted) = (split(text_at(row, "one")?.as_str()), split(text_at(row, "two")?.as_str()));
            let without =
                |set: &[String], other: &[String]| set.iter().filter(|word| !other.contains(word)).cloned().collect();
            Ok(Wish::Keywords { add: without(&wanted, &has), remove: without(&has, &wanted) })
        })?;
        wishes.extend(self.folders_wished()?);
        wishes.extend(self.copies_for_sent()?);
        wishes.sort_by_key(|wished| wished.since);
        let mut letters = self.outbox(LETTERS)?;
        letters.retain(|row| row.state != State::Sent);
        Ok(Pending { wishes, letters, refusals: self.refusals()? })
    }

    fn wished(
        &self,
        sql: &str,
        into: &mut Vec<Wished>,
        wish: impl Fn(&Row<'_>) -> rusqlite::Result<Wish>,
    ) -> Result<()> {
        let mut statement = self.sql().prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let count = count_at(row, "letters")?;
            let letters = about(&text_at(row, "subject")?, usize::try_from(count).unwrap_or(usize::MAX));
            let since = row.get::<_, Option<i64>>("since")?.map(moment);
            Ok(Wished { account: text_at(row, "account")?, words: wish(row)?.words(&letters), count, since })
        })?;
        for row in rows {
            into.push(row?);
        }
        Ok(())
    }

    fn folders_wished(&self) -> Result<Vec<Wished>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.name AS account, f.raw_name, f.name, f.to_create FROM folder f JOIN account a ON a.id = f.account_id
             WHERE f.gone = 0 AND (f.to_create = 1 OR f.wanted_raw_name IS NOT NULL)",
        )?;
        let wishes = statement
            .query_map([], |row| {
                let name = text_at(row, "name")?;
                let wish = match row.get("to_create")? {
                    true => Wish::MakeFolder(name),
                    false => Wish::RenameFolder(text_at(row, "raw_name")?, name),
                };
                Ok(Wished { account: text_at(row, "account")?, words: wish.words(""), count: 1, since: None })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(wishes)
    }

    fn copies_for_sent(&self) -> Result<Vec<Wished>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT a.name AS account, o.subject, o.sent_at FROM outgoing o JOIN account a ON a.id = o.account_id
             WHERE o.copy_state IN ('wanted', 'appending')",
        )?;
        let wishes = statement
            .query_map([], |row| {
                let words = Text::from(format!("put a copy of {} into Sent", about(&text_at(row, "subject")?, 1)));
                let since = row.get::<_, Option<i64>>("sent_at")?.map(moment);
                Ok(Wished { account: text_at(row, "account")?, words, count: 1, since })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(wishes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::Shop;
    use super::*;

    /// Asked after everything that happens: the copies of which nothing is wished are never walked.
    #[test]
    fn what_waits_is_found_among_what_is_wished() {
        let shop = Shop::open();
        for (sql, index) in
            [(moves(), "copy_move"), (gone(), "copy_gone"), (flags(), "copy_wished"), (keywords(), "copy_wished")]
        {
            let plan = shop.plan(&sql);
            assert!(plan.contains(&format!("c USING INDEX {index}")), "{plan}");
        }
    }
}
