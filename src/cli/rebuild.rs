//! `postbook doctor --rebuild`, and the question at the start: a damaged store is put aside and made anew from what can be read
//! of it, from the newest backup, and from the servers.

use super::context::Context;
use super::desk::Desk;
use super::output;
use super::progress::Reporter;
use super::sync;
use super::table::time;
use crate::config::paths::Paths;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, plural};
use crate::runtime::backups::{self, Backup};
use crate::runtime::owner::Owner;
use crate::store::Store;
use crate::store::damage::{self, Salvage};
use crate::sync::import::index_again;
use jiff::Timestamp;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Rebuilds a damaged store, and syncs. A store that is whole is left alone.
///
/// # Errors
/// Nothing is wrong with the store; another Postbook works with it; nothing of it can be read and there is no backup.
pub fn run(context: &Context, as_json: bool) -> Result<()> {
    let owner = Owner::must_take(&context.paths.data_dir)?;
    damage::finish_succession(&context.paths.store_file)?;
    if whole(&context.paths)? {
        let _ = damage::set_suspect(&context.paths.store_file, None);
        return Err(Problem::new(Kind::Input, "the store is whole: there is nothing to rebuild")
            .hint("to go back to a backup: postbook restore"));
    }
    let rebuilt = rebuild(context)?;
    let desk = Desk::open(context)?;
    if as_json {
        let _ = output::json(&rebuilt.document())?;
    } else {
        rebuilt.in_words(context).iter().try_for_each(|line| output::print(line).map(drop))?;
    }
    let brought = bring_letters_with(&desk, as_json);
    drop(owner);
    brought
}

/// Opens what the screens work with. A damaged store is told in words, and rebuilt if the user says so.
///
/// # Errors
/// As [`Desk::open`]; the damage, when the user does not want it mended.
pub fn open_or_ask(context: &Context) -> Result<Desk> {
    let store_file = &context.paths.store_file;
    let problem = match damage::suspect(store_file) {
        Some(problem) => problem,
        None => match Desk::open(context) {
            Err(problem) if problem.kind == Kind::Damaged => problem,
            other => return other,
        },
    };
    if !std::io::stdin().is_terminal() || !agreed(context, &problem)? {
        return Err(problem);
    }
    let owner = Owner::must_take(&context.paths.data_dir)?;
    let rebuilt = rebuild(context)?;
    let desk = Desk::open(context)?;
    rebuilt.in_words(context).iter().try_for_each(|line| output::print(line).map(drop))?;
    drop(owner);
    // Letters come while the screens are open.
    Ok(desk)
}

fn agreed(context: &Context, problem: &Problem) -> Result<bool> {
    let newest = backups::list(&context.paths.data_dir).first().map(|backup| time(backup.made, &context.config.zone));
    let from = match newest {
        Some(made) => format!("and from the backup of {made}; letters come again from the servers"),
        None => "(there is no backup); letters come again from the servers".to_owned(),
    };
    output::problem(&Problem { hint: None, ..problem.clone() });
    let text = format!(
        "The store can be made anew. The damaged file is kept under another name. Clients, deals, activities, drafts \
         and the outbox come from what can be read of it {from}."
    );
    let text = format!("{}\nMake it anew now? [y/n] ", textwrap::fill(&text, 78));
    let mut terminal = std::io::stdout().lock();
    let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Problem::new(Kind::Input, format!("no answer could be read: {error}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// True when the store can be opened and every page of it makes sense.
fn whole(paths: &Paths) -> Result<bool> {
    match Store::open(&paths.store_file).and_then(|store| store.defects()) {
        Ok(defects) => Ok(defects.is_empty()),
        Err(problem) if problem.kind == Kind::Damaged => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// How old the rows of the outbox may be that stand in the new store.
fn since(backup: Option<&Backup>, salvage: &Salvage) -> Timestamp {
    match backup {
        Some(backup) if !salvage.opened || salvage.hurt.iter().any(|table| table == "outgoing") => backup.made,
        _ => Timestamp::now(),
    }
}

/// What became of a damaged store.
struct Rebuilt {
    aside: Option<PathBuf>,
    backup: Option<Backup>,
    salvage: Salvage,
    /// Letters of the outbox that wait for a decision.
    held: usize,
}

impl Rebuilt {
    fn in_words(&self, context: &Context) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(aside) = &self.aside {
            lines.push(format!("The damaged store is kept as {}.", aside.display()));
        }
        let made = self.backup.as_ref().map(|backup| time(backup.made, &context.config.zone));
        lines.push(match (self.salvage.opened, self.salvage.hurt.is_empty(), made) {
            (true, true, _) => "Clients, deals, activities, drafts and decisions could all be read from it.".to_owned(),
            (true, false, Some(made)) => {
                format!(
                    "What could not be read of it comes from the backup of {made}: {}.",
                    self.salvage.hurt.join(", ")
                )
            }
            (true, false, None) => {
                format!("There is no backup; some of this is lost: {}.", self.salvage.hurt.join(", "))
            }
            (false, _, made) => {
                format!("Nothing of it could be read; all comes from the backup of {}.", made.unwrap_or_default())
            }
        });
        lines.extend(on_the_way(self.held));
        lines
    }

    fn document(&self) -> serde_json::Value {
        json!({
            "event": "rebuilt",
            "aside": self.aside.as_ref().map(|aside| aside.to_string_lossy().into_owned()),
            "backup": self.backup.as_ref().map(|backup| backup.file.to_string_lossy().into_owned()),
            "readable": self.salvage.opened,
            "from_backup": self.salvage.hurt,
            "uncertain": self.held,
        })
    }
}

/// Makes the new store, whole, before the damaged one loses its name.
fn rebuild(context: &Context) -> Result<Rebuilt> {
    let paths = &context.paths;
    let new = damage::successor(&paths.store_file);
    let mut backups = backups::list(&paths.data_dir).into_iter();
    let (backup, salvage) = loop {
        let backup = backups.next();
        let file = backup.as_ref().map(|backup| backup.file.as_path());
        match damage::salvage(&paths.store_file, file, &new) {
            Ok(salvage) => break (backup, salvage),
            // A backup may be damaged as well: then the one before it.
            Err(problem) if backup.is_some() => {
                output::warning(&Text::from(format!("a backup was passed over: {problem}")));
            }
            Err(problem) => return Err(problem),
        }
    };
    let held = in_order(&new, since(backup.as_ref(), &salvage))?;
    let aside = damage::succeed(&paths.store_file, "damaged", Timestamp::now())?;
    let _ = damage::set_suspect(&paths.store_file, None);
    Ok(Rebuilt { aside, backup, salvage, held })
}

/// Brings a store that was made anew into order, before it gets its place, so that nothing is ever sent from it before; gives how
/// many letters of the outbox wait for a decision.
///
/// # Errors
/// When the store cannot be written.
pub fn in_order(file: &Path, made: Timestamp) -> Result<usize> {
    let store = Store::open(file)?;
    index_again(&store)?;
    store.settle_restored(made)
}

/// What to do about letters of which nobody knows whether they were sent.
#[must_use]
pub fn on_the_way(held: usize) -> Option<String> {
    let letters = plural(held as u64, "letter was", "letters were");
    (held > 0).then(|| format!("{letters} on the way; whether sent or not, decide with postbook outbox."))
}

/// Syncs, so that letters come again.
///
/// # Errors
/// As a sync.
pub fn bring_letters(desk: &Desk) -> Result<()> {
    bring_letters_with(desk, false)
}

fn bring_letters_with(desk: &Desk, as_json: bool) -> Result<()> {
    let lines: Vec<_> = desk.lines.iter().collect();
    let mut reporter = Reporter::new(desk, as_json, false);
    sync::once(desk, &lines, &mut reporter)
        .map_err(|problem| problem.hint("the letters come with the next postbook sync"))
}
