//! What the head of a letter says of automatic answers to it (RFC 3834, 2 and 4).

use super::headers::Headers;
use super::mailboxes;
use crate::domain::address::Address;
use crate::domain::auto_reply::{Marks, ReturnPath};

/// Reads them from a letter as it came.
#[must_use]
pub fn marks(bytes: &[u8]) -> Marks {
    let (headers, _) = Headers::read(bytes, |_| false);
    let first_word = |name: &str| {
        let value = headers.unfolded(name).unwrap_or_default().trim().to_ascii_lowercase();
        value.split(|c: char| matches!(c, ';' | '(') || c.is_whitespace()).next().unwrap_or("").to_owned()
    };
    const OF_LISTS: &[&str] = &[
        "list-id",
        "list-help",
        "list-subscribe",
        "list-unsubscribe",
        "list-post",
        "list-owner",
        "list-archive",
        "x-mailing-list",
    ];
    Marks {
        return_path: return_path(&headers),
        sender: mailboxes::read(&headers.lists("sender")).mailboxes.into_iter().next().map(|mailbox| mailbox.address),
        // A field that says nothing is still there: only `no` lets an answer leave.
        auto_submitted: if headers.has("auto-submitted") { said(first_word("auto-submitted")) } else { String::new() },
        precedence: first_word("precedence"),
        suppress: headers.unfolded("x-auto-response-suppress").unwrap_or_default().to_ascii_lowercase(),
        list: OF_LISTS.iter().any(|name| headers.has(name)),
        spam: first_word("x-spam-flag") == "yes" || first_word("x-spam-status").trim_end_matches(',') == "yes",
    }
}

fn said(word: String) -> String {
    if word.is_empty() { "?".to_owned() } else { word }
}

/// The topmost one: the receiving server writes it.
fn return_path(headers: &Headers<'_>) -> ReturnPath {
    let Some(value) = headers.unfolded("return-path") else { return ReturnPath::Unknown };
    let inside = value.split_once('<').map_or(value.as_str(), |(_, rest)| rest.split('>').next().unwrap_or(""));
    Address::parse(inside.trim()).map_or(ReturnPath::Nobody, ReturnPath::To)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(head: &str) -> Marks {
        marks(format!("{head}\r\nSubject: x\r\n\r\nAuto-Submitted: auto-replied\r\n").as_bytes())
    }

    #[test]
    fn the_head_alone_is_read() {
        assert_eq!(of("From: anna@x.example"), Marks::default(), "the text is not");
        for (head, expected) in [
            ("Return-Path: <Anna@X.example>", ReturnPath::To(Address::parse("anna@x.example").unwrap())),
            ("Return-Path: anna@x.example", ReturnPath::To(Address::parse("anna@x.example").unwrap())),
            ("Return-Path: <>", ReturnPath::Nobody),
            ("Return-Path:", ReturnPath::Nobody),
            ("Return-Path: <MAILER-DAEMON>", ReturnPath::Nobody),
            ("Return-Path: <>\r\nReturn-Path: <anna@x.example>", ReturnPath::Nobody),
        ] {
            assert_eq!(of(head).return_path, expected, "{head}");
        }
    }

    #[test]
    fn words_are_read_in_lower_case_without_what_follows() {
        let marks = of(
            "Auto-Submitted: Auto-Generated (rejected)\r\nPrecedence: Bulk\r\nX-Auto-Response-Suppress: OOF,\r\n AutoReply\r\nSender: Jan <jan@x.example>\r\nX-Spam-Flag: YES\r\nList-Help: <mailto:x@y.example>",
        );
        assert_eq!(marks.auto_submitted, "auto-generated");
        assert_eq!(marks.precedence, "bulk");
        assert!(marks.suppress.contains("oof") && marks.suppress.contains("autoreply"), "{}", marks.suppress);
        assert_eq!(marks.sender.unwrap().as_str(), "jan@x.example");
        assert!(marks.spam && marks.list);
        assert_eq!(of("Auto-Submitted: no").auto_submitted, "no");
        assert_eq!(of("Auto-Submitted:").auto_submitted, "?", "a field without a word is no `no`");
        assert!(!of("X-Spam-Status: No, score=0.1").spam);
        assert!(of("X-Spam-Status: Yes, score=9").spam);
    }
}
