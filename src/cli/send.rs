//! `postbook send`: a letter from a script, its text from standard input.

use super::args;
use super::context::Context;
use super::deliver::{Manner, deliver};
use super::desk::Desk;
use super::follow_ups;
use super::output;
use crate::domain::account::Account;
use crate::domain::draft;
use crate::domain::mailto;
use crate::domain::outbox::Letter;
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::domain::when;
use crate::runtime::letters::read_file;
use jiff::Timestamp;
use std::io::Read;

/// No letter's text is longer: more is some file that should be attached.
const LONGEST_TEXT: u64 = 10 * 1024 * 1024;

/// Writes the letter and lets it go.
///
/// # Errors
/// The text or a file cannot be read; no such account; as [`deliver`].
pub fn run(context: &Context, args: &args::Send) -> Result<()> {
    let desk = Desk::open(context)?;
    let account = account(&desk, args.account.as_deref())?;
    if let Some(link) = &args.mailto {
        return keep(&desk, account, link, args.json);
    }
    let text = read_text(&mut std::io::stdin().lock())?;
    let letter = letter(account, &desk, args, &text)?;
    deliver(&desk, &letter, Manner { yes: args.yes, json: args.json })
}

/// A link asks for a letter; what it asks for is kept, and I send it or not.
fn keep(desk: &Desk, account: &Account, link: &str, json: bool) -> Result<()> {
    let mailto = mailto::read(link)?;
    let warning = mailto.warning();
    let letter = mailto.into_letter(&draft::new(account, &desk.office.me));
    let draft = desk.store.save_draft(None, &letter, desk.now().timestamp())?;
    if json {
        return output::json(&serde_json::json!({ "draft": draft.to_string(), "warning": warning })).map(drop);
    }
    if let Some(warning) = warning {
        output::note(&Text::from(warning));
    }
    output::print("The letter is kept as a draft and was not sent: 5 Outgoing, Drafts.").map(drop)
}

fn account<'a>(desk: &'a Desk, name: Option<&str>) -> Result<&'a Account> {
    let none = || Problem::new(Kind::Config, "there is no account to send from");
    let Some(name) = name else { return desk.office.accounts.first().ok_or_else(none) };
    let wanted = &desk.config.account(name)?.name;
    desk.office.accounts.iter().find(|account| account.name == *wanted).ok_or_else(none)
}

fn read_text(input: &mut impl Read) -> Result<String> {
    let mut text = String::new();
    let cannot = |error| Problem::new(Kind::Input, format!("the text cannot be read from standard input: {error}"));
    input.take(LONGEST_TEXT + 1).read_to_string(&mut text).map_err(cannot)?;
    if text.len() as u64 > LONGEST_TEXT {
        return Err(
            Problem::new(Kind::Input, "the text is longer than 10 MB").hint("attach it as a file: --attach FILE")
        );
    }
    Ok(text.replace("\r\n", "\n"))
}

fn letter(account: &Account, desk: &Desk, args: &args::Send, text: &str) -> Result<Letter> {
    let mut letter = draft::with_text(&draft::new(account, &desk.office.me), text);
    letter.to.clone_from(&args.to);
    letter.cc.clone_from(&args.cc);
    letter.bcc.clone_from(&args.bcc);
    letter.subject.clone_from(&args.subject);
    letter.leave_at = args.at.as_deref().map(|typed| leave_at(desk, typed)).transpose()?;
    if let Some(typed) = &args.follow_up {
        letter.follow_up = follow_ups::read(desk, typed, None)?;
    }
    for file in &args.attach {
        letter.files.push(read_file(&file.to_string_lossy())?);
    }
    Ok(letter)
}

fn leave_at(desk: &Desk, typed: &str) -> Result<Timestamp> {
    when::read_to_come(typed, &desk.now(), &desk.office.practice.work).ok_or_else(|| {
        Problem::new(Kind::Usage, format!("--at {} is no time to come", Text::line(typed)))
            .hint("for example: --at \"monday 9:00\", --at tomorrow, --at \"25.11 14:30\"")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_text_is_text() {
        assert_eq!(read_text(&mut &b"a\r\nb\n"[..]).unwrap(), "a\nb\n");
        assert!(read_text(&mut &b"\xff\xfe"[..]).unwrap_err().sentence.contains("standard input"));
        assert!(read_text(&mut std::io::repeat(b'a')).unwrap_err().sentence.contains("10 MB"));
    }
}
