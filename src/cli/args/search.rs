//! `search` and `views`.

use clap::Subcommand;

/// `search`
#[derive(Debug, clap::Args)]
pub struct Search {
    /// What to find: words, "phrases", from: to: subject: in: has: is: after: before: contact: company: deal: stage: amount: tag: counter:, not, or
    #[arg(required_unless_present = "view")]
    pub query: Vec<String>,
    /// What this saved search finds; with a query, what both find
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// At most so many letters, and so many cards of each kind
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// The newest letters first; otherwise clients' letters come before newsletters
    #[arg(long)]
    pub newest: bool,
    /// Say how the query was understood, and find nothing
    #[arg(long)]
    pub explain: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
}

/// `views`
#[derive(Debug, Subcommand)]
pub enum Views {
    /// List the saved searches, each with how much it finds
    List,
    /// Keep a search under a name; one of that name is replaced
    Add {
        /// Its name
        name: String,
        /// What to find, as in search
        #[arg(required = true)]
        query: Vec<String>,
    },
    /// Give a saved search another name
    Rename {
        /// Its name now
        name: String,
        /// Its new name
        to: String,
    },
    /// Forget a saved search
    Remove {
        /// Its name
        name: String,
    },
}
