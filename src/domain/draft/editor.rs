//! A letter as a file for `$EDITOR`: headers, an empty line, the text.

use super::{mailbox_list, mailboxes};
use crate::domain::address::Mailbox;
use crate::domain::outbox::{File, Letter};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::{Text, is_unsafe};
use std::path::PathBuf;

/// The headers of the file, in their order.
const HEADERS: [&str; 7] = ["From", "To", "Cc", "Bcc", "Subject", "Attached", "Attach"];

/// What came back from the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedLetter {
    /// The letter with the edited headers and text, and those of its files whose line is still there.
    pub letter: Letter,
    /// Files to read and attach, as written (`~` not expanded).
    pub attach: Vec<PathBuf>,
}

/// The letter as an editor shows it. Files it already has are listed as `Attached:`; deleting the line removes
/// the file. `Attach:` takes the path of another.
#[must_use]
pub fn to_editor(letter: &Letter) -> String {
    let mut file = format!("From: {}\n", mailbox_list(std::slice::from_ref(&letter.from)));
    for (header, list) in [("To", &letter.to), ("Cc", &letter.cc), ("Bcc", &letter.bcc)] {
        file.push_str(format!("{header}: {}", mailbox_list(list)).trim_end());
        file.push('\n');
    }
    file.push_str(format!("Subject: {}", Text::line(&letter.subject)).trim_end());
    file.push('\n');
    for attached in &letter.files {
        file.push_str(&format!("Attached: {}\n", Text::line(&attached.name)));
    }
    file.push_str("Attach:\n\n");
    file.push_str(&letter.text);
    file
}

/// Reads the file back.
///
/// # Errors
/// Which line is wrong and what is wrong with it.
pub fn from_editor(file: &str, before: &Letter) -> Result<EditedLetter> {
    let (head, text) = split(file);
    let mut edited = EditedLetter { letter: before.clone(), attach: Vec::new() };
    let letter = &mut edited.letter;
    (letter.to, letter.cc, letter.bcc) = (Vec::new(), Vec::new(), Vec::new());
    letter.subject.clear();
    letter.files.clear();
    letter.text = Text::block(text).into();
    let mut left: Vec<File> = before.files.clone();
    let mut from = None;
    for (number, header, value) in headers(head)? {
        let at = |problem: Problem| problem.at(format!("line {number}, {header}"));
        match header {
            "From" => from = Some(sender(&value).map_err(at)?),
            "To" => letter.to.extend(mailboxes(&value).map_err(at)?),
            "Cc" => letter.cc.extend(mailboxes(&value).map_err(at)?),
            "Bcc" => letter.bcc.extend(mailboxes(&value).map_err(at)?),
            "Subject" if value.chars().any(is_unsafe) => {
                return Err(at(Problem::new(Kind::Input, "a control or invisible character is in the subject")));
            }
            "Subject" => letter.subject = value,
            "Attached" => {
                let known = left.iter().position(|f| Text::line(&f.name).as_str() == value);
                let index = known.ok_or_else(|| {
                    at(Problem::new(Kind::Input, format!("the letter has no file “{}”", Text::line(&value)))
                        .hint("a new file is added with Attach: and its path"))
                })?;
                letter.files.push(left.remove(index));
            }
            _ if value.is_empty() => {}
            _ => edited.attach.push(PathBuf::from(value)),
        }
    }
    let missing = || Problem::new(Kind::Input, "the From: line is gone").hint("put it back above the empty line");
    edited.letter.from = from.ok_or_else(missing)?;
    Ok(edited)
}

fn sender(value: &str) -> Result<Mailbox> {
    match <[Mailbox; 1]>::try_from(mailboxes(value)?) {
        Ok([one]) => Ok(one),
        Err(several) => {
            Err(Problem::new(Kind::Input, format!("{} addresses where exactly one belongs", several.len())))
        }
    }
}

/// Headers and text, parted by the first empty line.
fn split(file: &str) -> (&str, &str) {
    let mut offset = 0;
    for line in file.split_inclusive('\n') {
        let after = offset + line.len();
        if line.trim().is_empty() {
            return (file.get(..offset).unwrap_or(""), file.get(after..).unwrap_or(""));
        }
        offset = after;
    }
    (file, "")
}

/// Line number, header and value; a line that begins with a blank continues the one before (RFC 5322, 2.2.3).
fn headers(head: &str) -> Result<Vec<(usize, &'static str, String)>> {
    let mut found: Vec<(usize, &'static str, String)> = Vec::new();
    for (number, line) in (1..).zip(head.lines()) {
        if let Some((_, _, value)) = found.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            let sentence = format!("line {number}: “{}” is not a header", Text::line(line));
            return Err(Problem::new(Kind::Input, sentence).hint("an empty line parts the headers from the text"));
        };
        let known = HEADERS.iter().find(|h| h.eq_ignore_ascii_case(name.trim()));
        let header = known.ok_or_else(|| unknown(number, name.trim()))?;
        if found.iter().any(|(_, h, _)| h == header && matches!(*h, "From" | "Subject")) {
            return Err(Problem::new(Kind::Input, format!("line {number}: {header}: is there twice")));
        }
        found.push((number, header, value.trim().to_owned()));
    }
    Ok(found)
}

fn unknown(number: usize, name: &str) -> Problem {
    let problem = Problem::new(Kind::Input, format!("line {number}: unknown header “{}:”", Text::line(name)));
    let near = |header: &&str| strsim::damerau_levenshtein(&header.to_lowercase(), &name.to_lowercase());
    match HEADERS.iter().min_by_key(|h| near(h)) {
        Some(header) if near(header) <= 2 => problem.hint(format!("did you mean {header}:?")),
        _ => problem.hint("an empty line parts the headers from the text"),
    }
}
