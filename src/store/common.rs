//! What cards of people, companies and deals have in common: owner, watched, tags, note, own fields.

use super::Store;
use super::contact::{lines_of, must_be_there};
use super::timeline::key_of;
use crate::domain::card::Common;
use crate::domain::contact::Whose;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, fold};
use rusqlite::{OptionalExtension, ToSql, params};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The table and the word of a card.
pub(super) fn noun_of(whose: Whose) -> &'static str {
    match whose {
        Whose::Contact(_) => "contact",
        Whose::Company(_) => "company",
        Whose::Deal(_) => "deal",
    }
}

fn fields_from(kept: &str) -> Map<String, Value> {
    serde_json::from_str(kept).unwrap_or_default()
}

impl Store {
    /// What is on a card beside its own facts; nothing where there is no such card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn common_of(&self, whose: Whose) -> Result<Common> {
        let sql = format!("SELECT owner, watched, tags, note, fields FROM {} WHERE id = ?1", noun_of(whose));
        let common = self.sql().prepare_cached(&sql)?.query_row([key_of(whose)], |row| {
            let fields = fields_from(row.get_ref("fields")?.as_str()?);
            let value = |value: &Value| Text::line(value.as_str().unwrap_or_default());
            Ok(Common {
                owner: super::text_at(row, "owner")?,
                watched: row.get("watched")?,
                tags: row.get_ref("tags")?.as_str()?.lines().map(Text::line).collect(),
                note: Text::block(row.get_ref("note")?.as_str()?),
                fields: fields.iter().map(|(name, kept)| (Text::line(name), value(kept))).collect(),
            })
        });
        Ok(common.optional()?.unwrap_or_default())
    }

    fn set_column(&self, whose: Whose, column: &'static str, value: &dyn ToSql) -> Result<()> {
        let noun = noun_of(whose);
        let sql = format!("UPDATE {noun} SET {column} = ?2 WHERE id = ?1");
        let rows = self.sql().prepare_cached(&sql)?.execute(params![key_of(whose), value])?;
        must_be_there(rows, noun, key_of(whose))
    }

    /// Who handles them; empty is me.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_owner(&self, whose: Whose, owner: &Text) -> Result<()> {
        self.set_column(whose, "owner", &owner.as_str())
    }

    /// Watched or not.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_watched(&self, whose: Whose, watched: bool) -> Result<()> {
        self.set_column(whose, "watched", &watched)
    }

    /// All tags.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_tags(&self, whose: Whose, tags: &[Text]) -> Result<()> {
        self.set_column(whose, "tags", &lines_of(tags))
    }

    /// My note.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_note(&self, whose: Whose, note: &Text) -> Result<()> {
        self.set_column(whose, "note", &note.as_str())
    }

    /// The value of an own field, as `Field::check` gave it; empty takes it away.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_own_field(&self, whose: Whose, name: &Text, value: &Text) -> Result<()> {
        let sql = format!("SELECT fields FROM {} WHERE id = ?1", noun_of(whose));
        let kept: Option<String> =
            self.sql().prepare_cached(&sql)?.query_row([key_of(whose)], |row| row.get(0)).optional()?;
        let mut fields = fields_from(kept.as_deref().unwrap_or("{}"));
        if value.is_empty() {
            fields.remove(name.as_str());
        } else {
            fields.insert(name.to_string(), Value::String(value.to_string()));
        }
        self.set_column(whose, "fields", &Value::Object(fields).to_string())
    }

    /// Every tag of any card, the most used first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tags(&self) -> Result<Vec<Text>> {
        self.words_of("tags")
    }

    /// Everybody who handles a client beside me, who has most first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn owners(&self) -> Result<Vec<Text>> {
        self.words_of("owner")
    }

    /// The words of a column, one a line, the most frequent first; spellings that differ only in case are one.
    fn words_of(&self, column: &'static str) -> Result<Vec<Text>> {
        let of = |table: &str| format!("SELECT {column} AS words FROM {table} WHERE {column} <> ''");
        let union = [of("contact"), of("company"), of("deal")].join(" UNION ALL ");
        let mut statement =
            self.sql().prepare_cached(&format!("SELECT words, count(*) FROM ({union}) GROUP BY words"))?;
        let mut rows = statement.query([])?;
        let mut counted: BTreeMap<String, (u64, Text)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let times = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
            for word in row.get_ref(0)?.as_str().unwrap_or_default().lines() {
                counted.entry(fold(word)).or_insert_with(|| (0, Text::line(word))).0 += times;
            }
        }
        let mut words: Vec<(u64, Text)> = counted.into_values().collect();
        words.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.cmp(other)));
        Ok(words.into_iter().map(|(_, word)| word).collect())
    }

    /// Takes a person or company away that was entered by mistake.
    ///
    /// # Errors
    /// When something hangs on it: then it is said what, and nothing was changed.
    pub fn remove_card(&self, whose: Whose) -> Result<()> {
        let (of_others, own): (&[(&str, &str)], &[&str]) = match whose {
            Whose::Contact(_) => (
                &[
                    ("conversation", "SELECT count(*) FROM filing WHERE contact_id = ?1 AND superseded_at IS NULL"),
                    ("deal", "SELECT count(*) FROM deal WHERE contact_id = ?1"),
                    (
                        "activity",
                        "SELECT count(*) FROM activity WHERE contact_id = ?1
                         OR id IN (SELECT activity_id FROM activity_person WHERE contact_id = ?1)",
                    ),
                ],
                &["contact_address", "contact_phone", "provenance"],
            ),
            Whose::Company(_) => (
                &[
                    ("person", "SELECT count(*) FROM contact WHERE company_id = ?1"),
                    (
                        "conversation",
                        "SELECT count(*) FROM filing WHERE company_id = ?1 AND contact_id IS NULL AND superseded_at IS NULL",
                    ),
                    ("deal", "SELECT count(*) FROM deal WHERE company_id = ?1"),
                    ("activity", "SELECT count(*) FROM activity WHERE company_id = ?1 AND contact_id IS NULL"),
                ],
                &["company_domain"],
            ),
            Whose::Deal(_) => {
                return Err(Problem::new(Kind::Input, "a deal is won or lost, not deleted")
                    .hint("close it as lost with a reason"));
            }
        };
        let (noun, key) = (noun_of(whose), key_of(whose));
        let mut hangs = Vec::new();
        for (one, query) in of_others {
            let count: i64 = self.sql().prepare_cached(query)?.query_row([key], |row| row.get(0))?;
            if count > 0 {
                hangs.push(counted(count, one));
            }
        }
        if !hangs.is_empty() {
            return Err(Problem::new(
                Kind::Input,
                format!("this {noun} cannot be deleted: {} hang on it", joined(&hangs)),
            )
            .hint("only what was entered by mistake is deleted; a client of the past stays in the history"));
        }
        self.write(|| {
            let old: Vec<&str> = match whose {
                // Decisions that no longer stand still name them.
                Whose::Contact(_) => vec!["UPDATE filing SET contact_id = NULL WHERE contact_id = ?1"],
                _ => vec![
                    "UPDATE filing SET company_id = NULL WHERE company_id = ?1",
                    "UPDATE activity SET company_id = NULL WHERE company_id = ?1",
                ],
            };
            for statement in old {
                self.sql().prepare_cached(statement)?.execute([key])?;
            }
            for table in own {
                self.sql().prepare_cached(&format!("DELETE FROM {table} WHERE {noun}_id = ?1"))?.execute([key])?;
            }
            let rows = self.sql().prepare_cached(&format!("DELETE FROM {noun} WHERE id = ?1"))?.execute([key])?;
            must_be_there(rows, noun, key)
        })
    }
}

fn counted(count: i64, one: &str) -> String {
    let many = match one {
        "person" => "people".to_owned(),
        "activity" => "activities".to_owned(),
        _ => format!("{one}s"),
    };
    crate::domain::text::plural(u64::try_from(count).unwrap_or(0), one, &many)
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id;
    use crate::store::cards_fixture::{Shop, person, sale};
    use crate::store::{NewCompany, NewContact};

    fn acme(shop: &Shop) -> id::Company {
        shop.act(|store| store.add_company(&NewCompany { name: Text::own("Acme"), ..NewCompany::default() }))
    }

    #[test]
    fn every_kind_of_card_keeps_what_they_have_in_common() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        for whose in [Whose::Contact(anna), Whose::Company(acme(&shop)), Whose::Deal(deal)] {
            assert_eq!(shop.store.common_of(whose).unwrap(), Common::default());
            let (floor, three) = (Text::own("floor"), Text::own("3"));
            shop.act(|store| store.set_owner(whose, &Text::own("Ola")));
            shop.act(|store| store.set_watched(whose, true));
            shop.act(|store| store.set_tags(whose, &[Text::own("vip"), Text::own("Łódź")]));
            shop.act(|store| store.set_note(whose, &Text::block("two\nlines")));
            shop.act(|store| store.set_own_field(whose, &floor, &three));
            shop.act(|store| store.set_own_field(whose, &Text::own("gone"), &Text::own("1")));
            shop.act(|store| store.set_own_field(whose, &Text::own("gone"), &Text::default()));
            let common = Common {
                owner: Text::own("Ola"),
                watched: true,
                tags: vec![Text::own("vip"), Text::own("Łódź")],
                note: Text::block("two\nlines"),
                fields: vec![(floor, three)],
            };
            assert_eq!(shop.store.common_of(whose).unwrap(), common);
        }
        assert_eq!(
            shop.refused(|store| store.set_watched(Whose::Contact(id::Contact(99)), true)),
            "there is no contact 99"
        );
    }

    #[test]
    fn tags_and_owners_are_known_by_how_often_they_are_used() {
        let shop = Shop::open();
        let company = Whose::Company(acme(&shop));
        let tags = |text: &str| text.split(' ').map(Text::line).collect::<Vec<_>>();
        for (name, words) in [("A", "vip north"), ("B", "VIP"), ("C", "south")] {
            let new = NewContact { tags: tags(words), ..person(name, "", &[]) };
            let contact = shop.store.add_contact(&new).unwrap();
            shop.store.set_owner(Whose::Contact(contact), &Text::own("Ola")).unwrap();
        }
        shop.store.set_tags(company, &tags("south vip")).unwrap();
        shop.store.set_owner(company, &Text::own("Jan")).unwrap();
        let found = shop.store.tags().unwrap();
        assert_eq!(
            found.iter().map(|tag| fold(tag.as_str())).collect::<Vec<_>>(),
            ["vip", "south", "north"],
            "{found:?}"
        );
        assert_eq!(shop.store.owners().unwrap(), [Text::own("Ola"), Text::own("Jan")]);
        let plan = shop.plan("SELECT tags AS words FROM contact WHERE tags <> ''");
        assert!(plan.contains("COVERING INDEX contact_tags"), "{plan}");
    }

    #[test]
    fn only_a_card_on_which_nothing_hangs_is_deleted() {
        let shop = Shop::open();
        let company = acme(&shop);
        let anna = shop
            .store
            .add_contact(&NewContact { company: Some(company), ..person("Anna", "", &["anna@acme.example"]) })
            .unwrap();
        shop.thread("offer", Some(anna), Some(company), None);
        shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        assert_eq!(
            shop.refused(|store| store.remove_card(Whose::Contact(anna))),
            "this contact cannot be deleted: 1 conversation and 1 deal hang on it"
        );
        assert_eq!(
            shop.refused(|store| store.remove_card(Whose::Company(company))),
            "this company cannot be deleted: 1 person and 1 deal hang on it"
        );
        let eve = shop.store.add_contact(&person("Eve", "", &["eve@x.example"])).unwrap();
        let empty = shop.store.add_company(&NewCompany {
            name: Text::own("X"),
            domains: vec!["x.example".into()],
            ..NewCompany::default()
        });
        shop.act(|store| store.remove_card(Whose::Contact(eve)));
        shop.act(|store| store.remove_card(Whose::Company(*empty.as_ref().unwrap())));
        assert_eq!(shop.store.company_by_domain("x.example").unwrap(), None);
        assert_eq!(shop.refused(|store| store.remove_card(Whose::Contact(eve))), "there is no contact 2");
    }
}
