//! `postbook demo`: the screens on a bundled mailbox; nothing leaves the machine.

use super::logging;
use super::screen::{downloads, must_be_terminal, theme_for};
use crate::config::paths::{Paths, make_private_folder, open_private_file};
use crate::config::{Config, Theme};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template;
use crate::runtime::console::Console;
use crate::runtime::credentials::Credentials;
use crate::runtime::demo;
use crate::runtime::events;
use crate::runtime::screen::{self, Post, Program};
use crate::runtime::writing::Office;
use crate::store::Store;
use jiff::{SignedDuration, Zoned, tz::TimeZone};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Its configuration, beside its store.
const CONFIG: &str = "config.toml";
/// How long a letter can be taken back.
const UNDO: SignedDuration = SignedDuration::from_secs(10);

/// Fills a store of its own and opens the screens. A named folder is kept, and opened again next time; without one a
/// temporary folder is used and removed at the end.
///
/// # Errors
/// When the folder, the store or the terminal cannot be used.
pub fn run(dir: Option<&Path>) -> Result<()> {
    must_be_terminal()?;
    run_on(dir, None)
}

/// The same on a console that is open already.
///
/// # Errors
/// As [`run`].
pub fn run_on(dir: Option<&Path>, console: Option<Console>) -> Result<()> {
    let folder = Folder::make(dir)?;
    let outcome = show(folder.path(), console);
    if outcome.is_ok() && dir.is_some() {
        let shown = folder.path().display();
        eprintln!(
            "The demo is kept in {shown}; letters you sent are in {shown}/outbox. Commands work on it too:\n\
             postbook --config {shown}/{CONFIG} --data-dir {shown} deals"
        );
    }
    outcome
}

fn show(folder: &Path, console: Option<Console>) -> Result<()> {
    let paths = Paths::new(Some(folder.join(CONFIG)), Some(folder.to_owned()))?;
    paths.prepare()?;
    logging::start(&paths)?;
    let store = Store::open(&paths.store_file)?;
    let filled = demo::fill(&store, &Zoned::now())?;
    let config = config_of(folder, &filled)?;
    let office = Office {
        me: filled.me,
        accounts: vec![filled.account],
        own: filled.own,
        templates: template::bundled(),
        broken_templates: Vec::new(),
        templates_dir: paths.templates_dir,
        undo: UNDO,
        practice: config.practice,
        pace: Vec::new(),
    };
    look_for_events(&store, &office)?;
    let program = Program {
        store_file: paths.store_file,
        office,
        zone: TimeZone::system(),
        theme: theme_for(Theme::default()),
        post: Post::Demo { outbox: folder.join("outbox") },
        downloads: downloads(),
        credentials: Credentials::default(),
        warnings: Vec::new(),
        link: None,
    };
    screen::run(program, console)
}

/// What happened in the demo's last days: its letters to approve.
fn look_for_events(store: &Store, office: &Office) -> Result<()> {
    let now = Zoned::now();
    if store.event_state("begun")?.is_none() {
        let begun = now.timestamp().checked_sub(SignedDuration::from_hours(7 * 24));
        store.set_event_state("begun", "", begun.unwrap_or(now.timestamp()))?;
    }
    events::look(store, office, &now).map(drop)
}

/// The configuration in the demo's folder, written when it is not there: commands find it, and what is changed in it shows.
fn config_of(folder: &Path, filled: &demo::Filled) -> Result<Config> {
    let file = folder.join(CONFIG);
    if !file.exists() {
        let text = demo::config_text()?;
        let written = open_private_file(&file).and_then(|mut new| new.write_all(text.as_bytes()));
        written.map_err(|error| {
            Problem::new(Kind::Store, format!("{} cannot be written: {error}", file.display()))
                .hint("name another folder with --dir DIR")
        })?;
    }
    let config = Config::load(&file)?;
    if config.accounts.iter().any(|account| account.email != filled.account.email) {
        return Err(Problem::new(Kind::Refused, "this folder holds the configuration of a real mailbox")
            .hint("give the demo a folder of its own: postbook demo --dir DIR"));
    }
    Ok(config)
}

/// Where the demo lives; a temporary folder goes when this is dropped.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Folder {
    fn make(dir: Option<&Path>) -> Result<Self> {
        let cannot = |path: &Path, error: std::io::Error| {
            Problem::new(Kind::Store, format!("the folder {} cannot be made: {error}", path.display()))
                .hint("name another with --dir DIR")
        };
        if let Some(dir) = dir {
            if !dir.is_dir() {
                make_private_folder(dir).map_err(|error| cannot(dir, error))?;
            }
            return Ok(Self { path: dir.to_owned(), temporary: false });
        }
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random)
            .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
        let path = std::env::temp_dir().join(format!("postbook-demo-{:016x}", u64::from_le_bytes(random)));
        // Not recursive: a folder of this name that is there already is somebody else's.
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(|error| cannot(&path, error))?;
        Ok(Self { path, temporary: true })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn commands_find_a_configuration_and_a_real_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("postbook.db")).unwrap();
        let filled = demo::fill(&store, &Zoned::now()).unwrap();
        let config = config_of(folder.path(), &filled).unwrap();
        assert_eq!(config.me, filled.me);
        assert_eq!(config.accounts[0].name, filled.account.name);
        assert!(config.warnings.is_empty(), "{:?}", config.warnings);
        let stages = |pipeline: &str| config.practice.pipelines.named(pipeline).unwrap().stages.len();
        assert_eq!((stages("sales"), stages("service"), config.practice.fields.len()), (4, 3, 3));
        // What I change in it stays.
        let file = folder.path().join(CONFIG);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("\"visit\"", "\"look\"")).unwrap();
        let again = config_of(folder.path(), &filled).unwrap();
        assert!(again.practice.pipelines.named("service").unwrap().stages.iter().any(|s| s.name.as_str() == "look"));
        std::fs::write(&file, text.replace("marta@brightdesk.example", "me@firma.example")).unwrap();
        assert_eq!(config_of(folder.path(), &filled).unwrap_err().kind, Kind::Refused);
    }

    #[cfg(unix)]
    #[test]
    fn a_temporary_folder_is_closed_and_goes_and_a_named_one_stays() {
        use std::os::unix::fs::PermissionsExt;
        let temporary = Folder::make(None).unwrap();
        let path = temporary.path().to_owned();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::write(path.join("postbook.db"), "x").unwrap();
        drop(temporary);
        assert!(!path.exists());
        let parent = tempfile::tempdir().unwrap();
        let named = parent.path().join("kept");
        drop(Folder::make(Some(&named)).unwrap());
        assert!(named.is_dir());
    }
}
