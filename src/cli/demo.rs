//! `postbook demo`: the screens on a bundled mailbox; nothing leaves the machine.

use super::logging;
use super::screen::{downloads, must_be_terminal, theme_for};
use crate::config::Theme;
use crate::config::paths::{Paths, make_private_folder};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template;
use crate::runtime::console::Console;
use crate::runtime::credentials::Credentials;
use crate::runtime::demo;
use crate::runtime::screen::{self, Post, Program};
use crate::runtime::writing::Office;
use crate::store::Store;
use jiff::{SignedDuration, Zoned, tz::TimeZone};
use std::path::{Path, PathBuf};

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
        eprintln!("The demo is kept in {0}; letters you sent are in {0}/outbox.", folder.path().display());
    }
    outcome
}

fn show(folder: &Path, console: Option<Console>) -> Result<()> {
    let paths = Paths::new(Some(folder.join("config.toml")), Some(folder.to_owned()))?;
    paths.prepare()?;
    logging::start(&paths)?;
    let store = Store::open(&paths.store_file)?;
    let filled = demo::fill(&store, &Zoned::now())?;
    let program = Program {
        store_file: paths.store_file,
        office: Office {
            me: filled.me,
            accounts: vec![filled.account],
            own: filled.own,
            templates: template::bundled(),
            broken_templates: Vec::new(),
            undo: UNDO,
            practice: demo::practice(),
        },
        zone: TimeZone::system(),
        theme: theme_for(Theme::default()),
        post: Post::Demo { outbox: folder.join("outbox") },
        downloads: downloads(),
        credentials: Credentials::default(),
        warnings: Vec::new(),
    };
    screen::run(program, console)
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
