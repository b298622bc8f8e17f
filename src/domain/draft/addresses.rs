//! Lists of addresses as people type them and as headers show them.

use crate::domain::address::{Address, Mailbox};
use crate::domain::problem::{Kind, Problem, Result};
use crate::domain::text::Text;

/// Reads `Anna <a@x.example>, b@y.example; "C, D" <c@z.example>`: parted by commas, semicolons or lines.
///
/// # Errors
/// The first part that is not an address, named.
pub fn mailboxes(typed: &str) -> Result<Vec<Mailbox>> {
    let mut found: Vec<Mailbox> = Vec::new();
    for part in parts(typed) {
        let mailbox = mailbox(&part)?;
        if !found.iter().any(|known| known.address == mailbox.address) {
            found.push(mailbox);
        }
    }
    Ok(found)
}

/// Those of the people that can be read already: of a list that is still being typed.
#[must_use]
pub fn readable_mailboxes(typed: &str) -> Vec<Mailbox> {
    parts(typed).iter().filter_map(|part| mailbox(part).ok()).collect()
}

/// The list as a header shows it; [`mailboxes`] reads it back.
#[must_use]
pub fn mailbox_list(mailboxes: &[Mailbox]) -> String {
    mailboxes.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A name with characters that mean something in a list is quoted (RFC 5322, 3.2.4).
fn shown(mailbox: &Mailbox) -> String {
    let name = mailbox.name.as_str();
    let special = |c: char| matches!(c, ',' | ';' | '<' | '>' | '"' | '\\' | '@' | ':' | '(' | ')' | '[' | ']');
    if !name.contains(special) {
        return mailbox.to_string();
    }
    format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), mailbox.address)
}

/// Parts a list where a comma or semicolon stands outside quotes and angle brackets.
fn parts(typed: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for c in typed.chars() {
        let ends = match c {
            _ if escaped => {
                escaped = false;
                false
            }
            '\\' if quoted => {
                escaped = true;
                false
            }
            '"' if !angle => {
                quoted = !quoted;
                false
            }
            _ if quoted => false,
            '<' => {
                angle = true;
                false
            }
            '>' => {
                angle = false;
                false
            }
            ',' | ';' => !angle,
            '\n' | '\r' => true,
            _ => false,
        };
        if ends {
            parts.push(std::mem::take(&mut part));
            angle = false;
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts.into_iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

fn mailbox(part: &str) -> Result<Mailbox> {
    let wrong = |why: &str| {
        Problem::new(Kind::Input, format!("“{}” {why}", Text::line(part)))
            .hint("write anna@firma.example or Anna Kowalska <anna@firma.example>, with commas between several")
    };
    let Some((name, rest)) = part.rsplit_once('<') else {
        let address = Address::parse(part).ok_or_else(|| wrong(why_not(part)))?;
        return Ok(Mailbox { name: Text::default(), address });
    };
    let Some((inside, after)) = rest.split_once('>') else {
        return Err(wrong("has no closing “>”"));
    };
    if !after.trim().is_empty() {
        return Err(wrong("has text after “>”; is a comma missing?"));
    }
    let address = Address::parse(inside).ok_or_else(|| wrong(why_not(inside)))?;
    Ok(Mailbox { name: Text::line(&unquoted(name.trim()).ok_or_else(|| wrong("has an unclosed quote"))?), address })
}

fn why_not(address: &str) -> &'static str {
    match address.rsplit_once('@') {
        None => "has no “@”",
        Some((_, domain)) if domain.trim().is_empty() => "has nothing after “@”",
        Some((local, _)) if local.trim().is_empty() => "has nothing before “@”",
        Some(_) if address.trim().contains(char::is_whitespace) => "has a blank inside; is a comma missing?",
        Some(_) => "is not an address",
    }
}

/// A display name without its quotes; `None` when a quote is not closed.
fn unquoted(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut quoted = false;
    let mut characters = name.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => plain.extend(characters.next()),
            _ => plain.push(c),
        }
    }
    (!quoted).then(|| plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn lists_are_read() {
        for (typed, shown) in [
            (
                "Anna <a@x.example>, b@y.example; \"C, D\" <c@z.example>",
                "Anna <a@x.example>, b@y.example, \"C, D\" <c@z.example>",
            ),
            (" ,, ; ", ""),
            ("", ""),
            ("a@x.example, A@X.example", "a@x.example"),
            ("<a@x.example>", "a@x.example"),
            ("\"O\\\"Neil, \\\\ x\" <o@x.example>", "\"O\\\"Neil, \\\\ x\" <o@x.example>"),
            ("Łukasz Żółć <l@x.example>\nОльга <o@y.example>", "Łukasz Żółć <l@x.example>, Ольга <o@y.example>"),
            ("\"a@evil.example\" <b@x.example>", "\"a@evil.example\" <b@x.example>"),
        ] {
            let list = mailboxes(typed).unwrap();
            assert_eq!(mailbox_list(&list), shown, "{typed}");
            assert_eq!(mailboxes(shown).unwrap(), list, "{typed}");
        }
    }

    #[test]
    fn a_problem_names_the_bad_part() {
        for (typed, sentence) in [
            ("a@x.example, anna", "“anna” has no “@”"),
            ("Anna <a@x.example", "“Anna <a@x.example” has no closing “>”"),
            (
                "Anna <a@x.example> b@y.example",
                "“Anna <a@x.example> b@y.example” has text after “>”; is a comma missing?",
            ),
            ("a@x.example b@y.example", "“a@x.example b@y.example” has a blank inside; is a comma missing?"),
            ("a@", "“a@” has nothing after “@”"),
            ("\"Anna <a@x.example>", "“\"Anna <a@x.example>” has an unclosed quote"),
            ("a@b..c", "“a@b..c” is not an address"),
        ] {
            assert_eq!(mailboxes(typed).unwrap_err().sentence, sentence);
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_typed(typed in "\\PC*|[a@<>,;\"\\\\ \n.]*") {
            if let Ok(list) = mailboxes(&typed) {
                proptest::prop_assert_eq!(mailboxes(&mailbox_list(&list)).unwrap(), list);
            }
        }
    }
}
