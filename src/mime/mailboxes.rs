//! Lists of addresses in headers (RFC 5322, 3.4, with the obsolete forms), read so that no address can hide.
//!
//! Ours instead of mail-parser's, which joins `<a@x> <b@y>` into one address and lets text between brackets and
//! colons pass for a name: the real address must always be what the reader sees.

use super::words;
use crate::domain::address::Mailbox;

/// Characters of a name.
const LONGEST_NAME: usize = 2000;
/// Mailboxes read from one letter's field.
const MOST: usize = 5000;

/// What one list gave.
#[derive(Debug, Default)]
pub(super) struct List {
    /// The mailboxes with a usable address, in order.
    pub mailboxes: Vec<Mailbox>,
    /// Their display names as decoded, before sanitising, and those of entries without a usable address.
    pub names: Vec<String>,
    /// Entries that named somebody but hold no usable address, as they stand.
    pub broken: Vec<String>,
}

/// Reads every field value of one name.
pub(super) fn read(values: &[String]) -> List {
    let mut list = List::default();
    for value in values {
        let mut reader = Reader { list: &mut list, entry: Entry::default(), honour_quotes: has_paired_quotes(value) };
        reader.run(value);
    }
    list
}

/// One entry while it is read.
#[derive(Debug, Default)]
struct Entry {
    phrase: String,
    comment: String,
    angles: Vec<String>,
    /// The phrase stands in quotes (at least in part): a `@` in it is no address.
    quoted: bool,
}

struct Reader<'l> {
    list: &'l mut List,
    entry: Entry,
    /// False when a quote is never closed: it would swallow everything after it.
    honour_quotes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Phrase,
    Quoted,
    Comment(u32),
    Angle,
}

impl Reader<'_> {
    fn run(&mut self, value: &str) {
        let mut place = Place::Phrase;
        let mut escaped = false;
        // Where an encoded word ends: what is inside it is text, also a comma or a bracket.
        let mut word_end = 0;
        for (at, c) in value.char_indices() {
            if place == Place::Phrase && c == '=' && at >= word_end {
                word_end = value.get(at..).and_then(words::length).map_or(0, |length| at + length);
            }
            if at < word_end {
                self.keep(place, c);
                continue;
            }
            if self.list.mailboxes.len() >= MOST {
                return;
            }
            if escaped {
                self.keep(place, c);
                escaped = false;
                continue;
            }
            match (place, c) {
                (Place::Quoted | Place::Comment(_), '\\') => escaped = true,
                (Place::Phrase, '"') if self.honour_quotes => {
                    self.entry.quoted = true;
                    place = Place::Quoted;
                }
                (Place::Phrase, '"') => {}
                (Place::Quoted, '"') => place = Place::Phrase,
                (Place::Phrase, '(') => place = Place::Comment(1),
                (Place::Comment(1), ')') => place = Place::Phrase,
                (Place::Comment(depth), '(') => place = Place::Comment(depth + 1),
                (Place::Comment(depth), ')') => place = Place::Comment(depth - 1),
                (Place::Phrase, '<') => {
                    self.entry.angles.push(String::new());
                    place = Place::Angle;
                }
                (Place::Angle, '>') => place = Place::Phrase,
                (Place::Phrase, ',' | ';') => self.close(),
                (Place::Phrase, ':') => self.colon(),
                _ => self.keep(place, c),
            }
        }
        self.close();
    }

    fn keep(&mut self, place: Place, c: char) {
        match place {
            Place::Phrase | Place::Quoted => self.entry.phrase.push(c),
            Place::Comment(_) => self.entry.comment.push(c),
            Place::Angle => {
                if let Some(angle) = self.entry.angles.last_mut() {
                    angle.push(c);
                }
            }
        }
    }

    /// A colon ends the name of a group (`Team: a@x, b@x;`). `<attacker@x>:<victim@y>` is two people.
    fn colon(&mut self) {
        let group = self.entry.angles.is_empty() && !self.entry.phrase.contains('@');
        if group {
            self.entry = Entry::default();
        } else {
            self.close();
        }
    }

    /// One entry is complete.
    fn close(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        let mut phrase = words::decode(entry.phrase.split_whitespace().collect::<Vec<_>>().join(" ").trim());
        if entry.angles.is_empty() {
            let bare = if entry.quoted { None } else { bare_address(&phrase) };
            match bare {
                Some((address, rest)) => {
                    let name = if rest.is_empty() { words::decode(entry.comment.trim()) } else { rest };
                    self.push(name, &address);
                }
                None if phrase.is_empty() && entry.comment.is_empty() => {}
                None => self.list.broken.push(phrase),
            }
            return;
        }
        if phrase.is_empty() {
            phrase = words::decode(entry.comment.trim());
        }
        // A list mailer's `'Anna'` is Anna.
        let unquoted = phrase.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let name = unquoted.unwrap_or(&phrase).to_owned();
        for angle in entry.angles {
            self.push(name.clone(), &angle);
        }
    }

    fn push(&mut self, name: String, address: &str) {
        // RFC 5322, 4.4: a route, `<@relay:anna@x.example>`; and blanks inside.
        let address: String = address.split_whitespace().collect();
        let address = match address.strip_prefix('@').and_then(|_| address.split_once(':')) {
            Some((_, real)) => real,
            None => address.strip_prefix("mailto:").unwrap_or(&address),
        };
        // `Anna@x.example <anna@x.example>`: the name says nothing more.
        let name: String = if name.len() > LONGEST_NAME { name.chars().take(LONGEST_NAME).collect() } else { name };
        let shown = if name.trim().eq_ignore_ascii_case(address) { "" } else { name.trim() };
        match Mailbox::new(shown, address) {
            Some(mailbox) => self.list.mailboxes.push(mailbox),
            None if address.is_empty() && name.is_empty() => {}
            None => self.list.broken.push(format!("{name} <{address}>")),
        }
        self.list.names.push(name);
    }
}

/// The address in a phrase without brackets, and the words around it.
fn bare_address(phrase: &str) -> Option<(String, String)> {
    let joined: String = phrase.split_whitespace().collect();
    if !phrase.contains('@') {
        return None;
    }
    // `anna @ x.example`.
    if crate::domain::address::Address::parse(&joined).is_some()
        && phrase.matches('@').count() == 1
        && is_spaced(phrase)
    {
        return Some((joined, String::new()));
    }
    let address = phrase.split_whitespace().rev().find(|word| word.contains('@'))?;
    let rest: Vec<&str> = phrase.split_whitespace().filter(|word| *word != address).collect();
    Some((address.to_owned(), rest.join(" ")))
}

fn is_spaced(phrase: &str) -> bool {
    phrase.split_whitespace().any(|word| word.starts_with('@') || word.ends_with('@'))
}

fn has_paired_quotes(value: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_gives_its_real_addresses() {
        for (value, expected) in [
            ("anna@x.example", "anna@x.example"),
            ("Anna <Anna@X.example>", "Anna <anna@x.example>"),
            ("\"Kowalska, Anna\" <anna@x.example>, bob@y.example", "Kowalska, Anna <anna@x.example>|bob@y.example"),
            ("anna@x.example (Anna Kowalska)", "Anna Kowalska <anna@x.example>"),
            ("=?utf-8?B?0JDQvdC90LA=?= <a@x.example>", "Анна <a@x.example>"),
            ("=?utf-8?Q?Kowalska, <b@x.example>?= <a@x.example>", "Kowalska, <b@x.example> <a@x.example>"),
            ("\"=?utf-8?B?0JDQvdC90LA=?=\" <a@x.example>", "Анна <a@x.example>"),
            ("<a@x.example> <b@y.example>", "a@x.example|b@y.example"),
            ("<attacker@x.example>:<victim@y.example>", "attacker@x.example|victim@y.example"),
            ("Team: a@x.example, B <b@x.example>;, c@x.example", "a@x.example|B <b@x.example>|c@x.example"),
            ("undisclosed-recipients:;", ""),
            ("\"open quote <a@x.example>, b@x.example", "open quote <a@x.example>|b@x.example"),
            ("'Anna' <a@x.example>", "Anna <a@x.example>"),
            ("a@x.example <a@x.example>", "a@x.example"),
            ("boss@bank.example <thief@x.example>", "boss@bank.example <thief@x.example>"),
            ("Anna <@relay.example:a@x.example>", "Anna <a@x.example>"),
            ("anna @ x.example", "anna@x.example"),
            ("<mailto:a@x.example>", "a@x.example"),
            ("Анна <a@x.example>", "Анна <a@x.example>"),
            ("a@x.example; b@x.example", "a@x.example|b@x.example"),
            ("", ""),
            ("\\\"Quoted\\\" <a@x.example>", "\\Quoted\\ <a@x.example>"),
        ] {
            let list = read(&[value.to_owned()]);
            let got: Vec<String> = list.mailboxes.iter().map(ToString::to_string).collect();
            assert_eq!(got.join("|"), expected, "{value}");
        }
    }

    #[test]
    fn what_holds_no_address_is_told() {
        assert_eq!(read(&["Anna".to_owned()]).broken, ["Anna"]);
        assert_eq!(read(&["Anna <nowhere>".to_owned()]).broken, ["Anna <nowhere>"]);
        assert_eq!(read(&["\"a@x.example\"".to_owned()]).broken, ["a@x.example"]);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read(value in "[a-z@<>(),;:\"\\\\ .=?]{0,60}|.*") {
            read(&[value]);
        }
    }
}
