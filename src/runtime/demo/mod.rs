//! The demo: a bundled mailbox in a store of its own, and a post office that never leaves the machine.
//!
//! `assets/demo/README.md` describes the format. Its letters go through the same importer, threading and filing as real
//! mail; only the server is missing.

mod crm;
mod mailbox;
mod placeholders;
mod post;

pub use post::Post;

use crate::config::Config;
use crate::domain::account::{Account, Kind, Me};
use crate::domain::address::Own;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::style::Style;
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::store::{Registration, Store};
use crm::{Crm, Office};
use include_dir::{Dir, include_dir};
use jiff::Zoned;
use mailbox::Mailbox;
use placeholders::Calendar;
use std::path::Path;

/// The mailbox travels inside the binary.
static BUNDLE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/demo");

/// What the account is called.
const NAME: &str = "demo";
/// Her configuration in the bundle.
const CONFIG: &str = "config.toml";

/// Whose demo it is, as the screens want to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Marta's account.
    pub account: Account,
    /// Marta.
    pub me: Me,
    /// Her addresses and domain.
    pub own: Own,
}

/// Marta's configuration as it stands in a demo's folder: her pipelines and own fields, and servers that do not exist.
///
/// # Errors
/// When the program was built without it.
pub fn config_text() -> Result<&'static str> {
    text_of(CONFIG)
}

/// Fills a store with the demo, in one transaction. A store that holds the demo already is left as it is.
///
/// # Errors
/// When it holds somebody's real mail, or cannot be written; then nothing was changed.
pub fn fill(store: &Store, now: &Zoned) -> Result<Filled> {
    let crm = Crm::read(text_of("crm.toml")?)?;
    let config = Config::parse(config_text()?, Path::new(CONFIG))?;
    let no_account = || Problem::new(problem::Kind::Internal, format!("the demo's {CONFIG} has no account"));
    let (me, email) = (config.me, config.accounts.into_iter().next().ok_or_else(no_account)?.email);
    let own = Own::new([email.clone()]);
    let standing = store.own()?;
    if standing != Own::default() && standing != own {
        return Err(Problem::new(problem::Kind::Refused, "this folder holds the store of a real mailbox")
            .hint("give the demo a folder of its own: postbook demo --dir DIR"));
    }
    let account = store.write(|| {
        let registration =
            Registration { name: NAME.to_owned(), email: email.clone(), kind: Kind::Personal, read_only: false };
        let account = store.register_account(&registration)?;
        if standing == Own::default() {
            let calendar = Calendar::new(now);
            let mut office = Office::new(store, &calendar, &crm);
            let mailbox = Mailbox { store, account, own: &own };
            office.enter_people()?;
            mailbox.deliver(&BUNDLE, &calendar, &mut office)?;
            office.enter_activities()?;
            mailbox.decide(&crm, &office, &calendar)?;
            store.note_sync(account, now.timestamp(), Ok(()))?;
            store.note_counters(now, &WorkTime::default())?;
        }
        Ok(account)
    })?;
    let signature = Text::block(&format!("{}\n{}\n{}", me.name, me.company, me.phone));
    let account =
        Account { id: account, name: Text::own(NAME), email, kind: Kind::Personal, signature, style: Style::default() };
    Ok(Filled { account, me, own })
}

fn text_of(file: &str) -> Result<&'static str> {
    BUNDLE
        .get_file(file)
        .and_then(|file| file.contents_utf8())
        .ok_or_else(|| Problem::new(problem::Kind::Internal, format!("the demo has no {file}")))
}

#[cfg(test)]
mod tests;
