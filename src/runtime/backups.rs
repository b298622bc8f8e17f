//! The folder of backups: made once a day while Postbook runs, thinned out as they age.

use crate::config::paths::make_private_folder;
use crate::domain::backup::{is_due, outdated};
use crate::domain::problem::{Kind, Problem, Result};
use crate::store::backup::write_backup;
use crate::store::damage::BACKUPS;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// `postbook-20261123-091500.db`
const NAME: &str = "postbook-%Y%m%d-%H%M%S.db";

/// A backup in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// When it was made.
    pub made: Timestamp,
    /// Where it is.
    pub file: PathBuf,
    /// Bytes.
    pub size: u64,
}

/// The backups of a store, newest first.
#[must_use]
pub fn list(data_dir: &Path) -> Vec<Backup> {
    let entries = std::fs::read_dir(data_dir.join(BACKUPS)).into_iter().flatten().flatten();
    let mut backups: Vec<Backup> = entries
        .filter_map(|entry| {
            let made = made_at(&entry.path())?;
            Some(Backup { made, file: entry.path(), size: entry.metadata().map_or(0, |metadata| metadata.len()) })
        })
        .collect();
    backups.sort_by(|a, b| b.made.cmp(&a.made));
    backups
}

/// When a backup was made: its name says it.
#[must_use]
pub fn made_at(file: &Path) -> Option<Timestamp> {
    let name = file.file_name()?.to_str()?;
    let made = jiff::civil::DateTime::strptime(NAME, name).ok()?;
    Some(made.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Makes a backup in the folder, and takes away those that are outdated.
///
/// # Errors
/// When the store cannot be read or the folder cannot be written; then no old one is taken away.
pub fn make(store_file: &Path, data_dir: &Path, now: Timestamp) -> Result<Backup> {
    let folder = data_dir.join(BACKUPS);
    make_private_folder(&folder)
        .map_err(|error| Problem::new(Kind::Store, format!("{} cannot be made: {error}", folder.display())))?;
    let file = folder.join(now.strftime(NAME).to_string());
    write_backup(store_file, &file)?;
    let backups = list(data_dir);
    let old = outdated(&backups.iter().map(|backup| backup.made).collect::<Vec<_>>());
    for backup in backups.iter().filter(|backup| old.contains(&backup.made)) {
        if let Err(error) = std::fs::remove_file(&backup.file) {
            tracing::warn!(file = %backup.file.display(), %error, "an old backup cannot be removed");
        }
    }
    let size = std::fs::metadata(&file).map_or(0, |metadata| metadata.len());
    Ok(Backup { made: made_at(&file).unwrap_or(now), file, size })
}

/// Makes one when the last is older than a day.
///
/// # Errors
/// As [`make`].
pub fn make_if_due(store_file: &Path, data_dir: &Path, now: Timestamp) -> Result<Option<Backup>> {
    let made: Vec<Timestamp> = list(data_dir).iter().map(|backup| backup.made).collect();
    if !is_due(&made, now) {
        return Ok(None);
    }
    make(store_file, data_dir, now).map(Some)
}
