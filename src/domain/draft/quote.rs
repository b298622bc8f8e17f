//! Quoting their words, and telling mine from theirs.

use super::{mailbox_list, mailboxes};
use crate::domain::address::Address;
use crate::domain::language::Language;
use crate::domain::message::Opened;
use jiff::tz::TimeZone;

/// Lines of a quote at most: an answer carries what it answers, not the archive.
const MOST_LINES: usize = 200;
/// Levels of `>` at most.
const DEEPEST: usize = 3;
/// A bare `--` counts as a signature's mark only this close to the end: further up people draw lines with it.
const SIGNATURE_LINES: usize = 15;
/// How a forwarded letter begins, in the words other clients recognise.
const FORWARDED: &str = "---------- Forwarded message ----------";

/// Their text with `> `, trimmed to what matters: no signature, no deep quotes, no blank end.
pub(super) fn quote(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kept = lines.get(..signature_at(&lines)).unwrap_or(&lines);
    let mut quoted: Vec<String> = Vec::new();
    for line in kept.iter().map(|l| l.trim_end()) {
        let (depth, words) = depth(line);
        if depth < DEEPEST {
            let marks = ">".repeat(depth + 1);
            quoted.push(if words.is_empty() { marks } else { format!("{marks} {words}") });
        }
    }
    let blank = |line: &String| line.chars().all(|c| c == '>');
    let start = quoted.iter().position(|line| !blank(line)).unwrap_or(quoted.len());
    quoted.drain(..start);
    if quoted.len() > MOST_LINES {
        quoted.truncate(MOST_LINES);
        quoted.push("> […]".to_owned());
    }
    while quoted.last().is_some_and(blank) {
        quoted.pop();
    }
    quoted.iter().map(|line| format!("{line}\n")).collect()
}

/// How many `>` lead a line, and what follows them (with its own indent, for lists and code).
fn depth(line: &str) -> (usize, &str) {
    let mut rest = line;
    let mut depth = 0;
    // `> >> x` and `>>> x` are the same depth; blanks count only between the marks.
    while let Some(after) = rest.trim_start().strip_prefix('>').filter(|_| depth > 0 || rest.starts_with('>')) {
        rest = after;
        depth += 1;
    }
    (depth, if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

/// The index of the line where a signature begins, or how many lines there are.
fn signature_at(lines: &[&str]) -> usize {
    let near_end = lines.len().saturating_sub(SIGNATURE_LINES + 1);
    lines
        .iter()
        .enumerate()
        .position(|(index, line)| index > 0 && (*line == "-- " || (*line == "--" && index >= near_end)))
        .unwrap_or(lines.len())
}

/// A letter to pass on: its headers as text, then its words as they are.
pub(super) fn forwarded(opened: &Opened, zone: &TimeZone) -> String {
    let parsed = &opened.parsed;
    let at = opened.date.to_zoned(zone.clone());
    // In the language of the names before the colons: other programs know a forwarded letter by those.
    let date = Language::English.date(at.date());
    let mut text = format!("{FORWARDED}\nFrom: {}\n", mailbox_list(&parsed.from));
    text.push_str(&format!("Date: {date}, {:02}:{:02}\nSubject: {}\n", at.hour(), at.minute(), parsed.subject));
    for (header, list) in [("To", &parsed.to), ("Cc", &parsed.cc)] {
        if !list.is_empty() {
            text.push_str(&format!("{header}: {}\n", mailbox_list(list)));
        }
    }
    format!("{text}\n{}\n", parsed.text.as_str().trim_end())
}

/// The words of a letter being written that are mine: no quote and the line above it, no signature, nothing
/// forwarded.
#[must_use]
pub fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut own: Vec<&str> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if *line == "-- " || line.starts_with(FORWARDED) {
            break;
        }
        if !line.starts_with('>') && !introduces_quote(&lines, index) {
            own.push(line);
        }
    }
    own.join("\n").trim().to_owned()
}

/// True when the text passes another letter on.
#[must_use]
pub fn is_forward(text: &str) -> bool {
    text.lines().any(|line| line.starts_with(FORWARDED))
}

/// Who is named above a letter that the text passes on: its From, To and Cc.
#[must_use]
pub fn forwarded_people(text: &str) -> Vec<Address> {
    let head = text.lines().skip_while(|line| !line.starts_with(FORWARDED)).take_while(|line| !line.is_empty());
    head.filter_map(|line| ["From: ", "To: ", "Cc: "].iter().find_map(|name| line.strip_prefix(name)))
        .filter_map(|people| mailboxes(people).ok())
        .flatten()
        .map(|mailbox| mailbox.address)
        .collect()
}

/// What follows my words at the top of a letter: the line above the quote, the quote, the signature.
pub(super) fn after_own_words(text: &str) -> &str {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let bare: Vec<&str> = lines.iter().map(|l| l.trim_end_matches(['\n', '\r'])).collect();
    let mut offset = 0;
    for (index, (line, bare_line)) in lines.iter().zip(&bare).enumerate() {
        let theirs = *bare_line == "-- "
            || bare_line.starts_with(FORWARDED)
            || bare_line.starts_with('>')
            || introduces_quote(&bare, index);
        if theirs {
            return text.get(offset..).unwrap_or("");
        }
        offset += line.len();
    }
    ""
}

/// Where my words stand below the quote: the quote with the line above it, and the signature (with an empty line before it). `None`
/// where the letter does not begin with a quote.
pub(super) fn around_words_below(text: &str) -> Option<(&str, &str)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let bare: Vec<&str> = lines.iter().map(|l| l.trim_end_matches(['\n', '\r'])).collect();
    if !(introduces_quote(&bare, 0) || bare.first()?.starts_with('>')) {
        return None;
    }
    let quoted = bare.iter().skip(1).take_while(|line| line.starts_with('>')).count() + 1;
    let signature = bare.iter().position(|line| *line == "-- ").unwrap_or(lines.len());
    let length = |count: usize| lines.iter().take(count).map(|line| line.len()).sum::<usize>();
    let below = text.get(length(signature)..)?;
    Some((text.get(..length(quoted))?, below))
}

/// The line "On … wrote:": ends with a colon, and the next line is a quote.
fn introduces_quote(lines: &[&str], index: usize) -> bool {
    let line = lines.get(index).map_or("", |l| l.trim_end());
    let quote_follows = lines.get(index + 1).is_some_and(|next| next.starts_with('>'));
    quote_follows && line.ends_with(':') && line.contains(|c: char| c.is_ascii_digit())
}
