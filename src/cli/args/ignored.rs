//! Arguments of filing from a script: senders to ignore.

use clap::Subcommand;

/// `ignored …`
#[derive(Debug, Subcommand)]
pub enum Ignored {
    /// List every pattern with how many letters it hides
    List,
    /// Hide senders: their letters stay, raise no counter and make no lead
    Add {
        /// An address, everybody at a domain (*@x.example), or any pattern with * (newsletter*@*)
        #[arg(required = true, value_name = "PATTERN")]
        patterns: Vec<String>,
    },
    /// Show senders again
    Remove {
        /// The pattern as it is listed
        #[arg(required = true, value_name = "PATTERN")]
        patterns: Vec<String>,
    },
}
