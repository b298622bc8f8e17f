//! Arguments in, exit code out.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    postbook::cli::run(postbook::cli::args::Args::parse())
}
