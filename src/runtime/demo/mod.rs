//! The demo: a bundled mailbox in a store of its own, and a post office that never leaves the machine.
//!
//! `assets/demo/README.md` describes the format. Its letters go through the same importer, threading and filing as real
//! mail; only the server is missing.

mod crm;
mod mailbox;
mod placeholders;
mod post;

pub use post::Post;

use crate::domain::account::{Account, Kind, Me};
use crate::domain::address::Own;
use crate::domain::field::{Field, Noun, Type};
use crate::domain::pipeline::{Pipeline, Pipelines, STALE_DAYS, Stage};
use crate::domain::practice::Practice;
use crate::domain::problem::{self, Problem, Result};
use crate::domain::text::Text;
use crate::domain::work_time::WorkTime;
use crate::store::{Registration, Store};
use crm::{Crm, Office};
use include_dir::{Dir, include_dir};
use jiff::Zoned;
use mailbox::Mailbox;
use placeholders::Calendar;

/// The mailbox travels inside the binary.
static BUNDLE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/demo");

/// What the account is called.
const NAME: &str = "demo";

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

/// How Marta trades: a second pipeline for service, her own fields on cards.
#[must_use]
pub fn practice() -> Practice {
    let field = |of, name, of_type| Field { of, name: Text::own(name), of_type };
    let sectors = ["architects", "logistics", "law", "software", "health", "cowork"].map(Text::own);
    let fields = vec![
        field(Noun::Company, "workplaces", Type::Number),
        field(Noun::Company, "sector", Type::Choice(sectors.into())),
        field(Noun::Contact, "coffee", Type::Text),
    ];
    let stage = |(name, probability)| Stage { name: Text::own(name), probability };
    let service = Pipeline {
        name: Text::own("service"),
        stages: [("new", 40), ("visit", 70), ("agreed", 95)].map(stage).into(),
        stale_days: STALE_DAYS,
    };
    let mut pipelines = Pipelines::default();
    pipelines.0.push(service);
    Practice { fields, pipelines, ..Practice::default() }
}

/// Fills a store with the demo, in one transaction. A store that holds the demo already is left as it is.
///
/// # Errors
/// When it holds somebody's real mail, or cannot be written; then nothing was changed.
pub fn fill(store: &Store, now: &Zoned) -> Result<Filled> {
    let crm = Crm::read(text_of("crm.toml")?)?;
    let (me, email) = crm.me()?;
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
    let account = Account { id: account, name: Text::own(NAME), email, kind: Kind::Personal, signature };
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
