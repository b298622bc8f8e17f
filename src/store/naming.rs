//! The queue of names: people whose name nobody has split into its parts yet.

use super::contact::{must_be_there, unfit};
use super::{Store, text_at};
use crate::domain::address::Address;
use crate::domain::contact::{Kind, Name};
use crate::domain::id;
use crate::domain::name_split::{Waiting, propose};
use crate::domain::problem::Result;
use crate::domain::text::Text;
use rusqlite::{OptionalExtension, named_params};

const QUEUE: &str = "SELECT c.id, c.kind, c.display,
         (SELECT address FROM contact_address WHERE contact_id = c.id ORDER BY position, id LIMIT 1) AS address,
         (SELECT name FROM company WHERE id = c.company_id) AS company
     FROM contact c WHERE c.given = '' AND c.patronymic = '' AND c.family = '' AND c.not_person = 0 AND c.id > :after
     ORDER BY c.id LIMIT :limit";

impl Store {
    /// A page of people whose name nobody has split, after the person `after`; and how many there are in all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn names_waiting(&self, after: Option<id::Contact>, limit: u32) -> Result<(Vec<Waiting>, u64)> {
        let mut statement = self.sql().prepare_cached(QUEUE)?;
        let parameters = named_params! { ":after": after.map_or(i64::MIN, |contact| contact.0), ":limit": limit };
        let rows = statement.query_map(parameters, |row| {
            let display = text_at(row, "display")?;
            let address = row.get::<_, Option<String>>("address")?.as_deref().and_then(Address::parse);
            Ok(Waiting {
                contact: id::Contact(row.get("id")?),
                kind: Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(Kind::Lead),
                split: propose(&display, address.as_ref()),
                display,
                address,
                company: super::optional_text_at(row, "company")?,
            })
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let total: i64 = self
            .sql()
            .prepare_cached(
                "SELECT count(*) FROM contact WHERE given = '' AND patronymic = '' AND family = '' AND not_person = 0",
            )?
            .query_row([], |row| row.get(0))?;
        Ok((rows, u64::try_from(total).unwrap_or(0)))
    }

    /// The name as I confirmed it. The display name stays what they write.
    ///
    /// # Errors
    /// When all of it is empty, or there is no such person.
    pub fn name_person(&self, contact: id::Contact, name: &Name) -> Result<()> {
        if name.given.is_empty() && name.family.is_empty() {
            return Err(unfit("a name needs a given or a family name"));
        }
        let display: Option<Text> = self
            .sql()
            .prepare_cached("SELECT display FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| text_at(row, "display"))
            .optional()?;
        must_be_there(usize::from(display.is_some()), "contact", contact)?;
        let name = Name { display: display.unwrap_or_default(), ..name.clone() };
        self.update_contact(contact, &super::ContactEdit { name: Some(name), ..super::ContactEdit::default() })
    }

    /// No person: a company's or a robot's mailbox. The queue of names asks no more.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn set_not_person(&self, contact: id::Contact) -> Result<()> {
        let rows =
            self.sql().prepare_cached("UPDATE contact SET not_person = 1 WHERE id = ?1")?.execute([contact.0])?;
        must_be_there(rows, "contact", contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NewContact;
    use crate::store::cards_fixture::{Shop, address, at, person};

    fn lead(shop: &Shop, display: &str, mail: &str) -> id::Contact {
        let name = Name { display: Text::line(display), ..Name::default() };
        let new = NewContact {
            name,
            addresses: vec![address(mail)],
            ..NewContact::new(Kind::Lead, at("2026-11-20T08:00:00Z"))
        };
        shop.store.add_contact(&new).unwrap()
    }

    #[test]
    fn the_queue_holds_whose_name_nobody_split() {
        let shop = Shop::open();
        shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let jan = lead(&shop, "KOWALSKI Jan", "jan@x.example");
        let office = lead(&shop, "Acme Support", "support@x.example");
        let third = lead(&shop, "", "x@y.example");
        let waiting = |after| -> Vec<id::Contact> {
            shop.store.names_waiting(after, 10).unwrap().0.iter().map(|row| row.contact).collect()
        };
        assert_eq!(waiting(None), [jan, office, third]);
        assert_eq!(waiting(Some(jan)), [office, third]);
        assert_eq!(shop.store.names_waiting(None, 1).unwrap().1, 3);
        let name = Name { given: Text::own("Jan"), family: Text::own("Kowalski"), ..Name::default() };
        shop.act(|store| store.name_person(jan, &name));
        shop.act(|store| store.set_not_person(office));
        assert_eq!(waiting(None), [third]);
        let row = shop.store.contact_row(jan, &crate::store::cards_fixture::now()).unwrap().unwrap();
        assert_eq!(
            (row.kind, row.name.full().as_str(), row.name.display.as_str()),
            (Kind::Lead, "Jan Kowalski", "KOWALSKI Jan")
        );
        assert!(shop.store.is_new_lead(jan).unwrap(), "the lead is still to be looked at");
        assert_eq!(
            shop.refused(|store| store.name_person(third, &Name::default())),
            "a name needs a given or a family name"
        );
        assert_eq!(shop.refused(|store| store.set_not_person(id::Contact(99))), "there is no contact 99");
    }

    #[test]
    fn the_queue_walks_its_index() {
        let shop = Shop::open();
        let plan = shop.plan(QUEUE);
        assert!(plan.contains("contact_unsplit (id>?)") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
