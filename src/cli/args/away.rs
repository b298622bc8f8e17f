//! Arguments of `postbook away`.

use crate::domain::auto_reply::{LONGEST_PAUSE, TEMPLATE, USUAL_PAUSE};

/// `away`
#[derive(Debug, clap::Args)]
pub struct Away {
    /// Nothing shows how it stands; `until 2026-12-12` begins it, with `from 2026-12-01` on another day; `off` ends it
    #[arg(value_name = "from DAY until DAY | off")]
    pub words: Vec<String>,
    /// Template of the answer; its variant in the client's language is taken
    #[arg(long, value_name = "NAME", default_value = TEMPLATE)]
    pub template: String,
    /// One person, and one conversation, gets one answer in so many days
    #[arg(long, value_name = "DAYS", default_value_t = USUAL_PAUSE, value_parser = clap::value_parser!(u32).range(1..=i64::from(LONGEST_PAUSE)))]
    pub every: u32,
    /// Answer letters to this account alone, instead of to every personal one
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}
