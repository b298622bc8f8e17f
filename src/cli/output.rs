//! What commands print: results on standard output, trouble on standard error.

use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

/// Prints lines on standard output, with a line end. `Break` when nobody reads any more (`postbook search x | head`):
/// not an error, but a reason to stop.
///
/// # Errors
/// Standard output cannot be written for another reason (a full disk).
pub fn print(text: &str) -> Result<ControlFlow<()>> {
    write(&mut io::stdout().lock(), format!("{text}\n").as_bytes())
}

/// Prints one JSON document on a line of its own.
///
/// # Errors
/// As [`print`].
pub fn json(document: &serde_json::Value) -> Result<ControlFlow<()>> {
    print(&document.to_string())
}

/// Writes a table of CSV; on a terminal made safe, since its cells may be a stranger's words.
///
/// # Errors
/// As [`print`].
pub fn csv(bytes: &[u8]) -> Result<ControlFlow<()>> {
    raw(bytes)
}

/// Writes the bytes of a letter as they are; on a terminal made safe, since a letter may hold escape sequences.
///
/// # Errors
/// As [`print`].
pub fn raw(bytes: &[u8]) -> Result<ControlFlow<()>> {
    let mut output = io::stdout().lock();
    if output.is_terminal() {
        let safe = Text::block(&String::from_utf8_lossy(bytes));
        return write(&mut output, format!("{safe}\n").as_bytes());
    }
    write(&mut output, bytes)
}

/// Says on standard error what went wrong and what to do about it.
pub fn problem(problem: &Problem) {
    // There is nowhere left to complain when standard error is closed.
    let _ = io::stderr().lock().write_all(sentences(problem).as_bytes());
}

/// Says on standard error what should be known.
pub fn warning(text: &Text) {
    let _ = io::stderr().lock().write_all(format!("postbook: warning: {text}\n").as_bytes());
}

/// Says on standard error what to do with what standard output got.
pub fn note(text: &Text) {
    let _ = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// `postbook: sentence`, and the hint on a line below. Sanitised once more: this goes straight to the terminal.
fn sentences(problem: &Problem) -> String {
    let mut text = format!("postbook: {}\n", Text::line(&problem.sentence));
    for line in problem.hint.iter().flat_map(|hint| hint.lines()) {
        text.push_str(&format!("  {}\n", Text::line(line)));
    }
    text
}

fn write(output: &mut impl Write, bytes: &[u8]) -> Result<ControlFlow<()>> {
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(Problem::new(Kind::Store, format!("cannot write to standard output: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Fails(io::ErrorKind);

    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_left_is_no_error() {
        assert_eq!(write(&mut Fails(io::ErrorKind::BrokenPipe), b"x"), Ok(ControlFlow::Break(())));
        assert!(write(&mut Fails(io::ErrorKind::StorageFull), b"x").is_err());
        let mut taken = Vec::new();
        assert_eq!(write(&mut taken, b"x"), Ok(ControlFlow::Continue(())));
        assert_eq!(taken, b"x");
    }

    #[test]
    fn problems_are_a_sentence_and_a_hint() {
        let problem = Problem::new(Kind::Config, "bad\x1b[2J").hint("first\nsecond");
        assert_eq!(sentences(&problem), "postbook: bad␛[2J\n  first\n  second\n");
    }
}
