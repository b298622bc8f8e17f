//! The log: a file in the data folder, never the terminal.

use crate::config::paths::{Paths, open_private_file};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// The variable that says what is logged: `debug`, or `warn,postbook::sync=trace`.
const VARIABLE: &str = "POSTBOOK_LOG";
/// What is logged without it.
const USUAL: &str = "warn,postbook=info";
/// A log that is bigger at start begins anew; the old one is kept once.
const LARGEST: u64 = 5 * 1024 * 1024;

/// Begins logging. The data folder exists ([`Paths::prepare`]). A second call changes nothing.
///
/// # Errors
/// The log cannot be written, or `POSTBOOK_LOG` is not understood.
pub fn start(paths: &Paths) -> Result<()> {
    let wanted = std::env::var(VARIABLE).ok().filter(|wanted| !wanted.trim().is_empty());
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(USUAL)).map_err(|_| {
        Problem::new(Kind::Config, format!("{VARIABLE} is not understood"))
            .hint(format!("write a level (error, warn, info, debug, trace), such as {VARIABLE}=debug"))
    })?;
    rotate(&paths.log_file, LARGEST);
    let file = open_private_file(&paths.log_file).map_err(|error| {
        let shown = Text::line(&paths.log_file.to_string_lossy());
        Problem::new(Kind::Store, format!("cannot write the log {shown}: {error}"))
            .hint("name another data folder with --data-dir DIR")
    })?;
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).with_writer(Mutex::new(file)).finish();
    // Fails only when logging has begun already.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Puts a log that has grown aside, over the one put aside before.
fn rotate(log: &Path, largest: u64) {
    if std::fs::metadata(log).is_ok_and(|metadata| metadata.len() > largest) {
        // When it cannot be moved the log grows on: no reason not to start.
        let _ = std::fs::rename(log, aside(log));
    }
}

/// `postbook.log.1`
fn aside(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_big_log_is_put_aside_once() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("postbook.log");
        rotate(&log, 3);
        std::fs::write(&log, "123").unwrap();
        rotate(&log, 3);
        assert!(log.exists() && !aside(&log).exists(), "small enough");
        for text in ["1234", "5678"] {
            std::fs::write(&log, text).unwrap();
            rotate(&log, 3);
            assert!(!log.exists());
            assert_eq!(std::fs::read_to_string(folder.path().join("postbook.log.1")).unwrap(), text);
        }
    }
}
