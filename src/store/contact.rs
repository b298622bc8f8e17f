//! People: leads and contacts, whose addresses they are, and their lists. Their cards are in `card`.

use super::{Store, count_at, ms, optional_text_at, text_at};
use crate::domain::address::Address;
use crate::domain::contact::{ContactRow, Kind, Name, Role, Whose};
use crate::domain::hint::parse_birthday;
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::{Text, fold};
use jiff::{Timestamp, Zoned};
use rusqlite::{OptionalExtension, Row, named_params, params};

/// A person to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// Lead or contact.
    pub kind: Kind,
    /// Their name; where all of it is empty the first address stands for it.
    pub name: Name,
    /// Their company.
    pub company: Option<id::Company>,
    /// Position in the company.
    pub position: Text,
    /// Client, supplier, partner.
    pub role: Role,
    /// Language they are written to in: `pl`, `uk`; empty when unknown.
    pub language: Text,
    /// `MM-DD`.
    pub birthday: Option<String>,
    /// Tags.
    pub tags: Vec<Text>,
    /// My note.
    pub note: Text,
    /// Addresses, the first one first.
    pub addresses: Vec<Address>,
    /// Phones as written.
    pub phones: Vec<String>,
    /// When they were entered, or first wrote.
    pub created_at: Timestamp,
    /// When somebody looked at the lead; `None` raises the counter "new leads".
    pub reviewed_at: Option<Timestamp>,
}

impl NewContact {
    /// A person of whom nothing is known but that they came at `created_at`.
    #[must_use]
    pub fn new(kind: Kind, created_at: Timestamp) -> Self {
        Self {
            kind,
            name: Name::default(),
            company: None,
            position: Text::default(),
            role: Role::Client,
            language: Text::default(),
            birthday: None,
            tags: Vec::new(),
            note: Text::default(),
            addresses: Vec::new(),
            phones: Vec::new(),
            created_at,
            reviewed_at: None,
        }
    }
}

/// What changes on a card; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactEdit {
    /// Their name.
    pub name: Option<Name>,
    /// Their company; `Some(None)` takes them out of it.
    pub company: Option<Option<id::Company>>,
    /// Position in the company.
    pub position: Option<Text>,
    /// Client, supplier, partner.
    pub role: Option<Role>,
    /// Language they are written to in.
    pub language: Option<Text>,
    /// `MM-DD`; `Some(None)` forgets it.
    pub birthday: Option<Option<String>>,
    /// All tags.
    pub tags: Option<Vec<Text>>,
    /// My note.
    pub note: Option<Text>,
    /// All addresses, the first one first.
    pub addresses: Option<Vec<Address>>,
    /// All phones.
    pub phones: Option<Vec<String>>,
}

/// The columns [`name_from`] reads; `c` is the contact.
pub(super) const NAME: &str = "c.display, c.given, c.patronymic, c.family";

/// A person's name from the columns [`NAME`]; empty where a LEFT JOIN found nobody.
pub(super) fn name_from(row: &Row<'_>) -> rusqlite::Result<Name> {
    let part = |column| Ok::<_, rusqlite::Error>(optional_text_at(row, column)?.unwrap_or_default());
    Ok(Name {
        display: part("display")?,
        given: part("given")?,
        patronymic: part("patronymic")?,
        family: part("family")?,
    })
}

/// The same as text; `None` where a LEFT JOIN found nobody.
pub(super) fn full_name_from(row: &Row<'_>) -> rusqlite::Result<Option<Text>> {
    Ok(Some(name_from(row)?.full()).filter(|name| !name.is_empty()))
}

/// A problem when an act found no row: it went in the meantime, or never was.
pub(super) fn must_be_there(rows: usize, noun: &str, key: impl std::fmt::Display) -> Result<()> {
    if rows > 0 { Ok(()) } else { Err(Problem::new(problem::Kind::NotFound, format!("there is no {noun} {key}"))) }
}

/// A problem with what the user gave.
pub(super) fn unfit(sentence: impl Into<String>) -> Problem {
    Problem::new(problem::Kind::Input, sentence)
}

/// Tags as the store keeps them: one a line.
pub(super) fn lines_of(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).map(str::trim).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n")
}

fn checked_birthday(birthday: Option<&String>) -> Result<()> {
    match birthday {
        Some(text) if parse_birthday(text).is_none() => {
            Err(unfit(format!("“{}” is not a birthday", Text::line(text))).hint("month and day: 11-30"))
        }
        _ => Ok(()),
    }
}

impl Store {
    /// Enters a person.
    ///
    /// # Errors
    /// When an address belongs to somebody already (named), when there is neither name nor address, when the birthday
    /// is no day; then nothing was changed.
    pub fn add_contact(&self, new: &NewContact) -> Result<id::Contact> {
        checked_birthday(new.birthday.as_ref())?;
        self.must_exist("company", new.company.map(|company| company.0))?;
        let name = named(&new.name, new.addresses.first())?;
        self.write(|| {
            self.sql()
                .prepare_cached(
                    "INSERT INTO contact (kind, display, given, patronymic, family, folded, company_id, position, role,
                         language, birthday, tags, note, created_at, reviewed_at, id)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                )?
                .execute(params![
                    new.kind.word(),
                    name.display.as_str(),
                    name.given.as_str(),
                    name.patronymic.as_str(),
                    name.family.as_str(),
                    fold(name.full().as_str()),
                    new.company.map(|company| company.0),
                    new.position.as_str(),
                    new.role.word(),
                    new.language.as_str(),
                    new.birthday,
                    lines_of(&new.tags),
                    new.note.as_str(),
                    ms(new.created_at),
                    new.reviewed_at.map(ms),
                    self.next_card("contact")?,
                ])?;
            let contact = id::Contact(self.sql().last_insert_rowid());
            self.set_addresses(contact, &new.addresses)?;
            self.set_phones(contact, &new.phones)?;
            Ok(contact)
        })
    }

    /// Changes what `edit` names on a person's card.
    ///
    /// # Errors
    /// As [`Store::add_contact`], and when there is no such person; then nothing was changed.
    pub fn update_contact(&self, contact: id::Contact, edit: &ContactEdit) -> Result<()> {
        checked_birthday(edit.birthday.as_ref().and_then(Option::as_ref))?;
        self.must_exist("company", edit.company.flatten().map(|company| company.0))?;
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached(
                    "UPDATE contact SET position = coalesce(?2, position), role = coalesce(?3, role),
                         language = coalesce(?4, language), tags = coalesce(?5, tags), note = coalesce(?6, note),
                         company_id = CASE WHEN ?7 THEN ?8 ELSE company_id END,
                         birthday = CASE WHEN ?9 THEN ?10 ELSE birthday END
                     WHERE id = ?1",
                )?
                .execute(params![
                    contact.0,
                    edit.position.as_ref().map(Text::as_str),
                    edit.role.map(Role::word),
                    edit.language.as_ref().map(Text::as_str),
                    edit.tags.as_deref().map(lines_of),
                    edit.note.as_ref().map(Text::as_str),
                    edit.company.is_some(),
                    edit.company.flatten().map(|company| company.0),
                    edit.birthday.is_some(),
                    edit.birthday.as_ref().and_then(Option::as_ref),
                ])?;
            must_be_there(rows, "contact", contact)?;
            if let Some(addresses) = &edit.addresses {
                self.set_addresses(contact, addresses)?;
            }
            if let Some(phones) = &edit.phones {
                self.set_phones(contact, phones)?;
            }
            match &edit.name {
                Some(name) => self.set_name(contact, name),
                None => Ok(()),
            }
        })
    }

    /// A problem in words where a foreign key would only say that it failed.
    pub(super) fn must_exist(&self, table: &'static str, key: Option<i64>) -> Result<()> {
        let Some(key) = key else { return Ok(()) };
        let found: i64 = self
            .sql()
            .prepare_cached(&format!("SELECT count(*) FROM {table} WHERE id = ?1"))?
            .query_row([key], |row| row.get(0))?;
        must_be_there(usize::from(found > 0), table, key)
    }

    fn set_name(&self, contact: id::Contact, name: &Name) -> Result<()> {
        let name = named(name, self.addresses_of(contact)?.first())?;
        self.sql()
            .prepare_cached(
                "UPDATE contact SET display = ?2, given = ?3, patronymic = ?4, family = ?5, folded = ?6 WHERE id = ?1",
            )?
            .execute(params![
                contact.0,
                name.display.as_str(),
                name.given.as_str(),
                name.patronymic.as_str(),
                name.family.as_str(),
                fold(name.full().as_str())
            ])?;
        Ok(())
    }

    /// Writes only the rows that differ, so that undo has little to put back.
    fn set_addresses(&self, contact: id::Contact, addresses: &[Address]) -> Result<()> {
        for old in self.addresses_of(contact)?.iter().filter(|old| !addresses.contains(old)) {
            self.sql().prepare_cached("DELETE FROM contact_address WHERE address = ?1")?.execute([old.as_str()])?;
        }
        let mut wanted: Vec<&Address> = Vec::new();
        for address in addresses {
            if !wanted.contains(&address) {
                wanted.push(address);
            }
        }
        for (position, address) in (0_i64..).zip(wanted) {
            let owner: Option<i64> = self
                .sql()
                .prepare_cached("SELECT contact_id FROM contact_address WHERE address = ?1")?
                .query_row([address.as_str()], |row| row.get(0))
                .optional()?;
            if let Some(owner) = owner.map(id::Contact).filter(|owner| *owner != contact) {
                return Err(self.taken(address, owner)?);
            }
            self.sql()
                .prepare_cached(
                    "INSERT INTO contact_address (address, contact_id, position) VALUES (?1, ?2, ?3)
                     ON CONFLICT (address) DO UPDATE SET position = excluded.position WHERE position <> excluded.position",
                )?
                .execute(params![address.as_str(), contact.0, position])?;
        }
        Ok(())
    }

    /// Whose an address is, as the problem that it cannot be somebody else's as well.
    fn taken(&self, address: &Address, owner: id::Contact) -> Result<Problem> {
        let (name, kind) = self
            .sql()
            .prepare_cached(&format!("SELECT {NAME}, c.kind FROM contact c WHERE c.id = ?1"))?
            .query_row([owner.0], |row| {
                Ok((name_from(row)?.full(), Kind::from_word(row.get_ref("kind")?.as_str()?)))
            })?;
        let problem = unfit(format!("{address} already belongs to {name}"));
        Ok(if kind == Some(Kind::Lead) {
            problem.hint("that is a lead: make them a contact instead")
        } else {
            problem.hint("take the address from their card first, or leave it out here")
        })
    }

    fn set_phones(&self, contact: id::Contact, phones: &[String]) -> Result<()> {
        let mut wanted: Vec<Text> = Vec::new();
        for phone in phones.iter().map(|phone| Text::line(phone.trim())).filter(|phone| !phone.is_empty()) {
            if !wanted.contains(&phone) {
                wanted.push(phone);
            }
        }
        if self.phones_of(contact)? == wanted {
            return Ok(());
        }
        self.sql().prepare_cached("DELETE FROM contact_phone WHERE contact_id = ?1")?.execute([contact.0])?;
        let mut insert = self.sql().prepare_cached("INSERT INTO contact_phone (contact_id, phone) VALUES (?1, ?2)")?;
        for phone in wanted {
            insert.execute(params![contact.0, phone.as_str()])?;
        }
        Ok(())
    }

    /// Makes a lead a contact under the name I confirmed; `company` joins them to one, `None` leaves theirs.
    ///
    /// # Errors
    /// When there is no such lead.
    pub fn convert_lead(
        &self,
        lead: id::Contact,
        name: &Name,
        company: Option<id::Company>,
        now: Timestamp,
    ) -> Result<()> {
        self.must_exist("company", company.map(|company| company.0))?;
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached(
                    "UPDATE contact SET kind = 'contact', reviewed_at = coalesce(reviewed_at, ?2), company_id = coalesce(?3, company_id)
                     WHERE id = ?1 AND kind = 'lead'",
                )?
                .execute(params![lead.0, ms(now), company.map(|company| company.0)])?;
            must_be_there(rows, "lead", lead)?;
            self.set_name(lead, name)
        })
    }

    /// I looked at the lead and leave it one: the counter "new leads" falls.
    ///
    /// # Errors
    /// When there is no such lead.
    pub fn keep_lead(&self, lead: id::Contact, now: Timestamp) -> Result<()> {
        let rows = self
            .sql()
            .prepare_cached(
                "UPDATE contact SET reviewed_at = coalesce(reviewed_at, ?2) WHERE id = ?1 AND kind = 'lead'",
            )?
            .execute(params![lead.0, ms(now)])?;
        must_be_there(rows, "lead", lead)
    }

    /// Whose an address is, and their company: asked as it is written, then in any spelling of the same mailbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_by_address(&self, address: &Address) -> Result<Option<(id::Contact, Option<id::Company>)>> {
        for (column, spelling) in [("address", address), ("canonical", &address.canonical())] {
            let found = self
                .sql()
                .prepare_cached(&format!(
                    "SELECT c.id, c.company_id FROM contact_address a JOIN contact c ON c.id = a.contact_id WHERE a.{column} = ?1 ORDER BY a.id LIMIT 1"
                ))?
                .query_row([spelling.as_str()], |row| {
                    Ok((id::Contact(row.get(0)?), row.get::<_, Option<i64>>(1)?.map(id::Company)))
                })
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The company a person belongs to now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_company(&self, contact: id::Contact) -> Result<Option<id::Company>> {
        let company: Option<Option<i64>> = self
            .sql()
            .prepare_cached("SELECT company_id FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        Ok(company.flatten().map(id::Company))
    }

    /// A page of people in the order of their folded full names, after the person `after` (the last one shown).
    /// `filter` is looked for, folded, inside name, addresses and company; empty finds everybody.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contacts(
        &self,
        kind: Option<Kind>,
        filter: &str,
        after: Option<id::Contact>,
        limit: u32,
        now: &Zoned,
    ) -> Result<Vec<ContactRow>> {
        let mut place = self.sql().prepare_cached("SELECT folded, id FROM contact WHERE id = ?1")?;
        let last: Option<(String, i64)> = match after {
            Some(last) => place.query_row([last.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?,
            None => Some((String::new(), i64::MIN)),
        };
        let Some((folded, key)) = last else { return Ok(Vec::new()) }; // undone since: the list is read again
        let filter = fold(filter.trim());
        let parameters = named_params! {
            ":kind": kind.map(Kind::word), ":filter": filter, ":folded": folded, ":key": key, ":limit": limit
        };
        let mut statement = self.sql().prepare_cached(&contacts_sql(kind))?;
        let found: Vec<i64> = statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().filter_map(|contact| self.contact_row(id::Contact(contact), now).transpose()).collect()
    }

    /// One person's row; `None` when there is no such person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_row(&self, contact: id::Contact, now: &Zoned) -> Result<Option<ContactRow>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT c.id, c.kind, {NAME}, c.role, c.owner, c.watched, co.name AS company,
                    (SELECT address FROM contact_address WHERE contact_id = c.id ORDER BY position, id LIMIT 1) AS address,
                    (SELECT count(*) FROM deal WHERE contact_id = c.id AND state = 'open') AS open_deals
             FROM contact c LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ?1"
        ))?;
        let row = statement
            .query_row([contact.0], |row| {
                Ok(ContactRow {
                    id: contact,
                    kind: Kind::from_word(row.get_ref("kind")?.as_str()?).unwrap_or(Kind::Contact),
                    name: name_from(row)?,
                    address: row.get_ref("address")?.as_str_or_null()?.and_then(Address::parse),
                    company: optional_text_at(row, "company")?,
                    role: Role::from_word(row.get_ref("role")?.as_str()?).unwrap_or(Role::Client),
                    open_deals: count_at(row, "open_deals")?,
                    last_at: None,
                    numbers: Default::default(),
                    owner: text_at(row, "owner")?,
                    watched: row.get("watched")?,
                })
            })
            .optional()?;
        let Some(mut row) = row else { return Ok(None) };
        row.last_at = self.last_at(Whose::Contact(contact))?;
        row.numbers = self.numbers(Whose::Contact(contact), now)?;
        Ok(Some(row))
    }

    /// What a list tells of a person beyond their row: all addresses, all phones, tags.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contact_details(&self, contact: id::Contact) -> Result<(Vec<Address>, Vec<Text>, Vec<Text>)> {
        let tags: Option<String> = self
            .sql()
            .prepare_cached("SELECT tags FROM contact WHERE id = ?1")?
            .query_row([contact.0], |row| row.get(0))
            .optional()?;
        let tags = tags.unwrap_or_default().lines().map(Text::line).collect();
        Ok((self.addresses_of(contact)?, self.phones_of(contact)?, tags))
    }

    /// A person's addresses, the first one is written to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn addresses_of(&self, contact: id::Contact) -> Result<Vec<Address>> {
        let mut statement = self
            .sql()
            .prepare_cached("SELECT address FROM contact_address WHERE contact_id = ?1 ORDER BY position, id")?;
        let addresses: Vec<Option<Address>> = statement
            .query_map([contact.0], |row| Ok(Address::parse(row.get_ref(0)?.as_str()?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(addresses.into_iter().flatten().collect())
    }

    pub(super) fn phones_of(&self, contact: id::Contact) -> Result<Vec<Text>> {
        let mut statement =
            self.sql().prepare_cached("SELECT phone FROM contact_phone WHERE contact_id = ?1 ORDER BY id")?;
        Ok(statement.query_map([contact.0], |row| text_at(row, "phone"))?.collect::<rusqlite::Result<_>>()?)
    }
}

/// A name that shows something: where all of it is empty, the address.
fn named(name: &Name, address: Option<&Address>) -> Result<Name> {
    let mut name = name.clone();
    if name.display.is_empty() {
        name.display = name.full();
    }
    if name.display.is_empty() {
        let Some(address) = address else {
            return Err(unfit("a person needs a name or an address"));
        };
        name.display = Text::line(address.as_str());
    }
    Ok(name)
}

/// Walks the index of the order and stops at the page's end.
fn contacts_sql(kind: Option<Kind>) -> String {
    let kind = if kind.is_some() { "c.kind = :kind" } else { ":kind IS NULL" };
    format!(
        "SELECT c.id FROM contact c WHERE {kind} AND (c.folded, c.id) > (:folded, :key)
         AND (:filter = '' OR instr(c.folded, :filter)
              OR EXISTS (SELECT 1 FROM contact_address a WHERE a.contact_id = c.id AND instr(a.address, :filter))
              OR EXISTS (SELECT 1 FROM company co WHERE co.id = c.company_id AND instr(co.folded, :filter)))
         ORDER BY c.folded, c.id LIMIT :limit"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::Provenance;
    use crate::store::cards_fixture::{Shop, address, at, now, person, sale};
    use crate::store::company::NewCompany;
    use crate::store::payment::NewPayment;

    fn company(shop: &Shop, name: &str) -> id::Company {
        shop.store.add_company(&NewCompany { name: Text::line(name), ..NewCompany::default() }).unwrap()
    }

    fn names(rows: &[ContactRow]) -> Vec<String> {
        rows.iter().map(|row| row.name.full().into()).collect()
    }

    #[test]
    fn what_is_entered_stands_on_the_card() {
        let shop = Shop::open();
        let acme = company(&shop, "Acme");
        let new = NewContact {
            company: Some(acme),
            position: Text::own("buyer"),
            role: Role::Partner,
            language: Text::own("pl"),
            birthday: Some("11-25".to_owned()),
            tags: vec![Text::own("vip"), Text::own("fair 2026")],
            note: Text::block("two\nlines"),
            phones: vec!["+48 22 555".to_owned(), " ".to_owned(), "+48 22 555".to_owned()],
            ..person("Anna", "Kowalska", &["anna@acme.example", "ak@home.example", "anna@acme.example"])
        };
        let anna = shop.act(|store| store.add_contact(&new));
        let card = shop.store.contact_card(anna, &now(), 10).unwrap().unwrap();
        assert_eq!(card.row.name.full().as_str(), "Anna Kowalska");
        assert_eq!((card.row.kind, card.row.role), (Kind::Contact, Role::Partner));
        assert_eq!(card.row.address, Some(address("anna@acme.example")));
        assert_eq!((card.row.company.as_ref().map(Text::as_str), card.company), (Some("Acme"), Some(acme)));
        assert_eq!(
            (card.position.as_str(), card.language.as_str(), card.common.note.as_str()),
            ("buyer", "pl", "two\nlines")
        );
        assert_eq!(card.addresses, [address("anna@acme.example"), address("ak@home.example")]);
        assert_eq!((card.phones, card.common.tags), (vec![Text::own("+48 22 555")], new.tags.clone()));
        assert_eq!(card.hints, [Text::own("birthday in 2 days, on 25 Nov")]);
        assert!(shop.store.contact_card(id::Contact(99), &now(), 10).unwrap().is_none());
    }

    #[test]
    fn an_address_belongs_to_one_person() {
        let shop = Shop::open();
        let anna = shop.act(|store| store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])));
        let again = person("Other", "Person", &["other@acme.example", "anna@acme.example"]);
        assert_eq!(
            shop.refused(|store| store.add_contact(&again)),
            "anna@acme.example already belongs to Anna Kowalska"
        );
        let lead = NewContact {
            addresses: vec![address("new@x.example")],
            ..NewContact::new(Kind::Lead, at("2026-11-20T08:00:00Z"))
        };
        shop.act(|store| store.add_contact(&lead));
        let problem = shop.store.add_contact(&person("New", "", &["new@x.example"])).unwrap_err();
        assert_eq!(problem.sentence, "new@x.example already belongs to new@x.example");
        assert_eq!(problem.hint.as_deref(), Some("that is a lead: make them a contact instead"));

        for (written, whose) in [
            ("anna@acme.example", Some((anna, None))),
            ("Anna+Shop@ACME.example", Some((anna, None))),
            ("ann@acme.example", None),
        ] {
            assert_eq!(shop.store.contact_by_address(&address(written)).unwrap(), whose, "{written}");
        }
    }

    #[test]
    fn what_cannot_be_a_person_is_refused() {
        let shop = Shop::open();
        assert_eq!(
            shop.refused(|store| store.add_contact(&person("", "", &[]))),
            "a person needs a name or an address"
        );
        let born = |day: &str| NewContact { birthday: Some(day.to_owned()), ..person("Anna", "", &[]) };
        for day in ["30-11", "1-1", "11-31", "yesterday", ""] {
            assert!(shop.refused(|store| store.add_contact(&born(day))).ends_with("is not a birthday"), "{day}");
        }
        shop.act(|store| store.add_contact(&born("02-29")));
        let nowhere = NewContact { company: Some(id::Company(7)), ..person("Anna", "", &[]) };
        assert_eq!(shop.refused(|store| store.add_contact(&nowhere)), "there is no company 7");
    }

    #[test]
    fn an_edit_changes_what_it_names() {
        let shop = Shop::open();
        let acme = company(&shop, "Acme");
        let entered = NewContact {
            position: Text::own("buyer"),
            birthday: Some("01-02".to_owned()),
            phones: vec!["1".to_owned()],
            ..person("Anna", "Kowalska", &["a@x.example", "b@x.example"])
        };
        let anna = shop.act(|store| store.add_contact(&entered));
        shop.store.add_contact(&person("Jan", "Nowak", &["jan@x.example"])).unwrap();
        shop.act(|store| {
            store.update_contact(anna, &ContactEdit { note: Some(Text::own("n")), ..ContactEdit::default() })
        });
        let card = shop.store.contact_card(anna, &now(), 1).unwrap().unwrap();
        assert_eq!(
            (card.position.as_str(), card.common.note.as_str(), card.phones.len(), card.addresses.len()),
            ("buyer", "n", 1, 2)
        );
        let edit = ContactEdit {
            name: Some(Name { given: Text::own("Łucja"), ..Name::default() }),
            company: Some(Some(acme)),
            birthday: Some(None),
            addresses: Some(vec![address("c@x.example"), address("b@x.example")]),
            phones: Some(vec!["2".to_owned(), "1".to_owned()]),
            ..ContactEdit::default()
        };
        shop.act(|store| store.update_contact(anna, &edit));
        let card = shop.store.contact_card(anna, &now(), 1).unwrap().unwrap();
        assert_eq!(card.addresses, [address("c@x.example"), address("b@x.example")]);
        assert_eq!((card.phones, card.company), (vec![Text::own("2"), Text::own("1")], Some(acme)));
        assert_eq!(shop.store.birthday_of(anna).unwrap(), None);
        assert_eq!(names(&shop.store.contacts(None, "lucja", None, 9, &now()).unwrap()), ["Łucja"]);
        shop.act(|store| store.update_contact(anna, &ContactEdit { company: Some(None), ..ContactEdit::default() }));
        assert_eq!(shop.store.contact_company(anna).unwrap(), None);

        let theirs = ContactEdit {
            note: Some(Text::own("m")),
            addresses: Some(vec![address("jan@x.example")]),
            ..ContactEdit::default()
        };
        assert_eq!(
            shop.refused(|store| store.update_contact(anna, &theirs)),
            "jan@x.example already belongs to Jan Nowak"
        );
        assert_eq!(
            shop.refused(|store| store.update_contact(id::Contact(99), &ContactEdit::default())),
            "there is no contact 99"
        );
    }

    #[test]
    fn a_lead_is_kept_or_becomes_a_contact() {
        let shop = Shop::open();
        let acme = company(&shop, "Acme");
        let new = NewContact {
            name: Name { display: Text::own("anna k."), ..Name::default() },
            addresses: vec![address("new@x.example")],
            ..NewContact::new(Kind::Lead, at("2026-11-20T08:00:00Z"))
        };
        let lead = shop.act(|store| store.add_contact(&new));
        shop.mail(&format!("INSERT INTO provenance (contact_id, field, value) VALUES ({lead}, 'name', 'anna k.')"));
        let card = |shop: &Shop| shop.store.contact_card(lead, &now(), 10).unwrap().unwrap();
        assert_eq!(card(&shop).hints, [Text::own("nobody has looked at this lead since it came on 20 Nov")]);
        assert_eq!(
            card(&shop).provenance,
            [Provenance { field: Text::own("name"), value: Text::own("anna k."), message: None, letter: None }]
        );
        shop.act(|store| store.keep_lead(lead, now().timestamp()));
        assert_eq!((card(&shop).row.kind, card(&shop).hints), (Kind::Lead, vec![]));
        let name = Name {
            display: Text::own("anna k."),
            given: Text::own("Anna"),
            family: Text::own("Kowal"),
            ..Name::default()
        };
        shop.act(|store| store.convert_lead(lead, &name, Some(acme), now().timestamp()));
        assert_eq!(
            (card(&shop).row.kind, card(&shop).row.name, card(&shop).company),
            (Kind::Contact, name.clone(), Some(acme))
        );
        assert_eq!(
            shop.refused(|store| store.convert_lead(lead, &name, None, now().timestamp())),
            format!("there is no lead {lead}")
        );
        assert_eq!(shop.refused(|store| store.keep_lead(lead, now().timestamp())), format!("there is no lead {lead}"));
    }

    #[test]
    fn the_list_is_ordered_filtered_and_paged_by_folded_name() {
        let shop = Shop::open();
        let zaklad = company(&shop, "Zakład Łódź");
        for (given, family, mail) in [
            ("Żaneta", "Ab", "z@x.example"),
            ("anna", "B", "a@firma.example"),
            ("Łukasz", "C", "l@x.example"),
            ("Анна", "Г", "g@x.example"),
            ("anna", "B", "a2@x.example"),
        ] {
            shop.store.add_contact(&person(given, family, &[mail])).unwrap();
        }
        let worker = NewContact { company: Some(zaklad), ..NewContact { kind: Kind::Lead, ..person("Mia", "D", &[]) } };
        shop.store.add_contact(&worker).unwrap();
        let all = ["anna B", "anna B", "Łukasz C", "Mia D", "Żaneta Ab", "Анна Г"];
        for (kind, filter, found) in [
            (None, "", &all[..]),
            (None, "ŻANETA", &["Żaneta Ab"]),
            (None, "анна", &["Анна Г"]),
            (None, "FIRMA.ex", &["anna B"]),
            (None, "lodz", &["Mia D"]),
            (None, "100%", &[]),
            (Some(Kind::Lead), "", &["Mia D"]),
            (Some(Kind::Contact), "a b", &["anna B", "anna B"]),
        ] {
            assert_eq!(
                names(&shop.store.contacts(kind, filter, None, 10, &now()).unwrap()),
                found,
                "{kind:?} {filter}"
            );
        }
        let mut paged: Vec<ContactRow> = Vec::new();
        loop {
            let page = shop.store.contacts(None, "", paged.last().map(|row| row.id), 1, &now()).unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(names(&paged), all);
        assert!(shop.store.contacts(None, "", Some(id::Contact(99)), 10, &now()).unwrap().is_empty());
    }

    #[test]
    fn a_card_says_what_to_know_before_writing() {
        let shop = Shop::open();
        let anna = shop.store.add_contact(&person("Anna", "Kowalska", &["anna@acme.example"])).unwrap();
        let deal = shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        let due_on = "2026-11-19".parse().unwrap();
        let amount = crate::domain::money::Money::parse("600", "PLN").unwrap();
        shop.store.add_payment(&NewPayment { deal, title: Text::own("Deposit"), due_on, amount }).unwrap();
        let thread = shop.thread("Price?", Some(anna), None, Some(deal));
        shop.letter(thread, "2026-11-20T08:00:00Z", "inbound");
        let card = shop.store.contact_card(anna, &now(), 10).unwrap().unwrap();
        let hints: Vec<&str> = card.hints.iter().map(|hint| hint.words.as_str()).collect();
        assert_eq!(
            hints,
            [
                "payment “Deposit” of 600.00\u{a0}PLN overdue since 19 Nov",
                "waits 3 days for an answer to “2026-11-20T08:00:00Z”",
                "no next activity on the open deal “Desks”"
            ]
        );
        assert_eq!((card.row.open_deals, card.row.numbers.overdue_payments, card.row.numbers.unanswered), (1, 1, 1));
        assert_eq!(card.row.last_at, Some(at("2026-11-20T08:00:00Z")));
        // A letter, and the deal's first stage.
        assert_eq!((card.deals.len(), card.payments.len(), card.timeline.len()), (1, 1, 2));
    }

    #[test]
    fn the_list_walks_its_index() {
        let shop = Shop::open();
        for (kind, index) in [(None, "contact_folded"), (Some(Kind::Lead), "contact_kind")] {
            let plan = shop.plan(&contacts_sql(kind));
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
        }
    }
}
