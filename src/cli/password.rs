//! `postbook password`: puts a password into the keyring.

use super::args::Places;
use super::output;
use crate::config::paths::Paths;
use crate::config::{Config, Service, secrets};
use crate::domain::account::Secret;
use crate::domain::problem::{Kind, Problem, Result};
use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::time::Duration;

/// No password is longer.
const LONGEST: u64 = 16 * 1024;

/// Asks for the password of an account and stores it, or takes the stored one away.
///
/// # Errors
/// No such account, no password given, or no keyring.
pub fn run(places: &Places, account: &str, smtp: bool, delete: bool) -> Result<()> {
    let paths = Paths::new(places.config.clone(), places.data_dir.clone())?;
    let config = Config::load(&paths.config_file)?;
    let account = config.account(account)?;
    let service = if smtp { Service::Smtp } else { Service::Imap };
    if delete {
        secrets::delete_from_keyring(account, service)?;
        let gone = format!("The {} password of account {} is no longer in the keyring.", service.label(), account.name);
        return output::print(&gone).map(drop);
    }
    let server = account.server(service);
    let question = format!("{} password of {} at {}: ", service.label(), server.user, server.endpoint.host);
    let secret = if io::stdin().is_terminal() { ask(&question)? } else { read(&mut io::stdin().lock())? };
    secrets::store_in_keyring(account, service, &secret)?;
    let _ = output::print(&format!("The {} password of account {} is in the keyring.", service.label(), account.name))?;
    Ok(())
}

/// The first line of standard input.
///
/// # Errors
/// It is empty or no text.
pub fn read(input: &mut impl BufRead) -> Result<Secret> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line).map_err(|_| Problem::new(Kind::Input, "standard input is not text"))?;
    given(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// True when Esc or Ctrl-C was typed by now; never waits. Only while [`Quiet`] lives.
#[must_use]
pub fn called_off() -> bool {
    while event::poll(Duration::ZERO).unwrap_or(false) {
        let Ok(Event::Key(key)) = event::read() else { continue };
        let control_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
        if key.code == KeyCode::Esc || control_c {
            return true;
        }
    }
    false
}

/// Asks on the terminal without showing what is typed.
///
/// # Errors
/// Nothing was typed, or it was called off.
pub fn ask(question: &str) -> Result<Secret> {
    let cannot = |error: io::Error| {
        Problem::new(Kind::Input, format!("cannot ask on this terminal: {error}"))
            .hint("pipe it in: postbook password ACCOUNT < FILE")
    };
    let mut screen = io::stderr().lock();
    screen.write_all(question.as_bytes()).and_then(|()| screen.flush()).map_err(cannot)?;
    let typed = {
        let _quiet = Quiet::begin().map_err(cannot)?;
        type_in().map_err(cannot)
    };
    let _ = screen.write_all(b"\n");
    match typed? {
        Some(password) => given(password),
        None => Err(Problem::new(Kind::Input, "nothing was stored")),
    }
}

/// Keys up to Enter; `None` when it was called off.
fn type_in() -> io::Result<Option<String>> {
    let mut typed = String::new();
    loop {
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match key.code {
            KeyCode::Enter => return Ok(Some(typed)),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(None),
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => typed.clear(),
            KeyCode::Char(c) => typed.push(c),
            KeyCode::Backspace => {
                typed.pop();
            }
            _ => {}
        }
    }
}

/// The terminal shows nothing of what is typed while this lives.
pub struct Quiet;

impl Quiet {
    /// Begins.
    ///
    /// # Errors
    /// The terminal refuses.
    pub fn begin() -> io::Result<Self> {
        terminal::enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone needs no restoring.
        let _ = terminal::disable_raw_mode();
    }
}

fn given(password: String) -> Result<Secret> {
    if password.is_empty() {
        return Err(Problem::new(Kind::Input, "the password is empty; nothing was stored"));
    }
    Ok(Secret::new(password))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        for (input, password) in [("a b\r\nc\n", "a b"), ("hunter", "hunter"), (" x \n", " x ")] {
            assert_eq!(read(&mut input.as_bytes()).unwrap().reveal(), password);
        }
        for input in [&b""[..], b"\nhunter\n", b"\xff\xfe\n"] {
            assert!(read(&mut &input[..]).is_err(), "{input:?}");
        }
    }
}
