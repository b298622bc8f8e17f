//! `postbook contacts add`: a person entered from a script; their old letters are filed under them.

use super::args::AddContact;
use super::context::Context;
use super::desk::Desk;
use super::json::{self, Person};
use super::output;
use crate::domain::card::Fact;
use crate::domain::contact::{ContactRow, Kind, Name, Whose};
use crate::domain::id;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::runtime::acts::Acts;
use crate::store::{ContactEdit, NewContact, Store};
use crate::sync::filing::settle;
use jiff::Zoned;

/// Enters them, as one change that can be undone. A lead with one of the addresses becomes the contact.
///
/// # Errors
/// An address belongs to another contact; the store cannot be written.
pub fn add(context: &Context, new: &AddContact, as_json: bool) -> Result<()> {
    let desk = Desk::open(context)?;
    let now = desk.now();
    let name = name(new);
    let acts = Acts { store: &desk.store, own: &desk.office.own, now: &now };
    let (contact, _) = desk.store.record(&format!("Added a contact: {}", name.full()), now.timestamp(), || {
        let company = match &new.company {
            Some(company) => acts.company_named(&Text::line(company.trim()))?,
            None => None,
        };
        let contact = enter(&desk.store, new, &name, company, &now)?;
        let mut edits = new.card.edits();
        edits.extend(new.position.clone().map(|position| (Fact::Position, position)));
        edits.extend(new.birthday.clone().map(|birthday| (Fact::Birthday, birthday)));
        acts.write_facts(Whose::Contact(contact), &edits, &desk.office.practice)?;
        settle(&desk.store, &desk.office.own, now.timestamp())?;
        Ok(contact)
    })?;
    let missing = || Problem::new(problem::Kind::Internal, "the contact is gone again");
    let row = desk.store.contact_row(contact, &now)?.ok_or_else(missing)?;
    if as_json {
        let (addresses, phones, tags) = desk.store.contact_details(contact)?;
        let person = Person { row: &row, addresses: &addresses, phones: &phones, tags: &tags };
        return output::json(&json::contact_json(&person)).map(drop);
    }
    output::print(&in_words(&row)).map(drop)
}

pub(super) fn in_words(row: &ContactRow) -> String {
    let company = row.company.as_ref().map(|company| format!(" of {company}")).unwrap_or_default();
    format!("Contact {} is {}{company}.", row.id, row.name.full())
}

fn name(new: &AddContact) -> Name {
    let part = |part: &Option<String>| Text::line(part.as_deref().unwrap_or_default().trim());
    let mut name = Name {
        display: Text::default(),
        given: part(&new.given_name),
        patronymic: part(&new.patronymic),
        family: part(&new.family_name),
    };
    name.display = name.full();
    name
}

fn enter(
    store: &Store,
    new: &AddContact,
    name: &Name,
    company: Option<id::Company>,
    now: &Zoned,
) -> Result<id::Contact> {
    let language = Text::line(new.language.as_deref().unwrap_or_default().trim());
    let tags: Vec<Text> = new.tag.iter().map(|tag| Text::line(tag.trim())).collect();
    if let Some(lead) = lead_among(store, new, now)? {
        store.convert_lead(lead, name, company, now.timestamp())?;
        let (mut addresses, mut phones, _) = store.contact_details(lead)?;
        addresses
            .extend(new.address.iter().filter(|address| !addresses.contains(address)).cloned().collect::<Vec<_>>());
        phones.extend(new.phone.iter().map(|phone| Text::line(phone)));
        let edit = ContactEdit {
            role: Some(new.role),
            language: Some(language).filter(|language| !language.is_empty()),
            tags: Some(tags).filter(|tags| !tags.is_empty()),
            addresses: Some(addresses),
            phones: Some(phones.into_iter().map(String::from).collect()),
            ..ContactEdit::default()
        };
        store.update_contact(lead, &edit)?;
        return Ok(lead);
    }
    let mut entered = NewContact::new(Kind::Contact, now.timestamp());
    entered.name = name.clone();
    entered.company = company;
    entered.role = new.role;
    entered.language = language;
    entered.tags = tags;
    entered.addresses.clone_from(&new.address);
    entered.phones.clone_from(&new.phone);
    entered.reviewed_at = Some(now.timestamp());
    store.add_contact(&entered)
}

/// The lead that one of the addresses belongs to.
fn lead_among(store: &Store, new: &AddContact, now: &Zoned) -> Result<Option<id::Contact>> {
    for address in &new.address {
        let Some((contact, _)) = store.contact_by_address(address)? else { continue };
        if store.contact_row(contact, now)?.is_some_and(|row| row.kind == Kind::Lead) {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}
