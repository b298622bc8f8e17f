//! Who sees to a client, a deal, a conversation.

use super::{Store, text_at};
use crate::domain::address::Address;
use crate::domain::assignment::{Assignment, Colleague};
use crate::domain::problem::Result;
use crate::domain::text::{Text, fold};
use rusqlite::params;
use std::collections::BTreeMap;

/// Colleagues who wrote are looked for among so many addresses.
const MOST: u32 = 200;

impl Store {
    /// Whom something can be given to: the owners that stand on cards, and colleagues who wrote.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn colleagues(&self) -> Result<Vec<Colleague>> {
        let mut people: BTreeMap<String, Colleague> = BTreeMap::new();
        let mut wrote = self.sql().prepare_cached(
            "SELECT from_address, max(from_name) AS name FROM message WHERE direction = 'internal' GROUP BY from_address LIMIT ?1",
        )?;
        let own: Vec<String> = self
            .sql()
            .prepare_cached("SELECT lower(email) FROM account")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut rows = wrote.query([MOST])?;
        while let Some(row) = rows.next()? {
            let Some(address) = Address::parse(&row.get::<_, String>("from_address")?) else { continue };
            if own.iter().any(|mine| mine == address.as_str()) {
                continue;
            }
            let name = text_at(row, "name")?;
            let name = if name.is_empty() { Text::line(address.as_str()) } else { name };
            people.entry(fold(name.as_str())).or_insert(Colleague { name, address: Some(address) });
        }
        let mut owners = self.sql().prepare_cached(
            "SELECT owner FROM contact WHERE owner <> '' UNION SELECT owner FROM company WHERE owner <> ''
             UNION SELECT owner FROM deal WHERE owner <> '' UNION SELECT assigned FROM thread_state WHERE assigned <> ''",
        )?;
        for name in owners.query_map([], |row| text_at(row, "owner"))? {
            let name = name?;
            people.entry(fold(name.as_str())).or_insert(Colleague { name, address: None });
        }
        Ok(people.into_values().collect())
    }

    /// Gives it to somebody: the deal, else the client; and the conversation, which goes on waiting.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn assign(&self, assignment: &Assignment) -> Result<()> {
        let to = assignment.to.as_str();
        if let Some(thread) = assignment.thread {
            self.sql()
                .prepare_cached(
                    "INSERT INTO thread_state (thread_id, assigned) VALUES (?1, ?2)
                     ON CONFLICT (thread_id) DO UPDATE SET assigned = excluded.assigned",
                )?
                .execute(params![thread.0, to])?;
        }
        let card = match (assignment.deal, assignment.contact, assignment.company) {
            (Some(deal), ..) => Some(("deal", deal.0)),
            (None, Some(contact), _) => Some(("contact", contact.0)),
            (None, None, Some(company)) => Some(("company", company.0)),
            (None, None, None) => None,
        };
        if let Some((table, key)) = card {
            self.sql()
                .prepare_cached(&format!("UPDATE {table} SET owner = ?2 WHERE id = ?1 AND owner <> ?2"))?
                .execute(params![key, to])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards_fixture::{Shop, person, sale};
    use super::*;
    use crate::domain::id;

    #[test]
    fn a_deal_or_a_client_gets_an_owner_and_undo_takes_it_back() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@x.example"])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        shop.store.run("INSERT INTO thread (id, account_id, subject) VALUES (7, 1, 'x')");
        let ola = Assignment {
            to: Text::own("Ola"),
            thread: Some(id::Thread(7)),
            contact: Some(anna),
            ..Assignment::default()
        };
        shop.act(|store| store.assign(&ola));
        let owners = || {
            shop.store.rows(
                "SELECT (SELECT owner FROM contact), (SELECT owner FROM deal), (SELECT assigned FROM thread_state)",
            )
        };
        assert_eq!(owners(), ["Ola |  | Ola"]);
        shop.act(|store| store.assign(&Assignment { to: Text::own("Jan"), deal: Some(deal), ..ola.clone() }));
        assert_eq!(owners(), ["Ola | Jan | Jan"]);
        let names: Vec<Text> = shop.store.colleagues().unwrap().into_iter().map(|colleague| colleague.name).collect();
        assert_eq!(names, [Text::own("Jan"), Text::own("Ola")]);
    }

    #[test]
    fn colleagues_who_wrote_are_known_with_their_address() {
        let shop = Shop::open();
        shop.store.run(
            "INSERT INTO thread (id, account_id, subject) VALUES (1, 1, 'x');
             INSERT INTO message (account_id, thread_id, digest, date, arrived_at, direction, nature, nature_why, from_name, from_address,
                 subject, snippet, size, attachments, degraded, asks, place)
             VALUES (1, 1, x'01', 1, 0, 'internal', 'human', '', 'Ola Nowak', 'ola@firma.example', '', '', 1, 0, 0, 0, 'live'),
                    (1, 1, x'02', 2, 0, 'internal', 'human', '', 'Me', 'me@firma.example', '', '', 1, 0, 0, 0, 'live'),
                    (1, 1, x'03', 2, 0, 'inbound', 'human', '', 'Anna', 'anna@x.example', '', '', 1, 0, 0, 0, 'live');",
        );
        let found = shop.store.colleagues().unwrap();
        assert_eq!(found, [Colleague { name: Text::own("Ola Nowak"), address: Address::parse("ola@firma.example") }]);
        let plan = shop.plan("SELECT from_address, max(from_name) AS name FROM message WHERE direction = 'internal' GROUP BY from_address");
        assert!(plan.contains("message_internal"), "{plan}");
    }
}
