//! People whom a client's letters name and who are on no card: offered for one, never entered by themselves.

use super::{Store, text_at};
use crate::domain::address::{Address, is_free_mail};
use crate::domain::contact::Whose;
use crate::domain::filing::Stranger;
use crate::domain::id;
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::{Row, params};

/// Mentions of a domain that a card looks through, the newest first, and people it offers.
const MENTIONS: u32 = 500;
const MOST: usize = 10;

/// The newest mentions of a domain in letters of people.
const AT_DOMAIN: &str = "SELECT p.address, p.name, p.message_id, m.subject
     FROM (SELECT address, name, message_id, field FROM participant
           WHERE substr(address, instr(address, '@') + 1) = ?1 ORDER BY message_id DESC LIMIT ?2) p
     JOIN message m ON m.id = p.message_id
     WHERE p.field IN ('from', 'to', 'cc') AND m.place = 'live' AND m.nature = 'human' AND m.ignored = 0
     ORDER BY p.message_id DESC";

/// The people of a conversation, writers first.
const IN_THREAD: &str = "SELECT p.address, p.name, m.id AS message_id, m.subject, p.field <> 'from' AS named
     FROM message m JOIN participant p ON p.message_id = m.id
     WHERE m.thread_id = ?1 AND m.place = 'live' AND m.nature = 'human' AND m.ignored = 0 AND m.origin = ''
       AND (p.field IN ('to', 'cc') OR p.field = 'from' AND m.human_in = 1)
     ORDER BY named, m.date DESC, p.field, p.position LIMIT 300";

fn stranger(row: &Row<'_>) -> rusqlite::Result<Option<Stranger>> {
    let Some(address) = Address::parse(row.get_ref("address")?.as_str()?) else { return Ok(None) };
    Ok(Some(Stranger {
        address,
        name: text_at(row, "name")?,
        letter: id::Message(row.get("message_id")?),
        subject: text_at(row, "subject")?,
    }))
}

impl Store {
    /// People of a client's conversation who are on no card: whoever wrote in it, and of those it only names whoever is at the client's
    /// company.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people_on_no_card(&self, thread: id::Thread) -> Result<Vec<Stranger>> {
        let company = self.filing(thread)?.and_then(|filed| filed.place.company);
        let domains = company.map(|company| self.domains_to_know(company)).transpose()?.unwrap_or_default();
        let mut statement = self.sql().prepare_cached(IN_THREAD)?;
        let rows: Vec<(Option<Stranger>, bool)> = statement
            .query_map([thread.0], |row| Ok((stranger(row)?, row.get("named")?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut people = Vec::new();
        for (found, named) in rows {
            let Some(found) = found else { continue };
            if !named || domains.iter().any(|domain| domain.as_str() == found.address.domain()) {
                self.add_stranger(&mut people, found)?;
            }
        }
        Ok(people)
    }

    /// People at the company of a card who are on none, those named last first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn strangers_beside(&self, whose: Whose) -> Result<Vec<Stranger>> {
        let company = match whose {
            Whose::Contact(contact) => self.contact_company(contact)?,
            Whose::Company(company) => Some(company),
            Whose::Deal(deal) => self.deal_place(deal)?.and_then(|place| place.company),
        };
        let Some(company) = company else { return Ok(Vec::new()) };
        let mut people = Vec::new();
        for domain in self.domains_to_know(company)? {
            let mut statement = self.sql().prepare_cached(AT_DOMAIN)?;
            let rows: Vec<Option<Stranger>> =
                statement.query_map(params![domain.as_str(), MENTIONS], stranger)?.collect::<rusqlite::Result<_>>()?;
            for found in rows.into_iter().flatten() {
                if people.len() < MOST {
                    self.add_stranger(&mut people, found)?;
                }
            }
        }
        Ok(people)
    }

    /// The domains by which somebody is known to be at a company.
    fn domains_to_know(&self, company: id::Company) -> Result<Vec<Text>> {
        let mut domains = self.domains_of(company)?;
        domains.retain(|domain| !is_free_mail(domain.as_str()));
        Ok(domains)
    }

    /// Each once, and nobody who is known: nor a program, nor an address that is a whole office's.
    fn add_stranger(&self, people: &mut Vec<Stranger>, found: Stranger) -> Result<()> {
        let mut known = people.iter_mut().filter(|known| known.address.canonical() == found.address.canonical());
        if let Some(known) = known.next() {
            if known.name.is_empty() {
                known.name = found.name;
            }
            return Ok(());
        }
        let nobody = found.address.is_robot() || found.address.is_shared();
        if !nobody && self.contact_by_address(&found.address)?.is_none() {
            people.push(found);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.sqlite")).unwrap();
        for (sql, uses) in [
            (AT_DOMAIN.replace("?1", "'x.example'").replace("?2", "500"), "USING INDEX participant_domain"),
            (IN_THREAD.replace("?1", "1"), "SEARCH m USING INDEX"),
        ] {
            let plan = store.rows(&format!("EXPLAIN QUERY PLAN {sql}")).join("\n");
            assert!(plan.contains(uses), "{plan}");
            assert!(!plan.contains("SCAN m") && !plan.contains("SCAN participant"), "{plan}");
        }
    }
}
