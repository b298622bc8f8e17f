//! `config.toml`, read and checked; where files live; where passwords come from.
//!
//! [`raw`] is the file as written, [`Config`] is what the rest of the program works with: every value in it is
//! checked, defaults are filled in, and secrets are named but not fetched ([`secrets`] does that).

pub mod add;
mod check;
mod mistake;
mod order_form;
pub mod paths;
mod practice;
mod raw;
pub mod secrets;
pub mod sign_in;
mod style;

use crate::domain::account::{Endpoint, Kind, Me};
use crate::domain::address::Address;
use crate::domain::notice::Channels;
use crate::domain::oauth::Client;
use crate::domain::order_form::OrderForm;
use crate::domain::practice::Practice;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::sending_limits::Pace;
use crate::domain::style::Style;
use crate::domain::text::Text;
use jiff::tz::TimeZone;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Me, for signatures and templates.
    pub me: Me,
    /// At least one account, in the order of the file, names and addresses different.
    pub accounts: Vec<AccountConfig>,
    /// How long a letter is held before it goes out, so that sending can be taken back.
    pub undo: Duration,
    /// How fast letters of mailings leave, where that is written.
    pub mailings: Pace,
    /// How often everything is synced when the server tells nothing by itself.
    pub sync_every: Duration,
    /// Letters over this many bytes come without their large files; `None`: every letter comes whole.
    pub large_attachments: Option<u64>,
    /// How I want to be told of clients' letters.
    pub notices: Channels,
    /// Pipelines, own fields, working time.
    pub practice: Practice,
    /// Letters that a shop's robot writes when somebody orders.
    pub order_forms: Vec<OrderForm>,
    /// Colours.
    pub theme: Theme,
    /// The zone days and times are shown in.
    pub zone: TimeZone,
    /// What is allowed but should be known at each start: plaintext connections, a file that others can read.
    pub warnings: Vec<Text>,
}

/// One account, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountConfig {
    /// Its name, one of a kind without regard to case.
    pub name: Text,
    /// The address letters leave from.
    pub email: Address,
    /// Mine or a team's.
    pub kind: Kind,
    /// Looking at its letters changes nothing on the server.
    pub read_only: bool,
    /// The text of the signature file; empty when there is none.
    pub signature: Text,
    /// How its letters are written.
    pub style: Style,
    /// Where mail is read.
    pub imap: Server,
    /// Where letters go out.
    pub smtp: Server,
    /// The way to tokens, where the file says one.
    pub oauth: Option<OAuth>,
}

/// `[account.oauth]`: who we are at the provider of an account's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// Everything but the client's own secret.
    pub client: Client,
    /// Where that secret is, where the provider wants one.
    pub client_secret: Option<PasswordSource>,
}

/// How to sign in at a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// With a password.
    Password(PasswordSource),
    /// With a token that somebody else gets: what a command prints, or a variable.
    Token(PasswordSource),
    /// With a token that we get ourselves ([`AccountConfig::oauth`]), kept in the keyring.
    OAuth,
}

/// One server of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host, port and protection.
    pub endpoint: Endpoint,
    /// Who signs in.
    pub user: String,
    /// With what.
    pub auth: Auth,
}

/// One of the two servers of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Reading.
    Imap,
    /// Sending.
    Smtp,
}

impl Service {
    /// As the section of the file is called: `imap`, `smtp`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Smtp => "smtp",
        }
    }

    /// As people write it: `IMAP`, `SMTP`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
            Self::Smtp => "SMTP",
        }
    }
}

/// Where a password is.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// In the system's keyring, under service `postbook` and this entry: `work/imap`.
    Keyring {
        /// The name of the entry. SMTP without an own password has IMAP's.
        entry: String,
    },
    /// The first line that this command prints; run without a shell.
    Command {
        /// The program.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// In this environment variable.
    Environment(String),
}

/// Arguments of a command are left out: a password may stand there.
impl fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring { entry } => write!(f, "Keyring({entry})"),
            Self::Command { program, .. } => write!(f, "Command({program} …)"),
            Self::Environment(variable) => write!(f, "Environment({variable})"),
        }
    }
}

/// Which colours the screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light text on dark.
    #[default]
    Dark,
    /// Dark text on light.
    Light,
    /// No colours.
    None,
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// The file is missing or cannot be read; a mistake in it (file, line, key and what to write instead).
    pub fn load(path: &Path) -> Result<Self> {
        let shown = Text::line(&path.to_string_lossy());
        let text = std::fs::read_to_string(path).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let problem = if missing {
                Problem::new(problem::Kind::Config, format!("there is no configuration at {shown}"))
            } else {
                Problem::new(problem::Kind::Config, format!("cannot read the configuration {shown}: {error}"))
            };
            if missing {
                problem.hint("make one with: postbook setup; or look around first with: postbook demo")
            } else {
                problem.hint("it has to be a text file (UTF-8) that you can read")
            }
        })?;
        let mut config = Self::parse(&text, path)?;
        if paths::readable_by_others(path) {
            config.warnings.push(Text::from(format!("{shown} can be read by other users; run: chmod 600 {shown}")));
        }
        Ok(config)
    }

    /// Checks the text of a configuration; `path` says where relative file names start, and is named in errors.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let source = mistake::Source { path, text };
        check::config(&source, raw::read(&source)?)
    }

    /// The defaults with no account: for the demo, which has no file.
    #[must_use]
    pub fn without_accounts(me: Me, zone: TimeZone) -> Self {
        Self {
            me,
            accounts: Vec::new(),
            undo: check::UNDO,
            mailings: Pace::default(),
            sync_every: check::SYNC_EVERY,
            large_attachments: Some(check::LARGE_ATTACHMENTS),
            notices: Channels::default(),
            practice: Practice::default(),
            order_forms: Vec::new(),
            theme: Theme::default(),
            zone,
            warnings: Vec::new(),
        }
    }

    /// The account of this name or address, without regard to case.
    ///
    /// # Errors
    /// There is none; the hint lists the names.
    pub fn account(&self, name: &str) -> Result<&AccountConfig> {
        let wanted = name.trim().to_lowercase();
        let same = |account: &&AccountConfig| {
            account.name.as_str().to_lowercase() == wanted || account.email.as_str() == wanted
        };
        self.accounts.iter().find(same).ok_or_else(|| {
            let names: Vec<&str> = self.accounts.iter().map(|account| account.name.as_str()).collect();
            Problem::new(problem::Kind::NotFound, format!("there is no account {}", Text::line(name)))
                .hint(format!("accounts in the configuration: {}", names.join(", ")))
        })
    }
}

impl AccountConfig {
    /// One of its two servers.
    #[must_use]
    pub fn server(&self, service: Service) -> &Server {
        match service {
            Service::Imap => &self.imap,
            Service::Smtp => &self.smtp,
        }
    }
}

#[cfg(test)]
mod tests;
