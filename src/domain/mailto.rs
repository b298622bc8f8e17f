//! `mailto:` links (RFC 6068): what a stranger's link may say of a letter of mine, and nothing else.
//!
//! Only To, Cc, Bcc, subject and text are taken. A link can attach no file, set no other header and send nothing; what it wanted
//! besides is named.

use super::address::Mailbox;
use super::draft::mailboxes;
use super::outbox::Letter;
use super::problem::{Kind, Problem, Result};
use super::text::Text;

/// A longer link is no link.
const LONGEST: usize = 64 * 1024;
/// More recipients than this nobody puts into a link for me.
const MOST_RECIPIENTS: usize = 50;

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailto {
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Names of what it wanted besides.
    pub left_out: Vec<Text>,
}

/// Reads a link.
///
/// # Errors
/// It is no `mailto:` link, is too long, is not text, or has something that is no address where one belongs.
pub fn read(link: &str) -> Result<Mailto> {
    let wrong = |why: &str| Problem::new(Kind::Input, format!("this mailto: link cannot be used: {why}"));
    let link = link.trim();
    let scheme = link.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let rest = scheme.and_then(|_| link.get(7..)).ok_or_else(|| wrong("it does not begin with mailto:"))?;
    if link.len() > LONGEST {
        return Err(wrong("it is too long"));
    }
    // What follows `#` is not for mail (RFC 6068, 2).
    let rest = rest.split('#').next().unwrap_or(rest);
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let mut mailto = Mailto::default();
    let not_text = || wrong("it is not text");
    let list = |value: &str| -> Result<Vec<Mailbox>> {
        mailboxes(&Text::line(value.replace(['\r', '\n'], " ").as_str()).to_string())
    };
    // A comma between addresses stands bare; one inside an address is encoded.
    for one in to.split(',').filter(|one| !one.is_empty()) {
        mailto.to.extend(list(&decoded(one).ok_or_else(not_text)?)?);
    }
    for field in fields.split('&').map(|field| field.strip_prefix("amp;").unwrap_or(field)).filter(|f| !f.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let name = decoded(name).ok_or_else(not_text)?.trim().to_ascii_lowercase();
        let value = decoded(value).ok_or_else(not_text)?;
        match name.as_str() {
            "to" => mailto.to.extend(list(&value)?),
            "cc" => mailto.cc.extend(list(&value)?),
            "bcc" => mailto.bcc.extend(list(&value)?),
            "subject" => mailto.subject = one_line(&value),
            "body" => mailto.body = Text::block(&value.replace("\r\n", "\n").replace('\r', "\n")).into(),
            _ => mailto.left_out.push(Text::line(&name)),
        }
    }
    if mailto.to.len() + mailto.cc.len() + mailto.bcc.len() > MOST_RECIPIENTS {
        return Err(wrong("it names more than 50 people"));
    }
    Ok(mailto)
}

impl Mailto {
    /// Puts what the link says into a new letter, above its signature.
    #[must_use]
    pub fn into_letter(self, new: &Letter) -> Letter {
        let mut letter = if self.body.is_empty() { new.clone() } else { super::draft::with_text(new, &self.body) };
        (letter.to, letter.cc, letter.bcc, letter.subject) = (self.to, self.cc, self.bcc, self.subject);
        letter
    }

    /// What it wanted and did not get, in words.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let names: Vec<&str> = self.left_out.iter().map(Text::as_str).collect();
        (!names.is_empty()).then(|| {
            format!("The link also wanted {}: a link may not say that, and it was left out.", names.join(", "))
        })
    }
}

/// Every `mailto:` link in a text, each once.
#[must_use]
pub fn links_in(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ']' | '}');
    let mut links: Vec<String> = Vec::new();
    for word in text.split(ends) {
        if let Some(at) = word.to_ascii_lowercase().find("mailto:") {
            let link = word.get(at..).unwrap_or("").trim_end_matches(['.', ',', ';']).to_owned();
            if link.len() > 7 && !links.contains(&link) {
                links.push(link);
            }
        }
    }
    links
}

fn one_line(value: &str) -> String {
    let words: Vec<&str> = value.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect();
    Text::line(&words.join(" ")).into()
}

/// `%41` as the bytes it stands for; `+` is a plus (RFC 6068, 5). `None` where that is no text.
pub(super) fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::draft::mailbox_list;

    #[test]
    fn links_are_read() {
        for (link, to, cc, subject, body) in [
            ("mailto:anna@x.example", "anna@x.example", "", "", ""),
            ("MAILTO:a@x.example,b@y.example?cc=c@z.example", "a@x.example, b@y.example", "c@z.example", "", ""),
            (
                "mailto:?to=a@x.example&subject=Cze%C5%9B%C4%87+1&body=one%0D%0Atwo",
                "a@x.example",
                "",
                "Cześć+1",
                "one\ntwo",
            ),
            ("mailto:a@x.example?subject=%D0%9E&amp;body=x", "a@x.example", "", "О", "x"),
            ("mailto:%22Doe%2C%20Jo%22%20%3Cjo@x.example%3E", "\"Doe, Jo\" <jo@x.example>", "", "", ""),
            ("mailto:gorby%25kremvax@x.example#part", "gorby%kremvax@x.example", "", "", ""),
        ] {
            let read = read(link).unwrap();
            assert_eq!(
                (
                    mailbox_list(&read.to).as_str(),
                    mailbox_list(&read.cc).as_str(),
                    read.subject.as_str(),
                    read.body.as_str()
                ),
                (to, cc, subject, body),
                "{link}"
            );
            assert_eq!(read.warning(), None);
        }
    }

    #[test]
    fn a_link_says_no_more_than_it_may() {
        let evil = read(
            "mailto:a@x.example?attach=/etc/passwd&Attachment=~/.ssh/id_rsa&from=boss@x.example&X-Evil=1&subject=a%0D%0ABcc:%20spy@x.example&body=%1B%5B2J%E2%80%AE",
        )
        .unwrap();
        let left: Vec<&str> = evil.left_out.iter().map(Text::as_str).collect();
        assert_eq!(left, ["attach", "attachment", "from", "x-evil"]);
        assert_eq!(evil.subject, "a Bcc: spy@x.example");
        assert!(evil.bcc.is_empty());
        assert!(!evil.body.chars().any(crate::domain::text::is_unsafe), "{:?}", evil.body);
        assert!(evil.warning().unwrap().contains("attach, attachment, from, x-evil"));
    }

    #[test]
    fn what_is_no_link_is_refused() {
        for link in ["https://x.example", "mailto:%FF", "mailto:nobody", "mailto:%4", "ma\u{17c}lto:x"] {
            assert_eq!(read(link).unwrap_err().kind, Kind::Input, "{link}");
        }
        let many = (0..60).map(|n| format!("a{n}@x.example")).collect::<Vec<_>>().join(",");
        assert!(read(&format!("mailto:{many}")).unwrap_err().sentence.contains("50"));
    }

    #[test]
    fn links_are_found_in_a_text() {
        let text = "Write to <mailto:a@x.example?subject=Hi>, or [1] mailto:b@x.example. Not to mailto: alone. (mailto:b@x.example)";
        assert_eq!(links_in(text), ["mailto:a@x.example?subject=Hi", "mailto:b@x.example"]);
    }

    proptest::proptest! {
        #[test]
        fn any_link_is_read_or_refused(link in "(mailto:)?[a-z@%,?&=0-9:\\PC]{0,60}") {
            if let Ok(mailto) = read(&link) {
                proptest::prop_assert!(!mailto.subject.contains(['\r', '\n']));
            }
        }
    }
}
