//! Small things that a line of a report says: addresses, codes, whether it is tried further.

use crate::domain::address::Address;
use crate::domain::text::Text;

/// Characters of an answer that are kept.
const LONGEST_ANSWER: usize = 500;

/// The addresses on a line, as reports write them: `<anna@x.example>:`, `"anna@x.example"`, `User unknown: anna@x.example`, `[SMTP:anna@x.example]`.
pub(super) fn addresses_on(line: &str) -> impl Iterator<Item = Address> {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '|' | ',' | ';' | ':');
    let words = line.split(ends).filter(|word| word.contains('@'));
    let addresses =
        words.map(|word| word.strip_prefix("SMTP=").unwrap_or(word).trim_matches(['.', '!', '\'', '`', '*', '?', '-']));
    addresses.filter(|word| word.rsplit('@').next().is_some_and(|domain| domain.len() > 2)).filter_map(Address::parse)
}

/// The enhanced status code of an answer: the one that follows the reply code, where it has several ("5.1.0 - error 550-'5.7.1 denied'").
pub(super) fn status_of(answer: &str) -> Option<String> {
    let is_reply =
        |word: &str| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = answer
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '\'' | '"' | '<' | '(' | ')' | '#' | ':' | '>'))
        .filter(|w| !w.is_empty())
        .collect();
    let after = words.windows(2).find_map(|pair| match pair {
        [code, status] if is_reply(code) => status_in(status),
        _ => None,
    });
    after.or_else(|| status_in(answer))
}

/// An enhanced status code of trouble: `4.2.2`, `5.1.1`.
pub(super) fn status_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find_map(|word| {
        let mut numbers = word.split('.');
        let class = numbers.next().filter(|class| matches!(*class, "4" | "5"));
        let fit = |number: Option<&str>| number.is_some_and(|n| (1..=3).contains(&n.len()));
        (class.is_some() && fit(numbers.next()) && fit(numbers.next()) && numbers.next().is_none())
            .then(|| word.to_owned())
    })
}

/// The class of an SMTP reply code in an answer: `550 No such user`.
pub(super) fn reply_code(line: &str) -> Option<char> {
    let is_number = |word: &&str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
    let words =
        line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '(' | ')' | '<' | '\'' | '"' | '#' | ','));
    // No telephone number: the second digit of a code is 0 to 5 (RFC 5321, 4.2.1).
    let is_code = |word: &&str| word.starts_with(['4', '5']) && word.as_bytes().get(1).is_some_and(|b| *b < b'6');
    words.filter(is_number).find(is_code).and_then(|code| code.chars().next())
}

/// The server tries further by itself, and says so.
pub(super) fn is_put_off(text: &str) -> bool {
    const AGAIN: &[&str] = &[
        "will be retried",
        "will be resent",
        "will retry",
        "will keep trying",
        "will continue to try",
        "attempts will continue",
        "continue trying",
        "continue to retry",
        "still trying",
        "retries will continue",
        "not need to resend",
        "not need to re-send",
        "no action is required",
        "this is a warning",
        "warning message only",
        "has been delayed",
        "is being delayed",
        "temporary failure report",
        "has not yet been delivered",
        "not yet been able to",
    ];
    let words = text.to_lowercase();
    AGAIN.iter().any(|again| words.contains(again))
}

/// One line of it, cut.
pub(super) fn shortened(answer: &str) -> Text {
    let words: Vec<&str> = answer.split_whitespace().collect();
    Text::from(words.join(" ").chars().take(LONGEST_ANSWER).collect::<String>())
}
