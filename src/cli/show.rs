//! `postbook show`: a letter or a thread to read. Changes nothing: a letter that was not seen stays so.

use super::args::{self, Target};
use super::context::Context;
use super::desk::Desk;
use super::json::{self, Filed, Letter};
use super::output;
use super::table::time;
use crate::domain::address::Mailbox;
use crate::domain::id;
use crate::domain::message::{Attachment, Opened};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;
use crate::mime;
use crate::runtime::filing::ledger;
use crate::runtime::reading;
use crate::store::Store;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Shows it.
///
/// # Errors
/// There is no such letter or thread; the store cannot be read.
pub fn run(context: &Context, args: &args::Show) -> Result<()> {
    let desk = Desk::open(context)?;
    match args.id {
        Target::Message(message) => show_letter(&desk, message, args),
        Target::Thread(thread) => show_thread(&desk, thread, args),
    }
}

fn show_letter(desk: &Desk, message: id::Message, args: &args::Show) -> Result<()> {
    let opened = reading::must_open(&desk.store, message)?;
    if args.raw && opened.parsed.attachments.iter().any(|file| file.on_server) {
        fetch_files(desk, message)?;
    }
    let printed = if args.raw {
        output::raw(&desk.store.raw(message)?.unwrap_or_default())?
    } else if args.text {
        output::print(opened.parsed.text.as_str().trim_end())?
    } else if args.json {
        output::json(&document(&desk.store, opened, &desk.now())?)?
    } else {
        output::print(&in_words(&desk.store, opened, &desk.config.zone)?)?
    };
    let _ = printed;
    Ok(())
}

/// The letter as it came is all of it.
fn fetch_files(desk: &Desk, message: id::Message) -> Result<()> {
    let still = "large files of this letter are still on the server";
    desk.bring_files(&[message]).map_err(|problem| problem.at(still))?;
    if desk.store.left_on_server(message)?.is_empty() {
        return Ok(());
    }
    Err(Problem::new(Kind::NotFound, format!("{still}, and it does not give them now"))
        .hint("postbook sync tries again"))
}

fn show_thread(desk: &Desk, thread: id::Thread, args: &args::Show) -> Result<()> {
    let missing = || Problem::new(Kind::NotFound, format!("there is no thread t{thread}"));
    let view =
        reading::thread_view(&desk.store, thread, &desk.now(), &desk.office.practice.work)?.ok_or_else(missing)?;
    if args.raw {
        let letters: Vec<String> = view.messages.iter().map(|opened| opened.id.to_string()).collect();
        return Err(Problem::new(Kind::Usage, "a thread has no bytes of its own")
            .hint(format!("name one of its letters: {}", letters.join(", "))));
    }
    if args.json {
        let letters = view
            .messages
            .into_iter()
            .map(|opened| document(&desk.store, opened, &desk.now()))
            .collect::<Result<Vec<Value>>>()?;
        return output::json(&json::thread_json(view.row.id, &view.row.subject, letters)).map(drop);
    }
    let mut parts = Vec::new();
    for opened in view.messages {
        parts.push(if args.text {
            opened.parsed.text.as_str().trim_end().to_owned()
        } else {
            in_words(&desk.store, opened, &desk.config.zone)?
        });
    }
    let between = if args.text { "\n\n" } else { "\n\n────────\n\n" };
    output::print(&parts.join(between)).map(drop)
}

/// A letter with what the store knows of it.
///
/// # Errors
/// When the store cannot be read.
pub fn letter(store: &Store, opened: Opened) -> Result<Letter> {
    let missing = || Problem::new(Kind::NotFound, format!("there is no letter {}", opened.id));
    let listed = store.listed(opened.id)?.ok_or_else(missing)?;
    Ok(Letter {
        opened,
        account: listed.account,
        answered: listed.answered,
        snippet: listed.snippet,
        contact: listed.contact,
        company: listed.company,
        deal: listed.deal,
    })
}

fn document(store: &Store, opened: Opened, now: &Zoned) -> Result<Value> {
    let html = match opened.parsed.has_html {
        true => store.raw(opened.id)?.and_then(|bytes| mime::html_as_text(&bytes)),
        false => None,
    };
    let filed = match store.filing(opened.thread)? {
        Some(filed) => Filed {
            contact: filed.place.contact,
            company: filed.place.company,
            deal: filed.place.deal,
            rule: Some(filed.rule_of(opened.id)),
            evidence: filed.evidence,
            decided_at: Some(filed.decided_at),
            alternatives: filed.alternatives,
            ledger: ledger(store, opened.thread, now)?,
            in_spite: store.sent_in_spite(opened.thread)?,
        },
        None => Filed { in_spite: store.sent_in_spite(opened.thread)?, ..Filed::default() },
    };
    Ok(json::message_json(&letter(store, opened)?, &filed, html.as_ref()))
}

fn in_words(store: &Store, opened: Opened, zone: &TimeZone) -> Result<String> {
    let filed = store.filing(opened.thread)?.map(|filed| reading::in_words(&filed)).unwrap_or_default();
    Ok(page(&letter(store, opened)?, &filed, zone))
}

/// The letter as a page: headers, warnings, text, files.
fn page(letter: &Letter, filed: &Text, zone: &TimeZone) -> String {
    let (opened, parsed) = (&letter.opened, &letter.opened.parsed);
    let mut lines = Vec::new();
    let mut header = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("{name:<8} {value}"));
        }
    };
    header("Letter", format!("{} in thread t{}, account {}", opened.id, opened.thread, letter.account));
    header("Date", time(opened.date, zone).into());
    header("From", mailboxes(&parsed.from));
    // Where an answer goes is told only where it is not the sender.
    if parsed.reply_to != parsed.from {
        header("Reply-To", mailboxes(&parsed.reply_to));
    }
    header("To", mailboxes(&parsed.to));
    header("Cc", mailboxes(&parsed.cc));
    header("Bcc", mailboxes(&parsed.bcc));
    header("Subject", parsed.subject.as_str().to_owned());
    header("Folders", opened.folders.iter().map(Text::as_str).collect::<Vec<_>>().join(", "));
    header("Client", client(letter));
    header("Filing", filed.as_str().to_owned());
    for warning in &parsed.warnings {
        header("Warning", warning.sentence().as_str().to_owned());
    }
    let text = parsed.text.as_str().trim_end();
    lines.push(format!("\n{}", if text.is_empty() { "(no text)" } else { text }));
    let files: Vec<String> = parsed.attachments.iter().filter(|file| !file.inline).map(file).collect();
    if !files.is_empty() {
        lines.push(format!("\nFiles:\n{}", files.join("\n")));
    }
    lines.join("\n")
}

fn client(letter: &Letter) -> String {
    let parts = [&letter.contact, &letter.company, &letter.deal];
    parts.into_iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(" · ")
}

fn mailboxes(list: &[Mailbox]) -> String {
    list.iter().map(Mailbox::to_string).collect::<Vec<_>>().join(", ")
}

fn file(file: &Attachment) -> String {
    let place = if file.on_server { ", on the server" } else { "" };
    format!("  {}. {} ({}, {}{place})", file.index + 1, file.name, file.media_type, size(file.size))
}

/// `340 bytes`, `12 KB`, `3.4 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => crate::domain::text::plural(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::message::Direction;

    #[test]
    fn a_page_has_headers_warnings_text_and_files() {
        let bytes = "From: \"boss@x.example\" <eve@evil.example>\r\nTo: me@y.example\r\nSubject: Of\x1b[2Jfer\r\n\
                     MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
                     Content-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf\r\n\
                     Content-Disposition: attachment; filename=a.pdf\r\n\r\nxyz\r\n--b--\r\n";
        let opened = Opened {
            id: id::Message(12),
            thread: id::Thread(7),
            date: "2026-11-23T08:00:00Z".parse().unwrap(),
            direction: Direction::Inbound,
            seen: false,
            parsed: mime::read(bytes.as_bytes()),
            folders: vec![Text::own("INBOX")],
        };
        let letter = Letter {
            opened,
            account: Text::own("work"),
            answered: false,
            snippet: Text::default(),
            contact: Some(Text::own("Eve")),
            company: None,
            deal: None,
        };
        let page = page(&letter, &Text::own("filed by address"), &TimeZone::UTC);
        for part in [
            "Letter   12 in thread t7, account work\nDate     2026-11-23 08:00\n",
            "<eve@evil.example>",
            "Folders  INBOX\nClient   Eve\nFiling   filed by address\nWarning  ",
            "\n\nHello\n\nFiles:\n  1. a.pdf (application/pdf, 3 bytes)",
        ] {
            assert!(page.contains(part), "{part:?} in {page}");
        }
        assert!(!page.contains('\x1b'), "{page:?}");
    }

    #[test]
    fn sizes_in_words() {
        for (bytes, expected) in [(1, "1 byte"), (999, "999 bytes"), (1_001, "2 KB"), (3_450_000, "3.4 MB")] {
            assert_eq!(size(bytes), expected);
        }
    }
}
