//! Duplicates: cards are compared once they changed, by indexed keys (domain/duplicate), and what was found waits in a list. So the
//! list opens at once with fifty thousand people: nobody is compared with everybody.

use super::contact::{NAME, name_from};
use super::{Store, ms, text_at};
use crate::domain::contact::Whose;
use crate::domain::duplicate::{
    Candidate, Firm, Judged, Pair, Person, compare_firms, compare_people, keys, keys_of_firm, keys_of_person,
};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, named_params, params};
use std::collections::BTreeSet;

/// More cards than this under one key tell nothing: the phone of a reception, the name of half a country.
const MOST_ALIKE: i64 = 12;
/// Of people with nothing but the name in common.
const MOST_NAMESAKES: i64 = 5;

/// The noun of a table whose rows are compared.
pub(super) fn noun_of(pair: Pair) -> &'static str {
    match pair {
        Pair::Contacts(..) => "contact",
        Pair::Companies(..) => "company",
    }
}

/// The two keys, the smaller one first.
pub(super) fn ordered(pair: Pair) -> (i64, i64) {
    let (one, other) = keys_of(pair);
    (one.min(other), one.max(other))
}

pub(super) fn keys_of(pair: Pair) -> (i64, i64) {
    match pair {
        Pair::Contacts(one, other) => (one.0, other.0),
        Pair::Companies(one, other) => (one.0, other.0),
    }
}

fn pair_of(noun: &str, one: i64, other: i64) -> Pair {
    if noun == "company" {
        Pair::Companies(id::Company(one), id::Company(other))
    } else {
        Pair::Contacts(id::Contact(one), id::Contact(other))
    }
}

impl Store {
    /// Compares the cards that changed since, at most so many; gives how many are left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn compare_changed(&self, most: u32) -> Result<u64> {
        let waiting = || -> Result<u64> {
            let count: i64 = self.sql().query_row("SELECT count(*) FROM likeness_stale", [], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        };
        if waiting()? == 0 {
            return Ok(0);
        }
        self.write_again_possible(|| {
            let stale: Vec<(String, i64)> = self
                .sql()
                .prepare_cached("SELECT noun, row_id FROM likeness_stale LIMIT ?1")?
                .query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let mut old_partners: BTreeSet<(String, i64, i64)> = BTreeSet::new();
            for (noun, row) in &stale {
                for partner in self.forget_likeness(noun, *row)? {
                    old_partners.insert((noun.clone(), *row, partner));
                }
                self.enter_keys(noun, *row)?;
            }
            for (noun, row) in &stale {
                let mut partners = self.alike(noun, *row)?;
                partners.extend(
                    old_partners.iter().filter(|(n, r, _)| n == noun && r == row).map(|(_, _, partner)| *partner),
                );
                for partner in partners {
                    self.enter_candidate(noun, *row, partner)?;
                }
                self.sql()
                    .prepare_cached("DELETE FROM likeness_stale WHERE noun = ?1 AND row_id = ?2")?
                    .execute(params![noun, row])?;
            }
            Ok(())
        })?;
        waiting()
    }

    /// Takes away what was known of a card; gives the cards it was a candidate with.
    fn forget_likeness(&self, noun: &str, row: i64) -> Result<Vec<i64>> {
        self.sql()
            .prepare_cached("DELETE FROM likeness WHERE noun = ?1 AND row_id = ?2")?
            .execute(params![noun, row])?;
        let mut partners = Vec::new();
        for (mine, theirs) in [("low_id", "high_id"), ("high_id", "low_id")] {
            let sql = format!("DELETE FROM candidate WHERE noun = ?1 AND {mine} = ?2 RETURNING {theirs}");
            let mut statement = self.sql().prepare_cached(&sql)?;
            let found = statement.query_map(params![noun, row], |row| row.get(0))?;
            partners.extend(found.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        Ok(partners)
    }

    fn enter_keys(&self, noun: &str, row: i64) -> Result<()> {
        let keys = match noun {
            "company" => self.firm(row)?.map(|firm| keys_of_firm(&firm)),
            _ => self.person(row)?.map(|(person, _)| keys_of_person(&person)),
        };
        let mut insert = self
            .sql()
            .prepare_cached("INSERT OR IGNORE INTO likeness (noun, kind, key, row_id) VALUES (?1, ?2, ?3, ?4)")?;
        for (kind, key) in keys.into_iter().flatten() {
            insert.execute(params![noun, kind, key, row])?;
        }
        Ok(())
    }

    /// Cards that share a key with this one, and for a lead those in whose conversations they wrote.
    fn alike(&self, noun: &str, row: i64) -> Result<BTreeSet<i64>> {
        let mine: Vec<(String, String)> = self
            .sql()
            .prepare_cached("SELECT kind, key FROM likeness WHERE noun = ?1 AND row_id = ?2")?
            .query_map(params![noun, row], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut found = BTreeSet::new();
        let mut others = self.sql().prepare_cached(ALIKE)?;
        for (kind, key) in mine {
            let most = if kind == "name" { MOST_NAMESAKES } else { MOST_ALIKE };
            let sharing: Vec<i64> = others
                .query_map(params![noun, kind, key, most + 1], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            if i64::try_from(sharing.len()).unwrap_or(i64::MAX) <= most {
                found.extend(sharing.into_iter().filter(|other| *other != row));
            }
        }
        if noun == "contact" {
            found.extend(self.shared_conversations(row, None)?.into_iter().map(|(other, _)| other));
        }
        Ok(found)
    }

    fn enter_candidate(&self, noun: &str, row: i64, partner: i64) -> Result<()> {
        let (low, high) = (row.min(partner), row.max(partner));
        let judged = match noun {
            "company" => match (self.firm(low)?, self.firm(high)?) {
                (Some(one), Some(other)) => compare_firms(&one, &other),
                _ => None,
            },
            _ => self.judge_people(low, high)?,
        };
        let Some(judged) = judged else { return Ok(()) };
        let evidence: Vec<&str> = judged.evidence.iter().map(Text::as_str).collect();
        self.sql()
            .prepare_cached(
                "INSERT INTO candidate (noun, low_id, high_id, score, evidence) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (noun, low_id, high_id) DO UPDATE SET score = excluded.score, evidence = excluded.evidence",
            )?
            .execute(params![noun, low, high, judged.score, evidence.join("\n")])?;
        Ok(())
    }

    fn judge_people(&self, low: i64, high: i64) -> Result<Option<Judged>> {
        let (Some((one, one_is_lead)), Some((other, other_is_lead))) = (self.person(low)?, self.person(high)?) else {
            return Ok(None);
        };
        let mut judged = compare_people(&one, &other);
        let (lead, client) = if one_is_lead { (low, high) } else { (high, low) };
        if one_is_lead != other_is_lead
            && share_a_name(&one, &other)
            && let Some((_, subject)) = self.shared_conversations(lead, Some(client))?.into_iter().next()
        {
            let words = Text::from(format!("wrote in a conversation of theirs, “{subject}”, under a similar name"));
            let found = judged.get_or_insert(Judged { score: 0, evidence: Vec::new() });
            let more = if found.score > 50 { 4 } else { 0 };
            found.score = found.score.max(55).saturating_add(more).min(99);
            found.evidence.push(words);
        }
        Ok(judged)
    }

    /// Contacts in whose conversations a lead took part, with the subject; only those of `with` where it is named.
    fn shared_conversations(&self, lead: i64, with: Option<i64>) -> Result<Vec<(i64, Text)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT DISTINCT f.contact_id, t.subject FROM contact c CROSS JOIN contact_address a CROSS JOIN participant p CROSS JOIN message m
             CROSS JOIN filing f CROSS JOIN thread t
             WHERE c.id = :lead AND c.kind = 'lead' AND a.contact_id = c.id AND p.address = a.address AND m.id = p.message_id
               AND f.thread_id = m.thread_id AND f.superseded_at IS NULL AND f.contact_id <> :lead AND t.id = f.thread_id
               AND (:with IS NULL OR f.contact_id = :with) LIMIT 8",
        )?;
        let found = statement.query_map(named_params! { ":lead": lead, ":with": with }, |row| {
            Ok((row.get(0)?, text_at(row, "subject")?))
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What is compared of a person, and whether they are a lead; `None` where they are gone.
    fn person(&self, key: i64) -> Result<Option<(Person, bool)>> {
        let found = self
            .sql()
            .prepare_cached(&format!(
                "SELECT {NAME}, c.company_id, c.kind = 'lead' AS is_lead FROM contact c WHERE c.id = ?1"
            ))?
            .query_row([key], |row| {
                let company = row.get::<_, Option<i64>>("company_id")?.map(id::Company);
                Ok((Person { name: name_from(row)?, company, ..Person::default() }, row.get("is_lead")?))
            })
            .optional()?;
        let Some((mut person, is_lead)) = found else { return Ok(None) };
        person.addresses = self.addresses_of(id::Contact(key))?;
        person.phones = self.phones_of(id::Contact(key))?;
        Ok(Some((person, is_lead)))
    }

    fn firm(&self, key: i64) -> Result<Option<Firm>> {
        let found = self
            .sql()
            .prepare_cached("SELECT name, requisites FROM company WHERE id = ?1")?
            .query_row([key], |row| {
                Ok(Firm { name: text_at(row, "name")?, domains: Vec::new(), requisites: text_at(row, "requisites")? })
            })
            .optional()?;
        let Some(mut firm) = found else { return Ok(None) };
        firm.domains = self.domains_of(id::Company(key))?;
        Ok(Some(firm))
    }

    /// The likeliest duplicates, at most so many; those of one card where `of` names it. Pairs that I called different are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn duplicates(&self, of: Option<Whose>, most: u32) -> Result<Vec<Candidate>> {
        let found: Vec<(String, i64, i64, u8, String)> = match of {
            None => self
                .sql()
                .prepare_cached(QUEUE)?
                .query_map(named_params! { ":limit": most }, candidate_from)?
                .collect::<rusqlite::Result<_>>()?,
            Some(whose) => self
                .sql()
                .prepare_cached(QUEUE_OF_ONE)?
                .query_map(
                    named_params! { ":noun": if matches!(whose, Whose::Company(_)) { "company" } else { "contact" },
                    ":id": super::timeline::key_of(whose), ":limit": most },
                    candidate_from,
                )?
                .collect::<rusqlite::Result<_>>()?,
        };
        let mut candidates = Vec::new();
        for (noun, low, high, score, evidence) in found {
            let pair = self.kept_first(pair_of(&noun, low, high))?;
            let (one, other) = keys_of(pair);
            candidates.push(Candidate {
                pair,
                names: (
                    self.card_name(&noun, one)?.unwrap_or_default(),
                    self.card_name(&noun, other)?.unwrap_or_default(),
                ),
                places: (self.place_of_side(&noun, one)?, self.place_of_side(&noun, other)?),
                score,
                evidence: evidence.lines().map(Text::line).collect(),
            });
        }
        Ok(candidates)
    }

    /// The two with the one first that is kept: a contact before a lead, then the older card.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn kept_first(&self, pair: Pair) -> Result<Pair> {
        let Pair::Contacts(one, other) = pair else { return Ok(pair) };
        Ok(if self.is_lead(one)? && !self.is_lead(other)? { pair.turned() } else { pair })
    }

    fn place_of_side(&self, noun: &str, key: i64) -> Result<Text> {
        let found = match noun {
            "company" => self
                .sql()
                .prepare_cached("SELECT coalesce((SELECT domain FROM company_domain WHERE company_id = ?1 ORDER BY id LIMIT 1), '') AS place")?
                .query_row([key], |row| text_at(row, "place"))
                .optional()?,
            _ => self
                .sql()
                .prepare_cached(
                    "SELECT trim(coalesce((SELECT address FROM contact_address WHERE contact_id = c.id ORDER BY position, id LIMIT 1), '')
                         || coalesce(', ' || (SELECT name FROM company WHERE id = c.company_id), ''), ', ') AS place
                     FROM contact c WHERE c.id = ?1",
                )?
                .query_row([key], |row| text_at(row, "place"))
                .optional()?,
        };
        Ok(found.unwrap_or_default())
    }

    /// I looked: these are two, and are never proposed again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_different(&self, pair: Pair) -> Result<()> {
        let (low, high) = ordered(pair);
        self.sql()
            .prepare_cached("INSERT INTO different (noun, low_id, high_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![noun_of(pair), low, high])?;
        Ok(())
    }

    /// Where a card went that became one with another; `None` where it did not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn merged_into(&self, contact: id::Contact) -> Result<Option<id::Contact>> {
        let mut now = contact.0;
        // A card can go more than once; each step leads to another one.
        for _ in 0..20 {
            let next: Option<i64> = self
                .sql()
                .prepare_cached("SELECT into_id FROM merged WHERE noun = 'contact' AND gone_id = ?1")?
                .query_row([now], |row| row.get(0))
                .optional()?;
            match next {
                Some(next) => now = next,
                None => break,
            }
        }
        Ok((now != contact.0).then_some(id::Contact(now)))
    }

    /// Enters that a card went.
    pub(super) fn note_merged(&self, pair: Pair, at: Timestamp) -> Result<()> {
        let (keep, gone) = keys_of(pair);
        self.sql()
            .prepare_cached("INSERT INTO merged (noun, gone_id, into_id, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![noun_of(pair), gone, keep, ms(at)])?;
        Ok(())
    }
}

/// Given or family name sound alike.
fn share_a_name(one: &Person, other: &Person) -> bool {
    let sounds = |person: &Person| -> Vec<String> {
        let name = &person.name;
        let words = if name.given.is_empty() && name.family.is_empty() {
            name.display.as_str().split_whitespace().map(keys::sound).collect()
        } else {
            vec![keys::sound(name.given.as_str()), keys::sound(name.family.as_str())]
        };
        words.into_iter().filter(|word: &String| word.chars().count() > 2).collect()
    };
    let theirs = sounds(other);
    sounds(one).iter().any(|sound| theirs.contains(sound))
}

fn candidate_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, i64, i64, u8, String)> {
    Ok((row.get("noun")?, row.get("low_id")?, row.get("high_id")?, row.get("score")?, row.get("evidence")?))
}

const ALIKE: &str = "SELECT row_id FROM likeness WHERE noun = ?1 AND kind = ?2 AND key = ?3 LIMIT ?4";
const QUEUE: &str = "SELECT noun, low_id, high_id, score, evidence FROM candidate c
     WHERE NOT EXISTS (SELECT 1 FROM different d WHERE d.noun = c.noun AND d.low_id = c.low_id AND d.high_id = c.high_id)
     ORDER BY score DESC, id LIMIT :limit";
const QUEUE_OF_ONE: &str = "SELECT * FROM (
         SELECT noun, low_id, high_id, score, evidence FROM candidate WHERE noun = :noun AND low_id = :id
         UNION ALL SELECT noun, low_id, high_id, score, evidence FROM candidate WHERE noun = :noun AND high_id = :id) c
     WHERE NOT EXISTS (SELECT 1 FROM different d WHERE d.noun = c.noun AND d.low_id = c.low_id AND d.high_id = c.high_id)
     ORDER BY score DESC LIMIT :limit";

#[cfg(test)]
mod tests;
