//! `activities …` and `log`.

use super::{Moment, kinds, moment, number};
use crate::domain::activity::{Kind, Way};
use crate::domain::when;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Subcommand, ValueHint};
use std::path::PathBuf;

/// Which activities.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Which {
    /// Only planned ones
    #[arg(long, conflicts_with = "done")]
    pub planned: bool,
    /// Only done ones
    #[arg(long)]
    pub done: bool,
    /// Only of this kind
    #[arg(long, value_parser = kinds())]
    pub kind: Option<Kind>,
    /// Only with this person: address or number of the contact
    #[arg(long, value_name = "CONTACT")]
    pub contact: Option<String>,
    /// Only in this deal: its number or title
    #[arg(long, value_name = "DEAL")]
    pub deal: Option<String>,
    /// Only done or planned for then or later
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub from: Option<Moment>,
    /// Only done or planned for before then
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub to: Option<Moment>,
}

/// `activities …`
#[derive(Debug, Subcommand)]
pub enum Activities {
    /// List them; nothing says the same
    List(Which),
    /// Show one with what led to it and what followed
    Show {
        /// Its number
        #[arg(value_parser = number)]
        id: i64,
    },
    /// A planned one was done
    Done {
        /// Its number
        #[arg(value_parser = number)]
        id: i64,
        /// What came of it
        #[arg(long, default_value = "")]
        result: String,
        /// How long it took: 25, 25m or 1h30m
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        duration: Option<i64>,
    },
    /// Move a planned one to another time
    Move {
        /// Its number
        #[arg(value_parser = number)]
        id: i64,
        /// When: "2026-11-25 14:00", tomorrow 14:00, by Friday, in 3 days; also in Russian, Ukrainian and Polish
        #[arg(required = true)]
        when: Vec<String>,
    },
    /// Take one out; u on the screens brings it back
    Remove {
        /// Its number
        #[arg(value_parser = number)]
        id: i64,
    },
    /// Write them into a calendar file
    Export {
        /// File to write (iCalendar, RFC 5545)
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        ics: PathBuf,
        /// Which; without any of these everything that is planned
        #[command(flatten)]
        which: Which,
    },
    /// Enter messages and calls from a table (CSV): SMS, chats, a phone system's list
    Import {
        /// The table
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Which column has a field: "Numer=phone"; fields are kind, when, direction, phone, address, name, text, duration, subject
        #[arg(long, value_name = "COLUMN=FIELD")]
        map: Vec<String>,
        /// Kind of rows that say none
        #[arg(long, default_value = "sms", value_parser = kinds())]
        kind: Kind,
        /// Only say what would be entered
        #[arg(long)]
        dry_run: bool,
    },
}

/// `log`
#[derive(Debug, clap::Args)]
pub struct Log {
    /// What was done
    #[arg(value_parser = kinds())]
    pub kind: Kind,
    /// With whom: address or number of the contact
    #[arg(long, value_name = "CONTACT")]
    pub contact: Option<String>,
    /// With whom: a phone number, as a phone system writes it
    #[arg(long, value_name = "PHONE", conflicts_with = "contact")]
    pub phone: Option<String>,
    /// Who has an unknown phone number becomes a new lead
    #[arg(long, requires = "phone")]
    pub lead: bool,
    /// With which company: its name or number
    #[arg(long, value_name = "COMPANY")]
    pub company: Option<String>,
    /// Who else takes part: address or number of a contact, or a name; may be repeated
    #[arg(long, value_name = "PERSON")]
    pub with: Vec<String>,
    /// In which deal: its number or title
    #[arg(long, value_name = "DEAL")]
    pub deal: Option<String>,
    /// About what
    #[arg(long, default_value = "")]
    pub subject: String,
    /// Where
    #[arg(long, default_value = "")]
    pub place: String,
    /// How long: minutes (25), or 1h30m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub duration: Option<i64>,
    /// What came of it
    #[arg(long, default_value = "")]
    pub result: String,
    /// Which way a call or a message went
    #[arg(long, value_parser = ways())]
    pub direction: Option<Way>,
    /// Number of the activity that led to it
    #[arg(long, value_name = "ACTIVITY", value_parser = number)]
    pub trigger: Option<i64>,
    /// When it was done, such as "2026-11-23 14:00"; without it now
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub at: Option<Moment>,
    /// Plan it for this time instead of entering it as done
    #[arg(long, value_name = "WHEN", value_parser = moment, conflicts_with_all = ["at", "result"])]
    pub due: Option<Moment>,
    /// What the other system calls it (the number of the call): the same one again changes nothing
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

fn duration(typed: &str) -> Result<i64, String> {
    when::length(typed).ok_or_else(|| "write minutes, such as 25, or hours and minutes, such as 1h30m".to_owned())
}

fn ways() -> impl TypedValueParser<Value = Way> {
    PossibleValuesParser::new(Way::EACH.iter().map(|way| way.word()))
        .try_map(|word| Way::from_word(&word).ok_or("unknown direction"))
}
