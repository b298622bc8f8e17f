//! Arguments of lists in and out.

use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

/// `contacts import`, `companies import`, `deals import`
#[derive(Debug, Args)]
pub struct ImportList {
    /// A table (CSV) or, for people, cards (vCard 2.1, 3, 4): what it is, is seen by its content
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Which column is which, where it is not guessed: phones=Numer; may be repeated
    #[arg(long, value_name = "NAME=HEADING")]
    pub map: Vec<String>,
    /// Only tell what would come of it, row by row
    #[arg(long)]
    pub dry_run: bool,
    /// What the file says replaces what cards say; else only what is empty is filled in
    #[arg(long)]
    pub overwrite: bool,
}

/// `contacts export`, `companies export`, `deals export`
#[derive(Debug, Args)]
pub struct ExportList {
    /// Into this new file; standard output where it is not named
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: Option<PathBuf>,
    /// As what; where it is not said, the ending of the file does (.vcf), and else csv
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table
    Csv,
    /// vCard 3, which phones and Outlook read
    Vcard3,
    /// vCard 4
    Vcard4,
}

/// `handover`
#[derive(Debug, Args)]
pub struct Handover {
    /// A person: an address or a number
    #[arg(long, value_name = "CONTACT")]
    pub contact: Option<String>,
    /// A company with all its people: a name or a number
    #[arg(long, value_name = "COMPANY")]
    pub company: Option<String>,
    /// One deal: a title or a number
    #[arg(long, value_name = "DEAL")]
    pub deal: Option<String>,
    /// The new folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub to: PathBuf,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}
