//! `postbook completions` and `postbook man`: for packagers, made from the command line's own definition.

use super::args::Args;
use super::output;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use clap::CommandFactory;
use std::path::Path;

/// Prints the completions of a shell.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(shell: clap_complete::Shell) -> Result<()> {
    let _ = output::raw(&script(shell))?;
    Ok(())
}

fn script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "postbook", &mut script);
    script
}

/// Prints the manual page, or writes one for each command into a folder.
///
/// # Errors
/// A page cannot be written.
pub fn man(folder: Option<&Path>) -> Result<()> {
    let cannot = |error: std::io::Error| Problem::new(Kind::Input, format!("cannot write the manual: {error}"));
    match folder {
        Some(folder) => std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
            .map_err(|error| cannot(error).at(Text::line(&folder.to_string_lossy()))),
        None => {
            let _ = output::raw(&page().map_err(cannot)?)?;
            Ok(())
        }
    }
}

fn page() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_and_the_manual_know_the_commands() {
        for shell in clap_complete::Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            assert!(script.contains("outbox") && script.contains("resend"), "{shell}");
        }
        let page = String::from_utf8(page().unwrap()).unwrap();
        assert!(page.contains(".TH postbook 1") && page.contains("POSTBOOK_CONFIG"), "{page}");
        let folder = tempfile::tempdir().unwrap();
        man(Some(folder.path())).unwrap();
        assert!(folder.path().join("postbook.1").exists());
        assert!(folder.path().join("postbook-outbox.1").exists());
    }
}
