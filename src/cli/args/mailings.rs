//! Arguments of `mailings`.

use crate::domain::address::Address;
use clap::ValueHint;
use std::path::PathBuf;

/// `mailings`
#[derive(Debug, clap::Args)]
pub struct Mailings {
    /// What to do; nothing lists them
    #[command(subcommand)]
    pub command: Option<MailingsCommand>,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

/// `mailings …`
#[derive(Debug, clap::Subcommand)]
pub enum MailingsCommand {
    /// List them
    List,
    /// Prepare one: its list is frozen and checked, nothing leaves
    New(NewMailing),
    /// Check everybody on the list who has no letter yet
    Check {
        /// Its number
        mailing: i64,
    },
    /// Make every letter as it would leave, and send none
    DryRun {
        /// Its number
        mailing: i64,
        /// Write the letters into this folder, one file each
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
    /// Let its letters leave, at the pace of the account; a paused one goes on
    #[command(alias = "resume")]
    Start {
        /// Its number
        mailing: i64,
        /// Leave out those who lack a value of the template
        #[arg(long)]
        without_missing: bool,
    },
    /// Hold it; what the server is just taking goes on
    Pause {
        /// Its number
        mailing: i64,
    },
    /// Show it: where each recipient stands, and what came of it
    Show {
        /// Its number
        mailing: i64,
        /// Only recipients who stand so
        #[arg(long, value_name = "STATE", value_parser = ["waiting", "sending", "sent", "refused", "uncertain", "skipped"])]
        state: Option<String>,
    },
    /// Show the letter of one recipient
    Preview {
        /// The mailing's number
        mailing: i64,
        /// The recipient's address
        #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
        address: Address,
    },
    /// Leave somebody out whose letter is not made yet
    LeaveOut {
        /// The mailing's number
        mailing: i64,
        /// The recipient's address
        #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
        address: Address,
    },
    /// Take somebody in again who was left out by hand, as an ignored sender, or as probably the same person
    TakeIn {
        /// The mailing's number
        mailing: i64,
        /// The recipient's address
        #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
        address: Address,
    },
    /// Forget one of which nothing has left
    Remove {
        /// Its number
        mailing: i64,
    },
    /// List who wants no mailings any more, and why
    OptedOut,
    /// Enter that somebody wants no mailings any more
    OptOut {
        /// The address
        #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
        address: Address,
        /// How you know
        #[arg(long, value_name = "TEXT", default_value = "entered by hand")]
        reason: String,
    },
    /// Take back that somebody opted out: only when they say so
    OptIn {
        /// The address
        #[arg(value_parser = super::address, value_hint = ValueHint::EmailAddress)]
        address: Address,
        /// They said so
        #[arg(long)]
        yes: bool,
    },
}

/// `mailings new`
#[derive(Debug, clap::Args)]
pub struct NewMailing {
    /// The template
    #[arg(long, value_name = "NAME")]
    pub template: String,
    /// Who gets it: a saved search by its name, or a search over people such as tag:vip
    #[arg(long, value_name = "QUERY")]
    pub segment: String,
    /// What you call it; without it, the template and the segment
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Everybody in this language; without it, each in their own
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Leaves from this account; without it, the first
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Also outside the recipients' working hours
    #[arg(long)]
    pub any_hour: bool,
}
