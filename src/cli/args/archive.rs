//! Arguments of what keeps letters safe: import, export, doctor.

use clap::ValueHint;
use std::path::PathBuf;

/// `import`
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Files and folders: mbox, Maildir (with its folders), .eml; what each is, is seen by its content
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Account that the letters belong to; without it the first in the configuration
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Folder that they come into; without it "Imported" and the names of the files. It is kept on this machine alone
    #[arg(long, value_name = "NAME")]
    pub folder: Option<String>,
    /// A line of JSON for each event, the last a summary
    #[arg(long)]
    pub json: bool,
}

/// `export`
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("target").required(true).args(["mbox", "eml", "maildir"]))]
pub struct Export {
    /// Write one mbox file (mboxrd); the letters' own bytes, also their line ends
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub mbox: Option<PathBuf>,
    /// Write a file for each letter into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub eml: Option<PathBuf>,
    /// Write a Maildir, with flags
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub maildir: Option<PathBuf>,
    /// Only letters of this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only letters in this folder
    #[arg(long, value_name = "NAME")]
    pub folder: Option<String>,
    /// Only letters that search finds with these words
    #[arg(long, value_name = "WORDS")]
    pub query: Option<String>,
    /// Only conversations with this contact: address or number
    #[arg(long, value_name = "CONTACT")]
    pub contact: Option<String>,
    /// Only conversations of this deal: its number or title
    #[arg(long, value_name = "DEAL")]
    pub deal: Option<String>,
    /// A line of JSON for each event, the last a summary
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Doctor {
    /// Open every stored letter and compare its fingerprint; without it a sample
    #[arg(long)]
    pub deep: bool,
    /// Fetch again what is missing or damaged here
    #[arg(long, conflicts_with = "rebuild")]
    pub repair: bool,
    /// Put a damaged store aside and make a new one from it, the newest backup and the servers
    #[arg(long)]
    pub rebuild: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}
