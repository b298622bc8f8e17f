//! Lists of clients: narrowed to words, tags, an owner, those I watch; by name or by last contact. Paged by key.

use super::{Store, ms};
use crate::domain::client_filter::{ClientFilter, Order};
use crate::domain::company::CompanyRow;
use crate::domain::contact::{ContactRow, Kind, Role, Whose};
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use crate::domain::thread::PageKey;
use jiff::{Timestamp, Zoned};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Rows, ToSql};
use std::collections::HashSet;

/// A filter with what the store has to say to it, ready to be put into a query.
struct Narrowed {
    /// Conditions on the row `c`, each with AND before it.
    conditions: String,
    /// The index that has only such rows.
    index: Option<&'static str>,
    values: Vec<(&'static str, Value)>,
}

impl Narrowed {
    fn parameters<'a>(&'a self, more: &[(&'a str, &'a dyn ToSql)]) -> Vec<(&'a str, &'a dyn ToSql)> {
        let own = self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql));
        own.chain(more.iter().copied()).collect()
    }

    fn from(&self) -> String {
        self.index.map_or_else(String::new, |index| format!("INDEXED BY {index}"))
    }
}

impl Store {
    /// A page of people, narrowed and ordered, after the person `after` ends ([`Store::people_end`]).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people(
        &self,
        kind: Kind,
        filter: &ClientFilter,
        order: Order,
        after: Option<PageKey>,
        limit: u32,
        now: &Zoned,
    ) -> Result<Vec<ContactRow>> {
        let narrowed = self.narrowed_people(kind, filter)?;
        let found = match order {
            Order::Name => self.people_by_name(&narrowed, after.map(|page| id::Contact(page.id)), limit)?,
            Order::LastContact => self.people_by_last(&narrowed, after, limit)?,
        };
        found.into_iter().filter_map(|contact| self.contact_row(id::Contact(contact), now).transpose()).collect()
    }

    /// A page of companies by name, narrowed, after the company `after`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn companies_narrowed(
        &self,
        filter: &ClientFilter,
        after: Option<id::Company>,
        limit: u32,
    ) -> Result<Vec<CompanyRow>> {
        let mut narrowed = self.narrowed("company", filter)?;
        if !filter.words.is_empty() {
            narrowed.conditions.push_str(
                " AND (instr(c.folded, :words) OR EXISTS (SELECT 1 FROM company_domain d WHERE d.company_id = c.id AND instr(d.domain, :words)))",
            );
            narrowed.values.push((":words", Value::from(filter.words.clone())));
        }
        let Some((folded, key)) = self.place_of("company", after.map(|company| company.0))? else {
            return Ok(Vec::new());
        };
        let sql = by_name_sql("company", &narrowed);
        let found =
            self.keys(&sql, &narrowed.parameters(&[(":folded", &folded), (":key", &key), (":limit", &limit)]))?;
        found.into_iter().filter_map(|company| self.company_row(id::Company(company)).transpose()).collect()
    }

    /// Where the page after this row begins.
    #[must_use]
    pub fn people_end(row: &ContactRow) -> PageKey {
        PageKey { at: row.last_at.unwrap_or(Timestamp::UNIX_EPOCH), id: row.id.0 }
    }

    fn narrowed_people(&self, kind: Kind, filter: &ClientFilter) -> Result<Narrowed> {
        let mut narrowed = self.narrowed("contact", filter)?;
        narrowed.conditions.push_str(" AND c.kind = :kind");
        narrowed.values.push((":kind", Value::from(kind.word().to_owned())));
        if let Some(role) = filter.role {
            narrowed.conditions.push_str(" AND c.role = :role");
            narrowed.values.push((":role", Value::from(Role::word(role).to_owned())));
        }
        if !filter.words.is_empty() {
            narrowed.conditions.push_str(
                " AND (instr(c.folded, :words)
                  OR EXISTS (SELECT 1 FROM contact_address a WHERE a.contact_id = c.id AND instr(a.address, :words))
                  OR EXISTS (SELECT 1 FROM company co WHERE co.id = c.company_id AND instr(co.folded, :words)))",
            );
            narrowed.values.push((":words", Value::from(filter.words.clone())));
        }
        Ok(narrowed)
    }

    /// What people and companies have in common. `narrowed.index`: people alone are many enough for one.
    fn narrowed(&self, table: &'static str, filter: &ClientFilter) -> Result<Narrowed> {
        const TAGS: [&str; 4] = [":tags0", ":tags1", ":tags2", ":tags3"];
        let mut narrowed = Narrowed { conditions: String::new(), index: None, values: Vec::new() };
        if let Some(owner) = &filter.owner {
            let owners = if owner.is_empty() { vec![String::new()] } else { self.spellings(table, "owner", owner)? };
            narrowed.conditions.push_str(" AND c.owner IN (SELECT value FROM json_each(:owners))");
            narrowed.values.push((":owners", json(&owners)));
            if !owner.is_empty() {
                narrowed.conditions.push_str(" AND c.owner <> ''");
                narrowed.index = Some("contact_owned");
            }
        }
        for (name, tag) in TAGS.into_iter().zip(&filter.tags) {
            narrowed.conditions.push_str(&format!(
                " AND c.tags <> '' AND EXISTS (SELECT 1 FROM json_each({name}) j WHERE instr(char(10) || c.tags || char(10), char(10) || j.value || char(10)))"
            ));
            narrowed.values.push((name, json(&self.spellings(table, "tags", tag)?)));
            narrowed.index = Some("contact_tagged");
        }
        if filter.watched {
            narrowed.conditions.push_str(" AND c.watched = 1");
            narrowed.index = Some("contact_watched");
        }
        narrowed.index = narrowed.index.filter(|_| table == "contact");
        Ok(narrowed)
    }

    /// How the words of a column that begin as `wanted` are written on cards.
    fn spellings(&self, table: &'static str, column: &'static str, wanted: &Text) -> Result<Vec<String>> {
        let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''");
        let mut statement = self.sql().prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let (wanted, mut found) = (fold(wanted.as_str()), Vec::new());
        while let Some(row) = rows.next()? {
            for word in row.get_ref(0)?.as_str().unwrap_or_default().lines() {
                if fold(word).starts_with(&wanted) && !found.iter().any(|known| known == word) {
                    found.push(word.to_owned());
                }
            }
        }
        Ok(found)
    }

    /// The place of a row in the order of names; `None` when it was undone since.
    fn place_of(&self, table: &'static str, key: Option<i64>) -> Result<Option<(String, i64)>> {
        let Some(key) = key else { return Ok(Some((String::new(), i64::MIN))) };
        let sql = format!("SELECT folded, id FROM {table} WHERE id = ?1");
        Ok(self.sql().prepare_cached(&sql)?.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    fn keys(&self, sql: &str, parameters: &[(&str, &dyn ToSql)]) -> Result<Vec<i64>> {
        let mut statement = self.sql().prepare_cached(sql)?;
        Ok(statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    fn people_by_name(&self, narrowed: &Narrowed, after: Option<id::Contact>, limit: u32) -> Result<Vec<i64>> {
        let Some((folded, key)) = self.place_of("contact", after.map(|contact| contact.0))? else {
            return Ok(Vec::new());
        };
        let sql = by_name_sql("contact", narrowed);
        self.keys(&sql, &narrowed.parameters(&[(":folded", &folded), (":key", &key), (":limit", &limit)]))
    }

    /// Where they are few, each is asked when something last happened.
    fn few_by_last(&self, narrowed: &Narrowed, after: Option<PageKey>, limit: usize) -> Result<Option<Vec<i64>>> {
        let most = i64::try_from(FEW + 1).unwrap_or(i64::MAX);
        let keys = self.keys(&few_sql(narrowed), &narrowed.parameters(&[(":limit", &most)]))?;
        if keys.len() > FEW {
            return Ok(None);
        }
        let mut found = Vec::with_capacity(keys.len());
        for contact in keys {
            found.push((self.last_at(Whose::Contact(id::Contact(contact)))?.map_or(0, ms), contact));
        }
        if let Some(after) = after {
            found.retain(|place| *place < (ms(after.at), after.id));
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.truncate(limit);
        Ok(Some(found.into_iter().map(|(_, contact)| contact).collect()))
    }

    /// Walks letters and activities from the newest on until the page is full: who was in contact last is found without asking everybody.
    /// Those with whom nothing ever happened come last.
    fn people_by_last(&self, narrowed: &Narrowed, after: Option<PageKey>, limit: u32) -> Result<Vec<i64>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if let Some(few) = self.few_by_last(narrowed, after, limit)? {
            return Ok(few);
        }
        let mut found: Vec<(i64, i64)> = Vec::new();
        let begins = after.map_or(i64::MAX, |page| ms(page.at));
        let last_key = after.map_or(i64::MAX, |page| page.id);
        if begins > 0 {
            let fits_sql = format!("SELECT 1 FROM contact c WHERE c.id = :id {}", narrowed.conditions);
            let mut fits = self.sql().prepare_cached(&fits_sql)?;
            let (mut letters, mut activities) =
                (self.sql().prepare_cached(LETTERS)?, self.sql().prepare_cached(ACTIVITIES)?);
            let (mut letters, mut activities) = (letters.query([begins])?, activities.query([begins])?);
            let (mut letter, mut activity) = (next(&mut letters)?, next(&mut activities)?);
            let mut seen: HashSet<i64> = HashSet::new();
            loop {
                let newer = match (letter, activity) {
                    (Some(one), Some(other)) if one.1 >= other.1 => std::mem::replace(&mut letter, next(&mut letters)?),
                    (Some(_), None) => std::mem::replace(&mut letter, next(&mut letters)?),
                    (_, Some(_)) => std::mem::replace(&mut activity, next(&mut activities)?),
                    (None, None) => None,
                };
                let Some((contact, at)) = newer else { break };
                // The page is full, and nobody else is in contact since the same moment.
                if found.len() >= limit && found.last().is_some_and(|(last, _)| *last != at) {
                    break;
                }
                if !seen.insert(contact) || !fits.exists(narrowed.parameters(&[(":id", &contact)]).as_slice())? {
                    continue;
                }
                let last_at = self.last_at(Whose::Contact(id::Contact(contact)))?.map_or(at, ms);
                if last_at < begins || (last_at == begins && contact < last_key) || after.is_none() {
                    found.push((last_at, contact));
                }
            }
            found.sort_unstable_by(|one, other| other.cmp(one));
            found.truncate(limit);
        }
        let mut keys: Vec<i64> = found.into_iter().map(|(_, contact)| contact).collect();
        if keys.len() < limit {
            let from = if begins > 0 { i64::MAX } else { last_key };
            let left = i64::try_from(limit - keys.len()).unwrap_or(i64::MAX);
            let sql = format!("{NEVER} {} ORDER BY c.id DESC LIMIT :limit", narrowed.conditions);
            keys.extend(self.keys(&sql, &narrowed.parameters(&[(":key", &from), (":limit", &left)]))?);
        }
        Ok(keys)
    }
}

/// So many people are asked one by one when something last happened. Of more, enough are met soon on the way through the newest letters.
const FEW: usize = if cfg!(test) { 2 } else { 2000 };

fn few_sql(narrowed: &Narrowed) -> String {
    format!("SELECT c.id FROM contact c {} WHERE 1 {} LIMIT :limit", narrowed.from(), narrowed.conditions)
}

const LETTERS: &str = "SELECT f.contact_id, m.date FROM message m CROSS JOIN filing f
    WHERE m.date <= ?1 AND m.place = 'live' AND f.thread_id = m.thread_id AND f.superseded_at IS NULL AND f.contact_id IS NOT NULL
    ORDER BY m.date DESC";
const ACTIVITIES: &str =
    "SELECT contact_id, done_at FROM activity WHERE done_at IS NOT NULL AND done_at <= ?1 AND contact_id IS NOT NULL
    ORDER BY done_at DESC";
const NEVER: &str = "SELECT c.id FROM contact c WHERE c.id < :key
    AND NOT EXISTS (SELECT 1 FROM filing f CROSS JOIN message m WHERE f.contact_id = c.id AND f.superseded_at IS NULL
                    AND m.thread_id = f.thread_id AND m.place = 'live')
    AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.contact_id = c.id AND a.done_at IS NOT NULL)";

fn next(rows: &mut Rows<'_>) -> Result<Option<(i64, i64)>> {
    Ok(match rows.next()? {
        Some(row) => Some((row.get(0)?, row.get(1)?)),
        None => None,
    })
}

/// Walks the index of the order and stops at the page's end.
fn by_name_sql(table: &'static str, narrowed: &Narrowed) -> String {
    format!(
        "SELECT c.id FROM {table} c {} WHERE (c.folded, c.id) > (:folded, :key) {} ORDER BY c.folded, c.id LIMIT :limit",
        narrowed.from(),
        narrowed.conditions
    )
}

fn json(words: &[String]) -> Value {
    Value::from(serde_json::Value::from(words.to_vec()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::{Activity, Kind as Doing};
    use crate::store::cards_fixture::{Shop, at, now, person};
    use crate::store::{NewCompany, NewContact};

    fn names(shop: &Shop, typed: &str, order: Order, size: u32) -> Vec<String> {
        let filter = ClientFilter::parse(typed);
        let mut rows: Vec<ContactRow> = Vec::new();
        loop {
            let after = rows.last().map(Store::people_end);
            let page = shop.store.people(Kind::Contact, &filter, order, after, size, &now()).unwrap();
            if page.is_empty() {
                return rows.iter().map(|row| row.name.full().to_string()).collect();
            }
            rows.extend(page);
        }
    }

    fn world() -> Shop {
        let shop = Shop::open();
        for (name, tags, owner) in [
            ("Ada", "vip\nNorth", ""),
            ("Bob", "VIPs", "Ola Nowak"),
            ("Cid", "south", "ola"),
            ("Dan", "", ""),
            ("Eve", "", ""),
        ] {
            let tags = tags.lines().map(Text::line).collect();
            let contact = shop.store.add_contact(&NewContact { tags, ..person(name, "", &[]) }).unwrap();
            shop.store.set_owner(Whose::Contact(contact), &Text::line(owner)).unwrap();
        }
        shop.store.set_watched(Whose::Contact(id::Contact(4)), true).unwrap();
        shop
    }

    #[test]
    fn a_list_is_narrowed_by_signs_and_words() {
        let shop = world();
        for (typed, found) in [
            ("", vec!["Ada", "Bob", "Cid", "Dan", "Eve"]),
            ("#vip", vec!["Ada", "Bob"]),
            ("#vip #north", vec!["Ada"]),
            ("#nothing", vec![]),
            ("@ola", vec!["Bob", "Cid"]),
            ("@ola #south", vec!["Cid"]),
            ("@me", vec!["Ada", "Dan", "Eve"]),
            ("is:watched", vec!["Dan"]),
            ("is:supplier", vec![]),
            ("#vip bo", vec!["Bob"]),
        ] {
            for size in [1, 2, 50] {
                assert_eq!(names(&shop, typed, Order::Name, size), found, "{typed} by {size}");
            }
        }
    }

    #[test]
    fn who_was_in_contact_last_comes_first() {
        let shop = world();
        for (contact, date) in [(1, "2026-11-10"), (2, "2026-11-12"), (3, "2026-11-12"), (1, "2026-11-11")] {
            let thread = shop.thread("offer", Some(id::Contact(contact)), None, None);
            shop.letter(thread, &format!("{date}T08:00:00Z"), "inbound");
        }
        let call = Activity {
            contact: Some(id::Contact(4)),
            done_at: Some(at("2026-11-11T12:00:00Z")),
            ..Activity::new(Doing::Call, Text::own("talked"))
        };
        shop.store.add_activity(&call).unwrap();
        for size in [1, 2, 3, 50] {
            assert_eq!(names(&shop, "", Order::LastContact, size), ["Cid", "Bob", "Dan", "Ada", "Eve"], "by {size}");
            assert_eq!(names(&shop, "#vip", Order::LastContact, size), ["Bob", "Ada"], "by {size}");
        }
    }

    #[test]
    fn companies_are_narrowed_too() {
        let shop = Shop::open();
        let new = |name: &'static str| NewCompany { name: Text::own(name), ..NewCompany::default() };
        let acme = shop.store.add_company(&new("Acme")).unwrap();
        shop.store.add_company(&new("Beta")).unwrap();
        shop.store.set_tags(Whose::Company(acme), &[Text::own("vip")]).unwrap();
        let found = |typed: &str| -> Vec<String> {
            let rows = shop.store.companies_narrowed(&ClientFilter::parse(typed), None, 9).unwrap();
            rows.into_iter().map(|row| row.name.to_string()).collect()
        };
        assert_eq!(
            (found("#vip"), found("b"), found("")),
            (vec!["Acme".into()], vec!["Beta".into()], vec!["Acme".into(), "Beta".into()])
        );
    }

    #[test]
    fn they_read_by_index() {
        let shop = world();
        for (typed, index) in [
            ("", "contact_kind (kind=? AND folded>?)"),
            ("is:watched", "contact_watched (folded>?)"),
            ("#vip", "contact_tagged (folded>?)"),
            ("@ola", "contact_owned (folded>?)"),
        ] {
            let narrowed = shop.store.narrowed_people(Kind::Contact, &ClientFilter::parse(typed)).unwrap();
            let plan = shop.plan(&by_name_sql("contact", &narrowed));
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{typed}: {plan}");
        }
        for (typed, index) in
            [("is:watched", "contact_watched"), ("#vip", "contact_tagged"), ("x", "contact_kind (kind=?)")]
        {
            let narrowed = shop.store.narrowed_people(Kind::Lead, &ClientFilter::parse(typed)).unwrap();
            let plan = shop.plan(&few_sql(&narrowed));
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{typed}: {plan}");
        }
        let plan = shop.plan(LETTERS);
        assert!(plan.contains("message_date (date<?)") && !plan.contains("TEMP B-TREE"), "{plan}");
        let plan = shop.plan(ACTIVITIES);
        assert!(plan.contains("activity_done") && !plan.contains("TEMP B-TREE"), "{plan}");
        assert!(!shop.plan(NEVER).contains("SCAN m"), "{}", shop.plan(NEVER));
    }
}
