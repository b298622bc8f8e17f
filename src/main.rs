//! Arguments in, exit code out.

use clap::Parser;
use postbook::cli::args::{Args, with_links};
use std::process::ExitCode;

fn main() -> ExitCode {
    postbook::cli::run(Args::parse_from(with_links(std::env::args_os())))
}
