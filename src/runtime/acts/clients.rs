//! What the user does with people and companies: names, conversion, cards that become one, addresses that become a card.

use super::{Acts, Title};
use crate::domain::address::Address;
use crate::domain::change::Change;
use crate::domain::contact::Name;
use crate::domain::conversion::{CompanyWish, Conversion};
use crate::domain::duplicate::Pair;
use crate::domain::id;
use crate::domain::merge::Merge;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::store::{ContactEdit, NewCompany, NewDeal};
use crate::sync::filing::settle;
use crate::sync::merging;

impl Acts<'_> {
    /// The lead becomes a contact, with company and deal where they are wanted: one change. Their old letters are filed under them.
    ///
    /// # Errors
    /// When there is no such lead, the domain belongs to another company, or the store cannot be written.
    pub fn convert(&self, wanted: &Conversion, stage: &Text) -> Result<Title> {
        self.record(format!("Made a contact: {}", wanted.name.full()), || {
            let company = match &wanted.company {
                Some(wish) => Some(self.company(wish)?),
                None => self.store.contact_company(wanted.lead)?,
            };
            self.store.convert_lead(wanted.lead, &wanted.name, company, self.at())?;
            let edit = ContactEdit {
                position: Some(wanted.position.clone()),
                language: Some(wanted.language.clone()),
                phones: Some(wanted.phones.iter().map(|phone| phone.as_str().to_owned()).collect()),
                ..ContactEdit::default()
            };
            self.store.update_contact(wanted.lead, &edit)?;
            if let Some((title, amount)) = &wanted.deal {
                self.store.add_deal(&NewDeal {
                    title: title.clone(),
                    company,
                    contact: Some(wanted.lead),
                    pipeline: Text::default(),
                    stage: stage.clone(),
                    amount: amount.clone(),
                    expected_close: None,
                    lines: Vec::new(),
                    created_at: self.at(),
                })?;
            }
            Ok(())
        })
    }

    /// The company that is wanted: known, of that name, or new; with its domain.
    fn company(&self, wish: &CompanyWish) -> Result<id::Company> {
        let known = match wish.known {
            Some(known) => Some(known),
            None => self.store.company_called(wish.name.as_str())?,
        };
        let domains: Vec<String> = wish.domain.iter().cloned().collect();
        let Some(company) = known else {
            let new = NewCompany { name: wish.name.clone(), domains, ..NewCompany::default() };
            return self.store.add_company(&new);
        };
        if let Some(domain) = &wish.domain {
            let mut all: Vec<String> = self.store.domains_of(company)?.into_iter().map(String::from).collect();
            all.push(domain.clone());
            self.store
                .update_company(company, &crate::store::CompanyEdit { domains: Some(all), ..Default::default() })?;
        }
        Ok(company)
    }

    /// The name as I confirmed it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn name_person(&self, contact: id::Contact, name: &Name) -> Result<Title> {
        self.record(format!("Name: {}", name.full()), || self.store.name_person(contact, name))
    }

    /// No person: a company's or a robot's mailbox.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn not_person(&self, contact: id::Contact) -> Result<Title> {
        self.record(format!("Not a person: {}", self.name(contact)?), || self.store.set_not_person(contact))
    }

    /// Two cards become one.
    ///
    /// # Errors
    /// When one of them is gone, or the store cannot be written.
    pub fn merge(&self, merge: &Merge) -> Result<Title> {
        let sides = self
            .store
            .sides(merge.pair)?
            .ok_or_else(|| Problem::new(Kind::NotFound, "one of the two cards is not there any more"))?;
        self.record(format!("Made one card of {} and {}", sides.names.0, sides.names.1), || {
            merging::merge(self.store, merge, self.at())
        })
    }

    /// They are two: never proposed as one again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn different(&self, pair: Pair) -> Result<Title> {
        let names = self.store.sides(pair)?.map(|sides| sides.names).unwrap_or_default();
        self.record(format!("Different: {} and {}", names.0, names.1), || self.store.set_different(pair))
    }

    /// An address becomes a card of its own.
    ///
    /// # Errors
    /// When the address is not theirs, or their only one.
    pub fn split_off(&self, contact: id::Contact, address: &Address) -> Result<Title> {
        self.record(format!("Made a card of its own of {address}"), || {
            merging::split_off(self.store, self.own, contact, address, self.at()).map(drop)
        })
    }

    /// Takes back the newest act. Letters that came since stay; those that were filed by what is taken back are filed anew.
    ///
    /// # Errors
    /// When what happened since makes it impossible; then nothing was changed.
    pub fn undo(&self) -> Result<Option<Change>> {
        self.store.write(|| {
            let Some((change, refile)) = self.store.undo_and_tell(self.at())? else { return Ok(None) };
            for thread in refile {
                merging::file_anew(self.store, self.own, thread, self.at())?;
            }
            // Letters that came since under a client who is gone again.
            settle(self.store, self.own, self.at())?;
            Ok(Some(change))
        })
    }
}
