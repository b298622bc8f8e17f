//! The command line: arguments in, exit code out. One file for each command.

pub mod args;
pub mod context;
mod demo;
pub mod desk;
pub mod json;
pub mod logging;
pub mod output;
mod packaging;
mod password;
mod progress;
mod status;
mod sync;
pub mod table;

use crate::domain::problem::{Kind, Problem, Result};
use args::{Args, Command};
use context::Context;
use std::process::ExitCode;

/// Does what the command line says. 0 done, 1 failed, 2 wrong usage; what went wrong stands on standard error.
#[must_use]
pub fn run(args: Args) -> ExitCode {
    match dispatch(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            output::problem(&problem);
            ExitCode::from(problem.exit_code())
        }
    }
}

fn dispatch(args: Args) -> Result<()> {
    let places = &args.places;
    match args.command {
        Some(Command::Demo { dir }) => demo::run(dir.as_deref()),
        Some(Command::Status { json }) => status::run(&Context::open(places)?, json),
        Some(Command::Sync(sync)) => sync::run(&Context::open(places)?, &sync),
        Some(Command::Password { account, smtp }) => password::run(places, &account, smtp),
        Some(Command::Completions { shell }) => packaging::completions(shell),
        Some(Command::Man { dir }) => packaging::man(dir.as_deref()),
        _ => Err(Problem::new(Kind::Internal, "this command is not in this build yet")),
    }
}
