//! Where files live, and who may read them.

use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::io;
use std::path::{Path, PathBuf};

/// Every place Postbook reads or writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml`.
    pub config_file: PathBuf,
    /// The folder of everything Postbook writes.
    pub data_dir: PathBuf,
    /// The store.
    pub store_file: PathBuf,
    /// The log.
    pub log_file: PathBuf,
    /// Templates, beside the configuration: they are written by hand as well.
    pub templates_dir: PathBuf,
}

impl Paths {
    /// From what was named (`--config`, `--data-dir` or their variables), else the platform's folders. Creates nothing.
    ///
    /// # Errors
    /// Something is not named and the home folder is unknown.
    pub fn new(config_file: Option<PathBuf>, data_dir: Option<PathBuf>) -> Result<Self> {
        let platform = || {
            directories::ProjectDirs::from("", "", "postbook").ok_or_else(|| {
                Problem::new(Kind::Config, "the home folder is unknown")
                    .hint("set HOME, or name the places with --config FILE and --data-dir DIR")
            })
        };
        let config_file = match config_file {
            Some(file) => file,
            None => platform()?.config_dir().join("config.toml"),
        };
        let data_dir = match data_dir {
            Some(folder) => folder,
            None => platform()?.data_dir().to_owned(),
        };
        Ok(Self {
            store_file: data_dir.join("postbook.db"),
            log_file: data_dir.join("postbook.log"),
            templates_dir: config_file.parent().unwrap_or(Path::new("")).join("templates"),
            config_file,
            data_dir,
        })
    }

    /// Makes the data folder, closed to others. A folder that is full of other things keeps its mode: it may be
    /// shared on purpose, and every file of ours in it is closed by itself.
    ///
    /// # Errors
    /// The folder cannot be made or is a file.
    pub fn prepare(&self) -> Result<()> {
        let cannot = |error: io::Error| {
            let shown = Text::line(&self.data_dir.to_string_lossy());
            Problem::new(Kind::Store, format!("cannot use the data folder {shown}: {error}"))
                .hint("name another with --data-dir DIR")
        };
        if self.data_dir.is_dir() {
            let ours = self.store_file.exists() || std::fs::read_dir(&self.data_dir).map_err(cannot)?.next().is_none();
            return if ours { close(&self.data_dir, 0o700).map_err(cannot) } else { Ok(()) };
        }
        make_private_folder(&self.data_dir).map_err(cannot)
    }
}

/// Makes a folder and its parents; those that were missing are closed to others (0700).
///
/// # Errors
/// As the system says.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for adding to it; a new one is closed to others (0600), an old one gets closed.
///
/// # Errors
/// As the system says.
pub fn open_private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    close(path, 0o600)?;
    Ok(file)
}

/// True when the group or everybody may read, write or enter; false where the system has no such modes.
#[must_use]
pub fn readable_by_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Takes the rights of others away where they have any.
fn close(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    if readable_by_others(path) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn at(folder: &Path) -> Paths {
        Paths::new(Some(folder.join("conf/config.toml")), Some(folder.join("a/data"))).unwrap()
    }

    #[test]
    fn named_places_are_used() {
        let paths = at(Path::new("/x"));
        assert_eq!(paths.store_file, Path::new("/x/a/data/postbook.db"));
        assert_eq!(paths.log_file, Path::new("/x/a/data/postbook.log"));
        assert_eq!(paths.templates_dir, Path::new("/x/conf/templates"));
    }

    #[test]
    fn the_data_folder_is_closed_to_others() {
        let temporary = tempfile::tempdir().unwrap();
        let paths = at(temporary.path());
        paths.prepare().unwrap();
        assert_eq!(mode(&paths.data_dir), 0o700);
        set(&paths.data_dir, 0o755);
        paths.prepare().unwrap();
        assert_eq!(mode(&paths.data_dir), 0o700, "an empty folder is ours");
        set(&paths.data_dir, 0o755);
        std::fs::write(paths.data_dir.join("holiday.jpg"), "").unwrap();
        paths.prepare().unwrap();
        assert_eq!(mode(&paths.data_dir), 0o755, "a folder with other things is left alone");
        std::fs::write(&paths.store_file, "").unwrap();
        paths.prepare().unwrap();
        assert_eq!(mode(&paths.data_dir), 0o700, "a folder with a store is ours");
    }

    #[test]
    fn a_file_in_the_way_is_a_problem() {
        let temporary = tempfile::tempdir().unwrap();
        std::fs::write(temporary.path().join("a"), "").unwrap();
        let problem = at(temporary.path()).prepare().unwrap_err();
        assert!(problem.sentence.contains("a/data"), "{problem}");
    }

    #[test]
    fn private_files_are_closed_to_others() {
        let temporary = tempfile::tempdir().unwrap();
        let file = temporary.path().join("log");
        drop(open_private_file(&file).unwrap());
        assert_eq!(mode(&file), 0o600);
        set(&file, 0o644);
        assert!(readable_by_others(&file));
        drop(open_private_file(&file).unwrap());
        assert_eq!(mode(&file), 0o600);
    }
}
