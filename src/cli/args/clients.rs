//! `contacts convert`, `names`, `duplicates`, `merge`, `split`.

use crate::domain::address::Address;
use clap::ValueHint;

/// `contacts convert`
#[derive(Debug, clap::Args)]
pub struct ConvertLead {
    /// Numbers of the leads, as the list shows them
    #[arg(required = true, value_parser = super::number)]
    pub id: Vec<i64>,
    /// First name, instead of the proposed one; for one lead only
    #[arg(long, value_name = "NAME")]
    pub given_name: Option<String>,
    /// Patronymic
    #[arg(long, value_name = "NAME")]
    pub patronymic: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    pub family_name: Option<String>,
    /// Company, made when it is new; without it the one whose mail domain it is
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// Give the company their mail domain
    #[arg(long, requires = "company")]
    pub with_domain: bool,
    /// Begin a deal with this title
    #[arg(long, value_name = "TITLE")]
    pub deal: Option<String>,
    /// What the deal is worth
    #[arg(long, value_name = "AMOUNT", requires = "deal", default_value = "0")]
    pub amount: String,
    /// In which currency; without it that of the last deal
    #[arg(long, value_name = "CODE", requires = "deal")]
    pub currency: Option<String>,
}

/// `contacts merge`
#[derive(Debug, clap::Args)]
pub struct MergeContacts {
    /// The card that stays
    #[arg(value_parser = super::number)]
    pub keep: i64,
    /// The card that goes
    #[arg(value_parser = super::number)]
    pub gone: i64,
    /// Take this field from the card that goes: name, company_id, position, role, language, birthday, owner; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub take: Vec<String>,
}

/// `companies merge`
#[derive(Debug, clap::Args)]
pub struct MergeCompanies {
    /// The company that stays
    #[arg(value_parser = super::number)]
    pub keep: i64,
    /// The company that goes
    #[arg(value_parser = super::number)]
    pub gone: i64,
    /// Take this field from the company that goes: name, requisites, owner; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub take: Vec<String>,
}

/// `contacts split`
#[derive(Debug, clap::Args)]
pub struct SplitContact {
    /// Whose card
    #[arg(value_parser = super::number)]
    pub id: i64,
    /// The address that becomes a card of its own
    #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
    pub address: Address,
}
