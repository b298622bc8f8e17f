//! Which client some words name: people and companies by the begin of a word of their name, in whatever case it stands.

use super::contact::{NAME, name_from};
use super::{Store, optional_text_at, text_at};
use crate::domain::entry::Client;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use rusqlite::{OptionalExtension, params};

/// How many names are looked at more closely.
const LOOKED_AT: u32 = 200;
/// A word is cut to no fewer letters than this to find it in another case: `Иванову` → `Иванов`, `Kowalskiej` → `Kowalsk`.
const SHORTEST_STEM: usize = 3;
/// The endings of names have at most so many letters: `Markowi`.
const LONGEST_ENDING: usize = 4;

impl Store {
    /// Clients whose name the first of these words begin, those with most words of it first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find_clients(&self, words: &[String], limit: usize) -> Result<Vec<Client>> {
        let Some(first) = words.first() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for stem in stems(first) {
            found = self.people_called(stem)?;
            found.extend(self.companies_called(stem)?);
            if !found.is_empty() {
                break;
            }
        }
        for client in &mut found {
            client.words = words_of_name(words, client.name.as_str());
        }
        let rank = |client: &Client| {
            let exact = fold(client.name.as_str()).split(' ').any(|part| part == first);
            (std::cmp::Reverse(client.words), !exact, client.contact.is_some() && client.company.is_none())
        };
        found.sort_by_key(rank);
        found.truncate(limit);
        for client in &mut found {
            client.deal = self.only_open_deal(client)?;
        }
        Ok(found)
    }

    fn people_called(&self, stem: &str) -> Result<Vec<Client>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT c.id, c.company_id, {NAME}, co.name AS company FROM contact c LEFT JOIN company co ON co.id = c.company_id
             WHERE instr(' ' || c.folded, ' ' || ?1) ORDER BY c.kind, c.folded, c.id LIMIT ?2"
        ))?;
        let people = statement.query_map(params![stem, LOOKED_AT], |row| {
            Ok(Client {
                contact: Some(id::Contact(row.get("id")?)),
                company: row.get::<_, Option<i64>>("company_id")?.map(id::Company),
                name: name_from(row)?.full(),
                more: optional_text_at(row, "company")?.unwrap_or_default(),
                deal: None,
                words: 0,
            })
        })?;
        Ok(people.collect::<rusqlite::Result<_>>()?)
    }

    fn companies_called(&self, stem: &str) -> Result<Vec<Client>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id, name FROM company WHERE instr(' ' || folded, ' ' || ?1) ORDER BY folded, id LIMIT ?2",
        )?;
        let companies = statement.query_map(params![stem, LOOKED_AT], |row| {
            Ok(Client {
                contact: None,
                company: Some(id::Company(row.get("id")?)),
                name: text_at(row, "name")?,
                more: Text::own("company"),
                deal: None,
                words: 0,
            })
        })?;
        Ok(companies.collect::<rusqlite::Result<_>>()?)
    }

    /// The client that a person, a company or a deal stands for, under their name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn client_of(
        &self,
        contact: Option<id::Contact>,
        company: Option<id::Company>,
        deal: Option<id::Deal>,
    ) -> Result<Client> {
        let of_deal: Option<(Option<i64>, Option<i64>, Text)> = self
            .sql()
            .prepare_cached("SELECT contact_id, company_id, title FROM deal WHERE id = ?1")?
            .query_row([deal.map(|deal| deal.0)], |row| Ok((row.get(0)?, row.get(1)?, text_at(row, "title")?)))
            .optional()?;
        let (deal_contact, deal_company) =
            of_deal.as_ref().map_or((None, None), |(contact, company, _)| (*contact, *company));
        let (contact, company) = match (contact, company) {
            (None, None) => (deal_contact.map(id::Contact), deal_company.map(id::Company)),
            given => given,
        };
        let mut names = self.sql().prepare_cached(&format!(
            "SELECT {NAME}, co.name AS company FROM contact c LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ?1"
        ))?;
        let person = names
            .query_row([contact.map(|contact| contact.0)], |row| {
                Ok((name_from(row)?.full(), optional_text_at(row, "company")?.unwrap_or_default()))
            })
            .optional()?;
        let (name, more) = match person {
            Some(person) => person,
            None => {
                let mut named = self.sql().prepare_cached("SELECT name FROM company WHERE id = ?1")?;
                let name =
                    named.query_row([company.map(|company| company.0)], |row| text_at(row, "name")).optional()?;
                (name.unwrap_or_default(), Text::default())
            }
        };
        let mut client = Client { contact, company, name, more, deal: None, words: 0 };
        client.deal = match (deal, of_deal) {
            (Some(deal), Some((.., title))) => Some((deal, title)),
            _ if contact.is_some() || company.is_some() => self.only_open_deal(&client)?,
            _ => None,
        };
        Ok(client)
    }

    /// Where a client has exactly one open deal, an activity with them is about it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn only_open_deal(&self, client: &Client) -> Result<Option<(id::Deal, Text)>> {
        let column = if client.contact.is_some() { "contact_id" } else { "company_id" };
        let key = client.contact.map(|contact| contact.0).or(client.company.map(|company| company.0));
        let sql = format!("SELECT id, title FROM deal WHERE {column} = ?1 AND state = 'open' LIMIT 2");
        let mut statement = self.sql().prepare_cached(&sql)?;
        let deals: Vec<_> = statement
            .query_map([key], |row| Ok((id::Deal(row.get(0)?), text_at(row, "title")?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(if deals.len() == 1 { deals.into_iter().next() } else { None })
    }

    /// Whose phone number this is, however it is written: the last nine digits decide, as between `+48 22 …` and `022 …`.
    /// `None` when it is nobody's, or several people's.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_by_phone(&self, phone: &str) -> Result<Option<id::Contact>> {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let tail = digits.len().saturating_sub(9);
        let Some(last) = digits.get(tail..).filter(|last| last.len() >= 5) else { return Ok(None) };
        let mut statement = self.sql().prepare_cached(PHONE)?;
        let found: Vec<i64> = statement.query_map([last], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(match found.as_slice() {
            [only] => Some(id::Contact(*only)),
            _ => None,
        })
    }

    /// A company by its name, without regard to case and accents, or by its number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_written(&self, written: &str) -> Result<Option<id::Company>> {
        let sql = "SELECT id FROM company WHERE id = ?1 OR folded = ?2 ORDER BY id <> coalesce(?1, -1), id LIMIT 1";
        let found: Option<i64> = self
            .sql()
            .prepare_cached(sql)?
            .query_row(params![written.trim().parse::<i64>().ok(), fold(written.trim())], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Company))
    }
}

const PHONE: &str = "SELECT DISTINCT contact_id FROM contact_phone WHERE substr(digits, -9) = ?1 LIMIT 2";

/// The word, and what is left of it without an ending.
fn stems(word: &str) -> impl Iterator<Item = &str> {
    let letters = word.chars().count();
    let longest = LONGEST_ENDING.min(letters.saturating_sub(SHORTEST_STEM));
    (0..=longest).filter_map(move |cut| {
        let end = word.char_indices().nth(letters - cut).map_or(word.len(), |(end, _)| end);
        word.get(..end).filter(|stem| !stem.is_empty())
    })
}

/// How many of the words, one after the other, stand in the name.
fn words_of_name(words: &[String], name: &str) -> usize {
    let name = fold(name);
    let parts: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|part| !part.is_empty()).collect();
    let is_part = |word: &String| {
        stems(word).any(|stem| {
            // One letter may begin any name; only the first word is typed on.
            stem.chars().count() >= 2 && parts.iter().any(|part| part.starts_with(stem))
        })
    };
    words.iter().skip(1).take_while(|word| is_part(word)).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, person, sale};
    use crate::store::company::NewCompany;
    use crate::store::contact::NewContact;

    #[test]
    fn a_client_is_found_by_words_in_any_case() {
        let shop = Shop::open();
        let acme = NewCompany { name: Text::own("Acme sp. z o.o."), ..NewCompany::default() };
        let acme = shop.store.add_company(&acme).unwrap();
        let anna =
            shop.store.add_contact(&NewContact { company: Some(acme), ..person("Anna", "Kowalska", &[]) }).unwrap();
        shop.store.add_contact(&person("Иван", "Иванов", &[])).unwrap();
        shop.store.add_contact(&person("Anna", "Nowak", &[])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), Some(acme))).unwrap();
        let find = |typed: &str| {
            let words: Vec<String> = typed.split(' ').map(fold).collect();
            let found = shop.store.find_clients(&words, 9).unwrap();
            found.iter().map(|client| format!("{} {}", client.name, client.words)).collect::<Vec<_>>().join(", ")
        };
        for (typed, expected) in [
            ("acm", "Acme sp. z o.o. 1"),
            ("Acme wants offer", "Acme sp. z o.o. 1"),
            ("anna nowak will call", "Anna Nowak 2, Anna Kowalska 1"),
            ("Kowalskiej chce", "Anna Kowalska 1"),
            ("kow", "Anna Kowalska 1"),
            ("Иванову просит", "Иван Иванов 1"),
            ("Иванови", "Иван Иванов 1"),
            ("nobody", ""),
        ] {
            assert_eq!(find(typed), expected, "{typed}");
        }
        let found = shop.store.find_clients(&["kowalska".to_owned()], 9).unwrap();
        assert_eq!(found[0].deal, Some((deal, Text::own("Desks"))));
        shop.store.add_deal(&sale("Lamps", Some(anna), Some(acme))).unwrap();
        assert_eq!(
            shop.store.find_clients(&["kowalska".to_owned()], 9).unwrap()[0].deal,
            None,
            "which one is not guessed"
        );
        assert_eq!(shop.store.company_written("ACME sp. z o.o.").unwrap(), Some(acme));
        assert_eq!(shop.store.company_written(&acme.to_string()).unwrap(), Some(acme));
    }

    #[test]
    fn a_phone_is_the_same_however_it_is_written() {
        let shop = Shop::open();
        let anna = NewContact { phones: vec!["+48 (22) 123-45-67".into()], ..person("Anna", "Nowak", &[]) };
        let anna = shop.store.add_contact(&anna).unwrap();
        for (phone, whose) in [
            ("+48221234567", Some(anna)),
            ("0048 22 123 45 67", Some(anna)),
            ("022/1234567", Some(anna)),
            ("22 123 45 68", None),
            ("67", None),
            ("", None),
        ] {
            assert_eq!(shop.store.contact_by_phone(phone).unwrap(), whose, "{phone}");
        }
        let jan = NewContact { phones: vec!["22 123 45 67".into()], ..person("Jan", "Nowak", &[]) };
        shop.store.add_contact(&jan).unwrap();
        assert_eq!(shop.store.contact_by_phone("22 1234567").unwrap(), None, "two have it");
        let plan = shop.plan(PHONE);
        assert!(plan.contains("USING INDEX contact_phone_digits"), "{plan}");
    }
}
