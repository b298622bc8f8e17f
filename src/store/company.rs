//! Companies: their domains, people and cards.

use super::contact::{NAME, must_be_there, name_from, unfit};
use super::{Store, count_at, text_at};
use crate::domain::address::{Address, is_free_mail};
use crate::domain::company::{CompanyCard, CompanyRow};
use crate::domain::contact::Whose;
use crate::domain::id;
use crate::domain::problem::{Problem, Result};
use crate::domain::text::{Text, fold};
use jiff::Zoned;
use rusqlite::{OptionalExtension, named_params, params};

/// A company to be entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewCompany {
    /// Its name.
    pub name: Text,
    /// Its mail domains: `acme.example`.
    pub domains: Vec<String>,
    /// Requisites as written.
    pub requisites: Text,
    /// My note.
    pub note: Text,
}

/// What changes on a company's card; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyEdit {
    /// Its name.
    pub name: Option<Text>,
    /// All its mail domains.
    pub domains: Option<Vec<String>>,
    /// Requisites as written.
    pub requisites: Option<Text>,
    /// My note.
    pub note: Option<Text>,
}

/// A mail domain in the one spelling that is compared; the problem says why it says nothing about a company.
fn checked_domain(written: &str) -> Result<String> {
    let written = written.trim().trim_start_matches('@');
    let Some(address) =
        Address::parse(&format!("x@{written}")).filter(|a| a.local() == "x" && a.domain().contains('.'))
    else {
        return Err(
            unfit(format!("“{}” is not a mail domain", Text::line(written))).hint("what stands after @: acme.example")
        );
    };
    if is_free_mail(address.domain()) {
        return Err(unfit(format!("{} is a free-mail provider: strangers have mailboxes there", address.domain()))
            .hint("enter the person's address on their own card instead"));
    }
    Ok(address.domain().to_owned())
}

fn checked_name(name: &Text) -> Result<()> {
    if name.as_str().trim().is_empty() { Err(unfit("a company needs a name")) } else { Ok(()) }
}

impl Store {
    /// Enters a company.
    ///
    /// # Errors
    /// When it has no name, a domain is free-mail, no domain or another company's (named); then nothing was changed.
    pub fn add_company(&self, new: &NewCompany) -> Result<id::Company> {
        checked_name(&new.name)?;
        self.write(|| {
            self.sql()
                .prepare_cached("INSERT INTO company (name, folded, requisites, note, id) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    new.name.as_str(),
                    fold(new.name.as_str()),
                    new.requisites.as_str(),
                    new.note.as_str(),
                    self.next_card("company")?
                ])?;
            let company = id::Company(self.sql().last_insert_rowid());
            self.set_domains(company, &new.domains)?;
            Ok(company)
        })
    }

    /// Changes what `edit` names on a company's card.
    ///
    /// # Errors
    /// As [`Store::add_company`], and when there is no such company; then nothing was changed.
    pub fn update_company(&self, company: id::Company, edit: &CompanyEdit) -> Result<()> {
        if let Some(name) = &edit.name {
            checked_name(name)?;
        }
        let text = |field: &Option<Text>| field.as_ref().map(|text| text.as_str().to_owned());
        self.write(|| {
            let rows = self
                .sql()
                .prepare_cached(
                    "UPDATE company SET name = coalesce(?2, name), folded = coalesce(?3, folded),
                         requisites = coalesce(?4, requisites), note = coalesce(?5, note) WHERE id = ?1",
                )?
                .execute(params![
                    company.0,
                    text(&edit.name),
                    edit.name.as_ref().map(|name| fold(name.as_str())),
                    text(&edit.requisites),
                    text(&edit.note)
                ])?;
            must_be_there(rows, "company", company)?;
            edit.domains.as_ref().map_or(Ok(()), |domains| self.set_domains(company, domains))
        })
    }

    /// Writes only the rows that differ.
    fn set_domains(&self, company: id::Company, written: &[String]) -> Result<()> {
        let wanted: Vec<String> = written.iter().map(|domain| checked_domain(domain)).collect::<Result<_>>()?;
        let mut had: Vec<String> = self.domains_of(company)?.into_iter().map(String::from).collect();
        for old in had.iter().filter(|old| !wanted.contains(old)) {
            self.sql().prepare_cached("DELETE FROM company_domain WHERE domain = ?1")?.execute([old])?;
        }
        for domain in wanted {
            if had.contains(&domain) {
                continue;
            }
            if let Some(owner) = self.company_by_domain(&domain)? {
                return Err(self.domain_taken(&domain, owner)?);
            }
            self.sql()
                .prepare_cached("INSERT INTO company_domain (domain, company_id) VALUES (?1, ?2)")?
                .execute(params![domain, company.0])?;
            had.push(domain);
        }
        Ok(())
    }

    fn domain_taken(&self, domain: &str, owner: id::Company) -> Result<Problem> {
        let name = self
            .sql()
            .prepare_cached("SELECT name FROM company WHERE id = ?1")?
            .query_row([owner.0], |row| text_at(row, "name"))?;
        Ok(unfit(format!("{domain} already belongs to {name}"))
            .hint("take the domain from its card first, or leave it out here"))
    }

    /// The company a mail domain belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_by_domain(&self, domain: &str) -> Result<Option<id::Company>> {
        let company: Option<i64> = self
            .sql()
            .prepare_cached("SELECT company_id FROM company_domain WHERE domain = ?1")?
            .query_row([domain.trim().to_lowercase()], |row| row.get(0))
            .optional()?;
        Ok(company.map(id::Company))
    }

    /// The company of this name, without regard to case and accents; the one that was entered first where there are several.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_called(&self, name: &str) -> Result<Option<id::Company>> {
        let company: Option<i64> = self
            .sql()
            .prepare_cached("SELECT id FROM company WHERE folded = ?1 ORDER BY id LIMIT 1")?
            .query_row([fold(name.trim())], |row| row.get(0))
            .optional()?;
        Ok(company.map(id::Company))
    }

    /// A page of companies in the order of their folded names, after the company `after` (the last one shown).
    /// `filter` is looked for, folded, inside name and domains; empty finds all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn companies(&self, filter: &str, after: Option<id::Company>, limit: u32) -> Result<Vec<CompanyRow>> {
        let mut place = self.sql().prepare_cached("SELECT folded, id FROM company WHERE id = ?1")?;
        let last: Option<(String, i64)> = match after {
            Some(last) => place.query_row([last.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?,
            None => Some((String::new(), i64::MIN)),
        };
        let Some((folded, key)) = last else { return Ok(Vec::new()) }; // undone since: the list is read again
        let mut statement = self.sql().prepare_cached(COMPANIES)?;
        let parameters =
            named_params! { ":filter": fold(filter.trim()), ":folded": folded, ":key": key, ":limit": limit };
        let found: Vec<i64> = statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().filter_map(|company| self.company_row(id::Company(company)).transpose()).collect()
    }

    /// One company's row; `None` when there is no such company.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_row(&self, company: id::Company) -> Result<Option<CompanyRow>> {
        let mut statement = self.sql().prepare_cached(
            "SELECT name, owner, watched, (SELECT count(*) FROM contact WHERE company_id = company.id) AS contacts,
                    (SELECT count(*) FROM deal WHERE company_id = company.id AND state = 'open') AS open_deals
             FROM company WHERE id = ?1",
        )?;
        let row = statement
            .query_row([company.0], |row| {
                Ok(CompanyRow {
                    id: company,
                    name: text_at(row, "name")?,
                    domains: Vec::new(),
                    contacts: count_at(row, "contacts")?,
                    open_deals: count_at(row, "open_deals")?,
                    owner: text_at(row, "owner")?,
                    watched: row.get("watched")?,
                })
            })
            .optional()?;
        let Some(mut row) = row else { return Ok(None) };
        row.domains = self.domains_of(company)?;
        Ok(Some(row))
    }

    /// Everything on a company's card, with the first `timeline_limit` rows of the timeline; `None` when there is no
    /// such company.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn company_card(&self, company: id::Company, now: &Zoned, timeline_limit: u32) -> Result<Option<CompanyCard>> {
        let Some(row) = self.company_row(company)? else { return Ok(None) };
        let whose = Whose::Company(company);
        let requisites = self
            .sql()
            .prepare_cached("SELECT requisites FROM company WHERE id = ?1")?
            .query_row([company.0], |row| Ok(Text::block(row.get_ref(0)?.as_str()?)))?;
        Ok(Some(CompanyCard {
            row,
            requisites,
            common: self.common_of(whose)?,
            people: self.people_at(company)?,
            deals: self.deals_on_card(whose, now.date())?,
            payments: self.payments_on_card(whose)?,
            numbers: self.numbers(whose, now)?,
            timeline: self.timeline(whose, None, timeline_limit)?,
        }))
    }

    /// Mail domains of a company, in the order they were entered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn domains_of(&self, company: id::Company) -> Result<Vec<Text>> {
        let mut statement =
            self.sql().prepare_cached("SELECT domain FROM company_domain WHERE company_id = ?1 ORDER BY id")?;
        Ok(statement.query_map([company.0], |row| text_at(row, "domain"))?.collect::<rusqlite::Result<_>>()?)
    }

    fn people_at(&self, company: id::Company) -> Result<Vec<(id::Contact, Text)>> {
        let mut statement = self.sql().prepare_cached(&format!(
            "SELECT c.id, {NAME} FROM contact c WHERE c.company_id = ?1 ORDER BY c.folded, c.id"
        ))?;
        let people =
            statement.query_map([company.0], |row| Ok((id::Contact(row.get("id")?), name_from(row)?.full())))?;
        Ok(people.collect::<rusqlite::Result<_>>()?)
    }
}

/// Walks the index of the order and stops at the page's end.
const COMPANIES: &str = "SELECT c.id FROM company c WHERE (c.folded, c.id) > (:folded, :key)
     AND (:filter = '' OR instr(c.folded, :filter)
          OR EXISTS (SELECT 1 FROM company_domain d WHERE d.company_id = c.id AND instr(d.domain, :filter)))
     ORDER BY c.folded, c.id LIMIT :limit";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards_fixture::{Shop, now, person, sale};
    use crate::store::contact::NewContact;

    fn firm(name: &str, domains: &[&str]) -> NewCompany {
        NewCompany {
            name: Text::line(name),
            domains: domains.iter().map(|d| (*d).to_owned()).collect(),
            ..NewCompany::default()
        }
    }

    #[test]
    fn a_domain_belongs_to_one_company_and_never_to_strangers() {
        let shop = Shop::open();
        let acme = shop.act(|store| store.add_company(&firm("Acme", &["ACME.example", " @acme.pl ", "acme.pl"])));
        let row = shop.store.company_row(acme).unwrap().unwrap();
        assert_eq!(row.domains, [Text::own("acme.example"), Text::own("acme.pl")]);
        assert_eq!(shop.store.company_by_domain("Acme.Example").unwrap(), Some(acme));
        assert_eq!(shop.store.company_by_domain("example").unwrap(), None);
        for (domain, sentence) in [
            ("acme.pl", "acme.pl already belongs to Acme"),
            ("GMail.com", "gmail.com is a free-mail provider: strangers have mailboxes there"),
            ("no domain", "“no domain” is not a mail domain"),
            ("a@b.example", "“a@b.example” is not a mail domain"),
            ("localhost", "“localhost” is not a mail domain"),
            ("", "“” is not a mail domain"),
        ] {
            assert_eq!(shop.refused(|store| store.add_company(&firm("Other", &["other.example", domain]))), sentence);
        }
        assert_eq!(shop.refused(|store| store.add_company(&firm(" ", &[]))), "a company needs a name");
    }

    #[test]
    fn an_edit_changes_what_it_names() {
        let shop = Shop::open();
        let new = NewCompany { requisites: Text::own("NIP 1"), ..firm("Acme", &["acme.example", "acme.pl"]) };
        let acme = shop.act(|store| store.add_company(&new));
        let edit = CompanyEdit {
            name: Some(Text::own("Łąka")),
            domains: Some(vec!["acme.pl".to_owned(), "laka.example".to_owned()]),
            ..CompanyEdit::default()
        };
        shop.act(|store| store.update_company(acme, &edit));
        let card = shop.store.company_card(acme, &now(), 5).unwrap().unwrap();
        assert_eq!(card.row.domains, [Text::own("acme.pl"), Text::own("laka.example")]);
        assert_eq!((card.row.name.as_str(), card.requisites.as_str()), ("Łąka", "NIP 1"));
        assert_eq!(shop.store.companies("laka", None, 5).unwrap().len(), 1);
        assert_eq!(shop.refused(|store| store.update_company(id::Company(9), &edit)), "there is no company 9");
    }

    #[test]
    fn a_card_shows_people_deals_and_payments() {
        let shop = Shop::open();
        let acme = shop.store.add_company(&firm("Acme", &[])).unwrap();
        let zoe = shop.store.add_contact(&NewContact { company: Some(acme), ..person("Zoe", "", &[]) }).unwrap();
        let anna = shop.store.add_contact(&NewContact { company: Some(acme), ..person("Anna", "", &[]) }).unwrap();
        shop.store.add_deal(&sale("Desks", Some(anna), None)).unwrap();
        let card = shop.store.company_card(acme, &now(), 5).unwrap().unwrap();
        assert_eq!(card.people, [(anna, Text::own("Anna")), (zoe, Text::own("Zoe"))]);
        assert_eq!((card.row.contacts, card.row.open_deals, card.deals.len()), (2, 1, 1));
        assert!(shop.store.company_card(id::Company(9), &now(), 5).unwrap().is_none());
    }

    #[test]
    fn the_list_is_ordered_filtered_and_paged_by_folded_name() {
        let shop = Shop::open();
        for (name, domain) in [("Żuraw", "zuraw.pl"), ("acme", "firma.example"), ("Acme", "acme.example")] {
            shop.store.add_company(&firm(name, &[domain])).unwrap();
        }
        let names = |filter: &str, after, limit| -> Vec<String> {
            shop.store.companies(filter, after, limit).unwrap().into_iter().map(|row| row.name.into()).collect()
        };
        assert_eq!(names("", None, 9), ["acme", "Acme", "Żuraw"]);
        assert_eq!(names("", Some(id::Company(2)), 1), ["Acme"]);
        assert_eq!(names("", Some(id::Company(3)), 9), ["Żuraw"]);
        assert_eq!(names("", Some(id::Company(99)), 9), Vec::<String>::new());
        assert_eq!(names("firma", None, 9), ["acme"]);
        assert_eq!(names("zuraw", None, 9), ["Żuraw"]);
        let plan = shop.plan(COMPANIES);
        assert!(plan.contains("company_folded (folded") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
