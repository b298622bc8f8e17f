//! What the reader should be told about who a letter says it is from.

use super::mailboxes::List;
use crate::domain::address::Address;
use crate::domain::message::Warning;
use crate::domain::text::{Text, is_unsafe};

/// No sender, several, or a name that claims another address.
pub(super) fn of_sender(from: &List, sender: &List) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut tell = |sentence: String| warnings.push(Warning::Sender(Text::from(sentence)));
    match from.mailboxes.as_slice() {
        [] if sender.mailboxes.is_empty() => tell("This letter does not say who sent it.".to_owned()),
        [] => tell("This letter has no From; the sender shown is the one who handed it in.".to_owned()),
        [_] => {}
        several => {
            let all: Vec<&str> = several.iter().take(5).map(|m| m.address.as_str()).collect();
            tell(format!("This letter names several senders: {}.", all.join(", ")));
        }
    }
    if let Some(broken) = from.broken.first() {
        tell(format!("The sender's address cannot be read: {}", shorten(broken)));
    }
    for mailbox in from.mailboxes.iter().take(5) {
        if let Some(claimed) = address_in(mailbox.name.as_str(), &mailbox.address) {
            tell(format!("The sender's name says {claimed}, but the address is {}.", mailbox.address));
        }
    }
    warnings
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

/// An address inside a display name that is not the real one.
fn address_in(name: &str, real: &Address) -> Option<Address> {
    let words = name.split(|c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '\'' | '[' | ']' | ':')
    });
    words
        // Full-width and small forms of `@` pass for one.
        .map(|word| word.replace(['＠', '﹫'], "@"))
        .filter(|word| word.contains('@'))
        .filter_map(|word| Address::parse(word.trim_matches(|c: char| !c.is_alphanumeric())))
        .find(|claimed| claimed != real)
}

/// Letters of several scripts in one word of a name or in a domain, and domains in punycode.
pub(super) fn of_scripts(from: &List) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for mailbox in from.mailboxes.iter().take(5) {
        let name = mailbox.name.as_str();
        if let Some(word) = name.split(|c: char| !c.is_alphanumeric()).find(|word| is_mixed(word)) {
            let sentence = format!("The sender's name mixes letters of several alphabets: {word}.");
            warnings.push(Warning::MixedScripts(Text::from(sentence)));
        }
        let domain = mailbox.address.domain();
        if domain.split('.').any(|label| label.starts_with("xn--")) {
            let sentence = format!("The sender's domain is written in other letters than it shows: {domain}.");
            warnings.push(Warning::MixedScripts(Text::from(sentence)));
        } else if is_mixed(domain) || is_mixed(mailbox.address.local()) {
            let sentence = format!("The sender's address mixes letters of several alphabets: {}.", mailbox.address);
            warnings.push(Warning::MixedScripts(Text::from(sentence)));
        }
    }
    warnings
}

/// Latin together with Cyrillic or Greek, whose letters pass for Latin ones.
fn is_mixed(word: &str) -> bool {
    let mut scripts = [false; 3];
    for c in word.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                scripts = [true, scripts[1], scripts[2]]
            }
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => scripts = [scripts[0], true, scripts[2]],
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
                scripts = [scripts[0], scripts[1], true]
            }
            _ => {}
        }
    }
    scripts.iter().filter(|seen| **seen).count() > 1
}

/// Escape sequences and hidden characters in what lists and file pickers show.
pub(super) fn of_controls<'n>(subject: &str, from: &List, files: impl Iterator<Item = &'n str>) -> Option<Warning> {
    let mut places: Vec<&str> = Vec::new();
    if has_controls(subject) {
        places.push("the subject");
    }
    if from.names.iter().any(|name| has_controls(name)) {
        places.push("the sender's name");
    }
    if files.take(1000).any(has_controls) {
        places.push("the name of a file");
    }
    let sentence = format!("Hidden characters or escape sequences were made visible in {}.", places.join(", "));
    (!places.is_empty()).then(|| Warning::Controls(Text::from(sentence)))
}

/// What [`Text`] makes visible. Tabs and what newsletters pad with say nothing about the sender.
fn has_controls(foreign: &str) -> bool {
    foreign.chars().any(|c| is_unsafe(c) && !matches!(c, '\t' | '\u{ad}' | '\u{34f}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::super::mailboxes;
    use super::*;

    fn list(value: &str) -> List {
        mailboxes::read(&[value.to_owned()])
    }

    #[test]
    fn a_false_sender_is_told() {
        for (from, warnings) in [
            ("Anna <anna@x.example>", 0),
            ("anna@x.example <anna@x.example>", 0),
            ("\"boss@bank.example\" <thief@x.example>", 1),
            ("Boss (boss@bank.example) via x <thief@x.example>", 0),
            ("\"Boss <boss@bank.example>\" <thief@x.example>", 1),
            ("=?utf-8?Q?boss=40bank.example?= <thief@x.example>", 1),
            ("boss＠bank.example <thief@x.example>", 1),
            ("<thief@x.example>:<boss@bank.example>", 1),
            ("a@x.example, b@x.example", 1),
            ("Nobody", 2),
            ("", 1),
        ] {
            assert_eq!(of_sender(&list(from), &List::default()).len(), warnings, "{from}");
        }
    }

    #[test]
    fn mixed_alphabets_are_told() {
        for (from, expected) in [
            ("Анна Smith <a@x.example>", false),
            ("Анна Ковальська <a@x.example>", false),
            ("ООО «Ромашка» Ltd <a@x.example>", false),
            ("Pаypal <a@x.example>", true), // Cyrillic а
            ("Οracle <a@x.example>", true), // Greek Ο
            ("Bank <a@xn--80ak6aa92e.example>", true),
            ("Bank <a@bаnk.example>", true),
            ("Анна <анна@пошта.укр>", false),
        ] {
            assert_eq!(!of_scripts(&list(from)).is_empty(), expected, "{from}");
        }
    }

    #[test]
    fn controls_are_told() {
        let nobody = List::default();
        assert_eq!(of_controls("plain\tsubject", &nobody, [].into_iter()), None);
        assert!(of_controls("a\u{1b}[31m", &nobody, [].into_iter()).is_some());
        assert!(of_controls("", &list("=?utf-8?Q?a=0D=0Ab?= <a@x.example>"), [].into_iter()).is_some());
        let told = of_controls("\u{202e}", &nobody, ["gpj\u{202e}.exe"].into_iter()).unwrap();
        assert!(told.sentence().as_str().ends_with("the subject, the name of a file."));
    }
}
