//! Arguments of `follow-ups`.

use crate::domain::id;

/// `follow-ups`
#[derive(Debug, clap::Args)]
pub struct FollowUps {
    /// What to do; nothing lists them
    #[command(subcommand)]
    pub command: Option<FollowUpsCommand>,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

/// `follow-ups …`
#[derive(Debug, clap::Subcommand)]
pub enum FollowUpsCommand {
    /// List them: those that go on, then the latest that ended
    List,
    /// Follow the newest letter of a conversation up when nobody answers it
    Start {
        /// The conversation: t7
        #[arg(value_parser = thread)]
        thread: id::Thread,
        /// Working days ("3"), or a pack of templates ("offer", "offer 5")
        after: String,
    },
    /// Nothing is to follow
    Stop {
        /// Its number
        follow_up: i64,
    },
}

fn thread(typed: &str) -> Result<id::Thread, String> {
    let number = typed.strip_prefix('t').unwrap_or(typed).parse();
    number.map(id::Thread).map_err(|_| "this is no conversation: they are called t1, t2, …".to_owned())
}
