//! `postbook demo`: a store of its own filled from the bundled mailbox; nothing leaves the machine.

use super::{logging, output};
use crate::config::paths::Paths;
use crate::domain::counter::Counter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::template;
use crate::runtime::demo;
use crate::runtime::writing::Office;
use crate::store::Store;
use jiff::{SignedDuration, Zoned};
use std::path::{Path, PathBuf};

/// How long a letter of the demo may be taken back.
const UNDO: SignedDuration = SignedDuration::from_secs(10);

/// Opens the screens on the demo. Without `dir` its folder is a temporary one that goes at the end; with it the demo is
/// kept, and found again the next time.
///
/// # Errors
/// When the folder cannot be made, holds the store of a real mailbox, or the terminal cannot be used.
pub fn run(dir: Option<&Path>) -> Result<()> {
    let temporary = if dir.is_none() { Some(Temporary::make()?) } else { None };
    let folder = dir.or(temporary.as_ref().map(|folder| folder.0.as_path())).unwrap_or(Path::new("."));
    let paths = Paths::new(Some(folder.join("config.toml")), Some(folder.to_owned()))?;
    paths.prepare()?;
    logging::start(&paths)?;
    let store = Store::open(&paths.store_file)?;
    let now = Zoned::now();
    let filled = demo::fill(&store, &now)?;
    let office = Office {
        me: filled.me,
        accounts: vec![filled.account],
        own: filled.own,
        templates: template::bundled(),
        broken_templates: Vec::new(),
        undo: UNDO,
    };
    // THE SCREENS ARE CALLED HERE, instead of `numbers`:
    // screen::run(Program { store_file: paths.store_file, office, zone: now.time_zone().clone(), theme, downloads,
    //                       post: Post::Demo { outbox: paths.data_dir.join("outbox") }, warnings: Vec::new() })
    numbers(&store, &office, &now)
}

/// What waits, in numbers.
fn numbers(store: &Store, office: &Office, now: &Zoned) -> Result<()> {
    let counters = store.counters(now)?;
    let _ = output::print(&format!("{} of {}", office.me.name, office.me.company))?;
    for counter in Counter::ALL {
        let _ = output::print(&format!("{:>4} {}", counters.get(counter), counter.label()))?;
    }
    Ok(())
}

/// A folder of our own under the system's temporary one, removed with everything in it when this goes.
struct Temporary(PathBuf);

impl Temporary {
    fn make() -> Result<Self> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random)
            .map_err(|error| Problem::new(Kind::Internal, format!("the system gives no random numbers: {error}")))?;
        let folder = std::env::temp_dir().join(format!("postbook-demo-{:016x}", u64::from_le_bytes(random)));
        // Not recursive: a folder that is there already is somebody else's.
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| {
            Problem::new(Kind::Store, format!("cannot make the folder {}: {error}", folder.display()))
                .hint("name one with --dir DIR")
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which cleans its temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_temporary_folder_is_closed_and_goes() {
        use std::os::unix::fs::PermissionsExt;
        let temporary = Temporary::make().unwrap();
        let folder = temporary.0.clone();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::write(folder.join("postbook.db"), "x").unwrap();
        drop(temporary);
        assert!(!folder.exists());
    }
}
