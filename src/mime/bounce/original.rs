//! The letter that a report gives back: where it begins, who wrote it, whom it went to.

use super::super::headers::Headers;
use super::super::mailboxes;
use super::super::parts::Parts;
use crate::domain::address::Address;

/// Where the words of a report end and the returned letter begins; the number of lines when it is not in the text.
pub(super) fn begins(lines: &[&str]) -> usize {
    (0..lines.len())
        .find(|at| lines.get(*at).is_some_and(|line| is_original(line)) || is_head(lines, *at))
        .unwrap_or(lines.len())
}

/// The head of a letter that begins with its name, without any word of introduction.
fn is_head(lines: &[&str], at: usize) -> bool {
    const FIELDS: &[&str] = &["from:", "to:", "subject:", "date:", "mime-version:"];
    let is = |line: &&&str, field: &str| line.get(..field.len()).is_some_and(|start| start.eq_ignore_ascii_case(field));
    let mut head = lines.iter().skip(at).take(8);
    head.next().is_some_and(|line| is(&line, "message-id:"))
        && head.filter(|line| FIELDS.iter().any(|field| is(line, field))).count() > 2
}

/// The text of a letter gives another one back.
pub(in crate::mime) fn is_in(text: &str) -> bool {
    text.lines().take(200).any(is_original)
}

/// From here on a report repeats my letter. A head that stands indented in a report ("Message-id:", PMDF) is not it.
fn is_original(line: &str) -> bool {
    let lower = line.to_lowercase();
    let words = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let is_ruled = lower.trim_start().starts_with(['-', '=', '*', '_', '|', '+']);
    let names_it = ["message", "letter", "mail", "text", "headers", "header"].iter().any(|name| words.contains(name));
    let gives_it = [
        "original",
        "returned",
        "follow",
        "copy",
        "unsent",
        "undelivered message",
        "start of",
        "header of",
        "begin",
        "message text",
    ];
    let is_rule = is_ruled
        && names_it
        && gives_it.iter().any(|word| words.contains(word))
        && !words.contains("log")
        // "-------- Message not delivered to the following:"
        && !["not delivered", "to the following", "following address", "following recipient"].iter().any(|who| words.contains(who))
        && !words.contains('@');
    const OPENINGS: &[&str] = &[
        "original message",
        "original mail",
        "bounced e-mail",
        "bounced email",
        "bounced mail",
        "bounced message",
        "message headers follow",
        "message header follows",
        "message text follows",
        "the original message follows",
        "the text of the message follows",
        "below this line is a copy",
        "below is a copy of the original",
        "a copy of the message",
        "a copy of the original message",
        "this is a copy of the message",
        "this is a copy of your message",
        "headers of the original message",
        "header of the original message",
        "the header of the original message",
        "the first lines of your message",
        "the first part of the message",
        "here is a copy of",
        "your original message",
        "the message you sent follows",
        "unsent message follows",
        "returned message",
    ];
    let is_announced = words.ends_with("follows")
        && names_it
        && ["original", "returned", "undelivered", "copy", "summary"].iter().any(|word| words.contains(word));
    const FIELDS: &[&str] = &["received:", "return-path:", "x-envelope-from:", "dkim-signature:"];
    is_rule
        || is_announced
        || OPENINGS.iter().any(|opening| words.starts_with(opening))
        || FIELDS.iter().any(|field| lower.starts_with(field))
}

/// Who wrote the returned letter, and to whom.
#[derive(Default)]
pub(super) struct Original {
    pub writers: Vec<Address>,
    pub recipients: Vec<Address>,
}

/// From the part that has it, else from the lines of the text after [`begins`].
pub(super) fn read(parts: &Parts<'_>, rest: &[&str]) -> Original {
    const HEADS: [&str; 5] =
        ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"];
    if let Some(part) = parts.all.iter().find(|part| HEADS.contains(&part.media_type.as_str())) {
        let returned = part.decoded();
        return Original::of(&Headers::read(returned.trim_ascii_start(), |_| false).0);
    }
    let is_field = |line: &&&str| line.split_once(':').is_some_and(|(name, _)| !name.is_empty() && !name.contains(' '));
    let Some(at) = rest.iter().position(|line| is_field(&line)) else { return Original::default() };
    let text = rest.iter().skip(at).copied().collect::<Vec<_>>().join("\n");
    Original::of(&Headers::read(text.as_bytes(), |_| false).0)
}

impl Original {
    fn of(head: &Headers<'_>) -> Self {
        let people = |names: &[&str]| {
            let found = names.iter().flat_map(|name| mailboxes::read(&head.lists(name)).mailboxes);
            found.map(|mailbox| mailbox.address).collect()
        };
        Self {
            writers: people(&["from", "sender", "return-path", "reply-to"]),
            recipients: people(&["to", "x-envelope-to", "envelope-to", "x-rcpt-to"]),
        }
    }
}
