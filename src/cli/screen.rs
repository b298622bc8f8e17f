//! `postbook` alone: the screens.

use super::args::Places;
use super::context::Context;
use super::desk::Desk;
use super::rebuild::open_or_ask;
use super::{demo, setup};
use crate::config::Theme;
use crate::config::paths::Paths;
use crate::domain::problem::{Kind, Problem, Result};
use crate::runtime::console::Console;
use crate::runtime::credentials::Credentials;
use crate::runtime::first_run::{self, Outcome};
use crate::runtime::screen::{self, Post, Program};
use crate::ui::theme;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Opens the screens until the user quits, with the letter of a `mailto:` link where there is one; without an account yet, the first-run screen before them.
///
/// # Errors
/// When the configuration, the store or the terminal cannot be used.
pub fn run(places: &Places, link: Option<String>) -> Result<()> {
    must_be_terminal()?;
    let paths = Paths::new(places.config.clone(), places.data_dir.clone())?;
    if !setup::is_first_run(&paths.config_file)? {
        return mailbox(places, None, link);
    }
    let mut console = Console::open()?;
    match first_run::run(&mut console, &paths, theme_for(Theme::default()))? {
        Outcome::Quit => Ok(()),
        Outcome::Demo => demo::run_on(None, Some(console)),
        Outcome::Added => mailbox(places, Some(console), link),
    }
}

fn mailbox(places: &Places, console: Option<Console>, link: Option<String>) -> Result<()> {
    let context = Context::open(places)?;
    // A question would stand behind a console that is open already.
    let desk = if console.is_some() { Desk::open(&context)? } else { open_or_ask(&context)? };
    let freight = desk.freight();
    let accounts = desk.office.accounts.iter().map(|account| account.id).zip(desk.config.accounts.iter().cloned());
    let credentials = Credentials::new(accounts.collect::<Vec<_>>());
    let program = Program {
        store_file: desk.paths.store_file.clone(),
        office: desk.office,
        zone: desk.config.zone.clone(),
        theme: theme_for(desk.config.theme),
        post: Post::Network(Box::new(freight)),
        downloads: downloads(),
        credentials,
        warnings: desk.config.warnings,
        link,
    };
    screen::run(program, console)
}

/// The screens need a terminal on both sides.
///
/// # Errors
/// When standard input or output is something else.
pub fn must_be_terminal() -> Result<()> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Problem::new(Kind::Usage, "the screens need a terminal").hint("in scripts use a command: postbook --help"))
}

/// The colours; none where the user asked every program for none (<https://no-color.org>).
#[must_use]
pub fn theme_for(wanted: Theme) -> theme::Theme {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match wanted {
        _ if no_color => theme::Theme::None,
        Theme::Dark => theme::Theme::Dark,
        Theme::Light => theme::Theme::Light,
        Theme::None => theme::Theme::None,
    }
}

/// Where saved attachments go: the folder for downloads, else home, else here.
#[must_use]
pub fn downloads() -> PathBuf {
    let user = directories::UserDirs::new();
    user.as_ref().map_or_else(|| PathBuf::from("."), |user| user.download_dir().unwrap_or(user.home_dir()).to_owned())
}
