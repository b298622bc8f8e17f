//! What nearly every command begins with: where things are, the log, the configuration.

use super::args::Places;
use super::{logging, output};
use crate::config::Config;
use crate::config::paths::Paths;
use crate::domain::problem::Result;

/// Where things are and what the configuration says.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where things are; the data folder exists.
    pub paths: Paths,
    /// The configuration.
    pub config: Config,
}

impl Context {
    /// Reads the configuration, makes the data folder and begins logging. Its warnings are not shown:
    /// see [`Context::warn`].
    ///
    /// # Errors
    /// The configuration or the folder cannot be used.
    pub fn open(places: &Places) -> Result<Self> {
        let paths = Paths::new(places.config.clone(), places.data_dir.clone())?;
        // The configuration first: a wrong one leaves no empty folder behind.
        let config = Config::load(&paths.config_file)?;
        paths.prepare()?;
        logging::start(&paths)?;
        Ok(Self { paths, config })
    }

    /// Shows the configuration's warnings on standard error; the screens show them themselves.
    pub fn warn(&self) {
        self.config.warnings.iter().for_each(output::warning);
    }
}
