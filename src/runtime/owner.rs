//! One owner of the network for one store: two programs that sync or send at once could send a letter twice.

use crate::domain::problem::{Kind, Problem, Result};
use fs4::fs_std::FileExt;
use std::fs::File;
use std::path::Path;

/// Held while this program may talk to servers; the system lets go of it when the program ends, however it ends.
#[derive(Debug)]
pub struct Owner {
    _lock: File,
}

impl Owner {
    /// Takes the ownership; `None` when another program has it.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn take(data_dir: &Path) -> Result<Option<Self>> {
        let path = data_dir.join("network.lock");
        let cannot = |error: std::io::Error| {
            Problem::new(Kind::Store, format!("the lock {} cannot be used: {error}", path.display()))
        };
        let file = crate::config::paths::open_private_file(&path).map_err(cannot)?;
        match FileExt::try_lock_exclusive(&file) {
            Ok(true) => Ok(Some(Self { _lock: file })),
            Ok(false) => Ok(None),
            Err(error) => Err(cannot(error)),
        }
    }

    /// The same for a program that cannot do without.
    ///
    /// # Errors
    /// When another program has it.
    pub fn must_take(data_dir: &Path) -> Result<Self> {
        Self::take(data_dir)?.ok_or_else(|| {
            Problem::new(Kind::Refused, "another Postbook on this store is syncing already")
                .hint("it does the same work; close it to sync from here")
        })
    }
}
