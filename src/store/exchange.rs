//! Cards as rows of a table: for lists that leave, and to see what a list that comes in would change.

use super::Store;
use crate::domain::card::Fact;
use crate::domain::contact::Whose;
use crate::domain::exchange::Column;
use crate::domain::field::Noun;
use crate::domain::id;
use crate::domain::money::Money;
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// One part of a transaction: when it fails, only what it did is taken back.
    ///
    /// # Errors
    /// Whatever `work` gives.
    pub fn part<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.write(|| {
            self.sql().execute_batch("SAVEPOINT part")?;
            let outcome = work();
            self.sql().execute_batch(if outcome.is_ok() {
                "RELEASE part"
            } else {
                "ROLLBACK TO part; RELEASE part"
            })?;
            outcome
        })
    }

    /// Keys of cards of a kind in the order they were entered, page by page.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn card_keys(&self, noun: Noun, after: i64, limit: u32) -> Result<Vec<Whose>> {
        let sql = format!("SELECT id FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2", noun.word());
        let mut statement = self.sql().prepare_cached(&sql)?;
        let keys: Vec<i64> =
            statement.query_map(params![after, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(keys
            .into_iter()
            .map(|key| match noun {
                Noun::Contact => Whose::Contact(id::Contact(key)),
                Noun::Company => Whose::Company(id::Company(key)),
                Noun::Deal => Whose::Deal(id::Deal(key)),
            })
            .collect())
    }

    /// Everything on a card that a table can hold; what is empty is left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn card_as_row(&self, whose: Whose) -> Result<Vec<(Column, String)>> {
        let mut values = match whose {
            Whose::Contact(contact) => self.person_as_row(contact)?,
            Whose::Company(company) => self.company_as_row(company)?,
            Whose::Deal(deal) => self.deal_as_row(deal)?,
        };
        let common = self.common_of(whose)?;
        let mut put = |fact: Fact, value: String| values.push((Column::Fact(fact), value));
        put(Fact::Tags, common.tags.iter().map(Text::as_str).collect::<Vec<_>>().join("\n"));
        put(Fact::Owner, common.owner.into());
        put(Fact::Watched, if common.watched { "yes".to_owned() } else { String::new() });
        put(Fact::Note, common.note.into());
        for (name, value) in common.fields {
            put(Fact::Own(name), value.into());
        }
        values.retain(|(_, value)| !value.is_empty());
        Ok(values)
    }

    fn person_as_row(&self, contact: id::Contact) -> Result<Vec<(Column, String)>> {
        let facts = [
            Fact::Display,
            Fact::Given,
            Fact::Patronymic,
            Fact::Family,
            Fact::Position,
            Fact::Role,
            Fact::Language,
            Fact::Birthday,
        ];
        let mut statement = self.sql().prepare_cached(
            "SELECT c.display, c.given, c.patronymic, c.family, c.position, c.role, c.language, coalesce(c.birthday, ''), c.kind, coalesce(co.name, '')
             FROM contact c LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ?1",
        )?;
        let row = statement
            .query_row([contact.0], |row| {
                let mut values: Vec<(Column, String)> = Vec::new();
                for (place, fact) in facts.into_iter().enumerate() {
                    values.push((Column::Fact(fact), row.get(place)?));
                }
                values.push((Column::Kind, row.get(8)?));
                values.push((Column::Fact(Fact::Company), row.get(9)?));
                Ok(values)
            })
            .optional()?;
        let mut values = row.unwrap_or_default();
        let (addresses, phones, _) = self.contact_details(contact)?;
        let addresses: Vec<&str> = addresses.iter().map(crate::domain::address::Address::as_str).collect();
        values.push((Column::Fact(Fact::Addresses), addresses.join("\n")));
        values.push((Column::Fact(Fact::Phones), phones.iter().map(Text::as_str).collect::<Vec<_>>().join("\n")));
        Ok(values)
    }

    fn company_as_row(&self, company: id::Company) -> Result<Vec<(Column, String)>> {
        let row = self
            .sql()
            .prepare_cached("SELECT name, requisites FROM company WHERE id = ?1")?
            .query_row([company.0], |row| {
                Ok(vec![(Column::Fact(Fact::Name), row.get(0)?), (Column::Fact(Fact::Requisites), row.get(1)?)])
            })
            .optional()?;
        let mut values: Vec<(Column, String)> = row.unwrap_or_default();
        let mut statement =
            self.sql().prepare_cached("SELECT domain FROM company_domain WHERE company_id = ?1 ORDER BY id")?;
        let domains: Vec<String> =
            statement.query_map([company.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        values.push((Column::Fact(Fact::Domains), domains.join("\n")));
        Ok(values)
    }

    fn deal_as_row(&self, deal: id::Deal) -> Result<Vec<(Column, String)>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT d.title, coalesce(co.name, ''), coalesce((SELECT address FROM contact_address a WHERE a.contact_id = c.id ORDER BY position LIMIT 1),
                        nullif(trim(c.given || ' ' || c.family), ''), c.display, ''),
                    d.amount_minor, d.currency, coalesce(d.expected_close, ''), d.pipeline, d.stage, d.state
             FROM deal d LEFT JOIN company co ON co.id = d.company_id LEFT JOIN contact c ON c.id = d.contact_id WHERE d.id = ?1",
        )?;
        let row = statement
            .query_row([deal.0], |row| {
                let amount = Money { minor: row.get(3)?, currency: row.get(4)? };
                Ok(vec![
                    (Column::Fact(Fact::Title), row.get(0)?),
                    (Column::Fact(Fact::Company), row.get(1)?),
                    (Column::Fact(Fact::Contact), row.get(2)?),
                    (Column::Fact(Fact::Amount), amount.plain()),
                    (Column::Currency, amount.currency.clone()),
                    (Column::Fact(Fact::Close), row.get(5)?),
                    (Column::Pipeline, row.get(6)?),
                    (Column::Stage, row.get(7)?),
                    (Column::State, row.get(8)?),
                ])
            })
            .optional()?;
        Ok(row.unwrap_or_default())
    }

    /// A person of exactly this name, without regard to case and accents, at a company or at none; the eldest where there are several.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn person_called(&self, name: &str, company: Option<id::Company>) -> Result<Option<id::Contact>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT id FROM contact WHERE folded = ?1 AND company_id IS ?2 ORDER BY id LIMIT 1")?;
        let found =
            statement.query_row(params![fold(name), company.map(|company| company.0)], |row| row.get(0)).optional()?;
        Ok(found.map(id::Contact))
    }

    /// An open deal of this title with this company or person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deal_titled(
        &self,
        title: &str,
        company: Option<id::Company>,
        contact: Option<id::Contact>,
    ) -> Result<Option<id::Deal>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT id FROM deal WHERE (company_id = ?2 OR contact_id = ?3) AND title = ?1 ORDER BY id LIMIT 1",
        )?;
        let found = statement
            .query_row(params![title, company.map(|c| c.0), contact.map(|c| c.0)], |row| row.get(0))
            .optional()?;
        Ok(found.map(id::Deal))
    }
}
