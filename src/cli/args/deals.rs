//! Arguments of `deals`.

use super::exchange::{ExportList, ImportList};
use clap::ValueHint;
use std::path::PathBuf;

/// `deals`
#[derive(Debug, clap::Args)]
pub struct Deals {
    /// What to do; nothing lists them
    #[command(subcommand)]
    pub command: Option<DealsCommand>,
    /// Only deals of this pipeline
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// Only deals in this stage
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// Only open, won or lost ones
    #[arg(long, value_name = "STATE", value_parser = ["open", "won", "lost"])]
    pub state: Option<String>,
    /// Only open ones in which nothing happened for too long
    #[arg(long)]
    pub stale: bool,
    /// Only open ones in which nothing is planned
    #[arg(long)]
    pub no_next: bool,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

/// `deals …`
#[derive(Debug, clap::Subcommand)]
pub enum DealsCommand {
    /// Show a deal: lines, payments, where it stood
    Show {
        /// Its number or title
        deal: String,
        /// Of which day.
        #[command(flatten)]
        when: super::AsOf,
    },
    /// Bring deals in from a table (CSV)
    Import(ImportList),
    /// Write deals as a table
    Export(ExportList),
    /// Enter a deal
    Add(AddDeal),
    /// Change a deal
    Edit(EditDeal),
    /// Move a deal to another stage
    Move {
        /// Its number or title
        deal: String,
        /// The stage
        stage: String,
        /// The pipeline, where it is another one
        #[arg(long, value_name = "NAME")]
        pipeline: Option<String>,
    },
    /// A deal is won
    Won {
        /// Its number or title
        deal: String,
    },
    /// A deal is lost
    Lost {
        /// Its number or title
        deal: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Open a closed deal again
    Reopen {
        /// Its number or title
        deal: String,
    },
    /// Show the offer lines, or set them anew
    Lines {
        /// Its number or title
        deal: String,
        /// A line: "What | quantity | price | discount % | VAT %", the last two may be left out; once for each line, all of them anew
        #[arg(long = "line", value_name = "LINE")]
        lines: Vec<String>,
        /// What the lines come to without VAT becomes what the deal is worth
        #[arg(long)]
        amount: bool,
    },
    /// Show the payments, or change them
    Payments(Payments),
    /// What the open deals will bring, by month
    Forecast {
        /// Only of this pipeline
        #[arg(long, value_name = "NAME")]
        pipeline: Option<String>,
    },
    /// Match a bank statement (CSV) with the payments that are due
    Bank(Bank),
}

/// What `deals add` and `deals edit` say of a deal beside its title.
#[derive(Debug, clap::Args)]
pub struct DealFacts {
    /// What it is worth, with its currency: "12 400,50 zł", "€1200", "15 тыс. грн"
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// The person it is agreed with: a number or an address
    #[arg(long, value_name = "CONTACT")]
    pub contact: Option<String>,
    /// The day it should close: 2026-12-15, 15.12
    #[arg(long, value_name = "DAY")]
    pub close: Option<String>,
}

/// `deals add`
#[derive(Debug, clap::Args)]
pub struct AddDeal {
    /// What is sold
    #[arg(long, value_name = "TEXT")]
    pub title: String,
    /// What else is known of it.
    #[command(flatten)]
    pub facts: DealFacts,
    /// Its pipeline; without it the first
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// Its stage; without it the first
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

/// `deals edit`
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["title", "amount", "contact", "close", "no_close"]))]
pub struct EditDeal {
    /// Its number or title
    pub deal: String,
    /// What is sold
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// What else changes.
    #[command(flatten)]
    pub facts: DealFacts,
    /// It should close on no day
    #[arg(long, conflicts_with = "close")]
    pub no_close: bool,
}

/// `deals payments`
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("act").args(["add", "split", "paid", "unpaid", "remove"]))]
pub struct Payments {
    /// The deal: its number or title
    pub deal: String,
    /// Enter a payment of this amount
    #[arg(long, value_name = "AMOUNT", requires = "due")]
    pub add: Option<String>,
    /// Split what is not paid yet: "30/70", "3 × monthly", "50/50 14 days"; replaces payments that are not paid
    #[arg(long, value_name = "PARTS", requires = "due")]
    pub split: Option<String>,
    /// When it is due, or the first part
    #[arg(long, value_name = "DAY")]
    pub due: Option<String>,
    /// What it is for
    #[arg(long = "for", value_name = "TEXT")]
    pub title: Option<String>,
    /// A payment was made: its number
    #[arg(long, value_name = "NUMBER")]
    pub paid: Option<i64>,
    /// On that day; without it today
    #[arg(long, value_name = "DAY", requires = "paid")]
    pub on: Option<String>,
    /// Only so much of it: the rest stays due
    #[arg(long, value_name = "AMOUNT", requires = "paid")]
    pub part: Option<String>,
    /// A payment was not made after all: its number
    #[arg(long, value_name = "NUMBER")]
    pub unpaid: Option<i64>,
    /// A payment is not due any more: its number
    #[arg(long, value_name = "NUMBER")]
    pub remove: Option<i64>,
}

/// `deals bank`
#[derive(Debug, clap::Args)]
pub struct Bank {
    /// The statement, a CSV file from the bank
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Which column is what, where it is not found out: "date=1,amount=Kwota,currency=3,payer=4,text=5"
    #[arg(long, value_name = "COLUMNS")]
    pub columns: Option<String>,
    /// Its letters, where they are not found out: windows-1250, windows-1251, utf-8
    #[arg(long, value_name = "CHARSET")]
    pub encoding: Option<String>,
    /// The currency, where the statement says none
    #[arg(long, value_name = "CURRENCY")]
    pub currency: Option<String>,
    /// Only show what is proposed
    #[arg(long)]
    pub dry_run: bool,
    /// Confirm every sure proposal without asking
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
}
