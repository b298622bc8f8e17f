//! Makes a mailbox to measure with: `cargo bench --bench mailbox -- write DIR COUNT [SEED]`, or `flag DIR COUNT`.

#![allow(missing_docs, clippy::indexing_slicing, clippy::unwrap_used, dead_code)]

mod letters;

use letters::{Letters, flag_some, write_maildir};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().unwrap_or(0);
    let outcome = match words.as_slice() {
        ["write", dir, count] => write_maildir(Path::new(dir), 1, Letters::new(1, number(count))),
        ["write", dir, count, seed] => {
            write_maildir(Path::new(dir), number(seed), Letters::new(number(seed), number(count)))
        }
        ["flag", dir, count] => {
            flag_some(Path::new(dir), usize::try_from(number(count)).unwrap_or(0)).map(|done| done as u64)
        }
        _ => {
            eprintln!("mailbox: say `write DIR COUNT [SEED]` or `flag DIR COUNT`");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(made) => {
            println!("{made}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mailbox: {error}");
            ExitCode::FAILURE
        }
    }
}
