//! Arguments of cards: `contacts` and `companies` with show, add, edit, remove.

use super::exchange::{ExportList, ImportList};
use super::{AddContact, ConvertLead, MergeCompanies, MergeContacts, SplitContact};
use crate::domain::card::Fact;
use crate::domain::text::Text;
use clap::{Subcommand, ValueHint};

/// `contacts …`
#[derive(Debug, Subcommand)]
pub enum Contacts {
    /// List everyone
    List,
    /// Show a card: facts, turnover, payments, response times, what happened last
    Show(ShowContact),
    /// Add a contact; their old letters are filed under them
    Add(AddContact),
    /// Change what stands on a card
    Edit(EditContact),
    /// Delete a contact entered by mistake, on whom nothing hangs
    Remove(OfContact),
    /// Make contacts of leads, as it is proposed or as you say
    Convert(ConvertLead),
    /// List names that nobody has split yet, each with its proposal
    Names,
    /// List cards that may be one client, with what speaks for it
    Duplicates,
    /// Make one card of two
    Merge(MergeContacts),
    /// Make a card of its own of one of a contact's addresses
    Split(SplitContact),
    /// Bring people in from a table (CSV) or cards (vCard); one change, undone as a whole
    Import(ImportList),
    /// Write people as a table or as cards
    Export(ExportList),
}

/// `companies …`
#[derive(Debug, Subcommand)]
pub enum Companies {
    /// List them
    List,
    /// Show a card: facts, people, turnover, payments, what happened last
    Show(ShowCompany),
    /// Add a company; letters of its domains are filed under it
    Add(AddCompany),
    /// Change what stands on a card
    Edit(EditCompany),
    /// Delete a company entered by mistake, on which nothing hangs
    Remove(OfCompany),
    /// List companies that may be one, with what speaks for it
    Duplicates,
    /// Make one company of two
    Merge(MergeCompanies),
    /// Bring companies in from a table (CSV)
    Import(ImportList),
    /// Write companies as a table
    Export(ExportList),
}

/// A person.
#[derive(Debug, clap::Args)]
pub struct OfContact {
    /// Number or address of the contact
    #[arg(value_name = "CONTACT")]
    pub contact: String,
}

/// A company.
#[derive(Debug, clap::Args)]
pub struct OfCompany {
    /// Number or name of the company
    #[arg(value_name = "COMPANY")]
    pub company: String,
}

/// The day a card is shown of.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AsOf {
    /// As it was at the end of that day: 2026-10-12, 12.10, "last month", or at "2026-10-12 14:00"; what is otherwise now is marked
    #[arg(long, value_name = "DAY")]
    pub as_of: Option<String>,
}

/// `contacts show`
#[derive(Debug, clap::Args)]
pub struct ShowContact {
    /// Who.
    #[command(flatten)]
    pub of: OfContact,
    /// Of which day.
    #[command(flatten)]
    pub when: AsOf,
}

/// `companies show`
#[derive(Debug, clap::Args)]
pub struct ShowCompany {
    /// Which.
    #[command(flatten)]
    pub of: OfCompany,
    /// Of which day.
    #[command(flatten)]
    pub when: AsOf,
}

/// What every card takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OfCard {
    /// Who handles them; "me" is you
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Watch them
    #[arg(long, conflicts_with = "unwatch")]
    pub watch: bool,
    /// Watch them no longer
    #[arg(long)]
    pub unwatch: bool,
    /// Note, in the place of the one there is
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Value of an own field; without a value it is emptied. May be repeated
    #[arg(long, value_name = "FIELD=VALUE", value_parser = own_field)]
    pub set: Vec<(Text, String)>,
}

fn own_field(typed: &str) -> Result<(Text, String), String> {
    match typed.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((Text::line(name.trim()), value.to_owned())),
        _ => Err("name the field and its value: size=large".to_owned()),
    }
}

impl OfCard {
    /// What is to be changed.
    #[must_use]
    pub fn edits(&self) -> Vec<(Fact, String)> {
        let mut edits = Vec::new();
        edits.extend(self.owner.clone().map(|owner| (Fact::Owner, owner)));
        if self.watch || self.unwatch {
            edits.push((Fact::Watched, if self.watch { "yes" } else { "no" }.to_owned()));
        }
        edits.extend(self.note.clone().map(|note| (Fact::Note, note)));
        edits.extend(self.set.iter().map(|(name, value)| (Fact::Own(name.clone()), value.clone())));
        edits
    }
}

/// Tags of a card that is changed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Tagging {
    /// Tag to add; may be repeated
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Tag to take away; may be repeated
    #[arg(long, value_name = "TAG")]
    pub untag: Vec<String>,
}

/// `contacts edit`
#[derive(Debug, clap::Args)]
pub struct EditContact {
    /// Who.
    #[command(flatten)]
    pub of: OfContact,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub given_name: Option<String>,
    /// Patronymic
    #[arg(long, value_name = "NAME")]
    pub patronymic: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    pub family_name: Option<String>,
    /// The name as they write it
    #[arg(long, value_name = "NAME")]
    pub written_as: Option<String>,
    /// Company, made when it is new; empty takes them out of theirs
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// Position in the company
    #[arg(long, value_name = "TEXT")]
    pub position: Option<String>,
    /// client, supplier or partner
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Mail addresses in the place of those there are, the first one first; may be repeated
    #[arg(long, value_name = "ADDRESS", value_hint = ValueHint::EmailAddress)]
    pub address: Vec<String>,
    /// Phones in the place of those there are; may be repeated
    #[arg(long, value_name = "PHONE")]
    pub phone: Vec<String>,
    /// Language you write to them in, such as pl
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Birthday: 11-30 or 30.11
    #[arg(long, value_name = "DAY")]
    pub birthday: Option<String>,
    /// Tags.
    #[command(flatten)]
    pub tagging: Tagging,
    /// What every card takes.
    #[command(flatten)]
    pub card: OfCard,
}

impl EditContact {
    /// What is to be changed, but for the tags.
    #[must_use]
    pub fn edits(&self) -> Vec<(Fact, String)> {
        let one = [
            (Fact::Given, &self.given_name),
            (Fact::Patronymic, &self.patronymic),
            (Fact::Family, &self.family_name),
            (Fact::Display, &self.written_as),
            (Fact::Company, &self.company),
            (Fact::Position, &self.position),
            (Fact::Role, &self.role),
            (Fact::Language, &self.language),
            (Fact::Birthday, &self.birthday),
        ];
        let mut edits: Vec<(Fact, String)> =
            one.into_iter().filter_map(|(fact, typed)| Some((fact, typed.clone()?))).collect();
        for (fact, typed) in [(Fact::Addresses, &self.address), (Fact::Phones, &self.phone)] {
            if !typed.is_empty() {
                edits.push((fact, typed.join(",")));
            }
        }
        edits.extend(self.card.edits());
        edits
    }
}

/// `companies add`
#[derive(Debug, clap::Args)]
pub struct AddCompany {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Mail domain; may be repeated
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Requisites as they are to be written
    #[arg(long, value_name = "TEXT")]
    pub requisites: Option<String>,
    /// Tag; may be repeated
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// What every card takes.
    #[command(flatten)]
    pub card: OfCard,
}

/// `companies edit`
#[derive(Debug, clap::Args)]
pub struct EditCompany {
    /// Which.
    #[command(flatten)]
    pub of: OfCompany,
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Mail domains in the place of those there are; may be repeated
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Requisites as they are to be written
    #[arg(long, value_name = "TEXT")]
    pub requisites: Option<String>,
    /// Tags.
    #[command(flatten)]
    pub tagging: Tagging,
    /// What every card takes.
    #[command(flatten)]
    pub card: OfCard,
}

impl EditCompany {
    /// What is to be changed, but for the tags.
    #[must_use]
    pub fn edits(&self) -> Vec<(Fact, String)> {
        company_edits(self.name.as_ref(), &self.domain, self.requisites.as_ref(), &self.card)
    }
}

impl AddCompany {
    /// Everything that was said of it.
    #[must_use]
    pub fn edits(&self) -> Vec<(Fact, String)> {
        let mut edits = company_edits(Some(&self.name), &self.domain, self.requisites.as_ref(), &self.card);
        if !self.tag.is_empty() {
            edits.push((Fact::Tags, self.tag.join(",")));
        }
        edits
    }
}

fn company_edits(
    name: Option<&String>,
    domains: &[String],
    requisites: Option<&String>,
    card: &OfCard,
) -> Vec<(Fact, String)> {
    let mut edits = Vec::new();
    edits.extend(name.map(|name| (Fact::Name, name.clone())));
    if !domains.is_empty() {
        edits.push((Fact::Domains, domains.join(",")));
    }
    edits.extend(requisites.map(|requisites| (Fact::Requisites, requisites.clone())));
    edits.extend(card.edits());
    edits
}
